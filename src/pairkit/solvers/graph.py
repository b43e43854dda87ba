"""GraphMatching: the best pairs within one pool, whose people are on no side."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from pairkit.objectives import Objective
from pairkit.problem import Feature, Problem
from pairkit.solution import Status
from pairkit.solvers.base import Answer
from pairkit.solvers.blossom import backend, best_pairs
from pairkit.solvers.flow import Flow, usable_candidates
from pairkit.solvers.fractional import half_pairs, total
from pairkit.solvers.oddcycles import toll_cycles, whole_pairs
from pairkit.solvers.pieces import Limits, Proof, bring_together, refine
from pairkit.solvers.scaling import Scale, integers, unit

if TYPE_CHECKING:
    from pairkit.pairspace import Candidates
    from pairkit.solvers.base import Clock
    from pairkit.solvers.fractional import Halves, Pool, Tolls

__all__ = ["GraphMatching"]

# Up to so many people times pairs the exact algorithm alone is the faster way.
DIRECT: Final = 300_000
EXACT_BITS: Final = 60
SLOWER: Final = 64  # networkx does what rustworkx does, in so many times the time
FINE: Final = 1e-7  # of the total: what rounding to whole units may leave open


@dataclass(frozen=True, slots=True)
class GraphMatching:
    """The best pairs within one pool: anybody with anybody, each person once.

    Small pools go to the weighted blossom algorithm (Edmonds 1965, doi:10.6028/jres.069B.013) of
    rustworkx, or of networkx where that is missing. In larger ones, pairs are made by half first: a
    flow finds the best half-pairs (Balinski 1965, doi:10.1287/mnsc.12.3.253), and with them prices
    that bound every matching. What is made by half lies on odd cycles; those are connected along
    the cheapest paths, and charged prices of their own, as in the first steps of Edmonds'
    algorithm (Applegate and Cook 1993, DIMACS Series 12, start like this). Pairs that
    prices rule out are dropped, and the pieces that are left solved exactly. Where a piece is too
    large the gap stays, and the answer says so. Two sides are a pool like any other. Memory: about
    400 bytes a candidate.

    Parameters
    ----------
    exact_up_to
        People times pairs up to which a piece is solved exactly. 100 million take about
        three seconds.
    """

    exact_up_to: int = 100_000_000

    @property
    def supports(self) -> frozenset[Feature]:
        """Each person once, of one pool or of two sides, with either order of objectives."""
        return frozenset({Feature.PEERS, Feature.PARTICIPATION_FIRST, Feature.QUALITY_ALONE})

    def solve(self, problem: Problem, *, clock: Clock, seed: int) -> Answer:
        """Return the best answer, proved as far as it says."""
        found = usable_candidates(problem)
        if clock.expired():
            return Answer.nothing(Status.NO_SOLUTION_FOUND, "the time was over before the solve")
        first = Objective.PARTICIPATION in problem.objectives
        mentors, mentees = problem.shape
        shift = 0 if problem.peers else mentors
        people = mentors if problem.peers else mentors + mentees
        pool = replace(found, mentees=found.mentees + shift)
        answer = match_pool(people, pool, first=first, clock=clock, effort=self.exact_up_to)
        return replace(answer, mentees=answer.mentees - shift)


def match_pool(people: int, found: Candidates, *, first: bool, clock: Clock, effort: int) -> Answer:
    """Return the best answer over pairs of one pool.

    Parameters
    ----------
    people
        How many there are.
    found
        The pairs, ``mentors < mentees``, ordered by both.
    first
        Whether the number of pairs comes first.
    clock
        When to stop improving: at which time, or at which gap.
    effort
        People times pairs up to which a piece is solved exactly.
    """
    if not len(found):
        return Answer(Status.OPTIMAL, found.mentors, found.mentees, (0.0,) * (1 + first))
    slower = SLOWER if backend() == "networkx" else 1
    if people * len(found) <= DIRECT // slower:
        return _directly(people, found, first=first)
    scale = Scale.of(found.scores)
    halves = half_pairs(people, found, scale.apply(found.scores), first=first)
    if isinstance(halves, Flow):
        return Answer.nothing(halves.status, f"OR-Tools ended with {halves.ended}")
    effort //= slower
    answer, closed = _by_halves(halves, found, scale, clock, effort)
    if closed or people * len(found) > effort or clock.expired():
        return answer
    return _directly(people, found, first=first)


def _directly(people: int, found: Candidates, *, first: bool) -> Answer:
    """Return the exact best pairs; the blossom algorithm proves them, up to rounding."""
    scale = Scale.of(found.scores)
    units, _, error = integers(scale.apply(found.scores), EXACT_BITS)
    worth = units.tolist()
    bonus = 2 * sum(map(abs, worth)) + 1 if first else 0
    made = best_pairs(people, found.mentors, found.mentees, [value + bonus for value in worth])
    chosen = found.take(made)
    total_score = math.fsum(chosen.scores.tolist())
    quality = total_score + 2.0 * scale.undo(error) * (people // 2)
    bounds = (float(len(chosen)), quality)[not first :]
    detail = f"solved exactly by {backend()}"
    least = unit(found.scores)
    return Answer(Status.OPTIMAL, chosen.mentors, chosen.mentees, bounds, detail, least)


def _by_halves(
    halves: Halves, found: Candidates, scale: Scale, clock: Clock, effort: int
) -> tuple[Answer, bool]:
    """Return pairs made of half-pairs, with the bounds that prices prove, and whether they do."""
    pool, first = halves.pool, halves.pool.bonus > 0
    made = pool.made(whole_pairs(halves, clock))
    enough = int(2.0 * clock.stop.gap * abs(total(pool.units[made])))
    limits = Limits(clock, effort, enough)
    tolls, proof = _as_many(halves, made, limits)
    most = _pairs_at_most(pool, proof)
    if first and proof.gap > pool.bonus // 2:
        tolls = tolls.eased(pool)
        proof = Proof.of(pool, tolls, proof.made)
    if not tolls.cycles.any():
        tolls = toll_cycles(halves, tolls)
        proof = proof.under(pool, tolls)
    if not first or proof.pairs == most:
        proof = refine(pool, tolls, proof, limits)
    chosen = found.take(proof.made)
    rounding = 2.0 * halves.error * (pool.people // 2)
    left = scale.undo(math.ldexp(float(proof.gap), -halves.bits - 1) + rounding)
    value = math.fsum(chosen.scores.tolist())
    bounds = (float(most), value + left)[not first :]
    fine = scale.undo(rounding) <= FINE * abs(value)
    detail = _told(halves, proof, limits)
    least = unit(found.scores)
    answer = Answer(Status.OPTIMAL, chosen.mentors, chosen.mentees, bounds, detail, least)
    return answer, fine and proof.gap <= max(enough, 1) and (not first or proof.pairs == most)


def _as_many(halves: Halves, made: NDArray[np.bool_], limits: Limits) -> tuple[Tolls, Proof]:
    """Return as many pairs as can be, where that comes first, and prices that hold."""
    pool, tolls = halves.pool, halves.tolls
    proof = Proof.of(pool, tolls, made)
    if proof.pairs < _pairs_at_most(pool, proof):
        tolls = toll_cycles(halves, tolls)
        proof = proof.under(pool, tolls)
    if proof.pairs < _pairs_at_most(pool, proof):
        proof = refine(pool, tolls, proof, limits)
    most = _pairs_at_most(pool, proof)
    if proof.pairs < most:
        proof = bring_together(pool, tolls, proof, limits, most=most)
    return tolls, proof


def _pairs_at_most(pool: Pool, proof: Proof) -> int:
    """Return what a bound says about the number of pairs, where that comes first; else 0."""
    if not pool.bonus:
        return 0
    scores = pool.people // 2 * int(np.abs(pool.units).max())
    return (proof.bound + 2 * scores) // (2 * pool.bonus)


def _told(halves: Halves, proof: Proof, limits: Limits) -> str:
    """Return how the pairs were found, and why a gap is left."""
    count = len(halves.cycles)
    words = f"made of half-pairs with {count} odd cycle{'s' if count != 1 else ''}"
    if proof.gap <= 1:
        return words
    if proof.gap <= limits.enough:
        return f"{words}; the gap is small enough"
    if limits.clock.expired():
        return f"{words}; the time was over before the proof was complete"
    return f"{words}; a piece is too large to be solved exactly"
