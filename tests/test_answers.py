"""Feedback as forms export it: what can be read is used, and the rest is told by row."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

import pairkit as pk
from pairkit.rounds.answers import FeedbackReading, read_feedback

START = date(2027, 3, 1)


def history() -> pk.History:
    pairs = [("r1", "M1", "E1"), ("r1", "M2", "E2"), ("r1", "M2", "E3"), ("r1", "17", "18")]
    return pk.History().add(pk.Round("r1", START), *(pk.RoundPair(*pair, START) for pair in pairs))


def read(tmp_path: Path, text: str, encoding: str = "utf-8", **more: object) -> FeedbackReading:
    path = tmp_path / "answers.csv"
    path.write_bytes(text.encode(encoding))
    more = {"on": date(2027, 6, 1), **more}
    return read_feedback(path, history(), **more)  # type: ignore[arg-type]


def told(reading: FeedbackReading) -> list[tuple[int | None, str]]:
    return [(one.row, one.code.value) for one in reading.findings]


def test_a_french_form_is_read_as_it_comes(tmp_path: Path) -> None:
    text = (
        "Horodateur;Votre identifiant;Quelle note donnez-vous à cette relation ? (1 à 5);"
        "Objectifs atteints;Nombre de rencontres;Continueriez-vous avec la même personne ?;"
        "Compétences transmises;Commentaires\r\n"
        "15/06/2027 10:22;E1;4,5;2 sur 3;6;oui;SQL, Excel;« Très bien »\r\n"
        "16/06/2027 09:00;M1;4/5;80 %;;non;;\r\n"
    )
    for encoding in ("utf-8-sig", "cp1252"):
        found = read(tmp_path, text, encoding)
        one, other = found.records
        assert (one.pair, one.by, one.on) == (("r1", "M1", "E1"), "E1", date(2027, 6, 15))
        assert (one.rating, one.goals_met, one.meetings) == (4.5, 2 / 3, 6)
        assert (one.would_continue, one.skills) == (True, ("SQL", "Excel"))
        assert one.text == "« Très bien »"
        assert (other.by, other.rating, other.goals_met) == ("M1", 4.0, 0.8)
        assert (other.meetings, other.would_continue, other.text) == (None, False, None)
        assert not found.findings.errors
    assert history().add(*found.records).feedback == found.records


def test_an_english_form_is_read_as_it_comes(tmp_path: Path) -> None:
    text = (
        "Submitted at,Your id,Your partner's id,Overall rating,Goals met,How often have you met?,"
        "Would you continue?,What have you learned?,Anything else?\n"
        "2027-06-15,M2,E3,5,yes,4,yes,Slack,\n"
    )
    (one,) = read(tmp_path, text).records
    assert (one.mentee, one.by, one.rating, one.goals_met, one.meetings) == (
        "E3",
        "M2",
        5.0,
        1.0,
        4,
    )
    assert (one.would_continue, one.skills, one.text) == (True, ("Slack",), None)


def test_every_row_that_is_not_used_is_told(tmp_path: Path) -> None:
    text = "id;note\nE9;3\n;3\nM2;3\nE1;3\n;\n"
    found = read(tmp_path, text)
    assert [one.by for one in found.records] == ["E1"]
    assert told(found) == [(2, "not-joined"), (3, "not-joined"), (4, "not-joined")]
    messages = [str(one) for one in found.findings]
    assert "Nobody in the history has the id 'E9'." in messages[0]
    assert "does not say who answers" in messages[1]
    assert "several partners. Add a column with the id of the partner" in messages[2]


def test_a_cell_that_cannot_be_read_costs_itself_alone(tmp_path: Path) -> None:
    text = (
        "id;note;objectifs;rencontres;continuer;date\n"
        "E1;12;plusieurs;beaucoup;peut-être;demain\nM1;4;0,5;3;oui;2027-06-01\n"
    )
    found = read(tmp_path, text, on=START)
    assert found.records[0] == pk.Feedback("r1", "M1", "E1", "E1", START)
    assert [row for row, _ in told(found)] == [2, 2, 2, 2, 2]
    assert {one.severity.value for one in found.findings} == {"warning"}
    assert "'12' is no rating from 1 to 5" in str(found.findings)


def test_other_scales_come_to_one(tmp_path: Path) -> None:
    text = "id,rating\nE1,10\nM1,1\nE2,5.5\n"
    found = read(tmp_path, text, scale=10)
    assert [one.rating for one in found.records] == [5.0, 1.0, 3.0]
    own = read(tmp_path, "id,rating\nE1,9/10\nM1,3 out of 3\n")
    assert [one.rating for one in own.records] == pytest.approx([1 + 8 * 4 / 9, 5.0])
    with pytest.raises(pk.InputError, match="scale must be from 2"):
        read(tmp_path, text, scale=1)


def test_headers_can_be_named(tmp_path: Path) -> None:
    text = "who,Q1\nE1,4\n"
    with pytest.raises(pk.FileError, match="says nowhere who answers"):
        read(tmp_path, text)
    found = read(tmp_path, text, columns={"by": "who", "rating": "Q1"})
    assert found.records[0].rating == 4.0
    assert found.columns == {"by": "who", "rating": "Q1"}
    with pytest.raises(pk.InputError, match="no field 'ratings'. Did you mean 'rating'"):  # noqa: RUF043
        read(tmp_path, text, columns={"by": "who", "ratings": "Q1"})
    with pytest.raises(pk.InputError, match="no column 'Q2'"):
        read(tmp_path, text, columns={"by": "who", "rating": "Q2"})


def test_mentor_and_mentee_may_have_columns_and_then_who_answers_is_needed(tmp_path: Path) -> None:
    found = read(tmp_path, "mentor,mentee,by,rating\nM2,E3,E3,4\nM2,E2,,5\nE2,M2,E2,3\n")
    assert [(one.mentee, one.by) for one in found.records] == [("E3", "E3")]
    assert told(found) == [(3, "not-joined"), (4, "not-joined")]


def test_a_dataframe_with_numbers_as_ids_is_read(tmp_path: Path) -> None:
    frame = pl.DataFrame({"id": [17, 18], "rating": [4.0, None], "comments": [None, "ok"]})
    one, other = read_feedback(frame, history(), on=START).records
    assert (one.by, one.mentee, one.rating) == ("17", "18", 4.0)
    assert (other.by, other.rating, other.text) == ("18", None, "ok")


def test_who_answers_twice_a_day_is_told_and_the_later_row_counts(tmp_path: Path) -> None:
    found = read(tmp_path, "id,rating\nE1,3\nE1,4\nE1,4\n")
    assert [one.rating for one in found.records] == [4.0]
    assert told(found) == [(3, "conflicting-value")]


def test_an_answer_from_before_the_pair_is_told(tmp_path: Path) -> None:
    found = read(tmp_path, "id,rating,date\nE1,3,2027-01-05\nM1,3,\n", on=START)
    assert [one.by for one in found.records] == ["M1"]
    assert told(found) == [(2, "bad-date")]
