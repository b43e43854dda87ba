"""Tables: files of any format as headers and columns of raw cells, and tables as files."""

from __future__ import annotations

import gzip
import io
import json
import math
import os
import secrets
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from os import PathLike
from pathlib import Path
from typing import BinaryIO, Final

from pairkit.errors import FileError, MissingExtraError, OutputError
from pairkit.files.delimited import decode, format_rows, parse_rows
from pairkit.files.kinds import TEXTS, check_magic, check_there, expanded, kind_of
from pairkit.files.workbooks import Rows, Value, format_sheets, read_sheet
from pairkit.findings import Finding, FindingCode

__all__ = ["Records", "Table", "Value", "read_table", "replace_file", "write_tables", "write_text"]

Records = Sequence[Mapping[str, Value]]

SHOWN_CELLS: Final = 4
SHOWN_CHARACTERS: Final = 20


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


# Reading --------------------------------------------------------------------------------------


def read_table(
    path: str | PathLike[str],
    *,
    delimiter: str | None = None,
    encoding: str | None = None,
    sheet: str | int | None = None,
    empty: bool = False,
) -> Table:
    """Return the cells of a file, read as its suffix says.

    Parameters
    ----------
    path
        The file; ``.gz`` after the suffix of a text file is read through gzip.
    delimiter, encoding
        Of a text file; found out by default.
    sheet
        Name or position (from 0) of the sheet of a workbook.
    empty
        Whether a table without rows is a table.

    Raises
    ------
    FileError
        The file is missing, empty, not what its name says, or has no such sheet.
    """
    table = _read(Path(path), delimiter, encoding, sheet)
    if not table.rows and not empty:
        what = "a header but no people" if table.headers else "no people"
        raise FileError(f"{table.name} has {what}.")
    return table


def _read(
    path: Path, delimiter: str | None, encoding: str | None, sheet: str | int | None
) -> Table:
    check_there(path)
    kind, compressed = kind_of(path)
    if sheet is not None and kind != "a workbook":
        raise FileError(f"{path.name} has no sheets; only a workbook has.")
    try:
        if kind in TEXTS:
            data = expanded(path) if compressed else path.read_bytes()
            return _text_table(data, path.name, kind, delimiter, encoding)
        with path.open("rb") as stream:
            check_magic(path.name, stream.read(512), kind)
    except OSError as error:
        raise FileError(f"{path.name} cannot be read: {error.strerror}.") from None
    if kind == "a workbook":
        return _grid_table(read_sheet(path, sheet), path.name)
    return _arrow_table(path, kind)


def _text_table(
    data: bytes, name: str, kind: str, delimiter: str | None, encoding: str | None
) -> Table:
    check_magic(name, data[:512], kind)
    text, findings = decode(data, name, encoding)
    if not text.strip():
        raise FileError(f"{name} is empty.")
    if kind == "delimited text":
        rows, broken = parse_rows(text, name, delimiter)
        return _grid_table(rows, name, findings, broken, typed=False)
    if kind == "JSON":
        return _json_table(text, name, findings)
    return _json_lines_table(text, name, findings)


def _grid_table(
    grid: Sequence[Sequence[object]],
    name: str,
    findings: Sequence[Finding] = (),
    broken: Mapping[int, Finding] | None = None,
    *,
    typed: bool = True,
) -> Table:
    """Return rows of cells as a table: the first row that is not blank is the header."""
    broken = broken or {}
    start = next((k for k, row in enumerate(grid) if not _blank(row)), None)
    if start is None or start in broken:
        raise FileError(f"{name} is empty: it has no header.")
    headers = [" ".join(str(cell).split()) for cell in grid[start]]
    found = list(findings)
    rows: list[int] = []
    cells: list[Sequence[object]] = []
    untrusted: set[int] = set()
    for k in range(start + 1, len(grid)):
        row = grid[k]
        if k in broken:
            found.append(broken[k])
        elif _blank(row):
            continue
        elif len(row) != len(headers):
            found.append(_ragged(row, len(headers), k + 1))
        if len(row) != len(headers):
            untrusted.add(len(rows))
            row = [*row[: len(headers)], *[None] * (len(headers) - len(row))]
        rows.append(k + 1)
        cells.append(row)
    columns = list(zip(*cells, strict=True)) or [()] * len(headers)
    kept = [k for k, header in enumerate(headers) if header or not _blank(columns[k])]
    return Table(
        name,
        tuple(headers[k] or f"column {k + 1}" for k in kept),
        tuple(columns[k] for k in kept),
        rows,
        tuple(found),
        frozenset(untrusted),
        typed,
    )


