"""CirclePacking: the exact best circles of a small pool, by listing them all."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pairkit.circling.answer import CircleAnswer
from pairkit.circling.bounds import bounds_of
from pairkit.circling.listing import Listing
from pairkit.circling.search import search
from pairkit.errors import ProblemError, UnsupportedError
from pairkit.objectives import Objective
from pairkit.solution import Status
from pairkit.solvers.cpsat import STATUSES
from pairkit.solvers.scaling import integers

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpModel, IntVar
    from scipy.sparse import coo_matrix

    from pairkit.circling.pool import Pool
    from pairkit.circling.sizes import Sizes
    from pairkit.parts import Index
    from pairkit.solvers.base import Clock

__all__ = ["CirclePacking", "pack"]

MOST_CIRCLES: Final = 1_000_000
MOST_CUTS: Final = 100  # of people into circles, told apart by sizes
MOST_PROGRAMS: Final = 200  # linear ones; far fewer do
MOST_NODES: Final = 1000  # of HiGHS' search
MOST_WORK: Final = 60.0  # of CP-SAT, in its own unit, which is the same on every machine
PROVED: Final = 1e-9  # relative: a bound so near leaves nothing to prove
NOTHING: Final = 1e-9  # a circle that is worth so little more than its prices changes nothing
PATIENCE: Final = 10  # of the search for a first answer
BITS: Final = 40  # of the values as whole numbers
ROUNDING: Final = (
    1e-11  # of a sum in the pool's unit, for each person: far above what float64 loses
)


@dataclass(frozen=True, slots=True)
class CirclePacking:
    """The exact best circles, for pools in which all possible circles can be listed.

    Every possible circle is a set with a value, and the best circles are a set packing (Balas and
    Padberg 1976, doi:10.1137/1018115). A linear program prices the people; circles that cost more
    than the answer of a short :class:`CircleSearch` leaves to lose are out. Among the rest, HiGHS
    (as SciPy has it) looks for a better answer, and CP-SAT of OR-Tools proves that there is none,
    in whole numbers. Where it does not in a minute or so of work, what was found is feasible and
    the bound that of the linear program. Memory: about half a kilobyte a possible circle.

    Parameters
    ----------
    most_circles
        The most possible circles, with each possible leader counted, that it takes on.
    workers
        Threads of CP-SAT; with more than one, ties may be broken differently from run to run.

    Raises
    ------
    ProblemError
        A number is below 1.
    """

    most_circles: int = MOST_CIRCLES
    workers: int = 1

    def __post_init__(self) -> None:
        """Check the numbers."""
        for name, number in (("most_circles", self.most_circles), ("workers", self.workers)):
            if number < 1:
                raise ProblemError(f"CirclePacking: {name} must be from 1 up; it is {number}.")

    def solve(self, pool: Pool, *, clock: Clock, seed: int) -> CircleAnswer:
        """Return the best circles and the proof.

        Raises
        ------
        UnsupportedError
            There are too many possible circles.
        """
        listing = Listing.of(pool, self.most_circles, clock)
        if listing is None and not clock.expired():
            raise UnsupportedError(
                f"CirclePacking takes up to {self.most_circles:,} possible circles; there are more "
                "here. Use CircleSearch."
            )
        return pack(pool, listing, clock, seed, workers=self.workers)


class _Packed(NamedTuple):
    """Circles of a listing, ``None`` where nothing better was found, and what none exceed."""

    chosen: Index | None
    bound: float


class _Prices(NamedTuple):
    """Prices of people, shape (n,), of leaders, shape (m,), from 0 up, and of each settled sum."""

    people: NDArray[np.float64]
    leaders: NDArray[np.float64]
    settled: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class _Settled:
    """Sums over the circles that are settled beforehand.

    Parameters
    ----------
    rows
        What a circle of each size adds to each sum, int64, shape (r, largest + 1).
    totals
        The sums, int64, shape (r,).
    """

    rows: Index
    totals: Index

    @classmethod
    def ways(cls, sizes: Sizes, placed: int | None) -> list[_Settled]:
        """Return the cases to tell apart where so many people are in circles.

        How many circles there are of each size, as long as the ways to cut the people are few: the
        linear program mixes sizes otherwise, and its bound is weak. Else the people in all.
        """
        every = np.arange(sizes.largest + 1)
        if placed is None:
            return [cls(np.zeros((0, len(every)), dtype=np.int64), np.zeros(0, dtype=np.int64))]
        cuts = sizes.cuts(placed, MOST_CUTS)
        if cuts is None:
            return [cls(every[None, :], np.array([placed]))]
        one_each = np.eye(len(every), dtype=np.int64)[sizes.smallest :]
        return [
            cls(
                one_each,
                np.bincount(np.array(cut, dtype=np.int64), minlength=len(every))[sizes.smallest :],
            )
            for cut in cuts
        ]


def pack(
    pool: Pool, listing: Listing | None, clock: Clock, seed: int, *, workers: int = 1
) -> CircleAnswer:
    """Return the best circles of a listing; without one, what a short search finds."""
    state = search(pool, clock, seed, patience=PATIENCE)
    placed, value = state.placed, state.value
    answer = CircleAnswer.of(state, bounds_of(pool, placed, clock))
    if listing is None or clock.expired():
        return replace(answer, detail="stopped by the time limit")
    packing = _Packing(pool, listing, clock, seed, workers)
    bounds = dict(answer.bounds)
    if pool.first and placed < bounds[Objective.PARTICIPATION]:
        people = packing.best(listing.sizes.astype(np.float64), float(placed), None)
        bounds[Objective.PARTICIPATION] = min(
            bounds[Objective.PARTICIPATION], float(math.floor(people.bound + 1e-6))
        )
        if people.chosen is not None:
            answer, part = _lifted(listing, people.chosen), listing.take(people.chosen)
            placed, value = int(part.sizes.sum()), float(part.values.sum())
            bounds[Objective.QUALITY] = bounds_of(pool, placed, clock)[Objective.QUALITY]
    best = packing.best(listing.values, value, placed if pool.first else None)
    if best.chosen is not None:
        answer = _lifted(listing, best.chosen)
    bounds[Objective.QUALITY] = min(bounds[Objective.QUALITY], best.bound)
    detail = "stopped by the time limit" if clock.expired() else ""
    return replace(answer, bounds=bounds, detail=detail)


def _lifted(listing: Listing, chosen: Index) -> CircleAnswer:
    """Return circles of a listing as an answer whose bounds are still to come."""
    circles = tuple(listing.people(k) for k in chosen.tolist())
    return CircleAnswer(circles, listing.leaders[chosen], {})


@dataclass(frozen=True, slots=True, eq=False)
class _Packing:
    """The choice among listed circles: nobody in two, no leader too often.

    Parameters
    ----------
    pool, listing
        The people and their possible circles.
    clock, seed, workers
        As for the solver.
    """

    pool: Pool
    listing: Listing
    clock: Clock
    seed: int
    workers: int

    def best(self, values: NDArray[np.float64], known: float, placed: int | None) -> _Packed:
        """Return the circles whose values add up to most, if that is more than what is known.

        Parameters
        ----------
        values
            Of each circle, float64, shape (circles,).
        known
            What an answer at hand is worth.
        placed
            How many people are in circles, where that is settled.
        """
        if not len(values):
            return _Packed(None, known)
        slack = ROUNDING * len(self.pool) * float(np.abs(values).max())
        relaxed: list[tuple[float, Index, NDArray[np.float64], _Settled]] = []
        for way in _Settled.ways(self.pool.sizes, placed):
            most, costs = self._prices(values, way)
            keep = np.flatnonzero(most - costs >= known - 2.0 * slack)
            relaxed.append((most + slack, keep, costs[keep], way))
        found, bound = None, known + slack
        for most, keep, costs, way in sorted(relaxed, key=lambda one: -one[0]):
            for choose in (self._likely, self._proved):
                left = keep[most - costs >= known - slack]
                rest = most
                if not len(left) or self.clock.expired() or most <= known + PROVED * abs(known):
                    break
                chosen, rest = choose(left, values, way)
                if chosen is not None and float(values[chosen].sum()) > known + slack:
                    found, known = chosen, float(values[chosen].sum())
            bound = max(bound, known + slack, min(most, rest) if len(left) else -math.inf)
        return _Packed(found, bound)

    def _prices(
        self, values: NDArray[np.float64], way: _Settled
    ) -> tuple[float, NDArray[np.float64]]:
        """Return a bound on the sum of values, and what each circle takes from it at least.

        Prices of people (of leaders, of settled sums) come from the linear program, whose circles
        are generated from the listing as prices show them to be worth it. But any prices prove a
        bound, once what circles are worth more than their prices is added as often as there can be
        circles: neither rounding nor an early stop can make the bound wrong.
        """
        some, (bound, costs) = self._promising(values), (math.inf, values)
        prices = self._no_prices(way)
        for _ in range(MOST_PROGRAMS):
            over = self._over(values, prices, way)
            above = max(0.0, -float(over.min()))
            total = float(prices.people.sum() + self.pool.leads @ prices.leaders)
            total += float(way.totals @ prices.settled) + above * self.pool.most_circles
            if total < bound:
                bound, costs = total, over + above
            more = np.flatnonzero(over < -NOTHING)
            if not len(more) or self.clock.expired():
                break
            best = more[np.argsort(over[more], kind="stable")[: self._batch]]
            some = np.union1d(some, best)
            prices = self._program(some, values, way)
        return bound, costs

    @property
    def _batch(self) -> int:
        """How many circles enter the linear program at once."""
        return 10 * len(self.pool) + 100

    def _promising(self, values: NDArray[np.float64]) -> Index:
        """Return the circles that are worth most for each of their people."""
        order = np.argsort(-values / self.listing.sizes, kind="stable")
        return np.sort(order[: self._batch])

    def _no_prices(self, way: _Settled) -> _Prices:
        people, leaders = len(self.pool), len(self.pool.leads)
        return _Prices(np.zeros(people), np.zeros(leaders), np.zeros(len(way.totals)))

    def _over(
        self, values: NDArray[np.float64], prices: _Prices, way: _Settled
    ) -> NDArray[np.float64]:
        """Return what the prices of each circle exceed its value by, shape (circles,)."""
        over = self.listing.inside @ prices.people - values
        over += (prices.settled @ way.rows)[self.listing.sizes]
        return over + prices.leaders[self.listing.leaders] if self.pool.led else over

    def _program(self, some: Index, values: NDArray[np.float64], way: _Settled) -> _Prices:
        """Return the prices of the linear program of some circles; none where time was short.

        Where the circles cannot give the settled sums, two variables for each without meaning make
        up for it, at a cost that no circles are worth.
        """
        from scipy.optimize import linprog

        part, people, settled = self.listing.take(some), len(self.pool), len(way.totals)
        dear = 4.0 * float(np.abs(values).max())
        rows: Any = self._rows(part, spare=2 * settled)  # a sparse one is taken, not declared
        unit = np.eye(settled)
        options: Any = self._time_left("time_limit")
        found = linprog(
            np.concatenate([-values[some], np.full(2 * settled, dear)]),
            A_ub=rows,
            b_ub=np.concatenate([np.ones(people), self.pool.leads]),
            A_eq=np.hstack([way.rows[:, part.sizes], unit, -unit]) if settled else None,
            b_eq=way.totals if settled else None,
            method="highs",
            options=options,
        )
        if found.status != 0:
            return self._no_prices(way)
        prices = np.maximum(-found.ineqlin.marginals, 0.0)
        sums = -found.eqlin.marginals if settled else np.zeros(0)
        return _Prices(prices[:people], prices[people:], sums)

    def _rows(self, listing: Listing, spare: int) -> coo_matrix:
        """Return who, and which leader, is in which circle, shape (n + m, circles + spare)."""
        from scipy.sparse import coo_matrix

        people, mentors = listing.inside.shape[1], len(self.pool.leads)
        inside = listing.inside.tocoo()
        led = np.flatnonzero(listing.leaders >= 0)
        rows = np.concatenate([inside.col, people + listing.leaders[led]])
        columns = np.concatenate([inside.row, led])
        shape = people + mentors, len(listing) + spare
        return coo_matrix((np.ones(len(rows)), (rows, columns)), shape=shape)

    def _likely(
        self, keep: Index, values: NDArray[np.float64], way: _Settled
    ) -> tuple[Index | None, float]:
        """Return a choice of some circles by HiGHS, mostly the best one, and nothing proved.

        It is quick to find what is good, in floating point; the proof is left to whole numbers.
        """
        from scipy.optimize import Bounds, LinearConstraint, milp

        part = self.listing.take(keep)
        room = np.concatenate([np.ones(len(self.pool)), self.pool.leads])
        kept = [LinearConstraint(self._rows(part, spare=0), -np.inf, room)]
        if len(way.totals):
            kept.append(LinearConstraint(way.rows[:, part.sizes], way.totals, way.totals))
        options: Any = {"node_limit": MOST_NODES, **self._time_left("time_limit")}
        found = milp(
            -values[keep],
            integrality=np.ones(len(keep), dtype=np.int64),
            bounds=Bounds(0.0, 1.0),
            constraints=kept,
            options=options,
        )
        chosen = None if found.x is None else keep[found.x > 0.5]
        return (chosen if chosen is not None and self._fits(chosen, way) else None), math.inf

    def _fits(self, chosen: Index, way: _Settled) -> bool:
        """Return whether a choice of circles is one, whatever a back end took for rounding."""
        part = self.listing.take(chosen)
        leaders = part.leaders[part.leaders >= 0]
        used = np.bincount(leaders, minlength=len(self.pool.leads))
        return bool(
            (part.inside.sum(axis=0) <= 1.0).all()
            and (used <= self.pool.leads).all()
            and np.array_equal(way.rows[:, part.sizes].sum(axis=1), way.totals)
        )

    def _proved(
        self, keep: Index, values: NDArray[np.float64], way: _Settled
    ) -> tuple[Index | None, float]:
        """Return the best choice of some circles by CP-SAT, if there is one, and a bound on it."""
        from ortools.sat.python import cp_model

        largest = float(np.abs(values[keep]).max()) or 1.0
        units, bits, error = integers(values[keep] / largest, BITS)
        model = cp_model.CpModel()
        made = [model.new_bool_var("") for _ in range(len(keep))]
        self._constrain(model, made, keep, way)
        model.maximize(cp_model.LinearExpr.weighted_sum(made, units.tolist()))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = self.workers
        solver.parameters.random_seed = self.seed % 2**31
        solver.parameters.relative_gap_limit = self.clock.stop.gap
        solver.parameters.max_deterministic_time = MOST_WORK
        for seconds in self._time_left("seconds").values():
            solver.parameters.max_time_in_seconds = seconds
        status = STATUSES.get(solver.status_name(solver.solve(model)), Status.ERROR)
        if not status.has_pairs:
            return None, -math.inf if status is Status.INFEASIBLE else math.inf
        chosen = keep[[bool(solver.boolean_value(one)) for one in made]]
        most = math.ldexp(solver.best_objective_bound, -bits) + error * self.pool.most_circles
        return chosen, largest * most

    def _time_left(self, name: str) -> dict[str, float]:
        """Return the seconds that are left as an option of that name; none without a limit."""
        left = self.clock.left
        return {} if left is None else {name: max(left, 0.01)}

    def _constrain(self, model: CpModel, made: list[IntVar], keep: Index, way: _Settled) -> None:
        """Put everybody into one circle at most, let nobody lead too many, and keep the sums."""
        part = self.listing.take(keep)
        columns = part.inside.tocsc()
        for start, stop in pairwise(columns.indptr.tolist()):
            model.add_at_most_one(made[k] for k in columns.indices[start:stop].tolist())
        for leader, most in enumerate(self.pool.leads.tolist()):
            model.add(sum(made[k] for k in np.flatnonzero(part.leaders == leader).tolist()) <= most)
        for row, total in zip(way.rows, way.totals.tolist(), strict=True):
            adds = row[part.sizes]
            counted = np.flatnonzero(adds).tolist()
            model.add(sum(int(adds[k]) * made[k] for k in counted) == total)
