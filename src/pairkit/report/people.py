"""People: what they are called on a page, and what of theirs is not shown there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pairkit.matching import Matching

__all__ = ["People", "Person", "cut", "people_of", "reads_protected", "shortened"]

LONGEST: Final = 80  # characters of a name or an id
CONTROLS: Final = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
ISOLATE: Final = "\u2068{}\u2069"


@dataclass(frozen=True, slots=True)
class Person:
    """A person on a page.

    Parameters
    ----------
    id
        The id, shortened.
    name
        The name, shortened; ``None`` where there is none, or it is left out.
    """

    id: str
    name: str | None = None

    @property
    def shown(self) -> str:
        """What to call the person."""
        return self.name or self.id


class People:
    """Everybody on a page, by id.

    Parameters
    ----------
    names
        Names by id; without those who have none.
    """

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    def __getitem__(self, identifier: str) -> Person:
        """Return a person by id."""
        name = self._names.get(identifier)
        return Person(shortened(identifier), None if name is None else shortened(name))

    def called(self, matching: Matching) -> dict[str, str]:
        """Return what to call everybody of a matching inside of a sentence, by id."""
        return {one: _isolated(self[one].shown) for one in _ids(matching)}


def people_of(matching: Matching, *, anonymize: bool) -> People:
    """Return the people of a matching, with their names unless these are left out."""
    if anonymize or matching.roster is None:
        return People({})
    return People({one.id: one.name for one in matching.roster if one.name is not None})


def shortened(text: str, longest: int = LONGEST) -> str:
    """Return a text that is not too long, without characters that turn the text around it."""
    return cut(text, longest).translate(CONTROLS)


def cut(text: str, longest: int) -> str:
    """Return a text that is not too long."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def reads_protected(value: object, protected: AbstractSet[str]) -> bool:
    """Return whether a scorer or rule, or anything in it, names or may read a protected field.

    Parameters
    ----------
    value
        The scorer or rule.
    protected
        The names of the fields.
    """
    if isinstance(value, str):
        return value in protected
    if getattr(value, "allow_protected", False):
        return True
    inner: Iterable[object] = ()
    if isinstance(value, tuple | list):
        inner = value
    elif isinstance(value, Mapping):
        inner = (*value, *value.values())
    elif is_dataclass(value):
        inner = (getattr(value, one.name) for one in fields(value))
    return any(reads_protected(one, protected) for one in inner)


def _isolated(name: str) -> str:
    """Return a name that keeps its own direction of writing to itself."""
    return name if name.isascii() else ISOLATE.format(name)


def _ids(matching: Matching) -> Iterator[str]:
    if matching.roster is not None:
        yield from (one.id for one in matching.roster)
    for pair in matching.pairs:
        yield pair.mentor
        yield pair.mentee
    yield from (one.id for one in matching.unmatched)
    yield from matching.outside
