"""Choosing: what each solver supports and what it takes. Run ``python -m benchmarks.choosing``.

It writes ``results/choosing.md``, which the documentation shows.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np

import pairkit as pk
from benchmarks.measuring import measured
from benchmarks.results import Figures, Results, Row
from benchmarks.workloads import Program, Quotas
from pairkit.solvers.select import SOLVERS

__all__ = ["CASES", "main", "support", "times"]

HERE: Final = Path(__file__).resolve().parent
PEOPLE: Final = 200
SECONDS: Final = 60.0
BASELINES: Final = ("auto", "greedy", "random-pairs")
# What these prove of what they support; the others prove all of it.
PROVED: Final = {
    "deferred-acceptance": {pk.Feature.CAPACITIES, pk.Feature.STABILITY},
    "greedy": set[pk.Feature](),
    "random-pairs": set[pk.Feature](),
}


def _one_to_one(people: int) -> pk.Problem:
    return Program(people).build().problem


def _matrix(people: int) -> np.ndarray:
    return np.random.default_rng(0).random((people, people))


def _capacities(people: int) -> pk.Problem:
    return pk.Problem.from_scores(_matrix(people)[:, : people // 2], mentee_capacity=3)


def _quotas(people: int) -> pk.Problem:
    return Quotas(people, groups=8).build().problem


def _logic(people: int) -> pk.Problem:
    """Return couples, alternatives and conditions, a tenth of the people of each."""
    size = people // 4
    draw = np.random.default_rng(1)
    rows: list[pk.Row] = []
    for _ in range(size // 10):
        couple, rivals = draw.choice(size, 2, replace=False), draw.choice(size, 3, replace=False)
        for people_, weights, limits in (
            (couple, (1.0, -1.0), (0.0, 0.0)),
            (rivals, (1.0, 1.0, 1.0), (-np.inf, 1.0)),
        ):
            counted = np.zeros(size)
            counted[people_] = weights
            rows.append(pk.Row("people", None, *limits, matched=(np.zeros(size), counted)))
        table = np.zeros((size, size))
        table[tuple(draw.integers(0, size, (2, 3)))] = -1.0
        table[tuple(draw.integers(0, size, 2))] = 1.0
        rows.append(pk.Row("if then", pk.Elementwise(lambda i, j, t=table: t[i, j]), most=0.0))
    return pk.Problem.from_scores(_matrix(size), rows=rows)


def _worst_off(people: int) -> pk.Problem:
    objectives = ("participation", "egalitarian", "quality")
    return pk.Problem.from_scores(_matrix(people // 4), objectives=objectives)


def _stable(people: int) -> pk.Problem:
    wants = pk.Preferences.from_scores(_matrix(people), _matrix(people)[::-1])
    return pk.Problem.from_scores(_matrix(people), objectives=("stability",), preferences=wants)


def _peers(people: int) -> pk.Problem:
    scores = _matrix(people)
    return pk.Problem.from_scores((scores + scores.T) / 2.0, peers=True)


CASES: Final[dict[str, Callable[[int], pk.Problem]]] = {
    "one to one": _one_to_one,
    "several partners": _capacities,
    "quotas of 8 groups": _quotas,
    "couples and alternatives, a quarter of the people": _logic,
    "the worst-off first, a quarter of the people": _worst_off,
    "stability alone": _stable,
    "peers": _peers,
}


def support() -> Iterator[Row]:
    """Return what each solver supports, by feature."""
    for feature in pk.Feature:
        if feature is not pk.Feature.PINS:  # every solver holds them: they are made before it
            figures: Figures = {
                name: _supported(name, solver, feature)
                for name, solver in SOLVERS.items()
                if name != "auto"
            }
            yield Row("support", feature.value, figures)


def _supported(name: str, solver: pk.Solver, feature: pk.Feature) -> str:
    if feature not in solver.supports:
        return ""
    return "yes" if feature in PROVED.get(name, solver.supports) else "unproved"


def times(people: int, seconds: float) -> Iterator[Row]:
    """Return the seconds of each solver on each case that it supports, and what Auto takes."""
    for name, build in CASES.items():
        problem = build(people)
        figures: Figures = {"auto takes": type(pk.Auto().choose(problem)[0]).__name__}
        for solver_name, solver in SOLVERS.items():
            if solver_name in BASELINES:
                continue
            able = problem.features <= solver.supports
            figures[solver_name] = _seconds(problem, solver, seconds) if able else None
        yield Row("times", name, figures)


def _seconds(problem: pk.Problem, solver: pk.Solver, seconds: float) -> float | str:
    stop = pk.Stop(seconds=seconds)
    solution, took = measured(lambda: pk.solve(problem, solver, stop=stop))
    if solution.gap is None:
        return "no proof"
    proved = solution.status is pk.Status.OPTIMAL
    return took.seconds if proved else f"gap {100.0 * solution.gap:.0f} %"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the tables; return 0."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.choosing", description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE, help="people of each side")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="time limit of a solve")
    parser.add_argument("--out", type=Path, default=HERE / "results", help="folder to write to")
    chosen = parser.parse_args(arguments)
    titles = {
        "support": "What each solver supports",
        "times": f"Seconds to a proof, {chosen.people:,} mentors and mentees, or the gap after "
        f"{chosen.seconds:.0f}",
    }
    results = Results(chosen.out, "choosing", titles)
    for row in itertools.chain(support(), times(chosen.people, chosen.seconds)):
        results.add(row)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
