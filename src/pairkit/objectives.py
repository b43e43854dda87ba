"""Objectives: what a solution is best in, one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY
from dataclasses import dataclass as plain_dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pydantic import (
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
)
from pydantic.dataclasses import dataclass

from pairkit.catalog import describe
from pairkit.constraints.base import Pairs, places_of
from pairkit.errors import ProblemError, ProgramError, did_you_mean
from pairkit.parts import Listed, of_side
from pairkit.rows import Row

if TYPE_CHECKING:
    from pairkit.encoding import Side
    from pairkit.pairspace import PairSpace
    from pairkit.parts import Part

__all__ = [
    "Aim",
    "AnyObjective",
    "Continuity",
    "Egalitarian",
    "Objective",
    "Participation",
    "Quality",
    "Stability",
    "check_order",
    "read_objectives",
]

STRICT = ConfigDict(extra="forbid")
Tolerance = Annotated[float, Field(ge=0.0, lt=1.0)]


class Objective(StrEnum):
    """What a solution is best in; the first objective of a program counts before the second."""

    PARTICIPATION = "participation"
    QUALITY = "quality"
    EGALITARIAN = "egalitarian"
    STABILITY = "stability"
    CONTINUITY = "continuity"


@plain_dataclass(frozen=True, slots=True, eq=False)
class Aim:
    """An objective as a solver sees it.

    Parameters
    ----------
    objective
        Its name.
    tolerance
        Share of its best value that later objectives may give up, from 0 up, below 1.
    weight
        With participation, what a pair counts, from 0 up; ``None`` counts 1. With continuity, what
        keeping a pair counts.
    steps
        With egalitarian, how many different scores from below are made best, from 1.

    Raises
    ------
    ProblemError
        A number is out of range, or continuity has no weight.
    """

    objective: Objective
    tolerance: float = 0.0
    weight: Part | None = None
    steps: int = 3

    def __post_init__(self) -> None:
        """Check the numbers."""
        if not 0.0 <= self.tolerance < 1.0:
            words = f"its tolerance must be from 0 up, below 1; it is {self.tolerance}"
            raise ProblemError(f"The objective {self.objective}: {words}.")
        if self.steps < 1:
            words = f"its steps must be from 1 up; there are {self.steps}"
            raise ProblemError(f"The objective {self.objective}: {words}.")
        if self.objective is Objective.CONTINUITY and self.weight is None:
            raise ProblemError("The objective continuity needs the earlier pairs to keep.")

    @property
    def plain(self) -> bool:
        """Whether it has no settings of its own."""
        return self.tolerance == 0.0 and self.weight is None

    @property
    def additive(self) -> bool:
        """Whether its value is a sum over pairs."""
        return self.objective not in {Objective.EGALITARIAN, Objective.STABILITY}


@dataclass(frozen=True, config=STRICT)
class Participation:
    """As many pairs as possible, or as many as possible of those who come first.

    Parameters
    ----------
    priority
        A number field, such as an attribute ``waiting_months``: a pair counts what its person of
        the side ``role`` has there, from 0 up; who states nothing counts 0. Of a date, such as
        ``waiting_since``, the days up to the program's reference date count, that day included. Of
        peers, both people count. ``None`` counts every pair once. Give both, one after the other,
        to match as many people as possible and of those the ones who come first.
    role
        Whose priority counts.
    tolerance
        Share of the best value that later objectives may give up, from 0 up, below 1.
    allow_protected
        Whether the field may be a protected one, such as ``age``.
    """

    name: ClassVar[Objective] = Objective.PARTICIPATION
    priority: str | None = None
    role: Literal["mentor", "mentee"] = "mentee"
    _: KW_ONLY
    tolerance: Tolerance = 0.0
    allow_protected: bool = False

    def prepare(self, mentors: Side, mentees: Side) -> Aim:
        """Return the objective for these two sides.

        Raises
        ------
        ProgramError
            Somebody's priority is below 0, or the field is protected.
        """
        if self.priority is None:
            return Aim(self.name, self.tolerance)
        side = mentors if self.role == "mentor" else mentees
        side.check_readable(self.priority, "Participation", allow_protected=self.allow_protected)
        counts = _days(side, self.priority)
        if counts is None:
            counts = np.nan_to_num(side.numbers(self.priority), nan=0.0)
        below = np.flatnonzero(counts < 0.0)
        if len(below):
            raise ProgramError(
                f"Participation: the priority {self.priority!r} of {side.person(below[0]).id!r} is "
                "below 0."
            )
        mentor = self.role == "mentor"
        others = len(mentees if mentor else mentors)
        return Aim(self.name, self.tolerance, of_side(counts, others, mentors=mentor))


def _days(side: Side, field: str) -> NDArray[np.float64] | None:
    """Return how many days dates have lasted, 0 where missing; ``None`` of other fields."""
    days = [person.value(field) for person in side.people]
    if not any(isinstance(day, date) for day in days):
        return None
    today = side.reference
    lasted = [max((today - day).days, -1) + 1.0 if isinstance(day, date) else 0.0 for day in days]
    return np.array(lasted, dtype=np.float64)


@dataclass(frozen=True, config=STRICT)
class Quality:
    """The largest sum of the scores of all pairs.

    Parameters
    ----------
    tolerance
        Share of the best value that later objectives may give up, from 0 up, below 1.
    """

    name: ClassVar[Objective] = Objective.QUALITY
    tolerance: Tolerance = 0.0

    def prepare(self, mentors: Side, mentees: Side) -> Aim:
        """Return the objective for these two sides."""
        return Aim(self.name, self.tolerance)


@dataclass(frozen=True, config=STRICT)
class Egalitarian:
    """The worst-off first: the smallest score of a pair as large as possible, then the next.

    A solution in which more mentees have a mentor comes before one in which fewer do: who is not
    matched is worse off than anybody who is.

    Parameters
    ----------
    steps
        How many different scores, from the smallest up, are made best one after the other.
    """

    name: ClassVar[Objective] = Objective.EGALITARIAN
    steps: Annotated[int, Field(ge=1)] = 3

    def prepare(self, mentors: Side, mentees: Side) -> Aim:
        """Return the objective for these two sides."""
        return Aim(self.name, steps=self.steps)


@dataclass(frozen=True, config=STRICT)
class Stability:
    """The fewest blocking pairs: two people who would both rather have each other.

    Everybody prefers the people they named in their ``preferences``, in that order, then those of a
    higher score.
    """

    name: ClassVar[Objective] = Objective.STABILITY

    def prepare(self, mentors: Side, mentees: Side) -> Aim:
        """Return the objective for these two sides."""
        return Aim(self.name)


@dataclass(frozen=True, config=STRICT)
class Continuity:
    """As many as possible of the earlier pairs are kept.

    Parameters
    ----------
    pairs
        Earlier pairs of ids: mentor, mentee. People who are no longer there do not matter.
        :func:`pairkit.rematch` fills in those of the history.
    most_broken
        How many of the earlier pairs that could be kept may be broken, whatever comes first;
        ``None`` sets no limit.
    tolerance
        Share of the best value that later objectives may give up, from 0 up, below 1.
    """

    name: ClassVar[Objective] = Objective.CONTINUITY
    pairs: Pairs = ()
    _: KW_ONLY
    most_broken: Annotated[int, Field(ge=0)] | None = None
    tolerance: Tolerance = 0.0

    def prepare(self, mentors: Side, mentees: Side) -> Aim:
        """Return the objective for these two sides."""
        i, j = places_of(self.pairs, mentors, mentees, "Continuity", strict=False)
        kept = Listed(i, j, 1.0, (len(mentors), len(mentees)))
        return Aim(self.name, self.tolerance, kept)

    def limit(self, aim: Aim, space: PairSpace) -> Row | None:
        """Return the rule that no more pairs are broken than may be, ``None`` without a limit."""
        if self.most_broken is None or not isinstance(aim.weight, Listed):
            return None
        i, j, _ = aim.weight.entries()
        possible = int(space.pairs(i, j).allowed.sum())
        return Row("Continuity", aim.weight, least=float(max(possible - self.most_broken, 0)))


OneObjective: TypeAlias = Participation | Quality | Egalitarian | Stability | Continuity
KINDS = {kind.name: kind for kind in (Participation, Quality, Egalitarian, Stability, Continuity)}


def _read(value: object) -> OneObjective:
    """Return an objective from itself, its name, or a table with its name and settings."""
    if isinstance(value, Participation | Quality | Egalitarian | Stability | Continuity):
        return value
    table = {"objective": value} if isinstance(value, str) else value
    if not isinstance(table, Mapping) or not isinstance(table.get("objective"), str):
        raise ProgramError(f"An objective needs a name: objective = one of {', '.join(KINDS)}.")
    settings = {key: one for key, one in table.items() if key != "objective"}
    name = str(table["objective"]).lower()
    if name not in KINDS:
        hint = did_you_mean(name, KINDS)
        raise ProgramError(f"There is no objective {name!r}.{hint} Known: {', '.join(KINDS)}.")
    try:
        read = TypeAdapter[OneObjective](KINDS[Objective(name)])
        return read.validate_python(settings)
    except ValidationError as error:
        raise ProgramError(f"objective {name}: {describe(error)}") from None


def _write(value: OneObjective) -> str | dict[str, object]:
    settings = TypeAdapter(type(value)).dump_python(value, mode="json", exclude_defaults=True)
    return {"objective": value.name.value, **settings} if settings else value.name.value


def _schema() -> dict[str, object]:
    """Return the JSON Schema of an objective: a name, or a table with settings."""
    branches = {name: TypeAdapter(kind).json_schema() for name, kind in KINDS.items()}
    for name, branch in branches.items():
        own = {"objective": {"const": name.value}}
        branch["properties"] = {**own, **branch.get("properties", {})}
        branch["required"] = ["objective"]
    return {"anyOf": [{"enum": [name.value for name in KINDS]}, *branches.values()]}


AnyObjective = Annotated[
    OneObjective, PlainValidator(_read), PlainSerializer(_write), WithJsonSchema(_schema())
]


def read_objectives(values: Sequence[OneObjective | str]) -> tuple[OneObjective, ...]:
    """Return objectives from themselves or their names.

    Raises
    ------
    ProgramError
        There is no objective of a name.
    """
    return tuple(map(_read, values))


def check_order(objectives: Sequence[object]) -> None:
    """Raise where there is no objective, or the same one twice.

    Raises
    ------
    ValueError
        There is none, or one is there twice.
    """
    if not objectives:
        raise ValueError(f"objectives are one or more of {', '.join(KINDS)}")
    for k, one in enumerate(objectives):
        if one in objectives[:k]:
            raise ValueError("objectives are different ones; one is there twice")
