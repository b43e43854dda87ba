"""Moves: the changes of one or two people that make an arrangement better."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pairkit.circling.arrangement import Arrangement
    from pairkit.solvers.base import Clock

__all__ = ["LEAST", "improve", "lead_best"]

LEAST: Final = 1e-12  # a gain below this is rounding; scores lie in [-1, 1]


def improve(state: Arrangement, people: Iterable[int], clock: Clock) -> None:
    """Improve an arrangement until no change of one of these people, or of those touched, helps.

    Each person in turn takes the best of: another circle, a swap, and, for who is nowhere, a place
    that somebody leaves for another circle. People of changed circles get their turn again.
    """
    queue = deque(people)
    waiting = set(queue)
    while queue and not clock.expired():
        person = queue.popleft()
        waiting.discard(person)
        for circle in _step(state, person):
            if circle == state.nowhere:
                continue
            again = [one for one in state.members[circle] if one not in waiting]
            if not state.pool.first and state.worth[circle] < -LEAST:
                again = [one for one in state.clear(circle) if one not in waiting]
            queue.extend(again)
            waiting.update(again)


def _step(state: Arrangement, person: int) -> tuple[int, ...]:
    """Make the best change of one person, if any helps, and return the circles it changed."""
    before = int(state.circle[person])
    outside = before == state.nowhere
    to, gain = _best_move(state, person)
    if outside and state.pool.first and np.isfinite(gain):
        state.move(person, to)
        return (to,)
    with_whom, swap_gain = _best_swap(state, person)
    if max(gain, swap_gain) > LEAST:
        if gain >= swap_gain:
            state.move(person, to)
            return before, to
        to = int(state.circle[with_whom])
        state.swap(person, with_whom)
        return before, to
    return _push_in(state, person) if outside and state.pool.first else ()


def _best_move(state: Arrangement, person: int) -> tuple[int, float]:
    """Return the best other circle with room, and the gain; no circle gains minus infinity."""
    before, sizes = int(state.circle[person]), state.pool.sizes
    if before != state.nowhere and state.sizes[before] <= sizes.smallest:
        return state.nowhere, -np.inf
    to = state.open()
    to = to[(state.clashes[to, person] == 0) & (to != before)]
    gains = state.gains[to, person] - state.own[person]
    best = int(np.argmax(gains)) if len(gains) else -1
    where, gain = (int(to[best]), float(gains[best])) if best >= 0 else (state.nowhere, -np.inf)
    leave = -float(state.own[person])
    if not state.pool.first and before != state.nowhere and leave > gain:
        return state.nowhere, leave
    return where, gain


def _swap_gains(state: Arrangement, person: int) -> NDArray[np.float64]:
    """Return the gain of a swap with each other person, shape (n,); minus infinity where barred."""
    pool, circle, before = state.pool, state.circle, int(state.circle[person])
    inside = circle != state.nowhere
    counted = inside.astype(np.int64) + int(before != state.nowhere)
    gains: NDArray[np.float64] = state.gains[circle, person] + state.gains[before]
    gains -= pool.scores[person] * counted
    gains -= state.own + state.own[person]
    barred = pool.barred[person]
    bars_me = state.clashes[circle, person] - (barred & inside)
    bars_them = state.clashes[before] - (barred & (before != state.nowhere))
    gains[(bars_me != 0) | (bars_them != 0) | (circle == before)] = -np.inf
    return gains


def _best_swap(state: Arrangement, person: int) -> tuple[int, float]:
    """Return the best person to change places with, and the gain."""
    gains = _swap_gains(state, person)
    best = int(np.argmax(gains))
    return best, float(gains[best])


def _push_in(state: Arrangement, person: int) -> tuple[int, ...]:
    """Let somebody go to another circle for a person who is nowhere, where that is possible."""
    rooms, gains = state.open(), _swap_gains(state, person)
    makes_way = np.flatnonzero(np.isfinite(gains))
    if not len(rooms) or not len(makes_way):
        return ()
    block = np.ix_(rooms, makes_way)
    onward = np.where(state.clashes[block] == 0, state.gains[block], -np.inf)
    onward[rooms[:, None] == state.circle[makes_way]] = -np.inf
    onward += gains[makes_way]
    to, who = np.unravel_index(int(np.argmax(onward)), onward.shape)
    if not np.isfinite(onward[to, who]):
        return ()
    other, onto = int(makes_way[who]), int(rooms[to])
    here = int(state.circle[other])
    state.move(other, onto)
    state.put(person, here)
    return here, onto


def lead_best(state: Arrangement) -> bool:
    """Give the circles the leaders that are best for them as they are, and say if that helped.

    An assignment of circles to mentors, each as often as they may lead (Crouse 2016,
    doi:10.1109/TAES.2016.140952, as SciPy has it).
    """
    from scipy.optimize import linear_sum_assignment

    pool, before = state.pool, state.value
    circles = np.flatnonzero(state.sizes > 0)
    if not pool.led or not len(circles):
        return False
    inside = np.zeros((len(circles), len(pool)))
    for row, circle in enumerate(circles.tolist()):
        inside[row, state.members[circle]] = 1.0
    costs = -(inside @ pool.guidance.T)
    costs[inside @ pool.unled.T > 0.0] = np.inf
    slots = np.repeat(np.arange(len(pool.leads)), np.minimum(pool.leads, len(circles)))
    rows, columns = linear_sum_assignment(costs[:, slots])
    state.leader[circles[rows]] = slots[columns]
    state.refresh(circles.tolist())
    return state.value > before + LEAST
