"""Bystanders: the rows around the people of a table that hold none, and how to tell."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from pairkit.errors import FileError
from pairkit.files.layout import (
    AMOUNT,
    LOOKED_AT,
    Layout,
    blank,
    fields_of,
    first_filled,
    header_text,
    id_position,
    texts_of,
)
from pairkit.files.strangers import CODE, TOTAL, sparse, strangers, suspicious
from pairkit.findings import Finding, FindingCode, Severity
from pairkit.profiles import fold

__all__ = ["passed"]

SECOND: Final = "a second header"
OTHER_ROW: Final = "If the header is another row, set header_row in a column map."
AGAIN: Final = "the header once more"
A_PERSON: Final = "If it is a person, give an id like the others, or fill in more of the row."
HINTS: Final = {
    "a total": "If it is a person, give that person an id that is no such word.",
    "a note": "If it is a person, fill in more of the row.",
    SECOND: OTHER_ROW,
    AGAIN: "",
}
LAST: Final = 30  # rows in which totals and notes are looked for
WORDS: Final = 3  # from which on a text is a sentence rather than a name
_IMPORT: Final = '{"ImportId"'  # of a third header row, below the ids and texts of the questions
NOTE: Final = re.compile(
    r"(\*|©|notes?\b|nota\b|nb\b|n\.b\.|remarks?\b|remarques?\b|legende?\b|sources?\b|export\w*\b|"
    r"extrait\w*\b|generated\b|genere\w*\b|printed\b|imprime\w*\b|confidenti\w+|updated\b|"
    r"mis a jour\b|end of\b|fin d\w+|page [0-9]|\([0-9]+ \w+)"
)
_SUBQUESTION = re.compile(r"\s*\[[^\]]*\]$")


def passed(
    grid: Sequence[Sequence[object]],
    start: int,
    layout: Layout,
    broken: Container[int],
    name: str,
) -> tuple[Mapping[int, Finding], list[Finding]]:
    """Return a finding for each row that holds no people, by position: it is passed over.

    Then come the findings of rows that are read, though hardly anything is in them.

    These are rows above the header, further header rows below it, the header once more, totals
    and notes at the end, and what :func:`strangers` finds among the people.

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
    name
        The name of the file, for messages.

    Raises
    ------
    FileError
        Another table stands below the first, or the people stand in columns.
    """
    _check_upright(grid, start, layout, name)
    found: dict[int, Finding] = {}
    above = f"above the header, which is row {start + 1},"
    for k in range(start):
        if not blank(grid[k]):
            found[k] = _finding(k, above, Severity.INFO, OTHER_ROW)
    for k in _further_headers(grid, start, layout, broken):
        found[k] = _finding(k, SECOND, Severity.WARNING)
    for k in _repeated_headers(grid, start, layout):
        found[k] = _finding(k, AGAIN, Severity.INFO)
    at = id_position(grid[start], layout)
    doubtful = suspicious(grid, start, first_filled(grid[start]) if at is None else at, broken)
    for k in _other_headers(grid, start, layout, [k for k in doubtful if k not in found], name):
        found[k] = _finding(k, AGAIN, Severity.INFO)
    odd = strangers(grid, start, at, [k for k in doubtful if k not in found])
    found |= {k: _finding(k, what, Severity.WARNING) for k, what in odd.items()}
    for k, what in _footer(grid, start, broken, found):
        found[k] = _finding(k, what, Severity.WARNING)
    rest = [k for k in doubtful if k not in found]
    return found, sparse(grid, start, rest, people=len(grid) - start - 1 - len(found))


def _finding(k: int, what: str, severity: Severity, hint: str | None = None) -> Finding:
    verb = "looks like" if severity is Severity.WARNING else "is"
    return Finding(
        FindingCode.SKIPPED_ROW,
        f"The row {verb} {what} and was passed over.",
        HINTS.get(what, A_PERSON) if hint is None else hint,
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
    return all(text.startswith(_IMPORT) for text in texts_of(row))


def _is_second(row: Sequence[object], header: Sequence[object], layout: Layout) -> bool:
    """Return whether a row has headers or questions in its cells, that of the id too.

    Where no header is that of an id, nothing else may be in the row.
    """
    id_at = id_position(header, layout)
    at = id_at or 0
    if at >= len(row) or at >= len(header):
        return False
    under, above = header_text(row[at]), header_text(header[at])
    known = layout.field_of(under) is not None
    texts, fields = texts_of(row), len(fields_of(row, layout))
    questions = sum(map(_is_question, texts))
    if id_at is None:
        return len(texts) > 1 and fields + questions >= len(texts)
    if known and fields > 1:
        return 2 * (fields + questions) >= len(texts)
    says_id = known or under.endswith("?") or _letters(under).endswith(_letters(above))
    return bool(under) and says_id and questions > 1 and 3 * questions >= len(texts)


def _is_question(text: str) -> bool:
    """Return whether a text asks something, be it for one answer in brackets after it."""
    asked = _SUBQUESTION.sub("", text)
    return asked.endswith("?") and asked.count(" ") + 1 >= WORDS


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, fold(text)))


def _repeated_headers(
    grid: Sequence[Sequence[object]], start: int, layout: Layout
) -> Iterator[int]:
    """Return the rows below the header that repeat it, as lists made of several pages do."""
    header = [*grid[start]]
    at = first_filled(header)
    if len(texts_of(header)) == 1 and layout.field_of(texts_of(header)[0]) is None:
        return iter(())
    return (
        k
        for k in range(start + 1, len(grid))
        if len(grid[k]) > at and grid[k][at] == header[at] and [*grid[k]] == header
    )


def _other_headers(
    grid: Sequence[Sequence[object]],
    start: int,
    layout: Layout,
    doubtful: Sequence[int],
    name: str,
) -> Iterator[int]:
    """Return the rows that repeat the header in other words; raise at that of another table."""

    def named(row: Sequence[object]) -> list[str]:
        texts = map(header_text, row)
        return [layout.field_of(text) or fold(text) for text in texts if text]

    for k in doubtful:
        row = grid[k]
        first = next(filter(None, map(header_text, row)))
        if CODE.fullmatch(first) or layout.field_of(first) is None:
            continue
        if id_position(row, layout) is None:
            continue
        fields = fields_of(row, layout)
        if named(row) == named(grid[start]):
            yield k
        elif len(fields) > 1 and 2 * len(fields) >= len(texts_of(row)):
            raise FileError(
                f"{name} holds two tables: row {k + 1} is a header once more, and another one "
                f"than row {start + 1}. Put each table into a file of its own: that of the "
                f"mentees or of a survey can be given beside the first."
            )


def _check_upright(grid: Sequence[Sequence[object]], start: int, layout: Layout, name: str) -> None:
    """Raise where the headers stand below each other in one column, and people in the others."""
    rows = [row for row in islice(grid, LOOKED_AT) if not blank(row)]
    at = first_filled(grid[start])
    sides = [header_text(row[at]) for row in rows if at < len(row)]
    fields = {one for text in sides if text and (one := layout.field_of(text)) is not None}
    known = max(len(fields_of(row, layout)) for row in rows)
    if len(fields) > 2 and known < 2 and 2 * len(fields) >= len(rows):
        raise FileError(
            f"{name} has its headers in column {at + 1}, below each other, and a column for each "
            f"person. Transpose it: copy it in a spreadsheet, and paste it with Transpose."
        )


def _footer(
    grid: Sequence[Sequence[object]], start: int, broken: Container[int], found: Container[int]
) -> list[tuple[int, str]]:
    """Return the rows at the end that are totals or notes, and which of them."""
    last: list[tuple[int, str]] = []
    width = len(grid[start])
    if len(texts_of(grid[start])) < 2:
        return last
    for k in range(len(grid) - 1, max(start, len(grid) - LAST - 1), -1):
        if k in broken:
            break
        if k in found or blank(grid[k]):
            continue
        what = _end_of(grid[k], width, apart=_is_apart(grid, k, start))
        if not what:
            break
        last.append((k, what))
    return last


def _is_apart(grid: Sequence[Sequence[object]], k: int, start: int) -> bool:
    """Return whether a blank row stands between a row and the people, with single cells between."""
    above = k - 1
    while above > start and len(texts_of(grid[above])) == 1:
        above -= 1
    return above > start and blank(grid[above])


def _end_of(row: Sequence[object], width: int, *, apart: bool) -> str:
    """Return what a row at the end of a table is, or an empty text where it may be a person.

    A person whose other cells are all empty has a short id; what is cut off in the middle is
    shorter than its header. Neither may be taken for a note.
    """
    texts = texts_of(row)
    text = texts[0]
    if TOTAL.fullmatch(fold(text)) and all(map(AMOUNT.fullmatch, texts[1:])):
        counted = len(texts) > 1 or first_filled(row) == 0 or any(map(str.isdigit, text))
        return "a total" if counted else ""
    words = text.count(" ") + 1
    short = len(row) < width
    alone = len(texts) == 1 and first_filled(row) == 0
    if words > 1 and NOTE.match(fold(text)):
        return "a note" if alone or short or (apart and 2 * len(texts) < width) else ""
    sentence = words > WORDS + 1 or (words >= WORDS and text.endswith((".", ":", ")")))
    if len(texts) == 1 and ((short and sentence) or (apart and (short or sentence) and words > 1)):
        return "a note"
    return ""
