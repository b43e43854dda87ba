"""Titles: what fields, roles, rules and parts of a score are called where people read of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final, TypeAlias

from pairkit.messages import Label, Message, Noun, Value, Who

__all__ = ["ROLES", "field_title", "part_title", "rule_label", "rule_title"]

FIELDS: Final[Mapping[str, Message]] = {
    str(one): one
    for one in (
        Message("about"),
        Message("age"),
        Message("country"),
        Message("department"),
        Message("experience"),
        Message("gender"),
        Message("hired"),
        Message("level"),
        Message("manager"),
        Message("retires"),
        Message("roles"),
        Message("site"),
        Message("status"),
    )
}

ROLES: Final[Mapping[str, Noun]] = {
    "mentor": Noun("mentor", "mentors"),
    "mentee": Noun("mentee", "mentees"),
    "peer": Noun("peer", "peers"),
}

Title: TypeAlias = Callable[[str], str]  # of what stands in parentheses


def field_title(name: str) -> str:
    """Return what a field is called in any language; an attribute has only its own name."""
    return FIELDS.get(name, name)


def rule_title(label: str) -> str:
    """Return what a rule is called, by its label; an unknown label stays as it is.

    Examples
    --------
    >>> rule_title("SameValue(site)")
    'same site'
    >>> rule_title("GapWindow(level) #2")
    'admitted gap in level, no. 2'
    """
    return _title(label, RULES, RULES_OF)


def rule_label(label: str) -> str:
    """Return a rule's label as a value of a message: English keeps it."""
    return label if isinstance(label, Message) else _labeled(label)


@lru_cache(maxsize=1024)  # the reasons of many people name the same few rules
def _labeled(label: str) -> str:
    title = rule_title(label)
    return label if title is label else Label(label, title)


def part_title(name: str) -> str:
    """Return what a part of a score, or a soft rule, is called; a name of one's own stays.

    Examples
    --------
    >>> part_title("TwoWay(SkillCoverage)")
    'both ways: needs met by skills'
    >>> part_title("our own")
    'our own'
    """
    return _title(name, {**PARTS, **RULES}, {**PARTS_OF, **RULES_OF})


LABEL: Final = re.compile(
    r"(?P<kind>\w[\w ]*)(\((?P<detail>.*?)\))?( #(?P<number>\d+))?(: (?P<group>.+))?", re.DOTALL
)


def _title(label: str, plain: Mapping[str, Message], detailed: Mapping[str, Title]) -> str:
    """Return the title of a label: a kind, its detail, its number and its group."""
    found = None if isinstance(label, Message) else LABEL.fullmatch(label)
    if found is None:
        return label
    kind, detail = found["kind"], found["detail"]
    if detail is None and kind in plain:
        title: str = plain[kind]
    elif detail and kind in detailed:
        title = detailed[kind](detail)
    else:
        return label
    if found["number"]:
        title = Message("{title}, no. {number}", title=title, number=found["number"])
    if found["group"]:
        group = _compared(found["group"]) if kind == "Parity" else found["group"]
        title = Message("{title}: {group}", title=title, group=group)
    return title


def _compared(names: str) -> Value:
    """Return the two groups that are compared; as they stand where a name has an "and" itself."""
    both = names.split(" and ")
    return tuple(both) if len(both) == 2 else names


def _partners(everybody: Callable[[str], Message], groups: Callable[[str, str], Message]) -> Title:
    """Return the title of a rule on the partners of people, or of groups of people."""

    def title(detail: str) -> str:
        who, _, per = detail.partition(", per ")
        role, _, where = who.partition(" ")
        own = groups(role, per) if per else everybody(role)
        return Message("{title}, by {fields}", title=own, fields=_fields(where)) if where else own

    return title


def _fields(names: str) -> Value:
    return tuple(field_title(name) for name in names.split(" and "))


def _one(role: str) -> str:
    return ROLES[role].of(1) if role in ROLES else role


def _several(role: str) -> str:
    return ROLES[role].of(2) if role in ROLES else role


def _quota(detail: str) -> str:
    """Return the title of a quota, by what it counts, or by the name that it was given."""
    if detail in COUNTED:
        return Message("quota: {name}", name=COUNTED[detail].of(2))
    pieces: list[Value] = []
    for piece in detail.split(", "):
        kind, _, names = piece.partition(" ")
        if kind not in KINDS or not names:
            return Message("quota: {name}", name=detail)
        pieces.append(KINDS[kind](_fields(names)))
    return Message("quota: {counted:,}", counted=tuple(pieces))


