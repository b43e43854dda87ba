"""Grids hold everybody once, and leave out only tiles in which nobody may meet."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from numpy.typing import NDArray

from pairkit import grid as grid_module
from pairkit.grid import Grid, Marks, grid_of
from pairkit.parts import Index, Lookup


@pytest.fixture(autouse=True, scope="module")
def _small_tiles() -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grid_module, "ROWS", 4)
        patch.setattr(grid_module, "COLUMNS", 5)
        yield


class Drawn:
    """Some people of two sides, and rules that make classes of them."""

    def __init__(self, whole: tuple[int, int], seed: int, rules: int, share: float) -> None:
        rng = np.random.default_rng(seed)
        self.whole = whole
        self.rows, self.columns = (
            rng.permutation(size)[: rng.integers(0, size + 1)].astype(np.int64) for size in whole
        )
        self.rules = [self._rule(rng, share) for _ in range(rules)]

    def _rule(self, rng: np.random.Generator, share: float) -> Lookup[Any]:
        codes = tuple(int(count) for count in rng.integers(1, 6, 2))
        left, right = (rng.integers(0, k, n) for k, n in zip(codes, self.whole, strict=True))
        return Lookup(left, right, rng.random(codes) < share)

    def allowed(self, grid: Grid) -> NDArray[np.bool_]:
        """Return which pairs of the grid all rules allow, in its order."""
        i, j = grid.rows[:, None], grid.columns[None, :]
        found = np.ones(grid.shape, dtype=np.bool_)
        for rule in self.rules:
            found &= ~rule(i, j)
        return found


drawn_people = st.builds(
    Drawn,
    st.tuples(st.integers(0, 40), st.integers(0, 40)),
    st.integers(0, 10_000),
    st.integers(0, 3),
    st.sampled_from([0.0, 0.3, 0.8, 0.95, 1.0]),
)


@given(drawn_people)
def test_everybody_is_in_one_row_or_column(drawn: Drawn) -> None:
    grid, _ = grid_of(drawn.rows, drawn.columns, drawn.rules)
    assert sorted(grid.rows.tolist()) == sorted(drawn.rows.tolist())
    assert sorted(grid.columns.tolist()) == sorted(drawn.columns.tolist())
    at_i, at_j = grid.positions(drawn.whole)
    assert np.array_equal(at_i[grid.rows], np.arange(grid.shape[0]))
    assert np.array_equal(at_j[grid.columns], np.arange(grid.shape[1]))
    assert np.count_nonzero(at_i < 0) == drawn.whole[0] - grid.shape[0]
    assert np.count_nonzero(at_j < 0) == drawn.whole[1] - grid.shape[1]


@given(drawn_people)
def test_cuts_cover_everybody_in_blocks_that_are_not_too_large(drawn: Drawn) -> None:
    grid, _ = grid_of(drawn.rows, drawn.columns, drawn.rules)
    for cuts, blocks, size, most in (
        (grid.row_cuts, grid.row_blocks, grid.shape[0], grid_module.ROWS),
        (grid.column_cuts, grid.column_blocks, grid.shape[1], grid_module.COLUMNS),
    ):
        assert (cuts[0], cuts[-1]) == (0, size)
        assert (np.diff(cuts) > 0).all()
        assert (np.diff(cuts) <= most).all()
        assert np.array_equal(np.searchsorted(cuts, np.arange(size), side="right") - 1, blocks)
    assert grid.open.shape == (len(grid.row_cuts) - 1, len(grid.column_cuts) - 1)


@given(drawn_people)
def test_a_tile_is_open_where_rules_allow_a_pair_and_only_there(drawn: Drawn) -> None:
    grid, left = grid_of(drawn.rows, drawn.columns, drawn.rules)
    assert left == []
    allowed = drawn.allowed(grid)
    for a, b in np.ndindex(grid.open.shape):
        assert grid.open[a, b] == allowed[grid.row_part(a), grid.column_part(b)].any()
    assert np.array_equal(
        grid.classes.allowed[np.ix_(grid.classes.rows, grid.classes.columns)], allowed
    )


@given(drawn_people)
def test_pairs_are_those_of_open_tiles(drawn: Drawn) -> None:
    grid, _ = grid_of(drawn.rows, drawn.columns, drawn.rules)
    open_ = grid.open[np.ix_(grid.row_blocks, grid.column_blocks)]
    assert grid.pairs == np.count_nonzero(open_)


@given(drawn_people, st.integers(1, 12))
def test_rules_that_would_make_too_many_classes_are_given_back(drawn: Drawn, cells: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grid_module, "CELLS", cells)
        grid, left = grid_of(drawn.rows, drawn.columns, drawn.rules)
    assert grid.classes.allowed.size <= max(cells, 1)
    assert all(one in drawn.rules for one in left)
    used = Drawn.__new__(Drawn)
    used.rules = [one for one in drawn.rules if one not in left]
    i, j = grid.classes.rows, grid.classes.columns
    assert np.array_equal(grid.classes.allowed[np.ix_(i, j)], used.allowed(grid))
    for a, b in np.ndindex(grid.open.shape):
        allowed = used.allowed(grid)[grid.row_part(a), grid.column_part(b)]
        assert grid.open[a, b] == allowed.any()


def test_a_rule_with_a_class_for_everybody_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grid_module, "CELLS", 99)
    people = np.arange(10)
    fine: Lookup[Any] = Lookup(people, people, np.eye(10, dtype=np.bool_))
    coarse: Lookup[Any] = Lookup(
        people % 2, people % 3, np.array([[True, True, False], [True, True, True]])
    )
    grid, left = grid_of(people, people, [fine, coarse])
    assert left == [fine]
    assert grid.classes.allowed.shape == (2, 3)


def test_people_whom_the_most_forbidding_rule_treats_alike_share_blocks() -> None:
    codes = np.arange(40) % 4
    rule: Lookup[Any] = Lookup(codes, codes, ~np.eye(4, dtype=np.bool_))
    grid, _ = grid_of(np.arange(40), np.arange(40), [rule])
    in_block = [np.unique(codes[grid.rows[grid.row_part(a)]]) for a in range(len(grid.open))]
    assert all(len(one) == 1 for one in in_block)
    assert grid.pairs == 400


def test_small_groups_share_a_block_rather_than_have_one_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(grid_module, "ROWS", 16)
    codes = np.arange(20)
    rule: Lookup[Any] = Lookup(codes, codes, np.eye(20, dtype=np.bool_))
    grid, _ = grid_of(codes, codes, [rule])
    assert np.diff(grid.row_cuts).tolist() == [4] * 5


def test_many_rows_make_higher_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grid_module, "MANY", 20)
    few, _ = grid_of(np.arange(20), np.arange(20))
    many, _ = grid_of(np.arange(24), np.arange(20))
    assert np.diff(few.row_cuts).tolist() == [4] * 5
    assert np.diff(many.row_cuts).tolist() == [8] * 3


def added(
    grid: Grid, marks: Marks, block: int, other: int, chosen: Index | None
) -> NDArray[np.float64]:
    """Return what marks add to a tile of zeros, rows first."""
    height = len(grid.rows[grid.row_part(block)]) if chosen is None else len(chosen)
    tile = np.zeros((len(grid.columns[grid.column_part(other)]), height))
    marks.of(block).add_to(tile, other, chosen)
    return tile.T


@given(drawn_people, st.data())
def test_marks_add_up_in_the_cells_of_their_pairs(drawn: Drawn, data: st.DataObject) -> None:
    grid, _ = grid_of(drawn.rows, drawn.columns, drawn.rules)
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    count = 0 if 0 in grid.shape else data.draw(st.integers(0, 60))
    rows, columns = (rng.integers(0, max(size, 1), count) for size in grid.shape)
    values = rng.integers(-8, 8, count) / 4.0
    expected = np.zeros(grid.shape)
    np.add.at(expected, (rows, columns), values)
    marks = Marks(grid, rows, columns, values)
    for a, b in np.ndindex(grid.open.shape):
        tile = expected[grid.row_part(a), grid.column_part(b)]
        assert np.array_equal(added(grid, marks, a, b, None), tile)
        chosen = np.flatnonzero(rng.random(len(tile)) < 0.5)
        if len(chosen):
            assert np.array_equal(added(grid, marks, a, b, chosen), tile[chosen])
