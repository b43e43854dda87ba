"""A participant is one person as stated: coerced, checked, frozen, and silent about their data."""

from __future__ import annotations

import copy
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from pairkit.availability import Window
from pairkit.profiles import (
    FIELDS,
    EmploymentStatus,
    FrozenDict,
    Participant,
    Protected,
    Role,
    fold,
)
from tests.people import dates, languages, levels, maybe, names, plain_texts, windows

EVERYTHING: dict[str, object] = {
    "id": "M-17",
    "name": "Jeanne Dupont",
    "roles": ["mentor", "mentee"],
    "skills": {"Python": 3, "SQL": 0.5},
    "needs": {"Excel": 2},
    "interests": ["Chess", "Choir"],
    "languages": ["fr-CA", "en"],
    "availability": ["Mon 09:00-12:00", "Sun 22:00-02:00"],
    "time_zone": "Europe/Paris",
    "department": "Sales",
    "site": "Lyon",
    "country": "France",
    "level": 3.5,
    "hired": "2019-04-01",
    "experience": 7,
    "retires": date(2041, 6, 30),
    "manager": "M-1",
    "mentor_capacity": 2,
    "mentee_capacity": 0,
    "preferences": [["E-1", "E-2"], "E-3"],
    "avoid": ["E-9"],
    "status": "on leave",
    "orientation_done": True,
    "consent": "yes",
    "waiting_since": "2025-12-01",
    "about": "Loves spreadsheets.",
    "age": 41,
    "gender": "woman",
    "attributes": {"team": "Blue", "badge": 7, "remote": True, "ratio": 0.5},
    "protected": {"religion": "none of yours"},
}

