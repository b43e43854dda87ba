"""Duals: prices of people in the scores' own unit, and the bounds that they prove."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from pairkit.pricing import Amounts, Bound

if TYPE_CHECKING:
    from pairkit.pairspace import Candidates
    from pairkit.parts import Index
    from pairkit.solvers.prices import Prices
    from pairkit.solvers.scaling import Scale

__all__ = ["Duals", "Worth"]


class Worth(NamedTuple):
    """What pairs are worth beyond prices: whole bonuses first, then the rest.

    Parameters
    ----------
    bonuses
        -1, 0 or 1, float64, shape (k,); always 0 where quality alone counts.
    rest
        In the scores' own unit, float64, shape (k,).
    """

    bonuses: NDArray[np.float64]
    rest: NDArray[np.float64]

    def above(self, tolerance: float) -> NDArray[np.bool_]:
        """Return which are worth more than nothing."""
        even = (self.bonuses == 0.0) & (self.rest > tolerance)
        found: NDArray[np.bool_] = (self.bonuses > 0.0) | even
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Duals:
    """Dual prices of rows and columns, in the scores' own unit.

    Where participation comes first, a pair has a bonus larger than all scores together, and a price
    is a number of bonuses, 0 or 1, and a rest. They are kept apart: only the rests need precision.

    Parameters
    ----------
    u, v
        The rests, float64, shapes (rows,) and (columns,).
    p, q
        The bonuses, float64; 0 where quality alone counts.
    bonus
        Bonuses of a pair: 1 where participation comes first, else 0.
    lift
        What stands for the bonus in a scan: more than the rests can make good.
    """

    u: NDArray[np.float64]
    v: NDArray[np.float64]
    p: NDArray[np.float64]
    q: NDArray[np.float64]
    bonus: float
    lift: float

    @classmethod
    def of(
        cls,
        u: NDArray[np.float64],
        v: NDArray[np.float64],
        p: NDArray[np.float64],
        q: NDArray[np.float64],
        *,
        first: bool,
        largest: float,
    ) -> Self:
        """Return duals; ``largest`` is the size of the largest score."""
        sizes = largest + np.abs(u).max(initial=0.0) + np.abs(v).max(initial=0.0)
        lift = float(np.ldexp(1.0, int(np.frexp(2.0 * sizes)[1]) + 1)) if first else 0.0
        return cls(u, v, p, q, float(first), lift)

    @classmethod
    def from_prices(
        cls, prices: Prices, bits: int, bonus: int, scale: Scale, *, largest: float
    ) -> Self:
        """Return the duals of a flow, from prices in units of ``2 ** -bits`` with the bonus in."""
        rests, bonuses = [], []
        for price in (prices.mentors, prices.mentees):
            whole = (price + bonus // 2) // bonus if bonus else np.zeros_like(price)
            bonuses.append(whole.astype(np.float64))
            rest = np.ldexp((price - whole * bonus).astype(np.float64), -bits)
            rests.append(scale.undo_all(rest))
        return cls.of(*rests, *bonuses, first=bonus > 0, largest=largest)

    @classmethod
    def none(cls, rows: int, columns: int, *, first: bool) -> Self:
        """Return the duals of people who have no candidates: 0."""
        u, v = np.zeros(rows), np.zeros(columns)
        return cls.of(u, v, u, v, first=first, largest=0.0)

    def at(self, people: tuple[Index, Index]) -> Duals:
        """Return the duals of some rows and columns."""
        rows, columns = people
        u, v, p, q = self.u[rows], self.v[columns], self.p[rows], self.q[columns]
        return Duals(u, v, p, q, self.bonus, self.lift)

    def column_units(self, bits: int, bonus: int, scale: Scale) -> NDArray[np.int64]:
        """Return the prices of columns in the whole units of another flow."""
        rest = np.rint(np.ldexp(scale.apply(self.v), bits)).astype(np.int64)
        return self.q.astype(np.int64) * bonus + rest

    def lifted(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return prices in one number each, so that a scan finds what is worth more.

        Of the two ways to count the bonus of the pair, on the side that mostly has it keeps the
        numbers small.
        """
        on_rows = self.p.mean() >= self.q.mean() if len(self.p) and len(self.q) else True
        shift = self.bonus * self.lift
        u = self.u + self.p * self.lift - (shift if on_rows else 0.0)
        v = self.v + self.q * self.lift - (0.0 if on_rows else shift)
        return u, v

    def worth(self, rows: Index, columns: Index, scores: NDArray[np.float64]) -> Worth:
        """Return what pairs are worth beyond the prices of their two."""
        bonuses = self.bonus - self.p[rows] - self.q[columns]
        return Worth(bonuses, scores - self.u[rows] - self.v[columns])

    def lifted_worth(
        self, rows: Index, columns: Index, scores: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return the same in one number each, as a scan sees it."""
        worth = self.worth(rows, columns, scores)
        return worth.rest + worth.bonuses * self.lift

    def worth_of_lifted(self, values: NDArray[np.float64]) -> Worth:
        """Return what values of a scan, none far below 0, stand for."""
        bonuses = np.where(values > self.lift / 2.0, self.bonus, 0.0)
        return Worth(bonuses, values - bonuses * self.lift)

    def placed(
        self, people: tuple[Index, Index], shape: tuple[int, int]
    ) -> tuple[Amounts, Amounts]:
        """Return the prices by place, nan elsewhere.

        Parameters
        ----------
        people
            Places of rows and of columns.
        shape
            Number of mentors and of mentees.
        """
        found = []
        for places, size, pairs, rest in (
            (people[0], shape[0], self.p, self.u),
            (people[1], shape[1], self.q, self.v),
        ):
            amounts = Amounts(np.full(size, np.nan), np.full(size, np.nan))
            amounts.pairs[places], amounts.quality[places] = pairs, rest
            found.append(amounts)
        return found[0], found[1]

    def bound(self, room: tuple[Index, Index], graph: Candidates, excess: Worth) -> Bound:
        """Return what these prices prove.

        Parameters
        ----------
        room
            The most partners of rows and of columns.
        graph
            Pairs whose own worth counts, once each.
        excess
            The most that any other pair of each row is worth, for every place of the row.
        """
        own = self.worth(graph.mentors, graph.mentees, graph.scores)
        more = own.above(0.0)
        pairs = room[0] @ (self.p + excess.bonuses) + room[1] @ self.q + own.bonuses[more].sum()
        quality = room[0] @ (self.u + excess.rest) + room[1] @ self.v + own.rest[more].sum()
        return Bound(float(pairs), float(quality), self.lift)
