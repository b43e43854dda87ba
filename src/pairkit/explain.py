"""Reasons: why a pair scores what it scores, what forbids it, and why somebody stays alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pairkit.constraints import Ready
from pairkit.errors import UnknownParticipantError, did_you_mean
from pairkit.lowering import Lowered, lower
from pairkit.pairspace import TILE_PAIRS
from pairkit.profiles import Participant, Role
from pairkit.scoredspace import FLOOR_LABEL

if TYPE_CHECKING:
    from pairkit.parts import Index
    from pairkit.program import Program
    from pairkit.roster import Roster
    from pairkit.solution import Solution

__all__ = [
    "Explanation",
    "Objection",
    "PartOfScore",
    "Unmatched",
    "UnmatchedCode",
    "conflicts",
    "explain_pair",
    "explain_pairs",
    "explanation",
    "objections",
    "unmatched_people",
]


@dataclass(frozen=True, slots=True)
class PartOfScore:
    """One part's share of a pair's score.

    Parameters
    ----------
    name
        The name of the part, or of the soft rule.
    weight
        Normalized weight; for a soft rule, what it adds to the score where it applies.
    value
        In [0, 1].
    """

    name: str
    weight: float
    value: float

    @property
    def contribution(self) -> float:
        """Weight times value; the contributions of a pair sum to its score."""
        return self.weight * self.value


@dataclass(frozen=True, slots=True)
class Objection:
    """A rule that forbids a pair, and the fact that makes it."""

    rule: str
    why: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a pair scores what it scores, and whether it may be made.

    Parameters
    ----------
    mentor, mentee
        Ids.
    parts
        The parts of the score, in the order of the program, soft rules last.
    objections
        The rules that forbid the pair; empty where it may be made.
    matched
        Whether the matching has made the pair.
    """

    mentor: str
    mentee: str
    parts: tuple[PartOfScore, ...]
    objections: tuple[Objection, ...] = ()
    matched: bool = False

    @property
    def score(self) -> float:
        """The sum of the contributions."""
        return sum(part.contribution for part in self.parts)

    @property
    def allowed(self) -> bool:
        """Whether no rule forbids the pair."""
        return not self.objections


def explain_pairs(
    lowered: Lowered, mentors: Index, mentees: Index
) -> list[tuple[PartOfScore, ...]]:
    """Return the parts of the score of each pair, by places, shape (k,) both."""
    space = lowered.space
    columns = space.contributions(mentors, mentees)
    return [
        tuple(PartOfScore(name, weight, float(values[k])) for name, weight, values in columns)
        for k in range(len(mentors))
    ]


def explain_pair(roster: Roster, program: Program, mentor: str, mentee: str) -> Explanation:
    """Return why a pair scores what it scores and what forbids it, without solving anything.

    Parameters
    ----------
    roster, program
        The people, and what makes a pair good.
    mentor, mentee
        Ids.

    Raises
    ------
    UnknownParticipantError
        The mentor is not on the mentors' side, or the mentee not on the mentees'.
    ProgramError
        The program asks for a field or a person that the roster does not have.
    """
    return explanation(lower(roster, program), mentor, mentee, matched=False)


def explanation(lowered: Lowered, mentor: str, mentee: str, *, matched: bool) -> Explanation:
    """Return why a pair of ids scores what it scores and what forbids it."""
    i = _place(lowered, Role.MENTOR, mentor)
    j = _place(lowered, Role.MENTEE, mentee)
    parts = explain_pairs(lowered, np.array([i]), np.array([j]))[0]
    return Explanation(mentor, mentee, parts, objections(lowered, i, j), matched)


def _place(lowered: Lowered, role: Role, identifier: str) -> int:
    """Return the place of a person on a side."""
    side = lowered.mentors if role is Role.MENTOR else lowered.mentees
    place = side.position(identifier)
    if place >= 0:
        return place
    if identifier in lowered.outside:
        raise UnknownParticipantError(
            f"{identifier!r} is on neither side of this program; the matching's outside says why."
        )
    if identifier in side.columns.positions:
        raise UnknownParticipantError(f"{identifier!r} is not a {role} in this program.")
    hint = did_you_mean(identifier, side.columns.positions)
    raise UnknownParticipantError(f"Nobody has the id {identifier!r}.{hint}")


def objections(lowered: Lowered, mentor: int, mentee: int) -> tuple[Objection, ...]:
    """Return the hard rules that forbid a pair, by places, each with its fact."""
    space = lowered.space
    i, j = np.array([mentor], dtype=np.int64), np.array([mentee], dtype=np.int64)
    found = [
        Objection(one.name, one.rule.why(mentor, mentee))
        for one in space.rules
        if one.rule.forbids(i, j)[0]
    ]
    if space.floor is not None:
        scores = space.weighted(i, j)
        if space.below_floor(scores)[0]:
            why = f"the score is {scores[0]:.3f}, below {space.floor:.3f}"
            found.append(Objection(FLOOR_LABEL, why))
    return tuple(found)


