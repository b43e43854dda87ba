"""Why there is no solution, against trying everything; every kind of conflict, in words."""

from __future__ import annotations

import itertools
import math
import pickle
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from numpy.typing import NDArray

import pairkit as pk
from pairkit.diagnosis import diagnose_people
from pairkit.lowering import lower
from pairkit.parts import Elementwise
from pairkit.rows import UNLIMITED
from pairkit.shortages import shortages
from pairkit.values import row_value

Pairs = tuple[tuple[int, int], ...]
EACH = Elementwise(lambda i, j: np.ones(np.broadcast_shapes(i.shape, j.shape)))
EVEN = Elementwise(lambda i, j: np.where((i + j) % 2 == 0, 1.0, 0.0))
ODDS = Elementwise(lambda i, j: np.where((i + j) % 2 == 0, 0.5, -0.5))


# What trying everything says


def everything(problem: pk.Problem) -> Iterator[Pairs]:
    """Return every set of allowed pairs that keeps the capacities."""
    m, n = problem.shape
    places = [(i, j) for i in range(m) for j in range(n) if i < j or not problem.peers]
    i, j = np.array(places, dtype=np.int64).reshape(-1, 2).T
    allowed = problem.space.pairs(i, j).allowed
    open_ = [pair for pair, fine in zip(places, allowed.tolist(), strict=True) if fine]
    for size in range(len(open_) + 1):
        for pairs in itertools.combinations(open_, size):
            loads = problem.partners(*arrays(pairs))
            if (loads[0] <= problem.mentor_capacity).all() and (
                loads[1] <= problem.mentee_capacity
            ).all():
                yield pairs


def arrays(pairs: Pairs) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    i, j = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return i, j


def excess(problem: pk.Problem, label: str, pairs: Pairs) -> float:
    """Return by how much pairs break what has a label."""
    i, j = arrays(pairs)
    scores = problem.space.pairs(i, j).scores
    total = 0.0
    for row in problem.rows:
        if row.label == label:
            total += row.excess(row_value(problem, row, i, j, scores))
    loads = dict(zip(("mentor", "mentee"), problem.partners(i, j), strict=True))
    total += sum(
        float(one.excess(loads[one.side]).sum()) for one in problem.loads if one.label == label
    )
    pins = zip(problem.pinned_mentors.tolist(), problem.pinned_mentees.tolist(), strict=True)
    return total + sum(pin not in pairs for pin in pins if pin_label(*pin) == label)


def pin_label(i: int, j: int) -> str:
    return f"the pin of mentor {i} and mentee {j}"


def labels(problem: pk.Problem) -> list[str]:
    pins = zip(problem.pinned_mentors.tolist(), problem.pinned_mentees.tolist(), strict=True)
    found = [
        *(row.label for row in problem.rows if row.penalty is None),
        *(one.label for one in problem.loads if one.penalty is None),
        *(pin_label(*pin) for pin in pins),
    ]
    return list(dict.fromkeys(found))


def table(problem: pk.Problem) -> list[dict[str, float]]:
    """Return what each set of pairs breaks."""
    names = labels(problem)
    return [{name: excess(problem, name, pairs) for name in names} for pairs in everything(problem)]


def keeps(broken: dict[str, float], names: Sequence[str]) -> bool:
    return all(broken[name] <= 1e-9 for name in names)


# Problems


@st.composite
def problems(draw: st.DrawFn) -> pk.Problem:
    """Draw small problems with rules that often exclude each other."""
    peers = draw(st.booleans())
    m = draw(st.integers(1, 4 if peers else 3))
    n = m if peers else draw(st.integers(1, 3))
    cell = st.sampled_from([0.25, 0.5, 1.0, math.nan])
    scores = np.array(draw(st.lists(cell, min_size=m * n, max_size=m * n))).reshape(m, n)
    if peers:
        scores = np.triu(scores, 1) + np.triu(scores, 1).T
    rooms = st.lists(st.integers(0, 2), min_size=m, max_size=m)
    mentors = draw(rooms)
    mentees = draw(st.lists(st.integers(0, 2), min_size=n, max_size=n))
    places = [(i, j) for i in range(m) for j in range(n) if i < j or not peers]
    pins = draw(st.lists(st.sampled_from(places), max_size=2, unique=True)) if places else []
    rows = draw(st.lists(drawn_rows(m, n, peers=peers), max_size=3))
    loads = draw(st.lists(drawn_loads(m, n, peers=peers), max_size=2))
    return pk.Problem.from_scores(
        scores,
        mentors,
        mentees,
        require=pins,
        rows=[replace(row, label=f"{row.label} {k}") for k, row in enumerate(rows)],
        loads=[replace(one, label=f"{one.label} {k}") for k, one in enumerate(loads)],
        peers=peers,
    )


