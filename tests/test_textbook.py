"""Instances with published answers."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import pairkit as pk
from pairkit.parts import of_side

EXACT: list[pk.Solver] = [
    pk.MinCostFlow(),
    pk.ColumnGeneration(workers=1),
    pk.Mip(),
    pk.Mip(listed=0),
    pk.CpSat(),
    pk.Auto(),
]

# The assignment samples of the OR-Tools documentation: costs of workers (rows) at tasks.
WORKERS = [[90, 80, 75, 70], [35, 85, 55, 65], [125, 95, 90, 95], [45, 110, 95, 115]]
WORKERS += [[50, 100, 90, 100]]
TEAMS = [[90, 76, 75, 70], [35, 85, 55, 65], [125, 95, 90, 105], [45, 110, 95, 115]]
TEAMS += [[60, 105, 80, 75], [45, 65, 110, 95]]

# Gusfield and Irving 1989, The Stable Marriage Problem: eight men, eight women, best first.
MEN = "57126843 23754186 85146237 32741685 72513684 16758423 25763481 38457261"
WOMEN = "53761284 86357214 15624873 87324156 64738125 28546371 75218643 74152368"
BEST_FOR_MEN = (5, 3, 8, 6, 7, 1, 2, 4)
BEST_FOR_WOMEN = (3, 6, 2, 8, 1, 5, 7, 4)


@pytest.mark.parametrize("solver", [pk.Hungarian(), *EXACT], ids=repr)
def test_four_tasks_cost_265(solver: pk.Solver) -> None:
    problem = pk.Problem.from_scores(-np.array(WORKERS, dtype=np.float64))
    solution = pk.solve(problem, solver)
    assert solution.status is pk.Status.OPTIMAL
    assert solution.objective == pytest.approx(-265.0)


@pytest.mark.parametrize("solver", [pk.Mip(), pk.Mip(listed=0), pk.CpSat(), pk.Auto()], ids=repr)
def test_two_tasks_a_team_cost_250(solver: pk.Solver) -> None:
    teams = [np.arange(6) % 2 == k for k in (0, 1)]
    rows = [
        pk.Row(f"team {k}", of_side(team.astype(np.float64), 4, mentors=True), most=2.0)
        for k, team in enumerate(teams)
    ]
    solution = pk.solve(
        pk.Problem.from_scores(-np.array(TEAMS, dtype=np.float64), rows=rows), solver
    )
    assert solution.status is pk.Status.OPTIMAL
    assert solution.objective == pytest.approx(-250.0)
    assert [np.isin(solution.mentors, np.flatnonzero(team)).sum() for team in teams] == [2, 2]


def marriages() -> tuple[list[list[int]], list[list[int]]]:
    """Return the lists of men and of women, from 0."""
    return tuple([[int(c) - 1 for c in one] for one in side.split()] for side in (MEN, WOMEN))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("favor", "best"), [("mentors", BEST_FOR_MEN), ("mentees", BEST_FOR_WOMEN)]
)
def test_eight_marriages_are_the_best_for_a_side(favor: str, best: tuple[int, ...]) -> None:
    men, women = marriages()
    problem = pk.Problem.from_scores(
        np.zeros((8, 8)),
        objectives=["stability"],
        preferences=pk.Preferences.from_ranks(men, women),
    )
    solution = pk.solve(problem, pk.DeferredAcceptance(favor=favor))  # type: ignore[arg-type]
    assert solution.status is pk.Status.OPTIMAL
    assert tuple((solution.mentees + 1).tolist()) == best


@pytest.mark.parametrize("solver", [pk.Mip(), pk.CpSat()], ids=repr)
def test_of_all_stable_marriages_the_happiest_is_found(solver: pk.Solver) -> None:
    men, women = marriages()
    rank_m = np.argsort(np.array(men), axis=1)
    rank_w = np.argsort(np.array(women), axis=1)
    joy = -(rank_m + rank_w.T).astype(np.float64)
    stable = [
        joy[np.arange(8), wives].sum()
        for wives in map(np.array, itertools.permutations(range(8)))
        if not _blocked(rank_m, rank_w, wives)
    ]
    problem = pk.Problem.from_scores(
        joy,
        objectives=["stability", "participation", "quality"],
        preferences=pk.Preferences.from_ranks(men, women),
    )
    solution = pk.solve(problem, solver)
    assert solution.status is pk.Status.OPTIMAL
    assert [level.value for level in solution.levels] == [0.0, 8.0, pytest.approx(max(stable))]


def _blocked(rank_m: np.ndarray, rank_w: np.ndarray, wives: np.ndarray) -> bool:
    """Return whether a man and a woman would both rather have each other."""
    own = rank_m[np.arange(8), wives]
    husbands = np.argsort(wives)
    hers = rank_w[np.arange(8), husbands]
    return bool(((rank_m < own[:, None]) & (hers[None, :] > rank_w.T)).any())
