"""The difference of two matchings, compared with what a reader counts pair by pair."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pairkit as pk
from pairkit.difference import MatchingDifference
from pairkit.profiles import Role


def people(*, peers: bool = False) -> pk.Roster:
    return pk.Roster(
        [
            pk.Participant(
                id=f"P{k}",
                roles=None if peers else [Role.MENTOR] if k % 2 else [Role.MENTEE],
                skills=["SQL", "Go"][: 1 + k % 3],
                needs=["SQL", "Go"][k % 2 :],
                department="North" if k < 7 else "South",
                experience=float(k),
                site="" if k < 10 else "far",
            )
            for k in range(12)
        ]
    )


def program(*rules: pk.Rule, peers: bool = False) -> pk.Program:
    roles = {"roles": pk.Roles(peer={})} if peers else {}
    return pk.Program(scoring={"skills": pk.SkillCoverage()}, rules=rules, **roles)


def plain_score(matching: pk.Matching, mentor: str, mentee: str) -> float:
    return matching.explain(mentor, mentee).score


def check(before: pk.Matching, after: pk.Matching, found: MatchingDifference) -> None:
    """Count again, pair by pair."""
    first, second = ({(one.mentor, one.mentee) for one in m.pairs} for m in (before, after))
    assert set(found.kept) == first & second
    assert set(found.made) == second - first
    assert set(found.broken) == first - second
    assert bool(found) == (first != second)
    told = {(one.id, one.role): one for one in found.people}
    for who in [person.id for person in before._roster or ()]:
        for role, k in ((Role.MENTOR, 0), (Role.MENTEE, 1)):
            had = {pair[1 - k] for pair in first if pair[k] == who}
            has = {pair[1 - k] for pair in second if pair[k] == who}
            one = told.pop((who, role), None)
            if had == has:
                assert one is None
                continue
            assert one is not None
            assert (set(one.lost), set(one.gained)) == (had - has, has - had)
            assert (one.partners_before, one.partners_after) == (len(had), len(has))
            sums = [
                math.fsum(plain_score(before, *((who, x) if k == 0 else (x, who))) for x in some)
                for some in (had, has)
            ]
            assert [one.before, one.after] == pytest.approx(sums)
            assert one.difference == pytest.approx(sums[1] - sums[0])
    assert not told
    with_partner = [{who for pair in some for who in pair} for some in (first, second)]
    assert set(found.newly_matched) == with_partner[1] - with_partner[0]
    assert set(found.no_longer_matched) == with_partner[0] - with_partner[1]
    assert found.total_before == pytest.approx(sum(one.score for one in before.pairs))
    assert found.total_after == pytest.approx(sum(plain_score(before, *one) for one in second))


@given(st.sets(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=12), st.integers(1, 2))
@settings(max_examples=40)
def test_a_difference_is_what_a_reader_counts(pairs: set[tuple[int, int]], room: int) -> None:
    roster = people()
    listed = [(f"P{2 * i + 1}", f"P{2 * j}") for i, j in sorted(pairs)]
    before = pk.match(roster, program())
    other = program(pk.Forbid(listed)).model_copy(update={"mentor_capacity": room})
    after = pk.match(roster, other)
    check(before, after, pk.diff(before, after))
    turned = pk.diff(after, before)
    check(after, before, turned)


def test_of_peers_there_are_no_sides() -> None:
    roster = people(peers=True)
    before = pk.match(roster, program(peers=True))
    first = before.pairs[0].mentor, before.pairs[0].mentee
    after = pk.match(roster, program(pk.Forbid([first]), peers=True))
    found = pk.diff(before, after)
    assert first in found.broken
    assert {one.role for one in found.people} == {None}
    gained = {(one.id, other) for one in found.people for other in one.gained}
    assert gained == {(a, b) for a, b in found.made} | {(b, a) for a, b in found.made}


def test_groups_sum_up_and_small_ones_tell_nothing() -> None:
    roster = people()
    before = pk.match(roster, program())
    after = pk.match(roster, program(pk.Forbid([("P1", "P0"), ("P3", "P2")])))
    found = pk.diff(before, after, by="department")
    assert [(one.name, one.people) for one in found.groups] == [("North", 7), ("South", 5)]
    changes = {one.id: one.difference or 0.0 for one in found.people}
    for group in found.groups:
        own = [who.id for who in roster if who.department == group.name]
        mine = [changes.get(who, 0.0) for who in own]
        assert (group.gained, group.lost) == (sum(x > 0 for x in mine), sum(x < 0 for x in mine))
        assert group.mean == pytest.approx(sum(mine) / len(mine))
        assert group.matched_before is not None
    assert sum(one.people for one in found.groups) == len(roster)
    small = pk.diff(before, after, by="site").groups
    assert [one.people for one in small if one.mean is None] == [2]
    assert [row["people"] for row in found.group_records()] == [7, 5]


def test_a_protected_field_has_to_be_allowed() -> None:
    roster = pk.datasets.sample(40)
    before = pk.match(roster, pk.reverse_mentoring())
    with pytest.raises(pk.ProgramError, match="gender"):
        pk.diff(before, before, by="gender")
    assert pk.diff(before, before, by="gender", allow_protected=True).groups


def test_a_pair_that_the_yardstick_does_not_know_has_no_score() -> None:
    roster = people()
    before = pk.match(roster, program())
    roles = pk.Roles(mentor={"experience": pk.Condition(min=4.0)})
    narrow = program().model_copy(update={"roles": roles})
    after = pk.match(roster, narrow)
    assert pk.diff(before, after).total_after is not None
    found = pk.diff(before, after, yardstick="after", by="department")
    assert found.total_before is None
    assert any(one.difference is None for one in found.people)
    assert not any("total score" in one for one in found.messages)


def test_a_read_back_matching_is_compared_by_the_other() -> None:
    roster = people()
    before = pk.match(roster, program())
    after = pk.match(roster, program(pk.Forbid([("P1", "P0")])))
    back = pk.Matching.from_json(after.to_json())
    assert pk.diff(before, back) == pk.diff(before, after)
    with pytest.raises(pk.ProblemError, match="read back without its people"):
        pk.diff(before, back, yardstick="after")


def test_what_cannot_be_compared_is_refused() -> None:
    one = pk.match(people(), program())
    other = pk.match(pk.Roster(list(people())[:11]), program())
    with pytest.raises(pk.ProblemError, match="two rosters"):
        pk.diff(one, other)
    free = people(peers=True)
    sides, peers = pk.match(free, program()), pk.match(free, program(peers=True))
    with pytest.raises(pk.ProblemError, match="One matching is of peers"):
        pk.diff(sides, peers)


def test_it_is_told_in_sentences_tables_and_a_notebook() -> None:
    roster = people()
    before = pk.match(roster, program())
    after = pk.match(roster, program(pk.Forbid([(p.mentor, p.mentee) for p in before.pairs[:1]])))
    found = pk.diff(before, after)
    assert "both by the first program" in found.messages[-1]
    assert "both by the second program" in pk.diff(before, after, yardstick="after").messages[-1]
    assert {row["change"] for row in found.pair_records()} <= {"kept", "made", "broken"}
    assert [row["id"] for row in found.to_records()] == [one.id for one in found.people]
    assert len(found.to_frame()) == len(found.people)
    assert "Difference of two matchings" in found._repr_html_()
    assert "P1" not in repr(found)
    many = replace(found, people=found.people * 20)
    assert "more people" in many._repr_html_()
