"""Rescaled: a problem with scores times a power of two, and its answer brought back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from pairkit.objectives import Objective
from pairkit.pairspace import Scaled

if TYPE_CHECKING:
    from pairkit.problem import Problem
    from pairkit.rows import Row
    from pairkit.solvers.base import Answer

__all__ = ["scaled", "scaled_answer"]

SCORED = (Objective.QUALITY, Objective.EGALITARIAN)


def scaled(problem: Problem, exponent: int) -> Problem:
    """Return the problem with scores, and all that is counted in scores, times a power of two."""
    return replace(
        problem,
        space=Scaled(problem.space, exponent),
        rows=tuple(_row(row, exponent) for row in problem.rows),
        loads=tuple(replace(one, penalty=_times(one.penalty, exponent)) for one in problem.loads),
    )


def scaled_answer(answer: Answer, problem: Problem, exponent: int) -> Answer:
    """Return the answer to a problem whose scores are times a power of two."""
    bounds = tuple(
        _times(bound, exponent) if name in SCORED else bound
        for name, bound in zip(problem.objectives, answer.bounds, strict=False)
    )
    return replace(answer, bounds=bounds, unit=float(np.ldexp(answer.unit, exponent)))


def _row(row: Row, exponent: int) -> Row:
    """Return a row on scaled scores: a sum of scores has scaled limits, others a scaled penalty."""
    if not row.of_score:
        return replace(row, penalty=_times(row.penalty, exponent))
    least, most = (float(np.ldexp(limit, exponent)) for limit in (row.least, row.most))
    matched = row.matched and (
        np.ldexp(row.matched[0], exponent),
        np.ldexp(row.matched[1], exponent),
    )
    return replace(row, least=least, most=most, matched=matched)


def _times(value: float | None, exponent: int) -> float | None:
    return None if value is None else float(np.ldexp(value, exponent))
