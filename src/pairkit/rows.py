"""Rows: what a solution as a whole must respect, as linear limits on sums over its pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pairkit.errors import ProblemError
from pairkit.messages import Noun
from pairkit.parts import Index

if TYPE_CHECKING:
    from pairkit.parts import Part

__all__ = ["UNLIMITED", "LoadBounds", "Row", "ShareOf", "SideName"]

UNLIMITED = 1_000_000_000

SideName: TypeAlias = Literal["mentor", "mentee"]
Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class ShareOf:
    """A share that a row limits: of the pairs that ``whole`` counts, those that ``counted`` does.

    Parameters
    ----------
    share
        From 0 to 1.
    counted, whole
        What a pair counts, float64.
    """

    share: float
    counted: Part
    whole: Part

    def weights(self, i: Index, j: Index) -> Floats:
        """Return what pairs count above the share: the sum is 0 where the share is reached."""
        above: Floats = self.counted(i, j) - self.share * self.whole(i, j)
        return above


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A limit on a sum over the pairs of a solution and over its matched people.

    ``least <= sum of weights of the pairs + sum of weights of the matched people <= most``.

    Parameters
    ----------
    label
        What the row is called in reports.
    weight
        What a pair counts: a part, or any function of places that broadcasts and gives float64;
        ``None`` counts no pair.
    least, most
        Limits; infinite where there is none.
    penalty
        ``None`` makes the row hard. A number above 0 is what every unit beyond the limits takes
        from the quality.
    of_score
        Whether a pair counts its weight times its score.
    matched
        What each mentor and each mentee who has a partner counts: float64, shapes (mentors,) and
        (mentees,); ``None`` counts nobody.
    share_of
        The share that the weights come from, for reports; ``None`` where the row limits none.
    unit
        What the row counts, one and several, for reports.

    Raises
    ------
    ProblemError
        The limits exclude each other, or the penalty is not above 0.
    """

    label: str
    weight: Part | None = None
    least: float = -np.inf
    most: float = np.inf
    penalty: float | None = None
    of_score: bool = False
    matched: tuple[Floats, Floats] | None = None
    share_of: ShareOf | None = None
    unit: tuple[str, str] = Noun("pair", "pairs")

    def __post_init__(self) -> None:
        """Check the limits."""
        if not self.least <= self.most:
            raise ProblemError(f"{self.label}: least {self.least:g} is above most {self.most:g}.")
        check_penalty(self.label, self.penalty)

    def pair_weights(self, i: Index, j: Index, scores: Floats) -> Floats:
        """Return what pairs count, float64, of the shape that ``i`` and ``j`` broadcast to."""
        if self.weight is None:
            return np.zeros(np.broadcast_shapes(i.shape, j.shape))
        weights = self.weight(i, j)
        return weights * scores if self.of_score else weights

    def excess(self, value: float) -> float:
        """Return how far a value is beyond the limits: 0 where it keeps them."""
        return max(self.least - value, value - self.most, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class LoadBounds:
    """How many partners each person of a side has at least and at most.

    Parameters
    ----------
    label
        What the bounds are called in reports.
    side
        ``"mentor"`` or ``"mentee"``; of peers, ``"mentor"``.
    least, most
        For each person, int64, shape (people of the side,).
    or_none
        Whether a person without any partner is within the bounds.
    penalty
        ``None`` makes the bounds hard. A number above 0 is what every partner too few or too many
        takes from the quality.

    Raises
    ------
    ProblemError
        The bounds of somebody exclude each other, or the penalty is not above 0.
    """

    label: str
    side: SideName
    least: Index
    most: Index
    or_none: bool = False
    penalty: float | None = None

    def __post_init__(self) -> None:
        """Check the bounds."""
        wrong = np.flatnonzero((self.least > self.most) | (self.least < 0))
        if len(wrong):
            k = int(wrong[0])
            raise ProblemError(
                f"{self.label}: {self.side} {k} has {self.least[k]} partners at least and "
                f"{self.most[k]} at most."
            )
        check_penalty(self.label, self.penalty)

    def excess(self, loads: Index) -> Index:
        """Return how far each load is beyond the bounds, int64, shape (people,)."""
        few = np.maximum(self.least - loads, 0)
        if self.or_none:
            few = np.where(loads == 0, 0, few)
        beyond: Index = few + np.maximum(loads - self.most, 0)
        return beyond


def check_penalty(label: str, penalty: float | None) -> None:
    """Raise unless a penalty is ``None`` or a number above 0.

    Raises
    ------
    ProblemError
        It is not.
    """
    if penalty is not None and not 0.0 < penalty < np.inf:
        raise ProblemError(f"{label}: a penalty is a number above 0; it is {penalty}.")
