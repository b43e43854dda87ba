"""The next pairs: those that work go on, and each change says what it buys."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pairkit as pk
from pairkit.rounds.past import Pause, bad_pairs
from pairkit.rounds.rematch import Rematch, rematch
from pairkit.testing import every_solution

START, LATER = date(2027, 1, 4), date(2027, 6, 1)
PROGRAM = pk.Program(scoring={"skills": pk.SkillCoverage()}, reference_date=LATER)
SKILLS = ("Python", "Excel", "Slack")


def people(mentors: str, mentees: str, **more: object) -> pk.Roster:
    """Mentors and mentees of one letter each; who teaches or needs what can be said."""
    return pk.Roster.from_records(
        [
            *(
                {"id": who, "roles": "mentor", "skills": more.get(who, ["Python"])}
                for who in mentors
            ),
            *(
                {"id": who, "roles": "mentee", "needs": more.get(who, ["Python"])}
                for who in mentees
            ),
        ]
    )


def past(*pairs: str, state: str = "active", reason: str | None = None) -> pk.History:
    history = pk.History().add(pk.Round("r1", START))
    code = None if reason is None else pk.ReasonCode(reason)
    for mentor, mentee in map(tuple, pairs):
        history = history.add(
            pk.Enrollment("r1", mentor, pk.Role.MENTOR, START),
            pk.Enrollment("r1", mentee, pk.Role.MENTEE, START),
            pk.RoundPair("r1", mentor, mentee, START),
            pk.PairChange("r1", mentor, mentee, pk.PairState(state), START, code),
        )
    return history


def couples(found: Rematch) -> set[str]:
    return {f"{one.mentor}{one.mentee}" for one in found.matching.pairs}


def test_what_works_goes_on_though_another_partner_would_score_more() -> None:
    roster = people("AB", "xy", A=["Excel"], B=["Python"], x=["Python"], y=["Excel"])
    found = rematch(past("Ax", "By"), roster, PROGRAM)
    assert (found.kept, found.made, found.broken) == ((("A", "x"), ("B", "y")), (), ())
    assert found.proved
    assert found.trades == ()


def test_with_a_cost_of_breaking_quality_decides() -> None:
    roster = people("AB", "xy", A=["Excel"], B=["Python"], x=["Python"], y=["Excel"])
    history = past("Ax", "By")
    dear = rematch(history, roster, PROGRAM, break_cost=1.5)
    assert couples(dear) == {"Ax", "By"}
    cheap = rematch(history, roster, PROGRAM, break_cost=0.5)
    assert couples(cheap) == {"Ay", "Bx"}
    (trade,) = cheap.trades
    assert (set(trade.broken), trade.pairs, trade.score) == ({("A", "x"), ("B", "y")}, 0, 2.0)
    free = rematch(history, roster, PROGRAM, break_cost=0.0)
    assert couples(free) == {"Ay", "Bx"}
    with pytest.raises(pk.ProgramError, match="break_cost must be from 0"):
        rematch(history, roster, PROGRAM, break_cost=-1.0)
    none = rematch(history, roster, PROGRAM, break_cost=0.5, most_broken=1)
    assert couples(none) == {"Ax", "By"}


def test_a_drop_out_is_replaced_and_nobody_else_is_touched() -> None:
    roster = people("BC", "xy")
    found = rematch(past("Ax", "By"), roster, PROGRAM)
    assert couples(found) == {"By", "Cx"}
    (gone,) = found.gone
    assert (gone.mentor, gone.mentee, gone.left) == ("A", "x", True)
    assert gone.why == "A is not among the people any more"
    (trade,) = found.trades
    assert (trade.gone, trade.broken, trade.made) == ((("A", "x"),), (), (("C", "x"),))


def test_a_pair_is_broken_only_where_that_gives_a_pair_more() -> None:
    history = past("Ax")
    roster = people("AB", "xy", B=["Excel"], y=["Python"], x=["Excel", "Python"])
    program = PROGRAM.model_copy(update={"rules": (pk.MinimumScore(0.2),)})
    found = rematch(history, roster, program)  # y can only have A, and x can have B
    assert couples(found) == {"Ay", "Bx"}
    (trade,) = found.trades
    assert (len(trade.broken), len(trade.made), trade.pairs) == (1, 2, 1)
    assert str(trade.message) == "2 new pairs for 1 broken, +1.00 score"
    held = rematch(history, roster, program, most_broken=0)
    assert couples(held) == {"Ax"}


def test_who_has_waited_longest_comes_first_and_newcomers_before_the_served() -> None:
    history = past("Ax").add(
        pk.Enrollment("r1", "y", pk.Role.MENTEE, START),
        pk.Enrollment("r1", "z", pk.Role.MENTEE, START + timedelta(days=30)),
    )
    one = rematch(history, people("AB", "xyzn"), PROGRAM)
    assert couples(one) == {"Ax", "By"}
    both = PROGRAM.model_copy(update={"mentee_capacity": 2})
    two = rematch(past("Ax"), people("AB", "xn"), both)
    assert couples(two) == {"Ax", "Bn"}


@pytest.mark.parametrize("reason", ["no-fit", "conflict", "no-contact"])
def test_a_pair_that_ended_badly_is_never_made_again(reason: str) -> None:
    history = past("Ax", state="ended", reason=reason)
    assert bad_pairs(history) == {("A", "x")}
    found = rematch(history, people("A", "x"), PROGRAM, on=date(2040, 1, 1))
    assert couples(found) == set()


def test_a_refusal_without_a_reason_is_one_of_the_person() -> None:
    assert bad_pairs(past("Ax", state="declined")) == {("A", "x")}
    kind = past("Ax", state="declined", reason="no-time")
    assert bad_pairs(kind) == set()
    roster = people("A", "x")
    assert couples(rematch(kind, roster, PROGRAM, on=START)) == set()  # not again at once
    assert couples(rematch(kind, roster, PROGRAM, on=date(2028, 6, 1))) == {"Ax"}


def test_who_would_not_go_on_is_not_asked_again() -> None:
    history = past("Ax", state="ended", reason="completed")
    unwilling = pk.Feedback("r1", "A", "x", "x", LATER, would_continue=False)
    assert bad_pairs(history) == set()
    assert bad_pairs(history.add(unwilling)) == {("A", "x")}


def test_a_pair_that_ended_well_is_made_again_after_a_pause_that_fades() -> None:
    history, roster = past("Ax", state="ended", reason="completed"), people("A", "x")
    months = 365.25 / 12.0

    def score(after: float) -> float | None:
        on = START + timedelta(days=round(after * months))
        found = rematch(history, roster, PROGRAM, on=on)
        return found.matching.pairs[0].score if found.matching.pairs else None

    assert score(5) is None
    assert score(7) == pytest.approx(1.0 - 0.5 * 0.5 ** (1 / 6), abs=0.06)
    assert score(12.5) == pytest.approx(0.75)
    assert score(60) == 1.0
    at_once = rematch(history, roster, PROGRAM, on=START, pause=Pause(0, 0.0))
    assert couples(at_once) == {"Ax"}


def test_its_records_end_what_is_gone_and_begin_what_is_new() -> None:
    history = past("Ax", "By")
    roster = people("BC", "xyz")
    found = rematch(history, roster, PROGRAM)
    later = history.add(*found.records(history, "r2", name="Second"))
    assert later.standing(("r1", "A", "x")).reason is pk.ReasonCode.LEFT
    assert later.standing(("r1", "B", "y")).state is pk.PairState.ACTIVE
    assert later.standing(("r2", "C", "x")).state is pk.PairState.PROPOSED
    enrolled = {(one.person, one.role) for one in later.enrollments if one.round == "r2"}
    assert enrolled == {("C", "mentor"), ("x", "mentee"), ("z", "mentee")}
    again = rematch(later, roster, PROGRAM)
    assert (again.made, again.broken, again.gone) == ((), (), ())
    assert later.add(*again.records(later, "r2")) == later


def test_a_pair_whose_people_are_on_other_sides_now_says_so() -> None:
    roster = people("xB", "Ay")
    found = rematch(past("Ax"), roster, PROGRAM)
    (gone,) = found.gone
    assert (gone.left, gone.why) == (False, "the two are not on the two sides any more")


def test_a_pair_that_a_rule_forbids_now_tells_the_fact() -> None:
    program = PROGRAM.model_copy(update={"rules": (pk.Forbid((("A", "x"),)),)})
    found = rematch(past("Ax"), people("A", "x"), program)
    assert [one.why for one in found.gone] == ["A and x are kept apart"]


def test_peers_are_kept_whoever_stands_first() -> None:
    program = pk.Program(
        scoring={"skills": pk.SkillCoverage()},
        roles=pk.Roles(peer={}),
        reference_date=LATER,
    )
    roster = pk.Roster.from_records([{"id": who, "skills": ["Python"]} for who in "abcd"])
    history = pk.History().add(
        pk.Round("r1", START),
        pk.RoundPair("r1", "c", "a", START),
        pk.RoundPair("r1", "b", "d", START),
    )
    found = rematch(history, roster, program)
    assert set(found.kept) == {("a", "c"), ("b", "d")}
    assert not found.records(history, "r1")


def test_a_program_of_its_own_order_keeps_it() -> None:
    objectives = ("quality", {"objective": "continuity", "most_broken": 0})
    program = pk.Program(
        scoring={"skills": pk.SkillCoverage()}, objectives=objectives, reference_date=LATER
    )
    roster = people("AB", "xy", A=["Excel"], B=["Python"], x=["Python"], y=["Excel"])
    assert couples(rematch(past("Ax", "By"), roster, program)) == {"Ax", "By"}
    assert pk.Program.from_toml(program.to_toml()) == program


@given(st.integers(0, 10_000))
def test_no_solution_breaks_fewer_and_has_as_many_pairs(seed: int) -> None:
    """Brute force over all solutions of the problem without continuity."""
    draw = np.random.default_rng(seed)
    sides = "ABC", "wxyz"
    more: dict[str, object] = {
        who: list(draw.choice(SKILLS, draw.integers(1, 3), replace=False)) for who in "".join(sides)
    }
    roster = people(sides[0], sides[1], **more)
    program = PROGRAM.model_copy(update={"rules": (pk.MinimumScore(0.4),)})
    pairs = [f"{a}{b}" for a, b in zip("AB", draw.permutation(list("wxyz")), strict=False)]
    found = rematch(past(*pairs), roster, program)
    problem = pk.build(roster, program)
    known = every_solution(problem)
    best = []
    for k in range(len(known.made)):
        made = {
            f"{sides[0][i]}{sides[1][j]}"
            for i, j in zip(known.mentors[known.made[k]], known.mentees[known.made[k]], strict=True)
        }
        best.append((len(made), len(made & set(pairs)), known.value(1, k)))
    now = couples(found)
    assert (len(now), len(now & set(pairs))) == max(best)[:2]
    assert found.proved
    adds = sum(trade.pairs for trade in found.trades)
    assert adds == len(found.made) - len(found.broken)
    for trade in found.trades:  # any of them can be left out
        without = (now - {a + b for a, b in trade.made}) | {a + b for a, b in trade.broken}
        assert (
            len({pair[0] for pair in without}) == len({pair[1] for pair in without}) == len(without)
        )
