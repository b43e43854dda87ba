"""Remedies are compared with brute force: every single change made, every best solution listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings

import pairkit as pk
from pairkit.counterfactual import AddPlace, DropRule, ExemptPerson, program_labels
from pairkit.funnels import pairs_of
from pairkit.remedy import Remedies, remedies
from pairkit.scoredspace import labels_of
from tests.changed import always_matched, ruled_problems

if TYPE_CHECKING:
    from pairkit.counterfactual import ProblemChange
    from pairkit.rows import SideName

ENOUGH = 100


def unmatched(problem: pk.Problem, solution: pk.Solution) -> list[tuple[SideName, int]]:
    loads = problem.partners(solution.mentors, solution.mentees)
    sides: list[SideName] = ["mentor"] if problem.peers else ["mentor", "mentee"]
    return [
        (side, int(place))
        for side, load in zip(sides, loads, strict=False)
        for place in np.flatnonzero(load == 0)
    ]


def single_changes(problem: pk.Problem, side: SideName, place: int) -> list[ProblemChange]:
    """Return every single change that the documentation speaks of, whether it can help or not."""
    others = np.arange(problem.shape[side == "mentor"])
    others = others[others != place] if problem.peers else others
    allowed = problem.space.pairs(*pairs_of(problem, side, place, others)).allowed
    other: SideName = "mentor" if side == "mentee" or problem.peers else "mentee"
    return [
        *(ExemptPerson(label, side, place) for label in labels_of(problem.space)),
        *(DropRule(label) for label in program_labels(problem)),
        *(AddPlace(other, int(j)) for j in others[allowed]),
        AddPlace(side, place),
    ]


def one_to_one(problem: pk.Problem) -> bool:
    return pk.Feature.CAPACITIES not in problem.features


def check(problem: pk.Problem, tries: int, solver: str = "auto") -> list[Remedies]:
    """Check what is said of everybody without partner."""
    solution = pk.solve(problem, solver)
    found = []
    for side, place in unmatched(problem, solution):
        told = remedies(problem, solution, side, place, tries=tries)
        found.append(told)
        for one in told.found:
            assert one.matched
            assert always_matched(one.change.applied(problem), side, place)
            after = pk.solve(one.change.applied(problem))
            values = [level.value for level in after.levels]
            assert one.values is None or one.values == pytest.approx(values, abs=1e-9)
        helping = {
            change
            for change in single_changes(problem, side, place)
            if always_matched(change.applied(problem), side, place)
        }
        assert {one.change for one in told.found} <= helping
        if told.exhaustive:
            assert {one.change for one in told.found} == helping
        assert told.nothing == (told.exhaustive and not helping)
    return found


@given(ruled_problems())
@settings(max_examples=100)
def test_without_rules_on_the_whole_program_prices_decide_all(problem: pk.Problem) -> None:
    for told in check(problem, ENOUGH):
        assert told.exhaustive


@given(ruled_problems())
@settings(max_examples=60)
def test_prices_alone_decide_what_they_decide(problem: pk.Problem) -> None:
    for told in check(problem, 0):
        assert all(one.solution is None for one in told.found)


@given(ruled_problems())
@settings(max_examples=40)
def test_so_do_those_of_a_few_candidates_as_far_as_they_go(problem: pk.Problem) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pairkit.remedy.lattice_of", lambda *_: None)
        check(problem, 0, "column-generation")
        for told in check(problem, 0, "min-cost-flow"):
            assert all(one.solution is None for one in told.found)


@given(ruled_problems())
@settings(max_examples=40)
def test_solving_again_decides_where_prices_do_not(problem: pk.Problem) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pairkit.remedy.lattice_of", lambda *_: None)
        for told in check(problem, ENOUGH, "hungarian" if one_to_one(problem) else "mip"):
            assert told.exhaustive


@given(ruled_problems(peers=True))
@settings(max_examples=60)
def test_peers_are_solved_again(problem: pk.Problem) -> None:
    check(problem, ENOUGH)


@given(ruled_problems(whole=True))
@settings(max_examples=60)
def test_rules_on_the_whole_program_are_among_the_changes(problem: pk.Problem) -> None:
    check(problem, ENOUGH)


@given(ruled_problems(whole=True, peers=True))
@settings(max_examples=30)
def test_so_they_are_of_peers(problem: pk.Problem) -> None:
    check(problem, ENOUGH)


def test_somebody_with_a_partner_is_refused() -> None:
    problem = pk.Problem.from_scores([[0.9]])
    with pytest.raises(pk.ProblemError, match="The mentor 0 has a partner"):
        remedies(problem, pk.solve(problem), "mentor", 0)
    pinned = pk.Problem.from_scores([[float("nan")]], require=[(0, 0)])
    with pytest.raises(pk.ProblemError, match="The solution has no pairs"):
        remedies(pinned, pk.solve(pinned), "mentor", 0)
    with pytest.raises(pk.ProblemError, match="There is no mentee 3"):
        remedies(problem, pk.solve(problem), "mentee", 3)


def test_when_the_time_is_over_changes_stay_open() -> None:
    row = pk.Row("any", most=9.0)
    problem = pk.Problem.from_scores([[0.9, 0.8]], rows=[row])
    found = remedies(problem, pk.solve(problem), "mentee", 1, stop=pk.Stop(seconds=1e-9))
    assert (found.total, found.decided, found.exhaustive, found.nothing) == (2, 0, False, False)


@pytest.mark.parametrize("names", [["stability"], ["egalitarian"], ["continuity", "quality"]])
def test_under_other_objectives_a_place_more_is_solved_again(names: list[str]) -> None:
    problem = pk.Problem.from_scores([[0.9, 0.8]], objectives=names, earlier=[(0, 0)])
    solution = pk.solve(problem)
    alone = next(place for place in (0, 1) if place not in solution.mentees)
    found = remedies(problem, solution, "mentee", alone)
    tried = [*found.found, *found.undecided]
    assert [one.change for one in tried] == [AddPlace("mentor", 0)]
    assert all(one.matched is not False for one in tried)


def test_a_tolerance_leaves_it_open() -> None:
    problem = pk.Problem.from_scores(
        [[0.9, 0.8]], objectives=[pk.Aim(pk.Objective.PARTICIPATION, 0.5), "quality"]
    )
    found = remedies(problem, pk.solve(problem), "mentee", 1)
    assert [one.matched for one in found.undecided] == [None]
    assert not found.exhaustive
