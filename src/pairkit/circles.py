"""match_circles(): the front door for circles. CircleMatching: people again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from pairkit.circling import Circles, CircleSolution, form_circles
from pairkit.errors import ProgramError
from pairkit.lowering import Lowered, lower
from pairkit.pairspace import Tile
from pairkit.problem import Problem
from pairkit.solution import Level, Proved, Status, Stop, raise_for_status

if TYPE_CHECKING:
    from narwhals.typing import IntoDataFrame

    from pairkit.circling import CircleSolver
    from pairkit.files import Records
    from pairkit.pairspace import PairSpace
    from pairkit.parts import Index
    from pairkit.program import Program
    from pairkit.roster import Roster

__all__ = ["Circle", "CircleMatching", "match_circles"]

HEADERS: Final = ("circle", "id", "name", "role")


@dataclass(frozen=True, slots=True)
class Circle:
    """People who meet as a group.

    Parameters
    ----------
    members
        Ids, in the order of the roster.
    leader
        The id of the mentor who leads them; ``None`` where circles are not led.
    score
        The sum of the scores of all pairs in it, those of the leader included.
    """

    members: tuple[str, ...]
    leader: str | None
    score: float


@dataclass(frozen=True)
class CircleMatching(Proved):
    """The circles of a roster, how good they are, and who is in none.

    Parameters
    ----------
    status
        How the solve ended.
    circles
        The circles, in the order of their first members.
    left_out
        Ids of peers who are in no circle.
    outside
        Why people are no peers, by id.
    levels
        Value and proved bound of each objective, the first one first: people placed, then the sum
        of the scores.
    solver
        Name of the solver that was used.
    detail
        Why it was chosen, or why it stopped.
    seconds
        Wall-clock time of the solve.
    """

    status: Status
    circles: tuple[Circle, ...]
    left_out: tuple[str, ...]
    outside: Mapping[str, str]
    levels: tuple[Level, ...]
    solver: str
    detail: str
    seconds: float = field(compare=False)
    _roster: Roster = field(compare=False, repr=False)

    def __repr__(self) -> str:
        """Return the counts and the proof, without anybody's data."""
        return (
            f"CircleMatching({self.status}, {len(self.circles)} circles, {len(self.left_out)} left "
            f"out, objective={self.objective}, gap={self.gap})"
        )

    def raise_for_status(self) -> None:
        """Raise unless there is a solution.

        Raises
        ------
        NoSolutionFoundError
            The time was over before there was one.
        """
        raise_for_status(self.status, self.detail)

    def records(self) -> Records:
        """Return one plain dictionary per person of a circle: number, id, name and role."""
        return [
            {"circle": number, "id": who, "name": self._roster[who].name, "role": role}
            for number, circle in enumerate(self.circles, 1)
            for who, role in (
                *([(circle.leader, "leader")] if circle.leader is not None else []),
                *((member, "member") for member in circle.members),
            )
        ]

    def to_frame(self) -> IntoDataFrame:
        """Return the records as a dataframe of the library that the roster came from."""
        from pairkit.files import records_to_frame

        return records_to_frame(self.records(), self._roster.backend, headers=HEADERS)


