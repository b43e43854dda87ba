"""Page: everything that a report shows, before it is written in a language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from pairkit.report.data import FoundKind, found_kinds
from pairkit.report.figures import Loads, ScoreDistribution, loads, score_distribution
from pairkit.report.left_out import LeftOut, left_out
from pairkit.report.meeting import Meeting, Served, default_fields, meetings, served
from pairkit.report.people import people_of
from pairkit.report.reasons import PairRows, Weight, weights_of
from pairkit.report.ruling import Ruling, ruling_of
from pairkit.report.untold import Untold, untold_of
from pairkit.report.verdict import KeyFigure, Verdict, key_figures, verdict_of
from pairkit.titles import part_title

if TYPE_CHECKING:
    from pairkit.matching import Matching
    from pairkit.pairs import Pair
    from pairkit.provenance import Provenance

__all__ = ["Page", "Shown", "page_of"]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a report is asked to show.

    Parameters
    ----------
    anonymize
        Whether names and free texts are left out.
    groups
        Fields by which to say who meets whom; ``None`` takes the first two that tell something.
    protected
        Protected fields by which to say how groups are served.
    costs
        Whether to find out what each rule costs.
    """

    anonymize: bool = False
    groups: Sequence[str] | None = None
    protected: Sequence[str] = ()
    costs: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that a report shows.

    Parameters
    ----------
    program
        The name of the program; empty where there is none.
    day
        The day that counted as today.
    peers
        Whether there are no sides.
    known
        Whether the people and the program are known, or only the pairs were read back.
    anonymized
        Whether names and free texts are left out.
    verdict, figures
        How the solve ended, and the figures that matter first.
    weights
        What each part of the score counts.
    pairs
        The pairs with their reasons.
    folded
        What is not among these reasons, nor in the scores beside them: parts and soft rules that
        read protected fields.
    left_out
        Who has no partner.
    sought
        For how many of them a smallest change was looked for.
    unsought
        Whether it was looked for of none of those who are on a side.
    spread
        How scores are spread; ``None`` without pairs.
    loads
        How many people have how many partners; empty where people are not known.
    meetings, served
        Who meets whom, and how groups are served.
    ruling
        What the rules do; ``None`` where people are not known.
    found, skipped
        What was found in the data, and how many people were left out while reading.
    provenance, solver, seconds
        Where the matching comes from.
    """

    program: str
    day: date
    peers: bool
    known: bool
    anonymized: bool
    verdict: Verdict
    figures: tuple[KeyFigure, ...]
    weights: tuple[Weight, ...]
    pairs: PairRows
    folded: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    sought: int
    unsought: bool
    spread: ScoreDistribution | None
    loads: tuple[Loads, ...]
    meetings: tuple[Meeting, ...]
    served: tuple[Served, ...]
    ruling: Ruling | None
    found: tuple[FoundKind, ...]
    skipped: int
    provenance: Provenance
    solver: str
    seconds: float
    called: Mapping[str, str] = field(repr=False)


def page_of(matching: Matching, shown: Shown) -> Page:
    """Return everything that a report of a matching shows.

    Raises
    ------
    ProgramError
        Nobody has a field that is asked for, it holds lists, or it is protected and asked for as if
        it were not.
    """
    roster, program = matching.roster, matching.program
    known = roster is not None and program is not None
    solved = known and matching.status.has_pairs
    people = people_of(matching, anonymize=shown.anonymize)
    fields: Sequence[str] = ()
    if solved:
        fields = default_fields(matching) if shown.groups is None else shown.groups
    alone, untold = left_out(matching, people), untold_of(matching)
    sought = sum(one.change is not None for one in alone)
    return Page(
        program=program.name if program is not None else "",
        day=date.fromisoformat(matching.provenance.reference_date),
        peers=matching.peers,
        known=known,
        anonymized=shown.anonymize,
        verdict=verdict_of(matching),
        figures=key_figures(matching),
        weights=weights_of(matching.pairs, untold.folded) if known else (),
        pairs=PairRows(matching, people, untold, anonymize=shown.anonymize),
        folded=_folded(matching.pairs, untold),
        left_out=alone,
        sought=sought,
        unsought=bool(solved and matching.unmatched and not sought),
        spread=score_distribution(matching, baselines=known) if matching.pairs else None,
        loads=loads(matching) if solved else (),
        meetings=meetings(matching, fields) if matching.pairs else (),
        served=served(matching, fields, shown.protected if solved else ()),
        ruling=(
            ruling_of(matching, roster, program, untold, costs=shown.costs)
            if roster is not None and program is not None
            else None
        ),
        found=found_kinds(matching.findings, anonymize=shown.anonymize),
        skipped=len(matching.skipped),
        provenance=matching.provenance,
        solver=matching.solver,
        seconds=matching.seconds,
        called=people.called(matching),
    )


def _folded(pairs: Sequence[Pair], untold: Untold) -> tuple[str, ...]:
    """Return the titles of the parts that are not told beside any pair."""
    parts = pairs[0].parts if pairs else ()
    return tuple(part_title(one.name) for one in parts if one.name in untold.folded)
