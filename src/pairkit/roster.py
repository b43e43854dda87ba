"""Roster: people in order, with unique ids."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Literal, overload

from pairkit.encoding import Columns
from pairkit.errors import RosterError, UnknownParticipantError, did_you_mean, finding_code
from pairkit.findings import Finding, FindingCode, Findings
from pairkit.profiles import Participant
from pairkit.validation import duplicates, fields_and_attributes, paused_collector, validate

if TYPE_CHECKING:
    from os import PathLike
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
            raise RosterError(Findings(repeated.values()))

    @classmethod
    def read(
        cls,
        path: str | PathLike[str],
        columns: ColumnMap | str | PathLike[str] | None = None,
        *,
        on_error: OnError = "raise",
        allow: Iterable[FindingCode | str] = (),
        sheet: str | int | None = None,
    ) -> Roster:
        """Return the people of a file: CSV, Excel, Parquet, JSON or JSON lines, by its suffix.

        Parameters
        ----------
        path
            The file; ``.gz`` after the suffix of a text file is read through gzip.
        columns
            A column map, or the path of one (TOML); ``None`` recognizes the usual headers.
        on_error
            ``"raise"`` raises when any row has an error; ``"skip"`` leaves those people out and
            lists them in ``skipped``.
        allow
            Codes of errors to take as warnings, such as ``"unknown-manager"``.
        sheet
            Name or position (from 0) of an Excel sheet; the first by default.

        Raises
        ------
        FileError
            The file is missing, empty, or not what its name says.
        RosterError
            Rows have errors and ``on_error`` is ``"raise"``; carries all findings.
        """
        from pairkit.files.people import read_roster

        return read_roster(path, columns, on_error=on_error, allow=allow, sheet=sheet)

    @classmethod
    def from_frame(
        cls,
        frame: IntoDataFrame,
        columns: ColumnMap | str | PathLike[str] | None = None,
        *,
        on_error: OnError = "raise",
        allow: Iterable[FindingCode | str] = (),
    ) -> Roster:
        """Return the people of a dataframe: pandas, polars, pyarrow and others through narwhals.

        Results of this roster come back in the same dataframe library. Parameters and errors are
        those of :meth:`read`.
        """
        from pairkit.files.people import roster_from_frame

        return roster_from_frame(frame, columns, on_error=on_error, allow=allow)

    @classmethod
    def from_records(
        cls,
        records: Iterable[Mapping[str, object]],
        *,
        on_error: OnError = "raise",
        allow: Iterable[FindingCode | str] = (),
    ) -> Roster:
        """Return the people of mappings whose keys are the fields of :class:`Participant`.

        A key that is no field becomes an attribute; ``None`` means not stated.

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
        with paused_collector():
            rows = [fields_and_attributes(record) for record in records]
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
        progress: Callable[[int], None] | None = None,
        backend: ModuleType | None = None,
    ) -> Roster:
        """Return the people of validated-to-be records, with findings that name their rows.

        Parameters
        ----------
        records
            Field names to values; the keys are fields of :class:`Participant`.
        rows
            The row number that each record has for a person, same length.
        headers
            The header that fed each field, for messages.
        findings
            What reading the cells found already; errors there cost their rows too.
        on_error, allow
            As in :meth:`read`.
        source
            Name of what is read, for messages.
        progress
            Called with the number of records validated so far.
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
                raise UnknownParticipantError(f"Nobody has the id {key!r}.{hint}")
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
        """SHA-256 of everybody's data, hexadecimal; the order of people does not matter."""
        people = sorted(self._participants, key=lambda person: person.id)
        total = hashlib.sha256()
        for person in people:
            data = person.model_dump(mode="json", exclude_defaults=True)
            total.update(json.dumps(data, sort_keys=True).encode())
        return total.hexdigest()

    def to_frame(self) -> IntoDataFrame:
        """Return the people as a dataframe of the library they came from, one row each.

        A roster that came from elsewhere gives pandas where it is installed, else polars, else
        pyarrow. Columns are those of a written file; protected fields are left out.
        """
        from pairkit.files.people import records_to_frame, roster_records

        return records_to_frame(roster_records(self), self.backend)

    def _derived(self, participants: Iterable[Participant]) -> Roster:
        return Roster(participants, backend=self.backend)
