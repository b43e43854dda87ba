"""Greedy and RandomPairs: what people do by hand, to compare with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from pairkit.pairspace import Candidates
from pairkit.problem import Feature, Problem
from pairkit.solution import Status
from pairkit.solvers.base import Answer
from pairkit.solvers.flow import usable_candidates

if TYPE_CHECKING:
    from pairkit.parts import Index
    from pairkit.solvers.base import Clock

__all__ = ["Greedy", "RandomPairs"]

BATCH: Final = 32_768  # candidates of which those without room are left out at once
HEURISTIC = frozenset(Feature) - {Feature.PROGRAM_RULES, Feature.BROKEN_LIMIT, Feature.PINS}


@dataclass(frozen=True, slots=True)
class Greedy:
    """The best pair first, then the best that is left, until nothing fits.

    With quality alone and one to one, at least half of the best total score (Avis 1983,
    doi:10.1002/net.3230130404), and no proof of more. Ties go to the first mentor, then mentee.
    """

    @property
    def supports(self) -> frozenset[Feature]:
        """Every objective and peers, without a proof; no rules on the whole program."""
        return HEURISTIC

    def solve(self, problem: Problem, *, clock: Clock, seed: int) -> Answer:
        """Return the greedy answer."""
        found = usable_candidates(problem)
        order = np.argsort(-found.scores, kind="stable")
        return take_in_order(found, order, problem)


@dataclass(frozen=True, slots=True)
class RandomPairs:
    """Any allowed pair, then any that is left, until nothing fits: the baseline of baselines."""

    @property
    def supports(self) -> frozenset[Feature]:
        """Every objective and peers, without a proof; no rules on the whole program."""
        return HEURISTIC

    def solve(self, problem: Problem, *, clock: Clock, seed: int) -> Answer:
        """Return a random answer."""
        found = usable_candidates(problem)
        order = np.random.default_rng(seed).permutation(len(found))
        return take_in_order(found, order, problem)


def take_in_order(found: Candidates, order: NDArray[np.int64], problem: Problem) -> Answer:
    """Return the candidates taken in an order, each while both sides have room."""
    room_i = problem.mentor_capacity.copy()
    room_j = room_i if problem.peers else problem.mentee_capacity.copy()
    taken: list[int] = []
    for start in range(0, len(order), BATCH):
        some = order[start : start + BATCH]
        some = some[(room_i[found.mentors[some]] > 0) & (room_j[found.mentees[some]] > 0)]
        pairs = zip(
            some.tolist(), found.mentors[some].tolist(), found.mentees[some].tolist(), strict=True
        )
        for k, i, j in pairs:
            if room_i[i] and room_j[j]:
                room_i[i] -= 1
                room_j[j] -= 1
                taken.append(k)
    chosen: Index = np.array(taken, dtype=np.int64)
    return Answer(Status.FEASIBLE, found.mentors[chosen], found.mentees[chosen])
