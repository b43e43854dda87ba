"""The program over time on the command line: each command does one thing with a history."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import pairkit as pk
from pairkit.cli.commands import run

Capture = pytest.CaptureFixture[str]
PRESET = ("--preset", "reverse-mentoring")


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    pk.write_roster(pk.datasets.sample(60), path)
    return path


@pytest.fixture
def history(people: Path, tmp_path: Path) -> Path:
    path = tmp_path / "program.db"
    command = ["round", "start", path, people, "r1", *PRESET, "--on", "2027-03-01"]
    assert run([*map(str, command), "--name", "Printemps", "--end", "2027-09-01"]) == 0
    return path


def told(capsys: Capture, *command: object) -> Any:  # noqa: ANN401 - whatever JSON holds
    capsys.readouterr()
    assert run([*map(str, command), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def first_pair(history: Path) -> pk.RoundPair:
    with pk.History.open(history) as store:
        return store.snapshot().pairs[0]


def test_a_round_is_started_once(history: Path, people: Path, capsys: Capture) -> None:
    with pk.History.open(history) as store:
        (one,) = store.snapshot().rounds
        assert (one.id, one.name, str(one.start), str(one.end)) == (
            *("r1", "Printemps"),
            *("2027-03-01", "2027-09-01"),
        )
        assert len(store.snapshot().pairs) == 34
    assert run(["round", "start", str(history), str(people), "r1", *PRESET]) == 2
    assert "There is a round 'r1' already" in capsys.readouterr().err


def test_a_pair_is_accepted_begun_met_and_ended(history: Path, capsys: Capture) -> None:
    pair = first_pair(history)
    names = (history, "r1", pair.mentor, pair.mentee, "--on", "2027-03-05")
    one = told(capsys, "round", "accept", *names, "--by", pair.mentor)
    assert one["state"] == "proposed"
    assert told(capsys, "round", "accept", *names, "--by", pair.mentee)["state"] == "accepted"
    assert told(capsys, "round", "begin", *names)["state"] == "active"
    told(capsys, "round", "meeting", *names, "--hours", "1.5")
    assert told(capsys, "round", "end", *names, "--reason", "completed")["state"] == "ended"
    with pk.History.open(history) as store:
        past = store.snapshot()
        assert past.meetings[0].hours == 1.5
        assert past.standing(pair.pair).reason is pk.ReasonCode.COMPLETED
    assert run([*map(str, ("round", "begin", *names))]) == 0  # it is there already
    assert run([*map(str, ("round", "decline", *names))]) == 2
    assert "can become nothing else" in capsys.readouterr().err


def test_feedback_is_read_and_evaluated(history: Path, tmp_path: Path, capsys: Capture) -> None:
    pair = first_pair(history)
    answers = tmp_path / "answers.csv"
    answers.write_text(
        f"id;partenaire;Q1;continuer\n{pair.mentor};{pair.mentee};4,5;oui\nE-9999;;3;\n", "utf-8"
    )
    command = ("round", "feedback", history, answers, "--on", "2027-06-01")
    found = told(capsys, *command, "--column", "rating=Q1")
    assert found["answers"] == 1
    assert [one["code"] for one in found["findings"]] == ["not-joined"]
    assert run(["round", "feedback", str(history), str(answers), "--column", "rating"]) == 2
    assert "FIELD=HEADER" in capsys.readouterr().err
    (one,) = told(capsys, "evaluate", history, "--floor", "2")["rounds"]
    assert (one["round"], one["pairs"], one["rating_n"]) == ("r1", 34, 1)
    assert run(["evaluate", str(history), "--language", "fr"]) == 0
    out = capsys.readouterr().out
    assert "34 binômes ont été proposés" in out
    assert max(map(len, out.splitlines())) <= 80


def test_status_tells_who_may_break_off(history: Path, capsys: Capture) -> None:
    found = told(capsys, "round", "status", history, "--on", "2027-09-01")
    assert found["rounds"] == {"r1": {"proposed": 34}}
    assert len(found["at_risk"]) == 34
    assert run(["round", "status", str(history), "--on", "2027-03-02", "--language", "fr"]) == 0
    assert capsys.readouterr().out.startswith("r1 | 34 proposés, 0 accepté")


def test_the_next_pairs_are_written_on_purpose(
    history: Path, tmp_path: Path, capsys: Capture
) -> None:
    pair = first_pair(history)
    people = tmp_path / "now.csv"
    pk.write_roster(pk.datasets.sample(60).filter(lambda one: one.id != pair.mentor), people)
    command = ("round", "rematch", history, people, "r1", *PRESET, "--on", "2027-06-01")
    found = told(capsys, *command)
    assert (len(found["kept"]), len(found["gone"]), found["proved"]) == (33, 1, True)
    with pk.History.open(history) as store:
        assert store.snapshot().standing(pair.pair).state is pk.PairState.PROPOSED
    assert run([*map(str, command), "--write", "--language", "fr"]) == 0
    captured = capsys.readouterr()
    assert captured.out.startswith("33 binômes continuent")
    assert "Written" in captured.err
    with pk.History.open(history) as store:
        assert store.snapshot().standing(pair.pair).reason is pk.ReasonCode.LEFT


def test_a_person_is_forgotten(history: Path, capsys: Capture) -> None:
    pair = first_pair(history)
    assert run(["round", "forget", str(history), pair.mentor]) == 0
    assert "removed-" in capsys.readouterr().err
    assert pair.mentor.encode() not in history.read_bytes()
    assert run(["round", "forget", str(history), pair.mentor]) == 2


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["accept", "HISTORY", "r9", "a", "b"], "there is no round 'r9'"),
        (["accept", "HISTORY", "r1", "a", "b", "--on", "3 mars"], "write it as 2027-03-31"),
        (["meeting", "HISTORY", "r1", "a", "b", "--hours", "30"], "from 0 to 24 hours"),
        (["end", "HISTORY", "r1", "a", "b", "--reason", "bored"], "Invalid value"),
        (["status", "nowhere/program.db"], "no folder"),
    ],
)
def test_what_is_wrong_is_told(history: Path, more: list[str], words: str, capsys: Capture) -> None:
    capsys.readouterr()
    command = [str(history) if one == "HISTORY" else one for one in more]
    assert run(["round", *command]) == 2
    assert words in " ".join(capsys.readouterr().err.split())


def test_everybody_is_thanked_and_gets_a_certificate(
    history: Path, people: Path, tmp_path: Path, capsys: Capture
) -> None:
    pair = first_pair(history)
    assert run(["round", "begin", str(history), "r1", pair.mentor, pair.mentee]) == 2  # too early
    begin = ("round", "begin", history, "r1", pair.mentor, pair.mentee, "--on", "2027-03-02")
    assert run([*map(str, begin)]) == 0
    out = tmp_path / "certificates.html"
    command = ("recognize", history, "--people", people, "--out", out, "--language", "fr")
    found = told(capsys, *command)
    with pk.History.open(history) as store:
        assert [one["person"] for one in found] == sorted(store.snapshot().people)
    assert out.read_text("utf-8").count("<article") == 2
    assert run([*map(str, command)]) == 2
    assert "--force" in capsys.readouterr().err
    assert run(["recognize", str(history), "--person", pair.mentor]) == 0
    assert capsys.readouterr().out.splitlines()[:2] == [pair.mentor, "  - took part in 1 round"]


def test_packs_are_written_for_everybody_or_for_one(
    people: Path, tmp_path: Path, capsys: Capture
) -> None:
    out = tmp_path / "packs.html"
    command = ["orientation", str(people), *PRESET, "--out", str(out), "--language", "fr"]
    assert run(command) == 0
    assert "Wrote 68 packs" in capsys.readouterr().err
    assert out.read_text("utf-8").count("<article") == 68
    assert run(command) == 2
    assert "--force" in capsys.readouterr().err
    one = [*command, "--person", "E-0003", "--force", "--anonymize", "--contact", "Awa Ndiaye"]
    assert run(one) == 0
    assert "Awa Ndiaye" in out.read_text("utf-8")
    assert run([*command[:-4], "--out", str(tmp_path / "packs.txt")]) == 2
