from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from scipy.sparse import csr_array

import pairkit as pk
from pairkit import pairspace
from pairkit.lowering import lower
from pairkit.pairspace import (
    DenseSpace,
    PairSpace,
    SparseSpace,
    Without,
    candidates,
    row_tiles,
    scores_matrix,
)
from pairkit.scoredspace import ScoredPart, ScoredSpace
from tests.problems import Drawn, drawn_problems

NAN = math.nan


def spaces(drawn: Drawn) -> list[PairSpace]:
    i, j = np.nonzero(~np.isnan(drawn.scores))
    sparse = csr_array((drawn.scores[i, j], (i, j)), shape=drawn.scores.shape)
    return [DenseSpace(drawn.scores), SparseSpace(sparse)]


@given(drawn=drawn_problems(most=6))
def test_every_way_of_reading_a_space_says_the_same(drawn: Drawn) -> None:
    m, n = drawn.scores.shape
    rows, columns = np.arange(m)[:, None], np.arange(n)[None, :]
    i, j = np.nonzero(~np.isnan(drawn.scores))
    for space in spaces(drawn):
        tile = space.pairs(rows, columns)
        assert np.array_equal(tile.allowed, ~np.isnan(drawn.scores))
        assert np.array_equal(tile.scores[tile.allowed], drawn.scores[tile.allowed])
        assert np.array_equal(scores_matrix(space), drawn.scores, equal_nan=True)
        found = candidates(space)
        assert found.mentors.tolist() == i.tolist()
        assert found.mentees.tolist() == j.tolist()
        assert found.scores.tolist() == drawn.scores[i, j].tolist()


@given(drawn=drawn_problems(most=6))
def test_without_takes_out_what_it_says(drawn: Drawn) -> None:
    m, n = drawn.scores.shape
    out = np.array([(i, j) for i in range(m) for j in range(n) if (i + j) % 2], dtype=np.int64)
    i, j = out.reshape(-1, 2).T
    expected = drawn.scores.copy()
    expected[i, j] = NAN
    for space in spaces(drawn):
        less = Without(space, i, j)
        assert np.array_equal(scores_matrix(less), expected, equal_nan=True)
        assert len(candidates(less)) == np.count_nonzero(~np.isnan(expected))


def test_tiles_of_rows_cover_the_space_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairspace, "TILE_PAIRS", 7)
    scores = np.arange(15.0).reshape(5, 3)
    tiles = list(row_tiles(DenseSpace(scores)))
    assert [len(rows) for rows, _ in tiles] == [2, 2, 1]
    assert np.array_equal(np.concatenate([tile.scores for _, tile in tiles]), scores)
    assert np.array_equal(scores_matrix(DenseSpace(scores)), scores)


@pytest.mark.parametrize("value", [math.inf, -math.inf])
def test_infinite_scores_are_refused_with_their_place(value: float) -> None:
    scores = np.ones((2, 3))
    scores[1, 2] = value
    with pytest.raises(pk.ProblemError, match="mentor 1 and mentee 2 is infinite"):
        DenseSpace(scores)
    with pytest.raises(pk.ProblemError, match="mentor 1 and mentee 2 is infinite"):
        SparseSpace(csr_array(scores))


def test_scores_need_two_dimensions() -> None:
    with pytest.raises(pk.ProblemError, match="two dimensions; these have 1"):
        DenseSpace(np.ones(3))


def test_a_space_of_elementwise_parts_alone_is_scored() -> None:
    part = pk.Elementwise(lambda i, j: np.full(np.broadcast_shapes(i.shape, j.shape), 0.25))
    space = ScoredSpace((2, 2), [ScoredPart("a", 1.0, part)])
    assert scores_matrix(space).tolist() == [[0.25, 0.25], [0.25, 0.25]]


def people() -> pk.Roster:
    return pk.Roster.from_records(
        [
            {"id": "m1", "roles": "mentor", "skills": ["a", "b"], "site": "X"},
            {"id": "m2", "roles": "mentor", "skills": ["b"], "site": "Y"},
            {"id": "e1", "roles": "mentee", "needs": ["a", "b"], "site": "X"},
            {"id": "e2", "roles": "mentee", "needs": ["c"], "site": "Y"},
        ]
    )


def program(*rules: pk.Rule) -> pk.Program:
    scoring = pk.Weighted({"skills": (pk.SkillCoverage(), 3), "site": pk.Same("site")})
    return pk.Program(scoring=scoring, rules=rules)


def test_scores_and_contributions_agree() -> None:
    space = lower(people(), program(pk.SameValue("site", penalty=0.5))).space
    i, j = (one.ravel() for one in np.indices((2, 2)))
    total = sum(weight * values for _, weight, values in space.contributions(i, j))
    assert total == pytest.approx(space.pairs(i, j).scores, abs=1e-12)
    assert space.pairs(i, j).scores.tolist() == pytest.approx([1.0, -0.5, -0.125, 0.25])


def test_a_floor_forbids_and_a_soft_floor_costs() -> None:
    hard = lower(people(), program(pk.MinimumScore(0.3))).space
    np.testing.assert_allclose(scores_matrix(hard), [[1.0, NAN], [0.375, NAN]])
    soft = lower(people(), program(pk.MinimumScore(0.3, penalty=0.2))).space
    np.testing.assert_allclose(scores_matrix(soft), [[1.0, -0.2], [0.375, 0.05]])
    contributions = soft.contributions(np.array([0]), np.array([1]))
    assert contributions[-1][0] == "MinimumScore"
    assert contributions[-1][2].tolist() == [1.0]


def test_a_score_at_the_floor_passes_it() -> None:
    space = lower(people(), program(pk.MinimumScore(0.375))).space
    assert space.pairs(np.array([1]), np.array([0])).allowed.tolist() == [True]


def test_narrowing_names_each_rule_in_turn() -> None:
    space = lower(people(), program(pk.SameValue("site"), pk.MinimumScore(0.3))).space
    rows, columns = np.arange(2)[:, None], np.arange(2)[None, :]
    steps = {name: allowed.tolist() for name, allowed in space.narrowing(rows, columns)}
    assert steps == {
        "SameValue(site)": [[True, False], [False, True]],
        "MinimumScore": [[True, False], [False, False]],
    }


def test_slow_parts_and_rules_are_asked_only_where_it_matters() -> None:
    asked: list[tuple[str, str]] = []

    def likes(mentor: pk.Participant, mentee: pk.Participant) -> float:
        asked.append((mentor.id, mentee.id))
        return 1.0

    def may(mentor: pk.Participant, mentee: pk.Participant) -> bool:
        return (mentor.id, mentee.id) != ("m2", "e2")

    rules = (pk.PairPredicate(may), pk.SameValue("site"))
    used = pk.Program(scoring={"likes": pk.PairFunction(likes)}, rules=rules)
    matrix = scores_matrix(lower(people(), used).space)
    assert np.argwhere(~np.isnan(matrix)).tolist() == [[0, 0]]
    assert asked == [("m1", "e1")]
