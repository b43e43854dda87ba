"""Reasons: what made each pair, as a page shows it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from statistics import fmean
from typing import TYPE_CHECKING, Final

from pairkit.messages import Message, Who
from pairkit.report.people import People, Person
from pairkit.report.untold import Untold
from pairkit.scoring.evidence import speaks
from pairkit.titles import part_title

if TYPE_CHECKING:
    from pairkit.facts import PartOfScore
    from pairkit.matching import Matching
    from pairkit.pairs import Pair

__all__ = ["PairRow", "PairRows", "Reason", "Weight", "reasons_for", "weights_of"]

FREE_TEXT: Final = Message("compares free texts, which are not shown")


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of a pair's score.

    Parameters
    ----------
    part
        The name of the part, or of the soft rule.
    given
        What it gives to the score.
    facts
        Sentences without full stops.
    """

    part: str
    given: float
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PairRow:
    """A pair on a page.

    Parameters
    ----------
    mentor, mentee
        The two.
    score
        The sum of what the reasons give; without people and program, of the whole pair.
    reasons
        In the order of the program, without what is folded; soft rules only where they apply.
    """

    mentor: Person
    mentee: Person
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Weight:
    """What one part of the score counts: what it can give at most, and what pairs get of it.

    The latter is ``None`` of a part that reads protected fields.
    """

    part: str
    most: float
    mean: float | None


def weights_of(pairs: Sequence[Pair], folded: AbstractSet[str]) -> tuple[Weight, ...]:
    """Return what each part of the score counts, without soft rules; empty without pairs."""
    parts = pairs[0].parts if pairs else ()
    return tuple(
        Weight(
            part.name,
            part.weight,
            None if part.name in folded else fmean(pair.parts[k].contribution for pair in pairs),
        )
        for k, part in enumerate(parts)
        if part.weight >= 0.0
    )


class PairRows:
    """The pairs of a matching, each written when it is its turn: there may be many.

    Parameters
    ----------
    matching
        The matching; where its people are not known, there are no reasons.
    people
        What to call them.
    untold
        What is not told of the reasons.
    anonymize
        Whether what quotes free texts is left out.
    """

    def __init__(
        self, matching: Matching, people: People, untold: Untold, *, anonymize: bool
    ) -> None:
        self._matching = matching
        self._people = people
        self._folded = untold.folded
        self._quoting = untold.quoting if anonymize else frozenset[str]()

    def __len__(self) -> int:
        """Return how many pairs there are."""
        return len(self._matching.pairs)

    def __iter__(self) -> Iterator[PairRow]:
        """Return an iterator over the pairs."""
        if self._matching.roster is None or self._matching.program is None:
            return (
                PairRow(self._people[one.mentor], self._people[one.mentee], one.score, ())
                for one in self._matching.pairs
            )
        return (self._row(pair) for pair in self._matching.explained_pairs())

    def _row(self, pair: Pair) -> PairRow:
        shown = [one for one in pair.parts if one.name not in self._folded]
        score = math.fsum(one.contribution for one in shown) if self._folded else pair.score
        seen: dict[tuple[str, ...], str] = {}
        reasons = tuple(
            Reason(
                one.name,
                one.contribution,
                (FREE_TEXT,) if one.name in self._quoting else tuple(_facts(one, seen)),
            )
            for one in shown
            if one.weight >= 0.0 or one.value
        )
        return PairRow(self._people[pair.mentor], self._people[pair.mentee], score, reasons)


def reasons_for(parts: Iterable[PartOfScore]) -> Iterator[Reason]:
    """Return the reasons that speak for a pair, what gives most first, with the facts that do."""
    seen: dict[tuple[str, ...], str] = {}
    for one in sorted(parts, key=lambda part: -part.contribution):
        if one.contribution <= 0.0:
            return
        facts = tuple(_facts(_speaking(one), seen))
        if facts:
            yield Reason(one.name, one.contribution, facts)


def _speaking(part: PartOfScore) -> PartOfScore:
    """Return a part with the facts that speak for the pair alone."""
    there = tuple(
        replace(one, evidence=_in_favor(one.evidence))
        for one in part.directions
        if one.value > 0.0 and (not one.evidence or _in_favor(one.evidence))
    )
    return replace(part, evidence=_in_favor(part.evidence), directions=there)


def _in_favor(facts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(one for one in facts if speaks(one))


def _facts(part: PartOfScore, seen: dict[tuple[str, ...], str]) -> Iterator[str]:
    """Return the facts of a part, for each direction where there are two.

    Parameters
    ----------
    part
        The part.
    seen
        The parts of the same pair by the facts that stand under them; these are not told again.
    """
    yield from _once(part.name, part.evidence, seen)
    for one in part.directions:
        who = {"giver": Who(one.giver), "taker": Who(one.taker)}
        yield Message("From {giver} to {taker}: {value:%}", value=one.value, **who)
        yield from _once(part.name, one.evidence, seen)


def _once(part: str, facts: tuple[str, ...], seen: dict[tuple[str, ...], str]) -> tuple[str, ...]:
    """Return facts, or under which other part they stand."""
    if not facts or seen.setdefault(facts, part) == part:
        return facts
    return (Message("the same as under “{part}”", part=part_title(seen[facts])),)
