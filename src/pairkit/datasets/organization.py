"""Sample rosters: invented people of an invented organization."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from operator import itemgetter
from typing import Final, get_args

import numpy as np
from numpy.typing import NDArray

from pairkit.availability import MINUTES_PER_DAY, Window
from pairkit.datasets.drawing import draw
from pairkit.datasets.names import invent_names
from pairkit.datasets.staff import HEAD, Integers, Staff, hire, shares
from pairkit.datasets.vocabularies import (
    DEPARTMENTS,
    EVERYWHERE,
    GENDERS,
    INTERESTS,
    MANUFACTURING,
    OVERSEAS,
    SENTENCES,
    SITES,
    SKILLS,
    THIRD_LANGUAGES,
    Language,
    translation,
)
from pairkit.errors import InputError
from pairkit.roster import Roster
from pairkit.validation import paused_collector

__all__ = ["REFERENCE", "check_least", "sample"]

REFERENCE: Final = date(2026, 11, 2)
"""The day that the dates of a sample are relative to: a Monday, in winter time."""

Column = Sequence[object]
Names = Iterable[str]
_PROPER = frozenset({"Python"})


def sample(n: int = 60, *, language: Language = "en", seed: int = 0) -> Roster:
    """Return the people of an invented organization that prepares a reverse-mentoring program.

    A middle-sized manufacturer with nine departments and seven sites in four countries, one of them
    overseas. Roughly a third are juniors who know digital tools (role mentor), a third are
    seniors with long experience (role mentee), and the rest is undecided or open to both. About one
    in five is above 55; most of those who retire within six years have their date on file. Some
    people work part time or in shifts, some are on leave, not yet trained, or waiting since the
    last round. Everybody but the head has a manager of a higher level in the roster.

    Parameters
    ----------
    n
        How many people, at least 1; 100,000 take seconds.
    language
        ``"en"`` or ``"fr"``: the language of every word, and where the organization sits. The same
        seed gives the same organization in both, with other names.
    seed
        Seed of the random numbers, at least 0.

    Raises
    ------
    InputError
        ``n`` or ``seed`` is too small, or there is no sample in that language.

    Notes
    -----
    Dates are relative to :data:`REFERENCE`. Ages are in years, levels from 1 to 8, skill
    levels from 1 to 5, priorities from 1 to 3.

    Examples
    --------
    >>> roster = sample(40, language="fr")
    >>> roster
    Roster(40 people)
    >>> roster == sample(40, language="fr")
    True
    """
    check_least("n", n, 1)
    check_least("seed", seed, 0)
    if language not in get_args(Language):
        raise InputError(f"There is no sample in {language!r}. Choose 'en' or 'fr'.")
    streams = np.random.default_rng(seed).spawn(7)
    staff = hire(n, streams[0])
    ids = _ids(n, streams[1])
    sides = _sides(staff, streams[2])
    with paused_collector():
        columns: dict[str, Column] = {
            "id": ids,
            "roles": [_ROLES[side] for side in sides.tolist()],
            **_texts(staff, sides, language, streams[3]),
            "availability": _availability(staff, streams[4]),
            **_places(staff, ids, language),
            **_facts(staff, sides, streams[5]),
            **_wishes(staff, sides, ids, streams[6]),
        }
        rows = sorted(zip(*columns.values(), strict=True), key=itemgetter(0))  # by id
        return Roster.from_records([dict(zip(columns, row, strict=True)) for row in rows])


def check_least(name: str, value: int, least: int) -> None:
    """Raise unless a number is large enough.

    Raises
    ------
    InputError
        It is not.
    """
    if value < least:
        raise InputError(f"{name} is {value}; it must be at least {least}.")


def _ids(n: int, rng: np.random.Generator) -> list[str]:
    width = max(4, len(str(n)))
    return [f"E-{number:0{width}d}" for number in (rng.permutation(n) + 1).tolist()]


# --- what each could give and take ----------------------------------------------------------------

_MENTOR, _MENTEE, _BOTH, _UNDECIDED = range(4)
_ROLES: Final = (["mentor"], ["mentee"], ["mentor", "mentee"], None)


def _sides(staff: Staff, rng: np.random.Generator) -> Integers:
    """Return who mentors, who is a mentee, who could be both, and who leaves it open."""
    middle = np.where(rng.random(len(staff)) < 0.4, _BOTH, _UNDECIDED)
    junior = (staff.age < 36) & (staff.level <= 4)
    senior = (staff.age >= 50) | (staff.level >= 6)
    return np.where(junior, _MENTOR, np.where(senior, _MENTEE, middle))


_SKILLS_MOST, _NEEDS_MOST = 6, 4


def _skills(
    staff: Staff, sides: Integers, language: Language, rng: np.random.Generator
) -> tuple[list[dict[str, int]], list[dict[str, int]]]:
    """Return skills with levels and needs with priorities: what each generation knows and lacks."""
    n, youth = len(staff), staff.youth[:, None]
    names = [skill.name.text(language) for skill in SKILLS]
    digital = np.array([skill.digital for skill in SKILLS])
    places = np.array(
        [[d in skill.departments for skill in SKILLS] for d in range(len(DEPARTMENTS))]
    )
    special = np.array([skill.departments != EVERYWHERE for skill in SKILLS])
    common = np.array([skill.name.weight for skill in SKILLS]) * np.where(special, 2, 1)
    common = common * places[staff.department]
    with np.errstate(divide="ignore"):
        known = draw(rng, 1 / (common * np.where(digital, youth, 1 - youth)), _SKILLS_MOST)
        wanted = common * np.where(digital, 1 - youth, youth)
        np.put_along_axis(wanted, known, 0, axis=1)
        needed = draw(rng, 1 / wanted, _NEEDS_MOST)
    strength = np.where(digital, 2 + 1.6 * youth, 1.5 + staff.experience[:, None] / 12)
    mean = np.take_along_axis(strength, known, axis=1)
    levels = np.clip(np.rint(rng.normal(mean, 0.8)), 1, 5).astype(np.int64)
    priorities = rng.integers(1, 4, needed.shape)
    many = rng.integers(3, _SKILLS_MOST + 1, n)
    few = rng.integers(1, _NEEDS_MOST, n) + (sides == _MENTEE)
    return _ranked(names, known, levels, many), _ranked(names, needed, priorities, few)


def _ranked(
    names: Sequence[str], columns: Integers, values: Integers, counts: Integers
) -> list[dict[str, int]]:
    """Return the first ``counts`` names of each row with their values, largest first."""
    values = np.where(np.arange(columns.shape[1]) < counts[:, None], values, 0)
    order = np.argsort(-values, axis=1, kind="stable")
    ranked: list[list[int]] = np.take_along_axis(columns, order, axis=1).tolist()
    largest: list[list[int]] = np.take_along_axis(values, order, axis=1).tolist()
    return [
        {names[k]: value for k, value in zip(row[:count], levels[:count], strict=True)}
        for row, levels, count in zip(ranked, largest, counts.tolist(), strict=True)
    ]


def _interests(n: int, language: Language, rng: np.random.Generator) -> list[list[str]]:
    names = [term.text(language) for term in INTERESTS]
    rarity = np.broadcast_to(1 / shares(INTERESTS), (n, len(names)))
    chosen = draw(rng, rarity, 5).tolist()
    counts = rng.integers(2, 6, n).tolist()
    return [[names[k] for k in row[:count]] for row, count in zip(chosen, counts, strict=True)]


def _languages(staff: Staff, language: Language, rng: np.random.Generator) -> list[list[str]]:
    """Return what people speak: overseas, some speak only the other language."""
    n, other = len(staff), translation(language)
    overseas = staff.site == OVERSEAS
    only_other = (overseas & (rng.random(n) < 0.25)).tolist()
    bilingual = (rng.random(n) < np.where(overseas, 1.0, 0.25 + 0.4 * staff.youth)).tolist()
    third = np.where(rng.random(n) < 0.18, rng.integers(0, len(THIRD_LANGUAGES), n), -1).tolist()
    spoken: list[list[str]] = []
    for alone, both, k in zip(only_other, bilingual, third, strict=True):
        tags: list[str] = [other] if alone else [language, other] if both else [language]
        spoken.append([*tags, *THIRD_LANGUAGES[k : k + 1]] if k >= 0 else tags)
    return spoken


# --- when and where -------------------------------------------------------------------------------

_REGULAR, _EARLY, _LATE, _ABROAD = range(4)
_HALF_HOURS = (  # when windows start, in half-hours after midnight, by kind of working day
    (17, 18, 18, 19, 20, 26, 27, 28, 28, 29),
    (14, 16, 18, 20, 20, 21, 22, 22, 23, 23),
    (26, 26, 27, 27, 28, 28, 29, 30, 31, 32),
    (16, 16, 16, 17, 17, 17, 18, 18, 19, 20),
)
_LAST_HALF_HOUR = (36, 28, 42, 26)
_DAY_RARITY = np.array([1.3, 0.8, 1.2, 0.8, 1.5])  # Tuesdays and Thursdays are liked


def _availability(staff: Staff, rng: np.random.Generator) -> list[tuple[Window, ...]]:
    """Return two to five windows a week, one a day, inside each person's working day."""
    n = len(staff)
    shift = np.where(rng.random(n) < 0.5, _EARLY, _LATE)
    shop_floor = (staff.department == MANUFACTURING) & (staff.level <= 4)
    shifts = shop_floor & (rng.random(n) < 0.6)
    kind = np.where(shifts, shift, np.where(staff.site == OVERSEAS, _ABROAD, _REGULAR))
    part_time = rng.random(n) < 0.1
    rarity = np.where(part_time[:, None] & [False, False, True, False, True], np.inf, _DAY_RARITY)
    counts = np.where(part_time, rng.integers(2, 4, n), rng.integers(2, 6, n))
    days = draw(rng, rarity, 5)
    slot = rng.integers(0, len(_HALF_HOURS[0]), (n, 5))
    start = np.take_along_axis(np.array(_HALF_HOURS)[kind], slot, axis=1)
    end = np.minimum(start + rng.integers(4, 9, (n, 5)), np.array(_LAST_HALF_HOUR)[kind][:, None])
    begins = (days * MINUTES_PER_DAY + start * 30).tolist()
    ends = (days * MINUTES_PER_DAY + end * 30).tolist()
    return [
        tuple(sorted(map(Window, begin[:count], end[:count])))
        for begin, end, count in zip(begins, ends, counts.tolist(), strict=True)
    ]


