"""Screens: what reduced costs can be at most, a tile at a time, in the machine's fast arithmetic.

A reduced cost is ``score - u - v``: what a pair is worth beyond the prices of its two people. A
screen answers for whole tiles, mostly in float32, and says how far an answer may be from the truth.
What it lets through is for float64 to decide, pair by pair.

Tiles are columns x rows: shape (mentees, mentors), so that one sparse product serves both sides.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pairkit.grid import Grid, Marks
from pairkit.pairspace import PairSpace
from pairkit.parts import Index
from pairkit.scoredspace import ScoredSpace, check_values

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from pairkit.parts import Predicate

__all__ = [
    "BIG",
    "AskedScreen",
    "Floats",
    "FoldedScreen",
    "Screen",
    "Strip",
    "Tables",
    "Weighed",
    "Wide",
]

Floats: TypeAlias = NDArray[np.floating[Any]]

BIG: Final = 1e30  # a forbidden pair is worth as much less than nothing


class Strip(Protocol):
    """A block of rows of a screen, at given prices."""

    def tile(self, block: int, chosen: Index | None = None) -> Floats:
        """Return what reduced costs are at most, up to the screen's error.

        Parameters
        ----------
        block
            The block of columns.
        chosen
            Rows of the strip, ascending; ``None`` takes all of them.

        Returns
        -------
        numpy.ndarray
            Shape (columns of the block, rows), far below 0 where a pair is forbidden. The next call
            may overwrite it.
        """
        ...

    def exact(self, block: int, chosen: Index | None = None) -> Floats:
        """Return the reduced costs themselves, float64: as for :meth:`tile`, and slower."""
        ...


class Screen(Protocol):
    """What every screen can do."""

    @property
    def grid(self) -> Grid:
        """The tiles."""
        ...

    @property
    def open(self) -> bool:
        """Whether tiles leave something open, so that hits have to be settled."""
        ...

    def error(self, u: NDArray[np.float64], v: NDArray[np.float64]) -> float:
        """Return how far above its tile a reduced cost can be, at these prices."""
        ...

    def settle(
        self, rows: Index, columns: Index, u: NDArray[np.float64], v: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return the reduced costs of single pairs in float64, far below 0 where forbidden.

        Parameters
        ----------
        rows, columns
            Positions in the grid, int64, shape (k,).
        u, v
            Prices of all rows and columns of the grid, float64.
        """
        ...

    def strip(self, block: int, u: NDArray[np.float64], v: NDArray[np.float64]) -> Strip:
        """Return a block of rows at prices.

        Parameters
        ----------
        block
            The block of rows.
        u, v
            Prices of all rows and columns of the grid, float64.
        """
        ...


