from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import pairkit as pk
from pairkit import figures
from pairkit.encoding import Side
from pairkit.groups import FLOOR, NOT_STATED, Groups, groups_of
from pairkit.report.figures import scores as scores_module

REFERENCE = date(2026, 1, 15)


def person(k: int, roles: str | None, **rest: object) -> dict[str, object]:
    topics = ["a", "b", "c"]
    skills = {} if roles == "mentee" else {"skills": [topics[k % 3]]}
    needs = {} if roles == "mentor" else {"needs": topics[: 1 + k % 3]}
    return {"id": f"{roles or 'peer'}-{k}", "roles": roles, **skills, **needs, **rest}


def matched(*people: dict[str, object], **settings: object) -> pk.Matching:
    program = pk.Program(scoring=[pk.SkillCoverage()], **settings)
    return pk.match(pk.Roster.from_records(people), program)


def two_sides(mentors: int, mentees: int, **settings: object) -> pk.Matching:
    people = [person(k, "mentor", site=f"S{k % 3}") for k in range(mentors)]
    people += [person(k, "mentee", site=f"S{k % 2}") for k in range(mentees)]
    return matched(*people, **settings)


@pytest.fixture(scope="module")
def sample() -> pk.Matching:
    return pk.match(pk.datasets.sample(150, seed=1), pk.reverse_mentoring())


# Scores.


def test_every_score_is_in_one_bin(sample: pk.Matching) -> None:
    spread = pk.figures.score_distribution(sample)
    own, greedy, random = spread.series
    scores = [pair.score for pair in sample.pairs]
    for k, count in enumerate(own.counts.tolist()):
        low, high = spread.edges[k], spread.edges[k + 1]
        assert count == sum(low <= one < high or one == high == 1.0 for one in scores)
    assert own.pairs == len(scores)
    assert own.mean == pytest.approx(np.mean(scores))
    assert own.quantiles[0] == min(scores)
    assert own.quantiles[2] == pytest.approx(np.median(scores))
    assert [one.name for one in (greedy, random)] == ["greedy", "random"]
    assert random.mean is not None
    assert own.mean is not None
    assert random.mean < own.mean
    assert spread.among is None


def test_the_baselines_are_the_solvers_on_the_same_problem(sample: pk.Matching) -> None:
    _, greedy, random = pk.figures.score_distribution(sample, seed=5).series
    solved = pk.solve(sample.problem, pk.Greedy())
    assert greedy.pairs == len(solved)
    assert greedy.mean == pytest.approx(solved.scores.mean())
    again = pk.solve(sample.problem, pk.RandomPairs(), seed=5)
    assert random.pairs == len(again)
    assert random.mean == pytest.approx(again.scores.mean())


def test_of_too_many_pairs_the_baselines_see_a_sample(
    sample: pk.Matching, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scores_module, "LISTED", 400)
    spread = pk.figures.score_distribution(sample)
    assert spread.among is not None
    m, n = sample.problem.shape
    assert spread.among[0] * spread.among[1] <= 400
    assert spread.among[0] / m == pytest.approx(spread.among[1] / n, abs=0.02)
    assert spread.series[0].pairs == len(sample.pairs)
    assert 0 < spread.series[1].pairs <= min(spread.among)
    again = pk.figures.score_distribution(sample)
    assert [one.mean for one in again.series] == [one.mean for one in spread.series]


def test_soft_rules_push_scores_below_0_into_bins_of_their_own() -> None:
    rules = [pk.SameValue("site", penalty=1.5)]
    matching = two_sides(2, 3, rules=rules, mentor_capacity=2)
    spread = pk.figures.score_distribution(matching)
    assert spread.edges[0] < 0.0
    assert spread.edges[-1] == 1.0
    assert np.allclose(np.diff(spread.edges), 0.05)
    assert spread.series[0].pairs == len(matching.pairs)


