"""Ordered: objectives made best one after the other, over candidates written down."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from pairkit.objectives import Aim, Objective
from pairkit.scoredspace import largest_score
from pairkit.solution import Status
from pairkit.solvers.base import INTERRUPTED, TIME_LIMIT, Answer
from pairkit.solvers.blocking import with_blocking
from pairkit.solvers.linear import Linear, Model
from pairkit.solvers.scaling import ALIKE, Scale, merged, unit
from pairkit.solvers.stable import DeferredAcceptance

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pairkit.pairspace import Candidates
    from pairkit.problem import Problem
    from pairkit.rows import Floats
    from pairkit.solvers.base import Clock
    from pairkit.solvers.mathopt import Optimum

__all__ = ["Engine", "Levels"]

ROUNDING: Final = 1e-9  # of a value that later objectives must keep, beside its size
WHOLE: Final = 1e-6  # a bound on a whole number is one, whatever the last bits say


class Engine(Protocol):
    """What can make a linear objective best."""

    def __call__(
        self,
        model: Model,
        cost: Floats,
        *,
        seconds: float | None,
        gap: float,
        hint: Floats | None,
        seed: int,
    ) -> Optimum:
        """Return the best values of the columns."""
        ...


@dataclass(slots=True)
class Levels:
    """The objectives of a problem over its candidates, solved in turn.

    Parameters
    ----------
    problem, found
        The problem and its candidates: those that are not among them cannot be made.
    engine
        What solves a program.
    clock, seed
        When to stop, and the only source of randomness.
    """

    problem: Problem
    found: Candidates
    engine: Engine
    clock: Clock
    seed: int
    linear: Linear = field(init=False)
    model: Model = field(init=False)
    scores: Floats = field(init=False)  # as fairness sees them
    x: Floats | None = field(init=False, default=None)
    start: Floats | None = field(init=False, default=None)
    bounds: list[float | None] = field(init=False, default_factory=list)
    words: list[str] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        """Build the program."""
        self.linear = Linear(self.problem)
        self.model = self.linear.model(self.found)
        self.scores = merged(self.found.scores, ALIKE * largest_score(self.problem.space))

    def suggest(self, made: NDArray[np.bool_]) -> None:
        """Suggest where to begin: which candidates are pairs, bool, whether or not rules hold."""
        others = np.full(len(self.model.lower) - len(self.found), np.nan)
        self.start = np.concatenate([made.astype(np.float64), others])

    def answer(self) -> Answer:
        """Return the answer after all objectives, or as many as the clock leaves."""
        status = Status.OPTIMAL
        try:
            for aim in self.problem.aims:
                status = self._solve(aim)
                if status is not Status.OPTIMAL:
                    break
        except KeyboardInterrupt:
            self.words.append(INTERRUPTED)
            status = Status.NO_SOLUTION_FOUND
        return self._end(status)

    def _end(self, status: Status) -> Answer:
        words = "; ".join(self.words)
        if self.x is None:
            return Answer.nothing(status, words)
        made = self._made()
        chosen = self.found.take(made)
        ended = status if status is Status.OPTIMAL else Status.FEASIBLE
        bounds, little = tuple(self.bounds), unit(np.append(self.found.scores, self.linear.price))
        return Answer(ended, chosen.mentors, chosen.mentees, bounds, words, little)

    def _made(self) -> NDArray[np.bool_]:
        """Return which candidates are pairs so far."""
        if self.x is None:
            return np.zeros(len(self.found), dtype=np.bool_)
        return self.x[: len(self.found)] > 0.5

    def _solve(self, aim: Aim) -> Status:
        """Make an objective best and keep its value; return how that ended."""
        if aim.objective is Objective.EGALITARIAN:
            return self._egalitarian(aim)
        if aim.objective is Objective.STABILITY:
            stable = None if self.problem.peers else self._stable()
            self.model, cost = with_blocking(self.model, self.problem, self.found)
            if stable is not None:
                self.x = stable
                self.bounds.append(0.0)
                self._keep(cost, 0.0)
                return Status.OPTIMAL
        else:
            cost = self._padded(self.linear.cost(self.linear.form(aim), self.found))
        status, bound = self._best(cost)
        if self.x is None or len(self.x) < len(cost):
            return status
        self.bounds.append(self._rounded(aim, bound, cost))
        value = float(cost @ self.x)
        self._keep(cost, value - aim.tolerance * abs(value))
        return status

    def _stable(self) -> Floats | None:
        """Return stable pairs, float64, shape (pairs,), where they keep all rules so far."""
        free = replace(self.problem.without_pins(), rows=(), loads=())
        stable = DeferredAcceptance().solve(free, clock=self.clock, seed=self.seed)
        if len(self.model.lower) > len(self.found) or not stable.status.has_pairs:
            return None
        width = np.int64(self.problem.shape[1])
        chosen = stable.mentors * width + stable.mentees
        x = np.isin(self.found.mentors * width + self.found.mentees, chosen).astype(np.float64)
        reached, model = self.model.matrix @ x, self.model
        kept = (reached >= model.least - WHOLE) & (reached <= model.most + WHOLE)
        return x if kept.all() and (x >= model.lower).all() else None

    def _padded(self, cost: Floats) -> Floats:
        """Return a cost with nothing for columns that came later."""
        return np.append(cost, np.zeros(len(self.model.lower) - len(cost)))

    def _keep(self, cost: Floats, value: float) -> None:
        """Add the row that keeps a value, in the unit of its largest cost."""
        scale = Scale.of(cost)
        kept = float(np.ldexp(value, scale.exponent))
        self.model = self.model.with_row(scale.apply(cost), kept - ROUNDING * max(1.0, abs(kept)))

    def _best(self, cost: Floats, model: Model | None = None) -> tuple[Status, float | None]:
        """Make a cost best from where we are; return how that ended and what bounds it."""
        left = self.clock.left
        if left is not None and left <= 0.0:
            self.words.append(TIME_LIMIT)
            return Status.NO_SOLUTION_FOUND, None
        begin = self.start if self.x is None else self.x
        hint = None
        if begin is not None and model is None:
            hint = np.append(begin, np.full(len(self.model.lower) - len(begin), np.nan))
        scale = Scale.of(cost)  # what back ends call small is small beside 1
        found = self.engine(
            self.model if model is None else model,
            scale.apply(cost),
            seconds=left,
            gap=self.clock.stop.gap,
            hint=hint,
            seed=self.seed,
        )
        if found.status.has_pairs:
            self.x = found.x
        if found.status in (Status.FEASIBLE, Status.NO_SOLUTION_FOUND):
            self.words.append(TIME_LIMIT if self.clock.expired() else "stopped early")
        elif found.status is Status.ERROR:
            self.words.append(found.ended)
        return found.status, None if found.bound is None else scale.undo(found.bound)

    def _rounded(self, aim: Aim, bound: float | None, cost: Floats) -> float | None:
        """Return a bound on an objective from one on its cost."""
        if bound is None:
            return None
        if aim.objective is Objective.STABILITY:
            return max(float(np.ceil(-bound - WHOLE)), 0.0)
        whole = aim.objective is Objective.PARTICIPATION and aim.weight is None
        if whole:
            return float(np.floor(bound + WHOLE))
        nothing = cost.min(initial=0.0) >= 0.0 and bound < unit(cost)  # less than any part of it
        return min(bound, 0.0) if nothing else bound

    def _egalitarian(self, aim: Aim) -> Status:
        """Match as many mentees as possible, then make the smallest scores best in turn."""
        form = self.linear.matched_form("mentee")
        cost = self._padded(self.linear.cost(form, self.found))
        status, _ = self._best(cost)
        if self.x is None or status is not Status.OPTIMAL:
            self.bounds.append(None)
            return status
        self._keep(cost, float(np.round(cost @ self.x)))
        self.bounds.append(None)
        return self._leximin(aim.steps)

    def _leximin(self, steps: int) -> Status:
        """Make the smallest scores best in turn, and the pairs that have them as few as can be."""
        if not self._made().any():
            self.bounds[-1] = 0.0
            return Status.OPTIMAL
        told: list[str] = []
        status, floor = Status.OPTIMAL, -np.inf
        for step in range(steps):
            if not (self._made() & (self.scores > floor)).any():
                break
            status, smallest, bound = self._raise_smallest(floor)
            if step == 0:
                self.bounds[-1] = bound
            if status is not Status.OPTIMAL:
                break
            status, count = self._fewest_at(smallest)
            if status is not Status.OPTIMAL:
                break
            told.append(f"{count} at {smallest:.6g}")
            floor = smallest
        if told:
            self.words.append(f"worst-off pairs, proved: {', '.join(told)}")
        return status

    def _above(self, floor: float) -> Floats:
        """Return the different scores of candidates above a floor that may still be pairs."""
        usable = self.model.upper[: len(self.found)] > 0.5
        scores = self.scores[usable]
        return np.unique(scores[scores > floor])

    def _raise_smallest(self, floor: float) -> tuple[Status, float, float]:
        """Forbid all pairs above a floor below the largest score that still leaves a solution.

        Returns how it ended, that score, and a bound on it.
        """
        scores, steps = self.scores, self._above(floor)
        pinned = scores[(self.model.lower[: len(scores)] > 0.5) & (scores > floor)]
        low = self._smallest_made(steps, floor)
        high = int(np.searchsorted(steps, pinned.min(initial=steps[-1])))
        nothing, status = np.zeros(len(self.model.lower)), Status.OPTIMAL
        while low < high:
            middle = (low + high + 1) // 2
            status, _ = self._best(nothing, self._barred(floor, steps[middle]))
            if status.has_pairs:
                low, status = max(middle, self._smallest_made(steps, floor)), Status.OPTIMAL
            elif status is Status.INFEASIBLE:
                high, status = middle - 1, Status.OPTIMAL
            else:
                break
        self.model = self._barred(floor, steps[low])
        return status, float(steps[low]), float(steps[high])

    def _smallest_made(self, steps: Floats, floor: float) -> int:
        """Return the place among scores of the smallest above a floor that is made."""
        made = self.scores[self._made() & (self.scores > floor)]
        return int(np.searchsorted(steps, made.min(initial=steps[-1])))

    def _barred(self, floor: float, score: float) -> Model:
        """Return the program without the candidates above a floor and below a score."""
        scores = self.scores
        barred = np.zeros(len(self.model.lower), dtype=np.bool_)
        barred[: len(scores)] = (scores > floor) & (scores < score)
        return self.model.limited(barred)

    def _fewest_at(self, score: float) -> tuple[Status, int]:
        """Make as few pairs as possible at a score, and keep it so."""
        there = self._padded((self.scores == score).astype(np.float64))
        status, _ = self._best(-there)
        if self.x is None or not status.has_pairs:
            return status, 0
        count = float(np.round(there @ self.x))
        self._keep(-there, -count)
        return status, int(count)
