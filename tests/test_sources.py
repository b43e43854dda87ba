from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np
import openpyxl
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from pyarrow import feather, parquet

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


# Dirty cells

DIRTY: dict[str, list[object]] = {
    "id": ["A\u00ad1", "B\u200b 2 ", "C\u00a03", "D4"],
    "name": ["E\u0301loi\u00adse", " Zoë\u00a0Łukasz ", "\ufeffJean", " "],
    "department": ["Ventes\u202f& Marché", "", None, "\u00a0"],
    "skills": ["Py\u00adthon (3); SQL ", "", "Go\u200b", None],
    "interests": ["E\u0301checs;Jazz\u00a0", "Échecs", "", None],
    "manager": ["B 2", None, "A1\u00a0", ""],
    "avoid": ["C 3;\u200bD4", "", None, ""],
    "level": ["2,5", "3", "", None],
    "hired": ["2020-01-02", "2020-01-03 00:00:00", "", None],
    "consent": ["oui", "No\u00adn", "", None],
    "Équipe\u00a0": ["Bleue\u00ad ", "e\u0301te\u0301", "", None],
}


def as_csv(path: Path, columns: dict[str, list[object]]) -> pk.Roster:
    pd.DataFrame(columns).to_csv(path, index=False)
    return pk.Roster.read(path)


def as_records(columns: dict[str, list[object]]) -> pk.Roster:
    rows = zip(*columns.values(), strict=True)
    return pk.Roster.from_records([dict(zip(columns, row, strict=True)) for row in rows])


def test_dirty_cells_give_the_same_people_from_every_source(tmp_path: Path) -> None:
    expected = as_csv(tmp_path / "people.csv", DIRTY)
    assert expected.ids == ("A1", "B 2", "C 3", "D4")
    assert expected["A1"].attributes == {"Équipe": "Bleue"}
    for frame in (pd.DataFrame(DIRTY), pl.DataFrame(DIRTY), pa.table(DIRTY)):
        assert pk.Roster.from_frame(frame) == expected
    parquet.write_table(pa.table(DIRTY), tmp_path / "people.parquet")
    assert pk.Roster.read(tmp_path / "people.parquet") == expected
    assert as_records(DIRTY) == expected


@pytest.mark.parametrize(
    "cell",
    [
        "SQL; Py\u00adthon",
        ["SQL ", "Python\u200b"],
        ("SQL", None, "Python", float("nan"), pd.NA),
        np.array(["SQL", "Py\u00adthon"]),
        np.array(["SQL", "Python", None], dtype=object),
        pd.Series(["SQL", "Python"]),
        '["SQL", "Python"]',
        "['SQL' 'Python']",
        {"SQL": 1, "Python ": np.float64(1.0), "Go": None},
    ],
)
def test_lists_are_the_same_however_they_are_held(cell: object) -> None:
    expected = [pk.Participant(id="A", skills=["SQL", "Python"]), pk.Participant(id="B")]
    columns: dict[str, list[object]] = {"id": ["A", "B"], "skills": [cell, None]}
    assert [*as_records(columns)] == expected
    assert [*pk.Roster.from_frame(pd.DataFrame(columns))] == expected
    if isinstance(cell, list):
        assert [*pk.Roster.from_frame(pl.DataFrame(columns))] == expected
        assert [*pk.Roster.from_frame(pa.table(columns))] == expected


@pytest.mark.parametrize("nothing", [None, float("nan"), pd.NaT, pd.NA, "", " \u00a0", np.nan])
@pytest.mark.parametrize("field", ["name", "level", "hired", "skills", "manager", "Équipe"])
def test_nothing_is_missing_in_every_source(nothing: object, field: str) -> None:
    columns: dict[str, list[object]] = {"id": ["A"], field: [nothing]}
    assert [*as_records(columns)] == [pk.Participant(id="A")]
    frame = pd.DataFrame({name: pd.Series(cells, dtype=object) for name, cells in columns.items()})
    assert [*pk.Roster.from_frame(frame)] == [pk.Participant(id="A")]


@pytest.mark.parametrize(
    "one", [1, 1.0, np.int64(1), np.float32(1.0), Decimal(1), Decimal("1.0"), "1", " 1\u00ad"]
)
def test_a_number_is_an_id_and_names_others(one: object) -> None:
    columns: dict[str, list[object]] = {
        "id": [one, 2],
        "manager": [None, one],
        "avoid": [[2], [one]],
        "preferences": [2, [one]],
        "level": [one, one],
    }
    expected = [
        pk.Participant(id="1", avoid=["2"], preferences=["2"], level=1),
        pk.Participant(id="2", manager="1", avoid=["1"], preferences=["1"], level=1),
    ]
    assert [*as_records(columns)] == expected
    frame = pd.DataFrame({name: pd.Series(cells, dtype=object) for name, cells in columns.items()})
    assert [*pk.Roster.from_frame(frame)] == expected