text = maybe(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zs"]), max_size=8))
ids = st.text(st.characters(codec="utf-8", categories=["Lu", "Nd"]), min_size=1, max_size=4)
attribute_values = st.text(max_size=3) | st.booleans() | st.integers() | st.floats(-1e9, 1e9)
fields: dict[str, st.SearchStrategy[object]] = {
    "id": ids,
    "name": text,
    "roles": maybe(st.sets(st.sampled_from(Role), min_size=1)),
    "skills": levels,
    "needs": levels,
    "interests": names,
    "languages": languages,
    "availability": windows,
    "time_zone": maybe(st.sampled_from(["UTC", "Europe/Paris"])),
    "department": text,
    "level": maybe(st.floats(-10, 10)),
    "hired": maybe(dates),
    "experience": maybe(st.floats(0, 100)),
    "retires": maybe(dates),
    "manager": maybe(ids),
    "mentor_capacity": maybe(st.integers(0, 9)),
    "preferences": st.lists(ids, max_size=3, unique=True),
    "avoid": st.lists(ids, max_size=2),
    "status": st.sampled_from(EmploymentStatus),
    "consent": maybe(st.booleans()),
    "about": text,
    "age": maybe(st.floats(0, 150)),
    "gender": text,
    "attributes": st.dictionaries(st.text(max_size=3), attribute_values, max_size=3),
    "protected": st.dictionaries(st.text(max_size=3), attribute_values, max_size=2),
}
participants = st.fixed_dictionaries(fields).map(Participant.model_validate)


class Employee(Participant):
    """A participant with fields of its own."""

    shoe_size: int | None = None
    badge: str | None = None
    union: Annotated[str | None, Protected()] = None


def make(**stated: object) -> Participant:
    return Participant.model_validate({"id": "A", **stated})


@pytest.fixture
def whole() -> Participant:
    return Participant.model_validate(EVERYTHING)


def test_every_field_is_kept_as_stated(whole: Participant) -> None:
    assert set(EVERYTHING) == set(FIELDS)
    assert whole.model_fields_set == set(FIELDS)
    assert whole.id == "M-17"
    assert whole.name == "Jeanne Dupont"
    assert whole.roles == frozenset(Role)
    assert whole.skills == {"Python": 3.0, "SQL": 0.5}
    assert whole.needs == {"Excel": 2.0}
    assert whole.interests == ("Chess", "Choir")
    assert whole.languages == ("fr-CA", "en")
    assert whole.availability == (Window(540, 720), Window(9960, 10200))
    assert whole.time_zone == "Europe/Paris"
    assert (whole.department, whole.site, whole.country) == ("Sales", "Lyon", "France")
    assert whole.level == 3.5
    assert whole.hired == date(2019, 4, 1)
    assert whole.experience == 7.0
    assert whole.retires == date(2041, 6, 30)
    assert whole.manager == "M-1"
    assert (whole.mentor_capacity, whole.mentee_capacity) == (2, 0)
    assert whole.preferences == (("E-1", "E-2"), ("E-3",))
    assert whole.avoid == ("E-9",)
    assert whole.status is EmploymentStatus.ON_LEAVE
    assert whole.orientation_done is True
    assert whole.consent is True
    assert whole.waiting_since == date(2025, 12, 1)
    assert whole.about == "Loves spreadsheets."
    assert (whole.age, whole.gender) == (41.0, "woman")
    assert whole.attributes == {"team": "Blue", "badge": 7, "remote": True, "ratio": 0.5}
    assert whole.protected == {"religion": "none of yours"}


def test_only_the_id_is_needed() -> None:
    person = Participant(id="A")
    stated = {field for field in FIELDS if getattr(person, field)}
    assert stated == {"id", "status"}
    assert person.status is EmploymentStatus.ACTIVE


@pytest.mark.parametrize(
    ("field", "given", "kept"),
    [
        ("id", 17, "17"),
        ("id", 0, "0"),
        ("id", " 00123 ", "00123"),
        ("manager", 4, "4"),
        ("manager", "", None),
        ("name", "  ", None),
        ("department", " Sales ", "Sales"),
        ("roles", None, None),
        ("roles", "", None),
        ("roles", [], None),
        ("roles", frozenset(), None),
        ("roles", "mentor", {Role.MENTOR}),
        ("roles", "Mentee", {Role.MENTEE}),
        ("roles", "both", {Role.MENTOR, Role.MENTEE}),
        ("roles", "mentor; mentee", {Role.MENTOR, Role.MENTEE}),
        ("roles", {"both"}, {Role.MENTOR, Role.MENTEE}),
        ("roles", (Role.MENTOR,), {Role.MENTOR}),
        ("skills", None, {}),
        ("skills", ["A", "B", "A"], {"A": 1.0, "B": 1.0}),
        ("skills", "A; B ;", {"A": 1.0, "B": 1.0}),
        ("skills", {"A": "2.5"}, {"A": 2.5}),
        ("needs", {"B", "A"}, {"A": 1.0, "B": 1.0}),
        ("interests", None, ()),
        ("interests", "Chess;; Choir; Chess", ("Chess", "Choir")),
        ("interests", ["", "Chess"], ("Chess",)),
        ("interests", {"b", "c", "a"}, ("a", "b", "c")),
        ("languages", "FR; pt_br; zh-hant; es-419; fr", ("fr", "pt-BR", "zh-Hant", "es-419")),
        ("languages", ["sl-nedis"], ("sl-nedis",)),
        ("availability", "Mon 9-12", (Window(540, 720),)),
        ("availability", [Window(540, 720)], (Window(540, 720),)),
        ("time_zone", "", None),
        ("level", "3", 3.0),
        ("hired", date(2020, 1, 2), date(2020, 1, 2)),
        ("experience", 0, 0.0),
        ("mentor_capacity", "3", 3),
        ("preferences", None, ()),
        ("preferences", "A > B = C; D", (("A",), ("B", "C"), ("D",))),
        ("preferences", ["A", ["B", "C", "B"], [], 7], (("A",), ("B", "C"), ("7",))),
        ("preferences", [{"C", "B"}, " "], (("B", "C"),)),
        ("avoid", "A; B", ("A", "B")),
        ("avoid", [1, "B"], ("1", "B")),
        ("consent", "no", False),
        ("orientation_done", 1, True),
        ("about", "", None),
        ("gender", " ", None),
        ("attributes", {"since": date(2020, 1, 2)}, {"since": date(2020, 1, 2)}),
    ],
)
def test_a_value_is_read_in_the_forms_people_have_it(
    field: str, given: object, kept: object
) -> None:
    assert getattr(make(**{field: given}), field) == kept


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", None),
        ("id", ""),
        ("id", "  "),
        ("id", True),
        ("id", 1.5),
        ("name", 5),
        ("roles", "boss"),
        ("roles", 5),
        ("roles", [["mentor"]]),
        ("skills", {"A": -1}),
        ("skills", {"A": 10.5}),
        ("skills", {"A": float("nan")}),
        ("skills", {"A": "much"}),
        ("skills", {"": 1}),
        ("skills", [1, 2]),
        ("skills", [["A"]]),
        ("skills", 5),
        ("needs", {"A": 11}),
        ("interests", 5),
        ("interests", [5]),
        ("interests", [["Chess"]]),
        ("interests", [" "]),
        ("languages", "french"),
        ("languages", ["x"]),
        ("availability", "whenever"),
        ("time_zone", "Mars/Olympus"),
        ("level", float("inf")),
        ("level", "senior"),
        ("hired", "soon"),
        ("experience", -1),
        ("experience", 101),
        ("experience", float("nan")),
        ("mentor_capacity", -1),
        ("mentor_capacity", 1.5),
        ("mentee_capacity", 2_000_000_000),
        ("preferences", 5),
        ("preferences", {"A": 1}),
        ("preferences", [1.5]),
        ("preferences", [None]),
        ("preferences", ["A", "B", "A"]),
        ("preferences", [["A", "B"], "B"]),
        ("avoid", [None]),
        ("status", "gone"),
        ("consent", "maybe"),
        ("waiting_since", "ages"),
        ("age", 151),
        ("attributes", {"team": ["Blue"]}),
        ("attributes", {5: "Blue"}),
        ("protected", {"x": None}),
        ("shoe_size", 43),
    ],
)
def test_a_bad_value_is_refused_and_its_field_named(field: str, value: object) -> None:
    with pytest.raises(ValidationError) as caught:
        make(**{field: value})
    assert {detail["loc"][0] for detail in caught.value.errors()} == {field}


