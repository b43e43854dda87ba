"""Rules on the whole program that count pairs or matched people: quotas, parity, participation."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import KW_ONLY
from typing import TYPE_CHECKING, Annotated, Literal, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from pairkit.conditions import Conditions, who_meets
from pairkit.constraints.base import STRICT, PairRule, RoleName, Whole, side_of
from pairkit.parts import Lookup, of_side
from pairkit.profiles import FrozenDict
from pairkit.rows import Row

if TYPE_CHECKING:
    from pairkit.encoding import Side
    from pairkit.rows import Floats

__all__ = ["MinimumMatched", "Parity", "Quota"]

Marked: TypeAlias = tuple[NDArray[np.bool_], NDArray[np.bool_]]
Count = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
ROUNDING = 1e-9  # a share of 0.95 of 20 people is 19, whatever the last bit says


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
        of the group's pairs.
    per_role
        On which side the groups are.
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
        if self.count != "pairs":
            others = self.mentor if self.count == "mentees" else self.mentee
            if self.same or self.different or others:
                raise ValueError(
                    f"Quota counts {self.count}: only a condition on the {self.count[:-1]} can be "
                    "given."
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
        for words, members in _groups(sides, self.per, self.per_role):
            label = f"{self.label}: {words}" if words else self.label
            if self.count == "pairs":
                rows += self._of_pairs(label, sides, counted, members)
            else:
                rows += self._of_people(label, counted, members)
        return Whole(tuple(rows))

    def _of_pairs(
        self,
        label: str,
        sides: tuple[Side, Side],
        counted: Marked,
        members: Marked,
    ) -> Iterator[Row]:
        for least, most, share in self._limits():
            weight = self._pair_weight(sides, counted, members, share)
            yield Row(label, weight, least, most, self.penalty)

    def _pair_weight(
        self,
        sides: tuple[Side, Side],
        counted: Marked,
        members: Marked,
        share: float,
    ) -> Lookup:
        """Return 1 for a pair that counts, less a share of 1 for every pair of the group."""
        fields = [field for field in (self.same, self.different) if field is not None]
        described = [
            np.column_stack(
                [
                    counted[k],
                    members[k],
                    *(side.codes(field).values for field in fields),
                ]
            ).astype(np.int64)
            for k, side in enumerate(sides)
        ]
        (rows, left), (columns, right) = (
            np.unique(one, axis=0, return_inverse=True) for one in described
        )
        one, other = rows[:, None, :], columns[None, :, :]
        in_group = (one[..., 1] & other[..., 1]).astype(np.float64)
        holds = (one[..., 0] & other[..., 0]).astype(np.bool_)
        for k, field in enumerate(fields):
            a, b = one[..., 2 + k], other[..., 2 + k]
            holds &= (a >= 0) & (b >= 0) & ((a == b) == (field == self.same))
        table: Floats = in_group * (holds - share)
        return Lookup(left.reshape(-1).astype(np.int64), right.reshape(-1).astype(np.int64), table)

    def _limits(self) -> Iterator[tuple[float, float, float]]:
        """Return least, most, and the share of all pairs that is taken off before."""
        if self.at_least is not None or self.at_most is not None:
            yield _or(self.at_least, -math.inf), _or(self.at_most, math.inf), 0.0
        if self.share_at_least is not None:
            yield 0.0, math.inf, self.share_at_least
        if self.share_at_most is not None:
            yield -math.inf, 0.0, self.share_at_most

    def _of_people(
        self,
        label: str,
        counted: Marked,
        members: Marked,
    ) -> Iterator[Row]:
        pairs = zip(counted, members, strict=True)
        chosen = tuple((one & other).astype(np.float64) for one, other in pairs)
        side = 0 if self.count == "mentors" else 1
        total = float(chosen[side].sum())
        least, most = _or(self.at_least, -math.inf), _or(self.at_most, math.inf)
        if self.share_at_least is not None:
            least = max(least, math.ceil(self.share_at_least * total - ROUNDING))
        if self.share_at_most is not None:
            most = min(most, math.floor(self.share_at_most * total + ROUNDING))
        matched = [np.zeros(len(one)) for one in chosen]
        matched[side] = chosen[side]
        if least > most:  # a limit in people and one as a share that exclude each other here
            yield Row(label, None, least, math.inf, self.penalty, matched=(matched[0], matched[1]))
            least = -math.inf
        yield Row(label, None, least, most, self.penalty, matched=(matched[0], matched[1]))


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

    def prepare(self, mentors: Side, mentees: Side) -> Whole:
        """Return the rule for these two sides."""
        matched = np.zeros(len(mentors)), np.zeros(len(mentees))
        own = matched[0 if self.role == "mentor" else 1]
        own[:] = 1.0
        least = math.ceil(self.share * len(own) - ROUNDING)
        return Whole((Row(self.label, None, least, math.inf, self.penalty, matched=matched),))


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
        """Return the rule for these two sides."""
        side = side_of(self.role, mentors, mentees)
        codes = side.codes(self.field)
        sizes = np.bincount(codes.values[codes.values >= 0], minlength=len(codes.categories))
        groups = np.flatnonzero(sizes).tolist()
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
        if self.of == "score":
            weight = of_side(apart, others, mentors=mentor)
            return Row(label, weight, -self.within, self.within, self.penalty, of_score=True)
        matched = (apart, np.zeros(others)) if mentor else (np.zeros(others), apart)
        return Row(label, None, -self.within, self.within, self.penalty, matched=matched)


def _or(value: float | None, default: float) -> float:
    return default if value is None else float(value)


def _groups(
    sides: tuple[Side, Side], per: str | None, role: RoleName
) -> Iterator[tuple[str, Marked]]:
    """Return each group: its name, and who is in it; all are where there are no groups."""
    everybody = tuple(np.ones(len(side), dtype=np.bool_) for side in sides)
    if per is None:
        yield "", (everybody[0], everybody[1])
        return
    side = 0 if role == "mentor" else 1
    codes = sides[side].codes(per)
    for code in np.unique(codes.values[codes.values >= 0]).tolist():
        inside = codes.values == code
        members = (inside, everybody[1]) if side == 0 else (everybody[0], inside)
        yield codes.categories[code], members
