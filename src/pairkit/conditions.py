"""Conditions: what a person must have in a field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
)

from pairkit.encoding import as_number
from pairkit.messages import Message, Value
from pairkit.profiles import FrozenDict, fold
from pairkit.titles import field_title

if TYPE_CHECKING:
    from pairkit.encoding import Side

__all__ = ["Condition", "Conditions", "who_meets"]


class Condition(BaseModel):
    """What a person must have in a field to be on a side.

    Parameters
    ----------
    min, max
        Bounds of a number, both included; a date counts in years, such as 2027.5.
    values
        Texts of which one must match, compared folded.
    allow_protected
        Whether the field may be a protected one, such as ``age``; reasons then do not show it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    min: Annotated[float, Field(allow_inf_nan=False)] | None = None
    max: Annotated[float, Field(allow_inf_nan=False)] | None = None
    values: tuple[str, ...] = ()
    allow_protected: bool = False

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.min is None and self.max is None and not self.values:
            raise ValueError("A condition needs min, max or values.")
        if self.values and (self.min is not None or self.max is not None):
            raise ValueError("A condition has values, or min and max, not both.")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min {self.min:g} is above max {self.max:g}.")
        return self

    def unmet(self, field: str, value: object) -> Message | None:
        """Return why a value does not meet the condition, or ``None`` where it does.

        Examples
        --------
        >>> Condition(max=5).unmet("experience", 8.0)
        'experience is 8, above 5'
        """
        title = field_title(field)
        if value is None:
            return Message("{field} is not stated", field=title)
        if self.values:
            met = fold(str(value)) in map(fold, self.values)
            return None if met else Message("{field} is “{value}”", field=title, value=str(value))
        number = as_number(value)
        if number is None:
            return Message("{field} is not a number", field=title)
        told: dict[str, Value] = {"field": title, "value": _told(value, number)}
        if self.min is not None and number < self.min:
            return Message("{field} is {value}, below {min}", min=_told(value, self.min), **told)
        if self.max is not None and number > self.max:
            return Message("{field} is {value}, above {max}", max=_told(value, self.max), **told)
        return None


def _told(value: object, number: float) -> Value:
    """Return a number as it is told: in years, where the value is a date."""
    if not isinstance(value, date):
        return number
    return value if as_number(value) == number else f"{number:g}"


def _conditions(value: object) -> object:
    """Return conditions by field; a bare text or list of texts means ``values``."""
    if not isinstance(value, Mapping):
        return value
    texts = {k: [v] if isinstance(v, str) else v for k, v in value.items()}
    return {k: {"values": v} if isinstance(v, list | tuple) else v for k, v in texts.items()}


Conditions = Annotated[
    Mapping[
        str,
        Annotated[
            Condition,
            WithJsonSchema(
                {
                    "anyOf": [
                        {"type": "string"},
                        {"type": "array", "items": {"type": "string"}},
                        Condition.model_json_schema(),
                    ]
                }
            ),
        ],
    ],
    BeforeValidator(_conditions),
    AfterValidator(FrozenDict),
]


def who_meets(conditions: Mapping[str, Condition], side: Side) -> NDArray[np.bool_]:
    """Return which people of a side meet every condition, each about one field, bool, shape (n,).

    Raises
    ------
    ProgramError
        Nobody in the roster has such a field.
    """
    for field in conditions:
        side.columns.values(field)
    return np.array(
        [
            all(one.unmet(field, person.value(field)) is None for field, one in conditions.items())
            for person in side.people
        ],
        dtype=np.bool_,
    )
