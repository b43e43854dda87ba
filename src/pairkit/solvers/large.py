"""Large: all rules and all objectives but stability, over more pairs than are written down."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from pairkit.objectives import Aim, Objective
from pairkit.pairspace import Barred, Candidates, PairSpace
from pairkit.parts import Elementwise
from pairkit.problem import DEFAULT_AIMS, Problem
from pairkit.rows import Row
from pairkit.scoredspace import largest_score
from pairkit.solution import Status
from pairkit.solvers.base import INTERRUPTED, TIME_LIMIT, Answer
from pairkit.solvers.columns import ColumnGeneration, first_candidates
from pairkit.solvers.flow import capped
from pairkit.solvers.linear import Form, Linear
from pairkit.solvers.mathopt import maximize
from pairkit.solvers.relaxation import Relaxation, Relaxed
from pairkit.solvers.rounding import rounded
from pairkit.solvers.scaling import ALIKE, Scale, unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pairkit.parts import Index
    from pairkit.rows import Floats
    from pairkit.solvers.base import Clock

__all__ = ["Large", "starting_candidates"]

RULED_IN: Final = 100_000  # pairs: up to so many that prices do not rule out go to the back end
INTEGRAL: Final = 1e-4  # as near to 1, a pair of the relaxation is made
NEAR: Final = 0.05  # of the largest score: as little below its prices, a pair may be of use
FINE: Final = 1e-7  # relative gap below which no program is asked for more
WHOLE: Final = 1e-6
SLACK: Final = 1e-9  # of a value that later objectives keep, beside its size
NOT_FOUND: Final = "no whole solution was found"


class Large:
    """One solve over more pairs than are written down at once.

    Parameters
    ----------
    workers, problem, clock, seed
        Those of the solve.
    eager
        Whether as many pairs as there is room for are asked for outright, where that many come
        first: mostly they can be made, and a linear program is saved.
    exponent
        Scores are those of the caller times ``2 ** exponent``: words speak of the caller's.
    """

    def __init__(
        self,
        workers: int | None,
        problem: Problem,
        clock: Clock,
        seed: int,
        *,
        eager: bool,
        exponent: int = 0,
    ) -> None:
        self.workers, self.problem, self.clock, self.seed = workers, problem, clock, seed
        self.eager, self.exponent = eager, exponent
        self.alike = ALIKE * largest_score(problem.space)
        self.proved = True  # as far as the bounds do not say
        self.filled = False  # as many pairs as there is room for were asked for
        self.linear = Linear(problem)
        self.space = problem.space  # without what fairness has ruled out
        self.best: Candidates | None = None
        self.reached: float | None = None  # by the best, in the objective at hand
        self.bounds: list[float | None] = []
        self.words: list[str] = []

    @property
    def relaxation(self) -> Relaxation:
        """The linear programs over the pairs that may still be made."""
        return self._over(self.space)

    def _over(self, space: PairSpace) -> Relaxation:
        return Relaxation(self.linear, space, self.clock, self.workers)

    def answer(self) -> Answer | None:
        """Return the answer after all objectives; ``None`` where it asked for too many pairs."""
        try:
            return self._answer()
        except KeyboardInterrupt:
            return self._end(INTERRUPTED)

    def _answer(self) -> Answer | None:
        graph = starting_candidates(self.problem, self.clock, self.seed, self.workers)
        for k, aim in enumerate(self.problem.aims):
            if graph is None:
                return self._end(TIME_LIMIT)
            last = k + 1 == len(self.problem.aims)
            if not last and self._asks_for_all(aim):
                continue
            if aim.objective is Objective.EGALITARIAN:
                graph, ended = self._egalitarian(graph, aim.steps)
            else:
                graph, ended = self._best(self.linear.form(aim), graph, aim.tolerance)
            if ended is not None:
                return None if self.eager and ended.status is not Status.FEASIBLE else ended
        status = Status.OPTIMAL if self.proved else Status.FEASIBLE
        return self._end("; ".join(self.words), status)

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

    def _egalitarian(
        self, graph: Candidates, steps: int
    ) -> tuple[Candidates | None, Answer | None]:
        """Match as many mentees as possible, then make the smallest scores best in turn.

        Of each, as few pairs as can be have it; as far as is proved, that is leximin.
        """
        found, ended = self._most_mentees(graph)
        self.bounds.append(None)
        if found is not None and not len(found):  # nothing is allowed
            self.bounds[-1] = 0.0
            return found, None
        place, floor, told = len(self.bounds) - 1, -np.inf, list[str]()
        for step in range(steps):
            if found is None:
                return None, ended
            raised = self._raise_smallest(found, floor)
            if raised is None and step == 0:
                return None, self._broken(found)
            if raised is None or self.best is None:
                self.proved &= self._smallest(self.best, floor) == np.inf  # there is no next one
                break
            found, smallest, bound = raised
            if step == 0:
                self.bounds[place] = bound
            beyond = bound is None or bound > smallest + 2.0 * self.alike
            fewest = None if beyond else self._fewest_at(found, smallest)
            if fewest is None:
                self.proved = False
                break
            told.append(f"{fewest} at {np.ldexp(smallest, -self.exponent):.6g}")
            floor = smallest
        if told:
            self.words.append(f"worst-off pairs, proved: {', '.join(told)}")
        return found, None

    def _raise_smallest(
        self, graph: Candidates, floor: float
    ) -> tuple[Candidates, float, float | None] | None:
        """Rule out all pairs above a floor below the largest score that leaves a solution.

        Linear programs over the pairs from a score up prove by halving what that score can be.
        Returns the graph, the score and a bound on it; ``None`` without a pair above the floor.
        """
        base = self.relaxation.possible(graph)
        if base is None or base.broken:
            return None
        found = Candidates.join([graph, base.graph])
        steps = np.unique(found.scores[found.scores > floor + self.alike])
        made = self.best.scores if self.best is not None else np.zeros(0)
        made = made[made > floor + self.alike]
        if not len(steps) or (self.best is not None and not len(made)):
            return None
        low = int(np.searchsorted(steps, made.min())) if len(made) else 0
        ceiling = self._pinned_at(found, floor)
        high, possible = int(np.searchsorted(steps, min(ceiling, steps[-1]))), [base]
        while low < high and not self.clock.expired():
            middle = (low + high + 1) // 2
            tried = self._tried(found, floor, float(steps[middle]))
            if tried is None:
                break
            if tried.broken:
                high = middle - 1
            else:
                low = middle
                possible.append(tried)
                found = Candidates.join([found, tried.graph])
        self._make(possible, floor)
        if self.best is None:
            return None
        above = self.best.scores[self.best.scores > floor + self.alike]
        if not len(above):
            return None
        least = float(above.min())
        proved = float(steps[high + 1]) if high + 1 < len(steps) else None
        tried = None if least >= ceiling else self._tried(found, floor, least + 2.0 * self.alike)
        best = least >= ceiling or (tried is not None and tried.broken)
        bound = least + self.alike if best else proved
        self.space = Barred(self.space, floor + self.alike, least - self.alike)
        return self._left_of(found, floor, least), least, bound

    def _pinned_at(self, graph: Candidates, floor: float) -> float:
        """Return the smallest score above a floor that is made in any case."""
        scores = graph.scores[self.linear.pinned(graph)]
        return float(scores[scores > floor + self.alike].min(initial=np.inf))

    def _tried(self, graph: Candidates, floor: float, least: float) -> Relaxed | None:
        """Return whether the hard rules can be kept without the pairs between two scores."""
        space = Barred(self.space, floor + self.alike, least - self.alike)
        return self._over(space).possible(self._left_of(graph, floor, least))

    def _left_of(self, graph: Candidates, floor: float, least: float) -> Candidates:
        """Return the candidates that are not between two scores."""
        return graph.take(
            (graph.scores <= floor + self.alike) | (graph.scores >= least - self.alike)
        )

    def _fewest_at(self, graph: Candidates, score: float) -> int | None:
        """Make as few pairs as possible at a score, and keep it so; ``None`` without a proof."""
        known = len(self.bounds)
        there = Row("pairs at a score", Elementwise(_At(self.problem.space, score, self.alike)))
        form = replace(self.linear.nothing(), weights=((-1.0, there),))
        found, _ = self._best(form, graph, 0.0)
        bound = self.bounds[-1] if len(self.bounds) > known else None
        del self.bounds[known:]
        if found is None or self.best is None or bound is None:
            return None
        count = int((np.abs(self.best.scores - score) <= self.alike).sum())
        return count if bound + count < 1.0 - WHOLE else None

    def _most_mentees(self, graph: Candidates) -> tuple[Candidates | None, Answer | None]:
        """Match as many mentees as possible, unless as many pairs as possible are just that."""
        many = self.linear.capacity[self.linear.ends(graph.mentors, graph.mentees)[1]] > 1
        if self.filled and not many.any() and not self.problem.peers:
            return graph, None
        known = len(self.bounds)
        found, ended = self._best(self.linear.matched_form("mentee"), graph, 0.0)
        del self.bounds[known:]
        if ended is not None and ended.status.has_pairs:
            ended = self._end(ended.detail)  # without the bound on mentees
        return found, ended

    def _make(self, possible: list[Relaxed], floor: float) -> None:
        """Keep a whole solution of the largest smallest score that has one."""
        nothing, known = self.linear.nothing(), self.best
        self.reached = None
        for relaxed in reversed(possible):
            value = self._by_flows(nothing, relaxed)
            if value is None:
                value = self._by_programs(nothing, relaxed)
            if value is not None:
                break
        if self._smallest(known, floor) > self._smallest(self.best, floor):
            self.best = known

    def _smallest(self, made: Candidates | None, floor: float) -> float:
        """Return the smallest score above a floor that is made; minus infinity without pairs."""
        if made is None:
            return -np.inf
        above = made.scores[made.scores > floor + self.alike]
        return float(above.min(initial=np.inf))

    def _gap(self) -> float:
        return max(self.clock.stop.gap / 2.0, FINE)

    def _end(self, words: str, status: Status = Status.FEASIBLE) -> Answer:
        """Return the best so far."""
        if self.best is None:
            return Answer.nothing(Status.NO_SOLUTION_FOUND, words)
        bounds, little = tuple(self.bounds), unit(np.append(self.best.scores, self.linear.price))
        return Answer(status, self.best.mentors, self.best.mentees, bounds, words, little)

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
        self.filled = True
        return True

    def _broken(self, graph: Candidates) -> Answer:
        """Return that there is no solution, where prices prove it."""
        proof = self.relaxation.possible(graph) if self.best is None else None
        if proof is not None and proof.broken:
            return Answer.nothing(Status.INFEASIBLE, "no solution keeps all rules")
        return self._end(TIME_LIMIT if self.clock.expired() else NOT_FOUND)

    def _whole(self, form: Form, relaxed: Relaxed) -> float | None:
        """Keep the best whole solution that can be made of a relaxation; return its value.

        Last with all pairs that the prices do not rule out: no better solution has another.
        """
        self.reached = value = None
        for make in (self._by_flows, self._by_programs):
            value = make(form, relaxed)
            if self._good(value):
                return value
        left = None if value is None else self._not_ruled_out(relaxed, value)
        if value is None or left is None:
            return value
        better, bound = self._program(form, left)
        if better is not None:
            value = max(value, better)
        if bound is not None:
            self.bounds[-1] = min(relaxed.proved, max(value, bound))
        return value

    def _by_flows(self, form: Form, relaxed: Relaxed) -> float | None:
        """Keep a whole solution by flows, where all columns are pairs of two sides."""
        if self.linear.others or self.problem.peers:
            return None
        made = rounded(self.linear, form, relaxed.graph, relaxed.rows, self.clock)
        if made is not None:
            value = float(self.linear.cost(form, relaxed.graph)[made].sum())
            self._keep(relaxed.graph.take(made), value)
        return self.reached

    def _by_programs(self, form: Form, relaxed: Relaxed) -> float | None:
        """Keep a whole solution with the pairs that a relaxation makes whole, or of all near them.

        With the latter are the pairs of the best so far, which keeps all earlier objectives.
        Where a solution is known, a better one is sought for as long as all took so far.
        """
        near = relaxed.worth >= -NEAR * float(np.abs(relaxed.graph.scores).max(initial=1.0))
        near |= relaxed.x > INTEGRAL
        fixed = relaxed.x >= 1.0 - INTEGRAL
        a, b = self.linear.ends(relaxed.graph.mentors, relaxed.graph.mentees)
        loads = np.bincount(np.append(a[fixed], b[fixed]), minlength=self.linear.count)
        full = loads >= self.linear.capacity
        kept = fixed | (near & ~full[a] & ~full[b]) | (relaxed.x > INTEGRAL)
        seconds = None if self.reached is None else max(self.clock.seconds, 1.0)
        self._program(form, relaxed.graph.take(kept), fixed[kept], seconds)
        if self.reached is None:
            known = Candidates.none() if self.best is None else self.best
            self._program(form, Candidates.join([relaxed.graph.take(near), known]))
        return self.reached

    def _good(self, value: float | None) -> bool:
        """Return whether a value is near enough to its bound."""
        bound = self.bounds[-1]
        if value is None or bound is None:
            return False
        size = max(abs(value), abs(bound))
        return bound - value <= max(self.clock.stop.gap, 2.0 * FINE) * size

    def _not_ruled_out(self, relaxed: Relaxed, value: float) -> Candidates | None:
        """Return all pairs that a better solution may have; ``None`` where they are too many."""
        slack = relaxed.bound - value
        pinned = self.linear.pinned(relaxed.graph)
        near = relaxed.graph.take((relaxed.worth >= -slack) | pinned)
        looked = self.relaxation.look(relaxed.duals, relaxed.graph, -slack, RULED_IN)
        if looked is None:
            return None
        last, screen, unit = looked
        complete = float(last.most.max(initial=-np.inf)) * unit <= -slack
        if not complete or len(near) + len(last.hits.rows) > RULED_IN:
            return None
        return Candidates.join([near, self.relaxation.found(last.hits, screen)])

    def _program(
        self,
        form: Form,
        graph: Candidates,
        fixed: NDArray[np.bool_] | None = None,
        seconds: float | None = None,
    ) -> tuple[float | None, float | None]:
        """Keep the best over some candidates, some made already; return the value and a bound."""
        model, cost = self.linear.model(graph), self.linear.cost(form, graph)
        if fixed is not None:
            lower = model.lower.copy()
            lower[: len(graph)][fixed] = 1.0
            model = replace(model, lower=lower)
        limits = [limit for limit in (self.clock.left, seconds) if limit is not None]
        if limits and min(limits) <= 0.0:
            return None, None
        left = min(limits, default=None)
        scale = Scale.of(cost)
        found = maximize(model, scale.apply(cost), seconds=left, gap=self._gap(), seed=self.seed)
        bound = None if found.bound is None else scale.undo(found.bound)
        if not found.status.has_pairs:
            return None, bound
        value = float(cost @ found.x)
        self._keep(graph.take(found.x[: len(graph)] > 0.5), value)
        return value, bound

    def _keep(self, made: Candidates, value: float) -> None:
        """Keep pairs that reach a value, where none so far reach it."""
        if self.reached is None or value > self.reached:
            self.best, self.reached = made, value


def starting_candidates(
    problem: Problem, clock: Clock, seed: int, workers: int | None
) -> Candidates | None:
    """Return the few candidates of each person to begin with, pins in; ``None`` without time."""
    free = replace(problem, aims=DEFAULT_AIMS, rows=(), loads=(), peers=False)
    found = first_candidates(free, clock, seed, ColumnGeneration(workers=workers))
    if found is None:
        return None
    if problem.peers:
        i, j = found.mentors, found.mentees
        found = Candidates(np.minimum(i, j), np.maximum(i, j), found.scores).take(i != j)
    pins = problem.pinned_mentors, problem.pinned_mentees
    return Candidates.join([found, Candidates(*pins, problem.space.pairs(*pins).scores)])


@dataclass(frozen=True, slots=True, eq=False)
class _At:
    """Which pairs score as much, or nearly: 1, and 0 for the others."""

    space: PairSpace
    score: float
    alike: float

    def __call__(self, i: Index, j: Index) -> Floats:
        """Return it for pairs."""
        scores = self.space.pairs(i, j).scores
        return (np.abs(scores - self.score) <= self.alike).astype(np.float64)
