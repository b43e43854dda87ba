"""Files of people by the hundred thousand rows: read, and refused, beside pandas' reader."""

from __future__ import annotations

import resource
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

import pairkit as pk
from benchmarks.measuring import fresh

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

ROWS, FEW = 300_000, 300
HEADERS = (
    "id;name;email;department;site;country;manager;languages;skills;needs;interests;level;"
    "experience;birth_year;start_date;roles;gender;team;note;score"
)


def write_people(path: Path, rows: int, *, wrong: bool = False) -> None:
    """Write 20 columns as a French export has them; ``wrong`` makes a cell of each row wrong."""
    draw = np.random.default_rng(0)
    skills, needs = draw.integers(0, 300, (rows, 4)), draw.integers(0, 300, (rows, 3))
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write(HEADERS + "\r\n")
        for i in range(rows):
            taught = ", ".join(f"skill {k}: {1 + k % 5}" for k in skills[i].tolist())
            wanted = ", ".join(f"skill {k}" for k in needs[i].tolist())
            manager = f"E-{i // 10:06d}" if i % 10 else ""
            level = "x" if wrong and i % 2 else "3"
            experience = "douze" if wrong and not i % 2 else "12,5"
            stream.write(
                f"E-{i:06d};Prénom{i % 500} Nom{i % 4999};p{i}@example.org;Département {i % 40};"
                f"Site {i % 12};{('FR', 'DE', 'US')[i % 3]};{manager};fr, en;{taught};{wanted};"
                f"lecture, marche;{level};{experience};{1960 + i % 45};"
                f"{1 + i % 28:02d}/{1 + i % 12:02d}/{1990 + i % 30};"
                f"{('mentor', 'mentee')[i % 2]};{'FM'[i % 2]};team {i % 900};note {i % 1000};"
                f"{i % 1000 / 10:.1f}".replace(".", ",")
                + "\r\n"
            )


def read(path: Path) -> tuple[int, float, float]:
    """Return people or errors, seconds and the peak of memory in MB of a process that reads."""
    options = pk.ColumnMap.parse({"separator": ","})
    start = time.perf_counter()
    try:
        found = len(pk.Roster.read(path, options))
    except pk.RosterError as error:
        found = len(error.findings.errors) if len(str(error).splitlines()) < 20 else 0
    seconds = time.perf_counter() - start
    return found, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


@pytest.mark.parametrize("wrong", [False, True], ids=["right", "wrong in every row"])
def bench_read_csv(benchmark: BenchmarkFixture, tmp_path: Path, *, wrong: bool) -> None:
    """A CSV file of 300,000 rows and 20 columns, in a process of its own; ratio to pandas."""
    rows = FEW if benchmark.disabled else ROWS
    path = tmp_path / "people.csv"
    write_people(path, rows, wrong=wrong)
    start = time.perf_counter()
    pd.read_csv(path, sep=";", dtype=str, keep_default_na=False)
    reference = time.perf_counter() - start
    found, seconds, memory = benchmark.pedantic(fresh, (read, path), rounds=1)
    assert found == rows
    benchmark.extra_info["seconds"] = round(seconds, 1)
    benchmark.extra_info["peak_megabytes"] = round(memory)
    benchmark.extra_info["times_pandas"] = round(seconds / reference, 1)
