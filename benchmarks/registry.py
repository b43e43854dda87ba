"""Registry: the solvers that are measured, those of pairkit and their peers."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

import pairkit as pk
from pairkit.solvers.scaling import integers

if TYPE_CHECKING:
    from benchmarks.workloads import Edges, Workload

__all__ = [
    "ENTRIES",
    "Arcs",
    "Entry",
    "Outcome",
    "agree",
    "arcs_of",
    "flow_pairs",
    "network",
    "solve_network",
]

Places: TypeAlias = NDArray[np.int64]

BITS: Final = 30  # of scores as whole numbers, where a peer takes nothing else
FLOW_BITS: Final = 36  # the most that a flow is given, as by pairkit
WORD_BITS: Final = 60
FEWER_BITS: Final = 8
TOLERANCE: Final = 1e-6  # relative, between the objectives of exact solvers
ANY: Final = 10**15


class Pairs(NamedTuple):
    """The pairs that a solver makes: places, shape (k,)."""

    mentors: Places
    mentees: Places


class Outcome(NamedTuple):
    """What the pairs of a solver are worth: how many, and the sum of their scores."""

    pairs: int
    quality: float


@dataclass(frozen=True, slots=True)
class Entry:
    """A solver in the comparison.

    Parameters
    ----------
    name
        What it is called in tables; peers are called by their package.
    solve
        From a workload to pairs: everything that it takes, writing scores down included.
    most_pairs
        The most pairs (or candidates of a list) that it is run on.
    why
        Why not on more.
    dense, listed
        Whether it is run on programs and matrices, and on lists of candidates.
    exact
        Whether its objective has to be the best.
    """

    name: str
    solve: Callable[[Workload], Pairs]
    most_pairs: int
    why: str
    dense: bool = True
    listed: bool = True
    exact: bool = True

    def takes(self, workload: Workload) -> bool:
        """Whether it is run on a workload."""
        kind = self.dense if workload.listed is None else self.listed
        return kind and workload.pairs <= self.most_pairs

    def outcome(self, workload: Workload, pairs: Pairs) -> Outcome:
        """Return what its pairs are worth, after a look at whether they are allowed at all."""
        tile = workload.problem.space.pairs(pairs.mentors, pairs.mentees)
        assert tile.allowed.all(), f"{self.name} made a forbidden pair"
        for side in pairs:
            assert len(np.unique(side)) == len(side), f"{self.name} gave somebody two partners"
        return Outcome(len(pairs.mentors), math.fsum(tile.scores.tolist()))


def agree(one: Outcome, other: Outcome, workload: Workload) -> bool:
    """Return whether two outcomes are as good: in pairs where they come first, and in quality."""
    same = one.pairs == other.pairs or not workload.participation_first
    return same and math.isclose(one.quality, other.quality, rel_tol=TOLERANCE, abs_tol=TOLERANCE)


def _pairkit(solver: pk.Solver) -> Callable[[Workload], Pairs]:
    def solve(workload: Workload) -> Pairs:
        solution = pk.solve(workload.problem, solver)
        solution.raise_for_status()
        return Pairs(solution.mentors, solution.mentees)

    return solve


def _costs(workload: Workload) -> tuple[NDArray[np.float64], float]:
    """Return a matrix to minimize, and what forbidden pairs cost in it.

    Where the number of pairs comes first, a forbidden pair costs more than all scores together can
    make good; else it costs as much as a pair that scores nothing, and that is as good as none.
    """
    matrix = workload.matrix()
    np.negative(matrix, out=matrix)
    forbidden = 2.0 * (min(matrix.shape) + 1) if workload.participation_first else 0.0
    for row in matrix:  # row by row: a mask of the whole would count as the peer's memory
        np.copyto(row, forbidden, where=np.isnan(row))
    return matrix, forbidden


def _made(costs: NDArray[np.float64], forbidden: float, i: Places, j: Places) -> Pairs:
    """Return the pairs of an assignment without those that are forbidden."""
    keep = costs[i, j] < forbidden
    return Pairs(i[keep], j[keep])


def scipy_dense(workload: Workload) -> Pairs:
    """Return the assignment of the whole matrix by SciPy."""
    from scipy.optimize import linear_sum_assignment

    costs, forbidden = _costs(workload)
    i, j = linear_sum_assignment(costs)
    return _made(costs, forbidden, i, j)


def lapx_dense(workload: Workload) -> Pairs:
    """Return the assignment of the whole matrix by lapx."""
    import lap  # type: ignore[import-untyped, unused-ignore]

    costs, forbidden = _costs(workload)
    mates, _ = lap.lapjv(costs, extend_cost=True, return_cost=False)
    i = np.flatnonzero(mates >= 0)
    return _made(costs, forbidden, i, mates[i].astype(np.int64))


def scipy_sparse(workload: Workload) -> Pairs:
    """Return the full matching of least weight by SciPy.

    It demands a partner for every mentor: each gets one of their own that stands for nobody.
    """
    from scipy.sparse import csr_array, hstack
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    edges, (mentors, mentees) = workload.edges(), workload.problem.shape
    nobody = 2.0 * (mentors + 1) if workload.participation_first else 0.0
    # It takes a weight of 0 for no edge; the same number more for all changes nothing.
    weights = 2.0 - edges.scores, np.full(mentors, 2.0 + nobody)
    real = csr_array((weights[0], (edges.mentors, edges.mentees)), shape=(mentors, mentees))
    alone = csr_array((weights[1], (np.arange(mentors), np.arange(mentors))))
    both = csr_array(hstack([real, alone], format="csr"))
    i, j = min_weight_full_bipartite_matching(both)
    keep = j < mentees
    return Pairs(i[keep].astype(np.int64), j[keep].astype(np.int64))


def ortools_assignment(workload: Workload) -> Pairs:
    """Return the assignment by OR-Tools, which takes whole numbers and a square."""
    from ortools.graph.python.linear_sum_assignment import SimpleLinearSumAssignment

    costs, forbidden = _costs(workload)
    # It multiplies costs by the number of nodes, and adds up as many of them: 60 bits hold that.
    size, nodes = (int(one).bit_length() for one in (np.abs(costs).max(), 2 * len(costs)))
    whole = np.rint(np.ldexp(costs, min(BITS, 60 - size - 2 * nodes))).astype(np.int64)
    i, j = (places.ravel() for places in np.indices(costs.shape))
    solver = SimpleLinearSumAssignment()
    solver.add_arcs_with_cost(i, j, whole.ravel())
    assert solver.solve() == solver.OPTIMAL
    mates = np.array([solver.right_mate(k) for k in range(len(costs))], dtype=np.int64)
    return _made(costs, forbidden, np.arange(len(costs)), mates)


class Arcs(NamedTuple):
    """A flow problem in the arrays that OR-Tools takes: mentors, mentees, a sink and a source.

    Parameters
    ----------
    tails, heads
        Int64, shape (k + people,): first the candidates, then the places of people.
    costs
        Int64, the same shape.
    candidates
        How many candidates there are.
    people
        How many mentors and how many mentees.
    way_past
        Whether flow may pass everybody by.
    """

    tails: Places
    heads: Places
    costs: Places
    candidates: int
    people: tuple[int, int]
    way_past: bool


def arcs_of(edges: Edges, workload: Workload) -> Arcs:
    """Return a workload as a flow problem, with the costs that pairkit gives its own."""
    mentors, mentees = workload.problem.shape
    bits = min(FLOW_BITS, WORD_BITS - 2 * (mentors + mentees + 2).bit_length())
    source, sink = mentors + mentees, mentors + mentees + 1
    people = np.arange(mentors + mentees)
    tails = np.where(people < mentors, source, people)
    heads = np.where(people < mentors, people, sink)
    return Arcs(
        np.concatenate([edges.mentors, tails]),
        np.concatenate([edges.mentees + mentors, heads]),
        np.concatenate([integers(-edges.scores, bits)[0], np.zeros_like(people)]),
        len(edges.scores),
        (mentors, mentees),
        not workload.participation_first,
    )


def network(arcs: Arcs) -> Any:  # noqa: ANN401 - a class of OR-Tools without types
    """Return OR-Tools' network of a flow problem."""
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    flow: Any = SimpleMinCostFlow()
    one_each = np.ones(len(arcs.costs), dtype=np.int64)
    flow.add_arcs_with_capacity_and_unit_cost(arcs.tails, arcs.heads, one_each, arcs.costs)
    source, sink, amount = sum(arcs.people), sum(arcs.people) + 1, min(arcs.people)
    if arcs.way_past:
        flow.add_arc_with_capacity_and_unit_cost(source, sink, amount, 0)
    flow.set_node_supply(source, amount)
    flow.set_node_supply(sink, -amount)
    return flow


