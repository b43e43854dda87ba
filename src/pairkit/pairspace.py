"""Pair spaces: all mentor x mentee pairs, scored and ruled, without writing them all down.

A pair space answers for any rectangle of pairs (a tile), or for any list of pairs. What it returns
is always two arrays of one shape: float64 ``scores`` and bool ``allowed``; the score of a pair that
is not allowed means nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NoReturn, Protocol

import numpy as np
from numpy.typing import NDArray

from pairkit.constraints import Forbidding
from pairkit.errors import ProblemError, ProgramError
from pairkit.parts import Bilinear, Elementwise, Index, Listed, Part, Predicate, stack

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = [
    "Candidates",
    "DenseSpace",
    "PairSpace",
    "RuledOut",
    "Scaled",
    "ScoredPart",
    "ScoredSpace",
    "SoftRule",
    "SparseSpace",
    "Tile",
    "Without",
    "candidates",
    "check_values",
    "largest_score",
    "row_tiles",
    "scores_matrix",
    "without",
]

TILE_PAIRS = 1 << 20
FLOOR_TOLERANCE = 1e-9
MARGIN = 1e-6
FLOOR_LABEL = "MinimumScore"
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


@dataclass(frozen=True, slots=True, eq=False)
class ScoredPart:
    """A prepared scorer with its name and normalized weight."""

    name: str
    weight: float
    part: Part

    @property
    def slow(self) -> bool:
        """Whether it is worth asking only for pairs that every rule allows."""
        return isinstance(self.part, Elementwise) and self.part.slow


@dataclass(frozen=True, slots=True, eq=False)
class SoftRule:
    """A prepared soft rule: what it adds to the score (below 0 for a penalty) and where."""

    name: str
    value: float
    where: Predicate
    slow: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class RuledOut:
    """A prepared hard rule with its label."""

    name: str
    rule: Forbidding


class ScoredSpace:
    """Pairs scored from people: every bilinear part folded into one matrix product.

    Parameters
    ----------
    shape
        Number of mentors and of mentees.
    parts
        Prepared scorers; the score of a pair is the weighted sum of their values.
    rules
        Hard rules, asked in this order.
    soft
        Soft rules.
    floor
        Pairs whose weighted score is below it are not allowed; ``None`` sets no floor.
    soft_floors
        Scores below which a pair loses a penalty: label, minimum, penalty.
    """

    def __init__(
        self,
        shape: tuple[int, int],
        parts: Sequence[ScoredPart],
        *,
        rules: Sequence[RuledOut] = (),
        soft: Sequence[SoftRule] = (),
        floor: float | None = None,
        soft_floors: Sequence[tuple[str, float, float]] = (),
    ) -> None:
        self._shape = shape
        self.parts = tuple(parts)
        self.rules = tuple(sorted(rules, key=lambda one: one.rule.slow))
        self.soft = tuple(soft)
        self.floor = floor
        self.soft_floors = tuple(soft_floors)
        self._folded, self._rest = _fold(parts)

    @property
    def shape(self) -> tuple[int, int]:
        """Number of mentors and of mentees."""
        return self._shape

    @property
    def slow(self) -> bool:
        """Whether something calls a Python function for each pair."""
        return (
            any(one.slow for one in self.parts)
            or any(one.slow for one in self.soft)
            or any(one.rule.slow for one in self.rules)
        )

    def pairs(self, i: Index, j: Index) -> Tile:
        """Return scores and permissions of pairs."""
        allowed = np.ones(np.broadcast_shapes(i.shape, j.shape), dtype=np.bool_)
        for one in self.rules:
            _narrow(allowed, one.rule, i, j)
        scores = self.weighted(i, j, allowed)
        if self.floor is not None:
            allowed &= ~self.below_floor(scores)
        if self.soft or self.soft_floors:
            scores = scores + self._adjustment(i, j, scores)
        return Tile(scores, allowed)

    def without(self, mentors: Index, mentees: Index) -> ScoredSpace:
        """Return the space with some pairs taken out: places, int64, shape (k,)."""
        listed = Listed(mentors, mentees, True, self.shape)  # noqa: FBT003 - a value
        taken = RuledOut("Taken out", Forbidding(listed, lambda *_: "the pair is taken out"))
        return self._with((*self.rules, taken))

    def bare(self) -> ScoredSpace:
        """Return the space without the words of its rules: what a worker needs."""
        rules = (RuledOut(r.name, replace(r.rule, why=_no_words)) for r in self.rules)
        return self._with(tuple(rules))

    def _with(self, rules: Sequence[RuledOut]) -> ScoredSpace:
        return ScoredSpace(
            self.shape,
            self.parts,
            rules=rules,
            soft=self.soft,
            floor=self.floor,
            soft_floors=self.soft_floors,
        )

    def narrowing(self, i: Index, j: Index) -> Iterator[tuple[str, NDArray[np.bool_]]]:
        """Return what is still allowed after each hard rule in turn, with the rule's label."""
        allowed = np.ones(np.broadcast_shapes(i.shape, j.shape), dtype=np.bool_)
        for one in self.rules:
            allowed = allowed.copy()
            _narrow(allowed, one.rule, i, j)
            yield one.name, allowed
        if self.floor is not None:
            yield FLOOR_LABEL, allowed & ~self.below_floor(self.weighted(i, j, allowed))

    def below_floor(self, scores: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return which weighted scores are below the floor."""
        return scores < (-np.inf if self.floor is None else self.floor) - FLOOR_TOLERANCE

    def weighted(
        self, i: Index, j: Index, where: NDArray[np.bool_] | None = None
    ) -> NDArray[np.float64]:
        """Return the weighted sum of the parts, before soft rules.

        Parameters
        ----------
        i, j
            Places that broadcast.
        where
            Pairs for which slow parts are asked, bool; by default all.
        """
        shape = np.broadcast_shapes(i.shape, j.shape)
        where = np.ones(shape, dtype=np.bool_) if where is None else where
        scores = self._folded(i, j) if self._folded is not None else np.zeros(shape)
        for one in self._rest:
            if one.slow:
                scores[where] += one.weight * one.part(*_places(i, j, where))
            else:
                scores += one.weight * one.part(i, j)
        if scores.size and not (scores.min() >= -MARGIN and scores.max() <= 1.0 + MARGIN):
            self._blame(i, j)
        return scores

    def _blame(self, i: Index, j: Index) -> NoReturn:
        """Raise, naming the part whose values are not in [0, 1]."""
        for one in self.parts:
            check_values(one.name, one.part(i, j))
        raise ProgramError("The parts of the score do not add up to a number in [0, 1].")

    def _adjustment(self, i: Index, j: Index, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what soft rules add to the weighted scores."""
        total = np.zeros(np.broadcast_shapes(i.shape, j.shape))
        for one in self.soft:
            total += one.value * one.where(i, j)
        for _, minimum, penalty in self.soft_floors:
            total -= penalty * (scores < minimum - FLOOR_TOLERANCE)
        return total

    def contributions(self, i: Index, j: Index) -> list[tuple[str, float, NDArray[np.float64]]]:
        """Return name, weight and values of every part and soft rule for single pairs.

        The weights times the values sum to the score. A soft rule's weight is what it adds, and
        its value is 1 where it applies.

        Parameters
        ----------
        i, j
            Places, int64, shape (k,) both.
        """
        found = [(one.name, one.weight, one.part(i, j)) for one in self.parts]
        weighted = sum((w * v for _, w, v in found), start=np.zeros(len(i)))
        found += [(one.name, one.value, one.where(i, j).astype(np.float64)) for one in self.soft]
        for name, minimum, penalty in self.soft_floors:
            below = weighted < minimum - FLOOR_TOLERANCE
            found.append((name, -penalty, below.astype(np.float64)))
        return found


def without(space: PairSpace, mentors: Index, mentees: Index) -> PairSpace:
    """Return a pair space with some pairs taken out: places, int64, shape (k,)."""
    if isinstance(space, ScoredSpace):
        return space.without(mentors, mentees)
    return Without(space, mentors, mentees)


def _no_words(*_: int) -> str:
    return ""


def check_values(name: str, values: NDArray[np.float64]) -> None:
    """Raise unless the values of a part are in [0, 1].

    Raises
    ------
    ProgramError
        One is not.
    """
    if values.size and not (values.min() >= -MARGIN and values.max() <= 1.0 + MARGIN):
        raise ProgramError(
            f"The part {name!r} gave {values.min():g} to {values.max():g}; the values of a scorer "
            f"are in [0, 1]."
        )


def _narrow(allowed: NDArray[np.bool_], rule: Forbidding, i: Index, j: Index) -> None:
    """Take what a rule forbids out of what is allowed; a slow rule is asked only there."""
    if rule.slow:
        allowed[allowed] = ~rule.forbids(*_places(i, j, allowed))
    else:
        allowed &= ~rule.forbids(i, j)


def _places(i: Index, j: Index, where: NDArray[np.bool_]) -> tuple[Index, Index]:
    """Return the single places of the pairs that are marked in a tile."""
    rows, columns = np.broadcast_arrays(i, j)
    return rows[where], columns[where]


def _fold(parts: Sequence[ScoredPart]) -> tuple[Bilinear | None, list[ScoredPart]]:
    """Return all bilinear parts as one product with the weights in it, and the other parts."""
    bilinear = [(one.weight, one.part) for one in parts if isinstance(one.part, Bilinear)]
    rest = [one for one in parts if not isinstance(one.part, Bilinear)]
    if not bilinear:
        return None, rest
    left = stack([weight * part.left for weight, part in bilinear])
    return Bilinear(left, stack([part.right for _, part in bilinear])), rest


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
        self.space, self._exponent = space, exponent

    @property
    def shape(self) -> tuple[int, int]:
        """Number of mentors and of mentees."""
        return self.space.shape

    def pairs(self, i: Index, j: Index) -> Tile:
        """Return scores and permissions of pairs."""
        tile = self.space.pairs(i, j)
        return Tile(np.ldexp(tile.scores, self._exponent), tile.allowed)


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


def largest_score(space: PairSpace) -> float:
    """Return a number that no score of an allowed pair exceeds, without its sign."""
    if isinstance(space, ScoredSpace):
        soft = sum(abs(one.value) for one in space.soft)
        return 1.0 + soft + sum(penalty for _, _, penalty in space.soft_floors)
    if isinstance(space, Without):
        return largest_score(space.space)
    if isinstance(space, DenseSpace):
        return float(np.nanmax(np.abs(space.matrix), initial=0.0))
    if isinstance(space, SparseSpace):
        return float(np.nanmax(np.abs(space.matrix.data), initial=0.0))
    sizes = (np.abs(tile.scores[tile.allowed]).max(initial=0.0) for _, tile in row_tiles(space))
    return max((float(size) for size in sizes), default=0.0)


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
