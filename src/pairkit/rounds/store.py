"""Store: a history kept in a SQLite file or a PostgreSQL database."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import date
from functools import lru_cache
from os import PathLike, fspath
from typing import TYPE_CHECKING, Final, Self, cast

from pydantic import TypeAdapter

from pairkit.errors import FileError
from pairkit.rounds.databases import Postgres, Sqlite
from pairkit.rounds.history import History
from pairkit.rounds.ledger import KINDS
from pairkit.rounds.records import RECORDS, Record
from pairkit.rounds.schema import COLUMNS, MIGRATIONS, statements_of, table_of

if TYPE_CHECKING:
    from types import TracebackType

    from pairkit.rounds.databases import Database, Row, Value

__all__ = ["HistoryStore", "open_store"]

STRUCTURED: Final = {"groups", "parts", "skills"}  # columns that hold JSON


class HistoryStore:
    """A history kept in a database: what is written stays, whatever happens to the process.

    Each call of :meth:`add` is one transaction: all of its records are kept, or none. Several
    processes may use a store at a time. Use it in a ``with`` block, or close it.

    Examples
    --------
    >>> from datetime import date
    >>> from pairkit.rounds import Orientation
    >>> with History.open("program.db") as store:
    ...     store.add(Orientation("E-42", date(2027, 3, 1), "Kick-off"))
    ...     len(store.snapshot().orientations)
    1
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._history = History()
        self._generation = -1
        self._last = dict.fromkeys(RECORDS, 0)
        _migrate(database)

    def __repr__(self) -> str:
        """Return what it is kept in, and nobody's data."""
        return f"HistoryStore({self._database.name})"

    def __enter__(self) -> Self:
        """Return the store itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the store."""
        self.close()

    def close(self) -> None:
        """End the connection to the database."""
        self._database.close()

    def snapshot(self) -> History:
        """Return the history as it is now, with what other processes have written."""
        with self._database.transaction(writes=False):
            return self._refreshed()

    def add(self, *records: Record) -> None:
        """Keep more records: all of them, or none. One that is there already changes nothing.

        Raises
        ------
        HistoryError
            Records do not fit what is there, or would overwrite it.
        OutputError
            The database cannot be written.
        """
        with self._database.transaction(writes=True):
            before = self._refreshed()
            after = before.add(*records)
            for kind in RECORDS:
                new = getattr(after, kind)[len(getattr(before, kind)) :]
                if new:
                    self._insert(kind, new)

    def replace(self, old: Record, new: Record) -> None:
        """Correct a record, or release it: on purpose, and checked.

        Raises
        ------
        HistoryError
            The old record is not there, the two are of different kinds, or the new one does not
            fit.
        """
        with self._database.transaction(writes=True):
            self._refreshed().replace(old, new)
            kind = KINDS[type(old)]
            place = next(seq for seq, one in self._rows(kind, 0) if one == old)
            self._update(kind, {place: new})

    def forget(self, person: str) -> str:
        """Delete a person from the database, and return what stands for them.

        As :meth:`History.forget` does; no byte of the id is left in the file of SQLite. Copies and
        backups that were made before still have it, and so do the logs of a server.

        Raises
        ------
        HistoryError
            Nobody of that id is in the history.
        """
        with self._database.transaction(writes=True):
            after, alias = self._refreshed().forget(person)
            for kind in RECORDS:
                kept = iter(getattr(after, kind))
                rows = ((seq, old, next(kept)) for seq, old in self._rows(kind, 0))
                self._update(kind, {seq: new for seq, old, new in rows if new != old})
        self._database.purge([table_of(kind) for kind in RECORDS])
        return alias

    def _refreshed(self) -> History:
        """Return what is in the database, reading only what is new."""
        ((generation,),) = self._database.run("SELECT generation FROM pairkit_history")
        if generation != self._generation:
            self._history, self._last = History(), dict.fromkeys(RECORDS, 0)
            self._generation = cast("int", generation)
        found: list[Record] = []
        last = dict(self._last)
        for kind in RECORDS:
            for seq, record in self._rows(kind, last[kind]):
                found.append(record)
                last[kind] = seq
        if found:
            self._history, self._last = self._history.add(*found), last
        return self._history

    def _rows(self, kind: str, after: int) -> Iterator[tuple[int, Record]]:
        """Return the records of a kind beyond a number, each with its own."""
        names = ", ".join(f'"{name}"' for name in COLUMNS[kind])
        sql = f"SELECT seq, {names} FROM {table_of(kind)} WHERE seq > :after ORDER BY seq"
        for seq, *row in self._database.run(sql, {"after": after}):
            yield cast("int", seq), _record(kind, tuple(row))

    def _insert(self, kind: str, records: tuple[Record, ...]) -> None:
        names = ", ".join(f'"{name}"' for name in COLUMNS[kind])
        values = ", ".join(f":{name}" for name in COLUMNS[kind])
        sql = f"INSERT INTO {table_of(kind)} ({names}) VALUES ({values})"
        self._database.run(sql, [_row(one) for one in records])

    def _update(self, kind: str, records: Mapping[int, Record]) -> None:
        """Write other records in place of those of some numbers, and tell other processes so."""
        if not records:
            return
        named = ", ".join(f'"{name}" = :{name}' for name in COLUMNS[kind])
        sql = f"UPDATE {table_of(kind)} SET {named} WHERE seq = :seq"
        self._database.run(sql, [{**_row(one), "seq": seq} for seq, one in records.items()])
        self._database.run("UPDATE pairkit_history SET generation = generation + 1")


