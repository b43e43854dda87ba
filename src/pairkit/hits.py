"""Hits: the pairs of a tile that stand out, and the best few of each person."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pairkit.screen import BIG

if TYPE_CHECKING:
    from pairkit.parts import Index
    from pairkit.screen import Floats

__all__ = [
    "Hits",
    "Limits",
    "best_hits",
    "best_of_each",
    "best_of_side",
    "best_of_tile",
    "stand_out",
]

CROWDED: Final = 4  # times as many hits as wanted: only the best of a tile are taken
SPREAD: Final = 1e-4  # part of the range of values by which equal ones are told apart
HALF: Final = 0.25  # part of a tile's rows from which it is cheaper to look at all


class Hits(NamedTuple):
    """Pairs that stand out: positions in the grid, int64, shape (k,), and their values."""

    rows: Index
    columns: Index
    values: Floats

    def take(self, keep: NDArray[np.bool_] | Index) -> Hits:
        """Return the chosen ones."""
        return Hits(self.rows[keep], self.columns[keep], self.values[keep])

    @classmethod
    def join(cls, pieces: Iterable[Hits]) -> Hits:
        """Return several as one."""
        none = np.zeros(0, dtype=np.int64)
        nothing = cls(none, none, np.zeros(0, dtype=np.float32))
        rows, columns, values = zip(nothing, *pieces, strict=True)
        return cls(np.concatenate(rows), np.concatenate(columns), np.concatenate(values))


class Limits(NamedTuple):
    """What makes a hit, for rows or for columns: above which value, and how many at most."""

    above: NDArray[np.float64]
    most: Index


def stand_out(
    tile: Floats, rows: Index, columns: Index, limits: tuple[Limits, Limits]
) -> tuple[Hits, NDArray[np.bool_]]:
    """Return the pairs of a tile that stand out in their row or in their column, and blank them.

    Where a person has many more than wanted, only the best of them are returned.

    Parameters
    ----------
    tile
        Reduced costs, shape (columns, rows); what is returned is far below 0 afterwards.
    rows, columns
        Positions in the grid, int64.
    limits
        Of the rows and of the columns.

    Returns
    -------
    tuple
        The hits, and which rows had others too, bool, shape (rows,).
    """
    c, r = _above(tile, limits[0].above)
    full, best = _crowds(tile, (c, r), (columns, rows), limits[0].most)
    kept = ~full | best
    above = np.append(limits[0].above, limits[1].above)
    if above.min() < above.max():
        other_r, other_c = _above(tile.T, limits[1].above)
        other_full, other_best = _crowds(
            tile.T, (other_r, other_c), (rows, columns), limits[1].most
        )
        others = (other_c * len(rows) + other_r)[~other_full | other_best]
        places = np.sort(np.append((c * len(rows) + r)[kept], others))
        places = places[np.append(True, np.diff(places) > 0)[: len(places)]]
    else:  # the rows have found what the columns would find
        other_full, other_best = _crowds(tile.T, (r, c), (rows, columns), limits[1].most)
        kept = (kept & ~other_full) | best | other_best
        places = (c * len(rows) + r)[kept]
    cut = np.zeros(len(rows), dtype=np.bool_)
    cut[r[~kept]] = True
    c, r = np.divmod(places, len(rows))
    found = Hits(rows[r], columns[c], tile[c, r])
    tile[c, r] = -BIG
    return found, cut


def _above(tile: Floats, above: NDArray[np.float64]) -> tuple[Index, Index]:
    """Return where a tile is above the threshold of its last axis."""
    below = np.nextafter(above.astype(tile.dtype), -np.inf, dtype=tile.dtype)
    hot = np.flatnonzero(tile.max(axis=0) > below)
    if len(hot) > HALF * tile.shape[1]:
        hot, some = np.arange(tile.shape[1]), tile
    else:
        some = tile[:, hot]
    # The order in memory is that of the search: it is several times as fast.
    if some.flags.c_contiguous:
        c, r = np.divmod(np.flatnonzero(some > below[hot]), len(hot))
    else:
        r, c = np.divmod(np.flatnonzero(below[hot][:, None] < some.T), some.shape[0])
    return c, hot[r]


def _crowds(
    tile: Floats, at: tuple[Index, Index], people: tuple[Index, Index], most: Index
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which places are of persons of the last axis with too many, and the best of those."""
    c, r = at
    crowded = np.bincount(r, minlength=tile.shape[1]) > CROWDED * most
    full = crowded[r]
    best = np.zeros(len(r), dtype=np.bool_)
    if full.any():
        persons = np.flatnonzero(crowded)
        place = np.cumsum(crowded) - 1
        at = c[full], place[r[full]]
        some = np.full((tile.shape[0], len(persons)), -BIG, dtype=tile.dtype)
        some[at] = tile[c[full], r[full]]
        few = int(most[persons].max())
        best[full] = best_of_tile(some, people[0], people[1][persons], few)[at]
    return full, best


