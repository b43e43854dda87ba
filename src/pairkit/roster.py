"""Roster: people in order, with unique ids."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from importlib import import_module
from os import PathLike
from typing import TYPE_CHECKING, Literal, overload

from pairkit.census import roster_panel
from pairkit.changes import RosterChanges, people_digest, roster_changes
from pairkit.encoding import Columns
from pairkit.errors import (
    InputError,
    RosterError,
    UnknownParticipantError,
    did_you_mean,
    finding_code,
    quoted,
)
from pairkit.findings import Finding, FindingCode, Findings
from pairkit.profiles import Participant
from pairkit.pseudonyms import pseudonymized
from pairkit.validation import duplicates, paused_collector, records_schema, validate

if TYPE_CHECKING:
    from types import ModuleType

    from narwhals.typing import IntoDataFrame

    from pairkit.files.column_map import ColumnMap

__all__ = ["OnError", "Roster"]

OnError = Literal["raise", "skip"]


class Roster(Sequence[Participant]):
    """People in order, with unique ids; encoded once, lazily, into arrays.

    Parameters
    ----------
    participants
        The people.
    findings
        What was found while reading them.
    skipped
        Ids of people who were left out while reading, or their row where they have none.
    backend
        The dataframe library that the people came from, in which results come back.

    Raises
    ------
    RosterError
        Two people have the same id.

    Examples
    --------
    >>> roster = Roster([Participant(id="A"), Participant(id="B", department="Sales")])
    >>> len(roster), "B" in roster, roster["B"].department
    (2, True, 'Sales')
    >>> [person.id for person in roster.filter(lambda person: person.department == "Sales")]
    ['B']
    """

    def __init__(
        self,
        participants: Iterable[Participant] = (),
        *,
        findings: Findings | None = None,
        skipped: Sequence[str] = (),
        backend: ModuleType | None = None,
    ) -> None:
        self._participants = tuple(participants)
        self.findings = findings if findings is not None else Findings()
        self.skipped = tuple(skipped)
        self.backend = backend
        repeated = duplicates([person.id for person in self._participants], None)
        if repeated:
            raise RosterError(Findings(filter(None, repeated.values())))

    @classmethod
    def read(  # noqa: PLR0913 - what files need
        cls,
        path: str | PathLike[str],
        columns: ColumnMap | str | PathLike[str] | None = None,
        *,
        on_error: OnError = "raise",
        allow: Iterable[FindingCode | str] = (),
        sheet: str | int | None = None,
        survey: str | PathLike[str] | IntoDataFrame | None = None,
        survey_columns: ColumnMap | str | PathLike[str] | None = None,
        on: str | tuple[str, str] | None = None,
        progress: Callable[[float], None] | None = None,
    ) -> Roster:
        """Return the people of a file: CSV, Excel, Parquet, JSON or JSON lines, by its suffix.

        Parameters
        ----------
        path
            The file; a text file may be in a ``.gz``, or alone in a ``.zip``.
        columns
            A column map, or the path of one (TOML); ``None`` recognizes the usual headers.
        on_error
            What rows with errors do: ``"raise"``, or ``"skip"`` these people, for ``skipped``.
        allow
            Codes of errors to take as warnings, such as ``"unknown-manager"``.
        sheet
            Name or position (from 0) of an Excel sheet; by default it is found by its headers.
        survey
            A second file, or a dataframe, with answers of these people. Of several the latest
            counts, by a usual header such as ``Timestamp``, else the last. What does not join is a
            finding.
        survey_columns
            The column map of the survey, or its path; ``None`` lets ``columns`` be about both.
            Where both state a value, the people's file counts, and a finding says so.
        on
            The header of the id or e-mail address in both, or in each; by default it is found.
        progress
            Called now and then with the share of the work that is done, up to 1.

        Raises
        ------
        FileError, ColumnMapError
            A file is missing, empty, or not what its name says; a column map does not fit its file.
        InputError
            The two files have no column to join on, or several might be meant.
        RosterError
            Rows have errors and ``on_error`` is ``"raise"``; carries all findings.
        """
        from pairkit.files.people import read_roster

        return read_roster(
            path,
            columns,
            on_error=on_error,
            allow=allow,
            sheet=sheet,
            survey=survey,
            survey_columns=survey_columns,
            on=on,
            progress=progress,
        )

    @classmethod
    def read_sides(
        cls,
        mentors: str | PathLike[str] | IntoDataFrame,
        mentees: str | PathLike[str] | IntoDataFrame,
        mentor_columns: ColumnMap | str | PathLike[str] | None = None,
        mentee_columns: ColumnMap | str | PathLike[str] | None = None,
        *,
        on_error: OnError = "raise",
        allow: Iterable[FindingCode | str] = (),
        progress: Callable[[float], None] | None = None,
    ) -> Roster:
        """Return the people of two files, mentors and mentees, each with a map of its own.

        Everybody gets the role of their file, beside any that a column states. Whoever is in both
        has both roles, and what either states; where the two differ, the mentors' file counts, and
        a finding says so. A manager or a preferred partner may be in the other file.

        Parameters
        ----------
        mentors, mentees
            The files, of any format that :meth:`read` reads, or dataframes.
        mentor_columns, mentee_columns
            The column map of each, or its path; ``None`` recognizes the usual headers.
        on_error, allow, progress
            As in :meth:`read`.

        Raises
        ------
        FileError, RosterError
            As in :meth:`read`; the findings of both files come together, each with its file.
        """
        from pairkit.files.people import read_sides

        return read_sides(
            mentors,
            mentees,
            mentor_columns,
            mentee_columns,
            on_error=on_error,
            allow=allow,
            progress=progress,
        )

    @classmethod
    def from_frame(
        cls,
        frame: IntoDataFrame,
        columns: ColumnMap | str | PathLike[str] | None = None,
        *,
        on_error: OnError = "raise",
        allow: Iterable[FindingCode | str] = (),
        survey: str | PathLike[str] | IntoDataFrame | None = None,
        survey_columns: ColumnMap | str | PathLike[str] | None = None,
        on: str | tuple[str, str] | None = None,
    ) -> Roster:
        """Return the people of a dataframe: pandas, polars, pyarrow and others through narwhals.

        The same cells in a file give the same people. Cells may also hold lists, or mappings of
        names to levels. Of pandas, an index that has a name is a column too, so that
        ``frame.set_index("id")`` is read as ``frame``. Rows are counted from 1. Results of this
        roster come back in the same dataframe library.

        Parameters
        ----------
        frame
            The people.
        columns, on_error, allow, survey, survey_columns, on
            As in :meth:`read`.

        Raises
        ------
        InputError, RosterError
            As in :meth:`read`; or the object is no dataframe, or has not one name a column.
        """
        from pairkit.files.people import read_roster

        if isinstance(frame, str | PathLike):
            raise InputError("A path is not a dataframe that can be read: Roster.read reads files.")
        return read_roster(
            frame,
            columns,
            on_error=on_error,
            allow=allow,
            survey=survey,
            survey_columns=survey_columns,
            on=on,
        )

    @classmethod
    def from_records(
        cls,
        records: Iterable[Mapping[str, object]],
        *,
        on_error: OnError = "raise",
        allow: Iterable[FindingCode | str] = (),
    ) -> Roster:
        """Return the people of mappings whose keys are the fields of :class:`Participant`.

        Values are read as the cells of a file are: a list may be ``"SQL; Go"``, and spaces, accents
        and invisible signs are tidied. A key that is no field becomes an attribute. ``None``, NaN,
        ``pandas.NA`` and blank texts mean not stated.

        Raises
        ------
        RosterError
            Records have errors and ``on_error`` is ``"raise"``; carries all findings.

        Examples
        --------
        >>> roster = Roster.from_records([{"id": 1, "skills": ["SQL"], "team": "Blue"}])
        >>> roster["1"].attributes
        {'team': 'Blue'}
        """
        from pairkit.files.people import record_fields

        with paused_collector():
            rows = [record_fields(record) for record in records]
            numbers = range(1, len(rows) + 1)
            return cls.from_rows(rows, numbers, on_error=on_error, allow=allow)

    @classmethod
    def from_rows(  # noqa: PLR0913 - the seam between files and people
        cls,
        records: Sequence[dict[str, object]],
        rows: Sequence[int],
        *,
        headers: Mapping[str, str] | None = None,
        findings: Iterable[Finding] = (),
        on_error: OnError = "raise",
        allow: Iterable[FindingCode | str] = (),
        source: str = "the roster",
        progress: Callable[[float], None] | None = None,
        backend: ModuleType | None = None,
    ) -> Roster:
        """Return the people of validated-to-be records, with findings that name their rows.

        Parameters
        ----------
        records, rows
            Values by the fields of :class:`Participant`, and the row number of each for a person.
        headers
            The header that fed each field, for messages.
        findings
            What reading the cells found already; errors there cost their rows too.
        on_error, allow, progress
            As in :meth:`read`.
        source
            Name of what is read, for messages.
        backend
            As for the class.
        """
        done = validate(
            records,
            rows,
            headers or {},
            findings=findings,
            allowed=frozenset(finding_code(code) for code in allow),
            progress=progress,
        )
        errors = done.findings.errors
        if errors and (on_error == "raise" or any(finding.row is None for finding in errors)):
            raise RosterError(done.findings, source)
        return cls(done.people, findings=done.findings, skipped=done.skipped, backend=backend)

    def __len__(self) -> int:
        """Return how many people there are."""
        return len(self._participants)

    def __iter__(self) -> Iterator[Participant]:
        """Return an iterator over the people in order."""
        return iter(self._participants)

    @overload
    def __getitem__(self, key: int | str) -> Participant: ...
    @overload
    def __getitem__(self, key: slice) -> Roster: ...
    def __getitem__(self, key: int | str | slice) -> Participant | Roster:
        """Return the person with that id or at that position, or a slice as a roster.

        Raises
        ------
        UnknownParticipantError
            Nobody has that id.
        """
        if isinstance(key, str):
            position = self.columns.positions.get(key)
            if position is None:
                hint = did_you_mean(key, self.columns.positions)
                raise UnknownParticipantError(f"Nobody has the id {quoted(key)}.{hint}")
            return self._participants[position]
        if isinstance(key, slice):
            return self._derived(self._participants[key])
        return self._participants[key]

    def __contains__(self, item: object) -> bool:
        """Return whether an id, or a person with that id and the same data, is in the roster."""
        if isinstance(item, str):
            return item in self.columns.positions
        return isinstance(item, Participant) and self.get(item.id) == item

    def __add__(self, other: Roster) -> Roster:
        """Return the people of both, in order; the ids must differ."""
        return Roster(
            (*self, *other),
            findings=self.findings + other.findings,
            skipped=(*self.skipped, *other.skipped),
            backend=self.backend or other.backend,
        )

    def __eq__(self, other: object) -> bool:
        """Return whether both hold the same people in the same order."""
        return isinstance(other, Roster) and self._participants == other._participants

    def __hash__(self) -> int:
        """Return a hash that agrees with equality."""
        return hash(self._participants)

    def __getstate__(self) -> dict[str, object]:
        """Return what to pickle; the dataframe library goes by its name."""
        return {**self.__dict__, "backend": getattr(self.backend, "__name__", None)}

    def __setstate__(self, state: dict[str, object]) -> None:
        """Take up what was pickled."""
        name = state["backend"]
        self.__dict__.update(state, backend=import_module(str(name)) if name else None)

    def __repr__(self) -> str:
        """Return the size alone: nobody's data belongs in a log."""
        return f"Roster({len(self)} people)"

    def _repr_html_(self) -> str:
        """Return what a notebook shows: counts by role and by field, nobody's data."""
        return roster_panel(
            self._participants,
            protected=self.columns.protected_fields,
            findings=len(self.findings),
            skipped=len(self.skipped),
        ).html()

    def get(self, identifier: str) -> Participant | None:
        """Return the person with that id, or ``None``."""
        position = self.columns.positions.get(identifier)
        return None if position is None else self._participants[position]

    def filter(self, keep: Callable[[Participant], bool]) -> Roster:
        """Return the people for whom ``keep`` is true, in the same order."""
        return self._derived(person for person in self._participants if keep(person))

    @property
    def ids(self) -> tuple[str, ...]:
        """All ids in order."""
        return tuple(person.id for person in self._participants)

    @cached_property
    def columns(self) -> Columns:
        """The people as arrays, encoded once."""
        return Columns(self._participants)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of everybody's data, hexadecimal; equal where :meth:`diff` finds nothing."""
        return people_digest(self._participants)

    def diff(self, other: Roster) -> RosterChanges:
        """Return what another roster changes about this one: who joined, left, or is different.

        People are matched by id and compared by what their values mean: neither their order, nor
        the order of a list that has none, nor the way that a number, a text or a window of time is
        written makes a difference. :attr:`digest` is the same exactly where nothing is.

        Parameters
        ----------
        other
            The later roster.

        Examples
        --------
        >>> before = Roster([Participant(id="A", level=3), Participant(id="B")])
        >>> after = Roster([Participant(id="C"), Participant(id="A", level=4)])
        >>> print(before.diff(after))
        1 joined: C.
        1 left: B.
        1 changed: A (level).
        >>> before.diff(after).changed[0].before, before.diff(after).changed[0].after
        (3.0, 4.0)
        """
        return roster_changes(self._participants, other._participants)

    def pseudonymize(self, key: str | bytes, *, references: Iterable[str] = ()) -> Roster:
        """Return the same people, in the same order, under ids that do not say who they are.

        An id becomes ``p`` and 12 characters of its HMAC-SHA-256 under the key, everywhere: the
        same key gives the same pseudonym in every file and round, and without it nobody can tell
        whose it is. So do ids in ``manager``, ``preferences`` and ``avoid``, and in attributes of
        which every value is an id of the roster, such as the earlier partner. A name becomes the
        pseudonym. Whatever else may tell who somebody is, such as an e-mail address among the
        attributes, the free text of ``about`` or a rare combination of values, stays: leave it out
        first where that matters. Findings stay behind.

        Parameters
        ----------
        key
            The secret, not empty; a key that can be guessed protects nobody, so take one from
            :func:`secrets.token_hex`.
        references
            Further attributes that hold ids, such as those read as numbers, or of people who are
            not in the roster.

        Raises
        ------
        InputError
            The key is empty, nobody has such an attribute, or two ids have the same pseudonym.

        Examples
        --------
        >>> roster = Roster(
        ...     [Participant(id="A", name="Ann Ames"), Participant(id="B", manager="A")]
        ... )
        >>> hidden = roster.pseudonymize("take a long random key")
        >>> hidden[1].manager == hidden[0].id == hidden[0].name
        True
        >>> owner = dict(zip(hidden.ids, roster.ids))  # the way back
        """
        return self._derived(pseudonymized(self._participants, key, references))

    @staticmethod
    def json_schema() -> dict[str, object]:
        """Return the JSON Schema (draft 2020-12) of the records that :meth:`from_records` takes.

        A further key is an attribute, with a value that is no list and no object. What is written
        in words of people, such as ``"2,5"`` or ``"oui"``, is read besides.
        """
        return records_schema()

    def to_frame(self) -> IntoDataFrame:
        """Return the people as a dataframe of the library they came from, one row each.

        A roster that came from elsewhere gives pandas where it is installed, else polars, else
        pyarrow. Columns are those of a written file; protected fields are left out.
        """
        from pairkit.files.frames import records_to_frame
        from pairkit.files.people import roster_records

        return records_to_frame(roster_records(self), self.backend)

    def _derived(self, participants: Iterable[Participant]) -> Roster:
        return Roster(participants, backend=self.backend)
