"""Passes find what a search pair by pair finds, whatever they skip and whoever does the work."""

from __future__ import annotations

import importlib
import os
import warnings
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import hypothesis.strategies as st
import joblib
import numpy as np
import pytest
from hypothesis import given, settings
from numpy.typing import NDArray

import pairkit as pk
from pairkit import grid as grid_module
from pairkit import hits as hits_module
from pairkit import scan as scan_module
from pairkit.folding import screen_of
from pairkit.hits import Hits
from pairkit.pairspace import PairSpace
from pairkit.scan import Look, Pass, in_parallel, raise_most, scan
from pairkit.screen import BIG, Screen
from tests.spaces import Kinds, a_space, kinds, program

if TYPE_CHECKING:
    from pairkit.parts import Index

    Numbers = NDArray[np.float64]

FAR: Final = -BIG / 2.0
FINE: Final = 1e-7  # the rounding of float32 bounds in [-1, 1]
SHAPE: Final = (34, 27)
FAST: Final = Kinds(("dense", "sparse", "table"), rules=("table", "list"))
SLOW: Final = Kinds(("dense", "slow"), rules=("table", "slow"), soft=("slow",), floor=0.2)


@pytest.fixture(autouse=True, scope="module")
def _small_tiles() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grid_module, "ROWS", 9)
        patch.setattr(grid_module, "COLUMNS", 8)
        patch.setattr("pairkit.scan.LEAST_WORK", 1)
        yield


def everybody(space: PairSpace) -> Screen:
    return screen_of(space, *(np.arange(size) for size in space.shape))


def a_look(
    screen: Screen,
    seed: int,
    *,
    most: int = 1000,
    above: float = 0.0,
    spread: float = 0.0,
    exact: bool = True,
) -> Look:
    """Return a look at random prices, at one threshold or at thresholds of many sizes."""
    rng = np.random.default_rng(seed)
    m, n = screen.grid.shape
    return Look(
        0.6 * rng.random(m),
        0.4 * rng.random(n),
        (above + spread * rng.random(m), above + spread * rng.random(n)),
        (np.full(m, most), np.full(n, most)),
        exact,
    )


def truth(screen: Screen, look: Look) -> Numbers:
    """Return the reduced costs of all pairs of a grid, far below 0 where forbidden."""
    rows, columns = (places.ravel() for places in np.indices(screen.grid.shape))
    return screen.settle(rows, columns, look.u, look.v).reshape(screen.grid.shape)


def nobody() -> tuple[Index, Index]:
    return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)


def run(
    screen: Screen,
    look: Look,
    known: tuple[Index, Index] | None = None,
    before: Pass | None = None,
    workers: int | None = 1,
) -> Pass:
    found = scan(screen, look, known or nobody(), before=before, workers=workers)
    assert found is not None
    return found


def pairs_of(hits: Hits) -> list[tuple[int, int]]:
    return sorted(zip(hits.rows.tolist(), hits.columns.tolist(), strict=True))


def marked(shape: tuple[int, int], rows: Index, columns: Index) -> NDArray[np.bool_]:
    found = np.zeros(shape, dtype=np.bool_)
    found[rows, columns] = True
    return found


def places(known: NDArray[np.bool_]) -> tuple[Index, Index]:
    rows, columns = np.nonzero(known)
    return rows, columns


def some_known(screen: Screen, seed: int) -> tuple[Index, Index]:
    rng = np.random.default_rng(seed + 1)
    rows, columns = np.nonzero(rng.random(screen.grid.shape) < 0.1)
    return rows, columns


def assert_bounds(screen: Screen, one: Pass, out: NDArray[np.bool_], reduced: Numbers) -> None:
    """Check that every pair that was not returned and not known is within the bounds."""
    for b in range(screen.grid.open.shape[1]):
        part = screen.grid.column_part(b)
        rest = np.where(out[:, part], -np.inf, reduced[:, part]).max(axis=1)
        there = rest > FAR
        assert (rest[there] <= one.most[there, b] + FINE).all()


drawn_kinds = kinds()
seeds = st.integers(0, 9999)


