"""Merging: what several columns or several rows say about one person, as one value a field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat

__all__ = ["Merged", "at_level", "joined", "merge", "rows_of", "whole_name"]

_MAPPINGS = frozenset({"attributes", "protected"})


@dataclass(frozen=True, slots=True, eq=False)
class Merged:
    """The rows of a table with those of one person together.

    Parameters
    ----------
    columns
        A value for each person, by field.
    first
        The position of each person's first row.
    person
        Which person each row is about.
    differing
        By field or attribute: the positions of two rows that say different things about one person
        where only one can count, and how many such rows there are.
    """

    columns: dict[str, list[object]]
    first: list[int]
    person: list[int]
    differing: dict[str, tuple[int, int, int]] = field(default_factory=dict)

    def tell(self, name: str, row: int) -> None:
        """Note that a row says something else than the rows of the person before it."""
        one, other, count = self.differing.get(name, (self.first[self.person[row]], row, 0))
        self.differing[name] = (one, other, count + 1)


def merge(columns: Mapping[str, Sequence[object]]) -> Merged:
    """Return the rows of a table with those that have one id together.

    Lists are joined; of a field that holds one value the first that is there counts. A row without
    an id is a person by itself.

    Parameters
    ----------
    columns
        A value for each row, ``None`` where missing, by field; ``id`` is one of them.
    """
    first: list[int] = []
    person: list[int] = []
    known: dict[object, int] = {}
    for k, name in enumerate(columns["id"]):
        place = known.get(name, len(first)) if name is not None else len(first)
        if place == len(first):
            first.append(k)
            known[name] = place
        person.append(place)
    merged = Merged({}, first, person)
    for name, values in columns.items():
        merged.columns[name] = _together(name, values, merged)
    return merged


def _together(name: str, values: Sequence[object], merged: Merged) -> list[object]:
    """Return one value for each person."""
    together = [values[k] for k in merged.first]
    for k, place in enumerate(merged.person):
        value, before = values[k], together[place]
        if value is None or value == before:
            continue
        if name in _MAPPINGS and isinstance(value, dict) and isinstance(before, dict):
            for key in value.keys() & before.keys():
                if value[key] != before[key]:
                    merged.tell(key, k)
            together[place] = value | before
        else:
            together[place] = joined(before, value, many=True)
            if together[place] is before and not isinstance(before, dict | tuple):
                merged.tell(name, k)
    return together


def whole_name(given: object, family: object) -> object:
    """Return the parts of a name that are there, together."""
    parts = [str(part) for part in (given, family) if part is not None]
    return " ".join(parts) if parts else None


def joined(one: object, other: object, *, many: bool) -> object:
    """Return what two cells say together: both in a list, else the first that is not missing."""
    if one is None or other is None:
        return other if one is None else one
    if isinstance(one, dict) and isinstance(other, dict):
        return one | other | {name: max(one[name], other[name]) for name in one.keys() & other}
    if many and isinstance(one, tuple) and isinstance(other, tuple):
        return tuple(dict.fromkeys((*one, *other)))
    return one


def at_level(names: object, level: object) -> object:
    """Return names with the level that another column gives them, if it does."""
    return dict.fromkeys(names, level) if isinstance(names, dict) and level is not None else names


def rows_of(columns: Mapping[str, Sequence[object]], count: int) -> Iterator[dict[str, object]]:
    """Return what each of so many rows holds by the name of the column, where it holds anything."""
    names = tuple(columns)
    for row in zip(*columns.values(), strict=True) if columns else repeat((), count):
        yield {name: value for name, value in zip(names, row, strict=True) if value is not None}
