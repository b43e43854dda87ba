from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from numpy.typing import NDArray
from scipy.sparse import csr_array

import pairkit as pk
from pairkit.pairspace import DenseSpace, SparseSpace
from pairkit.solvers.stable import _ascending, _descending
from pairkit.stability import count_blocking_pairs

Favor: TypeAlias = Literal["mentors", "mentees"]
Pairs: TypeAlias = frozenset[tuple[int, int]]
Matrix: TypeAlias = NDArray[np.float64]

SIDES: tuple[Favor, Favor] = ("mentors", "mentees")
NAN = math.nan


@dataclass(frozen=True)
class Game:
    """A problem with preferences as plain arrays: nan where forbidden or unacceptable."""

    scores: Matrix
    mentors: Matrix
    mentees: Matrix
    mentor_capacity: NDArray[np.int64]
    mentee_capacity: NDArray[np.int64]

    def problem(self, *, sparse: bool = False) -> pk.Problem:
        spaces = [_sparse(m) if sparse else DenseSpace(m) for m in (self.mentors, self.mentees)]
        scores = _sparse(self.scores).matrix if sparse else self.scores
        return pk.Problem.from_scores(
            scores,
            self.mentor_capacity,
            self.mentee_capacity,
            ["stability"],
            preferences=pk.Preferences(*spaces),
        )

    def acceptable(self) -> list[tuple[int, int]]:
        known = ~np.isnan(self.scores) & ~np.isnan(self.mentors) & ~np.isnan(self.mentees)
        return [(i, j) for i, j in np.argwhere(known).tolist()]

    def feasible(self) -> Iterator[Pairs]:
        """All sets of acceptable pairs that everybody has room for."""
        some: list[Pairs] = [frozenset()]
        for pair in self.acceptable():
            some += [one | {pair} for one in some if self._fits(one, pair)]
        yield from some

    def _fits(self, made: Pairs, pair: tuple[int, int]) -> bool:
        i, j = pair
        room = int(self.mentor_capacity[i]), int(self.mentee_capacity[j])
        return sum(a == i for a, _ in made) < room[0] and sum(b == j for _, b in made) < room[1]

    def blocking(self, made: Pairs) -> Pairs:
        """The pairs that block, by the book."""
        return frozenset(
            (i, j)
            for i, j in self.acceptable()
            if (i, j) not in made
            and _gains(self.mentors[i], [b for a, b in made if a == i], self.mentor_capacity[i], j)
            and _gains(
                self.mentees[:, j], [a for a, b in made if b == j], self.mentee_capacity[j], i
            )
        )

    def stable(self) -> list[Pairs]:
        return [made for made in self.feasible() if not self.blocking(made)]


def _gains(wanted: Matrix, partners: list[int], capacity: int, other: int) -> bool:
    if len(partners) < capacity:
        return True
    worst = [-math.inf if math.isnan(wanted[k]) else float(wanted[k]) for k in partners]
    return float(wanted[other]) > min(worst, default=math.inf)


def _sparse(matrix: Matrix) -> SparseSpace:
    i, j = np.nonzero(~np.isnan(matrix))
    return SparseSpace(csr_array((matrix[i, j], (i, j)), shape=matrix.shape))


def _arrays(pairs: Pairs) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    both = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def _pairs(mentors: NDArray[np.int64], mentees: NDArray[np.int64]) -> Pairs:
    return frozenset(zip(mentors.tolist(), mentees.tolist(), strict=True))


def solved(problem: pk.Problem, favor: Favor = "mentors") -> Pairs:
    solution = pk.solve(problem, pk.DeferredAcceptance(favor))
    assert solution.status is pk.Status.OPTIMAL or problem.objectives[0] != "stability"
    return _pairs(solution.mentors, solution.mentees)


def ranked(mentors: list[list[int]], mentees: list[list[int]]) -> pk.Problem:
    """A problem without scores, of people with room for one partner each."""
    return pk.Problem.from_scores(
        np.zeros((len(mentors), len(mentees))),
        objectives=["stability"],
        preferences=pk.Preferences.from_ranks(mentors, mentees),
    )


