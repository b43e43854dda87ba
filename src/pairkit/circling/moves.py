"""Moves: the changes of one or two people that make an arrangement better."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from pairkit.parts import Index

if TYPE_CHECKING:
    from pairkit.circling.arrangement import Arrangement
    from pairkit.solvers.base import Clock

__all__ = ["LEAST", "improve", "lead_best", "lead_new"]

SUITED: Final = 0.6  # so often a new circle gets the leader who suits it best; else any
LEAST: Final = 1e-12  # a gain below this is rounding; scores lie in [-1, 1]


def improve(state: Arrangement, people: Iterable[int], clock: Clock) -> None:
    """Improve an arrangement until no change of one of these people, or of those touched, helps.

    Each person in turn takes the better of another circle and a swap. Where participation is first,
    who is nowhere takes any place: one with room, one that somebody leaves for another circle, or
    one in a new circle with people whom others can spare. Whom a change concerns gets another turn.
    """
    queue = deque(people)
    waiting = set(queue)
    while queue and not clock.expired():
        person = queue.popleft()
        waiting.discard(person)
        again = dict.fromkeys(_step(state, person))
        for circle in {int(state.circle[one]): None for one in again}:
            if circle != state.nowhere and not state.pool.first and state.worth[circle] < -LEAST:
                state.clear(circle)
        queue.extend(one for one in again if one not in waiting)
        waiting.update(again)


def _step(state: Arrangement, person: int) -> list[int]:
    """Make the best change of one person, if any helps, and return whom it concerns."""
    before = int(state.circle[person])
    outside = before == state.nowhere
    to, gain = _best_move(state, person)
    if outside and state.pool.first:
        if np.isfinite(gain):
            state.move(person, to)
            return _people(state, to)
        changed = _push_in(state, person) or _begin(state, person)
        if changed:
            return _people(state, *changed)
    whom, swap_gain = _best_swap(state, person)
    if max(gain, swap_gain) <= LEAST:
        return []
    if gain >= swap_gain:
        state.move(person, to)
        return [person, *_people(state, before, to)]
    to = int(state.circle[whom])
    state.swap(person, whom)
    return [person, whom, *_people(state, before, to)]


def _people(state: Arrangement, *circles: int) -> list[int]:
    """Return everybody in some circles."""
    return [one for circle in circles if circle != state.nowhere for one in state.members[circle]]


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


def _begin(state: Arrangement, person: int) -> tuple[int, ...]:
    """Begin a circle for a person who is nowhere, where others can be spared for it."""
    circle, saved, donors = state.empty(), state.saved(), []
    spare = _spare(state)
    if circle is None or not lead_new(state, circle, person, np.flatnonzero(spare)):
        return ()
    state.put(person, circle)
    while state.sizes[circle] < state.pool.sizes.smallest:
        able = _spare(state) & (state.circle != circle) & (state.clashes[circle] == 0)
        outside = able & (state.circle == state.nowhere)
        able = outside if outside.any() else able
        if not able.any():
            state.restore(saved)
            return ()
        gains = np.where(able, state.gains[circle] - state.own, -np.inf)
        best = int(np.argmax(gains))
        donors.append(int(state.circle[best]))
        state.move(best, circle)
    return circle, *dict.fromkeys(donors)


def _spare(state: Arrangement) -> NDArray[np.bool_]:
    """Return who is nowhere, or in a circle that can do without somebody, bool, shape (n,)."""
    return np.append(state.sizes > state.pool.sizes.smallest, True)[state.circle]


def lead_new(
    state: Arrangement,
    circle: int,
    person: int,
    others: Index,
    rng: np.random.Generator | None = None,
) -> bool:
    """Give a new circle a leader, mostly one who suits its first person; say if there is one.

    Parameters
    ----------
    state
        The arrangement.
    circle
        The circle, still empty.
    person
        Its first person.
    others
        Who may join, int64, shape (k,).
    rng
        Now and then takes any leader; ``None`` always takes the one who suits best.
    """
    pool = state.pool
    if not pool.led:
        return True
    may = (state.free_leads() > 0) & ~pool.unled[:, person]
    may &= (~pool.unled[:, others]).sum(axis=1) >= pool.sizes.smallest
    able = np.flatnonzero(may)
    if not len(able):
        return False
    worth = pool.guidance[able, person] + pool.guidance[np.ix_(able, others)].mean(axis=1)
    best = int(np.argmax(worth))
    if rng is not None and rng.random() >= SUITED:
        best = int(rng.integers(len(able)))
    state.lead(circle, int(able[best]))
    return True


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
