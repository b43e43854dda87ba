"""Rounds: the program over time, from the pairs of a round to their end and to the next round."""

from __future__ import annotations

from pairkit.rounds.history import History, HistorySource
from pairkit.rounds.ledger import Standing
from pairkit.rounds.records import (
    BAD_ENDS,
    Enrollment,
    Feedback,
    Meeting,
    Orientation,
    PairChange,
    PairState,
    ReasonCode,
    Record,
    Round,
    RoundPair,
    Thanks,
)
from pairkit.rounds.starting import start_round

__all__ = [
    "BAD_ENDS",
    "Enrollment",
    "Feedback",
    "History",
    "HistorySource",
    "Meeting",
    "Orientation",
    "PairChange",
    "PairState",
    "ReasonCode",
    "Record",
    "Round",
    "RoundPair",
    "Standing",
    "Thanks",
    "start_round",
]
