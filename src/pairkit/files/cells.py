"""Cells: what people write in one cell of a table, read as the value of a field."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final

from pairkit.availability import Window, parse_windows, time_zone
from pairkit.files.lexicon import BOOLEANS, LANGUAGES, ROLES, STATUSES
from pairkit.files.quantities import (
    DateOrder,
    DecimalMark,
    read_date,
    read_number,
    read_whole,
    shown,
)
from pairkit.findings import FindingCode
from pairkit.profiles import EmploymentStatus, Role, fold

__all__ = [
    "KINDS",
    "Kind",
    "Scalar",
    "Style",
    "level_text",
    "plain",
    "quoted",
    "read_boolean",
    "read_languages",
    "read_levels",
    "read_names",
    "read_ranks",
    "read_roles",
    "read_status",
    "read_text",
    "read_windows",
    "read_zone",
]

Scalar = str | bool | int | float | date


@dataclass(frozen=True, slots=True)
class Style:
    """How the cells of one column are written.

    Parameters
    ----------
    separator
        What stands between the values of one cell; a line break always does.
    decimal
        The decimal mark of the column, or empty where its values do not tell.
    dates
        The order of day and month in ``03/04/2024``; ``iso`` reads no such date.
    words
        What single values of a list mean, by their folded text.
    """

    separator: str = ";"
    decimal: DecimalMark = ""
    dates: DateOrder = "iso"
    words: Mapping[str, Scalar] = field(default_factory=dict)


PLAIN: Final = Style()


def plain(value: object) -> object:
    """Return a cell of any library as plain Python; ``None`` where it holds nothing."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return None if math.isnan(value) else float(value)
    if isinstance(value, Decimal):
        return plain(float(value))
    if isinstance(value, datetime | timedelta):  # pandas' NaT is not equal to itself
        return value if value == value else None  # noqa: PLR0124
    to_list = getattr(value, "tolist", None)  # numpy arrays and scalars
    return plain(to_list()) if callable(to_list) else value


# Text -----------------------------------------------------------------------------------------


def read_text(value: object) -> str:
    """Return a cell as text; ``123.0``, as spreadsheets keep whole numbers, is ``123``.

    Raises
    ------
    ValueError
        The cell holds several values.
    """
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, list | tuple | set | dict | bytes):
        raise ValueError(f"{shown(value)} is not one text.")  # noqa: TRY004 - the caller's data
    return str(value)


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

_AND = re.compile(r" *[;,/&+|\n] *| (?:and|et|or|ou) ")


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
        for word in _AND.split(fold(read_text(item))):
            if word not in ROLES:
                raise ValueError(f"{shown(word)} is not a role.")
            roles |= ROLES[word]
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

_NUMBER = r"([+-]?[0-9]+(?:[.,][0-9]+)?(?:e[+-]?[0-9]+)?)"
_LEVEL = re.compile(
    rf"(?P<name>.*\S)\s*(?:\(\s*{_NUMBER}\s*\)|:\s*{_NUMBER})", re.DOTALL | re.IGNORECASE
)


@lru_cache(maxsize=64)
def _splitter(*separators: str) -> re.Pattern[str]:
    """Return a pattern for one item, quoted or not, and the separator or end after it."""
    ends = "|".join(re.escape(separator) for separator in separators)
    quote = r'\s*"(?P<quoted>(?:[^"]|"")*)"\s*'
    return re.compile(rf"(?:{quote}|(?P<bare>(?:(?!{ends}).)*))(?P<end>{ends}|\Z)", re.DOTALL)


def _split(text: str, *separators: str) -> list[tuple[str, str]]:
    """Return each item of a text with the separator after it; ``"A; B"`` in quotes is one item."""
    return [
        (
            match["quoted"].replace('""', '"') if match["bare"] is None else match["bare"].strip(),
            match["end"],
        )
        for match in _splitter(*separators).finditer(text)
    ]


@lru_cache(maxsize=65536)
def quoted(text: str, separators: str = ";") -> str:
    """Return an item for a cell of several: in quotes where it would not be read back whole."""
    if text.startswith('"') or any(mark in text for mark in (*separators, "\n")):
        return '"' + text.replace('"', '""') + '"'
    return text


