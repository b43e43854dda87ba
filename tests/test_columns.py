"""ColumnGeneration finds the best over every pair, and proves no more than there is."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Final

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from numpy.typing import NDArray
from scipy.sparse import csr_array

import pairkit as pk
from pairkit import scan as scan_module
from pairkit.grid import Grid, MarkedRows, grid_of
from pairkit.hits import Hits
from pairkit.lowering import lower
from pairkit.pairspace import Candidates, Tile, scores_matrix
from pairkit.pricing import Bound
from pairkit.scan import Look, Pass
from pairkit.scoredspace import ScoredPart, ScoredSpace
from pairkit.screen import BIG, Screen
from pairkit.solvers import columns as columns_module
from pairkit.solvers.duals import Duals
from pairkit.solvers.prices import Network, Prices, nearest_prices
from tests.problems import ALONE, BOTH, Drawn, brute_force, drawn_problems
from tests.spaces import Kinds, a_space, kinds, program

if TYPE_CHECKING:
    from pairkit.parts import Index, Lookup

NEAR: Final = 1e-9


def values(solution: pk.Solution) -> tuple[float, ...]:
    return tuple(level.value for level in solution.levels)


class Small(dict[str, float]):
    """Sizes so small that a small problem has many tiles, crowds and iterations."""

    @contextmanager
    def patched(self) -> Generator[None]:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.items():
                patch.setattr(f"pairkit.{name}", value)
            yield


SMALL: Final = Small(
    {
        "grid.ROWS": 12,
        "grid.COLUMNS": 9,
        "scan.LEAST_WORK": 1,
        "hits.CROWDED": 1,
        "solvers.opening.SAMPLE": 8,
        "solvers.opening.FEWEST": 2,
        "solvers.columns.FEWEST": 1,
    }
)

sizes = st.fixed_dictionaries(
    {
        "grid.ROWS": st.sampled_from([1, 2, 512]),
        "grid.COLUMNS": st.sampled_from([1, 3, 1024]),
        "scan.LEAST_WORK": st.sampled_from([1, 4096]),
        "hits.CROWDED": st.sampled_from([1, 4]),
        "scan.MOST_HITS": st.sampled_from([2, 8_000_000]),
        "solvers.opening.SAMPLE": st.sampled_from([2, 1536]),
        "solvers.opening.FEWEST": st.sampled_from([1, 48]),
        "solvers.columns.FEWEST": st.sampled_from([1, 4]),
        "solvers.columns.KEPT": st.sampled_from([1, 5]),
        "solvers.columns.PRUNED": st.sampled_from([0, 4]),
    }
).map(Small)

solvers = st.builds(
    pk.ColumnGeneration, first=st.integers(1, 3), added=st.integers(1, 2), workers=st.just(1)
)


def assert_best(solution: pk.Solution, best: tuple[float, ...]) -> None:
    """Check a proven answer: the best value, with a bound that is no less and hardly more."""
    assert solution.status is pk.Status.OPTIMAL
    assert values(solution) == pytest.approx(best, abs=NEAR, rel=NEAR)
    for level in solution.levels:
        assert level.bound is not None
        size = NEAR * max(level.size, 1.0)
        assert level.value - size <= level.bound <= level.value + size


def assert_bounded(solution: pk.Solution, best: tuple[float, ...]) -> None:
    """Check an answer that came early: no bound is below what can be reached."""
    if not solution.status.has_pairs:
        assert solution.status is pk.Status.NO_SOLUTION_FOUND
        return
    assert values(solution) <= tuple(one + NEAR for one in best)
    for k, level in enumerate(solution.levels):
        earlier_are_best = values(solution)[:k] == best[:k]
        if level.bound is not None and earlier_are_best:
            assert level.bound >= best[k] - NEAR * max(abs(best[k]), 1.0)
    if solution.status is pk.Status.OPTIMAL:
        assert values(solution) == pytest.approx(best, rel=1e-6, abs=1e-6)


@given(drawn_problems(most=5), solvers, sizes)
@settings(max_examples=90)
def test_every_answer_equals_brute_force(drawn: Drawn, solver: pk.Solver, small: Small) -> None:
    best = brute_force(drawn)
    assert best is not None
    with small.patched():
        assert_best(pk.solve(drawn.problem, solver), best)


@given(drawn_problems(most=5, capacity=1), solvers, sizes)
@settings(max_examples=40)
def test_one_to_one_equals_hungarian(drawn: Drawn, solver: pk.Solver, small: Small) -> None:
    best = pk.solve(drawn.problem, pk.Hungarian())
    with small.patched():
        assert_best(pk.solve(drawn.problem, solver), values(best))


@given(drawn_problems(), st.data())
@settings(max_examples=30)
def test_pins_are_made_and_the_rest_is_the_best(drawn: Drawn, data: st.DataObject) -> None:
    cells = list(np.ndindex(drawn.scores.shape))
    chosen = st.lists(st.sampled_from(cells), max_size=2, unique=True) if cells else st.just([])
    pins = tuple((int(i), int(j)) for i, j in data.draw(chosen))
    problem = pk.Problem.from_scores(*drawn, require=pins)
    with SMALL.patched():
        solution = pk.solve(problem, pk.ColumnGeneration(first=1, added=1, workers=1))
    best = brute_force(drawn, pins)
    if best is None:
        assert solution.status is pk.Status.INFEASIBLE
    else:
        assert_best(solution, best)


@dataclass(frozen=True)
class Crowd:
    """A problem too large for brute force, of one kind of scores."""

    kind: str
    shape: tuple[int, int] = (50, 40)
    capacity: int = 1
    objectives: tuple[str, ...] = BOTH
    forbidden: float = 0.2
    seed: int = 0

    @property
    def scores(self) -> NDArray[np.float64]:
        rng = np.random.default_rng(self.seed)
        drawn: dict[str, Callable[[], NDArray[np.float64]]] = {
            "floats": lambda: rng.random(self.shape),
            "integers": lambda: rng.integers(-5, 50, self.shape).astype(np.float64),
            "ties": lambda: rng.integers(0, 3, self.shape) / 2.0,
            "equal": lambda: np.full(self.shape, 0.5),
            "signs": lambda: rng.normal(size=self.shape),
            "favorites": lambda: 0.3 * rng.random(self.shape) + 0.7 * rng.random(self.shape[1]),
            "large": lambda: 1e6 * rng.random(self.shape),
            "small": lambda: 1e-6 * rng.random(self.shape),
        }
        scores = drawn[self.kind]()
        scores[rng.random(self.shape) < self.forbidden] = math.nan
        return scores

    @property
    def problem(self) -> pk.Problem:
        rng = np.random.default_rng(self.seed)
        room = (rng.integers(0, self.capacity + 1, size) for size in self.shape)
        first, second = (np.maximum(one, 1) if self.capacity == 1 else one for one in room)
        return pk.Problem.from_scores(self.scores, first, second, self.objectives)


@cache
def best_of(crowd: Crowd) -> tuple[float, ...]:
    return values(pk.solve(crowd.problem, pk.MinCostFlow()))


KINDS: Final = ["floats", "integers", "ties", "equal", "signs", "favorites", "large", "small"]
crowds = st.builds(
    Crowd,
    st.sampled_from(KINDS),
    st.tuples(st.integers(1, 60), st.integers(1, 60)),
    st.sampled_from([1, 4]),
    st.sampled_from([BOTH, ALONE]),
    st.sampled_from([0.0, 0.2, 0.9]),
    st.integers(0, 999),
)


@given(crowds)
@settings(max_examples=40)
def test_larger_answers_equal_the_flow_over_all_pairs(crowd: Crowd) -> None:
    with SMALL.patched():
        solution = pk.solve(crowd.problem, pk.ColumnGeneration(first=2, added=2, workers=1))
    assert_best(solution, best_of(crowd))


@given(kinds(), st.sampled_from([BOTH, ALONE]), st.integers(0, 99))
@settings(max_examples=30)
def test_every_kind_of_part_and_rule_is_solved_to_the_best(
    made_of: Kinds, objectives: tuple[str, ...], seed: int
) -> None:
    space = a_space((32, 28), made_of, seed)
    rng = np.random.default_rng(seed)
    room = rng.integers(1, 3, 32), rng.integers(0, 3, 28)
    chosen = tuple(pk.Aim(pk.Objective(one)) for one in objectives)
    with SMALL.patched():
        solution = pk.solve(
            pk.Problem(space, *room, chosen), pk.ColumnGeneration(first=1, added=1, workers=1)
        )
    listed = pk.Problem.from_scores(scores_matrix(space), *room, objectives)
    assert_best(solution, values(pk.solve(listed, pk.MinCostFlow())))


@pytest.mark.parametrize("objectives", [BOTH, ALONE])
@pytest.mark.parametrize("which", ["scorers", "hard", "soft", "slow"])
def test_programs_are_solved_to_the_best(which: str, objectives: tuple[str, ...]) -> None:
    roster = pk.datasets.sample(44, seed=7)
    used = program(roster, which)
    chosen = tuple(pk.Aim(pk.Objective(one)) for one in objectives)
    problem = replace(lower(roster, used).problem, aims=chosen)
    with SMALL.patched():
        solution = pk.solve(problem, pk.ColumnGeneration(first=1, added=1))
    assert_best(solution, values(pk.solve(problem, pk.MinCostFlow())))


@pytest.mark.parametrize("penalty", [None, 0.3, 3.0])
def test_pairs_that_a_program_requires_or_favors_are_made(penalty: float | None) -> None:
    roster = pk.datasets.sample(44, seed=7)
    used = program(roster, "scorers")
    lowered = lower(roster, used)
    allowed = np.argwhere(~np.isnan(scores_matrix(lowered.space)))
    for i, j in allowed[:: len(allowed) // 3].tolist():
        pin = lowered.mentors.person(i).id, lowered.mentees.person(j).id
        problem = pk.build(roster, with_rules(used, pk.Require([pin], penalty=penalty)))
        with SMALL.patched():
            solution = pk.solve(problem, pk.ColumnGeneration(first=1))
        assert_best(solution, values(pk.solve(problem, pk.MinCostFlow())))
        made = list(zip(solution.mentors.tolist(), solution.mentees.tolist(), strict=True))
        assert penalty == 0.3 or (i, j) in made


def with_rules(used: pk.Program, *more: pk.Rule) -> pk.Program:
    return pk.Program(scoring=used.scoring, rules=(*used.rules, *more))


@dataclass(frozen=True)
class Plain:
    """A pair space of somebody else's making."""

    matrix: NDArray[np.float64]

    @property
    def shape(self) -> tuple[int, int]:
        return self.matrix.shape[0], self.matrix.shape[1]

    def pairs(self, i: Index, j: Index) -> Tile:
        scores = self.matrix[i, j]
        return Tile(scores, ~np.isnan(scores))


