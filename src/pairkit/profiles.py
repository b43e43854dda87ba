"""Participant: one person, as the program knows them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Final, Literal, NoReturn, TypeVar, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    JsonValue,
    PlainSerializer,
    PlainValidator,
    WithJsonSchema,
)
from pydantic_core.core_schema import CoreSchema, no_info_after_validator_function

from pairkit.availability import Window, parse_windows, time_zone

__all__ = [
    "FIELDS",
    "INVISIBLE",
    "MAX_LEVEL",
    "AttributeValue",
    "EmploymentStatus",
    "FrozenDict",
    "Participant",
    "Protected",
    "Role",
    "fold",
]

MAX_LEVEL: Final = 10.0
AttributeValue = str | bool | int | float | date

K = TypeVar("K")
V = TypeVar("V")


class FrozenDict(dict[K, V]):
    """A dictionary that cannot change: equal to a plain one, hashable, safe to share."""

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("This mapping is frozen. Make a new participant instead.")

    if not TYPE_CHECKING:
        __setitem__ = __delitem__ = __ior__ = _refuse
        clear = pop = popitem = setdefault = update = _refuse

        def __hash__(self) -> int:
            """Return a hash that agrees with equality."""
            return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[type[FrozenDict[K, V]], tuple[dict[K, V]]]:
        """Return how to pickle and copy the mapping without changing it."""
        return type(self), (dict(self),)

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Return how pydantic validates the mapping: as a dictionary, then frozen."""
        key, value = get_args(source) or (object, object)
        inner = handler.generate_schema(dict[key, value])  # type: ignore[valid-type]
        return no_info_after_validator_function(cls, inner)


@dataclass(frozen=True, slots=True)
class Protected:
    """A mark on a field that must not decide who meets whom unless somebody says so.

    Use it as ``Annotated[str | None, Protected()]`` in a subclass of :class:`Participant`. Fields
    so marked feed metrics and quotas; a scorer or rule that reads one must be given
    ``allow_protected=True``.
    """


class Role(StrEnum):
    """The side of a pair that a person may take."""

    MENTOR = "mentor"
    MENTEE = "mentee"


class EmploymentStatus(StrEnum):
    """Whether a person is there to be matched."""

    ACTIVE = "active"
    ON_LEAVE = "on leave"
    LEFT = "left"


_TYPED = str.maketrans({"\u2019": "'", "\u2018": "'", "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE"})
INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_NEVER_SEEN = re.compile("[\u00ad\u200b\u2060\ufeff]")  # joiners and directions shape their text


_ACCENTS = re.compile("[\u0300-\u034e\u0350-\u036f]")  # combining, as in decomposed letters
_SPACES = re.compile("[\u00a0\u2007\u2009\u202f\u3000]")


def tidy(text: str) -> str:
    """Return a text as a person sees it: composed accents, plain spaces, no invisible signs.

    Examples
    --------
    >>> tidy("  E\u0301quipe\u00a0com\u00admune ")
    'Équipe commune'
    """
    if text.isascii():
        return text.strip()
    seen = _SPACES.sub(" ", _NEVER_SEEN.sub("", unicodedata.normalize("NFC", text)))
    return seen.strip()


@lru_cache(maxsize=262144)
def fold(text: str) -> str:
    """Return a text for comparison: without case, accents, invisible signs or double spaces.

    A typographic apostrophe is a straight one, and ``œ`` is ``oe``, as keyboards write them.

    Examples
    --------
    >>> fold("  Gestion  de PROJET à l'écrit ")
    "gestion de projet a l'ecrit"
    """
    if text.isascii():
        return " ".join(text.lower().split())
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", text))
    if not plain.isascii():  # more than accents
        plain = unicodedata.normalize("NFKD", INVISIBLE.sub("", text).translate(_TYPED))
        plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(plain.casefold().split())


