"""What a solver is, and what it answers."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np

from pairkit.parts import Index
from pairkit.pricing import PlacePrices
from pairkit.problem import Feature, Problem
from pairkit.solution import Status, Stop

__all__ = ["ADDITIVE", "INTERRUPTED", "TIME_LIMIT", "Answer", "Clock", "Solver"]

# What a flow, an assignment and their like can do.
ADDITIVE = frozenset({Feature.CAPACITIES, Feature.PARTICIPATION_FIRST, Feature.QUALITY_ALONE})

# Why a solve ended before its proof.
TIME_LIMIT = "stopped at the time limit"
INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Clock:
    """A stop with the moment at which it began to count."""

    stop: Stop
    started: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.started

    @property
    def left(self) -> float | None:
        """Seconds until the stop, below 0 after it; ``None`` without a limit."""
        limit = self.stop.seconds
        return None if limit is None else limit - self.seconds

    def expired(self) -> bool:
        """Whether the time is over."""
        return self.stop.seconds is not None and self.seconds >= self.stop.seconds


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What a solver gives back; :func:`pairkit.solve` checks it and makes a solution of it.

    Parameters
    ----------
    status
        ``OPTIMAL`` claims a proof; it is granted only if the bounds below bear it out.
    mentors, mentees
        Places of the pairs, int64, shape (k,), in any order.
    bounds
        For each objective of the problem in turn, a bound on its best value given the values of
        the objectives before it: from above, of stability from below; ``None`` where nothing was
        proved. Those that are missing at the end were not proved either.
    detail
        One sentence for people, such as why a time limit hit.
    unit
        The smallest score of a candidate that is not 0, without its sign: what counts as little
        where the pairs that are made add up to nothing.
    prices
        The prices that prove the bounds, where the solver has them.
    """

    status: Status
    mentors: Index
    mentees: Index
    bounds: tuple[float | None, ...] = ()
    detail: str = ""
    unit: float = 0.0
    prices: PlacePrices | None = None

    @classmethod
    def nothing(cls, status: Status, detail: str = "") -> Answer:
        """Return an answer without pairs."""
        none = np.zeros(0, dtype=np.int64)
        return cls(status, none, none, (), detail)


@runtime_checkable
class Solver(Protocol):
    """What a solver is: a frozen value that states what it supports and solves."""

    @property
    def supports(self) -> frozenset[Feature]:
        """The features of problems that it can take; with ``PINS``, it makes pins itself."""
        ...

    def solve(self, problem: Problem, *, clock: Clock, seed: int) -> Answer:
        """Return an answer to a problem, which has no pins unless the solver supports them.

        Parameters
        ----------
        problem
            Only features that the solver supports.
        clock
            When to stop.
        seed
            The only source of randomness.
        """
        ...
