"""People from files and dataframes to a roster, and from a roster to files and records."""

# Roster.read imports this module when it is called, so the cycle is meant:
# pyright: reportImportCycles=false

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from os import PathLike
from types import ModuleType
from typing import TYPE_CHECKING, Final, Literal, Self, TypeAlias, Union

from pairkit.errors import ColumnMapError, InputError, RosterError
from pairkit.files.cells import KINDS, level_text
from pairkit.files.column_map import MISSING, ColumnMap
from pairkit.files.extras import EXACT, scalar
from pairkit.files.failures import FAILURES
from pairkit.files.frames import backend_of, table_of_frame
from pairkit.files.headers import choice_header, recognized_field, special_header
from pairkit.files.items import PLAIN, SEPARATORS, plain, quoted
from pairkit.files.joining import Joined, On, join, unite
from pairkit.files.lexicon import HEADERS, NOTHING, VALUES
from pairkit.files.opening import layout_of, table_of
from pairkit.files.quantities import date_doubt
from pairkit.files.reading import RosterReader
from pairkit.files.stages import Progress, silent, stage
from pairkit.files.tables import Table, Value, read_table
from pairkit.files.uniting import SIDES, United
from pairkit.files.writing import write_tables
from pairkit.findings import FindingCode
from pairkit.profiles import FIELDS, EmploymentStatus, Participant, Role, fold, tidy
from pairkit.roster import OnError, Roster
from pairkit.validation import paused_collector

if TYPE_CHECKING:
    from narwhals.typing import IntoDataFrame

__all__ = ["read_roster", "read_sides", "record_fields", "roster_records", "write_roster"]

Language = Literal["en", "fr"]
Source: TypeAlias = Union[str, PathLike[str], "IntoDataFrame"]
MapOrPath: TypeAlias = ColumnMap | str | PathLike[str] | None
_AS_THEY_ARE: Final[Mapping[FindingCode, tuple[type, ...]]] = {
    FindingCode.BAD_NUMBER: (int, float),
    FindingCode.BAD_DATE: (date,),
    FindingCode.BAD_BOOLEAN: (bool,),
}
_AS_MISSING: Final = FAILURES | NOTHING | {fold(text) for text in MISSING}
_LONGEST: Final = 2 * max(map(len, _AS_MISSING))
TABLE, CELLS = 0.2, 0.6  # the shares of a reading after which cells, and people, are there


# Reading --------------------------------------------------------------------------------------


def read_roster(  # noqa: PLR0913 - what Roster.read takes, and progress
    source: Source,
    columns: MapOrPath = None,
    *,
    on_error: OnError = "raise",
    allow: Iterable[FindingCode | str] = (),
    sheet: str | int | None = None,
    survey: Source | None = None,
    survey_columns: MapOrPath = None,
    on: On = None,
    progress: Progress | None = None,
) -> Roster:
    """Return the people of a file or a dataframe, with what they answered in a survey.

    Parameters and errors are those of :meth:`Roster.read`.
    """
    column_map = _column_map(columns)
    own = column_map if survey_columns is None else _column_map(survey_columns)
    if survey is None and (on is not None or survey_columns is not None):
        raise InputError("There is no survey to join: give it as well.")
    maps = [column_map] if own is column_map else [column_map, own]
    with paused_collector():
        people = _table(source, column_map, sheet)
        way = _Way.of(maps, on_error, allow, progress, backend_of(source))
        way.tell(TABLE / 2)
        if survey is None:
            name, reader = people.name, RosterReader(people, column_map, way.allowed)
            del people  # the raw cells take as much memory as the people
            return way.roster(reader, name)
        if own is not column_map:
            reader = RosterReader(people, column_map, way.allowed)
            answers = _table(survey, own, name="the survey")
            return way.united(unite(reader, answers, own, way.allowed, on))
        both = join(people, _answers(survey, column_map), column_map, on)
        return way.placed(both, RosterReader(both.table, column_map, way.allowed))


def read_sides(
    mentors: Source,
    mentees: Source,
    mentor_columns: MapOrPath = None,
    mentee_columns: MapOrPath = None,
    *,
    on_error: OnError = "raise",
    allow: Iterable[FindingCode | str] = (),
    progress: Progress | None = None,
) -> Roster:
    """Return the people of two files or dataframes, mentors and mentees.

    Parameters and errors are those of :meth:`Roster.read_sides`.
    """
    maps = [_column_map(mentor_columns), _column_map(mentee_columns)]
    if any(one.number_rows for one in maps):
        raise ColumnMapError(
            "number_rows gives people of both files the same ids: let each file have a column of "
            "ids."
        )
    with paused_collector():
        tables = [_table(one, its) for one, its in zip((mentors, mentees), maps, strict=True)]
        backend = backend_of(mentors) or backend_of(mentees)
        way = _Way.of(maps, on_error, allow, progress, backend)
        way.tell(TABLE)
        pairs = zip(tables, maps, strict=True)
        one, other = (RosterReader(table, its, way.allowed) for table, its in pairs)
        return way.united(United(one, other, SIDES, stage(way.tell, TABLE, CELLS)))


