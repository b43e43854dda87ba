"""Breaches: what pairs do not keep of the rules on the whole program, in words."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pairkit.values import row_terms
from pairkit.verify import RULE_TOLERANCE

if TYPE_CHECKING:
    from pairkit.lowering import Lowered
    from pairkit.pairspace import Candidates
    from pairkit.rows import LoadBounds, Row

__all__ = ["Breach", "breaches"]


@dataclass(frozen=True, slots=True)
class Breach:
    """One limit of a rule on the whole program that pairs do not keep.

    Parameters
    ----------
    rule
        The rule's label, with the group it is about.
    why
        The number reached and the one allowed, as a sentence without its full stop.
    excess
        How far beyond the limit the pairs are, in what the rule counts.
    penalty
        What each unit of that takes from the quality; ``None`` where the rule is hard.
    """

    rule: str
    why: str
    excess: float
    penalty: float | None


def breaches(lowered: Lowered, pairs: Candidates) -> list[Breach]:
    """Return what pairs do not keep of the rules on the whole program, hard and soft ones."""
    problem = lowered.problem
    found = [one for row in problem.rows for one in _of_row(lowered, row, pairs)]
    return found + [one for loads in problem.loads for one in _of_loads(lowered, loads, pairs)]


def _of_row(lowered: Lowered, row: Row, pairs: Candidates) -> Iterator[Breach]:
    terms = row_terms(lowered.problem, row, pairs.mentors, pairs.mentees, pairs.scores)
    value, size = math.fsum(terms), math.fsum(map(abs, terms))
    excess = row.excess(value)
    if excess > RULE_TOLERANCE * max(1.0, size):
        yield Breach(row.label, _reached(row, value, pairs), excess, row.penalty)


def _reached(row: Row, value: float, pairs: Candidates) -> str:
    """Return what a row reaches and what its limits allow."""
    few = value < row.least
    if row.share_of is not None:
        share = row.share_of.share
        counted, whole = (
            math.fsum(part(pairs.mentors, pairs.mentees).tolist())
            for part in (row.share_of.counted, row.share_of.whole)
        )
        limit = _limit(share * whole, few=few)
        return f"{_number(counted)} of {_count(whole, row.unit)}; {limit}, a share of {share:g}"
    if few and row.least == -row.most:  # the distance of two, which has no sign
        value, few = -value, False
    limit = _limit(row.least if few else row.most, few=few)
    if row.weight is None and all((weights >= 0.0).all() for weights in row.matched or ()):
        everybody = sum(float(weights.sum()) for weights in row.matched or ())
        return f"{_number(value)} of {_count(everybody, row.unit)}; {limit}"
    return f"{_count(value, row.unit)}; {limit}"


def _of_loads(lowered: Lowered, bounds: LoadBounds, pairs: Candidates) -> Iterator[Breach]:
    partners = lowered.problem.partners(pairs.mentors, pairs.mentees)
    side, own = lowered.mentors, partners[0]
    if bounds.side == "mentee":
        side, own = lowered.mentees, partners[1]
    excess = bounds.excess(own)
    for k in np.flatnonzero(excess).tolist():
        few = bool(own[k] < bounds.least[k])
        limit = _limit(float(bounds.least[k] if few else bounds.most[k]), few=few)
        none = ", or none" if few and bounds.or_none else ""
        load = _count(float(own[k]), ("partner", "partners"))
        why = f"{side.person(k).id} has {load}; {limit}{none}"
        yield Breach(bounds.label, why, float(excess[k]), bounds.penalty)


def _limit(number: float, *, few: bool) -> str:
    if few:
        return f"at least {_number(number)} needed"
    return f"at most {_number(number)} allowed" if number else "none allowed"


def _count(number: float, unit: tuple[str, str]) -> str:
    one, several = unit
    return f"{_number(number)} {one if number == 1 else several}"


def _number(number: float) -> str:
    return f"{round(number, 4):,.12g}"
