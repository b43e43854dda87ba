"""Pair spaces for tests of screens and scans: drawn from every kind of part, and from people."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import hypothesis.strategies as st
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

import pairkit as pk
from pairkit.constraints import Forbidding
from pairkit.parts import Bilinear, Elementwise, Index, Listed, Lookup, Part, Predicate
from pairkit.scoredspace import (
    RuledOut,
    ScoredPart,
    ScoredSpace,
    SoftRule,
)

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = [
    "OPEN",
    "Kinds",
    "a_space",
    "kinds",
    "program",
    "scored_spaces",
]

Shape = tuple[int, int]
Make = Callable[[np.random.Generator, Shape], Any]


class Kinds(NamedTuple):
    """What a drawn space is made of, by name."""

    parts: tuple[str, ...] = ("dense",)
    rules: tuple[str, ...] = ()
    soft: tuple[str, ...] = ()
    floor: float | None = None
    soft_floor: bool = False


def thinned(rng: np.random.Generator, size: int, width: int, share: float) -> NDArray[np.float64]:
    return rng.random((size, width)) * (rng.random((size, width)) < share)


def units(rng: np.random.Generator, size: int, width: int) -> NDArray[np.float64]:
    drawn = rng.normal(size=(size, width)) + 1e-9
    found: NDArray[np.float64] = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    return found


def dense(rng: np.random.Generator, shape: Shape) -> Part:
    return Bilinear(rng.random((shape[0], 5)) / 5.0, rng.random((shape[1], 5)))


def signed(rng: np.random.Generator, shape: Shape) -> Part:
    left, right = units(rng, shape[0], 6), units(rng, shape[1], 6)
    ones = np.ones((shape[0], 1)), np.ones((shape[1], 1))
    return Bilinear(0.5 * np.hstack([ones[0], left]), np.hstack([ones[1], right]))


def sparse(rng: np.random.Generator, shape: Shape) -> Part:
    left, right = thinned(rng, shape[0], 40, 0.3), thinned(rng, shape[1], 40, 0.1)
    return Bilinear(csr_array(left), csr_array(right / 40.0))


def mixed(rng: np.random.Generator, shape: Shape) -> Part:
    return Bilinear(thinned(rng, shape[0], 30, 0.2), csr_array(rng.random((shape[1], 30)) / 30.0))


def wide(rng: np.random.Generator, shape: Shape) -> Part:
    left, right = thinned(rng, shape[0], 300, 0.01), thinned(rng, shape[1], 300, 0.01)
    return Bilinear(csr_array(left), csr_array(right / 30.0))


def table(rng: np.random.Generator, shape: Shape) -> Part:
    return Lookup(rng.integers(0, 4, shape[0]), rng.integers(0, 3, shape[1]), rng.random((4, 3)))


def listed(rng: np.random.Generator, shape: Shape) -> Part:
    i, j = some_pairs(rng, shape, 0.2)
    return Listed(i, j, 0.5 * rng.random(len(i)) + 0.01, shape, ground=0.25)


def distance(rng: np.random.Generator, shape: Shape) -> Part:
    return Elementwise(closeness(rng, shape))


def slow(rng: np.random.Generator, shape: Shape) -> Part:
    return Elementwise(closeness(rng, shape), slow=True)


def closeness(
    rng: np.random.Generator, shape: Shape
) -> Callable[[Index, Index], NDArray[np.float64]]:
    a, b = rng.random(shape[0]), rng.random(shape[1])
    return lambda i, j: np.abs(a[i] - b[j])


def some_pairs(rng: np.random.Generator, shape: Shape, share: float) -> tuple[Index, Index]:
    i, j = np.nonzero(rng.random(shape) < share)
    return i.astype(np.int64), j.astype(np.int64)


def table_rule(rng: np.random.Generator, shape: Shape) -> Predicate:
    codes = rng.integers(0, 5, shape[0]), rng.integers(0, 4, shape[1])
    return Lookup(*codes, rng.random((5, 4)) < 0.4)


def list_rule(rng: np.random.Generator, shape: Shape) -> Predicate:
    return Listed(*some_pairs(rng, shape, 0.2), True, shape)


def function_rule(rng: np.random.Generator, shape: Shape) -> Predicate:
    a, b = rng.random(shape[0]), rng.random(shape[1])
    return lambda i, j: np.abs(a[i] - b[j]) < 0.2


PARTS: dict[str, Make] = {
    "dense": dense,
    "signed": signed,
    "sparse": sparse,
    "mixed": mixed,
    "wide": wide,
    "table": table,
    "listed": listed,
    "distance": distance,
    "slow": slow,
}
RULES: dict[str, Make] = {
    "table": table_rule,
    "other table": table_rule,
    "list": list_rule,
    "function": function_rule,
    "slow": function_rule,
}
OPEN = "slow"
"""The part or rule with which tiles leave something open."""


def a_space(shape: Shape, made_of: Kinds, seed: int = 0, *, penalty: float = 0.3) -> ScoredSpace:
    """Return a space made of these kinds of parts and rules."""
    rng = np.random.default_rng(seed)
    weights = rng.random(len(made_of.parts)) + 0.1
    parts = [
        ScoredPart(name, float(weight), PARTS[name](rng, shape))
        for name, weight in zip(made_of.parts, weights / weights.sum(), strict=True)
    ]
    rules = [
        RuledOut(name, Forbidding(RULES[name](rng, shape), lambda *_: "", slow=name == OPEN))
        for name in made_of.rules
    ]
    signs = [-1.0, 1.0]
    soft = [
        SoftRule(name, signs[k % 2] * penalty, RULES[name](rng, shape), slow=name == OPEN)
        for k, name in enumerate(made_of.soft)
    ]
    floors = [("Soft floor", 0.4, penalty)] if made_of.soft_floor else []
    return ScoredSpace(
        shape, parts, rules=rules, soft=soft, floor=made_of.floor, soft_floors=floors
    )


def kinds(*, may_be_open: bool = True) -> SearchStrategy[Kinds]:
    """Return strategies over what a space is made of."""
    parts, rules = (
        st.sampled_from([name for name in names if may_be_open or name != OPEN])
        for names in (PARTS, RULES)
    )
    return st.builds(
        Kinds,
        st.lists(parts, min_size=1, max_size=4, unique=True).map(tuple),
        st.lists(rules, max_size=3, unique=True).map(tuple),
        st.lists(rules, max_size=3, unique=True).map(tuple),
        st.sampled_from([None, 0.3]) if may_be_open else st.none(),
        st.booleans() if may_be_open else st.just(value=False),
    )


@st.composite
def scored_spaces(
    draw: st.DrawFn, *, most: int = 40, may_be_open: bool = True, penalty: float = 0.3
) -> ScoredSpace:
    """Draw a space of people, any kind of part and rule in it."""
    shape = draw(st.integers(0, most)), draw(st.integers(0, most))
    made_of = draw(kinds(may_be_open=may_be_open))
    return a_space(shape, made_of, draw(st.integers(0, 999)), penalty=penalty)


def share_of_letters(mentor: pk.Participant, mentee: pk.Participant) -> float:
    """Return a score in [0, 1] of two people: any that is slow to ask for."""
    letters = set(str(mentor.department)), set(str(mentee.department))
    return len(letters[0] & letters[1]) / max(len(letters[0] | letters[1]), 1)


def not_both_even(mentor: pk.Participant, mentee: pk.Participant) -> bool:
    """Return whether two people may meet: any rule that is slow to ask."""
    return (int(mentor.id[-1]) + int(mentee.id[-1])) % 5 != 0


def program(roster: pk.Roster, which: str, *, penalty: float = 0.4) -> pk.Program:
    """Return a program with every built-in scorer, or every rule, soft or hard, in it."""
    ids = [person.id for person in roster]
    pairs = list(zip(ids[::3], ids[1::3], strict=False))
    skills = pk.SkillCoverage(rarity=True)
    scorers: dict[str, pk.Scorer] = {
        "skills": pk.SkillCoverage(),
        "mean": pk.TwoWay(skills),
        "interests": pk.SharedInterests(),
        "languages": pk.SharedLanguage(),
        "time": pk.AvailabilityOverlap(enough=4.0),
        "gap": pk.Gap("experience", ideal=-6.0, width=15.0),
        "site": pk.Same("site"),
        "department": pk.Different("department"),
        "wishes": pk.PreferenceRank(),
        "texts": pk.TextSimilarity(),
        "vectors": pk.Vectors({one: [k % 3, k % 5, 1.0] for k, one in enumerate(ids[2:])}),
    }
    fast: tuple[pk.Rule, ...] = (
        pk.Ready(),
        pk.GapWindow("level", max=-1.0),
        pk.DifferentValue("department"),
        pk.CommonLanguage(),
        pk.MinimumOverlap(0.5),
        pk.NotInReportingLine(),
        pk.Horizon(6),
        pk.Avoid(),
        pk.Forbid(pairs[:5]),
        pk.NotRepeated(pairs[5:]),
    )
    soft: tuple[pk.Rule, ...] = (
        pk.SameValue("site", penalty=penalty),
        pk.GapWindow("experience", max=-10.0, penalty=penalty),
        pk.CommonLanguage(penalty=penalty),
        pk.MinimumOverlap(3.0, penalty=penalty),
        pk.NotInReportingLine(penalty=penalty),
        pk.Avoid(penalty=penalty),
        pk.Forbid(pairs[3:8], penalty=penalty),
        pk.NotRepeated(pairs, penalty=penalty),
    )
    slow_ones: tuple[pk.Rule, ...] = (
        pk.PairPredicate(not_both_even),
        pk.PairPredicate(not_both_even, penalty=penalty),
        pk.MinimumScore(0.35),
        pk.MinimumScore(0.5, penalty=penalty),
    )
    slow_scorers: dict[str, pk.Scorer] = {
        "letters": pk.PairFunction(share_of_letters),
        "min": pk.TwoWay(pk.SkillCoverage(), combine="min"),
        "geometric": pk.TwoWay(pk.SkillCoverage(), combine="geometric"),
    }
    rules = {"scorers": fast[1:2], "hard": fast, "soft": (fast[1], *soft)}
    if which in rules:
        return pk.Program(scoring=scorers, rules=rules[which])
    return pk.Program(scoring=scorers | slow_scorers, rules=(*fast[1:4], *soft[:3], *slow_ones))
