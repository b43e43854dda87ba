"""Places of the pairs of a matching."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pairkit.matching import Matching
    from pairkit.parts import Index

__all__ = ["places_of"]


def places_of(matching: Matching) -> tuple[Index, Index]:
    """Return the places of all pairs, int64, shape (k,) both."""
    mentors, mentees = matching.sides
    i = [mentors.position(pair.mentor) for pair in matching.pairs]
    j = [mentees.position(pair.mentee) for pair in matching.pairs]
    return np.array(i, dtype=np.int64), np.array(j, dtype=np.int64)
