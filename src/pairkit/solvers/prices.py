"""Prices: the dual solution of a flow that does not tell it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from pairkit.errors import SolverError
from pairkit.parts import ranges

if TYPE_CHECKING:
    from pairkit.parts import Index

__all__ = ["Network", "Prices", "nearest_prices", "recover_prices"]

FREE: Final = np.iinfo(np.int64).max
UNSETTLED: Final = "The prices of a flow do not settle; its solution is not a best one."


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """Dual prices of mentors and mentees, int64, from 0 up, in the unit of the pairs' worth.

    Parameters
    ----------
    mentors, mentees
        What one more place of each person would be worth.
    sweeps
        How many sweeps it took to find them.
    """

    mentors: NDArray[np.int64]
    mentees: NDArray[np.int64]
    sweeps: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """A best solution over candidates, in whole numbers, so that prices are exact.

    Parameters
    ----------
    mentors, mentees
        Places of the candidates, int64, shape (k,), ordered by mentor.
    worth
        What each candidate is worth, int64, shape (k,).
    made
        Which of them are pairs, bool, shape (k,).
    mentor_capacity, mentee_capacity
        The most partners, int64; above 0 wherever there is a candidate.
    """

    mentors: Index
    mentees: Index
    worth: NDArray[np.int64]
    made: NDArray[np.bool_]
    mentor_capacity: NDArray[np.int64]
    mentee_capacity: NDArray[np.int64]

    def turned(self) -> Network:
        """Return the same with the sides exchanged."""
        order = np.lexsort((self.mentors, self.mentees))
        return Network(
            self.mentees[order],
            self.mentors[order],
            self.worth[order],
            self.made[order],
            self.mentee_capacity,
            self.mentor_capacity,
        )


def recover_prices(network: Network, start: NDArray[np.int64] | None = None) -> Prices:
    """Return optimal dual prices of a best solution: the least of mentees, from a start upward.

    Bellman-Ford on the residual graph (Ahuja, Magnanti and Orlin 1993, chapter 9): a mentor's price
    is what the least of their pairs leaves after its mentee's price, a mentee's is what the best
    pair not made would give after its mentor's; again for those whose price has changed, until
    there are none.

    Parameters
    ----------
    network
        The candidates and the solution.
    start
        Prices of mentees to begin with, int64, none above what some optimal prices have; by default
        0.

    Raises
    ------
    SolverError
        The prices do not settle: the solution is not a best one.
    """
    state = _Search(network, start)
    changed = np.arange(len(network.mentor_capacity))
    for sweeps in range(1, len(state.u) + len(state.v) + 3):
        changed = state.lower(state.lift(changed))
        if not len(changed):
            return state.prices(sweeps)
    raise SolverError(UNSETTLED)


def nearest_prices(network: Network, wanted: NDArray[np.int64]) -> Prices:
    """Return optimal dual prices that stay near wanted prices of mentees.

    Optimal prices form a lattice (Shapley and Shubik 1971, doi:10.1007/BF01753437): where the
    greatest allow it, the search starts from what is wanted.

    Raises
    ------
    SolverError
        As for :func:`recover_prices`.
    """
    greatest = recover_prices(network.turned()).mentors
    return recover_prices(network, np.clip(wanted, 0, greatest))


class _Search:
    """Prices on their way up from a start."""

    def __init__(self, network: Network, start: NDArray[np.int64] | None) -> None:
        mentors, mentees = len(network.mentor_capacity), len(network.mentee_capacity)
        made, rest = network.made, ~network.made
        self.pairs = network.mentors[made], network.mentees[made], network.worth[made]
        self.rest = network.mentors[rest], network.mentees[rest], network.worth[rest]
        self.rest_starts = np.searchsorted(self.rest[0], np.arange(mentors + 1))
        self.by_mentee = np.argsort(self.pairs[1], kind="stable")
        ordered = self.pairs[1][self.by_mentee]
        self.pair_starts = np.searchsorted(ordered, np.arange(mentees + 1))
        loads = np.bincount(self.pairs[0], minlength=mentors)
        self.full = loads >= network.mentor_capacity
        self.open_mentees = np.diff(self.pair_starts) < network.mentee_capacity
        self.v = np.zeros(mentees, dtype=np.int64) if start is None else start.copy()
        self.u = np.where(self.full, FREE, 0)
        self._marked_i, self._marked_j = (np.zeros(k, dtype=np.bool_) for k in (mentors, mentees))
        self._settle(np.arange(len(self.by_mentee)))

    def lift(self, mentors: Index) -> Index:
        """Raise the prices of mentees for whom these would pay more; return who they are."""
        arcs = _arcs(self.rest_starts, mentors)
        i, j, worth = (side[arcs] for side in self.rest)
        offer = worth - self.u[i]
        more = offer > self.v[j]
        np.maximum.at(self.v, j[more], offer[more])
        return _distinct(j[more], self._marked_j)

    def lower(self, mentees: Index) -> Index:
        """Lower the prices of mentors who are paired with these; return whose have changed."""
        return self._settle(self.by_mentee[_arcs(self.pair_starts, mentees)])

    def _settle(self, pairs: Index) -> Index:
        i, j, worth = (side[pairs] for side in self.pairs)
        left = worth - self.v[j]
        less = self.full[i] & (left < self.u[i])
        np.minimum.at(self.u, i[less], left[less])
        return _distinct(i[less], self._marked_i)

    def prices(self, sweeps: int) -> Prices:
        """Return the prices, checked: from 0 up, and 0 where somebody has room left."""
        u = np.where(self.u == FREE, 0, self.u)
        if (u < 0).any() or (self.v[self.open_mentees] > 0).any():
            raise SolverError(UNSETTLED)
        return Prices(u, self.v, sweeps)


def _distinct(places: Index, marked: NDArray[np.bool_]) -> Index:
    """Return each place once, ascending; ``marked`` is all false before and after."""
    marked[places] = True
    found = np.flatnonzero(marked)
    marked[found] = False
    return found


def _arcs(starts: Index, chosen: Index) -> Index:
    """Return the places of the arcs of the chosen, from ``starts[k]`` to ``starts[k + 1]``."""
    return ranges(starts[chosen], starts[chosen + 1] - starts[chosen])
