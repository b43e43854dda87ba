"""The commands for whoever asks why: screens of 80 columns, JSON, languages and exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import pairkit as pk
from pairkit.cli.commands import run

Capture = pytest.CaptureFixture[str]
PRESET = ["--preset", "reverse-mentoring"]


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    pk.write_roster(pk.datasets.sample(40, seed=2), path)
    return path


@pytest.fixture
def result(people: Path, tmp_path: Path) -> Path:
    path = tmp_path / "result.json"
    pk.match(pk.Roster.read(people), pk.reverse_mentoring()).write(path)
    return path


@pytest.fixture
def matching(people: Path) -> pk.Matching:
    return pk.match(pk.Roster.read(people), pk.reverse_mentoring())


def shown(capsys: Capture, *command: object) -> str:
    """Return what a command prints for people: no line is longer than 80 columns."""
    assert run([*map(str, command)]) == 0
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 80
    return out


def told(capsys: Capture, *command: object) -> Any:  # noqa: ANN401 - whatever JSON holds
    assert run([*map(str, command), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def apart(matching: pk.Matching) -> tuple[str, str]:
    """Return an allowed pair that was not made."""
    return next(
        (one.mentor, other.mentee)
        for one in matching.pairs
        for other in matching.pairs
        if (found := matching.why_not(one.mentor, other.mentee)).possible and not found.matched
    )


def test_explain_tells_facts_directions_and_the_next_best(
    people: Path, matching: pk.Matching, capsys: Capture
) -> None:
    pair = matching.pairs[0]
    command = ["explain", people, pair.mentor, pair.mentee, *PRESET]
    out = shown(capsys, *command)
    assert f"{pair.mentor} mentors {pair.mentee}: a score of {pair.score:.3f}" in out
    assert f"- {pair.mentor} for {pair.mentee}: " in out
    assert "Next best, by the score alone" in out
    assert "no rule forbids this pair" in out
    found = told(capsys, *command)
    assert found["score"] == pytest.approx(pair.score)
    assert sum(part["contribution"] for part in found["parts"]) == pytest.approx(pair.score)
    assert found["parts"][0]["evidence"]
    assert "Règles" in shown(capsys, *command, "--language", "fr")


def test_why_not_tells_a_bound_and_solving_again_the_cost(
    people: Path, result: Path, matching: pk.Matching, capsys: Capture
) -> None:
    command = ["why-not", people, *apart(matching), *PRESET, "--result", result]
    out = shown(capsys, *command)
    assert "no rule on pairs forbids it" in out
    assert "making it would mean" in out
    assert "Whose partners change" in shown(capsys, *command, "--exact")
    found = told(capsys, *command, "--exact", "--language", "fr")
    assert found["solved"] == "optimal"
    assert found["cost"]["proof"] == "exact"
    assert found["moves"]
    assert found["messages"][0] == "aucune règle sur les binômes ne l’interdit"


def test_why_not_of_a_pair_that_is_made_and_of_one_that_is_forbidden(
    people: Path, result: Path, matching: pk.Matching, capsys: Capture
) -> None:
    pair, saved = matching.pairs[0], ["--result", result]
    assert "are a pair" in shown(capsys, "why-not", people, pair.mentor, pair.mentee, *PRESET)
    forbidden = next(
        (one.mentor, other.mentee)
        for one in matching.pairs
        for other in matching.pairs
        if not matching.explain(one.mentor, other.mentee).allowed
    )
    out = shown(capsys, "why-not", people, *forbidden, *PRESET, *saved)
    assert " forbids it: " in out


def test_why_unmatched_tells_how_few_are_left_and_what_helps(
    people: Path, result: Path, matching: pk.Matching, capsys: Capture
) -> None:
    for one in matching.unmatched:
        side = ["--role", one.role] if one.role else []
        command = ["why-unmatched", people, one.id, *side, *PRESET, "--result", result]
        out = shown(capsys, *command)
        assert f"Why has {one.id} no " in out
        assert "What would make sure of a partner" in out
        found = told(capsys, *command)
        assert found["code"] == one.code
        assert found["messages"][0].startswith("there ")
        assert found["change"]
    french = shown(capsys, *command, "--language", "fr")
    assert "Ce qui garantirait un partenaire" in french


def test_why_unmatched_of_somebody_on_neither_side(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "people.csv"
    path.write_text("id,skills,needs\nA,SQL,\nB,,SQL\nC,,\n", encoding="utf-8")
    program = tmp_path / "program.toml"
    pk.Program(scoring=[pk.SkillCoverage()]).save(program)
    out = shown(capsys, "why-unmatched", path, "C", "--program", program)
    assert "the roles of the program decide" in out


def test_alternatives_are_told_with_what_they_mean(
    people: Path, result: Path, matching: pk.Matching, capsys: Capture
) -> None:
    who = matching.pairs[0].mentee
    command = ["alternatives", people, who, "-n", "4", "--role", "mentee", *PRESET]
    out = shown(capsys, *command, "--result", result)
    assert f"Who else for {who}" in out
    assert 0 < out.count(", with a score of") <= 4
    found = told(capsys, *command, "--exact")
    exact = matching.alternatives(who, 4, role=pk.Role.MENTEE, exact=True)
    assert [one["partner"] for one in found["alternatives"]] == [one.partner for one in exact]


def test_of_somebody_whom_nobody_else_may_have(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "people.csv"
    path.write_text("id,skills,needs\nA,SQL,\nB,,SQL\n", encoding="utf-8")
    program = tmp_path / "program.toml"
    pk.Program(scoring=[pk.SkillCoverage()]).save(program)
    assert "- nobody: " in shown(capsys, "alternatives", path, "A", "--program", program)


def test_diff_tells_what_changes_and_for_whom(
    people: Path, result: Path, tmp_path: Path, capsys: Capture
) -> None:
    free = pk.reverse_mentoring().model_copy(update={"rules": ()})
    other = tmp_path / "other.json"
    pk.match(pk.Roster.read(people), free).write(other)
    command = ["diff", result, other, people, *PRESET]
    out = shown(capsys, *command, "--by", "department")
    assert "By group" in out
    assert "For whom" in out
    assert "both by the first program" in out
    everybody = shown(capsys, *command, "--all")
    assert " more" not in everybody.split("For whom")[1]
    found = told(capsys, *command)
    assert not found["same"]
    assert len(found["made"]) > 0
    same = shown(capsys, "diff", result, result, people, *PRESET, "--language", "fr")
    assert "0 binôme est formé" in same
    assert run(["diff", str(result), str(other), str(people), *PRESET, "--yardstick", "after"]) == 2
    assert "made from another program" in capsys.readouterr().err


def test_small_groups_tell_nothing(people: Path, result: Path, capsys: Capture) -> None:
    narrow = shown(capsys, "diff", result, result, people, *PRESET, "--by", "site")
    assert "By group" in narrow


def test_a_result_of_other_people_or_without_pairs(
    people: Path, result: Path, tmp_path: Path, capsys: Capture
) -> None:
    others = tmp_path / "others.csv"
    pk.write_roster(pk.datasets.sample(30, seed=3), others)
    assert run(["alternatives", str(others), "E-0001", *PRESET, "--result", str(result)]) == 2
    assert "made from another roster" in capsys.readouterr().err
    assert run(["why-not", str(people), "nobody", "E-0001", *PRESET]) == 2
    assert "Nobody has the id" in capsys.readouterr().err


def test_where_no_pairs_keep_all_rules_the_exit_code_says_so(
    tmp_path: Path, capsys: Capture
) -> None:
    path = tmp_path / "people.csv"
    path.write_text("id,skills,needs\nA,SQL,\nB,,SQL\n", encoding="utf-8")
    roster = pk.Roster.read(path)
    rules = [pk.Require([("A", "B")]), pk.Forbid([("A", "B")])]
    program = pk.Program(scoring=[pk.SkillCoverage()], rules=rules)
    program.save(tmp_path / "program.toml")
    command = ["why-not", str(path), "A", "B", "--program", str(tmp_path / "program.toml")]
    assert run(command) == 3
    assert "Infeasible" in capsys.readouterr().err
    saved = tmp_path / "saved.json"
    pk.match(roster, program).write(saved)
    assert run([*command, "--result", str(saved)]) == 3
    assert run([*command, "--result", str(saved), "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "infeasible"


def test_report_writes_a_page_and_sheets_once(
    people: Path, result: Path, tmp_path: Path, capsys: Capture
) -> None:
    out, sheets = tmp_path / "report.html", tmp_path / "sheets.html"
    command = ["report", str(people), *PRESET, "--result", str(result), "--language", "fr"]
    command += ["--out", str(out), "--sheets", str(sheets)]
    found = told(capsys, *command)
    assert found["status"] == "optimal"
    assert found["pairs"] > 0
    assert 'lang="fr"' in out.read_text("utf-8")
    assert found["sheets"] == str(sheets)
    assert sheets.exists()
    assert run(command) == 2
    assert "--force" in capsys.readouterr().err
    assert run([*command, "--force", "--anonymize", "--group", "site", "--costs"]) == 0


def test_report_asks_where_to_write(people: Path, capsys: Capture) -> None:
    assert run(["report", str(people), *PRESET]) == 2
    assert "--out report.html" in capsys.readouterr().err


def test_report_tells_why_there_are_no_pairs(tmp_path: Path, capsys: Capture) -> None:
    people, program = tmp_path / "people.csv", tmp_path / "program.toml"
    people.write_text("id,roles,skills,needs\n1,mentor,SQL,\n2,mentee,,SQL\n", encoding="utf-8")
    rules = [pk.Require([("1", "2")]), pk.Forbid([("1", "2")])]
    pk.Program(scoring=[pk.SkillCoverage()], rules=rules).save(program)
    out = tmp_path / "report.html"
    assert run(["report", str(people), "--program", str(program), "--out", str(out)]) == 3
    assert "No pairs can keep all the rules" in out.read_text("utf-8")
    assert "Infeasible" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--out", "nowhere/report.html"], "nowhere"),
        (["--out", "."], "is a folder"),
        (["--out", "report.html", "--group", "flor"], "flor"),
        (["--out", "report.html", "--group", "gender"], "protected"),
        (["--out", "report.html", "--result", "none.json"], "none.json cannot be read"),
        (["--out", "report.html", "--result", "people.csv"], "This is not a matching"),
        (["--out", "report.html", "--preset", "reverse"], "Invalid value"),
    ],
)
def test_report_says_what_is_wrong_and_writes_nothing(
    people: Path,
    more: list[str],
    words: str,
    capsys: Capture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(people.parent)
    assert run(["report", str(people), *PRESET, *more]) == 2
    assert words in capsys.readouterr().err
    assert not (people.parent / "report.html").exists()


def test_diff_says_what_is_wrong(people: Path, result: Path, capsys: Capture) -> None:
    assert run(["diff", str(result), "none.json", str(people), *PRESET]) == 2
    assert "none.json cannot be read" in capsys.readouterr().err
    assert run(["diff", str(result), str(result), str(people), *PRESET, "--by", "flor"]) == 2
    assert "flor" in capsys.readouterr().err


def test_a_long_id_is_not_told_whole(people: Path, capsys: Capture) -> None:
    assert run(["explain", str(people), 10_000 * "x", "E-0001", *PRESET]) == 2
    assert len(capsys.readouterr().err) < 400


def test_explain_in_json_has_titles_and_says_nothing_of_a_matching(
    people: Path, matching: pk.Matching, capsys: Capture
) -> None:
    pair = matching.pairs[0]
    found = told(capsys, "explain", people, pair.mentor, pair.mentee, *PRESET, "--language", "fr")
    assert "matched" not in found
    assert found["parts"][0]["title"] == "besoins de la personne senior"
