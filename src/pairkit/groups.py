"""Groups: people by what they state in one field, the small ones folded into one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from pairkit.errors import ProgramError
from pairkit.messages import Message, Value

if TYPE_CHECKING:
    from pairkit.encoding import Side

__all__ = ["FLOOR", "Groups", "groups_of"]

FLOOR: Final = 5  # people, of fewer of whom nothing is told apart
NOT_STATED: Final = Message("not stated")
STEPS: Final = (1.0, 2.0, 5.0, 10.0)  # widths of bands of numbers, times a power of ten


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """People by what they state in one field.

    Parameters
    ----------
    names
        What each group is called, the largest first, or by number; then who states nothing, then
        the small ones together.
    codes
        The group of each person, int64, shape (n,), one array for each side asked about.
    sizes
        How many people are in each group, whoever is on both sides once, int64.
    """

    names: tuple[str, ...] = field(repr=False)
    codes: tuple[NDArray[np.int64], ...]
    sizes: NDArray[np.int64]


def groups_of(
    sides: Sequence[Side], name: str, *, most: int, floor: int, allow_protected: bool
) -> Groups:
    """Return the people of one or two sides by what they state in a field.

    Numbers and dates of more than ``most`` different values are cut into bands of a round width.

    Parameters
    ----------
    sides
        The people.
    name
        A field or an attribute.
    most
        How many groups are told apart at most; the others are folded into one.
    floor
        Of how many people a group is at least; smaller ones are folded into one, which can be too
        small as well.
    allow_protected
        Whether the field may be a protected one.

    Raises
    ------
    ProgramError
        Nobody has such a field, it holds lists, or is protected and that was not allowed.
    """
    columns = sides[0].columns
    if not allow_protected:
        columns.check_readable(name, "This figure", allow=False)
    codes, names, ordered = _stated(sides, name, most)
    missing = len(names)
    codes = [np.where(own < 0, missing, own) for own in codes]
    _, once = np.unique(np.concatenate([side.index for side in sides]), return_index=True)
    people = np.concatenate(codes)[once]
    sizes = np.bincount(people, minlength=missing + 1)
    kept = _kept(sizes, most, floor)
    told = [k for k in kept if k != missing]
    told.sort(key=lambda k: k if ordered else -sizes[k])
    order = [*told, *(k for k in kept if k == missing)]
    folded = int((sizes > 0).sum()) - len(order)
    place = np.full(missing + 1, len(order))
    place[order] = np.arange(len(order))
    labels: list[str] = [*(NOT_STATED if k == missing else names[k] for k in order)]
    if folded:
        others = Message("{n} other group", "{n} other groups", n=folded)
        labels.append(others if order else Message("all groups"))
    sizes = np.bincount(place[people], minlength=len(labels))
    return Groups(tuple(labels), tuple(place[own] for own in codes), sizes)


def _kept(sizes: NDArray[np.int64], most: int, floor: int) -> list[int]:
    """Return the groups to tell apart, the largest first."""
    order = [k for k in np.argsort(-sizes, kind="stable").tolist() if sizes[k]]
    kept = [k for k in order if sizes[k] >= floor]
    if len(kept) < len(order) or len(kept) > most + 1:
        kept = kept[:most]
    return kept


def _stated(
    sides: Sequence[Side], name: str, most: int
) -> tuple[list[NDArray[np.int64]], list[str], bool]:
    """Return the value of everybody as a code, -1 where none; the values; whether in order."""
    codes = [side.codes(name) for side in sides]
    categories = codes[0].categories
    try:
        numbers = [side.numbers(name) for side in sides]
    except ProgramError:
        return [one.values.astype(np.int64) for one in codes], list(categories), False
    known = np.concatenate(numbers)
    known = np.unique(known[~np.isnan(known)])
    if len(known) > most:
        return _bands(numbers, known, most)
    names = dict.fromkeys(range(len(known)), "")
    for own, one in zip(numbers, codes, strict=True):
        for number, code in zip(own.tolist(), one.values.tolist(), strict=True):
            if code >= 0:
                names[int(np.searchsorted(known, number))] = categories[code]
    return [_places(own, known) for own in numbers], list(names.values()), True


def _places(own: NDArray[np.float64], known: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.where(np.isnan(own), -1, np.searchsorted(known, own)).astype(np.int64)


def _bands(
    numbers: Sequence[NDArray[np.float64]], known: NDArray[np.float64], most: int
) -> tuple[list[NDArray[np.int64]], list[str], bool]:
    """Return numbers in at most so many bands of a round width; the upper end is not in a band."""
    least, largest = float(known[0]), float(known[-1])
    power = 10.0 ** math.floor(math.log10((largest - least) / most))
    widths = (step * power for step in STEPS)
    fitting = (w for w in widths if largest // w - least // w < most)
    width = next(fitting, STEPS[-1] * STEPS[1] * power)
    first = least // width
    names: list[str] = [
        Message(
            "{low} to {high}", low=_edge((first + k) * width), high=_edge((first + k + 1) * width)
        )
        for k in range(int(largest // width - first) + 1)
    ]
    codes = [
        np.where(np.isnan(own), -1, np.nan_to_num(own) // width - first).astype(np.int64)
        for own in numbers
    ]
    return codes, names, True


def _edge(number: float) -> Value:
    """Return an end of a band; one that may be a year has no separators."""
    return f"{number:.0f}" if float(number).is_integer() else float(number)
