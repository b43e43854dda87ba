"""Passes over a pair space: the pairs that are worth more than the prices of their two people.

A pass looks at reduced costs ``score - u - v``, a tile at a time. It returns the best pairs of
each person and, for every row and block of columns, the most that a reduced cost can be. After a
change of prices that bound tells which tiles need a new look. Row chunks are cut the same way
whatever the number of workers, and joblib runs them: the only parallel seam of the package, and the
answer does not depend on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from pairkit.pairspace import Candidates, PairSpace

if TYPE_CHECKING:
    from pairkit.parts import Index

__all__ = ["Sweep", "best_of_each", "joined", "sweep"]

_Chunk: TypeAlias = tuple[list[Candidates], NDArray[np.float64], int, float]

ROWS: Final = 512
COLUMNS: Final = 1024
SLACK: Final = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Sweep:
    """What a pass over all pairs found.

    Parameters
    ----------
    found
        Pairs above the thresholds, with their scores: the best of each person in each tile.
    most
        Upper bound on the reduced cost of a row in a block of columns, float64, shape (mentors,
        blocks), -inf where no pair is allowed.
    u, v
        The prices that ``most`` holds for.
    largest
        The largest allowed score that was seen, without its sign.
    pairs
        How many pairs were looked at.
    """

    found: Candidates
    most: NDArray[np.float64]
    u: NDArray[np.float64]
    v: NDArray[np.float64]
    largest: float
    pairs: int

    def bound(self, u: NDArray[np.float64], v: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return ``most`` at other prices: the old bound plus the change of the prices."""
        change = np.full(self.most.shape[1] * COLUMNS, -np.inf)
        change[: len(v)] = self.v - v
        by_block = change.reshape(-1, COLUMNS).max(axis=1, initial=-np.inf)
        bound: NDArray[np.float64] = self.most + (self.u - u)[:, None] + by_block[None, :]
        return bound + SLACK


