from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest
from scipy.sparse import coo_matrix, csr_array

import pairkit as pk
from pairkit.lowering import lower
from pairkit.objectives import Objective


def test_scores_may_be_lists_arrays_or_any_sparse_matrix() -> None:
    for scores in ([[1, 2]], np.array([[1.0, 2.0]]), coo_matrix([[1, 2]]), csr_array([[1, 2]])):
        problem = pk.Problem.from_scores(scores)
        assert problem.shape == (1, 2)
        assert pk.solve(problem).objective == 2.0


def test_a_stored_zero_is_allowed_and_an_absent_one_is_not() -> None:
    stored = csr_array((np.array([0.0]), (np.array([0]), np.array([1]))), shape=(1, 2))
    solution = pk.solve(pk.Problem.from_scores(stored))
    assert solution.mentees.tolist() == [1]


def test_entries_stored_twice_are_added_up() -> None:
    twice = coo_matrix((np.array([1.0, 2.0]), (np.array([0, 0]), np.array([0, 0]))), shape=(1, 1))
    assert pk.solve(pk.Problem.from_scores(twice)).objective == 3.0


def test_the_problem_keeps_its_own_copy_of_the_scores() -> None:
    scores = np.array([[1.0]])
    problem = pk.Problem.from_scores(scores)
    scores[0, 0] = math.nan
    assert len(pk.solve(problem)) == 1


@pytest.mark.parametrize("scores", [[["a"]], [[1.0], [1.0, 2.0]], [1.0, 2.0], [[math.inf]]])
def test_scores_that_are_no_matrix_are_refused(scores: object) -> None:
    with pytest.raises(pk.ProblemError):
        pk.Problem.from_scores(scores)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("capacity", "words"),
    [(-1, "from 0 up"), ([1], "shape"), (1.5, "whole"), ("two", "whole"), ([[1, 1]], "shape")],
)
def test_bad_capacities_are_refused_by_name(capacity: object, words: str) -> None:
    with pytest.raises(pk.ProblemError, match=rf"mentor_capacity.*{words}"):
        pk.Problem.from_scores(np.ones((2, 2)), mentor_capacity=capacity)  # type: ignore[arg-type]


def test_whole_floats_are_capacities() -> None:
    problem = pk.Problem.from_scores(np.ones((2, 2)), mentor_capacity=[1.0, 2.0])
    assert problem.mentor_capacity.tolist() == [1, 2]


def test_masked_scores_are_forbidden_and_complex_ones_refused() -> None:
    masked = np.ma.masked_array([[9.0, 1.0], [1.0, 1.0]], mask=[[True, False], [False, False]])
    assert pk.solve(pk.Problem.from_scores(masked)).objective == 2.0
    with pytest.raises(pk.ProblemError, match="complex"):
        pk.Problem.from_scores(np.array([[1j]]))


@pytest.mark.parametrize("capacity", [math.inf, np.uint64(2**64 - 1), 2**62])
def test_a_capacity_without_limit_is_one(capacity: float) -> None:
    problem = pk.Problem.from_scores(np.ones((2, 3)), mentor_capacity=capacity)
    assert len(pk.solve(problem)) == 3


def test_scores_too_large_to_add_up_are_refused() -> None:
    with pytest.raises(pk.ProblemError, match="mentor 0 and mentee 0 is infinite, or larger"):
        pk.Problem.from_scores([[1.7e308]])


def test_pins_are_whole_numbers() -> None:
    with pytest.raises(pk.ProblemError, match="whole numbers"):
        pk.Problem.from_scores([[1.0]], require=[(0.9, 0)])  # type: ignore[list-item]


def test_a_scorer_out_of_range_is_named() -> None:
    class Wild:
        def prepare(self, mentors: pk.Side, mentees: pk.Side) -> pk.Elementwise:
            return pk.Elementwise(lambda i, j: np.full(np.broadcast_shapes(i.shape, j.shape), 7.0))

    program = pk.Program(scoring={"fine": pk.SkillCoverage(), "wild": Wild()})
    with pytest.raises(pk.ProgramError, match="'wild' gave 7 to 7"):
        pk.match(roster(), program)


