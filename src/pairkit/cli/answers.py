"""Answers: what people read who ask why, in one of several languages, at 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Final

from pairkit.explain import OWN_AND_PARTNERS
from pairkit.messages import Label, Language, Message, Who
from pairkit.titles import part_title, rule_label

if TYPE_CHECKING:
    from pairkit.difference import GroupDifference, MatchingDifference
    from pairkit.explain import Explanation
    from pairkit.facts import PartOfScore
    from pairkit.switching import Alternative
    from pairkit.whynot import WhyNot
    from pairkit.whyunmatched import WhyUnmatched

__all__ = [
    "alternatives_text",
    "difference_text",
    "explanation_text",
    "plain",
    "why_not_text",
    "why_unmatched_text",
]

WIDTH: Final = 80
BAR: Final = 16
NUMBERS: Final = 23
NAME: Final = WIDTH - BAR - NUMBERS - 4
PEOPLE: Final = 20  # whose differences are told, unless all are asked for
NOBODY: Final = Message("nobody: the rules leave nobody else whose places could be freed")


def plain(value: object, language: Language) -> object:
    """Return a value as JSON holds it, with its messages in a language."""
    if isinstance(value, Message):
        return language.say(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: plain(getattr(value, one.name), language) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(one, language) for key, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(one, language) for one in value]
    return value


def explanation_text(explanation: Explanation, language: Language) -> str:
    """Return the parts of a score with their facts, what forbids the pair, and the next best."""
    two = {"mentor": Who(explanation.mentor), "mentee": Who(explanation.mentee)}
    title = (
        Message("{mentor} with {mentee}: a score of {score:.3}", score=explanation.score, **two)
        if explanation.peers
        else Message(
            "{mentor} mentors {mentee}: a score of {score:.3}", score=explanation.score, **two
        )
    )
    forbidden = [
        Message("{rule} forbids it: {fact}", rule=rule_label(one.rule), fact=one.why)
        for one in explanation.objections
    ]
    best = [
        Message(
            "{person}: {partner}, with a score of {score:.3}",
            person=Who(one.id),
            partner=Who(one.partner),
            score=one.score,
        )
        for one in explanation.next_best
    ]
    lines = [language.say(title), ""]
    lines += [line for part in explanation.parts for line in _part(part, language)]
    lines += _listed(
        Message("Rules"), forbidden or [Message("no rule forbids this pair")], language
    )
    lines += _listed(Message("Next best, by the score alone"), best, language)
    return "\n".join(lines)


def _part(part: PartOfScore, language: Language) -> Iterator[str]:
    """Return a part of a score: a line with its numbers, then its facts."""
    full = round(BAR * min(max(part.value, 0.0), 1.0))
    numbers = Message(
        "{contribution:.3} = {weight:.3} × {value:.3}",
        contribution=part.contribution,
        weight=part.weight,
        value=part.value,
    )
    name = language.say(Label(part.name, part_title(part.name)))
    bar = "█" * full + "·" * (BAR - full)
    yield f"{_cut(name):<{NAME}}  {bar}  {language.say(numbers):>{NUMBERS}}"
    yield from _items(part.evidence, language)
    for one in part.directions:
        told = Message(
            "{giver} for {taker}: {value:.3}",
            giver=Who(one.giver),
            taker=Who(one.taker),
            value=one.value,
        )
        yield from _items([told], language)
        yield from _items(one.evidence, language, indent=4)


def _cut(name: str) -> str:
    return name if len(name) <= NAME else f"{name[: NAME - 1]}…"


def why_not_text(answer: WhyNot, language: Language) -> str:
    """Return why a pair was not made."""
    title = Message(
        "Why not {mentor} with {mentee}, who score {score:.3}?",
        mentor=Who(answer.mentor),
        mentee=Who(answer.mentee),
        score=answer.score,
    )
    told = answer.messages[: len(answer.messages) - len(answer.moves)]
    lines = [language.say(title), *_items(told, language)]
    moves = [one.message for one in answer.moves]
    return "\n".join([*lines, *_listed(Message("Whose partners change"), moves, language)])


def why_unmatched_text(answer: WhyUnmatched, language: Language) -> str:
    """Return why somebody has no partner, and what would have to change."""
    partner = OWN_AND_PARTNERS[answer.role][1].of(1)
    title = Message("Why has {person} no {role}?", person=Who(answer.id), role=partner)
    if answer.code is None:
        title = Message("Why is {person} on no side?", person=Who(answer.id))
    lines = [language.say(title), *_items([answer.reason], language)]
    if answer.code is None:
        return "\n".join([*lines, *_items([answer.change], language)])
    partners = [one.message for one in answer.partners]
    changes = [one.message for one in answer.changes] or [answer.change]
    lines += _listed(Message("How few are left"), answer.messages, language)
    lines += _listed(Message("What a pair with them would mean"), partners, language)
    lines += _listed(Message("What would make sure of a partner"), changes, language)
    return "\n".join(lines)


def alternatives_text(person: str, found: Sequence[Alternative], language: Language) -> str:
    """Return the next best partners of a person."""
    told = [one.message for one in found] or [NOBODY]
    title = Message("Who else for {person}, and what the pair would mean", person=Who(person))
    return "\n".join([language.say(title), *_items(told, language)])


def difference_text(found: MatchingDifference, language: Language, *, all_: bool) -> str:
    """Return what changes from one matching to another, and for whom."""
    told = found.people if all_ else found.people[:PEOPLE]
    people = [one.message for one in told]
    if len(found.people) > len(told):
        people.append(Message("and {n} more", "and {n} more", n=len(found.people) - len(told)))
    lines = [language.say(Message("What changes")), *_items(found.messages, language)]
    groups = [_group(one) for one in found.groups]
    lines += _listed(Message("By group"), groups, language)
    return "\n".join([*lines, *_listed(Message("For whom"), people, language)])


def _group(one: GroupDifference) -> Message:
    if one.gained is None or one.lost is None or one.mean is None:
        return Message("{group}: too few people to tell, or no score", group=one.name)
    return Message(
        "{group}: of {people} people, {gained} with a higher score and {lost} with a lower; "
        "{mean:+.3} on average",
        group=one.name,
        people=one.people,
        gained=one.gained,
        lost=one.lost,
        mean=one.mean,
    )


def _listed(title: Message, told: Sequence[str], language: Language) -> list[str]:
    """Return sentences under a heading; nothing where there are none."""
    return ["", language.say(title), *_items(told, language)] if told else []


def _items(told: Iterable[str], language: Language, *, indent: int = 2) -> Iterator[str]:
    """Return sentences as items of a list, wrapped; ids and numbers stay whole."""
    for one in told:
        yield from textwrap.wrap(
            language.say(one),
            WIDTH,
            initial_indent=f"{' ' * indent}- ",
            subsequent_indent=" " * (indent + 2),
            break_on_hyphens=False,
        )
