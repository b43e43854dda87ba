from __future__ import annotations

import importlib
import importlib.util
import subprocess
import sys
import tempfile
from datetime import date, datetime
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Literal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from pairkit.errors import (
    ColumnMapError,
    FileError,
    InputError,
    MissingExtraError,
    OutputError,
    RosterError,
)
from pairkit.files import read_roster, records_to_frame, write_roster
from pairkit.files.column_map import MISSING, ColumnMap
from pairkit.files.failures import FAILURES
from pairkit.files.tables import Value
from pairkit.files.writing import write_tables
from pairkit.findings import Finding, FindingCode, Findings
from pairkit.profiles import EmploymentStatus, Participant, Role, fold, tidy
from pairkit.roster import Roster


def file(tmp_path: Path, content: str, name: str = "people.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode())
    return path


def roster(tmp_path: Path, content: str, **options: object) -> Roster:
    column_map = ColumnMap.parse(options) if options else None
    return read_roster(file(tmp_path, content), column_map)


def findings(tmp_path: Path, content: str, **options: object) -> Findings:
    with pytest.raises(RosterError) as caught:
        roster(tmp_path, content, **options)
    return caught.value.findings


def places(found: Findings) -> list[tuple[FindingCode, int | None, str | None, str | None]]:
    return [(one.code, one.row, one.column, one.participant) for one in found]


# Reading


@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow"])
def test_people_come_back_in_the_library_they_came_from(library: str) -> None:
    frame = Roster.from_records([{"id": "A", "skills": ["SQL"]}, {"id": "B"}]).to_frame()
    module = importlib.import_module(library)
    other = {"pandas": frame, "polars": None, "pyarrow": None}[library]
    if other is None:
        table = {"ID": ["A", "B"], "Skills": ["SQL", None]}
        other = module.DataFrame(table) if library == "polars" else module.table(table)
    roster = Roster.from_frame(other)
    assert type(roster.to_frame()) is type(other)
    assert roster.ids == ("A", "B")
    assert roster["A"].skills == {"SQL": 1.0}


def test_private_values_stay_out_of_messages(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("id,age\nA,SECRET\nB,-5\n")
    with pytest.raises(RosterError) as raised:
        read_roster(path)
    assert "SECRET" not in str(raised.value)
    assert "-5" not in str(raised.value)
    assert {finding.row for finding in raised.value.findings.errors} == {2, 3}


def test_french_export_is_read_without_a_map(tmp_path: Path) -> None:
    text = """Matricule;Nom;Compétences;Souhaite apprendre;Centres d'intérêt;Langues;\
Disponibilités;Fuseau horaire;Service;Site;Pays;Niveau;Date d'embauche;Ancienneté;\
Départ en retraite;Responsable;Capacité mentor;Préférences;À éviter;Statut;Formation faite;\
Consentement;En attente depuis;Âge;Genre;Rôle;Équipe
00123;Éloïse;"Python (3); Excel";Négociation;"Échecs; Vélo";"français; anglais";"lun 9h-12h";\
Europe/Paris;Ventes;Lyon;France;2,5;31/12/2019;2 ans;;00124;2;00125=00124;;actif;oui;Oui;\
01/03/2024;1 234,5 %;F;mentoré;Bleu
00124;Jean;;Excel;;;;;;;;7;03/04/1990;plus de 30 ans;31/12/2030;;0;;00125;en congé;non;x;;;;\
les deux;
00125;Zoé;;;;;;;;;;;;;;;;;;parti;;;13/03/2024;;;;Vert
"""
    path = tmp_path / "équipe.csv"
    path.write_bytes(text.encode("cp1252"))
    people = read_roster(path)
    assert people.findings.counts() == {
        "recognized-column": 26,
        "bad-text": 1,
        "departed": 1,
        "extra-column": 1,
    }
    assert people["00123"] == Participant(
        id="00123",
        name="Éloïse",
        roles=frozenset({Role.MENTEE}),
        skills={"Python": 3, "Excel": 1},
        needs={"Négociation": 1},
        interests=("Échecs", "Vélo"),
        languages=("fr", "en"),
        availability="Mon 09:00-12:00",
        time_zone="Europe/Paris",
        department="Ventes",
        site="Lyon",
        country="France",
        level=2.5,
        hired=date(2019, 12, 31),
        experience=2,
        manager="00124",
        mentor_capacity=2,
        preferences=(("00125", "00124"),),
        orientation_done=True,
        consent=True,
        waiting_since=date(2024, 3, 1),
        age=12.345,
        gender="F",
        attributes={"Équipe": "Bleu"},
    )
    assert people["00124"].status is EmploymentStatus.ON_LEAVE
    assert people["00124"].roles == frozenset(Role)
    assert people["00124"].mentor_capacity == 0
    assert people["00125"].status is EmploymentStatus.LEFT


def test_every_bad_cell_is_told_at_once(tmp_path: Path) -> None:
    header = (
        "id,skills,experience,hired,consent,status,mentor_capacity,languages,availability,roles,"
        "time_zone,level"
    )
    bad = "A,Python (12),about ten,soon,maybe,dancing,1.5,Klingon,someday,boss,Paris,high"
    found = findings(tmp_path, f"{header}\n{bad}\nB,,3,,,,,,,,,\n")
    assert {(one.code, one.column) for one in found.errors} == {
        (FindingCode.LEVEL_OUT_OF_RANGE, "skills"),
        (FindingCode.BAD_NUMBER, "experience"),
        (FindingCode.BAD_DATE, "hired"),
        (FindingCode.BAD_BOOLEAN, "consent"),
        (FindingCode.BAD_STATUS, "status"),
        (FindingCode.BAD_NUMBER, "mentor_capacity"),
        (FindingCode.BAD_LANGUAGE, "languages"),
        (FindingCode.BAD_WINDOW, "availability"),
        (FindingCode.BAD_ROLE, "roles"),
        (FindingCode.BAD_TIME_ZONE, "time_zone"),
        (FindingCode.BAD_NUMBER, "level"),
    }
    assert {one.row for one in found.errors} == {2}
    assert {one.participant for one in found.errors} == {"A"}
    assert all(one.message.endswith(".") or one.hint for one in found.errors)


def test_what_a_bad_cell_holds_is_cut_in_the_message(tmp_path: Path) -> None:
    (error,) = findings(tmp_path, f"id,level\nA,{'secret ' * 20}\n").errors
    assert error.message == "'secret secret secret secret s…' is not a number."


def test_one_bad_row_never_costs_the_others(tmp_path: Path) -> None:
    text = "id,name,level\nA,Ann,1\nB,Bob,high\nC,Dupont, Jean,3\n,Nobody,3\nD,Dan,4\nD,Dan,4\n"
    path = file(tmp_path, text)
    people = read_roster(path, on_error="skip")
    assert people.ids == ("A", "D")
    assert people.skipped == ("B", "C", "row 5", "D")
    assert places(people.findings.errors) == [
        (FindingCode.BAD_NUMBER, 3, "level", "B"),
        (FindingCode.RAGGED_ROW, 4, None, None),
        (FindingCode.MISSING_ID, 5, "id", None),
        (FindingCode.DUPLICATE_ID, 7, "id", "D"),
    ]


def test_ragged_row_is_told_once_and_read_only_when_allowed(tmp_path: Path) -> None:
    text = "id,name,level\nA,Dupont, Jean,3\nB,Bob\nC,Carl,1\n"
    path = file(tmp_path, text)
    assert [one.code for one in findings(tmp_path, text).errors] == [FindingCode.RAGGED_ROW] * 2
    people = read_roster(path, on_error="skip", allow=["ragged-row"])
    assert people.ids == ("B", "C")  # of A, the level is now ' Jean'
    assert people.skipped == ("A",)
    assert people["B"].name == "Bob"
    assert read_roster(path, ColumnMap(allow=("ragged-row",)), on_error="skip") == people


def test_id_of_a_ragged_row_counts_only_where_it_can_be_trusted(tmp_path: Path) -> None:
    first = "id,name,manager\nA,x,y,z\nB,Bob,A\nA,Ann,\n"
    people = read_roster(file(tmp_path, first), on_error="skip")
    assert (people.ids, people.skipped) == (("B", "A"), ("row 2",))
    known = "id,name,manager\nA,x,y,z\nB,Bob,A\n"
    people = read_roster(file(tmp_path, known), on_error="skip")
    assert (people.ids, people.skipped) == (("B",), ("A",))
    last = "name,id\nDupont, Jean,A\nAnn,B\n"
    people = read_roster(file(tmp_path, last), on_error="skip")
    assert (people.ids, people.skipped) == (("B",), ("row 2",))
    short = "name,id\nDupont\nAnn,B\n"
    people = read_roster(file(tmp_path, short), on_error="skip")
    assert (people.ids, people.skipped) == (("B",), ("row 2",))


def test_ragged_row_is_no_evidence_about_its_columns(tmp_path: Path) -> None:
    text = "id,hired,score\nA,x,12/31/2024,3\nB,31/12/2024,1\nC,y,31/12/2024,2.5\nD,03/04/2024,2\n"
    people = read_roster(file(tmp_path, text), on_error="skip")
    assert [person.hired for person in people] == [date(2024, 12, 31), date(2024, 4, 3)]
    assert [person.attributes["score"] for person in people] == [1, 2]


def test_windows_need_no_separator_of_their_own(tmp_path: Path) -> None:
    people = roster(tmp_path, 'id,availability\nA,"Mon 9-10, Tue 9-10"\n')
    assert len(people["A"].availability) == 2
    assert len(people.findings.warnings) == 0


def test_row_with_wrong_quotation_marks_is_nobody(tmp_path: Path) -> None:
    path = file(tmp_path, 'id,name\n"A"x,Ann\nB,Bob\n')
    for allow in ([], ["bad-text"]):
        people = read_roster(path, on_error="skip", allow=allow)
        assert (people.ids, people.skipped) == (("B",), ("row 2",))


def test_allowed_error_is_a_warning_and_the_cell_is_missing(tmp_path: Path) -> None:
    path = file(tmp_path, "id,level\nA,high\nB,2\n")
    people = read_roster(path, allow=[FindingCode.BAD_NUMBER])
    assert people["A"].level is None
    assert [one.code for one in people.findings.warnings] == [FindingCode.BAD_NUMBER]


def test_file_without_an_id_is_refused_with_its_headers(tmp_path: Path) -> None:
    (error,) = findings(tmp_path, "Full name,Skills\nAnn,SQL\n")
    assert error == Finding(
        FindingCode.MISSING_COLUMN,
        "No header of people.csv is that of an id; it has 'Full name', 'Skills'.",
        "Name it in a column map, [columns] id = '...', or set number_rows = true.",
    )


def test_nobody_has_an_id_where_the_column_is_empty(tmp_path: Path) -> None:
    found = findings(tmp_path, "id,name\n,Ann\nNA,Bob\n")
    assert [(one.code, one.row) for one in found.errors] == [
        (FindingCode.MISSING_ID, 2),
        (FindingCode.MISSING_ID, 3),
    ]


def test_id_stays_text(tmp_path: Path) -> None:
    assert roster(tmp_path, "id\n00123\n1e5\n 7 \n").ids == ("00123", "1e5", "7")
    records: list[dict[str, Value]] = [{"ID": 123, "Manager": 124.0}, {"ID": "0124"}, {"ID": 124}]
    write_tables(tmp_path / "p.xlsx", {"p": records})
    people = read_roster(tmp_path / "p.xlsx")
    assert people.ids == ("123", "0124", "124")
    assert people["123"].manager == "124"


def test_dates_that_read_two_ways_are_a_question(tmp_path: Path) -> None:
    text = "id,Hire date\nA,03/04/2024\nB,05/06/2023\n"
    (error,) = findings(tmp_path, text).errors
    assert str(error) == (
        "column 'Hire date': error [bad-date] Column 'Hire date' can be read with the day or the "
        'month first, as in \'03/04/2024\'. Set dates = "day-first" or dates = "month-first" in '
        "a column map."
    )
    assert roster(tmp_path, text, dates="day-first")["A"].hired == date(2024, 4, 3)
    assert roster(tmp_path, text, dates="month-first")["A"].hired == date(2024, 3, 4)
    assert [one.row for one in findings(tmp_path, text, dates="iso").errors] == [2, 3]
    assert roster(tmp_path, text, allow=["bad-date"])["A"].hired is None


def test_dates_of_both_orders_are_a_question(tmp_path: Path) -> None:
    text = "id,hired\nA,31/12/2024\nB,12/31/2023\n"
    (error,) = findings(tmp_path, text).errors
    assert "puts the day first in '31/12/2024'" in error.message
    assert [one.row for one in findings(tmp_path, text, dates="day-first").errors] == [3]


def test_a_meaning_in_the_map_is_no_evidence_for_dates(tmp_path: Path) -> None:
    people = roster(
        tmp_path,
        "id,hired\nA,01/02/2003\nB,2020-01-01\n",
        columns={"hired": {"values": {"01/02/2003": "2003-02-01"}}},
    )
    assert people["A"].hired == date(2003, 2, 1)


def test_decimal_mark_is_that_of_the_column(tmp_path: Path) -> None:
    people = roster(tmp_path, 'id;experience\nA;"1,234"\nB;2,5\n')
    assert people["A"].experience == 1.234
    (error,) = findings(tmp_path, 'id;experience\nA;"1,234"\n').errors
    assert error.message == "'1,234' could be 1234 or 1.234."


def test_missing_texts(tmp_path: Path) -> None:
    text = "id,site,name\n" + "".join(f"{k},{word},x\n" for k, word in enumerate(MISSING))
    assert {person.site for person in roster(tmp_path, text)} == {None}
    people = roster(tmp_path, "id,name,site\nA,n/a,?\nB,NÉANT,-\n", missing=["?"])
    assert [(one.name, one.site) for one in people] == [("n/a", None), ("NÉANT", "-")]


def test_recognized_header_that_means_something_else_is_kept(tmp_path: Path) -> None:
    text = "ID,Role,Grade,Status\n1,Engineer,B,Full time\n2,Analyst,C,Part time\n3,Cook,D,Other\n"
    people = roster(tmp_path, text)
    assert people["1"].attributes == {"Role": "Engineer", "Grade": "B", "Status": "Full time"}
    assert people["1"].roles is None
    told = [one for one in people.findings.warnings if one.column == "Role"]
    assert told[0].message == (
        "'Role' is a usual header for roles, but none of its cells can be read as that: it was "
        "kept as an attribute."
    )
    assert "extra-column" not in people.findings.counts()
    assert roster(tmp_path, text, attributes="drop")["1"].attributes == {}


def test_mapped_column_is_never_taken_for_another(tmp_path: Path) -> None:
    text = "ID,Role\n1,Engineer\n2,Analyst\n3,Cook\n"
    found = findings(tmp_path, text, columns={"roles": "Role"})
    assert [one.code for one in found.errors] == [FindingCode.BAD_ROLE] * 3


@pytest.mark.parametrize(
    ("header", "cells"),
    [("Role", ["Analyst"] * 5), ("Statut", ["Cadre", "ETAM", "Cadre"]), ("Grade", ["A", "B"])],
)
def test_few_texts_that_mean_something_else_are_kept(
    tmp_path: Path, header: str, cells: list[str]
) -> None:
    text = f"ID,{header}\n" + "".join(f"{k},{cell}\n" for k, cell in enumerate(cells))
    people = roster(tmp_path, text)
    assert [one.attributes[header] for one in people] == cells
    assert [one.column for one in people.findings.warnings] == [header]


def test_few_typing_errors_are_errors_with_a_way_out(tmp_path: Path) -> None:
    found = findings(tmp_path, "ID,Role\n1,Mentr\n2,Mente\n")
    assert [str(one.code) for one in found.errors] == ["bad-role"] * 2
    assert found.errors[0].message == "'Mentr' is not a role."
    assert found.errors[0].hint.endswith("If 'Role' means something else, list it under ignore.")


@pytest.mark.parametrize(
    ("header", "cell"),
    [
        ("Start Date,Collector ID", "2024-01-13,4321"),
        ("Start Date,End Date", "01/13/2024 10:00:00 AM,01/13/2024 10:05:00 AM"),
        ("StartDate,ResponseId", "2024-01-02 10:00:00,R_1"),
    ],
)
def test_when_a_survey_was_answered_is_no_date_of_hire(
    tmp_path: Path, header: str, cell: str
) -> None:
    people = roster(tmp_path, f"Employee ID,{header}\n1,{cell}\n")
    assert people["1"].hired is None
    assert [one.column for one in people.findings.warnings] == [header.split(",", maxsplit=1)[0]]


@pytest.mark.parametrize("cell", ["2024-01-13", "2024-01-13 00:00:00"])
def test_start_date_of_a_job_is_that_of_hire(tmp_path: Path, cell: str) -> None:
    people = roster(tmp_path, f"Employee ID,Start date,End date\n1,{cell},\n")
    assert people["1"].hired == date(2024, 1, 13)
    assert not people.findings.warnings


def test_recognized_column_with_some_good_cells_has_errors(tmp_path: Path) -> None:
    found = findings(tmp_path, "ID,Role\n1,Engineer\n2,Analyst\n3,Cook\n4,mentor\n")
    assert [one.row for one in found.errors] == [2, 3, 4]


@pytest.mark.parametrize(("other", "separator"), [(",", ";"), ("|", ";"), (";", ","), ("/", ";")])
def test_list_with_another_separator_is_told(tmp_path: Path, other: str, separator: str) -> None:
    text = f'id,skills\nA,"SQL{other} Go"\nB,Go\nC,"C{other} R"\n'
    (warning,) = roster(tmp_path, text, separator=separator).findings.warnings
    assert warning.message == (
        f"'skills' has {other!r} and no {separator!r} in rows 2, 4: "
        f"each cell was read as one value."
    )
    people = roster(tmp_path, text, separator=other)
    assert people["A"].skills == {"SQL": 1, "Go": 1}
    assert len(people.findings.warnings) == 0


# Column maps


def test_column_map_says_how_cells_are_read(tmp_path: Path) -> None:
    text = """Badge,Years,Tools,Methods,Agrees,Tongue,Team,Skip
1,Less than a year,Python; JS,Scrum (2),Oh yes,US;fr,Blue,x
2,9 to 10 years,,JS (3); Scrum,,,Red,y
"""
    (tmp_path / "map.toml").write_text(
        """
ignore = ["Skip"]
protected = ["Team"]
[columns]
id = "Badge"
skills = ["Tools", "Methods"]
[columns.experience]
from = "Years"
values = { "less than a YEAR" = 0.5 }
[columns.consent]
from = "Agrees"
values = { "Oh yes" = true }
default = false
[columns.languages]
from = "Tongue"
values = { US = "en-US" }
default = ["fr", "German"]
[columns.roles]
default = "mentor"
""",
        encoding="utf-8",
    )
    people = read_roster(file(tmp_path, text), tmp_path / "map.toml")
    assert people["1"].model_dump(exclude_defaults=True) == {
        "id": "1",
        "roles": frozenset({Role.MENTOR}),
        "skills": {"Python": 1, "JS": 1, "Scrum": 2},
        "languages": ("en-US", "fr"),
        "experience": 0.5,
        "consent": True,
        "protected": {"Team": "Blue"},
    }
    assert people["2"].experience == 9.5
    assert people["2"].skills == {"JS": 3, "Scrum": 1}
    assert people["2"].consent is False
    assert people["2"].languages == ("fr", "de")


def test_meaning_applies_to_typed_cells_too(tmp_path: Path) -> None:
    write_tables(tmp_path / "p.xlsx", {"p": [{"id": 1, "consent": 3}, {"id": 2, "consent": 4}]})
    column_map = ColumnMap.parse({"columns": {"consent": {"values": {"3": True, "4": ""}}}})
    people = read_roster(tmp_path / "p.xlsx", column_map)
    assert [person.consent for person in people] == [True, None]


def test_several_columns_of_one_field_are_joined(tmp_path: Path) -> None:
    people = roster(
        tmp_path,
        "id,w1,w2,w3,a,b,i,j,k\nA,B,,C,,7,x,y,2\nB,,,,5,6,,z,\nC,,,,,,,,\n",
        columns={
            "preferences": ["w1", "w2", "w3"],
            "level": ["a", "b"],
            "interests": ["i", "j"],
            "mentor_capacity": "k",
        },
    )
    assert people["A"].preferences == (("B",), ("C",))
    assert [person.level for person in people] == [7, 5, None]
    assert [person.interests for person in people] == [("x", "y"), ("z",), ()]


def test_people_are_numbered_by_row(tmp_path: Path) -> None:
    people = roster(tmp_path, "Name\nAnn\n\nBob\n", number_rows=True)
    assert [(one.id, one.name) for one in people] == [("2", "Ann"), ("4", "Bob")]


def test_default_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ColumnMapError, match="default of roles cannot be read: 'boss' is not a"):
        roster(tmp_path, "id\nA\n", columns={"roles": {"default": "boss"}})


def test_map_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ColumnMapError, match=r"people\.csv does not have:\n  'Badge' for id\."):
        roster(tmp_path, "id\nA\n", columns={"id": "Badge"})


