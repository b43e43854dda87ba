"""What is different between two states of the same people, and when nothing is."""

from __future__ import annotations

import random
import subprocess
import sys
import unicodedata
from datetime import date
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pairkit as pk
from pairkit.availability import parse_windows
from pairkit.profiles import Participant, Protected
from pairkit.roster import Roster
from tests.people import dates, labels, languages, levels, maybe, names, rankings, rosters, windows

FIELDS: dict[str, st.SearchStrategy[object]] = {
    "skills": levels,
    "interests": names,
    "languages": languages,
    "availability": windows,
    "level": maybe(st.sampled_from([1, 2.5, 3.0])),
    "hired": maybe(dates),
    "preferences": rankings(),
    "avoid": st.lists(st.sampled_from(["P0", "P1", "P9"]), max_size=2),
    "attributes": st.dictionaries(labels, st.sampled_from([1, 2.5, True, "é"]), max_size=3),
}


def one(**stated: object) -> Roster:
    """Return a roster of one person, A."""
    return Roster([Participant.model_validate({"id": "A"} | stated)])


def rewritten(person: Participant, chance: random.Random) -> Participant:
    """Return the same person, with lists in another order and values written otherwise."""

    def shuffled(items: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(chance.sample(items, len(items)))

    def otherwise(value: object) -> object:
        if isinstance(value, str):
            return f" {unicodedata.normalize('NFD', value)} "
        return float(value) if isinstance(value, int) and not isinstance(value, bool) else value

    return Participant.model_validate(
        person.model_dump()
        | {
            "skills": dict(reversed(person.skills.items())),
            "interests": shuffled(person.interests),
            "languages": shuffled(person.languages),
            "avoid": shuffled(person.avoid),
            "availability": [str(window) for window in shuffled(person.availability)],
            "preferences": [shuffled(group) for group in person.preferences],
            "attributes": {name: otherwise(one) for name, one in person.attributes.items()},
        }
    )


@given(roster=rosters(FIELDS), seed=st.integers(0, 9))
def test_the_same_people_in_another_order_and_writing_are_equal(roster: Roster, seed: int) -> None:
    chance = random.Random(seed)
    people = [rewritten(person, chance) for person in roster]
    chance.shuffle(people)
    other = Roster(people)
    assert not roster.diff(other)
    assert roster.digest == other.digest


@given(before=rosters(FIELDS), after=rosters(FIELDS))
def test_the_digest_is_the_same_exactly_where_nothing_changed(
    before: Roster, after: Roster
) -> None:
    assert (before.digest == after.digest) is not bool(before.diff(after))


@given(before=rosters(FIELDS), after=rosters(FIELDS))
def test_backwards_those_who_joined_are_those_who_left(before: Roster, after: Roster) -> None:
    there, back = before.diff(after), after.diff(before)
    assert set(there.joined) == set(back.left)
    assert set(there.left) == set(back.joined)
    assert {(c.id, c.field) for c in there.changed} == {(c.id, c.field) for c in back.changed}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"level": 3}, {"level": 3.0}),
        ({"interests": ["Chess", "Go"]}, {"interests": ["Go", "Chess"]}),
        ({"interests": ["Écriture"]}, {"interests": [unicodedata.normalize("NFD", "Écriture")]}),
        ({"department": "R&D\u00a0Lyon"}, {"department": "R&D  Lyon"}),
        ({"department": "Lyon\u200b"}, {"department": "Lyon"}),
        ({"preferences": [["B", "C"], ["D"]]}, {"preferences": [["C", "B"], ["D"]]}),
        ({"availability": "Mon 9-12, 12-14"}, {"availability": "lun 9h-14h"}),
        ({"status": "active"}, {}),
        ({"attributes": {"floor": 2}}, {"attributes": {"floor": 2.0}}),
        ({"attributes": {"x": date(2024, 1, 31)}}, {"attributes": {"x": "2024-01-31"}}),
        ({"attributes": {"badge": True}}, {"attributes": {"badge": 1}}),
        ({"attributes": {"score": float("nan")}}, {}),
    ],
)  # fmt: skip
def test_values_that_mean_the_same_are_no_change(
    before: dict[str, object], after: dict[str, object]
) -> None:
    assert not one(**before).diff(one(**after))
    assert one(**before).digest == one(**after).digest


