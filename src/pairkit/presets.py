"""Presets: ready-made programs, to use as they are or to start from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pairkit.constraints import (
    AnyRule,
    Avoid,
    CommonLanguage,
    GapWindow,
    Horizon,
    NotInReportingLine,
    Ready,
)
from pairkit.objectives import AnyObjective, read_objectives
from pairkit.program import Program
from pairkit.scoring import (
    AvailabilityOverlap,
    Different,
    PreferenceRank,
    SharedInterests,
    SkillCoverage,
    TwoWay,
    Weighted,
    WeightedPart,
)

__all__ = ["PRESETS", "reverse_mentoring", "traditional_mentoring"]


def reverse_mentoring(
    *,
    by: Literal["level", "experience"] = "level",
    least: float = 1.0,
    most: float | None = None,
    horizon: int | None = None,
    objectives: Sequence[AnyObjective | str] = ("participation", "quality"),
) -> Program:
    """Return a program in which junior people mentor senior ones.

    The mentor stands below the mentee, neither is in the other's reporting line, they share a
    language. What counts most is that the junior can teach what the senior wants to learn; then
    that the senior's experience flows back, time in common, another department, shared interests
    and wishes.

    Parameters
    ----------
    by
        What seniority is measured by: ``"level"`` or ``"experience"`` (years).
    least, most
        How far the mentor stands below the mentee, at least and at most, in units of ``by``;
        ``most=None`` sets no limit.
    horizon
        Months that both must still be there; ``None`` does not ask.
    objectives
        As for :class:`Program`.
    """
    window = GapWindow(by, max=-least, min=None if most is None else -most)
    stays = None if horizon is None else Horizon(horizon)
    scoring = Weighted(
        [
            WeightedPart(SkillCoverage(), 5, "needs of the senior"),
            WeightedPart(TwoWay(SkillCoverage()), 2, "experience flows back"),
            WeightedPart(AvailabilityOverlap(2.0), 1, "time in common"),
            WeightedPart(Different("department"), 1, "across departments"),
            WeightedPart(SharedInterests(), 1, "interests"),
            WeightedPart(PreferenceRank(), 1, "wishes"),
        ]
    )
    return Program(
        name="Reverse mentoring",
        scoring=scoring,
        rules=_rules(window, stays),
        objectives=read_objectives(objectives),
    )


def traditional_mentoring(
    *,
    by: Literal["level", "experience"] = "level",
    least: float = 1.0,
    most: float | None = None,
    horizon: int | None = 12,
    objectives: Sequence[AnyObjective | str] = ("participation", "quality"),
) -> Program:
    """Return a program in which senior people mentor junior ones.

    Parameters
    ----------
    by
        What seniority is measured by: ``"level"`` or ``"experience"`` (years).
    least, most
        How far the mentor stands above the mentee, at least and at most, in units of ``by``;
        ``most=None`` sets no limit.
    horizon
        Months that the mentor must still be there; ``None`` does not ask.
    objectives
        As for :class:`Program`.
    """
    window = GapWindow(by, min=least, max=most)
    stays = None if horizon is None else Horizon(horizon, "mentor")
    scoring = Weighted(
        [
            WeightedPart(SkillCoverage(), 5, "needs of the mentee"),
            WeightedPart(AvailabilityOverlap(2.0), 1, "time in common"),
            WeightedPart(Different("department"), 1, "across departments"),
            WeightedPart(SharedInterests(), 2, "interests"),
            WeightedPart(PreferenceRank(), 1, "wishes"),
        ]
    )
    return Program(
        name="Mentoring",
        scoring=scoring,
        rules=_rules(window, stays),
        objectives=read_objectives(objectives),
    )


def _rules(window: GapWindow, stays: Horizon | None) -> tuple[AnyRule, ...]:
    """Return the rules of any mentoring program, with its own window and horizon."""
    rules = (Ready(), window, NotInReportingLine(2), CommonLanguage(), Avoid())
    return rules if stays is None else (*rules, stays)


PRESETS = {"reverse-mentoring": reverse_mentoring, "traditional-mentoring": traditional_mentoring}
