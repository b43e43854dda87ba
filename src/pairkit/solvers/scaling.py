"""Scores made fit for solvers: in a range that big-M values and integer costs can carry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["ALIKE", "Scale", "integers", "merged", "unit"]

ALIKE = 1e-9  # of the largest score: scores that differ less are the same to fairness
EXACT_BITS = (0, 8, 16, 24)


@dataclass(frozen=True, slots=True)
class Scale:
    """A power of two that brings the largest of some finite numbers to at most 1.

    Multiplying by a power of two is exact, so that order and ties survive.

    Parameters
    ----------
    exponent
        Numbers times ``2 ** exponent`` lie in [-1, 1].
    """

    exponent: int

    @classmethod
    def of(cls, values: NDArray[np.float64]) -> Scale:
        """Return the scale of these values; nan counts as nothing."""
        largest = float(np.nanmax(np.abs(values), initial=0.0))
        return cls(-int(np.frexp(largest)[1]) if largest > 0 else 0)

    def apply(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the values in [-1, 1]."""
        return np.ldexp(values, self.exponent)

    def undo_all(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return scaled numbers in their own unit."""
        return np.ldexp(values, -self.exponent)

    def undo(self, value: float) -> float:
        """Return a scaled number in its own unit."""
        return float(np.ldexp(value, -self.exponent))


def unit(values: NDArray[np.float64]) -> float:
    """Return the smallest size of a number that is neither 0 nor nan; 0 where there is none."""
    sizes = np.abs(values)
    return float(np.min(sizes, where=sizes > 0.0, initial=np.inf)) if (sizes > 0.0).any() else 0.0


def merged(values: NDArray[np.float64], apart: float) -> NDArray[np.float64]:
    """Return values in which neighbors that differ by up to ``apart`` are the largest of them.

    Examples
    --------
    >>> merged(np.array([0.5, 0.1, 0.500001]), 1e-3)
    array([0.500001, 0.1     , 0.500001])
    """
    steps = np.unique(values)
    ends = steps[np.append(np.diff(steps) > apart, np.ones(min(len(steps), 1), dtype=np.bool_))]
    found: NDArray[np.float64] = ends[np.searchsorted(ends, values)]
    return found


def integers(values: NDArray[np.float64], bits: int) -> tuple[NDArray[np.int64], int, float]:
    """Return numbers of [-1, 1] as integers, the bits used, and the largest rounding error.

    As few bits are used as represent the numbers exactly, and at most ``bits``: small integers
    make cost-scaling algorithms faster, and exact ones make their bounds exact.

    Examples
    --------
    >>> integers(np.array([0.5, -0.25]), 40)
    (array([128, -64]), 8, 0.0)
    """
    for few in (*(one for one in EXACT_BITS if one < bits), bits):
        scaled = np.ldexp(values, few)
        rounded = np.rint(scaled)
        error = float(np.max(np.abs(scaled - rounded), initial=0.0))
        if error == 0.0 or few == bits:
            return rounded.astype(np.int64), few, float(np.ldexp(error, -few))
    raise AssertionError("unreachable: the last number of bits always returns")