@given(drawn_kinds, seeds, st.sampled_from([0.0, 0.05]))
@settings(max_examples=20)
def test_an_exact_pass_finds_what_is_above_the_thresholds_and_nothing_else(
    made_of: Kinds, seed: int, above: float
) -> None:
    screen = everybody(a_space(SHAPE, made_of, seed))
    look, known = a_look(screen, seed, above=above), some_known(screen, seed)
    reduced = truth(screen, look)
    one = run(screen, look, known)
    expected = (reduced > above) & ~marked(screen.grid.shape, *known)
    assert np.array_equal(marked(screen.grid.shape, one.hits.rows, one.hits.columns), expected)
    assert one.hits.values == pytest.approx(reduced[one.hits.rows, one.hits.columns], abs=1e-12)


@given(drawn_kinds, seeds, st.sampled_from([0.0, 0.3]))
@settings(max_examples=20)
def test_a_rough_pass_misses_nothing_above_the_thresholds(
    made_of: Kinds, seed: int, spread: float
) -> None:
    screen = everybody(a_space(SHAPE, made_of, seed))
    look = a_look(screen, seed, spread=spread, exact=False)
    reduced = truth(screen, look)
    one = run(screen, look)
    hot = reduced > look.thresholds[0][:, None]
    hot |= reduced > look.thresholds[1][None, :]
    found = marked(screen.grid.shape, one.hits.rows, one.hits.columns)
    assert found[hot].all()
    error = screen.error(look.u, look.v)
    near = reduced > look.thresholds[0][:, None] - 2.0 * error
    near |= reduced > look.thresholds[1][None, :] - 2.0 * error
    assert near[found].all()


@given(drawn_kinds, seeds, st.booleans(), st.sampled_from([0, 1]))
@settings(max_examples=20)
def test_a_pair_that_is_hardly_above_its_threshold_is_found(
    made_of: Kinds, seed: int, exact: bool, side: int
) -> None:
    screen = everybody(a_space(SHAPE, made_of, seed))
    look = a_look(screen, seed, above=BIG, exact=exact)
    reduced = truth(screen, look)
    best = reduced.max(axis=1 - side)
    look.thresholds[side][:] = np.where(best > FAR, best - 1e-12, BIG)
    hot = reduced > np.expand_dims(look.thresholds[side], 1 - side)
    one = run(screen, look)
    found = marked(screen.grid.shape, one.hits.rows, one.hits.columns)
    assert hot.any(axis=1 - side).tolist() == (best > FAR).tolist()
    assert found[hot].all()
    assert not exact or np.array_equal(found, hot)


@given(drawn_kinds, seeds, st.integers(1, 3), st.booleans(), st.sampled_from([0.0, 0.3]))
@settings(max_examples=40)
def test_what_is_not_returned_is_bounded_at_old_and_at_new_prices(
    made_of: Kinds, seed: int, most: int, exact: bool, spread: float
) -> None:
    screen = everybody(a_space(SHAPE, made_of, seed))
    look = a_look(screen, seed, most=most, spread=spread, exact=exact)
    known = some_known(screen, seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hits_module, "CROWDED", 1)
        one = run(screen, look, known)
    out = marked(screen.grid.shape, *known)
    out[one.hits.rows, one.hits.columns] = True
    assert_bounds(screen, one, out, truth(screen, look))
    rng = np.random.default_rng(seed)
    u, v = (one + rng.normal(0.0, size, len(one)) for one, size in ((look.u, 0.2), (look.v, 5.0)))
    moved = replace(one, most=one.bound(screen.grid, u, v), u=u, v=v)
    assert_bounds(screen, moved, out, truth(screen, replace(look, u=u, v=v)))


@given(drawn_kinds, seeds, st.integers(1, 3))
@settings(max_examples=20)
def test_a_crowd_is_cut_to_the_best_but_never_to_nothing(
    made_of: Kinds, seed: int, most: int
) -> None:
    screen = everybody(a_space(SHAPE, made_of, seed))
    look = a_look(screen, seed, most=most)
    reduced = truth(screen, look)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hits_module, "CROWDED", 1)
        one = run(screen, look)
    assert (reduced > 0.0)[one.hits.rows, one.hits.columns].all()
    assert len(one.hits.rows) <= most * sum(screen.grid.shape)
    for block in range(len(screen.grid.open)):
        part = screen.grid.row_part(block)
        inside = (one.hits.rows >= part.start) & (one.hits.rows < part.stop)
        assert inside.any() == (reduced[part] > 0.0).any()


