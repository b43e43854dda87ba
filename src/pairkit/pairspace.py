"""Pair spaces: all mentor x mentee pairs, scored and ruled, without writing them all down.

A pair space answers for any rectangle of pairs (a tile), or for any list of pairs. What it returns
is always two arrays of one shape: float64 ``scores`` and bool ``allowed``; the score of a pair that
is not allowed means nothing.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from pairkit.errors import ProblemError
from pairkit.parts import Index, Listed

if TYPE_CHECKING:
    from networkx import Graph
    from scipy.sparse import csr_array, sparray, spmatrix

    Scores: TypeAlias = NDArray[np.float64] | sparray | spmatrix | Sequence[Sequence[float]]

__all__ = [
    "Barred",
    "Candidates",
    "DenseSpace",
    "Mutual",
    "Node",
    "PairSpace",
    "Raised",
    "Scaled",
    "SparseSpace",
    "Tile",
    "Unscored",
    "Without",
    "candidates",
    "row_tiles",
    "scores_matrix",
    "space_of",
    "space_of_graph",
]

Node = TypeVar("Node", bound=Hashable)

TILE_PAIRS = 1 << 20
LARGEST = 1e300  # so that the sum of many scores is a number still


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """Pairs with their scores.

    Parameters
    ----------
    scores
        float64; means nothing where the pair is not allowed.
    allowed
        bool, same shape.
    """

    scores: NDArray[np.float64]
    allowed: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Allowed pairs one by one, ordered by mentor, then mentee.

    Parameters
    ----------
    mentors, mentees
        Places, int64, shape (k,).
    scores
        float64, shape (k,), finite.
    """

    mentors: Index
    mentees: Index
    scores: NDArray[np.float64]

    def __len__(self) -> int:
        """Return how many pairs there are."""
        return len(self.scores)

    def take(self, keep: NDArray[np.bool_] | Index) -> Candidates:
        """Return the chosen ones, in the order of the choice."""
        return Candidates(self.mentors[keep], self.mentees[keep], self.scores[keep])

    @classmethod
    def none(cls) -> Candidates:
        """Return no pairs."""
        return cls(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0))

    @classmethod
    def join(cls, pieces: Sequence[Candidates]) -> Candidates:
        """Return pairs of several origins, each pair once, in order."""
        mentors = np.concatenate([piece.mentors for piece in pieces])
        mentees = np.concatenate([piece.mentees for piece in pieces])
        scores = np.concatenate([piece.scores for piece in pieces])
        order = np.lexsort((mentees, mentors))
        found = cls(mentors[order], mentees[order], scores[order])
        new = np.ones(len(scores), dtype=np.bool_)
        new[1:] = (np.diff(found.mentors) != 0) | (np.diff(found.mentees) != 0)
        return found.take(new)


class PairSpace(Protocol):
    """What every pair space can do."""

    @property
    def shape(self) -> tuple[int, int]:
        """Number of mentors and of mentees."""
        ...

    def pairs(self, i: Index, j: Index) -> Tile:
        """Return scores and permissions of pairs.

        Parameters
        ----------
        i, j
            Places, int64, that broadcast: (r, 1) and (1, c) for a tile of r x c, or both (k,).
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class DenseSpace:
    """Pairs from a matrix of scores.

    Parameters
    ----------
    matrix
        float64, shape (mentors, mentees), finite where allowed; nan forbids the pair.
    """

    matrix: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Check the shape and the numbers."""
        if self.matrix.ndim != 2:
            raise ProblemError(f"Scores need two dimensions; these have {self.matrix.ndim}.")
        large = np.abs(self.matrix) > LARGEST
        if large.any():
            raise ProblemError(_too_large(*np.argwhere(large)[0].tolist()))

    @property
    def shape(self) -> tuple[int, int]:
        """Number of mentors and of mentees."""
        return self.matrix.shape[0], self.matrix.shape[1]

    def pairs(self, i: Index, j: Index) -> Tile:
        """Return scores and permissions of pairs."""
        scores = self.matrix[i, j]
        return Tile(scores, ~np.isnan(scores))


