"""Targets: what is fed with bytes that nobody would write, and may only end in a clear error."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pairkit as pk

SEEDS: Final = Path(__file__).resolve().parent / "seeds"

Target = Callable[[bytes], None]

_PEOPLE: Final = b"id;name;skills;level;hired\nE-1;Ana;SQL (3), Excel;2,5;31/12/2024\n"


def _has_words(error: pk.PairkitError) -> None:
    assert str(error).strip()


def _read(data: bytes, suffix: str) -> None:
    """Read bytes as a file of people; only our own errors may come of it, and they have words."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"people{suffix}"
        path.write_bytes(data)
        try:
            roster = pk.Roster.read(path, on_error="skip")
        except pk.PairkitError as error:
            _has_words(error)
            return
    str(roster.findings)
    pk.Roster.from_records([person.model_dump() for person in roster], on_error="skip")


def _csv(data: bytes) -> None:
    _read(data, ".csv")


def _json(data: bytes) -> None:
    _read(data, ".json")


def _json_lines(data: bytes) -> None:
    _read(data, ".jsonl")


def _workbook(data: bytes) -> None:
    _read(data, ".xlsx")


def _toml(data: bytes) -> None:
    """Read bytes as a program."""
    try:
        program = pk.Program.from_toml(data.decode("utf-8", "replace"))
    except pk.PairkitError as error:
        _has_words(error)
        return
    assert pk.Program.from_toml(program.to_toml()) == program


def _column_map(data: bytes) -> None:
    """Read bytes as a column map, and people with it."""
    with tempfile.TemporaryDirectory() as folder:
        path, people = Path(folder) / "map.toml", Path(folder) / "people.csv"
        path.write_bytes(data)
        people.write_bytes(_PEOPLE)
        try:
            pk.Roster.read(people, path, on_error="skip")
        except pk.PairkitError as error:
            _has_words(error)


TARGETS: Final[dict[str, Target]] = {
    "csv": _csv,
    "json": _json,
    "jsonl": _json_lines,
    "xlsx": _workbook,
    "toml": _toml,
    "column-map": _column_map,
}
