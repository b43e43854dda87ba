"""What a scorer is, and what scorers share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Protocol, TypeVar, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Field

from pairkit.availability import SLOT_HOURS
from pairkit.parts import (
    TABLE_CELLS,
    Bilinear,
    Elementwise,
    Index,
    Lookup,
    Part,
    Scalar,
    distinct_rows,
    over_values,
    ranges,
    stack,
)

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from pairkit.encoding import Side
    from pairkit.parts import Factor

__all__ = ["NEUTRAL", "STRICT", "Positive", "Scorer", "Unit", "or_missing", "over_shared_hours"]

NEUTRAL = 0.5
ALONE_I, ALONE_J = 2**31 - 1, 2**31 - 2
STRICT = ConfigDict(extra="forbid")
Unit = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
T = TypeVar("T", float, bool)


@runtime_checkable
class Scorer(Protocol):
    """What a scorer is: a value that can be prepared against two sides."""

    def prepare(self, mentors: Side, mentees: Side) -> Part:
        """Return the part of the score for these two sides, float64 values in [0, 1]."""
        ...


def or_missing(
    left: Factor,
    right: Factor,
    known_i: NDArray[np.bool_],
    known_j: NDArray[np.bool_],
    missing: float,
) -> Bilinear:
    """Return ``left . right`` where both are known and ``missing`` elsewhere, as one product.

    The rows of unknown people must be zero. Two more columns do it:
    ``missing * (1 - known_i * known_j)``.
    """
    if known_i.all() and known_j.all():
        return Bilinear(left, right)
    i, j = known_i.astype(np.float64), known_j.astype(np.float64)
    return Bilinear(
        stack([left, np.column_stack([np.ones_like(i), i])]),
        stack([right, np.column_stack([np.full_like(j, missing), -missing * j])]),
    )


def where_known(
    known_i: NDArray[np.bool_],
    known_j: NDArray[np.bool_],
    value: NDArray[np.float64],
    missing: float,
) -> NDArray[np.float64]:
    """Return ``value`` where both are known and ``missing`` elsewhere."""
    return np.where(known_i & known_j, value, missing)


def over_shared_hours(
    mentors: Side, mentees: Side, function: Callable[[NDArray[np.float64]], NDArray[Scalar]]
) -> Lookup[Scalar] | Elementwise[Scalar]:
    """Return a function of the hours a week that both have free, nan where one states none.

    People keep few different weeks, so a table over those is mostly enough; else a matrix product
    over half-hours tells.
    """
    (weeks_i, code_i), (weeks_j, code_j) = (_weeks(side) for side in (mentors, mentees))
    used = np.flatnonzero(weeks_i[:, :-1].any(axis=0) & weeks_j[:, :-1].any(axis=0))
    hours = Bilinear(
        weeks_i[:, used].astype(np.float64) * SLOT_HOURS, weeks_j[:, used].astype(np.float64)
    )

    def value(i: Index, j: Index) -> NDArray[Scalar]:
        return function(where_known(weeks_i[i, -1], weeks_j[j, -1], hours(i, j), np.nan))

    if len(weeks_i) * len(weeks_j) > TABLE_CELLS:
        return Elementwise(lambda i, j: value(code_i[i], code_j[j]))
    table = value(np.arange(len(weeks_i))[:, None], np.arange(len(weeks_j))[None, :])
    return Lookup(code_i, code_j, table)


def _weeks(side: Side) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Return the different weeks that people keep, whether stated last, and whose is which.

    Eight half-hours in a byte are found alike many times as fast as one in each.
    """
    free = np.column_stack([side.slots(), side.has_availability()])
    bits = np.packbits(free, axis=1)
    _, first, codes = np.unique(bits, axis=0, return_index=True, return_inverse=True)
    return free[first], codes


def language_table(mentors: Side, mentees: Side, *, missing: float) -> Lookup:
    """Return 1 where two share a language, 0 where not, ``missing`` where one states none.

    People speak few different sets of languages, so a table over those sets is enough.
    """
    code_i, sets_i = distinct_rows(mentors.languages())
    code_j, sets_j = distinct_rows(mentees.languages())
    known = np.outer(np.diff(sets_i.indptr) > 0, np.diff(sets_j.indptr) > 0)
    table = np.where(known, (sets_i @ sets_j.T).toarray() > 0, missing)
    return Lookup(code_i, code_j, table)


def compare(
    mentors: Side, mentees: Side, field: str, *, same: T, different: T, missing: T
) -> Lookup[Any] | Elementwise[Any]:
    """Return what two give who agree in a field, who differ, and of whom one states nothing."""
    code_i, code_j = mentors.codes(field).values, mentees.codes(field).values
    # Values of one side alone are alike: none of them is on the other side.
    shared = np.intersect1d(code_i, code_j)
    one = np.where(np.isin(code_i, shared) | (code_i < 0), code_i, ALONE_I)
    other = np.where(np.isin(code_j, shared) | (code_j < 0), code_j, ALONE_J)

    def comparison(a: NDArray[np.int32], b: NDArray[np.int32]) -> NDArray[Any]:
        return np.where((a < 0) | (b < 0), missing, np.where(a == b, same, different))

    return over_values(one, other, comparison)


def row_sums(matrix: csr_array) -> NDArray[np.float64]:
    """Return the sum of each row, shape (n,)."""
    return np.asarray(matrix.sum(axis=1), dtype=np.float64).reshape(-1)


def inverse(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return 1 / value, and 0 where the value is 0 or too small to divide by."""
    tiny = float(np.finfo(np.float64).tiny)
    return np.divide(1.0, values, out=np.zeros_like(values), where=values >= tiny)


def scale_rows(matrix: csr_array, factors: NDArray[np.float64]) -> csr_array:
    """Return the matrix with each row times its factor."""
    scaled = matrix.copy()
    scaled.data = matrix.data * np.repeat(factors, np.diff(matrix.indptr))
    return scaled


def scale_columns(matrix: csr_array, factors: NDArray[np.float64]) -> csr_array:
    """Return the matrix with each column times its factor."""
    scaled = matrix.copy()
    scaled.data = matrix.data * factors[matrix.indices]
    return scaled


def largest_products(values: csr_array, weights: csr_array) -> csr_array:
    """Return the largest of ``values[i, t] * weights[t, s]`` over ``t``, shape as ``values``.

    Both are at least 0; the matrix product with the sum replaced by the maximum.
    """
    from scipy.sparse import csr_array

    counts = np.diff(weights.indptr)[values.indices]
    starts = weights.indptr[:-1].astype(np.int64)[values.indices]
    entry = ranges(starts, counts)
    row = np.repeat(np.repeat(np.arange(values.shape[0]), np.diff(values.indptr)), counts)
    cells = row * np.int64(values.shape[1]) + weights.indices[entry]
    products = np.repeat(values.data, counts) * weights.data[entry]
    order = np.lexsort((-products, cells))
    cells, first = np.unique(cells[order], return_index=True)
    row, column = np.divmod(cells, max(values.shape[1], 1))
    return csr_array((products[order][first], (row, column)), shape=values.shape)
