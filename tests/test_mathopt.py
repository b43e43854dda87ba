"""MathOpt: what HiGHS says, when it says nothing, and when it is left behind."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from ortools.math_opt.python import mathopt as backend

import pairkit as pk
from pairkit.solvers import mathopt as module
from pairkit.solvers.linear import Linear, Model
from pairkit.solvers.mathopt import STATUSES, maximize
from tests.test_rounding import everybody, hard


@pytest.fixture
def model() -> tuple[Model, np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    problem = hard(12, 0)
    linear, graph = Linear(problem), everybody(problem)
    return linear.model(graph), linear.cost(linear.form(problem.aims[-1]), graph)


Program = tuple[Model, "np.ndarray[tuple[int, ...], np.dtype[np.float64]]"]


def test_every_reason_of_the_back_end_has_a_status() -> None:
    assert set(STATUSES) == {one.name for one in backend.TerminationReason}


def test_an_interior_point_ends_where_the_simplex_method_does(
    model: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    simplex = maximize(*model, relaxed=True)
    monkeypatch.setattr(module, "INTERIOR", 0)
    interior = maximize(*model, relaxed=True)
    assert interior.bound == pytest.approx(simplex.bound, rel=1e-6)
    assert len(interior.duals) == len(simplex.duals) == len(model[0].least)


def test_a_relaxation_bounds_whole_numbers(model: Program) -> None:
    relaxed, whole = maximize(*model, relaxed=True), maximize(*model)
    assert relaxed.bound is not None
    assert whole.bound is not None
    assert relaxed.bound >= model[1] @ whole.x - 1e-9
    assert whole.bound == pytest.approx(model[1] @ whole.x)
    assert set(np.round(whole.x, 9).tolist()) <= {0.0, 1.0}


def slowly(*_: Any) -> Callable[[], None]:  # noqa: ANN401
    return lambda: time.sleep(0.5)


def test_a_back_end_that_does_not_look_at_its_time_is_left_behind(
    model: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "GRACE", 0.0)
    monkeypatch.setattr(module, "_solve", slowly)
    found = maximize(*model, seconds=0.01)
    assert found.status is pk.Status.NO_SOLUTION_FOUND
    assert found.ended == "stopped at the time limit"


def test_a_back_end_that_fails_is_an_error(model: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("out of order")

    monkeypatch.setattr(backend, "solve", fail)
    assert maximize(*model).status is pk.Status.ERROR


def test_an_error_that_is_not_the_back_ends_comes_through(
    model: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise MemoryError("no memory left")

    monkeypatch.setattr(backend, "solve", fail)
    with pytest.raises(MemoryError, match="no memory left"):
        maximize(*model)