COUNTED: Final[Mapping[str, Noun]] = {
    "pairs": Noun("pair", "pairs"),
    "mentors": ROLES["mentor"],
    "mentees": ROLES["mentee"],
}
KINDS: Final[Mapping[str, Callable[[Value], Message]]] = {
    "same": lambda fields: Message("same {field}", field=fields),
    "different": lambda fields: Message("different {field}", field=fields),
    "mentor": lambda fields: Message("mentors by {fields}", fields=fields),
    "mentee": lambda fields: Message("mentees by {fields}", fields=fields),
    "per": lambda fields: Message("per {field}", field=fields),
}


def _people(detail: str) -> Value:
    """Return the ids, pairs of ids, and the number of further ones of a label."""
    return tuple(map(_person, detail.split(", ")))


def _person(word: str) -> Value:
    pair = word.split(" with ")
    if len(pair) == 2:
        return Message("{mentor} with {mentee}", mentor=Who(pair[0]), mentee=Who(pair[1]))
    more = re.fullmatch(r"(\d+) more", word)
    return Message("{n} more", "{n} more", n=int(more[1])) if more else Who(word)


def _if_then(detail: str) -> str:
    given, _, then = detail.partition(", ")
    return Message(
        "if {given}, then at least one of: {others:,}", given=_people(given), others=_people(then)
    )


RULES: Final[Mapping[str, Message]] = {
    "Avoid": Message("people who asked not to be paired"),
    "Capacity": Message("capacity"),
    "CommonLanguage": Message("a common language"),
    "Continuity": Message("a limit on broken pairs"),
    "Forbid": Message("people kept apart"),
    "Horizon": Message("enough time before retirement"),
    "MinimumOverlap": Message("enough time in common"),
    "MinimumScore": Message("minimum score"),
    "NotInReportingLine": Message("not in one reporting line"),
    "NotRepeated": Message("no pair made again"),
    "Oneself": Message("nobody paired with themselves"),
    "Ready": Message("ready to take part"),
    "Repeated": Message("no pair twice"),
    "Require": Message("required pairs"),
    "Roles": Message("roles"),
    "Roster": Message("roster"),
}
RULES_OF: Final[Mapping[str, Title]] = {
    "AtMostOneOf": lambda ids: Message("at most one of {people:,}", people=_people(ids)),
    "DifferentValue": lambda field: Message("different {field}", field=field_title(field)),
    "GapWindow": lambda field: Message("admitted gap in {field}", field=field_title(field)),
    "IfThen": _if_then,
    "MaximumLoad": _partners(
        lambda role: Message("largest number of partners for each {role}", role=_one(role)),
        lambda role, per: Message(
            "largest number of partners for {roles} of each {field}",
            roles=_several(role),
            field=field_title(per),
        ),
    ),
    "MinimumLoad": _partners(
        lambda role: Message("least number of partners for each {role}", role=_one(role)),
        lambda role, per: Message(
            "least number of partners for {roles} of each {field}",
            roles=_several(role),
            field=field_title(per),
        ),
    ),
    "MinimumMatched": lambda role: Message("enough {roles} with a partner", roles=_several(role)),
    "PairPredicate": lambda name: Message("own rule: {name}", name=name),
    "Parity": lambda field: Message("parity by {field}", field=field_title(field)),
    "Quota": _quota,
    "Require": lambda pair: Message("required pair: {people}", people=_people(pair)),
    "SameValue": lambda field: Message("same {field}", field=field_title(field)),
    "Together": lambda ids: Message("together: {people:,}", people=_people(ids)),
}

PARTS: Final[Mapping[str, Message]] = {
    # default names
    "AvailabilityOverlap": Message("time in common"),
    "PreferenceRank": Message("wishes"),
    "SharedInterests": Message("shared interests"),
    "SharedLanguage": Message("a common language"),
    "SkillCoverage": Message("needs met by skills"),
    "Vectors": Message("similar vectors"),
    # the names in presets and examples
    "across departments": Message("across departments"),
    "experience flows back": Message("experience flows back"),
    "interests": Message("interests"),
    "needs of the mentee": Message("needs of the mentee"),
    "needs of the senior": Message("needs of the senior"),
    "time in common": Message("time in common"),
    "wishes": Message("wishes"),
}
PARTS_OF: Final[Mapping[str, Title]] = {
    "Different": lambda field: Message("different {field}", field=field_title(field)),
    "Gap": lambda field: Message("gap in {field}", field=field_title(field)),
    "PairFunction": lambda name: Message("function: {name}", name=name),
    "Same": lambda field: Message("same {field}", field=field_title(field)),
    "TextSimilarity": lambda field: Message("similar texts: {field}", field=field_title(field)),
    "TwoWay": lambda inner: Message("both ways: {part}", part=part_title(inner)),
}
