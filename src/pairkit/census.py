"""Census: how many people state each field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Final

from pairkit.notebook import Panel
from pairkit.profiles import EmploymentStatus, Participant, Role

__all__ = ["roster_panel", "stated"]

NOT_COUNTED: Final = frozenset({"id", "status", "attributes", "protected"})
SHOWN: Final = 40  # fields in a notebook


def stated(people: Sequence[Participant]) -> dict[str, int]:
    """Return how many people state each field or attribute that anybody states.

    Fields come in the order of :class:`Participant`, then attributes as they are met.

    Examples
    --------
    >>> people = [
    ...     Participant(id="A", skills=["SQL"], site="Lyon"),
    ...     Participant(id="B", site="Lyon"),
    ... ]
    >>> stated(people)
    {'skills': 1, 'site': 2}
    """
    kinds = dict.fromkeys(type(person) for person in people)
    fields = dict.fromkeys(name for kind in kinds for name in kind.model_fields)
    counts = Counter(
        {
            name: sum(_is_stated(getattr(person, name, None)) for person in people)
            for name in fields
            if name not in NOT_COUNTED
        }
    )
    for person in people:
        counts.update([*person.attributes, *person.protected])
    return {name: count for name, count in counts.items() if count}


def roster_panel(
    people: Sequence[Participant], *, protected: Collection[str], findings: int, skipped: int
) -> Panel:
    """Return what a notebook shows of a roster: counts, never what anybody states.

    Parameters
    ----------
    people
        The people.
    protected
        The names of protected fields.
    findings, skipped
        How many facts were found, and how many people left out, while reading.
    """
    roles = Counter(person.roles for person in people)
    sides = {
        "mentors": frozenset({Role.MENTOR}),
        "mentees": frozenset({Role.MENTEE}),
        "both": frozenset(Role),
        "left to the program": None,
    }
    active = sum(person.status is EmploymentStatus.ACTIVE for person in people)
    counts = stated(people)
    more = [f"... and {len(counts) - SHOWN} more fields."] if len(counts) > SHOWN else []
    left_out = [f"{skipped:,} left out while reading."] if skipped else []
    found = [f"{findings:,} findings: see .findings."] if findings else []
    return Panel(
        f"Roster: {len(people):,} {'person' if len(people) == 1 else 'people'}",
        [*((name, roles[own]) for name, own in sides.items()), ("active", active)],
        ("field", "stated by", ""),
        [
            (
                f"{name} (protected)" if name in protected else name,
                count,
                f"{count / len(people):.0%}",
            )
            for name, count in list(counts.items())[:SHOWN]
        ],
        [*more, *left_out, *found],
    )


def _is_stated(value: object) -> bool:
    return value is not None and not (isinstance(value, tuple | dict | frozenset) and not value)
