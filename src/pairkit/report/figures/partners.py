"""Partners: how many people have how many, and whether they have room for more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from pairkit.report.figures.places import places_of

if TYPE_CHECKING:
    from pairkit.matching import Matching
    from pairkit.parts import Index

__all__ = ["Loads", "loads"]

MOST_LOADS: Final = 12  # numbers of partners that are told apart


@dataclass(frozen=True, slots=True, eq=False)
class Loads:
    """How many people of a side have how many partners, and whether they have room for more.

    Parameters
    ----------
    side
        ``"mentors"``, ``"mentees"`` or ``"peers"``.
    full
        How many people with k partners have no room for more, int64, shape (k,).
    open
        How many have.
    tail
        Whether the last entry stands for that many partners or more.
    places
        The sum of all capacities; a capacity counts as the people of the other side at most.
    """

    side: str
    full: NDArray[np.int64]
    open: NDArray[np.int64]
    tail: bool
    places: int

    @property
    def people(self) -> NDArray[np.int64]:
        """How many people have k partners, int64, shape (k,)."""
        return self.full + self.open


def loads(matching: Matching) -> tuple[Loads, ...]:
    """Return the loads of mentors and of mentees against their capacities; of peers, one.

    Raises
    ------
    ProblemError
        The matching was read back without its roster and program.
    """
    problem, (mentors, mentees) = matching.problem, matching.sides
    own = problem.partners(*places_of(matching))
    if matching.peers:
        return (_loads("peers", own[0], problem.mentor_capacity, max(len(mentors) - 1, 0)),)
    return (
        _loads("mentors", own[0], problem.mentor_capacity, len(mentees)),
        _loads("mentees", own[1], problem.mentee_capacity, len(mentors)),
    )


def _loads(side: str, partners: Index, capacity: Index, others: int) -> Loads:
    last = min(int(partners.max(initial=0)), MOST_LOADS)
    shown = np.minimum(partners, last)
    full = partners >= capacity
    return Loads(
        side=side,
        full=np.bincount(shown[full], minlength=last + 1),
        open=np.bincount(shown[~full], minlength=last + 1),
        tail=bool((partners > last).any()),
        places=int(np.minimum(capacity, others).sum()),
    )
