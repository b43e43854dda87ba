"""Switching: the next best partners of a person, with what each would cost the program."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pairkit.costs import alternatives
from pairkit.explain import place_of
from pairkit.funnels import rooms_left
from pairkit.messages import Message, Who
from pairkit.profiles import Role
from pairkit.whynot import Cost, cost_message, partners_of

if TYPE_CHECKING:
    from pairkit.lowering import Lowered
    from pairkit.problem import Problem
    from pairkit.rows import SideName
    from pairkit.solution import Solution, Status, Stop

__all__ = ["Alternative", "alternatives_of"]


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another partner for a person.

    Parameters
    ----------
    partner
        Their id.
    score
        What the pair would score.
    cost
        What making the pair would cost the program; ``None`` where it cannot be made or no prices
        tell.
    partners
        Whom they have now.
    room
        How many more partners they could have.
    solved
        How solving again with the pair ended; ``None`` where that was not asked for.
    """

    partner: str
    score: float
    cost: Cost | None
    partners: tuple[str, ...]
    room: int
    solved: Status | None = None

    @property
    def message(self) -> Message:
        """The switch as a sentence without its full stop."""
        cost = cost_message(self.cost, self.solved)
        if not self.partners:
            return Message(
                "{partner}, with a score of {score:.3}: {cost}",
                partner=Who(self.partner),
                score=self.score,
                cost=cost,
            )
        return Message(
            "{partner}, with a score of {score:.3}, now with {partners}: {cost}",
            partner=Who(self.partner),
            score=self.score,
            partners=tuple(map(Who, self.partners)),
            cost=cost,
        )


def alternatives_of(
    lowered: Lowered,
    solution: Solution,
    identifier: str,
    role: Role | None = None,
    *,
    n: int = 3,
    exact: bool = False,
    stop: Stop | None = None,
) -> tuple[Alternative, ...]:
    """Return the next best partners, by the prices that the solution carries.

    Other parameters are those of ``Matching.alternatives``.
    """
    problem = lowered.problem
    role = role or _role_of(lowered, identifier)
    place = place_of(lowered, role, identifier)
    side: SideName = "mentee" if role is Role.MENTEE and not problem.peers else "mentor"
    other: SideName = "mentor" if problem.peers or side == "mentee" else "mentee"
    found = alternatives(problem, solution, side, place, n=n, exact=exact, stop=stop)
    room = rooms_left(problem, solution)[other == "mentee"]
    chosen = []
    for k, partner in enumerate(found.partners.tolist()):
        cost = None if found.least is None else Cost.at_least(problem, found.least, k)
        after = None if found.exact is None else found.exact[k]
        if after is not None:
            cost = Cost.between(problem, solution, after)
        chosen.append(
            Alternative(
                lowered.name(other, partner),
                float(found.scores[k]),
                cost,
                partners_of(lowered, solution, other, partner),
                int(room[partner]),
                None if after is None else after.status,
            )
        )
    return tuple(sorted(chosen, key=lambda one: _order(problem, one))) if exact else tuple(chosen)


def _order(problem: Problem, one: Alternative) -> tuple[float, ...]:
    """Return what sorts alternatives, those that cost least first."""
    return (math.inf,) if one.cost is None else one.cost.order(problem.objectives)


def _role_of(lowered: Lowered, identifier: str) -> Role:
    """Return the side that a person is on, the mentors' where they are on both."""
    return Role.MENTOR if lowered.mentors.position(identifier) >= 0 else Role.MENTEE
