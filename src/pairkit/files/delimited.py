"""Delimited text, CSV and its kin: from text to rows of cells, and back."""

from __future__ import annotations

import contextlib
import csv
import io
import math
import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Final

from pairkit.errors import FileError
from pairkit.files.kinds import MAX_COLUMNS
from pairkit.files.layout import Layout, blank, even_ends, header_of, names_fields
from pairkit.findings import Finding, FindingCode

__all__ = ["DELIMITERS", "delimiter_of", "format_rows", "parse_rows"]

DELIMITERS: Final = (",", ";", "\t", "|")
SAMPLE: Final = 200_000  # characters in which the delimiter is looked for
SAMPLE_ROWS: Final = 100
MAX_TAKEN: Final = 1000  # lines that a quotation mark may take in and cost, one by one
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_ESCAPED = re.compile(r"'+[=+\-@\t\r]")
_EXCEL_TEXT = re.compile(r'="((?:[^"]|"")*)"')  # a formula that keeps the zeros of a text
_Parsed = tuple[list[list[str]], dict[int, Finding]]
_SPACED = re.compile(r'\s+".*"', re.DOTALL)


def delimiter_of(text: str, usual: str = ",", layout: Layout | None = None) -> str:
    r"""Return the delimiter that makes the rows of a text as wide as its header.

    Parameters
    ----------
    text
        The text of the file.
    usual
        The delimiter to take where others fit no better; a tab is taken wherever it fits.
    layout
        Which headers are known, to find the header below a title; by default the header is the
        first row that is not blank.

    Examples
    --------
    >>> delimiter_of("id;skills\n1;SQL, Excel\n")
    ';'
    """
    sample = text[:SAMPLE]
    if len(text) > SAMPLE:
        sample = sample[: sample.rfind("\n") + 1] or sample
    if usual == "\t" and _score(sample, usual, layout)[1]:
        return usual
    candidates = (usual, *DELIMITERS)
    return max(candidates, key=lambda delimiter: _score(sample, delimiter, layout))


def _score(sample: str, delimiter: str, layout: Layout | None) -> tuple[int, float]:
    """Return how well a delimiter fits: by what makes a header of its header, then by the widths.

    A row with known headers is worth more than the first row, and that more than a row below a
    title. The widths tell the width of the header by the share of rows as wide.
    """
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    try:
        rows = [row[:MAX_COLUMNS] for row in islice(reader, SAMPLE_ROWS)]
    except csv.Error:
        return 0, 0.0
    start = header_of(rows, layout)
    if start is None:
        return 0, 0.0
    widths = [len(row) for row in even_ends(rows, start)[start:] if not blank(row)]
    score = (widths[0] - 1) * widths.count(widths[0]) / len(widths)
    if layout is not None and names_fields(rows[start], layout):
        return 2, score
    return int(score > 0 and all(map(blank, rows[:start]))), score


def parse_rows(
    text: str, name: str, delimiter: str | None = None, layout: Layout | None = None
) -> tuple[list[list[str]], dict[int, Finding]]:
    """Return the rows of a text, blank ones too, and a finding for each that cannot be read.

    Parameters
    ----------
    text
        The text of the file.
    name
        Its name, for messages.
    delimiter
        What stands between cells; ``None`` finds it out.
    layout
        Which headers are known, to find it out below a title.

    Raises
    ------
    FileError
        A quotation mark takes in too much: more than 1,000 lines to the end, or a cell longer
        than :func:`csv.field_size_limit`.
    """
    rows: list[list[str]] = []
    stream = io.StringIO(text, newline="")
    if text[:4].lower() == "sep=" and len(text) > 4:  # a line for Excel alone
        delimiter = delimiter or text[4]
        stream.readline()
        rows.append([])
    usual = "\t" if ".tsv" in name.lower() else ","
    delimiter = delimiter or delimiter_of(text, usual, layout)
    start = stream.tell()
    found = _parsed(stream, rows, name, delimiter)
    if re.search(rf'{re.escape(delimiter)} +"', text) and _is_spaced(found, layout):
        stream.seek(start)
        with contextlib.suppress(FileError):
            spaced = _parsed(stream, rows, name, delimiter, spaced=True)
            found = min(found, spaced, key=lambda one: _misfits(one, layout))
    rows, broken = found
    if any(f"'{sign}" in text for sign in "=+-@\t\r") or '="' in text:
        rows = [[unescaped(cell) for cell in row] for row in rows]
    return rows, broken


