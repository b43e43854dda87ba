"""Every scorer is the formula in its docstring, for tiles as for single pairs, and stays in [0, 1].

The formulas below are written for one pair of people at a time, from the documentation alone.
"""

from __future__ import annotations

import math
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import FrozenInstanceError, dataclass
from datetime import date
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pydantic import ValidationError

from pairkit.encoding import Side
from pairkit.errors import MissingExtraError, ProgramError
from pairkit.parts import Bilinear, Elementwise, Part
from pairkit.profiles import Participant
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
    Weighted,
    WeightedPart,
)
from tests.people import (
    FREE,
    MEANING,
    dates,
    grid,
    labels,
    languages,
    levels,
    maybe,
    names,
    on_pairs,
    on_tile,
    rankings,
    sides_of,
    two_sides,
    units,
    windows,
)

Formula = Callable[[Participant, Participant, Sequence[Participant], Sequence[Participant]], float]
"""The value of a mentor with a mentee, among all mentors and all mentees."""

Combine = Literal["mean", "min", "geometric"]
COMBINE: tuple[Combine, ...] = ("mean", "min", "geometric")
partners: st.SearchStrategy[Literal["mentor", "mentee", "both"]] = st.sampled_from(
    ["mentor", "mentee", "both"]
)


@dataclass(frozen=True)
class Case:
    """A scorer, and what it should say."""

    scorer: Scorer
    value: Formula


# The formulas


def by_meaning(stated: Mapping[str, float]) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, level in stated.items():
        found[MEANING[name]] = max(level, found.get(MEANING[name], 0.0))
    return found


@st.composite
def coverage(draw: st.DrawFn) -> Case:
    full, missing = draw(st.sampled_from([0.5, 1.0, 4.0])), draw(units)
    rarity = draw(st.booleans())

    def value(
        mentor: Participant, mentee: Participant, mentors: Sequence[Participant], _: object
    ) -> float:
        can, wants = by_meaning(mentor.skills), by_meaning(mentee.needs)

        def rare(skill: str) -> float:
            know = sum(by_meaning(one.skills).get(skill, 0.0) > 0 for one in mentors)
            return 1 + math.log((1 + len(mentors)) / (1 + know)) if rarity else 1.0

        total = sum(priority * rare(skill) for skill, priority in wants.items())
        if not can or total == 0:
            return missing
        met = (p * rare(s) * min(can.get(s, 0.0) / full, 1.0) for s, p in wants.items())
        return sum(met) / total

    return Case(SkillCoverage(full, rarity=rarity, missing=missing), value)


@st.composite
def interests(draw: st.DrawFn) -> Case:
    missing = draw(units)
    cosine = draw(st.booleans())

    def value(mentor: Participant, mentee: Participant, *_: object) -> float:
        one, other = ({MEANING[name] for name in p.interests} for p in (mentor, mentee))
        if not one or not other:
            return missing
        below = math.sqrt(len(one) * len(other)) if cosine else len(one | other)
        return len(one & other) / below

    return Case(SharedInterests("cosine" if cosine else "jaccard", missing=missing), value)


@st.composite
def language(draw: st.DrawFn) -> Case:
    missing = draw(units)

    def value(mentor: Participant, mentee: Participant, *_: object) -> float:
        one, other = ({tag[:2] for tag in p.languages} for p in (mentor, mentee))
        return float(bool(one & other)) if one and other else missing

    return Case(SharedLanguage(missing=missing), value)


@st.composite
def overlap(draw: st.DrawFn) -> Case:
    enough, missing = draw(st.sampled_from([0.5, 1.0, 3.0])), draw(units)

    def value(mentor: Participant, mentee: Participant, *_: object) -> float:
        if not mentor.availability or not mentee.availability:
            return missing
        one, other = (
            frozenset[int]().union(*(FREE[str(window)] for window in p.availability))
            for p in (mentor, mentee)
        )
        return min(len(one & other) / 2 / enough, 1.0)

    return Case(AvailabilityOverlap(enough, missing=missing), value)


def years(value: object) -> float | None:
    if isinstance(value, date):
        year = date(value.year, 1, 1).toordinal()
        days = date(value.year + 1, 1, 1).toordinal() - year
        return value.year + (value.toordinal() - year) / days
    return float(value) if isinstance(value, int | float) else None


@st.composite
def gap(draw: st.DrawFn) -> Case:
    field = draw(st.sampled_from(["level", "hired", "team"]))
    ideal, width = draw(st.sampled_from([-2.0, 0.0, 1.5])), draw(st.sampled_from([1.0, 3.0]))
    missing = draw(units)

    def value(mentor: Participant, mentee: Participant, *_: object) -> float:
        high, low = years(mentor.value(field)), years(mentee.value(field))
        if high is None or low is None:
            return missing
        return max(1 - abs(high - low - ideal) / width, 0.0)

    return Case(Gap(field, ideal=ideal, width=width, missing=missing), value)


