"""Rules on the whole program against counting by hand: two sides and peers, kept and broken."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import assume, given

import pairkit as pk
from pairkit.conditions import Condition
from pairkit.lowering import lower
from pairkit.pairspace import DenseSpace
from pairkit.parts import Lookup
from pairkit.profiles import fold
from pairkit.rows import UNLIMITED
from pairkit.values import excesses, row_value
from pairkit.verify import violations
from tests.people import maybe, on_pairs, on_tile, rosters, sides_of

if TYPE_CHECKING:
    from pairkit.encoding import Side

T = TypeVar("T")
RoleName = Literal["mentor", "mentee"]
People = list[pk.Participant]

FIELDS: dict[str, st.SearchStrategy[object]] = {
    "department": maybe(st.sampled_from(["Data", "data", "Sales"])),
    "site": maybe(st.sampled_from(["Lyon", "Paris"])),
    "level": maybe(st.integers(1, 3)),
}
FIELD = st.sampled_from(["department", "site"])
CONDITIONS = st.sampled_from(
    [
        {},
        {"site": Condition(values=("lyon",))},
        {"level": Condition(min=2)},
        {"site": Condition(values=("Paris",)), "level": Condition(max=2)},
    ]
)
SHARES = st.sampled_from([0.0, 0.2, 0.5, 0.95, 1.0])
ROLES: st.SearchStrategy[RoleName] = st.sampled_from(["mentor", "mentee"])
IDS = st.sampled_from([f"P{k}" for k in range(4)])
PENALTY = maybe(st.sampled_from([0.25, 3.0]))


@dataclass(frozen=True)
class Made:
    """Pairs that were made, and how to count them by hand."""

    mentors: People
    mentees: People
    pairs: list[tuple[pk.Participant, pk.Participant, float]]
    peers: bool = False

    def side(self, role: RoleName) -> People:
        return self.mentors if role == "mentor" else self.mentees

    def partners(self, person: pk.Participant, role: RoleName) -> int:
        ends = {
            "mentor": [m.id for m, _, _ in self.pairs],
            "mentee": [e.id for _, e, _ in self.pairs],
        }
        both = [*ends["mentor"], *ends["mentee"]] if self.peers else ends[role]
        return both.count(person.id)

    def matched(self, people: People, role: RoleName) -> int:
        return sum(self.partners(person, role) > 0 for person in people)

    def count(self, holds: Callable[[pk.Participant, pk.Participant], bool]) -> int:
        return sum(holds(m, e) or (self.peers and holds(e, m)) for m, e, _ in self.pairs)

    def total(self, people: People, role: RoleName) -> float:
        ids = {person.id for person in people}
        return sum(
            score * sum(end.id in ids for end in self.ends(m, e, role))
            for m, e, score in self.pairs
        )

    def ends(self, mentor: pk.Participant, mentee: pk.Participant, role: RoleName) -> People:
        if self.peers:
            return [mentor, mentee]
        return [mentor if role == "mentor" else mentee]


def value(person: pk.Participant, field: str) -> str | None:
    found = person.value(field)
    return None if found is None else fold(str(found))


def groups(people: People, field: str | None) -> list[People]:
    if field is None:
        return [people]
    stated = dict.fromkeys(value(one, field) for one in people)
    return [[one for one in people if value(one, field) == v] for v in stated if v is not None]


def meets(person: pk.Participant, conditions: Mapping[str, Condition]) -> bool:
    return all(c.unmet(field, person.value(field)) is None for field, c in conditions.items())


def beyond(number: float, least: float | None, most: float | None) -> float:
    few = 0.0 if least is None else max(least - number, 0.0)
    return few + (0.0 if most is None else max(number - most, 0.0))


# What each rule should be exceeded by, from its documentation alone


def quota_excess(rule: pk.Quota, made: Made) -> float:
    return sum(
        (_pairs_excess if rule.count == "pairs" else _people_excess)(rule, made, group)
        for group in groups(made.side(rule.per_role), rule.per)
    )


def _pairs_excess(rule: pk.Quota, made: Made, group: People) -> float:
    ids = {person.id for person in group}

    def inside(mentor: pk.Participant, mentee: pk.Participant) -> bool:
        return rule.per is None or (mentor if rule.per_role == "mentor" else mentee).id in ids

    def counts(mentor: pk.Participant, mentee: pk.Participant) -> bool:
        same, different = (
            (None, None) if field is None else (value(mentor, field), value(mentee, field))
            for field in (rule.same, rule.different)
        )
        return (
            inside(mentor, mentee)
            and (rule.same is None or (same[0] == same[1] and same[0] is not None))
            and (rule.different is None or (different[0] != different[1] and None not in different))
            and meets(mentor, rule.mentor)
            and meets(mentee, rule.mentee)
        )

    number, whole = made.count(counts), made.count(inside)
    low, high = (
        None if share is None else share * whole
        for share in (rule.share_at_least, rule.share_at_most)
    )
    return beyond(number, rule.at_least, rule.at_most) + beyond(number, low, high)


def _people_excess(rule: pk.Quota, made: Made, group: People) -> float:
    role: RoleName = "mentor" if rule.count == "mentors" else "mentee"
    people = group if rule.per else made.side(role)
    people = [one for one in people if meets(one, getattr(rule, role))]
    least = [*[rule.at_least or 0], math.ceil((rule.share_at_least or 0.0) * len(people) - 1e-9)]
    most = [math.inf if rule.at_most is None else rule.at_most]
    if rule.share_at_most is not None:
        most.append(math.floor(rule.share_at_most * len(people) + 1e-9))
    return beyond(made.matched(people, role), max(least), min(most))


def minimum_matched_excess(rule: pk.MinimumMatched, made: Made) -> float:
    people = made.side(rule.role)
    return beyond(made.matched(people, rule.role), math.ceil(rule.share * len(people) - 1e-9), None)


def parity_excess(rule: pk.Parity, made: Made) -> float:
    def reached(group: People) -> float:
        if rule.of == "matched":
            return made.matched(group, rule.role) / len(group)
        return made.total(group, rule.role) / len(group)

    found = [reached(group) for group in groups(made.side(rule.role), rule.field)]
    return sum(beyond(abs(a - b), None, rule.within) for a, b in itertools.combinations(found, 2))


def load_excess(rule: pk.MinimumLoad | pk.MaximumLoad, made: Made) -> float:
    people = [one for one in made.side(rule.role) if meets(one, rule.where)]
    if rule.per is None:
        numbers = [made.partners(one, rule.role) for one in people]
    else:
        numbers = [
            sum(made.partners(one, rule.role) for one in group)
            for group in groups(people, rule.per)
        ]
    if isinstance(rule, pk.MaximumLoad):
        return sum(beyond(number, None, rule.maximum) for number in numbers)
    return sum(beyond(n, rule.minimum, None) for n in numbers if n or not rule.or_none)


def at_most_one_excess(rule: pk.AtMostOneOf, made: Made) -> float:
    if rule.people:
        people = [one for one in made.side(rule.role) if one.id in rule.people]
        return beyond(made.matched(people, rule.role), None, 1)
    return beyond(made.count(lambda m, e: (m.id, e.id) in rule.pairs), None, 1)


def together_excess(rule: pk.Together, made: Made) -> float:
    role, others = rule.role, made.side("mentee" if rule.role == "mentor" else "mentor")
    linked = {(a.id, b.id) if role == "mentor" else (b.id, a.id) for a, b, _ in made.pairs}
    if made.peers:
        linked |= {(b, a) for a, b in linked}
    excess = 0
    for a, b in itertools.pairwise(rule.people):
        if rule.same_partner:
            excess += sum(((a, o.id) in linked) != ((b, o.id) in linked) for o in others)
        else:
            excess += any(a == one for one, _ in linked) != any(b == one for one, _ in linked)
    return excess


def if_then_excess(rule: pk.IfThen, made: Made) -> float:
    given_made = made.count(lambda m, e: (m.id, e.id) == rule.given)
    return max(0, given_made - made.count(lambda m, e: (m.id, e.id) in rule.then))


EXCESS: dict[type, Callable[..., float]] = {
    pk.Quota: quota_excess,
    pk.MinimumMatched: minimum_matched_excess,
    pk.Parity: parity_excess,
    pk.MinimumLoad: load_excess,
    pk.MaximumLoad: load_excess,
    pk.AtMostOneOf: at_most_one_excess,
    pk.Together: together_excess,
    pk.IfThen: if_then_excess,
}


@st.composite
def quotas(draw: st.DrawFn) -> pk.Quota:
    at_least, share_low = draw(maybe(st.integers(0, 3))), draw(maybe(SHARES))
    at_most = draw(maybe(st.integers(at_least or 0, 4)))
    share_high = draw(maybe(SHARES.filter(lambda share: share >= (share_low or 0.0))))
    if (at_least, at_most, share_low, share_high) == (None,) * 4:
        share_high = 0.5
    count: Literal["pairs", "mentors", "mentees"]
    count = draw(st.sampled_from(["pairs", "mentors", "mentees"]))
    role: RoleName = (
        draw(ROLES) if count == "pairs" else ("mentor" if count == "mentors" else "mentee")
    )
    pairs = count == "pairs"
    same = draw(maybe(FIELD)) if pairs else None
    different = draw(maybe(FIELD.filter(lambda field: field != same))) if pairs else None
    return pk.Quota(
        same=same,
        different=different,
        mentor=draw(CONDITIONS) if count != "mentees" else {},
        mentee=draw(CONDITIONS) if count != "mentors" else {},
        at_least=at_least,
        at_most=at_most,
        share_at_least=share_low,
        share_at_most=share_high,
        per=draw(maybe(FIELD)),
        per_role=role,
        count=count,
        penalty=draw(PENALTY),
    )


@st.composite
def load_rules(draw: st.DrawFn) -> pk.MinimumLoad | pk.MaximumLoad:
    role, where, per = draw(ROLES), draw(CONDITIONS), draw(maybe(FIELD))
    penalty = draw(PENALTY)
    if draw(st.booleans()):
        maximum = draw(st.integers(0, 2))
        return pk.MaximumLoad(maximum, role, where=where, per=per, penalty=penalty)
    or_none = per is None and draw(st.booleans())
    minimum = draw(st.integers(1, 3))
    return pk.MinimumLoad(minimum, role, where=where, per=per, or_none=or_none, penalty=penalty)


some_people = st.lists(IDS, min_size=2, max_size=4, unique=True).map(tuple)
some_pairs = st.lists(st.tuples(IDS, IDS), min_size=1, max_size=3).map(tuple)
RULES: st.SearchStrategy[pk.Rule] = st.one_of(
    quotas(),
    st.builds(pk.MinimumMatched, SHARES, ROLES, penalty=PENALTY),
    st.builds(
        pk.Parity,
        FIELD,
        st.sampled_from([0.0, 0.3]),
        of=st.sampled_from(["matched", "score"]),
        role=ROLES,
        penalty=PENALTY,
    ),
    load_rules(),
    st.builds(pk.AtMostOneOf, some_people, ROLES, penalty=PENALTY),
    st.builds(pk.AtMostOneOf, pairs=some_pairs, penalty=PENALTY),
    st.builds(pk.Together, some_people, ROLES, same_partner=st.booleans(), penalty=PENALTY),
    st.tuples(st.tuples(IDS, IDS), some_pairs)
    .filter(lambda drawn: drawn[0] not in drawn[1] and drawn[0][::-1] not in drawn[1])
    .map(lambda drawn: pk.IfThen(*drawn)),
)


@st.composite
def cases(draw: st.DrawFn) -> tuple[pk.Rule, pk.Problem, pk.Solution, Made]:
    """Draw a rule, a roster of which everybody is on both sides, and pairs."""
    roster = draw(rosters(FIELDS, min_size=4, max_size=6))
    rule = draw(RULES)
    mentors, mentees = sides_of(roster)
    n = len(roster)
    assume(stated(rule, roster))
    prepared = rule.prepare(mentors, mentees)
    assert isinstance(prepared, pk.Whole)
    scores = np.round(np.linspace(0.1, 0.9, n * n), 3).reshape(n, n)
    room = np.full(n, n)
    problem = pk.Problem(DenseSpace(scores), room, room, rows=prepared.rows, loads=prepared.loads)
    places = draw(
        st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=8, unique=True)
    )
    return (
        rule,
        problem,
        solved(problem, sorted(places)),
        made_of(mentors, mentees, problem, places),
    )


def stated(rule: pk.Rule, roster: pk.Roster) -> bool:
    """Whether somebody states the field that makes the groups of a rule."""
    field = getattr(rule, "per", None) or getattr(rule, "field", None)
    return field is None or any(one.value(field) is not None for one in roster)


def made_of(
    mentors: Side, mentees: Side, problem: pk.Problem, places: Sequence[tuple[int, int]]
) -> Made:
    i, j = np.array(places, dtype=np.int64).reshape(-1, 2).T
    scores = problem.space.pairs(i, j).scores.tolist()
    pairs = [
        (mentors.person(a), mentees.person(b), score)
        for (a, b), score in zip(places, scores, strict=True)
    ]
    return Made(mentors.people, mentees.people, pairs, problem.peers)


def solved(problem: pk.Problem, places: Sequence[tuple[int, int]]) -> pk.Solution:
    i, j = np.array(places, dtype=np.int64).reshape(-1, 2).T
    scores = problem.space.pairs(i, j).scores
    return pk.Solution(pk.Status.FEASIBLE, i, j, scores, (), "by hand")


def told(rule: pk.Rule, problem: pk.Problem, solution: pk.Solution) -> float:
    """The excess of all rows and loads; the verifier, which adds up by itself, agrees."""
    found = excesses(problem, solution.mentors, solution.mentees, solution.scores)
    total = math.fsum(excess for _, excess, _ in found)
    assert all(label.startswith(rule.label) for label, _, _ in found)
    assert {penalty for *_, penalty in found} <= {rule.penalty}
    broken = [one for one in violations(problem, solution) if one.kind == "rule"]
    assert bool(broken) == (total > 1e-6 and rule.penalty is None)
    return total


@given(cases())
def test_a_rule_is_exceeded_by_what_counting_by_hand_says(
    case: tuple[pk.Rule, pk.Problem, pk.Solution, Made],
) -> None:
    rule, problem, solution, made = case
    assert told(rule, problem, solution) == pytest.approx(EXCESS[type(rule)](rule, made), abs=1e-9)


@given(cases())
def test_weights_are_the_same_in_tiles_and_in_pairs(
    case: tuple[pk.Rule, pk.Problem, pk.Solution, Made],
) -> None:
    _, problem, _, _ = case
    for row in problem.rows:
        if row.weight is not None:
            tile = on_tile(row.weight, problem.shape)
            assert np.array_equal(tile, on_pairs(row.weight, problem.shape))
            assert tile.dtype == np.float64


@given(rosters(FIELDS, min_size=4, max_size=6), RULES, st.data())
def test_a_rule_on_peers_counts_a_pair_whichever_comes_first(
    roster: pk.Roster, rule: pk.Rule, data: st.DataObject
) -> None:
    assume(stated(rule, roster))
    lowered = lower(roster, peers(rule))
    n = len(roster)
    possible = list(itertools.combinations(range(n), 2))
    places = sorted(data.draw(st.lists(st.sampled_from(possible), max_size=6, unique=True)))
    problem = lowered.problem
    made = made_of(lowered.mentors, lowered.mentees, problem, places)
    expected = EXCESS[type(rule)](rule, made)
    assert told(rule, problem, solved(problem, places)) == pytest.approx(expected, abs=1e-9)
    assert all(bounds.side == "mentor" for bounds in problem.loads)


def test_a_share_of_peers_counts_and_is_of_pairs_whichever_comes_first() -> None:
    roster = pk.Roster.from_records(
        [
            {"id": "P0", "level": 1, "site": "Lyon"},
            {"id": "P1", "level": 3, "site": "Lyon"},  # counts as the first one of P0 only
            {"id": "P2", "level": 3},  # in the group through P0 only
        ]
    )
    rule = pk.Quota(mentor={"level": Condition(min=2)}, share_at_most=0.9, per="site")
    problem = lower(roster, peers(rule)).problem
    assert told(rule, problem, solved(problem, [(0, 1), (0, 2)])) == pytest.approx(2 - 0.9 * 2)
    assert told(rule, problem, solved(problem, [(0, 1), (1, 2)])) == pytest.approx(2 - 0.9 * 2)


def peers(*rules: pk.Rule, **settings: object) -> pk.Program:
    return pk.Program.model_validate(
        {
            "scoring": {"site": pk.Same("site", missing=0.25)},
            "rules": rules,
            "roles": {"peer": {}},
            "mentor_capacity": 6,
            **settings,
        }
    )


# What the properties do not reach


def sides(**fields: list[object]) -> tuple[Side, Side]:
    """The sides of people P0, P1, ... who are all on both."""
    size = len(next(iter(fields.values())))
    people = [
        pk.Participant.model_validate(
            {"id": f"P{k}"} | {field: values[k] for field, values in fields.items()}
        )
        for k in range(size)
    ]
    return sides_of(people)


def rows_of(rule: pk.Rule, *people: Side) -> tuple[pk.Row, ...]:
    prepared = rule.prepare(*people)
    assert isinstance(prepared, pk.Whole)
    return prepared.rows


@pytest.mark.parametrize(
    ("share", "least", "most"),
    [(0.95, 19, 19), (0.1, 2, 2), (0.12, 3, 2), (0.0, 0, 0), (1, 20, 20)],
)
def test_a_share_of_people_is_rounded_to_whole_people(
    share: float, least: float, most: float
) -> None:
    people = sides(site=["Lyon"] * 20)
    assert rows_of(pk.MinimumMatched(share), *people)[0].least == least
    low = rows_of(pk.Quota(share_at_least=share, count="mentees"), *people)[0]
    high = rows_of(pk.Quota(share_at_most=share, count="mentees"), *people)[0]
    assert (low.least, high.most) == (least, most)


def test_limits_in_people_and_as_a_share_that_exclude_each_other_are_two_rows() -> None:
    rule = pk.Quota(at_least=3, share_at_most=0.1, count="mentees")
    first, second = rows_of(rule, *sides(site=["Lyon"] * 10))
    assert (first.least, first.most, second.least, second.most) == (3, math.inf, -math.inf, 1)


def test_a_group_is_there_for_every_value_of_its_side_and_who_states_none_is_in_none() -> None:
    people = sides(site=["Lyon", None, "lyon", "Paris"])
    rows = rows_of(pk.Quota(per="site", at_most=1), *people)
    assert [row.label for row in rows] == [
        "Quota(per site): Lyon",
        "Quota(per site): Paris",
    ]


def test_a_field_that_nobody_states_makes_no_groups_and_is_told() -> None:
    people = sides(site=[None, None])
    rules = pk.Quota(per="site", at_least=1), pk.Parity("site", 0.1), pk.MinimumLoad(1, per="site")
    for rule in rules:
        with pytest.raises(pk.ProgramError, match="nobody on that side states 'site'"):
            rows_of(rule, *people)
    same = rows_of(pk.Quota(same="site", at_least=1), *people)[0].weight
    assert same is not None
    assert not on_tile(same, (2, 2)).any()


@pytest.mark.parametrize(
    "rule",
    [
        pk.Quota(same="sit", at_most=1),
        pk.Quota(per="sit", at_most=1),
        pk.Quota(mentor={"sit": Condition(min=1)}, at_most=1),
        pk.Parity("sit", 0.1),
        pk.MinimumLoad(1, where={"sit": Condition(min=1)}),
        pk.MaximumLoad(1, per="sit"),
    ],
    ids=repr,
)
def test_a_field_that_nobody_has_is_named_with_a_hint(rule: pk.Rule) -> None:
    with pytest.raises(pk.ProgramError, match=r"No participant has a field 'sit'\. .*'site'"):
        rule.prepare(*sides(site=["Lyon"]))


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (pk.AtMostOneOf(("P0", "P9")), r"AtMostOneOf\(P0, P9\): nobody in the roster .*'P9'"),
        (pk.AtMostOneOf(("P0", "P1")), "'P1' is not a mentee in this program"),
        (pk.Together(("P1", "P0"), "mentor"), "'P0' is not a mentor in this program"),
        (pk.AtMostOneOf(pairs=(("P1", "P9"),)), "nobody in the roster has the id 'P9'"),
        (pk.IfThen(("P1", "P0"), (("P1", "P9"),)), "nobody in the roster has the id 'P9'"),
    ],
)
def test_a_person_who_is_not_there_is_named(rule: pk.Rule, words: str) -> None:
    roster = pk.Roster.from_records([{"id": "P0"}, {"id": "P1"}])
    with pytest.raises(pk.ProgramError, match=words):
        rule.prepare(*sides_of(roster, [1], [0]))


def test_pairs_of_people_who_are_not_on_these_sides_can_never_be_made() -> None:
    roster = pk.Roster.from_records([{"id": "P0"}, {"id": "P1"}, {"id": "P2"}])
    mentors, mentees = sides_of(roster, [0, 1], [2])
    rule = pk.IfThen(("P0", "P2"), (("P2", "P1"),))
    (row,) = rows_of(rule, mentors, mentees)
    assert row.weight is not None
    assert on_tile(row.weight, (2, 1)).tolist() == [[1.0], [0.0]]  # P0 with P2: not possible now


def test_empty_sides_are_no_trouble() -> None:
    roster = pk.Roster.from_records([{"id": "P0", "site": "Lyon", "gender": "f"}])
    for mentors, mentees in ((sides_of(roster, [], [0])), (sides_of(roster, [0], []))):
        for rule in (
            pk.Quota(same="site", share_at_most=0.5),
            pk.Quota(at_least=0, per="site", count="mentees"),
            pk.MinimumMatched(1.0),
            pk.Parity("gender", 0.0),
            pk.MinimumLoad(1, per="site"),
            pk.MaximumLoad(1),
        ):
            prepared = rule.prepare(mentors, mentees)
            assert isinstance(prepared, pk.Whole)
            for row in prepared.rows:
                if row.weight is not None:
                    assert on_tile(row.weight, (len(mentors), len(mentees))).size == 0


def test_a_protected_field_feeds_quotas_and_parity_but_no_load_of_a_person() -> None:
    people = sides(gender=["f", "m"])
    female = {"gender": Condition(values=("f",))}
    assert rows_of(pk.Quota(mentee=female, at_least=1), *people)
    assert rows_of(pk.Parity("gender", 0.1), *people)
    with pytest.raises(pk.ProgramError, match=r"MaximumLoad\(mentor gender\) reads 'gender'"):
        pk.MaximumLoad(1, where=female).prepare(*people)
    permitted = {"gender": Condition(values=("f",), allow_protected=True)}
    whole = pk.MaximumLoad(1, where=permitted).prepare(*people)
    assert isinstance(whole, pk.Whole)
    assert whole.loads[0].most.tolist() == [1, UNLIMITED]


def test_parity_of_very_many_groups_is_refused() -> None:
    people = sides(site=[f"Site {k}" for k in range(101)])
    with pytest.raises(pk.ProgramError, match="there are 101 groups; at most 100"):
        pk.Parity("site", 0.1).prepare(*people)


def test_a_field_of_few_values_gives_tables_that_a_scan_can_fold() -> None:
    rule = pk.Quota(same="site", mentor={"level": Condition(min=2)}, share_at_most=0.5)
    (row,) = rows_of(rule, *sides(site=["Lyon", "Paris"] * 50, level=[1, 2, 3, 4] * 25))
    assert isinstance(row.weight, Lookup)
    assert row.weight.table.size <= 16


def test_rows_of_two_rules_of_one_name_stay_apart() -> None:
    rules = pk.MinimumLoad(1), pk.MinimumLoad(2, or_none=True), pk.Quota(at_most=3)
    roster = pk.Roster.from_records([{"id": "P0", "site": "Lyon"}])
    problem = lower(roster, peers(*rules, pk.Quota(at_least=1, per_role="mentor"))).problem
    assert [one.label for one in problem.loads] == ["MinimumLoad(mentor)", "MinimumLoad(mentor) #2"]
    assert [one.label for one in problem.rows] == ["Quota(pairs)", "Quota(pairs) #2"]


def test_a_soft_rule_costs_its_penalty_for_every_unit() -> None:
    row = pk.Row(
        "few", Lookup(np.zeros(2, int), np.zeros(2, int), np.ones((1, 1))), most=1, penalty=2
    )
    problem = pk.Problem.from_scores([[1.0, 1.0], [1.0, 1.0]], 2, 2, rows=[row])
    i, j = np.array([0, 0, 1]), np.array([0, 1, 0])
    scores = np.ones(3)
    assert row_value(problem, row, i, j, scores) == 3.0
    assert pk.values.aim_values(problem, i, j, scores) == (3.0, 3.0 - 2 * 2.0)
