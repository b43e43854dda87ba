"""Reasons: why a pair scores what it scores, what forbids it, and why somebody stays alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pairkit.constraints import Ready
from pairkit.errors import UnknownParticipantError, did_you_mean
from pairkit.findings import Finding, FindingCode, Findings, Severity
from pairkit.lowering import Lowered, lower
from pairkit.pairspace import TILE_PAIRS
from pairkit.profiles import EmploymentStatus, Participant, Role
from pairkit.scoredspace import FLOOR_LABEL

if TYPE_CHECKING:
    from pairkit.encoding import Side
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
    "departed",
    "explain_pair",
    "explain_pairs",
    "explanation",
    "objections",
    "overloads",
    "ruled_out",
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
    peers
        Whether there are no sides: each part is then the mean of the two directions.
    """

    mentor: str
    mentee: str
    parts: tuple[PartOfScore, ...]
    objections: tuple[Objection, ...] = ()
    matched: bool = False
    peers: bool = False

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
    """Return the parts of the score of each pair, by places, shape (k,) both.

    Of peers, the value of a part is the mean of the two directions.
    """
    columns = lowered.space.contributions(mentors, mentees)
    if lowered.problem.peers:
        turned = lowered.space.contributions(mentees, mentors)
        columns = [
            (name, weight, (one + other) / 2.0)
            for (name, weight, one), (_, _, other) in zip(columns, turned, strict=True)
        ]
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
    peers = lowered.problem.peers
    return Explanation(mentor, mentee, parts, objections(lowered, i, j), matched, peers)


def _place(lowered: Lowered, role: Role, identifier: str) -> int:
    """Return the place of a person on a side."""
    side = lowered.mentors if role is Role.MENTOR else lowered.mentees
    place = side.position(identifier)
    if place >= 0:
        return place
    if identifier in lowered.outside and lowered.problem.peers:
        raise UnknownParticipantError(f"{identifier!r} is {lowered.outside[identifier]}.")
    if identifier in lowered.outside:
        raise UnknownParticipantError(
            f"{identifier!r} is on neither side of this program; the matching's outside says why."
        )
    if identifier in side.columns.positions:
        raise UnknownParticipantError(f"{identifier!r} is not a {role} in this program.")
    hint = did_you_mean(identifier, side.columns.positions)
    raise UnknownParticipantError(f"Nobody has the id {identifier!r}.{hint}")


def objections(lowered: Lowered, mentor: int, mentee: int) -> tuple[Objection, ...]:
    """Return the hard rules that forbid a pair, by places, each with its fact.

    Peers are forbidden to be paired by a rule that forbids one of the two directions.
    """
    found = _objections(lowered, mentor, mentee)
    if lowered.problem.peers:
        named = {one.rule for one in found}
        turned = _objections(lowered, mentee, mentor)
        found += tuple(one for one in turned if one.rule not in named)
    return found


def _objections(lowered: Lowered, mentor: int, mentee: int) -> tuple[Objection, ...]:
    """Return the hard rules that forbid one direction of a pair."""
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
    found += [
        f"Require pins {load} pairs on {who}, who has room for {room}"
        for who, load, room in overloads(lowered, problem.pinned_mentors, problem.pinned_mentees)
    ]
    return found


def overloads(lowered: Lowered, mentors: Index, mentees: Index) -> Iterator[tuple[str, int, int]]:
    """Return who has more partners than room with these pairs: id, partners, room."""
    for side, load, room in lowered.loads(mentors, mentees):
        for k in np.flatnonzero(load > room).tolist():
            yield side.person(k).id, int(load[k]), int(room[k])


