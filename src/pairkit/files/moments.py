"""Moments: when each answer of a survey was given."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from pairkit.files.column_map import ColumnMap
from pairkit.files.items import plain, read_text
from pairkit.files.lexicon import MOMENT_KEYS, header_key
from pairkit.files.quantities import DateOrder, date_order, read_date
from pairkit.files.tables import Table

__all__ = ["moments_of"]

NEVER: Final = datetime.min  # noqa: DTZ901 - moments have no zone here
NOON: Final = 12
_CLOCK: Final = re.compile(
    r"(?<![0-9:])([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,][0-9]+)?)?\s*([ap])?\.?(?:m\b)?",
    re.IGNORECASE,
)


def moments_of(survey: Table, column_map: ColumnMap) -> tuple[str | None, list[datetime]]:
    """Return the header that says when answers were given, and when each was.

    The first column with a usual header counts of which all cells can be read, and not all are
    blank. Without one there is no header, and all answers are of one time.

    Parameters
    ----------
    survey
        The answers.
    column_map
        What says in which order day and month stand.
    """
    for header, cells in zip(survey.headers, survey.columns, strict=True):
        if header_key(header) in MOMENT_KEYS:
            try:
                moments = _moments(cells, column_map)
            except ValueError:
                continue
            if any(one != NEVER for one in moments):
                return header, moments
    return None, [NEVER] * len(survey.rows)


def _moments(cells: Sequence[object], column_map: ColumnMap) -> list[datetime]:
    """Return cells as moments; a blank one is before all others."""
    values = [plain(cell) for cell in cells]
    order: DateOrder = "iso" if column_map.dates == "auto" else column_map.dates
    if column_map.dates == "auto":
        order = date_order(one for one in values if isinstance(one, str))
    return [_moment(value, order) for value in values]


def _moment(value: object, order: DateOrder) -> datetime:
    if isinstance(value, str) and value.strip():
        value = _written(read_text(value), order)
    if isinstance(value, datetime):
        value = value.astimezone(UTC) if value.tzinfo else value
        return datetime.combine(value.date(), value.time())
    if isinstance(value, date):
        return datetime.combine(value, time())
    if value is None or value == "":
        return NEVER
    raise ValueError("This says no time.")


def _written(text: str, order: DateOrder) -> datetime:
    """Return the moment of a text: ISO, or a date with or without a time of day."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        day = datetime.combine(read_date(text, order), time())
    clock = _CLOCK.search(text)
    if clock is None:
        return day
    hour = int(clock[1])
    if clock[4]:
        hour = hour % NOON + NOON * (clock[4].lower() == "p")
    return day + timedelta(hours=hour, minutes=int(clock[2]), seconds=int(clock[3] or 0))
