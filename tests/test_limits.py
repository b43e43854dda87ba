"""Limits: what a hostile or broken file may cost, one test for each."""

from __future__ import annotations

import gc
import json
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

import pairkit as pk
from pairkit.errors import ColumnMapError, FileError, ProgramError
from pairkit.files import archives, expansion, tables
from pairkit.files.headers import LONGEST, choice_header, level_header, rank_of, recognized_field
from pairkit.files.plan import Plan
from pairkit.files.tables import read_table
from pairkit.findings import FindingCode
from pairkit.validation import paused_collector


def file(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def sheet(folder: Path, cells: str, strings: str = "") -> Path:
    """Return a workbook with this XML as its cells, and as its shared texts."""
    made, path = folder / "made.xlsx", folder / "p.xlsx"
    with xlsxwriter.Workbook(made) as book:
        book.add_worksheet().write_row(0, 0, ["id", "name"])
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(path, "w") as archive:
        for name in source.namelist():
            data = source.read(name)
            if name.endswith("sheet1.xml"):
                data = data.replace(b"</sheetData>", f"{cells}</sheetData>".encode())
            elif name.endswith("sharedStrings.xml") and strings:
                data = f"<sst>{strings}</sst>".encode()
            archive.writestr(name, data)
    return path


# Tables


@pytest.mark.parametrize("name", ["p.csv", "p.json", "p.jsonl"])
def test_columns_are_counted_before_they_are_looked_at(tmp_path: Path, name: str) -> None:
    names = [f"c{k}" for k in range(16_385)]
    text = ",".join(names) + "\n1\n"
    if name != "p.csv":
        text = json.dumps(dict.fromkeys(names, 1))
        text = f"[{text}]" if name == "p.json" else text
    with pytest.raises(FileError, match=r"has 16,385 columns; at most 16,384 are read"):
        pk.Roster.read(file(tmp_path, name, text))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("p.csv", "id,a,b\n1\n2\n3\n4\n"),
        ("p.json", '[{"id":1},{"a":1},{"b":1},{"c":1}]'),
    ],
)
def test_cells_are_counted_before_they_are_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str
) -> None:
    path = file(tmp_path, name, text)
    monkeypatch.setattr(tables, "MAX_CELLS", 16)
    assert len(read_table(path).rows) == 4
    monkeypatch.setattr(tables, "MAX_CELLS", 11)
    with pytest.raises(FileError, match=r"has more than 11 cells, rows times columns"):
        read_table(path)


def test_repeated_headers_are_numbered_in_order() -> None:
    plan = Plan()
    for k in range(5000):
        plan.keep(plan.attributes, "x (2)" if k == 1 else "x", k)
    assert [*plan.attributes][:5] == ["x", "x (2)", "x (3)", "x (4)", "x (5)"]
    assert len(plan.attributes) == 5000


def test_a_header_that_is_too_long_is_none_that_is_known() -> None:
    assert recognized_field("Skills (" + "x" * 400 + ")") == "skills"
    long = "Skill: " + "(" * LONGEST
    assert recognized_field(long) is None
    assert choice_header(long) is None
    assert level_header(long) is None
    assert rank_of(long + " 1") == 0


def test_a_long_cell_is_cut_in_messages(tmp_path: Path) -> None:
    path = file(tmp_path, "p.csv", f"id,availability,time_zone\n1,{'x' * 9000},{'y' * 9000}\n")
    with pytest.raises(pk.RosterError) as caught:
        pk.Roster.read(path)
    assert len(caught.value.findings.errors) == 2
    assert len(str(caught.value)) < 1000


# JSON and TOML


def test_json_may_not_be_deep(tmp_path: Path) -> None:
    for depth, name in ((99, "p.json"), (98, "p.jsonl")):
        lists = f'[{{"id":1,"x":{"[" * (depth - 2)}{"]" * (depth - 2)}}}]'
        text = lists if name == "p.json" else lists[1:-1]
        assert len(read_table(file(tmp_path, name, text)).rows) == 1
    for text in ("[" * 200_000, f'[{{"id":1,"x":{"[" * 99}{"]" * 99}}}]'):
        with pytest.raises(FileError, match=r"more than 100 deep inside each other"):
            read_table(file(tmp_path, "p.json", text))
    deep = f'{{"id":1}}\n{{"id":2,"x":{"[" * 200_000}\n'
    assert read_table(file(tmp_path, "p.jsonl", deep)).broken == {1}


