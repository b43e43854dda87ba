"""Checking: how a suite runs a check over everything that a strategy draws."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from hypothesis import HealthCheck, given, note, settings

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["expect", "for_all"]

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
