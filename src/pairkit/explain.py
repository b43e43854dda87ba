"""Reasons: why a pair scores what it scores, what forbids it, and why somebody stays alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np

from pairkit.constraints import Ready
from pairkit.errors import UnknownParticipantError, did_you_mean, quoted
from pairkit.facts import Facts, PartOfScore
from pairkit.findings import Finding, FindingCode, Findings, Severity
from pairkit.funnels import ShortFunnel, narrowing, pairs_of, short_funnels
from pairkit.lowering import Lowered, lower
from pairkit.messages import Message, Noun, Who
from pairkit.profiles import EmploymentStatus, Participant, Role
from pairkit.scoredspace import FLOOR_LABEL
from pairkit.titles import ROLES, rule_label

if TYPE_CHECKING:
    from pairkit.encoding import Side
    from pairkit.parts import Index
    from pairkit.program import Program
    from pairkit.roster import Roster
    from pairkit.rows import SideName
    from pairkit.solution import Solution

__all__ = [
    "OWN_AND_PARTNERS",
    "Explanation",
    "NextBest",
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
    "place_of",
    "ruled_out",
    "unmatched_people",
]


@dataclass(frozen=True, slots=True)
class Objection:
    """A rule that forbids a pair, and the fact that makes it."""

    rule: str
    why: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NextBest:
    """The best partner for somebody beside the one that is asked about, by the score alone.

    Parameters
    ----------
    id, partner
        Ids of the person and of that partner.
    score
        What the two score.
    """

    id: str
    partner: str
    score: float


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
    next_best
        What each of the two would get as next best, if the rules on pairs leave anybody.
    """

    mentor: str
    mentee: str
    parts: tuple[PartOfScore, ...]
    objections: tuple[Objection, ...] = ()
    matched: bool = False
    peers: bool = False
    next_best: tuple[NextBest, ...] = ()

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
    return explanation(Facts(lower(roster, program)), mentor, mentee, matched=False)


def explanation(facts: Facts, mentor: str, mentee: str, *, matched: bool) -> Explanation:
    """Return why a pair of ids scores what it scores and what forbids it."""
    lowered = facts.lowered
    i = place_of(lowered, Role.MENTOR, mentor)
    j = place_of(lowered, Role.MENTEE, mentee)
    parts = facts.told(explain_pairs(lowered, np.array([i]), np.array([j]))[0], i, j)
    peers = lowered.problem.peers
    sides: tuple[tuple[SideName, int, int], ...] = (("mentor", i, j), ("mentee", j, i))
    found = (_next_best(lowered, *one) for one in sides)
    next_best = tuple(one for one in found if one is not None)
    return Explanation(mentor, mentee, parts, objections(lowered, i, j), matched, peers, next_best)


def _next_best(lowered: Lowered, side: SideName, place: int, partner: int) -> NextBest | None:
    """Return the allowed partner of a person with the best score, beside one; ``None`` without."""
    problem = lowered.problem
    others = np.arange(problem.shape[side == "mentor"], dtype=np.int64)
    others = others[(others != partner) & (not problem.peers or others != place)]
    tile = problem.space.pairs(*pairs_of(problem, side, place, others))
    if not tile.allowed.any():
        return None
    best = int(np.argmax(np.where(tile.allowed, tile.scores, -np.inf)))
    other: SideName = "mentee" if side == "mentor" else "mentor"
    score = float(tile.scores[best])
    return NextBest(lowered.name(side, place), lowered.name(other, int(others[best])), score)


def place_of(lowered: Lowered, role: Role, identifier: str) -> int:
    """Return the place of a person on a side."""
    side = lowered.mentors if role is Role.MENTOR else lowered.mentees
    place = side.position(identifier)
    if place >= 0:
        return place
    if identifier in lowered.outside and lowered.problem.peers:
        raise UnknownParticipantError(f"{quoted(identifier)} is {lowered.outside[identifier]}.")
    if identifier in lowered.outside:
        raise UnknownParticipantError(
            f"{quoted(identifier)} is on neither side of this program; the matching's outside says "
            f"why."
        )
    if identifier in side.columns.positions:
        raise UnknownParticipantError(f"{quoted(identifier)} is not a {role} in this program.")
    hint = did_you_mean(identifier, side.columns.positions)
    raise UnknownParticipantError(f"Nobody has the id {quoted(identifier)}.{hint}")


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
        if space.below_floor(i, j, scores)[0]:
            values = {"score": float(scores[0]), "floor": space.floor}
            why = Message("the score is {score:.3}, below {floor:.3}", **values)
            found.append(Objection(FLOOR_LABEL, why))
    return tuple(found)


