from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import jsonschema
import numpy as np
import pytest

import pairkit as pk
from pairkit.cli import main
from pairkit.cli.commands import run
from pairkit.cli.screens import iteration_text, solving, working
from pairkit.solvers import watched

Capture = pytest.CaptureFixture[str]
PRESET = ["--preset", "reverse-mentoring"]


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    pk.write_roster(pk.datasets.sample(40, seed=2), path)
    return path


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    path = tmp_path / "broken.csv"
    path.write_text("ID,Skills,Needs,Hired\nA,SQL,,2020-01-01\nB,,SQL,soon\nA,,SQL,\n")
    return path


def write_program(path: Path, *rules: pk.Rule) -> list[str]:
    program = pk.Program(scoring=[pk.SkillCoverage()], rules=rules)
    program.save(path / "program.toml", overwrite=True)
    return ["--program", str(path / "program.toml")]


def test_sample_goes_to_stdout_or_to_a_file(tmp_path: Path, capsys: Capture) -> None:
    assert run(["sample", "--people", "5", "--language", "fr"]) == 0
    out = capsys.readouterr().out
    assert len(out.splitlines()) == 6
    assert "Compétences" in out
    assert run(["sample", "--people", "5", "--out", str(tmp_path / "p.csv")]) == 0
    assert "Wrote 5 people" in capsys.readouterr().err
    assert len(pk.Roster.read(tmp_path / "p.csv")) == 5
    assert run(["sample", "--people", "5", "--out", str(tmp_path / "p.csv")]) == 2
    assert "exists already" in capsys.readouterr().err


def test_sample_writes_a_program_to_start_from(tmp_path: Path, capsys: Capture) -> None:
    people, program = tmp_path / "people.csv", tmp_path / "program.toml"
    assert run(["sample", "--out", str(people), "--program", str(program)]) == 0
    assert pk.Program.load(program) == pk.reverse_mentoring()
    assert run(["match", str(people), "--program", str(program)]) == 0
    assert "Proof: optimal" in capsys.readouterr().err


def test_validate_says_that_all_is_well(people: Path, capsys: Capture) -> None:
    assert run(["validate", str(people)]) == 0
    shown = capsys.readouterr()
    assert "0 errors, 0 warnings; 40 people are ready to use." in shown.err
    assert "was read as" in shown.out


def test_validate_shows_every_error_with_its_row(broken: Path, capsys: Capture) -> None:
    assert run(["validate", str(broken)]) == 2
    shown = capsys.readouterr()
    assert "row 3" in shown.out
    assert "[bad-date]" in shown.out
    assert "row 4" in shown.out
    assert "[duplicate-id]" in shown.out
    assert "2 errors" in shown.err


def test_validate_tells_of_very_many_findings_the_first_of_each_kind(
    tmp_path: Path, capsys: Capture
) -> None:
    path = tmp_path / "many.csv"
    rows = [*(f"{k};high\n" for k in range(150)), "150;3\n"]
    path.write_text("id;level\n" + "".join(rows), encoding="utf-8")
    assert run(["validate", str(path)]) == 2
    told = capsys.readouterr().out
    assert "... and 145 more of bad-number in column 'level', to row 151." in told
    assert "--all lists every one." in told
    assert run(["validate", str(path), "--all"]) == 2
    assert capsys.readouterr().out.count("[bad-number]") == 150


def test_validate_as_json(broken: Path, capsys: Capture) -> None:
    assert run(["validate", str(broken), "--json"]) == 2
    found = json.loads(capsys.readouterr().out)
    assert found["people"] is None
    assert {one["code"] for one in found["findings"]} >= {"bad-date", "duplicate-id"}


def test_match_prints_pairs_as_data_and_the_summary_as_words(people: Path, capsys: Capture) -> None:
    assert run(["match", str(people), *PRESET]) == 0
    shown = capsys.readouterr()
    assert shown.out.startswith("mentor,mentor_name,mentee")
    assert "Proof: optimal" in shown.err


