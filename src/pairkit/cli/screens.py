"""What the command line shows: data as tables on standard output, words on standard error."""

from __future__ import annotations

import json
import math
import textwrap
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table
from rich.text import Text

from pairkit.findings import FindingCode, Severity
from pairkit.objectives import Objective
from pairkit.profiles import Role
from pairkit.solution import Status

if TYPE_CHECKING:
    from pairkit.check import PairsCheck
    from pairkit.findings import Findings
    from pairkit.matching import Matching
    from pairkit.reasons import Diagnosis
    from pairkit.solvers import Iteration

__all__ = [
    "check_table",
    "count",
    "findings_text",
    "iteration_text",
    "print_json",
    "say",
    "show",
    "solving",
    "summary",
    "working",
]

LEVEL_WORDS = {
    Objective.STABILITY: "Blocking pairs: {:g}.",
    Objective.CONTINUITY: "Earlier pairs kept: {:g}.",
}
MANY = 100  # findings: with more, the first of each kind are told
EXAMPLES = 5
BAR = 20
WIDTH = 88


def say(words: str) -> None:
    """Print words for people on standard error."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(Text(words))


def show(table: Table) -> None:
    """Print a table on standard output."""
    Console(highlight=False).print(table)


def print_json(value: object) -> None:
    """Print a JSON document on standard output."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1))


