"""Recognition: what each person has given to the program, whom to thank, and certificates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final

from pairkit.errors import UnknownParticipantError, quoted
from pairkit.files import write_text
from pairkit.messages import Message, language_of
from pairkit.report.people import People
from pairkit.report.rendering import render
from pairkit.rounds.records import PairState, ReasonCode

if TYPE_CHECKING:
    from os import PathLike

    from pairkit.messages import Language
    from pairkit.roster import Roster
    from pairkit.rounds.history import History, HistorySource
    from pairkit.rounds.records import Meeting, PairChange, PairKey, RoundPair

__all__ = [
    "Contribution",
    "Milestone",
    "contributions",
    "milestones",
    "people_to_thank",
    "write_certificates",
]

HOURS: Final = (10, 25, 50, 100)  # of meetings, that are milestones
PARTNERS: Final = (5, 10)  # different people, that are milestones
OFTEN: Final = 3  # meetings of a pair, from which two have met regularly
WORDS: Final = 3  # of thanks on a certificate


@dataclass(frozen=True, slots=True)
class Contribution:
    """What a person has given to the program, in all rounds.

    Ratings are no part of it: what somebody gives is not what others think of them.

    Parameters
    ----------
    person
        The id.
    since, until
        The days of the first and of the last record about them.
    rounds
        In how many rounds the person took part.
    taught, learned
        How many pairs they had that have begun, as a mentor and as a mentee; of peers, all are
        taught.
    completed
        How many of those ended as planned.
    regular
        In how many of them the two have met three times or more.
    partners
        Ids of the different people of those pairs, in alphabetical order.
    meetings, hours
        Meetings that were written down, and hours of those with their length.
    goals_met
        In how many pairs the two say that at least half of the goals were met.
    skills
        What they have passed on as a mentor, as one of the two says.
    words
        Words of thanks that were released.
    """

    person: str
    since: date
    until: date
    rounds: int
    taught: int
    learned: int
    completed: int
    regular: int
    partners: tuple[str, ...]
    meetings: int
    hours: float
    goals_met: int
    skills: tuple[str, ...] = field(repr=False)
    words: tuple[str, ...] = field(repr=False)

    @property
    def messages(self) -> tuple[Message, ...]:
        """What the person has given, one sentence each without full stop: what there is alone."""
        return tuple(self._told())

    def _told(self) -> Iterator[Message]:
        yield Message("took part in {n} round", "took part in {n} rounds", n=self.rounds)
        if self.taught:
            yield Message("was a mentor in {n} pair", "was a mentor in {n} pairs", n=self.taught)
        if self.learned:
            yield Message("was mentored in {n} pair", "was mentored in {n} pairs", n=self.learned)
        if self.meetings:
            yield Message("met {n} time", "met {n} times", n=self.meetings)
        if self.hours:
            yield Message("gave {n} hour", "gave {n} hours", n=self.hours)
        if self.goals_met:
            yield Message(
                "reached the goals in {n} pair", "reached the goals in {n} pairs", n=self.goals_met
            )
        if self.skills:
            yield Message("passed on {skills}", skills=self.skills)
        if self.completed:
            yield Message(
                "brought {n} pair to its planned end",
                "brought {n} pairs to their planned end",
                n=self.completed,
            )
        if self.regular:
            yield Message("met regularly in {n} pair", "met regularly in {n} pairs", n=self.regular)


@dataclass(frozen=True, slots=True)
class Milestone:
    """Something that a person has reached.

    Parameters
    ----------
    person
        The id.
    on
        The day.
    message
        What it is, without full stop.
    """

    person: str
    on: date
    message: Message


def contributions(history: HistorySource) -> tuple[Contribution, ...]:
    """Return what everybody who ever took part has given, in alphabetical order of ids.

    Examples
    --------
    >>> import pairkit as pk
    >>> roster = pk.datasets.sample(60)
    >>> matching = pk.match(roster, pk.reverse_mentoring())
    >>> history = pk.History().add(*pk.start_round(matching, roster, "2027-spring"))
    >>> len(contributions(history)) == len(history.people)
    True
    """
    return tuple(_Deeds(history.snapshot()).all())


class _Deeds:
    """The records of a history by person."""

    def __init__(self, past: History) -> None:
        self.past = past
        self.rounds: dict[str, set[str]] = defaultdict(set)
        self.days: dict[str, list[date]] = defaultdict(list)
        for one in past.enrollments:
            self.rounds[one.person].add(one.round)
            self.days[one.person].append(one.on)
        begun = {one.pair for one in past.changes if one.state is PairState.ACTIVE}
        self.pairs: dict[str, list[RoundPair]] = defaultdict(list)
        for pair in past.pairs:
            for who in (pair.mentor, pair.mentee):
                self.rounds[who].add(pair.round)
                self.days[who].append(pair.on)
                if pair.pair in begun:
                    self.pairs[who].append(pair)
        self.met: dict[PairKey, list[float]] = defaultdict(list)
        for meeting in past.meetings:
            self.met[meeting.pair].append(meeting.hours or 0.0)
        events: tuple[Meeting | PairChange, ...] = (*past.meetings, *past.changes)
        for event in events:
            for who in (event.mentor, event.mentee):
                self.days[who].append(event.on)
        self._read_words()

    def _read_words(self) -> None:
        """Read what people say of their goals and skills, and the thanks that were released."""
        self.goals: dict[PairKey, list[float]] = defaultdict(list)
        self.skills: dict[PairKey, dict[str, str]] = defaultdict(dict)
        for answer in self.past.feedback:
            if answer.goals_met is not None:
                self.goals[answer.pair].append(answer.goals_met)
            self.skills[answer.pair] |= {one.casefold(): one for one in answer.skills}
        self.words: dict[str, list[str]] = defaultdict(list)
        for thanks in self.past.thanks:
            if thanks.released:
                self.words[thanks.person].append(thanks.words)

    def all(self) -> Iterator[Contribution]:
        for who in sorted(self.past.people):
            pairs = self.pairs[who]
            taught = [pair for pair in pairs if pair.mentor == who]
            met = [self.met[pair.pair] for pair in pairs]
            skills = {key: one for pair in taught for key, one in self.skills[pair.pair].items()}
            yield Contribution(
                who,
                min(self.days[who]),
                max(self.days[who]),
                len(self.rounds[who]),
                len(taught),
                len(pairs) - len(taught),
                sum(self._completed(pair.pair) for pair in pairs),
                sum(len(own) >= OFTEN for own in met),
                tuple(
                    sorted(
                        {other for pair in pairs for other in (pair.mentor, pair.mentee)} - {who}
                    )
                ),
                sum(map(len, met)),
                sum(map(sum, met)),
                sum(self._reached(pair.pair) for pair in pairs),
                tuple(skills[key] for key in sorted(skills)),
                tuple(self.words[who]),
            )

    def _completed(self, pair: PairKey) -> bool:
        return self.past.standing(pair).reason is ReasonCode.COMPLETED

    def _reached(self, pair: PairKey) -> bool:
        goals = self.goals[pair]
        return bool(goals) and sum(goals) / len(goals) >= 0.5


def people_to_thank(history: HistorySource) -> tuple[tuple[str, tuple[Message, ...]], ...]:
    """Return everybody who took part, with what to thank them for, in alphabetical order of ids.

    The criteria are those of :class:`Contribution`: taking part, mentoring and being mentored,
    meetings and hours, goals, skills passed on, pairs brought to their end. Nobody who took part is
    missing, nobody is ranked, and ratings are not looked at.
    """
    return tuple((one.person, one.messages) for one in contributions(history))


def milestones(history: HistorySource) -> tuple[Milestone, ...]:
    """Return what people have reached, in the order of days: pairs begun, hours, partners."""
    past = history.snapshot()
    found: list[Milestone] = []
    partners: dict[str, set[str]] = defaultdict(set)
    for change in sorted(past.changes, key=lambda one: one.on):
        if change.state is not PairState.ACTIVE:
            continue
        for who, other in ((change.mentor, change.mentee), (change.mentee, change.mentor)):
            before = len(partners[who])
            partners[who].add(other)
            now = len(partners[who])
            if before == 0:
                found.append(Milestone(who, change.on, Message("first pair begun")))
            if now > before and now in PARTNERS:
                found.append(Milestone(who, change.on, Message("{n} different partners", n=now)))
    hours: dict[str, float] = defaultdict(float)
    for meeting in sorted(past.meetings, key=lambda one: one.on):
        for who in (meeting.mentor, meeting.mentee):
            before_hours = hours[who]
            hours[who] += meeting.hours or 0.0
            found += [
                Milestone(who, meeting.on, Message("{n} hours of meetings", n=most))
                for most in HOURS
                if before_hours < most <= hours[who]
            ]
    return tuple(sorted(found, key=lambda one: (one.on, one.person)))


def write_certificates(  # noqa: PLR0913 - a front door
    history: HistorySource,
    path: str | PathLike[str],
    roster: Roster | None = None,
    *,
    person: str | None = None,
    language: str | Language = "en",
    program: str = "",
    signed: str = "",
    on: date | None = None,
    overwrite: bool = False,
) -> None:
    """Write a certificate for everybody who took part in a pair, or for one person.

    One file of HTML that needs nothing from elsewhere and prints a page each, A4 across. It says
    what a person has given, and up to three words of thanks that were released; no rating.

    Parameters
    ----------
    history
        What has happened.
    path
        Where to write.
    roster
        The people, for their names; the ids stand without.
    person
        The id of the one person; ``None`` writes all.
    language
        ``"en"``, ``"fr"`` or a :class:`~pairkit.Language`.
    program
        What the program is called.
    signed
        Who signs.
    on
        The day of the certificates; by default today.
    overwrite
        Whether an existing file may be replaced.

    Raises
    ------
    UnknownParticipantError
        Nobody of that id has begun a pair.
    InputError
        There is no such language.
    MissingExtraError
        Jinja or Babel is not installed.
    OutputError
        The file exists and ``overwrite`` is false, or it cannot be written there.
    """
    spoken = language_of(language)
    given = [one for one in contributions(history) if one.taught + one.learned]
    if person is not None:
        given = [one for one in given if one.person == person]
        if not given:
            raise UnknownParticipantError(f"{quoted(person)} has begun no pair in this history.")
    names = {one.id: one.name for one in roster or () if one.name is not None}
    people = People(names)
    text = render(
        "certificates.html",
        spoken,
        program=program,
        signed=signed,
        day=on or date.today(),  # noqa: DTZ011 - the user's own day
        given=[(people[one.person], one) for one in given],
        most=WORDS,
    )
    write_text(path, text, overwrite=overwrite)