@st.composite
def sameness(draw: st.DrawFn) -> Case:
    missing = draw(units)
    same = draw(st.booleans())

    def value(mentor: Participant, mentee: Participant, *_: object) -> float:
        if mentor.site is None or mentee.site is None:
            return missing
        return float((MEANING[mentor.site] == MEANING[mentee.site]) == same)

    kind = Same if same else Different
    return Case(kind("site", missing=missing), value)


@st.composite
def preference(draw: st.DrawFn) -> Case:
    by = draw(partners)
    unranked = draw(units)

    def worth(ranker: Participant, ranked: Participant) -> float:
        groups = ranker.preferences
        ranks = [rank for rank, group in enumerate(groups) if ranked.id in group]
        return 1 - (1 - unranked) * ranks[0] / len(groups) if ranks else unranked

    def value(mentor: Participant, mentee: Participant, *_: object) -> float:
        one, other = worth(mentor, mentee), worth(mentee, mentor)
        return {"mentor": one, "mentee": other, "both": (one + other) / 2}[by]

    return Case(PreferenceRank(by, unranked=unranked), value)


WORDS = {"Excel": "excel", "excel": "excel", "Équipe": "equipe", "equipe": "equipe", "SQL,": "sql"}
texts = maybe(st.lists(st.sampled_from([*WORDS, "à", "x", "-"]), max_size=5).map(" ".join))


def words(text: object) -> Counter[str]:
    return Counter(WORDS[word] for word in str(text or "").split() if word in WORDS)


@st.composite
def text(draw: st.DrawFn) -> Case:
    missing = draw(units)
    other = draw(st.sampled_from([None, "wish"]))

    def value(
        mentor: Participant,
        mentee: Participant,
        mentors: Sequence[Participant],
        mentees: Sequence[Participant],
    ) -> float:
        everything = [words(one.about) for one in mentors]
        everything += [words(one.value(other or "about")) for one in mentees]

        def vector(text: object) -> dict[str, float]:
            return {
                word: (1 + math.log(count))
                * (1 + math.log((1 + len(everything)) / (1 + sum(word in d for d in everything))))
                for word, count in words(text).items()
            }

        one, two = vector(mentor.about), vector(mentee.value(other or "about"))
        if not one or not two:
            return missing
        product = sum(weight * two.get(word, 0.0) for word, weight in one.items())
        return product / (math.hypot(*one.values()) * math.hypot(*two.values()))

    return Case(TextSimilarity("about", other, missing=missing), value)


vectors = st.lists(st.sampled_from([-1.0, 0.0, 0.5, 3.0]), min_size=3, max_size=3)


@st.composite
def embedding(draw: st.DrawFn) -> Case:
    missing = draw(units)
    given = draw(st.dictionaries(st.sampled_from([f"P{k}" for k in range(7)]), vectors))

    def value(mentor: Participant, mentee: Participant, *_: object) -> float:
        one, other = (given.get(p.id, [0.0]) for p in (mentor, mentee))
        if not any(one) or not any(other):
            return missing
        product = sum(a * b for a, b in zip(one, other, strict=True))
        return (1 + product / (math.hypot(*one) * math.hypot(*other))) / 2

    return Case(Vectors(given, missing=missing), value)


def closeness(mentor: Participant, mentee: Participant) -> float:
    return 1 / (1 + abs((mentor.level or 0) - 2 * (mentee.level or 0)))


def function() -> st.SearchStrategy[Case]:
    return st.just(
        Case(PairFunction(closeness), lambda mentor, mentee, *_: closeness(mentor, mentee))
    )


@st.composite
def two_way(draw: st.DrawFn, inner: st.SearchStrategy[Case]) -> Case:
    of = draw(inner)
    combine = draw(st.sampled_from(COMBINE))

    def value(
        mentor: Participant,
        mentee: Participant,
        mentors: Sequence[Participant],
        mentees: Sequence[Participant],
    ) -> float:
        there = of.value(mentor, mentee, mentors, mentees)
        back = of.value(mentee, mentor, mentees, mentors)
        if combine == "mean":
            return (there + back) / 2
        return min(there, back) if combine == "min" else math.sqrt(max(there * back, 0.0))

    return Case(TwoWay(of.scorer, combine), value)


