"""MinCostFlow: capacities on both sides, sparse or dense, by OR-Tools."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from pairkit.objectives import Objective
from pairkit.pairspace import Candidates, candidates
from pairkit.pricing import Bound, PlacePrices
from pairkit.problem import Feature, Problem
from pairkit.solution import Status
from pairkit.solvers.base import ADDITIVE, Answer
from pairkit.solvers.duals import Duals, Worth
from pairkit.solvers.prices import Network, Prices, recover_prices
from pairkit.solvers.scaling import Scale, integers, unit

if TYPE_CHECKING:
    from pairkit.solvers.base import Clock

__all__ = ["MinCostFlow"]

# The cost-scaling algorithm multiplies costs by the number of nodes and adds up potentials of
# that size: leave it room in 63 bits, and give it fewer bits when it still says no.
WORD_BITS: Final = 60
MAX_COST_BITS: Final = 36
FEWER_BITS: Final = 8
PRICED: Final = 300_000  # candidates: with more, finding prices takes as long as the flow
FINE: Final = 2e-7  # a rounding that is no larger part of the total does no harm

# What each status of the back end means here; a test compares the keys with its enumeration.
STATUSES: Final = {
    "OPTIMAL": Status.OPTIMAL,
    "INFEASIBLE": Status.INFEASIBLE,
    "NOT_SOLVED": Status.NO_SOLUTION_FOUND,
    "FEASIBLE": Status.ERROR,
    "UNBALANCED": Status.ERROR,
    "BAD_RESULT": Status.ERROR,
    "BAD_COST_RANGE": Status.ERROR,
    "BAD_CAPACITY_RANGE": Status.ERROR,
}


@dataclass(frozen=True, slots=True)
class MinCostFlow:
    """The exact best solution with capacities on both sides, over all candidates.

    A flow from a source through mentors, candidates and mentees to a sink, by the cost-scaling
    push-relabel algorithm (Goldberg 1997, doi:10.1006/jagm.1995.0805) of OR-Tools. With
    participation first it is the cheapest of the largest flows; with quality alone, flow may also
    take a free way past everybody. Memory: about 150 bytes a candidate. It cannot be interrupted
    once it runs.
    """

    @property
    def supports(self) -> frozenset[Feature]:
        """Capacities on both sides, with either order of objectives."""
        return ADDITIVE

    def solve(self, problem: Problem, *, clock: Clock, seed: int) -> Answer:
        """Return the proven best answer."""
        found = usable_candidates(problem)
        if clock.expired():
            return Answer.nothing(Status.NO_SOLUTION_FOUND, "the time was over before the solve")
        return solve_flow(
            found,
            problem.mentor_capacity,
            problem.mentee_capacity,
            first=Objective.PARTICIPATION in problem.objectives,
        )


def open_candidates(problem: Problem) -> Candidates:
    """Return the candidates with room on both sides; of peers, each pair once."""
    found = candidates(problem.space)
    keep = (problem.mentor_capacity[found.mentors] > 0) & (
        problem.mentee_capacity[found.mentees] > 0
    )
    if problem.peers:
        keep &= found.mentors < found.mentees
    return found if keep.all() else found.take(keep)


def usable_candidates(problem: Problem) -> Candidates:
    """Return the candidates that a solution may use where no rule on the whole needs others."""
    found = open_candidates(problem)
    if problem.objectives == (Objective.QUALITY,):
        return found.take(found.scores > 0.0)
    return found


def solve_flow(
    found: Candidates,
    mentor_capacity: NDArray[np.int64],
    mentee_capacity: NDArray[np.int64],
    *,
    first: bool,
    priced: int = PRICED,
) -> Answer:
    """Return the best answer over the candidates, proved up to the rounding of the costs.

    With prices, where there are no more candidates than ``priced``.
    """
    supply, demand = capped(mentor_capacity, mentee_capacity)
    if not len(found):
        free = idle_prices(mentor_capacity, mentee_capacity, first=first)
        bounds = (0.0, 0.0)[not first :]
        return Answer(Status.OPTIMAL, found.mentors, found.mentees, bounds, prices=free)
    prices: PlacePrices | None = None
    places = float(min(supply.sum(), demand.sum()))
    while True:
        scale = Scale.of(found.scores)
        flow = best_flow(found, scale.apply(found.scores), supply, demand, first=first)
        if flow.status is not Status.OPTIMAL:
            return Answer.nothing(flow.status, f"OR-Tools ended with {flow.ended}")
        if len(found) <= priced:
            prices = _prices(found, flow, scale, (mentor_capacity, mentee_capacity), first=first)
            priced = 0  # what is narrower has no prices of its own
        chosen = found.take(flow.made)
        rounding = 2.0 * scale.undo(flow.error) * places
        if rounding <= FINE * float(np.abs(chosen.scores).sum()):
            break
        narrower = _within_reach(found, flow, supply, demand, first=first)
        if Scale.of(narrower.scores).exponent <= scale.exponent:
            break
        found = narrower
    bounds = (float(len(chosen)), float(chosen.scores.sum()) + rounding)[not first :]
    least = unit(found.scores)
    return Answer(flow.status, chosen.mentors, chosen.mentees, bounds, unit=least, prices=prices)


def _prices(
    found: Candidates,
    flow: Flow,
    scale: Scale,
    room: tuple[NDArray[np.int64], NDArray[np.int64]],
    *,
    first: bool,
) -> PlacePrices:
    """Return the prices of a flow over all candidates, least and greatest."""
    most = room[1].size + 1, room[0].size + 1  # who has room for everybody is never full
    room = np.minimum(room[0], most[0]), np.minimum(room[1], most[1])
    there, back = extremes(found, flow, scale, room, first=first)
    return _lattice(there, back, room, found, rounding_of(flow, scale, room))


def extremes(
    found: Candidates,
    flow: Flow,
    scale: Scale,
    room: tuple[NDArray[np.int64], NDArray[np.int64]],
    *,
    first: bool,
) -> tuple[Duals, Duals]:
    """Return the best prices that are least for mentees, and those that are least for mentors."""
    network = flow.network(found, *room, first=first)
    bonus = flow.bonus(*room) if first else 0
    largest = float(np.abs(found.scores).max(initial=0.0))
    back = recover_prices(network.turned())
    there, back_again = (
        Duals.from_prices(one, flow.bits, bonus, scale, largest=largest)
        for one in (recover_prices(network), Prices(back.mentees, back.mentors))
    )
    return there, back_again


def rounding_of(
    flow: Flow, scale: Scale, room: tuple[NDArray[np.int64], NDArray[np.int64]]
) -> float:
    """Return how far prices in whole units may be from those of the scores themselves."""
    places = float(min(room[0].sum(), room[1].sum()))
    return 2.0 * scale.undo(flow.error) * (places + 1.0)


def idle_prices(
    mentor_capacity: NDArray[np.int64], mentee_capacity: NDArray[np.int64], *, first: bool
) -> PlacePrices:
    """Return the prices of people who have no candidates: 0."""
    none = Duals.none(len(mentor_capacity), len(mentee_capacity), first=first)
    return _lattice(none, none, (mentor_capacity, mentee_capacity), Candidates.none(), 0.0)


def _lattice(
    there: Duals,
    back: Duals,
    room: tuple[NDArray[np.int64], NDArray[np.int64]],
    everything: Candidates,
    rounding: float,
) -> PlacePrices:
    """Return prices between the least of mentees and the least of mentors."""
    nothing = Worth(np.zeros(len(room[0])), np.zeros(len(room[0])))
    bounds = [one.bound(room, everything, nothing) for one in (there, back)]
    people = np.flatnonzero(room[0]), np.flatnonzero(room[1])
    shape = len(room[0]), len(room[1])
    high_i, low_j = there.at(people).placed(people, shape)
    low_i, high_j = back.at(people).placed(people, shape)
    return PlacePrices(
        high_i,
        low_j,
        Bound(*(max(values) for values in zip(*bounds, strict=True))),
        there.bonus,
        least=(low_i, low_j),
        greatest=(high_i, high_j),
        exact=True,
        rounding=rounding,
    )


def _within_reach(
    found: Candidates,
    flow: Flow,
    supply: NDArray[np.int64],
    demand: NDArray[np.int64],
    *,
    first: bool,
) -> Candidates:
    """Return the candidates that a best solution may use, by their reduced costs.

    Where scores differ by many orders of magnitude, the small ones drown in the rounding of the
    large. No best solution uses a pair whose reduced cost is further below 0 than the rounding can
    explain; without those the range is narrower, and the next flow finer.
    """
    places = float(min(supply.sum(), demand.sum()))
    slack = 4.0 * flow.error * (places + 1.0)
    network = flow.network(found, supply, demand, first=first)
    # The least prices of mentees, then the least of mentors: what either rules out is out.
    there, back = recover_prices(network), recover_prices(network.turned())
    first_side = network.worth - there.mentors[found.mentors] - there.mentees[found.mentees]
    other_side = network.worth - back.mentees[found.mentors] - back.mentors[found.mentees]
    most = np.ldexp(np.minimum(first_side, other_side).astype(np.float64), -flow.bits)
    return found.take(flow.made | (most >= -slack))


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """The best flow over candidates.

    Parameters
    ----------
    status
        How it ended; without ``OPTIMAL`` nothing below counts.
    ended
        The back end's own word for it.
    made
        Which candidates are pairs, bool, shape (k,).
    units
        The scores that it is the best for, in units of ``2 ** -bits``: int64, shape (k,).
    bits
        How fine the units are.
    error
        How far a rounded score is from its own at most.
    """

    status: Status
    ended: str
    made: NDArray[np.bool_]
    units: NDArray[np.int64]
    bits: int
    error: float

    def bonus(self, supply: NDArray[np.int64], demand: NDArray[np.int64]) -> int:
        """Return what a pair as such is worth where participation comes first, in units.

        More than everything that scores in [-1, 1] can win or lose: a power of two, so that what is
        left of a price after the bonus is exact.
        """
        places = int(min(supply.sum(), demand.sum()))
        return 1 << ((4 * (places + 2)).bit_length() + self.bits)

    def network(
        self,
        found: Candidates,
        supply: NDArray[np.int64],
        demand: NDArray[np.int64],
        *,
        first: bool,
    ) -> Network:
        """Return the flow with what its pairs are worth, as the search for prices wants it."""
        bonus = self.bonus(supply, demand) if first else 0
        worth = self.units + bonus
        return Network(found.mentors, found.mentees, worth, self.made, supply, demand)


def best_flow(
    found: Candidates,
    scores: NDArray[np.float64],
    mentor_capacity: NDArray[np.int64],
    mentee_capacity: NDArray[np.int64],
    *,
    first: bool,
    most_bits: int = MAX_COST_BITS,
) -> Flow:
    """Return the best flow for scores of the candidates that lie in [-1, 1]."""
    supply, demand = capped(mentor_capacity, mentee_capacity)
    bits = min(most_bits, WORD_BITS - 2 * (len(supply) + len(demand) + 2).bit_length())
    while True:
        costs, used, error = integers(-scores, bits)
        flow, arcs = _network(costs, found, supply, demand, first=first)
        ended = flow.solve_max_flow_with_min_cost() if first else flow.solve()
        if ended != flow.Status.BAD_COST_RANGE or used <= FEWER_BITS:
            break
        bits = used - FEWER_BITS
    status = STATUSES.get(ended.name, Status.ERROR)
    made = flow.flows(arcs) > 0
    return Flow(status, ended.name, made, -costs, used, error)


def capped(
    mentor_capacity: NDArray[np.int64], mentee_capacity: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the capacities, none above the number of people on the other side."""
    mentors, mentees = len(mentor_capacity), len(mentee_capacity)
    return np.minimum(mentor_capacity, mentees), np.minimum(mentee_capacity, mentors)


def _network(
    costs: NDArray[np.int64],
    found: Candidates,
    supply: NDArray[np.int64],
    demand: NDArray[np.int64],
    *,
    first: bool,
) -> tuple[Any, NDArray[np.int32]]:
    """Return OR-Tools' network and those of its arcs that are candidates, in their order."""
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    mentors, mentees = len(supply), len(demand)
    source, sink = mentors + mentees, mentors + mentees + 1
    amount = int(min(supply.sum(), demand.sum()))
    flow: Any = SimpleMinCostFlow()
    arcs = flow.add_arcs_with_capacity_and_unit_cost(
        found.mentors, found.mentees + mentors, np.ones(len(found), dtype=np.int64), costs
    )
    ends = np.arange(mentors + mentees, dtype=np.int64)
    flow.add_arcs_with_capacity_and_unit_cost(
        np.where(ends < mentors, source, ends),
        np.where(ends < mentors, ends, sink),
        np.concatenate([supply, demand]),
        np.zeros(len(ends), dtype=np.int64),
    )
    if not first:
        flow.add_arc_with_capacity_and_unit_cost(source, sink, amount, 0)
    flow.set_node_supply(source, amount)
    flow.set_node_supply(sink, -amount)
    return flow, arcs
