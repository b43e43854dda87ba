from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pairkit as pk
from pairkit.census import stated
from pairkit.notebook import Panel, number_text

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\r\x00"), max_size=12)


class Shown(HTMLParser):
    """The texts of a piece of HTML, its tags, and whether each tag is closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: set[str] = set()
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.open.append(tag)
        assert {name for name, _ in attrs} <= {"style", "class"}

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def shown(value: object) -> Shown:
    html = value._repr_html_()  # type: ignore[attr-defined]
    page = Shown(html)
    assert page.open == []
    assert page.tags <= {"div", "strong", "table", "tr", "td", "th"}
    return page


def named(identifier: str = "M1", **rest: object) -> pk.Roster:
    mentor = {"id": identifier, "name": "Ada Invented", "roles": "mentor", "skills": ["a"]}
    mentee = {"id": "E1", "name": "Cyd Invented", "roles": "mentee", "needs": ["a"]}
    return pk.Roster.from_records([mentor | rest, mentee])


def program(**settings: object) -> pk.Program:
    return pk.Program(scoring=[pk.SkillCoverage()], **settings)


@given(title=TEXTS, cells=st.lists(TEXTS | st.floats(-1e9, 1e9) | st.none(), max_size=3))
def test_a_panel_shows_every_text_as_it_is(title: str, cells: list[str | float | None]) -> None:
    html = Panel(title, [("fact", 1)], ["x"] * len(cells), [cells], [title]).html()
    page = Shown(html)
    assert page.open == []
    assert html.count("<strong>") == 1
    said = "".join(page.texts)
    assert said.startswith(title)
    assert all(cell in said for cell in cells if isinstance(cell, str))


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (1234567.0, "1,234,567"), (1234.5678, "1,234.57"), (-0.5, "-0.5")],
)
def test_numbers_are_written_for_people(number: float, text: str) -> None:
    assert number_text(number) == text


def test_a_matching_shows_its_verdict_figures_and_pairs() -> None:
    matching = pk.match(named(), program())
    texts = shown(matching).texts
    assert texts[0] == "Matching: optimal"
    assert texts[texts.index("participation") + 1] == "1, proved best"
    assert {"M1", "E1", "1"} <= set(texts)
    assert "Invented" not in "".join(texts)


def test_of_many_pairs_the_first_are_shown_and_the_rest_counted() -> None:
    matching = pk.match(pk.datasets.sample(120), pk.reverse_mentoring())
    page = shown(matching)
    assert [text for text in page.texts if text.endswith("more pairs.")] == [
        f"... and {len(matching.pairs) - 10} more pairs."
    ]
    start = page.texts.index("score") + 1
    assert page.texts[start : start + 30 : 3] == [pair.mentor for pair in matching.pairs[:10]]


def test_a_matching_that_is_not_proved_says_so() -> None:
    matching = pk.match(named(), program(), solver="greedy")
    assert "1, not proved" in shown(matching).texts


def test_a_gap_that_is_left_is_shown_with_its_bound() -> None:
    matching = pk.match(named(), program())
    levels = (*matching.levels[:1], pk.Level(pk.Objective.QUALITY, 3.0, 4.0, 3.0))
    assert "3, bound 4, gap 25.00%" in shown(replace(matching, levels=levels)).texts


def test_without_a_solution_the_conflicts_are_shown() -> None:
    rules = [pk.MinimumLoad(2, role="mentor")]
    matching = pk.match(named(mentor_capacity=3), program(rules=rules))
    assert matching.status is pk.Status.INFEASIBLE
    texts = shown(matching).texts
    assert texts[0] == "Matching: infeasible"
    assert texts[-1].endswith(".")
    assert matching.diagnosis is not None
    diagnosed = shown(matching.diagnosis).texts
    assert diagnosed[0] == "No pairs keep all rules"
    assert len(diagnosed) == 1 + len(matching.diagnosis.sentences)


def test_ids_cannot_become_markup() -> None:
    matching = pk.match(named("<script>alert(1)</script>"), program())
    assert "<script>alert(1)</script>" in shown(matching).texts
    assert "<script" not in matching._repr_html_()


def test_a_roster_shows_which_fields_are_filled_and_nobody() -> None:
    roster = named(gender="nonbinary", department="Sales", Team="Blue", protected={"Faith": "x7"})
    texts = shown(roster).texts
    assert texts[0] == "Roster: 2 people"
    assert texts[texts.index("gender (protected)") + 1 :][:2] == ["1", "50%"]
    assert {"department", "Team", "Faith (protected)", "needs"} <= set(texts)
    assert not {"site", "status", "age"} & set(texts)
    said = " ".join(texts)
    assert not any(one in said for one in ("Invented", "nonbinary", "Sales", "Blue", "x7", "M1"))


def test_a_roster_of_nobody_and_one_with_findings() -> None:
    assert shown(pk.Roster()).texts[0] == "Roster: 0 people"
    records = [{"id": "A", "age": "old"}, {"id": "B"}]
    texts = shown(pk.Roster.from_records(records, on_error="skip")).texts
    assert texts[0] == "Roster: 1 person"
    assert texts[-2:] == ["1 left out while reading.", "1 findings: see .findings."]


def test_fields_are_counted_with_own_columns_and_own_classes() -> None:
    class Sailor(pk.Participant):
        boat: str | None = None

    people = [Sailor(id="A", boat="x", consent=False), pk.Participant(id="B", roles=[])]
    assert stated(people) == {"consent": 1, "boat": 1}
    assert stated([]) == {}


def test_findings_show_kinds_and_no_data() -> None:
    assert shown(pk.Findings()).texts == ["No findings"]
    found = [pk.Finding(pk.FindingCode.BAD_DATE, "'secret' is no date.", row=k) for k in range(3)]
    texts = shown(pk.Findings(found)).texts
    assert texts[0] == "3 findings"
    assert texts[5:9] == ["error", "bad-date", "–", "3"]
    assert "secret" not in "".join(texts)


@pytest.mark.parametrize("feasible", [True, None])
def test_a_diagnosis_without_conflict_has_a_title_alone(feasible: bool | None) -> None:
    assert len(shown(pk.Diagnosis(feasible)).texts) == 1
