"""People by the hundred thousand: validation and encoding."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING

import pytest

import pairkit as pk
from pairkit import datasets

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

PEOPLE = 100_000
Records = list[dict[str, object]]


@pytest.fixture(scope="module")
def records() -> Records:
    """Return plain records, as a JSON file or an HR system would give them."""
    some = [
        person.model_dump(mode="json", exclude_defaults=True) for person in datasets.sample(1000)
    ]
    return [
        one | {"id": f"{k}-{one['id']}", "manager": None, "preferences": None, "avoid": None}
        for k in range(PEOPLE // len(some))
        for one in some
    ]


def bench_validate(benchmark: BenchmarkFixture, records: Records) -> None:
    """Records to a roster."""
    roster = benchmark.pedantic(pk.Roster.from_records, (records,), rounds=3)
    assert len(roster) == PEOPLE


def bench_memory(benchmark: BenchmarkFixture, records: Records) -> None:
    """Bytes that a roster takes above its records (time is that of a traced run)."""
    tracemalloc.start()
    roster = benchmark.pedantic(pk.Roster.from_records, (records,), rounds=1)
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    benchmark.extra_info["kept_megabytes"] = round(kept / 1e6)
    benchmark.extra_info["peak_megabytes"] = round(peak / 1e6)
    assert len(roster) == PEOPLE


def bench_encode(benchmark: BenchmarkFixture, records: Records) -> None:
    """A roster to the columns that most programs read."""
    people = tuple(pk.Roster.from_records(records))

    def encode() -> None:
        columns = pk.Roster(people).columns
        columns.levels("skills")
        columns.levels("needs")
        columns.interests()
        columns.languages()
        columns.slots(datasets.REFERENCE)
        columns.codes("department")
        columns.numbers("level")

    benchmark.pedantic(encode, rounds=3)
