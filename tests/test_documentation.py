from __future__ import annotations

import dataclasses
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer
import xlsxwriter

import pairkit as pk
from pairkit import errors
from pairkit.cli.commands import app
from pairkit.constraints import RULES
from pairkit.scoring.compose import SCORERS

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
COMMANDS: dict[str, Any] = vars(typer.main.get_command(app))["commands"]
KINDS: dict[str, type[Any]] = {**SCORERS.builtin, **RULES.builtin}
BLOCK = {kind: re.compile(rf"```{kind}\n(.*?)```", re.DOTALL) for kind in ("text", "toml")}
TERMS = {
    *("participant", "roster", "mentor", "mentee", "role", "skill", "need", "interest"),
    *("scorer", "part", "score", "rule", "candidate", "pair", "load", "capacity"),
    *("objective", "solution", "matching", "round", "program"),
}

# A file of people for each finding that the reference shows: the message there has to be this one.
PEOPLE = {
    "missing-id": "id,name\n,Ana\n",
    "duplicate-id": "id,site\nE-1,Paris\nE-1,Lyon\n",
    "missing-column": "surname,site\nMartin,Paris\n",
    "duplicate-column": "id,Department,Service\nE-1,Sales,Ventes\n",
    "ragged-row": "id,skills,site\nE-1,SQL, Excel,Paris\n",
    "skipped-row": "id,points\nE-1,5\nE-2,7\nTotal,12\n",
    "sparse-row": "id,name,site\n" + "".join(f"{k},P{k},Paris\n" for k in range(10)) + "10,,\n",
    "bad-text": 'id,skills\nE-1,"SQL"x\n',
    "bad-number": "id,experience\nE-1,a while\n",
    "bad-date": "id,hired\nE-1,soon\n",
    "bad-boolean": "id,consent\nE-1,perhaps\n",
    "bad-level": '[{"id": "E-1", "skills": {"SQL": "high"}}]',
    "level-out-of-range": "id,skills\nE-1,SQL (12)\n",
    "negative-capacity": "id,mentor capacity\nE-1,-1\n",
    "out-of-range": "id,experience\nE-1,120\n",
    "bad-window": "id,availability\nE-1,mornings\n",
    "bad-time-zone": "id,time zone\nE-1,Paris\n",
    "bad-language": "id,languages\nE-1,Klingon\n",
    "bad-role": "id,roles\nE-1,coach\n",
    "bad-status": "id,status\nE-1,busy\n",
    "bad-value": "id,preferences\nE-1,E-2; E-2\nE-2,\n",
    "unknown-manager": "id,manager\nE-1,E-9\n",
    "manager-cycle": "id,manager\nE-1,E-2\nE-2,E-1\n",
    "unknown-preference": "id,preferences\nE-1,E-9\n",
    "unknown-avoid": "id,avoid\nE-1,E-9\n",
    "unknown-skill": "id,skills\nE-1,Pyhton\n",
    "ambiguous-skill": "id,needs\nE-1,Database\n",
    "recognized-column": "Matricule,Badge\nE-1,7\n",
    "extra-column": "id,team\nE-1,Blue\n",
    "departed": "id,status\nE-1,A\nE-2,T\n",
}
VOCABULARY = pk.Vocabulary({"Python": [], "SQL": ["database"], "Data modeling": ["Database"]})


def of_a_workbook(folder: Path) -> pk.Findings:
    with xlsxwriter.Workbook(folder / "people.xlsx") as book:
        book.add_worksheet("Read me").write(0, 0, "Spring round")
        book.add_worksheet("People").write_column(0, 0, ["id", "E-1"])
    return pk.Roster.read(folder / "people.xlsx").findings


def of_a_survey(folder: Path) -> pk.Findings:
    people, survey = folder / "people.csv", folder / "survey.csv"
    people.write_text("id\nE-1\n")
    survey.write_text("id,needs\nE-1,SQL\nE-9,SQL\n")
    return pk.Roster.read(people, survey=survey).findings


def of_two_sides(folder: Path) -> pk.Findings:
    mentors, mentees = folder / "mentors.csv", folder / "mentees.csv"
    mentors.write_text("id,site\nE-1,Paris\n")
    mentees.write_text("id,site\nE-1,Lyon\n")
    return pk.Roster.read_sides(mentors, mentees).findings


