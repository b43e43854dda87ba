"""Folding: a space of scored people brought into the factors of a screen."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from pairkit.errors import ProgramError
from pairkit.grid import Grid, Marks, grid_of
from pairkit.pairspace import PairSpace
from pairkit.parts import Bilinear, Elementwise, Index, Listed, Lookup
from pairkit.scoredspace import ScoredSpace, check_values
from pairkit.screen import BIG, AskedScreen, FoldedScreen, Screen, Tables, Weighed, Wide

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from pairkit.constraints import Forbidding
    from pairkit.parts import Factor, Part, Predicate

__all__ = ["screen_of"]

DENSE_SHARE: Final = 1 / 6  # from here on a dense product is cheaper than one of stored entries
RARE_MEETINGS: Final = 0.05  # stored entries that meet in a pair: below it both sides stay sparse
COARSE: Final = 64.0  # larger scores than this are screened in float64


def screen_of(space: PairSpace, rows: Index, columns: Index) -> Screen:
    """Return the screen of a pair space over some of its people.

    Parameters
    ----------
    space
        The pairs.
    rows, columns
        Places of mentors and of mentees, int64; the screen orders them as suits it.
    """
    if not isinstance(space, ScoredSpace):
        return AskedScreen(space, grid_of(rows, columns)[0])
    tables = [one.rule.forbids for one in space.rules if isinstance(one.rule.forbids, Lookup)]
    grid, left = grid_of(rows, columns, tables)
    return _Folding(space, grid, left).screen()


class _Folding:
    """A screen in the making: what its factors hold so far."""

    def __init__(self, space: ScoredSpace, grid: Grid, rules: Sequence[Lookup]) -> None:
        self.space, self.grid = space, grid
        self.dense: list[tuple[Factor, Factor]] = []
        self.sparse: list[tuple[csr_array, csr_array]] = []
        self.wide: list[tuple[csr_array, csr_array]] = []
        self.tables: list[tuple[Index, NDArray[np.float64]]] = []
        self.codes: list[csr_array] = []
        self.marked: list[tuple[Index, Index, NDArray[np.float64]]] = []
        self.functions: list[Weighed] = []
        self.forbids: list[Predicate] = []
        self.ground = self.magnitude = 0.0
        self.open = space.floor is not None or bool(space.soft_floors)
        for one in space.parts:
            self._add(one.part, one.weight, one.name)
        for soft in space.soft:
            self._add(soft.where, soft.value, "", slow=soft.slow)
        for ruled in space.rules:
            self._add_rule(ruled.rule)
        for table in rules:
            left, right = table.left[grid.rows], table.right[grid.columns]
            self._add_codes(left, right, np.where(table.table, -BIG, 0.0))
        if not grid.classes.allowed.all():
            forbidden = np.where(grid.classes.allowed, 0.0, -BIG)
            self._add_codes(grid.classes.rows, grid.classes.columns, forbidden)

    def _add(self, part: Part | Predicate, weight: float, name: str, *, slow: bool = False) -> None:
        """Add a part, or a soft rule, with its weight."""
        if isinstance(part, Bilinear):
            self._add_product(weight, part)
        elif isinstance(part, Lookup):
            if name:
                check_values(name, part.table)
            left, right = part.left[self.grid.rows], part.right[self.grid.columns]
            self._add_codes(left, right, weight * part.table)
        elif isinstance(part, Listed):
            mentors, mentees, values = part.entries()
            if name:
                check_values(name, part.ground + values)
            self.marked.append((mentors, mentees, weight * values))
            self.ground += weight * part.ground
            self.magnitude += abs(weight)
        elif slow or (isinstance(part, Elementwise) and part.slow):
            self.open = True
            self.ground += max(weight, 0.0)
            self.magnitude += abs(weight)
        else:
            self.functions.append(Weighed(name, weight, part))
            self.magnitude += abs(weight)

    def _add_rule(self, rule: Forbidding) -> None:
        if rule.slow:
            self.open = True
        elif isinstance(rule.forbids, Listed):
            mentors, mentees, values = rule.forbids.entries()
            self.marked.append((mentors, mentees, -BIG * values))
        elif not isinstance(rule.forbids, Lookup):
            self.forbids.append(rule.forbids)

    def _add_codes(self, left: Index, right: Index, table: NDArray[np.float64]) -> None:
        """Add a table over codes: an entry for the code on the right, any value on the left."""
        from scipy.sparse import csr_array

        used, codes = np.unique(right, return_inverse=True)
        ends = np.arange(len(right) + 1)
        entries = csr_array((np.ones(len(right)), codes, ends), (len(right), len(used)))
        self.codes.append(entries)
        self.tables.append((left, np.ascontiguousarray(table[:, used])))
        allowed = np.where(table > -BIG, np.abs(table), 0.0)
        self.magnitude += float(allowed.max(initial=0.0))

    def _add_product(self, weight: float, part: Bilinear) -> None:
        """Add a matrix product: dense, with stored entries on the right, or on both sides."""
        from scipy.sparse import csr_array

        left, right = part.left[self.grid.rows], part.right[self.grid.columns]
        if not (np.isfinite(_stored(left)).all() and np.isfinite(_stored(right)).all()):
            raise ProgramError("A factor of a matrix product holds a number that is not finite.")
        self.magnitude += weight * _most_together(left, right)
        left, size = weight * left, right.shape[0] * right.shape[1]
        if np.count_nonzero(_stored(right)) > DENSE_SHARE * size:
            self.dense.append((_full(left), _full(right)))
            return
        pair = csr_array(left), csr_array(right)
        used_i, used_j = (
            np.bincount(side.indices, minlength=side.shape[1]).astype(np.float64) for side in pair
        )
        rare = used_i @ used_j <= RARE_MEETINGS * left.shape[0] * right.shape[0]
        (self.wide if rare else self.sparse).append(pair)

    def screen(self) -> FoldedScreen:
        """Return the screen."""
        kind = np.dtype(np.float32 if self.magnitude <= COARSE else np.float64)
        left = _beside([one for one, _ in self.dense], self.grid.shape[0]).astype(kind)
        right = _beside([other for _, other in self.dense], self.grid.shape[1]).astype(kind)
        sparse, wide = self._tables(kind), self._wide(kind)
        stored = [*sparse.right, *(() if wide is None else wide.right)]
        return FoldedScreen(
            grid=self.grid,
            dense=(left, right),
            sparse=sparse,
            wide=wide,
            marks=self._marks(),
            functions=tuple(self.functions),
            forbids=tuple(self.forbids),
            exact=self.space.bare(),
            open=self.open,
            ground=self.ground,
            magnitude=self.magnitude,
            terms=left.shape[1]
            + 2 * max((int(np.diff(one.indptr).max(initial=0)) for one in stored), default=0)
            + len(self.functions)
            + len(self.marked),
        )

    def _tables(self, kind: np.dtype[Any]) -> Tables:
        left = _joined([one for one, _ in self.sparse], self.grid.shape[0])
        right = _joined([*(other for _, other in self.sparse), *self.codes], self.grid.shape[1])
        tables = tuple((codes, table.astype(kind)) for codes, table in self.tables)
        return Tables(left.astype(kind), tables, self._blocks(right.astype(kind)))

    def _wide(self, kind: np.dtype[Any]) -> Wide | None:
        if not self.wide:
            return None
        left = _joined([one for one, _ in self.wide], self.grid.shape[0])
        right = _joined([other for _, other in self.wide], self.grid.shape[1])
        return Wide(left.astype(kind), self._blocks(right.astype(kind)))

    def _blocks(self, right: csr_array) -> tuple[csr_array, ...]:
        cuts = self.grid.column_cuts
        return tuple(right[a:b] for a, b in itertools.pairwise(cuts.tolist()))

    def _marks(self) -> Marks:
        at_i, at_j = self.grid.positions(self.space.shape)
        none = np.zeros(0, dtype=np.int64)
        rows = np.concatenate([none, *(at_i[mentors] for mentors, _, _ in self.marked)])
        columns = np.concatenate([none, *(at_j[mentees] for _, mentees, _ in self.marked)])
        values = np.concatenate([np.zeros(0), *(values for _, _, values in self.marked)])
        here = (rows >= 0) & (columns >= 0)
        return Marks(self.grid, rows[here], columns[here], values[here])


def _stored(factor: Factor) -> NDArray[np.float64]:
    return factor if isinstance(factor, np.ndarray) else factor.data


def _full(factor: Factor) -> NDArray[np.float64]:
    return factor if isinstance(factor, np.ndarray) else factor.toarray()


def _beside(factors: Sequence[Factor], size: int) -> NDArray[np.float64]:
    return np.concatenate([np.zeros((size, 0)), *(_full(one) for one in factors)], axis=1)


def _joined(factors: Sequence[csr_array], size: int) -> csr_array:
    from scipy.sparse import csr_array, hstack

    return csr_array(hstack(factors, format="csr")) if factors else csr_array((size, 0))


def _most_together(left: Factor, right: Factor) -> float:
    """Return the most that the terms of a product add up to without their signs.

    Terms that are never below 0 add up to the value, which is at most 1; for others the
    Cauchy-Schwarz inequality holds.
    """
    if _stored(left).min(initial=0.0) >= 0.0 and _stored(right).min(initial=0.0) >= 0.0:
        return 1.0
    return float(_norms(left).max(initial=0.0) * _norms(right).max(initial=0.0))


def _norms(factor: Factor) -> NDArray[np.float64]:
    squares = factor**2 if isinstance(factor, np.ndarray) else factor.multiply(factor)
    return np.sqrt(np.asarray(squares.sum(axis=1), dtype=np.float64).reshape(-1))