@given(drawn_kinds, seeds, st.sampled_from([0.0, 0.02, 0.3]), st.integers(1, 4))
@settings(max_examples=20)
def test_skipping_what_an_earlier_pass_bounds_changes_no_hit(
    made_of: Kinds, seed: int, step: float, passes: int
) -> None:
    screen = everybody(a_space(SHAPE, made_of, seed))
    rng = np.random.default_rng(seed)
    look = a_look(screen, seed)
    known = marked(screen.grid.shape, *some_known(screen, seed))
    last = run(screen, look, places(known))
    for _ in range(passes):
        known[last.hits.rows, last.hits.columns] = True
        u, v = (np.maximum(p + rng.normal(0.0, step, len(p)), 0.0) for p in (look.u, look.v))
        look = replace(look, u=u, v=v)
        whole = run(screen, look, places(known))
        last = run(screen, look, places(known), before=last)
        assert pairs_of(last.hits) == pairs_of(whole.hits)
        assert last.pairs <= whole.pairs
        out = known.copy()
        out[last.hits.rows, last.hits.columns] = True
        assert_bounds(screen, last, out, truth(screen, look))


def test_nothing_is_looked_at_twice_at_the_same_prices() -> None:
    screen = everybody(a_space(SHAPE, FAST))
    look = a_look(screen, 0)
    one = run(screen, look)
    known = one.hits.rows, one.hits.columns
    look = replace(look, thresholds=(np.full(SHAPE[0], 1e-3), np.full(SHAPE[1], 1e-3)))
    again = run(screen, look, known, before=one)
    assert (again.pairs, len(again.hits.rows)) == (0, 0)


def test_a_pass_over_closed_tiles_looks_at_no_pair_of_them() -> None:
    screen = everybody(a_space((60, 50), Kinds(rules=("table",))))
    assert not screen.grid.open.all()
    assert run(screen, a_look(screen, 0)).pairs == screen.grid.pairs


def test_nobody_on_a_side_is_nothing_to_find() -> None:
    for shape in ((0, 5), (5, 0), (0, 0)):
        screen = everybody(a_space(shape, Kinds()))
        one = run(screen, a_look(screen, 0))
        assert (len(one.hits.rows), one.pairs) == (0, 0)
        assert one.bound(screen.grid, one.u, one.v).shape == one.most.shape


