"""Reports: everything is there, nothing that should not be, and texts stay texts."""

from __future__ import annotations

import base64
import hashlib
import re
import sys
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import pairkit as pk
from pairkit.report.charts import warmth
from pairkit.report.figures import flows
from pairkit.report.gains import NOTHING_BETTER, PROOFS, UNREACHED, Gain, gains_of
from pairkit.report.page import Shown, page_of
from pairkit.report.people import people_of, reads_protected
from pairkit.report.rendering import _environment
from pairkit.report.ruling import ruling_of
from pairkit.report.untold import untold_of

HOSTILE = (
    "<script>document.title = 'owned'</script>",
    "\"' onclick='alert(1)",
    "\u202egnp.exe\u2066",
    "x" * 10_000,
    "مريم {{ 7 * 7 }} {% raw %}",
)


class Read(HTMLParser):
    """The texts of a page, and its elements with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.raw: dict[str, str] = {}
        self._open = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._open = tag

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open in {"script", "style"}:
            self.raw[self._open] = data
        else:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return "\n".join(self.texts)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [own for name, own in self.elements if name == tag]


def report(matching: pk.Matching, folder: Path, **options: object) -> Read:
    path = folder / "report.html"
    pk.write_report(matching, path, overwrite=True, **options)  # type: ignore[arg-type]
    return Read(path.read_text("utf-8"))


def sheets(matching: pk.Matching, folder: Path, **options: object) -> Read:
    path = folder / "sheets.html"
    pk.write_pair_sheets(matching, path, overwrite=True, **options)  # type: ignore[arg-type]
    return Read(path.read_text("utf-8"))


@pytest.fixture(scope="module")
def cohort() -> pk.Matching:
    program = pk.reverse_mentoring()
    soft = pk.SameValue("site", penalty=0.05)
    rules = (*program.rules, soft, pk.MinimumMatched(1.0, penalty=0.1))
    return pk.match(pk.datasets.sample(60), program.model_copy(update={"rules": rules}))


def hostile(**fields: object) -> pk.Matching:
    """Return the matching of two people with each hostile text as their names and skills."""
    people: list[dict[str, object]] = []
    for k, text in enumerate(HOSTILE):
        common = {"name": text, "department": text, "about": text, **fields}
        people += [
            {"id": f"a{k}", "roles": "mentor", "skills": {text: 3}, "needs": [], **common},
            {"id": f"b{k}", "roles": "mentee", "needs": [text], **common},
        ]
    scoring = {
        "skills": pk.SkillCoverage(),
        HOSTILE[0]: pk.Different("department"),
        "about": pk.TextSimilarity("about"),
    }
    program = pk.Program(name=HOSTILE[0], scoring=scoring, reference_date=date(2026, 1, 15))
    return pk.match(pk.Roster.from_records(people), program)


# What is there


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_pair_with_every_reason_and_everybody_left_out(
    cohort: pk.Matching, tmp_path: Path, language: str
) -> None:
    page = report(cohort, tmp_path, language=language)
    assert page.all("html")[0]["lang"] == language
    text = re.sub(r"\s+", " ", page.text)
    for pair in cohort.pairs:
        assert pair.mentor in text
        assert pair.mentee in text
    for one in cohort.unmatched:
        assert one.id in text
    who = people_of(cohort, anonymize=False).called(cohort)
    spoken = pk.Language(who) if language == "en" else None
    for pair in cohort.explained_pairs():
        facts = [fact for part in pair.parts for fact in part.evidence]
        assert spoken is None or all(spoken.say(fact) in text for fact in facts)


def test_headings_come_in_order_and_every_table_has_a_name(
    cohort: pk.Matching, tmp_path: Path
) -> None:
    page = report(cohort, tmp_path, protected=["gender"])
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    ids = {own["id"] for _, own in page.elements if "id" in own}
    named = [one for _, own in page.elements for one in (own.get("aria-labelledby") or "").split()]
    assert set(named) <= ids
    assert len(page.all("table")) == len(page.all("caption")) + 2  # two named by their headings


def test_the_page_needs_nothing_from_elsewhere(cohort: pk.Matching, tmp_path: Path) -> None:
    page = report(cohort, tmp_path)
    assert not page.all("link")
    assert not page.all("img")
    assert not [own for _, own in page.elements if {"src", "style"} & set(own)]
    assert all((own["href"] or "").startswith("#") for own in page.all("a"))
    (policy,) = [own["content"] or "" for own in page.all("meta") if "http-equiv" in own]
    assert policy.startswith("default-src 'none';")
    for tag in ("style", "script"):
        digest = hashlib.sha256(page.raw[tag].encode()).digest()
        assert f"{tag}-src 'sha256-{base64.b64encode(digest).decode()}'" in policy


def test_the_verdict_says_what_is_proved(cohort: pk.Matching, tmp_path: Path) -> None:
    assert cohort.status is pk.Status.OPTIMAL
    assert f"{len(cohort.pairs)} pairs, the best possible" in report(cohort, tmp_path).text
    greedy = pk.match(pk.datasets.sample(60), pk.reverse_mentoring(), solver="greedy")
    assert "better pairs may exist" in report(greedy, tmp_path).text


def test_what_rules_forbid_is_what_a_count_of_all_pairs_finds(cohort: pk.Matching) -> None:
    assert cohort.roster is not None
    assert cohort.program is not None
    ruling = ruling_of(cohort, cohort.roster, cohort.program, untold_of(cohort), costs=False)
    mentors, mentees = cohort.sides
    names = [
        {one.rule for one in cohort.explain(a.id, b.id).objections}
        for a in mentors.people
        for b in mentees.people
    ]
    assert ruling.pairs == len(names)
    assert ruling.asked_of is None
    assert ruling.left == pytest.approx(sum(not one for one in names) / len(names))
    for one in ruling.forbidden:
        assert one.share == pytest.approx(sum(one.rule in own for own in names) / len(names))
        assert one.alone == pytest.approx(sum(own == {one.rule} for own in names) / len(names))
    (soft,) = ruling.softened
    broken = [pair for pair in cohort.pairs if pair.parts[-1].value]
    assert soft.pairs == len(broken)
    assert soft.value == pytest.approx(-0.05 * len(broken))


def test_many_pairs_are_asked_in_a_sample(
    cohort: pk.Matching, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("pairkit.report.ruling.LISTED", 300)
    assert cohort.roster is not None
    assert cohort.program is not None
    ruling = ruling_of(cohort, cohort.roster, cohort.program, untold_of(cohort), costs=False)
    assert ruling.asked_of is not None
    assert 200 <= ruling.asked_of <= 300 < ruling.pairs
    assert f"come from {ruling.asked_of} of the pairs" in report(cohort, tmp_path).text


def test_what_a_rule_costs_is_what_matching_without_it_gains(tmp_path: Path) -> None:
    roster = pk.Roster.from_records(
        [
            {"id": "Ana", "roles": "mentor", "skills": ["SQL"], "site": "Lyon"},
            {"id": "Bob", "roles": "mentee", "needs": ["SQL"], "site": "Paris"},
        ]
    )
    scoring = {"skills": pk.SkillCoverage(full_level=1)}
    matching = pk.match(roster, pk.Program(scoring=scoring, rules=[pk.SameValue("site")]))
    assert not matching.pairs
    page = page_of(matching, Shown(costs=True))
    assert page.ruling is not None
    (gain,) = page.ruling.gains
    assert gain == Gain("SameValue(site)", PROOFS[pk.Status.OPTIMAL], 1, 1.0)
    assert "What would be gained without each rule" in report(matching, tmp_path, costs=True).text
    assert "What would be gained" not in report(matching, tmp_path).text


def test_what_a_rule_costs_is_solved_with_the_same_seed_and_in_one_time_for_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[float | None, int]] = []

    def solved(problem: pk.Problem, *, stop: pk.Stop, seed: int) -> pk.Solution:
        asked.append((stop.seconds, seed))
        return pk.solve(problem, stop=stop, seed=seed)

    monkeypatch.setattr("pairkit.report.gains.solve", solved)
    roster, program = pk.datasets.sample(30), pk.reverse_mentoring()
    matching = pk.match(roster, program, seed=7)
    gains = list(gains_of(matching, roster, program))
    assert len(gains) == len(program.rules)
    assert {seed for _, seed in asked} == {7}
    assert all(seconds is not None and seconds <= 20.0 for seconds, _ in asked)
    assert asked[0][0] == pytest.approx(20.0 / len(gains), abs=0.5)
    again = [pk.match(roster, program.model_copy(update={"rules": ()}), seed=7)]
    assert all((gain.pairs or 0) <= len(again[0].pairs) - len(matching.pairs) for gain in gains)
    monkeypatch.setattr("pairkit.report.gains.SECONDS", 1e-9)
    assert {one.proof for one in gains_of(matching, roster, program)} == {UNREACHED}


def test_pairs_that_are_no_better_without_a_rule_are_no_loss(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    roster, program = pk.datasets.sample(30), pk.reverse_mentoring()
    matching = pk.match(roster, program)

    def stopped(problem: pk.Problem, **options: object) -> pk.Solution:
        return replace(pk.solve(problem, "random-pairs"), status=pk.Status.FEASIBLE)

    def failed(problem: pk.Problem, **options: object) -> pk.Solution:
        return replace(pk.solve(problem, "random-pairs"), status=pk.Status.ERROR)

    monkeypatch.setattr("pairkit.report.gains.solve", stopped)
    gains = list(gains_of(matching, roster, program))
    assert NOTHING_BETTER in {one.proof for one in gains}
    assert all(one.pairs is None or (one.pairs, one.score) > (0, 0.0) for one in gains)
    monkeypatch.setattr("pairkit.report.gains.solve", failed)
    assert {one.proof for one in gains_of(matching, roster, program)} == {"the solver failed"}


def test_rules_on_the_whole_program_say_what_is_reached(tmp_path: Path) -> None:
    quota = pk.Quota(mentee={"gender": pk.Condition(values=("f",))}, at_least=1)
    program = pk.reverse_mentoring()
    rules = (*program.rules, pk.MinimumMatched(1.0, penalty=1.0))
    matching = pk.match(pk.datasets.sample(60), program.model_copy(update={"rules": rules}))
    page = page_of(matching, Shown())
    assert page.ruling is not None
    assert page.ruling.asked
    assert all(re.search(r"\d", one.reached) for one in page.ruling.asked)
    assert "What rules on the whole program ask for" in report(matching, tmp_path).text
    assert reads_protected(quota, {"gender"})


def test_colors_of_groups_that_meet_are_even_handed(cohort: pk.Matching) -> None:
    table = flows(cohort, "department")
    shades = [warmth(table, *place) for place in np.ndindex(*table.counts.shape)]
    assert set(shades) <= set(range(-3, 4))
    for place, shade in zip(np.ndindex(*table.counts.shape), shades, strict=True):
        more = float(table.counts[place]) - float(table.expected[place])
        assert shade == 0 or (shade > 0) == (more > 0)


# What is not


@pytest.mark.parametrize("write", [report, sheets])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_hostile_texts_stay_texts(tmp_path: Path, write: object, language: str) -> None:
    page = (report if write is report else sheets)(hostile(), tmp_path, language=language)
    assert len(page.all("script")) == (write is report)
    assert not [own for _, own in page.elements if any(name.startswith("on") for name in own)]
    assert HOSTILE[0] in page.text
    assert HOSTILE[1] in page.text
    assert "مريم {{ 7 * 7 }} {% raw %}" in page.text
    assert "x" * 400 not in page.text
    names = [text for text in page.texts if "gnp.exe" in text and "department" not in text]
    assert names
    assert "x" * 79 + "…" in page.text


def test_anonymized_pages_hold_no_names_and_no_free_texts(tmp_path: Path) -> None:
    people: list[dict[str, object]] = [
        {"id": "a", "name": "Ana Ferrer", "roles": "mentor", "about": "Zebras", "skills": ["SQL"]},
        {"id": "b", "name": "Bob Moss", "roles": "mentee", "about": "zebras", "needs": ["SQL"]},
    ]
    scoring = {"skills": pk.SkillCoverage(), "texts": pk.TextSimilarity("about")}
    matching = pk.match(pk.Roster.from_records(people), pk.Program(scoring=scoring))
    for write in (report, sheets):
        assert "Ana Ferrer" in write(matching, tmp_path).text
        assert "zebras" in write(matching, tmp_path).text
        page = write(matching, tmp_path, anonymize=True)
        assert not re.search("Ana|Ferrer|Bob|Moss|zebras", page.text, re.IGNORECASE)
        assert "SQL" in page.text
    assert "ids stand for people" in report(matching, tmp_path, anonymize=True).text


def protected_people(some: int) -> pk.Matching:
    people: list[dict[str, object]] = []
    for k in range(12):
        gender = "quetzal" if k < some else "ibis"
        people += [
            {"id": f"a{k}", "roles": "mentor", "skills": ["SQL"], "gender": gender},
            {"id": f"b{k}", "roles": "mentee", "needs": ["SQL"], "gender": gender},
        ]
    scoring = {
        "skills": pk.SkillCoverage(),
        "alike": pk.Same("gender", allow_protected=True),
    }
    rules = [
        pk.DifferentValue("gender", allow_protected=True, penalty=0.1),
        pk.Parity("gender", 0.0, penalty=0.1),
    ]
    return pk.match(pk.Roster.from_records(people), pk.Program(scoring=scoring, rules=rules))


def test_protected_fields_are_shown_only_where_asked_and_not_of_few(tmp_path: Path) -> None:
    matching = protected_people(3)
    told = report(matching, tmp_path, groups=[]).text
    reasons = told[: told.index("Scores and loads\n")]
    assert not re.search("same for both|ibis|quetzal", reasons)
    assert "not shown: it reads a protected field" in told
    assert "Mentees by gender" not in told
    few = report(matching, tmp_path, groups=[], protected=["gender"]).text
    assert "Mentees by gender" in few
    assert "quetzal" not in few
    many = report(protected_people(6), tmp_path, groups=[], protected=["gender"]).text
    assert "quetzal" in many[many.index("Mentees by gender") :]
    with pytest.raises(pk.ProgramError, match="protected"):
        report(matching, tmp_path, groups=["gender"])


def two(one: str, other: str) -> pk.Matching:
    """Return the matching of two people who state a gender each, which a part and a rule read."""
    people: list[dict[str, object]] = [
        {"id": "Ana", "roles": "mentor", "skills": ["SQL"], "gender": one},
        {"id": "Bob", "roles": "mentee", "needs": ["SQL", "Go"], "gender": other},
    ]
    scoring = {
        "skills": pk.SkillCoverage(full_level=1),
        "texts": pk.TextSimilarity("about"),
        "alike": pk.Same("gender", allow_protected=True),
    }
    rules = [
        pk.DifferentValue("gender", allow_protected=True, penalty=0.1),
        pk.MinimumScore(0.4, penalty=0.1),
    ]
    return pk.match(pk.Roster.from_records(people), pk.Program(scoring=scoring, rules=rules))


def test_nothing_beside_a_pair_depends_on_a_protected_field(tmp_path: Path) -> None:
    alike, other = two("f", "f"), two("f", "m")
    assert alike.pairs[0].score > other.pairs[0].score
    pages = [page_of(one, Shown()) for one in (alike, other)]
    assert list(pages[0].pairs) == list(pages[1].pairs)
    assert pages[0].weights == pages[1].weights
    assert pages[0].ruling == pages[1].ruling
    assert sheets(alike, tmp_path).text == sheets(other, tmp_path).text
    text = report(alike, tmp_path).text
    assert "other parts: not shown" in text
    assert "in this report: alike, " in text


def test_the_amounts_beside_a_pair_sum_to_the_score_that_is_shown(cohort: pk.Matching) -> None:
    for matching in (cohort, two("f", "f"), protected_people(3)):
        page = page_of(matching, Shown())
        for row, pair in zip(page.pairs, matching.pairs, strict=True):
            assert row.score == pytest.approx(sum(one.given for one in row.reasons))
            assert page.folded or row.score == pair.score
            assert {one.part for one in row.reasons}.isdisjoint(untold_of(matching).folded)


def test_the_two_are_not_told_how_they_rank_each_other(tmp_path: Path) -> None:
    told = []
    for wished in ([], ["Bob"], ["Zoe", "Bob"]):
        people: list[dict[str, object]] = [
            {"id": "Ana", "roles": "mentor", "skills": ["SQL"], "preferences": wished},
            {"id": "Bob", "roles": "mentee", "needs": ["SQL"]},
            {"id": "Zoe", "roles": "mentee", "needs": ["SQL"], "consent": False},
        ]
        scoring = {
            "skills": pk.SkillCoverage(),
            "one": pk.PreferenceRank(),
            "both": pk.TwoWay(pk.PreferenceRank()),
        }
        program = pk.Program(scoring=scoring, rules=[pk.Ready()])
        matching = pk.match(pk.Roster.from_records(people), program)
        assert [pair.mentee for pair in matching.pairs] == ["Bob"]
        told.append(sheets(matching, tmp_path).text)
    assert told[0] == told[1] == told[2]
    assert "is met" in told[0]


def test_sheets_tell_what_speaks_for_a_pair_and_nothing_else(tmp_path: Path) -> None:
    people: list[dict[str, object]] = [
        {"id": "Ana", "roles": "mentor", "skills": {"SQL": 3}, "needs": ["No code", "Tax"]},
        {"id": "Bob", "roles": "mentee", "skills": {"No code": 3}, "needs": ["SQL", "Go"]},
        {"id": "Eve", "roles": "mentor", "skills": {"Rust": 3}},
        {"id": "Tim", "roles": "mentee", "needs": ["Rust"]},
    ]
    scoring = {"skills": pk.SkillCoverage(), "both": pk.TwoWay(pk.SkillCoverage())}
    matching = pk.match(pk.Roster.from_records(people), pk.Program(scoring=scoring))
    text = sheets(matching, tmp_path).text
    assert "SQL (50% of the needs) is met in full" in text
    assert "No code (50% of the needs) is met in full" in text
    assert not re.search("is not met|states no|From Tim to Eve", text)
    french = sheets(matching, tmp_path, language="fr").text
    assert french.count("50") == text.count("50%")


# Unhappy endings


def one(**fields: object) -> pk.Roster:
    mentor = {"id": "Ana", "roles": "mentor", "skills": ["SQL"], **fields}
    return pk.Roster.from_records([mentor, {"id": "Bob", "roles": "mentee", "needs": ["SQL"]}])


SKILLS = {"skills": pk.SkillCoverage()}


def test_one_pair_and_no_pair_and_nobody(tmp_path: Path) -> None:
    assert "1 pair, the best" in report(pk.match(one(), pk.Program(scoring=SKILLS)), tmp_path).text
    none = pk.match(one(consent=False), pk.Program(scoring=SKILLS, rules=[pk.Ready()]))
    assert "Nobody is paired" in report(none, tmp_path).text
    assert "There are no pairs." in sheets(none, tmp_path).text
    nobody = pk.match(pk.Roster([]), pk.Program(scoring=SKILLS))
    assert "0 people were read." in report(nobody, tmp_path).text


def test_an_infeasible_program_says_what_stands_against_each_other(tmp_path: Path) -> None:
    rules = [pk.Require([("Ana", "Bob")]), pk.Forbid([("Ana", "Bob")])]
    matching = pk.match(one(name="Ana"), pk.Program(scoring=SKILLS, rules=rules))
    assert matching.status is pk.Status.INFEASIBLE
    text = report(matching, tmp_path).text
    assert "No pairs can keep all the rules" in text
    assert all(str(reason) in text for reason in matching.conflicts)
    assert "Ways out" in text


def test_a_solve_that_found_nothing_says_that_nothing_is_proved(tmp_path: Path) -> None:
    matching = pk.match(one(), pk.Program(scoring=SKILLS))
    data = matching.to_json().replace('"optimal"', '"no solution found"', 1)
    data = re.sub(r'"pairs": \[.*?\n \],', '"pairs": [],', data, flags=re.DOTALL)
    text = report(pk.Matching.from_json(data), tmp_path).text
    assert "That does not mean that there are none." in text


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_matching_without_its_people_says_so(
    cohort: pk.Matching, tmp_path: Path, language: str
) -> None:
    read = pk.Matching.from_json(cohort.to_json())
    page = report(read, tmp_path, language=language)
    assert all(pair.mentee in page.text for pair in cohort.pairs)
    said = {"en": "was read back without its people", "fr": "a été relu sans ses personnes"}
    assert said[language] in page.text
    assert cohort.pairs[0].mentor in sheets(read, tmp_path, language=language).text


def test_peers_have_one_word_for_both(tmp_path: Path) -> None:
    people: list[dict[str, object]] = [
        {"id": f"p{k}", "skills": ["SQL"], "needs": ["SQL"], "department": "AB"[k % 2]}
        for k in range(6)
    ]
    program = pk.Program(scoring=SKILLS, roles=pk.Roles(peer={}), rules=[pk.Forbid([("p0", "p1")])])
    matching = pk.match(pk.Roster.from_records(people), program)
    for page in (report(matching, tmp_path), sheets(matching, tmp_path)):
        assert "Peer" in page.text
        assert not re.search("mentor|mentee", page.text, re.IGNORECASE)
    ruling = page_of(matching, Shown()).ruling
    assert ruling is not None
    assert ruling.pairs == 15
    assert ruling.forbidden[0].share == pytest.approx(1 / 15)


def test_an_existing_file_is_replaced_only_on_purpose(tmp_path: Path) -> None:
    matching, path = pk.match(one(), pk.Program(scoring=SKILLS)), tmp_path / "report.html"
    for write in (pk.write_report, pk.write_pair_sheets):
        path.write_text("mine", encoding="utf-8")
        with pytest.raises(pk.OutputError, match="exists already"):
            write(matching, path)
        assert path.read_text(encoding="utf-8") == "mine"
        write(matching, path, overwrite=True)
        assert path.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_an_unknown_language_and_a_missing_library_are_said_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    matching, path = pk.match(one(), pk.Program(scoring=SKILLS)), tmp_path / "report.html"
    with pytest.raises(pk.InputError, match="no language 'de'"):
        pk.write_report(matching, path, language="de")
    monkeypatch.setitem(sys.modules, "jinja2", None)
    _environment.cache_clear()
    with pytest.raises(pk.MissingExtraError, match=r"pip install 'pairkit\[report\]'"):
        pk.write_report(matching, path)
    assert not path.exists()


def test_the_smallest_change_stands_beside_the_reason(tmp_path: Path) -> None:
    matching = pk.match(one(), pk.Program(scoring=SKILLS, rules=[pk.Forbid([("Ana", "Bob")])]))
    assert "Setting Forbid aside for the pairs of Ana" in report(matching, tmp_path).text
    page = report(matching, tmp_path, language="fr")
    assert "Plus petit changement" in page.text
    assert "Setting" not in page.text


def test_the_smallest_change_is_looked_for_as_far_as_there_is_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    matching = pk.match(one(), pk.Program(scoring=SKILLS, rules=[pk.Forbid([("Ana", "Bob")])]))
    monkeypatch.setattr("pairkit.report.left_out.ASKED", 1)
    assert "looked for in the first 1 case." in " ".join(report(matching, tmp_path).text.split())
    monkeypatch.setattr("pairkit.report.left_out.ASKED", 0)
    text = report(matching, tmp_path).text
    assert "Smallest change" not in text
    assert "is not looked for: that would take solving again" in text


def test_what_was_not_looked_at_is_not_said_to_be_of_no_help(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people: list[dict[str, object]] = [
        {"id": "Ana", "roles": "mentor", "skills": ["SQL"], "mentor_capacity": 1},
        {"id": "Bob", "roles": "mentee", "needs": ["SQL"]},
        {"id": "Zoe", "roles": "mentee", "needs": ["SQL", "Go"]},
    ]
    matching = pk.match(pk.Roster.from_records(people), pk.Program(scoring=SKILLS))
    assert "One more place for Ana" in report(matching, tmp_path).text
    monkeypatch.setattr("pairkit.report.left_out.PRICED", 0)
    assert "places of others were not looked at" in report(matching, tmp_path).text
    greedy = pk.match(pk.Roster.from_records(people), pk.Program(scoring=SKILLS), solver="greedy")
    assert "is not looked for: that would take" in report(greedy, tmp_path).text


def test_a_gap_is_not_understated(tmp_path: Path) -> None:
    data = pk.match(one(), pk.Program(scoring=SKILLS)).to_json()
    data = data.replace('"optimal"', '"feasible"', 1)
    data = re.sub(r'"bound": [\d.]+(,\s+"size": [\d.]+\s+\}\s+\])', r'"bound": 1.000014\1', data)
    assert "are better by more than 0.002%" in report(pk.Matching.from_json(data), tmp_path).text


def test_one_name_of_a_field_is_a_list_of_one(tmp_path: Path) -> None:
    matching = pk.match(pk.datasets.sample(40), pk.reverse_mentoring())
    one, other = tmp_path / "one.html", tmp_path / "other.html"
    pk.write_report(matching, one, groups="site", protected="gender")
    pk.write_report(matching, other, groups=["site"], protected=["gender"])
    assert one.read_bytes() == other.read_bytes()


def test_a_folder_is_no_file_to_write() -> None:
    matching = pk.match(pk.datasets.sample(40), pk.reverse_mentoring())
    with pytest.raises(pk.OutputError, match="is a folder"):
        pk.write_report(matching, "")