def test_a_person_without_an_id_is_refused() -> None:
    with pytest.raises(ValidationError, match="id"):
        Participant.model_validate({"name": "Jeanne"})


def test_who_is_ranked_twice_is_named() -> None:
    with pytest.raises(ValidationError, match="'E-2' is ranked twice"):
        make(preferences=["E-1", "E-2", ["E-3", "E-2"]])


@pytest.mark.parametrize("wrong", [{"age": 999}, {"gender": 5}, {"id": None}, {"about": ["x"]}])
def test_an_error_names_the_field_but_never_shows_the_data(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as caught:
        Participant.model_validate(EVERYTHING | wrong)
    assert next(iter(wrong)) in str(caught.value)
    for secret in ("Jeanne", "999", "spreadsheets", "woman"):
        assert secret not in str(caught.value)


@pytest.mark.parametrize("field", sorted(FIELDS))
def test_no_field_can_be_changed(whole: Participant, field: str) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        setattr(whole, field, getattr(whole, field))


@pytest.mark.parametrize("field", ["skills", "needs", "attributes", "protected"])
@pytest.mark.parametrize(
    "change",
    [
        lambda mapping: mapping.__setitem__("X", 1),
        lambda mapping: mapping.__delitem__("X"),
        lambda mapping: mapping.__ior__({"X": 1}),
        lambda mapping: mapping.clear(),
        lambda mapping: mapping.pop("X"),
        lambda mapping: mapping.popitem(),
        lambda mapping: mapping.setdefault("X", 1),
        lambda mapping: mapping.update(X=1),
    ],
)
def test_no_mapping_of_a_person_can_be_changed(
    whole: Participant, field: str, change: Callable[[object], object]
) -> None:
    before = dict(getattr(whole, field))
    with pytest.raises(TypeError, match="frozen"):
        change(getattr(whole, field))
    assert getattr(whole, field) == before


def test_a_person_keeps_no_door_open_to_what_was_passed_in() -> None:
    skills = {"Python": 1.0}
    interests = ["Chess"]
    person = make(skills=skills, interests=interests)
    skills["Python"] = 9.0
    interests.append("Choir")
    assert person.skills == {"Python": 1.0}
    assert person.interests == ("Chess",)


def test_a_frozen_mapping_is_a_hashable_dictionary_that_copies_and_pickles() -> None:
    mapping = FrozenDict({"a": 1, "b": 2})
    assert mapping == {"b": 2, "a": 1}
    assert hash(mapping) == hash(FrozenDict({"b": 2, "a": 1}))
    for again in (copy.copy(mapping), copy.deepcopy(mapping), pickle.loads(pickle.dumps(mapping))):
        assert again == mapping
        assert isinstance(again, FrozenDict)
    assert mapping | {"c": 3} == {"a": 1, "b": 2, "c": 3}


def test_a_frozen_mapping_without_types_takes_any() -> None:
    read = TypeAdapter(FrozenDict).validate_python({1: "a"})
    assert read == {1: "a"}
    assert isinstance(read, FrozenDict)


def test_repr_and_str_show_the_id_alone(whole: Participant) -> None:
    assert repr(whole) == str(whole) == f"{whole}" == "Participant(id='M-17')"
    assert repr(Employee(id="A", shoe_size=43)) == "Employee(id='A')"


def test_people_with_the_same_data_are_equal_and_hash_alike(whole: Participant) -> None:
    again = Participant.model_validate(EVERYTHING)
    assert again == whole
    assert hash(again) == hash(whole)
    assert whole != whole.model_copy(update={"level": 4.0})
    assert {whole, again} == {whole}


@given(participants)
def test_json_brings_the_same_person_back(person: Participant) -> None:
    assert Participant.model_validate_json(person.model_dump_json()) == person


@given(participants)
def test_a_dump_brings_the_same_person_back(person: Participant) -> None:
    assert Participant.model_validate(person.model_dump()) == person


def test_json_of_a_whole_person_is_plain(whole: Participant) -> None:
    dumped = whole.model_dump(mode="json")
    assert dumped["roles"] == ["mentee", "mentor"]
    assert dumped["availability"] == ["Mon 09:00-12:00", "Sun 22:00-02:00"]
    assert dumped["hired"] == "2019-04-01"
    assert dumped["status"] == "on leave"


def test_json_is_the_same_in_every_process() -> None:
    script = (
        "from pairkit.profiles import Participant\n"
        "sets = {'interests': set('abcdef'), 'preferences': [set('uvwxyz')], 'roles': 'both'}\n"
        "print(Participant(id='A', **sets).model_dump_json())"
    )
    texts = {
        subprocess.run(
            [sys.executable, "-c", script],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "5")  # two orders of a set of roles
    }
    assert len(texts) == 1


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda p: pickle.loads(pickle.dumps(p))]
)
def test_copies_are_equal_and_frozen_too(
    whole: Participant, again: Callable[[Participant], Participant]
) -> None:
    twin = again(whole)
    assert twin == whole
    assert twin.model_fields_set == whole.model_fields_set
    with pytest.raises(TypeError, match="frozen"):
        twin.skills["X"] = 1.0


