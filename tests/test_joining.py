from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pairkit.errors import ColumnMapError, InputError, RosterError
from pairkit.files.column_map import ColumnMap
from pairkit.files.joining import join
from pairkit.files.tables import Table
from pairkit.findings import Finding, Findings, Severity
from pairkit.profiles import Role
from pairkit.roster import Roster

PEOPLE = """ID,Email,Department
A,ann@example.org,Sales
B,Bob@Example.org,IT
C,,IT
"""
SURVEY = """Timestamp;Adresse e-mail;Souhaite apprendre;Expérience
1;bob@example.org;Python;3
2;zoe@example.org;SQL;4
3;ANN@example.org ;Go;5
"""


def file(tmp_path: Path, name: str, content: str) -> Path:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    return path


def joined(tmp_path: Path, people: str = PEOPLE, survey: str = SURVEY, **options: object) -> Roster:
    return Roster.read(
        file(tmp_path, "people.csv", people),
        survey=file(tmp_path, "survey.csv", survey),
        **options,  # type: ignore[arg-type] # each test passes options that exist
    )


def sides(tmp_path: Path, mentors: str, mentees: str, **options: object) -> Roster:
    return Roster.read_sides(
        file(tmp_path, "mentors.csv", mentors),
        file(tmp_path, "mentees.csv", mentees),
        **options,  # type: ignore[arg-type] # as above
    )


def doubts(findings: Findings) -> list[str]:
    return [place(one) for one in findings if one.severity is not Severity.INFO]


def place(finding: Finding) -> str:
    return f"{finding.source}:{finding.row} {finding.code}"


# A survey


def test_people_get_what_they_answered_by_their_email(tmp_path: Path) -> None:
    people = joined(tmp_path)
    assert people.ids == ("A", "B", "C")
    assert people["A"].needs == {"Go": 1.0}
    assert people["B"].needs == {"Python": 1.0}
    assert people["B"].experience == 3
    assert people["B"].department == "IT"
    assert not people["C"].needs


def test_people_and_answers_that_do_not_join_are_findings_with_their_file_and_row(
    tmp_path: Path,
) -> None:
    found = joined(tmp_path).findings
    assert doubts(found) == ["people.csv:4 not-joined", "survey.csv:3 not-joined"]
    assert all("example" not in str(one) for one in found)


def test_a_bad_answer_names_the_row_of_the_survey(tmp_path: Path) -> None:
    with pytest.raises(RosterError, match=r"in people\.csv and survey\.csv") as raised:
        joined(tmp_path, survey=SURVEY.replace(";5", ";a while"))
    (error,) = raised.value.findings.errors
    assert place(error) == "survey.csv:4 bad-number"
    people = joined(tmp_path, survey=SURVEY.replace(";5", ";a while"), on_error="skip")
    assert (people.ids, people.skipped) == (("B", "C"), ("A",))


def test_the_last_of_several_answers_counts_and_the_first_is_told(tmp_path: Path) -> None:
    people = joined(tmp_path, survey=SURVEY + "4;bob@example.org;Rust;3\n")
    assert people["B"].needs == {"Rust": 1.0}
    assert "survey.csv:2 not-joined" in doubts(people.findings)


def test_an_address_that_people_share_is_an_error_unless_it_is_allowed(tmp_path: Path) -> None:
    shared = PEOPLE + "D,ann@example.org,IT\n"
    with pytest.raises(RosterError) as raised:
        joined(tmp_path, shared)
    assert doubts(raised.value.findings.errors) == [
        "people.csv:2 not-joined",
        "people.csv:5 not-joined",
    ]
    people = joined(tmp_path, shared, allow=["not-joined"])
    assert people["A"].needs == people["D"].needs == {"Go": 1.0}


def test_a_broken_row_of_the_survey_costs_its_answers_and_not_the_person_of_that_row(
    tmp_path: Path,
) -> None:
    people = joined(tmp_path, survey=SURVEY.replace("Python;3", "Python"))
    assert people.ids == ("A", "B", "C")
    assert not people["B"].needs
    assert "survey.csv:2 ragged-row" in doubts(people.findings)


