"""Reports in a real browser: they look right, work, stay at home, and everybody can use them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from playwright.sync_api import expect

import pairkit as pk
from tests.browsers import DESKTOP, PHONE, Opened, browser_of, violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser

HOSTILE = (
    "<script>document.title = 'owned'</script>",
    "\"' onclick='alert(1)",
    "\u202egnp.exe\u2066",
    "x" * 10_000,
    "مريم",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browser_of() as found:
        yield found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a report and pair sheets in each language, and hostile ones."""
    path = tmp_path_factory.mktemp("reports")
    matching = pk.match(pk.datasets.sample(120), pk.reverse_mentoring())
    for language in ("en", "fr"):
        pk.write_report(
            matching, path / f"report-{language}.html", language=language, protected=["gender"]
        )
    some = pk.match(pk.datasets.sample(30), pk.reverse_mentoring())
    for language in ("en", "fr"):
        pk.write_pair_sheets(some, path / f"sheets-{language}.html", language=language)
    pk.write_report(hostile(), path / "report-hostile.html")
    pk.write_pair_sheets(hostile(), path / "sheets-hostile.html")
    return path


def hostile() -> pk.Matching:
    people: list[dict[str, object]] = []
    for k, text in enumerate(HOSTILE):
        both = {"name": text, "department": text}
        people += [
            {"id": f"a{k}", "roles": "mentor", "skills": {text: 3}, **both},
            {"id": f"b{k}", "roles": "mentee", "needs": [text], **both},
        ]
    scoring = {HOSTILE[0]: pk.SkillCoverage(), "department": pk.Same("department")}
    return pk.match(pk.Roster.from_records(people), pk.Program(name=HOSTILE[0], scoring=scoring))


def pages() -> list[str]:
    return [f"{kind}-{which}" for kind in ("report", "sheets") for which in ("en", "fr", "hostile")]


@pytest.mark.parametrize("name", pages())
@pytest.mark.parametrize(("size", "colors"), [(DESKTOP, "light"), (PHONE, "dark")])
def test_everybody_can_use_a_page_that_stays_at_home(
    browser: Browser,
    folder: Path,
    name: str,
    size: tuple[int, int],
    colors: Literal["light", "dark"],
) -> None:
    path = folder / f"{name}.html"
    opened = Opened.at(browser, path, size=size, colors=colors)
    assert opened.requests == [path.as_uri()]
    assert opened.console == []
    assert violations(opened.page) == []
    wide = opened.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= size[0], f"scrolls sideways: {wide} px"
    opened.page.context.close()


@pytest.mark.parametrize("name", ["report-hostile", "sheets-hostile"])
def test_hostile_names_stay_text(browser: Browser, folder: Path, name: str) -> None:
    page = Opened.at(browser, folder / f"{name}.html").page
    assert page.title() == HOSTILE[0]
    assert page.locator("h1").inner_text() == HOSTILE[0]
    text = page.locator("main").text_content() or ""
    assert HOSTILE[0] in text
    assert HOSTILE[1] in text
    assert page.locator("[onclick]").count() == 0
    assert page.locator("bdi", has_text="مريم").first.is_visible()
    page.context.close()


def first_column(page: Opened, column: int) -> list[str]:
    return page.page.locator(f"#pairs-table tbody tr > :nth-child({column})").all_text_contents()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_sorting_by_score_and_by_name(browser: Browser, folder: Path, language: str) -> None:
    opened = Opened.at(browser, folder / f"report-{language}.html")
    headers = opened.page.locator("#pairs-table thead th")
    before = sorted(first_column(opened, 1))
    for start, direction in (("descending", -1), ("ascending", 1)):
        headers.nth(2).get_by_role("button").click()
        assert headers.nth(2).get_attribute("aria-sort") == start
        scores = [float(one.replace(",", ".")) for one in first_column(opened, 3)]
        assert scores == sorted(scores, key=lambda score: direction * score)
    headers.nth(0).get_by_role("button").press("Enter")
    assert headers.nth(2).get_attribute("aria-sort") is None
    assert headers.nth(0).get_attribute("aria-sort") == "ascending"
    names = first_column(opened, 1)
    assert sorted(names) == before
    compare = f"(a, b) => new Intl.Collator('{language}', {{numeric: true}}).compare(a, b)"
    ordered = opened.page.evaluate(f"(names) => [...names].sort({compare})", names)
    assert [one.casefold() for one in names] == [one.casefold() for one in ordered]
    assert headers.nth(3).get_by_role("button").count() == 0
    opened.page.context.close()


