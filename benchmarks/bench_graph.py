"""Peers beside rustworkx and networkx, at one size: set by ``PAIRKIT_BENCH_PEOPLE``.

``anybody``: 30 candidates each, drawn at random. ``neighbors``: people on a map, 10 nearest each,
which is full of odd cycles. 100,000 people to a gap of 0.001:
``PAIRKIT_BENCH_PEOPLE=100000 PAIRKIT_BENCH_GAP=0.001`` and ``-k "graph_matching and anybody"``.
"""

from __future__ import annotations

import functools
import math
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import networkx as nx
import numpy as np
import pytest
import rustworkx
from numpy.typing import NDArray
from scipy.spatial import cKDTree

import pairkit as pk
from pairkit.pairspace import Candidates
from pairkit.solvers.fractional import half_pairs

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

PEOPLE = int(os.environ.get("PAIRKIT_BENCH_PEOPLE", "60"))
GAP = float(os.environ.get("PAIRKIT_BENCH_GAP", "0"))
ANYBODY: Final = 30  # candidates of each, on the mean
NEIGHBORS: Final = 10
BITS: Final = 40  # of scores as whole numbers, for the peers
MOST_NETWORKX: Final = 1_000
MOST_RUSTWORKX: Final = 10_000  # a minute; the time grows with the square


def anybody(rng: np.random.Generator) -> Candidates:
    """Return random candidates with random scores."""
    ends = rng.integers(0, PEOPLE, (2, PEOPLE * ANYBODY // 2))
    return _pool(*ends, lambda i, _: rng.random(len(i)))


def neighbors(rng: np.random.Generator) -> Candidates:
    """Return the nearest of people on a map; who is nearer scores more."""
    at = rng.random((PEOPLE, 2))
    near = cKDTree(at).query(at, min(NEIGHBORS + 1, PEOPLE))[1][:, 1:]
    i, j = np.repeat(np.arange(PEOPLE), near.shape[1]), near.ravel()
    return _pool(i, j, lambda i, j: 1.0 - np.hypot(*(at[i] - at[j]).T))


def _pool(
    i: NDArray[np.int64],
    j: NDArray[np.int64],
    score: Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.float64]],
) -> Candidates:
    low, high = np.minimum(i, j), np.maximum(i, j)
    keys = np.unique(low[low < high] * PEOPLE + high[low < high])
    one, other = np.divmod(keys, PEOPLE)
    return Candidates(one, other, score(one, other))


POOLS: Final = {"anybody": anybody, "neighbors": neighbors}


@functools.cache
def pool_of(kind: str) -> Candidates:
    """Return a pool, made once."""
    return POOLS[kind](np.random.default_rng(0))


@functools.cache
def problem_of(kind: str) -> pk.Problem:
    """Return the problem of a pool."""
    from scipy.sparse import csr_array

    pool = pool_of(kind)
    ends = np.append(pool.mentors, pool.mentees), np.append(pool.mentees, pool.mentors)
    scores = np.append(pool.scores, pool.scores)
    return pk.Problem.from_scores(csr_array((scores, ends), shape=(PEOPLE, PEOPLE)), peers=True)


def weights_of(kind: str) -> list[tuple[int, int, int]]:
    """Return edges as peers take them, in whole numbers."""
    pool = pool_of(kind)
    whole = np.rint(np.ldexp(pool.scores, BITS)).astype(np.int64)
    return list(zip(pool.mentors.tolist(), pool.mentees.tolist(), whole.tolist(), strict=True))


def value_of(kind: str, pairs: set[tuple[int, int]]) -> tuple[int, float]:
    """Return how many pairs there are, and the sum of their scores."""
    pool = pool_of(kind)
    score = dict(
        zip(
            zip(pool.mentors.tolist(), pool.mentees.tolist(), strict=True),
            pool.scores.tolist(),
            strict=True,
        )
    )
    return len(pairs), math.fsum(score[min(pair), max(pair)] for pair in pairs)


def up_to(most: int) -> list[str]:
    """Return the pools that a peer is run on: it takes minutes beyond so many people."""
    return list(POOLS) if most >= PEOPLE else []


def by_rustworkx(kind: str) -> set[tuple[int, int]]:
    """Return the most pairs, the best of them, by rustworkx."""
    graph: rustworkx.PyGraph[None, int] = rustworkx.PyGraph(multigraph=False)
    graph.add_nodes_from([None] * PEOPLE)
    graph.add_edges_from(weights_of(kind))
    return rustworkx.max_weight_matching(graph, max_cardinality=True, weight_fn=int)


def by_networkx(kind: str) -> set[tuple[int, int]]:
    """Return the same by networkx."""
    graph: nx.Graph[int] = nx.Graph()
    graph.add_weighted_edges_from(weights_of(kind))
    return nx.max_weight_matching(graph, maxcardinality=True)


@pytest.mark.parametrize("kind", list(POOLS))
def bench_graph_matching(benchmark: BenchmarkFixture, kind: str) -> None:
    """From a problem to verified pairs."""
    problem = problem_of(kind)
    solution = benchmark(lambda: pk.solve(problem, pk.GraphMatching(), stop=pk.Stop(gap=GAP)))
    best = value_of(kind, by_rustworkx(kind)) if PEOPLE <= MOST_RUSTWORKX else None
    if best is not None and solution.status is pk.Status.OPTIMAL:
        assert len(solution) == best[0]
        assert solution.objective == pytest.approx(best[1])
    benchmark.extra_info.update(
        people=PEOPLE,
        candidates=len(pool_of(kind)),
        pairs=len(solution),
        most_pairs=solution.levels[0].bound,
        gap=solution.gap,
        detail=solution.detail,
    )


@pytest.mark.parametrize("kind", list(POOLS))
def bench_half_pairs(benchmark: BenchmarkFixture, kind: str) -> None:
    """The flow and its prices alone: a bound on every matching."""
    pool = pool_of(kind)
    benchmark(lambda: half_pairs(PEOPLE, pool, pool.scores, first=True))


@pytest.mark.parametrize("kind", up_to(MOST_RUSTWORKX))
def bench_rustworkx(benchmark: BenchmarkFixture, kind: str) -> None:
    """The graph made and matched by rustworkx."""
    benchmark(lambda: by_rustworkx(kind))


@pytest.mark.parametrize("kind", up_to(MOST_NETWORKX))
def bench_networkx(benchmark: BenchmarkFixture, kind: str) -> None:
    """The graph made and matched by networkx."""
    found = benchmark(lambda: by_networkx(kind))
    assert value_of(kind, found) == pytest.approx(value_of(kind, by_rustworkx(kind)))
