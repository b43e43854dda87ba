"""Scale: the large table, every row in a fresh process. Run it with ``python -m benchmarks.scale``.

Rows are written as they are done: an interrupted run keeps them.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pairkit as pk
from benchmarks.measuring import Measured, Stopwatch, fresh, measured
from benchmarks.registry import (
    ENTRIES,
    Entry,
    Outcome,
    agree,
    arcs_of,
    flow_pairs,
    network,
    solve_network,
)
from benchmarks.results import Figures, Results, Row, finite
from benchmarks.runs import Run, column_generation, first_pass, reference_of, warm_up
from benchmarks.workloads import WORKLOADS, CandidateList, Program, Quotas, Spec, Workload
from pairkit.solvers import flow, select

__all__ = ["FULL", "QUICK", "TABLES", "Settings", "main"]

HERE: Final = Path(__file__).resolve().parent
GAPS: Final = (1e-3, 1e-6)
QUOTA_GAP: Final = 5e-3
BY_NAME: Final = {entry.name: entry for entry in ENTRIES}


@dataclass(frozen=True, slots=True)
class Settings:
    """Sizes of the table, in people of each side, and how to measure.

    Parameters
    ----------
    dense, large, countries, workers, huge, quotas, peers
        Sizes of the tables of these names.
    arcs
        Candidates of the flow.
    threads
        Workers of scans.
    repeats
        How often the quick rows are measured; the least time counts, and the largest memory.
    seconds
        Time limit of a solve of the huge table.
    """

    dense: int = 10_000
    large: tuple[int, ...] = (30_000, 100_000)
    countries: int = 60_000
    workers: int = 20_000
    arcs: int = 1_000_000
    peers: tuple[int, ...] = (100, 1_000, 2_000)
    huge: int = 300_000
    quotas: int = 20_000
    threads: int = 2
    repeats: int = 3
    seconds: float | None = None


FULL: Final = Settings()
QUICK: Final = Settings(
    dense=1_500,
    large=(2_000, 3_000),
    countries=3_000,
    workers=3_000,
    arcs=50_000,
    peers=(100, 300),
    huge=4_000,
    quotas=1_000,
    repeats=1,
)


def entry_run(spec: Spec, name: str) -> tuple[Outcome, Measured]:
    """Return what the pairs of one solver are worth, and what they took."""
    workload, entry = spec.build(), BY_NAME[name]
    entry.solve(_small_one_of(workload))
    pairs, took = measured(lambda: entry.solve(workload))
    return entry.outcome(workload, pairs), took


def _small_one_of(workload: Workload) -> Workload:
    """Return a small workload of the same kind, for a solver to warm up with."""
    return (Program(24) if workload.listed is None else CandidateList(200)).build()


def dense_run(spec: Spec, threads: int) -> tuple[Outcome, Measured]:
    """Return what column generation finds to its exact end, and what that took."""
    workload = spec.build()
    warm_up(threads)
    run = column_generation(workload, workers=threads)
    found = run.solution
    assert found.objective is not None
    return Outcome(len(found), found.objective), run.took


def large_run(spec: Spec, threads: int, seconds: float | None, *, everywhere: bool) -> Figures:
    """Return the figures of column generation on a large program, and the reference.

    ``everywhere`` asks for the reference over all tiles beside the one over open tiles.
    """
    workload = spec.build()
    warm_up(threads)
    gap = 0.0 if everywhere else GAPS[-1]
    run = column_generation(workload, workers=threads, gap=gap, seconds=seconds)
    reference = reference_of(workload)
    open_ = reference.seconds(threads, only_open=True)
    all_ = reference.seconds(threads, only_open=False) if everywhere else None
    return {
        **_times(run, all_, open_),
        **_course(run, workload),
        "T all, s": all_,
        "T open, s": open_,
        "columns": reference.columns,
        "open share": reference.grid.pairs / workload.pairs,
    }


def _times(run: Run, all_: float | None, open_: float) -> Figures:
    """Return the seconds to each gap and to the end, and their ratios to the reference."""
    ends = {f"to {gap:g}": run.seconds_to(gap) for gap in GAPS}
    if (
        run.solution.status is pk.Status.OPTIMAL
        and run.iterations
        and not run.iterations[-1].violators
    ):
        ends["to the end"] = run.took.seconds
    figures: Figures = {}
    for name, seconds in ends.items():
        figures[f"{name}, s"] = seconds
        figures[f"{name} / T all"] = _ratio(seconds, all_)
        figures[f"{name} / T open"] = _ratio(seconds, open_)
    return figures


def _course(run: Run, workload: Workload) -> Figures:
    """Return how a run went."""
    return {
        "iterations": len(run.iterations),
        "gap": finite(run.gap),
        "pairs made": len(run.solution),
        "candidates": run.candidates,
        "looked at": run.looked_at / workload.pairs,
        "opening, s": run.watch.total("opening"),
        "scans, s": run.scan_seconds,
        "flow and prices, s": run.graph_seconds,
        "all, s": run.took.seconds,
        "memory, MB": run.took.megabytes,
    }


def countries_run(spec: Spec, threads: int) -> Figures:
    """Return the seconds of the scans of one solve to a gap."""
    workload = spec.build()
    warm_up(threads)
    run = column_generation(workload, workers=threads, gap=GAPS[-1])
    return {
        "scans, s": run.scan_seconds,
        "first pass, s": run.watch.calls["scan"][0],
        "all, s": run.took.seconds,
        "iterations": len(run.iterations),
        "looked at": run.looked_at / workload.pairs,
    }


def flow_run(spec: Spec, repeats: int) -> Figures:
    """Return the seconds of MinCostFlow, and of its back end alone on prepared arrays."""
    workload = spec.build()
    pk.solve(_small_one_of(workload).problem, pk.MinCostFlow())
    arcs = arcs_of(workload.edges(), workload)
    whole, bare = _least(repeats, lambda: _whole_flow(workload), lambda: _bare_flow(workload))
    parts = ("build", "solve", "read")
    return {
        "arcs": arcs.candidates,
        "pairkit, s": whole["all"],
        "bare, s": bare["all"],
        "ratio": whole["all"] / bare["all"],
        **{f"bare: {part}, s": bare[part] for part in parts},
        **{f"pairkit: {part}, s": whole[part] for part in ("flow", "verify", "rest")},
        "difference": abs(whole["quality"] - bare["quality"]) / bare["quality"],
    }


def _whole_flow(workload: Workload) -> dict[str, float]:
    watch = Stopwatch()
    watched = {"flow": (flow, "best_flow"), "verify": (select, "verify_solution")}
    solve = watch.timed("all", lambda: pk.solve(workload.problem, pk.MinCostFlow()))
    with watch.watching(watched):
        solution = solve()
    assert solution.status is pk.Status.OPTIMAL
    seconds = {name: watch.total(name) for name in ("all", "flow", "verify")}
    rest = seconds["all"] - seconds["flow"] - seconds["verify"]
    return {**seconds, "rest": rest, "quality": solution.objective or 0.0}


def _bare_flow(workload: Workload) -> dict[str, float]:
    arcs = arcs_of(workload.edges(), workload)
    started = time.perf_counter()
    built = network(arcs)
    halfway = time.perf_counter()
    solve_network(arcs, built)
    solved = time.perf_counter()
    pairs = flow_pairs(arcs, built)
    ended = time.perf_counter()
    quality = BY_NAME["ortools SimpleMinCostFlow"].outcome(workload, pairs).quality
    parts = {"build": halfway - started, "solve": solved - halfway, "read": ended - solved}
    return {**parts, "all": ended - started, "quality": quality}


def _least(
    repeats: int, one: Callable[[], dict[str, float]], other: Callable[[], dict[str, float]]
) -> tuple[dict[str, float], dict[str, float]]:
    """Return for each call the figures of its quickest turn; they take turns."""
    turns = [(one(), other()) for _ in range(repeats)]
    first, second = (min(column, key=_all_seconds) for column in zip(*turns, strict=True))
    return first, second


def _all_seconds(figures: dict[str, float]) -> float:
    return figures["all"]


def against_dense(settings: Settings) -> Iterator[Row]:
    """Column generation against SciPy on the written-down matrix, scoring included on both."""
    spec = WORKLOADS["worst case"](settings.dense)
    turns = [
        (
            fresh(dense_run, spec, settings.threads),
            fresh(entry_run, spec, "scipy linear_sum_assignment"),
        )
        for _ in range(settings.repeats)
    ]
    (ours, took), (theirs, peer) = (_best(column) for column in zip(*turns, strict=True))
    assert agree(ours, theirs, spec.build()), (ours, theirs)
    figures: Figures = {
        "pairkit, s": took.seconds,
        "scipy, s": peer.seconds,
        "scipy / pairkit, time": peer.seconds / took.seconds,
        "pairkit, MB": took.megabytes,
        "scipy, MB": peer.megabytes,
        "scipy / pairkit, memory": _ratio(peer.megabytes, took.megabytes),
        "pairs": theirs.pairs,
        "difference": _difference(ours, theirs),
    }
    yield Row("dense", spec.name, figures)


def large(settings: Settings) -> Iterator[Row]:
    """The worst case and long-tailed countries, against the reference."""
    for people in settings.large:
        for kind in ("long-tailed countries", "worst case"):
            spec = WORKLOADS[kind](people)
            figures = fresh(large_run, spec, settings.threads, None, everywhere=True)
            yield Row("large", spec.name, figures)


def countries(settings: Settings) -> Iterator[Row]:
    """Seconds of scans with and without a rule that splits people into equal countries."""
    without: Figures = {}
    for kind in ("worst case", "equal countries"):
        spec = WORKLOADS[kind](settings.countries)
        figures = fresh(countries_run, spec, settings.threads)
        without = without or figures
        shares: Figures = {
            f"{name[:-3]}, share": _share(figures, without, name)
            for name in ("scans, s", "first pass, s", "all, s")
        }
        yield Row("countries", spec.name, {**figures, **shares})


def workers(settings: Settings) -> Iterator[Row]:
    """Two workers against one on the first full pass."""
    spec = WORKLOADS["worst case"](settings.workers)
    seconds = fresh(first_pass, spec, (1, 2), settings.repeats)
    figures: Figures = {
        "1 worker, s": seconds[1],
        "2 workers, s": seconds[2],
        "speedup": seconds[1] / seconds[2],
    }
    yield Row("workers", spec.name, figures)


def flows(settings: Settings) -> Iterator[Row]:
    """MinCostFlow over its bare back end on a list of candidates."""
    spec = CandidateList(settings.arcs)
    yield Row("flow", spec.name, fresh(flow_run, spec, settings.repeats))


def peers(settings: Settings) -> Iterator[Row]:
    """Every solver of the registry on every workload that it takes."""
    for people in settings.peers:
        for kind in ("worst case", "candidate list", "random matrix"):
            yield from peers_on(WORKLOADS[kind](people))


def peers_on(spec: Spec) -> Iterator[Row]:
    """Every solver on one workload; the first sets the objective that the others reach."""
    workload = spec.build()
    best: Outcome | None = None
    for entry in ENTRIES:
        if not entry.takes(workload):
            continue
        found, took = fresh(entry_run, spec, entry.name)
        best = best or found
        _check(entry, found, best, workload)
        figures: Figures = {
            "s": took.seconds,
            "MB": took.megabytes,
            "pairs": found.pairs,
            "difference": _difference(found, best),
        }
        yield Row("peers", f"{spec.name}: {entry.name}", figures)


def huge(settings: Settings) -> Iterator[Row]:
    """Many countries, languages and seniority at the largest size; only on demand."""
    spec = WORKLOADS["many rules"](settings.huge)
    figures = fresh(large_run, spec, settings.threads, settings.seconds, everywhere=False)
    yield Row("huge", spec.name, figures)


def quotas(settings: Settings) -> Iterator[Row]:
    """Mip under a quota for each of 40 groups, to a gap, with a bound over all pairs."""
    spec = Quotas(settings.quotas)
    yield Row("quotas", spec.name, fresh(quotas_run, spec, settings.threads))


def quotas_run(spec: Spec, threads: int) -> Figures:
    """Return the figures of Mip, and of column generation without the quotas as the reference."""
    workload = spec.build()
    free = replace(workload, problem=replace(workload.problem, rows=()))
    warm_up(threads)
    without = column_generation(free, workers=threads, gap=QUOTA_GAP)
    stop = pk.Stop(gap=QUOTA_GAP)
    solver = pk.Mip(workers=threads)
    solution, took = measured(lambda: pk.solve(workload.problem, solver, stop=stop))
    assert solution.gap is not None
    return {
        "Mip, s": took.seconds,
        "gap": solution.gap,
        "pairs made": len(solution),
        "memory, MB": took.megabytes,
        "without quotas, s": without.took.seconds,
        "with / without": took.seconds / without.took.seconds,
        "quality with / without": (solution.objective or 0.0) / (without.solution.objective or 1.0),
    }


TABLES: Final[dict[str, tuple[str, Callable[[Settings], Iterator[Row]]]]] = {
    "dense": ("Column generation against the written-down matrix", against_dense),
    "large": ("Column generation against T, one dense product over all pairs", large),
    "countries": ("A rule that splits people into equal countries", countries),
    "workers": ("Two workers against one, first full pass", workers),
    "flow": ("MinCostFlow against its bare back end", flows),
    "peers": ("Solvers and their peers", peers),
    "quotas": ("Mip under 40 quotas to a gap of 0.5 %", quotas),
    "huge": ("The largest, with many rules", huge),
}
ON_DEMAND: Final = ("huge",)


def _check(entry: Entry, found: Outcome, best: Outcome, workload: Workload) -> None:
    if entry.exact:
        assert agree(found, best, workload), f"{entry.name} found {found}, not {best}"


def _best(turns: Iterable[tuple[Outcome, Measured]]) -> tuple[Outcome, Measured]:
    """Return the outcome of some turns, their least time, and their largest memory."""
    turns = list(turns)
    megabytes = [took.megabytes for _, took in turns if took.megabytes is not None]
    seconds = min(took.seconds for _, took in turns)
    return turns[0][0], Measured(seconds, max(megabytes, default=None))


def _difference(found: Outcome, best: Outcome) -> float:
    return (found.quality - best.quality) / max(abs(best.quality), 1.0)


def _ratio(one: float | None, other: float | None) -> float | None:
    return None if one is None or not other else one / other


def _share(one: Figures, other: Figures, name: str) -> float:
    return float(one[name] or 0.0) / float(other[name] or math.inf)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure the tables that were asked for; return how many failed."""
    asked = _parser().parse_args(arguments)
    sizes = QUICK if asked.quick else FULL
    settings = Settings(
        **{name: getattr(sizes, name) for name in Settings.__slots__}
        | {"threads": asked.workers, "seconds": asked.seconds}
        | ({} if asked.repeats is None else {"repeats": asked.repeats})
    )
    folder = asked.out or (HERE.parent / ".benchmarks" if asked.quick else HERE / "results")
    results = Results(folder, "scale", {name: title for name, (title, _) in TABLES.items()})
    failed = 0
    for name in asked.only or [name for name in TABLES if name not in ON_DEMAND]:
        try:
            for row in TABLES[name][1](settings):
                results.add(row)
                print(row.table, row.name, row.figures, flush=True)
        except (BrokenProcessPool, MemoryError) as error:  # too large: go on with the next table
            failed += 1
            print(f"{name}: {error}", flush=True)
    return failed


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=[*TABLES], help="tables, instead of all")
    parser.add_argument("--quick", action="store_true", help="small sizes, into .benchmarks/")
    parser.add_argument("--workers", type=int, default=2, help="threads of scans (default: 2)")
    parser.add_argument("--repeats", type=int, help="turns of the quick rows (default: 3)")
    parser.add_argument("--seconds", type=float, help="time limit of a solve of `huge`")
    parser.add_argument("--out", type=Path, help="folder of scale.json and scale.md")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
