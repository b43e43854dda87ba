"""Earlier: the pairs that continuity keeps, and the problems in which little else has to change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from pairkit.objectives import Aim, Objective
from pairkit.parts import Listed, OneSided

if TYPE_CHECKING:
    from pairkit.pairspace import PairSpace
    from pairkit.parts import Index
    from pairkit.rows import Row

__all__ = ["continuity_of", "earlier_pairs", "is_least_change", "limits_broken"]

PARTICIPATION, CONTINUITY = Objective.PARTICIPATION, Objective.CONTINUITY
ORDERS: Final = {
    (PARTICIPATION, CONTINUITY, Objective.QUALITY),
    (PARTICIPATION, CONTINUITY, PARTICIPATION, Objective.QUALITY),
    (CONTINUITY, PARTICIPATION, Objective.QUALITY),
    (CONTINUITY, PARTICIPATION, PARTICIPATION, Objective.QUALITY),
}
LARGEST_PRIORITY: Final = 2.0**20


def continuity_of(aims: Sequence[Aim]) -> Aim | None:
    """Return the objective that keeps earlier pairs, ``None`` where there is none."""
    return next((one for one in aims if one.objective is CONTINUITY), None)


def earlier_pairs(aim: Aim, space: PairSpace) -> tuple[Index, Index]:
    """Return the earlier pairs that are still allowed: places, int64, shape (k,)."""
    if not isinstance(aim.weight, Listed):
        none = np.zeros(0, dtype=np.int64)
        return none, none
    i, j, _ = aim.weight.entries()
    allowed = space.pairs(i, j).allowed
    return i[allowed], j[allowed]


def is_least_change(aims: Sequence[Aim]) -> bool:
    """Return whether objectives fill gaps and keep earlier pairs, before they look at anything.

    Those are participation and continuity, either first, then a priority of one side in whole
    numbers or none, then quality, all without tolerance.
    """
    kept = continuity_of(aims)
    if kept is None or tuple(one.objective for one in aims) not in ORDERS:
        return False
    first, *later = (one for one in aims if one.objective is PARTICIPATION)
    plain = first.weight is None and not any(one.tolerance for one in aims)
    listed = isinstance(kept.weight, Listed) and bool((kept.weight.entries()[2] == 1.0).all())
    return plain and listed and all(_whole(one) for one in later)


def _whole(aim: Aim) -> bool:
    if not isinstance(aim.weight, OneSided):
        return False
    table = aim.weight.table
    whole = (table == np.floor(table)) & (table >= 0.0) & (table <= LARGEST_PRIORITY)
    return bool(whole.all())


def limits_broken(row: Row, aims: Sequence[Aim]) -> bool:
    """Return whether a row says how many earlier pairs are kept at least, and nothing else."""
    kept = continuity_of(aims)
    plain = row.most == np.inf and row.penalty is None and not row.of_score
    return kept is not None and row.weight is kept.weight and plain and row.matched is None
