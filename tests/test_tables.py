from __future__ import annotations

import csv
import gzip
import json
import math
import os
import sys
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from time import perf_counter

import openpyxl
import pyarrow as pa
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import feather, parquet

from pairkit.errors import FileError, MissingExtraError, OutputError
from pairkit.files import kinds, workbooks
from pairkit.files.column_map import ColumnMap
from pairkit.files.delimited import delimiter_of, escaped, format_rows, parse_rows, unescaped
from pairkit.files.opening import layout_of
from pairkit.files.tables import Table, Value, read_table
from pairkit.files.writing import write_tables, write_text
from pairkit.findings import FindingCode, Severity

PEOPLE: Sequence[Mapping[str, Value]] = [
    {"id": "1", "name": "Ann", "years": 2.5, "hired": date(2020, 1, 2), "left": False},
    {"id": "2", "name": None, "years": 3},
]


def file(tmp_path: Path, name: str, content: str | bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def cells(table: Table) -> list[tuple[object, ...]]:
    return list(zip(*table.columns, strict=True))


def workbook(path: Path, **sheets: list[list[object]]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for k, row in enumerate(rows):
                sheet.write_row(k, 0, row)
    return path


# Delimited text


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".txt", ".CSV"])
def test_delimiter_is_found_whatever_the_suffix(
    tmp_path: Path, delimiter: str, suffix: str
) -> None:
    text = format_rows([["id", "skills"], ["1", "SQL"], ["2", "Go"]], delimiter)
    table = read_table(file(tmp_path, f"people{suffix}", text))
    assert table.headers == ("id", "skills")
    assert cells(table) == [("1", "SQL"), ("2", "Go")]
    assert list(table.rows) == [2, 3]
    assert not table.typed


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("id;name;years\n1;Ann, Bob;2,5\n2;C, D;3,5\n", ";"),
        ("id,skills\n1,A; B\n2,C; D; E\n", ","),
        ('id,"name; first","a; b"\n1,x,"y;z;t"\n', ","),
        ("id|name\n1|a,b\n", "|"),
        ("id\tname\n1\ta, b; c\n", "\t"),
        ("id,name\n1,a,b\n2,c\n3,d\n", ","),
        ("id\n1\n2\n", ","),
        ("id\n1;2\n3;4\n", ","),
        ("id,a;b\n1,2;3\n", ","),
        ("", ","),
        ('"' + "x" * 200_000, ","),
    ],
)
def test_delimiter_is_told_apart_from_what_cells_contain(text: str, delimiter: str) -> None:
    assert delimiter_of(text) == delimiter


def test_delimiter_of_a_long_text_is_found_in_whole_lines() -> None:
    assert delimiter_of("id;name\n" + "1;a\n" * 100_000) == ";"
    assert delimiter_of("id;name " * 50_000) == ";"


def test_suffix_decides_where_several_delimiters_fit(tmp_path: Path) -> None:
    text = "id,x\tname,y\n1,2\t3,4\n"
    assert read_table(file(tmp_path, "p.tsv", text)).headers == ("id,x", "name,y")
    assert read_table(file(tmp_path, "p.csv", text)).headers == ("id", "x name", "y")


def test_delimiter_may_be_given(tmp_path: Path) -> None:
    table = read_table(file(tmp_path, "p.csv", "id,a;b\n1,2;3\n"), delimiter=",")
    assert table.headers == ("id", "a;b")


def test_line_that_tells_excel_the_delimiter_is_no_row(tmp_path: Path) -> None:
    table = read_table(file(tmp_path, "p.csv", "sep=|\r\nid|n,a\r\n1|2\r\n"))
    assert table.headers == ("id", "n,a")
    assert list(table.rows) == [3]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end(tmp_path: Path, end: str) -> None:
    table = read_table(file(tmp_path, "p.csv", f'id,name{end}1,"a{end}b"{end}2,c'))
    assert cells(table) == [("1", f"a{end}b"), ("2", "c")]
    assert list(table.rows) == [2, 3]


def test_blank_rows_are_passed_over_and_counted(tmp_path: Path) -> None:
    table = read_table(file(tmp_path, "p.csv", "\n\nid,name\n\n1,a\n,\n  ,\t\n2,b\n\n"))
    assert list(table.rows) == [5, 8]
    assert table.findings == ()


def test_headers_are_trimmed_and_on_one_line(tmp_path: Path) -> None:
    table = read_table(file(tmp_path, "p.csv", 'id ,"first\n  name"\n1,a\n'))
    assert table.headers == ("id", "first name")


def test_blank_columns_are_left_out_and_others_get_a_name(tmp_path: Path) -> None:
    table = read_table(file(tmp_path, "p.csv", "id,,note,\n1,x,a,\n2,,b, \n"))
    assert table.headers == ("id", "column 2", "note")


def test_ragged_row_is_told_and_never_shifted(tmp_path: Path) -> None:
    text = "id,name,team\n1,Dupont, Jean,Blue\n2,Ann,Red\n3,Bob\n" + "4," + "x" * 50 + ",b,c,d\n"
    table = read_table(file(tmp_path, "p.csv", text))
    assert cells(table)[1] == ("2", "Ann", "Red")
    assert cells(table)[2] == ("3", "Bob", None)
    assert table.broken == {0, 2, 3}
    assert [(one.row, one.code, one.severity) for one in table.findings] == [
        (row, FindingCode.RAGGED_ROW, Severity.ERROR) for row in (2, 4, 5)
    ]
    assert [one.message for one in table.findings] == [
        "The row has 4 cells and the header 3.",
        "The row has 2 cells and the header 3.",
        "The row has 5 cells and the header 3.",
    ]


