"""The commands. Each reads its input, calls one public function, and shows what came back."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from pairkit._version import __version__
from pairkit.check import check_pairs
from pairkit.cli.inputs import Files, program_of, sheet_of
from pairkit.cli.options import (
    AllowOption,
    ExcelFrOption,
    ForceOption,
    JsonOption,
    MapOption,
    MenteesMapOption,
    MenteesOption,
    OnOption,
    PeopleFile,
    PresetOption,
    ProgramOption,
    SheetOption,
    SkipOption,
    SurveyMapOption,
    SurveyOption,
    VocabularyOption,
)
from pairkit.cli.reporting import report
from pairkit.cli.rounds import evaluate, orientation, recognize, rounds
from pairkit.cli.screens import (
    check_table,
    count,
    findings_text,
    print_json,
    say,
    show,
    solving,
    summary,
    working,
)
from pairkit.cli.streams import check_output, not_written
from pairkit.cli.why import alternatives, diff, explain, why_not, why_unmatched
from pairkit.datasets import sample as make_sample
from pairkit.errors import (
    InfeasibleError,
    InputError,
    NoSolutionFoundError,
    OutputError,
    PairkitError,
    RosterError,
    SolverError,
    VerificationError,
)
from pairkit.files import (
    ColumnMap,
    Records,
    check_excel_fr,
    check_target,
    csv_text,
    read_pairs,
    roster_records,
    suggest_map,
    write_roster,
)
from pairkit.findings import Findings
from pairkit.matching import Matching
from pairkit.matching import match as make_matching
from pairkit.pairs import PAIR_HEADERS
from pairkit.presets import reverse_mentoring
from pairkit.program import Program
from pairkit.roster import Roster
from pairkit.solution import Status, Stop
from pairkit.solvers import watched
from pairkit.vocabulary import Vocabulary

__all__ = ["app", "run"]

BAD_INPUT, INFEASIBLE, NO_SOLUTION, NOT_VERIFIED, UNEXPECTED = 2, 3, 4, 5, 1

app = typer.Typer(
    name="pairkit",
    help="Decide who mentors whom, with reasons and proof.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


class SchemaKind(StrEnum):
    """What a schema can be asked for."""

    ROSTER = "roster"
    PROGRAM = "program"
    COLUMN_MAP = "column-map"


def _version(asked: bool) -> None:
    if asked:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Decide who mentors whom, with reasons and proof."""


@app.command()
def sample(
    people: Annotated[int, typer.Option("--people", min=1, help="How many people.")] = 60,
    language: Annotated[Literal["en", "fr"], typer.Option(help="Language of the data.")] = "en",
    seed: Annotated[int, typer.Option(min=0, help="Another seed makes another organization.")] = 0,
    out: Annotated[Path | None, typer.Option("--out", help="File to write, by suffix.")] = None,
    program: Annotated[
        Path | None, typer.Option("--program", help="Write a program to start from, too (TOML).")
    ] = None,
    excel_fr: ExcelFrOption = False,
    force: ForceOption = False,
) -> None:
    """Make a realistic roster of invented people, to try things out."""
    if excel_fr and out is not None:
        check_excel_fr(out)
    roster = make_sample(people, language=language, seed=seed)
    if program is not None:
        reverse_mentoring().save(program, overwrite=force)
        say(f"Wrote a reverse-mentoring program to {program}.")
    if out is None:
        _print_csv(roster_records(roster, language), excel_fr=excel_fr)
        return
    write_roster(roster, out, language=language, excel_fr=excel_fr, overwrite=force)
    say(f"Wrote {len(roster)} people to {out}.")


@app.command()
def validate(
    people: PeopleFile,
    map_: MapOption = None,
    sheet: SheetOption = None,
    mentees: MenteesOption = None,
    mentees_map: MenteesMapOption = None,
    survey: SurveyOption = None,
    survey_map: SurveyMapOption = None,
    on: OnOption = None,
    vocabulary: VocabularyOption = None,
    allow: AllowOption = None,
    all_: Annotated[bool, typer.Option("--all", help="List every finding, however many.")] = False,
    review: Annotated[
        Path | None, typer.Option("--review", help="Write skills that --vocabulary left open.")
    ] = None,
    suggest: Annotated[
        bool, typer.Option("--suggest-map", help="Print a column map for the file, to be edited.")
    ] = False,
    as_json: JsonOption = False,
    force: ForceOption = False,
) -> None:
    """Read a file of people and say everything that is wrong or doubtful in it."""
    if review is not None and vocabulary is None:
        raise InputError("--review writes what a vocabulary left open: give --vocabulary, too.")
    _check_free([people, map_, vocabulary], [review, None], force=force)
    if suggest:
        _suggest(people, map_, sheet, as_json=as_json)
        return
    try:
        files = Files(people, map_, sheet, mentees, mentees_map, survey, survey_map, on)
        roster = files.read(allow, skip=False)
        if vocabulary is not None:
            with working(f"Naming skills as {vocabulary.name} does"):
                roster, left_open = Vocabulary.read(vocabulary).apply(roster)
            if review is not None:
                left_open.write(review, overwrite=force)
                say(f"Wrote {count(len(left_open), 'open skill')} to {review}.")
        findings, found = roster.findings, len(roster)
    except RosterError as error:
        findings, found = error.findings, None
    if as_json:
        print_json({"people": found, "findings": findings.to_records()})
    elif findings:
        typer.echo(findings_text(findings, all_=all_))
    _verdict(findings, found)
    if findings.errors:
        raise typer.Exit(BAD_INPUT)


