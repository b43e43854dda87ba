"""Difference: what changes, and for whom, from one matching of a roster to another."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np

from pairkit.encoding import Side
from pairkit.errors import ProblemError
from pairkit.files import records_to_frame
from pairkit.groups import FLOOR, groups_of
from pairkit.messages import Message, Who
from pairkit.notebook import Panel
from pairkit.profiles import Role

if TYPE_CHECKING:
    from narwhals.typing import IntoDataFrame

    from pairkit.files import Records
    from pairkit.matching import Matching
    from pairkit.objectives import Objective

__all__ = [
    "GroupDifference",
    "LevelDifference",
    "MatchingDifference",
    "PersonDifference",
    "diff",
]

Yardstick: TypeAlias = Literal["before", "after"]
Couple: TypeAlias = tuple[str, str]
Place: TypeAlias = tuple[str, Role | None]  # somebody on a side

SAME: Final = 1e-9  # a difference of scores that is one of rounding
SHOWN: Final = 10  # people in a notebook
GROUPS: Final = 20  # that are told apart


@dataclass(frozen=True, slots=True)
class PersonDifference:
    """What changes for one person, on one side.

    Parameters
    ----------
    id
        The person.
    role
        The side; ``None`` of peers.
    lost, gained
        Ids of partners that only the first matching, and only the second, gives them.
    partners_before, partners_after
        How many partners they have in each.
    before, after
        The sum of the scores of their pairs in each, by one yardstick; ``None`` where that cannot
        measure one of them, because its program has somebody on no side.
    """

    id: str
    role: Role | None
    lost: tuple[str, ...]
    gained: tuple[str, ...]
    partners_before: int
    partners_after: int
    before: float | None
    after: float | None

    @property
    def difference(self) -> float | None:
        """How much better the second is for them; 0 for what is rounding."""
        if self.before is None or self.after is None:
            return None
        found = self.after - self.before
        return found if abs(found) > SAME else 0.0

    @property
    def message(self) -> Message:
        """The change as a sentence without its full stop."""
        if self.difference is None:
            return self._partners
        return Message(
            "{change}: {difference:+.3}", change=self._partners, difference=self.difference
        )

    @property
    def _partners(self) -> Message:
        who, lost = Who(self.id), tuple(map(Who, self.lost))
        gained = tuple(map(Who, self.gained))
        if not lost:
            return Message("{person} gains {gained}", person=who, gained=gained)
        if not gained:
            return Message("{person} loses {lost}", person=who, lost=lost)
        return Message(
            "{person} has {gained} in place of {lost}", person=who, gained=gained, lost=lost
        )


@dataclass(frozen=True, slots=True)
class GroupDifference:
    """What changes for the people who state the same in a field.

    Parameters
    ----------
    name
        What they state.
    people
        How many they are; who is on both sides counts once.
    matched_before, matched_after
        How many have a partner in each; these and the following are ``None`` of fewer than 5
        people.
    gained, lost
        How many have a higher, and a lower, sum of scores in the second.
    mean
        The mean difference of the sums, over all of the group.
    """

    name: str = field(repr=False)
    people: int
    matched_before: int | None = None
    matched_after: int | None = None
    gained: int | None = None
    lost: int | None = None
    mean: float | None = None


@dataclass(frozen=True, slots=True)
class LevelDifference:
    """What two matchings reach in an objective, each by its own program.

    Parameters
    ----------
    objective
        Its name.
    before, after
        The values; ``None`` where the program does not have the objective.
    """

    objective: Objective
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True)
class MatchingDifference:
    """What changes from one matching of a roster to another.

    Parameters
    ----------
    kept, made, broken
        Pairs of both, of the second only, of the first only: ids of mentor and mentee, in the order
        of the roster.
    people
        Everybody who loses or gains a partner, mentors first, in the order of the roster.
    newly_matched, no_longer_matched
        Ids of people with a partner in the second alone, and in the first alone.
    levels
        What each reaches in its own objectives.
    total_before, total_after
        The sum of all scores of each, by one yardstick; ``None`` where that cannot measure a pair.
    yardstick
        Whose scores measure both: those of the program of the matching before, or after.
    groups
        What changes by group; empty where no field was given.
    """

    kept: tuple[Couple, ...] = field(repr=False)
    made: tuple[Couple, ...] = field(repr=False)
    broken: tuple[Couple, ...] = field(repr=False)
    people: tuple[PersonDifference, ...] = field(repr=False)
    newly_matched: tuple[str, ...] = field(repr=False)
    no_longer_matched: tuple[str, ...] = field(repr=False)
    levels: tuple[LevelDifference, ...]
    total_before: float | None
    total_after: float | None
    yardstick: Yardstick
    groups: tuple[GroupDifference, ...] = ()

    def __bool__(self) -> bool:
        """Return whether there is a difference."""
        return bool(self.made or self.broken)

    @property
    def messages(self) -> tuple[Message, ...]:
        """The difference in sentences without full stop."""
        found = [
            Message("{n} pair is in both", "{n} pairs are in both", n=len(self.kept)),
            Message("{n} pair is made", "{n} pairs are made", n=len(self.made)),
            Message("{n} pair is broken", "{n} pairs are broken", n=len(self.broken)),
            Message(
                "{n} person has a partner who had none",
                "{n} people have a partner who had none",
                n=len(self.newly_matched),
            ),
            Message(
                "{n} person has no partner anymore",
                "{n} people have no partner anymore",
                n=len(self.no_longer_matched),
            ),
        ]
        if self.total_before is not None and self.total_after is not None:
            totals = {"before": self.total_before, "after": self.total_after}
            found.append(
                Message(
                    "the total score is {before:.3} and {after:.3}, both by the first program",
                    **totals,
                )
                if self.yardstick == "before"
                else Message(
                    "the total score is {before:.3} and {after:.3}, both by the second program",
                    **totals,
                )
            )
        return tuple(found)

    def to_records(self) -> Records:
        """Return one plain dictionary per person who loses or gains a partner."""
        return [
            {
                "id": one.id,
                "role": None if one.role is None else one.role.value,
                "lost": "; ".join(one.lost),
                "gained": "; ".join(one.gained),
                "partners_before": one.partners_before,
                "partners_after": one.partners_after,
                "before": one.before,
                "after": one.after,
                "difference": one.difference,
            }
            for one in self.people
        ]

    def pair_records(self) -> Records:
        """Return one plain dictionary per pair: ids, and whether it is kept, made or broken."""
        kinds = {"kept": self.kept, "made": self.made, "broken": self.broken}
        return [
            {"mentor": mentor, "mentee": mentee, "change": kind}
            for kind, pairs in kinds.items()
            for mentor, mentee in pairs
        ]

    def group_records(self) -> Records:
        """Return one plain dictionary per group."""
        return [
            {name: getattr(one, name) for name in GroupDifference.__dataclass_fields__}
            for one in self.groups
        ]

    def to_frame(self) -> IntoDataFrame:
        """Return :meth:`to_records` as a dataframe: pandas, else polars, else pyarrow."""
        return records_to_frame(self.to_records(), None)

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the counts, and the first people by id."""
        more = len(self.people) - SHOWN
        return Panel(
            "Difference of two matchings",
            [
                ("pairs kept", len(self.kept)),
                ("pairs made", len(self.made)),
                ("pairs broken", len(self.broken)),
                ("newly matched", len(self.newly_matched)),
                ("no longer matched", len(self.no_longer_matched)),
                ("total score before", self.total_before),
                ("total score after", self.total_after),
            ],
            ("person", "lost", "gained", "difference"),
            [
                (one.id, ", ".join(one.lost), ", ".join(one.gained), one.difference)
                for one in self.people[:SHOWN]
            ],
            [f"... and {more:,} more people."] if more > 0 else [],
        ).html()


