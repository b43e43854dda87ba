"""Reference: the time T of one matrix product over all pairs, the least that a dense pass costs."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from pairkit.parts import Bilinear, Lookup
from pairkit.scan import in_parallel
from pairkit.screen import BIG

if TYPE_CHECKING:
    from pairkit.grid import Grid
    from pairkit.parts import Factor, Index
    from pairkit.scoredspace import ScoredSpace

    Floats = NDArray[np.float32]

__all__ = ["Reference"]

TURNS: Final = 5
SHORT: Final = 2.0  # seconds of all turns, beyond which there is no other
MEMORY: Final = threading.local()  # the output tile of each worker


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """The reduced costs of a space as one product of two dense float32 factors.

    Scored parts, prices and rules all become columns. Each rule is folded for itself, which takes
    the fewest columns: a reference that is too quick rather than too slow.

    Parameters
    ----------
    grid
        The tiles, those of the solver's own screen.
    left, right
        Factors of rows and of columns, shapes (rows, k) and (columns, k).
    """

    grid: Grid
    left: Floats
    right: Floats

    @classmethod
    def of(
        cls, space: ScoredSpace, grid: Grid, u: NDArray[np.float64], v: NDArray[np.float64]
    ) -> Reference:
        """Return the reference of a space at prices of the grid's rows and columns."""
        columns = _Columns(grid)
        for one in space.parts:
            if isinstance(one.part, Bilinear):
                columns.add_product(one.weight, one.part)
            elif isinstance(one.part, Lookup):
                columns.add_codes(one.part, one.weight * one.part.table)
            else:
                raise TypeError(f"{one.name} does not fold into a product.")
        for ruled in space.rules:
            forbids = ruled.rule.forbids
            if not isinstance(forbids, Lookup):
                raise TypeError(f"{ruled.name} does not fold into a product.")
            columns.add_codes(forbids, np.where(forbids.table, -BIG, 0.0))
        columns.add(-u[:, None], np.ones((len(v), 1)))
        columns.add(np.ones((len(u), 1)), -v[:, None])
        return cls(grid, np.hstack(columns.left), np.hstack(columns.right))

    @property
    def columns(self) -> int:
        """How many columns the factors have."""
        return int(self.left.shape[1])

    def seconds(self, workers: int, *, only_open: bool) -> float:
        """Return how long one pass of products takes, and nothing but products.

        The least of a few passes where they are short: the first pays for memory and threads.

        Parameters
        ----------
        workers
            Threads, each with a BLAS of one thread.
        only_open
            Whether to pass over tiles in which the rules allow no pair.
        """
        turns = [self.one_pass(workers, only_open=only_open)]
        while len(turns) < TURNS and sum(turns) < SHORT:
            turns.append(self.one_pass(workers, only_open=only_open))
        return min(turns)

    def one_pass(self, workers: int, *, only_open: bool) -> float:
        """Return the seconds of a single pass, in the kind of threads that scans have."""
        wanted = self.grid.open if only_open else np.ones_like(self.grid.open)
        jobs = ((self, block, np.flatnonzero(row)) for block, row in enumerate(wanted))
        started = time.perf_counter()
        for _ in in_parallel(_products, jobs, workers):
            pass
        return time.perf_counter() - started

    def tile(self, block: int, column_block: int) -> Floats:
        """Return a tile, columns x rows; the next call of a thread overwrites it."""
        right = self.right[self.grid.column_part(column_block)]
        left = self.left[self.grid.row_part(block)]
        out = _output(len(right) * len(left)).reshape(len(right), len(left))
        return np.matmul(right, left.T, out=out)


class _Columns:
    """The factors of a reference in the making."""

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        self.left: list[Floats] = []
        self.right: list[Floats] = []

    def add(self, left: NDArray[np.float64], right: NDArray[np.float64]) -> None:
        """Add columns as they are."""
        self.left.append(left.astype(np.float32))
        self.right.append(right.astype(np.float32))

    def add_product(self, weight: float, part: Bilinear) -> None:
        """Add a matrix product."""
        left, right = part.left[self._grid.rows], part.right[self._grid.columns]
        self.add(weight * _full(left), _full(right))

    def add_codes(self, part: Lookup[np.float64] | Lookup[np.bool_], table: Values) -> None:
        """Add a table over codes: one column for each code that occurs on the right."""
        used, codes = np.unique(part.right[self._grid.columns], return_inverse=True)
        self.add(table[:, used][part.left[self._grid.rows]], np.eye(len(used))[codes])


Values = NDArray[np.float64]


def _full(factor: Factor) -> Values:
    return factor if isinstance(factor, np.ndarray) else factor.toarray()


def _output(size: int) -> Floats:
    """Return memory for a tile, the same for every tile of a thread."""
    held: Floats | None = getattr(MEMORY, "tile", None)
    if held is None or held.size < size:
        held = MEMORY.tile = np.empty(size, dtype=np.float32)
    return held[:size]


def _products(reference: Reference, block: int, column_blocks: Index) -> None:
    for column_block in column_blocks.tolist():
        reference.tile(block, column_block)
