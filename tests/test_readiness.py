"""Who is ready is who the rule of the program lets in; the others are told what is missing."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

import pairkit as pk

DAY = date(2027, 3, 1)
MAYBE = st.sampled_from([None, True, False])


def test_what_is_missing_is_told_in_the_order_of_the_roster() -> None:
    roster = pk.Roster.from_records(
        [
            {"id": "A", "skills": ["SQL"], "status": "on leave"},
            {"id": "B", "needs": ["SQL"], "orientation_done": False},
            {"id": "C"},
        ]
    )
    program = pk.Program(scoring={"skills": pk.SkillCoverage()}, rules=[pk.Ready()])
    found = pk.readiness(roster, program, on=DAY)
    assert [one.ready for one in found] == [False, False, False]
    assert [one.reasons[0] for one in found] == [
        "A is on leave",
        "B has not done the orientation",
        "no mentor: states no skill; no mentee: states no need",
    ]
    assert "leave" not in repr(found)


def test_a_history_knows_who_was_trained() -> None:
    roster = pk.Roster.from_records([{"id": "A", "orientation_done": False}, {"id": "B"}])
    history = pk.History().add(pk.Orientation("A", DAY), pk.Orientation("Z", DAY))
    assert [one.ready for one in pk.readiness(roster)] == [False, True]
    assert [one.ready for one in pk.readiness(roster, history=history)] == [True, True]
    trained = pk.oriented(roster, history)
    assert [one.orientation_done for one in trained] == [True, None]
    assert roster["A"].orientation_done is False


@given(st.lists(st.tuples(MAYBE, MAYBE, st.sampled_from(list(pk.EmploymentStatus))), max_size=6))
def test_whom_the_rule_forbids_is_not_ready_and_the_other_way_round(
    stated: list[tuple[bool | None, bool | None, pk.EmploymentStatus]],
) -> None:
    people = [
        pk.Participant(
            id=f"P{k}",
            skills=["SQL"],
            needs=["SQL"],
            consent=consent,
            orientation_done=trained,
            status=status,
        )
        for k, (consent, trained, status) in enumerate(stated)
    ]
    always = pk.Participant(id="Q", skills=["SQL"], needs=["SQL"])
    roster = pk.Roster([*people, always])
    rules = [pk.Ready(missing="forbid", orientation=False, consent=False)]
    program = pk.Program(scoring={"skills": pk.SkillCoverage()}, rules=rules)
    matching = pk.match(roster, program)
    for one in pk.readiness(roster, program)[:-1]:
        assert matching.explain(one.person, "Q").allowed == one.ready


def test_rematch_takes_the_trained() -> None:
    roster = pk.Roster.from_records(
        [
            {"id": "A", "roles": "mentor", "skills": ["SQL"], "orientation_done": False},
            {"id": "x", "roles": "mentee", "needs": ["SQL"]},
        ]
    )
    program = pk.Program(scoring={"skills": pk.SkillCoverage()}, rules=[pk.Ready()])
    assert not pk.rematch(pk.History(), roster, program, on=DAY).matching.pairs
    history = pk.History().add(pk.Orientation("A", DAY))
    assert len(pk.rematch(history, roster, program, on=DAY).matching.pairs) == 1
