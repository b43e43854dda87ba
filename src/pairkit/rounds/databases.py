"""Databases: one way to speak to a SQLite file and to a PostgreSQL server."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from pairkit.errors import FileError, MissingExtraError, OutputError

if TYPE_CHECKING:
    from os import PathLike

    from sqlalchemy import Connection, Engine

__all__ = ["Database", "Postgres", "Row", "Sqlite"]

Value: TypeAlias = str | int | float | None
Row: TypeAlias = tuple[Value, ...]
Values: TypeAlias = Mapping[str, Value]

PATIENCE: Final = 30.0  # seconds to wait for another process that writes
LOCK: Final = 7_424_745_551  # of PostgreSQL: whoever writes a history holds it


class Database(Protocol):
    """What a history is kept in: SQL with ``:name`` for values, inside transactions."""

    name: str
    serial: str

    @property
    def empty(self) -> bool:
        """Whether there is no table yet that could be somebody else's."""
        ...

    def has_table(self, table: str) -> bool:
        """Return whether there is a table of that name."""
        ...

    @contextmanager
    def transaction(self, *, writes: bool) -> Generator[None]:
        """Do what is inside whole or not at all; who writes is alone."""
        ...

    def run(self, sql: str, values: Values | Sequence[Values] = ()) -> list[Row]:
        """Run a statement, once for each of several values, and return its rows."""
        ...

    def purge(self, tables: Sequence[str]) -> None:
        """Remove what was deleted from the files for good."""
        ...

    def close(self) -> None:
        """End the connection."""
        ...


class Sqlite:
    """A SQLite file, safe when its process is killed: each transaction is on the disk or not."""

    serial = "INTEGER PRIMARY KEY AUTOINCREMENT"

    def __init__(self, path: str | PathLike[str]) -> None:
        target = Path(path)
        self.name = target.name
        if target.is_dir():
            raise FileError(f"{path} is a folder. Give the name of a file.")
        if not target.parent.is_dir():
            raise FileError(f"There is no folder {str(target.parent)!r}. Make it first.")
        with self._told():
            self._open = sqlite3.connect(target, timeout=PATIENCE, isolation_level=None)
            self._open.execute("PRAGMA secure_delete = ON")
            self._open.execute("PRAGMA synchronous = EXTRA")

    @property
    def empty(self) -> bool:
        """Whether there is no table at all."""
        return not self.run("SELECT 1 FROM sqlite_master LIMIT 1")

    def has_table(self, table: str) -> bool:
        """Return whether there is a table of that name."""
        found = self.run("SELECT 1 FROM sqlite_master WHERE name = :table", {"table": table})
        return bool(found)

    @contextmanager
    def transaction(self, *, writes: bool) -> Generator[None]:
        """Do what is inside whole or not at all; who writes is alone."""
        with self._told():
            self._open.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
        try:
            yield
        except BaseException:
            self._open.rollback()
            raise
        with self._told():
            self._open.execute("COMMIT")

    def run(self, sql: str, values: Values | Sequence[Values] = ()) -> list[Row]:
        """Run a statement, once for each of several values, and return its rows."""
        with self._told():
            if isinstance(values, Mapping) or not values:
                return self._open.execute(sql, values).fetchall()
            self._open.executemany(sql, values)
            return []

    def purge(self, tables: Sequence[str]) -> None:
        """Remove what was deleted from the file for good."""
        self.run("VACUUM")

    def close(self) -> None:
        """End the connection."""
        self._open.close()

    @contextmanager
    def _told(self) -> Generator[None]:
        """Say in a sentence what SQLite says."""
        try:
            yield
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise OutputError(
                    f"{self.name} is in use by another process that does not end. Try again later."
                ) from None
            raise OutputError(f"{self.name} cannot be used: {error}.") from None
        except sqlite3.DatabaseError as error:
            raise FileError(f"{self.name} is no database that can be read: {error}.") from None


class Postgres:
    """A PostgreSQL database, through SQLAlchemy."""

    serial = "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"

    def __init__(self, url: str) -> None:
        try:
            from sqlalchemy import create_engine, make_url
            from sqlalchemy.exc import ArgumentError, SQLAlchemyError
        except ImportError:
            raise MissingExtraError("sqlalchemy", "postgres", "A history in PostgreSQL") from None
        self._failure = SQLAlchemyError
        try:
            made = make_url(url)
        except ArgumentError:
            raise FileError("This is no URL of a database: postgresql://user@host/name.") from None
        self.name = made.render_as_string(hide_password=True)
        if made.get_backend_name() != "postgresql":
            raise FileError(f"{self.name} is no PostgreSQL database: postgresql://user@host/name.")
        made = made.set(drivername="postgresql+psycopg")
        self._engine: Engine = create_engine(made, isolation_level="REPEATABLE READ")
        self._now: Connection | None = None

    @property
    def empty(self) -> bool:
        """Always: tables of others may stand beside ours."""
        return True

    def has_table(self, table: str) -> bool:
        """Return whether there is a table of that name."""
        where = "schemaname = current_schema() AND tablename = :table"  # to_regclass() may lag
        return bool(self.run(f"SELECT 1 FROM pg_tables WHERE {where}", {"table": table}))

    @contextmanager
    def transaction(self, *, writes: bool) -> Generator[None]:
        """Do what is inside whole or not at all; who writes is alone."""
        from sqlalchemy import text

        with self._told(), self._engine.connect() as connection:
            if writes:  # a lock of the connection: the snapshot begins only after it is held
                connection.execution_options(isolation_level="READ COMMITTED")
            with connection.begin():
                if writes:
                    connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
                self._now = connection
                try:
                    yield
                finally:
                    self._now = None

    def run(self, sql: str, values: Values | Sequence[Values] = ()) -> list[Row]:
        """Run a statement, once for each of several values, and return its rows."""
        from sqlalchemy import text

        if self._now is None:
            with self.transaction(writes=False):
                return self.run(sql, values)
        given = values if isinstance(values, Mapping) else list(values)
        with self._told():
            found = self._now.execute(text(sql), given or None)
            return [tuple(row) for row in found] if found.returns_rows else []

    def purge(self, tables: Sequence[str]) -> None:
        """Remove what was deleted from the tables; logs and backups of the server keep it."""
        from sqlalchemy import text

        with self._told(), self._engine.connect() as connection:
            alone = connection.execution_options(isolation_level="AUTOCOMMIT")
            for table in tables:
                alone.execute(text(f"VACUUM {table}"))

    def close(self) -> None:
        """End all connections."""
        self._engine.dispose()

    @contextmanager
    def _told(self) -> Generator[None]:
        """Say in a sentence what the server says, without the password."""
        try:
            yield
        except self._failure as error:
            reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
            raise OutputError(f"{self.name} cannot be used: {reason}.") from None
