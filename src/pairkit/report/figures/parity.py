"""Parity: how the groups of a field are served."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from pairkit.groups import FLOOR, groups_of
from pairkit.report.figures.places import places_of

if TYPE_CHECKING:
    from pairkit.encoding import Side
    from pairkit.matching import Matching
    from pairkit.rows import SideName

__all__ = ["GroupShare", "group_parity"]

Z: Final = 1.959963984540054  # of a two-sided 95 % interval


@dataclass(frozen=True, slots=True)
class GroupShare:
    """How the people of one group are served.

    Parameters
    ----------
    name
        The group.
    people
        How many of them are on the side.
    matched
        How many have a partner; ``None`` of fewer than 5 people.
    share, share_low, share_high
        The share of the group's people who have a partner, with its 95 % interval (Wilson 1927,
        doi:10.1080/01621459.1927.10502953); ``None`` where ``matched`` is.
    score, score_low, score_high
        The mean over its matched people of the mean score of their pairs, with its 95 % interval
        (Student's t); ``None`` of fewer than 5 matched people.
    """

    name: str = field(repr=False)
    people: int
    matched: int | None = None
    share: float | None = None
    share_low: float | None = None
    share_high: float | None = None
    score: float | None = None
    score_low: float | None = None
    score_high: float | None = None


def group_parity(
    matching: Matching,
    field: str,
    *,
    side: SideName = "mentee",
    most: int = 10,
    allow_protected: bool = False,
) -> tuple[GroupShare, ...]:
    """Return how the groups of a field are served, of whatever field.

    Groups of fewer than 5 people on the side are folded into one; of fewer than 5 people in all,
    nothing is told but how many there are.

    Parameters
    ----------
    matching
        The matching.
    field
        A field or an attribute with one value. Numbers and dates of many values come in bands.
    side
        Whose groups; of peers it does not matter.
    most
        How many groups are told apart; the smaller ones are folded into one.
    allow_protected
        Whether the field may be a protected one.

    Raises
    ------
    ProgramError
        Nobody has such a field, it holds lists, or is protected and that was not allowed.
    ProblemError
        The matching was read back without its roster and program.
    """
    own = matching.sides[side == "mentee"]
    groups = groups_of([own], field, most=most, floor=FLOOR, allow_protected=allow_protected)
    means = _mean_scores(matching, own, side)
    return tuple(
        _group_share(name, means[groups.codes[0] == k]) for k, name in enumerate(groups.names)
    )


def _mean_scores(matching: Matching, own: Side, side: SideName) -> NDArray[np.float64]:
    """Return the mean score of everybody's pairs, nan without one, float64, shape (n,)."""
    ends = places_of(matching)
    people = np.concatenate(ends) if matching.peers else ends[side == "mentee"]
    scores = np.tile([pair.score for pair in matching.pairs], 2 if matching.peers else 1)
    counts = np.bincount(people, minlength=len(own))
    sums = np.bincount(people, scores, minlength=len(own))
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def _group_share(name: str, means: NDArray[np.float64]) -> GroupShare:
    people, known = len(means), means[~np.isnan(means)]
    if people < FLOOR:
        return GroupShare(name, people)
    share = _wilson(len(known), people)
    score = _student(known) if len(known) >= FLOOR else (None, None, None)
    return GroupShare(name, people, len(known), *share, *score)


def _wilson(hits: int, size: int) -> tuple[float, float, float]:
    """Return a share with its 95 % interval."""
    share, z2 = hits / size, Z * Z / size
    center = (share + z2 / 2.0) / (1.0 + z2)
    half = Z * (share * (1.0 - share) / size + z2 / (4.0 * size)) ** 0.5 / (1.0 + z2)
    return share, max(0.0, center - half), min(1.0, center + half)


def _student(values: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return a mean with its 95 % interval."""
    from scipy.special import stdtrit

    mean, size = float(values.mean()), len(values)
    half = float(stdtrit(size - 1, 0.975)) * float(values.std(ddof=1)) / size**0.5
    return mean, mean - half, mean + half
