"""People from files and dataframes to a roster, and from a roster to files and records."""

# Roster.read imports this module when it is called, so the cycle is meant:
# pyright: reportImportCycles=false

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from os import PathLike
from types import ModuleType
from typing import TYPE_CHECKING, Final, Literal

from pairkit.errors import InputError, MissingExtraError, RosterError
from pairkit.files.cells import level_text
from pairkit.files.column_map import MISSING, ColumnMap
from pairkit.files.extras import EXACT
from pairkit.files.headers import choice_header, recognized_field, special_header
from pairkit.files.items import SEPARATORS, quoted
from pairkit.files.joining import Joined, On, Sides, join
from pairkit.files.lexicon import HEADERS, VALUES
from pairkit.files.opening import layout_of, table_of
from pairkit.files.reading import RosterReader
from pairkit.files.tables import Table, Value, read_table
from pairkit.files.writing import Records, in_rows, in_texts, write_tables
from pairkit.findings import FindingCode
from pairkit.profiles import FIELDS, EmploymentStatus, Participant, Role, fold
from pairkit.roster import OnError, Roster
from pairkit.validation import paused_collector

if TYPE_CHECKING:
    import narwhals as nw
    from narwhals.typing import IntoDataFrame, IntoSeries

__all__ = [
    "read_roster",
    "read_sides",
    "records_to_frame",
    "roster_from_frame",
    "roster_records",
    "write_roster",
]

Language = Literal["en", "fr"]
BACKENDS: Final = ("pandas", "polars", "pyarrow")
_AS_MISSING: Final = frozenset(fold(text) for text in MISSING)
_LONGEST: Final = 2 * max(map(len, MISSING))


# Reading --------------------------------------------------------------------------------------


def read_roster(
    path: str | PathLike[str],
    columns: ColumnMap | str | PathLike[str] | None = None,
    *,
    on_error: OnError = "raise",
    allow: Iterable[FindingCode | str] = (),
    sheet: str | int | None = None,
    survey: str | PathLike[str] | None = None,
    on: On = None,
    progress: Callable[[int], None] | None = None,
) -> Roster:
    """Return the people of a file: CSV, Excel, Parquet, JSON or JSON lines, by its suffix.

    Parameters
    ----------
    path
        The file; ``.gz`` after the suffix of a text file is read through gzip, ``.zip`` is an
        archive of one text file.
    columns
        A column map, or the path of one (TOML); ``None`` recognizes the usual headers.
    on_error
        ``"raise"`` raises when any row has an error; ``"skip"`` leaves those people out and lists
        them in ``skipped``.
    allow
        Codes of errors to take as warnings, beside those of the column map.
    sheet
        Name or position (from 0) of the sheet of a workbook, before that of the column map.
    survey
        A second file with what these people answered, of any format that is read. The column map
        is about the columns of both.
    on
        The header of the id or e-mail address in both files, or its header in each; by default it
        is found by the usual headers.
    progress
        Called with the number of people validated so far.

    Raises
    ------
    FileError
        The file is missing, empty, or not what its name says.
    ColumnMapError
        The column map is not valid, or names headers that the file does not have.
    InputError
        The two files have no column to join on, or several might be meant.
    RosterError
        Rows have errors and ``on_error`` is ``"raise"``; carries all findings.
    """
    column_map = _column_map(columns)
    with paused_collector():
        table = table_of(path, column_map, sheet)
        if survey is None:
            if on is not None:
                raise InputError("There is no survey to join: give its file as well.")
            return _roster(table, column_map, on_error, allow, progress=progress)
        layout = layout_of(column_map)
        answers = read_table(survey, headers=column_map.headers, layout=layout)
        both = join(table, answers, on, {fold(text) for text in column_map.missing})
        return _placed(
            both, lambda: _roster(both.table, column_map, on_error, allow, progress=progress)
        )


def read_sides(
    mentors: str | PathLike[str],
    mentees: str | PathLike[str],
    mentor_columns: ColumnMap | str | PathLike[str] | None = None,
    mentee_columns: ColumnMap | str | PathLike[str] | None = None,
    *,
    on_error: OnError = "raise",
    allow: Iterable[FindingCode | str] = (),
) -> Roster:
    """Return the people of two files, mentors and mentees, each with a column map of its own.

    Everybody gets the role of their file, beside any that a column states. Whoever is in both has
    both roles and all that either file states; where they differ, the mentors' file counts and a
    finding says so. A manager or a preferred partner may be in the other file.

    Parameters
    ----------
    mentors, mentees
        The files, of any format that :func:`read_roster` reads.
    mentor_columns, mentee_columns
        The column map of each, or its path.
    on_error, allow
        As in :func:`read_roster`.

    Raises
    ------
    FileError, ColumnMapError, RosterError
        As in :func:`read_roster`; all findings of both files come together.
    """
    maps = _column_map(mentor_columns), _column_map(mentee_columns)
    allowed = [*maps[0].allow, *maps[1].allow, *allow]
    with paused_collector():
        sides = Sides(
            RosterReader(table_of(mentors, maps[0]), maps[0], allowed),
            RosterReader(table_of(mentees, maps[1]), maps[1], allowed),
        )
        roster = _placed(
            sides,
            lambda: Roster.from_rows(
                sides.records,
                sides.rows,
                headers=sides.headers,
                findings=sides.findings,
                on_error=on_error,
                allow=allowed,
                source=sides.source,
            ),
        )
    roster.skipped += tuple(sides.skipped)
    return roster