def test_quotation_marks_that_do_not_match_cost_their_row_alone(tmp_path: Path) -> None:
    table = read_table(file(tmp_path, "p.csv", 'id,name\n1,"a"b\n2,5" disk\n3,"x ""y"""\n'))
    assert cells(table) == [(None, None), ("2", '5" disk'), ("3", 'x "y"')]
    (finding,) = table.findings
    assert (finding.row, finding.code) == (2, FindingCode.BAD_TEXT)
    assert "quotation marks of this row do not match" in finding.message


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_that_an_open_quotation_mark_takes_in_are_told_one_by_one(
    tmp_path: Path, end: str
) -> None:
    text = 'id,name\n0,"a\nb"\n1,"Ann\n2,Bob\n3,"Cleo"\n4,Dan\n5,"x"y\n6,"e"\n'
    marked = read_table(file(tmp_path, "q.csv", "sep=,\r\n" + text.replace("\n", end)))
    assert [one.row for one in marked.findings] == [4, 5, 6, 8]
    table = read_table(file(tmp_path, "p.csv", text.replace("\n", end)))
    assert [row[0] for row in cells(table)] == ["0", None, None, None, "4", None, "6"]
    assert [one.row for one in table.findings] == [3, 4, 5, 7]
    assert [one.message for one in table.findings[:2]] == [
        "The quotation marks of this row do not match.",
        "The quotation marks of row 3, which go on in this line, do not match.",
    ]


def test_quotation_mark_that_is_never_closed_loses_no_row_silently(tmp_path: Path) -> None:
    table = read_table(file(tmp_path, "p.csv", 'id,name\n1,a\n2,"b\n3,c\n'))
    assert [row[0] for row in cells(table)] == ["1", None, None]
    assert [(one.row, str(one.severity)) for one in table.findings] == [(3, "error"), (4, "error")]
    path = file(tmp_path, "p.csv", 'id,name\n1,a\n2,"b\n' + "3,c\n" * 1000)
    with pytest.raises(FileError, match=r"p\.csv: a quotation mark .* row 3 is never closed"):
        read_table(path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('id,name\n1, "Ames, Ann"\n2, "Bell, Bob"\n', [["1", "Ames, Ann"], ["2", "Bell, Bob"]]),
        ('id, name\n1, "Ann"\n2, Bob\n', [["1", "Ann"], ["2", "Bob"]]),
        ('id;name\n1; "Ann; A"\n', [["1", "Ann; A"]]),
        ('id,name\n1,"Ann, ""A"""\n', [["1", 'Ann, "A"']]),
        ('id,name\n="0012",Ann\n"=""0013""",Bob\n', [["0012", "Ann"], ["0013", "Bob"]]),
        ("id,name\n1,Ann\n\x1a", [["1", "Ann"]]),
    ],
)
def test_cells_are_read_as_programs_quote_them(
    tmp_path: Path, text: str, expected: list[list[str]]
) -> None:
    table = read_table(file(tmp_path, "p.csv", text))
    assert cells(table) == [tuple(row) for row in expected]
    assert table.findings == ()


def test_cell_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    path = file(tmp_path, "p.csv", "id,name\n1," + "x" * (csv.field_size_limit() + 1))
    with pytest.raises(FileError, match=r"row 2 has a cell of more than 131,072 characters"):
        read_table(path)


def test_header_with_wrong_quotation_marks_is_no_header(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"p\.csv has a header but no people|no header"):
        read_table(file(tmp_path, "p.csv", '"id"x,name\n1,a\n'))


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", False),
        ("utf-8-sig", False),
        ("utf-16", False),
        ("utf-32", False),
        ("utf-16-le", True),
        ("utf-16-be", True),
        ("cp1252", True),
    ],
)
def test_encoding_is_found_out(tmp_path: Path, encoding: str, told: bool) -> None:
    path = file(tmp_path, "p.csv", "id;prénom\n1;Zoé — œuvre\n".encode(encoding))
    table = read_table(path)
    assert table.headers == ("id", "prénom")
    assert cells(table) == [("1", "Zoé — œuvre")]
    assert [one.severity for one in table.findings] == [Severity.WARNING] * told
    assert [one.code for one in table.findings] == [FindingCode.BAD_TEXT] * told


@pytest.mark.parametrize(
    ("text", "encoding", "title"),
    [
        ("id;prénom\n1;Zoé\n", "latin-1", "Latin-1"),
        ("id;prénom\n1;l\xb4été, 5¼ et 1½ h\n", "latin-1", "Latin-1"),
        ("id;prénom\n1;Zoé, cœur\n", "iso8859-15", "Latin-9"),
        ("id;prénom\n1;Œuvre\n", "iso8859-15", "Latin-9"),
        ("id;budget\n1;30 €\n", "iso8859-15", "Latin-9"),
        ("id;prénom\n1;Tušek\n", "iso8859-15", "Latin-9"),
        ("id;prénom\n1;cœur – 30 €\n", "cp1252", "Windows-1252"),
        ("id;note\n1;« CAFÉ»\n", "cp1252", "Latin-1"),
        ("id;prénom\n1;Zoé, Noël\n", "mac-roman", "Mac Roman"),
        ("id;name\n1;KAŽDÝ\n", "cp1252", "Windows-1252"),
    ],
)
def test_western_encodings_are_told_apart_and_named(
    tmp_path: Path, text: str, encoding: str, title: str
) -> None:
    table = read_table(file(tmp_path, "p.csv", text.encode(encoding)))
    rows = [line.split(";") for line in text.splitlines()]
    assert [[*table.headers], *map(list, cells(table))] == rows
    (finding,) = table.findings
    assert finding.message == f"p.csv is not UTF-8; it was read as {title}."
    assert "set encoding" in finding.hint


@pytest.mark.parametrize("garbled", ["ZoÃ©", "30 â€“ x", "\ufeffï»¿id", "Ã‰tudes", "œ"])
def test_accents_that_another_program_has_garbled_are_told(tmp_path: Path, garbled: str) -> None:
    table = read_table(file(tmp_path, "p.csv", f"{garbled};name\n1;MAÇÃ, ÃO, â\n"))
    told = [one.message for one in table.findings]
    assert all("has garbled accents in it, such as" in one for one in told)
    assert len(told) == (garbled != "œ")


