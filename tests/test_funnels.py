"""Funnels count what a reader would count with the rules one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

import pairkit as pk
from pairkit.funnels import NOT_ALLOWED, Funnel, funnel_of
from pairkit.pairspace import Mutual
from pairkit.scoredspace import ScoredSpace
from tests.changed import ruled_problems


def objections(problem: pk.Problem, side: str, place: int, other: int) -> list[str]:
    """Return which rules forbid a pair, one by one."""
    space = problem.space.space if isinstance(problem.space, Mutual) else problem.space
    assert isinstance(space, ScoredSpace)
    pair = (place, other) if side == "mentor" else (other, place)
    directions = [pair, pair[::-1]] if problem.peers else [pair]
    found = []
    for i, j in directions:
        one = np.array([i]), np.array([j])
        found += [rule.name for rule in space.rules if rule.rule.forbids(*one)[0]]
        if space.floor is not None and space.weighted(*one)[0] < space.floor - 1e-9:
            found.append("MinimumScore")
    return found


def check(problem: pk.Problem) -> None:
    """Check everybody's funnel."""
    solution = pk.solve(problem)
    loads = problem.partners(solution.mentors, solution.mentees)
    rooms = problem.mentor_capacity, problem.mentee_capacity
    for side, size in zip(("mentor", "mentee"), problem.shape, strict=True):
        k = int(side == "mentor")
        for place in range(size):
            funnel = funnel_of(problem, solution, side, place)  # type: ignore[arg-type]
            others = [j for j in range(problem.shape[k]) if not (problem.peers and j == place)]
            against = {j: objections(problem, side, place, j) for j in others}
            labels = [one.label for one in funnel.removals]
            for one in funnel.removals:
                before = set(labels[: labels.index(one.label)])
                first = [
                    j for j in others if one.label in against[j] and not before & {*against[j]}
                ]
                alone = [j for j in others if {*against[j]} == {one.label}]
                assert (one.first, one.alone) == (len(first), len(alone))
            left = [j for j in others if not against[j]]
            assert funnel.partners.tolist() == left
            assert funnel.total == len(others)
            assert funnel.left == len(left)
            assert funnel.total - sum(one.first for one in funnel.removals) == funnel.left
            assert funnel.room.tolist() == [int(rooms[k][j] - loads[k][j]) for j in left]
            assert funnel.free + funnel.full == funnel.left
            for j, score in zip(left, funnel.scores, strict=True):
                pair = (place, j) if side == "mentor" else (j, place)
                tile = problem.space.pairs(np.array([pair[0]]), np.array([pair[1]]))
                assert score == pytest.approx(tile.scores[0])


@given(ruled_problems())
@settings(max_examples=60)
def test_a_funnel_counts_what_each_rule_takes_first_and_alone(problem: pk.Problem) -> None:
    check(problem)


@given(ruled_problems(peers=True))
@settings(max_examples=40)
def test_of_peers_a_rule_objects_in_either_direction(problem: pk.Problem) -> None:
    check(problem)


def test_where_pairs_come_from_scores_alone_there_is_one_removal() -> None:
    problem = pk.Problem.from_scores([[0.9, float("nan"), 0.5]], mentor_capacity=2)
    funnel = funnel_of(problem, pk.solve(problem), "mentor", 0)
    assert [(one.label, one.first, one.alone) for one in funnel.removals] == [(NOT_ALLOWED, 1, 1)]
    assert isinstance(funnel, Funnel)
    assert (funnel.free, funnel.full) == (0, 2)


def test_nobody_has_no_funnel() -> None:
    problem = pk.Problem.from_scores([[0.9]])
    with pytest.raises(pk.ProblemError, match="There is no mentee 1"):
        funnel_of(problem, pk.solve(problem), "mentee", 1)
