"""Pieces: what better pairs could still change, cut small and solved exactly."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pairkit.parts import ranges
from pairkit.solvers.blossom import best_pairs
from pairkit.solvers.fractional import total

if TYPE_CHECKING:
    from pairkit.parts import Index
    from pairkit.solvers.base import Clock
    from pairkit.solvers.fractional import Pool, Tolls

__all__ = ["Limits", "Proof", "bring_together", "refine"]

NARROWER: Final = 8  # how much narrower the next look is where pieces are too large
NEAR_PAIRS: Final = 4  # of each person in the search for a partner of those left out


class Limits(NamedTuple):
    """When to stop.

    Parameters
    ----------
    clock
        The time.
    effort
        The most people times pairs of a piece.
    enough
        The gap that is good enough.
    """

    clock: Clock
    effort: int
    enough: int


@dataclass(frozen=True, slots=True, eq=False)
class Proof:
    """Pairs, and what no matching can exceed.

    Parameters
    ----------
    made
        Which pairs are made, bool, shape (k,).
    value
        What they are worth with their bonuses, in units.
    bound
        Twice what any matching is worth at most.
    """

    made: NDArray[np.bool_]
    value: int
    bound: int

    @property
    def gap(self) -> int:
        """Twice what any matching can be worth more, from 0 up."""
        return self.bound - 2 * self.value

    @property
    def pairs(self) -> int:
        """How many pairs are made."""
        return int(self.made.sum())

    def under(self, pool: Pool, tolls: Tolls) -> Proof:
        """Return the same pairs with what other prices at the same bonus prove, if that is more."""
        found = Proof.of(pool, tolls, self.made)
        return replace(found, bound=min(found.bound, self.bound))

    @classmethod
    def of(cls, pool: Pool, tolls: Tolls, made: NDArray[np.bool_]) -> Proof:
        """Return what prices prove about pairs."""
        return cls(made, _worth(pool, tolls, np.flatnonzero(made)), total(tolls.shares()))


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    """People who have no open pair with anybody else.

    Parameters
    ----------
    people
        How many they are.
    pairs
        Places of the open pairs, int64.
    gap
        Twice what the pairs that are made lose at most.
    """

    people: int
    pairs: Index
    gap: int


def refine(pool: Pool, tolls: Tolls, proof: Proof, limits: Limits) -> Proof:
    """Return better pairs, and a smaller gap, piece by piece.

    A pair that pays more than twice its worth by more than the gap is in no better matching. What
    is left falls into pieces. In most of them the pairs that are made are worth what all pay, and
    are the best; the others are solved exactly. Where a piece is too large, only pairs of less
    slack are looked at: that can make the pairs better, not the proof.

    Parameters
    ----------
    pool
        The people.
    tolls
        Prices that hold.
    proof
        The pairs so far.
    limits
        When to stop.
    """
    bound = total(tolls.shares())
    while proof.gap > limits.enough and not limits.clock.expired():
        start = proof
        width = whole = bound - 2 * start.value
        while True:
            proof, done = _look(pool, tolls, proof, width, limits)
            better = proof.value > start.value
            if done or better or not width:
                break
            width //= NARROWER
        if not better or (done and width == whole):
            break
    return proof


def bring_together(pool: Pool, tolls: Tolls, proof: Proof, limits: Limits, *, most: int) -> Proof:
    """Return more pairs, by the exact best ones around each person left out.

    Two people left out can both have a partner where others change theirs. Around each are taken as
    many people as the effort allows, with the pairs of least slack.

    Parameters
    ----------
    pool, tolls, proof, limits
        As for :func:`refine`.
    most
        The number of pairs that is enough.
    """
    slack, made = tolls.slack(pool), proof.made.copy()
    near = min(NEAR_PAIRS * pool.people, len(slack)) - 1
    kept = np.flatnonzero(made | (slack <= np.partition(slack, near)[near]))
    nearby = _Nearby(pool, kept)
    alone = np.bincount(np.concatenate([pool.i[made], pool.j[made]]), minlength=pool.people) == 0
    for person in np.flatnonzero(alone & (tolls.people > 0)).tolist():
        if not alone[person] or made.sum() >= most or limits.clock.expired():
            continue
        inside = nearby.ball(person, math.isqrt(limits.effort) // NEAR_PAIRS, made)
        pairs = kept[inside[pool.i[kept]] & inside[pool.j[kept]]]
        if len(pairs) * int(inside.sum()) > limits.effort:
            continue
        made[pairs], _ = _solve(pool, tolls, _Piece(int(inside.sum()), pairs, 0), made)
        matched = pairs[made[pairs]]
        alone[inside] = True
        alone[pool.i[matched]] = alone[pool.j[matched]] = False
    return replace(proof, made=made, value=_worth(pool, tolls, np.flatnonzero(made)))


class _Nearby:
    """Who is how many pairs away from whom."""

    def __init__(self, pool: Pool, kept: Index) -> None:
        from scipy.sparse import csr_array

        i, j = pool.i[kept], pool.j[kept]
        ends = np.concatenate([i, j]), np.concatenate([j, i])
        shape = pool.people, pool.people
        graph = csr_array((np.ones(2 * len(kept), dtype=np.int8), ends), shape=shape)
        self.pool, self.starts, self.others = pool, graph.indptr, graph.indices

    def ball(self, center: int, most: int, made: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return who is near somebody, with their partners: bool, shape (people,)."""
        mate = np.full(self.pool.people, -1, dtype=np.int64)
        mate[self.pool.i[made]], mate[self.pool.j[made]] = self.pool.j[made], self.pool.i[made]
        inside = np.zeros(self.pool.people, dtype=np.bool_)
        edge = np.array([center], dtype=np.int64)
        count = 0
        while len(edge) and count + 2 * len(edge) <= most:
            inside[edge] = True
            partners = mate[edge]
            inside[partners[partners >= 0]] = True
            count = int(inside.sum())
            both = np.concatenate([edge, partners[partners >= 0]])
            lengths = self.starts[both + 1] - self.starts[both]
            around = np.unique(self.others[ranges(self.starts[both].astype(np.int64), lengths)])
            edge = around[~inside[around]].astype(np.int64)
        return inside


