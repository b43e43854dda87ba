"""Breaches: what pairs do not keep of the rules on the whole program, in words."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from pairkit.messages import Message, Noun, Value
from pairkit.rows import UNLIMITED
from pairkit.titles import ROLES
from pairkit.values import row_terms
from pairkit.verify import RULE_TOLERANCE

if TYPE_CHECKING:
    from pairkit.pairspace import Candidates
    from pairkit.parts import Index
    from pairkit.problem import Problem
    from pairkit.rows import LoadBounds, Row, ShareOf, SideName

__all__ = [
    "Breach",
    "Name",
    "breaches",
    "demand",
    "demand_of_loads",
    "in_places",
    "people_counted",
]

PARTNERS: Final = Noun("partner", "partners")


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
    change
        How the limit would have to move for the pairs to keep it: ``"from at least 10 to 7"``.
    unit
        What the rule counts, one and several.
    person
        Who it is about: side and place; ``None`` where it is about no single person.
    """

    rule: str
    why: str
    excess: float
    penalty: float | None
    change: str
    unit: tuple[str, str]
    person: tuple[SideName, int] | None = None


Name: TypeAlias = Callable[["SideName", int], str]


def in_places(side: SideName, place: int) -> str:
    """Return what a person is called who has no id."""
    return Message("{role} {place}", role=ROLES[side].of(1), place=str(place))


def breaches(problem: Problem, pairs: Candidates, name: Name = in_places) -> list[Breach]:
    """Return what pairs do not keep of the rules on the whole program, hard and soft ones.

    Parameters
    ----------
    problem
        Whose rules count.
    pairs
        The pairs, with the scores that the problem gives them.
    name
        What a person is called, by side and place.
    """
    found = [one for row in problem.rows for one in _of_row(problem, row, pairs)]
    return found + [
        one for loads in problem.loads for one in _of_loads(problem, loads, pairs, name)
    ]


def _of_row(problem: Problem, row: Row, pairs: Candidates) -> Iterator[Breach]:
    terms = row_terms(problem, row, pairs.mentors, pairs.mentees, pairs.scores)
    value, size = math.fsum(terms), math.fsum(map(abs, terms))
    excess = row.excess(value)
    if excess > RULE_TOLERANCE * max(1.0, size):
        why, change = _reached(row, value, pairs), _change(row, value, pairs)
        yield Breach(row.label, why, excess, row.penalty, change, row.unit)


def _change(row: Row, value: float, pairs: Candidates) -> str:
    """Return how the limit of a row would have to move to be kept."""
    few = value < row.least
    if row.share_of is not None:
        counted, whole = _parts_of_share(row.share_of, pairs)
        reached = _outward(counted / whole if whole else 0.0, few=few)
        shares: dict[str, Value] = {"limit": row.share_of.share, "number": reached}
        if few:
            return Message("from a share of at least {limit} to {number}", **shares)
        return Message("from a share of at most {limit} to {number}", **shares)
    if row.least == -row.most:
        return _moved(row.most, _outward(abs(value), few=False), few=False) if row.most else ""
    number: Value = _outward(value, few=few)
    limit = row.least if few else row.most
    people = people_counted(row)
    if people is not None and (few or limit):
        number = Message("{number} of {whole}", number=number, whole=people)
    return _moved(limit, number, few=few)


def _moved(limit: float, number: Value, *, few: bool) -> Message:
    """Return that a limit moves to a number."""
    if few:
        return Message("from at least {limit} to {number}", limit=limit, number=number)
    if not limit:
        return Message("from none to {number}", number=number)
    return Message("from at most {limit} to {number}", limit=limit, number=number)


def _parts_of_share(share_of: ShareOf, pairs: Candidates) -> tuple[float, float]:
    """Return what counts and of how many, with these pairs."""
    counted, whole = (
        math.fsum(part(pairs.mentors, pairs.mentees).tolist())
        for part in (share_of.counted, share_of.whole)
    )
    return counted, whole


def people_counted(row: Row) -> float | None:
    """Return how many people a row counts in all, where it counts nothing but people."""
    sides = row.matched or ()
    if row.weight is not None or not sides or any((w < 0.0).any() for w in sides):
        return None
    return sum(float(weights.sum()) for weights in sides)


