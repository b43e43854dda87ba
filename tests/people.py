"""Strategies for rosters and sides, and how tests ask a prepared scorer or rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from pairkit.encoding import Side
from pairkit.profiles import Participant
from pairkit.roster import Roster

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = [
    "FREE",
    "MEANING",
    "REFERENCE",
    "dates",
    "grid",
    "labels",
    "languages",
    "levels",
    "maybe",
    "names",
    "on_pairs",
    "on_tile",
    "plain_texts",
    "rankings",
    "rosters",
    "sides_of",
    "two_sides",
    "units",
    "windows",
]

REFERENCE = date(2026, 1, 15)

MEANING = {
    "Python": "python",
    "PYTHON": "python",
    "Écriture": "ecriture",
    "ecriture": "ecriture",
    "Data  analysis": "data analysis",
    "data analysis": "data analysis",
    "SQL": "sql",
}
"""Names as people write them, and what they are once folded."""

FREE = {
    "Mon 09:00-12:00": frozenset(range(18, 24)),
    "Mon 11:15-13:00": frozenset(range(23, 26)),
    "Sun 22:00-02:00": frozenset([*range(332, 336), *range(4)]),
    "Tue 14:00-14:30": frozenset([76]),
    "Fri 00:00-24:00": frozenset(range(192, 240)),
}
"""Windows as they are written, and the half-hours of the week that lie in them."""

T = TypeVar("T")
Value = TypeVar("Value", bound=np.generic)

labels = st.sampled_from(sorted(MEANING))
units = st.floats(0, 1)
plain_texts = st.text(st.characters(codec="utf-8"), max_size=12)
dates = st.dates(date(2020, 1, 1), date(2032, 12, 31))
levels = st.dictionaries(labels, st.sampled_from([0.0, 0.5, 1.0, 2.5, 10.0]), max_size=4)
names = st.lists(labels, max_size=4)
languages = st.lists(st.sampled_from(["fr", "fr-CA", "en", "en-GB", "de"]), max_size=3)
windows = st.lists(st.sampled_from(sorted(FREE)), max_size=3)


@st.composite
def rankings(draw: st.DrawFn) -> list[list[str]]:
    """Return ranked ids with ties, some of them nobody's."""
    ids = draw(st.lists(st.sampled_from([f"P{k}" for k in range(7)]), max_size=5, unique=True))
    cuts = sorted(draw(st.sets(st.integers(0, len(ids)), max_size=len(ids))))
    return [ids[start:end] for start, end in pairwise([0, *cuts, len(ids)]) if start < end]


def maybe(strategy: SearchStrategy[T]) -> SearchStrategy[T | None]:
    """Return a strategy that also leaves the value out."""
    return st.none() | strategy


@st.composite
def rosters(
    draw: st.DrawFn,
    fields: dict[str, SearchStrategy[object]],
    *,
    min_size: int = 0,
    max_size: int = 5,
) -> Roster:
    """Return rosters of people P0, P1, ... who have only these fields."""
    size = draw(st.integers(min_size, max_size))
    return Roster(
        Participant.model_validate(
            {"id": f"P{k}"} | {field: draw(strategy) for field, strategy in fields.items()}
        )
        for k in range(size)
    )


@st.composite
def two_sides(
    draw: st.DrawFn, fields: dict[str, SearchStrategy[object]], *, max_size: int = 5
) -> tuple[Side, Side]:
    """Return the sides of a roster of which anybody may be on either side, on both or on none."""
    roster = draw(rosters(fields, min_size=1, max_size=max_size))
    chosen = [draw(st.integers(0, 3)) for _ in roster]
    return sides_of(
        roster,
        [k for k, choice in enumerate(chosen) if choice & 1],
        [k for k, choice in enumerate(chosen) if choice & 2],
    )


def sides_of(
    roster: Roster | Iterable[Participant],
    mentors: Iterable[int] | None = None,
    mentees: Iterable[int] | None = None,
    *,
    reference: date = REFERENCE,
) -> tuple[Side, Side]:
    """Return two sides by positions; everybody is on both where none are given."""
    whole = roster if isinstance(roster, Roster) else Roster(roster)
    everybody = range(len(whole))
    mentor_side, mentee_side = (
        Side(
            whole.columns,
            tuple(whole),
            np.array(list(everybody if index is None else index), dtype=np.int64),
            reference,
        )
        for index in (mentors, mentees)
    )
    return mentor_side, mentee_side


def grid(
    value: Callable[[Participant, Participant], float], mentors: Side, mentees: Side
) -> NDArray[np.float64]:
    """Return a function of two people for every pair, one call after another."""
    rows = [[value(mentor, mentee) for mentee in mentees.people] for mentor in mentors.people]
    return np.array(rows, dtype=np.float64).reshape(len(mentors), len(mentees))


def on_tile(
    part: Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[Value]],
    shape: tuple[int, int],
) -> NDArray[Value]:
    """Return what a part says for all pairs as one tile."""
    return part(np.arange(shape[0])[:, np.newaxis], np.arange(shape[1])[np.newaxis, :])


def on_pairs(
    part: Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[Value]],
    shape: tuple[int, int],
) -> NDArray[Value]:
    """Return what a part says for all pairs one after another, in the shape of the tile."""
    i, j = (places.ravel() for places in np.indices(shape, dtype=np.int64))
    return part(i, j).reshape(shape)
