"""Headless tables: those in which no header is that of an id, and why."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pairkit.files.delimited import DELIMITERS
from pairkit.files.headers import recognized_field
from pairkit.files.items import plain
from pairkit.files.layout import header_text
from pairkit.files.plan import listed
from pairkit.files.strangers import shape
from pairkit.files.tables import Table
from pairkit.findings import Finding, FindingCode

__all__ = ["is_headless", "no_id"]

_YEAR = re.compile(r"(19|20)[0-9]{2}")
_OWN = re.compile(r"[0-9][0-9./-]{2,}|[^@\s]+@[^@\s]+")  # somebody's, be the others different
_SIGN = re.compile(r"[^\w\s'\"()-]|\t")


def no_id(table: Table) -> Finding:
    """Return an error that says why no header is that of an id, and the way out."""
    message, hint = _why(table)
    return Finding(FindingCode.MISSING_COLUMN, message, hint)


def _why(table: Table) -> tuple[str, str]:
    """Return what is missing in one sentence, and how to mend it."""
    name, headers = table.name, table.headers
    if not headers:
        return f"{name} has no columns.", "Give it one of ids, with a header such as 'id'."
    if sign := _sign(headers):
        message = f"The header of {name} is one cell, {headers[0]!r}"
        if sign in DELIMITERS:
            way_out = "Take away the quotation marks around whole rows."
            return f"{message}: it stands between quotation marks as a whole.", way_out
        return (
            f"{message}.",
            f"Say what stands between cells: delimiter = {sign!r} in a column map.",
        )
    if is_headless(table):
        return (
            f"{name} seems to have no header: its first row looks like that of a person.",
            "Write a header above the first row, such as id, name, skills.",
        )
    return (
        f"No header of {name} is that of an id; it has {listed(headers)}.",
        "Name it in a column map, [columns] id = '...', or set number_rows = true.",
    )


def _sign(headers: Sequence[str]) -> str:
    """Return what separates known headers within one cell, or an empty text."""
    if len(headers) > 1:
        return ""
    signs = dict.fromkeys(_SIGN.findall(headers[0]))
    known = {
        sign: sum(recognized_field(part) is not None for part in headers[0].split(sign))
        for sign in signs
    }
    return next((sign for sign, count in known.items() if count > 1), "")


def is_headless(table: Table) -> bool:
    """Return whether no header is known, and one looks like a cell of a person.

    So do a number or an address in the first one, and any with a digit that is like the cells
    below it.
    """
    if any(map(recognized_field, table.headers)):
        return False
    if _OWN.fullmatch(table.headers[0]) and not _YEAR.fullmatch(table.headers[0]):
        return True
    return any(
        any(map(str.isdigit, header)) and not _YEAR.fullmatch(header) and _is_like(header, cells)
        for header, cells in zip(table.headers, table.columns, strict=True)
    )


def _is_like(header: str, cells: Sequence[object]) -> bool:
    """Return whether most cells have the shape of their header."""
    texts = [text for text in (header_text(plain(cell)) for cell in cells) if text]
    return 2 * sum(shape(text) == shape(header) for text in texts) > len(texts)
