"""Facts: the parts of a pair's score with the evidence for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from pairkit.messages import Message
from pairkit.scoring import TwoWay
from pairkit.scoring.evidence import Evidence, Evident

if TYPE_CHECKING:
    from pairkit.encoding import Side
    from pairkit.lowering import Lowered
    from pairkit.parts import Index
    from pairkit.scoredspace import ScoredPart, SoftRule

__all__ = ["Direction", "Facts", "PartOfScore"]

BELOW_FLOOR: Final = Message("the score before soft rules is below the minimum")


@dataclass(frozen=True, slots=True)
class Direction:
    """What one of two gives the other, in one part of a score that goes both ways.

    Parameters
    ----------
    giver, taker
        Ids.
    value
        In [0, 1].
    evidence
        The facts that make the value, as sentences without full stops.
    """

    giver: str
    taker: str
    value: float
    evidence: tuple[str, ...] = field(default=(), repr=False)


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
    evidence
        The facts that make the value, as sentences without full stops: each a :class:`Message`,
        which can be said in other languages, where the scorer is one of ours. Those that do not
        speak for the pair are of the class ``pairkit.scoring.evidence.Against``.
    directions
        Both directions of a part that goes both ways; empty of others.
    """

    name: str
    weight: float
    value: float
    evidence: tuple[str, ...] = field(default=(), repr=False)
    directions: tuple[Direction, ...] = ()

    @property
    def contribution(self) -> float:
        """Weight times value; the contributions of a pair sum to its score."""
        return self.weight * self.value


class Facts:
    """What tells the facts of any pair of a program, each part prepared at its first use.

    Parameters
    ----------
    lowered
        The program on its people.
    """

    def __init__(self, lowered: Lowered) -> None:
        self.lowered = lowered

    @cached_property
    def _parts(self) -> list[_Part]:
        return [_Part(self.lowered, one) for one in self.lowered.space.parts]

    def told(
        self, parts: Sequence[PartOfScore], mentor: int, mentee: int
    ) -> tuple[PartOfScore, ...]:
        """Return the parts of a pair's score with their evidence.

        Parameters
        ----------
        parts
            In the order of the program, then its soft rules, then its soft floors.
        mentor, mentee
            Places.
        """
        return self.all_told([parts], np.array([mentor]), np.array([mentee]))[0]

    def all_told(
        self, parts: Sequence[Sequence[PartOfScore]], mentors: Index, mentees: Index
    ) -> list[tuple[PartOfScore, ...]]:
        """Return the parts of the scores of many pairs with their evidence.

        Parameters
        ----------
        parts
            Of each pair, as for :meth:`told`.
        mentors, mentees
            Places, int64, shape (pairs,) both.
        """
        places = list(zip(mentors.tolist(), mentees.tolist(), strict=True))
        columns = [
            part.told([own[k] for own in parts], places, part.directions(mentors, mentees))
            for k, part in enumerate(self._parts)
        ]
        start = len(columns)
        rest = [
            self._of_rules(own[start:], *place) for own, place in zip(parts, places, strict=True)
        ]
        ours = zip(*columns, strict=True) if columns else [()] * len(places)
        return [(*own, *soft) for own, soft in zip(ours, rest, strict=True)]

    def _of_rules(
        self, parts: Sequence[PartOfScore], mentor: int, mentee: int
    ) -> list[PartOfScore]:
        """Return what soft rules and soft floors add to one pair, with why."""
        soft = self.lowered.space.soft
        told = [
            replace(one, evidence=self._of_rule(rule, mentor, mentee)) if one.value else one
            for rule, one in zip(soft, parts, strict=False)
        ]
        floors = parts[len(soft) :]
        return told + [
            replace(one, evidence=(BELOW_FLOOR,)) if one.value else one for one in floors
        ]

    def _of_rule(self, soft: SoftRule, mentor: int, mentee: int) -> tuple[str, ...]:
        if soft.rule is None:
            return ()
        i, j = np.array([mentor]), np.array([mentee])
        if soft.rule.forbids(i, j)[0]:
            return (soft.rule.why(mentor, mentee),)
        return (soft.rule.why(mentee, mentor),)  # peers: a rule that forbids the other direction


class _Part:
    """One part of the score, ready to tell its facts."""

    def __init__(self, lowered: Lowered, scored: ScoredPart) -> None:
        scorer = scored.scorer
        mentors, mentees = lowered.mentors, lowered.mentees
        self.lowered = lowered
        self.both_ways = lowered.problem.peers or isinstance(scorer, TwoWay)
        of = scorer.of if isinstance(scorer, TwoWay) else scorer
        self.evidence = _evidence(of, mentors, mentees)
        self.turned = _evidence(of, mentees, mentors) if self.both_ways else _nothing
        if isinstance(scorer, TwoWay):
            self.values = scorer.of.prepare(mentors, mentees), scorer.of.prepare(mentees, mentors)
        else:
            self.values = scored.part, scored.part

    def directions(self, mentors: Index, mentees: Index) -> list[tuple[float, float]]:
        """Return the values of pairs there and back; (0, 0) of a part that goes one way."""
        if not self.both_ways:
            return [(0.0, 0.0)] * len(mentors)
        there, back = self.values
        return list(
            zip(there(mentors, mentees).tolist(), back(mentees, mentors).tolist(), strict=True)
        )

    def told(
        self,
        parts: Sequence[PartOfScore],
        places: Sequence[tuple[int, int]],
        values: Sequence[tuple[float, float]],
    ) -> list[PartOfScore]:
        """Return the part of the scores of many pairs with its facts."""
        return [
            self._told(part, place, value)
            for part, place, value in zip(parts, places, values, strict=True)
        ]

    def _told(
        self, part: PartOfScore, place: tuple[int, int], value: tuple[float, float]
    ) -> PartOfScore:
        mentor, mentee = place
        facts = self.evidence(mentor, mentee)
        if not self.both_ways:
            return PartOfScore(part.name, part.weight, part.value, facts)
        who = self.lowered.mentors.person(mentor).id, self.lowered.mentees.person(mentee).id
        (there, back), turned = value, self.turned(mentee, mentor)
        if there == back and sorted(facts) == sorted(turned):  # the same, whoever gives
            return replace(part, evidence=facts)
        return replace(
            part,
            directions=(
                Direction(*who, there, facts),
                Direction(who[1], who[0], back, turned),
            ),
        )


def _nothing(_: int, __: int) -> tuple[Message, ...]:
    return ()


def _evidence(scorer: object, mentors: Side, mentees: Side) -> Evidence:
    return scorer.evidence(mentors, mentees) if isinstance(scorer, Evident) else _nothing
