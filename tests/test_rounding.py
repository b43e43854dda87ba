"""Rounding: whole solutions near a linear program keep every row, or there is none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pairkit as pk
from pairkit.pairspace import Candidates
from pairkit.parts import Elementwise
from pairkit.rows import Floats
from pairkit.solvers import large as large_module
from pairkit.solvers.base import Clock
from pairkit.solvers.linear import Linear
from pairkit.solvers.rounding import rounded

SIZE = 6


def quota(marks: Floats, *, least: float = -np.inf, most: float = np.inf) -> pk.Row:
    return pk.Row("quota", Elementwise(lambda i, j: marks[i, j]), least, most)


def everybody(problem: pk.Problem) -> Candidates:
    i, j = (one.ravel() for one in np.indices(problem.shape, dtype=np.int64))
    return Candidates(i, j, problem.space.pairs(i, j).scores)


def made_by(problem: pk.Problem, *, stop: pk.Stop | None = None) -> np.ndarray | None:
    """Return what the flows make of a quality alone, from prices that know nothing."""
    linear, graph = Linear(problem), everybody(problem)
    form = linear.form(problem.aims[-1])
    prices = np.zeros(len(linear.least))
    return rounded(linear, form, graph, prices, Clock(stop or pk.Stop()))


@given(seed=st.integers(0, 10_000), least=st.integers(0, 4), most=st.integers(0, 4))
def test_what_is_made_keeps_all_rows_and_capacities(seed: int, least: int, most: int) -> None:
    draw = np.random.default_rng(seed)
    near, far = draw.random((2, SIZE, SIZE)) < 0.4
    rows = [quota(near * 1.0, most=float(most)), quota(far * 1.0, least=float(least))]
    problem = pk.Problem.from_scores(draw.random((SIZE, SIZE)), rows=rows)
    made = made_by(problem)
    if made is None:
        return
    graph = everybody(problem).take(made)
    for people in (graph.mentors, graph.mentees):
        assert np.bincount(people).max(initial=0) <= 1
    assert near[graph.mentors, graph.mentees].sum() <= most
    assert far[graph.mentors, graph.mentees].sum() >= least


def test_prices_that_know_nothing_find_a_quota() -> None:
    scores = np.full((SIZE, SIZE), 0.2) + 0.8 * np.eye(SIZE)
    problem = pk.Problem.from_scores(scores, rows=[quota(np.eye(SIZE), most=2.0)])
    made = made_by(problem)
    assert made is not None
    assert int(np.eye(SIZE).ravel()[made].sum()) <= 2
    assert int(made.sum()) == SIZE


def test_pins_are_made() -> None:
    problem = pk.Problem.from_scores(np.eye(SIZE), require=[(0, 1)], rows=[quota(np.eye(SIZE))])
    made = made_by(problem)
    assert made is not None
    assert made.reshape(SIZE, SIZE)[0, 1]


@pytest.mark.parametrize(
    ("rows", "stop"),
    [
        ([quota(np.eye(SIZE), least=SIZE + 1.0)], pk.Stop()),
        ([quota(np.eye(SIZE), most=2.0)], pk.Stop(seconds=1e-9)),
    ],
    ids=["nothing keeps the rows", "no time"],
)
def test_without_an_answer_there_is_none(rows: list[pk.Row], stop: pk.Stop) -> None:
    assert made_by(pk.Problem.from_scores(np.eye(SIZE), rows=rows), stop=stop) is None


def hard(size: int, seed: int) -> pk.Problem:
    """Return a problem in which departments want to stay among themselves, and must not."""
    draw = np.random.default_rng(seed)
    mentors, mentees = draw.integers(0, 4, (2, size))
    same = mentors[:, None] == mentees[None, :]
    counts = same * draw.integers(1, 4, (size, size))
    rows = [quota(counts * (mentees[None, :] == k), most=size / 10.0) for k in range(4)]
    return pk.Problem.from_scores(draw.random((size, size)) + same, rows=rows)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("flows", [True, False], ids=["flows first", "programs alone"])
def test_over_all_pairs_equals_branch_and_bound(
    seed: int, *, flows: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not flows:
        monkeypatch.setattr(large_module, "rounded", lambda *_: None)
    problem = hard(40, seed)
    listed = pk.solve(problem, pk.Mip(listed=10_000))
    over_all = pk.solve(problem, pk.Mip(listed=0))
    assert listed.status is over_all.status is pk.Status.OPTIMAL
    assert over_all.objective == pytest.approx(listed.objective, rel=1e-6)


def test_a_gap_that_is_good_enough_ends_it() -> None:
    solution = pk.solve(hard(80, 5), pk.Mip(listed=0), stop=pk.Stop(gap=0.05))
    assert solution.gap is not None
    assert solution.gap <= 0.05


def test_interrupted_it_returns_the_best_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(large_module.Large, "_good", lambda *_: False)
    monkeypatch.setattr(large_module.Large, "_by_programs", interrupted)
    solution = pk.solve(hard(40, 0), pk.Mip(listed=0))
    assert solution.status is pk.Status.FEASIBLE
    assert "interrupted" in solution.detail
    assert solution.gap is not None
