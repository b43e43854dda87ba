from __future__ import annotations

import math
from dataclasses import dataclass, replace

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import example, given, settings
from scipy.sparse import csr_array

import pairkit as pk
from pairkit.solvers import flow as flow_module
from pairkit.solvers.prices import Network, recover_prices
from pairkit.solvers.scaling import Scale, integers
from tests.problems import ALONE, BOTH, Drawn, brute_force, drawn_problems

EXACT: list[pk.Solver] = [
    pk.MinCostFlow(),
    pk.ColumnGeneration(workers=1),
    pk.Mip(),
    pk.CpSat(),
    pk.Auto(),
]
ALL: list[pk.Solver] = [*EXACT, pk.Greedy(), pk.RandomPairs()]


def values(solution: pk.Solution) -> tuple[float, ...]:
    return tuple(level.value for level in solution.levels)


def assert_proved(solution: pk.Solution, drawn: Drawn) -> None:
    """Assert that the best is proved, by HiGHS as far as it tells values apart."""
    largest = float(np.nanmax(np.abs(drawn.scores), initial=0.0))
    if solution.solver == "Mip" and abs(values(solution)[-1]) < 1e-3 * largest:
        assert solution.bound == pytest.approx(values(solution)[-1], abs=2e-9 * largest)
        return
    assert solution.status is pk.Status.OPTIMAL


TINY = Drawn(np.array([[0.0, -1.0], [np.nan, 1e-5]]), np.array([1, 1]), np.array([0, 1]), BOTH)


@pytest.mark.parametrize("solver", EXACT, ids=repr)
@given(drawn=drawn_problems())
@example(drawn=TINY)
def test_with_capacities_equals_brute_force(solver: pk.Solver, drawn: Drawn) -> None:
    solution = pk.solve(drawn.problem, solver)
    assert_proved(solution, drawn)
    assert values(solution) == pytest.approx(brute_force(drawn), abs=1e-9)


@pytest.mark.parametrize("solver", [pk.Hungarian(), *EXACT], ids=repr)
@given(drawn=drawn_problems(most=6, capacity=1))
@settings(max_examples=60)
def test_one_to_one_equals_brute_force(solver: pk.Solver, drawn: Drawn) -> None:
    solution = pk.solve(drawn.problem, solver)
    assert_proved(solution, drawn)
    assert values(solution) == pytest.approx(brute_force(drawn), abs=1e-9)


@given(drawn=drawn_problems(most=6), seed=st.integers(0, 9))
def test_baselines_are_feasible_maximal_and_no_better(drawn: Drawn, seed: int) -> None:
    best = pk.solve(drawn.problem)
    for solver in (pk.Greedy(), pk.RandomPairs()):
        solution = pk.solve(drawn.problem, solver, seed=seed)
        assert solution.status is pk.Status.FEASIBLE
        assert solution.bound is None
        assert solution.gap is None
        assert values(solution) <= tuple(v + 1e-9 for v in values(best))
        _assert_nothing_fits(drawn, solution)


def _assert_nothing_fits(drawn: Drawn, solution: pk.Solution) -> None:
    m, n = drawn.scores.shape
    room_i = drawn.mentor_capacity - np.bincount(solution.mentors, minlength=m)
    room_j = drawn.mentee_capacity - np.bincount(solution.mentees, minlength=n)
    made = set(zip(solution.mentors.tolist(), solution.mentees.tolist(), strict=True))
    for i in np.flatnonzero(room_i > 0).tolist():
        for j in np.flatnonzero(room_j > 0).tolist():
            score = drawn.scores[i, j]
            worth = drawn.objectives == BOTH or score > 0
            assert (i, j) in made or math.isnan(score) or not worth


