"""Evaluation: what became of each round, with how sure that is, and for which groups."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from pairkit.files import records_to_frame
from pairkit.messages import Message
from pairkit.rounds.disclosure import told_groups
from pairkit.rounds.estimates import Estimate, Retention, difference, mean, retention, share
from pairkit.rounds.records import PairState, ReasonCode

if TYPE_CHECKING:
    from narwhals.typing import IntoDataFrame

    from pairkit.files import Records
    from pairkit.rounds.history import History, HistorySource
    from pairkit.rounds.records import Feedback, PairKey, Round

__all__ = ["Evaluation", "GroupEvaluation", "RoundEvaluation", "evaluate"]

FLOOR: Final = 5
PLANNED: Final = frozenset({ReasonCode.COMPLETED, ReasonCode.REMATCHED})  # ends that are no loss
LASTING: Final = 90.0  # days
RATINGS: Final = (1.0, 5.0)


@dataclass(frozen=True, slots=True)
class GroupEvaluation:
    """What became of the people of a group.

    Parameters
    ----------
    name
        The group.
    people
        How many took part.
    paired
        The share who had a partner.
    answered
        The share who answered, of those asked.
    rating
        The mean of their own ratings, from 1 to 5.
    """

    name: str
    people: int
    paired: Estimate
    answered: Estimate
    rating: Estimate


@dataclass(frozen=True, slots=True)
class RoundEvaluation:
    """What became of a round.

    What is said of pairs counts each pair once, with the mean of what its people say: two people
    who work together do not answer independently.

    Parameters
    ----------
    id, start
        The round.
    enrolled
        How many people took part, with a partner or without.
    paired
        The share of them who had a partner.
    pairs
        How many pairs were proposed.
    states
        How many of them are in each state.
    begun
        How many have begun: are active or were, or both have accepted.
    answered
        The share of the people of pairs that have begun who have answered at all.
    rating, goals_met
        Of pairs: the mean rating, from 1 to 5, and the mean share of goals met.
    would_continue
        The share of pairs in which everybody who answered would go on.
    meetings
        The mean number of meetings of pairs that have begun: those written down or, where somebody
        tells more, those told.
    hours
        Hours of all meetings that were written down with their length.
    retention
        Which share of pairs lasts how long; ``None`` of too few.
    reasons
        How many pairs were declined or have ended for each reason that was given.
    skills
        Of the skills that pairs were to pass on, the share that somebody says was; of pairs whose
        people told of skills.
    groups
        What became of groups, by field; small ones are left out, so that nobody can be found.
    hidden
        How many groups were left out, by field.
    """

    id: str
    start: date
    enrolled: int
    paired: Estimate
    pairs: int
    states: Mapping[PairState, int]
    begun: int
    answered: Estimate
    rating: Estimate
    goals_met: Estimate
    would_continue: Estimate
    meetings: Estimate
    hours: float
    retention: Retention | None
    reasons: Mapping[ReasonCode, int]
    skills: Estimate
    groups: Mapping[str, tuple[GroupEvaluation, ...]] = field(repr=False)
    hidden: Mapping[str, int] = field(repr=False)

    @property
    def messages(self) -> tuple[Message, ...]:
        """What became of the round, one sentence each without full stop."""
        return (
            Message(
                "{n} person took part; with a partner: {share}",
                "{n} people took part; with a partner: {share}",
                n=self.enrolled,
                share=self.paired.percent,
            ),
            Message(
                "{n} pair was proposed; begun: {begun}",
                "{n} pairs were proposed; begun: {begun}",
                n=self.pairs,
                begun=self.begun,
            ),
            Message("answers, of the people asked: {share}", share=self.answered.percent),
            Message("mean rating of pairs, from 1 to 5: {mean}", mean=self.rating.message),
            Message("goals met: {share}", share=self.goals_met.percent),
            Message("pairs that would go on: {share}", share=self.would_continue.percent),
            Message("meetings of a pair: {mean}", mean=self.meetings.message),
            Message("skills passed on, of those planned: {share}", share=self.skills.percent),
            *self._lasting(),
        )

    def _lasting(self) -> Iterable[Message]:
        if self.retention is None:
            yield Message("too few pairs to say how long they last")
            return
        if self.retention.seen < LASTING:
            yield Message("too early to say how long pairs last")
            return
        yield Message(
            "{share:.0%} of pairs last longer than 90 days; {n} has broken off",
            "{share:.0%} of pairs last longer than 90 days; {n} have broken off",
            n=self.retention.broken,
            share=self.retention.after(LASTING),
        )


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What became of all rounds.

    Parameters
    ----------
    on
        The day up to which pairs were seen.
    rounds
        Each round, in the order of their start.
    rating_changes
        By how much the mean rating of pairs has changed from each round to the next.
    """

    on: date
    rounds: tuple[RoundEvaluation, ...]
    rating_changes: tuple[Estimate, ...]

    def to_records(self) -> Records:
        """Return one plain dictionary per round: every figure with its interval and number."""
        return [
            {
                "round": one.id,
                "start": one.start,
                "enrolled": one.enrolled,
                "pairs": one.pairs,
                "begun": one.begun,
                "hours": one.hours,
                **{
                    f"{name}{ending}": getattr(getattr(one, name), part)
                    for name in ESTIMATES
                    for ending, part in ENDINGS.items()
                },
            }
            for one in self.rounds
        ]

    def group_records(self) -> Records:
        """Return one plain dictionary per round, field and group that may be told."""
        return [
            {
                "round": one.id,
                "field": name,
                "group": group.name,
                "people": group.people,
                "paired": group.paired.value,
                "answered": group.answered.value,
                "rating": group.rating.value,
                "rating_low": group.rating.low,
                "rating_high": group.rating.high,
            }
            for one in self.rounds
            for name, groups in one.groups.items()
            for group in groups
        ]

    def to_frame(self) -> IntoDataFrame:
        """Return :meth:`to_records` as a dataframe: pandas, else polars, else pyarrow."""
        return records_to_frame(self.to_records(), None)


