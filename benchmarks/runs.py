"""Runs: one solve by column generation under a watch, and passes of its scan alone."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from unittest.mock import patch

import numpy as np

import pairkit as pk
from benchmarks.measuring import Measured, Stopwatch, measured
from benchmarks.reference import Reference
from benchmarks.workloads import Program
from pairkit.folding import screen_of
from pairkit.scan import scan
from pairkit.scoredspace import ScoredSpace
from pairkit.solvers import columns
from pairkit.solvers.opening import Opener

if TYPE_CHECKING:
    from benchmarks.workloads import Spec, Workload
    from pairkit.parts import Index
    from pairkit.scan import Look, Pass
    from pairkit.screen import Screen

__all__ = [
    "Run",
    "column_generation",
    "first_pass",
    "reference_of",
    "screen_of_workload",
    "warm_up",
]

# Where column generation spends its time: by name, what it calls by which attribute.
PHASES: Final[dict[str, tuple[object, str]]] = {
    "opening": (Opener, "open"),
    "scan": (columns, "scan"),
    "flow": (columns, "best_flow"),
    "prices": (columns, "nearest_prices"),
}
SMALL: Final = Program(64)


@dataclass(frozen=True, slots=True)
class Run:
    """What one solve took, and how it came to its end.

    Parameters
    ----------
    solution
        The answer.
    iterations
        The state at the end of each iteration, from the first.
    watch
        Seconds by phase.
    took
        All of it, the verification of the answer included.
    """

    solution: pk.Solution
    iterations: tuple[pk.Iteration, ...]
    watch: Stopwatch = field(repr=False)
    took: Measured

    @property
    def gap(self) -> float:
        """The proved relative gap."""
        return math.inf if self.solution.gap is None else self.solution.gap

    @property
    def candidates(self) -> int:
        """The most pairs that the candidate graph has held."""
        return max((one.candidates for one in self.iterations), default=0)

    @property
    def looked_at(self) -> int:
        """Pairs looked at, repeats counted."""
        return max((one.pairs for one in self.iterations), default=0)

    @property
    def scan_seconds(self) -> float:
        """Seconds in scans."""
        return self.watch.total("scan")

    @property
    def graph_seconds(self) -> float:
        """Seconds in flows and in the search for prices."""
        return self.watch.total("flow") + self.watch.total("prices")

    def seconds_to(self, gap: float) -> float | None:
        """Return how long a solve takes that stops at this gap; ``None`` where it was not reached.

        Such a solve does the same until it stops: its end is that of the first round whose gap is
        small enough, and then the answer is verified.
        """
        afterwards = self.took.seconds - self.iterations[-1].seconds if self.iterations else 0.0
        for one in self.iterations:
            if one.gap <= gap:
                return one.seconds + afterwards
        return None


def column_generation(
    workload: Workload, *, workers: int, gap: float = 0.0, seconds: float | None = None
) -> Run:
    """Return a run on a workload, to a gap or to the time limit."""
    last: dict[int, pk.Iteration] = {}

    def note(one: pk.Iteration) -> None:
        last[one.number] = one

    watch = Stopwatch()
    solver = pk.ColumnGeneration(workers=workers, progress=note)
    stop = pk.Stop(gap=gap, seconds=seconds)
    with watch.watching(PHASES):
        solution, took = measured(lambda: pk.solve(workload.problem, solver, stop=stop))
    iterations = tuple(one for number, one in sorted(last.items()) if number and one.done >= 1.0)
    return Run(solution, iterations, watch, took)


def warm_up(workers: int) -> None:
    """Solve something small, so that imports and buffers are there before anything is measured."""
    pk.solve(SMALL.build().problem, pk.ColumnGeneration(workers=workers))


def screen_of_workload(workload: Workload) -> Screen:
    """Return the screen that column generation makes for a workload."""
    mentors, mentees = workload.problem.shape
    return screen_of(workload.problem.space, np.arange(mentors), np.arange(mentees))


def reference_of(workload: Workload) -> Reference:
    """Return the reference of a program, at prices of 0: the product takes as long at any."""
    space = workload.problem.space
    if not isinstance(space, ScoredSpace):
        raise TypeError("Only scored people fold into a product.")
    grid = screen_of_workload(workload).grid
    return Reference.of(space, grid, np.zeros(grid.shape[0]), np.zeros(grid.shape[1]))


def first_pass(spec: Spec, workers: tuple[int, ...], repeats: int) -> dict[int, float]:
    """Return the least seconds of the first full pass, by number of workers.

    Column generation prepares the pass; it is then run alone, by each number of workers in turn.
    """
    workload = spec.build()
    warm_up(max(workers))
    held: list[tuple[Screen, Look, tuple[Index, Index]]] = []

    def hold(screen: Screen, look: Look, known: tuple[Index, Index], **_: object) -> Pass | None:
        held.append((screen, look, known))
        return None

    with patch.object(columns, "scan", hold):
        pk.solve(workload.problem, pk.ColumnGeneration(workers=max(workers)))
    seconds = dict.fromkeys(workers, math.inf)
    for _ in range(repeats):
        for count in workers:
            started = time.perf_counter()
            scan(*held[0], workers=count)
            seconds[count] = min(seconds[count], time.perf_counter() - started)
    return seconds
