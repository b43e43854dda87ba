"""Streams: standard input as a file of people, and a standard output that cannot be written."""

from __future__ import annotations

import errno
import io
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Final, NoReturn

import typer  # noqa: TC002 - it reads the annotations of a callback

from pairkit.cli.screens import say

__all__ = ["check_output", "given_file", "not_written"]

STANDARD_INPUT: Final = frozenset({"-", "/dev/stdin"})


def given_file(context: typer.Context, path: Path) -> Path:
    """Return the path of a file of people; standard input is put in one as long as we run."""
    if str(path) not in STANDARD_INPUT or sys.stdin is None:
        return path
    data = sys.stdin.buffer.read()
    folder = context.with_resource(tempfile.TemporaryDirectory())
    kept = Path(folder, f"standard input{_suffix(data)}")
    kept.write_bytes(data)
    return kept


def _suffix(data: bytes) -> str:
    """Return the suffix of a file with these bytes: JSON, JSON lines, a workbook, else CSV."""
    if data.startswith(b"PK\x03\x04"):
        return ".xlsx"
    if not data.lstrip().startswith((b"[", b"{")):
        return ".csv"
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return ".json" if data.lstrip().startswith(b"[") else ".jsonl"
    return ".json"


class _Closed(io.TextIOBase):
    """A standard output that the shell has closed."""

    def write(self, text: str, /) -> NoReturn:
        """Raise: nothing can be written."""
        raise OSError(errno.EBADF, "it is closed")


def check_output() -> None:
    """Make sure that a closed standard output is an error as soon as it is written to."""
    if sys.stdout is None:
        os.open(os.devnull, os.O_WRONLY)  # takes its number, which another file would get
        sys.stdout = _Closed()


def not_written(error: OSError) -> None:
    """Say that standard output cannot be written, and give up what is left in it."""
    sys.stdout = io.StringIO()
    if error.errno != errno.EPIPE:  # whoever read it has had enough
        say(f"Standard output cannot be written: {error.strerror}.")
