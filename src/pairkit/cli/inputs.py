"""The files that a command was given: of people, and of a program."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

from pairkit.cli.options import PresetName
from pairkit.cli.screens import count, say, working
from pairkit.errors import InputError, ProgramError
from pairkit.findings import FindingCode, Findings
from pairkit.presets import PRESETS
from pairkit.program import Program
from pairkit.roster import Roster
from pairkit.vocabulary import Vocabulary

__all__ = ["Files", "program_of", "sheet_of"]

NOBODY: Final = (
    FindingCode.UNKNOWN_MANAGER,
    FindingCode.UNKNOWN_PREFERENCE,
    FindingCode.UNKNOWN_AVOID,
)  # somebody names a person who is not in the file


@dataclass(frozen=True, slots=True)
class Files:
    """The files of people that a command was given, and how they are read.

    Parameters
    ----------
    people, map, sheet
        The file of people, or of mentors; its column map and sheet.
    mentees, mentees_map
        The file of the mentees and its column map.
    survey, survey_map, on
        The file of answers, its column map, and one or two headers to join on.
    vocabulary
        Names of skills.
    """

    people: Path
    map: Path | None = None
    sheet: str | None = None
    mentees: Path | None = None
    mentees_map: Path | None = None
    survey: Path | None = None
    survey_map: Path | None = None
    on: list[str] | None = None
    vocabulary: Path | None = None

    def read(self, allow: list[str] | None, *, skip: bool) -> Roster:
        """Return the people of all files, with their skills by the names of the vocabulary."""
        self._check()
        with working(f"Reading {self.people.name}") as progress:
            roster = self._people(allow or (), "skip" if skip else "raise", progress)
        if self.vocabulary is None:
            return roster
        with working(f"Naming skills as {self.vocabulary.name} does"):
            named, left_open = Vocabulary.read(self.vocabulary).apply(roster, candidates=0)
        if left_open:
            say(
                f"{count(len(left_open), 'skill is', 'skills are')} not in the vocabulary; "
                f"pairkit validate --vocabulary lists them."
            )
        return named

    def _people(
        self,
        allow: Sequence[str],
        on_error: Literal["raise", "skip"],
        progress: Callable[[float], None] | None,
    ) -> Roster:
        """Return the people of all files."""
        if self.mentees is not None:
            return Roster.read_sides(
                self.people,
                self.mentees,
                self.map,
                self.mentees_map,
                on_error=on_error,
                allow=allow,
                progress=progress,
            )
        return Roster.read(
            self.people,
            self.map,
            on_error=on_error,
            allow=allow,
            sheet=sheet_of(self.sheet),
            survey=self.survey,
            survey_columns=self.survey_map,
            on=(self.on[0], self.on[-1]) if self.on else None,
            progress=progress,
        )

    def read_to_compare(self, allow: list[str] | None, *, skip: bool) -> tuple[Roster, Findings]:
        """Return the people, and warnings about those who name somebody who is not there.

        Between two files people leave, and wishes for them stay: that is no reason to refuse one.
        """
        roster = self.read([*(allow or ()), *NOBODY], skip=skip)
        hint = "It is compared as it is; correct it before you match these people."
        found = (
            replace(one, hint=hint, source=self.people.name)
            for one in roster.findings.warnings
            if one.code in NOBODY
        )
        return roster, Findings(found)

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
        if self.survey_map is not None and self.survey is None:
            raise InputError("--survey-map has no file: give the file of answers, --survey.")
        if len(self.on or ()) > 2:
            raise InputError("Give --on once, or twice: the header in PEOPLE, then in the survey.")


def sheet_of(text: str | None) -> str | int | None:
    """Return the name of a sheet, or its number."""
    return int(text) if text is not None and text.isdecimal() else text


def program_of(path: Path | None, preset: PresetName | None) -> Program:
    """Return the program that was asked for, by file or by name."""
    if path is not None and preset is not None:
        raise ProgramError("Give --program or --preset, not both.")
    if path is not None:
        return Program.load(path)
    if preset is not None:
        return PRESETS[preset]()
    names = " or ".join(f"--preset {name}" for name in PRESETS)
    raise ProgramError(f"Say what makes a pair good: --program FILE.toml, {names}.")