def solve_network(arcs: Arcs, flow: Any) -> None:  # noqa: ANN401 - as above
    """Solve a network."""
    ended = flow.solve() if arcs.way_past else flow.solve_max_flow_with_min_cost()
    assert ended == flow.OPTIMAL, f"OR-Tools ended with {ended}"


def flow_pairs(arcs: Arcs, flow: Any) -> Pairs:  # noqa: ANN401 - as above
    """Return the pairs of a network that is solved."""
    used = np.flatnonzero(flow.flows(np.arange(arcs.candidates)) > 0)
    return Pairs(arcs.tails[used], arcs.heads[used] - arcs.people[0])


def ortools_flow(workload: Workload) -> Pairs:
    """Return the flow of least cost by OR-Tools."""
    arcs = arcs_of(workload.edges(), workload)
    flow = network(arcs)
    solve_network(arcs, flow)
    return flow_pairs(arcs, flow)


def rustworkx_matching(workload: Workload) -> Pairs:
    """Return the matching of most weight by rustworkx."""
    import rustworkx as rx

    edges, (mentors, mentees) = workload.edges(), workload.problem.shape
    graph: rx.PyGraph[int, int] = rx.PyGraph(multigraph=False)
    graph.add_nodes_from(range(mentors + mentees))
    whole = np.rint(np.ldexp(edges.scores, BITS)).astype(np.int64).tolist()
    ends = zip(edges.mentors.tolist(), (edges.mentees + mentors).tolist(), whole, strict=True)
    graph.add_edges_from(list(ends))
    found = rx.max_weight_matching(
        graph, max_cardinality=workload.participation_first, weight_fn=int
    )
    return _sorted_ends(found, mentors)