def open_store(target: str | PathLike[str]) -> HistoryStore:
    """Return the store of a path or of a URL; see :meth:`History.open`."""
    text = fspath(target)
    database: Database = Postgres(text) if "://" in text else Sqlite(text)
    try:
        return HistoryStore(database)
    except BaseException:
        database.close()
        raise


def _migrate(database: Database) -> None:
    """Bring the tables to the present schema, one step a transaction.

    Raises
    ------
    FileError
        The database belongs to another program, or to a later version of this one.
    """
    while True:
        with database.transaction(writes=False):
            version = _version(database)
        if version == len(MIGRATIONS):
            return
        with database.transaction(writes=True):
            version = _version(database)  # another process may have been quicker
            if version < len(MIGRATIONS):
                for statement in statements_of(MIGRATIONS[version], database.serial):
                    database.run(statement)
                sql = "UPDATE pairkit_history SET version = :version"
                database.run(sql, {"version": version + 1})


def _version(database: Database) -> int:
    """Return the number of the schema, 0 where there is none yet."""
    if not database.has_table("pairkit_history"):
        if database.empty:
            return 0
        raise FileError(f"{database.name} is a database of another program. Give another name.")
    ((version,),) = database.run("SELECT version FROM pairkit_history")
    if not isinstance(version, int) or version > len(MIGRATIONS):
        raise FileError(
            f"{database.name} was written by a later version of pairkit: its schema is {version}, "
            f"and this version knows {len(MIGRATIONS)}. Upgrade pairkit."
        )
    return version


def _row(record: Record) -> dict[str, Value]:
    """Return a record as values of a table."""
    return {one.name: _cell(getattr(record, one.name)) for one in fields(record)}


def _cell(value: object) -> Value:
    if isinstance(value, dict | tuple):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, str) else cast("Value", value)


def _record(kind: str, row: Row) -> Record:
    """Return the record of a row."""
    values: dict[str, object] = dict(zip(COLUMNS[kind], row, strict=True))
    for name in STRUCTURED & values.keys():
        values[name] = json.loads(str(values[name]))
    return _adapter(kind).validate_python(values)


@lru_cache(maxsize=len(RECORDS))
def _adapter(kind: str) -> TypeAdapter[Record]:
    return TypeAdapter(RECORDS[kind])
