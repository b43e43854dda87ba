"""Ruling: what each rule of a program forbids, changes and asks for."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from pairkit.breaches import demand, demand_of_loads, people_counted
from pairkit.messages import Message
from pairkit.pairspace import TILE_PAIRS, Mutual, Raised
from pairkit.report.figures.places import drawn_places, places_of
from pairkit.report.gains import SECONDS, Gain, gains_of
from pairkit.scoredspace import FLOOR_LABEL, ScoredSpace
from pairkit.values import row_value
from pairkit.verify import RULE_TOLERANCE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pairkit.matching import Matching
    from pairkit.pairspace import PairSpace
    from pairkit.parts import Index
    from pairkit.program import Program
    from pairkit.report.untold import Untold
    from pairkit.roster import Roster
    from pairkit.rows import Row

__all__ = ["Asked", "Forbidden", "Ruling", "Softened", "ruling_of"]

LISTED: Final = 4_000_000  # pairs that are asked; of more, a sample
SLOWLY: Final = 20_000  # where a Python function is called for each
HIDDEN: Final = Message("not shown: it reads a protected field")


@dataclass(frozen=True, slots=True)
class Forbidden:
    """What a hard rule on pairs forbids, as shares of all pairs of people.

    Parameters
    ----------
    rule
        The rule's label.
    share
        Pairs that it forbids.
    alone
        Pairs that no other rule forbids.
    """

    rule: str
    share: float
    alone: float


@dataclass(frozen=True, slots=True)
class Softened:
    """What a soft rule on pairs gives to the score, or takes.

    Parameters
    ----------
    rule
        The rule's label.
    pairs, value
        To how many of the pairs it applies, and what it gives to all of them together; ``None``
        where it reads protected fields.
    """

    rule: str
    pairs: int | None = None
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a rule on the whole program asks for, and what is reached.

    Parameters
    ----------
    rule
        The rule's label, with the group it is about.
    limit
        What it asks for; empty where the label says it.
    reached
        What the pairs reach.
    kept
        Whether that is within the limits.
    """

    rule: str
    limit: str
    reached: Message
    kept: bool


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the rules of a program do.

    Parameters
    ----------
    forbidden
        By hard rules on pairs, what forbids most first.
    pairs
        How many pairs of people there are in all.
    asked_of
        Of how many of these the rules were asked, drawn at random; ``None`` where of all.
    left
        The share of pairs that no rule forbids.
    softened
        By soft rules on pairs.
    asked
        By rules on the whole program.
    gains
        Without each rule, where that was asked for.
    seconds
        How long all of these took at most.
    """

    forbidden: tuple[Forbidden, ...] = ()
    pairs: int = 0
    asked_of: int | None = None
    left: float = 0.0
    softened: tuple[Softened, ...] = ()
    asked: tuple[Asked, ...] = ()
    gains: tuple[Gain, ...] = ()
    seconds: float = SECONDS


def ruling_of(
    matching: Matching, roster: Roster, program: Program, untold: Untold, *, costs: bool
) -> Ruling:
    """Return what the rules do, of a matching with its people.

    Parameters
    ----------
    matching, roster, program
        What was matched: whom, under what.
    untold
        What is not told of the rules.
    costs
        Whether to match once more without each of the rules, for 20 s at most in all.
    """
    space = _scored(matching.problem.space)
    most = SLOWLY if space.slow else LISTED
    rows, columns = drawn_places(space.shape, most, peers=matching.peers)
    counts = _counts(space, rows, columns, peers=matching.peers)
    asked, total = counts.asked, _pairs_of(*space.shape, peers=matching.peers)
    shares = [
        Forbidden(label, both / max(asked, 1), alone / max(asked, 1))
        for label, (both, alone) in counts.rules.items()
    ]
    return Ruling(
        forbidden=tuple(sorted(shares, key=lambda one: -one.share)),
        pairs=total,
        asked_of=asked if asked < total else None,
        left=counts.left / max(asked, 1),
        softened=tuple(_softened(matching, space, untold)),
        asked=tuple(_asked(matching, untold)),
        gains=tuple(gains_of(matching, roster, program)) if costs else (),
    )


def _scored(space: PairSpace) -> ScoredSpace:
    """Return the space that knows the rules: that of peers, or with wishes, stands around it."""
    while not isinstance(space, ScoredSpace):
        if not isinstance(space, Mutual | Raised):
            raise TypeError(f"{type(space).__name__} does not come from people")
        space = space.space
    return space


def _pairs_of(mentors: int, mentees: int, *, peers: bool) -> int:
    """Return how many pairs there are to choose from."""
    return mentors * (mentors - 1) // 2 if peers else mentors * mentees


@dataclass(slots=True)
class _Counts:
    """How many pairs were asked, are left by all rules, are forbidden by each, and by it alone."""

    asked: int
    left: int
    rules: dict[str, tuple[int, int]]


def _counts(space: ScoredSpace, rows: Index, columns: Index, *, peers: bool) -> _Counts:
    labels = [one.name for one in space.rules] + [FLOOR_LABEL] * (space.floor is not None)
    found = _Counts(0, 0, dict.fromkeys(labels, (0, 0)))
    step = max(1, TILE_PAIRS // max(len(columns), 1))
    for start in range(0, len(rows), step):
        i, j = rows[start : start + step, None], columns[None, :]
        counted = (i < j) if peers else np.ones((len(i), len(columns)), dtype=np.bool_)
        forbids = _forbids(space, i, j)
        if peers:
            turned = _forbids(space, j.T, i.T)
            both_ways = zip(forbids, turned, strict=True)
            forbids = [(one | other.T) & counted for one, other in both_ways]
        how_many = np.zeros(counted.shape, dtype=np.int32)
        for one in forbids:
            how_many += one
        found.asked += int(counted.sum())
        found.left += int((counted & (how_many == 0)).sum())
        for label, one in zip(labels, forbids, strict=True):
            both, alone = found.rules[label]
            single = int((one & (how_many == 1)).sum())
            found.rules[label] = both + int(one.sum()), alone + single
    return found


def _forbids(space: ScoredSpace, i: Index, j: Index) -> list[NDArray[np.bool_]]:
    """Return which pairs each hard rule forbids, whatever the other rules do."""
    shape = np.broadcast_shapes(i.shape, j.shape)
    found = [np.broadcast_to(one.rule.forbids(i, j), shape) for one in space.rules]
    if space.floor is not None:
        found.append(space.below_floor(i, j, space.weighted(i, j)))
    return found


def _softened(matching: Matching, space: ScoredSpace, untold: Untold) -> Iterator[Softened]:
    labels = [*(one.name for one in space.soft), *(label for label, _, _ in space.soft_floors)]
    start = len(space.parts)
    for k, label in enumerate(labels, start=start):
        if label in untold.folded:
            yield Softened(label)
            continue
        given = [pair.parts[k].contribution for pair in matching.pairs]
        yield Softened(label, sum(1 for one in given if one), math.fsum(given))


def _asked(matching: Matching, untold: Untold) -> Iterator[Asked]:
    problem, (i, j) = matching.problem, places_of(matching)
    scores = np.array([pair.score for pair in matching.pairs], dtype=np.float64)
    for row in problem.rows:
        value = row_value(problem, row, i, j, scores)
        kept = row.excess(value) <= RULE_TOLERANCE * max(1.0, abs(value))
        reached = _reached(row, value, i, j)
        yield _asked_of(row.label, demand(row), reached, untold, kept=kept)
    loads = problem.partners(i, j)
    for bounds in problem.loads:
        beyond = int((bounds.excess(loads[bounds.side == "mentee"]) > 0).sum())
        reached = Message("{n} person beyond", "{n} people beyond", n=beyond)
        limit = demand_of_loads(bounds)
        yield _asked_of(bounds.label, limit, reached, untold, kept=beyond == 0)
    if len(problem.pinned_mentors):
        held = Message("{n} pair held", "{n} pairs held", n=len(problem.pinned_mentors))
        yield Asked("Require", "", held, kept=True)


def _asked_of(label: str, limit: str, reached: Message, untold: Untold, *, kept: bool) -> Asked:
    """Return what is asked for; of what reads protected fields, neither groups nor figures."""
    hidden = max((one for one in untold.folded if label.startswith(one)), key=len, default=None)
    if hidden is not None:
        return Asked(hidden, limit, HIDDEN, kept)
    return Asked(label, limit, reached, kept)


def _reached(row: Row, value: float, mentors: Index, mentees: Index) -> Message:
    """Return what pairs reach of a row."""
    if row.share_of is None:
        people = people_counted(row)
        if people is None:
            return Message("{value}", value=value)
        return Message("{value} of {whole}", value=value, whole=people)
    counted = math.fsum(row.share_of.counted(mentors, mentees).tolist())
    whole = math.fsum(row.share_of.whole(mentors, mentees).tolist())
    share = counted / whole if whole else 0.0
    return Message("{value} of {whole}, {share:%}", value=counted, whole=whole, share=share)