def test_match_writes_pairs_and_result(people: Path, tmp_path: Path, capsys: Capture) -> None:
    out, result = tmp_path / "pairs.csv", tmp_path / "result.json"
    command = ["match", str(people), *PRESET, "--out", str(out), "--result", str(result)]
    assert run(command) == 0
    shown = capsys.readouterr()
    assert shown.out == ""
    assert pk.Matching.read(result).pairs
    assert run(["check", str(out), str(people), *PRESET]) == 0
    assert "every rule is kept" in capsys.readouterr().err
    assert run(command) == 2
    assert "exists already" in capsys.readouterr().err
    assert run([*command, "--force"]) == 0


def test_match_as_json_is_a_matching(people: Path, capsys: Capture) -> None:
    assert run(["match", str(people), *PRESET, "--json", "--solver", "greedy"]) == 0
    matching = pk.Matching.from_json(capsys.readouterr().out)
    assert matching.solver == "Greedy"


def test_the_result_is_json_by_name(people: Path, capsys: Capture) -> None:
    assert run(["match", str(people), *PRESET, "--result", "result.txt"]) == 2
    assert "end in .json" in capsys.readouterr().err


def test_match_stops_at_errors_unless_told_to_skip(
    broken: Path, tmp_path: Path, capsys: Capture
) -> None:
    program = write_program(tmp_path)
    assert run(["match", str(broken), *program]) == 2
    assert "Mend these rows" in capsys.readouterr().err
    assert run(["match", str(broken), *program, "--skip-errors"]) == 0
    assert "2 people left out while reading" in capsys.readouterr().err


def test_match_needs_a_program_or_a_preset_and_not_both(people: Path, capsys: Capture) -> None:
    assert run(["match", str(people)]) == 2
    assert "--preset reverse-mentoring" in capsys.readouterr().err
    assert run(["match", str(people), *PRESET, "--program", "p.toml"]) == 2
    assert "not both" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["match", "nothing.csv", *PRESET],
        ["match", "PEOPLE", "--program", "nothing.toml"],
        ["match", "PEOPLE", *PRESET, "--solver", "magic"],
        ["match", "PEOPLE", *PRESET, "--seconds", "-1"],
        ["match", "PEOPLE", *PRESET, "--allow", "nonsense"],
        ["match", "PEOPLE", *PRESET, "--out", "pairs.doc"],
        ["match", "PEOPLE", "--preset", "nonsense"],
        ["match"],
        ["nonsense"],
        ["explain", "PEOPLE", "nobody", "E-0001", *PRESET],
        ["check", "nothing.csv", "PEOPLE", *PRESET],
        ["check", "PEOPLE", "PEOPLE", *PRESET],
    ],
)
def test_bad_usage_exits_2_in_words(arguments: list[str], people: Path, capsys: Capture) -> None:
    assert run([str(people) if one == "PEOPLE" else one for one in arguments]) == 2
    shown = capsys.readouterr()
    assert shown.err
    assert "Traceback" not in shown.err


def test_pins_that_conflict_exit_3_with_the_reason(
    people: Path, tmp_path: Path, capsys: Capture
) -> None:
    roster = pk.Roster.read(people)
    mentor = next(p.id for p in roster if p.roles == frozenset({pk.Role.MENTOR}))
    mentee = next(p.id for p in roster if p.roles == frozenset({pk.Role.MENTEE}))
    pins = [(mentor, mentee)]
    program = write_program(tmp_path, pk.Require(pins), pk.Forbid(pins))
    result = tmp_path / "result.json"
    assert run(["match", str(people), *program, "--result", str(result)]) == 3
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "Infeasible" in shown.err
    assert "Forbid forbids it" in shown.err
    assert pk.Matching.read(result).status is pk.Status.INFEASIBLE


def test_rules_that_exclude_each_other_exit_3_with_the_ways_out(
    people: Path, tmp_path: Path, capsys: Capture
) -> None:
    program = write_program(tmp_path, pk.Quota(at_least=5), pk.Quota(at_most=3, name="few"))
    assert run(["match", str(people), *program]) == 3
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == (
        "Infeasible: no pairs keep all rules.\n"
        "Why:\n"
        "  These cannot all be kept, though all but any one of them could: Quota(pairs) (at least\n"
        "    5 pairs); Quota(few) (at most 3 pairs).\n"
        "Ways out:\n"
        "  The least that has to give: relax Quota(pairs) by 2 pairs (from at least 5 to 3).\n"
        "  Or this alone: relax Quota(few) by 2 pairs (from at most 3 to 5).\n"
    )
    assert run(["match", str(people), *program, "--json"]) == 3
    conflicts = json.loads(capsys.readouterr().out)["conflicts"]
    assert len(conflicts) == 3
    assert conflicts[0].startswith("These cannot all be kept")