@st.composite
def drawn_rows(draw: st.DrawFn, m: int, n: int, *, peers: bool) -> pk.Row:
    weight = draw(st.sampled_from([None, EACH, EVEN, ODDS]))
    matched = None
    if weight is None or draw(st.booleans()):
        mark = st.sampled_from([0.0, 1.0, 1.0, -1.0, 0.5])
        own = np.array(draw(st.lists(mark, min_size=m, max_size=m)))
        other = np.array(draw(st.lists(mark, min_size=n, max_size=n)))
        matched = (own, np.zeros(n) if peers else other)
    least, most = draw(
        st.sampled_from([(1.0, math.inf), (2.0, math.inf), (-math.inf, 1.0), (0.0, 0.0), (1.0, 2)])
    )
    of_score = weight is not None and draw(st.booleans())
    return pk.Row("Row", weight, least, most, of_score=of_score, matched=matched)


@st.composite
def drawn_loads(draw: st.DrawFn, m: int, n: int, *, peers: bool) -> pk.LoadBounds:
    mentor = peers or draw(st.booleans())
    size = m if mentor else n
    least = draw(st.lists(st.integers(0, 2), min_size=size, max_size=size))
    most = [low + draw(st.sampled_from([0, 1, UNLIMITED])) for low in least]
    side: Literal["mentor", "mentee"] = "mentor" if mentor else "mentee"
    bounds = np.array(least, dtype=np.int64), np.array(most, dtype=np.int64)
    return pk.LoadBounds("Loads", side, *bounds, or_none=draw(st.booleans()))


@given(problems())
def test_every_word_of_a_diagnosis_is_true(problem: pk.Problem) -> None:
    check_diagnosis(problem, pk.diagnose(problem))


@given(problems())
def test_every_word_is_true_where_counting_finds_nothing(problem: pk.Problem) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pairkit.diagnosis.shortages", lambda *_: [])
        patch.setattr("pairkit.solvers.select.shortages", lambda *_: [])
        check_diagnosis(problem, pk.diagnose(problem))


def check_diagnosis(problem: pk.Problem, told: pk.Diagnosis) -> None:
    """Compare a diagnosis with what every set of pairs breaks."""
    names, broken = labels(problem), table(problem)
    feasible = any(keeps(one, names) for one in broken)
    assert told.feasible is feasible
    assert bool(told.sentences) is not feasible
    if feasible:
        return
    assert told.static or told.conflict
    assert told.minimal is bool(told.conflict)
    if told.conflict:
        assert not any(keeps(one, told.conflict) for one in broken)
    for name in told.conflict:  # without any one of them, some pairs keep the others
        rest = [one for one in told.conflict if one != name]
        assert any(keeps(one, rest) for one in broken)
    check_ways_out(problem, told, names, broken)


def check_ways_out(
    problem: pk.Problem, told: pk.Diagnosis, names: list[str], broken: list[dict[str, float]]
) -> None:
    """Compare what is to be relaxed with the least that would do."""
    prices = price_of_each(problem)
    cost = sum(one.amount * prices.get(one.rule, 1.0) for one in told.relax)
    least = min(sum(prices.get(n, 1.0) * x for n, x in one.items()) for one in broken)
    assert told.cheapest
    assert cost == pytest.approx(least, abs=1e-6)
    for one in told.others:  # alone it is enough, and less of it is not
        rest = [name for name in names if name != one.rule]
        enough = min(found[one.rule] for found in broken if keeps(found, rest))
        assert one.amount == pytest.approx(enough, abs=1e-6)
        assert [one.rule] != [first.rule for first in told.relax]


def price_of_each(problem: pk.Problem) -> dict[str, float]:
    """Return what a unit of each row costs: 1 by its largest weight."""
    m, n = problem.shape
    i, j = (one.ravel() for one in np.indices((m, n), dtype=np.int64))
    tile = problem.space.pairs(i, j)
    found = {}
    for row in problem.rows:
        weights = [*np.abs(row.pair_weights(i, j, tile.scores))[tile.allowed].tolist()]
        weights += [abs(w) for side in row.matched or () for w in side.tolist()]
        largest = max(weights, default=0.0)
        found[row.label] = 1.0 / largest if largest else 1.0
    return found


@given(problems())
def test_what_is_found_by_counting_is_so_without_any_other_rule(problem: pk.Problem) -> None:
    names, broken = labels(problem), table(problem)
    pins = [name for name in names if name.startswith("the pin")]
    for sentence in shortages(problem):
        about = {name for name in names if name in sentence}
        about |= set(pins) if "pinned" in sentence else set()
        assert about
        assert not any(keeps(one, list(about)) for one in broken)