@given(drawn=drawn_problems(), data=st.data())
def test_pins_are_made_and_the_rest_is_the_best(drawn: Drawn, data: st.DataObject) -> None:
    m, n = drawn.scores.shape
    cells = [(i, j) for i in range(m) for j in range(n)]
    chosen = st.lists(st.sampled_from(cells), max_size=2, unique=True) if cells else st.just([])
    pins = tuple(data.draw(chosen))
    problem = pk.Problem.from_scores(
        drawn.scores, drawn.mentor_capacity, drawn.mentee_capacity, drawn.objectives, require=pins
    )
    solution = pk.solve(problem)
    best = brute_force(drawn, pins)
    if best is None:
        assert solution.status is pk.Status.INFEASIBLE
        assert solution.conflicts
        with pytest.raises(pk.InfeasibleError, match="pinned"):
            solution.raise_for_status()
    else:
        assert values(solution) == pytest.approx(best, abs=1e-9)
        assert set(pins) <= set(
            zip(solution.mentors.tolist(), solution.mentees.tolist(), strict=True)
        )


def test_a_pair_pinned_twice_is_one_pin() -> None:
    problem = pk.Problem.from_scores([[1.0]], 5, 5, require=[(0, 0), (0, 0)])
    assert len(pk.solve(problem)) == 1
    twice = np.zeros(2, dtype=np.int64)
    direct = replace(problem, pinned_mentors=twice, pinned_mentees=twice)
    assert "a pair is pinned twice" in pk.solve(direct).conflicts


@given(drawn=drawn_problems(most=6), data=st.data())
def test_permuting_people_changes_nothing(drawn: Drawn, data: st.DataObject) -> None:
    m, n = drawn.scores.shape
    p = np.array(data.draw(st.permutations(range(m))), dtype=np.int64)
    q = np.array(data.draw(st.permutations(range(n))), dtype=np.int64)
    moved = Drawn(
        drawn.scores[np.ix_(p, q)],
        drawn.mentor_capacity[p],
        drawn.mentee_capacity[q],
        drawn.objectives,
    )
    one, other = pk.solve(drawn.problem), pk.solve(moved.problem)
    assert values(one) == pytest.approx(values(other), abs=1e-9)


@given(drawn=drawn_problems(most=6), score=st.floats(-1, 2))
def test_an_extra_candidate_never_hurts(drawn: Drawn, score: float) -> None:
    before = values(pk.solve(drawn.problem))
    scores = drawn.scores.copy()
    scores[np.isnan(scores)] = score
    after = values(pk.solve(drawn._replace(scores=scores).problem))
    assert after >= tuple(v - 1e-9 for v in before)


@given(drawn=drawn_problems(most=6))
def test_less_capacity_never_helps(drawn: Drawn) -> None:
    less = drawn._replace(mentor_capacity=np.maximum(drawn.mentor_capacity - 1, 0))
    before, after = values(pk.solve(drawn.problem)), values(pk.solve(less.problem))
    assert after <= tuple(v + 1e-9 for v in before)


@given(drawn=drawn_problems(most=6), exponent=st.integers(-300, 300))
def test_scaling_scores_scales_the_objective(drawn: Drawn, exponent: int) -> None:
    one = pk.solve(drawn.problem)
    other = pk.solve(drawn._replace(scores=np.ldexp(drawn.scores, exponent)).problem)
    assert other.status is pk.Status.OPTIMAL
    assert one.objective is not None
    assert other.objective == pytest.approx(np.ldexp(one.objective, exponent), rel=1e-9)


@given(drawn=drawn_problems(most=6))
def test_sparse_and_dense_scores_give_the_same(drawn: Drawn) -> None:
    i, j = np.nonzero(~np.isnan(drawn.scores))
    sparse = csr_array((drawn.scores[i, j], (i, j)), shape=drawn.scores.shape)
    problem = pk.Problem.from_scores(
        sparse, drawn.mentor_capacity, drawn.mentee_capacity, drawn.objectives
    )
    assert values(pk.solve(problem)) == pytest.approx(values(pk.solve(drawn.problem)), abs=1e-9)
    if drawn.mentor_capacity.max(initial=0) <= 1 and drawn.mentee_capacity.max(initial=0) <= 1:
        assert values(pk.solve(problem, "hungarian")) == pytest.approx(
            values(pk.solve(drawn.problem)), abs=1e-9
        )


def test_a_large_random_problem_agrees_across_solvers() -> None:
    scores = np.random.default_rng(3).random((150, 130))
    scores[np.random.default_rng(4).random(scores.shape) < 0.5] = np.nan
    for objectives in (BOTH, ALONE):
        problem = pk.Problem.from_scores(scores, objectives=objectives)
        one, other = pk.solve(problem, pk.Hungarian()), pk.solve(problem, pk.MinCostFlow())
        assert values(one) == pytest.approx(values(other), rel=1e-10)
        assert one.gap is not None
        assert one.gap < 1e-9