def ruled_out(lowered: Lowered, mentors: Index, mentees: Index) -> dict[str, int]:
    """Return how many of some pairs each hard rule removes that no earlier one did, by label.

    Parameters
    ----------
    lowered
        The rules.
    mentors, mentees
        Places of the pairs, int64, shape (k,) both.
    """
    left = np.ones(len(mentors), dtype=np.bool_)
    counts: dict[str, int] = {}
    for name, allowed in _narrowing(lowered, mentors, mentees, turned=False):
        counts[name] = int((left & ~allowed).sum())
        left &= allowed
    return counts


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
        The side; ``None`` of peers.
    code
        The kind of reason.
    reason
        The reason as a sentence.
    """

    id: str
    role: Role | None
    code: UnmatchedCode
    reason: str


def unmatched_people(lowered: Lowered, program: Program, solution: Solution) -> list[Unmatched]:
    """Return everybody on a side who has no partner there, with the first reason."""
    roles = (None,) if lowered.problem.peers else (Role.MENTOR, Role.MENTEE)
    loads = list(lowered.loads(solution.mentors, solution.mentees))
    return [
        one
        for k, role in enumerate(roles)
        for one in _unmatched_side(lowered, program, role, loads[k], loads[-1 - k])
    ]


def _unmatched_side(
    lowered: Lowered,
    program: Program,
    role: Role | None,
    own: tuple[Side, Index, Index],
    others: tuple[Side, Index, Index],
) -> Iterator[Unmatched]:
    side, load, capacity = own
    free = others[2] - others[1] > 0
    for place, funnel in _funnels(lowered, np.flatnonzero(load == 0), role, free):
        person = side.person(place)
        code, reason = _reason(person, role, int(capacity[place]), funnel, program)
        yield Unmatched(person.id, role, code, reason)


@dataclass(frozen=True, slots=True)
class _Funnel:
    """How the possible partners of one person get fewer.

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


def _funnels(
    lowered: Lowered, places: NDArray[np.int64], role: Role | None, free: NDArray[np.bool_]
) -> Iterator[tuple[int, _Funnel]]:
    """Return the funnel of each of some people of one side, many at a time."""
    turned, peers = role is Role.MENTEE, role is None
    total = len(free)
    others = np.arange(total, dtype=np.int64)[None, :]
    step = max(1, TILE_PAIRS // max(total, 1))
    for start in range(0, len(places), step):
        some = places[start : start + step]
        own = some[:, None]
        left = (own != others) if peers else np.ones((len(some), total), dtype=np.bool_)
        counts: list[tuple[str, NDArray[np.int64]]] = []
        for name, allowed in _narrowing(lowered, own, others, turned=turned):
            counts.append((name, (left & ~allowed).sum(axis=1)))
            left = left & allowed
        remain, open_ = left.sum(axis=1), (left & free).sum(axis=1)
        for k, place in enumerate(some.tolist()):
            removed = {name: int(count[k]) for name, count in counts if count[k]}
            yield place, _Funnel(total - peers, removed, int(remain[k]), int(open_[k]))


def _narrowing(
    lowered: Lowered, own: Index, others: Index, *, turned: bool
) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Return what is still allowed after each hard rule in turn, people by others."""
    space = lowered.space
    if turned:
        yield from ((name, left.T) for name, left in space.narrowing(others.T, own.T))
    elif not lowered.problem.peers:
        yield from space.narrowing(own, others)
    else:
        both = zip(space.narrowing(own, others), space.narrowing(others.T, own.T), strict=True)
        yield from ((name, one & other.T) for (name, one), (_, other) in both)


def _reason(
    person: Participant, role: Role | None, capacity: int, funnel: _Funnel, program: Program
) -> tuple[UnmatchedCode, str]:
    """Return the first reason for one person."""
    own = role or "peer"
    partner = {Role.MENTOR: "mentee", Role.MENTEE: "mentor", None: "peer"}[role]
    for rule in program.rules:
        unready = rule.unready(person) if isinstance(rule, Ready) and not rule.penalty else None
        if unready:
            return UnmatchedCode.NOT_READY, f"{unready}."
    if capacity == 0:
        return UnmatchedCode.NO_CAPACITY, f"The capacity as a {own} is 0."
    if funnel.total == 0:
        others = "other " if role is None else ""
        return UnmatchedCode.NO_CANDIDATE, f"There is no {others}{partner} in the program."
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


def departed(lowered: Lowered, program: Program) -> Findings:
    """Return a warning where people who left or are on leave are on a side and nothing forbids it.

    Parameters
    ----------
    lowered
        The program for a roster.
    program
        Its rules.
    """
    ready = (rule for rule in program.rules if isinstance(rule, Ready) and not rule.penalty)
    away = {
        person.id
        for side in (lowered.mentors, lowered.mentees)
        for person in side.people
        if person.status is not EmploymentStatus.ACTIVE
    }
    if not away or any(rule.active for rule in ready):
        return Findings()
    who = "1 person who" if len(away) == 1 else f"{len(away)} people who"
    message = f"No rule of the program keeps {who} left or went on leave out of pairs."
    hint = "Add the rule Ready, or leave them out of the roster."
    return Findings([Finding(FindingCode.DEPARTED, message, hint, Severity.WARNING)])
