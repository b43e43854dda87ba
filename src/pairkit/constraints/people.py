"""Rules that read what people are: ready, near or far, able to meet, in one line."""

from __future__ import annotations

import calendar
import math
from collections.abc import Sequence
from dataclasses import KW_ONLY
from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from pairkit.constraints.base import STRICT, Forbidding, Missing, PairRule
from pairkit.messages import Message, Value, Who
from pairkit.parts import Index, Listed, Lookup, over_values
from pairkit.profiles import EmploymentStatus, Participant
from pairkit.scoring.base import compare, language_table, over_shared_hours
from pairkit.scoring.evidence import same_or_not, unknown_for_both
from pairkit.titles import field_title

if TYPE_CHECKING:
    from pairkit.encoding import Side

__all__ = [
    "CommonLanguage",
    "DifferentValue",
    "GapWindow",
    "Horizon",
    "MinimumOverlap",
    "NotInReportingLine",
    "Ready",
    "SameValue",
]

MAX_DEPTH = 100
TOLERANCE = 1e-9  # 2.3 - 1.3 is a gap of 1, whatever the last bit says


@dataclass(frozen=True, config=STRICT)
class Ready(PairRule):
    """Only people who are there, trained and willing are paired.

    Parameters
    ----------
    active
        Whether people on leave, or who left, are kept out.
    orientation
        Whether people whose orientation is not done are kept out.
    consent
        Whether people who did not agree are kept out.
    missing
        What not knowing about orientation or consent means.
    """

    active: bool = True
    orientation: bool = True
    consent: bool = True
    missing: Missing = "allow"

    def unready(self, person: Participant) -> Message | None:
        """Return why this person cannot be paired yet, or ``None``.

        Examples
        --------
        >>> Ready().unready(Participant(id="A", consent=False))
        'A has not agreed to take part'
        """
        if self.active and person.status is not EmploymentStatus.ACTIVE:
            if person.status is EmploymentStatus.LEFT:
                return Message("{person} has left", person=Who(person.id))
            return Message("{person} is on leave", person=Who(person.id))
        if self.orientation and self._fails(person.orientation_done):
            return Message("{person} has not done the orientation", person=Who(person.id))
        if self.consent and self._fails(person.consent):
            return Message("{person} has not agreed to take part", person=Who(person.id))
        return None

    def _fails(self, stated: bool | None) -> bool:  # noqa: FBT001 - a datum, not a switch
        return self.missing == "forbid" if stated is None else not stated

    def prepare(self, mentors: Side, mentees: Side) -> Forbidding:
        """Return the rule for these two sides."""
        reasons = [[self.unready(person) for person in side.people] for side in (mentors, mentees)]
        out_i, out_j = (np.array([r is not None for r in side], dtype=np.bool_) for side in reasons)

        def why(i: int, j: int) -> str:
            found = [one for one in (reasons[0][i], reasons[1][j]) if one is not None]
            return found[0] if len(found) == 1 else Message("{reasons}", reasons=tuple(found))

        return Forbidding(over_values(out_i, out_j, np.logical_or), why, waivable=False)


@dataclass(frozen=True, config=STRICT)
class GapWindow(PairRule):
    """The signed gap, mentor minus mentee, lies within a window.

    Parameters
    ----------
    field
        A number or date: ``level``, ``experience``, ``age`` or an attribute; dates count in years.
    min, max
        Bounds of the gap, both included; ``None`` leaves a side open. A mentor below the mentee is
        a negative gap.
    missing
        What not knowing one of the two values means.
    allow_protected
        Whether the field may be a protected one, such as ``age``.
    """

    field: str
    min: Annotated[float, Field(allow_inf_nan=False)] | None = None
    max: Annotated[float, Field(allow_inf_nan=False)] | None = None
    _: KW_ONLY
    missing: Missing = "allow"
    allow_protected: bool = False

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.min is None and self.max is None:
            raise ValueError("GapWindow needs min, max or both.")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"GapWindow: min {self.min:g} is above max {self.max:g}.")
        return self

    def prepare(self, mentors: Side, mentees: Side) -> Forbidding:
        """Return the rule for these two sides."""
        mentors.check_readable(self.field, "GapWindow", allow_protected=self.allow_protected)
        high, low = mentors.numbers(self.field), mentees.numbers(self.field)
        unknown = self.missing == "forbid"
        least = -np.inf if self.min is None else self.min - TOLERANCE
        most = np.inf if self.max is None else self.max + TOLERANCE

        def outside_window(
            one: NDArray[np.float64], other: NDArray[np.float64]
        ) -> NDArray[np.bool_]:
            gap = one - other
            outside: NDArray[np.bool_] = (gap < least) | (gap > most)
            return outside | np.isnan(gap) if unknown else outside

        def why(i: int, j: int) -> str:
            gap = high[i] - low[j]
            if np.isnan(gap):
                return unknown_for_both(self.field)
            title = field_title(self.field)
            if self.allow_protected:
                return Message("the gap in {field} is outside the window", field=title)
            values: dict[str, Value] = {"field": title, "gap": float(gap)}
            if gap < least and self.min is not None:
                return Message("the gap in {field} is {gap:+}, below {min}", min=self.min, **values)
            limit = math.inf if self.max is None else self.max
            return Message("the gap in {field} is {gap:+}, above {max}", max=limit, **values)

        return Forbidding(over_values(high, low, outside_window), why)


