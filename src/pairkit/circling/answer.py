"""CircleAnswer: what an algorithm for circles gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pairkit.objectives import Objective
from pairkit.parts import Index

if TYPE_CHECKING:
    from pairkit.circling.arrangement import Arrangement

__all__ = ["CircleAnswer"]


@dataclass(frozen=True, slots=True, eq=False)
class CircleAnswer:
    """Circles of a pool and what was proved; :func:`pairkit.form_circles` checks it.

    Parameters
    ----------
    circles
        People of each circle, places in the pool.
    leaders
        Leader of each circle, places in the pool, shape (k,); -1 where circles are not led.
    bounds
        For each objective, an upper bound on its best value given the values of the objectives
        before it, in the unit of the pool.
    detail
        One sentence for people, such as why it stopped.
    """

    circles: tuple[Index, ...]
    leaders: Index
    bounds: dict[Objective, float]
    detail: str = ""

    @classmethod
    def of(
        cls, state: Arrangement, bounds: dict[Objective, float], detail: str = ""
    ) -> CircleAnswer:
        """Return an arrangement as an answer."""
        made = np.flatnonzero(state.sizes > 0)
        circles = tuple(np.array(state.members[c], dtype=np.int64) for c in made.tolist())
        return cls(circles, state.leader[made], bounds, detail)
