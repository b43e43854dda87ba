"""Findings say where, what and how to mend it, and become lines, tables and JSON."""

from __future__ import annotations

import json
import pickle

import pytest

from pairkit.findings import Finding, FindingCode, Findings, Severity

DATE = Finding(FindingCode.BAD_DATE, "'soon' is not a date.", "Write 2024-12-31.", row=7)
AVOID = Finding(
    FindingCode.UNKNOWN_AVOID,
    "Nobody is 'X'.",
    severity=Severity.WARNING,
    row=9,
    column="avoid",
    participant="É-1",
)
EXTRA = Finding(FindingCode.EXTRA_COLUMN, "'Team' is kept.", severity=Severity.INFO, column="Team")
ALL = Findings([DATE, AVOID, EXTRA, DATE])


@pytest.mark.parametrize(
    ("finding", "line"),
    [
        (DATE, "row 7: error [bad-date] 'soon' is not a date. Write 2024-12-31."),
        (AVOID, "row 9, column 'avoid': warning [unknown-avoid] Nobody is 'X'."),
        (EXTRA, "column 'Team': info [extra-column] 'Team' is kept."),
        (Finding(FindingCode.BAD_TEXT, "Not text."), "error [bad-text] Not text."),
    ],
)
def test_a_finding_is_one_line_of_place_severity_code_message_and_hint(
    finding: Finding, line: str
) -> None:
    assert str(finding) == line


def test_a_finding_costs_its_row_unless_it_says_otherwise() -> None:
    assert Finding(FindingCode.BAD_TEXT, "Not text.").severity is Severity.ERROR


def test_findings_are_a_sequence() -> None:
    assert len(ALL) == 4
    assert list(ALL) == [DATE, AVOID, EXTRA, DATE]
    assert ALL[1] is AVOID
    assert ALL[-2:] == Findings([EXTRA, DATE])
    assert isinstance(ALL[:0], Findings)
    assert AVOID in ALL
    assert not Findings()


def test_findings_of_a_severity_keep_their_order() -> None:
    assert list(ALL.errors) == [DATE, DATE]
    assert list(ALL.warnings) == [AVOID]
    assert list(ALL.of(Severity.INFO)) == [EXTRA]


def test_findings_add_up() -> None:
    assert list(Findings([DATE]) + Findings([AVOID])) == [DATE, AVOID]


def test_equal_findings_have_equal_hashes() -> None:
    same = Findings(list(ALL))
    assert same == ALL
    assert hash(same) == hash(ALL)
    assert Findings([DATE]) != ALL
    assert list(ALL) != ALL


def test_counts_come_most_frequent_first() -> None:
    assert list(ALL.counts().items()) == [
        ("bad-date", 2),
        ("unknown-avoid", 1),
        ("extra-column", 1),
    ]


def test_findings_print_one_line_each_but_their_repr_shows_counts_only() -> None:
    assert str(ALL).splitlines() == [str(finding) for finding in ALL]
    assert repr(Findings([AVOID])) == "Findings({'unknown-avoid': 1})"


def test_records_are_plain_values() -> None:
    assert Findings([AVOID]).to_records() == [
        {
            "code": "unknown-avoid",
            "message": "Nobody is 'X'.",
            "hint": "",
            "severity": "warning",
            "row": 9,
            "column": "avoid",
            "participant": "É-1",
            "source": None,
        }
    ]
    assert {type(value) for record in ALL.to_records() for value in record.values()} <= {
        str,
        int,
        type(None),
    }


def test_json_is_an_array_of_the_records_with_letters_as_they_are() -> None:
    text = ALL.to_json()
    assert json.loads(text) == ALL.to_records()
    assert "É-1" in text
    assert Findings().to_json() == "[]"


def test_findings_survive_pickling() -> None:
    assert pickle.loads(pickle.dumps(ALL)) == ALL


def test_codes_are_words_joined_by_hyphens_that_say_their_own_name() -> None:
    for code in FindingCode:
        assert code.value == code.name.lower().replace("_", "-")


def test_a_summary_keeps_the_files_apart() -> None:
    found = [
        Finding(FindingCode.BAD_DATE, "No date.", row=row, column="Hired", source=name)
        for name in ("mentors.csv", "mentees.csv")
        for row in range(2, 6)
    ]
    assert Findings(found).summary(examples=1).splitlines() == [
        "mentors.csv, row 2, column 'Hired': error [bad-date] No date.",
        "... and 3 more of bad-date in column 'Hired' of mentors.csv, to row 5.",
        "mentees.csv, row 2, column 'Hired': error [bad-date] No date.",
        "... and 3 more of bad-date in column 'Hired' of mentees.csv, to row 5.",
    ]