# Every kind, in the words of a program

LYON = {"site": pk.Condition(values=("Lyon",))}


def roster() -> pk.Roster:
    """Return four mentors with room for two and six mentees, of Paris and Lyon in turn."""
    return pk.Roster.from_records(
        [
            {"id": f"M{k}", "roles": "mentor", "mentor_capacity": 2, "site": site(k)}
            for k in range(4)
        ]
        + [{"id": f"E{k}", "roles": "mentee", "site": site(k)} for k in range(6)]
    )


def site(k: int) -> str:
    return "Lyon" if k % 2 else "Paris"


def matching(*rules: pk.Rule, stop: pk.Stop | None = None) -> pk.Matching:
    scoring = {"site": pk.Same("site")}
    return pk.match(roster(), pk.Program(scoring=scoring, rules=rules), stop=stop)


SHORT = [
    (
        [pk.MinimumLoad(2)],
        "MinimumLoad(mentor): 4 mentors need 2 each, 8 partners in all; 6 mentees can have 6",
    ),
    (
        [pk.MinimumLoad(3, where=LYON)],
        "MinimumLoad(mentor site): M1 needs at least 3 partners and has room for 2",
    ),
    (
        [pk.MinimumLoad(2, "mentor"), pk.MaximumLoad(1, where=LYON)],
        (
            "MinimumLoad(mentor): M1 needs at least 2 partners, and MaximumLoad(mentor site) "
            "allows at most 1"
        ),
    ),
    (
        [pk.MinimumLoad(1, "mentee"), pk.Forbid([(f"M{k}", "E0") for k in range(4)])],
        (
            "MinimumLoad(mentee): E0 needs at least 1 partner; none of 4 with room may be one "
            "(Forbid rules out 4)"
        ),
    ),
    (
        [pk.Quota(mentee=LYON, at_least=10, count="mentees")],
        "Quota(mentee site): at least 10 people with a partner needed; there are 3 in the program",
    ),
    (
        [pk.Quota(same="site", at_least=3), pk.DifferentValue("site")],
        (
            "Quota(same site): at least 3 pairs needed; none of 12 pairs that count are allowed "
            "(DifferentValue(site) rules out 12)"
        ),
    ),
    (
        [pk.Quota(mentee=LYON, at_least=4)],
        (
            "Quota(mentee site): at least 4 pairs needed; 12 of 12 pairs that count are allowed, "
            "with room for 3 at once"
        ),
    ),
    (
        [pk.MinimumMatched(1.0), pk.Forbid([(f"M{k}", "E0") for k in range(4)])],
        "MinimumMatched(mentee): at least 6 people with a partner needed; 5 of 6 can have one",
    ),
    (
        [pk.Require([("M0", "E0"), ("M0", "E2")]), pk.AtMostOneOf(("E0", "E2"))],
        (
            "AtMostOneOf(E0, E2): at most 1 person with a partner allowed; the pinned pairs alone "
            "make 2"
        ),
    ),
    (
        [pk.Require([("M0", "E0"), ("M0", "E2")]), pk.MaximumLoad(1)],
        "MaximumLoad(mentor): M0 may have at most 1 partner, and 2 are pinned",
    ),
    (
        [
            pk.Require([("M0", "E0")]),
            pk.IfThen(("M0", "E0"), [("M1", "E1")]),
            pk.Forbid([("M1", "E1")]),
        ],
        (
            "IfThen(M0 with E0, M1 with E1): no pair made without any of the others allowed; the "
            "pinned pairs alone make 1"
        ),
    ),
]


@pytest.mark.parametrize(("rules", "words"), SHORT, ids=[words[:24] for _, words in SHORT])
def test_what_is_short_is_said_with_its_numbers(rules: list[pk.Rule], words: str) -> None:
    found = matching(*rules)
    assert found.status is pk.Status.INFEASIBLE
    assert words in found.conflicts
    assert found.diagnosis is not None
    assert found.diagnosis.relax


def test_of_many_people_who_are_short_a_few_are_named() -> None:
    found = matching(pk.MinimumLoad(3)).conflicts
    assert found[2:4] == (
        "MinimumLoad(mentor): M2 needs at least 3 partners and has room for 2",
        "MinimumLoad(mentor): so it is with 1 more",
    )