def test_lines_in_another_encoding_than_the_rest_are_read_as_what_they_are(tmp_path: Path) -> None:
    data = "id,name\n1,Zoé\n".encode() + "2,Chloé\n".encode("cp1252") + "3,Noël\n".encode()
    table = read_table(file(tmp_path, "p.csv", data))
    assert cells(table) == [("1", "Zoé"), ("2", "Chloé"), ("3", "Noël")]
    (finding,) = table.findings
    assert finding.message == "p.csv is UTF-8 but for line 3, which is read as Windows-1252."


def test_encoding_may_be_given(tmp_path: Path) -> None:
    path = file(tmp_path, "p.csv", "id,Имя\n1,Анна\n".encode("cp1251"))
    assert read_table(path, encoding="cp1251").headers == ("id", "Имя")


def test_text_that_is_not_in_the_given_encoding_is_refused(tmp_path: Path) -> None:
    path = file(tmp_path, "p.csv", "id,é\n1,a\n".encode("cp1252"))
    with pytest.raises(FileError, match=r"p\.csv is not utf-8 text: byte 3 cannot be read"):
        read_table(path, encoding="utf-8")


def test_text_in_no_usual_encoding_is_refused(tmp_path: Path) -> None:
    path = file(tmp_path, "p.csv", b"id,\x81\x8d\xff\n1,a\n")
    with pytest.raises(FileError, match="neither UTF-8 nor Windows-1252"):
        read_table(path)


def test_few_nul_bytes_are_left_out_and_told(tmp_path: Path) -> None:
    table = read_table(file(tmp_path, "p.csv", "id,name\n1,A\0nn\n2,Bob the builder\n"))
    assert cells(table)[0] == ("1", "Ann")
    (finding,) = table.findings
    assert finding.message == "1 NUL bytes in p.csv were left out."


def test_file_full_of_nul_bytes_is_no_text(tmp_path: Path) -> None:
    path = file(tmp_path, "p.csv", b"id,name\n1," + b"\0" * 50)
    with pytest.raises(FileError, match=r"p\.csv is not text: it is full of NUL bytes"):
        read_table(path)


def test_apostrophe_before_a_formula_is_taken_off(tmp_path: Path) -> None:
    table = read_table(file(tmp_path, "p.csv", "id,note\n1,'=1+1\n2,''-x\n3,'quoted'\n4,=1\n"))
    assert table.columns[1] == ("=1+1", "'-x", "'quoted'", "=1")


@given(st.text(st.sampled_from("'=+-@\t\r a1")))
def test_escaping_of_formulas_is_undone(text: str) -> None:
    assert unescaped(escaped(text)) == text
    assert not escaped(text).startswith(tuple("=+-@\t\r"))


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"))


@given(st.lists(st.tuples(texts, texts, texts), min_size=1), st.sampled_from(",;\t|"))
def test_rows_are_read_back_as_they_are_written(
    rows: list[tuple[str, str, str]], delimiter: str
) -> None:
    read, broken = parse_rows(format_rows([["a", "b", "c"], *rows], delimiter), "x", delimiter)
    assert [tuple(row) for row in read[1:]] == rows
    assert broken == {}


# Files that are not what they should be


@pytest.mark.parametrize("content", ["", "\n \n\n", "\ufeff", ",,\n,,\n"])
def test_empty_file_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(FileError, match=r"p\.csv is empty"):
        read_table(file(tmp_path, "p.csv", content))


def test_header_without_people_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"p\.csv has a header but no people\."):
        read_table(file(tmp_path, "p.csv", "id,name\n,\n"))


def test_missing_file_is_refused_with_the_closest_name(tmp_path: Path) -> None:
    file(tmp_path, "people.csv", "id\n1\n")
    with pytest.raises(FileError, match=r"no file 'poeple\.csv'\. Did you mean 'people\.csv'\?"):
        read_table(tmp_path / "poeple.csv")
    with pytest.raises(FileError, match=r"no file 'p\.csv'\. There is no folder '.*nowhere'\."):
        read_table(tmp_path / "nowhere" / "p.csv")


def test_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "people.csv").mkdir()
    with pytest.raises(FileError, match=r"people\.csv is a folder, not a file\."):
        read_table(tmp_path / "people.csv")


def test_file_that_may_not_be_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(FileError, match=r"p\.csv cannot be read: Permission denied\."):
        read_table(file(tmp_path, "p.csv", "id\n1\n"))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("p.csv", b"PK\x03\x04rest", r"looks like a workbook .* suffix \.xlsx, or save it as del"),
        ("p.csv", b"\xd0\xcf\x11\xe0rest", r"an old \(\.xls\) or encrypted Office file\. Save it"),
        ("p.csv", b"\x1f\x8brest", r"a gzip file\. Give it the suffix \.gz after its suffix"),
        ("p.csv", b"PAR1rest", r"a Parquet file\. Give it the suffix \.parquet"),
        ("p.csv", b"%PDF-1.7", "a PDF document"),
        ("p.csv", b"\xef\xbb\xbf <!DOCTYPE html><html>", "a web page or XML"),
        ("p.csv", b'[{"id": 1}]', r"JSON\. Give it the suffix \.json"),
        ("p.json", b"<html></html>", "p.json is not JSON, as its name says: .* a web page"),
        ("p.xlsx", b"id,name\n1,a\n", r"is not a workbook, .* text\. Give it the suffix \.csv"),
        ("p.parquet", b"id,name\n1,a\n", "is not a Parquet file, .* looks like text"),
        ("p.feather", b"PAR1", "is not an Arrow file, .* looks like a Parquet file"),
        ("p.csv.gz", gzip.compress(b"PK\x03\x04"), "looks like a workbook or zip archive"),
    ],
)
def test_file_that_is_not_what_its_name_says_is_refused(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    with pytest.raises(FileError, match=message):
        read_table(file(tmp_path, name, content))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("p.xls", r"p\.xls is an old Excel file: save it as \.xlsx\."),
        ("p.docx", r"p\.docx is a text document: copy its table into a spreadsheet and save it"),
        ("p.odp", r"files that end in '\.odp' are not read\. Known are \.csv"),
        ("p", "p: files without a suffix are not read"),
        ("p.xlsx.gz", r"files that end in '\.xlsx\.gz' are not read"),
    ],
)
def test_unknown_suffix_is_refused(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(FileError, match=message):
        read_table(file(tmp_path, name, "id\n1\n"))


# gzip


@pytest.mark.parametrize(
    ("name", "content"), [("p.csv.gz", "id\n1\n"), ("p.jsonl.gz", '{"id": "1"}\n')]
)
def test_compressed_text_is_read(tmp_path: Path, name: str, content: str) -> None:
    table = read_table(file(tmp_path, name, gzip.compress(content.encode())))
    assert cells(table) == [("1",)]


def test_text_that_is_not_compressed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"p\.csv\.gz is not compressed with gzip"):
        read_table(file(tmp_path, "p.csv.gz", "id\n1\n"))


