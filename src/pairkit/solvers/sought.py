"""Sought: how sought after the people of one side are, once a solution is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pairkit.errors import SolverError
from pairkit.folding import screen_of
from pairkit.pairspace import Candidates, Scaled, candidates
from pairkit.scan import Look, Pass, scan
from pairkit.scoredspace import largest_score
from pairkit.solution import Status
from pairkit.solvers.flow import best_flow
from pairkit.solvers.prices import recover_prices
from pairkit.solvers.scaling import Scale

if TYPE_CHECKING:
    from pairkit.pairspace import PairSpace
    from pairkit.parts import Index
    from pairkit.rows import SideName
    from pairkit.solvers.base import Clock

__all__ = ["sought_prices"]

ROUNDING: Final = 2e-15  # of a reduced cost in float64, beside the largest score
EXTREME: Final = 30  # powers of two beyond which float32 could not hold the scores
SIDES: Final = ("mentor", "mentee")
ADDED: Final = 8  # pairs that a person gets in an iteration beyond their room


def sought_prices(
    space: PairSpace,
    made: Candidates,
    room: tuple[Index, Index],
    of: SideName,
    *,
    listed: bool,
    clock: Clock,
) -> NDArray[np.float64]:
    """Return the prices of one side in a best solution, in the unit of the scores, from 0 up.

    A price says what one more partner of that person would add to the sum of scores, where
    everybody on the other side keeps as many partners as they have. These are the least dual prices
    of that problem (Shapley and Shubik 1971, doi:10.1007/BF01753437); somebody with room left has
    price 0. They come from a flow over candidates: all of them, or the pairs made and those that
    scans of all pairs find to be worth more than their prices, until there are none.

    Parameters
    ----------
    space
        The pairs.
    made
        A best solution among those with as many pairs, by places.
    room
        The most partners of mentors and of mentees, int64.
    of
        The side whose prices are asked for.
    listed
        Whether all candidates fit into memory.
    clock
        When to stop scanning; prices are then too low, never too high.

    Raises
    ------
    SolverError
        The back end failed.
    """
    side = SIDES.index(of)
    if not len(made):
        return np.zeros(len(room[side]))
    kept = np.bincount(made.mentors, minlength=len(room[0])), room[1]
    if of == "mentor":
        kept = room[0], np.bincount(made.mentees, minlength=len(room[1]))
    if listed:
        found = candidates(space)
        usable = (kept[0][found.mentors] > 0) & (kept[1][found.mentees] > 0)
        return _over(found.take(usable), kept, of).prices[side]
    exponent = Scale.of(np.array([largest_score(space)])).exponent
    if abs(exponent) <= EXTREME:
        return _by_scans(space, made, kept, of, clock=clock)
    space, scores = Scaled(space, exponent), np.ldexp(made.scores, exponent)
    made = Candidates(made.mentors, made.mentees, scores)
    return np.ldexp(_by_scans(space, made, kept, of, clock=clock), -exponent)


class _Known(NamedTuple):
    """What a graph tells.

    Parameters
    ----------
    prices
        Of mentors and mentees, float64: the least of one side, from 0 up; those of the other side,
        all of whose places are filled, may have any sign.
    error
        How far a pair can be above its prices by the rounding alone.
    """

    prices: tuple[NDArray[np.float64], NDArray[np.float64]]
    error: float


def _over(graph: Candidates, room: tuple[Index, Index], of: SideName) -> _Known:
    """Return the prices of a graph in which all places of the other side can be filled."""
    scale = Scale.of(graph.scores)
    flow = best_flow(graph, scale.apply(graph.scores), *room, first=True)
    if flow.status is not Status.OPTIMAL:
        raise SolverError(f"The search for prices: OR-Tools ended with {flow.ended}.")
    network = flow.network(graph, *room, first=True)
    if of == "mentor":
        turned = recover_prices(network.turned())
        units = [turned.mentees, turned.mentors - flow.bonus(*room)]
    else:
        prices = recover_prices(network)
        units = [prices.mentors - flow.bonus(*room), prices.mentees]
    u, v = (scale.undo_all(np.ldexp(one.astype(np.float64), -flow.bits)) for one in units)
    return _Known((u, v), scale.undo(2.0 * flow.error))


def _by_scans(
    space: PairSpace,
    made: Candidates,
    room: tuple[Index, Index],
    of: SideName,
    *,
    clock: Clock,
) -> NDArray[np.float64]:
    """Return the prices of one side over all pairs, without listing them."""
    side, rounding = SIDES.index(of), ROUNDING * largest_score(space)
    screen = screen_of(space, np.flatnonzero(room[0]), np.flatnonzero(room[1]))
    grid = screen.grid
    at_i, at_j = grid.positions(space.shape)
    own = room[0][grid.rows], room[1][grid.columns]
    graph = Candidates.join([Candidates(at_i[made.mentors], at_j[made.mentees], made.scores)])
    last: Pass | None = None
    while True:
        known = _over(graph, own, of)
        look = _look(known, own, rounding)
        places = graph.mentors, graph.mentees
        last = scan(screen, look, places, before=last, proceed=lambda *_: not clock.expired())
        if last is None or not len(last.hits.rows):
            break
        i, j = last.hits.rows, last.hits.columns
        tile = space.pairs(grid.rows[i], grid.columns[j])
        more = Candidates(i, j, tile.scores).take(tile.allowed)
        graph = Candidates.join([graph, more])
    prices = np.zeros(len(room[side]))
    prices[(grid.rows, grid.columns)[side]] = known.prices[side]
    return prices


def _look(known: _Known, room: tuple[Index, Index], rounding: float) -> Look:
    """Return the look for pairs that are worth more than their prices."""
    rows, columns = (np.full(len(one), known.error + rounding) for one in room)
    most = np.minimum(room[0], ADDED) + ADDED, np.minimum(room[1], ADDED) + ADDED
    return Look(*known.prices, (rows, columns), most, exact=True)
