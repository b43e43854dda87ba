"""Zip archives: each way in which one can be broken, on its own and as a workbook."""

from __future__ import annotations

import os
import random
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import pytest
import xlsxwriter

from pairkit.errors import FileError
from pairkit.files import archives
from pairkit.files.archives import opened, pieces
from pairkit.files.inspection import inspected
from pairkit.files.markup import Markup
from pairkit.files.tables import read_table

LOCAL, LISTED = b"PK\x03\x04", b"PK\x01\x02"  # what a header before a part, and in the list, begins


@pytest.fixture(params=["p.zip", "p.xlsx"])
def whole(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A zip archive of one file, and a workbook."""
    path = tmp_path / str(request.param)
    if path.suffix == ".xlsx":
        with xlsxwriter.Workbook(path) as book:
            book.add_worksheet().write_column(0, 0, ["id", "A"])
    else:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("p.csv", "id\nA\n")
    assert len(read_table(path).rows) == 1
    return path


def headers(data: bytes) -> Iterator[tuple[int, int]]:
    """Return where headers begin, and how much later a field is than before a part."""
    for mark, shift in ((LOCAL, 0), (LISTED, 2)):
        for found in re.finditer(re.escape(mark), data):
            yield found.start(), shift


def lock(data: bytearray) -> None:
    for start, shift in headers(bytes(data)):
        data[start + shift + 6] |= 1


def encode(data: bytearray) -> None:
    for start, shift in headers(bytes(data)):
        data[start + shift + 8] = 9  # Deflate64


def ask_for_a_newer_reader(data: bytearray) -> None:
    for start, shift in headers(bytes(data)):
        data[start + shift + 4] = 99


def spoil(data: bytearray) -> None:
    """Begin the first part with a block of a kind that does not exist."""
    start = 30 + int.from_bytes(data[26:28], "little") + int.from_bytes(data[28:30], "little")
    data[start] = 0xFF


def misstate_sum(data: bytearray) -> None:
    data[data.index(LISTED) + 16] ^= 0xFF


def cut(data: bytearray) -> None:
    del data[-30:]


def move_list(data: bytearray) -> None:
    data[-6:-2] = b"\xff\xff\xff\x7f"


@pytest.mark.parametrize(
    ("spoiled", "message"),
    [
        (lock, r" is locked with a password\. Save or zip it without one\."),
        (encode, r" is compressed in a way that is not read \(.*\): save or zip it again with"),
        (ask_for_a_newer_reader, r" is compressed in a way that is not read \(zip file version"),
        (spoil, r" is cut off or damaged: its data cannot be unpacked\. Get it once more\."),
        (misstate_sum, r" is damaged: it is not a whole (workbook|zip archive)\."),
        (cut, r" is damaged: it is not a whole (workbook|zip archive)\."),
        (move_list, r" is damaged: it is not a whole (workbook|zip archive)\."),
    ],
)
def test_each_broken_archive_is_refused_in_a_sentence(
    whole: Path, spoiled: Callable[[bytearray], None], message: str
) -> None:
    data = bytearray(whole.read_bytes())
    spoiled(data)
    whole.write_bytes(data)
    with pytest.raises(FileError, match=rf"^{re.escape(whole.name)}{message}"):
        read_table(whole)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_spoiled_data_of_other_compressions_are_told(tmp_path: Path, method: int) -> None:
    path = tmp_path / "p.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("p.csv", "id\n" + "".join(f"{k}\n" for k in range(1000)))
    data = bytearray(path.read_bytes())
    data[45:1000:7] = bytes(len(range(45, min(1000, len(data)), 7)))
    path.write_bytes(data)
    with pytest.raises(FileError, match=r"^p\.zip is damaged: it is not a whole zip archive\."):
        read_table(path)


def test_archive_that_gets_shorter_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "p.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a", random.Random(0).randbytes(1_000_000))

    def read_the_rest() -> None:
        with opened(path, "workbook") as archive:
            os.truncate(path, 500_000)
            archive.read("a")

    with pytest.raises(FileError, match=r"^p\.xlsx is cut off or damaged"):
        read_the_rest()


def test_refusals_of_a_block_go_through(whole: Path) -> None:
    with pytest.raises(FileError, match="mine"), opened(whole, "workbook"):
        raise FileError("mine")


@pytest.mark.parametrize("chunk", [1, 7, 100, 1 << 20])
def test_pieces_are_whole_cells_and_all_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    cells = "".join(f'<x:row r="{k}"><x:c r="A{k}"><x:v>{k}</x:v></x:c></x:row>' for k in range(99))
    for text in (cells, cells.replace("x:", ""), "<a>" * 99, "no tags", ""):
        path = tmp_path / "p.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("p", text)
        monkeypatch.setattr(archives, "CHUNK", chunk)
        with opened(path, "zip archive") as archive:
            found = [*pieces(archive, archive.getinfo("p"))]
        assert b"".join(found).decode() == text
        assert all(one.count(b"c r=") == len(re.findall(rb"/\S{,2}v>", one)) for one in found)
        assert all(one.startswith(b"<") for one in found if one and text.startswith("<"))


def test_pieces_stay_short_where_nothing_is_a_tag_or_a_cell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "CHUNK", 10)
    monkeypatch.setattr(archives, "LONGEST", 20)
    path = tmp_path / "p.zip"
    for text in ("x" * 999, "<c r='A1'>" + "x" * 999, "<c r='A1'>" + "<t>x</t>" * 99):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("p", text)
        with opened(path, "zip archive") as archive:
            found = [*pieces(archive, archive.getinfo("p"))]
        assert b"".join(found).decode() == text
        assert max(map(len, found)) <= 40


def test_workbook_is_opened_and_its_parts_unpacked_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "p.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for _ in range(2):
            book.add_worksheet().write_column(0, 0, ["id", "A"])
    seen: list[str] = []
    real = zipfile.ZipFile.open

    def noted(archive: zipfile.ZipFile, part: str | zipfile.ZipInfo, *rest: object) -> IO[bytes]:
        seen.append(part if isinstance(part, str) else part.filename)
        return real(archive, part)

    monkeypatch.setattr(zipfile.ZipFile, "open", noted)
    read_table(path)
    sheets = [name for name in seen if "worksheets/" in name or "sharedStrings" in name]
    assert sorted(sheets) == sorted({*sheets})
    assert len(sheets) == 3


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"])
def test_workbook_without_its_usual_parts_tells_nothing(tmp_path: Path, part: str) -> None:
    path, other = tmp_path / "p.xlsx", tmp_path / "q.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("People").write_column(0, 0, ["id", "1"])
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(other, "w") as new:
        for name in old.namelist():
            if name != part:
                new.writestr(name, old.read(name))
    assert inspected(other).get("People", Markup()) == Markup()
    assert "Nobody" not in inspected(path)
