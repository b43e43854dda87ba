"""Markup: what the XML of a sheet of an Excel workbook tells beside the values of its cells."""

from __future__ import annotations

import html
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

__all__ = ["Markup", "read_markup"]

CHUNK: Final = 1 << 24  # bytes of a sheet that are looked at together, up to the end of a row
LONGEST: Final = 1 << 26  # bytes of a row from which on it is looked at in parts
_SHEET = re.compile(rb"<sheet ([^>]*)>")
_RELATION = re.compile(rb"<Relationship ([^>]*)>")
_ATTRIBUTE = re.compile(rb'([\w:]+)="([^"]*)"')
_FORMATS = re.compile(rb"<numFmt ([^>]*)>")
_STYLES = re.compile(rb"<cellXfs[^>]*>(.*?)</cellXfs>", re.DOTALL)
_STYLE = re.compile(rb"<xf ([^>]*)>")
_ZEROS = re.compile(r"(?:\[\$-[0-9A-Fa-f]+\])?(0{2,})(?:;.*)?")
_UNCOUNTED = re.compile(rb"<c ([^>]*)><f[^>]*(?:/>|>[^<]*</f>)(?:<v\s*/>|<v></v>)?</c>")
_NUMBER = re.compile(rb"<c ([^>]*)><v>([0-9]+)(?:\.0)?</v>")
_ROW = re.compile(rb"<row ([^>]*)>")
_PLACE = re.compile(r"([A-Z]+)([0-9]+)")


@dataclass(frozen=True, slots=True)
class Markup:
    """What the XML of a sheet tells.

    Parameters
    ----------
    uncounted
        Names of cells with a formula that no program has computed, such as ``B2``.
    padded
        Whole numbers that are shown with zeros before them, by row and column from 0.
    hidden
        Numbers of the rows that are hidden, by hand or by a filter.
    """

    uncounted: list[str] = field(default_factory=list)
    padded: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden: list[int] = field(default_factory=list)


def read_markup(path: Path, sheet: str) -> Markup:
    """Return what the XML of a sheet tells; nothing where the workbook is none of Excel's XML."""
    markup = Markup()
    try:
        with zipfile.ZipFile(path) as archive:
            part = _part(archive, sheet)
            if part in archive.namelist():
                widths = _widths(archive)
                with archive.open(part) as stream:
                    for chunk in _chunks(stream):
                        _look(chunk, widths, markup)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, zlib.error, ValueError):
        return Markup()
    return markup


def _attributes(text: bytes) -> dict[str, str]:
    return {
        name.decode(): html.unescape(value.decode(errors="replace"))
        for name, value in _ATTRIBUTE.findall(text)
    }


def _optional(archive: zipfile.ZipFile, name: str) -> bytes:
    return archive.read(name) if name in archive.namelist() else b""


def _part(archive: zipfile.ZipFile, sheet: str) -> str:
    """Return the name of the part of the archive that holds a sheet, or an empty text."""
    sheets = map(_attributes, _SHEET.findall(_optional(archive, "xl/workbook.xml")))
    wanted = next((one.get("r:id") for one in sheets if one.get("name") == sheet), None)
    relations = _RELATION.findall(_optional(archive, "xl/_rels/workbook.xml.rels"))
    found = (one.get("Target", "") for one in map(_attributes, relations) if one["Id"] == wanted)
    return posixpath.normpath(posixpath.join("/xl", next(found, ""))).removeprefix("/")


def _widths(archive: zipfile.ZipFile) -> dict[str, int]:
    """Return how many digits a style shows at least, for the styles of zeros alone."""
    styles = _optional(archive, "xl/styles.xml")
    formats = map(_attributes, _FORMATS.findall(styles))
    codes = {one.get("numFmtId", ""): one.get("formatCode", "") for one in formats}
    zeros = {
        name: len(match[1]) for name, code in codes.items() if (match := _ZEROS.fullmatch(code))
    }
    section = _STYLES.search(styles)
    used = map(_attributes, _STYLE.findall(section[1])) if section and zeros else ()
    return {
        str(k): zeros[one["numFmtId"]] for k, one in enumerate(used) if one.get("numFmtId") in zeros
    }


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    """Return the bytes of a sheet in parts that end where a row does."""
    rest = b""
    while data := stream.read(CHUNK):
        rest += data
        cut = rest.rfind(b"</row>") + len(b"</row>")
        if cut < len(b"</row>") and len(rest) < LONGEST:
            continue
        yield rest[:cut] if cut >= len(b"</row>") else rest
        rest = rest[cut:] if cut >= len(b"</row>") else b""
    yield rest


def _look(chunk: bytes, widths: Mapping[str, int], markup: Markup) -> None:
    """Add what a part of a sheet tells."""
    if b"<f>" in chunk or b"<f " in chunk:
        cells = map(_attributes, _UNCOUNTED.findall(chunk))
        markup.uncounted.extend(one["r"] for one in cells if one.get("t") != "str" and "r" in one)
    if b'hidden="' in chunk:
        rows = map(_attributes, _ROW.findall(chunk))
        markup.hidden.extend(
            int(one["r"]) for one in rows if one.get("hidden") in {"1", "true"} and "r" in one
        )
    if widths:
        for text, digits in _NUMBER.findall(chunk):
            cell = _attributes(text)
            width, place = widths.get(cell.get("s", ""), 0), _PLACE.fullmatch(cell.get("r", ""))
            if place and len(digits) < width and cell.get("t", "n") == "n":
                at = int(place[2]) - 1, _column(place[1])
                markup.padded[at] = digits.decode().zfill(width)


def _column(letters: str) -> int:
    """Return the position of a column, from 0, by its letters."""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1
