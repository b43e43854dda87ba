"""CpSat: constraints of one's own, hints, and work that is limited the same way everywhere."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

import pairkit as pk
from pairkit.solvers.cpsat import STATUSES
from tests.problems import Drawn, brute_force, drawn_problems

Pairs = Mapping[tuple[int, int], Any]
SCORES = [[0.9, 0.8, 0.1], [0.8, 0.6, 0.3], [0.2, 0.5, 0.4]]


def pairs_of(solution: pk.Solution) -> list[tuple[int, int]]:
    return list(zip(solution.mentors.tolist(), solution.mentees.tolist(), strict=True))


def no_two_in_a_row(model: Any, pairs: Pairs) -> None:  # noqa: ANN401 - OR-Tools' own
    """Forbid mentor i with mentee j together with mentor i + 1 with mentee j - 1."""
    for (i, j), pair in pairs.items():
        if (i + 1, j - 1) in pairs:
            model.add_at_most_one([pair, pairs[i + 1, j - 1]])


def test_a_constraint_of_ones_own_is_kept_and_the_rest_is_best() -> None:
    solution = pk.solve(pk.Problem.from_scores(SCORES), pk.CpSat(extend=no_two_in_a_row))
    assert solution.status is pk.Status.OPTIMAL
    allowed = [
        order
        for order in itertools.permutations(range(3))
        if all(order[i + 1] != order[i] - 1 for i in range(2))
    ]
    best = max(sum(SCORES[i][order[i]] for i in range(3)) for order in allowed)
    assert solution.objective == pytest.approx(best)
    assert tuple(j for _, j in sorted(pairs_of(solution))) in allowed


def test_only_candidates_have_a_variable() -> None:
    seen: list[set[tuple[int, int]]] = []
    scores = np.array([[0.5, np.nan], [0.25, 0.75]])
    pk.solve(
        pk.Problem.from_scores(scores), pk.CpSat(extend=lambda _, pairs: seen.append({*pairs}))
    )
    assert seen == [{(0, 0), (1, 0), (1, 1)}] * 2  # for each objective


def test_peers_have_one_variable_for_both_orders() -> None:
    seen: list[set[tuple[int, int]]] = []
    problem = pk.Problem.from_scores(np.ones((3, 3)), peers=True)
    pk.solve(problem, pk.CpSat(extend=lambda _, pairs: seen.append({*pairs})))
    assert seen[0] == {(0, 1), (0, 2), (1, 2)}


def test_where_nothing_keeps_it_the_detail_says_so() -> None:
    def impossible(model: Any, pairs: Pairs) -> None:  # noqa: ANN401
        model.add_bool_or([])

    solution = pk.solve(pk.Problem.from_scores(SCORES), pk.CpSat(extend=impossible))
    assert solution.status is pk.Status.NO_SOLUTION_FOUND
    assert solution.detail == "no solution keeps all rules and what extend adds"


def test_an_error_in_it_comes_through() -> None:
    def beyond(model: Any, pairs: Pairs) -> None:  # noqa: ANN401
        model.add_bool_or([pairs[7, 7]])

    with pytest.raises(KeyError, match="7"):
        pk.solve(pk.Problem.from_scores(SCORES), pk.CpSat(extend=beyond))


@given(drawn=drawn_problems(), other=drawn_problems())
@settings(max_examples=30)
def test_any_hint_leaves_the_best_as_it_is(drawn: Drawn, other: Drawn) -> None:
    for hint in (pk.solve(drawn.problem), pk.solve(other.problem)):
        solution = pk.solve(drawn.problem, pk.CpSat(hint=hint))
        values = tuple(level.value for level in solution.levels)
        assert values == pytest.approx(brute_force(drawn), abs=1e-9)


def test_a_limit_on_the_work_stops_at_the_same_place() -> None:
    scores = np.random.default_rng(3).random((40, 40))
    problem = pk.Problem.from_scores(scores, objectives=["quality"])
    one, two = (pk.solve(problem, pk.CpSat(deterministic=0.02)) for _ in range(2))
    assert one.status is not pk.Status.OPTIMAL
    assert (one.status, pairs_of(one), one.bound) == (two.status, pairs_of(two), two.bound)


@pytest.mark.parametrize(
    ("settings_", "words"),
    [({"workers": 0}, "workers must be from 1 up"), ({"deterministic": 0.0}, "must be above 0")],
)
def test_numbers_out_of_range_are_refused(settings_: dict[str, Any], words: str) -> None:
    with pytest.raises(pk.ProblemError, match=words):
        pk.CpSat(**settings_)


def test_every_status_of_the_back_end_is_known() -> None:
    from ortools.sat.python import cp_model

    assert set(STATUSES) == {
        cp_model.CpSolver().status_name(status)
        for status in (
            cp_model.OPTIMAL,
            cp_model.FEASIBLE,
            cp_model.INFEASIBLE,
            cp_model.UNKNOWN,
            cp_model.MODEL_INVALID,
        )
    }