def test_huge_capacities_are_no_trouble() -> None:
    problem = pk.Problem.from_scores(np.ones((2, 3)), 10**9, 10**9)
    assert len(pk.solve(problem)) == 6


@pytest.mark.parametrize("objectives", [(), ("quality", "quality"), ("speed",), "quantity"])
def test_unknown_objectives_are_refused(objectives: object) -> None:
    with pytest.raises(pk.ProblemError, match="objectives are"):
        pk.Problem.from_scores([[1.0]], objectives=objectives)  # type: ignore[arg-type]


def test_one_objective_may_be_a_bare_text() -> None:
    problem = pk.Problem.from_scores([[1.0]], objectives="quality")
    assert problem.objectives == (Objective.QUALITY,)


@pytest.mark.parametrize("pin", [(0, 1), (1, 0), (-1, 0)])
def test_a_pin_outside_the_matrix_is_refused(pin: tuple[int, int]) -> None:
    with pytest.raises(pk.ProblemError, match="outside the matrix"):
        pk.Problem.from_scores([[1.0]], require=[pin])


def test_features_say_what_the_problem_asks() -> None:
    simple = pk.Problem.from_scores([[1.0]])
    assert simple.features == {pk.Feature.PARTICIPATION_FIRST}
    wide = pk.Problem.from_scores([[1.0]], mentee_capacity=2, objectives=("quality",))
    assert wide.features == {pk.Feature.QUALITY_ALONE, pk.Feature.CAPACITIES}


def test_conflicts_of_pins_are_named() -> None:
    problem = pk.Problem.from_scores(
        [[1.0, math.nan], [1.0, 1.0]], require=[(0, 1), (1, 0), (1, 1)]
    )
    assert problem.conflicts() == [
        "the pinned pair (0, 1) is forbidden",
        "mentor 1 has 2 pinned pairs and room for 1",
        "mentee 1 has 2 pinned pairs and room for 1",
    ]


def roster() -> pk.Roster:
    return pk.Roster.from_records(
        [
            {"id": "a", "skills": ["x"], "needs": ["y"], "mentor_capacity": 0},
            {"id": "b", "skills": ["y"], "needs": ["x"], "mentee_capacity": 3},
        ]
    )


def test_capacities_come_from_people_and_else_from_the_program() -> None:
    program = pk.Program(scoring=[pk.SkillCoverage()], mentor_capacity=2, mentee_capacity=4)
    problem = pk.build(roster(), program)
    assert problem.mentor_capacity.tolist() == [0, 2]
    assert problem.mentee_capacity.tolist() == [4, 3]


def test_nobody_mentors_themselves() -> None:
    program = pk.Program(scoring=[pk.SkillCoverage()], mentor_capacity=9, mentee_capacity=9)
    selfish = pk.Roster.from_records([{"id": "a", "skills": ["x"], "needs": ["x"]}])
    assert len(pk.solve(pk.build(selfish, program))) == 0


def test_two_rules_of_one_kind_get_two_labels() -> None:
    rules = [pk.GapWindow("level", max=9), pk.GapWindow("level", min=-9), pk.Avoid()]
    program = pk.Program(scoring=[pk.SkillCoverage()], rules=rules)
    space = lower(roster(), program).space
    names = [one.name for one in space.rules]
    assert names == ["Oneself", "GapWindow(level)", "GapWindow(level) #2", "Avoid"]


def test_the_reference_date_is_today_unless_stated() -> None:
    program = pk.Program(scoring=[pk.SkillCoverage()])
    assert lower(roster(), program).reference == date.today()  # noqa: DTZ011
    fixed = program.model_copy(update={"reference_date": date(2027, 1, 1)})
    assert lower(roster(), fixed).reference == date(2027, 1, 1)


def test_the_strictest_of_several_floors_counts() -> None:
    rules = [pk.MinimumScore(0.1), pk.MinimumScore(0.2)]
    assert lower(roster(), pk.Program(scoring=[pk.SkillCoverage()], rules=rules)).space.floor == 0.2


def test_an_empty_roster_is_a_problem_without_people() -> None:
    problem = pk.build(pk.Roster(), pk.reverse_mentoring())
    assert problem.shape == (0, 0)
    assert pk.solve(problem).status is pk.Status.OPTIMAL
