"""Wide tables: columns that are there for one choice or one numbered level."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from pairkit.files.headers import choice_header, level_header, rank_of, recognized_field
from pairkit.files.plan import Plan
from pairkit.findings import FindingCode, Severity

__all__ = ["take_choices", "take_levels"]

_SURE_CHOICE = re.compile(r"[^:\[\]]+:[^?]{1,30}")


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
        plan.fields.setdefault(name, []).append(k)
        plan.choices[k] = choice
        taken.add(k)
        plan.note(
            FindingCode.RECOGNIZED_COLUMN,
            Severity.INFO,
            header,
            f"{header!r} was read as one choice of {name}.",
        )
    return taken


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