@st.composite
def games(
    draw: st.DrawFn,
    *,
    most: int = 4,
    capacity: int = 2,
    strict: bool = False,
    complete: bool = False,
) -> Game:
    """Draw a game: ties unless strict, unacceptable and forbidden pairs unless complete."""
    m, n = draw(st.integers(0, most)), draw(st.integers(0, most))

    def matrix(*, distinct: bool) -> Matrix:
        if distinct:
            values = [float(value) for value in draw(st.permutations(range(m * n)))]
        else:
            values = draw(st.lists(st.integers(0, 2).map(float), min_size=m * n, max_size=m * n))
        made = np.array(values, dtype=np.float64).reshape(m, n)
        if not complete:
            out = draw(st.lists(st.booleans(), min_size=m * n, max_size=m * n))
            made[np.array(out, dtype=np.bool_).reshape(m, n)] = NAN
        return made

    room = st.integers(0 if capacity > 1 else 1, capacity)
    return Game(
        matrix(distinct=False),
        matrix(distinct=strict),
        matrix(distinct=strict),
        np.array(draw(st.lists(room, min_size=m, max_size=m)), dtype=np.int64),
        np.array(draw(st.lists(room, min_size=n, max_size=n)), dtype=np.int64),
    )


# --- Gale and Shapley 1962, doi:10.1080/00029890.1962.11989827


def test_gale_shapley_example_1() -> None:
    problem = ranked([[0, 1, 2], [1, 2, 0], [2, 0, 1]], [[1, 2, 0], [2, 0, 1], [0, 1, 2]])
    assert solved(problem, "mentors") == {(0, 0), (1, 1), (2, 2)}
    assert solved(problem, "mentees") == {(0, 2), (1, 0), (2, 1)}
    second = np.array([0, 1, 2]), np.array([1, 2, 0])
    assert count_blocking_pairs(problem, *second) == 0


def test_gale_shapley_example_2_has_one_stable_set() -> None:
    problem = ranked(
        [[0, 1, 2, 3], [0, 3, 2, 1], [1, 0, 2, 3], [3, 1, 2, 0]],
        [[3, 2, 0, 1], [1, 3, 0, 2], [3, 0, 1, 2], [2, 1, 0, 3]],
    )
    assert solved(problem, "mentors") == {(0, 2), (1, 3), (2, 0), (3, 1)}
    assert solved(problem, "mentees") == {(0, 2), (1, 3), (2, 0), (3, 1)}


def test_agreement_on_the_best_is_assortative() -> None:
    everyone = list(range(6))
    problem = ranked([everyone] * 6, [everyone] * 6)
    for favor in SIDES:
        assert solved(problem, favor) == {(k, k) for k in everyone}


# --- Against all solutions there are


@pytest.mark.parametrize("favor", SIDES)
@given(game=games(strict=True, capacity=1))
def test_one_to_one_is_the_best_stable_solution_of_the_favored(favor: Favor, game: Game) -> None:
    _assert_best_for_the_favored(game, favor)


@pytest.mark.parametrize("favor", SIDES)
@given(game=games(most=3, strict=True))
def test_with_capacities_it_is_the_best_stable_solution_of_the_favored(
    favor: Favor, game: Game
) -> None:
    _assert_best_for_the_favored(game, favor)


def _assert_best_for_the_favored(game: Game, favor: Favor) -> None:
    """Each favored person has the best of the partners of all stable solutions."""
    made, stable = solved(game.problem(), favor), game.stable()
    assert made in stable
    wanted = game.mentors if favor == "mentors" else game.mentees.T
    side = 0 if favor == "mentors" else 1
    for k in range(len(wanted)):
        own = sorted(
            (pair[1 - side] for pair in made if pair[side] == k), key=lambda p: -wanted[k, p]
        )
        ever = {pair[1 - side] for one in stable for pair in one if pair[side] == k}
        assert own == sorted(ever, key=lambda p: -wanted[k, p])[: len(own)]
        assert all(sum(pair[side] == k for pair in one) == len(own) for one in stable)


@given(game=games(most=5, capacity=3, strict=True))
def test_rural_hospitals_everybody_has_as_many_partners_either_way(game: Game) -> None:
    # Roth 1986, doi:10.2307/1913160; and who has room left has the same partners.
    one, other = (solved(game.problem(), favor) for favor in SIDES)
    for side, capacity in enumerate((game.mentor_capacity, game.mentee_capacity)):
        for k, room in enumerate(capacity.tolist()):
            mine, theirs = ({p for p in made if p[side] == k} for made in (one, other))
            assert len(mine) == len(theirs)
            assert mine == theirs or len(mine) == room


@pytest.mark.parametrize("favor", SIDES)
@given(game=games(most=6, capacity=3), sparse=st.booleans())
def test_nothing_blocks_whatever_ties_and_gaps(favor: Favor, game: Game, sparse: bool) -> None:
    problem = game.problem(sparse=sparse)
    made = solved(problem, favor)
    assert made <= set(game.acceptable())
    assert game.blocking(made) == frozenset()
    assert count_blocking_pairs(problem, *_arrays(made)) == 0


