"""Scaling: how seconds, iterations and memory grow. Run it with ``python -m benchmarks.scaling``.

A power law is a line in double logarithms: its slope is the exponent, by least squares.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from benchmarks.measuring import fresh
from benchmarks.results import Figure, Figures, Results, Row, finite
from benchmarks.runs import column_generation, warm_up
from benchmarks.workloads import WORKLOADS, Spec

__all__ = ["FULL", "QUICK", "Fit", "fit", "laws", "main", "run"]

HERE: Final = Path(__file__).resolve().parent
FULL: Final = (5_000, 10_000, 20_000, 40_000)
QUICK: Final = (1_000, 2_000, 3_000, 4_000)
GAP: Final = 1e-6
# What the method lets expect: a scan looks at all pairs, the rest at a few candidates a person.
EXPECTED: Final = {
    "scans, s": "2",
    "flow and prices, s": "a little above 1",
    "iterations": "about 0",
    "candidates": "1",
    "memory, MB": "about 1",
}
TITLES: Final = {"sizes": "Sizes", "laws": "Exponents"}


class Fit(NamedTuple):
    """The exponent of a power law with its standard error, nan where two points leave none."""

    exponent: float
    error: float


def fit(sizes: Sequence[float], values: Sequence[float]) -> Fit:
    """Return the power law that comes nearest to some positive values."""
    x, y = np.log(np.asarray(sizes, dtype=float)), np.log(np.asarray(values, dtype=float))
    x -= x.mean()
    slope = float(x @ y / (x @ x))
    residuals = y - y.mean() - slope * x
    freedom = len(x) - 2
    error = np.sqrt(residuals @ residuals / freedom / (x @ x)) if freedom > 0 else np.nan
    return Fit(slope, float(error))


def run(spec: Spec, threads: int) -> Figures:
    """Return the figures of one size."""
    workload = spec.build()
    warm_up(threads)
    one = column_generation(workload, workers=threads, gap=GAP)
    return {
        "people": workload.problem.shape[0],
        "scans, s": one.scan_seconds,
        "flow and prices, s": one.graph_seconds,
        "iterations": len(one.iterations),
        "candidates": one.candidates,
        "memory, MB": one.took.megabytes,
        "all, s": one.took.seconds,
        "gap": finite(one.gap),
    }


def laws(rows: Sequence[Figures]) -> dict[str, Figures]:
    """Return the exponent of each figure, with what is expected."""
    found: dict[str, Figures] = {}
    for name, expected in EXPECTED.items():
        points = [(_number(one["people"]), _number(one[name])) for one in rows]
        if len(points) > 1 and min(value for _, value in points) > 0.0:
            exponent, error = fit(*zip(*points, strict=True))
            found[name] = {
                "exponent": exponent,
                "standard error": finite(error),
                "expected": expected,
            }
    return found


def _number(value: Figure) -> float:
    return float(value or 0.0)


def main(arguments: Sequence[str] | None = None, call: Callable[..., Figures] = fresh) -> int:
    """Measure the sizes, fit the laws, write and print both."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scaling", description=__doc__)
    parser.add_argument("--sizes", nargs="+", type=int, help="people of each side")
    parser.add_argument("--quick", action="store_true", help="small sizes, into .benchmarks/")
    parser.add_argument("--workload", choices=[*WORKLOADS], default="worst case")
    parser.add_argument("--workers", type=int, default=2, help="threads of scans (default: 2)")
    parser.add_argument("--out", type=Path, help="folder of scaling.json and scaling.md")
    asked = parser.parse_args(arguments)
    folder = asked.out or (HERE.parent / ".benchmarks" if asked.quick else HERE / "results")
    results = Results(folder, "scaling", TITLES)
    rows = list[Figures]()
    for people in asked.sizes or (QUICK if asked.quick else FULL):
        spec = WORKLOADS[asked.workload](people)
        rows.append(call(run, spec, asked.workers))
        results.add(Row("sizes", spec.name, rows[-1]))
    for name, figures in laws(rows).items():
        results.add(Row("laws", f"{asked.workload}: {name.partition(',')[0]}", figures))
    print(results.markdown())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