FILES = {"sheet": of_a_workbook, "not-joined": of_a_survey, "conflicting-value": of_two_sides}


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def anchors(kind: str) -> list[str]:
    return re.findall(rf"^\({kind}-([a-z-]+)\)=$", page("reference/errors.md"), re.MULTILINE)


def sections(name: str, level: int) -> dict[str, str]:
    """The text below each heading of a level, up to the next heading of that level or above."""
    pieces = re.split(rf"^(#{{1,{level}}}) (.+)\n", page(name), flags=re.MULTILINE)
    triples = zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True)
    return {title: text for marks, title, text in triples if len(marks) == level}


def error_codes() -> list[str]:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    return [kind.code for kind in kinds if issubclass(kind, pk.PairkitError)]


def findings(text: str, folder: Path) -> pk.Findings:
    path = folder / ("people.json" if text.startswith("[") else "people.csv")
    path.write_text(text)
    try:
        return VOCABULARY.apply(pk.Roster.read(path))[0].findings
    except pk.RosterError as error:
        return error.findings


def test_every_error_has_one_anchor_and_every_anchor_an_error() -> None:
    assert sorted(anchors("error")) == sorted(error_codes())


def test_every_finding_has_one_anchor_and_every_anchor_a_finding() -> None:
    assert sorted(anchors("finding")) == sorted(pk.FindingCode)


@pytest.mark.parametrize("code", pk.FindingCode)
def test_the_example_of_a_finding_is_what_people_read(code: str, tmp_path: Path) -> None:
    read = FILES[code](tmp_path) if code in FILES else findings(PEOPLE[code], tmp_path)
    found = next(one for one in read if one.code == code)
    shown = BLOCK["text"].search(sections("reference/errors.md", 3)[f"`{code}`"])
    assert shown is not None
    assert " ".join(shown[1].split()) == " ".join(str(found).split())


@pytest.mark.parametrize("name", KINDS)
def test_every_scorer_and_rule_is_there_with_its_parameters(name: str) -> None:
    text = sections("reference/program.md", 3)[name]
    parameters = {field.name for field in dataclasses.fields(KINDS[name])} - {"penalty"}
    if "Parameters as for" not in text:
        assert parameters <= set(re.findall(r"`(\w+)`", text))


@pytest.mark.parametrize("setting", pk.Program.model_fields)
def test_every_setting_of_a_program_is_there(setting: str) -> None:
    rows = re.findall(
        r"^\| (.+?) \|", sections("reference/program.md", 2)["Settings"], re.MULTILINE
    )
    assert {f"`{setting}`", f"`[{setting}]`", f"`[[{setting}]]`"} & set(rows)


@pytest.mark.parametrize("block", BLOCK["toml"].findall(page("reference/program.md")))
def test_every_toml_of_the_reference_is_part_of_a_valid_program(block: str) -> None:
    needed = "" if "[[scoring]]" in block else '\n[[scoring]]\nscorer = "SkillCoverage"\n'
    program = pk.Program.from_toml(block + needed)
    assert pk.Program.from_toml(program.to_toml()) == program
    assert set(tomllib.loads(block)) <= set(pk.Program.model_fields)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_there_with_its_options(name: str) -> None:
    assert name in sections("reference/cli.md", 2)
    options = {text for one in COMMANDS[name].params for text in one.opts if text.startswith("--")}
    assert options <= set(re.findall(r"`(--[a-z-]+)", page("reference/cli.md")))


@pytest.mark.parametrize("name", sorted({*pk.__all__} - {"__version__"}))
def test_every_public_name_is_in_the_python_reference(name: str) -> None:
    assert re.search(rf"^\.\. .+:: pairkit\.{name}\b", page("reference/api.md"), re.MULTILINE)


def test_the_house_has_all_its_modules_and_no_other() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", page("explanation/architecture.md"), re.MULTILINE)
    inside = {path.stem for path in (ROOT / "src" / "pairkit").iterdir()}
    assert set(rows) == {name for name in inside if name[0] != "_"} - {"locale", "py"}


@pytest.mark.parametrize("term", sorted(TERMS))
def test_every_word_is_in_the_glossary_with_its_french(term: str) -> None:
    meaning = re.search(rf"^{term}\n(?:  .+\n)+", page("glossary.md"), re.MULTILINE)
    assert meaning is not None
    assert re.search(r"French:|\*", meaning[0])
