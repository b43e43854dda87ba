"""Tables: files of any format as headers and columns of raw cells."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from os import PathLike
from pathlib import Path
from typing import Final

from pairkit.errors import FileError, MissingExtraError
from pairkit.files.bystanders import passed
from pairkit.files.delimited import parse_rows
from pairkit.files.encodings import decode
from pairkit.files.kinds import (
    MAX_CELLS,
    MAX_COLUMNS,
    TEXTS,
    check_magic,
    check_there,
    expanded,
    kind_of,
    unzipped,
)
from pairkit.files.layout import Layout, blank, even_ends, header_of, header_text
from pairkit.files.stacked import stacked_headers
from pairkit.files.workbooks import Value, read_sheet
from pairkit.findings import Finding, FindingCode, Severity

__all__ = ["Table", "Value", "read_table"]

SHOWN_KEYS: Final = 12
SHOWN_ROWS: Final = 8
LOST: Final = "\ufffd"  # what a program writes for a letter that it could not read
MAX_DEPTH: Final = 100  # of lists and objects inside each other
UNREADABLE: Final = (
    f"lists and objects are more than {MAX_DEPTH} deep inside each other, or a number has "
    f"thousands of digits"
)
BLANKS: Final = " \t\r\n,;|"  # a delimited text of these alone has nothing in it


@dataclass(frozen=True, slots=True)
class Table:
    """The raw cells of one file, column by column.

    Parameters
    ----------
    name
        Name of the file, for messages.
    headers
        The headers in order; there may be repeated ones.
    columns
        The cells of each column, ``None`` or an empty text where there is none.
    rows
        The number of each row as a person sees it.
    findings
        What was found while reading.
    broken
        Positions of rows whose cells cannot be trusted.
    typed
        Whether the format has types of its own; else every cell is a text.
    """

    name: str
    headers: tuple[str, ...]
    columns: tuple[Sequence[object], ...] = field(repr=False)
    rows: Sequence[int] = field(repr=False)
    findings: tuple[Finding, ...] = field(default=(), repr=False)
    broken: frozenset[int] = frozenset()
    typed: bool = True


def read_table(
    path: str | PathLike[str],
    *,
    delimiter: str | None = None,
    encoding: str | None = None,
    sheet: str | int | None = None,
    layout: Layout | None = None,
    headers: Collection[str] | None = None,
    empty: bool = False,
) -> Table:
    """Return the cells of a file, read as its suffix says.

    Parameters
    ----------
    path
        The file; ``.gz`` after the suffix of a text file is read through gzip, ``.zip`` is an
        archive of one text file.
    delimiter, encoding
        Of a text file; found out by default.
    sheet
        Name or position (from 0) of the sheet of a workbook.
    layout
        Which headers are known and where they may stand; by default the first row that is not
        blank has the headers, and every row below it is read.
    headers
        Headers by which a sheet of people is found, beside the usual ones; ``None`` reads the
        first sheet.
    empty
        Whether a table without rows is a table.

    Raises
    ------
    FileError
        The file is missing, empty, not what its name says, or has no such sheet.
    """
    options = _Options(delimiter, encoding, layout, headers)
    table = _read(Path(path), options, sheet)
    if not table.rows and not empty:
        what = "a header but no people" if table.headers else "no people"
        raise FileError(f"{table.name} has {what}.")
    return table


@dataclass(frozen=True, slots=True)
class _Options:
    """How a file is read; what is ``None`` is found out."""

    delimiter: str | None
    encoding: str | None
    layout: Layout | None
    headers: Collection[str] | None

    @property
    def ids(self) -> list[str]:
        """The headers that the column map names for ids."""
        if self.layout is None:
            return []
        return [one for one in self.headers or () if self.layout.field_of(one) == "id"]


def _read(path: Path, options: _Options, sheet: str | int | None) -> Table:
    check_there(path)
    zipped = path.suffix.lower() == ".zip"
    kind, compressed = ("a zip archive", True) if zipped else kind_of(path)
    if sheet is not None and kind != "a workbook":
        raise FileError(f"{path.name} has no sheets; only a workbook has.")
    try:
        if zipped:
            data, inner, kind = unzipped(path)
            return _text_table(data, f"{inner} in {path.name}", kind, options)
        if kind in TEXTS:
            data = expanded(path) if compressed else path.read_bytes()
            return _text_table(data, path.name, kind, options)
        with path.open("rb") as stream:
            check_magic(path.name, stream.read(512), kind)
    except OSError as error:
        raise FileError(f"{path.name} cannot be read: {error.strerror}.") from None
    if kind == "a workbook":
        rows, findings = read_sheet(path, sheet, options.headers, options.ids)
        return _grid_table(rows, path.name, options.layout, findings)
    return _arrow_table(path, kind)


def _text_table(data: bytes, name: str, kind: str, options: _Options) -> Table:
    check_magic(name, data[:512], kind)
    text, findings = decode(data, name, options.encoding)
    if not text.strip(BLANKS if kind == "delimited text" else None):
        raise FileError(f"{name} is empty.")
    if kind == "delimited text":
        rows, broken = parse_rows(text, name, options.delimiter, options.layout)
        table = _grid_table(rows, name, options.layout, findings, broken)
        table = replace(table, typed=False)
    elif kind == "JSON":
        table = _json_table(text, name, findings)
    else:
        table = _json_lines_table(text, name, findings)
    return _with_lost(table) if LOST in text else table


def _with_lost(table: Table) -> Table:
    """Return a table with a warning about the rows that hold the sign for a lost letter."""
    columns = [[isinstance(cell, str) and LOST in cell for cell in one] for one in table.columns]
    rows = [table.rows[k] for k, lost in enumerate(zip(*columns, strict=True)) if any(lost)]
    named = [header for header in table.headers if LOST in header]
    if not rows and not named:
        return table
    shown = ", ".join(map(str, rows[:SHOWN_ROWS])) + ", …" * (len(rows) > SHOWN_ROWS)
    where = " and ".join(["the headers"] * bool(named) + [f"rows {shown}"] * bool(rows))
    finding = Finding(
        FindingCode.BAD_TEXT,
        f"Letters were lost before the file was read: {where} of {table.name} hold {LOST!r}.",
        "Export it again, as UTF-8: what was lost cannot be told from the file.",
        Severity.WARNING,
    )
    return replace(table, findings=(*table.findings, finding))


def _grid_table(
    grid: Sequence[Sequence[object]],
    name: str,
    layout: Layout | None,
    findings: Sequence[Finding] = (),
    broken: Mapping[int, Finding] | None = None,
) -> Table:
    """Return rows of cells as a table; of a text the cells have no types of their own."""
    broken = broken or {}
    _check_width(max(map(len, grid), default=0), name)
    start = header_of(grid, layout)
    if start is None:
        raise FileError(_no_header(grid, name, layout))
    grid = even_ends(grid, start, broken)
    headers = [header_text(cell) for cell in grid[start]]
    skipped, odd = passed(grid, start, layout, broken, name) if layout is not None else ({}, [])
    stacked = stacked_headers(grid, start, layout, broken) if layout is not None else None
    if stacked is not None:
        headers, second, further = stacked
        skipped = {**skipped, second: further}
    found = [*findings, *(broken[k] for k in broken if k < start), *skipped.values(), *odd]
    rows: list[int] = []
    cells: list[Sequence[object]] = []
    untrusted: set[int] = set()
    for k in range(start + 1, len(grid)):
        row = grid[k]
        if k in broken:
            found.append(broken[k])
        elif k in skipped or blank(row):
            continue
        elif len(row) != len(headers):
            found.append(_ragged(row, len(headers), k + 1))
        if len(row) != len(headers):
            untrusted.add(len(rows))
            row = [*row[: len(headers)], *[None] * (len(headers) - len(row))]
        rows.append(k + 1)
        cells.append(row)
        _check_size(len(rows), len(headers), name)
    columns = list(zip(*cells, strict=True)) or [()] * len(headers)
    kept = [k for k, header in enumerate(headers) if header or not blank(columns[k])]
    return Table(
        name,
        tuple(headers[k] or f"column {k + 1}" for k in kept),
        tuple(columns[k] for k in kept),
        rows,
        tuple(found),
        frozenset(untrusted),
    )


def _check_width(columns: int, name: str) -> None:
    if columns > MAX_COLUMNS:
        raise FileError(
            f"{name} has {columns:,} columns; at most {MAX_COLUMNS:,} are read. Perhaps the "
            f"delimiter is another one, or a line break is missing."
        )


def _check_size(rows: int, columns: int, name: str) -> None:
    if rows * columns > MAX_CELLS:
        raise FileError(
            f"{name} has more than {MAX_CELLS:,} cells, rows times columns: read it in parts, or "
            f"without the columns that nobody needs."
        )


def _no_header(grid: Sequence[Sequence[object]], name: str, layout: Layout | None) -> str:
    """Return why a grid has no header."""
    number = layout.header_row if layout is not None else None
    if number is None or all(map(blank, grid)):
        return f"{name} is empty: it has no header."
    what = f"row {number} is blank" if number <= len(grid) else f"it has {len(grid)} rows"
    return f"{name} has no header in row {number}: {what}. Set header_row in the column map."


def _ragged(row: Sequence[object], width: int, number: int) -> Finding:
    """Return a finding for a row with more or fewer cells than the header."""
    return Finding(
        FindingCode.RAGGED_ROW,
        f"The row has {len(row)} cells and the header {width}.",
        "Put cells that contain the delimiter between quotation marks, or add what is missing.",
        row=number,
    )


class _Objects:
    """A reader of JSON that notes the keys that an object has twice."""

    def __init__(self) -> None:
        self._decoder = json.JSONDecoder(object_pairs_hook=self._object)
        self._repeated: dict[str, None] = {}

    def loads(self, text: str) -> object:
        """Return the value of a text.

        Raises
        ------
        ValueError
            It is no JSON, or holds a number of too many digits.
        RecursionError
            Too many lists and objects are inside each other.
        """
        found: object = self._decoder.decode(text)
        if text.count("[") + text.count("{") > MAX_DEPTH:
            _check_depth(found)
        return found

    def findings(self, name: str) -> list[Finding]:
        """Return a finding if an object has a key twice."""
        if not self._repeated:
            return []
        keys = ", ".join(map(repr, islice(self._repeated, SHOWN_KEYS)))
        return [
            Finding(
                FindingCode.DUPLICATE_COLUMN,
                f"{name} has objects with a key more than once: {keys}. The last counts.",
                "Give each value a key of its own.",
                Severity.WARNING,
            )
        ]

    def _object(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) < len(pairs):
            keys = Counter(key for key, _ in pairs)
            self._repeated |= {key: None for key, count in keys.items() if count > 1}
        return found


def _check_depth(value: object) -> None:
    """Raise ``RecursionError`` where lists and objects are too deep inside each other."""
    depth, inside = 0, [value] if isinstance(value, (dict, list)) else []
    while inside:
        depth += 1
        if depth > MAX_DEPTH:
            raise RecursionError
        lists = (one.values() if isinstance(one, dict) else one for one in inside)
        inside = [one for some in lists for one in some if isinstance(one, (dict, list))]


def _json_table(text: str, name: str, findings: list[Finding]) -> Table:
    """Return an array of objects, or one under ``participants``, as a table."""
    objects = _Objects()
    try:
        found = objects.loads(text)
    except json.JSONDecodeError as error:
        raise FileError(
            f"{name} is not valid JSON: {error.msg} in line {error.lineno}, column {error.colno}."
        ) from None
    except (ValueError, RecursionError):
        raise FileError(f"{name} cannot be read as JSON: {UNREADABLE}.") from None
    if isinstance(found, dict):
        found = found.get("participants", found.get("pairs"))
    if not isinstance(found, list):
        raise FileError(f"{name} holds neither a list of people nor one under 'participants'.")
    return _object_table(
        found, range(1, len(found) + 1), name, [*findings, *objects.findings(name)]
    )


def _json_lines_table(text: str, name: str, findings: list[Finding]) -> Table:
    """Return one object per line as a table; a line that is no JSON is a finding."""
    reader, objects = _Objects(), list[object]()
    numbers: list[int] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        numbers.append(number)
        try:
            objects.append(reader.loads(line))
        except (ValueError, RecursionError):
            objects.append(None)
    return _object_table(objects, numbers, name, [*findings, *reader.findings(name)])


def _object_table(
    objects: Sequence[object], numbers: Sequence[int], name: str, findings: list[Finding]
) -> Table:
    """Return JSON objects as a table whose headers are their keys in order of appearance."""
    records = [one if isinstance(one, dict) else {} for one in objects]
    broken = frozenset(k for k, one in enumerate(objects) if not isinstance(one, dict))
    if broken and len(broken) == len(objects):
        raise FileError(f"{name} holds no JSON objects, one for each person.")
    findings += [
        Finding(
            FindingCode.BAD_TEXT,
            "This is no JSON object.",
            'Write each person as {"id": ..., ...}.',
            row=numbers[k],
        )
        for k in sorted(broken)
    ]
    headers = tuple(dict.fromkeys(key for record in records for key in record))
    _check_width(len(headers), name)
    _check_size(len(records), len(headers), name)
    columns = tuple([record.get(header) for record in records] for header in headers)
    return Table(name, headers, columns, numbers, tuple(findings), broken)


def _arrow_table(path: Path, kind: str) -> Table:
    """Return a Parquet or Arrow file as a table."""
    try:
        import pyarrow as pa
        from pyarrow import feather, parquet
    except ImportError:
        raise MissingExtraError("pyarrow", "io", f"Reading {kind}") from None
    read = parquet.read_table if kind == "a Parquet file" else feather.read_table
    try:
        table = read(path)
        _check_width(table.num_columns, path.name)
        _check_size(table.num_rows, table.num_columns, path.name)
        columns = tuple(column.to_pylist() for column in table.itercolumns())
    except (pa.ArrowException, OverflowError, OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise FileError(f"{path.name} cannot be read as {kind}: {reason}.") from None
    return Table(path.name, tuple(table.column_names), columns, range(1, table.num_rows + 1))
