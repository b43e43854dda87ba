from __future__ import annotations

import math
from dataclasses import replace
from functools import cache
from itertools import combinations
from typing import NamedTuple

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from numpy.typing import NDArray

import pairkit as pk
from pairkit.circling import packing
from pairkit.circling.arrangement import Arrangement
from pairkit.circling.bounds import best_quality, most_placed
from pairkit.circling.moves import improve
from pairkit.circling.pool import Pool
from pairkit.circling.search import search
from pairkit.circling.sizes import Sizes
from pairkit.circling.verify import circle_violations
from tests.problems import ALONE, BOTH, SCORES

NAN = float("nan")
SOLVERS: list[pk.CircleSolver | None] = [
    pk.CirclePacking(),
    pk.CircleSearch(),
    pk.CircleSearch(patience=0),
    None,
]


class Peers(NamedTuple):
    """The arrays of a problem of circles."""

    scores: NDArray[np.float64]
    capacity: NDArray[np.int64]
    guidance: NDArray[np.float64] | None
    leads: NDArray[np.int64]
    circles: pk.Circles
    objectives: tuple[str, ...]

    @property
    def problem(self) -> pk.Problem:
        return pk.Problem.from_scores(
            self.scores, self.capacity, objectives=self.objectives, peers=True
        )

    @property
    def leaders(self) -> pk.Problem | None:
        if self.guidance is None:
            return None
        return pk.Problem.from_scores(self.guidance, self.leads)

    @property
    def pool(self) -> Pool:
        return Pool.of(self.problem, self.circles, self.leaders)

    def form(self, solver: pk.CircleSolver | None = None, seed: int = 0) -> pk.CircleSolution:
        return pk.form_circles(
            self.problem, self.circles, leaders=self.leaders, solver=solver, seed=seed
        )

    def verify(self, solution: pk.CircleSolution) -> None:
        pk.verify_circles(self.problem, self.circles, solution, leaders=self.leaders)


@st.composite
def drawn_peers(draw: st.DrawFn, *, most: int = 7) -> Peers:
    """Draw peers: ties, negative scores, forbidden pairs, people without room, leaders or none."""
    n, m = draw(st.integers(0, most)), draw(st.integers(0, 3))
    cell = st.one_of(SCORES, SCORES, st.just(math.nan))
    scores = np.full((n, n), np.nan)
    for i, j in combinations(range(n), 2):
        scores[i, j] = scores[j, i] = draw(cell)
    guidance = None
    if draw(st.booleans()):
        cells = draw(st.lists(cell, min_size=m * n, max_size=m * n))
        guidance = np.array(cells, dtype=np.float64).reshape(m, n)
    smallest = draw(st.integers(2, 3))
    room = st.sampled_from([0, 1, 1, 1, 2])
    return Peers(
        scores,
        np.array(draw(st.lists(room, min_size=n, max_size=n)), dtype=np.int64),
        guidance,
        np.array(draw(st.lists(st.integers(0, 2), min_size=m, max_size=m)), dtype=np.int64),
        pk.Circles(smallest, smallest + draw(st.integers(0, 2))),
        draw(st.sampled_from([BOTH, ALONE])),
    )


def brute_force(peers: Peers) -> tuple[float, ...]:
    """Return the best values by trying every cut of the people into circles, with every leader."""

    def values(circle: tuple[int, ...]) -> list[tuple[int, float]]:
        """Each possible leader (-1 for none) with the value of a circle; none where forbidden."""
        own = [float(peers.scores[i, j]) for i, j in combinations(circle, 2)]
        if peers.guidance is None:
            found = [(-1, math.fsum(own))]
        else:
            given = [(m, row[list(circle)].tolist()) for m, row in enumerate(peers.guidance)]
            found = [(m, math.fsum([*own, *led])) for m, led in given]
        return [(m, value) for m, value in found if not math.isnan(value)]

    @cache
    def best(people: tuple[int, ...], leads: tuple[int, ...]) -> tuple[float, float]:
        if not people:
            return 0.0, 0.0
        first, others = people[0], people[1:]
        found = [best(others, leads)]
        for size in range(peers.circles.smallest, peers.circles.largest + 1):
            for company in combinations(others, size - 1):
                for leader, value in values((first, *company)):
                    if leader >= 0 and not leads[leader]:
                        continue
                    left = tuple(k - (m == leader) for m, k in enumerate(leads))
                    rest = best(tuple(p for p in others if p not in company), left)
                    found.append((rest[0] + size, rest[1] + value))
        return max(found, key=rank)

    def rank(value: tuple[float, float]) -> tuple[float, ...]:
        return value if peers.objectives == BOTH else value[1:]

    people = np.flatnonzero(peers.capacity > 0).tolist()
    return rank(best(tuple(people), tuple(peers.leads.tolist())))


