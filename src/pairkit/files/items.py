"""Items: the values that one cell of a table holds, as plain Python and told apart."""

from __future__ import annotations

import contextlib
import json
import math
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final

from pairkit.files.quantities import DateOrder, DecimalMark, shown
from pairkit.profiles import fold, tidy

__all__ = [
    "FRACTION",
    "PLAIN",
    "SEPARATORS",
    "Scalar",
    "Style",
    "items_of",
    "listed_items",
    "plain",
    "quoted",
    "read_text",
    "separator_of",
    "split",
    "written_mapping",
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
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return None if math.isnan(value) else float(value)
    if isinstance(value, Decimal):
        return plain(float(value))
    if isinstance(value, datetime | timedelta):  # pandas' NaT is not equal to itself
        return value if value == value else None  # noqa: PLR0124
    if type(value).__name__ == "NAType":  # that of pandas, which may not be installed
        return None
    to_list = getattr(value, "tolist", None)  # numpy arrays and scalars
    return plain(to_list()) if callable(to_list) else value


def read_text(value: object) -> str:
    """Return a cell as text; ``123.0``, as spreadsheets keep whole numbers, is ``123``.

    Raises
    ------
    ValueError
        The cell holds several values.
    """
    if isinstance(value, str):
        return tidy(value)
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


# Lists as programs write them, such as "['A', 'B']": Python's and numpy's; JSON's is read as JSON.
_QUOTED_ITEM = r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\""""
_BARE_ITEM = r"""[^\s,;'"\[\]][^,;'"\[\]]*"""
_ITEM = re.compile(rf"{_QUOTED_ITEM}|{_BARE_ITEM}", re.DOTALL)
_LIST = re.compile(rf"\[\s*(?:(?:{_ITEM.pattern})(?:\s*,\s*|\s*(?=\])|\s+(?=['\"])))*\]", re.DOTALL)
SEPARATORS: Final = (";", "|", ",", " / ")
FRACTION: Final = re.compile(r"[0-9]\s*/\s*[0-9]")  # its slash separates no values
_BREAK = re.compile(r"\s*<br\s*/?>\s*", re.IGNORECASE)
_BULLET = re.compile(r"^[ \t]*(?:[-–•·*][ \t]+|[0-9]{1,2}[.)][ \t]+)", re.MULTILINE)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@lru_cache(maxsize=64)
def _splitter(*separators: str) -> re.Pattern[str]:
    """Return a pattern for one item, quoted or not, and the separator or end after it."""
    ends = "|".join(re.escape(separator) for separator in separators)
    quote = rf'\s*"(?P<quoted>(?:[^"]|"")*)"\s*(?P<level>[(:](?:(?!{ends}).)*)?'
    return re.compile(rf"(?:{quote}|(?P<bare>(?:(?!{ends}).)*))(?P<end>{ends}|\Z)", re.DOTALL)


def _whole(name: str, level: str | None) -> str:
    """Return what stands in quotation marks, with the level after them."""
    name = name.replace('""', '"')
    return name if level is None else f"{name} {level.strip()}"


def split(text: str, *separators: str) -> list[tuple[str, str]]:
    """Return each item of a text with the separator after it; ``"A; B"`` in quotes is one item."""
    return [
        (
            _whole(match["quoted"], match["level"])
            if match["bare"] is None
            else match["bare"].strip(),
            match["end"],
        )
        for match in _splitter(*separators).finditer(text)
    ]


_AFTER_NAME = re.compile(  # levels are no part of a name
    r"^\s+|\s*(?:[(:].*|\s[0-9][0-9.,]*\s?(?:%|/\s?[0-9]+)\s*)?$", re.DOTALL
)
_LEVEL_END = re.compile(r"[(:]\s*[0-9]+(?:\.[0-9]+)?\s*(?:%|/\s*[0-9]+)?\s*\)?\s*$")
_DECIMAL_COMMA = re.compile(r"[0-9],[0-9]")
_BARE_COMMA = re.compile(r",(?=[^\s0-9])|(?<![0-9]),(?=[0-9])|,$")


def separator_of(
    texts: Sequence[str], known: Collection[str] = (), names: Collection[str] = ()
) -> str:
    """Return what separates the values in the cells of a column.

    A semicolon or a bar does wherever it is. A comma or a slash between spaces does only where
    it is proved: in half of the texts that have one, a level as in ``Python (3), SQL`` is before
    it, a piece is known or occurs in another text, or all pieces are names that other columns
    have and no whole text is.

    Parameters
    ----------
    texts
        The different texts of the column.
    known
        Values that are known to be whole, such as ids.
    names
        Folded names of other columns.

    Examples
    --------
    >>> separator_of(["SQL, Go", "Go"]), separator_of(["Sales, marketing", "Law"])
    (', ', ';')
    """
    bare = [text for text in texts if not text.lstrip().startswith(('"', "["))]
    if any(";" in text or "\n" in text for text in bare):
        return ";"
    if any("|" in text for text in bare):
        return "|"
    commas = [text for text in bare if "," in text]
    comma = "," if known or any(map(_BARE_COMMA.search, commas)) else ", "
    decimals = not known and comma == "," and any(map(_DECIMAL_COMMA.search, commas))
    if not decimals and _proved(bare, comma, known, names):
        return comma
    fractions = any(map(FRACTION.search, bare))
    return " / " if not fractions and _proved(bare, " / ", known, names) else ";"


def _proved(
    texts: Sequence[str], separator: str, known: Collection[str], names: Collection[str]
) -> bool:
    """Return whether the pieces of texts occur by themselves, too."""
    if not any(separator in text for text in texts):
        return False
    several = [text.split(separator) for text in texts if separator in text]
    leveled = sum(any(map(_LEVEL_END.search, some[:-1])) for some in several)
    pieces = [{_AFTER_NAME.sub("", one) for one in text.split(separator)} - {""} for text in texts]
    count = Counter(piece for some in pieces for piece in some)
    many = [some for some in pieces if len(some) > 1]
    shared = sum(any(count[one] > 1 or one in known for one in some) for some in many)
    whole = any(fold(text) in names for text in texts if separator in text)
    named = 0 if whole else sum(all(fold(one) in names for one in some) for some in many)
    return bool(many) and 2 * max(shared, named, leveled) >= len(many)


@lru_cache(maxsize=65536)
def quoted(text: str, separators: tuple[str, ...] = SEPARATORS) -> str:
    """Return an item for a cell of several: in quotes where it would not be read back whole."""
    if text.startswith(('"', "[", "{")) or any(mark in text for mark in (*separators, "\n")):
        return '"' + text.replace('"', '""') + '"'
    return text


def items_of(value: object, style: Style) -> list[object]:
    """Return the items of a cell, each with its meaning where the column map gives one."""
    items: list[object]
    if isinstance(value, str) or not isinstance(value, list | tuple | set | frozenset):
        value = listed_items(value)
    if isinstance(value, str):
        items = [*_texts(value, style.separator)]
    else:
        cells = (tidy(item) if isinstance(item, str) else plain(item) for item in value)
        items = [item for item in cells if item is not None]
    if style.words:
        return [style.words.get(fold(i), i) if isinstance(i, str) else i for i in items]
    return items


def listed_items(value: object) -> str | list[str]:
    """Return the text of a cell, or its items where it is a list as programs write them."""
    text = read_text(value)
    if text[:1] + text[-1:] == "{}" and "," in text and ":" not in text:  # as databases write it
        text = f"[{text[1:-1]}]"
    elif text[:1] + text[-1:] == "()" and "," in text and text[1:].lstrip()[:1] in {"'", '"'}:
        text = f"[{text[1:-1].rstrip().rstrip(',')}]"
    if not (text.startswith("[") and text.endswith("]")):
        return _BREAK.sub("\n", text) if "<" in text else text
    with contextlib.suppress(ValueError, RecursionError):
        return [*map(read_text, json.loads(text))]
    if not _LIST.fullmatch(text):
        return text
    return [_unquoted(item.group()) for item in _ITEM.finditer(text[1:-1])]


def written_mapping(value: object) -> object:
    """Return a cell, as a mapping where it is the text of one: ``{"Python": 3}``."""
    text = value.strip() if isinstance(value, str) else ""
    if not (text.startswith("{") and text.endswith("}")):
        return value
    for written in (text, text.replace("'", '"')):  # as JSON and as Python write it
        with contextlib.suppress(ValueError, RecursionError):
            return dict(json.loads(written))
    return value


def _unquoted(item: str) -> str:
    return _ESCAPED.sub(r"\1", item[1:-1]).strip() if item[0] in "'\"" else item.strip()


def _texts(text: str, separator: str) -> list[str]:
    """Return the items of a text that are not blank."""
    if '"' in text:
        return [item for item, _ in split(text, separator, "\n") if item]
    if "\n" in text:
        text = _BULLET.sub("", text).replace("\n", separator)
    return [item for piece in text.split(separator) if (item := piece.strip())]
