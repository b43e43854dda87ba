"""Workbooks: sheets of Excel and OpenDocument files to rows of cells, and rows to Excel."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pairkit.errors import FileError, MissingExtraError, OutputError, did_you_mean
from pairkit.files.inspection import inspected
from pairkit.files.lexicon import HEADER_KEYS, header_key
from pairkit.files.markup import Markup
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
SHOWN: Final = 8  # cells or rows that a message names
SEARCHED: Final = 20  # rows of a sheet in which its header is looked for
NOT_AVAILABLE: Final = "#N/A"
FIRST_DAY: Final = date(1900, 3, 1)  # before it, Excel's calendar is wrong


def read_sheet(
    path: Path,
    sheet: str | int | None,
    headers: Collection[str] | None = None,
    ids: Collection[str] = (),
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
    ids
        Those of them that are of ids; without one, any of them and the usual ones tell.

    Raises
    ------
    FileError
        The workbook cannot be read, or has no such sheet.
    """
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError:
        raise MissingExtraError("python-calamine", "io", "Reading workbooks") from None
    sheets = inspected(path)
    known = None if headers is None else _Known(headers, ids)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes())) as book:
            name, findings = _sheet_name(book, sheet, path.name, known)
            found = book.get_sheet_by_name(name)
            rows = [list[object](row) for row in found.to_python(skip_empty_area=False)]
            markup = sheets.get(name, Markup())
            _put_failures(rows, markup.failed)
            findings += _spread(rows, found, name, known.headers if known else set(HEADER_KEYS))
    except CalamineError as error:
        raise FileError(f"{path.name} cannot be read as a workbook: {error}.") from None
    return rows, [*findings, *_marked(rows, markup, name, path.name)]


def _marked(rows: list[list[object]], markup: Markup, sheet: str, name: str) -> Iterator[Finding]:
    """Put numbers as they are shown, and return findings about that and about hidden rows.

    Raises
    ------
    FileError
        A formula has no value.
    """
    if markup.uncounted:
        shown = ", ".join(markup.uncounted[:SHOWN]) + ", …" * (len(markup.uncounted) > SHOWN)
        raise FileError(
            f"{name} has formulas without values, in {shown} of the sheet {sheet!r}: the program "
            f"that wrote it has not computed them. Open it in Excel or LibreOffice, and save it."
        )
    columns: set[int] = set()
    for (row, column), text in markup.padded.items():
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = text
            columns.add(column)
    if columns:
        where = ", ".join(str(column + 1) for column in sorted(columns))
        message = f"Numbers in column {where} are shown with zeros before them, and were read so."
        yield Finding(FindingCode.SHEET, message, severity=Severity.INFO)
    hidden = [k for k in markup.hidden if k <= len(rows) and any(rows[k - 1])]
    if hidden:
        shown = ", ".join(map(str, hidden[:SHOWN])) + ", …" * (len(hidden) > SHOWN)
        yield Finding(
            FindingCode.SHEET,
            f"Rows of the sheet {sheet!r} are hidden, by hand or by a filter, and were read all "
            f"the same: {shown}.",
            "Take them out if they are not meant.",
            Severity.WARNING,
        )


def _put_failures(rows: list[list[object]], failed: Mapping[tuple[int, int], str]) -> None:
    """Put the errors of failed formulas into their cells, in rows that are not blank without.

    ``#N/A`` says that a value is not available: its cell stays empty.
    """
    filled = {k for k, row in enumerate(rows) if any(cell != "" for cell in row)}
    for (k, column), error in failed.items():
        if error != NOT_AVAILABLE and k in filled and column < len(rows[k]):
            rows[k][column] = error


class _Known:
    """The headers by which a sheet of people is known, as keys.

    Parameters
    ----------
    headers, ids
        As in :func:`read_sheet`.
    """

    def __init__(self, headers: Collection[str], ids: Collection[str]) -> None:
        named = {*map(header_key, headers)}
        self.headers = named | HEADER_KEYS.keys()
        usual = {key for key, field in HEADER_KEYS.items() if field == "id"}
        self.ids = {*map(header_key, ids)} or named | usual


