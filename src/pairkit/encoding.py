"""Columns: a roster encoded once into arrays; Side: the mentors or the mentees of one program."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from pairkit.availability import SLOTS_PER_WEEK, week_slots
from pairkit.errors import ProgramError, did_you_mean
from pairkit.profiles import Participant, fold

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["Codes", "Columns", "Side", "as_number"]

_LISTS = frozenset(
    {
        "roles",
        "skills",
        "needs",
        "interests",
        "languages",
        "availability",
        "preferences",
        "avoid",
        "attributes",
        "protected",
    }
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Codes:
    """A categorical column: ``values`` (int32, (n,), -1 where missing) into ``categories``."""

    values: NDArray[np.int32]
    categories: tuple[str, ...]


class Columns:
    """Arrays over the people of one roster, each made at its first use and then kept.

    Row k of every array is person k of the roster. Texts are compared folded: without case,
    accents or double spaces.
    """

    def __init__(self, participants: Sequence[Participant]) -> None:
        self._participants = participants
        self._kept: dict[tuple[str, object], object] = {}

    def _once(self, kind: str, key: object, make: Callable[[], T]) -> T:
        if (kind, key) not in self._kept:
            self._kept[kind, key] = make()
        return cast("T", self._kept[kind, key])

    @cached_property
    def positions(self) -> dict[str, int]:
        """Position of each id in the roster."""
        return {person.id: k for k, person in enumerate(self._participants)}

    @cached_property
    def fields(self) -> frozenset[str]:
        """Names of all fields and attributes that somebody could have."""
        names: set[str] = set(Participant.model_fields)
        for person in self._participants:
            names.update(type(person).model_fields, person.attributes, person.protected)
        return frozenset(names)

    @cached_property
    def protected_fields(self) -> frozenset[str]:
        """Names of the fields and attributes that are protected."""
        names: set[str] = set()
        for kind in {type(person) for person in self._participants} | {Participant}:
            names |= kind.protected_fields()
        for person in self._participants:
            names.update(person.protected)
        return frozenset(names)

    def check_readable(self, name: str, reader: str, *, allow: bool) -> None:
        """Raise unless a scorer, rule or condition may read the field.

        Raises
        ------
        ProgramError
            The field is protected and that was not allowed.
        """
        if name in self.protected_fields and not allow:
            raise ProgramError(
                f"{reader} reads {name!r}, which is protected. If that is meant, give it "
                f"allow_protected = true."
            )

    def values(self, name: str) -> list[object]:
        """Return one value per person, ``None`` where missing.

        Raises
        ------
        ProgramError
            Nobody has such a field, or the field holds lists.
        """
        if name not in self.fields and self._participants:
            hint = did_you_mean(name, self.fields)
            raise ProgramError(f"No participant has a field {name!r}.{hint}")
        if name in _LISTS:
            raise ProgramError(f"The field {name!r} holds a list; name a field with one value.")
        return [person.value(name) for person in self._participants]

    def codes(self, name: str) -> Codes:
        """Return a field as categories."""
        return self._once("codes", name, lambda: _codes(self.values(name)))

    def numbers(self, name: str) -> NDArray[np.float64]:
        """Return a field as float64, shape (n,), nan where missing; dates in years.

        Raises
        ------
        ProgramError
            The field holds something that is not a number.
        """
        return self._once("numbers", name, lambda: _numbers(name, self.values(name)))

    def levels(self, name: str) -> csr_array:
        """Return ``skills`` or ``needs`` as float64 levels, shape (n, vocabulary of both)."""
        return self._once("levels", name, lambda: self._level_matrix(name))

    @cached_property
    def skill_names(self) -> dict[str, int]:
        """Column of each folded skill name, skills and needs together."""
        names = (
            fold(skill)
            for person in self._participants
            for skill in (*person.skills, *person.needs)
        )
        return {name: k for k, name in enumerate(dict.fromkeys(names))}

    def _level_matrix(self, name: str) -> csr_array:
        by_person = [getattr(person, name) for person in self._participants]
        names = [[fold(skill) for skill in levels] for levels in by_person]
        values = [level for levels in by_person for level in levels.values()]
        return _matrix(names, np.array(values, dtype=np.float64), self.skill_names)

    def interests(self) -> csr_array:
        """Return interests as 0/1 float64, shape (n, vocabulary)."""
        return self._once(
            "names", "interests", lambda: _incidence([p.interests for p in self._participants])
        )

    def languages(self) -> csr_array:
        """Return languages by primary subtag (``fr-CA`` is ``fr``) as 0/1 float64."""
        return self._once(
            "names",
            "languages",
            lambda: _incidence(
                [tuple(tag.split("-")[0] for tag in p.languages) for p in self._participants]
            ),
        )

    def slots(self, reference: date) -> NDArray[np.bool_]:
        """Return half-hour UTC slots of the week, bool, shape (n, 336)."""
        return self._once("slots", reference, lambda: self._slot_matrix(reference))

    def _slot_matrix(self, reference: date) -> NDArray[np.bool_]:
        slots = np.zeros((len(self._participants), SLOTS_PER_WEEK), dtype=np.bool_)
        for k, person in enumerate(self._participants):
            if person.availability:
                slots[k] = week_slots(person.availability, person.time_zone, reference)
        return slots

    @cached_property
    def managers(self) -> NDArray[np.int64]:
        """Position of each person's manager, -1 where there is none in the roster."""
        found = (self.positions.get(person.manager or "", -1) for person in self._participants)
        return np.fromiter(found, dtype=np.int64, count=len(self._participants))


