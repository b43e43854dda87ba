"""Outcome: what came out of a match, without the people it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pairkit.explain import Unmatched
from pairkit.findings import Findings
from pairkit.notebook import Panel, number_text
from pairkit.pairs import Pair
from pairkit.provenance import Provenance
from pairkit.solution import Level, Proved, Status

if TYPE_CHECKING:
    from pairkit.notebook import Cell

__all__ = ["Outcome"]

SHOWN: Final = 10  # pairs in a notebook
PROVED: Final = 1e-6  # gap up to which a value counts as the best


@dataclass(frozen=True)
class Outcome(Proved):
    """What came out of a match: the fields that :class:`pairkit.Matching` explains."""

    status: Status
    pairs: tuple[Pair, ...]
    unmatched: tuple[Unmatched, ...]
    outside: Mapping[str, str]
    levels: tuple[Level, ...]
    solver: str
    detail: str
    conflicts: tuple[str, ...]
    seconds: float = field(compare=False)
    provenance: Provenance
    findings: Findings = field(default_factory=Findings)
    skipped: tuple[str, ...] = ()
    peers: bool = False

    def _repr_html_(self) -> str:
        """Return what a notebook shows: verdict, key figures, the first pairs by id."""
        pairs = self.pairs
        facts: list[tuple[str, Cell]] = [
            ("pairs", len(pairs)),
            ("without a partner on a side", len({one.id for one in self.unmatched})),
            ("on neither side", len(self.outside)),
            *((level.objective.value, _proof(level)) for level in self.levels),
            ("solver", f"{self.solver}, {self.seconds:.1f} s"),
        ]
        people = ("one", "other") if self.peers else ("mentor", "mentee")
        more = [f"... and {len(pairs) - SHOWN:,} more pairs."] if len(pairs) > SHOWN else []
        words = [one for one in self.conflicts or [self.detail] if one]
        return Panel(
            f"Matching: {self.status.value}",
            facts,
            (*people, "score"),
            [(pair.mentor, pair.mentee, pair.score) for pair in pairs[:SHOWN]],
            [*more, *(f"{one[0].upper()}{one[1:]}." for one in words)],
        ).html()


def _proof(level: Level) -> str:
    """Return the value of an objective and what is proved about it."""
    value = number_text(level.value)
    if level.bound is None or level.gap is None:
        return f"{value}, not proved"
    if level.gap <= PROVED:
        return f"{value}, proved best"
    return f"{value}, bound {number_text(level.bound)}, gap {level.gap:.2%}"