def _suggest(people: Path, map_: Path | None, sheet: str | None, *, as_json: bool) -> None:
    """Print a column map for the file."""
    with working(f"Reading {people.name}"):
        suggestion = suggest_map(people, map_, sheet=sheet_of(sheet))
    if as_json:
        options = suggestion.column_map.model_dump(
            mode="json", by_alias=True, exclude_defaults=True
        )
        print_json({"column_map": options, "doubts": suggestion.doubts})
    else:
        typer.echo(suggestion.to_toml(), nl=False)
    doubts = sum(map(len, suggestion.doubts.values()))
    say(f"{count(doubts, 'doubt')}; edit the map, and give it with --map.")


def _verdict(findings: Findings, people: int | None) -> None:
    errors, warnings = findings.errors, findings.warnings
    who = "the file cannot be used yet"
    if people is not None:
        who = f"{count(people, 'person is', 'people are')} ready to use"
    say(f"{count(len(errors), 'error')}, {count(len(warnings), 'warning')}; {who}.")


@app.command()
def match(
    people: PeopleFile,
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
    solver: Annotated[str, typer.Option(help="auto, hungarian, min-cost-flow, ...")] = "auto",
    seconds: Annotated[
        float | None, typer.Option(help="Stop each solve after so many seconds.")
    ] = None,
    gap: Annotated[float, typer.Option(help="Stop at this proven relative gap.")] = 0.0,
    seed: Annotated[int, typer.Option(min=0, help="The only source of randomness.")] = 0,
    out: Annotated[
        Path | None, typer.Option("--out", help="Pairs file: .csv, .xlsx, .parquet or .json.")
    ] = None,
    result: Annotated[
        Path | None, typer.Option("--result", help="JSON file with everything about the result.")
    ] = None,
    as_json: JsonOption = False,
    excel_fr: ExcelFrOption = False,
    force: ForceOption = False,
) -> None:
    """Match the people of a file and write the pairs; without --out, print them as CSV."""
    used = program_of(program, preset)
    inputs = [people, program, map_, mentees, mentees_map, survey, survey_map, vocabulary]
    _check_free(inputs, [out, result], force=force)
    if excel_fr and out is not None:
        check_excel_fr(out)
    files = Files(people, map_, sheet, mentees, mentees_map, survey, survey_map, on, vocabulary)
    roster = files.read(allow, skip=skip_errors)
    with solving(f"Matching {len(roster)} people") as progress:
        matching = make_matching(
            roster,
            used,
            solver=watched(solver, progress),
            stop=Stop(seconds=seconds, gap=gap),
            seed=seed,
        )
    if matching.status.has_pairs:
        _write(matching, out, "the pairs", force=force, excel_fr=excel_fr)
    _write(matching, result, "the result", force=force)
    if as_json:
        typer.echo(matching.to_json())
    elif out is None and matching.status.has_pairs:
        _print_csv(matching.pair_records(), PAIR_HEADERS, excel_fr=excel_fr)
    say(summary(matching))
    if not matching.status.has_pairs:
        codes = {Status.INFEASIBLE: INFEASIBLE, Status.NO_SOLUTION_FOUND: NO_SOLUTION}
        raise typer.Exit(codes.get(matching.status, UNEXPECTED))


def _check_free(
    inputs: Sequence[Path | None], outputs: Sequence[Path | None], *, force: bool
) -> None:
    """Say before the work, not after it, that a file is in the way."""
    read = {path.resolve() for path in inputs if path is not None}
    for path in (one for one in outputs if one is not None):
        if path.resolve() in read:
            raise OutputError(f"{path} is read by this command: choose another name to write to.")
        check_target(path, overwrite=force)
    result = outputs[-1]
    if result is not None and result.suffix != ".json":
        raise OutputError(f"{result}: the result is JSON; let its name end in .json.")


