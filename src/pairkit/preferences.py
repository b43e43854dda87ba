"""Preferences: whom each side would rather have, where the two sides differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pairkit.errors import ProblemError
from pairkit.pairspace import PairSpace, SparseSpace, space_of

if TYPE_CHECKING:
    from pairkit.pairspace import Scores
    from pairkit.parts import Index

__all__ = ["Preferences", "RankedList"]

RankedList: TypeAlias = Sequence[int | list[int] | tuple[int, ...]]
"""Places, best first; places in a list or tuple of their own are equally good."""


@dataclass(frozen=True, slots=True, eq=False)
class Preferences:
    """How much each side wants each of the other; higher is better, equal is a tie.

    Both spaces are indexed alike: mentor i, mentee j. A pair that a space does not allow is
    unacceptable to that side. Scores of different people are never compared with each other.

    Parameters
    ----------
    mentors
        ``mentors.pairs(i, j).scores`` is how much mentor i wants mentee j.
    mentees
        ``mentees.pairs(i, j).scores`` is how much mentee j wants mentor i.

    Raises
    ------
    ProblemError
        The two spaces differ in shape.
    """

    mentors: PairSpace
    mentees: PairSpace

    def __post_init__(self) -> None:
        """Check the shapes."""
        if self.mentors.shape != self.mentees.shape:
            raise ProblemError(
                f"Preferences of mentors have shape {self.mentors.shape}, those of mentees "
                f"{self.mentees.shape}; both are mentors by mentees."
            )

    @property
    def shape(self) -> tuple[int, int]:
        """Number of mentors and of mentees."""
        return self.mentors.shape

    @classmethod
    def from_ranks(
        cls, mentor_lists: Sequence[RankedList], mentee_lists: Sequence[RankedList]
    ) -> Preferences:
        """Return the preferences that ordered lists state.

        The score of a pair is minus its rank, the number of others that a person would rather have:
        0 is the first choice. Who is not on a list is unacceptable.

        Parameters
        ----------
        mentor_lists
            For each mentor, places of mentees, best first; places in a list or tuple of their own
            are equally good. A list may be short, or empty.
        mentee_lists
            For each mentee, places of mentors in the same way.

        Raises
        ------
        ProblemError
            A list holds something other than whole numbers, a place that is not there, or one
            place twice.

        Examples
        --------
        Mentor 0 likes both mentees alike, mentor 1 would rather have mentee 1.

        >>> preferences = Preferences.from_ranks([[(0, 1)], [1, 0]], [[0, 1], [0]])
        >>> preferences.mentors.pairs(np.array([0, 1]), np.array([0, 0])).scores
        array([ 0., -1.])
        >>> preferences.mentees.pairs(np.array([1]), np.array([1])).allowed  # 1 does not list 1
        array([False])
        """
        mentors, mentees = len(mentor_lists), len(mentee_lists)
        own, wanted, scores = _entries(mentor_lists, "mentor", "mentee", mentees)
        theirs, wanting, values = _entries(mentee_lists, "mentee", "mentor", mentors)
        shape = mentors, mentees
        return cls(
            _sparse(own, wanted, scores, shape),
            _sparse(wanting, theirs, values, shape),
        )

    @classmethod
    def from_scores(cls, mentor_scores: Scores, mentee_scores: Scores) -> Preferences:
        """Return the preferences that two matrices of scores state.

        Parameters
        ----------
        mentor_scores
            Shape (mentors, mentees), any finite numbers: how much mentor i wants mentee j. In a
            dense matrix nan, in a sparse one what is not stored is unacceptable.
        mentee_scores
            The same shape: how much mentee j wants mentor i.

        Raises
        ------
        ProblemError
            The shapes differ, or scores are infinite or not numbers.
        """
        return cls(space_of(mentor_scores), space_of(mentee_scores))


def _entries(
    lists: Sequence[RankedList], side: str, other: str, count: int
) -> tuple[Index, Index, NDArray[np.float64]]:
    """Return for each entry of all lists whose it is, the place it names, and minus its rank."""
    named = [np.zeros(0, dtype=np.int64)]
    ranks: list[int] = []
    for k, ranked in enumerate(lists):
        groups = list(_groups(ranked))
        named.append(_whole([place for group in groups for place in group], f"{side} {k}"))
        better = 0
        for group in groups:
            ranks += [better] * len(group)
            better += len(group)
    places = np.concatenate(named)
    owners = np.repeat(np.arange(len(lists)), [len(one) for one in named[1:]])
    _check_places(owners, places, side, other, count)
    return owners, places, 0.0 - np.array(ranks, dtype=np.float64)


def _groups(ranked: RankedList) -> Iterator[Sequence[int]]:
    """Return the entries of a list, each as the places that it holds."""
    for one in ranked:
        yield one if isinstance(one, list | tuple) else (one,)


def _whole(places: list[int], whose: str) -> Index:
    if not places:
        return np.zeros(0, dtype=np.int64)
    try:
        given = np.array(places)
    except ValueError:
        given = np.array(["nested"])
    if given.ndim != 1 or given.dtype.kind not in "iu":
        raise ProblemError(f"The list of {whose} holds something other than places.")
    return given.astype(np.int64)


def _check_places(owners: Index, places: Index, side: str, other: str, count: int) -> None:
    """Raise where a list names somebody who is not there, or somebody twice."""
    outside = np.flatnonzero((places < 0) | (places >= count))
    if len(outside):
        k = outside[0]
        raise ProblemError(
            f"The list of {side} {owners[k]} names {other} {places[k]}; there are {count} from 0."
        )
    order = np.lexsort((places, owners))
    same = (np.diff(owners[order]) == 0) & (np.diff(places[order]) == 0)
    if same.any():
        k = order[np.flatnonzero(same)[0]]
        raise ProblemError(f"The list of {side} {owners[k]} names {other} {places[k]} twice.")


def _sparse(
    mentors: Index, mentees: Index, scores: NDArray[np.float64], shape: tuple[int, int]
) -> SparseSpace:
    from scipy.sparse import csr_array

    return SparseSpace(csr_array((scores, (mentors, mentees)), shape=shape))
