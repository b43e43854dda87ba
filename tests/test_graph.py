from __future__ import annotations

import functools
import math
import sys
from dataclasses import replace
from typing import NamedTuple

import hypothesis.strategies as st
import networkx as nx
import numpy as np
import pytest
from hypothesis import example, given, settings

import pairkit as pk
from pairkit.pairspace import Candidates, candidates
from pairkit.solvers import graph as graph_module
from pairkit.solvers.flow import Flow
from pairkit.solvers.fractional import Halves, half_pairs, total
from pairkit.solvers.oddcycles import toll_cycles, whole_pairs
from pairkit.solvers.pieces import Limits, Proof, bring_together, refine
from tests.problems import ALONE, BOTH, SCORES, drawn_problems
from tests.problems import Drawn as Sides
from tests.problems import brute_force as brute_force_of_sides

Edges = dict[tuple[int, int], float]
LARGE = 10**9
NEVER = pk.Clock(pk.Stop())


class Drawn(NamedTuple):
    people: int
    edges: Edges

    @property
    def graph(self) -> nx.Graph[int]:
        graph: nx.Graph[int] = nx.Graph()
        graph.add_nodes_from(range(self.people))
        graph.add_weighted_edges_from((i, j, score) for (i, j), score in self.edges.items())
        return graph

    def pairs(self, *, first: bool) -> Candidates:
        kept = sorted(pair for pair, score in self.edges.items() if first or score > 0.0)
        places = np.array(kept, dtype=np.int64).reshape(-1, 2)
        scores = np.array([self.edges[pair] for pair in kept], dtype=np.float64)
        return Candidates(places[:, 0], places[:, 1], scores)

    def halves(self, *, first: bool) -> Halves:
        pairs = self.pairs(first=first)
        largest = np.abs(pairs.scores).max(initial=1.0)
        found = half_pairs(self.people, pairs, pairs.scores / largest, first=first)
        assert not isinstance(found, Flow)
        return found


@st.composite
def drawn_graphs(draw: st.DrawFn, most: int = 8) -> Drawn:
    """Draw a pool: odd ones, people without pairs, ties, negative and zero scores included."""
    people = draw(st.integers(2, most))
    every = [(i, j) for i in range(people) for j in range(i + 1, people)]
    chosen = draw(st.lists(st.sampled_from(every), unique=True))
    scores = draw(st.lists(SCORES, min_size=len(chosen), max_size=len(chosen)))
    return Drawn(people, dict(zip(chosen, scores, strict=True)))


def copies(count: int, ring: nx.Graph[int], seed: int = 0) -> Drawn:
    """Return copies of a graph side by side, with scores near to each other."""
    rng = np.random.default_rng(seed)
    size = len(ring)
    edges = {
        (min(i, j) + k * size, max(i, j) + k * size): round(float(rng.uniform(0.8, 1.0)), 3)
        for k in range(count)
        for i, j in ring.edges
    }
    return Drawn(count * size, edges)


def random_pool(people: int, degree: float, seed: int, levels: int = 0) -> Drawn:
    rng = np.random.default_rng(seed)
    i, j = np.triu_indices(people, 1)
    kept = rng.random(len(i)) < degree / people
    scores = rng.random(int(kept.sum()))
    scores = np.round(scores * levels) / levels if levels else scores
    ends = zip(i[kept].tolist(), j[kept].tolist(), strict=True)
    return Drawn(people, dict(zip(ends, scores.tolist(), strict=True)))


def near_pool(people: int, seed: int) -> Drawn:
    """Return people on a map who may meet their neighbors: full of odd cycles."""
    at = np.random.default_rng(seed).random((people, 2))
    far = np.hypot(*(at[:, None, :] - at[None, :, :]).transpose(2, 0, 1))
    np.fill_diagonal(far, np.inf)
    near = np.argsort(far, axis=1)[:, :6]
    edges = {
        (min(i, j), max(i, j)): 1.0 - float(far[i, j])
        for i in range(people)
        for j in near[i].tolist()
    }
    return Drawn(people, edges)


HARD = {
    "triangles": copies(5, nx.complete_graph(3)),
    "cliques of five": copies(3, nx.complete_graph(5)),
    "rings of seven": copies(3, nx.cycle_graph(7)),
    "petersen": copies(2, nx.petersen_graph()),
    "odd clique": copies(1, nx.complete_graph(11)),
    "stars": copies(4, nx.star_graph(3)),
    "triangles that hang together": Drawn(
        9,
        {(3 * k + a, 3 * k + b): 1.0 for k in range(3) for a, b in ((0, 1), (0, 2), (1, 2))}
        | {(0, 3): 0.2, (5, 6): 0.1},
    ),
    "map": near_pool(60, 1),
    "odd map": near_pool(61, 2),
    "levels": random_pool(41, 5, 3, levels=3),
}


