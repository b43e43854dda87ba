"""Transfer: a whole history as dataframes, sheets of a workbook and JSON, and back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pydantic import TypeAdapter, ValidationError

from pairkit.catalog import describe
from pairkit.errors import FileError, HistoryError, OutputError, did_you_mean
from pairkit.files import records_to_frame, write_tables, write_text
from pairkit.files.frames import table_of_frame
from pairkit.files.items import plain
from pairkit.files.tables import Table, read_table
from pairkit.rounds.records import RECORDS, Record
from pairkit.saved import read_text

if TYPE_CHECKING:
    from os import PathLike

    from narwhals.typing import IntoDataFrame

    from pairkit.files import Records
    from pairkit.rounds.history import History

__all__ = ["frames_of", "read_records", "records_of_frames", "write_history"]

FORMAT: Final = 1
SUFFIXES: Final = (".json", ".xlsx")
STRUCTURED: Final = {"groups", "parts", "skills"}  # columns that hold JSON in a table


@lru_cache(maxsize=len(RECORDS))
def _adapter(kind: str) -> TypeAdapter[Record]:
    return TypeAdapter(RECORDS[kind])


def names_of(kind: str) -> tuple[str, ...]:
    """Return the fields of a kind of record."""
    return tuple(one.name for one in fields(RECORDS[kind]))


def tables_of(history: History) -> dict[str, Records]:
    """Return the records of each kind as plain dictionaries of single cells."""
    return {
        kind: [
            {name: _cell(getattr(one, name)) for name in names_of(kind)}
            for one in getattr(history, kind)
        ]
        for kind in RECORDS
    }


def _cell(value: object) -> str | bool | int | float | date | None:
    if isinstance(value, dict | tuple):
        return json.dumps(value, ensure_ascii=False) if value else None
    if value is None or isinstance(value, bool | int | float | date):
        return value
    return str(value)


def frames_of(history: History) -> dict[str, IntoDataFrame]:
    """Return a dataframe of each kind of record, by the field of a history that holds it."""
    return {
        kind: records_to_frame(records, None, headers=names_of(kind))
        for kind, records in tables_of(history).items()
    }


def records_of_frames(frames: Mapping[str, IntoDataFrame]) -> list[Record]:
    """Return the records of dataframes by kind, those that others refer to first.

    Raises
    ------
    HistoryError
        There is no such kind or column, or rows are no records; it has all problems.
    """
    for kind in frames:
        if kind not in RECORDS:
            hint = did_you_mean(kind, RECORDS)
            raise HistoryError([f"A history has no {kind!r}.{hint} It has {', '.join(RECORDS)}."])
    return _read({kind: table_of_frame(frame, kind) for kind, frame in frames.items()})


def write_history(history: History, path: str | PathLike[str], *, overwrite: bool) -> None:
    """Write a history as JSON, or as a workbook with a sheet for each kind of record.

    Raises
    ------
    OutputError
        The file exists and ``overwrite`` is false, its suffix is another, or it cannot be written.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        raise OutputError(f"{Path(path).name}: a history is written as .json or .xlsx.")
    if suffix == ".xlsx":
        headers = {kind: names_of(kind) for kind in RECORDS}
        write_tables(path, tables_of(history), headers=headers, overwrite=overwrite)
        return
    kinds = {
        kind: [_adapter(kind).dump_python(one, mode="json") for one in getattr(history, kind)]
        for kind in RECORDS
    }
    text = json.dumps({"format": FORMAT, **kinds}, ensure_ascii=False, indent=1)
    write_text(path, text, overwrite=overwrite)


def read_records(path: str | PathLike[str]) -> list[Record]:
    """Return the records of a file that :func:`write_history` wrote, or somebody filled in.

    Raises
    ------
    FileError
        The file cannot be read, or is no history.
    HistoryError
        Rows are no records; it has all problems.
    """
    name, suffix = Path(path).name, Path(path).suffix.lower()
    if suffix == ".json":
        return _of_json(name, read_text(path))
    if suffix == ".xlsx":
        return _read(dict(_sheets(path)))
    raise FileError(f"{name}: a history is read from .json or .xlsx.")


def _sheets(path: str | PathLike[str]) -> Iterator[tuple[str, Table]]:
    """Return the sheets that are called like a kind of record.

    Raises
    ------
    FileError
        There is none.
    """
    from python_calamine import load_workbook

    try:
        names = load_workbook(str(path)).sheet_names
    except Exception:  # noqa: BLE001 - read_table says in a sentence what is wrong with it
        names = [*RECORDS]
    there = [kind for kind in RECORDS if kind in names]
    if not there:
        raise FileError(f"{Path(path).name} has no sheet of a history: {', '.join(RECORDS)}.")
    for kind in there:
        yield kind, read_table(path, sheet=kind, empty=True)


def _of_json(name: str, text: str) -> list[Record]:
    try:
        told = json.loads(text)
    except ValueError as error:
        raise FileError(f"{name} is no JSON: {error}.") from None
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise FileError(f"{name} is no history of format {FORMAT}.")
    problems: list[str] = []
    records: list[Record] = []
    for kind in RECORDS:
        for number, values in enumerate(told.get(kind, ()), start=1):
            try:
                records.append(_adapter(kind).validate_python(values))
            except ValidationError as error:
                problems.append(f"{name}: {kind} {number}: {describe(error)}.")
    if problems:
        raise HistoryError(problems)
    return records


def _read(tables: Mapping[str, Table]) -> list[Record]:
    problems: list[str] = []
    records: list[Record] = []
    for kind in RECORDS:
        if kind not in tables:
            continue
        table, known = tables[kind], names_of(kind)
        unknown = [header for header in table.headers if header not in known]
        if unknown:
            hint = did_you_mean(unknown[0], known)
            problems.append(f"{kind}: there is no column {unknown[0]!r}.{hint}")
            continue
        for row, cells in zip(table.rows, zip(*table.columns, strict=True), strict=True):
            values = {
                header: value
                for header, cell in zip(table.headers, cells, strict=True)
                if (value := _value(header, plain(cell))) is not None
            }
            try:
                records.append(_adapter(kind).validate_python(values))
            except ValidationError as error:
                problems.append(f"{kind}: row {row}: {describe(error)}.")
    if problems:
        raise HistoryError(problems)
    return records


def _value(header: str, cell: object) -> object:
    """Return what a cell says, ``None`` where it says nothing."""
    if isinstance(cell, str):
        cell = cell.strip()
        if header in STRUCTURED and cell.startswith(("[", "{")):
            try:
                return json.loads(cell)
            except ValueError:
                return cell
        return cell or None
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, float) and cell.is_integer() and header not in {"score", "rating"}:
        return int(cell)  # an id, or a count, of a column that has gaps
    return cell
