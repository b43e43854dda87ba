"""Stable pairs beside a textbook loop, at one size: set by ``PAIRKIT_BENCH_PEOPLE``.

50,000 people over 35 mentors: ``PAIRKIT_BENCH_PEOPLE=50000`` and ``-k popular``. 20,000 by 20,000
with lists of 50: ``PAIRKIT_BENCH_PEOPLE=20000`` and ``-k lists``.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from heapq import heappush, heapreplace
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

import numpy as np
import pytest
from numpy.typing import NDArray

import pairkit as pk
from pairkit.solution import Stop
from pairkit.solvers import Clock

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

PEOPLE = int(os.environ.get("PAIRKIT_BENCH_PEOPLE", "200"))
MENTORS: Final = 35
LISTED: Final = 50
AGREEMENT: Final = 2.0  # how much more a person's merit counts than taste

Lists: TypeAlias = list[list[int]]
Favor: TypeAlias = Literal["mentors", "mentees"]


class Market(NamedTuple):
    """A problem, and the same for plain Python: lists, best first, and capacities of both sides."""

    problem: pk.Problem
    lists: dict[str, Lists]
    room: dict[str, list[int]]


def popular() -> Market:
    """Return a few mentors with room for most of the people; everybody ranks all."""
    rng = np.random.default_rng(0)
    mentors = min(MENTORS, PEOPLE)
    room = np.maximum(rng.integers(1000, 1401, mentors) * PEOPLE // 50_000, 1)
    i, j = (axis.ravel() for axis in np.indices((mentors, PEOPLE)))
    return _market(rng, (i, j), (mentors, PEOPLE), room)


def lists() -> Market:
    """Return as many mentors as mentees, each with some 50 of the other side on a list."""
    rng = np.random.default_rng(0)
    each = min(LISTED, PEOPLE)
    keys = np.unique(np.repeat(np.arange(PEOPLE), each) * PEOPLE + _integers(rng, PEOPLE * each))
    i, j = np.divmod(keys, PEOPLE)
    return _market(rng, (i, j), (PEOPLE, PEOPLE), np.ones(PEOPLE, dtype=np.int64))


def _integers(rng: np.random.Generator, size: int) -> NDArray[np.int64]:
    return rng.integers(0, PEOPLE, size)


def _market(
    rng: np.random.Generator,
    pairs: tuple[NDArray[np.int64], NDArray[np.int64]],
    shape: tuple[int, int],
    room: NDArray[np.int64],
) -> Market:
    from scipy.sparse import csr_array

    i, j = pairs
    ranked = {
        "mentors": _ranked(
            i, j, AGREEMENT * rng.random(shape[1])[j] + rng.random(len(j)), shape[0]
        ),
        "mentees": _ranked(
            j, i, AGREEMENT * rng.random(shape[0])[i] + rng.random(len(i)), shape[1]
        ),
    }
    problem = pk.Problem.from_scores(
        csr_array((np.zeros(len(i)), (i, j)), shape=shape),
        room,
        1,
        ["stability"],
        preferences=pk.Preferences.from_ranks(ranked["mentors"], ranked["mentees"]),
    )
    return Market(problem, ranked, {"mentors": room.tolist(), "mentees": [1] * shape[1]})


def _ranked(
    people: NDArray[np.int64], others: NDArray[np.int64], liking: NDArray[np.float64], count: int
) -> Lists:
    order = np.lexsort((-liking, people))
    ends = np.cumsum(np.bincount(people, minlength=count))[:-1]
    return [part.tolist() for part in np.split(others[order], ends)]


MARKETS: Final[dict[str, Callable[[], Market]]] = {"popular": popular, "lists": lists}


@functools.cache
def market_of(kind: str) -> Market:
    """Return a market, made once."""
    return MARKETS[kind]()


def textbook(market: Market, favor: Favor) -> set[tuple[int, int]]:
    """Return the pairs (proposer, receiver) of the loop that textbooks show, lists ready."""
    other = "mentees" if favor == "mentors" else "mentors"
    ranks = [{one: rank for rank, one in enumerate(own)} for own in market.lists[other]]
    lists, room, limit = market.lists[favor], list(market.room[favor]), market.room[other]
    asked = [0] * len(lists)
    held: list[list[tuple[int, int]]] = [[] for _ in ranks]
    free = list(range(len(lists)))
    while free:
        one = free.pop()
        while room[one] and asked[one] < len(lists[one]):
            receiver = lists[one][asked[one]]
            asked[one] += 1
            offer = (-ranks[receiver][one], one)
            if len(held[receiver]) < limit[receiver]:
                heappush(held[receiver], offer)
                room[one] -= 1
            elif offer > held[receiver][0]:
                _, refused = heapreplace(held[receiver], offer)
                room[one] -= 1
                room[refused] += 1
                free.append(refused)
    return {(one, receiver) for receiver, offers in enumerate(held) for _, one in offers}


CASES = pytest.mark.parametrize(
    ("kind", "favor"), [(kind, favor) for kind in MARKETS for favor in ("mentors", "mentees")]
)


@CASES
def bench_deferred_acceptance(benchmark: BenchmarkFixture, kind: str, favor: Favor) -> None:
    """The solver alone: from preferences to pairs."""
    market, solver = market_of(kind), pk.DeferredAcceptance(favor)
    answer = benchmark(lambda: solver.solve(market.problem, clock=Clock(Stop()), seed=0))
    mentors, mentees = answer.mentors.tolist(), answer.mentees.tolist()
    sides = (mentors, mentees) if favor == "mentors" else (mentees, mentors)
    assert set(zip(*sides, strict=True)) == textbook(market, favor)
    benchmark.extra_info.update(people=PEOPLE, pairs=len(answer.mentors))


@CASES
def bench_verified(benchmark: BenchmarkFixture, kind: str, favor: Favor) -> None:
    """The same with everything around it: blocking pairs are looked for, the rest is verified."""
    market, solver = market_of(kind), pk.DeferredAcceptance(favor)
    solution = benchmark(lambda: pk.solve(market.problem, solver))
    assert solution.status is pk.Status.OPTIMAL


@CASES
def bench_textbook(benchmark: BenchmarkFixture, kind: str, favor: Favor) -> None:
    """The reference: a loop in plain Python over lists that are sorted already."""
    market = market_of(kind)
    assert benchmark(lambda: textbook(market, favor))


@pytest.mark.parametrize("kind", list(MARKETS))
def bench_blocking_pairs(benchmark: BenchmarkFixture, kind: str) -> None:
    """A look at all acceptable pairs, where nothing is made: each of them blocks."""
    problem, none = market_of(kind).problem, np.zeros(0, dtype=np.int64)
    mentors, _ = benchmark(lambda: pk.blocking_pairs(problem, none, none))
    assert len(mentors) == sum(map(len, market_of(kind).lists["mentors"]))
