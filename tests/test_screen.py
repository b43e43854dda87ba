"""Screens promise the most that reduced costs can be: compared with the space, pair by pair."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from numpy.typing import NDArray
from scipy.sparse import csr_array

import pairkit as pk
from pairkit import folding, grid, screen
from pairkit.constraints import Forbidding
from pairkit.folding import screen_of
from pairkit.lowering import lower
from pairkit.pairspace import PairSpace
from pairkit.parts import Bilinear, Elementwise, Index, Lookup, Part
from pairkit.scoredspace import RuledOut, ScoredPart, ScoredSpace
from pairkit.screen import BIG, AskedScreen, FoldedScreen, Screen
from tests.problems import Drawn, drawn_problems
from tests.spaces import OPEN, Kinds, a_space, kinds, program, scored_spaces

if TYPE_CHECKING:
    from pairkit.screen import Floats

FAR = -BIG / 2.0


@pytest.fixture(autouse=True, scope="module")
def _small_tiles() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grid, "ROWS", 9)
        patch.setattr(grid, "COLUMNS", 7)
        yield


class Prices(NamedTuple):
    u: NDArray[np.float64]
    v: NDArray[np.float64]


def prices(one: Screen, seed: int = 0, size: float = 1.0) -> Prices:
    """Return prices of everybody, some of them below 0 as lifted ones are."""
    rng = np.random.default_rng(seed)
    m, n = one.grid.shape
    return Prices(size * (rng.random(m) - 0.3), size * (rng.random(n) - 0.3))


def everybody(space: PairSpace) -> Screen:
    return screen_of(space, *(np.arange(size) for size in space.shape))


def exact(space: PairSpace, one: Screen, at: Prices) -> NDArray[np.float64]:
    """Return the reduced costs of the grid's pairs from the space itself, nan where forbidden."""
    found = space.pairs(one.grid.rows[:, None], one.grid.columns[None, :])
    return np.where(found.allowed, found.scores - at.u[:, None] - at.v[None, :], np.nan)


def screened(one: Screen, at: Prices) -> NDArray[np.float64]:
    """Return all tiles of a screen as one matrix, rows first, closed ones far below 0."""
    whole = np.full(one.grid.shape, -BIG)
    for a, b in np.argwhere(one.grid.open).tolist():
        tile = one.strip(a, *at).tile(b)
        whole[one.grid.row_part(a), one.grid.column_part(b)] = tile.T
    return whole


def assert_promises(space: PairSpace, one: Screen, at: Prices) -> None:
    """Check a screen against its space: never too low, and too high only where it says so."""
    truth, tiles, error = exact(space, one, at), screened(one, at), one.error(*at)
    allowed = ~np.isnan(truth)
    assert (truth[allowed] <= tiles[allowed] + error).all()
    if not one.open:
        assert (tiles[allowed] - error <= truth[allowed]).all()
        assert (tiles[~allowed] < FAR).all()


def assert_parts_of_tiles(one: Screen, at: Prices, seed: int) -> None:
    """Check that some rows of a tile are the same as those of the whole tile."""
    rng = np.random.default_rng(seed)
    error = one.error(*at)
    for a, b in np.argwhere(one.grid.open).tolist():
        strip = one.strip(a, *at)
        whole: Floats = np.array(strip.tile(b))
        chosen = np.flatnonzero(rng.random(whole.shape[1]) < 0.5)
        if len(chosen):
            some = strip.tile(b, chosen)
            assert some.shape == (whole.shape[0], len(chosen))
            near = whole[:, chosen] > FAR
            assert np.array_equal(some > FAR, near)
            np.testing.assert_allclose(some[near], whole[:, chosen][near], rtol=0, atol=error)
            truth = strip.exact(b)[:, chosen]
            np.testing.assert_allclose(strip.exact(b, chosen), truth, rtol=0, atol=1e-12 + error)


@given(scored_spaces(), st.integers(0, 99), st.sampled_from([0.0, 1.0, 300.0]))
@settings(max_examples=80)
def test_a_reduced_cost_is_never_above_its_tile_by_more_than_the_error(
    space: ScoredSpace, seed: int, size: float
) -> None:
    one = everybody(space)
    assert_promises(space, one, prices(one, seed, size))


@given(scored_spaces(may_be_open=False), st.integers(0, 99), st.sampled_from([0.0, 1.0, 300.0]))
@settings(max_examples=80)
def test_tiles_that_leave_nothing_open_are_within_the_error_and_close_what_is_forbidden(
    space: ScoredSpace, seed: int, size: float
) -> None:
    one = everybody(space)
    assert not one.open
    assert_promises(space, one, prices(one, seed, size))


