"""An independent check of any solution: it shares no code with the solvers.

It asks the problem itself for every pair's score and permission, counts loads by hand, adds up in
float64 with :func:`math.fsum`, and compares with what the solution claims. Blocking pairs are
those of :func:`pairkit.blocking_pairs`.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pairkit.errors import VerificationError
from pairkit.objectives import Objective
from pairkit.solution import Solution, Status
from pairkit.stability import count_blocking_pairs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pairkit.objectives import Aim
    from pairkit.parts import Part
    from pairkit.problem import Problem

__all__ = ["Violation", "verify_solution"]

TOLERANCE = 1e-9
RULE_TOLERANCE = 1e-6  # how far a sum may be beyond a limit, beside what it adds up


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that a solution does not hold.

    Parameters
    ----------
    kind
        ``"place"``, ``"repeated"``, ``"order"``, ``"forbidden"``, ``"capacity"``, ``"pin"``,
        ``"rule"``, ``"score"``, ``"value"``, ``"bound"`` or ``"status"``; of circles also
        ``"leader"``, ``"left out"`` or ``"size"``.
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
        *_pairs(problem, pairs),
        *_capacities(problem, pairs),
        *_pins(problem, pairs, solution),
        *_scores(problem, solution, pairs),
        *_whole(problem, solution, pairs),
        *_levels(problem, solution, pairs),
        *_status(problem, solution),
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


def _pairs(problem: Problem, pairs: list[tuple[int, int]]) -> list[Violation]:
    found = [
        Violation("repeated", f"The pair {pair} is there {count} times.", pair)
        for pair, count in Counter(pairs).items()
        if count > 1
    ]
    if pairs != sorted(pairs):
        found.append(Violation("order", "The pairs are not sorted."))
    if problem.peers:
        found += [
            Violation("order", f"The pair {pair} of peers is not in order.", pair)
            for pair in pairs
            if pair[0] >= pair[1]
        ]
    return found


def _capacities(problem: Problem, pairs: list[tuple[int, int]]) -> list[Violation]:
    found = []
    mentors, mentees = _partners(problem, pairs)
    sides = [("Mentor", problem.mentor_capacity, mentors)]
    sides += [] if problem.peers else [("Mentee", problem.mentee_capacity, mentees)]
    for side, capacity, loads in sides:
        found += [
            Violation("capacity", f"{side} {k} has {load} partners and room for {capacity[k]}.")
            for k, load in loads.items()
            if load > capacity[k]
        ]
    return found


def _partners(problem: Problem, pairs: list[tuple[int, int]]) -> tuple[Counter[int], Counter[int]]:
    """Return how many partners everybody has, by side; peers are on both."""
    mentors, mentees = Counter(i for i, _ in pairs), Counter(j for _, j in pairs)
    return (mentors + mentees, mentors + mentees) if problem.peers else (mentors, mentees)


def _whole(problem: Problem, solution: Solution, pairs: list[tuple[int, int]]) -> list[Violation]:
    """Return the hard rules on the whole program that are not kept."""
    if not solution.status.has_pairs:
        return []
    return [
        Violation("rule", f"{label} is broken by {excess:g}.")
        for label, excess, size, penalty in _excesses(problem, solution, pairs)
        if penalty is None and excess > RULE_TOLERANCE * size
    ]


def _excesses(
    problem: Problem, solution: Solution, pairs: list[tuple[int, int]]
) -> Iterator[tuple[str, float, float, float | None]]:
    """Return label, excess, size and penalty of every rule on the whole program."""
    loads = _partners(problem, pairs)
    for row in problem.rows:
        terms = _weights(row.weight, solution)
        if row.of_score and row.weight is not None:
            terms = [t * s for t, s in zip(terms, solution.scores.tolist(), strict=True)]
        for k, weights in enumerate(row.matched or ()):
            terms += [float(weights[person]) for person in loads[k]]
        value = math.fsum(terms)
        excess = max(0.0, value - row.most, row.least - value)
        yield row.label, excess, max(1.0, math.fsum(map(abs, terms))), row.penalty
    for one in problem.loads:
        own = loads[0 if one.side == "mentor" else 1]
        excess = sum(
            _outside(own[k], int(least), int(most), or_none=one.or_none)
            for k, (least, most) in enumerate(zip(one.least, one.most, strict=True))
        )
        yield one.label, float(excess), 1.0, one.penalty


def _weights(weight: Part | None, solution: Solution) -> list[float]:
    return [] if weight is None else weight(solution.mentors, solution.mentees).tolist()


def _outside(load: int, least: int, most: int, *, or_none: bool) -> int:
    if load > most:
        return load - most
    return 0 if load >= least or (or_none and not load) else least - load


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
    found = []
    for level, aim in zip(solution.levels, problem.aims, strict=True):
        value = _value(problem, solution, aim, pairs)
        if not _close(level.value, value):
            words = f"The {level.objective} is {value!r}, not {level.value!r}."
            found.append(Violation("value", words))
        if level.bound is not None and not _bounds(level.objective, level.bound, value):
            words = f"The bound on {level.objective}, {level.bound!r}, is beaten by {value!r}."
            found.append(Violation("bound", words))
    return found


def _value(problem: Problem, solution: Solution, aim: Aim, pairs: list[tuple[int, int]]) -> float:
    """Return what the pairs reach in an objective."""
    scores = solution.scores.tolist()
    match aim.objective:
        case Objective.PARTICIPATION | Objective.CONTINUITY:
            return (
                float(len(pairs))
                if aim.weight is None
                else math.fsum(_weights(aim.weight, solution))
            )
        case Objective.QUALITY:
            broken = _excesses(problem, solution, pairs)
            return math.fsum(
                [*scores, *(-excess * (price or 0.0) for _, excess, _, price in broken)]
            )
        case Objective.EGALITARIAN:
            return min(scores, default=0.0)
        case Objective.STABILITY:
            return float(count_blocking_pairs(problem, solution.mentors, solution.mentees))


def _bounds(objective: Objective, bound: float, value: float) -> bool:
    """Return whether a value is within its bound, up to the rounding."""
    if objective is Objective.STABILITY:
        return bound <= value + _slack(value)
    return bound >= value - _slack(value)


def _status(problem: Problem, solution: Solution) -> list[Violation]:
    if solution.status is Status.OPTIMAL:
        given = [*(aim.tolerance for aim in problem.aims[:-1]), 0.0]
        for level, more in zip(solution.levels, given, strict=False):
            if level.gap is None or level.gap > solution.tolerance + more:
                words = f"Optimal without a proof: the gap in {level.objective} is {level.gap}."
                return [Violation("status", words)]
    prices = [*(row.penalty for row in problem.rows), *(one.penalty for one in problem.loads)]
    hard = None in prices
    if solution.status is Status.INFEASIBLE and not solution.conflicts and not hard:
        return [Violation("status", "Infeasible without a conflict: nobody has to be matched.")]
    if not solution.status.has_pairs and len(solution.mentors):
        return [Violation("status", f"There are pairs although the status is {solution.status}.")]
    return []


def _slack(value: float) -> float:
    return TOLERANCE * max(1.0, abs(value)) if np.isfinite(value) else 0.0


def _close(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
