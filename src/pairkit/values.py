"""Values: what pairs reach in each objective of a problem."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pairkit.objectives import Aim, Objective
from pairkit.stability import count_blocking_pairs

if TYPE_CHECKING:
    from pairkit.parts import Index
    from pairkit.problem import Problem
    from pairkit.rows import Row

__all__ = ["aim_value", "aim_values", "excesses", "penalties", "row_terms", "row_value"]


def aim_values(
    problem: Problem, mentors: Index, mentees: Index, scores: NDArray[np.float64]
) -> tuple[float, ...]:
    """Return the value of each objective, the first one first.

    Parameters
    ----------
    problem
        Whose objectives and rules count.
    mentors, mentees
        Places of the pairs, int64, shape (k,).
    scores
        Of the pairs, float64, shape (k,).
    """
    return tuple(aim_value(problem, aim, mentors, mentees, scores) for aim in problem.aims)


def aim_value(
    problem: Problem, aim: Aim, mentors: Index, mentees: Index, scores: NDArray[np.float64]
) -> float:
    """Return the value of one objective; parameters are those of :func:`aim_values`."""
    if aim.objective is Objective.QUALITY:
        return math.fsum([*scores.tolist(), -penalties(problem, mentors, mentees, scores)])
    if aim.objective is Objective.EGALITARIAN:
        return float(scores.min()) if len(scores) else 0.0
    if aim.objective is Objective.STABILITY:
        return float(count_blocking_pairs(problem, mentors, mentees))
    if aim.weight is None:
        return float(len(mentors))
    return math.fsum(aim.weight(mentors, mentees).tolist())


def row_value(
    problem: Problem, row: Row, mentors: Index, mentees: Index, scores: NDArray[np.float64]
) -> float:
    """Return the sum that a row limits."""
    return math.fsum(row_terms(problem, row, mentors, mentees, scores))


def row_terms(
    problem: Problem, row: Row, mentors: Index, mentees: Index, scores: NDArray[np.float64]
) -> list[float]:
    """Return what a row adds up: of each pair, then of each person with a partner."""
    terms: list[float] = row.pair_weights(mentors, mentees, scores).tolist()
    if row.matched is not None:
        loads = problem.partners(mentors, mentees)
        for weights, load in zip(row.matched, loads, strict=True):
            terms += weights[load > 0].tolist()
    return terms


def excesses(
    problem: Problem, mentors: Index, mentees: Index, scores: NDArray[np.float64]
) -> list[tuple[str, float, float | None]]:
    """Return for every row and every load bounds: label, excess beyond the limits, penalty."""
    found = [
        (row.label, row.excess(row_value(problem, row, mentors, mentees, scores)), row.penalty)
        for row in problem.rows
    ]
    loads = dict(zip(("mentor", "mentee"), problem.partners(mentors, mentees), strict=True))
    found += [
        (one.label, float(one.excess(loads[one.side]).sum()), one.penalty) for one in problem.loads
    ]
    return found


def penalties(
    problem: Problem, mentors: Index, mentees: Index, scores: NDArray[np.float64]
) -> float:
    """Return what soft rules on the whole program take from the quality."""
    if not problem.rows and not problem.loads:
        return 0.0
    found = excesses(problem, mentors, mentees, scores)
    return math.fsum(excess * price for _, excess, price in found if price is not None)