def _places(staff: Staff, ids: Sequence[str], language: Language) -> dict[str, Column]:
    departments = [term.text(language) for term in DEPARTMENTS]
    places = [SITES[k] for k in staff.site.tolist()]
    return {
        "department": [departments[k] for k in staff.department.tolist()],
        "site": [place.name.text(language) for place in places],
        "country": [place.country.text(language) for place in places],
        "time_zone": [place.time_zone[language] for place in places],
        "level": staff.level.tolist(),
        "manager": [ids[k] if k >= 0 else None for k in staff.manager.tolist()],
    }


# --- what the program keeps about them ------------------------------------------------------------


def _facts(staff: Staff, sides: Integers, rng: np.random.Generator) -> dict[str, Column]:
    n = len(staff)
    on_leave = rng.random(n) < 0.03
    on_leave[HEAD] = False
    hired = _months_from_reference(-staff.tenure)
    dated = (staff.age >= 55.5) & (staff.remaining <= 6) & (rng.random(n) < 0.92)
    retires = _months_from_reference(np.ceil(staff.remaining * 12).astype(np.int64))
    waiting = (rng.random(n) < 0.1) & ~on_leave & (staff.tenure >= 9)
    since = [REFERENCE - timedelta(days=k) for k in rng.integers(20, 240, n).tolist()]
    mentors = (sides != _MENTEE) & (sides != _UNDECIDED)
    mentor_capacity = np.select(
        [mentors & (rng.random(n) < 0.14), rng.random(n) < 0.02], [2, 0], -1
    )
    mentee_capacity = np.where(rng.random(n) < 0.015, 0, -1)
    return {
        "age": np.floor(staff.age).astype(np.int64).tolist(),
        "experience": staff.experience.tolist(),
        "hired": hired,
        "retires": _only(dated, retires),
        "mentor_capacity": _only(mentor_capacity >= 0, mentor_capacity.tolist()),
        "mentee_capacity": _only(mentee_capacity >= 0, mentee_capacity.tolist()),
        "status": ["on leave" if away else "active" for away in on_leave.tolist()],
        "orientation_done": (rng.random(n) < 0.92).tolist(),
        "consent": (rng.random(n) < 0.98).tolist(),
        "waiting_since": _only(waiting, since),
    }


