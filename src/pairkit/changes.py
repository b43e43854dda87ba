"""Changes: what is different between two states of the same people, and what they have in common.

People are compared by what their values mean. The order of interests, languages and people to
avoid says nothing, nor does the order within a tie; windows of time are the time that they cover;
``3`` is ``3.0``; and a text is the same however its accents are composed and its spaces typed.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, cast
from weakref import WeakKeyDictionary

from pairkit.availability import Window
from pairkit.profiles import INVISIBLE, Participant

__all__ = ["Change", "RosterChanges", "people_digest", "roster_changes"]

SHOWN_IDS: Final = 10
INSIDE: Final = ("attributes", "protected")
_NOTHING: Final[tuple[object, ...]] = (None, "", [], {})
_JSON: Final = json.JSONEncoder(sort_keys=True)


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one person that is different.

    Parameters
    ----------
    id
        Of the person.
    field
        A field of :class:`Participant`; an attribute is ``attributes.NAME``, a protected one
        ``protected.NAME``.
    before, after
        What it was and what it is; ``None`` or empty where it is not stated. Not in the ``repr``.
    protected
        Whether the field is protected.
    """

    id: str
    field: str
    before: object = dataclasses.field(repr=False)
    after: object = dataclasses.field(repr=False)
    protected: bool = False


@dataclass(frozen=True, slots=True)
class RosterChanges:
    """Who joined, who left, and what is different about those who stayed.

    It is false where nothing is different. ``str`` and ``repr`` name ids and fields and nobody's
    data.

    Parameters
    ----------
    joined
        Ids of people who are new, in the order of the new roster.
    left
        Ids of people who are gone, in the order of the old one.
    changed
        What is different about the others, in the order of the new roster.
    """

    joined: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    changed: tuple[Change, ...] = ()

    def __bool__(self) -> bool:
        """Return whether anything is different."""
        return bool(self.joined or self.left or self.changed)

    def __repr__(self) -> str:
        """Return the counts alone."""
        people = len({change.id for change in self.changed})
        return f"RosterChanges({len(self.joined)} joined, {len(self.left)} left, {people} changed)"

    def __str__(self) -> str:
        """Return a line for those who joined, who left and who changed: ids and fields alone."""
        fields: dict[str, list[str]] = {}
        for change in self.changed:
            fields.setdefault(change.id, []).append(change.field)
        changed = [f"{one} ({', '.join(names)})" for one, names in fields.items()]
        lines = [
            f"{len(who)} {what}: {_first(who)}."
            for who, what in ((self.joined, "joined"), (self.left, "left"), (changed, "changed"))
            if who
        ]
        return "\n".join(lines) or "Nothing changed."

    def to_records(self, *, include_protected: bool = False) -> list[dict[str, str | None]]:
        """Return a row for everybody who joined or left, and one for each field that changed.

        Parameters
        ----------
        include_protected
            Whether protected fields are told, too; without it, they have no row.

        Returns
        -------
        list of dict
            ``id``, ``change`` (``"joined"``, ``"left"`` or ``"changed"``), ``field``, ``before``
            and ``after`` as text, ``None`` where there is nothing.
        """
        gone = [(one, "left") for one in self.left]
        come = [(one, "joined") for one in self.joined]
        rows = [_record(one, what) for one, what in (*come, *gone)]
        return rows + [
            _record(one.id, "changed", one.field, _shown(one.before), _shown(one.after))
            for one in self.changed
            if include_protected or not one.protected
        ]


def _record(
    one: str,
    what: str,
    name: str | None = None,
    before: str | None = None,
    after: str | None = None,
) -> dict[str, str | None]:
    return {"id": one, "change": what, "field": name, "before": before, "after": after}


def _first(names: Sequence[str]) -> str:
    more = len(names) - SHOWN_IDS
    shown = ", ".join(names[:SHOWN_IDS])
    return f"{shown} and {more} more" if more > 0 else shown


def _shown(value: object) -> str | None:
    """Return a value as a person reads it: items between semicolons, ties with ``=``."""
    if isinstance(value, Window):
        return str(value)
    if isinstance(value, Mapping):
        return "; ".join(f"{name} ({level:g})" for name, level in value.items()) or None
    if isinstance(value, frozenset):
        return "; ".join(sorted(map(str, value))) or None
    if isinstance(value, tuple):
        groups = ("=".join(one) if type(one) is tuple else str(one) for one in value)
        return "; ".join(groups) or None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return None if value is None else str(value)


