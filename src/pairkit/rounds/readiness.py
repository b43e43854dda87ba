"""Readiness: who can be paired, and what is missing where somebody cannot."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from pairkit.constraints import Ready
from pairkit.roster import Roster

if TYPE_CHECKING:
    from pairkit.program import Program
    from pairkit.rounds.history import HistorySource

__all__ = ["Readiness", "oriented", "readiness"]


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether a person can be paired.

    Parameters
    ----------
    person
        The id.
    reasons
        What is missing, one sentence each without full stop; empty of people who are ready.
    """

    person: str
    reasons: tuple[str, ...] = field(repr=False)

    @property
    def ready(self) -> bool:
        """Whether nothing is missing."""
        return not self.reasons


def readiness(
    roster: Roster,
    program: Program | None = None,
    history: HistorySource | None = None,
    *,
    on: date | None = None,
) -> tuple[Readiness, ...]:
    """Return whether each person can be paired, in the order of the roster.

    Parameters
    ----------
    roster
        The people.
    program
        Whose rules :class:`~pairkit.Ready` decide, and who is on a side; without one, everybody who
        is there and has neither refused nor missed the orientation is ready.
    history
        Who has been trained, beside those of whom the roster says so.
    on
        The day that counts as today; by default the program's, else that of the run.

    Examples
    --------
    >>> roster = Roster.from_records([{"id": "A", "consent": False}, {"id": "B"}])
    >>> [(one.person, one.ready, one.reasons) for one in readiness(roster)]
    [('A', False, ('A has not agreed to take part',)), ('B', True, ())]
    """
    people = roster if history is None else oriented(roster, history)
    rules = [Ready()]
    outside: dict[str, str] = {}
    if program is not None:
        rules = [one for one in program.rules if isinstance(one, Ready) and one.penalty is None]
        day = on or program.reference_date or date.today()  # noqa: DTZ011 - the user's own day
        *_, outside = program.sides(people, day)
    found = []
    for person in people:
        unready = (rule.unready(person) for rule in rules)
        reasons: list[str] = [*dict.fromkeys(one for one in unready if one is not None)]
        if person.id in outside:
            reasons.append(outside[person.id])
        found.append(Readiness(person.id, tuple(reasons)))
    return tuple(found)


def oriented(roster: Roster, history: HistorySource) -> Roster:
    """Return a roster in which the orientation of everybody whom the history knows is done."""
    trained = {one.person for one in history.snapshot().orientations}
    people = (
        person.model_copy(update={"orientation_done": True})
        if person.id in trained and not person.orientation_done
        else person
        for person in roster
    )
    return Roster(people, findings=roster.findings, skipped=roster.skipped, backend=roster.backend)
