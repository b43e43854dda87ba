"""Ruling: what each rule of a program forbids, asks for, and costs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np

from pairkit.breaches import demand, demand_of_loads, people_counted
from pairkit.lowering import rule_labels
from pairkit.matching import Matching, match
from pairkit.messages import Message
from pairkit.pairspace import TILE_PAIRS, Mutual, Raised
from pairkit.report.figures.places import places_of
from pairkit.report.people import reads_protected
from pairkit.scoredspace import FLOOR_LABEL, ScoredSpace
from pairkit.solution import Status, Stop
from pairkit.values import row_value
from pairkit.verify import RULE_TOLERANCE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pairkit.pairspace import PairSpace
    from pairkit.parts import Index
    from pairkit.program import Program
    from pairkit.roster import Roster
    from pairkit.rows import Row

__all__ = ["Asked", "Cost", "Forbidden", "Ruling", "Softened", "ruling_of"]

LISTED: Final = 4_000_000  # pairs that are asked; of more, a sample
SLOWLY: Final = 20_000  # where a Python function is called for each
COST_SECONDS: Final = 20.0  # of one solve without a rule
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
    pairs
        To how many of the pairs it applies.
    value
        What it gives to all of them together.
    """

    rule: str
    pairs: int
    value: float


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
class Cost:
    """What would be gained without one rule.

    Parameters
    ----------
    rule
        The rule's label.
    pairs, score
        How many more pairs, or fewer, and how much more score in all; ``None`` where no pairs were
        found.
    proved
        Whether the pairs without the rule are proved best.
    """

    rule: str
    pairs: int | None
    score: float | None
    proved: bool


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
    costs
        By rule, where that was asked for.
    """

    forbidden: tuple[Forbidden, ...] = ()
    pairs: int = 0
    asked_of: int | None = None
    left: float = 0.0
    softened: tuple[Softened, ...] = ()
    asked: tuple[Asked, ...] = ()
    costs: tuple[Cost, ...] = ()


def ruling_of(matching: Matching, roster: Roster, program: Program, *, costs: bool) -> Ruling:
    """Return what the rules do, of a matching with its people.

    Parameters
    ----------
    matching, roster, program
        What was matched: whom, under what.
    costs
        Whether to match once more without each of the rules, for 20 s at most each.
    """
    space = _scored(matching.problem.space)
    rows, columns = _places(space)
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
        softened=tuple(_softened(matching, space)),
        asked=tuple(_asked(matching, roster, program)),
        costs=tuple(_costs(matching, roster, program)) if costs else (),
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


def _places(space: ScoredSpace) -> tuple[Index, Index]:
    """Return the places of the mentors and mentees whose pairs are asked: all, or a sample."""
    m, n = space.shape
    most = SLOWLY if space.slow else LISTED
    share = min(1.0, (most / max(m * n, 1)) ** 0.5)
    draw = np.random.default_rng(0)
    rows = np.sort(draw.choice(m, int(m * share), replace=False))
    same = m == n and share < 1.0  # of peers, the same people on both sides
    return rows, rows if same else np.sort(draw.choice(n, int(n * share), replace=False))


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


def _softened(matching: Matching, space: ScoredSpace) -> Iterator[Softened]:
    labels = [*(one.name for one in space.soft), *(label for label, _, _ in space.soft_floors)]
    start = len(space.parts)
    for k, label in enumerate(labels, start=start):
        given = [pair.parts[k].contribution for pair in matching.pairs]
        yield Softened(label, sum(1 for one in given if one), math.fsum(given))


def _asked(matching: Matching, roster: Roster, program: Program) -> Iterator[Asked]:
    problem, (i, j) = matching.problem, places_of(matching)
    scores = np.array([pair.score for pair in matching.pairs], dtype=np.float64)
    protected = roster.columns.protected_fields
    named = zip(rule_labels(program.rules), program.rules, strict=True)
    secret = tuple(label for label, rule in named if reads_protected(rule, protected))
    for row in problem.rows:
        value = row_value(problem, row, i, j, scores)
        kept = row.excess(value) <= RULE_TOLERANCE * max(1.0, abs(value))
        hidden = [label for label in secret if row.label.startswith(label)]
        if hidden:  # nor are the groups named
            yield Asked(hidden[-1], demand(row), HIDDEN, kept)
        else:
            yield Asked(row.label, demand(row), _reached(row, value, i, j), kept)
    loads = problem.partners(i, j)
    for bounds in problem.loads:
        beyond = int((bounds.excess(loads[bounds.side == "mentee"]) > 0).sum())
        reached = Message("{n} person beyond", "{n} people beyond", n=beyond)
        yield Asked(bounds.label, demand_of_loads(bounds), reached, beyond == 0)
    if len(problem.pinned_mentors):
        held = Message("{n} pair held", "{n} pairs held", n=len(problem.pinned_mentors))
        yield Asked("Require", "", held, kept=True)


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


def _costs(matching: Matching, roster: Roster, program: Program) -> Iterator[Cost]:
    day = date.fromisoformat(matching.provenance.reference_date)
    score = math.fsum(pair.score for pair in matching.pairs)
    for k, label in enumerate(rule_labels(program.rules)):
        rules = (*program.rules[:k], *program.rules[k + 1 :])
        freed = program.model_copy(update={"rules": rules, "reference_date": day})
        other = match(roster, freed, stop=Stop(seconds=COST_SECONDS))
        if not other.status.has_pairs:
            yield Cost(label, None, None, proved=other.status is Status.INFEASIBLE)
            continue
        more = len(other.pairs) - len(matching.pairs)
        gained = math.fsum(pair.score for pair in other.pairs) - score
        yield Cost(label, more, gained, proved=other.status is Status.OPTIMAL)
