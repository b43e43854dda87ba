"""Scored space: all pairs of people, scored and ruled, as one sum of parts."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from pairkit.constraints import Forbidding
from pairkit.errors import ProblemError, ProgramError, did_you_mean
from pairkit.pairspace import (
    DenseSpace,
    Mutual,
    PairSpace,
    Raised,
    Scaled,
    SparseSpace,
    Tile,
    Unscored,
    Without,
    row_tiles,
)
from pairkit.parts import Bilinear, Elementwise, Index, Listed, Part, Predicate, stack
from pairkit.scoring import Scorer
from pairkit.sparing import Spared

__all__ = [
    "FLOOR_TOLERANCE",
    "RuledOut",
    "ScoredPart",
    "ScoredSpace",
    "SoftRule",
    "check_values",
    "exempting",
    "labels_of",
    "largest_score",
    "unscored",
    "waivable_of",
    "without",
]

FLOOR_TOLERANCE = 1e-9
MARGIN = 1e-6
FLOOR_LABEL = "MinimumScore"
ONESELF = "Oneself"
TAKEN_OUT = "Taken out"


@dataclass(frozen=True, slots=True, eq=False)
class ScoredPart:
    """A prepared scorer with its name and normalized weight, and the scorer where it is known."""

    name: str
    weight: float
    part: Part
    scorer: Scorer | None = None

    @property
    def slow(self) -> bool:
        """Whether it is worth asking only for pairs that every rule allows."""
        return isinstance(self.part, Elementwise) and self.part.slow


@dataclass(frozen=True, slots=True, eq=False)
class SoftRule:
    """What a pair gains (below 0: loses) where a rule holds, or times what a part gives.

    ``rule`` is what was made soft, where it can say why.
    """

    name: str
    value: float
    where: Predicate | Part
    slow: bool = False
    rule: Forbidding | None = None


@dataclass(frozen=True, slots=True, eq=False)
class RuledOut:
    """A prepared hard rule with its label."""

    name: str
    rule: Forbidding


class ScoredSpace:
    """Pairs scored from people: every bilinear part folded into one matrix product.

    Parameters
    ----------
    shape
        Number of mentors and of mentees.
    parts
        Prepared scorers; the score of a pair is the weighted sum of their values.
    rules
        Hard rules, asked in this order.
    soft
        Soft rules.
    floor
        Pairs whose weighted score is below it are not allowed; ``None`` sets no floor.
    soft_floors
        Scores below which a pair loses a penalty: label, minimum, penalty.
    """

    def __init__(
        self,
        shape: tuple[int, int],
        parts: Sequence[ScoredPart],
        *,
        rules: Sequence[RuledOut] = (),
        soft: Sequence[SoftRule] = (),
        floor: float | None = None,
        soft_floors: Sequence[tuple[str, float, float]] = (),
    ) -> None:
        self._shape = shape
        self.parts = tuple(parts)
        self.rules = tuple(sorted(rules, key=lambda one: one.rule.slow))
        self.soft = tuple(soft)
        self.floor = floor
        self.soft_floors = tuple(soft_floors)
        self._folded, self._rest = _fold(parts)
        self.above_floor: tuple[Spared, ...] = ()  # against whom the floor does not stand

    @property
    def shape(self) -> tuple[int, int]:
        """Number of mentors and of mentees."""
        return self._shape

    @property
    def slow(self) -> bool:
        """Whether something calls a Python function for each pair."""
        return (
            any(one.slow for one in self.parts)
            or any(one.slow for one in self.soft)
            or any(one.rule.slow for one in self.rules)
        )

    def pairs(self, i: Index, j: Index) -> Tile:
        """Return scores and permissions of pairs."""
        allowed = np.ones(np.broadcast_shapes(i.shape, j.shape), dtype=np.bool_)
        for one in self.rules:
            _narrow(allowed, one.rule, i, j)
        scores = self.weighted(i, j, allowed)
        if self.floor is not None:
            allowed &= ~self.below_floor(i, j, scores)
        if self.soft or self.soft_floors:
            scores = scores + self._adjustment(i, j, scores)
        return Tile(scores, allowed)

    def without(self, mentors: Index, mentees: Index) -> ScoredSpace:
        """Return the space with some pairs taken out: places, int64, shape (k,)."""
        listed = Listed(mentors, mentees, True, self.shape)  # noqa: FBT003 - a value
        taken = RuledOut(TAKEN_OUT, Forbidding(listed, lambda *_: "the pair is taken out"))
        return self._with((*self.rules, taken))

    @property
    def labels(self) -> tuple[str, ...]:
        """The hard rules that a person could be exempt from, in their order, the floor last."""
        names = [one.name for one in self.rules if one.name not in {ONESELF, TAKEN_OUT}]
        floor = () if self.floor is None else (FLOOR_LABEL,)
        return tuple(dict.fromkeys([*names, *floor]))

    @property
    def waivable(self) -> frozenset[str]:
        """Those of the labels that may be proposed to be set aside for a person."""
        return frozenset(self.labels) - {o.name for o in self.rules if not o.rule.waivable}

    def exempting(
        self, label: str, *, mentor: int | None = None, mentee: int | None = None
    ) -> ScoredSpace:
        """Return the space in which a hard rule does not stand against a person.

        Parameters
        ----------
        label
            The rule.
        mentor, mentee
            The place of the person; with both, neither the one nor the other is bound.

        Raises
        ------
        ProblemError
            There is no such rule.
        """
        if label not in self.labels:
            known = ", ".join(self.labels) or "none"
            raise ProblemError(
                f"No hard rule on pairs is called {label!r}.{did_you_mean(label, self.labels)} "
                f"There are: {known}."
            )
        who = Spared(mentor, mentee)
        rules = [
            RuledOut(one.name, who.from_rule(one.rule, self.shape)) if one.name == label else one
            for one in self.rules
        ]
        above_floor = self.above_floor + ((who,) if label == FLOOR_LABEL else ())
        return self._with(rules, above_floor)

    def priced(self, weights: Sequence[SoftRule], *, scored: bool = True) -> ScoredSpace:
        """Return the space with weights added to the scores, or instead of them.

        Raises
        ------
        ProgramError
            Not scored, and a floor under the score asks for it.
        """
        if scored:
            other = copy.copy(self)
            other.soft = (*self.soft, *weights)
            return other
        if self.floor is not None or self.soft_floors:
            raise ProgramError("A floor under the score asks for the score.")
        return ScoredSpace(self.shape, (), rules=self.rules, soft=weights)

    def bare(self) -> ScoredSpace:
        """Return the space without the words of its rules: what a worker needs."""
        rules = (RuledOut(r.name, replace(r.rule, why=_no_words)) for r in self.rules)
        return self._with(tuple(rules))

    def _with(
        self, rules: Sequence[RuledOut], above_floor: tuple[Spared, ...] | None = None
    ) -> ScoredSpace:
        other = copy.copy(self)  # with the factors that are folded already
        other.rules = tuple(sorted(rules, key=lambda one: one.rule.slow))
        other.above_floor = self.above_floor if above_floor is None else above_floor
        return other

    def narrowing(self, i: Index, j: Index) -> Iterator[tuple[str, NDArray[np.bool_]]]:
        """Return what is still allowed after each hard rule in turn, with the rule's label."""
        allowed = np.ones(np.broadcast_shapes(i.shape, j.shape), dtype=np.bool_)
        for one in self.rules:
            allowed = allowed.copy()
            _narrow(allowed, one.rule, i, j)
            yield one.name, allowed
        if self.floor is not None:
            yield FLOOR_LABEL, allowed & ~self.below_floor(i, j, self.weighted(i, j, allowed))

    def objections(self, i: Index, j: Index) -> dict[str, NDArray[np.bool_]]:
        """Return which of single pairs each hard rule forbids, by label, in their order.

        A slow rule is asked only for pairs to which one other objects at most: enough to tell which
        rule is the first to object to a pair, and which the only one.

        Parameters
        ----------
        i, j
            Places, int64, shape (k,) both.
        """
        found: dict[str, NDArray[np.bool_]] = {}
        count = np.zeros(len(i), dtype=np.int64)
        for one in self.rules:
            asked = count <= 1 if one.rule.slow else np.ones(len(i), dtype=np.bool_)
            against = np.zeros(len(i), dtype=np.bool_)
            against[asked] = one.rule.forbids(i[asked], j[asked])
            found[one.name] = found.get(one.name, False) | against
            count += against
        if self.floor is not None:
            below = self.below_floor(i, j, self.weighted(i, j, count <= 1))
            found[FLOOR_LABEL] = found.get(FLOOR_LABEL, False) | below
        return found

    def below_floor(self, i: Index, j: Index, scores: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return for which pairs the weighted scores are below the floor."""
        below = scores < (-np.inf if self.floor is None else self.floor) - FLOOR_TOLERANCE
        for who in self.above_floor:
            below &= ~who(i, j)
        return below

    def weighted(
        self, i: Index, j: Index, where: NDArray[np.bool_] | None = None
    ) -> NDArray[np.float64]:
        """Return the weighted sum of the parts, before soft rules.

        Parameters
        ----------
        i, j
            Places that broadcast.
        where
            Pairs for which slow parts are asked, bool; by default all.
        """
        shape = np.broadcast_shapes(i.shape, j.shape)
        where = np.ones(shape, dtype=np.bool_) if where is None else where
        scores = self._folded(i, j) if self._folded is not None else np.zeros(shape)
        for one in self._rest:
            if one.slow:
                scores[where] += one.weight * one.part(*_places(i, j, where))
            else:
                scores += one.weight * one.part(i, j)
        if scores.size and not (scores.min() >= -MARGIN and scores.max() <= 1.0 + MARGIN):
            self._blame(i, j)
        return scores

    def _blame(self, i: Index, j: Index) -> NoReturn:
        """Raise, naming the part whose values are not in [0, 1]."""
        for one in self.parts:
            check_values(one.name, one.part(i, j))
        raise ProgramError("The parts of the score do not add up to a number in [0, 1].")

    def _adjustment(self, i: Index, j: Index, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what soft rules add to the weighted scores."""
        total = np.zeros(np.broadcast_shapes(i.shape, j.shape))
        for one in self.soft:
            total += one.value * one.where(i, j)
        for _, minimum, penalty in self.soft_floors:
            total -= penalty * (scores < minimum - FLOOR_TOLERANCE)
        return total

    def contributions(self, i: Index, j: Index) -> list[tuple[str, float, NDArray[np.float64]]]:
        """Return name, weight and values of every part and soft rule for single pairs.

        The weights times the values sum to the score. A soft rule's weight is what it adds, and
        its value is 1 where it applies.

        Parameters
        ----------
        i, j
            Places, int64, shape (k,) both.
        """
        found = [(one.name, one.weight, one.part(i, j)) for one in self.parts]
        weighted = sum((w * v for _, w, v in found), start=np.zeros(len(i)))
        found += [(one.name, one.value, one.where(i, j).astype(np.float64)) for one in self.soft]
        for name, minimum, penalty in self.soft_floors:
            below = weighted < minimum - FLOOR_TOLERANCE
            found.append((name, -penalty, below.astype(np.float64)))
        return found


def exempting(
    space: PairSpace, label: str, *, mentor: int | None = None, mentee: int | None = None
) -> PairSpace:
    """Return a pair space in which a hard rule does not stand against a person.

    Of peers, in neither direction. Parameters are those of :meth:`ScoredSpace.exempting`.

    Raises
    ------
    ProblemError
        There is no such rule.
    """
    if isinstance(space, ScoredSpace):
        return space.exempting(label, mentor=mentor, mentee=mentee)
    if isinstance(space, Mutual):
        who = mentee if mentor is None else mentor
        return Mutual(exempting(space.space, label, mentor=who, mentee=who))
    if isinstance(space, Raised):
        return replace(space, space=exempting(space.space, label, mentor=mentor, mentee=mentee))
    raise ProblemError(
        f"No rule {label!r} is known: these pairs come from scores alone, without rules."
    )


def labels_of(space: PairSpace) -> tuple[str, ...]:
    """Return the hard rules on pairs that a person could be exempt from."""
    if isinstance(space, (Mutual, Raised)):
        return labels_of(space.space)
    return space.labels if isinstance(space, ScoredSpace) else ()


def waivable_of(space: PairSpace) -> frozenset[str]:
    """Return those of the labels that may be proposed to be set aside for a person."""
    if isinstance(space, (Mutual, Raised)):
        return waivable_of(space.space)
    return space.waivable if isinstance(space, ScoredSpace) else frozenset()


def without(space: PairSpace, mentors: Index, mentees: Index) -> PairSpace:
    """Return a pair space with some pairs taken out: places, int64, shape (k,)."""
    if isinstance(space, ScoredSpace):
        return space.without(mentors, mentees)
    return Without(space, mentors, mentees)


def unscored(space: PairSpace, listed: Listed) -> PairSpace:
    """Return a pair space that allows the same pairs, of which only the listed ones score."""
    floors = isinstance(space, ScoredSpace) and (space.floor is not None or space.soft_floors)
    if isinstance(space, ScoredSpace) and not floors:
        return space.priced([SoftRule("listed", 1.0, listed)], scored=False)
    if isinstance(space, SparseSpace):
        found, matrix = space.candidates(), space.matrix.copy()
        matrix.data[~np.isnan(matrix.data)] = listed(found.mentors, found.mentees)
        return SparseSpace(matrix)
    return Unscored(space, listed)


def _no_words(*_: int) -> str:
    return ""


def check_values(name: str, values: NDArray[np.float64]) -> None:
    """Raise unless the values of a part are in [0, 1].

    Raises
    ------
    ProgramError
        One is not.
    """
    if values.size and not (values.min() >= -MARGIN and values.max() <= 1.0 + MARGIN):
        raise ProgramError(
            f"The part {name!r} gave {values.min():g} to {values.max():g}; the values of a scorer "
            f"are in [0, 1]."
        )


def _narrow(allowed: NDArray[np.bool_], rule: Forbidding, i: Index, j: Index) -> None:
    """Take what a rule forbids out of what is allowed; a slow rule is asked only there."""
    if rule.slow:
        allowed[allowed] = ~rule.forbids(*_places(i, j, allowed))
    else:
        allowed &= ~rule.forbids(i, j)


def _places(i: Index, j: Index, where: NDArray[np.bool_]) -> tuple[Index, Index]:
    """Return the single places of the pairs that are marked in a tile."""
    rows, columns = np.broadcast_arrays(i, j)
    return rows[where], columns[where]


def _fold(parts: Sequence[ScoredPart]) -> tuple[Bilinear | None, list[ScoredPart]]:
    """Return all bilinear parts as one product with the weights in it, and the other parts."""
    bilinear = [(one.weight, one.part) for one in parts if isinstance(one.part, Bilinear)]
    rest = [one for one in parts if not isinstance(one.part, Bilinear)]
    if not bilinear:
        return None, rest
    left = stack([weight * part.left for weight, part in bilinear])
    return Bilinear(left, stack([part.right for _, part in bilinear])), rest


def largest_score(space: PairSpace) -> float:
    """Return a number that no score of an allowed pair exceeds, without its sign."""
    if isinstance(space, ScoredSpace):
        soft = sum(abs(one.value) for one in space.soft)
        return 1.0 + soft + sum(penalty for _, _, penalty in space.soft_floors)
    if isinstance(space, (Without, Mutual)):
        return largest_score(space.space)
    if isinstance(space, Scaled):
        return float(np.ldexp(largest_score(space.space), space.exponent))
    if isinstance(space, DenseSpace):
        return float(np.nanmax(np.abs(space.matrix), initial=0.0))
    if isinstance(space, SparseSpace):
        return float(np.nanmax(np.abs(space.matrix.data), initial=0.0))
    sizes = (np.abs(tile.scores[tile.allowed]).max(initial=0.0) for _, tile in row_tiles(space))
    return max((float(size) for size in sizes), default=0.0)
