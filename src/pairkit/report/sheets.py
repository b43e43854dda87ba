"""Sheets: what each pair is told about itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Final

from pairkit.report.people import People, Person, people_of, shortened
from pairkit.report.reasons import Reason, reasons_for
from pairkit.report.untold import untold_of
from pairkit.titles import field_title

if TYPE_CHECKING:
    from pairkit.facts import PartOfScore
    from pairkit.matching import Matching

__all__ = ["Profile", "Sheet", "Sheets", "sheets_of"]

FIELDS: Final = ("department", "site", "country")  # that are told about a person
LISTED: Final = 6  # skills or needs of a person
REASONS: Final = 6  # with the next: so many that a sheet stays one page
FACTS: Final = 4  # of a reason


@dataclass(frozen=True, slots=True)
class Profile:
    """What one of a pair is told about the other.

    Parameters
    ----------
    person
        Who it is.
    facts
        Fields and what the person states there.
    skills, needs
        What the person can teach and wants to learn, what is known best or needed most first.
    """

    person: Person
    facts: tuple[tuple[str, str], ...] = ()
    skills: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """One pair: the two, and what speaks for them, what counts most first."""

    mentor: Profile
    mentee: Profile
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Sheets:
    """The sheets of a matching; other parameters are those of a page."""

    program: str
    day: date
    peers: bool
    sheets: tuple[Sheet, ...]
    called: Mapping[str, str] = field(repr=False)


def sheets_of(matching: Matching, *, anonymize: bool) -> Sheets:
    """Return a sheet for each pair of a matching."""
    people, untold = people_of(matching, anonymize=anonymize), untold_of(matching)
    silent = untold.folded | untold.wishes | (untold.quoting if anonymize else frozenset())
    known = matching.roster is not None and matching.program is not None
    pairs = matching.explained_pairs() if known else matching.pairs
    return Sheets(
        program=matching.program.name if matching.program is not None else "",
        day=date.fromisoformat(matching.provenance.reference_date),
        peers=matching.peers,
        sheets=tuple(
            Sheet(
                _profile(matching, people, pair.mentor),
                _profile(matching, people, pair.mentee),
                _reasons(pair.parts, silent),
            )
            for pair in pairs
        ),
        called=people.called(matching),
    )


def _reasons(parts: Iterable[PartOfScore], silent: AbstractSet[str]) -> tuple[Reason, ...]:
    """Return what speaks most for a pair, without what the two are not told."""
    found = reasons_for(one for one in parts if one.name not in silent)
    return tuple(replace(one, facts=one.facts[:FACTS]) for one in islice(found, REASONS))


def _profile(matching: Matching, people: People, identifier: str) -> Profile:
    person = matching.roster.get(identifier) if matching.roster is not None else None
    if person is None:
        return Profile(people[identifier])
    return Profile(
        people[identifier],
        tuple(
            (field_title(name), shortened(str(value)))
            for name in FIELDS
            if (value := person.value(name)) is not None
        ),
        _most(person.skills),
        _most(person.needs),
    )


def _most(levels: Mapping[str, float]) -> tuple[str, ...]:
    """Return the names with the highest levels."""
    names = sorted(levels, key=lambda name: -levels[name])[:LISTED]
    return tuple(shortened(name) for name in names)
