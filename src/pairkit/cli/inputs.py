"""The files of people that a command was given."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pairkit.cli.screens import count, say
from pairkit.errors import InputError
from pairkit.roster import Roster
from pairkit.vocabulary import Vocabulary

__all__ = ["Files", "sheet_of"]


@dataclass(frozen=True, slots=True)
class Files:
    """The files of people that a command was given, and how they are read.

    Parameters
    ----------
    people, map, sheet
        The file of people, or of mentors; its column map and sheet.
    mentees, mentees_map
        The file of the mentees and its column map.
    survey, on
        The file of answers, and one or two headers to join on.
    vocabulary
        Names of skills.
    """

    people: Path
    map: Path | None = None
    sheet: str | None = None
    mentees: Path | None = None
    mentees_map: Path | None = None
    survey: Path | None = None
    on: list[str] | None = None
    vocabulary: Path | None = None

    def read(self, allow: list[str] | None, *, skip: bool) -> Roster:
        """Return the people of all files, with their skills by the names of the vocabulary."""
        self._check()
        on_error: Literal["raise", "skip"] = "skip" if skip else "raise"
        if self.mentees is not None:
            roster = Roster.read_sides(
                self.people,
                self.mentees,
                self.map,
                self.mentees_map,
                on_error=on_error,
                allow=allow or (),
            )
        else:
            roster = Roster.read(
                self.people,
                self.map,
                on_error=on_error,
                allow=allow or (),
                sheet=sheet_of(self.sheet),
                survey=self.survey,
                on=(self.on[0], self.on[-1]) if self.on else None,
            )
        if self.vocabulary is None:
            return roster
        named, left_open = Vocabulary.read(self.vocabulary).apply(roster, candidates=0)
        if left_open:
            say(
                f"{count(len(left_open), 'skill is', 'skills are')} not in the vocabulary; "
                f"pairkit validate --vocabulary lists them."
            )
        return named

    def _check(self) -> None:
        """Refuse options that do not go together."""
        single = {"--survey": self.survey, "--on": self.on, "--sheet": self.sheet}
        option = next((name for name, value in single.items() if value is not None), None)
        if self.mentees is not None and option is not None:
            raise InputError(
                f"{option} is about one file of people and --mentees makes two: leave out one of "
                f"them. A column map can name the sheet of each file."
            )
        if self.mentees_map is not None and self.mentees is None:
            raise InputError("--mentees-map has no file: give the file of the mentees, --mentees.")
        if len(self.on or ()) > 2:
            raise InputError("Give --on once, or twice: the header in PEOPLE, then in the survey.")


def sheet_of(text: str | None) -> str | int | None:
    """Return the name of a sheet, or its number."""
    return int(text) if text is not None and text.isdecimal() else text
