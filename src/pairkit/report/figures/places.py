"""Places of the pairs of a matching, and of people drawn from all."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pairkit.matching import Matching
    from pairkit.parts import Index

__all__ = ["drawn_places", "places_of"]


def places_of(matching: Matching) -> tuple[Index, Index]:
    """Return the places of all pairs, int64, shape (k,) both."""
    mentors, mentees = matching.sides
    i = [mentors.position(pair.mentor) for pair in matching.pairs]
    j = [mentees.position(pair.mentee) for pair in matching.pairs]
    return np.array(i, dtype=np.int64), np.array(j, dtype=np.int64)


def drawn_places(
    shape: tuple[int, int], most: int, *, peers: bool, seed: int = 0
) -> tuple[Index, Index]:
    """Return places of mentors and mentees with about so many pairs at most, int64, in order.

    All of them where they are few enough, else drawn at random; of peers, the same on both sides.
    """
    share = min(1.0, (most / max(math.prod(shape), 1)) ** 0.5)
    draw = np.random.default_rng(seed)
    mentors, mentees = (_drawn(draw, n, share) for n in shape)
    return mentors, mentors if peers else mentees


def _drawn(draw: np.random.Generator, people: int, share: float) -> Index:
    places = draw.choice(people, max(min(people, 1), int(people * share)), replace=False)
    return np.sort(places)
