"""Inspection: one look at the parts of a workbook, before its cells are read."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pairkit.files.archives import opened, pieces
from pairkit.files.expansion import Extent, check_directory
from pairkit.files.markup import Markup, sheet_parts, zeros_of_styles

__all__ = ["inspected"]

_EXCEL: Final = frozenset({".xlsx", ".xlsm"})
_TEXTS: Final = "sharedstrings.xml"  # of the part with the texts that cells share, in any case


def inspected(path: Path) -> Mapping[str, Markup]:
    """Return what the XML of a workbook tells of each sheet, by name; xlsx and xlsm alone tell.

    Each part is unpacked once, a piece at a time.

    Raises
    ------
    FileError
        The workbook is damaged, locked or compressed in an unknown way, or takes too much memory.
    """
    with opened(path, "workbook") as archive:
        check_directory(archive, path)
        return _sheets(archive, path.name) if path.suffix.lower() in _EXCEL else {}


def _sheets(archive: zipfile.ZipFile, name: str) -> Mapping[str, Markup]:
    parts = sheet_parts(archive)
    zeros = zeros_of_styles(archive)
    sheets = {part: Markup(zeros) for part in parts.values()}
    shared: Extent | None = None
    for part in sorted(archive.infolist(), key=_comes_later):
        extent = Extent(name, shared)
        markup = sheets.get(part.filename)
        for piece in pieces(archive, part):
            extent.add(piece)
            if markup is not None:
                markup.add(piece)
        if not _comes_later(part):
            shared = extent
    return {title: sheets[part] for title, part in parts.items()}


def _comes_later(part: zipfile.ZipInfo) -> bool:
    """Return whether a part may refer to the texts that cells share."""
    return not part.filename.lower().endswith(_TEXTS)
