"""Results: rows of figures, kept in JSON and shown in Markdown as they come in."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TypeAlias

from benchmarks.measuring import machine

__all__ = ["Figure", "Figures", "Results", "Row"]

Figure: TypeAlias = float | int | str | None
Figures: TypeAlias = dict[str, Figure]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table.

    Parameters
    ----------
    table
        The table that it is in.
    name
        What was measured; a later row of the same name takes its place.
    figures
        Figures by column; ``None`` where there is none.
    """

    table: str
    name: str
    figures: Figures


@dataclass(slots=True)
class Results:
    """Rows in a pair of files, written anew with every row.

    Rows that the files hold already stay, unless a row is added to their table on another machine
    or with other versions: the figures of a table belong together.

    Parameters
    ----------
    folder
        Where the files are.
    stem
        Their name without its ending.
    titles
        A title for each table, in their order.
    """

    folder: Path
    stem: str
    titles: Mapping[str, str]
    machine: dict[str, str] = field(default_factory=machine)
    machines: dict[str, dict[str, str]] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Take over the rows that are there."""
        path = self.folder / f"{self.stem}.json"
        if not path.exists():
            return
        held = json.loads(path.read_text(encoding="utf-8"))
        self.machines = held["machines"]
        self.rows = [Row(**row) for row in held["rows"]]

    def add(self, row: Row) -> None:
        """Add a row, and write both files."""
        measured = self.machines.get(row.table, self.machine)
        if _undated(measured) != _undated(self.machine):
            self.rows = [one for one in self.rows if one.table != row.table]
        self.machines[row.table] = self.machine
        same = [k for k, one in enumerate(self.rows) if _key(one) == _key(row)]
        if same:
            self.rows[same[0]] = row
        else:
            self.rows.append(row)
        self.write()

    def write(self) -> None:
        """Write both files."""
        self.folder.mkdir(parents=True, exist_ok=True)
        held = {"machines": self.machines, "rows": [asdict(row) for row in self.rows]}
        text = json.dumps(held, indent=2, allow_nan=False) + "\n"
        (self.folder / f"{self.stem}.json").write_text(text, encoding="utf-8")
        (self.folder / f"{self.stem}.md").write_text(self.markdown(), encoding="utf-8")

    def markdown(self) -> str:
        """Return all tables."""
        pieces = ["# Results"]
        for table, title in self.titles.items():
            rows = [row for row in self.rows if row.table == table]
            if rows:
                measured = self.machines[table].items()
                line = ", ".join(f"{name} {value}" for name, value in measured)
                pieces += [f"## {title}", _table(rows), f"Machine: {line}."]
        return "\n\n".join(pieces) + "\n"


def finite(value: float) -> float | None:
    """Return a number, or ``None`` where it is infinite or none: JSON has no word for it."""
    return value if math.isfinite(value) else None


def _key(row: Row) -> tuple[str, str]:
    return row.table, row.name


def _undated(machine: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in machine.items() if name != "date"}


def _table(rows: Iterable[Row]) -> str:
    rows = list(rows)
    columns = list(dict.fromkeys(name for row in rows for name in row.figures))
    lines = [_line(["", *columns]), _line([":--", *("--:" for _ in columns)])]
    lines += [_line([row.name, *(_shown(row.figures.get(one)) for one in columns)]) for row in rows]
    return "\n".join(lines)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _shown(value: Figure) -> str:
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    if isinstance(value, int) or abs(value) >= 1000.0:
        return f"{value:,.0f}"
    return f"{value:.3g}"
