"""A program is one frozen value and one small text; what is wrong in the text is named."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import ValidationError

import pairkit.catalog
from pairkit.catalog import Catalog
from pairkit.conditions import Condition
from pairkit.constraints import (
    Avoid,
    CommonLanguage,
    DifferentValue,
    Forbid,
    GapWindow,
    Horizon,
    MinimumOverlap,
    MinimumScore,
    NotInReportingLine,
    NotRepeated,
    PairPredicate,
    Ready,
    Require,
    Rule,
    SameValue,
)
from pairkit.constraints.catalog import RULES
from pairkit.encoding import Side
from pairkit.errors import FileError, OutputError, ProgramError
from pairkit.objectives import Quality
from pairkit.parts import Elementwise, Part
from pairkit.presets import PRESETS, reverse_mentoring, traditional_mentoring
from pairkit.profiles import FrozenDict, Participant, Role
from pairkit.program import Program, Roles
from pairkit.roster import Roster
from pairkit.scoring import (
    AvailabilityOverlap,
    Different,
    Gap,
    PairFunction,
    PreferenceRank,
    Same,
    Scorer,
    SharedInterests,
    SharedLanguage,
    SkillCoverage,
    TextSimilarity,
    TwoWay,
    Vectors,
    WeightedPart,
)
from pairkit.scoring.compose import SCORERS
from tests.people import REFERENCE, dates, maybe, plain_texts, units

TEXT = """
name = "Reverse mentoring 2026"
objectives = ["quality"]
mentor_capacity = 2
reference_date = 2026-01-15

[roles.mentor]
experience = { max = 5 }
site = "Lyon"

[roles.mentee]
experience = { min = 15 }
site = ["Lyon", "Paris"]

[[scoring]]
scorer = "SkillCoverage"
weight = 3
rarity = true

[[scoring]]
scorer = "TwoWay"
name = "interests"
of = { scorer = "SharedInterests", measure = "jaccard" }

[[rules]]
rule = "Ready"

