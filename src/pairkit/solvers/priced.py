"""Priced: a pair space whose scores are what pairs are worth under prices of rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from pairkit.pairspace import PairSpace, Tile
from pairkit.parts import Lookup
from pairkit.scoredspace import ScoredSpace, SoftRule

if TYPE_CHECKING:
    from pairkit.parts import Index
    from pairkit.rows import Row

__all__ = ["priced_space"]

CELLS: Final = 1_000_000  # of a table that stands for several


@dataclass(frozen=True, slots=True, eq=False)
class _Priced:
    """Scores times a number, plus weights of rows times theirs."""

    space: PairSpace
    score: float
    weights: tuple[tuple[float, Row], ...]

    @property
    def shape(self) -> tuple[int, int]:
        """Number of mentors and of mentees."""
        return self.space.shape

    def pairs(self, i: Index, j: Index) -> Tile:
        """Return scores and permissions of pairs."""
        tile = self.space.pairs(i, j)
        worth = self.score * tile.scores
        for factor, row in self.weights:
            worth += factor * row.pair_weights(i, j, tile.scores)
        return Tile(worth, tile.allowed)


def priced_space(
    space: PairSpace, score: float, weights: Sequence[tuple[float, Row]]
) -> tuple[PairSpace, float]:
    """Return a space of ``score * scores + sum of weights``, divided by a number, and the number.

    A space of scored people stays one, so that a scan folds the weights into its product; dividing
    by the factor of the score leaves the scores as they are.
    """
    used = tuple((factor, row) for factor, row in weights if factor and row.weight is not None)
    foldable = isinstance(space, ScoredSpace) and not any(row.of_score for _, row in used)
    if isinstance(space, ScoredSpace) and foldable and score > 0.0:
        return space.priced(_soft(used, 1.0 / score)), score
    floors = isinstance(space, ScoredSpace) and (space.floor is not None or space.soft_floors)
    if isinstance(space, ScoredSpace) and foldable and score == 0.0 and not floors:
        return space.priced(_soft(used, 1.0), scored=False), 1.0
    return _Priced(space, score, used), 1.0


def _soft(weights: Sequence[tuple[float, Row]], unit: float) -> list[SoftRule]:
    """Return weights as what a space adds to scores, all tables in one."""
    tables = [(f * unit, row.weight) for f, row in weights if isinstance(row.weight, Lookup)]
    rest = [
        SoftRule(row.label, factor * unit, row.weight)
        for factor, row in weights
        if row.weight is not None and not isinstance(row.weight, Lookup)
    ]
    while tables:
        count = _fitting(tables)
        rest.append(SoftRule("rules on the whole program", 1.0, _sum(tables[:count])))
        tables = tables[count:]
    return rest


def _fitting(tables: Sequence[tuple[float, Lookup]]) -> int:
    """Return how many of the first tables make one that is not too large; one at least."""
    for count in range(len(tables), 1, -1):
        sides = [[one.left for _, one in tables[:count]], [one.right for _, one in tables[:count]]]
        if math.prod(len(_combined(codes)[0]) for codes in sides) <= CELLS:
            return count
    return 1


def _sum(tables: Sequence[tuple[float, Lookup]]) -> Lookup:
    """Return the weighted sum of tables as one, over the combinations of their codes."""
    lefts, left = _combined([table.left for _, table in tables])
    rights, right = _combined([table.right for _, table in tables])
    total = np.zeros((len(lefts), len(rights)))
    for k, (factor, table) in enumerate(tables):
        total += factor * table.table[lefts[:, k][:, None], rights[:, k][None, :]]
    return Lookup(left, right, total)


def _combined(codes: Sequence[Index]) -> tuple[Index, Index]:
    """Return the combinations of codes that occur, and which of them each person has."""
    found, which = np.unique(np.column_stack(codes), axis=0, return_inverse=True)
    return found, which.reshape(-1).astype(np.int64)