@pytest.mark.parametrize("cut", [slice(None, -12), slice(None, 14)])
def test_compressed_file_that_ends_early_is_refused(tmp_path: Path, cut: slice) -> None:
    data = gzip.compress(os.urandom(1000))[cut]
    with pytest.raises(FileError, match=r"p\.csv\.gz is damaged"):
        read_table(file(tmp_path, "p.csv.gz", data))


def test_compressed_file_that_is_damaged_is_refused(tmp_path: Path) -> None:
    data = bytearray(gzip.compress(b"id\n" + os.urandom(1000).hex().encode()))
    data[30:60] = b"\xff" * 30
    with pytest.raises(FileError, match=r"p\.csv\.gz (is damaged|is not compressed)"):
        read_table(file(tmp_path, "p.csv.gz", bytes(data)))


def archive(tmp_path: Path, **files: str | bytes) -> Path:
    path = tmp_path / "p.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name.replace("__", "/").replace("_", "."), content)
    return path


def test_one_file_in_a_zip_archive_is_read(tmp_path: Path) -> None:
    path = archive(tmp_path, folder__="", folder__p_csv="id;name\n1;Zoé\n")
    table = read_table(path)
    assert (table.headers, cells(table)) == (("id", "name"), [("1", "Zoé")])
    assert table.name == "p.csv in p.zip"
    assert cells(read_table(archive(tmp_path, p_tsv="id,x\ty\n1,2\t3\n"))) == [("1,2", "3")]
    assert cells(read_table(archive(tmp_path, p_jsonl='{"id": 1}\n'))) == [(1,)]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, r"p\.zip holds no file, not one"),
        ({"a_csv": "id\n1", "b_csv": "id\n2"}, r"p\.zip holds 2 files, not one\. Unpack it"),
        ({"a_xlsx": "PK"}, r"p\.zip holds a\.xlsx; in a zip archive, text and JSON alone"),
        ({"a_exe": "MZ"}, r"a\.exe: files that end in '\.exe' are not read"),
        ({"a_csv": ""}, r"a\.csv in p\.zip is empty"),
        ({"a_csv": b"%PDF-1.7"}, r"a\.csv in p\.zip is not delimited text"),
    ],
)
def test_zip_archive_of_anything_else_is_refused(
    tmp_path: Path, files: dict[str, str | bytes], message: str
) -> None:
    with pytest.raises(FileError, match=message):
        read_table(archive(tmp_path, **files))


@pytest.mark.parametrize("name", ["p.csv.gz", "p.zip"])
def test_compressed_file_may_not_expand_without_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(kinds, "LARGE", 1000)
    data = b"1" * 1_000_000
    if name == "p.zip":
        path = archive(tmp_path, p_csv=data)
    else:
        path = file(tmp_path, name, gzip.compress(data))
    with pytest.raises(FileError, match=r"would expand to more than 3[\d,]+ bytes"):
        read_table(path)


# Workbooks


def test_workbook_keeps_types_and_row_numbers(tmp_path: Path) -> None:
    path = tmp_path / "p.xlsx"
    with xlsxwriter.Workbook(path) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        clock = book.add_format({"num_format": "hh:mm"})
        sheet = book.add_worksheet("People")
        sheet.write_row(2, 1, ["id", "hired", "active", "years", "at", "note"])
        sheet.write_string(4, 1, "007")
        sheet.write_datetime(4, 2, datetime(2020, 1, 2), day)  # noqa: DTZ001 - Excel has no zones
        sheet.write_boolean(4, 3, True)
        sheet.write_number(4, 4, 2.5)
        sheet.write_datetime(4, 5, time(9, 30), clock)
        sheet.write_formula(4, 6, '="a"&"b"', None, "ab")
        sheet.write_number(5, 1, 123)
        sheet.write_formula(5, 6, "=NA()", None, "#N/A")
    table = read_table(path)
    assert table.headers == ("id", "hired", "active", "years", "at", "note")
    assert cells(table) == [
        ("007", date(2020, 1, 2), True, 2.5, time(9, 30), "ab"),
        (123.0, "", "", "", "", ""),
    ]
    assert list(table.rows) == [5, 6]
    assert table.typed