def test_protected_fields_are_those_marked_and_the_mapping_of_that_name() -> None:
    assert Participant.protected_fields() == {"age", "gender", "protected"}
    assert Employee.protected_fields() == {"age", "gender", "protected", "union"}


def test_without_protected_only_protected_data_is_gone(whole: Participant) -> None:
    blank = whole.without_protected()
    assert (blank.age, blank.gender, blank.protected) == (None, None, {})
    assert blank.model_dump(exclude=set(Participant.protected_fields())) == whole.model_dump(
        exclude=set(Participant.protected_fields())
    )
    assert whole.age == 41.0
    assert whole.model_fields_set == set(FIELDS)
    union = Employee(id="A", union="Red", shoe_size=43).without_protected()
    assert (union.value("union"), union.value("shoe_size")) == (None, 43)


def test_value_finds_fields_attributes_and_protected_attributes(whole: Participant) -> None:
    assert whole.value("level") == 3.5
    assert whole.value("team") == "Blue"
    assert whole.value("religion") == "none of yours"
    assert whole.value("nothing") is None


def test_value_finds_the_fields_of_a_subclass_before_its_attributes() -> None:
    person = Employee(id="A", badge="7", attributes=FrozenDict({"badge": "8"}))
    assert person.value("badge") == "7"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  Gestion  de PROJET ", "gestion de projet"),
        ("É\u0301cole", "ecole"),
        ("E\u0301cole", "ecole"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("so\u00adft\u200b", "soft"),
        ("ﬁle", "file"),
        ("a\u00a0b\tc", "a b c"),
        ("", ""),
    ],
)
def test_texts_fold_without_case_accents_and_spaces(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(plain_texts)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
