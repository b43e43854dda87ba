"""Solvers and their peers on every workload, at one size: set by ``PAIRKIT_BENCH_PEOPLE``."""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING

import pytest

from benchmarks.registry import ENTRIES, Entry, Outcome, agree
from benchmarks.workloads import WORKLOADS, Workload

if TYPE_CHECKING:
    from _pytest.mark import ParameterSet
    from pytest_benchmark.fixture import BenchmarkFixture

PEOPLE = int(os.environ.get("PAIRKIT_BENCH_PEOPLE", "48"))


@functools.cache
def workload_of(kind: str) -> Workload:
    """Return a workload, made once."""
    return WORKLOADS[kind](PEOPLE).build()


@functools.cache
def best_of(kind: str) -> Outcome:
    """Return what the first exact solver finds that takes a workload."""
    workload = workload_of(kind)
    entry = next(entry for entry in ENTRIES if entry.exact and entry.takes(workload))
    return entry.outcome(workload, entry.solve(workload))


def taken() -> list[ParameterSet]:
    """Return every solver with every workload that it takes; the registry says why not the rest."""
    return [
        pytest.param(kind, entry, id=f"{kind}-{entry.name}".replace(" ", "-"))
        for kind in WORKLOADS
        for entry in ENTRIES
        if entry.takes(workload_of(kind))
    ]


@pytest.mark.parametrize(("kind", "entry"), taken())
def bench_solver(benchmark: BenchmarkFixture, kind: str, entry: Entry) -> None:
    """Everything from a problem to its pairs, writing scores down included."""
    workload = workload_of(kind)
    pairs = benchmark(entry.solve, workload)
    found, best = entry.outcome(workload, pairs), best_of(kind)
    if entry.exact:
        assert agree(found, best, workload), (found, best)
    benchmark.extra_info.update(people=PEOPLE, pairs=found.pairs, quality=found.quality)
