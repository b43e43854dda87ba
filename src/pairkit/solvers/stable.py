"""DeferredAcceptance: pairs that nobody would leave for each other."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappush, heapreplace
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from numpy.typing import NDArray

from pairkit.errors import ProblemError
from pairkit.objectives import Objective
from pairkit.pairspace import Candidates, PairSpace, SparseSpace, candidates
from pairkit.problem import Feature, Problem
from pairkit.solution import Status
from pairkit.solvers.base import Answer

if TYPE_CHECKING:
    from pairkit.parts import Index
    from pairkit.solvers.base import Clock

__all__ = ["DeferredAcceptance"]

# A round looks at all proposers and all proposals that are held; one by one, a proposal costs about
# as much as so many of them.
WORTH_A_ROUND: Final = 8
SMALL: Final = 1 << 16  # numbers below are sorted in one go, by radix


@dataclass(frozen=True, slots=True)
class DeferredAcceptance:
    """Stable pairs: no two people would both rather have each other than a partner they have.

    One side proposes down its lists, the other keeps the best so far (Gale and Shapley 1962,
    doi:10.1080/00029890.1962.11989827). Both sides may have room for several partners, and want as
    many acceptable ones as they have room for: then the pairs are stable two by two (Roth 1984,
    Econometrica 52(1), 47-57). Who is indifferent takes the pair with the better score, then the
    one whose places come first, so the pairs are weakly stable. Where nobody is indifferent, each
    person of the favored side has at least as good partners as in any other stable solution. Where
    the problem has no preferences, both sides prefer by score. All acceptable pairs count, whatever
    the sign of their score. Memory: about 100 bytes an acceptable pair.

    Parameters
    ----------
    favor
        The side that proposes, and gets its best.

    Raises
    ------
    ProblemError
        There is no such side.
    """

    favor: Literal["mentors", "mentees"] = "mentors"

    def __post_init__(self) -> None:
        """Check the side."""
        if self.favor not in ("mentors", "mentees"):
            words = f'favor must be "mentors" or "mentees"; it is {self.favor!r}'
            raise ProblemError(f"DeferredAcceptance: {words}.")

    @property
    def supports(self) -> frozenset[Feature]:
        """Every objective in any order, capacities on both sides; no peers, no rules on all."""
        refused = {Feature.PEERS, Feature.PROGRAM_RULES, Feature.BROKEN_LIMIT, Feature.PINS}
        return frozenset(Feature) - refused

    def solve(self, problem: Problem, *, clock: Clock, seed: int) -> Answer:
        """Return stable pairs, with a proof where the fewest blocking pairs come first."""
        found, by_mentors, by_mentees = _acceptable(problem)
        mentors = _Side.of(found.mentors, by_mentors, found.scores, problem.mentor_capacity)
        mentees = _Side.of(found.mentees, by_mentees, found.scores, problem.mentee_capacity)
        if clock.expired():
            return Answer.nothing(Status.NO_SOLUTION_FOUND, "the time was over before the solve")
        favored = self.favor == "mentors"
        sides = (mentors, mentees) if favored else (mentees, mentors)
        chosen = _Acceptance.between(*sides).run()
        first = problem.objectives[0] is Objective.STABILITY
        status = Status.OPTIMAL if first else Status.FEASIBLE
        bounds = (0.0,) if first else ()
        return Answer(status, found.mentors[chosen], found.mentees[chosen], bounds)


def _acceptable(
    problem: Problem,
) -> tuple[Candidates, NDArray[np.float64], NDArray[np.float64]]:
    """Return the candidates that both accept, and how much mentors and mentees want them.

    They are looked for in a sparse space where there is one, and asked for in the others.
    """
    preferences = problem.preferences
    if preferences is None:
        found = _with_room(problem, candidates(problem.space))
        return found, found.scores, found.scores
    spaces: list[PairSpace] = [problem.space, preferences.mentors, preferences.mentees]
    sparse = [space for space in spaces if isinstance(space, SparseSpace)]
    fewest = min(sparse, key=lambda space: space.matrix.nnz, default=problem.space)
    found = _with_room(problem, candidates(fewest))
    i, j = found.mentors, found.mentees
    tiles = [space.pairs(i, j) for space in spaces]
    keep = np.logical_and.reduce([tile.allowed for tile in tiles])
    score, mentor, mentee = (tile.scores[keep] for tile in tiles)
    return Candidates(i[keep], j[keep], score), mentor, mentee


def _with_room(problem: Problem, found: Candidates) -> Candidates:
    keep = (problem.mentor_capacity[found.mentors] > 0) & (
        problem.mentee_capacity[found.mentees] > 0
    )
    return found if keep.all() else found.take(keep)


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """The lists of one side, one after the other, each from best to worst.

    Parameters
    ----------
    order
        Candidates as the lists name them, int64, shape (k,).
    owner
        Whose list each entry is on, int64, shape (k,), ascending.
    start
        Where each person's list starts, and at last where all end, int64, shape (people + 1,).
    room
        Partners that each may have, int64, shape (people,); no more than the list is long.
    """

    order: Index
    owner: Index
    start: Index
    room: Index

    @classmethod
    def of(
        cls,
        people: Index,
        wanted: NDArray[np.float64],
        scores: NDArray[np.float64],
        capacity: NDArray[np.int64],
    ) -> _Side:
        """Return the lists of the candidates' people, who want them so much."""
        lengths = np.bincount(people, minlength=len(capacity))
        order = _listed(people, _descending(wanted))
        if wanted is not scores and _has_ties(people[order], wanted[order]):
            by_score = _descending(scores)
            order = _listed(people, by_score[_descending(wanted[by_score])])
        start = np.concatenate([[0], np.cumsum(lengths)])
        return cls(order, people[order], start, np.minimum(capacity, lengths))


