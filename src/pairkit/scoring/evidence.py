"""Evidence: the facts about two people that make a scorer's value, as messages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias, runtime_checkable

import numpy as np

from pairkit.availability import SLOT_MINUTES, local_shift
from pairkit.messages import Hours, Message, Value, Who
from pairkit.profiles import Participant, fold
from pairkit.titles import field_title

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from pairkit.encoding import Side
    from pairkit.vocabulary import Vocabulary

__all__ = [
    "Against",
    "Evidence",
    "Evident",
    "of_gap",
    "of_hours",
    "of_interests",
    "of_languages",
    "of_ranks",
    "of_skills",
    "of_values",
    "of_words",
    "same_or_not",
    "speaks",
    "stretches",
    "unknown_for_both",
]

Evidence: TypeAlias = Callable[[int, int], tuple[Message, ...]]
WORDS: Final = 5  # shared words of two texts that are told


class Against(Message):
    """A fact that does not speak for a pair: what two do not have in common, or have not stated."""


def speaks(fact: str) -> bool:
    """Return whether a fact speaks for a pair; one that does not say so is taken to."""
    return not isinstance(fact, Against)


@runtime_checkable
class Evident(Protocol):
    """A scorer that can say which facts about two people make its value."""

    def evidence(self, mentors: Side, mentees: Side) -> Evidence:
        """Return what tells the facts of one pair, by places, as sentences without full stops."""
        ...


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a coverage of skills is made of.

    Parameters
    ----------
    full_level
        The level that meets a need fully.
    weights
        What each need of a mentee counts, all priorities and rarities in, float64 in CSR, shape
        (mentees, skills).
    taxonomy, nearby
        Related skills, and what a step to one leaves.
    """

    full_level: float
    weights: csr_array
    taxonomy: Vocabulary | None
    nearby: float


def of_skills(mentors: Side, mentees: Side, coverage: Coverage) -> Evidence:
    """Return which needs are met by which skills, at which level."""
    columns, weights = mentors.columns.skill_names, coverage.weights
    starts = weights.indptr.tolist()

    def tell(i: int, j: int) -> tuple[Message, ...]:
        teacher, learner = mentors.person(i), mentees.person(j)
        own = slice(starts[j], starts[j + 1])
        row = dict(zip(weights.indices[own].tolist(), weights.data[own].tolist(), strict=True))
        total = sum(row.values())
        if not total > 0:
            return (Against("{person} states no need", person=Who(learner.id)),)
        if not teacher.skills:
            return (Against("{person} states no skill", person=Who(teacher.id)),)
        levels = {fold(skill): (skill, level) for skill, level in teacher.skills.items()}
        needs = {fold(need): need for need in learner.needs}
        shares = {key: row.get(columns[key], 0.0) / total for key in needs}
        by_share = sorted(shares, key=lambda key: -shares[key])
        return tuple(_of_need(needs[key], shares[key], levels, coverage) for key in by_share)

    return tell


def _of_need(
    need: str, share: float, levels: Mapping[str, tuple[str, float]], coverage: Coverage
) -> Message:
    """Return how far one need is met."""
    met, skill, level = max(
        (
            (credit * min(level / coverage.full_level, 1.0), skill, level)
            for skill, level, credit in _related(need, levels, coverage)
        ),
        default=(0.0, "", 0.0),
    )
    if met <= 0.0:
        return Against("{need} ({share:%} of the needs) is not met", need=need, share=share)
    values: dict[str, Value] = {"need": need, "share": share, "level": level, "met": met}
    if fold(skill) != fold(need):
        return Message(
            "{need} ({share:%} of the needs) is met to {met:%} by {skill} at level {level}",
            skill=skill,
            **values,
        )
    if met >= 1.0:
        return Message("{need} ({share:%} of the needs) is met in full, by level {level}", **values)
    return Message("{need} ({share:%} of the needs) is met to {met:%}, by level {level}", **values)


def _related(
    need: str, levels: Mapping[str, tuple[str, float]], coverage: Coverage
) -> Iterator[tuple[str, float, float]]:
    """Return skills that meet a need: name, level, and what of the level counts."""
    own = levels.get(fold(need))
    if own is not None:
        yield *own, 1.0
    if coverage.taxonomy is not None:
        others = [pair for key, pair in levels.items() if key != fold(need)]
        alike = coverage.taxonomy.related([need, *(skill for skill, _ in others)], coverage.nearby)
        kept = alike[[0]].toarray()[0, 1:].tolist()
        for (skill, level), credit in zip(others, kept, strict=True):
            if credit > 0.0:
                yield skill, level, credit


