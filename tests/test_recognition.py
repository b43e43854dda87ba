"""Everybody who took part is thanked, for what they did, and not by how they were rated."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pairkit as pk
from pairkit.rounds.recognition import (
    contributions,
    milestones,
    people_to_thank,
    write_certificates,
)
from tests.browsers import DESKTOP, PHONE, Opened, browser_of, violations

START = date(2027, 3, 1)
HOSTILE = '<script>alert(1)</script>"\u202e & ' + 200 * "x"


def program() -> pk.History:
    history = pk.History().add(
        pk.Round("r1", START),
        pk.Enrollment("r1", "W", pk.Role.MENTEE, START),
        pk.RoundPair("r1", "A", "x", START, skills=("SQL",)),
        pk.RoundPair("r1", "A", "y", START),
        pk.RoundPair("r1", "B", "A", START),
        pk.RoundPair("r1", "C", "z", START),
    )
    for mentor, mentee in (("A", "x"), ("A", "y"), ("B", "A")):
        history = history.add(pk.PairChange("r1", mentor, mentee, pk.PairState.ACTIVE, START))
    days = [START + timedelta(days=7 * k) for k in range(1, 5)]
    end = START + timedelta(days=180)
    return history.add(
        *(pk.Meeting("r1", "A", "x", day, 3.0) for day in days),
        pk.Meeting("r1", "A", "y", days[0]),
        pk.PairChange("r1", "A", "x", pk.PairState.ENDED, end, pk.ReasonCode.COMPLETED),
        pk.Feedback("r1", "A", "x", "x", end, rating=5.0, goals_met=1.0, skills=("sql", "Slack")),
        pk.Feedback("r1", "A", "x", "A", end, goals_met=0.5),
        pk.Feedback("r1", "A", "y", "y", end, rating=1.0, goals_met=0.2),
        pk.Thanks("A", end, "Merci pour tout", "x", released=True),
        pk.Thanks("A", end, "entre nous", "y"),
    )


def test_a_contribution_counts_what_was_done() -> None:
    (one,) = (one for one in contributions(program()) if one.person == "A")
    assert (one.taught, one.learned, one.completed, one.regular) == (2, 1, 1, 1)
    assert (one.partners, one.meetings, one.hours) == (("B", "x", "y"), 5, 12.0)
    assert (one.goals_met, one.skills, one.words) == (1, ("Slack", "sql"), ("Merci pour tout",))
    assert (one.since, one.until) == (START, START + timedelta(days=180))
    assert "sql" not in repr(one)


@given(st.permutations(["A", "B", "C", "W", "x", "y", "z"]), st.integers(1, 5))
def test_nobody_is_missing_or_ranked_by_rating(order: list[str], rating: int) -> None:
    history = program()
    thanked = people_to_thank(history)
    assert [who for who, _ in thanked] == sorted(history.people)
    assert all(messages for _, messages in thanked)
    (answer,) = (one for one in history.feedback if one.rating == 1.0)
    other = pk.Feedback(*answer.pair, answer.by, answer.on, float(rating), answer.goals_met)
    assert people_to_thank(history.replace(answer, other)) == thanked


def test_milestones_come_in_the_order_of_days() -> None:
    told = [(one.person, str(one.message)) for one in milestones(program())]
    assert told == [
        ("A", "first pair begun"),
        ("B", "first pair begun"),
        ("x", "first pair begun"),
        ("y", "first pair begun"),
        ("A", "10 hours of meetings"),
        ("x", "10 hours of meetings"),
    ]


def test_certificates_say_what_was_released_and_no_rating(tmp_path: Path) -> None:
    path = tmp_path / "certificates.html"
    roster = pk.Roster.from_records([{"id": "A", "name": "Awa Ndiaye"}])
    write_certificates(program(), path, roster, language="fr", on=START, program="Passerelle")
    text = path.read_text("utf-8")
    assert text.count("<article") == 4
    for words in ("Awa Ndiaye", "Merci pour tout", "12 heures partagées", "1er mars 2027"):
        assert words in text
    for words in ("entre nous", "rating", "5,0"):
        assert words not in text
    with pytest.raises(pk.OutputError, match="exists already"):
        write_certificates(program(), path)
    write_certificates(program(), path, person="B", overwrite=True)
    assert path.read_text("utf-8").count("<article") == 1
    with pytest.raises(pk.UnknownParticipantError, match="'C' has begun no pair"):
        write_certificates(program(), path, person="C", overwrite=True)


def test_a_history_without_pairs_has_no_certificates(tmp_path: Path) -> None:
    path = tmp_path / "certificates.html"
    write_certificates(pk.History(), path)
    assert "No pair has begun." in path.read_text("utf-8")
    assert contributions(pk.History()) == ()
    assert people_to_thank(pk.History()) == ()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_certificates_open_in_a_browser(tmp_path: Path, language: str) -> None:
    path = tmp_path / "certificates.html"
    roster = pk.Roster.from_records([{"id": "A", "name": HOSTILE}, {"id": "x", "name": "Zoé"}])
    history = program().add(pk.Thanks("x", START, HOSTILE, "A", released=True))
    write_certificates(history, path, roster, language=language, program=HOSTILE, signed=HOSTILE)
    with browser_of() as browser:
        for size in (DESKTOP, PHONE):
            opened = Opened.at(browser, path, size=size)
            assert violations(opened.page) == []
            assert opened.console == []
            assert opened.requests == [path.as_uri()]
            assert opened.page.evaluate("document.documentElement.scrollWidth") <= size[0]