@given(st.lists(st.floats(-1e6, 1e6), max_size=20))
def test_bins_hold_all_scores_at_round_edges(scores: list[float]) -> None:
    values = np.array(scores)
    edges = scores_module._edges(values)
    assert len(edges) <= scores_module.MOST_BINS + 3
    assert edges[0] <= 0.0
    assert edges[-1] >= 1.0
    assert scores_module._series("x", values, edges).pairs == len(scores)


def test_a_rounding_error_gets_no_bin() -> None:
    edges = scores_module._edges(np.array([-1e-12, 1.0 + 1e-12]))
    assert (edges[0], edges[-1], len(edges)) == (0.0, 1.0, 21)
    assert scores_module._series("x", np.array([1.0 + 1e-12]), edges).counts[-1] == 1


def test_without_pairs_there_is_no_mean() -> None:
    for matching in (two_sides(2, 0), two_sides(0, 0)):
        own, *others = pk.figures.score_distribution(matching).series
        assert (own.pairs, own.mean, own.quantiles) == (0, None, ())
        assert [one.pairs for one in others] == [0, 0]


def test_baselines_do_not_know_rules_on_the_whole_program_nor_pins() -> None:
    rules = [pk.MinimumMatched(1.0), pk.Require([("mentor-0", "mentee-0")])]
    spread = pk.figures.score_distribution(two_sides(3, 3, rules=rules))
    assert [one.pairs for one in spread.series] == [3, 3, 3]


def test_a_matching_read_back_alone_has_its_own_scores_only(sample: pk.Matching) -> None:
    alone = pk.Matching.from_json(sample.to_json())
    (own,) = pk.figures.score_distribution(alone, baselines=False).series
    assert own.pairs == len(sample.pairs)
    with pytest.raises(pk.ProblemError, match="without its people"):
        pk.figures.score_distribution(alone)
    with pytest.raises(pk.ProblemError, match="without its people"):
        pk.figures.loads(alone)


# Loads.


def test_loads_count_everybody_by_partners_and_room() -> None:
    matching = two_sides(4, 6, mentor_capacity=2)
    mentors, mentees = pk.figures.loads(matching)
    counts = Counter(matching.mentor_loads[f"mentor-{k}"] for k in range(4))
    assert {k: n for k, n in enumerate(mentors.people.tolist()) if n} == counts
    assert mentors.full.tolist() == [0, 0, counts[2]]
    assert mentors.places == 8
    assert (mentees.full.tolist(), mentees.open.tolist()) == ([0, 6], [0, 0])
    assert not mentors.tail


def test_no_capacity_is_full_and_a_huge_one_counts_the_other_side() -> None:
    people = [person(0, "mentor", mentor_capacity=0), person(1, "mentor", mentor_capacity=10**9)]
    mentors, mentees = pk.figures.loads(matched(*people, person(1, "mentee")))
    assert mentors.full.tolist() == [1, 0]
    assert mentors.open.tolist() == [0, 1]
    assert mentors.places == mentees.places == 1


def test_very_many_partners_are_folded() -> None:
    mentors, _ = pk.figures.loads(two_sides(1, 30, mentor_capacity=30))
    assert mentors.tail
    assert mentors.people.tolist() == [0] * 12 + [1]


def test_peers_have_one_side() -> None:
    matching = matched(*(person(k, None) for k in range(7)), roles=pk.Roles(peer={}))
    (peers,) = pk.figures.loads(matching)
    assert (peers.side, peers.people.tolist(), peers.places) == ("peers", [1, 6], 7)


def test_nobody_has_no_partners() -> None:
    for side in pk.figures.loads(two_sides(0, 0)):
        assert (side.people.tolist(), side.places) == ([0], 0)


# Gap over time.


def test_a_trace_ends_with_the_gap_of_the_solve() -> None:
    trace = pk.figures.GapTrace()
    scores = np.random.default_rng(0).random((60, 60))
    solver = pk.ColumnGeneration(first=1, added=1, progress=trace)
    solution = pk.solve(pk.Problem.from_scores(scores), solver)
    curve = pk.figures.gap_over_time(trace.iterations)
    assert solution.status is pk.Status.OPTIMAL
    assert curve.gaps[-1] <= 1e-6
    assert (np.diff(curve.seconds) >= 0).all()
    assert (np.diff(curve.gaps) <= 0).all()
    assert repr(trace) == f"GapTrace({len(trace.iterations)} iterations)"


