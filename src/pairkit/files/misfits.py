"""Misfits: columns under a usual header whose cells or neighbors say that they are another."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from difflib import get_close_matches
from itertools import chain
from typing import Final

from pairkit.files.headers import may_rank_anything
from pairkit.files.lexicon import LEVELS, ROLES, STATUSES, SURVEY_KEYS, header_key
from pairkit.profiles import fold

__all__ = ["Problem", "misfit"]

# Words that the cells may have been meant as; headers of these fields often mean other things.
_WORDS: Final[Mapping[str, Iterable[str]]] = {
    "roles": ROLES,
    "status": STATUSES,
    "level": LEVELS,
    "experience": LEVELS,
}
STRANGE: Final = 3  # different texts, none of which can be read, that show it
CLOSE: Final = 0.75  # as difflib measures how much a typing error leaves of a word
_TIMED = re.compile(r"[0-9][T ]+[0-9]{1,2}:[0-9]{2}")
_MIDNIGHT = re.compile(r"[T ]0{1,2}:00(:00(\.0+)?)?$")


@dataclass(frozen=True, slots=True)
class Problem:
    """A cell that cannot be read, and why."""

    message: str


def misfit(
    name: str,
    header: str,
    others: Sequence[str],
    cells: Sequence[object],
    values: Sequence[object],
    *,
    ids: Collection[str | None],
) -> str:
    """Return why a recognized column is not what its header says, empty where it may be.

    Parameters
    ----------
    name, header
        The field, and the header of the column.
    others
        All headers of the table.
    cells, values
        The cells, and what was read: a value, a :class:`Problem` or ``None``.
    ids
        Everybody's id.
    """
    if name == "preferences" and may_rank_anything(header):
        named = {one for ranks in values if isinstance(ranks, tuple) for one in chain(*ranks)}
        return _UNREAD if named and named.isdisjoint(ids) else ""
    if name == "hired" and header_key(header) == "startdate":
        return _of_survey(others, cells)
    if name not in _WORDS:
        return ""
    problems = {
        cell: value
        for cell, value in zip(map(str, cells), values, strict=True)
        if isinstance(value, Problem)
    }
    readable = any(value is not None and not isinstance(value, Problem) for value in values)
    if readable or not problems:
        return ""
    strange = len(problems) >= STRANGE
    several = sum(isinstance(value, Problem) for value in values) > 1
    return _UNREAD if strange or (several and not _are_meant(name, problems)) else ""


_UNREAD: Final = "none of its cells can be read as that"


def _are_meant(name: str, texts: Iterable[str]) -> bool:
    """Return whether one of the texts may be a value of the field with a typing error."""
    words = [*_WORDS[name]]
    return any(
        get_close_matches(word, words, 1, CLOSE) or word[:1].isdigit()
        for text in texts
        for word in re.findall(r"\w+", fold(text))
    )


def _of_survey(others: Sequence[str], cells: Sequence[object]) -> str:
    """Return why a start date is that of an answer to a survey."""
    if not SURVEY_KEYS.isdisjoint(map(header_key, others)):
        return "other headers show that it is when a survey was answered"
    filled = [cell for cell in cells if isinstance(cell, str | datetime)]
    timed = sum(map(_has_time, filled))
    return "its cells have times of day" if filled and 2 * timed > len(filled) else ""


def _has_time(cell: str | datetime) -> bool:
    if isinstance(cell, datetime):
        return cell.time() != time()
    return bool(_TIMED.search(cell)) and not _MIDNIGHT.search(cell)