@dataclass(frozen=True, slots=True, eq=False)
class SparseSpace:
    """Pairs from a sparse matrix of scores: stored entries are allowed, also those that are zero.

    Parameters
    ----------
    matrix
        float64 CSR, shape (mentors, mentees), canonical; a stored nan forbids the pair.
    """

    matrix: csr_array

    def __post_init__(self) -> None:
        """Check the numbers."""
        large = np.flatnonzero(np.abs(self.matrix.data) > LARGEST)
        if len(large):
            row = np.searchsorted(self.matrix.indptr, large[0], side="right") - 1
            raise ProblemError(_too_large(int(row), int(self.matrix.indices[large[0]])))

    @property
    def shape(self) -> tuple[int, int]:
        """Number of mentors and of mentees."""
        return self.matrix.shape[0], self.matrix.shape[1]

    def pairs(self, i: Index, j: Index) -> Tile:
        """Return scores and permissions of pairs."""
        if i.ndim == 2:
            part = self.matrix[i[:, 0]][:, j[0]].tocoo()
            tile = np.full(part.shape, np.nan)
            tile[part.row, part.col] = part.data
            return Tile(tile, ~np.isnan(tile))
        rows, columns = np.broadcast_arrays(i, j)
        scores = np.full(rows.shape, np.nan)
        width = np.int64(max(self.shape[1], 1))
        stored = self._rows() * width + self.matrix.indices
        if len(stored):
            keys = rows * width + columns
            place = np.minimum(np.searchsorted(stored, keys), len(stored) - 1)
            scores = np.where(stored[place] == keys, self.matrix.data[place], np.nan)
        return Tile(scores, ~np.isnan(scores))

    def _rows(self) -> Index:
        counts = np.diff(self.matrix.indptr)
        return np.repeat(np.arange(self.shape[0], dtype=np.int64), counts)

    def candidates(self) -> Candidates:
        """Return the stored entries that are numbers."""
        found = Candidates(self._rows(), self.matrix.indices.astype(np.int64), self.matrix.data)
        return found.take(~np.isnan(found.scores))


def _too_large(mentor: int, mentee: int) -> str:
    return (
        f"The score of mentor {mentor} and mentee {mentee} is infinite, or larger than "
        f"{LARGEST:g}. Scores are finite; leave a forbidden pair out, or make it nan."
    )


def space_of(scores: Scores) -> PairSpace:
    """Return the pair space of a matrix: shape (mentors, mentees), nan or not stored is forbidden.

    Raises
    ------
    ProblemError
        Scores are infinite or not numbers.
    """
    from scipy.sparse import csr_array, issparse

    if getattr(getattr(scores, "dtype", None), "kind", "") == "c":
        raise ProblemError("Scores are complex; they must be real numbers.")
    if issparse(scores):
        matrix = csr_array(cast("csr_array", scores)).astype(np.float64)
        if matrix.ndim != 2:
            raise ProblemError(f"Scores need two dimensions; these have {matrix.ndim}.")
        matrix.sum_duplicates()
        return SparseSpace(matrix)
    try:
        return DenseSpace(np.ma.array(scores, dtype=np.float64, copy=True).filled(np.nan))
    except (TypeError, ValueError) as error:
        if isinstance(error, ProblemError):
            raise
        raise ProblemError(f"Scores are not a matrix of numbers: {error}.") from None


def space_of_graph(graph: Graph[Node]) -> SparseSpace:
    """Return the symmetric pair space of a networkx graph: row k is the k-th node.

    Raises
    ------
    ProblemError
        The graph is directed or a multigraph, has an edge from a node to itself, or an edge whose
        ``weight`` is missing or no finite number.
    """
    from scipy.sparse import csr_array

    if graph.is_directed() or graph.is_multigraph():
        kind = "directed" if graph.is_directed() else "a multigraph"
        raise ProblemError(
            f"The graph is {kind}; peers need an undirected one with an edge a pair: "
            "networkx.Graph(graph) makes one, and keeps one weight of each pair."
        )
    place = {node: k for k, node in enumerate(graph.nodes)}
    ends, weights = [], []
    weight: object
    for one, other, weight in graph.edges(data="weight", default=None):
        if one == other:
            raise ProblemError(f"The edge from {one!r} to itself is no pair; remove it.")
        ends.append((place[one], place[other]))
        weights.append(_weight(one, other, weight))
    i, j = np.array(ends, dtype=np.int64).reshape(-1, 2).T
    scores = np.array(weights, dtype=np.float64)
    both = np.concatenate([scores, scores]), (np.append(i, j), np.append(j, i))
    return SparseSpace(csr_array(both, shape=(len(place), len(place))))


def _weight(one: Hashable, other: Hashable, weight: object) -> float:
    if weight is None:
        raise ProblemError(f"The edge {one!r} - {other!r} has no attribute 'weight'.")
    if isinstance(weight, int | float | np.integer | np.floating):
        found = float(weight)
        if abs(found) <= LARGEST:
            return found
    raise ProblemError(
        f"The weight of the edge {one!r} - {other!r} is {weight!r}; weights are finite numbers. "
        "Leave a forbidden pair out."
    )


class Without:
    """A pair space with some pairs taken out.

    Parameters
    ----------
    space
        The whole.
    mentors, mentees
        Places of the pairs to take out, int64, shape (k,).
    """

    def __init__(self, space: PairSpace, mentors: Index, mentees: Index) -> None:
        self.space = space
        self._out = Listed(mentors, mentees, 1.0, space.shape)

    @property
    def shape(self) -> tuple[int, int]:
        """Number of mentors and of mentees."""
        return self.space.shape

    def pairs(self, i: Index, j: Index) -> Tile:
        """Return scores and permissions of pairs."""
        tile = self.space.pairs(i, j)
        return Tile(tile.scores, tile.allowed & (self._out(i, j) == 0))


