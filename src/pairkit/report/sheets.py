"""Sheets: what each pair is told about itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from pairkit.messages import Message
from pairkit.report.people import People, Person, people_of, shortened
from pairkit.report.reasons import PairRow, PairRows, Reason
from pairkit.titles import field_title

if TYPE_CHECKING:
    from pairkit.matching import Matching

__all__ = ["Profile", "Sheet", "Sheets", "sheets_of"]

FIELDS: Final = ("department", "site", "country")  # that are told about a person
LISTED: Final = 6  # skills or needs of a person
REASONS: Final = 6  # with the next: so many that a sheet stays one page
FACTS: Final = 4  # of a reason
DENIAL: Final = re.compile(r"\b(no|not|neither)\b")  # in the text of a message, before its values


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
    people = people_of(matching, anonymize=anonymize)
    rows = PairRows(matching, people, anonymize=anonymize)
    return Sheets(
        program=matching.program.name if matching.program is not None else "",
        day=date.fromisoformat(matching.provenance.reference_date),
        peers=matching.peers,
        sheets=tuple(
            Sheet(
                _profile(matching, people, pair.mentor),
                _profile(matching, people, pair.mentee),
                _speaking(row),
            )
            for pair, row in zip(matching.pairs, rows, strict=True)
        ),
        called=people.called(matching),
    )


def _speaking(row: PairRow) -> tuple[Reason, ...]:
    """Return the reasons that speak for a pair, with the facts that do."""
    best = sorted(row.reasons, key=lambda one: -one.given)[:REASONS]
    told = (
        replace(one, facts=tuple(fact for fact in one.facts if not _denies(fact))[:FACTS])
        for one in best
        if one.given > 0.0
    )
    return tuple(one for one in told if one.facts)


def _denies(fact: str) -> bool:
    """Return whether a message says what two do not have; other texts are taken as they are."""
    if not isinstance(fact, Message):
        return False
    return fact.values.get("value") == 0.0 or DENIAL.search(fact.text) is not None


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
