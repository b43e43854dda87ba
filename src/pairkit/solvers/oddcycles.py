"""Odd cycles: half-pairs made whole, and prices of the cycles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pairkit.parts import Index
    from pairkit.solvers.base import Clock
    from pairkit.solvers.fractional import Halves, Pool, Tolls

__all__ = ["toll_cycles", "whole_pairs"]

NOBODY: Final = -1
MOST_LINKS: Final = 4  # the cheapest between two cycles
MOST_ROUNDS: Final = 20
MOST_TRIES: Final = 50


class Forest(NamedTuple):
    """Whom each odd cycle can leave without partner, and at what loss.

    A tree grows from each cycle along pairs that are not made, then the pair of whom they reach
    (Edmonds 1965); people belong to the tree that reaches them at the least loss.

    Parameters
    ----------
    loss
        float64, shape (people,), infinite where no tree reaches them.
    before
        From whom they are reached; negative at cycles.
    tree
        The cycle, int64, shape (people,); -1 for none.
    """

    loss: NDArray[np.float64]
    before: Index
    tree: Index


class Links(NamedTuple):
    """Ways to end trees: two trees meet in a pair, or one leaves somebody without partner.

    Parameters
    ----------
    one, other
        People, int64; ``other`` is in another tree, without partner, or -1 for nobody.
    loss
        What it costs, float64, twice the units.
    """

    one: Index
    other: Index
    loss: NDArray[np.float64]


def whole_pairs(halves: Halves, clock: Clock) -> Index:
    """Return the partner of each person in whole pairs, int64, shape (people,); -1 for nobody.

    Two odd cycles become whole by the pairs along a path between them, one cycle by leaving
    somebody out. The cheapest paths are taken first, again and again until there are none.
    """
    state = _Repair(halves)
    slack = halves.tolls.slack(halves.pool).astype(np.float64)
    rounds = 0
    while state.open and rounds < MOST_ROUNDS and not clock.expired():
        rounds += 1
        forest = _grow(halves.pool, state.mate, slack, state.open)
        ends, meets = _links(halves, forest, state.mate, slack)
        if not state.connect(forest, meets, ends):
            state.leave_out(forest, ends)
    state.leave_out_any(halves.tolls.people)
    return state.mate


def _grow(
    pool: Pool, mate: Index, slack: NDArray[np.float64], cycles: dict[int, list[int]]
) -> Forest:
    """Return the trees of cycles, by Dijkstra's algorithm from all of them at once."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    tree = np.full(pool.people, NOBODY, dtype=np.int64)
    for k, cycle in cycles.items():
        tree[cycle] = k
    paid = np.zeros(pool.people)
    made = pool.made(mate)
    paid[pool.i[made]] = paid[pool.j[made]] = slack[made]
    one, other = np.concatenate([pool.i, pool.j]), np.concatenate([pool.j, pool.i])
    onward = mate[other]
    keep = (onward >= 0) & (onward != one)
    one, other, onward = one[keep], other[keep], onward[keep]
    loss = np.maximum(np.concatenate([slack, slack])[keep] - paid[other], 0.0)
    graph = csr_array((loss, (one, onward)), shape=(pool.people, pool.people))
    roots = np.flatnonzero(tree >= 0)
    found, before, root = dijkstra(graph, indices=roots, min_only=True, return_predecessors=True)
    tree = np.where(root >= 0, tree[np.maximum(root, 0)], NOBODY)
    return Forest(found, before.astype(np.int64), tree)


def _links(
    halves: Halves, forest: Forest, mate: Index, slack: NDArray[np.float64]
) -> tuple[Links, Links]:
    """Return the ways to end one tree, and those of two trees that meet."""
    pool, tree, loss = halves.pool, forest.tree, forest.loss
    one, other = np.concatenate([pool.i, pool.j]), np.concatenate([pool.j, pool.i])
    twice = np.concatenate([slack, slack])
    reached = np.flatnonzero(tree >= 0)
    free = (tree[one] >= 0) & (tree[other] < 0) & (mate[other] < 0)
    ends = Links(
        np.concatenate([reached, one[free]]),
        np.concatenate([np.full(len(reached), NOBODY), other[free]]),
        np.concatenate(
            [loss[reached] + halves.tolls.people[reached], loss[one[free]] + twice[free]]
        ),
    )
    meet = (tree[one] >= 0) & (tree[other] >= 0) & (mate[one] != other)
    one, other = one[meet], other[meet]
    return ends, Links(one, other, loss[one] + loss[other] + twice[meet])


