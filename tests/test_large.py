"""Mip over all pairs of scored people equals Mip over a list of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import pairkit as pk
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
