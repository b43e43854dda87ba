"""match(): the front door. Matching: pairs and people, with ids back."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from pairkit.answering import Answering
from pairkit.diagnosis import diagnose_people
from pairkit.errors import ProblemError
from pairkit.explain import departed, unmatched_people
from pairkit.lowering import lower
from pairkit.pairs import (
    PAIR_HEADERS,
    pair_graph,
    pair_records,
    pairs_of,
    unmatched_records,
)
from pairkit.program import Program
from pairkit.provenance import program_digest, provenance_of
from pairkit.saved import read_text, saved_fields, saved_text, saved_values, write_matching
from pairkit.solution import Status, Stop, raise_for_status
from pairkit.solvers import Solver
from pairkit.solvers.select import find_solver, solve

if TYPE_CHECKING:
    from os import PathLike

    from narwhals.typing import IntoDataFrame
    from networkx import Graph

    from pairkit.files import Records
    from pairkit.roster import Roster

__all__ = ["Matching", "match"]


@dataclass(frozen=True)
class Matching(Answering):
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

    def pair_records(self) -> Records:
        """Return one plain dictionary per pair: ids, names, score, loads, and every part."""
        return pair_records(self.pairs, (self.mentor_loads, self.mentee_loads), self._name)

    def unmatched_records(self) -> Records:
        """Return one plain dictionary per unmatched person, and per person on neither side."""
        return unmatched_records(self.unmatched, self.outside, self._name)

    def _name(self, identifier: str) -> str | None:
        person = self._roster.get(identifier) if self._roster is not None else None
        return person.name if person is not None else None

    def to_networkx(self) -> Graph[str]:
        """Return a networkx graph: nodes are the ids of everybody on a side, edges the pairs.

        With sides it is a ``DiGraph`` with an edge from mentor to mentee, so that two people who
        mentor each other stay two pairs. Nodes have the attribute ``side``: ``"mentor"`` or
        ``"mentee"``, with ``bipartite`` 0 or 1 as networkx expects it; or ``"both"``, without.
        Peers are a plain ``Graph`` without these, as :meth:`Problem.from_graph` takes it. Edges
        have the ``score`` of the pair, and the same as ``weight``. Names and fields stay behind.

        Examples
        --------
        >>> from pairkit.datasets import sample
        >>> from pairkit.presets import reverse_mentoring
        >>> matching = match(sample(40), reverse_mentoring())
        >>> graph = matching.to_networkx()
        >>> graph.number_of_edges() == len(matching.pairs)
        True
        """
        return pair_graph(self.pairs, self.unmatched, peers=self.peers)

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
        tables = {"pairs": self.pair_records(), "unmatched": self.unmatched_records()}
        write_matching(self, tables, path, excel_fr=excel_fr, overwrite=overwrite)

    def to_dict(self) -> dict[str, object]:
        """Return everything but the people as plain values."""
        return saved_values(self)

    def to_json(self) -> str:
        """Return everything but the people as JSON."""
        return saved_text(self)

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
        matching = cls(**saved_fields(text))
        return matching if roster is None or program is None else matching.attach(roster, program)

    @classmethod
    def read(
        cls,
        path: str | PathLike[str],
        roster: Roster | None = None,
        program: Program | None = None,
    ) -> Matching:
        """Return the matching of a JSON file, as :meth:`from_json` does of its text."""
        return cls.from_json(read_text(path), roster, program)

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
    solved = solution.status.has_pairs
    infeasible = solution.status is Status.INFEASIBLE
    diagnosis = diagnose_people(lowered, stop=stop, seed=seed) if infeasible else None
    matching = Matching(
        status=solution.status,
        pairs=pairs_of(lowered, solution),
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
    matching.__dict__.update(_lowered=lowered, _solution=solution, _alone=matching.unmatched)
    return matching
