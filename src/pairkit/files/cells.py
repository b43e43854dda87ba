"""Cells: what people write in one cell of a table, read as the value of a field."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Final

from pairkit.availability import Window, parse_windows, time_zone
from pairkit.files.items import (
    PLAIN,
    Scalar,
    Style,
    items_of,
    listed_items,
    plain,
    read_text,
    split,
    written_mapping,
)
from pairkit.files.languages import read_languages
from pairkit.files.lexicon import BOOLEANS, LEVELS, ROLES, STATUSES
from pairkit.files.quantities import (
    read_date,
    read_number,
    read_whole,
    shown,
)
from pairkit.findings import FindingCode
from pairkit.profiles import EmploymentStatus, Role, fold

__all__ = [
    "KINDS",
    "LEVEL",
    "Kind",
    "choice_kind",
    "level_text",
    "read_boolean",
    "read_level",
    "read_levels",
    "read_names",
    "read_ranks",
    "read_roles",
    "read_status",
    "read_windows",
    "read_zone",
]

# Text -----------------------------------------------------------------------------------------


def read_zone(value: object) -> str:
    """Return the name of an IANA time zone.

    Raises
    ------
    ValueError
        There is no such time zone.
    """
    name = read_text(value)
    time_zone(name)
    return name


# Words ----------------------------------------------------------------------------------------

_AND = re.compile(r" *[;,/&+|\n] *| (?:and|et|or|ou) ", re.IGNORECASE)


def read_boolean(value: object) -> bool:
    """Return a yes or no: ``yes``/``no``, ``oui``/``non``, ``true``, ``1``/``0``, ``x``.

    Raises
    ------
    ValueError
        The cell says neither yes nor no.
    """
    found = BOOLEANS.get(fold(read_text(value)))
    if found is None:
        raise ValueError(f"{shown(value)} is neither yes nor no.")
    return found


def read_roles(value: object) -> frozenset[Role]:
    """Return the roles of a cell: ``mentor``, ``mentoré``, ``both``, ``mentor et mentoré``.

    Raises
    ------
    ValueError
        A word is no role.
    """
    items = value if isinstance(value, list | tuple | set | frozenset) else [value]
    roles: set[Role] = set()
    for item in items:
        for word in _AND.split(read_text(item)):
            if fold(word) not in ROLES:
                raise ValueError(f"{shown(word)} is not a role.")
            roles |= ROLES[fold(word)]
    return frozenset(roles)


def read_status(value: object) -> EmploymentStatus:
    """Return a status: ``active``, ``on leave``, ``left``, in French, or as ``A``, ``L``, ``T``.

    Raises
    ------
    ValueError
        The cell is no such status.
    """
    status = STATUSES.get(fold(read_text(value)))
    if status is None:
        raise ValueError(f"{shown(value)} is not a status.")
    return status


# Lists ----------------------------------------------------------------------------------------

_LEVELED = re.compile(
    r"(?P<name>.*\S)\s*"
    r"(?:\((?P<inside>[^()]*)\)|\[(?P<bracket>[^\[\]]*)\]|=\s*(?P<equal>[0-9][0-9.,]*)|:(?P<after>[^:]*)|(?<=\s)[-–—]\s+(?P<word>[^\W\d]+(?:\(e\))?)"
    r"|(?<=\s)(?<![-–—:]\s)(?:[-–—]\s+)?"
    r"(?P<share>[0-9]+(?:[.,][0-9]+)?\s?(?:%|/\s?(?:[3-6]|10|20|100))))",
    re.DOTALL,
)
_NUMBER = re.compile(r"([+-]?[0-9]+(?:[.,][0-9]+)?(?:e[+-]?[0-9]+)?)\s*(%?)", re.IGNORECASE)
HIGHEST: Final = 100  # number after a name that may be meant as its level
_PREFIX = re.compile(r"(?:niveau|niv\.?|level|lvl\.?)\s+(?=[0-9*★])", re.IGNORECASE)
_OUT_OF = re.compile(
    r"([0-9]+(?:[.,][0-9]+)?)\s*(?:/|\s(?:sur|of|out of)\s)\s*([3-9]|10|20|100)", re.IGNORECASE
)


def read_names(value: object, style: Style = PLAIN) -> tuple[str, ...]:
    """Return the names of a cell in order, each once.

    Raises
    ------
    ValueError
        An item is itself a list.
    """
    return tuple(dict.fromkeys(name for name in map(read_text, items_of(value, style)) if name))


def read_levels(value: object, style: Style = PLAIN) -> dict[str, float]:
    """Return levels by name: ``Python (3)``, ``Python: expert``, or a plain name with level 1.

    A percentage and a level out of a maximum, ``Python 3/5``, are shares of one. Of several levels
    for one name the highest counts.

    Raises
    ------
    ValueError
        A level is not a number.
    """
    levels: dict[str, float] = {}
    value = written_mapping(value)
    items = value.items() if isinstance(value, dict) else items_of(value, style)
    for item in items:
        level: float | None
        if isinstance(item, str):
            name, level = _worded_level(item, style.words) if style.words else _text_level(item)
        else:
            name, level = _typed_level(item)
        if level is not None and level > levels.get(name, -math.inf):
            levels[name] = level
    return levels


@lru_cache(maxsize=65536)
def _text_level(item: str) -> tuple[str, float]:
    """Return a text as a name and its level, which is 1 where none is stated."""
    name, said = _said(item)
    return name, 1.0 if said is None else _level(said) or 0.0


def _worded_level(item: str, words: Mapping[str, Scalar]) -> tuple[str, float]:
    """Return a text as a name and its level, which may be a word of the column map."""
    if match := _LEVELED.fullmatch(item):
        said = next(text for text in match.groups()[1:] if text is not None)
        meaning = words.get(fold(said))
        if isinstance(meaning, int | float):
            return match["name"], float(meaning)
    return _text_level(item)


def _said(item: str) -> tuple[str, str | None]:
    """Return a text as a name and the number or word that says its level, if any does."""
    match = _LEVELED.fullmatch(item)
    if match is None:
        return item, None
    said = next(text for text in match.groups()[1:] if text is not None).strip()
    level = _level(said)
    no_level = level is None or level > HIGHEST  # ISO (9001)
    return (item, None) if no_level else (match["name"], said)


def _level(text: str) -> float | None:
    """Return the level that a number, a share of its maximum or a word is, if it is one."""
    text = _PREFIX.sub("", text)
    if text and text.strip("*★") == "":
        return float(len(text))
    if match := _NUMBER.fullmatch(text):
        return float(match[1].replace(",", ".")) / (100 if match[2] else 1)
    share = _share(text)
    return LEVELS.get(fold(text)) if share is None else share


def _share(text: str) -> float | None:
    """Return what a level such as ``3/5`` is of its maximum, if the text is one."""
    match = _OUT_OF.fullmatch(text)
    share = float(match[1].replace(",", ".")) / int(match[2]) if match else math.inf
    return share if share <= 1 else None


def read_level(value: object, style: Style = PLAIN) -> float:
    """Return a level: a number, ``3/5``, or a word such as ``expert`` or ``débutant``.

    Raises
    ------
    ValueError
        The cell is neither.
    """
    level = None
    if isinstance(value, str):
        text = value.strip()
        level = LEVELS.get(fold(text), _share(text))
    return read_number(value, style.decimal) if level is None else level


def _typed_level(item: object) -> tuple[str, float | None]:
    """Return a pair, a mapping with ``name`` and ``level``, or a name as a name and its level."""
    if isinstance(item, dict) and "name" in item:
        item = (item["name"], item.get("level", 1.0))
    if not isinstance(item, list | tuple) or len(item) != 2:
        return read_text(item), 1.0
    level = plain(item[1])
    return read_text(item[0]), None if level is None else read_level(level)


@lru_cache(maxsize=65536)
def level_text(name: str, level: float) -> str:
    """Return a name with its level as :func:`read_levels` reads it back."""
    if level == 1 and _said(name)[1] is None:
        return name
    return f"{name} ({int(level) if level.is_integer() else level})"


def read_ranks(value: object, style: Style = PLAIN) -> tuple[tuple[str, ...], ...]:
    """Return ranked preferences, best first: ``A; B=C`` has B and C tied in second place.

    Raises
    ------
    ValueError
        The cell holds something that is no id.
    """
    if isinstance(value, list | tuple):
        groups = [
            read_names(group) if isinstance(group, list | tuple) else (read_text(group),)
            for group in map(plain, value)
            if group is not None
        ]
        return tuple(group for group in groups if group)
    listed = listed_items(value)
    if not isinstance(listed, str):
        return tuple((name,) for name in dict.fromkeys(listed) if name)
    ranks: list[list[str]] = [[]]
    for name, end in split(listed, style.separator, "\n", ">", "="):
        if name:
            ranks[-1].append(read_text(style.words.get(fold(name), name)))
        if end != "=":
            ranks.append([])
    return tuple(tuple(dict.fromkeys(group)) for group in ranks if group)


def read_windows(value: object, style: Style = PLAIN) -> tuple[Window, ...]:
    """Return weekly windows: ``Mon 09:00-12:00; Fri 14h-16h``.

    Raises
    ------
    ValueError
        A window cannot be read.
    """
    if isinstance(value, str):
        listed = listed_items(value)
        if style.separator not in ";,|":
            value = ";".join(map(read_text, items_of(value, style)))
        else:
            value = listed.replace(" / ", ";") if isinstance(listed, str) else listed
    elif isinstance(value, time | datetime | timedelta | float | int):
        raise ValueError(  # noqa: TRY004 - the caller's data
            "A time or a number alone is no weekly window. Make the cell a text such as "
            "'Mon 09:00-12:00'."
        )
    return parse_windows(value)


# Kinds ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kind:
    """How the cells of a field are read, and what to say where they cannot be.

    Parameters
    ----------
    read
        Returns the value of a cell that is not missing; raises ``ValueError`` with a sentence.
    code
        What the finding is about.
    hint
        How to mend the cell.
    many
        Whether several columns together may feed the field.
    """

    read: Callable[[object, Style], object]
    code: FindingCode
    hint: str
    many: bool = False


def _styleless(read: Callable[[object], object]) -> Callable[[object, Style], object]:
    """Return a reader for which every column is written alike."""
    return lambda value, _: read(value)


def choice_kind(kind: Kind, choice: str) -> Kind:
    """Return how to read a column for one choice of a field: a cross, a yes or no, or a level."""
    if kind.read is read_windows:
        return replace(kind, read=lambda value, _: _windows_of_day(choice, value))
    leveled = kind.read is read_levels
    what = "no level, yes or no" if leveled else "neither yes nor no"

    def read(value: object, style: Style) -> object:
        said = fold(read_text(value))
        holds = True if said == fold(choice) else BOOLEANS.get(said)
        if holds is not None:
            return kind.read({choice: 1.0} if leveled else [choice], style) if holds else None
        if not leveled:
            raise ValueError(f"{shown(value)} is {what}.")
        try:
            level = read_level(value, style)
        except ValueError:
            raise ValueError(f"{shown(value)} is {what}.") from None
        return {choice: level} if level else None

    hint = f"Write x, yes{', a level' * leveled} or nothing, {_MAPPED}"
    return Kind(read, kind.code, hint, many=True)


def _windows_of_day(day: str, value: object) -> tuple[Window, ...] | None:
    """Return the windows of a column for one day of the week."""
    text = read_text(value)
    return None if BOOLEANS.get(fold(text)) is False else read_windows(f"{day} {text}")


_MAPPED = "or say in the column map what the text means: values = {...}."
_TEXT = Kind(_styleless(read_text), FindingCode.BAD_VALUE, "Write one text.")
_NUMBER_KIND = Kind(
    lambda value, style: read_number(value, style.decimal),
    FindingCode.BAD_NUMBER,
    f"Write a number such as 3 or 2.5, {_MAPPED}",
)
_WHOLE = Kind(
    lambda value, style: read_whole(value, style.decimal),
    FindingCode.BAD_NUMBER,
    f"Write a whole number such as 2, {_MAPPED}",
)
_DATE = Kind(
    lambda value, style: read_date(value, style.dates),
    FindingCode.BAD_DATE,
    "Write it as 2024-12-31.",
)
_DATE_AHEAD = Kind(
    lambda value, style: read_date(value, style.dates, ahead=True), _DATE.code, _DATE.hint
)
_BOOLEAN = Kind(_styleless(read_boolean), FindingCode.BAD_BOOLEAN, f"Write yes or no, {_MAPPED}")
_NAMES = Kind(read_names, FindingCode.BAD_VALUE, "Write names with ';' between them.", many=True)
_LEVELS = Kind(
    read_levels,
    FindingCode.BAD_LEVEL,
    "Write names, or names with a level from 0 to 10: 'Python (3); SQL'.",
    many=True,
)
LEVEL: Final = Kind(
    read_level,
    FindingCode.BAD_LEVEL,
    f"Write a level from 0 to 10, {_MAPPED}",
)
KINDS: Final[Mapping[str, Kind]] = {
    "id": _TEXT,
    "name": _TEXT,
    "roles": Kind(
        _styleless(read_roles),
        FindingCode.BAD_ROLE,
        f"Write 'mentor', 'mentee' or 'both', {_MAPPED}",
    ),
    "skills": _LEVELS,
    "needs": _LEVELS,
    "interests": _NAMES,
    "languages": Kind(
        read_languages,
        FindingCode.BAD_LANGUAGE,
        f"Write a tag such as 'fr' or 'pt-BR', or an English or French name, {_MAPPED}",
        many=True,
    ),
    "availability": Kind(read_windows, FindingCode.BAD_WINDOW, "", many=True),
    "time_zone": Kind(_styleless(read_zone), FindingCode.BAD_TIME_ZONE, ""),
    "department": _TEXT,
    "site": _TEXT,
    "country": _TEXT,
    "level": _NUMBER_KIND,
    "hired": _DATE,
    "experience": _NUMBER_KIND,
    "retires": _DATE_AHEAD,
    "manager": _TEXT,
    "mentor_capacity": _WHOLE,
    "mentee_capacity": _WHOLE,
    "preferences": Kind(
        read_ranks, FindingCode.BAD_VALUE, "Write ids, best first: 'A; B=C'.", many=True
    ),
    "avoid": _NAMES,
    "status": Kind(
        _styleless(read_status),
        FindingCode.BAD_STATUS,
        f"Write 'active', 'on leave' or 'left', {_MAPPED}",
    ),
    "orientation_done": _BOOLEAN,
    "consent": _BOOLEAN,
    "waiting_since": _DATE,
    "about": _TEXT,
    "age": _NUMBER_KIND,
    "gender": _TEXT,
}
