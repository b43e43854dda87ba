"""suggest_map(): the column map that pairkit would use for a file, as TOML to edit."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike
from typing import Final

from pairkit.errors import FileError, RosterError
from pairkit.files.cells import KINDS
from pairkit.files.column_map import Column, ColumnMap
from pairkit.files.headless import is_headless, no_id
from pairkit.files.opening import table_of
from pairkit.files.plan import Plan
from pairkit.files.reading import RosterReader
from pairkit.files.tables import Table
from pairkit.findings import FindingCode, Findings, Severity
from pairkit.profiles import FrozenDict, fold
from pairkit.roster import Roster
from pairkit.validation import paused_collector

__all__ = ["MapSuggestion", "suggest_map"]

WIDTH: Final = 96
SHOWN: Final = 3  # findings that a comment tells
WHOLE: Final = 4  # letters up to which a telling word has to be there as it is
DOUBTFUL: Final = "doubtful: "

# Beginnings of words in headers that tell of a field, the most telling fields first.
_TELLING: Final = {
    "needs": "want wish wants learn need needs desire improve souhait apprend besoin aimer voudr",
    "skills": "skill worked master know teach expert tool tools technolog competenc maitris connai "
    "enseign transm outil savoir",
    "interests": "interest hobb loisir passion",
    "languages": "language langue",
    "availability": "availab disponib crenea slot slots",
    "experience": "year years experience tenure seniority annee ancien",
    "hired": "hire hired joined joining embauch entree",
    "retires": "retire retraite",
    "level": "level grade niveau echelon",
    "department": "department dept division unit service pole",
    "site": "site office city ville lieu location bureau",
    "country": "country pays",
    "manager": "manager supervisor boss responsable superieur",
    "consent": "consent agree contact accord",
    "gender": "gender sex genre sexe",
    "age": "age",
    "name": "name nom",
}
_IDS: Final = "id ids respondent employee badge matricule identif number num key code email mail"
_WORD = re.compile(r"[^\W_]+")
_HUMP = re.compile(r"(?<=[a-zà-ÿ0-9])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class MapSuggestion:
    """The column map that pairkit would use for a file, and what is doubtful about it.

    Parameters
    ----------
    column_map
        The map.
    doubts
        What to look at, by field; what is about the whole file is under an empty text.
    attributes
        Headers of columns that are kept as attributes.
    """

    column_map: ColumnMap
    doubts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    attributes: Sequence[str] = ()

    def to_toml(self) -> str:
        """Return the map as TOML, with a comment above each line that is doubtful."""
        import tomli_w

        options = self.column_map.model_dump(by_alias=True, exclude_defaults=True)
        columns: dict[str, dict[str, Sequence[str]]] = options.pop("columns", {})
        lines = [*_comments(self.doubts.get("", ()))]
        if options:
            lines += [tomli_w.dumps(options).rstrip(), ""]
        lines += ["[columns]"]
        plain = {name: one["from"] for name, one in columns.items() if set(one) == {"from"}}
        for name, headers in plain.items():
            lines += _comments(self.doubts.get(name, ()))
            short = headers[0] if len(headers) == 1 else headers
            lines.append(tomli_w.dumps({name: short}).rstrip())
        for name in self.doubts:
            lines += _comments(self.doubts[name]) if name and name not in columns else []
        if self.attributes:
            names = ", ".join(map(repr, self.attributes))
            way_out = "To leave some out, list them above [columns] under ignore."
            lines += _comments([f"Kept as attributes: {names}. {way_out}"], "")
        for name, one in columns.items():
            if name not in plain:
                lines += ["", *_comments(self.doubts.get(name, ()))]
                lines.append(tomli_w.dumps({"columns": {name: one}}).strip())
        return "\n".join(lines) + "\n"


def _comments(texts: Iterable[str], mark: str = DOUBTFUL) -> list[str]:
    """Return texts as comments of TOML, which hold no control characters."""
    printable = (
        "".join(sign if sign.isprintable() else " " for sign in f"{mark}{text}") for text in texts
    )
    return [
        line
        for text in printable
        for line in textwrap.wrap(
            text, WIDTH, initial_indent="# ", subsequent_indent="#   ", break_long_words=False
        )
    ]


def suggest_map(
    path: str | PathLike[str],
    columns: ColumnMap | str | PathLike[str] | None = None,
    *,
    sheet: str | int | None = None,
) -> MapSuggestion:
    """Return the column map that pairkit would use for a file, to be edited by a person.

    What usual headers say is written down. Of the other columns, those whose header tells of a
    field and whose cells can all be read as that are proposed, marked as doubtful. A map that is
    given keeps its say.

    Parameters
    ----------
    path
        The file.
    columns
        A column map to start from, or the path of one.
    sheet
        Name or position (from 0) of the sheet of a workbook.

    Raises
    ------
    FileError
        The file is missing, empty, not what its name says, or seems to have no header.
    ColumnMapError
        The column map is not valid, or names headers that the file does not have.
    """
    base = columns if isinstance(columns, ColumnMap) else ColumnMap()
    if isinstance(columns, str | PathLike):
        base = ColumnMap.load(columns)
    if sheet is not None:
        base = base.model_copy(update={"sheet": sheet})
    with paused_collector():
        table = table_of(path, base)
        if not base.columns and is_headless(table):
            raise FileError(no_id(table).message + " " + no_id(table).hint)
        return _Suggesting(table, base).suggestion()


class _Suggesting:
    """Finds out, step by step, which column of a table feeds what."""

    def __init__(self, table: Table, base: ColumnMap) -> None:
        self.table = table
        self.base = base
        self.doubts: dict[str, list[str]] = {}
        self.guessed: dict[str, list[str]] = {}
        self.numbered = False

    def suggestion(self) -> MapSuggestion:
        """Return the map, after the guesses that read something wrongly are taken back."""
        self._guess(self.base.plan(self.table.headers, self.table.name, self.table.columns))
        wrong = {one.column for one in self._read(self._map())[1].errors}
        for name in [one for one in self.guessed if one != "id"]:
            if wrong & set(self.guessed[name]):
                del self.guessed[name], self.doubts[name]
        column_map = self._map()
        plan, findings = self._read(column_map)
        columns = dict(column_map.columns)
        for name, positions in plan.fields.items():
            leveled = any((name, k) in plan.levels for k in positions)
            # a choice, or a column with another for its levels, is more than its header
            if plan.choices.keys().isdisjoint(positions) and not leveled:
                self._write_down(name, positions, columns)
        self._say(findings, plan)
        ordered = FrozenDict({name: columns[name] for name in KINDS if name in columns})
        kept = [self.table.headers[k] for k in plan.attributes.values()]
        return MapSuggestion(column_map.model_copy(update={"columns": ordered}), self.doubts, kept)

    def _map(self) -> ColumnMap:
        """Return the given map with the guesses; without an id, the rows are numbered."""
        guesses = {name: Column(headers=tuple(one)) for name, one in self.guessed.items()}
        given = dict(self.base.columns)
        for name, guess in guesses.items():
            given[name] = given.get(name, Column()).model_copy(update={"headers": guess.headers})
        if self.numbered:
            given.pop("id", None)
        numbered = self.numbered or self.base.number_rows
        return self.base.model_copy(update={"columns": FrozenDict(given), "number_rows": numbered})

    def _read(self, column_map: ColumnMap) -> tuple[Plan, Findings]:
        """Return what feeds what when the table is read so, and everything that is found."""
        reader = RosterReader(self.table, column_map, column_map.allow)
        records = reader.records()
        try:
            roster = Roster.from_rows(
                records,
                self.table.rows,
                headers=reader.headers,
                findings=reader.findings,
                allow=column_map.allow,
            )
        except RosterError as error:
            return reader.plan, error.findings
        return reader.plan, roster.findings

    # Guesses ----------------------------------------------------------------------------------

    def _guess(self, plan: Plan) -> None:
        """Propose a field for columns that none has, and an id if there is none."""
        headers = self.table.headers
        named = {*self.base.ignore, *self.base.protected}
        free = [
            k
            for k in plan.attributes.values()
            if headers.count(headers[k]) == 1 and headers[k] not in named
        ]
        if "id" not in plan.fields and not self.base.number_rows:
            self._guess_id(free)
        proposed: dict[str, list[int]] = {}
        for k in free:
            name = self._field(k, taken=plan.fields)
            if name is not None:
                proposed.setdefault(name, []).append(k)
        for name, positions in proposed.items():
            best = max(positions, key=self._filled)  # the first of those with the most cells
            chosen = positions if KINDS[name].many else [best]
            self.guessed[name] = [headers[k] for k in chosen]
            others = ", ".join(repr(headers[k]) for k in positions if k not in chosen)
            more = f" It could also be {others}." if others else ""
            told = f"no usual header, but one that seems to tell of {name}.{more}"
            self.doubts[name] = [told, *self.doubts.get(name, ())]

    def _guess_id(self, free: list[int]) -> None:
        chosen = self._id(free)
        if chosen is None:
            self.numbered = True
            told = (
                "no column has a value of its own in each row, so the id is the number of the row."
            )
            self.doubts[""] = [told]
        else:
            free.remove(chosen)
            self.guessed["id"] = [self.table.headers[chosen]]
            told = "no usual header of an id; this column has a value of its own in each row."
            self.doubts["id"] = [told]

    def _field(self, k: int, taken: Iterable[str]) -> str | None:
        """Return the field that a header tells of and whose cells can all be read."""
        header = self.table.headers[k]
        words = _words(header)
        leveled = [one for one in ("skills", "needs") if _tells(words, _TELLING[one])]
        if leveled and _tells(words, _TELLING["level"]):
            self.doubts.setdefault(leveled[0], []).append(
                f"{header!r} seems to hold levels; to use them, name the column of the names and "
                f"set level = {header!r} under [columns.{leveled[0]}]."
            )
            return None
        told = [one for one in _TELLING if one not in taken and _tells(words, _TELLING[one])]
        readable = next((one for one in told if self._readable(k, one)), None)
        if told and readable is None and self._filled(k):
            words_of = (
                f"{header!r} seems to tell of {told[0]}, but not all of its cells can be read."
            )
            self.doubts.setdefault(told[0], []).append(words_of)
        return readable

    def _readable(self, k: int, name: str) -> bool:
        header = self.table.headers[k]
        alone = ColumnMap(
            columns={name: Column(headers=(header,))},
            number_rows=True,
            recognize=False,
            attributes="drop",
            separator=self.base.separator,
            missing=self.base.missing,
            dates=self.base.dates,
        )
        reader = RosterReader(self.table, alone)
        held = any(name in record for record in reader.records())
        return held and not any(
            one.severity is Severity.ERROR and one.column == header for one in reader.findings
        )

    def _id(self, free: Sequence[int]) -> int | None:
        """Return a column with a value of its own in every row, one with a telling header first."""
        rows = len(self.table.rows)
        unique = [
            k
            for k in free
            if self._filled(k) == rows and len({*map(str, self.table.columns[k])}) == rows
        ]
        told = [k for k in unique if _tells(_words(self.table.headers[k]), _IDS)]
        return next(iter([*told, *unique]), None)

    def _filled(self, k: int) -> int:
        missing = {fold(text) for text in self.base.missing} | {""}
        return sum(
            cell is not None and not (isinstance(cell, str) and fold(cell) in missing)
            for cell in self.table.columns[k]
        )

    # Words ------------------------------------------------------------------------------------

    def _write_down(self, name: str, positions: Sequence[int], columns: dict[str, Column]) -> None:
        """Add a recognized column to the map, unless the header alone would mean more."""
        given = columns.get(name, Column())
        headers = self.table.headers
        named = tuple(dict.fromkeys(headers[k] for k in positions))
        meant = [k for k, header in enumerate(headers) if header in named]
        if not given.headers and sorted(meant) == sorted(positions):
            columns[name] = given.model_copy(update={"headers": named})

    def _say(self, findings: Findings, plan: Plan) -> None:
        """Add a comment for whatever a person should look at."""
        of_header = {self.table.headers[k]: name for name, at in plan.fields.items() for k in at}
        told: dict[tuple[str, FindingCode, str], int] = {}
        for one in findings:
            if one.severity is Severity.INFO:
                continue
            name = of_header.get(one.column or "", "")
            about = (name, one.code, one.column or "")
            told[about] = told.get(about, 0) + 1
            if told[about] <= SHOWN:
                words = f"{one.message} {one.hint if told[about] == 1 else ''}".strip()
                said = self.doubts.setdefault(name, [])
                said += [words] if words not in said else []


def _words(header: str) -> list[str]:
    """Return the words of a header, of a name in camel case too."""
    return _WORD.findall(fold(_HUMP.sub(" ", header)))


def _tells(words: Iterable[str], telling: str) -> bool:
    stems = telling.split()
    return any(
        word == stem or (len(stem) > WHOLE and word.startswith(stem))
        for word in words
        for stem in stems
    )