def test_open_document_is_read(tmp_path: Path) -> None:
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    rows = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p>'
            "</table:table-cell>"
            for cell in row
        )
        + "</table:table-row>"
        for row in (("id", "name"), ("1", "Zoé"))
    )
    with zipfile.ZipFile(tmp_path / "p.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "content.xml",
            f"<office:document-content{names}><office:body><office:spreadsheet>"
            f'<table:table table:name="People">{rows}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    table = read_table(tmp_path / "p.ods", sheet="People")
    assert (table.headers, cells(table)) == (("id", "name"), [("1", "Zoé")])


def test_sheet_is_chosen_by_name_or_position(tmp_path: Path) -> None:
    path = workbook(tmp_path / "p.xlsx", One=[["id"], [1]], Two=[["id"], [2]])
    assert cells(read_table(path)) == [(1.0,)]
    assert cells(read_table(path, sheet="Two")) == [(2.0,)]
    assert cells(read_table(path, sheet=1)) == [(2.0,)]


@pytest.mark.parametrize("sheet", ["one", "Three", 2, -1])
def test_missing_sheet_is_refused_and_the_others_are_named(
    tmp_path: Path, sheet: str | int
) -> None:
    path = workbook(tmp_path / "p.xlsx", One=[["id"], [1]], Two=[["id"], [2]])
    with pytest.raises(FileError, match=rf"no sheet {sheet!r}\..* It has 'One', 'Two'\."):
        read_table(path, sheet=sheet)


def test_hidden_sheet_is_not_the_first(tmp_path: Path) -> None:
    path = tmp_path / "p.xlsx"
    with xlsxwriter.Workbook(path) as book:
        hidden, shown = book.add_worksheet("Lists"), book.add_worksheet("People")
        hidden.hide()
        shown.activate()
        shown.set_first_sheet()
        hidden.write_row(0, 0, ["choices"])
        shown.write_column(0, 0, ["id", "1"])
    assert read_table(path).headers == ("id",)
    assert cells(read_table(path)) == [("1",)]


def test_sheet_of_people_is_found_by_its_headers(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "p.xlsx",
        Info=[["This file holds the people of the spring round."], ["id"]],
        Lists=[["Skills"], ["SQL"]],
        People=[["Spring round"], ["Matricule", "Nom", "Compétences"], ["007", "Ana", "SQL"]],
    )
    found = read_table(path, headers=())
    assert found.rows[-1] == 3
    assert [str(one) for one in found.findings if one.code is FindingCode.SHEET] == [
        (
            "info [sheet] The sheet 'People' was read, by its headers, and not 'Info', 'Lists'. "
            "Name the sheet that is meant: sheet = '...' in a column map, or --sheet."
        )
    ]
    assert read_table(path, sheet="Lists", headers=()).headers == ("Skills",)


def test_headers_of_the_map_tell_the_sheet(tmp_path: Path) -> None:
    path = workbook(tmp_path / "p.xlsx", One=[["A"], [1]], Two=[["Badge"], [2]])
    assert cells(read_table(path, headers=["Badge"])) == [(2.0,)]


def test_two_sheets_of_people_are_a_warning(tmp_path: Path) -> None:
    path = workbook(tmp_path / "p.xlsx", One=[["id"], [1]], Two=[["id"], [2]])
    found = read_table(path, headers=())
    assert cells(found) == [(1.0,)]
    (finding,) = found.findings
    assert finding.severity is Severity.WARNING
    assert finding.message == "The sheet 'One' was read; 'Two' has as many headers of people."


def test_without_any_known_header_the_first_sheet_is_read_and_told(tmp_path: Path) -> None:
    path = workbook(tmp_path / "p.xlsx", One=[["x"], [1]], Two=[["y"], [2]])
    found = read_table(path, headers=())
    assert cells(found) == [(1.0,)]
    assert found.findings[0].message == "The sheet 'One' was read, as the first, and not 'Two'."


def test_merged_ranges_that_overlap_without_end_do_not_hang(tmp_path: Path) -> None:
    people: list[list[object]] = [["id"]]
    people += ([k] for k in range(5000))
    path, merged = workbook(tmp_path / "p.xlsx", One=people), '<mergeCell ref="C1:C1048576"/>'
    with zipfile.ZipFile(path) as made, zipfile.ZipFile(tmp_path / "q.xlsx", "w") as archive:
        for name in made.namelist():
            extra = f"</sheetData><mergeCells>{merged * 50_000}</mergeCells>".encode()
            archive.writestr(name, made.read(name).replace(b"</sheetData>", extra))
    start = perf_counter()
    assert len(read_table(tmp_path / "q.xlsx").rows) == 5000
    assert perf_counter() - start < 5


def test_cells_merged_downwards_all_hold_the_value(tmp_path: Path) -> None:
    path = tmp_path / "p.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("People")
        sheet.write_row(0, 0, ["id", "team", "site"])
        sheet.write_column(1, 0, ["1", "2", "3"])
        sheet.merge_range(1, 1, 2, 1, "Blue")
        sheet.merge_range(3, 1, 6, 2, "Red")
    found = read_table(path)
    assert cells(found) == [("1", "Blue", ""), ("2", "Blue", ""), ("3", "Red", "")]
    assert [one.message for one in found.findings] == [
        "The sheet 'People' has merged cells: 1 of them got the value of the first of them."
    ]


def test_word_document_with_the_suffix_of_a_workbook_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "p.xlsx", "w") as archive:
        archive.writestr("word/document.xml", "<document/>")
    with pytest.raises(FileError, match=r"p\.xlsx is a Word document, not a workbook: copy its"):
        read_table(tmp_path / "p.xlsx")


def test_workbook_without_sheets_of_cells_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "p.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_chartsheet("Chart")
        chart = book.add_chart({"type": "bar"})
        chart.add_series({"values": "=Chart!$A$1:$A$2"})
        sheet.set_chart(chart)
    with pytest.raises(FileError, match=r"p\.xlsx has no sheets of cells\."):
        read_table(path)


def test_empty_workbook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"p\.xlsx is empty: it has no header\."):
        read_table(workbook(tmp_path / "p.xlsx", Sheet=[]))


def test_damaged_workbook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"p\.xlsx is damaged: it is not a whole workbook\."):
        read_table(file(tmp_path, "p.xlsx", b"PK\x03\x04 and no more"))


def test_zip_archive_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "p.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(FileError, match=r"p\.xlsx cannot be read as a workbook: "):
        read_table(path)


