from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from typing import Literal

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from numpy.typing import NDArray

import pairkit as pk
from pairkit.pairspace import Candidates, space_of
from pairkit.solution import Stop
from pairkit.solvers.base import Clock
from pairkit.solvers.flow import Flow
from pairkit.solvers.sought import sought_prices
from tests.problems import BOTH, Drawn, brute_force, drawn_problems

NAN = math.nan
SIDES: tuple[Literal["mentor", "mentee"], ...] = ("mentor", "mentee")


def lists_of(drawn: Drawn, n: int, places: float, side: Literal["mentor", "mentee"]) -> Drawn:
    """The b-matching that lists are, from the words of the documentation."""
    m, k = drawn.scores.shape
    own, other = drawn.mentor_capacity, drawn.mentee_capacity
    if side == "mentee":
        own, other = other, own
    lists = np.array([n if room else 0 for room in own.tolist()], dtype=np.int64)
    shown = np.array([math.ceil(places * room) for room in other.tolist()], dtype=np.int64)
    rooms = (lists, shown) if side == "mentor" else (shown, lists)
    return Drawn(drawn.scores, rooms[0].reshape(m), rooms[1].reshape(k), BOTH)


def values(lists: pk.Shortlists) -> tuple[float, float]:
    return float(len(lists.scores)), float(lists.scores.sum())


def pairs(lists: pk.Shortlists) -> list[tuple[int, int]]:
    return list(zip(lists.people.tolist(), lists.candidates.tolist(), strict=True))


@given(drawn_problems(most=4), st.integers(1, 3), st.sampled_from([0.5, 1, 2]), st.data())
def test_the_lists_are_the_best_that_any_lists_can_be(
    drawn: Drawn, n: int, places: float, data: st.DataObject
) -> None:
    side = data.draw(st.sampled_from(SIDES))
    lists = pk.shortlists(drawn.problem, n, side=side, places=places)
    best = brute_force(lists_of(drawn, n, places, side))
    assert values(lists) == pytest.approx(best, abs=1e-6)
    assert lists.solution.status is pk.Status.OPTIMAL


@given(drawn_problems(), st.integers(1, 3), st.sampled_from([0.5, 1, 2]), st.data())
def test_lists_are_in_order_and_nobody_is_shown_too_often(
    drawn: Drawn, n: int, places: float, data: st.DataObject
) -> None:
    side = data.draw(st.sampled_from(SIDES))
    lists = pk.shortlists(drawn.problem, n, side=side, places=places)
    expected = lists_of(drawn, n, places, side)
    scores = drawn.scores if side == "mentor" else drawn.scores.T
    limits = expected.mentor_capacity, expected.mentee_capacity
    assert len(lists) == len(scores)
    assert (lists.shown <= limits[side == "mentor"]).all()
    assert (lists.shown <= lists.room).all()
    assert (lists.lengths <= limits[side == "mentee"]).all()
    for person in range(len(lists)):
        own = lists.of(person)
        assert own == tuple(sorted(own, key=lambda one: (-one.score, one.price, one.place)))
        assert len({one.place for one in own}) == len(own) == lists.lengths[person]
        assert [one.score for one in own] == [float(scores[person, one.place]) for one in own]
    assert lists.short.tolist() == [k for k in range(len(lists)) if len(lists.of(k)) < n]


@given(drawn_problems(most=4, capacity=2), st.integers(1, 2), st.data())
def test_a_price_is_what_one_more_list_would_add(drawn: Drawn, n: int, data: st.DataObject) -> None:
    side = data.draw(st.sampled_from(SIDES))
    lists = pk.shortlists(drawn.problem, n, side=side, places=1)
    asked = lists_of(drawn, n, 1, side)
    before = values(lists)
    for k, price in enumerate(lists.prices.tolist()):
        more = lists.room + (np.arange(len(lists.room)) == k)
        rooms = (lists.lengths, more) if side == "mentor" else (more, lists.lengths)
        after = brute_force(Drawn(asked.scores, rooms[0], rooms[1], BOTH))
        if lists.room[k]:
            assert after is not None
            assert after == pytest.approx((before[0], before[1] + price), abs=1e-6)
        else:
            assert price == 0.0


@given(drawn_problems(), st.sampled_from(SIDES))
def test_prices_by_scans_are_those_over_all_candidates(
    drawn: Drawn, side: Literal["mentor", "mentee"]
) -> None:
    solution = pk.solve(drawn.problem, "min-cost-flow")
    if "participation" not in drawn.objectives:
        return
    made = Candidates(solution.mentors, solution.mentees, solution.scores)
    room = drawn.mentor_capacity, drawn.mentee_capacity
    clock = Clock(Stop())
    by_list, by_scan = (
        sought_prices(drawn.problem.space, made, room, side, listed=listed, clock=clock)
        for listed in (True, False)
    )
    assert by_scan == pytest.approx(by_list, abs=1e-6)


