"""Records: what is written down of a program over time, one frozen value a fact."""

from __future__ import annotations

from dataclasses import field
from datetime import date
from enum import StrEnum
from typing import Annotated, Final, TypeAlias

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from pairkit.profiles import FrozenDict, Identifier, Names, Role, Text

__all__ = [
    "BAD_ENDS",
    "NEXT_STATES",
    "RECORDS",
    "Enrollment",
    "Feedback",
    "Meeting",
    "Orientation",
    "PairChange",
    "PairKey",
    "PairState",
    "ReasonCode",
    "Record",
    "RecordKey",
    "Round",
    "RoundPair",
    "Thanks",
]

CONFIG = ConfigDict(extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True)

PairKey: TypeAlias = tuple[str, str, str]  # round, mentor, mentee
RecordKey: TypeAlias = tuple[str, ...]
Groups = FrozenDict[str, str]
Values = FrozenDict[str, Annotated[float, Field(allow_inf_nan=False)]]
NO_GROUPS: Final[FrozenDict[str, str]] = FrozenDict()
NO_VALUES: Final[FrozenDict[str, float]] = FrozenDict()


class PairState(StrEnum):
    """Where a pair of a round stands."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    ACTIVE = "active"
    ENDED = "ended"

    @property
    def open(self) -> bool:
        """Whether the pair is still to meet."""
        return self not in {PairState.DECLINED, PairState.ENDED}


NEXT_STATES: Final = {
    PairState.PROPOSED: {PairState.ACCEPTED, PairState.DECLINED, PairState.ACTIVE, PairState.ENDED},
    PairState.ACCEPTED: {PairState.DECLINED, PairState.ACTIVE, PairState.ENDED},
    PairState.ACTIVE: {PairState.ENDED},
    PairState.DECLINED: set[PairState](),
    PairState.ENDED: set[PairState](),
}


class ReasonCode(StrEnum):
    """Why a pair was declined or has ended."""

    COMPLETED = "completed"
    LEFT = "left"
    MOVED = "moved"
    NO_TIME = "no-time"
    NEEDS_CHANGED = "needs-changed"
    REMATCHED = "rematched"
    NO_CONTACT = "no-contact"
    NO_FIT = "no-fit"
    CONFLICT = "conflict"
    OTHER = "other"


# After these two people are not paired with each other again.
BAD_ENDS: Final = frozenset({ReasonCode.NO_CONTACT, ReasonCode.NO_FIT, ReasonCode.CONFLICT})


@dataclass(frozen=True, slots=True, config=CONFIG)
class Round:
    """One run of a program, from its pairs to their end.

    Parameters
    ----------
    id
        Unique in the history, such as ``2027-spring``.
    start
        The day on which it begins.
    end
        The day on which it is to end; ``None`` without one.
    name
        What the round is called, for people to read.
    roster, program
        SHA-256 digests of what the pairs were made from, as :class:`~pairkit.Provenance` has them.
    """

    id: Identifier
    start: date
    end: date | None = None
    name: Text = field(default=None, repr=False)
    roster: Text = None
    program: Text = None

    @property
    def key(self) -> RecordKey:
        """What makes the record one of a kind."""
        return (self.id,)

    @property
    def on(self) -> date:
        """The day it is about."""
        return self.start


@dataclass(frozen=True, slots=True, config=CONFIG)
class Enrollment:
    """A person who takes part in a round on a side, with a partner or waiting for one.

    Parameters
    ----------
    round, person
        Ids.
    role
        The side; ``None`` of peers.
    on
        Since when.
    groups
        What the person is counted under when the round is evaluated, by field, such as
        ``{"department": "Finance"}``. It stays as it was then, whatever becomes of the person.
    """

    round: Identifier
    person: Identifier
    role: Role | None
    on: date
    groups: Groups = field(default=NO_GROUPS, repr=False)

    @property
    def key(self) -> RecordKey:
        """What makes the record one of a kind."""
        return (self.round, self.person, self.role or "")


@dataclass(frozen=True, slots=True, config=CONFIG)
class RoundPair:
    """A pair that was proposed in a round.

    Parameters
    ----------
    round, mentor, mentee
        Ids.
    on
        The day of the proposal.
    score
        The score of the pair then.
    parts
        The value of each part of the score, by name, before its weight.
    skills
        What the mentor is to pass on: needs of the mentee that the mentor has as skills.
    """

    round: Identifier
    mentor: Identifier
    mentee: Identifier
    on: date
    score: Annotated[float, Field(allow_inf_nan=False)] | None = None
    parts: Values = NO_VALUES
    skills: Names = field(default=(), repr=False)

    @property
    def pair(self) -> PairKey:
        """Round, mentor, mentee."""
        return (self.round, self.mentor, self.mentee)

    @property
    def key(self) -> RecordKey:
        """What makes the record one of a kind."""
        return self.pair


@dataclass(frozen=True, slots=True, config=CONFIG)
class PairChange:
    """A pair that comes into another state.

    Parameters
    ----------
    round, mentor, mentee
        Ids.
    state
        The new state; a pair begins as proposed.
    on
        The day.
    reason
        Why it was declined or has ended.
    by
        Who accepts or declines; ``None`` where the coordinator writes it down for both. A pair is
        accepted once both have accepted.
    """

    round: Identifier
    mentor: Identifier
    mentee: Identifier
    state: PairState
    on: date
    reason: ReasonCode | None = None
    by: Text = None

    @property
    def pair(self) -> PairKey:
        """Round, mentor, mentee."""
        return (self.round, self.mentor, self.mentee)

    @property
    def key(self) -> RecordKey:
        """What makes the record one of a kind."""
        return (*self.pair, self.state, self.by or "")


@dataclass(frozen=True, slots=True, config=CONFIG)
class Meeting:
    """A pair that has met.

    Parameters
    ----------
    round, mentor, mentee
        Ids.
    on
        The day.
    hours
        How long, in hours; ``None`` where nobody wrote it down.
    """

    round: Identifier
    mentor: Identifier
    mentee: Identifier
    on: date
    hours: Annotated[float, Field(gt=0.0, le=24.0)] | None = None

    @property
    def pair(self) -> PairKey:
        """Round, mentor, mentee."""
        return (self.round, self.mentor, self.mentee)

    @property
    def key(self) -> RecordKey:
        """What makes the record one of a kind: a pair meets once a day."""
        return (*self.pair, self.on.isoformat())


@dataclass(frozen=True, slots=True, config=CONFIG)
class Feedback:
    """What one person of a pair says of it; any part may be missing.

    Parameters
    ----------
    round, mentor, mentee
        Ids.
    by
        Who says it: the mentor or the mentee.
    on
        The day.
    rating
        From 1 to 5, higher is better.
    goals_met
        The share of the pair's goals that were met, from 0 to 1.
    meetings
        How often the two have met so far, as this person counts.
    would_continue
        Whether the person would go on with the same partner.
    skills
        What was passed on to the mentee, as this person sees it.
    text
        Free text.
    """

    round: Identifier
    mentor: Identifier
    mentee: Identifier
    by: Identifier
    on: date
    rating: Annotated[float, Field(ge=1.0, le=5.0)] | None = None
    goals_met: Annotated[float, Field(ge=0.0, le=1.0)] | None = None
    meetings: Annotated[int, Field(ge=0)] | None = None
    would_continue: bool | None = None
    skills: Names = field(default=(), repr=False)
    text: Text = field(default=None, repr=False)

    @property
    def pair(self) -> PairKey:
        """Round, mentor, mentee."""
        return (self.round, self.mentor, self.mentee)

    @property
    def key(self) -> RecordKey:
        """What makes the record one of a kind: a person answers once a day."""
        return (*self.pair, self.by, self.on.isoformat())


@dataclass(frozen=True, slots=True, config=CONFIG)
class Orientation:
    """A person who was trained for the program.

    Parameters
    ----------
    person
        Id.
    on
        The day.
    title
        What the training was.
    """

    person: Identifier
    on: date
    title: Text = None

    @property
    def key(self) -> RecordKey:
        """What makes the record one of a kind."""
        return (self.person, self.on.isoformat())


@dataclass(frozen=True, slots=True, config=CONFIG)
class Thanks:
    """Words of thanks to a person.

    Parameters
    ----------
    person
        Whom they are for: an id.
    on
        The day.
    words
        The words.
    by
        Who says them; ``None`` without a name.
    released
        Whether they may be used in statements and certificates.
    """

    person: Identifier
    on: date
    words: Annotated[str, Field(min_length=1)] = field(repr=False)
    by: Text = None
    released: bool = False

    @property
    def key(self) -> RecordKey:
        """What makes the record one of a kind."""
        return (self.person, self.on.isoformat(), self.by or "", self.words)


Record: TypeAlias = (
    Round | Enrollment | RoundPair | PairChange | Meeting | Feedback | Orientation | Thanks
)
# The kinds of record by the field of a history that holds them, in the order in which they refer
# to each other.
RECORDS: Final[dict[str, type[Record]]] = {
    "rounds": Round,
    "enrollments": Enrollment,
    "pairs": RoundPair,
    "changes": PairChange,
    "meetings": Meeting,
    "feedback": Feedback,
    "orientations": Orientation,
    "thanks": Thanks,
}
