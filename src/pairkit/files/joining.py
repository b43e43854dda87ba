"""Joining: people with the answers that they gave in a survey."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pairkit.errors import InputError, did_you_mean
from pairkit.files.column_map import ColumnMap
from pairkit.files.headers import recognized_field
from pairkit.files.items import plain, read_text
from pairkit.files.lexicon import MAIL_KEYS, header_key
from pairkit.files.moments import moments_of
from pairkit.files.plan import listed
from pairkit.files.reading import RosterReader
from pairkit.files.tables import Table
from pairkit.files.uniting import ANSWERS, United, in_order
from pairkit.findings import Finding, FindingCode, Findings, Severity
from pairkit.profiles import FrozenDict, fold

__all__ = ["Joined", "On", "join", "unite"]

On = str | tuple[str, str] | None


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
        return in_order([self._place(one) for one in findings], self.survey)

    def _place(self, finding: Finding) -> Finding:
        if finding.source is not None:
            return finding
        if finding.column not in self.headers:
            return replace(finding, source=self.people)
        row = None if finding.row is None else self.rows.get(finding.row, finding.row)
        return replace(finding, source=self.survey, row=row)


def join(people: Table, survey: Table, column_map: ColumnMap, on: On = None) -> Joined:
    """Return a table of people with what they answered in a survey, for one map of both.

    Of several answers of one person the latest counts. Whoever has no answer, and every answer
    that is nobody's, is a finding.

    Parameters
    ----------
    people, survey
        The two tables.
    column_map
        What says that a cell is missing, and which header is that of an id.
    on
        The header of the column that both have, or its header in each; by default that of an id
        or an e-mail address.

    Raises
    ------
    InputError
        There is no such column, or several might be meant.
    """
    found = _Match(people, survey, (column_map, column_map), on)
    taken = [found.last.get(key) for key in found.keys]
    kept = [k for k in range(len(survey.headers)) if k != found.right]
    headers = [_apart(survey.headers[k], people.headers, survey.name) for k in kept]
    columns = [[None if k is None else survey.columns[column][k] for k in taken] for column in kept]
    table = replace(
        people,
        name=f"{people.name} and {survey.name}",
        headers=(*people.headers, *headers),
        columns=(*people.columns, *columns),
        findings=(*people.findings, *found.of_survey(), *found.of_people()),
        typed=people.typed and survey.typed,
    )
    numbers = {
        row: survey.rows[k] for row, k in zip(people.rows, taken, strict=True) if k is not None
    }
    return Joined(table, people.name, survey.name, frozenset(headers), numbers)


def unite(
    people: RosterReader, survey: Table, column_map: ColumnMap, allow: Sequence[str], on: On = None
) -> United:
    """Return people with what they answered in a survey that has a column map of its own.

    Parameters
    ----------
    people
        The reader of the people.
    survey
        The answers.
    column_map
        The map of the survey; if it names the id, that is the column to join on.
    allow
        Codes of errors to take as warnings.
    on
        As in :func:`join`.

    Raises
    ------
    InputError
        There is no column to join on, or several might be meant.
    ColumnMapError
        The map names headers that the survey does not have.
    """
    found = _Match(people.table, survey, (people.map, column_map), on)
    owners: dict[str, dict[str, None]] = {}
    for key, one in zip(found.keys, people.ids, strict=True):
        if one is not None:
            owners.setdefault(key, {})[one] = None
    every = column_map.repeated_ids == "merge"
    joined = [
        (k, one)
        for k, key in enumerate(found.answers)
        if k not in survey.broken and (every or found.last.get(key) == k)
        for one in owners.get(key, ())
    ]
    answers = replace(
        survey,
        columns=tuple([cells[k] for k, _ in joined] for cells in survey.columns),
        rows=[survey.rows[k] for k, _ in joined],
        findings=tuple(found.of_survey(every=every)),
        broken=frozenset(),
    )
    header = survey.headers[found.right]
    reader = RosterReader(
        answers, _about_answers(column_map, header), allow, ids=[one for _, one in joined]
    )
    people.findings += found.of_people()
    return United(people, reader, ANSWERS)


def _about_answers(column_map: ColumnMap, header: str) -> ColumnMap:
    """Return the map of a survey without the column that says whose the answers are."""
    columns = {name: one for name, one in column_map.columns.items() if name != "id"}
    named = {header_key(text) for one in columns.values() for text in one.headers}
    named |= {header_key(text) for text in (*column_map.protected, *column_map.ignore)}
    ignored = () if header_key(header) in named else (header,)
    return column_map.model_copy(
        update={"columns": FrozenDict(columns), "ignore": (*column_map.ignore, *ignored)}
    )


class _Match:
    """Which answers of a survey are whose.

    Parameters
    ----------
    people, survey
        The two tables.
    maps
        The column map of each.
    on
        As in :func:`join`.
    """

    def __init__(
        self, people: Table, survey: Table, maps: tuple[ColumnMap, ColumnMap], on: On
    ) -> None:
        self.people, self.survey, self.maps = people, survey, maps
        left, self.right = self._columns(maps, on)
        self.left = left
        header = people.headers[left]
        self.exact = _is_id(header, maps[0]) and header_key(header) not in MAIL_KEYS
        self.keys = _texts(people.columns[left], maps[0], exact=self.exact)
        self.answers = _texts(survey.columns[self.right], maps[1], exact=self.exact)
        self.time, moments = moments_of(survey, maps[1])
        order = sorted(range(len(self.answers)), key=lambda k: (moments[k], k))
        found = {self.answers[k]: k for k in order if k not in survey.broken}
        self.last = {key: k for key, k in found.items() if key}

    def _columns(self, maps: tuple[ColumnMap, ColumnMap], on: On) -> tuple[int, int]:
        """Return the positions of the columns to join on."""
        people, survey = self.people, self.survey
        if on is not None:
            one, other = (on, on) if isinstance(on, str) else on
            return _position(people, one), _position(survey, other)
        theirs = [k for k, one in enumerate(survey.headers) if _names_id(one, maps[1])]
        if theirs and maps[0] is not maps[1]:
            found = [(k, theirs[0]) for k in _ids(people.headers, maps[0])[:1]]
        else:
            found = [
                (j, k)
                for j, one in enumerate(people.headers)
                for k, other in enumerate(survey.headers)
                if (header_key(one) == header_key(other) and _is_id(one, maps[0]))
                or {header_key(one), header_key(other)} <= MAIL_KEYS
            ]
        if len(found) == 1:
            return found[0]
        pairs = [(people.headers[j], survey.headers[k]) for j, k in found]
        why = f"might be meant: {listed(list(dict.fromkeys(one for one, _ in pairs)))}"
        raise InputError(
            f"{people.name} and {survey.name} can be joined on an id or an e-mail address, and "
            f"{'several columns ' + why if found else 'no column of that kind is in both'}. Name "
            f"the column, or the header in each file: on=({people.headers[0]!r}, "
            f"{survey.headers[0]!r})."
        )

    def of_people(self) -> list[Finding]:
        """Return a finding for everybody without an answer, or with one that may be another's."""
        header = self.people.headers[self.left]
        owners = Counter(key for key, _ in {*zip(self.keys, self._owners(), strict=True)})
        findings: list[Finding] = []
        for row, key in zip(self.people.rows, self.keys, strict=True):
            shared = key in self.last and owners[key] > 1 and not self.exact
            if key in self.last and not shared:
                continue
            message = f"{self.survey.name} has no row for this person."
            hint = "Correct the cell in one of the files if there should be one."
            if shared:
                message = (
                    f"Others have this {header!r} too: the answers in {self.survey.name} may be "
                    f"theirs."
                )
                hint = "Give each their own, join on an id, or allow the code 'not-joined'."
            elif not key:
                message = (
                    f"The cell is blank, so that nothing of {self.survey.name} could be joined."
                )
                hint = "Fill the cell if this person has answered."
            severity = Severity.ERROR if shared else Severity.WARNING
            code, source = FindingCode.NOT_JOINED, self.people.name
            findings.append(Finding(code, message, hint, severity, row, header, source=source))
        return findings

    def _owners(self) -> list[object]:
        """Return who each row of the people is about: by id where rows of one are put together."""
        people, column_map = self.people, self.maps[0]
        ids = _ids(people.headers, column_map) if column_map.repeated_ids == "merge" else []
        cells = people.columns[ids[0]] if ids else people.rows
        return [cell if isinstance(cell, int) else str(cell) for cell in cells]

    def of_survey(self, *, every: bool = False) -> list[Finding]:
        """Return a finding for each answer that is nobody's, or that a later one replaces."""
        survey, header = self.survey, self.survey.headers[self.right]
        findings = [_of_survey(finding, survey.name) for finding in survey.findings]
        known = {*self.keys}
        for k, (row, key) in enumerate(zip(survey.rows, self.answers, strict=True)):
            counts = bool(key) and key in known and (every or self.last.get(key) == k)
            if counts or k in survey.broken:
                continue
            message = (
                f"{self.people.name} has nobody with this {header!r}: the answers were left out."
            )
            hint = "Correct the cell in one of the files, or add the person."
            if not key:
                message = "The cell is blank: the answers are nobody's and were left out."
                hint = "Fill the cell."
            elif key in known:
                message = self._replaced(survey.rows[self.last[key]], header)
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

    def _replaced(self, row: int, header: str) -> str:
        """Return why the answer of another row counts."""
        why = f"its {self.time!r} is the latest" if self.time else "it is the last one"
        return f"Row {row} has the same {header!r} and counts instead: {why}."


def _names_id(header: str, column_map: ColumnMap) -> bool:
    """Return whether a column map says that a header is that of the id."""
    column = column_map.columns.get("id")
    return column is not None and header_key(header) in map(header_key, column.headers)


def _ids(headers: Sequence[str], column_map: ColumnMap) -> list[int]:
    """Return the positions of the id: as the map says, else by the usual headers."""
    named = [k for k, one in enumerate(headers) if _names_id(one, column_map)]
    return named or [k for k, one in enumerate(headers) if recognized_field(one) == "id"]


def _is_id(header: str, column_map: ColumnMap) -> bool:
    """Return whether a header is that of an id, as the map says or by itself."""
    return _names_id(header, column_map) or recognized_field(header) == "id"


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


def _texts(cells: Sequence[object], column_map: ColumnMap, *, exact: bool) -> list[str]:
    """Return cells for comparison: ids as they are, other texts without case and accents."""
    missing = {fold(text) for text in column_map.missing}
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
