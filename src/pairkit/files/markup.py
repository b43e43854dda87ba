"""Markup: what the XML of an Excel workbook tells of its sheets beside the values of cells."""

from __future__ import annotations

import html
import posixpath
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field

from pairkit.files.expansion import column_number

__all__ = ["Markup", "sheet_parts", "zeros_of_styles"]

_TAG = re.compile(rb"<(?:\w+:)?(?:sheet|Relationship)\s([^<>]*)>")
_ATTRIBUTE = re.compile(r"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_FORMATS = re.compile(rb"<(?:\w+:)?numFmt\s([^>]*)>")
_STYLES = re.compile(rb"<(?:\w+:)?cellXfs[^>]*>(.*?)</(?:\w+:)?cellXfs>", re.DOTALL)
_STYLE = re.compile(rb"<(?:\w+:)?xf\s([^>]*)>")
_ZEROS = re.compile(r"(?:\[\$-[0-9A-Fa-f]+\])?(0{2,})(?:;.*)?")
_FORMULA = rb"<(?:\w+:)?f(?:\s[^<>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)"
_UNCOUNTED = re.compile(
    rb"<(?:\w+:)?c\s([^<>]*)>" + _FORMULA + rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?"
    rb"</(?:\w+:)?c>"
)
_FAILED = re.compile(
    rb"<(?:\w+:)?c\s(?=[^<>]*\bt=[\"']e[\"'])([^<>]*)>"
    rb"(?:" + _FORMULA + rb")?<(?:\w+:)?v>(#[^<]{1,20})</"
)
_NUMBER = re.compile(
    rb"<(?:\w+:)?c\s(?![^<>]*\bt=[\"'][^n])([^<>]*)><(?:\w+:)?v>([0-9]+)(?:\.0)?</"
)
_ROW = re.compile(rb"<(?:\w+:)?row\s([^<>]*)>")
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


@dataclass(frozen=True, slots=True)
class Markup:
    """What the XML of a sheet tells.

    Parameters
    ----------
    zeros
        How many digits a style shows at least, by the number of the style.
    uncounted
        Names of cells with a formula that no program has computed, such as ``B2``.
    failed
        The errors of failed formulas, by row and column from 0.
    padded
        Whole numbers that are shown with zeros before them, by row and column from 0.
    hidden
        Numbers of the rows that are hidden, by hand or by a filter.
    """

    zeros: Mapping[str, int] = field(default_factory=dict)
    uncounted: list[str] = field(default_factory=list)
    failed: dict[tuple[int, int], str] = field(default_factory=dict)
    padded: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden: list[int] = field(default_factory=list)

    def add(self, piece: bytes) -> None:
        """Take in whole cells of the sheet."""
        if b"<f" in piece or b":f" in piece:
            cells = map(_attributes, _UNCOUNTED.findall(piece))
            self.uncounted.extend(one["r"] for one in cells if one.get("t") != "str" and "r" in one)
        if b'="e"' in piece or b"='e'" in piece:
            for text, error in _FAILED.findall(piece):
                self._put(self.failed, _attributes(text), html.unescape(error.decode()))
        if b"hidden=" in piece:
            rows = map(_attributes, _ROW.findall(piece))
            self.hidden.extend(
                int(one["r"]) for one in rows if one.get("hidden") in {"1", "true"} and "r" in one
            )
        if self.zeros:
            self._add_padded(piece)

    def _add_padded(self, piece: bytes) -> None:
        for text, digits in _NUMBER.findall(piece):
            cell = _attributes(text)
            width = self.zeros.get(cell.get("s", ""), 0)
            if len(digits) < width:
                self._put(self.padded, cell, digits.decode().zfill(width))

    @staticmethod
    def _put(found: dict[tuple[int, int], str], cell: Mapping[str, str], value: str) -> None:
        if place := _PLACE.fullmatch(cell.get("r", "")):
            found[int(place[2]) - 1, column_number(place[1].encode()) - 1] = value


def sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the name of the part of an archive that each sheet is, by the name of the sheet."""
    relations = _tags(archive, "xl/_rels/workbook.xml.rels")
    targets = {one.get("Id"): one.get("Target", "") for one in relations}
    return {
        one.get("name", ""): posixpath.normpath(
            posixpath.join("/xl", targets.get(one.get("r:id"), ""))
        ).lstrip("/")
        for one in _tags(archive, "xl/workbook.xml")
    }


def zeros_of_styles(archive: zipfile.ZipFile) -> dict[str, int]:
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


def _optional(archive: zipfile.ZipFile, name: str) -> bytes:
    return archive.read(name) if name in archive.namelist() else b""


def _tags(archive: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    """Return the attributes of each sheet or relation that a part lists."""
    return [*map(_attributes, _TAG.findall(_optional(archive, name)))]


def _attributes(text: bytes) -> dict[str, str]:
    return {
        name: html.unescape(one or other)
        for name, one, other in _ATTRIBUTE.findall(text.decode(errors="replace"))
    }