def diff(
    before: Matching,
    after: Matching,
    *,
    by: str | None = None,
    yardstick: Yardstick = "before",
    allow_protected: bool = False,
) -> MatchingDifference:
    """Return what changes, and for whom, from one matching of a roster to another.

    The programs may differ, as those of two scenarios do. Scores of both are measured by the one
    program, else a higher score might only be another way of scoring.

    Parameters
    ----------
    before, after
        Two matchings of one roster.
    by
        A field or attribute, to sum up the changes of the people who state the same. Groups of
        fewer than 5 people are folded into one; of fewer than 5 people in all, nothing but their
        number is told.
    yardstick
        Whose program measures the scores of both.
    allow_protected
        Whether ``by`` may be a protected field.

    Raises
    ------
    ProblemError
        The matchings are not of one roster, one is of peers and the other is not, or the one that
        measures was read back without its roster and program.
    ProgramError
        Nobody has such a field, it holds lists, or is protected and that was not allowed.

    Examples
    --------
    >>> from pairkit import datasets, match, reverse_mentoring
    >>> roster = datasets.sample(40)
    >>> program = reverse_mentoring()
    >>> found = diff(
    ...     match(roster, program), match(roster, program.model_copy(update={"rules": ()}))
    ... )
    >>> len(found.kept), len(found.made), len(found.broken)
    (10, 15, 12)
    """
    _check_alike(before, after)
    if yardstick not in {"before", "after"}:
        raise ProblemError(f"The yardstick is 'before' or 'after', not {yardstick!r}.")
    measured = before if yardstick == "before" else after
    pairs = _couples(before), _couples(after)
    scores = _scores(measured, pairs[0] | pairs[1])
    order = measured.sides[0].columns.positions
    own = tuple(_by_person(some, peers=before.peers) for some in pairs)
    people = tuple(_person(who, own, scores, order) for who in _changed(pairs, own, order))
    kept, made, broken = (
        tuple(sorted(some, key=lambda pair: (order[pair[0]], order[pair[1]])))
        for some in (pairs[0] & pairs[1], pairs[1] - pairs[0], pairs[0] - pairs[1])
    )
    matched = [{*_with_partner(one)} for one in (before, after)]
    groups: Iterable[GroupDifference] = ()
    if by is not None:
        everybody = _everybody((before, after), measured)
        groups = _groups((before, after), everybody, by, people, allow=allow_protected)
    return MatchingDifference(
        kept,
        made,
        broken,
        people,
        tuple(sorted(matched[1] - matched[0], key=order.__getitem__)),
        tuple(sorted(matched[0] - matched[1], key=order.__getitem__)),
        _levels(before, after),
        _total(pairs[0], scores),
        _total(pairs[1], scores),
        yardstick,
        tuple(groups),
    )