def test_workbook_may_not_expand_without_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds, "MAX_EXPANDED", 1000)
    with pytest.raises(FileError, match=r"p\.xlsx would expand to [\d,]+ bytes"):
        read_table(workbook(tmp_path / "p.xlsx", Sheet=[["id"], [1]]))


def test_sheet_of_a_text_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"p\.csv has no sheets; only a workbook has\."):
        read_table(file(tmp_path, "p.csv", "id\n1\n"), sheet=0)


# Parquet and Arrow


@pytest.mark.parametrize("suffix", [".parquet", ".feather", ".arrow"])
def test_arrow_files_keep_types(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"p{suffix}"
    columns = {"id": [1, 2], "skills": [["SQL"], None], "hired": [date(2020, 1, 2), None]}
    write = parquet.write_table if suffix == ".parquet" else feather.write_feather
    write(pa.table(columns), path)
    table = read_table(path)
    assert table.headers == ("id", "skills", "hired")
    assert cells(table) == [(1, ["SQL"], date(2020, 1, 2)), (2, None, None)]
    assert list(table.rows) == [1, 2]


def test_parquet_file_without_rows_is_refused(tmp_path: Path) -> None:
    parquet.write_table(pa.table({"id": pa.array([], pa.int64())}), tmp_path / "p.parquet")
    with pytest.raises(FileError, match=r"p\.parquet has a header but no people\."):
        read_table(tmp_path / "p.parquet")


def test_date_that_no_calendar_has_is_refused(tmp_path: Path) -> None:
    days = pa.array([10**8], pa.int32()).cast(pa.date32())
    parquet.write_table(pa.table({"id": ["A"], "hired": days}), tmp_path / "p.parquet")
    with pytest.raises(FileError, match="cannot be read as a Parquet file: date value out of"):
        read_table(tmp_path / "p.parquet")


@pytest.mark.parametrize(("name", "magic"), [("p.parquet", b"PAR1"), ("p.feather", b"ARROW1")])
def test_damaged_arrow_file_is_refused(tmp_path: Path, name: str, magic: bytes) -> None:
    with pytest.raises(FileError, match=rf"{name} cannot be read as an? (Parquet|Arrow) file: "):
        read_table(file(tmp_path, name, magic + b"x" * 100))


# JSON


@pytest.mark.parametrize("wrap", ["{people}", '{{"participants": {people}}}'])
def test_json_objects_are_rows(tmp_path: Path, wrap: str) -> None:
    people = '[{"id": 1, "skills": ["SQL"]}, {"id": 2, "level": 3}]'
    table = read_table(file(tmp_path, "p.json", wrap.format(people=people)))
    assert table.headers == ("id", "skills", "level")
    assert cells(table) == [(1, ["SQL"], None), (2, None, 3)]
    assert list(table.rows) == [1, 2]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"participants": [', r"p\.json is not valid JSON: Expecting value in line 1, column 19"),
        ("[" * 100_000, r"p\.json cannot be read as JSON"),
        ("[" + "1" * 5000 + "]", r"p\.json cannot be read as JSON"),
        ('{"people": []}', "neither a list of people nor one under 'participants'"),
        ("3", "neither a list of people nor one"),
        ("[]", r"p\.json has no people"),
        ("[1, 2]", r"p\.json holds no JSON objects, one for each person"),
    ],
)
def test_json_that_is_no_list_of_people_is_refused(
    tmp_path: Path, content: str, message: str
) -> None:
    with pytest.raises(FileError, match=message):
        read_table(file(tmp_path, "p.json", content))


def test_json_item_that_is_no_object_costs_itself_alone(tmp_path: Path) -> None:
    table = read_table(file(tmp_path, "p.json", '[{"id": 1}, "x", {"id": 3}]'))
    assert cells(table) == [(1,), (None,), (3,)]
    assert table.broken == {1}
    (finding,) = table.findings
    assert (finding.row, finding.code) == (2, FindingCode.BAD_TEXT)


def test_json_lines_are_rows_with_the_numbers_of_their_lines(tmp_path: Path) -> None:
    content = '{"id": 1}\r\n\r\nnot json\r\n{"id": 2, "note": "a\u2028b"}\r\n'
    table = read_table(file(tmp_path, "p.ndjson", content))
    assert cells(table) == [(1, None), (None, None), (2, "a\u2028b")]
    assert list(table.rows) == [1, 3, 4]
    assert [one.row for one in table.findings] == [3]


# Writing


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".xlsx", ".parquet", ".json", ".jsonl"])
def test_every_format_is_read_back(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"p{suffix}"
    write_tables(path, {"people": PEOPLE})
    table = read_table(path)
    assert table.headers == ("id", "name", "years", "hired", "left")
    first = [str(cell) for cell in cells(table)[0]]
    assert first[:3] == ["1", "Ann", "2.5"]
    assert first[3].startswith("2020-01-02")
    assert first[4].lower() == "false"
    assert [cell for cell in cells(table)[1] if cell not in (None, "")] in (
        ["2", "3"],
        ["2", 3],
    )


@pytest.mark.parametrize("suffix", [".csv.gz", ".json.gz", ".jsonl.gz", ".tsv.gz"])
def test_compressed_text_is_written_alike_each_time(tmp_path: Path, suffix: str) -> None:
    for name in ("a", "b"):
        write_tables(tmp_path / f"{name}{suffix}", {"people": PEOPLE})
    assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes()
    assert len(read_table(tmp_path / f"a{suffix}").rows) == 2


def test_csv_escapes_formulas_and_leaves_numbers_alone(tmp_path: Path) -> None:
    signs = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "a=1", "'=1"]
    records: list[dict[str, Value]] = [{"=header": text, "n": -1.5} for text in signs]
    write_tables(tmp_path / "p.csv", {"x": records})
    text = (tmp_path / "p.csv").read_bytes().decode()
    assert text.splitlines()[:2] == ["'=header,n", "'=1+1,-1.5"]
    table = read_table(tmp_path / "p.csv")
    assert table.headers == ("=header", "n")
    assert [cell for cell, _ in cells(table)] == signs


