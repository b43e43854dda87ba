"""Scores made of other scores: both directions of one, any function, and the weighted sum."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import KW_ONLY
from dataclasses import dataclass as plain_dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, cast

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, PlainSerializer, PlainValidator, ValidationError, WithJsonSchema
from pydantic.dataclasses import dataclass

from pairkit.catalog import Catalog, describe
from pairkit.errors import ProgramError
from pairkit.parts import Bilinear, Elementwise, Index, Part, stack
from pairkit.profiles import Participant
from pairkit.scoring.base import STRICT, Scorer
from pairkit.scoring.content import TextSimilarity, Vectors
from pairkit.scoring.profile import (
    AvailabilityOverlap,
    Different,
    Gap,
    PreferenceRank,
    Same,
    SharedInterests,
    SharedLanguage,
    SkillCoverage,
)

if TYPE_CHECKING:
    from pairkit.encoding import Side

__all__ = [
    "SCORERS",
    "AnyScorer",
    "PairFunction",
    "TwoWay",
    "Weighted",
    "WeightedPart",
    "read_parts",
]


def _read_scorer(value: object) -> Scorer:
    scorer = SCORERS.read(value)
    if isinstance(scorer, type) or not isinstance(scorer, Scorer):
        raise ProgramError(f"{scorer!r} is not a scorer: it has no prepare(mentors, mentees).")
    return scorer


def _write_scorer(value: Scorer) -> dict[str, object]:
    return SCORERS.write(value)


AnyScorer = Annotated[
    Scorer,
    PlainValidator(_read_scorer),
    PlainSerializer(_write_scorer),
    WithJsonSchema({"type": "object", "catalog": "scorer"}),
]


@dataclass(frozen=True, config=STRICT)
class PairFunction:
    """Any Python function of two participants: slow, one call for each pair, and honest about it.

    Parameters
    ----------
    function
        Takes a mentor and a mentee; returns a number in [0, 1].
    name
        What to call it in reports; the function's own name by default.
    allow_protected
        Whether the function may see protected fields; without it they are blank.
    """

    code_only: ClassVar[bool] = True

    function: Callable[[Participant, Participant], float]
    name: str = ""
    _: KW_ONLY
    allow_protected: bool = False

    def prepare(self, mentors: Side, mentees: Side) -> Part:
        """Return the function, called for one pair after another."""
        rows, columns = (self._people(side) for side in (mentors, mentees))

        def values(i: Index, j: Index) -> NDArray[np.float64]:
            pairs = np.broadcast(i, j)
            found = (self._value(rows[one], columns[other]) for one, other in pairs)
            return np.fromiter(found, dtype=np.float64, count=pairs.size).reshape(pairs.shape)

        return Elementwise(values, slow=True)

    def _people(self, side: Side) -> list[Participant]:
        if self.allow_protected:
            return side.people
        return [person.without_protected() for person in side.people]

    def _value(self, mentor: Participant, mentee: Participant) -> float:
        value: object = self.function(mentor, mentee)
        if isinstance(value, int | float | np.number) and 0.0 <= float(value) <= 1.0:
            return float(value)
        name = self.name or getattr(self.function, "__name__", "function")
        given = f"{value:g}" if isinstance(value, int | float) else f"a {type(value).__name__}"
        raise ProgramError(
            f"PairFunction {name!r} gave {given} for {mentor.id!r} and {mentee.id!r}; "
            f"a score is a number in [0, 1]."
        )


@dataclass(frozen=True, config=STRICT)
class TwoWay:
    """Both directions of a scorer in one: what the mentor gives, and what comes back.

    With :class:`SkillCoverage` the second direction is how far the mentee's skills meet the
    mentor's own needs: the experience that flows back to a junior who mentors a senior.

    Parameters
    ----------
    of
        The scorer to take in both directions.
    combine
        ``"mean"``, ``"min"`` (no better than the poorer direction) or ``"geometric"``.
    """

    of: AnyScorer
    combine: Literal["mean", "min", "geometric"] = "mean"

    def prepare(self, mentors: Side, mentees: Side) -> Part:
        """Return the two directions combined; the mean of two matrix products is one."""
        there = self.of.prepare(mentors, mentees)
        back = self.of.prepare(mentees, mentors)
        slow = isinstance(there, Elementwise) and there.slow
        if self.combine == "mean":
            if isinstance(there, Bilinear) and isinstance(back, Bilinear):
                return Bilinear(
                    0.5 * stack([there.left, back.right]), stack([there.right, back.left])
                )
            return Elementwise(lambda i, j: 0.5 * (there(i, j) + back(j.T, i.T).T), slow)
        if self.combine == "min":
            return Elementwise(lambda i, j: np.minimum(there(i, j), back(j.T, i.T).T), slow)

        def geometric(i: Index, j: Index) -> NDArray[np.float64]:
            product: NDArray[np.float64] = there(i, j) * back(j.T, i.T).T
            return np.sqrt(np.maximum(product, 0.0))

        return Elementwise(geometric, slow)


@dataclass(frozen=True, config=STRICT)
class WeightedPart:
    """One scorer's share of a score.

    Parameters
    ----------
    scorer
        The scorer.
    weight
        Its weight, from 0 to a million; only the proportion to the other weights matters.
    name
        What the part is called; the name of the scorer's class, and its field, by default.
    """

    scorer: AnyScorer
    weight: Annotated[float, Field(ge=0, le=1e6)] = 1.0
    name: str = ""

    def __post_init__(self) -> None:
        """Give the part a name."""
        if not self.name:
            object.__setattr__(self, "name", _default_name(self.scorer))


def _default_name(scorer: Scorer) -> str:
    function = getattr(getattr(scorer, "function", None), "__name__", "")
    own = getattr(scorer, "name", "") or getattr(scorer, "field", "") or function
    inner = getattr(scorer, "of", None)
    detail = _default_name(inner) if isinstance(inner, Scorer) else own
    name = type(scorer).__name__
    return f"{name}({detail})" if detail else name


@plain_dataclass(frozen=True, init=False)
class Weighted:
    """A score: the weighted sum of named parts, weights normalized to sum to 1.

    Parameters
    ----------
    parts
        :class:`WeightedPart` values, or ``(scorer, weight)`` or ``(scorer, weight, name)`` tuples,
        or bare scorers, or a mapping of names to scorers or ``(scorer, weight)``.

    Raises
    ------
    ValueError
        There is no part, no weight above 0, or a name twice.

    Examples
    --------
    >>> score = Weighted({"skills": (SkillCoverage(), 3), "language": SharedLanguage()})
    >>> [(part.name, weight) for part, weight in zip(score.parts, score.weights)]
    [('skills', 0.75), ('language', 0.25)]
    """

    parts: tuple[WeightedPart, ...]

    def __init__(self, parts: Mapping[str, object] | Iterable[object]) -> None:
        object.__setattr__(self, "parts", tuple(read_parts(parts)))
        if not self.parts:
            raise ValueError("A score needs at least one part.")
        if not sum(part.weight for part in self.parts) > 0:
            raise ValueError("At least one weight must be above 0.")
        names = [part.name for part in self.parts]
        repeated = {name for name in names if names.count(name) > 1}
        if repeated:
            raise ValueError(f"Two parts are called {min(repeated)!r}: give one another name.")

    @property
    def weights(self) -> tuple[float, ...]:
        """The normalized weights, in the order of the parts; they sum to 1."""
        total = sum(part.weight for part in self.parts)
        return tuple(part.weight / total for part in self.parts)


def read_parts(value: object) -> list[WeightedPart]:
    """Return the parts of a score from any form that :class:`Weighted` accepts."""
    if isinstance(value, Mapping):
        return [_placed(str(name), part, str(name)) for name, part in value.items()]
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_placed(str(k), part) for k, part in enumerate(value)]
    raise ValueError("The parts of a score are a list, or a mapping by name.")


def _placed(place: str, value: object, name: str = "") -> WeightedPart:
    try:
        return _read_part(value, name)
    except ValidationError as error:
        raise ProgramError(f"part {place}: {describe(error)}") from None
    except ProgramError as error:
        raise ProgramError(f"part {place}: {error}") from None


def _read_part(value: object, name: str = "") -> WeightedPart:
    if isinstance(value, WeightedPart):
        return value
    if isinstance(value, tuple):
        keys = ("scorer", "weight", "name")
        table = dict(zip(keys, value, strict=False))
        return WeightedPart(**{"name": name, **table})
    if isinstance(value, Mapping):
        own = {key: value[key] for key in ("weight", "name") if key in value}
        scorer = {k: v for k, v in value.items() if k not in own}
        if isinstance(scorer.get("scorer"), Mapping | Scorer):
            scorer = scorer["scorer"]
        return WeightedPart(**{"name": name, **own, "scorer": SCORERS.read(scorer)})
    return WeightedPart(scorer=cast("Scorer", value), name=name)


SCORERS: Catalog[Scorer] = Catalog(
    "scorer",
    [
        SkillCoverage,
        SharedInterests,
        SharedLanguage,
        AvailabilityOverlap,
        Gap,
        Same,
        Different,
        PreferenceRank,
        TextSimilarity,
        Vectors,
        PairFunction,
        TwoWay,
    ],
)
