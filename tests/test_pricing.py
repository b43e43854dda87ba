"""Prices prove no more than there is: compared with every solution of small problems."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

import pairkit as pk
from pairkit.costs import least_costs
from pairkit.parts import Elementwise
from pairkit.pricing import Amounts, PlacePrices
from pairkit.problem import Feature
from pairkit.rows import Row
from pairkit.solvers.base import ADDITIVE
from pairkit.solvers.places import prices_of
from pairkit.testing import Solutions, every_solution, problems
from tests.problems import ALONE, BOTH, Drawn, drawn_problems

EVERY_PAIR = Elementwise(lambda i, j: np.ones(np.broadcast_shapes(i.shape, j.shape)))
RULED = ADDITIVE | {Feature.PROGRAM_RULES}
POOLS = ADDITIVE | {Feature.PEERS}
EVERY = RULED | POOLS


def values(every: Solutions) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs, 0 where quality alone counts, and the quality of every solution."""
    quality = every.levels[-1][:, 0]
    pairs = every.levels[0][:, 0] if len(every.levels) > 1 else np.zeros(len(quality))
    return pairs, quality


def noise(every: Solutions) -> float:
    return 1e-7 * float(np.abs(every.scores).sum()) + 1e-300


def assert_bounds(every: Solutions, prices: PlacePrices) -> None:
    """Check that no solution exceeds the bound."""
    pairs, quality = values(every)
    assert (pairs <= prices.bound.pairs + 1e-6).all()
    for one, other in zip(pairs, quality, strict=True):
        assert other <= prices.bound.quality_of(one) + noise(every)


def true_costs(every: Solutions, solution: pk.Solution) -> Amounts:
    """Return what it costs to make each candidate; nan where no solution has it."""
    pairs, quality = values(every)
    best = max(zip(pairs.tolist(), quality.tolist(), strict=True))
    assert best == pytest.approx(
        [level.value for level in solution.levels][-2:]
        if len(every.levels) > 1
        else [0.0, solution.levels[-1].value],
        abs=noise(every),
    )
    found = np.full((2, len(every.mentors)), np.nan)
    for k in range(len(every.mentors)):
        has = every.made[:, k]
        if has.any():
            most = max(zip(pairs[has].tolist(), quality[has].tolist(), strict=True))
            found[:, k] = best[0] - most[0], best[1] - most[1]
    return Amounts(found[0], found[1])


def assert_costs(problem: pk.Problem, prices: PlacePrices | None) -> tuple[Amounts, Amounts]:
    """Check that nothing costs less than is said; return what was said, and what is true."""
    assert prices is not None
    every, solution = every_solution(problem), pk.solve(problem)
    assert_bounds(every, prices)
    told = least_costs(problem, solution, prices, every.mentors, every.mentees)
    true = true_costs(every, solution)
    for k in np.flatnonzero(~np.isnan(true.pairs)).tolist():
        assert told.pairs[k] <= true.pairs[k]
        if told.pairs[k] == true.pairs[k]:
            assert told.quality[k] <= true.quality[k] + noise(every)
    made = set(zip(solution.mentors.tolist(), solution.mentees.tolist(), strict=True))
    for k, pair in enumerate(zip(every.mentors.tolist(), every.mentees.tolist(), strict=True)):
        if pair in made:
            assert (told.pairs[k], told.quality[k]) == (0.0, 0.0)
    return told, true


def solvable(problem: pk.Problem) -> bool:
    return len(every_solution(problem)) > 0


@given(problems(ADDITIVE).filter(solvable))
@settings(max_examples=100)
def test_no_pair_costs_less_than_prices_say(problem: pk.Problem) -> None:
    for solver in ("min-cost-flow", "column-generation"):
        told, _ = assert_costs(problem, pk.solve(problem, solver).prices)
        assert told.pairs.shape == told.quality.shape
    assert_costs(problem, prices_of(problem))


@given(problems(POOLS).filter(lambda one: one.peers and solvable(one)))
@settings(max_examples=60)
def test_nor_does_it_among_peers(problem: pk.Problem) -> None:
    assert_costs(problem, prices_of(problem))


