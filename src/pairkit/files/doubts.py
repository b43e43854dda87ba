"""Doubts: what to say about columns that were read, but may mean something else."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from functools import cached_property
from typing import Final

from pairkit.files.items import FRACTION
from pairkit.files.languages import has_aside, unknown_tags
from pairkit.files.lexicon import ANSWERS, NOTHING
from pairkit.files.plan import LISTED, Plan
from pairkit.files.quantities import date_doubt, shown
from pairkit.findings import Finding, FindingCode, Severity
from pairkit.profiles import fold

__all__ = [
    "DOUBTED",
    "Told",
    "continued",
    "missing_in",
    "tell_doubtful_dates",
    "tell_doubtful_values",
    "tell_unseparated",
]

LONGEST_ANSWER: Final = max(map(len, ANSWERS))
LISTED_NAMES: Final = frozenset({"skills", "needs", "interests"})
DOUBTED: Final = LISTED_NAMES | {"name", "country"}  # fields in which words for nothing are unsure
_WITHIN = re.compile(rf"\([^()]*\)|[0-9],[0-9]|{FRACTION.pattern}")


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


class Told:
    """What the texts of one column were read as.

    Parameters
    ----------
    header, rows
        The header, and the number of each row.
    cells, values
        The cells, and what each was read as; ``None`` where it is missing.
    """

    def __init__(
        self, header: str, rows: Sequence[int], cells: Sequence[object], values: Sequence[object]
    ) -> None:
        self.header = header
        self._rows, self._cells, self._values = rows, cells, values

    @cached_property
    def texts(self) -> dict[str, object]:
        """What each text that is not missing was read as."""
        pairs = zip(self._cells, self._values, strict=True)
        return {cell: value for cell, value in pairs if type(cell) is str and value is not None}

    def where(self, texts: Collection[str]) -> str:
        """Return the rows that hold one of these texts, for a message."""
        pairs = zip(self._rows, self._cells, strict=True)
        return _rows_shown([row for row, cell in pairs if type(cell) is str and cell in texts])


def tell_unseparated(plan: Plan, told: Told, separator: str, *, said: bool) -> None:
    """Warn where cells seem to hold several values with another separator between them.

    Parameters
    ----------
    plan
        What is added to.
    told
        The column.
    separator
        What separates the values.
    said
        Whether the column map says so: then most cells have to seem wrong, else one.
    """
    header, texts = told.header, told.texts
    whole = {text: _bare(text) for text in texts if separator not in text and "\n" not in text}
    for other in ("|", ";", ",", "/"):
        doubtful = {text for text, bare in whole.items() if other in bare}
        few = said or other == "/"
        if other == separator or len(doubtful) * (2 if few else len(texts) + 1) <= len(texts):
            continue
        hint = "" if said else f" If not, set separator = {separator!r}."
        plan.note(
            FindingCode.RECOGNIZED_COLUMN,
            Severity.WARNING,
            header,
            f"{header!r} has {other!r} and no {separator!r} in {told.where(doubtful)}: each cell "
            f"was read as one value.",
            f"If {other!r} separates values, set separator = {other!r} in a column map.{hint}",
        )
        return


def _bare(text: str) -> str:
    """Return a text without what separates nothing: in quotation marks, brackets and numbers."""
    bare = text.lstrip()
    return "" if bare.startswith(('"', "[", "{")) else _WITHIN.sub("", bare)


def tell_doubtful_values(plan: Plan, name: str, told: Told) -> None:
    """Tell of cells that hold values of a field, but odd ones.

    Parameters
    ----------
    plan
        What is added to.
    name
        The field.
    told
        The column.
    """
    for odd, severity, what, hint in _ODD.get(name, ()):
        texts = {text for text, value in told.texts.items() if odd(text, value)}
        if texts:
            message = f"{told.header!r} {what} in {told.where(texts)}."
            plan.note(FindingCode.RECOGNIZED_COLUMN, severity, told.header, message, hint)


def _has_unknown_tag(_: str, value: object) -> bool:
    return isinstance(value, tuple) and bool(unknown_tags(map(str, value)))


def _has_answer(_: str, value: object) -> bool:
    """Return whether a yes or no is among the names."""
    names = value if isinstance(value, dict | tuple) else ()
    return any(len(text) <= LONGEST_ANSWER and fold(text) in ANSWERS for text in map(str, names))


_Odd = tuple[Callable[[str, object], bool], Severity, str, str]
_ANSWER: Final[_Odd] = (
    _has_answer,
    Severity.WARNING,
    "has a yes or no, which was read as a name,",
    "If the header asks about one skill, name it after a colon: 'Skill: Python'.",
)
_ODD: Final[Mapping[str, Sequence[_Odd]]] = {
    "languages": (
        (
            _has_unknown_tag,
            Severity.WARNING,
            "has a tag of no known language",
            "Write a tag such as 'fr' or 'pt-BR', or an English or French name.",
        ),
        (
            lambda cell, _: has_aside(cell),
            Severity.INFO,
            "says more of a language, such as how well it is spoken, which was passed over,",
            "",
        ),
    ),
    "skills": (_ANSWER,),
    "needs": (_ANSWER,),
    "interests": (_ANSWER,),
}


def missing_in(
    plan: Plan, name: str, told: Told, texts: Mapping[str, str], missing: AbstractSet[str]
) -> AbstractSet[str]:
    """Return the texts that mean that a cell of a field is missing, and tell what is unsure.

    Parameters
    ----------
    plan
        What is added to.
    name
        The field.
    told
        The column.
    texts
        Its texts, with each folded.
    missing
        The folded texts that mean so in any field.
    """
    if name in LISTED_NAMES:
        nothing = {text for text, folded in texts.items() if folded in NOTHING}
        if nothing:
            message = f"{told.header!r} says that there is nothing in {told.where(nothing)}."
            plan.note(FindingCode.RECOGNIZED_COLUMN, Severity.INFO, told.header, message)
        return missing | NOTHING
    codes = name == "country" and all(
        len(one) == 2 and one.isalpha() for one in texts.values() if one
    )
    kept = (
        {one for one in missing if one.isalpha()} if name == "name" else {"na"} if codes else set()
    )
    unsure = {text for text, folded in texts.items() if folded in kept}
    if unsure and (name == "name" or len(texts) > 1):
        plan.note(
            FindingCode.RECOGNIZED_COLUMN,
            Severity.WARNING,
            told.header,
            f"{told.header!r} holds what may mean that nothing is known in {told.where(unsure)}: "
            f"it was read as a {name}.",
            "If it is none, leave the cell empty.",
        )
        return missing - kept
    return missing


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
