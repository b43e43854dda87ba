"""The command that writes the report of a matching, and the sheets of its pairs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from pairkit.cli.inputs import Files, program_of
from pairkit.cli.options import (
    AllowOption,
    ForceOption,
    JsonOption,
    LanguageOption,
    MapOption,
    MenteesMapOption,
    MenteesOption,
    OnOption,
    PeopleFile,
    PresetOption,
    ProgramOption,
    ResultOption,
    SecondsOption,
    SheetOption,
    SkipOption,
    SurveyMapOption,
    SurveyOption,
    VocabularyOption,
)
from pairkit.cli.screens import print_json, say, working
from pairkit.errors import InputError
from pairkit.files import check_target
from pairkit.matching import Matching, match
from pairkit.messages import language_of
from pairkit.report.writing import write_pair_sheets, write_report
from pairkit.solution import Stop

__all__ = ["report"]


def report(
    people: PeopleFile,
    program: ProgramOption = None,
    preset: PresetOption = None,
    result: ResultOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="HTML", help="Where to write the report.")
    ] = None,
    sheets: Annotated[
        Path | None, typer.Option("--sheets", metavar="HTML", help="A page for each pair, as well.")
    ] = None,
    language: LanguageOption = "en",
    anonymize: Annotated[
        bool, typer.Option("--anonymize", help="Leave names and free texts out.")
    ] = False,
    group: Annotated[
        list[str] | None,
        typer.Option("--group", metavar="FIELD", help="A field by which to say who meets whom."),
    ] = None,
    protected: Annotated[
        list[str] | None,
        typer.Option(
            "--protected", metavar="FIELD", help="A protected field to compare groups by."
        ),
    ] = None,
    costs: Annotated[
        bool, typer.Option("--costs", help="Find out what each rule costs: solve again without.")
    ] = False,
    seconds: SecondsOption = None,
    map_: MapOption = None,
    sheet: SheetOption = None,
    mentees: MenteesOption = None,
    mentees_map: MenteesMapOption = None,
    survey: SurveyOption = None,
    survey_map: SurveyMapOption = None,
    on: OnOption = None,
    vocabulary: VocabularyOption = None,
    allow: AllowOption = None,
    skip_errors: SkipOption = False,
    force: ForceOption = False,
    as_json: JsonOption = False,
) -> None:
    """Write a report of a matching as one page of HTML, for those who decide and those who meet."""
    used, said = program_of(program, preset), language_of(language)
    written = {"report": out, "sheets": sheets}
    _check([one for one in written.values() if one is not None], force=force)
    files = Files(people, map_, sheet, mentees, mentees_map, survey, survey_map, on, vocabulary)
    roster = files.read(allow, skip=skip_errors)
    if result is not None:
        matching = Matching.read(result, roster, used)
    else:
        with working(f"Matching {len(roster)} people"):
            matching = match(roster, used, stop=Stop(seconds=seconds))
    with working("Writing"):
        if out is not None:
            write_report(
                matching,
                out,
                language=said,
                anonymize=anonymize,
                groups=group,
                protected=protected or (),
                costs=costs,
                overwrite=force,
            )
        if sheets is not None:
            write_pair_sheets(matching, sheets, language=said, anonymize=anonymize, overwrite=force)
    for what, path in written.items():
        if path is not None:
            say(f"Wrote the {what} to {path}.")
    if as_json:
        paths = {what: str(path) for what, path in written.items() if path is not None}
        print_json({"status": matching.status.value, "pairs": len(matching.pairs), **paths})
    matching.raise_for_status()


def _check(outputs: Sequence[Path], *, force: bool) -> None:
    """Say before the work, not after it, that there is nothing to write or a file is in the way."""
    if not outputs:
        raise InputError("Say where to write: --out report.html, --sheets sheets.html, or both.")
    for path in outputs:
        check_target(path, overwrite=force)
