"""Hungarian: the dense one-to-one assignment, by SciPy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pairkit.objectives import Objective
from pairkit.pairspace import scores_matrix
from pairkit.problem import Feature, Problem
from pairkit.solution import Status
from pairkit.solvers.base import Answer
from pairkit.solvers.scaling import Scale, integers, unit

if TYPE_CHECKING:
    from pairkit.solvers.base import Clock

__all__ = ["Hungarian"]

# Numbers of so few bits add up without rounding, whatever the size of the matrix.
EXACT_BITS = 24


@dataclass(frozen=True, slots=True)
class Hungarian:
    """The exact best assignment of a dense matrix, one to one.

    A shortest augmenting path algorithm (Jonker and Volgenant 1987, doi:10.1007/BF02278710, in the
    implementation of Crouse 2016, doi:10.1109/TAES.2016.140952 that SciPy ships). Memory: one
    float64 matrix of all pairs, and what scoring takes. It cannot be interrupted once it runs.
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
        if clock.expired():
            return Answer.nothing(Status.NO_SOLUTION_FOUND, "the time was over before the solve")
        first = Objective.PARTICIPATION in problem.objectives
        scale, least = Scale.of(matrix), unit(matrix)
        np.ldexp(matrix, scale.exponent, out=matrix)
        error = _turn_into_costs(matrix, first=first)
        mentors, mentees = linear_sum_assignment(matrix)
        made = matrix[mentors, mentees] < 0.0
        mentors, mentees = mentors[made], mentees[made]
        total = float(problem.space.pairs(mentors, mentees).scores.sum())
        rounding = scale.undo(error) if made.any() else 0.0
        bounds = (float(len(mentors)), total + rounding)
        return Answer(Status.OPTIMAL, mentors, mentees, bounds[not first :], unit=least)


def _turn_into_costs(scores: NDArray[np.float64], *, first: bool) -> float:
    """Turn scores of [-1, 1] into costs in place, and return their rounding error.

    A pair that is not to be made costs 0. With participation first, every allowed pair gains more
    than all scores together.
    """
    rank = float(min(scores.shape))
    bonus = 4.0 * (rank + 1) if first else 0.0
    epsilon = 0.0 if _few_bits(scores) else float(np.finfo(np.float64).eps)
    np.add(scores, bonus, out=scores)
    np.nan_to_num(scores, copy=False, nan=0.0)
    np.maximum(scores, 0.0, out=scores)
    np.negative(scores, out=scores)
    return 4.0 * rank * max(bonus, 1.0) * epsilon


def _few_bits(scores: NDArray[np.float64]) -> bool:
    """Return whether all sums of scores are exact, row by row to stay small."""
    return all(integers(np.nan_to_num(row), EXACT_BITS)[2] == 0.0 for row in scores)
