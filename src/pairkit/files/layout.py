"""Header: which row of a grid has the headers, and which rows around it hold no people."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from pairkit.findings import Finding, FindingCode, Severity
from pairkit.profiles import fold

__all__ = ["Layout", "blank", "cells_shown", "header_of", "header_text", "names_fields", "passed"]

LOOKED_AT: Final = 30  # rows that are not blank, in which the header is looked for
LAST: Final = 30  # rows in which totals and notes are looked for
SHOWN_CELLS: Final = 4
SHOWN_CHARACTERS: Final = 20
WORDS: Final = 3  # from which on a text is a sentence rather than a name
_TOTAL = re.compile(
    r"((sous|sub|grand)[- ]?)?(totals?|totaux|sums?|somme|average|mean|moyenne|count|nombre|"
    r"effectif)(\s.*|\s*[:=].*)?",
    re.DOTALL,
)
_NOTE = re.compile(
    r"(\*|©|notes?\b|nota\b|nb\b|n\.b\.|remarks?\b|remarques?\b|legende?\b|sources?\b|export\w*\b|"
    r"extrait\w*\b|generated\b|genere\w*\b|printed\b|imprime\w*\b|confidenti\w+|updated\b|"
    r"mis a jour\b|end of\b|fin d\w+|page [0-9])"
)
_AMOUNT = re.compile(r"[-+]?[0-9][0-9 .,'\u00a0\u202f]*[%€$]?")
_QUESTION_ID = re.compile(r"[A-Za-z]{1,10}[-_. ]?[0-9]+([-_.][0-9A-Za-z]+)*")
_IMPORT = '{"ImportId"'  # of a third header row, below the ids and the texts of the questions


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the header of a table may stand.

    Parameters
    ----------
    field_of
        Returns the field that a header feeds, or ``None``.
    header_row
        The number of the row with the headers, from 1; ``None`` finds it.
    """

    field_of: Callable[[str], str | None]
    header_row: int | None = None


def blank(cells: Sequence[object]) -> bool:
    """Return whether no cell holds anything."""
    return not any(cell.strip() if isinstance(cell, str) else cell is not None for cell in cells)


def header_text(cell: object) -> str:
    """Return a cell of the header on one line, without spaces around it."""
    return "" if cell is None else " ".join(str(cell).split())


def cells_shown(row: Sequence[object]) -> str:
    """Return the first cells of a row, cut to a few characters, for a message."""
    cells = [
        text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"
        for text in map(str, row[:SHOWN_CELLS])
    ]
    return " | ".join(cells) + " | …" * (len(row) > SHOWN_CELLS)


def _texts(row: Sequence[object]) -> list[str]:
    """Return the texts of the cells that hold something."""
    return [text for text in map(header_text, row) if text]


# Above the table ------------------------------------------------------------------------------


def header_of(grid: Sequence[Sequence[object]], layout: Layout | None) -> int | None:
    """Return the position of the row with the headers, ``None`` where there is none.

    Of the first rows it is the first that names an id, or a further one that names an id in the
    same column and more fields. Without an id it is the first row that is not blank, unless that
    row has no known header and another one has several below rows that are shorter or hold the ids
    of questions, or it has one cell alone and stands above rows of several.

    Parameters
    ----------
    grid
        Rows of cells.
    layout
        Which headers are known; without it, the first row that is not blank has the headers.
    """
    given = layout.header_row if layout is not None else None
    if given is not None:
        return given - 1 if given <= len(grid) and not blank(grid[given - 1]) else None
    tops = [*islice((k for k, row in enumerate(grid) if not blank(row)), LOOKED_AT)]
    if layout is None or not tops:
        return tops[0] if tops else None
    with_id = [(k, at) for k in tops if (at := _id_of(grid[k], layout)) is not None]
    if with_id:
        same = [k for k, at in with_id if at == with_id[0][1]]
        return max(same, key=lambda k: len(_fields(grid[k], layout)))
    if _fields(grid[tops[0]], layout):
        return tops[0]
    worded = next((k for k in tops if names_fields(grid[k], layout)), None)
    if worded is not None and all(_is_above(grid[k], grid[worded]) for k in tops if k < worded):
        return worded
    return _below_title(grid, tops)


