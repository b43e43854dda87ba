"""ColumnMap: which header of a table feeds which field, and how its cells are read."""

from __future__ import annotations

import codecs
import tomllib
from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    ValidationError,
    WithJsonSchema,
    model_validator,
)

from pairkit.errors import ColumnMapError, FileError, did_you_mean
from pairkit.files.cells import KINDS
from pairkit.files.headers import (
    is_free_answer,
    manager_id,
    rank_of,
    recognized_field,
    special_header,
)
from pairkit.files.items import Scalar
from pairkit.files.plan import Plan, choices_after, listed
from pairkit.files.wide import take_choices, take_joined_choices, take_levels, take_name
from pairkit.files.writing import write_text
from pairkit.findings import FindingCode, Severity
from pairkit.profiles import FrozenDict, fold

__all__ = ["MISSING", "Column", "ColumnMap"]

MISSING: Final = (
    *("", "NA", "N/A", "n.a.", "-", "--", "–", "—", "#N/A", "<NA>", "NaN", "null", "None"),
    *("néant", "aucun", "aucune", "sans objet", "non renseigné", "not specified", "[]"),
)

_FIELDS: Final[list[JsonValue]] = [*KINDS]


def _texts(value: object) -> object:
    """Return one text as a list of one."""
    return [value] if isinstance(value, str) else value


def _freeze(value: dict[str, Scalar]) -> FrozenDict[str, Scalar]:
    return FrozenDict(value)


def _freeze_texts(value: dict[str, tuple[str, ...]]) -> FrozenDict[str, tuple[str, ...]]:
    return FrozenDict(value)


def _codes(value: tuple[str, ...]) -> tuple[str, ...]:
    known = [str(code) for code in FindingCode]
    for code in value:
        if code not in known:
            raise ValueError(f"{code!r} is no code of a finding.{did_you_mean(code, known)}")
    return value


_NO_FILES: Final = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape"})


def _encoding(value: str | None) -> str | None:
    if not value:
        return None
    try:
        name = codecs.lookup(value).name
        "a".encode(name)  # base64 and the like are codecs, but none of texts
    except (LookupError, UnicodeError):
        name = ""
    if not name or name in _NO_FILES:
        raise ValueError(f"{value!r} is no text encoding; write 'utf-8' or 'cp1252'.")
    return name


def _delimiter(value: str | None) -> str | None:
    if value is not None and value != "tab" and len(value) != 1:
        raise ValueError("a delimiter is one character, or 'tab'")
    return "\t" if value == "tab" else value


def _known_fields(value: object) -> object:
    """Refuse names that are no fields of a participant, all of them at once."""
    names = value if isinstance(value, Mapping) else ()
    unknown = [f"{name!r}.{did_you_mean(str(name), KINDS)}" for name in names if name not in KINDS]
    if unknown:
        raise ValueError(f"there is no field {' There is no field '.join(unknown)}")
    return value


def _with_shorthand(schema: dict[str, JsonValue]) -> None:
    """Let the JSON Schema of a column be a header or several, too."""
    table: dict[str, JsonValue] = dict(schema)
    schema.clear()
    schema["anyOf"] = [*_ONE_OR_MORE, table]


_ONE_OR_MORE: Final[list[JsonValue]] = [
    {"type": "string"},
    {"type": "array", "items": {"type": "string"}},
]
Texts = Annotated[tuple[str, ...], BeforeValidator(_texts), WithJsonSchema({"anyOf": _ONE_OR_MORE})]
_CODE: Final[dict[str, JsonValue]] = {"enum": [str(code) for code in FindingCode]}
_CODES: Final[dict[str, JsonValue]] = {"anyOf": [_CODE, {"type": "array", "items": _CODE}]}
_DELIMITER: Final[dict[str, JsonValue]] = {
    "anyOf": [{"type": "string", "minLength": 1, "maxLength": 1}, {"enum": ["tab", None]}]
}


