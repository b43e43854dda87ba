"""Ledger: the records of a history by key, and where every pair stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from pairkit.rounds.records import (
    NEXT_STATES,
    RECORDS,
    Feedback,
    Meeting,
    PairChange,
    PairKey,
    PairState,
    ReasonCode,
    Record,
    RecordKey,
    Round,
    RoundPair,
)

__all__ = ["KINDS", "Ledger", "Standing"]

KINDS = {kind: name for name, kind in RECORDS.items()}
NAMES = [kind.__name__ for kind in KINDS]


class Standing(NamedTuple):
    """Where a pair stands.

    Parameters
    ----------
    state
        Its state.
    since
        The day on which it came into it.
    reason
        Why it was declined or has ended, where that was written down.
    agreed
        Who has accepted, while the other has not.
    """

    state: PairState
    since: date
    reason: ReasonCode | None = None
    agreed: frozenset[str] = frozenset()


@dataclass(slots=True)
class Ledger:
    """The records of a history by kind and key, and where every pair stands.

    A ledger only takes what fits: :meth:`add` says why it does not take a record.
    """

    records: dict[str, dict[RecordKey, Record]] = field(
        default_factory=lambda: {kind: {} for kind in RECORDS}
    )
    standings: dict[PairKey, Standing] = field(default_factory=dict)

    def copy(self) -> Ledger:
        """Return a ledger that can grow alone."""
        records = {kind: dict(own) for kind, own in self.records.items()}
        return Ledger(records, dict(self.standings))

    def add(self, record: Record) -> str | None:
        """Take a record, unless it is there already; return why not, where it does not fit."""
        if type(record) not in KINDS:
            return f"A {type(record).__name__} is no record: those are {', '.join(NAMES)}."
        own = self.records[KINDS[type(record)]]
        known = own.get(record.key)
        if known is not None:
            return None if known == record else _taken(record)
        problem = self._misfit(record)
        if problem is None:
            own[record.key] = record
            self._enter(record)
        return problem

    def _enter(self, record: Record) -> None:
        """Note where the pair of a record stands after it."""
        if isinstance(record, RoundPair):
            self.standings[record.pair] = Standing(PairState.PROPOSED, record.on)
        elif isinstance(record, PairChange):
            now = self.standings[record.pair]
            agreed = now.agreed | ({record.by} if record.by else set())
            if record.state is PairState.ACCEPTED and record.by and len(agreed) < 2:
                self.standings[record.pair] = now._replace(agreed=agreed)
            else:
                self.standings[record.pair] = Standing(record.state, record.on, record.reason)

    def _misfit(self, record: Record) -> str | None:
        """Return why a new record does not fit those that are there."""
        name = _called(record)
        if isinstance(record, Round):
            if record.end is not None and record.end < record.start:
                return f"{name} ends on {record.end}, before it starts on {record.start}."
            return None
        round_ = getattr(record, "round", None)
        if round_ is not None and (round_,) not in self.records["rounds"]:
            return f"{name}: there is no round {round_!r}. Add the round first."
        if isinstance(record, RoundPair) and record.mentor == record.mentee:
            return f"{name}: nobody is paired with themselves."
        if isinstance(record, PairChange | Meeting | Feedback):
            return self._misfit_of_pair(record, name)
        return None

    def _misfit_of_pair(self, record: PairChange | Meeting | Feedback, name: str) -> str | None:
        pair = self.records["pairs"].get(record.pair)
        if pair is None:
            words = f"{record.mentor!r} and {record.mentee!r} are no pair of round {record.round!r}"
            return f"{name}: {words}. The mentor comes first."
        if record.on < pair.on:
            return f"{name} is on {record.on}, before the pair was proposed on {pair.on}."
        by = None if isinstance(record, Meeting) else record.by
        if by is not None and by not in {record.mentor, record.mentee}:
            return f"{name}: {by!r} is neither of the two."
        return self._misfit_of_change(record, name) if isinstance(record, PairChange) else None

    def _misfit_of_change(self, record: PairChange, name: str) -> str | None:
        now = self.standings[record.pair]
        if record.state not in NEXT_STATES[now.state]:
            could = ", ".join(sorted(NEXT_STATES[now.state])) or "nothing else"
            return f"{name}: the pair is {now.state} and can become {could}."
        if record.on < now.since:
            return f"{name} is on {record.on}, before the pair was {now.state} on {now.since}."
        if record.reason is not None and record.state.open:
            return f"{name}: only a declined or ended pair has a reason."
        return None


def _called(record: Record) -> str:
    """Return what to call a record in an error: its kind and key, never its words."""
    key = [part for part in record.key if part]
    shown = key[:3] if KINDS[type(record)] == "thanks" else key
    return f"{type(record).__name__} {'/'.join(shown)}"


def _taken(record: Record) -> str:
    return (
        f"{_called(record)} is there already and says something else. Use replace() to correct it."
    )