def _blank(cells: Sequence[object]) -> bool:
    return not any(cell.strip() if isinstance(cell, str) else cell is not None for cell in cells)


def _ragged(row: Sequence[object], width: int, number: int) -> Finding:
    """Return a finding for a row with more or fewer cells than the header."""
    cells = [
        text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"
        for text in map(str, row[:SHOWN_CELLS])
    ]
    more = " | …" if len(row) > SHOWN_CELLS else ""
    return Finding(
        FindingCode.RAGGED_ROW,
        f"The row has {len(row)} cells and the header {width}: {' | '.join(cells)}{more}.",
        "Put cells that contain the delimiter between quotation marks, or add what is missing.",
        row=number,
    )


def _json_table(text: str, name: str, findings: list[Finding]) -> Table:
    """Return an array of objects, or one under ``participants``, as a table."""
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise FileError(
            f"{name} is not valid JSON: {error.msg} in line {error.lineno}, column {error.colno}."
        ) from None
    except (ValueError, RecursionError) as error:
        raise FileError(f"{name} cannot be read as JSON: {error}.") from None
    if isinstance(found, dict):
        found = found.get("participants", found.get("pairs"))
    if not isinstance(found, list):
        raise FileError(f"{name} holds neither a list of people nor one under 'participants'.")
    return _object_table(found, range(1, len(found) + 1), name, findings)


