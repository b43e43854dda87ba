"""Run ``python -m tests.fuzzing TARGET [libFuzzer options]``, such as ``csv -max_total_time=600``.

It needs the extra ``fuzz``. What fails is written to ``.fuzzing``; once it is mended, keep it
beside the seeds, where a test runs it each time.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import atheris

SEEN = ("pairkit.files.reading", "pairkit.files.workbooks", "pairkit.program", "pairkit.roster")

with atheris.instrument_imports(include=["pairkit"]):  # what is imported later is not seen
    for module in SEEN:
        importlib.import_module(module)
    from tests.fuzzing.targets import SEEDS, TARGETS

FOUND = Path(".fuzzing")


def main(name: str, *options: str) -> None:
    """Fuzz one target from its seeds."""
    corpus = FOUND / f"{name}-corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    kept = [f"-artifact_prefix={FOUND}/{name}-", "-timeout=20", *options]
    atheris.Setup([sys.argv[0], *kept, str(corpus), str(SEEDS / name)], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
