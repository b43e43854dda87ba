"""Untold: which parts of the scores a page does not tell, or not in full."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pairkit.constraints import MinimumScore
from pairkit.lowering import rule_labels
from pairkit.report.people import reads_protected
from pairkit.scoring import PreferenceRank, TextSimilarity, TwoWay

if TYPE_CHECKING:
    from pairkit.matching import Matching
    from pairkit.program import Program

__all__ = ["Untold", "untold_of"]

OURS: Final = "pairkit."  # where the scorers are that tell no names and quote no free text


@dataclass(frozen=True, slots=True)
class Untold:
    """What is not told of a pair, by the names of parts and rules.

    Parameters
    ----------
    folded
        Of what reads protected fields, neither the amount nor the facts: where the amounts of all
        others are told, the score would tell it, and so counts without it.
    wishes
        What says how one has ranked the other: not for the eyes of the two.
    quoting
        Of what may quote what somebody has written, the facts.
    """

    folded: frozenset[str] = frozenset()
    wishes: frozenset[str] = frozenset()
    quoting: frozenset[str] = frozenset()


def untold_of(matching: Matching) -> Untold:
    """Return what a page of a matching does not tell; nothing where its people are not known."""
    roster, program = matching.roster, matching.program
    if roster is None or program is None:
        return Untold()
    protected = roster.columns.protected_fields
    parts = [(one.name, _inner(one.scorer)) for one in program.scoring.parts]
    named = [*parts, *zip(rule_labels(program.rules), program.rules, strict=True)]
    folded = {name for name, one in named if reads_protected(one, protected)}
    if any(reads_protected(one, protected) for _, one in parts):
        folded.update(_floors(program))
    return Untold(
        frozenset(folded),
        frozenset(name for name, one in parts if isinstance(one, PreferenceRank)),
        frozenset(name for name, one in named if _quotes(one)),
    )


def _floors(program: Program) -> Iterator[str]:
    """Return what floors under the score are called: where they apply tells of all parts."""
    labels = rule_labels(program.rules)
    return (
        label
        for label, rule in zip(labels, program.rules, strict=True)
        if isinstance(rule, MinimumScore)
    )


def _inner(scorer: object) -> object:
    return scorer.of if isinstance(scorer, TwoWay) else scorer


def _quotes(one: object) -> bool:
    """Return whether the facts of a scorer or rule may quote what somebody has written."""
    return isinstance(one, TextSimilarity) or not type(one).__module__.startswith(OURS)
