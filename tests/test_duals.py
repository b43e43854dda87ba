"""Prices of flows prove what they say: compared with every choice of prices, and of pairs."""

from __future__ import annotations

import itertools
import math
from typing import NamedTuple

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from numpy.typing import NDArray

import pairkit as pk
from pairkit.pairspace import Candidates, candidates
from pairkit.pricing import Bound
from pairkit.solvers.duals import Duals, Worth
from pairkit.solvers.flow import best_flow
from pairkit.solvers.prices import Network, Prices, nearest_prices, recover_prices
from pairkit.solvers.scaling import Scale
from tests.problems import BOTH, Drawn, brute_force, drawn_problems

HIGHEST = 4


@st.composite
def networks(draw: st.DrawFn, *, most: int = 4) -> Network:
    """Draw a best solution over a few candidates of small whole worth."""
    m, n = draw(st.integers(1, most)), draw(st.integers(1, most))
    cells = [(i, j) for i in range(m) for j in range(n)]
    places = sorted(draw(st.sets(st.sampled_from(cells), min_size=1)))
    i, j = np.array(places, dtype=np.int64).T
    size = len(places)
    worth = np.array(draw(st.lists(st.integers(1, HIGHEST), min_size=size, max_size=size)))
    room = [
        np.array(draw(st.lists(st.integers(1, 3), min_size=k, max_size=k)), dtype=np.int64)
        for k in (m, n)
    ]
    found = Candidates(i, j, worth / 8.0)
    flow = best_flow(found, found.scores, *room, first=False)
    assert flow.status is pk.Status.OPTIMAL
    return Network(i, j, worth, flow.made, *room)


def assert_optimal(network: Network, prices: Prices) -> None:
    """Check complementary slackness: these prices prove that the solution is a best one."""
    u, v = prices.mentors, prices.mentees
    assert (u >= 0).all()
    assert (v >= 0).all()
    loads = [
        np.bincount(p[network.made], minlength=len(one))
        for p, one in ((network.mentors, u), (network.mentees, v))
    ]
    assert (u[loads[0] < network.mentor_capacity] == 0).all()
    assert (v[loads[1] < network.mentee_capacity] == 0).all()
    left = network.worth - u[network.mentors] - v[network.mentees]
    assert (left[network.made] >= 0).all()
    assert (left[~network.made] <= 0).all()


def optimal_mentee_prices(network: Network) -> list[tuple[int, ...]]:
    """Return all whole prices of mentees for which mentors have prices that prove the solution."""
    m, n = len(network.mentor_capacity), len(network.mentee_capacity)
    loads = np.bincount(network.mentors[network.made], minlength=m)
    open_j = np.bincount(network.mentees[network.made], minlength=n) < network.mentee_capacity
    choices = [range(1) if is_open else range(HIGHEST + 1) for is_open in open_j]
    found = []
    for v in itertools.product(*choices):
        left = network.worth - np.array(v)[network.mentees]
        low, high = np.zeros(m), np.where(loads < network.mentor_capacity, 0.0, np.inf)
        np.maximum.at(low, network.mentors[~network.made], left[~network.made])
        np.minimum.at(high, network.mentors[network.made], left[network.made])
        if (low <= high).all():
            found.append(v)
    return found


@given(networks())
@settings(max_examples=60)
def test_recovered_prices_prove_the_flow_and_are_the_least_of_mentees(network: Network) -> None:
    prices = recover_prices(network)
    assert_optimal(network, prices)
    every = np.array(optimal_mentee_prices(network))
    assert prices.mentees.tolist() == every.min(axis=0).tolist()


@given(networks(), st.data())
@settings(max_examples=60)
def test_nearest_prices_are_optimal_and_equal_what_is_wanted_where_that_is(
    network: Network, data: st.DataObject
) -> None:
    every = optimal_mentee_prices(network)
    for wanted in (data.draw(st.sampled_from(every)), every[0], every[-1]):
        prices = nearest_prices(network, np.array(wanted))
        assert_optimal(network, prices)
        assert prices.mentees.tolist() == list(wanted)


