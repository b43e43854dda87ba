"""Wide tables: columns that are there for one choice or one numbered level."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from pairkit.files.cells import KINDS, choice_kind
from pairkit.files.headers import (
    choice_header,
    joined_choice,
    level_header,
    rank_of,
    recognized_field,
)
from pairkit.files.items import PLAIN, plain
from pairkit.files.lexicon import FAMILY_KEYS, GIVEN_KEYS, header_key
from pairkit.files.plan import Plan
from pairkit.findings import FindingCode, Severity
from pairkit.profiles import fold

__all__ = ["take_choices", "take_joined_choices", "take_levels", "take_name"]

HIGHEST: Final = 10  # level that a mark may be
_SURE_CHOICE = re.compile(r"[^:\[\]]+:[^?]{1,30}")
_BETWEEN = " ;,|/\n"


def take_choices(plan: Plan, headers: Sequence[str], mapped: set[int], fed: set[str]) -> set[int]:
    """Add the columns that are there for one choice each; return their positions.

    One alone is a choice after a colon only, and where it is short and no question:
    ``Skills [at most 3]`` and ``Skills: what can you teach?`` are no choices.
    """
    found = {k: choice_header(header) for k, header in enumerate(headers) if k not in mapped}
    of_field = Counter(choice[0] for choice in found.values() if choice)
    taken = set[int]()
    for k, header in enumerate(headers):
        name, choice = found.get(k) or ("", "")
        alone = name and of_field[name] == 1
        if not name or name in fed or (alone and not _SURE_CHOICE.fullmatch(header)):
            continue
        _take_choice(plan, header, k, name, choice)
        taken.add(k)
    return taken


def _take_choice(plan: Plan, header: str, k: int, name: str, choice: str) -> None:
    plan.fields.setdefault(name, []).append(k)
    plan.choices[k] = choice
    plan.note(
        FindingCode.RECOGNIZED_COLUMN,
        Severity.INFO,
        header,
        f"{header!r} was read as one choice of {name}.",
    )


def take_joined_choices(
    plan: Plan,
    headers: Sequence[str],
    columns: Sequence[Sequence[object]],
    *,
    mapped: AbstractSet[int],
    fed: AbstractSet[str],
    missing: AbstractSet[str],
) -> set[int]:
    """Add columns such as ``skills_python`` that are there for one choice; return their positions.

    There have to be two or more with one stem, and nothing but marks and levels in their cells. A
    column for the stem itself that says the same once more is left out.

    Parameters
    ----------
    plan
        What is added to.
    headers, columns
        The headers of the table, and the cells below each.
    mapped
        The positions of the columns that feed something already.
    fed
        The fields that the column map feeds.
    missing
        Folded texts that mean that a cell is empty.
    """
    groups: dict[tuple[str, str], dict[int, str]] = {}
    free = {*range(len(headers))} - mapped
    for k in sorted(free):
        name, choice, stem = joined_choice(headers[k]) or ("", "", "")
        if name and name not in fed and _all_marks(name, choice, columns[k], missing):
            groups.setdefault((name, stem), {})[k] = choice
    can = {
        fold(choice)
        for (name, _), group in groups.items()
        if name == "skills"
        for choice in group.values()
    }
    taken = set[int]()
    for (name, stem), group in groups.items():
        of_others = can.intersection(map(fold, group.values()))
        if len(group) < 2 or (name == "needs" and _one_word(stem) and not of_others):
            continue  # "needs_visa" is nothing to learn
        for k, choice in group.items():
            _take_choice(plan, headers[k], k, name, choice)
        taken |= group.keys()
        for k, header in enumerate(headers):
            same = k in free and header_key(header.rpartition("/")[2]) == header_key(stem)
            if same and _is_told_again(columns[k], group.values()):
                taken.add(k)
                plan.note(
                    FindingCode.EXTRA_COLUMN,
                    Severity.INFO,
                    header,
                    f"{header!r} was left out: each of its choices has a column of its own.",
                )
    return taken


def _one_word(stem: str) -> bool:
    return stem.replace("_", " ").split() == [stem]


def _all_marks(name: str, choice: str, cells: Sequence[object], missing: AbstractSet[str]) -> bool:
    """Return whether the cells of a column say who has a choice, or at which level."""
    kind = choice_kind(KINDS[name], choice)
    try:
        kind.read(choice, PLAIN)
        for cell in set(map(plain, cells)) - {None}:
            if isinstance(cell, str) and fold(cell) in missing:
                continue
            levels = kind.read(cell, PLAIN)
            if isinstance(levels, dict) and max(levels.values()) > HIGHEST:
                return False
    except (TypeError, ValueError):  # lists are no marks
        return False
    return True


def _is_told_again(cells: Sequence[object], choices: Iterable[str]) -> bool:
    """Return whether cells hold nothing but choices."""
    longest_first = sorted(map(fold, choices), key=len, reverse=True)
    for text in {cell for cell in cells if isinstance(cell, str)}:
        rest = fold(text).replace("_", " ")
        for choice in longest_first:
            rest = rest.replace(choice, " ")
        if rest.strip(_BETWEEN):
            return False
    return True


def take_name(plan: Plan, headers: Sequence[str], mapped: AbstractSet[int]) -> set[int]:
    """Add the columns of a given and a family name, as one name; return their positions."""
    keys = {k: header_key(header) for k, header in enumerate(headers) if k not in mapped}
    given = [k for k, key in keys.items() if key in GIVEN_KEYS]
    family = [k for k, key in keys.items() if key in FAMILY_KEYS]
    whole = any(recognized_field(headers[k]) == "name" for k in keys if k not in family)
    if len(given) != 1 or len(family) != 1 or whole:
        return set()
    plan.fields["name"] = [*given, *family]
    one, other = headers[given[0]], headers[family[0]]
    message = f"{one!r} and {other!r} were read as name, together."
    plan.note(FindingCode.RECOGNIZED_COLUMN, Severity.INFO, one, message)
    return {*given, *family}


def take_levels(plan: Plan, headers: Sequence[str], mapped: set[int], fed: set[str]) -> set[int]:
    """Add the columns with the level of a numbered skill; return their positions."""
    names: dict[tuple[str | None, int], list[tuple[str, int]]] = {}
    for k, header in enumerate(headers):
        field, rank = recognized_field(header), rank_of(header)
        if k not in mapped and rank and field in {"skills", "needs"} and field not in fed:
            names.setdefault((field, rank), []).append((field, k))
            names.setdefault((None, rank), []).append((field, k))
    taken = set[int]()
    for k, header in enumerate(headers):
        of = names.get(level_header(header) or ("", 0), []) if k not in mapped else []
        if len(of) == 1 and of[0] not in plan.levels:
            plan.levels[of[0]] = k
            taken.add(k)
            plan.note(
                FindingCode.RECOGNIZED_COLUMN,
                Severity.INFO,
                header,
                f"{header!r} was read as the level of {headers[of[0][1]]!r}.",
            )
    return taken