def _json_lines_table(text: str, name: str, findings: list[Finding]) -> Table:
    """Return one object per line as a table; a line that is no JSON is a finding."""
    objects: list[object] = []
    numbers: list[int] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        numbers.append(number)
        try:
            objects.append(json.loads(line))
        except (ValueError, RecursionError):
            objects.append(None)
    return _object_table(objects, numbers, name, findings)


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
        columns = tuple(column.to_pylist() for column in table.itercolumns())
    except (pa.ArrowException, OverflowError, OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise FileError(f"{path.name} cannot be read as {kind}: {reason}.") from None
    return Table(path.name, tuple(table.column_names), columns, range(1, table.num_rows + 1))


# Writing --------------------------------------------------------------------------------------


@contextmanager
def replace_file(path: str | PathLike[str], *, overwrite: bool = False) -> Generator[BinaryIO]:
    """Give a stream whose bytes become the file all at once, when everything is written.

    Raises
    ------
    OutputError
        The file exists and ``overwrite`` is false, or it cannot be written there.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not overwrite:
        raise OutputError(f"{target.name} exists already. Overwrite it on purpose, or rename.")
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
    try:
        with temporary.open("xb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(target)
    except OSError as error:
        raise OutputError(f"{target.name} cannot be written: {error.strerror}.") from None
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: str | PathLike[str], text: str, *, overwrite: bool = False) -> None:
    """Write a text to a file in UTF-8.

    Raises
    ------
    OutputError
        The file exists and ``overwrite`` is false, or it cannot be written there.
    """
    with replace_file(path, overwrite=overwrite) as stream:
        stream.write(text.encode())


def write_tables(
    path: str | PathLike[str],
    tables: Mapping[str, Records],
    *,
    headers: Mapping[str, Sequence[str]] | None = None,
    overwrite: bool = False,
) -> None:
    """Write tables to a file in the format of its suffix.

    Parameters
    ----------
    path
        ``.csv``, ``.tsv``, ``.parquet`` and ``.jsonl`` hold the first table alone, ``.xlsx`` all of
        them on a sheet each, ``.json`` one as a list or several by name. ``.gz`` after the suffix
        of a text file compresses it.
    tables
        Records by name of their table; a key that a record lacks is missing there.
    headers
        The first columns by name of their table, there even without a record; any further keys of
        the records follow.
    overwrite
        Whether an existing file may be replaced.

    Raises
    ------
    OutputError
        The file exists, its suffix is not known, or it cannot be written.
    """
    name = Path(path).name.lower()
    suffix = Path(name.removesuffix(".gz")).suffix
    write = _WRITES.get(suffix)
    if write is None or (name.endswith(".gz") and suffix in {".xlsx", ".parquet"}):
        raise OutputError(
            f"{Path(path).name}: {_ending(suffix)} are not written. "
            f"Known are {', '.join(_WRITES)}, and .gz after those of text."
        )
    if not tables:
        raise OutputError(f"{Path(path).name}: there is no table to write.")
    given = headers or {}
    rows = {title: in_rows(records, given.get(title, ())) for title, records in tables.items()}
    with replace_file(path, overwrite=overwrite) as stream:
        data = write(rows)
        stream.write(gzip.compress(data, mtime=0) if name.endswith(".gz") else data)


def csv_text(records: Records, headers: Sequence[str] = ()) -> str:
    """Return records as CSV text with formulas escaped, the given headers first."""
    names, rows = in_rows(records, headers)
    return format_rows([names, *rows])


def _ending(suffix: str) -> str:
    return f"files that end in {suffix!r}" if suffix else "files without a suffix"


def in_rows(records: Records, headers: Sequence[str] = ()) -> Rows:
    """Return records as headers, the given ones first, and rows of values."""
    names = list(dict.fromkeys((*headers, *(key for record in records for key in record))))
    return names, [[record.get(name) for name in names] for record in records]


def _first(tables: Mapping[str, Rows]) -> Rows:
    return next(iter(tables.values()))


def _csv(tables: Mapping[str, Rows], delimiter: str = ",") -> bytes:
    headers, rows = _first(tables)
    return format_rows([headers, *rows], delimiter).encode()


def _tsv(tables: Mapping[str, Rows]) -> bytes:
    return _csv(tables, "\t")


def _json_value(value: Value) -> Value:
    """Return a value that JSON can hold."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    return value


def _objects(table: Rows) -> list[dict[str, Value]]:
    """Return rows as JSON objects without what is missing."""
    headers, rows = table
    return [
        {header: _json_value(v) for header, v in zip(headers, row, strict=True) if v is not None}
        for row in rows
    ]


def _json(tables: Mapping[str, Rows]) -> bytes:
    named = {title: _objects(table) for title, table in tables.items()}
    content = named if len(named) > 1 else next(iter(named.values()))
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def _json_lines(tables: Mapping[str, Rows]) -> bytes:
    lines = (json.dumps(one, ensure_ascii=False) for one in _objects(_first(tables)))
    return "".join(line + "\n" for line in lines).encode()


def _parquet(tables: Mapping[str, Rows]) -> bytes:
    """Return a Parquet file; a column of several types is written as text."""
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        raise MissingExtraError("pyarrow", "io", "Writing Parquet files") from None
    headers, rows = _first(tables)
    columns = {}
    for k, header in enumerate(headers):
        values = [row[k] for row in rows]
        try:
            columns[header] = pa.array(values)
        except (pa.ArrowException, OverflowError):
            columns[header] = pa.array(in_texts(values))
    stream = io.BytesIO()
    parquet.write_table(pa.table(columns), stream)
    return stream.getvalue()


def in_texts(values: Sequence[Value]) -> list[str | None]:
    """Return values of several types as texts, for a column that has to have one."""
    return [None if value is None else str(_json_value(value)) for value in values]


_WRITES: Final[Mapping[str, Callable[[Mapping[str, Rows]], bytes]]] = {
    ".csv": _csv,
    ".tsv": _tsv,
    ".xlsx": format_sheets,
    ".parquet": _parquet,
    ".json": _json,
    ".jsonl": _json_lines,
}
