"""Protected fields leave a roster only when somebody asks for them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

import pairkit as pk
from pairkit.files import read_roster, write_roster

if TYPE_CHECKING:
    from pathlib import Path

SECRETS = ("nonbinary", "57.125", "one-armed")


def staff() -> pk.Roster:
    """Return two people with everything protected that a file can hold."""
    return pk.Roster.from_records(
        [
            {"id": "A", "skills": ["SQL"], "gender": "nonbinary", "age": 57.125},
            {"id": "B", "needs": ["SQL"], "protected": {"Disability": "one-armed"}},
        ]
    )


def shown(path: Path) -> str:
    """Return everything in the table of a file as one text."""
    read = read_roster(path)
    return str([person.model_dump() for person in read])


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".xlsx", ".parquet", ".json", ".jsonl"])
def test_a_file_has_protected_fields_only_when_asked_for(tmp_path: Path, suffix: str) -> None:
    plain, asked = tmp_path / f"plain{suffix}", tmp_path / f"asked{suffix}"
    write_roster(staff(), plain)
    write_roster(staff(), asked, include_protected=True)
    assert not any(secret in shown(plain) for secret in SECRETS)
    assert all(secret in shown(asked) for secret in SECRETS)
    assert "Disability" not in shown(plain)
    assert read_roster(asked).digest == staff().digest


def test_reprs_logs_and_dataframes_hold_nothing_protected(
    caplog: pytest.LogCaptureFixture,
) -> None:
    roster = staff()
    caplog.set_level(logging.DEBUG)
    matching = pk.match(roster, pk.reverse_mentoring())
    said = [
        *(repr(one) + str(one) for one in (roster, *roster, matching, roster.columns)),
        str(roster.to_frame()),
        matching.to_json(),
        str(matching.to_frame()),
        str(matching.unmatched_records()),
        caplog.text,
    ]
    assert not any(secret in text for secret in SECRETS for text in said)


def test_a_person_without_protected_fields_has_none() -> None:
    assert not any(
        secret in str(one.without_protected().model_dump()) for one in staff() for secret in SECRETS
    )
