"""Mip: all rules and all objectives, by mixed integer linear programs."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from pairkit.errors import ProblemError
from pairkit.objectives import Objective
from pairkit.pairspace import Candidates, SparseSpace
from pairkit.problem import Feature, Problem
from pairkit.scoredspace import largest_score
from pairkit.solution import Status
from pairkit.solvers.base import INTERRUPTED, TIME_LIMIT, Answer
from pairkit.solvers.flow import open_candidates
from pairkit.solvers.large import Large
from pairkit.solvers.mathopt import maximize
from pairkit.solvers.ordered import Levels
from pairkit.solvers.rescaled import scaled, scaled_answer
from pairkit.solvers.scaling import Scale
from pairkit.values import aim_value, aim_values

if TYPE_CHECKING:
    from pairkit.parts import Index
    from pairkit.solvers.base import Clock

__all__ = ["Mip"]

LISTED: Final = 1_000  # pairs: with more, the relaxation first is quicker
LAST: Final = 5_000  # pairs up to which branch and bound over all of them has the last word
ENOUGH: Final = 5e-7  # relative gap that is one of rounding
UNSEEN: Final = 1e-8  # of the scores of all pairs: what the back end may not see
LIKE_ONE: Final = 4  # powers of two: as near to 1, the largest score stays as it is


@dataclass(frozen=True, slots=True)
class Mip:
    """The best under all rules and objectives.

    Objectives are solved in turn. Where there are few pairs, HiGHS (Huangfu and Hall 2018,
    doi:10.1007/s12532-017-0130-5, in OR-Tools' MathOpt) solves them by branch and bound. Where
    there are more, the linear relaxation is solved over all pairs by column generation, which
    proves the bound; a solution is made by flows at the prices of the rules, or of the pairs that
    the relaxation makes whole and a small program for the rest, and made better, where the gap asks
    for it, among all pairs that the prices do not rule out. Up to 5,000 pairs, branch and bound
    over all of them has the last word.

    Parameters
    ----------
    listed
        Up to so many pairs, branch and bound over all of them is all that is done; from 0.
    workers
        Threads or processes of a scan; ``None`` takes what joblib is configured for, else one
        thread a core.

    Raises
    ------
    ProblemError
        A number is out of range.
    """

    listed: int = LISTED
    workers: int | None = None

    def __post_init__(self) -> None:
        """Check the numbers."""
        if self.listed < 0:
            raise ProblemError(f"Mip: listed must be from 0 up; it is {self.listed}.")
        if self.workers is not None and self.workers < 1:
            raise ProblemError(f"Mip: workers must be from 1 up; it is {self.workers}.")

    @property
    def supports(self) -> frozenset[Feature]:
        """Everything."""
        return frozenset(Feature)

    def solve(self, problem: Problem, *, clock: Clock, seed: int) -> Answer:
        """Return the proven best answer, or the best so far where the clock stops it."""
        return _seen(problem, self._answer(problem, clock, seed))

    def _answer(self, problem: Problem, clock: Clock, seed: int) -> Answer:
        stable = Objective.STABILITY in problem.objectives
        nobody = min(map(np.count_nonzero, _rooms(problem))) < 1 + problem.peers
        if nobody or stable or _pairs(problem) <= self.listed:
            found = Candidates.none() if nobody else open_candidates(problem)
            return Levels(problem, found, maximize, clock, seed).answer()
        answer = self._over_all(problem, clock, seed)
        if _pairs(problem) > LAST or clock.expired() or _settled(problem, answer, clock.stop.gap):
            return answer
        return _branched(problem, answer, clock, seed)

    def _over_all(self, problem: Problem, clock: Clock, seed: int) -> Answer:
        exponent = Scale.of(np.array([largest_score(problem.space)])).exponent
        if abs(exponent) <= LIKE_ONE or any(row.of_score for row in problem.rows):
            return self._large(problem, clock, seed)
        answer = self._large(scaled(problem, exponent), clock, seed, exponent)
        return scaled_answer(answer, problem, -exponent)

    def _large(self, problem: Problem, clock: Clock, seed: int, exponent: int = 0) -> Answer:
        """Return an answer for scores whose largest is about 1."""
        answer = None
        for eager in (True, False):
            if answer is None:
                large = Large(self.workers, problem, clock, seed, eager=eager, exponent=exponent)
                answer = large.answer()
        return answer or Answer.nothing(Status.NO_SOLUTION_FOUND, TIME_LIMIT)


def _branched(problem: Problem, known: Answer, clock: Clock, seed: int) -> Answer:
    """Return the answer of branch and bound over all pairs, from a known one, or that one."""
    if known.detail == INTERRUPTED:
        return known
    found = open_candidates(problem)
    levels = Levels(problem, found, maximize, clock, seed)
    if known.status.has_pairs:
        width = np.int64(problem.shape[1])
        chosen = known.mentors * width + known.mentees
        levels.suggest(np.isin(found.mentors * width + found.mentees, chosen))
    answer = levels.answer()
    ended = answer.status in (Status.OPTIMAL, Status.INFEASIBLE)
    return answer if ended or not known.status.has_pairs else known


def _settled(problem: Problem, answer: Answer, gap: float) -> bool:
    """Return whether bounds prove an answer as far as it is asked for."""
    if answer.status is not Status.OPTIMAL:
        return answer.status is Status.INFEASIBLE
    pairs = answer.mentors, answer.mentees
    values = aim_values(problem, *pairs, problem.space.pairs(*pairs).scores)
    return all(
        bound is not None and bound - value <= max(gap, ENOUGH) * max(abs(value), abs(bound))
        for value, bound in zip(values, answer.bounds, strict=True)
    )


def _seen(problem: Problem, answer: Answer) -> Answer:
    """Return an answer whose bound on the quality is not below it by a last bit.

    A penalty that is tiny beside the largest score is one that HiGHS does not see.
    """
    if Objective.QUALITY not in problem.objectives[: len(answer.bounds)]:
        return answer
    place = problem.objectives.index(Objective.QUALITY)
    bound, pairs = answer.bounds[place], (answer.mentors, answer.mentees)
    if bound is None:
        return answer
    scores = problem.space.pairs(*pairs).scores
    value = aim_value(problem, problem.aims[place], *pairs, scores)
    if not bound < value <= bound + UNSEEN * float(np.abs(scores).sum()):
        return answer
    bounds = (*answer.bounds[:place], value, *answer.bounds[place + 1 :])
    return replace(answer, bounds=bounds)


def _rooms(problem: Problem) -> tuple[Index, Index]:
    return problem.mentor_capacity, problem.mentee_capacity


def _pairs(problem: Problem) -> int:
    """Return how many pairs there are at most."""
    space = problem.space
    return space.matrix.nnz if isinstance(space, SparseSpace) else math.prod(problem.shape)
