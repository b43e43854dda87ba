"""ColumnGeneration: the best over every pair, without writing every pair down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from pairkit.pairspace import Among, Candidates, PairSpace
from pairkit.problem import Feature, Problem
from pairkit.program import Objective
from pairkit.scan import Sweep, best_of_each, joined, sweep
from pairkit.solution import Status
from pairkit.solvers.base import Answer
from pairkit.solvers.flow import Flow, best_flow, capped
from pairkit.solvers.prices import Prices, recover_prices
from pairkit.solvers.scaling import Scale, unit

if TYPE_CHECKING:
    from pairkit.solvers.base import Clock

__all__ = ["ColumnGeneration", "Round"]

TOLERANCE: Final = 1e-10
EXACT_BITS: Final = 50


@dataclass(frozen=True, slots=True)
class Round:
    """How far a solve is.

    Parameters
    ----------
    number
        Rounds done, from 1.
    candidates
        Pairs in the candidate graph.
    violators
        Pairs found outside that are worth more than the prices of their two people.
    pairs
        Pairs looked at so far, repeats counted.
    gap
        Proved relative gap.
    seconds
        Since the start.
    """

    number: int
    candidates: int
    violators: int
    pairs: int
    gap: float
    seconds: float


@dataclass(frozen=True, slots=True)
class ColumnGeneration:
    """The exact best over every pair, with a proof, in memory for a few pairs a person.

    Solve a minimum-cost flow on a graph of the best few candidates of each person; recover the dual
    prices of the people; scan all pairs for those worth more than the prices of their two; add the
    best of them, and repeat until there is none (column generation: Dantzig and Wolfe 1960,
    doi:10.1287/opre.8.1.101). At that point the sparse solution is the best of the full problem:
    prices times places bound every solution (weak duality). Stopped before, it returns the best so
    far with the bound of the last scan.

    Parameters
    ----------
    first
        Candidates that each person starts with, from 1.
    added
        The most pairs that each person gets in a round, from 1.
    workers
        Threads or processes of a scan; ``None`` takes what joblib is configured for.
    progress
        Called after each round.
    """

    first: int = 12
    added: int = 8
    workers: int | None = None
    progress: Callable[[Round], None] | None = field(default=None, compare=False, repr=False)

    @property
    def supports(self) -> frozenset[Feature]:
        """Capacities on both sides, with either order of objectives."""
        return frozenset(Feature)

    def solve(self, problem: Problem, *, clock: Clock, seed: int) -> Answer:
        """Return the proven best answer, or the best so far where the clock stops it."""
        run = _Run(self, problem, clock)
        try:
            return run.to_the_end()
        except KeyboardInterrupt:
            return run.answer("interrupted")


class _Run:
    """One solve: what is known so far."""

    def __init__(self, settings: ColumnGeneration, problem: Problem, clock: Clock) -> None:
        self.settings, self.clock = settings, clock
        self.room_i, self.room_j = capped(problem.mentor_capacity, problem.mentee_capacity)
        self.space: PairSpace = Among(problem.space, self.room_i > 0, self.room_j > 0)
        self.participation = Objective.PARTICIPATION in problem.objectives
        self.scale = Scale(0)
        # So that a full row or column of pairs that are made hides none that is not.
        self.most_partners = int(max(self.room_i.max(initial=0), self.room_j.max(initial=0)))
        self.places = int(min(self.room_i.sum(), self.room_j.sum()))
        self.bonus = 0.0
        self.best: Candidates | None = None
        self.bound, self.unit = np.inf, 0.0
        self.pairs = 0

    def to_the_end(self) -> Answer:
        """Return the answer after as many rounds as it takes."""
        found, last = self._start()
        self.unit = unit(found.scores) or 1.0
        if not len(found):
            self.best, self.bound = found, 0.0
            return self.answer("")
        number = 0
        while not self.clock.expired():
            number += 1
            flow = self._flow(found)
            if flow.status is not Status.OPTIMAL:
                return Answer.nothing(flow.status, f"OR-Tools ended with {flow.ended}")
            prices = self._prices(found, flow)
            self._keep_best(found.take(flow.made))
            if self.clock.expired():
                break
            last = self._sweep(prices, last)
            violators = self._judge(found, prices, last)
            self._report(number, len(found), len(violators))
            if not len(violators):
                return self.answer("")
            if self._gap() <= self.clock.stop.gap:
                return self.answer("stopped at the gap that was asked for")
            found = joined([found, self._few(violators, prices)])
        return self.answer("stopped at the time limit")

    def _start(self) -> tuple[Candidates, Sweep]:
        """Return the best few candidates of each person, and the sweep that found them."""
        mentors, mentees = self.space.shape
        none_i, none_j = np.zeros(mentors), np.zeros(mentees)
        low = -np.inf if self.participation else 0.0
        last = sweep(
            self.space,
            none_i,
            none_j,
            row_thresholds=np.full(mentors, low),
            column_thresholds=np.full(mentees, low),
            keep=self.settings.first,
            workers=self.settings.workers,
        )
        self.pairs += last.pairs
        self.scale = Scale.of(np.array([last.largest]))
        if self.participation:
            self.bonus = float(2 ** int(4 * (self.places + 2)).bit_length())
        found, count = last.found, self.settings.first
        chosen = np.union1d(
            best_of_each(found.mentors, found.scores, count),
            best_of_each(found.mentees, found.scores, count),
        )
        return found.take(chosen), last

    def _flow(self, found: Candidates) -> Flow:
        bits = EXACT_BITS - int(self.bonus).bit_length()
        scores = self.scale.apply(found.scores)
        return best_flow(
            found, scores, self.room_i, self.room_j, first=self.participation, most_bits=bits
        )

    def _prices(self, found: Candidates, flow: Flow) -> Prices:
        """Return the prices of the flow, in scaled units and with the bonus in."""
        values = Candidates(found.mentors, found.mentees, flow.values + self.bonus)
        return recover_prices(values, flow.made, self.room_i, self.room_j)

    def _sweep(self, prices: Prices, last: Sweep) -> Sweep:
        """Return the pairs that are worth more than their prices, in the scores' own unit."""
        u = self.scale.undo_all(prices.mentors - self.bonus)
        v = self.scale.undo_all(prices.mentees)
        least = self.scale.undo(TOLERANCE)
        found = sweep(
            self.space,
            u,
            v,
            row_thresholds=np.full(len(u), least),
            column_thresholds=np.full(len(v), least),
            keep=self.settings.added + self.most_partners,
            before=last,
            workers=self.settings.workers,
        )
        self.pairs += found.pairs
        return found

    def _judge(self, found: Candidates, prices: Prices, last: Sweep) -> Candidates:
        """Return the pairs outside that are worth more than their prices, and lower the bound."""
        width = np.int64(max(self.space.shape[1], 1))
        known = found.mentors * width + found.mentees
        keys = last.found.mentors * width + last.found.mentees
        outside = last.found.take(~np.isin(keys, known))
        excess = np.zeros(len(self.room_i))
        np.maximum.at(excess, outside.mentors, self._reduced(outside, prices))
        surplus = np.maximum(self._reduced(found, prices), 0.0)
        total = prices.total(self.room_i, self.room_j) + float(surplus.sum())
        unseen = self.scale.apply(last.most.max(axis=1, initial=0.0))
        total += float(self.room_i @ (excess + np.clip(unseen, 0.0, TOLERANCE)))
        self.bound = min(self.bound, total)
        return outside

    def _reduced(self, found: Candidates, prices: Prices) -> NDArray[np.float64]:
        """Return the reduced costs of candidates, in scaled units."""
        worth = self.scale.apply(found.scores) + self.bonus
        return worth - prices.mentors[found.mentors] - prices.mentees[found.mentees]

    def _few(self, violators: Candidates, prices: Prices) -> Candidates:
        """Return the best few violators of each person."""
        reduced, count = self._reduced(violators, prices), self.settings.added
        chosen = np.union1d(
            best_of_each(violators.mentors, reduced, count),
            best_of_each(violators.mentees, reduced, count),
        )
        return violators.take(chosen)

    def _keep_best(self, made: Candidates) -> None:
        if self.best is None or self._worth(made) > self._worth(self.best):
            self.best = made

    def _worth(self, made: Candidates) -> float:
        return float(self.scale.apply(made.scores).sum()) + self.bonus * len(made)

    def _gap(self) -> float:
        """Return the relative gap of the quality, participation kept."""
        if self.best is None or not np.isfinite(self.bound):
            return np.inf
        quality = float(self.scale.apply(self.best.scores).sum())
        bound = self.bound - self.bonus * len(self.best)
        largest = max(abs(quality), abs(bound))
        return max(bound - quality, 0.0) / largest if largest > 0 else 0.0

    def _report(self, number: int, candidates: int, violators: int) -> None:
        if self.settings.progress is not None:
            self.settings.progress(
                Round(number, candidates, violators, self.pairs, self._gap(), self.clock.seconds)
            )

    def answer(self, detail: str) -> Answer:
        """Return the best so far, with what is proved about it."""
        if self.best is None:
            return Answer.nothing(Status.NO_SOLUTION_FOUND, detail)
        made, bounds = self.best, dict[Objective, float | None]()
        if np.isfinite(self.bound):
            quality = self.scale.undo(self.bound - self.bonus * len(made))
            bounds[Objective.QUALITY] = quality
            if self.participation:
                most = np.floor(self.bound / (self.bonus - 1.0) + TOLERANCE)
                bounds[Objective.PARTICIPATION] = max(float(most), float(len(made)))
        return Answer(Status.OPTIMAL, made.mentors, made.mentees, bounds, detail, self.unit)
