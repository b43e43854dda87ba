"""Arrangement: who is in which circle, with what every move would gain."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pairkit.parts import Index

if TYPE_CHECKING:
    from pairkit.circling.pool import Pool

__all__ = ["Arrangement"]


class Arrangement:
    """Circles of a pool that change one person at a time.

    Row c of ``gains`` is what circle c gives each person, were they in it, and row c of ``clashes``
    how many of its people (and its leader) bar them. The last row stands for no circle: it gives
    nothing and bars nobody. Rows are added up again from the members after each change, so that
    rounding does not pile up.

    Parameters
    ----------
    pool
        The people.
    """

    def __init__(self, pool: Pool) -> None:
        people, slots = len(pool), pool.most_circles
        self.pool = pool
        self.nowhere = slots
        self.circle: Index = np.full(people, slots, dtype=np.int64)
        self.members: list[list[int]] = [[] for _ in range(slots)]
        self.leader: Index = np.full(slots, -1, dtype=np.int64)
        self.sizes: Index = np.zeros(slots, dtype=np.int64)
        self.worth: NDArray[np.float64] = np.zeros(slots)
        self.gains: NDArray[np.float64] = np.zeros((slots + 1, people))
        self.clashes: NDArray[np.int32] = np.zeros((slots + 1, people), dtype=np.int32)
        self.own: NDArray[np.float64] = np.zeros(people)

    @property
    def placed(self) -> int:
        """How many people are in a circle."""
        return int(self.sizes.sum())

    @property
    def value(self) -> float:
        """The sum of the scores within circles, in the unit of the pool."""
        return float(self.worth.sum())

    @property
    def rank(self) -> tuple[int, float]:
        """What makes one arrangement better than another; the larger is better."""
        return (self.placed if self.pool.first else 0), self.value

    def open(self) -> Index:
        """Return the circles that have members and room for one more."""
        return np.flatnonzero((self.sizes > 0) & (self.sizes < self.pool.sizes.largest))

    def empty(self) -> int | None:
        """Return a circle without members, or ``None`` where there can be no further one."""
        free = np.flatnonzero(self.sizes == 0)
        return int(free[0]) if len(free) else None

    def put(self, person: int, circle: int) -> None:
        """Put a person into a circle, or nowhere."""
        self._shift(person, circle)
        self.refresh((circle,))

    def move(self, person: int, circle: int) -> None:
        """Move a person from where they are to another circle, or nowhere."""
        before = int(self.circle[person])
        self._shift(person, circle)
        self.refresh((before, circle))

    def swap(self, one: int, other: int) -> None:
        """Let two people change places, of whom one may be nowhere."""
        here, there = int(self.circle[one]), int(self.circle[other])
        self._shift(one, there)
        self._shift(other, here)
        self.refresh((here, there))

    def clear(self, circle: int) -> list[int]:
        """Dissolve a circle, and return who was in it."""
        people = self.members[circle]
        self.members[circle] = []
        self.circle[people] = self.nowhere
        self.leader[circle] = -1
        self.refresh((circle,))
        self.own[people] = 0.0
        return people

    def lead(self, circle: int, leader: int) -> None:
        """Give a circle another leader."""
        self.leader[circle] = leader
        self.refresh((circle,))

    def free_leads(self) -> Index:
        """Return how many further circles each mentor may lead, shape (m,)."""
        used = self.leader[self.leader >= 0]
        return self.pool.leads - np.bincount(used, minlength=len(self.pool.leads))

    def saved(self) -> tuple[Index, Index]:
        """Return what :meth:`restore` needs to come back here."""
        return self.circle.copy(), self.leader.copy()

    def restore(self, saved: tuple[Index, Index]) -> None:
        """Go back to an earlier arrangement."""
        circle, leader = saved
        moved = np.flatnonzero(circle != self.circle)
        changed = {*self.circle[moved].tolist(), *circle[moved].tolist()}
        changed |= set(np.flatnonzero(leader != self.leader).tolist())
        self.circle[:], self.leader[:] = circle, leader
        for one in changed - {self.nowhere}:
            self.members[one] = np.flatnonzero(circle == one).tolist()
        self.own[circle == self.nowhere] = 0.0
        self.refresh(changed)

    def refresh(self, circles: Iterable[int]) -> None:
        """Add up what changed circles give and bar."""
        pool = self.pool
        for circle in circles:
            if circle == self.nowhere:
                continue
            people, leader = self.members[circle], int(self.leader[circle])
            gains = pool.scores[people].sum(axis=0)
            clashes = pool.barred[people].sum(axis=0, dtype=np.int32)
            self.worth[circle] = 0.5 * gains[people].sum()
            if leader >= 0:
                gains += pool.guidance[leader]
                clashes += pool.unled[leader]
                self.worth[circle] += pool.guidance[leader, people].sum()
            self.gains[circle], self.clashes[circle] = gains, clashes
            self.own[people] = gains[people]
            self.sizes[circle] = len(people)

    def _shift(self, person: int, circle: int) -> None:
        before = int(self.circle[person])
        if before != self.nowhere:
            self.members[before].remove(person)
        if circle != self.nowhere:
            self.members[circle].append(person)
        else:
            self.own[person] = 0.0
        self.circle[person] = circle
