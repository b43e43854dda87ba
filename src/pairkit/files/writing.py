"""Writing: tables as files of any format, all at once or not at all."""

from __future__ import annotations

import gzip
import io
import json
import math
import os
import secrets
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from os import PathLike
from pathlib import Path
from typing import BinaryIO, Final

from pairkit.errors import MissingExtraError, OutputError
from pairkit.files.delimited import format_rows
from pairkit.files.workbooks import Rows, Value, format_sheets

__all__ = [
    "Records",
    "check_excel_fr",
    "check_target",
    "replace_file",
    "write_tables",
    "write_text",
]

Records = Sequence[Mapping[str, Value]]


@contextmanager
def replace_file(path: str | PathLike[str], *, overwrite: bool = False) -> Generator[BinaryIO]:
    """Give a stream whose bytes become the file all at once, when everything is written.

    A process that is killed while it writes leaves ``.NAME.xxxxxxxx.tmp`` beside the file, which is
    as it was.

    Raises
    ------
    OutputError
        The file exists and ``overwrite`` is false, or it cannot be written there.
    """
    check_target(path, overwrite=overwrite)
    target = Path(os.path.realpath(path))
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


def check_target(path: str | PathLike[str], *, overwrite: bool) -> None:
    """Raise where a file cannot be written: to be asked before long work, too.

    Raises
    ------
    OutputError
        It exists and is not to be overwritten, is a folder, or its own folder is not there.
    """
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise OutputError(f"{target} is a folder. Give the name of a file.")
    if target.exists() and not overwrite:
        raise OutputError(
            f"{target.name} exists already. Choose another name, or overwrite it on purpose: "
            f"overwrite=True, or --force."
        )
    folder = Path(path).parent
    if not folder.is_dir():
        raise OutputError(
            f"{Path(path).name} cannot be written: there is no folder {str(folder)!r}. Make it."
        )


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
    excel_fr: bool = False,
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
    excel_fr
        As in :func:`write_roster`.
    overwrite
        Whether an existing file may be replaced.

    Raises
    ------
    OutputError
        The file exists, its suffix is not known or is not one of ``excel_fr``, or it cannot be
        written.
    """
    name = Path(path).name.lower()
    suffix = Path(name.removesuffix(".gz")).suffix
    write = _WRITES.get(suffix)
    if excel_fr:
        check_excel_fr(path)
        write = _EXCEL_FR[suffix]
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


def check_excel_fr(path: str | PathLike[str]) -> None:
    """Raise unless a file is of a format that a French Excel reads in a way of its own.

    Raises
    ------
    OutputError
        It is not: Excel opens such a file rightly as it is, or not at all.
    """
    name = Path(path).name
    if Path(name.lower().removesuffix(".gz")).suffix not in _EXCEL_FR:
        known = " and ".join(_EXCEL_FR)
        raise OutputError(f"{name}: only {known} have a form for a French Excel; leave it out.")


def csv_text(records: Records, headers: Sequence[str] = (), *, excel_fr: bool = False) -> str:
    """Return records as CSV text with formulas escaped, the given headers first.

    With ``excel_fr``, it is the text that a French Excel opens rightly: see :func:`write_roster`.
    """
    names, rows = in_rows(records, headers)
    return _french([names, *rows]) if excel_fr else format_rows([names, *rows])


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


def _french(rows: Sequence[Sequence[object]], delimiter: str = ";") -> str:
    return "\ufeff" + format_rows(rows, delimiter, comma=True)


def _french_csv(tables: Mapping[str, Rows], delimiter: str = ";") -> bytes:
    headers, rows = _first(tables)
    return _french([headers, *rows], delimiter).encode()


def _french_tsv(tables: Mapping[str, Rows]) -> bytes:
    return _french_csv(tables, "\t")


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
_EXCEL_FR: Final[Mapping[str, Callable[[Mapping[str, Rows]], bytes]]] = {
    ".csv": _french_csv,
    ".tsv": _french_tsv,
}