def test_workbook_holds_texts_and_no_formula(tmp_path: Path) -> None:
    path = tmp_path / "p.xlsx"
    records: list[dict[str, Value]] = [
        {"text": "=1+1", "number": -2, "big": 10**18, "old": date(1850, 1, 2)},
        {
            "text": "http://x.y",
            "number": math.nan,
            "big": math.inf,
            "at": datetime(2020, 1, 2, 3, tzinfo=UTC),
        },
    ]
    write_tables(
        path, {"one": records, "a/b:*?[c]" + "x" * 40: [], "empty": []}, headers={"empty": ["id"]}
    )
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["one", "a b    c " + "x" * 22, "empty"]
    sheet = book["one"]
    assert sheet.freeze_panes == "A2"
    assert sheet["A1"].font.bold
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [
        ["=1+1", -2, str(10**18), "1850-01-02", None],
        ["http://x.y", None, "inf", None, datetime(2020, 1, 2, 3)],  # noqa: DTZ001
    ]
    assert sheet["A2"].data_type == "s"
    assert sheet["A3"].hyperlink is None
    assert book["empty"]["A1"].value == "id"


@pytest.mark.parametrize(
    ("limit", "message"),
    [("MAX_ROWS", "Excel holds 1 rows, not 2"), ("MAX_CELL", "Excel holds 2 characters in a cell")],
)
def test_what_a_workbook_cannot_hold_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, message: str
) -> None:
    monkeypatch.setattr(workbooks, limit, 2)
    with pytest.raises(OutputError, match=message):
        write_tables(tmp_path / "p.xlsx", {"people": PEOPLE})
    assert list(tmp_path.iterdir()) == []


def test_json_holds_one_table_or_several_by_name(tmp_path: Path) -> None:
    write_tables(tmp_path / "one.json", {"people": PEOPLE})
    assert json.loads((tmp_path / "one.json").read_bytes()) == [
        {"id": "1", "name": "Ann", "years": 2.5, "hired": "2020-01-02", "left": False},
        {"id": "2", "years": 3},
    ]
    odd: list[dict[str, Value]] = [{"x": math.nan, "y": -math.inf}]
    write_tables(tmp_path / "two.json", {"people": PEOPLE, "odd": odd})
    content = json.loads((tmp_path / "two.json").read_bytes())
    assert set(content) == {"people", "odd"}
    assert content["odd"] == [{"x": None, "y": "-inf"}]


def test_parquet_column_of_several_types_becomes_text(tmp_path: Path) -> None:
    records: list[dict[str, Value]] = [{"x": 1}, {"x": "a"}, {"x": date(2020, 1, 2)}, {"x": None}]
    write_tables(tmp_path / "p.parquet", {"x": records})
    assert read_table(tmp_path / "p.parquet").columns == (["1", "a", "2020-01-02", None],)


def test_given_headers_come_first_and_stay_without_records(tmp_path: Path) -> None:
    write_tables(tmp_path / "p.csv", {"x": [{"b": 1, "a": 2}]}, headers={"x": ["a", "c"]})
    assert (tmp_path / "p.csv").read_bytes() == b"a,c,b\r\n2,,1\r\n"
    write_tables(tmp_path / "q.csv", {"x": []}, headers={"x": ["a", "c"]})
    assert (tmp_path / "q.csv").read_bytes() == b"a,c\r\n"


def test_missing_number_is_an_empty_cell(tmp_path: Path) -> None:
    write_tables(tmp_path / "p.csv", {"x": [{"a": math.nan, "b": True}]})
    assert (tmp_path / "p.csv").read_bytes() == b"a,b\r\n,true\r\n"


@pytest.mark.parametrize("name", ["p.pdf", "p", "p.xlsx.gz", "p.parquet.gz", "p.xls"])
def test_unknown_suffix_is_not_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputError, match=r"are not written\. Known are \.csv, \.tsv, \.xlsx"):
        write_tables(tmp_path / name, {"people": PEOPLE})
    assert list(tmp_path.iterdir()) == []


def test_no_table_at_all_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"p\.csv: there is no table to write"):
        write_tables(tmp_path / "p.csv", {})


def test_nothing_is_overwritten_unless_asked(tmp_path: Path) -> None:
    path = file(tmp_path, "p.csv", "mine")
    with pytest.raises(OutputError, match=r"p\.csv exists already"):
        write_tables(path, {"people": PEOPLE})
    assert path.read_text() == "mine"
    write_tables(path, {"people": PEOPLE}, overwrite=True)
    assert path.read_text().startswith("id,name")
    assert list(tmp_path.iterdir()) == [path]


def test_failure_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file(tmp_path, "p.csv", "mine")

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OutputError, match=r"p\.csv cannot be written: No space left on device\."):
        write_text(path, "yours", overwrite=True)
    assert path.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [path]


def test_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"p\.csv cannot be written: there is no folder"):
        write_tables(tmp_path / "none" / "p.csv", {"people": PEOPLE})


def test_folder_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "p.csv").mkdir()
    with pytest.raises(OutputError, match=r"p\.csv is a folder"):
        write_text(tmp_path / "p.csv", "x", overwrite=True)


def test_link_is_followed(tmp_path: Path) -> None:
    path = file(tmp_path, "real.csv", "old")
    (tmp_path / "link.csv").symlink_to(path)
    write_text(tmp_path / "link.csv", "new", overwrite=True)
    assert path.read_text() == "new"
    assert (tmp_path / "link.csv").is_symlink()


# What is not installed


@pytest.mark.parametrize(
    ("package", "name"),
    [("python_calamine", "p.xlsx"), ("pyarrow", "p.parquet"), ("pyarrow", "p.feather")],
)
def test_missing_package_for_reading_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str, name: str
) -> None:
    path = tmp_path / name
    if name.endswith(".feather"):
        feather.write_feather(pa.table({"id": [1]}), path)
    else:
        write_tables(path, {"people": PEOPLE})
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtraError, match=r"pip install 'pairkit\[io\]'") as caught:
        read_table(path)
    assert caught.value.package == package.replace("_", "-")


