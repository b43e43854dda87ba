"""Gaps: what was proved, over the time of a solve."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pairkit.solvers import Iteration

__all__ = ["GapCurve", "GapTrace", "gap_over_time"]


class GapTrace:
    """A callback that remembers how far a solve was, for ``ColumnGeneration`` and ``Auto``.

    Parameters
    ----------
    then
        Called with each iteration as well, such as a progress bar.

    Examples
    --------
    >>> import pairkit as pk
    >>> trace = GapTrace()
    >>> problem = pk.Problem.from_scores([[0.9, 0.4], [0.8, 0.7]])
    >>> solver = pk.ColumnGeneration(progress=trace)
    >>> pk.solve(problem, solver).status.value
    'optimal'
    >>> round(float(gap_over_time(trace.iterations).gaps[-1]), 6)
    0.0
    """

    def __init__(self, then: Callable[[Iteration], None] | None = None) -> None:
        self.iterations: list[Iteration] = []
        self._then = then

    def __call__(self, now: Iteration) -> None:
        """Remember how far the solve is; a new solve starts anew."""
        if self.iterations and now.seconds < self.iterations[-1].seconds:
            self.iterations.clear()
        self.iterations.append(now)
        if self._then is not None:
            self._then(now)

    def __repr__(self) -> str:
        """Return how much is remembered."""
        return f"GapTrace({len(self.iterations)} iterations)"


@dataclass(frozen=True, slots=True, eq=False)
class GapCurve:
    """The smallest gap that was proved so far, over the time of a solve.

    Parameters
    ----------
    seconds
        Since the start, float64, shape (k,), ascending.
    gaps
        Relative gaps from 0 up, float64, shape (k,), descending.
    """

    seconds: NDArray[np.float64]
    gaps: NDArray[np.float64]


def gap_over_time(iterations: Iterable[Iteration]) -> GapCurve:
    """Return the gap over the time of one solve, from the iterations that a trace remembers."""
    known = [(one.seconds, one.gap) for one in iterations if np.isfinite(one.gap)]
    seconds, gaps = np.array(known, dtype=np.float64).reshape(-1, 2).T
    return GapCurve(seconds, np.minimum.accumulate(gaps))
