"""Answers: feedback from a file or the export of a form, row by row, with all that is doubtful."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from os import PathLike
from typing import TYPE_CHECKING, Any, Final

from pairkit.errors import FileError, InputError, did_you_mean
from pairkit.files.cells import read_boolean, read_names
from pairkit.files.frames import table_of_frame
from pairkit.files.items import Style, plain, read_text
from pairkit.files.quantities import (
    date_order,
    decimal_mark,
    read_date,
    read_number,
    read_whole,
    shown,
)
from pairkit.files.tables import read_table
from pairkit.findings import Finding, FindingCode, Findings, Severity
from pairkit.profiles import fold
from pairkit.rounds.records import Feedback, PairState

if TYPE_CHECKING:
    from narwhals.typing import IntoDataFrame

    from pairkit.files.quantities import DateOrder, DecimalMark
    from pairkit.files.tables import Table
    from pairkit.rounds.history import History, HistorySource
    from pairkit.rounds.records import RecordKey, RoundPair

__all__ = ["FeedbackReading", "read_feedback"]

# What headers and questions say of each field, folded; the first field that fits has the column.
WORDS: Final[Mapping[str, str]] = {
    "mentor": r"mentor(?:e|s? id| identifiant)?|id mentor",
    "mentee": r"mentee(?: id)?|mentoree?|id mentee",
    "partner": r"partner|partenaire|binome|.*\b(?:partner|partenaire|binome)\b.*id.*"
    r"|.*id .*partn.*",
    "by": r"by|par|id|your id|votre (?:id|identifiant|matricule)|identifiant|matricule|person|"
    r"personne|participante?|repondante?|respondent",
    "on": r"on|le|date.*|.*timestamp.*|horodateur|submitted.*|soumis.*|.*\bsubmitdate\b.*",
    "would_continue": r".*\b(?:continue|continuer|continueriez|go on|poursuivre|poursuivriez)\b.*",
    "goals_met": r".*\b(?:goals?|objectifs?)\b.*",
    "meetings": r".*\b(?:meetings?|rencontres?|seances?|how often|combien de fois|met)\b.*",
    "skills": r".*\b(?:skills?|learne?d|competences?|appris|transmis(?:es)?)\b.*",
    "rating": r".*\b(?:rating|rate|note|satisf\w*|overall|score)\b.*",
    "text": r".*\b(?:comments?|commentaires?|remarks?|remarques?|texte?|anything else|autres?)\b.*",
}
PEOPLE: Final[tuple[str, ...]] = ("by", "partner", "mentor", "mentee")
SCALE: Final = 5  # the highest rating
OF: Final = re.compile(r"(.+?)\s*(?:/|\bsur\b|\bout of\b|\bof\b|\bde\b)\s*(.+)")


@dataclass(frozen=True, slots=True)
class FeedbackReading:
    """What was read of a file of answers.

    Parameters
    ----------
    records
        The feedback, to be added to the history.
    findings
        What was found: an error costs its row, a warning its cell.
    columns
        The header that feeds each field.
    """

    records: tuple[Feedback, ...] = field(repr=False)
    findings: Findings
    columns: Mapping[str, str] = field(repr=False)


def read_feedback(
    source: str | PathLike[str] | IntoDataFrame,
    history: HistorySource,
    *,
    round: str | None = None,  # noqa: A002 - the field of a pair
    columns: Mapping[str, str] | None = None,
    on: date | None = None,
    scale: int = SCALE,
) -> FeedbackReading:
    """Return the feedback of a file, or of a dataframe, such as the export of a form.

    A row is what one person says: who, and of which partner where they have several. Headers and
    questions are recognized in English and French. Any cell may be empty.

    Parameters
    ----------
    source
        The file or the dataframe.
    history
        Whose pairs the answers are about.
    round
        The round; by default all, in which somebody has one pair that has begun.
    columns
        The header of each field, where they are not recognized: ``by``, ``partner``, ``mentor``,
        ``mentee``, ``on``, ``rating``, ``goals_met``, ``meetings``, ``would_continue``,
        ``skills``, ``text``.
    on
        The day of answers that state none; by default the day of the run.
    scale
        The highest rating of the form, from 2; ratings are brought to 1 to 5. ``4/5`` and ``4 sur
        5`` say their own.

    Raises
    ------
    FileError
        The file cannot be read, or says nowhere who answers.
    InputError
        ``columns`` has a field that there is not, or a header that the file does not have.
    """
    if scale < 2:
        raise InputError(f"scale must be from 2 up; it is {scale}.")
    table = read_table(source) if isinstance(source, str | PathLike) else table_of_frame(source)
    found = _columns(table, columns or {})
    reader = _Reader(table, found, history.snapshot(), round, on or date.today(), scale)  # noqa: DTZ011
    records = tuple(reader.records())
    return FeedbackReading(
        records,
        Findings([*table.findings, *reader.findings]),
        {name: table.headers[k] for name, k in found.items()},
    )


def _columns(table: Table, given: Mapping[str, str]) -> dict[str, int]:
    """Return the column of each field."""
    found: dict[str, int] = {}
    for name, header in given.items():
        if name not in WORDS:
            hint = did_you_mean(name, WORDS)
            raise InputError(f"Feedback has no field {name!r}.{hint} It has {', '.join(WORDS)}.")
        if header not in table.headers:
            hint = did_you_mean(header, table.headers)
            raise InputError(f"{table.name} has no column {shown(header)}.{hint}")
        found[name] = table.headers.index(header)
    for k, header in enumerate(table.headers):
        words = re.sub(r"[?:*_()\[\]]", " ", fold(header))
        words = " ".join(words.split())
        for name, pattern in WORDS.items():
            if k not in found.values() and name not in found and re.fullmatch(pattern, words):
                found[name] = k
    if not {"by", "mentor", "mentee"} & found.keys():
        raise FileError(
            f"{table.name} says nowhere who answers. Name its column: columns={{'by': ...}}."
        )
    return found


class _Reader:
    """One reading of a table of answers."""

    def __init__(  # noqa: PLR0917 - what read_feedback was given
        self,
        table: Table,
        columns: Mapping[str, int],
        past: History,
        round_id: str | None,
        day: date,
        scale: int,
    ) -> None:
        self.table, self.columns, self.day, self.scale = table, columns, day, scale
        self.findings: list[Finding] = []
        self.pairs = [
            pair
            for pair in past.pairs
            if (round_id is None or pair.round == round_id)
            and past.standing(pair.pair).state is not PairState.DECLINED
        ]
        self.people = past.people
        texts = {
            name: [cell for cell in table.columns[k] if isinstance(cell, str)]
            for name, k in columns.items()
        }
        self.decimals: dict[str, DecimalMark] = {
            name: decimal_mark(texts.get(name, ())) for name in ("rating", "goals_met", "meetings")
        }
        self.order: DateOrder = self._date_order(texts.get("on", []))

    def _date_order(self, texts: list[str]) -> DateOrder:
        try:
            return date_order(texts)
        except ValueError as error:
            self._tell(FindingCode.BAD_DATE, str(error), None, "on", Severity.WARNING)
            return "day-first"

    def records(self) -> list[Feedback]:
        """Return the feedback of each row that is about a pair, one for each person and day."""
        found: dict[RecordKey, Feedback] = {}
        for place, row in enumerate(self.table.rows):
            cells = {name: plain(self.table.columns[k][place]) for name, k in self.columns.items()}
            cells = {name: cell for name, cell in cells.items() if cell not in {None, ""}}
            one = self._record(cells, row) if cells and place not in self.table.broken else None
            if one is None:
                continue
            if found.get(one.key, one) != one:
                words = "The person has answered before, that day and on that pair."
                hint = "This later row counts."
                self._tell(FindingCode.CONFLICTING_VALUE, words, row, "by", Severity.WARNING, hint)
            found[one.key] = one
        return list(found.values())

    def _record(self, cells: Mapping[str, object], row: int) -> Feedback | None:
        """Return the feedback of a row; ``None``, and a finding, where it is about no pair."""
        who = {name: _identifier(cells[name]) for name in PEOPLE if name in cells}
        pair = self._pair(who, row)
        if pair is None:
            return None
        by = who.get("by") or (who.get("mentor") if "mentee" not in who else None)
        if by is None or by not in {pair.mentor, pair.mentee}:
            words = "The row does not say which of the two answers."
            self._tell(FindingCode.NOT_JOINED, words, row, "by", Severity.ERROR)
            return None
        values: dict[str, Any] = {
            name: value
            for name, read in self._readers().items()
            if name in cells and (value := self._read(name, read, cells[name], row)) is not None
        }
        day = values.pop("on", self.day)
        if day < pair.on:
            words = f"The answer is of {day}, before the pair was proposed on {pair.on}."
            hint = "Correct the date, or give the day of the answers."
            self._tell(FindingCode.BAD_DATE, words, row, "on", Severity.ERROR, hint)
            return None
        return Feedback(*pair.pair, by, day, **values)

    def _pair(self, who: Mapping[str, str], row: int) -> RoundPair | None:
        """Return the pair that a row is about: one that has begun, else the latest."""
        stated = {one for one in who.values() if one}
        unknown = sorted(stated - self.people)
        if unknown or not stated:
            words = f"Nobody in the history has the id {shown(unknown[0])}." if unknown else ""
            words = words or "The row does not say who answers."
            hint = did_you_mean(unknown[0], self.people).strip() if unknown else ""
            self._tell(FindingCode.NOT_JOINED, words, row, "by", Severity.ERROR, hint)
            return None
        found = [pair for pair in self.pairs if stated <= {pair.mentor, pair.mentee}]
        if "mentor" in who:
            found = [pair for pair in found if pair.mentor == who["mentor"]]
        rounds = {pair.round for pair in found}
        if len(found) > 1 and len(rounds) == len(found):
            return found[-1]  # the same question about several rounds: the last
        if len(found) == 1:
            return found[0]
        words = "The person has no such pair." if not found else "The person has several partners."
        hint = "Add a column with the id of the partner." if found else "Check the ids."
        self._tell(FindingCode.NOT_JOINED, words, row, "by", Severity.ERROR, hint)
        return None

    def _readers(self) -> dict[str, Callable[[object], object]]:
        return {
            "on": lambda cell: read_date(cell, self.order),
            "rating": self._rating,
            "goals_met": self._goals,
            "meetings": lambda cell: read_whole(cell, self.decimals["meetings"]),
            "would_continue": read_boolean,
            "skills": _names,
            "text": read_text,
        }

    def _read(
        self, name: str, read: Callable[[object], object], cell: object, row: int
    ) -> object | None:
        """Return what a cell says; where it cannot be read, tell so and go on without it."""
        try:
            return read(cell)
        except ValueError as error:
            hint = "The cell is left out; the rest of the row is used."
            self._tell(CODES[name], str(error), row, name, Severity.WARNING, hint)
            return None

    def _rating(self, cell: object) -> float:
        """Return a rating from 1 to 5: ``4``, ``4,5``, ``4/5``, ``8 sur 10``."""
        value, most = self._parts(cell, "rating")
        most = self.scale if most is None else most
        if not (most >= 2.0 and 1.0 <= value <= most):
            raise ValueError(f"{shown(cell)} is no rating from 1 to {most:g}.")
        return 1.0 + (value - 1.0) * 4.0 / (most - 1.0)

    def _goals(self, cell: object) -> float:
        """Return a share of goals: yes or no, ``2 of 3``, ``80 %``, ``0,8``."""
        try:
            return float(read_boolean(cell))
        except ValueError:
            value, of = self._parts(cell, "goals_met")
        found = value / (of or 1.0)
        if not 0.0 <= found <= 1.0:
            raise ValueError(f"{shown(cell)} is no share of goals.") from None
        return found

    def _parts(self, cell: object, name: str) -> tuple[float, float | None]:
        """Return a number, and what it is out of where the cell says so."""
        decimal = self.decimals[name]
        match = OF.fullmatch(fold(cell)) if isinstance(cell, str) else None
        if match is None:
            return read_number(cell, decimal), None
        return read_number(match[1], decimal), read_number(match[2], decimal)

    def _tell(  # noqa: PLR0917 - a finding has so many parts
        self,
        code: FindingCode,
        message: str,
        row: int | None,
        name: str,
        severity: Severity,
        hint: str = "",
    ) -> None:
        header = self.table.headers[self.columns[name]] if name in self.columns else None
        self.findings.append(
            Finding(code, message, hint, severity, row, header, source=self.table.name)
        )


CODES: Final[Mapping[str, FindingCode]] = {
    "on": FindingCode.BAD_DATE,
    "rating": FindingCode.BAD_NUMBER,
    "goals_met": FindingCode.BAD_NUMBER,
    "meetings": FindingCode.BAD_NUMBER,
    "would_continue": FindingCode.BAD_BOOLEAN,
    "skills": FindingCode.BAD_TEXT,
    "text": FindingCode.BAD_TEXT,
}


def _names(cell: object) -> tuple[str, ...]:
    """Return the skills of a cell: by ``;`` where there is one, else by commas."""
    separator = ";" if isinstance(cell, str) and ";" in cell else ","
    return read_names(cell, Style(separator=separator))


def _identifier(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