def test_sheet_is_that_of_the_call_before_that_of_the_map(tmp_path: Path) -> None:
    write_tables(tmp_path / "p.xlsx", {"one": [{"id": 1}], "two": [{"id": 2}], "three": []})
    path, column_map = tmp_path / "p.xlsx", ColumnMap(sheet="two")
    assert read_roster(path).ids == ("1",)
    assert read_roster(path, column_map).ids == ("2",)
    assert read_roster(path, column_map, sheet=0).ids == ("1",)
    with pytest.raises(FileError, match="no sheet 'four'"):
        Roster.read(path, sheet="four")


def test_encoding_and_delimiter_are_those_of_the_map(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_bytes("id:имя\n1:Анна\n".encode("cp1251"))
    column_map = ColumnMap.parse(
        {"encoding": "cp1251", "delimiter": ":", "columns": {"name": "имя"}}
    )
    assert read_roster(path, column_map)["1"].name == "Анна"


def test_progress_is_told_from_the_first_cells_to_the_last_person(tmp_path: Path) -> None:
    people = file(tmp_path, "id,name,skills\nA,Ann,SQL\nB,Bob,Go\n")
    survey = tmp_path / "survey.csv"
    survey.write_text("id,needs\nA,Law\nB,Art\n")
    seen: list[list[float]] = [[], [], []]
    Roster.read(people, progress=seen[0].append)
    Roster.read(people, survey=survey, progress=seen[1].append)
    Roster.read_sides(people, survey, progress=seen[2].append)
    for shares in seen:
        assert len(shares) > 3
        assert shares == sorted(shares)
        assert 0.0 < shares[0] < 0.4 < shares[-2] < shares[-1] == 1.0


# Attributes


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1", "-2"], [1, -2]),
        (["1", "2.5"], [1, 2.5]),
        (["1", "2,5"], [1, 2.5]),
        (["1e-07", "3"], [1e-7, 3]),
        (["01000", "75001"], ["01000", "75001"]),
        (["1,234", "2"], ["1,234", "2"]),
        (["1234567890123456", "2"], ["1234567890123456", "2"]),
        (["true", "FALSE"], [True, False]),
        (["yes", "no"], ["yes", "no"]),
        (["2024-01-02", ""], [date(2024, 1, 2), None]),
        (["2024-01-02", "2024-02-30"], [date(2024, 1, 2), "2024-02-30"]),
        (["a", "1"], ["a", "1"]),
        (["", "NA"], [None, None]),
    ],
)
def test_further_column_of_text_has_one_type(
    tmp_path: Path, cells: list[str], values: list[object]
) -> None:
    lines = "".join(f'{k},"{cell}"\n' for k, cell in enumerate(cells))
    people = roster(tmp_path, "id,Score\n" + lines)
    assert [person.attributes.get("Score") for person in people] == values


