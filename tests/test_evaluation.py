"""What became of rounds: figures with intervals, too few to say, and nobody found in a group."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pairkit as pk
from pairkit.profiles import FrozenDict
from pairkit.rounds.disclosure import told_groups
from pairkit.rounds.estimates import difference, mean, retention, share
from pairkit.rounds.evaluation import evaluate
from pairkit.rounds.risk import pairs_at_risk

START = date(2027, 3, 1)
ACTIVE, ENDED = pk.PairState.ACTIVE, pk.PairState.ENDED


def program(pairs: int, *, round_id: str = "r1", start: date = START) -> pk.History:
    """Pairs that have begun, of people of two sites."""
    history = pk.History().add(pk.Round(round_id, start))
    for k in range(pairs):
        site = FrozenDict({"site": "Lyon" if k % 2 else "Nantes"})
        history = history.add(
            pk.Enrollment(round_id, f"M{k}", pk.Role.MENTOR, start, site),
            pk.Enrollment(round_id, f"E{k}", pk.Role.MENTEE, start, site),
            pk.RoundPair(round_id, f"M{k}", f"E{k}", start, skills=("SQL", "Excel")),
            pk.PairChange(round_id, f"M{k}", f"E{k}", ACTIVE, start),
        )
    return history


def answer(k: int, by: str, day: int = 90, **more: object) -> pk.Feedback:
    on = START + timedelta(days=day)
    return pk.Feedback("r1", f"M{k}", f"E{k}", f"{by}{k}", on, **more)  # type: ignore[arg-type]


# Estimates


def test_a_share_has_the_interval_of_wilson() -> None:
    found = share(15, 50)  # by hand: (p + z2/2n +- z sqrt(p(1-p)/n + z2/4n2)) / (1 + z2/n)
    assert (found.value, found.n) == (0.3, 50)
    assert found.low == pytest.approx(0.1910, abs=1e-4)
    assert found.high == pytest.approx(0.4375, abs=1e-4)
    assert share(2, 4).value is None
    sure = share(10, 10)
    assert sure.high == pytest.approx(1.0)
    assert sure.low is not None
    assert 0.7 < sure.low < 1.0


def test_a_mean_has_the_interval_of_student() -> None:
    values = [3.0, 4.0, 4.0, 5.0, 2.0]
    found = mean(values, least=1.0, most=5.0)
    half = 2.7764451 * np.std(values, ddof=1) / math.sqrt(5)
    assert found.value == pytest.approx(3.6)
    assert found.low == pytest.approx(3.6 - half)
    assert found.high == 5.0 < 3.6 + half
    assert mean(values[:4], least=1.0, most=5.0).value is None
    alike = mean([5.0] * 6, least=1.0, most=5.0)
    assert alike.value == 5.0
    assert alike.low is not None
    assert alike.low < 5.0
    assert alike.high == 5.0


def test_intervals_hold_what_is_true_about_as_often_as_they_say() -> None:
    draw = np.random.default_rng(0)
    shares = means = 0
    for _ in range(400):
        answers = draw.random(30) < 0.7
        found = share(int(answers.sum()), 30)
        assert found.low is not None
        assert found.high is not None
        shares += found.low <= 0.7 <= found.high
        ratings = draw.choice([1.0, 2.0, 3.0, 4.0, 5.0], 30, p=[0.1, 0.1, 0.2, 0.3, 0.3])
        told = mean(ratings.tolist(), least=1.0, most=5.0)
        assert told.low is not None
        assert told.high is not None
        means += told.low <= 3.6 <= told.high
    assert 0.91 <= shares / 400 <= 0.99
    assert 0.91 <= means / 400 <= 0.99


def test_a_change_has_the_interval_of_welch_or_there_are_too_few() -> None:
    before, after = [3.0, 4.0, 3.0, 5.0, 4.0, 3.0], [4.0, 5.0, 4.0, 5.0, 5.0, 4.0]
    found = difference(before, after)
    assert found.value == pytest.approx(np.mean(after) - np.mean(before))
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0.66 < found.high
    assert difference(before, after[:3]).value is None


def test_retention_counts_pairs_that_go_on_as_long_as_they_were_seen() -> None:
    days, broken = [10.0, 20.0, 20.0, 30.0, 40.0], [True, True, False, False, True]
    found = retention(days, broken)
    assert found is not None
    assert found.days == (10.0, 20.0, 40.0)
    assert found.shares == pytest.approx((0.8, 0.6, 0.0))
    assert (found.pairs, found.broken) == (5, 3)
    assert [found.after(day) for day in (5, 10, 25, 100)] == pytest.approx([1.0, 0.8, 0.6, 0.0])
    assert retention(days[:4], broken[:4]) is None
    none = retention([10.0] * 5, [False] * 5)
    assert none is not None
    assert none.after(100) == 1.0


# Groups that may be told


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 12)), st.integers(2, 6))
def test_no_small_group_follows_from_the_total(sizes: dict[str, int], floor: int) -> None:
    told = told_groups(sizes, floor)
    hidden = {name: size for name, size in sizes.items() if size and name not in told}
    assert all(sizes[name] >= floor for name in told)
    small = [name for name, size in hidden.items() if size < floor]
    if hidden:
        assert small or not told
    if small:  # an attacker who knows the total learns a sum of several, and of many people
        assert not told or (len(hidden) >= 2 and sum(hidden.values()) >= floor)


def test_a_small_group_alone_takes_another_with_it() -> None:
    assert told_groups({"a": 20, "b": 9, "c": 2}, 5) == ("a",)
    assert told_groups({"a": 20, "b": 9, "c": 2, "d": 3}, 5) == ("a", "b")
    assert told_groups({"a": 20, "c": 2}, 5) == ()
    assert told_groups({"a": 20, "b": 9, "c": 0}, 5) == ("a", "b")


# Evaluation


def test_a_round_is_told_with_numbers_and_intervals() -> None:
    history = program(10)
    history = history.add(
        *(answer(k, "E", rating=4.0 + k % 2, goals_met=0.5) for k in range(8)),
        *(answer(k, "M", rating=3.0, would_continue=k > 0) for k in range(6)),
        *(answer(k, "E", day=100, rating=2.0) for k in range(1)),
        pk.Meeting("r1", "M0", "E0", START, 1.5),
        pk.Meeting("r1", "M0", "E0", START + timedelta(days=7), 1.0),
        pk.PairChange("r1", "M9", "E9", ENDED, START + timedelta(days=20), pk.ReasonCode.NO_FIT),
        pk.PairChange("r1", "M8", "E8", ENDED, START + timedelta(days=80), pk.ReasonCode.COMPLETED),
    )
    (found,) = evaluate(history).rounds
    assert (found.enrolled, found.pairs, found.begun) == (20, 10, 10)
    assert found.states == {ACTIVE: 8, ENDED: 2}
    assert found.reasons == {pk.ReasonCode.NO_FIT: 1, pk.ReasonCode.COMPLETED: 1}
    assert found.paired.value == 1.0
    assert found.answered.value == pytest.approx(14 / 20)
    # of pair 0 the later answer counts: (2 + 3) / 2
    ratings = [2.5, 4.0, 3.5, 4.0, 3.5, 4.0, 4.0, 5.0]
    assert found.rating.value == pytest.approx(np.mean(ratings))
    assert found.rating.n == 8
    assert found.would_continue.value == pytest.approx(5 / 6)
    assert found.hours == 2.5
    assert found.meetings.value == pytest.approx(0.2)
    assert found.retention is not None
    assert found.retention.days == (20.0,)
    assert found.retention.shares == pytest.approx((0.9,))
    assert {group.name: group.people for group in found.groups["site"]} == {
        "Lyon": 10,
        "Nantes": 10,
    }
    assert found.hidden == {"site": 0}


def test_partial_answers_are_normal_and_few_are_too_few() -> None:
    history = program(10).add(answer(0, "E", rating=4.0), answer(1, "E", text="Bien"))
    (found,) = evaluate(history).rounds
    assert found.answered.value == pytest.approx(0.1)
    assert (found.rating.n, found.rating.value) == (1, None)
    assert str(found.rating.message) == "too few to say (1)"
    assert found.skills.value is None
    said = [str(one) for one in found.messages]
    assert "mean rating of pairs, from 1 to 5: too few to say (1)" in said


def test_an_empty_history_has_nothing_to_tell() -> None:
    assert evaluate(pk.History()).rounds == ()
    (found,) = evaluate(pk.History().add(pk.Round("r1", START))).rounds
    assert (found.enrolled, found.paired.value, found.retention) == (0, None, None)
    with pytest.raises(ValueError, match="floor must be from 2"):
        evaluate(pk.History(), floor=1)


def test_skills_are_counted_of_pairs_that_tell_of_them() -> None:
    history = program(10).add(*(answer(k, "E", skills=("sql",)) for k in range(6)))
    (found,) = evaluate(history).rounds
    assert (found.skills.value, found.skills.n) == (0.5, 12)


def test_small_groups_are_left_out_of_a_round() -> None:
    history = program(4)
    (found,) = evaluate(history).rounds
    assert found.groups == {"site": ()}
    assert found.hidden == {"site": 2}


def test_forgetting_a_person_changes_no_figure() -> None:
    history = program(10).add(*(answer(k, "E", rating=4.0, text="Merci") for k in range(7)))
    before = evaluate(history)
    later, _ = history.forget("E3")
    assert evaluate(later).to_records() == before.to_records()
    assert evaluate(later).group_records() == before.group_records()


def test_rounds_come_in_order_with_what_has_changed() -> None:
    history = program(10)
    other = program(10, round_id="r0", start=START - timedelta(days=365))
    both = history.add(*other.records())
    found = evaluate(both)
    assert [one.id for one in found.rounds] == ["r0", "r1"]
    assert len(found.rating_changes) == 1
    assert len(found.to_records()) == 2


# Pairs at risk


def test_pairs_at_risk_say_why_and_what_to_do() -> None:
    history = program(5)
    history = history.add(
        pk.Meeting("r1", "M0", "E0", START + timedelta(days=90)),
        pk.Meeting("r1", "M1", "E1", START + timedelta(days=10)),
        answer(2, "E", day=20, rating=4.5),
        answer(2, "E", day=80, rating=2.0, would_continue=False),
        *(pk.Meeting("r1", f"M{k}", f"E{k}", START + timedelta(days=95)) for k in (2, 4)),
        pk.RoundPair("r1", "M0", "E4", START),
        pk.PairChange("r1", "M4", "E4", ENDED, START + timedelta(days=96), pk.ReasonCode.LEFT),
    )
    found = pairs_at_risk(history, START + timedelta(days=100))
    told = {(one.mentor, one.mentee): [str(sign) for sign in one.signs] for one in found}
    assert told == {
        ("M2", "E2"): [
            "E2 would not go on",
            "E2 gives 2.00 of 5",
            "the rating of E2 fell from 4.50 to 2.00",
        ],
        ("M1", "E1"): ["no meeting for 12 weeks"],
        ("M3", "E3"): ["no meeting since they began, 14 weeks ago"],
        ("M0", "E4"): ["proposed 14 weeks ago, and not begun"],
    }
    assert (found[0].mentor, str(found[0].action)) == (
        "M2",
        "talk to both, and look for other partners for the next round",
    )
    assert pairs_at_risk(history, START + timedelta(days=100), weeks=20)[0].mentor == "M2"
    with pytest.raises(ValueError, match="weeks must be from 1"):
        pairs_at_risk(history, START, weeks=0)
