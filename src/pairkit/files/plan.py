"""Plan: which columns of one table feed what, by position."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from pairkit.findings import Finding, FindingCode, Severity
from pairkit.profiles import fold, tidy

__all__ = ["Plan", "choices_after", "listed"]

LISTED: Final = 12  # headers that a message names


@dataclass(frozen=True, slots=True)
class Plan:
    """Which columns of one table feed what, by position.

    Parameters
    ----------
    fields
        Columns of each field.
    choices
        What a column stands for that is there for one choice alone.
    levels
        The column with the levels of the names that a field has from a column.
    filters
        The columns that say which rows count for a field, each with the folded texts that do.
    attributes, protected
        The column of each attribute, by the name it gets.
    recognized
        Fields that were found by a usual header and not by the map.
    findings
        What was recognized, kept, or there twice.
    kept
        The last number that a repeated header got, among protected ones or not.
    """

    fields: dict[str, list[int]] = field(default_factory=dict)
    choices: dict[int, str] = field(default_factory=dict)
    levels: dict[tuple[str, int], int] = field(default_factory=dict)
    filters: dict[str, dict[int, frozenset[str]]] = field(default_factory=dict)
    attributes: dict[str, int] = field(default_factory=dict)
    protected: dict[str, int] = field(default_factory=dict)
    recognized: set[str] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)
    kept: dict[tuple[bool, str], int] = field(default_factory=dict)

    def note(
        self, code: FindingCode, severity: Severity, header: str, message: str, hint: str = ""
    ) -> None:
        """Add a finding about a header."""
        self.findings.append(Finding(code, message, hint, severity, column=header))

    def keep(self, extras: dict[str, int], header: str, k: int) -> None:
        """Keep a column under its header; a repeated header gets a number."""
        title = name = tidy(header)
        once = (extras is self.protected, title)
        while name in extras:
            self.kept[once] = self.kept.get(once, 1) + 1
            name = f"{title} ({self.kept[once]})"
        extras[name] = k
        if name != title:
            self.repeated(header, f"this column is kept as {name!r}")
            return
        kind = "a protected attribute" if extras is self.protected else "an attribute"
        self.note(
            FindingCode.EXTRA_COLUMN, Severity.INFO, header, f"{header!r} was kept as {kind}."
        )

    def repeated(self, header: str, what: str) -> None:
        """Tell that a header is there more than once."""
        self.note(
            FindingCode.DUPLICATE_COLUMN,
            Severity.WARNING,
            header,
            f"The header {header!r} is there more than once; {what}.",
            "Give each column a header of its own.",
        )


def choices_after(headers: Sequence[str], start: str) -> dict[int, str]:
    """Return what comes after a start that headers share, by position."""
    length, begins = len(start.strip()), fold(start)
    return {
        k: name
        for k, header in enumerate(headers)
        if fold(header.strip()[:length]) == begins
        and (name := header.strip()[length:].strip(" :>-–—\n").removeprefix("[").removesuffix("]"))
    }


def listed(headers: Sequence[str]) -> str:
    """Return headers for a message, the first of them where they are many."""
    names = ", ".join(repr(header) for header in headers[:LISTED])
    more = len(headers) - LISTED
    return f"{names} and {more} more" if more > 0 else names