def _is_above(row: Sequence[object], header: Sequence[object]) -> bool:
    """Return whether a row may stand above a header: a title, or the ids of questions."""
    texts = _texts(row)
    shorter = len(texts) < len(_texts(header)) and _first_filled(row) <= _first_filled(header)
    return shorter or all(map(_QUESTION_ID.fullmatch, texts))


def _id_of(row: Sequence[object], layout: Layout) -> int | None:
    """Return the position of the cell that names an id."""
    return next(
        (k for k, cell in enumerate(row) if layout.field_of(header_text(cell)) == "id"), None
    )


def _fields(row: Sequence[object], layout: Layout) -> set[str]:
    """Return the fields that the cells of a row name."""
    return {name for text in _texts(row) if (name := layout.field_of(text)) is not None}


def names_fields(row: Sequence[object], layout: Layout) -> bool:
    """Return whether a row names an id, or several fields in at least half of its cells."""
    fields = _fields(row, layout)
    return "id" in fields or (len(fields) > 1 and 2 * len(fields) >= len(_texts(row)))


def _below_title(grid: Sequence[Sequence[object]], tops: Sequence[int]) -> int:
    """Return the first row of several cells where a title alone stands above most rows.

    A title is a phrase, or has a blank row below it; one word may be the header of one column.
    """
    counts = [len(_texts(grid[k])) for k in tops]
    at = next((at for at, count in enumerate(counts) if count > 1), 0)
    title, header = grid[tops[0]], grid[tops[at]]
    text = _texts(title)[0]
    phrase = (" " in text and not text.endswith("?")) or tops[at] > tops[at - 1] + 1
    fits = 2 * counts[at] >= max(counts) and 2 * sum(n > 1 for n in counts[at:]) > len(counts) - at
    if not at or not phrase or not fits or counts[at:].count(1) == len(counts) - at - 1:
        return tops[0]
    texts = _texts(header)
    named = len(set(texts)) == len(texts) and not any(map(_AMOUNT.fullmatch, texts))
    return tops[at] if named and _first_filled(title) <= _first_filled(header) else tops[0]


def _first_filled(row: Sequence[object]) -> int:
    return next(k for k, cell in enumerate(row) if header_text(cell))


# Around the table -----------------------------------------------------------------------------


def passed(
    grid: Sequence[Sequence[object]], start: int, layout: Layout, broken: Container[int]
) -> Mapping[int, Finding]:
    """Return a finding for each row that holds no people, by position: it is passed over.

    These are rows above the header, further header rows below it, the header once more, and
    totals and notes at the end.

    Parameters
    ----------
    grid
        Rows of cells.
    start
        The position of the row with the headers.
    layout
        Which headers are known.
    broken
        Positions of rows that cannot be read.
    """
    found: dict[int, Finding] = {}
    for k in range(start):
        if not blank(grid[k]):
            found[k] = _finding(
                grid, k, f"above the header, which is row {start + 1},", Severity.INFO
            )
    for k in _further_headers(grid, start, layout, broken):
        found[k] = _finding(grid, k, "a second header", Severity.WARNING)
    for k in _repeated_headers(grid, start, layout):
        found[k] = _finding(grid, k, "the header once more", Severity.INFO)
    for k, what in _footer(grid, start, broken):
        found[k] = _finding(grid, k, what, Severity.WARNING)
    return found


def _finding(grid: Sequence[Sequence[object]], k: int, what: str, severity: Severity) -> Finding:
    hint = {
        "a total": "If it is a person, give that person an id that is no such word.",
        "a note": "If it is a person, fill in more of the row.",
        "the header once more": "",
    }.get(what, "If the header is another row, set header_row in a column map.")
    verb = "looks like" if severity is Severity.WARNING else "is"
    cells = cells_shown(_texts(grid[k]))
    return Finding(
        FindingCode.SKIPPED_ROW,
        f"The row {verb} {what} and was passed over: {cells}.",
        hint,
        severity,
        row=k + 1,
    )


