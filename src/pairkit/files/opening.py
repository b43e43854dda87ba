"""Opening: the table of a file of people, as its column map says to read it."""

from __future__ import annotations

from os import PathLike

from pairkit.files.column_map import ColumnMap
from pairkit.files.headers import recognized_field
from pairkit.files.layout import Layout
from pairkit.files.tables import Table, read_table
from pairkit.profiles import fold

__all__ = ["layout_of", "table_of"]


def table_of(
    path: str | PathLike[str], column_map: ColumnMap, sheet: str | int | None = None
) -> Table:
    """Return the table of a file as its column map says to read it."""
    return read_table(
        path,
        delimiter=column_map.delimiter,
        encoding=column_map.encoding,
        sheet=column_map.sheet if sheet is None else sheet,
        headers=column_map.headers,
        layout=layout_of(column_map),
    )


def layout_of(column_map: ColumnMap) -> Layout:
    """Return where the header of a table stands, and the field that each header feeds."""
    extras = (*column_map.ignore, *column_map.protected)
    named = {fold(header): "" for header in extras}
    named |= {fold(text): name for name, one in column_map.columns.items() for text in one.headers}
    found = {name for name, column in column_map.columns.items() if column.headers}
    found |= {"id"} if column_map.number_rows else set()

    def field_of(header: str) -> str | None:
        if fold(header) in named:
            return named[fold(header)]
        name = recognized_field(header) if column_map.recognize else None
        return f"another {name}" if name in found else name

    return Layout(field_of, column_map.header_row)
