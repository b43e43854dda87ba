from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import pairkit as pk


def in_a_fresh_process(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.strip()


def test_importing_pairkit_loads_nothing_heavy() -> None:
    heavy = "{'ortools', 'scipy', 'pandas', 'matplotlib', 'sklearn', 'polars', 'numpy', 'pydantic'}"
    loaded = in_a_fresh_process(f"import sys, pairkit; print({heavy} & set(sys.modules))")
    assert loaded == "set()"


def test_reading_and_describing_a_program_loads_no_solver() -> None:
    code = (
        "import sys, pairkit as pk; pk.reverse_mentoring().to_toml(); pk.Participant(id='A');"
        "print({'ortools', 'scipy', 'pandas', 'matplotlib'} & set(sys.modules))"
    )
    assert in_a_fresh_process(code) == "set()"


@pytest.mark.parametrize("name", pk.__all__)
def test_every_public_name_exists(name: str) -> None:
    assert getattr(pk, name) is not None


def test_the_public_names_are_sorted_and_said_once() -> None:
    assert list(pk.__all__) == sorted(set(pk.__all__))
    assert set(dir(pk)) == set(pk.__all__)


def test_type_checkers_are_told_the_same_names() -> None:
    stub = ast.parse(Path(pk.__file__).with_suffix(".pyi").read_text("utf-8"))
    *_, told = (node for node in stub.body if isinstance(node, ast.Assign))
    assert set(ast.literal_eval(told.value)) == set(pk.__all__)
    imported = {
        (node.module, one.name)
        for node in stub.body
        if isinstance(node, ast.ImportFrom)
        for one in node.names
    }
    homes = {
        (f"pairkit.{module}", name)
        for module, names in vars(pk)["_MODULES"].items()
        for name in names.split()
    }
    packages = {
        ("pairkit" if "." not in home else f"pairkit.{home.partition('.')[0]}", name)
        for name, home in vars(pk)["_PACKAGES"].items()
    }
    assert imported == homes | packages | {("pairkit._version", "__version__")}


def test_every_public_name_is_public_where_it_lives() -> None:
    for module, names in vars(pk)["_MODULES"].items():
        public = vars(__import__(f"pairkit.{module}", fromlist=["__all__"]))["__all__"]
        assert set(names.split()) <= set(public), module


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        pk.nothing  # type: ignore[attr-defined]  # noqa: B018
