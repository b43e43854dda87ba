"""Prices: the dual solution of a flow that does not tell it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from pairkit.errors import SolverError

if TYPE_CHECKING:
    from pairkit.pairspace import Candidates

__all__ = ["Prices", "recover_prices"]

TOLERANCE: Final = 1e-13


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """Dual prices of mentors and mentees, float64, from 0 up.

    Parameters
    ----------
    mentors, mentees
        What one more place of each person would be worth.
    sweeps
        How many sweeps over the candidates it took to find them.
    """

    mentors: NDArray[np.float64]
    mentees: NDArray[np.float64]
    sweeps: int = 0

    def total(
        self, mentor_capacity: NDArray[np.int64], mentee_capacity: NDArray[np.int64]
    ) -> float:
        """Return the prices of all places together."""
        return float(mentor_capacity @ self.mentors + mentee_capacity @ self.mentees)


def recover_prices(
    found: Candidates,
    made: NDArray[np.bool_],
    mentor_capacity: NDArray[np.int64],
    mentee_capacity: NDArray[np.int64],
) -> Prices:
    """Return optimal dual prices of a best solution over candidates.

    Bellman-Ford on the residual graph (Ahuja, Magnanti and Orlin 1993, chapter 9), vectorized: a
    mentor's price is what the least of their pairs leaves after its mentee's price, a mentee's is
    what the best pair not made would give after its mentor's; from 0 up until nothing changes. The
    result has the least prices of mentees.

    Parameters
    ----------
    found
        The candidates.
    made
        Which of them are pairs of a best solution, bool, shape (k,).
    mentor_capacity, mentee_capacity
        The most partners, int64; above 0 wherever there is a candidate.

    Raises
    ------
    SolverError
        The prices do not settle: the solution is not a best one.
    """
    mentors, mentees = len(mentor_capacity), len(mentee_capacity)
    full = np.bincount(found.mentors[made], minlength=mentors) >= mentor_capacity
    pairs = found.take(made)
    rest = found.take(np.lexsort((found.mentors, found.mentees)))
    open_ = ~made[np.lexsort((found.mentors, found.mentees))]
    rest = rest.take(open_)
    columns, starts = np.unique(rest.mentees, return_index=True)
    mentor_rows, mentor_starts = np.unique(pairs.mentors, return_index=True)
    v = np.zeros(mentees)
    for sweeps in range(1, mentors + mentees + 3):
        u = np.where(full, np.inf, 0.0)
        if len(pairs):
            least = np.minimum.reduceat(pairs.scores - v[pairs.mentees], mentor_starts)
            u[mentor_rows] = np.where(full[mentor_rows], least, 0.0)
        wanted = np.zeros(mentees)
        if len(rest):
            wanted[columns] = np.maximum.reduceat(rest.scores - u[rest.mentors], starts)
        if (wanted <= v + TOLERANCE).all():
            return Prices(np.where(np.isfinite(u), np.maximum(u, 0.0), 0.0), v, sweeps)
        v = np.maximum(v, wanted)
    raise SolverError("The prices of a flow do not settle; its solution is not a best one.")
