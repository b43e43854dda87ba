"""Strangers: rows among the people of a table that hold no person, by what their ids look like."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from typing import Final

from pairkit.files.layout import AMOUNT, blank, first_filled, header_text, texts_of
from pairkit.files.lexicon import HEADER_KEYS, header_key
from pairkit.findings import Finding, FindingCode, Severity
from pairkit.profiles import fold

__all__ = ["CODE", "TOTAL", "shape", "sparse", "strangers", "suspicious"]

HEADING: Final = "a heading or a note"
DASHES: Final = "a line of dashes"
RARE: Final = 10  # people per person of whom nothing but the id is known, that make it strange
WIDE: Final = 3  # headers from which on it is
TOTAL: Final = re.compile(
    r"(.*\s)?((sous|sub|grand)[- ]?)?(totals?|totaux|sums?|somme|average|mean|moyenne|count|nombre|"
    r"effectifs?)(\s.*|\s*[:=].*)?|n\s*=\s*[0-9]+",
    re.DOTALL,
)
CODE: Final = re.compile(r"(?=[^0-9@]*[0-9@])\w[\w.@/+-]*")  # one word with a digit or an @: an id
_DASHES = re.compile(r"[-=_~*:.+–—]{2,}")
_COMMENT = re.compile(r"#|//|--|/\*")
_EXAMPLE = re.compile(r"(par )?(exemples?|examples?|samples?|ex)(\s*[.:].*|\s.*)?", re.DOTALL)
_LABEL = re.compile(
    r"\b((sub|sous|grand)?tota(ls?|ux)|sums?|somme|average|mean|moyenne|count|nombre|effectifs?|"
    r"exemples?|examples?|samples?|ex)\b|^\W|^n\s*=",
    re.IGNORECASE,
)
_DESCRIBES = re.compile(
    r"obligatoire|facultati(f|ve)|optionnel(le)?|optional|requise?|required|mandatory|"
    r"texte?( libre)?|free text|string|liste?( deroulante)?|nombre|number|numeri(c|que)|"
    r"entier|integer|decimal|date|boole(an|en)|oui/non|yes/no|"
    r"identifiant|jj/mm/aaaa|dd/mm/yyyy|yyyy-mm-dd"
)


def suspicious(
    grid: Sequence[Sequence[object]], start: int, at: int, broken: Container[int]
) -> list[int]:
    """Return the rows below the header that may be no person.

    The first row may be, and those that have one cell alone, a header for an id, or a word such as
    ``Total`` or a sign such as ``#`` at the start of their id or of the row.
    """
    headers = {header_key(header_text(cell)) for cell in grid[start]} | HEADER_KEYS.keys()
    found: list[int] = []
    for k in range(start + 1, len(grid)):
        row = grid[k]
        own = row[at] if at < len(row) else ""
        several = len(row) - row.count("") > 1
        usual = _is_usual(own, headers) and not (at and row and _LABEL.search(str(row[0])))
        if several and usual and k > start + 1:
            continue
        if k not in broken and not blank(row):
            found.append(k)
    return found


def _is_usual(own: object, headers: Container[str]) -> bool:
    """Return whether a cell may be an id by its look."""
    if not isinstance(own, str) or own.isdigit() or CODE.fullmatch(own):
        return True
    return not _LABEL.search(own) and header_key(own) not in headers


def strangers(
    grid: Sequence[Sequence[object]], start: int, at: int | None, doubtful: Sequence[int]
) -> dict[int, str]:
    """Return what the rows that are no person look like, by position.

    A row whose id is a code, or has the shape of another id, stays a person; so do all where nobody
    else is left.

    Parameters
    ----------
    grid
        Rows of cells.
    start
        The position of the row with the headers.
    at
        The position of the column with the ids; ``None`` where there is none.
    doubtful
        Positions of the rows that are looked at.
    """
    several = at is not None and len(texts_of(grid[start])) > 1
    found: dict[int, str] = {}
    for k in doubtful:
        row = grid[k]
        own = header_text(row[at]) if at is not None and at < len(row) else ""
        coded = CODE.fullmatch(own) and not (at and _LABEL.search(str(row[0])))
        if coded or not (several or _is_dashes(row)):
            continue
        if what := _told(row, own, first=k == start + 1) or _heading(row, own, len(grid[start])):
            found[k] = what
    shapes = _shapes(grid, start, at, found) if found and at is not None else set[str]()
    kept = [k for k, what in found.items() if _is_like(grid[k], what, at, shapes)]
    for k in kept:
        del found[k]
    return found if _people(grid, start, found) else {}


def sparse(
    grid: Sequence[Sequence[object]], start: int, doubtful: Sequence[int], people: int
) -> list[Finding]:
    """Return a warning for each person of whom nothing but the id is known, where that is rare."""
    width = len(grid[start])
    alone = [k for k in doubtful if grid[k].count("") == width - 1 and len(grid[k]) == width]
    if len(texts_of(grid[start])) < WIDE or RARE * len(alone) > people - len(alone):
        return []
    return [
        Finding(
            FindingCode.SPARSE_ROW,
            "The row has one cell alone, and was read as a person.",
            "Fill in more of it, or take it out if it is no person.",
            Severity.WARNING,
            row=k + 1,
        )
        for k in alone
    ]


def _heading(row: Sequence[object], own: str, width: int) -> str:
    """Return what a row with nothing but an odd id is, unless it was cut off."""
    return HEADING if own and len(texts_of(row)) == 1 and len(row) == width else ""


def _is_like(row: Sequence[object], what: str, at: int | None, shapes: Container[str]) -> bool:
    """Return whether a row has an id like those of others, and no label before it."""
    own = header_text(row[at]) if at is not None and at < len(row) else ""
    if not own or what == DASHES or (what == "a total" and first_filled(row) != at):
        return False
    return CODE.fullmatch(own) is not None or shape(own) in shapes


def _is_dashes(row: Sequence[object]) -> bool:
    return all(map(_DASHES.fullmatch, texts_of(row)))


def _shapes(grid: Sequence[Sequence[object]], start: int, at: int, odd: Container[int]) -> set[str]:
    """Return the shapes of the ids that are no codes, of the rows that have more than an id."""
    rows = (grid[k] for k in range(start + 1, len(grid)) if k not in odd)
    ids = (row[at] for row in rows if at < len(row) and len(row) - row.count("") > 1)
    texts = {cell for cell in ids if isinstance(cell, str) and not CODE.fullmatch(cell)}
    return {shape(header_text(text)) for text in texts}


def _people(grid: Sequence[Sequence[object]], start: int, found: Container[int]) -> bool:
    """Return whether people are left below the header."""
    return any(not blank(grid[k]) for k in range(start + 1, len(grid)) if k not in found)


def _told(row: Sequence[object], own: str, *, first: bool) -> str:
    """Return what the words of a row say that it is, or an empty text."""
    if _is_dashes(row):
        return DASHES
    texts = [fold(text) for text in texts_of(row)]
    if TOTAL.fullmatch(texts[0]) and all(map(AMOUNT.fullmatch, texts[1:])):
        return "a total" if own or len(texts) > 1 else ""
    if _COMMENT.match(texts[0]):
        return "a comment"
    if _EXAMPLE.fullmatch(fold(own)) and len(texts) > 1:
        return "an example"
    described = first and len(texts) > 1 and all(map(_DESCRIBES.fullmatch, texts))
    return "a description of the columns" if described else ""


def shape(text: str) -> str:
    """Return what kinds of signs a text has, in their order: ``Ann Ames`` is ``a a``."""
    letters = re.sub(r"[^\W\d_]+", "a", text)
    return re.sub(r"[0-9]+", "0", letters)