@pytest.mark.parametrize(
    ("before", "after", "field"),
    [
        ({"level": 3}, {"level": 4}, "level"),
        ({"skills": {"SQL": 1}}, {"skills": {"SQL": 2}}, "skills"),
        ({"preferences": ["B", "C"]}, {"preferences": ["C", "B"]}, "preferences"),
        ({"preferences": ["B", "C"]}, {"preferences": [["B", "C"]]}, "preferences"),
        ({"availability": "Mon 9-12"}, {"availability": "Mon 9-13"}, "availability"),
        ({"department": "Sales"}, {}, "department"),
        ({"attributes": {"team": "Red"}}, {"attributes": {"team": "Blue"}}, "attributes.team"),
        ({"attributes": {"team": "3"}}, {"attributes": {"team": 3}}, "attributes.team"),
        ({}, {"protected": {"Disability": "yes"}}, "protected.Disability"),
    ],
)
def test_a_change_names_its_field(
    before: dict[str, object], after: dict[str, object], field: str
) -> None:
    (change,) = one(**before).diff(one(**after)).changed
    assert (change.id, change.field) == ("A", field)
    assert one(**before).digest != one(**after).digest


def test_a_change_tells_what_was_and_what_is() -> None:
    before, after = one(level=3, skills=["SQL"]), one(level=4.5, skills=["SQL", "Go"])
    records = before.diff(after).to_records()
    assert [(r["field"], r["before"], r["after"]) for r in records] == [
        ("skills", "SQL (1)", "SQL (1); Go (1)"),
        ("level", "3", "4.5"),
    ]


def test_every_kind_of_value_has_a_text() -> None:
    after = one(
        roles="both",
        availability="Mon 9-12",
        preferences=[["B", "C"], ["D"]],
        interests=["Chess", "Go"],
        hired="2024-01-31",
        consent=True,
    )
    told = {r["field"]: r["after"] for r in one().diff(after).to_records()}
    assert told == {
        "roles": "mentee; mentor",
        "availability": "Mon 09:00-12:00",
        "preferences": "B=C; D",
        "interests": "Chess; Go",
        "hired": "2024-01-31",
        "consent": "True",
    }


def test_changes_say_who_joined_and_left_in_order() -> None:
    before = Roster.from_records([{"id": name} for name in "DAB"])
    after = Roster.from_records([{"id": name} for name in "CBE"])
    changes = before.diff(after)
    assert (changes.joined, changes.left, changes.changed) == (("C", "E"), ("D", "A"), ())
    assert [(r["id"], r["change"]) for r in changes.to_records()] == [
        ("C", "joined"),
        ("E", "joined"),
        ("D", "left"),
        ("A", "left"),
    ]


def test_nobodys_data_are_in_the_texts_of_changes() -> None:
    changes = one(name="Ann Ames", gender="woman").diff(one(name="Ann Bell", gender="man"))
    shown = f"{changes} {changes!r} {changes.changed!r}"
    assert "RosterChanges(0 joined, 0 left, 1 changed)" in shown
    assert "1 changed: A (name, gender)." in shown
    assert not any(word in shown for word in ("Ann", "Bell", "man"))


def test_protected_fields_have_a_row_only_when_asked_for() -> None:
    changes = one(age=30, protected={"x": 1}, level=1).diff(one(age=31, protected={"x": 2}))
    assert [r["field"] for r in changes.to_records()] == ["level"]
    asked = changes.to_records(include_protected=True)
    assert [r["field"] for r in asked] == ["level", "age", "protected.x"]


def test_no_change_says_so_and_many_people_are_cut() -> None:
    assert str(one().diff(one())) == "Nothing changed."
    many = Roster.from_records([{"id": f"P{k}"} for k in range(14)])
    assert str(Roster().diff(many)).endswith("P9 and 4 more.")


class Diver(Participant):
    """Somebody with fields of a program's own."""

    dives: tuple[str, ...] = ()
    blood: Annotated[str | None, Protected()] = None


def test_fields_of_ones_own_class_are_compared_too() -> None:
    before = Roster([Diver(id="A", dives=("reef", "wreck"), blood="A")])
    after = Roster([Diver(id="A", dives=("wreck", "reef"), blood="B")])
    changes = before.diff(after).changed
    assert [(c.field, c.protected) for c in changes] == [("dives", False), ("blood", True)]
    assert before.digest != after.digest


def test_the_digest_is_the_same_in_every_process() -> None:
    code = (
        "import pairkit as pk; print(pk.Roster([pk.Participant(id='A', roles='both',"
        "interests=['b', 'a'], skills=['y', 'x'])]).digest)"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    person = Participant.model_validate(
        {"id": "A", "roles": "both", "interests": ["a", "b"], "skills": ["x", "y"]}
    )
    assert found == {pk.Roster([person]).digest + "\n"}


def test_overlapping_windows_are_the_time_they_cover() -> None:
    overlapping = parse_windows("Mon 9-12; Mon 10-11; Tue 9-10")
    assert not one(availability=overlapping).diff(one(availability="Tue 9-10; Mon 9-12"))