def test_a_trace_passes_iterations_on_and_forgets_the_solve_before() -> None:
    def at(seconds: float, gap: float) -> pk.Iteration:
        return pk.Iteration(1, 1.0, 10, 0, 100, gap, seconds)

    seen: list[pk.Iteration] = []
    trace = pk.figures.GapTrace(then=seen.append)
    for one in (at(1.0, np.inf), at(2.0, 0.5), at(0.5, 0.4), at(0.7, 0.6), at(0.9, 0.0)):
        trace(one)
    assert len(seen) == 5
    curve = pk.figures.gap_over_time(trace.iterations)
    assert curve.seconds.tolist() == [0.5, 0.7, 0.9]
    assert curve.gaps.tolist() == [0.4, 0.4, 0.0]
    assert not len(pk.figures.gap_over_time([at(1.0, np.inf)]).gaps)


# Groups.


def side(values: Sequence[object], name: str = "site") -> Side:
    people = tuple(
        pk.Participant(id=str(k), **({} if value is None else {name: value}))
        for k, value in enumerate(values)
    )
    return Side(pk.Roster(people).columns, people, np.arange(len(people)), REFERENCE)


def grouped(
    values: Sequence[object], name: str = "site", *, most: int = 10, floor: int = 0
) -> Groups:
    return groups_of([side(values, name)], name, most=most, floor=floor, allow_protected=True)


@given(
    values=st.lists(st.none() | st.sampled_from("abcdefgh"), max_size=60),
    most=st.integers(1, 6),
    floor=st.sampled_from([0, FLOOR]),
)
def test_everybody_is_in_one_group_and_no_group_is_small(
    values: list[object], most: int, floor: int
) -> None:
    groups = grouped(values, most=most, floor=floor)
    sizes = groups.sizes
    assert sizes.tolist() == np.bincount(groups.codes[0], minlength=len(groups.names)).tolist()
    assert sizes.sum() == len(values)
    assert (sizes > 0).all()
    assert len(groups.names) == len(set(groups.names)) == len(sizes) <= most + 1
    folds = bool(groups.names) and groups.names[-1].startswith(("all groups", *"123456789"))
    assert (sizes[: len(sizes) - folds] >= floor).all()
    for code, value in zip(groups.codes[0].tolist(), values, strict=True):
        name = groups.names[code]
        folded = "other group" in name or name == "all groups"
        assert folded or name == (value or NOT_STATED)


def test_the_largest_groups_come_first_and_the_unstated_and_folded_last() -> None:
    values = [*"aa", *"bbbbb", *[None] * 9, "c", "d"]
    assert grouped(values, most=3).names == ("b", "a", NOT_STATED, "2 other groups")
    assert grouped(values, most=4).names == ("b", "a", "c", "d", NOT_STATED)


def test_small_groups_are_folded_and_the_fold_may_be_small_too() -> None:
    values = [*"a" * 20, *"b" * 10, "c", "c", None]
    groups = grouped(values, floor=5)
    assert groups.names == ("a", "b", "2 other groups")
    assert groups.sizes.tolist() == [20, 10, 3]
    assert grouped(values[:32], floor=5).names == ("a", "b", "1 other group")
    assert grouped(["a", "a", "b"], floor=5).names == ("all groups",)


def test_who_is_on_both_sides_counts_once() -> None:
    own = side(list("aaaa"))
    groups = groups_of([own, own], "site", most=9, floor=5, allow_protected=False)
    assert (groups.names, groups.sizes.tolist()) == (("all groups",), [4])