@given(networks(), st.data())
@settings(max_examples=60)
def test_nearest_prices_stay_between_the_least_and_the_greatest(
    network: Network, data: st.DataObject
) -> None:
    n = len(network.mentee_capacity)
    wanted = np.array(data.draw(st.lists(st.integers(-3, 2 * HIGHEST), min_size=n, max_size=n)))
    prices = nearest_prices(network, wanted)
    assert_optimal(network, prices)
    every = np.array(optimal_mentee_prices(network))
    assert (prices.mentees >= every.min(axis=0)).all()
    assert (prices.mentees <= every.max(axis=0)).all()
    assert (prices.mentees >= np.clip(wanted, 0, every.max(axis=0))).all()


@given(networks(), st.data())
@settings(max_examples=60)
def test_a_solution_that_is_not_the_best_has_no_prices(
    network: Network, data: st.DataObject
) -> None:
    made = network.made.copy()
    keep = data.draw(st.lists(st.booleans(), min_size=len(made), max_size=len(made)))
    made &= np.array(keep)
    worse = Network(
        network.mentors,
        network.mentees,
        network.worth,
        made,
        network.mentor_capacity,
        network.mentee_capacity,
    )
    if made.sum() == network.made.sum():
        assert_optimal(worse, recover_prices(worse))
    else:
        with pytest.raises(pk.SolverError, match="do not settle"):
            recover_prices(worse)
        with pytest.raises(pk.SolverError, match="do not settle"):
            nearest_prices(worse, np.zeros(len(network.mentee_capacity), dtype=np.int64))


@given(networks())
def test_turning_a_network_twice_gives_it_back(network: Network) -> None:
    turned = network.turned()
    assert (np.diff(turned.mentors) >= 0).all()
    again = turned.turned()
    for name in ("mentors", "mentees", "worth", "made", "mentor_capacity", "mentee_capacity"):
        assert np.array_equal(getattr(again, name), getattr(network, name))
    assert_optimal(turned, recover_prices(turned))


class Solved(NamedTuple):
    """A drawn problem, its flow, and the duals of it."""

    found: Candidates
    room: tuple[NDArray[np.int64], NDArray[np.int64]]
    duals: Duals


def solved(drawn: Drawn) -> Solved:
    found = candidates(drawn.problem.space)
    found = found.take(
        (drawn.mentor_capacity[found.mentors] > 0) & (drawn.mentee_capacity[found.mentees] > 0)
    )
    first = drawn.objectives == BOTH
    if not first:
        found = found.take(found.scores > 0.0)
    room = (
        np.minimum(drawn.mentor_capacity, drawn.scores.shape[1]),
        np.minimum(drawn.mentee_capacity, drawn.scores.shape[0]),
    )
    scale = Scale.of(found.scores)
    flow = best_flow(found, scale.apply(found.scores), *room, first=first)
    bonus = flow.bonus(*room) if first else 0
    prices = recover_prices(flow.network(found, *room, first=first))
    largest = float(np.abs(found.scores).max(initial=0.0))
    duals = Duals.from_prices(prices, flow.bits, bonus, scale, largest=largest)
    assert duals.column_units(flow.bits, bonus, scale).tolist() == prices.mentees.tolist()
    return Solved(found, room, duals)


def no_excess(size: int) -> Worth:
    return Worth(np.zeros(size), np.zeros(size))


filled = drawn_problems(most=5).filter(lambda drawn: min(drawn.scores.shape) > 0)


@given(filled)
def test_the_duals_of_a_flow_prove_its_value(drawn: Drawn) -> None:
    found, room, duals = solved(drawn)
    best = brute_force(drawn)
    assert best is not None
    bound = duals.bound(room, found, no_excess(len(room[0])))
    if drawn.objectives == BOTH:
        assert bound.pairs == best[0]
    assert bound.quality_of(bound.pairs) == pytest.approx(best[-1], abs=1e-8)
    assert (
        not duals.worth(found.mentors, found.mentees, found.scores)
        .above(1e-9)[duals.lifted_worth(found.mentors, found.mentees, found.scores) < -1e-9]
        .any()
    )


