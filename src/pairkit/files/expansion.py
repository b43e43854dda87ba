"""Expansion: how much a workbook becomes, told from its parts before anything unpacks it whole."""

from __future__ import annotations

import re
import zipfile
from array import array
from itertools import accumulate
from pathlib import Path
from typing import Final

from pairkit.errors import FileError
from pairkit.files.kinds import MAX_CELLS, MAX_EXPANDED, expansion_limit

__all__ = ["Extent", "check_directory", "column_number"]

SMALL: Final = 1 << 20  # bytes of text that need not be counted more closely
_CELL = re.compile(rb"<(?:\w+:)?c(?=[\s/>])")
_PLACE = re.compile(rb"<(?:\w+:)?c\s[^<>]*?\br\s*=\s*[\"']([A-Za-z]{1,7})([0-9]{1,10})[\"']")
_ROW = re.compile(rb"<(?:\w+:)?row(?=[\s/>])")
_STRING = re.compile(rb"<(?:\w+:)?si(?=[\s/>])")
_INDEX = re.compile(rb"\bt\s*=\s*[\"']s[\"'][^<>]*>\s*<(?:\w+:)?v[^<>]*>\s*([0-9]{1,9})")


class Extent:
    """How far the cells of a part reach, and how long their texts are.

    The reader of workbooks makes room for every cell up to the last one in use, and copies a text
    that cells share into each of them.

    Parameters
    ----------
    name
        The name of the workbook, for messages.
    shared
        The extent of the part with the texts that cells share; ``None`` where there is none.
    """

    def __init__(self, name: str, shared: Extent | None = None) -> None:
        self.sizes = array("L")  # in bytes, of the texts that this part has for others to share
        self.longest = 0
        self._name = name
        self._shared = shared
        self._rows = self._columns = self._row_tags = self._text = 0
        self._run = 0  # cells without a place since the last row began

    def add(self, piece: bytes) -> None:
        """Take in whole tags.

        Raises
        ------
        FileError
            The cells, or their texts, are too many or too long.
        """
        found = _PLACE.findall(piece)
        letters, digits = zip(*found, strict=True) if found else ((), ())
        self._rows = max([self._rows, *map(int, {*digits})])
        self._columns = max([self._columns, *map(column_number, {*letters})])
        if not found or len(_CELL.findall(piece)) > len(found):
            self._add_unplaced(piece)
        self._add_sizes(piece)
        if self._shared is not None:
            self._add_shared(piece, self._shared)
        self._check()

    def _add_unplaced(self, piece: bytes) -> None:
        """Take in cells that are where the cell before them ends."""
        counts = [len(_CELL.findall(row)) for row in _ROW.split(piece)]
        counts[0] += self._run
        self._run = counts[-1]
        self._row_tags += len(counts) - 1
        self._rows = max(self._rows, self._row_tags)
        self._columns = max(self._columns, *counts)

    def _add_sizes(self, piece: bytes) -> None:
        before, *texts = _STRING.split(piece)
        if self.sizes:
            self.sizes[-1] += len(before)
        begun = max(len(self.sizes) - 1, 0)
        self.sizes.extend(map(len, texts))
        self.longest = max([self.longest, *self.sizes[begun:]])

    def _add_shared(self, piece: bytes, shared: Extent) -> None:
        found = _INDEX.findall(piece)
        if len(found) * shared.longest > SMALL:
            count = len(shared.sizes)
            self._text += sum(shared.sizes[k] for k in map(int, found) if k < count)

    def _check(self) -> None:
        if max(self._rows * self._columns, len(self.sizes)) > MAX_CELLS:
            raise FileError(
                f"{self._name} has a sheet whose cells reach to row {self._rows:,} and column "
                f"{self._columns:,}, or too many texts: at most {MAX_CELLS:,} cells are read. "
                f"Delete the rows and columns after the table, or save the table as .csv."
            )
        if self._text > MAX_EXPANDED:
            raise FileError(
                f"{self._name} has cells with more than {MAX_EXPANDED:,} bytes of text."
            )


def column_number(letters: bytes) -> int:
    """Return the number of a column, from 1, by its letters."""
    return [*accumulate(letters.upper(), lambda one, byte: 26 * one + byte - 64, initial=0)][-1]


def check_directory(archive: zipfile.ZipFile, path: Path) -> None:
    """Raise where the parts of a workbook would take too much memory, or are of a document.

    Raises
    ------
    FileError
        The parts are too large together, or those of a text document.
    """
    size = sum(part.file_size for part in archive.infolist())
    if size > expansion_limit(path):
        raise FileError(f"{path.name} would expand to {size:,} bytes; that is too much.")
    if "word/document.xml" in archive.namelist():
        raise FileError(
            f"{path.name} is a Word document, not a workbook: copy its table into a spreadsheet "
            f"and save that."
        )
