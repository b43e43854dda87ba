"""What would be if one thing were otherwise: the changed problem, and its best by brute force."""

from __future__ import annotations

from dataclasses import replace

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

import pairkit as pk
from pairkit.counterfactual import (
    AddPlace,
    DropRule,
    ExemptPerson,
    ForcePair,
    ProblemChange,
    difference,
    what_if,
)
from pairkit.folding import screen_of
from pairkit.pairspace import Mutual, PairSpace, Raised, scores_matrix
from pairkit.parts import Listed, Lookup
from pairkit.rows import LoadBounds, Row
from pairkit.scoredspace import (
    ONESELF,
    RuledOut,
    ScoredPart,
    ScoredSpace,
    exempting,
    labels_of,
)
from pairkit.testing import every_solution
from tests.changed import RULES, forbidding, ruled_problems

FORBIDDEN = np.array([[True, True, False], [False, True, True]])


def a_space(kind: str, floor: float | None = None) -> ScoredSpace:
    rules = [RuledOut("the rule", forbidding(kind, FORBIDDEN))]
    part = pk.Elementwise(lambda i, j: np.full(np.broadcast_shapes(i.shape, j.shape), 0.25))
    return ScoredSpace((2, 3), [_part(part)], rules=rules, floor=floor)


def _part(part: pk.Elementwise) -> ScoredPart:
    return ScoredPart("same", 1.0, part)


def allowed(space: PairSpace) -> list[list[bool]]:
    found: list[list[bool]] = (~np.isnan(scores_matrix(space))).tolist()
    return found


@pytest.mark.parametrize("kind", RULES)
def test_an_exempt_person_is_not_bound_by_the_rule_and_everybody_else_is(kind: str) -> None:
    space = a_space(kind)
    assert allowed(space.exempting("the rule", mentor=0)) == [[True] * 3, [True, False, False]]
    assert allowed(space.exempting("the rule", mentee=1)) == [
        [False, True, True],
        [True, True, False],
    ]
    both = space.exempting("the rule", mentor=0, mentee=1)
    assert allowed(both) == [[True] * 3, [True, True, False]]
    assert allowed(space) == (~FORBIDDEN).tolist()
    single = both.pairs(np.array([0, 1, 1]), np.array([0, 1, 2])).allowed
    assert single.tolist() == [True, True, False]


@pytest.mark.parametrize("kind", ["table", "list"])
def test_a_rule_that_spares_somebody_stays_what_it_is(kind: str) -> None:
    rule = a_space(kind).exempting("the rule", mentor=0).rules[0].rule
    assert isinstance(rule.forbids, Lookup | Listed)
    screen = screen_of(a_space(kind).exempting("the rule", mentor=0), np.arange(2), np.arange(3))
    assert screen.grid.pairs <= 6


def test_the_floor_spares_somebody_too() -> None:
    space = a_space("list", floor=0.5)
    assert space.labels == ("the rule", "MinimumScore")
    assert not np.any(allowed(space))
    spared = space.exempting("MinimumScore", mentee=0)
    assert allowed(spared) == [[False] * 3, [True, False, False]]
    twice = spared.exempting("the rule", mentee=0).bare()
    assert allowed(twice) == [[True, False, False]] * 2
    after = list(spared.narrowing(np.arange(2)[:, None], np.arange(3)[None, :]))[-1][1]
    assert after.tolist() == allowed(spared)


def test_nobody_is_exempt_from_being_oneself() -> None:
    rules = [RuledOut(ONESELF, forbidding("list", np.eye(2, dtype=np.bool_)))]
    space = ScoredSpace((2, 2), [], rules=rules)
    assert labels_of(Mutual(space)) == ()
    with pytest.raises(pk.ProblemError, match="There are: none"):
        space.exempting(ONESELF, mentor=0)


def test_of_peers_a_rule_stands_in_neither_direction() -> None:
    forbidden = np.array([[False, True, False], [False, False, True], [False, True, False]])
    space = Mutual(ScoredSpace((3, 3), [], rules=[RuledOut("r", forbidding("list", forbidden))]))
    assert allowed(space) == [[True, False, True], [False, True, False], [True, False, True]]
    assert np.all(allowed(exempting(space, "r", mentor=1)))
    one = exempting(space, "r", mentee=0)
    assert allowed(one) == [[True, True, True], [True, True, False], [True, False, True]]


def test_what_people_want_is_exempt_with_them() -> None:
    space = a_space("table")
    raised = Raised(space, Listed(np.array([0]), np.array([0]), 1.0, (2, 3)))
    ranks = np.zeros((2, 3))
    from_space = pk.Preferences(raised, raised)
    for preferences in (from_space, pk.Preferences.from_scores(ranks, ranks)):
        problem = pk.Problem(
            space,
            np.ones(2, dtype=np.int64),
            np.ones(3, dtype=np.int64),
            (pk.Aim(pk.Objective.STABILITY),),
            preferences=preferences,
        )
        changed = ExemptPerson("the rule", "mentor", 0).applied(problem)
        assert changed.preferences is not None
        assert allowed(changed.preferences.mentors)[0] == [True] * 3
        assert pk.solve(changed).objective == 0.0


@given(ruled_problems(), st.data())
@settings(max_examples=100)
def test_a_change_is_solved_to_the_best_of_the_changed_problem(
    problem: pk.Problem, data: st.DataObject
) -> None:
    assert_best(problem, data)


