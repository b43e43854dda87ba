"""Program: who may be on which side, what makes a pair good, what forbids it, what comes first."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Self, cast

import numpy as np
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    ValidationError,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from pairkit.catalog import describe
from pairkit.constraints import (
    RULES,
    AnyRule,
)
from pairkit.encoding import Side, as_number
from pairkit.errors import FileError, ProgramError, did_you_mean
from pairkit.files import write_text
from pairkit.profiles import FrozenDict, Participant, Role, fold
from pairkit.scoring import (
    Weighted,
    WeightedPart,
)
from pairkit.scoring.compose import SCORERS, read_parts

if TYPE_CHECKING:
    from os import PathLike

    from pairkit.roster import Roster

__all__ = [
    "Condition",
    "Objective",
    "Program",
    "Roles",
]


class Objective(StrEnum):
    """What a solution is best in; the first objective of a program counts before the second."""

    PARTICIPATION = "participation"
    QUALITY = "quality"


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

    def unmet(self, field: str, value: object) -> str | None:
        """Return why a value does not meet the condition, or ``None`` where it does.

        Examples
        --------
        >>> Condition(max=5).unmet("experience", 8.0)
        'experience is 8, above 5'
        """
        if value is None:
            return f"{field} is not stated"
        if self.values:
            text = str(value)
            return None if fold(text) in map(fold, self.values) else f"{field} is {text!r}"
        number = as_number(value)
        if number is None:
            return f"{field} is not a number"
        shown = f"{number:g}" if isinstance(value, int | float) else str(value)
        if self.min is not None and number < self.min:
            return f"{field} is {shown}, below {self.min:g}"
        if self.max is not None and number > self.max:
            return f"{field} is {shown}, above {self.max:g}"
        return None


def _conditions(value: object) -> object:
    """Return conditions by field; a bare text or list of texts means ``values``."""
    if not isinstance(value, Mapping):
        return value
    texts = {k: [v] if isinstance(v, str) else v for k, v in value.items()}
    return {k: {"values": v} if isinstance(v, list | tuple) else v for k, v in texts.items()}


Conditions = Annotated[
    FrozenDict[
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
]


class Roles(BaseModel):
    """Who may be a mentor and who a mentee.

    A person with stated roles keeps to them. A person without may mentor with at least one skill
    and be mentored with at least one need. In either case the conditions of the side must hold.

    Parameters
    ----------
    mentor, mentee
        A :class:`Condition` by field; all must hold.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    mentor: Conditions = FrozenDict()
    mentee: Conditions = FrozenDict()

    def unmet(self, role: Role, person: Participant) -> str | None:
        """Return why the person is not on that side, or ``None`` where they are."""
        if person.roles is not None and role not in person.roles:
            return f"is not a {role}"
        if person.roles is None:
            wanted = "skill" if role is Role.MENTOR else "need"
            if not (person.skills if role is Role.MENTOR else person.needs):
                return f"states no {wanted}"
        conditions = self.mentor if role is Role.MENTOR else self.mentee
        for field, condition in conditions.items():
            reason = condition.unmet(field, person.value(field))
            if reason is not None:
                return f"{field} rules it out" if condition.allow_protected else reason
        return None


def _read_score(value: object) -> Weighted:
    return value if isinstance(value, Weighted) else Weighted(read_parts(value))


def _write_score(value: Weighted) -> list[dict[str, object]]:
    return [_write_part(part) for part in value.parts]


def _write_part(part: WeightedPart) -> dict[str, object]:
    table = SCORERS.write(part.scorer)
    named = {} if part.name == WeightedPart(part.scorer).name else {"name": part.name}
    return {"scorer": table.pop("scorer"), "weight": part.weight, **named, **table}


Score = Annotated[
    Weighted,
    PlainValidator(_read_score),
    PlainSerializer(_write_score),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "array", "items": {"type": "object", "catalog": "part"}},
                {"type": "object", "additionalProperties": {"type": "object", "catalog": "part"}},
            ]
        }
    ),
]