def _placed(files: Joined | Sides, read: Callable[[], Roster]) -> Roster:
    """Return the roster of two files; its findings name the file and the row there."""
    try:
        roster = read()
    except RosterError as error:
        raise RosterError(files.place(error.findings), files.source) from None
    roster.findings = files.place(roster.findings)
    return roster


def roster_from_frame(
    frame: IntoDataFrame,
    columns: ColumnMap | str | PathLike[str] | None = None,
    *,
    on_error: OnError = "raise",
    allow: Iterable[FindingCode | str] = (),
) -> Roster:
    """Return the people of a dataframe of any library that narwhals knows.

    Cells may hold lists, or mappings of names to levels. The roster remembers the library.
    Parameters and errors are those of :func:`read_roster`; rows are counted from 1.

    Raises
    ------
    InputError
        The object is no dataframe.
    """
    import narwhals as nw

    column_map = _column_map(columns)
    try:
        native: object = nw.from_native(frame, pass_through=True)
        table = native.collect() if isinstance(native, nw.LazyFrame) else native
    except nw.exceptions.NarwhalsError as error:
        raise InputError(f"The dataframe cannot be read: {error}") from None
    if not isinstance(table, nw.DataFrame):
        raise InputError(f"{type(frame).__name__!r} is not a dataframe that can be read.")
    with paused_collector():
        series = list(table.iter_columns())
        raw = Table(
            "the dataframe",
            tuple(str(column.name) for column in series),
            tuple(_cells(column) for column in series),
            range(1, len(table) + 1),
        )
        backend: ModuleType = nw.get_native_namespace(table)
        return _roster(raw, column_map, on_error, allow, backend=backend)


def _cells(series: nw.Series[IntoSeries]) -> list[object]:
    """Return the cells of a column, ``None`` where there is nothing."""
    cells: list[object] = series.to_list()
    if series.null_count():
        for k in series.is_null().arg_true():
            cells[k] = None
    return cells


def _column_map(columns: ColumnMap | str | PathLike[str] | None) -> ColumnMap:
    if columns is None or isinstance(columns, ColumnMap):
        return columns or ColumnMap()
    return ColumnMap.load(columns)


def _roster(
    table: Table,
    column_map: ColumnMap,
    on_error: OnError,
    allow: Iterable[FindingCode | str],
    *,
    progress: Callable[[int], None] | None = None,
    backend: ModuleType | None = None,
) -> Roster:
    allowed = [*column_map.allow, *allow]
    reader = RosterReader(table, column_map, allowed)
    records = reader.records()
    return Roster.from_rows(
        records,
        reader.rows,
        headers=reader.headers,
        findings=reader.findings,
        on_error=on_error,
        allow=allowed,
        source=table.name,
        progress=progress,
        backend=backend,
    )


# Writing --------------------------------------------------------------------------------------


def write_roster(
    roster: Roster,
    path: str | PathLike[str],
    *,
    language: Language = "en",
    include_protected: bool = False,
    excel_fr: bool = False,
    overwrite: bool = False,
) -> None:
    """Write a roster to a file that :func:`read_roster` reads back without a column map.

    Fields that nobody has get no column. What text cannot tell apart is not kept: a name that is
    ``NA`` reads as missing, and in CSV an attribute whose texts all look like numbers reads as
    numbers.

    Parameters
    ----------
    roster
        The people.
    path
        ``.csv``, ``.tsv``, ``.xlsx``, ``.parquet``, ``.json`` or ``.jsonl``.
    language
        Of headers and words: ``"en"`` or ``"fr"``.
    include_protected
        Whether protected fields, such as age and gender, are written too.
    excel_fr
        Whether a ``.csv`` or ``.tsv`` is written so that a French Excel opens it rightly: ``;``
        between the cells of a ``.csv``, a decimal comma, and a byte order mark.
    overwrite
        Whether an existing file may be replaced.

    Raises
    ------
    OutputError
        The file exists, its suffix is not known or is not one of ``excel_fr``, or it cannot be
        written.
    """
    title = "People" if language == "en" else "Personnes"
    records = roster_records(roster, language, include_protected=include_protected)
    headers = {title: [HEADERS["id"][language == "fr"][0]]}
    write_tables(path, {title: records}, headers=headers, excel_fr=excel_fr, overwrite=overwrite)


