"""Places: what a place of each person is worth, found where a solver has not told it."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from pairkit.objectives import Objective
from pairkit.pairspace import SparseSpace
from pairkit.pricing import Amounts, Bound, PlacePrices, RowPrice
from pairkit.problem import Feature, Problem
from pairkit.scoredspace import largest_score, without
from pairkit.solution import Stop
from pairkit.solvers.auto import LISTED_PAIRS
from pairkit.solvers.base import ADDITIVE, Clock
from pairkit.solvers.columns import ColumnGeneration
from pairkit.solvers.flow import open_candidates, solve_flow, usable_candidates
from pairkit.solvers.large import starting_candidates
from pairkit.solvers.linear import Linear
from pairkit.solvers.relaxation import Relaxation
from pairkit.solvers.rescaled import scaled
from pairkit.solvers.scaling import Scale

if TYPE_CHECKING:
    from pairkit.pairspace import Candidates
    from pairkit.rows import Floats
    from pairkit.solution import Solution
    from pairkit.solvers.relaxation import Relaxed

__all__ = ["lattice_of", "prices_of"]

PRICED: Final = ADDITIVE | {Feature.PEERS, Feature.PROGRAM_RULES}
LISTED: Final = 20_000  # pairs: with more, a linear program begins with the best few of everybody
LIKE_ONE: Final = 4  # powers of two: as near to 1, the largest score stays as it is
FINE: Final = 1e-7  # relative gap of a linear program
WHOLE: Final = 1e-6  # of a pair


def prices_of(
    problem: Problem, solution: Solution | None = None, *, stop: Stop | None = None, seed: int = 0
) -> PlacePrices | None:
    """Return what a place of each person is worth; ``None`` where no prices tell that.

    A solution that carries prices gives its own. Else a flow has them: over all candidates where
    they are few, and then with the least and the greatest, by column generation where they are
    many. Of peers, they are the means of a problem in which everybody stands on both sides: valid,
    and weaker where odd cycles matter (Balinski 1965, doi:10.1287/mnsc.12.3.253). Rules on the
    whole program get prices from the linear relaxation, and take part in the bound.

    There are none where other objectives count than participation and quality, where participation
    has priorities or a tolerance, where pins or rules cannot all be kept, and where the time is
    over before.

    Parameters
    ----------
    problem
        The problem.
    solution
        A solution of it. With rules on the whole program, the prices are those at its number of
        pairs.
    stop
        When to stop early; by default never.
    seed
        The only source of randomness.

    Examples
    --------
    >>> from pairkit import Problem
    >>> prices = prices_of(Problem.from_scores([[0.75, 0.5]], objectives=["quality"]))
    >>> prices.least[0].quality.tolist(), prices.greatest[0].quality.tolist()
    ([0.5], [0.75])
    """
    if solution is not None and solution.prices is not None:
        return solution.prices
    if not problem.features <= PRICED or problem.conflicts():
        return None
    clock = Clock(stop or Stop())
    if problem.rows or problem.loads:
        return _ruled(problem, solution, clock, seed)
    left = problem.without_pins()
    prices = _of_peers(left, clock, seed) if problem.peers else _of_sides(left, clock, seed)
    if prices is None:
        return None
    scores = problem.space.pairs(problem.pinned_mentors, problem.pinned_mentees).scores
    return prices.beside(prices.bonus * len(scores), math.fsum(scores.tolist()))


def lattice_of(
    problem: Problem, solution: Solution | None = None, *, most: int = LISTED_PAIRS
) -> PlacePrices | None:
    """Return prices with just the least and the greatest, which decide what is best.

    ``None`` where rules on the whole program, peers or other objectives count, where pins cannot
    all be made, and where there are more than so many pairs and the solution does not carry them.
    """
    known = None if solution is None else solution.prices
    if known is not None and known.exact:
        return known
    if not problem.features <= ADDITIVE or _pairs(problem) > most:
        return None
    return prices_of(problem)


def _pairs(problem: Problem) -> int:
    """Return how many pairs there are at most."""
    space = problem.space
    return space.matrix.nnz if isinstance(space, SparseSpace) else math.prod(problem.shape)


def _of_sides(problem: Problem, clock: Clock, seed: int) -> PlacePrices | None:
    """Return the prices of two sides, without pins and rules on the whole program."""
    sparse = isinstance(problem.space, SparseSpace)
    if not sparse and _pairs(problem) > LISTED_PAIRS:
        return ColumnGeneration().solve(problem, clock=clock, seed=seed).prices
    found = usable_candidates(problem)
    first = Objective.PARTICIPATION in problem.objectives
    rooms = problem.mentor_capacity, problem.mentee_capacity
    return solve_flow(found, *rooms, first=first, priced=len(found)).prices


def _of_peers(problem: Problem, clock: Clock, seed: int) -> PlacePrices | None:
    """Return the prices of peers: the means of those of a problem with everybody on both sides."""
    everybody = np.arange(problem.shape[0], dtype=np.int64)
    sides = replace(problem, space=without(problem.space, everybody, everybody), peers=False)
    found = _of_sides(sides, clock, seed)
    if found is None:
        return None
    mean = Amounts(
        (found.mentors.pairs + found.mentees.pairs) / 2.0,
        (found.mentors.quality + found.mentees.quality) / 2.0,
    )
    bound = Bound(found.bound.pairs / 2.0, found.bound.quality / 2.0, found.bound.lift)
    return PlacePrices(mean, mean, bound, found.bonus, rounding=found.rounding)


def _ruled(
    problem: Problem, solution: Solution | None, clock: Clock, seed: int
) -> PlacePrices | None:
    """Return the prices of the linear relaxation, in which scores are about 1."""
    rooms = problem.mentor_capacity, problem.mentee_capacity
    if min(map(np.count_nonzero, rooms)) < 1 + problem.peers:
        return None
    exponent = Scale.of(np.array([largest_score(problem.space)])).exponent
    if abs(exponent) <= LIKE_ONE or any(row.of_score for row in problem.rows):
        exponent = 0
    made = scaled(problem, exponent) if exponent else problem
    graph = _graph(made, clock, seed)
    relaxed = None if graph is None else _Relaxing(made, clock).prices(graph, solution)
    return None if relaxed is None else relaxed.times(-exponent)


def _graph(problem: Problem, clock: Clock, seed: int) -> Candidates | None:
    """Return the candidates that a linear program begins with."""
    if _pairs(problem) <= LISTED:
        return open_candidates(problem)
    return starting_candidates(problem, clock, seed, None)


class _Relaxing:
    """The linear relaxations of a problem, one an objective."""

    def __init__(self, problem: Problem, clock: Clock) -> None:
        self.problem, self.linear = problem, Linear(problem)
        self.relaxation = Relaxation(self.linear, problem.space, clock, None)

    def prices(self, graph: Candidates, solution: Solution | None) -> PlacePrices | None:
        """Return the prices at the number of pairs of a solution, else at the most there can be."""
        many: Relaxed | None = None
        kept = 0.0
        if Objective.PARTICIPATION in self.problem.objectives:
            form = self.linear.form(self.problem.aims[0])
            many = self.relaxation.solve(form, graph, FINE)
            if many is None or many.broken:
                return None
            graph = many.graph
            kept = math.floor(many.bound + WHOLE) if solution is None else float(len(solution))
            self.linear.keep(form, kept)
        good = self.relaxation.solve(self.linear.form(self.problem.aims[-1]), graph, FINE)
        return None if good is None or good.broken else self._joined(many, good, kept)

    def _joined(self, many: Relaxed | None, good: Relaxed, kept: float) -> PlacePrices:
        """Return prices in pairs and in quality, from those of the two objectives.

        The quality was made best with as many pairs as are kept; the price of that row is what a
        pair as such is worth.
        """
        lift = 0.0 if many is None else max(0.0, -float(good.rows[-1]))
        pairs = np.zeros(self.linear.count) if many is None else many.duals.people + 0.5
        quality = good.duals.people + lift / 2.0 - lift * pairs
        most = 0.0 if many is None else many.bound
        bound = Bound(most, good.bound + lift * (kept - most), lift)
        factors = [0.0] * len(good.duals.weights)
        if many is not None:
            factors = [factor for factor, _ in many.duals.weights]
        rows = tuple(
            RowPrice(row, -one, lift * one - two)
            for one, (two, row) in zip(factors, good.duals.weights, strict=True)
        )
        return PlacePrices(*self._sides(pairs, quality), bound, float(many is not None), rows)

    def _sides(self, pairs: Floats, quality: Floats) -> tuple[Amounts, Amounts]:
        """Return the prices of everybody by side."""
        none = self.linear.capacity == 0
        both = Amounts(np.where(none, np.nan, pairs), np.where(none, np.nan, quality))
        if self.problem.peers:
            return both, both
        places = np.arange(self.linear.count, dtype=np.int64)
        return both.take(places[: self.linear.first]), both.take(places[self.linear.first :])
