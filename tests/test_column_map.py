from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import jsonschema
import pytest
from pydantic import ValidationError

from pairkit.errors import ColumnMapError, FileError, OutputError
from pairkit.files.column_map import (
    MISSING,
    Column,
    ColumnMap,
)
from pairkit.files.headers import recognized_field, special_header
from pairkit.files.lexicon import HEADERS
from pairkit.files.plan import Plan
from pairkit.findings import FindingCode, Severity

FULL = """
separator = ","
missing = ["", "?"]
dates = "day-first"
encoding = "latin-1"
delimiter = "tab"
sheet = "People"
allow = ["unknown-manager"]
ignore = "Total"
protected = ["Disability"]
attributes = "drop"
recognize = false

[columns]
id = "Badge"
skills = ["Tools", "Methods"]

[columns.experience]
from = "Years"
default = 1
values = { "Less than a year" = 0.5 }

[columns.interests]
separator = "/"
default = ["Chess", "Go"]

[columns.hired]
values = { "at the start" = 2020-01-31 }
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "map.toml"
    path.write_text(text, encoding="utf-8")
    return path


# The model


def test_every_option_is_loaded(tmp_path: Path) -> None:
    column_map = ColumnMap.load(written(tmp_path, FULL))
    assert column_map.separator == ","
    assert column_map.missing == ("", "?")
    assert column_map.dates == "day-first"
    assert column_map.encoding == "iso8859-1"
    assert column_map.delimiter == "\t"
    assert column_map.sheet == "People"
    assert column_map.allow == ("unknown-manager",)
    assert column_map.ignore == ("Total",)
    assert column_map.protected == ("Disability",)
    assert (column_map.attributes, column_map.recognize) == ("drop", False)
    assert column_map.columns == {
        "id": Column(headers=("Badge",)),
        "skills": Column(headers=("Tools", "Methods")),
        "experience": Column(headers=("Years",), default=1, values={"Less than a year": 0.5}),
        "interests": Column(separator="/", default=("Chess", "Go")),
        "hired": Column(values={"at the start": date(2020, 1, 31)}),
    }


def test_map_is_saved_and_loaded_unchanged(tmp_path: Path) -> None:
    column_map = ColumnMap.load(written(tmp_path, FULL))
    path = tmp_path / "again.toml"
    column_map.save(path)
    assert ColumnMap.load(path) == column_map
    text = path.read_text(encoding="utf-8")
    assert 'id = "Badge"' in text
    with pytest.raises(OutputError, match=r"again\.toml exists already"):
        column_map.save(path)
    ColumnMap().save(path, overwrite=True)
    assert path.read_text(encoding="utf-8") == ""
    assert ColumnMap.load(path) == ColumnMap()


def test_map_is_frozen_and_hashable() -> None:
    column_map = ColumnMap.parse({"columns": {"id": "Badge"}})
    with pytest.raises(ValidationError, match="frozen"):
        column_map.separator = ","  # type: ignore[misc]
    assert hash(column_map.columns["id"]) == hash(Column(headers=("Badge",)))


def test_byte_order_mark_is_no_part_of_the_map(tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    path.write_bytes(b"\xef\xbb\xbfseparator = '|'\n")
    assert ColumnMap.load(path).separator == "|"


@pytest.mark.parametrize(
    ("option", "good"),
    [
        ({"delimiter": "tab"}, True),
        ({"delimiter": ";"}, True),
        ({"delimiter": ";;"}, False),
        ({"allow": "bad-date"}, True),
        ({"allow": ["bad-date", "bad-number"]}, True),
        ({"allow": ["bad-day"]}, False),
        ({"columns": {"skills": ["A", "B"], "level": {"from": "C", "default": 3}}}, True),
        ({"columns": {"skill": "A"}}, False),
        ({"dates": "day-first", "sheet": 1, "missing": "-"}, True),
        ({"dates": "day"}, False),
    ],
)
def test_the_schema_takes_what_a_map_takes(option: dict[str, object], good: bool) -> None:
    validator = jsonschema.Draft202012Validator(ColumnMap.model_json_schema())
    assert validator.is_valid(option) is good
    if good:
        ColumnMap.parse(option)
    else:
        with pytest.raises(ColumnMapError):
            ColumnMap.parse(option)


def test_schema_names_every_field_and_option() -> None:
    schema = ColumnMap.model_json_schema()
    assert set(schema["properties"]) == set(ColumnMap.model_fields)
    assert set(schema["properties"]["columns"]["propertyNames"]["enum"]) == set(HEADERS)
    header, headers, table = schema["$defs"]["Column"]["anyOf"]
    assert (header["type"], headers["type"], table["type"]) == ("string", "array", "object")
    assert set(table["properties"]) == {
        "from",
        "choices",
        "level",
        "where",
        "separator",
        "values",
        "default",
    }
    assert schema["properties"]["ignore"]["anyOf"] == [header, headers]
    json.dumps(schema)


# What is wrong with a map


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    text = """
    seperator = ","
    skills = "Tools"
    dates = "american"
    allow = ["bad-dat"]
    encoding = "klingon"
    delimiter = "::"
    [columns]
    skils = "Tools"
    nedes = "Goals"
    """
    with pytest.raises(ColumnMapError) as caught:
        ColumnMap.load(written(tmp_path, text))
    first = "  columns: there is no field 'skils'. Did you mean 'skills'?"
    assert str(caught.value).splitlines() == [
        "map.toml is not valid:",
        f"{first} There is no field 'nedes'. Did you mean 'needs'?",
        "  dates: input should be 'auto', 'day-first', 'month-first' or 'iso'.",
        "  allow: 'bad-dat' is no code of a finding. Did you mean 'bad-date'?",
        "  encoding: 'klingon' is no text encoding; write 'utf-8' or 'cp1252'.",
        "  delimiter: a delimiter is one character, or 'tab'.",
        "  there is no option 'seperator'. Did you mean 'separator'?",
        "  there is no option 'skills'. It is a field: write it under [columns].",
    ]


def test_unknown_option_of_a_column_is_told() -> None:
    with pytest.raises(ColumnMapError) as caught:
        ColumnMap.parse({"columns": {"id": {"form": "Badge"}}})
    assert str(caught.value) == (
        "The column map is not valid: there is no option 'columns.id.form'. Did you mean 'from'?"
    )


def test_union_of_types_is_complained_about_once() -> None:
    with pytest.raises(ColumnMapError) as caught:
        ColumnMap.parse({"columns": {"id": {"values": {"a": []}}}})
    assert str(caught.value).count("columns.id.values: ") == len(str(caught.value).splitlines()) - 1


def test_columns_that_are_no_table_are_refused() -> None:
    with pytest.raises(ColumnMapError, match="columns: input should be a valid dictionary"):
        ColumnMap.parse({"columns": "id"})


def test_id_column_beside_numbered_rows_is_refused() -> None:
    with pytest.raises(ColumnMapError, match="number_rows gives everybody an id"):
        ColumnMap.parse({"number_rows": True, "columns": {"id": "Badge"}})


def test_text_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ColumnMapError, match=r"map\.toml is not valid TOML: .* line 1"):
        ColumnMap.load(written(tmp_path, "[columns\n"))


def test_text_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    path.write_bytes("separator = 'é'".encode("latin-1"))
    with pytest.raises(ColumnMapError, match=r"map\.toml is not UTF-8"):
        ColumnMap.load(path)


def test_deeply_nested_toml_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "ignore = " + "[" * 100_000)
    with pytest.raises(ColumnMapError, match=r"map\.toml is not valid TOML"):
        ColumnMap.load(path)


def test_missing_map_is_a_file_error(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"'none\.toml' cannot be read: No such file"):
        ColumnMap.load(tmp_path / "none.toml")


# The plan for a table


def codes(plan: Plan) -> list[tuple[FindingCode, Severity, str | None]]:
    return [(one.code, one.severity, one.column) for one in plan.findings]


def test_usual_headers_are_recognized_and_told() -> None:
    plan = ColumnMap().plan(["Matricule", "Compétences (séparées par ;)", "Équipe"])
    assert plan.fields == {"id": [0], "skills": [1]}
    assert plan.attributes == {"Équipe": 2}
    assert plan.recognized == {"id", "skills"}
    assert codes(plan) == [
        (FindingCode.RECOGNIZED_COLUMN, Severity.INFO, "Matricule"),
        (FindingCode.RECOGNIZED_COLUMN, Severity.INFO, "Compétences (séparées par ;)"),
        (FindingCode.EXTRA_COLUMN, Severity.INFO, "Équipe"),
    ]


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("ID", "id"),
        ("employee_id", "id"),
        ("EmployeeID", "id"),
        ("N° matricule", "id"),
        ("  nom ", "name"),
        ("Centres d’intérêt", "interests"),
        ("CENTRES D'INTÉRÊT", "interests"),
        ("Wants to learn:", "needs"),
        ("Souhaite apprendre", "needs"),
        ("À éviter", "avoid"),
        ("N+1", "manager"),
        ("Formé(e)", "orientation_done"),
        ("Expérience (années)", "experience"),
        ("Experience [years]", "experience"),
        ("mentor_capacity", "mentor_capacity"),
        ("Âge", "age"),
        ("Shoe size", None),
        ("", None),
        ("()", None),
    ],
)
def test_header_is_recognized_whatever_its_spelling(header: str, field: str | None) -> None:
    assert recognized_field(header) == field


def test_every_listed_header_is_recognized() -> None:
    for field, (english, french) in HEADERS.items():
        for header in (field, *english, *french):
            assert recognized_field(header) == field


def test_mapped_header_goes_before_recognized_ones() -> None:
    column_map = ColumnMap.parse({"columns": {"id": "Badge", "skills": ["tools", "Methods"]}})
    plan = column_map.plan(["ID", "Badge", "Tools", "Methods", "Skills"])
    assert plan.fields == {"id": [1], "skills": [2, 3]}
    assert plan.attributes == {"ID": 0, "Skills": 4}
    assert plan.recognized == set()


def test_mapped_field_without_a_header_is_recognized() -> None:
    column_map = ColumnMap.parse({"columns": {"languages": {"default": "fr"}}})
    assert column_map.plan(["id", "Langues"]).fields == {"id": [0], "languages": [1]}
    assert column_map.plan(["id"]).fields == {"id": [0]}


def test_nothing_is_recognized_where_the_map_says_so() -> None:
    column_map = ColumnMap.parse({"recognize": False, "columns": {"id": "Badge"}})
    plan = column_map.plan(["Badge", "Name"])
    assert (plan.fields, plan.attributes) == ({"id": [0]}, {"Name": 1})


def test_second_header_of_a_single_field_is_told_and_kept() -> None:
    plan = ColumnMap().plan(["ID", "Ancienneté", "Expérience"])
    assert plan.fields == {"id": [0], "experience": [1]}
    assert plan.attributes == {"Expérience": 2}
    (warning,) = (one for one in plan.findings if one.severity is Severity.WARNING)
    assert warning.code is FindingCode.DUPLICATE_COLUMN
    assert "'Expérience' also looks like experience" in warning.message
    assert warning.hint == (
        "Say in a column map which one is meant: [columns] experience = 'Expérience'."
    )


def test_several_headers_of_a_list_field_feed_it_together() -> None:
    plan = ColumnMap().plan(["ID", "Skills", "Expertise"])
    assert plan.fields["skills"] == [1, 2]


def test_exact_header_goes_before_a_folded_one() -> None:
    column_map = ColumnMap.parse({"columns": {"id": "id"}})
    assert column_map.plan(["ID", "id"]).fields["id"] == [1]


def test_repeated_header_in_the_map_is_told() -> None:
    column_map = ColumnMap.parse({"columns": {"id": "Badge", "skills": "Tool"}})
    plan = column_map.plan(["Badge", "Tool", "Tool"])
    assert plan.fields["skills"] == [1, 2]
    (warning,) = plan.findings
    assert warning.message == (
        "The header 'Tool' is there more than once; all 2 of these columns are skills."
    )


def test_repeated_header_of_attributes_gets_a_number() -> None:
    plan = ColumnMap().plan(["id", "Team", "Team", "Team"])
    assert plan.attributes == {"Team": 1, "Team (2)": 2, "Team (3)": 3}
    assert [one.code for one in plan.findings].count(FindingCode.DUPLICATE_COLUMN) == 2


def test_ignored_protected_and_dropped_columns() -> None:
    column_map = ColumnMap.parse(
        {"ignore": ["Name"], "protected": ["Disability"], "attributes": "drop"}
    )
    plan = column_map.plan(["ID", "Name", "disability", "Team"])
    assert plan.fields == {"id": [0]}
    assert plan.protected == {"Disability": 2}
    assert plan.attributes == {}
    assert [one.message for one in plan.findings if one.code is FindingCode.EXTRA_COLUMN] == [
        "'Disability' was kept as a protected attribute.",
        "'Team' was left out.",
    ]


def test_header_says_what_it_is() -> None:
    plan = ColumnMap().plan(["ID", "attribute: Role", "protégé : Origine", "protected:"])
    assert plan.attributes == {"Role": 1, "protected:": 3}
    assert plan.protected == {"Origine": 2}


@pytest.mark.parametrize(
    ("header", "special"),
    [
        ("Protected: Origin", ("protected", "Origin")),
        ("attribut: Rôle", ("attribute", "Rôle")),
        ("attributes", ("attribute", "attributes")),
        ("protected", ("protected", "protected")),
        ("Note: private", None),
        ("Protected", None),
    ],
)
def test_special_header(header: str, special: tuple[str, str] | None) -> None:
    assert special_header(header) == special


def test_id_header_is_an_attribute_where_rows_are_numbered() -> None:
    plan = ColumnMap(number_rows=True).plan(["ID", "Name"])
    assert (plan.fields, plan.attributes) == ({"name": [1]}, {"ID": 0})


def test_every_header_that_the_table_lacks_is_told() -> None:
    column_map = ColumnMap.parse(
        {"ignore": "Total", "protected": "Sex", "columns": {"id": "Bagde", "skills": ["A", "B"]}}
    )
    headers = ["Badge", "A", *(f"Question {k}" for k in range(20))]
    with pytest.raises(ColumnMapError) as caught:
        column_map.plan(headers, "people.csv")
    assert str(caught.value).splitlines() == [
        "The column map names headers that people.csv does not have:",
        "  'Total' for ignore.",
        "  'Sex' for protected.",
        "  'Bagde' for id. Did you mean 'Badge'?",
        "  'B' for skills.",
        "It has 'Badge', 'A', " + ", ".join(f"'Question {k}'" for k in range(10)) + " and 10 more.",
    ]


# The documentation


def test_every_option_and_header_is_documented() -> None:
    path = Path(__file__).parents[1] / "docs" / "reference" / "column-map.md"
    lines = path.read_text(encoding="utf-8").splitlines()
    for name in ColumnMap.model_fields:
        assert any(line.startswith((f"| `{name}` |", f"| `[{name}]` |")) for line in lines), name
    for field, (english, french) in HEADERS.items():
        assert f"| `{field}` | {', '.join(english)} | {', '.join(french)} |" in lines
    assert f"missing = {json.dumps(MISSING, ensure_ascii=False)}" in lines


@pytest.mark.parametrize("encoding", ["base64", "rot13", "idna", "punycode", "undefined", "hex"])
def test_codec_of_no_text_is_refused_as_an_encoding(encoding: str) -> None:
    with pytest.raises(ColumnMapError, match=rf"'{encoding}' is no text encoding"):
        ColumnMap.parse({"encoding": encoding})
