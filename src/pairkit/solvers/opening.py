"""Opening: first prices and thresholds for column generation, from a sample of the people."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pairkit.folding import screen_of
from pairkit.hits import best_of_tile
from pairkit.pairspace import Candidates
from pairkit.scan import in_parallel
from pairkit.screen import BIG, reduced_costs
from pairkit.solution import Status
from pairkit.solvers.flow import best_flow
from pairkit.solvers.prices import recover_prices

if TYPE_CHECKING:
    from pairkit.grid import Grid
    from pairkit.pairspace import PairSpace
    from pairkit.parts import Index
    from pairkit.screen import Floats, Screen

    Numbers: TypeAlias = NDArray[np.float64]

__all__ = ["Opener", "Opening"]

SAMPLE: Final = 1536  # people of the larger side
FEWEST: Final = 48  # people of the smaller side without whom a sample has no prices
BEST: Final = 24  # candidates of a person in the sample
TAIL: Final = 8  # largest values of a sample that tell how values go on beyond it
MIDDLE: Final = 4  # the one of them from which the guess begins
DAMP: Final = 0.8  # tails of scores are a little lighter than exponential ones
GENEROUS: Final = 3.0  # times as many pairs as wanted: the best of them are chosen later
LEAST: Final = -BIG / 4.0  # below every allowed pair, above those that are forbidden
SHRINK: Final = 0.25  # so that a score and the bonus together are within [-1, 1]


class Opening(NamedTuple):
    """Where a first pass begins, by side of a grid: rows, then columns; all float64.

    Parameters
    ----------
    prices
        First prices.
    thresholds
        Reduced costs above which there are about as many pairs of a person as wanted.
    low
        Reduced costs above which there are that many for sure, or nearly.
    """

    prices: tuple[Numbers, Numbers]
    thresholds: tuple[Numbers, Numbers]
    low: tuple[Numbers, Numbers]


class _Sample(NamedTuple):
    """Positions in a grid, their share of each side, and whether they are enough for prices."""

    people: tuple[Index, Index]
    shares: tuple[float, float]
    priced: bool


@dataclass(frozen=True, slots=True, eq=False)
class Opener:
    """How to find first prices and thresholds.

    A sample of both sides is solved alone. Its prices tell what everybody else would pay: the
    price of a person is what the best pair with the sample leaves them, or the pair whose rank
    fills their places. Any prices would do; near ones save iterations.

    Parameters
    ----------
    space
        The pairs.
    grid
        The people, in its order.
    room
        The most partners of each row and column, int64.
    bonus
        What a pair is worth beyond its score, at most twice ``unit``.
    unit
        The size of the largest scores, above 0.
    workers
        As for a scan.
    expired
        Whether the time is over.
    """

    space: PairSpace
    grid: Grid
    room: tuple[Index, Index]
    bonus: float
    unit: float
    workers: int | None
    expired: Callable[[], bool]

    def open(self, want: tuple[Index, Index], seed: int) -> Opening | None:
        """Return first prices and thresholds; ``None`` where the time is over before.

        Parameters
        ----------
        want
            How many candidates each row and each column should begin with, int64.
        seed
            Decides who is in the sample.
        """
        sample = self._sample(np.random.default_rng(seed))
        u, v = (np.zeros(len(people)) for people in sample.people)
        if sample.priced:
            u, v = self._solved(sample.people)
        rows = self._side(0, sample, v, want[0])
        columns = None if rows is None else self._side(1, sample, u, want[1])
        if rows is None or columns is None:
            return None
        prices = rows[0] - self.bonus, columns[0]
        return Opening(prices, (rows[1], columns[1]), (rows[2], columns[2]))

    def _sample(self, rng: np.random.Generator) -> _Sample:
        """Return people of both sides, in equal shares where that leaves enough of them."""
        shape = self.grid.shape
        share = min(1.0, SAMPLE / max(shape))
        sizes = [round(share * size) for size in shape]
        priced = share == 1.0 or min(sizes) >= FEWEST
        if not priced:
            sizes = [min(size, SAMPLE) for size in shape]
        rows, columns = (
            np.sort(rng.choice(size, few, replace=False))
            for size, few in zip(shape, sizes, strict=True)
        )
        return _Sample((rows, columns), (sizes[0] / shape[0], sizes[1] / shape[1]), priced)

    def _solved(self, people: tuple[Index, Index]) -> tuple[Numbers, Numbers]:
        """Return the prices of a sample alone, the bonus in."""
        rows, columns = people
        i, j = self.grid.rows[rows], self.grid.columns[columns]
        supply, demand = self.room[0][rows], self.room[1][columns]
        u, v = np.full((len(i), 1), -self.bonus), np.zeros((1, len(j)))
        tile = reduced_costs(self.space, i[:, None], j[None, :], u, v).T
        most = int(BEST + max(supply.max(), demand.max()))
        best = best_of_tile(tile, columns, rows, most)
        best |= best_of_tile(tile.T, rows, columns, most).T
        r, c = np.nonzero((best & (tile > 0.0)).T)
        found = Candidates(r, c, tile[c, r])
        scores = found.scores * (SHRINK / self.unit)
        flow = best_flow(found, scores, supply, demand, first=False)
        if flow.status is not Status.OPTIMAL:
            return np.zeros(len(i)), np.zeros(len(j))
        prices = recover_prices(flow.network(found, supply, demand, first=False))
        unit = self.unit / SHRINK
        return (
            unit * np.ldexp(prices.mentors.astype(np.float64), -flow.bits),
            unit * np.ldexp(prices.mentees.astype(np.float64), -flow.bits),
        )

    def _side(
        self, side: int, sample: _Sample, others: Numbers, want: Index
    ) -> tuple[Numbers, Numbers, Numbers] | None:
        """Return price, threshold and low threshold of everybody on a side.

        ``others`` are the prices of the sample of the other side.
        """
        share = sample.shares[1 - side]
        filled = self.room[side].astype(np.float64) * share
        wanted = want.astype(np.float64) * (GENEROUS * share)
        rank = max(float(filled.max()), float(wanted.max()))
        values = self._leading(side, sample.people[1 - side], others, rank)
        if values is None:
            return None
        price = np.maximum(_at_rank(values, filled) + self.bonus, 0.0)
        beyond = np.maximum(_beyond(values, wanted) + self.bonus - price, LEAST)
        sure = _at_rank(values, np.maximum(wanted, MIDDLE)) + self.bonus - price
        return price, beyond, np.maximum(sure, LEAST)

    def _leading(self, side: int, sample: Index, prices: Numbers, rank: float) -> Numbers | None:
        """Return the largest of what a sample leaves each person, shape (count, persons).

        The persons are a whole side, the sample is of the other; the largest come first.
        """
        people = [self.grid.rows, self.grid.columns]
        whole, places = people[side], people[1 - side][sample]
        people[1 - side] = places
        screen = screen_of(self.space, *people)
        orders = screen.grid.rows, screen.grid.columns
        by_place = np.zeros(self.space.shape[1 - side])
        by_place[places] = prices
        paid = [np.zeros(len(order)) for order in orders]
        paid[1 - side] = by_place[orders[1 - side]]
        count = max(1, min(max(int(np.ceil(rank)), TAIL), len(places)))
        blocks = range(screen.grid.open.shape[side])
        jobs = ((screen, side, block, tuple(paid), count) for block in blocks)
        found: list[Floats] = []
        with closing(in_parallel(_leading, jobs, self.workers)) as results:
            for some in results:
                if self.expired():
                    return None
                found.append(some)
        values = np.concatenate(found, axis=1)
        at = np.empty(self.space.shape[side], dtype=np.int64)
        at[orders[side]] = np.arange(len(orders[side]))
        return values[:, at[whole]].astype(np.float64)


def _leading(
    screen: Screen, side: int, block: int, prices: tuple[Numbers, Numbers], count: int
) -> Floats:
    """Return the largest values of each person of a block, shape (count, persons)."""
    cuts = (screen.grid.row_cuts, screen.grid.column_cuts)[side]
    open_ = screen.grid.open if side == 0 else screen.grid.open.T
    tiles = [np.full((count, int(cuts[block + 1] - cuts[block])), -BIG, dtype=np.float32)]
    for b in np.flatnonzero(open_[block]).tolist():
        row, column = (block, b) if side == 0 else (b, block)
        tile = screen.strip(row, *prices).tile(column)
        tiles.append(tile if side == 0 else tile.T)
    by_person = np.ascontiguousarray(np.concatenate(tiles).T)
    largest: Floats = -np.sort(np.partition(-by_person, count - 1, axis=1)[:, :count], axis=1)
    return largest.T


def _at_rank(values: Numbers, ranks: Numbers) -> Numbers:
    """Return each person's value of a rank, from 1, in columns of values that fall."""
    place = np.clip(np.ceil(ranks).astype(np.int64), 1, len(values)) - 1
    found: Numbers = np.take_along_axis(values, place[None, :], axis=0)[0]
    return found


def _beyond(values: Numbers, ranks: Numbers) -> Numbers:
    """Return the same; for small ranks, what a sample suggests of all.

    The largest few values of a sample say little one by one. Together they tell how steep the tail
    is (Hill 1975, doi:10.1214/aos/1176343247), and all persons tell it better than one.
    """
    found = _at_rank(values, ranks)
    if len(values) < TAIL:
        return found
    steep = values[:TAIL].mean(axis=0) - values[TAIL - 1]
    steep = (steep + np.median(steep)) / 2.0
    guess = values[MIDDLE - 1] + DAMP * steep * np.log(MIDDLE / np.minimum(ranks, MIDDLE))
    usable = (ranks < MIDDLE) & (values[TAIL - 1] > -BIG / 2.0)
    return np.where(usable, guess, found)