def test_further_columns_of_typed_files_keep_their_types(tmp_path: Path) -> None:
    columns = {
        "id": ["A", "B"],
        "text": ["1", "01"],
        "number": [1.0, 2.5],
        "yes": [True, None],
        "day": [datetime(2024, 1, 2), datetime(2024, 1, 2, 3)],  # noqa: DTZ001 - as it comes
        "list": [["a", "b"], ["1"]],
        "binary": [b"\x01\xff", None],
    }
    parquet.write_table(pa.table(columns), tmp_path / "p.parquet")
    people = read_roster(tmp_path / "p.parquet")
    assert people["A"].attributes == {
        "text": "1",
        "number": 1,
        "yes": True,
        "day": date(2024, 1, 2),
        "list": "a; b",
        "binary": "01ff",
    }
    assert people["B"].attributes == {
        "text": "01",
        "number": 2.5,
        "day": "2024-01-02 03:00:00",
        "list": "1",
    }


def test_json_of_a_dumped_participant_is_read_back(tmp_path: Path) -> None:
    person = Participant(
        id="A",
        skills={"SQL": 2},
        roles=frozenset(Role),
        preferences=(("B", "C"), ("D",)),
        availability="Mon 9-12",
        hired=date(2020, 1, 2),
        attributes={"team": "Blue"},
        protected={"origin": "x"},
        age=30,
    )
    others = ",".join(f'{{"id": "{name}", "attributes": "odd"}}' for name in "BCD")
    text = f'{{"participants": [{person.model_dump_json()}, {others}]}}'
    people = read_roster(file(tmp_path, text, "p.json"))
    assert people["A"] == person
    assert people["B"].attributes == {"attributes": "odd"}