FIELDS: dict[str, dict[str, st.SearchStrategy[object]]] = {
    "coverage": {"skills": levels, "needs": levels},
    "interests": {"interests": names},
    "language": {"languages": languages},
    "overlap": {"availability": windows},
    "gap": {
        "level": maybe(st.sampled_from([0.0, 1.0, 2.5, -3.0])),
        "hired": maybe(dates),
        "attributes": st.fixed_dictionaries({"team": st.integers(0, 4)}),
    },
    "sameness": {"site": maybe(labels)},
    "preference": {"preferences": rankings()},
    "text": {
        "about": texts,
        "attributes": st.fixed_dictionaries({"wish": st.sampled_from(["", "SQL, Excel", "x"])}),
    },
    "embedding": {},
    "function": {"level": maybe(st.integers(0, 3))},
}
SCORERS: dict[str, st.SearchStrategy[Case]] = {
    "coverage": coverage(),
    "interests": interests(),
    "language": language(),
    "overlap": overlap(),
    "gap": gap(),
    "sameness": sameness(),
    "preference": preference(),
    "text": text(),
    "embedding": embedding(),
    "function": function(),
}


def values_of(scorer: Scorer, mentors: Side, mentees: Side) -> tuple[Part, NDArray[np.float64]]:
    """Return the part and its values, after a check that tiles and single pairs agree."""
    part = scorer.prepare(mentors, mentees)
    shape = len(mentors), len(mentees)
    tile = on_tile(part, shape)
    assert tile.shape == shape
    assert tile.dtype == np.float64
    np.testing.assert_allclose(on_pairs(part, shape), tile, rtol=0, atol=1e-12)
    assert ((tile >= -1e-12) & (tile <= 1 + 1e-12)).all()
    return part, tile


