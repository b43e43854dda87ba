"""Solve: choose a solver, run it, and make a verified solution of its answer."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

import numpy as np

from pairkit.errors import ProblemError, UnsupportedError, VerificationError, did_you_mean
from pairkit.objectives import Objective
from pairkit.problem import Feature, Problem
from pairkit.shortages import shortages
from pairkit.solution import Level, Solution, Status, Stop, unproved
from pairkit.solvers.auto import LISTED_LIMIT, Auto
from pairkit.solvers.base import Answer, Clock, Solver
from pairkit.solvers.columns import ColumnGeneration, Iteration
from pairkit.solvers.cpsat import CpSat
from pairkit.solvers.flow import MinCostFlow
from pairkit.solvers.graph import GraphMatching
from pairkit.solvers.greedy import Greedy, RandomPairs
from pairkit.solvers.hungarian import Hungarian
from pairkit.solvers.mip import Mip
from pairkit.solvers.repair import Repair
from pairkit.solvers.stable import DeferredAcceptance
from pairkit.values import aim_value, aim_values
from pairkit.verify import verify_solution

if TYPE_CHECKING:
    from pairkit.parts import Index

__all__ = ["SOLVERS", "Auto", "find_solver", "solve", "watched"]

SOLVERS: dict[str, Solver] = {
    "auto": Auto(),
    "hungarian": Hungarian(),
    "min-cost-flow": MinCostFlow(),
    "column-generation": ColumnGeneration(),
    "mip": Mip(),
    "cp-sat": CpSat(),
    "deferred-acceptance": DeferredAcceptance(),
    "graph-matching": GraphMatching(),
    "repair": Repair(),
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


def watched(solver: str | Solver, progress: Callable[[Iteration], None] | None) -> Solver:
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

    Pins are made first and taken out of the problem, unless the solver makes them itself; what is
    left goes to the solver. Objectives
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
    flows = problem.features <= MinCostFlow().supports
    small = math.prod(problem.shape) <= LISTED_LIMIT
    if automatic and doubt and flows and small and not clock.expired():
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
    elif conflicts := shortages(problem):
        answer = Answer.nothing(Status.INFEASIBLE, "rules ask for more than there is")
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
    prices = answer.prices
    if prices is not None:
        prices = prices.beside(prices.bonus * len(scores), math.fsum(scores.tolist()))
    return replace(answer, mentors=mentors, mentees=mentees, bounds=tuple(bounds), prices=prices)


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
    proved = not unproved(problem.aims, levels, tolerance)
    claimed = answer.status is Status.OPTIMAL and proved
    status = Status.OPTIMAL if claimed else Status.FEASIBLE
    return Solution(
        status,
        mentors,
        mentees,
        scores,
        levels,
        "",
        answer.detail,
        tolerance=tolerance,
        prices=answer.prices,
    )


def _check_places(problem: Problem, answer: Answer) -> None:
    """Raise where an answer names people who are not there."""
    for side, places, size in zip(
        ("mentor", "mentee"), (answer.mentors, answer.mentees), problem.shape, strict=True
    ):
        if len(places) and not (places.min() >= 0 and places.max() < size):
            raise VerificationError(f"The solver's answer names a {side} who is not there.")