# Dataframes

COLUMNS: dict[str, list[object]] = {
    "id": ["A", "B"],
    "name": ["Ann", None],
    "skills": [["SQL", "Go (3)"], None],
    "level": [2.5, float("nan")],
    "hired": [datetime(2020, 1, 2), None],  # noqa: DTZ001 - as dataframes hold dates
    "consent": [True, None],
    "Team": ["Blue", None],
}


def frames() -> list[object]:
    return [
        pd.DataFrame(COLUMNS),
        pd.DataFrame(COLUMNS).convert_dtypes(),
        pl.DataFrame(COLUMNS, strict=False),
        pl.DataFrame(COLUMNS, strict=False).lazy(),
        pa.table(COLUMNS),
    ]


@pytest.mark.parametrize("k", range(5))
def test_dataframe_of_any_library_gives_the_same_people(k: int) -> None:
    frame = frames()[k]
    people = Roster.from_frame(frame)  # type: ignore[arg-type]
    assert people["A"].model_dump(exclude_defaults=True) == {
        "id": "A",
        "name": "Ann",
        "skills": {"SQL": 1, "Go": 3},
        "level": 2.5,
        "hired": date(2020, 1, 2),
        "consent": True,
        "attributes": {"Team": "Blue"},
    }
    assert people["B"] == Participant(id="B")
    assert people.backend is not None
    assert people.backend.__name__ == type(frame).__module__.split(".")[0]
    assert people.filter(lambda _: True).backend is people.backend


