"""Identifiers: ids as spreadsheets and other programs leave them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from pairkit.files.plan import Plan
from pairkit.files.tables import Table
from pairkit.findings import Finding, FindingCode

__all__ = ["shortened_ids", "whole_ids"]

REFERRING: Final = ("manager", "preferences", "avoid")
_WHOLE = re.compile(r"\s*([0-9]+)\.0\s*")
_SHORTENED = re.compile(r"\s*[0-9]([.,][0-9]+)?E\+[0-9]+\s*")


def whole_ids(columns: Sequence[Sequence[object]], plan: Plan) -> tuple[Sequence[object], ...]:
    """Return columns with ``12`` for ``12.0`` where every id, or reference to one, ends so."""
    ids = plan.fields.get("id", [])
    mended = {k: _whole(columns[k]) for k in ids if _are_whole(columns[k])}
    kept = (cell for k in ids if k not in mended for cell in columns[k])
    referring = [k for name in REFERRING for k in plan.fields.get(name, ())]
    referring = [k for k in referring if k not in ids and _are_whole(columns[k])]
    if referring and not any(isinstance(cell, str) and _WHOLE.fullmatch(cell) for cell in kept):
        mended |= {k: _whole(columns[k]) for k in referring}
    return tuple(mended.get(k, cells) for k, cells in enumerate(columns))


def _are_whole(cells: Sequence[object]) -> bool:
    """Return whether all texts are whole numbers with ``.0``, but for words such as ``NA``."""
    texts = (cell for cell in cells if isinstance(cell, str) and cell)
    told = False
    for text in texts:
        if _WHOLE.fullmatch(text):
            told = True
        elif any(map(str.isdigit, text)):
            return False
    return told


def _whole(cells: Sequence[object]) -> list[object]:
    return [_WHOLE.sub(r"\1", cell) if isinstance(cell, str) else cell for cell in cells]


def shortened_ids(table: Table, plan: Plan) -> list[Finding]:
    """Return an error for each id such as ``1.23457E+11``: a spreadsheet has cut its digits off."""
    return [
        Finding(
            FindingCode.BAD_VALUE,
            f"{cell.strip()!r} is an id of which a spreadsheet has cut off digits.",
            "Format the column as text, or as a number without decimals, and export it again.",
            row=table.rows[i],
            column=table.headers[k],
        )
        for k in plan.fields.get("id", ())
        for i, cell in enumerate(table.columns[k])
        if isinstance(cell, str) and "E+" in cell and _SHORTENED.fullmatch(cell)
    ]
