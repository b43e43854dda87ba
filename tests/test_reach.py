"""Pairs over the whole space with which a solution can grow."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import pairkit as pk
from pairkit.folding import screen_of
from pairkit.pairspace import Candidates
from pairkit.solvers.reach import augmenting_pairs
from tests.problems import BOTH, Drawn, drawn_problems


def greedy(drawn: Drawn, seed: int) -> Candidates:
    """Return pairs in random order as long as there is room."""
    rng = np.random.default_rng(seed)
    room = [drawn.mentor_capacity.copy(), drawn.mentee_capacity.copy()]
    made: list[tuple[int, int]] = []
    for i, j in rng.permutation(np.argwhere(~np.isnan(drawn.scores))).tolist():
        if room[0][i] and room[1][j]:
            room[0][i] -= 1
            room[1][j] -= 1
            made.append((i, j))
    i, j = np.array(sorted(made), dtype=np.int64).reshape(-1, 2).T
    return Candidates(i, j, drawn.scores[i, j])


def grown(drawn: Drawn, made: Candidates) -> Candidates:
    m, n = drawn.scores.shape
    grid = screen_of(drawn.problem.space, np.arange(m), np.arange(n)).grid
    room = drawn.mentor_capacity, drawn.mentee_capacity
    return augmenting_pairs(drawn.problem.space, grid, room, made)


def most_pairs(drawn: Drawn, found: Candidates) -> int:
    """Return how many pairs can be made of some candidates."""
    scores = np.full(drawn.scores.shape, np.nan)
    scores[found.mentors, found.mentees] = 0.0
    few = Drawn(scores, drawn.mentor_capacity, drawn.mentee_capacity, BOTH)
    return len(pk.solve(few.problem, pk.MinCostFlow()).mentors)


@given(drawn_problems(most=7), st.integers(0, 9))
@settings(max_examples=150)
def test_a_solution_that_can_grow_is_given_what_it_needs(drawn: Drawn, seed: int) -> None:
    made = greedy(drawn, seed)
    more = grown(drawn, made)
    best = len(pk.solve(drawn._replace(objectives=BOTH).problem, pk.MinCostFlow()).mentors)
    if len(made) == best:
        assert not len(more)
    else:
        assert most_pairs(drawn, Candidates.join([made, more])) > len(made)


def test_a_unique_full_matching_is_found_in_few_iterations() -> None:
    n = 200
    scores = np.random.default_rng(5).random((n, n))
    scores[np.triu_indices(n, 1)] = np.nan
    seen: list[pk.Iteration] = []
    problem = pk.Problem.from_scores(scores)
    solution = pk.solve(problem, pk.ColumnGeneration(progress=seen.append))
    assert solution.status is pk.Status.OPTIMAL
    assert solution.mentors.tolist() == solution.mentees.tolist() == list(range(n))
    assert seen[-1].number <= 20
