"""Rescaled: a problem with scores times a power of two, and its answer brought back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from pairkit.objectives import Objective
from pairkit.pairspace import Scaled

if TYPE_CHECKING:
    from pairkit.problem import Problem
    from pairkit.solvers.base import Answer

__all__ = ["scaled", "scaled_answer"]

SCORED = (Objective.QUALITY, Objective.EGALITARIAN)


def scaled(problem: Problem, exponent: int) -> Problem:
    """Return the problem with scores and penalties times a power of two; no row counts scores."""
    return replace(
        problem,
        space=Scaled(problem.space, exponent),
        rows=tuple(replace(one, penalty=_times(one.penalty, exponent)) for one in problem.rows),
        loads=tuple(replace(one, penalty=_times(one.penalty, exponent)) for one in problem.loads),
    )


def scaled_answer(answer: Answer, problem: Problem, exponent: int) -> Answer:
    """Return the answer to a problem whose scores are times a power of two."""
    bounds = tuple(
        _times(bound, exponent) if name in SCORED else bound
        for name, bound in zip(problem.objectives, answer.bounds, strict=False)
    )
    return replace(
        answer,
        bounds=bounds,
        unit=float(np.ldexp(answer.unit, exponent)),
        prices=None if answer.prices is None else answer.prices.times(exponent),
    )


def _times(value: float | None, exponent: int) -> float | None:
    return None if value is None else float(np.ldexp(value, exponent))
