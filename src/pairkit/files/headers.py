"""Headers: what the header of a column says about the column."""

from __future__ import annotations

import re
from typing import Final

from pairkit.files.cells import KINDS
from pairkit.files.lexicon import HEADER_KEYS, SINGLES, VALUES, header_key
from pairkit.profiles import fold

__all__ = [
    "choice_header",
    "level_header",
    "manager_id",
    "rank_of",
    "recognized_field",
    "special_header",
]

_SPECIAL: Final = {
    header_key(word): kind for kind in ("attribute", "protected") for word in VALUES[kind]
}
_LISTS: Final = frozenset(name for name, kind in KINDS.items() if kind.many)
_CHOSEN: Final = frozenset({"skills", "needs", "interests", "languages"})  # one column per choice
_OF_AN_ID = re.compile(r"^id|id$|number$|matricule|identifiant")
_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_NUMBERED = re.compile(
    r"(?P<before>.*?)[ _]*(?:n[°o]\.?|nr\.?|#|\()? *(?P<number>[0-9]{1,2}) *\)?", re.IGNORECASE
)
_WORD = r"(?:level|niveau)"
_LEVEL = re.compile(
    rf"(?P<before>[^0-9]*?)[ _]*(?:n°)? ?(?P<number>[0-9]{{1,2}})[ _]*[-:(]?[ _]*{_WORD}\)?"
    rf"|{_WORD}(?: (?:of|de|du))?[ _]*(?P<after>[^0-9]*?)[ _]*(?:n°)? ?(?P<last>[0-9]{{1,2}})"
)
_CHOICE = re.compile(r"(?P<before>[^:\[\]]+?)\s*(?::\s*(.+)|\[(.+)\]|\s[-–—>]\s(.+))", re.DOTALL)


def recognized_field(header: str) -> str | None:
    """Return the field that a header usually stands for, in English or French, or ``None``.

    A number after the header of a field that holds a list does not matter.

    Examples
    --------
    >>> recognized_field("Ancienneté (années)"), recognized_field("Shoe size")
    ('experience', None)
    >>> recognized_field("Voeu n°2"), recognized_field("Level 2")
    ('preferences', None)
    """
    field = HEADER_KEYS.get(header_key(header)) or HEADER_KEYS.get(
        header_key(_BRACKETS.sub("", header))
    )
    if field is None and (match := _NUMBERED.fullmatch(header.strip())):
        field = _list_field(match["before"])
    return field


def rank_of(header: str) -> int:
    """Return the number at the end of a header, or 0.

    Examples
    --------
    >>> rank_of("Wish 2"), rank_of("Voeu n°10"), rank_of("Wishes")
    (2, 10, 0)
    """
    match = _NUMBERED.fullmatch(header.strip())
    return int(match["number"]) if match else 0


def level_header(header: str) -> tuple[str | None, int] | None:
    """Return the field, where it is said, and the number of ``Skill 2 level``, or ``None``.

    Examples
    --------
    >>> level_header("Niveau compétence 1"), level_header("Level 2"), level_header("Level")
    (('skills', 1), (None, 2), None)
    """
    match = _LEVEL.fullmatch(fold(header))
    if match is None:
        return None
    words, number = match["before"] or match["after"] or "", match["number"] or match["last"]
    field = _list_field(words) if words else None
    return None if words and field is None else (field, int(number))


def choice_header(header: str) -> tuple[str, str] | None:
    """Return the field and the choice in a header such as ``Skill: Python``, or ``None``.

    Examples
    --------
    >>> (
    ...     choice_header("Compétence : Python"),
    ...     choice_header("Skills [SQL]"),
    ...     choice_header("Team: A"),
    ... )
    (('skills', 'Python'), ('skills', 'SQL'), None)
    """
    match = _CHOICE.fullmatch(header.strip())
    field = _list_field(match["before"]) if match else None
    if match is None or field not in _CHOSEN:
        return None
    return field, next(name.strip() for name in match.groups()[1:] if name)


def _list_field(words: str) -> str | None:
    """Return the field with a list that words such as ``Skill`` stand for, or ``None``."""
    key = header_key(words)
    field = SINGLES.get(key) or HEADER_KEYS.get(key)
    return field if field in _LISTS else None


def manager_id(header: str) -> bool:
    """Return whether a header is a usual one for the manager and says that it holds an id."""
    return bool(_OF_AN_ID.search(header_key(header))) and recognized_field(header) == "manager"


def special_header(header: str) -> tuple[str, str] | None:
    """Return the kind and name in a header such as ``protected: Disability``, or ``None``."""
    if header in {"attributes", "protected"}:  # of a dumped participant: mappings
        return header.removesuffix("s"), header
    prefix, colon, name = header.partition(":")
    kind = _SPECIAL.get(header_key(prefix)) if colon else None
    return (kind, name.strip()) if kind and name.strip() else None
