"""Shortages: rules on the whole program that ask for more than there is, found by counting.

Every sentence is a proof of its own: it compares what a rule asks for with a bound on what pairs
can reach at all, and no solver has a part in it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pairkit.breaches import PARTNERS, Name, in_places, people_counted
from pairkit.messages import Message, Noun, Value
from pairkit.pairspace import Candidates, candidates, row_tiles
from pairkit.titles import ROLES, rule_label
from pairkit.values import row_terms
from pairkit.verify import RULE_TOLERANCE

if TYPE_CHECKING:
    from pairkit.parts import Index
    from pairkit.problem import Problem
    from pairkit.rows import Floats, LoadBounds, Row, SideName

__all__ = ["RuledOut", "shortages"]

LISTED: Final = 4_000_000  # pairs: up to so many, candidates are counted one by one
SHOWN: Final = 3  # people named in a sentence
NONE: Final = Message("none")

RuledOut: TypeAlias = Callable[["Index", "Index"], Sequence[Message]]


def shortages(
    problem: Problem, name: Name = in_places, ruled_out: RuledOut = lambda *_: ()
) -> list[Message]:
    """Return what hard rules ask for and nothing can give, one sentence each.

    Parameters
    ----------
    problem
        Its rules, pins, capacities and pairs.
    name
        What a person is called, by side and place.
    ruled_out
        Of pairs, places shape (k,), how many each rule on pairs removes that no earlier one did,
        a message for each.
    """
    penalties = [*(row.penalty for row in problem.rows), *(one.penalty for one in problem.loads)]
    if None not in penalties:
        return []
    counted = _Counted(problem, name, ruled_out)
    found = [
        words for one in problem.loads if one.penalty is None for words in counted.of_loads(one)
    ]
    return found + [
        words for row in problem.rows if row.penalty is None for words in counted.of_row(row)
    ]


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """One side: what its people have room for, and can have at most with their candidates."""

    name: SideName
    room: Index
    reach: Index


class _Counted:
    """What there is: candidates, where they are few enough to be listed, and room."""

    def __init__(self, problem: Problem, name: Name, ruled_out: RuledOut) -> None:
        self.problem, self.name, self.ruled_out = problem, name, ruled_out
        self.listed = math.prod(problem.shape) <= LISTED
        self.found = _open(problem) if self.listed else Candidates.none()
        self.sides = self._sides()
        self.pins = Candidates(
            problem.pinned_mentors,
            problem.pinned_mentees,
            problem.space.pairs(problem.pinned_mentors, problem.pinned_mentees).scores,
        )
        self.pinned = problem.partners(problem.pinned_mentors, problem.pinned_mentees)

    def _sides(self) -> tuple[_Side, _Side]:
        problem = self.problem
        rooms = problem.mentor_capacity, problem.mentee_capacity
        numbers = problem.partners(self.found.mentors, self.found.mentees)
        others = problem.shape[1] - problem.peers, problem.shape[0]
        reaches: list[Index] = []
        for room, number, many in zip(rooms, numbers, others, strict=True):
            reaches.append(np.minimum(room, number if self.listed else many))
        return _Side("mentor", rooms[0], reaches[0]), _Side("mentee", rooms[1], reaches[1])

    def side(self, name: SideName) -> tuple[_Side, _Side]:
        """Return a side and the other one."""
        own, other = self.sides
        return (own, other) if name == "mentor" else (other, own)

    # Loads of people

    def of_loads(self, bounds: LoadBounds) -> Iterator[Message]:
        """Return what bounds on loads ask for that cannot be."""
        own, other = self.side(bounds.side)
        pinned = self.pinned[bounds.side == "mentee"]
        yield from self._each(
            bounds,
            np.flatnonzero(pinned > bounds.most),
            lambda k: Message(
                "may have at most {most}, and {n} is pinned",
                "may have at most {most}, and {n} are pinned",
                most=PARTNERS.counted(bounds.most[k]),
                n=int(pinned[k]),
            ),
        )
        if bounds.or_none:
            return
        short = bounds.least > own.room
        yield from self._each(
            bounds,
            np.flatnonzero(short),
            lambda k: Message(
                "{needs} and has room for {room}", needs=_needs(bounds, k), room=int(own.room[k])
            ),
        )
        few = ~short & (bounds.least > own.reach)
        yield from self._each(bounds, np.flatnonzero(few), lambda k: self._left(bounds, own, k))
        for rule in self.problem.loads:
            if rule.penalty is None and rule.side == bounds.side:
                yield from self._crossed(bounds, rule, ~short & ~few)
        if not (short.any() or few.any() or self.problem.peers):
            yield from self._in_all(bounds, other)

    def _each(
        self, bounds: LoadBounds, places: Index, words: Callable[[int], Message]
    ) -> Iterator[Message]:
        """Return a sentence for the first few people, and how many more there are."""
        for k in places[:SHOWN].tolist():
            person = self.name(bounds.side, k)
            told = Message("{person} {words}", person=person, words=words(k))
            yield _of_rule(bounds.label, told)
        if len(places) > SHOWN:
            more = len(places) - SHOWN
            told = Message("so it is with {n} more", "so it is with {n} more", n=more)
            yield _of_rule(bounds.label, told)

    def _left(self, bounds: LoadBounds, own: _Side, place: int) -> Message:
        """Return how many candidates somebody has, and what rules out the others."""
        other = self.side(bounds.side)[1]
        everybody = np.flatnonzero(other.room > 0)
        if self.problem.peers:
            everybody = everybody[everybody != place]
        places = np.full(len(everybody), place, dtype=np.int64)
        pairs = (places, everybody) if bounds.side == "mentor" else (everybody, places)
        told = Message(
            "{needs}; {number} of {total} with room may be one",
            needs=_needs(bounds, place),
            number=int(own.reach[place]) or NONE,
            total=len(everybody),
        )
        return _ruled(told, self.ruled_out(*pairs))

    def _crossed(
        self, bounds: LoadBounds, other: LoadBounds, among: NDArray[np.bool_]
    ) -> Iterator[Message]:
        """Return who needs more partners than another rule allows."""
        yield from self._each(
            bounds,
            np.flatnonzero(among & (bounds.least > other.most)),
            lambda k: Message(
                "{needs}, and {rule} allows at most {most}",
                needs=_needs(bounds, k),
                rule=rule_label(other.label),
                most=int(other.most[k]),
            ),
        )

    def _in_all(self, bounds: LoadBounds, other: _Side) -> Iterator[Message]:
        """Return that all minimum loads together are above what the other side can give."""
        need, supply = int(bounds.least.sum()), int(other.reach.sum())
        if need <= supply:
            return
        asked = bounds.least[bounds.least > 0]
        each = Message("different numbers")
        if asked.min() == asked.max():
            each = Message("{n} each", n=int(asked[0]))
        told = Message(
            "{people} need {each}, {need} in all; {others} can have {supply}",
            people=ROLES[bounds.side].counted(len(asked)),
            each=each,
            need=PARTNERS.counted(need),
            others=ROLES[other.name].counted(int((other.reach > 0).sum())),
            supply=supply,
        )
        yield _of_rule(bounds.label, told)

    # Sums

    def of_row(self, row: Row) -> Iterator[Message]:
        """Return what a row asks for that cannot be."""
        most = self._most(row)
        if most < row.least - RULE_TOLERANCE * max(1.0, abs(row.least), abs(most)):
            yield _of_rule(row.label, self._too_few(row, most))
        if len(self.pins) and self._only_adds(row):
            terms = row_terms(
                self.problem, row, self.pins.mentors, self.pins.mentees, self.pins.scores
            )
            value = math.fsum(terms)
            if value > row.most + RULE_TOLERANCE * max(1.0, value):
                yield _of_rule(row.label, _too_many(row, value))

    def _most(self, row: Row) -> float:
        """Return a number that the sum of a row cannot exceed under capacities; often reached."""
        total = 0.0
        if row.weight is not None:
            if not self.listed:
                return math.inf
            found = self.found
            weights = row.pair_weights(found.mentors, found.mentees, found.scores)
            total += self._best(np.maximum(weights, 0.0))
        if row.matched is None:
            return total
        if self.problem.peers:
            one = row.matched[0] + row.matched[1]
            return total + self._best_people(one, self.sides[0], 2 * len(one))
        for weights, own, other in zip(row.matched, self.sides, self.sides[::-1], strict=True):
            total += self._best_people(weights, own, int(other.reach.sum()))
        return total

    def _best(self, weights: Floats) -> float:
        """Return what pairs count at most, by the room of either side."""
        ends = self.found.mentors, self.found.mentees
        if self.problem.peers:
            both = np.append(*ends), np.append(weights, weights)
            return _best_each(*both, self.sides[0].room) / 2.0
        return min(
            _best_each(own, weights, side.room) for own, side in zip(ends, self.sides, strict=True)
        )

    def _best_people(self, weights: Floats, own: _Side, places: int) -> float:
        """Return what people with a partner count at most, if so many can have one."""
        can = np.sort(np.maximum(weights[own.reach > 0], 0.0))[::-1]
        return math.fsum(can[:places].tolist())

    def _too_few(self, row: Row, most: float) -> Message:
        """Return what a row asks for and what there is of it."""
        asked = Message("at least {number} needed", number=Noun(*row.unit).counted(row.least))
        people = people_counted(row)
        if people is not None and people < row.least:
            return Message(
                "{asked}; there is {n} in the program",
                "{asked}; there are {n} in the program",
                asked=asked,
                n=people,
            )
        if people is not None:
            return Message(
                "{asked}; {n} of {people} can have one",
                "{asked}; {n} of {people} can have one",
                asked=asked,
                n=most,
                people=people,
            )
        ones = row.weight is not None and row.matched is None and not row.of_score
        if not ones or row.share_of is not None:
            return Message("{asked}; no more than {most} can be reached", asked=asked, most=most)
        return self._too_few_allowed(row, asked, most)

    def _too_few_allowed(self, row: Row, asked: Message, most: float) -> Message:
        """Return how many of the pairs that count are allowed, and what rules out the others."""
        i, j = self._counting(row)
        number = int(self.problem.space.pairs(i, j).allowed.sum())
        told = Message(
            "{asked}; {number} of {counted} that count is allowed",
            "{asked}; {number} of {counted} that count are allowed",
            asked=asked,
            n=number,
            number=number or NONE,
            counted=Noun(*row.unit).counted(len(i)),
        )
        told = _ruled(told, self.ruled_out(i, j))
        if number <= most:
            return told
        return Message("{words}, with room for {most} at once", words=told, most=most)

    def _counting(self, row: Row) -> tuple[Index, Index]:
        """Return the pairs that count above 0 in a row, allowed or not, of people with room."""
        rooms = self.problem.mentor_capacity > 0, self.problem.mentee_capacity > 0
        pieces: list[tuple[Index, Index]] = [(np.zeros(0, np.int64), np.zeros(0, np.int64))]
        columns = np.arange(self.problem.shape[1], dtype=np.int64)[None, :]
        for rows, tile in row_tiles(self.problem.space):
            counts = row.pair_weights(rows[:, None], columns, tile.scores) > 0.0
            counts &= rooms[0][rows][:, None] & rooms[1][None, :]
            if self.problem.peers:
                counts &= rows[:, None] < columns
            i, j = np.nonzero(counts)
            pieces.append((rows[i], j))
        return np.concatenate([i for i, _ in pieces]), np.concatenate([j for _, j in pieces])

    def _only_adds(self, row: Row) -> bool:
        """Return whether no pair that may be made takes anything from a row."""
        if any((weights < 0.0).any() for weights in row.matched or ()):
            return False
        if row.weight is None:
            return True
        if not self.listed:
            return False
        found = self.found
        weights = row.pair_weights(found.mentors, found.mentees, found.scores)
        return bool((weights >= 0.0).all())


def _open(problem: Problem) -> Candidates:
    """Return the allowed pairs of people with room; of peers, each pair once."""
    found = candidates(problem.space)
    keep = problem.mentor_capacity[found.mentors] > 0
    keep &= problem.mentee_capacity[found.mentees] > 0
    if problem.peers:
        keep &= found.mentors < found.mentees
    return found.take(keep)


def _best_each(own: Index, weights: Floats, room: Index) -> float:
    """Return the sum of the largest weights of each person, as many as there is room for."""
    order = np.lexsort((-weights, own))
    sorted_own = own[order]
    rank = np.arange(len(own)) - np.searchsorted(sorted_own, sorted_own)
    return math.fsum(weights[order][rank < room[sorted_own]].tolist())


def _of_rule(label: str, words: Message) -> Message:
    return Message("{rule}: {words}", rule=rule_label(label), words=words)


def _needs(bounds: LoadBounds, place: int) -> Message:
    return Message("needs at least {number}", number=PARTNERS.counted(bounds.least[place]))


def _too_many(row: Row, value: float) -> Message:
    """Return what a row allows and what the pins make of it."""
    noun = Noun(*row.unit)
    values: dict[str, Value] = {"number": noun.counted(row.most), "unit": noun.of(1), "made": value}
    if row.most:
        return Message("at most {number} allowed; the pinned pairs alone make {made}", **values)
    return Message("no {unit} allowed; the pinned pairs alone make {made}", **values)


def _ruled(words: Message, removed: Sequence[Message]) -> Message:
    """Return words with the rules on pairs that remove some."""
    return Message("{words} ({rules})", words=words, rules=removed) if removed else words
