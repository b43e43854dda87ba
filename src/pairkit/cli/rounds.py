"""The commands about the program over time: each opens a history and does one thing with it."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from pairkit.cli.answers import plain
from pairkit.cli.inputs import Files, program_of
from pairkit.cli.options import (
    AllowOption,
    ForceOption,
    JsonOption,
    LanguageOption,
    MapOption,
    PeopleFile,
    PresetOption,
    ProgramOption,
    ResultOption,
    SecondsOption,
    SheetOption,
    SkipOption,
)
from pairkit.cli.screens import count, print_json, say, working
from pairkit.errors import HistoryError, InputError
from pairkit.matching import Matching, match
from pairkit.messages import Message, language_of
from pairkit.profiles import Role
from pairkit.program import Program
from pairkit.roster import Roster
from pairkit.rounds import History, Meeting, PairChange, PairState, ReasonCode, start_round
from pairkit.rounds.answers import read_feedback
from pairkit.rounds.evaluation import evaluate as evaluate_history
from pairkit.rounds.orientation import orientation_pack, write_orientation_packs
from pairkit.rounds.recognition import people_to_thank, write_certificates
from pairkit.rounds.rematch import rematch as rematch_history
from pairkit.rounds.risk import pairs_at_risk
from pairkit.rounds.starting import GROUPS
from pairkit.solution import Stop

__all__ = ["evaluate", "orientation", "recognize", "rounds"]

rounds = typer.Typer(
    help="Keep a history of the program: rounds, answers, meetings, next pairs.",
    no_args_is_help=True,
)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no day; write it as 2027-03-31.") from None


HistoryArgument = Annotated[
    str, typer.Argument(metavar="HISTORY", help="SQLite file, or URL of a PostgreSQL database.")
]
RoundArgument = Annotated[str, typer.Argument(metavar="ROUND", help="Id of the round.")]
MentorArgument = Annotated[str, typer.Argument(help="Id of the mentor.")]
MenteeArgument = Annotated[str, typer.Argument(help="Id of the mentee.")]
DayOption = Annotated[
    date | None,
    typer.Option("--on", metavar="DAY", parser=_day, help="The day, as 2027-03-31; else today."),
]
EndOption = Annotated[
    date | None,
    typer.Option("--end", metavar="DAY", parser=_day, help="The day on which it is to end."),
]
NameOption = Annotated[str | None, typer.Option("--name", help="What to call the round.")]
GroupOption = Annotated[
    list[str] | None,
    typer.Option("--group", metavar="FIELD", help="A field by which to evaluate; several times."),
]
ByOption = Annotated[
    str | None, typer.Option("--by", metavar="ID", help="Who says so; else both do.")
]
ReasonOption = Annotated[ReasonCode | None, typer.Option("--reason", help="Why.")]


def _today(day: date | None) -> date:
    return day or date.today()  # noqa: DTZ011 - the user's own day


def _matching(
    roster: Roster, program: Program, result: Path | None, seconds: float | None
) -> Matching:
    """Return a saved matching with its people, or else a new one."""
    if result is not None:
        matching = Matching.read(result, roster, program)
    else:
        with working(f"Matching {len(roster)} people"):
            matching = match(roster, program, stop=Stop(seconds=seconds))
    matching.raise_for_status()
    return matching


@rounds.command()
def start(
    history: HistoryArgument,
    people: PeopleFile,
    round_id: RoundArgument,
    program: ProgramOption = None,
    preset: PresetOption = None,
    result: ResultOption = None,
    on: DayOption = None,
    end: EndOption = None,
    name: NameOption = None,
    group: GroupOption = None,
    seconds: SecondsOption = None,
    map_: MapOption = None,
    sheet: SheetOption = None,
    allow: AllowOption = None,
    skip_errors: SkipOption = False,
    as_json: JsonOption = False,
) -> None:
    """Match people, and write the round with its proposed pairs into the history."""
    used = program_of(program, preset)
    roster = Files(people, map_, sheet).read(allow, skip=skip_errors)
    matching = _matching(roster, used, result, seconds)
    groups = GROUPS if group is None else group
    records = start_round(matching, roster, round_id, on=on, end=end, name=name, groups=groups)
    with History.open(history) as store:
        if any(one.id == round_id for one in store.snapshot().rounds):
            raise HistoryError([f"There is a round {round_id!r} already. Give another id."])
        store.add(*records)
    _told({"round": round_id, "pairs": len(matching.pairs)}, as_json=as_json)
    say(f"Round {round_id}: {count(len(matching.pairs), 'pair', 'pairs')} proposed.")


@rounds.command()
def accept(
    history: HistoryArgument,
    round_id: RoundArgument,
    mentor: MentorArgument,
    mentee: MenteeArgument,
    by: ByOption = None,
    on: DayOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write down that a pair, or one of the two, accepts."""
    change = PairChange(round_id, mentor, mentee, PairState.ACCEPTED, _today(on), by=by)
    _change(history, change, as_json=as_json)


