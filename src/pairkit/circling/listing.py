"""Listing: every possible circle of a small pool."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from pairkit.parts import Index

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from pairkit.circling.pool import Pool
    from pairkit.solvers.base import Clock

__all__ = ["Listing"]

CELLS: Final = 200_000_000  # of the table of who may still join


@dataclass(frozen=True, slots=True, eq=False)
class Listing:
    """Every possible circle of a pool, with each of its possible leaders.

    Parameters
    ----------
    inside
        Who is in which circle, CSR of 0 and 1, shape (circles, n).
    sizes
        How many people they have, int64, shape (circles,).
    values
        The sum of the scores in them, float64, shape (circles,).
    leaders
        Who leads them, int64, shape (circles,); -1 where nobody does.
    """

    inside: csr_array
    sizes: Index
    values: NDArray[np.float64]
    leaders: Index

    def __len__(self) -> int:
        """Return how many circles there are."""
        return len(self.sizes)

    @classmethod
    def of(cls, pool: Pool, most: int, clock: Clock) -> Listing | None:
        """Return the listing, or ``None`` where it is longer than ``most`` or the time is over."""
        further = np.triu(pool.allowed)
        circles, values = np.arange(len(pool))[:, None], np.zeros(len(pool))
        joins, found, pieces = further, 0, [cls._none(pool)]
        for size in range(2, pool.sizes.largest + 1):
            found += int(joins.sum())
            if found > most or joins.size > CELLS or clock.expired():
                return None
            rows, who = np.nonzero(joins)
            before = circles[rows]
            values = values[rows] + pool.scores[before, who[:, None]].sum(axis=1)
            circles, joins = np.column_stack([before, who]), joins[rows] & further[who]
            if size >= pool.sizes.smallest:
                pieces.append(cls._led(pool, circles, values))
        if sum(map(len, pieces)) > most:
            return None
        return cls._joined(pieces)

    def take(self, keep: NDArray[np.bool_] | Index) -> Listing:
        """Return some of the circles."""
        return Listing(self.inside[keep], self.sizes[keep], self.values[keep], self.leaders[keep])

    def people(self, k: int) -> Index:
        """Return the people of one circle, int64, sorted."""
        start, stop = self.inside.indptr[k : k + 2]
        return np.sort(self.inside.indices[start:stop]).astype(np.int64)

    @classmethod
    def _none(cls, pool: Pool) -> Listing:
        return cls._led(pool, np.zeros((0, 2), dtype=np.int64), np.zeros(0))

    @classmethod
    def _led(cls, pool: Pool, circles: Index, values: NDArray[np.float64]) -> Listing:
        """Return circles of one size, shape (k, size), each with every leader who may lead it."""
        from scipy.sparse import csr_array

        count, size = circles.shape
        stops = np.arange(count + 1) * size
        ones = np.ones(count * size)
        inside = csr_array((ones, circles.ravel(), stops), shape=(count, len(pool)))
        leaders = np.full(count, -1)
        if pool.led:
            clashes = np.asarray(inside @ pool.unled.T.astype(np.float64))
            rows, leaders = np.nonzero(clashes == 0.0)
            values = values[rows] + np.asarray(inside @ pool.guidance.T)[rows, leaders]
            inside = csr_array(inside[rows])
        listing = cls(inside, np.full(len(leaders), size), values, leaders)
        return listing if pool.first else listing.take(values > 0.0)

    @classmethod
    def _joined(cls, pieces: list[Listing]) -> Listing:
        from scipy.sparse import csr_array, vstack

        return cls(
            csr_array(vstack([piece.inside for piece in pieces], format="csr")),
            np.concatenate([piece.sizes for piece in pieces]),
            np.concatenate([piece.values for piece in pieces]),
            np.concatenate([piece.leaders for piece in pieces]),
        )
