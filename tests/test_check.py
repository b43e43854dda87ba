from __future__ import annotations

from pathlib import Path

import pytest

import pairkit as pk


def roster() -> pk.Roster:
    return pk.Roster.from_records(
        [
            {"id": "M1", "roles": "mentor", "skills": ["a"], "site": "X"},
            {"id": "M2", "roles": "mentor", "skills": ["b"], "site": "Y"},
            {"id": "E1", "roles": "mentee", "needs": ["a"], "site": "X"},
            {"id": "E2", "roles": "mentee", "needs": ["b"], "site": "Y"},
            {"id": "Z"},
        ]
    )


def check(pairs: list[tuple[str, str]], *rules: pk.Rule) -> pk.PairsCheck:
    return pk.check_pairs(roster(), pk.Program(scoring=[pk.SkillCoverage()], rules=rules), pairs)


def broken(pairs: list[tuple[str, str]], *rules: pk.Rule) -> list[tuple[str, str]]:
    return [(one.rule, one.why) for one in check(pairs, *rules).broken]


def test_good_pairs_pass_with_their_total() -> None:
    found = check([("M1", "E1"), ("M2", "E2")])
    assert found.ok
    assert (found.pairs, found.total) == (2, 2.0)


def test_no_pairs_at_all_pass() -> None:
    assert check([]).ok


def test_the_pairs_of_a_match_pass() -> None:
    program = pk.Program(scoring=[pk.SkillCoverage()], rules=[pk.SameValue("site")])
    pairs = [(pair.mentor, pair.mentee) for pair in pk.match(roster(), program).pairs]
    assert pk.check_pairs(roster(), program, pairs).ok


def test_strangers_are_named() -> None:
    assert broken([("M9", "E1")]) == [("Roster", "Nobody in the roster has the id 'M9'.")]


def test_people_on_the_wrong_side_or_none_are_named() -> None:
    assert broken([("E1", "M1")]) == [
        ("Roles", "E1 cannot be the mentor: not a mentor in this program."),
        ("Roles", "M1 cannot be the mentee: not a mentee in this program."),
    ]
    rule, why = broken([("Z", "E1")])[0]
    assert rule == "Roles"
    assert "states no skill" in why


def test_broken_rules_are_named_with_their_fact() -> None:
    assert broken([("M1", "E2")], pk.SameValue("site")) == [
        ("SameValue(site)", "Site is “X” for the mentor and “Y” for the mentee.")
    ]


def test_repeated_pairs_and_too_many_partners_are_named() -> None:
    assert ("Repeated", "The pair is there 2 times.") in broken([("M1", "E1"), ("M1", "E1")])
    assert ("Capacity", "M1 has 2 partners and room for 1.") in broken([("M1", "E1"), ("M1", "E2")])


def test_pairs_are_read_from_files_that_anybody_wrote(tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text("Mentoré;Tuteur;Note\nE1;M1;x\n;;\nE2;M2;\n", encoding="utf-8")
    assert pk.read_pairs(path) == [("M1", "E1"), ("M2", "E2")]


def test_ids_that_a_spreadsheet_made_numbers_stay_ids(tmp_path: Path) -> None:
    import pandas as pd

    path = tmp_path / "pairs.xlsx"
    pd.DataFrame({"mentor": [1.0, 2.0], "mentee": [3, 4]}).to_excel(path, index=False)
    assert pk.read_pairs(path) == [("1", "3"), ("2", "4")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("mentor,partner\nA,B\n", "no column 'mentee'; its columns are mentor, partner"),
        ("mentor,mentee\nA,\n", "row 2 names only one"),
        ("mentor,mentee\nA,B\nA,B,C\n", "more or fewer cells than the header in row 3"),
    ],
)
def test_files_that_hold_no_pairs_are_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text(text)
    with pytest.raises(pk.FileError, match=words):
        pk.read_pairs(path)


def test_missing_pins_are_named() -> None:
    found = check([("M1", "E1")], pk.Require([("M2", "E2")]))
    assert [(one.rule, one.mentor, one.mentee) for one in found.broken] == [("Require", "M2", "E2")]


def program_check(pairs: list[tuple[str, str]], *rules: pk.Rule) -> list[tuple[str, str]]:
    people = pk.Roster.from_records(
        [
            {"id": "M1", "roles": "mentor", "site": "Lyon", "mentor_capacity": 4},
            {"id": "M2", "roles": "mentor", "site": "Paris", "mentor_capacity": 4},
            *({"id": f"E{k}", "roles": "mentee", "site": "Lyon", "gender": "f"} for k in (1, 2, 3)),
            {"id": "E4", "roles": "mentee", "site": "Paris", "gender": "m"},
        ]
    )
    program = pk.Program(scoring=[pk.Same("site")], rules=rules)
    found = pk.check_pairs(people, program, pairs)
    assert found.ok == (not found.broken)
    return [(one.rule, one.why) for one in found.broken]