def _write(
    matching: Matching, path: Path | None, what: str, *, force: bool, excel_fr: bool = False
) -> None:
    if path is not None:
        matching.write(path, excel_fr=excel_fr, overwrite=force)
        say(f"Wrote {what} to {path}.")


@app.command()
def check(
    pairs: Annotated[
        Path, typer.Argument(metavar="PAIRS", help="File with the columns mentor and mentee.")
    ],
    people: PeopleFile,
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
    as_json: JsonOption = False,
) -> None:
    """Check pairs from anywhere against the people and the rules of a program."""
    used = program_of(program, preset)
    files = Files(people, map_, sheet, mentees, mentees_map, survey, survey_map, on, vocabulary)
    roster = files.read(allow, skip=skip_errors)
    with working(f"Checking {pairs.name}"):
        found = check_pairs(roster, used, read_pairs(pairs))
    if as_json:
        print_json(asdict(found) | {"ok": found.ok})
    elif found.broken:
        show(check_table(found))
    verdict = (
        "every rule is kept"
        if found.ok
        else f"a rule is broken in {count(len(found.broken), 'place')}"
    )
    say(f"{count(found.pairs, 'pair')}, total score {found.total:.3f}: {verdict}.")
    if not found.ok:
        raise typer.Exit(NOT_VERIFIED)


@app.command()
def diff_people(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="File of people as they were.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="File of people as they are.")],
    map_: MapOption = None,
    new_map: Annotated[
        Path | None,
        typer.Option(
            "--new-map", metavar="TOML", help="Column map of NEW; by default that of OLD."
        ),
    ] = None,
    allow: AllowOption = None,
    skip_errors: SkipOption = False,
    protected: Annotated[
        bool, typer.Option("--include-protected", help="Tell changes of protected fields, too.")
    ] = False,
    as_json: JsonOption = False,
    excel_fr: ExcelFrOption = False,
) -> None:
    """Say who joined, who left and what changed between two files of people."""
    before, found = Files(old, map_).read_to_compare(allow, skip=skip_errors)
    new_files = Files(new, map_ if new_map is None else new_map)
    after, more = new_files.read_to_compare(allow, skip=skip_errors)
    changes, found = before.diff(after), found + more
    records = changes.to_records(include_protected=protected)
    if as_json:
        print_json({"same": not changes, "changes": records, "findings": found.to_records()})
    elif records:
        _print_csv(records, excel_fr=excel_fr)
    if found:
        say(findings_text(found))
    say(str(changes))


@app.command()
def schema(
    kind: Annotated[SchemaKind, typer.Argument(help="Which schema.")],
) -> None:
    """Print the JSON Schema of a roster, a program or a column map."""
    schemas: dict[SchemaKind, Any] = {
        SchemaKind.ROSTER: Roster.json_schema(),
        SchemaKind.PROGRAM: Program.json_schema(),
        SchemaKind.COLUMN_MAP: ColumnMap.model_json_schema(),
    }
    print_json({"$schema": "https://json-schema.org/draft/2020-12/schema", **schemas[kind]})


for _command in (
    explain,
    why_not,
    why_unmatched,
    alternatives,
    diff,
    report,
    evaluate,
    recognize,
    orientation,
):
    app.command()(_command)
app.add_typer(rounds, name="round")


def _print_csv(records: Records, headers: Sequence[str] = (), *, excel_fr: bool = False) -> None:
    typer.echo(csv_text(records, headers, excel_fr=excel_fr).replace("\r\n", "\n"), nl=False)


def run(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    check_output()
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except OSError as error:
        if error.filename is not None:
            raise
        not_written(error)
        return BAD_INPUT
    return code


def _run(arguments: list[str] | None) -> int:
    try:
        app(arguments)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    except PairkitError as error:
        if "--json" in (sys.argv[1:] if arguments is None else arguments):
            print_json(_error_dict(error))
        say(str(error).replace('read with on_error="skip"', "give --skip-errors"))
        return _exit_code(error)
    return 0


def _error_dict(error: PairkitError) -> dict[str, object]:
    """Return an error as a machine reads it."""
    findings = error.findings.to_records() if isinstance(error, RosterError) else []
    return {"error": {"code": error.code, "message": str(error)}, "findings": findings}


def _exit_code(error: PairkitError) -> int:
    codes: list[tuple[type[PairkitError], int]] = [
        (InputError, BAD_INPUT),
        (InfeasibleError, INFEASIBLE),
        (NoSolutionFoundError, NO_SOLUTION),
        (VerificationError, NOT_VERIFIED),
        (SolverError, UNEXPECTED),
    ]
    return next((code for kind, code in codes if isinstance(error, kind)), BAD_INPUT)