@dataclass(frozen=True, config=STRICT)
class SameValue(PairRule):
    """The two have the same value in a field.

    Parameters
    ----------
    field
        ``department``, ``site``, ``country`` or any attribute; texts compare folded.
    missing
        What not knowing one of the two values means.
    allow_protected
        Whether the field may be a protected one.
    """

    field: str
    _: KW_ONLY
    missing: Missing = "allow"
    allow_protected: bool = False

    def prepare(self, mentors: Side, mentees: Side) -> Forbidding:
        """Return the rule for these two sides."""
        mentors.check_readable(self.field, "SameValue", allow_protected=self.allow_protected)
        return _values(mentors, mentees, self, same=True)


@dataclass(frozen=True, config=STRICT)
class DifferentValue(PairRule):
    """The two have different values in a field.

    Parameters
    ----------
    field, missing, allow_protected
        As for :class:`SameValue`.
    """

    field: str
    _: KW_ONLY
    missing: Missing = "allow"
    allow_protected: bool = False

    def prepare(self, mentors: Side, mentees: Side) -> Forbidding:
        """Return the rule for these two sides."""
        mentors.check_readable(self.field, "DifferentValue", allow_protected=self.allow_protected)
        return _values(mentors, mentees, self, same=False)


def _values(
    mentors: Side, mentees: Side, rule: SameValue | DifferentValue, *, same: bool
) -> Forbidding:
    """Return a rule that demands the same value, or different ones."""
    field = rule.field
    codes_i, codes_j = mentors.codes(field), mentees.codes(field)
    one, other = codes_i.values, codes_j.values
    forbids = compare(
        mentors, mentees, field, same=not same, different=same, missing=rule.missing == "forbid"
    )

    def why(i: int, j: int) -> str:
        a, b = int(one[i]), int(other[j])
        if a < 0 or b < 0:
            return unknown_for_both(field)
        title, names = field_title(field), codes_i.categories
        if rule.allow_protected:
            return same_or_not(field, same=not same)
        if same:
            return Message(
                "{field} is “{mentor}” for the mentor and “{mentee}” for the mentee",
                field=title,
                mentor=names[a],
                mentee=names[b],
            )
        return Message("{field} is “{value}” for both", field=title, value=names[a])

    return Forbidding(forbids, why)


@dataclass(frozen=True, config=STRICT)
class CommonLanguage(PairRule):
    """The two share a language (``fr-CA`` and ``fr`` do).

    Parameters
    ----------
    missing
        What not knowing the languages of one of the two means.
    """

    _: KW_ONLY
    missing: Missing = "allow"

    def prepare(self, mentors: Side, mentees: Side) -> Forbidding:
        """Return the rule for these two sides."""
        shared = language_table(mentors, mentees, missing=float(self.missing == "allow"))
        forbids = Lookup(shared.left, shared.right, shared.table == 0.0)

        def why(i: int, j: int) -> str:
            one, other = mentors.person(i), mentees.person(j)
            if not (one.languages and other.languages):
                return Message("the languages are not known for both")
            return Message(
                "they share no language: {one} speaks {ones}; {other} speaks {others}",
                one=Who(one.id),
                ones=one.languages,
                other=Who(other.id),
                others=other.languages,
            )

        return Forbidding(forbids, why)


@dataclass(frozen=True, config=STRICT)
class MinimumOverlap(PairRule):
    """The two have enough time in common.

    Parameters
    ----------
    hours
        The least number of hours a week that both have free.
    missing
        What not knowing the availability of one of the two means.
    """

    hours: Annotated[float, Field(gt=0, le=168)] = 1.0
    _: KW_ONLY
    missing: Missing = "allow"

    def prepare(self, mentors: Side, mentees: Side) -> Forbidding:
        """Return the rule for these two sides."""
        unknown = self.missing == "forbid"
        overlap = over_shared_hours(mentors, mentees, np.asarray)
        forbids = over_shared_hours(
            mentors,
            mentees,
            lambda hours: np.where(np.isnan(hours), unknown, hours < self.hours),
        )

        def why(i: int, j: int) -> str:
            hours = overlap(np.array([i]), np.array([j]))[0]
            if np.isnan(hours):
                return Message("the availability is not known for both")
            return Message(
                "they share {n} hour a week, fewer than {least}",
                "they share {n} hours a week, fewer than {least}",
                n=float(hours),
                least=self.hours,
            )

        return Forbidding(forbids, why)