ESTIMATES: Final = (
    "paired",
    "answered",
    "rating",
    "goals_met",
    "would_continue",
    "meetings",
    "skills",
)
ENDINGS: Final = {"": "value", "_low": "low", "_high": "high", "_n": "n"}


def evaluate(history: HistorySource, *, on: date | None = None, floor: int = FLOOR) -> Evaluation:
    """Return what became of each round, with how sure that is.

    Of several answers of one person on a pair the latest counts.

    Parameters
    ----------
    history
        What has happened.
    on
        The day up to which pairs that go on were seen; by default the day of the last record.
    floor
        Of how many people or answers something is told at least, from 2.

    Raises
    ------
    ValueError
        The floor is below 2.

    Examples
    --------
    >>> import pairkit as pk
    >>> roster = pk.datasets.sample(60)
    >>> matching = pk.match(roster, pk.reverse_mentoring())
    >>> history = pk.History().add(*pk.start_round(matching, roster, "2027-spring"))
    >>> found = evaluate(history).rounds[0]
    >>> found.pairs == len(matching.pairs), found.rating.value is None
    (True, True)
    """
    if floor < 2:
        raise ValueError(f"floor must be from 2 up; it is {floor}.")
    past = history.snapshot()
    day = on or max((one.on for one in past.records()), default=date.min)
    seen = [
        _RoundData(past, one, day, floor) for one in sorted(past.rounds, key=lambda one: one.start)
    ]
    ratings = [one.ratings for one in seen]
    changes = (
        difference(before, after, fewest=floor) for before, after in itertools.pairwise(ratings)
    )
    return Evaluation(day, tuple(one.evaluation() for one in seen), tuple(changes))


