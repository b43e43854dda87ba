"""Every rule forbids what its docstring says, for tiles as for single pairs, and says why."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import FrozenInstanceError, dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from pairkit.conditions import Condition
from pairkit.constraints import (
    RULES,
    AtMostOneOf,
    Avoid,
    CommonLanguage,
    DifferentValue,
    Forbid,
    Forbidding,
    GapWindow,
    Horizon,
    IfThen,
    MaximumLoad,
    MinimumLoad,
    MinimumMatched,
    MinimumOverlap,
    MinimumScore,
    NotInReportingLine,
    NotRepeated,
    PairPredicate,
    Parity,
    Pinning,
    Quota,
    Ready,
    Require,
    Rule,
    SameValue,
    ScoreFloor,
    Together,
)
from pairkit.constraints.base import Missing, PreparedRule
from pairkit.constraints.people import add_months
from pairkit.encoding import Side
from pairkit.errors import ProgramError
from pairkit.profiles import EmploymentStatus, Participant
from pairkit.program import Program
from pairkit.scoring import SkillCoverage
from tests.people import (
    FREE,
    MEANING,
    REFERENCE,
    dates,
    labels,
    languages,
    maybe,
    on_pairs,
    on_tile,
    sides_of,
    two_sides,
    windows,
)

Everybody = Mapping[str, Participant]


@dataclass(frozen=True)
class Case:
    """A rule, which pairs it should forbid, and what the reason should speak of."""

    rule: Rule
    forbids: Callable[[Participant, Participant, Everybody], bool]
    facts: Callable[[Participant, Participant], Iterable[str]]


missings: st.SearchStrategy[Missing] = st.sampled_from(["allow", "forbid"])
partners: st.SearchStrategy[Literal["mentor", "mentee", "both"]] = st.sampled_from(
    ["mentor", "mentee", "both"]
)
ids = st.sampled_from([f"P{k}" for k in range(7)])
id_pairs = st.lists(st.tuples(ids, ids), max_size=4).map(tuple)


def both_ids(mentor: Participant, mentee: Participant) -> Iterable[str]:
    return mentor.id, mentee.id


# What each rule should forbid, from its documentation alone


@st.composite
def ready(draw: st.DrawFn) -> Case:
    active, orientation, consent = (draw(st.booleans()) for _ in range(3))
    missing = draw(missings)

    def out(person: Participant) -> bool:
        fails = {True: False, False: True, None: missing == "forbid"}
        return (
            (active and person.status is not EmploymentStatus.ACTIVE)
            or (orientation and fails[person.orientation_done])
            or (consent and fails[person.consent])
        )

    return Case(
        Ready(active=active, orientation=orientation, consent=consent, missing=missing),
        lambda mentor, mentee, _: out(mentor) or out(mentee),
        lambda mentor, mentee: [one.id for one in (mentor, mentee) if out(one)],
    )


def years(value: object) -> float | None:
    if isinstance(value, date):
        year = date(value.year, 1, 1).toordinal()
        days = date(value.year + 1, 1, 1).toordinal() - year
        return value.year + (value.toordinal() - year) / days
    return float(value) if isinstance(value, int | float) else None


@st.composite
def gap_window(draw: st.DrawFn) -> Case:
    field, missing = draw(st.sampled_from(["level", "hired"])), draw(missings)
    low = draw(maybe(st.sampled_from([-3.0, -1.0, 0.0])))
    high = draw(st.sampled_from([0.0, 0.5, 2.0]) if low is None else maybe(st.just(low + 1)))

    def forbids(mentor: Participant, mentee: Participant, _: object) -> bool:
        one, other = years(mentor.value(field)), years(mentee.value(field))
        if one is None or other is None:
            return missing == "forbid"
        gap = one - other
        return (low is not None and gap < low) or (high is not None and gap > high)

    return Case(GapWindow(field, low, high, missing=missing), forbids, lambda *_: [field])


@st.composite
def same_or_different(draw: st.DrawFn) -> Case:
    missing = draw(missings)
    same_value = draw(st.booleans())

    def forbids(mentor: Participant, mentee: Participant, _: object) -> bool:
        if mentor.site is None or mentee.site is None:
            return missing == "forbid"
        same = MEANING[mentor.site] == MEANING[mentee.site]
        return same is not same_value

    kind = SameValue if same_value else DifferentValue
    rule: Rule = kind("site", missing=missing)
    return Case(rule, forbids, lambda *_: ["site is"])


@st.composite
def common_language(draw: st.DrawFn) -> Case:
    missing = draw(missings)

    def forbids(mentor: Participant, mentee: Participant, _: object) -> bool:
        if not mentor.languages or not mentee.languages:
            return missing == "forbid"
        return not {tag[:2] for tag in mentor.languages} & {tag[:2] for tag in mentee.languages}

    def facts(mentor: Participant, mentee: Participant) -> Iterable[str]:
        if not mentor.languages or not mentee.languages:
            return ["languages are not known"]
        return ["no language", *mentor.languages, *mentee.languages]

    return Case(CommonLanguage(missing=missing), forbids, facts)


@st.composite
def minimum_overlap(draw: st.DrawFn) -> Case:
    hours, missing = draw(st.sampled_from([0.25, 0.5, 1.0, 4.0])), draw(missings)

    def shared(mentor: Participant, mentee: Participant) -> float:
        one, other = (
            frozenset[int]().union(*(FREE[str(window)] for window in person.availability))
            for person in (mentor, mentee)
        )
        return len(one & other) / 2

    def forbids(mentor: Participant, mentee: Participant, _: object) -> bool:
        if not mentor.availability or not mentee.availability:
            return missing == "forbid"
        return shared(mentor, mentee) < hours

    def facts(mentor: Participant, mentee: Participant) -> Iterable[str]:
        if not mentor.availability or not mentee.availability:
            return ["availability is not known"]
        return [f"{shared(mentor, mentee):g} hours a week", f"fewer than {hours:g}"]

    return Case(MinimumOverlap(hours, missing=missing), forbids, facts)


@st.composite
def reporting_line(draw: st.DrawFn) -> Case:
    depth = draw(st.integers(1, 4))
    siblings = draw(st.booleans())

    def above(person: Participant, everybody: Everybody) -> set[str]:
        found: set[str] = set()
        one: Participant | None = person
        for _ in range(depth):
            one = everybody.get(one.manager or "") if one is not None else None
            found |= {one.id} if one is not None else set()
        return found

    def forbids(mentor: Participant, mentee: Participant, everybody: Everybody) -> bool:
        brothers = siblings and mentor.manager is not None and mentor.manager == mentee.manager
        return (
            mentee.id in above(mentor, everybody) or mentor.id in above(mentee, everybody)
        ) or brothers

    return Case(NotInReportingLine(depth, siblings=siblings), forbids, both_ids)


def avoid() -> st.SearchStrategy[Case]:
    def forbids(mentor: Participant, mentee: Participant, _: object) -> bool:
        return mentee.id in mentor.avoid or mentor.id in mentee.avoid

    return st.just(Case(Avoid(), forbids, both_ids))


@st.composite
def forbid(draw: st.DrawFn) -> Case:
    pairs = draw(id_pairs)
    return Case(
        Forbid(pairs),
        lambda mentor, mentee, _: (
            (mentor.id, mentee.id) in pairs or (mentee.id, mentor.id) in pairs
        ),
        both_ids,
    )


@st.composite
def not_repeated(draw: st.DrawFn) -> Case:
    history = draw(id_pairs)
    return Case(
        NotRepeated(history), lambda mentor, mentee, _: (mentor.id, mentee.id) in history, both_ids
    )


@st.composite
def horizon(draw: st.DrawFn) -> Case:
    years_ahead, missing = draw(st.integers(1, 6)), draw(missings)
    of = draw(partners)
    until = REFERENCE.replace(year=REFERENCE.year + years_ahead)

    def early(person: Participant) -> bool:
        return missing == "forbid" if person.retires is None else person.retires < until

    def leavers(mentor: Participant, mentee: Participant) -> list[str]:
        counted = {"mentor": [mentor], "mentee": [mentee], "both": [mentor, mentee]}[of]
        return [one.id for one in counted if early(one)]

    return Case(
        Horizon(12 * years_ahead, of, missing=missing),
        lambda mentor, mentee, _: bool(leavers(mentor, mentee)),
        lambda mentor, mentee: leavers(mentor, mentee)[:1],
    )


def short_names(mentor: Participant, mentee: Participant) -> bool:
    return (mentor.level or 0) + (mentee.level or 0) < 3


def predicate() -> st.SearchStrategy[Case]:
    return st.just(
        Case(
            PairPredicate(short_names),
            lambda mentor, mentee, _: not short_names(mentor, mentee),
            lambda *_: ["short_names"],
        )
    )


FIELDS: dict[str, dict[str, st.SearchStrategy[object]]] = {
    "ready": {
        "status": st.sampled_from(EmploymentStatus),
        "orientation_done": maybe(st.booleans()),
        "consent": maybe(st.booleans()),
    },
    "gap_window": {
        "level": maybe(st.sampled_from([0.0, 1.0, 2.0, 2.5, 4.0])),
        "hired": maybe(dates),
    },
    "same_or_different": {"site": maybe(labels)},
    "common_language": {"languages": languages},
    "minimum_overlap": {"availability": windows},
    "reporting_line": {"manager": maybe(ids)},
    "avoid": {"avoid": st.lists(ids, max_size=3)},
    "forbid": {},
    "not_repeated": {},
    "horizon": {"retires": maybe(dates)},
    "predicate": {"level": maybe(st.integers(0, 3))},
}
CASES: dict[str, st.SearchStrategy[Case]] = {
    "ready": ready(),
    "gap_window": gap_window(),
    "same_or_different": same_or_different(),
    "common_language": common_language(),
    "minimum_overlap": minimum_overlap(),
    "reporting_line": reporting_line(),
    "avoid": avoid(),
    "forbid": forbid(),
    "not_repeated": not_repeated(),
    "horizon": horizon(),
    "predicate": predicate(),
}


def forbidding(prepared: PreparedRule) -> Forbidding:
    assert isinstance(prepared, Forbidding)
    return prepared


def reasons(rule: Rule, mentors: Side, mentees: Side) -> dict[tuple[str, str], str]:
    """Return why each forbidden pair is forbidden, by ids, after a check of tiles and pairs."""
    prepared = forbidding(rule.prepare(mentors, mentees))
    shape = len(mentors), len(mentees)
    tile = on_tile(prepared.forbids, shape)
    assert tile.shape == shape
    assert tile.dtype == np.bool_
    assert np.array_equal(on_pairs(prepared.forbids, shape), tile)
    return {
        (mentors.person(i).id, mentees.person(j).id): prepared.why(i, j)
        for i, j in np.argwhere(tile).tolist()
    }


@pytest.mark.parametrize("name", CASES)
@settings(max_examples=60)
@given(data=st.data())
def test_a_rule_forbids_what_it_says_and_says_why(name: str, data: st.DataObject) -> None:
    mentors, mentees = data.draw(two_sides(FIELDS[name], max_size=7))
    case = data.draw(CASES[name])
    everybody = {person.id: person for person in mentors.participants}
    if isinstance(case.rule, Forbid):
        known = [pair for pair in case.rule.pairs if set(pair) <= set(everybody)]
        case = Case(Forbid(tuple(known)), case.forbids, case.facts)
    found = reasons(case.rule, mentors, mentees)
    expected = {
        (mentor.id, mentee.id): (mentor, mentee)
        for mentor in mentors.people
        for mentee in mentees.people
        if case.forbids(mentor, mentee, everybody)
    }
    assert found.keys() == expected.keys()
    for names, why in found.items():
        assert why
        assert not why.endswith(".")
        for fact in case.facts(*expected[names]):
            assert fact in why


def people(**by_id: Mapping[str, object]) -> list[Participant]:
    return [
        Participant.model_validate({"id": name.replace("_", "-"), **stated})
        for name, stated in by_id.items()
    ]


def pair(mentor: Mapping[str, object], mentee: Mapping[str, object]) -> tuple[Side, Side]:
    return sides_of(people(M=mentor, E=mentee), [0], [1])


def why(rule: Rule, mentor: Mapping[str, object], mentee: Mapping[str, object]) -> str | None:
    """Return why the rule keeps M and E apart, or ``None``."""
    return reasons(rule, *pair(mentor, mentee)).get(("M", "E"))


# Ready


@pytest.mark.parametrize(
    ("mentor", "mentee", "reason"),
    [
        ({}, {}, None),
        ({"status": "left"}, {}, "M has left"),
        ({}, {"status": "on leave"}, "E is on leave"),
        ({"orientation_done": False}, {}, "M has not done the orientation"),
        ({"consent": False}, {"consent": True}, "M has not agreed to take part"),
        (
            {"status": "left", "consent": False},
            {"consent": False},
            "M has left and E has not agreed to take part",
        ),
    ],
)
def test_only_who_is_ready_is_paired(
    mentor: Mapping[str, object], mentee: Mapping[str, object], reason: str | None
) -> None:
    assert why(Ready(), mentor, mentee) == reason


def test_not_knowing_of_orientation_or_consent_can_count_as_not_ready() -> None:
    strict = Ready(missing="forbid")
    assert why(strict, {"consent": True}, {"consent": True, "orientation_done": True}) == (
        "M has not done the orientation"
    )


# Gaps and values


@pytest.mark.parametrize(
    ("rule", "mentor", "mentee", "reason"),
    [
        (GapWindow("level", max=-1), 1, 2, None),
        (GapWindow("level", max=-1), 2, 2, "the gap in level is 0, above -1"),
        (GapWindow("level", min=1, max=3), 2, 2.5, "the gap in level is -0.5, below 1"),
        (GapWindow("level", min=1, max=3), 5, 2, None),
        (GapWindow("level", min=1, max=3), 3, 2, None),
        (GapWindow("level", min=1), None, 2, None),
        (GapWindow("level", min=1, missing="forbid"), None, 2, "level is not known for both"),
    ],
)
def test_the_signed_gap_lies_within_bounds_that_are_included(
    rule: Rule, mentor: float | None, mentee: float | None, reason: str | None
) -> None:
    assert why(rule, {"level": mentor}, {"level": mentee}) == reason


def test_values_are_named_as_people_wrote_them() -> None:
    mentor, mentee = {"site": "Orléans"}, {"site": "ORLEANS"}
    assert why(SameValue("site"), mentor, mentee) is None
    assert why(DifferentValue("site"), mentor, mentee) == "site is “Orléans” for both"
    assert why(SameValue("site"), mentor, {"site": "Lyon"}) == (
        "site is “Orléans” for the mentor and “Lyon” for the mentee"
    )
    assert why(SameValue("site", missing="forbid"), mentor, {}) == "site is not known for both"


@pytest.mark.parametrize(
    "rule",
    [GapWindow("age", min=0), SameValue("gender"), DifferentValue("gender"), SameValue("faith")],
)
def test_a_protected_field_is_refused(rule: Rule) -> None:
    sides = pair({"age": 30, "gender": "x", "protected": {"faith": "y"}}, {})
    with pytest.raises(ProgramError, match="which is protected"):
        rule.prepare(*sides)


def test_a_protected_field_is_read_where_that_is_allowed() -> None:
    gap = GapWindow("age", min=0, allow_protected=True)
    assert why(gap, {"age": 30}, {"age": 40}) == "the gap in age is outside the window"
    same = SameValue("gender", allow_protected=True)
    assert why(same, {"gender": "x"}, {"gender": "x"}) is None
    different = DifferentValue("gender", allow_protected=True)
    assert why(different, {"gender": "x"}, {"gender": "x"}) == "gender is the same for both"


@pytest.mark.parametrize("rule", [GapWindow("sit", min=0), SameValue("sit"), DifferentValue("sit")])
def test_a_field_that_nobody_has_is_refused(rule: Rule) -> None:
    with pytest.raises(ProgramError, match=r"has a field 'sit'\. Did you mean 'site'"):
        rule.prepare(*pair({}, {}))


# Languages and time


def test_languages_are_named_in_full() -> None:
    mentor, mentee = {"languages": ["fr-CA", "de"]}, {"languages": ["en"]}
    assert (
        why(CommonLanguage(), mentor, mentee)
        == "they share no language: M speaks fr-CA and de; E speaks en"
    )
    assert why(CommonLanguage(), mentor, {"languages": ["fr"]}) is None


def test_hours_in_common_are_counted_in_utc() -> None:
    mentor = {"availability": "Mon 9-12", "time_zone": "Europe/Paris"}
    assert why(MinimumOverlap(2), mentor, {"availability": "Mon 9-12"}) is None
    assert why(MinimumOverlap(2.5), mentor, {"availability": "Mon 9-12"}) == (
        "they share 2 hours a week, fewer than 2.5"
    )


# The reporting line

LINE = people(A={}, B={"manager": "A"}, C={"manager": "B"}, D={"manager": "C"}, S={"manager": "B"})


def apart(rule: Rule, everybody: Sequence[Participant]) -> set[str]:
    """Return the pairs of different people that are kept apart, as sorted letters."""
    found = reasons(rule, *sides_of(everybody))
    assert all((other, one) in found for one, other in found)
    return {one + other for one, other in found if one < other}


@pytest.mark.parametrize(
    ("rule", "pairs"),
    [
        (NotInReportingLine(1), {"AB", "BC", "CD", "BS"}),
        (NotInReportingLine(), {"AB", "BC", "CD", "BS", "AC", "BD", "AS"}),
        (NotInReportingLine(3), {"AB", "BC", "CD", "BS", "AC", "BD", "AS", "AD"}),
        (NotInReportingLine(100), {"AB", "BC", "CD", "BS", "AC", "BD", "AS", "AD"}),
        (NotInReportingLine(1, siblings=True), {"AB", "BC", "CD", "BS", "CS"}),
    ],
)
def test_the_line_is_kept_apart_up_to_the_depth_in_both_directions(
    rule: Rule, pairs: set[str]
) -> None:
    assert apart(rule, LINE) == pairs


def test_the_reason_names_who_stands_where_in_the_line() -> None:
    found = reasons(NotInReportingLine(3, siblings=True), *sides_of(LINE))
    assert found["B", "A"] == "A is the manager of B"
    assert found["A", "B"] == "A is the manager of B"
    assert found["D", "B"] == "B is the manager of D, 2 levels up"
    assert found["A", "D"] == "A is the manager of D, 3 levels up"
    assert found["C", "S"] == "C and S have the same manager"


def test_a_cycle_of_managers_ends_with_the_depth() -> None:
    cycle = people(A={"manager": "B"}, B={"manager": "C"}, C={"manager": "A"}, D={"manager": "D"})
    assert apart(NotInReportingLine(1), cycle) == {"AB", "BC", "AC"}
    assert apart(NotInReportingLine(100), cycle) == {"AB", "BC", "AC"}


def test_the_line_runs_through_people_who_take_no_part() -> None:
    found = reasons(NotInReportingLine(2), *sides_of(LINE, [0], [2]))
    assert set(found) == {("A", "C")}


def test_siblings_may_share_a_manager_who_is_not_in_the_roster() -> None:
    two = people(A={"manager": "Z"}, B={"manager": "Z"}, C={"manager": "z"})
    assert apart(NotInReportingLine(siblings=True), two) == {"AB"}
    assert apart(NotInReportingLine(), two) == set()


def test_people_without_a_manager_are_no_siblings() -> None:
    assert apart(NotInReportingLine(siblings=True), people(A={}, B={})) == set()


# Lists of people


def test_the_reason_says_who_asked() -> None:
    assert why(Avoid(), {"avoid": ["E"]}, {}) == "M asked not to be paired with E"
    assert why(Avoid(), {}, {"avoid": ["M"]}) == "E asked not to be paired with M"


def test_pairs_are_forbidden_whoever_would_mentor_but_not_repeated_one_way() -> None:
    assert why(Forbid((("E", "M"),)), {}, {}) == "M and E are kept apart"
    assert why(NotRepeated((("E", "M"),)), {}, {}) is None
    assert why(NotRepeated((("M", "E"),)), {}, {}) == "M has mentored E before"


@pytest.mark.parametrize("kind", [Forbid, Require])
def test_a_pair_with_nobody_is_refused_with_the_closest_id(
    kind: Callable[[tuple[tuple[str, str], ...]], Rule],
) -> None:
    sides = sides_of(people(M_17={}, E_42={}), [0], [1])
    with pytest.raises(ProgramError, match=rf"{kind.__name__}: nobody .* 'M-71'\. Did you mean"):
        kind((("M-17", "E-42"), ("M-71", "E-42"))).prepare(*sides)
    with pytest.raises(ProgramError, match="nobody in the roster has the id 'Nobody'"):
        kind((("M-17", "Nobody"),)).prepare(*sides)


def test_a_forbidden_pair_of_people_on_other_sides_does_not_matter() -> None:
    sides = sides_of(people(A={}, B={}, C={}), [0], [1])
    assert reasons(Forbid((("A", "C"), ("C", "B"))), *sides) == {}


def test_history_may_name_people_who_are_gone() -> None:
    sides = sides_of(people(A={}, B={}), [0], [1])
    rule = NotRepeated((("Gone", "B"), ("A", "Gone"), ("A", "B")))
    assert set(reasons(rule, *sides)) == {("A", "B")}


def test_required_pairs_are_pinned_by_place() -> None:
    sides = sides_of(people(A={}, B={}, C={}, D={}), [1, 3], [0, 2])
    pins = Require((("D", "A"), ("B", "C"))).prepare(*sides)
    assert isinstance(pins, Pinning)
    assert (pins.mentors.tolist(), pins.mentees.tolist()) == ([1, 0], [0, 1])
    assert pins.mentors.dtype == np.int64


def test_no_required_pair_is_no_pin() -> None:
    pins = Require(()).prepare(*pair({}, {}))
    assert len(pins.mentors) == len(pins.mentees) == 0


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        ((("M", "E"), ("E", "E")), r"Require: 'E' is not a mentor .*\[roles\.mentor\]"),
        ((("M", "M"),), r"Require: 'M' is not a mentee .*\[roles\.mentee\]"),
    ],
)
def test_a_required_pair_of_people_on_other_sides_is_refused(
    pairs: tuple[tuple[str, str], ...], words: str
) -> None:
    with pytest.raises(ProgramError, match=words):
        Require(pairs).prepare(*pair({}, {}))


# Horizons


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 15), 1, date(2026, 2, 15)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 1, 31), 13, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
        (date(2026, 6, 1), 1200, date(2126, 6, 1)),
    ],
)
def test_months_later_is_the_same_day_or_the_last_of_the_month(
    day: date, months: int, later: date
) -> None:
    assert add_months(day, months) == later


@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)), st.integers(0, 1200))
@example(date(2024, 2, 29), 0)
def test_months_later_counts_months_alone(day: date, months: int) -> None:
    later = add_months(day, months)
    assert 12 * later.year + later.month - 12 * day.year - day.month == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


def test_the_last_day_of_the_horizon_is_late_enough() -> None:
    for retires, reason in (
        (date(2026, 7, 15), None),
        (date(2026, 7, 14), "E is expected to retire on 2026-07-14, before 2026-07-15"),
    ):
        assert why(Horizon(6), {}, {"retires": retires}) == reason
        assert why(Horizon(6, "mentor"), {}, {"retires": retires}) is None


def test_not_knowing_who_retires_can_forbid() -> None:
    rule = Horizon(6, missing="forbid")
    assert why(rule, {"retires": date(2040, 1, 1)}, {}) == ("the retirement date of E is not known")


# Scores and functions


def test_a_minimum_score_is_a_floor() -> None:
    assert MinimumScore(0.4).prepare(*pair({}, {})) == ScoreFloor(0.4)


def test_a_predicate_is_slow_and_asked_once_a_pair() -> None:
    asked: list[tuple[str, str]] = []

    def never(mentor: Participant, mentee: Participant) -> bool:
        asked.append((mentor.id, mentee.id))
        return False

    sides = sides_of(people(A={}, B={}, C={}), [0, 1], [2])
    prepared = forbidding(PairPredicate(never).prepare(*sides))
    assert prepared.slow
    assert on_tile(prepared.forbids, (2, 1)).all()
    assert asked == [("A", "C"), ("B", "C")]
    assert prepared.why(0, 0) == "PairPredicate(never) says no"


def test_a_predicate_sees_protected_fields_where_that_is_allowed_only() -> None:
    def ageless(mentor: Participant, mentee: Participant) -> bool:
        return mentor.age is None and not mentee.protected

    mentor, mentee = {"age": 30}, {"protected": {"faith": "y"}}
    assert why(PairPredicate(ageless), mentor, mentee) is None
    assert why(PairPredicate(ageless, "no age", allow_protected=True), mentor, mentee) == (
        "PairPredicate(no age) says no"
    )


def test_a_predicate_may_be_any_callable() -> None:
    class Always:
        def __call__(self, _mentor: Participant, _mentee: Participant) -> bool:
            return True

    assert PairPredicate(Always()).label == "PairPredicate(function)"
    assert why(PairPredicate(Always()), {}, {}) is None


# Rules as values

EVERY_RULE: list[Rule] = [
    Ready(),
    Ready(active=False, missing="forbid", penalty=0.5),
    GapWindow("level", min=1),
    GapWindow("level", -3, -0.5, missing="forbid", penalty=0.1),
    GapWindow("age", max=0, allow_protected=True),
    SameValue("site"),
    SameValue("team", missing="forbid", penalty=2),
    DifferentValue("gender", allow_protected=True),
    CommonLanguage(),
    CommonLanguage(missing="forbid"),
    MinimumOverlap(),
    MinimumOverlap(2.5, penalty=0.1),
    NotInReportingLine(),
    NotInReportingLine(3, siblings=True),
    Avoid(),
    Avoid(penalty=1),
    Forbid((("A", "B"), ('É; "1"', "B"))),
    Require((("A", "B"),), penalty=0.25),
    NotRepeated(()),
    NotRepeated((("A", "B"),)),
    Horizon(),
    Horizon(6, "mentor", missing="forbid"),
    MinimumScore(0.4),
    Quota(share_at_most=0.5),
    Quota(
        same="department",
        different="site",
        mentor={"level": Condition(min=1, max=3)},
        mentee={"site": Condition(values=("Lyon",))},
        at_least=1,
        at_most=5,
        share_at_least=0.1,
        per="gender",
        per_role="mentor",
        name="mixed",
        penalty=0.5,
    ),
    Quota(at_least=3, count="mentors"),
    MinimumMatched(0.9),
    MinimumMatched(1.0, "mentor", penalty=2),
    Parity("gender", 0.1),
    Parity("site", 0.2, of="score", role="mentor"),
    MinimumLoad(2, or_none=True),
    MinimumLoad(1, "mentee", where={"site": Condition(values=("Lyon", "Paris"))}, per="department"),
    MaximumLoad(3),
    MaximumLoad(0, "mentee", where={"level": Condition(min=5)}, per="site", penalty=0.1),
    AtMostOneOf(("A", "B")),
    AtMostOneOf(pairs=(("A", "B"), ("A", "C"))),
    Together(("A", "B"), "mentor", same_partner=True),
    IfThen(("A", "B"), (("C", "D"), ("E", "F"))),
]


@pytest.mark.parametrize("rule", EVERY_RULE, ids=repr)
def test_a_rule_reads_back_from_toml_and_json(rule: Rule) -> None:
    program = Program(scoring=[SkillCoverage()], rules=(rule,))
    assert Program.from_toml(program.to_toml()).rules == (rule,)
    assert Program.from_json(program.to_json()).rules == (rule,)


def test_a_predicate_that_forgets_to_answer_is_told_with_the_pair() -> None:
    def forgetful(_mentor: Participant, _mentee: Participant) -> bool:
        return None  # type: ignore[return-value]

    with pytest.raises(ProgramError, match=r"forgetful\) gave a NoneType for 'M' and 'E'"):
        why(PairPredicate(forgetful), {}, {})


def test_every_rule_is_among_those_that_read_back() -> None:
    assert {type(rule) for rule in EVERY_RULE} | {PairPredicate} == set(RULES.builtin.values())


@pytest.mark.parametrize("rule", [*EVERY_RULE, PairPredicate(short_names)], ids=repr)
def test_rules_are_frozen_hashable_values_that_name_themselves(rule: Rule) -> None:
    assert isinstance(rule, Rule)
    assert copy(rule) == rule
    assert hash(copy(rule)) == hash(rule)
    assert rule.label.startswith(type(rule).__name__)
    with pytest.raises(FrozenInstanceError):
        rule.penalty = 3.0  # type: ignore[misc]


@pytest.mark.parametrize(
    ("rule", "label"),
    [
        (Ready(), "Ready"),
        (GapWindow("level", min=0), "GapWindow(level)"),
        (SameValue("site", penalty=1), "SameValue(site)"),
        (PairPredicate(short_names), "PairPredicate(short_names)"),
        (PairPredicate(short_names, "brief"), "PairPredicate(brief)"),
        (Quota(at_most=3), "Quota(pairs)"),
        (Quota(at_most=3, count="mentees"), "Quota(mentees)"),
        (Quota(same="site", per="team", at_most=3), "Quota(same site, per team)"),
        (Quota(same="site", per="team", at_most=3, name="local"), "Quota(local)"),
        (MinimumMatched(0.5), "MinimumMatched(mentee)"),
        (Parity("gender", 0.1), "Parity(gender)"),
        (MinimumLoad(2), "MinimumLoad(mentor)"),
        (
            MaximumLoad(
                2,
                "mentee",
                where={"site": Condition(values=("Lyon",)), "level": Condition(max=3)},
                per="team",
            ),
            "MaximumLoad(mentee site and level, per team)",
        ),
        (AtMostOneOf(("A", "B", "C", "D", "E")), "AtMostOneOf(A, B, C, 2 more)"),
        (Together(("A", "B")), "Together(A, B)"),
        (IfThen(("A", "B"), (("C", "D"),)), "IfThen(A with B, C with D)"),
    ],
)
def test_a_label_names_the_rule_and_its_field(rule: Rule, label: str) -> None:
    assert rule.label == label


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Ready(missing="maybe"), "missing"),  # type: ignore[arg-type]
        (lambda: Ready(penalty=0), "penalty"),
        (lambda: Ready(penalty=-1), "penalty"),
        (lambda: Ready(penalty=float("inf")), "penalty"),
        (lambda: GapWindow("level"), "GapWindow needs min, max or both"),
        (lambda: GapWindow("level", 3, 1), "min 3 is above max 1"),
        (lambda: GapWindow("level", min=float("nan")), "min"),
        (lambda: SameValue("site", missng="allow"), "missng"),  # type: ignore[call-arg]
        (lambda: MinimumOverlap(0), "0"),
        (lambda: MinimumOverlap(169), "0"),
        (lambda: NotInReportingLine(0), "0"),
        (lambda: NotInReportingLine(101), "0"),
        (lambda: Forbid((("A", "B", "C"),)), "0"),  # type: ignore[arg-type]
        (lambda: Require("AB"), "0"),  # type: ignore[arg-type]
        (lambda: Horizon(0), "0"),
        (lambda: Horizon(1201), "0"),
        (lambda: Horizon(12, "boss"), "1"),  # type: ignore[arg-type]
        (lambda: MinimumScore(1.5), "0"),
        (lambda: PairPredicate(5), "0"),  # type: ignore[arg-type]
        (lambda: Quota(same="site"), "Quota needs at_least, at_most"),
        (lambda: Quota(at_least=3, at_most=2), "at least 3 and at most 2 exclude each other"),
        (lambda: Quota(share_at_least=0.5, share_at_most=0.4), "at least 0.5 and at most 0.4"),
        (lambda: Quota(share_at_most=1.1), "share_at_most"),
        (lambda: Quota(at_most=-1), "at_most"),
        (lambda: Quota(same="site", different="site", at_most=1), "same and different in 'site'"),
        (lambda: Quota(same="site", count="mentees", at_most=1), "Quota counts mentees"),
        (
            lambda: Quota(mentor={"site": Condition(values=("X",))}, count="mentees", at_most=1),
            "on the mentee can be",
        ),
        (
            lambda: Quota(per="site", count="mentors", at_most=1),
            'the groups are of theirs too; give it per_role = "mentor"',
        ),
        (
            lambda: Quota(mentor={"site": {}}, at_most=1),  # type: ignore[dict-item]
            "A condition needs min, max or values",
        ),
        (lambda: MinimumMatched(1.5), "0"),
        (lambda: Parity("site", -0.1), "1"),
        (lambda: Parity("site", float("inf")), "1"),
        (lambda: MinimumLoad(0), "0"),
        (lambda: MinimumLoad(2, or_none=True, per="site"), "or_none is about people"),
        (lambda: MaximumLoad(-1), "0"),
        (AtMostOneOf, "AtMostOneOf needs people or pairs"),
        (lambda: AtMostOneOf(("A",), pairs=(("A", "B"),)), "AtMostOneOf needs people or pairs"),
        (lambda: AtMostOneOf(("A", "A")), "'A' is there twice"),
        (lambda: Together(("A",)), "at least 2 items"),
        (lambda: Together(("A", "B", "A")), "'A' is there twice"),
        (lambda: IfThen(("A", "B"), ()), "at least 1 item"),
        (lambda: IfThen(("A", "B"), (("C", "D"), ("A", "B"))), "is among the others"),
    ],
)
def test_a_parameter_out_of_its_range_is_refused(make: Callable[[], object], words: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(words)):
        make()
