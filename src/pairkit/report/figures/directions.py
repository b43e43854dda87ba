"""Directions: how many pairs lead from which group to which."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pairkit.groups import FLOOR, groups_of
from pairkit.report.figures.places import places_of

if TYPE_CHECKING:
    from pairkit.matching import Matching

__all__ = ["Flows", "flows"]


@dataclass(frozen=True, slots=True, eq=False)
class Flows:
    """How many pairs lead from which group of mentors to which group of mentees.

    Parameters
    ----------
    field
        What makes the groups.
    names
        The groups, of rows and of columns, shape (g,).
    counts
        Pairs by the mentor's group and the mentee's, int64, shape (g, g). Of peers, a pair of two
        groups is in both of its cells.
    expected
        How many there would be if the same people were paired whatever their group, float64, shape
        (g, g).
    """

    field: str
    names: tuple[str, ...] = dataclasses.field(repr=False)
    counts: NDArray[np.int64]
    expected: NDArray[np.float64]
    hidden: int = 0


def flows(
    matching: Matching, field: str, *, most: int = 10, allow_protected: bool = False
) -> Flows:
    """Return the pairs by group of the mentor and group of the mentee.

    Parameters
    ----------
    matching
        The matching.
    field
        A field or an attribute with one value. Numbers and dates of many values come in bands.
    most
        How many groups are told apart; the smaller ones are folded into one.
    allow_protected
        Whether the field may be a protected one; groups of fewer than 5 people are then folded too,
        and left out where they are fewer than 5 together.

    Raises
    ------
    ProgramError
        Nobody has such a field, it holds lists, or is protected and that was not allowed.
    ProblemError
        The matching was read back without its roster and program.
    """
    sides = matching.sides
    secret = field in sides[0].columns.protected_fields
    floor = FLOOR if secret else 0
    groups = groups_of(sides, field, most=most, floor=floor, allow_protected=allow_protected)
    names = tuple(
        name for name, people in zip(groups.names, groups.sizes, strict=True) if people >= floor
    )
    size, (i, j) = len(names), places_of(matching)
    rows, columns = groups.codes[0][i], groups.codes[1][j]
    shown = (rows < size) & (columns < size)
    rows, columns = rows[shown], columns[shown]
    counts = np.zeros((size, size), dtype=np.int64)
    np.add.at(counts, (rows, columns), 1)
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / max(len(rows), 1)
    if matching.peers:
        ends = counts.sum(axis=0) + counts.sum(axis=1)
        expected = np.outer(ends, ends) / max(2 * len(rows), 1)
        counts = counts + counts.T
        for both in (counts, expected):
            np.fill_diagonal(both, np.diag(both) / 2)
    return Flows(field, names, counts, expected, int((~shown).sum()))
