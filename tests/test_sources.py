from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from xml.sax.saxutils import quoteattr

import openpyxl
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from pyarrow import feather

import pairkit as pk
from pairkit.files import roster_records
from pairkit.findings import FindingCode, Severity
from pairkit.profiles import EmploymentStatus, Participant

PEOPLE = pk.Roster(
    [
        Participant(
            id="00123",
            name="Éloïse Noël",
            skills={"Python": 3.0, "Négociation": 1.0},
            needs={"Montage vidéo": 2.0},
            interests=("Échecs", "Randonnée"),
            languages=("fr", "pt-BR"),
            department="Ventes & Marché",
            level=2.5,
            hired=date(2019, 12, 31),
            mentor_capacity=2,
            preferences=(("00124",), ("A-7",)),
            consent=True,
            attributes={"Équipe": "Bleue"},
        ),
        Participant(
            id="00124",
            name="Zoë Łukasz",
            skills={"Économie; gestion": 1.0},
            languages=("pl",),
            hired=date(1998, 4, 3),
            manager="00123",
            consent=False,
        ),
        Participant(id="A-7", name="Jean « JP » Petit", experience=30.0, level=7.0),
    ]
)
RECORDS = roster_records(PEOPLE)
FRAMES: dict[str, Callable[[], pd.DataFrame | pl.DataFrame | pa.Table]] = {
    "pandas": lambda: pd.DataFrame(RECORDS),
    "polars": lambda: pl.from_dicts(RECORDS),
    "pyarrow": lambda: pa.Table.from_pylist(RECORDS),
}