def _sheet_name(
    book: CalamineWorkbook, sheet: str | int | None, name: str, known: _Known | None
) -> tuple[str, list[Finding]]:
    """Return the name of the wanted sheet, and what there is to say about the choice."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    sheets = [one for one in book.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
    titles = [one.name for one in sheets]
    listed = ", ".join(map(repr, titles))
    if not titles:
        raise FileError(f"{name} has no sheets of cells.")
    if sheet is None:
        visible = [one.name for one in sheets if one.visible == SheetVisibleEnum.Visible] or titles
        if known is None or len(titles) < 2:
            return visible[0], []
        hidden = [title for title in titles if title not in visible]
        return _likeliest(book, visible, hidden, known, name)
    if isinstance(sheet, str) and sheet in titles:
        return sheet, []
    if isinstance(sheet, int) and 0 <= sheet < len(titles):
        return titles[sheet], []
    hint = did_you_mean(sheet, titles) if isinstance(sheet, str) else ""
    raise FileError(f"{name} has no sheet {sheet!r}.{hint} It has {listed}.")


def _likeliest(
    book: CalamineWorkbook,
    titles: Sequence[str],
    hidden: Sequence[str],
    known: _Known,
    name: str,
) -> tuple[str, list[Finding]]:
    """Return the first of the sheets that look most like people, and a finding.

    Raises
    ------
    FileError
        None of them has ids, and a hidden sheet does.
    """
    scores = {title: _score(book, title, known) for title in titles}
    best = max(titles, key=lambda title: scores[title])
    has_ids, count = scores[best]
    people = [title for title in hidden if not has_ids and _score(book, title, known)[0]]
    if people:
        raise FileError(
            f"{name}: the sheet {best!r} has no ids below a header, but {people[0]!r} has, which "
            f"is hidden. Name the sheet that is meant: sheet = {people[0]!r} in a column map, or "
            f"--sheet."
        )
    others = [title for title in titles if title != best]
    if not others:
        return best, []
    alike = [title for title in others if count and scores[title] == scores[best]]
    listed = ", ".join(map(repr, alike or others))
    why = "by its headers" if count else "as the first"
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


def _score(book: CalamineWorkbook, title: str, known: _Known) -> tuple[bool, int]:
    """Return how much a sheet looks like people: whether it has ids, and its known headers.

    A header counts where something stands below it: lists to choose from may have all headers.
    """
    rows = book.get_sheet_by_name(title).to_python(nrows=SEARCHED)
    best = (False, 0)
    for k, row in enumerate(rows):
        keys = [header_key(str(cell)) for cell in row]
        named = {key: column for column, key in enumerate(keys) if key in known.headers}
        filled = {
            key for key, column in named.items() if any(below[column] for below in rows[k + 1 :])
        }
        best = max(best, (bool(filled & known.ids), len(filled)))
    return best


def _spread(
    rows: list[list[object]], sheet: CalamineSheet, name: str, known: Container[str]
) -> list[Finding]:
    """Give what is in the first of merged cells to the others, in rows that are not blank.

    Downwards it is any, and to the right a known header, beside which the row has others.
    """
    filled, left = 0, sum(map(len, rows))  # ranges that do not overlap have no more cells
    for (top, column), (bottom, last) in sheet.merged_cell_ranges or ():
        left -= min(bottom, len(rows)) - top + 1
        if left < 0:
            break
        for row in rows[top + 1 : bottom + 1]:
            if column < len(row) and any(cell != "" for cell in row):
                row[column] = rows[top][column]
                filled += 1
        if column < last and top < min(SEARCHED, len(rows)):
            key = header_key(str(rows[top][column]))
            others = rows[top][:column] + rows[top][last + 1 :]
            if key in known and any(cell != "" for cell in others):
                rows[top][column : last + 1] = [rows[top][column]] * (last + 1 - column)
                filled += last - column
    if not filled:
        return []
    return [
        Finding(
            FindingCode.SHEET,
            f"The sheet {name!r} has merged cells: {filled} of them got the value of the first of "
            f"them.",
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