def values(solution: pk.CircleSolution) -> tuple[float, ...]:
    return tuple(level.value for level in solution.levels)


def random_peers(n: int, seed: int, forbidden: float = 0.0, mentors: int = 0) -> Peers:
    rng = np.random.default_rng(seed)
    scores, out = rng.random((n, n)), np.triu(rng.random((n, n)) < forbidden, 1)
    scores = (scores + scores.T) / 2.0
    scores[out | out.T] = np.nan
    guidance = rng.random((mentors, n)) if mentors else None
    return Peers(
        scores,
        np.ones(n, dtype=np.int64),
        guidance,
        rng.integers(1, 3, mentors),
        pk.Circles(),
        BOTH,
    )


@given(peers=drawn_peers())
def test_packing_equals_brute_force(peers: Peers) -> None:
    solution = peers.form()
    assert solution.solver == "CirclePacking"
    assert solution.status is pk.Status.OPTIMAL
    assert values(solution) == pytest.approx(brute_force(peers), abs=1e-8)


@given(peers=drawn_peers(), seed=st.integers(0, 9))
@settings(max_examples=80)
def test_search_is_feasible_no_better_than_the_best_and_its_bounds_hold(
    peers: Peers, seed: int
) -> None:
    best = brute_force(peers)
    solution = peers.form(pk.CircleSearch(), seed)
    assert values(solution) <= tuple(value + 1e-8 for value in best)
    first = solution.levels[0]
    assert first.bound is not None
    assert first.bound >= best[0] - 1e-9
    if peers.objectives == BOTH and values(solution)[0] == best[0]:
        assert solution.bound is not None
        assert solution.bound >= best[1] - 1e-9


@given(peers=drawn_peers())
@settings(max_examples=80)
def test_bounds_are_never_below_the_best(peers: Peers) -> None:
    pool, best, clock = peers.pool, brute_force(peers), pk.Clock(pk.Stop())
    placed = int(best[0]) if peers.objectives == BOTH else None
    if placed is not None:
        assert most_placed(pool) >= placed
    bound = pool.scale.undo(best_quality(pool, placed, clock))
    assert bound >= best[-1] - 1e-12


@pytest.mark.parametrize("mentors", [0, 5])
@pytest.mark.parametrize("n", [8, 10, 12])
@pytest.mark.parametrize("forbidden", [0.0, 0.2])
def test_search_comes_near_the_best(n: int, forbidden: float, mentors: int) -> None:
    peers = random_peers(n, n, forbidden, mentors)
    exact, near = peers.form(pk.CirclePacking()), peers.form(pk.CircleSearch())
    assert exact.status is pk.Status.OPTIMAL
    assert near.placed == exact.placed
    assert exact.objective is not None
    assert near.objective is not None
    assert 0.97 * exact.objective <= near.objective <= exact.objective + 1e-9
    assert near.bound is not None
    assert near.bound >= exact.objective


@given(peers=drawn_peers(most=12), seed=st.integers(0, 9), patience=st.integers(1, 9))
@settings(max_examples=30)
def test_patience_never_makes_a_search_worse(peers: Peers, seed: int, patience: int) -> None:
    start = values(peers.form(pk.CircleSearch(patience=0), seed))
    further = values(peers.form(pk.CircleSearch(patience=patience), seed))
    assert (*further[:-1], further[-1] + 1e-9) >= start


