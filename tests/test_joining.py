from __future__ import annotations

from pathlib import Path

import pandas as pd
import polars as pl
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
    both = join(left, right, ColumnMap())
    assert [*both.table.columns[0]] == people
    told = {one.row for one in both.table.findings if one.source == "s.csv"}
    used = {value + 2 for value in both.table.columns[1] if isinstance(value, int)}
    assert used | told == {*right.rows}
    assert not used & told
    for key, value in zip(people, both.table.columns[1], strict=True):
        assert value is None or (isinstance(value, int) and answers[value] == key != "")


@settings(max_examples=40, deadline=None)
@given(st.sets(st.sampled_from("ABCD"), min_size=1), KEYS, st.booleans())
def test_a_map_of_its_own_changes_nothing_where_there_is_nothing_to_say(
    people: set[str], answers: list[str], timed: bool
) -> None:
    staff = pl.DataFrame({"id": sorted(people), "site": ["x"] * len(people)})
    days = [f"2024-01-{1 + (7 * k) % 5:02}" for k in range(len(answers))]
    form = pl.DataFrame(
        {"id": answers, "needs": [f"skill {k}" for k in range(len(answers))]}
        | ({"Timestamp": days} if timed else {})
    )
    one = Roster.from_frame(staff, survey=form)
    other = Roster.from_frame(staff, survey=form, survey_columns=ColumnMap())
    assert one == other
    assert [*one.findings.warnings] == [*other.findings.warnings]
    for person in one:
        mine = [k for k, name in enumerate(answers) if name == person.id]
        best = max(mine, key=lambda k: (days[k] if timed else "", k), default=None)
        assert [*person.needs] == ([] if best is None else [f"skill {best}"])


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


# A survey with a map of its own

FORM = """Formulaire du printemps
Horodateur|Courriel|Envies|Expérience
01/02/2024 10:00:00|bob@example.org|Python/Go|3
31/01/2024 09:00:00|ann@example.org|SQL|5
"""
FORM_MAP = ColumnMap.parse(
    {"delimiter": "|", "header_row": 2, "columns": {"needs": {"from": "Envies", "separator": "/"}}}
)


def test_a_survey_has_a_map_of_its_own(tmp_path: Path) -> None:
    people = joined(
        tmp_path,
        survey=FORM,
        columns=ColumnMap.parse({"columns": {"site": "Department"}}),
        survey_columns=FORM_MAP,
    )
    assert people["B"].needs == {"Python": 1.0, "Go": 1.0}
    assert (people["B"].site, people["B"].experience) == ("IT", 3)
    assert people["A"].attributes.keys() == {"Email", "Horodateur"}
    assert doubts(people.findings) == ["people.csv:4 not-joined"]


def test_a_map_of_a_survey_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no survey to join"):
        Roster.read(file(tmp_path, "people.csv", PEOPLE), survey_columns=ColumnMap())


def test_the_map_of_a_survey_says_what_to_join_on(tmp_path: Path) -> None:
    own = ColumnMap.parse({"columns": {"id": "Ta réponse"}})
    people = joined(tmp_path, survey="ID;Ta réponse;Needs\n1;B;Go\n2;A;SQL\n", survey_columns=own)
    assert [dict(person.needs) for person in people] == [{"SQL": 1.0}, {"Go": 1.0}, {}]
    assert people["A"].attributes["ID"] == 2


def test_a_header_that_the_survey_lacks_is_refused(tmp_path: Path) -> None:
    own = ColumnMap.parse({"columns": {"needs": "Souhaits"}})
    with pytest.raises(ColumnMapError, match=r"headers that survey\.csv does not have"):
        joined(tmp_path, survey_columns=own)


def test_files_that_state_different_values_are_told(tmp_path: Path) -> None:
    people = joined(
        tmp_path,
        people="ID,Department,Skills\nA,Sales,SQL\n",
        survey="ID,Department,Skills\nA,Ventes,Go\n",
        survey_columns=ColumnMap(),
    )
    assert people["A"].department == "Sales"
    assert people["A"].skills == {"SQL": 1.0, "Go": 1.0}
    (finding,) = people.findings.warnings
    assert str(finding).startswith(
        "survey.csv, row 2, column 'Department': warning [conflicting-value] people.csv, row 2,"
    )


def test_a_bad_answer_names_its_row_with_either_map(tmp_path: Path) -> None:
    survey = SURVEY.replace(";5", ";a while")
    with pytest.raises(RosterError, match=r"in people\.csv and survey\.csv") as raised:
        joined(tmp_path, survey=survey, survey_columns=ColumnMap())
    (error,) = raised.value.findings.errors
    assert (place(error), error.participant) == ("survey.csv:4 bad-number", "A")
    people = joined(tmp_path, survey=survey, survey_columns=ColumnMap(), on_error="skip")
    assert (people.ids, people.skipped) == (("B", "C"), ("A",))


