"""Parts: what a prepared scorer or rule computes for pairs, as functions that broadcast.

Every part is called with two int64 arrays of places, ``i`` on the mentors' side and ``j`` on the
mentees', that broadcast: shapes (r, 1) and (1, c) for a tile of r x c pairs, or both (k,) for k
single pairs. The result has the shape of the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeAlias

import numpy as np
from numpy.typing import NDArray
from typing_extensions import TypeVar

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    Factor: TypeAlias = NDArray[np.float64] | csr_array

__all__ = [
    "Bilinear",
    "Elementwise",
    "Index",
    "Listed",
    "Lookup",
    "OneSided",
    "Part",
    "Predicate",
    "distinct_rows",
    "of_side",
    "over_values",
    "ranges",
    "stack",
]

Index: TypeAlias = NDArray[np.int64]
Predicate: TypeAlias = Callable[[Index, Index], NDArray[np.bool_]]
DENSE_COLUMNS = 1024
TABLE_CELLS = 1 << 20
Scalar = TypeVar("Scalar", bound=np.generic, default=np.float64)
DENSE_CELLS = 1 << 21


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
        return _row_products(self.left, self.right, i, j)


@dataclass(frozen=True, eq=False)
class Elementwise(Generic[Scalar]):
    """A part that is any function of places that broadcasts.

    Parameters
    ----------
    function
        Takes ``i`` and ``j`` as this module says; returns float64 in [0, 1].
    slow
        Whether it is worth asking only for pairs that every rule allows.
    """

    function: Callable[[Index, Index], NDArray[Scalar]]
    slow: bool = False

    def __call__(self, i: Index, j: Index) -> NDArray[Scalar]:
        """Return the values of the pairs."""
        return self.function(i, j)


@dataclass(frozen=True, eq=False)
class Lookup(Generic[Scalar]):
    """A part that depends on a code of each person: ``table[left[i], right[j]]``.

    As a rule, it also tells a scan which whole tiles it may pass over.

    Parameters
    ----------
    left, right
        Codes of mentors and of mentees, int64, shapes (mentors,) and (mentees,).
    table
        What each code gives with each, float64 or bool, shape (left codes, right codes).
    """

    left: Index
    right: Index
    table: NDArray[Scalar]

    def __call__(self, i: Index, j: Index) -> NDArray[Scalar]:
        """Return the values of the pairs; of a tile, people with the same code have one row."""
        if i.ndim == 2 and i.shape[1] == 1 and j.shape[0] == 1:
            codes, rows = np.unique(self.left[i[:, 0]], return_inverse=True)
            return self.table[codes][:, self.right[j[0]]][rows]
        return self.table[self.left[i], self.right[j]]


class OneSided(Lookup[np.float64]):
    """A lookup that depends on one person of a pair alone, whatever the other is.

    Of peers, both people of a pair count.
    """


class Listed:
    """Values at listed pairs, one ground value at all others.

    Parameters
    ----------
    mentors, mentees
        Places of the listed pairs, shape (k,). A pair listed twice counts with its largest value.
    values
        What a listed pair has above the ground: float64, shape (k,), or one value for all; above 0.
        ``True`` makes a list that answers with bool.
    shape
        Number of mentors and mentees.
    ground
        The value of pairs that are not listed.
    """

    def __init__(
        self,
        mentors: Index,
        mentees: Index,
        values: NDArray[np.float64] | float,
        shape: tuple[int, int],
        *,
        ground: float = 0.0,
    ) -> None:
        keys = mentors * np.int64(max(shape[1], 1)) + mentees
        self.ground = ground
        self._kind = np.dtype(np.bool_ if isinstance(values, bool) else np.float64)
        weights = np.broadcast_to(np.asarray(values, dtype=np.float64), keys.shape)
        order = np.lexsort((-weights, keys))
        self._keys, first = np.unique(keys[order], return_index=True)
        self._values = weights[order][first]
        self._width = max(shape[1], 1)
        self._start = np.searchsorted(self._keys, np.arange(shape[0] + 1) * self._width)

    def __len__(self) -> int:
        """Return how many different pairs are listed."""
        return len(self._keys)

    def entries(self) -> tuple[Index, Index, NDArray[np.float64]]:
        """Return the listed pairs, ordered by mentor, then mentee, and what they add."""
        mentors, mentees = np.divmod(self._keys, self._width)
        return mentors, mentees, self._values

    def __call__(self, i: Index, j: Index) -> NDArray[Any]:
        """Return the values of the pairs."""
        added = self._tile(i[:, 0], j[0]) if i.ndim == 2 else self._pairs(i, j)
        return (added + self.ground).astype(self._kind, copy=False)

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
        entry = ranges(self._start[rows], counts)
        column = place[self._keys[entry] % self._width]
        inside = column >= 0
        row = np.repeat(np.arange(len(rows)), counts)
        tile[row[inside], column[inside]] = self._values[entry[inside]]
        return tile


Part: TypeAlias = Bilinear | Elementwise | Lookup | Listed


def over_values(
    left: NDArray[Any],
    right: NDArray[Any],
    function: Callable[[NDArray[Any], NDArray[Any]], NDArray[Scalar]],
) -> Lookup[Scalar] | Elementwise[Scalar]:
    """Return a function of one value a person: a table where few different values occur.

    Parameters
    ----------
    left, right
        A value of each mentor and of each mentee; nan counts as one value.
    function
        Takes values that broadcast; returns an array.

    Examples
    --------
    >>> part = over_values(np.array([1.0, 4.0, 1.0]), np.array([2.0, 9.0]), np.greater)
    >>> part.table.shape
    (2, 2)
    """
    values_i, codes_i = np.unique(left, return_inverse=True)
    values_j, codes_j = np.unique(right, return_inverse=True)
    if len(values_i) * len(values_j) > TABLE_CELLS:
        return Elementwise(lambda i, j: function(left[i], right[j]))
    table = function(values_i[:, None], values_j[None, :])
    return Lookup(codes_i.astype(np.int64), codes_j.astype(np.int64), table)


def of_side(values: NDArray[np.float64], others: int, *, mentors: bool) -> OneSided:
    """Return a part that depends on one person of a pair alone.

    Parameters
    ----------
    values
        Of each person of the side, float64, shape (people,).
    others
        How many people are on the other side.
    mentors
        Whether the side is that of the mentors.

    Examples
    --------
    >>> of_side(np.array([2.0, 3.0]), 4, mentors=True)(np.array([1]), np.array([0]))
    array([3.])
    """
    table, codes = np.unique(values, return_inverse=True)
    own, rest = codes.astype(np.int64), np.zeros(others, dtype=np.int64)
    if mentors:
        return OneSided(own, rest, table[:, None])
    return OneSided(rest, own, table[None, :])


def stack(factors: Sequence[Factor]) -> Factor:
    """Return matrices side by side: dense where all are, else CSR."""
    from scipy.sparse import csr_array, hstack

    dense = [factor for factor in factors if isinstance(factor, np.ndarray)]
    if len(dense) == len(factors):
        return np.hstack(dense)
    return csr_array(hstack([csr_array(factor) for factor in factors], format="csr"))


def ranges(starts: Index, counts: Index) -> Index:
    """Return ``starts[k]``, ``starts[k] + 1``, ..., as many as ``counts[k]``, of each k in turn.

    Examples
    --------
    >>> ranges(np.array([5, 0]), np.array([2, 3])).tolist()
    [5, 6, 0, 1, 2]
    """
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    places: Index = np.arange(total) + np.repeat(starts - ends + counts, counts)
    return places


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


def _row_products(left: Factor, right: Factor, i: Index, j: Index) -> NDArray[np.float64]:
    """Return ``left[i] . right[j]`` of single pairs."""
    if isinstance(right, np.ndarray):
        if isinstance(left, np.ndarray):
            return np.asarray(np.einsum("ij,ij->i", left[i], right[j]))
        return _row_products(right, left, j, i)
    found = np.zeros(len(i))
    height = max(1, DENSE_CELLS // max(left.shape[1], 1))
    for start in range(0, len(i), height):
        part = slice(start, start + height)
        rows, place = np.unique(i[part], return_inverse=True)
        found[part] = _sparse_products(_dense(left[rows]), place, right, j[part])
    return found


def _sparse_products(
    left: NDArray[np.float64], i: Index, right: csr_array, j: Index
) -> NDArray[np.float64]:
    """Return ``left[i] . right[j]`` from the stored entries of the right side."""
    counts = np.diff(right.indptr)[j]
    entry = ranges(right.indptr[j].astype(np.int64), counts)
    pair = np.repeat(np.arange(len(j)), counts)
    terms = left[i[pair], right.indices[entry]] * right.data[entry]
    return np.bincount(pair, terms, minlength=len(j)).astype(np.float64, copy=False)