@rounds.command()
def decline(
    history: HistoryArgument,
    round_id: RoundArgument,
    mentor: MentorArgument,
    mentee: MenteeArgument,
    reason: ReasonOption = None,
    by: ByOption = None,
    on: DayOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write down that a pair is declined; without a reason, the two are never proposed again."""
    change = PairChange(round_id, mentor, mentee, PairState.DECLINED, _today(on), reason, by)
    _change(history, change, as_json=as_json)


@rounds.command()
def begin(
    history: HistoryArgument,
    round_id: RoundArgument,
    mentor: MentorArgument,
    mentee: MenteeArgument,
    on: DayOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write down that a pair has begun."""
    change = PairChange(round_id, mentor, mentee, PairState.ACTIVE, _today(on))
    _change(history, change, as_json=as_json)


@rounds.command()
def end(
    history: HistoryArgument,
    round_id: RoundArgument,
    mentor: MentorArgument,
    mentee: MenteeArgument,
    reason: Annotated[ReasonCode, typer.Option("--reason", help="Why.")],
    on: DayOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write down that a pair has ended, and why."""
    change = PairChange(round_id, mentor, mentee, PairState.ENDED, _today(on), reason)
    _change(history, change, as_json=as_json)


@rounds.command()
def meeting(
    history: HistoryArgument,
    round_id: RoundArgument,
    mentor: MentorArgument,
    mentee: MenteeArgument,
    hours: Annotated[float | None, typer.Option("--hours", help="How long, in hours.")] = None,
    on: DayOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write down that a pair has met."""
    if hours is not None and not 0.0 < hours <= 24.0:
        raise InputError(f"A meeting lasts from 0 to 24 hours, not {hours:g}.")
    with History.open(history) as store:
        store.add(Meeting(round_id, mentor, mentee, _today(on), hours))
    _told({"round": round_id, "mentor": mentor, "mentee": mentee}, as_json=as_json)
    say(f"{mentor} and {mentee} have met.")


@rounds.command()
def feedback(
    history: HistoryArgument,
    answers: Annotated[Path, typer.Argument(metavar="FILE", help="The export of a form.")],
    round_id: Annotated[
        str | None, typer.Option("--round", metavar="ROUND", help="The round; else any.")
    ] = None,
    scale: Annotated[int, typer.Option("--scale", help="The highest rating of the form.")] = 5,
    column: Annotated[
        list[str] | None,
        typer.Option("--column", metavar="FIELD=HEADER", help="A header that is not recognized."),
    ] = None,
    on: DayOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read feedback from a file into the history, and say which rows could not be used."""
    columns = dict(_pair_of(one) for one in column or ())
    with History.open(history) as store:
        found = read_feedback(
            answers, store, round=round_id, columns=columns, on=_today(on), scale=scale
        )
        store.add(*found.records)
    if found.findings:
        say(str(found.findings))
    told = {"answers": len(found.records), "findings": found.findings.to_records()}
    _told(told, as_json=as_json)
    say(f"Read {count(len(found.records), 'answer', 'answers')}.")


def _pair_of(text: str) -> tuple[str, str]:
    name, equals, header = text.partition("=")
    if not equals:
        raise InputError(f"--column {text}: write it as FIELD=HEADER, such as rating=Q7.")
    return name.strip(), header.strip()


@rounds.command()
def status(
    history: HistoryArgument,
    weeks: Annotated[
        int, typer.Option("--weeks", min=1, help="Weeks without a meeting that are a sign.")
    ] = 6,
    on: DayOption = None,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Say where the pairs of each round stand, and which of them may break off."""
    said = language_of(language)
    with History.open(history) as store:
        past = store.snapshot()
    states = {
        one.id: Counter(past.standing(p.pair).state.value for p in past.pairs if p.round == one.id)
        for one in past.rounds
    }
    risks = pairs_at_risk(past, _today(on), weeks=weeks)
    if as_json:
        print_json({"rounds": states, "at_risk": plain(risks, said)})
        return
    for name, counts in states.items():
        told = (said.say(_in_state(state, counts[state.value])) for state in PairState)
        typer.echo(f"{name} | {', '.join(told)}")
    for one in risks:
        typer.echo(f"\n{one.mentor} - {one.mentee} ({one.round})")
        for sign in one.signs:
            typer.echo(f"  - {said.say(sign)}")
        typer.echo(f"  > {said.say(one.action)}")


@rounds.command()
def rematch(
    history: HistoryArgument,
    people: PeopleFile,
    round_id: RoundArgument,
    program: ProgramOption = None,
    preset: PresetOption = None,
    most_broken: Annotated[
        int | None,
        typer.Option("--most-broken", min=0, help="How many pairs may be broken at most."),
    ] = None,
    break_cost: Annotated[
        float | None,
        typer.Option("--break-cost", min=0.0, help="Score that breaking a pair has to gain."),
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Put it into practice: write it into the history.")
    ] = False,
    on: DayOption = None,
    seconds: SecondsOption = None,
    map_: MapOption = None,
    sheet: SheetOption = None,
    allow: AllowOption = None,
    skip_errors: SkipOption = False,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Make the next pairs: those that work go on, gaps are filled with the least change."""
    used, said = program_of(program, preset), language_of(language)
    roster = Files(people, map_, sheet).read(allow, skip=skip_errors)
    with History.open(history) as store:
        with working(f"Matching {len(roster)} people"):
            found = rematch_history(
                store,
                roster,
                used,
                on=_today(on),
                most_broken=most_broken,
                break_cost=break_cost,
                stop=Stop(seconds=seconds),
            )
        if write:
            store.add(*found.records(store, round_id))
    if as_json:
        names = ("kept", "made", "broken", "gone", "trades", "proved", "messages")
        print_json({name: plain(getattr(found, name), said) for name in names})
    else:
        for message in found.messages:
            typer.echo(said.say(message))
        for trade in found.trades:
            pairs = ", ".join(f"{mentor} - {mentee}" for mentor, mentee in trade.made)
            typer.echo(f"- {said.say(trade.message)}\n  {pairs}")
    say("Written." if write else "Nothing is written; --write puts it into practice.")


@rounds.command()
def forget(history: HistoryArgument, person: Annotated[str, typer.Argument(help="Id.")]) -> None:
    """Delete a person from the history; no figure changes."""
    with History.open(history) as store:
        alias = store.forget(person)
    say(f"Done. {alias} stands for the person now.")


def evaluate(
    history: HistoryArgument,
    floor: Annotated[
        int, typer.Option("--floor", min=2, help="Answers of which something is told at least.")
    ] = 5,
    on: DayOption = None,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Say what became of each round, with how sure that is."""
    said = language_of(language)
    with History.open(history) as store:
        found = evaluate_history(store, on=on, floor=floor)
    if as_json:
        rounds_told = [{**one, "start": str(one["start"])} for one in found.to_records()]
        print_json({"rounds": rounds_told, "groups": found.group_records()})
        return
    for one in found.rounds:
        typer.echo(f"{one.id}, {said.date(one.start)}")
        for message in one.messages:
            typer.echo(f"  {said.say(message)}")


def _in_state(state: PairState, n: int) -> Message:
    """Return how many pairs are in a state."""
    match state:
        case PairState.PROPOSED:
            return Message("{n} proposed", "{n} proposed", n=n)
        case PairState.ACCEPTED:
            return Message("{n} accepted", "{n} accepted", n=n)
        case PairState.DECLINED:
            return Message("{n} declined", "{n} declined", n=n)
        case PairState.ACTIVE:
            return Message("{n} active", "{n} active", n=n)
        case PairState.ENDED:
            return Message("{n} ended", "{n} ended", n=n)


def orientation(
    people: PeopleFile,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="HTML or Markdown to write.")],
    program: ProgramOption = None,
    preset: PresetOption = None,
    result: ResultOption = None,
    person: Annotated[
        str | None, typer.Option("--person", metavar="ID", help="The packs of one person alone.")
    ] = None,
    contact: Annotated[str, typer.Option("--contact", help="Whom to ask.")] = "",
    name: Annotated[str, typer.Option("--name", help="What the program is called.")] = "",
    templates: Annotated[
        Path | None,
        typer.Option("--templates", metavar="FOLDER", help="Templates of your own."),
    ] = None,
    anonymize: Annotated[bool, typer.Option("--anonymize", help="Leave names out.")] = False,
    on: DayOption = None,
    seconds: SecondsOption = None,
    map_: MapOption = None,
    sheet: SheetOption = None,
    allow: AllowOption = None,
    skip_errors: SkipOption = False,
    language: LanguageOption = "en",
    force: ForceOption = False,
) -> None:
    """Write what each person of a pair is given before they begin."""
    used = program_of(program, preset)
    roster = Files(people, map_, sheet).read(allow, skip=skip_errors)
    matching = _matching(roster, used, result, seconds)
    reverse = preset != "traditional-mentoring"
    packs = [
        orientation_pack(one, role, other, on=_today(on), contact=contact, reverse=reverse)
        for pair in matching.pairs
        for one, role, other in (
            (roster[pair.mentor], Role.MENTOR, roster[pair.mentee]),
            (roster[pair.mentee], Role.MENTEE, roster[pair.mentor]),
        )
        if person in {None, one.id}
    ]
    names = {one.id: one.name for one in roster if one.name is not None and not anonymize}
    write_orientation_packs(
        packs,
        out,
        names=names,
        program=name,
        language=language,
        templates=templates,
        overwrite=force,
    )
    say(f"Wrote {count(len(packs), 'pack', 'packs')} to {out}.")


def recognize(
    history: HistoryArgument,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="HTML", help="Where to write certificates.")
    ] = None,
    people: Annotated[
        Path | None, typer.Option("--people", metavar="FILE", help="The people, for their names.")
    ] = None,
    person: Annotated[
        str | None, typer.Option("--person", metavar="ID", help="A certificate for one person.")
    ] = None,
    program: Annotated[str, typer.Option("--name", help="What the program is called.")] = "",
    signed: Annotated[str, typer.Option("--signed", help="Who signs.")] = "",
    map_: MapOption = None,
    language: LanguageOption = "en",
    force: ForceOption = False,
    as_json: JsonOption = False,
) -> None:
    """Say what everybody has given, and write certificates."""
    said = language_of(language)
    roster = None if people is None else Files(people, map_).read(None, skip=False)
    with History.open(history) as store:
        past = store.snapshot()
    if out is not None:
        write_certificates(
            past,
            out,
            roster,
            person=person,
            language=said,
            program=program,
            signed=signed,
            overwrite=force,
        )
        say(f"Wrote the certificates to {out}.")
    thanked = [one for one in people_to_thank(past) if person in {None, one[0]}]
    if as_json:
        print_json([{"person": who, "for": plain(why, said)} for who, why in thanked])
        return
    for who, why in thanked:
        typer.echo(who)
        for message in why:
            typer.echo(f"  - {said.say(message)}")


def _change(history: str, change: PairChange, *, as_json: bool) -> None:
    with History.open(history) as store:
        store.add(change)
        state = store.snapshot().standing(change.pair).state
    told = {"round": change.round, "mentor": change.mentor, "mentee": change.mentee}
    _told({**told, "state": state.value}, as_json=as_json)
    say(f"{change.mentor} - {change.mentee}: {state.value}.")


def _told(value: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(value)