def demand(row: Row) -> str:
    """Return what a row asks for, in a few words; empty where its label says it."""
    if row.share_of is not None and np.isfinite(row.least):
        return Message("a share of at least {share}", share=row.share_of.share)
    if row.share_of is not None:
        return Message("a share of at most {share}", share=row.share_of.share)
    noun, limits = Noun(*row.unit), list[Message]()
    if row.least == -row.most:
        return Message("at most {number}", number=noun.counted(row.most)) if row.most else ""
    if np.isfinite(row.least):
        limits.append(Message("at least {number}", number=noun.counted(row.least)))
    if np.isfinite(row.most) and row.most:
        limits.append(Message("at most {number}", number=noun.counted(row.most)))
    elif np.isfinite(row.most):
        limits.append(Message("none allowed"))
    return Message("{limits:,}", limits=limits) if limits else ""


def demand_of_loads(bounds: LoadBounds) -> str:
    """Return what bounds on loads ask for, in a few words."""
    limits: list[Message] = []
    least, most = bounds.least[bounds.least > 0], bounds.most[bounds.most < UNLIMITED]
    if len(least):
        limits.append(Message("at least {number} each", number=_from_to(least)))
    if len(most) and most.any():
        limits.append(Message("at most {number} each", number=_from_to(most)))
    elif len(most):
        limits.append(Message("no partner"))
    if bounds.or_none and limits:
        return Message("{limits:,}, or none", limits=limits)
    return Message("{limits:,}", limits=limits) if limits else ""


def _from_to(numbers: Index) -> Message:
    """Return numbers of partners, the smallest to the largest."""
    low, high = int(numbers.min()), int(numbers.max())
    if low == high:
        return PARTNERS.counted(low)
    return Message("{low} to {high} {noun}", low=low, high=high, noun=PARTNERS.of(high))


def _outward(number: float, *, few: bool) -> float:
    """Return a limit that a number keeps, to four digits."""
    near = round(number, 4)
    if abs(near - number) > 1e-9:
        near = (math.floor if few else math.ceil)(number * 1e4) / 1e4
    return near


def _reached(row: Row, value: float, pairs: Candidates) -> Message:
    """Return what a row reaches and what its limits allow."""
    few, noun = value < row.least, Noun(*row.unit)
    if row.share_of is not None:
        share = row.share_of.share
        counted, whole = _parts_of_share(row.share_of, pairs)
        return Message(
            "{number} of {whole}; {limit}, a share of {share}",
            number=counted,
            whole=noun.counted(whole),
            limit=_limit(share * whole, few=few),
            share=share,
        )
    if few and row.least == -row.most:  # the distance of two, which has no sign
        value, few = -value, False
    limit = _limit(row.least if few else row.most, few=few)
    people = people_counted(row)
    if people is None:
        return Message("{number}; {limit}", number=noun.counted(value), limit=limit)
    return Message(
        "{number} of {whole}; {limit}", number=value, whole=noun.counted(people), limit=limit
    )


def _of_loads(
    problem: Problem, bounds: LoadBounds, pairs: Candidates, name: Name
) -> Iterator[Breach]:
    own = problem.partners(pairs.mentors, pairs.mentees)[bounds.side == "mentee"]
    excess = bounds.excess(own)
    for k in np.flatnonzero(excess).tolist():
        few = own[k] < bounds.least[k]
        number = float(bounds.least[k] if few else bounds.most[k])
        limit = _limit(number, few=bool(few))
        if few and bounds.or_none:
            limit = Message("{limit}, or none", limit=limit)
        person, count = name(bounds.side, k), PARTNERS.counted(own[k])
        why = Message("{person} has {number}; {limit}", person=person, number=count, limit=limit)
        moved = _moved(number, int(own[k]), few=bool(few))
        change = Message("{person} {change}", person=person, change=moved)
        yield Breach(
            bounds.label,
            why,
            float(excess[k]),
            bounds.penalty,
            change,
            PARTNERS,
            (bounds.side, k),
        )


def _limit(number: float, *, few: bool) -> Message:
    if few:
        return Message("at least {number} needed", number=number)
    return Message("at most {number} allowed", number=number) if number else Message("none allowed")
