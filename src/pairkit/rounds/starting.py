"""Starting: the records with which a round begins, from its matching."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np

from pairkit.encoding import Side
from pairkit.errors import ProblemError
from pairkit.groups import groups_of
from pairkit.profiles import FrozenDict, Participant, Role, fold
from pairkit.rounds.records import Enrollment, Record, Round, RoundPair

if TYPE_CHECKING:
    from pairkit.matching import Matching
    from pairkit.pairs import Pair
    from pairkit.roster import Roster

__all__ = ["GROUPS", "start_round"]

GROUPS: Final = ("department", "site", "country")
BANDS: Final = 12  # groups of a field that are told apart


def start_round(
    matching: Matching,
    roster: Roster,
    id: str,  # noqa: A002 - the field of a round
    *,
    on: date | None = None,
    end: date | None = None,
    name: str | None = None,
    groups: Sequence[str] = GROUPS,
    allow_protected: bool = False,
) -> tuple[Record, ...]:
    """Return the records with which a round begins: who takes part, and the pairs proposed.

    Parameters
    ----------
    matching
        The pairs, and those who wait for one.
    roster
        The people it was made from.
    id, name, end
        As for :class:`Round`.
    on
        The day on which it begins; by default the day that counted as today in the matching.
    groups
        Fields and attributes by which the round can be evaluated; those that nobody states are
        passed over. Numbers and dates of many different values are cut into bands.
    allow_protected
        Whether they may be protected ones, such as ``age``.

    Raises
    ------
    ProblemError
        Somebody of the matching is not in the roster.
    ProgramError
        A group is of a protected field, or of one that holds lists.

    Examples
    --------
    >>> import pairkit as pk
    >>> roster = pk.datasets.sample(40)
    >>> matching = pk.match(roster, pk.reverse_mentoring())
    >>> records = start_round(matching, roster, "2027-spring")
    >>> history = pk.History().add(*records)
    >>> len(history.pairs) == len(matching.pairs)
    True
    """
    day = on or date.fromisoformat(matching.provenance.reference_date)
    source = matching.provenance
    taking = list(dict.fromkeys(_taking_part(matching)))
    unknown = [who for who, _ in taking if roster.get(who) is None]
    if unknown:
        raise ProblemError(
            f"The roster has nobody with the id {unknown[0]!r}, as the matching has."
        )
    counted = _counted_under(roster, day, groups, allow_protected=allow_protected)
    return (
        Round(id, day, end, name, source.roster, source.program),
        *(Enrollment(id, who, role, day, counted[who]) for who, role in taking),
        *(_proposed(pair, roster, id, day) for pair in matching.pairs),
    )


def _taking_part(matching: Matching) -> Iterator[tuple[str, Role | None]]:
    """Return the people on a side, with it."""
    for pair in matching.pairs:
        yield pair.mentor, None if matching.peers else Role.MENTOR
        yield pair.mentee, None if matching.peers else Role.MENTEE
    for one in matching.unmatched:
        yield one.id, one.role


def _proposed(pair: Pair, roster: Roster, round_id: str, on: date) -> RoundPair:
    parts = FrozenDict({part.name: part.value for part in pair.parts})
    skills = skills_to_pass_on(roster[pair.mentor], roster[pair.mentee])
    return RoundPair(round_id, pair.mentor, pair.mentee, on, pair.score, parts, skills)


def skills_to_pass_on(mentor: Participant, mentee: Participant) -> tuple[str, ...]:
    """Return the needs of a mentee that a mentor has as skills, the most urgent first."""
    taught = {fold(skill) for skill, level in mentor.skills.items() if level > 0.0}
    met = [need for need in mentee.needs if fold(need) in taught]
    return tuple(sorted(met, key=lambda need: -mentee.needs[need]))


def _counted_under(
    roster: Roster, day: date, fields: Sequence[str], *, allow_protected: bool
) -> dict[str, FrozenDict[str, str]]:
    """Return the groups of everybody by field, for those who state it."""
    people = tuple(roster)
    everybody = Side(roster.columns, people, np.arange(len(people)), day)
    found: dict[str, dict[str, str]] = {person.id: {} for person in people}
    for field in dict.fromkeys(fields):
        values = [person.value(field) for person in people]
        stated = [k for k, value in enumerate(values) if value is not None]
        if not stated:
            continue
        most = len(people) if isinstance(values[stated[0]], str | bool) else BANDS
        groups = groups_of([everybody], field, most=most, floor=1, allow_protected=allow_protected)
        for k in stated:
            found[people[k].id][field] = str(groups.names[groups.codes[0][k]])
    return {who: FrozenDict(own) for who, own in found.items()}
