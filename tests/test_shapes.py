"""Tables of other shapes than one column a field: a column for each choice, rank or skill."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from pairkit.errors import ColumnMapError, RosterError
from pairkit.files import read_roster, write_roster
from pairkit.files.column_map import ColumnMap
from pairkit.files.headers import choice_header, level_header, rank_of
from pairkit.files.items import separator_of
from pairkit.findings import FindingCode, Severity
from pairkit.profiles import Role
from pairkit.roster import Roster


def roster(tmp_path: Path, text: str, **options: object) -> Roster:
    path = tmp_path / "people.csv"
    path.write_text(text, encoding="utf-8")
    return read_roster(path, ColumnMap.parse(options) if options else None)


# A column for each choice


@pytest.mark.parametrize(
    ("header", "choice"),
    [
        ("Skill: Python", ("skills", "Python")),
        ("Skills : Gestion de projet", ("skills", "Gestion de projet")),
        ("Compétences [Python]", ("skills", "Python")),
        ("Can teach - SQL", ("skills", "SQL")),
        ("Wants to learn [C++]", ("needs", "C++")),
        ("Besoin : Excel", ("needs", "Excel")),
        ("Centre d'intérêt : Vélo", ("interests", "Vélo")),
        ("Langue : anglais", ("languages", "anglais")),
        ("Skill: ISO: 9001", ("skills", "ISO: 9001")),
        ("Team: Blue", None),
        ("Name: first", None),
        ("Skills", None),
        ("Skill:", None),
        ("Skills []", None),
    ],
)
def test_header_of_one_choice(header: str, choice: tuple[str, str] | None) -> None:
    assert choice_header(header) == choice


def test_column_for_each_skill_is_read(tmp_path: Path) -> None:
    text = """id;Skill: Python;Skill: SQL;Besoin [Excel];Besoin [R];Langue : anglais;Langue:fr
