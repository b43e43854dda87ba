"""Joining: a table with the answers of a survey, and the two sides of a program as one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from pairkit.errors import ColumnMapError, InputError, did_you_mean
from pairkit.files.cells import KINDS
from pairkit.files.headers import recognized_field
from pairkit.files.items import plain, read_text
from pairkit.files.lexicon import MAIL_KEYS, header_key
from pairkit.files.merging import joined
from pairkit.files.plan import listed
from pairkit.files.reading import RosterReader
from pairkit.files.tables import Table
from pairkit.findings import Finding, FindingCode, Findings, Severity
from pairkit.profiles import Role, fold
from pairkit.validation import duplicates

__all__ = ["Joined", "On", "Sides", "join"]

On = str | tuple[str, str] | None
OFFSET: Final = 1 << 40  # rows of the second file, told apart from those of the first


def _in_order(findings: Iterable[Finding], second: str) -> Findings:
    """Return findings by file and row."""
    return Findings(sorted(findings, key=lambda one: (one.source == second, one.row or 0)))


# A survey -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Joined:
    """A table of people with the columns of a survey after its own.

    Parameters
    ----------
    table
        The table, with the names of both files; the rows are those of the people.
    people, survey
        The name of each file.
    headers
        The headers that come from the survey.
    rows
        The row of the survey by that of the person.
    """

    table: Table
    people: str
    survey: str
    headers: frozenset[str]
    rows: Mapping[int, int] = field(repr=False)

    @property
    def source(self) -> str:
        """The names of both files."""
        return self.table.name

    def place(self, findings: Findings) -> Findings:
        """Return the findings with the file and the row that each is about."""
        return _in_order(map(self._place, findings), self.survey)

    def _place(self, finding: Finding) -> Finding:
        if finding.source is not None:
            return finding
        if finding.column not in self.headers:
            return replace(finding, source=self.people)
        row = None if finding.row is None else self.rows.get(finding.row, finding.row)
        return replace(finding, source=self.survey, row=row)


def join(people: Table, survey: Table, on: On = None, missing: Collection[str] = ()) -> Joined:
    """Return a table of people with what they answered in a survey.

    Of several answers of one person the last counts. Whoever has no answer, and every answer that
    is nobody's, is a finding.

    Parameters
    ----------
    people, survey
        The two tables.
    on
        The header of the column that both have, or its header in each; by default that of an id
        or an e-mail address.
    missing
        Folded texts that mean that a cell is missing.

    Raises
    ------
    InputError
        There is no such column, or several might be meant.
    """
    left, right = _on(people, survey, on)
    exact = recognized_field(people.headers[left]) == "id"
    keys = _texts(people.columns[left], missing, exact=exact)
    answers = _texts(survey.columns[right], missing, exact=exact)
    last = {key: k for k, key in enumerate(answers) if key and k not in survey.broken}
    findings = [_of_survey(finding, survey.name) for finding in survey.findings]
    findings += _unjoined_people(people, keys, last, left, survey.name)
    findings += _unjoined_answers(survey, answers, {*keys}, last, right, people.name)
    taken = [last.get(key) for key in keys]
    kept = [k for k in range(len(survey.headers)) if k != right]
    headers = [_apart(survey.headers[k], people.headers, survey.name) for k in kept]
    columns = [[None if k is None else survey.columns[column][k] for k in taken] for column in kept]
    table = replace(
        people,
        name=f"{people.name} and {survey.name}",
        headers=(*people.headers, *headers),
        columns=(*people.columns, *columns),
        findings=(*people.findings, *findings),
        typed=people.typed and survey.typed,
    )
    numbers = {
        row: survey.rows[k] for row, k in zip(people.rows, taken, strict=True) if k is not None
    }
    return Joined(table, people.name, survey.name, frozenset(headers), numbers)


def _on(people: Table, survey: Table, on: On) -> tuple[int, int]:
    """Return the positions of the columns to join on."""
    if on is not None:
        one, other = (on, on) if isinstance(on, str) else on
        return _position(people, one), _position(survey, other)
    found = [
        (j, k)
        for j, one in enumerate(people.headers)
        for k, other in enumerate(survey.headers)
        if (header_key(one) == header_key(other) and recognized_field(one) == "id")
        or {header_key(one), header_key(other)} <= MAIL_KEYS
    ]
    if len(found) == 1:
        return found[0]
    pairs = [(people.headers[j], survey.headers[k]) for j, k in found]
    why = f"might be meant: {listed(list(dict.fromkeys(one for one, _ in pairs)))}"
    raise InputError(
        f"{people.name} and {survey.name} can be joined on an id or an e-mail address, and "
        f"{'several columns ' + why if found else 'no column of that kind is in both'}. Name the "
        f"column, or the header in each file: on=({people.headers[0]!r}, {survey.headers[0]!r})."
    )


def _position(table: Table, header: str) -> int:
    found = [k for k, one in enumerate(table.headers) if header_key(one) == header_key(header)]
    if len(found) == 1:
        return found[0]
    number = "more than one" if found else "no"
    hint = "" if found else did_you_mean(header, table.headers)
    raise InputError(
        f"{table.name} has {number} column {header!r} to join on.{hint} It has "
        f"{listed(table.headers)}."
    )


def _texts(cells: Sequence[object], missing: Collection[str], *, exact: bool) -> list[str]:
    """Return cells for comparison: ids as they are, other texts without case and accents."""
    texts: list[str] = []
    for cell in cells:
        value = plain(cell)
        text = "" if value is None or isinstance(value, list | dict) else read_text(value)
        folded = fold(text)
        texts.append("" if folded in missing else text if exact else folded)
    return texts


def _apart(header: str, others: Collection[str], survey: str) -> str:
    """Return a header of the survey, with the name of its file where the people have it too."""
    taken = {fold(other) for other in others}
    return f"{header} ({survey})" if fold(header) in taken else header


def _of_survey(finding: Finding, survey: str) -> Finding:
    """Return a finding about the survey; a bad row there costs its answers, not a person."""
    if finding.row is None or finding.severity is not Severity.ERROR:
        return replace(finding, source=survey)
    message = f"{finding.message} The answers were left out."
    return replace(finding, source=survey, severity=Severity.WARNING, message=message)


def _unjoined_people(
    people: Table, keys: Sequence[str], last: Mapping[str, int], column: int, survey: str
) -> list[Finding]:
    """Return a finding for everybody without an answer, or with one that may be another's."""
    header = people.headers[column]
    owners: dict[str, int] = {}
    findings: list[Finding] = []
    for key in keys:
        owners[key] = owners.get(key, 0) + 1
    for row, key in zip(people.rows, keys, strict=True):
        if key in last and owners[key] == 1:
            continue
        shared = key in last
        message = f"{survey} has no row for this person."
        hint = "Correct the cell in one of the files if there should be one."
        if shared:
            message = f"Others have this {header!r} too: the answers in {survey} may be theirs."
            hint = "Give each their own, join on an id, or allow the code 'not-joined'."
        elif not key:
            message = f"The cell is blank, so that nothing of {survey} could be joined."
            hint = "Fill the cell if this person has answered."
        severity = Severity.ERROR if shared else Severity.WARNING
        code = FindingCode.NOT_JOINED
        findings.append(Finding(code, message, hint, severity, row, header, source=people.name))
    return findings


