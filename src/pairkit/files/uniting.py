"""Uniting: the people of two tables, each read with a column map of its own, as one list."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from pairkit.errors import InputError
from pairkit.files.cells import KINDS
from pairkit.files.lexicon import MAIL_KEYS, header_key
from pairkit.files.merging import joined
from pairkit.files.reading import RosterReader
from pairkit.files.stages import Progress, silent, stage
from pairkit.findings import Finding, FindingCode, Findings, Severity
from pairkit.profiles import Role, fold
from pairkit.validation import duplicates

__all__ = ["ANSWERS", "SIDES", "United", "in_order"]

SIDES: Final = ("mentors", "mentees")
ANSWERS: Final = ("people", "survey")
OFFSET: Final = 1 << 40  # rows of the second table, told apart from those of the first


def in_order(findings: list[Finding], second: str) -> Findings:
    """Return findings by file and row."""
    return Findings(sorted(findings, key=lambda one: (one.source == second, one.row or 0)))


class United:
    """The people of two tables as records for :meth:`Roster.from_rows`.

    Whoever is in both has what either states. Where they state different values, the first table
    counts, and a finding says so.

    Parameters
    ----------
    first, second
        The two tables; of mentors and mentees, everybody gets the role of their table.
    labels
        What the tables are, to tell apart two of one name.
    progress
        Called with the share of the columns that are read.

    Raises
    ------
    InputError
        Most ids that the files of mentors and mentees have both belong to two people, by their
        names or e-mail addresses.
    """

    def __init__(
        self,
        first: RosterReader,
        second: RosterReader,
        labels: tuple[str, str],
        progress: Progress = silent,
    ) -> None:
        one, other = first.table.name, second.table.name
        if one == other:
            one, other = (f"{one} ({label})" for label in labels)
        self.names = (one, other)
        self.headers = second.headers | first.headers
        self.skipped: list[str] = []
        self.findings: list[Finding] = []
        self._second: dict[int, int] = {}  # the second row of people in both, by the first
        self._twins: dict[int, list[int]] = {}  # and the other way round
        self._moved: set[tuple[int, str]] = set()  # rows and columns that the second table fed
        roles = (Role.MENTOR, Role.MENTEE) if labels == SIDES else (None, None)
        strangers: list[int] = []
        people = self._read(first, roles[0], 0, stage(progress, 0.0, 0.5))
        self._rows = {str(record["id"]): row for record, row in people if "id" in record}
        self._records = {row: record for record, row in people}
        rest = stage(progress, 0.5, 1.0)
        for record, row in self._read(second, roles[1], OFFSET, rest):
            twin = self._rows.get(str(record.get("id")))
            if twin is None:
                self._records[row] = record
            else:
                self._second[twin] = row - OFFSET
                self._twins.setdefault(row - OFFSET, []).append(twin)
                strangers += [twin] * _are_strangers(self._records[twin], record)
                self._merge(self._records[twin], record, twin, second.headers)
        if labels == SIDES and 2 * len(strangers) > len(self._second):
            raise InputError(self._two_people(strangers))
        self.findings += [replace(one, source=self.names[0]) for one in first.findings]
        self.findings += [twin for one in second.findings for twin in self._of_second(one)]

    @property
    def source(self) -> str:
        """The names of both tables."""
        return " and ".join(self.names)

    def records(self, progress: Progress = silent) -> list[dict[str, object]]:
        """Return one record per person; they are read already."""
        progress(1.0)
        return [*self._records.values()]

    @property
    def rows(self) -> list[int]:
        """A number for each record, by which :meth:`place` finds the table and the row."""
        return [*self._records]

    def place(self, findings: Findings) -> Findings:
        """Return the findings with the table and the row that each is about."""
        return in_order([self._place(one) for one in findings], self.names[1])

    def _read(
        self, reader: RosterReader, role: Role | None, offset: int, progress: Progress
    ) -> list[tuple[dict[str, object], int]]:
        """Return the records of a table with their role and numbers, each id once."""
        records, rows = reader.records(progress), reader.rows
        ids = [str(record.get("id") or "") for record in records]
        repeated = duplicates(ids, rows)
        reader.findings += filter(None, repeated.values())
        self.skipped += [ids[k] for k in repeated]
        for record in records if role is not None else ():
            stated = record.get("roles")
            record["roles"] = {role} | (stated if isinstance(stated, frozenset) else frozenset())
        pairs = enumerate(zip(records, rows, strict=True))
        return [(record, row + offset) for k, (record, row) in pairs if k not in repeated]

    def _two_people(self, rows: Sequence[int]) -> str:
        """Return that ids do not tell people apart, and the way out."""
        return (
            f"{self.source} use the same ids for different people: of {len(self._second)} ids in "
            f"both, {len(rows)} have another name or e-mail address in each, first in row "
            f"{rows[0]} and row {self._second[rows[0]]}. Name a column that tells people apart in "
            f"a column map for each file, such as id = 'Email', or give everybody an id of their "
            f"own."
        )

    def _merge(
        self,
        one: dict[str, object],
        other: Mapping[str, object],
        row: int,
        headers: Mapping[str, str],
    ) -> None:
        """Add what the second table states about a person to what the first does."""
        for name, value in other.items():
            known = one.get(name)
            if isinstance(known, dict) and isinstance(value, dict) and name not in KINDS:
                clashes = {key for key in known.keys() & value.keys() if known[key] != value[key]}
                one[name] = value | known
                for key in sorted(clashes):
                    self._clash(str(one["id"]), row, key)
            elif isinstance(known, set) and isinstance(value, set):
                one[name] = known | value
            elif known is None:
                one[name] = value
                self._moved.add((row, self.headers.get(name, name)))
            elif KINDS[name].many:
                both = joined(known, value, many=True)
                one[name] = tuple(dict.fromkeys(both)) if isinstance(both, tuple) else both
            elif known != value:
                self._clash(str(one["id"]), row, headers.get(name, name))

    def _clash(self, identifier: str, row: int, column: str) -> None:
        """Add a finding about a person of whom the two tables say different things."""
        self.findings.append(
            Finding(
                FindingCode.CONFLICTING_VALUE,
                f"{self.names[0]}, row {row}, has another value for this person; that one counts.",
                "Correct one of the two.",
                Severity.WARNING,
                row,
                column,
                identifier,
                self.names[1],
            )
        )

    def _of_second(self, finding: Finding) -> list[Finding]:
        """Return a finding of the second table with the number of each record it is about."""
        if finding.row is None:
            return [replace(finding, source=self.names[1])]
        rows = self._twins.get(finding.row, [finding.row + OFFSET])
        return [replace(finding, row=row, source=self.names[1]) for row in rows]

    def _place(self, finding: Finding) -> Finding:
        row, source = finding.row, finding.source
        if row is not None and row >= OFFSET:
            return replace(finding, row=row - OFFSET, source=self.names[1])
        if row is not None and (
            source == self.names[1]
            or (source is None and finding.column and (row, finding.column) in self._moved)
        ):
            return replace(finding, row=self._second.get(row, row), source=self.names[1])
        return replace(finding, source=source or self.names[0])


def _are_strangers(one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    """Return whether two records are of different people: no word of their names is the same.

    Without names their e-mail addresses tell; with the same address they are one person.
    """
    mails, names = (_mail(one), _mail(other)), (_name(one), _name(other))
    same = mails[0] == mails[1]
    if all(names):
        return names[0].isdisjoint(names[1]) and not (same and mails[0])
    return all(mails) and not same


def _name(record: Mapping[str, object]) -> set[str]:
    return set(re.findall(r"\w+", fold(str(record.get("name") or ""))))


def _mail(record: Mapping[str, object]) -> str:
    attributes = record.get("attributes")
    texts = attributes.items() if isinstance(attributes, dict) else ()
    return next((fold(str(text)) for key, text in texts if header_key(key) in MAIL_KEYS), "")
