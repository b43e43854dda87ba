"""Hungarian: the dense one-to-one assignment, by SciPy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pairkit.pairspace import scores_matrix
from pairkit.problem import Feature, Problem
from pairkit.program import Objective
from pairkit.solution import Status
from pairkit.solvers.base import Answer
from pairkit.solvers.scaling import Scale, integers

if TYPE_CHECKING:
    from pairkit.solvers.base import Clock

__all__ = ["Hungarian"]

# Numbers of so few bits add up without rounding, whatever the size of the matrix.
EXACT_BITS = 24


@dataclass(frozen=True, slots=True)
class Hungarian:
    """The exact best assignment of a dense matrix, one to one.

    A shortest augmenting path algorithm (Jonker and Volgenant 1987, doi:10.1007/BF02278710, in the
    implementation of Crouse 2016, doi:10.1109/TAES.2016.140952 that SciPy ships). Memory: three
    float64 matrices of all pairs. It cannot be interrupted once it runs.
    """

    @property
    def supports(self) -> frozenset[Feature]:
        """One to one, with either order of objectives."""
        return frozenset({Feature.PARTICIPATION_FIRST, Feature.QUALITY_ALONE})

    def solve(self, problem: Problem, *, clock: Clock, seed: int) -> Answer:
        """Return the proven best answer."""
        from scipy.optimize import linear_sum_assignment

        matrix = scores_matrix(problem.space)
        matrix[problem.mentor_capacity == 0] = np.nan
        matrix[:, problem.mentee_capacity == 0] = np.nan
        if clock.expired:
            return Answer.nothing(Status.NO_SOLUTION_FOUND, "the time was over before the solve")
        first = Objective.PARTICIPATION in problem.objectives
        scale = Scale.of(matrix)
        values, error = _assignment_values(scale.apply(matrix), first=first)
        mentors, mentees = linear_sum_assignment(values, maximize=True)
        made = values[mentors, mentees] > 0.0
        mentors, mentees = mentors[made], mentees[made]
        total = float(matrix[mentors, mentees].sum())
        rounding = scale.undo(error) if made.any() else 0.0
        bounds: dict[Objective, float | None] = {Objective.QUALITY: total + rounding}
        if first:
            bounds[Objective.PARTICIPATION] = float(len(mentors))
        return Answer(Status.OPTIMAL, mentors, mentees, bounds, largest=scale.undo(1.0))


def _assignment_values(
    scores: NDArray[np.float64], *, first: bool
) -> tuple[NDArray[np.float64], float]:
    """Return what to maximize, 0 where a pair is not to be made, and the rounding error.

    With participation first, every allowed pair is worth more than all scores together.
    """
    rank = min(scores.shape)
    exact = integers(np.nan_to_num(scores), EXACT_BITS)[2] == 0.0
    epsilon = 0.0 if exact else np.finfo(np.float64).eps
    if not first:
        return np.where(scores > 0.0, scores, 0.0), 4.0 * rank * epsilon
    bonus = 4.0 * (rank + 1)
    values = np.where(np.isnan(scores), 0.0, scores + bonus)
    return values, 4.0 * rank * bonus * epsilon
