"""Weighted random draws, vectorized."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["draw"]


def draw(
    rng: np.random.Generator, rarity: NDArray[np.floating[Any]], most: int
) -> NDArray[np.int64]:
    """Return ``most`` different columns of each row, drawn by weight, in the order of the draw.

    Draws without replacement by exponential clocks: Efraimidis and Spirakis (2006),
    doi:10.1016/j.ipl.2005.11.003.

    Parameters
    ----------
    rng
        Where the random numbers come from.
    rarity
        One over the weight of each column, above 0, shape (n, columns); infinite for columns that
        come only when no other is left.
    most
        How many columns to draw, at most all.
    """
    waits = rng.standard_exponential(rarity.shape, dtype=np.float32)
    clocks = np.maximum(waits, np.finfo(np.float32).tiny) * rarity  # 0 times infinity is nan
    first = np.argpartition(clocks, most - 1, axis=1)[:, :most]
    order = np.argsort(np.take_along_axis(clocks, first, axis=1), axis=1)
    return np.take_along_axis(first, order, axis=1)
