"""Earlier pairs are kept, gaps are filled, and nothing else changes than has to."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pairkit as pk
from pairkit.parts import Listed, of_side
from pairkit.testing import every_solution, problems

LEAST = [pk.Feature.LEAST_CHANGE, pk.Feature.CAPACITIES, pk.Feature.BROKEN_LIMIT]
PARTICIPATION, QUALITY = (pk.Aim(pk.Objective.PARTICIPATION), pk.Aim(pk.Objective.QUALITY))


def earlier(pairs: list[tuple[int, int]], shape: tuple[int, int]) -> pk.Aim:
    i, j = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return pk.Aim(pk.Objective.CONTINUITY, weight=Listed(i, j, 1.0, shape))


def made(solution: pk.Solution) -> set[tuple[int, int]]:
    return set(zip(solution.mentors.tolist(), solution.mentees.tolist(), strict=True))


@given(problems(LEAST))
def test_it_is_as_good_as_the_best_of_all_solutions(problem: pk.Problem) -> None:
    solution, known = pk.solve(problem, pk.Repair()), every_solution(problem)
    if not len(known):
        assert solution.status is pk.Status.INFEASIBLE
        return
    best = int(known.best()[0])
    values = [known.value(k, best) for k in range(len(problem.aims))]
    assert solution.status is pk.Status.OPTIMAL
    assert [level.value for level in solution.levels] == pytest.approx(values)


@given(st.integers(0, 10_000))
def test_it_agrees_with_integer_programs_on_larger_ones(seed: int) -> None:
    draw = np.random.default_rng(seed)
    shape = m, n = int(draw.integers(5, 14)), int(draw.integers(5, 14))
    scores = np.round(draw.random(shape), 3)
    scores[draw.random(shape) < 0.75] = np.nan
    pairs = [(k, k) for k in range(min(shape)) if draw.random() < 0.7]
    priority = of_side(draw.integers(0, 30, n).astype(np.float64), m, mentors=False)
    aims = [
        PARTICIPATION,
        earlier(pairs, shape),
        pk.Aim(pk.Objective.PARTICIPATION, weight=priority),
        QUALITY,
    ]
    problem = pk.Problem.from_scores(scores, draw.integers(1, 3, m), draw.integers(1, 3, n), aims)
    one, two = (pk.solve(problem, solver) for solver in (pk.Repair(), pk.Mip()))
    assert one.status is two.status is pk.Status.OPTIMAL
    values = [[level.value for level in found.levels] for found in (one, two)]
    assert values[0] == pytest.approx(values[1])


def test_a_chain_breaks_a_pair_only_for_a_pair_more() -> None:
    scores = np.full((3, 3), np.nan)
    scores[[0, 1, 0, 1], [0, 1, 1, 2]] = [0.9, 0.9, 0.2, 0.1]
    aims = [PARTICIPATION, earlier([(0, 0), (1, 1)], (3, 3)), QUALITY]
    assert made(pk.solve(pk.Problem.from_scores(scores, objectives=aims))) == {(0, 0), (1, 1)}
    scores[2, 1] = 0.1  # a third mentor, who sets the second one free for the third mentee
    found = pk.solve(pk.Problem.from_scores(scores, objectives=aims))
    assert (found.solver, made(found)) == ("Repair", {(0, 0), (1, 2), (2, 1)})


def test_of_chains_alike_the_one_that_loses_least_is_taken() -> None:
    scores = np.full((3, 3), np.nan)
    scores[[0, 1, 2, 2, 0, 1], [0, 1, 0, 1, 2, 2]] = [0.5, 0.5, 0.4, 0.5, 0.3, 0.3]
    aims = [PARTICIPATION, earlier([(0, 0), (1, 1)], (3, 3)), QUALITY]
    assert made(pk.solve(pk.Problem.from_scores(scores, objectives=aims))) == {
        (0, 0),
        (2, 1),
        (1, 2),
    }


def test_with_continuity_first_no_pair_is_broken() -> None:
    scores = [[0.9, 0.9], [0.9, np.nan]]
    aims = [earlier([(0, 0)], (2, 2)), PARTICIPATION, QUALITY]
    assert made(pk.solve(pk.Problem.from_scores(scores, objectives=aims))) == {(0, 0)}
    assert made(
        pk.solve(pk.Problem.from_scores(scores, objectives=[aims[1], aims[0], QUALITY]))
    ) == {(0, 1), (1, 0)}


def test_it_refuses_other_orders_by_name() -> None:
    aims = [QUALITY, earlier([(0, 0)], (1, 1))]
    with pytest.raises(pk.UnsupportedError, match="Repair does not support continuity, other"):
        pk.solve(pk.Problem.from_scores([[1.0]], objectives=aims), pk.Repair())


def test_where_earlier_pairs_have_no_room_any_more_another_solver_chooses() -> None:
    aims = [PARTICIPATION, earlier([(0, 0), (0, 1)], (1, 2)), QUALITY]
    problem = pk.Problem.from_scores([[0.5, 0.9]], objectives=aims)
    assert pk.Feature.LEAST_CHANGE not in problem.features
    solution = pk.solve(problem)
    assert (solution.solver, made(solution)) == ("Mip", {(0, 1)})


def test_a_stop_ends_with_what_is_there_and_no_proof() -> None:
    draw = np.random.default_rng(0)
    scores = draw.random((300, 300))
    scores[draw.random((300, 300)) < 0.98] = np.nan
    aims = [PARTICIPATION, earlier([(k, k) for k in range(300)], (300, 300)), QUALITY]
    problem = pk.Problem.from_scores(scores, objectives=aims)
    solution = pk.solve(problem, pk.Repair(), stop=pk.Stop(seconds=1e-9))
    assert solution.status is pk.Status.NO_SOLUTION_FOUND
