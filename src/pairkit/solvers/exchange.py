"""Exchange: the pairs to make and to break so that a solution has one pair more, at least cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pairkit.parts import Index
    from pairkit.rows import Floats

__all__ = ["Chain", "Exchange", "cheapest_chain"]

TILE_PAIRS: Final = 1 << 20
NOWHERE: Final = -1

Worths = Callable[["Index", "Index"], "Floats"]


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """What to change for one pair more.

    Parameters
    ----------
    made, broken
        Pairs of row and column to make and to break.
    kept
        How many of the broken ones were to be kept.
    """

    made: list[tuple[int, int]]
    broken: list[tuple[int, int]]
    kept: int


@dataclass(frozen=True, slots=True, eq=False)
class Exchange:
    """A solution in which pairs may be exchanged.

    Parameters
    ----------
    worths
        What a pair is worth, of rows, shape (r,), and columns, shape (c,): float64, shape (r, c);
        minus infinity where it is not allowed or made already.
    rows, columns
        The pairs that are made, int64, shape (k,).
    worth
        What each of them is worth, float64, shape (k,).
    kept
        Which of them are to be kept, bool, shape (k,).
    room
        How many more partners each row and each column may have, int64.
    """

    worths: Worths
    rows: Index
    columns: Index
    worth: Floats
    kept: NDArray[np.bool_]
    room: tuple[Index, Index]


def cheapest_chain(exchange: Exchange, most: int, expired: Callable[[], bool]) -> Chain | None:
    """Return the chain that breaks the fewest pairs to be kept, and of those gains most worth.

    From the rows with room, level by level: a level holds what is reached at the price of so many
    broken pairs. Within a level worth alone decides, found by relaxing as long as pairs that need
    not be kept lead back to rows (Bellman 1958, doi:10.1090/qam/102435). The first level that meets
    a column with room has the cheapest chain. ``None`` where no level meets one, or the time is
    over: tell by ``expired``.

    Parameters
    ----------
    exchange
        The solution, in which no cycle of exchanges gains anything.
    most
        How many pairs may be broken.
    expired
        Whether the time is over.
    """
    search = _Search(exchange)
    level, rows = 0, np.flatnonzero(exchange.room[0] > 0)
    search.row_cost[rows] = 0.0
    while len(rows) and level <= most and not expired():
        end = search.close(rows)
        if end != NOWHERE:
            return search.chain(end, level)
        level += 1
        rows = search.next_level() if level <= most else rows[:0]
    return None


@dataclass(slots=True)
class _Search:
    """What is reached so far, at which cost, and from where."""

    exchange: Exchange
    row_cost: Floats = field(init=False)
    column_cost: Floats = field(init=False)
    row_from: Index = field(init=False)
    column_from: Index = field(init=False)
    settled: NDArray[np.bool_] = field(init=False)  # rows of this level and of those before
    fresh: NDArray[np.bool_] = field(init=False)  # columns that no level before has met
    level_rows: Index = field(init=False)

    def __post_init__(self) -> None:
        m, n = (len(side) for side in self.exchange.room)
        self.row_cost, self.column_cost = np.full(m, np.inf), np.full(n, np.inf)
        self.row_from, self.column_from = np.full(m, NOWHERE), np.full(n, NOWHERE)
        self.settled, self.fresh = np.zeros(m, dtype=np.bool_), np.ones(n, dtype=np.bool_)

    def close(self, rows: Index) -> int:
        """Reach all that costs no kept pair from some rows; return the best column with room."""
        now, spare = self.exchange, self.exchange.room[1] > 0
        leading = np.zeros(len(spare), dtype=np.bool_)
        leading[now.columns[~now.kept]] = True
        near = np.flatnonzero(self.fresh & (spare | leading))
        members = rows
        before = self.settled.copy()
        while len(rows):
            improved = self._reach(rows, near)
            rows = self._back(improved, before)
            members = np.union1d(members, rows)
        self.settled[members] = True
        self.level_rows = members
        ends = near[spare[near] & np.isfinite(self.column_cost[near])]
        if len(ends):
            return int(ends[np.argmin(self.column_cost[ends])])
        self._reach(members, np.setdiff1d(np.flatnonzero(self.fresh), near))
        return NOWHERE

    def next_level(self) -> Index:
        """Return the rows that breaking one more kept pair leads to."""
        now = self.exchange
        met = self.fresh & np.isfinite(self.column_cost)
        self.fresh &= ~met
        pairs = np.flatnonzero(now.kept & met[now.columns] & ~self.settled[now.rows])
        cost = self.column_cost[now.columns[pairs]] + now.worth[pairs]
        return self._lower(now.rows[pairs], now.columns[pairs], cost)

    def chain(self, column: int, level: int) -> Chain:
        """Return how a column was reached."""
        made: list[tuple[int, int]] = []
        broken: list[tuple[int, int]] = []
        while True:
            row = int(self.column_from[column])
            made.append((row, column))
            column = int(self.row_from[row])
            if column == NOWHERE:
                return Chain(made, broken, level)
            broken.append((row, column))

    def _reach(self, rows: Index, columns: Index) -> NDArray[np.bool_]:
        """Lower the costs of columns from rows; return which were lowered."""
        lowered = np.zeros(len(self.fresh), dtype=np.bool_)
        height = max(1, TILE_PAIRS // max(len(columns), 1))
        for start in range(0, len(rows) if len(columns) else 0, height):
            some = rows[start : start + height]
            costs = self.row_cost[some][:, None] - self.exchange.worths(some, columns)
            best = costs.argmin(axis=0)
            cost = costs[best, np.arange(len(columns))]
            less = cost < self.column_cost[columns] - _slack(cost)
            self.column_cost[columns[less]] = cost[less]
            self.column_from[columns[less]] = some[best[less]]
            lowered[columns[less]] = True
        return lowered

    def _back(self, lowered: NDArray[np.bool_], before: NDArray[np.bool_]) -> Index:
        """Lower the costs of rows over pairs that need not be kept; return the rows."""
        now = self.exchange
        pairs = np.flatnonzero(~now.kept & lowered[now.columns] & ~before[now.rows])
        cost = self.column_cost[now.columns[pairs]] + now.worth[pairs]
        return self._lower(now.rows[pairs], now.columns[pairs], cost)

    def _lower(self, rows: Index, columns: Index, cost: Floats) -> Index:
        less = cost < self.row_cost[rows] - _slack(cost)
        rows, columns, cost = rows[less], columns[less], cost[less]
        order = np.lexsort((cost, rows))
        found, first = np.unique(rows[order], return_index=True)
        self.row_cost[found] = cost[order][first]
        self.row_from[found] = columns[order][first]
        return found


def _slack(cost: Floats) -> Floats:
    """Return what is no gain but rounding, so that no exchange goes round in circles."""
    size = np.abs(np.where(np.isfinite(cost), cost, 0.0))
    return 1e-12 * (1.0 + size)
