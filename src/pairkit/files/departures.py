"""Departures: who has left or is on leave, as their status or a date says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pairkit.files.plan import LISTED
from pairkit.findings import Finding, FindingCode, Severity
from pairkit.profiles import EmploymentStatus

__all__ = ["departures"]


def departures(
    records: Sequence[Mapping[str, object]],
    rows: Sequence[int],
    dated: Mapping[str, Sequence[tuple[int, str | None]]],
) -> Iterator[Finding]:
    """Return findings about people who are gone, and about dates that say so of others.

    Parameters
    ----------
    records, rows
        The people and their row numbers.
    dated
        Row and id of everybody with a date of termination, by the header.
    """
    away: dict[object, list[int]] = {}
    for one, row in zip(records, rows, strict=True):
        away.setdefault(one.get("status"), []).append(row)
    told = [
        f"{_people(len(away[status]), where)} {_rows(away[status])}"
        for status, where in (
            (EmploymentStatus.LEFT, ("has left", "have left")),
            (EmploymentStatus.ON_LEAVE, ("is on leave", "are on leave")),
        )
        if status in away
    ]
    if told:
        yield Finding(
            FindingCode.DEPARTED,
            f"{' and '.join(told)}, as their status says. They stay in the roster, as managers of "
            f"others; the rule Ready keeps them out of pairs, in a program that has it.",
            severity=Severity.INFO,
        )
    left = {one.get("id") for one in records if one.get("status") is EmploymentStatus.LEFT}
    for header, people in dated.items():
        of = [row for row, identifier in people if identifier not in left]
        if of:
            yield Finding(
                FindingCode.DEPARTED,
                f"{_people(len(of), ('has', 'have'))} a date in {header!r} {_rows(of)}, but no "
                f"status that says that they have left, so that they may be matched.",
                "Write 'left' or 'T' in a column of their status if they are gone.",
                Severity.WARNING,
                column=header,
            )


def _people(number: int, does: tuple[str, str]) -> str:
    return f"1 person {does[0]}" if number == 1 else f"{number} people {does[1]}"


def _rows(rows: Sequence[int]) -> str:
    """Return row numbers in parentheses, the first of them where they are many."""
    shown = ", ".join(map(str, rows[:LISTED]))
    more = f" and {len(rows) - LISTED} more" if len(rows) > LISTED else ""
    return f"(row{'s' * (len(rows) > 1)} {shown}{more})"
