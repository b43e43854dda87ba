"""Changes: a problem told in other words, or with a little more or less."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pairkit.pairspace import DenseSpace, PairSpace, Tile
from pairkit.parts import Elementwise, Index, Listed, OneSided
from pairkit.preferences import Preferences

if TYPE_CHECKING:
    from pairkit.parts import Part
    from pairkit.problem import Problem
    from pairkit.rows import Floats, LoadBounds

__all__ = ["Interrupting", "described", "matrix_of", "permuted", "scaled", "turned", "with_scores"]

Places: TypeAlias = Callable[[Index, Index], tuple[Index, Index]]


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    """A pair space looked at from elsewhere: other places, or the other side first."""

    space: PairSpace
    places: Places
    shape: tuple[int, int]
    turned: bool

    def pairs(self, i: Index, j: Index) -> Tile:
        """Return scores and permissions of pairs."""
        tile = self.space.pairs(*self.places(i, j))
        return Tile(tile.scores.T, tile.allowed.T) if self.turned else tile


class Interrupting:
    """A pair space that is interrupted once, at the given question.

    Parameters
    ----------
    space
        The scores as they are.
    after
        How many questions it answers before.
    """

    def __init__(self, space: PairSpace, after: int) -> None:
        self.space, self.left = space, after

    @property
    def shape(self) -> tuple[int, int]:
        """Number of mentors and of mentees."""
        return self.space.shape

    def pairs(self, i: Index, j: Index) -> Tile:
        """Return scores and permissions of pairs."""
        self.left -= 1
        if self.left == -1:
            raise KeyboardInterrupt
        return self.space.pairs(i, j)


def permuted(problem: Problem, mentors: Index, mentees: Index) -> Problem:
    """Return the problem with people in another order: at place k is who was at ``mentors[k]``."""

    def places(i: Index, j: Index) -> tuple[Index, Index]:
        return mentors[i], mentees[j]

    new = np.argsort(mentors), np.argsort(mentees)
    i, j = new[0][problem.pinned_mentors], new[1][problem.pinned_mentees]
    if problem.peers:
        i, j = np.minimum(i, j), np.maximum(i, j)
    order = {"mentor": mentors, "mentee": mentees}
    parts = _Parts(places, problem.shape, turned=False)
    return replace(
        _seen(problem, parts),
        mentor_capacity=problem.mentor_capacity[mentors],
        mentee_capacity=problem.mentee_capacity[mentees],
        pinned_mentors=i,
        pinned_mentees=j,
        rows=tuple(
            replace(
                replace(row, weight=parts.seen(row.weight)),
                matched=row.matched and (row.matched[0][mentors], row.matched[1][mentees]),
            )
            for row in problem.rows
        ),
        loads=tuple(
            replace(one, least=one.least[order[one.side]], most=one.most[order[one.side]])
            for one in problem.loads
        ),
    )


def turned(problem: Problem) -> Problem:
    """Return the problem with mentors as mentees, and mentees as mentors."""

    def places(i: Index, j: Index) -> tuple[Index, Index]:
        return j.T, i.T

    m, n = problem.shape
    parts = _Parts(places, (n, m), turned=True)
    return replace(
        _seen(problem, parts),
        mentor_capacity=problem.mentee_capacity,
        mentee_capacity=problem.mentor_capacity,
        pinned_mentors=problem.pinned_mentees,
        pinned_mentees=problem.pinned_mentors,
        rows=tuple(
            replace(
                replace(row, weight=parts.seen(row.weight)),
                matched=row.matched and (row.matched[1], row.matched[0]),
            )
            for row in problem.rows
        ),
        loads=tuple(_other_side(one) for one in problem.loads),
    )


def scaled(problem: Problem, exponent: int) -> Problem:
    """Return the problem with scores times a power of two; it has no rules on the whole."""
    return with_scores(problem, np.ldexp(matrix_of(problem), exponent))


def with_scores(problem: Problem, scores: Floats) -> Problem:
    """Return the problem with other scores, float64, nan where forbidden."""
    return replace(problem, space=DenseSpace(scores))


def matrix_of(problem: Problem) -> Floats:
    """Return the scores of a problem, float64, shape (mentors, mentees), nan where forbidden."""
    return _matrix(problem.space)


def described(problem: Problem) -> str:
    """Return everything about a small problem, to be typed again."""
    grid = np.indices(problem.shape, dtype=np.int64)
    i, j = grid[0].ravel(), grid[1].ravel()

    def weights(weight: Part | None) -> str:
        if weight is None:
            return "None"
        return str(np.asarray(weight(i, j)).reshape(problem.shape).tolist())

    mentors, mentees = problem.pinned_mentors.tolist(), problem.pinned_mentees.tolist()
    pins = list(zip(mentors, mentees, strict=True))
    lines = [
        f"scores = {matrix_of(problem).tolist()}",
        f"space = {type(problem.space).__name__}, peers = {problem.peers}",
        f"mentor_capacity = {problem.mentor_capacity.tolist()}",
        f"mentee_capacity = {problem.mentee_capacity.tolist()}",
        f"pins = {pins}",
    ]
    lines += [
        f"aim: {aim.objective}, tolerance {aim.tolerance}, steps {aim.steps}, weights "
        f"{weights(aim.weight)}"
        for aim in problem.aims
    ]
    lines += [
        f"row: {row.least} to {row.most}, penalty {row.penalty}, of_score {row.of_score}, weights "
        f"{weights(row.weight)}, matched {row.matched and [one.tolist() for one in row.matched]}"
        for row in problem.rows
    ]
    lines += [
        f"loads: {one.side} {one.least.tolist()} to {one.most.tolist()}, or_none {one.or_none}, "
        f"penalty {one.penalty}"
        for one in problem.loads
    ]
    if problem.preferences is not None:
        liked = problem.preferences
        lines += [f"mentors want {_matrix(liked.mentors).tolist()}"]
        lines += [f"mentees want {_matrix(liked.mentees).tolist()}"]
    return "\n".join(lines)


def _matrix(space: PairSpace) -> Floats:
    i, j = (places.ravel() for places in np.indices(space.shape, dtype=np.int64))
    tile = space.pairs(i, j)
    return np.where(tile.allowed, tile.scores, np.nan).reshape(space.shape)


@dataclass(slots=True)
class _Parts:
    """Parts as they are seen elsewhere, each once: who shares one goes on to share one."""

    places: Places
    shape: tuple[int, int]
    _: KW_ONLY
    turned: bool
    known: dict[int, Part] = field(default_factory=dict)

    def seen(self, part: Part | None) -> Part | None:
        """Return a part as it is seen; lists stay lists, and what is of one side stays so."""
        if part is None:
            return None
        if id(part) not in self.known:
            self.known[id(part)] = self._made(part)
        return self.known[id(part)]

    def _made(self, part: Part) -> Part:
        if isinstance(part, OneSided):
            m, n = (np.arange(size, dtype=np.int64) for size in self.shape)
            if self.turned:
                return OneSided(part.right, part.left, part.table.T)
            i, j = self.places(m, n)
            return OneSided(part.left[i], part.right[j], part.table)
        if isinstance(part, Listed):
            i, j = (places.ravel() for places in np.indices(self.shape, dtype=np.int64))
            values = part(*self.places(i, j))
            there = values != 0.0
            return Listed(i[there], j[there], values[there], self.shape)

        def values_of(i: Index, j: Index) -> NDArray[np.float64]:
            found = np.asarray(part(*self.places(i, j)))
            return found.T if self.turned else found

        return Elementwise(values_of)


def _seen(problem: Problem, parts: _Parts) -> Problem:
    """Return the problem with its space, weights of objectives and preferences seen elsewhere."""
    places, shape, turned = parts.places, parts.shape, parts.turned
    liked = problem.preferences
    if liked is not None:
        seen = [_View(one, places, shape, turned) for one in (liked.mentors, liked.mentees)]
        liked = Preferences(*(reversed(seen) if turned else seen))
    return replace(
        problem,
        space=_View(problem.space, places, shape, turned),
        aims=tuple(replace(aim, weight=parts.seen(aim.weight)) for aim in problem.aims),
        preferences=liked,
    )


def _other_side(one: LoadBounds) -> LoadBounds:
    return replace(one, side="mentee" if one.side == "mentor" else "mentor")
