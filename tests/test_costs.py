"""Alternatives come in the order of what they cost at least, and cost no less than that."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

import pairkit as pk
from pairkit.costs import alternatives, least_costs, person_costs
from pairkit.solvers.places import prices_of
from tests.changed import ruled_problems


def lost(before: pk.Solution, after: pk.Solution) -> tuple[float, float] | None:
    """Return the pairs and the quality that are lost; ``None`` where there is no solution after."""
    if not after.status.has_pairs:
        return None
    values = [[level.value for level in one.levels] for one in (before, after)]
    pairs = values[0][0] - values[1][0] if len(values[0]) > 1 else 0.0
    return pairs, values[0][-1] - values[1][-1]


def check(problem: pk.Problem) -> None:
    """Check everybody's alternatives."""
    solution = pk.solve(problem)
    prices = prices_of(problem, solution)
    assert prices is not None
    made = set(zip(solution.mentors.tolist(), solution.mentees.tolist(), strict=True))
    for place in range(problem.shape[0]):
        found = alternatives(problem, solution, "mentor", place, n=9, prices=prices, exact=True)
        assert found.least is not None
        assert found.exact is not None
        costs = list(zip(found.least.pairs.tolist(), found.least.quality.tolist(), strict=True))
        assert costs == sorted(costs)
        for k, partner in enumerate(found.partners.tolist()):
            pair = (place, partner)
            assert (tuple(sorted(pair)) if problem.peers else pair) not in made
            true = lost(solution, found.exact[k])
            assert true is not None
            assert costs[k][0] <= true[0]
            if costs[k][0] == true[0]:
                assert costs[k][1] <= true[1] + 1e-6


@given(ruled_problems())
@settings(max_examples=40)
def test_an_alternative_costs_no_less_than_prices_say(problem: pk.Problem) -> None:
    check(problem)


@given(ruled_problems(peers=True))
@settings(max_examples=30)
def test_nor_does_one_among_peers(problem: pk.Problem) -> None:
    check(problem)


@given(ruled_problems())
@settings(max_examples=60)
def test_a_flow_more_tells_what_pairs_of_a_person_cost(problem: pk.Problem) -> None:
    solution = pk.solve(problem)
    for side, size in zip(("mentor", "mentee"), problem.shape, strict=True):
        room = problem.mentor_capacity if side == "mentor" else problem.mentee_capacity
        for place in range(size):
            told = person_costs(problem, solution, side, place)  # type: ignore[arg-type]
            assert told is not None
            for other in range(len(told.pairs)):
                pair = (place, other) if side == "mentor" else (other, place)
                forced = pk.what_if(problem, solution, pk.ForcePair(*pair))
                true = lost(solution, forced.solution)
                if true is None:
                    continue
                if room[place] == 1:
                    assert told.pairs[other] == true[0]
                    assert told.quality[other] == pytest.approx(true[1], abs=1e-6)
                elif told.pairs[other] == true[0]:
                    assert told.quality[other] <= true[1] + 1e-6
                else:
                    assert told.pairs[other] < true[0]


PROBLEM = pk.Problem.from_scores([[0.9, 0.5, 0.6], [0.8, 0.1, float("nan")], [0.1, 0.7, 0.2]])


def test_without_prices_the_best_scores_come_first() -> None:
    row = pk.Row("any", most=9.0)
    problem = replace(PROBLEM, rows=(row,))
    found = alternatives(problem, pk.solve(problem), "mentor", 0, n=1)
    assert (found.partners.tolist(), found.scores.tolist()) == ([0], [0.9])
    assert (found.least, found.exact) == (None, None)


def test_with_prices_either_comes_first() -> None:
    solution = pk.solve(PROBLEM, "min-cost-flow")
    by_cost = alternatives(PROBLEM, solution, "mentee", 1)
    by_score = alternatives(PROBLEM, solution, "mentee", 1, by="score")
    assert by_cost.partners.tolist() == by_score.partners.tolist() == [0, 1]
    assert by_cost.least is not None
    assert by_cost.least.quality.round(6).tolist() == [0.6, 0.9]


def test_a_pair_that_cannot_be_made_has_no_cost() -> None:
    problem = pk.Problem.from_scores([[0.9, 0.5], [0.4, float("nan")]], [1, 0], require=[(0, 0)])
    solution = pk.solve(problem, "min-cost-flow")
    assert solution.prices is not None
    cost = least_costs(problem, solution, solution.prices, np.array([0, 0]), np.array([0, 1]))
    assert cost.pairs[0] == cost.quality[0] == 0.0
    assert np.isnan([cost.pairs[1], cost.quality[1]]).all()
    assert len(alternatives(problem, solution, "mentor", 0).partners) == 0


def test_a_pair_may_cost_a_pair() -> None:
    problem = pk.Problem.from_scores([[0.9, 0.4], [0.8, float("nan")]])
    solution = pk.solve(problem, "min-cost-flow")
    found = alternatives(problem, solution, "mentor", 0, exact=True)
    assert found.least is not None
    assert found.exact is not None
    assert found.least.pairs.tolist() == [1.0]
    true = lost(solution, found.exact[0])
    assert true is not None
    assert true == pytest.approx((1.0, 0.3))


def test_a_solution_that_is_not_the_best_may_gain() -> None:
    solution = pk.solve(PROBLEM, "random-pairs", seed=0)
    prices = prices_of(PROBLEM)
    assert prices is not None
    best = pk.solve(PROBLEM)
    cost = least_costs(PROBLEM, solution, prices, best.mentors, best.mentees)
    assert (best.objective or 0.0) > (solution.objective or 0.0)
    gained = (solution.objective or 0.0) - (best.objective or 0.0)
    made = set(zip(solution.mentors.tolist(), solution.mentees.tolist(), strict=True))
    for k, pair in enumerate(zip(best.mentors.tolist(), best.mentees.tolist(), strict=True)):
        assert cost.quality[k] == pytest.approx(0.0 if pair in made else gained, abs=1e-6)


def test_without_pairs_or_with_other_objectives_nothing_is_compared() -> None:
    pinned = pk.Problem.from_scores([[float("nan")]], require=[(0, 0)])
    nothing = pk.solve(pinned)
    prices = prices_of(PROBLEM)
    assert prices is not None
    with pytest.raises(pk.ProblemError, match="no pairs to compare"):
        alternatives(pinned, nothing, "mentor", 0, prices=prices)
    fair = pk.Problem.from_scores([[0.5]], objectives=["egalitarian"])
    assert alternatives(fair, pk.solve(fair), "mentor", 0, prices=prices).least is None
    with pytest.raises(pk.ProblemError, match="at least 1 alternative"):
        alternatives(PROBLEM, pk.solve(PROBLEM), "mentor", 0, n=0)
