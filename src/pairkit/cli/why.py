"""The commands for whoever asks why: each finds a matching and says what one question is about."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from pairkit.cli.answers import (
    alternatives_text,
    difference_text,
    explanation_text,
    plain,
    why_not_text,
    why_unmatched_text,
)
from pairkit.cli.inputs import Files, program_of
from pairkit.cli.options import (
    AllowOption,
    ExactOption,
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
    RoleOption,
    SecondsOption,
    SheetOption,
    SkipOption,
    SurveyMapOption,
    SurveyOption,
    VocabularyOption,
)
from pairkit.cli.screens import print_json, working
from pairkit.difference import diff as difference_of
from pairkit.explain import explain_pair
from pairkit.matching import Matching, match
from pairkit.messages import language_of
from pairkit.profiles import Role
from pairkit.program import Program
from pairkit.roster import Roster
from pairkit.solution import Stop
from pairkit.titles import part_title

__all__ = ["alternatives", "diff", "explain", "why_not", "why_unmatched"]

PersonId = Annotated[str, typer.Argument(help="Id of the person.")]
MentorId = Annotated[str, typer.Argument(help="Id of the mentor.")]
MenteeId = Annotated[str, typer.Argument(help="Id of the mentee.")]


def _matched(
    roster: Roster, program: Program, result: Path | None, seconds: float | None = None
) -> Matching:
    """Return a saved matching with its people, or else a new one.

    Raises
    ------
    InfeasibleError, NoSolutionFoundError, SolverError
        There are no pairs to speak of.
    """
    if result is not None:
        matching = Matching.read(result, roster, program)
    else:
        with working(f"Matching {len(roster)} people"):
            matching = match(roster, program, stop=Stop(seconds=seconds))
    matching.raise_for_status()
    return matching


def explain(
    people: PeopleFile,
    mentor: MentorId,
    mentee: MenteeId,
    program: ProgramOption = None,
    preset: PresetOption = None,
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
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Say what a pair scores, part by part with the facts, and what forbids it."""
    used, said = program_of(program, preset), language_of(language)
    files = Files(people, map_, sheet, mentees, mentees_map, survey, survey_map, on, vocabulary)
    found = explain_pair(files.read(allow, skip=skip_errors), used, mentor, mentee)
    if not as_json:
        typer.echo(explanation_text(found, said))
        return
    parts = [
        _with(
            plain(one, said),
            {"title": said.say(part_title(one.name)), "contribution": one.contribution},
        )
        for one in found.parts
    ]
    told = _with(plain(found, said), {"score": found.score, "allowed": found.allowed})
    del told["matched"]  # nobody was matched to tell it
    print_json({**told, "parts": parts})


def why_not(
    people: PeopleFile,
    mentor: MentorId,
    mentee: MenteeId,
    program: ProgramOption = None,
    preset: PresetOption = None,
    result: ResultOption = None,
    exact: ExactOption = False,
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
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Say what forbids a pair that was not made, or what making it would mean."""
    used, said = program_of(program, preset), language_of(language)
    files = Files(people, map_, sheet, mentees, mentees_map, survey, survey_map, on, vocabulary)
    matching = _matched(files.read(allow, skip=skip_errors), used, result, seconds)
    with working("Asking"):
        found = matching.why_not(mentor, mentee, exact=exact, stop=Stop(seconds=seconds))
    if as_json:
        more = {"possible": found.possible, "messages": found.messages}
        print_json(_with(plain(found, said), plain(more, said)))
    else:
        typer.echo(why_not_text(found, said))


def why_unmatched(
    people: PeopleFile,
    person: PersonId,
    role: RoleOption = None,
    program: ProgramOption = None,
    preset: PresetOption = None,
    result: ResultOption = None,
    tries: Annotated[
        int, typer.Option(min=0, help="How many changes are solved again at most.")
    ] = 12,
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
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Say why somebody has no partner, and which single changes would give them one."""
    used, said = program_of(program, preset), language_of(language)
    files = Files(people, map_, sheet, mentees, mentees_map, survey, survey_map, on, vocabulary)
    matching = _matched(files.read(allow, skip=skip_errors), used, result, seconds)
    side, stop = _role(role), Stop(seconds=seconds)
    with working("Asking"):
        found = matching.why_unmatched(person, role=side, tries=tries, stop=stop)
    if as_json:
        more = {
            "nothing_would": found.nothing_would,
            "change": found.change,
            "messages": found.messages,
        }
        print_json(_with(plain(found, said), plain(more, said)))
    else:
        typer.echo(why_unmatched_text(found, said))


def alternatives(
    people: PeopleFile,
    person: PersonId,
    number: Annotated[int, typer.Option("--number", "-n", min=1, help="How many at most.")] = 3,
    role: RoleOption = None,
    program: ProgramOption = None,
    preset: PresetOption = None,
    result: ResultOption = None,
    exact: ExactOption = False,
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
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Say who else could be a person's partner, and what each pair would mean."""
    used, said = program_of(program, preset), language_of(language)
    files = Files(people, map_, sheet, mentees, mentees_map, survey, survey_map, on, vocabulary)
    matching = _matched(files.read(allow, skip=skip_errors), used, result, seconds)
    stop = Stop(seconds=seconds)
    with working("Asking"):
        found = matching.alternatives(person, number, role=_role(role), exact=exact, stop=stop)
    if as_json:
        told = [_with(plain(one, said), {"message": said.say(one.message)}) for one in found]
        print_json({"person": person, "alternatives": told})
    else:
        typer.echo(alternatives_text(person, found, said))


def diff(
    before: Annotated[Path, typer.Argument(metavar="BEFORE", help="Result file of a match.")],
    after: Annotated[Path, typer.Argument(metavar="AFTER", help="Result file of another.")],
    people: PeopleFile,
    program: ProgramOption = None,
    preset: PresetOption = None,
    yardstick: Annotated[
        Literal["before", "after"],
        typer.Option(help="Whose program this is; its scores measure both."),
    ] = "before",
    by: Annotated[
        str | None, typer.Option("--by", metavar="FIELD", help="Sum up by what people state here.")
    ] = None,
    protected: Annotated[
        bool, typer.Option("--include-protected", help="FIELD may be a protected one.")
    ] = False,
    all_: Annotated[bool, typer.Option("--all", help="List everybody, however many.")] = False,
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
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Say what changes, and for whom, between two results of `pairkit match --result`."""
    used, said = program_of(program, preset), language_of(language)
    files = Files(people, map_, sheet, mentees, mentees_map, survey, survey_map, on, vocabulary)
    roster = files.read(allow, skip=skip_errors)
    first, second = (
        Matching.read(path, roster, used) if name == yardstick else Matching.read(path)
        for name, path in (("before", before), ("after", after))
    )
    found = difference_of(first, second, by=by, yardstick=yardstick, allow_protected=protected)
    if as_json:
        more = {"same": not found, "messages": found.messages}
        print_json(_with(plain(found, said), plain(more, said)))
    else:
        typer.echo(difference_text(found, said, all_=all_))


def _with(values: object, more: object) -> dict[str, object]:
    """Return two objects of JSON as one."""
    assert isinstance(values, dict)  # noqa: S101 - a dataclass or a dictionary was made plain
    assert isinstance(more, dict)  # noqa: S101
    return values | more


def _role(name: str | None) -> Role | None:
    return None if name is None else Role(name)
