"""Orientation: what each person is given before a pair begins, made from the two people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pairkit.availability import local_shift, week_slots
from pairkit.errors import OutputError
from pairkit.files import write_text
from pairkit.messages import Message, Who, language_of
from pairkit.profiles import Role
from pairkit.report.people import People
from pairkit.report.rendering import render
from pairkit.rounds.starting import skills_to_pass_on
from pairkit.scoring.evidence import stretches

if TYPE_CHECKING:
    from os import PathLike

    from pairkit.messages import Hours, Language
    from pairkit.profiles import Participant

__all__ = ["OrientationPack", "Section", "orientation_pack", "write_orientation_packs"]

SLOTS: Final = 3  # shared hours that are proposed
SUFFIXES: Final = (".html", ".md")
MEETINGS: Final = (
    (
        Message("get to know each other, and agree on how often and how long you meet"),
        Message("say what each of you wants to take away, and what stays between you"),
    ),
    (
        Message("work on the first need, with a real task and not with slides"),
        Message("the one who learns has the hands on the keyboard"),
    ),
    (
        Message("see what has worked, and choose the next need"),
        Message("turn it round: what the one who learns knows best"),
    ),
)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a pack: what it is called, and its points."""

    title: Message
    points: tuple[Message, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class OrientationPack:
    """What one person is given before a pair begins.

    Parameters
    ----------
    person
        Whose it is: an id.
    role
        The person's role.
    partner
        The other one; ``None`` where there is no pair yet.
    sections
        What is told, in order.
    """

    person: str
    role: Role
    partner: str | None
    sections: tuple[Section, ...] = field(repr=False)


def orientation_pack(
    person: Participant,
    role: Role,
    partner: Participant | None = None,
    *,
    on: date | None = None,
    contact: str = "",
    reverse: bool = True,
) -> OrientationPack:
    """Return what a person is given before a pair begins.

    What the program is for, what is expected of this person in this role, the partner's needs and
    what to prepare for each, an agenda for the first three meetings in hours that the two share,
    good practice, and whom to ask.

    Parameters
    ----------
    person
        Whose it is.
    role
        The person's role.
    partner
        The other one; without, the pack is about the role alone.
    on
        The day for which local hours are told; by default today.
    contact
        Whom to ask, such as a name with an address.
    reverse
        Whether the one who mentors is the less senior of the two.

    Examples
    --------
    >>> from pairkit.profiles import Participant
    >>> junior = Participant(id="M-17", skills=["Slack"], availability="Mon 9:00-11:00")
    >>> senior = Participant(id="E-42", needs=["Slack"], availability="Mon 10:00-12:00")
    >>> pack = orientation_pack(junior, Role.MENTOR, senior, on=date(2027, 3, 1))
    >>> [str(point) for point in pack.sections[2].points]
    ['Slack: ask E-42 for a task in which it is missing, and prepare that one']
    """
    day = on or date.today()  # noqa: DTZ011 - the user's own day
    mentor = role is Role.MENTOR
    sections = [
        Section(Message("What this is for"), PURPOSE if reverse else PURPOSE[1:]),
        Section(Message("What is expected of you"), EXPECTED[role]),
    ]
    if partner is not None:
        pair = (person, partner) if mentor else (partner, person)
        sections += [
            Section(Message("What to prepare"), tuple(_prepared(*pair, mentor_reads=mentor))),
            *_agenda(person, partner, day),
        ]
    sections += [
        Section(Message("Good practice"), PRACTICE[role]),
        Section(Message("Whom to ask"), (_asked(contact),)),
    ]
    other = None if partner is None else partner.id
    return OrientationPack(person.id, role, other, tuple(sections))


def _prepared(mentor: Participant, mentee: Participant, *, mentor_reads: bool) -> Iterator[Message]:
    """Return what to prepare for each need of the partner, the most urgent first."""
    for skill in skills_to_pass_on(mentor, mentee):
        if mentor_reads:
            yield Message(
                "{skill}: ask {partner} for a task in which it is missing, and prepare that one",
                skill=skill,
                partner=Who(mentee.id),
            )
        else:
            yield Message(
                "{skill}: note a task of yours in which it is missing; {partner} can show you",
                skill=skill,
                partner=Who(mentor.id),
            )
    for skill in skills_to_pass_on(mentee, mentor):
        if mentor_reads:
            yield Message(
                "{skill}: {partner} can teach you that; say what you want to know",
                skill=skill,
                partner=Who(mentee.id),
            )
        else:
            yield Message(
                "{skill}: {partner} wants to learn that from you; think of an example",
                skill=skill,
                partner=Who(mentor.id),
            )
    taught = set(skills_to_pass_on(mentor, mentee))
    open_ = tuple(need for need in mentee.needs if need not in taught)
    if open_:
        yield Message("not among the skills of this pair: {needs}", needs=open_)


def _agenda(person: Participant, partner: Participant, day: date) -> Iterator[Section]:
    """Return the first three meetings, each in hours that the two share, in the reader's time."""
    times = shared_hours(person, partner, day)
    zone = person.time_zone or "UTC"
    for k, topics in enumerate(MEETINGS):
        when = (
            Message(
                "when: {time} ({zone}), or what suits you both",
                time=times[k % len(times)],
                zone=zone,
            )
            if times
            else Message("when: you state no hours in common, so agree on a time")
        )
        yield Section(Message("Meeting {n}", n=k + 1), (when, *topics))


def shared_hours(person: Participant, partner: Participant, day: date) -> tuple[Hours, ...]:
    """Return the first stretches of the week in which two are free, in the first one's time."""
    free = [week_slots(one.availability, one.time_zone, day) for one in (person, partner)]
    both = free[0] & free[1]
    if not both.any() or both.all():
        return ()
    found = stretches(both, local_shift(person.time_zone, day))
    return () if isinstance(found, Message) else found[:SLOTS]


def _asked(contact: str) -> Message:
    if contact:
        return Message("ask {contact}", contact=contact)
    return Message("the people who run the program; they also help where the two of you do not fit")


PURPOSE: Final = (
    Message("the one who mentors is the less senior of the two: what is new flows upwards"),
    Message("digital skills and new ways of working, shown by a colleague in daily work"),
    Message("the experience of the one who learns flows back: both take something away"),
)
EXPECTED: Final = {
    Role.MENTOR: (
        Message("meet at the agreed times, or say early that you cannot"),
        Message("start from what your partner does at work, and show one thing at a time"),
        Message("keep to yourself what you are told"),
        Message("answer the short questions about how it goes"),
    ),
    Role.MENTEE: (
        Message("meet at the agreed times, or say early that you cannot"),
        Message("bring real tasks, and say what you do not know"),
        Message("share what you know of the organization, its people and its history"),
        Message("answer the short questions about how it goes"),
    ),
}
PRACTICE: Final = {
    Role.MENTOR: (
        Message("ask before you explain: what has been tried, and what is it for"),
        Message("no jargon; where a word is needed, write it down together"),
        Message("let your partner do it, and wait: silence is work"),
        Message("rank does not count here; respect for experience does"),
        Message("end each meeting with one thing to try before the next"),
    ),
    Role.MENTEE: (
        Message("no question is too simple: yours helps the next person too"),
        Message("practice a little every week rather than much once"),
        Message("say how you learn best: by reading, by watching, or by doing"),
        Message(
            "tell what this would have changed ten years ago: that is what your partner learns"
        ),
    ),
}


def write_orientation_packs(
    packs: Sequence[OrientationPack],
    path: str | PathLike[str],
    *,
    names: dict[str, str] | None = None,
    program: str = "",
    language: str | Language = "en",
    templates: str | PathLike[str] | None = None,
    overwrite: bool = False,
) -> None:
    """Write packs as one file: ``.html``, a page each when printed, or ``.md``.

    Parameters
    ----------
    packs
        The packs.
    path
        Where to write.
    names
        What to call people, by id; the ids stand without.
    program
        What the program is called.
    language
        ``"en"``, ``"fr"`` or a :class:`~pairkit.Language`.
    templates
        A folder with an ``orientation.html`` or ``orientation.md`` of your own, in Jinja; ours are
        in ``pairkit/report/templates``, to start from.
    overwrite
        Whether an existing file may be replaced.

    Raises
    ------
    InputError
        There is no such language.
    MissingExtraError
        Jinja or Babel is not installed.
    OutputError
        The suffix is another, the file exists and ``overwrite`` is false, or it cannot be written.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        raise OutputError(f"{Path(path).name}: packs are written as .html or .md.")
    spoken = language_of(language)
    people = People(names or {})
    text = render(
        f"orientation{suffix}",
        spoken.named({one: people[one].shown for one in names or {}}),
        folder=None if templates is None else str(templates),
        program=program,
        packs=[
            (people[pack.person], people[pack.partner] if pack.partner else None, pack)
            for pack in packs
        ],
        mentor=Role.MENTOR,
    )
    write_text(path, text, overwrite=overwrite)
