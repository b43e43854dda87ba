"""Rounding: a whole solution near a linear program, by flows at its prices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from pairkit.solution import Status
from pairkit.solvers.flow import best_flow
from pairkit.solvers.scaling import Scale

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pairkit.pairspace import Candidates
    from pairkit.rows import Floats
    from pairkit.solvers.base import Clock
    from pairkit.solvers.linear import Form, Linear

__all__ = ["rounded"]

TURNS: Final = 40
STEP: Final = 1e-3  # of the largest score: a price moves by it, then by twice as much, and so on
KEPT: Final = 1e-9  # of what a row adds up: so far beyond its limit, it is kept


def rounded(
    linear: Linear, form: Form, graph: Candidates, prices: Floats, clock: Clock
) -> NDArray[np.bool_] | None:
    """Return which candidates make a solution that keeps all rows, bool; ``None`` without one.

    At the prices of its rows, the rest of a program is a flow, and a flow is whole. It mostly
    breaks some rows by a little: their prices move until it keeps all (a Lagrangian heuristic:
    Fisher 1981, doi:10.1287/mnsc.27.1.1). Only for two sides, and for programs whose columns are
    all pairs.

    Parameters
    ----------
    linear, form, graph
        The program, what it makes best, and its candidates.
    prices
        Dual value of each row, float64, shape (rows,).
    clock
        When to give up.
    """
    model, cost = linear.model(graph), linear.cost(form, graph)
    largest = float(np.abs(cost).max(initial=0.0)) or 1.0
    room = np.minimum(linear.capacity, model.most[: linear.count]).astype(np.int64)
    rooms = room[: linear.first], room[linear.first :]
    asked = np.ones(len(model.least), dtype=np.bool_)
    asked[: linear.count] = model.least[: linear.count] > 0.0  # room, the flow itself keeps
    rows, least, most = model.matrix[asked], model.least[asked], model.most[asked]
    sizes = abs(rows)
    y, moves = prices[asked], np.full(len(least), STEP * largest)
    pinned = 4.0 * (largest + np.abs(rows.T @ y).max(initial=0.0)) * linear.pinned(graph)
    for _ in range(TURNS):
        if clock.expired():
            return None
        worth = cost - rows.T @ y + pinned
        flow = best_flow(graph, Scale.of(worth).apply(worth), *rooms, first=False)
        if flow.status is not Status.OPTIMAL:
            return None
        x = flow.made.astype(np.float64)
        reached, slack = rows @ x, KEPT * np.maximum(sizes @ x, 1.0)
        short, over = least - reached > slack, reached - most > slack
        if not (short | over).any():
            kept = bool((model.lower <= flow.made).all())
            return flow.made if kept else None
        y = y - np.where(short, moves, 0.0) + np.where(over, moves, 0.0)
        moves = np.where(short | over, 2.0 * moves, moves)
    return None
