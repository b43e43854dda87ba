"""Hits of a tile are those of a search pair by pair, and the best of each where they are many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from numpy.typing import NDArray

from pairkit import hits as hits_module
from pairkit.hits import (
    SPREAD,
    Hits,
    Limits,
    best_hits,
    best_of_each,
    best_of_tile,
    stand_out,
)
from pairkit.screen import BIG

if TYPE_CHECKING:
    from pairkit.parts import Index
    from pairkit.screen import Floats

KINDS: list[type[np.floating[Any]]] = [np.float32, np.float64]


class Searched(NamedTuple):
    """A tile of columns x rows, its limits, and what came out."""

    before: Floats
    after: Floats
    above: tuple[NDArray[np.float64], NDArray[np.float64]]
    most: tuple[Index, Index]
    found: NDArray[np.bool_]
    hits: Hits
    cut: NDArray[np.bool_]

    @property
    def row_hot(self) -> NDArray[np.bool_]:
        """Where a value is above the threshold of its row."""
        return self.before > self.above[0][None, :]

    @property
    def column_hot(self) -> NDArray[np.bool_]:
        return self.before > self.above[1][:, None]


def searched(seed: int, kind: type[np.floating[Any]], *, uniform: bool, most: int) -> Searched:
    """Return a search in a random tile with forbidden pairs in it."""
    rng = np.random.default_rng(seed)
    c, r = rng.integers(1, 30, 2).tolist()
    tile = rng.normal(size=(c, r)).astype(kind)
    tile[rng.random((c, r)) < 0.2] = -BIG
    above_i, above_j = rng.normal(1.0, 1.0, r), rng.normal(1.0, 1.0, c)
    if uniform:
        above_i[:], above_j[:] = above_i[0], above_i[0]
    most_i, most_j = rng.integers(1, most + 1, r), rng.integers(1, most + 1, c)
    rows, columns = np.arange(100, 100 + r), np.arange(500, 500 + c)
    before = tile.copy()
    hits, cut = stand_out(tile, rows, columns, (Limits(above_i, most_i), Limits(above_j, most_j)))
    found = np.zeros(tile.shape, dtype=np.bool_)
    found[hits.columns - 500, hits.rows - 100] = True
    return Searched(before, tile, (above_i, above_j), (most_i, most_j), found, hits, cut)


seeds = st.integers(0, 100_000)
few = st.sampled_from(KINDS), st.booleans()


@given(seeds, *few)
def test_everything_above_a_threshold_is_found_where_there_is_no_crowd(
    seed: int, kind: type[np.floating[Any]], uniform: bool
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hits_module, "CROWDED", 1000)
        one = searched(seed, kind, uniform=uniform, most=3)
    assert np.array_equal(one.found, one.row_hot | one.column_hot)
    assert not one.cut.any()


@given(seeds, *few, st.integers(1, 2))
def test_what_is_found_is_blanked_and_all_else_is_left(
    seed: int, kind: type[np.floating[Any]], uniform: bool, crowded: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hits_module, "CROWDED", crowded)
        one = searched(seed, kind, uniform=uniform, most=2)
    assert len(one.hits.rows) == np.count_nonzero(one.found)
    assert (one.after[one.found] == kind(-BIG)).all()
    assert np.array_equal(one.after[~one.found], one.before[~one.found])
    at = one.hits.columns - 500, one.hits.rows - 100
    assert np.array_equal(one.hits.values, one.before[at])
    assert (one.row_hot | one.column_hot)[one.found].all()


@given(seeds, *few, st.integers(1, 2))
def test_the_best_of_everybody_in_a_crowd_are_found(
    seed: int, kind: type[np.floating[Any]], uniform: bool, crowded: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hits_module, "CROWDED", crowded)
        one = searched(seed, kind, uniform=uniform, most=2)
    slack = 2.0 * SPREAD * np.abs(one.before[one.before > -BIG / 2]).max(initial=0.0)
    for values, hot, found, most in (
        (one.before.T, one.row_hot.T, one.found.T, one.most[0]),
        (one.before, one.column_hot, one.found, one.most[1]),
    ):
        for k, count in enumerate(most.tolist()):
            # With one threshold for all, the crowd of the other may take what a person has.
            if uniform and np.count_nonzero(hot[k]) <= crowded * count:
                continue
            wanted = np.sort(values[k][hot[k]])[::-1][:count]
            got = np.sort(values[k][found[k]])[::-1][: len(wanted)]
            assert len(got) == len(wanted)
            assert (got >= wanted - slack).all()


@given(seeds, st.sampled_from(KINDS))
def test_a_row_says_so_where_some_of_its_pairs_are_left(
    seed: int, kind: type[np.floating[Any]]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hits_module, "CROWDED", 1)
        one = searched(seed, kind, uniform=True, most=2)
    assert np.array_equal(one.cut, (one.row_hot & ~one.found).any(axis=0))


def test_rows_and_columns_have_limits_of_their_own() -> None:
    tile = np.array([[1.0, 5.0], [3.0, 4.0], [2.0, 0.0]])
    high = np.full(2, 100.0), np.full(3, 100.0)
    ones = np.ones(2, dtype=np.int64), np.ones(3, dtype=np.int64)
    of_rows = Limits(np.array([2.5, 100.0]), ones[0]), Limits(high[1], ones[1])
    hits, _ = stand_out(tile.copy(), np.arange(2), np.arange(3), of_rows)
    assert list(zip(hits.rows.tolist(), hits.columns.tolist(), strict=True)) == [(0, 1)]
    of_columns = Limits(high[0], ones[0]), Limits(np.array([100.0, 100.0, 1.5]), ones[1])
    hits, _ = stand_out(tile.copy(), np.arange(2), np.arange(3), of_columns)
    assert list(zip(hits.rows.tolist(), hits.columns.tolist(), strict=True)) == [(0, 2)]


def test_a_threshold_between_two_float32_numbers_hides_nothing() -> None:
    value = np.float32(0.1)
    above = float(np.nextafter(np.float64(value), 0.0))
    limits = Limits(np.array([above]), np.array([1])), Limits(np.array([above]), np.array([1]))
    hits, _ = stand_out(np.array([[value]]), np.arange(1), np.arange(1), limits)
    assert len(hits.rows) == 1


values = st.lists(st.tuples(st.integers(0, 4), st.sampled_from([0.0, 0.25, 0.5, 1.0])), max_size=20)


@given(values, st.integers(1, 4))
def test_the_best_of_each_are_the_largest_values_of_each(
    drawn: list[tuple[int, float]], count: int
) -> None:
    people = np.array([person for person, _ in drawn], dtype=np.int64)
    worth = np.array([value for _, value in drawn])
    chosen = best_of_each(people, worth, count)
    assert chosen.tolist() == sorted(set(chosen.tolist()))
    for person in range(5):
        own = np.sort(worth[people == person])[::-1]
        got = np.sort(worth[chosen][people[chosen] == person])[::-1]
        assert got.tolist() == own[:count].tolist()
    assert np.array_equal(best_of_each(people, worth, np.full(len(people), count)), chosen)


def test_everybody_may_have_another_number_of_best_values() -> None:
    people = np.array([0, 0, 0, 1, 1, 1])
    worth = np.array([1.0, 2.0, 3.0, 1.0, 2.0, 3.0])
    chosen = best_of_each(people, worth, np.array([1, 1, 1, 2, 2, 2]))
    assert chosen.tolist() == [2, 4, 5]


def test_among_equal_values_the_smallest_mark_comes_first() -> None:
    people, worth = np.zeros(3, dtype=np.int64), np.ones(3)
    assert best_of_each(people, worth, 1).tolist() == [0]
    assert best_of_each(people, worth, 1, np.array([2, 1, 0])).tolist() == [2]


@given(seeds, st.sampled_from(KINDS), st.integers(1, 6))
def test_the_best_of_a_tile_are_the_largest_of_each_person_up_to_the_spread(
    seed: int, kind: type[np.floating[Any]], count: int
) -> None:
    rng = np.random.default_rng(seed)
    c, r = rng.integers(1, 12, 2).tolist()
    tile = rng.normal(size=(c, r)).astype(kind)
    best = best_of_tile(tile, np.arange(c), np.arange(r), count)
    assert (best.sum(axis=0) == min(count, c)).all()
    slack = 2.0 * SPREAD * float(np.abs(tile).max())
    for k in range(r):
        wanted = np.sort(tile[:, k])[::-1][:count]
        assert (np.sort(tile[best[:, k], k])[::-1] >= wanted - slack).all()


@pytest.mark.parametrize("kind", KINDS)
def test_among_equal_values_different_persons_take_different_others(
    kind: type[np.floating[Any]],
) -> None:
    best = best_of_tile(np.ones((12, 12), dtype=kind), np.arange(12), np.arange(12), 1)
    assert (best.sum(axis=0) == 1).all()
    assert (best.sum(axis=1) == 1).all()


def test_forbidden_pairs_do_not_stretch_the_spread() -> None:
    tile = np.full((4, 1), -BIG)
    tile[:2, 0] = 1.0, 1.001
    best = best_of_tile(tile, np.arange(4), np.arange(1), 1)
    assert np.flatnonzero(best[:, 0]).tolist() == [1]


def some_hits(seed: int) -> Hits:
    rng = np.random.default_rng(seed)
    rows, columns = np.nonzero(rng.random((6, 7)) < 0.5)
    return Hits(rows, columns, rng.permutation(len(rows)).astype(np.float64))


@given(seeds, st.integers(0, 2), st.integers(0, 2))
def test_best_hits_are_the_best_of_their_row_or_of_their_column(
    seed: int, row_most: int, column_most: int
) -> None:
    hits = some_hits(seed)
    chosen = best_hits(
        hits, np.full(len(hits.rows), row_most), np.full(len(hits.rows), column_most)
    )
    for k in range(len(hits.rows)):
        better = hits.values > hits.values[k]
        in_row = np.count_nonzero(better & (hits.rows == hits.rows[k]))
        in_column = np.count_nonzero(better & (hits.columns == hits.columns[k]))
        assert chosen[k] == (in_row < row_most or in_column < column_most)


def test_equal_hits_are_spread_over_the_others() -> None:
    rows, columns = (places.ravel() for places in np.indices((6, 6)))
    hits = Hits(rows, columns, np.ones(36))
    ones = np.ones(36, dtype=np.int64)
    chosen = hits.take(best_hits(hits, ones, 0 * ones))
    assert sorted(chosen.columns.tolist()) == list(range(6))


def test_several_hits_are_joined_in_order_and_none_are_none() -> None:
    one, other = some_hits(0), some_hits(1)
    both = Hits.join([one, other])
    assert both.rows.tolist() == [*one.rows.tolist(), *other.rows.tolist()]
    assert both.values.tolist() == [*one.values.tolist(), *other.values.tolist()]
    none = Hits.join([])
    assert len(none.rows) == 0
    assert len(best_hits(none, none.rows, none.columns)) == 0