def test_integer_scores_are_proved_without_any_gap() -> None:
    scores = np.random.default_rng(5).integers(0, 100, (30, 30)).astype(float)
    for solver in (pk.Hungarian(), pk.MinCostFlow()):
        assert pk.solve(pk.Problem.from_scores(scores), solver).gap == 0.0


def test_the_same_seed_gives_the_same_random_pairs() -> None:
    problem = pk.Problem.from_scores(np.random.default_rng(0).random((20, 20)))
    one, other = (pk.solve(problem, "random-pairs", seed=7) for _ in range(2))
    assert one.mentees.tolist() == other.mentees.tolist()
    assert one.mentees.tolist() != pk.solve(problem, "random-pairs", seed=8).mentees.tolist()


def test_greedy_is_the_classic_trap() -> None:
    problem = pk.Problem.from_scores([[1.0, 0.9], [0.9, 0.0]])
    assert pk.solve(problem, pk.Greedy()).objective == pytest.approx(1.0)
    assert pk.solve(problem).objective == pytest.approx(1.8)


@pytest.mark.parametrize("solver", [pk.Greedy(), pk.RandomPairs()])
@pytest.mark.parametrize("peers", [False, True])
def test_candidates_in_batches_are_taken_as_all_at_once(
    solver: pk.Solver, peers: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    scores = np.round(np.random.default_rng(0).random((12, 12)), 1)
    problem = pk.Problem.from_scores(scores + scores.T, [1, 2, 0, 3] * 3, 2, peers=peers)
    whole = pk.solve(problem, solver, seed=4)
    monkeypatch.setattr("pairkit.solvers.greedy.BATCH", 5)
    parts = pk.solve(problem, solver, seed=4)
    assert whole.mentors.tolist() == parts.mentors.tolist()
    assert whole.mentees.tolist() == parts.mentees.tolist()


def test_everybody_can_stay_alone_under_quality_alone() -> None:
    solution = pk.solve(pk.Problem.from_scores([[-1.0]], objectives=("quality",)))
    assert len(solution) == 0
    assert solution.objective == 0.0
    assert solution.status is pk.Status.OPTIMAL


def test_participation_takes_a_bad_pair_rather_than_none() -> None:
    solution = pk.solve(pk.Problem.from_scores([[-1.0]]))
    assert solution.objective == -1.0


def test_hungarian_refuses_capacities_by_name_with_the_way_out() -> None:
    problem = pk.Problem.from_scores([[1.0, 2.0]], mentor_capacity=2)
    with pytest.raises(pk.UnsupportedError, match=r"Hungarian does not.*capacities.*min-cost-flow"):
        pk.solve(problem, pk.Hungarian())


def test_an_unknown_solver_is_refused_with_a_suggestion() -> None:
    with pytest.raises(pk.UnsupportedError, match="Did you mean 'hungarian'"):
        pk.solve(pk.Problem.from_scores([[1.0]]), "hungarain")


def test_solvers_of_other_packages_are_found_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    class Point:
        name = "greedily-yours"

        def load(self) -> type[pk.Greedy]:
            return pk.Greedy

    monkeypatch.setattr("pairkit.solvers.select.entry_points", lambda **_: [Point()])
    assert pk.solve(pk.Problem.from_scores([[1.0]]), "greedily-yours").solver == "Greedy"


def test_a_negative_seed_is_refused() -> None:
    with pytest.raises(pk.ProblemError, match="seed must be from 0 up"):
        pk.solve(pk.Problem.from_scores([[1.0]]), "greedy", seed=-1)


@dataclass(frozen=True)
class Stranger:
    """A solver that names somebody who is not there, or gives up on what has a solution."""

    status: pk.Status
    supports: frozenset[pk.Feature] = frozenset(pk.Feature)

    def solve(self, problem: pk.Problem, *, clock: pk.Clock, seed: int) -> pk.Answer:
        if not self.status.has_pairs:
            return pk.Answer.nothing(self.status)
        return pk.Answer(self.status, np.array([7]), np.array([0]))


def test_an_answer_with_strangers_or_without_a_reason_never_leaves_solve() -> None:
    problem = pk.Problem.from_scores([[1.0]])
    with pytest.raises(pk.VerificationError, match="a mentor who is not there"):
        pk.solve(problem, Stranger(pk.Status.FEASIBLE))
    with pytest.raises(pk.VerificationError, match="Infeasible without a conflict"):
        pk.solve(problem, Stranger(pk.Status.INFEASIBLE))


def test_names_of_solvers_ignore_case_and_underscores() -> None:
    assert pk.solve(pk.Problem.from_scores([[1.0]]), "Min_Cost_Flow").solver == "MinCostFlow"


@pytest.mark.parametrize("solver", ["hungarian", "min-cost-flow"])
def test_a_limit_that_is_over_before_the_solve_gives_no_solution(solver: str) -> None:
    solution = pk.solve(pk.Problem.from_scores([[1.0]]), solver, stop=pk.Stop(seconds=1e-9))
    assert solution.status is pk.Status.NO_SOLUTION_FOUND
    with pytest.raises(pk.NoSolutionFoundError, match="time was over"):
        solution.raise_for_status()


@pytest.mark.parametrize(("seconds", "gap"), [(0.0, 0.0), (-1.0, 0.0), (None, 1.5), (None, -0.1)])
def test_a_stop_out_of_range_is_refused(seconds: float | None, gap: float) -> None:
    with pytest.raises(pk.ProblemError, match="Stop"):
        pk.Stop(seconds=seconds, gap=gap)


def test_auto_says_why_it_chose() -> None:
    dense = pk.solve(pk.Problem.from_scores([[1.0]]))
    wide = pk.solve(pk.Problem.from_scores([[1.0]], mentor_capacity=2))
    thin = pk.solve(pk.Problem.from_scores(csr_array(np.ones((1, 1)))))
    assert "one to one" in dense.detail
    assert "several partners" in wide.detail
    assert "sparse" in thin.detail


@dataclass(frozen=True)
class Vast:
    """A space of which nobody asks for a pair."""

    shape: tuple[int, int] = (100_000, 100_000)


@pytest.mark.parametrize("capacity", [1, 2])
def test_auto_generates_columns_where_the_pairs_do_not_fit(capacity: int) -> None:
    room = np.full(100_000, capacity)
    problem = pk.Problem(Vast(), room, room)  # type: ignore[arg-type]
    solver, why = pk.Auto().choose(problem)
    assert solver == pk.ColumnGeneration()
    assert "10,000,000,000 pairs" in why


WIDE: list[list[list[float]]] = [
    [[2, 1, -1e15], [1, 2, -1e15]],
    [[1, 2, -1e18], [2, 1, -1e18]],
    [[0, 1, -1e15], [1, 0, -1e15]],
    [[0.1, -1e9], [0.2, 0.3]],
    [[1e-200, 1e200], [1.0, 1e200]],
]


@pytest.mark.parametrize("scores", WIDE)
@pytest.mark.parametrize("solver", [pk.MinCostFlow(), pk.Auto()], ids=repr)
def test_small_scores_do_not_drown_in_large_ones(
    scores: list[list[float]], solver: pk.Solver
) -> None:
    ones = (np.ones(2, dtype=np.int64), np.ones(len(scores[0]), dtype=np.int64))
    drawn = Drawn(np.array(scores), *ones, BOTH)
    solution = pk.solve(drawn.problem, solver)
    assert solution.status is pk.Status.OPTIMAL
    assert values(solution) == pytest.approx(brute_force(drawn), rel=1e-9)


@pytest.mark.parametrize("scores", WIDE)
def test_hungarian_says_so_where_its_rounding_leaves_a_doubt(scores: list[list[float]]) -> None:
    solution = pk.solve(pk.Problem.from_scores(scores), pk.Hungarian())
    best = pk.solve(pk.Problem.from_scores(scores)).objective
    assert solution.bound is not None
    assert best is not None
    assert solution.bound >= best * (1 - 1e-12)
    assert solution.status is pk.Status.FEASIBLE or solution.objective == pytest.approx(best)


def test_a_large_negative_mark_for_forbidden_pairs_does_no_harm() -> None:
    scores = np.random.default_rng(0).random((60, 60))
    out = np.random.default_rng(1).random((60, 60)) < 0.3
    marked, left_out = np.where(out, -1e9, scores), np.where(out, np.nan, scores)
    one, other = (pk.solve(pk.Problem.from_scores(s)) for s in (marked, left_out))
    assert one.status is pk.Status.OPTIMAL
    assert one.objective == pytest.approx(other.objective, rel=1e-12)


def test_prices_of_a_solution_that_is_not_the_best_do_not_settle() -> None:
    worth, made = np.array([1, 2, 2, 1]), np.array([True, False, False, True])
    ones = np.ones(2, dtype=np.int64)
    network = Network(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), worth, made, ones, ones)
    with pytest.raises(pk.SolverError, match="do not settle"):
        recover_prices(network)