def _look(pool: Pool, tolls: Tolls, proof: Proof, width: int, limits: Limits) -> tuple[Proof, bool]:
    """Return pairs and proof after a look at pairs of little slack, and whether at all pieces.

    Where the width is the gap that prices leave, the gaps of pieces add up to that of the whole.
    """
    made, done, gap = proof.made.copy(), True, 0
    for piece in _pieces(pool, tolls, made, proof.made | (tolls.slack(pool) <= width)):
        if piece.people * len(piece.pairs) > limits.effort or limits.clock.expired():
            done, gap = False, gap + piece.gap
            continue
        made[piece.pairs], best = _solve(pool, tolls, piece, made)
        gap += 2 * (best - _worth(pool, tolls, piece.pairs[made[piece.pairs]]))
    value = _worth(pool, tolls, np.flatnonzero(made))
    all_open = width >= total(tolls.shares()) - 2 * proof.value
    return Proof(made, value, min(proof.bound, 2 * value + gap) if all_open else proof.bound), done


def _solve(
    pool: Pool, tolls: Tolls, piece: _Piece, made: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], int]:
    """Return the best pairs of a piece, no fewer than now, and what its best is worth at most."""
    i, j = pool.i[piece.pairs], pool.j[piece.pairs]
    places, ends = np.unique(np.concatenate([i, j]), return_inverse=True)
    one, other = ends[: len(i)], ends[len(i) :]
    units = pool.units[piece.pairs].tolist()
    found = best_pairs(len(places), one, other, [value + tolls.bonus for value in units])
    best = _worth(pool, tolls, piece.pairs[found])
    if pool.bonus and found.sum() < made[piece.pairs].sum():
        found = best_pairs(len(places), one, other, [value + pool.bonus for value in units])
    return found, best


def _worth(pool: Pool, tolls: Tolls, pairs: Index) -> int:
    """Return what pairs are worth with their bonuses, in units."""
    return total(pool.units[pairs]) + len(pairs) * tolls.bonus


def _pieces(
    pool: Pool, tolls: Tolls, made: NDArray[np.bool_], kept: NDArray[np.bool_]
) -> Iterator[_Piece]:
    """Return the pieces whose pairs may not be the best: those that lose a unit or more."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    pairs = np.flatnonzero(kept)
    shape = pool.people, pool.people
    ones = np.ones(len(pairs), dtype=np.int8)
    graph = coo_array((ones, (pool.i[pairs], pool.j[pairs])), shape=shape)
    count, piece = connected_components(graph, directed=False)
    gaps = np.zeros(count, dtype=np.int64)
    np.add.at(gaps, piece, tolls.shares())
    np.subtract.at(gaps, piece[pool.i[made]], 2 * (pool.units[made] + tolls.bonus))
    sizes = np.bincount(piece, minlength=count)
    pairs = pairs[np.argsort(piece[pool.i[pairs]], kind="stable")]
    counts = np.bincount(piece[pool.i[pairs]], minlength=count)
    starts = np.cumsum(counts) - counts
    for k in np.flatnonzero(gaps >= 2).tolist():
        chosen = ranges(starts[k : k + 1], counts[k : k + 1])
        yield _Piece(int(sizes[k]), pairs[chosen], int(gaps[k]))
