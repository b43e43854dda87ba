"""Solution: the pairs of a solve, in places, with what was proved about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pairkit.errors import (
    InfeasibleError,
    NoSolutionFoundError,
    ProblemError,
    SolverError,
)
from pairkit.objectives import Aim, Objective
from pairkit.parts import Index
from pairkit.pricing import PlacePrices

if TYPE_CHECKING:
    from pairkit.reasons import Diagnosis

__all__ = ["Level", "Proved", "Solution", "Status", "Stop", "raise_for_status", "unproved"]


class Status(StrEnum):
    """How a solve ended."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    NO_SOLUTION_FOUND = "no solution found"
    ERROR = "error"

    @property
    def has_pairs(self) -> bool:
        """Whether there is a solution to use."""
        return self in {Status.OPTIMAL, Status.FEASIBLE}


@dataclass(frozen=True, slots=True)
class Stop:
    """When to stop before the proof is complete.

    Parameters
    ----------
    seconds
        Wall-clock seconds, above 0; ``None`` sets no limit.
    gap
        Proven relative gap that is good enough, from 0 to 1.

    Raises
    ------
    ProblemError
        A limit is out of range.
    """

    seconds: float | None = None
    gap: float = 0.0

    def __post_init__(self) -> None:
        """Check the limits."""
        if self.seconds is not None and not self.seconds > 0:
            raise ProblemError(f"Stop: seconds must be above 0; it is {self.seconds}.")
        if not 0.0 <= self.gap <= 1.0:
            raise ProblemError(f"Stop: gap must be from 0 to 1; it is {self.gap}.")


@dataclass(frozen=True, slots=True)
class Level:
    """The value of one objective and the bound that proves it.

    Parameters
    ----------
    objective
        What is measured.
    value
        What the solution reaches. Participation: the pairs made, or the priorities of their
        people. Quality: the sum of scores, less the penalties of soft rules on the whole program.
        Egalitarian: the smallest score of a pair. Stability: the number of blocking pairs.
        Continuity: the earlier pairs kept.
    bound
        What no solution that equals this one in all earlier objectives can exceed, or with
        stability fall below; ``None`` where nothing was proved.
    size
        The scale of the rounding: the sum of what the value adds up, without signs, or the smallest
        score of a candidate where that is more. Mostly equal to the value.
    """

    objective: Objective
    value: float
    bound: float | None
    size: float

    @property
    def gap(self) -> float | None:
        """Distance of value and bound by the largest of both and ``size``; ``None`` unproved."""
        if self.bound is None:
            return None
        largest = max(abs(self.value), abs(self.bound), self.size)
        sign = -1.0 if self.objective is Objective.STABILITY else 1.0
        return max(sign * (self.bound - self.value), 0.0) / largest if largest > 0 else 0.0


class Proved:
    """What has levels has the value, the bound and the gap of the last one."""

    __slots__ = ()
    levels: tuple[Level, ...]

    @property
    def objective(self) -> float | None:
        """Value of the last objective: by default, the sum of all scores; ``None`` unsolved."""
        return self.levels[-1].value if self.levels else None

    @property
    def bound(self) -> float | None:
        """Bound on the last objective, the earlier ones kept; ``None`` if not proved."""
        return self.levels[-1].bound if self.levels else None

    @property
    def gap(self) -> float | None:
        """Relative gap of the last objective; ``None`` if not proved."""
        return self.levels[-1].gap if self.levels else None


@dataclass(frozen=True, slots=True, eq=False)
class Solution(Proved):
    """The pairs of a solve, in places, with what was proved about them.

    Parameters
    ----------
    status
        ``OPTIMAL`` only with a proof: every gap is within ``tolerance``, and what the objective's
        own tolerance leaves to later ones.
    mentors, mentees
        Places of the pairs, int64, shape (k,), sorted by mentor, then mentee.
    scores
        Score of each pair, float64, shape (k,).
    levels
        Value and bound of each objective, the first one first; empty without a solution.
    solver
        The solver that was used.
    detail
        Why it was chosen, why it stopped, or why there is no solution.
    conflicts
        With ``INFEASIBLE``, what stands against each other.
    seconds
        Wall-clock time of the solve.
    seed
        The seed that was used.
    tolerance
        The relative gap up to which ``OPTIMAL`` is said.
    prices
        What a place of each person is worth, where the solver knows it; ``None`` where it does not:
        :func:`pairkit.prices_of` finds it then.
    """

    status: Status
    mentors: Index
    mentees: Index
    scores: NDArray[np.float64]
    levels: tuple[Level, ...]
    solver: str
    detail: str = ""
    conflicts: tuple[str, ...] = ()
    seconds: float = 0.0
    seed: int = 0
    tolerance: float = 1e-6
    prices: PlacePrices | None = field(default=None, repr=False)

    def __len__(self) -> int:
        """Return how many pairs there are."""
        return len(self.mentors)

    def raise_for_status(self) -> None:
        """Raise unless there is a solution.

        Raises
        ------
        InfeasibleError
            No solution can keep all rules and hold all pins.
        NoSolutionFoundError
            The solver stopped before it found one.
        SolverError
            A back end failed.
        """
        words = "; ".join(self.conflicts) or self.detail
        if self.status is Status.INFEASIBLE and not self.conflicts:
            words = "no pairs keep all rules; diagnose(problem) says why, and what to relax"
        raise_for_status(self.status, words)


def unproved(aims: Sequence[Aim], levels: Sequence[Level], tolerance: float) -> list[Level]:
    """Return the levels whose gap is wider than a tolerance and what later ones may have taken.

    Parameters
    ----------
    aims, levels
        Objectives and what was reached, the first one first.
    tolerance
        The relative gap up to which a value counts as the best.
    """
    given = [*(aim.tolerance for aim in aims[:-1]), 0.0]
    return [
        level
        for level, more in zip(levels, given, strict=True)
        if level.gap is None or level.gap > tolerance + more
    ]


def raise_for_status(status: Status, words: str, diagnosis: Diagnosis | None = None) -> None:
    """Raise the exception that a status stands for, unless there is a solution.

    Parameters
    ----------
    status
        The status.
    words
        Why, for the message.
    diagnosis
        Why no solution keeps all rules, where it is known.
    """
    if status.has_pairs:
        return
    words = f"{status.value.capitalize()}: {words or 'no reason was given'}."
    if status is Status.INFEASIBLE:
        raise InfeasibleError(words, diagnosis)
    raise (NoSolutionFoundError if status is Status.NO_SOLUTION_FOUND else SolverError)(words)