def test_few_numbers_are_groups_in_order_and_many_are_bands() -> None:
    assert grouped([10.0, 2.0, 2.0, 1.5], "level").names == ("1.5", "2", "10")
    ages: list[object] = [20 + k % 40 for k in range(100)]
    bands = grouped(ages, "age", most=4)
    assert bands.names == ("20 to 30", "30 to 40", "40 to 50", "50 to 60")
    for code, age in zip(bands.codes[0].tolist(), ages, strict=True):
        low, high = map(float, bands.names[code].split(" to "))
        assert isinstance(age, int)
        assert low <= age < high


@given(
    values=st.lists(st.floats(-1e5, 1e5), min_size=1, max_size=40, unique=True),
    most=st.integers(1, 8),
)
def test_bands_hold_their_numbers(values: list[float], most: int) -> None:
    groups = grouped([*values, None], "level", most=most)
    assert groups.sizes.sum() == len(values) + 1
    assert len(groups.names) <= most + 2


def test_a_field_of_dates_comes_in_years() -> None:
    days: list[object] = [date(2000 + k, 6, 1) for k in range(20)]
    assert grouped(days, "hired", most=5).names == (
        "2000 to 2005",
        "2005 to 2010",
        "2010 to 2015",
        "2015 to 2020",
    )


# Flows.


def test_flows_count_pairs_by_the_groups_of_both() -> None:
    matching = two_sides(5, 5)
    table = pk.figures.flows(matching, "site")
    site = {f"mentor-{k}": f"S{k % 3}" for k in range(5)}
    site |= {f"mentee-{k}": f"S{k % 2}" for k in range(5)}
    pairs = Counter((site[pair.mentor], site[pair.mentee]) for pair in matching.pairs)
    for i, row in enumerate(table.names):
        for j, column in enumerate(table.names):
            assert table.counts[i, j] == pairs[row, column]
    rows, columns = table.counts.sum(axis=1), table.counts.sum(axis=0)
    assert np.allclose(table.expected.sum(axis=1), rows)
    assert np.allclose(table.expected.sum(axis=0), columns)
    assert table.expected[0, 0] == pytest.approx(rows[0] * columns[0] / 5)


def test_flows_of_peers_are_symmetric_and_expected_pairs_are_as_many() -> None:
    people = [person(k, None, site=f"S{k % 3}") for k in range(12)]
    matching = matched(*people, roles=pk.Roles(peer={}))
    table = pk.figures.flows(matching, "site")
    for matrix in (table.counts, table.expected):
        assert (matrix == matrix.T).all()
        assert np.triu(matrix).sum() == pytest.approx(len(matching.pairs))
    assert table.counts.dtype == np.int64


def test_flows_without_pairs_are_zeros() -> None:
    table = pk.figures.flows(two_sides(2, 0), "site")
    assert table.counts.tolist() == [[0, 0], [0, 0]]
    assert not table.expected.any()


def test_protected_fields_are_read_on_request_only_and_small_groups_never_told() -> None:
    people = [person(k, "mentor", gender="woman" if k else "man") for k in range(8)]
    people += [person(k, "mentee", gender="woman") for k in range(8)]
    matching = matched(*people)
    with pytest.raises(pk.ProgramError, match="'gender', which is protected"):
        pk.figures.flows(matching, "gender")
    with pytest.raises(pk.ProgramError, match="'gender', which is protected"):
        pk.figures.group_parity(matching, "gender")
    table = pk.figures.flows(matching, "gender", allow_protected=True)
    assert table.names == ("woman",)
    assert (table.counts.tolist(), table.expected.tolist(), table.hidden) == ([[7]], [[7.0]], 1)
    assert "woman" not in repr(table)
    groups = pk.figures.group_parity(matching, "gender", side="mentor", allow_protected=True)
    assert [(one.name, one.people, one.matched) for one in groups] == [
        ("woman", 7, 7),
        ("1 other group", 1, None),
    ]


def test_a_field_that_nobody_has_is_refused(sample: pk.Matching) -> None:
    with pytest.raises(pk.ProgramError, match="Did you mean 'department'"):
        pk.figures.flows(sample, "departement")
    with pytest.raises(pk.ProgramError, match="holds a list"):
        pk.figures.group_parity(sample, "skills")


