"""Pseudonyms: the same people under ids that say nothing about who they are."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from pairkit.errors import InputError
from pairkit.profiles import AttributeValue, FrozenDict, Participant

__all__ = ["pseudonymized"]

LENGTH: Final = 12  # characters of 5 bits: two of 300,000 people collide once in 25 million keys


def pseudonymized(
    people: Sequence[Participant], key: str | bytes, references: Iterable[str] = ()
) -> list[Participant]:
    """Return the people with ids and names replaced, and with everything that names an id.

    Parameters
    ----------
    people
        The people, with unique ids.
    key
        The secret.
    references
        Attributes that hold ids of people, beside those of which every value is one.

    Raises
    ------
    InputError
        The key is empty, an attribute is nobody's, or two ids have the same pseudonym.
    """
    secret = key.encode() if isinstance(key, str) else key
    if not secret:
        raise InputError("The key is empty. Take a long random one, and keep it.")
    named = frozenset(references)
    absent = named.difference(*((*one.attributes, *one.protected) for one in people))
    if absent:
        raise InputError(f"Nobody has the attribute {min(absent)!r}, named in references.")
    hidden = _Pseudonyms(secret)
    for person in people:
        hidden[person.id]
    named |= _reference_attributes(people)
    return [_hide(person, hidden, named) for person in people]


class _Pseudonyms(dict[str, str]):
    """The pseudonym of each id, made at its first use."""

    def __init__(self, secret: bytes) -> None:
        super().__init__()
        self._secret = secret
        self._taken: dict[str, str] = {}

    def __missing__(self, one: str) -> str:
        digest = hmac.new(self._secret, one.encode(), hashlib.sha256).digest()
        hidden = "p" + base64.b32encode(digest)[:LENGTH].decode().lower()
        if self._taken.setdefault(hidden, one) != one:
            raise InputError(f"Two ids have the pseudonym {hidden!r} under this key: take another.")
        self[one] = hidden
        return hidden


def _reference_attributes(people: Iterable[Participant]) -> frozenset[str]:
    """Return the attributes of which every value is somebody's id, such as an earlier partner."""
    ids = {person.id for person in people}
    holds: dict[str, bool] = {}
    for person in people:
        for name, value in (*person.attributes.items(), *person.protected.items()):
            holds[name] = holds.get(name, True) and isinstance(value, str) and _named(value, ids)
    return frozenset(name for name, found in holds.items() if found)


def _named(value: str, ids: set[str]) -> bool:
    return all(one.strip() in ids for one in value.split(";"))


def _hide(person: Participant, hidden: Mapping[str, str], named: frozenset[str]) -> Participant:
    one = hidden[person.id]
    return person.model_copy(
        update={
            "id": one,
            "name": one if person.name is not None else None,
            "manager": hidden[person.manager] if person.manager else None,
            "preferences": tuple(
                tuple(hidden[other] for other in group) for group in person.preferences
            ),
            "avoid": tuple(hidden[other] for other in person.avoid),
            "attributes": _hide_in(person.attributes, hidden, named),
            "protected": _hide_in(person.protected, hidden, named),
        }
    )


def _hide_in(
    values: FrozenDict[str, AttributeValue], hidden: Mapping[str, str], named: frozenset[str]
) -> FrozenDict[str, AttributeValue]:
    if not named & values.keys():
        return values
    return FrozenDict(
        {
            name: "; ".join(hidden[one.strip()] for one in str(value).split(";") if one.strip())
            if name in named
            else value
            for name, value in values.items()
        }
    )
