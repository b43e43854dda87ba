"""Auto: the cheapest solver that supports what a problem asks for, with the reason."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pairkit.objectives import Objective
from pairkit.pairspace import SparseSpace
from pairkit.problem import Feature, Problem
from pairkit.scoredspace import ScoredSpace
from pairkit.solvers.base import ADDITIVE
from pairkit.solvers.columns import ColumnGeneration, Iteration
from pairkit.solvers.flow import MinCostFlow
from pairkit.solvers.graph import GraphMatching
from pairkit.solvers.hungarian import Hungarian
from pairkit.solvers.mip import Mip
from pairkit.solvers.repair import Repair
from pairkit.solvers.stable import DeferredAcceptance

if TYPE_CHECKING:
    from pairkit.solvers.base import Answer, Clock, Solver

__all__ = ["LISTED_LIMIT", "Auto"]

# Up to so many pairs the others are faster; benchmarks/README.md tells how to see it.
DENSE_PAIRS: Final = 6_000_000
LISTED_PAIRS: Final = 2_000_000
# Up to so many pairs they fit into memory: for scores that are slow, or differ much in size.
DENSE_LIMIT: Final = 400_000_000
LISTED_LIMIT: Final = 60_000_000


@dataclass(frozen=True, slots=True)
class Auto:
    """The solver that fits the problem, with the reason.

    One to one over a small matrix goes to :class:`Hungarian`, a short list of candidates to
    :class:`MinCostFlow`, anything larger to :class:`ColumnGeneration`. Scores or rules that call a
    Python function for each pair are worth writing down as long as memory lasts. Where rounding
    leaves a doubt, :class:`MinCostFlow` solves again.

    Peers go to :class:`GraphMatching`, stability alone to :class:`DeferredAcceptance`, gaps between
    earlier pairs to :class:`Repair`. Rules on the whole program and all other orders of objectives
    go to :class:`Mip`.

    Parameters
    ----------
    progress
        Called while :class:`ColumnGeneration` solves.
    """

    progress: Callable[[Iteration], None] | None = field(default=None, compare=False, repr=False)

    @property
    def supports(self) -> frozenset[Feature]:
        """Everything."""
        return frozenset(Feature)

    def choose(self, problem: Problem) -> tuple[Solver, str]:
        """Return the solver for a problem, and why in a sentence."""
        asked = problem.features
        if asked <= ADDITIVE:
            return self._additive(problem)
        pool = GraphMatching()
        if problem.peers and asked <= pool.supports:
            return pool, "chosen because there are no sides"
        stable = DeferredAcceptance()
        if problem.objectives == (Objective.STABILITY,) and asked <= stable.supports:
            return stable, "chosen because stability alone counts"
        if Feature.LEAST_CHANGE in asked:
            return Repair(), "chosen because earlier pairs are kept as far as can be"
        more = ", ".join(sorted(asked - ADDITIVE))
        return Mip(), f"chosen because it supports {more}"

    def _additive(self, problem: Problem) -> tuple[Solver, str]:
        """Return the solver where pairs alone are allowed or forbidden, and count or score."""
        pairs = math.prod(problem.shape)
        if isinstance(problem.space, SparseSpace):
            return MinCostFlow(), "chosen because the scores are sparse"
        several = Feature.CAPACITIES in problem.features
        slow = isinstance(problem.space, ScoredSpace) and problem.space.slow
        sizes = (LISTED_LIMIT, DENSE_LIMIT) if slow else (LISTED_PAIRS, DENSE_PAIRS)
        if pairs > sizes[not several]:
            found = ColumnGeneration(progress=self.progress)
            return found, f"chosen because it need not write {pairs:,} pairs down"
        if several:
            return MinCostFlow(), "chosen because some people have room for several partners"
        return Hungarian(), "chosen because it is one to one and all pairs fit a matrix"

    def solve(self, problem: Problem, *, clock: Clock, seed: int) -> Answer:
        """Return the answer of the chosen solver."""
        return self.choose(problem)[0].solve(problem, clock=clock, seed=seed)
