"""Mip: all rules and all objectives, by mixed integer linear programs."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from pairkit.errors import ProblemError
from pairkit.objectives import Aim, Objective
from pairkit.pairspace import Candidates, Floored, SparseSpace
from pairkit.problem import DEFAULT_AIMS, Feature, Problem
from pairkit.scoredspace import largest_score
from pairkit.solution import Status
from pairkit.solvers.base import Answer
from pairkit.solvers.columns import ColumnGeneration, first_candidates
from pairkit.solvers.flow import capped, open_candidates
from pairkit.solvers.linear import Form, Linear
from pairkit.solvers.mathopt import maximize
from pairkit.solvers.ordered import Levels
from pairkit.solvers.relaxation import Relaxation, Relaxed
from pairkit.solvers.rescaled import scaled, scaled_answer
from pairkit.solvers.scaling import Scale, unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pairkit.parts import Index
    from pairkit.solvers.base import Clock

__all__ = ["Mip"]

LISTED: Final = 300_000  # pairs: up to so many, all of them go to the back end
INTEGRAL: Final = 1e-4  # as near to 1, a pair of the relaxation is made
NEAR: Final = 0.05  # of the largest score: as little below its prices, a pair may be of use
FINE: Final = 1e-7  # relative gap below which no program is asked for more
WHOLE: Final = 1e-6
SLACK: Final = 1e-9  # of a value that later objectives keep, beside its size
LIKE_ONE: Final = 4  # powers of two: as near to 1, the largest score stays as it is
TIME_LIMIT: Final = "stopped at the time limit"
INTERRUPTED: Final = "interrupted"
NOT_FOUND: Final = "no whole solution was found"


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
        stable = Objective.STABILITY in problem.objectives
        nobody = min(map(np.count_nonzero, _rooms(problem))) < 1 + problem.peers
        if nobody or stable or _pairs(problem) <= self.listed:
            found = Candidates.none() if nobody else open_candidates(problem)
            return Levels(problem, found, maximize, clock, seed).answer()
        exponent = Scale.of(np.array([largest_score(problem.space)])).exponent
        if abs(exponent) <= LIKE_ONE or any(row.of_score for row in problem.rows):
            return self._large(problem, clock, seed)
        answer = self._large(scaled(problem, exponent), clock, seed)
        return scaled_answer(answer, problem, -exponent)

    def _large(self, problem: Problem, clock: Clock, seed: int) -> Answer:
        """Return an answer for scores whose largest is about 1."""
        answer = _Large(self, problem, clock, seed, eager=True).answer()
        if answer is None:
            answer = _Large(self, problem, clock, seed, eager=False).answer()
        return answer or Answer.nothing(Status.NO_SOLUTION_FOUND, TIME_LIMIT)


def _rooms(problem: Problem) -> tuple[Index, Index]:
    return problem.mentor_capacity, problem.mentee_capacity


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
        self.relaxation = Relaxation(self.linear, problem.space, clock, settings.workers)
        self.best: Candidates | None = None
        self.reached: float | None = None  # by the best, in the objective at hand
        self.bounds: list[float | None] = []
        self.words: list[str] = []

    def answer(self) -> Answer | None:
        """Return the answer after all objectives; ``None`` where it asked for too many pairs."""
        try:
            return self._answer()
        except KeyboardInterrupt:
            return self._end(INTERRUPTED)

    def _answer(self) -> Answer | None:
        graph = self._first()
        for k, aim in enumerate(self.problem.aims):
            if graph is None:
                return self._end(TIME_LIMIT)
            last = k + 1 == len(self.problem.aims)
            if not last and self._asks_for_all(aim):
                continue
            if aim.objective is Objective.EGALITARIAN:
                graph, ended = self._egalitarian(graph)
            else:
                graph, ended = self._best(self.linear.form(aim), graph, aim.tolerance)
            if ended is not None:
                return None if self.eager and ended.status is not Status.FEASIBLE else ended
        return self._end("; ".join(self.words), Status.OPTIMAL)

    def _best(
        self, form: Form, graph: Candidates, tolerance: float
    ) -> tuple[Candidates | None, Answer | None]:
        """Make a sum best and keep its value; return the graph, or how the solve has ended."""
        relaxed = self.relaxation.solve(form, graph, self._gap())
        if relaxed is None:
            return None, self._end(TIME_LIMIT if self.clock.expired() else NOT_FOUND)
        if relaxed.broken:
            return None, self._broken(relaxed.graph)
        self.bounds.append(relaxed.proved)
        value = self._whole(form, relaxed)
        if value is None:
            return None, self._end(TIME_LIMIT if self.clock.expired() else NOT_FOUND)
        kept = value - tolerance * abs(value)
        self.linear.keep(form, kept - SLACK * max(1.0, abs(value)))
        return relaxed.graph, None

    def _egalitarian(self, graph: Candidates) -> tuple[Candidates | None, Answer | None]:
        """Match as many mentees as possible, and make the smallest score of a pair best.

        How small it has to be, linear programs over the pairs from a score up prove by halving.
        """
        found, ended = self._most_mentees(graph)
        self.bounds.append(None)
        if found is None:
            return None, ended
        base = self.relaxation.possible(found)
        if base is None or base.broken:
            return None, self._end(TIME_LIMIT) if base is None else self._broken(base.graph)
        found = Candidates.join([found, base.graph])
        steps = np.unique(found.scores)
        reached = steps[:1] if self.best is None else self.best.scores
        low, high = int(np.searchsorted(steps, reached.min(initial=steps[-1]))), len(steps) - 1
        possible = [base]
        while low < high and not self.clock.expired():
            middle = (low + high + 1) // 2
            tried = self._from(steps[middle]).possible(found.take(found.scores >= steps[middle]))
            if tried is None:
                break
            if tried.broken:
                high = middle - 1
            else:
                low = middle
                possible.append(tried)
                found = Candidates.join([found, tried.graph])
        self._make(possible)
        if self.best is None:
            return None, self._end(TIME_LIMIT if self.clock.expired() else NOT_FOUND)
        least = float(self.best.scores.min())
        proved = float(steps[high + 1]) if high + 1 < len(steps) else None
        self.bounds[-1] = self._next_above(least, found, proved)
        self.relaxation = self._from(least)
        return found.take(found.scores >= least), None

    def _from(self, score: float) -> Relaxation:
        """Return the linear programs over the pairs from a score up."""
        space = Floored(self.problem.space, score)
        return Relaxation(self.linear, space, self.clock, self.settings.workers)

    def _most_mentees(self, graph: Candidates) -> tuple[Candidates | None, Answer | None]:
        """Match as many mentees as possible, unless as many pairs as possible are just that."""
        many = self.linear.capacity[self.linear.ends(graph.mentors, graph.mentees)[1]] > 1
        if self.eager and self.bounds and not many.any() and not self.problem.peers:
            return graph, None
        known = len(self.bounds)
        found, ended = self._best(self.linear.matched_form("mentee"), graph, 0.0)
        del self.bounds[known:]
        return found, ended

    def _make(self, possible: list[Relaxed]) -> None:
        """Keep a whole solution of the largest smallest score that has one."""
        nothing = Form(np.zeros(self.linear.count), np.zeros(self.linear.others))
        for relaxed in reversed(possible):
            self.reached = None
            if self._made_of(nothing, relaxed) is not None:
                return

    def _next_above(self, least: float, graph: Candidates, proved: float | None) -> float | None:
        """Return a bound on the smallest score: the one reached, where it cannot be raised."""
        above = float(np.nextafter(least, np.inf))
        tried = self._from(above).possible(graph.take(graph.scores >= above))
        return least if tried is not None and tried.broken else proved

    def _gap(self) -> float:
        return max(self.clock.stop.gap / 2.0, FINE)

    def _left(self) -> float | None:
        limit = self.clock.stop.seconds
        return None if limit is None else limit - self.clock.seconds

    def _end(self, words: str, status: Status = Status.FEASIBLE) -> Answer:
        """Return the best so far."""
        if self.best is None:
            return Answer.nothing(Status.NO_SOLUTION_FOUND, words)
        bounds, little = tuple(self.bounds), unit(np.append(self.best.scores, self.linear.price))
        return Answer(status, self.best.mentors, self.best.mentees, bounds, words, little)

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

    def _asks_for_all(self, aim: Aim) -> bool:
        """Ask for as many pairs as there is room for; return whether that was done."""
        plain = aim.objective is Objective.PARTICIPATION and aim.plain
        if not (self.eager and plain):
            return False
        rooms = capped(self.problem.mentor_capacity, self.problem.mentee_capacity)
        sums = [float(room.sum()) for room in rooms]
        most = float(sums[0] // 2) if self.problem.peers else min(sums)
        self.linear.keep(self.linear.form(aim), most)
        self.bounds.append(most)
        return True

    def _broken(self, graph: Candidates) -> Answer:
        """Return that there is no solution, where prices prove it."""
        proof = self.relaxation.possible(graph)
        if proof is not None and proof.broken:
            return Answer.nothing(Status.INFEASIBLE, "no solution keeps all rules")
        return self._end(TIME_LIMIT if self.clock.expired() else NOT_FOUND)

    def _whole(self, form: Form, relaxed: Relaxed) -> float | None:
        """Keep the best whole solution that can be made of a relaxation; return its value.

        Last with all pairs that the prices do not rule out: no better solution has another.
        """
        self.reached = None
        value = self._made_of(form, relaxed)
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

    def _made_of(self, form: Form, relaxed: Relaxed) -> float | None:
        """Keep a solution with the pairs that a relaxation makes whole, or of all that are near."""
        near = relaxed.worth >= -NEAR * float(np.abs(relaxed.graph.scores).max(initial=1.0))
        near |= relaxed.x > INTEGRAL
        fixed = relaxed.x >= 1.0 - INTEGRAL
        a, b = self.linear.ends(relaxed.graph.mentors, relaxed.graph.mentees)
        loads = np.bincount(np.append(a[fixed], b[fixed]), minlength=self.linear.count)
        full = loads >= self.linear.capacity
        kept = fixed | (near & ~full[a] & ~full[b]) | (relaxed.x > INTEGRAL)
        value, _ = self._program(form, relaxed.graph.take(kept), fixed[kept])
        if value is None:
            value, _ = self._program(form, relaxed.graph.take(near))
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
