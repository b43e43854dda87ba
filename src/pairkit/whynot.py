"""WhyNot: what forbids a pair that was not made, or what making it would cost the program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, Self, TypeAlias

import numpy as np

from pairkit.costs import least_costs, person_costs
from pairkit.counterfactual import ForcePair, what_if
from pairkit.effects import SHOWN, Effect, effects_of, values_of
from pairkit.explain import Objection, explain_pairs, objections, place_of
from pairkit.funnels import pairs_of, rooms_left
from pairkit.messages import Message, Who
from pairkit.objectives import Objective
from pairkit.profiles import Role
from pairkit.solution import Status
from pairkit.titles import rule_label

if TYPE_CHECKING:
    from pairkit.counterfactual import WhatIf
    from pairkit.lowering import Lowered
    from pairkit.pricing import Amounts
    from pairkit.problem import Problem
    from pairkit.rows import SideName
    from pairkit.solution import Solution, Stop

__all__ = [
    "Cost",
    "FullPerson",
    "Move",
    "WhyNot",
    "cost_message",
    "moves_of",
    "partners_of",
    "why_not",
]

Proof: TypeAlias = Literal["at least", "exact", "found"]


@dataclass(frozen=True, slots=True)
class Cost:
    """What the program loses, compared with the matching at hand.

    Parameters
    ----------
    effects
        How much worse or better each objective would be, in the order of the program; where the
        cost is not exact, only what is proved. None where it costs nothing, or no cost is proved.
    proof
        ``"at least"``: prices prove that much, and it may be more. ``"exact"``: solved again, to
        the best. ``"found"``: solved again, but stopped before the proof; it may be less.
    or_fewer
        Whether fewer pairs may stand in place of a lower score, where pairs count before it.
    """

    effects: tuple[Effect, ...]
    proof: Proof
    or_fewer: bool = False

    @classmethod
    def at_least(cls, problem: Problem, amounts: Amounts, k: int = 0) -> Self | None:
        """Return one of some least costs; ``None`` where it is not a number."""
        pairs, quality = float(amounts.pairs[k]), float(amounts.quality[k])
        if np.isnan(pairs):
            return None
        first = Objective.PARTICIPATION in problem.objectives
        lost = round(pairs)
        if lost > 0:
            return cls((Effect(Objective.PARTICIPATION, -lost),), "at least")
        if lost == 0 and quality >= SHOWN:
            return cls((Effect(Objective.QUALITY, -quality),), "at least", or_fewer=first)
        return cls((), "at least")

    @classmethod
    def between(cls, problem: Problem, before: Solution, after: Solution) -> Self | None:
        """Return what is lost from one solution to another; ``None`` where one has no pairs."""
        if not (before.status.has_pairs and after.status.has_pairs):
            return None
        effects = effects_of(problem.aims, values_of(before), values_of(after))
        return cls(effects, "exact" if after.status is Status.OPTIMAL else "found")

    def order(self, objectives: Sequence[Objective]) -> tuple[float, ...]:
        """Return what sorts costs under some objectives, the least first."""
        lost = {
            one.objective: -abs(one.change) if one.better else abs(one.change)
            for one in self.effects
        }
        return tuple(lost.get(name, 0.0) for name in objectives)


def cost_message(cost: Cost | None, solved: Status | None = None) -> Message:
    """Return in a few words what making a pair would mean.

    Parameters
    ----------
    cost
        What it costs; ``None`` where that is not known, or the pair cannot be made.
    solved
        How solving again with the pair ended; ``None`` where that was not asked for.
    """
    if cost is None:
        return _unknown_cost(solved)
    return _least_cost(cost) if cost.proof == "at least" else _solved_cost(cost)


def _unknown_cost(solved: Status | None) -> Message:
    if solved is None:
        return Message("only solving again tells what it would mean")
    if solved is Status.INFEASIBLE:
        return Message("no matching that keeps every rule can have this pair")
    if solved is Status.ERROR:
        return Message("the solver failed with this pair, so that nothing is known")
    return Message("solving again with this pair has found nothing in the time")


def _solved_cost(cost: Cost) -> Message:
    if not cost.effects:
        return Message("no loss: another matching, with this pair, is as good")
    told = tuple(one.message for one in cost.effects)
    if cost.effects[0].better:
        return Message("{effects}; the matching at hand is not the best", effects=told)
    if cost.proof == "found":
        return Message("{effects}, or less: there was no time for the proof", effects=told)
    return Message("{effects}", effects=told)


def _least_cost(cost: Cost) -> Message:
    if not cost.effects:
        return Message("perhaps no loss; only solving again tells")
    told = cost.effects[0].at_least
    if cost.or_fewer:
        return Message("{loss}, or fewer pairs", loss=told)
    return told


@dataclass(frozen=True, slots=True)
class Move:
    """What changes for one person, on one side, between two matchings of one program.

    Parameters
    ----------
    id
        The person.
    role
        The side; ``None`` of peers.
    lost, gained
        Ids of partners that only the first matching, and only the second, gives them.
    left
        How many partners they have in the second.
    """

    id: str
    role: Role | None
    lost: tuple[str, ...]
    gained: tuple[str, ...]
    left: int

    def __str__(self) -> str:
        """Return the move in English."""
        return str(self.message)

    @property
    def message(self) -> Message:
        """The move as a sentence without its full stop."""
        who, lost = Who(self.id), tuple(map(Who, self.lost))
        gained = tuple(map(Who, self.gained))
        if lost and gained:
            return Message(
                "{person} would have {gained} in place of {lost}",
                person=who,
                gained=gained,
                lost=lost,
            )
        if gained:
            return Message("{person} would have {gained}", person=who, gained=gained)
        if self.left:
            return Message("{person} would lose {lost}", person=who, lost=lost)
        return Message("{person} would lose {lost}, and have no partner", person=who, lost=lost)


@dataclass(frozen=True, slots=True)
class FullPerson:
    """Somebody of a pair who has no room left.

    Parameters
    ----------
    id
        The person.
    partners
        Ids of those who take all their places; none where they have no place at all.
    fixed
        Whether no place can be freed: they have none, or the program requires all their pairs.
    """

    id: str
    partners: tuple[str, ...]
    fixed: bool

    @property
    def message(self) -> Message:
        """The fact as a sentence without its full stop."""
        who, partners = Who(self.id), tuple(map(Who, self.partners))
        if not partners:
            return Message("{person} has a capacity of 0", person=who)
        if self.fixed:
            return Message(
                "{person} has no room beside {partners}, whom the program requires",
                person=who,
                partners=partners,
            )
        return Message("{person} has no room beside {partners}", person=who, partners=partners)


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why a pair was not made.

    Parameters
    ----------
    mentor, mentee
        Ids.
    matched
        Whether it was made after all.
    objections
        The rules that forbid the pair, each with the fact; empty where it may be made.
    score
        What the pair scores, forbidden or not.
    full
        Who of the two has no room left in the matching.
    cost
        What making the pair would cost: at least, by prices, or exactly, by solving again; ``None``
        where it cannot be made, or no prices tell.
    solved
        How solving again with the pair ended; ``None`` where that was not asked for, or the pair
        cannot be made.
    moves
        Who has other partners in the matching that was found then; there may be others as good.
    """

    mentor: str
    mentee: str
    matched: bool
    objections: tuple[Objection, ...]
    score: float
    full: tuple[FullPerson, ...] = ()
    cost: Cost | None = None
    solved: Status | None = None
    moves: tuple[Move, ...] = ()

    @property
    def allowed(self) -> bool:
        """Whether no rule on pairs forbids it."""
        return not self.objections

    @property
    def possible(self) -> bool:
        """Whether neither rules on pairs nor places that cannot be freed stand against it."""
        return self.allowed and not any(one.fixed for one in self.full)

    @property
    def messages(self) -> tuple[Message, ...]:
        """The reasons, one sentence each without full stop, the first reason first."""
        if self.matched:
            return (
                Message(
                    "{mentor} and {mentee} are a pair",
                    mentor=Who(self.mentor),
                    mentee=Who(self.mentee),
                ),
            )
        if self.objections:
            return tuple(
                Message("{rule} forbids it: {fact}", rule=rule_label(one.rule), fact=one.why)
                for one in self.objections
            )
        found = (Message("no rule on pairs forbids it"), *(one.message for one in self.full))
        return (*found, *self._after()) if self.possible else found

    def _after(self) -> Iterator[Message]:
        """Return what making the pair would mean."""
        told = cost_message(self.cost, self.solved)
        yield told if self.cost is None else Message("making it would mean {cost}", cost=told)
        yield from (one.message for one in self.moves)


