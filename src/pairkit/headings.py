"""Headings: what a kind of finding is called in a summary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pairkit.findings import FindingCode
from pairkit.messages import Message

__all__ = ["finding_title"]

FINDINGS: Final[Mapping[FindingCode, Message]] = {
    FindingCode.MISSING_ID: Message("A row has no id."),
    FindingCode.DUPLICATE_ID: Message("Two rows have the same id."),
    FindingCode.MISSING_COLUMN: Message("A column that is needed is missing."),
    FindingCode.DUPLICATE_COLUMN: Message("Two columns look like the same field."),
    FindingCode.RAGGED_ROW: Message("A row has more or fewer cells than the header."),
    FindingCode.SKIPPED_ROW: Message("A row that holds no person was passed over."),
    FindingCode.SPARSE_ROW: Message("A row has hardly more than an id."),
    FindingCode.BAD_TEXT: Message("Text cannot be read as it stands."),
    FindingCode.BAD_NUMBER: Message("A cell does not hold a number."),
    FindingCode.BAD_DATE: Message("A cell does not hold a date."),
    FindingCode.BAD_BOOLEAN: Message("A cell says neither yes nor no."),
    FindingCode.BAD_LEVEL: Message("A skill or a need cannot be read."),
    FindingCode.LEVEL_OUT_OF_RANGE: Message("A level or a priority is not from 0 to 10."),
    FindingCode.NEGATIVE_CAPACITY: Message("A capacity is below 0."),
    FindingCode.OUT_OF_RANGE: Message("A number is out of range."),
    FindingCode.BAD_WINDOW: Message("Availability is no weekly window of time."),
    FindingCode.BAD_TIME_ZONE: Message("A time zone is not known."),
    FindingCode.BAD_LANGUAGE: Message("A language is not known."),
    FindingCode.BAD_ROLE: Message("A role is not known."),
    FindingCode.BAD_STATUS: Message("A status is not known."),
    FindingCode.BAD_VALUE: Message("A value does not fit its field."),
    FindingCode.UNKNOWN_MANAGER: Message("A manager is not in the file."),
    FindingCode.MANAGER_CYCLE: Message("Managers lead back to themselves."),
    FindingCode.UNKNOWN_PREFERENCE: Message("Somebody who is wished for is not in the file."),
    FindingCode.UNKNOWN_AVOID: Message("Somebody who is to be avoided is not in the file."),
    FindingCode.UNKNOWN_SKILL: Message("A skill is not in the vocabulary."),
    FindingCode.AMBIGUOUS_SKILL: Message("A skill stands for several in the vocabulary."),
    FindingCode.RECOGNIZED_COLUMN: Message("A column was recognized by its header."),
    FindingCode.EXTRA_COLUMN: Message("A column feeds no field."),
    FindingCode.SHEET: Message("A sheet of the workbook was chosen, or has merged cells."),
    FindingCode.NOT_JOINED: Message("A person and an answer could not be joined."),
    FindingCode.CONFLICTING_VALUE: Message("Two files state different things about a person."),
    FindingCode.DEPARTED: Message("Somebody has left."),
}


def finding_title(code: FindingCode) -> Message:
    """Return what was found, as one short sentence."""
    return FINDINGS[code]