def _unjoined_answers(  # noqa: PLR0917 - the two tables, as they meet
    survey: Table,
    answers: Sequence[str],
    keys: Collection[str],
    last: Mapping[str, int],
    column: int,
    people: str,
) -> list[Finding]:
    """Return a finding for each answer that is nobody's, or that a later one replaces."""
    header = survey.headers[column]
    findings: list[Finding] = []
    for k, (row, key) in enumerate(zip(survey.rows, answers, strict=True)):
        if k in survey.broken or (key in keys and last.get(key) == k):
            continue
        message = f"{people} has nobody with this {header!r}: the answers were left out."
        hint = "Correct the cell in one of the files, or add the person."
        if not key:
            message = "The cell is blank: the answers are nobody's and were left out."
            hint = "Fill the cell."
        elif key in keys:
            message = f"Row {survey.rows[last[key]]} has the same {header!r} and counts instead."
            hint = "Remove the row that does not count."
        findings.append(
            Finding(
                FindingCode.NOT_JOINED,
                message,
                hint,
                Severity.WARNING,
                row,
                header,
                source=survey.name,
            )
        )
    return findings


# Two sides ------------------------------------------------------------------------------------


class Sides:
    """The people of two files, mentors and mentees, as records for :meth:`Roster.from_rows`.

    Whoever is in both files has both roles, and what either file states. Where they state
    different values, the mentors' file counts, and a finding says so.

    Parameters
    ----------
    mentors, mentees
        The two files.

    Raises
    ------
    ColumnMapError
        A map numbers the rows: the same number would be two people.
    """

    def __init__(self, mentors: RosterReader, mentees: RosterReader) -> None:
        if mentors.map.number_rows or mentees.map.number_rows:
            raise ColumnMapError(
                "number_rows gives people of both files the same ids: let each file have a column "
                "of ids."
            )
        one, other = mentors.table.name, mentees.table.name
        self.names = (one, other) if one != other else (f"{one} (mentors)", f"{other} (mentees)")
        self.headers = mentees.headers | mentors.headers
        self.skipped: list[str] = []
        self.findings: list[Finding] = []
        self._second: dict[int, int] = {}  # the mentees' row of people in both, by the mentors'
        self._twins: dict[int, int] = {}  # and the other way round
        self._moved: set[tuple[int, str]] = set()  # rows and columns that the mentees' file fed
        people = self._read(mentors, Role.MENTOR, 0)
        self._rows = {str(record["id"]): row for record, row in people if "id" in record}
        self._records = {row: record for record, row in people}
        for record, row in self._read(mentees, Role.MENTEE, OFFSET):
            twin = self._rows.get(str(record.get("id")))
            if twin is None:
                self._records[row] = record
            else:
                self._second[twin] = row - OFFSET
                self._twins[row - OFFSET] = twin
                self._merge(self._records[twin], record, twin, mentees.headers)
        self.findings += [replace(one, source=self.names[0]) for one in mentors.findings]
        self.findings += map(self._of_mentees, mentees.findings)

    @property
    def source(self) -> str:
        """The names of both files."""
        return " and ".join(self.names)

    @property
    def records(self) -> list[dict[str, object]]:
        """One record per person."""
        return [*self._records.values()]

    @property
    def rows(self) -> list[int]:
        """A number for each record, by which :meth:`place` finds the file and the row."""
        return [*self._records]

    def place(self, findings: Findings) -> Findings:
        """Return the findings with the file and the row that each is about."""
        return _in_order(map(self._place, findings), self.names[1])

    def _read(
        self, reader: RosterReader, role: Role, offset: int
    ) -> list[tuple[dict[str, object], int]]:
        """Return the records of a file with their role and numbers, each id once."""
        records, rows = reader.records(), reader.table.rows
        ids = [str(record.get("id") or "") for record in records]
        repeated = duplicates(ids, rows)
        for k, finding in repeated.items():
            reader.findings.append(finding)
            self.skipped.append(ids[k])
        for record in records:
            stated = record.get("roles")
            record["roles"] = {role} | (stated if isinstance(stated, frozenset) else frozenset())
        pairs = enumerate(zip(records, rows, strict=True))
        return [(record, row + offset) for k, (record, row) in pairs if k not in repeated]

    def _merge(
        self,
        one: dict[str, object],
        other: Mapping[str, object],
        row: int,
        headers: Mapping[str, str],
    ) -> None:
        """Add what the mentees' file states about a person to what the mentors' file does."""
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
        """Add a finding about a person of whom the two files say different things."""
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

    def _of_mentees(self, finding: Finding) -> Finding:
        """Return a finding of the mentees' file with the number of the record it is about."""
        row = finding.row
        if row is not None:
            row = self._twins.get(row, row + OFFSET)
        return replace(finding, row=row, source=self.names[1])

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
