"""Catalogs: names for scorers, rules and solvers, as TOML and the command line need them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import is_dataclass
from functools import cached_property
from importlib.metadata import entry_points
from typing import Any, Generic, TypeAlias, TypeVar, cast

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from pairkit.errors import ProgramError, did_you_mean

__all__ = ["Catalog", "describe"]

T = TypeVar("T")
JsonSchema: TypeAlias = dict[str, Any]


class Catalog(Generic[T]):
    """Classes by name: ours, and those that other packages register as entry points.

    Parameters
    ----------
    tag
        The key that holds the name in a table, such as ``scorer``.
    builtin
        Our own classes; the name of a class is its name here.
    """

    def __init__(self, tag: str, builtin: Sequence[type[T]]) -> None:
        self.tag = tag
        self.builtin = {kind.__name__: kind for kind in builtin}

    @cached_property
    def plugins(self) -> dict[str, type[T]]:
        """The classes of other packages by name, loaded when a name is not one of ours."""
        return {
            point.name: cast("type[T]", point.load())
            for point in entry_points(group=f"pairkit.{self.tag}s")
        }

    @property
    def classes(self) -> dict[str, type[T]]:
        """All classes by name; an entry point cannot take the name of one of ours."""
        return {**self.plugins, **self.builtin}

    def read(self, value: object) -> T:
        """Return the object that a table describes; an object is returned as it is.

        Raises
        ------
        ProgramError
            The name is not known, or a parameter is not valid.
        """
        if not isinstance(value, Mapping):
            return cast("T", value)
        table = dict(value)
        name = table.pop(self.tag, None)
        if not isinstance(name, str):
            raise ProgramError(f"A {self.tag} needs a name: {self.tag} = one of {self._names()}.")
        kind = self.builtin.get(name) or self.plugins.get(name)
        if kind is None:
            hint = did_you_mean(name, self.classes)
            raise ProgramError(f"There is no {self.tag} {name!r}.{hint} Known: {self._names()}.")
        if getattr(kind, "code_only", False):
            raise ProgramError(f"{name} holds code or data, which a file cannot give: use Python.")
        try:
            return TypeAdapter(kind).validate_python(table) if _has_schema(kind) else kind(**table)
        except ValidationError as error:
            raise ProgramError(f"{self.tag} {name}: {describe(error)}") from None
        except TypeError as error:  # a plain class was given a parameter that it does not have
            raise ProgramError(f"{self.tag} {name}: {error}") from None

    def write(self, value: T) -> dict[str, object]:
        """Return the table that describes an object, without the parameters left at default.

        Raises
        ------
        ProgramError
            The object holds code or data that a text cannot hold.
        """
        kind = type(value)
        name = _name_of(kind, self.builtin) or _name_of(kind, self.plugins)
        unwritable = ProgramError(
            f"{kind.__name__} cannot be written to a file: it holds code or data. Keep this "
            f"program in Python, or register the class under 'pairkit.{self.tag}s'."
        )
        if name is None or getattr(kind, "code_only", False) or not _has_schema(kind):
            raise unwritable
        try:
            table = TypeAdapter(kind).dump_python(value, mode="json", exclude_defaults=True)
        except PydanticSerializationError:  # something inside it holds code
            raise unwritable from None
        return {self.tag: name, **table}

    def branches(self) -> list[JsonSchema]:
        """Return the JSON Schema of the table of each class that a file can describe."""
        return [
            self._branch(name, kind)
            for name, kind in self.classes.items()
            if not getattr(kind, "code_only", False)
        ]

    def _branch(self, name: str, kind: type[T]) -> JsonSchema:
        if not _has_schema(kind):
            return {
                "title": name,
                "type": "object",
                "properties": {self.tag: {"const": name}},
                "required": [self.tag],
            }
        branch = TypeAdapter(kind).json_schema()
        branch["properties"] = {self.tag: {"const": name}, **branch.get("properties", {})}
        branch["required"] = [self.tag, *branch.get("required", [])]
        return branch

    def _names(self) -> str:
        return ", ".join(sorted(self.classes))


def _name_of(kind: type[object], classes: Mapping[str, type[object]]) -> str | None:
    return next((name for name, one in classes.items() if one is kind), None)


def _has_schema(kind: type[object]) -> bool:
    return is_dataclass(kind) or issubclass(kind, BaseModel)


def _continued(sentence: str) -> str:
    """Return a sentence to stand after a colon; the name of a class keeps its capital."""
    word = sentence.split(" ", 1)[0]
    return sentence if word[1:] != word[1:].lower() else sentence[:1].lower() + sentence[1:]


def describe(error: ValidationError) -> str:
    """Return what is wrong in one line: each place with its reason.

    Examples
    --------
    >>> from pydantic import TypeAdapter
    >>> try:
    ...     TypeAdapter(int).validate_python("many")
    ... except ValidationError as error:
    ...     print(describe(error))
    input should be a valid integer, unable to parse string as an integer
    """
    lines: list[str] = []
    for detail in error.errors(include_url=False, include_context=False):
        place = ".".join(str(part) for part in detail["loc"])
        reason = detail["msg"].removeprefix("Value error, ").rstrip(".")
        if detail["type"] in {"unexpected_keyword_argument", "extra_forbidden"}:
            reason = "there is no such parameter"
        lines.append(f"{place}: {reason}" if place else _continued(reason))
    return "; ".join(lines)