def test_the_column_may_be_named_once_or_for_each_file(tmp_path: Path) -> None:
    survey = SURVEY.replace("Adresse e-mail", "Contact")
    by_name = joined(tmp_path, survey=survey, on=("Email", "contact"))
    assert by_name["A"].needs == {"Go": 1.0}
    by_id = joined(tmp_path, survey="Badge,ID,Needs\n1,A,SQL\n", on="ID")
    assert by_id["A"].needs == {"SQL": 1.0}


@pytest.mark.parametrize(
    ("survey", "on", "message"),
    [
        ("Name,Needs\nAnn,Go\n", None, "no column of that kind is in both"),
        ("ID,E-mail,Needs\nA,ann@example.org,Go\n", None, "several columns might be meant"),
        (SURVEY, "Mail", r"people\.csv has no column 'Mail' to join on\. Did you mean 'Email'"),
        (SURVEY, ("Email", "Mail"), r"survey\.csv has no column 'Mail'"),
        ("E-mail,Email\na,b\n", ("Email", "Email"), r"survey\.csv has more than one column"),
    ],
)
def test_a_column_to_join_on_is_never_guessed(
    tmp_path: Path, survey: str, on: str | tuple[str, str] | None, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        joined(tmp_path, survey=survey, on=on)


def test_ids_join_exactly(tmp_path: Path) -> None:
    people = joined(
        tmp_path, people="ID\n007\n7\ne-1\n", survey="ID,Needs\n007,Go\nE-1,SQL\n,Java\n"
    )
    assert [dict(person.needs) for person in people] == [{"Go": 1.0}, {}, {}]
    assert doubts(people.findings) == [
        "people.csv:3 not-joined",
        "people.csv:4 not-joined",
        "survey.csv:3 not-joined",
        "survey.csv:4 not-joined",
    ]


def test_a_header_of_both_files_is_kept_apart(tmp_path: Path) -> None:
    survey = "ID,Department,Site\nA,Ventes,Lyon\n"
    people = joined(tmp_path, survey=survey)
    assert people["A"].department == "Sales"
    assert people["A"].attributes["Department (survey.csv)"] == "Ventes"
    assert people["A"].site == "Lyon"


def test_a_map_is_about_the_columns_of_both_files(tmp_path: Path) -> None:
    column_map = ColumnMap.parse({"columns": {"interests": "Souhaite apprendre"}})
    assert joined(tmp_path, columns=column_map)["A"].interests == ("Go",)
    wrong = ColumnMap.parse({"columns": {"interests": "Loisirs"}})
    with pytest.raises(ColumnMapError, match=r"headers that people\.csv and survey\.csv do"):
        joined(tmp_path, columns=wrong)


def test_a_column_without_a_survey_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no survey to join"):
        Roster.read(file(tmp_path, "people.csv", PEOPLE), on="ID")


KEYS = st.lists(st.sampled_from(["A", "B", "C", "D", ""]), min_size=1, max_size=6)


@settings(max_examples=50)
@given(KEYS, KEYS)
def test_every_answer_joins_or_is_a_finding(people: list[str], answers: list[str]) -> None:
    left = Table("p.csv", ("ID",), (people,), range(2, len(people) + 2))
    right = Table(
        "s.csv", ("ID", "X"), (answers, [*range(len(answers))]), range(2, len(answers) + 2)
    )
    both = join(left, right)
    assert [*both.table.columns[0]] == people
    told = {one.row for one in both.table.findings if one.source == "s.csv"}
    used = {value + 2 for value in both.table.columns[1] if isinstance(value, int)}
    assert used | told == {*right.rows}
    assert not used & told
    for key, value in zip(people, both.table.columns[1], strict=True):
        assert value is None or (isinstance(value, int) and answers[value] == key != "")


# Two sides


MENTORS = "Matricule;Compétences;Service;Manager\n0017;Python (3);DSI;0042\n0018;SQL;RH;\n"
MENTEES = "ID,Needs,Department,Hired\n0042,Python,IT,2020-01-31\n0018,Go,IT,2021-01-31\n"


def test_everybody_has_the_role_of_their_file_and_people_of_both_have_both(tmp_path: Path) -> None:
    people = sides(tmp_path, MENTORS, MENTEES)
    assert {one.id: one.roles for one in people} == {
        "0017": frozenset({Role.MENTOR}),
        "0018": frozenset(Role),
        "0042": frozenset({Role.MENTEE}),
    }
    both = people["0018"]
    assert (both.skills, both.needs) == ({"SQL": 1.0}, {"Go": 1.0})
    assert both.hired is not None


def test_a_role_that_a_file_states_is_kept(tmp_path: Path) -> None:
    people = sides(tmp_path, "id,roles\nA,both\n", "id\nB\n")
    assert people["A"].roles == frozenset(Role)


def test_files_that_disagree_are_a_finding_and_the_mentors_file_counts(tmp_path: Path) -> None:
    people = sides(tmp_path, MENTORS, MENTEES)
    assert people["0018"].department == "RH"
    (finding,) = people.findings.warnings
    assert str(finding) == (
        "mentees.csv, row 3, column 'Department': warning [conflicting-value] mentors.csv, row 3, "
        "has another value for this person; that one counts. Correct one of the two."
    )
    assert finding.participant == "0018"


def test_lists_and_attributes_of_both_files_are_put_together(tmp_path: Path) -> None:
    people = sides(
        tmp_path,
        "id,interests,team,desk\nA,Chess; Jazz,Blue,1\n",
        "id,interests,team,room\nA,Jazz; Hiking,Red,2\n",
    )
    assert people["A"].interests == ("Chess", "Jazz", "Hiking")
    assert dict(people["A"].attributes) == {"team": "Blue", "desk": 1, "room": 2}
    assert [one.column for one in people.findings.warnings] == ["team"]


def test_findings_name_the_file_and_the_row_there(tmp_path: Path) -> None:
    mentors = MENTORS + "0018;SQL;RH;\n"
    mentees = MENTEES.replace("2020-01-31", "soon").replace("2021-01-31", "later")
    with pytest.raises(RosterError, match=r"in mentors\.csv and mentees\.csv") as raised:
        sides(tmp_path, mentors, mentees + "0042,Go,IT,\n")
    assert doubts(raised.value.findings.errors) == [
        "mentors.csv:4 duplicate-id",
        "mentees.csv:2 bad-date",
        "mentees.csv:3 bad-date",
        "mentees.csv:4 duplicate-id",
    ]


def test_a_value_out_of_range_is_placed_in_the_file_that_states_it(tmp_path: Path) -> None:
    with pytest.raises(RosterError) as raised:
        sides(tmp_path, "id,needs\nB,\nA,\n", "id,needs\nA,SQL (12)\n")
    assert doubts(raised.value.findings.errors) == ["mentees.csv:2 level-out-of-range"]


def test_bad_people_of_either_file_are_left_out(tmp_path: Path) -> None:
    people = sides(
        tmp_path, MENTORS, MENTEES.replace("2021-01-31", "later") + "0042,Go,,\n", on_error="skip"
    )
    assert people.ids == ("0017", "0042")
    assert people.skipped == ("0018", "0042")


def test_files_of_one_name_are_told_apart(tmp_path: Path) -> None:
    for folder in ("mentors", "mentees"):
        (tmp_path / folder).mkdir()
        file(tmp_path / folder, "people.csv", "id,hired\nA,soon\n")
    with pytest.raises(RosterError) as raised:
        Roster.read_sides(tmp_path / "mentors/people.csv", tmp_path / "mentees/people.csv")
    assert [one.source for one in raised.value.findings.errors] == [
        "people.csv (mentors)",
        "people.csv (mentees)",
    ]


def test_numbered_rows_of_two_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ColumnMapError, match="same ids"):
        sides(tmp_path, MENTORS, MENTEES, mentor_columns=ColumnMap(number_rows=True))


def test_each_side_has_a_map_of_its_own(tmp_path: Path) -> None:
    people = sides(
        tmp_path,
        "Badge,Tools\n1,SQL\n",
        "Who,Wishes\n2,SQL\n",
        mentor_columns=ColumnMap.parse({"columns": {"id": "Badge", "skills": "Tools"}}),
        mentee_columns=ColumnMap.parse({"columns": {"id": "Who", "needs": "Wishes"}}),
    )
    assert (people["1"].skills, people["2"].needs) == ({"SQL": 1.0}, {"SQL": 1.0})