def _codes(values: Sequence[object]) -> Codes:
    found: dict[str, int] = {}
    labels: list[str] = []
    codes = np.full(len(values), -1, dtype=np.int32)
    for k, value in enumerate(values):
        if value is None:
            continue
        text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
        key = fold(text)
        if key not in found:
            found[key] = len(labels)
            labels.append(text)
        codes[k] = found[key]
    return Codes(codes, tuple(labels))


def _numbers(name: str, values: Sequence[object]) -> NDArray[np.float64]:
    numbers = np.full(len(values), np.nan)
    for k, value in enumerate(values):
        number = as_number(value)
        if number is not None:
            numbers[k] = number
        elif value is not None:
            raise ProgramError(f"The field {name!r} holds text; a number or a date is needed.")
    return numbers


def as_number(value: object) -> float | None:
    """Return a number as it is and a date in years (2027-07-02 is 2027.5), else ``None``."""
    if isinstance(value, date):
        days = 366 if calendar.isleap(value.year) else 365
        return value.year + (value.timetuple().tm_yday - 1) / days
    try:
        return float(value) if isinstance(value, int | float) else None
    except OverflowError:
        return None


def _matrix(
    names: Sequence[Sequence[str]], values: NDArray[np.float64], columns: Mapping[str, int]
) -> csr_array:
    """Return values by person and name; of values in one place the largest counts."""
    from scipy.sparse import csr_array

    counts = np.fromiter((len(row) for row in names), dtype=np.int64, count=len(names))
    rows = np.repeat(np.arange(len(names)), counts)
    places = (columns[name] for row in names for name in row)
    cells = rows * len(columns) + np.fromiter(places, dtype=np.int64, count=len(rows))
    order = np.lexsort((-values, cells))
    cells, largest = np.unique(cells[order], return_index=True)
    row, column = np.divmod(cells, max(len(columns), 1))
    return csr_array((values[order][largest], (row, column)), shape=(len(names), len(columns)))


def _incidence(lists: Sequence[Sequence[str]]) -> csr_array:
    """Return which names each person has, as 0/1."""
    names = [[fold(name) for name in row] for row in lists]
    columns = {name: k for k, name in enumerate(dict.fromkeys(n for row in names for n in row))}
    return _matrix(names, np.ones(sum(map(len, names))), columns)


@dataclass(frozen=True)
class Side:
    """The people of one side of a program: a choice of rows of a roster's columns.

    Parameters
    ----------
    columns
        The roster's columns; both sides of a program share them, and so share vocabularies.
    participants
        All people of the roster.
    index
        Rows of the people on this side, int64, shape (n,), ascending.
    reference
        The day that counts as today: for daylight saving, horizons and waiting times.
    """

    columns: Columns = field(repr=False)
    participants: Sequence[Participant] = field(repr=False)
    index: NDArray[np.int64] = field(repr=False)
    reference: date

    def __len__(self) -> int:
        """Return how many people are on this side."""
        return len(self.index)

    def person(self, k: int) -> Participant:
        """Return the k-th person of this side."""
        return self.participants[int(self.index[k])]

    @cached_property
    def people(self) -> list[Participant]:
        """The people of this side in order."""
        return [self.participants[k] for k in self.index.tolist()]

    @cached_property
    def positions(self) -> NDArray[np.int64]:
        """Place on this side of each person of the roster, -1 for people who are not on it."""
        places = np.full(len(self.participants), -1, dtype=np.int64)
        places[self.index] = np.arange(len(self.index))
        return places

    def position(self, identifier: str) -> int:
        """Return the place of an id on this side, or -1."""
        found = self.columns.positions.get(identifier, -1)
        return int(self.positions[found]) if found >= 0 else -1

    def at(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the places on this side of rows of the roster; -1 stays, and who is not on it."""
        return np.append(self.positions, -1)[rows]

    def codes(self, name: str) -> Codes:
        """Return a field as categories, shared with the other side."""
        codes = self.columns.codes(name)
        return Codes(codes.values[self.index], codes.categories)

    def numbers(self, name: str) -> NDArray[np.float64]:
        """Return a field as float64, nan where missing; dates in years."""
        return self.columns.numbers(name)[self.index]

    def levels(self, name: str) -> csr_array:
        """Return ``skills`` or ``needs`` as levels by skill."""
        return self.columns.levels(name)[self.index]

    def interests(self) -> csr_array:
        """Return interests as 0/1 by name."""
        return self.columns.interests()[self.index]

    def languages(self) -> csr_array:
        """Return primary languages as 0/1 by name."""
        return self.columns.languages()[self.index]

    def slots(self) -> NDArray[np.bool_]:
        """Return half-hour UTC slots of the week, bool, shape (n, 336)."""
        return self.columns.slots(self.reference)[self.index]

    def has_availability(self) -> NDArray[np.bool_]:
        """Return who states any window of time, bool, shape (n,)."""
        return np.array([bool(person.availability) for person in self.people], dtype=np.bool_)

    def check_readable(self, name: str, reader: str, *, allow_protected: bool) -> None:
        """Raise unless a scorer or rule may read the field.

        Raises
        ------
        ProgramError
            The field is protected and the reader was not given ``allow_protected=True``.
        """
        self.columns.check_readable(name, reader, allow=allow_protected)
