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
    from pairkit.whyunmatched import HelpfulChange

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
        The smallest change that would give a partner; ``None`` where none is proved to.
    sought
        Whether one was looked for.
    """

    person: Person
    role: Message
    reason: str
    change: str | None = None
    sought: bool = False


def left_out(matching: Matching, people: People) -> tuple[LeftOut, ...]:
    """Return everybody without a partner: those of a side first, then those of none."""
    changes: Mapping[tuple[str, Role | None], HelpfulChange | None] = {}
    if matching.status.has_pairs and matching.roster is not None:
        shape = matching.problem.shape
        asked, priced = ASKED // max(*shape, 1), PRICED // max(math.prod(shape), 1)
        changes = matching.smallest_changes(asked, priced)
    found = [
        LeftOut(
            people[one.id],
            _role(one.role),
            one.reason,
            _sentence(changes.get((one.id, one.role))),
            sought=(one.id, one.role) in changes,
        )
        for one in matching.unmatched
    ]
    found += [LeftOut(people[who], ON_NO_SIDE, why) for who, why in matching.outside.items()]
    return tuple(found)


def _sentence(change: HelpfulChange | None) -> Message | None:
    return None if change is None else Message("{words:^}.", words=change.message)


def _role(role: Role | None) -> Message:
    return ROLES[role.value if role is not None else "peer"].of(1)
