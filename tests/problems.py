"""Whole problems for tests: strategies that draw them, and brute force that solves them."""

from __future__ import annotations

import math
from typing import NamedTuple

import hypothesis.strategies as st
import numpy as np
from numpy.typing import NDArray

import pairkit as pk

BOTH = ("participation", "quality")
ALONE = ("quality",)


class Drawn(NamedTuple):
    """The arrays of a problem."""

    scores: NDArray[np.float64]
    mentor_capacity: NDArray[np.int64]
    mentee_capacity: NDArray[np.int64]
    objectives: tuple[str, ...]

    @property
    def problem(self) -> pk.Problem:
        return pk.Problem.from_scores(
            self.scores, self.mentor_capacity, self.mentee_capacity, self.objectives
        )


SCORES = st.one_of(
    st.floats(-2, 2).map(lambda score: round(score, 6)),
    st.integers(-3, 3).map(float),
    st.sampled_from([0.0, 0.1, -0.1, 0.3, 0.5, 1.0]),
)


@st.composite
def drawn_problems(
    draw: st.DrawFn, *, most: int = 5, capacity: int = 3, forbidden: bool = True
) -> Drawn:
    """Draw a problem: empty sides, ties, negative scores and forbidden pairs included."""
    m, n = draw(st.integers(0, most)), draw(st.integers(0, most))
    cell = st.one_of(SCORES, st.just(math.nan)) if forbidden else SCORES
    scores = np.array(draw(st.lists(cell, min_size=m * n, max_size=m * n)), dtype=np.float64)
    room = st.integers(0, capacity)
    return Drawn(
        scores.reshape(m, n),
        np.array(draw(st.lists(room, min_size=m, max_size=m)), dtype=np.int64),
        np.array(draw(st.lists(room, min_size=n, max_size=n)), dtype=np.int64),
        draw(st.sampled_from([BOTH, ALONE])),
    )


def brute_force(drawn: Drawn, pins: tuple[tuple[int, int], ...] = ()) -> tuple[float, ...] | None:
    """Return the best values of the objectives, by trying everything mentor by mentor.

    The state after some mentors is the room left at each mentee; only the best of each is kept.
    ``None`` where the pins cannot all be made.
    """
    m, n = drawn.scores.shape
    best: dict[tuple[int, ...], tuple[float, ...]] = {
        tuple(drawn.mentee_capacity.tolist()): (0.0,) * len(drawn.objectives)
    }
    for i in range(m):
        pinned = frozenset(j for a, j in pins if a == i)
        following: dict[tuple[int, ...], tuple[float, ...]] = {}
        for room, value in best.items():
            for chosen in range(1 << n):
                partners = [j for j in range(n) if chosen >> j & 1]
                if len(partners) > drawn.mentor_capacity[i] or not pinned <= set(partners):
                    continue
                scores = [float(drawn.scores[i, j]) for j in partners]
                if any(math.isnan(s) for s in scores) or any(room[j] < 1 for j in partners):
                    continue
                left = tuple(r - (j in partners) for j, r in enumerate(room))
                gained = (float(len(partners)), math.fsum(scores))[-len(drawn.objectives) :]
                total = tuple(a + b for a, b in zip(value, gained, strict=True))
                if left not in following or total > following[left]:
                    following[left] = total
        best = following
    return max(best.values(), default=None)
