"""CircleSearch: circles by local search, for pools of any size."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from pairkit.circling.answer import CircleAnswer
from pairkit.circling.arrangement import Arrangement
from pairkit.circling.bounds import best_quality, bounds_of, most_placed
from pairkit.circling.moves import LEAST, improve, lead_best, lead_new
from pairkit.errors import ProblemError

if TYPE_CHECKING:
    from pairkit.circling.pool import Pool
    from pairkit.parts import Index
    from pairkit.solvers.base import Clock

__all__ = ["CircleSearch", "search"]

STARTS: Final = 3
FEW: Final = 10  # circles: with fewer, patience is that for so many
NEAR: Final = 0.5  # so often the circle next to be taken apart is one that suits somebody


@dataclass(frozen=True, slots=True)
class CircleSearch:
    """Good circles for pools of any size, with a bound and mostly without a proof.

    Circles grow greedily around the people with the fewest possible partners; moves, swaps and
    pushes of single people improve them; then two or three circles at a time are taken apart and
    made again, and what is not worse stays (ruin and recreate: Schrimpf et al. 2000,
    doi:10.1006/jcph.1999.6413). Leaders are assigned anew to the circles in between. Memory: a
    few float64 matrices of all pairs.

    Parameters
    ----------
    patience
        So many rounds without any gain, for each circle (and 10 at least), end the search; 0 for
        none.

    Raises
    ------
    ProblemError
        The patience is below 0.
    """

    patience: int = 5

    def __post_init__(self) -> None:
        """Check the patience."""
        if self.patience < 0:
            raise ProblemError(f"CircleSearch: patience must be from 0 up; it is {self.patience}.")

    def solve(self, pool: Pool, *, clock: Clock, seed: int) -> CircleAnswer:
        """Return good circles and a bound on the best."""
        target = math.inf, math.inf
        if clock.stop.gap > 0.0:
            target = _target(pool, clock)
        state = search(pool, clock, seed, patience=self.patience, target=target)
        detail = "stopped by the time limit" if clock.expired() else ""
        return CircleAnswer.of(state, bounds_of(pool, state.placed, clock), detail)


def _target(pool: Pool, clock: Clock) -> tuple[float, float]:
    """Return the rank that is good enough."""
    placed = most_placed(pool)
    quality = best_quality(pool, placed if pool.first else None, clock)
    return float(placed if pool.first else 0), quality - clock.stop.gap * abs(quality)


def search(
    pool: Pool,
    clock: Clock,
    seed: int,
    *,
    patience: int,
    target: tuple[float, float] = (math.inf, math.inf),
) -> Arrangement:
    """Return the best arrangement that was found; more patience never makes it worse.

    Parameters
    ----------
    pool
        The people.
    clock
        When to stop.
    seed
        The only source of randomness.
    patience
        So many rounds without any gain, for each circle, end the search.
    target
        The rank that is good enough.
    """
    rng = np.random.default_rng(seed)
    state = Arrangement(pool)
    best = state.rank, state.saved()
    for k in range(STARTS if len(pool) else 0):
        if clock.expired():
            break
        state.restore((np.full_like(state.circle, state.nowhere), np.full_like(state.leader, -1)))
        _construct(state, np.arange(len(pool)), rng, clock, straight=k == 0)
        _settle(state, range(len(pool)), clock)
        if state.rank > best[0]:
            best = state.rank, state.saved()
    state.restore(best[1])
    _ruin_and_recreate(state, rng, clock, patience, target)
    return state


def _ruin_and_recreate(
    state: Arrangement,
    rng: np.random.Generator,
    clock: Clock,
    patience: int,
    target: tuple[float, float],
) -> None:
    """Take circles apart and make them again, as long as that helps."""
    without = 0
    while len(state.pool) and not clock.expired() and state.rank < target:
        if without >= patience * max(FEW, int((state.sizes > 0).sum())):
            break
        before, saved = state.rank, state.saved()
        people = _ruin(state, rng)
        _construct(state, people, rng, clock, straight=False)
        touched = {int(c) for c in state.circle[people]} - {state.nowhere}
        inside = [one for circle in sorted(touched) for one in state.members[circle]]
        _settle(state, dict.fromkeys([*people.tolist(), *inside]), clock)
        without = 0 if state.rank > (before[0], before[1] + LEAST) else without + 1
        if state.rank < before:
            state.restore(saved)


def _ruin(state: Arrangement, rng: np.random.Generator) -> Index:
    """Dissolve one to three circles, and return their people with some who were nowhere."""
    circles, sizes = np.flatnonzero(state.sizes > 0), state.pool.sizes
    outside = np.flatnonzero(state.circle == state.nowhere)
    people = rng.permutation(outside)[: sizes.largest].tolist()
    last = -1
    for _ in range(min(int(rng.integers(1, 4)), len(circles))):
        circles = np.flatnonzero(state.sizes > 0)
        circle = int(rng.choice(circles))
        if last >= 0 and rng.random() < NEAR:
            circle = int(circles[np.argmax(state.gains[circles, last])])
        members = state.clear(circle)
        last = int(rng.choice(members))
        people += members
    return np.array(people, dtype=np.int64)


def _settle(state: Arrangement, people: Iterable[int], clock: Clock) -> None:
    """Improve people and leaders in turn until neither helps."""
    improve(state, people, clock)
    while lead_best(state) and not clock.expired():
        improve(state, range(len(state.pool)), clock)


def _construct(
    state: Arrangement,
    people: Index,
    rng: np.random.Generator,
    clock: Clock,
    *,
    straight: bool,
) -> None:
    """Make circles of people who are nowhere.

    Parameters
    ----------
    state
        The arrangement, changed in place.
    people
        Who is to be placed, int64, shape (k,).
    rng
        For ties, and for the sizes.
    clock
        No further circle is begun when the time is over.
    straight
        Whether sizes go by the sign of the scores: few large circles where most are above 0.
    """
    allowed = state.pool.allowed[np.ix_(people, people)]
    free, partners = np.ones(len(people), dtype=np.bool_), allowed.sum(axis=1).astype(np.float64)
    for size in _cut(state, people, rng, straight=straight):
        if clock.expired() or not free.any():
            break
        key = np.where(free, partners + rng.random(len(people)), np.inf)
        seed = int(np.argmin(key))
        taken = _grow(state, people, free, seed=seed, size=size, rng=rng)
        free[taken] = False
        partners -= allowed[:, taken].sum(axis=1)


def _cut(
    state: Arrangement, people: Index, rng: np.random.Generator, *, straight: bool
) -> list[int]:
    """Return sizes of circles to try for people, and some more for those that fail."""
    sizes = state.pool.sizes
    most = sizes.placeable(len(people))
    counts = sizes.counts(most)
    if not counts:
        return []
    if straight:
        large = float(state.pool.scores.sum()) > 0.0
        count = counts[0] if large else counts[-1]
        return sizes.cut(most, count, evenly=not large)
    count = int(rng.choice(counts))
    return sizes.cut(most, count, evenly=bool(rng.random() < 0.5))


def _grow(
    state: Arrangement,
    people: Index,
    free: NDArray[np.bool_],
    *,
    seed: int,
    size: int,
    rng: np.random.Generator,
) -> list[int]:
    """Grow a circle around a person; return who of the people is done with, placed or not."""
    circle, person, smallest = state.empty(), int(people[seed]), state.pool.sizes.smallest
    if circle is None or not lead_new(state, circle, person, people[free], rng):
        return [seed]
    state.put(person, circle)
    taken, left = [seed], free.copy()
    left[seed] = False
    while len(taken) < size:
        gains = np.where(
            left & (state.clashes[circle, people] == 0), state.gains[circle, people], -np.inf
        )
        best = int(np.argmax(gains))
        if not np.isfinite(gains[best]):
            break
        state.put(int(people[best]), circle)
        left[best] = False
        taken.append(best)
    if len(taken) < smallest:
        state.clear(circle)
        return [seed]
    return taken
