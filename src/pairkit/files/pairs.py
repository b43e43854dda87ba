"""read_pairs(): pairs of ids from a file that anybody wrote."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pairkit.errors import FileError
from pairkit.files.items import plain, read_text
from pairkit.files.tables import read_table
from pairkit.profiles import Role, fold

if TYPE_CHECKING:
    from os import PathLike

__all__ = ["read_pairs"]

HEADERS = {
    Role.MENTOR: ("mentor", "mentor id", "mentor_id", "id mentor", "tuteur", "mentore par"),
    Role.MENTEE: ("mentee", "mentee id", "mentee_id", "id mentee", "mentore", "mentoré"),
}


def read_pairs(
    path: str | PathLike[str], *, sheet: str | int | None = None
) -> list[tuple[str, str]]:
    """Return the pairs of a file: mentor, mentee.

    Parameters
    ----------
    path
        CSV, Excel, Parquet or JSON with a column for the mentors' ids and one for the mentees',
        such as :meth:`pairkit.Matching.write` makes; of its whole JSON, the pairs are read.
    sheet
        Name or position (from 0) of an Excel sheet; the first by default.

    Raises
    ------
    FileError
        The file cannot be read, lacks one of the columns, or has rows that are no pairs.
    """
    table = read_table(path, sheet=sheet, empty=True)
    if not table.headers:  # an empty list of a JSON file
        return []
    if table.broken:
        rows = ", ".join(str(table.rows[k]) for k in sorted(table.broken)[:5])
        raise FileError(f"{table.name}: more or fewer cells than the header in row {rows}.")
    columns = [_column(table.name, table.headers, table.columns, role) for role in Role]
    pairs: list[tuple[str, str]] = []
    for row, cells in zip(table.rows, zip(*columns, strict=True), strict=True):
        mentor, mentee = (_identifier(cell) for cell in cells)
        if bool(mentor) != bool(mentee):
            raise FileError(f"{table.name}: row {row} names only one of mentor and mentee.")
        if mentor:
            pairs.append((mentor, mentee))
    return pairs


def _identifier(cell: object) -> str:
    value = plain(cell)
    return "" if value is None else read_text(value)


def _column(
    name: str, headers: Sequence[str], columns: Sequence[Sequence[object]], role: Role
) -> Sequence[object]:
    """Return the cells of the column of one role."""
    known = {fold(header) for header in HEADERS[role]}
    for header, column in zip(headers, columns, strict=True):
        if fold(header) in known:
            return column
    seen = ", ".join(headers[:10])
    raise FileError(f"{name} has no column {role.value!r}; its columns are {seen}.")
