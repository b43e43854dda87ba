"""A first full pass of column generation beside the reference: the product of dense factors."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
import pytest

from benchmarks.runs import reference_of, screen_of_workload
from benchmarks.workloads import WORKLOADS, Workload
from pairkit.scan import Look, scan
from pairkit.screen import BIG

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

PEOPLE = int(os.environ.get("PAIRKIT_BENCH_PEOPLE", "700"))
BEST = 12  # pairs of a person that a pass looks for
ABOVE = 0.7  # the score from which a pair is looked at


@pytest.fixture(params=["worst case", "many rules"])
def workload(request: pytest.FixtureRequest) -> Workload:
    """Return a program."""
    return WORKLOADS[str(request.param)](PEOPLE).build()


def bench_scan(benchmark: BenchmarkFixture, workload: Workload) -> None:
    """One thread over all pairs, at prices of 0."""
    screen = screen_of_workload(workload)
    nothing, most = np.zeros(PEOPLE), np.full(PEOPLE, BEST)
    above = np.full(PEOPLE, ABOVE)
    look = Look(nothing, nothing, (above, above), (most, most), exact=False)
    none = np.zeros(0, dtype=np.int64)
    found = benchmark(lambda: scan(screen, look, (none, none), workers=1))
    assert found is not None
    assert len(found.hits.rows)


@pytest.mark.parametrize("only_open", [False, True], ids=["all-tiles", "open-tiles"])
def bench_reference(benchmark: BenchmarkFixture, workload: Workload, *, only_open: bool) -> None:
    """One thread, nothing but the product."""
    reference = reference_of(workload)
    benchmark(lambda: reference.one_pass(1, only_open=only_open))
    benchmark.extra_info.update(people=PEOPLE, columns=reference.columns)


def bench_reference_is_the_screen(workload: Workload) -> None:
    """Both give the same for every pair: the reference does the work that it stands for."""
    screen, reference = screen_of_workload(workload), reference_of(workload)
    prices = np.zeros(PEOPLE), np.zeros(PEOPLE)
    for block, column_block in np.argwhere(screen.grid.open).tolist():
        ours = screen.strip(block, *prices).tile(column_block)
        theirs = reference.tile(block, column_block)
        allowed = ours > -BIG / 2.0
        assert np.array_equal(allowed, theirs > -BIG / 2.0)
        np.testing.assert_allclose(ours[allowed], theirs[allowed], atol=1e-5)