def test_memory_for_hits_is_bounded_with_the_same_result(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = everybody(a_space((60, 50), FAST))
    look = a_look(screen, 0, most=2)
    one = run(screen, look)
    monkeypatch.setattr(scan_module, "MOST_HITS", 20)
    other = run(screen, look)
    out = marked(screen.grid.shape, other.hits.rows, other.hits.columns)
    assert len(other.hits.rows) > 20
    assert_bounds(screen, other, out, truth(screen, look))
    best = [np.zeros(screen.grid.shape[0]) for _ in range(2)]
    for values, found in zip(best, (one.hits, other.hits), strict=True):
        np.maximum.at(values, found.rows, found.values)
    assert np.array_equal(best[0], best[1])


@given(seeds)
@settings(max_examples=20)
def test_pairs_that_are_taken_out_count_among_the_others_again(seed: int) -> None:
    screen = everybody(a_space(SHAPE, FAST, seed))
    look = a_look(screen, seed)
    one = run(screen, look)
    raise_most(screen.grid, one.most, one.hits)
    assert_bounds(screen, one, np.zeros(screen.grid.shape, dtype=np.bool_), truth(screen, look))


def test_a_look_among_some_people_is_for_one_side() -> None:
    screen = everybody(a_space(SHAPE, FAST))
    look = a_look(screen, 0, spread=0.2)
    rows, columns = np.array([3, 5]), np.array([1, 2, 8])
    of_rows, of_columns = (look.among(rows, columns, only=side) for side in (0, 1))
    assert of_rows.thresholds[0].tolist() == look.thresholds[0][rows].tolist()
    assert of_columns.thresholds[1].tolist() == look.thresholds[1][columns].tolist()
    assert (of_rows.thresholds[1] == BIG).all()
    assert (of_columns.thresholds[0] == BIG).all()
    assert (of_rows.u.tolist(), of_rows.v.tolist()) == (
        look.u[rows].tolist(),
        look.v[columns].tolist(),
    )
    assert of_rows.__sizeof__() > 0


# Whoever does the work


@cache
def solved_alone() -> tuple[pk.Problem, pk.Solution]:
    roster = pk.datasets.sample(40)
    problem = pk.build(roster, program(roster, "slow"))
    return problem, pk.solve(problem, pk.ColumnGeneration(first=1, workers=1))


def same(one: Pass, other: Pass) -> bool:
    return (
        pairs_of(one.hits) == pairs_of(other.hits)
        and np.array_equal(one.hits.values, other.hits.values)
        and np.array_equal(one.most, other.most)
    )


@pytest.fixture(scope="module")
def _cluster() -> Iterator[None]:
    """Run a Dask cluster of two processes on this machine."""
    distributed = importlib.import_module("distributed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the cluster's own set-up: ports, event loops
        options = {"n_workers": 2, "threads_per_worker": 1, "processes": True}
        cluster = distributed.LocalCluster(
            **options, dashboard_address=None, silence_logs="CRITICAL"
        )
        client = distributed.Client(cluster)
    try:
        yield
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            client.close()
            cluster.close()


@contextmanager
def engine(name: str) -> Generator[None]:
    options: dict[str, Any] = {} if name == "dask" else {"n_jobs": 2}
    with joblib.parallel_config(backend=name, **options):
        yield


@pytest.fixture(params=["threading", "loky", "dask"])
def name(request: pytest.FixtureRequest) -> str:
    """Return an engine of joblib that is ready to work."""
    if request.param == "dask":
        request.getfixturevalue("_cluster")
    return str(request.param)


@pytest.mark.parametrize("made_of", [FAST, SLOW], ids=["fast", "slow"])
@pytest.mark.parametrize("workers", [2, 3])
def test_the_number_of_workers_changes_nothing(made_of: Kinds, workers: int) -> None:
    screen = everybody(a_space((80, 50), made_of))
    for most in (2, 1000):
        look = a_look(screen, 0, most=most)
        assert same(run(screen, look), run(screen, look, workers=workers))


@pytest.mark.parametrize("made_of", [FAST, SLOW], ids=["fast", "slow"])
def test_the_engine_changes_nothing(made_of: Kinds, name: str) -> None:
    screen = everybody(a_space((80, 50), made_of))
    look = a_look(screen, 0, most=2)
    alone = run(screen, look)
    with engine(name):
        assert same(alone, run(screen, look, workers=None))


def test_a_whole_solve_is_the_same_with_every_engine(name: str) -> None:
    problem, alone = solved_alone()
    with engine(name):
        other = pk.solve(problem, pk.ColumnGeneration(first=1))
    assert alone.status is other.status is pk.Status.OPTIMAL
    assert alone.mentors.tolist() == other.mentors.tolist()
    assert alone.mentees.tolist() == other.mentees.tolist()
    assert alone.bound == other.bound


@pytest.mark.parametrize("blocks", [1, 2])
def test_a_pass_that_is_told_to_stop_returns_nothing(name: str, blocks: int) -> None:
    screen = everybody(a_space((80, 50), FAST))
    shares: list[float] = []

    def proceed(done: float, _: int) -> bool:
        shares.append(done)
        return len(shares) < blocks

    with warnings.catch_warnings(), engine(name):
        warnings.simplefilter("error")
        stopped = scan(screen, a_look(screen, 0), nobody(), proceed=proceed)
    assert stopped is None
    assert len(shares) == blocks
    assert shares == sorted(shares)
    assert shares[-1] < 1.0


def test_the_share_that_is_done_grows_to_one() -> None:
    screen = everybody(a_space((80, 50), FAST))
    shares: list[float] = []
    pairs: list[int] = []

    def proceed(done: float, looked_at: int) -> bool:
        shares.append(done)
        pairs.append(looked_at)
        return True

    assert scan(screen, a_look(screen, 0), nobody(), workers=2, proceed=proceed) is not None
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert pairs[-1] == screen.grid.pairs


def double(number: int) -> int:
    if number == 7:
        raise ValueError("seven")
    return 2 * number


def test_results_come_in_order_and_errors_come_through(name: str) -> None:
    with engine(name):
        jobs = ((k,) for k in range(7))
        assert list(in_parallel(double, jobs, None)) == [0, 2, 4, 6, 8, 10, 12]
        with pytest.raises(ValueError, match="seven"):
            list(in_parallel(double, ((k,) for k in range(9)), None))


def dies(number: int) -> int:
    if number:
        os._exit(1)
    return number


def test_a_worker_that_dies_is_told_in_one_error() -> None:
    jobs = ((number,) for number in (0, 1, 0))
    with joblib.parallel_config(backend="loky"), pytest.raises(pk.SolverError, match="worker"):
        list(in_parallel(dies, jobs, 2))