def networkx_matching(workload: Workload) -> Pairs:
    """Return the matching of most weight by NetworkX."""
    import networkx as nx

    edges, mentors = workload.edges(), workload.problem.shape[0]
    graph: nx.Graph[int] = nx.Graph()
    columns = edges.mentors.tolist(), (edges.mentees + mentors).tolist(), edges.scores.tolist()
    graph.add_weighted_edges_from(zip(*columns, strict=True))
    found = nx.max_weight_matching(graph, maxcardinality=workload.participation_first)
    return _sorted_ends(found, mentors)


def _sorted_ends(found: set[tuple[int, int]], mentors: int) -> Pairs:
    ends = np.sort(np.array(sorted(found), dtype=np.int64).reshape(-1, 2), axis=1)
    return Pairs(ends[:, 0], ends[:, 1] - mentors)


ENTRIES: Final = (
    Entry(
        "pairkit Hungarian",
        _pairkit(pk.Hungarian()),
        400_000_000,
        "a float64 matrix of all pairs: 3.2 GB there",
        listed=False,
    ),
    Entry(
        "pairkit MinCostFlow",
        _pairkit(pk.MinCostFlow()),
        60_000_000,
        "about 150 bytes a candidate: 9 GB there",
    ),
    Entry(
        "pairkit ColumnGeneration",
        _pairkit(pk.ColumnGeneration()),
        ANY,
        "no limit; of a list it would look at every pair that is not on it, so it is not run there",
        listed=False,
    ),
    Entry(
        "pairkit Greedy",
        _pairkit(pk.Greedy()),
        60_000_000,
        "it lists all candidates, as MinCostFlow does",
        exact=False,
    ),
    Entry(
        "scipy linear_sum_assignment",
        scipy_dense,
        400_000_000,
        "a float64 matrix of all pairs: 3.2 GB there",
        listed=False,
    ),
    Entry(
        "scipy min_weight_full_bipartite_matching",
        scipy_sparse,
        4_000_000,
        "one shortest path a mentor: time grows with people times candidates",
    ),
    Entry(
        "lapx lapjv",
        lapx_dense,
        100_000_000,
        "a float64 matrix of all pairs: 0.8 GB there; beyond, SciPy's stands for the kind",
        listed=False,
    ),
    Entry(
        "ortools SimpleLinearSumAssignment",
        ortools_assignment,
        4_000_000,
        "costs are whole numbers and every pair is an arc: about 100 bytes a pair",
        listed=False,
    ),
    Entry(
        "ortools SimpleMinCostFlow",
        ortools_flow,
        60_000_000,
        "every candidate is an arc: about 100 bytes each",
    ),
    Entry(
        "rustworkx max_weight_matching",
        rustworkx_matching,
        40_000,
        "a general matching (blossoms): time grows with the cube of the people",
    ),
    Entry(
        "networkx max_weight_matching",
        networkx_matching,
        10_000,
        "the same in Python",
    ),
)
