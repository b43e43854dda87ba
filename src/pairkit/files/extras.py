"""Extras: the further columns of a table, typed as their cells are or all seem to be."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from typing import Final

from pairkit.files.items import Scalar, read_text

__all__ = ["EXACT", "scalar", "type_of"]

EXACT: Final = 1e15  # whole numbers below it are written and read as such
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})")
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:[.,][0-9]+)?(?:e[+-][0-9]+)?")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def type_of(texts: Sequence[str], *, typed: bool) -> Callable[[str], Scalar]:
    """Return how to read the texts of a further column: as numbers, dates, yes or no, or text.

    In a file that has types of its own, only dates may stand as text.
    """
    if texts and all(map(_ISO_DATE.fullmatch, texts)):
        return _iso
    if typed or not texts:
        return str
    if all(map(_INTEGER.fullmatch, texts)):
        return int
    if all(map(_FLOAT.fullmatch, texts)) and not any(
        "," in text and ("." in text or len(text.partition(",")[2]) == 3) for text in texts
    ):
        return lambda text: _whole(float(text.replace(",", ".")))
    if all(text.lower() in {"true", "false"} for text in texts):
        return lambda text: text.lower() == "true"
    return str


def _iso(text: str) -> Scalar:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


def _whole(value: float) -> int | float:
    return int(value) if value.is_integer() and abs(value) < EXACT else value


def scalar(value: object) -> object:
    """Return a typed cell as the value of an attribute."""
    if isinstance(value, float):
        return _whole(value)
    if isinstance(value, datetime):
        return value.date() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, bool | int | date | dict):
        return value
    if isinstance(value, list | tuple | set):
        return "; ".join(_short_json(item) for item in value)
    return read_text(value) if not isinstance(value, bytes) else value.hex()


def _short_json(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