class Column(BaseModel):
    """Where one field comes from and how its cells are read.

    Parameters
    ----------
    headers
        One header or several, ``from`` in TOML. Several headers together feed a field that holds
        a list; of a field that holds one value, the first that is not missing counts. Without
        headers the usual ones are recognized.
    separator
        What stands between the values of one cell; by default that of the map.
    choices
        What the headers start with that have a column for each choice: with ``"Tool:"``, the
        column ``Tool: Excel`` says who has ``Excel``, by a cross, a yes or a level.
    level
        The header of the column with the levels of these names, for ``skills`` and ``needs``.
    where
        What other columns must say for a row to count: ``{"Kind": "wants to learn"}``.
    values
        What texts mean, compared without case and accents: ``{"Less than a year": 0.5}``.
    default
        The value of people whose cell is missing.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", validate_by_name=True, json_schema_extra=_with_shorthand
    )

    headers: Annotated[Texts, Field(validation_alias="from", serialization_alias="from")] = ()
    separator: Annotated[str, Field(min_length=1)] | None = None
    choices: Texts = ()
    level: str | None = None
    where: Annotated[dict[str, Texts], AfterValidator(_freeze_texts)] = FrozenDict()
    values: Annotated[dict[str, Scalar], AfterValidator(_freeze)] = FrozenDict()
    default: Scalar | tuple[str, ...] | None = None

    @property
    def feeds(self) -> bool:
        """Whether the map says where the field comes from."""
        return bool(self.headers or self.choices)

    @model_validator(mode="before")
    @classmethod
    def _shorthand(cls, value: object) -> object:
        """Read ``"Header"`` and ``["One", "Another"]`` as the headers."""
        return {"from": value} if isinstance(value, str | list | tuple) else value


class ColumnMap(BaseModel):
    """Which header of a table feeds which field of a participant, and how its cells are read.

    Parameters
    ----------
    columns
        A :class:`Column` for each field, or just its header or headers.
    repeated_ids
        ``"refuse"`` takes a second row with the same id for a mistake; ``"merge"`` puts the rows
        of one person together, for tables with a row for each person and skill.
    number_rows
        Whether people get their row number as id; for tables without an id.
    recognize
        Whether headers that the map does not name may be recognized as fields.
    attributes
        ``"keep"`` keeps the remaining columns as attributes, ``"drop"`` leaves them out.
    protected
        Headers of columns that go to :attr:`Participant.protected`.
    ignore
        Headers of columns to leave out.
    separator
        What stands between the values of one cell; by default it is found out for each column.
    missing
        Texts that mean that a value is missing, compared without case and accents.
    dates
        How to read ``03/04/2024``: ``"day-first"``, ``"month-first"``, ``"iso"`` (not at all) or
        ``"auto"`` (as the other dates of the column tell).
    allow
        Codes of errors to take as warnings.
    encoding, delimiter
        Of a text file; by default they are found out.
    sheet
        Name or position (from 0) of the sheet of a workbook.
    header_row
        Number of the row with the headers, from 1, in a text file or a workbook; by default it is
        found out.

    Examples
    --------
    >>> ColumnMap.parse({"columns": {"id": "Badge", "skills": ["Tools", "Methods"]}}).columns
    {'id': Column(headers=('Badge',), ...), 'skills': Column(headers=('Tools', 'Methods'), ...)}
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={"$schema": "https://json-schema.org/draft/2020-12/schema"},
    )

    columns: Annotated[
        dict[str, Column],
        BeforeValidator(_known_fields),
        Field(json_schema_extra={"propertyNames": {"enum": _FIELDS}}),
    ] = FrozenDict()
    repeated_ids: Literal["refuse", "merge"] = "refuse"
    number_rows: bool = False
    recognize: bool = True
    attributes: Literal["keep", "drop"] = "keep"
    protected: Texts = ()
    ignore: Texts = ()
    separator: Annotated[str, Field(min_length=1)] | None = None
    missing: Texts = MISSING
    dates: Literal["auto", "day-first", "month-first", "iso"] = "auto"
    allow: Annotated[Texts, AfterValidator(_codes), WithJsonSchema(_CODES)] = ()
    encoding: Annotated[str | None, AfterValidator(_encoding)] = None
    delimiter: Annotated[str | None, AfterValidator(_delimiter), WithJsonSchema(_DELIMITER)] = None
    sheet: str | int | None = None
    header_row: Annotated[int, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _one_id(self) -> ColumnMap:
        """Refuse an id column beside numbered rows."""
        if self.number_rows and "id" in self.columns:
            raise ValueError("number_rows gives everybody an id: leave the id column out")
        for name, column in self.columns.items():
            if column.level is not None and name not in {"skills", "needs"}:
                raise ValueError(f"{name} has no levels: leave level out of [columns.{name}]")
        return self

    @classmethod
    def parse(cls, options: Mapping[str, object], source: str = "The column map") -> ColumnMap:
        """Return the column map of a mapping such as a TOML file holds.

        Parameters
        ----------
        options
            The options by name.
        source
            What is read, for messages.

        Raises
        ------
        ColumnMapError
            Options are not valid; the message names all of them.
        """
        try:
            return cls.model_validate(options)
        except ValidationError as error:
            raise ColumnMapError(_complaint(error, source)) from None

    @classmethod
    def load(cls, path: str | PathLike[str]) -> ColumnMap:
        """Return the column map of a TOML file.

        Raises
        ------
        FileError
            The file cannot be read.
        ColumnMapError
            It is not TOML, or its options are not valid; the message names all of them.
        """
        name = Path(path).name
        try:
            options = tomllib.loads(Path(path).read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise FileError(f"The column map {name!r} cannot be read: {error.strerror}.") from None
        except UnicodeDecodeError:
            raise ColumnMapError(f"{name} is not UTF-8 text, as TOML has to be.") from None
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise ColumnMapError(f"{name} is not valid TOML: {error}.") from None
        return cls.parse(options, name)

    @property
    def headers(self) -> tuple[str, ...]:
        """All headers that the map names."""
        named = (header for column in self.columns.values() for header in column.headers)
        return (*named, *self.protected, *self.ignore)

    def to_toml(self) -> str:
        """Return the map as TOML that :meth:`load` reads back."""
        import tomli_w

        options = self.model_dump(by_alias=True, exclude_defaults=True)
        columns = {name: _short_form(column) for name, column in options.pop("columns", {}).items()}
        return tomli_w.dumps(options | ({"columns": columns} if columns else {}))

    def save(self, path: str | PathLike[str], *, overwrite: bool = False) -> None:
        """Write the map to a TOML file.

        Raises
        ------
        OutputError
            The file exists and ``overwrite`` is false, or cannot be written.
        """
        write_text(path, self.to_toml(), overwrite=overwrite)

    def plan(
        self,
        headers: Sequence[str],
        source: str = "the table",
        columns: Sequence[Sequence[object]] | None = None,
    ) -> Plan:
        """Return which columns of a table with these headers feed what.

        Parameters
        ----------
        headers
            The headers of the table in order.
        source
            Name of the table, for messages.
        columns
            The cells below each header, which show whether ``skills_python`` is one choice of
            several; without them it is none.

        Raises
        ------
        ColumnMapError
            The map names headers that the table does not have.
        """
        plan = Plan()
        taken = self._mapped(headers, source, plan)
        by_id = any(map(manager_id, headers))
        if self.recognize:
            fed = {name for name, column in self.columns.items() if column.feeds}
            taken |= take_choices(plan, headers, taken, fed)
            taken |= take_levels(plan, headers, taken, fed)
            taken |= take_name(plan, headers, taken) if "name" not in fed else set()
            if columns is not None:
                missing = {fold(text) for text in self.missing} | {""}
                taken |= take_joined_choices(
                    plan, headers, columns, mapped=taken, fed=fed, missing=missing
                )
        for k, header in enumerate(headers):
            if k in taken:
                continue
            special = special_header(header)
            name = recognized_field(header) if self.recognize and special is None else None
            if name == "manager" and by_id and not manager_id(header):
                name = None  # an export with both has the manager's name here
            if special is not None:
                kind, title = special
                plan.keep(plan.protected if kind == "protected" else plan.attributes, title, k)
            elif name is None or not self._take(plan, name, k, header):
                self._extra(plan, k, header)
        for name in plan.recognized:
            plan.fields[name].sort(key=lambda k: rank_of(headers[k]))
        return plan

    def _mapped(self, headers: Sequence[str], source: str, plan: Plan) -> set[int]:
        """Add the columns that the map names; return their positions."""
        absent: list[str] = []
        taken: set[int] = set()

        def find(header: str, what: str) -> list[int]:
            found = [k for k, one in enumerate(headers) if one == header]
            found = found or [k for k, one in enumerate(headers) if fold(one) == fold(header)]
            if not found:
                absent.append(f"{header!r} for {what}.{did_you_mean(header, headers)}")
            elif len(found) > 1:
                plan.repeated(header, f"all {len(found)} of these columns are {what}")
            taken.update(found)
            return found

        for header in self.ignore:
            find(header, "ignore")
        for header in self.protected:
            for k in find(header, "protected"):
                plan.keep(plan.protected, header, k)
        for name in self.columns:
            taken.update(self._mapped_field(headers, name, plan, find, absent))
        if absent:
            lines = [f"The column map names headers that {source} does not have:"]
            lines += [f"  {line}" for line in absent]
            lines.append(f"It has {listed(headers)}.")
            raise ColumnMapError("\n".join(lines))
        return taken

    def _mapped_field(
        self,
        headers: Sequence[str],
        name: str,
        plan: Plan,
        find: Callable[[str, str], list[int]],
        absent: list[str],
    ) -> list[int]:
        """Add the columns that the map names for a field; return their positions."""
        column = self.columns[name]
        found = [k for header in column.headers for k in find(header, name)]
        found += self._mapped_choices(headers, name, plan, absent)
        for level in find(column.level, f"the level of {name}") if column.level else ():
            plan.levels.update(((name, k), level) for k in found if k not in plan.choices)
        filters = plan.filters.setdefault(name, {})
        for header, texts in column.where.items():
            wanted = frozenset(map(fold, texts))
            filters |= dict.fromkeys(find(header, f"the rows of {name}"), wanted)
        if found:
            plan.fields[name] = list(dict.fromkeys(found))
        return found

    def _mapped_choices(
        self, headers: Sequence[str], name: str, plan: Plan, absent: list[str]
    ) -> list[int]:
        """Add the columns for one choice each that the map names; return their positions."""
        found: list[int] = []
        for start in self.columns[name].choices:
            chosen = choices_after(headers, start)
            plan.choices.update({k: c for k, c in chosen.items() if not is_free_answer(c)})
            found += chosen
            if not chosen:
                absent.append(f"one that starts with {start!r}, for {name}.")
        return found

    def _take(self, plan: Plan, name: str, k: int, header: str) -> bool:
        """Let a recognized column feed its field, unless the field has its columns already."""
        if (name == "id" and self.number_rows) or (
            name in self.columns and self.columns[name].feeds
        ):
            return False
        if name in plan.fields and not KINDS[name].many:
            plan.note(
                FindingCode.DUPLICATE_COLUMN,
                Severity.WARNING,
                header,
                f"{header!r} also looks like {name}, which has a column already.",
                f"Say in a column map which one is meant: [columns] {name} = {header!r}.",
            )
            return False
        plan.fields.setdefault(name, []).append(k)
        plan.recognized.add(name)
        plan.note(
            FindingCode.RECOGNIZED_COLUMN, Severity.INFO, header, f"{header!r} was read as {name}."
        )
        return True

    def _extra(self, plan: Plan, k: int, header: str) -> None:
        """Keep or drop a column that is no field."""
        if self.attributes == "keep":
            plan.keep(plan.attributes, header, k)
        else:
            plan.note(FindingCode.EXTRA_COLUMN, Severity.INFO, header, f"{header!r} was left out.")


def _short_form(column: Mapping[str, object]) -> object:
    """Return a column as its header alone where it says no more than that."""
    headers = column.get("from", ())
    if not isinstance(headers, tuple) or set(column) - {"from"} or not headers:
        return column
    return headers[0] if len(headers) == 1 else headers


def _complaint(error: ValidationError, source: str) -> str:
    """Return what is wrong with a column map, one line for each option."""
    lines = []
    for detail in error.errors(include_url=False, include_context=False, include_input=False):
        place = [str(part) for part in detail["loc"]]
        name = ".".join(place[:3])
        reason = detail["msg"].removeprefix("Value error, ").rstrip(".")
        if detail["type"] == "extra_forbidden":
            lines.append(f"there is no option {name!r}.{_where(place)}")
        else:
            end = "" if reason.endswith("?") else "."
            lines.append(f"{name + ': ' if name else ''}{reason[:1].lower()}{reason[1:]}{end}")
    lines = list(dict.fromkeys(lines))
    if len(lines) == 1:
        return f"{source} is not valid: {lines[0]}"
    return "\n  ".join([f"{source} is not valid:", *lines])


def _where(place: Sequence[str]) -> str:
    """Return where an option that is not known may belong."""
    if len(place) == 1 and place[0] in KINDS:
        return " It is a field: write it under [columns]."
    options = ["from", *Column.model_fields] if len(place) > 1 else list(ColumnMap.model_fields)
    return did_you_mean(place[-1], [name for name in options if name != "headers"])
