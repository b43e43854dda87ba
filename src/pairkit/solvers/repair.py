"""Repair: earlier pairs kept, the gaps filled, and as few pairs broken as more pairs need."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from pairkit.earlier import continuity_of, earlier_pairs
from pairkit.objectives import Aim, Objective
from pairkit.pairspace import Tile
from pairkit.parts import OneSided
from pairkit.problem import DEFAULT_AIMS, Feature, Problem
from pairkit.scoredspace import ScoredSpace, largest_score, without
from pairkit.solution import Status
from pairkit.solvers.base import TIME_LIMIT, Answer
from pairkit.solvers.columns import ColumnGeneration
from pairkit.solvers.exchange import Chain, Exchange, cheapest_chain
from pairkit.solvers.flow import MinCostFlow

if TYPE_CHECKING:
    from pairkit.pairspace import PairSpace
    from pairkit.parts import Index
    from pairkit.rows import Floats
    from pairkit.solvers.base import Clock

__all__ = ["Repair"]

SUPPORTED: Final = frozenset({Feature.LEAST_CHANGE, Feature.BROKEN_LIMIT, Feature.CAPACITIES})
LISTED: Final = 30_000_000  # pairs among the people with room up to which they are written down
ROUNDING: Final = 1e-15  # of what pairs are worth, in each chain
Flags: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Repair:
    """The best pairs with the least change of earlier ones.

    All earlier pairs that are still allowed are kept, and the people with room are paired among
    themselves as well as can be. Then, while one pair more is possible, it is made by the chain of
    exchanges that breaks the fewest earlier pairs, and of those loses the least: successive
    shortest paths (Busacker and Gowen 1961; Ahuja, Magnanti and Orlin 1993, chapter 9.7), with
    costs that are compared number of broken pairs first. Each step keeps the solution the best of
    its number of pairs, so the last one is the best of all, and no other breaks fewer. The time
    grows with what has to change, hardly with the pairs that stay.

    Where continuity comes before participation, no pair is broken and there are no chains.
    """

    @property
    def supports(self) -> frozenset[Feature]:
        """Least change with capacities, and a limit on broken pairs."""
        return SUPPORTED

    def solve(self, problem: Problem, *, clock: Clock, seed: int) -> Answer:
        """Return the proven best answer."""
        return _Repairing(problem, clock, seed).answer()


class _Repairing:
    """One repair: the earlier pairs, what was added and what was broken."""

    def __init__(self, problem: Problem, clock: Clock, seed: int) -> None:
        self.problem, self.clock, self.seed = problem, clock, seed
        self.earlier = earlier_pairs(cast("Aim", continuity_of(problem.aims)), problem.space)
        least = max((row.least for row in problem.rows), default=0.0)
        self.breakable = int(len(self.earlier[0]) - max(least, 0.0))
        self.first = problem.objectives[0] is Objective.PARTICIPATION
        self.valued = _Valued.of(problem)
        loads = problem.partners(*self.earlier)
        self.room = (problem.mentor_capacity - loads[0], problem.mentee_capacity - loads[1])

    def answer(self) -> Answer:
        rest = self._fill()
        if not rest.status.has_pairs:
            return rest
        rows = np.append(self.earlier[0], rest.mentors)
        columns = np.append(self.earlier[1], rest.mentees)
        kept = np.arange(len(rows)) < len(self.earlier[0])
        made = _Made(rows, columns, kept, self.room)
        chains, done = self._lengthen(made) if self.first else (0, True)
        if rest.status is not Status.OPTIMAL or not done:
            detail = rest.detail or TIME_LIMIT
            return Answer(Status.FEASIBLE, made.rows, made.columns, (), detail)
        bounds = self._bounds(made, rest, chains)
        return Answer(Status.OPTIMAL, made.rows, made.columns, bounds, unit=rest.unit)

    def _fill(self) -> Answer:
        """Return the best pairs among the people with room, as places of the whole problem."""
        rows, columns = (np.flatnonzero(room > 0) for room in self.room)
        space = _Cut(self.valued.space_without(*self.earlier), rows, columns)
        rest = Problem(space, self.room[0][rows], self.room[1][columns], DEFAULT_AIMS)
        few = len(rows) * len(columns) <= LISTED
        solver = MinCostFlow() if few else ColumnGeneration()
        found = solver.solve(rest, clock=self.clock, seed=self.seed)
        return replace(found, mentors=rows[found.mentors], mentees=columns[found.mentees])

    def _lengthen(self, made: _Made) -> tuple[int, bool]:
        """Make one pair more as long as possible; return how often, and whether to the end."""
        taken = broken = 0
        while min(int(side.sum()) for side in made.room) > 0:
            chain = made.chain(self.valued, self.breakable - broken, self.clock.expired)
            if chain is None:
                return taken, not self.clock.expired()
            made.follow(chain)
            taken, broken = taken + 1, broken + chain.kept
        return taken, True

    def _bounds(self, made: _Made, rest: Answer, chains: int) -> tuple[float | None, ...]:
        """Return what no solution exceeds in each objective in turn.

        What the filling leaves open by rounding, each chain may leave open once more.
        """
        worth = self.valued.of_pairs(rest.mentors, rest.mentees)
        bound = rest.bounds[-1]
        if bound is None:
            return ()
        size = float(np.abs(self.valued.of_pairs(made.rows, made.columns)).sum())
        slack = (1 + chains) * (max(bound - float(worth.sum()), 0.0) + ROUNDING * size)
        found: list[float | None] = []
        for aim in self.problem.aims:
            if aim.objective is Objective.QUALITY:
                scores = self.problem.space.pairs(made.rows, made.columns).scores
                found.append(float(scores.sum()) + slack)
            elif aim.weight is None:
                found.append(float(len(made.rows)))
            elif aim.objective is Objective.PARTICIPATION and slack >= self.valued.step / 2.0:
                return tuple(found)
            else:
                found.append(float(aim.weight(made.rows, made.columns).sum()))
        return tuple(found)


@dataclass(slots=True, eq=False)
class _Made:
    """The pairs of a solution that grows, and the room that is left."""

    rows: Index
    columns: Index
    kept: Flags
    room: tuple[Index, Index]

    def __post_init__(self) -> None:
        new = ~self.kept
        used = (
            np.bincount(places[new], minlength=len(room))
            for places, room in zip((self.rows, self.columns), self.room, strict=True)
        )
        self.room = cast(
            "tuple[Index, Index]",
            tuple(room - own for room, own in zip(self.room, used, strict=True)),
        )

    def chain(self, valued: _Valued, most: int, expired: Callable[[], bool]) -> Chain | None:
        """Return the cheapest chain, searched from the side on which fewer people have room.

        Whether there is one at all is found without scores, which take most of the time.
        """
        turned = int((self.room[1] > 0).sum()) < int((self.room[0] > 0).sum())
        there = self._exchange(valued.unscored(), turned=turned)
        if cheapest_chain(there, most, expired) is None:
            return None
        found = cheapest_chain(self._exchange(valued, turned=turned), most, expired)
        return _turned(found) if turned and found is not None else found

    def _exchange(self, valued: _Valued, *, turned: bool) -> Exchange:
        """Return the solution as one in which pairs may be exchanged, the sides turned or not."""
        space = valued.space_without(self.rows, self.columns)

        def worths(rows: Index, columns: Index) -> Floats:
            i, j = (columns, rows) if turned else (rows, columns)
            tile = space.pairs(i[:, None], j[None, :])
            found = np.where(tile.allowed, tile.scores, -np.inf)
            return found.T if turned else found

        worth = valued.of_pairs(self.rows, self.columns)
        if turned:
            room = self.room[1], self.room[0]
            return Exchange(worths, self.columns, self.rows, worth, self.kept, room)
        return Exchange(worths, self.rows, self.columns, worth, self.kept, self.room)

    def follow(self, chain: Chain) -> None:
        """Make and break the pairs of a chain."""
        width = len(self.room[1])
        out = np.array([i * width + j for i, j in chain.broken], dtype=np.int64)
        stays = ~np.isin(self.rows * width + self.columns, out)
        new = np.array(chain.made, dtype=np.int64)
        self.rows = np.append(self.rows[stays], new[:, 0])
        self.columns = np.append(self.columns[stays], new[:, 1])
        self.kept = np.append(self.kept[stays], np.zeros(len(new), dtype=np.bool_))
        old = np.array(chain.broken, dtype=np.int64).reshape(-1, 2)
        for k, room in enumerate(self.room):
            np.subtract.at(room, new[:, k], 1)
            np.add.at(room, old[:, k], 1)


def _turned(chain: Chain) -> Chain:
    return Chain([(j, i) for i, j in chain.made], [(j, i) for i, j in chain.broken], chain.kept)


@dataclass(frozen=True, slots=True, eq=False)
class _Valued:
    """What pairs are worth: a priority, and below it the score.

    Parameters
    ----------
    space
        The pairs and their scores.
    priority
        What a pair counts first; ``None`` where the score alone counts.
    step
        What one unit of the priority is worth: more than all scores together can make up for.
    """

    space: PairSpace
    priority: OneSided | None
    step: float

    @classmethod
    def of(cls, problem: Problem) -> _Valued:
        later = [one.weight for one in problem.aims if one.objective is Objective.PARTICIPATION][1:]
        if not later:
            return cls(problem.space, None, 0.0)
        places = min(int(problem.mentor_capacity.sum()), int(problem.mentee_capacity.sum()))
        most = 2.0 * largest_score(problem.space) * (places + 1) + 1.0
        return cls(problem.space, cast("OneSided", later[0]), float(2.0 ** np.ceil(np.log2(most))))

    @property
    def shape(self) -> tuple[int, int]:
        """Number of mentors and of mentees."""
        return self.space.shape

    def pairs(self, i: Index, j: Index) -> Tile:
        """Return worths and permissions of pairs."""
        tile = self.space.pairs(i, j)
        if self.priority is None:
            return tile
        return Tile(tile.scores + self.step * self.priority(i, j), tile.allowed)

    def unscored(self) -> _Valued:
        """Return the same pairs, of which none is worth more than another, where that is quick."""
        space = self.space
        if isinstance(space, ScoredSpace) and space.floor is None and not space.soft_floors:
            return _Valued(space.priced((), scored=False), None, 0.0)
        return self

    def of_pairs(self, mentors: Index, mentees: Index) -> Floats:
        return self.pairs(mentors, mentees).scores

    def space_without(self, mentors: Index, mentees: Index) -> PairSpace:
        return without(self if self.priority is not None else self.space, mentors, mentees)


@dataclass(frozen=True, slots=True, eq=False)
class _Cut:
    """A pair space of some of its people.

    Parameters
    ----------
    space
        The whole.
    rows, columns
        Places of the people, int64.
    """

    space: PairSpace
    rows: Index
    columns: Index

    @property
    def shape(self) -> tuple[int, int]:
        """Number of mentors and of mentees."""
        return len(self.rows), len(self.columns)

    def pairs(self, i: Index, j: Index) -> Tile:
        """Return scores and permissions of pairs."""
        return self.space.pairs(self.rows[i], self.columns[j])
