"""Fractional: the best half-pairs within one pool, and prices that bound every matching."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pairkit.pairspace import Candidates
from pairkit.solvers.flow import Flow, best_flow
from pairkit.solvers.prices import recover_prices

if TYPE_CHECKING:
    from pairkit.parts import Index

__all__ = ["Halves", "Pool", "Tolls", "half_pairs", "total"]

ALONE = -1


def total(values: NDArray[np.int64]) -> int:
    """Return the sum of whole numbers, however large."""
    low = values & 0xFFFFFFFF
    return (int((values >> 32).sum()) << 32) + int(low.sum())


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """People and the pairs that they may make, in whole numbers.

    Parameters
    ----------
    people
        How many there are.
    i, j
        The two people of each pair, int64, shape (k,), ``i < j``, ordered by both.
    units
        What each pair scores, int64, shape (k,), in whole units.
    bonus
        What a pair as such is worth, in units: more than all scores together where the number of
        pairs comes first, else 0.
    """

    people: int
    i: Index
    j: Index
    units: NDArray[np.int64]
    bonus: int

    def made(self, mate: Index) -> NDArray[np.bool_]:
        """Return which pairs the mates make."""
        made: NDArray[np.bool_] = mate[self.i] == self.j
        return made


@dataclass(frozen=True, slots=True, eq=False)
class Tolls:
    """Prices of people and of odd cycles: twice what no matching can exceed.

    Every pair pays the prices of its two people, and that of a cycle that holds both; no pair is
    worth more than half of what it pays. A cycle of ``s`` people holds ``(s - 1) / 2`` pairs at
    most, so half of all prices, those of cycles as often, is a bound (Edmonds 1965,
    doi:10.6028/jres.069B.013).

    Parameters
    ----------
    people
        int64, shape (people,), from 0 up, in the units of the pool.
    cycles
        int64, shape (cycles,), from 0 up.
    member
        The cycle of each person, int64, shape (people,); -1 for none.
    bonus
        What a pair as such is worth.
    """

    people: NDArray[np.int64]
    cycles: NDArray[np.int64]
    member: Index
    bonus: int

    def slack(self, pool: Pool) -> NDArray[np.int64]:
        """Return what each pair pays beyond twice its worth, int64, shape (k,), from 0 up."""
        paid = self.people[pool.i] + self.people[pool.j] + self._inside(pool, self.cycles)
        return paid - 2 * (pool.units + self.bonus)

    def shares(self) -> NDArray[np.int64]:
        """Return the bound by person, times two: a cycle's part counts at its first person."""
        shares = self.people.copy()
        inside = np.flatnonzero(self.member >= 0)
        labels, first, sizes = np.unique(self.member[inside], return_index=True, return_counts=True)
        shares[inside[first]] += self.cycles[labels] * ((sizes - 1) // 2)
        return shares

    def eased(self, pool: Pool) -> Tolls:
        """Return the prices for the least bonus at which they hold, whole bonuses kept.

        What they prove for matchings of one size is the tighter, the smaller the bonus.
        """
        whole, rest = _split(self.people, self.bonus)
        whole_cycles, rest_cycles = _split(self.cycles, self.bonus)
        inside = self._inside(pool, whole_cycles), self._inside(pool, rest_cycles)
        counts = (whole[pool.i] + whole[pool.j] + inside[0] - 2, whole, whole_cycles)
        pays = rest[pool.i] + rest[pool.j] + inside[1] - 2 * pool.units
        rests = (pays, rest, rest_cycles)
        least = [
            int((-(rests[k][counts[k] > 0] // counts[k][counts[k] > 0])).max(initial=-self.bonus))
            for k in range(3)
        ]
        bonus = max(least)
        bonus = 0 if bonus == -self.bonus else bonus
        return replace(
            self,
            people=rest + whole * bonus,
            cycles=rest_cycles + whole_cycles * bonus,
            bonus=bonus,
        )

    def _inside(self, pool: Pool, cycles: NDArray[np.int64]) -> NDArray[np.int64]:
        one, other = self.member[pool.i], self.member[pool.j]
        same = (one == other) & (one >= 0)
        found = np.zeros(len(pool.i), dtype=np.int64)
        found[same] = cycles[one[same]]
        return found


def _split(prices: NDArray[np.int64], bonus: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return prices as a number of bonuses and the rest."""
    whole = (prices + bonus // 2) // bonus
    return whole, prices - whole * bonus


@dataclass(frozen=True, slots=True, eq=False)
class Halves:
    """The best half-pairs: whole pairs, and odd cycles in which every pair is made by half.

    Parameters
    ----------
    pool
        The people.
    mate
        The partner of each person, int64, shape (people,); -1 for nobody, and in cycles.
    cycles
        The people of each odd cycle, in its order.
    tolls
        Prices that prove them best; every whole and every half pair pays twice its worth.
    bits
        How fine the units are: ``2 ** -bits``.
    error
        How far a score in units is from its own at most.
    """

    pool: Pool
    mate: Index
    cycles: list[list[int]]
    tolls: Tolls
    bits: int
    error: float


def half_pairs(
    people: int, pairs: Candidates, scores: NDArray[np.float64], *, first: bool
) -> Halves | Flow:
    """Return the best half-pairs, or the flow that failed.

    Where pairs may be made by half, the best is an assignment of everybody to everybody, each
    person once on the left and once on the right, made symmetric; half-pairs are enough (Balinski
    1965, doi:10.1287/mnsc.12.3.253).

    Parameters
    ----------
    people
        How many there are.
    pairs
        The pairs, ``mentors < mentees``, ordered by both.
    scores
        What they score, in [-1, 1].
    first
        Whether the number of pairs comes first.
    """
    order = np.argsort(np.concatenate([pairs.mentors, pairs.mentees]), kind="stable")
    both = Candidates(
        np.concatenate([pairs.mentors, pairs.mentees])[order],
        np.concatenate([pairs.mentees, pairs.mentors])[order],
        np.concatenate([scores, scores])[order],
    )
    room = np.ones(people, dtype=np.int64)
    flow = best_flow(both, both.scores, room, room, first=first)
    if flow.status.value != "optimal":
        return flow
    prices = recover_prices(flow.network(both, room, room, first=first))
    units = np.empty_like(flow.units)
    units[order] = flow.units
    bonus = flow.bonus(room, room) if first else 0
    pool = Pool(people, pairs.mentors, pairs.mentees, units[: len(pairs)], bonus)
    follower = np.full(people, ALONE, dtype=np.int64)
    follower[both.mentors[flow.made]] = both.mentees[flow.made]
    mate, cycles = _symmetric(follower)
    member = np.full(people, ALONE, dtype=np.int64)
    for k, cycle in enumerate(cycles):
        member[cycle] = k
    none = np.zeros(len(cycles), dtype=np.int64)
    tolls = Tolls(prices.mentors + prices.mentees, none, member, bonus)
    return Halves(pool, mate, cycles, tolls, flow.bits, flow.error)


def _symmetric(follower: Index) -> tuple[Index, list[list[int]]]:
    """Return whole pairs and odd cycles of people who follow each other.

    A path, and a cycle of even length, splits into whole pairs that are worth as much.
    """
    mate = np.full(len(follower), ALONE, dtype=np.int64)
    there = np.flatnonzero(follower >= 0)
    mutual = there[follower[follower[there]] == there]
    mate[mutual] = follower[mutual]
    rest = there[mate[there] == ALONE]
    starts = np.setdiff1d(rest, follower[rest])
    ahead = dict(zip(rest.tolist(), follower[rest].tolist(), strict=True))
    cycles: list[list[int]] = []
    for start in [*starts.tolist(), *rest.tolist()]:
        walk = [start] if start in ahead else []
        while walk and walk[-1] in ahead:
            walk.append(ahead.pop(walk[-1]))
        if len(walk) > 1 and walk[0] == walk[-1] and len(walk) % 2 == 0:
            cycles.append(walk[:-1])
            continue
        for one, other in zip(walk[::2], walk[1::2], strict=False):
            mate[one], mate[other] = other, one
    return mate, cycles
