"""Circles: the exact best against the local search, and against circles at random."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pytest

import pairkit as pk
from pairkit import datasets

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

CIRCLES: Final = pk.Circles(4, 6)
PACKED: Final = (12, 18, 24)
SEARCHED: Final = (24, 60, 200)
PROGRAM: Final = pk.Program(
    roles=pk.Roles(peer={}),
    scoring=[pk.SharedInterests(), pk.Different("department"), pk.AvailabilityOverlap()],
    rules=[pk.NotInReportingLine(), pk.Avoid()],
    reference_date=datasets.REFERENCE,
)


def problem_of(people: int) -> pk.Problem:
    """Return the problem of peers of a synthetic roster, its scores written down."""
    built = pk.build(datasets.sample(people, seed=1), PROGRAM)
    places = np.arange(people)
    tile = built.space.pairs(places[:, None], places[None, :])
    scores = np.where(tile.allowed, tile.scores, np.nan)
    return pk.Problem.from_scores(scores, built.mentor_capacity, peers=True)


def at_random(problem: pk.Problem, seed: int = 0) -> tuple[int, float]:
    """Return how many people are placed, and the score, where all join the first that fits."""
    rng = np.random.default_rng(seed)
    circles: list[list[int]] = [[] for _ in range(problem.shape[0])]
    for person in rng.permutation(np.flatnonzero(problem.mentor_capacity)).tolist():
        next(circle for circle in circles if fits(problem, person, circle)).append(person)
    kept = [np.array(circle) for circle in circles if len(circle) >= CIRCLES.smallest]
    total = 0.0
    for circle in kept:
        i, j = np.triu_indices(len(circle), 1)
        total += float(problem.space.pairs(circle[i], circle[j]).scores.sum())
    return sum(map(len, kept)), total


def fits(problem: pk.Problem, person: int, circle: list[int]) -> bool:
    """Return whether a circle has room, and nobody in it is kept apart from a person."""
    places = np.array(circle, dtype=np.int64)
    allowed = problem.space.pairs(np.full(len(places), person), places).allowed
    return len(circle) < CIRCLES.largest and bool(allowed.all())


def note(benchmark: BenchmarkFixture, problem: pk.Problem, solution: pk.CircleSolution) -> None:
    """Keep what the circles are worth beside the time, and what random ones are."""
    placed, worth = at_random(problem)
    benchmark.extra_info.update(
        people=problem.shape[0],
        status=solution.status.value,
        placed=solution.placed,
        quality=solution.objective,
        gap=solution.gap,
        random_placed=placed,
        random_quality=worth,
    )


@pytest.mark.parametrize("people", PACKED)
def bench_packing(benchmark: BenchmarkFixture, people: int) -> None:
    """The proven best of all possible circles."""
    problem = problem_of(people)
    solution = benchmark.pedantic(
        pk.form_circles, (problem, CIRCLES), {"solver": pk.CirclePacking()}, rounds=1
    )
    assert solution.status is pk.Status.OPTIMAL
    note(benchmark, problem, solution)


@pytest.mark.parametrize("people", SEARCHED)
def bench_search(benchmark: BenchmarkFixture, people: int) -> None:
    """The local search, with its bound."""
    problem = problem_of(people)
    solution = benchmark.pedantic(
        pk.form_circles, (problem, CIRCLES), {"solver": pk.CircleSearch()}, rounds=1
    )
    assert solution.bound >= solution.objective
    note(benchmark, problem, solution)