@pytest.mark.parametrize("solver", SOLVERS, ids=repr)
def test_the_same_seed_gives_the_same_circles(solver: pk.CircleSolver | None) -> None:
    peers = random_peers(15, 3, 0.1, 4)
    one, other = peers.form(solver, seed=7), peers.form(solver, seed=7)
    assert [c.tolist() for c in one.circles] == [c.tolist() for c in other.circles]
    assert one.leaders is not None
    assert other.leaders is not None
    assert one.leaders.tolist() == other.leaders.tolist()
    assert one.seed == 7


@given(peers=drawn_peers(), data=st.data())
@settings(max_examples=30)
def test_permuting_people_changes_nothing(peers: Peers, data: st.DataObject) -> None:
    p = np.array(data.draw(st.permutations(range(len(peers.scores)))), dtype=np.int64)
    moved = peers._replace(
        scores=peers.scores[np.ix_(p, p)],
        capacity=peers.capacity[p],
        guidance=None if peers.guidance is None else peers.guidance[:, p],
    )
    assert values(peers.form()) == pytest.approx(values(moved.form()), abs=1e-8)


@given(peers=drawn_peers(), exponent=st.integers(-300, 300))
@settings(max_examples=30)
def test_scaling_scores_scales_the_objective(peers: Peers, exponent: int) -> None:
    guidance = None if peers.guidance is None else np.ldexp(peers.guidance, exponent)
    scaled = peers._replace(scores=np.ldexp(peers.scores, exponent), guidance=guidance)
    one, other = peers.form(), scaled.form()
    assert other.status is pk.Status.OPTIMAL
    assert one.objective is not None
    assert other.objective == pytest.approx(np.ldexp(one.objective, exponent), rel=1e-8)


def test_a_pool_smaller_than_the_smallest_circle_stays_out() -> None:
    solution = pk.form_circles(pk.Problem.from_scores(np.ones((2, 2)), peers=True))
    assert solution.status is pk.Status.OPTIMAL
    assert len(solution) == 0
    assert solution.left_out.tolist() == [0, 1]
    assert (solution.objective, solution.bound, solution.gap) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("solver", SOLVERS, ids=repr)
def test_nobody_meets_where_all_pairs_are_forbidden(solver: pk.CircleSolver | None) -> None:
    problem = pk.Problem.from_scores(np.full((7, 7), NAN), peers=True)
    solution = pk.form_circles(problem, solver=solver)
    assert solution.status is pk.Status.OPTIMAL
    assert solution.left_out.tolist() == list(range(7))


@pytest.mark.parametrize("solver", SOLVERS, ids=repr)
def test_nobody_at_all(solver: pk.CircleSolver | None) -> None:
    empty = pk.Problem.from_scores(np.zeros((0, 0)), peers=True)
    assert len(pk.form_circles(empty, solver=solver)) == 0


@pytest.mark.parametrize("solver", SOLVERS, ids=repr)
def test_an_odd_remainder_stays_out_and_it_is_the_one_least_missed(
    solver: pk.CircleSolver | None,
) -> None:
    scores = np.ones((7, 7))
    scores[4] = scores[:, 4] = 0.1
    solution = pk.form_circles(
        pk.Problem.from_scores(scores, peers=True), pk.Circles(3, 3), solver=solver
    )
    assert [len(circle) for circle in solution.circles] == [3, 3]
    assert solution.left_out.tolist() == [4]
    assert solution.objective == pytest.approx(6.0)


def test_five_people_in_circles_of_three_to_four_leave_one_out() -> None:
    solution = pk.form_circles(
        pk.Problem.from_scores(np.ones((5, 5)), peers=True), pk.Circles(3, 4)
    )
    assert solution.placed == 4
    assert solution.status is pk.Status.OPTIMAL


def test_the_search_begins_a_circle_with_people_whom_others_can_spare() -> None:
    """Seven in circles of three to six are three and four, however well six fit."""
    peers = random_peers(7, 1)
    for leads in (None, np.array([1, 1])):
        led = peers if leads is None else peers._replace(guidance=np.ones((2, 7)), leads=leads)
        state = Arrangement(led.pool)
        if leads is not None:
            state.lead(0, 0)
        for person in range(6):
            state.put(person, 0)
        improve(state, [6], pk.Clock(pk.Stop()))
        assert state.placed == 7
        assert sorted(state.sizes.tolist()) == [3, 4]


