"""The column map that pairkit would use for a file: right, marked where doubtful, and editable."""

from __future__ import annotations

import contextlib
import csv
import json
import tomllib
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pairkit as pk
from pairkit.cli.commands import run
from pairkit.errors import FileError, RosterError
from pairkit.files import ColumnMap, MapSuggestion, suggest_map

SURVEY = """\
Respondent,Full name,ToolsMastered,Methods you know,What would you like to learn?,Years in the job,\
Joining date,Shall we contact you?,Years before,Submitted
R-01,Ann Ames,Python; SQL,Scrum (3),Negotiation,1,2024-04-03,Oh yes,1,x
R-02,Bob Bell,Excel,,Python; SQL,9 to 10,2014-09-01,Oh yes,,x
R-03,Cleo Cole,Negotiation,,Python,12,1999-02-05,Rather not,2,x
"""


def file(tmp_path: Path, text: str, name: str = "people.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def fed_back(path: Path, suggestion: MapSuggestion) -> pk.Roster:
    """Return the people of a file read with the suggested map, written and loaded again."""
    toml = path.with_suffix(".toml")
    toml.write_text(suggestion.to_toml(), encoding="utf-8")
    assert ColumnMap.load(toml) == suggestion.column_map
    return pk.Roster.read(path, toml)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".jsonl"])
def test_the_map_of_a_file_with_usual_headers_reads_the_same_people(
    tmp_path: Path, language: Literal["en", "fr"], suffix: str
) -> None:
    path = tmp_path / f"people{suffix}"
    people = pk.datasets.sample(50, language=language)
    pk.write_roster(people, path, language=language, include_protected=True)
    suggestion = suggest_map(path)
    assert not suggestion.doubts
    assert "doubtful" not in suggestion.to_toml()
    assert {"id", "skills", "needs", "hired"} <= set(suggestion.column_map.columns)
    assert fed_back(path, suggestion) == pk.Roster.read(path) == people


def test_headers_that_tell_of_a_field_are_proposed_and_marked(tmp_path: Path) -> None:
    path = file(tmp_path, SURVEY)
    suggestion = suggest_map(path)
    columns = {name: one.headers for name, one in suggestion.column_map.columns.items()}
    assert columns == {
        "id": ("Respondent",),
        "name": ("Full name",),
        "skills": ("ToolsMastered", "Methods you know"),
        "needs": ("What would you like to learn?",),
        "hired": ("Joining date",),
        "experience": ("Years in the job",),
    }
    assert set(suggestion.doubts) == {"id", "skills", "needs", "experience", "consent"}
    assert "It could also be 'Years before'." in suggestion.doubts["experience"][0]
    assert "not all of its cells can be read" in suggestion.doubts["consent"][0]
    assert suggestion.attributes == ["Shall we contact you?", "Years before", "Submitted"]
    assert fed_back(path, suggestion)["R-01"].skills == {"Python": 1, "SQL": 1, "Scrum": 3}


def test_a_comment_stands_above_each_doubtful_line_and_no_other(tmp_path: Path) -> None:
    lines = suggest_map(file(tmp_path, SURVEY)).to_toml().splitlines()
    above = dict(zip(lines[1:], lines, strict=False))
    assert above['id = "Respondent"'].startswith("# doubtful: ")
    assert not above['name = "Full name"'].startswith("#")
    assert not above['hired = "Joining date"'].startswith("#")
    assert all(len(line) <= 98 for line in lines)


def test_cells_that_cannot_be_read_are_doubts_of_their_line(tmp_path: Path) -> None:
    rows = "".join(f"{k},{word}\n" for k, word in enumerate(["soon", "later", "one day", "never"]))
    suggestion = suggest_map(file(tmp_path, f"ID,Hired\n{rows}1000,2024-01-31\n"))
    said = suggestion.doubts["hired"]
    assert len(said) == 3
    assert "'soon' is not a date." in said[0]
    assert suggestion.column_map.columns["hired"].headers == ("Hired",)


def test_a_question_of_dates_is_asked_at_its_column(tmp_path: Path) -> None:
    suggestion = suggest_map(file(tmp_path, "ID,Hired\n1,03/04/2024\n2,05/06/2024\n"))
    assert 'dates = "day-first"' in suggestion.doubts["hired"][0]


def test_without_an_id_the_rows_are_numbered(tmp_path: Path) -> None:
    path = file(tmp_path, "Skills,Team\nSQL,Red\nGo,Red\nSQL,Blue\n")
    suggestion = suggest_map(path)
    assert suggestion.column_map.number_rows
    assert suggestion.to_toml().startswith("# doubtful: no column has a value of its own")
    assert fed_back(path, suggestion).ids == ("2", "3", "4")


def test_numbered_rows_need_no_words_for_ids(tmp_path: Path) -> None:
    path = file(tmp_path, "Team\nRed\nRed\n")
    words = ColumnMap.parse({"columns": {"id": {"values": {"Red": "1"}}}})
    assert fed_back(path, suggest_map(path, words)).ids == ("2", "3")


def test_a_telling_header_is_the_id_rather_than_the_first_column(tmp_path: Path) -> None:
    path = file(tmp_path, "Motto,Badge\nab,7\ncd,8\n")
    assert suggest_map(path).column_map.columns["id"].headers == ("Badge",)


def test_a_guess_that_reads_wrongly_is_taken_back(tmp_path: Path) -> None:
    path = file(tmp_path, "ID,The boss of it\n1,Nobody\n2,1\n")
    suggestion = suggest_map(path)
    assert "manager" not in suggestion.column_map.columns
    assert fed_back(path, suggestion) == pk.Roster.read(path)


