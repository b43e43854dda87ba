"""Relaxation: the linear program of a problem over all pairs, by column generation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from pairkit.folding import screen_of
from pairkit.hits import Hits, best_hits
from pairkit.pairspace import Candidates, PairSpace
from pairkit.scan import Look, scan
from pairkit.solution import Status
from pairkit.solvers.linear import Form, Linear, Model
from pairkit.solvers.mathopt import maximize
from pairkit.solvers.priced import priced_space

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from pairkit.parts import Index
    from pairkit.rows import Floats, Row
    from pairkit.scan import Pass
    from pairkit.screen import Screen
    from pairkit.solvers.base import Clock

__all__ = ["Duals", "Relaxation", "Relaxed"]

ELASTIC: Final = 64.0  # times the largest cost: what breaking a hard row takes while pairs lack
LEAST_WEIGHT: Final = 1e-6  # smaller ones are not paid for at first
DEARER: Final = 3  # times that it is made dearer by as much again
NEAR: Final = 1e-7  # of the largest cost: what an interior point leaves of a reduced cost
ADDED: Final = 6  # pairs that a person gets in an iteration beyond their room
KEPT: Final = 8  # candidates that a person keeps beyond their room
SHARE: Final = 0.6  # of the time that is left: the rest is for whole solutions
STALLED: Final = 0.2  # an iteration that closes less of the gap than this asks for more pairs


@dataclass(frozen=True, slots=True, eq=False)
class Duals:
    """What a pair is worth beyond prices: ``score * s + weights - people[i] - people[j]``.

    Parameters
    ----------
    people
        Price of each person, float64, shape (people,).
    score
        Factor of the score.
    weights
        Rows with their factors.
    fixed
        What the limits of rows and the other columns add up to, before any pair.
    """

    people: Floats
    score: float
    weights: tuple[tuple[float, Row], ...]
    fixed: float


@dataclass(frozen=True, slots=True, eq=False)
class Relaxed:
    """The linear program solved, up to a gap.

    Parameters
    ----------
    graph
        The candidates that it was solved over.
    x
        Value of each, float64, shape (k,).
    worth
        Reduced cost of each.
    rows
        Dual value of each row, as the back end gave it.
    duals
        Its prices.
    bound
        What no solution over all pairs exceeds, by these prices.
    proved
        The same, by the best prices so far.
    value
        What the fractional solution reaches.
    broken
        By how much hard rows are broken in all: 0 where the program has a solution.
    """

    graph: Candidates
    x: Floats
    worth: Floats
    rows: Floats
    duals: Duals
    bound: float
    proved: float
    value: float
    broken: float


class Relaxation:
    """The linear programs of a problem over all pairs of a space.

    Solve it over a few candidates (interior point), turn the duals of its rows into prices of
    people and weights of pairs, scan all pairs for those worth more, add the best of them, and
    repeat (column generation: Dantzig and Wolfe 1960, doi:10.1287/opre.8.1.101). Any duals bound
    every solution (weak duality), so the bound is proved whatever the back end's accuracy.
    """

    def __init__(self, linear: Linear, space: PairSpace, clock: Clock, workers: int | None) -> None:
        self.linear, self.problem, self.space = linear, linear.problem, space
        self.clock, self.workers = clock, workers
        self.elastic = ELASTIC
        rooms = self.problem.mentor_capacity, self.problem.mentee_capacity
        self.rows, self.columns = (np.flatnonzero(room) for room in rooms)

    def solve(self, form: Form, graph: Candidates, gap: float) -> Relaxed | None:
        """Return a form made best over all pairs, to a relative gap; ``None`` without time.

        Where breaking a hard row pays although it need not be broken, it is made dearer.
        """
        best = self._solve(form, graph, gap)
        for _ in range(DEARER):
            if best is None or not best.broken:
                break
            kept = self.possible(best.graph)
            if kept is None or kept.broken:
                break
            self.elastic *= ELASTIC
            best = self._solve(form, Candidates.join([best.graph, kept.graph]), gap)
        return best

    def _solve(self, form: Form, graph: Candidates, gap: float) -> Relaxed | None:
        best: Relaxed | None = None
        added = ADDED
        left = self.clock.left
        late = np.inf if left is None else self.clock.seconds + SHARE * left
        while best is None or self.clock.seconds < late:
            found = self._round(form, graph, added)
            if found is None:
                return best
            relaxed, last, screen = found
            before = np.inf if best is None else best.proved - best.value
            proved = relaxed.bound if best is None else min(best.proved, relaxed.bound)
            best = replace(relaxed, proved=proved)
            apart = proved - best.value
            size = max(abs(proved), abs(best.value), 1e-12)
            if not len(last.hits.rows) or (apart <= gap * size and not best.broken):
                return best
            if apart > (1.0 - STALLED) * before:
                added *= 2
            graph = self._renewed(relaxed, last, screen, added)
        return best

    def possible(self, graph: Candidates) -> Relaxed | None:
        """Return a fractional solution that keeps all hard rules, or a proof that none does.

        The proof is a bound below 0; ``None`` where the time is over before either is found.
        """
        nothing = self.linear.nothing()
        added = ADDED
        while not self.clock.expired():
            found = self._round(nothing, graph, added)
            if found is None:
                return None
            relaxed, last, screen = found
            if not relaxed.broken or relaxed.bound < -NEAR:
                return relaxed
            if not len(last.hits.rows):
                return None
            added *= 2
            graph = self._renewed(relaxed, last, screen, added)
        return None

    def _round(
        self, form: Form, graph: Candidates, added: int
    ) -> tuple[Relaxed, Pass, Screen] | None:
        """Solve over a graph, and look at all pairs at its prices."""
        model, cost = self.linear.model(graph), self.linear.cost(form, graph)
        elastic, prices = self._elastic(model, cost)
        wide = np.append(cost, -prices)
        solved = maximize(elastic, wide, relaxed=True, seconds=self.clock.left)
        if solved.status is not Status.OPTIMAL or not len(solved.duals):
            return None
        duals = self.duals(form, solved.duals)
        a, b = self.linear.ends(graph.mentors, graph.mentees)
        worth = self._worth(graph, duals, a, b)
        least = NEAR * max(1.0, float(np.abs(cost).max(initial=0.0)))
        scanned = self.look(duals, graph, least, added)
        if scanned is None:
            return None
        last, screen, unit = scanned
        x = solved.x[: len(graph)]
        broken = float(solved.x[len(cost) :].sum())
        value = float(cost @ solved.x[: len(cost)])
        pinned = model.lower[: len(graph)] > 0.0
        own = np.where(pinned, worth, np.maximum(worth, 0.0))
        bound = duals.fixed + float(own.sum()) + self._outside(last, screen, unit)
        return (
            Relaxed(
                graph,
                x,
                worth,
                solved.duals,
                duals,
                bound,
                bound,
                value,
                broken if broken > 1e-6 else 0.0,
            ),
            last,
            screen,
        )

    def _elastic(self, model: Model, cost: Floats) -> tuple[Model, Floats]:
        """Return the program whose hard rows may be broken, and what a unit of each costs.

        What a pair gains by breaking a row is its cost by its weight there.
        """
        from scipy.sparse import csr_array, hstack

        hard = ~np.isfinite(self.linear.soft)
        low, high = hard & np.isfinite(model.least) & (model.least != 0.0), hard.copy()
        counts = np.zeros(len(hard), dtype=np.bool_)
        counts[[row for row, _, _ in self.linear.weighed]] = True
        low |= hard & np.isfinite(model.least) & counts
        high &= np.isfinite(model.most) & (counts | (model.matrix @ model.lower > model.most))
        rows = np.append(np.flatnonzero(low), np.flatnonzero(high))
        signs = np.append(np.ones(int(low.sum())), -np.ones(int(high.sum())))
        extra = csr_array((signs, (rows, np.arange(len(rows)))), (len(hard), len(rows)))
        wide = Model(
            csr_array(hstack([model.matrix, extra], format="csr")),
            model.least,
            model.most,
            np.append(model.lower, np.zeros(len(rows))),
            np.append(model.upper, np.full(len(rows), np.inf)),
            np.append(model.integer, np.zeros(len(rows), dtype=np.bool_)),
        )
        smallest = np.array([_smallest(model.matrix, row) for row in rows.tolist()])
        largest = max(1.0, float(np.abs(cost).max(initial=0.0)))
        return wide, self.elastic * largest / np.clip(smallest, LEAST_WEIGHT, 1.0)

    def duals(self, form: Form, found: Floats) -> Duals:
        """Return prices from the dual values of rows, with their part of the bound."""
        linear = self.linear
        # beyond a soft limit a unit costs its penalty in the quality, and nothing in other forms
        free = np.isfinite(linear.soft) & (not np.array_equal(form.other, linear.price))
        soft = np.where(free, 0.0, linear.soft)
        y = np.clip(found, -soft, soft)
        y = np.where((y > 0.0) & ~np.isfinite(linear.most), 0.0, y)
        y = np.where((y < 0.0) & ~np.isfinite(linear.least), 0.0, y)
        limits = np.where(y > 0.0, linear.most, np.where(y < 0.0, linear.least, 0.0))
        people = linear.person_matrix().T @ y - form.people
        other = form.other - linear.other_matrix().T @ y
        upper = np.where(other > 0.0, linear.upper, 0.0)
        with np.errstate(invalid="ignore"):  # a price of the last bit times no limit
            beyond = np.where(np.isfinite(upper), np.maximum(other, 0.0) * upper, 0.0)
        score, weights = form.score, list(form.weights)
        for row, own, factor in linear.weighed:
            score -= y[row] * factor
            weights += [(-y[row] * times, one) for times, one in own]
        fixed = float(y @ limits + beyond.sum())
        return Duals(people, score, tuple(weights), fixed)

    def _worth(self, graph: Candidates, duals: Duals, a: Index, b: Index) -> Floats:
        worth: Floats = duals.score * graph.scores - duals.people[a] - duals.people[b]
        for factor, row in duals.weights:
            worth += factor * row.pair_weights(graph.mentors, graph.mentees, graph.scores)
        return worth

    def look(
        self, duals: Duals, graph: Candidates, least: float, most: int
    ) -> tuple[Pass, Screen, float] | None:
        """Return a pass over all pairs outside a graph, for those worth more than ``least``."""
        space, unit = priced_space(self.space, duals.score, duals.weights)
        screen = screen_of(space, self.rows, self.columns)
        grid = screen.grid
        a, b = self.linear.ends(grid.rows, grid.columns)
        room = self.linear.capacity
        shape = grid.shape
        look = Look(
            duals.people[a] / unit,
            duals.people[b] / unit,
            (np.full(shape[0], least / unit), np.full(shape[1], least / unit)),
            (np.minimum(room[a] + most, shape[1]), np.minimum(room[b] + most, shape[0])),
            exact=True,
        )
        at_i, at_j = grid.positions(self.problem.shape)
        known = self._known(graph)
        found = scan(
            screen,
            look,
            (at_i[known[0]], at_j[known[1]]),
            workers=self.workers,
            proceed=lambda *_: not self.clock.expired(),
        )
        return None if found is None else (found, screen, unit)

    def _known(self, graph: Candidates) -> tuple[Index, Index]:
        """Return the pairs of a graph as the scan meets them: of peers both ways, and oneself."""
        if not self.problem.peers:
            return graph.mentors, graph.mentees
        return (
            np.concatenate([graph.mentors, graph.mentees, self.rows]),
            np.concatenate([graph.mentees, graph.mentors, self.rows]),
        )

    def _outside(self, last: Pass, screen: Screen, unit: float) -> float:
        """Return what pairs outside the graph can add to the bound."""
        most = last.most.max(axis=1, initial=0.0).astype(np.float64)
        np.maximum.at(most, last.hits.rows, last.hits.values)
        rows = self.linear.ends(screen.grid.rows, screen.grid.columns)[0]
        return float(np.maximum(most, 0.0) @ self.linear.capacity[rows]) * unit

    def found(self, hits: Hits, screen: Screen) -> Candidates:
        """Return hits as candidates; of peers, each pair once."""
        rows, columns = screen.grid.rows[hits.rows], screen.grid.columns[hits.columns]
        if self.problem.peers:
            rows, columns = np.minimum(rows, columns), np.maximum(rows, columns)
        tile = self.space.pairs(rows, columns)
        made = Candidates(rows, columns, tile.scores).take(tile.allowed)
        return Candidates.join([made])

    def _renewed(self, relaxed: Relaxed, last: Pass, screen: Screen, added: int) -> Candidates:
        """Return the graph with the best of what was found, without what is far from being made."""
        graph = relaxed.graph
        a, b = self.linear.ends(graph.mentors, graph.mentees)
        room = self.linear.capacity
        own = Hits(a, b, relaxed.worth)
        kept = best_hits(own, room[a] + KEPT, room[b] + KEPT) | (relaxed.x > NEAR)
        kept |= self.linear.pinned(graph)
        hits = last.hits
        most = np.full(len(hits.rows), added)
        few = hits.take(best_hits(hits, most, most))
        return Candidates.join([graph.take(kept), self.found(few, screen)])


def _smallest(matrix: csr_array, row: int) -> float:
    """Return the smallest size of a weight of a row that is not 0; 1 without any."""
    weights = np.abs(matrix.data[matrix.indptr[row] : matrix.indptr[row + 1]])
    return float(weights.min(where=weights > 0.0, initial=1.0))
