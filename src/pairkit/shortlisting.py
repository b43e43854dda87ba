"""Shortlists: the few candidates that each person sees, so that not everybody sees the same few."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pairkit.errors import ProblemError, UnknownParticipantError
from pairkit.explain import PartOfScore, explain_pairs
from pairkit.lowering import lower
from pairkit.pairspace import Candidates
from pairkit.problem import Problem
from pairkit.scoredspace import without
from pairkit.solution import Solution, Status, Stop, raise_for_status
from pairkit.solvers import Clock, solve
from pairkit.solvers.sought import sought_prices

if TYPE_CHECKING:
    from pairkit.lowering import Lowered
    from pairkit.parts import Index
    from pairkit.program import Program
    from pairkit.roster import Roster
    from pairkit.rows import SideName

__all__ = [
    "PersonSuggestion",
    "Shortlists",
    "Suggestion",
    "shortlist_people",
    "shortlists",
    "top",
]

OTHER: Final[dict[SideName, SideName]] = {"mentor": "mentee", "mentee": "mentor"}
DIGITS: Final = 9  # of places times capacity, so that 0.1 * 30 is 3 and not a little more


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Somebody on a shortlist.

    Parameters
    ----------
    place
        The place of the suggested person on their side, from 0.
    score
        The score of the pair.
    price
        How sought after the suggested person is, in the unit of the scores, from 0 up.
    """

    place: int
    score: float
    price: float


