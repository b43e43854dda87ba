"""Data: what was found in the people's data, as a page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pairkit.findings import Severity
from pairkit.report.people import shortened

if TYPE_CHECKING:
    from pairkit.findings import Finding, FindingCode, Findings

__all__ = ["FoundKind", "found_kinds"]

SEVERITIES: Final = (Severity.ERROR, Severity.WARNING, Severity.INFO)
EXAMPLES: Final = 3
LONGEST: Final = 300  # characters of an example


@dataclass(frozen=True, slots=True)
class FoundKind:
    """Findings of one kind in one column; of mere notes, in all columns.

    Parameters
    ----------
    code, severity
        What they are, and how much they matter.
    column
        Where they are; ``None`` where in no single column.
    times
        How many there are.
    examples
        The first of them: row, if any, and what was found.
    """

    code: FindingCode
    severity: Severity
    column: str | None
    times: int
    examples: tuple[tuple[int | None, str], ...]


def found_kinds(findings: Findings, *, anonymize: bool) -> tuple[FoundKind, ...]:
    """Return findings by kind, errors and frequent ones first; anonymized, without examples."""
    kinds: dict[tuple[FindingCode, Severity, str | None], list[Finding]] = {}
    for one in findings:
        column = None if one.severity is Severity.INFO else one.column
        kinds.setdefault((one.code, one.severity, column), []).append(one)
    return tuple(
        FoundKind(
            *kind,
            len(found),
            () if anonymize else tuple(_example(one) for one in found[:EXAMPLES]),
        )
        for kind, found in sorted(
            kinds.items(), key=lambda item: (SEVERITIES.index(item[0][1]), -len(item[1]))
        )
    )


def _example(finding: Finding) -> tuple[int | None, str]:
    return finding.row, shortened(finding.message, LONGEST)