@dataclass(frozen=True, config=STRICT)
class NotInReportingLine(PairRule):
    """Neither of the two is the other's manager, or manager's manager, up to a depth.

    Parameters
    ----------
    depth
        How many steps of the line count: 1 is the manager, 2 also the manager's manager.
    siblings
        Whether people with the same manager are kept apart too.
    """

    depth: Annotated[int, Field(ge=1, le=MAX_DEPTH)] = 2
    _: KW_ONLY
    siblings: bool = False

    def prepare(self, mentors: Side, mentees: Side) -> Forbidding:
        """Return the rule for these two sides; a cycle in the data ends with the depth."""
        above = mentors.columns.managers
        at_i, at_j = mentors.index, mentees.index
        line = _line(above, self.depth)
        codes: dict[str | None, int] = {None: -1}
        boss_i, boss_j = (
            np.array([codes.setdefault(p.manager, len(codes)) for p in side.people], dtype=np.int64)
            for side in (mentors, mentees)
        )

        listed = _in_line(line, mentors, mentees)

        def forbids(i: Index, j: Index) -> NDArray[np.bool_]:
            same_boss: NDArray[np.bool_] = (boss_i[i] == boss_j[j]) & (boss_i[i] >= 0)
            found: NDArray[np.bool_] = same_boss | listed(i, j)
            return found

        def why(i: int, j: int) -> str:
            mentor, mentee = Who(mentors.person(i).id), Who(mentees.person(j).id)
            for steps, higher in enumerate(line, start=1):
                if higher[at_i[i]] == at_j[j]:
                    return _manager_of(mentee, mentor, steps)
                if higher[at_j[j]] == at_i[i]:
                    return _manager_of(mentor, mentee, steps)
            return Message("{one} and {other} have the same manager", one=mentor, other=mentee)

        return Forbidding(forbids if self.siblings else listed, why)


def _manager_of(manager: Who, person: Who, steps: int) -> Message:
    return Message(
        "{manager} is the manager of {person}",
        "{manager} is the manager of {person}, {n} levels up",
        n=steps,
        manager=manager,
        person=person,
    )


def _in_line(line: Sequence[NDArray[np.int64]], mentors: Side, mentees: Side) -> Listed:
    """Return the pairs of whom one is above the other."""
    none = np.zeros((0, 2), dtype=np.int64)
    found = [none]
    for higher in line:
        up, down = mentees.at(higher[mentors.index]), mentors.at(higher[mentees.index])
        found += [
            np.column_stack([np.flatnonzero(up >= 0), up[up >= 0]]),
            np.column_stack([down[down >= 0], np.flatnonzero(down >= 0)]),
        ]
    i, j = np.concatenate(found).T
    return Listed(i, j, True, (len(mentors), len(mentees)))  # noqa: FBT003 - a value


def _line(above: NDArray[np.int64], depth: int) -> list[NDArray[np.int64]]:
    """Return who is 1, 2, ... ``depth`` steps above each person, -1 where there is nobody."""
    with_nobody = np.append(above, -1)
    steps = [above]
    while len(steps) < depth and (steps[-1] >= 0).any():
        steps.append(with_nobody[steps[-1]])
    return steps


@dataclass(frozen=True, config=STRICT)
class Horizon(PairRule):
    """Nobody in the pair is expected to retire before the mentoring has had its time.

    Parameters
    ----------
    months
        How long both must still be there after the program's reference date.
    of
        Whose retirement counts: ``"mentor"``, ``"mentee"`` or ``"both"``.
    missing
        What not knowing the retirement date means.
    """

    months: Annotated[int, Field(ge=1, le=1200)] = 12
    of: Literal["mentor", "mentee", "both"] = "both"
    _: KW_ONLY
    missing: Missing = "allow"

    def prepare(self, mentors: Side, mentees: Side) -> Forbidding:
        """Return the rule for these two sides."""
        until = add_months(mentors.reference, self.months)
        early_i = self._early(mentors, until, counts=self.of != "mentee")
        early_j = self._early(mentees, until, counts=self.of != "mentor")

        def why(i: int, j: int) -> str:
            person = mentors.person(i) if early_i[i] else mentees.person(j)
            if person.retires is None:
                who = Who(person.id)
                return Message("the retirement date of {person} is not known", person=who)
            return Message(
                "{person} is expected to retire on {day}, before {until}",
                person=Who(person.id),
                day=person.retires,
                until=until,
            )

        return Forbidding(over_values(early_i, early_j, np.logical_or), why)

    def _early(self, side: Side, until: date, *, counts: bool) -> NDArray[np.bool_]:
        if not counts:
            return np.zeros(len(side), dtype=np.bool_)
        unknown = self.missing == "forbid"
        early = [p.retires < until if p.retires is not None else unknown for p in side.people]
        return np.array(early, dtype=np.bool_)


def add_months(day: date, months: int) -> date:
    """Return the same day of a later month, or that month's last day.

    Examples
    --------
    >>> add_months(date(2027, 1, 31), 1)
    datetime.date(2027, 2, 28)
    """
    year, month = divmod(day.month - 1 + months, 12)
    year += day.year
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
