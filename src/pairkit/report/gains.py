"""Gains: what would be gained without each of the rules, by matching once more."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from pairkit.lowering import build, rule_labels
from pairkit.messages import Message
from pairkit.solution import Status, Stop
from pairkit.solvers import Clock, solve

if TYPE_CHECKING:
    from pairkit.matching import Matching
    from pairkit.program import Program
    from pairkit.roster import Roster
    from pairkit.solution import Solution

__all__ = ["SECONDS", "Gain", "gains_of"]

SECONDS: Final = 20.0  # of all solves together
UNREACHED: Final = Message("not looked at: the time was over")
NOTHING_BETTER: Final = Message("nothing better was found in the time")
PROOFS: Final[Mapping[Status, Message]] = {
    Status.OPTIMAL: Message("proved best"),
    Status.FEASIBLE: Message("at least; more may be possible"),
    Status.INFEASIBLE: Message("still no pairs"),
    Status.NO_SOLUTION_FOUND: Message("no pairs found in time"),
    Status.ERROR: Message("the solver failed"),
}


@dataclass(frozen=True, slots=True)
class Gain:
    """What would be gained without one rule.

    Parameters
    ----------
    rule
        The rule's label.
    proof
        What is proved of it, in words.
    pairs, score
        How many more pairs, or fewer, and how much more score in all; ``None`` where that was not
        found out.
    """

    rule: str
    proof: Message
    pairs: int | None = None
    score: float | None = None


def gains_of(matching: Matching, roster: Roster, program: Program) -> Iterator[Gain]:
    """Return what would be gained without each rule, by solving again with the same seed.

    The time is for all rules together; what one leaves of its part of it is for those after it.
    """
    clock = Clock(Stop(seconds=SECONDS))
    day = date.fromisoformat(matching.provenance.reference_date)
    labels = rule_labels(program.rules)
    for k, label in enumerate(labels):
        left = (SECONDS - clock.seconds) / (len(labels) - k)
        if left <= 0.0:
            yield Gain(label, UNREACHED)
            continue
        rules = (*program.rules[:k], *program.rules[k + 1 :])
        freed = build(roster, program.model_copy(update={"rules": rules, "reference_date": day}))
        found = solve(freed, stop=Stop(seconds=left), seed=matching.provenance.seed)
        yield _gain(label, matching, found)


def _gain(label: str, matching: Matching, found: Solution) -> Gain:
    if not found.status.has_pairs:
        return Gain(label, PROOFS[found.status])
    more = len(found.mentors) - len(matching.pairs)
    gained = math.fsum(found.scores.tolist()) - math.fsum(one.score for one in matching.pairs)
    if found.status is not Status.OPTIMAL and (more, gained) <= (0, 0.0):
        return Gain(label, NOTHING_BETTER)
    return Gain(label, PROOFS[found.status], more, gained)