@given(problems(EVERY).filter(lambda one: bool(one.rows or one.loads) and solvable(one)))
@settings(max_examples=100)
def test_nor_does_it_under_rules_on_the_whole_program(problem: pk.Problem) -> None:
    prices = prices_of(problem)
    at_hand = prices_of(problem, pk.solve(problem))
    rooms = problem.mentor_capacity, problem.mentee_capacity
    nobody = min(map(np.count_nonzero, rooms))
    if nobody < 1 + problem.peers:
        assert prices is None
    for one in (prices, at_hand):
        if one is not None:
            assert_costs(problem, one)


@given(drawn_problems(most=3, capacity=1, forbidden=False))
@settings(max_examples=100)
def test_of_an_assignment_they_mostly_say_what_it_costs(drawn: Drawn) -> None:
    problem = drawn.problem
    told, true = assert_costs(problem, pk.solve(problem, "min-cost-flow").prices)
    possible = ~np.isnan(true.pairs)
    assert (told.pairs[possible] == true.pairs[possible]).all()


def test_most_costs_of_assignments_are_exact() -> None:
    rng = np.random.default_rng(5)
    exact = total = 0
    for _ in range(40):
        problem = pk.Problem.from_scores(rng.integers(0, 64, (3, 4)) / 64.0, objectives=BOTH)
        told, true = assert_costs(problem, pk.solve(problem, "min-cost-flow").prices)
        exact += int(np.isclose(told.quality, true.quality, atol=1e-9).sum())
        total += len(true.quality)
    assert exact > 0.6 * total


@given(drawn_problems(most=4).filter(lambda one: one.problem.mentor_capacity.size > 0))
@settings(max_examples=100)
def test_prices_prove_the_best_solution(drawn: Drawn) -> None:
    problem = drawn.problem
    solution = pk.solve(problem, "min-cost-flow")
    prices = solution.prices
    assert prices is not None
    size = 1e-6 * float(np.nansum(np.abs(drawn.scores))) + 1e-12
    last = solution.levels[-1].value
    assert prices.bound.pairs == (len(solution) if prices.bonus else 0.0)
    assert prices.bound.quality == pytest.approx(last, abs=size)
    # complementary slackness: who has room left has a price of 0, what is made is worth its prices
    loads = problem.partners(solution.mentors, solution.mentees)
    for load, room, own in zip(
        loads,
        (problem.mentor_capacity, problem.mentee_capacity),
        (prices.mentors, prices.mentees),
        strict=True,
    ):
        assert np.isnan(own.pairs[room == 0]).all()
        assert (own.pairs[(load < room) & (room > 0)] == 0.0).all()
        assert (own.quality[(load < room) & (room > 0)] == 0.0).all()
    worth = prices.worth(solution.mentors, solution.mentees, solution.scores)
    assert (worth.pairs * 1e3 + worth.quality >= -size).all()


@given(drawn_problems(most=3))
@settings(max_examples=100)
def test_least_and_greatest_prices_are_what_a_place_more_or_less_is_worth(
    drawn: Drawn,
) -> None:
    problem = drawn.problem
    prices = prices_of(problem)
    assert prices is not None
    assert prices.least is not None
    assert prices.greatest is not None
    best = best_values(problem)
    size = 1e-6 * float(np.nansum(np.abs(drawn.scores))) + 1e-12
    for k, name in enumerate(("mentor_capacity", "mentee_capacity")):
        room = getattr(problem, name)
        for place in np.flatnonzero(room):
            for step, side in ((1, prices.least[k]), (-1, prices.greatest[k])):
                other = room.copy()
                other[place] += step
                gained = (best_values(replace(problem, **{name: other})) - best) * step
                assert side.pairs[place] == gained[0]
                assert side.quality[place] == pytest.approx(gained[1], abs=size)


@given(drawn_problems(most=4))
@settings(max_examples=50)
def test_what_a_few_candidates_leave_between_prices_is_no_narrower(drawn: Drawn) -> None:
    exact = pk.solve(drawn.problem, "min-cost-flow").prices
    wide = pk.solve(drawn.problem, "column-generation").prices
    assert exact is not None
    assert exact.exact
    assert wide is not None
    lattices = [one.least + one.greatest for one in (exact, wide) if one.least and one.greatest]
    size = 1e-6 * float(np.nansum(np.abs(drawn.scores))) + 1e-12
    for k in range(4):
        low, high = (lattices[one][k] for one in ((1, 0) if k < 2 else (0, 1)))
        known = ~np.isnan(low.pairs + high.pairs)
        less = low._replace(quality=low.quality - size)
        assert less.below(high)[known].all()