@pytest.mark.parametrize("factor", [1e-30, 1.0, 1e30])
def test_prices_come_in_the_unit_of_the_scores(factor: float) -> None:
    scores = factor * np.array([[0.9, 0.9, 0.8], [0.7, 0.3, 0.2], [0.1, 0.6, 0.5]])
    lists = pk.shortlists(pk.Problem.from_scores(scores), 1)
    made = Candidates(lists.solution.mentors, lists.solution.mentees, lists.solution.scores)
    room = lists.room, np.ones(3, dtype=np.int64)
    by_scan = sought_prices(
        space_of(scores), made, room, "mentor", listed=False, clock=Clock(Stop())
    )
    assert lists.prices / factor == pytest.approx([0.3, 0.0, 0.0], abs=1e-6)
    assert by_scan / factor == pytest.approx([0.3, 0.0, 0.0], abs=1e-6)


def test_out_of_time_prices_are_too_low_and_not_too_high() -> None:
    scores = np.array([[0.9, 0.9, 0.8], [0.7, 0.3, 0.2], [0.1, 0.6, 0.5]])
    made = Candidates(np.arange(3), np.array([2, 0, 1]), np.array([0.8, 0.7, 0.6]))
    room = np.ones(3, dtype=np.int64), np.ones(3, dtype=np.int64)
    late = Clock(Stop(seconds=1e-9))
    prices = sought_prices(space_of(scores), made, room, "mentor", listed=False, clock=late)
    assert (prices <= np.array([0.3, 0.0, 0.0]) + 1e-9).all()
    assert (prices >= 0.0).all()


def test_a_back_end_that_fails_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    none = np.zeros(0, dtype=np.int64)
    failed = Flow(pk.Status.ERROR, "BAD_RESULT", none.astype(np.bool_), none, 8, 0.0)
    monkeypatch.setattr("pairkit.solvers.sought.best_flow", lambda *_, **__: failed)
    with pytest.raises(pk.SolverError, match="OR-Tools ended with BAD_RESULT"):
        pk.shortlists(pk.Problem.from_scores([[0.5]]))


def popular(people: int = 12) -> NDArray[np.float64]:
    """Everybody likes mentor 0 most, then 1, and so on."""
    ranks = np.linspace(0.9, 0.3, people)
    return np.add.outer(ranks, np.linspace(0.0, 0.05, people))


def test_where_all_like_the_same_mentor_most_that_mentor_is_shown_to_few() -> None:
    lists = pk.shortlists(pk.Problem.from_scores(popular()), 3)
    assert lists.lengths.tolist() == [3] * 12
    assert lists.shown.tolist() == [3] * 12
    naive = Counter(np.argsort(-popular(), axis=0)[:3].ravel().tolist())
    assert naive == {0: 12, 1: 12, 2: 12}
    assert (np.diff(lists.prices) <= 1e-9).all()
    assert lists.prices[0] > 0.0


def test_with_one_place_a_mentor_is_shown_as_often_as_there_is_room() -> None:
    room = np.array([1, 2, 3] * 4)
    lists = pk.shortlists(pk.Problem.from_scores(popular(), room), 3, places=1)
    assert (lists.shown == room).all()


def test_half_a_place_is_rounded_up_and_a_tenth_of_thirty_is_three() -> None:
    problem = pk.Problem.from_scores(np.ones((2, 9)), [3, 30])
    assert pk.shortlists(problem, 1, places=0.5).room.tolist() == [2, 9]
    assert pk.shortlists(problem, 1, places=0.1).room.tolist() == [1, 3]
    assert pk.shortlists(problem, 1, places=1e-12).room.tolist() == [1, 1]


def test_room_without_limit_is_shown_to_everybody() -> None:
    problem = pk.Problem.from_scores(popular(), math.inf)
    lists = pk.shortlists(problem, 2)
    assert {one.place for k in range(12) for one in lists.of(k)} == {0, 1}
    assert lists.prices.tolist() == [0.0] * 12


def test_a_list_stays_short_where_nobody_has_room_left() -> None:
    scores = np.array([[0.9, 0.8, 0.7], [NAN, 0.5, 0.6]])
    lists = pk.shortlists(pk.Problem.from_scores(scores), 2, places=2)
    assert lists.shown.tolist() == [2, 2]
    assert lists.lengths.sum() == 4
    assert lists.lengths.tolist() == [1, 2, 1]
    assert lists.short.tolist() == [0, 2]


