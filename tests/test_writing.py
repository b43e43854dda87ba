"""What is written opens rightly elsewhere, reads back as it was, and is there whole or not."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pairkit as pk
from pairkit.cli.commands import run
from pairkit.errors import OutputError
from pairkit.files import read_roster, write_roster, write_tables
from pairkit.files.delimited import format_rows, parse_rows
from pairkit.roster import Roster
from tests.people import dates, levels, maybe

if TYPE_CHECKING:
    from pathlib import Path

numbers = st.floats(1e-9, 100) | st.sampled_from([1.125, 0.001, 1e-7, 12.5, 3.0])


def french_rows(data: bytes) -> list[list[str]]:
    """Return the cells that a French Excel sees in a file."""
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))


# For a French Excel ---------------------------------------------------------------------------


def test_a_french_excel_finds_a_bom_semicolons_and_decimal_commas(tmp_path: Path) -> None:
    people = Roster.from_records(
        [{"id": "É;1", "experience": 2.5, "hired": "2024-12-31", "n": -1.5}]
    )
    write_roster(people, tmp_path / "p.csv", language="fr", excel_fr=True)
    data = (tmp_path / "p.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert french_rows(data) == [
        ["Identifiant", "Date d'embauche", "Expérience", "n"],
        ["É;1", "2024-12-31", "2,5", "-1,5"],
    ]


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".csv.gz"])
def test_what_a_french_excel_gets_reads_back_as_it_was(tmp_path: Path, suffix: str) -> None:
    people = pk.datasets.sample(60, language="fr")
    path = tmp_path / f"p{suffix}"
    write_roster(people, path, language="fr", excel_fr=True, include_protected=True)
    assert read_roster(path).digest == people.digest


@given(
    records=st.lists(
        st.fixed_dictionaries(
            {"skills": levels, "experience": maybe(numbers), "level": maybe(numbers)}
            | {"hired": maybe(dates), "share": maybe(numbers), "age": maybe(numbers)}
        ),
        min_size=1,
        max_size=4,
    )
)
def test_numbers_with_a_decimal_comma_read_back_exactly(
    tmp_path_factory: pytest.TempPathFactory, records: list[dict[str, object]]
) -> None:
    people = Roster.from_records([{"id": f"P{k}"} | one for k, one in enumerate(records)])
    path = tmp_path_factory.mktemp("fr") / "p.csv"
    write_roster(people, path, excel_fr=True, include_protected=True)
    assert not people.diff(read_roster(path)).changed


def test_pandas_reads_the_numbers_of_either_form(tmp_path: Path) -> None:
    people = Roster.from_records([{"id": "É", "experience": 2.5}, {"id": "B", "experience": 1.125}])
    write_roster(people, tmp_path / "plain.csv")
    write_roster(people, tmp_path / "french.csv", excel_fr=True)
    plain = pd.read_csv(tmp_path / "plain.csv")
    french = pd.read_csv(tmp_path / "french.csv", sep=";", decimal=",", encoding="utf-8-sig")
    pd.testing.assert_frame_equal(plain, french)
    assert list(french["Experience"]) == [2.5, 1.125]


def test_formats_that_excel_opens_as_they_are_have_no_french_form(tmp_path: Path) -> None:
    for name in ("p.xlsx", "p.json", "p.parquet"):
        with pytest.raises(OutputError, match=r"only \.csv and \.tsv have a form"):
            write_roster(Roster(), tmp_path / name, excel_fr=True)
    matching = pk.match(pk.datasets.sample(10), pk.reverse_mentoring())
    with pytest.raises(OutputError, match="French Excel"):
        matching.write(tmp_path / "m.json", excel_fr=True)
    assert not list(tmp_path.iterdir())


def test_pairs_for_a_french_excel_read_back(tmp_path: Path) -> None:
    matching = pk.match(pk.datasets.sample(30), pk.reverse_mentoring())
    matching.write(tmp_path / "pairs.csv", excel_fr=True)
    rows = french_rows((tmp_path / "pairs.csv").read_bytes())
    assert "," in rows[1][rows[0].index("score")]
    assert pk.read_pairs(tmp_path / "pairs.csv") == [(p.mentor, p.mentee) for p in matching.pairs]


def test_the_command_line_writes_for_a_french_excel(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people, pairs = str(tmp_path / "p.csv"), str(tmp_path / "pairs.csv")
    assert run(["sample", "--language", "fr", "--out", people, "--excel-fr"]) == 0
    preset = ["--preset", "reverse-mentoring"]
    assert run(["match", people, *preset, "--out", pairs, "--excel-fr"]) == 0
    assert french_rows((tmp_path / "pairs.csv").read_bytes())[0][0] == "mentor"
    capsys.readouterr()
    assert run(["match", people, *preset, "--excel-fr"]) == 0
    assert capsys.readouterr().out.startswith("\ufeffmentor;mentor_name;")
    assert run(["sample", "--excel-fr", "--people", "2"]) == 0
    assert capsys.readouterr().out.startswith("\ufeffID;")
    assert run(["match", people, *preset, "--out", str(tmp_path / "x.xlsx"), "--excel-fr"]) == 2
    assert run(["sample", "--out", str(tmp_path / "x.json"), "--excel-fr"]) == 2
    assert capsys.readouterr().err.count("have a form for a French Excel") == 2


# Formulas -------------------------------------------------------------------------------------

risky = st.text(st.sampled_from(list("=+-@\t\r\n' a1;,\"")), max_size=6)


@given(rows=st.lists(st.lists(risky, min_size=2, max_size=2), max_size=4), comma=st.booleans())
def test_escaped_texts_read_back_as_they_were(rows: list[list[str]], comma: bool) -> None:
    delimiter = ";" if comma else ","
    written = format_rows([["one", "two"], *rows], delimiter, comma=comma)
    seen = list(csv.reader(io.StringIO(written, newline=""), delimiter=delimiter))
    assert not any(
        cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in seen for cell in row
    )
    read, broken = parse_rows(written, "file.csv", delimiter)
    assert not broken
    assert read[1:] == rows


# All at once ----------------------------------------------------------------------------------

INTERRUPTED = """
import sys, time
from pathlib import Path
from pairkit.files.writing import replace_file
with replace_file({path!r}, overwrite=True) as stream:
    for k in range(100_000):
        stream.write(b"new " * 1000)
        if k == 20:
            stream.flush()
            print("in the middle", flush=True)
        if k > 20:
            time.sleep(0.01)