@given(game=games(most=6, capacity=3))
def test_sparse_and_dense_make_the_same_pairs(game: Game) -> None:
    for favor in SIDES:
        assert solved(game.problem(), favor) == solved(game.problem(sparse=True), favor)


@given(game=games(most=7, capacity=3), data=st.data())
def test_rounds_and_one_by_one_make_the_same_pairs(game: Game, data: st.DataObject) -> None:
    import pairkit.solvers.stable as module

    favor = data.draw(st.sampled_from(SIDES))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "WORTH_A_ROUND", 10**9)
        rounds = solved(game.problem(), favor)
        patch.setattr(module, "WORTH_A_ROUND", 0)
        assert solved(game.problem(), favor) == rounds


# --- Blocking pairs


@given(game=games(most=5, capacity=3), sparse=st.booleans(), data=st.data())
def test_blocking_pairs_equal_the_definition(game: Game, sparse: bool, data: st.DataObject) -> None:
    m, n = game.scores.shape
    cells = [(i, j) for i in range(m) for j in range(n)]
    chosen = st.frozensets(st.sampled_from(cells), max_size=6) if cells else st.just(frozenset())
    made: Pairs = data.draw(chosen)
    i, j = pk.blocking_pairs(game.problem(sparse=sparse), *_arrays(made))
    assert list(zip(i.tolist(), j.tolist(), strict=True)) == sorted(game.blocking(made))
    assert i.dtype == j.dtype == np.int64


@given(game=games(most=5, capacity=2), data=st.data())
def test_a_stable_solution_without_a_pair_is_blocked_by_it(game: Game, data: st.DataObject) -> None:
    made = solved(game.problem())
    if made:
        pair = data.draw(st.sampled_from(sorted(made)))
        i, j = pk.blocking_pairs(game.problem(), *_arrays(made - {pair}))
        assert pair in _pairs(i, j)


def test_an_exchange_of_partners_is_found() -> None:
    problem = ranked([[0, 1], [1, 0]], [[0, 1], [1, 0]])
    i, j = pk.blocking_pairs(problem, np.array([0, 1]), np.array([1, 0]))
    assert _pairs(i, j) == {(0, 0), (1, 1)}


def test_a_tie_does_not_block() -> None:
    problem = pk.Problem.from_scores([[1.0, 1.0], [1.0, 1.0]])
    assert count_blocking_pairs(problem, np.array([0, 1]), np.array([1, 0])) == 0


def test_who_has_no_room_at_all_does_not_block() -> None:
    problem = pk.Problem.from_scores([[1.0]], 0, 1)
    none = np.zeros(0, dtype=np.int64)
    assert count_blocking_pairs(problem, none, none) == 0


@given(data=st.data(), n=st.integers(0, 5), room=st.integers(0, 2))
def test_peers_block_as_by_the_definition(data: st.DataObject, n: int, room: int) -> None:
    pairs = [(i, j) for i in range(n) for j in range(i)]
    scores = np.zeros((n, n))
    for i, j in pairs:
        scores[i, j] = scores[j, i] = data.draw(st.sampled_from([0.0, 1.0, 2.0, NAN]))
    chosen = st.frozensets(st.sampled_from(pairs), max_size=4) if pairs else st.just(frozenset())
    made: Pairs = frozenset((j, i) for i, j in data.draw(chosen))
    problem = pk.Problem.from_scores(scores, room, peers=True)

    def gains(one: int, other: int) -> bool:
        partners = [sum(pair) - one for pair in made if one in pair]
        return _gains(scores[one], partners, room, other)

    found = {
        (i, j)
        for j, i in pairs
        if not math.isnan(scores[i, j]) and (i, j) not in made and gains(i, j) and gains(j, i)
    }
    assert _pairs(*pk.blocking_pairs(problem, *_arrays(made))) == found


def test_without_preferences_both_sides_prefer_by_score() -> None:
    problem = pk.Problem.from_scores([[0.9, 0.4, NAN], [0.8, 0.3, 0.2]], [1, 2], 1)
    for favor in SIDES:
        assert solved(problem, favor) == {(0, 0), (1, 1), (1, 2)}
    i, j = pk.blocking_pairs(problem, np.array([0, 1, 1]), np.array([1, 0, 2]))
    assert _pairs(i, j) == {(0, 0)}


def test_a_pair_may_be_worth_less_than_nothing() -> None:
    problem = pk.Problem.from_scores([[-1.0]], objectives=("quality",))
    assert solved(problem) == {(0, 0)}