def test_rules_that_exclude_each_other_come_with_every_way_out() -> None:
    found = matching(pk.MinimumMatched(1.0), pk.MaximumLoad(1), pk.Quota(same="site", at_least=1))
    assert found.conflicts[:2] == (
        (
            "These cannot all be kept, though all but any one of them could: "
            "MinimumMatched(mentee) (at least 6 people with a partner); "
            "MaximumLoad(mentor) (at most 1 partner each)"
        ),
        (
            "The least that has to give: relax MinimumMatched(mentee) by 2 people with a partner "
            "(from at least 6 to 4 of 6)"
        ),
    )
    diagnosis = found.diagnosis
    assert diagnosis is not None
    assert diagnosis.conflict == ("MinimumMatched(mentee)", "MaximumLoad(mentor)")
    assert diagnosis.minimal
    assert diagnosis.cheapest
    (other,) = diagnosis.others
    assert (other.rule, other.amount, len(other.people)) == ("MaximumLoad(mentor)", 2.0, 2)


def test_people_who_belong_together_and_a_pin() -> None:
    found = matching(
        pk.Require([("M0", "E0")]),
        pk.Together(("E0", "E1")),
        pk.MaximumLoad(0, "mentee", where=LYON),
    ).diagnosis
    assert found is not None
    assert set(found.conflict) == {
        "Together(E0, E1)",
        "MaximumLoad(mentee site)",
        "Require(M0 with E0)",
    }
    ways = {str(one) for one in (*found.relax, *found.others)}
    assert ways == {
        "relax Together(E0, E1) by 1 person with a partner while another has none",
        "relax MaximumLoad(mentee site) by 1 partner (E1 from none to 1)",
        "give up Require(M0 with E0)",
    }


def test_parity_is_relaxed_by_a_distance() -> None:
    found = matching(
        pk.Parity("site", within=0.1),
        pk.MinimumMatched(0.5),
        pk.MaximumLoad(0, "mentee", where=LYON),
    )
    assert (
        "Or this alone: relax Parity(site): Paris and Lyon by 0.9 (from at most 0.1 to 1)"
        in found.conflicts
    )


def test_a_share_is_relaxed_to_a_share() -> None:
    found = matching(
        pk.Quota(same="site", share_at_most=0.25, name="mixed"),
        pk.MinimumMatched(1.0),
        pk.MaximumLoad(0, where=LYON),
        pk.MaximumLoad(2, "mentee"),
    )
    assert found.diagnosis is not None
    words = [str(one) for one in (*found.diagnosis.relax, *found.diagnosis.others)]
    assert any("from at least 6 to 4 of 6" in one for one in words)
    program = pk.Quota(same="site", share_at_most=0.25, name="mixed"), pk.SameValue("site")
    shared = matching(*program, pk.MinimumMatched(0.5)).diagnosis
    assert shared is not None
    ways = [str(one) for one in (*shared.relax, *shared.others)]
    assert "relax Quota(mixed) by 2.25 pairs (from a share of at most 0.25 to 1)" in ways


def test_capacity_rules_out_what_pins_ask_for() -> None:
    found = matching(pk.Require([("M0", "E0"), ("M0", "E2"), ("M0", "E4")]))
    assert found.conflicts == (
        "Require pins 3 pairs on M0, who has room for 2",
        "The least that has to give: give up Require(M0 with E0)",
    )


# What else may happen


def test_nothing_is_found_where_pairs_keep_all_rules() -> None:
    each = pk.LoadBounds("One each", "mentor", np.array([1, 1]), np.array([1, 1]))
    problem = pk.Problem.from_scores([[0.5, 0.5]] * 2, loads=[each])
    told = pk.diagnose(problem)
    assert told == pk.Diagnosis(feasible=True)
    assert told.sentences == ()


def test_without_time_nothing_is_claimed() -> None:
    rows = [pk.Row("Many", EACH, least=2.0), pk.Row("Few", EACH, most=1.0)]
    problem = pk.Problem.from_scores([[0.5, 0.5]] * 2, rows=rows)
    told = pk.diagnose(problem, stop=pk.Stop(seconds=1e-9))
    assert told == pk.Diagnosis(feasible=None)
    assert told.sentences == ()


def test_what_counting_finds_is_told_without_time_for_more() -> None:
    problem = pk.Problem.from_scores([[0.5, 0.5]] * 2, rows=[pk.Row("Many", EACH, least=3.0)])
    told = pk.diagnose(problem, stop=pk.Stop(seconds=1e-9))
    assert told.feasible is False
    assert told.static == (
        (
            "Many: at least 3 pairs needed; 4 of 4 pairs that count are allowed, with room for "
            "2 at once"
        ),
    )
    assert told.relax == ()