def sweep(
    space: PairSpace,
    u: NDArray[np.float64],
    v: NDArray[np.float64],
    *,
    row_thresholds: NDArray[np.float64],
    column_thresholds: NDArray[np.float64],
    keep: int,
    before: Sweep | None = None,
    workers: int | None = None,
) -> Sweep:
    """Return the pairs whose reduced costs exceed the threshold of their row or their column.

    Parameters
    ----------
    space
        The pairs.
    u, v
        Prices of mentors and mentees, float64, shapes (mentors,) and (mentees,).
    row_thresholds, column_thresholds
        Float64, shapes (mentors,) and (mentees,).
    keep
        The most pairs of a row, and of a column, that a tile gives: it bounds the memory.
    before
        An earlier sweep; tiles that its bound proves to hold nothing above the row thresholds, and
        above the least column threshold, are passed over.
    workers
        Threads or processes; ``None`` takes what joblib is configured for, else one thread a core.
    """
    from joblib import Parallel, delayed

    mentors, mentees = space.shape
    blocks = -(-mentees // COLUMNS)
    most = np.full((mentors, blocks), -np.inf)
    least = min(row_thresholds.min(initial=np.inf), column_thresholds.min(initial=np.inf))
    look = np.ones((mentors, blocks), dtype=np.bool_)
    if before is not None:
        most = before.bound(u, v)
        look = most > least
    jobs = (
        delayed(_chunk)(
            space,
            np.arange(start, min(start + ROWS, mentors), dtype=np.int64),
            look[start : start + ROWS],
            (u, v),
            (row_thresholds, column_thresholds),
            keep,
        )
        for start in range(0, mentors, ROWS)
    )
    pieces: list[Candidates] = []
    looked, largest = 0, 0.0
    done = Parallel(n_jobs=workers, prefer="threads")(jobs)
    for chunk, one in enumerate(done):
        found, seen, pairs, high = cast("_Chunk", one)
        rows = slice(chunk * ROWS, chunk * ROWS + len(seen))
        most[rows] = np.where(look[rows], seen, most[rows])
        pieces += found
        looked, largest = looked + pairs, max(largest, high)
    return Sweep(joined(pieces), most, u, v, largest, looked)


def _chunk(  # noqa: PLR0917 - what a worker needs
    space: PairSpace,
    rows: Index,
    look: NDArray[np.bool_],
    prices: tuple[NDArray[np.float64], NDArray[np.float64]],
    thresholds: tuple[NDArray[np.float64], NDArray[np.float64]],
    keep: int,
) -> _Chunk:
    """Return what a chunk of rows holds: pairs, bounds, how many pairs, the largest score."""
    most = np.full(look.shape, -np.inf)
    found: list[Candidates] = []
    looked, largest = 0, 0.0
    for block in range(look.shape[1]):
        chosen = rows[look[:, block]]
        if not len(chosen):
            continue
        columns = np.arange(block * COLUMNS, min((block + 1) * COLUMNS, space.shape[1]))
        tile = space.pairs(chosen[:, None], columns[None, :])
        looked += tile.scores.size
        allowed = np.abs(tile.scores, where=tile.allowed, out=np.zeros(tile.scores.shape))
        largest = max(largest, float(allowed.max(initial=0.0)))
        reduced = np.where(
            tile.allowed, tile.scores - prices[0][chosen][:, None] - prices[1][columns], -np.inf
        )
        most[look[:, block], block] = reduced.max(axis=1)
        hits = _hits(reduced, thresholds[0][chosen], thresholds[1][columns], keep)
        i, j = np.nonzero(hits)
        if len(i):
            found.append(Candidates(chosen[i], columns[j], tile.scores[i, j]))
    return found, most, looked, largest


def _hits(
    reduced: NDArray[np.float64],
    row_thresholds: NDArray[np.float64],
    column_thresholds: NDArray[np.float64],
    keep: int,
) -> NDArray[np.bool_]:
    """Return the pairs of a tile above the thresholds, at most ``keep`` a row and a column."""
    by_row = _best_in_rows(reduced, row_thresholds, keep)
    by_column = _best_in_rows(reduced.T, column_thresholds, keep).T
    return by_row | by_column


def _best_in_rows(
    reduced: NDArray[np.float64], thresholds: NDArray[np.float64], keep: int
) -> NDArray[np.bool_]:
    hits = reduced > thresholds[:, None]
    crowded = np.flatnonzero(hits.sum(axis=1) > keep)
    if len(crowded) and keep < reduced.shape[1]:
        some = reduced[crowded]
        best = np.argpartition(some, -keep, axis=1)[:, -keep:]
        few = np.zeros(some.shape, dtype=np.bool_)
        np.put_along_axis(few, best, np.take_along_axis(hits[crowded], best, axis=1), axis=1)
        hits[crowded] = few
    return hits


def joined(pieces: Iterable[Candidates]) -> Candidates:
    """Return pairs of several origins, each pair once, ordered by mentor, then mentee."""
    parts = list(pieces)
    none = np.zeros(0, dtype=np.int64)
    mentors = np.concatenate([none, *(part.mentors for part in parts)])
    mentees = np.concatenate([none, *(part.mentees for part in parts)])
    scores = np.concatenate([np.zeros(0), *(part.scores for part in parts)])
    order = np.lexsort((mentees, mentors))
    mentors, mentees, scores = mentors[order], mentees[order], scores[order]
    new = np.ones(len(scores), dtype=np.bool_)
    new[1:] = (np.diff(mentors) != 0) | (np.diff(mentees) != 0)
    return Candidates(mentors[new], mentees[new], scores[new])


def best_of_each(people: Index, values: NDArray[np.float64], count: int) -> Index:
    """Return where the ``count`` largest values of each person stand, shape (k,).

    Examples
    --------
    >>> best_of_each(np.array([0, 0, 1]), np.array([0.1, 0.2, 0.3]), 1)
    array([1, 2])
    """
    order = np.lexsort((-values, people))
    sorted_people = people[order]
    first = np.searchsorted(sorted_people, sorted_people, side="left")
    return np.sort(order[np.arange(len(order)) - first < count])
