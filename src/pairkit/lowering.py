"""Lowering: from people and a program to a problem, and the way back to people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pairkit.constraints import Forbidding, Pinning, Rule, Whole
from pairkit.messages import Message, Who
from pairkit.objectives import Continuity, Objective
from pairkit.pairspace import Mutual, Raised
from pairkit.parts import Elementwise, Listed, OneSided
from pairkit.preferences import Preferences
from pairkit.problem import Problem
from pairkit.rows import ShareOf
from pairkit.scoredspace import (
    ONESELF,
    RuledOut,
    ScoredPart,
    ScoredSpace,
    SoftRule,
    largest_score,
)

if TYPE_CHECKING:
    from pairkit.encoding import Side
    from pairkit.objectives import Aim, AnyObjective
    from pairkit.pairspace import PairSpace
    from pairkit.parts import Index, Part
    from pairkit.program import Program
    from pairkit.roster import Roster
    from pairkit.rows import LoadBounds, Row, SideName

__all__ = ["Lowered", "build", "lower", "rule_labels"]


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

    def loads(self, mentors: Index, mentees: Index) -> Iterator[tuple[Side, Index, Index]]:
        """Return each side with how many partners its people have with these pairs, and room for.

        Of peers, there is one.
        """
        problem = self.problem
        own = problem.partners(mentors, mentees)
        yield self.mentors, own[0], problem.mentor_capacity
        if not problem.peers:
            yield self.mentees, own[1], problem.mentee_capacity

    def name(self, side: SideName, place: int) -> Who:
        """Return the id of a person by side and place."""
        return Who((self.mentors if side == "mentor" else self.mentees).person(place).id)


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
        ScoredPart(one.name, weight, one.scorer.prepare(mentors, mentees), one.scorer)
        for one, weight in zip(program.scoring.parts, program.scoring.weights, strict=True)
    ]
    space, whole = _scored_space(parts, program, mentors, mentees)
    pins, aims = whole.pins, tuple(one.prepare(mentors, mentees) for one in program.objectives)
    stable = Objective.STABILITY in (aim.objective for aim in aims)
    pairs = Mutual(space) if program.peers else space
    problem = Problem(
        pairs,
        _room(mentors, "mentor_capacity", program.mentor_capacity),
        _room(mentees, "mentee_capacity", program.mentee_capacity),
        aims,
        pins.mentors,
        pins.mentees,
        (*whole.rows, *_limits(program.objectives, aims, pairs)),
        whole.loads,
        _wishes_first(space, mentors, mentees) if stable else None,
        program.peers,
    )
    if program.peers:
        problem = _of_peers(problem)
    return Lowered(problem, space, mentors, mentees, outside, reference)


def _limits(
    objectives: Sequence[AnyObjective], aims: Sequence[Aim], space: PairSpace
) -> Iterator[Row]:
    """Return the rules on how many earlier pairs may be broken."""
    for one, aim in zip(objectives, aims, strict=True):
        row = one.limit(aim, space) if isinstance(one, Continuity) else None
        if row is not None:
            yield row


def _of_peers(problem: Problem) -> Problem:
    """Return a problem of peers with every pair the right way round, in pins and in weights."""
    pins = np.sort(np.column_stack([problem.pinned_mentors, problem.pinned_mentees]), axis=1)
    pins = np.unique(pins, axis=0)
    return replace(
        problem,
        mentee_capacity=problem.mentor_capacity,
        aims=tuple(replace(aim, weight=_either_way(aim.weight)) for aim in problem.aims),
        pinned_mentors=pins[:, 0],
        pinned_mentees=pins[:, 1],
        rows=tuple(_row_of_peers(row) for row in problem.rows),
        loads=tuple(replace(one, side="mentor") for one in problem.loads),
    )


def _row_of_peers(row: Row) -> Row:
    """Return a row that counts a pair whichever of the two stands first."""
    if row.share_of is None:
        return replace(row, weight=_either_way(row.weight))
    counted, whole = row.share_of.counted, row.share_of.whole
    share_of = ShareOf(row.share_of.share, _turnable(counted), _turnable(whole))
    return replace(row, weight=Elementwise(share_of.weights), share_of=share_of)


def _either_way(weight: Part | None) -> Part | None:
    """Return a weight that counts a pair whichever of the two stands first.

    What depends on one person alone is added up for the two.
    """
    return None if weight is None else _turnable(weight)


def _turnable(weight: Part) -> Elementwise:
    join = np.add if isinstance(weight, OneSided) else _larger
    return Elementwise(lambda i, j: join(weight(i, j), weight(j.T, i.T).T))


def _costs_peers(rule: SoftRule) -> SoftRule:
    """Return a soft rule that holds for a pair whichever of the two stands first."""
    where = rule.where
    return replace(rule, where=lambda i, j: np.logical_or(where(i, j), where(j.T, i.T).T))


def _larger(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.abs(one) >= np.abs(other), one, other)


def _wishes_first(space: ScoredSpace, mentors: Side, mentees: Side) -> Preferences:
    """Return what people want: the ones they named, in that order, then by score."""
    step = 2.0 * largest_score(space) + 1.0
    return Preferences(
        Raised(space, _named(mentors, mentees, step)),
        Raised(space, _named(mentees, mentors, step, turned=True)),
    )


def _named(side: Side, others: Side, step: float, *, turned: bool = False) -> Listed:
    """Return what being named by a person of the side adds: the more, the earlier."""
    entries = [
        (k, place, step * (len(person.preferences) - rank))
        for k, person in enumerate(side.people)
        for rank, group in enumerate(person.preferences)
        for name in group
        if (place := others.position(name)) >= 0
    ]
    columns = np.array(entries, dtype=np.float64).reshape(-1, 3).T
    own, named, value = columns[0].astype(np.int64), columns[1].astype(np.int64), columns[2]
    if turned:
        return Listed(named, own, value, (len(others), len(side)))
    return Listed(own, named, value, (len(side), len(others)))


def _room(side: Side, field: str, default: int) -> NDArray[np.int64]:
    own = side.numbers(field)
    return np.where(np.isnan(own), default, own).astype(np.int64)


def rule_labels(rules: Sequence[Rule]) -> list[str]:
    """Return a label for each rule; a label that is taken gets a number."""
    labels: list[str] = []
    for k, rule in enumerate(rules):
        seen = sum(earlier.label == rule.label for earlier in rules[:k])
        labels.append(f"{rule.label} #{seen + 1}" if seen else rule.label)
    return labels


@dataclass(frozen=True, slots=True)
class _Demands:
    """What rules demand beyond single pairs."""

    pins: Pinning
    rows: tuple[Row, ...]
    loads: tuple[LoadBounds, ...]


def _scored_space(
    parts: Sequence[ScoredPart], program: Program, mentors: Side, mentees: Side
) -> tuple[ScoredSpace, _Demands]:
    """Return the pair space under the rules, and what they demand beyond single pairs."""
    both = np.intersect1d(mentors.index, mentees.index).size > 0
    hard = [RuledOut(ONESELF, _oneself(mentors, mentees))] if both else []
    soft: list[SoftRule] = []
    floors: list[float] = []
    soft_floors: list[tuple[str, float, float]] = []
    pins: list[Pinning] = []
    wholes: list[Whole] = []
    shape = len(mentors), len(mentees)
    for rule, label in zip(program.rules, rule_labels(program.rules), strict=True):
        prepared = rule.prepare(mentors, mentees)
        if isinstance(prepared, Whole):
            wholes.append(_called(prepared, rule.label, label))
        elif isinstance(prepared, Forbidding):
            if rule.penalty is None:
                hard.append(RuledOut(label, prepared))
            else:
                where, slow = prepared.forbids, prepared.slow
                soft.append(SoftRule(label, -rule.penalty, where, slow, prepared))
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
    if program.peers:
        soft = [_costs_peers(one) for one in soft]
    space = ScoredSpace(
        shape,
        parts,
        rules=hard,
        soft=soft,
        floor=max(floors, default=None),
        soft_floors=soft_floors,
    )
    rows = tuple(row for whole in wholes for row in whole.rows)
    loads = tuple(bounds for whole in wholes for bounds in whole.loads)
    return space, _Demands(_joined(pins), rows, loads)


def _called(whole: Whole, own: str, label: str) -> Whole:
    """Return a rule on the whole program under the label that it has in this program."""
    if own == label:
        return whole
    return Whole(
        tuple(replace(row, label=row.label.replace(own, label, 1)) for row in whole.rows),
        tuple(replace(one, label=one.label.replace(own, label, 1)) for one in whole.loads),
    )


def _joined(pins: Sequence[Pinning]) -> Pinning:
    """Return all pins together, each once."""
    none = np.zeros((0, 2), dtype=np.int64)
    pairs = [none, *(np.column_stack([pin.mentors, pin.mentees]) for pin in pins)]
    pinned = np.unique(np.concatenate(pairs), axis=0)
    return Pinning(pinned[:, 0], pinned[:, 1])


def _oneself(mentors: Side, mentees: Side) -> Forbidding:
    """Return the rule that nobody mentors themselves."""
    place = mentees.at(mentors.index)
    both = np.flatnonzero(place >= 0)
    shape = len(mentors), len(mentees)
    listed = Listed(both, place[both], True, shape)  # noqa: FBT003 - a value

    def why(i: int, _: int) -> str:
        return Message("{person} is the same person", person=Who(mentors.person(i).id))

    return Forbidding(listed, why)
