"""Peers at the level of people: one pool, whoever of two comes first."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pairkit as pk
from pairkit.cli.commands import run
from pairkit.lowering import lower
from pairkit.pairspace import DenseSpace, Mutual
from pairkit.profiles import FrozenDict
from pairkit.values import aim_values
from tests.people import labels, maybe, rosters

TEXT = """
[roles.peer]
level = { min = 1 }

[[scoring]]
scorer = "SkillCoverage"
"""


def roster() -> pk.Roster:
    return pk.Roster.from_records(
        [
            {"id": "A", "skills": "a", "needs": ["b"], "level": 1},
            {"id": "B", "skills": "b", "needs": ["c"], "level": 2},
            {"id": "C", "skills": "c", "needs": ["a", "b"], "level": 3},
            {"id": "D", "skills": "d", "needs": ["e"], "level": 4, "avoid": ["A", "B", "C", "G"]},
            {"id": "E", "skills": "a"},
            {"id": "F", "skills": "f", "needs": ["a"], "level": 2, "status": "on leave"},
            {"id": "G", "skills": "g", "needs": ["a"], "level": 2, "mentor_capacity": 0},
        ]
    )


def program(*rules: pk.Rule, **settings: object) -> pk.Program:
    base = {"rules": [pk.Ready(), pk.Avoid(), *rules], **settings}
    return (
        pk.Program.from_toml(TEXT)
        .model_copy(update={})
        .model_validate(
            {"scoring": [pk.SkillCoverage()], "roles": {"peer": {"level": {"min": 1}}}, **base}
        )
    )


@pytest.fixture(scope="module")
def matching() -> pk.Matching:
    return pk.match(roster(), program(), solver="greedy")


def test_a_program_of_peers_reads_back() -> None:
    read = pk.Program.from_toml(TEXT)
    assert read.peers
    assert pk.Program.from_toml(read.to_toml()) == read
    assert pk.Program.from_json(read.to_json()).roles.peer == read.roles.peer
    anybody = pk.Program(scoring=[pk.SkillCoverage()], roles=pk.Roles(peer=FrozenDict()))
    assert pk.Program.from_toml(anybody.to_toml()) == anybody
    assert anybody.peers


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[roles.mentor]\nsite = "Lyon"\n', "Roles have a mentor and a mentee, or peers, not both"),
        ('[roles.peers]\nsite = "Lyon"\n', "roles.peers: there is no such parameter"),
    ],
)
def test_peers_and_sides_do_not_mix(text: str, words: str) -> None:
    with pytest.raises(pk.ProgramError, match=words):
        pk.Program.from_toml(text + TEXT)


def test_stability_of_peers_is_refused_when_the_program_is_read() -> None:
    with pytest.raises(pk.ProgramError, match="stability is between two sides; peers have none"):
        pk.Program.from_toml('objectives = ["stability"]\n' + TEXT)


def test_the_score_of_two_peers_is_the_mean_of_both_directions(matching: pk.Matching) -> None:
    found = matching.explain("A", "C")
    assert found.score == pytest.approx((0.5 + 0.0) / 2)  # A has half of C's needs, C none of A's
    assert found.score == matching.explain("C", "A").score
    assert found.peers


def test_peers_are_matched_from_end_to_end(matching: pk.Matching) -> None:
    assert matching.peers
    assert [(pair.mentor, pair.mentee) for pair in matching.pairs] == [("B", "C")]
    assert matching.outside == {"E": "no peer: level is not stated"}
    told = {one.id: (one.role, one.code.value, one.reason) for one in matching.unmatched}
    assert told == {
        "A": (None, "no-room", "None of the 3 peers left by the rules has room."),
        "D": (
            None,
            "no-candidate",
            "No peer of 5 is left: Avoid rules out 4 and Ready rules out 1.",
        ),
        "F": (None, "not-ready", "F is on leave."),
        "G": (None, "no-capacity", "The capacity as a peer is 0."),
    }


def test_loads_and_explanations_know_no_order(matching: pk.Matching) -> None:
    assert matching.mentor_loads == matching.mentee_loads == {"B": 1, "C": 1}
    (record,) = matching.pair_records()
    assert (record["mentor_load"], record["mentee_load"]) == (1, 1)
    for pair in (("B", "C"), ("C", "B")):
        found = matching.explain(*pair)
        assert found.matched
        assert (found.mentor, found.mentee) == pair
        assert sum(part.contribution for part in found.parts) == found.score
        assert found.score == pytest.approx(matching.pairs[0].score)


def test_a_matching_of_peers_reads_back(matching: pk.Matching) -> None:
    again = pk.Matching.from_json(matching.to_json())
    assert again == matching
    assert again.peers
    assert again.explain("C", "B").matched


def test_people_who_are_no_peers_are_told(matching: pk.Matching) -> None:
    with pytest.raises(pk.UnknownParticipantError, match="'E' is no peer: level is not stated"):
        matching.explain("A", "E")
    with pytest.raises(pk.UnknownParticipantError, match="Nobody has the id 'X'"):
        matching.explain("A", "X")


def test_a_rule_that_forbids_one_direction_forbids_the_pair() -> None:
    repeated = pk.NotRepeated([("B", "A")])
    matching = pk.match(roster(), program(repeated), solver="greedy")
    assert ("A", "B") not in {(pair.mentor, pair.mentee) for pair in matching.pairs}
    for pair in (("A", "B"), ("B", "A")):
        found = matching.explain(*pair)
        assert [(one.rule, one.why) for one in found.objections] == [
            ("NotRepeated", "B has mentored A before")
        ]


def test_a_soft_rule_costs_peers_its_whole_penalty() -> None:
    free = lower(roster(), program())
    for rule, change in (
        (pk.NotRepeated([("B", "A")], penalty=0.25), -0.25),
        (pk.Require([("B", "A")], penalty=0.25), 0.25),
        (pk.Forbid([("B", "A")], penalty=0.25), -0.25),
    ):
        soft = lower(roster(), program(rule))
        i, j = np.array([0, 0]), np.array([1, 2])
        scores = soft.problem.space.pairs(i, j).scores - free.problem.space.pairs(i, j).scores
        assert scores.tolist() == pytest.approx([change, 0.0])


def test_pins_of_peers_are_made_in_any_order_and_only_once() -> None:
    pins = pk.Require([("C", "A"), ("A", "C")])
    matching = pk.match(roster(), program(pins), solver="greedy")
    assert [(pair.mentor, pair.mentee) for pair in matching.pairs] == [("A", "C")]


def test_pins_that_overload_a_peer_on_both_ends_are_named() -> None:
    pins = pk.Require([("A", "B"), ("B", "C"), ("D", "A")])
    matching = pk.match(roster(), program(pins), solver="greedy")
    assert matching.status is pk.Status.INFEASIBLE
    assert set(matching.conflicts) == {
        "Require pins A and D, but Avoid forbids it",
        "Require pins 2 pairs on A, who has room for 1",
        "Require pins 2 pairs on B, who has room for 1",
        "The least that has to give: give up Require(A with B) and give up Require(A with D)",
    }


def test_checked_pairs_of_peers_come_in_any_order() -> None:
    rules = pk.Require([("C", "B")]), pk.Quota(at_most=1, name="few")
    found = pk.check_pairs(
        roster(), program(*rules), [("B", "A"), ("A", "B"), ("D", "A"), ("E", "A")]
    )
    assert [(one.rule, one.why, one.mentor, one.mentee) for one in found.broken] == [
        ("Repeated", "The pair is there 2 times.", "A", "B"),
        ("Avoid", "D asked not to be paired with A.", "A", "D"),
        ("Roles", "E is no peer: level is not stated.", "E", "A"),
        ("Capacity", "A has 2 partners and room for 1.", None, None),
        ("Require", "The pair is required and not made.", "B", "C"),
        ("Quota(few)", "2 pairs; at most 1 allowed.", None, None),
    ]


def test_alone_in_the_pool() -> None:
    people = pk.Roster.from_records([{"id": "A", "level": 1}])
    matching = pk.match(people, program(), solver="greedy")
    assert [one.reason for one in matching.unmatched] == ["There is no other peer."]
    nobody = pk.match(pk.Roster([]), program(), solver="greedy")
    assert (nobody.pairs, nobody.unmatched) == ((), ())


def test_priorities_of_two_peers_are_added_and_earlier_pairs_have_no_order() -> None:
    objectives = (pk.Participation("level"), pk.Continuity([("C", "A")]), pk.Quality())
    problem = lower(roster(), program(objectives=objectives)).problem
    i, j = np.array([0, 1]), np.array([2, 3])
    values = aim_values(problem, i, j, problem.space.pairs(i, j).scores)
    assert values[:2] == (1 + 3 + 2 + 4, 1)


FIELDS: dict[str, st.SearchStrategy[object]] = {
    "skills": st.lists(labels, max_size=3),
    "needs": st.lists(labels, max_size=3),
    "site": maybe(st.sampled_from(["Lyon", "Paris"])),
}


@given(rosters(FIELDS, min_size=2, max_size=6), st.sampled_from(["greedy", "random-pairs"]))
def test_parts_of_peers_sum_to_the_score(people: pk.Roster, solver: str) -> None:
    policy = pk.Program(
        scoring=[pk.SkillCoverage(rarity=True), pk.Same("site"), pk.PreferenceRank()],
        rules=[pk.SameValue("site", penalty=0.1), pk.MinimumScore(0.4, penalty=0.2)],
        roles=pk.Roles(peer=FrozenDict()),
        mentor_capacity=2,
    )
    matching = pk.match(people, policy, solver=solver)
    assert matching.status is pk.Status.FEASIBLE
    for pair in matching.pairs:
        total = sum(part.contribution for part in pair.parts)
        assert total == pytest.approx(pair.score, abs=1e-9)
    named = {one.id for one in matching.unmatched} | set(matching.mentor_loads)
    assert named == set(people.ids)


@given(st.integers(0, 5), st.integers(0, 2**16))
def test_mutual_is_symmetric_in_tiles_and_pairs(size: int, seed: int) -> None:
    matrix = np.random.default_rng(seed).random((size, size))
    matrix[matrix < 0.2] = np.nan
    space = Mutual(DenseSpace(matrix))
    everybody = np.arange(size)
    tile = space.pairs(everybody[:, None], everybody[None, :])
    mean = (matrix + matrix.T) / 2
    assert np.array_equal(tile.allowed, ~np.isnan(mean))
    assert np.array_equal(tile.scores[tile.allowed], mean[tile.allowed])
    both = list(itertools.product(range(size), repeat=2))
    i, j = np.array(both, dtype=np.int64).reshape(-1, 2).T
    single = space.pairs(i, j)
    assert np.array_equal(single.allowed, tile.allowed.ravel())
    assert np.array_equal(single.scores, tile.scores.ravel(), equal_nan=True)


def test_the_command_line_speaks_of_peers(
    tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path_factory.mktemp("peers")
    people, policy, pairs = (folder / name for name in ("people.csv", "p.toml", "pairs.csv"))
    pk.write_roster(roster(), people)
    program(pk.Quota(at_most=0)).save(policy)
    assert run(["match", str(people), "--program", str(policy), "--solver", "greedy"]) == 2
    assert "does not support rules on the whole program" in capsys.readouterr().err
    program().save(policy, overwrite=True)
    arguments = [str(people), "--program", str(policy)]
    out = ["--out", str(pairs)]
    assert run(["match", *arguments, "--solver", "greedy", *out]) == 0
    told = capsys.readouterr().err
    assert "Pairs: 1, with 2 of 6 peers." in told
    assert "Without partner: 4 peers" in told
    assert "No peers: 1 person." in told
    assert run(["explain", str(people), "B", "A", "--program", str(policy)]) == 0
    assert "B with A: a score of 0.500" in capsys.readouterr().out
    program(pk.Quota(at_most=0)).save(policy, overwrite=True)
    assert run(["check", str(pairs), *arguments]) == 5
    assert "1 pair; none allowed." in capsys.readouterr().out