def test_mappings_and_arrays_in_cells_are_read() -> None:
    frame = pl.DataFrame({"id": ["A", "B"], "skills": [{"SQL": 2, "Go": None}, {"Go": 1}]})
    assert Roster.from_frame(frame)["A"].skills == {"SQL": 2}
    arrays = pd.DataFrame({"id": [1], "needs": [np.array(["SQL", "Go"])]})
    assert Roster.from_frame(arrays)["1"].needs == {"SQL": 1, "Go": 1}


def test_errors_of_a_dataframe_count_its_rows_from_one() -> None:
    frame = pd.DataFrame({"id": ["A", "B"], "level": ["1", "high"]})
    with pytest.raises(RosterError, match="1 error in the dataframe") as caught:
        Roster.from_frame(frame)
    assert [one.row for one in caught.value.findings.errors] == [2]
    assert Roster.from_frame(frame, on_error="skip").skipped == ("B",)
    assert Roster.from_frame(frame, allow=["bad-number"]).ids == ("A", "B")


def test_column_map_applies_to_a_dataframe() -> None:
    frame = pd.DataFrame({0: ["A"], "x": ["SQL|Go"]})
    column_map = ColumnMap.parse({"separator": "|", "columns": {"id": "0", "skills": "x"}})
    assert Roster.from_frame(frame, column_map)["A"].skills == {"SQL": 1, "Go": 1}


