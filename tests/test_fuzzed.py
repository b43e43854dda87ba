"""Hostile files end in a clear error or in people: what fuzzing found, and drawn damage."""

from __future__ import annotations

from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from tests.fuzzing.targets import SEEDS, TARGETS

KEPT = sorted(path for path in SEEDS.glob("*/*") if path.is_file())


@pytest.mark.parametrize("path", KEPT, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_was_found_once_is_read_or_refused(path: Path) -> None:
    TARGETS[path.parent.name](path.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
@given(data=st.data())
@settings(max_examples=50)
def test_damaged_files_are_read_or_refused(name: str, data: st.DataObject) -> None:
    seeds = [path.read_bytes() for path in KEPT if path.parent.name == name]
    content = bytearray(data.draw(st.sampled_from(seeds)))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, max(len(content) - 1, 0)))
        end = data.draw(st.integers(place, min(place + 8, len(content))))
        content[place:end] = data.draw(st.binary(max_size=8))
    TARGETS[name](bytes(content))