def test_top_is_the_part_of_one_person() -> None:
    problem = pk.Problem.from_scores(popular())
    lists = pk.shortlists(problem, 3)
    assert [pk.top(problem, k, 3) for k in range(12)] == [lists.of(k) for k in range(12)]
    mentors = pk.shortlists(problem, 3, side="mentor")
    assert pk.top(problem, 2, 3, side="mentor") == mentors.of(2)


def test_more_than_there_are_gives_all_there_are() -> None:
    lists = pk.shortlists(pk.Problem.from_scores([[0.5, 0.4], [0.6, 0.3]]), 99)
    assert [[one.place for one in lists.of(k)] for k in range(2)] == [[1, 0], [0, 1]]
    assert lists.short.tolist() == [0, 1]


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0)])
@pytest.mark.parametrize("side", SIDES)
def test_with_an_empty_side_there_is_nobody_to_show(
    shape: tuple[int, int], side: Literal["mentor", "mentee"]
) -> None:
    lists = pk.shortlists(pk.Problem.from_scores(np.zeros(shape)), 2, side=side)
    assert len(lists) == shape[side == "mentee"]
    assert all(lists.of(k) == () for k in range(len(lists)))
    assert lists.prices.shape == (shape[side == "mentor"],)


def test_nobody_allowed_is_an_empty_list() -> None:
    lists = pk.shortlists(pk.Problem.from_scores([[NAN, 0.5]]), 2)
    assert lists.of(0) == ()
    assert lists.short.tolist() == [0, 1]


def test_who_is_pinned_is_on_no_list_and_has_none() -> None:
    problem = pk.Problem.from_scores(np.ones((3, 3)), require=[(0, 1)])
    lists = pk.shortlists(problem, 2)
    assert lists.of(1) == ()
    assert lists.shown.tolist() == [0, 2, 2]


def test_pins_that_cannot_be_made_are_infeasible() -> None:
    problem = pk.Problem.from_scores([[NAN, 0.5]], require=[(0, 0)])
    with pytest.raises(pk.InfeasibleError, match="forbidden"):
        pk.shortlists(problem, 1)


def test_no_time_is_no_solution() -> None:
    with pytest.raises(pk.NoSolutionFoundError):
        pk.shortlists(pk.Problem.from_scores(popular()), 2, stop=pk.Stop(seconds=1e-9))


@pytest.mark.parametrize("person", [-1, 2, 99])
def test_a_person_who_is_not_there_is_an_error(person: int) -> None:
    problem = pk.Problem.from_scores([[0.5, 0.4]])
    with pytest.raises(pk.UnknownParticipantError, match=f"There is no mentee {person}"):
        pk.top(problem, person)
    with pytest.raises(pk.UnknownParticipantError, match=f"There is no mentee {person}"):
        pk.shortlists(problem).of(person)


def test_numbers_out_of_range_are_errors() -> None:
    problem = pk.Problem.from_scores([[0.5, 0.4]])
    with pytest.raises(pk.ProblemError, match="n must be from 1 up"):
        pk.shortlists(problem, 0)
    for places in (0, -1, math.inf, NAN):
        with pytest.raises(pk.ProblemError, match="places must be a number above 0"):
            pk.shortlists(problem, 1, places=places)
    with pytest.raises(pk.ProblemError, match="side is 'mentor' or 'mentee'; not 'peer'"):
        pk.shortlists(problem, 1, side="peer")  # type: ignore[arg-type]


# --- peers


@st.composite
def drawn_peers(draw: st.DrawFn) -> tuple[NDArray[np.float64], list[int]]:
    people = draw(st.integers(0, 4))
    cell = st.one_of(st.integers(-2, 5).map(float), st.just(NAN))
    upper = np.array(draw(st.lists(cell, min_size=people**2, max_size=people**2)))
    scores = np.triu(upper.reshape(people, people))
    scores = scores + np.triu(scores, 1).T
    room = draw(st.lists(st.integers(0, 2), min_size=people, max_size=people))
    return scores, room


@given(drawn_peers(), st.integers(1, 2), st.sampled_from([1, 2]))
def test_peers_are_shown_each_other_as_one_problem_with_everybody_on_both_sides(
    drawn: tuple[NDArray[np.float64], list[int]], n: int, places: int
) -> None:
    scores, room = drawn
    lists = pk.shortlists(pk.Problem.from_scores(scores, room, peers=True), n, places=places)
    doubled = scores.copy()
    np.fill_diagonal(doubled, NAN)
    whole = Drawn(doubled, np.array(room, dtype=int), np.array(room, dtype=int), BOTH)
    assert values(lists) == pytest.approx(brute_force(lists_of(whole, n, places, "mentee")))
    assert all(person != candidate for person, candidate in pairs(lists))
    assert (lists.shown <= places * np.array(room, dtype=int)).all()