def partners_of(
    lowered: Lowered, solution: Solution, side: SideName, place: int
) -> tuple[str, ...]:
    """Return the ids of a person's partners."""
    if lowered.problem.peers:
        first = solution.mentees[solution.mentors == place].tolist()
        second = solution.mentors[solution.mentees == place].tolist()
        return tuple(lowered.name("mentor", k) for k in sorted([*first, *second]))
    if side == "mentor":
        others = solution.mentees[solution.mentors == place]
        return tuple(lowered.name("mentee", k) for k in others.tolist())
    others = solution.mentors[solution.mentees == place]
    return tuple(lowered.name("mentor", k) for k in others.tolist())


def moves_of(lowered: Lowered, found: WhatIf) -> tuple[Move, ...]:
    """Return what changes for whom, in the order of the roster, mentors first."""
    if found.difference is None:
        return ()
    peers = lowered.problem.peers
    sides: tuple[SideName, ...] = ("mentor",) if peers else ("mentor", "mentee")
    pairs = np.concatenate([found.difference.made, found.difference.broken])
    moves = []
    for k, side in enumerate(sides):
        role = None if peers else Role(side)
        other: SideName = "mentor" if peers or side == "mentee" else "mentee"
        for place in np.unique(pairs if peers else pairs[:, k]).tolist():
            gained, lost = (
                tuple(lowered.name(other, one) for one in places.tolist())
                for places in found.difference.of(side, place, peers=peers)
            )
            left = len(partners_of(lowered, found.solution, side, place))
            moves.append(Move(lowered.name(side, place), role, lost, gained, left))
    return tuple(moves)


