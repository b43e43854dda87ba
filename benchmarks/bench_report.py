"""A report of 10,000 pairs with all their facts: seconds, megabytes, and how soon it opens."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import pairkit as pk

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

PEOPLE, FEW = 20_000, 60
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def seconds_to_open(path: Path) -> float | None:
    """Return after how many seconds a browser has the page laid out; ``None`` without a browser."""
    from playwright.sync_api import sync_playwright

    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        return None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found)
        page = browser.new_page()
        start = time.perf_counter()
        page.goto(path.as_uri())
        page.evaluate("document.body.offsetHeight")
        seconds = time.perf_counter() - start
        browser.close()
    return seconds


@pytest.mark.parametrize("language", ["en", "fr"])
def bench_write_report(benchmark: BenchmarkFixture, tmp_path: Path, language: str) -> None:
    """One file of HTML, the matching already made and proved: with the smallest changes."""
    people = FEW if benchmark.disabled else PEOPLE
    matching = pk.match(pk.datasets.sample(people), pk.reverse_mentoring())
    path = tmp_path / "report.html"
    benchmark.pedantic(pk.write_report, (matching, path), {"language": language}, rounds=1)
    benchmark.extra_info["pairs"] = len(matching.pairs)
    benchmark.extra_info["megabytes"] = round(path.stat().st_size / 1e6, 1)
    benchmark.extra_info["seconds_to_open"] = seconds_to_open(path)
