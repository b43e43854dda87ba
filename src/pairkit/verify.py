"""An independent check of any solution: it shares no code with the solvers.

It asks the problem itself for every pair's score and permission, counts loads by hand, adds up in
float64 with :func:`math.fsum`, and compares with what the solution claims.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pairkit.errors import VerificationError
from pairkit.program import Objective
from pairkit.solution import Solution, Status

if TYPE_CHECKING:
    from pairkit.problem import Problem

__all__ = ["Violation", "verify_solution"]

TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that a solution does not hold.

    Parameters
    ----------
    kind
        ``"place"``, ``"repeated"``, ``"order"``, ``"forbidden"``, ``"capacity"``, ``"pin"``,
        ``"score"``, ``"value"``, ``"bound"`` or ``"status"``.
    message
        One sentence; places, not names.
    pair
        The places it is about, where it is about a pair.
    """

    kind: str
    message: str
    pair: tuple[int, int] | None = None


def verify_solution(problem: Problem, solution: Solution) -> None:
    """Check everything that a solution claims.

    Raises
    ------
    VerificationError
        Something does not hold; the message names it.
    """
    found = violations(problem, solution)
    if found:
        words = " ".join(one.message for one in found[:5])
        more = f" And {len(found) - 5} more." if len(found) > 5 else ""
        raise VerificationError(f"{solution.solver} gave a wrong solution. {words}{more}")


def violations(problem: Problem, solution: Solution) -> list[Violation]:
    """Return everything that a solution does not hold; an empty list where all is well."""
    found = _pair_places(problem, solution)
    if found:
        return found
    pairs = list(zip(solution.mentors.tolist(), solution.mentees.tolist(), strict=True))
    return [
        *_pairs(pairs),
        *_capacities(problem, pairs),
        *_pins(problem, pairs, solution),
        *_scores(problem, solution, pairs),
        *_levels(problem, solution, pairs),
        *_status(solution),
    ]


def _pair_places(problem: Problem, solution: Solution) -> list[Violation]:
    arrays = (solution.mentors, solution.mentees, solution.scores)
    if any(array.ndim != 1 or len(array) != len(solution.mentors) for array in arrays):
        return [Violation("place", "Mentors, mentees and scores differ in length.")]
    if any(array.dtype.kind != "i" for array in arrays[:2]):
        return [Violation("place", "Places are not integers.")]
    return [
        Violation("place", f"The pair ({i}, {j}) is outside the problem.", (i, j))
        for i, j in zip(solution.mentors.tolist(), solution.mentees.tolist(), strict=True)
        if not (0 <= i < problem.shape[0] and 0 <= j < problem.shape[1])
    ]


def _pairs(pairs: list[tuple[int, int]]) -> list[Violation]:
    found = [
        Violation("repeated", f"The pair {pair} is there {count} times.", pair)
        for pair, count in Counter(pairs).items()
        if count > 1
    ]
    if pairs != sorted(pairs):
        found.append(Violation("order", "The pairs are not sorted."))
    return found


def _capacities(problem: Problem, pairs: list[tuple[int, int]]) -> list[Violation]:
    found = []
    for side, capacity, loads in (
        ("Mentor", problem.mentor_capacity, Counter(i for i, _ in pairs)),
        ("Mentee", problem.mentee_capacity, Counter(j for _, j in pairs)),
    ):
        found += [
            Violation("capacity", f"{side} {k} has {load} partners and room for {capacity[k]}.")
            for k, load in loads.items()
            if load > capacity[k]
        ]
    return found


def _pins(problem: Problem, pairs: list[tuple[int, int]], solution: Solution) -> list[Violation]:
    if not solution.status.has_pairs:
        return []
    made = set(pairs)
    pins = zip(problem.pinned_mentors.tolist(), problem.pinned_mentees.tolist(), strict=True)
    return [
        Violation("pin", f"The pinned pair {pin} is not made.", pin)
        for pin in pins
        if pin not in made
    ]


def _scores(problem: Problem, solution: Solution, pairs: list[tuple[int, int]]) -> list[Violation]:
    tile = problem.space.pairs(solution.mentors, solution.mentees)
    found = [
        Violation("forbidden", f"The pair {pair} is forbidden.", pair)
        for pair, allowed in zip(pairs, tile.allowed.tolist(), strict=True)
        if not allowed
    ]
    for pair, stated, score, allowed in zip(
        pairs, solution.scores.tolist(), tile.scores.tolist(), tile.allowed.tolist(), strict=True
    ):
        if allowed and not _close(stated, score):
            words = f"The pair {pair} scores {score!r}, not {stated!r}."
            found.append(Violation("score", words, pair))
    return found


def _levels(problem: Problem, solution: Solution, pairs: list[tuple[int, int]]) -> list[Violation]:
    if not solution.status.has_pairs:
        return []
    if tuple(level.objective for level in solution.levels) != problem.objectives:
        return [Violation("value", "The levels are not the objectives of the problem.")]
    values = {
        Objective.PARTICIPATION: float(len(pairs)),
        Objective.QUALITY: math.fsum(solution.scores.tolist()),
    }
    found = []
    for level in solution.levels:
        value = values[level.objective]
        if not _close(level.value, value):
            words = f"The {level.objective} is {value!r}, not {level.value!r}."
            found.append(Violation("value", words))
        if level.bound is not None and not level.bound >= value - _slack(value):
            words = f"The bound on {level.objective}, {level.bound!r}, is below {value!r}."
            found.append(Violation("bound", words))
    return found


def _status(solution: Solution) -> list[Violation]:
    if solution.status is Status.OPTIMAL:
        for level in solution.levels:
            if level.gap is None or level.gap > solution.tolerance:
                words = f"Optimal without a proof: the gap in {level.objective} is {level.gap}."
                return [Violation("status", words)]
    if solution.status is Status.INFEASIBLE and not solution.conflicts:
        return [Violation("status", "Infeasible without a conflict: nobody has to be matched.")]
    if not solution.status.has_pairs and len(solution.mentors):
        return [Violation("status", f"There are pairs although the status is {solution.status}.")]
    return []


def _slack(value: float) -> float:
    return TOLERANCE * max(1.0, abs(value)) if np.isfinite(value) else 0.0


def _close(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
