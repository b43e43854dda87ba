"""The commands. Each reads its input, calls one public function, and shows what came back."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from pairkit._version import __version__
from pairkit.check import check_pairs
from pairkit.cli.screens import (
    check_table,
    count,
    explanation_table,
    findings_text,
    say,
    show,
    solving,
    summary,
    working,
)
from pairkit.datasets import sample as make_sample
from pairkit.errors import (
    InfeasibleError,
    InputError,
    NoSolutionFoundError,
    OutputError,
    PairkitError,
    ProgramError,
    RosterError,
    SolverError,
    VerificationError,
)
from pairkit.explain import Explanation, explain_pair
from pairkit.files import (
    ColumnMap,
    Records,
    csv_text,
    read_pairs,
    roster_records,
    write_roster,
)
from pairkit.findings import Findings
from pairkit.matching import PAIR_HEADERS, Matching
from pairkit.matching import match as make_matching
from pairkit.presets import PRESETS, reverse_mentoring
from pairkit.profiles import Participant
from pairkit.program import Program
from pairkit.roster import Roster
from pairkit.solution import Status, Stop
from pairkit.solvers import watched

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

PeopleFile = Annotated[
    Path, typer.Argument(metavar="PEOPLE", help="CSV, Excel, Parquet or JSON file of people.")
]
MapOption = Annotated[
    Path | None, typer.Option("--map", metavar="TOML", help="Column map of the file.")
]
SheetOption = Annotated[
    str | None, typer.Option("--sheet", help="Name or number of the Excel sheet.")
]
AllowOption = Annotated[
    list[str] | None,
    typer.Option("--allow", metavar="CODE", help="Take errors of this code as warnings."),
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
ForceOption = Annotated[bool, typer.Option("--force", help="Overwrite files that exist.")]


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
    force: ForceOption = False,
) -> None:
    """Make a realistic roster of invented people, to try things out."""
    roster = make_sample(people, language=language, seed=seed)
    if program is not None:
        reverse_mentoring().save(program, overwrite=force)
        say(f"Wrote a reverse-mentoring program to {program}.")
    if out is None:
        _print_csv(roster_records(roster, language))
        return
    write_roster(roster, out, language=language, overwrite=force)
    say(f"Wrote {len(roster)} people to {out}.")


@app.command()
def validate(
    people: PeopleFile,
    map_: MapOption = None,
    sheet: SheetOption = None,
    allow: AllowOption = None,
    all_: Annotated[bool, typer.Option("--all", help="List every finding, however many.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Read a file of people and say everything that is wrong or doubtful in it."""
    try:
        with working(f"Reading {people.name}"):
            roster = _read(people, map_, sheet, allow, skip=False)
        findings, found = roster.findings, len(roster)
    except RosterError as error:
        findings, found = error.findings, None
    if as_json:
        _print_json({"people": found, "findings": findings.to_records()})
    elif findings:
        typer.echo(findings_text(findings, all_=all_))
    _verdict(findings, found)
    if findings.errors:
        raise typer.Exit(BAD_INPUT)


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
    allow: AllowOption = None,
    skip_errors: SkipOption = False,
    solver: Annotated[str, typer.Option(help="auto, hungarian, min-cost-flow, ...")] = "auto",
    seconds: Annotated[
        float | None, typer.Option(help="Stop after so many seconds, between two steps.")
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
    force: ForceOption = False,
) -> None:
    """Match the people of a file and write the pairs; without --out, print them as CSV."""
    used = _program(program, preset)
    _check_free([people, program, map_], [out, result], force=force)
    with working(f"Reading {people.name}"):
        roster = _read(people, map_, sheet, allow, skip=skip_errors)
    with solving(f"Matching {len(roster)} people") as progress:
        matching = make_matching(
            roster,
            used,
            solver=watched(solver, progress),
            stop=Stop(seconds=seconds, gap=gap),
            seed=seed,
        )
    if matching.status.has_pairs:
        _write(matching, out, "the pairs", force=force)
    _write(matching, result, "the result", force=force)
    if as_json:
        typer.echo(matching.to_json())
    elif out is None and matching.status.has_pairs:
        _print_csv(matching.pair_records(), PAIR_HEADERS)
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
        if path.exists() and not force:
            raise OutputError(f"{path} exists already. Choose another name, or --force.")
    result = outputs[-1]
    if result is not None and result.suffix != ".json":
        raise OutputError(f"{result}: the result is JSON; let its name end in .json.")


