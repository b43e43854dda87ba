"""Ugly files: each is named by its sin and is read rightly, or refused with the reason."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pairkit.errors import FileError, RosterError
from pairkit.files import read_roster
from pairkit.files.column_map import ColumnMap
from pairkit.files.suggestion import suggest_map
from pairkit.findings import Findings
from pairkit.roster import Roster

FILES = Path(__file__).parent / "files"
PEOPLE = {  # the same in every file that can be read
    "00123": ("Zoé Lefèvre", {"SQL": 1.0, "Excel": 1.0}, "Études, conseil"),
    "00124": ("Chloé Noël", {"Négociation": 1.0}, "Ventes"),
    "00125": ("Loïc Brûlé", {"Go": 1.0}, "Achats; logistique"),
}
COLUMNS = {"recognized-column", "extra-column"}  # notes that every file has


@dataclass(frozen=True)
class Sin:
    """What is to be found in one file: by default nothing, and all people are read.

    `lost` are the people whose rows have errors; `refused` is what is said where no row is read.
    """

    findings: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    refused: str = ""
    columns: Mapping[str, object] = field(default_factory=dict)


def passed_over(*rows: int) -> tuple[str, ...]:
    return tuple(f"row {row}: warning skipped-row" for row in rows)


WARNED = Sin(("warning bad-text",))
NONE = Sin()
TYPES = "is not delimited text, as its name says: it looks like"
GALLERY = {
    # Delimiters
    "semicolons.csv": NONE,
    "commas.csv": NONE,
    "tabs.txt": NONE,
    "bars.csv": NONE,
    "separator-line-of-excel.csv": NONE,
    "separator-at-every-end.csv": NONE,
    "separator-at-the-end-of-the-header.csv": NONE,
    "tildes.csv": Sin(refused="Say what stands between cells: delimiter = '~' in a column map"),
    "unquoted-comma.csv": Sin(("row 2: error ragged-row",), lost=("00123",)),
    "cut-off.csv": Sin(("row 4: error ragged-row",), lost=("00125",)),
    # Encodings
    "utf-8-with-mark.csv": NONE,
    "utf-16-with-mark.txt": NONE,
    "utf-16-without-mark.txt": WARNED,
    "utf-16-big-endian-without-mark.csv": WARNED,
    "windows-1252.csv": WARNED,
    "latin-1.csv": WARNED,
    "latin-9.csv": WARNED,
    "mac-roman.csv": WARNED,
    "one-line-of-windows-1252.csv": WARNED,
    "garbled-by-another-program.csv": WARNED,
    "nul-bytes.csv": WARNED,
    "lost-letters.csv": WARNED,
    # Lines and quotation marks
    "carriage-returns.csv": NONE,
    "crlf.csv": NONE,
    "mixed-line-ends.csv": NONE,
    "line-break-in-header.csv": NONE,
    "line-break-in-cell.csv": NONE,
    "everything-quoted.csv": NONE,
    "doubled-quotes.csv": NONE,
    "quote-inside-a-cell.csv": NONE,
    "formulas-escaped.csv": NONE,
    "stray-quote.csv": Sin(("row 3: error bad-text",), lost=("00124",)),
    "quote-never-closed.csv": Sin(
        ("row 3: error bad-text", "row 4: error bad-text"), lost=("00124", "00125")
    ),
    "quote-open-at-the-end.csv": Sin(("row 4: error bad-text",), lost=("00125",)),
    "spaces-before-quotes.csv": NONE,
    "whole-rows-quoted.csv": Sin(refused="stands between quotation marks as a whole"),
    "zeros-kept-by-formulas.csv": NONE,
    "ids-cut-off-by-a-spreadsheet.csv": Sin(
        ("row 2: error bad-value", "row 3: error bad-value", "row 4: error bad-value"),
        lost=("00123", "00124", "00125"),
    ),
    "end-of-file-mark.csv": NONE,
    # Around the table
    "title-above.csv": Sin(("row 1: info skipped-row", "row 2: info skipped-row")),
    "title-above-padded.csv": Sin(("row 1: info skipped-row",)),
    "form-head-above.csv": Sin(("row 1: info skipped-row", "row 2: info skipped-row")),
    "total-below.csv": Sin(("row 5: warning skipped-row",)),
    "notes-below.csv": Sin(("row 6: warning skipped-row", "row 7: warning skipped-row")),
    "notes-and-totals-below-padded.csv": Sin(
        tuple(f"row {row}: warning skipped-row" for row in (6, 8, 9))
    ),
    "title-and-total.xlsx": Sin(
        (
            *("row 2: info skipped-row", "row 3: info skipped-row"),
            *("row 9: warning skipped-row", "row 11: warning skipped-row"),
        )
    ),
    "blank-rows.csv": NONE,
    "blank-columns.csv": NONE,
    "headings-between-people.csv": Sin(passed_over(2, 4)),
    "headings-merged.xlsx": Sin(("row 1: info skipped-row", *passed_over(4))),
    "several-notes-below.csv": Sin(passed_over(5, 6, 7, 8, 9)),
    "trailer-of-a-database.csv": Sin(passed_over(6)),
    "subtotals.csv": Sin(passed_over(3, 5, 7)),
    "comments.csv": Sin(("row 1: info skipped-row", *passed_over(4, 7))),
    "example-below-the-header.csv": Sin(passed_over(2)),
    "columns-described.csv": Sin(passed_over(2)),
    "markdown.txt": Sin(passed_over(2)),
    "two-tables.csv": Sin(refused="holds two tables: row 6 is a header once more"),
    "two-tables-with-titles.csv": Sin(refused="holds two tables: row 8 is a header once more"),
    "people-in-columns.xlsx": Sin(refused="has its headers in column 1, below each other"),
    # Workbooks
    "formulas-without-values.xlsx": Sin(refused="has formulas without values, in B3 of the sheet"),
    "zeros-by-format.xlsx": Sin(("info sheet",)),
    "header-merged.xlsx": Sin(("info sheet",)),
    "lists-on-another-sheet.xlsx": Sin(("info sheet",)),
    "people-on-a-hidden-sheet.xlsx": Sin(refused="'Personnes' has, which is hidden. Name the"),
    "rows-filtered-out.xlsx": Sin(("warning sheet",)),
    "excel-named-ods.ods": NONE,
    # Headers
    "question-ids-above-the-header.csv": Sin(("row 1: info skipped-row",)),
    "question-ids-above-the-header.xlsx": Sin(("row 1: info skipped-row",)),
    "question-texts-below-the-header.csv": Sin(("row 2: warning skipped-row",)),
    "three-header-rows.csv": Sin(
        ("row 2: warning skipped-row", "row 3: warning skipped-row"),
        columns={"id": "ResponseId", "name": "Q1", "skills": "Q2", "department": "Q3"},
    ),
    "answers-below-their-question.csv": Sin(("row 2: info skipped-row",)),
    "choices-joined-by-a-slash.csv": NONE,
    "header-on-every-page.csv": Sin(("row 3: info skipped-row", "row 6: info skipped-row")),
    "header-twice-the-same.csv": Sin(("warning duplicate-column",)),
    "two-headers-for-one-field.csv": Sin(("warning duplicate-column",)),
    "header-only-the-map-knows.csv": Sin(
        ("row 1: info skipped-row",),
        columns={"id": "Code", "name": "Qui", "skills": "Sait faire", "department": "Où"},
    ),
    "no-header.csv": Sin(refused="seems to have no header: its first row looks like"),
    "no-id.csv": Sin(refused="No header of .* is that of an id; it has 'Nom', 'Compétences'"),
    # Cells
    "failed-formulas.csv": Sin(tuple(f"row {row}: warning bad-value" for row in (2, 3, 4))),
    "failed-formulas.xlsx": Sin(tuple(f"row {row}: warning bad-value" for row in (2, 4))),
    # Archives
    "compressed.csv.gz": NONE,
    "one-file.zip": NONE,
    "zipped-on-a-mac.zip": NONE,
    "two-files.zip": Sin(refused="holds 2 files, not one"),
    "workbook-in-an-archive.zip": Sin(refused="in a zip archive, text and JSON alone are read"),
    # No people
    "nothing.csv": Sin(refused="is empty"),
    "no-rows.csv": Sin(refused="has a header but no people"),
    "only-separators.csv": Sin(refused="is empty"),
    # Something else
    "web-page.csv": Sin(refused=f"{TYPES} a web page"),
    "json-inside.csv": Sin(refused=f"{TYPES} JSON. Give it the suffix .json"),
    "image.csv": Sin(refused=f"{TYPES} an image"),
    "full-of-nul-bytes.csv": Sin(refused="is not text: it is full of NUL bytes"),
    "text-inside.xlsx": Sin(refused="is not a workbook, .* looks like text"),
    "old-excel.xls": Sin(refused="is an old Excel file: save it as .xlsx"),
}


def told(findings: Findings) -> tuple[str, ...]:
    return tuple(
        f"row {one.row}: {one.severity} {one.code}" if one.row else f"{one.severity} {one.code}"
        for one in sorted(findings, key=lambda one: one.row or 0)
        if one.code not in COLUMNS
    )


def read(name: str) -> Roster:
    columns = ColumnMap.parse({"columns": GALLERY[name].columns})
    return read_roster(FILES / name, columns, on_error="skip")


def test_every_file_of_the_gallery_is_in_the_table() -> None:
    assert {path.name for path in FILES.iterdir()} == {*GALLERY}


@pytest.mark.parametrize("name", [name for name, sin in GALLERY.items() if not sin.refused])
def test_file_is_read_rightly_and_its_sin_is_told(name: str) -> None:
    sin, roster = GALLERY[name], read(name)
    people = {one.id: (one.name, dict(one.skills), one.department) for one in roster}
    assert people == {key: one for key, one in PEOPLE.items() if key not in sin.lost}
    assert len(roster.skipped) == len(sin.lost)
    assert told(roster.findings) == sin.findings


@pytest.mark.parametrize("name", [name for name, sin in GALLERY.items() if sin.lost])
def test_file_with_rows_that_cannot_be_read_is_refused_with_all_of_them(name: str) -> None:
    with pytest.raises(RosterError) as caught:
        read_roster(FILES / name)
    assert told(caught.value.findings) == GALLERY[name].findings


@pytest.mark.parametrize("name", [name for name, sin in GALLERY.items() if sin.refused])
def test_file_without_people_is_refused_with_the_reason(name: str) -> None:
    with pytest.raises((FileError, RosterError)) as caught:
        read(name)
    assert name.removesuffix(".gz") in str(caught.value)
    assert re.search(GALLERY[name].refused, str(caught.value))


READ = [name for name, sin in GALLERY.items() if not (sin.refused or sin.lost)]


@pytest.mark.parametrize("name", READ)
def test_the_suggested_map_reads_the_same_people(name: str) -> None:
    given = ColumnMap.parse({"columns": GALLERY[name].columns})
    plain = read_roster(FILES / name, given)
    suggested = suggest_map(FILES / name, given).column_map
    assert read_roster(FILES / name, suggested) == plain


@pytest.mark.parametrize("name", [name for name, sin in GALLERY.items() if not sin.refused])
def test_no_finding_tells_of_a_person(name: str) -> None:
    people = read(name)
    for finding in people.findings:
        told = f"{finding.message} {finding.hint}"
        assert not re.search("Zoé|Chloé|Loïc", told), told