def _check_alike(before: Matching, after: Matching) -> None:
    """Raise unless the two matchings can be compared."""
    if before.provenance.roster != after.provenance.roster:
        raise ProblemError(
            "These matchings were made from two rosters: match the same people twice to compare. "
            "Roster.diff says how the rosters differ."
        )
    if before.peers != after.peers:
        raise ProblemError("One matching is of peers and the other of mentors and mentees.")


def _couples(matching: Matching) -> set[Couple]:
    return {(pair.mentor, pair.mentee) for pair in matching.pairs}


def _scores(measured: Matching, pairs: Iterable[Couple]) -> dict[Couple, float | None]:
    """Return what the program of a matching gives each pair; ``None`` where it cannot have it."""
    mentors, mentees = measured.sides
    every = list(pairs)
    places = np.array(
        [(mentors.position(one), mentees.position(other)) for one, other in every], dtype=np.int64
    ).reshape(-1, 2)
    known = np.flatnonzero((places >= 0).all(axis=1))
    scores = measured.problem.space.pairs(places[known, 0], places[known, 1]).scores
    found: dict[Couple, float | None] = dict.fromkeys(every)
    found.update(zip((every[k] for k in known.tolist()), scores.tolist(), strict=True))
    return found


def _by_person(pairs: Iterable[Couple], *, peers: bool) -> Mapping[Place, dict[str, Couple]]:
    """Return the partners of everybody who has one, each with the pair."""
    found: defaultdict[Place, dict[str, Couple]] = defaultdict(dict)
    for mentor, mentee in pairs:
        found[mentor, None if peers else Role.MENTOR][mentee] = mentor, mentee
        found[mentee, None if peers else Role.MENTEE][mentor] = mentor, mentee
    return found


