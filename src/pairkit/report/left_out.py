"""Left out: who has no partner, why, and the smallest change that would give one."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pairkit.messages import Message
from pairkit.titles import ROLES

if TYPE_CHECKING:
    from pairkit.matching import Matching
    from pairkit.profiles import Role
    from pairkit.report.people import People, Person
    from pairkit.whyunmatched import SmallestChange

__all__ = ["LeftOut", "left_out"]

ASKED: Final = 500_000  # partners that are looked at for what touches only people's own pairs
PRICED: Final = 4_000_000  # pairs that are priced to look at the places of others
ON_NO_SIDE: Final = Message("on no side")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A person without a partner.

    Parameters
    ----------
    person
        Who.
    role
        As what.
    reason
        Why, as a sentence.
    change
        The smallest change that would give a partner, or that none was found; ``None`` where none
        was looked for.
    """

    person: Person
    role: Message
    reason: str
    change: str | None = None


def left_out(matching: Matching, people: People) -> tuple[LeftOut, ...]:
    """Return everybody without a partner: those of a side first, then those of none."""
    changes: Mapping[tuple[str, Role | None], SmallestChange] = {}
    if matching.status.has_pairs and matching.roster is not None:
        shape = matching.problem.shape
        asked, priced = ASKED // max(*shape, 1), PRICED // max(math.prod(shape), 1)
        changes = matching.smallest_changes(asked, priced)
    found = [
        LeftOut(
            people[one.id],
            _role(one.role),
            one.reason,
            _words(changes.get((one.id, one.role))),
        )
        for one in matching.unmatched
    ]
    found += [LeftOut(people[who], ON_NO_SIDE, why) for who, why in matching.outside.items()]
    return tuple(found)


def _words(found: SmallestChange | None) -> Message | None:
    """Return what was found: a change as a sentence, anything else in a few words."""
    if found is None or found.change is None:
        return None if found is None else found.message
    return Message("{words:^}.", words=found.message)


def _role(role: Role | None) -> Message:
    return ROLES[role.value if role is not None else "peer"].of(1)