def test_every_status_of_the_flow_has_a_meaning() -> None:
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    assert set(flow_module.STATUSES) == set(SimpleMinCostFlow.Status.__members__)


def test_a_flow_that_fails_is_an_error_not_a_solution(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(flow_module.STATUSES, "OPTIMAL", pk.Status.ERROR)
    solution = pk.solve(pk.Problem.from_scores([[1.0]]), "min-cost-flow")
    assert solution.status is pk.Status.ERROR
    with pytest.raises(pk.SolverError, match="OR-Tools ended with OPTIMAL"):
        solution.raise_for_status()


def test_costs_out_of_range_are_tried_again_with_fewer_bits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(flow_module, "MAX_COST_BITS", 62)
    monkeypatch.setattr(flow_module, "WORD_BITS", 80)
    scores = np.random.default_rng(0).random((20, 20))
    solution = pk.solve(pk.Problem.from_scores(scores), "min-cost-flow")
    assert solution.status is pk.Status.OPTIMAL
    assert solution.objective == pytest.approx(
        pk.solve(pk.Problem.from_scores(scores), "hungarian").objective
    )


@dataclass(frozen=True)
class Boastful:
    """A solver that claims a proof that its bounds do not bear out."""

    supports: frozenset[pk.Feature] = frozenset(pk.Feature)

    def solve(self, problem: pk.Problem, *, clock: pk.Clock, seed: int) -> pk.Answer:
        answer = pk.Greedy().solve(problem, clock=clock, seed=seed)
        return replace(answer, status=pk.Status.OPTIMAL, bounds=(2.0, 1.8))


def test_optimal_is_not_said_without_a_proof() -> None:
    solution = pk.solve(pk.Problem.from_scores([[1.0, 0.9], [0.9, 0.0]]), Boastful())
    assert solution.status is pk.Status.FEASIBLE
    assert solution.gap == pytest.approx(0.8 / 1.8)


@dataclass(frozen=True)
class Greedily:
    """A solver that gives everybody everything."""

    supports: frozenset[pk.Feature] = frozenset(pk.Feature)

    def solve(self, problem: pk.Problem, *, clock: pk.Clock, seed: int) -> pk.Answer:
        i, j = np.indices(problem.shape)
        return pk.Answer(pk.Status.FEASIBLE, i.ravel(), j.ravel())


def test_a_wrong_answer_never_leaves_solve() -> None:
    with pytest.raises(pk.VerificationError, match="Mentor 0 has 2 partners and room for 1"):
        pk.solve(pk.Problem.from_scores(np.ones((2, 2))), Greedily())


def test_scale_is_a_power_of_two_that_can_be_undone() -> None:
    numbers = np.array([3.0, -7.0, np.nan])
    scale = Scale.of(numbers)
    assert np.nanmax(np.abs(scale.apply(numbers))) <= 1.0
    assert scale.undo(float(scale.apply(numbers)[1])) == -7.0
    assert Scale.of(np.zeros(3)) == Scale(0)


def test_integers_round_only_where_they_must() -> None:
    exact, bits, error = integers(np.array([0.5, -1.0]), 40)
    assert (exact.tolist(), bits, error) == ([1 << (bits - 1), -(1 << bits)], bits, 0.0)
    _, bits, error = integers(np.array([1 / 3]), 30)
    assert bits == 30
    assert 0.0 < error <= 2.0**-31
