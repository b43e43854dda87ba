"""Rules on how many partners people or groups have, and on people who belong together."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import KW_ONLY
from typing import TYPE_CHECKING, Annotated, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field, model_validator
from pydantic.dataclasses import dataclass

from pairkit.conditions import Conditions, who_meets
from pairkit.constraints.base import (
    STRICT,
    PairRule,
    Pairs,
    RoleName,
    Whole,
    groups_of,
    place_on,
    places_of,
    side_of,
)
from pairkit.constraints.quotas import PEOPLE
from pairkit.messages import Noun
from pairkit.parts import Elementwise, Index, Listed, of_side
from pairkit.profiles import FrozenDict
from pairkit.rows import UNLIMITED, LoadBounds, Row

if TYPE_CHECKING:
    from pairkit.encoding import Side

__all__ = ["AtMostOneOf", "IfThen", "MaximumLoad", "MinimumLoad", "Together"]


def _different(people: Sequence[str]) -> tuple[str, ...]:
    """Return people as a tuple; each is there once."""
    twice = next((one for k, one in enumerate(people) if one in people[:k]), None)
    if twice is not None:
        raise ValueError(f"{twice!r} is there twice.")
    return tuple(people)


People = Annotated[Sequence[str], AfterValidator(_different)]
PARTNERS = Noun("partner", "partners")
ALONE = Noun("person with a partner while another has none", "people with a partner alone")
UNSHARED = Noun("partner that another does not have", "partners that another does not have")
WITHOUT = Noun("pair made without any of the others", "pairs made without any of the others")


class _Partners:
    """What rules on the partners of people, or of groups of people, share."""

    role: RoleName
    where: Conditions
    per: str | None
    penalty: float | None

    @property
    def label(self) -> str:
        """The class with whom it is about."""
        who = f"{self.role} {' and '.join(self.where)}".rstrip()
        return f"{type(self).__name__}({who}{f', per {self.per}' if self.per is not None else ''})"

    def between(
        self, limits: tuple[int, int], mentors: Side, mentees: Side, *, or_none: bool = False
    ) -> Whole:
        """Return the limits, from 0 and up to no limit, for everybody or for every group."""
        side = side_of(self.role, mentors, mentees)
        for field, condition in self.where.items():
            side.check_readable(field, self.label, allow_protected=condition.allow_protected)
        chosen = who_meets(self.where, side)
        if self.per is not None:
            others = len(mentees if self.role == "mentor" else mentors)
            return Whole(tuple(self._rows(self.per, limits, side, chosen, others)))
        least = np.where(chosen, limits[0], 0)
        most = np.where(chosen, limits[1], UNLIMITED)
        return Whole(loads=(LoadBounds(self.label, self.role, least, most, or_none, self.penalty),))

    def _rows(
        self,
        per: str,
        limits: tuple[int, int],
        side: Side,
        chosen: NDArray[np.bool_],
        others: int,
    ) -> Iterator[Row]:
        """Return the rows of all groups, in which the partners of a group's people are counted."""
        least = -math.inf if limits[0] == 0 else float(limits[0])
        most = math.inf if limits[1] == UNLIMITED else float(limits[1])
        codes = groups_of(side, per, self.label)
        for code in np.unique(codes.values[(codes.values >= 0) & chosen]).tolist():
            inside = ((codes.values == code) & chosen).astype(np.float64)
            weight = of_side(inside, others, mentors=self.role == "mentor")
            label = f"{self.label}: {codes.categories[code]}"
            yield Row(label, weight, least, most, self.penalty, unit=PARTNERS)


@dataclass(frozen=True, config=STRICT)
class MinimumLoad(_Partners, PairRule):
    """Everybody of a side, or every group, has at least so many partners.

    Parameters
    ----------
    minimum
        The least number.
    role
        The side.
    or_none
        Whether having no partner at all is fine too: 2 to 4 mentees, or none.
    where
        A :class:`~pairkit.Condition` by field: whom the rule is about; by default everybody.
    per
        A field: the minimum is then that of every group of people with the same value, together.
    """

    minimum: Annotated[int, Field(ge=1)]
    role: RoleName = "mentor"
    _: KW_ONLY
    or_none: bool = False
    where: Conditions = FrozenDict()
    per: str | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.per is not None and self.or_none:
            raise ValueError("MinimumLoad: or_none is about people; it does not go with per.")
        return self

    def prepare(self, mentors: Side, mentees: Side) -> Whole:
        """Return the rule for these two sides.

        Raises
        ------
        ProgramError
            Nobody in the roster has a field of it, or a condition reads a protected one.
        """
        limits = self.minimum, UNLIMITED
        return self.between(limits, mentors, mentees, or_none=self.or_none)


@dataclass(frozen=True, config=STRICT)
class MaximumLoad(_Partners, PairRule):
    """Everybody of a side, or every group, has at most so many partners.

    Parameters
    ----------
    maximum
        The largest number; a person's own capacity holds beside it.
    role, where, per
        As for :class:`MinimumLoad`.
    """

    maximum: Annotated[int, Field(ge=0)]
    role: RoleName = "mentor"
    _: KW_ONLY
    where: Conditions = FrozenDict()
    per: str | None = None

    def prepare(self, mentors: Side, mentees: Side) -> Whole:
        """Return the rule for these two sides.

        Raises
        ------
        ProgramError
            Nobody in the roster has a field of it, or a condition reads a protected one.
        """
        return self.between((0, self.maximum), mentors, mentees)