@dataclass(frozen=True, slots=True)
class PersonSuggestion:
    """Somebody on a shortlist, with the id and the reasons.

    Parameters
    ----------
    id
        The id of the suggested person.
    score
        The score of the pair: the sum of the contributions of the parts.
    price
        How sought after the suggested person is, in the unit of the scores, from 0 up.
    parts
        The parts of the score; of peers, the mean of both directions.
    """

    id: str
    score: float
    price: float
    parts: tuple[PartOfScore, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Shortlists:
    """The shortlists of everybody of a side.

    Parameters
    ----------
    side
        The side that chooses; the other one is advertised. Peers choose and are advertised.
    size
        The most candidates on a list.
    people, candidates
        Who is shown whom: places of the person who chooses and of the candidate, int64, shape (k,),
        in the order of the people and, for each, of their list: the best score first; of equal
        scores, the lower price.
    scores
        Score of each of those pairs, float64, shape (k,).
    starts
        Where the list of each person begins, and where the last ends: int64, shape (people + 1,).
    room
        How many lists each person of the other side may be on, int64.
    prices
        How sought after each of them is, float64, from 0 up: what one more list to be on would add
        to the sum of scores, with every list as long as it is. Who is on fewer lists than they
        may be has price 0.
    solution
        The solution that the lists are: its mentors and mentees are who is shown whom, its status,
        levels and gap what is proved.
    """

    side: SideName
    size: int
    people: Index
    candidates: Index
    scores: NDArray[np.float64]
    starts: Index
    room: Index
    prices: NDArray[np.float64]
    solution: Solution

    def __len__(self) -> int:
        """Return how many people have a list, empty ones counted."""
        return len(self.starts) - 1

    @property
    def lengths(self) -> Index:
        """How many candidates are on the list of each person, int64."""
        return np.diff(self.starts)

    @property
    def short(self) -> Index:
        """Places of the people whose lists have fewer candidates than asked for, int64."""
        return np.flatnonzero(self.lengths < self.size)

    @property
    def shown(self) -> Index:
        """How many lists each person of the other side is on, int64."""
        return np.bincount(self.candidates, minlength=len(self.room))

    def of(self, person: int) -> tuple[Suggestion, ...]:
        """Return the list of one person, the best first.

        Parameters
        ----------
        person
            The place of the person on their side.

        Raises
        ------
        UnknownParticipantError
            There is no such place.
        """
        _check_person(person, len(self), self.side)
        part = slice(int(self.starts[person]), int(self.starts[person + 1]))
        return self._suggestions(self.candidates[part], self.scores[part])

    def for_newcomer(self, scores: ArrayLike, n: int | None = None) -> tuple[Suggestion, ...]:
        """Return a list for somebody who came later, without a new solve.

        The candidates worth most beyond their prices: who is sought after must be so much better.
        At these prices nobody of the lists would change theirs for it. Room is not counted: after
        many newcomers, solve again.

        Parameters
        ----------
        scores
            The person's score with everybody of the other side, shape (others,); nan forbids.
        n
            The most candidates; by default as many as the lists have.

        Raises
        ------
        ProblemError
            The scores have another shape or are infinite, or ``n`` is below 1.
        """
        given = np.asarray(scores, dtype=np.float64)
        if given.shape != self.room.shape or np.isinf(given).any():
            raise ProblemError(
                f"A newcomer has {len(self.room)} scores, finite or nan; these have shape "
                f"{given.shape}."
            )
        size = self.size if n is None else n
        _check_size(size)
        able = np.flatnonzero(~np.isnan(given) & (self.room > 0))
        order = np.lexsort((self.prices[able], self.prices[able] - given[able]))
        best = able[order[:size]]
        best = best[np.lexsort((best, self.prices[best], -given[best]))]
        return self._suggestions(best, given[best])

    def _suggestions(self, places: Index, scores: NDArray[np.float64]) -> tuple[Suggestion, ...]:
        columns = places.tolist(), scores.tolist(), self.prices[places].tolist()
        return tuple(Suggestion(*one) for one in zip(*columns, strict=True))


def shortlists(
    problem: Problem,
    n: int = 5,
    *,
    side: SideName = "mentee",
    places: float | None = None,
    stop: Stop | None = None,
    seed: int = 0,
) -> Shortlists:
    """Return a list of at most ``n`` candidates for everybody of a side.

    One problem gives all lists: as many entries as there can be, then the best sum of scores,
    where nobody of the other side is on more lists than ``places`` times their capacity, rounded
    up. It is a matching with capacities (a b-matching: Schrijver 2003, Combinatorial Optimization,
    chapter 21), solved exactly by what :func:`solve` chooses. A list stays shorter where the
    candidates have no room left, and nobody is shown above their room to fill it. Where there is
    less room than lists ask for, some lists are full and others short or empty; a smaller ``n``
    evens them out.

    Pairs that are pinned are made: they are on no list and take the place of both. People without
    room have an empty list and are on none. Rules on pairs hold; rules on the whole program,
    preferences and the problem's own objectives do not count before anybody has chosen.

    Parameters
    ----------
    problem
        Who may be paired with whom, and how well. Of peers, everybody chooses and is advertised.
    n
        The most candidates on a list, from 1.
    side
        The side that chooses; of peers it does not matter.
    places
        On how many lists somebody may be for each place they have, above 0. By default ``n``: so
        many people are shown each free place as candidates are shown to each person. With 1 nobody
        is shown more often than there is room.
    stop
        When to stop before the proof is complete.
    seed
        The only source of randomness.

    Raises
    ------
    ProblemError
        A number is out of range.
    InfeasibleError
        The pins cannot all be made.
    NoSolutionFoundError
        The time was over before there was a solution.
    SolverError
        The back end failed.

    Examples
    --------
    Everybody likes mentor 0 most, who has room for one:

    >>> problem = Problem.from_scores([[0.9, 0.9, 0.8], [0.7, 0.3, 0.2], [0.1, 0.6, 0.5]])
    >>> lists = shortlists(problem, 1)
    >>> lists.candidates.tolist(), lists.prices.round(6).tolist()
    ([1, 2, 0], [0.3, 0.0, 0.0])
    """
    clock = Clock(stop or Stop())
    _check_size(n)
    own, other = _sides(problem, side)
    asked = _advertising(problem, n, own, n if places is None else places)
    solution = solve(asked, stop=stop, seed=seed)
    solution.raise_for_status()
    made = Candidates(solution.mentors, solution.mentees, solution.scores)
    room = asked.mentor_capacity, asked.mentee_capacity
    # What the solver wrote down may be written down again.
    listed = solution.solver != "ColumnGeneration"
    prices = sought_prices(asked.space, made, room, other, listed=listed, clock=clock)
    people, shown = made.mentees, made.mentors
    if own == "mentor":
        people, shown = shown, people
    order = np.lexsort((shown, prices[shown], -made.scores, people))
    size = asked.shape[own == "mentee"]
    return Shortlists(
        side=own,
        size=n,
        people=people[order],
        candidates=shown[order],
        scores=made.scores[order],
        starts=np.searchsorted(people[order], np.arange(size + 1)),
        room=room[other == "mentee"],
        prices=prices,
        solution=solution,
    )


def top(
    problem: Problem,
    person: int,
    n: int = 5,
    *,
    side: SideName = "mentee",
    places: float | None = None,
    stop: Stop | None = None,
    seed: int = 0,
) -> tuple[Suggestion, ...]:
    """Return the best ``n`` candidates to show to one person, the best first.

    Not the ``n`` best scores: the person's part of :func:`shortlists`, in which nobody is shown to
    more people than there is room for. It solves for everybody; for several people, call
    :func:`shortlists` once.

    Parameters
    ----------
    problem
        Who may be paired with whom, and how well.
    person
        The place of the person on the side, from 0.
    n, side, places, stop, seed
        As for :func:`shortlists`.

    Raises
    ------
    UnknownParticipantError
        There is no such place.
    ProblemError, InfeasibleError, NoSolutionFoundError, SolverError
        As for :func:`shortlists`.

    Examples
    --------
    >>> problem = Problem.from_scores([[0.9, 0.8], [0.7, 0.2]])
    >>> top(problem, 0, n=1)
    (Suggestion(place=1, score=0.7, price=0.0),)
    """
    own, _ = _sides(problem, side)
    _check_person(person, problem.shape[own == "mentee"], own)
    return shortlists(problem, n, side=side, places=places, stop=stop, seed=seed).of(person)


def shortlist_people(
    roster: Roster,
    program: Program,
    n: int = 5,
    *,
    side: SideName = "mentee",
    places: float | None = None,
    stop: Stop | None = None,
    seed: int = 0,
) -> dict[str, tuple[PersonSuggestion, ...]]:
    """Return the shortlist of everybody of a side by id, with the parts of every score.

    Parameters
    ----------
    roster
        The people.
    program
        Who may be on which side, what makes a pair good, what forbids it.
    n, side, places, stop, seed
        As for :func:`shortlists`.

    Raises
    ------
    ProgramError
        The program asks for a field or a person that the roster does not have.
    ProblemError, InfeasibleError, NoSolutionFoundError, SolverError
        As for :func:`shortlists`.

    Examples
    --------
    >>> from pairkit.datasets import sample
    >>> from pairkit.presets import reverse_mentoring
    >>> lists = shortlist_people(sample(40), reverse_mentoring(), 3)
    >>> max(len(own) for own in lists.values())
    3
    """
    lowered = lower(roster, program)
    lists = shortlists(lowered.problem, n, side=side, places=places, stop=stop, seed=seed)
    own, others = lowered.mentees, lowered.mentors
    if lists.side == "mentor":
        own, others = others, own
    parts = _parts(lowered, lists)
    found = [
        PersonSuggestion(others.person(place).id, score, price, why)
        for place, score, price, why in zip(
            lists.candidates.tolist(),
            lists.scores.tolist(),
            lists.prices[lists.candidates].tolist(),
            parts,
            strict=True,
        )
    ]
    starts = lists.starts.tolist()
    return {own.person(k).id: tuple(found[starts[k] : starts[k + 1]]) for k in range(len(lists))}


def _parts(lowered: Lowered, lists: Shortlists) -> list[tuple[PartOfScore, ...]]:
    """Return the parts of the score of every entry of the lists."""
    mentors, mentees = lists.candidates, lists.people
    if lists.side == "mentor":
        mentors, mentees = mentees, mentors
    there = explain_pairs(lowered, mentors, mentees)
    if not lowered.problem.peers:
        return there
    back = explain_pairs(lowered, mentees, mentors)
    return [
        tuple(
            replace(one, value=(one.value + two.value) / 2.0)
            for one, two in zip(first, second, strict=True)
        )
        for first, second in zip(there, back, strict=True)
    ]


def _sides(problem: Problem, side: SideName) -> tuple[SideName, SideName]:
    """Return the side that chooses and the one that is advertised; peers choose as columns."""
    if side not in OTHER:
        raise ProblemError(f"side is 'mentor' or 'mentee'; not {side!r}.")
    own: SideName = "mentee" if problem.peers else side
    return own, OTHER[own]


def _advertising(problem: Problem, n: int, own: SideName, places: float) -> Problem:
    """Return the problem whose pairs are the entries of the lists."""
    if not (places > 0 and np.isfinite(places)):
        raise ProblemError(f"places must be a number above 0; it is {places}.")
    conflicts = problem.conflicts()
    if conflicts:
        raise_for_status(Status.INFEASIBLE, "; ".join(conflicts))
    rest = problem.without_pins()
    space = rest.space
    if problem.peers:
        everybody = np.arange(rest.shape[0], dtype=np.int64)
        space = without(space, everybody, everybody)
    capacities = rest.mentor_capacity, rest.mentee_capacity
    limits = [
        _lists(one, n, others) if chooses else _shown(one, places, others)
        for one, others, chooses in zip(
            capacities, rest.shape[::-1], (own == "mentor", own == "mentee"), strict=True
        )
    ]
    return Problem(space, limits[0], limits[1])


def _lists(capacity: Index, n: int, others: int) -> Index:
    """Return the most candidates on the list of each person, int64."""
    return np.where(capacity > 0, min(n, others), 0).astype(np.int64)


def _shown(capacity: Index, places: float, others: int) -> Index:
    """Return the most lists that each person may be on, int64."""
    times = np.ceil(np.round(places * capacity.astype(np.float64), DIGITS))
    # However small the product, who has room is shown to somebody.
    times = np.maximum(times, capacity > 0)
    return np.minimum(times, others).astype(np.int64)


def _check_size(n: int) -> None:
    if n < 1:
        raise ProblemError(f"n must be from 1 up; it is {n}.")


def _check_person(person: int, size: int, side: SideName) -> None:
    if not 0 <= person < size:
        raise UnknownParticipantError(f"There is no {side} {person}: of {size}, the first is 0.")