def test_quality_alone_leaves_out_who_costs_more_than_they_bring() -> None:
    scores = np.ones((4, 4))
    scores[3] = scores[:, 3] = -1.0
    for solver in SOLVERS:
        problem = pk.Problem.from_scores(scores, objectives=ALONE, peers=True)
        solution = pk.form_circles(problem, solver=solver)
        assert [circle.tolist() for circle in solution.circles] == [[0, 1, 2]]
        assert solution.objective == 3.0


def test_participation_places_somebody_who_costs() -> None:
    problem = pk.Problem.from_scores(np.full((4, 4), -1.0), peers=True)
    solution = pk.form_circles(problem)
    assert (solution.placed, solution.objective) == (4, -6.0)


def test_a_leader_leads_no_more_circles_than_there_is_room_for() -> None:
    peers = random_peers(12, 1, mentors=2)._replace(leads=np.array([1, 0]))
    for solver in SOLVERS:
        solution = peers.form(solver)
        assert solution.placed == 6
        assert solution.leaders is not None
        assert solution.leaders.tolist() == [0]


def test_without_mentors_no_circle_is_led() -> None:
    peers = random_peers(6, 1)._replace(guidance=np.zeros((0, 6)))
    assert peers.form().placed == 0


def test_a_forbidden_leader_keeps_a_circle_apart() -> None:
    guidance = np.array([[1.0] * 3 + [NAN] * 3, [NAN] * 3 + [1.0] * 3])
    peers = random_peers(6, 1)._replace(guidance=guidance, leads=np.array([2, 2]))
    for solver in SOLVERS:
        solution = peers.form(solver)
        assert [circle.tolist() for circle in solution.circles] == [[0, 1, 2], [3, 4, 5]]


def test_participation_beyond_the_first_bound_is_settled_by_packing() -> None:
    """Two triangles that share a person are connected, and only one of them can be a circle."""
    scores = np.full((5, 5), NAN)
    for group in ((0, 1, 2), (2, 3, 4)):
        scores[np.ix_(group, group)] = 1.0
    peers = random_peers(5, 1)._replace(scores=scores, circles=pk.Circles(3, 5))
    assert most_placed(peers.pool) == 5
    assert peers.form(pk.CircleSearch()).status is pk.Status.FEASIBLE
    solution = peers.form()
    assert solution.status is pk.Status.OPTIMAL
    assert solution.placed == 3


def test_packing_places_people_whom_the_search_leaves_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def lazy(pool: Pool, clock: pk.Clock, seed: int, *, patience: int) -> object:
        state = search(pool, clock, seed, patience=0)
        for circle in np.flatnonzero(state.sizes).tolist():
            state.clear(circle)
        return state

    monkeypatch.setattr(packing, "search", lazy)
    for peers in (random_peers(9, 1, 0.3), random_peers(9, 1, 0.3, 3)):
        solution = peers.form()
        assert solution.status is pk.Status.OPTIMAL
        assert values(solution) == pytest.approx(brute_force(peers), abs=1e-8)


def test_sizes_that_cut_in_too_many_ways_are_settled_as_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    peers = random_peers(12, 5)
    best = values(peers.form())
    monkeypatch.setattr(packing, "MOST_CUTS", 1)
    assert values(peers.form()) == pytest.approx(best, abs=1e-8)


def test_a_large_pool_is_searched_and_says_why() -> None:
    solution = random_peers(60, 1, 0.05).form()
    assert solution.solver == "CircleSearch"
    assert "more than 1,000,000 possible circles" in solution.detail
    assert solution.placed == 60
    assert solution.gap is not None
    assert solution.gap < 0.3


def test_packing_refuses_a_pool_that_is_too_large_with_the_way_out() -> None:
    with pytest.raises(pk.UnsupportedError, match=r"100 possible circles.*CircleSearch"):
        random_peers(12, 1).form(pk.CirclePacking(most_circles=100))


def test_a_sparse_pool_of_many_people_is_packed_exactly() -> None:
    """Teams of four who may only meet among themselves: the best is to keep them together."""
    team = np.arange(80) // 4
    scores = np.where(team[:, None] == team, 1.0, NAN)
    peers = random_peers(80, 1)._replace(scores=scores, circles=pk.Circles(3, 5))
    solution = peers.form()
    assert solution.status is pk.Status.OPTIMAL
    assert (len(solution), solution.objective) == (20, 120.0)