@given(ruled_problems(peers=True), st.data())
@settings(max_examples=50)
def test_so_it_is_among_peers(problem: pk.Problem, data: st.DataObject) -> None:
    assert_best(problem, data)


def assert_best(problem: pk.Problem, data: st.DataObject) -> None:
    """Check one drawn change."""
    m, n = problem.shape
    i, j = data.draw(st.integers(0, m - 1)), data.draw(st.integers(0, n - 1))
    label = data.draw(st.sampled_from(labels_of(problem.space)))
    changes: list[ProblemChange] = [
        ForcePair(i, j),
        AddPlace("mentor", i),
        AddPlace("mentee", j),
        ExemptPerson(label, "mentor", i),
        ExemptPerson(label, "mentee", j),
    ]
    change = data.draw(st.sampled_from(changes))
    before = pk.solve(problem)
    found = what_if(problem, before, change)
    every = every_solution(change.applied(problem))
    assert found.solution.status.has_pairs == (len(every) > 0)
    if found.difference is None:
        assert found.solution.status is pk.Status.INFEASIBLE
        return
    assert every.place(found.solution.mentors, found.solution.mentees) in every.best()
    kept, made, broken = (
        {tuple(pair) for pair in pairs.tolist()}
        for pairs in (found.difference.kept, found.difference.made, found.difference.broken)
    )
    was = set(zip(before.mentors.tolist(), before.mentees.tolist(), strict=True))
    now = set(zip(found.solution.mentors.tolist(), found.solution.mentees.tolist(), strict=True))
    assert (kept | broken, kept | made) == (was, now)
    assert not made & broken


def test_a_forced_pair_is_made_or_there_is_no_solution() -> None:
    problem = pk.Problem.from_scores([[0.9, 0.4], [0.8, float("nan")]])
    before = pk.solve(problem)
    made = what_if(problem, before, ForcePair(0, 0)).solution
    assert list(zip(made.mentors.tolist(), made.mentees.tolist(), strict=True)) == [(0, 0)]
    never = what_if(problem, before, ForcePair(1, 1))
    assert never.solution.status is pk.Status.INFEASIBLE
    pinned = replace(problem, pinned_mentors=np.array([0]), pinned_mentees=np.array([0]))
    assert ForcePair(0, 0).applied(pinned) is pinned
    found = what_if(pinned, pk.solve(pinned), ForcePair(0, 1))
    assert found.difference is None
    assert found.solution.conflicts == ("mentor 0 has 2 pinned pairs and room for 1",)


def test_a_rule_on_the_whole_program_is_given_up() -> None:
    nobody = Row("nobody", pk.Elementwise(lambda i, j: 1.0 * (i == j)), most=0.0)
    few = LoadBounds("few", "mentor", np.zeros(2, dtype=np.int64), np.array([0, 1]))
    problem = pk.Problem.from_scores([[0.9, 0.4], [0.8, 0.1]], rows=[nobody], loads=[few])
    before = pk.solve(problem)
    assert len(before) == 1
    found = what_if(problem, before, DropRule("few"))
    assert found.solution.objective == pytest.approx(1.2)
    assert found.difference is not None
    gained, lost = found.difference.of("mentor", 0)
    assert (gained.tolist(), lost.tolist()) == ([1], [])
    assert len(DropRule("nobody").applied(problem).rows) == 0


def test_who_gains_and_loses_whom_among_peers() -> None:
    problem = pk.Problem.from_scores([[0, 0.9, 0.4], [0.9, 0, 0.1], [0.4, 0.1, 0]], peers=True)
    found = what_if(problem, pk.solve(problem), ForcePair(2, 0))
    assert found.difference is not None
    gained, lost = found.difference.of("mentor", 0, peers=True)
    assert (gained.tolist(), lost.tolist()) == ([2], [1])
    gained, lost = found.difference.of("mentee", 1, peers=True)
    assert (gained.tolist(), lost.tolist()) == ([], [0])


def test_the_same_solution_has_no_difference() -> None:
    solution = pk.solve(pk.Problem.from_scores([[0.9]]))
    same = difference(solution, solution)
    assert (len(same.kept), len(same.made), len(same.broken)) == (1, 0, 0)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (ForcePair(2, 0), "There is no mentor 2"),
        (ForcePair(0, -1), "There is no mentee -1"),
        (AddPlace("mentee", 5), "There is no mentee 5: places go from 0 to 2"),
        (ExemptPerson("the rul", "mentor", 0), "Did you mean 'the rule'"),
        (ExemptPerson("the rule", "mentor", 9), "There is no mentor 9"),
        (DropRule("the rule"), "No rule on the whole program is called 'the rule'"),
    ],
)
def test_a_change_to_nobody_or_no_rule_is_an_error(
    change: ForcePair | AddPlace | ExemptPerson | DropRule, words: str
) -> None:
    problem = pk.Problem(a_space("list"), np.ones(2, dtype=np.int64), np.ones(3, dtype=np.int64))
    with pytest.raises(pk.ProblemError, match=words):
        change.applied(problem)


def test_scores_alone_have_no_rules_to_be_exempt_from() -> None:
    problem = pk.Problem.from_scores([[0.5]])
    with pytest.raises(pk.ProblemError, match="come from scores alone"):
        ExemptPerson("any", "mentor", 0).applied(problem)
