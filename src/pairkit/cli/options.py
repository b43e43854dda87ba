"""The options that several commands take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from pairkit.cli.streams import given_file

__all__ = [
    "AllowOption",
    "ExactOption",
    "ExcelFrOption",
    "ForceOption",
    "JsonOption",
    "LanguageOption",
    "MapOption",
    "MenteesMapOption",
    "MenteesOption",
    "OnOption",
    "PeopleFile",
    "PresetName",
    "PresetOption",
    "ProgramOption",
    "ResultOption",
    "RoleOption",
    "SecondsOption",
    "SheetOption",
    "SkipOption",
    "SurveyMapOption",
    "SurveyOption",
    "VocabularyOption",
]

PeopleFile = Annotated[
    Path,
    typer.Argument(
        metavar="PEOPLE",
        callback=given_file,
        help="CSV, Excel, Parquet or JSON file of people; - is standard input.",
    ),
]
MapOption = Annotated[
    Path | None, typer.Option("--map", metavar="TOML", help="Column map of the file.")
]
SheetOption = Annotated[
    str | None, typer.Option("--sheet", help="Name or number of the Excel sheet.")
]
VocabularyOption = Annotated[
    Path | None,
    typer.Option("--vocabulary", metavar="FILE", help="Skills with synonyms: a table, or TOML."),
]
AllowOption = Annotated[
    list[str] | None,
    typer.Option("--allow", metavar="CODE", help="Take errors of this code as warnings."),
]
MenteesOption = Annotated[
    Path | None,
    typer.Option("--mentees", metavar="FILE", help="File of the mentees; PEOPLE are mentors then."),
]
MenteesMapOption = Annotated[
    Path | None, typer.Option("--mentees-map", metavar="TOML", help="Column map of that file.")
]
SurveyOption = Annotated[
    Path | None,
    typer.Option("--survey", metavar="FILE", help="File with answers of these people, to join."),
]
SurveyMapOption = Annotated[
    Path | None, typer.Option("--survey-map", metavar="TOML", help="Column map of that file.")
]
OnOption = Annotated[
    list[str] | None,
    typer.Option("--on", metavar="HEADER", help="Header to join on; twice where the files differ."),
]
SkipOption = Annotated[
    bool, typer.Option("--skip-errors", help="Leave people with errors out instead of stopping.")
]
ProgramOption = Annotated[
    Path | None, typer.Option("--program", metavar="TOML", help="The program.")
]
PresetName = Literal["reverse-mentoring", "traditional-mentoring"]
PresetOption = Annotated[
    PresetName | None, typer.Option("--preset", help="A ready-made program instead of a file.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]
ExcelFrOption = Annotated[
    bool, typer.Option("--excel-fr", help="Write CSV as a French Excel opens it.")
]
ForceOption = Annotated[bool, typer.Option("--force", help="Overwrite files that exist.")]
LanguageOption = Annotated[
    Literal["en", "fr"], typer.Option("--language", help="Language of the words.")
]
ResultOption = Annotated[
    Path | None,
    typer.Option("--result", metavar="JSON", help="Result of a match, instead of solving again."),
]
ExactOption = Annotated[
    bool, typer.Option("--exact", help="Solve again with the pair: exact, and slower.")
]
SecondsOption = Annotated[float | None, typer.Option(help="Stop each solve after so many seconds.")]
RoleOption = Annotated[
    Literal["mentor", "mentee"] | None, typer.Option(help="The side, of somebody on both.")
]