def test_any_pair_space_can_be_solved() -> None:
    crowd = Crowd("favorites")
    with SMALL.patched():
        solution = pk.solve(
            replace(crowd.problem, space=Plain(crowd.scores)), pk.ColumnGeneration(first=1)
        )
    assert_best(solution, best_of(crowd))


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0)])
@pytest.mark.parametrize("objectives", [BOTH, ALONE])
def test_an_empty_side_is_solved_by_nobody(
    shape: tuple[int, int], objectives: tuple[str, ...]
) -> None:
    problem = pk.Problem.from_scores(np.zeros(shape), objectives=objectives)
    assert_best(pk.solve(problem, pk.ColumnGeneration()), (0.0,) * len(objectives))


@pytest.mark.parametrize("objectives", [BOTH, ALONE])
def test_people_without_candidates_stay_alone(objectives: tuple[str, ...]) -> None:
    scores = Crowd("floats").scores
    scores[5:20] = scores[:, 3:9] = math.nan
    problem = pk.Problem.from_scores(scores, 1, 2, objectives)
    with SMALL.patched():
        solution = pk.solve(problem, pk.ColumnGeneration(first=1))
        alone = pk.solve(
            pk.Problem.from_scores(np.full((20, 20), math.nan), objectives=objectives),
            pk.ColumnGeneration(),
        )
    assert_best(solution, values(pk.solve(problem, pk.MinCostFlow())))
    assert_best(alone, (0.0,) * len(objectives))