@given(scored_spaces(most=25), st.integers(0, 99))
@settings(max_examples=25)
def test_chosen_rows_of_a_tile_are_those_of_the_whole_tile(space: ScoredSpace, seed: int) -> None:
    one = everybody(space)
    assert_parts_of_tiles(one, prices(one, seed), seed)


@given(scored_spaces(most=30), st.data())
@settings(max_examples=40)
def test_a_screen_of_some_people_is_about_them(space: ScoredSpace, data: st.DataObject) -> None:
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    some = [np.flatnonzero(rng.random(size) < 0.6) for size in space.shape]
    one = screen_of(space, *some)
    assert sorted(one.grid.rows.tolist()) == some[0].tolist()
    assert sorted(one.grid.columns.tolist()) == some[1].tolist()
    assert_promises(space, one, prices(one))


@given(scored_spaces(most=20), st.integers(0, 99))
@settings(max_examples=40)
def test_settling_and_exact_tiles_are_the_space_itself(space: ScoredSpace, seed: int) -> None:
    one = everybody(space)
    at = prices(one, seed)
    truth = np.nan_to_num(exact(space, one, at), nan=-BIG)
    rows, columns = (places.ravel() for places in np.indices(one.grid.shape))
    np.testing.assert_allclose(
        one.settle(rows, columns, *at), truth[rows, columns], rtol=0, atol=1e-13
    )
    for a, b in np.argwhere(one.grid.open).tolist():
        tile = one.strip(a, *at).exact(b).T
        part = truth[one.grid.row_part(a), one.grid.column_part(b)]
        np.testing.assert_allclose(tile, part, rtol=0, atol=1e-13)


@given(drawn_problems(most=12), st.integers(0, 99))
@settings(max_examples=40)
def test_a_screen_of_any_other_space_is_the_space_itself(drawn: Drawn, seed: int) -> None:
    space = drawn.problem.space
    one = everybody(space)
    assert isinstance(one, AskedScreen)
    at = prices(one, seed)
    assert one.error(*at) == 0.0
    assert np.array_equal(screened(one, at), np.nan_to_num(exact(space, one, at), nan=-BIG))
    assert_parts_of_tiles(one, at, seed)


@pytest.mark.parametrize("penalty", [0.4, 1e5])
@pytest.mark.parametrize("which", ["scorers", "hard", "soft", "slow"])
def test_the_screen_of_a_program_keeps_its_promise(which: str, penalty: float) -> None:
    roster = pk.datasets.sample(32, seed=3)
    space = lower(roster, program(roster, which, penalty=penalty)).space
    one = everybody(space)
    assert one.open == (which == "slow")
    for seed, size in ((0, 0.0), (1, 1.0), (2, 50.0)):
        at = prices(one, seed, size)
        assert_promises(space, one, at)
        assert_parts_of_tiles(one, at, seed)


@given(kinds(), st.integers(0, 9))
@settings(max_examples=40)
def test_large_penalties_are_screened_with_the_promise_kept(made_of: Kinds, seed: int) -> None:
    unlisted = made_of._replace(
        parts=tuple({"dense", *made_of.parts} - {"listed"}),
        soft=tuple({*made_of.soft} - {"list"}),
    )
    space = a_space((18, 16), unlisted, seed, penalty=1e5)
    one = everybody(space)
    assert_promises(space, one, prices(one, seed))


def factors(space: ScoredSpace) -> FoldedScreen:
    one = everybody(space)
    assert isinstance(one, FoldedScreen)
    return one


def test_scores_are_screened_in_float32_and_large_ones_in_float64() -> None:
    made_of = Kinds(("dense", "sparse"), soft=("table",))
    small, large = (factors(a_space((20, 20), made_of, penalty=p)) for p in (1.0, 1e5))
    for one, kind in ((small, "float32"), (large, "float64")):
        assert one.dense[0].dtype == kind
        assert one.strip(0, *prices(one)).tile(0).dtype == kind
        assert one.error(*prices(one)) < (1e-4 if kind == "float32" else 1e-8)


ALL_PRODUCTS = Kinds(("dense", "signed", "sparse", "mixed", "wide"), rules=("table",))