def _items(value: object, style: Style) -> list[object]:
    """Return the items of a cell, each with its meaning where the column map gives one."""
    items: list[object]
    if isinstance(value, list | tuple | set | frozenset):
        items = [item for item in map(plain, value) if item is not None]
    else:
        items = [*_texts(read_text(value), style.separator)]
    if style.words:
        return [style.words.get(fold(i), i) if isinstance(i, str) else i for i in items]
    return items


def _texts(text: str, separator: str) -> list[str]:
    """Return the items of a text that are not blank."""
    if '"' in text:
        return [item for item, _ in _split(text, separator, "\n") if item]
    pieces = text.replace("\n", separator).split(separator)
    return [item for piece in pieces if (item := piece.strip())]


def read_names(value: object, style: Style = PLAIN) -> tuple[str, ...]:
    """Return the names of a cell in order, each once.

    Raises
    ------
    ValueError
        An item is itself a list.
    """
    return tuple(dict.fromkeys(name for name in map(read_text, _items(value, style)) if name))


def read_levels(value: object, style: Style = PLAIN) -> dict[str, float]:
    """Return levels by name: ``Python (3)`` or ``Python:3``, or a plain name with level 1.

    Of several levels for one name the highest counts.

    Raises
    ------
    ValueError
        A level is not a number.
    """
    levels: dict[str, float] = {}
    items = value.items() if isinstance(value, dict) else _items(value, style)
    for item in items:
        name, level = _text_level(item) if isinstance(item, str) else _typed_level(item)
        if level is not None and level > levels.get(name, -math.inf):
            levels[name] = level
    return levels


@lru_cache(maxsize=65536)
def _text_level(item: str) -> tuple[str, float]:
    """Return a text as a name and its level."""
    match = _LEVEL.fullmatch(item)
    if match is None:
        return item, 1.0
    return match["name"], float((match[2] or match[3]).replace(",", "."))


def _typed_level(item: object) -> tuple[str, float | None]:
    """Return a pair, a mapping with ``name`` and ``level``, or a name as a name and its level."""
    if isinstance(item, dict) and "name" in item:
        item = (item["name"], item.get("level", 1.0))
    if not isinstance(item, list | tuple) or len(item) != 2:
        return read_text(item), 1.0
    level = plain(item[1])
    return read_text(item[0]), None if level is None else read_number(level)


@lru_cache(maxsize=65536)
def level_text(name: str, level: float) -> str:
    """Return a name with its level as :func:`read_levels` reads it back."""
    if level == 1 and not _LEVEL.fullmatch(name):
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
    ranks: list[list[str]] = [[]]
    for name, end in _split(read_text(value), style.separator, "\n", ">", "="):
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
    if isinstance(value, str) and style.separator not in ";,|":
        value = ";".join(map(read_text, _items(value, style)))
    return parse_windows(value)


_BETWEEN = re.compile(r"[,/|]|\s(?:et|and|&)\s", re.IGNORECASE)
_TAG = re.compile(r"[a-z]{2,3}([-_][a-z0-9]{2,8})*", re.IGNORECASE)


def read_languages(value: object, style: Style = PLAIN) -> tuple[str, ...]:
    """Return BCP-47 tags of languages given as tags or by English or French name.

    No language has a comma, a slash, a bar or an "and" in its name: those separate too.

    Raises
    ------
    ValueError
        A language is not known.
    """
    names = (part.strip() for one in read_names(value, style) for part in _BETWEEN.split(one))
    return tuple(dict.fromkeys(_language(name) for name in names if name))


def _language(name: str) -> str:
    tag = LANGUAGES.get(fold(name))
    if tag is None and not _TAG.fullmatch(name):
        raise ValueError(f"{shown(name)} is not a known language.")
    return tag or name


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
_BOOLEAN = Kind(_styleless(read_boolean), FindingCode.BAD_BOOLEAN, f"Write yes or no, {_MAPPED}")
_NAMES = Kind(read_names, FindingCode.BAD_VALUE, "Write names with ';' between them.", many=True)
_LEVELS = Kind(
    read_levels,
    FindingCode.BAD_LEVEL,
    "Write names, or names with a level from 0 to 10: 'Python (3); SQL'.",
    many=True,
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
    "retires": _DATE,
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