def _only(given: NDArray[np.bool_], values: Column) -> list[object]:
    """Return the values where they are given, and ``None`` elsewhere."""
    return [value if here else None for here, value in zip(given.tolist(), values, strict=True)]


def _months_from_reference(months: Integers) -> list[date]:
    """Return the first of a month, so many months from that of the reference."""
    first = np.datetime64(REFERENCE, "M") + months.astype("timedelta64[M]")
    dates: list[date] = first.astype("datetime64[D]").tolist()
    return dates


def _wishes(
    staff: Staff, sides: Integers, ids: Sequence[str], rng: np.random.Generator
) -> dict[str, Column]:
    """Return a few people's preferred partners of the other side, and colleagues they avoid."""
    n = len(staff)
    order = np.argsort(staff.department, kind="stable")
    sizes = np.bincount(staff.department, minlength=len(DEPARTMENTS))
    start = np.cumsum(sizes) - sizes
    of = staff.department
    avoided = order[start[of] + rng.integers(0, sizes[of])]
    avoids = (rng.random(n) < 0.04) & (avoided != np.arange(n))
    preferences: list[object] = [None] * n
    for side, other in ((_MENTOR, _MENTEE), (_MENTEE, _MENTOR)):
        pool = np.flatnonzero(sides == other)
        people = np.flatnonzero((sides == side) & (rng.random(n) < 0.1)).tolist()
        for k in people if pool.size else ():
            unwanted = {staff.manager[k], avoided[k] if avoids[k] else -1}
            liked: list[int] = pool[rng.integers(0, pool.size, 3)].tolist()
            wanted = [ids[j] for j in dict.fromkeys(liked) if j not in unwanted]
            preferences[k] = _ties(wanted, k)
    avoid = [[ids[k]] for k in avoided.tolist()]
    return {"preferences": preferences, "avoid": _only(avoids, avoid)}


