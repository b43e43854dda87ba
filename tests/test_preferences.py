from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_array

import pairkit as pk
from pairkit.pairspace import PairSpace, scores_matrix
from pairkit.preferences import RankedList

nan = float("nan")


def matrix(space: PairSpace) -> list[list[float | None]]:
    cells = scores_matrix(space).tolist()
    return [[None if cell != cell else cell for cell in row] for row in cells]  # noqa: PLR0124


def test_lists_become_scores_of_mentor_and_mentee() -> None:
    made = pk.Preferences.from_ranks([[2, 0], [1]], [[1, 0], [], (0, 1)])
    assert made.shape == (2, 3)
    assert matrix(made.mentors) == [[-1.0, None, 0.0], [None, 0.0, None]]
    assert matrix(made.mentees) == [[-1.0, None, 0.0], [0.0, None, -1.0]]


def test_a_tie_counts_those_who_are_better() -> None:
    made = pk.Preferences.from_ranks([[3, (0, 2), [1]]], [[0]] * 4)
    assert matrix(made.mentors) == [[-1.0, -3.0, -1.0, 0.0]]


def test_the_first_choice_scores_plain_zero() -> None:
    tile = pk.Preferences.from_ranks([[0]], [[0]]).mentors.pairs(np.array([0]), np.array([0]))
    assert not np.signbit(tile.scores[0])


def test_numpy_places_are_places() -> None:
    made = pk.Preferences.from_ranks([list(np.array([1, 0]))], [[np.int32(0)], []])  # type: ignore[list-item]
    assert matrix(made.mentors) == [[-1.0, 0.0]]


def test_no_lists_at_all() -> None:
    assert pk.Preferences.from_ranks([], []).shape == (0, 0)
    assert pk.Preferences.from_ranks([[], []], []).shape == (2, 0)


@pytest.mark.parametrize(
    ("mentors", "mentees", "words"),
    [
        ([[0], [0, 5]], [[0]], r"list of mentor 1 names mentee 5; there are 1"),
        ([[0]], [[0], [-1]], r"list of mentee 1 names mentor -1; there are 1"),
        ([[0, 1, 0]], [[], []], r"list of mentor 0 names mentee 0 twice"),
        ([[0, (1, 0)]], [[], []], r"list of mentor 0 names mentee 0 twice"),
        ([[0]], [["Ada"]], r"list of mentee 0 holds something other than places"),
        ([[0.5]], [[0]], r"list of mentor 0 holds something other than places"),
        ([[(0, (1,))]], [[], []], r"list of mentor 0 holds something other than places"),
    ],
)
def test_a_wrong_list_is_named(
    mentors: list[RankedList], mentees: list[RankedList], words: str
) -> None:
    with pytest.raises(pk.ProblemError, match=words):
        pk.Preferences.from_ranks(mentors, mentees)


@pytest.mark.parametrize("kind", [np.array, csr_array])
def test_scores_of_both_kinds(kind: Callable[[object], NDArray[np.float64]]) -> None:
    one, other = [[1.0, nan], [3.0, 4.0]], [[5.0, 6.0], [nan, 8.0]]
    made = pk.Preferences.from_scores(kind(one), kind(other))
    assert matrix(made.mentors) == [[1.0, None], [3.0, 4.0]]
    assert matrix(made.mentees) == [[5.0, 6.0], [None, 8.0]]


def test_the_sides_have_one_shape() -> None:
    with pytest.raises(pk.ProblemError, match=r"shape \(1, 2\).*\(2, 1\)"):
        pk.Preferences.from_scores(np.zeros((1, 2)), np.zeros((2, 1)))