@dataclass(frozen=True, config=STRICT)
class AtMostOneOf(PairRule):
    """At most one of these people is matched, or one of these pairs made.

    Parameters
    ----------
    people
        Ids of people of one side.
    role
        Their side.
    pairs
        Pairs of ids: mentor, mentee. Give people or pairs.
    """

    people: People = ()
    role: RoleName = "mentee"
    _: KW_ONLY
    pairs: Pairs = ()

    @model_validator(mode="after")
    def _check(self) -> Self:
        if bool(self.people) == bool(self.pairs):
            raise ValueError("AtMostOneOf needs people or pairs.")
        return self

    @property
    def label(self) -> str:
        """The class with the ids."""
        return f"AtMostOneOf({_words(self.people, self.pairs)})"

    def prepare(self, mentors: Side, mentees: Side) -> Whole:
        """Return the rule for these two sides."""
        if self.people:
            matched = _marks(self.people, self.role, mentors, mentees, self.label)
            row = Row(self.label, most=1.0, penalty=self.penalty, matched=matched, unit=PEOPLE)
            return Whole((row,))
        listed = _pairs(self.pairs, mentors, mentees, self.label)
        return Whole((Row(self.label, listed, most=1.0, penalty=self.penalty),))


@dataclass(frozen=True, config=STRICT)
class Together(PairRule):
    """These people are all matched, or none of them is.

    Parameters
    ----------
    people
        Ids of people of one side, two or more.
    role
        Their side.
    same_partner
        Whether they also have the same partners: a couple or a team with one mentor.
    """

    people: Annotated[People, Field(min_length=2)]
    role: RoleName = "mentee"
    _: KW_ONLY
    same_partner: bool = False

    @property
    def label(self) -> str:
        """The class with the ids."""
        return f"Together({_words(self.people, ())})"

    def prepare(self, mentors: Side, mentees: Side) -> Whole:
        """Return the rule for these two sides."""
        side = side_of(self.role, mentors, mentees)
        places = [place_on(side, one, self.role, self.label) for one in self.people]
        couples = list(itertools.pairwise(places))
        if self.same_partner:
            others = range(len(mentees if self.role == "mentor" else mentors))
            return Whole(tuple(self._same(a, b, k) for a, b in couples for k in others))
        rows: list[Row] = []
        for a, b in couples:
            matched = np.zeros(len(mentors)), np.zeros(len(mentees))
            own = matched[0 if self.role == "mentor" else 1]
            own[a], own[b] = 1.0, -1.0
            rows.append(Row(self.label, None, 0.0, 0.0, self.penalty, matched=matched, unit=ALONE))
        return Whole(tuple(rows))

    def _same(self, a: int, b: int, other: int) -> Row:
        """Return the row in which two people have a third one both, or neither."""

        def weight(i: Index, j: Index) -> NDArray[np.float64]:
            own, third = (i, j) if self.role == "mentor" else (j, i)
            sign: NDArray[np.float64] = (own == a).astype(np.float64) - (own == b)
            return np.where(third == other, sign, 0.0)

        return Row(self.label, Elementwise(weight), 0.0, 0.0, self.penalty, unit=UNSHARED)


@dataclass(frozen=True, config=STRICT)
class IfThen(PairRule):
    """If a pair is made, then one of others is made too.

    Parameters
    ----------
    given
        Ids of the first pair: mentor, mentee.
    then
        Pairs of ids, of which at least one is then made.
    """

    given: tuple[str, str]
    then: Annotated[Pairs, Field(min_length=1)]

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.given in self.then:
            raise ValueError("IfThen: the first pair is among the others.")
        return self

    @property
    def label(self) -> str:
        """The class with the ids."""
        return f"IfThen({_words((), (self.given, *self.then))})"

    def prepare(self, mentors: Side, mentees: Side) -> Whole:
        """Return the rule for these two sides."""
        given = _pairs((self.given,), mentors, mentees, self.label)
        then = _pairs(self.then, mentors, mentees, self.label)
        weight = Elementwise[np.float64](lambda i, j: given(i, j) - then(i, j))
        return Whole((Row(self.label, weight, most=0.0, penalty=self.penalty, unit=WITHOUT),))


def _words(people: Sequence[str], pairs: Sequence[tuple[str, str]]) -> str:
    """Return ids in a few words."""
    names = [*people, *(f"{a} with {b}" for a, b in pairs)]
    return ", ".join(names[:3]) + (f", {len(names) - 3} more" if len(names) > 3 else "")


def _marks(
    people: Sequence[str], role: RoleName, mentors: Side, mentees: Side, rule: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return 1 for each of these people."""
    marks = np.zeros(len(mentors)), np.zeros(len(mentees))
    side = side_of(role, mentors, mentees)
    marks[0 if role == "mentor" else 1][[place_on(side, one, role, rule) for one in people]] = 1.0
    return marks


def _pairs(pairs: Pairs, mentors: Side, mentees: Side, rule: str) -> Listed:
    i, j = places_of(pairs, mentors, mentees, rule)
    return Listed(i, j, 1.0, (len(mentors), len(mentees)))