def _write(matching: Matching, path: Path | None, what: str, *, force: bool) -> None:
    if path is not None:
        matching.write(path, overwrite=force)
        say(f"Wrote {what} to {path}.")


@app.command()
def explain(
    people: PeopleFile,
    mentor: Annotated[str, typer.Argument(help="Id of the mentor.")],
    mentee: Annotated[str, typer.Argument(help="Id of the mentee.")],
    program: ProgramOption = None,
    preset: PresetOption = None,
    map_: MapOption = None,
    sheet: SheetOption = None,
    allow: AllowOption = None,
    skip_errors: SkipOption = False,
    as_json: JsonOption = False,
) -> None:
    """Say what a pair scores, part by part, and what forbids it."""
    used = _program(program, preset)
    roster = _read(people, map_, sheet, allow, skip=skip_errors)
    explanation = explain_pair(roster, used, mentor, mentee)
    if as_json:
        _print_json(_explanation_dict(explanation))
        return
    show(explanation_table(explanation))
    for one in explanation.objections:
        typer.echo(f"Forbidden by {one.rule}: {one.why}.")
    if explanation.allowed:
        typer.echo("No rule forbids this pair.")


def _explanation_dict(explanation: Explanation) -> dict[str, object]:
    parts = [asdict(part) | {"contribution": part.contribution} for part in explanation.parts]
    return {
        "mentor": explanation.mentor,
        "mentee": explanation.mentee,
        "score": explanation.score,
        "allowed": explanation.allowed,
        "peers": explanation.peers,
        "parts": parts,
        "objections": [asdict(one) for one in explanation.objections],
    }


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
    allow: AllowOption = None,
    skip_errors: SkipOption = False,
    as_json: JsonOption = False,
) -> None:
    """Check pairs from anywhere against the people and the rules of a program."""
    used = _program(program, preset)
    roster = _read(people, map_, sheet, allow, skip=skip_errors)
    found = check_pairs(roster, used, read_pairs(pairs))
    if as_json:
        _print_json(asdict(found) | {"ok": found.ok})
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
def schema(
    kind: Annotated[SchemaKind, typer.Argument(help="Which schema.")],
) -> None:
    """Print the JSON Schema of a roster, a program or a column map."""
    schemas: dict[SchemaKind, Any] = {
        SchemaKind.ROSTER: {"type": "array", "items": Participant.model_json_schema()},
        SchemaKind.PROGRAM: Program.json_schema(),
        SchemaKind.COLUMN_MAP: ColumnMap.model_json_schema(),
    }
    _print_json({"$schema": "https://json-schema.org/draft/2020-12/schema", **schemas[kind]})


def _print_csv(records: Records, headers: Sequence[str] = ()) -> None:
    typer.echo(csv_text(records, headers).replace("\r\n", "\n"), nl=False)


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1))


def _program(path: Path | None, preset: PresetName | None) -> Program:
    """Return the program that was asked for, by file or by name."""
    if path is not None and preset is not None:
        raise ProgramError("Give --program or --preset, not both.")
    if path is not None:
        return Program.load(path)
    if preset is not None:
        return PRESETS[preset]()
    names = " or ".join(f"--preset {name}" for name in PRESETS)
    raise ProgramError(f"Say what makes a pair good: --program FILE.toml, {names}.")


def _read(
    path: Path, map_: Path | None, sheet: str | None, allow: list[str] | None, *, skip: bool
) -> Roster:
    """Return the people of a file."""
    wanted = int(sheet) if sheet is not None and sheet.isdecimal() else sheet
    on_error: Literal["raise", "skip"] = "skip" if skip else "raise"
    return Roster.read(path, map_, on_error=on_error, allow=allow or (), sheet=wanted)


def run(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    try:
        app(arguments)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    except PairkitError as error:
        if "--json" in (sys.argv[1:] if arguments is None else arguments):
            _print_json(_error_dict(error))
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
