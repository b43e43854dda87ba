from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from pairkit.errors import ColumnMapError, FileError
from pairkit.files import read_roster, write_tables
from pairkit.files.bystanders import passed
from pairkit.files.column_map import ColumnMap
from pairkit.files.delimited import format_rows, parse_rows
from pairkit.files.encodings import decode
from pairkit.files.layout import blank, even_ends, header_of
from pairkit.files.opening import layout_of
from pairkit.files.stacked import stacked_headers
from pairkit.files.tables import read_table
from pairkit.findings import FindingCode, Severity

LAYOUT = layout_of(ColumnMap())
HEADER = ["Matricule", "Nom", "Compétences"]
PEOPLE = [["00123", "Ann", "SQL"], ["00124", "Bob", "Go"]]


def layout(**options: object) -> ColumnMap:
    return ColumnMap.parse(options)


def skipped(
    grid: Sequence[Sequence[object]], column_map: ColumnMap | None = None
) -> dict[int, str]:
    """The numbers of the rows that are passed over, and how serious it is."""
    found = layout_of(column_map or ColumnMap())
    start = header_of(grid, found)
    assert start is not None
    over, _ = passed(grid, start, found, (), "people.csv")
    return {k + 1: str(one.severity) for k, one in over.items()}


# Above the table


@pytest.mark.parametrize(
    "above",
    [
        [["Participants of 2024"]],
        [["Liste, mai 2024"], [], ["Édité par RH"], []],
        [["Société", "Acme", ""], ["Date", "12/05/2024", ""], ["", "", ""]],
        [["Nom", "", ""]],
        [["Q1", "Q2", "Q3"]],
    ],
)
def test_header_is_found_below_what_stands_above_it(above: list[list[str]]) -> None:
    grid = [*above, HEADER, *PEOPLE]
    assert header_of(grid, LAYOUT) == len(above)
    told = {k + 1: "info" for k, row in enumerate(above) if any(row)}
    assert skipped(grid) == told


def test_header_that_the_map_names_is_found_below_a_usual_one() -> None:
    grid = [["ID", "Total"], ["Badge", "Tools"], ["7", "SQL"]]
    assert header_of(grid, LAYOUT) == 0
    named = layout(columns={"id": "Badge", "skills": "Tools"})
    assert header_of(grid, layout_of(named)) == 1


def test_header_without_known_words_is_found_below_a_single_cell() -> None:
    grid = [["Everybody here", "", ""], ["Badge", "Tools", ""], ["7", "SQL", "x"], ["8", "Go", "y"]]
    assert header_of(grid, LAYOUT) == 1
    several = layout_of(layout(number_rows=True))
    assert header_of([["One"], ["Two", "Three"], ["x"], ["y"]], several) == 0
    assert header_of([["Q1", "Q2_a"], ["Nom", "Compétences"], ["x", "y"]], several) == 1


@pytest.mark.parametrize(
    "grid",
    [
        [HEADER, *PEOPLE],
        [["id"], ["1"], ["2"]],
        [["Compétences", "", ""], ["SQL", "a", "b"]],
        [["Nom", "Poste", "Direction"], ["Ann", "Manager", "Service"]],
        [["id", "Title", "Department"], ["E-1", "Manager", "Direction"], ["E-2", "x", "y"]],
        [["Badge", "Tools"], ["7", "SQL"]],
        [["Who", "Job", "Unit"], ["Ann", "Manager", "Direction"]],
        [["", "Prénom", ""], ["0", "Zoé", "x"], ["1", "Ann", "y"]],
        [["N°", "Title", "x"], ["1", "Site", "Matricule"], ["2", "Nom", "Service"]],
        [["id", "Asks", "Asks too"], ["Ann", "What is a good day?", "How do I begin?"]],
    ],
)
def test_first_row_stays_the_header_where_nothing_speaks_against_it(
    grid: list[list[str]],
) -> None:
    assert header_of(grid, LAYOUT) == 0
    assert skipped(grid) == {}


