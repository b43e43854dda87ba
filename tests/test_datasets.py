"""The sample rosters are plausible in both languages, the workforces have the promised shapes."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import fields
from typing import TYPE_CHECKING, Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pairkit.datasets import REFERENCE, Workforce, WorkforceSide, sample, workforce
from pairkit.datasets.drawing import draw
from pairkit.datasets.names import NAMES
from pairkit.datasets.vocabularies import (
    DEPARTMENTS,
    GENDERS,
    INTERESTS,
    SENTENCES,
    SITES,
    SKILLS,
    Language,
    Term,
)
from pairkit.errors import InputError
from pairkit.profiles import EmploymentStatus, Participant, Role

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from pairkit.roster import Roster

LANGUAGES: tuple[Language, ...] = ("en", "fr")
SENTENCE_TERMS = (*SENTENCES.mentor, *SENTENCES.mentee, *SENTENCES.undecided)
LABELS = (
    *(skill.name for skill in SKILLS),
    *INTERESTS,
    *DEPARTMENTS,
    *GENDERS,
    *(site.country for site in SITES),
)

sizes = st.integers(1, 80)
seeds = st.integers(0, 2**63)
languages = st.sampled_from(LANGUAGES)


@st.composite
def samples(draw: st.DrawFn) -> Roster:
    return sample(draw(sizes), language=draw(languages), seed=draw(seeds))


@pytest.fixture(scope="module", params=LANGUAGES)
def thousand(request: pytest.FixtureRequest) -> Roster:
    return sample(1000, language=request.param, seed=11)


def share(roster: Roster, having: list[bool]) -> float:
    assert len(having) == len(roster)
    return sum(having) / len(roster)


# --- samples: the same again ----------------------------------------------------------------------


@settings(max_examples=8, deadline=None)
@given(sizes, languages, seeds)
def test_equal_arguments_give_the_same_people(n: int, language: Language, seed: int) -> None:
    once, again = (sample(n, language=language, seed=seed) for _ in range(2))
    assert once == again
    assert once.digest == again.digest
    assert len(once) == n


def test_another_seed_gives_other_people() -> None:
    assert sample(seed=1) != sample(seed=2)


def test_the_random_state_of_numpy_is_left_alone() -> None:
    before = np.random.get_state(legacy=False)  # noqa: NPY002 - the state that must not move
    sample(20)
    workforce(20)
    after = np.random.get_state(legacy=False)  # noqa: NPY002
    assert repr(before) == repr(after)


def test_both_languages_describe_the_same_organization() -> None:
    english, french = (sample(200, language=language, seed=5) for language in LANGUAGES)
    translated = {term.en: term.fr for term in LABELS}
    for one, other in zip(english, french, strict=True):
        for name in ("id", "age", "level", "experience", "hired", "retires", "manager", "roles"):
            assert one.value(name) == other.value(name)
        assert {translated[skill]: level for skill, level in one.skills.items()} == other.skills
        assert {translated[need]: priority for need, priority in one.needs.items()} == other.needs
        assert translated[one.department or ""] == other.department
        assert one.availability == other.availability


# --- samples: plausible people --------------------------------------------------------------------


@settings(max_examples=20, deadline=None)
@given(samples())
def test_people_and_references_are_valid(roster: Roster) -> None:
    assert not roster.findings
    ids = set(roster.ids)
    assert len(ids) == len(roster)
    assert list(roster.ids) == sorted(roster.ids)
    for person in roster:
        ranked = [one for group in person.preferences for one in group]
        assert person.id not in {*ranked, *person.avoid}
        assert not set(ranked) & {*person.avoid, person.manager}
        assert {*ranked, *person.avoid} <= ids


@settings(max_examples=20, deadline=None)
@given(samples())
def test_everybody_but_the_head_reports_to_somebody_of_a_higher_level(roster: Roster) -> None:
    heads = [person for person in roster if person.manager is None]
    assert [head.level for head in heads] == [8]
    assert heads[0].status is EmploymentStatus.ACTIVE
    for person in roster:
        assert person.level is not None
        if person.manager is not None:  # levels rise strictly, so there is no cycle
            above = roster[person.manager].level
            assert above is not None
            assert above > person.level


@settings(max_examples=20, deadline=None)
@given(samples())
def test_careers_fit_ages(roster: Roster) -> None:
    for person in roster:
        assert person.age is not None
        assert person.experience is not None
        assert person.level is not None
        assert person.hired is not None
        assert 21 <= person.age <= 66
        assert person.age - person.experience >= 17
        assert 0 < (REFERENCE - person.hired).days <= 366 * person.experience + 31
        assert person.level < 5 or person.experience >= 9
        assert person.level < 7 or person.age >= 35
        if person.retires is not None:
            assert person.age >= 55
            assert 0 < (person.retires - REFERENCE).days < 6.2 * 366
        if person.waiting_since is not None:
            assert person.hired <= person.waiting_since < REFERENCE
            assert person.status is EmploymentStatus.ACTIVE


@settings(max_examples=20, deadline=None)
@given(samples())
def test_everybody_has_something_to_give_and_to_take(roster: Roster) -> None:
    for person in roster:
        assert 3 <= len(person.skills) <= 6
        assert 1 <= len(person.needs) <= 4
        assert not person.skills.keys() & person.needs.keys()
        assert set(person.skills.values()) <= {1, 2, 3, 4, 5}
        assert set(person.needs.values()) <= {1, 2, 3}
        assert 2 <= len(person.interests) <= 5
        assert person.languages


@settings(max_examples=20, deadline=None)
@given(samples())
def test_windows_lie_in_the_working_week(roster: Roster) -> None:
    for person in roster:
        assert 2 <= len(person.availability) <= 5
        days = [window.start // 1440 for window in person.availability]
        assert days == sorted(set(days))
        assert max(days) <= 4
        for start, end in person.availability:
            assert start % 30 == end % 30 == 0
            assert start % 1440 >= 7 * 60
            assert 90 <= end - start <= 240
            assert end % 1440 <= 21 * 60


def test_people_teach_what_their_department_knows(thousand: Roster) -> None:
    known = {
        (skill.name.text(language), DEPARTMENTS[k].text(language))
        for language in LANGUAGES
        for skill in SKILLS
        for k in skill.departments
    }
    for person in thousand:
        for skill in (*person.skills, *person.needs):
            assert (skill, person.department) in known


def test_every_department_can_draw_all_skills_and_needs() -> None:
    for k in range(len(DEPARTMENTS)):
        assert sum(k in skill.departments for skill in SKILLS) >= 6 + 4


def test_the_sample_has_what_a_program_meets(thousand: Roster) -> None:
    age = [person.age or 0 for person in thousand]
    roles = Counter(person.roles for person in thousand)
    assert 0.17 < share(thousand, [a > 55 for a in age]) < 0.25
    assert 0.05 < share(thousand, [p.retires is not None for p in thousand]) < 0.2
    assert 0.3 < roles[frozenset({Role.MENTOR})] / 1000 < 0.5
    assert 0.25 < roles[frozenset({Role.MENTEE})] / 1000 < 0.45
    assert roles[None] > 50 < roles[frozenset(Role)]
    few = {
        "on leave": [p.status is EmploymentStatus.ON_LEAVE for p in thousand],
        "no orientation": [p.orientation_done is False for p in thousand],
        "no consent": [p.consent is False for p in thousand],
        "waiting": [p.waiting_since is not None for p in thousand],
        "two mentees": [p.mentor_capacity == 2 for p in thousand],
        "no mentee": [p.mentor_capacity == 0 for p in thousand],
        "no mentor": [p.mentee_capacity == 0 for p in thousand],
        "preferences": [bool(p.preferences) for p in thousand],
        "ties": [any(len(group) > 1 for group in p.preferences) for p in thousand],
        "avoid": [bool(p.avoid) for p in thousand],
        "overseas": [p.time_zone == "America/Toronto" for p in thousand],
        "evenings": [any(end % 1440 > 18 * 60 for _, end in p.availability) for p in thousand],
    }
    for name, having in few.items():
        assert 0 < share(thousand, having) < 0.2, name
    assert len({person.department for person in thousand}) == 10
    assert len({person.site for person in thousand}) == len(SITES)
    assert len({person.name for person in thousand}) > 970


def test_the_two_generations_have_something_for_each_other(thousand: Roster) -> None:
    columns = thousand.columns
    mentors, mentees = (
        [k for k, person in enumerate(thousand) if person.roles == frozenset({role})]
        for role in Role
    )
    skills, needs = columns.levels("skills") > 0, columns.levels("needs") > 0
    met = (skills[mentors].astype(float) @ needs[mentees].astype(float).T).toarray()
    back = (needs[mentors].astype(float) @ skills[mentees].astype(float).T).toarray()
    assert met.max(axis=0).min() >= 1  # everybody can be taught something by somebody
    assert (met > 0).mean() > 0.2
    assert (back > 0).mean() > 0.1
    slots = columns.slots(REFERENCE).astype(float)
    hours = slots[mentors] @ slots[mentees].T / 2
    assert (hours >= 1).mean() > 0.6
    assert hours.max(axis=0).min() >= 1


def test_levels_form_a_pyramid_and_teams_stay_small(thousand: Roster) -> None:
    levels = Counter(person.level for person in thousand)
    assert levels[8] == 1
    assert levels[7] < levels[6] < levels[5] < levels[4] < levels[3]
    teams = Counter(person.manager for person in thousand if person.manager)
    assert max(teams.values()) <= 30


def test_seniors_stand_higher_than_juniors(thousand: Roster) -> None:
    def mean_level(people: list[Participant]) -> float:
        return float(np.mean([person.level or 0 for person in people]))

    young = [person for person in thousand if (person.age or 0) < 35]
    old = [person for person in thousand if (person.age or 0) >= 50]
    assert mean_level(young) + 1.5 < mean_level(old)
    assert min(person.level or 0 for person in old) <= 2  # experience is not always rank


# --- samples: each in its language ----------------------------------------------------------------


def words(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]+", text.lower()))


# What French and English spell alike: proper names, loans, and words of one Latin origin.
ALIKE = {
    *("canada", "iso", "python", "sql", "d", "marketing", "smartphone", "robots", "yoga"),
    *("assistants", "audits", "budget", "client", "course", "dialogue", "information"),
    *("maintenance", "production", "public", "relations", "science", "signature", "social"),
}


def test_no_english_in_french_and_no_french_in_english() -> None:
    terms: tuple[Term, ...] = (*LABELS, *SENTENCE_TERMS)
    english = set[str]().union(*(words(re.sub(r"{\w+}", "", term.en)) for term in terms))
    french = set[str]().union(*(words(re.sub(r"{\w+}", "", term.fr)) for term in terms))
    assert english & french == ALIKE


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_a_sample_is_of_its_vocabulary(language: Language) -> None:
    labels = {term.text(language) for term in LABELS}
    sites = {site.name.text(language) for site in SITES}
    zones = {site.time_zone[language] for site in SITES}
    start = {re.split(r"{", term.text(language))[0] for term in SENTENCE_TERMS}
    for person in sample(300, language=language, seed=3):
        assert {*person.skills, *person.needs, *person.interests} <= labels
        assert {person.department, person.country} <= labels
        assert person.gender is None or person.gender in labels
        assert person.site in sites
        assert person.time_zone in zones
        assert person.about is None or any(map(person.about.startswith, start))
        assert not re.search(r"[{}]", person.about or "")
        assert language in person.languages or person.time_zone == "America/Toronto"


def test_french_sentences_read_well() -> None:
    texts = [person.about for person in sample(300, language="fr") if person.about]
    assert any(": assistants d'IA" in text or ": tableaux de bord" in text for text in texts)
    assert any("Python" in text for text in texts)
    assert not any("python" in text or "sQL" in text for text in texts)


def test_terms_are_not_repeated() -> None:
    for language in LANGUAGES:
        names = [term.text(language) for term in LABELS if term.text(language) != "Canada"]
        countries = {site.country.text(language) for site in SITES}
        assert all(count == 1 for name, count in Counter(names).items() if name not in countries)
        for group in NAMES[language]:
            assert len(set(group.family)) == len(group.family)


# --- samples: what is refused ---------------------------------------------------------------------


@pytest.mark.parametrize(("n", "seed"), [(0, 0), (-3, 0), (5, -1)])
def test_numbers_that_are_too_small_are_refused(n: int, seed: int) -> None:
    with pytest.raises(InputError, match="must be at least"):
        sample(n, seed=seed)
    with pytest.raises(InputError, match="must be at least"):
        workforce(n, seed)


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(InputError, match="Choose 'en' or 'fr'"):
        sample(5, language="de")  # type: ignore[arg-type]


# --- draws ----------------------------------------------------------------------------------------


def test_draws_follow_the_weights() -> None:
    weights = np.array([8.0, 4.0, 2.0, 1.0, 0.0])
    with np.errstate(divide="ignore"):
        rarity = np.broadcast_to(1 / weights, (20_000, 5))
    drawn = draw(np.random.default_rng(0), rarity, 2)
    first = np.bincount(drawn[:, 0], minlength=5) / len(drawn)
    np.testing.assert_allclose(first, weights / weights.sum(), atol=0.015)
    assert (drawn[:, 0] != drawn[:, 1]).all()
    assert 4 not in drawn


# --- workforces -----------------------------------------------------------------------------------


def arrays(side: WorkforceSide) -> list[np.ndarray[tuple[int, ...], np.dtype[np.generic]]]:
    found = []
    for field in fields(side):
        value = getattr(side, field.name)
        found += [value] if isinstance(value, np.ndarray) else [value.data, value.indices]
    return found


def same(one: Workforce, other: Workforce) -> bool:
    return all(
        np.array_equal(a, b)
        for left, right in ((one.mentors, other.mentors), (one.mentees, other.mentees))
        for a, b in zip(arrays(left), arrays(right), strict=True)
    )


def check_levels(matrix: csr_array, n: int, counts: tuple[int, int], highest: int) -> None:
    assert matrix.shape == (n, 300)
    assert matrix.dtype == np.float32
    assert matrix.has_canonical_format
    per_row = np.diff(matrix.indptr)
    assert counts[0] <= per_row.min()
    assert per_row.max() <= counts[1]
    assert set(np.unique(matrix.data)) <= set(range(1, highest + 1))


@settings(max_examples=8, deadline=None)
@given(st.integers(1, 200), st.integers(1, 200), st.integers(1, 30), seeds)
def test_workforces_have_the_stated_shapes(n: int, m: int, countries: int, seed: int) -> None:
    crowd = workforce(n, seed, mentees=m, countries=countries)
    for side, size in ((crowd.mentors, n), (crowd.mentees, m)):
        assert len(side) == size
        check_levels(side.skills, size, (4, 14), 5)
        check_levels(side.needs, size, (2, 6), 3)
        assert side.skills.multiply(side.needs).nnz == 0
        assert side.interests.shape == (size, 32)
        assert side.interests.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(side.interests, axis=1), 1, atol=1e-5)
        for codes, most in ((side.department, 20), (side.country, countries)):
            assert codes.shape == (size,)
            assert codes.dtype == np.int32
            assert codes.min() >= 0
            assert codes.max() < most
        for numbers in (side.level, side.experience):
            assert numbers.shape == (size,)
            assert numbers.dtype == np.float32
        assert side.level.min() >= 1
        assert side.level.max() <= 8
    assert crowd.mentors.experience.max() < crowd.mentees.experience.min()
    assert same(crowd, workforce(n, seed, mentees=m, countries=countries))


def test_another_seed_gives_another_workforce_and_as_many_mentees_as_mentors() -> None:
    one = workforce(50, 1)
    assert len(one.mentees) == 50
    assert not same(one, workforce(50, 2))


def test_mentors_do_not_depend_on_how_many_mentees_there_are() -> None:
    few, many = workforce(50, mentees=5), workforce(50, mentees=500)
    for a, b in zip(arrays(few.mentors), arrays(many.mentors), strict=True):
        np.testing.assert_array_equal(a, b)


def test_skills_are_long_tailed_and_gather_by_family() -> None:
    side = workforce(6000).mentors
    popularity = np.sort(np.bincount(side.skills.indices, minlength=300))[::-1]
    assert popularity[0] > 10 * popularity[150] > 0
    share_of_family = np.zeros((20, 300))
    for family in range(20):
        share_of_family[family] = (side.skills[side.department == family] > 0).mean(axis=0)
    best, typical = share_of_family.max(axis=0), np.median(share_of_family, axis=0)
    assert np.median(best / np.maximum(typical, 1e-3)) > 4


@pytest.mark.parametrize(("sizes", "ratio"), [("equal", 1.01), ("long-tailed", 20)])
def test_country_sizes(sizes: Literal["equal", "long-tailed"], ratio: float) -> None:
    counts = np.bincount(workforce(4000, country_sizes=sizes).mentees.country)
    assert len(counts) == 20
    assert counts.max() / counts.min() == pytest.approx(ratio, rel=0.4)
    if sizes == "equal":
        assert np.ptp(counts) <= 1


def test_unknown_sizes_and_counts_are_refused() -> None:
    with pytest.raises(InputError, match="choose 'long-tailed' or 'equal'"):
        workforce(5, country_sizes="tiny")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="countries is 0"):
        workforce(5, countries=0)
    with pytest.raises(InputError, match="mentees is 0"):
        workforce(5, mentees=0)
