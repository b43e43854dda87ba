"""Objectives: written and read, prepared against people, and what they ask of a solver."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pairkit as pk
from pairkit.lowering import lower
from pairkit.objectives import Objective, OneObjective
from pairkit.values import aim_values
from tests.people import maybe, on_tile, rankings, rosters, sides_of

SCORING = '\n[[scoring]]\nscorer = "SkillCoverage"\n'

EVERY_OBJECTIVE: list[tuple[OneObjective, str]] = [
    (pk.Participation(), '"participation"'),
    (
        pk.Participation("experience", "mentor"),
        '{ objective = "participation", priority = "experience", role = "mentor" }',
    ),
    (
        pk.Participation(tolerance=0.05),
        '{ objective = "participation", tolerance = 0.05 }',
    ),
    (
        pk.Participation("age", allow_protected=True),
        '{ objective = "participation", priority = "age", allow_protected = true }',
    ),
    (pk.Quality(), '"quality"'),
    (pk.Quality(0.1), '{ objective = "quality", tolerance = 0.1 }'),
    (pk.Egalitarian(), '"egalitarian"'),
    (pk.Egalitarian(1), '{ objective = "egalitarian", steps = 1 }'),
    (pk.Stability(), '"stability"'),
    (
        pk.Continuity([("A", "B"), ("C", "D")]),
        '{ objective = "continuity", pairs = [["A", "B"], ["C", "D"]] }',
    ),
    (
        pk.Continuity([("A", "B")], tolerance=0.5),
        '{ objective = "continuity", pairs = [["A", "B"]], tolerance = 0.5 }',
    ),
]


def program(*objectives: OneObjective | str, **settings: object) -> pk.Program:
    return pk.Program.model_validate(
        {"scoring": [pk.SkillCoverage()], "objectives": objectives, **settings}
    )


@pytest.mark.parametrize(("objective", "text"), EVERY_OBJECTIVE, ids=repr)
def test_an_objective_is_the_same_in_python_toml_and_json(
    objective: OneObjective, text: str
) -> None:
    read = pk.Program.from_toml(f"objectives = [{text}]{SCORING}")
    assert read.objectives == (objective,)
    assert pk.Program.from_toml(read.to_toml()) == read
    assert pk.Program.from_json(read.to_json()) == read
    assert hash(objective) == hash(read.objectives[0])


@pytest.mark.parametrize(("objective", "text"), EVERY_OBJECTIVE, ids=repr)
def test_the_json_schema_takes_every_objective(objective: OneObjective, text: str) -> None:
    import jsonschema

    written = json.loads(program(objective).to_json())
    jsonschema.validate(written, pk.Program.json_schema())
    assert text  # the same as in TOML


def test_the_default_is_not_written() -> None:
    assert "objectives" not in program("participation", pk.Quality()).to_dict()
    assert program("Quality", pk.Objective.PARTICIPATION).to_dict()["objectives"] == [
        "quality",
        "participation",
    ]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("fun", "There is no objective 'fun'. Known: participation, quality"),
        ("qualty", "There is no objective 'qualty'. Did you mean 'quality'?"),
        (5, "objectives.0: An objective needs a name: objective = one of participation"),
        ({"priority": "level"}, "An objective needs a name"),
        ({"objective": "quality", "steps": 2}, "objective quality: steps: there is no such param"),
        ({"objective": "quality", "tolerance": 1.0}, "objective quality: tolerance: .*less than 1"),
        ({"objective": "quality", "tolerance": -0.1}, "tolerance: .*greater than or equal to 0"),
        ({"objective": "egalitarian", "steps": 0}, "steps: .*greater than or equal to 1"),
        ({"objective": "participation", "role": "boss"}, "role: Input should be 'mentor' or"),
        ({"objective": "continuity", "most_broken": -1}, "objective continuity: most_broken"),
        ({"objective": "continuity", "pairs": [["A"]]}, "objective continuity: pairs.0"),
    ],
)
def test_a_bad_objective_is_refused_with_a_way_out(value: object, words: str) -> None:
    with pytest.raises(pk.ProgramError, match=words if "*" in words else re.escape(words)):
        pk.Program.from_json(
            json.dumps({"scoring": [{"scorer": "SkillCoverage"}], "objectives": [value]})
        )


@pytest.mark.parametrize(
    "value",
    [
        "qualty",
        {"objective": "continuity", "pairs": "A"},
        {"objective": "quality", "steps": 2},
        5,
    ],
)
def test_the_json_schema_refuses_what_reading_refuses(value: object) -> None:
    import jsonschema

    written = {"scoring": [{"scorer": "SkillCoverage"}], "objectives": [value]}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(written, pk.Program.json_schema())


def test_continuity_without_pairs_keeps_its_place_until_there_are_some() -> None:
    import jsonschema

    written = {"scoring": [{"scorer": "SkillCoverage"}], "objectives": ["quality", "continuity"]}
    jsonschema.validate(written, pk.Program.json_schema())
    program = pk.Program.from_json(json.dumps(written))
    roster = pk.datasets.sample(40)
    matching = pk.match(roster, program)
    assert [level.value for level in matching.levels][1] == 0.0
    alone = pk.match(roster, program.model_copy(update={"objectives": (pk.Quality(),)}))
    assert matching.levels[0].value == pytest.approx(alone.levels[0].value)


def test_one_objective_twice_needs_other_settings() -> None:
    with pytest.raises(pk.ProgramError, match="objectives are different ones; one is there twice"):
        pk.Program.from_toml(f'objectives = ["quality", {{ objective = "quality" }}]{SCORING}')
    both = program("participation", pk.Participation("level"))
    assert len(both.objectives) == 2


# Prepared against people


def people(**values: list[object]) -> pk.Roster:
    size = len(next(iter(values.values())))
    return pk.Roster.from_records(
        [{"id": f"P{k}"} | {field: values[field][k] for field in values} for k in range(size)]
    )


def test_participation_counts_what_the_people_of_a_side_have() -> None:
    sides = sides_of(people(level=[2, None, 4]), [0, 1], [1, 2])
    aim = pk.Participation("level", tolerance=0.1).prepare(*sides)
    assert aim.weight is not None
    assert on_tile(aim.weight, (2, 2)).tolist() == [[0.0, 4.0], [0.0, 4.0]]
    assert (aim.objective, aim.tolerance) == (Objective.PARTICIPATION, 0.1)
    other = pk.Participation("level", "mentor").prepare(*sides)
    assert other.weight is not None
    assert on_tile(other.weight, (2, 2)).tolist() == [[2.0, 2.0], [0.0, 0.0]]
    assert pk.Participation().prepare(*sides).weight is None


@pytest.mark.parametrize(
    ("objective", "words"),
    [
        (pk.Participation("waitng"), r"No participant has a field 'waitng'\. .*'waiting'"),
        (pk.Participation("waiting"), "the priority 'waiting' of 'P1' is below 0"),
        (pk.Participation("site"), "The field 'site' holds text"),
        (pk.Participation("age"), "Participation reads 'age', which is protected"),
        (pk.Participation("skills"), "The field 'skills' holds a list"),
    ],
)
def test_a_priority_that_cannot_be_read_is_told(objective: pk.Participation, words: str) -> None:
    records = [
        {"id": "P0", "site": "Lyon", "attributes": {"waiting": 1}, "age": 60},
        {"id": "P1", "site": "Lyon", "attributes": {"waiting": -1}, "age": 30},
    ]
    with pytest.raises(pk.ProgramError, match=words):
        objective.prepare(*sides_of(pk.Roster.from_records(records)))


def test_a_priority_below_zero_matters_only_on_its_side() -> None:
    roster = pk.Roster.from_records(
        [
            {"id": "P0", "attributes": {"waiting": -1}},
            {"id": "P1", "attributes": {"waiting": 3}},
        ]
    )
    aim = pk.Participation("waiting").prepare(*sides_of(roster, [0], [1]))
    assert aim.weight is not None
    assert on_tile(aim.weight, (1, 1)).tolist() == [[3.0]]


def test_a_protected_priority_with_permission() -> None:
    sides = sides_of(people(age=[30, 60]))
    aim = pk.Participation("age", allow_protected=True).prepare(*sides)
    assert aim.weight is not None
    assert on_tile(aim.weight, (2, 2)).tolist() == [[30.0, 60.0]] * 2


def test_quality_egalitarian_and_stability_carry_their_settings() -> None:
    sides = sides_of(people(level=[1]))
    assert pk.Quality(0.2).prepare(*sides).tolerance == 0.2
    assert pk.Egalitarian(5).prepare(*sides).steps == 5
    assert pk.Egalitarian().steps == pk.Aim(Objective.EGALITARIAN).steps
    assert pk.Stability().prepare(*sides).plain


def test_continuity_keeps_pairs_that_can_still_be_made() -> None:
    sides = sides_of(people(level=[1, 2, 3]), [0, 1], [2])
    aim = pk.Continuity([("P0", "P2"), ("P2", "P0"), ("P1", "gone"), ("P0", "P2")]).prepare(*sides)
    assert aim.weight is not None
    assert on_tile(aim.weight, (2, 1)).tolist() == [[1.0], [0.0]]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: pk.Aim(Objective.QUALITY, tolerance=1.0), "tolerance must be from 0 up, below 1"),
        (lambda: pk.Aim(Objective.QUALITY, tolerance=float("nan")), "tolerance must be"),
        (lambda: pk.Aim(Objective.EGALITARIAN, steps=0), "steps must be from 1 up; there are 0"),
        (lambda: pk.Aim(Objective.CONTINUITY), "continuity needs the earlier pairs"),
    ],
)
def test_an_aim_checks_its_numbers(make: object, words: str) -> None:
    assert callable(make)
    with pytest.raises(pk.ProblemError, match=words):
        make()


# Stability: the wishes of people come before the score


FIELDS: dict[str, st.SearchStrategy[object]] = {
    "site": maybe(st.sampled_from(["Lyon", "Paris"])),
    "preferences": rankings(),
}


@given(rosters(FIELDS, min_size=1, max_size=6))
def test_everybody_prefers_whom_they_named_in_that_order_then_the_score(roster: pk.Roster) -> None:
    policy = pk.Program(
        scoring=[pk.Same("site", missing=0.3), pk.PreferenceRank()],
        rules=[pk.DifferentValue("site", penalty=0.4)],
        objectives=("stability", "quality"),
        roles=pk.Roles(),
    )
    everybody = pk.Roster([one.model_copy(update={"roles": frozenset(pk.Role)}) for one in roster])
    lowered = lower(everybody, policy)
    preferences = lowered.problem.preferences
    assert preferences is not None
    n, ids = len(everybody), [one.id for one in everybody]
    i, j = (places.ravel() for places in np.indices((n, n)))
    score = lowered.problem.space.pairs(i, j)
    for side, wants, own, other in (
        (lowered.mentors, preferences.mentors, i, j),
        (lowered.mentees, preferences.mentees, j, i),
    ):
        tile = wants.pairs(i, j)
        assert np.array_equal(tile.allowed, score.allowed)
        for person in range(n):
            mine = np.flatnonzero((own == person) & tile.allowed)
            rank = {
                name: k for k, group in enumerate(side.people[person].preferences) for name in group
            }
            expected = sorted(mine, key=lambda k: (rank.get(ids[other[k]], 99), -score.scores[k]))
            values = tile.scores[expected]
            assert (np.diff(values) <= 1e-9).all()
            ranks = [rank.get(ids[other[k]], 99) for k in expected]
            assert all(
                values[k] > values[k + 1] for k in range(len(ranks) - 1) if ranks[k] < ranks[k + 1]
            )


def test_without_stability_there_are_no_preferences_to_keep() -> None:
    assert lower(people(site=["Lyon"]), program("quality")).problem.preferences is None


# What a problem asks of a solver


@pytest.mark.parametrize(
    ("objectives", "features"),
    [
        (("participation", "quality"), {pk.Feature.PARTICIPATION_FIRST}),
        (("quality",), {pk.Feature.QUALITY_ALONE}),
        (("quality", "participation"), {pk.Feature.OTHER_ORDERS}),
        (
            (pk.Participation("level"), "quality"),
            {pk.Feature.PARTICIPATION_FIRST, pk.Feature.PRIORITIES},
        ),
        (
            ("participation", pk.Quality(0.1)),  # the last one: nothing comes after it
            {pk.Feature.PARTICIPATION_FIRST},
        ),
        (
            (pk.Participation(tolerance=0.1), "quality"),
            {pk.Feature.PARTICIPATION_FIRST, pk.Feature.TOLERANCES},
        ),
        (("egalitarian",), {pk.Feature.OTHER_ORDERS, pk.Feature.EGALITARIAN}),
        (("stability", "quality"), {pk.Feature.OTHER_ORDERS, pk.Feature.STABILITY}),
    ],
)
def test_features_follow_from_the_objectives(
    objectives: tuple[OneObjective | str, ...], features: set[pk.Feature]
) -> None:
    assert lower(people(level=[1]), program(*objectives)).problem.features == features


def test_values_of_all_objectives() -> None:
    problem = pk.Problem.from_scores(
        [[0.9, 0.4], [0.5, 0.1]],
        objectives=("participation", "quality", "egalitarian", "stability", "continuity"),
        earlier=[(0, 1)],
    )
    i, j = np.array([0, 1]), np.array([1, 0])
    found = aim_values(problem, i, j, problem.space.pairs(i, j).scores)
    assert found == pytest.approx((2, 0.9, 0.4, 1, 1))
    nothing = np.zeros(0, dtype=np.int64)
    assert aim_values(problem, nothing, nothing, np.zeros(0)) == (0, 0, 0, 4, 0)
