"""The verifier is itself verified: every wrong claim must be found."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

import pairkit as pk
from pairkit.objectives import Objective
from pairkit.verify import violations
from tests.problems import Drawn, drawn_problems

NAN = float("nan")


def problem() -> pk.Problem:
    return pk.Problem.from_scores(
        [[0.9, 0.5, NAN], [0.4, 0.8, 0.1]], mentor_capacity=[2, 1], require=[(0, 1)]
    )


def good() -> pk.Solution:
    return pk.solve(problem(), pk.MinCostFlow())


def kinds(solution: pk.Solution) -> set[str]:
    return {one.kind for one in violations(problem(), solution)}


def pairs(mentors: list[int], mentees: list[int], scores: list[float]) -> pk.Solution:
    return replace(
        good(),
        status=pk.Status.FEASIBLE,
        mentors=np.array(mentors, dtype=np.int64),
        mentees=np.array(mentees, dtype=np.int64),
        scores=np.array(scores),
        levels=(
            pk.Level(Objective.PARTICIPATION, float(len(mentors)), None, float(len(mentors))),
            pk.Level(Objective.QUALITY, sum(scores), None, sum(map(abs, scores))),
        ),
    )


@given(drawn=drawn_problems())
def test_good_solutions_pass(drawn: Drawn) -> None:
    for solver in ("auto", "greedy", "random-pairs"):
        assert violations(drawn.problem, pk.solve(drawn.problem, solver)) == []


def test_the_good_one_is_good() -> None:
    assert kinds(good()) == set()


@pytest.mark.parametrize(
    ("solution", "kind"),
    [
        (pairs([0], [1, 1], [0.5]), "place"),
        (pairs([0, 7], [1, 0], [0.5, 0.9]), "place"),
        (pairs([0, -1], [1, 0], [0.5, 0.9]), "place"),
        (pairs([0, 0], [1, 1], [0.5, 0.5]), "repeated"),
        (pairs([1, 0], [0, 1], [0.4, 0.5]), "order"),
        (pairs([0, 0], [1, 2], [0.5, 0.0]), "forbidden"),
        (pairs([0, 1, 1], [1, 0, 2], [0.5, 0.4, 0.1]), "capacity"),
        (pairs([0, 1], [1, 1], [0.5, 0.8]), "capacity"),
        (pairs([0], [0], [0.9]), "pin"),
        (pairs([0], [1], [0.6]), "score"),
    ],
)
def test_wrong_pairs_are_found(solution: pk.Solution, kind: str) -> None:
    assert kind in kinds(solution)


def test_places_that_are_not_integers_are_found() -> None:
    assert kinds(replace(good(), mentors=good().mentors.astype(float))) == {"place"}


@pytest.mark.parametrize(("k", "kind"), [(0, "value"), (1, "value")])
def test_a_wrong_value_is_found(k: int, kind: str) -> None:
    levels = list(good().levels)
    levels[k] = replace(levels[k], value=levels[k].value + 0.5, bound=9.0)
    assert kind in kinds(replace(good(), levels=tuple(levels)))


def test_missing_levels_are_found() -> None:
    assert kinds(replace(good(), levels=good().levels[:1])) == {"value"}


def test_a_bound_below_the_value_is_found() -> None:
    levels = list(good().levels)
    levels[1] = replace(levels[1], bound=levels[1].value - 0.1)
    assert "bound" in kinds(replace(good(), levels=tuple(levels)))


def test_a_bound_that_is_not_a_number_is_found() -> None:
    levels = list(good().levels)
    levels[1] = replace(levels[1], bound=NAN)
    assert "bound" in kinds(replace(good(), levels=tuple(levels)))


@pytest.mark.parametrize("bound", [None, 99.0])
def test_optimal_without_a_proof_is_found(bound: float | None) -> None:
    levels = tuple(replace(level, bound=bound) for level in good().levels)
    assert kinds(replace(good(), levels=levels)) == {"status"}


def test_pairs_of_an_infeasible_solution_are_found() -> None:
    assert "status" in kinds(replace(good(), status=pk.Status.INFEASIBLE, levels=()))


def test_the_exception_names_what_is_wrong_and_how_much_more() -> None:
    wrong = pairs([0] * 7, [1] * 7, [0.5] * 7)
    with pytest.raises(pk.VerificationError, match="MinCostFlow gave a wrong solution"):
        pk.verify_solution(problem(), wrong)
    many = pairs(list(range(2, 10)), [0] * 8, [0.0] * 8)
    with pytest.raises(pk.VerificationError, match="And 3 more"):
        pk.verify_solution(problem(), many)