def test_numbers_below_one_are_refused() -> None:
    with pytest.raises(pk.ProblemError, match="first must be from 1 up; it is 0"):
        pk.ColumnGeneration(first=0)
    with pytest.raises(pk.ProblemError, match="added must be from 1 up; it is -1"):
        pk.ColumnGeneration(added=-1)
    with pytest.raises(pk.ProblemError, match="workers must be from 1 up; it is 0"):
        pk.ColumnGeneration(workers=0)


# How a solve goes

HARD: Final = Crowd("favorites", (90, 80), 2)


def iterations_of(crowd: Crowd) -> tuple[pk.Solution, list[pk.Iteration]]:
    seen: list[pk.Iteration] = []
    with SMALL.patched():
        solver = pk.ColumnGeneration(first=1, added=1, workers=1, progress=seen.append)
        return pk.solve(crowd.problem, solver), seen


@pytest.mark.parametrize("objectives", [BOTH, ALONE])
def test_progress_only_moves_on(objectives: tuple[str, ...]) -> None:
    solution, seen = iterations_of(replace(HARD, objectives=objectives))
    assert_best(solution, best_of(replace(HARD, objectives=objectives)))
    assert seen[-1].number > 3
    assert seen[-1].violators == 0
    assert seen[-1].gap < NEAR
    numbers = [one.number for one in seen]
    assert sorted(set(numbers)) == list(range(numbers[-1] + 1))
    for name in ("number", "pairs", "seconds"):
        told = [getattr(one, name) for one in seen]
        assert told == sorted(told)
    gaps = [one.gap for one in seen]
    assert gaps == sorted(gaps, reverse=True)
    assert all(0.0 <= one.done <= 1.0 for one in seen)