def roster_records(
    roster: Roster, language: Language = "en", *, include_protected: bool = False
) -> list[dict[str, Value]]:
    """Return one record per person, by header in English or French, as it is written to a file."""
    french = language == "fr"
    left_out = frozenset() if include_protected else Participant.protected_fields()
    titles = {name: HEADERS[name][french][0] for name in HEADERS if name not in left_out}
    attributes = _titles(roster, "attributes", titles.values(), VALUES["attribute"][french])
    protected = _titles(roster, "protected", (), VALUES["protected"][french])
    if not include_protected:
        protected = {}
    if all(person.status is EmploymentStatus.ACTIVE for person in roster):
        del titles["status"]
    records: list[dict[str, Value]] = []
    for person in roster:
        written = ((titles[name], _written(name, person, french=french)) for name in titles)
        record: dict[str, Value] = {title: value for title, value in written if value is not None}
        record |= {attributes[key]: value for key, value in person.attributes.items()}
        record |= {protected[key]: value for key, value in person.protected.items() if protected}
        records.append(record)
    used = {title for record in records for title in record}
    order = (*titles.values(), *attributes.values(), *protected.values())
    order = tuple(title for title in order if title in used)
    return [{title: record.get(title) for title in order} for record in records]


def _titles(roster: Roster, field: str, taken: Iterable[str], prefix: str) -> dict[str, str]:
    """Return a header for each attribute, with a prefix where it would be read as a field."""
    names = dict.fromkeys(name for person in roster for name in getattr(person, field))
    used = set(taken)
    return {
        name: f"{prefix}: {name}"
        if field == "protected"
        or name in used
        or name in FIELDS
        or recognized_field(name)
        or special_header(name)
        or choice_header(name)
        else name
        for name in names
    }


def _written(name: str, person: Participant, *, french: bool) -> Value:
    """Return a field of a person as one cell."""
    value: object = getattr(person, name)
    if value is None or isinstance(value, str):
        return VALUES[value][french] if isinstance(value, EmploymentStatus) else value
    if isinstance(value, bool):
        return VALUES["yes" if value else "no"][french]
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < EXACT else value
    if isinstance(value, int | date):
        return value
    if isinstance(value, frozenset):
        return VALUES["both" if len(value) == len(Role) else next(iter(value))][french]
    text = "; ".join(_items(name, person)) if value else ""
    is_missing = 0 < len(text) <= _LONGEST and fold(text) in _AS_MISSING
    return f'"{text}"' if is_missing else text or None


def _items(name: str, person: Participant) -> list[str]:
    """Return the items of a field that holds a list."""
    if name in {"skills", "needs"}:
        levels = person.skills if name == "skills" else person.needs
        return [quoted(level_text(skill, level)) for skill, level in levels.items()]
    if name == "preferences":
        return [
            "=".join(quoted(one, (*SEPARATORS, "=", ">")) for one in group)
            for group in person.preferences
        ]
    return [quoted(str(item)) for item in getattr(person, name)]


# Dataframes -----------------------------------------------------------------------------------


def records_to_frame(
    records: Records, backend: ModuleType | None = None, *, headers: Sequence[str] = ()
) -> IntoDataFrame:
    """Return records as a dataframe of the given library.

    Parameters
    ----------
    records
        One mapping per row; a key that a record lacks is missing there.
    backend
        The library, such as :attr:`Roster.backend`; ``None`` takes pandas, polars or pyarrow,
        whichever is installed first in this order.
    headers
        The first columns, there even without a record.

    Raises
    ------
    MissingExtraError
        No dataframe library is installed.
    """
    import narwhals as nw

    module = backend if backend is not None else _installed()
    names, rows = in_rows(records, headers)
    columns = {name: [row[k] for row in rows] for k, name in enumerate(names)}
    columns = {name: _one_type(values) for name, values in columns.items()}
    frame: IntoDataFrame = nw.from_dict(columns, backend=module).to_native()
    return frame


def _one_type(values: list[Value]) -> list[Value]:
    """Return values of one type, or as texts where they have several."""
    kinds = {type(value) for value in values if value is not None}
    if len(kinds) <= 1 or kinds == {int, float}:
        return values
    return [*in_texts(values)]


def _installed() -> ModuleType:
    for name in BACKENDS:
        if importlib.util.find_spec(name) is not None:
            return importlib.import_module(name)
    raise MissingExtraError("pandas", "io", "Making a dataframe")
