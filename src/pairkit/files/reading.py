"""Reading: the raw cells of a table, column by column, as the records of a roster."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from pairkit.errors import ColumnMapError, RosterError, finding_code
from pairkit.files.cells import KINDS, LEVEL, Kind, choice_kind
from pairkit.files.column_map import Column, ColumnMap
from pairkit.files.extras import scalar, type_of
from pairkit.files.items import Style, listed_items, plain, read_text, separator_of
from pairkit.files.lexicon import TERMINATION_KEYS, header_key
from pairkit.files.merging import joined, merge
from pairkit.files.plan import LISTED, listed
from pairkit.files.quantities import date_doubt, date_order, decimal_mark, shown
from pairkit.files.tables import Table
from pairkit.findings import Finding, FindingCode, Findings, Severity
from pairkit.profiles import EmploymentStatus, fold, tidy
from pairkit.validation import PRIVATE

__all__ = ["RosterReader"]

AS_DATES: Final = 'Set dates = "day-first" or dates = "month-first" in a column map.'
WORDED: Final = frozenset(
    {"roles", "status", "level", "experience"}
)  # headers of these often mean other things
STRANGE: Final = 3  # different texts, none of which can be read, that show it


@dataclass(frozen=True, slots=True)
class _Problem:
    """A cell that cannot be read, and why."""

    message: str


class RosterReader:
    """Reads one table as records for :meth:`Roster.from_rows`.

    Parameters
    ----------
    table
        The raw cells.
    column_map
        What feeds what, and how cells are read.
    allow
        Codes of errors that are taken as warnings.

    Raises
    ------
    ColumnMapError
        The map does not fit the table.
    RosterError
        No column holds an id.
    """

    def __init__(self, table: Table, column_map: ColumnMap, allow: Iterable[str] = ()) -> None:
        self.table = table
        self.map = column_map
        self.plan = column_map.plan(table.headers, table.name)
        self.findings: list[Finding] = [*table.findings]
        self._missing = {fold(text) for text in column_map.missing}
        self._longest = 2 * max(map(len, self._missing), default=0) + 2
        allowed = {finding_code(code) for code in allow}
        read_anyway = {one.row for one in table.findings if one.code in allowed}
        self._untrusted = {k for k in table.broken if table.rows[k] not in read_anyway}
        self.rows = table.rows
        self._columns = table.columns
        self._ids = self._read_ids()
        if self._untrusted:
            self._columns = tuple(self._trusted(cells) for cells in table.columns)

    @property
    def headers(self) -> dict[str, str]:
        """The first header that feeds each field."""
        return {name: self.table.headers[k[0]] for name, k in self.plan.fields.items()}

    def records(self) -> list[dict[str, object]]:
        """Return one record per row: the values of the fields that are not missing."""
        columns: dict[str, list[object]] = {"id": [*self._ids]}
        columns |= {name: self._field(name) for name in self._field_names()}
        columns["attributes"] = self._extras(self.plan.attributes, "attributes")
        columns["protected"] = self._extras(self.plan.protected, "protected")
        columns = {name: values for name, values in columns.items() if values}
        self.findings += self.plan.findings
        if self.map.repeated_ids == "merge":
            columns = self._one_row_each(columns)
        names = tuple(columns)
        records = [
            {name: value for name, value in zip(names, row, strict=True) if value is not None}
            for row in zip(*columns.values(), strict=True)
        ]
        if self.map.repeated_ids == "refuse":
            for k in self._untrusted:
                records[k] = {"id": self._ids[k]}
        self._check_departures(records)
        return records

    def _one_row_each(self, columns: Mapping[str, list[object]]) -> dict[str, list[object]]:
        """Return the columns with the rows of each person together, and tell what differs."""
        merged, numbers = merge(columns), self.table.rows
        of_row = dict(zip(numbers, merged.person, strict=True))
        self.rows = [numbers[k] for k in merged.first]
        for name, (one, other, count) in merged.differing.items():
            header = self.headers.get(name, name)
            more = f" (and {count - 1} more)" if count > 1 else ""
            self.findings.append(
                Finding(
                    FindingCode.DUPLICATE_ID,
                    f"Row {numbers[other]}{more} says something else in {header!r} than row "
                    f"{numbers[one]} of the same person; the first counts.",
                    "Write the same in all rows of a person.",
                    Severity.WARNING,
                    column=header,
                )
            )
        told = {(one.row, one.code) for one in self.findings}
        for error in Findings(self.findings).errors:  # one in any row costs the person
            place = of_row.get(error.row) if error.row is not None else None
            first = self.rows[place] if place is not None else error.row
            if (first, error.code) not in told:
                told.add((first, error.code))
                message = f"Row {error.row} of the same person has this error."
                self.findings.append(replace(error, message=message, hint="", row=first))
        return merged.columns

    def _field_names(self) -> list[str]:
        """Return the fields that a column or a default feeds, without the id."""
        defaults = [name for name, column in self.map.columns.items() if column.default is not None]
        return [name for name in KINDS if name != "id" and name in {*self.plan.fields, *defaults}]

    def _read_ids(self) -> list[str | None]:
        """Return everybody's id; a row that cannot be trusted is named after its number."""
        rows = self.table.rows
        if self.map.number_rows:
            return [str(row) for row in rows]
        positions = self.plan.fields.get("id")
        if positions is None:
            raise RosterError(Findings([*self.findings, *self._no_id()]), self.table.name)
        values = self._merged("id", positions)
        ids = [value if isinstance(value, str) else None for value in values]
        trusted = {name for k, name in enumerate(ids) if k not in self._untrusted}
        if self.map.repeated_ids == "merge":  # another row of the same person is none of another
            trusted = set()
        for k in self._untrusted:
            name = ids[k]
            if name is None or name in trusted or positions[0] != 0:
                ids[k] = f"row {rows[k]}"
        return ids

    def _trusted(self, cells: Sequence[object]) -> list[object]:
        """Return a column without the cells of rows that cannot be trusted."""
        return [None if k in self._untrusted else cell for k, cell in enumerate(cells)]

    def _no_id(self) -> list[Finding]:
        return [
            Finding(
                FindingCode.MISSING_COLUMN,
                f"No header of {self.table.name} is that of an id; it has "
                f"{listed(self.table.headers)}.",
                "Name it in a column map, [columns] id = '...', or set number_rows = true.",
            )
        ]

    # Fields -----------------------------------------------------------------------------------

    def _field(self, name: str) -> list[object]:
        """Return a field's value per row, ``None`` where missing."""
        positions = self.plan.fields.get(name, [])
        values = self._merged(name, positions) if positions else [None] * len(self.table.rows)
        default = self._default(name)
        return [default if value is None else value for value in values]

    def _merged(self, name: str, positions: Sequence[int]) -> list[object]:
        """Return what the columns of a field together say."""
        merged = self._filtered(name, self._column(name, positions[0]))
        for k in positions[1:]:
            pairs = zip(merged, self._filtered(name, self._column(name, k)), strict=True)
            merged = [joined(one, other, many=KINDS[name].many) for one, other in pairs]
        return merged

    def _filtered(self, name: str, values: list[object]) -> list[object]:
        """Return the values of the rows in which the columns of ``where`` say what they must."""
        for k, wanted in self.plan.filters.get(name, {}).items():
            texts = _each(self._columns[k], lambda cell: fold(read_text(plain(cell) or "")))
            cells = [text in wanted for text in texts]
            values = [value if cell else None for value, cell in zip(values, cells, strict=True)]
            if not any(cells):
                header = self.table.headers[k]
                self.plan.note(
                    FindingCode.RECOGNIZED_COLUMN,
                    Severity.WARNING,
                    header,
                    f"No cell of {header!r} has the text that the column map asks for: {name} is "
                    f"empty.",
                    f"Correct where under [columns.{name}].",
                )
        return values

    def _default(self, name: str) -> object:
        column = self.map.columns.get(name)
        if column is None or column.default is None:
            return None
        default = column.default
        value = list(default) if isinstance(default, tuple) else default
        try:
            return KINDS[name].read(value, self._style(column))
        except ValueError as error:
            raise ColumnMapError(f"The default of {name} cannot be read: {error}") from None

    def _style(self, column: Column) -> Style:
        words = {fold(text): value for text, value in column.values.items()}
        dates = "iso" if self.map.dates == "auto" else self.map.dates
        return Style(column.separator or self.map.separator or ";", dates=dates, words=words)

    def _column(self, name: str, k: int) -> list[object]:
        """Return a column as values of a field, with a finding for each cell that is none."""
        kind, cells = self._kind(name, k), self._columns[k]
        style = self._style(self.map.columns.get(name, Column()))
        listed = kind.many and kind is KINDS[name] and name != "availability"  # told apart anyhow
        try:
            style = self._fitted(kind, style, cells)
        except ValueError as error:
            header = self.table.headers[k]
            self.findings.append(
                Finding(kind.code, f"Column {header!r} {error}", AS_DATES, column=header)
            )
            return [None] * len(cells)
        if listed:
            style = self._separated(name, k, style)
        values = _each(cells, self._reader(kind, style))
        problems = {i: value for i, value in enumerate(values) if isinstance(value, _Problem)}
        if name in self.plan.recognized & WORDED and _is_no_field(values, problems):
            self._keep_as_attribute(name, k)
            return [None] * len(cells)
        if listed:
            self._check_separator(k, style.separator)
        if kind.code is FindingCode.BAD_DATE:
            self._tell_doubtful_dates(k, values)
        for i, problem in problems.items():
            self._report(name, k, i, problem)
            values[i] = None
        if (name, k) in self.plan.levels:
            levels = self._column(name, self.plan.levels[name, k])
            values = [_at_level(*both) for both in zip(values, levels, strict=True)]
        return values

    def _kind(self, name: str, k: int) -> Kind:
        """Return how the cells of a column of a field are read."""
        if k not in self.plan.fields.get(name, ()) and k in self.plan.levels.values():
            return LEVEL
        choice = self.plan.choices.get(k)
        return KINDS[name] if choice is None else choice_kind(KINDS[name], choice)

    def _fitted(self, kind: Kind, style: Style, cells: Sequence[object]) -> Style:
        """Return the style with what the whole column tells about numbers or dates."""
        if kind.code is FindingCode.BAD_NUMBER:
            return replace(style, decimal=decimal_mark(self._texts(cells, style)))
        if kind.code is FindingCode.BAD_DATE and self.map.dates == "auto":
            return replace(style, dates=date_order(self._texts(cells, style)))
        return style

    def _texts(self, cells: Sequence[object], style: Style) -> list[str]:
        """Return the different texts of a column that the map does not give a meaning."""
        texts = dict.fromkeys(cell for cell in cells if isinstance(cell, str))
        return (
            [text for text in texts if fold(text) not in style.words] if style.words else [*texts]
        )

    def _reader(self, kind: Kind, style: Style) -> Callable[[object], object]:
        """Return a function from a raw cell to its value, ``None`` or a problem."""

        def read(cell: object) -> object:
            value = plain(cell)
            if style.words and not isinstance(value, list | dict | None):
                value = style.words.get(fold(read_text(value)), value)
            if self._is_missing(value):
                return None
            try:
                return kind.read(value, style)
            except ValueError as error:
                return _Problem(str(error))

        return read

    def _is_missing(self, value: object) -> bool:
        if isinstance(value, str):
            text = value.strip()
            if len(text) > self._longest:
                return False
            return not text or (text.lower() if text.isascii() else fold(text)) in self._missing
        return value is None or value in ([], {}, ())

    # Doubts -----------------------------------------------------------------------------------

    def _keep_as_attribute(self, name: str, k: int) -> None:
        header = self.table.headers[k]
        plan = self.plan
        plan.findings[:] = [one for one in plan.findings if one.column != header]
        plan.note(
            FindingCode.RECOGNIZED_COLUMN,
            Severity.WARNING,
            header,
            f"{header!r} is a usual header for {name}, but none of its cells can be read as that: "
            f"it was kept as an attribute.",
            f"If it is meant, say in a column map what its texts mean: [columns.{name}].",
        )
        del plan.fields[name]
        if self.map.attributes == "keep":
            plan.attributes[header] = k

    def _tell_doubtful_dates(self, k: int, values: Sequence[object]) -> None:
        """Warn once for each sort of text that was read as a date without being one exactly."""
        read = {
            cell: value
            for cell, value in zip(self._columns[k], values, strict=True)
            if isinstance(cell, str | int | float) and isinstance(value, date)
        }
        doubts = {date_doubt(cell): cell for cell in reversed(read)}
        doubts.pop("", None)
        header = self.table.headers[k]
        for doubt, cell in doubts.items():
            self.plan.note(
                FindingCode.RECOGNIZED_COLUMN,
                Severity.WARNING,
                header,
                f"{header!r} holds what is {doubt}: {shown(cell)} was read as {read[cell]}.",
                "Write whole dates, as 2024-12-31, where another day is meant.",
            )

    def _separated(self, name: str, k: int, style: Style) -> Style:
        """Return the style with the separator of a column, where the map does not say it."""
        if self.map.separator or self.map.columns.get(name, Column()).separator:
            return style
        known = (
            {one for one in self._ids if one} if name in {"preferences", "avoid"} else set[str]()
        )
        separator = separator_of(self._texts(self._columns[k], style), known)
        if separator != style.separator:
            self.plan.note(
                FindingCode.RECOGNIZED_COLUMN,
                Severity.INFO,
                self.table.headers[k],
                f"{separator.strip()!r} separates the values of {self.table.headers[k]!r}.",
                "If not, set separator = ';' in a column map.",
            )
        return replace(style, separator=separator)

    def _check_departures(self, records: Sequence[Mapping[str, object]]) -> None:
        """Say how many people have left, and who has a date of termination without having left."""
        gone = [k for k, one in enumerate(records) if one.get("status") is EmploymentStatus.LEFT]
        left = {records[k].get("id") for k in gone}
        self._departed(
            Severity.INFO,
            [self.rows[k] for k in gone],
            "they have left, their status says. They stay in the roster, as managers of others, "
            "and the rule Ready keeps them out of pairs",
        )
        for header, k in self.plan.attributes.items():
            if header_key(header) in TERMINATION_KEYS:
                dated = [
                    i for i, c in enumerate(self._columns[k]) if not self._is_missing(plain(c))
                ]
                self._departed(
                    Severity.WARNING,
                    [self.table.rows[i] for i in dated if self._ids[i] not in left],
                    f"there is a date in {header!r}, but the status does not say that they have "
                    f"left, so that they may be matched",
                    header,
                    "Write 'left' or 'T' in a column of their status if they are gone.",
                )

    def _departed(
        self,
        severity: Severity,
        rows: Sequence[int],
        what: str,
        column: str | None = None,
        hint: str = "",
    ) -> None:
        """Add one finding about the people of these rows, if there are any."""
        if rows:
            shown = ", ".join(map(str, rows[:LISTED]))
            more = f" and {len(rows) - LISTED} more" if len(rows) > LISTED else ""
            who = "1 person (row" if len(rows) == 1 else f"{len(rows)} people (rows"
            message = f"{who} {shown}{more}): {what}."
            self.findings.append(
                Finding(FindingCode.DEPARTED, message, hint, severity, column=column)
            )

    def _check_separator(self, k: int, separator: str) -> None:
        """Warn where cells seem to hold several values with another separator between them."""
        texts = [t for t in self._texts(self._columns[k], Style()) if not self._is_missing(t)]
        texts = [text for text in texts if isinstance(listed_items(text), str)]
        if any(separator in text or "\n" in text for text in texts):
            return
        for other in ("|", ";", ",", "/"):
            count = sum(other in text for text in texts)
            if other != separator and 2 * count > len(texts):
                header = self.table.headers[k]
                self.plan.note(
                    FindingCode.RECOGNIZED_COLUMN,
                    Severity.WARNING,
                    header,
                    f"No cell of {header!r} has {separator!r} and most have {other!r}: each cell "
                    f"was read as one value.",
                    f"If {other!r} separates values, set separator = {other!r} in a column map.",
                )
                return

    def _report(self, name: str, k: int, row: int, problem: _Problem) -> None:
        """Add a finding about one cell."""
        kind = self._kind(name, k)
        private = f"The cell cannot be read as {name}."
        finding = Finding(
            kind.code,
            private if name in PRIVATE else problem.message,
            kind.hint,
            row=self.table.rows[row],
            column=self.table.headers[k],
            participant=self._ids[row] if name != "id" else None,
        )
        self.findings.append(finding)

    # Extras -----------------------------------------------------------------------------------

    def _extras(self, extras: Mapping[str, int], mapping: str) -> list[object]:
        """Return the further columns of each row as a mapping, ``None`` where it has nothing."""
        if not extras:
            return []
        columns = {name: self._extra(self._columns[k]) for name, k in extras.items()}
        nested = columns.pop(mapping, None)  # of people who were dumped as JSON
        rows: list[object] = []
        for k in range(len(self.table.rows)):
            found = {name: values[k] for name, values in columns.items() if values[k] is not None}
            inner = nested[k] if nested is not None else None
            if isinstance(inner, dict):
                found |= {name: value for name, value in inner.items() if value is not None}
            elif inner is not None:
                found[mapping] = inner
            rows.append(found or None)
        return rows

    def _extra(self, cells: Sequence[object]) -> list[object]:
        """Return a further column with the type that its cells have, or all seem to have."""
        texts = {tidy(text) for text in {cell for cell in cells if isinstance(cell, str)}}
        told = [text for text in texts if not self._is_missing(text)]
        as_type = type_of(told, typed=self.table.typed)

        def read(cell: object) -> object:
            value = plain(cell)
            if self._is_missing(value):
                return None
            return as_type(tidy(value)) if isinstance(value, str) else scalar(value)

        return _each(cells, read)


def _each(cells: Sequence[object], read: Callable[[object], object]) -> list[object]:
    """Return every cell as it is read; texts that repeat are read once."""
    seen: dict[str, object] = {}
    values: list[object] = []
    for cell in cells:
        if type(cell) is not str:
            values.append(read(cell))
            continue
        if cell not in seen:
            seen[cell] = read(cell)
        values.append(seen[cell])
    return values


def _at_level(names: object, level: object) -> object:
    """Return names with the level that another column gives them, if it does."""
    return dict.fromkeys(names, level) if isinstance(names, dict) and level is not None else names


def _is_no_field(values: Sequence[object], problems: Mapping[int, _Problem]) -> bool:
    """Return whether nothing in a recognized column can be read, so that it is another one."""
    readable = sum(value is not None for value in values) - len(problems)
    return not readable and len(set(problems.values())) >= STRANGE
