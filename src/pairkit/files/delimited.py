"""Delimited text, CSV and its kin: from bytes to rows of cells, and back."""

from __future__ import annotations

import codecs
import csv
import io
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Final

from pairkit.errors import FileError
from pairkit.findings import Finding, FindingCode, Severity

__all__ = ["decode", "delimiter_of", "format_rows", "parse_rows"]

DELIMITERS: Final = (",", ";", "\t", "|")
SAMPLE: Final = 200_000  # characters in which the delimiter is looked for
SAMPLE_ROWS: Final = 100
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_ESCAPED = re.compile(r"'+[=+\-@\t\r]")


def decode(data: bytes, name: str, encoding: str | None = None) -> tuple[str, list[Finding]]:
    """Return the text of a file, and what had to be assumed or left out.

    Parameters
    ----------
    data
        The bytes of the file.
    name
        Its name, for messages.
    encoding
        The encoding; ``None`` looks at the byte order mark, then tries UTF-8, then Windows-1252.

    Raises
    ------
    FileError
        The bytes are no text in that encoding.
    """
    findings: list[Finding] = []
    known = encoding or next((named for bom, named in _BOMS if data.startswith(bom)), None)
    try:
        text = data.decode(known or "utf-8")
    except UnicodeDecodeError as error:
        if known is not None:
            raise FileError(
                f"{name} is not {known} text: byte {error.start} cannot be read. Set encoding in "
                f"the column map."
            ) from None
        text = _decode_windows(data, name)
        findings.append(
            _warning(
                f"{name} is not UTF-8; it was read as Windows-1252.",
                'If accents look wrong, set encoding = "..." in the column map.',
            )
        )
    text = text.removeprefix("\ufeff")
    count = text.count("\0")
    if count > len(text) / 10:
        raise FileError(f"{name} is not text: it is full of NUL bytes.")
    if count:
        findings.append(_warning(f"{count} NUL bytes in {name} were left out.", ""))
        text = text.replace("\0", "")
    return text, findings


def _warning(message: str, hint: str) -> Finding:
    return Finding(FindingCode.BAD_TEXT, message, hint, Severity.WARNING)


def _decode_windows(data: bytes, name: str) -> str:
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        raise FileError(
            f"{name} is neither UTF-8 nor Windows-1252 text. Set encoding in the column map."
        ) from None


def delimiter_of(text: str, usual: str = ",") -> str:
    r"""Return the delimiter that makes the rows of a text as wide as its header.

    Parameters
    ----------
    text
        The text of the file.
    usual
        The delimiter to take where others fit no better; a tab is taken wherever it fits.

    Examples
    --------
    >>> delimiter_of("id;skills\n1;SQL, Excel\n")
    ';'
    """
    sample = text[:SAMPLE]
    if len(text) > SAMPLE:
        sample = sample[: sample.rfind("\n") + 1] or sample
    if usual == "\t" and _score(sample, usual):
        return usual
    candidates = (usual, *DELIMITERS)
    return max(candidates, key=lambda delimiter: _score(sample, delimiter))


def _score(sample: str, delimiter: str) -> float:
    """Return how well a delimiter fits: the width of the header by the share of rows as wide."""
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    try:
        widths = [len(row) for row in islice(reader, SAMPLE_ROWS) if any(map(str.strip, row))]
    except csv.Error:
        return 0.0
    return (widths[0] - 1) * widths.count(widths[0]) / len(widths) if widths else 0.0


def parse_rows(
    text: str, name: str, delimiter: str | None = None
) -> tuple[list[list[str]], dict[int, Finding]]:
    """Return the rows of a text, blank ones too, and a finding for each that cannot be read.

    Parameters
    ----------
    text
        The text of the file.
    name
        Its name, for messages.
    delimiter
        What stands between cells; ``None`` finds it out.

    Raises
    ------
    FileError
        A quotation mark is never closed, or a cell is longer than :func:`csv.field_size_limit`.
    """
    rows: list[list[str]] = []
    broken: dict[int, Finding] = {}
    stream = io.StringIO(text, newline="")
    if text[:4].lower() == "sep=" and len(text) > 4:  # a line for Excel alone
        delimiter = delimiter or text[4]
        stream.readline()
        rows.append([])
    delimiter = delimiter or delimiter_of(text, "\t" if ".tsv" in name.lower() else ",")
    reader = csv.reader(stream, delimiter=delimiter, strict=True)
    while True:
        try:
            rows.extend(reader)
        except csv.Error as error:
            broken[len(rows)] = _broken(str(error), len(rows) + 1, name)
            rows.append([])
        else:
            break
    if any(f"'{sign}" in text for sign in "=+-@\t\r"):
        rows = [[unescaped(cell) for cell in row] for row in rows]
    return rows, broken


def _broken(reason: str, row: int, name: str) -> Finding:
    """Return a finding for a row with wrong quotation marks; raise where the rest is lost too."""
    if "unexpected end" in reason:
        raise FileError(f"{name}: a quotation mark that is opened in row {row} is never closed.")
    if "limit" in reason:
        raise FileError(
            f"{name}: row {row} has a cell of more than {csv.field_size_limit():,} characters. "
            f"Perhaps a quotation mark is not closed."
        )
    return Finding(
        FindingCode.BAD_TEXT,
        "The quotation marks of this row do not match.",
        'Put the whole cell between quotation marks, and double those inside: "a ""b"" c".',
        row=row,
    )


def unescaped(text: str) -> str:
    """Return a text without the apostrophe that kept it from being a formula."""
    return text[1:] if _ESCAPED.match(text) else text


def escaped(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula.

    Examples
    --------
    >>> escaped("=1+1"), escaped("1+1")
    ("'=1+1", '1+1')
    """
    return "'" + text if _FORMULA.match(text) else text


def format_rows(rows: Iterable[Sequence[object]], delimiter: str = ",") -> str:
    """Return rows as delimited text; texts are escaped, numbers stay numbers."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\r\n")
    writer.writerows(_cells(rows))
    return stream.getvalue()


def _cells(rows: Iterable[Sequence[object]]) -> Iterator[list[object]]:
    for row in rows:
        yield [_cell(value) for value in row]


def _cell(value: object) -> object:
    if isinstance(value, str):
        return escaped(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and math.isnan(value):
        return None
    return value.isoformat() if isinstance(value, date) else value
