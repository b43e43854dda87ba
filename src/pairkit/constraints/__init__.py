"""Rules on one pair: who may meet; and on the whole program: how many of what.

A rule is a small frozen value. ``prepare`` turns it, against the two sides of a program, into
something that forbids pairs (and can say why, for any pair), a floor under the score, or pins. A
rule with a ``penalty`` is soft: it costs score instead of forbidding.
"""

from __future__ import annotations

from pairkit.constraints.base import Forbidding, PairRule, Pinning, Rule, ScoreFloor, Whole
from pairkit.constraints.catalog import RULES, AnyRule
from pairkit.constraints.listed import (
    Avoid,
    Forbid,
    MinimumScore,
    NotRepeated,
    PairPredicate,
    Require,
)
from pairkit.constraints.loads import AtMostOneOf, IfThen, MaximumLoad, MinimumLoad, Together
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
from pairkit.constraints.quotas import MinimumMatched, Parity, Quota

__all__ = [
    "RULES",
    "AnyRule",
    "AtMostOneOf",
    "Avoid",
    "CommonLanguage",
    "DifferentValue",
    "Forbid",
    "Forbidding",
    "GapWindow",
    "Horizon",
    "IfThen",
    "MaximumLoad",
    "MinimumLoad",
    "MinimumMatched",
    "MinimumOverlap",
    "MinimumScore",
    "NotInReportingLine",
    "NotRepeated",
    "PairPredicate",
    "PairRule",
    "Parity",
    "Pinning",
    "Quota",
    "Ready",
    "Require",
    "Rule",
    "SameValue",
    "ScoreFloor",
    "Together",
    "Whole",
]