[[rules]]
rule = "GapWindow"
field = "level"
max = -1
penalty = 0.5
"""
PROGRAM = Program(
    name="Reverse mentoring 2026",
    objectives=(Quality(),),
    mentor_capacity=2,
    reference_date=date(2026, 1, 15),
    roles=Roles(
        mentor=FrozenDict({"experience": Condition(max=5), "site": Condition(values=("Lyon",))}),
        mentee=FrozenDict(
            {"experience": Condition(min=15), "site": Condition(values=("Lyon", "Paris"))}
        ),
    ),
    scoring=[
        WeightedPart(SkillCoverage(rarity=True), 3),
        WeightedPart(TwoWay(SharedInterests("jaccard")), 1, "interests"),
    ],
    rules=(Ready(), GapWindow("level", max=-1, penalty=0.5)),
)
SCORING = '[scoring]\nskills = { scorer = "SkillCoverage" }\n'

# Strategies

positive = st.floats(0.001, 1e6)
numbers = st.floats(-1e6, 1e6)
field_names = st.sampled_from(["site", "level", "team"]) | plain_texts
missings = st.sampled_from(["allow", "forbid"])
penalties = maybe(positive)
pairs = st.lists(st.tuples(plain_texts, plain_texts), max_size=3)
simple_scorers: st.SearchStrategy[Scorer] = st.one_of(
    st.builds(SkillCoverage, positive, rarity=st.booleans(), missing=units),
    st.builds(SharedInterests, st.sampled_from(["cosine", "jaccard"]), missing=units),
    st.builds(SharedLanguage, missing=units),
    st.builds(AvailabilityOverlap, positive, missing=units),
    st.builds(
        Gap,
        field_names,
        ideal=numbers,
        width=positive,
        missing=units,
        allow_protected=st.booleans(),
    ),
    st.builds(Same, field_names, missing=units, allow_protected=st.booleans()),
    st.builds(Different, field_names, missing=units),
    st.builds(PreferenceRank, st.sampled_from(["mentor", "mentee", "both"]), unranked=units),
    st.builds(TextSimilarity, field_names, maybe(field_names), missing=units),
)
scorers = st.recursive(
    simple_scorers,
    lambda inner: st.builds(TwoWay, inner, st.sampled_from(["mean", "min", "geometric"])),
    max_leaves=2,
)
rules: st.SearchStrategy[Rule] = st.one_of(
    st.builds(Ready, st.booleans(), st.booleans(), st.booleans(), missings, penalty=penalties),
    st.builds(GapWindow, field_names, maybe(st.floats(-9, 0)), st.floats(0, 9), missing=missings),
    st.builds(SameValue, field_names, missing=missings, penalty=penalties),
    st.builds(DifferentValue, field_names, allow_protected=st.booleans()),
    st.builds(CommonLanguage, missing=missings, penalty=penalties),
    st.builds(MinimumOverlap, st.floats(0.1, 168), missing=missings),
    st.builds(NotInReportingLine, st.integers(1, 100), siblings=st.booleans()),
    st.builds(Avoid, penalty=penalties),
    st.builds(Forbid, pairs, penalty=penalties),
    st.builds(Require, pairs, penalty=penalties),
    st.builds(NotRepeated, pairs),
    st.builds(Horizon, st.integers(1, 1200), st.sampled_from(["mentor", "mentee", "both"])),
    st.builds(MinimumScore, units, penalty=penalties),
)
conditions = st.dictionaries(
    plain_texts,
    st.builds(Condition, min=numbers)
    | st.builds(Condition, max=numbers)
    | st.tuples(numbers, numbers).map(lambda two: Condition(min=min(two), max=max(two)))
    | st.builds(Condition, values=st.lists(plain_texts, min_size=1, max_size=3)),
    max_size=2,
)
programs = st.builds(
    Program,
    name=plain_texts,
    roles=st.builds(Roles, mentor=conditions, mentee=conditions),
    scoring=st.lists(
        st.builds(WeightedPart, scorers, positive, plain_texts),
        min_size=1,
        max_size=4,
        unique_by=lambda part: part.name,
    ),
    rules=st.lists(rules, max_size=4, unique_by=repr),
    objectives=st.sampled_from([("participation", "quality"), ("quality",)]),
    mentor_capacity=st.integers(0, 9),
    mentee_capacity=st.integers(0, 9),
    reference_date=maybe(dates),
)


# Reading and writing


def test_a_program_is_read_from_toml() -> None:
    assert Program.from_toml(TEXT) == PROGRAM


@settings(max_examples=60)
@given(programs)
def test_toml_and_json_bring_the_same_program_back(program: Program) -> None:
    assert Program.from_toml(program.to_toml()) == program
    assert Program.from_json(program.to_json()) == program
    assert Program.model_validate(program.to_dict()) == program


def test_what_is_left_at_default_is_not_written() -> None:
    program = Program(scoring=[SkillCoverage(), (SharedLanguage(), 2.5, "language")])
    assert program.to_dict() == {
        "scoring": [
            {"scorer": "SkillCoverage", "weight": 1.0},
            {"scorer": "SharedLanguage", "weight": 2.5, "name": "language"},
        ]
    }


def test_a_written_program_is_plain_values() -> None:
    assert PROGRAM.to_dict() == {
        "name": "Reverse mentoring 2026",
        "objectives": ["quality"],
        "mentor_capacity": 2,
        "reference_date": "2026-01-15",
        "roles": {
            "mentor": {"experience": {"max": 5.0}, "site": {"values": ["Lyon"]}},
            "mentee": {"experience": {"min": 15.0}, "site": {"values": ["Lyon", "Paris"]}},
        },
        "scoring": [
            {"scorer": "SkillCoverage", "weight": 3.0, "rarity": True},
            {
                "scorer": "TwoWay",
                "weight": 1.0,
                "name": "interests",
                "of": {"scorer": "SharedInterests", "measure": "jaccard"},
            },
        ],
        "rules": [
            {"rule": "Ready"},
            {"rule": "GapWindow", "field": "level", "max": -1.0, "penalty": 0.5},
        ],
    }


def test_parts_may_be_a_table_by_name() -> None:
    text = '[scoring.needs]\nscorer = "SkillCoverage"\nweight = 2\n'
    assert Program.from_toml(text).scoring.parts == (WeightedPart(SkillCoverage(), 2.0, "needs"),)


@pytest.mark.parametrize("suffix", [".toml", ".json"])
def test_a_saved_program_loads(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"program{suffix}"
    PROGRAM.save(path)
    assert Program.load(path) == PROGRAM
    assert Program.load(str(path)) == PROGRAM
    assert (path.read_text(encoding="utf-8")[0] == "{") is (suffix == ".json")


def test_saving_never_overwrites_unless_told_to(tmp_path: Path) -> None:
    path = tmp_path / "program.toml"
    path.write_text("precious", encoding="utf-8")
    with pytest.raises(OutputError, match="exists already"):
        PROGRAM.save(path)
    assert path.read_text(encoding="utf-8") == "precious"
    PROGRAM.save(path, overwrite=True)
    assert Program.load(path) == PROGRAM


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "program.toml"
    path.write_text(TEXT, encoding="utf-8-sig")
    assert Program.load(path) == PROGRAM


def test_a_file_that_is_missing_a_folder_or_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"none\.toml cannot be read: No such file"):
        Program.load(tmp_path / "none.toml")
    with pytest.raises(FileError, match="cannot be read: Is a directory"):
        Program.load(tmp_path)
    latin = tmp_path / "latin.toml"
    latin.write_bytes("name = 'été'".encode("latin-1"))
    with pytest.raises(FileError, match=r"latin\.toml is not UTF-8 text"):
        Program.load(latin)


# What is wrong is named


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name = ", "not valid TOML"),
        ('name = "x"', "scoring: Field required"),
        ("rule = 1", r"no setting 'rule'\. Did you mean 'rules'"),
        ("zzz = 1", r"no setting 'zzz'\.$"),
        ("scoring = []", "scoring: A score needs at least one part"),
        ("scoring = 5", "scoring: .* a list, or a mapping by name"),
        ('scoring = "SkillCoverage"', "scoring: .* a list, or a mapping by name"),
        ('scoring = ["SkillCoverage"]', "scoring: part 0: .*'SkillCoverage' is not a scorer"),
        ("[[scoring]]\nweight = 1", "part 0: A scorer needs a name: scorer = one of .*Gap"),
        ('[[scoring]]\nscorer = "SkilCoverage"', "'SkilCoverage'. Did you mean 'SkillCoverage'"),
        ('[[scoring]]\nscorer = "Gap"', "part 0: scorer Gap: field: Field required"),
        ('[[scoring]]\nscorer = "Gap"\nfield = "level"\nwidth = 0', "Gap: width: .*greater than 0"),
        ('[[scoring]]\nscorer = "Same"\nfield = 5', "scorer Same: field: .*valid string"),
        ('[[scoring]]\nscorer = "Same"\nfeld = "x"', "scorer Same: .*feld: there is no such param"),
        ('[[scoring]]\nscorer = "SkillCoverage"\nweight = -1', "part 0: weight: .*equal to 0"),
        (SCORING + "[scoring.b]\nscorer = 'Gap'\nfield = 'level'\nweight = 'x'", "part b: weight"),
        ('[[scoring]]\nscorer = "SharedLanguage"\nweight = 0', "scoring: At least one weight must"),
        ('[[scoring]]\nscorer = "SharedLanguage"\n' * 2, "Two parts are called 'SharedLanguage'"),
        ('[[scoring]]\nscorer = "TwoWay"\nof = { scorer = "X" }', "TwoWay: of: .*no scorer 'X'"),
        ('[[scoring]]\nscorer = "TwoWay"\nof = "X"', "TwoWay: of: 'X' is not a scorer"),
        (
            '[[scoring]]\nscorer = "PairFunction"\nfunction = "os"',
            "PairFunction holds code or data",
        ),
        ("rules = 5\n" + SCORING, "rules: Input should be a valid tuple"),
        ('rules = ["Ready"]\n' + SCORING, "rules.0: 'Ready' is not a rule"),
        (SCORING + '[[rules]]\nrule = "Redy"', r"rules.0: There is no rule 'Redy'. Did you mean"),
        (SCORING + "[[rules]]\nhours = 1", "rules.0: A rule needs a name"),
        (
            SCORING + '[[rules]]\nrule = "Ready"\nactiv = true',
            "rule Ready: activ: there is no such",
        ),
        (SCORING + '[[rules]]\nrule = "Ready"\npenalty = -1', "Ready: penalty: .*greater than 0"),
        (
            SCORING + '[[rules]]\nrule = "Forbid"\npairs = [["A"]]',
            r"Forbid: pairs\.0\.1: Field req",
        ),
        (SCORING + '[[rules]]\nrule = "GapWindow"\nfield = "level"', "GapWindow needs min, max"),
        (
            SCORING + '[[rules]]\nrule = "GapWindow"\nfield = "level"\nmin = 3\nmax = 1',
            "rules.0: rule GapWindow: GapWindow: min 3 is above max 1",
        ),
        (SCORING + '[[rules]]\nrule = "Ready"\n' * 2, "rules: the rule Ready is there twice"),
        ('objectives = ["fun"]\n' + SCORING, "objectives.0: There is no objective 'fun'"),
        ("objectives = []\n" + SCORING, "objectives: objectives are"),
        ('objectives = ["quality", "quality"]\n' + SCORING, "objectives: objectives are different"),
        ("mentor_capacity = -1\n" + SCORING, "mentor_capacity: .*greater than or equal to 0"),
        ("mentee_capacity = 1.5\n" + SCORING, "mentee_capacity: .*valid integer"),
        ('reference_date = "soon"\n' + SCORING, "reference_date: .*valid date"),
        ("roles = 5\n" + SCORING, "roles: Input should be a valid dictionary"),
        (SCORING + "[roles.mentors]\nlevel = { min = 1 }", "roles.mentors: there is no such param"),
        (SCORING + "[roles]\nmentor = 5", "roles.mentor: Input should be a valid dictionary"),
        (SCORING + "[roles.mentor]\nlevel = 3", "roles.mentor.level: Input should be a valid dict"),
        (SCORING + "[roles.mentor]\nlevel = {}", "roles.mentor.level: A condition needs min, max"),
        (SCORING + "[roles.mentor]\nlevel = []", "roles.mentor.level: A condition needs min, max"),
        (SCORING + "[roles.mentor]\nlevel = { mn = 1 }", "roles.mentor.level.mn: there is no such"),
        (SCORING + '[roles.mentor]\nlevel = { min = "x" }', "roles.mentor.level.min: .*number"),
    ],
)
def test_a_bad_program_is_refused_and_the_key_named(text: str, words: str) -> None:
    with pytest.raises(ProgramError, match=words):
        Program.from_toml(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not valid JSON"),
        ("[]", "The program is not valid: input should be a valid dictionary"),
        ("null", "The program is not valid"),
        ('{"nme": "x"}', r"no setting 'nme'\. Did you mean 'name'"),
        ('{"scoring": {}}', "scoring: A score needs at least one part"),
    ],
)
def test_bad_json_is_refused_in_the_same_way(text: str, words: str) -> None:
    with pytest.raises(ProgramError, match=words):
        Program.from_json(text)


def test_everything_wrong_is_told_at_once() -> None:
    with pytest.raises(ProgramError) as caught:
        Program.from_toml("mentor_capacity = -1\nmentee_capacity = -1\nscoring = []")
    for key in ("mentor_capacity", "mentee_capacity", "scoring"):
        assert f"{key}: " in str(caught.value)


class Half:
    """A scorer that nobody registered."""

    def prepare(self, mentors: Side, mentees: Side) -> Part:
        return Elementwise(lambda i, j: np.full(np.broadcast_shapes(i.shape, j.shape), 0.5))


def close(mentor: Participant, mentee: Participant) -> float:
    return 1.0


def certain(mentor: Participant, mentee: Participant) -> bool:
    return True


@pytest.mark.parametrize(
    ("program", "name"),
    [
        (Program(scoring=[PairFunction(close)]), "PairFunction"),
        (Program(scoring=[Vectors({"A": [1.0]})]), "Vectors"),
        (Program(scoring=[TwoWay(PairFunction(close))]), "TwoWay"),
        (Program(scoring=[Half()]), "Half"),
        (Program(scoring=[SkillCoverage()], rules=(PairPredicate(certain),)), "PairPredicate"),
    ],
)
def test_code_cannot_be_written_to_a_file(program: Program, name: str, tmp_path: Path) -> None:
    path = tmp_path / "program.toml"
    for write in (program.to_dict, program.to_json, program.to_toml, lambda: program.save(path)):
        with pytest.raises(ProgramError, match=f"{name} cannot be written to a file.*register"):
            write()
    assert not path.exists()


def test_in_python_anything_with_the_methods_of_a_rule_is_one_and_nothing_else() -> None:
    with pytest.raises(ValidationError, match="5 is not a rule"):
        Program(scoring=[SkillCoverage()], rules=(5,))
    with pytest.raises(ValidationError, match="is not a rule: it has no label"):
        Program(scoring=[SkillCoverage()], rules=(Ready,))


# Programs as values


def test_programs_are_frozen_hashable_values_that_pickle() -> None:
    again = pickle.loads(pickle.dumps(PROGRAM))
    assert again == PROGRAM
    assert hash(again) == hash(PROGRAM)
    assert PROGRAM.model_copy(update={"mentor_capacity": 3}) != PROGRAM
    with pytest.raises(ValidationError, match="frozen"):
        PROGRAM.name = "x"  # type: ignore[misc]


# Who is on which side


@pytest.mark.parametrize(
    ("condition", "value", "reason"),
    [
        (Condition(min=2), 2.0, None),
        (Condition(min=2), 1.5, "f is 1.5, below 2"),
        (Condition(max=2), 2, None),
        (Condition(max=2), 3.0, "f is 3, above 2"),
        (Condition(min=1, max=2), 1.5, None),
        (Condition(min=1), None, "f is not stated"),
        (Condition(min=1), "many", "f is not a number"),
        (Condition(min=2026), date(2026, 1, 1), None),
        (Condition(min=2027), date(2026, 1, 1), "f is 2026-01-01, below 2027"),
        (Condition(values=("Orléans", "Lyon")), "ORLEANS ", None),
        (Condition(values=("Lyon",)), "Paris", "f is “Paris”"),
        (Condition(values=("Lyon",)), None, "f is not stated"),
        (Condition(values=("true",)), True, None),
        (Condition(values=("2026-01-01",)), date(2026, 1, 2), "f is “2026-01-02”"),
        (Condition(values=("active",)), Role.MENTOR, "f is “mentor”"),
    ],
)
def test_a_condition_says_why_it_is_not_met(
    condition: Condition, value: object, reason: str | None
) -> None:
    assert condition.unmet("f", value) == reason


@pytest.mark.parametrize(
    ("given", "values"),
    [("Lyon", ("Lyon",)), (["Lyon", "Paris"], ("Lyon", "Paris")), (("Lyon",), ("Lyon",))],
)
def test_a_bare_text_or_list_is_a_condition_on_values(
    given: object, values: tuple[str, ...]
) -> None:
    assert Roles.model_validate({"mentor": {"site": given}}).mentor["site"].values == values


PEOPLE = Roster.from_records(
    [
        {"id": "decides", "skills": ["A"], "needs": ["B"], "experience": 3},
        {"id": "teaches", "skills": ["A"], "experience": 20},
        {"id": "learns", "needs": ["B"], "experience": 20},
        {"id": "says so", "roles": "mentor", "experience": 4},
        {"id": "says both", "roles": "both", "experience": 20},
        {"id": "nothing", "experience": 3},
        {"id": "unknown", "roles": "both"},
    ]
)


def sides(roles: Mapping[str, object]) -> tuple[list[str], list[str], dict[str, str]]:
    program = Program.model_validate({"scoring": [SkillCoverage()], "roles": roles})
    mentors, mentees, outside = program.sides(PEOPLE, REFERENCE)
    assert mentors.reference == mentees.reference == REFERENCE
    assert mentors.columns is mentees.columns is PEOPLE.columns
    return [p.id for p in mentors.people], [p.id for p in mentees.people], outside


def test_people_are_where_they_say_or_where_their_skills_and_needs_put_them() -> None:
    assert sides({}) == (
        ["decides", "teaches", "says so", "says both", "unknown"],
        ["decides", "learns", "says both", "unknown"],
        {"nothing": "no mentor: states no skill; no mentee: states no need"},
    )


def test_conditions_hold_for_stated_roles_too_and_reasons_name_both_sides() -> None:
    roles = {"mentor": {"experience": {"max": 5}}, "mentee": {"experience": {"min": 15}}}
    mentors, mentees, outside = sides(roles)
    assert mentors == ["decides", "says so"]
    assert mentees == ["learns", "says both"]
    assert outside == {
        "teaches": "no mentor: experience is 20, above 5; no mentee: states no need",
        "nothing": "no mentor: states no skill; no mentee: states no need",
        "unknown": "no mentor: experience is not stated; no mentee: experience is not stated",
    }


def test_the_first_condition_that_fails_is_told() -> None:
    mentor = {"experience": {"max": 5}, "site": "Lyon"}
    _, _, outside = sides({"mentor": mentor, "mentee": {"experience": {"min": 30}}})
    assert outside["says so"] == "no mentor: site is not stated; no mentee: is not a mentee"


@pytest.mark.parametrize(
    ("field", "words"),
    [("experiance", r"No participant has a field 'experiance'\. Did you"), ("skills", "a list")],
)
def test_a_condition_on_what_nobody_has_or_on_a_list_is_refused(field: str, words: str) -> None:
    with pytest.raises(ProgramError, match=words):
        sides({"mentee": {field: {"min": 1}}})


def test_an_empty_roster_has_two_empty_sides() -> None:
    mentors, mentees, outside = PROGRAM.sides(Roster(), REFERENCE)
    assert (len(mentors), len(mentees), outside) == (0, 0, {})


# Presets


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_a_program_that_reads_back(name: str) -> None:
    program = PRESETS[name]()
    assert Program.from_toml(program.to_toml()) == program
    assert program.name
    assert {type(rule) for rule in program.rules} >= {
        Ready,
        GapWindow,
        NotInReportingLine,
        CommonLanguage,
        Avoid,
    }
    assert len({rule.label for rule in program.rules}) == len(program.rules)


def gap_of(program: Program) -> GapWindow:
    return next(rule for rule in program.rules if isinstance(rule, GapWindow))


def horizons(program: Program) -> list[Horizon]:
    return [rule for rule in program.rules if isinstance(rule, Horizon)]


def test_in_reverse_mentoring_the_mentor_stands_below_the_mentee() -> None:
    assert gap_of(reverse_mentoring()) == GapWindow("level", max=-1)
    assert gap_of(reverse_mentoring(by="experience", least=10, most=30)) == GapWindow(
        "experience", min=-30, max=-10
    )
    assert horizons(reverse_mentoring()) == []
    assert horizons(reverse_mentoring(horizon=6)) == [Horizon(6, "both")]
    parts = reverse_mentoring().scoring.parts
    assert any(isinstance(part.scorer, TwoWay) for part in parts)


def test_in_traditional_mentoring_the_mentor_stands_above_the_mentee() -> None:
    assert gap_of(traditional_mentoring()) == GapWindow("level", min=1)
    assert gap_of(traditional_mentoring(by="experience", least=5, most=20)) == GapWindow(
        "experience", min=5, max=20
    )
    assert horizons(traditional_mentoring()) == [Horizon(12, "mentor")]
    assert horizons(traditional_mentoring(horizon=None)) == []


@pytest.mark.parametrize("preset", [reverse_mentoring, traditional_mentoring])
def test_presets_take_objectives_and_refuse_an_empty_window(
    preset: Callable[..., Program],
) -> None:
    assert preset(objectives=("quality",)).objectives == (Quality(),)
    with pytest.raises(ValueError, match="is above max"):
        preset(least=3, most=1)


# The JSON Schema

SCHEMA = Program.json_schema()
VALIDATOR = Draft202012Validator(SCHEMA)


def test_the_schema_is_plain_json_with_a_branch_for_every_scorer_and_rule() -> None:
    definitions: Any = SCHEMA["$defs"]
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA
    Draft202012Validator.check_schema(SCHEMA)
    for definition, tag, catalog in (
        ("part", "scorer", SCORERS.builtin),
        ("scorer", "scorer", SCORERS.builtin),
        ("rule", "rule", RULES.builtin),
    ):
        branches = definitions[definition]["oneOf"]
        named = [branch["properties"][tag]["const"] for branch in branches]
        assert named == [k for k, kind in catalog.items() if not getattr(kind, "code_only", False)]


def references(schema: object) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from (str(value) for key, value in schema.items() if key == "$ref")
        schema = list(schema.values())
    if isinstance(schema, list):
        for inner in schema:
            yield from references(inner)


def test_every_reference_of_the_schema_leads_somewhere() -> None:
    definitions: Any = SCHEMA["$defs"]
    assert set(references(SCHEMA)) <= {f"#/$defs/{name}" for name in definitions}


@settings(max_examples=60)
@given(programs)
def test_the_schema_takes_every_program(program: Program) -> None:
    assert VALIDATOR.is_valid(program.to_dict())


@pytest.mark.parametrize("name", PRESETS)
def test_the_schema_takes_the_presets(name: str) -> None:
    assert VALIDATOR.is_valid(PRESETS[name]().to_dict())


PART: dict[str, object] = {"scorer": "SkillCoverage"}


@pytest.mark.parametrize(
    "table",
    [
        {},
        {"scoring": [PART], "nme": "x"},
        {"scoring": [PART], "mentor_capacity": -1},
        {"scoring": [PART], "objectives": ["fun"]},
        {"scoring": [{"scorer": "Nothing"}]},
        {"scoring": [PART | {"weight": -1}]},
        {"scoring": [PART | {"full_level": 0}]},
        {"scoring": [PART | {"full": 1}]},
        {"scoring": [{"scorer": "Gap"}]},
        {"scoring": [{"scorer": "TwoWay", "of": {"scorer": "Gap"}}]},
        {"scoring": [PART], "rules": [{"rule": "Nothing"}]},
        {"scoring": [PART], "rules": [{"rule": "Forbid", "pairs": [["A"]]}]},
        {"scoring": [PART], "roles": {"mentor": {"level": {"min": "x"}}}},
    ],
)
def test_the_schema_refuses_what_a_program_refuses(table: dict[str, object]) -> None:
    assert not VALIDATOR.is_valid(table)
    with pytest.raises(ProgramError):
        Program.from_json(json.dumps(table))


# Scorers of other packages


class Flat:
    """A plain class, as another package may register it."""

    def __init__(self, height: float = 0.5) -> None:
        self.height = height

    def prepare(self, mentors: Side, mentees: Side) -> Part:
        return Elementwise(lambda i, j: 0.0 * i + 0.0 * j + self.height)


class Steep(SharedInterests):
    """A scorer of ours under another name."""


@pytest.fixture
def catalog(monkeypatch: pytest.MonkeyPatch) -> Catalog[Scorer]:
    registered = [
        SimpleNamespace(name="Flat", load=lambda: Flat),
        SimpleNamespace(name="Steep", load=lambda: Steep),
        SimpleNamespace(name="SharedLanguage", load=lambda: Flat),
    ]

    def entry_points(group: str) -> list[SimpleNamespace]:
        return registered if group == "pairkit.scorers" else []

    monkeypatch.setattr(pairkit.catalog, "entry_points", entry_points)
    return Catalog("scorer", [SharedLanguage])


def test_other_packages_add_classes_but_never_replace_ours(catalog: Catalog[Scorer]) -> None:
    assert catalog.classes == {"Flat": Flat, "Steep": Steep, "SharedLanguage": SharedLanguage}


def test_a_registered_class_is_read_and_written_by_its_name(catalog: Catalog[Scorer]) -> None:
    steep = catalog.read({"scorer": "Steep", "measure": "jaccard"})
    assert isinstance(steep, Steep)
    assert catalog.write(steep) == {"scorer": "Steep", "measure": "jaccard"}


def test_a_registered_plain_class_is_read_but_not_written(catalog: Catalog[Scorer]) -> None:
    flat = catalog.read({"scorer": "Flat", "height": 0.25})
    assert isinstance(flat, Flat)
    assert flat.height == 0.25
    with pytest.raises(ProgramError, match=r"scorer Flat: .*unexpected .* 'heigt'"):
        catalog.read({"scorer": "Flat", "heigt": 1})
    with pytest.raises(ProgramError, match="Flat cannot be written"):
        catalog.write(flat)


def test_the_schema_of_a_plain_class_leaves_its_parameters_open(catalog: Catalog[Scorer]) -> None:
    branches = {branch["title"]: branch for branch in catalog.branches()}
    assert branches["Flat"] == {
        "title": "Flat",
        "type": "object",
        "properties": {"scorer": {"const": "Flat"}},
        "required": ["scorer"],
    }
    assert "measure" in branches["Steep"]["properties"]