class Scaled:
    """A pair space with its scores times a power of two, which is exact.

    Parameters
    ----------
    space
        The scores as they are.
    exponent
        The power.
    """

    def __init__(self, space: PairSpace, exponent: int) -> None:
        self.space, self.exponent = space, exponent

    @property
    def shape(self) -> tuple[int, int]:
        """Number of mentors and of mentees."""
        return self.space.shape

    def pairs(self, i: Index, j: Index) -> Tile:
        """Return scores and permissions of pairs."""
        tile = self.space.pairs(i, j)
        return Tile(np.ldexp(tile.scores, self.exponent), tile.allowed)


@dataclass(frozen=True, slots=True, eq=False)
class Mutual:
    """A pair space of peers: the mean of the two directions, where both are allowed.

    Parameters
    ----------
    space
        Shape (people, people): what each gives each.
    """

    space: PairSpace

    @property
    def shape(self) -> tuple[int, int]:
        """Number of people, twice."""
        return self.space.shape

    def pairs(self, i: Index, j: Index) -> Tile:
        """Return scores and permissions of pairs."""
        one, other = self.space.pairs(i, j), self.space.pairs(j.T, i.T)
        return Tile((one.scores + other.scores.T) / 2.0, one.allowed & other.allowed.T)


@dataclass(frozen=True, slots=True, eq=False)
class Raised:
    """A pair space with more for some pairs.

    Parameters
    ----------
    space
        The scores as they are.
    more
        What is added to them.
    """

    space: PairSpace
    more: Listed

    @property
    def shape(self) -> tuple[int, int]:
        """Number of mentors and of mentees."""
        return self.space.shape

    def pairs(self, i: Index, j: Index) -> Tile:
        """Return scores and permissions of pairs."""
        tile = self.space.pairs(i, j)
        return Tile(tile.scores + self.more(i, j), tile.allowed)


@dataclass(frozen=True, slots=True, eq=False)
class Barred:
    """A pair space without the pairs whose score lies between two numbers.

    Parameters
    ----------
    space
        The whole.
    above, below
        A score above the one and below the other is not allowed.
    """

    space: PairSpace
    above: float
    below: float

    @property
    def shape(self) -> tuple[int, int]:
        """Number of mentors and of mentees."""
        return self.space.shape

    def pairs(self, i: Index, j: Index) -> Tile:
        """Return scores and permissions of pairs."""
        tile = self.space.pairs(i, j)
        barred = (tile.scores > self.above) & (tile.scores < self.below)
        return Tile(tile.scores, tile.allowed & ~barred)


@dataclass(frozen=True, slots=True, eq=False)
class Unscored:
    """A pair space in which only some listed pairs score.

    Parameters
    ----------
    space
        Which pairs are allowed.
    listed
        The scores.
    """

    space: PairSpace
    listed: Listed

    @property
    def shape(self) -> tuple[int, int]:
        """Number of mentors and of mentees."""
        return self.space.shape

    def pairs(self, i: Index, j: Index) -> Tile:
        """Return scores and permissions of pairs."""
        return Tile(self.listed(i, j), self.space.pairs(i, j).allowed)


def row_tiles(space: PairSpace) -> Iterator[tuple[Index, Tile]]:
    """Return tiles of whole rows one after another: the rows, shape (r,), and the r x n tile."""
    mentors, mentees = space.shape
    height = max(1, TILE_PAIRS // max(mentees, 1))
    columns = np.arange(mentees, dtype=np.int64)[None, :]
    for start in range(0, mentors, height):
        rows = np.arange(start, min(start + height, mentors), dtype=np.int64)
        yield rows, space.pairs(rows[:, None], columns)


def candidates(space: PairSpace) -> Candidates:
    """Return all allowed pairs of a space one by one: three arrays of as many entries."""
    if isinstance(space, SparseSpace):
        return space.candidates()
    if isinstance(space, Without) and isinstance(space.space, SparseSpace):
        found = space.space.candidates()
        return found.take(space.pairs(found.mentors, found.mentees).allowed)
    pieces: list[Candidates] = []
    for rows, tile in row_tiles(space):
        row, column = np.nonzero(tile.allowed)
        pieces.append(Candidates(rows[row], column, tile.scores[row, column]))
    if not pieces:
        none = np.zeros(0, dtype=np.int64)
        return Candidates(none, none, np.zeros(0))
    return Candidates(
        np.concatenate([piece.mentors for piece in pieces]),
        np.concatenate([piece.mentees for piece in pieces]),
        np.concatenate([piece.scores for piece in pieces]),
    )


def scores_matrix(space: PairSpace) -> NDArray[np.float64]:
    """Return the whole space as a float64 matrix, mentors by mentees, nan where forbidden."""
    matrix = np.full(space.shape, np.nan)
    if isinstance(space, SparseSpace):
        found = space.candidates()
        matrix[found.mentors, found.mentees] = found.scores
        return matrix
    for rows, tile in row_tiles(space):
        np.copyto(matrix[rows[0] : rows[-1] + 1], tile.scores, where=tile.allowed)
    return matrix