def reduced_costs(
    space: PairSpace, i: Index, j: Index, u: NDArray[np.float64], v: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the reduced costs of pairs, far below 0 where one is forbidden.

    Parameters
    ----------
    space
        The pairs.
    i, j
        Places, int64, that broadcast.
    u, v
        Prices of these people, float64, shapes of ``i`` and ``j``.
    """
    tile = space.pairs(i, j)
    return np.where(tile.allowed, tile.scores - u - v, -BIG)


@dataclass(frozen=True, eq=False)
class AskedScreen:
    """A screen that asks any pair space, in float64."""

    space: PairSpace
    grid: Grid
    open: bool = False

    def __sizeof__(self) -> int:
        """Return about how many bytes it takes: cluster engines ask before they send."""
        return 8 * self.grid.shape[0] * self.grid.shape[1]

    def error(self, u: NDArray[np.float64], v: NDArray[np.float64]) -> float:
        """Return 0: the values are those of the space itself."""
        del u, v
        return 0.0

    def settle(
        self, rows: Index, columns: Index, u: NDArray[np.float64], v: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return the reduced costs of single pairs."""
        i, j = self.grid.rows[rows], self.grid.columns[columns]
        return reduced_costs(self.space, i, j, u[rows], v[columns])

    def strip(self, block: int, u: NDArray[np.float64], v: NDArray[np.float64]) -> Strip:
        """Return a block of rows at prices."""
        return _AskedStrip(self.space, self.grid, self.grid.row_part(block), u, v)


class _AskedStrip:
    """A block of rows of any pair space."""

    def __init__(
        self,
        space: PairSpace,
        grid: Grid,
        part: slice,
        u: NDArray[np.float64],
        v: NDArray[np.float64],
    ) -> None:
        self._space, self._grid, self._v = space, grid, v
        self._rows, self._u = grid.rows[part], u[part]

    def tile(self, block: int, chosen: Index | None = None) -> Floats:
        """Return the reduced costs."""
        return self.exact(block, chosen)

    def exact(self, block: int, chosen: Index | None = None) -> Floats:
        """Return the reduced costs."""
        part = self._grid.column_part(block)
        rows = slice(None) if chosen is None else chosen
        i, j = self._rows[rows][:, None], self._grid.columns[part][None, :]
        return reduced_costs(self._space, i, j, self._u[rows][:, None], self._v[part][None, :]).T


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """A function of places with its weight; a named one gives values in [0, 1]."""

    name: str
    weight: float
    function: Callable[[Index, Index], NDArray[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """Products of stored entries on the right with anything on the left.

    Parameters
    ----------
    left
        What each row gives for each entry: CSR, shape (rows, entries).
    tables
        The same by a code of the row: codes, shape (rows,), and values, shape (codes, entries).
    right
        The entries of each block of columns, CSR.
    """

    left: csr_array
    tables: tuple[tuple[Index, Floats], ...]
    right: tuple[csr_array, ...]

    def of(self, rows: slice) -> Floats:
        """Return the left side of some rows, shape (entries, rows)."""
        by_row = [self.left[rows].toarray(), *(table[codes[rows]] for codes, table in self.tables)]
        return np.ascontiguousarray(np.concatenate(by_row, axis=1).T)


@dataclass(frozen=True, slots=True, eq=False)
class Wide:
    """A product of so many columns that two people rarely meet in one: stored entries alone.

    Parameters
    ----------
    left
        CSR, shape (rows, entries).
    right
        The entries of each block of columns, CSR.
    """

    left: csr_array
    right: tuple[csr_array, ...]


@dataclass(frozen=True, eq=False)
class FoldedScreen:
    """A screen of scored people: all products folded into one dense and one sparse.

    Columns of a matrix product, codes with a table, rules about classes, and the prices all become
    columns of two factors. What cannot be folded is added tile by tile; what is slow, or depends on
    the whole score, counts with the most that it can be until :meth:`Strip.settle` asks for it.

    Parameters
    ----------
    grid
        The tiles.
    dense
        Left and right factor, shapes (rows, k) and (columns, k).
    sparse, wide
        Products with stored entries on the right, and on both sides.
    marks
        Listed pairs, with what they add.
    functions, forbids
        What is asked for whole tiles.
    exact
        The space itself.
    open
        Whether tiles leave something open, such as slow parts: they count with the most that they
        can be.
    ground
        What every pair has.
    magnitude
        The most that the terms of a score are worth together, without their signs.
    terms
        The most terms that a sum has.
    """

    grid: Grid
    dense: tuple[Floats, Floats]
    sparse: Tables
    wide: Wide | None
    marks: Marks
    functions: tuple[Weighed, ...]
    forbids: tuple[Predicate, ...]
    exact: ScoredSpace
    open: bool
    ground: float
    magnitude: float
    terms: int

    def __sizeof__(self) -> int:
        """Return about how many bytes it takes: cluster engines ask before they send."""
        stored = [self.sparse.left, *self.sparse.right]
        stored += [] if self.wide is None else [self.wide.left, *self.wide.right]
        return sum(one.nbytes for one in self.dense) + sum(one.data.nbytes for one in stored)

    def error(self, u: NDArray[np.float64], v: NDArray[np.float64]) -> float:
        """Return how far above its tile a reduced cost can be.

        No term is rounded more often than there are terms; terms that are 0, such as those of rules
        where they allow, do not count (Higham 2002, doi:10.1137/1.9780898718027, section 3.1).
        """
        prices = np.abs(u).max(initial=0.0) + np.abs(v).max(initial=0.0)
        unit = float(np.finfo(self.dense[0].dtype).eps) / 2.0
        return 1.01 * (self.terms + 8) * unit * (self.magnitude + float(prices))

    def settle(
        self, rows: Index, columns: Index, u: NDArray[np.float64], v: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return the reduced costs of single pairs."""
        i, j = self.grid.rows[rows], self.grid.columns[columns]
        return reduced_costs(self.exact, i, j, u[rows], v[columns])

    def strip(self, block: int, u: NDArray[np.float64], v: NDArray[np.float64]) -> Strip:
        """Return a block of rows at prices."""
        return _FoldedStrip(self, block, u, v)


class _FoldedStrip:
    def __init__(
        self, screen: FoldedScreen, block: int, u: NDArray[np.float64], v: NDArray[np.float64]
    ) -> None:
        part = screen.grid.row_part(block)
        self._screen, self._rows, self._v = screen, screen.grid.rows[part], v
        self._asked = _AskedStrip(screen.exact, screen.grid, part, u, v)
        left = screen.dense[0][part].T
        own = (screen.ground - u[part])[None, :].astype(left.dtype)
        self._dense = np.concatenate([left, own, np.ones_like(own)])
        self._sparse = screen.sparse.of(part)
        self._wide = None if screen.wide is None else screen.wide.left[part].T.tocsr()
        self._marked = screen.marks.of(block)

    def tile(self, block: int, chosen: Index | None = None) -> Floats:
        """Return the most that reduced costs can be."""
        screen = self._screen
        tile = self._priced(block) @ _some(self._dense, chosen)
        if len(self._sparse):
            tile += screen.sparse.right[block] @ _some(self._sparse, chosen)
        if screen.wide is not None and self._wide is not None:
            left = self._wide if chosen is None else self._wide[:, chosen]
            tile += (screen.wide.right[block] @ left).toarray()
        self._add_functions(tile, block, chosen)
        self._marked.add_to(tile, block, chosen)
        return tile

    def _priced(self, block: int) -> Floats:
        """Return the right factor of a block with the prices beside it."""
        right, part = self._screen.dense[1], self._screen.grid.column_part(block)
        own = right[part]
        both = np.empty((len(own), right.shape[1] + 2), dtype=right.dtype)
        both[:, :-2], both[:, -2], both[:, -1] = own, 1.0, -self._v[part]
        return both

    def _add_functions(self, tile: Floats, block: int, chosen: Index | None) -> None:
        """Add what cannot be folded, in place."""
        screen = self._screen
        if not (screen.functions or screen.forbids):
            return
        i = (self._rows if chosen is None else self._rows[chosen])[:, None]
        j = screen.grid.columns[self._screen.grid.column_part(block)][None, :]
        for one in screen.functions:
            values = one.function(i, j)
            if one.name:
                check_values(one.name, values)
            tile += (one.weight * values).T
        for forbids in screen.forbids:
            tile[forbids(i, j).T] = -BIG

    def exact(self, block: int, chosen: Index | None = None) -> Floats:
        """Return the reduced costs themselves."""
        return self._asked.exact(block, chosen)


def _some(factor: Floats, chosen: Index | None) -> Floats:
    return factor if chosen is None else np.take(factor, chosen, axis=1)
