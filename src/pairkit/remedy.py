"""Remedy: the smallest changes with which somebody without partner would have one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from pairkit.counterfactual import (
    AddPlace,
    DropRule,
    ExemptPerson,
    program_labels,
    without_person,
)
from pairkit.errors import ProblemError
from pairkit.funnels import Funnel, check_place, funnel_of, pairs_of, rooms_left
from pairkit.objectives import Objective
from pairkit.pricing import Amounts
from pairkit.problem import Feature
from pairkit.scoredspace import labels_of, waivable_of
from pairkit.solution import Status, Stop
from pairkit.solvers import Clock, solve
from pairkit.solvers.base import ADDITIVE
from pairkit.solvers.places import lattice_of

if TYPE_CHECKING:
    from pairkit.counterfactual import ProblemChange
    from pairkit.pricing import PlacePrices
    from pairkit.problem import Problem
    from pairkit.rows import SideName
    from pairkit.solution import Solution
    from pairkit.solvers import Solver

__all__ = ["Remedies", "Remedy", "decided_by_prices", "remedies"]

AT_ONCE: Final = ADDITIVE | {Feature.PEERS}
SAME: Final = 1e-9  # of what a value adds up: a difference that is smaller is one of rounding


@dataclass(frozen=True, slots=True, eq=False)
class Remedy:
    """A change, and whether somebody has a partner with it.

    Parameters
    ----------
    change
        What would be otherwise.
    matched
        Whether the person has a partner in every best solution of the changed problem; ``None``
        where neither is proved. A best solution that is better by rounding alone does not count.
    values
        What the objectives reach then; ``None`` where that was not found out, as where prices only
        bound it.
    solution
        The solution of the changed problem; ``None`` where prices decide without solving again.
    """

    change: ProblemChange
    matched: bool | None
    values: tuple[float, ...] | None = None
    solution: Solution | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Remedies:
    """What would have to change for somebody without partner.

    Parameters
    ----------
    side, place
        Whose; of peers, ``"mentor"``.
    values
        What the objectives reach as things are.
    found
        The single changes with which the person has a partner in every best solution, the ones
        that are best for the program first.
    undecided
        Changes that were tried without a proof of either.
    total
        How many single changes could have helped.
    decided
        Of how many it is proved whether they do.
    complete
        Whether these are all single changes. With pins and with rules on the whole program there
        are more: pins to give up, and places of anybody, since partners count for others, too. So
        where a rule alone forbids somebody that is never proposed to be set aside.
    """

    side: SideName
    place: int
    values: tuple[float, ...]
    found: tuple[Remedy, ...]
    undecided: tuple[Remedy, ...]
    total: int
    decided: int
    complete: bool

    @property
    def exhaustive(self) -> bool:
        """Whether it is proved of every single change whether it helps."""
        return self.complete and self.decided == self.total

    @property
    def nothing(self) -> bool:
        """Whether it is proved that no single change helps."""
        return self.exhaustive and not self.found


def remedies(
    problem: Problem,
    solution: Solution,
    side: SideName,
    place: int,
    *,
    tries: int = 12,
    elsewhere: bool = True,
    solver: str | Solver = "auto",
    stop: Stop | None = None,
) -> Remedies:
    """Return the single changes with which somebody without partner would have one.

    Looked at are: no longer asking one of the hard rules on pairs of this person, where somebody
    is forbidden by that rule alone, and the rule is not one such as :class:`Ready` or
    :class:`Avoid`, which say what people want; one more place at somebody allowed who is full;
    giving up one rule on the whole program. Who has no room at all needs a place of their own
    before anything else.

    Without rules on the whole program, prices decide at once. A change that touches only the pairs
    of this person matches them in every best solution just where a pair is worth more than the
    greatest price of the partner, which is what a place fewer there costs. One more place
    elsewhere does just where its least price is higher than it would be without the person
    (sensitivity of a flow with whole capacities: Ahuja, Magnanti and Orlin 1993, Network Flows,
    chapter 9; the lattice of prices: Shapley and Shubik 1971, doi:10.1007/BF01753437). Otherwise
    the changed problem is solved again, and once more without the person: if that is worse, every
    best solution has them.

    Parameters
    ----------
    problem, solution
        The problem and its solution.
    side, place
        Who has no partner; of peers, either side.
    tries
        How many changes are solved again at most, those that promise most first; from 0.
    elsewhere
        Whether places of others and rules on the whole program are looked at, which takes longer:
        else only what touches the pairs of this person, and ``nothing`` speaks of that alone.
    solver, stop
        For solving again; the time is that of all tries together.

    Raises
    ------
    ProblemError
        There is no such person, they have a partner, or the solution has no pairs.

    Examples
    --------
    >>> from pairkit import Problem, solve
    >>> problem = Problem.from_scores([[0.9, 0.4]])
    >>> found = remedies(problem, solve(problem), "mentee", 1)
    >>> found.found[0].change, found.exhaustive
    (AddPlace(side='mentor', place=0), True)
    """
    check_place(problem, side, place)
    if tries < 0:
        raise ProblemError(f"tries must be from 0 up; it is {tries}.")
    if not solution.status.has_pairs:
        raise ProblemError("The solution has no pairs; nobody in it is without partner alone.")
    if _load(problem, solution, side, place):
        raise ProblemError(f"The {side} {place} has a partner.")
    own: SideName = "mentor" if problem.peers else side
    search = _Search(problem, solution, own, place, solver, Clock(stop or Stop()))
    return search.found(tries, elsewhere=elsewhere)


def decided_by_prices(problem: Problem, solution: Solution) -> bool:
    """Return whether prices can decide about changes: of the best pairs, by a sum alone."""
    return solution.status is Status.OPTIMAL and problem.features <= AT_ONCE


def _load(problem: Problem, solution: Solution, side: SideName, place: int) -> int:
    loads = problem.partners(solution.mentors, solution.mentees)
    return int(loads[side == "mentee"][place])


class _Gain(NamedTuple):
    """What is gained, and whether that is more than rounding."""

    pairs: float
    quality: float
    helps: bool

    @classmethod
    def of(cls, pairs: float, quality: float, rounding: float) -> _Gain:
        """Return a gain, 0 where it is none."""
        size = rounding + SAME * abs(quality)
        helps = pairs > 0.0 or (pairs == 0.0 and quality > size)
        return cls(pairs, quality, helps=True) if helps else cls(0.0, 0.0, helps=False)


class _Search:
    """One question: whose it is, and what is known."""

    def __init__(  # noqa: PLR0917 - what remedies() is given
        self,
        problem: Problem,
        solution: Solution,
        side: SideName,
        place: int,
        solver: str | Solver,
        clock: Clock,
    ) -> None:
        self.problem, self.solution = problem, solution
        self.side: SideName = side
        self.place = place
        self.solver, self.clock = solver, clock
        self.other: SideName = "mentor" if side == "mentee" or problem.peers else "mentee"
        self.values = tuple(level.value for level in solution.levels)
        capacity = (problem.mentor_capacity, problem.mentee_capacity)[side == "mentee"]
        self.room = int(capacity[place])

    def found(self, tries: int, *, elsewhere: bool) -> Remedies:
        """Return all that is decided by prices, and by some tries."""
        funnel = funnel_of(self.problem, self.solution, self.side, self.place)
        changes = [one for one in self._changes(funnel) if elsewhere or self._is_own(one)]
        known = self._by_prices(changes)
        left = [k for k in range(len(changes)) if known[k] is None]
        for k in left[:tries]:
            if self.clock.expired():
                break
            known[k] = self._solved(changes[k])
        tried = [one for one in known if one is not None]
        helping = [one for one in tried if one.matched]
        helping.sort(key=lambda one: (one.values is None, self._order(one.values or ())))
        return Remedies(
            self.side,
            self.place,
            self.values,
            tuple(helping),
            tuple(one for one in tried if one.matched is None),
            len(changes),
            sum(one.matched is not None for one in tried),
            elsewhere and self._all_looked_at(funnel),
        )

    def _all_looked_at(self, funnel: Funnel) -> bool:
        """Return whether all single changes are looked at."""
        more = self.problem.rows or self.problem.loads or self._pinned()
        kept = {*labels_of(self.problem.space)} - waivable_of(self.problem.space)
        return not more and not any(one.alone and one.label in kept for one in funnel.removals)

    def _pinned(self) -> bool:
        return len(self.problem.pinned_mentors) > 0

    def _is_own(self, change: ProblemChange) -> bool:
        """Return whether a change touches only the pairs of the person."""
        return isinstance(change, ExemptPerson) or change == AddPlace(self.side, self.place)

    def _order(self, values: Sequence[float]) -> tuple[float, ...]:
        """Return what sorts values, the best first."""
        names = self.problem.objectives
        return tuple(
            value if name is Objective.STABILITY else -value
            for name, value in zip(names, values, strict=False)
        )

    def _changes(self, funnel: Funnel) -> Iterator[ProblemChange]:
        """Return the single changes that could help, those that promise most first."""
        if self.room == 0:
            yield AddPlace(self.side, self.place)
            return
        known = waivable_of(self.problem.space)
        for one in funnel.removals:
            if one.alone and one.label in known:
                yield ExemptPerson(one.label, self.side, self.place)
        yield from map(DropRule, program_labels(self.problem))
        full = np.flatnonzero(funnel.room <= 0)
        dear = np.zeros(len(full))
        prices = self.solution.prices
        if prices is not None:
            side = prices.mentees if self.other == "mentee" else prices.mentors
            dear = np.nan_to_num(side.quality[funnel.partners[full]])
        order = full[np.argsort(dear - funnel.scores[full], kind="stable")]
        for partner in funnel.partners[order].tolist():
            yield AddPlace(self.other, partner)

    def _by_prices(self, changes: Sequence[ProblemChange]) -> list[Remedy | None]:
        """Return what prices decide of each change; ``None`` where they do not."""
        if not decided_by_prices(self.problem, self.solution) or not changes:
            return [None] * len(changes)
        lattice, partners = self._lattice(), None
        apart = None
        if not all(map(self._is_own, changes)):
            apart = lattice_of(without_person(self.problem, self.side, self.place))
        if lattice is not None and apart is not None and apart.least is not None:
            partners = apart.least[self.other == "mentee"]
        return [self._priced(change, lattice, partners) for change in changes]

    def _lattice(self) -> PlacePrices | None:
        """Return prices of which the greatest are no lower than just those."""
        found = lattice_of(self.problem, self.solution) or self.solution.prices
        return None if found is None or found.greatest is None else found

    def _priced(
        self, change: ProblemChange, lattice: PlacePrices | None, apart: Amounts | None
    ) -> Remedy | None:
        """Return whether a change helps, by prices; ``apart`` are the least without the person."""
        own = self._is_own(change)
        exact = lattice is not None and lattice.exact
        gain: _Gain | None = None
        if own:
            gain = self._insertion(change, lattice)
        elif isinstance(change, AddPlace) and lattice is not None and apart is not None:
            gain = self._place_more(change.place, lattice, apart)
        if gain is None or not (exact or gain.helps):
            return None
        if own and gain.helps and (self.room > 1 or not exact):  # more may be gained than that
            return Remedy(change, matched=True)
        gained = (gain.pairs, gain.quality)[-len(self.values) :]
        values = tuple(one + more for one, more in zip(self.values, gained, strict=True))
        return Remedy(change, gain.helps, values)

    def _insertion(self, change: ProblemChange, lattice: PlacePrices | None) -> _Gain:
        """Return what the best pair of the person gains beyond the greatest price, if anything.

        Without prices, whoever has room left has a price of 0.
        """
        k = int(self.other == "mentee")
        if lattice is not None and lattice.greatest is not None:
            greatest, rounding = lattice.greatest[k], lattice.rounding
        else:
            free = rooms_left(self.problem, self.solution)[k] > 0
            free[self.place if self.problem.peers else []] = False
            greatest, rounding = Amounts(*(np.where(free, 0.0, np.nan) for _ in range(2))), 0.0
        changed = change.applied(self.problem)
        others = np.arange(len(greatest.pairs), dtype=np.int64)
        tile = changed.space.pairs(*pairs_of(changed, self.side, self.place, others))
        pairs = float(Objective.PARTICIPATION in self.problem.objectives) - greatest.pairs
        quality = tile.scores - greatest.quality
        possible = np.flatnonzero(tile.allowed & ~np.isnan(pairs))
        if not len(possible):
            return _Gain(0.0, 0.0, helps=False)
        best = possible[np.lexsort((quality[possible], pairs[possible]))[-1]]
        return _Gain.of(float(pairs[best]), float(quality[best]), rounding)

    def _place_more(self, partner: int, lattice: PlacePrices, apart: Amounts) -> _Gain | None:
        """Return what a place is worth, and whether that is more than without the person."""
        if lattice.least is None or not lattice.exact:
            return None
        here = lattice.least[self.other == "mentee"]
        pairs, quality = float(here.pairs[partner]), float(here.quality[partner])
        if np.isnan(pairs):
            return None
        more = pairs - float(apart.pairs[partner]), quality - float(apart.quality[partner])
        return _Gain(pairs, quality, helps=_Gain.of(*more, 2.0 * lattice.rounding).helps)

    def _solved(self, change: ProblemChange) -> Remedy:
        """Return whether a change helps, by solving again."""
        changed = change.applied(self.problem)
        after = self._solve(changed)
        values = tuple(level.value for level in after.levels)
        if not after.status.has_pairs:
            return Remedy(change, None, None, after)
        if not _load(self.problem, after, self.side, self.place):
            refuted = False if after.status is Status.OPTIMAL else None
            return Remedy(change, refuted, values, after)
        own = self._is_own(change)
        apart = self.solution
        if not own and not self.clock.expired():
            apart = self._solve(without_person(changed, self.side, self.place))
        elif not own:
            return Remedy(change, None, values, after)
        return Remedy(change, self._needs_them(after, apart), values, after)

    def _solve(self, problem: Problem) -> Solution:
        left = None if self.clock.left is None else max(self.clock.left, 1e-3)
        stop = replace(self.clock.stop, seconds=left)
        seed, tolerance = self.solution.seed, self.solution.tolerance
        return solve(problem, self.solver, stop=stop, seed=seed, tolerance=tolerance)

    def _needs_them(self, after: Solution, apart: Solution) -> bool | None:
        """Return whether all solutions without the person are worse than one with them.

        In one without them they may stand in blocking pairs, in a problem without them they do not.
        """
        if apart.status is Status.INFEASIBLE:
            return True
        if Feature.TOLERANCES in self.problem.features or not apart.status.has_pairs:
            return None
        ahead = _ahead(after, apart)
        return ahead or (None if Objective.STABILITY in self.problem.objectives else ahead)


def _ahead(one: Solution, other: Solution) -> bool | None:
    """Return whether a solution is better than another can be; ``None`` without a proof."""
    proved = one.status is Status.OPTIMAL and other.status is Status.OPTIMAL
    for level, beside in zip(one.levels, other.levels, strict=True):
        if level.objective is Objective.EGALITARIAN:  # its value is not all that it compares
            return True if proved and level.value != beside.value else None
        if beside.bound is None:
            return None
        sign = -1.0 if level.objective is Objective.STABILITY else 1.0
        size = SAME * max(abs(level.value), abs(beside.bound), level.size, beside.size)
        if sign * (level.value - beside.bound) > size:
            return True
        if sign * (level.value - beside.value) < -size:
            return False
    return False if proved else None