def test_a_stop_without_a_solution_exits_4(people: Path, capsys: Capture) -> None:
    assert run(["match", str(people), *PRESET, "--seconds", "0.000001"]) == 4
    assert "No solution found" in capsys.readouterr().err


def test_explain_shows_the_parts(people: Path, capsys: Capture) -> None:
    roster = pk.Roster.read(people)
    pair = pk.match(roster, pk.reverse_mentoring()).pairs[0]
    assert run(["explain", str(people), pair.mentor, pair.mentee, *PRESET]) == 0
    assert "needs of the senior" in capsys.readouterr().out
    assert run(["explain", str(people), pair.mentor, pair.mentee, *PRESET, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["score"] == pytest.approx(pair.score)
    assert found["allowed"] is True


def test_explain_says_what_forbids(people: Path, tmp_path: Path, capsys: Capture) -> None:
    pair = pk.match(pk.Roster.read(people), pk.reverse_mentoring()).pairs[0]
    program = write_program(tmp_path, pk.Forbid([(pair.mentor, pair.mentee)]))
    assert run(["explain", str(people), pair.mentor, pair.mentee, *program]) == 0
    assert "- Forbid forbids it: " in capsys.readouterr().out


def test_check_exits_5_and_names_what_is_broken(
    people: Path, tmp_path: Path, capsys: Capture
) -> None:
    pairs = tmp_path / "pairs.csv"
    pairs.write_text("Mentor;Mentoré\nE-0001;E-0001\nX;E-0002\n", encoding="utf-8")
    assert run(["check", str(pairs), str(people), *PRESET]) == 5
    shown = capsys.readouterr()
    assert "Nobody in the roster" in shown.out
    assert "broken in" in shown.err
    assert run(["check", str(pairs), str(people), *PRESET, "--json"]) == 5
    assert json.loads(capsys.readouterr().out)["ok"] is False


def test_diff_people_says_who_joined_left_and_changed(tmp_path: Path, capsys: Capture) -> None:
    old, new, same = tmp_path / "old.csv", tmp_path / "new.csv", tmp_path / "same.csv"
    old.write_text("ID,Level,Age,Interests\nA,3,40,Go; Chess\nB,1,,\n")
    new.write_text(
        "Identifiant;Niveau;Âge;Loisirs\nC;2;;\nA;3,5;41;Chess; Go\n".replace("; Go", "")
    )
    same.write_text('Identifiant;Niveau;Âge;Loisirs\nB;1;;\nA;3,0;40;"Chess; Go"\n')
    assert run(["diff-people", str(old), str(new)]) == 0
    shown = capsys.readouterr()
    assert shown.out.splitlines() == [
        "id,change,field,before,after",
        "C,joined,,,",
        "B,left,,,",
        "A,changed,interests,Go; Chess,Chess",
        "A,changed,level,3,3.5",
    ]
    assert "1 changed: A (interests, level, age)." in shown.err
    assert run(["diff-people", str(old), str(new), "--include-protected", "--json"]) == 0
    changes = json.loads(capsys.readouterr().out)["changes"]
    assert changes[-1]["field"] == "age"
    assert run(["diff-people", str(old), str(new), "--excel-fr"]) == 0
    assert capsys.readouterr().out.startswith("\ufeffid;change;")
    assert run(["diff-people", str(old), str(same)]) == 0
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", "Nothing changed.\n")


def test_diff_people_reads_each_file_with_its_own_map(tmp_path: Path, capsys: Capture) -> None:
    old, new = tmp_path / "old.csv", tmp_path / "new.csv"
    old.write_text("Badge,Level\nA,3\n")
    new.write_text("Number of staff,Level\nA,3\n")
    (tmp_path / "old.toml").write_text('[columns]\nid = "Badge"\n')
    (tmp_path / "new.toml").write_text('[columns]\nid = "Number of staff"\n')
    maps = ["--map", str(tmp_path / "old.toml"), "--new-map", str(tmp_path / "new.toml")]
    assert run(["diff-people", str(old), str(new), *maps, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "same": True,
        "changes": [],
        "findings": [],
    }
    assert run(["diff-people", str(old), str(new), *maps[:2]]) == 2


def test_diff_people_goes_on_where_somebody_names_a_person_who_left(
    tmp_path: Path, capsys: Capture
) -> None:
    old, new = tmp_path / "old.csv", tmp_path / "new.csv"
    old.write_text("ID,Manager,Preferences,Avoid\nA,B,B,\nB,,,\nC,,Z,\n")
    new.write_text("ID,Manager,Preferences,Avoid\nA,B,B,B\nC,,Z,\n")
    assert run(["diff-people", str(old), str(new)]) == 0
    shown = capsys.readouterr()
    assert "B,left,,," in shown.out
    told = [line for line in shown.err.splitlines() if "warning" in line]
    assert [line.partition("] ")[0] for line in told] == [
        "old.csv, row 4, column 'Preferences': warning [unknown-preference",
        "new.csv, row 2, column 'Manager': warning [unknown-manager",
        "new.csv, row 2, column 'Preferences': warning [unknown-preference",
        "new.csv, row 2, column 'Avoid': warning [unknown-avoid",
        "new.csv, row 3, column 'Preferences': warning [unknown-preference",
    ]
    assert run(["diff-people", str(old), str(new), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["findings"]
    assert [one["source"] for one in found] == ["old.csv"] + ["new.csv"] * 4
    new.write_text("ID,Level\nA,high\n")
    assert run(["diff-people", str(old), str(new)]) == 2


@pytest.mark.parametrize("kind", ["roster", "program", "column-map"])
def test_schemas_are_json_schema(kind: str, capsys: Capture) -> None:
    assert run(["schema", kind]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(schema)
    with pytest.raises(jsonschema.ValidationError):  # every reference in it is found, too
        jsonschema.validate([{"status": 1}] if kind == "roster" else {"status": 1}, schema)


def test_match_says_that_people_who_left_may_be_matched(tmp_path: Path, capsys: Capture) -> None:
    people = tmp_path / "hr.csv"
    people.write_text("ID,Employee Status,Skills,Needs\n1,T,Excel,\n2,A,,Excel\n")
    assert run(["match", str(people), *write_program(tmp_path)]) == 0
    assert "Departed: No rule of the program keeps 1 person who left" in capsys.readouterr().err
    assert run(["match", str(people), *PRESET]) == 0
    assert "Departed" not in capsys.readouterr().err
    assert run(["validate", str(people)]) == 0
    assert "1 person has left (row 2), as their status says." in capsys.readouterr().out


def test_a_match_without_pairs_still_has_a_header(people: Path, capsys: Capture) -> None:
    nobody = people.with_name("nobody.csv")
    nobody.write_text("id,skills\nA,SQL\n")
    assert run(["match", str(nobody), *PRESET]) == 0
    shown = capsys.readouterr()
    assert shown.out == "mentor,mentor_name,mentee,mentee_name,score,mentor_load,mentee_load\n"
    assert "no pair was possible" in shown.err


def test_progress_is_shown_on_a_terminal_only(
    people: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    assert run(["validate", str(people)]) == 0
    assert "Reading" not in capsys.readouterr().err
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert run(["validate", str(people)]) == 0
    assert "Reading people.csv" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["validate", "{people}"],
        ["match", "{people}", *PRESET],
        ["explain", "{people}", "P0001", "P0002", *PRESET],
        ["check", "{pairs}", "{people}", *PRESET],
        ["diff-people", "{people}", "{people}"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_every_reading_of_people_shows_a_bar(
    people: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture, arguments: list[str]
) -> None:
    pairs = people.with_name("pairs.csv")
    pairs.write_text("mentor,mentee\n")
    monkeypatch.setenv("FORCE_COLOR", "1")
    run([one.format(people=people, pairs=pairs) for one in arguments])
    assert "100%" in capsys.readouterr().err.split("Reading people.csv", 1)[1]


def test_a_bar_tells_the_share_and_stays_silent_without_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    with working("Reading") as progress:
        assert progress is None
    assert capsys.readouterr().err == ""
    monkeypatch.setenv("FORCE_COLOR", "1")
    with working("Reading") as progress:
        assert progress is not None
        progress(0.25)
    assert "25%" in capsys.readouterr().err


def test_an_error_of_another_package_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "pairkit.cli.commands")
    monkeypatch.setitem(sys.modules, "pairkit.check", None)
    with pytest.raises(ImportError, match=r"pairkit\.check"):
        main()


def test_an_error_is_json_too_where_json_was_asked_for(broken: Path, capsys: Capture) -> None:
    assert run(["match", str(broken), *PRESET, "--json"]) == 2
    found = json.loads(capsys.readouterr().out)
    assert found["error"]["code"] == "roster"
    assert len(found["findings"]) >= 2
    assert run(["match", "nothing.csv", *PRESET, "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "file"


def test_the_way_out_is_that_of_the_command_line(broken: Path, capsys: Capture) -> None:
    assert run(["match", str(broken), *PRESET]) == 2
    assert "give --skip-errors" in capsys.readouterr().err


def test_a_file_that_is_read_is_never_written_to(people: Path, capsys: Capture) -> None:
    assert run(["match", str(people), *PRESET, "--out", str(people), "--force"]) == 2
    assert "is read by this command" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["pairs.json", "pairs.csv", "pairs.xlsx", "pairs.parquet"])
def test_check_reads_all_that_match_writes(name: str, people: Path, tmp_path: Path) -> None:
    nobody = people.with_name("nobody.csv")
    nobody.write_text("id,skills\nA,SQL\n")
    for roster in (people, nobody):
        out = tmp_path / name
        assert run(["match", str(roster), *PRESET, "--out", str(out), "--force"]) == 0
        assert run(["check", str(out), str(roster), *PRESET]) == 0


def test_version(capsys: Capture) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out.strip() == pk.__version__


def test_a_failed_verification_exits_5(
    people: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    def wrong(*_: object, **__: object) -> None:
        raise pk.VerificationError("Auto gave a wrong solution.")

    monkeypatch.setattr("pairkit.cli.commands.make_matching", wrong)
    assert run(["match", str(people), *PRESET]) == 5
    assert "wrong solution" in capsys.readouterr().err


def test_an_interruption_is_no_traceback(
    people: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pairkit.cli.commands.make_matching", stopped)
    assert run(["match", str(people), *PRESET]) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_without_its_extra_the_command_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    for name in [one for one in sys.modules if one.startswith("pairkit.cli.commands")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "typer", None)
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    assert "pip install 'pairkit[cli,io]'" in capsys.readouterr().err


def test_the_command_runs_as_a_program(people: Path) -> None:
    command = [sys.executable, "-c", "from pairkit.cli import main; main()", "match", str(people)]
    done = subprocess.run(
        [*command, *PRESET], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.startswith("mentor,")


def test_a_solve_shows_how_far_it_is_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("TTY_INTERACTIVE", "0")
    monkeypatch.setattr("pairkit.cli.screens.Console.is_terminal", True)
    problem = pk.Problem.from_scores(np.random.default_rng(0).random((60, 50)))
    seen: list[pk.Iteration] = []
    with solving("Matching") as progress:
        assert progress is not None

        def both(state: pk.Iteration) -> None:
            seen.append(state)
            progress(state)

        pk.solve(problem, watched("column-generation", both))
    assert seen[-1].done == 1.0
    assert iteration_text(seen[0]).startswith("first look")


def test_a_solve_is_silent_without_a_terminal(capsys: Capture) -> None:
    with solving("Matching") as progress:
        assert progress is None
    assert capsys.readouterr().err == ""
    assert watched("auto", progress) == pk.Auto()


def test_how_far_a_solve_is_in_words() -> None:
    state = pk.Iteration(2, 0.5, 12345, 17, 3_000_000_000, 0.00061, 10.0)
    words = "iteration 2, gap 0.061 %, 12,345 candidates, 300 million pairs/s"
    assert iteration_text(state) == words


def test_a_vocabulary_names_skills_and_what_it_leaves_open_is_written(
    tmp_path: Path, capsys: Capture
) -> None:
    people, skills, review = (tmp_path / name for name in ("p.csv", "skills.csv", "review.csv"))
    people.write_text("ID,Skills,Needs\nM,js,\nE,,Javascript\nF,,Javascrpt\n", encoding="utf-8")
    skills.write_text("Skill,Synonyms\nJavaScript,JS\n", encoding="utf-8")
    words = ["--vocabulary", str(skills)]
    command = ["validate", str(people), *words, "--review", str(review)]
    assert run(command) == 0
    shown = capsys.readouterr()
    assert "[unknown-skill] 'Javascrpt' (1 person)" in shown.out
    assert "Wrote 1 open skill to" in shown.err
    assert review.read_text(encoding="utf-8").splitlines()[1] == "Javascrpt,1,JavaScript,0.95,,,"
    assert run(command) == 2
    assert run([*command, "--force"]) == 0
    assert run(["validate", str(people), "--review", str(review)]) == 2
    assert "give --vocabulary, too" in capsys.readouterr().err
    program = write_program(tmp_path)
    assert run(["match", str(people), *program, *words, "--json"]) == 0
    shown = capsys.readouterr()
    (pair,) = json.loads(shown.out)["pairs"]
    assert (pair["mentee"], pair["score"]) == ("E", 1.0)
    assert "1 skill is not in the vocabulary" in shown.err


# Several files


@pytest.fixture
def two_sides(tmp_path: Path) -> list[str]:
    (tmp_path / "mentors.csv").write_text("ID,Skills\nA,SQL\nB,Excel\n")
    (tmp_path / "mentees.csv").write_text("Who,Needs\nC,SQL\nB,SQL\n")
    (tmp_path / "map.toml").write_text('[columns]\nid = "Who"\n')
    return [
        str(tmp_path / "mentors.csv"),
        "--mentees",
        str(tmp_path / "mentees.csv"),
        "--mentees-map",
        str(tmp_path / "map.toml"),
    ]


def test_mentors_and_mentees_of_two_files_are_matched(
    two_sides: list[str], tmp_path: Path, capsys: Capture
) -> None:
    assert run(["validate", *two_sides]) == 0
    assert "3 people are ready to use" in capsys.readouterr().err
    assert run(["match", *two_sides, *write_program(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()[1:]
    assert [line[:5] for line in lines] == ["A,,B,", "B,,C,"]
    mentors, *others = two_sides
    assert run(["explain", mentors, "A", "C", *others, *write_program(tmp_path)]) == 0
    assert "no rule forbids this pair" in capsys.readouterr().out
    (tmp_path / "pairs.csv").write_text("mentor,mentee\nA,C\n")
    pairs = str(tmp_path / "pairs.csv")
    assert run(["check", pairs, *two_sides, *write_program(tmp_path)]) == 0


def test_a_survey_is_joined_and_what_does_not_join_is_told(tmp_path: Path, capsys: Capture) -> None:
    people, survey = tmp_path / "people.csv", tmp_path / "survey.csv"
    people.write_text("ID,Skills\nA,SQL\nB,Excel\n")
    survey.write_text("Badge,Needs\nA,Excel\nZ,SQL\n")
    joined = [str(people), "--survey", str(survey), "--on", "ID", "--on", "Badge"]
    assert run(["validate", *joined]) == 0
    told = capsys.readouterr().out
    assert "people.csv, row 3, column 'ID': warning [not-joined]" in told
    assert "survey.csv, row 3, column 'Badge': warning [not-joined]" in told
    assert run(["match", *joined, *write_program(tmp_path)]) == 0
    survey.write_text("Form\nBadge|Wishes\nA|Excel+Go\nZ|SQL\n")
    own = tmp_path / "form.toml"
    own.write_text(
        'delimiter = "|"\nheader_row = 2\n'
        '[columns]\nid = "Badge"\nneeds = { from = "Wishes", separator = "+" }\n'
    )
    mapped = [*joined[:3], "--survey-map", str(own)]
    assert run(["match", *mapped, *write_program(tmp_path)]) == 0
    assert run(["validate", *mapped]) == 0
    assert "survey.csv, row 4, column 'Badge': warning [not-joined]" in capsys.readouterr().out
    survey.write_text("Badge,Needs\nA,Excel\nZ,SQL\n")
    assert run(["validate", *joined[:3], "--on", "ID"]) == 2
    assert "survey.csv has no column 'ID' to join on" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--mentees", "m.csv", "--survey", "s.csv"], "--survey is about one file"),
        (["--mentees", "m.csv", "--sheet", "1"], "--sheet is about one file"),
        (["--mentees", "m.csv", "--on", "ID"], "--on is about one file"),
        (["--mentees-map", "m.toml"], "--mentees-map has no file"),
        (["--on", "ID"], "no survey to join"),
        (["--survey-map", "s.toml"], "--survey-map has no file"),
        (["--survey", "s.csv", "--on", "A", "--on", "B", "--on", "C"], "Give --on once, or twice"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    people: Path, options: list[str], message: str, capsys: Capture
) -> None:
    assert run(["validate", str(people), *options]) == 2
    assert message in capsys.readouterr().err


# Streams


def program(*arguments: str, ending: str = "", data: bytes = b"") -> tuple[int, str, str]:
    """Run the command in a shell, so that its standard output can be closed or full."""
    start = f'"{sys.executable}" -c "from pairkit.cli import main; main()"'
    line = f"{start} {shlex.join(arguments)} {ending}"
    done = subprocess.run(
        line, shell=True, input=data, capture_output=True, check=False, timeout=120
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.mark.parametrize("ending", [">/dev/full", ">&-"])
@pytest.mark.parametrize("command", ["match", "validate", "sample", "schema", "--version"])
def test_output_that_cannot_be_written_is_told(people: Path, command: str, ending: str) -> None:
    rest = {"match": [str(people), *PRESET], "validate": [str(people), "--all"]}
    arguments = [command, *rest.get(command, ["roster"] if command == "schema" else [])]
    code, _, said = program(*arguments, ending=ending)
    assert code == 2
    assert said.splitlines()[-1].startswith("Standard output cannot be written: ")
    assert "Traceback" not in said


def test_whoever_has_read_enough_is_told_nothing() -> None:
    _, out, said = program("sample", "--people", "500", ending="| head -1")
    assert len(out.splitlines()) == 1
    assert said == ""


def test_closed_output_does_not_matter_where_nothing_is_written_to_it(
    people: Path, tmp_path: Path
) -> None:
    out = tmp_path / "pairs.csv"
    assert program("match", str(people), *PRESET, "--out", str(out), ending=">&-")[0] == 0
    assert out.read_text(encoding="utf-8").startswith("mentor,")


@pytest.mark.parametrize("name", ["-", "/dev/stdin"])
@pytest.mark.parametrize(
    "data",
    [
        b"id,skills\n1,SQL\n2,Go\n",
        b'[{"id": "1"}, {"id": "2"}]',
        b'{"participants": [{"id": "1"}, {"id": "2"}]}',
        b'{"id": "1"}\n{"id": "2"}\n',
    ],
)
def test_people_are_read_from_standard_input(name: str, data: bytes) -> None:
    code, _, said = program("validate", name, data=data)
    assert (code, said) == (0, "0 errors, 0 warnings; 2 people are ready to use.\n")


def test_wrong_standard_input_is_told() -> None:
    assert program("validate", "-")[::2] == (2, "standard input.csv is empty.\n")
    code, _, said = program("validate", "-", data=b'[{"id": 1')
    assert code == 2
    assert "standard input.json is not valid JSON" in said


def test_missing_folder_is_told_before_the_work(
    people: Path, tmp_path: Path, capsys: Capture
) -> None:
    for arguments in (["match", str(people), *PRESET], ["sample"]):
        assert run([*arguments, "--out", str(tmp_path / "no" / "out.csv")]) == 2
        assert "out.csv cannot be written: there is no folder" in capsys.readouterr().err
