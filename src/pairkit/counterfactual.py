"""Counterfactuals: what would be made if one thing were otherwise, by solving again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from pairkit.errors import ProblemError, did_you_mean
from pairkit.funnels import check_place
from pairkit.preferences import Preferences
from pairkit.scoredspace import exempting, labels_of
from pairkit.solvers import solve

if TYPE_CHECKING:
    from pairkit.parts import Index
    from pairkit.problem import Problem
    from pairkit.rows import SideName
    from pairkit.solution import Solution, Stop
    from pairkit.solvers import Solver

__all__ = [
    "AddPlace",
    "DropRule",
    "ExemptPerson",
    "ForcePair",
    "ProblemChange",
    "SolutionDifference",
    "WhatIf",
    "difference",
    "program_labels",
    "what_if",
    "with_room",
    "without_person",
]


@dataclass(frozen=True, slots=True)
class ForcePair:
    """A pair is made in any case.

    Parameters
    ----------
    mentor, mentee
        Places; of peers, in either order.
    """

    mentor: int
    mentee: int

    def applied(self, problem: Problem) -> Problem:
        """Return the problem with the pair pinned.

        Raises
        ------
        ProblemError
            There are no such people.
        """
        check_place(problem, "mentor", self.mentor)
        check_place(problem, "mentee", self.mentee)
        pair = (self.mentor, self.mentee)
        i, j = sorted(pair) if problem.peers else pair
        if ((problem.pinned_mentors == i) & (problem.pinned_mentees == j)).any():
            return problem
        return replace(
            problem,
            pinned_mentors=np.append(problem.pinned_mentors, np.int64(i)),
            pinned_mentees=np.append(problem.pinned_mentees, np.int64(j)),
        )


@dataclass(frozen=True, slots=True)
class AddPlace:
    """A person has room for one partner more.

    Parameters
    ----------
    side, place
        Who; of peers, either side.
    """

    side: SideName
    place: int

    def applied(self, problem: Problem) -> Problem:
        """Return the problem with the place.

        Raises
        ------
        ProblemError
            There is no such person.
        """
        return with_room(problem, self.side, self.place, 1)


@dataclass(frozen=True, slots=True)
class ExemptPerson:
    """A hard rule on pairs does not stand against a person.

    Parameters
    ----------
    label
        What the rule is called; ``"MinimumScore"`` is the floor under the score.
    side, place
        Who; of peers, either side: the rule does not count in either direction.
    """

    label: str
    side: SideName
    place: int

    def applied(self, problem: Problem) -> Problem:
        """Return the problem without the rule for this person.

        Raises
        ------
        ProblemError
            There is no such rule or no such person.
        """
        check_place(problem, self.side, self.place)
        mentor, mentee = (self.place, None) if self.side == "mentor" else (None, self.place)
        preferences = problem.preferences
        if preferences is not None:
            wanted = (
                exempting(space, self.label, mentor=mentor, mentee=mentee)
                if self.label in labels_of(space)
                else space
                for space in (preferences.mentors, preferences.mentees)
            )
            preferences = Preferences(*wanted)
        space = exempting(problem.space, self.label, mentor=mentor, mentee=mentee)
        return replace(problem, space=space, preferences=preferences)


@dataclass(frozen=True, slots=True)
class DropRule:
    """A rule on the whole program is given up, hard or soft.

    Parameters
    ----------
    label
        What its rows and load bounds are called.
    """

    label: str

    def applied(self, problem: Problem) -> Problem:
        """Return the problem without the rule.

        Raises
        ------
        ProblemError
            There is no such rule.
        """
        known = program_labels(problem)
        if self.label not in known:
            raise ProblemError(
                f"No rule on the whole program is called {self.label!r}."
                f"{did_you_mean(self.label, known)} There are: {', '.join(known) or 'none'}."
            )
        return replace(
            problem,
            rows=tuple(one for one in problem.rows if one.label != self.label),
            loads=tuple(one for one in problem.loads if one.label != self.label),
        )


ProblemChange: TypeAlias = ForcePair | AddPlace | ExemptPerson | DropRule


@dataclass(frozen=True, slots=True, eq=False)
class SolutionDifference:
    """What two solutions have in common, and what only one of them has.

    Parameters
    ----------
    kept, made, broken
        Pairs of both, of the second only, of the first only: places of mentor and mentee, int64,
        shape (k, 2), sorted.
    """

    kept: Index
    made: Index
    broken: Index

    def of(self, side: SideName, place: int, *, peers: bool = False) -> tuple[Index, Index]:
        """Return the partners whom a person gains, and those whom they lose: places, int64."""
        own = int(side == "mentee")
        gained, lost = (
            np.concatenate(
                [pairs[pairs[:, k] == place, 1 - k] for k in ((0, 1) if peers else (own,))]
            )
            for pairs in (self.made, self.broken)
        )
        return gained, lost


@dataclass(frozen=True, slots=True, eq=False)
class WhatIf:
    """What would be made if one thing were otherwise.

    Parameters
    ----------
    change
        What is otherwise.
    before, solution
        The solution as it is, and the one of the changed problem; where there is none, its status
        says why.
    difference
        What is different between the two; ``None`` where the second has no pairs to compare.
    """

    change: ProblemChange
    before: Solution
    solution: Solution
    difference: SolutionDifference | None


def what_if(
    problem: Problem,
    solution: Solution,
    change: ProblemChange,
    *,
    solver: str | Solver = "auto",
    stop: Stop | None = None,
) -> WhatIf:
    """Return what would be made if one thing were otherwise, by solving again.

    The seed and the tolerance are those of the solution.

    Parameters
    ----------
    problem, solution
        The problem as it is, and its solution.
    change
        What is otherwise.
    solver
        A solver, or the name of one.
    stop
        When to stop early; by default never.

    Raises
    ------
    ProblemError
        There is nobody, or no rule, to which the change applies.
    UnsupportedError
        The solver does not support what the changed problem asks for.

    Examples
    --------
    >>> from pairkit import Problem, solve
    >>> problem = Problem.from_scores([[0.9, 0.4], [0.8, 0.1]])
    >>> found = what_if(problem, solve(problem), ForcePair(0, 0))
    >>> round(found.before.objective - found.solution.objective, 2)
    0.2
    >>> found.difference.broken.tolist()
    [[0, 1], [1, 0]]
    """
    after = solve(
        change.applied(problem),
        solver,
        stop=stop,
        seed=solution.seed,
        tolerance=solution.tolerance,
    )
    both = solution.status.has_pairs and after.status.has_pairs
    return WhatIf(change, solution, after, difference(solution, after) if both else None)


def difference(before: Solution, after: Solution) -> SolutionDifference:
    """Return what two solutions have in common, and what only one of them has."""
    one, other = (
        set(zip(which.mentors.tolist(), which.mentees.tolist(), strict=True))
        for which in (before, after)
    )
    return SolutionDifference(*map(_places, (one & other, other - one, one - other)))


def _places(pairs: set[tuple[int, int]]) -> Index:
    return np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)


def program_labels(problem: Problem) -> tuple[str, ...]:
    """Return what the rules on the whole program are called, each once."""
    labels = [*(row.label for row in problem.rows), *(one.label for one in problem.loads)]
    return tuple(dict.fromkeys(labels))


def without_person(problem: Problem, side: SideName, place: int) -> Problem:
    """Return the problem in which a person has room for nobody."""
    sides = (problem.mentor_capacity, problem.mentee_capacity)
    return with_room(problem, side, place, -int(sides[side == "mentee"][place]))


def with_room(problem: Problem, side: SideName, place: int, more: int) -> Problem:
    """Return the problem in which a person has room for more partners, or for fewer."""
    check_place(problem, side, place)
    mentors, mentees = problem.mentor_capacity, problem.mentee_capacity
    if problem.peers or side == "mentor":
        mentors = mentors.copy()
        mentors[place] += more
    if problem.peers:
        mentees = mentors
    elif side == "mentee":
        mentees = mentees.copy()
        mentees[place] += more
    return replace(problem, mentor_capacity=mentors, mentee_capacity=mentees)