def check(case: Case, mentors: Side, mentees: Side) -> None:
    def value(mentor: Participant, mentee: Participant) -> float:
        return case.value(mentor, mentee, mentors.people, mentees.people)

    _, tile = values_of(case.scorer, mentors, mentees)
    np.testing.assert_allclose(tile, grid(value, mentors, mentees), rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", SCORERS)
@settings(max_examples=50)
@given(data=st.data())
def test_a_scorer_is_its_formula(name: str, data: st.DataObject) -> None:
    check(data.draw(SCORERS[name]), *data.draw(two_sides(FIELDS[name])))


@pytest.mark.parametrize("name", SCORERS)
@settings(max_examples=25)
@given(data=st.data())
def test_two_ways_are_both_directions_of_any_scorer(name: str, data: st.DataObject) -> None:
    check(data.draw(two_way(SCORERS[name])), *data.draw(two_sides(FIELDS[name], max_size=4)))


@pytest.mark.parametrize("name", SCORERS)
@pytest.mark.parametrize(("mentors", "mentees"), [([], []), ([0], []), ([], [0])])
@settings(max_examples=3)
@given(data=st.data())
def test_an_empty_side_makes_an_empty_tile(
    name: str, mentors: list[int], mentees: list[int], data: st.DataObject
) -> None:
    person = {field: data.draw(strategy) for field, strategy in FIELDS[name].items()}
    sides = sides_of([Participant.model_validate({"id": "P0", **person})], mentors, mentees)
    check(data.draw(SCORERS[name]), *sides)


# Examples computed by hand


def pair(mentor: Mapping[str, object], mentee: Mapping[str, object]) -> tuple[Side, Side]:
    people = [
        Participant.model_validate({"id": name, **stated})
        for name, stated in (("M", mentor), ("E", mentee))
    ]
    return sides_of(people, [0], [1])


def score(scorer: Scorer, mentor: Mapping[str, object], mentee: Mapping[str, object]) -> float:
    _, tile = values_of(scorer, *pair(mentor, mentee))
    return float(tile[0, 0])


BUSY = {"availability": "Mon 9-12"}
PARIS = {"availability": "Mon 9-11", "time_zone": "Europe/Paris"}


@pytest.mark.parametrize(
    ("scorer", "mentor", "mentee", "expected"),
    [
        (SkillCoverage(), {"skills": ["A", "B"]}, {"needs": ["A", "C"]}, 0.5),
        (SkillCoverage(), {"skills": ["a "]}, {"needs": ["Á"]}, 1.0),
        (SkillCoverage(), {"skills": {"A": 3}}, {"needs": {"A": 3, "B": 1}}, 0.75),
        (SkillCoverage(4), {"skills": {"A": 3}}, {"needs": {"A": 3, "B": 1}}, 0.5625),
        (SkillCoverage(), {"skills": {"A": 0}}, {"needs": {"A": 1}}, 0.0),
        (SharedInterests(), {"interests": ["a", "b"]}, {"interests": ["b"]}, math.sqrt(0.5)),
        (SharedInterests("jaccard"), {"interests": ["a", "b"]}, {"interests": ["b", "c"]}, 1 / 3),
        (SharedLanguage(), {"languages": ["fr-CA"]}, {"languages": ["en", "fr"]}, 1.0),
        (SharedLanguage(), {"languages": ["fr"]}, {"languages": ["en"]}, 0.0),
        (AvailabilityOverlap(), BUSY, {"availability": "Mon 11-13"}, 0.5),
        (AvailabilityOverlap(), BUSY, {"availability": "Mon 9-12"}, 1.0),
        (AvailabilityOverlap(), BUSY, {"availability": "Tue 9-12"}, 0.0),
        (AvailabilityOverlap(4), BUSY, PARIS, 0.25),
        (Gap("level", ideal=-2, width=4), {"level": 1}, {"level": 3}, 1.0),
        (Gap("level", ideal=-2, width=4), {"level": 1}, {"level": 4}, 0.75),
        (Gap("level", ideal=-2, width=4), {"level": 1}, {"level": 0}, 0.25),
        (Gap("level", ideal=-2, width=4), {"level": 9}, {"level": 0}, 0.0),
        (Gap("age", width=10, allow_protected=True), {"age": 30}, {"age": 35}, 0.5),
        (Same("site"), {"site": "Orléans"}, {"site": "ORLEANS"}, 1.0),
        (Same("team"), {"attributes": {"team": 1}}, {"attributes": {"team": 2}}, 0.0),
        (Different("site"), {"site": "Orléans"}, {"site": "ORLEANS"}, 0.0),
        (Different("site"), {"site": "Orléans"}, {"site": "Lyon"}, 1.0),
        (PreferenceRank(), {"preferences": "E"}, {}, 0.75),
        (PreferenceRank("mentor"), {"preferences": "E"}, {}, 1.0),
        (PreferenceRank("mentee"), {"preferences": "E"}, {}, 0.5),
        (PreferenceRank("mentor"), {"preferences": "X > E"}, {}, 0.75),
        (PreferenceRank("mentor", unranked=0), {"preferences": "X > Y = E"}, {}, 0.5),
        (PreferenceRank(unranked=0), {"preferences": "E"}, {"preferences": "X > M"}, 0.75),
        (TextSimilarity(), {"about": "Budget"}, {"about": "budget, x"}, 1.0),
        (TextSimilarity(), {"about": "budget"}, {"about": "travel"}, 0.0),
        (Vectors({"M": [1, 0], "E": [0, 2]}), {}, {}, 0.5),
        (Vectors({"M": [1, 0], "E": [-3, 0]}), {}, {}, 0.0),
        (PairFunction(lambda mentor, _: (mentor.level or 0) / 4), {"level": 1}, {}, 0.25),
        (TwoWay(SkillCoverage()), {"skills": ["A"]}, {"needs": ["A"]}, 0.75),
        (TwoWay(Gap("level", ideal=1, width=2)), {"level": 1}, {"level": 0}, 0.5),
        (TwoWay(Gap("level", ideal=1, width=2), "min"), {"level": 1}, {"level": 0}, 0.0),
        (TwoWay(Gap("level", ideal=1, width=4), "geometric"), {"level": 1}, {}, 0.5),
    ],
)
def test_an_example_computed_by_hand(
    scorer: Scorer, mentor: Mapping[str, object], mentee: Mapping[str, object], expected: float
) -> None:
    assert score(scorer, mentor, mentee) == pytest.approx(expected, abs=1e-12)


def test_rare_skills_decide_where_rarity_counts() -> None:
    people = [
        Participant.model_validate({"id": name, **stated})
        for name, stated in {
            "M1": {"skills": ["Common"]},
            "M2": {"skills": ["Common", "Rare"]},
            "M3": {"skills": ["Common"]},
            "E": {"needs": ["Common", "Rare"]},
        }.items()
    ]
    sides = sides_of(people, [0, 1, 2], [3])
    common, rare = 1 + math.log(4 / 4), 1 + math.log(4 / 2)
    _, plain = values_of(SkillCoverage(), *sides)
    _, weighted = values_of(SkillCoverage(rarity=True), *sides)
    assert plain.ravel().tolist() == [0.5, 1.0, 0.5]
    assert weighted.ravel() == pytest.approx(
        [common / (common + rare), 1.0, common / (common + rare)]
    )


def test_preparing_a_scorer_leaves_the_columns_of_the_roster_alone() -> None:
    mentors, mentees = pair({"skills": {"A": 8}}, {"needs": {"A": 2, "B": 2}})
    before = mentors.levels("skills").toarray(), mentees.levels("needs").toarray()
    SkillCoverage(10, rarity=True).prepare(mentors, mentees)
    assert np.array_equal(mentors.levels("skills").toarray(), before[0])
    assert np.array_equal(mentees.levels("needs").toarray(), before[1])


# Missing data

STATED: dict[str, object] = {
    "skills": ["A"],
    "needs": ["A"],
    "interests": ["a"],
    "languages": ["fr"],
    "availability": "Mon 9-12",
    "level": 1,
    "site": "Lyon",
    "about": "budget",
}


@pytest.mark.parametrize("missing", [0.0, 0.3, 1.0])
@pytest.mark.parametrize(
    "make",
    [
        lambda missing: SkillCoverage(missing=missing),
        lambda missing: SkillCoverage(3, rarity=True, missing=missing),
        lambda missing: SharedInterests(missing=missing),
        lambda missing: SharedInterests("jaccard", missing=missing),
        lambda missing: SharedLanguage(missing=missing),
        lambda missing: AvailabilityOverlap(missing=missing),
        lambda missing: Gap("level", missing=missing),
        lambda missing: Same("site", missing=missing),
        lambda missing: Different("site", missing=missing),
        lambda missing: PreferenceRank(unranked=missing),
        lambda missing: TextSimilarity(missing=missing),
        lambda missing: Vectors({"P0": [1.0, 2.0], "P9": [1.0, 1.0]}, missing=missing),
        lambda missing: TwoWay(SharedInterests(missing=missing)),
        lambda missing: TwoWay(Gap("level", missing=missing), "min"),
    ],
)
def test_what_nobody_stated_is_exactly_the_missing_value(
    make: Callable[[float], Scorer], missing: float
) -> None:
    people = [Participant.model_validate({"id": "P0", **STATED}), Participant(id="P1")]
    mentors, mentees = sides_of(people)
    part, tile = values_of(make(missing), mentors, mentees)
    unknown = [tile[0, 1], tile[1, 0], tile[1, 1]]
    assert unknown == [missing] * 3
    assert on_pairs(part, (2, 2))[1].tolist() == [missing] * 2


def test_missing_data_is_neutral_unless_said_otherwise() -> None:
    scorers: list[Scorer] = [
        SkillCoverage(),
        SharedInterests(),
        SharedLanguage(),
        AvailabilityOverlap(),
        Gap("level"),
        Same("site"),
        Different("site"),
        PreferenceRank(),
        TextSimilarity(),
        Vectors({}),
    ]
    assert [score(scorer, {}, {}) for scorer in scorers] == [0.5] * len(scorers)


@pytest.mark.parametrize("about", [None, "", "x à -", " "])
def test_texts_without_a_word_are_missing(about: str | None) -> None:
    assert score(TextSimilarity(missing=0.2), {"about": about}, {"about": "budget"}) == 0.2
    assert score(TextSimilarity(missing=0.2), {"about": about}, {"about": about}) == 0.2


def test_needs_without_priority_are_missing() -> None:
    assert score(SkillCoverage(missing=0.2), {"skills": ["A"]}, {"needs": {"A": 0}}) == 0.2


def test_the_two_sides_may_be_compared_by_different_texts() -> None:
    scorer = TextSimilarity("about", "wish")
    mentee = {"about": "travel", "attributes": {"wish": "Budget"}}
    assert score(scorer, {"about": "budget"}, mentee) == pytest.approx(1.0)


# Fields that cannot be read


@pytest.mark.parametrize(
    ("scorer", "field"),
    [
        (Gap("age"), "age"),
        (Same("gender"), "gender"),
        (Different("gender"), "gender"),
        (Same("faith"), "faith"),
        (TextSimilarity("gender"), "gender"),
        (TextSimilarity("about", "faith"), "faith"),
        (TwoWay(Same("gender")), "gender"),
    ],
)
def test_a_protected_field_is_refused(scorer: Scorer, field: str) -> None:
    sides = pair({"age": 30, "gender": "x", "protected": {"faith": "y"}}, {"about": "z"})
    with pytest.raises(ProgramError, match=f"reads '{field}', which is protected"):
        scorer.prepare(*sides)


@pytest.mark.parametrize(
    ("scorer", "expected"),
    [
        (Gap("age", width=10, allow_protected=True), 0.5),
        (Same("gender", allow_protected=True), 0.0),
        (Different("gender", allow_protected=True), 1.0),
        (Same("faith", allow_protected=True), 1.0),
        (TextSimilarity("faith", allow_protected=True), 1.0),
    ],
)
def test_a_protected_field_is_read_where_that_is_allowed(scorer: Scorer, expected: float) -> None:
    mentor = {"age": 30, "gender": "woman", "protected": {"faith": "private"}}
    mentee = {"age": 35, "gender": "man", "protected": {"faith": "private"}}
    assert score(scorer, mentor, mentee) == pytest.approx(expected)


@pytest.mark.parametrize("kind", [Gap, Same, Different, TextSimilarity])
def test_a_field_that_nobody_has_is_refused(kind: Callable[[str], Scorer]) -> None:
    with pytest.raises(ProgramError, match=r"has a field 'departement'\. .*'department'"):
        kind("departement").prepare(*pair({}, {}))


@pytest.mark.parametrize("kind", [Gap, Same, Different])
def test_a_field_that_holds_a_list_is_refused(kind: Callable[[str], Scorer]) -> None:
    with pytest.raises(ProgramError, match="The field 'skills' holds a list"):
        kind("skills").prepare(*pair({}, {}))


def test_a_gap_in_a_text_is_refused() -> None:
    with pytest.raises(ProgramError, match="The field 'site' holds text"):
        Gap("site").prepare(*pair({"site": "Lyon"}, {}))


# Parameters


@pytest.mark.parametrize(
    ("make", "parameter"),
    [
        (lambda: SkillCoverage(0), "0"),
        (lambda: SkillCoverage(missing=1.5), "missing"),
        (lambda: SkillCoverage(missing=float("nan")), "missing"),
        (lambda: SharedInterests("dice"), "0"),  # type: ignore[arg-type]
        (lambda: SharedLanguage(missing=-0.1), "missing"),
        (lambda: AvailabilityOverlap(0), "0"),
        (lambda: AvailabilityOverlap(float("inf")), "0"),
        (lambda: Gap("level", width=0), "width"),
        (lambda: Gap("level", ideal=float("inf")), "ideal"),
        (Gap, "field"),
        (lambda: Same("site", mising=1), "mising"),  # type: ignore[call-arg]
        (lambda: PreferenceRank("boss"), "0"),  # type: ignore[arg-type]
        (lambda: PairFunction(5), "0"),  # type: ignore[arg-type]
        (lambda: TwoWay(SkillCoverage(), "max"), "1"),  # type: ignore[arg-type]
        (lambda: TwoWay(5), "is not a scorer"),  # type: ignore[arg-type]
        (lambda: TwoWay(SkillCoverage), "is not a scorer"),  # type: ignore[arg-type]
        (lambda: WeightedPart(SkillCoverage(), -1), "1"),
        (lambda: WeightedPart(SkillCoverage(), float("inf")), "1"),
        (lambda: WeightedPart("SkillCoverage"), "is not a scorer"),  # type: ignore[arg-type]
        (lambda: Vectors({"A": "abc"}), "0.A"),  # type: ignore[dict-item]
    ],
)
def test_a_parameter_out_of_its_range_is_refused(
    make: Callable[[], object], parameter: str
) -> None:
    with pytest.raises(ValidationError, match=re.escape(parameter)):
        make()


@pytest.mark.parametrize(
    "scorer",
    [SkillCoverage(), Gap("level"), PairFunction(closeness), TwoWay(Same("site")), Vectors({})],
)
def test_scorers_are_frozen_hashable_values(scorer: Scorer) -> None:
    assert isinstance(scorer, Scorer)
    assert hash(scorer) == hash(copy(scorer))
    assert scorer == copy(scorer)
    with pytest.raises(FrozenInstanceError):
        scorer.missing = 0.1  # type: ignore[attr-defined]


# Functions


@pytest.mark.parametrize("wrong", [1.5, -0.1, float("nan"), float("inf")])
def test_a_function_out_of_range_is_told_with_its_name_and_the_pair(wrong: float) -> None:
    def enthusiasm(_mentor: Participant, _mentee: Participant) -> float:
        return wrong

    part = PairFunction(enthusiasm).prepare(*pair({}, {}))
    with pytest.raises(
        ProgramError, match=r"'enthusiasm' gave .* for 'M' and 'E'; a score is a number in"
    ):
        on_tile(part, (1, 1))
    renamed = PairFunction(enthusiasm, "zeal").prepare(*pair({}, {}))
    with pytest.raises(ProgramError, match="PairFunction 'zeal' gave"):
        on_pairs(renamed, (1, 1))


def test_a_function_may_be_any_callable() -> None:
    class Two:
        def __call__(self, _mentor: Participant, _mentee: Participant) -> float:
            return 2.0

    with pytest.raises(ProgramError, match="PairFunction 'function' gave 2"):
        on_tile(PairFunction(Two()).prepare(*pair({}, {})), (1, 1))


def test_a_function_sees_protected_fields_where_that_is_allowed_only() -> None:
    def knows_age(mentor: Participant, mentee: Participant) -> float:
        return float(mentor.age is not None and mentee.protected == {"faith": "y"})

    mentor, mentee = {"age": 30}, {"protected": {"faith": "y"}}
    assert score(PairFunction(knows_age), mentor, mentee) == 0.0
    assert score(PairFunction(knows_age, allow_protected=True), mentor, mentee) == 1.0


@pytest.mark.parametrize("combine", COMBINE)
def test_functions_are_slow_in_one_direction_and_in_both(combine: Combine) -> None:
    sides = pair({}, {})
    slow, quick = TwoWay(PairFunction(closeness), combine), TwoWay(Gap("level"), combine)
    for scorer, expected in ((PairFunction(closeness), True), (slow, True), (quick, False)):
        part = scorer.prepare(*sides)
        assert isinstance(part, Elementwise)
        assert part.slow is expected


# Both directions

BILINEAR = [
    SkillCoverage(2, rarity=True),
    SharedInterests(),
    TextSimilarity(),
    Vectors({"P0": [1.0, 2.0], "P2": [0.5, -1.0], "P3": [0.0, 1.0]}),
]


def crowd() -> list[Participant]:
    return [
        Participant.model_validate(
            {
                "id": f"P{k}",
                "skills": {f"S{k % 3}": k, "S9": 1},
                "needs": {f"S{(k + 1) % 3}": 2},
                "interests": ["a", f"i{k % 2}"] if k else [],
                "about": f"word{k % 2} word{k % 3} shared",
            }
        )
        for k in range(5)
    ]


@pytest.mark.parametrize("scorer", BILINEAR)
def test_the_mean_of_two_matrix_products_is_one_and_the_same_as_elementwise(
    scorer: Scorer,
) -> None:
    mentors, mentees = sides_of(crowd(), [0, 1, 2, 4], [1, 3, 4])
    part, tile = values_of(TwoWay(scorer), mentors, mentees)
    there, back = scorer.prepare(mentors, mentees), scorer.prepare(mentees, mentors)
    assert isinstance(part, Bilinear)
    mean = 0.5 * (on_tile(there, (4, 3)) + on_tile(back, (3, 4)).T)
    np.testing.assert_allclose(tile, mean, rtol=0, atol=1e-12)


@pytest.mark.parametrize("scorer", [*BILINEAR, SharedLanguage(), Same("site")])
def test_the_geometric_mean_lies_between_the_minimum_and_the_mean(scorer: Scorer) -> None:
    sides = sides_of(crowd())
    _, low = values_of(TwoWay(scorer, "min"), *sides)
    _, middle = values_of(TwoWay(scorer, "geometric"), *sides)
    _, high = values_of(TwoWay(scorer), *sides)
    assert (low <= middle + 1e-12).all()
    assert (middle <= high + 1e-12).all()


def test_two_ways_of_a_mean_are_symmetric() -> None:
    mentors, mentees = sides_of(crowd())
    _, tile = values_of(TwoWay(SkillCoverage()), mentors, mentees)
    np.testing.assert_allclose(tile, tile.T, rtol=0, atol=1e-12)


# Vectors and texts


@pytest.mark.parametrize(
    ("vectors", "words"),
    [
        ({"M": [1.0], "E": [1.0, 2.0]}, "all vectors need one length"),
        ({"M": np.ones((2, 2))}, "all vectors need one length"),
        ({"M": [1.0, float("nan")], "E": [1.0, 2.0]}, "every number must be finite"),
        ({"M": [1.0, 2.0], "E": [float("inf"), 2.0]}, "every number must be finite"),
    ],
)
def test_vectors_of_several_lengths_or_not_finite_are_refused(
    vectors: Mapping[str, list[float]], words: str
) -> None:
    with pytest.raises(ProgramError, match=words):
        Vectors(vectors).prepare(*pair({}, {}))


def test_vectors_may_be_arrays_of_either_precision() -> None:
    given: dict[str, NDArray[np.float64] | NDArray[np.float32]] = {
        "M": np.array([1, 1], dtype=np.float32),
        "E": np.array([1, 0], dtype=np.float64),
    }
    assert score(Vectors(given), {}, {}) == pytest.approx((1 + math.sqrt(0.5)) / 2)


def test_vectors_are_equal_by_their_numbers_and_show_none_of_them() -> None:
    one = Vectors({"M": [1.0, 2.0]})
    same = Vectors({"M": np.array([1.0, 2.0])})
    assert one == same
    assert hash(one) == hash(same)
    assert one != Vectors({"M": [1.0, 3.0]})
    assert one != Vectors({"E": [1.0, 2.0]})
    assert one != Vectors({"M": [1.0, 2.0]}, missing=0.0)
    assert one != SkillCoverage()
    assert repr(one) == "Vectors(<1 vectors>, missing=0.5)"


def test_texts_need_their_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.feature_extraction.text", None)
    with pytest.raises(
        MissingExtraError, match=r"TextSimilarity needs scikit-learn.*pairkit\[text"
    ):
        TextSimilarity().prepare(*pair({}, {}))


# Weighted sums

COVERAGE, LANGUAGE, LEVEL = SkillCoverage(), SharedLanguage(), Gap("level")


@pytest.mark.parametrize(
    "parts",
    [
        {"skills": (COVERAGE, 3), "language": LANGUAGE},
        {"skills": (COVERAGE, 3.0), "language": (LANGUAGE, 1)},
        [WeightedPart(COVERAGE, 3, "skills"), WeightedPart(LANGUAGE, name="language")],
        [(COVERAGE, 3, "skills"), (LANGUAGE, 1, "language")],
        ((COVERAGE, 3, "skills"), WeightedPart(LANGUAGE, 1, "language")),
        {"skills": {"scorer": "SkillCoverage", "weight": 3}, "language": LANGUAGE},
        [
            {"scorer": "SkillCoverage", "weight": 3, "name": "skills"},
            {"scorer": "SharedLanguage", "name": "language"},
        ],
        [
            {"scorer": {"scorer": "SkillCoverage"}, "weight": 3, "name": "skills"},
            {"scorer": LANGUAGE, "name": "language"},
        ],
    ],
)
def test_a_score_is_read_in_any_of_its_forms(parts: Mapping[str, Scorer]) -> None:
    assert Weighted(parts) == Weighted(
        [WeightedPart(COVERAGE, 3, "skills"), WeightedPart(LANGUAGE, 1, "language")]
    )


def test_a_score_may_be_an_iterator_of_bare_scorers() -> None:
    score = Weighted(iter([COVERAGE, LEVEL]))
    assert [part.name for part in score.parts] == ["SkillCoverage", "Gap(level)"]
    assert score.weights == (0.5, 0.5)


@pytest.mark.parametrize(
    ("scorer", "name"),
    [
        (COVERAGE, "SkillCoverage"),
        (LEVEL, "Gap(level)"),
        (Same("site"), "Same(site)"),
        (TextSimilarity(), "TextSimilarity(about)"),
        (PairFunction(closeness), "PairFunction(closeness)"),
        (PairFunction(closeness, "near"), "PairFunction(near)"),
        (TwoWay(COVERAGE), "TwoWay(SkillCoverage)"),
        (TwoWay(LEVEL), "TwoWay(Gap(level))"),
    ],
)
def test_a_part_is_called_after_its_scorer_and_field(scorer: Scorer, name: str) -> None:
    assert WeightedPart(scorer).name == name


def test_the_parameters_of_a_scorer_stand_beside_weight_and_name() -> None:
    table = {"scorer": "Gap", "field": "level", "ideal": -2, "weight": 2, "name": "seniority"}
    (part,) = Weighted([table]).parts
    assert part == WeightedPart(Gap("level", ideal=-2.0), 2.0, "seniority")


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=8).filter(lambda given: sum(given) > 0))
def test_weights_are_normalized_and_keep_their_proportions(given: list[float]) -> None:
    score = Weighted({f"part {k}": (COVERAGE, weight) for k, weight in enumerate(given)})
    assert sum(score.weights) == pytest.approx(1.0, abs=1e-12)
    assert score.weights == pytest.approx([weight / sum(given) for weight in given])


