"""Scorers: what makes a pair good. Every value is in [0, 1], higher is better.

A scorer is a small frozen value. ``prepare`` turns it, against the two sides of a program, into a
part: a matrix product (:class:`~pairkit.parts.Bilinear`) where the mathematics allows, a function
of places (:class:`~pairkit.parts.Elementwise`) otherwise. Data that nobody stated gives ``missing``
(0.5, neither good nor bad, unless set otherwise), never an accidental zero.
"""

from __future__ import annotations

from pairkit.scoring.base import Scorer
from pairkit.scoring.compose import PairFunction, TwoWay, Weighted, WeightedPart
from pairkit.scoring.content import TextSimilarity, Vectors
from pairkit.scoring.profile import (
    AvailabilityOverlap,
    Different,
    Gap,
    PreferenceRank,
    Same,
    SharedInterests,
    SharedLanguage,
    SkillCoverage,
)

__all__ = [
    "AvailabilityOverlap",
    "Different",
    "Gap",
    "PairFunction",
    "PreferenceRank",
    "Same",
    "Scorer",
    "SharedInterests",
    "SharedLanguage",
    "SkillCoverage",
    "TextSimilarity",
    "TwoWay",
    "Vectors",
    "Weighted",
    "WeightedPart",
]