def test_header_row_may_be_given(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("id,name\nBadge,Full name\n1,Ann\n")
    people = read_roster(path, layout(columns={"id": "Badge"}, header_row=2))
    assert [(one.id, one.name) for one in people] == [("1", "Ann")]
    (above,) = [one for one in people.findings if one.code is FindingCode.SKIPPED_ROW]
    assert (above.row, above.severity) == (1, Severity.INFO)
    assert above.message.endswith("above the header, which is row 2, and was passed over.")


@pytest.mark.parametrize(
    ("number", "message"), [(2, "row 2 is blank"), (9, r"it has 3 rows\. Set header_row")]
)
def test_header_row_that_is_none_is_refused(tmp_path: Path, number: int, message: str) -> None:
    path = tmp_path / "p.csv"
    path.write_text("id,name\n\n1,Ann\n")
    with pytest.raises(FileError, match=rf"p\.csv has no header in row {number}: {message}"):
        read_roster(path, layout(header_row=number))


def test_header_row_is_counted_from_one() -> None:
    with pytest.raises(ColumnMapError, match=r"header_row: .* greater than or equal to 1"):
        layout(header_row=0)


def test_header_is_found_in_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "p.xlsx"
    rows = [["Participants"], [], [*HEADER, "Ancienneté"]]
    rows += [[*row, "3"] for row in PEOPLE] + [["Total", "", "", "6"], [], ["Source: the registry"]]
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for k, row in enumerate(rows):
            sheet.write_row(k + 1, 1, row)
    people = read_roster(path)
    assert people.ids == ("00123", "00124")
    found = [one for one in people.findings if one.code is FindingCode.SKIPPED_ROW]
    assert [one.row for one in found] == [2, 7, 9]


# Below the header


@pytest.mark.parametrize(
    ("rows", "passed_over"),
    [
        ([["Q1", "Q2", "Q3"], HEADER, *PEOPLE], {1: "info"}),
        (
            [
                ["ID", "Q2", "Q3"],
                ["Your number?", "What is your name?", "What can you teach?"],
                *PEOPLE,
            ],
            {2: "warning"},
        ),
        (
            [
                ["ID", "Q2"],
                ["Response", "Your name"],
                ['{"ImportId":"a"}', '{"ImportId":"b"}'],
                ["1", "Ann"],
            ],
            {2: "warning", 3: "warning"},
        ),
        ([HEADER, ["Number", "Name", "Skills"], *PEOPLE], {}),
        ([HEADER, ["ID", "Name", "Skills"], *PEOPLE], {2: "warning"}),
        ([HEADER, ["7", "Why is it so?", "How does it work?"], *PEOPLE], {}),
        ([HEADER, PEOPLE[0], HEADER, PEOPLE[1], HEADER], {3: "info", 5: "info"}),
    ],
)
def test_second_and_repeated_headers_are_passed_over(
    rows: list[list[str]], passed_over: dict[int, str]
) -> None:
    assert skipped(rows) == passed_over


def test_question_ids_of_the_map_stand_above_the_texts() -> None:
    named = layout(columns={"id": "Q1", "name": "Q2", "skills": "Q3"})
    assert skipped([["Q1", "Q2", "Q3"], HEADER, *PEOPLE], named) == {2: "warning"}


# Below the table


@pytest.mark.parametrize(
    "below",
    [
        [["Total", "2", ""]],
        [["", "", "Total général : 2"]],
        [["TOTAL", "1 234,5 €", "50 %"]],
        [["Source: HR"]],
        [["* left the company", "", ""]],
        [[], ["Exported by", "HR"]],
        [["", "", ""], ["Confidential data", "", ""]],
        [["", "", ""], ["The list of spring 2024", "", ""], ["Ask the HR office.", "", ""]],
        [["Those who left are not listed here"]],
        [["Sous-total", "2"], ["Total", "2"], [], ["Page 1"]],
    ],
)
def test_totals_and_notes_below_the_table_are_passed_over_and_told(below: list[list[str]]) -> None:
    grid = [HEADER, *PEOPLE, *below]
    assert skipped(grid) == {k + 4: "warning" for k, row in enumerate(below) if any(row)}


@pytest.mark.parametrize(
    "below",
    [
        [["17", "", ""]],
        [["Ann Martin", "Ann", ""]],
        [["E-1"]],
        [["Total", "Ann", "SQL"]],
        [["17", "Total", "3"]],
        [["", "Total", ""]],
        [["Total-1", "2", "3"]],
        [["Notes", "Ann", ""]],
        [["E-17", "", ""]],
        [["ann@example.org", "", ""]],
        [["Ann Martin", "", ""], ["Bob Bell", "Bob", ""]],
        [["Example", "", ""], ["bob", "Bob", ""]],
        [["Source: HR"], ["00125", "Cleo", "SQL"]],
    ],
)
def test_what_may_be_a_person_is_no_note(below: list[list[str]]) -> None:
    assert skipped([HEADER, *PEOPLE, *below]) == {}


AMONG = [
    ["Sales department", "", ""],
    ["Confidentiel", "", ""],
    ["* draft", "", ""],
    ["2 records", "", ""],
    ["(2 rows affected)", "", ""],
    ["N=2", "", ""],
    ["Sales total", "2", "7"],
    ["Somme :", "", "7"],
    ["# 00126", "Cy", "Go"],
    ["EXAMPLE", "Name here", "SQL; Go"],
    ["ex : 00120", "Name here", "SQL"],
    ["required", "optional", "list"],
    ["-----", ":---:", "---"],
]


@pytest.mark.parametrize("row", AMONG)
def test_row_among_the_people_that_is_no_person_is_passed_over_and_told(row: list[str]) -> None:
    assert skipped([HEADER, row, *PEOPLE]) == {2: "warning"}
    if row[0] != "required":
        assert skipped([HEADER, PEOPLE[0], row, PEOPLE[1]]) == {3: "warning"}
        assert skipped([HEADER, *PEOPLE, row, row]) == {4: "warning", 5: "warning"}


@pytest.mark.parametrize("row", [["Participants de Zoé"], *AMONG])
def test_message_about_a_row_that_is_passed_over_repeats_no_cell(row: list[str]) -> None:
    for grid in ([row, HEADER, *PEOPLE], [HEADER, row, *PEOPLE], [HEADER, *PEOPLE, row]):
        over, _ = passed(grid, grid.index(HEADER), LAYOUT, (), "people.csv")
        told = " ".join(f"{one.message} {one.hint}" for one in over.values())
        assert not any(cell in told for cell in row if len(cell) > 1)


@pytest.mark.parametrize("row", [one for one in AMONG if one[0].isalpha() or "#" in one[0]])
def test_row_is_a_person_where_nobody_else_is_left(row: list[str]) -> None:
    assert skipped([HEADER, row, row]) == {}


def test_total_is_told_left_of_the_ids() -> None:
    rows = [["Sales", "Ann", "1"], ["Sales total", "", "12"], ["IT", "Bob", "2"]]
    assert skipped([["Department", "Name", "id"], *rows]) == {3: "warning"}


def test_person_with_an_id_alone_is_doubtful_where_all_others_have_more(tmp_path: Path) -> None:
    rows = [[f"E-{k}", f"P{k}", "SQL"] for k in range(10)]
    path = tmp_path / "people.csv"
    for more, doubtful in ([["E-10", "", ""]], [12]), ([["E-10", "", ""], ["E-11", "", ""]], []):
        path.write_text(format_rows([HEADER, *rows, *more]), encoding="utf-8")
        table = read_table(path, layout=LAYOUT)
        assert len(table.rows) == len(rows) + len(more)
        assert [one.row for one in table.findings] == doubtful


@pytest.mark.parametrize(
    "rows",
    [
        [*PEOPLE, ["", "", ""], ["id", "name", "needs"], ["8", "Yan", "Go"]],
        [*PEOPLE, ["Mentees", "", ""], ["Nom", "Matricule", "Besoins"], ["Yan", "8", "Go"]],
    ],
)
def test_second_table_below_the_first_is_refused_with_its_row(rows: list[list[str]]) -> None:
    with pytest.raises(FileError, match=r"people.csv holds two tables: row 5 is a header"):
        skipped([HEADER, *rows])


def test_texts_of_questions_below_their_codes_are_a_second_header() -> None:
    codes = ["id", "submitdate", "name", "skills[SQ001]", "skills[SQ002]", "role"]
    can = "What can you teach?"
    texts = ["Response ID", "Date submitted", "Your name", f"{can} [SQL]", f"{can} [Go]", "Role"]
    assert skipped([codes, texts, ["1", "2024-01-02", "Ann", "Yes", "No", "Mentor"]]) == {
        2: "warning"
    }


def test_header_once_more_in_other_words_is_the_same_table() -> None:
    assert skipped([HEADER, PEOPLE[0], ["ID", "name", "skills"], PEOPLE[1]]) == {3: "info"}


@pytest.mark.parametrize("first", ["id", "Nom"])
def test_people_in_columns_are_refused(first: str) -> None:
    sides = [first, *({"id", "Nom", "skills", "Service"} - {first})]
    with pytest.raises(FileError, match=r"has its headers in column 1, below each other"):
        skipped([[one, "1", "2", "3"] for one in sides])


def test_table_of_one_column_has_no_notes() -> None:
    assert skipped([["id"], ["1"], ["Total"], ["Note: none"]]) == {}


# Delimiters below a title


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("title", ["People", "People, of May; 2024 | draft", "a, b, c, d, e, f"])
def test_delimiter_is_found_below_a_title(title: str, delimiter: str) -> None:
    cells = [["1", "Ann, B; C", "SQL | Go, R"], ["2", "Bob, C; D", "SQL | Go; R"]]
    text = title + "\n\n" + format_rows([HEADER, *cells], delimiter)
    rows, _ = parse_rows(text, "p.csv", layout=LAYOUT)
    assert rows[2:] == [HEADER, *cells]


texts = st.text(max_size=30)
names = st.text(st.characters(codec="utf-8", exclude_characters="\0\ufeff"), max_size=12)
ids = st.integers(1, 10**6).map(str)


@given(
    st.lists(st.tuples(ids, names, names), min_size=1, max_size=8, unique_by=lambda row: row[0]),
    st.sampled_from(",;\t|"),
)
def test_people_are_read_as_without_a_layout(
    people: list[tuple[str, str, str]], delimiter: str
) -> None:
    rows = [("id", "name", "remark"), *people]
    text = format_rows(rows, delimiter)
    assert parse_rows(text, "p.csv", delimiter, LAYOUT) == parse_rows(text, "p.csv", delimiter)
    assert header_of(rows, LAYOUT) == 0
    assert skipped(rows) == {}


cell_values = st.one_of(
    st.none(),
    st.floats(),
    st.sampled_from(["", " ", "id", "Nom", "Q1", "Total", "Note: x", "Why is that so?", "3"]),
    st.text(max_size=5),
)


@given(
    st.lists(st.lists(cell_values, max_size=5), max_size=9),
    st.none() | st.integers(1, 10),
    st.booleans(),
)
def test_every_row_of_any_grid_is_header_person_or_told(
    grid: list[list[object]], header_row: int | None, number_rows: bool
) -> None:
    found = layout_of(layout(header_row=header_row, number_rows=number_rows))
    start = header_of(grid, found)
    if start is None:
        assert header_row is not None or all(map(blank, grid))
        return
    assert not blank(grid[start])
    try:
        over, odd = passed(grid, start, found, (), "people.csv")
    except FileError:  # two tables, or people in columns
        return
    assert {one.row for one in odd} <= {k + 1 for k in range(len(grid)) if k not in over}
    assert all(one.row == k + 1 and not blank(grid[k]) for k, one in over.items())
    assert {k for k in range(start) if not blank(grid[k])} <= {*over}
    assert start not in over


@given(st.binary(max_size=200) | texts.map(lambda text: text.encode("utf-16-le")))
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    try:
        text, findings = decode(data, "p.csv")
        parse_rows(text, "p.csv", layout=LAYOUT)
    except FileError:
        pass
    else:
        assert "\0" not in text
        assert all(one.severity is Severity.WARNING for one in findings)


def test_pairs_are_read_to_the_last_row(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    write_tables(
        path, {"pairs": [{"mentor": "1", "mentee": "2"}, {"mentor": "Total", "mentee": "3"}]}
    )
    assert list(read_table(path).rows) == [2, 3]


# Headers in two rows

QUESTIONS = ["Respondent", "Skills", "", "", "Team?"]
ANSWERS = ["", "SQL", "Go", "Other (please specify)", "Open-Ended Response"]


def test_answers_below_a_question_are_joined_to_it(tmp_path: Path) -> None:
    rows = [QUESTIONS, ANSWERS, ["7", "SQL", "", "R; C", "Blue"], ["8", "", "Go", "", ""]]
    path = tmp_path / "survey.csv"
    path.write_text(format_rows(rows), encoding="utf-8")
    people = read_roster(path, layout(columns={"id": "Respondent"}))
    assert [dict(one.skills) for one in people] == [{"SQL": 1, "R": 1, "C": 1}, {"Go": 1}]
    assert people["7"].attributes == {"Team?": "Blue"}
    (finding,) = (one for one in people.findings if one.code is FindingCode.SKIPPED_ROW)
    assert (finding.row, finding.severity) == (2, Severity.INFO)
    assert "as in 'Skills [SQL]'" in finding.message


def test_answers_below_a_question_of_ones_own_are_choices_of_the_map(tmp_path: Path) -> None:
    path = tmp_path / "survey.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Survey"])
        sheet.write_row(2, 0, ["id"])
        sheet.merge_range(2, 1, 2, 3, "Which skills can you teach?")
        sheet.write_row(3, 1, ["Python", "SQL", "Excel"])
        sheet.write_row(4, 0, ["A", "Python", "", "Excel"])
        sheet.write_row(5, 0, ["B", "", "", ""])
    choices = {"skills": {"choices": "Which skills can you teach?"}}
    people = read_roster(path, layout(columns=choices))
    assert [dict(one.skills) for one in people] == [{"Python": 1, "Excel": 1}, {}]


