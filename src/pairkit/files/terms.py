"""Terms: tables of skills as publishers have them: names, other names, and what is broader."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from os import PathLike
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from pairkit.errors import ColumnMapError, FileError, did_you_mean
from pairkit.files.lexicon import header_key
from pairkit.files.tables import Table, read_table
from pairkit.profiles import fold

__all__ = ["TermColumns", "TermFiles", "Terms", "read_terms"]

SHOWN: Final = 5


class TermColumns(BaseModel):
    """Which header of a table of skills holds what; ``None`` recognizes the usual headers.

    Parameters
    ----------
    name
        The name to use for the skill.
    id
        What is the same for one skill in all tables, such as ``conceptUri``.
    synonyms
        Other names, in any number of columns and in any language.
    broader
        Ids or names of broader skills or of groups.
    narrower
        In a table of relations, the id or name of the narrower skill.
    separator
        What stands between several names in a cell; by default, for each column, a line break, a
        ``|`` or a ``;``, whichever of them occurs in it, in this order.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str | None = None
    id: str | None = None
    synonyms: tuple[str, ...] | None = None
    broader: tuple[str, ...] | None = None
    narrower: str | None = None
    separator: str | None = Field(default=None, min_length=1)

    @field_validator("synonyms", "broader", mode="before")
    @classmethod
    def _several(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value


class TermFiles(BaseModel):
    """The files of a vocabulary, as a TOML file names them, relative to itself.

    Parameters
    ----------
    files
        Tables of skills. The first that names a skill gives its name; names in the others, such as
        the same table in another language, become synonyms.
    relations
        A table of which skill is broader than which, or ``None``.
    accepted
        A review table with the synonyms that were accepted, or ``None``.
    columns
        The headers.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    files: tuple[Path, ...] = Field(min_length=1)
    relations: Path | None = None
    accepted: Path | None = None
    columns: TermColumns = TermColumns()

    @classmethod
    def load(cls, path: str | PathLike[str]) -> TermFiles:
        """Return the files that a TOML file names.

        Raises
        ------
        FileError
            The file is missing or is not text.
        ColumnMapError
            It is not valid TOML, or has a setting that is not valid.
        """
        place = Path(path)
        try:
            table = tomllib.loads(place.read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise FileError(f"{place.name} cannot be read: {error.strerror}.") from None
        except UnicodeDecodeError:
            raise FileError(f"{place.name} is not UTF-8 text.") from None
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise ColumnMapError(f"{place.name} is not valid TOML: {error}.") from None
        try:
            found = cls.model_validate(table)
        except ValidationError as error:
            detail = error.errors(include_url=False, include_context=False)[0]
            where = ".".join(str(part) for part in detail["loc"])
            raise ColumnMapError(f"{place.name}: {where}: {detail['msg']}.") from None
        return found.model_copy(
            update={
                "files": tuple(place.parent / one for one in found.files),
                "relations": found.relations and place.parent / found.relations,
                "accepted": found.accepted and place.parent / found.accepted,
            }
        )


@dataclass(slots=True)
class Terms:
    """Skills as tables give them.

    Parameters
    ----------
    names
        Name of each skill by its key: its id, or its folded name where the table has no ids.
    synonyms
        Other names by key.
    broader
        Keys, names or groups that are broader, by key or name.
    """

    names: dict[str, str] = field(default_factory=dict)
    synonyms: dict[str, dict[str, None]] = field(default_factory=dict)
    broader: dict[str, dict[str, None]] = field(default_factory=dict)


_USUAL: Final = {
    "name": "name,preferred label,skill,skill name,label,title,element name,commodity title,"
    "nom,libellé,intitulé,compétence,libellé compétence",
    "id": "id,concept uri,uri,code,skill id,element id,commodity code,O*NET-SOC code,code ogr,"
    "identifiant,code compétence,code ogr compétence",
    "synonyms": "synonyms,synonym,alt labels,alt label,hidden labels,aliases,alias,other names,"
    "alternate labels,alternate label,alternate title,alternate titles,example,"
    "synonymes,synonyme,autres noms,autre nom,appellation,libellé appellation",
    "broader": "broader,broader skill,broader skills,broader uri,parent,parent id,parent skill,"
    "plus large,compétence plus large,générique,code parent",
    "narrower": "narrower,narrower skill,narrower uri,concept uri,child,child id,skill,id,"
    "plus étroite,spécifique,enfant",
}
_KEYS: Final = {
    role: [header_key(text) for text in texts.split(",")] for role, texts in _USUAL.items()
}


def read_terms(
    paths: Sequence[str | PathLike[str]],
    relations: str | PathLike[str] | None = None,
    columns: TermColumns | None = None,
) -> Terms:
    """Return the skills of one or more tables, and of a table of what is broader.

    Rows with one id, or without ids one name, are one skill: what they name differently are
    synonyms. So a table may have one row for each synonym, or one file for each language.

    Parameters
    ----------
    paths
        CSV, Excel, Parquet or JSON files.
    relations
        A table with a narrower and a broader skill or group in each row.
    columns
        The headers.

    Raises
    ------
    FileError
        A file is missing, not what its name says, or has rows that cannot be read.
    ColumnMapError
        A header is not there, or none is recognized as the name of the skill.
    """
    used = columns or TermColumns()
    terms = Terms()
    for path in paths:
        _add_terms(terms, _whole_table(path), used)
    if relations is not None:
        _add_relations(terms, _whole_table(relations), used)
    return terms


def _whole_table(path: str | PathLike[str]) -> Table:
    """Return a table of which every row can be read: a lost row is a lost skill."""
    table = read_table(path, empty=True)
    if not table.rows:
        raise FileError(f"{table.name} has no rows: no skill can be read from it.")
    errors = [str(one) for one in table.findings if one.severity == "error"]
    if errors:
        more = f" ... and {len(errors) - SHOWN} more." if len(errors) > SHOWN else ""
        raise FileError(f"{table.name}: {' '.join(errors[:SHOWN])}{more}")
    return table


def _add_terms(terms: Terms, table: Table, columns: TermColumns) -> None:
    names = _texts(table, _one(table, "name", columns.name))
    with_ids = _found(table, "id", (columns.id,) if columns.id else None)
    keys = _texts(table, with_ids[0]) if with_ids else [fold(name) for name in names]
    synonyms = _lists(table, _found(table, "synonyms", columns.synonyms), columns.separator)
    broader = _lists(table, _found(table, "broader", columns.broader), columns.separator)
    for row, key, name, others, wider in zip(
        table.rows, keys, names, synonyms, broader, strict=True
    ):
        if not (key or name or others or wider):
            continue
        if not key or (not name and key not in terms.names):
            what = "id" if with_ids and not key else "name"
            raise FileError(f"{table.name}: row {row} has no {what}. Give it one, or remove it.")
        first = terms.names.setdefault(key, name)
        known = terms.synonyms.setdefault(key, {})
        known.update((other, None) for other in (name, *others) if other and other != first)
        terms.broader.setdefault(key, {}).update(dict.fromkeys(filter(None, wider)))


def _add_relations(terms: Terms, table: Table, columns: TermColumns) -> None:
    wide = _found(table, "broader", columns.broader)
    if not wide:
        raise _no_column(table, "broader", None)
    column = _one(table, "narrower", columns.narrower)
    narrower = _texts(table, column)
    known = {*terms.names, *(fold(name) for name in terms.names.values())}
    if not any(narrow in known or fold(narrow) in known for narrow in narrower):
        header = table.headers[column]
        raise FileError(
            f"{table.name}: nothing in its column {header!r} is the id or the name of a skill. "
            f"Name the column that is: columns.narrower = '...'."
        )
    for narrow, wider in zip(narrower, _lists(table, wide, columns.separator), strict=True):
        if narrow:
            terms.broader.setdefault(narrow, {}).update(dict.fromkeys(filter(None, wider)))


def _one(table: Table, role: str, header: str | None) -> int:
    found = _found(table, role, (header,) if header else None)
    if not found:
        raise _no_column(table, role, None)
    return found[0]


def _found(table: Table, role: str, headers: Iterable[str] | None) -> list[int]:
    """Return the columns of a role: those named, else those with a usual header."""
    keys = [header_key(header) for header in table.headers]
    if headers is None:
        usual = _KEYS[role]
        several = role == "synonyms"
        return [
            k
            for word in usual
            for k, key in enumerate(keys)
            if key == word or (several and len(key) <= len(word) + 2 and key[:-2] == word)
        ]
    found = []
    for header in headers:
        if header_key(header) not in keys:
            raise _no_column(table, role, header)
        found.append(keys.index(header_key(header)))
    return found


def _no_column(table: Table, role: str, header: str | None) -> ColumnMapError:
    there = ", ".join(map(repr, table.headers))
    if header is not None:
        hint = did_you_mean(header, table.headers)
        return ColumnMapError(f"{table.name} has no column {header!r} for {role}.{hint}")
    return ColumnMapError(
        f"No header of {table.name} is that of the {role} of a skill; it has {there}. "
        f"Name it: columns.{role} = '...'."
    )


def _texts(table: Table, column: int) -> list[str]:
    return [
        " ".join(str(cell).split()) if cell is not None else "" for cell in table.columns[column]
    ]


def _lists(table: Table, columns: Sequence[int], separator: str | None) -> Iterable[list[str]]:
    """Return the names that the columns hold in each row, together."""
    if not columns:
        return ([] for _ in table.rows)
    split = [_split_column(table.columns[k], separator) for k in columns]
    return (list(chain.from_iterable(cells)) for cells in zip(*split, strict=True))


def _split_column(cells: Sequence[object], separator: str | None) -> Iterator[list[str]]:
    if separator is None:
        marks = ("\n", "|", ";")
        texts = [cell for cell in cells if isinstance(cell, str)]
        separator = next((mark for mark in marks if any(mark in text for text in texts)), ";")
    for cell in cells:
        parts: Iterable[object] = (cell,)
        if isinstance(cell, str):
            parts = cell.split(separator)
        elif isinstance(cell, list | tuple):
            parts = cell
        yield [" ".join(str(part).split()) for part in parts if part is not None]
