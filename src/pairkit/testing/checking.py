"""Checking: how a suite runs a check over everything that a strategy draws."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Callable
from dataclasses import is_dataclass
from typing import TYPE_CHECKING, TypeVar

import tomli_w
from hypothesis import HealthCheck, given, note, settings
from pydantic import BaseModel, TypeAdapter
from pydantic_core import PydanticSerializationError

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["check_frozen", "check_reads_back", "expect", "for_all"]

T = TypeVar("T")
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def for_all(
    strategy: SearchStrategy[T],
    check: Callable[[T], None],
    *,
    examples: int,
    describe: Callable[[T], str] = repr,
) -> None:
    """Run a check over what a strategy draws, the same every time; a failure is made small.

    Parameters
    ----------
    strategy
        What to draw.
    check
        Raises where something does not hold.
    examples
        How many to draw.
    describe
        Tells what was drawn, for the report of a failure.
    """

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        report_multiple_bugs=False,
        suppress_health_check=SLOW,
    )
    @given(strategy)
    def one(drawn: T) -> None:
        note(describe(drawn))
        check(drawn)

    one()


def expect(holds: bool, words: str) -> None:  # noqa: FBT001 - reads as an assertion
    """Raise unless something holds.

    Raises
    ------
    AssertionError
        It does not.
    """
    if not holds:
        raise AssertionError(words)


def check_frozen(value: object) -> None:
    """Raise where a value can be changed, or not be compared and hashed."""
    same = copy.copy(value)
    expect(same == value, "a copy of it is not equal to it")
    try:
        codes = hash(same), hash(value)
    except TypeError as error:
        raise AssertionError(f"it cannot be hashed: {error}") from None
    expect(codes[0] == codes[1], "a copy of it has another hash")
    try:
        setattr(value, "testing_attribute", 1)  # noqa: B010 - that it fails is the point
    except (AttributeError, TypeError):
        return
    raise AssertionError("it can be changed: make it a frozen dataclass")


def check_reads_back(value: object) -> None:
    """Raise where a value that a text can describe is another one after reading it back."""
    kind = type(value)
    described = is_dataclass(kind) or issubclass(kind, BaseModel)
    if getattr(kind, "code_only", False) or not described:
        return
    adapter = TypeAdapter(kind)
    try:
        table = adapter.dump_python(value, mode="json", exclude_defaults=True)
    except PydanticSerializationError:  # something inside it holds code
        return
    again = adapter.validate_python(tomllib.loads(tomli_w.dumps(table)))
    expect(again == value, f"written to TOML and read again, it is {again!r}")
