"""Expansion: how much a workbook becomes, told from its parts before anything unpacks it whole."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from pairkit.errors import FileError
from pairkit.files.kinds import MAX_CELLS, MAX_EXPANDED, expansion_limit

__all__ = ["check_expansion"]

CHUNK = 1 << 20
_CELL = re.compile(rb"<(?:\w+:)?c(?=[\s/>])")
_PLACE = re.compile(rb"<(?:\w+:)?c\s[^<>]*?\br\s*=\s*[\"']([A-Za-z]{1,7})([0-9]{1,10})[\"']")
_ROW = re.compile(rb"<(?:\w+:)?row(?=[\s/>])")
_STRING = re.compile(rb"<(?:\w+:)?si(?=[\s/>])")
_INDEX = re.compile(rb"\bt\s*=\s*[\"']s[\"'][^<>]*>\s*<(?:\w+:)?v[^<>]*>\s*([0-9]{1,9})")


@dataclass(slots=True)
class _Extent:
    """How far the cells of the parts that were looked at reach."""

    rows: int = 0
    columns: int = 0
    row_tags: int = 0
    strings: int = 0
    run: int = 0  # cells without a place since the last row began

    def add(self, chunk: bytes) -> None:
        """Take in whole tags of one part."""
        places = {*_PLACE.findall(chunk)}
        self.rows = max([self.rows, *(int(digits) for _, digits in places)])
        self.columns = max([self.columns, *(_column(letters) for letters, _ in places)])
        self.strings += len(_STRING.findall(chunk))
        if len(_CELL.findall(chunk)) > len(_PLACE.findall(chunk)):
            self._add_unplaced(chunk)

    def _add_unplaced(self, chunk: bytes) -> None:
        """Take in cells that are where the cell before them ends."""
        counts = [len(_CELL.findall(piece)) for piece in _ROW.split(chunk)]
        counts[0] += self.run
        self.run = counts[-1]
        self.row_tags += len(counts) - 1
        self.rows = max(self.rows, self.row_tags)
        self.columns = max(self.columns, *counts)


def _column(letters: bytes) -> int:
    """Return the number of a column, from 1, by its letters."""
    return [*accumulate(letters.upper(), lambda one, byte: 26 * one + byte - 64, initial=0)][-1]


def check_expansion(path: Path) -> None:
    """Raise where a workbook, a zip archive, is damaged or would take too much memory.

    The reader of workbooks makes room for every cell up to the last one in use, and copies a text
    that cells share into each of them.

    Raises
    ------
    FileError
        The parts of the workbook, its cells, or their texts are too many or too large.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _check_directory(archive, path)
            if path.suffix.lower() in {".xlsx", ".xlsm"}:
                _check_parts(archive, path.name)
    except FileError:  # a ValueError too
        raise
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, EOFError, zlib.error):
        raise FileError(f"{path.name} is damaged: it is not a whole workbook.") from None
    except RuntimeError:  # zipfile's word for a password
        raise FileError(f"{path.name} is locked with a password. Save it without one.") from None


def _check_directory(archive: zipfile.ZipFile, path: Path) -> None:
    size = sum(part.file_size for part in archive.infolist())
    if size > expansion_limit(path):
        raise FileError(f"{path.name} would expand to {size:,} bytes; that is too much.")
    if "word/document.xml" in archive.namelist():
        raise FileError(
            f"{path.name} is a Word document, not a workbook: copy its table into a spreadsheet "
            f"and save that."
        )


def _check_parts(archive: zipfile.ZipFile, name: str) -> None:
    strings: list[int] = []
    sheets: list[zipfile.ZipInfo] = []
    for part in archive.infolist():
        extent = _Extent()
        for chunk in _chunks(archive, part):
            extent.add(chunk)
        if max(extent.rows * extent.columns, extent.strings) > MAX_CELLS:
            raise FileError(
                f"{name} has a sheet whose cells reach to row {extent.rows:,} and column "
                f"{extent.columns:,}, or too many texts: at most {MAX_CELLS:,} cells are read. "
                f"Delete the rows and columns after the table, or save the table as .csv."
            )
        if extent.strings:
            strings = [len(text) for text in _STRING.split(archive.read(part))[1:]]
        if extent.rows:
            sheets.append(part)
    if strings:
        for part in sheets:
            _check_texts(archive, part, strings, name)


def _check_texts(
    archive: zipfile.ZipFile, part: zipfile.ZipInfo, strings: list[int], name: str
) -> None:
    """Raise where the texts that the cells of a sheet share are too long, each in its cells."""
    total, longest = 0, max(strings)
    for chunk in _chunks(archive, part):
        found = _INDEX.findall(chunk)
        if len(found) * longest > CHUNK:
            found_in = (int(digits) for digits in found)
            total += sum(strings[k] for k in found_in if k < len(strings))
        if total > MAX_EXPANDED:
            raise FileError(f"{name} has cells with more than {MAX_EXPANDED:,} bytes of text.")


def _chunks(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """Return the bytes of a part in pieces that end where a tag begins."""
    with archive.open(part) as stream:
        kept = b""
        while data := stream.read(CHUNK):
            whole, begun, rest = (kept + data).rpartition(b"<")
            yield whole
            kept = (begun + rest)[:CHUNK]
        yield kept
