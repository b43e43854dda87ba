"""Archives: zip files, opened in one place, and their parts as pieces of whole cells."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from lzma import LZMAError
from pathlib import Path
from typing import Final

from pairkit.errors import FileError

__all__ = ["opened", "pieces"]

CHUNK: Final = 1 << 20  # bytes of a part that are unpacked together
LONGEST: Final = 1 << 22  # bytes; nothing that is longer is a cell
_STARTS: Final = (b"<c ", b":c ", b"<row", b":row")  # of cells and rows, in any namespace
_DAMAGED: Final = (zipfile.BadZipFile, LZMAError, OSError, ValueError)
_CUT_OFF: Final = (EOFError, zlib.error)


@contextmanager
def opened(path: Path, what: str) -> Generator[zipfile.ZipFile]:
    """Return a zip archive that is open in the block of a ``with`` statement.

    Parameters
    ----------
    path
        The file.
    what
        What the file is, for messages: ``workbook`` or ``zip archive``.

    Raises
    ------
    FileError
        The archive, or what is read of it in the block, is damaged or cut off, locked with a
        password, or compressed in a way that is not known.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except FileError:  # a ValueError too
        raise
    except (RuntimeError, *_DAMAGED, *_CUT_OFF) as error:
        raise FileError(_refusal(path.name, what, error)) from None


def _refusal(name: str, what: str, error: Exception) -> str:
    """Return what an exception of :mod:`zipfile` means."""
    if isinstance(error, NotImplementedError):  # a RuntimeError too
        return (
            f"{name} is compressed in a way that is not read ({error}): save or zip it again with "
            f"the usual settings."
        )
    if isinstance(error, RuntimeError):
        return f"{name} is locked with a password. Save or zip it without one."
    if isinstance(error, _CUT_OFF):
        return f"{name} is cut off or damaged: its data cannot be unpacked. Get it once more."
    return f"{name} is damaged: it is not a whole {what}."


def pieces(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """Return the bytes of a part in pieces that end where a cell, a row or another tag begins."""
    with archive.open(part) as stream:
        rest = b""
        while data := stream.read(CHUNK):
            rest += data
            cut = _cut(rest)
            yield rest[:cut]
            rest = rest[cut:]
        yield rest


def _cut(text: bytes) -> int:
    """Return where the last cell or row begins; the last tag where that is too far from the end."""
    start = max(map(text.rfind, _STARTS))
    cut = text.rfind(b"<", 0, start + 1)
    if cut < 0 or len(text) - cut > LONGEST:
        cut = text.rfind(b"<")
    return cut if cut >= 0 and len(text) - cut <= LONGEST else max(len(text) - LONGEST, 0)
