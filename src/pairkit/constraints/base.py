"""What a rule is, and what rules share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY
from dataclasses import dataclass as plain_dataclass
from typing import TYPE_CHECKING, Annotated, Literal, Protocol, TypeAlias, runtime_checkable

import numpy as np
from pydantic import AfterValidator, ConfigDict, Field
from pydantic.dataclasses import dataclass

from pairkit.errors import ProgramError, did_you_mean
from pairkit.parts import Index, Predicate
from pairkit.rows import LoadBounds, Row

if TYPE_CHECKING:
    from pairkit.encoding import Codes, Side

__all__ = [
    "Forbidding",
    "Missing",
    "PairRule",
    "Pairs",
    "Pinning",
    "PreparedRule",
    "RoleName",
    "Rule",
    "ScoreFloor",
    "Whole",
    "groups_of",
    "place_on",
    "places_of",
    "side_of",
]

STRICT = ConfigDict(extra="forbid")
Missing = Literal["allow", "forbid"]
RoleName: TypeAlias = Literal["mentor", "mentee"]
Pairs = Annotated[Sequence[tuple[str, str]], AfterValidator(tuple)]


@plain_dataclass(frozen=True, slots=True)
class Forbidding:
    """A prepared rule that forbids some pairs.

    Parameters
    ----------
    forbids
        Takes places ``i`` and ``j`` that broadcast, as :mod:`pairkit.parts` says; returns bool,
        true where the pair is forbidden. A :class:`~pairkit.Lookup` of bool is one, and lets a
        large solve pass over whole tiles.
    why
        Takes the places of one forbidden pair; returns the fact that forbids it, as a sentence
        without its full stop.
    slow
        Whether it is worth asking only for pairs that every other rule allows.
    waivable
        Whether it may be proposed to set the rule aside for one person; not where that would be
        against what somebody has said, such as that they do not take part.
    """

    forbids: Predicate
    why: Callable[[int, int], str]
    slow: bool = False
    waivable: bool = True


@plain_dataclass(frozen=True, slots=True)
class ScoreFloor:
    """A prepared rule that forbids pairs whose weighted score is below a minimum."""

    minimum: float


@plain_dataclass(frozen=True, slots=True)
class Pinning:
    """A prepared rule that demands pairs: places of mentors and mentees, int64, shape (k,)."""

    mentors: Index
    mentees: Index


@plain_dataclass(frozen=True, slots=True)
class Whole:
    """A prepared rule on the whole program: limits that the solution keeps, not each pair.

    Parameters
    ----------
    rows
        Limits on sums over pairs and matched people.
    loads
        Limits on the number of partners of each person.
    """

    rows: tuple[Row, ...] = ()
    loads: tuple[LoadBounds, ...] = ()


PreparedRule: TypeAlias = Forbidding | ScoreFloor | Pinning | Whole


@runtime_checkable
class Rule(Protocol):
    """What a rule is: a named value that can be prepared against two sides."""

    @property
    def label(self) -> str:
        """What the rule is called in reports, where a repeated label gets a number."""
        ...

    @property
    def penalty(self) -> float | None:
        """What breaking the rule takes from the score; ``None`` forbids breaking it."""
        ...

    def prepare(self, mentors: Side, mentees: Side) -> PreparedRule:
        """Return the rule for these two sides."""
        ...


@dataclass(frozen=True, config=STRICT)
class PairRule:
    """The ground that our own rules stand on: a label and a penalty.

    Parameters
    ----------
    penalty
        ``None`` makes the rule hard. A number above 0, at most a million, makes it soft: a pair
        that breaks it stays possible and loses that much of its score. Of a rule on the whole
        program, every unit by which it is broken takes that much from the quality.
    """

    _: KW_ONLY
    penalty: Annotated[float, Field(gt=0, le=1e6)] | None = None

    @property
    def label(self) -> str:
        """The name of the class, and of the field where there is one."""
        detail = getattr(self, "name", "") or getattr(self, "field", "")
        return f"{type(self).__name__}({detail})" if detail else type(self).__name__


def places_of(
    pairs: Pairs, mentors: Side, mentees: Side, rule: str, *, strict: bool = True
) -> tuple[Index, Index]:
    """Return the places of pairs of ids, without the pairs that are not on these sides.

    Raises
    ------
    ProgramError
        ``strict``, and nobody in the roster has one of the ids.
    """
    found: list[tuple[int, int]] = []
    known = mentors.columns.positions
    for pair in pairs:
        for name in pair:
            if strict and name not in known:
                hint = did_you_mean(name, known)
                raise ProgramError(f"{rule}: nobody in the roster has the id {name!r}.{hint}")
        i, j = mentors.position(pair[0]), mentees.position(pair[1])
        if i >= 0 and j >= 0:
            found.append((i, j))
    i_places, j_places = np.array(found, dtype=np.int64).reshape(-1, 2).T
    return i_places, j_places


def side_of(role: RoleName, mentors: Side, mentees: Side) -> Side:
    """Return the side of a role."""
    return mentors if role == "mentor" else mentees


def groups_of(side: Side, field: str, rule: str) -> Codes:
    """Return the people of a side as groups of one value each in a field.

    Raises
    ------
    ProgramError
        There are people, and none of them states the field: the rule would mean nothing.
    """
    codes = side.codes(field)
    if len(side) and (codes.values < 0).all():
        raise ProgramError(f"{rule}: nobody on that side states {field!r}.")
    return codes


def place_on(side: Side, identifier: str, role: RoleName, rule: str) -> int:
    """Return the place of a person on a side.

    Raises
    ------
    ProgramError
        Nobody in the roster has the id, or that person is not on the side.
    """
    place = side.position(identifier)
    if place < 0 and identifier in side.columns.positions:
        raise ProgramError(f"{rule}: {identifier!r} is not a {role} in this program.")
    if place < 0:
        hint = did_you_mean(identifier, side.columns.positions)
        raise ProgramError(f"{rule}: nobody in the roster has the id {identifier!r}.{hint}")
    return place
