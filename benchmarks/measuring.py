"""Measuring: seconds, peak memory, parts of a run, fresh processes, and the machine."""

from __future__ import annotations

import gc
import os
import platform
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final, NamedTuple, ParamSpec, TypeVar
from unittest.mock import patch

__all__ = ["Measured", "Stopwatch", "fresh", "machine", "measured"]

P = ParamSpec("P")
T = TypeVar("T")

PROCESS: Final = Path("/proc/self")
PACKAGES: Final = ("pairkit", "numpy", "scipy", "ortools", "networkx", "rustworkx", "lapx")


class Measured(NamedTuple):
    """What a call took.

    Parameters
    ----------
    seconds
        Wall-clock time.
    megabytes
        Peak of the resident memory above what was there before; ``None`` outside Linux.
    """

    seconds: float
    megabytes: float | None


def measured(function: Callable[[], T]) -> tuple[T, Measured]:
    """Return what a function returns, and what it took."""
    gc.collect()
    before = _resident("VmRSS", forget=True)
    started = time.perf_counter()
    result = function()
    seconds = time.perf_counter() - started
    peak = _resident("VmHWM")
    above = None if before is None or peak is None else max(peak - before, 0.0)
    return result, Measured(seconds, above)


def _resident(field: str, *, forget: bool = False) -> float | None:
    """Return resident megabytes, now or at their peak; forget the earlier peak if told so."""
    try:
        if forget:
            (PROCESS / "clear_refs").write_text("5", encoding="ascii")
        lines = (PROCESS / "status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return None
    found = [line.split()[1] for line in lines if line.startswith(f"{field}:")]
    return int(found[0]) / 1024.0 if found else None


class Stopwatch:
    """Seconds that each of some functions takes, call by call."""

    def __init__(self) -> None:
        self.calls: defaultdict[str, list[float]] = defaultdict(list)

    def total(self, name: str) -> float:
        """Return the seconds of all calls."""
        return sum(self.calls[name])

    @contextmanager
    def watching(self, functions: Mapping[str, tuple[object, str]]) -> Iterator[None]:
        """Watch functions, given by name as an owner and an attribute of it, for a while."""
        with ExitStack() as stack:
            for name, (owner, attribute) in functions.items():
                timed = self.timed(name, getattr(owner, attribute))
                stack.enter_context(patch.object(owner, attribute, timed))
            yield

    def timed(self, name: str, function: Callable[P, T]) -> Callable[P, T]:
        """Return the same function under a watch."""

        def watched(*args: P.args, **kwargs: P.kwargs) -> T:
            started = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                self.calls[name].append(time.perf_counter() - started)

        return watched


def fresh(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Return what a function returns in a new process, whose memory is its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *args, **kwargs).result()


def machine() -> dict[str, str]:
    """Return what a figure depends on beside the code."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processor": _processor(),
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": f"{memory:.0f} GB",
        "BLAS": _blas(),
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
        **{package: version(package) for package in PACKAGES},
        "date": datetime.now(tz=UTC).date().isoformat(),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def _blas() -> str:
    """Return library, version and kernel of the BLAS of numpy."""
    import numpy as np  # noqa: F401 - threadpoolctl tells what is loaded
    from threadpoolctl import threadpool_info

    pools: list[dict[str, Any]] = threadpool_info()
    used = [pool for pool in pools if pool["user_api"] == "blas" and "numpy" in pool["filepath"]]
    words = ("internal_api", "version", "architecture")
    blas = used or [pool for pool in pools if pool["user_api"] == "blas"]
    return " ".join(str(blas[0].get(word, "")) for word in words) if blas else "unknown"