def _identifier(value: object) -> object:
    """Return an integer id as text; a boolean or a float is no id."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _blank_to_none(value: str | None) -> str | None:
    return value or None


def _names(value: object) -> object:
    """Return names as a tuple without repeats; one text is split at ``;``."""
    if value is None:
        return ()
    if isinstance(value, str):
        value = [name.strip() for name in value.split(";")]
    if isinstance(value, set | frozenset):
        value = sorted(value, key=str)
    if not isinstance(value, list | tuple):
        return value
    try:
        names = dict.fromkeys(value)
    except TypeError:  # no names: something else, which is for pydantic to tell
        return list(value)
    names.pop("", None)
    return tuple(names)


def _levels(value: object) -> object:
    """Return levels by name; a bare list of names means level 1 each."""
    if isinstance(value, (dict, Mapping)):  # a dictionary is told at once
        return value
    names = _names(value)
    if isinstance(names, tuple) and all(isinstance(one, str) for one in names):
        return dict(_named_level(one) for one in names)
    return names


_NAMED_LEVEL = re.compile(r"(.*\S)\s*\((\d+(?:[.,]\d+)?)\)")


def _named_level(name: str) -> tuple[str, float]:
    """Return a skill and its level: ``Python (3)`` has 3, ``Python`` has 1."""
    match = _NAMED_LEVEL.fullmatch(name) if name.endswith(")") else None
    return (match[1], float(match[2].replace(",", "."))) if match else (name, 1.0)


_ROLES = {"both": frozenset(Role)} | {role.value: frozenset({role}) for role in Role}


def _roles(value: object) -> object:
    """Return roles as a set; ``both`` means both, nothing means undecided."""
    if isinstance(value, str) and value in _ROLES:
        return _ROLES[value]
    if isinstance(value, frozenset) and value and value <= _ROLES["both"]:
        return value
    items = _names(value)
    if not isinstance(items, tuple):
        return items
    words = {item.lower() if isinstance(item, str) else item for item in items}
    if "both" in words:
        return frozenset(Role)
    return frozenset(words) if words else None


_LANGUAGE = re.compile(
    r"[a-z]{2,3}(-[a-z]{3}){0,3}(-[a-z]{4})?(-([a-z]{2}|\d{3}))?(-([a-z0-9]{5,8}|\d[a-z0-9]{3}))*",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def _language(tag: str) -> str:
    """Return a BCP-47 tag in its usual case: ``pt-BR``, ``zh-Hant``."""
    tag = tag.replace("_", "-")
    if not _LANGUAGE.fullmatch(tag):
        raise ValueError(f"{tag!r} is not a BCP-47 language tag. Write it as 'fr' or 'pt-BR'.")
    first, *rest = tag.lower().split("-")
    cased = [
        part.title()
        if len(part) == 4 and part.isalpha()
        else part.upper()
        if len(part) == 2
        else part
        for part in rest
    ]
    return "-".join([first, *cased])


@lru_cache(maxsize=4096)
def _languages(value: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_language(tag) for tag in value))


def _zone(value: str | None) -> str | None:
    if value:
        time_zone(value)
    return value or None


def _ranks(value: object) -> object:
    """Return ranked preferences as groups of ties; a text uses ``;`` between and ``=`` for ties."""
    if value is None:
        return ()
    if isinstance(value, str):
        value = [group.split("=") for group in value.replace(">", ";").split(";")]
    if not isinstance(value, Iterable) or isinstance(value, Mapping):
        return value
    given = list(value)
    if not all(isinstance(group, str | int | list | tuple | set | frozenset) for group in given):
        return given
    groups = (_tie(group) for group in given)
    return tuple(group for group in groups if group)


def _tie(group: str | int | Iterable[object]) -> tuple[str, ...]:
    """Return the ids of one group without repeats; of a set, in alphabetical order."""
    ids = [group] if isinstance(group, str | int) else group
    texts = [text for one in ids if (text := str(one).strip())]
    return tuple(dict.fromkeys(sorted(texts) if isinstance(group, set | frozenset) else texts))


def _check_ranks(value: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    ranked = [one for group in value for one in group]
    if len(ranked) != len(set(ranked)):
        again = next(one for one in ranked if ranked.count(one) > 1)
        raise ValueError(f"{again!r} is ranked twice.")
    return value


def _window_texts(value: tuple[Window, ...]) -> list[str]:
    return [str(window) for window in value]


# What a JSON Schema says may be written, where more is read than the type alone tells.
_Name = Annotated[str, Field(min_length=1)]
_Level = Annotated[float, Field(ge=0, le=MAX_LEVEL)]
_NamesInput = str | list[_Name]
_LevelsInput = str | list[_Name] | dict[_Name, _Level]
_RolesInput = Literal["mentor", "mentee", "both"] | list[Literal["mentor", "mentee", "both"]] | None
_RanksInput = str | list[_Name | int | list[_Name | int]]
_WINDOW: Final[JsonValue] = {
    "anyOf": [{"type": "string"}, {"type": "object", "required": ["day", "start", "end"]}]
}

Identifier = Annotated[
    str, BeforeValidator(_identifier, json_schema_input_type=_Name | int), Field(min_length=1)
]
Text = Annotated[str | None, AfterValidator(_blank_to_none)]
Names = Annotated[tuple[_Name, ...], BeforeValidator(_names, json_schema_input_type=_NamesInput)]
Levels = Annotated[
    FrozenDict[_Name, _Level], BeforeValidator(_levels, json_schema_input_type=_LevelsInput)
]
Number = Annotated[float, Field(allow_inf_nan=False)]
Capacity = Annotated[int, Field(ge=0, le=1_000_000_000)]
NO_LEVELS: Final[FrozenDict[str, float]] = FrozenDict()
NO_ATTRIBUTES: Final[FrozenDict[str, AttributeValue]] = FrozenDict()
Attributes = FrozenDict[str, AttributeValue]


def _marks(annotation: object) -> Iterator[object]:
    """Return the marks anywhere inside an annotation, such as in a part of a union."""
    yield from getattr(annotation, "__metadata__", ())
    for inner in get_args(annotation):
        yield from _marks(inner)


class Participant(BaseModel):
    """One person: what they can teach, want to learn and like, when, where, and with whom.

    Only ``id`` is needed. A field that is ``None`` or empty was not stated; every scorer and rule
    says what it does then.

    Parameters
    ----------
    id
        Unique in the roster. Kept as text, so that ``00123`` stays what it is.
    name
        What the person is called, for people to read; never used to match, never in a ``repr``.
    roles
        ``mentor``, ``mentee`` or both; ``None`` leaves it to the program.
    skills
        What the person can teach: level by name, 0 to 10. In a list, ``Python (3)`` has level 3
        and a bare name level 1.
    needs
        What the person wants to learn: priority by name, 0 to 10. A bare list means 1.
    interests
        What the person likes, in any order.
    languages
        BCP-47 tags, such as ``fr`` or ``pt-BR``.
    availability
        Weekly windows of local time, such as ``Mon 09:00-12:00``.
    time_zone
        IANA name, such as ``Europe/Paris``; ``None`` means UTC.
    department, site, country
        Where the person sits in the organization.
    level
        Grade, any number; higher is more senior.
    hired
        Date of hire.
    experience
        In years, 0 to 100.
    retires
        Expected retirement date.
    manager
        Id of the person's manager.
    mentor_capacity, mentee_capacity
        The most partners the person may have in that role; ``None`` takes the program's default.
    preferences
        Ids of partners, best first; a group of ids is a tie.
    avoid
        Ids of people this person must not be paired with.
    status
        Active, on leave, or left.
    orientation_done
        Whether the person has been trained for the program.
    consent
        Whether the person agreed to take part.
    waiting_since
        Since when the person has been waiting for a partner.
    about
        Free text.
    age
        In years. Protected.
    gender
        As the person states it. Protected.
    attributes
        Any further column, by name.
    protected
        Any further column that is protected, by name.

    Examples
    --------
    >>> junior = Participant(id="M-17", skills=["Python", "Video editing"], level=2)
    >>> junior.skills
    {'Python': 1.0, 'Video editing': 1.0}
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        str_strip_whitespace=True,
        hide_input_in_errors=True,  # nobody's data belongs in an error
    )

    id: Identifier
    name: Text = None
    roles: Annotated[
        frozenset[Role] | None,
        BeforeValidator(_roles, json_schema_input_type=_RolesInput),
        PlainSerializer(sorted, return_type=list[Role], when_used="json-unless-none"),
    ] = None
    skills: Levels = NO_LEVELS
    needs: Levels = NO_LEVELS
    interests: Names = ()
    languages: Annotated[Names, AfterValidator(_languages)] = ()
    availability: Annotated[
        tuple[Window, ...],
        PlainValidator(parse_windows),
        PlainSerializer(_window_texts, return_type=list[str]),
        WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": _WINDOW}]}),
    ] = ()
    time_zone: Annotated[str | None, AfterValidator(_zone)] = None
    department: Text = None
    site: Text = None
    country: Text = None
    level: Number | None = None
    hired: date | None = None
    experience: Annotated[float, Field(ge=0, le=100)] | None = None
    retires: date | None = None
    manager: Annotated[
        Text, BeforeValidator(_identifier, json_schema_input_type=str | int | None)
    ] = None
    mentor_capacity: Capacity | None = None
    mentee_capacity: Capacity | None = None
    preferences: Annotated[
        tuple[tuple[str, ...], ...],
        BeforeValidator(_ranks, json_schema_input_type=_RanksInput),
        AfterValidator(_check_ranks),
    ] = ()
    avoid: Annotated[
        tuple[Identifier, ...],
        BeforeValidator(_names, json_schema_input_type=str | list[_Name | int]),
    ] = ()
    status: EmploymentStatus = EmploymentStatus.ACTIVE
    orientation_done: bool | None = None
    consent: bool | None = None
    waiting_since: date | None = None
    about: Text = None
    age: Annotated[Annotated[float, Field(ge=0, le=150)] | None, Protected()] = None
    gender: Annotated[Text, Protected()] = None
    attributes: Attributes = NO_ATTRIBUTES
    protected: Attributes = NO_ATTRIBUTES

    def __repr__(self) -> str:
        """Return the id alone: nobody's data belongs in a log."""
        return f"{type(self).__name__}(id={self.id!r})"

    __str__ = __repr__

    def __hash__(self) -> int:
        """Return a hash that agrees with equality."""
        return hash(self.id)

    @classmethod
    def protected_fields(cls) -> frozenset[str]:
        """Return the names of the model's own fields that are marked protected."""
        return frozenset(
            name
            for name, info in cls.model_fields.items()
            if name == "protected"
            or any(
                isinstance(mark, Protected) for mark in (*info.metadata, *_marks(info.annotation))
            )
        )

    def value(self, field: str) -> object:
        """Return what the person has under a field or attribute of that name, or ``None``.

        Parameters
        ----------
        field
            A field of this class, or a key of ``attributes`` or ``protected``.
        """
        if field in FIELDS or field in type(self).model_fields:
            found: object = getattr(self, field)
            return found
        return self.attributes.get(field, self.protected.get(field))

    def without_protected(self) -> Participant:
        """Return the same person with every protected field left out."""
        blank = dict.fromkeys(self.protected_fields(), None) | {"protected": NO_ATTRIBUTES}
        return self.model_copy(update=blank)


FIELDS: Final = frozenset(Participant.model_fields)
