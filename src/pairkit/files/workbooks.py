"""Workbooks: sheets of Excel and OpenDocument files to rows of cells, and rows to Excel."""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pairkit.errors import FileError, MissingExtraError, OutputError, did_you_mean
from pairkit.files.kinds import MAX_EXPANDED
from pairkit.files.lexicon import HEADER_KEYS, header_key
from pairkit.findings import Finding, FindingCode, Severity

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

__all__ = ["Rows", "Value", "format_sheets", "read_sheet"]

Value = str | int | float | bool | date | None
Rows = tuple[Sequence[str], Sequence[Sequence[Value]]]  # headers and rows
MAX_ROWS: Final = 1_048_576
MAX_CELL: Final = 32_767  # characters, Excel's own limit
MAX_INTEGER: Final = 10**15  # larger whole numbers would lose digits
MAX_TITLE: Final = 31
SEARCHED: Final = 20  # rows of a sheet in which its header is looked for
FIRST_DAY: Final = date(1900, 3, 1)  # before it, Excel's calendar is wrong


def read_sheet(
    path: Path, sheet: str | int | None, headers: Collection[str] | None = None
) -> tuple[list[list[object]], list[Finding]]:
    """Return the rows of one sheet from its first row and column on, and what was found in it.

    Empty cells are empty texts. Cells that are merged downwards all hold what the first one holds.

    Parameters
    ----------
    path
        An xlsx, xlsm, xlsb or ods file.
    sheet
        Name or position (from 0); ``None`` looks for it among the sheets that are not hidden.
    headers
        Headers by which the sheet is known, beside the usual ones of people; ``None`` takes the
        first sheet.

    Raises
    ------
    FileError
        The workbook cannot be read, or has no such sheet.
    """
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError:
        raise MissingExtraError("python-calamine", "io", "Reading workbooks") from None
    _check_expansion(path)
    try:
        with CalamineWorkbook.from_path(path) as book:
            name, findings = _sheet_name(book, sheet, path.name, headers)
            found = book.get_sheet_by_name(name)
            rows = [list[object](row) for row in found.to_python(skip_empty_area=False)]
            findings += _spread(rows, found, name)
    except CalamineError as error:
        raise FileError(f"{path.name} cannot be read as a workbook: {error}.") from None
    return rows, findings


def _check_expansion(path: Path) -> None:
    """Raise where a workbook, a zip archive, would expand too far."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(part.file_size for part in archive.infolist())
            names = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        raise FileError(f"{path.name} is damaged: it is not a whole workbook.") from None
    if size > MAX_EXPANDED:
        raise FileError(f"{path.name} would expand to {size:,} bytes; that is too much.")
    if "word/document.xml" in names:
        raise FileError(
            f"{path.name} is a Word document, not a workbook: copy its table into a spreadsheet "
            f"and save that."
        )


def _sheet_name(
    book: CalamineWorkbook, sheet: str | int | None, name: str, headers: Collection[str] | None
) -> tuple[str, list[Finding]]:
    """Return the name of the wanted sheet, and what there is to say about the choice."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    sheets = [one for one in book.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
    titles = [one.name for one in sheets]
    listed = ", ".join(map(repr, titles))
    if not titles:
        raise FileError(f"{name} has no sheets of cells.")
    if sheet is None:
        visible = [one.name for one in sheets if one.visible == SheetVisibleEnum.Visible]
        if headers is None or len(visible) < 2:
            return (visible or titles)[0], []
        return _likeliest(book, visible, {*map(header_key, headers), *HEADER_KEYS})
    if isinstance(sheet, str) and sheet in titles:
        return sheet, []
    if isinstance(sheet, int) and 0 <= sheet < len(titles):
        return titles[sheet], []
    hint = did_you_mean(sheet, titles) if isinstance(sheet, str) else ""
    raise FileError(f"{name} has no sheet {sheet!r}.{hint} It has {listed}.")


