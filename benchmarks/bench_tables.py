"""The large tables at tiny sizes: that they run, and that everybody agrees on the objectives."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

import numpy as np
import pytest

from benchmarks import choosing, scale, scaling
from benchmarks.measuring import fresh
from benchmarks.results import Results, Row
from benchmarks.runs import column_generation
from benchmarks.workloads import WORKLOADS

P = ParamSpec("P")
T = TypeVar("T")

TINY = scale.Settings(
    dense=150,
    large=(150,),
    countries=200,
    workers=150,
    arcs=2_000,
    peers=(40,),
    huge=200,
    quotas=100,
    repeats=1,
)


def here(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function in this process: quicker than a fresh one, for sizes that say nothing."""
    return function(*args, **kwargs)


@pytest.mark.parametrize("table", scale.TABLES)
def bench_table(table: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Every table gives rows of finite figures; peers are compared as the rows are made."""
    monkeypatch.setattr(scale, "fresh", here)
    results = Results(tmp_path, "scale", {table: table})
    for row in scale.TABLES[table][1](TINY):
        results.add(row)
        difference = row.figures.get("difference")
        if isinstance(difference, float) and "Greedy" not in row.name:
            assert math.isclose(difference, 0.0, abs_tol=1e-6), row
    assert results.rows
    assert Results(tmp_path, "scale", {}).rows == results.rows


def bench_fresh_process() -> None:
    """A row in a process of its own comes back."""
    spec = WORKLOADS["worst case"](60)
    outcome, took = fresh(scale.entry_run, spec, "scipy linear_sum_assignment")
    assert outcome.pairs == 60
    assert took.seconds > 0.0


def bench_a_row_takes_the_place_of_the_same(tmp_path: Path) -> None:
    """The files hold each row once."""
    results = Results(tmp_path, "scale", {"one": "One"})
    for seconds in (2.0, 1.0):
        results.add(Row("one", "row", {"s": seconds}))
    assert json.loads((tmp_path / "scale.json").read_text())["rows"] == [
        {"table": "one", "name": "row", "figures": {"s": 1.0}}
    ]
    assert "| row | 1 |" in (tmp_path / "scale.md").read_text()


def bench_another_machine_measures_its_tables_anew(tmp_path: Path) -> None:
    """The figures of a table are of one machine; other tables keep theirs."""
    titles = {"one": "One", "two": "Two"}
    results = Results(tmp_path, "scale", titles, machine={"processor": "A"})
    for table, name in (("one", "old"), ("two", "old")):
        results.add(Row(table, name, {"s": 1.0}))
    later = Results(tmp_path, "scale", titles, machine={"processor": "B"})
    later.add(Row("one", "new", {"s": 2.0}))
    assert [(row.table, row.name) for row in later.rows] == [("two", "old"), ("one", "new")]
    assert [one["processor"] for one in later.machines.values()] == ["B", "A"]


def bench_the_table_of_what_solvers_support_is_up_to_date() -> None:
    """The documentation shows what the code says; ``python -m benchmarks.choosing`` writes it."""
    shown = Results(choosing.HERE / "results", "choosing", {}).rows
    assert [row for row in shown if row.table == "support"] == list(choosing.support())
    assert {row.name for row in shown if row.table == "times"} == set(choosing.CASES)


def bench_every_case_of_the_table_of_times(tmp_path: Path) -> None:
    """All cases run at tiny sizes, and a solver that supports a case says how far it came."""
    arguments = ["--people", "24", "--seconds", "1", "--out", str(tmp_path)]
    assert choosing.main(arguments) == 0
    rows = [row for row in Results(tmp_path, "choosing", {}).rows if row.table == "times"]
    assert {row.name for row in rows} == set(choosing.CASES)
    assert all(row.figures["mip"] is not None for row in rows)


def bench_a_gap_is_a_round_on_the_way() -> None:
    """A solve that stops at a gap is the beginning of one that does not."""
    workload = WORKLOADS["worst case"](2_000).build()
    whole = column_generation(workload, workers=1)
    gap = whole.iterations[0].gap
    part = column_generation(workload, workers=1, gap=min(gap, 1.0))
    assert len(whole.iterations) > len(part.iterations) == 1
    assert part.iterations[0].gap == gap
    assert part.iterations[0].candidates == whole.iterations[0].candidates
    assert (whole.seconds_to(gap) or 0.0) < whole.took.seconds


def bench_scaling(tmp_path: Path) -> None:
    """The sizes run, and a law is fitted to them."""
    sizes = ["--sizes", "100", "200", "400", "--out", str(tmp_path)]
    assert scaling.main(sizes, here) == 0
    held = json.loads((tmp_path / "scaling.json").read_text())
    assert {row["table"] for row in held["rows"]} == {"sizes", "laws"}


def bench_fit() -> None:
    """A power law is found again, without an error."""
    exponent, error = scaling.fit([1, 2, 4, 8], [3.0 * n**1.5 for n in (1, 2, 4, 8)])
    assert math.isclose(exponent, 1.5)
    assert error < 1e-9
    assert np.isnan(scaling.fit([1, 2], [1.0, 2.0]).error)
