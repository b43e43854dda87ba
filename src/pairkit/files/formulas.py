"""Formulas: the cells of an Excel sheet whose formulas failed, which calamine gives as empty."""

from __future__ import annotations

import html
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

__all__ = ["failed_cells"]

CHUNK: Final = 1 << 20  # bytes of a sheet that are searched together
LONGEST: Final = 16 * CHUNK  # nothing that is longer is a cell
PREFIX: Final = 20  # bytes that a namespace may have; shorter than any failed cell
_BOOK: Final = "xl/workbook.xml"
_LINKS: Final = "xl/_rels/workbook.xml.rels"
_TAG = re.compile(rb"<(?:\w+:)?(?:sheet|Relationship)\s([^<>]*)>")
_ATTRIBUTE = re.compile(r"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_CELL = re.compile(
    rb"<(?:\w+:)?c\s(?=[^<>]*\bt=[\"']e[\"'])[^<>]*\br=[\"']([A-Z]{1,3})([0-9]{1,7})[\"'][^<>]*>"
    rb"(?:<(?:\w+:)?f(?:\s[^<>]*)?(?:/>|>[^<]*</(?:\w+:)?f>))?"
    rb"<(?:\w+:)?v>(#[^<]{1,20})</"
)


def failed_cells(path: Path, sheet: str) -> Iterator[tuple[int, int, str]]:
    """Yield row and column, from 0, and the error of each failed formula of a sheet.

    Parameters
    ----------
    path
        A workbook; only xlsx and xlsm tell.
    sheet
        The name of the sheet.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            part = _part_of(archive, sheet)
            if part is None:
                return
            with archive.open(part) as stream:
                rest = b""
                while chunk := stream.read(CHUNK):
                    text = rest + chunk
                    cut = max(text.rfind(b"<c "), text.rfind(b":c "))  # where the last cell starts
                    yield from _found(text[:cut] if cut > 0 else b"")
                    rest = text[max(cut - PREFIX, 0) :] if len(rest) < LONGEST else b""
                yield from _found(rest)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError):
        return  # what calamine has read is all there is


def _found(text: bytes) -> Iterator[tuple[int, int, str]]:
    if b"t=" not in text:
        return
    for match in _CELL.finditer(text):
        letters, number, error = (part.decode() for part in match.groups())
        column = 0
        for letter in letters:
            column = 26 * column + ord(letter) - ord("A") + 1
        yield int(number) - 1, column - 1, html.unescape(error)


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """Return the name of the part of an archive that is a sheet."""
    if not {_BOOK, _LINKS} <= {*archive.namelist()}:
        return None
    links = {one.get("Id"): one.get("Target", "") for one in _tags(archive.read(_LINKS))}
    sheets = {one.get("name"): one.get("r:id") for one in _tags(archive.read(_BOOK))}
    part = posixpath.normpath(posixpath.join("/xl", links.get(sheets.get(sheet)) or "")).lstrip("/")
    return part if part in archive.namelist() else None


def _tags(text: bytes) -> list[dict[str, str]]:
    """Return the attributes of each sheet or link."""
    return [
        {
            name: html.unescape(one or other)
            for name, one, other in _ATTRIBUTE.findall(tag.decode("utf-8", "replace"))
        }
        for tag in _TAG.findall(text)
    ]
