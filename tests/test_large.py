"""Mip over all pairs of scored people equals Mip over a list of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import pairkit as pk
from pairkit.solvers import priced as priced_module
from pairkit.solvers.priced import priced_space

LISTED = pk.Mip(listed=1_000_000)
OVER_ALL = pk.Mip(listed=0)
RULES: dict[str, list[dict[str, Any]]] = {
    "a share inside": [{"rule": "Quota", "same": "department", "share_at_most": 0.05}],
    "two quotas": [
        {"rule": "Quota", "same": "department", "share_at_most": 0.05},
        {"rule": "Quota", "different": "site", "at_least": 20},
    ],
    "soft": [{"rule": "Quota", "same": "department", "at_most": 2, "penalty": 0.3}],
    "loads": [{"rule": "MinimumLoad", "minimum": 2, "or_none": True}],
    "a floor": [
        {"rule": "MinimumScore", "minimum": 0.2},
        {"rule": "Quota", "same": "department", "share_at_most": 0.05},
    ],
}


def program(rules: list[dict[str, Any]], **more: object) -> pk.Program:
    return pk.Program.model_validate(
        {
            "reference_date": "2026-11-02",
            "mentor_capacity": 3,
            "scoring": [
                {"scorer": "SkillCoverage", "full_level": 3, "weight": 2},
                {"scorer": "Different", "field": "department"},
            ],
            "rules": [{"rule": "GapWindow", "field": "level", "max": -1}, *rules],
            **more,
        }
    )


@pytest.mark.parametrize("rules", RULES.values(), ids=RULES)
@pytest.mark.parametrize("objectives", [["participation", "quality"], ["quality"]])
def test_both_reach_the_same(rules: list[dict[str, Any]], objectives: list[str]) -> None:
    problem = pk.build(pk.datasets.sample(60, seed=3), program(rules, objectives=objectives))
    listed, over_all = pk.solve(problem, LISTED), pk.solve(problem, OVER_ALL)
    assert listed.status is pk.Status.OPTIMAL
    for one, other in zip(listed.levels, over_all.levels, strict=True):
        assert other.bound is not None
        assert other.value == pytest.approx(one.value, rel=1e-6)
        assert other.bound >= one.value - 1e-9


def test_both_raise_the_worst_off_as_far() -> None:
    objectives = ["participation", "egalitarian", "quality"]
    rules = program(RULES["two quotas"], objectives=objectives)
    problem = pk.build(pk.datasets.sample(60, seed=4), rules)
    listed, over_all = pk.solve(problem, LISTED), pk.solve(problem, OVER_ALL)
    worst = [one.levels[1].value for one in (listed, over_all)]
    assert worst[0] == pytest.approx(worst[1], abs=1e-9)
    assert "worst-off pairs, proved" in over_all.detail


@pytest.mark.parametrize("score", [2.0, 1.0, 0.25, 0.0, -1.0])
@pytest.mark.parametrize("rules", ["two quotas", "a floor"])
def test_prices_are_folded_into_scores(score: float, rules: str) -> None:
    problem = pk.build(pk.datasets.sample(50, seed=5), program(RULES[rules]))
    weights = [(0.5 - k, row) for k, row in enumerate(problem.rows)]
    space, unit = priced_space(problem.space, score, weights)
    i, j = (one.ravel() for one in np.indices(problem.shape, dtype=np.int64))
    tile, priced = problem.space.pairs(i, j), space.pairs(i, j)
    worth = score * tile.scores
    for factor, row in weights:
        worth += factor * row.pair_weights(i, j, tile.scores)
    assert np.array_equal(priced.allowed, tile.allowed)
    np.testing.assert_allclose(priced.scores[tile.allowed] * unit, worth[tile.allowed], atol=1e-12)


def blocks(people: int, seed: int) -> list[pk.Row]:
    draw = np.random.default_rng(seed)
    left, right = draw.integers(0, 3, (2, people))
    halves = np.arange(people) % 2
    return [
        pk.Row("a", pk.Lookup(halves, halves, np.eye(2)), most=10.0),
        pk.Row("b", pk.Lookup(left, right, np.eye(3)), most=12.0),
    ]


@pytest.mark.parametrize("seed", range(3))
def test_a_pin_that_prices_rule_out_is_made(seed: int) -> None:
    scores = np.random.default_rng(seed).random((80, 80))
    pin = (seed, int(scores[seed].argmin()))
    problem = pk.Problem.from_scores(
        scores, objectives=["quality"], require=[pin], rows=blocks(80, seed)
    )
    solution = pk.solve(problem, OVER_ALL)
    assert solution.objective == pytest.approx(pk.solve(problem, LISTED).objective, rel=1e-6)


def test_a_row_of_small_weights_is_not_broken() -> None:
    halves = np.repeat([1.0, -1.0], 50) / 50.0
    parity = pk.Row("parity", None, -0.05, 0.05, matched=(np.zeros(60), halves))
    scores = np.random.default_rng(0).random((100, 100)) + (halves > 0)
    solution = pk.solve(pk.Problem.from_scores(scores[:60], rows=[parity]), OVER_ALL)
    assert solution.status is pk.Status.OPTIMAL
    assert abs(halves[solution.mentees].sum()) <= 0.05


def test_fairness_that_is_given_up_is_not_called_optimal() -> None:
    draw = np.random.default_rng(251)
    m, n = 5, 6
    scores, room = draw.integers(1, 8, (m, n)) / 8, draw.integers(1, 3, m)
    a, b, c, d = (draw.integers(0, 2, size) for size in (m, n, m, n))
    rows = [
        pk.Row("q", pk.Lookup(a, b, np.eye(2)), most=2.0),
        pk.Row("r", pk.Lookup(c, d, np.eye(2)), most=2.0),
    ]
    objectives = ["egalitarian", "quality"]
    problem = pk.Problem.from_scores(scores, room, 1, objectives=objectives, rows=rows)
    best = pk.solve(problem, LISTED)
    solution = pk.solve(problem, OVER_ALL)
    assert solution.status is not pk.Status.OPTIMAL or solution.objective == best.objective


def test_the_worst_off_are_told_in_the_scores_that_were_given() -> None:
    scores = np.random.default_rng(0).random((12, 12)) * 1e150
    problem = pk.Problem.from_scores(scores, objectives=["egalitarian", "quality"])
    solution = pk.solve(problem, OVER_ALL)
    assert f"1 at {solution.levels[0].value:.6g}" in solution.detail


def test_where_nothing_is_allowed_that_is_the_best() -> None:
    scores = np.full((80, 80), np.nan)
    solution = pk.solve(pk.Problem.from_scores(scores, objectives=["egalitarian"]), OVER_ALL)
    assert solution.status is pk.Status.OPTIMAL
    assert len(solution) == 0


@pytest.mark.parametrize("listed", [0, 1_000])
def test_rules_on_peers_count_people_in_either_role(listed: int) -> None:
    roster = pk.datasets.sample(16, seed=5)
    reached = []
    for count in ("mentors", "mentees"):
        peers = pk.Program(
            roles=pk.Roles(peer={}),
            mentor_capacity=3,
            reference_date="2026-11-02",
            scoring=[pk.SharedInterests()],
            rules=[pk.Quota(count=count, at_most=6)],
            objectives=["quality"],
        )
        reached.append(pk.match(roster, peers, solver=pk.Mip(listed=listed)).objective)
    assert reached[0] == pytest.approx(reached[1])


def test_many_tables_are_folded_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = pk.build(pk.datasets.sample(50, seed=5), program(RULES["two quotas"]))
    weights = [(0.5 - k, row) for k, row in enumerate(problem.rows)]
    whole, _ = priced_space(problem.space, 1.0, weights)
    monkeypatch.setattr(priced_module, "CELLS", 1)
    pieces, _ = priced_space(problem.space, 1.0, weights)
    i, j = np.indices(problem.shape, dtype=np.int64)
    np.testing.assert_allclose(pieces.pairs(i, j).scores, whole.pairs(i, j).scores, atol=1e-12)
