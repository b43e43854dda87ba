"""Why-questions about people: the edges, the words, and two hundred people solved again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import pairkit as pk
from pairkit.counterfactual import AddPlace, ExemptPerson
from pairkit.effects import Effect, effects_of
from pairkit.explain import UnmatchedCode
from pairkit.messages import Message
from pairkit.objectives import Objective
from pairkit.profiles import Role
from pairkit.switching import Alternative
from pairkit.whynot import Cost, cost_message
from pairkit.whyunmatched import HelpfulChange, WhyUnmatched
from tests.test_whys import best_with

if TYPE_CHECKING:
    from pairkit.counterfactual import ProblemChange
    from pairkit.lowering import Lowered
    from pairkit.rows import SideName


def small(**fields: object) -> pk.Roster:
    people: list[dict[str, object]] = [
        {"id": "M1", "roles": "mentor", "skills": ["SQL"]},
        {"id": "M2", "roles": "mentor", "skills": ["SQL", "Go"]},
        {"id": "E1", "roles": "mentee", "needs": ["SQL"]},
        {"id": "E2", "roles": "mentee", "needs": ["SQL", "Go"], **fields},
        {"id": "E3", "roles": "mentee", "needs": ["Go"]},
    ]
    return pk.Roster.from_records(people)


def program(*rules: pk.Rule, **more: object) -> pk.Program:
    given: dict[str, object] = {"scoring": {"skills": pk.SkillCoverage()}, "rules": rules, **more}
    return pk.Program.model_validate(given)


def test_somebody_without_capacity_has_room_for_nobody() -> None:
    matching = pk.match(small(mentee_capacity=0), program())
    found = matching.why_not("M1", "E2")
    assert not found.possible
    assert found.messages[-1] == "E2 has a capacity of 0"
    assert matching.alternatives("E2") == ()
    told = matching.why_unmatched("E2")
    assert told.code is UnmatchedCode.NO_CAPACITY
    assert told.partners == ()


def test_required_pairs_leave_no_place_to_be_freed() -> None:
    matching = pk.match(small(), program(pk.Require([("M1", "E3")])))
    found = matching.why_not("M1", "E1", exact=True)
    assert not found.possible
    assert found.solved is None
    assert found.messages[-1] == "M1 has no room beside E3, whom the program requires"
    assert "M1" not in {one.partner for one in matching.alternatives("E1", 9)}


def test_somebody_who_is_not_ready_is_told_the_fact() -> None:
    matching = pk.match(small(consent=False), program(pk.Ready(), mentor_capacity=2))
    found = matching.why_unmatched("E2")
    assert found.reason == "E2 has not agreed to take part."
    assert found.change == "E2 would have to be ready first"
    assert not found.changes
    assert not found.nothing_would


def test_beside_a_matching_that_is_not_the_best_no_gain_is_told() -> None:
    roster, used = pk.datasets.sample(60), pk.reverse_mentoring()
    matching = pk.match(roster, used, solver="greedy")
    assert matching.status is pk.Status.FEASIBLE
    for one in matching.unmatched[:3]:
        found = matching.why_unmatched(one.id, role=one.role)
        assert not found.best
        assert "not proved to be the best" in found.messages[-1]
        assert all(change.effects is None for change in found.changes)


def test_a_score_below_the_minimum_is_a_rule_as_any() -> None:
    matching = pk.match(small(), program(pk.MinimumScore(0.6)))
    found = matching.why_not("M1", "E2")
    assert found.messages == ("MinimumScore forbids it: the score is 0.500, below 0.600",)


def test_somebody_on_both_sides_is_asked_about_by_role() -> None:
    roster = pk.Roster.from_records(
        [
            {"id": "A", "skills": ["SQL"], "needs": ["Go"]},
            {"id": "B", "skills": ["SQL"], "needs": ["Go"]},
        ]
    )
    matching = pk.match(roster, program(pk.MinimumScore(0.5)))
    with pytest.raises(pk.ProblemError, match="say which by a role"):
        matching.why_unmatched("A")
    assert matching.why_unmatched("A", role=Role.MENTEE).role is Role.MENTEE
    assert "Oneself" in {one.rule for one in matching.why_not("A", "A").objections}


def test_without_pairs_there_is_nothing_to_compare_with() -> None:
    matching = pk.match(small(), program(pk.Require([("M1", "E1")]), pk.Forbid([("M1", "E1")])))
    assert matching.status is pk.Status.INFEASIBLE
    for ask in (
        lambda: matching.why_not("M2", "E1"),
        lambda: matching.why_unmatched("E1"),
        lambda: matching.alternatives("E1"),
    ):
        with pytest.raises(pk.ProblemError, match="no pairs to compare with: it is infeasible"):
            ask()


def test_who_has_a_partner_or_does_not_exist_is_refused() -> None:
    matching = pk.match(small(), program())
    pair = matching.pairs[0]
    with pytest.raises(pk.ProblemError, match="has a partner"):
        matching.why_unmatched(pair.mentor)
    with pytest.raises(pk.UnknownParticipantError, match="Nobody has the id 'E4'"):
        matching.why_unmatched("E4")
    with pytest.raises(pk.UnknownParticipantError, match="Nobody has the id 'X'"):
        matching.alternatives("X")


def test_a_read_back_matching_answers_as_the_first() -> None:
    roster, used = pk.datasets.sample(40), pk.reverse_mentoring()
    matching = pk.match(roster, used)
    back = pk.Matching.from_json(matching.to_json(), roster, used)
    alone = matching.unmatched[0]
    assert back.why_unmatched(alone.id, role=alone.role) == matching.why_unmatched(
        alone.id, role=alone.role
    )
    assert isinstance(back.why_unmatched(alone.id, role=alone.role).reason, Message)
    pair, other = matching.pairs[0], matching.pairs[1]
    asked = pair.mentor, other.mentee
    assert back.why_not(*asked) == matching.why_not(*asked)
    assert back.alternatives(pair.mentor) == matching.alternatives(pair.mentor)


@pytest.mark.parametrize(
    "objectives",
    [
        ["stability"],
        ["egalitarian"],
        ["continuity", "quality"],
        [pk.Participation(tolerance=0.5), "quality"],
    ],
)
def test_under_other_objectives_only_solving_again_tells(objectives: list[object]) -> None:
    if objectives[0] == "continuity":
        objectives = [pk.Continuity([("M1", "E1")]), "quality"]
    matching = pk.match(small(), program(objectives=objectives))
    one = next(
        (mentor, mentee)
        for mentor in ("M1", "M2")
        for mentee in ("E1", "E2", "E3")
        if not matching.why_not(mentor, mentee).matched
    )
    found = matching.why_not(*one)
    assert found.cost is None
    assert found.messages[-1] == "only solving again tells what it would mean"
    exact = matching.why_not(*one, exact=True)
    assert exact.cost is not None
    sides = matching.sides
    places = sides[0].position(one[0]), sides[1].position(one[1])
    best = best_with(matching.problem, *places)
    values = [level.value for level in matching.levels]
    assert best is not None
    assert exact.cost.effects == effects_of(matching.problem.aims, values, best)


def test_a_cost_that_was_not_found_in_time_is_said_so() -> None:
    matching = pk.match(small(), program())
    solved = pk.Status.NO_SOLUTION_FOUND
    assert "nothing in the time" in cost_message(None, solved)
    quality = Effect(Objective.QUALITY, -0.25)
    found = cost_message(Cost((quality,), "found"))
    assert found == "a total score lower by 0.250, or less: there was no time for the proof"
    better = cost_message(Cost((Effect(Objective.QUALITY, 0.25),), "exact"))
    assert better.endswith("the matching at hand is not the best")
    assert matching.status is pk.Status.OPTIMAL


@pytest.mark.parametrize(
    ("effect", "words"),
    [
        (Effect(Objective.PARTICIPATION, -1.0), "1 pair fewer"),
        (Effect(Objective.PARTICIPATION, 2.0), "2 pairs more"),
        (
            Effect(Objective.PARTICIPATION, -1.5, weighted=True),
            "a participation, by priorities, lower by 1.500",
        ),
        (
            Effect(Objective.PARTICIPATION, 1.5, weighted=True),
            "a participation, by priorities, higher by 1.500",
        ),
        (Effect(Objective.QUALITY, 0.5), "a total score higher by 0.500"),
        (Effect(Objective.QUALITY, -1e-5), "a total score lower by less than 0.001"),
        (Effect(Objective.EGALITARIAN, -0.25), "a lowest score lower by 0.250"),
        (Effect(Objective.EGALITARIAN, 0.25), "a lowest score higher by 0.250"),
        (Effect(Objective.STABILITY, 1.0), "1 blocking pair more"),
        (Effect(Objective.STABILITY, -2.0), "2 blocking pairs fewer"),
        (Effect(Objective.CONTINUITY, -1.0), "1 earlier pair fewer"),
        (Effect(Objective.CONTINUITY, 3.0), "3 earlier pairs more"),
    ],
)
def test_effects_are_told_in_words_in_each_language(effect: Effect, words: str) -> None:
    assert effect.message == words
    assert effect.message.to("fr") != words
    more_is_better = effect.objective is not Objective.STABILITY
    assert effect.better == ((effect.change > 0) == more_is_better)


def test_what_was_not_proved_is_not_claimed() -> None:
    told = WhyUnmatched("A", None, UnmatchedCode.NO_ROOM, "so", decided=2, possible=5)
    assert not told.nothing_would
    looked_at = "of 5 single changes that were looked at, 2 are proved not to help"
    assert told.change == f"no change was found; {looked_at}"
    change = HelpfulChange("A", "Quota", None, True, None, solved=True)
    assert change.message == "giving up Quota for the whole program"


def test_an_alternative_says_with_whom_they_are_now() -> None:
    cost = Cost((), "at least")
    assert "now with" not in Alternative("B", 0.5, cost, (), 1).message
    assert "now with C and D:" in Alternative("B", 0.5, cost, ("C", "D"), 0).message


def test_of_two_hundred_people_every_claim_holds() -> None:
    roster, used = pk.datasets.sample(200, seed=5), pk.reverse_mentoring()
    matching = pk.match(roster, used)
    problem, lowered = matching.problem, matching._lowered
    values = [level.value for level in matching.levels]
    for one in matching.unmatched:
        told = matching.why_unmatched(one.id, role=one.role)
        assert told.decided == told.possible
        assert told.total - sum(removal.first for removal in told.removals) == told.left
        assert not any(change.rule in {"Ready", "Avoid"} for change in told.changes)
        if not told.changes:
            assert told.nothing_would == told.complete
            continue
        side: SideName = "mentee" if one.role is Role.MENTEE else "mentor"
        place = matching.sides[side == "mentee"].position(one.id)
        change = change_by_role(lowered, side, place, told.changes[0])
        after = pk.solve(change.applied(problem))
        own = after.mentees if side == "mentee" else after.mentors
        assert place in own.tolist()
        effects = told.changes[0].effects
        if effects is not None:
            found = effects_of(problem.aims, values, [level.value for level in after.levels])
            assert [e.change for e in effects] == pytest.approx([e.change for e in found])


def change_by_role(
    lowered: Lowered, side: SideName, place: int, one: HelpfulChange
) -> ProblemChange:
    """Return the change that a sentence speaks of, where people may be on both sides."""
    if one.rule is not None:
        return ExemptPerson(one.rule, side, place)
    if one.place_of == one.id:
        return AddPlace(side, place)
    assert one.place_of is not None
    if side == "mentee":
        return AddPlace("mentor", lowered.mentors.position(one.place_of))
    return AddPlace("mentee", lowered.mentees.position(one.place_of))


def test_with_rules_on_the_whole_program_nothing_is_not_claimed() -> None:
    """One more place for Y helps X here, on the person's own side: it is not looked at."""
    people = [{"id": one, "roles": "mentor"} for one in "ABC"]
    people += [{"id": one, "roles": "mentee"} for one in "XY"]
    scores = {("A", "X"): 0.5, ("B", "Y"): 0.25, ("C", "Y"): 1.0}
    scorer = pk.PairFunction(lambda a, b: scores.get((a.id, b.id), 0.0), name="s")
    apart = pk.Forbid((("B", "X"), ("C", "X"), ("A", "Y")))
    rules = [
        apart,
        pk.IfThen(("A", "X"), (("B", "Y"),)),
        pk.IfThen(("A", "X"), (("B", "Y"), ("C", "X"))),
    ]
    program = pk.Program(scoring={"s": scorer}, rules=rules, objectives=(pk.Quality(),))
    found = pk.match(pk.Roster.from_records(people), program).why_unmatched("X")
    assert found.decided == found.possible
    assert not found.nothing_would