A;x;;Oui;non;1;
B;Yes;1;;;;x
C;0;No;x;X;Oui;oui
D;;;;;;
"""
    people = roster(tmp_path, text)
    assert dict(people["A"].skills) == {"Python": 1}
    assert dict(people["B"].skills) == {"Python": 1, "SQL": 1}
    assert dict(people["C"].skills) == {}
    assert [dict(one.needs) for one in people] == [{"Excel": 1}, {}, {"Excel": 1, "R": 1}, {}]
    assert [one.languages for one in people] == [("en",), ("fr",), ("en", "fr"), ()]
    assert all(not one.attributes for one in people)
    assert people.findings.counts() == {"recognized-column": 7}


def test_choice_with_a_level_or_its_own_name(tmp_path: Path) -> None:
    text = "id;Skill: Python;Skill: SQL\nA;3;SQL\nB;2,5;sql\nC;0;\n"
    people = roster(tmp_path, text)
    assert [dict(one.skills) for one in people] == [
        {"Python": 3, "SQL": 1},
        {"Python": 2.5, "SQL": 1},
        {},
    ]


def test_choices_stand_beside_a_list(tmp_path: Path) -> None:
    people = roster(tmp_path, "id,Skills,Skill: Python,Skill: SQL\nA,Go; SQL (3),x,x\n")
    assert dict(people["A"].skills) == {"Go": 1, "SQL": 3, "Python": 1}


def test_choice_that_says_neither_yes_nor_no_is_told(tmp_path: Path) -> None:
    with pytest.raises(RosterError) as raised:
        roster(tmp_path, "id,Skill: Python,Langue : anglais\nA,perhaps,fluent\n")
    one, other = raised.value.findings.errors
    assert (one.code, one.row, one.column) == (FindingCode.BAD_LEVEL, 2, "Skill: Python")
    assert one.message == "'perhaps' is no level, yes or no."
    assert one.hint.startswith("Write x, yes, a level or nothing, or say in the column map")
    assert (other.code, other.message) == (
        FindingCode.BAD_LANGUAGE,
        "'fluent' is neither yes nor no.",
    )


def test_words_of_the_map_are_levels_of_choices(tmp_path: Path) -> None:
    text = "id,Do you know? [Python],Do you know? [SQL]\nA,daily,never\nB,,weekly\n"
    skills = {"choices": "Do you know?", "values": {"daily": 3, "weekly": 2, "never": 0}}
    people = roster(tmp_path, text, columns={"skills": skills})
    assert [dict(one.skills) for one in people] == [{"Python": 3}, {"SQL": 2}]


def test_free_answer_among_the_choices_of_the_map_is_a_list_of_names(tmp_path: Path) -> None:
    text = (
        "id,Tools? [SQL],Tools? [Other (please specify)],Tools? [Autre : préciser]\nA,x,R; C,Go\n"
    )
    people = roster(tmp_path, text, columns={"skills": {"choices": "Tools?"}})
    assert dict(people["A"].skills) == {"SQL": 1, "R": 1, "C": 1, "Go": 1}


def test_levels_out_of_a_maximum_raise_no_question(tmp_path: Path) -> None:
    people = roster(tmp_path, "id,Skills\nA,SQL 3/5\nB,Go 4 / 5\n")
    assert [dict(one.skills) for one in people] == [{"SQL": 0.6}, {"Go": 0.8}]
    assert not people.findings.warnings


def test_choices_that_the_table_does_not_have_are_told(tmp_path: Path) -> None:
    with pytest.raises(ColumnMapError, match="one that starts with 'Tool:', for skills"):
        roster(tmp_path, "id,Skill: A\nA,x\n", columns={"skills": {"choices": "Tool:"}})


@pytest.mark.parametrize("header", ["Skills [at most 3]", "Skills: what can you teach?"])
def test_remark_in_a_header_is_no_choice(tmp_path: Path, header: str) -> None:
    person = roster(tmp_path, f"id,{header}\nA,SQL; Go\n")["A"]
    assert dict(person.skills) == {"SQL": 1, "Go": 1} or person.attributes == {header: "SQL; Go"}


def test_choices_of_a_dataframe() -> None:
    frame = pd.DataFrame({"id": ["A", "B"], "Skill: SQL": [True, False], "Skill: R": [1.0, None]})
    people = Roster.from_frame(frame)
    assert [dict(one.skills) for one in people] == [{"SQL": 1, "R": 1}, {}]


@pytest.mark.parametrize(
    "headers",
    [
        "Skills/Python,Skills/Data_science",
        "survey/Skills/Python,survey/Skills/Data_science",
        "skills_Python,skills_Data_science",
        "can_teach_Python,can_teach_Data_science",
        "skills.Python,skills.Data_science",
        "Compétences : Python,Compétences : Data science",
        "Skills [Python],Skills [Data science]",
        "Skills - Python,Skills - Data science",
    ],
)
@pytest.mark.parametrize(("yes", "no"), [("x", ""), ("1", "0"), ("TRUE", "False"), ("Oui", "Non")])
def test_choices_are_joined_to_their_question_as_programs_for_forms_do(
    tmp_path: Path, headers: str, yes: str, no: str
) -> None:
    people = roster(tmp_path, f"id,{headers}\nA,{yes},{no}\nB,{no},{yes}\nC,3,expert\n")
    assert [dict(one.skills) for one in people] == [
        {"Python": 1},
        {"Data science": 1},
        {"Python": 3, "Data science": 4},
    ]


def test_the_question_itself_is_left_out_where_it_says_the_same_again(tmp_path: Path) -> None:
    text = "id,Skills,Skills/SQL,Skills/Data_science\nA,SQL Data_science,1,1\nB,SQL,1,0\n"
    people = roster(tmp_path, text)
    assert [dict(one.skills) for one in people] == [{"SQL": 1, "Data science": 1}, {"SQL": 1}]
    assert "'Skills' was left out" in str(people.findings)
    people = roster(tmp_path, text.replace("B,SQL", "B,Excel"))
    assert "Excel" in people["B"].skills  # it says more


@pytest.mark.parametrize(
    ("headers", "cells"),
    [
        ("skills_level,skills_years", "3,4"),
        ("skills_verified,skills_updated", "yes,no"),
        ("needs_visa,needs_laptop", "yes,no"),  # not to be learned
        ("skills_python,team", "x,A"),  # one alone
        ("skills_python,skills_sql", "2019,2020"),  # no levels
        ("skills_python,skills_sql", "since long,x"),
        ("languages_code,languages_test", "1,2"),
        ("skills/other,skills/autre", "x,x"),
    ],
)
def test_what_only_looks_like_choices_stays_as_it_is(
    tmp_path: Path, headers: str, cells: str
) -> None:
    person = roster(tmp_path, f"id,{headers}\nA,{cells}\n")["A"]
    assert person == type(person)(id="A", attributes=person.attributes)
    assert {*person.attributes} == {*headers.split(",")}


def test_needs_may_be_choices_of_what_others_can_teach(tmp_path: Path) -> None:
    headers = "id,skills_sql,skills_go,needs_sql,needs_r"
    person = roster(tmp_path, f"{headers}\nA,x,,,x\n")["A"]
    assert (dict(person.skills), dict(person.needs)) == ({"sql": 1}, {"r": 1})


def test_header_in_two_languages_is_no_choice() -> None:
    frame = pd.DataFrame({"id": ["A"], "Skills / Compétences": [["SQL"]], "Skills / Needs": ["x"]})
    assert not Roster.from_frame(frame)["A"].skills


def test_choices_joined_to_their_question_need_cells() -> None:
    headers = ["id", "skills_a", "skills_b"]
    assert "skills" not in ColumnMap().plan(headers).fields
    assert ColumnMap().plan(headers, columns=["AB", "xx", "01"]).fields["skills"] == [1, 2]
    mapped = ColumnMap.parse({"columns": {"skills": "skills_a"}})
    assert mapped.plan(headers, columns=["AB", "xx", "01"]).fields["skills"] == [1]


# A column for each rank


@pytest.mark.parametrize(
    ("header", "rank"),
    [
        ("Wish 1", 1),
        ("Voeu n°2", 2),
        ("Vœu n° 3", 3),
        ("wish_4", 4),
        ("Preference #5", 5),
        ("Préférence (6)", 6),
        ("Souhait no 10", 10),
        ("1st wish", 1),
        ("2nd choice", 2),
        ("Premier vœu", 1),
        ("Deuxième vœu", 2),
        ("1er choix", 1),
        ("2ÈME_SOUHAIT", 2),
        ("Choix 2", 2),
        ("Premier choix (obligatoire)", 1),
        ("Wishes", 0),
        ("Choix", 0),
    ],
)
def test_rank_in_a_header(header: str, rank: int) -> None:
    assert rank_of(header) == rank


def test_ranked_columns_are_preferences_by_rank(tmp_path: Path) -> None:
    text = "id,Voeu n°2,Voeu n°10,Voeu n°1\n1,3,4,2\n2,,1,\n3,,,\n4,,,\n"
    people = roster(tmp_path, text)
    assert [one.preferences for one in people] == [(("2",), ("3",), ("4",)), (("1",),), (), ()]


def test_ordinal_numbers_rank_preferences(tmp_path: Path) -> None:
    text = "id,Deuxième vœu,First name,1er vœu,3e choix\n1,3,Zoé,2,4\n2,,Lou,1,\n3,,,,\n4,,,,\n"
    people = roster(tmp_path, text)
    assert [one.preferences for one in people] == [(("2",), ("3",), ("4",)), (("1",),), (), ()]
    assert people["1"].attributes == {"First name": "Zoé"}


def test_numbered_choices_of_something_else_than_people_stay_attributes(tmp_path: Path) -> None:
    people = roster(tmp_path, "id,Choix 1,2e choix\n1,Python,Go\n2,SQL,\n")
    assert [one.preferences for one in people] == [(), ()]
    assert people["1"].attributes == {"Choix 1": "Python", "2e choix": "Go"}
    assert [one.column for one in people.findings.warnings] == ["Choix 1", "2e choix"]


def test_numbered_columns_feed_a_list(tmp_path: Path) -> None:
    text = "id,Skill 1,Skill 2,Langue 1,Langue n°2,Grade 2\nA,SQL (3),Go,fr,anglais,5\nB,,R,,,\n"
    people = roster(tmp_path, text)
    assert [dict(one.skills) for one in people] == [{"SQL": 3, "Go": 1}, {"R": 1}]
    assert people["A"].languages == ("fr", "en")
    assert people["A"].attributes == {"Grade 2": 5}


@pytest.mark.parametrize(
    ("header", "level"),
    [
        ("Level 2", (None, 2)),
        ("Niveau n°2", (None, 2)),
        ("Skill 1 level", ("skills", 1)),
        ("Compétence 1 - niveau", ("skills", 1)),
        ("Niveau de compétence 3", ("skills", 3)),
        ("Niveau besoin 1", ("needs", 1)),
        ("Level", None),
        ("Shoe 1 level", None),
        ("Skill level", None),
    ],
)
def test_header_of_a_level(header: str, level: tuple[str | None, int] | None) -> None:
    assert level_header(header) == level


def test_numbered_levels_belong_to_numbered_skills(tmp_path: Path) -> None:
    text = """id;Compétence 1;Niveau 1;Compétence 2;Niveau 2;Besoin 3;Niveau 3;Niveau