def test_a_matching_that_a_solver_calls_infeasible_says_so_without_time() -> None:
    program = pk.Program(
        scoring={"site": pk.Same("site")}, rules=[pk.MinimumMatched(1.0), pk.MaximumLoad(1)]
    )
    told = diagnose_people(lower(roster(), program), stop=pk.Stop(seconds=1e-9))
    assert told.sentences == (
        "No pairs keep all rules; what stands against each other was not found",
    )


def test_a_solver_that_is_wrong_about_it_is_found_out() -> None:
    lowered = lower(roster(), pk.Program(scoring={"site": pk.Same("site")}))
    with pytest.raises(pk.VerificationError, match="and some do"):
        diagnose_people(lowered)


def test_a_conflict_that_is_none_when_solved_alone_is_not_shown() -> None:
    rows = [pk.Row("Many", EACH, least=2.0), pk.Row("Few", EACH, most=1.0)]
    problem = pk.Problem.from_scores([[0.5, 0.5]] * 2, rows=rows)

    def solve(made: pk.Problem, solver: pk.Mip, *, stop: pk.Stop, seed: int) -> pk.Solution:
        found = pk.solve(made, solver, stop=stop, seed=0)
        none = np.zeros(0, dtype=np.int64)
        if seed == 1 and found.status is pk.Status.INFEASIBLE:
            return pk.Solution(pk.Status.NO_SOLUTION_FOUND, none, none, np.zeros(0), (), "")
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pairkit.diagnosis.solve", solve)
        told = pk.diagnose(problem)
    assert told.conflict == ()
    assert told.feasible is False  # the least that has to give is proved, above 0
    assert [one.amount for one in told.relax] == [1.0]


def test_a_large_problem_is_diagnosed_over_all_pairs() -> None:
    size = 120
    rows = [
        pk.Row("Many", EACH, least=float(size)),
        pk.Row("Even", EVEN, most=float(size // 4)),
        pk.Row("Odd", Elementwise(lambda i, j: 1.0 - EVEN(i, j)), most=float(size // 4)),
    ]
    scores = np.random.default_rng(0).random((size, size))
    told = pk.diagnose(pk.Problem.from_scores(scores, rows=rows))
    assert told.conflict == ("Many", "Even", "Odd")
    assert told.minimal
    assert sum(one.amount for one in told.relax) == size // 2
    assert told.cheapest


def test_one_conflict_of_many_pins_is_found_among_them() -> None:
    size = 40
    rows = [pk.Row("Odd", Elementwise(lambda i, j: 1.0 - EVEN(i, j)), least=1.0)]
    problem = pk.Problem.from_scores(
        np.zeros((size, size)), rows=rows, require=[(k, k) for k in range(size)]
    )
    told = pk.diagnose(problem)
    assert told.relax[0].unit in {"pin", "pair"}
    assert "Odd" in told.conflict


def test_the_error_carries_the_diagnosis_through_a_worker_process() -> None:
    found = matching(pk.MinimumMatched(1.0), pk.MaximumLoad(1))
    with pytest.raises(pk.InfeasibleError, match="These cannot all be kept") as raised:
        found.raise_for_status()
    assert raised.value.diagnosis == found.diagnosis
    again = pickle.loads(pickle.dumps(raised.value))
    assert (str(again), again.diagnosis) == (str(raised.value), found.diagnosis)


def test_a_matching_read_back_has_its_conflicts_and_no_diagnosis() -> None:
    found = matching(pk.MinimumMatched(1.0), pk.MaximumLoad(1))
    again = pk.Matching.from_json(found.to_json())
    assert again == found
    assert again.diagnosis is None
    with pytest.raises(pk.InfeasibleError) as raised:
        again.raise_for_status()
    assert raised.value.diagnosis is None


def test_a_solution_says_who_knows_more() -> None:
    rows = [pk.Row("Many", EACH, least=2.0), pk.Row("Few", EACH, most=1.0)]
    problem = pk.Problem.from_scores([[0.5, 0.5]] * 2, rows=rows)
    with pytest.raises(pk.InfeasibleError, match=r"diagnose\(problem\) says why"):
        pk.solve(problem).raise_for_status()
    short = pk.Problem.from_scores([[0.5, 0.5]] * 2, rows=[pk.Row("Many", EACH, least=3.0)])
    with pytest.raises(pk.InfeasibleError, match="Many: at least 3 pairs needed"):
        pk.solve(short).raise_for_status()


def test_more_than_five_people_are_counted() -> None:
    one = pk.Relaxation("L", 7.0, "partners", tuple(f"M{k} from at least 1 to 0" for k in range(7)))
    assert str(one).endswith("M4 from at least 1 to 0, and 2 more)")