@contextmanager
def working(words: str) -> Generator[Callable[[float], None] | None]:
    """Show what is going on and for how long, on a terminal only: a callback for how far it is."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=BAR),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(words, total=None)

        def update(share: float) -> None:
            progress.update(task, total=1.0, completed=share)

        yield update


@contextmanager
def solving(words: str) -> Generator[Callable[[Iteration], None] | None]:
    """Show how far a solve is, on a terminal only: a callback for the solver."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=BAR),
        TextColumn("{task.fields[state]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(words, total=None, state="")
        left = _TimeLeft()

        def update(state: Iteration) -> None:
            words = f"{iteration_text(state)}{left.after(state)}"
            progress.update(task, total=1.0, completed=state.done, state=words)

        yield update


def iteration_text(state: Iteration) -> str:
    """Return how far a solve is, in a few words."""
    rate = state.pairs / max(state.seconds, 1e-9) / 1e6
    words = [f"iteration {state.number}" if state.number else "first look"]
    if math.isfinite(state.gap):
        words.append(f"gap {100 * state.gap:.2g} %")
    if state.candidates:
        words.append(f"{state.candidates:,} candidates")
    return ", ".join([*words, f"{rate:,.0f} million pairs/s"])


class _TimeLeft:
    """How long the current look at all pairs will still take."""

    def __init__(self) -> None:
        self._number, self._begun = -1, 0.0

    def after(self, state: Iteration) -> str:
        """Return the time left in words, empty where it cannot be told."""
        if state.number != self._number:
            self._number, self._begun = state.number, state.seconds
        spent = state.seconds - self._begun
        if not 0.0 < state.done < 1.0 or spent <= 0.0:
            return ""
        return f", {spent / state.done * (1.0 - state.done):,.0f} s left in it"


def findings_text(findings: Findings, *, all_: bool = False) -> str:
    """Return a line for each error and warning, then the notes in one paragraph.

    Of very many, only the first of each kind, unless all are asked for.
    """
    notes = findings.of(Severity.INFO)
    told = findings.errors + findings.warnings
    if all_ or len(told) <= MANY:
        lines = [str(finding) for finding in findings if finding.severity is not Severity.INFO]
    else:
        lines = [told.summary(EXAMPLES), "--all lists every one."]
    if notes:
        lines.append("Columns: " + " ".join(finding.message for finding in notes))
    return "\n".join(lines)


def check_table(check: PairsCheck) -> Table:
    """Return what pairs do not keep, one row each."""
    table = Table("Mentor", "Mentee", "Rule", "Why")
    for one in check.broken:
        table.add_row(Text(one.mentor or ""), Text(one.mentee or ""), one.rule, Text(one.why))
    return table


def summary(matching: Matching) -> str:
    """Return how a matching turned out, in a few lines."""
    if matching.diagnosis is not None:
        return _diagnosis_text(matching.diagnosis)
    if not matching.status.has_pairs:
        words = matching.detail or "No reason was given"
        return f"{matching.status.capitalize()}.\n  {words}."
    lines = [_pairs_line(matching), _score_line(matching)]
    lines += [
        LEVEL_WORDS[level.objective].format(level.value)
        for level in matching.levels
        if level.objective in LEVEL_WORDS
    ]
    lines.append(_proof_line(matching))
    lines += _left_out_lines(matching)
    errors, warnings = len(matching.findings.errors), len(matching.findings.warnings)
    if errors or warnings or matching.skipped:
        lines.append(
            f"Data: {count(errors, 'error')} and {count(warnings, 'warning')}; "
            f"{count(len(matching.skipped), 'person', 'people')} left out while reading."
        )
    told = [one for one in matching.findings.warnings if one.code is FindingCode.DEPARTED]
    lines += [f"Departed: {one.message} {one.hint}" for one in told]
    detail = _sentence(matching.detail)
    lines.append(f"Solver: {matching.solver}, {matching.seconds:.2f} s. {detail}")
    return "\n".join(line.rstrip() for line in lines)


def _diagnosis_text(diagnosis: Diagnosis) -> str:
    """Return why there is no solution, and what to relax, under headings."""
    lines = ["Infeasible: no pairs keep all rules."]
    for heading, sentences in (("Why", diagnosis.reasons), ("Ways out", diagnosis.ways_out)):
        lines += [f"{heading}:"] if sentences else []
        for one in sentences:
            lines += textwrap.wrap(f"{one}.", WIDTH, initial_indent="  ", subsequent_indent="    ")
    return "\n".join(lines)


def _pairs_line(matching: Matching) -> str:
    alone = Counter(one.role for one in matching.unmatched)
    if matching.peers:
        paired = len(matching.mentor_loads)
        everybody = count(paired + alone[None], "peer")
        return f"Pairs: {len(matching.pairs)}, with {paired} of {everybody}."
    parts = []
    for role, loads in (("mentor", matching.mentor_loads), ("mentee", matching.mentee_loads)):
        total = len(loads) + sum(count for key, count in alone.items() if key == role)
        parts.append(f"{len(loads)} of {count(total, role)}")
    return f"Pairs: {len(matching.pairs)}, with {parts[0]} and {parts[1]}."


def _score_line(matching: Matching) -> str:
    scores = [pair.score for pair in matching.pairs]
    if not scores:
        return "Score: no pair was possible or worth making."
    return (
        f"Score: total {math.fsum(scores):.3f}, mean {sum(scores) / len(scores):.3f}, "
        f"lowest {min(scores):.3f}, highest {max(scores):.3f}."
    )


def _proof_line(matching: Matching) -> str:
    if matching.status is not Status.OPTIMAL:
        gap = "nothing proved" if matching.gap is None else f"proved gap {matching.gap:.2%}"
        return f"Proof: feasible, {gap}."
    names = tuple(level.objective for level in matching.levels)
    if names not in {(Objective.PARTICIPATION, Objective.QUALITY), (Objective.QUALITY,)}:
        return f"Proof: optimal in {', then '.join(names)} (gap {matching.gap:.0e})."
    first = len(names) > 1
    others = "no pairing makes more pairs, and none with as many" if first else "no pairing"
    return f"Proof: optimal; {others} scores more (gap {matching.gap:.0e})."


def _left_out_lines(matching: Matching) -> list[str]:
    lines = []
    for role in (None,) if matching.peers else Role:
        alone = [one.code.value.replace("-", " ") for one in matching.unmatched if one.role is role]
        if alone:
            words = ", ".join(f"{count} {code}" for code, count in Counter(alone).most_common())
            lines.append(f"Without partner: {count(len(alone), role or 'peer')} ({words}).")
    if matching.outside:
        where = "No peers" if matching.peers else "On neither side"
        lines.append(f"{where}: {count(len(matching.outside), 'person', 'people')}.")
    return lines


def count(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun: ``1 pair``, ``2 pairs``."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}." if words else ""
