"""Files and dataframes as people have them: to rosters and pairs, and back."""

from __future__ import annotations

from pairkit.files.column_map import Column, ColumnMap
from pairkit.files.pairs import read_pairs
from pairkit.files.people import (
    read_roster,
    records_to_frame,
    roster_from_frame,
    roster_records,
    write_roster,
)
from pairkit.files.tables import Records, csv_text, write_tables, write_text

__all__ = [
    "Column",
    "ColumnMap",
    "Records",
    "csv_text",
    "read_pairs",
    "read_roster",
    "records_to_frame",
    "roster_from_frame",
    "roster_records",
    "write_roster",
    "write_tables",
    "write_text",
]
