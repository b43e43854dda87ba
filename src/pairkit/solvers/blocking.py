"""Blocking: a program with a column for each pair that would block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from pairkit.errors import UnsupportedError
from pairkit.parts import ranges

if TYPE_CHECKING:
    from pairkit.pairspace import Candidates, PairSpace
    from pairkit.parts import Index
    from pairkit.problem import Problem
    from pairkit.rows import Floats
    from pairkit.solvers.linear import Model

__all__ = ["with_blocking"]

MOST_ENTRIES: Final = 30_000_000  # of the rows: about a gigabyte


def with_blocking(model: Model, problem: Problem, found: Candidates) -> tuple[Model, Floats]:
    """Return the program with a column more for each candidate that both sides accept, and a cost.

    The cost is minus the number of those columns that are 1. A column is 1 where its pair blocks:
    it is not made, and neither of the two has all places filled with partners whom they like as
    much at least (Delorme et al. 2019, doi:10.1016/j.ejor.2019.03.017, whose formulations of
    stability fix it at 0).

    Raises
    ------
    UnsupportedError
        There are too many candidates to write the rows down.
    """
    liked = problem.preferences
    spaces = (problem.space,) * 2 if liked is None else (liked.mentors, liked.mentees)
    wants = [_wants(space, found) for space in spaces]
    accepted = np.flatnonzero(~np.isnan(wants[0]) & ~np.isnan(wants[1]))
    first, size = len(model.lower), len(accepted)
    columns = np.arange(size, dtype=np.int64)
    pieces = [
        (columns, accepted, np.ones(size)),
        (columns, first + columns, np.ones(size)),
    ]
    for people, want, capacity in (
        (found.mentors, wants[0], problem.mentor_capacity),
        (found.mentees, wants[1], problem.mentee_capacity),
    ):
        rows, others = _liked_as_much(people, want, accepted)
        pieces.append((rows, others, 1.0 / capacity[people[others]]))
    several = max(problem.mentor_capacity.max(initial=0), problem.mentee_capacity.max(initial=0))
    wide = _with_full(model, pieces, size) if several > 1 else _extended(model, pieces, size, size)
    cost = np.zeros(len(wide.lower))
    cost[first : first + size] = -1.0
    return wide, cost


def _wants(space: PairSpace, found: Candidates) -> Floats:
    tile = space.pairs(found.mentors, found.mentees)
    return np.where(tile.allowed, tile.scores, np.nan)


def _liked_as_much(people: Index, want: Floats, accepted: Index) -> tuple[Index, Index]:
    """Return row and candidate of others that a person likes as much as an accepted one."""
    order = np.lexsort((np.nan_to_num(-want, nan=np.inf), people))
    person, value = people[order], want[order]
    start = np.searchsorted(person, person, side="left")
    # within a person the best come first: those as good are a prefix of the person's part
    change = np.ones(len(order), dtype=np.bool_)
    change[:-1] = (np.diff(person) != 0) | (np.diff(value) != 0)
    last = np.flatnonzero(change)
    end = last[np.searchsorted(last, np.arange(len(order)))] + 1
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    mine = place[accepted]
    counts = end[mine] - start[mine]
    if counts.sum() > MOST_ENTRIES:
        raise UnsupportedError(
            f"Stability over {len(people):,} candidates needs {counts.sum():,} entries, more than "
            f"{MOST_ENTRIES:,}. Use DeferredAcceptance, which finds a stable solution where "
            "stability comes first and there are no rules on the whole program."
        )
    rows = np.repeat(np.arange(len(accepted), dtype=np.int64), counts)
    others = order[ranges(start[mine], counts)]
    own = others == accepted[rows]
    return rows[~own], others[~own]


def _extended(
    model: Model, pieces: list[tuple[Index, Index, Floats]], rows: int, columns: int
) -> Model:
    """Return the program with more columns, and rows that sum up to 1 at least."""
    from scipy.sparse import csr_array

    wider = model.with_columns(columns)
    own = np.concatenate([piece[0] for piece in pieces])
    others = np.concatenate([piece[1] for piece in pieces])
    values = np.concatenate([piece[2] for piece in pieces])
    matrix = csr_array((values, (own, others)), (rows, len(wider.lower)))
    return wider.with_rows(matrix, np.ones(rows), np.full(rows, np.inf))


def _with_full(model: Model, pieces: list[tuple[Index, Index, Floats]], size: int) -> Model:
    """Return the program where somebody has room for several partners.

    Then being full is a column of its own, at most the share of places that are filled.
    """
    from scipy.sparse import csr_array

    first = len(model.lower)
    rows = np.arange(size, dtype=np.int64)
    blocks, full = pieces[:2], pieces[2:]
    fulls = [(rows, first + size + k * size + rows, np.ones(size)) for k in range(2)]
    wide = _extended(model, [*blocks, *fulls], size, 3 * size)
    for k, (own, others, shares) in enumerate(full):
        entries = csr_array((shares, (own, others)), (size, len(wide.lower)))
        mine = csr_array((np.full(size, -1.0), (rows, fulls[k][1])), (size, len(wide.lower)))
        wide = wide.with_rows(csr_array(entries + mine), np.zeros(size), np.full(size, np.inf))
    return wide
