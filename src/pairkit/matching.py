"""match(): the front door. Matching: pairs and people, with ids back."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from pydantic import TypeAdapter, ValidationError

from pairkit.catalog import describe
from pairkit.diagnosis import diagnose_people
from pairkit.errors import FileError, ProblemError
from pairkit.explain import (
    Explanation,
    PartOfScore,
    Unmatched,
    departed,
    explain_pairs,
    explanation,
    unmatched_people,
)
from pairkit.findings import Finding, Findings
from pairkit.lowering import Lowered, lower
from pairkit.program import Program
from pairkit.provenance import Provenance, program_digest, provenance_of
from pairkit.reasons import Diagnosis
from pairkit.solution import Level, Proved, Solution, Status, Stop, raise_for_status
from pairkit.solvers import Solver
from pairkit.solvers.select import find_solver, solve

if TYPE_CHECKING:
    from os import PathLike

    from narwhals.typing import IntoDataFrame

    from pairkit.files import Records
    from pairkit.roster import Roster

__all__ = ["PAIR_HEADERS", "Matching", "Pair", "match"]

FORMAT: Final = 1
PAIR_HEADERS: Final = (
    "mentor",
    "mentor_name",
    "mentee",
    "mentee_name",
    "score",
    "mentor_load",
    "mentee_load",
)
UNMATCHED_HEADERS: Final = ("id", "name", "role", "code", "reason")


@dataclass(frozen=True, slots=True)
class Pair:
    """A mentor and a mentee who are to meet.

    Parameters
    ----------
    mentor, mentee
        Ids.
    score
        The sum of the contributions of the parts.
    parts
        The parts of the score.
    """

    mentor: str
    mentee: str
    score: float
    parts: tuple[PartOfScore, ...] = ()


@dataclass(frozen=True)
class Matching(Proved):
    """The result of a match: who mentors whom, how good it is, and why.

    Parameters
    ----------
    status
        How the solve ended.
    pairs
        The pairs, in the order of the roster.
    unmatched
        People on a side who have no partner there, each with the first reason.
    outside
        Why people are on neither side, by id.
    levels
        Value and proved bound of each objective, the first one first.
    solver
        Name of the solver that was used.
    detail
        Why it was chosen, or why it stopped.
    conflicts
        With ``INFEASIBLE``, what stands against each other and what to relax, one sentence each.
    seconds
        Wall-clock time of the solve.
    provenance
        Where the matching comes from.
    findings
        What was found in the people's data.
    skipped
        Ids, or rows, of people who were left out while reading.
    peers
        Whether there are no sides: the two people of a pair are then peers, whichever comes first.
    diagnosis
        With ``INFEASIBLE``, the conflicts in parts; ``None`` otherwise, and when read back.
    """

    status: Status
    pairs: tuple[Pair, ...]
    unmatched: tuple[Unmatched, ...]
    outside: Mapping[str, str]
    levels: tuple[Level, ...]
    solver: str
    detail: str
    conflicts: tuple[str, ...]
    seconds: float = field(compare=False)
    provenance: Provenance
    findings: Findings = field(default_factory=Findings)
    skipped: tuple[str, ...] = ()
    peers: bool = False
    diagnosis: Diagnosis | None = field(default=None, compare=False, repr=False)
    _roster: Roster | None = field(default=None, compare=False, repr=False)
    _program: Program | None = field(default=None, compare=False, repr=False)

    def __repr__(self) -> str:
        """Return the counts and the proof, without anybody's data."""
        return (
            f"Matching({self.status}, {len(self.pairs)} pairs, {len(self.unmatched)} unmatched, "
            f"objective={self.objective}, gap={self.gap})"
        )

    @cached_property
    def mentor_loads(self) -> Counter[str]:
        """Number of mentees of each mentor who has one; of peers, of partners."""
        second = (pair.mentee for pair in self.pairs if self.peers)
        return Counter([*(pair.mentor for pair in self.pairs), *second])

    @cached_property
    def mentee_loads(self) -> Counter[str]:
        """Number of mentors of each mentee who has one; of peers, of partners."""
        if self.peers:
            return self.mentor_loads
        return Counter(pair.mentee for pair in self.pairs)

    def raise_for_status(self) -> None:
        """Raise unless there is a solution.

        Raises
        ------
        InfeasibleError
            No solution can keep all rules and hold all pins; it carries the diagnosis.
        NoSolutionFoundError
            The solver stopped before it found one.
        SolverError
            A back end failed.
        """
        raise_for_status(self.status, "; ".join(self.conflicts) or self.detail, self.diagnosis)

    def explain(self, mentor: str, mentee: str) -> Explanation:
        """Return why a pair scores what it scores, matched or not.

        Raises
        ------
        UnknownParticipantError
            The mentor is not on the mentors' side, or the mentee not on the mentees'.
        ProblemError
            The pair is not matched, and the matching was read back without its roster and program.
        """
        made = self._made.get((mentor, mentee))
        if made is not None and made.parts:
            return Explanation(mentor, mentee, made.parts, matched=True, peers=self.peers)
        return explanation(self._lowered, mentor, mentee, matched=made is not None)

    @cached_property
    def _made(self) -> dict[tuple[str, str], Pair]:
        made = {(pair.mentor, pair.mentee): pair for pair in self.pairs}
        return made | {(b, a): pair for (a, b), pair in made.items() if self.peers}

    def __getstate__(self) -> dict[str, object]:
        """Return what a pickle holds: not the prepared program, which is made again when needed."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @cached_property
    def _lowered(self) -> Lowered:
        if self._roster is None or self._program is None:
            raise ProblemError(
                "This matching was read back without its people. Read it with "
                "Matching.read(path, roster, program) to explain other pairs."
            )
        day = np.datetime64(self.provenance.reference_date).item()
        return lower(self._roster, self._program.model_copy(update={"reference_date": day}))

    def pair_records(self) -> Records:
        """Return one plain dictionary per pair: ids, names, score, loads, and every part."""
        return [
            {
                "mentor": pair.mentor,
                "mentor_name": self._name(pair.mentor),
                "mentee": pair.mentee,
                "mentee_name": self._name(pair.mentee),
                "score": pair.score,
                "mentor_load": self.mentor_loads[pair.mentor],
                "mentee_load": self.mentee_loads[pair.mentee],
                **{_column(part.name): part.contribution for part in pair.parts},
            }
            for pair in self.pairs
        ]

    def unmatched_records(self) -> Records:
        """Return one plain dictionary per unmatched person, and per person on neither side."""
        records: list[dict[str, str | None]] = [
            {
                "id": one.id,
                "name": self._name(one.id),
                "role": one.role.value if one.role else None,
                "code": one.code.value,
                "reason": one.reason,
            }
            for one in self.unmatched
        ]
        records += [
            {"id": who, "name": self._name(who), "role": None, "code": "outside", "reason": why}
            for who, why in self.outside.items()
        ]
        return records

    def _name(self, identifier: str) -> str | None:
        person = self._roster.get(identifier) if self._roster is not None else None
        return person.name if person is not None else None

    def to_frame(self) -> IntoDataFrame:
        """Return the pairs as a dataframe of the library that the roster came from.

        A roster that came from a file gives pandas where it is installed, else polars, else
        pyarrow.
        """
        from pairkit.files import records_to_frame

        backend = self._roster.backend if self._roster is not None else None
        return records_to_frame(self.pair_records(), backend, headers=PAIR_HEADERS)

    def write(
        self, path: str | PathLike[str], *, excel_fr: bool = False, overwrite: bool = False
    ) -> None:
        """Write the matching, by the suffix of the file.

        ``.csv``, ``.tsv`` and ``.parquet`` hold the pairs; ``.xlsx`` a sheet each for pairs,
        unmatched people and findings; ``.json`` everything, to be read back by :meth:`read`. Texts
        that a spreadsheet would take for a formula are escaped. With ``excel_fr``, a ``.csv`` or
        ``.tsv`` is one that a French Excel opens rightly: see :func:`pairkit.write_roster`.

        Raises
        ------
        OutputError
            The file exists and ``overwrite`` is false, or the suffix is not known or is not one of
            ``excel_fr``.
        """
        from pairkit.files import check_excel_fr, write_tables, write_text

        if excel_fr:
            check_excel_fr(path)
        if Path(path).suffix == ".json":
            write_text(path, self.to_json(), overwrite=overwrite)
            return
        tables = {
            "pairs": self.pair_records(),
            "unmatched": self.unmatched_records(),
            "findings": self.findings.to_records(),
        }
        headers = {
            "pairs": PAIR_HEADERS,
            "unmatched": UNMATCHED_HEADERS,
            "findings": tuple(Finding.__dataclass_fields__),
        }
        write_tables(path, tables, headers=headers, excel_fr=excel_fr, overwrite=overwrite)

    def to_dict(self) -> dict[str, object]:
        """Return everything but the people as plain values."""
        return {
            "format": FORMAT,
            "status": self.status.value,
            "objective": self.objective,
            "bound": self.bound,
            "gap": self.gap,
            "pairs": [asdict(pair) for pair in self.pairs],
            "unmatched": [asdict(one) for one in self.unmatched],
            "outside": dict(self.outside),
            "levels": [asdict(level) for level in self.levels],
            "solver": self.solver,
            "detail": self.detail,
            "conflicts": list(self.conflicts),
            "seconds": self.seconds,
            "provenance": asdict(self.provenance),
            "findings": self.findings.to_records(),
            "skipped": list(self.skipped),
            "peers": self.peers,
        }

    def to_json(self) -> str:
        """Return everything but the people as JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=1)

    @classmethod
    def from_json(
        cls, text: str, roster: Roster | None = None, program: Program | None = None
    ) -> Matching:
        """Return the matching that :meth:`to_json` wrote.

        Parameters
        ----------
        text
            The JSON.
        roster, program
            What it was made from, to explain pairs that it did not make; both or neither.

        Raises
        ------
        FileError
            The text is not a matching.
        ProblemError
            The roster or the program is not the one it was made from.
        """
        if (roster is None) != (program is None):
            raise ProblemError("Give the roster and the program, or neither.")
        try:
            saved = _SAVED.validate_json(text)
        except ValidationError as error:
            raise FileError(f"This is not a matching: {describe(error)}.") from None
        kept = {one.name: getattr(saved, one.name) for one in fields(saved)}
        del kept["format"]
        kept["findings"] = Findings(saved.findings)
        matching = cls(**kept)
        return matching if roster is None or program is None else matching.attach(roster, program)

    @classmethod
    def read(
        cls,
        path: str | PathLike[str],
        roster: Roster | None = None,
        program: Program | None = None,
    ) -> Matching:
        """Return the matching of a JSON file that :meth:`write` made.

        Parameters and errors are those of :meth:`from_json`.
        """
        try:
            text = Path(path).read_text(encoding="utf-8")
        except OSError as error:
            raise FileError(f"{path} cannot be read: {error.strerror}.") from None
        except UnicodeDecodeError:
            raise FileError(f"{path} is not UTF-8 text.") from None
        return cls.from_json(text, roster, program)

    def attach(self, roster: Roster, program: Program) -> Matching:
        """Return the same matching with its people, to explain any pair.

        Raises
        ------
        ProblemError
            The roster or the program is not the one it was made from.
        """
        for what, now, then in (
            ("roster", roster.digest, self.provenance.roster),
            ("program", program_digest(program), self.provenance.program),
        ):
            if then is not None and now != then:
                raise ProblemError(f"This matching was made from another {what}.")
        return replace(self, _roster=roster, _program=program)