def open_document(path: Path) -> None:
    """Write the people as an OpenDocument sheet."""
    names = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{kind}:1.0"'
        for prefix, kind in {"office": "office", "table": "table", "text": "text"}.items()
    )
    lines: list[list[object]] = [[*RECORDS[0]]]
    lines += ([*record.values()] for record in RECORDS)
    rows = "".join(
        f"<table:table-row>{''.join(map(cell, line))}</table:table-row>" for line in lines
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "content.xml",
            f"<office:document-content {names}><office:body><office:spreadsheet>"
            f'<table:table table:name="Personnes">{rows}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
        archive.writestr("META-INF/manifest.xml", "<manifest/>")


def cell(value: object) -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, date):
        return f'<table:table-cell office:value-type="date" office:date-value="{value}"/>'
    if isinstance(value, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
    text = quoteattr(str(value))[1:-1]
    return (
        f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
    )


@pytest.mark.parametrize(
    "suffix",
    [".csv", ".tsv", ".xlsx", ".parquet", ".json", ".jsonl", ".csv.gz", ".ods", ".feather"],
)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_same_people_come_from_every_format(tmp_path: Path, suffix: str, language: str) -> None:
    path = tmp_path / f"people{suffix}"
    if suffix == ".ods":
        open_document(path)
    elif suffix == ".feather":
        feather.write_feather(pa.Table.from_pylist(RECORDS), path)
    else:
        pk.write_roster(PEOPLE, path, language="fr" if language == "fr" else "en")
    read = pk.Roster.read(path)
    assert read == PEOPLE
    assert read.digest == PEOPLE.digest
    assert not read.findings.warnings


@pytest.mark.parametrize("library", FRAMES)
def test_the_same_people_come_from_every_dataframe(library: str) -> None:
    read = pk.Roster.from_frame(FRAMES[library]())
    assert read == PEOPLE
    assert read.digest == PEOPLE.digest


def test_dates_numbers_and_formulas_of_a_workbook_are_values(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["ID", "Hired", "Level"])
    sheet.append(["00123", date(2019, 12, 31), "=1+2"])
    stream = io.BytesIO()
    book.save(stream)
    with zipfile.ZipFile(stream) as made, zipfile.ZipFile(tmp_path / "p.xlsx", "w") as archive:
        for name in made.namelist():  # the value that Excel would have kept with the formula
            data = made.read(name)
            archive.writestr(
                name, data.replace(b"<v></v>", b"<v>3</v>").replace(b"<v />", b"<v>3</v>")
            )
    (person,) = pk.Roster.read(tmp_path / "p.xlsx")
    assert (person.id, person.hired, person.level) == ("00123", date(2019, 12, 31), 3.0)


# HR exports

ENGLISH = """Employee ID,Employee_Name,Supervisor ID,Employee Status,Date of Hire,Seniority,\
Date of Seniority,Date of Termination,Department ID,Department Name
0001,Ann Ames,0002,A,2011-07-05,11.5,2010-01-01,,05,Sales
0002,Bob Bell,,L,2015-03-30,8,2015-03-30,,05,Sales
0003,Cleo Cole,0002,T,2011-07-15,4.9,2011-07-15,2016-06-16,06,IT
"""
FRENCH = """Matricule salarié;Nom complet;Matricule du supérieur;Statut du salarié;\
Date d'entrée;Ancienneté;Date d'ancienneté;Date de sortie;Code service;Nom du service
0001;Ann Ames;0002;A;05/07/2011;11,5;01/01/2010;;05;Sales
0002;Bob Bell;;L;30/03/2015;8;30/03/2015;;05;Sales
0003;Cleo Cole;0002;T;15/07/2011;4,9;15/07/2011;16/06/2016;06;IT
"""


@pytest.mark.parametrize("text", [ENGLISH, FRENCH])
def test_hr_export_is_read_without_a_map(tmp_path: Path, text: str) -> None:
    path = tmp_path / "hr.csv"
    path.write_text(text, encoding="utf-8")
    people = pk.Roster.read(path)
    assert [
        person.model_dump(exclude={"attributes"}, exclude_defaults=True) for person in people
    ] == [
        {
            "id": "0001",
            "name": "Ann Ames",
            "manager": "0002",
            "hired": date(2011, 7, 5),
            "experience": 11.5,
            "department": "Sales",
        },
        {
            "id": "0002",
            "name": "Bob Bell",
            "hired": date(2015, 3, 30),
            "experience": 8.0,
            "department": "Sales",
            "status": EmploymentStatus.ON_LEAVE,
        },
        {
            "id": "0003",
            "name": "Cleo Cole",
            "manager": "0002",
            "hired": date(2011, 7, 15),
            "experience": 4.9,
            "department": "IT",
            "status": EmploymentStatus.LEFT,
        },
    ]
    assert not people.findings.warnings
    (told,) = [one for one in people.findings if one.code is FindingCode.DEPARTED]
    assert told.message.startswith("1 person (row 4): they have left")


def test_people_who_left_are_not_matched_and_the_reason_is_told(tmp_path: Path) -> None:
    path = tmp_path / "hr.csv"
    path.write_text(
        "Employee ID,Employee Status,Roles,Skills,Needs\n"
        "1,A,mentor,SQL,\n2,T,mentor,SQL,\n3,A,mentee,,SQL\n4,T,mentee,,SQL\n"
    )
    program = pk.Program(scoring=[pk.SkillCoverage()], rules=[pk.Ready()])
    matching = pk.match(pk.Roster.read(path), program, seed=0)
    assert [(pair.mentor, pair.mentee) for pair in matching.pairs] == [("1", "3")]
    assert {one.id: one.reason for one in matching.unmatched} == {
        "2": "2 has left.",
        "4": "4 has left.",
    }


def test_a_date_of_termination_without_a_status_is_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "hr.csv"
    path.write_text(ENGLISH.replace(",T,", ",A,").replace(",L,", ",T,"), encoding="utf-8")
    (warning,) = pk.Roster.read(path).findings.warnings
    assert warning.code is FindingCode.DEPARTED
    assert warning.column == "Date of Termination"
    assert warning.message.startswith("1 person (row 4): there is a date in 'Date of Termination'")


def test_dates_under_seniority_are_no_years(tmp_path: Path) -> None:
    path = tmp_path / "hr.csv"
    path.write_text("ID,Seniority\n1,2010-01-01\n2,2011-01-01\n3,2012-01-01\n")
    people = pk.Roster.read(path)
    assert people["1"].attributes == {"Seniority": date(2010, 1, 1)}
    assert [one.severity for one in people.findings.warnings] == [Severity.WARNING]


@pytest.mark.parametrize("header", ["Supervisor ID", "ManagerID", "Matricule du responsable"])
def test_the_id_of_a_manager_comes_before_the_name(tmp_path: Path, header: str) -> None:
    path = tmp_path / "hr.csv"
    path.write_text(f"ID,Manager,{header}\n1,Ann Ames,2\n2,,\n")
    people = pk.Roster.read(path)
    assert people["1"].manager == "2"
    assert people["1"].attributes == {"Manager": "Ann Ames"}
