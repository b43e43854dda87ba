"""Rules on one pair: who may meet.

A rule is a small frozen value. ``prepare`` turns it, against the two sides of a program, into
something that forbids pairs (and can say why, for any pair), a floor under the score, or pins. A
rule with a ``penalty`` is soft: it costs score instead of forbidding.
"""

from __future__ import annotations

from pairkit.constraints.base import Forbidding, PairRule, Pinning, Rule, ScoreFloor
from pairkit.constraints.catalog import RULES, AnyRule
from pairkit.constraints.listed import (
    Avoid,
    Forbid,
    MinimumScore,
    NotRepeated,
    PairPredicate,
    Require,
)
from pairkit.constraints.people import (
    CommonLanguage,
    DifferentValue,
    GapWindow,
    Horizon,
    MinimumOverlap,
    NotInReportingLine,
    Ready,
    SameValue,
)

__all__ = [
    "RULES",
    "AnyRule",
    "Avoid",
    "CommonLanguage",
    "DifferentValue",
    "Forbid",
    "Forbidding",
    "GapWindow",
    "Horizon",
    "MinimumOverlap",
    "MinimumScore",
    "NotInReportingLine",
    "NotRepeated",
    "PairPredicate",
    "PairRule",
    "Pinning",
    "Ready",
    "Require",
    "Rule",
    "SameValue",
    "ScoreFloor",
]