@pytest.mark.parametrize(("package", "name"), [("xlsxwriter", "p.xlsx"), ("pyarrow", "p.parquet")])
def test_missing_package_for_writing_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str, name: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtraError, match=rf"Writing .* needs {package}"):
        write_tables(tmp_path / name, {"people": PEOPLE})
    assert list(tmp_path.iterdir()) == []


def test_representation_of_a_table_shows_nobody(tmp_path: Path) -> None:
    table = read_table(file(tmp_path, "p.csv", "id,name\n1,Secret\n2\n"))
    assert "Secret" not in repr(table)


# What the XML of a sheet tells


def test_formulas_without_values_are_refused_and_empty_values_are_not(tmp_path: Path) -> None:
    path, empty = tmp_path / "p.xlsx", tmp_path / "empty.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["id", "name"])
        sheet.write_row(1, 0, ["1"])
        sheet.write_formula(1, 1, '=""', value="")
        sheet.write_formula(2, 0, "=1+1", value=2)
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(empty, "w") as new:
        for name in old.namelist():  # as Excel writes an empty text
            new.writestr(name, old.read(name).replace(b'<c r="B2"', b'<c r="B2" t="str"'))
    assert cells(read_table(empty)) == [("1", ""), (2.0, "")]
    with pytest.raises(FileError, match=r"has formulas without values, in B2 of the sheet"):
        read_table(path)
    book = openpyxl.Workbook()
    for row in [["id", "name"], *([k, f'=UPPER("{k}")'] for k in range(1, 11))]:
        book.active.append(row)
    book.save(path)
    with pytest.raises(FileError, match=r"without values, in B2, B3, .*B9, … of the sheet 'Sheet'"):
        read_table(path)


def test_numbers_are_read_with_the_zeros_that_are_shown(tmp_path: Path) -> None:
    path = tmp_path / "p.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("A & B")
        zeros = book.add_format({"num_format": "00000"})
        plain = book.add_format({"num_format": "0.00"})
        sheet.write_row(0, 0, ["id", "badge", "score"])
        for k, number in enumerate([12, 123456, 1.5], start=1):
            sheet.write_number(k, 0, number, zeros)
            sheet.write_number(k, 27, number, zeros)
            sheet.write_number(k, 2, number, plain)
    found = read_table(path)
    assert found.columns[0] == ("00012", 123456.0, 1.5)
    assert found.columns[2] == (12.0, 123456.0, 1.5)
    assert found.columns[-1] == ("00012", 123456.0, 1.5)
    assert [one.message for one in found.findings] == [
        "Numbers in column 1, 28 are shown with zeros before them, and were read so."
    ]


def test_hidden_rows_are_read_and_told_where_something_is_in_them(tmp_path: Path) -> None:
    path = tmp_path / "p.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_column(0, 0, ["id", *map(str, range(1, 12)), "", "12"])
        for k in [*range(2, 12), 12, 20]:
            sheet.set_row(k, options={"hidden": True})
    found = read_table(path)
    assert len(found.rows) == 12
    (one,) = found.findings
    assert one.message.endswith("were read all the same: 3, 4, 5, 6, 7, 8, 9, 10, ….")


def test_header_merged_over_columns_belongs_to_all_of_them(tmp_path: Path) -> None:
    path = tmp_path / "p.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 0, 3, "People of 2024")
        sheet.write_row(1, 0, ["id", "name"])
        sheet.merge_range(1, 2, 1, 3, "Skills")
        sheet.write_row(2, 0, ["1", "Ann", "SQL", "Go"])
        sheet.merge_range(3, 0, 3, 3, "Team B")
    found = read_table(path, layout=layout_of(ColumnMap()))
    assert found.headers == ("id", "name", "Skills", "Skills")
    assert cells(found) == [("1", "Ann", "SQL", "Go")]
    assert [one.row for one in found.findings if one.code == "skipped-row"] == [1, 4]


def test_sheet_of_people_is_the_one_with_ids(tmp_path: Path) -> None:
    people: list[list[object]] = [["id", "name"], ["1", "Ann"]]
    lists: list[list[object]] = [["id", "name", "skills", "needs"], ["", "", "SQL", "Go"]]
    path = workbook(tmp_path / "p.xlsx", Lists=lists, People=people)
    assert cells(read_table(path, headers=())) == [("1", "Ann")]
    only = workbook(tmp_path / "q.xlsx", Lists=lists, Notes=[["Hello"]])
    assert read_table(only, headers=()).headers == ("id", "name", "skills", "needs")


def test_year_in_a_header_is_no_decimal_number(tmp_path: Path) -> None:
    path = workbook(tmp_path / "p.xlsx", People=[["id", 2023, 2.5], ["1", 3, 4]])
    assert read_table(path).headers == ("id", "2023", "2.5")


def test_lost_letters_are_told_with_their_rows(tmp_path: Path) -> None:
    lost = "id,n\ufffdm\n" + "".join(f"{k},\ufffdve\n" for k in range(10))
    (one,) = read_table(file(tmp_path, "p.csv", lost)).findings
    assert "the headers and rows 2, 3, 4, 5, 6, 7, 8, 9, … of p.csv hold" in one.message
    (one,) = read_table(file(tmp_path, "p.json", '[{"id": "\ufffd"}]')).findings
    assert (one.code, str(one.severity)) == ("bad-text", "warning")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_wide_encoding_of_a_narrow_text_is_refused(tmp_path: Path, encoding: str) -> None:
    path = file(tmp_path, "p.csv", "id,name\n1,Ann\n")
    with pytest.raises(FileError, match=rf"p.csv is not {encoding} text: it has one byte"):
        read_table(path, encoding=encoding)
    path.write_bytes("id\n1\n".encode(encoding))
    assert read_table(path, encoding=encoding).headers == ("id",)