PAIRS = [("M1", "E1"), ("M1", "E2"), ("M2", "E4")]


@pytest.mark.parametrize(
    ("rule", "label", "words"),
    [
        (pk.Quota(same="site", at_most=2), "Quota(same site)", "3 pairs; at most 2 allowed."),
        (pk.Quota(at_least=4), "Quota(pairs)", "3 pairs; at least 4 needed."),
        (
            pk.Quota(different="site", at_least=1),
            "Quota(different site)",
            "0 pairs; at least 1 needed.",
        ),
        (
            pk.Quota(same="site", share_at_most=0.4),
            "Quota(same site)",
            "3 of 3 pairs; at most 1.2 allowed, a share of 0.4.",
        ),
        (
            pk.Quota(different="site", share_at_least=0.5, name="mixed"),
            "Quota(mixed)",
            "0 of 3 pairs; at least 1.5 needed, a share of 0.5.",
        ),
        (
            pk.Quota(per="site", at_least=2),
            "Quota(per site): Paris",
            "1 pair; at least 2 needed.",
        ),
        (
            pk.Quota(share_at_least=0.9, count="mentees"),
            "Quota(mentees)",
            "3 of 4 people with a partner; at least 4 needed.",
        ),
        (
            pk.MinimumMatched(1.0),
            "MinimumMatched(mentee)",
            "3 of 4 people with a partner; at least 4 needed.",
        ),
        (pk.Parity("gender", 0.2), "Parity(gender): f and m", "0.3333 apart; at most 0.2 allowed."),
        (
            pk.Parity("site", 0.5, of="score", role="mentor"),
            "Parity(site): Lyon and Paris",
            "1 apart; at most 0.5 allowed.",
        ),
        (
            pk.MinimumLoad(2),
            "MinimumLoad(mentor)",
            "M2 has 1 partner; at least 2 needed.",
        ),
        (
            pk.MinimumLoad(2, or_none=True),
            "MinimumLoad(mentor)",
            "M2 has 1 partner; at least 2 needed, or none.",
        ),
        (
            pk.MinimumLoad(1, "mentee"),
            "MinimumLoad(mentee)",
            "E3 has 0 partners; at least 1 needed.",
        ),
        (pk.MaximumLoad(1), "MaximumLoad(mentor)", "M1 has 2 partners; at most 1 allowed."),
        (
            pk.MaximumLoad(0, per="site", where={"site": pk.Condition(values=("Paris",))}),
            "MaximumLoad(mentor site, per site): Paris",
            "1 partner; none allowed.",
        ),
        (
            pk.AtMostOneOf(("E1", "E4", "E3")),
            "AtMostOneOf(E1, E4, E3)",
            "2 of 3 people with a partner; at most 1 allowed.",
        ),
        (
            pk.AtMostOneOf(pairs=(("M1", "E1"), ("M2", "E4"))),
            "AtMostOneOf(M1 with E1, M2 with E4)",
            "2 pairs; at most 1 allowed.",
        ),
        (
            pk.Together(("E3", "E1")),
            "Together(E3, E1)",
            "1 person with a partner while another has none; none allowed.",
        ),
        (
            pk.IfThen(("M1", "E1"), (("M1", "E3"), ("M2", "E2"))),
            "IfThen(M1 with E1, M1 with E3, M2 with E2)",
            "1 pair made without any of the others; none allowed.",
        ),
    ],
    ids=repr,
)
def test_a_broken_rule_on_the_whole_program_is_told_with_its_numbers(
    rule: pk.Rule, label: str, words: str
) -> None:
    assert program_check(PAIRS, rule) == [(label, words)]


def test_people_who_belong_together_need_the_same_partners() -> None:
    rule = pk.Together(("E1", "E4"), same_partner=True)
    label, why = "Together(E1, E4)", "1 partner that another does not have; none allowed."
    assert program_check(PAIRS, rule) == [(label, why), (label, why)]
    assert program_check(PAIRS, pk.Together(("E1", "E2"), same_partner=True)) == []


def test_soft_rules_on_the_whole_program_are_not_broken() -> None:
    soft = pk.Quota(at_least=9, penalty=1), pk.MinimumLoad(4, penalty=1)
    assert program_check(PAIRS, *soft) == []


def test_what_a_share_allows_up_to_rounding_is_allowed() -> None:
    assert program_check(PAIRS, pk.Quota(mentee={"gender": pk.Condition(values=("m",))},
        share_at_most=1 / 3, share_at_least=1 / 3)) == []  # fmt: skip
    assert program_check([], pk.Quota(share_at_least=1.0), pk.Parity("gender", 0.0)) == []
