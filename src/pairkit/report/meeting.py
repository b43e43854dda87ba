"""Meeting: which groups of people meet whom, and how each of them is served."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pairkit.report.figures import Flows, GroupShare, flows, group_parity
from pairkit.titles import field_title

if TYPE_CHECKING:
    from pairkit.matching import Matching
    from pairkit.rows import SideName

__all__ = ["Meeting", "Served", "default_fields", "meetings", "served"]

FIELDS: Final = ("department", "level", "experience", "site", "country")  # the first that are known
SHOWN: Final = 2  # fields
STATED: Final = 0.5  # by at least this share of the people
MOST: Final = 8  # groups in a table


@dataclass(frozen=True, slots=True)
class Meeting:
    """Who meets whom, by one field."""

    title: str
    flows: Flows


@dataclass(frozen=True, slots=True)
class Served:
    """How the groups of a field on one side are served; ``side`` is ``None`` of peers."""

    title: str
    side: SideName | None
    groups: tuple[GroupShare, ...]


def default_fields(matching: Matching) -> tuple[str, ...]:
    """Return the fields to group people by where nobody says: the first two that tell something."""
    return tuple(one for one in FIELDS if _tells(matching, one))[:SHOWN]


def _tells(matching: Matching, field: str) -> bool:
    """Return whether most people state a field, and not all the same."""
    codes = [side.codes(field).values for side in matching.sides]
    stated = [code for own in codes for code in own.tolist() if code >= 0]
    people = sum(len(own) for own in codes)
    return len(stated) >= STATED * max(people, 1) and len(set(stated)) > 1


def meetings(matching: Matching, fields: Sequence[str]) -> tuple[Meeting, ...]:
    """Return who meets whom by each of some fields.

    Raises
    ------
    ProgramError
        As for :func:`pairkit.figures.flows`.
    """
    return tuple(Meeting(field_title(one), flows(matching, one, most=MOST)) for one in fields)


def served(
    matching: Matching, fields: Sequence[str], protected: Sequence[str]
) -> tuple[Served, ...]:
    """Return how the groups of each of some fields are served, protected ones last.

    Raises
    ------
    ProgramError
        As for :func:`pairkit.figures.group_parity`.
    """
    asked = [*((one, False) for one in fields), *((one, True) for one in protected)]
    return tuple(
        one for field, allow in asked for one in _served(matching, field, allow_protected=allow)
    )


def _served(matching: Matching, field: str, *, allow_protected: bool) -> Iterator[Served]:
    sides: tuple[SideName, ...] = ("mentor",) if matching.peers else ("mentor", "mentee")
    for side in sides:
        groups = group_parity(
            matching, field, side=side, most=MOST, allow_protected=allow_protected
        )
        yield Served(field_title(field), None if matching.peers else side, groups)