prices_of = st.floats(0, 2).map(lambda price: round(price, 3))


@given(filled, st.data())
def test_any_prices_bound_every_solution(drawn: Drawn, data: st.DataObject) -> None:
    found, room, _ = solved(drawn)
    first = drawn.objectives == BOTH
    u, v = (
        np.array(data.draw(st.lists(prices_of, min_size=len(one), max_size=len(one))))
        for one in room
    )
    p, q = (
        np.array(data.draw(st.lists(st.booleans(), min_size=len(one), max_size=len(one)))) * 1.0
        for one in room
    )
    if not first:
        p, q = 0.0 * p, 0.0 * q
    u, v = np.where(p > 0, u - 1.0, u), np.where(q > 0, v - 1.0, v)
    duals = Duals.of(u, v, p, q, first=first, largest=2.0)
    inside = data.draw(st.lists(st.booleans(), min_size=len(found), max_size=len(found)))
    graph, others = found.take(np.array(inside, bool)), found.take(~np.array(inside, bool))
    values = duals.lifted_worth(others.mentors, others.mentees, others.scores)
    most = np.zeros(len(u))
    np.maximum.at(most, others.mentors, values)
    bound = duals.bound(room, graph, duals.worth_of_lifted(most))
    best = brute_force(drawn)
    assert best is not None
    pairs = best[0] if first else 0.0
    assert bound.pairs >= pairs
    assert bound.quality_of(pairs) >= best[-1] - 1e-9


@given(filled)
def test_lifted_prices_say_the_same_in_one_number(drawn: Drawn) -> None:
    found, _, duals = solved(drawn)
    u, v = duals.lifted()
    lifted = found.scores - u[found.mentors] - v[found.mentees]
    expected = duals.lifted_worth(found.mentors, found.mentees, found.scores)
    np.testing.assert_allclose(lifted, expected, rtol=0, atol=1e-9)
    worth = duals.worth(found.mentors, found.mentees, found.scores)
    assert np.array_equal(expected > 1e-6, worth.above(1e-6))
    assert duals.lift == 0.0 or duals.lift > 2.0 * np.abs(worth.rest).max(initial=0.0)
    good = worth.above(1e-6)
    back = duals.worth_of_lifted(expected[good])
    assert back.bonuses.tolist() == worth.bonuses[good].tolist()
    np.testing.assert_allclose(back.rest, worth.rest[good], rtol=0, atol=1e-9)


def test_nobody_has_no_prices_to_lift() -> None:
    none = np.zeros(0)
    duals = Duals.of(none, none, none, none, first=True, largest=1.0)
    assert [len(side) for side in duals.lifted()] == [0, 0]


def test_worth_counts_bonuses_first_and_then_the_rest() -> None:
    worth = Worth(np.array([1.0, 0.0, 0.0, 0.0, -1.0]), np.array([-9.0, 0.3, 0.1, -0.1, 9.0]))
    assert worth.above(0.2).tolist() == [True, True, False, False, False]
    assert worth.above(0.0).tolist() == [True, True, True, False, False]


def test_a_bound_gives_its_lift_for_every_pair_fewer() -> None:
    bound = Bound(pairs=10.0, quality=7.0, lift=4.0)
    assert bound.quality_of(10.0) == 7.0
    assert bound.quality_of(8.0) == 15.0
    assert bound.quality_of(12.0) == 7.0
    assert Bound(0.0, 3.0, 0.0).quality_of(math.inf) == 3.0


def test_the_lift_is_more_than_all_rests_can_make_good() -> None:
    u, v = np.array([3.0, -1.0]), np.array([0.5])
    zeros = np.zeros(2), np.zeros(1)
    assert Duals.of(u, v, *zeros, first=False, largest=1.0).lift == 0.0
    assert Duals.of(u, v, *zeros, first=True, largest=1.0).lift > 2.0 * (1.0 + 3.0 + 0.5)