def test_typed_columns_of_every_library_are_read() -> None:
    moment = pd.Timestamp("2020-01-02 23:30", tz="Europe/Paris")
    expected = [
        pk.Participant(id="1", level=2.5, hired=date(2020, 1, 2), site="Lyon", mentor_capacity=2),
        pk.Participant(id="2"),
    ]
    plain: dict[str, list[object]] = {
        "id": [1, 2],
        "level": [Decimal("2.50"), None],
        "hired": [moment.to_pydatetime(), None],
        "site": ["Lyon", None],
        "mentor_capacity": [2, None],
    }
    frames = [
        pd.DataFrame(plain).astype({"site": "category", "mentor_capacity": "Int64"}),
        pd.DataFrame(plain)
        .assign(hired=pd.Series([moment] * 2).where(np.array([True, False])))
        .convert_dtypes(),
        pa.Table.from_pydict(plain).to_pandas(types_mapper=pd.ArrowDtype),
        pl.DataFrame(plain).with_columns(pl.col("site").cast(pl.Categorical)),
        pa.table({**plain, "site": pa.array(["Lyon", None]).dictionary_encode()}),
    ]
    for frame in frames:
        assert [*pk.Roster.from_frame(frame)] == expected
    assert [*as_records(plain)] == expected


def test_a_date_that_is_not_exact_is_refused_in_records() -> None:
    with pytest.raises(pk.RosterError, match="bad-date"):
        pk.Roster.from_records([{"id": "A", "hired": "2020"}])


def test_an_attribute_with_a_time_is_the_same_in_records_and_frames() -> None:
    moments: list[object] = [pd.Timestamp("2020-01-02 10:00", tz="UTC"), pd.Timestamp("2020-01-02")]
    columns: dict[str, list[object]] = {"id": ["A", "B"], "Seen": moments}
    frame = pd.DataFrame({name: pd.Series(cells, dtype=object) for name, cells in columns.items()})
    assert as_records(columns) == pk.Roster.from_frame(frame)


def test_attributes_inside_a_record_are_tidied() -> None:
    (person,) = pk.Roster.from_records(
        [{"id": "A", "attributes": {"Team": "Blue\u00ad ", "Desk": np.nan}, "Room ": "x\u200b"}]
    )
    assert dict(person.attributes) == {"Team": "Blue", "Room": "x"}


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
    assert told.message.startswith("1 person has left (row 4) and 1 person is on leave (row 3), as")


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


@pytest.mark.parametrize("rules", [[], [pk.Ready(active=False)], [pk.Ready(penalty=0.5)]])
def test_a_program_that_lets_people_who_left_be_matched_is_a_warning(
    tmp_path: Path, rules: list[pk.Ready]
) -> None:
    path = tmp_path / "hr.csv"
    path.write_text(
        "Employee ID,Employee Status,Roles,Skills,Needs\n"
        "1,A,mentor,SQL,\n2,T,mentor,SQL,\n3,L,mentee,,SQL\n4,T,,,\n"
    )
    program = pk.Program(scoring=[pk.SkillCoverage()], rules=rules)
    matching = pk.match(pk.Roster.read(path), program, seed=0)
    (warning,) = matching.findings.warnings
    assert warning.code is FindingCode.DEPARTED
    assert warning.message == (
        "No rule of the program keeps 2 people who left or went on leave out of pairs."
    )
    kept_out = pk.Program(scoring=[pk.SkillCoverage()], rules=[pk.Ready()])
    assert not pk.match(pk.Roster.read(path), kept_out, seed=0).findings.warnings
    assert not pk.match(pk.Roster.read(path)[:1], program, seed=0).findings.warnings


def test_a_date_of_termination_without_a_status_is_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "hr.csv"
    path.write_text(ENGLISH.replace(",T,", ",A,").replace(",L,", ",T,"), encoding="utf-8")
    (warning,) = pk.Roster.read(path).findings.warnings
    assert warning.code is FindingCode.DEPARTED
    assert warning.column == "Date of Termination"
    assert warning.message.startswith("1 person has a date in 'Date of Termination' (row 4), but")


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