def match_circles(
    roster: Roster,
    program: Program,
    circles: Circles | None = None,
    *,
    leaders: Program | None = None,
    solver: CircleSolver | None = None,
    stop: Stop | None = None,
    seed: int = 0,
) -> CircleMatching:
    """Return the best mentoring circles of a roster, verified.

    Parameters
    ----------
    roster
        The people.
    program
        A program of peers: who they are, what makes two of them fit, what keeps them apart. Their
        capacity counts only where it is 0.
    circles
        How large circles are; by default 3 to 6.
    leaders
        A program of mentors and mentees: who may lead a circle, of whom, and how well. A mentor's
        capacity is how many circles they lead at most; peers who are no mentees in it stay out.
    solver
        :class:`~pairkit.CirclePacking` or :class:`~pairkit.CircleSearch`; by default the first
        where all possible circles can be listed.
    stop
        When to stop early.
    seed
        The only source of randomness.

    Raises
    ------
    ProgramError
        The program is not one of peers, or the leaders' program is, or one asks for a field or a
        person that the roster does not have.
    UnsupportedError
        The program pins pairs, has rules on the whole program, or objectives that circles do not
        know; or the solver says no.
    ProblemError
        The seed is below 0.
    VerificationError
        The answer does not hold what it claims.

    Examples
    --------
    >>> from pairkit.program import Program, Roles
    >>> from pairkit.roster import Roster
    >>> from pairkit.scoring import SharedInterests
    >>> likes = {"Ana": "chess", "Bo": "golf", "Cy": "chess", "Di": "golf", "Ed": "chess"}
    >>> likes["Flo"] = "golf"
    >>> roster = Roster.from_records([{"id": k, "interests": [v]} for k, v in likes.items()])
    >>> program = Program(roles=Roles(peer={}), scoring={"interests": SharedInterests()})
    >>> [circle.members for circle in match_circles(roster, program, Circles(3, 3)).circles]
    [('Ana', 'Cy', 'Ed'), ('Bo', 'Di', 'Flo')]
    """
    if not program.peers:
        raise ProgramError("Circles are formed among peers: give the program a role peer.")
    if leaders is not None and leaders.peers:
        raise ProgramError("Circles are led by mentors: the leaders' program has peers only.")
    among = lower(roster, program)
    led = lower(roster, leaders) if leaders is not None else None
    solution = form_circles(
        among.problem,
        circles,
        leaders=_leaders(led, among) if led is not None else None,
        solver=solver,
        stop=stop,
        seed=seed,
    )
    return CircleMatching(
        solution.status,
        tuple(_circles(solution, among, led)),
        tuple(among.mentors.person(k).id for k in solution.left_out.tolist()),
        among.outside,
        solution.levels,
        solution.solver,
        solution.detail,
        solution.seconds,
        roster,
    )


def _circles(solution: CircleSolution, among: Lowered, led: Lowered | None) -> list[Circle]:
    """Return circles with ids."""
    leaders: list[str | None] = [None] * len(solution)
    if led is not None and solution.leaders is not None:
        leaders = [led.mentors.person(k).id for k in solution.leaders.tolist()]
    return [
        Circle(tuple(among.mentors.person(k).id for k in members.tolist()), leader, score)
        for members, leader, score in zip(
            solution.circles, leaders, solution.scores.tolist(), strict=True
        )
    ]


def _leaders(led: Lowered, among: Lowered) -> Problem:
    """Return the leaders' problem with the peers as its columns."""
    places = led.mentees.at(among.mentors.index)
    problem = led.problem
    return Problem(
        _Placed(problem.space, places),
        problem.mentor_capacity,
        np.where(places >= 0, 1, 0),
        pinned_mentors=problem.pinned_mentors,
        pinned_mentees=problem.pinned_mentees,
        rows=problem.rows,
        loads=problem.loads,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Placed:
    """A pair space with other columns.

    Parameters
    ----------
    space
        The pairs.
    places
        Which column of it each column is, int64, shape (n,); -1 for none, which forbids the pairs.
    """

    space: PairSpace
    places: Index

    @property
    def shape(self) -> tuple[int, int]:
        """Number of mentors and of columns."""
        return self.space.shape[0], len(self.places)

    def pairs(self, i: Index, j: Index) -> Tile:
        """Return scores and permissions of pairs."""
        places = self.places[j]
        if not self.space.shape[1]:
            nobody = np.broadcast_shapes(i.shape, j.shape)
            return Tile(np.zeros(nobody), np.zeros(nobody, dtype=np.bool_))
        tile = self.space.pairs(i, np.maximum(places, 0))
        return Tile(tile.scores, tile.allowed & (places >= 0))
