"""The main job, from a file of people to a file of pairs: 500 mentors, 500 mentees."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import pairkit as pk
from pairkit import datasets

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

SCORERS = [
    pk.SkillCoverage(rarity=True),
    pk.TwoWay(pk.SkillCoverage()),
    pk.SharedInterests(),
    pk.AvailabilityOverlap(),
    pk.Gap("level", ideal=-2, width=4),
    pk.Different("department"),
]
RULES = [
    pk.Ready(),
    pk.NotInReportingLine(),
    pk.CommonLanguage(),
    pk.Avoid(),
]
PROGRAM = pk.Program(scoring=SCORERS, rules=RULES, reference_date=datasets.REFERENCE)


def two_sides() -> pk.Roster:
    """Return 500 people who may only mentor and 500 who may only be mentored."""
    everybody = datasets.sample(1000, seed=1)
    roles = [frozenset({role}) for role in pk.Role]
    return pk.Roster(
        person.model_copy(update={"roles": roles[k % 2]}) for k, person in enumerate(everybody)
    )


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """Return a CSV file of the people."""
    path = tmp_path / "people.csv"
    pk.write_roster(two_sides(), path)
    return path


def bench_file_to_pairs(benchmark: BenchmarkFixture, people: Path, tmp_path: Path) -> None:
    """In a process that is warm: read, match, write."""

    def job() -> pk.Matching:
        matching = pk.match(pk.Roster.read(people), PROGRAM)
        matching.write(tmp_path / "pairs.csv", overwrite=True)
        return matching

    started = time.process_time()
    matching = benchmark(job)
    assert matching.status is pk.Status.OPTIMAL
    benchmark.extra_info["pairs"] = len(matching.pairs)
    benchmark.extra_info["gap"] = matching.gap
    benchmark.extra_info["process_seconds_in_all"] = time.process_time() - started


def bench_command(benchmark: BenchmarkFixture, people: Path, tmp_path: Path) -> None:
    """In a fresh process: the command line, imports included."""
    program, out = tmp_path / "program.toml", tmp_path / "pairs.csv"
    PROGRAM.save(program)
    command = [sys.executable, "-c", "from pairkit.cli import main; main()", "match", str(people)]
    command += ["--program", str(program), "--out", str(out), "--force"]
    benchmark(lambda: subprocess.run(command, check=True, capture_output=True))


def bench_import(benchmark: BenchmarkFixture) -> None:
    """`import pairkit` in a fresh process, the interpreter's own start included."""
    command = [sys.executable, "-c", "import pairkit"]
    benchmark(lambda: subprocess.run(command, check=True))


def bench_interpreter(benchmark: BenchmarkFixture) -> None:
    """The reference for `bench_import`: the interpreter alone."""
    benchmark(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True))