def why_not(
    lowered: Lowered,
    solution: Solution,
    mentor: str,
    mentee: str,
    *,
    exact: bool = False,
    stop: Stop | None = None,
) -> WhyNot:
    """Return why a pair of ids was not made, by the prices that the solution carries.

    Other parameters are those of ``Matching.why_not``.
    """
    problem = lowered.problem
    i, j = place_of(lowered, Role.MENTOR, mentor), place_of(lowered, Role.MENTEE, mentee)
    first, second = pairs_of(problem, "mentor", i, np.array([j]))
    made = bool(((solution.mentors == first[0]) & (solution.mentees == second[0])).any())
    # the parts, since the space does not ask Python functions about forbidden pairs
    score = sum(part.contribution for part in explain_pairs(lowered, first, second)[0])
    found = WhyNot(mentor, mentee, made, objections(lowered, i, j), score)
    if made or not found.allowed:
        return found
    found = replace(found, full=tuple(_full(lowered, solution, i, j)))
    if not found.possible:
        return found
    if exact:
        after = what_if(problem, solution, ForcePair(i, j), stop=stop)
        return replace(
            found,
            cost=Cost.between(problem, solution, after.solution),
            solved=after.solution.status,
            moves=moves_of(lowered, after),
        )
    least = _least(problem, solution, i, j)
    return found if least is None else replace(found, cost=Cost.at_least(problem, least))


def _least(problem: Problem, solution: Solution, i: int, j: int) -> Amounts | None:
    """Return what a pair costs at least: by a flow where that is quick, else by prices."""
    if solution.prices is None:
        return None
    alone: tuple[SideName, int, int] = ("mentor", i, j)
    if not problem.peers and problem.mentor_capacity[i] > 1:
        alone = ("mentee", j, i)
    costs = person_costs(problem, solution, *alone[:2])
    if costs is not None:
        return costs.take(np.array(alone[2:]))
    pair = pairs_of(problem, "mentor", i, np.array([j]))
    return least_costs(problem, solution, solution.prices, *pair)


def _full(lowered: Lowered, solution: Solution, i: int, j: int) -> Iterator[FullPerson]:
    """Return who of a pair has no room left."""
    problem = lowered.problem
    room = rooms_left(problem, solution)
    pinned = problem.partners(problem.pinned_mentors, problem.pinned_mentees)
    most = problem.mentor_capacity, problem.mentee_capacity
    sides: tuple[tuple[SideName, int], ...] = (("mentor", i), ("mentee", j))
    for k, (side, place) in enumerate(sides):
        if room[k][place] <= 0:
            partners = partners_of(lowered, solution, side, place)
            fixed = bool(pinned[k][place] >= most[k][place])
            yield FullPerson(lowered.name(side, place), partners, fixed)
