"""Header: which row of a grid has the headers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

__all__ = [
    "AMOUNT",
    "Layout",
    "blank",
    "even_ends",
    "fields_of",
    "first_filled",
    "header_of",
    "header_text",
    "id_position",
    "names_fields",
    "texts_of",
]

LOOKED_AT: Final = 30  # rows that are not blank, in which the header is looked for
AMOUNT: Final = re.compile(r"[-+]?[0-9][0-9 .,'\u00a0\u202f]*[%€$]?")
_QUESTION_ID = re.compile(r"[A-Za-z]{1,10}[-_. ]?[0-9]+([-_.][0-9A-Za-z]+)*")


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
    if cells and cells[0] and isinstance(cells[0], str) and not cells[0].isspace():
        return False  # as nearly always
    return not any(cell.strip() if isinstance(cell, str) else cell is not None for cell in cells)


def header_text(cell: object) -> str:
    """Return a cell of the header on one line, without spaces around it."""
    if isinstance(cell, float) and cell.is_integer():  # a year, as spreadsheets keep it
        return str(int(cell))
    return "" if cell is None else " ".join(str(cell).split())


def texts_of(row: Sequence[object]) -> list[str]:
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
    with_id = [(k, at) for k in tops if (at := id_position(grid[k], layout)) is not None]
    if with_id:
        same = [k for k, at in with_id if at == with_id[0][1]]
        return max(same, key=lambda k: len(fields_of(grid[k], layout)))
    if fields_of(grid[tops[0]], layout):
        return tops[0]
    worded = next((k for k in tops if names_fields(grid[k], layout)), None)
    if worded is not None and all(_is_above(grid[k], grid[worded]) for k in tops if k < worded):
        return worded
    return _below_title(grid, tops)


def _is_above(row: Sequence[object], header: Sequence[object]) -> bool:
    """Return whether a row may stand above a header: a title, or the ids of questions."""
    texts = texts_of(row)
    shorter = len(texts) < len(texts_of(header)) and first_filled(row) <= first_filled(header)
    return shorter or all(map(_QUESTION_ID.fullmatch, texts))


def id_position(row: Sequence[object], layout: Layout) -> int | None:
    """Return the position of the cell that names an id."""
    return next(
        (k for k, cell in enumerate(row) if layout.field_of(header_text(cell)) == "id"), None
    )


def fields_of(row: Sequence[object], layout: Layout) -> set[str]:
    """Return the fields that the cells of a row name."""
    return {name for text in texts_of(row) if (name := layout.field_of(text)) is not None}


def names_fields(row: Sequence[object], layout: Layout) -> bool:
    """Return whether a row names an id, or several fields in at least half of its cells."""
    fields = fields_of(row, layout)
    return "id" in fields or (len(fields) > 1 and 2 * len(fields) >= len(texts_of(row)))


def _below_title(grid: Sequence[Sequence[object]], tops: Sequence[int]) -> int:
    """Return the first row of several cells where a title alone stands above most rows.

    A title is a phrase, or has a blank row below it; one word may be the header of one column.
    """
    counts = [len(texts_of(grid[k])) for k in tops]
    at = next((at for at, count in enumerate(counts) if count > 1), 0)
    title, header = grid[tops[0]], grid[tops[at]]
    text = texts_of(title)[0]
    phrase = (" " in text and not text.endswith("?")) or tops[at] > tops[at - 1] + 1
    fits = 2 * counts[at] >= max(counts) and 2 * sum(n > 1 for n in counts[at:]) > len(counts) - at
    if not at or not phrase or not fits or counts[at:].count(1) == len(counts) - at - 1:
        return tops[0]
    texts = texts_of(header)
    named = len(set(texts)) == len(texts) and not any(map(AMOUNT.fullmatch, texts))
    return tops[at] if named and first_filled(title) <= first_filled(header) else tops[0]


def first_filled(row: Sequence[object]) -> int:
    """Return the position of the first cell of a row that is not blank."""
    return next(k for k, cell in enumerate(row) if header_text(cell))


# At the ends of rows --------------------------------------------------------------------------


def even_ends(
    grid: Sequence[Sequence[object]], start: int, broken: Container[int] = ()
) -> Sequence[Sequence[object]]:
    """Return the rows without the empty cells that a delimiter too many makes at their ends.

    It stands at the end of most rows but not of the header, or of the header but not of most
    rows. What is beyond the narrower of the two is always empty then.

    Parameters
    ----------
    grid
        Rows of cells.
    start
        The position of the row with the headers.
    broken
        Positions of rows that cannot be read.
    """
    width = len(grid[start])
    lengths = Counter(map(len, grid[start + 1 :]))
    if 2 * lengths[width] > lengths.total():
        return grid
    counts = Counter(
        len(row) for k, row in enumerate(grid) if k > start and k not in broken and not blank(row)
    )
    usual, count = counts.most_common(1)[0] if counts else (width, 0)
    if usual == width or 2 * count <= counts.total():
        return grid
    end = min(usual, width)
    longer = [row for row in grid[start:] if len(row) == max(usual, width)]
    if not end or not all(blank(row[end:]) for row in longer):
        return grid
    return [row[:end] if len(row) == max(usual, width) else row for row in grid]