def test_numbers_in_json_have_a_limit(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"or a number has thousands of digits"):
        read_table(file(tmp_path, "p.json", f'[{{"id":1,"level":{"9" * 5000}}}]'))
    path = file(
        tmp_path, "p.json", f'[{{"id":1,"level":{"9" * 4000}}},{{"id":2,"level":Infinity}}]'
    )
    with pytest.raises(pk.RosterError) as caught:
        pk.Roster.read(path)
    assert caught.value.findings.counts() == {"bad-number": 2, "recognized-column": 2}
    path = file(tmp_path, "p.json", '[{"id":1,"level":NaN}]')
    assert pk.Roster.read(path)["1"].level is None


@pytest.mark.parametrize("name", ["p.json", "p.jsonl"])
def test_a_key_that_is_there_twice_is_told(tmp_path: Path, name: str) -> None:
    text = '{"id":"A","level":1,"level":2}'
    roster = pk.Roster.read(file(tmp_path, name, f"[{text}]" if name == "p.json" else text))
    assert roster["A"].level == 2
    (finding,) = roster.findings.warnings
    assert finding.code is FindingCode.DUPLICATE_COLUMN
    assert "'level'" in finding.message


def test_toml_and_programs_may_not_be_deep(tmp_path: Path) -> None:
    deep = "x = " + "[" * 100_000
    path = file(tmp_path, "p.toml", deep)
    with pytest.raises(ColumnMapError, match="not valid TOML"):
        pk.ColumnMap.load(path)
    with pytest.raises(ColumnMapError, match="not valid TOML"):
        pk.TermFiles.load(path)
    with pytest.raises(ProgramError, match="not valid TOML"):
        pk.Program.load(path)
    with pytest.raises(ProgramError, match="not valid JSON"):
        pk.Program.load(file(tmp_path, "p.json", "[" * 200_000))


# Workbooks


@pytest.mark.parametrize(
    "cells",
    [
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        '<row r="2"><c r="A4000000000"><v>1</v></c><c s="1" r=\'xfd2\'/></row>',
        f'<row r="100000"><c r="A100000"/></row><row>{"<c><v>1</v></c>" * 600}</row>',
    ],
)
def test_a_sheet_whose_cells_reach_too_far_is_refused(tmp_path: Path, cells: str) -> None:
    with pytest.raises(FileError, match=r"reach to row [\d,]+ and column [\d,]+"):
        read_table(sheet(tmp_path, cells))


def test_cells_without_a_place_are_counted_row_by_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "CHUNK", 64)  # rows go on in the next piece
    monkeypatch.setattr(expansion, "MAX_CELLS", 400)
    rows = "<row><c><v>7</v></c><c><v>8</v></c></row>" * 50
    assert len(read_table(sheet(tmp_path, rows)).rows) == 50
    with pytest.raises(FileError, match=r"at most 400 cells"):
        read_table(sheet(tmp_path, rows * 5))


def test_shared_texts_may_not_be_too_many_or_too_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = '<row r="{0}"><c r="A{0}" t="s"><v>0</v></c></row>'
    rows = "".join(shared.format(k) for k in range(2, 52))
    path = sheet(tmp_path, rows, f"<si><t>{'x' * 60_000}</t></si><si><t>name</t></si>")
    assert len(read_table(path).rows) == 50
    monkeypatch.setattr(expansion, "MAX_EXPANDED", 1_000_000)
    with pytest.raises(FileError, match=r"cells with more than 1,000,000 bytes of text"):
        read_table(path)
    monkeypatch.setattr(expansion, "MAX_CELLS", 200)
    with pytest.raises(FileError, match=r"or too many texts"):
        read_table(sheet(tmp_path, "", "<si><t>id</t></si>" * 201))


# Memory


def test_the_collector_runs_again_and_keeps_what_the_caller_froze() -> None:
    with paused_collector():
        assert not gc.isenabled()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
    gc.freeze()
    try:
        frozen = gc.get_freeze_count()
        with paused_collector():
            pass
        assert gc.get_freeze_count() == frozen > 0
    finally:
        gc.unfreeze()
