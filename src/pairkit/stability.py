"""Blocking pairs: people who would both rather have each other than what they have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pairkit.pairspace import (
    PairSpace,
    SparseSpace,
    Tile,
    Without,
    candidates,
    row_tiles,
)

if TYPE_CHECKING:
    from pairkit.parts import Index
    from pairkit.problem import Problem

__all__ = ["blocking_pairs", "count_blocking_pairs"]


def blocking_pairs(problem: Problem, mentors: Index, mentees: Index) -> tuple[Index, Index]:
    """Return the pairs that block a solution: places of mentors and mentees, int64, shape (k,).

    A pair blocks if it is allowed, both accept it, it is not made, and each of the two has room
    left or would strictly rather have the other than the worst partner they have. They are sorted
    by mentor, then mentee. Where the problem has no preferences, both sides prefer by score. Among
    peers, everybody's partners on both places count, and a pair is (i, j) with i < j.

    Parameters
    ----------
    problem
        Permissions, capacities, preferences.
    mentors, mentees
        Places of the pairs that are made, int64, shape (p,), in any order. A partner whom a person
        does not accept is worse than all whom they accept.

    Examples
    --------
    >>> from pairkit import Problem
    >>> problem = Problem.from_scores([[0.9, 0.4], [0.8, 0.3]])
    >>> blocking_pairs(problem, np.array([0, 1]), np.array([1, 0]))  # the best two are apart
    (array([0]), array([0]))
    """
    found = list(_blocking(problem, mentors, mentees))
    none = np.zeros(0, dtype=np.int64)
    i = np.concatenate([none, *(one for one, _ in found)])
    j = np.concatenate([none, *(one for _, one in found)])
    return i, j


def count_blocking_pairs(problem: Problem, mentors: Index, mentees: Index) -> int:
    """Return how many pairs :func:`blocking_pairs` would list, without keeping them."""
    return sum(len(i) for i, _ in _blocking(problem, mentors, mentees))


def _blocking(problem: Problem, mentors: Index, mentees: Index) -> Iterator[tuple[Index, Index]]:
    """Return the blocking pairs of one tile after another."""
    if problem.peers:
        mentors, mentees = np.append(mentors, mentees), np.append(mentees, mentors)
    wants, wanted = _preferences(problem)
    worst_i = _worst(wants.pairs(mentors, mentees), mentors, problem.mentor_capacity)
    worst_j = _worst(wanted.pairs(mentors, mentees), mentees, problem.mentee_capacity)
    width = max(problem.shape[1], 1)
    made = np.unique(mentors * width + mentees)
    for i, j in _open_pairs(problem, worst_i, worst_j):
        new = ~np.isin(i * width + j, made)
        if problem.peers:
            new &= i < j
        yield i[new], j[new]


def _preferences(problem: Problem) -> tuple[PairSpace, PairSpace]:
    if problem.preferences is None:
        return problem.space, problem.space
    return problem.preferences.mentors, problem.preferences.mentees


def _worst(made: Tile, people: Index, capacity: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return for each person what another has to exceed: their worst partner, float64.

    Minus infinity for who has room or a partner they do not accept, infinity for who may have none.
    """
    worst = np.full(len(capacity), np.inf)
    np.minimum.at(worst, people, np.where(made.allowed, made.scores, -np.inf))
    worst[np.bincount(people, minlength=len(capacity)) < capacity] = -np.inf
    return worst


def _open_pairs(
    problem: Problem, worst_i: NDArray[np.float64], worst_j: NDArray[np.float64]
) -> Iterator[tuple[Index, Index]]:
    """Return the acceptable pairs whose two people would rather have each other, made or not."""
    wants, wanted = _preferences(problem)
    spaces = (problem.space, wants, wanted)
    listed = next((space for space in spaces if _is_listed(space)), None)
    if listed is not None:
        found = candidates(listed)
        yield _better(spaces, found.mentors, found.mentees, worst_i, worst_j)
        return
    for rows, tile in row_tiles(wants):
        row, j = np.nonzero(tile.allowed & (tile.scores > worst_i[rows][:, None]))
        yield _better(spaces, rows[row], j, worst_i, worst_j)


def _is_listed(space: PairSpace) -> bool:
    whole = space.space if isinstance(space, Without) else space
    return isinstance(whole, SparseSpace)


def _better(
    spaces: tuple[PairSpace, PairSpace, PairSpace],
    i: Index,
    j: Index,
    worst_i: NDArray[np.float64],
    worst_j: NDArray[np.float64],
) -> tuple[Index, Index]:
    """Return those of some pairs that are allowed and better for both."""
    space, wants, wanted = spaces
    tile = wants.pairs(i, j)
    keep = tile.allowed & (tile.scores > worst_i[i])
    i, j = i[keep], j[keep]
    tile = wanted.pairs(i, j)
    keep = tile.allowed & (tile.scores > worst_j[j])
    i, j = i[keep], j[keep]
    keep = space.pairs(i, j).allowed
    return i[keep], j[keep]