@pytest.mark.parametrize("headers", ["Skill: SQL,Skill: Go", "skills_sql,skills_go"])
def test_choices_stay_as_they_are_read_without_a_map(tmp_path: Path, headers: str) -> None:
    path = file(tmp_path, f"id,{headers}\nA,1,0\nB,1,1\n")
    suggestion = suggest_map(path)
    assert [*suggestion.column_map.columns] == ["id"]
    assert [len(one.skills) for one in fed_back(path, suggestion)] == [1, 2]


@pytest.mark.parametrize(
    "text",
    [
        "id,Skill 1,Level 1,Skill 2,Level 2\n1,Python,3,SQL,expert\n2,,3,SQL,\n",
        "Matricule;Compétence 1;Niveau compétence 1\n0001;Python;3\n0002;SQL;1\n",
    ],
)
def test_levels_in_columns_of_their_own_are_kept(tmp_path: Path, text: str) -> None:
    path = file(tmp_path, text)
    assert fed_back(path, suggest_map(path)) == pk.Roster.read(path)


def test_the_level_of_skills_is_not_that_of_the_person(tmp_path: Path) -> None:
    path = file(tmp_path, "id,Skills,Skill level\n1,Python,3\n2,SQL,1\n")
    suggestion = suggest_map(path)
    assert "level" not in suggestion.column_map.columns
    assert "set level = 'Skill level'" in suggestion.doubts["skills"][0]
    assert fed_back(path, suggestion) == pk.Roster.read(path)


def test_a_repeated_header_stays_as_it_is_read_without_a_map(tmp_path: Path) -> None:
    path = file(tmp_path, "ID,Level,Level,Skills,Skills\n1,2,3,SQL,Go\n2,,4,,\n")
    suggestion = suggest_map(path)
    assert "level" not in suggestion.column_map.columns
    assert "level" in suggestion.doubts
    assert fed_back(path, suggestion) == pk.Roster.read(path)


def test_a_usual_header_of_something_else_stays_an_attribute(tmp_path: Path) -> None:
    path = file(tmp_path, "ID,Level\n1,blue\n2,green\n3,red\n4,red\n")
    suggestion = suggest_map(path)
    assert "level" not in suggestion.column_map.columns
    assert fed_back(path, suggestion) == pk.Roster.read(path)


def test_a_given_map_keeps_its_say(tmp_path: Path) -> None:
    path = file(tmp_path, SURVEY)
    given = ColumnMap.parse(
        {
            "ignore": ["Submitted"],
            "columns": {
                "consent": {
                    "from": "Shall we contact you?",
                    "values": {"Oh yes": True, "Rather not": False},
                },
                "skills": "Methods you know",
                "hired": {"default": "2000-01-31"},
            },
        }
    )
    given.save(tmp_path / "given.toml")
    suggestion = suggest_map(path, tmp_path / "given.toml")
    assert suggestion.column_map.columns["consent"] == given.columns["consent"]
    assert suggestion.column_map.columns["skills"].headers == ("Methods you know",)
    assert suggestion.column_map.columns["hired"].headers == ("Joining date",)
    assert suggestion.column_map.ignore == ("Submitted",)
    assert [one.consent for one in fed_back(path, suggestion)] == [True, True, False]


def test_headers_with_quotes_accents_and_controls_make_valid_toml(tmp_path: Path) -> None:
    header = '"Skill ""à\x01\x7f\\\\ partager"", déjà"'
    path = file(tmp_path, f"ID,{header},X\u2028Y\n1,SQL,a\n2,Go,b\n")
    suggestion = suggest_map(path)
    assert tomllib.loads(suggestion.to_toml())["columns"]["id"] == "ID"
    assert len(fed_back(path, suggestion)) == 2


def test_the_sheet_of_a_workbook_is_part_of_the_map(tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"
    pk.write_roster(pk.Roster.from_records([{"id": "A"}]), path)
    assert suggest_map(path, sheet="People").column_map.sheet == "People"


def test_the_command_line_prints_a_map_that_it_reads(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, toml = file(tmp_path, SURVEY), tmp_path / "map.toml"
    assert run(["validate", str(path), "--suggest-map"]) == 0
    shown = capsys.readouterr()
    assert "5 doubts; edit the map, and give it with --map." in shown.err
    toml.write_text(shown.out, encoding="utf-8")
    assert run(["validate", str(path), "--map", str(toml)]) == 0
    assert "3 people are ready to use" in capsys.readouterr().err
    assert run(["validate", str(path), "--suggest-map", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["column_map"]["columns"]["id"]["from"] == ["Respondent"]
    assert "experience" in found["doubts"]


HEADERS = [
    "ID",
    "Badge",
    "Level",
    "Niveau",
    "Skills",
    "WantToLearn",
    "Years there",
    "Hired",
    "X",
    "",
]
CELLS = ["", "A", "B", "1", "2,5", "03/04/2024", "SQL; Go (3)", "Python, R", "yes", "NA", "x\x07y"]


@given(data=st.data(), headers=st.lists(st.sampled_from(HEADERS), min_size=1, max_size=5))
def test_of_any_table_the_map_is_read_and_fits_the_table(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, headers: list[str]
) -> None:
    row = st.lists(st.sampled_from(CELLS), min_size=len(headers), max_size=len(headers))
    rows = data.draw(st.lists(row, min_size=1, max_size=4))
    path = tmp_path_factory.mktemp("any") / "people.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([headers, *rows])
    try:
        suggestion = suggest_map(path)
    except FileError:
        return
    toml = path.with_suffix(".toml")
    toml.write_text(suggestion.to_toml(), encoding="utf-8")
    assert ColumnMap.load(toml) == suggestion.column_map
    with contextlib.suppress(RosterError):  # its cells may be wrong, but the map fits
        with_map = pk.Roster.read(path, toml)
        if not suggestion.doubts:
            assert with_map == pk.Roster.read(path)