class _RoundData:
    """The records of one round."""

    def __init__(self, past: History, one: Round, day: date, floor: int) -> None:
        self.past, self.round, self.day, self.floor = past, one, day, floor
        self.pairs = [pair for pair in past.pairs if pair.round == one.id]
        self.standings = {pair.pair: past.standing(pair.pair) for pair in self.pairs}
        self.started = {
            change.pair: change.on
            for change in past.changes
            if change.round == one.id and change.state is PairState.ACTIVE
        } | {
            pair: now.since
            for pair, now in self.standings.items()
            if now.state is PairState.ACCEPTED
        }
        self.begun = [pair for pair in self.pairs if pair.pair in self.started]

    def evaluation(self) -> RoundEvaluation:
        people = self._people()
        paired = {who for pair in self.pairs for who in (pair.mentor, pair.mentee)}
        groups, hidden = self._groups(people, paired)
        return RoundEvaluation(
            self.round.id,
            self.round.start,
            len(people),
            self._share(len(paired), len(people)),
            len(self.pairs),
            Counter(now.state for now in self.standings.values()),
            len(self.begun),
            self._share(len(self._answering() & self._asked), len(self._asked)),
            self._mean(self.ratings, *RATINGS),
            self._mean(self._of_pairs("goals_met"), 0.0, 1.0),
            self._would_continue(),
            self._mean(self._meetings(), 0.0, max(self._meetings(), default=0.0)),
            sum(one.hours or 0.0 for one in self.past.meetings if one.round == self.round.id),
            self._retention(),
            Counter(now.reason for now in self.standings.values() if now.reason is not None),
            self._skills(),
            groups,
            hidden,
        )

    def _share(self, count: int, n: int) -> Estimate:
        return share(count, n, fewest=self.floor)

    def _mean(self, values: Sequence[float], least: float, most: float) -> Estimate:
        return mean(values, least=least, most=most, fewest=self.floor)

    def _people(self) -> dict[str, Mapping[str, str]]:
        """Return everybody who took part, with what they are counted under."""
        people: dict[str, Mapping[str, str]] = {
            who: {} for pair in self.pairs for who in (pair.mentor, pair.mentee)
        }
        enrolled = (one for one in self.past.enrollments if one.round == self.round.id)
        return people | {one.person: one.groups for one in enrolled}

    @cached_property
    def _asked(self) -> set[str]:
        return {who for pair in self.begun for who in (pair.mentor, pair.mentee)}

    @cached_property
    def _answers(self) -> dict[tuple[PairKey, str], Feedback]:
        """The latest answer of each person on each pair."""
        own = [one for one in self.past.feedback if one.round == self.round.id]
        return {(one.pair, one.by): one for one in sorted(own, key=lambda one: one.on)}

    def _answering(self) -> set[str]:
        return {by for _, by in self._answers}

    @cached_property
    def ratings(self) -> list[float]:
        """The mean rating of each pair that has one."""
        return self._of_pairs("rating")

    def _of_pairs(self, name: str) -> list[float]:
        """Return the mean of what the people of each pair say, of pairs that say something."""
        said: dict[PairKey, list[float]] = defaultdict(list)
        for (pair, _), answer in self._answers.items():
            value = getattr(answer, name)
            if value is not None:
                said[pair].append(float(value))
        return [float(np.mean(values)) for values in said.values()]

    def _would_continue(self) -> Estimate:
        values = self._of_pairs("would_continue")
        return self._share(sum(value == 1.0 for value in values), len(values))

    def _meetings(self) -> list[float]:
        """Return how often each pair that has begun has met."""
        written = Counter(one.pair for one in self.past.meetings)
        told: Counter[PairKey] = Counter()
        for (pair, _), answer in self._answers.items():
            told[pair] = max(told[pair], answer.meetings or 0)
        return [float(max(written[one.pair], told[one.pair])) for one in self.begun]

    def _retention(self) -> Retention | None:
        days, broken = [], []
        for pair in self.begun:
            now = self.standings[pair.pair]
            ended = not now.state.open
            until = now.since if ended else self.day
            days.append(float(max((until - self.started[pair.pair]).days, 0)))
            broken.append(ended and now.reason not in PLANNED)
        return retention(days, broken, fewest=self.floor)

    def _skills(self) -> Estimate:
        """Return which share of the planned skills was passed on, of pairs that tell of skills."""
        told: dict[PairKey, set[str]] = defaultdict(set)
        for (pair, _), answer in self._answers.items():
            told[pair] |= {skill.casefold() for skill in answer.skills}
        planned = {one.pair: {skill.casefold() for skill in one.skills} for one in self.pairs}
        telling = [pair for pair, skills in told.items() if skills and planned[pair]]
        passed = sum(len(planned[pair] & told[pair]) for pair in telling)
        return self._share(passed, sum(len(planned[pair]) for pair in telling))

    def _groups(
        self, people: Mapping[str, Mapping[str, str]], paired: set[str]
    ) -> tuple[dict[str, tuple[GroupEvaluation, ...]], dict[str, int]]:
        names = sorted({name for groups in people.values() for name in groups})
        found: dict[str, tuple[GroupEvaluation, ...]] = {}
        hidden: dict[str, int] = {}
        for name in names:
            members: dict[str, set[str]] = defaultdict(set)
            for who, groups in people.items():
                members[groups.get(name, "")].add(who)
            told = told_groups({group: len(own) for group, own in members.items()}, self.floor)
            hidden[name] = len(members) - len(told)
            found[name] = tuple(
                self._group(group, members[group], paired) for group in told if group
            )
        return found, hidden

    def _group(self, name: str, members: set[str], paired: set[str]) -> GroupEvaluation:
        rated = [
            answer.rating
            for (_, by), answer in self._answers.items()
            if by in members and answer.rating is not None
        ]
        return GroupEvaluation(
            name,
            len(members),
            self._share(len(members & paired), len(members)),
            self._share(len(self._answering() & members & self._asked), len(members & self._asked)),
            self._mean(rated, *RATINGS),
        )