def best_values(problem: pk.Problem) -> np.ndarray:
    found = pk.solve(problem, "min-cost-flow")
    return np.array([0.0, *(level.value for level in found.levels)])[-2:]


def test_scores_far_from_one_have_prices_in_their_own_unit() -> None:
    scores = np.array([[0.75, 0.5], [0.5, 0.0]])
    for exponent in (-100, 100):
        problem = pk.Problem.from_scores(np.ldexp(scores, exponent))
        for solver in ("min-cost-flow", "column-generation"):
            prices = pk.solve(problem, solver).prices
            assert prices is not None
            assert prices.bound.quality == pytest.approx(float(np.ldexp(1.0, exponent)))
        row = Row("none of the best", Elementwise(lambda i, j: 1.0 * (i + j == 0)), most=0.0)
        prices = prices_of(replace(problem, rows=(row,)))
        assert prices is not None
        assert prices.bound.quality == pytest.approx(float(np.ldexp(1.0, exponent)), rel=1e-6)


def test_a_rule_that_holds_pairs_back_has_a_price() -> None:
    row = Row("at most one here", Elementwise(lambda i, j: 1.0 * (j == 0) + 0.0 * i), most=1.0)
    problem = pk.Problem.from_scores(
        [[0.9, 0.1], [0.8, 0.1]], mentee_capacity=2, objectives=ALONE, rows=[row]
    )
    prices = prices_of(problem)
    assert prices is not None
    assert prices.rows[0].row is row
    assert prices.rows[0].quality == pytest.approx(0.7, abs=1e-3)
    assert prices.bound.quality == pytest.approx(1.0, abs=1e-6)


def test_many_pairs_are_priced_by_column_generation() -> None:
    rng = np.random.default_rng(0)
    scores = rng.random((900, 2300))
    problem = pk.Problem.from_scores(scores)
    prices = prices_of(problem)
    assert prices is not None
    assert not prices.exact
    solution = pk.solve(problem)
    assert solution.prices is None
    assert prices_of(problem, replace(solution, prices=prices)) is prices
    i, j = np.array([3, 5]), np.array([7, 11])
    told = least_costs(problem, solution, prices, i, j)
    for k in range(2):
        forced = pk.solve(replace(problem, pinned_mentors=i[[k]], pinned_mentees=j[[k]]))
        assert forced.objective is not None
        assert solution.objective is not None
        assert told.quality[k] <= solution.objective - forced.objective + 1e-6
        assert told.quality[k] >= 0.0


def test_under_a_rule_many_pairs_are_priced_too() -> None:
    rng = np.random.default_rng(0)
    row = Row("few of the first", Elementwise(lambda i, j: 1.0 * (i < 50) + 0.0 * j), most=20.0)
    problem = pk.Problem.from_scores(rng.random((160, 170)), rows=[row])
    solution = pk.solve(problem)
    prices = prices_of(problem, solution)
    assert prices is not None
    assert len(solution) == 130
    assert prices.bound.quality_of(len(solution)) == pytest.approx(solution.objective, rel=1e-5)


@pytest.mark.parametrize(
    "problem",
    [
        pk.Problem.from_scores([[0.5]], objectives=["egalitarian"]),
        pk.Problem.from_scores([[0.5]], objectives=["stability"]),
        pk.Problem.from_scores([[0.5]], objectives=["quality", "participation"]),
        pk.Problem.from_scores([[float("nan")]], require=[(0, 0)]),
        pk.Problem.from_scores(
            [[0.5]],
            rows=[Row("too many", EVERY_PAIR, least=2.0)],
        ),
        pk.Problem.from_scores([[0.5]], 0, rows=[Row("nothing", most=1.0)]),
    ],
)
def test_where_prices_tell_nothing_there_are_none(problem: pk.Problem) -> None:
    assert prices_of(problem) is None


def test_the_time_may_be_over_before() -> None:
    row = Row("any", EVERY_PAIR, most=50.0)
    problem = pk.Problem.from_scores(np.ones((200, 200)), rows=[row])
    assert prices_of(problem, stop=pk.Stop(seconds=1e-9)) is None