def test_what_is_looked_at_again_is_a_part_of_all_pairs() -> None:
    _, seen = iterations_of(HARD)
    looked_at = np.diff([one.pairs for one in seen if one.done == 1.0])
    assert looked_at.min() < 0.7 * math.prod(HARD.shape)


def test_the_seed_and_the_workers_do_not_change_what_is_best() -> None:
    with SMALL.patched():
        one, again, other = (
            pk.solve(HARD.problem, pk.ColumnGeneration(first=1, workers=workers), seed=seed)
            for workers, seed in ((1, 0), (2, 0), (2, 5))
        )
    assert one.mentees.tolist() == again.mentees.tolist()
    assert one.bound == again.bound
    assert values(one) == pytest.approx(values(other), rel=NEAR)


@pytest.mark.parametrize("gap", [0.5, 0.2, 0.05])
def test_a_solve_stops_at_the_gap_that_was_asked_for(gap: float) -> None:
    with SMALL.patched():
        solution = pk.solve(
            HARD.problem, pk.ColumnGeneration(first=1, added=1), stop=pk.Stop(gap=gap)
        )
    assert "gap that was asked for" in solution.detail
    assert solution.gap is not None
    assert solution.gap <= gap
    assert_bounded(solution, best_of(HARD))


def test_a_solve_without_time_has_no_solution() -> None:
    solution = pk.solve(HARD.problem, pk.ColumnGeneration(), stop=pk.Stop(seconds=1e-9))
    assert solution.status is pk.Status.NO_SOLUTION_FOUND
    assert "time limit" in solution.detail