def test_an_answer_that_several_share_is_that_of_all_if_it_is_allowed(tmp_path: Path) -> None:
    shared = PEOPLE + "D,ann@example.org,IT\n"
    with pytest.raises(RosterError) as raised:
        joined(tmp_path, shared, survey_columns=ColumnMap())
    assert doubts(raised.value.findings.errors) == [
        "people.csv:2 not-joined",
        "people.csv:5 not-joined",
    ]
    people = joined(tmp_path, shared, survey_columns=ColumnMap(), allow=["not-joined"])
    assert people["A"].needs == people["D"].needs == {"Go": 1.0}
    survey = SURVEY.replace(";5", ";a while")
    skipped = joined(
        tmp_path, shared, survey, survey_columns=ColumnMap(), allow=["not-joined"], on_error="skip"
    )
    assert skipped.skipped == ("A", "D")


def test_a_row_for_each_answer_is_put_together(tmp_path: Path) -> None:
    survey = "ID,Skill,Level\nA,SQL,3\nB,Go,1\nA,Python,x\nA,Java,2\nZ,Go,1\n,Go,1\n"
    own = ColumnMap.parse(
        {"repeated_ids": "merge", "columns": {"skills": {"from": "Skill", "level": "Level"}}}
    )
    with pytest.raises(RosterError) as raised:
        joined(tmp_path, survey=survey, survey_columns=own)
    assert "survey.csv:4 bad-level" in doubts(raised.value.findings.errors)
    people = joined(tmp_path, survey=survey.replace("x", "2"), survey_columns=own)
    assert people["A"].skills == {"SQL": 3.0, "Python": 2.0, "Java": 2.0}
    assert doubts(people.findings) == [
        "people.csv:4 not-joined",
        "survey.csv:6 not-joined",
        "survey.csv:7 not-joined",
    ]


def test_one_row_a_person_and_skill_is_no_id_that_people_share(tmp_path: Path) -> None:
    merged = ColumnMap(repeated_ids="merge")
    for own in (None, ColumnMap()):
        people = joined(
            tmp_path,
            people="ID,Skills\nA,SQL\nA,Go\nB,Go\n",
            survey="ID,Needs\nA,Java\nB,C\n",
            columns=merged,
            survey_columns=own,
        )
        assert [(dict(p.skills), dict(p.needs)) for p in people] == [
            ({"SQL": 1.0, "Go": 1.0}, {"Java": 1.0}),
            ({"Go": 1.0}, {"C": 1.0}),
        ]


def test_rows_of_one_person_do_not_share_an_address(tmp_path: Path) -> None:
    people = joined(
        tmp_path,
        people="ID,E-mail,Skills\nA,a@x.org,SQL\nA,a@x.org,Go\nB,b@x.org,Go\nC,b@x.org,Go\n",
        survey="E-mail,Needs\nA@x.org,Java\n",
        columns=ColumnMap(repeated_ids="merge"),
    )
    assert people["A"].needs == {"Java": 1.0}
    with pytest.raises(RosterError) as raised:
        joined(
            tmp_path,
            people="ID,E-mail,Skills\nA,a@x.org,SQL\nA,a@x.org,Go\nC,a@x.org,Go\n",
            survey="E-mail,Needs\nA@x.org,Java\n",
            columns=ColumnMap(repeated_ids="merge"),
        )
    assert {one.code for one in raised.value.findings.errors} == {"not-joined"}


def test_a_row_that_cannot_be_trusted_stays_so_beside_a_survey(tmp_path: Path) -> None:
    people = 'ID,Site\nA,"x"y\nB,Lyon\n'
    survey = "ID,Needs\nB\nA,Go\n"
    with pytest.raises(RosterError) as raised:
        joined(tmp_path, people, survey, allow=["ragged-row"])
    assert [one.code for one in raised.value.findings.errors] == ["bad-text"]


def test_ids_that_are_addresses_join_without_case(tmp_path: Path) -> None:
    people = joined(
        tmp_path,
        people="E-mail,Site\nAnn@example.org,Lyon\n",
        survey="Courriel,Needs\n ANN@Example.org\u200b,Go\n",
        columns=ColumnMap.parse({"columns": {"id": "E-mail"}}),
    )
    assert people["Ann@example.org"].needs == {"Go": 1.0}


# The answer that counts