@pytest.mark.parametrize("share", [-1.0, 1.0 / 6.0, 2.0])
@pytest.mark.parametrize("rare", [0.0, 0.05, math.inf])
def test_dense_sparse_and_wide_products_give_the_same(
    share: float, rare: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folding, "DENSE_SHARE", share)
    monkeypatch.setattr(folding, "RARE_MEETINGS", rare)
    space = a_space((30, 26), ALL_PRODUCTS)
    one = factors(space)
    at = prices(one)
    assert_promises(space, one, at)
    assert_parts_of_tiles(one, at, 0)
    in_dense = one.dense[0].shape[1] > 0
    assert in_dense == (share < 1.0)
    assert (one.wide is not None) == (share > 0.0 and (rare > 0.0))
    assert (one.sparse.left.shape[1] > 0) == (share > 0.0 and not math.isinf(rare))


def test_what_is_slow_is_asked_for_hits_only() -> None:
    asked: list[int] = []

    def never(i: Index, j: Index) -> NDArray[np.float64]:
        asked.append(np.broadcast(i, j).size)
        return np.full(np.broadcast_shapes(i.shape, j.shape), 0.5)

    parts = [ScoredPart("slow", 1.0, Elementwise(never, slow=True))]
    one = everybody(ScoredSpace((20, 20), parts))
    at = Prices(np.zeros(20), np.zeros(20))
    assert (screened(one, at) >= 1.0 - one.error(*at)).all()
    assert asked == []
    assert one.settle(np.array([3]), np.array([4]), *at).tolist() == [0.5]


@pytest.mark.parametrize(
    "made_of", [Kinds((OPEN,)), Kinds(rules=(OPEN,)), Kinds(soft=(OPEN,))], ids=str
)
def test_slow_things_leave_a_screen_open(made_of: Kinds) -> None:
    assert everybody(a_space((5, 5), made_of)).open


def test_floors_leave_a_screen_open() -> None:
    assert everybody(a_space((5, 5), Kinds(floor=0.2))).open
    assert everybody(a_space((5, 5), Kinds(soft_floor=True))).open
    assert not everybody(a_space((5, 5), Kinds())).open


def test_rules_of_more_classes_than_a_grid_takes_still_forbid(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(grid, "CELLS", 8)
    space = a_space((30, 30), Kinds(rules=("table", "other table")))
    one = everybody(space)
    assert_promises(space, one, prices(one))


def problem_of(*parts: Part) -> pk.Problem:
    ones = np.ones(20, dtype=np.int64)
    scored = [ScoredPart(f"part {k}", 1.0 / len(parts), one) for k, one in enumerate(parts)]
    return pk.Problem(ScoredSpace((20, 20), scored), ones, ones)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("sparse", [False, True])
def test_factors_that_are_not_finite_are_refused(value: float, sparse: bool) -> None:
    left = np.full((20, 3), 0.1)
    left[7, 1] = value
    for bad in (
        Bilinear(csr_array(left) if sparse else left, np.ones((20, 3))),
        Bilinear(np.ones((20, 3)), csr_array(left) if sparse else left),
    ):
        with pytest.raises(pk.ProgramError, match="not finite"):
            pk.solve(problem_of(bad), pk.ColumnGeneration())


@pytest.mark.parametrize("value", [math.nan, 1.1, -0.1])
def test_values_outside_the_unit_interval_are_refused_in_a_solve(value: float) -> None:
    def wrong(i: Index, j: Index) -> NDArray[np.float64]:
        return np.where((i == 11) & (j == 5), value, 0.5)

    with pytest.raises(pk.ProgramError, match=r"'part 1' gave|values of a scorer"):
        pk.solve(
            problem_of(Bilinear(np.zeros((20, 1)), np.ones((20, 1))), Elementwise(wrong)),
            pk.ColumnGeneration(),
        )


def test_nobody_meets_where_a_rule_forbids_everything() -> None:
    everything = Lookup(np.zeros(20, np.int64), np.zeros(20, np.int64), np.ones((1, 1), np.bool_))
    half = Bilinear(np.full((20, 1), 0.5), np.ones((20, 1)))
    rules = [RuledOut("none", Forbidding(everything, lambda *_: ""))]
    space = ScoredSpace((20, 20), [ScoredPart("half", 1.0, half)], rules=rules)
    assert not everybody(space).grid.open.any()
    ones = np.ones(20, dtype=np.int64)
    solution = pk.solve(pk.Problem(space, ones, ones), pk.ColumnGeneration())
    assert (len(solution), solution.status) == (0, pk.Status.OPTIMAL)


def test_reduced_costs_of_forbidden_pairs_are_far_below_zero() -> None:
    space = pk.Problem.from_scores([[0.5, math.nan]]).space
    found = screen.reduced_costs(
        space, np.array([0, 0]), np.array([0, 1]), np.full(2, 0.1), np.full(2, 0.2)
    )
    assert found.tolist() == pytest.approx([0.2, -BIG])
