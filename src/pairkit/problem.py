"""Problem: what a solver sees. Arrays only, never a name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pairkit.constraints import Forbidding, Pinning, Rule
from pairkit.errors import ProblemError
from pairkit.pairspace import PairSpace, space_of
from pairkit.parts import Index, Listed
from pairkit.program import Objective, Program
from pairkit.scoredspace import (
    RuledOut,
    ScoredPart,
    ScoredSpace,
    SoftRule,
    without,
)

if TYPE_CHECKING:
    from pairkit.encoding import Side
    from pairkit.pairspace import Scores
    from pairkit.roster import Roster

__all__ = ["Feature", "Lowered", "Problem", "build", "lower"]

UNLIMITED = 1_000_000_000
DEFAULT_OBJECTIVES = (Objective.PARTICIPATION, Objective.QUALITY)


class Feature(StrEnum):
    """What a problem may ask of a solver."""

    CAPACITIES = "capacities"
    PARTICIPATION_FIRST = "participation first"
    QUALITY_ALONE = "quality alone"


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """Who may be paired with whom, how well, and how often.

    Parameters
    ----------
    space
        Scores and permissions of all pairs.
    mentor_capacity, mentee_capacity
        The most partners of each, int64, shapes (mentors,) and (mentees,), from 0 up.
    objectives
        What comes first.
    pinned_mentors, pinned_mentees
        Places of pairs that must be made, int64, shape (k,).
    """

    space: PairSpace
    mentor_capacity: NDArray[np.int64]
    mentee_capacity: NDArray[np.int64]
    objectives: tuple[Objective, ...] = DEFAULT_OBJECTIVES
    pinned_mentors: Index = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    pinned_mentees: Index = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @classmethod
    def from_scores(
        cls,
        scores: Scores,
        mentor_capacity: ArrayLike = 1,
        mentee_capacity: ArrayLike = 1,
        objectives: Iterable[Objective | str] = DEFAULT_OBJECTIVES,
        *,
        require: Iterable[tuple[int, int]] = (),
    ) -> Problem:
        """Return the problem of a matrix of scores.

        Parameters
        ----------
        scores
            Shape (mentors, mentees), any finite numbers, higher is better. In a dense matrix nan
            forbids the pair; in a sparse one, what is not stored is forbidden (a stored zero is
            allowed).
        mentor_capacity, mentee_capacity
            The most partners: one number for all, or one for each; infinity sets no limit.
        objectives
            ``("participation", "quality")`` or ``("quality",)``.
        require
            Pairs ``(mentor, mentee)`` that must be made.

        Raises
        ------
        ProblemError
            Scores are infinite or not numbers, or capacities, objectives or pins are not valid.

        Examples
        --------
        >>> problem = Problem.from_scores([[0.9, 0.4], [0.8, float("nan")]])
        >>> problem.shape
        (2, 2)
        """
        space = space_of(scores)
        given = list(require)
        if not all(isinstance(k, int | np.integer) for pin in given for k in pin):
            raise ProblemError("Pins are pairs of whole numbers: mentor, mentee.")
        pins = np.unique(np.array(given, dtype=np.int64).reshape(-1, 2), axis=0)
        bounds = np.array(space.shape)
        outside = ((pins < 0) | (pins >= bounds)).any(axis=1)
        if outside.any():
            raise ProblemError(f"The pin {tuple(pins[outside][0].tolist())} is outside the matrix.")
        return cls(
            space,
            _capacity(mentor_capacity, space.shape[0], "mentor_capacity"),
            _capacity(mentee_capacity, space.shape[1], "mentee_capacity"),
            _objectives(objectives),
            pins[:, 0],
            pins[:, 1],
        )

    @property
    def shape(self) -> tuple[int, int]:
        """Number of mentors and of mentees."""
        return self.space.shape

    @property
    def features(self) -> frozenset[Feature]:
        """What the problem asks of a solver."""
        first = Objective.PARTICIPATION in self.objectives
        asked = {Feature.PARTICIPATION_FIRST if first else Feature.QUALITY_ALONE}
        if max(self.mentor_capacity.max(initial=0), self.mentee_capacity.max(initial=0)) > 1:
            asked.add(Feature.CAPACITIES)
        return frozenset(asked)

    def conflicts(self) -> list[str]:
        """Return why no solution can hold all pins, one sentence each; places, not names."""
        pins = np.column_stack([self.pinned_mentors, self.pinned_mentees])
        found = []
        if len(np.unique(pins, axis=0)) < len(pins):
            found.append("a pair is pinned twice")
        allowed = self.space.pairs(self.pinned_mentors, self.pinned_mentees).allowed
        found += [f"the pinned pair ({i}, {j}) is forbidden" for i, j in pins[~allowed].tolist()]
        for side, places, capacity in (
            ("mentor", self.pinned_mentors, self.mentor_capacity),
            ("mentee", self.pinned_mentees, self.mentee_capacity),
        ):
            loads = np.bincount(places, minlength=len(capacity))
            found += [
                f"{side} {k} has {loads[k]} pinned pairs and room for {capacity[k]}"
                for k in np.flatnonzero(loads > capacity).tolist()
            ]
        return found

    def without_pins(self) -> Problem:
        """Return what is left to solve once the pinned pairs are made."""
        if not len(self.pinned_mentors):
            return self
        i, j = self.pinned_mentors, self.pinned_mentees
        return Problem(
            without(self.space, i, j),
            self.mentor_capacity - np.bincount(i, minlength=self.shape[0]),
            self.mentee_capacity - np.bincount(j, minlength=self.shape[1]),
            self.objectives,
        )


def _capacity(value: ArrayLike, size: int, name: str) -> NDArray[np.int64]:
    given = np.asarray(value)
    if given.dtype.kind not in "iu" and not (
        given.dtype.kind == "f" and np.array_equal(given, np.floor(given))
    ):
        raise ProblemError(f"{name} must be whole numbers.")
    if given.ndim > 1 or (given.ndim == 1 and len(given) != size):
        raise ProblemError(f"{name} has shape {given.shape}; one number, or {size} of them.")
    if given.size and given.min() < 0:
        raise ProblemError(f"{name} must be from 0 up; there is {given.min()}.")
    return np.broadcast_to(np.minimum(given, UNLIMITED), (size,)).astype(np.int64)


def _objectives(objectives: Iterable[Objective | str]) -> tuple[Objective, ...]:
    given = (objectives,) if isinstance(objectives, str) else tuple(objectives)
    known = (DEFAULT_OBJECTIVES, (Objective.QUALITY,))
    if given not in known:
        raise ProblemError('objectives are ("participation", "quality") or ("quality",).')
    return known[known.index(given)]


@dataclass(frozen=True, slots=True, eq=False)
class Lowered:
    """A program on a roster, ready to solve, with what is needed to come back to people.

    Parameters
    ----------
    problem
        What a solver sees.
    space
        Its pair space, which knows the names of parts and rules.
    mentors, mentees
        The people of the two sides; row i is mentor i, column j is mentee j.
    outside
        Why people are on neither side, by id.
    reference
        The day that counted as today.
    """

    problem: Problem
    space: ScoredSpace
    mentors: Side
    mentees: Side
    outside: dict[str, str]
    reference: date


def build(roster: Roster, program: Program) -> Problem:
    """Return the problem that a program poses on a roster.

    Raises
    ------
    ProgramError
        The program asks for a field or a person that the roster does not have, or for a protected
        field without permission.
    """
    return lower(roster, program).problem


def lower(roster: Roster, program: Program) -> Lowered:
    """Return the problem that a program poses on a roster, with the way back to people.

    Raises
    ------
    ProgramError
        As for :func:`build`.
    """
    reference = program.reference_date or date.today()  # noqa: DTZ011 - the user's own day
    mentors, mentees, outside = program.sides(roster, reference)
    parts = [
        ScoredPart(one.name, weight, one.scorer.prepare(mentors, mentees))
        for one, weight in zip(program.scoring.parts, program.scoring.weights, strict=True)
    ]
    space, pins = _scored_space(parts, program.rules, mentors, mentees)
    problem = Problem(
        space,
        _room(mentors, "mentor_capacity", program.mentor_capacity),
        _room(mentees, "mentee_capacity", program.mentee_capacity),
        program.objectives,
        pins.mentors,
        pins.mentees,
    )
    return Lowered(problem, space, mentors, mentees, outside, reference)


def _room(side: Side, field: str, default: int) -> NDArray[np.int64]:
    own = side.numbers(field)
    return np.where(np.isnan(own), default, own).astype(np.int64)


def _labels(rules: Sequence[Rule]) -> list[str]:
    """Return a label for each rule; a label that is taken gets a number."""
    labels: list[str] = []
    for k, rule in enumerate(rules):
        seen = sum(earlier.label == rule.label for earlier in rules[:k])
        labels.append(f"{rule.label} #{seen + 1}" if seen else rule.label)
    return labels


def _scored_space(
    parts: Sequence[ScoredPart], rules: Sequence[Rule], mentors: Side, mentees: Side
) -> tuple[ScoredSpace, Pinning]:
    """Return the pair space under the rules, and the pins."""
    both = np.intersect1d(mentors.index, mentees.index).size > 0
    hard = [RuledOut("Oneself", _oneself(mentors, mentees))] if both else []
    soft: list[SoftRule] = []
    floors: list[float] = []
    soft_floors: list[tuple[str, float, float]] = []
    pins: list[Pinning] = []
    shape = len(mentors), len(mentees)
    for rule, label in zip(rules, _labels(rules), strict=True):
        prepared = rule.prepare(mentors, mentees)
        if isinstance(prepared, Forbidding):
            if rule.penalty is None:
                hard.append(RuledOut(label, prepared))
            else:
                soft.append(SoftRule(label, -rule.penalty, prepared.forbids, prepared.slow))
        elif isinstance(prepared, Pinning):
            if rule.penalty is None:
                pins.append(prepared)
            else:
                listed = Listed(prepared.mentors, prepared.mentees, True, shape)  # noqa: FBT003
                soft.append(SoftRule(label, rule.penalty, listed))
        elif rule.penalty is None:
            floors.append(prepared.minimum)
        else:
            soft_floors.append((label, prepared.minimum, rule.penalty))
    space = ScoredSpace(
        shape,
        parts,
        rules=hard,
        soft=soft,
        floor=max(floors, default=None),
        soft_floors=soft_floors,
    )
    none = np.zeros((0, 2), dtype=np.int64)
    pairs = [none, *(np.column_stack([pin.mentors, pin.mentees]) for pin in pins)]
    pinned = np.unique(np.concatenate(pairs), axis=0)
    return space, Pinning(pinned[:, 0], pinned[:, 1])


def _oneself(mentors: Side, mentees: Side) -> Forbidding:
    """Return the rule that nobody mentors themselves."""
    place = mentees.at(mentors.index)
    both = np.flatnonzero(place >= 0)
    shape = len(mentors), len(mentees)
    listed = Listed(both, place[both], True, shape)  # noqa: FBT003 - a value
    return Forbidding(listed, lambda i, _: f"{mentors.person(i).id} is the same person")
