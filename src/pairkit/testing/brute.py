"""Brute force: every solution of a small problem, and which of them are the best.

It shares no code with the solvers, the values or the verifier: it writes down all sets of
candidates and reads off each of them what the documentation of a problem says.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from pairkit.errors import ProblemError
from pairkit.objectives import Objective

if TYPE_CHECKING:
    from pairkit.objectives import Aim
    from pairkit.pairspace import PairSpace
    from pairkit.parts import Index
    from pairkit.problem import Problem
    from pairkit.rows import Floats, LoadBounds, Row

__all__ = ["MOST", "Solutions", "every_solution"]

MOST: Final = 16  # candidates: 65,536 sets
ALIKE: Final = 1e-9  # of the largest score: scores that differ less are the same to fairness
NOISE: Final = 1e-12  # of the largest value: what adding up in another order changes
RULE: Final = 1e-9

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Solutions:
    """Every solution of a problem.

    Parameters
    ----------
    problem
        The problem.
    mentors, mentees
        Places of its candidates, int64, shape (k,).
    scores
        Of its candidates, float64, shape (k,).
    made
        Which candidates each solution makes, bool, shape (solutions, k).
    levels
        For each objective, what each solution reaches, float64, shape (solutions, columns): higher
        is better, and a column counts only among those who are equal in the columns before it.
    """

    problem: Problem
    mentors: Index
    mentees: Index
    scores: Floats
    made: Bools
    levels: tuple[Floats, ...]

    def __len__(self) -> int:
        """Return how many solutions there are."""
        return len(self.made)

    def place(self, mentors: Index, mentees: Index) -> int | None:
        """Return which solution makes these pairs; ``None`` where none does."""
        wanted = set(zip(mentors.tolist(), mentees.tolist(), strict=True))
        own = list(zip(self.mentors.tolist(), self.mentees.tolist(), strict=True))
        made = np.array([pair in wanted for pair in own], dtype=np.bool_)
        found = np.flatnonzero((self.made == made).all(axis=1))
        return int(found[0]) if len(found) and len(wanted) == len(mentors) == made.sum() else None

    def best(self) -> NDArray[np.int64]:
        """Return the places of the best solutions, tolerances respected, int64."""
        return np.flatnonzero(self._narrowed(len(self.levels)))

    def value(self, objective: int, place: int) -> float:
        """Return the value that a solution is reported with in an objective."""
        column = self._shown(objective)[place]
        return 0.0 if np.isinf(column) else float(column) + 0.0

    def best_value(self, objective: int) -> float | None:
        """Return the best value of an objective, earlier ones kept; ``None`` without solution."""
        keep = self._narrowed(objective)
        return self._most(objective, keep) if keep.any() else None

    def ceiling(self, objective: int, place: int) -> float:
        """Return the best value of an objective among those who equal a solution before it."""
        keep = np.ones(len(self), dtype=np.bool_)
        for level in self.levels[:objective]:
            for column in level.T:
                keep &= (
                    np.abs(column - column[place]) <= _noise(column)
                    if _finite(column[place])
                    else column == column[place]
                )
        return self._most(objective, keep)

    def size(self, objective: int) -> float:
        """Return the scale of an objective: the largest that its values add up to."""
        if self.problem.aims[objective].objective is Objective.QUALITY:
            return float(np.abs(self.scores).sum())
        shown = self._shown(objective)
        return float(np.abs(shown[np.isfinite(shown)]).max(initial=0.0))

    def shortfall(self, place: int, tolerance: float) -> str:
        """Return in which objective a solution is not the best, in words; empty where it is.

        Parameters
        ----------
        place
            The solution.
        tolerance
            The part of an objective that does not count as worse.
        """
        keep = np.ones(len(self), dtype=np.bool_)
        for aim, level in zip(self.problem.aims, self.levels, strict=True):
            for k, column in enumerate(level.T):
                best, own = float(column[keep].max()), float(column[place])
                size = _size(column) if aim.additive else 0.0
                least = best - aim.tolerance * abs(best) if k == 0 and _finite(best) else best
                if own < least - tolerance * size:
                    return f"{aim.objective}: {own!r} where {best!r} can be reached"
                if own > best + tolerance * size:
                    return ""
                keep &= _kept(column, keep, aim.tolerance if k == 0 else 0.0)
        return ""

    def _narrowed(self, objectives: int) -> Bools:
        """Return which solutions keep the best of some objectives."""
        keep = np.ones(len(self), dtype=np.bool_)
        for aim, level in zip(self.problem.aims[:objectives], self.levels, strict=False):
            for k, column in enumerate(level.T):
                if keep.any():
                    keep &= _kept(column, keep, aim.tolerance if k == 0 else 0.0)
        return keep

    def _most(self, objective: int, keep: Bools) -> float:
        """Return the best reported value of an objective among some solutions."""
        level, chosen = self.levels[objective], keep.copy()
        egalitarian = self.problem.aims[objective].objective is Objective.EGALITARIAN
        for column in level.T[: 1 + egalitarian]:
            chosen &= _kept(column, chosen, 0.0)
        return self.value(objective, int(np.flatnonzero(chosen)[0]))

    def _shown(self, objective: int) -> Floats:
        """Return the column of an objective that is reported."""
        name = self.problem.aims[objective].objective
        level = self.levels[objective]
        if name is Objective.STABILITY:
            return -level[:, 0]
        return level[:, 1] if name is Objective.EGALITARIAN else level[:, 0]


def every_solution(problem: Problem) -> Solutions:
    """Return every solution of a problem: all sets of candidates that keep all that is hard.

    Raises
    ------
    ProblemError
        There are more than 16 candidates.
    """
    mentors, mentees, scores = _candidates(problem)
    size = len(scores)
    if size > MOST:
        raise ProblemError(f"Brute force takes up to {MOST} candidates; there are {size}.")
    made = (np.arange(1 << size)[:, None] >> np.arange(size)[None, :] & 1).astype(np.bool_)
    m, n = problem.shape
    first, second = made @ _incidence(mentors, m), made @ _incidence(mentees, n)
    loads = (first + second, first + second) if problem.peers else (first, second)
    keep = (loads[0] <= problem.mentor_capacity).all(axis=1)
    keep &= (loads[1] <= problem.mentee_capacity).all(axis=1)
    keep &= _has_pins(problem, mentors, mentees, made)
    sums = _Sums(problem, mentors, mentees, scores, made, loads)
    for row in problem.rows:
        keep &= (row.penalty is not None) | (sums.beyond_row(row) <= RULE)
    for bounds in problem.loads:
        keep &= (bounds.penalty is not None) | (sums.beyond_loads(bounds) == 0)
    levels = tuple(sums.level(aim)[keep] for aim in problem.aims)
    return Solutions(problem, mentors, mentees, scores, made[keep], levels)


def _candidates(problem: Problem) -> tuple[Index, Index, Floats]:
    """Return the allowed pairs one by one; of peers, each once."""
    m, n = problem.shape
    i, j = (places.ravel() for places in np.indices((m, n), dtype=np.int64))
    tile = problem.space.pairs(i, j)
    keep = tile.allowed & (i < j) if problem.peers else tile.allowed
    return i[keep], j[keep], tile.scores[keep]


def _incidence(people: Index, size: int) -> NDArray[np.int64]:
    marks: NDArray[np.int64] = (people[:, None] == np.arange(size)[None, :]).astype(np.int64)
    return marks


def _has_pins(problem: Problem, mentors: Index, mentees: Index, made: Bools) -> Bools:
    has = np.ones(len(made), dtype=np.bool_)
    for i, j in zip(problem.pinned_mentors, problem.pinned_mentees, strict=True):
        has &= made[:, (mentors == i) & (mentees == j)].any(axis=1)
    return has


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """What sets of candidates add up to."""

    problem: Problem
    mentors: Index
    mentees: Index
    scores: Floats
    made: Bools
    loads: tuple[NDArray[np.int64], NDArray[np.int64]]

    def level(self, aim: Aim) -> Floats:
        """Return what each set reaches in an objective, float64, shape (sets, columns)."""
        if aim.objective is Objective.EGALITARIAN:
            return self._worst_off(aim.steps)
        if aim.objective is Objective.STABILITY:
            return -self._blocking().astype(np.float64)[:, None]
        if aim.objective is Objective.QUALITY:
            return (self.made @ self.scores - self._penalties())[:, None]
        counts: Floats = np.ones(len(self.scores))
        if aim.weight is not None:
            counts = aim.weight(self.mentors, self.mentees)
        reached: Floats = (self.made @ counts)[:, None].astype(np.float64)
        return reached

    def beyond_row(self, row: Row) -> Floats:
        """Return how far each set is beyond the limits of a row."""
        counts = np.zeros(len(self.scores))
        if row.weight is not None:
            counts = row.weight(self.mentors, self.mentees)
            counts = counts * self.scores if row.of_score else counts
        total = self.made @ counts
        for weights, load in zip(row.matched or (), self.loads, strict=False):
            total += (load > 0) @ weights
        over: Floats = np.maximum(np.maximum(total - row.most, row.least - total), 0.0)
        return over

    def beyond_loads(self, bounds: LoadBounds) -> Floats:
        """Return how many partners too few or too many there are in each set."""
        load = self.loads[0 if bounds.side == "mentor" else 1]
        few = np.maximum(bounds.least - load, 0)
        if bounds.or_none:
            few[load == 0] = 0
        beyond: Floats = (few + np.maximum(load - bounds.most, 0)).sum(axis=1).astype(np.float64)
        return beyond

    def _penalties(self) -> Floats:
        total = np.zeros(len(self.made))
        for row in self.problem.rows:
            total += self.beyond_row(row) * (row.penalty or 0.0)
        for bounds in self.problem.loads:
            total += self.beyond_loads(bounds) * (bounds.penalty or 0.0)
        return total

    def _worst_off(self, steps: int) -> Floats:
        """Return matched mentees, the smallest score, minus how many have it, the next, ..."""
        columns = [(self.loads[1] > 0).sum(axis=1).astype(np.float64)]
        scores = np.where(self.made, _alike(self.scores), np.inf)
        for _ in range(steps):
            smallest = scores.min(axis=1, initial=np.inf)
            there = self.made & (scores == smallest[:, None])
            columns += [smallest, -there.sum(axis=1).astype(np.float64)]
            scores = np.where(there, np.inf, scores)
        return np.column_stack(columns)

    def _blocking(self) -> NDArray[np.int64]:
        """Return how many candidates block each set.

        A person would take a candidate unless as many others as they have room for are at least as
        good.
        """
        liked = self.problem.preferences
        spaces = (self.problem.space,) * 2 if liked is None else (liked.mentors, liked.mentees)
        wants = [_wants(space, self.mentors, self.mentees) for space in spaces]
        count = np.zeros(len(self.made), dtype=np.int64)
        for k in np.flatnonzero(np.isfinite(wants[0]) & np.isfinite(wants[1])):
            blocks = ~self.made[:, k]
            for people, want, capacity in (
                (self.mentors, wants[0], self.problem.mentor_capacity),
                (self.mentees, wants[1], self.problem.mentee_capacity),
            ):
                good = (people == people[k]) & (want >= want[k])
                good[k] = False
                blocks &= self.made[:, good].sum(axis=1) < capacity[people[k]]
            count += blocks
        return count


def _alike(scores: Floats) -> Floats:
    """Return scores of which those that are nearly the same are the same."""
    seen, same = scores.copy(), ALIKE * float(np.abs(scores).max(initial=0.0))
    for below, above in itertools.pairwise(np.argsort(scores).tolist()):
        if scores[above] - scores[below] <= same:
            seen[above] = seen[below]
    return seen


def _wants(space: PairSpace, i: Index, j: Index) -> Floats:
    """Return how much candidates are wanted, minus infinity where they are not accepted."""
    tile = space.pairs(i, j)
    return np.where(tile.allowed, tile.scores, -np.inf)


def _kept(column: Floats, keep: Bools, tolerance: float) -> Bools:
    """Return which solutions are as good in a column as the best of some, or nearly."""
    best = float(column[keep].max())
    if not _finite(best):
        return column >= best
    return column >= best - tolerance * abs(best) - _noise(column)


def _noise(column: Floats) -> float:
    return NOISE * _size(column)


def _size(column: Floats) -> float:
    return float(np.abs(column[np.isfinite(column)]).max(initial=0.0))


def _finite(value: float) -> bool:
    return bool(np.isfinite(value))
