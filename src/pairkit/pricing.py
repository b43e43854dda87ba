"""Pricing: what a place of each person is worth, and what that proves about every solution."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pairkit.parts import Index
    from pairkit.rows import Floats, Row

__all__ = ["Amounts", "Bound", "PlacePrices", "RowPrice"]

WHOLE: Final = 1e-6  # of a pair: what adding up leaves beside a whole number


class Amounts(NamedTuple):
    """Prices, costs or bounds of several people or pairs: whole pairs first, then quality.

    Parameters
    ----------
    pairs
        float64, shape (k,); always 0 where quality alone counts.
    quality
        In the unit of the scores, float64, shape (k,).
    """

    pairs: Floats
    quality: Floats

    def take(self, places: Index) -> Amounts:
        """Return those of some places."""
        return Amounts(self.pairs[places], self.quality[places])

    def times(self, exponent: int) -> Amounts:
        """Return them where scores are times a power of two."""
        return Amounts(self.pairs, np.ldexp(self.quality, exponent))

    def below(self, other: Amounts) -> NDArray[np.bool_]:
        """Return which are less than others: fewer pairs, or as many and less quality."""
        even = (self.pairs == other.pairs) & (self.quality < other.quality)
        less: NDArray[np.bool_] = (self.pairs < other.pairs) | even
        return less

    def least(self, other: Amounts) -> Amounts:
        """Return the lesser of the two, one by one."""
        less = self.below(other)
        return Amounts(
            np.where(less, self.pairs, other.pairs), np.where(less, self.quality, other.quality)
        )


class Bound(NamedTuple):
    """What no solution can exceed: pairs first, then the quality of that many.

    Parameters
    ----------
    pairs
        How many pairs; 0 where quality alone counts.
    quality
        The sum of scores of a solution with as many pairs.
    lift
        The most that the sum can be more for every pair fewer.
    """

    pairs: float
    quality: float
    lift: float

    def quality_of(self, pairs: float) -> float:
        """Return what the sum of scores of a solution with so many pairs cannot exceed."""
        return self.quality + max(self.pairs - pairs, 0.0) * self.lift


class RowPrice(NamedTuple):
    """What a unit of a rule on the whole program takes from a pair that counts it.

    Parameters
    ----------
    row
        The rule.
    pairs, quality
        Above 0 where the rule holds pairs back, below 0 where it asks for them.
    """

    row: Row
    pairs: float
    quality: float


@dataclass(frozen=True, slots=True, eq=False)
class PlacePrices:
    """What one more place of each person is worth, and what that proves about every solution.

    A pair that pays both its people their prices leaves its *worth*: 1 pair and its score, less the
    prices of the two and of the rules that count it. In a best solution no pair that is not made is
    worth more than nothing. Whatever the prices are, places times prices and what pairs are worth
    beyond them add up to a bound on every solution; and a solution in which a pair is made has to
    bear what that pair is worth below nothing (weak duality: Bertsimas and Tsitsiklis 1997,
    Introduction to Linear Optimization, chapter 4; Ahuja, Magnanti and Orlin 1993, Network Flows,
    chapter 9). So prices alone tell what it costs at least to force a pair.

    Best prices form a lattice: there are least and greatest ones (Shapley and Shubik 1971,
    doi:10.1007/BF01753437). One more place of a person is worth the least price, and a place fewer
    costs the greatest.

    Where participation comes first, a price is a number of pairs and a quality, and pairs come
    first in every comparison. Of people without room beyond their pins it is nan.

    Parameters
    ----------
    mentors, mentees
        The prices that prove the bound, shapes (mentors,) and (mentees,), of a pair's two people
        together from 0 up unless a rule asks for partners; of peers, both are the same.
    bound
        What no solution exceeds.
    bonus
        1 where participation comes first, else 0.
    rows
        Prices of rules on the whole program.
    least, greatest
        The least and the greatest best prices of mentors and of mentees; ``None`` where they are
        not known.
    exact
        Whether they are just that; else the least may be too low, and the greatest too high.
    rounding
        How far prices may be from best ones for scores that are not rounded, in quality.
    """

    mentors: Amounts
    mentees: Amounts
    bound: Bound
    bonus: float
    rows: tuple[RowPrice, ...] = ()
    least: tuple[Amounts, Amounts] | None = None
    greatest: tuple[Amounts, Amounts] | None = None
    exact: bool = False
    rounding: float = 0.0

    def worth(self, mentors: Index, mentees: Index, scores: Floats) -> Amounts:
        """Return what pairs are worth beyond the prices of their two, and of rules.

        Parameters
        ----------
        mentors, mentees
            Places, int64, shape (k,); of peers, ``mentors < mentees``.
        scores
            float64, shape (k,).
        """
        return self._worth(self.mentors, self.mentees, mentors, mentees, scores)

    def _worth(
        self, u: Amounts, v: Amounts, mentors: Index, mentees: Index, scores: Floats
    ) -> Amounts:
        pairs = self.bonus - u.pairs[mentors] - v.pairs[mentees]
        quality = scores - u.quality[mentors] - v.quality[mentees]
        for one in self.rows:
            counted = one.row.pair_weights(mentors, mentees, scores)
            pairs, quality = pairs - one.pairs * counted, quality - one.quality * counted
        return Amounts(pairs, quality)

    def most(self, mentors: Index, mentees: Index, scores: Floats) -> Amounts:
        """Return what no solution with each of some pairs exceeds.

        No solution with the pair has more pairs than that, and none with as many has more quality.
        Parameters are those of :meth:`worth`.
        """
        found = self._most(self.worth(mentors, mentees, scores))
        if self.exact and self.least is not None and self.greatest is not None:
            low, high = self.least, self.greatest
            for u, v in ((low[0], high[1]), (high[0], low[1])):
                worth = self._worth(u, v, mentors, mentees, scores)
                found = found.least(self._most(worth))
        return found

    def _most(self, worth: Amounts) -> Amounts:
        bound = self.bound
        below = np.minimum(worth.pairs, 0.0)
        pairs = np.floor(bound.pairs + below + WHOLE) if self.bonus else np.zeros_like(below)
        lifted = np.minimum(bound.lift * worth.pairs + worth.quality, 0.0)
        return Amounts(pairs, bound.quality + bound.lift * (bound.pairs - pairs) + lifted)

    def beside(self, pairs: float, quality: float) -> PlacePrices:
        """Return the prices of a problem that makes some pairs before: their sums."""
        bound = Bound(self.bound.pairs + pairs, self.bound.quality + quality, self.bound.lift)
        return replace(self, bound=bound)

    def times(self, exponent: int) -> PlacePrices:
        """Return the prices where scores are times a power of two."""
        quality, lift = np.ldexp([self.bound.quality, self.bound.lift], exponent).tolist()
        return replace(
            self,
            mentors=self.mentors.times(exponent),
            mentees=self.mentees.times(exponent),
            bound=Bound(self.bound.pairs, quality, lift),
            rows=tuple(
                one._replace(quality=float(np.ldexp(one.quality, exponent))) for one in self.rows
            ),
            least=_times(self.least, exponent),
            greatest=_times(self.greatest, exponent),
            rounding=float(np.ldexp(self.rounding, exponent)),
        )


def _times(sides: tuple[Amounts, Amounts] | None, exponent: int) -> tuple[Amounts, Amounts] | None:
    return None if sides is None else (sides[0].times(exponent), sides[1].times(exponent))
