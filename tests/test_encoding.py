"""People become arrays: texts as codes, dates as years, lists as sparse matrices, time as slots."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated

import numpy as np
import pytest
from hypothesis import given, settings
from numpy.typing import NDArray

from pairkit.encoding import Columns, Side
from pairkit.errors import ProgramError
from pairkit.profiles import FrozenDict, Participant, Protected
from pairkit.roster import Roster
from tests.people import MEANING, REFERENCE, levels, names, rosters, sides_of, two_sides

LISTS = [
    "roles",
    "skills",
    "needs",
    "interests",
    "languages",
    "availability",
    "preferences",
    "avoid",
    "attributes",
    "protected",
]


class Employee(Participant):
    """A participant with fields of its own."""

    shoe_size: int | None = None
    union: Annotated[str | None, Protected()] = None


def columns(*records: Mapping[str, object]) -> Columns:
    return Roster.from_records([{"id": f"P{k}", **one} for k, one in enumerate(records)]).columns


def test_texts_are_codes_of_what_they_are_once_folded() -> None:
    codes = columns(
        {"site": "Orléans"}, {"site": "ORLEANS"}, {}, {"site": "Lyon"}, {"site": "orléans "}
    ).codes("site")
    assert codes.values.tolist() == [0, 0, -1, 1, 0]
    assert codes.values.dtype == np.int32
    assert codes.categories == ("Orléans", "Lyon")  # as first written


def test_attributes_are_codes_whatever_their_type() -> None:
    codes = columns({"floor": 2}, {"floor": "2"}, {"floor": True}, {}).codes("floor")
    assert codes.values.tolist() == [0, 0, 1, -1]


def test_a_field_that_nobody_states_has_no_category() -> None:
    codes = columns({}, {}).codes("site")
    assert codes.values.tolist() == [-1, -1]
    assert codes.categories == ()


def test_numbers_are_floats_with_nan_where_missing() -> None:
    found = columns({"level": 2}, {}, {"level": 0.5}).numbers("level")
    np.testing.assert_array_equal(found, [2.0, np.nan, 0.5])
    assert found.dtype == np.float64


def test_yes_and_no_are_one_and_zero() -> None:
    found = columns({"consent": True}, {"consent": False}, {}).numbers("consent")
    np.testing.assert_array_equal(found, [1.0, 0.0, np.nan])


def test_dates_are_years_apart() -> None:
    since = [date(2016, 1, 1), date(2026, 1, 1)]
    found = columns(*({"hired": day} for day in since)).numbers("hired")
    assert found[1] - found[0] == pytest.approx(10.0, abs=0.01)
    assert columns(*({"since": day} for day in since)).numbers("since") == pytest.approx(found)


def test_text_is_no_number() -> None:
    with pytest.raises(ProgramError, match="The field 'floor' holds text"):
        columns({"floor": 2}, {"floor": "two"}).numbers("floor")


def test_levels_share_one_vocabulary_of_skills_and_needs() -> None:
    found = columns({"skills": {"SQL": 3}, "needs": {"Python": 2}}, {"needs": {"sql": 1}})
    assert found.skill_names == {"sql": 0, "python": 1}
    assert found.levels("skills").toarray().tolist() == [[3.0, 0.0], [0.0, 0.0]]
    assert found.levels("needs").toarray().tolist() == [[0.0, 2.0], [1.0, 0.0]]


def test_of_two_names_that_fold_to_one_the_higher_level_counts() -> None:
    skills = {"Écriture": 2, "ecriture": 5, "ÉCRITURE": 3, "SQL": 1}
    found = columns({"skills": skills}, {"skills": {"ecriture": 1}}).levels("skills")
    assert found.toarray().tolist() == [[5.0, 1.0], [1.0, 0.0]]


def test_a_level_of_zero_is_stated() -> None:
    found = columns({"skills": {"SQL": 0}}, {}).levels("skills")
    assert np.diff(found.indptr).tolist() == [1, 0]
    assert found.toarray().tolist() == [[0.0], [0.0]]


def test_interests_are_one_where_somebody_has_them() -> None:
    found = columns({"interests": ["Chess", "CHESS", "Choir"]}, {}, {"interests": ["choir"]})
    assert found.interests().toarray().tolist() == [[1.0, 1.0], [0.0, 0.0], [0.0, 1.0]]


def test_languages_are_their_primary_subtags() -> None:
    found = columns({"languages": ["fr-CA", "fr", "en"]}, {"languages": ["en-GB"]}).languages()
    assert found.toarray().tolist() == [[1.0, 1.0], [0.0, 1.0]]


def test_slots_follow_the_zone_of_each_person_and_the_reference_date() -> None:
    found = columns(
        {"availability": "Mon 9-10", "time_zone": "Europe/Paris"}, {"availability": "Mon 8-9"}, {}
    )
    winter, summer = found.slots(date(2026, 1, 15)), found.slots(date(2026, 7, 15))
    assert winter.shape == (3, 336)
    assert np.array_equal(winter[0], winter[1])
    assert not np.array_equal(summer[0], summer[1])
    assert not winter[2].any()


def test_managers_are_positions_or_minus_one() -> None:
    roster = Roster.from_records(
        [
            {"id": "A", "manager": "B"},
            {"id": "B"},
            {"id": "C", "manager": "Z"},
            {"id": "D", "manager": "D"},
        ],
        allow=["unknown-manager"],
    )
    assert roster.columns.managers.tolist() == [1, -1, -1, 3]


def test_nobody_makes_empty_arrays() -> None:
    found = columns()
    assert found.codes("site").values.shape == (0,)
    assert found.numbers("level").shape == (0,)
    assert found.levels("skills").shape == (0, 0)
    assert found.interests().shape == (0, 0)
    assert found.slots(REFERENCE).shape == (0, 336)
    assert found.managers.shape == (0,)


def test_a_field_that_nobody_has_is_refused_with_the_closest_name() -> None:
    found = columns({"team": "Blue"})
    with pytest.raises(ProgramError, match=r"No participant has a field 'tem'\. Did you mean"):
        found.codes("tem")
    with pytest.raises(ProgramError, match=r"No participant has a field 'xyzzy'\.$"):
        found.numbers("xyzzy")


@pytest.mark.parametrize("name", LISTS)
def test_a_field_that_holds_a_list_is_refused(name: str) -> None:
    with pytest.raises(ProgramError, match=f"The field '{name}' holds a list"):
        columns({}).values(name)


def test_every_other_field_can_be_read_one_value_a_person() -> None:
    found = columns({})
    for name in sorted(set(Participant.model_fields) - set(LISTS)):
        assert len(found.values(name)) == 1


def test_fields_of_a_subclass_can_be_read_beside_people_without_them() -> None:
    people = [Employee(id="A", shoe_size=43, union="Red"), Participant(id="B")]
    found = Roster(people).columns
    np.testing.assert_array_equal(found.numbers("shoe_size"), [43.0, np.nan])
    assert found.codes("union").values.tolist() == [0, -1]


def test_protected_are_marked_fields_and_what_anybody_has_as_protected() -> None:
    people = [
        Employee(id="A", union="Red"),
        Participant(id="B", protected=FrozenDict({"religion": "x"})),
        Participant(id="C", attributes=FrozenDict({"religion": "y", "team": "z"})),
    ]
    expected = {"age", "gender", "protected", "union", "religion"}
    assert Roster(people).columns.protected_fields == expected
    assert Roster([]).columns.protected_fields == {"age", "gender", "protected"}


def test_a_protected_field_is_refused_to_who_was_not_allowed_to_read_it() -> None:
    side, _ = sides_of([Participant(id="A", protected=FrozenDict({"religion": "x"}))])
    for name in ("age", "gender", "religion"):
        with pytest.raises(ProgramError, match=f"Gap reads '{name}', which is protected.*allow_p"):
            side.check_readable(name, "Gap", allow_protected=False)
        side.check_readable(name, "Gap", allow_protected=True)
    side.check_readable("level", "Gap", allow_protected=False)


def test_a_side_is_some_rows_of_the_columns() -> None:
    roster = Roster.from_records(
        {
            "id": f"P{k}",
            "level": k,
            "site": f"S{k}",
            "skills": {f"K{k}": k + 1},
            "interests": [f"I{k}"],
            "languages": ["fr" if k % 2 else "en"],
            "availability": f"Mon {k + 8}-{k + 9}" if k else None,
        }
        for k in range(4)
    )
    whole = roster.columns
    side, other = sides_of(roster, [1, 3], [0, 2, 3])
    rows = [1, 3]
    assert len(side) == 2
    assert [person.id for person in side.people] == ["P1", "P3"]
    assert side.person(1) is roster["P3"]
    assert side.positions.tolist() == [-1, 0, -1, 1]
    assert [side.position(name) for name in ("P1", "P3", "P0", "Z")] == [0, 1, -1, -1]
    assert side.numbers("level").tolist() == [1.0, 3.0]
    assert side.codes("site").values.tolist() == whole.codes("site").values[rows].tolist()
    assert side.codes("site").categories == other.codes("site").categories
    assert np.array_equal(side.levels("skills").toarray(), whole.levels("skills").toarray()[rows])
    assert np.array_equal(side.interests().toarray(), whole.interests().toarray()[rows])
    assert np.array_equal(side.languages().toarray(), whole.languages().toarray()[rows])
    assert np.array_equal(side.slots(), whole.slots(REFERENCE)[rows])
    assert side.has_availability().tolist() == [True, True]
    assert other.has_availability().tolist() == [False, True, True]


def test_an_empty_side_has_empty_arrays() -> None:
    side, _ = sides_of([Participant(id="A", skills=FrozenDict({"SQL": 1.0}))], [], [])
    assert len(side) == 0
    assert side.people == []
    assert side.levels("skills").shape == (0, 1)
    assert side.slots().shape == (0, 336)
    assert side.has_availability().shape == (0,)
    assert side.has_availability().dtype == np.bool_
    assert side.position("A") == -1


def test_repr_of_a_side_shows_nobody() -> None:
    side, _ = sides_of([Participant(id="A", name="Jeanne")])
    assert "Jeanne" not in repr(side)
    assert "'A'" not in repr(side)


def dense(rows: list[dict[str, float]], vocabulary: dict[str, int]) -> NDArray[np.float64]:
    matrix = np.zeros((len(rows), len(vocabulary)))
    for k, row in enumerate(rows):
        for name, value in row.items():
            place = vocabulary[MEANING[name]]
            matrix[k, place] = max(matrix[k, place], value)
    return matrix


@settings(max_examples=50)
@given(rosters({"skills": levels, "needs": levels}, max_size=6))
def test_levels_are_the_largest_by_person_and_meaning(roster: Roster) -> None:
    found = roster.columns
    for name in ("skills", "needs"):
        expected = dense([dict(getattr(person, name)) for person in roster], found.skill_names)
        assert np.array_equal(found.levels(name).toarray(), expected)


@settings(max_examples=50)
@given(two_sides({"interests": names}))
def test_common_interests_of_two_sides_are_a_matrix_product(sides: tuple[Side, Side]) -> None:
    mentors, mentees = sides
    common = (mentors.interests() @ mentees.interests().T).toarray()
    for i, mentor in enumerate(mentors.people):
        for j, mentee in enumerate(mentees.people):
            both = {MEANING[one] for one in mentor.interests} & {
                MEANING[one] for one in mentee.interests
            }
            assert common[i, j] == len(both)