@pytest.mark.parametrize("solver", SOLVERS, ids=repr)
def test_a_short_time_still_gives_valid_circles(solver: pk.CircleSolver | None) -> None:
    peers = random_peers(40, 1, 0.7)
    solution = pk.form_circles(
        peers.problem, peers.circles, solver=solver, stop=pk.Stop(seconds=0.02)
    )
    peers.verify(solution)


def test_a_time_that_is_over_before_the_solve_finds_nothing() -> None:
    peers = random_peers(20, 1)
    stop = pk.Stop(seconds=1e-9)
    for leaders in (None, pk.Problem.from_scores(np.ones((2, 20)))):
        solution = pk.form_circles(peers.problem, leaders=leaders, stop=stop)
        assert solution.status is pk.Status.NO_SOLUTION_FOUND
        assert solution.objective is None
        assert solution.bound is None
        assert solution.gap is None
        with pytest.raises(pk.NoSolutionFoundError, match="time was over"):
            solution.raise_for_status()


def test_a_gap_that_is_good_enough_ends_the_search() -> None:
    peers = random_peers(40, 1)
    whole = pk.form_circles(
        peers.problem, solver=pk.CircleSearch(patience=0), stop=pk.Stop(gap=0.0)
    )
    early = pk.form_circles(
        peers.problem, solver=pk.CircleSearch(patience=50), stop=pk.Stop(gap=0.9)
    )
    assert early.objective == whole.objective


@pytest.mark.parametrize(
    ("problem", "leaders", "words"),
    [
        (pk.Problem.from_scores(np.ones((4, 4))), None, "peers=True"),
        (
            pk.Problem.from_scores(np.ones((4, 4)), peers=True),
            pk.Problem.from_scores(np.ones((2, 3))),
            "3 members",
        ),
        (
            pk.Problem.from_scores(np.ones((4, 4)), peers=True),
            pk.Problem.from_scores(np.ones((4, 4)), peers=True),
            "mentors",
        ),
    ],
)
def test_problems_that_do_not_fit_are_refused(
    problem: pk.Problem, leaders: pk.Problem | None, words: str
) -> None:
    with pytest.raises(pk.ProblemError, match=words):
        pk.form_circles(problem, leaders=leaders)


def test_what_circles_do_not_know_is_refused_by_name() -> None:
    ones = np.ones((4, 4))
    pinned = pk.Problem.from_scores(ones, require=[(0, 1)], peers=True)
    fair = pk.Problem.from_scores(ones, objectives=["egalitarian"], peers=True)
    for problem, words in ((pinned, "pins"), (fair, "egalitarian")):
        with pytest.raises(pk.UnsupportedError, match=words):
            pk.form_circles(problem)


@pytest.mark.parametrize(("smallest", "largest"), [(1, 3), (4, 3), (0, 0)])
def test_sizes_that_make_no_sense_are_refused(smallest: int, largest: int) -> None:
    with pytest.raises(pk.ProblemError, match="Circles"):
        pk.Circles(smallest, largest)


def test_settings_out_of_range_are_refused() -> None:
    with pytest.raises(pk.ProblemError, match="patience"):
        pk.CircleSearch(patience=-1)
    with pytest.raises(pk.ProblemError, match="workers"):
        pk.CirclePacking(workers=0)
    with pytest.raises(pk.ProblemError, match="seed"):
        random_peers(4, 1).form(seed=-1)


