"""Program: who may be on which side, what makes a pair good, what forbids it, what comes first."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Self, cast

import numpy as np
from pydantic import (
    BaseModel,
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
from pairkit.conditions import Condition, Conditions
from pairkit.constraints import (
    RULES,
    AnyRule,
)
from pairkit.encoding import Side
from pairkit.errors import FileError, ProgramError, did_you_mean
from pairkit.files import write_text
from pairkit.messages import Message
from pairkit.objectives import AnyObjective, Participation, Quality, Stability, check_order
from pairkit.profiles import FrozenDict, Participant, Role
from pairkit.scoring import (
    Weighted,
    WeightedPart,
)
from pairkit.scoring.compose import SCORERS, read_parts
from pairkit.titles import field_title

if TYPE_CHECKING:
    from os import PathLike

    from pairkit.roster import Roster

__all__ = ["Program", "Roles"]

NOT_A: Final = {Role.MENTOR: Message("is not a mentor"), Role.MENTEE: Message("is not a mentee")}


class Roles(BaseModel):
    """Who may be a mentor and who a mentee.

    A person with stated roles keeps to them. A person without may mentor with at least one skill
    and be mentored with at least one need. In either case the conditions of the side must hold.

    Parameters
    ----------
    mentor, mentee
        A :class:`Condition` by field; all must hold.
    peer
        Makes a program without sides, in which peers are paired with each other: the conditions of
        a peer, which may be none. ``None`` leaves the two sides.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    mentor: Conditions = FrozenDict()
    mentee: Conditions = FrozenDict()
    peer: Conditions | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.peer is not None and (self.mentor or self.mentee):
            raise ValueError("Roles have a mentor and a mentee, or peers, not both.")
        return self

    def unmet(self, role: Role, person: Participant) -> Message | None:
        """Return why the person is not on that side, or ``None`` where they are."""
        if person.roles is not None and role not in person.roles:
            return NOT_A[role]
        if person.roles is None:
            if role is Role.MENTOR and not person.skills:
                return Message("states no skill")
            if role is Role.MENTEE and not person.needs:
                return Message("states no need")
        conditions = self.mentor if role is Role.MENTOR else self.mentee
        return self._unmet(conditions, person)

    def unmet_peer(self, person: Participant) -> Message | None:
        """Return why the person is not a peer, or ``None`` where they are."""
        return self._unmet(self.peer or {}, person)

    def _unmet(self, conditions: Mapping[str, Condition], person: Participant) -> Message | None:
        for field, condition in conditions.items():
            reason = condition.unmet(field, person.value(field))
            if reason is not None:
                hidden = Message("{field} rules it out", field=field_title(field))
                return hidden if condition.allow_protected else reason
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
        What comes first, as names or with settings. ``("participation", "quality")``: as many pairs
        as possible, and of those the best total score. ``("quality",)``: the best total score,
        whoever stays alone. Others are ``"egalitarian"``, ``"stability"`` and
        :class:`~pairkit.Continuity`.
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
    objectives: tuple[AnyObjective, ...] = (Participation(), Quality())
    mentor_capacity: Annotated[int, Field(ge=0)] = 1
    mentee_capacity: Annotated[int, Field(ge=0)] = 1
    reference_date: date | None = None

    @field_validator("objectives", mode="after")
    @classmethod
    def _check_objectives(cls, value: tuple[AnyObjective, ...]) -> tuple[AnyObjective, ...]:
        check_order(value)
        return value

    @model_validator(mode="after")
    def _check_peers(self) -> Self:
        if self.peers and any(isinstance(one, Stability) for one in self.objectives):
            raise ValueError("objectives: stability is between two sides; peers have none")
        return self

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
        read = _json_table if Path(path).suffix == ".json" else _toml_table
        return cls._read(_located(read(text), Path(path).parent))

    @classmethod
    def from_toml(cls, text: str) -> Self:
        """Return the program that a TOML text describes.

        Raises
        ------
        ProgramError
            The text is not valid TOML, or the program is not valid.
        """
        return cls._read(_toml_table(text))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the program that a JSON text describes.

        Raises
        ------
        ProgramError
            The text is not valid JSON, or the program is not valid.
        """
        return cls._read(_json_table(text))

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

    @property
    def peers(self) -> bool:
        """Whether there are no sides."""
        return self.roles.peer is not None

    def sides(self, roster: Roster, reference: date) -> tuple[Side, Side, dict[str, str]]:
        """Return the mentors, the mentees, and why others are on neither side, by id.

        Raises
        ------
        ProgramError
            A condition names a field that nobody in the roster has, or a protected one.
        """
        stated = [*self.roles.mentor.items(), *self.roles.mentee.items()]
        for field, condition in [*stated, *(self.roles.peer or {}).items()]:
            roster.columns.values(field)
            roster.columns.check_readable(field, "Roles", allow=condition.allow_protected)
        if self.peers:
            return self._pool(roster, reference)
        places: dict[Role, list[int]] = {Role.MENTOR: [], Role.MENTEE: []}
        outside: dict[str, str] = {}
        for k, person in enumerate(roster):
            reasons = {role: self.roles.unmet(role, person) for role in Role}
            for role, reason in reasons.items():
                if reason is None:
                    places[role].append(k)
            if all(reasons.values()):
                outside[person.id] = Message(
                    "no mentor: {mentor}; no mentee: {mentee}",
                    mentor=reasons[Role.MENTOR] or "",
                    mentee=reasons[Role.MENTEE] or "",
                )
        people = tuple(roster)
        mentors, mentees = (
            Side(roster.columns, people, np.array(places[role], dtype=np.int64), reference)
            for role in (Role.MENTOR, Role.MENTEE)
        )
        return mentors, mentees, outside

    def _pool(self, roster: Roster, reference: date) -> tuple[Side, Side, dict[str, str]]:
        """Return the peers twice, and why others are none of them."""
        reasons = [self.roles.unmet_peer(person) for person in roster]
        index = np.array([k for k, why in enumerate(reasons) if why is None], dtype=np.int64)
        pool = Side(roster.columns, tuple(roster), index, reference)
        outside: dict[str, str] = {
            person.id: Message("no peer: {why}", why=why)
            for person, why in zip(roster, reasons, strict=True)
            if why
        }
        return pool, pool, outside


def _toml_table(text: str) -> object:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ProgramError(f"The program is not valid TOML: {error}.") from None


def _json_table(text: str) -> object:
    try:
        found: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ProgramError(f"The program is not valid JSON: {error}.") from None
    return found


def _located(table: object, folder: Path) -> object:
    """Return a table in which the path of a taxonomy is relative to a folder."""
    if isinstance(table, Mapping):
        return {
            key: str(folder / value)
            if key == "taxonomy" and isinstance(value, str)
            else _located(value, folder)
            for key, value in table.items()
        }
    return [_located(item, folder) for item in table] if isinstance(table, list) else table


def _link(schema: object) -> object:
    """Replace the marks of catalogs in a schema by references to their definitions."""
    if isinstance(schema, dict):
        if "catalog" in schema:
            return {"$ref": f"#/$defs/{schema['catalog']}"}
        return {key: _link(value) for key, value in schema.items()}
    return [_link(item) for item in schema] if isinstance(schema, list) else schema
