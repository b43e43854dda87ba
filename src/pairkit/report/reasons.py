"""Reasons: what made each pair, as a page shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Final

from pairkit.lowering import rule_labels
from pairkit.messages import Message, Who
from pairkit.report.people import People, Person, reads_protected
from pairkit.scoring import TextSimilarity, TwoWay
from pairkit.titles import part_title

if TYPE_CHECKING:
    from pairkit.facts import PartOfScore
    from pairkit.matching import Matching
    from pairkit.pairs import Pair
    from pairkit.program import Program

__all__ = ["PairRow", "PairRows", "Reason", "Weight", "weights_of"]

OURS: Final = "pairkit."  # where the scorers are that tell no names and quote no free text
PROTECTED: Final = Message("reads a protected field, which is not shown")
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
        The sum of what the reasons give.
    reasons
        In the order of the program; soft rules only where they apply.
    """

    mentor: Person
    mentee: Person
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Weight:
    """What one part of the score counts: what it can give at most, and what pairs get of it."""

    part: str
    most: float
    mean: float


def weights_of(pairs: Sequence[Pair]) -> tuple[Weight, ...]:
    """Return what each part of the score counts, without soft rules; empty without pairs."""
    parts = pairs[0].parts if pairs else ()
    return tuple(
        Weight(part.name, part.weight, fmean(pair.parts[k].contribution for pair in pairs))
        for k, part in enumerate(parts)
        if part.weight >= 0.0
    )


class PairRows:
    """The pairs of a matching, each written when it is its turn: there may be many.

    Parameters
    ----------
    matching
        The matching; where its people are known, there is evidence.
    people
        What to call them.
    anonymize
        Whether what quotes free texts is left out.
    """

    def __init__(self, matching: Matching, people: People, *, anonymize: bool) -> None:
        self._matching = matching
        self._people = people
        self._hidden: Mapping[str, Message] = {}
        roster, program = matching.roster, matching.program
        self._known = roster is not None and program is not None
        if roster is not None and program is not None:
            protected = roster.columns.protected_fields
            self._hidden = _hidden(program, protected, anonymize=anonymize)

    def __len__(self) -> int:
        """Return how many pairs there are."""
        return len(self._matching.pairs)

    def __iter__(self) -> Iterator[PairRow]:
        """Return an iterator over the pairs."""
        pairs = self._matching.explained_pairs() if self._known else self._matching.pairs
        return (_row(pair, self._people, self._hidden) for pair in pairs)


def _row(pair: Pair, people: People, hidden: Mapping[str, Message]) -> PairRow:
    seen: dict[tuple[str, ...], str] = {}
    reasons = tuple(
        Reason(
            one.name,
            one.contribution,
            (hidden[one.name],) if one.name in hidden else tuple(_facts(one, seen)),
        )
        for one in pair.parts
        if one.weight >= 0.0 or one.value
    )
    return PairRow(people[pair.mentor], people[pair.mentee], pair.score, reasons)


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


def _hidden(
    program: Program, protected: AbstractSet[str], *, anonymize: bool
) -> dict[str, Message]:
    """Return what to say of the parts whose facts are not shown, by name."""
    named: list[tuple[str, object]] = [(one.name, one.scorer) for one in program.scoring.parts]
    named += zip(rule_labels(program.rules), program.rules, strict=True)
    hidden = {name: PROTECTED for name, one in named if reads_protected(one, protected)}
    free = {name: FREE_TEXT for name, one in named if anonymize and _tells_texts(one)}
    return free | hidden


def _tells_texts(one: object) -> bool:
    """Return whether the facts of a scorer or rule may quote what somebody has written."""
    inner = one.of if isinstance(one, TwoWay) else one
    return isinstance(inner, TextSimilarity) or not type(inner).__module__.startswith(OURS)