"""


def test_a_killed_process_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(b"old")
    code = INTERRUPTED.format(path=str(path))
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"in the middle\n"
        process.kill()
    assert process.returncode != 0
    assert path.read_bytes() == b"old"


def test_a_process_killed_at_any_time_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    old, new = b"old\n" * 50_000, b"new\n" * 50_000
    path.write_bytes(old)
    code = (
        "import sys\nfrom pathlib import Path\nfrom pairkit.files.writing import replace_file\n"
        f"texts = [{b'new'!r}, {b'old'!r}]\nprint('ready', flush=True)\n"
        "for k in range(10**9):\n"
        f"    with replace_file({str(path)!r}, overwrite=True) as stream:\n"
        "        [stream.write(texts[k % 2] + bytes([10])) for _ in range(50_000)]\n"
    )
    for wait in (0.0, 0.013, 0.05, 0.11):
        with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(wait)
            process.kill()
        assert path.read_bytes() in {old, new}


def test_a_failure_in_the_middle_leaves_no_trace(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("old")

    class Unwritable:
        """A value that cannot be written."""

        def __str__(self) -> str:
            raise ValueError("no text")

    with pytest.raises(ValueError, match="no text"):
        write_tables(path, {"t": [{"a": 1}, {"a": Unwritable()}]}, overwrite=True)  # type: ignore[dict-item]
    assert path.read_text() == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["people.csv"]


def test_nothing_is_overwritten_unless_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("old")
    with pytest.raises(OutputError, match="exists already"):
        write_roster(Roster(), path)
    assert path.read_text() == "old"
