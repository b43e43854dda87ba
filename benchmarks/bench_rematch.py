"""A drop-out in a program of 10,000 pairs: seconds to repair it, and of the first match."""

from __future__ import annotations

import time
from datetime import date
from typing import TYPE_CHECKING

import pairkit as pk

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

PEOPLE, FEW = 20_000, 60
START, LATER = date(2027, 3, 1), date(2027, 6, 1)


def bench_drop_out(benchmark: BenchmarkFixture) -> None:
    """One mentor leaves, the others stay: the least change, proved."""
    roster = pk.datasets.sample(FEW if benchmark.disabled else PEOPLE)
    program = pk.reverse_mentoring()
    begun = time.perf_counter()
    matching = pk.match(roster, program)
    first = time.perf_counter() - begun
    history = pk.History().add(*pk.start_round(matching, roster, "first", on=START))
    gone = matching.pairs[0].mentor
    now = roster.filter(lambda person: person.id != gone)
    benchmark.pedantic(pk.rematch, (history, now, program), {"on": LATER}, rounds=1)
    found = pk.rematch(history, now, program, on=LATER)
    assert found.proved
    benchmark.extra_info["pairs"] = len(matching.pairs)
    benchmark.extra_info["without_partner"] = len(matching.unmatched)
    benchmark.extra_info["seconds_of_the_solve"] = round(found.matching.seconds, 2)
    benchmark.extra_info["seconds_of_the_first_match"] = round(first, 1)