@given(people=st.integers(0, 25), smallest=st.integers(2, 5), more=st.integers(0, 3))
def test_sizes_add_up(people: int, smallest: int, more: int) -> None:
    sizes = Sizes(smallest, smallest + more, circles=people // smallest)
    placed = sizes.placeable(people)
    cuts = sizes.cuts(placed, 10_000)
    assert cuts
    assert all(sum(cut) == placed for cut in cuts)
    assert len(cuts) == len({tuple(sorted(cut)) for cut in cuts})
    totals = [sum(size * (size - 1) for size in cut) for cut in cuts]
    least, most, each = sizes.partners(placed)
    assert (least, most) == (min(totals), max(totals))
    assert each == max((size - 1 for cut in cuts for size in cut), default=0)
    assert all(sizes.cuts(more_people, 10_000) == [] for more_people in range(placed + 1, people))


def test_people_who_cannot_be_cut_have_no_partners() -> None:
    with pytest.raises(ValueError, match="cannot be cut"):
        Sizes(4, 5, circles=9).partners(7)


def good() -> tuple[Peers, pk.CircleSolution]:
    peers = random_peers(8, 2, mentors=2)._replace(leads=np.array([1, 1]))
    peers.scores[0, 1] = peers.scores[1, 0] = NAN
    peers = peers._replace(capacity=np.array([1, 1, 1, 1, 1, 1, 1, 0]))
    return peers, peers.form()


def kinds(peers: Peers, solution: pk.CircleSolution) -> set[str]:
    found = circle_violations(peers.problem, peers.circles, solution, leaders=peers.leaders)
    return {one.kind for one in found}


def regrouped(*groups: list[int], leaders: list[int]) -> pk.CircleSolution:
    """Other circles with the scores and levels that they would have."""
    peers, solution = good()
    assert peers.guidance is not None
    filled, given = np.nan_to_num(peers.scores), np.nan_to_num(peers.guidance)
    scores = [
        filled[np.ix_(group, group)].sum() / 2.0 + given[leader % 2, group].sum()
        if max(group) < 8
        else 0.0
        for group, leader in zip(groups, leaders, strict=True)
    ]
    placed = {person for group in groups for person in group}
    return replace(
        solution,
        circles=tuple(np.array(group) for group in groups),
        leaders=np.array(leaders),
        scores=np.array(scores),
        left_out=np.array(sorted({*range(8)} - placed)),
    )


def test_good_circles_pass() -> None:
    peers, solution = good()
    assert kinds(peers, solution) == set()
    assert solution.placed == 7


@pytest.mark.parametrize(
    ("solution", "kind"),
    [
        (regrouped([0, 2, 3], [1, 4, 9], leaders=[0, 1]), "place"),
        (regrouped([0, 2, 3], [1, 4, 5], leaders=[0, 2]), "place"),
        (regrouped([0, 2, 3], [1, 3, 4], leaders=[0, 1]), "repeated"),
        (regrouped([0, 2, 3], [1, 4], leaders=[0, 1]), "size"),
        (regrouped([0, 2, 3, 1], [4, 5, 6], leaders=[0, 1]), "order"),
        (regrouped([1, 2, 3], [0, 4, 5], leaders=[0, 1]), "order"),
        (regrouped([0, 1, 2], [3, 4, 5], leaders=[0, 1]), "forbidden"),
        (regrouped([0, 2, 3], [1, 4, 5], leaders=[0, 0]), "capacity"),
        (regrouped([0, 2, 3], [1, 4, 7], leaders=[0, 1]), "capacity"),
    ],
)
def test_wrong_circles_are_found(solution: pk.CircleSolution, kind: str) -> None:
    assert kind in kinds(good()[0], solution)


def test_wrong_claims_are_found() -> None:
    peers, solution = good()
    first, last = solution.levels
    none = np.zeros(0, dtype=np.int64)
    for wrong, kind in (
        (replace(solution, leaders=None), "leader"),
        (replace(solution, leaders=none), "place"),
        (replace(solution, left_out=solution.left_out.astype(float)), "place"),
        (replace(solution, left_out=none), "left out"),
        (replace(solution, scores=solution.scores + 0.1), "score"),
        (replace(solution, levels=(last,)), "value"),
        (replace(solution, levels=(replace(first, value=6.0), last)), "value"),
        (replace(solution, levels=(first, replace(last, value=9.0))), "value"),
        (replace(solution, levels=(first, replace(last, bound=1.0))), "bound"),
        (replace(solution, levels=(first, replace(last, bound=NAN))), "bound"),
        (replace(solution, levels=(first, replace(last, bound=99.0))), "status"),
        (replace(solution, levels=(first, replace(last, bound=None))), "status"),
        (replace(solution, status=pk.Status.INFEASIBLE), "status"),
    ):
        assert kind in kinds(peers, wrong), kind


def test_wrong_leaders_are_found() -> None:
    peers, solution = good()
    assert peers.guidance is not None
    assert solution.leaders is not None
    guidance = peers.guidance.copy()
    guidance[solution.leaders[0], solution.circles[0][0]] = NAN
    assert "forbidden" in kinds(peers._replace(guidance=guidance), solution)
    full = pk.Problem.from_scores(peers.guidance, peers.leads, mentee_capacity=0)
    found = circle_violations(peers.problem, peers.circles, solution, leaders=full)
    assert {one.kind for one in found} == {"capacity"}


def test_the_exception_names_what_is_wrong_and_how_much_more() -> None:
    peers, solution = good()
    wrong = replace(solution, circles=solution.circles * 3, scores=np.tile(solution.scores, 3))
    wrong = replace(wrong, leaders=np.zeros(len(wrong.circles), dtype=np.int64))
    with pytest.raises(pk.VerificationError, match=r"CirclePacking gave wrong circles.*more\."):
        peers.verify(wrong)


def staff() -> pk.Roster:
    return pk.datasets.sample(24, seed=3)


def among() -> pk.Program:
    return pk.Program(
        roles=pk.Roles(peer={}),
        scoring=[pk.SharedInterests(), pk.Different("department")],
        rules=[pk.Avoid(), pk.NotInReportingLine()],
        reference_date=pk.datasets.REFERENCE,
    )


def test_circles_of_people_keep_the_rules_and_add_up() -> None:
    roster, program = staff(), among()
    matching = pk.match_circles(roster, program, pk.Circles(3, 4))
    assert matching.status is pk.Status.OPTIMAL
    everybody = [who for circle in matching.circles for who in circle.members]
    assert sorted([*everybody, *matching.left_out]) == sorted(roster.ids)
    total = 0.0
    for circle in matching.circles:
        assert 3 <= len(circle.members) <= 4
        parts = [pk.explain_pair(roster, program, a, b) for a, b in combinations(circle.members, 2)]
        assert not any(part.objections for part in parts)
        assert circle.score == pytest.approx(sum(part.score for part in parts))
        total += circle.score
    assert matching.objective == pytest.approx(total)
    assert matching.bound is not None
    assert matching.bound >= total - 1e-9
    assert "24" not in repr(matching)
    matching.raise_for_status()


def test_led_circles_have_a_mentor_who_may_lead_each_member() -> None:
    roster = staff()
    leaders = pk.Program(
        scoring=[pk.SkillCoverage()],
        rules=[pk.NotInReportingLine(), pk.GapWindow("level", min=0)],
        mentor_capacity=1,
        reference_date=pk.datasets.REFERENCE,
    )
    matching = pk.match_circles(roster, among(), pk.Circles(3, 4), leaders=leaders)
    assert matching.circles
    used = [circle.leader for circle in matching.circles]
    assert len(set(used)) == len(used)
    for circle in matching.circles:
        assert circle.leader is not None
        for member in circle.members:
            assert not pk.explain_pair(roster, leaders, circle.leader, member).objections
    records = matching.records()
    assert [row["role"] for row in records].count("leader") == len(matching.circles)
    assert "circle" in str(matching.to_frame())


def test_leaders_without_mentees_lead_nobody() -> None:
    roster = pk.Roster.from_records([{"id": f"P{k}", "interests": ["chess"]} for k in range(5)])
    leaders = pk.Program(scoring=[pk.SharedInterests()])
    matching = pk.match_circles(roster, among(), leaders=leaders)
    assert matching.circles == ()
    assert matching.left_out == roster.ids


def test_programs_of_the_wrong_kind_are_refused() -> None:
    sides = pk.Program(scoring=[pk.SharedInterests()])
    with pytest.raises(pk.ProgramError, match="role peer"):
        pk.match_circles(staff(), sides)
    with pytest.raises(pk.ProgramError, match="led by mentors"):
        pk.match_circles(staff(), among(), leaders=among())
    pinned = among().model_copy(update={"rules": (pk.Require([("E-0001", "E-0002")]),)})
    with pytest.raises(pk.UnsupportedError, match="pins"):
        pk.match_circles(staff(), pinned)
