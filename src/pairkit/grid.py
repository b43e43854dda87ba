"""Grids: how a pair space is cut into tiles, and which tiles hold a pair that rules may allow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pairkit.parts import Index, Lookup

__all__ = ["Classes", "Grid", "Marks", "grid_of"]

ROWS: Final = 512
COLUMNS: Final = 1024
MANY: Final = 8192  # rows above which blocks are twice as high: fewer tiles cost less to visit
FULL: Final = 4  # a tile of a group of its own has at least this part of the full size
CELLS: Final = 1 << 22


class Classes(NamedTuple):
    """People whom rules treat alike.

    Parameters
    ----------
    rows, columns
        The class of each, int64, in the order of the grid.
    allowed
        Which classes may meet, bool, shape (classes of rows, classes of columns).
    """

    rows: Index
    columns: Index
    allowed: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """People in an order that puts those together whom rules treat alike, cut into tiles.

    Parameters
    ----------
    rows, columns
        Places of mentors and of mentees, int64, shapes (r,) and (c,), in the order of the tiles.
    row_cuts, column_cuts
        Where each tile begins, and where the last ends.
    open
        Which tiles hold a pair that the rules may allow, bool, shape (row blocks, column blocks).
    classes
        What the rules say about classes of people.
    """

    rows: Index
    columns: Index
    row_cuts: Index
    column_cuts: Index
    open: NDArray[np.bool_]
    classes: Classes = field(repr=False)

    @property
    def shape(self) -> tuple[int, int]:
        """Number of mentors and of mentees."""
        return len(self.rows), len(self.columns)

    @property
    def row_blocks(self) -> Index:
        """The block of each row."""
        return np.repeat(np.arange(len(self.row_cuts) - 1), np.diff(self.row_cuts))

    @property
    def column_blocks(self) -> Index:
        """The block of each column."""
        return np.repeat(np.arange(len(self.column_cuts) - 1), np.diff(self.column_cuts))

    def row_part(self, block: int) -> slice:
        """Return the rows of a block."""
        return slice(int(self.row_cuts[block]), int(self.row_cuts[block + 1]))

    def column_part(self, block: int) -> slice:
        """Return the columns of a block."""
        return slice(int(self.column_cuts[block]), int(self.column_cuts[block + 1]))

    def positions(self, shape: tuple[int, int]) -> tuple[Index, Index]:
        """Return the row of each mentor and the column of each mentee, -1 where there is none."""
        at_i, at_j = (np.full(size, -1, dtype=np.int64) for size in shape)
        at_i[self.rows], at_j[self.columns] = np.arange(len(self.rows)), np.arange(self.shape[1])
        return at_i, at_j

    @property
    def pairs(self) -> int:
        """How many pairs the open tiles hold."""
        return int(np.diff(self.row_cuts) @ self.open @ np.diff(self.column_cuts))


def grid_of(
    rows: Index, columns: Index, rules: Sequence[Lookup[Any]] = ()
) -> tuple[Grid, list[Lookup]]:
    """Return a grid of people under rules, and the rules that it leaves to others.

    Parameters
    ----------
    rows, columns
        Places of the people, int64.
    rules
        Tables of bool, true where a pair is forbidden.
    """
    first, classes, left = _classes(rows, columns, rules)
    order_i = np.argsort(classes.rows, kind="stable")
    order_j = np.argsort(classes.columns, kind="stable")
    classes = Classes(classes.rows[order_i], classes.columns[order_j], classes.allowed)
    height = ROWS if len(rows) <= MANY else 2 * ROWS
    cuts = _cuts(first.rows[order_i], height), _cuts(first.columns[order_j], COLUMNS)
    open_ = (
        _present(classes.rows, cuts[0], classes.allowed.shape[0])
        @ classes.allowed.astype(np.float32)
        @ _present(classes.columns, cuts[1], classes.allowed.shape[1]).T
    ) > 0
    return Grid(rows[order_i], columns[order_j], *cuts, open_, classes), left


def _classes(
    rows: Index, columns: Index, rules: Sequence[Lookup[Any]]
) -> tuple[Classes, Classes, list[Lookup[Any]]]:
    """Return the classes that the most forbidding rule makes, and those of all rules together.

    A rule with which they would be too many is left, and comes back as the third.
    """
    none = np.zeros(len(rows), dtype=np.int64), np.zeros(len(columns), dtype=np.int64)
    first = found = Classes(*none, np.ones((1, 1), dtype=np.bool_))
    left: list[Lookup[Any]] = []
    for rule in sorted(rules, key=lambda one: _allowed_pairs(one, rows, columns)):
        one = Classes(rule.left[rows], rule.right[columns], ~rule.table.astype(np.bool_))
        joint = _crossed(found, one)
        if joint is None:
            left.append(rule)
            continue
        first, found = (joint, joint) if first is found else (first, joint)
    return first, found, left


def _allowed_pairs(rule: Lookup[Any], rows: Index, columns: Index) -> float:
    counts_i = np.bincount(rule.left[rows], minlength=rule.table.shape[0])
    counts_j = np.bincount(rule.right[columns], minlength=rule.table.shape[1])
    return float(counts_i @ ~rule.table.astype(np.bool_) @ counts_j)


def _crossed(one: Classes, other: Classes) -> Classes | None:
    """Return the classes that two rules make together; ``None`` where they are too many."""
    rows, first_i, codes_i = np.unique(
        one.rows * other.allowed.shape[0] + other.rows, return_index=True, return_inverse=True
    )
    columns, first_j, codes_j = np.unique(
        one.columns * other.allowed.shape[1] + other.columns, return_index=True, return_inverse=True
    )
    if len(rows) * len(columns) > CELLS:
        return None
    allowed = (
        one.allowed[np.ix_(one.rows[first_i], one.columns[first_j])]
        & other.allowed[np.ix_(other.rows[first_i], other.columns[first_j])]
    )
    return Classes(codes_i, codes_j, allowed)


def _cuts(groups: Index, most: int) -> Index:
    """Return where to cut sorted groups: between them where they are large, and within them."""
    cuts = [0]
    ends = np.append(np.flatnonzero(np.diff(groups)) + 1, len(groups)).tolist()
    for end in ends:
        size = end - cuts[-1]
        if size * FULL < most and end < len(groups):
            continue
        pieces = -(-size // most)
        cuts += [cuts[-1] + size * k // pieces for k in range(1, pieces + 1)]
    return np.array(cuts, dtype=np.int64)


def _present(classes: Index, cuts: Index, count: int) -> NDArray[np.float32]:
    """Return which classes are in which block, as 0 and 1."""
    present = np.zeros((len(cuts) - 1, count), dtype=np.float32)
    present[np.repeat(np.arange(len(cuts) - 1), np.diff(cuts)), classes] = 1.0
    return present


class Marks:
    """Pairs with a value each, kept by tile.

    Parameters
    ----------
    grid
        The tiles.
    rows, columns
        Positions in the grid, int64, shape (k,).
    values
        Float64, shape (k,).
    """

    def __init__(
        self, grid: Grid, rows: Index, columns: Index, values: NDArray[np.float64]
    ) -> None:
        width = len(grid.column_cuts) - 1
        tile = grid.row_blocks[rows] * width + grid.column_blocks[columns]
        order = np.argsort(tile, kind="stable")
        self._width = width
        self._starts = np.searchsorted(tile[order], np.arange((len(grid.row_cuts) - 1) * width + 1))
        rows, columns, tile = rows[order], columns[order], tile[order]
        self._rows = (rows - grid.row_cuts[tile // max(width, 1)]).astype(np.int32)
        self._columns = (columns - grid.column_cuts[tile % max(width, 1)]).astype(np.int32)
        self._values = values[order]

    def of(self, block: int) -> MarkedRows:
        """Return the marks of a block of rows."""
        starts = self._starts[block * self._width : (block + 1) * self._width + 1]
        part = slice(int(starts[0]), int(starts[-1]))
        return MarkedRows(
            starts - starts[0], self._rows[part], self._columns[part], self._values[part]
        )


class MarkedRows(NamedTuple):
    """The marks of a block of rows, by block of columns."""

    starts: Index
    rows: NDArray[np.int32]
    columns: NDArray[np.int32]
    values: NDArray[np.float64]

    def add_to(self, tile: NDArray[np.floating], block: int, chosen: Index | None) -> None:
        """Add the values to a tile of columns x rows; ``chosen`` are the rows that it holds."""
        part = slice(int(self.starts[block]), int(self.starts[block + 1]))
        rows, columns, values = self.rows[part], self.columns[part], self.values[part]
        if chosen is not None and len(rows):
            place = np.searchsorted(chosen, rows)
            there = np.take(chosen, place, mode="clip") == rows
            rows, columns, values = place[there], columns[there], values[there]
        np.add.at(tile, (columns, rows), values)
