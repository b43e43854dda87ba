"""Stages: how far a reading is, told as one share over all that it does."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

__all__ = ["Progress", "silent", "stage"]

Progress: TypeAlias = Callable[[float], None]


def silent(share: float, /) -> None:
    """Tell nobody."""


def stage(progress: Progress, start: float, end: float) -> Progress:
    """Return a function that tells the share of one stage as a share of the whole.

    Examples
    --------
    >>> stage(print, 0.2, 0.6)(0.5)
    0.4
    """
    return lambda share: progress(start + (end - start) * share)