def _parsed(
    stream: io.StringIO, above: list[list[str]], name: str, delimiter: str, *, spaced: bool = False
) -> _Parsed:
    """Return the rows of a text after those above, and a finding for each that cannot be read."""
    rows, broken = [*above], dict[int, Finding]()
    reader = csv.reader(stream, delimiter=delimiter, strict=True, skipinitialspace=spaced)
    counted, lines = len(rows), 0
    while True:
        try:
            rows.extend(reader)
        except csv.Error as error:
            lines += sum(map(_lines, rows[counted:]))
            first, taken = len(rows), reader.line_num - lines
            reason = "too much" if taken > MAX_TAKEN and "end" in str(error) else str(error)
            for k in range(first, first + taken):
                broken[k] = _broken(reason, first + 1, k + 1, name)
                rows.append([])
            counted, lines = len(rows), reader.line_num
        else:
            return rows, broken


def _is_spaced(parsed: _Parsed, layout: Layout | None) -> bool:
    """Return whether spaces before quotation marks seem to stand in the way of reading them."""
    spaced = any(_SPACED.fullmatch(cell) for row in parsed[0] for cell in row if cell[:1] == " ")
    return spaced or _misfits(parsed, layout) > (0, 0)


def _misfits(parsed: _Parsed, layout: Layout | None) -> tuple[int, int]:
    """Return how many rows do not fit the header, and how many cells start with a space."""
    rows, broken = parsed
    start = header_of(rows, layout) or 0
    width = len(rows[start])
    ragged = sum(len(row) != width and not blank(row) for row in rows[start:])
    return ragged + len(broken), sum(cell[:1] == " " for row in rows for cell in row)


def _lines(row: Sequence[str]) -> int:
    """Return how many lines of the text a row takes."""
    return 1 + sum(cell.count("\n") + cell.count("\r") - cell.count("\r\n") for cell in row)


def _broken(reason: str, first: int, row: int, name: str) -> Finding:
    """Return a finding for a row with wrong quotation marks; raise where the rest is lost too.

    The lines that a quotation mark of the first row takes in are rows of their own: nobody knows
    which of them are people.
    """
    if "too much" in reason:
        raise FileError(f"{name}: a quotation mark that is opened in row {first} is never closed.")
    if "limit" in reason:
        raise FileError(
            f"{name}: row {first} has a cell of more than {csv.field_size_limit():,} characters. "
            f"Perhaps a quotation mark is not closed."
        )
    what = "this row" if row == first else f"row {first}, which go on in this line,"
    return Finding(
        FindingCode.BAD_TEXT,
        f"The quotation marks of {what} do not match.",
        'Put the whole cell between quotation marks, and double those inside: "a ""b"" c".',
        row=row,
    )


def unescaped(text: str) -> str:
    """Return a text without the apostrophe that kept it from being a formula, or vice versa.

    Examples
    --------
    >>> unescaped("'=1+1"), unescaped('="0012"')
    ('=1+1', '0012')
    """
    if match := _EXCEL_TEXT.fullmatch(text):
        return match[1].replace('""', '"')
    return text[1:] if _ESCAPED.match(text) else text


def escaped(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula.

    Examples
    --------
    >>> escaped("=1+1"), escaped("1+1")
    ("'=1+1", '1+1')
    """
    return "'" + text if _FORMULA.match(text) else text


def format_rows(
    rows: Iterable[Sequence[object]], delimiter: str = ",", *, comma: bool = False
) -> str:
    """Return rows as delimited text; texts are escaped, numbers stay numbers.

    Parameters
    ----------
    rows
        The cells of each row.
    delimiter
        What stands between cells.
    comma
        Whether numbers have a decimal comma, as a French Excel writes them.

    Examples
    --------
    >>> print(format_rows([["A", 2.5, 1.125]], ";", comma=True).strip())
    A;2,5;1,1250
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\r\n")
    writer.writerows([_cell(value, comma=comma) for value in row] for row in rows)
    return stream.getvalue()


def _cell(value: object, *, comma: bool) -> object:
    if isinstance(value, str):
        return escaped(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        if math.isnan(value):
            return None
        return _with_comma(value) if comma else value
    return value.isoformat() if isinstance(value, date) else value


def _with_comma(value: float) -> str:
    """Return a number with a decimal comma and no exponent; three decimals get a fourth.

    ``1,125`` alone could be one thousand and more.
    """
    whole, point, part = f"{Decimal(repr(value)):f}".partition(".")
    return f"{whole}{',' if point else ''}{part}{'0' if len(part) == 3 else ''}"