class Program(BaseModel):
    """A mentoring program as one frozen value; the same as a ``program.toml``.

    Parameters
    ----------
    name
        What the program is called.
    roles
        Who may be on which side.
    scoring
        What makes a pair good: a :class:`~pairkit.Weighted`, or anything it accepts.
    rules
        What forbids a pair, or costs it score.
    objectives
        ``("participation", "quality")``: as many pairs as possible, and of those the best total
        score. ``("quality",)``: the best total score, whoever stays alone.
    mentor_capacity, mentee_capacity
        The most partners of a person who states no capacity of their own, in that role.
    reference_date
        The day that counts as today, for daylight saving, horizons and waiting times; ``None``
        takes the day of the run, which the result then records.

    Examples
    --------
    >>> from pairkit import Ready, SkillCoverage
    >>> program = Program(scoring={"skills": (SkillCoverage(), 3)}, rules=[Ready()])
    >>> Program.from_toml(program.to_toml()) == program
    True
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = ""
    roles: Roles = Roles()
    scoring: Score
    rules: tuple[AnyRule, ...] = ()
    objectives: tuple[Objective, ...] = (Objective.PARTICIPATION, Objective.QUALITY)
    mentor_capacity: Annotated[int, Field(ge=0)] = 1
    mentee_capacity: Annotated[int, Field(ge=0)] = 1
    reference_date: date | None = None

    @field_validator("objectives", mode="after")
    @classmethod
    def _check_objectives(cls, value: tuple[Objective, ...]) -> tuple[Objective, ...]:
        known = ((Objective.PARTICIPATION, Objective.QUALITY), (Objective.QUALITY,))
        if value not in known:
            raise ValueError('objectives are ["participation", "quality"] or ["quality"]')
        return value

    @field_validator("rules", mode="after")
    @classmethod
    def _check_rules(cls, value: tuple[AnyRule, ...]) -> tuple[AnyRule, ...]:
        for rule in value:
            if value.count(rule) > 1:
                raise ValueError(f"the rule {rule.label} is there twice")
        return value

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Self:
        """Return the program of a TOML or JSON file.

        Raises
        ------
        FileError
            The file is missing or is not text.
        ProgramError
            The file is not valid TOML or JSON, or the program is not valid.
        """
        try:
            text = Path(path).read_text(encoding="utf-8-sig")
        except OSError as error:
            raise FileError(f"{path} cannot be read: {error.strerror}.") from None
        except UnicodeDecodeError:
            raise FileError(f"{path} is not UTF-8 text.") from None
        return cls.from_json(text) if Path(path).suffix == ".json" else cls.from_toml(text)

    @classmethod
    def from_toml(cls, text: str) -> Self:
        """Return the program that a TOML text describes.

        Raises
        ------
        ProgramError
            The text is not valid TOML, or the program is not valid.
        """
        try:
            return cls._read(tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            raise ProgramError(f"The program is not valid TOML: {error}.") from None

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the program that a JSON text describes.

        Raises
        ------
        ProgramError
            The text is not valid JSON, or the program is not valid.
        """
        try:
            return cls._read(json.loads(text))
        except json.JSONDecodeError as error:
            raise ProgramError(f"The program is not valid JSON: {error}.") from None

    @classmethod
    def _read(cls, table: object) -> Self:
        if isinstance(table, Mapping):
            for key in table:
                if key not in cls.model_fields:
                    hint = did_you_mean(key, cls.model_fields)
                    raise ProgramError(f"The program has no setting {key!r}.{hint}")
        try:
            return cls.model_validate(table)
        except ValidationError as error:
            raise ProgramError(f"The program is not valid: {describe(error)}.") from None

    def to_dict(self) -> dict[str, object]:
        """Return the program as plain values, without what is left at default.

        Raises
        ------
        ProgramError
            A scorer or rule holds code or data that a text cannot hold.
        """
        for part in self.scoring.parts:
            SCORERS.write(part.scorer)  # raises by name; inside the dump it would be wrapped
        for rule in self.rules:
            RULES.write(rule)
        return self.model_dump(mode="json", exclude_defaults=True)

    def to_json(self) -> str:
        """Return the program as JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2)

    def to_toml(self) -> str:
        """Return the program as TOML."""
        import tomli_w

        return tomli_w.dumps(self.to_dict())

    def save(self, path: str | PathLike[str], *, overwrite: bool = False) -> None:
        """Write the program as TOML, or as JSON where the suffix is ``.json``.

        Raises
        ------
        OutputError
            The file exists and ``overwrite`` is false, or it cannot be written there.
        """
        text = self.to_json() if Path(path).suffix == ".json" else self.to_toml()
        write_text(path, text, overwrite=overwrite)

    @classmethod
    def json_schema(cls) -> dict[str, object]:
        """Return the JSON Schema of a program, one branch for every scorer and rule."""
        schema = cls.model_json_schema()
        part = {"weight": {"type": "number", "minimum": 0}, "name": {"type": "string"}}
        scorers, rules = SCORERS.branches(), RULES.branches()
        parts = [one | {"properties": {**one["properties"], **part}} for one in scorers]
        definitions = {
            name: {"oneOf": branches}
            for name, branches in (("part", parts), ("scorer", scorers), ("rule", rules))
        }
        schema["$defs"] = {**schema.get("$defs", {}), **definitions}
        return cast("dict[str, object]", _link(schema))

    def sides(self, roster: Roster, reference: date) -> tuple[Side, Side, dict[str, str]]:
        """Return the mentors, the mentees, and why others are on neither side, by id.

        Raises
        ------
        ProgramError
            A condition names a field that nobody in the roster has, or a protected one.
        """
        for field, condition in (*self.roles.mentor.items(), *self.roles.mentee.items()):
            roster.columns.values(field)
            roster.columns.check_readable(field, "Roles", allow=condition.allow_protected)
        places: dict[Role, list[int]] = {Role.MENTOR: [], Role.MENTEE: []}
        outside: dict[str, str] = {}
        for k, person in enumerate(roster):
            reasons = {role: self.roles.unmet(role, person) for role in Role}
            for role, reason in reasons.items():
                if reason is None:
                    places[role].append(k)
            if all(reasons.values()):
                outside[person.id] = "; ".join(
                    f"no {role}: {reason}" for role, reason in reasons.items()
                )
        people = tuple(roster)
        mentors, mentees = (
            Side(roster.columns, people, np.array(places[role], dtype=np.int64), reference)
            for role in (Role.MENTOR, Role.MENTEE)
        )
        return mentors, mentees, outside


def _link(schema: object) -> object:
    """Replace the marks of catalogs in a schema by references to their definitions."""
    if isinstance(schema, dict):
        if "catalog" in schema:
            return {"$ref": f"#/$defs/{schema['catalog']}"}
        return {key: _link(value) for key, value in schema.items()}
    return [_link(item) for item in schema] if isinstance(schema, list) else schema