def _cheapest(links: Links, groups: Index, most: int) -> Links:
    """Return the cheapest links of each group, by group, then loss."""
    order = np.lexsort((links.other, links.one, links.loss, groups))
    ordered = groups[order]
    rank = np.arange(len(order)) - np.searchsorted(ordered, ordered)
    chosen = order[rank < most]
    return Links(links.one[chosen], links.other[chosen], links.loss[chosen])


class _Repair:
    """Odd cycles on their way to whole pairs."""

    def __init__(self, halves: Halves) -> None:
        self.mate = halves.mate.copy()
        self.open = dict(enumerate(halves.cycles))

    def connect(self, forest: Forest, meets: Links, ends: Links) -> int:
        """Pair cycles up along the paths that spare most; return how many paths there were."""
        alone = np.full(len(forest.tree) + 1, np.inf)
        np.minimum.at(alone, forest.tree[ends.one], ends.loss)
        apart = forest.tree[meets.one] != forest.tree[meets.other]
        trees = forest.tree[meets.one], forest.tree[meets.other]
        spared = alone[trees[0]] + alone[trees[1]] - meets.loss
        kept = apart & (spared >= 0.0)
        meets = Links(meets.one[kept], meets.other[kept], -spared[kept])
        groups = trees[0][kept] * len(forest.tree) + trees[1][kept]
        return self._take(forest, _cheapest(meets, groups, MOST_LINKS))

    def leave_out(self, forest: Forest, ends: Links) -> None:
        """Make cycles whole by leaving one person out each, as cheaply as paths allow."""
        self._take(forest, _cheapest(ends, forest.tree[ends.one], MOST_LINKS))

    def leave_out_any(self, prices: NDArray[np.int64]) -> None:
        """Make cycles whole by leaving the cheapest of their people out."""
        for k in list(self.open):
            self._open_at(k, min(self.open[k], key=lambda one: int(prices[one])))

    def _take(self, forest: Forest, links: Links) -> int:
        used: set[int] = set()
        taken = 0
        order = np.lexsort((links.other, links.one, links.loss))
        for one, other in zip(links.one[order].tolist(), links.other[order].tolist(), strict=True):
            rooted = [end for end in (one, other) if end >= 0 and forest.tree[end] >= 0]
            trees = [int(forest.tree[end]) for end in rooted]
            if not all(k in self.open for k in trees):
                continue
            walks = [list(self._walk(forest, end)) for end in rooted]
            people = [*self._people(walks), *({other} - {NOBODY, *rooted})]
            if len(set(people)) < len(people) or not used.isdisjoint(people):
                continue
            used.update(people)
            for k, walk in zip(trees, walks, strict=True):
                self._shift(k, walk)
            if other >= 0:
                self.mate[one], self.mate[other] = other, one
            taken += 1
        return taken

    def _walk(self, forest: Forest, person: int) -> Iterator[int]:
        """Return who is left without partner in turn, from a person back to the cycle."""
        while person >= 0:
            yield person
            person = int(forest.before[person])

    def _people(self, walks: list[list[int]]) -> Iterator[int]:
        for walk in walks:
            yield from walk
            yield from (int(self.mate[one]) for one in walk[:-1])

    def _shift(self, cycle: int, walk: list[int]) -> None:
        """Move the want of a partner from a cycle to the first of a walk."""
        partners = [int(self.mate[one]) for one in walk[:-1]]
        for partner, one in zip(partners, walk[1:], strict=True):
            self.mate[partner], self.mate[one] = one, partner
        self.mate[walk[0]] = NOBODY
        self._open_at(cycle, walk[-1], alone=len(walk) == 1)

    def _open_at(self, cycle: int, person: int, *, alone: bool = True) -> None:
        """Pair all of a cycle but one person."""
        around = self.open.pop(cycle)
        at = around.index(person)
        rest = around[at + 1 :] + around[:at]
        for one, other in zip(rest[::2], rest[1::2], strict=True):
            self.mate[one], self.mate[other] = other, one
        if alone:
            self.mate[person] = NOBODY


