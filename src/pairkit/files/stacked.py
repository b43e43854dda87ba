"""Stacked headers: questions in one row and, below each, the answers that could be ticked."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from typing import Final

from pairkit.files.layout import Layout, blank, header_text
from pairkit.files.lexicon import BOOLEANS
from pairkit.findings import Finding, FindingCode, Severity
from pairkit.profiles import fold

__all__ = ["stacked_headers"]

_LEVEL = re.compile(r"[0-9](?:[.,][0-9]+)?|10")
_RESPONSES: Final = frozenset(
    map(fold, ("Response", "Open-Ended Response", "Réponse", "Réponse ouverte", "Réponse libre"))
)


def stacked_headers(
    grid: Sequence[Sequence[object]], start: int, layout: Layout, broken: Container[int]
) -> tuple[list[str], int, Finding] | None:
    """Return the headers that two rows make together, the second of them, and a finding.

    A question stands above the first of its answers alone; the columns of the others have no
    header in that row. There is nothing but the word for a response below the id. That the second
    row is no person is shown by such a word, or by cells that repeat the answer above them or
    hold marks.

    Parameters
    ----------
    grid, start, layout, broken
        As in :func:`~pairkit.files.bystanders.passed`.
    """
    top = [*map(header_text, grid[start])]
    below = next((k for k in range(start + 1, len(grid)) if not blank(grid[k])), None)
    if below is None or below in broken or "" not in top or len(grid[below]) > len(top):
        return None
    under = [*map(header_text, grid[below]), *[""] * (len(top) - len(grid[below]))]
    spans = _spans(top, under)
    at = next((k for k, text in enumerate(top) if layout.field_of(text) == "id"), 0)
    if not spans or (under[at] and fold(under[at]) not in _RESPONSES):
        return None
    rows = grid[below + 1 :]
    if _RESPONSES.isdisjoint(map(fold, under)) and not any(_ticked(s, under, rows) for s in spans):
        return None
    headers = _joined(top, under)
    example = next(headers[k] for span in spans for k in span)
    finding = Finding(
        FindingCode.SKIPPED_ROW,
        f"The row belongs to the header above it and was joined to it, as in {example!r}.",
        "If the header is another row, set header_row in a column map.",
        Severity.INFO,
        row=below + 1,
    )
    return headers, below, finding


def _spans(top: Sequence[str], under: Sequence[str]) -> list[range]:
    """Return the columns of each question with several answers."""
    starts = [k for k, text in enumerate(top) if text]
    spans: list[range] = []
    for first, end in zip(starts, [*starts[1:], len(top)], strict=True):
        filled = next((k for k in range(first, end) if not under[k]), end)
        answers = under[first:filled]
        if len(answers) > 1 and len({*map(fold, answers)}) == len(answers):
            spans.append(range(first, filled))
    return spans


def _ticked(span: range, under: Sequence[str], rows: Sequence[Sequence[object]]) -> bool:
    """Return whether the cells of a question repeat the answers above them, or are marks."""
    answers = {k: fold(under[k]) for k in span}
    cells = {(k, fold(header_text(row[k]))) for row in rows for k in span if k < len(row)}
    told = {(k, text) for k, text in cells if text}
    marks = not any(map(_is_mark, answers.values()))
    return bool(told) and all(text == answers[k] or (marks and _is_mark(text)) for k, text in told)


def _is_mark(text: str) -> bool:
    return text in BOOLEANS or _LEVEL.fullmatch(text) is not None


def _joined(top: Sequence[str], under: Sequence[str]) -> list[str]:
    """Return each header with the answer below it, where that is one, as ``Skills [SQL]``."""
    headers: list[str] = []
    question = ""
    for k, (text, answer) in enumerate(zip(top, under, strict=True)):
        question = text or (question if answer else "")
        several = k + 1 < len(top) and not top[k + 1] and bool(under[k + 1])
        alone = bool(text) and not several
        is_answer = answer and not (alone and fold(answer) in _RESPONSES)
        headers.append(f"{question} [{answer}]" if question and is_answer else question)
    return headers
