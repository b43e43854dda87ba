"""Formulas without a value, and dates of a workbook that counts from 1904."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from pairkit.files import archives, read_roster
from pairkit.files.column_map import ColumnMap
from pairkit.files.inspection import inspected
from pairkit.files.tables import Table, read_table
from pairkit.findings import FindingCode


def cells(table: Table) -> list[tuple[object, ...]]:
    return [*zip(*table.columns, strict=True)]


def failing(path: Path, rows: int = 1) -> Path:
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Other").write_formula(1, 1, "=1/0", None, "#DIV/0!")
        sheet = book.add_worksheet('"Us" & <them>')
        sheet.write_row(0, 0, ["id", "n"])
        for row in range(1, rows + 1):
            sheet.write(row, 0, row)
            sheet.write_formula(row, 1, f'=IF(A{row}<"é",1,x)', None, "#NAME?")
        sheet.write_formula(rows + 1, 1, "=B1", None, "#REF!")  # in a row that is blank without it
    return path


@pytest.mark.parametrize("chunk", [1, 50, 1000, 1 << 20])
def test_failed_formulas_of_excel_are_found_wherever_its_file_is_cut(
    tmp_path: Path, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = failing(tmp_path / "p.xlsx", 30)
    monkeypatch.setattr(archives, "CHUNK", chunk)
    found = inspected(path)
    assert found['"Us" & <them>'].failed == dict.fromkeys(
        ((row, 1) for row in range(1, 31)), "#NAME?"
    ) | {(31, 1): "#REF!"}
    assert found["Other"].failed == {(1, 1): "#DIV/0!"}
    assert len(found) == 2


def test_failed_formulas_are_in_the_cells_of_rows_that_are_not_blank(tmp_path: Path) -> None:
    table = read_table(failing(tmp_path / "p.xlsx"), sheet=1)
    assert cells(table) == [(1.0, "#NAME?")]


def test_workbook_of_another_make_has_no_failed_formulas(tmp_path: Path) -> None:
    path = tmp_path / "p.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", "<x/>")
    assert inspected(path) == {}


def test_dates_that_count_from_1904_are_the_same_days(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "p.xlsx", {"date_1904": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["id", "hired"])
        sheet.write(1, 0, "A")
        style = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_datetime(1, 1, datetime(2020, 1, 31), style)  # noqa: DTZ001
    assert cells(read_table(tmp_path / "p.xlsx")) == [("A", date(2020, 1, 31))]


@pytest.mark.parametrize("error", ["#REF!", "#DIV/0!", "#VALUE!", "#NAME?", " #nom? ", "#VALEUR!"])
def test_failed_formula_is_missing_and_told_with_row_and_column(tmp_path: Path, error: str) -> None:
    path = tmp_path / "people.csv"
    path.write_text(f"id;Skills;Level;Note\nA;{error};{error};{error}\nB;C#;2;#1\n", "utf-8")
    people = read_roster(path)
    assert [(dict(one.skills), one.level) for one in people] == [({}, None), ({"C#": 1}, 2)]
    assert [dict(one.attributes) for one in people] == [{}, {"Note": "#1"}]
    told = [(one.row, one.column, one.code) for one in people.findings.warnings]
    assert told == [(2, column, FindingCode.BAD_VALUE) for column in ("Skills", "Level", "Note")]


def test_failed_formula_that_means_missing_is_not_told(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("id,Level\nA,#N/A\nB,#REF!\n", "utf-8")
    assert [one.row for one in read_roster(path).findings.warnings] == [3]
    assert not read_roster(path, ColumnMap(missing=("#N/A", "#ref!"))).findings.warnings
    assert len(read_roster(path, ColumnMap(missing=())).findings.warnings) == 2


def test_failed_formula_does_not_let_a_row_of_another_width_through(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("id,Level,Site\nA,#REF!\nB,2,Lyon\n", "utf-8")
    people = read_roster(path, on_error="skip", allow=["bad-value"])
    assert people.skipped == ("A",)