A;Python;3;SQL;expert;Excel;;5
B;R;;;2;Go;1,5;
"""
    people = roster(tmp_path, text)
    assert [dict(one.skills) for one in people] == [{"Python": 3, "SQL": 4}, {"R": 1}]
    assert [dict(one.needs) for one in people] == [{"Excel": 1}, {"Go": 1.5}]
    assert people["A"].level == 5
    assert not people["A"].attributes


def test_level_of_two_numbered_columns_has_to_say_which(tmp_path: Path) -> None:
    text = "id,Skill 1,Need 1,Level 1,Need 1 level\nA,SQL,Go,3,2\n"
    person = roster(tmp_path, text)["A"]
    assert (dict(person.skills), dict(person.needs)) == ({"SQL": 1}, {"Go": 2})
    assert person.attributes == {"Level 1": 3}


def test_attribute_that_looks_like_a_choice_or_rank_is_read_back(tmp_path: Path) -> None:
    attributes = {"Skill: Python": "x", "Skills [SQL]": 1, "Wish 1": "a cat"}
    people = Roster.from_records([{"id": "A", **attributes}])
    write_roster(people, tmp_path / "people.csv")
    assert read_roster(tmp_path / "people.csv") == people


# A row for each person and skill

LONG = """id,Kind,Skill,Level,Site,Note
A,can teach,Python,4,Lyon,x
B,wants to learn,Python,,Nice,
A,can teach,SQL,2,,y
A,Can Teach,SQL,3,,
A,wants to learn,Excel,,Lyon,
"""
LONG_MAP: dict[str, object] = {
    "repeated_ids": "merge",
    "columns": {
        "skills": {"from": "Skill", "level": "Level", "where": {"Kind": "can teach"}},
        "needs": {"from": "Skill", "where": {"Kind": ["wants to learn", "needs"]}},
    },
}


def test_rows_of_one_person_are_put_together(tmp_path: Path) -> None:
    people = roster(tmp_path, LONG, **LONG_MAP)
    assert people.ids == ("A", "B")
    assert dict(people["A"].skills) == {"Python": 4, "SQL": 3}
    assert [dict(one.needs) for one in people] == [{"Excel": 1}, {"Python": 1}]
    assert [one.site for one in people] == ["Lyon", "Nice"]
    assert people["A"].attributes == {"Note": "x"}
    (warning,) = people.findings.warnings
    assert warning.code is FindingCode.DUPLICATE_ID
    assert warning.message == (
        "Row 4 says something else in 'Note' than row 2 of the same person; the first counts."
    )


def test_rows_of_one_person_are_a_mistake_without_the_option(tmp_path: Path) -> None:
    with pytest.raises(RosterError, match="already that of row 2"):
        roster(tmp_path, "id,Skills\nA,SQL\nA,Go\n")


def test_fields_of_one_value_that_differ_are_told_once(tmp_path: Path) -> None:
    text = "id,Skills,Site,Avoid\nA,SQL,Lyon,B\nA,Go,Nice,C\nB,R,,\nC,R,Pau,\nC,Q,Pau,\nA,V,Pau,B\n"
    people = roster(tmp_path, text, repeated_ids="merge")
    assert dict(people["A"].skills) == {"SQL": 1, "Go": 1, "V": 1}
    assert (people["A"].site, people["A"].avoid) == ("Lyon", ("B", "C"))
    (warning,) = people.findings.warnings
    assert warning.message.startswith("Row 3 (and 1 more) says something else in 'Site' than row 2")


def test_error_in_any_row_costs_the_person(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(
        "id,Skills,Hired\nA,SQL,2020-01-01\nB,Go,\nA,R,soon\n,Q,2020-02-02\n,P,2020-02-03\n"
    )
    people = read_roster(path, ColumnMap(repeated_ids="merge"), on_error="skip")
    assert (people.ids, people.skipped) == (("B",), ("A", "row 5", "row 6"))
    errors = [(one.row, one.code.value) for one in people.findings.errors]
    assert errors == [(2, "bad-date"), (4, "bad-date"), (5, "missing-id"), (6, "missing-id")]
    people = read_roster(path, ColumnMap(repeated_ids="merge"), on_error="skip", allow=["bad-date"])
    assert dict(people["A"].skills) == {"SQL": 1, "R": 1}


def test_row_with_too_many_cells_costs_the_person(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("id,Skills\nA,SQL\nB,Go\nA,R,Q\n")
    people = read_roster(path, ColumnMap(repeated_ids="merge"), on_error="skip")
    assert (people.ids, people.skipped) == (("B",), ("A",))


def test_level_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(RosterError) as raised:
        roster(tmp_path, LONG.replace("Python,4", "Python,much"), **LONG_MAP)
    (error,) = raised.value.findings.errors
    assert (error.code, error.row, error.column) == (FindingCode.BAD_LEVEL, 2, "Level")
    assert error.message == "'much' is not a number."


def test_kind_of_rows_that_no_row_has_is_told(tmp_path: Path) -> None:
    columns = {"skills": {"from": "Skill", "where": {"Kind": "offers"}}}
    people = roster(tmp_path, LONG, repeated_ids="merge", columns=columns)
    first = people.findings.warnings[0]
    assert first.message == (
        "No cell of 'Kind' has the text that the column map asks for: skills is empty."
    )


def test_level_and_where_name_headers_that_have_to_be_there(tmp_path: Path) -> None:
    skills = {"from": "Skill", "level": "Lvl", "where": {"Sort": "x"}}
    with pytest.raises(ColumnMapError, match=r"(?s)'Lvl' for the level of skills.*'Sort' for the"):
        roster(tmp_path, LONG, columns={"skills": skills})


def test_only_names_with_levels_have_a_column_for_them() -> None:
    with pytest.raises(ColumnMapError, match="interests has no levels"):
        ColumnMap.parse({"columns": {"interests": {"from": "Hobby", "level": "Level"}}})


# What separates the values of a cell


@pytest.mark.parametrize(
    ("cells", "separator"),
    [
        (["A; B;", "A"], ";"),
        (["A, B", "A; C"], ";"),
        (["A, B", "A\nC"], ";"),
        (["A|B", "C, D"], "|"),
        (["A, B", "B, C", "D, E"], ", "),
        (["A,B", "B,C"], ","),
        (["A (2,5), B", "B (1,5)"], ", "),
        (["A (2,5),B", "B"], ";"),  # the comma of a decimal or of a list
        (["A / B", "B", "CI/CD"], " / "),
        (["A 3/5, B", "B 80 %"], ", "),
        (["A 3 / 5", "B 4 / 5"], ";"),  # levels out of a maximum
        (["Sales, marketing", "Law, tax"], ";"),
        (["Sales, marketing"], ";"),
        (["A/B", "B"], ";"),
        (['"A, B"', "B"], ";"),
        (["['A', 'B']", "B"], ";"),
        ([], ";"),
    ],
)
def test_separator_of_a_column(cells: list[str], separator: str) -> None:
    assert separator_of(cells) == separator


@pytest.mark.parametrize(
    ("skills", "needs", "split"),
    [
        (["SQL; Go", "Rust"], ["Go, Rust", "Law"], {"Go": 1, "Rust": 1}),
        (["SQL|Go", "Rust"], ["go,RUST (2)", ""], {"go": 1, "RUST": 2}),
        (["SQL; Go", "Rust"], ["Go / Rust", ""], {"Go": 1, "Rust": 1}),
        (["Go", "Rust"], ["Go, Law", ""], {"Go, Law": 1}),  # Law may be a part of a name
        (["Sales; Law; Sales, Law", ""], ["Sales, Law", ""], {"Sales, Law": 1}),
        (["Go; Rust", ""], ["Go, Rust", "SQL; Law"], {"Go, Rust": 1}),
    ],
)
def test_names_of_the_other_column_prove_a_separator(
    tmp_path: Path, skills: list[str], needs: list[str], split: dict[str, float]
) -> None:
    rows = "".join(
        f'{k};"{one}";"{other}"\n' for k, (one, other) in enumerate(zip(skills, needs, strict=True))
    )
    people = roster(tmp_path, f"id;Skills;Needs\n{rows}")
    assert dict(people["0"].needs) == split
    told = [one for one in people.findings if "separates the values of 'Needs'" in one.message]
    assert len(told) == (len(split) > 1)


def test_choices_prove_a_separator_too(tmp_path: Path) -> None:
    people = roster(tmp_path, "id;Skill: SQL;Skill: Go;Needs\nA;x;;SQL, Go\n")
    assert dict(people["A"].needs) == {"SQL": 1, "Go": 1}


def test_separator_that_the_map_says_is_used_for_the_names_of_others(tmp_path: Path) -> None:
    columns = {"skills": {"separator": "+"}}
    people = roster(tmp_path, "id;Skills;Needs\nA;SQL+Go;Go, SQL\n", columns=columns)
    assert dict(people["A"].needs) == {"SQL": 1, "Go": 1}
    people = roster(tmp_path, "id;Skills;Needs\nA;SQL;SQL, Go\n", separator="/")
    assert dict(people["A"].needs) == {"SQL, Go": 1}


@pytest.mark.parametrize("text", ["A, B", "A,B", "A|B", "A / B", "A; B;", "A\nB", "['A', 'B']"])
def test_list_is_read_however_it_is_written(tmp_path: Path, text: str) -> None:
    people = roster(tmp_path, f'id;Skills\n1;"{text}"\n2;B\n3;A\n')
    assert dict(people["1"].skills) == {"A": 1, "B": 1}
    assert len(people.findings.warnings) == 0


def test_lists_as_programs_write_them_raise_no_question(tmp_path: Path) -> None:
    people = roster(tmp_path, "id;Skills;E\u0301quipe\u200b\nA;['SQL', 'Go'];x\n")
    assert dict(people["A"].skills) == {"SQL": 1, "Go": 1}
    assert people["A"].attributes == {"Équipe": "x"}
    assert len(people.findings.warnings) == 0


def test_ids_prove_a_separator(tmp_path: Path) -> None:
    people = roster(tmp_path, 'id,Preferences,Avoid\nA,"C, B",\nB,,"C / A"\nC,,\n')
    assert people["A"].preferences == (("C",), ("B",))
    assert people["B"].avoid == ("C", "A")


def test_ids_prove_a_comma_between_digits(tmp_path: Path) -> None:
    people = roster(tmp_path, 'id,Wishes\n101,"102,103"\n102,101\n103,"101, 102"\n')
    assert people["101"].preferences == (("102",), ("103",))
    assert people["103"].preferences == (("101",), ("102",))


def test_level_before_a_comma_proves_it(tmp_path: Path) -> None:
    people = roster(tmp_path, 'id,Skills\n1,"Python (3), SQL (2)"\n2,Go\n')
    assert people["1"].skills == {"Python": 3, "SQL": 2}


def test_few_cells_with_an_unproved_comma_are_told(tmp_path: Path) -> None:
    text = 'id,Skills\n1,"Excel, Python"\n2,SQL\n3,Go\n4,"COBOL, Java"\n5,"Sales (B2B, SaaS)"\n'
    (warning,) = roster(tmp_path, text).findings.warnings
    assert "in rows 2, 5:" in warning.message
    assert "Python" not in warning.message
    assert not roster(tmp_path, text, separator=";").findings.warnings


def test_a_column_for_each_day(tmp_path: Path) -> None:
    text = "id,Availability [Monday],Availability [Tuesday]\n1,09:00-12:00,no\n2,,9h-10h; 14h-15h\n"
    people = roster(tmp_path, text)
    assert [str(one) for one in people["1"].availability] == ["Mon 09:00-12:00"]
    assert [str(one) for one in people["2"].availability] == ["Tue 09:00-10:00", "Tue 14:00-15:00"]


def test_odd_languages_are_told_with_their_rows(tmp_path: Path) -> None:
    text = "id,Languages\n1,Anglais (C1)\n2,xx\n3,qqq\n4,fr\n"
    people = roster(tmp_path, text)
    assert people["1"].languages == ("en",)
    told = {str(one.severity): one.message for one in people.findings if "row" in one.message}
    assert "was passed over, in row 2." in told["info"]
    assert "no known language in rows 3, 4" in told["warning"]


def test_a_yes_is_no_skill(tmp_path: Path) -> None:
    people = roster(tmp_path, "id,Skills\n1,Yes\n2,Python\n3,No\n")
    (warning,) = people.findings.warnings
    assert "in rows 2, 4" in warning.message


def test_words_for_nothing_may_be_names_and_countries(tmp_path: Path) -> None:
    people = roster(tmp_path, "id,Name,Country\n1,Na Li,NA\n2,Null,FR\n3,-,DE\n4,Na,\n")
    assert [one.name for one in people] == ["Na Li", "Null", None, "Na"]
    assert [one.country for one in people] == ["NA", "FR", "DE", None]
    told = {one.column: one.message for one in people.findings.warnings}
    assert "in rows 3, 5:" in told["Name"]
    assert "in row 2:" in told["Country"]
    assert roster(tmp_path, "id,Country\n1,NA\n2,France\n")["1"].country is None


def test_words_for_nothing_alone_are_no_skills(tmp_path: Path) -> None:
    people = roster(tmp_path, "id,Skills,Needs\n1,rien,SQL\n2,SQL,?\n3,aucun,TBD\n4,NSP; SQL,.\n")
    assert [dict(one.skills) for one in people] == [{}, {"SQL": 1}, {}, {"NSP": 1, "SQL": 1}]
    assert [dict(one.needs) for one in people] == [{"SQL": 1}, {}, {}, {}]
    assert not people.findings.warnings


@pytest.mark.parametrize("headers", ["Nom,Prénom", "Last Name,First Name"])
def test_the_parts_of_a_name_are_one(tmp_path: Path, headers: str) -> None:
    people = roster(tmp_path, f"id,{headers}\n1,Ames,Ann\n2,Bell,\n")
    assert [one.name for one in people] == ["Ann Ames", "Bell"]
    assert not people["1"].attributes


def test_mentor_mentee_is_a_header_of_roles(tmp_path: Path) -> None:
    people = roster(tmp_path, "ID,Mentor/Mentee\n1,Mentor\n2,Mentee\n")
    assert [one.roles for one in people] == [frozenset({Role.MENTOR}), frozenset({Role.MENTEE})]


def test_separator_that_nothing_proves_is_a_question(tmp_path: Path) -> None:
    people = roster(tmp_path, 'id,Skills\nA,"Sales, marketing"\nB,Law\nC,"Tax, audit"\n')
    (warning,) = people.findings.warnings
    assert "each cell was read as one value" in warning.message


def test_separator_that_was_found_is_told(tmp_path: Path) -> None:
    people = roster(tmp_path, "id,Skills\nA,SQL|Go\nB,Go\n")
    assert "'|' separates the values of 'Skills'." in [one.message for one in people.findings]


@pytest.mark.parametrize(
    "name", ["Sales, marketing", "A|B", "A / B", "[A]", "A; B", "Python: expert"]
)
def test_name_that_looks_like_a_list_is_read_back(tmp_path: Path, name: str) -> None:
    skills = {name: 1.0, "Sales": 1.0}
    people = Roster.from_records([{"id": "A", "skills": skills}, {"id": "B", "skills": [name]}])
    write_roster(people, tmp_path / "people.csv")
    assert read_roster(tmp_path / "people.csv") == people


# What is missing


@pytest.mark.parametrize(
    "text", ["NA", "n/a", "N.A.", "-", "—", "#N/A", "<NA>", "NaN", "Néant", "AUCUN", " none ", "[]"]
)
def test_usual_words_for_nothing_are_missing(tmp_path: Path, text: str) -> None:
    person = roster(tmp_path, f"id,Site,Skills,Hired,Team\nA,{text},{text},{text},{text}\n")["A"]
    assert person.model_dump(exclude_defaults=True) == {"id": "A"}


# Dates that are not written as dates


def test_dates_read_from_less_than_a_date_are_told_once_a_column(tmp_path: Path) -> None:
    text = "id,Hired\nA,45292\nB,36526\nC,2019\nD,2020-05-06\nE,45292\n"
    people = roster(tmp_path, text)
    hired = [one.hired.isoformat() if one.hired else "" for one in people]
    assert hired == ["2024-01-01", "2000-01-01", "2019-07-01", "2020-05-06", "2024-01-01"]
    assert sorted(one.message for one in people.findings.warnings) == [
        "'Hired' holds what is a year alone: '2019' was read as 2019-07-01.",
        "'Hired' holds what is one of Excel's serial numbers: '45292' was read as 2024-01-01.",
    ]


GOING_ON = "id;Name;Skill;Site\nA;Ann;SQL;Lyon\n;;Go;\n;Ann;R;Lyon\nB;Bob;;Nice\n;;Law;\n"


def test_rows_without_an_id_go_on_with_the_person_above(tmp_path: Path) -> None:
    skills = {"skills": "Skill"}
    people = roster(tmp_path, GOING_ON, columns=skills, repeated_ids="merge")
    assert [dict(one.skills) for one in people] == [{"SQL": 1, "Go": 1, "R": 1}, {"Law": 1}]
    (finding,) = (one for one in people.findings if one.code is FindingCode.MISSING_ID)
    assert finding.severity is Severity.INFO
    assert "person above: rows 3, 4, 6." in finding.message


@pytest.mark.parametrize("row", [";Cleo;C;", ";;C;Paris"])
def test_row_without_an_id_that_says_something_else_is_a_person_without_an_id(
    tmp_path: Path, row: str
) -> None:
    with pytest.raises(RosterError) as caught:
        roster(
            tmp_path, f"{GOING_ON}{row}\n;;D;\n", columns={"skills": "Skill"}, repeated_ids="merge"
        )
    told = [(one.row, one.code) for one in caught.value.findings.errors]
    assert told == [(7, "missing-id"), (8, "missing-id")]  # nor is the next one Bob's


def test_first_row_without_an_id_has_nobody_above(tmp_path: Path) -> None:
    with pytest.raises(RosterError) as caught:
        roster(tmp_path, "id;Skills\n;SQL\n;Go\nA;R\n", repeated_ids="merge")
    assert [one.row for one in caught.value.findings.errors] == [2, 3]


def test_without_merging_the_error_says_how_rows_can_go_on(tmp_path: Path) -> None:
    with pytest.raises(RosterError, match=r"set repeated_ids = 'merge'") as caught:
        roster(tmp_path, GOING_ON)
    assert [one.row for one in caught.value.findings.errors] == [3, 4, 6]
