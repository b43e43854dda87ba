"""form_circles(): choose a solver for circles, run it, and verify the solution it makes."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

from pairkit.circling.listing import Listing
from pairkit.circling.packing import CirclePacking, pack
from pairkit.circling.pool import Pool
from pairkit.circling.search import CircleSearch
from pairkit.circling.sizes import Circles
from pairkit.circling.solution import CircleSolution
from pairkit.circling.verify import verify_circles
from pairkit.errors import ProblemError
from pairkit.objectives import Objective
from pairkit.solution import Level, Status, Stop
from pairkit.solvers.base import Clock

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pairkit.circling.answer import CircleAnswer
    from pairkit.parts import Index
    from pairkit.problem import Problem

__all__ = ["CircleSolver", "form_circles"]


@runtime_checkable
class CircleSolver(Protocol):
    """What forms circles: :class:`CirclePacking` or :class:`CircleSearch`."""

    def solve(self, pool: Pool, *, clock: Clock, seed: int) -> CircleAnswer:
        """Return circles of a pool, with bounds."""
        ...


def form_circles(
    problem: Problem,
    circles: Circles | None = None,
    *,
    leaders: Problem | None = None,
    solver: CircleSolver | None = None,
    stop: Stop | None = None,
    seed: int = 0,
    tolerance: float = 1e-6,
) -> CircleSolution:
    """Return the best mentoring circles of a pool of peers, verified.

    Everybody is in one circle at most, two people whose pair is forbidden never share one, and the
    scores of all pairs within circles add up. With leaders, every circle has one, who may lead each
    of its people; the scores of the leader with each of them count too. Nobody has to be placed:
    with participation first, as many people as possible are; with quality alone, those who add to
    the sum.

    Parameters
    ----------
    problem
        Among peers; of the capacities it counts only whether they are 0.
    circles
        How large circles are; by default 3 to 6.
    leaders
        Mentors with the same people as mentees: a mentor's capacity is how many circles they may
        lead. Its objectives do not matter.
    solver
        :class:`CirclePacking` or :class:`CircleSearch`; by default the first where all possible
        circles can be listed.
    stop
        When to stop early; by default at the proof, or when the search finds nothing better.
    seed
        The only source of randomness.
    tolerance
        Relative gap up to which a solution counts as optimal.

    Raises
    ------
    ProblemError
        The problem is not one of peers, the leaders' shape does not fit, or the seed is below 0.
    UnsupportedError
        The problem has pins, rules on the whole program, or objectives beside participation and
        quality; or the solver says no.
    VerificationError
        The answer does not hold what it claims.

    Examples
    --------
    >>> import numpy as np
    >>> from pairkit.problem import Problem
    >>> team = np.array([0, 1, 0, 1, 0, 1])
    >>> same = (team[:, None] == team).astype(float)
    >>> solution = form_circles(Problem.from_scores(same, peers=True), Circles(3, 3))
    >>> [circle.tolist() for circle in solution.circles], solution.objective
    ([[0, 2, 4], [1, 3, 5]], 6.0)
    """
    if seed < 0:
        raise ProblemError(f"seed must be from 0 up; it is {seed}.")
    wanted, clock = circles or Circles(), Clock(stop or Stop())
    pool = Pool.of(problem, wanted, leaders)
    if clock.expired():
        solution = _nothing(problem, leaders)
    else:
        answer, used = _answered(pool, solver, clock, seed)
        solution = replace(_lift(problem, leaders, pool, answer, tolerance), solver=used)
    solution = replace(solution, seconds=clock.seconds, seed=seed)
    verify_circles(problem, wanted, solution, leaders=leaders)
    return solution


def _answered(
    pool: Pool, solver: CircleSolver | None, clock: Clock, seed: int
) -> tuple[CircleAnswer, str]:
    """Return an answer, and the solver that gave it."""
    if solver is not None:
        return solver.solve(pool, clock=clock, seed=seed), type(solver).__name__
    packing = CirclePacking()
    listing = Listing.of(pool, packing.most_circles, clock)
    if listing is not None:
        answer = pack(pool, listing, clock, seed)
        why = f"chosen because there are only {len(listing):,} possible circles"
    else:
        answer = CircleSearch().solve(pool, clock=clock, seed=seed)
        why = f"chosen because there are more than {packing.most_circles:,} possible circles"
    detail = "; ".join(words for words in (why, answer.detail) if words)
    used = CircleSearch if listing is None else CirclePacking
    return replace(answer, detail=detail), used.__name__


def _nothing(problem: Problem, leaders: Problem | None) -> CircleSolution:
    """Return the solution of a time that was over before it began."""
    none = np.zeros(0, dtype=np.int64)
    return CircleSolution(
        Status.NO_SOLUTION_FOUND,
        (),
        none if leaders is not None else None,
        np.zeros(0),
        np.arange(problem.shape[0]),
        (),
        "",
        "the time was over before the solve",
    )


def _lift(
    problem: Problem, leaders: Problem | None, pool: Pool, answer: CircleAnswer, tolerance: float
) -> CircleSolution:
    """Return the answer in places of the problem, in order, with values and bounds in float64."""
    groups = [np.sort(pool.members[circle]) for circle in answer.circles]
    order = sorted(range(len(groups)), key=lambda k: groups[k].tolist())
    circles = tuple(groups[k] for k in order)
    leading = pool.mentors[answer.leaders[order]] if leaders is not None else None
    parts = [_scores(problem, circle) for circle in circles]
    if leaders is not None and leading is not None:
        parts = [
            np.append(own, leaders.space.pairs(np.full(len(circle), leader), circle).scores)
            for own, circle, leader in zip(parts, circles, leading, strict=True)
        ]
    inside = np.concatenate([*circles, np.zeros(0, dtype=np.int64)])
    everything = np.concatenate([*parts, np.zeros(0)]).tolist()
    values = {
        Objective.PARTICIPATION: float(len(inside)),
        Objective.QUALITY: math.fsum(everything),
    }
    total = max(math.fsum(map(abs, everything)), pool.scale.undo(pool.unit))
    sizes = values | {Objective.QUALITY: total}
    bounds = answer.bounds | {Objective.QUALITY: pool.scale.undo(answer.bounds[Objective.QUALITY])}
    levels = tuple(Level(one, values[one], bounds[one], sizes[one]) for one in problem.objectives)
    proved = all(level.gap is not None and level.gap <= tolerance for level in levels)
    return CircleSolution(
        Status.OPTIMAL if proved else Status.FEASIBLE,
        circles,
        leading,
        np.array([math.fsum(own.tolist()) for own in parts]),
        np.setdiff1d(np.arange(problem.shape[0]), inside),
        levels,
        "",
        answer.detail,
        tolerance=tolerance,
    )


def _scores(problem: Problem, circle: Index) -> NDArray[np.float64]:
    """Return the scores of all pairs of a circle."""
    pairs = np.array(list(combinations(circle.tolist(), 2)), dtype=np.int64)
    return problem.space.pairs(pairs[:, 0], pairs[:, 1]).scores
