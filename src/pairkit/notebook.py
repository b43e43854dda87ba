"""Panel: what a notebook shows of a value, as a piece of HTML without scripts.

Colors are those of the page around it, so that it is readable in light and in dark notebooks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

__all__ = ["Cell", "Panel", "number_text"]

LINE: Final = "1px solid rgba(128,128,128,.4)"
CELL: Final = "padding:.15em .8em .15em 0;border:0;background:transparent;color:inherit;"
TEXT: Final = CELL + "text-align:left"
NUMBER: Final = CELL + "text-align:right;font-variant-numeric:tabular-nums"
TABLE: Final = "border-collapse:collapse;margin:.5em 0;color:inherit"
BOX: Final = f"border-left:3px solid rgba(128,128,128,.6);border-top:{LINE};padding:.4em .8em"

Cell = str | float | None


@dataclass(frozen=True, slots=True)
class Panel:
    """What a notebook shows of a value.

    Parameters
    ----------
    title
        What it is, in a few words.
    facts
        Key figures: name and value.
    headers
        The columns of a table; none without one.
    rows
        The rows of the table.
    notes
        Sentences below it.
    """

    title: str
    facts: Sequence[tuple[str, Cell]] = ()
    headers: Sequence[str] = ()
    rows: Sequence[Sequence[Cell]] = ()
    notes: Sequence[str] = ()

    def html(self) -> str:
        """Return the panel as HTML; everything in it is escaped."""
        pieces = [f"<strong>{escape(self.title)}</strong>"]
        if self.facts:
            pieces.append(_table(_row("td", fact) for fact in self.facts))
        if self.rows:
            lines = (_row("td", row) for row in self.rows)
            pieces.append(_table([_row("th", self.headers), *lines]))
        pieces += [f'<div style="opacity:.8">{escape(note)}</div>' for note in self.notes]
        return f'<div class="pairkit" style="{BOX}">{"".join(pieces)}</div>'


def number_text(number: float) -> str:
    """Return a number as people read it: thousands with commas, and four digits.

    Examples
    --------
    >>> number_text(12345), number_text(0.123456), number_text(1e-9)
    ('12,345', '0.1235', '1e-09')
    """
    if float(number).is_integer():
        return f"{int(number):,}"
    return f"{number:,.2f}" if abs(number) >= 100.0 else f"{number:.4g}"


def _table(rows: Iterable[str]) -> str:
    return f'<table style="{TABLE}">{"".join(rows)}</table>'


def _row(tag: str, cells: Iterable[Cell]) -> str:
    return f'<tr style="background:transparent">{"".join(_cell(tag, one) for one in cells)}</tr>'


def _cell(tag: str, value: Cell) -> str:
    if value is None:
        return f'<{tag} style="{TEXT}">–</{tag}>'
    if isinstance(value, str):
        return f'<{tag} style="{TEXT}">{escape(value)}</{tag}>'
    return f'<{tag} style="{NUMBER}">{number_text(value)}</{tag}>'
