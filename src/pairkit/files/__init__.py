"""Files and dataframes as people have them: to rosters and pairs, and back."""

from __future__ import annotations

from pairkit.files.column_map import Column, ColumnMap
from pairkit.files.frames import records_to_frame
from pairkit.files.pairs import read_pairs
from pairkit.files.people import read_roster, read_sides, roster_records, write_roster
from pairkit.files.suggestion import MapSuggestion, suggest_map
from pairkit.files.terms import TermColumns, TermFiles
from pairkit.files.writing import (
    Records,
    check_excel_fr,
    check_target,
    csv_text,
    write_tables,
    write_text,
)

__all__ = [
    "Column",
    "ColumnMap",
    "MapSuggestion",
    "Records",
    "TermColumns",
    "TermFiles",
    "check_excel_fr",
    "check_target",
    "csv_text",
    "read_pairs",
    "read_roster",
    "read_sides",
    "records_to_frame",
    "roster_records",
    "suggest_map",
    "write_roster",
    "write_tables",
    "write_text",
]
