"""Sparing: rules on pairs that do not stand against one person."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pairkit.parts import Listed, Lookup

if TYPE_CHECKING:
    from pairkit.constraints import Forbidding
    from pairkit.parts import Index, Predicate

__all__ = ["Spared"]


@dataclass(frozen=True, slots=True)
class Spared:
    """Which pairs a person is in, and rules that do not stand against them.

    Parameters
    ----------
    mentor, mentee
        The place of the person; with both, the pairs of either.
    """

    mentor: int | None
    mentee: int | None

    def __call__(self, i: Index, j: Index) -> NDArray[np.bool_]:
        """Return which pairs the person is in."""
        found = np.zeros(np.broadcast_shapes(i.shape, j.shape), dtype=np.bool_)
        if self.mentor is not None:
            found |= i == self.mentor
        if self.mentee is not None:
            found |= j == self.mentee
        return found

    def from_rule(self, rule: Forbidding, shape: tuple[int, int]) -> Forbidding:
        """Return a rule that forbids these pairs no more, in the same kind where that is quick."""
        forbids: Predicate = _Sparing(rule.forbids, self)
        if isinstance(rule.forbids, Lookup):
            forbids = self._from_table(rule.forbids)
        elif isinstance(rule.forbids, Listed) and not rule.forbids.ground:
            mentors, mentees, _ = rule.forbids.entries()
            left = ~self(mentors, mentees)
            forbids = Listed(mentors[left], mentees[left], True, shape)  # noqa: FBT003 - a value
        return replace(rule, forbids=forbids)

    def _from_table(self, table: Lookup[np.bool_]) -> Lookup[np.bool_]:
        """Return a table in which the person has a code of their own, which meets everybody."""
        left, right, cells = table.left, table.right, table.table.astype(np.bool_)
        if self.mentor is not None:
            left = left.copy()
            left[self.mentor] = len(cells)
            cells = np.vstack([cells, np.zeros((1, cells.shape[1]), dtype=np.bool_)])
        if self.mentee is not None:
            right = right.copy()
            right[self.mentee] = cells.shape[1]
            cells = np.hstack([cells, np.zeros((len(cells), 1), dtype=np.bool_)])
        return Lookup(left, right, cells)


@dataclass(frozen=True, slots=True)
class _Sparing:
    """A rule that does not stand against a person."""

    forbids: Predicate
    who: Spared

    def __call__(self, i: Index, j: Index) -> NDArray[np.bool_]:
        """Return which pairs are forbidden."""
        forbidden: NDArray[np.bool_] = self.forbids(i, j) & ~self.who(i, j)
        return forbidden