def roster_changes(old: Iterable[Participant], new: Iterable[Participant]) -> RosterChanges:
    """Return what is different between two states of the same people, matched by id."""
    before = {person.id: person for person in old}
    after = {person.id: person for person in new}
    return RosterChanges(
        joined=tuple(one for one in after if one not in before),
        left=tuple(one for one in before if one not in after),
        changed=tuple(
            change
            for one, person in after.items()
            if one in before and before[one] != person
            for change in _changes(before[one], person)
        ),
    )


# What people state, while somebody holds them: the next roster has most of them again.
_LINES: Final[WeakKeyDictionary[Participant, bytes]] = WeakKeyDictionary()


def people_digest(people: Iterable[Participant]) -> str:
    """Return the SHA-256 of everybody's data, hexadecimal; equal where nothing is different."""
    total = hashlib.sha256()
    for person in sorted(people, key=lambda person: person.id):
        line = _LINES.get(person)
        if line is None:
            line = _LINES[person] = _JSON.encode(_stated(person)).encode() + b"\n"
        total.update(line)
    return total.hexdigest()


def _changes(before: Participant, after: Participant) -> Iterator[Change]:
    """Return the fields in which two states of one person differ."""
    was, now = _stated(before), _stated(after)
    protected = before.protected_fields() | after.protected_fields()
    for name in dict.fromkeys((*type(after).model_fields, *type(before).model_fields)):
        if was.get(name) == now.get(name):
            continue
        if name not in INSIDE:
            old, new = getattr(before, name, None), getattr(after, name, None)
            yield Change(after.id, name, old, new, name in protected)
            continue
        past, present = (_by_text(getattr(person, name)) for person in (before, after))
        for key in dict.fromkeys((*present, *past)):
            old, new = past.get(key), present.get(key)
            if _plain(old) != _plain(new):
                yield Change(after.id, f"{name}.{key}", old, new, name in protected)


def _by_text(values: Mapping[str, object]) -> dict[str, object]:
    """Return attributes by their name as it is compared."""
    return {_text(name): values[name] for name in sorted(values)}


def _stated(person: Participant) -> dict[str, object]:
    """Return what a person states as plain values that are equal where they mean the same."""
    values: dict[str, object] = {}
    for name, default, plain in _readers(type(person)):
        value: object = getattr(person, name)
        if value is None or value is default or value == default:
            continue
        if plain is None:
            value = person.model_dump(mode="json", include={name})[name]
        else:
            value = plain(value)
        if value not in _NOTHING:
            values[name] = value
    return values


@lru_cache(maxsize=64)
def _readers(
    kind: type[Participant],
) -> tuple[tuple[str, object, Callable[[object], object] | None], ...]:
    """Return each field of a class with its default and how its values become plain.

    A field of somebody's own class has no such function: pydantic knows it better.
    """
    known = Participant.model_fields
    return tuple(
        (name, info.default, _SAME.get(name, _plain) if name in known else None)
        for name, info in kind.model_fields.items()
    )


@lru_cache(maxsize=65536)
def _text(text: str) -> str:
    plain = text if text.isascii() else unicodedata.normalize("NFC", INVISIBLE.sub("", text))
    return " ".join(plain.split())


def _plain(value: object) -> object:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, (bool, float)):
        return _number(value)
    if isinstance(value, dict):
        named = _by_text(value).items()
        return {name: plain for name, one in named if (plain := _plain(one)) is not None}
    return value.isoformat() if isinstance(value, date) else value


def _number(value: float) -> float | None:
    """Return a number as one of one kind, so that it is written in one way."""
    if float(value).is_integer():
        return int(value)
    return None if math.isnan(value) else value


def _set(value: object) -> object:
    return sorted({_text(one) for one in cast("Iterable[str]", value)})


def _levels(value: object) -> object:
    levels = cast("Mapping[str, float]", value)
    return {_text(name): _number(levels[name]) for name in sorted(levels)}


def _ranked(value: object) -> object:
    return [sorted(group) for group in cast("Iterable[Iterable[str]]", value)]


def _covered(value: object) -> object:
    """Return the stretches of time that windows cover together."""
    covered: list[list[int]] = []
    for start, end in sorted(cast("Iterable[Window]", value)):
        if covered and start <= covered[-1][1]:
            covered[-1][1] = max(covered[-1][1], end)
        else:
            covered.append([start, end])
    return covered


_SAME: Final[Mapping[str, Callable[[object], object]]] = {
    "roles": _set,
    "skills": _levels,
    "needs": _levels,
    "interests": _set,
    "languages": _set,
    "avoid": lambda value: sorted(cast("Iterable[str]", value)),
    "preferences": _ranked,
    "availability": _covered,
    "id": lambda value: value,
    "manager": lambda value: value,
}
