"""Reach: pairs over all of a space that let a solution make one pair more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from pairkit.pairspace import Candidates
from pairkit.parts import Listed

if TYPE_CHECKING:
    from pairkit.grid import Grid
    from pairkit.pairspace import PairSpace
    from pairkit.parts import Index

__all__ = ["augmenting_pairs"]

TILE_PAIRS: Final = 1 << 20


def augmenting_pairs(
    space: PairSpace, grid: Grid, room: tuple[Index, Index], made: Candidates
) -> Candidates:
    """Return pairs along which a solution can grow, if it can grow at all.

    From the rows with room left, layer by layer: any column they may be paired with, then the rows
    that it is paired with now, until a layer meets a column with room (Hopcroft and Karp 1973,
    doi:10.1137/0202019). Every column is reached from the row with which it scores best. If no
    layer meets one, there is no larger solution (Berge 1957, doi:10.1073/pnas.43.9.842).

    Parameters
    ----------
    space
        The pairs.
    grid
        The people.
    room
        The most partners of each row and column, int64.
    made
        The pairs of the solution, as positions in the grid.
    """
    rows, columns = grid.shape
    again = Listed(made.mentors, made.mentees, True, grid.shape)  # noqa: FBT003 - a value
    spare = np.bincount(made.mentees, minlength=columns) < room[1]
    fresh_rows = np.bincount(made.mentors, minlength=rows) >= room[0]
    fresh_columns = np.ones(columns, dtype=np.bool_)
    layer = np.flatnonzero(~fresh_rows)
    found: list[Candidates] = [Candidates.none()]
    while len(layer):
        reached = _reached(space, grid, again, layer, fresh_columns)
        found += reached
        if any(spare[one.mentees].any() for one in reached):
            return Candidates.join(found)
        met = np.zeros(columns, dtype=np.bool_)
        for one in reached:
            met[one.mentees] = True
        partners = made.mentors[met[made.mentees]]
        layer = np.unique(partners[fresh_rows[partners]])
        fresh_rows[layer] = False
    return Candidates.none()


def _reached(
    space: PairSpace, grid: Grid, again: Listed, layer: Index, fresh: NDArray[np.bool_]
) -> list[Candidates]:
    """Return the columns not met before that a layer of rows may be paired with, and is not yet.

    They are met then: ``fresh`` is changed in place.
    """
    found = []
    height = max(1, TILE_PAIRS // max(int(fresh.sum()), 1))
    for start in range(0, len(layer), height):
        some, columns = layer[start : start + height], np.flatnonzero(fresh)
        if not len(columns):
            break
        tile = space.pairs(grid.rows[some][:, None], grid.columns[columns][None, :])
        open_ = tile.allowed & ~again(some[:, None], columns[None, :])
        scores = np.where(open_, tile.scores, -np.inf)
        best = scores.argmax(axis=0)
        highest = scores[best, np.arange(len(columns))]
        there = np.isfinite(highest)
        found.append(Candidates(some[best[there]], columns[there], highest[there]))
        fresh[columns[there]] = False
    return found
