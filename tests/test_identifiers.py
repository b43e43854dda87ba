from __future__ import annotations

from pathlib import Path

import pytest

import pairkit as pk
from pairkit.errors import FileError, RosterError


def read(folder: Path, text: str, **options: object) -> pk.Roster:
    path = folder / "people.csv"
    path.write_text(text, encoding="utf-8")
    return pk.Roster.read(path, pk.ColumnMap.parse(options))


# Ids as programs leave them


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("id,name\n1.0,Ann\n2.0,Bob\n", ("1", "2")),
        ("id,name\n1.0,Ann\nB,Bob\n", ("1", "B")),
        ("id,name\n1.0,Ann\n1.5,Bob\n", ("1.0", "1.5")),
        ("id,name\n1.0,Ann\nB2,Bob\n", ("1.0", "B2")),
        ("id,name\n0012.0,Ann\n", ("0012",)),
    ],
)
def test_ids_lose_their_decimals_where_all_have_them(
    tmp_path: Path, text: str, ids: tuple[str, ...]
) -> None:
    assert read(tmp_path, text).ids == ids


def test_references_lose_their_decimals_as_the_ids_do(tmp_path: Path) -> None:
    whole = "id,manager,preferences,avoid\n1,,,\n2,1.0,1.0,3.0\n3,1.0,,\n"
    for text in (whole, whole.replace("\n2,", "\n2.0,").replace("\n3,", "\n3.0,")):
        roster = read(tmp_path, text.replace("\n1,", "\n1.0,") if "2.0" in text else text)
        assert roster.ids == ("1", "2", "3")
        assert [one.manager for one in roster] == [None, "1", "1"]
        assert (roster["2"].preferences, roster["2"].avoid) == ((("1",),), ("3",))


def test_references_stay_where_an_id_keeps_its_decimals(tmp_path: Path) -> None:
    roster = read(tmp_path, "id,manager\n1.0,\n1.5,1.0\n")
    assert [one.manager for one in roster] == [None, "1.0"]


@pytest.mark.parametrize("cut", ["1.23457E+11", "1,23457E+11", "1E+20"])
def test_id_of_which_a_spreadsheet_has_cut_off_digits_is_an_error(tmp_path: Path, cut: str) -> None:
    text = f"id;name\n{cut};Ann\n12;Bob\n"
    with pytest.raises(RosterError) as caught:
        read(tmp_path, text)
    (found,) = caught.value.findings.errors
    assert (found.row, found.column, found.code) == (2, "id", "bad-value")
    assert read(tmp_path, text, allow=["bad-value"]).ids == (cut, "12")


# No header of an id


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0012;Ann Ames;42\n0013;Bob Bell;43\n", "seems to have no header"),
        ("a1;Ann Ames;ann1@example.org\nb2;Bob Bell;bob2@example.org\n", "seems to have no header"),
        ("ann@example.org;Ann Ames\n12;Bob Bell\n", "its first row looks like that of a person"),
        ("0012;Ann Ames\nX-13;Bob Bell\n", "its first row looks like that of a person"),
        ("2023;Qui\nX;Ann\n", "it has '2023', 'Qui'"),
        ("Qui;2023\nAnn;2024\n", "it has 'Qui', '2023'"),
        ("Qui;Lot 1\nAnn;Lot rouge\n", "it has 'Qui', 'Lot 1'"),
        ('"id;name"\n"1;Ann"\n', "between quotation marks as a whole"),
        ("id~name\n1~Ann\n", "delimiter = '~'"),
        ("Qui~Quoi\n1~Ann\n", "it has 'Qui~Quoi'"),
    ],
)
def test_why_no_header_is_that_of_an_id(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(RosterError, match=said) as caught:
        read(tmp_path, text)
    assert "Ames" not in str(caught.value)


def test_no_map_is_suggested_for_a_file_without_a_header(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("0012;Ann Ames;42;SQL\n0013;Bob Bell;43;Go\n")
    with pytest.raises(FileError, match=r"people.csv seems to have no header") as caught:
        pk.suggest_map(path)
    assert "Ames" not in str(caught.value)
    named = pk.ColumnMap(columns={"id": "0012"})
    assert "id" in pk.suggest_map(path, named).column_map.columns


def test_frame_without_columns_is_told() -> None:
    pd = pytest.importorskip("pandas")
    with pytest.raises(RosterError, match=r"the dataframe has no columns\. Give it one of ids"):
        pk.Roster.from_frame(pd.DataFrame())