@pytest.mark.parametrize(
    ("below", "people", "joined"),
    [
        (
            ["", "SQL", "Go"],
            [["1", "sql", ""], ["2", "", ""]],
            ["id", "Skills [SQL]", "Skills [Go]"],
        ),
        (["Response", "SQL", "Go"], [], ["id", "Skills [SQL]", "Skills [Go]"]),
        (["", "SQL", "Go"], [["1", "x", "3"]], ["id", "Skills [SQL]", "Skills [Go]"]),
        (["", "SQL", "Go"], [["1", "C", "R"]], None),  # a person without an id
        (["", "SQL", "Go"], [["1", "", ""]], None),
        (["", "1", "0"], [["1", "1", "1"]], None),
        (["0", "SQL", "Go"], [["1", "SQL", "Go"]], None),
        (["", "SQL", "SQL"], [["1", "SQL", ""]], None),
        (["", "SQL", ""], [["1", "SQL", ""]], None),
    ],
)
def test_second_row_is_a_header_only_where_the_cells_show_it(
    below: list[str], people: list[list[str]], joined: list[str] | None
) -> None:
    found = stacked_headers([["id", "Skills", ""], below, *people], 0, LAYOUT, ())
    assert (found and found[0]) == joined


def test_row_that_cannot_be_read_is_no_second_header() -> None:
    grid = [["id", "Skills", ""], ["", "SQL", "Go"], ["1", "SQL", ""]]
    assert stacked_headers(grid, 0, LAYOUT, {1}) is None
    assert stacked_headers(grid[:1], 0, LAYOUT, ()) is None