def _listed(people: Index, order: Index) -> Index:
    """Return an order of candidates, person by person."""
    return order[_ascending(people[order])]


def _has_ties(people: Index, wanted: NDArray[np.float64]) -> bool:
    return bool(((np.diff(people) == 0) & (np.diff(wanted) == 0.0)).any())


def _ascending(keys: Index) -> Index:
    """Return the stable order of whole numbers from 0 up."""
    order = np.argsort((keys % SMALL).astype(np.uint16), kind="stable")
    if keys.max(initial=0) < SMALL:
        return order
    return order[_ascending(keys[order] // SMALL)]


def _descending(values: NDArray[np.float64]) -> Index:
    """Return the stable order of numbers, the largest first."""
    below = values.max(initial=-np.inf) - values
    if below.max(initial=0.0) < SMALL and (values == np.rint(values)).all():
        return _ascending(below.astype(np.int64))
    return np.argsort(-values, kind="stable")


@dataclass(slots=True, eq=False)
class _Acceptance:
    """Deferred acceptance as it goes.

    A proposal is an entry of the proposers' lists. ``place`` is the entry of the receivers' lists
    with the same candidate: among the entries of one receiver, a smaller place is a better one.

    Parameters
    ----------
    proposers, receivers
        The lists of both sides.
    place
        For each proposal, int64, shape (k,).
    proposer
        For each place, who proposes, int64, shape (k,).
    following
        The next proposal of each proposer, int64, shape (proposers,).
    free
        How many more partners each proposer looks for, int64, shape (proposers,).
    held
        Places that are held, ascending, int64.
    """

    proposers: _Side
    receivers: _Side
    place: Index
    proposer: Index
    following: Index
    free: Index
    held: Index

    @classmethod
    def between(cls, proposers: _Side, receivers: _Side) -> _Acceptance:
        """Return the start: nobody has proposed."""
        entry = np.empty(len(receivers.order), dtype=np.int64)
        entry[receivers.order] = np.arange(len(entry))
        place = entry[proposers.order]
        proposer = np.empty(len(entry), dtype=np.int64)
        proposer[place] = proposers.owner
        none = np.zeros(0, dtype=np.int64)
        start = proposers.start[:-1].copy()
        return cls(proposers, receivers, place, proposer, start, proposers.room.copy(), none)

    def run(self) -> Index:
        """Return the candidates that are made, int64.

        The result does not depend on who proposes when. Rounds of all proposers at once are quick
        while many propose; the few at the end, who make thousands of rounds, go one by one.
        """
        while len(proposals := self._proposals()) * WORTH_A_ROUND > len(self.held) + len(self.free):
            self._round(proposals)
        if len(proposals):
            self._one_by_one()
        return self.receivers.order[self.held]

    def _proposals(self) -> Index:
        """Return as many proposals of each proposer as they have room for."""
        left = self.proposers.start[1:] - self.following
        count = np.minimum(self.free, left)
        who = np.flatnonzero(count)
        count = count[who]
        ends = np.cumsum(count)
        first = np.repeat(self.following[who] - (ends - count), count)
        return first + np.arange(len(first))

    def _round(self, proposals: Index) -> None:
        """Make proposals; every receiver keeps the best."""
        who = self.proposers.owner[proposals]
        made = np.bincount(who, minlength=len(self.free))
        self.following += made
        places = np.sort(np.concatenate([self.held, self.place[proposals]]))
        whose = self.receivers.owner[places]
        rank = np.arange(len(places)) - np.searchsorted(whose, whose)
        keep = rank < self.receivers.room[whose]
        refused = np.bincount(self.proposer[places[~keep]], minlength=len(self.free))
        self.free += refused - made
        self.held = places[keep]

    def _one_by_one(self) -> None:
        """Make all proposals that are left, each proposer for as long as they have room."""
        heaps: list[list[int]] = [[] for _ in self.receivers.room]
        for place, receiver in zip(
            (-self.held[::-1]).tolist(), self.receivers.owner[self.held[::-1]].tolist(), strict=True
        ):
            heaps[receiver].append(place)  # the worst comes first, so that each is a heap
        places, proposers = self.place.data, self.proposer.data
        owners, room = self.receivers.owner.data, self.receivers.room.tolist()
        following, ends = self.following.tolist(), self.proposers.start[1:].tolist()
        free = self.free.tolist()
        waiting = np.flatnonzero(self.free).tolist()
        while waiting:
            one = waiting.pop()
            while free[one] and following[one] < ends[one]:
                place = places[following[one]]
                following[one] += 1
                heap = heaps[owners[place]]
                if len(heap) < room[owners[place]]:
                    heappush(heap, -place)
                    free[one] -= 1
                elif -place > heap[0]:
                    refused = proposers[-heapreplace(heap, -place)]
                    free[refused] += 1
                    waiting.append(refused)
                    free[one] -= 1
        kept = [-place for heap in heaps for place in heap]
        self.held = np.array(kept, dtype=np.int64)
