"""Findings: what is wrong, doubtful or worth knowing in somebody's data, one value per fact."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import overload

from pairkit.notebook import Panel

__all__ = ["Finding", "FindingCode", "Findings", "Severity"]


class Severity(StrEnum):
    """How much a finding matters: an error costs the row, a warning and a note do not."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class FindingCode(StrEnum):
    """The closed list of what a finding can be about; each has an anchor in the error reference."""

    MISSING_ID = "missing-id"
    DUPLICATE_ID = "duplicate-id"
    MISSING_COLUMN = "missing-column"
    DUPLICATE_COLUMN = "duplicate-column"
    RAGGED_ROW = "ragged-row"
    SKIPPED_ROW = "skipped-row"
    SPARSE_ROW = "sparse-row"
    BAD_TEXT = "bad-text"
    BAD_NUMBER = "bad-number"
    BAD_DATE = "bad-date"
    BAD_BOOLEAN = "bad-boolean"
    BAD_LEVEL = "bad-level"
    LEVEL_OUT_OF_RANGE = "level-out-of-range"
    NEGATIVE_CAPACITY = "negative-capacity"
    OUT_OF_RANGE = "out-of-range"
    BAD_WINDOW = "bad-window"
    BAD_TIME_ZONE = "bad-time-zone"
    BAD_LANGUAGE = "bad-language"
    BAD_ROLE = "bad-role"
    BAD_STATUS = "bad-status"
    BAD_VALUE = "bad-value"
    UNKNOWN_MANAGER = "unknown-manager"
    MANAGER_CYCLE = "manager-cycle"
    UNKNOWN_PREFERENCE = "unknown-preference"
    UNKNOWN_AVOID = "unknown-avoid"
    UNKNOWN_SKILL = "unknown-skill"
    AMBIGUOUS_SKILL = "ambiguous-skill"
    RECOGNIZED_COLUMN = "recognized-column"
    EXTRA_COLUMN = "extra-column"
    SHEET = "sheet"
    NOT_JOINED = "not-joined"
    CONFLICTING_VALUE = "conflicting-value"
    DEPARTED = "departed"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact about the data: where it is, what it is, and the way out.

    Parameters
    ----------
    code
        What kind of fact it is.
    message
        One sentence that says what was found.
    hint
        One sentence that says how to mend it; empty where nothing needs mending.
    severity
        An ``ERROR`` costs the row; a ``WARNING`` or an ``INFO`` does not.
    row
        Row number as a person sees it in the file (the header is row 1), or the position in a
        list of records counted from 1; ``None`` for the file as a whole.
    column
        The header of the column, or the name of the field.
    participant
        The id of the person, where it is known.
    source
        Name of the file, where several were read together.
    """

    code: FindingCode
    message: str
    hint: str = ""
    severity: Severity = Severity.ERROR
    row: int | None = None
    column: str | None = None
    participant: str | None = None
    source: str | None = None

    def __str__(self) -> str:
        """Return the finding as one line: place, severity, code, message, hint."""
        place = ", ".join(
            text
            for text in (
                self.source or "",
                f"row {self.row}" if self.row is not None else "",
                f"column {self.column!r}" if self.column else "",
            )
            if text
        )
        words = f"{self.severity} [{self.code}] {self.message} {self.hint}".rstrip()
        return f"{place}: {words}" if place else words


class Findings(Sequence[Finding]):
    """All findings of one reading, in row order.

    Examples
    --------
    >>> findings = Findings([Finding(FindingCode.BAD_DATE, "'soon' is not a date.", row=7)])
    >>> len(findings.errors), findings.counts()
    (1, {'bad-date': 1})
    >>> print(findings)
    row 7: error [bad-date] 'soon' is not a date.
    """

    __slots__ = ("_items",)

    def __init__(self, items: Iterable[Finding] = ()) -> None:
        self._items = tuple(items)

    @overload
    def __getitem__(self, index: int) -> Finding: ...
    @overload
    def __getitem__(self, index: slice) -> Findings: ...
    def __getitem__(self, index: int | slice) -> Finding | Findings:
        """Return one finding, or a slice of them as findings."""
        found = self._items[index]
        return found if isinstance(found, Finding) else Findings(found)

    def __len__(self) -> int:
        """Return how many findings there are."""
        return len(self._items)

    def __iter__(self) -> Iterator[Finding]:
        """Return an iterator over the findings in order."""
        return iter(self._items)

    def __add__(self, other: Findings) -> Findings:
        """Return the findings of both."""
        return Findings((*self._items, *other))

    def __eq__(self, other: object) -> bool:
        """Return whether both hold the same findings in the same order."""
        return isinstance(other, Findings) and self._items == other._items

    def __hash__(self) -> int:
        """Return a hash that agrees with equality."""
        return hash(self._items)

    def __repr__(self) -> str:
        """Return the counts by code, without anybody's data."""
        return f"Findings({self.counts()})"

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the counts of each kind, without anybody's data."""
        kinds = Counter((one.severity.value, one.code.value, one.column) for one in self._items)
        rows = [(*kind, times) for kind, times in kinds.most_common()]
        title = f"{len(self):,} finding{'s' if len(self) > 1 else ''}" if rows else "No findings"
        notes = ["print(findings.summary()) shows the first of each kind."] if rows else []
        headers = ("severity", "code", "column", "times")
        return Panel(title, headers=headers, rows=rows, notes=notes).html()

    def __str__(self) -> str:
        """Return one line per finding."""
        return "\n".join(str(finding) for finding in self._items)

    def summary(self, examples: int = 3) -> str:
        """Return a line for each of the first findings of a kind in a column, and how many follow.

        Parameters
        ----------
        examples
            How many of a kind are shown; one more is shown where it is the last.

        Examples
        --------
        >>> found = [Finding(FindingCode.BAD_DATE, "No date.", row=k) for k in range(2, 9)]
        >>> print(Findings(found).summary(examples=1))
        row 2: error [bad-date] No date.
        ... and 6 more of bad-date, to row 8.
        """
        kinds: dict[tuple[str | None, ...], list[Finding]] = {}
        for one in self._items:
            kinds.setdefault((one.severity, one.code, one.column, one.source), []).append(one)
        lines: list[str] = []
        for (_, code, column, source), found in kinds.items():
            shown = found if len(found) <= examples + 1 else found[:examples]
            lines += map(str, shown)
            if len(shown) < len(found):
                where = f" in column {column!r}" if column else ""
                where += f" of {source}" if source else ""
                last = f", to row {found[-1].row}" if found[-1].row is not None else ""
                lines.append(f"... and {len(found) - len(shown):,} more of {code}{where}{last}.")
        return "\n".join(lines)

    @property
    def errors(self) -> Findings:
        """The findings that cost a row."""
        return self.of(Severity.ERROR)

    @property
    def warnings(self) -> Findings:
        """The findings that a person should look at."""
        return self.of(Severity.WARNING)

    def of(self, severity: Severity) -> Findings:
        """Return the findings of one severity."""
        return Findings(finding for finding in self._items if finding.severity is severity)

    def counts(self) -> dict[str, int]:
        """Return how often each code occurs, most frequent first."""
        counter = Counter(finding.code.value for finding in self._items)
        return dict(counter.most_common())

    def to_records(self) -> list[dict[str, str | int | None]]:
        """Return one plain dictionary per finding: a table for any dataframe library."""
        return [
            asdict(finding) | {"code": finding.code.value, "severity": finding.severity.value}
            for finding in self._items
        ]

    def to_json(self) -> str:
        """Return the findings as a JSON array of objects."""
        return json.dumps(self.to_records(), ensure_ascii=False)
