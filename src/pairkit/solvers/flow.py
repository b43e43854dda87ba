"""MinCostFlow: capacities on both sides, sparse or dense, by OR-Tools."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from pairkit.pairspace import Candidates, candidates
from pairkit.problem import Feature, Problem
from pairkit.program import Objective
from pairkit.solution import Status
from pairkit.solvers.base import Answer
from pairkit.solvers.scaling import Scale, integers

if TYPE_CHECKING:
    from pairkit.solvers.base import Clock

__all__ = ["MinCostFlow"]

# The cost-scaling algorithm multiplies costs by the number of nodes and adds up potentials of
# that size: leave it room in 63 bits, and give it fewer bits when it still says no.
WORD_BITS: Final = 60
MAX_COST_BITS: Final = 36
FEWER_BITS: Final = 8

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
        return frozenset(Feature)

    def solve(self, problem: Problem, *, clock: Clock, seed: int) -> Answer:
        """Return the proven best answer."""
        found = usable_candidates(problem)
        if clock.expired:
            return Answer.nothing(Status.NO_SOLUTION_FOUND, "the time was over before the solve")
        return solve_flow(
            found,
            problem.mentor_capacity,
            problem.mentee_capacity,
            first=Objective.PARTICIPATION in problem.objectives,
        )


def usable_candidates(problem: Problem) -> Candidates:
    """Return the candidates that a solution may use: room on both sides, and worth making."""
    found = candidates(problem.space)
    keep = (problem.mentor_capacity[found.mentors] > 0) & (
        problem.mentee_capacity[found.mentees] > 0
    )
    if Objective.PARTICIPATION not in problem.objectives:
        keep &= found.scores > 0.0
    return found if keep.all() else found.take(keep)


def solve_flow(
    found: Candidates,
    mentor_capacity: NDArray[np.int64],
    mentee_capacity: NDArray[np.int64],
    *,
    first: bool,
) -> Answer:
    """Return the best answer over the candidates, proved up to the rounding of the costs."""
    objectives = (Objective.PARTICIPATION, Objective.QUALITY)
    if not len(found):
        return Answer(Status.OPTIMAL, found.mentors, found.mentees, dict.fromkeys(objectives, 0.0))
    # No one can have more partners than there are people: keeps huge capacities in range.
    mentors, mentees = len(mentor_capacity), len(mentee_capacity)
    supply, demand = np.minimum(mentor_capacity, mentees), np.minimum(mentee_capacity, mentors)
    scale = Scale.of(found.scores)
    values = scale.apply(found.scores)
    bits = min(MAX_COST_BITS, WORD_BITS - 2 * (mentors + mentees + 2).bit_length())
    while True:
        costs, used, error = integers(-values, bits)
        flow, arcs = _network(costs, found, supply, demand, first=first)
        ended = flow.solve_max_flow_with_min_cost() if first else flow.solve()
        if ended != flow.Status.BAD_COST_RANGE or used <= FEWER_BITS:
            break
        bits = used - FEWER_BITS
    status = STATUSES.get(ended.name, Status.ERROR)
    if status is not Status.OPTIMAL:
        return Answer.nothing(status, f"OR-Tools ended with {ended.name}")
    chosen = found.take(flow.flows(arcs) > 0)
    total = float(chosen.scores.sum())
    rounding = 2.0 * scale.undo(error) * float(min(supply.sum(), demand.sum()))
    bounds: dict[Objective, float | None] = {Objective.QUALITY: total + rounding}
    if first:
        bounds[Objective.PARTICIPATION] = float(len(chosen))
    return Answer(status, chosen.mentors, chosen.mentees, bounds, largest=scale.undo(1.0))


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