@pytest.mark.parametrize("objectives", [BOTH, ALONE])
def test_whenever_the_time_is_over_the_bounds_hold(
    objectives: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd = replace(HARD, objectives=objectives)
    reached: list[float] = []
    for times in [*range(0, 60, 7), 150]:
        asked = iter([False] * times)
        monkeypatch.setattr(pk.Clock, "expired", lambda _, asked=asked: next(asked, True))
        with SMALL.patched():
            solution = pk.solve(crowd.problem, pk.ColumnGeneration(first=1, added=1, workers=1))
        assert_bounded(solution, best_of(crowd))
        if solution.objective is not None and objectives == ALONE:
            reached.append(solution.objective)
    assert reached == sorted(reached)


@pytest.mark.parametrize("columns", [1, 9])
@pytest.mark.parametrize("kind", ["favorites", "floats", "signs"])
def test_what_a_pass_skips_holds_nothing_whatever_has_left_the_graph(
    kind: str, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    passes = 0

    def watching(
        screen: Screen,
        look: Look,
        known: tuple[Index, Index],
        *,
        before: Pass | None = None,
        workers: int | None = None,
        proceed: Callable[[float, int], bool],
    ) -> Pass | None:
        nonlocal passes
        if before is not None:
            passes += 1
            bound = before.bound(screen.grid, look.u, look.v)
            rows, others = np.nonzero(~marked(screen.grid.shape, known))
            worth = screen.settle(rows, others, look.u, look.v)
            there = worth > -BIG / 2.0
            within = bound[rows, screen.grid.column_blocks[others]]
            assert (worth[there] <= within[there] + NEAR).all()
        return scan_module.scan(
            screen, look, known, before=before, workers=workers, proceed=proceed
        )

    monkeypatch.setattr(columns_module, "scan", watching)
    crowd = replace(HARD, kind=kind)
    small = Small({**SMALL, "grid.COLUMNS": columns, "solvers.columns.KEPT": 1})
    with small.patched():
        solution = pk.solve(crowd.problem, pk.ColumnGeneration(first=4, added=1, workers=1))
    assert passes > 1
    assert_best(solution, best_of(crowd))


@given(kinds(), st.sampled_from([BOTH, ALONE]), st.integers(0, 99))
@settings(max_examples=15)
def test_the_bound_of_a_round_counts_every_pair_outside_the_graph(
    made_of: Kinds, objectives: tuple[str, ...], seed: int
) -> None:
    real = columns_module._Run._bound

    def checked(
        run: columns_module._Run, graph: Candidates, duals: Duals, last: Pass, error: float = 0.0
    ) -> Bound:
        bound = real(run, graph, duals, last, error)
        rows, others = np.nonzero(~marked(run.grid.shape, (graph.mentors, graph.mentees)))
        most = np.zeros(run.grid.shape[0])
        np.maximum.at(most, rows, run.screen.settle(rows, others, *duals.lifted()))
        true = duals.bound(run.room, graph, duals.worth_of_lifted(most))
        assert bound.pairs >= true.pairs
        pairs = min(bound.pairs, true.pairs)
        assert bound.quality_of(pairs) >= true.quality_of(pairs) - 1e-7
        return bound

    room = np.random.default_rng(seed).integers(1, 4, 32), np.ones(28, dtype=np.int64)
    chosen = tuple(pk.Aim(pk.Objective(one)) for one in objectives)
    problem = pk.Problem(a_space((32, 28), made_of, seed), *room, chosen)
    with SMALL.patched(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns_module._Run, "_bound", checked)
        solution = pk.solve(problem, pk.ColumnGeneration(first=1, added=1, workers=1))
    assert solution.status is pk.Status.OPTIMAL


def marked(shape: tuple[int, int], at: tuple[Index, Index]) -> NDArray[np.bool_]:
    found = np.zeros(shape, dtype=np.bool_)
    found[at] = True
    return found


# Interruptions


def interrupted(crowd: Crowd, at: int) -> pk.Solution:
    """Return what is left of a solve that is interrupted at a report of its progress."""
    seen = 0

    def interrupt(_: pk.Iteration) -> None:
        nonlocal seen
        seen += 1
        if seen > at:
            raise KeyboardInterrupt

    with SMALL.patched():
        solver = pk.ColumnGeneration(first=1, added=1, workers=1, progress=interrupt)
        return pk.solve(crowd.problem, solver)


@pytest.mark.parametrize("objectives", [BOTH, ALONE])
def test_an_interruption_at_any_report_keeps_the_best_so_far(objectives: tuple[str, ...]) -> None:
    crowd = replace(HARD, objectives=objectives)
    _, seen = iterations_of(crowd)
    reached: list[tuple[float, ...]] = []
    for at in np.unique(np.linspace(0, len(seen) - 1, 12).astype(int)).tolist():
        solution = interrupted(crowd, at)
        assert_bounded(solution, best_of(crowd))
        assert solution.detail == "interrupted"
        assert solution.status.has_pairs == (seen[at].number > 0)
        reached.append(values(solution))
    assert reached == sorted(reached)


@pytest.mark.parametrize("name", ["best_flow", "scan", "nearest_prices", "best_hits"])
@pytest.mark.parametrize("call", [1, 2, 4])
@pytest.mark.parametrize("objectives", [BOTH, ALONE])
def test_an_interruption_from_any_step_keeps_the_best_so_far(
    name: str, call: int, objectives: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = getattr(columns_module, name), 0

    def interrupting(*given: object, **named: object) -> object:
        nonlocal calls
        calls += 1
        if calls == call:
            raise KeyboardInterrupt
        return real(*given, **named)

    monkeypatch.setattr(columns_module, name, interrupting)
    crowd = replace(HARD, objectives=objectives)
    solution, seen = iterations_of(crowd)
    assert calls == call
    assert solution.detail == "interrupted"
    assert_bounded(solution, best_of(crowd))
    after_a_flow = name != "scan" and (name != "best_flow" or call > 1)
    if after_a_flow or (name == "scan" and call > 3):
        assert solution.status is pk.Status.FEASIBLE
    if any(one.done == 1.0 and one.number > 0 and math.isfinite(one.gap) for one in seen):
        assert solution.bound is not None


def test_an_interruption_in_the_opening_has_no_solution(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupting(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pairkit.solvers.opening.Opener.open", interrupting)
    solution = pk.solve(HARD.problem, pk.ColumnGeneration())
    assert solution.status is pk.Status.NO_SOLUTION_FOUND
    assert solution.detail == "interrupted"


# What goes wrong is seen


def nothing_learned(network: Network, _: NDArray[np.int64]) -> Prices:
    return Prices(np.zeros_like(network.mentor_capacity), np.zeros_like(network.mentee_capacity))


def noisy(network: Network, wanted: NDArray[np.int64]) -> Prices:
    true = nearest_prices(network, wanted)
    rng = np.random.default_rng(len(network.worth))
    size = int(np.abs(network.worth).max(initial=1)) // 4
    u, v = (
        np.maximum(side + rng.integers(-size, size + 1, len(side)), 0)
        for side in (true.mentors, true.mentees)
    )
    return Prices(u, v)


def hardly_noisy(network: Network, wanted: NDArray[np.int64]) -> Prices:
    true = nearest_prices(network, wanted)
    return Prices(true.mentors + 1, true.mentees)


@pytest.mark.parametrize("broken", [nothing_learned, noisy, hardly_noisy])
@given(crowd=crowds)
@settings(max_examples=10)
def test_wrong_prices_never_make_a_wrong_answer_optimal(
    broken: Callable[[Network, NDArray[np.int64]], Prices], crowd: Crowd
) -> None:
    crowd = replace(crowd, shape=(min(crowd.shape[0], 14), min(crowd.shape[1], 14)))
    with SMALL.patched(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns_module, "nearest_prices", broken)
        solution = pk.solve(crowd.problem, pk.ColumnGeneration(first=1, workers=1))
    assert solution.status.has_pairs
    assert_bounded(solution, best_of(crowd))


def test_wrong_prices_make_an_honest_answer_without_a_proof(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    crowd = Crowd("floats", (12, 12))
    monkeypatch.setattr(columns_module, "nearest_prices", nothing_learned)
    with SMALL.patched():  # so that the first prices are no proof already
        solution = pk.solve(crowd.problem, pk.ColumnGeneration(first=1))
    assert solution.status is pk.Status.FEASIBLE
    assert_bounded(solution, best_of(crowd))


class Diagonal(Crowd):
    """A crowd in which everybody has one good partner."""

    @property
    def scores(self) -> NDArray[np.float64]:
        rng = np.random.default_rng(self.seed)
        return 0.3 * rng.random(self.shape) + 0.7 * np.eye(*self.shape)


DIAGONAL: Final = Diagonal("diagonal", (40, 40))


def differs(crowd: Crowd) -> bool:
    """Return whether a comparison with the flow over all pairs fails."""
    with SMALL.patched():
        solution = pk.solve(crowd.problem, pk.ColumnGeneration(first=1, added=1, workers=1))
    try:
        assert_best(solution, best_of(crowd))
    except AssertionError:
        return True
    return False


def test_a_tile_that_is_wrongly_closed_is_seen_by_the_comparison(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert not differs(DIAGONAL)

    def closing(
        rows: Index, columns: Index, rules: Sequence[Lookup] = ()
    ) -> tuple[Grid, list[Lookup]]:
        grid, left = grid_of(rows, columns, rules)
        open_ = grid.open.copy()
        if open_.size:
            open_[0, 0] = False
        return replace(grid, open=open_), left

    monkeypatch.setattr("pairkit.folding.grid_of", closing)
    assert differs(DIAGONAL)


@pytest.mark.parametrize("exact", [None, True])
def test_a_block_that_is_dropped_from_a_scan_is_seen_by_the_comparison(
    exact: bool | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = scan_module._search_block

    def dropping(
        screen: Screen, look: Look, block: int, needed: NDArray[np.bool_], known: MarkedRows
    ) -> scan_module._Found:
        found = real(screen, look, block, needed, known)
        if block == 0 and exact in {None, look.exact}:
            none = np.zeros(0, dtype=np.bool_)
            nothing = np.full_like(found.most, -BIG)
            return found._replace(hits=Hits.join([]), by_row=none, most=nothing)
        return found

    crowd = DIAGONAL if exact is None else HARD
    assert not differs(crowd)
    monkeypatch.setattr(scan_module, "_search_block", dropping)
    assert differs(crowd)


def random(shape: tuple[int, int], seed: int = 0) -> NDArray[np.float64]:
    return np.random.default_rng(seed).random(shape)


def spoiled(scores: NDArray[np.float64], by: float) -> NDArray[np.float64]:
    """Return scores with a few of them far below the others."""
    return scores - by * (random(scores.shape, seed=9) < 0.01)


HOSTILE: Final = {
    "nothing scores": pk.Problem.from_scores(np.zeros((90, 70))),
    "all the same": pk.Problem.from_scores(np.full((70, 90), 0.3), mentor_capacity=2),
    "mentors without limit": pk.Problem.from_scores(random((60, 80)), np.inf, 1),
    "mentees without limit": pk.Problem.from_scores(random((60, 80)), 1, np.inf),
    "nobody has a limit": pk.Problem.from_scores(random((12, 15)), np.inf, np.inf),
    "enormous": pk.Problem.from_scores(1e40 * random((60, 60))),
    "tiny": pk.Problem.from_scores(1e-40 * random((60, 60))),
    "a few are very bad": pk.Problem.from_scores(spoiled(random((120, 120)), 1e5)),
    "a product of two": pk.Problem.from_scores(np.outer(random((80, 1)), random((80, 1)))),
    "sparse": pk.Problem.from_scores(csr_array(np.where(random((90, 90)) < 0.1, 0.5, 0.0))),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_scores_are_solved_with_a_proof(name: str) -> None:
    problem = HOSTILE[name]
    with Small({**SMALL, "hits.CROWDED": 2}).patched():
        one = pk.solve(problem, pk.ColumnGeneration(workers=1))
    other = pk.solve(problem, pk.MinCostFlow())
    assert one.status is pk.Status.OPTIMAL
    for mine, theirs in zip(one.levels, other.levels, strict=True):
        assert mine.value == pytest.approx(theirs.value, rel=1e-9)


def test_large_terms_that_cancel_keep_the_small_ones() -> None:
    n = 40
    ids = [(f"M{k}", f"E{(k * 7 + 3) % n}") for k in range(n)]
    roster = pk.Roster.from_records(
        [{"id": f"M{k}", "roles": "mentor", "site": "X"} for k in range(n)]
        + [{"id": f"E{k}", "roles": "mentee", "site": "X"} for k in range(n)]
    )
    rules = (pk.Require(ids, penalty=100_000.0039), pk.NotRepeated(ids, penalty=100_000.0))
    problem = pk.build(roster, pk.Program(scoring={"same": pk.Same("site")}, rules=rules))
    for first in (1, 12):
        solution = pk.solve(problem, pk.ColumnGeneration(first=first))
        assert solution.objective == pytest.approx(40 * 1.0039, rel=1e-9)


def test_a_part_out_of_range_is_named_also_where_a_table_holds_it() -> None:
    table = np.full((3, 3), 0.5)
    table[1, 2] = 1.5
    codes = np.arange(30) % 3
    space = ScoredSpace((30, 30), [ScoredPart("rank", 1.0, pk.Lookup(codes, codes, table))])
    room = np.ones(30, dtype=np.int64)
    with pytest.raises(pk.ProgramError, match=r"'rank' gave 0\.5 to 1\.5"):
        pk.solve(pk.Problem(space, room, room), pk.ColumnGeneration())


def test_a_stop_after_the_first_flow_has_the_bound_of_the_first_look() -> None:
    def interrupt(*_: object) -> Prices:
        raise KeyboardInterrupt

    with SMALL.patched(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns_module, "nearest_prices", interrupt)
        for objectives in (BOTH, ALONE):
            for shape in ((40, 30), (30, 40)):
                crowd = Crowd("floats", shape, objectives=objectives)
                solution = pk.solve(crowd.problem, pk.ColumnGeneration(workers=1))
                assert solution.status.has_pairs
                assert solution.bound is not None
                assert_bounded(solution, best_of(crowd))


def test_a_stop_during_the_opening_has_no_solution() -> None:
    problem = Crowd("floats", (60, 60)).problem
    solution = pk.solve(problem, pk.ColumnGeneration(), stop=pk.Stop(seconds=1e-9))
    assert solution.status is pk.Status.NO_SOLUTION_FOUND
    assert solution.detail == "stopped at the time limit"