def test_indifferent_people_take_the_better_score_then_the_first() -> None:
    indifferent = pk.Preferences.from_ranks([[(0, 1, 2)]], [[0], [0], [0]])
    problem = pk.Problem.from_scores([[0.1, 0.7, 0.7]], preferences=indifferent)
    assert solved(problem) == {(0, 1)}


def test_everybody_has_room_for_everybody() -> None:
    problem = pk.Problem.from_scores(np.ones((3, 2)), math.inf, math.inf)
    assert len(solved(problem)) == 6


# --- Pins, objectives, what is refused


@given(game=games(most=4, capacity=2), data=st.data())
def test_pins_are_made_and_the_rest_is_stable(game: Game, data: st.DataObject) -> None:
    if not (cells := game.acceptable()):
        return
    i, j = data.draw(st.sampled_from(cells))
    problem = replace(game.problem(), pinned_mentors=np.array([i]), pinned_mentees=np.array([j]))
    solution = pk.solve(problem, pk.DeferredAcceptance())
    if not (game.mentor_capacity[i] and game.mentee_capacity[j]):
        assert solution.status is pk.Status.INFEASIBLE
        return
    made = _pairs(solution.mentors, solution.mentees)
    assert count_blocking_pairs(problem.without_pins(), *_arrays(made - {(i, j)})) == 0
    assert solution.levels[0].value == len(game.blocking(made))  # of the whole, pin included
    assert solution.levels[0].bound == 0.0
    assert (solution.status is pk.Status.OPTIMAL) == (solution.levels[0].value == 0.0)


def test_a_pin_that_blocks_leaves_the_proof_open() -> None:
    problem = pk.Problem.from_scores(
        [[0.9, 0.4], [0.8, 0.3]], objectives=["stability"], require=[(0, 1)]
    )
    solution = pk.solve(problem, pk.DeferredAcceptance())
    assert solution.status is pk.Status.FEASIBLE
    assert (solution.levels[0].value, solution.levels[0].bound) == (1.0, 0.0)


@pytest.mark.parametrize(
    "objectives",
    [["stability", "quality"], ["quality", "stability"], ["participation", "quality"], ["quality"]],
)
def test_nothing_is_proved_beside_stability_first(objectives: list[str]) -> None:
    scores = [[0.9, 0.4], [0.8, 0.3]]
    problem = pk.Problem.from_scores(scores, objectives=objectives)
    solution = pk.solve(problem, pk.DeferredAcceptance())
    assert solution.status is pk.Status.FEASIBLE
    bounds = [level.bound for level in solution.levels]
    assert bounds == [
        0.0 if k == 0 and one == "stability" else None for k, one in enumerate(objectives)
    ]


def test_peers_are_refused_by_name() -> None:
    problem = pk.Problem.from_scores(np.zeros((2, 2)), peers=True)
    with pytest.raises(pk.UnsupportedError, match="DeferredAcceptance does not support peers"):
        pk.solve(problem, "deferred-acceptance")


def test_no_time_gives_no_pairs() -> None:
    solution = pk.solve(ranked([[0]], [[0]]), pk.DeferredAcceptance(), stop=pk.Stop(seconds=1e-9))
    assert solution.status is pk.Status.NO_SOLUTION_FOUND


# --- Orders of numbers


@given(st.lists(st.integers(0, 1 << 40)))
def test_ascending_is_stable(keys: list[int]) -> None:
    given_keys = np.array(keys, dtype=np.int64)
    assert _ascending(given_keys).tolist() == sorted(range(len(keys)), key=keys.__getitem__)


NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=32)


@given(st.lists(st.one_of(NUMBERS, st.integers(-3, 70_000).map(float))))
def test_descending_is_stable(values: list[float]) -> None:
    order = _descending(np.array(values, dtype=np.float64)).tolist()
    assert order == sorted(range(len(values)), key=lambda k: -values[k])


def test_a_side_that_does_not_exist_is_refused() -> None:
    with pytest.raises(pk.ProblemError, match="favor must be"):
        pk.DeferredAcceptance(favor="mentor")  # type: ignore[arg-type]


@pytest.mark.parametrize("solver", [pk.Mip(), pk.CpSat()], ids=repr)
@pytest.mark.parametrize("objectives", [("stability",), ("participation", "stability")])
def test_programs_begin_with_stable_pairs(solver: pk.Solver, objectives: tuple[str, ...]) -> None:
    draw = np.random.default_rng(4)
    wants = pk.Preferences.from_scores(draw.random((90, 90)), draw.random((90, 90)))
    problem = pk.Problem.from_scores(
        draw.random((90, 90)), objectives=objectives, preferences=wants
    )
    solution = pk.solve(problem, solver)
    assert solution.status is pk.Status.OPTIMAL
    assert solution.objective == 0.0