@dataclass(frozen=True)
class _Saved:
    """What a JSON file of a matching holds."""

    format: Literal[1]
    status: Status
    pairs: tuple[Pair, ...]
    unmatched: tuple[Unmatched, ...]
    outside: dict[str, str]
    levels: tuple[Level, ...]
    solver: str
    detail: str
    conflicts: tuple[str, ...]
    seconds: float
    provenance: Provenance
    findings: tuple[Finding, ...]
    skipped: tuple[str, ...]
    peers: bool = False


_SAVED = TypeAdapter(_Saved)


def match(
    roster: Roster,
    program: Program,
    *,
    solver: str | Solver = "auto",
    stop: Stop | None = None,
    seed: int = 0,
) -> Matching:
    """Return the best pairs of a roster under a program, verified, with reasons.

    Parameters
    ----------
    roster
        The people.
    program
        Who may be on which side, what makes a pair good, what forbids it, what comes first.
    solver
        A solver, or the name of one; ``"auto"`` takes the one that fits.
    stop
        When to stop early; by default never. Finding out why there is no solution may take as long
        again.
    seed
        The only source of randomness.

    Raises
    ------
    ProgramError
        The program asks for a field or a person that the roster does not have.
    UnsupportedError
        The solver does not support what the program asks for.
    VerificationError
        The solver's answer does not hold what it claims.

    Examples
    --------
    >>> from pairkit.roster import Roster
    >>> from pairkit.scoring import SkillCoverage
    >>> roster = Roster.from_records(
    ...     [
    ...         {"id": "Ana", "roles": "mentor", "skills": ["Python"]},
    ...         {"id": "Bob", "roles": "mentee", "needs": ["Python"]},
    ...     ]
    ... )
    >>> matching = match(roster, Program(scoring={"skills": SkillCoverage()}))
    >>> [(pair.mentor, pair.mentee, pair.score) for pair in matching.pairs]
    [('Ana', 'Bob', 1.0)]
    """
    used = find_solver(solver)
    lowered = lower(roster, program)
    solution = solve(lowered.problem, used, stop=stop, seed=seed)
    parts = explain_pairs(lowered, solution.mentors, solution.mentees)
    solved = solution.status.has_pairs
    infeasible = solution.status is Status.INFEASIBLE
    diagnosis = diagnose_people(lowered, stop=stop, seed=seed) if infeasible else None
    matching = Matching(
        status=solution.status,
        pairs=tuple(_pairs(lowered, solution, parts)),
        unmatched=tuple(unmatched_people(lowered, program, solution)) if solved else (),
        outside=lowered.outside,
        levels=solution.levels,
        solver=solution.solver,
        detail=solution.detail,
        conflicts=diagnosis.sentences if diagnosis is not None else (),
        seconds=solution.seconds,
        provenance=provenance_of(roster, program, lowered, used, seed),
        findings=roster.findings + departed(lowered, program),
        skipped=roster.skipped,
        peers=program.peers,
        diagnosis=diagnosis,
        _roster=roster,
        _program=program,
    )
    matching.__dict__["_lowered"] = lowered
    return matching


def _pairs(
    lowered: Lowered, solution: Solution, parts: list[tuple[PartOfScore, ...]]
) -> list[Pair]:
    mentors, mentees = lowered.mentors, lowered.mentees
    return [
        Pair(mentors.person(i).id, mentees.person(j).id, score, own)
        for i, j, score, own in zip(
            solution.mentors.tolist(),
            solution.mentees.tolist(),
            solution.scores.tolist(),
            parts,
            strict=True,
        )
    ]


def _column(part: str) -> str:
    """Return the column of a part; one that is called like a column of ours gets a prefix."""
    return f"part: {part}" if part in PAIR_HEADERS else part