def _likeliest(
    book: CalamineWorkbook, titles: Sequence[str], known: set[str]
) -> tuple[str, list[Finding]]:
    """Return the first of the sheets with the most known headers in one row, and a finding."""
    counts = {
        title: max(
            (
                len({header_key(str(cell)) for cell in row} & known)
                for row in book.get_sheet_by_name(title).to_python(nrows=SEARCHED)
            ),
            default=0,
        )
        for title in titles
    }
    best = max(titles, key=lambda title: counts[title])
    others = [title for title in titles if title != best]
    alike = [title for title in others if counts[title] == counts[best] > 0]
    listed = ", ".join(map(repr, alike or others))
    why = "by its headers" if counts[best] else "as the first"
    message = f"The sheet {best!r} was read, {why}, and not {listed}."
    if alike:
        have = "has" if len(alike) == 1 else "have"
        message = f"The sheet {best!r} was read; {listed} {have} as many headers of people."
    return best, [
        Finding(
            FindingCode.SHEET,
            message,
            "Name the sheet that is meant: sheet = '...' in a column map, or --sheet.",
            Severity.WARNING if alike else Severity.INFO,
        )
    ]


def _spread(rows: list[list[object]], sheet: CalamineSheet, name: str) -> list[Finding]:
    """Give what is in the first of cells that are merged downwards to all in rows not blank."""
    filled, left = 0, sum(map(len, rows))  # ranges that do not overlap have no more cells
    for (top, column), (bottom, _) in sheet.merged_cell_ranges or ():
        left -= min(bottom, len(rows)) - top + 1
        if left < 0:
            break
        for row in rows[top + 1 : bottom + 1]:
            if column < len(row) and any(cell != "" for cell in row):
                row[column] = rows[top][column]
                filled += 1
    if not filled:
        return []
    return [
        Finding(
            FindingCode.SHEET,
            f"The sheet {name!r} has merged cells: {filled} of them got the value of the cell at "
            f"the top.",
            severity=Severity.INFO,
        )
    ]


def format_sheets(tables: Mapping[str, Rows]) -> bytes:
    """Return an xlsx workbook with a sheet for each table: a bold, frozen header and its rows.

    Texts are written as texts, whatever they start with; no formula is ever written.

    Raises
    ------
    OutputError
        A table has more rows, or a cell more characters, than Excel can hold.
    """
    try:
        import xlsxwriter
    except ImportError:
        raise MissingExtraError("xlsxwriter", "io", "Writing workbooks") from None
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for title, (headers, rows) in tables.items():
            if len(rows) >= MAX_ROWS:
                raise OutputError(f"Excel holds {MAX_ROWS - 1:,} rows, not {len(rows):,}.")
            sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\]", " ", title)[:MAX_TITLE])
            for column, header in enumerate(headers):
                _write(sheet, 0, column, header, bold)
            for row, values in enumerate(rows, start=1):
                for column, value in enumerate(values):
                    _write(sheet, row, column, value, day)
            sheet.freeze_panes(1, 0)
            sheet.autofit()
    return stream.getvalue()


def _write(sheet: Worksheet, row: int, column: int, value: Value, style: Format) -> None:
    """Write one value; the style is for dates and headers."""
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, date) and _moment(value).date() >= FIRST_DAY:
        sheet.write_datetime(row, column, _moment(value), style)
    elif isinstance(value, int | float) and _exact(value):
        sheet.write_number(row, column, value)
    elif value is not None and not (isinstance(value, float) and math.isnan(value)):
        text = value.isoformat() if isinstance(value, date) else str(value)
        if len(text) > MAX_CELL:
            raise OutputError(f"Excel holds {MAX_CELL:,} characters in a cell, not {len(text):,}.")
        sheet.write_string(row, column, text, *([style] if row == 0 else []))


def _exact(value: object) -> bool:
    """Return whether a value is a number that a spreadsheet holds as it is."""
    if isinstance(value, int):
        return abs(value) <= MAX_INTEGER
    return isinstance(value, float) and math.isfinite(value)


def _moment(value: date) -> datetime:
    """Return a date with its time of day, without a time zone."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    return datetime.combine(value, time())
