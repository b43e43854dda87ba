"""Breaches: what pairs do not keep of the rules on the whole program, in words."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from pairkit.reasons import count_words, number_words
from pairkit.rows import UNLIMITED
from pairkit.values import row_terms
from pairkit.verify import RULE_TOLERANCE

if TYPE_CHECKING:
    from pairkit.pairspace import Candidates
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

PARTNERS: Final = ("partner", "partners")


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
    return f"{side} {place}"


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
        share = row.share_of.share
        counted, whole = _parts_of_share(row.share_of, pairs)
        reached = _outward(counted / whole if whole else 0.0, few=few)
        return f"from a share of at {'least' if few else 'most'} {share:g} to {reached}"
    if row.least == -row.most:
        number = _outward(abs(value), few=False)
        return f"from at most {number_words(row.most)} to {number}" if row.most else ""
    limit = row.least if few else row.most
    if not few and not limit:
        return f"from none to {_outward(value, few=few)}"
    words = f"from at {'least' if few else 'most'} {number_words(limit)} to"
    people = people_counted(row)
    of = f" of {number_words(people)}" if people is not None else ""
    return f"{words} {_outward(value, few=few)}{of}"


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
    if row.share_of is not None:
        share = f"a share of at {'least' if np.isfinite(row.least) else 'most'}"
        return f"{share} {row.share_of.share:g}"
    if row.least == -row.most:
        return f"at most {count_words(row.most, row.unit)}" if row.most else ""
    limits: list[str] = []
    if np.isfinite(row.least):
        limits.append(f"at least {count_words(row.least, row.unit)}")
    if np.isfinite(row.most):
        limits.append(f"at most {count_words(row.most, row.unit)}" if row.most else "none")
    return ", ".join(limits)


def demand_of_loads(bounds: LoadBounds) -> str:
    """Return what bounds on loads ask for, in a few words."""
    limits: list[str] = []
    for word, numbers in (
        ("at least", bounds.least[bounds.least > 0]),
        ("at most", bounds.most[bounds.most < UNLIMITED]),
    ):
        if len(numbers):
            low, high = int(numbers.min()), int(numbers.max())
            if not high:
                limits.append("no partner")
                continue
            number = f"{low:,} to {high:,} partners" if low < high else count_words(low, PARTNERS)
            limits.append(f"{word} {number} each")
    return ", ".join([*limits, *(["or none"] if bounds.or_none and limits else [])])


def _outward(number: float, *, few: bool) -> str:
    """Return a limit in words that a number keeps, to four digits."""
    near = round(number, 4)
    if abs(near - number) > 1e-9:
        near = (math.floor if few else math.ceil)(number * 1e4) / 1e4
    return number_words(near)


def _reached(row: Row, value: float, pairs: Candidates) -> str:
    """Return what a row reaches and what its limits allow."""
    few = value < row.least
    if row.share_of is not None:
        share = row.share_of.share
        counted, whole = _parts_of_share(row.share_of, pairs)
        limit = _limit(share * whole, few=few)
        of = count_words(whole, row.unit)
        return f"{number_words(counted)} of {of}; {limit}, a share of {share:g}"
    if few and row.least == -row.most:  # the distance of two, which has no sign
        value, few = -value, False
    limit = _limit(row.least if few else row.most, few=few)
    people = people_counted(row)
    if people is not None:
        return f"{number_words(value)} of {count_words(people, row.unit)}; {limit}"
    return f"{count_words(value, row.unit)}; {limit}"


def _of_loads(
    problem: Problem, bounds: LoadBounds, pairs: Candidates, name: Name
) -> Iterator[Breach]:
    own = problem.partners(pairs.mentors, pairs.mentees)[bounds.side == "mentee"]
    excess = bounds.excess(own)
    for k in np.flatnonzero(excess).tolist():
        few = own[k] < bounds.least[k]
        number = float(bounds.least[k] if few else bounds.most[k])
        none = ", or none" if few and bounds.or_none else ""
        person = name(bounds.side, k)
        why = f"{person} has {count_words(own[k], PARTNERS)}; {_limit(number, few=few)}{none}"
        change = f"{person} from at {'least' if few else 'most'} {number_words(number)} to {own[k]}"
        yield Breach(
            bounds.label,
            why,
            float(excess[k]),
            bounds.penalty,
            change,
            PARTNERS,
            (bounds.side, k),
        )


def _limit(number: float, *, few: bool) -> str:
    if few:
        return f"at least {number_words(number)} needed"
    return f"at most {number_words(number)} allowed" if number else "none allowed"
