"""Rules on the whole program that count pairs or matched people: quotas, parity, participation."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import KW_ONLY
from typing import TYPE_CHECKING, Annotated, Literal, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from pairkit.conditions import Conditions, who_meets
from pairkit.constraints.base import STRICT, PairRule, RoleName, Whole, groups_of, side_of
from pairkit.errors import ProgramError
from pairkit.messages import Noun
from pairkit.parts import of_side, over_values
from pairkit.profiles import FrozenDict
from pairkit.rows import Row, ShareOf

if TYPE_CHECKING:
    from pairkit.encoding import Side
    from pairkit.parts import Elementwise, Index, Lookup
    from pairkit.rows import Floats

__all__ = ["MinimumMatched", "Parity", "Quota"]

Marked: TypeAlias = tuple[NDArray[np.bool_], NDArray[np.bool_]]
Count = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
APART = Noun("apart", "apart")
PEOPLE = Noun("person with a partner", "people with a partner")
ROUNDING = 1e-9  # a share of 0.95 of 20 people is 19, whatever the last bit says
MOST_GROUPS = 100  # every two of them are compared


@dataclass(frozen=True, config=STRICT)
class Quota(PairRule):
    """So many pairs, or matched people, of a kind: at least, at most, or as a share.

    A pair counts where every condition given holds; without one, every pair does.

    Parameters
    ----------
    same, different
        Fields in which the two have the same value, or different ones; who states none is neither.
    mentor, mentee
        A :class:`~pairkit.Condition` by field that the person on that side meets.
    at_least, at_most
        Limits on the number.
    share_at_least, share_at_most
        Limits on the share, from 0 to 1: of all pairs, or with ``count`` of people, of those on the
        side who meet the condition.
    per
        A field: one quota for every group of people with the same value there. A share is then one
        of the group's pairs, or people.
    per_role
        On which side the groups are; where people are counted, on theirs.
    count
        ``"pairs"``; or ``"mentors"`` or ``"mentees"``: people with at least one partner, each once,
        who meet the condition of their side.
    name
        What the rule is called in reports, after ``Quota``.

    Examples
    --------
    At most a fifth of the pairs inside one department; at least ten mentees of the site Lyon:

    >>> inside = Quota(same="department", share_at_most=0.2)
    >>> lyon = Quota(mentee={"site": "Lyon"}, at_least=10, count="mentees")
    >>> inside.label, lyon.label
    ('Quota(same department)', 'Quota(mentee site)')
    """

    _: KW_ONLY
    same: str | None = None
    different: str | None = None
    mentor: Conditions = FrozenDict()
    mentee: Conditions = FrozenDict()
    at_least: Count | None = None
    at_most: Count | None = None
    share_at_least: Share | None = None
    share_at_most: Share | None = None
    per: str | None = None
    per_role: RoleName = "mentee"
    count: Literal["pairs", "mentors", "mentees"] = "pairs"
    name: str = ""

    @model_validator(mode="after")
    def _check(self) -> Self:
        limits = (self.at_least, self.at_most, self.share_at_least, self.share_at_most)
        if limits == (None,) * 4:
            raise ValueError("Quota needs at_least, at_most, share_at_least or share_at_most.")
        for low, high in (limits[:2], limits[2:]):
            if low is not None and high is not None and low > high:
                raise ValueError(
                    f"Quota: at least {low:g} and at most {high:g} exclude each other."
                )
        if self.same is not None and self.same == self.different:
            raise ValueError(f"Quota: no pair is both the same and different in {self.same!r}.")
        if self.count != "pairs":
            others = self.mentor if self.count == "mentees" else self.mentee
            if self.same or self.different or others:
                raise ValueError(
                    f"Quota counts {self.count}: only a condition on the {self.count[:-1]} can be "
                    "given."
                )
            if self.per is not None and self.per_role != self.count[:-1]:
                raise ValueError(
                    f"Quota counts {self.count}: the groups are of theirs too; give it "
                    f'per_role = "{self.count[:-1]}".'
                )
        return self

    @property
    def label(self) -> str:
        """``Quota`` with its name, or with what it counts."""
        parts = [f"{word} {field}" for word, field in self._fields() if field]
        parts += [f"per {self.per}"] if self.per else []
        return f"Quota({self.name or ', '.join(parts) or self.count})"

    def _fields(self) -> Iterator[tuple[str, str]]:
        yield "same", self.same or ""
        yield "different", self.different or ""
        yield "mentor", " and ".join(self.mentor)
        yield "mentee", " and ".join(self.mentee)

    def prepare(self, mentors: Side, mentees: Side) -> Whole:
        """Return the rule for these two sides."""
        sides = mentors, mentees
        counted = who_meets(self.mentor, mentors), who_meets(self.mentee, mentees)
        rows: list[Row] = []
        for words, members in _groups(self, sides):
            label = f"{self.label}: {words}" if words else self.label
            if self.count == "pairs":
                rows += self._of_pairs(label, sides, counted, members)
            else:
                rows += self._of_people(label, counted, members)
        return Whole(tuple(rows))

    def _of_pairs(
        self, label: str, sides: tuple[Side, Side], counted: Marked, members: Marked
    ) -> Iterator[Row]:
        kinds = [
            _kinds(side, [who & group, group], self._compared)
            for side, who, group in zip(sides, counted, members, strict=True)
        ]
        if self.at_least is not None or self.at_most is not None:
            limits = _limits(self.at_least, self.at_most)
            yield Row(label, self._weight(kinds, 0.0), *limits, self.penalty)
        for share, least, most in (
            (self.share_at_least, 0.0, math.inf),
            (self.share_at_most, -math.inf, 0.0),
        ):
            if share is not None:
                whole = over_values(*members, lambda one, other: np.where(one & other, 1.0, 0.0))
                share_of = ShareOf(share, self._weight(kinds, 0.0), whole)
                weight = self._weight(kinds, share)
                yield Row(label, weight, least, most, self.penalty, share_of=share_of)

    @property
    def _compared(self) -> list[str]:
        return [field for field in (self.same, self.different) if field is not None]

    def _weight(self, kinds: Sequence[tuple[Index, Index]], share: float) -> Lookup | Elementwise:
        """Return 1 for a pair that counts, less a share of 1 for every pair of the group."""
        (mentor_kinds, left), (mentee_kinds, right) = kinds

        def weights(left: Index, right: Index) -> Floats:
            one, other = mentor_kinds[left], mentee_kinds[right]
            holds = one[..., 0] & other[..., 0]
            for k, field in enumerate(self._compared, start=2):
                a, b = one[..., k], other[..., k]
                holds &= (a >= 0) & (b >= 0) & ((a == b) == (field == self.same))
            return holds - share * (one[..., 1] & other[..., 1])

        return over_values(left, right, weights)

    def _of_people(self, label: str, counted: Marked, members: Marked) -> Iterator[Row]:
        side = 0 if self.count == "mentors" else 1
        chosen = (counted[side] & members[side]).astype(np.float64)
        matched = np.zeros(len(counted[0])), np.zeros(len(counted[1]))
        matched[side][:] = chosen
        total = float(chosen.sum())
        least, most = _limits(self.at_least, self.at_most)
        if self.share_at_least is not None:
            least = max(least, math.ceil(self.share_at_least * total - ROUNDING))
        if self.share_at_most is not None:
            most = min(most, math.floor(self.share_at_most * total + ROUNDING))
        pieces = [(least, most)]
        if least > most:  # a limit in people and one as a share that exclude each other here
            pieces = [(least, math.inf), (-math.inf, most)]
        for low, high in pieces:
            yield Row(label, None, low, high, self.penalty, matched=matched, unit=PEOPLE)


@dataclass(frozen=True, config=STRICT)
class MinimumMatched(PairRule):
    """So many people of a side have a partner: a share of them, or nothing.

    Parameters
    ----------
    share
        From 0 to 1, of all people of the side; rounded up to whole people.
    role
        The side.
    """

    share: Share
    role: RoleName = "mentee"

    @property
    def label(self) -> str:
        """The class with the side."""
        return f"MinimumMatched({self.role})"

    def prepare(self, mentors: Side, mentees: Side) -> Whole:
        """Return the rule for these two sides."""
        matched = np.zeros(len(mentors)), np.zeros(len(mentees))
        own = matched[0 if self.role == "mentor" else 1]
        own[:] = 1.0
        least = math.ceil(self.share * len(own) - ROUNDING)
        row = Row(self.label, None, least, math.inf, self.penalty, matched=matched, unit=PEOPLE)
        return Whole((row,))


@dataclass(frozen=True, config=STRICT)
class Parity(PairRule):
    """The groups of a field are served alike.

    Parameters
    ----------
    field
        The field, which may be a protected one; each of its values is a group, and who states none
        is in no group.
    within
        How far the values of two groups may be apart.
    of
        ``"matched"``: the share of a group's people who have a partner. ``"score"``: the sum of the
        scores of a group's pairs for each of its people, the unmatched counted with 0.
    role
        On which side the groups are.
    """

    field: str
    within: Annotated[float, Field(ge=0.0, allow_inf_nan=False)]
    of: Literal["matched", "score"] = "matched"
    role: RoleName = "mentee"

    def prepare(self, mentors: Side, mentees: Side) -> Whole:
        """Return the rule for these two sides.

        Raises
        ------
        ProgramError
            Nobody states the field, or there are too many groups to compare every two of them.
        """
        side = side_of(self.role, mentors, mentees)
        codes = groups_of(side, self.field, self.label)
        sizes = np.bincount(codes.values[codes.values >= 0], minlength=len(codes.categories))
        groups = np.flatnonzero(sizes).tolist()
        if len(groups) > MOST_GROUPS:
            raise ProgramError(
                f"{self.label}: there are {len(groups)} groups; at most {MOST_GROUPS} can be "
                "compared with each other."
            )
        rows: list[Row] = []
        for a, b in itertools.combinations(groups, 2):
            one, other = codes.values == a, codes.values == b
            apart = one / sizes[a] - other / sizes[b]
            words = f"{codes.categories[a]} and {codes.categories[b]}"
            rows.append(self._row(f"{self.label}: {words}", apart, len(mentors), len(mentees)))
        return Whole(tuple(rows))

    def _row(self, label: str, apart: Floats, mentors: int, mentees: int) -> Row:
        """Return the row in which people count so much."""
        mentor = self.role == "mentor"
        others = mentees if mentor else mentors
        limits = -self.within, self.within, self.penalty
        if self.of == "score":
            weight = of_side(apart, others, mentors=mentor)
            return Row(label, weight, *limits, of_score=True, unit=APART)
        matched = (apart, np.zeros(others)) if mentor else (np.zeros(others), apart)
        return Row(label, None, *limits, matched=matched, unit=APART)


def _kinds(
    side: Side, marks: Sequence[NDArray[np.bool_]], fields: list[str]
) -> tuple[Index, Index]:
    """Return the different people of a side by marks and codes, and which of them each one is."""
    columns = np.column_stack([*marks, *(side.codes(field).values for field in fields)])
    kinds, which = np.unique(columns.astype(np.int64), axis=0, return_inverse=True)
    return kinds, which.reshape(-1).astype(np.int64)


def _limits(least: int | None, most: int | None) -> tuple[float, float]:
    """Return limits as numbers, infinite where there is none."""
    return -math.inf if least is None else least, math.inf if most is None else most


def _groups(rule: Quota, sides: tuple[Side, Side]) -> Iterator[tuple[str, Marked]]:
    """Return each group: its name, and who is in it; all are where there are no groups."""
    everybody = tuple(np.ones(len(side), dtype=np.bool_) for side in sides)
    if rule.per is None:
        yield "", (everybody[0], everybody[1])
        return
    side = 0 if rule.per_role == "mentor" else 1
    codes = groups_of(sides[side], rule.per, rule.label)
    for code in np.unique(codes.values[codes.values >= 0]).tolist():
        inside = codes.values == code
        members = (inside, everybody[1]) if side == 0 else (everybody[0], inside)
        yield codes.categories[code], members