def of_interests(mentors: Side, mentees: Side) -> Evidence:
    """Return the interests that two share, of how many."""

    def tell(i: int, j: int) -> tuple[Message, ...]:
        one, other = mentors.person(i), mentees.person(j)
        for person in (one, other):
            if not person.interests:
                return (Against("{person} states no interest", person=Who(person.id)),)
        theirs = {fold(name) for name in other.interests}
        shared = tuple(name for name in one.interests if fold(name) in theirs)
        sizes = {"own": len(one.interests), "others": len(other.interests)}
        if not shared:
            return (Against("no interest in common, of {own} and {others} stated", **sizes),)
        return (Message("in common, of {own} and {others}: {names}", names=shared, **sizes),)

    return tell


def of_languages(mentors: Side, mentees: Side) -> Evidence:
    """Return the languages that two share."""

    def tell(i: int, j: int) -> tuple[Message, ...]:
        one, other = mentors.person(i), mentees.person(j)
        for person in (one, other):
            if not person.languages:
                return (Against("{person} states no language", person=Who(person.id)),)
        spoken = [tuple(dict.fromkeys(t.split("-")[0] for t in p.languages)) for p in (one, other)]
        shared = tuple(tag for tag in spoken[0] if tag in spoken[1])
        if shared:
            return (Message("languages in common: {languages}", languages=shared),)
        return (Against("no language in common", languages=spoken[0]),)

    return tell


def of_hours(mentors: Side, mentees: Side, enough: float) -> Evidence:
    """Return the hours of the week that two share, in the local time of each."""
    free = mentors.slots(), mentees.slots()

    def tell(i: int, j: int) -> tuple[Message, ...]:
        people = mentors.person(i), mentees.person(j)
        for person in people:
            if not person.availability:
                return (Against("{person} states no availability", person=Who(person.id)),)
        both = free[0][i] & free[1][j]
        hours = float(both.sum()) * SLOT_MINUTES / 60
        if not both.any():
            return (
                Against("no hour a week in common, of {enough} that are enough", enough=enough),
            )
        text = Message(
            "{n} hour a week in common, of {enough} that are enough",
            "{n} hours a week in common, of {enough} that are enough",
            n=hours,
            enough=enough,
        )
        return text, *_local_times(people, both, mentors.reference)

    return tell


def _local_times(
    people: tuple[Participant, Participant], both: NDArray[np.bool_], reference: date
) -> Iterator[Message]:
    """Return shared half-hours of a UTC week as people's own times, once where they are equal."""
    shifts = [local_shift(person.time_zone, reference) for person in people]
    zones = [person.time_zone or "UTC" for person in people]
    if shifts[0] == shifts[1]:
        yield Message("{times} ({zone})", times=stretches(both, shifts[0]), zone=zones[0])
        return
    for person, shift, zone in zip(people, shifts, zones, strict=True):
        times, who = stretches(both, shift), Who(person.id)
        yield Message("for {person}: {times} ({zone})", person=who, times=times, zone=zone)


def stretches(slots: NDArray[np.bool_], shift: int) -> Message | tuple[Hours, ...]:
    """Return half-hours of a UTC week as stretches of time, some minutes ahead of UTC."""
    if slots.all():
        return Message("the whole week")
    start = int(np.flatnonzero(~slots)[0])  # a stretch does not begin before here
    turned = np.roll(slots, -start)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], turned, [False]]).astype(np.int8)))
    week = len(slots) * SLOT_MINUTES
    found: list[Hours] = []
    for first, last in edges.reshape(-1, 2).tolist():
        begin = ((first + start) * SLOT_MINUTES + shift) % week
        found.append(Hours(begin, begin + (last - first) * SLOT_MINUTES))
    return tuple(sorted(found, key=lambda one: one.start))