def test_a_part_may_weigh_nothing() -> None:
    assert Weighted([(COVERAGE, 0), (LANGUAGE, 2)]).weights == (0.0, 1.0)


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([], "at least one part"),
        ({}, "at least one part"),
        ([(COVERAGE, 0)], "At least one weight must be above 0"),
        ([COVERAGE, COVERAGE], "Two parts are called 'SkillCoverage'"),
        ([(COVERAGE, 1, "a"), (LANGUAGE, 1, "a")], "Two parts are called 'a'"),
        (5, "a list, or a mapping by name"),
        ("SkillCoverage", "a list, or a mapping by name"),
        ([COVERAGE, 5], "part 1: scorer: 5 is not a scorer"),
        ([SkillCoverage], "part 0: scorer: .* is not a scorer"),
        ([()], "part 0: scorer: Field required"),
        ([(COVERAGE, -1)], "part 0: weight: Input should be greater than or equal to 0"),
        ([(COVERAGE, "x")], "part 0: weight: Input should be a valid number"),
        ({"skills": (COVERAGE, -1)}, "part skills: weight: Input should be greater"),
        ({"skills": {"scorer": "Skils"}}, "part skills: There is no scorer 'Skils'"),
        ([{"weight": 1}], "part 0: A scorer needs a name"),
        ([{"scorer": "Gap"}], "part 0: scorer Gap: field: Field required"),
        ([{"scorer": "SkillCoverage", "full": 1}], "full: there is no such parameter"),
        ([{"scorer": "SkillCoverage", "weight": -1}], "part 0: weight: Input should be greater"),
    ],
)
def test_a_score_that_is_none_is_refused(parts: Iterable[Scorer], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Weighted(parts)


def test_scores_are_frozen_hashable_values() -> None:
    score = Weighted([COVERAGE])
    assert hash(score) == hash(Weighted([COVERAGE]))
    with pytest.raises(FrozenInstanceError):
        score.parts = ()  # type: ignore[misc]


def test_anything_that_can_be_prepared_is_a_scorer() -> None:
    class Half:
        def prepare(self, mentors: Side, mentees: Side) -> Part:
            return Elementwise(lambda i, j: np.full(np.broadcast_shapes(i.shape, j.shape), 0.5))

    assert isinstance(Half(), Scorer)
    assert [part.name for part in Weighted([Half(), TwoWay(Half())]).parts] == [
        "Half",
        "TwoWay(Half)",
    ]
    assert score(TwoWay(Half(), "geometric"), {}, {}) == 0.5
