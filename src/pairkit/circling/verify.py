"""An independent check of circles: it shares no code with what forms them."""

from __future__ import annotations

import math
from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from pairkit.errors import VerificationError
from pairkit.objectives import Objective
from pairkit.solution import Status
from pairkit.verify import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pairkit.circling.sizes import Circles
    from pairkit.circling.solution import CircleSolution
    from pairkit.problem import Problem

__all__ = ["circle_violations", "verify_circles"]

TOLERANCE = 1e-9


def verify_circles(
    problem: Problem, circles: Circles, solution: CircleSolution, *, leaders: Problem | None = None
) -> None:
    """Check everything that formed circles claim.

    Parameters
    ----------
    problem, circles, leaders
        As for :func:`form_circles`.
    solution
        What to check.

    Raises
    ------
    VerificationError
        Something does not hold; the message names it.
    """
    found = circle_violations(problem, circles, solution, leaders=leaders)
    if found:
        words = " ".join(one.message for one in found[:5])
        more = f" And {len(found) - 5} more." if len(found) > 5 else ""
        raise VerificationError(f"{solution.solver} gave wrong circles. {words}{more}")


def circle_violations(
    problem: Problem, circles: Circles, solution: CircleSolution, *, leaders: Problem | None = None
) -> list[Violation]:
    """Return everything that circles do not hold; an empty list where all is well."""
    found = _places(problem, solution, leaders)
    if found:
        return found
    groups = [group.tolist() for group in solution.circles]
    totals: list[list[float]] = [[] for _ in groups]
    found += [
        *_people(problem, solution, groups),
        *_sizes(circles, groups),
        *_pairs(problem, groups, totals),
        *_leads(leaders, solution, groups, totals),
    ]
    return found or [*_values(problem, solution, totals), *_status(solution)]


def _places(problem: Problem, solution: CircleSolution, leaders: Problem | None) -> list[Violation]:
    if (leaders is None) != (solution.leaders is None):
        return [Violation("leader", "There are leaders where there should be none, or none.")]
    led = () if solution.leaders is None else solution.leaders
    lengths = {len(solution.circles), len(solution.scores)}
    if len(lengths | ({len(led)} if leaders is not None else set())) > 1:
        return [Violation("place", "Circles, leaders and scores differ in number.")]
    for what, places, size in (
        *((f"Circle {k}", group, problem.shape[0]) for k, group in enumerate(solution.circles)),
        ("The left out", solution.left_out, problem.shape[0]),
        ("The leaders", np.asarray(led, dtype=None if len(led) else np.int64), _mentors(leaders)),
    ):
        if places.ndim != 1 or places.dtype.kind != "i":
            return [Violation("place", f"{what}: places are not integers.")]
        if any(not 0 <= place < size for place in places.tolist()):
            return [Violation("place", f"{what}: a place is outside the problem.")]
    return []


def _mentors(leaders: Problem | None) -> int:
    return 0 if leaders is None else leaders.shape[0]


def _people(
    problem: Problem, solution: CircleSolution, groups: list[list[int]]
) -> Iterator[Violation]:
    counts = Counter(person for group in groups for person in group)
    for person, count in counts.items():
        if count > 1:
            yield Violation("repeated", f"Person {person} is in circles {count} times.")
        if problem.mentor_capacity[person] < 1:
            yield Violation("capacity", f"Person {person} has no room, and is in a circle.")
    if sorted({*range(problem.shape[0])} - {*counts}) != solution.left_out.tolist():
        yield Violation("left out", "Who is left out is not who is in no circle, sorted.")
    if any(group != sorted(group) for group in groups) or groups != sorted(groups):
        yield Violation("order", "The circles are not sorted.")


def _sizes(circles: Circles, groups: list[list[int]]) -> Iterator[Violation]:
    for k, group in enumerate(groups):
        if not circles.smallest <= len(group) <= circles.largest:
            words = (
                f"Circle {k} has {len(group)} people, not {circles.smallest} to {circles.largest}."
            )
            yield Violation("size", words)


def _pairs(
    problem: Problem, groups: list[list[int]], totals: list[list[float]]
) -> Iterator[Violation]:
    """Yield forbidden pairs of circles, and note the scores of the rest."""
    for group, total in zip(groups, totals, strict=True):
        pairs = np.array(list(combinations(group, 2)), dtype=np.int64).reshape(-1, 2)
        tile = problem.space.pairs(pairs[:, 0], pairs[:, 1])
        total.extend(tile.scores.tolist())
        for i, j in pairs[~tile.allowed].tolist():
            yield Violation("forbidden", f"The pair ({i}, {j}) is forbidden.", (i, j))


def _leads(
    leaders: Problem | None,
    solution: CircleSolution,
    groups: list[list[int]],
    totals: list[list[float]],
) -> Iterator[Violation]:
    """Yield what leaders do not hold, and note the scores of the rest."""
    if leaders is None or solution.leaders is None:
        return
    for leader, count in Counter(solution.leaders.tolist()).items():
        most = leaders.mentor_capacity[leader]
        if count > most:
            words = f"Mentor {leader} leads {count} circles and has room for {most}."
            yield Violation("capacity", words)
    for leader, group, total in zip(solution.leaders.tolist(), groups, totals, strict=True):
        places = np.array(group, dtype=np.int64)
        tile = leaders.space.pairs(np.full(len(places), leader), places)
        total.extend(tile.scores.tolist())
        for i in places[~tile.allowed].tolist():
            words = f"Mentor {leader} may not lead person {i}."
            yield Violation("forbidden", words, (leader, i))
        for i in places[leaders.mentee_capacity[places] < 1].tolist():
            yield Violation("capacity", f"Person {i} has no room for a leader.")


def _values(
    problem: Problem, solution: CircleSolution, totals: list[list[float]]
) -> Iterator[Violation]:
    for k, (stated, total) in enumerate(zip(solution.scores.tolist(), totals, strict=True)):
        if not _close(stated, math.fsum(total)):
            words = f"Circle {k} scores {math.fsum(total)!r}, not {stated!r}."
            yield Violation("score", words)
    if not solution.status.has_pairs:
        return
    if tuple(level.objective for level in solution.levels) != problem.objectives:
        yield Violation("value", "The levels are not the objectives of the problem.")
        return
    values = {
        Objective.PARTICIPATION: float(sum(map(len, solution.circles))),
        Objective.QUALITY: math.fsum(score for total in totals for score in total),
    }
    for level in solution.levels:
        value = values[level.objective]
        if not _close(level.value, value):
            words = f"The {level.objective} is {value!r}, not {level.value!r}."
            yield Violation("value", words)
        if level.bound is not None and not level.bound >= value - TOLERANCE * max(1.0, abs(value)):
            words = f"The bound on {level.objective}, {level.bound!r}, is below {value!r}."
            yield Violation("bound", words)


def _status(solution: CircleSolution) -> Iterator[Violation]:
    if solution.status is Status.OPTIMAL:
        for level in solution.levels:
            if level.gap is None or level.gap > solution.tolerance:
                words = f"Optimal without a proof: the gap in {level.objective} is {level.gap}."
                yield Violation("status", words)
    if solution.status is Status.INFEASIBLE:
        yield Violation("status", "Infeasible, although nobody has to be in a circle.")
    if not solution.status.has_pairs and solution.circles:
        yield Violation("status", f"There are circles although the status is {solution.status}.")


def _close(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