def of_gap(
    mentors: Side, mentees: Side, field: str, ideal: float, width: float, *, protected: bool
) -> Evidence:
    """Return two numbers and how far their gap is from the ideal; protected ones stay untold."""
    high, low = mentors.numbers(field), mentees.numbers(field)
    title = field_title(field)

    def tell(i: int, j: int) -> tuple[Message, ...]:
        gap = float(high[i] - low[j])
        if np.isnan(gap):
            return (unknown_for_both(field),)
        if protected:
            return (Message("the gap in {field} counts; its value is protected", field=title),)
        values = {"field": title, "high": _told(mentors, i, field), "low": _told(mentees, j, field)}
        return (
            Message(
                "{field}: {high} and {low}, a gap of {gap:+}; {ideal:+} is ideal, {width} away "
                "from it counts nothing",
                gap=round(gap, 2) + 0.0,
                ideal=ideal,
                width=width,
                **values,
            ),
        )

    return tell


def _told(side: Side, place: int, field: str) -> float | date | str:
    value = side.person(place).value(field)
    return value if isinstance(value, int | float | date) else str(value)


def unknown_for_both(field: str) -> Message:
    """Return that a field is not known for both of two."""
    return Against("{field} is not known for both", field=field_title(field))


def same_or_not(field: str, *, same: bool) -> Message:
    """Return whether two have the same in a field, and not what."""
    if same:
        return Message("{field} is the same for both", field=field_title(field))
    return Against("{field} is not the same for both", field=field_title(field))


def of_values(mentors: Side, mentees: Side, field: str, *, protected: bool) -> Evidence:
    """Return the values of two in a field; of a protected one, whether they are the same."""
    one, other = mentors.codes(field), mentees.codes(field)
    names, title = one.categories, field_title(field)

    def tell(i: int, j: int) -> tuple[Message, ...]:
        a, b = int(one.values[i]), int(other.values[j])
        if a < 0 or b < 0:
            return (unknown_for_both(field),)
        if protected:
            return (same_or_not(field, same=a == b),)
        if a == b:
            return (Message("{field} is “{value}” for both", field=title, value=names[a]),)
        values = {"field": title, "one": names[a], "other": names[b]}
        return (Message("{field} is “{one}” and “{other}”", **values),)

    return tell


def of_words(
    mentors: Side, mentees: Side, weights: tuple[csr_array, csr_array], words: Sequence[str]
) -> Evidence:
    """Return the words that two texts share, those that count most first."""

    def tell(i: int, j: int) -> tuple[Message, ...]:
        one, other = weights[0][[i]].toarray()[0], weights[1][[j]].toarray()[0]
        for row, person in ((one, mentors.person(i)), (other, mentees.person(j))):
            if not row.any():
                return (Against("{person} has written no text", person=Who(person.id)),)
        shared = one * other
        if not shared.any():
            return (Against("no word in common"),)
        best = np.argsort(-shared, kind="stable")[: min(WORDS, np.count_nonzero(shared))]
        if not words:
            return (
                Message(
                    "{n} word in common", "{n} words in common", n=int(np.count_nonzero(shared))
                ),
            )
        return (Message("words in common: {words}", words=tuple(words[k] for k in best)),)

    return tell


def of_ranks(mentors: Side, mentees: Side, by: str) -> Evidence:
    """Return how highly two rank each other."""

    def tell(i: int, j: int) -> tuple[Message, ...]:
        one, other = mentors.person(i), mentees.person(j)
        ranks = {"mentor": [(one, other)], "mentee": [(other, one)]}
        asked = ranks.get(by, [(one, other), (other, one)])
        if len(asked) > 1 and not any(_rank(*pair) for pair in asked):
            return (Against("neither has named the other"),)
        return tuple(_of_rank(*pair) for pair in asked)

    return tell


def _rank(ranker: Participant, ranked: Participant) -> int | None:
    """Return which wish of somebody another is, from 1; ``None`` where not named."""
    groups = enumerate(ranker.preferences, start=1)
    return next((rank for rank, group in groups if ranked.id in group), None)


def _of_rank(ranker: Participant, ranked: Participant) -> Message:
    values = {"person": Who(ranker.id), "other": Who(ranked.id)}
    rank = _rank(ranker, ranked)
    if rank is None:
        return Against("{person} has not named {other}", **values)
    of = {"rank": rank, "count": len(ranker.preferences)}
    return Message("{other} is wish {rank} of {count} of {person}", **of, **values)