def test_missing_values_of_pandas_are_missing() -> None:
    frame = pd.DataFrame(
        {
            "id": ["A", "B"],
            "name": pd.Series([pd.NA, "Bob"], dtype="string"),
            "level": pd.Series([1, pd.NA], dtype="Int64"),
            "hired": [pd.NaT, pd.Timestamp("2020-01-02")],
            "site": pd.Categorical(["Lyon", None]),
        }
    )
    people = Roster.from_frame(frame)
    assert people["A"] == Participant(id="A", level=1, site="Lyon")
    assert people["B"] == Participant(id="B", name="Bob", hired=date(2020, 1, 2))


def test_empty_dataframe_is_an_empty_roster() -> None:
    assert len(Roster.from_frame(pd.DataFrame({"id": []}))) == 0


@pytest.mark.parametrize("thing", [[1, 2], "people.csv", Path("p.csv"), None, pd.Series([1])])
def test_what_is_no_dataframe_is_refused(thing: object) -> None:
    with pytest.raises(InputError, match="is not a dataframe that can be read"):
        Roster.from_frame(thing)  # type: ignore[arg-type]


def test_dataframe_with_repeated_columns_is_refused() -> None:
    with pytest.raises(InputError, match=r"(?s)cannot be read: .*'id' 2 times.* a name of its own"):
        Roster.from_frame(pd.DataFrame([[1, 2]], columns=["id", "id"]))


def test_dataframe_with_two_levels_of_headers_is_refused() -> None:
    columns = pd.MultiIndex.from_tuples([("id", "x"), ("level", "y")])
    with pytest.raises(InputError, match="have 2 levels of names: give each one name"):
        Roster.from_frame(pd.DataFrame([[1, 2]], columns=columns))