def best_of_tile(tile: Floats, columns: Index, rows: Index, count: int) -> NDArray[np.bool_]:
    """Return the ``count`` best of each person of the last axis, bool, shape of the tile.

    Equal ones are told apart so that different persons take different others.

    Parameters
    ----------
    tile
        Shape (others, persons).
    columns, rows
        Positions of the others and of the persons, int64.
    count
        How many, from 1.
    """
    best = np.ones(tile.shape, dtype=np.bool_)
    if count >= len(columns):
        return best
    allowed = tile > -BIG / 2.0
    highest = float(tile.max(where=allowed, initial=-BIG))
    lowest = float(tile.min(where=allowed, initial=highest))
    size = highest - lowest or abs(highest) or 1.0
    apart = (columns[:, None] - rows[None, :]) % (columns.max() + 1) / (columns.max() + 1)
    told = tile - (SPREAD * size * apart).astype(tile.dtype)
    worse = np.argpartition(told, -count, axis=0)[:-count]
    np.put_along_axis(best, worse, values=False, axis=0)
    return best


def best_hits(hits: Hits, row_most: Index, column_most: Index) -> NDArray[np.bool_]:
    """Return which hits are among the best of their row or of their column, bool, shape (k,).

    Parameters
    ----------
    hits
        The pairs.
    row_most, column_most
        How many to choose for the row and for the column of each hit, int64, shape (k,).
    """
    return best_of_side(hits, 0, row_most) | best_of_side(hits, 1, column_most)


def best_of_side(hits: Hits, side: int, most: Index) -> NDArray[np.bool_]:
    """Return which hits are among the best of their row (side 0) or column (1), bool, shape (k,).

    ``most`` is how many to choose for the person of each hit, int64, shape (k,).
    """
    people, others = (hits.rows, hits.columns) if side == 0 else (hits.columns, hits.rows)
    apart = (others - people) % (others.max(initial=0) + 1)
    chosen = np.zeros(len(people), dtype=np.bool_)
    chosen[best_of_each(people, hits.values, most, apart)] = True
    return chosen


def best_of_each(
    people: Index, values: Floats, count: Index | int, apart: Index | None = None
) -> Index:
    """Return where the ``count`` largest values of each person stand, shape (k,).

    Parameters
    ----------
    people
        The person of each value, int64, shape (k,).
    values
        Shape (k,).
    count
        How many to choose: one number, or the person's own at each of their values.
    apart
        What comes first among equal values: the smallest, int64, shape (k,); by default the order.

    Examples
    --------
    >>> best_of_each(np.array([0, 0, 1]), np.array([0.1, 0.2, 0.3]), 1)
    array([1, 2])
    """
    counts = np.bincount(people)
    most = np.full(len(people), count) if isinstance(count, int) else count
    crowded = np.flatnonzero(counts[people] > most)
    if not len(crowded):
        return np.arange(len(people))
    who = people[crowded]
    order = np.argsort(_ranking(who, values[crowded], None if apart is None else apart[crowded]))
    sizes = np.bincount(who)
    starts = np.cumsum(sizes) - sizes
    rank = np.arange(len(order)) - starts[who[order]]
    chosen = np.ones(len(people), dtype=np.bool_)
    chosen[crowded[order[rank >= most[crowded[order]]]]] = False
    return np.flatnonzero(chosen)


def _ranking(people: Index, values: Floats, apart: Index | None) -> Index:
    """Return whole numbers that sort by person, then the largest value, then what is told apart.

    One sort of them takes a tenth of the time of three: 28 bits of a float32 value, 12 of the rest.
    """
    bits = np.ascontiguousarray(values, dtype=np.float32).view(np.int32).astype(np.int64)
    rising = np.where(bits < 0, -0x80000000 - bits, bits)
    key = (people << 40) + ((0x7FFFFFFF - rising) >> 4 << 12)
    return key if apart is None else key + (apart << 12) // (int(apart.max(initial=0)) + 1)