def brute_force(drawn: Drawn, *, first: bool) -> tuple[float, ...]:
    """Return the best values of the objectives, person by person."""

    @functools.cache
    def best(free: frozenset[int]) -> tuple[float, float]:
        if not free:
            return (0.0, 0.0)
        one = min(free)
        options = [best(free - {one})]
        for other in free:
            score = drawn.edges.get((one, other))
            if score is not None:
                pairs, quality = best(free - {one, other})
                options.append((pairs + 1.0, quality + score))
        return max(options) if first else max(options, key=lambda option: option[1])

    found = best(frozenset(range(drawn.people)))
    return found if first else found[1:]


def by_networkx(drawn: Drawn, *, first: bool) -> tuple[float, ...]:
    pairs = nx.max_weight_matching(drawn.graph, maxcardinality=first)
    quality = math.fsum(drawn.edges[min(pair), max(pair)] for pair in pairs)
    return (float(len(pairs)), quality)[not first :]


def values(solution: pk.Solution) -> tuple[float, ...]:
    return tuple(level.value for level in solution.levels)


@pytest.fixture
def never_directly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph_module, "DIRECT", 0)


@pytest.fixture
def without_rustworkx(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rustworkx", None)


@pytest.mark.parametrize("objectives", [BOTH, ALONE])
@given(drawn=drawn_graphs())
def test_small_pools_equal_brute_force(objectives: tuple[str, ...], drawn: Drawn) -> None:
    solution = pk.solve(pk.Problem.from_graph(drawn.graph, objectives))
    assert solution.status is pk.Status.OPTIMAL
    assert solution.solver == "GraphMatching"
    best = brute_force(drawn, first=objectives == BOTH)
    assert values(solution) == pytest.approx(best, abs=1e-9)


@pytest.mark.parametrize("objectives", [BOTH, ALONE])
@given(drawn=drawn_graphs())
@example(drawn=Drawn(3, {(0, 1): 5e-06, (0, 2): -1.0}))
def test_half_pairs_first_equal_brute_force(objectives: tuple[str, ...], drawn: Drawn) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(graph_module, "DIRECT", 0)
        solution = pk.solve(pk.Problem.from_graph(drawn.graph, objectives))
    assert solution.status is pk.Status.OPTIMAL
    best = brute_force(drawn, first=objectives == BOTH)
    assert values(solution) == pytest.approx(best, abs=1e-9)


@pytest.mark.parametrize("effort", [0, 30, 300])
@pytest.mark.parametrize("objectives", [BOTH, ALONE])
@given(drawn=drawn_graphs(most=10))
@settings(max_examples=50)
def test_without_much_effort_the_bounds_still_hold(
    objectives: tuple[str, ...], effort: int, drawn: Drawn
) -> None:
    first = objectives == BOTH
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(graph_module, "DIRECT", 0)
        problem = pk.Problem.from_graph(drawn.graph, objectives)
        solution = pk.solve(problem, pk.GraphMatching(exact_up_to=effort))
    assert_sound(solution, brute_force(drawn, first=first))


def assert_sound(solution: pk.Solution, best: tuple[float, ...]) -> None:
    """Assert that the best is between the values and the bounds, as far as they compare."""
    for level, value in zip(solution.levels, best, strict=True):
        assert level.bound is not None
        assert level.bound >= value - 1e-9
        if level.value < value - 1e-9:
            return  # bounds of later objectives are for fewer pairs
        assert level.value <= value + 1e-9


@pytest.mark.parametrize("name", HARD)
@pytest.mark.parametrize("objectives", [BOTH, ALONE])
@pytest.mark.parametrize("direct", [0, LARGE])
def test_pools_full_of_odd_cycles_agree_with_networkx(
    name: str, objectives: tuple[str, ...], direct: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graph_module, "DIRECT", direct)
    drawn = HARD[name]
    solution = pk.solve(pk.Problem.from_graph(drawn.graph, objectives))
    assert solution.status is pk.Status.OPTIMAL
    best = by_networkx(drawn, first=objectives == BOTH)
    assert values(solution) == pytest.approx(best, abs=1e-9)


@pytest.mark.parametrize("name", HARD)
@pytest.mark.parametrize("objectives", [BOTH, ALONE])
@pytest.mark.usefixtures("never_directly")
def test_pools_full_of_odd_cycles_without_any_exact_piece(
    name: str, objectives: tuple[str, ...]
) -> None:
    drawn = HARD[name]
    problem = pk.Problem.from_graph(drawn.graph, objectives)
    solution = pk.solve(problem, pk.GraphMatching(exact_up_to=0))
    assert_sound(solution, by_networkx(drawn, first=objectives == BOTH))


@pytest.mark.usefixtures("never_directly")
def test_triangles_apart_are_proved_by_prices_of_cycles_alone() -> None:
    for objectives in (BOTH, ALONE):
        problem = pk.Problem.from_graph(HARD["triangles"].graph, objectives)
        solution = pk.solve(problem, pk.GraphMatching(exact_up_to=0))
        assert len(solution) == 5
        assert solution.status is pk.Status.OPTIMAL
        assert "5 odd cycles" in solution.detail


def test_textbook_a_single_triangle_makes_one_pair_where_halves_make_one_and_a_half() -> None:
    drawn = Drawn(3, {(0, 1): 0.5, (0, 2): 0.5, (1, 2): 0.5})
    halves = drawn.halves(first=False)
    assert halves.cycles in ([[0, 1, 2]], [[0, 2, 1]])
    unit = 2.0**-halves.bits
    assert total(halves.tolls.shares()) / 2 * unit == 0.75
    charged = toll_cycles(halves, halves.tolls)
    assert total(charged.shares()) / 2 * unit == 0.5


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("objectives", [BOTH, ALONE])
@pytest.mark.usefixtures("never_directly")
def test_a_larger_pool_agrees_with_the_exact_one(seed: int, objectives: tuple[str, ...]) -> None:
    first = objectives == BOTH
    for drawn in (random_pool(150 + seed, 8, seed), near_pool(150 + seed, seed)):
        problem = pk.Problem.from_graph(drawn.graph, objectives)
        best = by_networkx(drawn, first=first)
        exact = pk.solve(problem)
        assert exact.status is pk.Status.OPTIMAL
        assert values(exact) == pytest.approx(best, rel=1e-9)
        for effort in (0, 20_000):
            assert_sound(pk.solve(problem, pk.GraphMatching(exact_up_to=effort)), best)


@pytest.mark.parametrize("first", [True, False])
@given(drawn=drawn_graphs(most=10))
def test_half_pairs_bound_every_matching_and_prices_hold(drawn: Drawn, *, first: bool) -> None:
    if not len(drawn.pairs(first=first)):
        return
    halves = drawn.halves(first=first)
    pool, tolls = halves.pool, halves.tolls
    for prices in (tolls, toll_cycles(halves, tolls)):
        assert (prices.slack(pool) >= 0).all()
        assert (prices.people >= 0).all()
        assert (prices.cycles >= 0).all()
        assert total(prices.shares()) <= total(tolls.shares())
        if not first:
            continue
        eased = prices.eased(pool)
        assert (eased.slack(pool) >= 0).all()
        assert (eased.people >= 0).all()
        assert eased.bonus <= prices.bonus
    best = brute_force(drawn, first=first)
    scale = np.abs(drawn.pairs(first=first).scores).max(initial=1.0)
    units = best[-1] / scale * 2.0**halves.bits + (best[0] * pool.bonus if first else 0.0)
    assert total(toll_cycles(halves, tolls).shares()) / 2 >= units - drawn.people


@pytest.mark.parametrize("first", [True, False])
@given(drawn=drawn_graphs(most=12))
def test_whole_pairs_are_a_matching_along_pairs(drawn: Drawn, *, first: bool) -> None:
    if not len(drawn.pairs(first=first)):
        return
    halves = drawn.halves(first=first)
    mate = whole_pairs(halves, NEVER)
    matched = np.flatnonzero(mate >= 0)
    assert np.array_equal(mate[mate[matched]], matched)
    assert 2 * halves.pool.made(mate).sum() == len(matched)


def test_people_left_out_are_brought_together() -> None:
    drawn = Drawn(6, {(0, 1): 0.5, (1, 2): 0.5, (2, 3): 0.5, (3, 4): 0.5, (4, 5): 0.5})
    halves = drawn.halves(first=True)
    pool = halves.pool
    shifted = np.array([False, True, False, True, False])
    proof = Proof.of(pool, halves.tolls, shifted)
    priced = Proof.of(pool, halves.tolls, halves.pool.made(halves.mate))
    limits = Limits(NEVER, LARGE, 0)
    tolls = halves.tolls
    lifted = tolls.people.copy()
    lifted[[0, 5]] += 1
    found = bring_together(pool, replace(tolls, people=lifted), proof, limits, most=3)
    assert found.pairs == priced.pairs == 3
    assert refine(pool, tolls, found, limits).gap == 0


@pytest.mark.usefixtures("without_rustworkx")
@pytest.mark.parametrize("objectives", [BOTH, ALONE])
def test_networkx_stands_in_for_rustworkx_and_the_answer_says_so(
    objectives: tuple[str, ...],
) -> None:
    small, larger = copies(1, nx.complete_graph(5)), near_pool(80, 4)
    solution = pk.solve(pk.Problem.from_graph(small.graph, objectives))
    assert "networkx" in solution.detail
    best = by_networkx(small, first=objectives == BOTH)
    assert values(solution) == pytest.approx(best, abs=1e-9)
    again = pk.solve(pk.Problem.from_graph(larger.graph, objectives))
    assert "half-pairs" in again.detail
    assert_sound(again, by_networkx(larger, first=objectives == BOTH))


def test_rustworkx_says_that_it_solved_a_small_pool() -> None:
    solution = pk.solve(pk.Problem.from_graph(HARD["odd clique"].graph))
    assert "exactly by rustworkx" in solution.detail
    assert "no sides" in solution.detail


@given(drawn=drawn_graphs(), exponent=st.sampled_from([-300, -40, 40, 300]))
def test_scaling_scores_scales_the_objective(drawn: Drawn, exponent: int) -> None:
    scaled = Drawn(drawn.people, {k: math.ldexp(v, exponent) for k, v in drawn.edges.items()})
    one, other = (pk.solve(pk.Problem.from_graph(each.graph)) for each in (drawn, scaled))
    assert one.objective is not None
    assert other.objective == pytest.approx(math.ldexp(one.objective, exponent), rel=1e-9)


@given(drawn=drawn_graphs(), data=st.data())
def test_naming_people_otherwise_changes_nothing(drawn: Drawn, data: st.DataObject) -> None:
    to = data.draw(st.permutations(range(drawn.people)))
    edges = {(min(to[i], to[j]), max(to[i], to[j])): score for (i, j), score in drawn.edges.items()}
    one = pk.solve(pk.Problem.from_graph(drawn.graph))
    other = pk.solve(pk.Problem.from_graph(Drawn(drawn.people, edges).graph))
    assert values(one) == pytest.approx(values(other), abs=1e-9)


@pytest.mark.usefixtures("never_directly")
def test_a_gap_that_is_good_enough_and_a_time_that_is_over_end_the_search() -> None:
    problem = pk.Problem.from_graph(near_pool(120, 5).graph, ALONE)
    coarse = pk.solve(problem, pk.GraphMatching(), stop=pk.Stop(gap=0.5))
    assert "small enough" in coarse.detail
    assert coarse.gap is not None
    assert coarse.gap <= 0.5
    over = pk.solve(problem, pk.GraphMatching(), stop=pk.Stop(seconds=1e-9))
    assert over.status is pk.Status.NO_SOLUTION_FOUND


@pytest.mark.usefixtures("never_directly")
def test_a_time_that_is_over_after_the_flow_still_gives_pairs_and_a_bound() -> None:
    drawn = near_pool(120, 5)
    clock = pk.Clock(pk.Stop(seconds=1.0), started=-1e9)
    for first in (True, False):
        pairs = drawn.pairs(first=first)
        answer = graph_module.match_pool(120, pairs, first=first, clock=clock, effort=LARGE)
        assert "time was over" in answer.detail
        best = by_networkx(drawn, first=first)
        bound = answer.bounds[0]
        assert bound is not None
        assert bound >= best[0] - 1e-9


def test_a_flow_that_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    none = np.zeros(0, dtype=np.int64)
    flow = Flow(pk.Status.ERROR, "BAD_RESULT", none.astype(np.bool_), none, 8, 0.0)
    monkeypatch.setattr(graph_module, "DIRECT", 0)
    monkeypatch.setattr(graph_module, "half_pairs", lambda *_, **__: flow)
    solution = pk.solve(pk.Problem.from_graph(HARD["stars"].graph))
    assert solution.status is pk.Status.ERROR
    assert "BAD_RESULT" in solution.detail


def test_nobody_to_pair_is_a_solution() -> None:
    empty: nx.Graph[int] = nx.Graph()
    assert pk.solve(pk.Problem.from_graph(empty)).status is pk.Status.OPTIMAL
    empty.add_nodes_from([1, 2])
    assert len(pk.solve(pk.Problem.from_graph(empty))) == 0


def test_pins_name_nodes_and_people_without_room_stay_alone() -> None:
    graph: nx.Graph[str] = nx.Graph()
    graph.add_weighted_edges_from([("a", "b", 0.9), ("b", "c", 0.2), ("c", "d", 0.9)])
    nodes = list(graph.nodes)
    problem = pk.Problem.from_graph(graph, require=[("c", "b")])
    solution = pk.solve(problem)
    pairs = zip(solution.mentors.tolist(), solution.mentees.tolist(), strict=True)
    assert [(nodes[i], nodes[j]) for i, j in pairs] == [("b", "c")]
    scores = np.array([[0.0, 1.0, 0.5], [1.0, 0.0, 0.2], [0.5, 0.2, 0.0]])
    closed = pk.Problem.from_scores(scores, [1, 0, 1], peers=True)
    assert pk.solve(closed).mentees.tolist() == [2]
    with pytest.raises(pk.ProblemError, match="no node 'z'"):
        pk.Problem.from_graph(graph, require=[("a", "z")])


def test_a_matrix_of_peers_may_hold_anything_on_its_diagonal() -> None:
    scores = np.array([[9.0, 0.5, 0.4], [0.5, 9.0, 0.3], [0.4, 0.3, 9.0]])
    solution = pk.solve(pk.Problem.from_scores(scores, peers=True))
    assert solution.mentors.tolist() == [0]
    assert solution.mentees.tolist() == [1]


def test_several_partners_and_two_sides_are_told_apart_by_name() -> None:
    several = pk.Problem.from_scores([[0.0, 1.0], [1.0, 0.0]], 2, peers=True)
    with pytest.raises(pk.UnsupportedError, match=r"GraphMatching does not support.*capacities"):
        pk.solve(several, pk.GraphMatching())
    peers = pk.Problem.from_scores([[0.0, 1.0], [1.0, 0.0]], peers=True)
    with pytest.raises(pk.UnsupportedError, match="peers"):
        pk.solve(peers, pk.Hungarian())


@given(drawn=drawn_problems(most=6, capacity=1))
@settings(max_examples=50)
def test_two_sides_are_a_pool_like_any_other(drawn: Sides) -> None:
    solution = pk.solve(drawn.problem, "graph-matching")
    assert solution.status is pk.Status.OPTIMAL
    assert values(solution) == pytest.approx(brute_force_of_sides(drawn), abs=1e-9)


@pytest.mark.parametrize(
    ("graph", "words"),
    [
        (nx.DiGraph([(0, 1)]), "directed"),
        (nx.MultiGraph([(0, 1), (0, 1)]), "multigraph"),
        (nx.Graph([(3, 3, {"weight": 1.0})]), "from 3 to itself"),
        (nx.Graph([("M-17", "E-42")]), "'M-17' - 'E-42' has no attribute 'weight'"),
        (nx.Graph([(0, 1, {"weight": math.nan})]), "0 - 1 is nan"),
        (nx.Graph([(0, 1, {"weight": math.inf})]), "0 - 1 is inf"),
        (nx.Graph([(0, 1, {"weight": "much"})]), "0 - 1 is 'much'"),
    ],
)
def test_a_graph_that_is_no_pool_is_refused(graph: nx.Graph[object], words: str) -> None:
    with pytest.raises(pk.ProblemError, match=words):
        pk.Problem.from_graph(graph)


def test_a_graph_and_its_matrix_are_the_same_problem() -> None:
    drawn = HARD["petersen"]
    scores = np.full((drawn.people, drawn.people), np.nan)
    for (i, j), score in drawn.edges.items():
        scores[i, j] = scores[j, i] = score
    one = pk.Problem.from_graph(drawn.graph)
    other = pk.Problem.from_scores(scores, peers=True)
    assert len(candidates(one.space)) == 2 * len(drawn.edges)
    assert values(pk.solve(one)) == pytest.approx(values(pk.solve(other)), abs=1e-12)


def test_the_same_pool_gives_the_same_pairs() -> None:
    problem = pk.Problem.from_graph(random_pool(120, 10, 7, levels=4).graph)
    one, other = pk.solve(problem), pk.solve(problem)
    assert one.mentees.tolist() == other.mentees.tolist()