@pytest.mark.parametrize(
    ("first", "second", "wins"),
    [
        ("2024-03-01T10:00", "2024-03-01T09:59", "first"),
        ("31/01/2024 10:00:00", "30/01/2024 23:00:00", "first"),
        ("1/31/2024 1:00 PM", "1/31/2024 11:00 AM", "first"),
        ("2024-03-01T10:00:00+00:00", "2024-03-01T10:30:00+02:00", "first"),
        ("2024-03-01", "", "first"),
        ("2024-03-01", "2024-03-01", "second"),
        ("2024-03-02", "2024-03-03 ", "second"),
        ("03/04/2024", "02/05/2024", "second"),  # either order: no time is told, the last counts
        ("yesterday", "today", "second"),
        ("", "", "second"),
    ],
)
def test_the_latest_answer_counts(tmp_path: Path, first: str, second: str, wins: str) -> None:
    survey = f"ID,Horodateur,Needs\nA,{first},first\nA,{second},second\n"
    people = joined(tmp_path, survey=survey)
    assert [*people["A"].needs] == [wins]
    (told,) = [one for one in people.findings.warnings if one.source == "survey.csv"]
    assert told.row == (3 if wins == "first" else 2)
    known = "its 'Horodateur' is the latest" in told.message
    assert known != ("it is the last one" in told.message)
    assert known or wins == "second"


# Dataframes


def test_frames_are_joined_without_a_file() -> None:
    staff = pd.DataFrame({"Employee ID": [1, 2, 3], "Department": ["Sales", "IT", "IT"]})
    form = pl.DataFrame({"Employee ID": ["2", "9"], "Wants to learn": [["SQL", "Go"], []]})
    people = Roster.from_frame(staff, survey=form)
    assert people["2"].needs == {"SQL": 1.0, "Go": 1.0}
    assert people.backend is pd
    assert doubts(people.findings) == [
        "the dataframe:1 not-joined",
        "the dataframe:3 not-joined",
        "the survey:2 not-joined",
    ]
    own = ColumnMap.parse({"columns": {"interests": "Wants to learn"}})
    mapped = Roster.from_frame(staff, survey=form, survey_columns=own, on="Employee ID")
    assert mapped["2"].interests == ("SQL", "Go")
    assert doubts(mapped.findings) == doubts(people.findings)


def test_a_file_and_a_frame_are_joined(tmp_path: Path) -> None:
    form = pd.DataFrame({"E-mail": ["BOB@example.org"], "Needs": ["Go"]})
    people = Roster.read(file(tmp_path, "people.csv", PEOPLE), survey=form)
    assert people["B"].needs == {"Go": 1.0}


def test_sides_may_be_frames() -> None:
    mentors = pd.DataFrame({"id": [1, 2], "skills": ["SQL", "Go"]})
    mentees = pd.DataFrame({"id": [2, 3], "needs": ["SQL", "Go"], "site": ["x", "y"]})
    people = Roster.read_sides(mentors, mentees)
    assert [(one.id, len(one.roles or ())) for one in people] == [("1", 1), ("2", 2), ("3", 1)]
    assert people.backend is pd
    with pytest.raises(RosterError) as raised:
        Roster.read_sides(mentors, mentees.assign(hired="soon"))
    assert {one.source for one in raised.value.findings.errors} == {"the dataframe (mentees)"}


def test_sides_may_have_a_row_for_each_skill(tmp_path: Path) -> None:
    people = sides(
        tmp_path,
        "id,skills\nA,SQL\nA,Go\n",
        "id,needs\nB,SQL\n",
        mentor_columns=ColumnMap(repeated_ids="merge"),
    )
    assert people["A"].skills == {"SQL": 1.0, "Go": 1.0}


@pytest.mark.parametrize(
    ("mentors", "mentees"),
    [
        ("ID,Name\n1,Ann Ames\n2,Bob Bell\n", "ID,Name\n1,Zoé Lee\n2,Max Mint\n3,Bob Bell\n"),
        ("ID,Email\n1,ann@example.org\n", "ID,E-mail\n1,zoe@example.org\n"),
    ],
)
def test_ids_that_count_the_rows_of_each_file_are_refused(
    tmp_path: Path, mentors: str, mentees: str
) -> None:
    with pytest.raises(
        InputError, match=r"the same ids for different people.*row 2.*id = 'Email'"
    ) as e:
        sides(tmp_path, mentors, mentees)
    assert "Ann" not in str(e.value)
    assert "ann" not in str(e.value)


def test_a_survey_may_name_people_otherwise(tmp_path: Path) -> None:
    people = joined(
        tmp_path,
        people="ID,Name\n1,Ann Ames\n",
        survey="ID,Name,Needs\n1,Zoé,Go\n",
        survey_columns=ColumnMap(),
    )
    assert (people["1"].name, people["1"].needs) == ("Ann Ames", {"Go": 1.0})


def test_one_person_may_be_written_differently_in_each_file(tmp_path: Path) -> None:
    mentors = "ID,Name,Email\n1,Ann Ames,ann@example.org\n2,Bob Bell,bob@example.org\n"
    mentees = 'ID,Name,Email\n1,"AMES, Ann",a@example.org\n2,Robert Ball,bob@example.org\n'
    assert len(sides(tmp_path, mentors, mentees)) == 2
