"""Parts give the same values for a tile as for the same pairs one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.sparse import csr_array, issparse

from pairkit.parts import (
    DENSE_COLUMNS,
    Bilinear,
    Elementwise,
    Index,
    Listed,
    distinct_rows,
    stack,
)
from tests.people import on_pairs, on_tile

SHAPE = (4, 3)
Entry = tuple[int, int, float]

entries = st.lists(
    st.tuples(st.integers(0, SHAPE[0] - 1), st.integers(0, SHAPE[1] - 1), st.floats(0.001, 1)),
    max_size=10,
)
rows = st.lists(st.integers(0, SHAPE[0] - 1), max_size=6)
columns = st.lists(st.integers(0, SHAPE[1] - 1), max_size=3, unique=True)


def listed(several: list[Entry], shape: tuple[int, int] = SHAPE) -> Listed:
    i, j, values = np.array(several, dtype=np.float64).reshape(-1, 3).T
    return Listed(i.astype(np.int64), j.astype(np.int64), values, shape)


def largest(several: list[Entry], shape: tuple[int, int] = SHAPE) -> NDArray[np.float64]:
    table: dict[tuple[int, int], float] = {}
    for i, j, value in several:
        table[i, j] = max(value, table.get((i, j), 0.0))
    matrix = np.zeros(shape)
    for place, value in table.items():
        matrix[place] = value
    return matrix


@given(entries)
def test_listed_pairs_have_their_largest_value_and_all_others_zero(several: list[Entry]) -> None:
    part, expected = listed(several), largest(several)
    assert np.array_equal(on_tile(part, SHAPE), expected)
    assert np.array_equal(on_pairs(part, SHAPE), expected)
    assert len(part) == np.count_nonzero(expected)


@given(entries, rows, columns)
def test_listed_answers_for_any_rows_and_columns(
    several: list[Entry], chosen_rows: list[int], chosen_columns: list[int]
) -> None:
    i = np.array(chosen_rows, dtype=np.int64).reshape(-1, 1)
    j = np.array(chosen_columns, dtype=np.int64).reshape(1, -1)
    tile = listed(several)(i, j)
    assert tile.shape == (len(chosen_rows), len(chosen_columns))
    assert np.array_equal(tile, largest(several)[i, j])


def test_one_value_may_stand_for_all_pairs() -> None:
    part = Listed(np.array([0, 2]), np.array([1, 1]), 0.5, SHAPE)
    assert on_tile(part, SHAPE).sum() == 1.0
    assert on_tile(part, SHAPE)[0, 1] == on_tile(part, SHAPE)[2, 1] == 0.5


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (4, 0), (4, 3)])
def test_nothing_listed_is_zero_everywhere(shape: tuple[int, int]) -> None:
    part = listed([], shape)
    assert len(part) == 0
    assert on_tile(part, shape).tolist() == np.zeros(shape).tolist()
    assert on_pairs(part, shape).tolist() == np.zeros(shape).tolist()


factors = st.lists(
    st.lists(st.sampled_from([0.0, 0.0, 0.5, -1.0, 3.0]), min_size=4, max_size=4), max_size=5
).map(lambda given: np.array(given, dtype=np.float64).reshape(-1, 4))


@given(factors, factors)
def test_products_are_the_same_dense_and_sparse_for_tiles_and_for_pairs(
    left: NDArray[np.float64], right: NDArray[np.float64]
) -> None:
    expected = left @ right.T
    for one in (left, csr_array(left)):
        for other in (right, csr_array(right)):
            part = Bilinear(one, other)
            for found in (on_tile(part, expected.shape), on_pairs(part, expected.shape)):
                assert isinstance(found, np.ndarray)
                np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


def test_wide_sparse_factors_are_multiplied_sparse() -> None:
    width = DENSE_COLUMNS + 1
    left, right = np.zeros((2, width)), np.zeros((3, width))
    left[0, 5] = left[1, width - 1] = 2.0
    right[2, 5] = right[1, width - 1] = 3.0
    expected = left @ right.T
    for part in (
        Bilinear(csr_array(left), csr_array(right)),
        Bilinear(csr_array(left), right),
        Bilinear(left, csr_array(right)),
    ):
        assert np.array_equal(on_tile(part, (2, 3)), expected)
        assert np.array_equal(on_pairs(part, (2, 3)), expected)


def test_an_elementwise_part_is_its_function() -> None:
    def first(i: Index, j: Index) -> NDArray[np.float64]:
        return i + 0.1 * j

    part = Elementwise(first)
    assert not part.slow
    assert Elementwise(first, slow=True).slow
    assert np.array_equal(on_tile(part, (2, 2)), [[0.0, 0.1], [1.0, 1.1]])


@given(st.lists(factors.filter(len), min_size=1, max_size=3), st.lists(st.booleans(), min_size=3))
def test_stacked_matrices_stand_side_by_side(
    several: list[NDArray[np.float64]], sparse: list[bool]
) -> None:
    height = min(map(len, several))
    cut = [one[:height] for one in several]
    kinds = sparse[: len(cut)]
    stacked = stack([csr_array(one) if s else one for one, s in zip(cut, kinds, strict=True)])
    assert issparse(stacked) == any(kinds)
    found = stacked if isinstance(stacked, np.ndarray) else stacked.toarray()
    assert np.array_equal(found, np.hstack(cut))


@given(st.lists(st.sets(st.integers(0, 3)), max_size=8))
def test_distinct_rows_give_every_row_back(sets: list[set[int]]) -> None:
    dense = np.array([[float(k in row) for k in range(4)] for row in sets]).reshape(-1, 4)
    codes, different = distinct_rows(csr_array(dense))
    assert len(codes) == len(sets)
    assert different.shape[0] == len({frozenset(row) for row in sets})
    assert np.array_equal(different.toarray()[codes], dense)