def conflicts(lowered: Lowered) -> list[Message]:
    """Return why the pins cannot all be made, in people's ids and the rules' words."""
    problem = lowered.problem
    pins = zip(problem.pinned_mentors.tolist(), problem.pinned_mentees.tolist(), strict=True)
    found = [
        Message(
            "Require pins {mentor} and {mentee}, but {rule} forbids it",
            mentor=Who(lowered.mentors.person(i).id),
            mentee=Who(lowered.mentees.person(j).id),
            rule=rule_label(one.rule),
        )
        for i, j in pins
        for one in objections(lowered, i, j)
    ]
    found += [
        Message(
            "Require pins {n} pair on {person}, who has room for {room}",
            "Require pins {n} pairs on {person}, who has room for {room}",
            n=load,
            person=Who(who),
            room=room,
        )
        for who, load, room in overloads(lowered, problem.pinned_mentors, problem.pinned_mentees)
    ]
    return found


def overloads(lowered: Lowered, mentors: Index, mentees: Index) -> Iterator[tuple[str, int, int]]:
    """Return who has more partners than room with these pairs: id, partners, room."""
    for side, load, room in lowered.loads(mentors, mentees):
        for k in np.flatnonzero(load > room).tolist():
            yield side.person(k).id, int(load[k]), int(room[k])


def rules_out(removed: Mapping[str, int]) -> tuple[Message, ...]:
    """Return which rules remove how many, by label, those that remove most first."""
    most = sorted(removed.items(), key=lambda item: -item[1])
    return tuple(
        Message("{rule} rules out {n}", rule=rule_label(rule), n=n) for rule, n in most if n
    )


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
    for name, allowed in narrowing(lowered.problem, mentors, mentees):
        counts[name] = int((left & ~allowed).sum())
        left &= allowed
    return counts


OWN_AND_PARTNERS: Final[Mapping[Role | None, tuple[Noun, Noun]]] = {
    Role.MENTOR: (ROLES["mentor"], ROLES["mentee"]),
    Role.MENTEE: (ROLES["mentee"], ROLES["mentor"]),
    None: (ROLES["peer"], ROLES["peer"]),
}  # what somebody is, and what partners are


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
    reason: str = field(repr=False)


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
    alone, turned = np.flatnonzero(load == 0), role is Role.MENTEE
    for place, funnel in short_funnels(lowered.problem, alone, free, turned=turned):
        person = side.person(place)
        code, reason = _reason(person, role, int(capacity[place]), funnel, program)
        yield Unmatched(person.id, role, code, reason)


def _reason(
    person: Participant, role: Role | None, capacity: int, funnel: ShortFunnel, program: Program
) -> tuple[UnmatchedCode, str]:
    """Return the first reason for one person."""
    for rule in program.rules:
        unready = rule.unready(person) if isinstance(rule, Ready) and not rule.penalty else None
        if unready:
            return UnmatchedCode.NOT_READY, Message("{why}.", why=unready)
    own, others = OWN_AND_PARTNERS[role]
    one, several = others.of(1), others.of(2)
    if capacity == 0:
        return UnmatchedCode.NO_CAPACITY, Message("The capacity as a {role} is 0.", role=own.of(1))
    if funnel.total == 0:
        return UnmatchedCode.NO_CANDIDATE, Message("There is no other {role}.", role=one)
    if funnel.left == 0:
        return UnmatchedCode.NO_CANDIDATE, Message(
            "No {role} of {total} is left: {rules}.",
            role=one,
            total=funnel.total,
            rules=rules_out(funnel.removed),
        )
    if funnel.free == 0:
        return UnmatchedCode.NO_ROOM, Message(
            "The {role} left by the rules has no room.",
            "None of the {n} {roles} left by the rules has room.",
            n=funnel.left,
            role=one,
            roles=several,
        )
    return UnmatchedCode.NOT_CHOSEN, Message(
        "{n} possible {role} has room, but no such pair was worth making.",
        "{n} possible {roles} have room, but no such pair was worth making.",
        n=funnel.free,
        role=one,
        roles=several,
    )


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
