"""Mip: all rules and all objectives, by mixed integer linear programs."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from pairkit.errors import ProblemError, UnsupportedError
from pairkit.objectives import Aim, Objective
from pairkit.pairspace import Candidates, SparseSpace
from pairkit.problem import DEFAULT_AIMS, Feature, Problem
from pairkit.solution import Status
from pairkit.solvers.base import Answer
from pairkit.solvers.columns import ColumnGeneration, first_candidates
from pairkit.solvers.flow import open_candidates
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
WHOLE: Final = 1e-6
SLACK: Final = 1e-9  # of a value that later objectives keep, beside its size
TIME_LIMIT: Final = "stopped at the time limit"


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
        return _Large(problem, clock, seed, self.workers, self.listed).answer()


def _pairs(problem: Problem) -> int:
    """Return how many pairs there are at most."""
    space = problem.space
    return space.matrix.nnz if isinstance(space, SparseSpace) else math.prod(problem.shape)


class _Large:
    """One solve over more pairs than can be written down."""

    def __init__(
        self, problem: Problem, clock: Clock, seed: int, workers: int | None, listed: int
    ) -> None:
        self.problem, self.clock, self.seed, self.listed = problem, clock, seed, listed
        self.linear = Linear(problem)
        self.relaxation = Relaxation(self.linear, clock, workers)
        self.settings = ColumnGeneration(workers=workers)
        self.best: Candidates | None = None
        self.bounds: list[float | None] = []

    def answer(self) -> Answer:
        """Return the answer after all objectives."""
        graph = self._first()
        if graph is None:
            return Answer.nothing(Status.NO_SOLUTION_FOUND, TIME_LIMIT)
        aims = self.problem.aims
        status = Status.OPTIMAL
        for k, aim in enumerate(aims):
            form = self.linear.form(aim)
            if k + 1 < len(aims) and self._takes_all(aim):
                continue
            relaxed = self.relaxation.solve(form, graph, self._gap())
            if relaxed is None:
                status = Status.NO_SOLUTION_FOUND
                break
            graph = relaxed.graph
            if relaxed.broken:
                return self._infeasible(relaxed)
            value = self._whole(form, relaxed)
            self.bounds.append(relaxed.proved)
            if value is None:
                status = Status.NO_SOLUTION_FOUND
                break
            kept = value - aim.tolerance * abs(value)
            self.linear.keep(form, kept - SLACK * max(1.0, abs(value)))
        return self._end(status)

    def _gap(self) -> float:
        return max(self.clock.stop.gap / 2.0, 1e-7)

    def _end(self, status: Status) -> Answer:
        words = "" if status is Status.OPTIMAL else TIME_LIMIT
        if self.best is None:
            return Answer.nothing(status, words)
        ended = status if status is Status.OPTIMAL else Status.FEASIBLE
        bounds = tuple(self.bounds)
        return Answer(ended, self.best.mentors, self.best.mentees, bounds, words)

    def _first(self) -> Candidates | None:
        """Return candidates to begin with."""
        free = replace(self.problem, aims=DEFAULT_AIMS, rows=(), loads=(), peers=False)
        found = first_candidates(free, self.clock, self.seed, self.settings)
        if found is None:
            return None
        if self.problem.peers:
            i, j = found.mentors, found.mentees
            found = Candidates(np.minimum(i, j), np.maximum(i, j), found.scores).take(i != j)
        pins = self.problem.pinned_mentors, self.problem.pinned_mentees
        scores = self.problem.space.pairs(*pins).scores
        return Candidates.join([found, Candidates(*pins, scores)])

    def _takes_all(self, aim: Aim) -> bool:
        """Ask for as many pairs as there is room for, where that many pairs come first."""
        if aim.objective is not Objective.PARTICIPATION or not aim.plain:
            return False
        room = self.problem.mentor_capacity, self.problem.mentee_capacity
        sums = [float(np.minimum(one, len(other)).sum()) for one, other in zip(room, room[::-1])]
        most = np.floor(sums[0] / 2.0) if self.problem.peers else min(sums)
        self.linear.keep(self.linear.form(aim), most)
        self.bounds.append(most)
        return True

    def _infeasible(self, relaxed: Relaxed) -> Answer:
        return Answer.nothing(Status.INFEASIBLE, "")

    def _whole(self, form: Form, relaxed: Relaxed) -> float | None:
        """Keep the best whole solution that can be made of a relaxation; return its value."""
        near = relaxed.worth >= -0.05
        fixed = relaxed.x >= 1.0 - INTEGRAL
        a, b = self.linear.ends(relaxed.graph.mentors, relaxed.graph.mentees)
        loads = np.bincount(np.append(a[fixed], b[fixed]), minlength=self.linear.count)
        full = loads >= self.linear.capacity
        kept = fixed | (near & ~full[a] & ~full[b]) | (relaxed.x > INTEGRAL)
        return self._program(form, relaxed.graph.take(kept), fixed[kept])

    def _program(self, form: Form, graph: Candidates, fixed: NDArray[np.bool_]) -> float | None:
        model, cost = self.linear.model(graph), self.linear.cost(form, graph)
        lower = model.lower.copy()
        lower[: len(graph)][fixed] = 1.0
        limit = self.clock.stop.seconds
        left = None if limit is None else limit - self.clock.seconds
        found = maximize(
            replace(model, lower=lower), cost, seconds=left, gap=self._gap(), seed=self.seed
        )
        if not found.status.has_pairs:
            return None
        self.best = graph.take(found.x[: len(graph)] > 0.5)
        return float(cost @ found.x)
