"""Headers: what the header of a column says about the column."""

from __future__ import annotations

import re
from typing import Final

from pairkit.availability import is_day
from pairkit.files.cells import KINDS
from pairkit.files.lexicon import ASIDES, HEADER_KEYS, ORDINALS, SINGLES, VALUES, header_key
from pairkit.profiles import fold

__all__ = [
    "choice_header",
    "is_free_answer",
    "joined_choice",
    "level_header",
    "manager_id",
    "may_rank_anything",
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
LONGEST: Final = 500  # characters: what is longer is no usual header, and slow to compare
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_NUMBERED = re.compile(
    r"(?P<before>.*?)[ _]*(?:n[°o]\.?|nr\.?|#|\()? *(?P<number>[0-9]{1,2}) *\)?", re.IGNORECASE
)
_GAP = re.compile(r"[ _.-]+")  # after an ordinal number
_WORD = r"(?:level|niveau)"
_LEVEL = re.compile(
    rf"(?P<before>[^0-9]*?)[ _]*(?:n°)? ?(?P<number>[0-9]{{1,2}})[ _]*[-:(]?[ _]*{_WORD}\)?"
    rf"|{_WORD}(?: (?:of|de|du))?[ _]*(?P<after>[^0-9]*?)[ _]*(?:n°)? ?(?P<last>[0-9]{{1,2}})"
)
_SPECIFIED = re.compile(r"(?:other|autre)s?\b.*\b(?:specify|preci)")  # what it is, in each cell
_JOINS = re.compile(r"[/._]")
_CHOICE = re.compile(r"(?P<before>[^:\[\]]+?)\s*(?::\s*(.+)|\[(.+)\]|\s[-–—>]\s(.+))", re.DOTALL)


def recognized_field(header: str) -> str | None:
    """Return the field that a header usually stands for, in English or French, or ``None``.

    A number after the header of a field that holds a list, or before it, does not matter.

    Examples
    --------
    >>> recognized_field("Ancienneté (années)"), recognized_field("Shoe size")
    ('experience', None)
    >>> recognized_field("Voeu n°2"), recognized_field("1st wish"), recognized_field("Level 2")
    ('preferences', 'preferences', None)
    """
    if len(header) > LONGEST:
        return None
    field = HEADER_KEYS.get(header_key(header)) or HEADER_KEYS.get(
        header_key(_BRACKETS.sub("", header))
    )
    return _list_field(_ranked(header)[0]) if field is None and rank_of(header) else field


def rank_of(header: str) -> int:
    """Return the number at the end of a header, or the ordinal number before it, or 0.

    Examples
    --------
    >>> rank_of("Wish 2"), rank_of("Voeu n°10"), rank_of("Troisième vœu"), rank_of("Wishes")
    (2, 10, 3, 0)
    """
    return _ranked(header)[1]


def may_rank_anything(header: str) -> bool:
    """Return whether a header such as ``Choice 2`` does not say that people are chosen."""
    return header_key(_ranked(header)[0]) in {"choice", "choix"}


def _ranked(header: str) -> tuple[str, int]:
    """Return the words of a header without the number that they have, and that number or 0."""
    if len(header) > LONGEST:
        return header, 0
    match = _NUMBERED.fullmatch(header.strip())
    header = _BRACKETS.sub("", header)
    if match := match or _NUMBERED.fullmatch(header.strip()):
        return match["before"], int(match["number"])
    ordinal, *words = _GAP.split(fold(header).strip(), maxsplit=1)
    return (words[0], ORDINALS.get(ordinal, 0)) if words else (header, 0)


def level_header(header: str) -> tuple[str | None, int] | None:
    """Return the field, where it is said, and the number of ``Skill 2 level``, or ``None``.

    Examples
    --------
    >>> level_header("Niveau compétence 1"), level_header("Level 2"), level_header("Level")
    (('skills', 1), (None, 2), None)
    """
    match = _LEVEL.fullmatch(fold(header)) if len(header) <= LONGEST else None
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
    match = _CHOICE.fullmatch(header.strip()) if len(header) <= LONGEST else None
    field = _list_field(match["before"]) if match else None
    choice = next((name.strip() for name in match.groups()[1:] if name), "") if match else ""
    if field not in _CHOSEN and not (field == "availability" and is_day(choice)):
        return None
    return (field, choice) if field and not is_free_answer(choice) else None


def is_free_answer(choice: str) -> bool:
    """Return whether a choice such as ``Other (please specify)`` says nothing, but its cells do."""
    return _SPECIFIED.match(fold(choice)) is not None


def joined_choice(header: str) -> tuple[str, str, str] | None:
    """Return the field, the choice and the stem of ``Skills/Python`` or ``skills_python``.

    Programs for forms join them by a slash, a point or a low line, but people write other things
    so, too: the other headers and the cells have to decide.

    Examples
    --------
    >>> joined_choice("survey/skills/data_science"), joined_choice("can_teach_sql")
    (('skills', 'data science', 'skills'), ('skills', 'sql', 'can_teach'))
    >>> joined_choice("Skills / Compétences"), joined_choice("skills_level")
    (None, None)
    """
    if recognized_field(header) is not None or level_header(header) is not None:
        return None
    for mark in reversed([*_JOINS.finditer(header)]):  # skills_to_learn_sql is for learning
        stem = header[: mark.start()].rpartition("/")[2].strip()
        choice = header[mark.end() :].replace("_", " ").strip()
        field = _list_field(stem)
        if field in _CHOSEN and choice and not _is_aside(choice):
            return field, choice, stem
    return None


def _is_aside(text: str) -> bool:
    """Return whether a text after a header says more about it, or is a header itself."""
    known = HEADER_KEYS.get(header_key(text)) or _list_field(text)
    return bool(known) or text.isdecimal() or fold(text) in ASIDES


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