def _changed(
    pairs: tuple[set[Couple], set[Couple]],
    own: tuple[Mapping[Place, dict[str, Couple]], ...],
    order: Mapping[str, int],
) -> list[Place]:
    """Return everybody with another partner, mentors first, in the order of the roster."""
    other = {who for pair in pairs[0] ^ pairs[1] for who in pair}
    found = {
        who
        for who in {*own[0], *own[1]}
        if who[0] in other and own[0].get(who, {}).keys() != own[1].get(who, {}).keys()
    }
    return sorted(found, key=lambda who: (who[1] is Role.MENTEE, order[who[0]]))


def _person(
    who: Place,
    own: tuple[Mapping[Place, dict[str, Couple]], ...],
    scores: Mapping[Couple, float | None],
    order: Mapping[str, int],
) -> PersonDifference:
    """Return what changes for one person on one side."""
    before, after = (one.get(who, {}) for one in own)
    return PersonDifference(
        *who,
        tuple(sorted(before.keys() - after.keys(), key=order.__getitem__)),
        tuple(sorted(after.keys() - before.keys(), key=order.__getitem__)),
        len(before),
        len(after),
        _total(before.values(), scores),
        _total(after.values(), scores),
    )


def _total(pairs: Iterable[Couple], scores: Mapping[Couple, float | None]) -> float | None:
    """Return the sum of some scores; ``None`` where one is not known."""
    found = [scores[pair] for pair in pairs]
    known = [one for one in found if one is not None]
    return math.fsum(known) if len(known) == len(found) else None


def _levels(before: Matching, after: Matching) -> tuple[LevelDifference, ...]:
    """Return what each matching reaches, the objectives of the first one first."""
    own = [{level.objective: level.value for level in one.levels} for one in (before, after)]
    return tuple(
        LevelDifference(name, own[0].get(name), own[1].get(name))
        for name in dict.fromkeys([*own[0], *own[1]])
    )


def _groups(
    compared: tuple[Matching, Matching],
    side: Side,
    by: str,
    people: Sequence[PersonDifference],
    *,
    allow: bool,
) -> Iterator[GroupDifference]:
    """Return what changes for the people who state the same."""
    groups = groups_of([side], by, most=GROUPS, floor=FLOOR, allow_protected=allow)
    ids = [person.id for person in side.people]
    matched = [{*_with_partner(one)} for one in compared]
    changes: defaultdict[str, list[float | None]] = defaultdict(list)
    for person in people:
        changes[person.id].append(person.difference)
    for k, name in enumerate(groups.names):
        own = [ids[place] for place in np.flatnonzero(groups.codes[0] == k).tolist()]
        if len(own) < FLOOR:
            yield GroupDifference(name, len(own))
            continue
        known = [one for one in (_sum(changes[who]) for who in own) if one is not None]
        counts = [sum(who in some for who in own) for some in matched]
        yield GroupDifference(
            name,
            len(own),
            counts[0],
            counts[1],
            sum(one > 0 for one in known),
            sum(one < 0 for one in known),
            math.fsum(known) / len(known) if known else None,
        )


def _everybody(compared: tuple[Matching, Matching], measured: Matching) -> Side:
    """Return everybody who is on a side of one of two matchings, each once."""
    side = measured.sides[0]
    ids = {who for one in compared for who in _with_partner(one)}
    ids |= {one.id for each in compared for one in each.unmatched}
    index = np.array(sorted(side.columns.positions[who] for who in ids), dtype=np.int64)
    return Side(side.columns, side.participants, index, side.reference)


def _with_partner(matching: Matching) -> Iterator[str]:
    for pair in matching.pairs:
        yield from (pair.mentor, pair.mentee)


def _sum(values: Sequence[float | None]) -> float | None:
    """Return the sum of some differences; ``None`` where one is not known."""
    known = [one for one in values if one is not None]
    return math.fsum(known) if len(known) == len(values) else None