def test_an_index_with_a_name_is_a_column() -> None:
    frame = pd.DataFrame({"id": ["A", "B"], "round": [1, 2], "level": [3, 4]})
    people = Roster.from_frame(frame)
    assert Roster.from_frame(frame.set_index("id")) == people
    assert Roster.from_frame(frame.set_index(["round", "id"])) == people
    assert Roster.from_frame(frame.set_index("id", drop=False)) == people
    unnamed = frame.set_index(pd.Index(["x", "y"]))
    assert Roster.from_frame(unnamed) == people


@pytest.mark.parametrize("backend", [pd, pl, pa])
def test_records_come_back_in_the_given_library(backend: ModuleType) -> None:
    records: list[dict[str, Value]] = [
        {"mentor": "A", "score": 0.5, "day": date(2020, 1, 2), "mixed": 1},
        {"mentor": "B", "score": None, "mixed": "x", "more": True},
    ]
    frame = records_to_frame(records, backend, headers=["score"])
    assert type(frame).__module__.startswith(backend.__name__)
    assert list(getattr(frame, "column_names", frame.columns)) == [
        "score",
        "mentor",
        "day",
        "mixed",
        "more",
    ]
    assert frame["mixed"].to_pylist() if backend is pa else list(frame["mixed"]) == ["1", "x"]  # type: ignore[index]


def test_no_records_are_a_dataframe_with_the_given_columns() -> None:
    frame = records_to_frame([], pl, headers=["mentor", "mentee"])
    assert isinstance(frame, pl.DataFrame)
    assert (frame.columns, frame.height) == (["mentor", "mentee"], 0)


@pytest.mark.parametrize("installed", ["pandas", "polars", "pyarrow"])
def test_first_installed_library_is_taken(monkeypatch: pytest.MonkeyPatch, installed: str) -> None:
    def find(name: str) -> object:
        return SimpleNamespace() if name == installed else None

    monkeypatch.setattr(importlib.util, "find_spec", find)
    assert type(records_to_frame([{"a": 1}])).__module__.startswith(installed)


def test_no_dataframe_library_at_all_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(MissingExtraError, match=r"Making a dataframe needs pandas.*pairkit\[io\]"):
        records_to_frame([{"a": 1}])


# Writing people

words = st.text(
    st.characters(
        codec="utf-8", exclude_categories=("C", "Z", "M"), include_characters=" ;=>,\"'()[]"
    ),  # no marks: those that stand alone would join what is written before them
    max_size=12,
)
readable = words.map(lambda text: tidy(" ".join(text.split()))).filter(
    lambda text: text and fold(text) not in {*map(fold, MISSING), *FAILURES}
)


def floats(low: float, high: float) -> st.SearchStrategy[float]:
    """Numbers of as many digits as a workbook holds."""
    return st.floats(low, high).map(lambda number: float(f"{number:.15g}"))


levels = st.dictionaries(readable, floats(0, 10), max_size=3)
days = st.dates(date(1900, 3, 1), date(2100, 12, 31))
windows = st.lists(
    st.builds(
        lambda day, start, hours: f"{day} {start:02}:00-{(start + hours) % 24:02}:30",
        st.sampled_from(["Mon", "Thu", "Sun"]),
        st.integers(0, 23),
        st.integers(1, 10),
    ),
    max_size=3,
)
titles = readable.filter(lambda text: fold(text) == fold(text).strip() and not text.isdigit())


@st.composite
def rosters(draw: st.DrawFn) -> Roster:
    names = readable.filter(lambda text: text[0].isalnum())  # "#" and dashes start no person
    ids = draw(st.lists(names, min_size=1, max_size=5, unique=True))
    attributes = draw(
        st.dictionaries(
            titles,
            st.sampled_from(
                [
                    readable.map(lambda text: tidy("x" + text)),
                    st.integers(-(10**14), 10**14),
                    floats(-1e6, 1e6).filter(lambda number: not number.is_integer()),
                    st.booleans(),
                    days,
                ]
            ),
            max_size=3,
        )
    )
    others = st.sampled_from(ids)
    people = st.fixed_dictionaries(
        {"name": readable},  # an odd id alone is no person
        optional={
            "roles": st.frozensets(st.sampled_from(Role)),
            "skills": levels,
            "needs": levels,
            "interests": st.lists(readable, max_size=3, unique=True),
            "languages": st.lists(st.sampled_from(["fr", "en-GB", "zh-Hant"]), unique=True),
            "availability": windows,
            "time_zone": st.sampled_from(["Europe/Paris", "UTC"]),
            "department": readable,
            "level": floats(-1e300, 1e300),
            "hired": days,
            "experience": floats(0, 100),
            "manager": others,
            "mentor_capacity": st.integers(0, 10**9),
            "preferences": st.lists(others, unique=True).map(lambda names: [names[:2], names[2:]]),
            "avoid": st.lists(others, unique=True),
            "status": st.sampled_from(EmploymentStatus),
            "consent": st.booleans(),
            "about": readable,
            "age": floats(0, 150),
            "gender": readable,
            "attributes": st.fixed_dictionaries({}, optional=attributes),
            "protected": st.fixed_dictionaries({}, optional=attributes),
        },
    )
    return Roster(Participant(id=name, **draw(people)) for name in ids)


