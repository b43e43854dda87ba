"""History: what has happened in a program so far, as one frozen value."""

# What keeps and writes a history is imported where a method needs it.
# pyright: reportImportCycles=false

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields, replace
from itertools import chain
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from pairkit.errors import HistoryError
from pairkit.rounds.ledger import KINDS, Ledger, Standing
from pairkit.rounds.records import (
    RECORDS,
    Enrollment,
    Feedback,
    Meeting,
    Orientation,
    PairChange,
    PairKey,
    Record,
    Round,
    RoundPair,
    Thanks,
)

if TYPE_CHECKING:
    from os import PathLike

    from narwhals.typing import IntoDataFrame

    from pairkit.rounds.store import HistoryStore

__all__ = ["History", "HistorySource", "forgotten"]


@runtime_checkable
class HistorySource(Protocol):
    """What a history can be had from: a :class:`History`, or a store of one."""

    def snapshot(self) -> History:
        """Return the history as it is now."""
        ...


@dataclass(frozen=True)
class History:
    """What has happened in a program so far; nothing in it is ever overwritten.

    Every fact is a record: see the classes of the fields. A history is a value: :meth:`add` returns
    a longer one. :meth:`open` keeps one in a file or a database instead.

    Parameters
    ----------
    rounds, enrollments, pairs, changes, meetings, feedback, orientations, thanks
        The records of each kind, in the order in which they were written down.

    Raises
    ------
    HistoryError
        Records do not fit each other, such as feedback on a pair that is not there; it has all
        ``problems``.

    Examples
    --------
    >>> from datetime import date
    >>> day = date(2027, 3, 1)
    >>> history = History().add(Round("2027", day), RoundPair("2027", "M-17", "E-42", day))
    >>> history = history.add(PairChange("2027", "M-17", "E-42", "active", day))
    >>> history.standing(("2027", "M-17", "E-42")).state.value
    'active'
    """

    rounds: tuple[Round, ...] = ()
    enrollments: tuple[Enrollment, ...] = ()
    pairs: tuple[RoundPair, ...] = ()
    changes: tuple[PairChange, ...] = ()
    meetings: tuple[Meeting, ...] = ()
    feedback: tuple[Feedback, ...] = ()
    orientations: tuple[Orientation, ...] = ()
    thanks: tuple[Thanks, ...] = ()
    _ledger: Ledger = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Check the records."""
        self._fill(_entered(Ledger(), self.records()))

    def _fill(self, ledger: Ledger) -> None:
        """Take all records from a ledger, in which each is once."""
        for kind, own in ledger.records.items():
            object.__setattr__(self, kind, tuple(own.values()))
        object.__setattr__(self, "_ledger", ledger)

    def __repr__(self) -> str:
        """Return how many records there are, and nobody's data."""
        counts = (f"{len(getattr(self, kind))} {kind}" for kind in RECORDS)
        return f"History({', '.join(counts)})"

    def records(self) -> Iterator[Record]:
        """Return all records, so that each comes after those that it refers to."""
        return chain.from_iterable(getattr(self, kind) for kind in RECORDS)

    def snapshot(self) -> History:
        """Return the history itself, as a store returns what it holds."""
        return self

    def add(self, *records: Record) -> History:
        """Return a history with more records; one that is there already changes nothing.

        Raises
        ------
        HistoryError
            Records do not fit what is there, or would overwrite it.
        """
        longer = object.__new__(History)
        longer._fill(_entered(self._ledger.copy(), records))
        return longer

    def replace(self, old: Record, new: Record) -> History:
        """Return a history with one record corrected, or released: on purpose, and checked.

        Raises
        ------
        HistoryError
            The old record is not there, the two are of different kinds, or the new one does not
            fit.
        """
        kind = KINDS[type(old)]
        if type(new) is not type(old) or old not in getattr(self, kind):
            raise HistoryError([f"There is no such {type(old).__name__} to be replaced."])
        return History.of(new if one == old else one for one in self.records())

    def forget(self, person: str) -> tuple[History, str]:
        """Return a history that does not know a person any more, and what stands for them.

        Their id is replaced everywhere by a random one that says nothing, and all free text by or
        to them is deleted. What they did is still counted, so no figure changes.

        Raises
        ------
        HistoryError
            Nobody of that id is in the history.
        """
        records = list(self.records())
        alias = f"removed-{secrets.token_hex(8)}"
        found = [forgotten(record, person, alias) for record in records]
        if found == records:
            raise HistoryError([f"Nobody in the history has the id {person!r}."])
        return History.of(found), alias

    @classmethod
    def of(cls, records: Iterable[Record]) -> History:
        """Return the history of records of any kind, those that others refer to first.

        Raises
        ------
        HistoryError
            Records do not fit each other.
        """
        return cls().add(*records)

    def standing(self, pair: PairKey) -> Standing:
        """Return where a pair stands, by round, mentor and mentee.

        Raises
        ------
        HistoryError
            There is no such pair.
        """
        try:
            return self._ledger.standings[pair]
        except KeyError:
            words = f"{pair[1]!r} and {pair[2]!r} are no pair of round {pair[0]!r}"
            raise HistoryError([f"{words}. The mentor comes first."]) from None

    @property
    def open_pairs(self) -> tuple[RoundPair, ...]:
        """The pairs that are neither declined nor ended."""
        return tuple(one for one in self.pairs if self._ledger.standings[one.pair].state.open)

    @property
    def people(self) -> frozenset[str]:
        """The ids of everybody who was ever enrolled or paired."""
        paired = chain.from_iterable((one.mentor, one.mentee) for one in self.pairs)
        return frozenset(chain((one.person for one in self.enrollments), paired))

    @classmethod
    def from_frames(cls, **frames: IntoDataFrame) -> History:
        """Return the history of dataframes, one for each kind of record that there is.

        Parameters
        ----------
        **frames
            By the names of the fields, such as ``pairs=...``; the columns are called like the
            fields of the records. What a cell leaves empty was not stated.

        Raises
        ------
        HistoryError
            There is no such kind or column, or rows are no records or do not fit each other; it
            has all problems, with their rows.
        """
        from pairkit.rounds.transfer import records_of_frames

        return cls.of(records_of_frames(frames))

    def to_frames(self) -> dict[str, IntoDataFrame]:
        """Return a dataframe of each kind of record: pandas, else polars, else pyarrow."""
        from pairkit.rounds.transfer import frames_of

        return frames_of(self)

    @classmethod
    def read(cls, path: str | PathLike[str]) -> History:
        """Return the history of a file that :meth:`write` wrote.

        Raises
        ------
        FileError
            The file cannot be read, or is no history.
        HistoryError
            Its records do not fit each other.
        """
        from pairkit.rounds.transfer import read_records

        return cls.of(read_records(path))

    def write(self, path: str | PathLike[str], *, overwrite: bool = False) -> None:
        """Write everything: ``.json``, or ``.xlsx`` with a sheet for each kind of record.

        A workbook keeps 16 digits of a score; JSON keeps all.

        Raises
        ------
        OutputError
            The file exists and ``overwrite`` is false, its suffix is another, or it cannot be
            written.
        """
        from pairkit.rounds.transfer import write_history

        write_history(self, path, overwrite=overwrite)

    @staticmethod
    def open(target: str | PathLike[str]) -> HistoryStore:
        """Return a store that keeps a history in a file or a database.

        Parameters
        ----------
        target
            The path of a SQLite file, which is made where there is none, or the URL of a PostgreSQL
            database, such as ``postgresql://user@host/name`` (extra ``postgres``).

        Raises
        ------
        FileError
            The file is something else, or cannot be opened.
        MissingExtraError
            A URL was given, and SQLAlchemy is not installed.
        """
        from pairkit.rounds.store import open_store

        return open_store(target)


def _entered(ledger: Ledger, records: Iterable[Record]) -> Ledger:
    """Return a ledger with more records.

    Raises
    ------
    HistoryError
        Some do not fit.
    """
    problems = [problem for record in records if (problem := ledger.add(record)) is not None]
    if problems:
        raise HistoryError(problems)
    return ledger


PEOPLE = ("person", "mentor", "mentee", "by")  # fields that hold an id


def forgotten(record: Record, person: str, alias: str) -> Record:
    """Return a record in which an alias stands for a person, without what was written."""
    own = {one.name: getattr(record, one.name) for one in fields(record)}
    changed: dict[str, Any] = {
        name: alias for name in PEOPLE if name in own and own[name] == person
    }
    if not changed:
        return record
    if isinstance(record, Feedback):
        changed["text"] = None
    if isinstance(record, Thanks):
        changed |= {"words": f"removed-{secrets.token_hex(8)}", "released": False}
    return replace(record, **changed)
