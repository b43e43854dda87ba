"""People: how suites ask prepared scorers and rules about drawn sides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pairkit.errors import InputError
from pairkit.profiles import Participant
from pairkit.roster import Roster
from pairkit.testing.checking import expect
from pairkit.testing.strategies import side_of

if TYPE_CHECKING:
    from pairkit.encoding import Side
    from pairkit.parts import Index

__all__ = ["Sides", "check_same_function", "invented", "others", "reordered", "tile_of"]

Sides = tuple["Side", "Side"]
Function = Callable[["Index", "Index"], NDArray[Any]]
PEOPLE = 16
CLOSE = 1e-9


def invented() -> Roster:
    """Return a few people of an invented organization, and two who state nothing."""
    from pairkit.datasets import sample

    blank = [Participant(id=f"blank-{k}") for k in range(2)]
    return Roster([*sample(PEOPLE, seed=7), *blank])


def tile_of(function: Function, sides: Sides) -> NDArray[Any]:
    """Return what a function of places says for all pairs, asked as one tile."""
    i, j = (np.arange(len(side), dtype=np.int64) for side in sides)
    return np.asarray(function(i[:, None], j[None, :]))


def check_same_function(one: Function, sides: Sides) -> None:
    """Raise where a function says something else of single pairs than of a tile."""
    shape = len(sides[0]), len(sides[1])
    tile = tile_of(one, sides)
    expect(tile.shape == shape, f"a tile of {shape} pairs has the shape {tile.shape}")
    i, j = (places.ravel() for places in np.indices(shape, dtype=np.int64))
    single = np.asarray(one(i, j))
    expect(single.shape == i.shape, f"{i.shape} pairs have the shape {single.shape}")
    expect(single.dtype == tile.dtype, f"single pairs are {single.dtype}, a tile is {tile.dtype}")
    words = f"single pairs give {single.tolist()}, a tile {tile.ravel().tolist()}"
    expect(close(single, tile.ravel()), words)
    chosen = i % 2 == 0, j % 2 == 0
    rows, columns = np.unique(i[chosen[0]]), np.unique(j[chosen[1]])
    part = np.asarray(one(rows[:, None], columns[None, :]))
    expect(close(part, tile[np.ix_(rows, columns)]), "a part of a tile differs from the whole")


def close(one: NDArray[Any], other: NDArray[Any]) -> bool:
    """Return whether two arrays hold the same, up to the rounding."""
    if one.shape != other.shape:
        return False
    if np.bool_ in {one.dtype.type, other.dtype.type}:
        return bool(np.array_equal(one, other))
    return bool(np.allclose(one, other, rtol=CLOSE, atol=CLOSE, equal_nan=True))


def others(sides: Sides, prepare: Callable[[Side, Side], Sequence[Function]]) -> None:
    """Raise where a pair gets something else once people of both sides are left out."""
    smaller = tuple(side_of(_roster(side), side.index[::2]) for side in sides)
    try:
        whole, part = prepare(*sides), prepare(smaller[0], smaller[1])
    except InputError:  # it names somebody who is not on these sides
        return
    for one, few in zip(whole, part, strict=True):
        tile = tile_of(one, sides)[::2, ::2]
        fewer = tile_of(few, (smaller[0], smaller[1]))
        expect(close(tile, fewer), "a pair depends on who else is there")


def reordered(sides: Sides, prepare: Callable[[Side, Side], Sequence[Function]]) -> None:
    """Raise where a pair gets something else with the same people in another order."""
    roster = _roster(sides[0])
    turned = Roster(reversed(tuple(roster)))
    last = len(roster) - 1
    back = tuple(side_of(turned, last - side.index[::-1]) for side in sides)
    try:
        whole, other = prepare(*sides), prepare(back[0], back[1])
    except InputError:
        return
    for one, two in zip(whole, other, strict=True):
        tile = tile_of(two, (back[0], back[1]))[::-1, ::-1]
        expect(close(tile_of(one, sides), tile), "a pair depends on the order of people")


def _roster(side: Side) -> Roster:
    return Roster(side.participants)