# A delimiter too many


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("id;x;y\n1;a;b;\n2;;;\n", [("1", "a", "b"), ("2", "", "")]),
        ("id;x;y\n1;a;b;;;\n2;a;;;;\n", [("1", "a", "b"), ("2", "a", "")]),
        ("id;x;y;\n1;a;b\n2;;\n", [("1", "a", "b"), ("2", "", "")]),
        ("List\nid;x;y;;\n1;a;b\n", [("1", "a", "b")]),
        ("id;x;y;\n1;a;b\n2;a;b\n3;a;b;\n", [("1", "a", "b"), ("2", "a", "b"), ("3", "a", "b")]),
        ("id;x;y\n1;a;b;\n2;a;b;\n3;a;b\n", [("1", "a", "b"), ("2", "a", "b"), ("3", "a", "b")]),
        ("id;x;y;\n1;a;b;\n", [("1", "a", "b")]),
    ],
)
def test_delimiter_too_many_at_the_end_is_read_without_noise(
    tmp_path: Path, text: str, rows: list[tuple[str, ...]]
) -> None:
    path = tmp_path / "people.csv"
    path.write_text(text, encoding="utf-8")
    table = read_table(path, layout=LAYOUT)
    assert table.headers == ("id", "x", "y")
    assert [*zip(*table.columns, strict=True)] == rows
    assert all(one.code is FindingCode.SKIPPED_ROW for one in table.findings)


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("id;x;y\n1;a;b;\n2;a;b\n", [2]),  # not most rows: a cell may have been split
        ("id;x;y\n1;a;b;\n2;a;b;c\n", [2, 3]),  # not always empty
        ("id;x;y\n1;a;b;\n2;a;b;\n3;a;b;c;\n", [4]),
        ("id;x;y;z\n1;a;b\n2;a;b\n", [2, 3]),
    ],
)
def test_other_rows_of_another_width_stay_errors(tmp_path: Path, text: str, bad: list[int]) -> None:
    path = tmp_path / "people.csv"
    path.write_text(text, encoding="utf-8")
    found = read_table(path, layout=LAYOUT).findings
    assert [(one.row, one.code) for one in found] == [(row, "ragged-row") for row in bad]


@given(st.lists(st.lists(st.sampled_from(["", "a", "b"]), max_size=5), min_size=1, max_size=6))
def test_nothing_but_empty_cells_is_cut_off(grid: list[list[str]]) -> None:
    for row, evened in zip(grid, even_ends(grid, 0), strict=True):
        assert row[: len(evened)] == evened
        assert not any(row[len(evened) :])