@pytest.mark.parametrize("suffix", [".csv", ".tsv.gz", ".xlsx", ".parquet", ".json", ".jsonl"])
@given(rosters(), st.sampled_from(["en", "fr"]))
@settings(max_examples=40)
def test_roster_is_read_back_as_it_was_written(
    suffix: str, people: Roster, language: Literal["en", "fr"]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"people{suffix}")
        write_roster(people, path, language=language, include_protected=True)
        again = read_roster(path, allow=["manager-cycle"])
        dumped = [[person.model_dump() for person in some] for some in (again, people)]
        assert dumped[0] == dumped[1]
        assert again == people


def test_attribute_that_looks_like_a_field_keeps_its_name(tmp_path: Path) -> None:
    names = ["Role", "Skills", "ID", "protected: x", "attributes", "Team"]
    people = Roster([Participant(id="A", attributes=dict.fromkeys(names, "x"))])
    write_roster(people, tmp_path / "p.csv", language="fr")
    text = (tmp_path / "p.csv").read_text(encoding="utf-8")
    assert text.splitlines()[0] == (
        "ID,attribut: Role,attribut: Skills,attribut: ID,attribut: protected: x,"
        "attribut: attributes,Team"
    ).replace("ID,", "Identifiant,", 1)
    assert read_roster(tmp_path / "p.csv") == people


def test_protected_fields_are_written_only_when_asked(tmp_path: Path) -> None:
    people = Roster([Participant(id="A", age=30, gender="F", protected={"Origin": "x"})])
    write_roster(people, tmp_path / "p.csv")
    assert (tmp_path / "p.csv").read_bytes() == b"ID\r\nA\r\n"
    write_roster(people, tmp_path / "p.csv", include_protected=True, overwrite=True)
    assert (tmp_path / "p.csv").read_bytes() == b"ID,Age,Gender,protected: Origin\r\nA,30,F,x\r\n"
    with pytest.raises(OutputError, match=r"p\.csv exists already"):
        write_roster(people, tmp_path / "p.csv")


def test_french_words_are_written(tmp_path: Path) -> None:
    people = Roster(
        [
            Participant(
                id="A",
                roles=frozenset(Role),
                consent=True,
                status=EmploymentStatus.ON_LEAVE,
                skills={"NA": 1.0},
                interests=("-",),
            ),
            Participant(id="B", name="Bob", roles=frozenset({Role.MENTEE})),
        ]
    )
    write_roster(people, tmp_path / "p.csv", language="fr")
    assert (tmp_path / "p.csv").read_text(encoding="utf-8").splitlines() == [
        "Identifiant,Nom,Rôles,Compétences,Centres d'intérêt,Statut,Consentement",
        'A,,les deux,"""NA""","""-""",en congé,oui',
        "B,Bob,mentoré,,,actif,",
    ]
    assert read_roster(tmp_path / "p.csv") == people


def test_name_that_reads_as_missing_needs_a_map(tmp_path: Path) -> None:
    people = Roster([Participant(id="A", name="N/A")])
    write_roster(people, tmp_path / "p.csv")
    assert read_roster(tmp_path / "p.csv")["A"].name is None
    assert read_roster(tmp_path / "p.csv", ColumnMap(missing=())) == people


def test_what_skipping_leaves_can_be_read_again(tmp_path: Path) -> None:
    text = "id,manager,preferences,experience\nA,,B;C,1\nB,,,soon\nC,B,B,2\n"
    (tmp_path / "p.csv").write_text(text)
    people = read_roster(tmp_path / "p.csv", on_error="skip")
    write_roster(people, tmp_path / "again.csv")
    again = read_roster(tmp_path / "again.csv")
    assert [(one.id, one.manager, one.preferences) for one in again] == [
        ("A", None, (("C",),)),
        ("C", None, ()),
    ]


def test_empty_roster_is_a_header(tmp_path: Path) -> None:
    write_roster(Roster(), tmp_path / "p.csv")
    assert (tmp_path / "p.csv").read_bytes() == b"ID\r\n"


def test_same_people_from_every_format_have_one_digest(tmp_path: Path) -> None:
    people = Roster.from_records(
        [
            {"id": "1", "skills": {"SQL": 2.0}, "level": 3, "hired": "2020-01-02", "n": 3},
            {"id": "2", "level": 2.5, "consent": True, "n": 2.5, "team": "Blue"},
        ]
    )
    digests = set()
    for suffix in (".csv", ".tsv", ".xlsx", ".parquet", ".json", ".jsonl", ".csv.gz"):
        write_roster(people, tmp_path / f"p{suffix}")
        digests.add(read_roster(tmp_path / f"p{suffix}").digest)
    assert digests == {people.digest}


def test_reading_text_imports_no_dataframe_library(tmp_path: Path) -> None:
    path = file(tmp_path, "id\nA\n")
    code = f"""
import sys
from pairkit.files import read_roster
read_roster({str(path)!r})
print(sorted({{"pandas", "polars", "pyarrow", "narwhals", "xlsxwriter"}} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
