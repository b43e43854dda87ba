"""Risk: pairs that may break off, with the reason and what to do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from pairkit.messages import Message, Who
from pairkit.rounds.records import PairState

if TYPE_CHECKING:
    from pairkit.rounds.history import HistorySource
    from pairkit.rounds.ledger import Standing
    from pairkit.rounds.records import Feedback, RoundPair

__all__ = ["PairAtRisk", "pairs_at_risk"]

LOW: Final = 3.0  # a rating below which a pair needs help
FALL: Final = 1.0  # how far a rating falls that is a sign


@dataclass(frozen=True, slots=True)
class PairAtRisk:
    """A pair that may break off.

    Parameters
    ----------
    round, mentor, mentee
        The pair.
    signs
        What points to it, one sentence each without full stop, the strongest first.
    action
        What to do first.
    """

    round: str
    mentor: str
    mentee: str
    signs: tuple[Message, ...]
    action: Message


def pairs_at_risk(history: HistorySource, on: date, *, weeks: int = 6) -> tuple[PairAtRisk, ...]:
    """Return the pairs that may break off, those with most signs first.

    Signs are: one of the two would not go on; a rating below 3 of 5; a rating that has fallen by 1
    or more; no meeting for so many weeks, or none since the pair began. Pairs that were proposed
    so long ago and have not begun are told as well.

    Parameters
    ----------
    history
        What has happened.
    on
        The day that counts as today.
    weeks
        For how long a pair may not meet, from 1.

    Raises
    ------
    ValueError
        The weeks are below 1.
    """
    if weeks < 1:
        raise ValueError(f"weeks must be from 1 up; it is {weeks}.")
    past = history.snapshot()
    met: dict[tuple[str, str, str], date] = {}
    for meeting in past.meetings:
        met[meeting.pair] = max(met.get(meeting.pair, meeting.on), meeting.on)
    answers: dict[tuple[str, str, str], list[Feedback]] = defaultdict(list)
    for answer in sorted(past.feedback, key=lambda one: one.on):
        answers[answer.pair].append(answer)
    found = []
    for pair in past.open_pairs:
        standing = past.standing(pair.pair)
        told = [*_said(answers[pair.pair]), *_silent(pair, standing, met, on, weeks)]
        if told:
            signs, actions = zip(*told, strict=True)
            found.append(PairAtRisk(*pair.pair, tuple(signs), actions[0]))
    return tuple(sorted(found, key=lambda one: -len(one.signs)))


def _said(answers: list[Feedback]) -> Iterator[tuple[Message, Message]]:
    """Return the signs in what the two say, with what to do."""
    by: dict[str, list[Feedback]] = defaultdict(list)
    for one in answers:
        by[one.by].append(one)
    for who, own in by.items():
        if own[-1].would_continue is False:
            yield (
                Message("{person} would not go on", person=Who(who)),
                Message("talk to both, and look for other partners for the next round"),
            )
    for who, own in by.items():
        ratings = [one.rating for one in own if one.rating is not None]
        if ratings and ratings[-1] < LOW:
            yield (
                Message("{person} gives {rating:.2} of 5", person=Who(who), rating=ratings[-1]),
                Message("talk to both, each alone, about what is missing"),
            )
        if len(ratings) > 1 and ratings[-2] - ratings[-1] >= FALL:
            yield (
                Message(
                    "the rating of {person} fell from {before:.2} to {after:.2}",
                    person=Who(who),
                    before=ratings[-2],
                    after=ratings[-1],
                ),
                Message("ask what has changed since the last answer"),
            )


def _silent(
    pair: RoundPair,
    standing: Standing,
    met: dict[tuple[str, str, str], date],
    on: date,
    weeks: int,
) -> Iterator[tuple[Message, Message]]:
    """Return the sign that a pair does not meet, or has not begun."""
    begun = standing.state is PairState.ACTIVE
    last = met.get(pair.pair)
    waited = (on - (last or standing.since)).days // 7
    if waited < weeks:
        return
    if last is not None:
        yield (
            Message("no meeting for {n} week", "no meeting for {n} weeks", n=waited),
            Message("remind both, and propose a date in their shared hours"),
        )
    elif begun:
        yield (
            Message(
                "no meeting since they began, {n} week ago",
                "no meeting since they began, {n} weeks ago",
                n=waited,
            ),
            Message("help them to a first meeting: invite both"),
        )
    else:
        yield (
            Message(
                "proposed {n} week ago, and not begun",
                "proposed {n} weeks ago, and not begun",
                n=waited,
            ),
            Message("ask both for their answer, or propose others"),
        )