# Parity.


def test_parity_tells_share_and_mean_score_of_each_group(sample: pk.Matching) -> None:
    groups = pk.figures.group_parity(sample, "department", side="mentor")
    mentors = sample.sides[0]
    assert sum(one.people for one in groups) == len(mentors)
    largest = groups[0]
    own = {one.id for one in mentors.people if one.department == largest.name}
    assert largest.people == len(own)
    scores: dict[str, list[float]] = {}
    for pair in sample.pairs:
        if pair.mentor in own:
            scores.setdefault(pair.mentor, []).append(pair.score)
    means = [float(np.mean(one)) for one in scores.values()]
    assert largest.matched == len(means)
    wilson = stats.binomtest(len(means), len(own)).proportion_ci(method="wilson")
    assert (largest.share_low, largest.share_high) == pytest.approx((wilson.low, wilson.high))
    interval = stats.ttest_1samp(means, 0.0).confidence_interval()
    assert largest.score == pytest.approx(np.mean(means))
    assert (largest.score_low, largest.score_high) == pytest.approx((interval.low, interval.high))


def test_of_few_people_nothing_is_told_but_their_number() -> None:
    (group,) = pk.figures.group_parity(two_sides(4, 4), "site")
    assert (group.name, group.people, group.matched, group.share) == ("all groups", 4, None, None)


def test_of_few_matched_people_no_score_is_told() -> None:
    people = [person(k, "mentee", site="S") for k in range(9)] + [person(0, "mentor")]
    (group,) = pk.figures.group_parity(matched(*people), "site")
    assert (group.people, group.matched, group.score) == (9, 1, None)
    assert group.share == pytest.approx(1 / 9)


def test_parity_of_peers_counts_either_place() -> None:
    people = [person(k, None, site="S") for k in range(9)]
    matching = matched(*people, roles=pk.Roles(peer={}))
    for where in ("mentor", "mentee"):
        (group,) = pk.figures.group_parity(matching, "site", side=where)
        assert (group.people, group.matched) == (9, 8)
        assert group.score == pytest.approx(np.mean([pair.score for pair in matching.pairs]))


def test_an_empty_side_has_no_groups() -> None:
    assert pk.figures.group_parity(two_sides(3, 0), "site") == ()


# Strategies.


def test_strategies_are_rows_of_matchings_and_solutions(sample: pk.Matching) -> None:
    greedy = pk.solve(sample.problem, pk.Greedy())
    compared = pk.figures.strategies({"best": sample, "greedy": greedy})
    best, other = compared
    assert (best.pairs, best.objective, best.bound) == (
        len(sample.pairs),
        sample.objective,
        sample.bound,
    )
    assert (other.mean_score, other.min_score) == pytest.approx(
        (greedy.scores.mean(), greedy.scores.min())
    )
    assert other.gap is None
    assert [row["name"] for row in compared.to_records()] == ["best", "greedy"]
    assert "<td" in compared._repr_html_()


def test_a_strategy_without_a_solution_has_no_figures() -> None:
    failed = two_sides(1, 1, rules=[pk.MinimumLoad(2)])
    (row,) = pk.figures.strategies({"failed": failed})
    assert (row.status, row.pairs, row.objective, row.mean_score) == ("infeasible", 0, None, None)
    assert len(pk.figures.strategies({})) == 0


def test_different_objectives_cannot_be_compared() -> None:
    scores = [[0.9, 0.4], [0.8, 0.7]]
    one, other = (
        pk.solve(pk.Problem.from_scores(scores, objectives=[name]), "mip")
        for name in ("quality", "egalitarian")
    )
    with pytest.raises(pk.InputError, match=r"different objectives \(egalitarian, quality\)"):
        pk.figures.strategies({"one": one, "other": other})


def test_figures_need_no_drawing_library() -> None:
    code = (
        "import sys, pairkit as pk; pk.figures.flows; pk.plots; print('matplotlib' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "False"
    assert figures is pk.figures
