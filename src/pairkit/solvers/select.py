"""Solve: choose a solver, run it, and make a verified solution of its answer."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

import numpy as np

from pairkit.errors import ProblemError, UnsupportedError, did_you_mean
from pairkit.pairspace import SparseSpace
from pairkit.problem import Feature, Problem
from pairkit.program import Objective
from pairkit.solution import Level, Solution, Status, Stop
from pairkit.solvers.base import Answer, Clock, Solver
from pairkit.solvers.flow import MinCostFlow
from pairkit.solvers.greedy import Greedy, RandomPairs
from pairkit.solvers.hungarian import Hungarian
from pairkit.verify import verify_solution

if TYPE_CHECKING:
    from pairkit.parts import Index

__all__ = ["SOLVERS", "Auto", "find_solver", "solve"]

DENSE_PAIRS = 400_000_000
LISTED_PAIRS = 60_000_000


@dataclass(frozen=True, slots=True)
class Auto:
    """The solver that fits the problem, with the reason.

    One to one over a dense space goes to :class:`Hungarian`, everything else to
    :class:`MinCostFlow`.
    """

    @property
    def supports(self) -> frozenset[Feature]:
        """Everything."""
        return frozenset(Feature)

    def choose(self, problem: Problem) -> tuple[Solver, str]:
        """Return the solver for a problem, and why in a sentence.

        Raises
        ------
        ProblemError
            The problem is too large for every solver there is.
        """
        pairs = math.prod(problem.shape)
        if Feature.CAPACITIES in problem.features:
            return self._listed(problem, pairs, "some people have room for several partners")
        if isinstance(problem.space, SparseSpace):
            return self._listed(problem, pairs, "the scores are sparse")
        if pairs > DENSE_PAIRS:
            raise ProblemError(
                f"{pairs:,} pairs are more than the {DENSE_PAIRS:,} that fit a matrix in memory. "
                f"Split the roster, for example by country, or forbid pairs and give the scores "
                f"as a sparse matrix."
            )
        return Hungarian(), "chosen because it is one to one and all pairs fit a matrix"

    def _listed(self, problem: Problem, pairs: int, why: str) -> tuple[Solver, str]:
        if not isinstance(problem.space, SparseSpace) and pairs > LISTED_PAIRS:
            raise ProblemError(
                f"{pairs:,} pairs are more than the {LISTED_PAIRS:,} that a flow can list in "
                f"memory. Split the roster, for example by country."
            )
        return MinCostFlow(), f"chosen because {why}"

    def solve(self, problem: Problem, *, clock: Clock, seed: int) -> Answer:
        """Return the answer of the chosen solver."""
        return self.choose(problem)[0].solve(problem, clock=clock, seed=seed)


SOLVERS: dict[str, Solver] = {
    "auto": Auto(),
    "hungarian": Hungarian(),
    "min-cost-flow": MinCostFlow(),
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
    plugins = {point.name: point for point in entry_points(group="pairkit.solvers")}
    if name in plugins:
        made = plugins[name].load()()
        if isinstance(made, Solver):
            return made
    known = sorted({*SOLVERS, *plugins})
    raise UnsupportedError(
        f"There is no solver {solver!r}.{did_you_mean(name, known)} Known: {', '.join(known)}."
    )


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
    used, why = find_solver(solver), ""
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
    conflicts = problem.conflicts()
    if conflicts:
        answer = Answer.nothing(Status.INFEASIBLE, "the pins cannot all be made")
    else:
        answer = used.solve(problem.without_pins(), clock=clock, seed=seed)
    solution = replace(
        _lift(problem, answer, tolerance),
        solver=type(used).__name__,
        detail="; ".join(words for words in (why, answer.detail) if words),
        conflicts=tuple(conflicts),
        seconds=clock.seconds,
        seed=seed,
    )
    verify_solution(problem, solution)
    return solution


def _lift(problem: Problem, answer: Answer, tolerance: float) -> Solution:
    """Return the answer with the pins in, in order, with values and bounds in float64."""
    if not answer.status.has_pairs:
        none: Index = np.zeros(0, dtype=np.int64)
        return Solution(answer.status, none, none, np.zeros(0), (), "", answer.detail)
    mentors = np.concatenate([answer.mentors, problem.pinned_mentors])
    mentees = np.concatenate([answer.mentees, problem.pinned_mentees])
    order = np.lexsort((mentees, mentors))
    mentors, mentees = mentors[order], mentees[order]
    scores = problem.space.pairs(mentors, mentees).scores
    pinned = problem.space.pairs(problem.pinned_mentors, problem.pinned_mentees).scores
    fixed = {
        Objective.PARTICIPATION: float(len(pinned)),
        Objective.QUALITY: math.fsum(pinned.tolist()),
    }
    values = {
        Objective.PARTICIPATION: float(len(mentors)),
        Objective.QUALITY: math.fsum(scores.tolist()),
    }
    total = math.fsum(np.abs(scores).tolist())
    sizes = values | {Objective.QUALITY: max(total, answer.largest)}
    levels = tuple(
        Level(one, values[one], _with_pins(answer.bounds.get(one), fixed[one]), sizes[one])
        for one in problem.objectives
    )
    proved = all(level.gap is not None and level.gap <= tolerance for level in levels)
    claimed = answer.status is Status.OPTIMAL and proved
    status = Status.OPTIMAL if claimed else Status.FEASIBLE
    return Solution(
        status, mentors, mentees, scores, levels, "", answer.detail, tolerance=tolerance
    )


def _with_pins(bound: float | None, fixed: float) -> float | None:
    return None if bound is None else bound + fixed
