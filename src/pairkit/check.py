"""check_pairs(): whether pairs from anywhere keep the rules of a program."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pairkit.breaches import breaches
from pairkit.explain import objections, overloads
from pairkit.lowering import Lowered, lower
from pairkit.messages import Message, Who
from pairkit.pairspace import Candidates
from pairkit.profiles import Role
from pairkit.titles import ROLES

if TYPE_CHECKING:
    from pairkit.program import Program
    from pairkit.roster import Roster

__all__ = ["BrokenRule", "PairsCheck", "check_pairs"]


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """One thing that the pairs do not keep.

    Parameters
    ----------
    rule
        The rule's label, or ``"Roster"``, ``"Roles"``, ``"Capacity"`` or ``"Repeated"``. A rule on
        the whole program is there once for each group or person that it is not kept for.
    why
        The fact, as a sentence.
    mentor, mentee
        Ids of the pair it is about; ``None`` where it is about one person, or the whole.
    """

    rule: str
    why: str
    mentor: str | None = None
    mentee: str | None = None


@dataclass(frozen=True, slots=True)
class PairsCheck:
    """What a check of pairs found.

    Parameters
    ----------
    pairs
        How many pairs were checked.
    total
        The sum of the scores of the pairs that could be scored.
    broken
        Everything that is not kept; empty where all is well.
    """

    pairs: int
    total: float
    broken: tuple[BrokenRule, ...]

    @property
    def ok(self) -> bool:
        """Whether every rule is kept."""
        return not self.broken


def check_pairs(roster: Roster, program: Program, pairs: Iterable[tuple[str, str]]) -> PairsCheck:
    """Return what pairs of ids do not keep: people, roles, rules, capacities and pins.

    Parameters
    ----------
    roster, program
        The people, and the rules to keep.
    pairs
        Ids: mentor, mentee; of peers in any order.

    Raises
    ------
    ProgramError
        The program asks for a field or a person that the roster does not have.
    """
    lowered = lower(roster, program)
    given = [_in_order(lowered, str(mentor), str(mentee)) for mentor, mentee in pairs]
    places: list[tuple[int, int]] = []
    broken: list[BrokenRule] = []
    for (mentor, mentee), count in Counter(given).items():
        if count > 1:
            why = Message("The pair is there {count} times.", count=count)
            broken.append(BrokenRule("Repeated", why, mentor, mentee))
        unknown = [
            *_unplaced(lowered, mentor, Role.MENTOR),
            *_unplaced(lowered, mentee, Role.MENTEE),
        ]
        broken += [BrokenRule(rule, why, mentor, mentee) for rule, why in unknown]
        if not unknown:
            place = lowered.mentors.position(mentor), lowered.mentees.position(mentee)
            places.append(place)
            broken += [
                BrokenRule(one.rule, _sentence(one.why), mentor, mentee)
                for one in objections(lowered, *place)
            ]
    i, j = np.array(places, dtype=np.int64).reshape(-1, 2).T
    problem = lowered.problem
    made = Candidates(i, j, problem.space.pairs(i, j).scores)
    broken += [*_overloaded(lowered, made), *_unpinned(lowered, places)]
    broken += [
        BrokenRule(one.rule, _sentence(one.why))
        for one in breaches(problem, made, lowered.name)
        if one.penalty is None
    ]
    return PairsCheck(len(given), float(made.scores.sum()), tuple(broken))


def _in_order(lowered: Lowered, mentor: str, mentee: str) -> tuple[str, str]:
    """Return a pair of ids; of peers, in the order of the roster."""
    places = lowered.mentors.position(mentor), lowered.mentees.position(mentee)
    turned = lowered.problem.peers and min(places) >= 0 and places[0] > places[1]
    return (mentee, mentor) if turned else (mentor, mentee)


def _sentence(words: str) -> Message:
    return Message("{words:^}.", words=words)


def _unplaced(lowered: Lowered, identifier: str, role: Role) -> list[tuple[str, Message]]:
    """Return why a person is not on a side: nothing where they are."""
    side = lowered.mentors if role is Role.MENTOR else lowered.mentees
    if side.position(identifier) >= 0:
        return []
    if identifier not in side.columns.positions:
        return [("Roster", Message("Nobody in the roster has the id '{id}'.", id=identifier))]
    person, own = Who(identifier), ROLES[role].of(1)
    if lowered.problem.peers:
        why = lowered.outside[identifier]
        return [("Roles", Message("{person} is {why}.", person=person, why=why))]
    why = lowered.outside.get(identifier) or Message("not a {role} in this program", role=own)
    text = Message("{person} cannot be the {role}: {why}.", person=person, role=own, why=why)
    return [("Roles", text)]


def _overloaded(lowered: Lowered, made: Candidates) -> list[BrokenRule]:
    return [
        BrokenRule(
            "Capacity",
            Message(
                "{person} has {n} partner and room for {room}.",
                "{person} has {n} partners and room for {room}.",
                person=Who(who),
                n=load,
                room=room,
            ),
        )
        for who, load, room in overloads(lowered, made.mentors, made.mentees)
    ]


def _unpinned(lowered: Lowered, places: list[tuple[int, int]]) -> list[BrokenRule]:
    problem, made = lowered.problem, set(places)
    pins = zip(problem.pinned_mentors.tolist(), problem.pinned_mentees.tolist(), strict=True)
    return [
        BrokenRule(
            "Require",
            Message("The pair is required and not made."),
            lowered.mentors.person(i).id,
            lowered.mentees.person(j).id,
        )
        for i, j in pins
        if (i, j) not in made
    ]