def _ties(liked: Sequence[str], variant: int) -> list[Sequence[str]]:
    """Return ranked groups: all apart, the first two tied, or the last two tied."""
    cuts = ((1, 2), (2, 2), (1, 1))[variant % 3]
    groups = (liked[: cuts[0]], liked[cuts[0] : cuts[1]], liked[cuts[1] :])
    return [group for group in groups if group]


# --- in words -------------------------------------------------------------------------------------


def _texts(
    staff: Staff, sides: Integers, language: Language, rng: np.random.Generator
) -> dict[str, Column]:
    gender = np.where(rng.random(len(staff)) < 0.5, 0, 1)
    names = invent_names(staff.site, gender, staff.age, language, rng)
    stated = np.where(rng.random(len(staff)) < 0.01, 2, gender)
    genders = [GENDERS[k].text(language) for k in stated.tolist()]
    skills, needs = _skills(staff, sides, language, rng)
    interests = _interests(len(staff), language, rng)
    return {
        "name": names,
        "gender": _only(rng.random(len(staff)) < 0.95, genders),
        "skills": skills,
        "needs": needs,
        "interests": interests,
        "languages": _languages(staff, language, rng),
        "about": _introductions(staff, sides, (skills, needs, interests), language, rng),
    }


def _introductions(
    staff: Staff,
    sides: Integers,
    known: tuple[Sequence[Names], Sequence[Names], Sequence[Names]],
    language: Language,
    rng: np.random.Generator,
) -> list[str | None]:
    """Return a sentence or two for most people, about their first skill, need and interest."""
    texts = {
        side: [term.text(language) for term in terms]
        for side, terms in (
            (_MENTOR, SENTENCES.mentor),
            (_MENTEE, SENTENCES.mentee),
            (_BOTH, SENTENCES.undecided),
            (_UNDECIDED, SENTENCES.undecided),
        )
    }
    chosen = rng.random(len(staff)).tolist()
    rows = zip(sides.tolist(), chosen, staff.experience.tolist(), *known, strict=True)
    introductions: list[str | None] = []
    for side, chance, years, skills, needs, interests in rows:
        choice = int(chance * (len(texts[side]) + 0.5))  # the last half says nothing
        introductions.append(
            texts[side][choice].format(
                skill=_inner(next(iter(skills))),
                need=_inner(next(iter(needs))),
                interest=_inner(next(iter(interests))),
                years=int(years),
            )
            if choice < len(texts[side])
            else None
        )
    return introductions


def _inner(name: str) -> str:
    """Return a name as it is written inside a sentence: ``Team leadership`` in lower case."""
    proper = name in _PROPER or not name[1:2].islower()
    return name if proper else name[0].lower() + name[1:]
