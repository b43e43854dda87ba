"""Past: what a history says about the next pairs: who goes on, who does not, who waits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias

from pydantic import Field
from pydantic.dataclasses import dataclass as checked_dataclass

from pairkit.constraints import Forbid, NotRepeated
from pairkit.profiles import Role
from pairkit.roster import Roster
from pairkit.rounds.records import BAD_ENDS, PairState, ReasonCode

if TYPE_CHECKING:
    from pairkit.constraints import AnyRule
    from pairkit.profiles import Participant
    from pairkit.rounds.history import History
    from pairkit.rounds.records import RoundPair

__all__ = ["Couple", "Pause", "bad_pairs", "open_couples", "pause_rules", "waiting"]

Couple: TypeAlias = tuple[str, str]  # mentor, mentee

# Somebody who declines for one of these has nothing against the other person.
KIND_REFUSALS: Final = frozenset(
    {
        ReasonCode.LEFT,
        ReasonCode.MOVED,
        ReasonCode.NO_TIME,
        ReasonCode.NEEDS_CHANGED,
        ReasonCode.REMATCHED,
    }
)
MONTH: Final = 365.25 / 12.0  # days
LEAST: Final = 0.01  # a penalty below which nothing is left of a pause


@checked_dataclass(frozen=True, config={"extra": "forbid"})
class Pause:
    """How long two people who have worked together are not paired again.

    Parameters
    ----------
    months
        For so long after its end a pair is not made again at all.
    penalty
        What making it again takes from its score right after that.
    half_life
        After how many months the penalty is half as large. It is counted in whole months.
    """

    months: Annotated[int, Field(ge=0)] = 6
    penalty: Annotated[float, Field(ge=0.0, le=10.0)] = 0.5
    half_life: Annotated[float, Field(gt=0.0)] = 6.0

    def left(self, months: int) -> float | None:
        """Return the penalty so many months after the end; ``None`` while the pair is barred."""
        if months < self.months:
            return None
        left = self.penalty * 0.5 ** ((months - self.months) / self.half_life)
        return left if left >= LEAST else 0.0


def open_couples(history: History, peers: Roster | None = None) -> list[Couple]:
    """Return the pairs that are neither declined nor ended, each once: mentor, mentee.

    Of ``peers``, who comes first in the roster comes first in the pair.
    """
    couples = [(one.mentor, one.mentee) for one in history.open_pairs]
    if peers is not None:
        place = {person.id: k for k, person in enumerate(peers)}
        couples = [(b, a) if place.get(b, 0) < place.get(a, 0) else (a, b) for a, b in couples]
    return list(dict.fromkeys(couples))


def bad_pairs(history: History) -> set[Couple]:
    """Return the pairs that ended badly, by mentor and mentee.

    Those are pairs that ended for one of the reasons in ``BAD_ENDS``, pairs that somebody declined
    without a reason that lies elsewhere, and ended pairs of whom one would not go on.
    """
    unwilling = {one.pair for one in history.feedback if one.would_continue is False}
    return {
        (one.mentor, one.mentee)
        for one in history.pairs
        if _ended_badly(history, one, unwilling=one.pair in unwilling)
    }


def _ended_badly(history: History, pair: RoundPair, *, unwilling: bool) -> bool:
    now = history.standing(pair.pair)
    if now.state is PairState.DECLINED:
        return now.reason not in KIND_REFUSALS
    return now.state is PairState.ENDED and (unwilling or now.reason in BAD_ENDS)


def pause_rules(history: History, roster: Roster, day: date, pause: Pause) -> Iterator[AnyRule]:
    """Return the rules that keep people apart who have worked together."""
    bad = sorted(one for one in bad_pairs(history) if roster.get(one[0]) and roster.get(one[1]))
    if bad:
        yield Forbid(tuple(bad))
    known = {*bad, *open_couples(history)}
    by_penalty: dict[float | None, list[Couple]] = defaultdict(list)
    for couple, end in _ends(history).items():
        months = int((day - end).days / MONTH)
        left = pause.left(months)
        if couple not in known and left != 0.0:
            by_penalty[left].append(couple)
    for left, couples in by_penalty.items():
        yield NotRepeated(tuple(sorted(couples)), penalty=left)


def _ends(history: History) -> dict[Couple, date]:
    """Return when each pair that has ended or was declined did so the last time."""
    ends: dict[Couple, date] = {}
    for one in history.pairs:
        now = history.standing(one.pair)
        if not now.state.open:
            couple = (one.mentor, one.mentee)
            ends[couple] = max(ends.get(couple, now.since), now.since)
    return ends


def waiting(history: History, roster: Roster, kept: Sequence[Couple], day: date) -> Roster:
    """Return a roster in which everybody without a partner states since when they wait.

    That is since what the roster says, else since their last pair ended, else since they were first
    enrolled, else since ``day``. The people of ``kept`` do not wait, unless they were enrolled as
    mentees as well and have no mentor there.
    """
    learners = {one.person for one in history.enrollments if one.role is Role.MENTEE}
    mentored = {mentee for _, mentee in kept}
    busy = mentored | ({mentor for mentor, _ in kept} - learners)
    since: dict[str, date] = {}
    for one in history.enrollments:
        since[one.person] = min(since.get(one.person, one.on), one.on)
    for (mentor, mentee), end in _ends(history).items():
        for who in (mentor, mentee):
            since[who] = max(since.get(who, end), end)
    people = (
        person.model_copy(update={"waiting_since": wanted})
        if person.waiting_since != (wanted := _wanted(person, busy, since, day))
        else person
        for person in roster
    )
    return Roster(people, findings=roster.findings, skipped=roster.skipped, backend=roster.backend)


def _wanted(
    person: Participant, busy: set[str], since: Mapping[str, date], day: date
) -> date | None:
    """Return since when somebody waits, ``None`` of people with a partner."""
    if person.id in busy:
        return None
    return person.waiting_since or since.get(person.id, day)
