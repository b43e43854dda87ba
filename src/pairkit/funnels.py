"""Funnels: how the possible partners of one person get fewer, in numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pairkit.errors import ProblemError
from pairkit.pairspace import TILE_PAIRS, Mutual, PairSpace
from pairkit.scoredspace import ONESELF, ScoredSpace

if TYPE_CHECKING:
    from pairkit.parts import Index
    from pairkit.problem import Problem
    from pairkit.rows import Floats, SideName
    from pairkit.solution import Solution

__all__ = [
    "NOT_ALLOWED",
    "Funnel",
    "Removal",
    "ShortFunnel",
    "check_place",
    "funnel_of",
    "narrowing",
    "pairs_of",
    "rooms_left",
    "short_funnels",
]

NOT_ALLOWED = "not allowed"  # what stands for the rules where pairs come from scores alone


@dataclass(frozen=True, slots=True)
class Removal:
    """How many partners a rule takes from a person.

    Parameters
    ----------
    label
        The rule; ``"not allowed"`` where pairs come from scores alone.
    first
        How many it forbids that no rule before it forbids.
    alone
        How many no other rule forbids: without this one they would be possible.
    """

    label: str
    first: int
    alone: int


@dataclass(frozen=True, slots=True, eq=False)
class Funnel:
    """How the possible partners of one person get fewer.

    Parameters
    ----------
    side, place
        Whose; of peers, ``"mentor"``.
    total
        How many others there are.
    removals
        What each hard rule on pairs takes, in the order in which they are asked.
    partners
        Places of those who are left, int64, shape (k,).
    scores
        Of the pairs with them, float64, shape (k,).
    room
        How many more partners each of them could have, int64, shape (k,): 0 where they are full.
    """

    side: SideName
    place: int
    total: int
    removals: tuple[Removal, ...]
    partners: Index
    scores: Floats
    room: NDArray[np.int64]

    @property
    def left(self) -> int:
        """How many the rules on pairs leave."""
        return len(self.partners)

    @property
    def free(self) -> int:
        """How many of those have room left."""
        return int(np.count_nonzero(self.room > 0))

    @property
    def full(self) -> int:
        """How many of those have none."""
        return self.left - self.free


def check_place(problem: Problem, side: SideName, place: int) -> None:
    """Raise unless there is such a person.

    Raises
    ------
    ProblemError
        There is not.
    """
    size = problem.shape[side == "mentee"]
    if not 0 <= place < size:
        raise ProblemError(f"There is no {side} {place}: places go from 0 to {size - 1}.")


def pairs_of(problem: Problem, side: SideName, place: int, others: Index) -> tuple[Index, Index]:
    """Return the pairs of one person with others: mentors and mentees, of peers in order."""
    own = np.full(len(others), place, dtype=np.int64)
    if problem.peers:
        return np.minimum(own, others), np.maximum(own, others)
    return (own, others) if side == "mentor" else (others, own)


def rooms_left(problem: Problem, solution: Solution) -> tuple[Index, Index]:
    """Return how many more partners everybody could have, int64, by side."""
    loads = problem.partners(solution.mentors, solution.mentees)
    return problem.mentor_capacity - loads[0], problem.mentee_capacity - loads[1]


def funnel_of(problem: Problem, solution: Solution, side: SideName, place: int) -> Funnel:
    """Return how the possible partners of one person get fewer.

    Parameters
    ----------
    problem, solution
        The problem and the solution that says who is full.
    side, place
        Whose; of peers, either side.

    Raises
    ------
    ProblemError
        There is no such person.

    Examples
    --------
    >>> from pairkit import Problem, solve
    >>> problem = Problem.from_scores([[0.9, float("nan")], [0.8, 0.1]])
    >>> funnel = funnel_of(problem, solve(problem), "mentee", 1)
    >>> funnel.total, funnel.removals[0].alone, funnel.partners.tolist()
    (2, 1, [1])
    """
    check_place(problem, side, place)
    others = np.arange(problem.shape[side == "mentor"], dtype=np.int64)
    if problem.peers:
        others = others[others != place]
    against = _objections(problem, side, place, others)
    oneself = against.pop(ONESELF, None)
    if oneself is not None:  # a person on both sides is none of the others
        others = others[~oneself]
        against = {label: one[~oneself] for label, one in against.items()}
    left = np.ones(len(others), dtype=np.bool_)
    count = sum((one.astype(np.int64) for one in against.values()), start=np.zeros(len(others)))
    removals = []
    for label, one in against.items():
        removals.append(Removal(label, int((left & one).sum()), int((one & (count == 1)).sum())))
        left &= ~one
    partners = others[left]
    scores = problem.space.pairs(*pairs_of(problem, side, place, partners)).scores
    room = rooms_left(problem, solution)[side == "mentor"][partners]
    own = "mentor" if problem.peers else side
    return Funnel(own, place, len(others), tuple(removals), partners, scores, room)


def _objections(
    problem: Problem, side: SideName, place: int, others: Index
) -> dict[str, NDArray[np.bool_]]:
    """Return which of some partners each hard rule forbids, by label."""
    space = _scored(problem.space)
    pairs = pairs_of(problem, side, place, others)
    if space is None:
        return {NOT_ALLOWED: ~problem.space.pairs(*pairs).allowed}
    found = space.objections(*pairs)
    if problem.peers:
        turned = space.objections(*reversed(pairs))
        found = {label: one | turned[label] for label, one in found.items()}
    return found


def _scored(space: PairSpace) -> ScoredSpace | None:
    """Return the space that knows its rules; ``None`` where pairs come from scores alone."""
    inner = space.space if isinstance(space, Mutual) else space
    return inner if isinstance(inner, ScoredSpace) else None


@dataclass(frozen=True, slots=True)
class ShortFunnel:
    """The same in a few numbers, for many people at a time.

    Parameters
    ----------
    total
        How many other people there are to be paired with.
    removed
        How many each rule removes that no earlier rule removed, by label, none where zero.
    left
        How many remain.
    free
        How many of those still have room.
    """

    total: int
    removed: dict[str, int]
    left: int
    free: int


def short_funnels(
    problem: Problem, places: Index, free: NDArray[np.bool_], *, turned: bool
) -> Iterator[tuple[int, ShortFunnel]]:
    """Return the funnel of each of some people of one side, many at a time.

    Parameters
    ----------
    problem
        Of people, whose rules have labels.
    places
        The people.
    free
        Which of the others have room left, bool, shape (others,).
    turned
        Whether they are mentees.
    """
    total, peers = len(free), problem.peers
    others = np.arange(total, dtype=np.int64)[None, :]
    step = max(1, TILE_PAIRS // max(total, 1))
    for start in range(0, len(places), step):
        some = places[start : start + step]
        own = some[:, None]
        left = (own != others) if peers else np.ones((len(some), total), dtype=np.bool_)
        counts: list[tuple[str, NDArray[np.int64]]] = []
        there, remain = np.full(len(some), total - peers), _counted(left)
        for name, allowed in narrowing(problem, own, others, turned=turned):
            left &= allowed
            before, remain = remain, _counted(left)
            if name == ONESELF:
                there -= before - remain
            else:
                counts.append((name, before - remain))
        open_ = _counted(left & free)
        for k, place in enumerate(some.tolist()):
            removed = {name: int(count[k]) for name, count in counts if count[k]}
            yield place, ShortFunnel(int(there[k]), removed, int(remain[k]), int(open_[k]))


def _counted(marks: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return how many are marked in each row; eight at a time, which is several times as fast."""
    counts: NDArray[np.int64] = np.bitwise_count(np.packbits(marks, axis=1)).sum(1, dtype=np.int64)
    return counts


def narrowing(
    problem: Problem, own: Index, others: Index, *, turned: bool = False
) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Return what is still allowed after each hard rule in turn, people by others.

    Parameters
    ----------
    problem
        Of people, whose rules have labels.
    own, others
        Places that broadcast.
    turned
        Whether the people are mentees.
    """
    space = _scored(problem.space)
    if space is None:
        return
    if turned:
        yield from ((name, left.T) for name, left in space.narrowing(others.T, own.T))
    elif not problem.peers:
        yield from space.narrowing(own, others)
    else:
        both = zip(space.narrowing(own, others), space.narrowing(others.T, own.T), strict=True)
        yield from ((name, one & other.T) for (name, one), (_, other) in both)