def test_search_takes_words_in_any_order_and_says_how_many(browser: Browser, folder: Path) -> None:
    opened = Opened.at(browser, folder / "report-en.html")
    page, rows = opened.page, opened.page.locator("#pairs-table tbody tr")
    everything = rows.count()
    name, identifier = first_column(opened, 1)[7].rsplit(" ", 1)
    search = page.get_by_role("searchbox").first
    search.fill(f"{identifier} {name.upper()}")
    output = page.locator("#pairs output")
    expect(output).to_contain_text(" of ")
    assert 1 <= rows.count() < everything
    assert all(identifier in text for text in rows.all_text_contents())
    assert output.inner_text() == f"{rows.count()} of {everything:,} pairs"
    search.fill("")
    expect(output).not_to_contain_text(" of ")
    assert rows.count() == everything
    page.context.close()


def test_without_scripts_all_is_there_and_nothing_that_does_not_work(
    browser: Browser, folder: Path
) -> None:
    page = Opened.at(browser, folder / "report-en.html", scripts=False).page
    assert page.get_by_role("searchbox").count() == 0
    assert page.locator("button").count() == 0
    details = page.locator("#pairs-table details").first
    details.locator("summary").click()
    assert details.locator("li").first.is_visible()
    page.context.close()


def test_tables_are_tables_to_those_who_hear_them(browser: Browser, folder: Path) -> None:
    page = Opened.at(browser, folder / "report-en.html", size=PHONE).page
    table = page.get_by_role("table", name="Pairs", exact=True)
    assert table.get_by_role("columnheader").count() == 4
    assert table.get_by_role("row").count() > 41
    assert table.get_by_role("rowheader").count() > 40
    assert page.get_by_role("img", name="Scores of the pairs").count() == 1
    page.context.close()


def test_print_opens_the_reasons_and_has_a_page_for_each_pair(
    browser: Browser, folder: Path
) -> None:
    page = Opened.at(browser, folder / "sheets-en.html").page
    pairs = page.locator("article").count()
    printed = page.pdf(prefer_css_page_size=True)
    assert printed.count(b"/Type /Page\n") == pairs
    page.goto((folder / "report-en.html").as_uri())
    page.emulate_media(media="print")
    assert page.locator("#pairs-table li").first.is_visible()
    assert not page.get_by_role("navigation").is_visible()
    page.context.close()


PAPER = (703, 1032)  # A4 within its margins, in pixels of CSS
CUT_OFF = """() => {
  const right = (one) => one.getBoundingClientRect().right;
  const cut = (one) => right(one) > innerWidth + 1 ||
    right(one) > right(one.closest(".twin > *") ?? document.body) + 1;
  return [...document.querySelectorAll("table, th, td, dd, p, svg, li")].filter(cut)
    .map((one) => one.textContent);
}"""


@pytest.mark.parametrize("name", ["report-en", "report-fr", "report-hostile"])
def test_nothing_is_cut_off_on_paper(browser: Browser, folder: Path, name: str) -> None:
    page = Opened.at(browser, folder / f"{name}.html").page
    page.set_viewport_size({"width": PAPER[0], "height": PAPER[1]})
    page.emulate_media(media="print")
    assert page.evaluate(CUT_OFF) == []
    page.context.close()


def test_print_of_many_pairs_shows_the_reasons_that_are_open(
    browser: Browser, tmp_path: Path
) -> None:
    matching = pk.match(pk.datasets.sample(500), pk.reverse_mentoring(), solver="greedy")
    assert len(matching.pairs) > 200
    pk.write_report(matching, tmp_path / "many.html")
    page = Opened.at(browser, tmp_path / "many.html").page
    page.locator("#pairs-table summary").nth(1).click()
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    reasons = page.locator("#pairs-table details")
    assert not reasons.nth(0).locator("li").first.is_visible()
    assert reasons.nth(1).locator("li").first.is_visible()
    page.context.close()