@dataclass(frozen=True, slots=True)
class _Way:
    """How records become a roster; the parameters are those of :meth:`Roster.from_rows`."""

    allowed: list[FindingCode | str]
    on_error: OnError
    tell: Progress
    backend: ModuleType | None

    @classmethod
    def of(
        cls,
        maps: Iterable[ColumnMap],
        on_error: OnError,
        allow: Iterable[FindingCode | str],
        progress: Progress | None = None,
        backend: ModuleType | None = None,
    ) -> Self:
        """Return the way with what column maps allow, too."""
        allowed = [*(code for one in maps for code in one.allow), *allow]
        return cls(allowed, on_error, progress or silent, backend)

    def roster(self, reader: RosterReader | United, source: str) -> Roster:
        """Return the people that a reader reads."""
        records = reader.records(stage(self.tell, TABLE, CELLS))
        rows, headers, findings = reader.rows, reader.headers, reader.findings
        del reader  # the raw cells take as much memory as the people
        return Roster.from_rows(
            records,
            rows,
            headers=headers,
            findings=findings,
            on_error=self.on_error,
            allow=self.allowed,
            source=source,
            progress=stage(self.tell, CELLS, 1.0),
            backend=self.backend,
        )

    def placed(self, files: Joined | United, reader: RosterReader | United) -> Roster:
        """Return the roster of two files; its findings name the file and the row there."""
        try:
            roster = self.roster(reader, files.source)
        except RosterError as error:
            raise RosterError(files.place(error.findings), files.source) from None
        roster.findings = files.place(roster.findings)
        return roster

    def united(self, files: United) -> Roster:
        """Return the roster of two files that were read each by itself."""
        roster = self.placed(files, files)
        roster.skipped += tuple(files.skipped)
        return roster


def _table(
    source: Source,
    column_map: ColumnMap,
    sheet: str | int | None = None,
    name: str = "the dataframe",
) -> Table:
    """Return the table of a file or a dataframe."""
    if isinstance(source, str | PathLike):
        return table_of(source, column_map, sheet)
    return table_of_frame(source, name)


def _answers(survey: Source, column_map: ColumnMap) -> Table:
    """Return the table of a survey without a map of its own, whose format is found out."""
    if isinstance(survey, str | PathLike):
        return read_table(survey, headers=column_map.headers, layout=layout_of(column_map))
    return table_of_frame(survey, "the survey")


def _column_map(columns: MapOrPath) -> ColumnMap:
    if columns is None or isinstance(columns, ColumnMap):
        return columns or ColumnMap()
    return ColumnMap.load(columns)


def record_fields(record: Mapping[str, object]) -> dict[str, object]:
    """Return the fields of a record as a file with the same cells gives them.

    A key that is no field is an attribute. What is no value, such as ``None``, NaN, ``pandas.NA``
    or a blank text, is left out; what cannot be read stays, for validation to tell.
    """
    fields: dict[str, object] = {}
    extras: dict[str, object] = {}
    for name, cell in record.items():
        value = tidy(cell) if isinstance(cell, str) else plain(cell)
        if value is None or (not value and isinstance(value, str | tuple | dict)):
            continue
        if name not in FIELDS:
            extras[tidy(str(name))] = _extra(value)
        elif name in KINDS:
            fields[name] = _stated(name, value)
        else:
            fields[name] = _extras(value)
    given = fields.get("attributes", {})
    if extras and isinstance(given, Mapping):
        fields["attributes"] = {**given, **extras}
    return fields


def _stated(name: str, value: object) -> object:
    """Return the value of a field, or the cell where it is none or not exactly one."""
    kind = KINDS[name]
    inexact = kind.code is FindingCode.BAD_DATE and not isinstance(value, date)
    if type(value) in _AS_THEY_ARE.get(kind.code, ()) or (inexact and date_doubt(value)):
        return value
    if name == "id" and isinstance(value, bool):
        return value
    try:
        return kind.read(value, PLAIN)
    except (ValueError, TypeError):
        return value


def _extras(value: object) -> object:
    """Return a mapping of attributes without those that are not stated."""
    if not isinstance(value, Mapping):
        return value
    cells = {name: plain(cell) for name, cell in value.items()}
    return {name: _extra(cell) for name, cell in cells.items() if cell is not None}


def _extra(value: object) -> object:
    if isinstance(value, str):
        return tidy(value)
    return scalar(value) if isinstance(value, datetime) else value


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
    ``N/A`` or ``#REF!`` reads as missing, in CSV an attribute whose texts all look like numbers
    reads as numbers, and a row with nothing but an id that looks like no other is taken for a
    heading. Managers and wishes who were skipped because of errors are left out.

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
    for person in _without_skipped(roster):
        written = ((titles[name], _written(name, person, french=french)) for name in titles)
        record: dict[str, Value] = {title: value for title, value in written if value is not None}
        record |= {attributes[key]: value for key, value in person.attributes.items()}
        record |= {protected[key]: value for key, value in person.protected.items() if protected}
        records.append(record)
    used = {title for record in records for title in record}
    order = (*titles.values(), *attributes.values(), *protected.values())
    order = tuple(title for title in order if title in used)
    return [{title: record.get(title) for title in order} for record in records]


def _without_skipped(roster: Roster) -> Iterator[Participant]:
    """Yield people without managers and wishes who were skipped: nobody's ids would be refused."""
    gone = {*roster.skipped} - {*roster.ids}
    for person in roster:
        groups = tuple(
            group
            for names in person.preferences
            if (group := tuple(name for name in names if name not in gone))
        )
        if person.manager in gone or groups != person.preferences:
            manager = None if person.manager in gone else person.manager
            yield person.model_copy(update={"manager": manager, "preferences": groups})
        else:
            yield person


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
