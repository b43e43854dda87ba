"""Mip: all rules and all objectives, by mixed integer linear programs."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from pairkit.errors import ProblemError
from pairkit.objectives import Aim, Objective
from pairkit.pairspace import Candidates, SparseSpace
from pairkit.problem import DEFAULT_AIMS, Feature, Problem
from pairkit.solution import Status
from pairkit.solvers.base import Answer
from pairkit.solvers.columns import ColumnGeneration, first_candidates
from pairkit.solvers.flow import capped, open_candidates
from pairkit.solvers.linear import Form, Linear
from pairkit.solvers.mathopt import maximize
from pairkit.solvers.ordered import Levels
from pairkit.solvers.relaxation import Relaxation, Relaxed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pairkit.solvers.base import Clock

__all__ = ["Mip"]

LISTED: Final = 300_000  # pairs: up to so many, all of them go to the back end
INTEGRAL: Final = 1e-4  # as near to 1, a pair of the relaxation is made
NEAR: Final = 0.05  # of the largest score: as little below its prices, a pair may be of use
FINE: Final = 1e-7  # relative gap below which no program is asked for more
WHOLE: Final = 1e-6
SLACK: Final = 1e-9  # of a value that later objectives keep, beside its size
TIME_LIMIT: Final = "stopped at the time limit"
INTERRUPTED: Final = "interrupted"


@dataclass(frozen=True, slots=True)
class Mip:
    """The best under all rules and objectives.

    Objectives are solved in turn. Where all pairs fit the back end, HiGHS (Huangfu and Hall 2018,
    doi:10.1007/s12532-017-0130-5, in OR-Tools' MathOpt) solves them by branch and bound. Where they
    do not, the linear relaxation is solved over all pairs by column generation, which proves the
    bound; a solution is made of the pairs that it makes whole and a small program for the rest, and
    made better, where the gap asks for it, among all pairs that the prices do not rule out.

    Parameters
    ----------
    listed
        Up to so many pairs, all are written down; from 0.
    workers
        Threads or processes of a scan; ``None`` takes what joblib is configured for, else one
        thread a core.

    Raises
    ------
    ProblemError
        A number is out of range.
    """

    listed: int = LISTED
    workers: int | None = None

    def __post_init__(self) -> None:
        """Check the numbers."""
        if self.listed < 0:
            raise ProblemError(f"Mip: listed must be from 0 up; it is {self.listed}.")
        if self.workers is not None and self.workers < 1:
            raise ProblemError(f"Mip: workers must be from 1 up; it is {self.workers}.")

    @property
    def supports(self) -> frozenset[Feature]:
        """Everything."""
        return frozenset(Feature)

    def solve(self, problem: Problem, *, clock: Clock, seed: int) -> Answer:
        """Return the proven best answer, or the best so far where the clock stops it."""
        if _pairs(problem) <= self.listed or not all(aim.additive for aim in problem.aims):
            return Levels(problem, open_candidates(problem), maximize, clock, seed).answer()
        answer = _Large(self, problem, clock, seed, eager=True).answer()
        if answer is None:
            answer = _Large(self, problem, clock, seed, eager=False).answer()
        return answer or Answer.nothing(Status.NO_SOLUTION_FOUND, TIME_LIMIT)


def _pairs(problem: Problem) -> int:
    """Return how many pairs there are at most."""
    space = problem.space
    return space.matrix.nnz if isinstance(space, SparseSpace) else math.prod(problem.shape)


class _Large:
    """One solve over more pairs than can be written down.

    Parameters
    ----------
    settings, problem, clock, seed
        Those of the solve.
    eager
        Whether as many pairs as there is room for are asked for outright, where that many come
        first: mostly they can be made, and a linear program is saved.
    """

    def __init__(
        self, settings: Mip, problem: Problem, clock: Clock, seed: int, *, eager: bool
    ) -> None:
        self.settings, self.problem, self.clock, self.seed = settings, problem, clock, seed
        self.eager = eager
        self.linear = Linear(problem)
        self.relaxation = Relaxation(self.linear, clock, settings.workers)
        self.best: Candidates | None = None
        self.reached: float | None = None  # by the best, in the objective at hand
        self.bounds: list[float | None] = []

    def answer(self) -> Answer | None:
        """Return the answer after all objectives; ``None`` where it asked for too many pairs."""
        try:
            return self._answer()
        except KeyboardInterrupt:
            return self._end(INTERRUPTED)

    def _answer(self) -> Answer | None:
        graph = self._first()
        for k, aim in enumerate(self.problem.aims):
            form = self.linear.form(aim)
            if k + 1 < len(self.problem.aims) and self._asks_for_all(aim, form):
                continue
            relaxed = None if graph is None else self.relaxation.solve(form, graph, self._gap())
            if relaxed is None:
                return self._end(TIME_LIMIT)
            if relaxed.broken:
                return None if self.eager else self._broken(relaxed.graph)
            graph = relaxed.graph
            value = self._whole(form, relaxed)
            if value is None and self.eager and not self.clock.expired():
                return None
            if value is None:
                return self._end(TIME_LIMIT)
            kept = value - aim.tolerance * abs(value)
            self.linear.keep(form, kept - SLACK * max(1.0, abs(value)))
        return self._end("")

    def _gap(self) -> float:
        return max(self.clock.stop.gap / 2.0, FINE)

    def _left(self) -> float | None:
        limit = self.clock.stop.seconds
        return None if limit is None else limit - self.clock.seconds

    def _end(self, words: str) -> Answer:
        """Return the best so far."""
        if self.best is None:
            return Answer.nothing(Status.NO_SOLUTION_FOUND, words)
        status = Status.FEASIBLE if words else Status.OPTIMAL
        return Answer(status, self.best.mentors, self.best.mentees, tuple(self.bounds), words)

    def _first(self) -> Candidates | None:
        """Return candidates to begin with; ``None`` without time."""
        free = replace(self.problem, aims=DEFAULT_AIMS, rows=(), loads=(), peers=False)
        settings = ColumnGeneration(workers=self.settings.workers)
        found = first_candidates(free, self.clock, self.seed, settings)
        if found is None:
            return None
        if self.problem.peers:
            i, j = found.mentors, found.mentees
            found = Candidates(np.minimum(i, j), np.maximum(i, j), found.scores).take(i != j)
        pins = self.problem.pinned_mentors, self.problem.pinned_mentees
        scores = self.problem.space.pairs(*pins).scores
        return Candidates.join([found, Candidates(*pins, scores)])

    def _asks_for_all(self, aim: Aim, form: Form) -> bool:
        """Ask for as many pairs as there is room for; return whether that was done."""
        plain = aim.objective is Objective.PARTICIPATION and aim.plain
        if not (self.eager and plain):
            return False
        rooms = capped(self.problem.mentor_capacity, self.problem.mentee_capacity)
        sums = [float(room.sum()) for room in rooms]
        most = float(sums[0] // 2) if self.problem.peers else min(sums)
        self.linear.keep(form, most)
        self.bounds.append(most)
        return True

    def _broken(self, graph: Candidates) -> Answer:
        """Return that there is no solution, where prices prove it."""
        nothing = Form(np.zeros(self.linear.count), np.zeros(self.linear.others))
        proof = self.relaxation.solve(nothing, graph, 0.5)
        if proof is not None and proof.proved < -WHOLE:
            return Answer.nothing(Status.INFEASIBLE, "no solution keeps all rules")
        return self._end(TIME_LIMIT if self.clock.expired() else "no solution was found")

    def _whole(self, form: Form, relaxed: Relaxed) -> float | None:
        """Keep the best whole solution that can be made of a relaxation; return its value.

        First with the pairs that the relaxation makes whole, then with all that are near, and last
        with all pairs that the prices do not rule out: no better solution has another.
        """
        self.bounds.append(relaxed.proved)
        self.reached = None
        near = relaxed.worth >= -NEAR * float(np.abs(relaxed.graph.scores).max(initial=1.0))
        fixed = relaxed.x >= 1.0 - INTEGRAL
        a, b = self.linear.ends(relaxed.graph.mentors, relaxed.graph.mentees)
        loads = np.bincount(np.append(a[fixed], b[fixed]), minlength=self.linear.count)
        full = loads >= self.linear.capacity
        kept = fixed | (near & ~full[a] & ~full[b]) | (relaxed.x > INTEGRAL)
        value, _ = self._program(form, relaxed.graph.take(kept), fixed[kept])
        if value is None:
            near |= relaxed.x > INTEGRAL
            value, _ = self._program(form, relaxed.graph.take(near))
        if value is None or self._good(value):
            return value
        left = self._not_ruled_out(relaxed, value)
        if left is None:
            return value
        better, bound = self._program(form, left)
        if better is not None:
            value = max(value, better)
        if bound is not None:
            self.bounds[-1] = min(relaxed.proved, max(value, bound))
        return value

    def _good(self, value: float) -> bool:
        """Return whether a value is near enough to its bound."""
        bound = self.bounds[-1]
        if bound is None:
            return False
        size = max(abs(value), abs(bound))
        return bound - value <= max(self.clock.stop.gap, 2.0 * FINE) * size

    def _not_ruled_out(self, relaxed: Relaxed, value: float) -> Candidates | None:
        """Return all pairs that a better solution may have; ``None`` where they are too many."""
        slack = relaxed.bound - value
        near = relaxed.graph.take(relaxed.worth >= -slack)
        looked = self.relaxation.look(relaxed.duals, relaxed.graph, -slack, self.settings.listed)
        if looked is None:
            return None
        last, screen, unit = looked
        complete = float(last.most.max(initial=-np.inf)) * unit <= -slack
        if not complete or len(near) + len(last.hits.rows) > self.settings.listed:
            return None
        return Candidates.join([near, self.relaxation.found(last.hits, screen)])

    def _program(
        self, form: Form, graph: Candidates, fixed: NDArray[np.bool_] | None = None
    ) -> tuple[float | None, float | None]:
        """Solve over some candidates, some of them made already; return value and bound."""
        model, cost = self.linear.model(graph), self.linear.cost(form, graph)
        if fixed is not None:
            lower = model.lower.copy()
            lower[: len(graph)][fixed] = 1.0
            model = replace(model, lower=lower)
        left = self._left()
        if left is not None and left <= 0.0:
            return None, None
        found = maximize(model, cost, seconds=left, gap=self._gap(), seed=self.seed)
        if not found.status.has_pairs:
            return None, found.bound
        made = graph.take(found.x[: len(graph)] > 0.5)
        value = float(cost @ found.x)
        if self.reached is None or value > self.reached:
            self.best, self.reached = made, value
        return value, found.bound