def toll_cycles(halves: Halves, tolls: Tolls) -> Tolls:
    """Return prices with cycles charged, which prove at most as much for every matching, or less.

    Around each cycle grows a moat: people whom its tree reaches pay less, their partners more, and
    the cycle itself the double, until the moats meet (the first steps of Edmonds' algorithm on the
    duals).
    """
    pool = halves.pool
    slack = tolls.slack(pool)
    cycles = dict(enumerate(halves.cycles))
    if not cycles:
        return tolls
    forest = _grow(pool, halves.mate, slack.astype(np.float64), cycles)
    ends, meets = _links(replace(halves, tolls=tolls), forest, halves.mate, slack.astype(float))
    width = _widths(forest, ends, meets, halves)
    for _ in range(MOST_TRIES):
        found = _with_moats(tolls, halves.mate, forest, width)
        short = np.minimum(found.slack(pool), 0)
        wrong = np.flatnonzero(short)
        poor = np.flatnonzero(found.people < 0)
        if not len(wrong) and not len(poor):
            return found
        less = np.zeros(len(width), dtype=np.int64)
        for ends_of in (pool.i, pool.j):
            _most_at(less, forest.tree[ends_of[wrong]], -short[wrong])
        _most_at(less, forest.tree[poor], -found.people[poor])
        if not less.any():
            break
        width = np.maximum(width - less, 0)
    return tolls


def _most_at(most: NDArray[np.int64], trees: Index, values: NDArray[np.int64]) -> None:
    inside = trees >= 0
    np.maximum.at(most, trees[inside], values[inside])


def _widths(forest: Forest, ends: Links, meets: Links, halves: Halves) -> NDArray[np.int64]:
    """Return how wide the moat of each cycle may be: half of the way to the nearest, then more."""
    count = len(halves.cycles)
    member = halves.tolls.member
    inside = (member[meets.one] >= 0) & (member[meets.one] == member[meets.other])
    trees = forest.tree[meets.one[~inside]], forest.tree[meets.other[~inside]]
    loss = meets.loss[~inside]
    most = np.full(count, np.inf)
    np.minimum.at(most, forest.tree[ends.one], ends.loss)
    same = trees[0] == trees[1]
    np.minimum.at(most, trees[0][same], loss[same] / 2.0)
    near = most.copy()
    np.minimum.at(near, trees[0], loss / 2.0)
    width = np.where(np.isfinite(near), near, 0.0)
    order = np.argsort(trees[0][~same], kind="stable")
    other, loss = trees[1][~same][order], loss[~same][order]
    starts = np.searchsorted(trees[0][~same][order], np.arange(count + 1))
    for k in range(count):
        mine = slice(starts[k], starts[k + 1])
        room = (loss[mine] - width[other[mine]]).min(initial=most[k])
        width[k] = max(width[k], room) if np.isfinite(room) else width[k]
    return np.floor(width).astype(np.int64)


def _with_moats(tolls: Tolls, mate: Index, forest: Forest, width: NDArray[np.int64]) -> Tolls:
    reached = np.flatnonzero(forest.tree >= 0)
    loss = np.ceil(forest.loss[reached]).astype(np.int64)
    less = np.zeros(len(mate), dtype=np.int64)
    less[reached] = np.maximum(width[forest.tree[reached]] - loss, 0)
    people = tolls.people - less
    paired = mate >= 0
    people[paired] += less[mate[paired]]
    return replace(tolls, people=people, cycles=2 * width)
