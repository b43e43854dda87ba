"""Solve: choose a solver, run it, and make a verified solution of its answer."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

import numpy as np

from pairkit.errors import ProblemError, UnsupportedError, VerificationError, did_you_mean
from pairkit.objectives import Objective
from pairkit.pairspace import SparseSpace
from pairkit.problem import Feature, Problem
from pairkit.scoredspace import ScoredSpace
from pairkit.solution import Level, Solution, Status, Stop
from pairkit.solvers.base import Answer, Clock, Solver
from pairkit.solvers.columns import ColumnGeneration, Round
from pairkit.solvers.flow import MinCostFlow
from pairkit.solvers.greedy import Greedy, RandomPairs
from pairkit.solvers.hungarian import Hungarian
from pairkit.solvers.stable import DeferredAcceptance
from pairkit.values import aim_value, aim_values
from pairkit.verify import verify_solution

if TYPE_CHECKING:
    from pairkit.parts import Index

__all__ = ["SOLVERS", "Auto", "find_solver", "solve", "watched"]

# Up to so many pairs the others are faster; benchmarks/README.md tells how to see it.
DENSE_PAIRS = 6_000_000
LISTED_PAIRS = 2_000_000
# Up to so many pairs they fit into memory: for scores that are slow, or differ much in size.
DENSE_LIMIT = 400_000_000
LISTED_LIMIT = 60_000_000


@dataclass(frozen=True, slots=True)
class Auto:
    """The solver that fits the problem, with the reason.

    One to one over a small matrix goes to :class:`Hungarian`, a short list of candidates to
    :class:`MinCostFlow`, anything larger to :class:`ColumnGeneration`. Scores or rules that call a
    Python function for each pair are worth writing down as long as memory lasts. Where rounding
    leaves a doubt, :class:`MinCostFlow` solves again.

    Parameters
    ----------
    progress
        Called while :class:`ColumnGeneration` solves.
    """

    progress: Callable[[Round], None] | None = field(default=None, compare=False, repr=False)

    @property
    def supports(self) -> frozenset[Feature]:
        """Everything."""
        return frozenset(Feature)

    def choose(self, problem: Problem) -> tuple[Solver, str]:
        """Return the solver for a problem, and why in a sentence."""
        pairs = math.prod(problem.shape)
        if isinstance(problem.space, SparseSpace):
            return MinCostFlow(), "chosen because the scores are sparse"
        several = Feature.CAPACITIES in problem.features
        slow = isinstance(problem.space, ScoredSpace) and problem.space.slow
        sizes = (LISTED_LIMIT, DENSE_LIMIT) if slow else (LISTED_PAIRS, DENSE_PAIRS)
        if pairs > sizes[not several]:
            found = ColumnGeneration(progress=self.progress)
            return found, f"chosen because it need not write {pairs:,} pairs down"
        if several:
            return MinCostFlow(), "chosen because some people have room for several partners"
        return Hungarian(), "chosen because it is one to one and all pairs fit a matrix"

    def solve(self, problem: Problem, *, clock: Clock, seed: int) -> Answer:
        """Return the answer of the chosen solver."""
        return self.choose(problem)[0].solve(problem, clock=clock, seed=seed)


SOLVERS: dict[str, Solver] = {
    "auto": Auto(),
    "hungarian": Hungarian(),
    "min-cost-flow": MinCostFlow(),
    "column-generation": ColumnGeneration(),
    "deferred-acceptance": DeferredAcceptance(),
    "greedy": Greedy(),
    "random-pairs": RandomPairs(),
}


def find_solver(solver: str | Solver) -> Solver:
    """Return the solver of that name; a solver is returned as it is.

    Names are ours, such as ``min-cost-flow``, and those that other packages register in the
    entry-point group ``pairkit.solvers``.

    Raises
    ------
    UnsupportedError
        There is no solver of that name.
    """
    if not isinstance(solver, str):
        return solver
    name = solver.lower().replace("_", "-")
    if name in SOLVERS:
        return SOLVERS[name]
    points = entry_points(group="pairkit.solvers")
    plugins = {point.name.lower().replace("_", "-"): point for point in points}
    if name in plugins:
        made = plugins[name].load()()
        if isinstance(made, Solver):
            return made
    known = sorted({*SOLVERS, *plugins})
    raise UnsupportedError(
        f"There is no solver {solver!r}.{did_you_mean(name, known)} Known: {', '.join(known)}."
    )


def watched(solver: str | Solver, progress: Callable[[Round], None] | None) -> Solver:
    """Return the solver with a callback, where it can tell how far it is.

    Raises
    ------
    UnsupportedError
        There is no solver of that name.
    """
    found = find_solver(solver)
    if progress is not None and isinstance(found, Auto | ColumnGeneration):
        return replace(found, progress=progress)
    return found


def solve(
    problem: Problem,
    solver: str | Solver = "auto",
    *,
    stop: Stop | None = None,
    seed: int = 0,
    tolerance: float = 1e-6,
) -> Solution:
    """Return the verified solution of a problem.

    Pins are made first and taken out of the problem; what is left goes to the solver. Objectives
    are added up again in float64 from the pairs, and ``OPTIMAL`` is only said where every gap
    between value and bound is within ``tolerance``.

    Parameters
    ----------
    problem
        What to solve.
    solver
        A solver, or the name of one.
    stop
        When to stop early; by default never.
    seed
        The only source of randomness.
    tolerance
        Relative gap up to which a solution counts as optimal.

    Raises
    ------
    ProblemError
        The seed is below 0.
    UnsupportedError
        The solver does not support what the problem asks for, or there is no such solver.
    VerificationError
        The solver's answer does not hold what it claims.

    Examples
    --------
    >>> solution = solve(Problem.from_scores([[0.9, 0.4], [0.8, float("nan")]]))
    >>> solution.mentors.tolist(), solution.mentees.tolist(), solution.status.value
    ([0, 1], [1, 0], 'optimal')
    """
    if seed < 0:
        raise ProblemError(f"seed must be from 0 up; it is {seed}.")
    used, why = find_solver(solver), ""
    automatic = isinstance(used, Auto)
    if isinstance(used, Auto):
        used, why = used.choose(problem)
    missing = problem.features - used.supports
    if missing:
        able = [name for name, one in SOLVERS.items() if problem.features <= one.supports]
        raise UnsupportedError(
            f"{type(used).__name__} does not support {', '.join(sorted(missing))}. "
            f"Use one of: {', '.join(able)}."
        )
    clock = Clock(stop or Stop())
    solution = _attempt(problem, used, clock, seed, tolerance)
    doubt = solution.status is Status.FEASIBLE and not solution.detail
    if automatic and doubt and math.prod(problem.shape) <= LISTED_LIMIT and not clock.expired():
        why = f"chosen because the scores differ too much in size for {solution.solver}"
        solution = _attempt(problem, MinCostFlow(), clock, seed, tolerance)
    detail = "; ".join(words for words in (why, solution.detail) if words)
    return replace(solution, detail=detail)


def _attempt(
    problem: Problem, solver: Solver, clock: Clock, seed: int, tolerance: float
) -> Solution:
    """Return the verified solution of one solver."""
    conflicts = problem.conflicts()
    if conflicts:
        answer = Answer.nothing(Status.INFEASIBLE, "the pins cannot all be made")
    elif Feature.PINS in solver.supports:
        answer = solver.solve(problem, clock=clock, seed=seed)
    else:
        answer = solver.solve(problem.without_pins(), clock=clock, seed=seed)
        answer = _with_pins(problem, answer)
    solution = replace(
        _lift(problem, answer, tolerance),
        solver=type(solver).__name__,
        conflicts=tuple(conflicts),
        seconds=clock.seconds,
        seed=seed,
    )
    verify_solution(problem, solution)
    return solution


def _with_pins(problem: Problem, answer: Answer) -> Answer:
    """Return the answer to what was left without the pins, with the pins in."""
    pins = problem.pinned_mentors, problem.pinned_mentees
    if not len(pins[0]) or not answer.status.has_pairs:
        return answer
    scores = problem.space.pairs(*pins).scores
    bounds = [
        bound
        if bound is None or not aim.additive
        else bound + aim_value(problem, aim, *pins, scores)
        for aim, bound in zip(problem.aims, answer.bounds, strict=False)
    ]
    mentors = np.concatenate([answer.mentors, pins[0]])
    mentees = np.concatenate([answer.mentees, pins[1]])
    return replace(answer, mentors=mentors, mentees=mentees, bounds=tuple(bounds))


def _lift(problem: Problem, answer: Answer, tolerance: float) -> Solution:
    """Return the answer in order, with values and bounds in float64."""
    if not answer.status.has_pairs:
        none: Index = np.zeros(0, dtype=np.int64)
        return Solution(answer.status, none, none, np.zeros(0), (), "", answer.detail)
    _check_places(problem, answer)
    order = np.lexsort((answer.mentees, answer.mentors))
    mentors, mentees = answer.mentors[order], answer.mentees[order]
    scores = problem.space.pairs(mentors, mentees).scores
    values = aim_values(problem, mentors, mentees, scores)
    total = max(math.fsum(np.abs(scores).tolist()), answer.unit)
    missing = (None,) * (len(values) - len(answer.bounds))
    levels = tuple(
        Level(name, value, bound, total if name is Objective.QUALITY else abs(value))
        for name, value, bound in zip(
            problem.objectives, values, (*answer.bounds, *missing), strict=True
        )
    )
    proved = all(level.gap is not None and level.gap <= tolerance for level in levels)
    claimed = answer.status is Status.OPTIMAL and proved
    status = Status.OPTIMAL if claimed else Status.FEASIBLE
    return Solution(
        status, mentors, mentees, scores, levels, "", answer.detail, tolerance=tolerance
    )


def _check_places(problem: Problem, answer: Answer) -> None:
    """Raise where an answer names people who are not there."""
    for side, places, size in zip(
        ("mentor", "mentee"), (answer.mentors, answer.mentees), problem.shape, strict=True
    ):
        if len(places) and not (places.min() >= 0 and places.max() < size):
            raise VerificationError(f"The solver's answer names a {side} who is not there.")
