"""Mip and CpSat at the edges: what the conformance suite has found there."""

from __future__ import annotations

import numpy as np
import pytest

import pairkit as pk
from pairkit.parts import Elementwise, Index

SOLVERS = [pk.Mip(), pk.Mip(listed=0), pk.CpSat()]
every = pytest.mark.parametrize("solver", SOLVERS, ids=["mip", "mip over all pairs", "cp-sat"])
EMPTY = np.zeros((0, 0))


def nothing(i: Index, j: Index) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.zeros(np.broadcast_shapes(i.shape, j.shape))


@every
@pytest.mark.parametrize("exponent", [-300, -40, -20, 20, 40, 300])
def test_scores_of_any_size_are_proved(solver: pk.Solver, exponent: int) -> None:
    scores = np.ldexp([[0.5, 0.25], [0.75, 0.125]], exponent)
    solution = pk.solve(pk.Problem.from_scores(scores, objectives=["quality"]), solver)
    assert solution.status is pk.Status.OPTIMAL
    assert solution.objective == np.ldexp(1.0, exponent)


@every
@pytest.mark.parametrize("peers", [False, True])
@pytest.mark.parametrize("scores", [EMPTY, [[np.nan] * 2] * 2, [[0.0] * 2] * 2])
@pytest.mark.parametrize("room", [0, 1])
def test_problems_without_anything_to_gain_are_proved(
    solver: pk.Solver, scores: list[list[float]], *, room: int, peers: bool
) -> None:
    problem = pk.Problem.from_scores(scores, room, room, peers=peers)
    solution = pk.solve(problem, solver)
    assert solution.status is pk.Status.OPTIMAL
    assert solution.objective == 0.0


@every
def test_peers_of_whom_one_has_room_stay_alone(solver: pk.Solver) -> None:
    solution = pk.solve(pk.Problem.from_scores([[0, 1], [1, 0]], [1, 0], peers=True), solver)
    assert (solution.status, len(solution)) == (pk.Status.OPTIMAL, 0)


@every
@pytest.mark.parametrize("scores", [EMPTY, [[1.0]]])
@pytest.mark.parametrize("limits", [(0.5, 0.5), (1.0, 2.0)])
def test_a_sum_that_no_pair_can_reach_is_infeasible(
    solver: pk.Solver, scores: list[list[float]], limits: tuple[float, float]
) -> None:
    row = pk.Row("out of reach", Elementwise(nothing), *limits)
    assert pk.solve(pk.Problem.from_scores(scores, rows=[row]), solver).status == "infeasible"


@every
def test_a_pin_that_hard_bounds_on_loads_forbid_is_infeasible(solver: pk.Solver) -> None:
    none = pk.LoadBounds("nobody", "mentor", np.zeros(2, np.int64), np.zeros(2, np.int64))
    problem = pk.Problem.from_scores([[0, 1], [1, 0]], require=[(0, 1)], loads=[none], peers=True)
    assert pk.solve(problem, solver).status is pk.Status.INFEASIBLE


@every
def test_a_soft_limit_that_is_no_whole_number_costs_its_share(solver: pk.Solver) -> None:
    row = pk.Row("soft", Elementwise(nothing), most=-0.5, penalty=0.25)
    problem = pk.Problem.from_scores([[np.nan]], rows=[row])
    solution = pk.solve(problem, solver)
    assert solution.objective == -0.125
    assert solution.bound == pytest.approx(-0.125)


@every
def test_a_row_on_matched_people_may_say_that_it_counts_scores(solver: pk.Solver) -> None:
    row = pk.Row("people", most=0.0, of_score=True, matched=(np.ones(1), np.ones(1)))
    solution = pk.solve(pk.Problem.from_scores([[1.0]], rows=[row]), solver)
    assert (solution.status, len(solution)) == (pk.Status.OPTIMAL, 0)


@pytest.mark.parametrize("solver", [pk.Mip(), pk.CpSat()])
def test_what_a_tolerance_gave_up_is_no_doubt(solver: pk.Solver) -> None:
    aims = [pk.Aim(pk.Objective.PARTICIPATION, tolerance=0.5), pk.Aim(pk.Objective.QUALITY)]
    solution = pk.solve(pk.Problem.from_scores([[1.0], [-1.0]], 1, 2, aims), solver)
    assert [level.value for level in solution.levels] == [1.0, 1.0]
    assert solution.levels[0].bound == 2.0
    assert solution.status is pk.Status.OPTIMAL


@pytest.mark.parametrize("solver", [pk.Mip(), pk.CpSat()])
def test_priorities_that_nobody_can_have_are_proved(solver: pk.Solver) -> None:
    weight = Elementwise(lambda i, j: nothing(i, j) + 1.0)
    aims = [pk.Aim(pk.Objective.PARTICIPATION, weight=weight), pk.Aim(pk.Objective.QUALITY)]
    closed = pk.LoadBounds("closed", "mentee", np.zeros(1, np.int64), np.zeros(1, np.int64))
    problem = pk.Problem.from_scores([[1.0]], objectives=aims, loads=[closed])
    assert pk.solve(problem, solver).status is pk.Status.OPTIMAL


@every
def test_a_penalty_that_is_tiny_beside_a_score_is_counted(solver: pk.Solver) -> None:
    room = pk.LoadBounds(
        "none", "mentee", np.zeros(1, np.int64), np.zeros(1, np.int64), penalty=3.0
    )
    problem = pk.Problem.from_scores([[2.0**31]], loads=[room])
    solution = pk.solve(problem, solver)
    assert solution.objective == 2.0**31 - 3.0
    assert solution.status is pk.Status.OPTIMAL


@every
def test_a_score_that_is_small_beside_another_is_not_left_out(solver: pk.Solver) -> None:
    scores = [[0.0, 2.0**26, 0.0], [64.0, 0.0, 0.0]]
    solution = pk.solve(pk.Problem.from_scores(scores, 1, [1, 1, 2]), solver)
    assert solution.objective == 2.0**26 + 64.0


@every
def test_scores_that_hardly_differ_are_the_same_to_fairness(solver: pk.Solver) -> None:
    scores = [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [64.0, 0.0, -1e-10]]
    solution = pk.solve(pk.Problem.from_scores(scores, objectives=["egalitarian"]), solver)
    assert sorted(solution.scores.tolist()) == [0.0, 0.0, 64.0]  # two of the worst-off, not three


@every
def test_a_pin_holds_under_fairness(solver: pk.Solver) -> None:
    aims = [pk.Aim(pk.Objective.EGALITARIAN, steps=1)]
    problem = pk.Problem.from_scores([[0.25], [0.5]], objectives=aims, require=[(0, 0)])
    solution = pk.solve(problem, solver)
    assert (solution.mentors.tolist(), solution.objective) == ([0], 0.25)
    assert solution.status is pk.Status.OPTIMAL


@every
def test_fairness_matches_those_whom_an_earlier_tolerance_may_leave_out(solver: pk.Solver) -> None:
    aims = [
        pk.Aim(pk.Objective.PARTICIPATION, tolerance=0.5),
        pk.Aim(pk.Objective.EGALITARIAN, steps=1),
    ]
    solution = pk.solve(pk.Problem.from_scores([[0.0, 0.0]], 2, objectives=aims), solver)
    assert len(solution) == 2
