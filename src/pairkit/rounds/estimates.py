"""Estimates: shares and means of a few answers, each with its interval, or too few to say."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from pairkit.messages import Message

__all__ = [
    "CONFIDENCE",
    "FEWEST",
    "Estimate",
    "Retention",
    "difference",
    "mean",
    "retention",
    "share",
]

CONFIDENCE: Final = 0.95
FEWEST: Final = 5  # answers of fewer of which nothing is told


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share or a mean, and how sure it is.

    Parameters
    ----------
    n
        Of how many.
    value
        What was found; ``None`` where there are too few to say.
    low, high
        The interval of confidence; ``None`` with the value.
    """

    n: int
    value: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def message(self) -> Message:
        """The estimate in a few words."""
        if self.value is None or self.low is None or self.high is None:
            return Message("too few to say ({n})", n=self.n)
        return Message(
            "{value:.2} (between {low:.2} and {high:.2}, of {n})",
            value=self.value,
            low=self.low,
            high=self.high,
            n=self.n,
        )

    @property
    def percent(self) -> Message:
        """The estimate of a share in a few words."""
        if self.value is None or self.low is None or self.high is None:
            return Message("too few to say ({n})", n=self.n)
        return Message(
            "{value:.0%} (between {low:.0%} and {high:.0%}, of {n})",
            value=self.value,
            low=self.low,
            high=self.high,
            n=self.n,
        )


def share(count: int, n: int, *, fewest: int = FEWEST) -> Estimate:
    """Return a share with the interval of Wilson (1927, doi:10.1080/01621459.1927.10502953).

    Examples
    --------
    >>> found = share(8, 10)
    >>> round(found.value, 2), round(found.low, 2), round(found.high, 2)
    (0.8, 0.49, 0.94)
    """
    from scipy.stats import norm

    if n < max(fewest, 1):
        return Estimate(n)
    z = float(norm.ppf(0.5 + CONFIDENCE / 2.0))
    found, weight = count / n, z * z / n
    middle = (found + weight / 2.0) / (1.0 + weight)
    half = z / (1.0 + weight) * math.sqrt(found * (1.0 - found) / n + weight / (4.0 * n))
    return Estimate(n, found, max(middle - half, 0.0), min(middle + half, 1.0))


def mean(values: Sequence[float], *, least: float, most: float, fewest: int = FEWEST) -> Estimate:
    """Return a mean with the interval of Student (1908, doi:10.1093/biomet/6.1.1), within bounds.

    Where all values are the same, Student's interval would have no width. It is then as wide as
    if one more value stood at the farther bound.
    """
    from scipy.stats import t

    n = len(values)
    if n < max(fewest, 2):
        return Estimate(n)
    found = float(np.mean(values))
    spread = list(values)
    if min(values) == max(values):
        spread.append(least if found - least > most - found else most)
    half = float(t.ppf(0.5 + CONFIDENCE / 2.0, n - 1)) * float(np.std(spread, ddof=1))
    half /= math.sqrt(n)
    return Estimate(n, found, max(found - half, least), min(found + half, most))


def difference(
    before: Sequence[float], after: Sequence[float], *, fewest: int = FEWEST
) -> Estimate:
    """Return by how much a mean has changed, with the interval of Welch (1947).

    See doi:10.1093/biomet/34.1-2.28. ``n`` is the smaller number of values.
    """
    from scipy.stats import ttest_ind

    n = min(len(before), len(after))
    if n < max(fewest, 2) or len({*before}) == 1 or len({*after}) == 1:
        return Estimate(n)
    tested = ttest_ind(after, before, equal_var=False)
    limits = tested.confidence_interval(CONFIDENCE)
    found = float(np.mean(after)) - float(np.mean(before))
    return Estimate(n, found, float(limits.low), float(limits.high))


@dataclass(frozen=True, slots=True)
class Retention:
    """Which share of pairs has lasted so many days.

    Parameters
    ----------
    days
        When pairs have broken off, in days after their start, rising.
    shares
        What share lasts longer than that.
    low, high
        The interval of confidence at each; nan where it cannot be told.
    pairs, broken
        How many pairs there are, and how many of them have broken off.
    seen
        The longest time for which a pair was seen, in days: of later nothing is known.
    """

    days: tuple[float, ...]
    shares: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    pairs: int
    broken: int
    seen: float

    def after(self, days: float) -> float:
        """Return the share that lasts longer than so many days."""
        place = int(np.searchsorted(self.days, days, side="right"))
        return self.shares[place - 1] if place else 1.0


def retention(
    days: Sequence[float], broken: Sequence[bool], *, fewest: int = FEWEST
) -> Retention | None:
    """Return how long pairs last (Kaplan and Meier 1958, doi:10.1080/01621459.1958.10501452).

    Pairs that go on, or have ended as planned, count as long as they were seen. The interval is
    that of Greenwood on the scale of log-log, as SciPy has it. ``None`` of too few pairs.

    Parameters
    ----------
    days
        How long each pair was seen, in days, from 0 up.
    broken
        Whether it has broken off then.
    """
    from scipy.stats import CensoredData, ecdf

    if len(days) < max(fewest, 1):
        return None
    if not any(broken):
        return Retention((), (), (), (), len(days), 0, max(days))
    seen = np.array(days, dtype=np.float64)
    survival = ecdf(CensoredData.right_censored(seen, ~np.array(broken, dtype=np.bool_))).sf
    with np.errstate(divide="ignore", invalid="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # nan, where it cannot be told
        limits = survival.confidence_interval(CONFIDENCE, method="log-log")
    events = np.isin(survival.quantiles, seen[np.array(broken, dtype=np.bool_)])

    def at_events(column: object) -> tuple[float, ...]:
        return tuple(np.asarray(column, dtype=np.float64)[events].tolist())

    return Retention(
        at_events(survival.quantiles),
        at_events(survival.probabilities),
        at_events(getattr(limits.low, "probabilities")),  # noqa: B009 - no number, as typed
        at_events(getattr(limits.high, "probabilities")),  # noqa: B009
        len(days),
        int(np.sum(broken)),
        max(days),
    )