def _further_headers(
    grid: Sequence[Sequence[object]], start: int, layout: Layout, broken: Container[int]
) -> list[int]:
    """Return the rows right below the header that are headers too, as survey tools export them."""
    below = (k for k in range(start + 1, len(grid)) if k in broken or not blank(grid[k]))
    nearest = [*islice(below, 2)]
    imports = [k for k in nearest if k not in broken and _is_import(grid[k])]
    if imports:
        return nearest[: nearest.index(imports[0]) + 1]
    first = nearest[:1]
    return [k for k in first if k not in broken and _is_second(grid[k], grid[start], layout)]


def _is_import(row: Sequence[object]) -> bool:
    return all(text.startswith(_IMPORT) for text in _texts(row))


def _is_second(row: Sequence[object], header: Sequence[object], layout: Layout) -> bool:
    """Return whether a row has headers or questions in its cells, that of the id too.

    Where no header is that of an id, nothing else may be in the row.
    """
    id_at = _id_of(header, layout)
    at = id_at or 0
    if at >= len(row) or at >= len(header):
        return False
    under, above = header_text(row[at]), header_text(header[at])
    known = layout.field_of(under) is not None
    texts, fields = _texts(row), len(_fields(row, layout))
    questions = sum(text.endswith("?") and text.count(" ") + 1 >= WORDS for text in texts)
    if id_at is None:
        return len(texts) > 1 and fields + questions >= len(texts)
    if known and fields > 1:
        return 2 * (fields + questions) >= len(texts)
    says_id = known or under.endswith("?") or _letters(under) == _letters(above)
    return bool(under) and says_id and questions > 1 and 3 * questions >= len(texts)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, fold(text)))


def _repeated_headers(
    grid: Sequence[Sequence[object]], start: int, layout: Layout
) -> Iterator[int]:
    """Return the rows below the header that repeat it, as lists made of several pages do."""
    header = [*grid[start]]
    at = _first_filled(header)
    if len(_texts(header)) == 1 and layout.field_of(_texts(header)[0]) is None:
        return iter(())
    return (
        k
        for k in range(start + 1, len(grid))
        if len(grid[k]) > at and grid[k][at] == header[at] and [*grid[k]] == header
    )


def _footer(
    grid: Sequence[Sequence[object]], start: int, broken: Container[int]
) -> list[tuple[int, str]]:
    """Return the rows at the end that are totals or notes, and which of them."""
    found: list[tuple[int, str]] = []
    width = len(grid[start])
    if sum(bool(header_text(cell)) for cell in grid[start]) < 2:
        return found
    for k in range(len(grid) - 1, max(start, len(grid) - LAST - 1), -1):
        if k in broken:
            break
        if blank(grid[k]):
            continue
        what = _end_of(grid[k], width, apart=_is_apart(grid, k, start))
        if not what:
            break
        found.append((k, what))
    return found


def _is_apart(grid: Sequence[Sequence[object]], k: int, start: int) -> bool:
    """Return whether a blank row stands between a row and the people, with single cells between."""
    above = k - 1
    while above > start and len(_texts(grid[above])) == 1:
        above -= 1
    return above > start and blank(grid[above])


def _end_of(row: Sequence[object], width: int, *, apart: bool) -> str:
    """Return what a row at the end of a table is, or an empty text where it may be a person.

    A person whose other cells are all empty has a short id; what is cut off in the middle is
    shorter than its header. Neither may be taken for a note.
    """
    texts = _texts(row)
    text = texts[0]
    if _TOTAL.fullmatch(fold(text)) and all(map(_AMOUNT.fullmatch, texts[1:])):
        counted = len(texts) > 1 or _first_filled(row) == 0 or any(map(str.isdigit, text))
        return "a total" if counted else ""
    words = text.count(" ") + 1
    short = len(row) < width
    alone = len(texts) == 1 and _first_filled(row) == 0
    if words > 1 and _NOTE.match(fold(text)):
        return "a note" if alone or short or (apart and 2 * len(texts) < width) else ""
    sentence = words > WORDS + 1 or (words >= WORDS and text.endswith((".", ":", ")")))
    if len(texts) == 1 and ((short and sentence) or (apart and (short or sentence) and words > 1)):
        return "a note"
    return ""
