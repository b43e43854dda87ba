"""Failures: cells in which a spreadsheet says that a formula of it has no value."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final, cast

from pairkit.files.tables import Table
from pairkit.findings import Finding, FindingCode, Severity
from pairkit.profiles import fold

__all__ = ["FAILURES", "without_failures"]

# Folded; in English | in French, where they differ.
FAILURES: Final = frozenset(
    map(
        fold,
        (
            *("#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#N/A", "#NUM!", "#NULL!", "#SPILL!"),
            *("#CALC!", "#FIELD!", "#VALEUR!", "#NOM?", "#NOMBRE!", "#NUL!", "#CHAMP!"),
        ),
    )
)
_LONGEST: Final = max(map(len, FAILURES))


def without_failures(table: Table, missing: Collection[str]) -> Table:
    """Return a table with nothing in the cells of failed formulas, and a warning for each.

    Parameters
    ----------
    table
        The raw cells.
    missing
        Folded texts that mean that a cell is empty, of which nothing is said.
    """
    findings: list[Finding] = []
    columns = list(table.columns)
    for k, cells in enumerate(table.columns):
        failed = {i: cell for i, cell in _failed(cells) if fold(cell.strip()) not in missing}
        if failed:
            columns[k] = [None if i in failed else cell for i, cell in enumerate(cells)]
            header = table.headers[k]
            findings += [_finding(header, table.rows[i], cell) for i, cell in failed.items()]
    if not findings:
        return table
    return replace(table, columns=tuple(columns), findings=(*table.findings, *findings))


def _failed(cells: Sequence[object]) -> list[tuple[int, str]]:
    """Return the cells of failed formulas with their positions."""
    texts = cast("Sequence[str]", cells) if {*map(type, cells)} == {str} else map(str, cells)
    if "#" not in "".join(texts):  # quicker than to ask each
        return []
    return [
        (i, cell)
        for i, cell in enumerate(cells)
        if isinstance(cell, str)
        and "#" in cell[:2]
        and len(cell) <= _LONGEST + 2
        and fold(cell.strip()) in FAILURES
    ]


def _finding(header: str, row: int, cell: str) -> Finding:
    return Finding(
        FindingCode.BAD_VALUE,
        f"The formula has no value, but {cell.strip()}: the cell counts as missing.",
        "Mend the formula, or write the value itself.",
        Severity.WARNING,
        row=row,
        column=header,
    )
