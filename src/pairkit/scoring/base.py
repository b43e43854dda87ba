"""What a scorer is, and what scorers share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Field

from pairkit.availability import SLOT_HOURS
from pairkit.parts import Bilinear, Elementwise, Index, Part, distinct_rows, stack

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from pairkit.encoding import Side
    from pairkit.parts import Factor

__all__ = ["NEUTRAL", "STRICT", "Positive", "Scorer", "Unit", "or_missing", "shared_hours"]

NEUTRAL = 0.5
STRICT = ConfigDict(extra="forbid")
Unit = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


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


def shared_hours(mentors: Side, mentees: Side) -> Bilinear:
    """Return the hours a week that both have free, as a matrix product over half-hours."""
    left, right = mentors.slots(), mentees.slots()
    used = np.flatnonzero(left.any(axis=0) & right.any(axis=0))
    hours = left[:, used].astype(np.float64) * SLOT_HOURS
    return Bilinear(hours, right[:, used].astype(np.float64))


def language_table(mentors: Side, mentees: Side, *, missing: float) -> Elementwise:
    """Return 1 where two share a language, 0 where not, ``missing`` where one states none.

    People speak few different sets of languages, so a table over those sets is enough.
    """
    code_i, sets_i = distinct_rows(mentors.languages())
    code_j, sets_j = distinct_rows(mentees.languages())
    known = np.outer(np.diff(sets_i.indptr) > 0, np.diff(sets_j.indptr) > 0)
    table = np.where(known, (sets_i @ sets_j.T).toarray() > 0, missing)
    return Elementwise(lambda i, j: table[code_i[i], code_j[j]])


def compare(
    mentors: Side, mentees: Side, field: str, *, same: float, missing: float
) -> Elementwise:
    """Return ``same`` where two agree in a field, ``1 - same`` where not, else ``missing``."""
    code_i, code_j = mentors.codes(field).values, mentees.codes(field).values

    def comparison(i: Index, j: Index) -> NDArray[np.float64]:
        one, other = code_i[i], code_j[j]
        value = np.where(one == other, same, 1.0 - same)
        return where_known(one >= 0, other >= 0, value, missing)

    return Elementwise(comparison)


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
