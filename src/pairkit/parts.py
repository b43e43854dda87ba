"""Parts: what a prepared scorer or rule computes for pairs, as functions that broadcast.

Every part is called with two int64 arrays of places, ``i`` on the mentors' side and ``j`` on the
mentees', that broadcast: shapes (r, 1) and (1, c) for a tile of r x c pairs, or both (k,) for k
single pairs. The result has the shape of the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    Factor: TypeAlias = NDArray[np.float64] | csr_array

__all__ = ["Bilinear", "Elementwise", "Index", "Listed", "Part", "distinct_rows", "stack"]

Index: TypeAlias = NDArray[np.int64]
DENSE_COLUMNS = 1024


@dataclass(frozen=True, eq=False)
class Bilinear:
    """A part that is a matrix product: ``left[i] . right[j]``.

    Parameters
    ----------
    left
        float64, dense or CSR, shape (mentors, k).
    right
        float64, dense or CSR, shape (mentees, k).
    """

    left: Factor
    right: Factor

    def __call__(self, i: Index, j: Index) -> NDArray[np.float64]:
        """Return the products of the pairs."""
        if i.ndim == 2:
            return _product(self.left[i[:, 0]], self.right[j[0]])
        return _row_products(self.left[i], self.right[j])


@dataclass(frozen=True, eq=False)
class Elementwise:
    """A part that is any function of places that broadcasts.

    Parameters
    ----------
    function
        Takes ``i`` and ``j`` as this module says; returns float64 in [0, 1].
    slow
        Whether it is worth asking only for pairs that every rule allows.
    """

    function: Callable[[Index, Index], NDArray[np.float64]]
    slow: bool = False

    def __call__(self, i: Index, j: Index) -> NDArray[np.float64]:
        """Return the values of the pairs."""
        return self.function(i, j)


Part: TypeAlias = Bilinear | Elementwise


class Listed:
    """Values at listed pairs, zero at all others; a call broadcasts like a part.

    Parameters
    ----------
    mentors, mentees
        Places of the listed pairs, shape (k,). A pair listed twice counts with its largest value.
    values
        float64, shape (k,), or one value for all; above zero.
    shape
        Number of mentors and mentees.
    """

    def __init__(
        self,
        mentors: Index,
        mentees: Index,
        values: NDArray[np.float64] | float,
        shape: tuple[int, int],
    ) -> None:
        keys = mentors * np.int64(max(shape[1], 1)) + mentees
        weights = np.broadcast_to(np.asarray(values, dtype=np.float64), keys.shape)
        order = np.lexsort((-weights, keys))
        self._keys, first = np.unique(keys[order], return_index=True)
        self._values = weights[order][first]
        self._width = max(shape[1], 1)
        self._start = np.searchsorted(self._keys, np.arange(shape[0] + 1) * self._width)

    def __len__(self) -> int:
        """Return how many different pairs are listed."""
        return len(self._keys)

    def __call__(self, i: Index, j: Index) -> NDArray[np.float64]:
        """Return the values of the pairs."""
        return self._tile(i[:, 0], j[0]) if i.ndim == 2 else self._pairs(i, j)

    def _pairs(self, i: Index, j: Index) -> NDArray[np.float64]:
        keys = i * np.int64(self._width) + j
        if not len(self._keys):
            return np.zeros(keys.shape)
        place = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        return np.where(self._keys[place] == keys, self._values[place], 0.0)

    def _tile(self, rows: Index, columns: Index) -> NDArray[np.float64]:
        tile = np.zeros((len(rows), len(columns)))
        counts = self._start[rows + 1] - self._start[rows]
        if not counts.any():
            return tile
        place = np.full(self._width, -1, dtype=np.int64)
        place[columns] = np.arange(len(columns))
        ends = np.cumsum(counts)
        entry = np.arange(ends[-1]) + np.repeat(self._start[rows] - ends + counts, counts)
        column = place[self._keys[entry] % self._width]
        inside = column >= 0
        row = np.repeat(np.arange(len(rows)), counts)
        tile[row[inside], column[inside]] = self._values[entry[inside]]
        return tile


def stack(factors: Sequence[Factor]) -> Factor:
    """Return matrices side by side: dense where all are, else CSR."""
    from scipy.sparse import csr_array, hstack

    dense = [factor for factor in factors if isinstance(factor, np.ndarray)]
    if len(dense) == len(factors):
        return np.hstack(dense)
    return csr_array(hstack([csr_array(factor) for factor in factors], format="csr"))


def distinct_rows(matrix: csr_array) -> tuple[NDArray[np.int64], csr_array]:
    """Return the code of each row, int64, shape (n,), and the different rows themselves."""
    keys = [
        matrix.indices[start:end].tobytes()
        for start, end in zip(matrix.indptr[:-1], matrix.indptr[1:], strict=True)
    ]
    first: dict[bytes, int] = {}
    codes = np.fromiter(
        (first.setdefault(key, len(first)) for key in keys), dtype=np.int64, count=len(keys)
    )
    _, where = np.unique(codes, return_index=True)
    return codes, matrix[where]


def _product(left: Factor, right: Factor) -> NDArray[np.float64]:
    wide = left.shape[1] > DENSE_COLUMNS
    if wide and not isinstance(left, np.ndarray) and not isinstance(right, np.ndarray):
        return _dense(left @ right.T)
    return _dense(left) @ _dense(right).T


def _dense(factor: Factor) -> NDArray[np.float64]:
    return factor if isinstance(factor, np.ndarray) else np.asarray(factor.toarray())


def _row_products(left: Factor, right: Factor) -> NDArray[np.float64]:
    if isinstance(left, np.ndarray) and isinstance(right, np.ndarray):
        return np.asarray(np.einsum("ij,ij->i", left, right))
    from scipy.sparse import csr_array

    products = csr_array(left).multiply(csr_array(right))
    return np.asarray(products.sum(axis=1), dtype=np.float64).reshape(-1)
