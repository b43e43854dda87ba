"""CircleSolution: the circles that were formed, in places, with what was proved about them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pairkit.parts import Index
from pairkit.solution import Level, Proved, Status, raise_for_status

__all__ = ["CircleSolution"]


@dataclass(frozen=True, slots=True, eq=False)
class CircleSolution(Proved):
    """The circles that were formed, in places, with what was proved about them.

    Parameters
    ----------
    status
        ``OPTIMAL`` only with a proof: every gap is within ``tolerance``.
    circles
        People of each circle, int64, sorted; circles in the order of their first people.
    leaders
        The mentor who leads each circle, int64, shape (k,); ``None`` where circles are not led.
    scores
        The sum of the scores in each circle, float64, shape (k,).
    left_out
        Who is in no circle, int64, sorted.
    levels
        Value and bound of each objective, the first one first: people placed, then the sum of the
        scores; empty without a solution.
    solver
        The solver that was used.
    detail
        Why it was chosen, or why it stopped.
    seconds
        Wall-clock time of the solve.
    seed
        The seed that was used.
    tolerance
        The relative gap up to which ``OPTIMAL`` is said.
    """

    status: Status
    circles: tuple[Index, ...]
    leaders: Index | None
    scores: NDArray[np.float64]
    left_out: Index
    levels: tuple[Level, ...]
    solver: str
    detail: str = ""
    seconds: float = 0.0
    seed: int = 0
    tolerance: float = 1e-6

    def __len__(self) -> int:
        """Return how many circles there are."""
        return len(self.circles)

    @property
    def placed(self) -> int:
        """How many people are in a circle."""
        return sum(map(len, self.circles))

    def raise_for_status(self) -> None:
        """Raise unless there is a solution.

        Raises
        ------
        NoSolutionFoundError
            The time was over before there was one.
        """
        raise_for_status(self.status, self.detail)