def conflicts(lowered: Lowered) -> list[str]:
    """Return why the pins cannot all be made, in people's ids and the rules' words."""
    problem = lowered.problem
    pins = zip(problem.pinned_mentors.tolist(), problem.pinned_mentees.tolist(), strict=True)
    found = []
    for i, j in pins:
        names = f"{lowered.mentors.person(i).id} and {lowered.mentees.person(j).id}"
        found += [
            f"Require pins {names}, but {one.rule} forbids it" for one in objections(lowered, i, j)
        ]
    for side, places, capacity in (
        (lowered.mentors, problem.pinned_mentors, problem.mentor_capacity),
        (lowered.mentees, problem.pinned_mentees, problem.mentee_capacity),
    ):
        for k, load in Counter(places.tolist()).items():
            if load > capacity[k]:
                who = side.person(k).id
                found.append(f"Require pins {load} pairs on {who}, who has room for {capacity[k]}")
    return found


class UnmatchedCode(StrEnum):
    """Why somebody has no partner."""

    NOT_READY = "not-ready"
    NO_CAPACITY = "no-capacity"
    NO_CANDIDATE = "no-candidate"
    NO_ROOM = "no-room"
    NOT_CHOSEN = "not-chosen"


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A person on a side who has no partner there, and the first reason.

    Parameters
    ----------
    id
        The person's id.
    role
        The side.
    code
        The kind of reason.
    reason
        The reason as a sentence.
    """

    id: str
    role: Role
    code: UnmatchedCode
    reason: str


def unmatched_people(lowered: Lowered, program: Program, solution: Solution) -> list[Unmatched]:
    """Return everybody on a side who has no partner there, with the first reason."""
    return [
        *_unmatched_side(lowered, program, solution, Role.MENTOR),
        *_unmatched_side(lowered, program, solution, Role.MENTEE),
    ]


def _unmatched_side(
    lowered: Lowered, program: Program, solution: Solution, role: Role
) -> Iterator[Unmatched]:
    mentor = role is Role.MENTOR
    side = lowered.mentors if mentor else lowered.mentees
    problem = lowered.problem
    capacity, room = problem.mentor_capacity, problem.mentee_capacity
    taken, others = solution.mentors, solution.mentees
    if not mentor:
        capacity, room, taken, others = room, capacity, others, taken
    alone = np.flatnonzero(np.bincount(taken, minlength=len(side)) == 0)
    free = room - np.bincount(others, minlength=len(room)) > 0
    for place, funnel in _funnels(lowered, alone, role, free):
        person = side.person(place)
        code, reason = _reason(person, role, int(capacity[place]), funnel, program)
        yield Unmatched(person.id, role, code, reason)


@dataclass(frozen=True, slots=True)
class _Funnel:
    """How the possible partners of one person get fewer.

    Parameters
    ----------
    total
        How many people are on the other side.
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


def _funnels(
    lowered: Lowered, places: NDArray[np.int64], role: Role, free: NDArray[np.bool_]
) -> Iterator[tuple[int, _Funnel]]:
    """Return the funnel of each of some people of one side, many at a time."""
    space = lowered.space
    mentor = role is Role.MENTOR
    total = space.shape[1] if mentor else space.shape[0]
    others = np.arange(total, dtype=np.int64)
    step = max(1, TILE_PAIRS // max(total, 1))
    for start in range(0, len(places), step):
        some = places[start : start + step]
        i, j = (some[:, None], others[None, :]) if mentor else (others[:, None], some[None, :])
        axis = 1 if mentor else 0
        counts: list[tuple[str, NDArray[np.int64]]] = []
        left = np.ones((len(some), total) if mentor else (total, len(some)), dtype=np.bool_)
        for name, remaining in space.narrowing(i, j):
            counts.append((name, (left & ~remaining).sum(axis=axis)))
            left = remaining
        usable = left & (free[None, :] if mentor else free[:, None])
        remain, open_ = left.sum(axis=axis), usable.sum(axis=axis)
        for k, place in enumerate(some.tolist()):
            removed = {name: int(count[k]) for name, count in counts if count[k]}
            yield place, _Funnel(total, removed, int(remain[k]), int(open_[k]))


def _reason(
    person: Participant, role: Role, capacity: int, funnel: _Funnel, program: Program
) -> tuple[UnmatchedCode, str]:
    """Return the first reason for one person."""
    partner = "mentee" if role is Role.MENTOR else "mentor"
    for rule in program.rules:
        unready = rule.unready(person) if isinstance(rule, Ready) and not rule.penalty else None
        if unready:
            return UnmatchedCode.NOT_READY, f"{unready}."
    if capacity == 0:
        return UnmatchedCode.NO_CAPACITY, f"The capacity as a {role} is 0."
    if funnel.total == 0:
        return UnmatchedCode.NO_CANDIDATE, f"There is no {partner} in the program."
    if funnel.left == 0:
        rules = sorted(funnel.removed.items(), key=lambda item: -item[1])
        words = ", ".join(f"{name} rules out {count}" for name, count in rules)
        return UnmatchedCode.NO_CANDIDATE, f"No {partner} of {funnel.total} is left: {words}."
    if funnel.free == 0:
        words = f"The {partner} left by the rules has no room."
        if funnel.left > 1:
            words = f"None of the {funnel.left} {partner}s left by the rules has room."
        return UnmatchedCode.NO_ROOM, words
    words = f"{funnel.free} possible {partner}{'s have' if funnel.free > 1 else ' has'} room"
    return UnmatchedCode.NOT_CHOSEN, f"{words}, but no such pair was worth making."
