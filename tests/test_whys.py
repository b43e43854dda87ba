"""What is said about pairs and people is compared with brute force: every solution listed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings

import pairkit as pk
from pairkit.counterfactual import AddPlace, DropRule, ExemptPerson
from pairkit.effects import effects_of
from pairkit.explain import Unmatched, UnmatchedCode
from pairkit.lowering import Lowered
from pairkit.messages import Message
from pairkit.objectives import Objective
from pairkit.pairspace import Mutual
from pairkit.profiles import Role
from pairkit.scoredspace import ScoredSpace
from pairkit.solvers import prices_of
from pairkit.switching import alternatives_of
from pairkit.testing import every_solution
from pairkit.testing.strategies import side_of
from pairkit.whynot import WhyNot, why_not
from pairkit.whyunmatched import HelpfulChange, why_unmatched
from tests.changed import always_matched, ruled_problems
from tests.test_funnels import objections

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pairkit.counterfactual import ProblemChange
    from pairkit.rows import SideName

NONE = 1e-9


def lowered_of(problem: pk.Problem) -> Lowered:
    """Return a drawn problem with people: mentors M0, M1, ... and mentees E0, E1, ..."""
    space = problem.space.space if isinstance(problem.space, Mutual) else problem.space
    assert isinstance(space, ScoredSpace)
    sizes = problem.shape
    names = [f"M{k}" for k in range(sizes[0])]
    names += [] if problem.peers else [f"E{k}" for k in range(sizes[1])]
    roster = pk.Roster([pk.Participant(id=name) for name in names])
    mentors = side_of(roster, np.arange(sizes[0]))
    mentees = mentors if problem.peers else side_of(roster, sizes[0] + np.arange(sizes[1]))
    return Lowered(problem, space, mentors, mentees, {}, date(2026, 1, 15))


def priced(problem: pk.Problem, solver: str = "auto") -> pk.Solution:
    solution = pk.solve(problem, solver)
    return replace(solution, prices=prices_of(problem, solution))


def best_with(problem: pk.Problem, i: int, j: int) -> list[float] | None:
    """Return the best values of the solutions with a pair; ``None`` where there is none."""
    every = every_solution(pk.ForcePair(i, j).applied(problem))
    if not len(every):
        return None
    return [float(every.best_value(k) or 0.0) for k in range(len(every.levels))]


def pairs_told(lowered: Lowered) -> Iterator[tuple[int, int, str, str]]:
    for i in range(lowered.problem.shape[0]):
        for j in range(lowered.problem.shape[1]):
            if not (lowered.problem.peers and i == j):
                yield i, j, lowered.name("mentor", i), lowered.name("mentee", j)


def check_cost(problem: pk.Problem, solution: pk.Solution, told: WhyNot, best: list[float]) -> None:
    """Check that what prices prove is no more than what solving again finds."""
    if told.cost is None:
        return
    values = [level.value for level in solution.levels]
    lost = {
        name: then - now for name, then, now in zip(problem.objectives, values, best, strict=True)
    }
    proved = {one.objective: -one.change for one in told.cost.effects}
    first = Objective.PARTICIPATION in problem.objectives
    pairs = round(lost.get(Objective.PARTICIPATION, 0.0))
    assert pairs >= proved.get(Objective.PARTICIPATION, 0.0)
    if Objective.QUALITY in proved:
        assert told.cost.or_fewer == first
        assert pairs > 0 or lost[Objective.QUALITY] >= proved[Objective.QUALITY] - NONE


def check_moves(lowered: Lowered, before: pk.Solution, told: WhyNot) -> None:
    """Check that the moves lead to a solution that has the pair and is as good as is said."""
    problem = lowered.problem
    partners: dict[tuple[str, bool], set[str]] = {}
    for i, j in zip(before.mentors.tolist(), before.mentees.tolist(), strict=True):
        names = lowered.name("mentor", i), lowered.name("mentee", j)
        partners.setdefault((names[0], False), set()).add(names[1])
        partners.setdefault((names[1], not problem.peers), set()).add(names[0])
    for move in told.moves:
        own = partners.setdefault((move.id, move.role is Role.MENTEE), set())
        assert set(move.lost) <= own
        assert not set(move.gained) & own
        own -= set(move.lost)
        own |= set(move.gained)
        assert len(own) == move.left
    assert told.mentee in partners[told.mentor, False]
    for (who, mentee), own in partners.items():
        for other in own:
            assert who in partners[other, not mentee and not problem.peers]
    firsts = [
        (lowered.mentors.position(who), lowered.mentees.position(other))
        for (who, mentee), own in partners.items()
        for other in own
        if not mentee and (not problem.peers or who < other)
    ]
    places = np.array(firsts, dtype=np.int64).reshape(-1, 2).T
    every = every_solution(problem)
    place = every.place(*places)
    assert place is not None
    assert told.cost is not None
    after = [every.value(k, place) for k in range(len(every.levels))]
    values = [level.value for level in before.levels]
    effects = effects_of(problem.aims, values, after)
    assert [one.objective for one in effects] == [one.objective for one in told.cost.effects]
    assert [one.change for one in effects] == pytest.approx(
        [one.change for one in told.cost.effects], abs=NONE
    )


def check_why_not(problem: pk.Problem, solver: str = "auto") -> None:
    lowered, solution = lowered_of(problem), priced(problem, solver)
    if not solution.status.has_pairs:
        return
    made = set(zip(solution.mentors.tolist(), solution.mentees.tolist(), strict=True))
    for i, j, mentor, mentee in pairs_told(lowered):
        told = why_not(lowered, solution, mentor, mentee)
        pair = tuple(sorted((i, j))) if problem.peers else (i, j)
        assert told.matched == (pair in made)
        assert {one.rule for one in told.objections} == set(objections(problem, "mentor", i, j))
        best = best_with(problem, i, j)
        if not told.possible:
            assert best is None
        if told.matched or not told.possible:
            assert told.messages
            continue
        exact = why_not(lowered, solution, mentor, mentee, exact=True)
        if best is None:
            assert exact.solved is pk.Status.INFEASIBLE
            assert "no matching" in exact.messages[-1]
            continue
        check_cost(problem, solution, told, best)
        check_moves(lowered, solution, exact)
        values = [level.value for level in solution.levels]
        lost = effects_of(problem.aims, values, best)
        assert exact.cost is not None
        assert exact.cost.proof == "exact"
        assert [one.change for one in exact.cost.effects] == pytest.approx(
            [one.change for one in lost], abs=NONE
        )


@given(ruled_problems())
@settings(max_examples=60)
def test_why_not_is_what_brute_force_finds(problem: pk.Problem) -> None:
    check_why_not(problem)


@given(ruled_problems(peers=True))
@settings(max_examples=40)
def test_why_not_of_peers(problem: pk.Problem) -> None:
    check_why_not(problem)


@given(ruled_problems(whole=True))
@settings(max_examples=40)
def test_why_not_under_rules_on_the_whole_program(problem: pk.Problem) -> None:
    check_why_not(problem)


@given(ruled_problems())
@settings(max_examples=40)
def test_why_not_of_a_matching_that_is_not_the_best(problem: pk.Problem) -> None:
    check_why_not(problem, "greedy")


# Why somebody has no partner


def alone(problem: pk.Problem, solution: pk.Solution) -> Iterator[tuple[SideName, int]]:
    loads = problem.partners(solution.mentors, solution.mentees)
    sides: tuple[SideName, ...] = ("mentor",) if problem.peers else ("mentor", "mentee")
    for k, side in enumerate(sides):
        for place in np.flatnonzero(loads[k] == 0).tolist():
            yield side, place


def change_of(lowered: Lowered, side: SideName, place: int, one: HelpfulChange) -> ProblemChange:
    """Return the change that a sentence speaks of."""
    if one.rule is not None:
        return DropRule(one.rule) if one.whole else ExemptPerson(one.rule, side, place)
    assert one.place_of is not None
    where: SideName = "mentor" if lowered.mentors.position(one.place_of) >= 0 else "mentee"
    side_people = lowered.mentors if where == "mentor" else lowered.mentees
    return AddPlace(where, side_people.position(one.place_of))


def check_why_unmatched(problem: pk.Problem, tries: int = 100) -> None:
    lowered, solution = lowered_of(problem), priced(problem)
    if not solution.status.has_pairs:
        return
    for side, place in alone(problem, solution):
        who, role = lowered.name(side, place), None if problem.peers else Role(side)
        reason = Unmatched(who, role, UnmatchedCode.NO_ROOM, Message("{why}.", why="so"))
        told = why_unmatched(lowered, solution, [reason], who, tries=tries)
        against = [
            set(objections(problem, side, place, j))
            for j in range(problem.shape[side == "mentor"])
            if not (problem.peers and j == place)
        ]
        assert told.total == len(against)
        assert told.left == sum(not one for one in against)
        for one in told.removals:
            assert one.alone == sum(rules == {one.label} for rules in against)
        for change in told.changes:
            made = change_of(lowered, side, place, change)
            assert always_matched(made.applied(problem), side, place)
            if change.effects is not None:
                after = pk.solve(made.applied(problem))
                values = ([level.value for level in at.levels] for at in (solution, after))
                assert [one.change for one in change.effects] == pytest.approx(
                    [one.change for one in effects_of(problem.aims, *values)], abs=NONE
                )
        proved = told.complete and told.decided == told.possible
        assert told.nothing_would == (proved and not told.changes)
        for other in told.partners:
            assert not problem.peers or other.partner != who


@given(ruled_problems())
@settings(max_examples=60)
def test_why_unmatched_is_what_brute_force_finds(problem: pk.Problem) -> None:
    check_why_unmatched(problem)


@given(ruled_problems(peers=True, whole=True))
@settings(max_examples=30)
def test_why_unmatched_of_peers_under_rules(problem: pk.Problem) -> None:
    check_why_unmatched(problem)


# Alternatives


def check_alternatives(problem: pk.Problem) -> None:
    lowered, solution = lowered_of(problem), priced(problem)
    if not solution.status.has_pairs:
        return
    for place in range(problem.shape[0]):
        who = lowered.name("mentor", place)
        told = alternatives_of(lowered, solution, who, n=20, exact=True)
        orders = [one.cost.order(problem.objectives) if one.cost else (np.inf,) for one in told]
        assert orders == sorted(orders)
        for one in told:
            again = why_not(lowered, solution, who, one.partner, exact=True)
            assert again.possible
            assert not again.matched
            assert again.solved is one.solved
            if one.cost is not None and again.cost is not None:
                assert [e.change for e in again.cost.effects] == pytest.approx(
                    [e.change for e in one.cost.effects], abs=NONE
                )
        others = {one.partner for one in told}
        for i, _, mentor, mentee in pairs_told(lowered):
            if i == place and mentee not in others:
                left = why_not(lowered, solution, mentor, mentee)
                assert left.matched or not left.possible


@given(ruled_problems())
@settings(max_examples=40)
def test_alternatives_are_all_that_can_be_made_the_cheapest_first(problem: pk.Problem) -> None:
    check_alternatives(problem)


@given(ruled_problems(peers=True, whole=True))
@settings(max_examples=20)
def test_so_they_are_of_peers(problem: pk.Problem) -> None:
    check_alternatives(problem)
