"""Doubts: what to say about columns that were read, but may mean something else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pairkit.files.items import FRACTION, listed_items
from pairkit.files.plan import LISTED, Plan
from pairkit.files.quantities import date_doubt, shown
from pairkit.findings import Finding, FindingCode, Severity

__all__ = ["continued", "tell_doubtful_dates", "tell_unseparated"]


def tell_doubtful_dates(
    plan: Plan, header: str, cells: Sequence[object], values: Sequence[object]
) -> None:
    """Warn once for each sort of text that was read as a date without being one exactly."""
    read = {
        cell: value
        for cell, value in zip(cells, values, strict=True)
        if isinstance(cell, str | int | float) and isinstance(value, date)
    }
    doubts = {date_doubt(cell): cell for cell in reversed(read)}
    doubts.pop("", None)
    for doubt, cell in doubts.items():
        plan.note(
            FindingCode.RECOGNIZED_COLUMN,
            Severity.WARNING,
            header,
            f"{header!r} holds what is {doubt}: {shown(cell)} was read as {read[cell]}.",
            "Write whole dates, as 2024-12-31, where another day is meant.",
        )


def tell_unseparated(plan: Plan, header: str, texts: Sequence[str], separator: str) -> None:
    """Warn where cells seem to hold several values with another separator between them."""
    texts = [FRACTION.sub("", text) for text in texts if isinstance(listed_items(text), str)]
    if any(separator in text or "\n" in text for text in texts):
        return
    for other in ("|", ";", ",", "/"):
        count = sum(other in text for text in texts)
        if other != separator and 2 * count > len(texts):
            plan.note(
                FindingCode.RECOGNIZED_COLUMN,
                Severity.WARNING,
                header,
                f"No cell of {header!r} has {separator!r} and most have {other!r}: each cell was "
                f"read as one value.",
                f"If {other!r} separates values, set separator = {other!r} in a column map.",
            )
            return


def continued(rows: Sequence[int]) -> list[Finding]:
    """Return a note about rows without an id that go on with the person above."""
    if not rows:
        return []
    message = (
        f"There is no id, so this was read as more about the person above: {_rows_shown(rows)}."
    )
    hint = "Give the row an id if it is about another person."
    return [Finding(FindingCode.MISSING_ID, message, hint, Severity.INFO)]


def _rows_shown(rows: Sequence[int]) -> str:
    """Return the numbers of rows for a message, the first of them where they are many."""
    shown = ", ".join(map(str, rows[:LISTED]))
    more = f" and {len(rows) - LISTED} more" if len(rows) > LISTED else ""
    return f"row{'s' * (len(rows) > 1)} {shown}{more}"
