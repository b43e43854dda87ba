"""Encodings: the bytes of a text file as text, and what had to be assumed about them."""

from __future__ import annotations

import codecs
import re
from typing import Final

from pairkit.errors import FileError
from pairkit.findings import Finding, FindingCode, Severity

__all__ = ["decode"]

LOOKED_AT: Final = 65_536  # bytes in which UTF-16 without a byte order mark shows
SHOWN_LINES: Final = 5
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDE_BOMS: Final = tuple(bom for bom, named in _BOMS if named != "utf-8-sig")
_OVERRIDE: Final = 'If accents look wrong, set encoding = "..." in the column map.'
_WINDOWS: Final = re.compile(rb"[\x80-\x9f]")  # letters and signs there, control codes in Latin
# What Latin-9 has in the place of signs: the euro, and letters, told by the letters around them.
_LATIN_9: Final = re.compile(
    rb"\xa4|[A-Za-z\xc0-\xff][\xbc\xbd\xbe]|[A-Za-z\xc0-\xff][\xa6\xa8\xb8][a-z]"
    rb"|(?<![0-9A-Za-z])[\xbc\xbd][UuIi][a-z]"
)
# "é" after a small letter and "ç", "è", "ê"; in Windows-1252 a capital and no sign at all.
_MAC: Final = re.compile(rb"[a-z]\x8e|[A-Za-z][\x8d\x8f\x90]")
# An accented letter or typographic sign in UTF-8; in Windows-1252, "Ã©" or the like.
_UTF_8_SIGN: Final = re.compile(rb"\xc3[\x80-\xbf]|\xc2[\xa0-\xbf]|\xe2\x80[\x93-\xa6]")
_GARBLED: Final = re.compile("Ã[\u0080-\u009f\u00a1-\u00bf\u2020-\u203a\u0152-\u0192]|â€|ï»¿")


def decode(data: bytes, name: str, encoding: str | None = None) -> tuple[str, list[Finding]]:
    """Return the text of a file, and what had to be assumed or left out.

    Parameters
    ----------
    data
        The bytes of the file.
    name
        Its name, for messages.
    encoding
        The encoding; ``None`` looks at the byte order mark, then tries UTF-8, UTF-16 without a
        mark, Mac Roman, Windows-1252, Latin-1 and Latin-9, whichever its bytes show.

    Raises
    ------
    FileError
        The bytes are no text in that encoding, or in none that is known.
    """
    known = encoding or next((named for bom, named in _BOMS if data.startswith(bom)), None)
    findings: list[Finding] = []
    if known is not None:
        text = _decode_as(data, name, known)
    else:
        text, assumed = _decode_unmarked(data, name)
        findings += [_warning(assumed, _OVERRIDE)] if assumed else []
    text = text.removeprefix("\ufeff").rstrip("\x1a")  # the end of a file, for DOS
    count = text.count("\0")
    if count > len(text) / 10:
        raise FileError(f"{name} is not text: it is full of NUL bytes.")
    if count:
        findings.append(_warning(f"{count} NUL bytes in {name} were left out.", ""))
        text = text.replace("\0", "")
    if garbled := _GARBLED.search(text):
        findings.append(
            _warning(
                f"{name} has garbled accents in it, such as {garbled[0]!r}: another program read "
                f"UTF-8 as Windows-1252.",
                "Export it again, as UTF-8.",
            )
        )
    return text, findings


def _warning(message: str, hint: str) -> Finding:
    return Finding(FindingCode.BAD_TEXT, message, hint, Severity.WARNING)


def _decode_as(data: bytes, name: str, encoding: str) -> str:
    wide = codecs.lookup(encoding).name.startswith(("utf-16", "utf-32"))
    if wide and not data.startswith(_WIDE_BOMS) and 0 not in data[:LOOKED_AT]:
        raise FileError(
            f"{name} is not {encoding} text: it has one byte for a letter. Leave encoding out of "
            f"the column map, or set 'utf-8' or 'cp1252'."
        )
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise FileError(
            f"{name} is not {encoding} text: byte {error.start} cannot be read. Set encoding in "
            f"the column map."
        ) from None


def _decode_unmarked(data: bytes, name: str) -> tuple[str, str]:
    """Return a text without a byte order mark, and what was assumed, if anything."""
    wide = _wide(data)
    if wide:
        return _decode_as(
            data, name, wide
        ), f"{name} has no byte order mark; it was read as UTF-16."
    try:
        return data.decode(), ""
    except UnicodeDecodeError:
        pass
    if _UTF_8_SIGN.search(data):
        return _decode_mixed(data, name)
    if _MAC.search(data):
        encoding, title = "mac-roman", "Mac Roman"
    elif _WINDOWS.search(data):
        encoding, title = "cp1252", "Windows-1252"
    elif _LATIN_9.search(data):
        encoding, title = "iso8859-15", "Latin-9"
    else:
        encoding, title = "latin-1", "Latin-1"
    return _decode_old(data, name, encoding), f"{name} is not UTF-8; it was read as {title}."


def _wide(data: bytes) -> str:
    """Return the name of UTF-16 where every other byte is mostly NUL and the rest hardly ever."""
    sample = data[:LOOKED_AT]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    for one, other, encoding in ((even, odd, "utf-16-be"), (odd, even, "utf-16-le")):
        if 10 * one > len(sample) // 2 and 20 * other <= one:
            return encoding
    return ""


def _decode_mixed(data: bytes, name: str) -> tuple[str, str]:
    """Return a text of which some lines are UTF-8 and others Windows-1252, each as what it is."""
    texts: list[str] = []
    old: list[int] = []
    for number, line in enumerate(data.split(b"\n"), start=1):
        try:
            texts.append(line.decode())
        except UnicodeDecodeError:
            texts.append(_decode_old(line, name, "cp1252"))
            old.append(number)
    shown = ", ".join(map(str, old[:SHOWN_LINES])) + ", …" * (len(old) > SHOWN_LINES)
    lines = f"line {shown}, which is" if len(old) == 1 else f"lines {shown}, which are"
    return "\n".join(texts), f"{name} is UTF-8 but for {lines} read as Windows-1252."


def _decode_old(data: bytes, name: str, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise FileError(
            f"{name} is neither UTF-8 nor Windows-1252 text. Set encoding in the column map."
        ) from None
