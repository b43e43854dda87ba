"""Verdict: how a solve ended and what it proves, in words, with the figures that matter first."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pairkit.messages import Message
from pairkit.objectives import Objective
from pairkit.profiles import Role
from pairkit.solution import Status

if TYPE_CHECKING:
    from pairkit.matching import Matching
    from pairkit.solution import Level

__all__ = ["Aimed", "KeyFigure", "Verdict", "key_figures", "verdict_of"]

PROVED: Final = 1e-6  # gap up to which a value counts as the best
AIMS: Final[Mapping[Objective, Message]] = {
    Objective.PARTICIPATION: Message("As many pairs as possible, or those that are due first"),
    Objective.QUALITY: Message("The best scores in all, less what soft rules take"),
    Objective.EGALITARIAN: Message("The lowest score of a pair, as high as possible"),
    Objective.STABILITY: Message("As few people as possible who would rather have each other"),
    Objective.CONTINUITY: Message("As many earlier pairs kept as possible"),
}
OUTCOMES: Final[Mapping[Status, Message]] = {
    Status.INFEASIBLE: Message("No pairs can keep all the rules. This is proved."),
    Status.NO_SOLUTION_FOUND: Message(
        "No pairs were found in the time that was given. That does not mean that there are none."
    ),
    Status.ERROR: Message("The solver failed: there are no pairs, and nothing is proved."),
}


@dataclass(frozen=True, slots=True)
class Aimed:
    """One objective: what it is, what was reached and what is proved about it.

    Parameters
    ----------
    aim
        What it asks for.
    value
        What the pairs reach.
    bound
        What no pairs that are as good in all earlier objectives can exceed; ``None`` unproved.
    proof
        What this proves, in words.
    """

    aim: Message
    value: float
    bound: float | None
    proof: Message


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a solve ended.

    Parameters
    ----------
    good
        Whether there are pairs, and nothing is left to prove.
    sentence
        The verdict.
    proof
        What it stands on.
    aims
        The objectives, the first one first.
    conflicts, ways_out
        Where no pairs keep all rules: what stands against each other, and what would be enough.
    """

    good: bool
    sentence: Message
    proof: Message
    aims: tuple[Aimed, ...] = ()
    conflicts: tuple[str, ...] = ()
    ways_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One number that matters.

    Parameters
    ----------
    title
        What it counts.
    value
        The number.
    of
        Of how many; ``None`` where that says nothing.
    form
        How the number is written, as :class:`~pairkit.Message` says.
    """

    title: Message
    value: float
    of: int | None = None
    form: str = ""


def verdict_of(matching: Matching) -> Verdict:
    """Return the verdict on a matching."""
    if not matching.status.has_pairs:
        return _without_pairs(matching)
    aims = tuple(_aimed(level) for level in matching.levels)
    pairs = len(matching.pairs)
    if matching.status is Status.OPTIMAL and pairs:
        sentence = Message(
            "{n} pair, the best possible under the rules of this program.",
            "{n} pairs, the best possible under the rules of this program.",
            n=pairs,
        )
    elif matching.status is Status.OPTIMAL:
        sentence = Message("Nobody is paired, and under the rules nothing better is possible.")
    else:
        sentence = Message(
            "{n} pair that keeps all the rules; better pairs may exist.",
            "{n} pairs that keep all the rules; better pairs may exist.",
            n=pairs,
        )
    return Verdict(matching.status is Status.OPTIMAL, sentence, _proof(matching), aims)


def _without_pairs(matching: Matching) -> Verdict:
    proof = Message("The solver says: {detail}", detail=matching.detail or matching.status.value)
    diagnosis = matching.diagnosis
    if matching.status is Status.INFEASIBLE:
        proof = Message(
            "Some rules ask for what others forbid. Below stands which ones these are, and what "
            "would have to give."
        )
    reasons = matching.conflicts if diagnosis is None else diagnosis.reasons
    ways_out = () if diagnosis is None else diagnosis.ways_out
    outcome = OUTCOMES[matching.status]
    return Verdict(good=False, sentence=outcome, proof=proof, conflicts=reasons, ways_out=ways_out)


def _proof(matching: Matching) -> Message:
    """Return what is proved of the pairs, in a sentence."""
    gap = matching.gap
    if matching.status is Status.OPTIMAL:
        return Message(
            "Proved: whoever pairs these people under these rules, by hand or by computer, reaches "
            "no better values of the objectives, taken in their order."
        )
    if gap is None:
        return Message("How much better other pairs could be was not proved.")
    return Message(
        "Proved: in the last objective, no other pairs that are as good in the earlier ones are "
        "better by more than {gap:.3%}.",
        gap=_outward(gap),
    )


def _outward(gap: float) -> float:
    """Return a gap rounded up to what is shown of it, so that it is not understated."""
    return math.ceil(gap * 1e5) / 1e5


def _aimed(level: Level) -> Aimed:
    if level.gap is None:
        proof = Message("not proved")
    elif level.gap <= PROVED:
        proof = Message("proved best")
    else:
        proof = Message("at most {gap:.3%} better is possible", gap=_outward(level.gap))
    return Aimed(AIMS[level.objective], level.value, level.bound, proof)


def key_figures(matching: Matching) -> tuple[KeyFigure, ...]:
    """Return the figures that matter first; none without a solution."""
    if not matching.status.has_pairs:
        return ()
    scores = [pair.score for pair in matching.pairs]
    found = [KeyFigure(Message("pairs"), len(scores)), *_served(matching)]
    if scores:
        mean, least = sum(scores) / len(scores), min(scores)
        found += [
            KeyFigure(Message("mean score of a pair"), mean, form=".2"),
            KeyFigure(Message("lowest score of a pair"), least, form=".2"),
        ]
    if matching.outside:
        found.append(KeyFigure(Message("people on no side"), len(matching.outside)))
    return tuple(found)


def _served(matching: Matching) -> list[KeyFigure]:
    """Return how many people of each side have a partner, of how many."""
    alone = [one.role for one in matching.unmatched]
    first, second = len(matching.mentor_loads), len(matching.mentee_loads)
    if matching.peers:
        return [KeyFigure(Message("people with a partner"), first, first + len(alone))]
    mentors, mentees = alone.count(Role.MENTOR), alone.count(Role.MENTEE)
    return [
        KeyFigure(Message("mentors with a mentee"), first, first + mentors),
        KeyFigure(Message("mentees with a mentor"), second, second + mentees),
    ]
