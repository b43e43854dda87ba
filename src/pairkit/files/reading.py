"""Reading: the raw cells of a table, column by column, as the records of a roster."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from pairkit.errors import ColumnMapError, RosterError, finding_code
from pairkit.files.cells import KINDS, LEVEL, Kind, choice_kind, read_levels
from pairkit.files.column_map import MISSING, Column, ColumnMap
from pairkit.files.departures import departures
from pairkit.files.doubts import (
    DOUBTED,
    Told,
    continued,
    missing_in,
    tell_doubtful_dates,
    tell_doubtful_values,
    tell_unseparated,
)
from pairkit.files.extras import scalar, type_of
from pairkit.files.failures import without_failures
from pairkit.files.headless import no_id
from pairkit.files.identifiers import shortened_ids, whole_ids
from pairkit.files.items import PLAIN, Style, plain, read_text, separator_of
from pairkit.files.lexicon import TERMINATION_KEYS, header_key
from pairkit.files.merging import at_level, joined, merge, rows_of, whole_name
from pairkit.files.misfits import Problem, misfit
from pairkit.files.missing import Missing
from pairkit.files.quantities import date_order, decimal_mark
from pairkit.files.stages import Progress, silent
from pairkit.files.tables import Table
from pairkit.findings import Finding, FindingCode, Findings, Severity
from pairkit.profiles import fold, tidy
from pairkit.validation import PRIVATE

__all__ = ["RosterReader"]

AS_DATES: Final = 'Set dates = "day-first" or dates = "month-first" in a column map.'
LEVELED: Final = ("skills", "needs")


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
    ids
        Whose each row is, where no column says it.

    Raises
    ------
    ColumnMapError
        The map does not fit the table.
    RosterError
        No column holds an id.
    """

    def __init__(
        self,
        table: Table,
        column_map: ColumnMap,
        allow: Iterable[str] = (),
        ids: Sequence[str] | None = None,
    ) -> None:
        self.map = column_map
        self._missing = Missing({fold(text) for text in column_map.missing})
        self.table = without_failures(table, self._missing.texts)
        self._columns = self.table.columns
        self.plan = column_map.plan(table.headers, table.name, self._columns)
        self.findings: list[Finding] = [*self.table.findings]
        allowed = {finding_code(code) for code in allow}
        own = (one for one in table.findings if one.source is None)  # not of a survey's rows
        read_anyway = {one.row for one in own if one.code in allowed}
        self._untrusted = {k for k in table.broken if table.rows[k] not in read_anyway}
        self.rows = table.rows
        self._columns = whole_ids(self._columns, self.plan)
        self.findings += shortened_ids(self.table, self.plan)
        self.ids = self._read_ids() if ids is None else self._given(ids)
        if self._untrusted:
            self._columns = tuple(map(self._trusted, self._columns))

    @property
    def headers(self) -> dict[str, str]:
        """The first header that feeds each field."""
        return {name: self.table.headers[k[0]] for name, k in self.plan.fields.items()}

    def records(self, progress: Progress = silent) -> list[dict[str, object]]:
        """Return one record per row: the values of the fields that are not missing."""
        columns: dict[str, list[object]] = {"id": [*self.ids]}
        names = self._field_names()
        for k, name in enumerate(names, start=1):
            columns[name] = self._field(name)
            progress(k / (len(names) + 1))  # the attributes are one more
        columns["attributes"] = self._extras(self.plan.attributes, "attributes")
        columns["protected"] = self._extras(self.plan.protected, "protected")
        columns = {name: values for name, values in columns.items() if values}
        self.findings += self.plan.findings
        if self.map.repeated_ids == "merge":
            columns = self._one_row_each(columns)
        records = [*rows_of(columns, len(self.rows))]
        if self.map.repeated_ids == "refuse":
            for k in self._untrusted:
                records[k] = {"id": self.ids[k]}
        self.findings += departures(records, self.rows, self._dated())
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
            raise RosterError(Findings([*self.findings, no_id(self.table)]), self.table.name)
        values = self._merged("id", positions)
        ids = [value if isinstance(value, str) else None for value in values]
        trusted = {name for k, name in enumerate(ids) if k not in self._untrusted}
        if self.map.repeated_ids == "merge":  # another row of the same person is none of another
            trusted = set()
        for k in self._untrusted:
            name = ids[k]
            if name is None or name in trusted or positions[0] != 0:
                ids[k] = f"row {rows[k]}"
        if self.map.repeated_ids == "merge":
            self._go_on(ids)
        return ids

    def _given(self, ids: Sequence[str]) -> list[str | None]:
        """Return ids that are known; what looks like a column of ids is none."""
        for k in self.plan.fields.pop("id", ()):
            if self.map.attributes == "keep":
                self.plan.keep(self.plan.attributes, self.table.headers[k], k)
        return [*ids]

    def _go_on(self, ids: list[str | None]) -> None:
        """Give rows without an id that of the person above, where they hold nothing but lists."""
        fields = self.plan.fields.items()
        lists = {"id"} | {name for name, kind in KINDS.items() if kind.many}
        single = [self._columns[k] for name, at in fields if name not in lists for k in at]
        first, rows = 0, list[int]()
        for k, name in enumerate(ids):
            above = ids[first] if name is None else None
            goes_on = above is not None and all(
                self._missing.has(plain(cells[k])) or plain(cells[k]) == plain(cells[first])
                for cells in single
            )
            if goes_on:
                ids[k] = above
                rows.append(self.table.rows[k])
            else:
                first = k
        self.findings += continued(rows)

    def _trusted(self, cells: Sequence[object]) -> list[object]:
        """Return a column without the cells of rows that cannot be trusted."""
        return [None if k in self._untrusted else cell for k, cell in enumerate(cells)]

    # Fields -----------------------------------------------------------------------------------

    def _field(self, name: str) -> list[object]:
        """Return a field's value per row, ``None`` where missing."""
        positions = self.plan.fields.get(name, [])
        nothing: list[object] = [None] * len(self.table.rows)
        values = self._merged(name, positions) if positions else nothing
        default = self._default(name)
        if default is None:
            return values
        return [default if value is None else value for value in values]

    def _merged(self, name: str, positions: Sequence[int]) -> list[object]:
        """Return what the columns of a field together say."""
        first, *others = positions
        merged = self._filtered(name, self._column(name, first))
        for k in others:
            pairs = zip(merged, self._filtered(name, self._column(name, k)), strict=True)
            if name == "name":
                merged = [whole_name(*both) for both in pairs]
                continue
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
        missing = self._missing_in(name, k) if kind is KINDS[name] else self._missing
        values = _each(cells, self._reader(kind, style, missing))
        problems = _problems(values)
        headers = self.table.headers
        guessed = name != "id" and name in self.plan.recognized
        if guessed and (why := misfit(name, headers[k], headers, cells, values, ids=self.ids)):
            self._keep_as_attribute(name, k, why)
            return [None] * len(cells)
        if listed:
            told = Told(headers[k], self.table.rows, cells, values)
            tell_unseparated(self.plan, told, style.separator, said=self._says_separator(name))
            tell_doubtful_values(self.plan, name, told)
        if kind.code is FindingCode.BAD_DATE:
            tell_doubtful_dates(self.plan, self.table.headers[k], cells, values)
        self._report(name, k, kind, problems)
        for i in problems:
            values[i] = None
        if (name, k) in self.plan.levels:
            levels = self._column(name, self.plan.levels[name, k])
            values = [at_level(*both) for both in zip(values, levels, strict=True)]
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

    def _missing_in(self, name: str, k: int) -> Missing:
        """Return what says that a cell of a column is missing, and tell what is unsure.

        ``Null`` may be a name and ``NA`` a country; ``?`` alone is nothing in a list.
        """
        if self.map.missing != MISSING or name not in DOUBTED:
            return self._missing
        cells, longest = self._columns[k], self._missing.longest
        short = [one for one in self._texts(cells, PLAIN) if len(one) <= longest]
        if name == "name":  # of one word, as what means nothing is
            short = [one for one in short if one.strip().isalpha()]
        texts = {one: fold(one.strip()) for one in short}
        told = Told(self.table.headers[k], self.table.rows, cells, cells)
        return Missing(missing_in(self.plan, name, told, texts, self._missing.texts))

    def _reader(self, kind: Kind, style: Style, missing: Missing) -> Callable[[object], object]:
        """Return a function from a raw cell to its value, ``None`` or a problem."""

        def read(cell: object) -> object:
            value = plain(cell)
            if style.words and not isinstance(value, list | dict | None):
                value = style.words.get(fold(read_text(value)), value)
            if missing.has(value):
                return None
            try:
                return kind.read(value, style)
            except ValueError as error:
                return Problem(str(error))

        return read

    # Doubts -----------------------------------------------------------------------------------

    def _keep_as_attribute(self, name: str, k: int, why: str) -> None:
        header = self.table.headers[k]
        plan = self.plan
        plan.findings[:] = [one for one in plan.findings if one.column != header]
        plan.note(
            FindingCode.RECOGNIZED_COLUMN,
            Severity.WARNING,
            header,
            f"{header!r} is a usual header for {name}, but {why}: it was kept as an attribute.",
            f"If it is meant, name it in a column map, [columns] {name} = {header!r}, and say what "
            f"its texts mean where they are no usual ones.",
        )
        plan.fields[name].remove(k)
        if not plan.fields[name]:
            del plan.fields[name]
        if self.map.attributes == "keep":
            plan.attributes[header] = k

    def _separated(self, name: str, k: int, style: Style) -> Style:
        """Return the style with the separator of a column, where the map does not say it."""
        if self._says_separator(name):
            return style
        known = {one for one in self.ids if one} if name in {"preferences", "avoid"} else set[str]()
        texts = self._texts(self._columns[k], style)
        separator = separator_of(texts, known)
        if (
            separator == style.separator
            and name in LEVELED
            and any("," in t or "/" in t for t in texts)
        ):
            separator = separator_of(texts, names=self._names_beside(k))
        if separator != style.separator:
            self.plan.note(
                FindingCode.RECOGNIZED_COLUMN,
                Severity.INFO,
                self.table.headers[k],
                f"{separator.strip()!r} separates the values of {self.table.headers[k]!r}.",
                "If not, set separator = ';' in a column map.",
            )
        return replace(style, separator=separator)

    def _says_separator(self, name: str) -> bool:
        """Return whether the map says what separates the values of a field."""
        return bool(self.map.separator or self.map.columns.get(name, Column()).separator)

    def _names_beside(self, k: int) -> set[str]:
        """Return the folded skills and needs of all columns but one."""
        beside = [
            (name, at) for name in LEVELED for at in self.plan.fields.get(name, ()) if at != k
        ]
        names: set[str] = set()
        for name, at in beside:
            if at in self.plan.choices:
                names.add(fold(self.plan.choices[at]))
                continue
            style = self._style(self.map.columns.get(name, Column()))
            texts = self._texts(self._columns[at], style)
            if not self._says_separator(name):
                style = replace(style, separator=separator_of(texts))
            names.update(fold(one) for text in texts for one in read_levels(text, style))
        return names

    def _dated(self) -> dict[str, list[tuple[int, str | None]]]:
        """Return row and id of everybody with a date of termination, by the header."""
        return {
            header: [
                (self.table.rows[i], self.ids[i])
                for i, cell in enumerate(self._columns[k])
                if not self._missing.has(plain(cell))
            ]
            for header, k in self.plan.attributes.items()
            if header_key(header) in TERMINATION_KEYS
        }

    def _report(self, name: str, k: int, kind: Kind, problems: Mapping[int, Problem]) -> None:
        """Add a finding about each cell of a column that cannot be read."""
        rows, header = self.table.rows, self.table.headers[k]
        ids = self.ids if name != "id" else [None] * len(rows)
        private = f"The cell cannot be read as {name}." if name in PRIVATE else ""
        unsure = name in self.plan.recognized and header_key(header) != header_key(name)
        way_out = (
            f" If {header!r} means something else, list it under ignore."
            if unsure and name in {"roles", "status", "level"}
            else ""
        )
        self.findings += [
            Finding(
                kind.code,
                private or problem.message,
                f"{kind.hint}{way_out}",
                row=rows[i],
                column=header,
                participant=ids[i],
            )
            for i, problem in problems.items()
        ]

    # Extras -----------------------------------------------------------------------------------

    def _extras(self, extras: Mapping[str, int], mapping: str) -> list[object]:
        """Return the further columns of each row as a mapping, ``None`` where it has nothing."""
        if not extras:
            return []
        columns = {name: self._extra(self._columns[k]) for name, k in extras.items()}
        nested = columns.pop(mapping, None)  # of people who were dumped as JSON
        rows: list[object] = []
        for k, found in enumerate(rows_of(columns, len(self.table.rows))):
            inner = nested[k] if nested is not None else None
            if isinstance(inner, dict):
                found |= {name: value for name, value in inner.items() if value is not None}
            elif inner is not None:
                found[mapping] = inner
            rows.append(found or None)
        return rows

    def _extra(self, cells: Sequence[object]) -> list[object]:
        """Return a further column with the type that its cells have, or all seem to have."""
        texts = {cell: tidy(cell) for cell in {cell for cell in cells if isinstance(cell, str)}}
        told = {cell: text for cell, text in texts.items() if not self._missing.has(text)}
        as_type = type_of([*told.values()], typed=self.table.typed)

        def read(cell: object) -> object:
            if isinstance(cell, str):
                return as_type(told[cell]) if cell in told else None
            value = plain(cell)
            return None if self._missing.has(value) else scalar(value)

        return _each(cells, read)


def _problems(values: Sequence[object]) -> dict[int, Problem]:
    """Return the problems among values, by position."""
    if Problem not in {*map(type, values)}:
        return {}
    return {i: value for i, value in enumerate(values) if isinstance(value, Problem)}


def _each(cells: Sequence[object], read: Callable[[object], object]) -> list[object]:
    """Return every cell as it is read; texts that repeat are read once."""
    uniform = {*map(type, cells)} <= {str}
    texts = cells if uniform else [cell for cell in cells if type(cell) is str]
    seen = {text: read(text) for text in dict.fromkeys(texts)}
    if uniform:
        return [*map(seen.__getitem__, cells)]
    return [seen[cell] if type(cell) is str else read(cell) for cell in cells]