def test_a_forbidden_pair_has_the_score_of_its_parts() -> None:
    people = [{"id": "A", "roles": "mentor", "site": "L"}]
    people += [{"id": "B", "roles": "mentee", "site": "P"}]
    scorer = pk.PairFunction(lambda *_: 0.5, name="s")
    program = pk.Program(scoring={"s": scorer}, rules=[pk.SameValue("site")])
    matching = pk.match(pk.Roster.from_records(people), program)
    assert matching.why_not("A", "B").score == matching.explain("A", "B").score == 0.5


def test_a_matching_that_is_not_the_best_promises_nothing_to_whom_the_rules_leave_nobody() -> None:
    people = [{"id": "A", "roles": "mentor", "site": "L"}]
    people += [{"id": "B", "roles": "mentee", "site": "P"}]
    program = pk.Program(scoring=[pk.SkillCoverage()], rules=[pk.SameValue("site")])
    matching = pk.match(pk.Roster.from_records(people), program, solver="greedy")
    assert not any("solving longer" in one for one in matching.why_unmatched("B").messages)


@pytest.mark.parametrize("seed", range(3))
def test_the_smallest_changes_at_once_are_those_of_each_person(seed: int) -> None:
    matching = pk.match(pk.datasets.sample(50, seed=seed), pk.reverse_mentoring())
    found = matching.smallest_changes(1000, 1000)
    assert len(found) == len(matching.unmatched) > 0
    for one in matching.unmatched:
        why = matching.why_unmatched(one.id, role=one.role, tries=0)
        told = found[one.id, one.role]
        assert (told.change is None) == (not why.changes)
        assert told.change is None or told.change in why.changes
        assert told.nothing_would == why.nothing_would
        if not why.changes and (why.nothing_would or why.code is UnmatchedCode.NOT_READY):
            assert told.message == why.change
    assert not matching.smallest_changes(0, 0)
