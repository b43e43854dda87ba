"""ColumnGeneration: the best over every pair, without writing every pair down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pairkit.errors import ProblemError
from pairkit.folding import screen_of
from pairkit.hits import Hits, best_hits
from pairkit.objectives import Objective
from pairkit.pairspace import Candidates
from pairkit.pricing import Bound, PlacePrices
from pairkit.problem import Feature, Problem
from pairkit.scan import Look, Pass, raise_most, scan
from pairkit.scoredspace import largest_score
from pairkit.solution import Status
from pairkit.solvers.base import ADDITIVE, INTERRUPTED, TIME_LIMIT, Answer
from pairkit.solvers.duals import Duals
from pairkit.solvers.flow import (
    Flow,
    best_flow,
    capped,
    extremes,
    idle_prices,
    rounding_of,
)
from pairkit.solvers.opening import Opener
from pairkit.solvers.prices import nearest_prices
from pairkit.solvers.reach import augmenting_pairs
from pairkit.solvers.rescaled import scaled, scaled_answer
from pairkit.solvers.scaling import Scale, unit

if TYPE_CHECKING:
    from pairkit.parts import Index
    from pairkit.solvers.base import Clock

__all__ = ["ColumnGeneration", "Iteration", "first_candidates"]

ROUNDING: Final = 2e-15  # of a reduced cost in float64, beside the largest score
PRUNED: Final = 4  # iterations after which the graph only grows, so that there is an end
FEWEST: Final = 4  # candidates beyond the room, with fewer of which a person is helped
PATIENCE: Final = 5  # iterations after which each gives twice as many pairs as the one before
MOST_ADDED: Final = 20_000_000  # pairs that an iteration may add, for the sake of memory
EXTREME: Final = 30  # powers of two beyond which float32 could not hold the scores
FINE: Final = 1e-9  # gap that no finer flow has to improve
KEPT: Final = 5  # candidates that a person keeps beyond their room while it shrinks


@dataclass(frozen=True, slots=True)
class Iteration:
    """How far a solve is.

    Parameters
    ----------
    number
        The iteration, from 1; 0 while the first candidates are looked for.
    done
        Share of its scan that is done, from 0 to 1.
    candidates
        Pairs in the candidate graph.
    violators
        Pairs that the last scan found outside it, worth more than the prices of their two people.
    pairs
        Pairs looked at so far, repeats counted.
    gap
        Proved relative gap; infinite before the first iteration is over.
    seconds
        Since the start.
    """

    number: int
    done: float
    candidates: int
    violators: int
    pairs: int
    gap: float
    seconds: float


@dataclass(frozen=True, slots=True)
class ColumnGeneration:
    """The exact best over every pair, with a proof, in memory for a few pairs a person.

    Begin with the best few candidates of each person, at prices that a sample of the people
    suggests. Solve a minimum-cost flow on them; recover the dual prices of the people; scan all
    pairs for those worth more than the prices of their two; add the best of them, and repeat until
    there is none (column generation: Dantzig and Wolfe 1960, doi:10.1287/opre.8.1.101). At that
    point the sparse solution is the best of the full problem: prices times places bound every
    solution (weak duality). Stopped before, it returns the best so far with the best bound.

    Parameters
    ----------
    first
        Candidates that each person starts with beyond their room, about; from 1.
    added
        The most pairs that each person gets in an iteration beyond their room, from 1.
    workers
        Threads or processes of a scan; ``None`` takes what joblib is configured for, else one
        thread a core.
    progress
        Called after each block of rows of a scan and after each iteration.

    Raises
    ------
    ProblemError
        A number is below 1.
    """

    first: int = 12
    added: int = 8
    workers: int | None = None
    progress: Callable[[Iteration], None] | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Check the numbers."""
        for name in ("first", "added", "workers"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ProblemError(f"ColumnGeneration: {name} must be from 1 up; it is {value}.")

    @property
    def supports(self) -> frozenset[Feature]:
        """Capacities on both sides, with either order of objectives."""
        return ADDITIVE

    def solve(self, problem: Problem, *, clock: Clock, seed: int) -> Answer:
        """Return the proven best answer, or the best so far where the clock stops it."""
        largest = largest_score(problem.space)
        exponent = Scale.of(np.array([largest])).exponent
        if abs(exponent) > EXTREME:
            small = scaled(problem, exponent)
            answer = self._solve(small, clock, seed, float(np.ldexp(largest, exponent)))
            return scaled_answer(answer, problem, -exponent)
        return self._solve(problem, clock, seed, largest)

    def _solve(self, problem: Problem, clock: Clock, seed: int, largest: float) -> Answer:
        """Return the answer where no score is larger than ``largest``."""
        run: _Run | None = None
        try:
            run = _Run(self, problem, clock, seed, largest)
            return run.to_the_end()
        except KeyboardInterrupt:
            if run is None:
                return Answer.nothing(Status.NO_SOLUTION_FOUND, INTERRUPTED)
            return run.answer(INTERRUPTED)


def first_candidates(
    problem: Problem, clock: Clock, seed: int, settings: ColumnGeneration
) -> Candidates | None:
    """Return the few candidates of each person that a solve begins with; ``None`` without time."""
    largest = largest_score(problem.space)
    run = _Run(settings, problem, clock, seed, largest)
    started = None if 0 in run.grid.shape else run.start()
    if started is None:
        return None
    graph = started[0]
    rows, columns = run.grid.rows[graph.mentors], run.grid.columns[graph.mentees]
    return Candidates.join([Candidates(rows, columns, graph.scores)])


class _Priced(NamedTuple):
    """Prices with what they prove, and the flow that they come from."""

    duals: Duals
    bound: Bound
    graph: Candidates
    flow: Flow
    scale: Scale


class _Run:
    """One solve: what is known so far. People are rows and columns of a grid."""

    def __init__(
        self,
        settings: ColumnGeneration,
        problem: Problem,
        clock: Clock,
        seed: int,
        largest: float,
    ) -> None:
        self.settings, self.space, self.clock, self.seed = settings, problem.space, clock, seed
        room_i, room_j = capped(problem.mentor_capacity, problem.mentee_capacity)
        self.capacity = problem.mentor_capacity, problem.mentee_capacity
        self.first = Objective.PARTICIPATION in problem.objectives
        self.screen = screen_of(self.space, np.flatnonzero(room_i), np.flatnonzero(room_j))
        self.grid = self.screen.grid
        self.room = room_i[self.grid.rows], room_j[self.grid.columns]
        self.largest = largest
        self.scale = Scale.of(np.array([largest]))
        self.unit, self.finest = 0.0, self.scale.exponent
        self.best: Candidates | None = None
        self.bounds: list[Bound] = []
        self.priced: _Priced | None = None
        self.number, self.pairs, self.graph_size, self.violators = 0, 0, 0, 0

    def to_the_end(self) -> Answer:
        """Return the answer after as many iterations as it takes."""
        if 0 in self.grid.shape:
            self.best, self.bounds = Candidates.none(), [Bound(0.0, 0.0, 0.0)]
            return self.answer("")
        started = self.start()
        if started is None:
            return self.answer(TIME_LIMIT)
        graph, last, wanted = started
        self.unit = unit(graph.scores) or self.scale.undo(1.0)
        while not self.clock.expired():
            self.number, self.graph_size = self.number + 1, len(graph)
            self.scale = Scale.of(graph.scores)
            flow = self._flow(graph)
            if flow.status is not Status.OPTIMAL:
                return Answer.nothing(flow.status, f"OR-Tools ended with {flow.ended}")
            self._keep_best(graph.take(flow.made))
            if self.clock.expired():
                break
            duals = self._duals(graph, flow, wanted)
            scanned = self._scan(graph, duals, flow, last)
            if scanned is None:
                break
            last = scanned
            self.bounds.append(self._bound(graph, duals, last))
            self.priced = _Priced(duals, self.bounds[-1], graph, flow, self.scale)
            self.violators = len(last.hits.rows)
            self._report(1.0)
            if not self.violators:
                finer = self._within_reach(graph, duals, flow, last)
                if finer is None:
                    return self.answer("")
                graph, wanted = finer, duals
                continue
            if self._gap() <= self.clock.stop.gap:
                return self.answer("stopped at the gap that was asked for")
            more = self._augmenting(graph.take(flow.made))
            graph, wanted = Candidates.join([self._renewed(graph, duals, last), more]), duals
        return self.answer(TIME_LIMIT)

    def start(self) -> tuple[Candidates, Pass, Duals] | None:
        """Return the best few candidates of each person, the pass that found them, its prices.

        ``None`` where the time is over before.
        """
        unit = self.scale.undo(1.0)
        bonus = 2.0 * unit if self.first else 0.0
        workers, expired = self.settings.workers, self.clock.expired
        opener = Opener(self.space, self.grid, self.room, bonus, unit, workers, expired)
        want = self._want(self.settings.first)
        opened = opener.open(want, self.seed)
        if opened is None:
            return None
        (u, v), thresholds, low = opened
        look = Look(u, v, thresholds, want, exact=False)
        last = self._pass(look, Candidates.none(), None)
        if last is None:
            return None
        duals = self._first_duals(u, v, bonus)
        error = 0.0 if self.screen.open else self.screen.error(u, v)
        self.bounds.append(self._bound(Candidates.none(), duals, last, error))
        graph = self._candidates(last.hits)
        look = replace(look, thresholds=low)
        graph = Candidates.join([graph, *(self._topped_up(graph, look, side) for side in (0, 1))])
        if not self.first:
            graph = graph.take(graph.scores > 0.0)
        return graph, last, duals

    def _first_duals(self, u: NDArray[np.float64], v: NDArray[np.float64], bonus: float) -> Duals:
        """Return first prices as duals: any are, with the bonus on the side that has less room."""
        p, q = np.zeros(len(u)), np.zeros(len(v))
        if self.first:
            on_rows = self.room[0].sum() <= self.room[1].sum()
            p, q = (p + 1.0, q) if on_rows else (p, q + 1.0)
            u, v = (u, v) if on_rows else (u + bonus, v - bonus)
        return Duals.of(u, v, p, q, first=self.first, largest=self.largest)

    def _topped_up(self, graph: Candidates, look: Look, side: int) -> Candidates:
        """Return the best few candidates of those people of a side who have hardly any.

        Thresholds from a sample miss some, and a person without candidates disturbs all prices.
        """
        degree = np.bincount((graph.mentors, graph.mentees)[side], minlength=self.grid.shape[side])
        wanted = np.minimum(self._want(FEWEST)[side], look.most[side])
        people = [self.grid.rows, self.grid.columns]
        people[side] = people[side][degree < wanted]
        if not len(people[side]):
            return Candidates.none()
        screen = screen_of(self.space, *people)
        at_i, at_j = self.grid.positions(self.space.shape)
        rows, columns = at_i[screen.grid.rows], at_j[screen.grid.columns]
        found = scan(
            screen,
            look.among(rows, columns, only=side),
            (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)),
            workers=self.settings.workers,
            proceed=lambda *_: not self.clock.expired(),
        )
        if found is None:
            return Candidates.none()
        hits = found.hits
        return self._candidates(Hits(rows[hits.rows], columns[hits.columns], hits.values))

    def _want(self, count: int) -> tuple[Index, Index]:
        """Return how many pairs each row and column gets: a count beyond their room.

        Of a room that the other side cannot fill on average, only twice the average counts.
        """
        (rows, columns), (m, n) = self.room, self.grid.shape
        places = min(int(rows.sum()), int(columns.sum()))
        likely_i, likely_j = 1 + 2 * places // m, 1 + 2 * places // n
        return (
            np.minimum(np.minimum(rows, likely_i) + count - 1, n),
            np.minimum(np.minimum(columns, likely_j) + count - 1, m),
        )

    def _added(self) -> int:
        """Return how many pairs each person gets: ever more where there is no end."""
        more = self.settings.added << min(max(self.number - PATIENCE, 0), 20)
        return max(self.settings.added, min(more, MOST_ADDED // sum(self.grid.shape)))

    def _candidates(self, hits: Hits) -> Candidates:
        """Return hits in order with their scores, without those that are forbidden after all."""
        order = np.lexsort((hits.columns, hits.rows))
        rows, columns = hits.rows[order], hits.columns[order]
        tile = self.space.pairs(self.grid.rows[rows], self.grid.columns[columns])
        return Candidates(rows, columns, tile.scores).take(tile.allowed)

    def _pass(self, look: Look, known: Candidates, before: Pass | None) -> Pass | None:
        """Return a pass over all pairs; ``None`` where the time is over before it is."""
        before_it = self.pairs

        def proceed(done: float, pairs: int) -> bool:
            self.pairs = before_it + pairs
            self._report(done)
            return not self.clock.expired()

        return scan(
            self.screen,
            look,
            (known.mentors, known.mentees),
            before=before,
            workers=self.settings.workers,
            proceed=proceed,
        )

    def _flow(self, graph: Candidates) -> Flow:
        scores = self.scale.apply(graph.scores)
        return best_flow(graph, scores, *self.room, first=self.first)

    def _duals(self, graph: Candidates, flow: Flow, wanted: Duals) -> Duals:
        """Return the prices of a flow that are nearest to wanted ones."""
        bonus = flow.bonus(*self.room) if self.first else 0
        network = flow.network(graph, *self.room, first=self.first)
        near = nearest_prices(network, wanted.column_units(flow.bits, bonus, self.scale))
        return Duals.from_prices(near, flow.bits, bonus, self.scale, largest=self.largest)

    def _scan(self, graph: Candidates, duals: Duals, flow: Flow, last: Pass) -> Pass | None:
        """Return the pairs outside the graph that are worth more than their prices."""
        # What is less is the rounding of the flow, and of scores.
        tolerance = self.scale.undo(2.0 * flow.error) + ROUNDING * self.largest
        rows, columns = (np.full(size, tolerance) for size in self.grid.shape)
        want = self._want(self._added())
        look = Look(*duals.lifted(), (rows, columns), want, exact=True)
        return self._pass(look, graph, last)

    def _augmenting(self, made: Candidates) -> Candidates:
        """Return pairs with which more people can be matched, where iterations alone take long."""
        if not self.first or self.number < PATIENCE or self.bounds[-1].pairs <= len(made):
            return Candidates.none()
        return augmenting_pairs(self.space, self.grid, self.room, made)

    def _within_reach(
        self, graph: Candidates, duals: Duals, flow: Flow, last: Pass
    ) -> Candidates | None:
        """Return a graph whose flow can be finer; ``None`` where that would gain nothing.

        Where scores differ by many orders of magnitude, the small ones drown in the rounding of the
        large. No best solution uses a pair that is worth less than the rounding can explain.
        """
        if self._gap() <= FINE:
            return None
        slack = 4.0 * self.scale.undo(flow.error) * (float(min(*map(np.sum, self.room))) + 1.0)
        values = duals.lifted_worth(graph.mentors, graph.mentees, graph.scores)
        near = flow.made | (values >= -slack)
        exponent = Scale.of(graph.scores[near]).exponent
        if exponent <= max(self.scale.exponent, self.finest):
            return None
        self.finest = exponent  # once each, so that there is an end
        return self._kept(graph, near, values, last)

    def _kept(
        self,
        graph: Candidates,
        near: NDArray[np.bool_],
        values: NDArray[np.float64],
        last: Pass,
    ) -> Candidates:
        """Return a part of the graph; what is taken out counts among the pairs outside again."""
        own = Hits(graph.mentors, graph.mentees, values)
        raise_most(self.grid, last.most, own.take(~near))
        return graph.take(near)

    def _bound(self, graph: Candidates, duals: Duals, last: Pass, error: float = 0.0) -> Bound:
        """Return what the prices prove, with what the scan found beyond them, up to its error."""
        most = last.most.max(axis=1, initial=0.0).astype(np.float64)
        np.maximum.at(most, last.hits.rows, last.hits.values + error)
        return duals.bound(self.room, graph, duals.worth_of_lifted(most))

    def _renewed(self, graph: Candidates, duals: Duals, last: Pass) -> Candidates:
        """Return the graph with what a scan found, and without what is far from being made."""
        found = self._candidates(last.hits)
        if self.number <= PRUNED:
            values = duals.lifted_worth(graph.mentors, graph.mentees, graph.scores)
            own = Hits(graph.mentors, graph.mentees, values)
            few = self._want(KEPT)
            near = best_hits(own, few[0][own.rows], few[1][own.columns])
            graph = self._kept(graph, near | (values >= 0.0), values, last)
        return Candidates.join([graph, found])

    def _keep_best(self, made: Candidates) -> None:
        if self.best is None or _worth(made, self.first) > _worth(self.best, self.first):
            self.best = made

    def _quality_bound(self) -> float:
        """Return what the sum of scores cannot exceed, given as many pairs as the best has."""
        pairs = float(len(self.best)) if self.best is not None and self.first else 0.0
        return min((bound.quality_of(pairs) for bound in self.bounds), default=np.inf)

    def _gap(self) -> float:
        """Return the relative gap of the quality, participation kept."""
        bound = self._quality_bound()
        if self.best is None or not np.isfinite(bound):
            return np.inf
        quality = float(self.best.scores.sum())
        largest = max(abs(quality), abs(bound))
        return max(bound - quality, 0.0) / largest if largest > 0 else 0.0

    def _report(self, done: float) -> None:
        if self.settings.progress is not None:
            self.settings.progress(
                Iteration(
                    self.number,
                    done,
                    self.graph_size,
                    self.violators,
                    self.pairs,
                    self._gap(),
                    self.clock.seconds,
                )
            )

    def answer(self, detail: str) -> Answer:
        """Return the best so far, with what is proved about it."""
        if self.best is None:
            return Answer.nothing(Status.NO_SOLUTION_FOUND, detail)
        bounds: tuple[float, ...] = ()
        if self.bounds:
            most = min(bound.pairs for bound in self.bounds)
            bounds = (most, self._quality_bound())[not self.first :]
        mentors, mentees = self.grid.rows[self.best.mentors], self.grid.columns[self.best.mentees]
        prices = self._prices()
        return Answer(Status.OPTIMAL, mentors, mentees, bounds, detail, self.unit, prices)

    def _prices(self) -> PlacePrices | None:
        """Return the last prices that a scan of all pairs has made a bound of.

        The least and the greatest are those of the candidates: all pairs leave less between them.
        """
        if 0 in self.grid.shape:
            return idle_prices(*self.capacity, first=self.first)
        if self.priced is None:
            return None
        duals, bound, graph, flow, scale = self.priced
        ends = extremes(graph, flow, scale, self.room, first=self.first)
        people = self.grid.rows, self.grid.columns
        sides, (high_i, low_j), (low_i, high_j) = (
            one.placed(people, self.space.shape) for one in (duals, *ends)
        )
        rounding = rounding_of(flow, scale, self.room)
        return PlacePrices(
            *sides,
            bound,
            float(self.first),
            least=(low_i, low_j),
            greatest=(high_i, high_j),
            rounding=rounding,
        )


def _worth(made: Candidates, first: bool) -> tuple[int, float]:  # noqa: FBT001
    return len(made) if first else 0, float(made.scores.sum())
