"""File kinds: what a file is by its suffix and by its first bytes, and how far it may expand."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Final

from pairkit.errors import FileError, did_you_mean
from pairkit.files.archives import opened

__all__ = [
    "MAX_CELLS",
    "MAX_COLUMNS",
    "MAX_EXPANDED",
    "TEXTS",
    "check_magic",
    "check_there",
    "expanded",
    "expansion_limit",
    "kind_of",
    "unzipped",
]

MAX_EXPANDED: Final = 1 << 31  # bytes that a compressed file may expand to
MAX_COLUMNS: Final = 16_384  # as many as a sheet of Excel has
MAX_CELLS: Final = 50_000_000  # of one table, rows times columns
MAX_RATIO: Final = 300  # how far a large gzip file may expand, as a multiple of its size
LARGE: Final = 1 << 27  # bytes from which on the ratio counts
_READS: Final = {
    ".csv": "delimited text",
    ".tsv": "delimited text",
    ".txt": "delimited text",
    ".xlsx": "a workbook",
    ".xlsm": "a workbook",
    ".xlsb": "a workbook",
    ".ods": "a workbook",
    ".parquet": "a Parquet file",
    ".feather": "an Arrow file",
    ".arrow": "an Arrow file",
    ".json": "JSON",
    ".jsonl": "JSON lines",
    ".ndjson": "JSON lines",
}
_DOCUMENTS: Final = frozenset({".doc", ".docx", ".docm", ".odt", ".rtf"})
_WORKBOOK: Final = "a workbook or zip archive"
_WEB_PAGE: Final = "a web page or XML"
_MAGIC: Final = (
    (b"PK\x03\x04", _WORKBOOK),
    (b"\xd0\xcf\x11\xe0", "an old (.xls) or encrypted Office file"),
    (b"\x1f\x8b", "a gzip file"),
    (b"PAR1", "a Parquet file"),
    (b"ARROW1", "an Arrow file"),
    (b"FEA1", "an old Feather file"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"SQLite format 3", "an SQLite database"),
)
_SUFFIXES: Final = {
    _WORKBOOK: ".xlsx",
    "a gzip file": ".gz after its suffix",
    "a Parquet file": ".parquet",
    "an Arrow file": ".feather",
    "JSON": ".json",
    "text": ".csv",
}
TEXTS: Final = frozenset({"delimited text", "JSON", "JSON lines"})


def kind_of(path: Path) -> tuple[str, bool]:
    """Return what the suffix says the file is, and whether it is compressed."""
    name = path.name.lower()
    compressed = name.endswith(".gz")
    suffix = Path(name.removesuffix(".gz")).suffix
    if suffix == ".xls":
        raise FileError(f"{path.name} is an old Excel file: save it as .xlsx.")
    if suffix in _DOCUMENTS:
        raise FileError(
            f"{path.name} is a text document: copy its table into a spreadsheet and save it as "
            f".xlsx or .csv."
        )
    kind = _READS.get(suffix)
    if kind is None or (compressed and kind not in TEXTS):
        ending = suffix + ".gz" * compressed
        files = f"files that end in {ending!r}" if ending else "files without a suffix"
        raise FileError(
            f"{path.name}: {files} are not read. Known are {', '.join(_READS)}, .gz after those "
            f"of text, and .zip around one of them."
        )
    return kind, compressed


def check_there(path: Path) -> None:
    """Raise unless there is a file that is not empty."""
    if path.is_dir():
        raise FileError(f"{path.name or path} is a folder, not a file.")
    if not path.exists():
        folder = path.parent
        names = [one.name for one in folder.iterdir()] if folder.is_dir() else []
        where = "" if names else f" There is no folder {str(folder)!r}."
        raise FileError(f"There is no file {path.name!r}.{did_you_mean(path.name, names)}{where}")
    if path.stat().st_size == 0:
        raise FileError(f"{path.name} is empty.")


def check_magic(name: str, head: bytes, kind: str) -> None:
    """Raise where the first bytes of a file are those of another kind of file."""
    looks = next((what for magic, what in _MAGIC if head.startswith(magic)), "text")
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml")):
        looks = _WEB_PAGE
    elif kind == "delimited text" and start.startswith((b'{"', b"[{", b"{\n", b"[\n")):
        looks = "JSON"
    expected = "text" if kind in TEXTS else _WORKBOOK if kind == "a workbook" else kind
    if looks == expected:
        return
    suffix = _SUFFIXES.get(looks)
    way_out = f"Give it the suffix {suffix}, or save" if suffix else "Save"
    raise FileError(
        f"{name} is not {kind}, as its name says: it looks like {looks}. {way_out} it as {kind}."
    )


def expanded(path: Path) -> bytes:
    """Return the bytes of a gzip file, which may not expand without limit."""
    limit = expansion_limit(path)
    try:
        with gzip.open(path) as stream:
            data = stream.read(limit + 1)
    except gzip.BadGzipFile:
        raise FileError(f"{path.name} is not compressed with gzip, as its name says.") from None
    except (EOFError, zlib.error):
        raise FileError(f"{path.name} is damaged: its compressed data ends early.") from None
    return _within(data, limit, path)


def unzipped(path: Path) -> tuple[bytes, str, str]:
    """Return the bytes of the one file in a zip archive, its name and its kind.

    Raises
    ------
    FileError
        The archive holds no file or several, or one that is no text, is locked, is damaged, or
        expands too far.
    """
    limit = expansion_limit(path)
    with opened(path, "zip archive") as archive:
        inner = _only(archive, path.name)
        name = PurePosixPath(inner.filename).name
        kind, compressed = kind_of(Path(name))
        if compressed or kind not in TEXTS:
            raise FileError(
                f"{path.name} holds {name}; in a zip archive, text and JSON alone are read. "
                f"Unpack it first."
            )
        with archive.open(inner) as stream:
            data = stream.read(limit + 1)
    return _within(data, limit, path), name, kind


def _only(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    """Return the one file of an archive, without what a Mac adds to it and other hidden files."""
    files = [
        one
        for one in archive.infolist()
        if not one.is_dir()
        and not one.filename.startswith("__MACOSX/")
        and not PurePosixPath(one.filename).name.startswith(".")
    ]
    if len(files) != 1:
        count = f"{len(files)} files" if files else "no file"
        raise FileError(f"{name} holds {count}, not one. Unpack it, and read the file you mean.")
    return files[0]


def expansion_limit(path: Path) -> int:
    """Return the number of bytes that a compressed file may expand to."""
    return min(MAX_EXPANDED, max(LARGE, MAX_RATIO * path.stat().st_size))


def _within(data: bytes, limit: int, path: Path) -> bytes:
    if len(data) > limit:
        raise FileError(f"{path.name} would expand to more than {limit:,} bytes; that is too much.")
    return data
