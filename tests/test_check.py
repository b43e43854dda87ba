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
        ("SameValue(site)", "Site is 'X' for the mentor and 'Y' for the mentee.")
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
