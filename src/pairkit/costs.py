"""Costs: what it costs at least to make a pair, and the next best partners of a person."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pairkit.counterfactual import ForcePair, what_if, with_room
from pairkit.errors import ProblemError
from pairkit.funnels import check_place, pairs_of
from pairkit.objectives import Objective
from pairkit.pairspace import Candidates
from pairkit.pricing import Amounts
from pairkit.solution import Status
from pairkit.solvers.places import lattice_of

if TYPE_CHECKING:
    from pairkit.parts import Index
    from pairkit.pricing import PlacePrices
    from pairkit.problem import Problem
    from pairkit.rows import Floats, SideName
    from pairkit.solution import Solution, Stop
    from pairkit.solvers import Solver

__all__ = ["Alternatives", "alternatives", "least_costs", "person_costs"]

By: TypeAlias = Literal["cost", "score"]

FEW: Final = 300_000  # pairs up to which a flow takes a moment
WHOLE: Final = 1e-6  # of a pair
UNSOLVED: Final = "The solution has no pairs to compare with."
ORDERS: Final = ((Objective.PARTICIPATION, Objective.QUALITY), (Objective.QUALITY,))


def least_costs(
    problem: Problem,
    solution: Solution,
    prices: PlacePrices,
    mentors: Index,
    mentees: Index,
) -> Amounts:
    """Return what it costs at least to make each of some pairs, compared with a solution.

    No solution with the pair has more pairs than the solution has less the pairs of the cost, and
    none with just as many has more quality than the solution has less the quality of the cost.
    Where a pair is lost, the quality may so be below 0. It costs nothing to make what the solution
    makes. Where somebody has no room, or a rule forbids the pair, both are nan: it cannot be made.

    Parameters
    ----------
    problem, solution
        The problem and a solution of it.
    prices
        Prices of the problem.
    mentors, mentees
        Places of the pairs, int64, shape (k,); of peers, ``mentors < mentees``.

    Raises
    ------
    ProblemError
        The solution has no pairs to compare with, or other objectives count.

    Examples
    --------
    >>> from pairkit import Problem, solve
    >>> problem = Problem.from_scores([[0.75, 0.5]])
    >>> solution = solve(problem, "min-cost-flow")
    >>> pair = np.array([0]), np.array([1])
    >>> cost = least_costs(problem, solution, solution.prices, *pair)
    >>> cost.pairs.tolist(), cost.quality.tolist()
    ([0.0], [0.25])
    """
    _check_solved(problem, solution)
    tile = problem.space.pairs(mentors, mentees)
    scores = np.where(tile.allowed, tile.scores, np.nan)
    most = prices.most(mentors, mentees, scores).least(_known_most(solution, len(mentors)))
    pairs, quality = _values(solution)
    cost = Amounts(pairs - most.pairs, quality - most.quality)
    gone = np.isnan(prices.mentors.pairs[mentors] + prices.mentees.pairs[mentees] + scores)
    made = _made(problem, solution, mentors, mentees)
    return Amounts(*(np.where(made, 0.0, np.where(gone, np.nan, amount)) + 0.0 for amount in cost))


def person_costs(
    problem: Problem, solution: Solution, side: SideName, place: int, *, most: int = FEW
) -> Amounts | None:
    """Return what it costs at least to make each pair of a person; exact of who has room for one.

    The pair takes a place of each of the two: the one costs the greatest price of the person, the
    other the greatest price of the partner in the problem that is left then, which is one flow
    more. Comparing and nan as for :func:`least_costs`, which needs no flow.

    ``None`` where prices do not tell: with rules on the whole program, among peers, of a solution
    that is not proved to be the best, and where there are more than ``most`` pairs.

    Parameters
    ----------
    problem, solution
        The problem and its solution.
    side, place
        The person.
    most
        Pairs of the problem up to which the flow is solved.

    Raises
    ------
    ProblemError
        There is no such person, or the solution has no pairs.

    Examples
    --------
    >>> from pairkit import Problem, solve
    >>> problem = Problem.from_scores([[0.9, 0.4], [0.8, float("nan")]])
    >>> cost = person_costs(problem, solve(problem), "mentor", 0)
    >>> cost.pairs.tolist(), cost.quality.round(3).tolist()
    ([1.0, 0.0], [0.3, 0.0])
    """
    check_place(problem, side, place)
    _check_solved(problem, solution)
    if solution.status is not Status.OPTIMAL:
        return None
    here = lattice_of(problem, solution, most=most)
    if here is None or here.greatest is None:
        return None
    k = int(side == "mentee")
    own = here.greatest[k].take(np.array([place]))
    others = np.arange(problem.shape[1 - k], dtype=np.int64)
    if np.isnan(own.pairs[0]):
        return Amounts(np.full(len(others), np.nan), np.full(len(others), np.nan))
    left = lattice_of(with_room(problem, side, place, -1), most=most)
    if left is None or left.greatest is None:
        return None
    i, j = pairs_of(problem, side, place, others)
    tile = problem.space.pairs(i, j)
    pairs = own.pairs + left.greatest[1 - k].pairs - here.bonus
    quality = own.quality + left.greatest[1 - k].quality - tile.scores
    gone, nothing = ~tile.allowed, np.zeros(len(others))
    free = Amounts(pairs, quality).below(Amounts(nothing, nothing))
    free |= _made(problem, solution, i, j)
    slack = here.rounding + left.rounding
    return Amounts(
        np.where(gone, np.nan, np.where(free, 0.0, pairs)),
        np.where(gone, np.nan, np.where(free, 0.0, quality - slack)),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Alternatives:
    """The next best partners of a person.

    Parameters
    ----------
    side, place
        Whose; of peers, ``"mentor"``.
    partners
        Places of those whom the rules on pairs allow and who are not made, int64, shape (k,).
    scores
        Of the pairs with them, float64, shape (k,).
    least
        What it costs at least to make each of the pairs, by :func:`person_costs` where that is
        quick, else by prices; ``None`` where there are none.
    exact
        The best solution with each of the pairs; ``None`` where they were not asked for.
    """

    side: SideName
    place: int
    partners: Index
    scores: Floats
    least: Amounts | None
    exact: tuple[Solution, ...] | None = None


def alternatives(  # noqa: PLR0913 - whose, how many, by what, and how exactly
    problem: Problem,
    solution: Solution,
    side: SideName,
    place: int,
    *,
    n: int = 3,
    by: By = "cost",
    prices: PlacePrices | None = None,
    exact: bool = False,
    solver: str | Solver = "auto",
    stop: Stop | None = None,
) -> Alternatives:
    """Return the next best partners of a person, the best first.

    Parameters
    ----------
    problem, solution
        The problem and a solution of it.
    side, place
        Whose; of peers, either side.
    n
        How many at most, from 1.
    by
        Whether those come first who cost least, or who score most; without prices, the latter.
    prices
        Prices of the problem, for where no flow is quick; by default those of the solution.
    exact
        Whether to solve again with each of them.
    solver, stop
        For solving again.

    Raises
    ------
    ProblemError
        There is no such person, or the solution has no pairs.

    Examples
    --------
    >>> from pairkit import Problem, solve
    >>> problem = Problem.from_scores([[0.9, 0.4], [0.8, 0.1]])
    >>> found = alternatives(problem, solve(problem, "min-cost-flow"), "mentor", 0)
    >>> found.partners.tolist(), found.least.quality.round(3).tolist()
    ([0], [0.2])
    """
    check_place(problem, side, place)
    if n < 1:
        raise ProblemError(f"There must be at least 1 alternative to look for, not {n}.")
    if not solution.status.has_pairs:
        raise ProblemError(UNSOLVED)
    prices = solution.prices if prices is None else prices
    found = _possible(problem, solution, side, place)
    partners = found.mentees if side == "mentor" else found.mentors
    if problem.peers:
        partners = np.where(found.mentors == place, found.mentees, found.mentors)
    least = _least(problem, solution, side, place, prices, found)
    order = np.lexsort((partners, -found.scores))
    if least is not None and by == "cost":
        order = np.lexsort((partners, -found.scores, least.quality, least.pairs))
    order = order[:n]
    own: SideName = "mentor" if problem.peers else side
    chosen = Alternatives(
        own,
        place,
        partners[order],
        found.scores[order],
        None if least is None else least.take(order),
    )
    if not exact:
        return chosen
    pairs = zip(found.mentors[order].tolist(), found.mentees[order].tolist(), strict=True)
    return replace(
        chosen,
        exact=tuple(
            what_if(problem, solution, ForcePair(i, j), solver=solver, stop=stop).solution
            for i, j in pairs
        ),
    )


def _least(  # noqa: PLR0917 - what alternatives() is given
    problem: Problem,
    solution: Solution,
    side: SideName,
    place: int,
    prices: PlacePrices | None,
    found: Candidates,
) -> Amounts | None:
    """Return what pairs of a person cost at least: by a flow where it is quick, else by prices."""
    if problem.objectives not in ORDERS:
        return None
    costs = person_costs(problem, solution, side, place)
    if costs is not None:
        return costs.take(found.mentees if side == "mentor" else found.mentors)
    if prices is None:
        return None
    return least_costs(problem, solution, prices, found.mentors, found.mentees)


def _possible(problem: Problem, solution: Solution, side: SideName, place: int) -> Candidates:
    """Return the pairs of a person that rules on pairs allow, both have room for, and are not made.

    A place that a pin takes is no room.
    """
    others = np.arange(problem.shape[side == "mentor"], dtype=np.int64)
    if problem.peers:
        others = others[others != place]
    i, j = pairs_of(problem, side, place, others)
    tile = problem.space.pairs(i, j)
    pinned = problem.partners(problem.pinned_mentors, problem.pinned_mentees)
    room = problem.mentor_capacity - pinned[0], problem.mentee_capacity - pinned[1]
    keep = tile.allowed & (room[0][i] > 0) & (room[1][j] > 0)
    keep &= ~_made(problem, solution, i, j)
    return Candidates(i[keep], j[keep], tile.scores[keep])


def _check_solved(problem: Problem, solution: Solution) -> None:
    if not solution.status.has_pairs:
        raise ProblemError(UNSOLVED)
    if problem.objectives not in ORDERS:
        names = ", ".join(problem.objectives)
        raise ProblemError(f"Prices tell of participation and quality alone; not of {names}.")


def _values(solution: Solution) -> tuple[float, float]:
    """Return the pairs of a solution, 0 where quality alone counts, and its quality."""
    values = [level.value for level in solution.levels]
    return (values[0] if len(values) > 1 else 0.0, values[-1])


def _known_most(solution: Solution, size: int) -> Amounts:
    """Return what no solution at all exceeds, by the bounds of a solution."""
    pairs, quality = 0.0, solution.levels[-1].bound
    if len(solution.levels) > 1:
        bound = solution.levels[0].bound
        pairs = np.inf if bound is None else float(np.floor(bound + WHOLE))
        quality = quality if pairs == solution.levels[0].value else None
    most = np.inf if quality is None else quality
    return Amounts(np.full(size, pairs), np.full(size, most))


def _made(
    problem: Problem, solution: Solution, mentors: Index, mentees: Index
) -> NDArray[np.bool_]:
    """Return which pairs a solution makes."""
    width = np.int64(problem.shape[1])
    made = solution.mentors * width + solution.mentees
    found: NDArray[np.bool_] = np.isin(mentors * width + mentees, made)
    return found