def test_a_pinned_pair_of_peers_is_on_no_list_either_way() -> None:
    problem = pk.Problem.from_scores(np.ones((4, 4)), 2, require=[(0, 1)], peers=True)
    lists = pk.shortlists(problem, 3)
    assert not {(0, 1), (1, 0)} & set(pairs(lists))
    assert lists.room.tolist() == [3, 3, 4, 4]
    assert pk.top(problem, 0, 3, side="mentor") == lists.of(0)


# --- newcomers


def test_a_newcomer_is_shown_whom_others_leave() -> None:
    lists = pk.shortlists(pk.Problem.from_scores(popular()), 3)
    scores = popular()[:, 5]
    own = lists.for_newcomer(scores)
    expected = np.sort(scores - lists.prices)[::-1][:3].sum()
    assert sum(one.score - one.price for one in own) == pytest.approx(expected)
    assert list(own) == sorted(own, key=lambda one: -one.score)
    assert len(lists.for_newcomer(scores, 1)) == 1


@given(drawn_problems(most=4, capacity=2), st.integers(1, 2))
def test_at_the_prices_nobody_would_change_their_list(drawn: Drawn, n: int) -> None:
    lists = pk.shortlists(drawn.problem, n)
    for person in np.flatnonzero(lists.lengths == n).tolist():
        as_new = lists.for_newcomer(drawn.scores[:, person])
        worth = [sum(one.score - one.price for one in own) for own in (lists.of(person), as_new)]
        assert worth[0] == pytest.approx(worth[1], abs=1e-6)


def test_a_newcomer_is_not_shown_who_has_no_room_or_is_forbidden() -> None:
    lists = pk.shortlists(pk.Problem.from_scores(np.ones((3, 2)), [0, 1, 1]), 3)
    assert [one.place for one in lists.for_newcomer([1.0, NAN, 0.2])] == [2]


@pytest.mark.parametrize("scores", [[0.5], [[0.5, 0.5]], [0.5, math.inf], 0.5])
def test_scores_of_a_newcomer_that_do_not_fit_are_an_error(scores: object) -> None:
    lists = pk.shortlists(pk.Problem.from_scores([[0.5], [0.5]]))
    with pytest.raises(pk.ProblemError, match="A newcomer has 2 scores"):
        lists.for_newcomer(scores)  # type: ignore[arg-type]
    with pytest.raises(pk.ProblemError, match="n must be from 1 up"):
        lists.for_newcomer([0.5, 0.5], 0)


# --- people


@pytest.fixture(scope="module")
def roster() -> pk.Roster:
    return pk.datasets.sample(60, seed=3)


@pytest.mark.parametrize("side", SIDES)
def test_people_are_shown_ids_scores_and_reasons(
    roster: pk.Roster, side: Literal["mentor", "mentee"]
) -> None:
    program = pk.reverse_mentoring()
    lists = pk.shortlist_people(roster, program, 4, side=side)
    numbers = pk.shortlists(pk.build(roster, program), 4, side=side)
    assert [len(own) for own in lists.values()] == numbers.lengths.tolist()
    assert any(lists.values())
    for person, own in lists.items():
        for one in own:
            pair = (person, one.id) if side == "mentor" else (one.id, person)
            told = pk.explain_pair(roster, program, *pair)
            assert told.allowed
            assert [replace(part, evidence=(), directions=()) for part in told.parts] == [
                *one.parts
            ]
            assert sum(part.contribution for part in one.parts) == pytest.approx(one.score)


def test_peers_are_shown_reasons_of_both_directions(roster: pk.Roster) -> None:
    program = pk.Program(
        roles=pk.Roles(peer={}),
        scoring={"skills": pk.SkillCoverage(), "interests": pk.SharedInterests()},
    )
    lists = pk.shortlist_people(roster, program, 3)
    for person, own in lists.items():
        for one in own:
            assert one.id != person
            assert sum(part.contribution for part in one.parts) == pytest.approx(one.score)


@pytest.mark.parametrize("side", SIDES)
def test_prices_of_scored_people_by_scans_are_those_over_all_candidates(
    roster: pk.Roster, side: Literal["mentor", "mentee"]
) -> None:
    problem = pk.build(roster, pk.reverse_mentoring())
    lists = pk.shortlists(problem, 4, side=side)
    made = Candidates(lists.solution.mentors, lists.solution.mentees, lists.solution.scores)
    room = (lists.lengths, lists.room) if side == "mentor" else (lists.room, lists.lengths)
    other: Literal["mentor", "mentee"] = "mentee" if side == "mentor" else "mentor"
    scanned = sought_prices(problem.space, made, room, other, listed=False, clock=Clock(Stop()))
    assert scanned.max() > 0.0
    assert scanned == pytest.approx(lists.prices, abs=1e-6)
