"""Strategies: whole problems and sides of people, drawn by Hypothesis."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final

import hypothesis.strategies as st
import numpy as np
from numpy.typing import NDArray

from pairkit.encoding import Side
from pairkit.errors import ProblemError
from pairkit.objectives import Aim, Objective
from pairkit.parts import Elementwise, Listed, of_side
from pairkit.preferences import Preferences
from pairkit.problem import Feature, Problem
from pairkit.rows import LoadBounds, Row

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy
    from scipy.sparse import csr_array

    from pairkit.parts import Part
    from pairkit.roster import Roster
    from pairkit.rows import Floats, SideName

__all__ = ["EVERYTHING", "ORDERS", "problems", "problems_beyond", "sides"]

EVERYTHING: Final = frozenset(Feature)
ORDERS: Final = frozenset(
    {
        Feature.PARTICIPATION_FIRST,
        Feature.QUALITY_ALONE,
        Feature.LEAST_CHANGE,
        Feature.OTHER_ORDERS,
    }
)
REFERENCE: Final = date(2026, 1, 15)
CANDIDATES: Final = 12

SIXTEENTHS = st.integers(-16, 16).map(lambda k: k / 16.0)
TIES = st.integers(-2, 2).map(float)
FINE = st.floats(-2, 2).map(lambda score: round(score, 6))
POWERS = st.sampled_from([0, 0, 0, -40, 40, -150, 150])
APART = st.sampled_from([-30, -10, 0, 10, 30])
WEIGHTS = st.sampled_from([0.0, 0.0, 1.0, 1.0, 2.0, 0.5, -1.0])
LIMITS = st.integers(-2, 8).map(lambda k: k / 2.0)
PENALTIES = st.sampled_from([None, 0.25, 1.0, 3.0])
TOLERANCES = st.sampled_from([0.0, 0.0, 0.125, 0.5])


@dataclass(frozen=True, slots=True, eq=False)
class _Wanted:
    """What a problem is to be like."""

    features: frozenset[Feature]
    wide: bool
    peers: bool
    exact: bool

    def has(self, feature: Feature) -> bool:
        return feature in self.features


def problems(
    features: Iterable[Feature] = EVERYTHING, *, wide: bool = False
) -> SearchStrategy[Problem]:
    """Return a strategy for small problems that ask for no more than some features.

    Drawn are empty sides, room for nobody and for several, forbidden pairs, ties, negative, huge
    and tiny scores, dense and sparse, pins that can be made and that cannot, and whatever the
    features allow of orders, tolerances, priorities, preferences, rules on the whole program and
    peers. No problem has more than 12 candidates, so that
    :func:`~pairkit.testing.every_solution` can list its solutions.

    Parameters
    ----------
    features
        What the problems may ask for: one of the orders of objectives at least.
    wide
        Whether the scores of one problem may differ by many orders of magnitude.

    Raises
    ------
    ProblemError
        The features hold no order of objectives.
    """
    known = frozenset(features)
    if not known & ORDERS:
        raise ProblemError(f"A problem needs an order of objectives: {', '.join(sorted(ORDERS))}.")
    return _problems(known, wide)


def problems_beyond(features: Iterable[Feature]) -> SearchStrategy[Problem]:
    """Return a strategy for small problems that ask for something else than some features."""
    known = frozenset(features)
    return problems().filter(lambda problem: not problem.features <= known)


@st.composite
def _problems(draw: DrawFn, features: frozenset[Feature], wide: bool) -> Problem:  # noqa: FBT001
    if features & ORDERS == {Feature.LEAST_CHANGE} or (
        Feature.LEAST_CHANGE in features and draw(st.integers(0, 7)) == 7
    ):
        return draw(_least_changes(features, wide))
    peers = Feature.PEERS in features and draw(st.integers(0, 3)) == 0
    rules = Feature.PROGRAM_RULES in features and draw(st.booleans())
    names = draw(_orders(features, peers=peers))
    tolerant = Feature.TOLERANCES in features and len(names) > 1 and draw(st.booleans())
    wanted = _Wanted(features, wide, peers, exact=rules or tolerant)
    shape = draw(_shapes(peers=peers))
    scores = draw(_scores(shape, wanted))
    problem = Problem.from_scores(
        scores if draw(st.booleans()) else _sparse(scores),
        draw(_capacities(shape[0], wanted)),
        draw(_capacities(shape[1], wanted)),
        draw(_aims(names, shape, wanted, tolerant=tolerant)),
        rows=draw(st.lists(_rows(shape, wanted), max_size=2)) if rules else (),
        loads=draw(st.lists(_loads(shape, wanted), max_size=2)) if rules else (),
        preferences=draw(_preferences(shape)) if Objective.STABILITY in names else None,
        peers=peers,
    )
    return draw(_pinned(problem, scores))


@st.composite
def _least_changes(draw: DrawFn, features: frozenset[Feature], wide: bool) -> Problem:  # noqa: FBT001
    """Draw a problem in which earlier pairs, for which there is room, are kept."""
    wanted = _Wanted(features, wide, peers=False, exact=True)
    shape = draw(_shapes(peers=False))
    scores = draw(_scores(shape, wanted))
    room = [draw(_capacities(size, wanted)) for size in shape]
    kept = draw(_kept(shape, room))
    names = [Objective.PARTICIPATION, Objective.CONTINUITY]
    aims = [Aim(name, weight=kept if name is Objective.CONTINUITY else None) for name in names]
    aims = draw(st.permutations(aims))
    if draw(st.booleans()):
        counts = draw(st.lists(st.integers(0, 3), min_size=shape[1], max_size=shape[1]))
        first = of_side(np.array(counts, dtype=np.float64), shape[0], mentors=False)
        aims = [*aims, Aim(Objective.PARTICIPATION, weight=first)]
    rows: tuple[Row, ...] = ()
    if Feature.BROKEN_LIMIT in features and draw(st.booleans()):
        rows = (Row("drawn limit", kept, least=float(draw(st.integers(0, len(kept))))),)
    cells = scores if draw(st.booleans()) else _sparse(scores)
    aims = [*aims, Aim(Objective.QUALITY)]
    problem = Problem.from_scores(cells, room[0], room[1], aims, rows=rows)
    pinned = problem if rows else draw(_pinned(problem, scores))
    return pinned if pinned.features <= features else problem


def _orders(features: frozenset[Feature], *, peers: bool) -> SearchStrategy[tuple[Objective, ...]]:
    """Return a strategy for the names of objectives, in order."""
    some: list[SearchStrategy[tuple[Objective, ...]]] = []
    if Feature.PARTICIPATION_FIRST in features:
        some.append(st.just((Objective.PARTICIPATION, Objective.QUALITY)))
    if Feature.QUALITY_ALONE in features:
        some.append(st.just((Objective.QUALITY,)))
    if Feature.OTHER_ORDERS in features:
        own = {Objective.EGALITARIAN, Objective.STABILITY, Objective.CONTINUITY}
        known = [
            name
            for name in Objective
            if (name not in own or Feature(name) in features)
            and not (peers and name is Objective.STABILITY)
        ]
        more = st.lists(st.sampled_from(known), min_size=1, max_size=3, unique=True).map(tuple)
        usual = {(Objective.PARTICIPATION, Objective.QUALITY), (Objective.QUALITY,)}
        some += [more.filter(lambda names: names not in usual)] * 2
    return st.one_of(some)


@st.composite
def _shapes(draw: DrawFn, *, peers: bool) -> tuple[int, int]:
    if peers:
        size = draw(st.integers(0, 5))
        return size, size
    m = draw(st.integers(0, 4))
    n = draw(st.integers(0, min(5, CANDIDATES // max(m, 1))))
    return (m, n) if draw(st.booleans()) else (n, m)


@st.composite
def _scores(draw: DrawFn, shape: tuple[int, int], wanted: _Wanted) -> Floats:
    """Draw a matrix of scores, nan where a pair is forbidden."""
    size = shape[0] * shape[1]
    kinds = [SIXTEENTHS, TIES] if wanted.exact else [SIXTEENTHS, TIES, FINE]
    cell = draw(st.sampled_from(kinds))
    open_ = draw(st.sampled_from([cell, st.one_of(cell, cell, st.just(np.nan))]))
    scores = np.array(draw(st.lists(open_, min_size=size, max_size=size)), dtype=np.float64)
    if wanted.wide:
        powers = draw(st.lists(APART, min_size=size, max_size=size))
        scores = np.ldexp(scores, np.array(powers, dtype=np.int64))
    elif not wanted.exact:
        scores = np.ldexp(scores, draw(POWERS))
    matrix = scores.reshape(shape)
    return np.triu(matrix, 1) + np.triu(matrix, 1).T if wanted.peers else matrix


def _sparse(scores: Floats) -> csr_array:
    """Return scores as a sparse matrix, in which what is not stored is forbidden."""
    from scipy.sparse import csr_array

    i, j = np.nonzero(~np.isnan(scores))
    return csr_array((scores[i, j], (i, j)), shape=scores.shape)


def _capacities(size: int, wanted: _Wanted) -> SearchStrategy[list[int]]:
    most = 3 if wanted.has(Feature.CAPACITIES) else 1
    room = st.sampled_from([0, 1, 1, 1, *range(2, most + 1)])
    return st.lists(room, min_size=size, max_size=size)


def _matrices(
    cell: SearchStrategy[float], shape: tuple[int, int], *, symmetric: bool = False
) -> SearchStrategy[Floats]:
    size = shape[0] * shape[1]
    return st.lists(cell, min_size=size, max_size=size).map(
        lambda cells: _mirrored(np.array(cells, dtype=np.float64).reshape(shape), symmetric)
    )


def _mirrored(matrix: Floats, symmetric: bool) -> Floats:  # noqa: FBT001
    return np.triu(matrix) + np.triu(matrix, 1).T if symmetric else matrix


def _table(matrix: Floats) -> Part:
    return Elementwise(lambda i, j: matrix[i, j])


@st.composite
def _aims(
    draw: DrawFn,
    names: tuple[Objective, ...],
    shape: tuple[int, int],
    wanted: _Wanted,
    *,
    tolerant: bool,
) -> list[Aim]:
    aims: list[Aim] = []
    for name in names:
        aim = Aim(name, weight=draw(_kept(shape)) if name is Objective.CONTINUITY else None)
        if name is Objective.PARTICIPATION and wanted.has(Feature.PRIORITIES):
            aim = replace(aim, weight=draw(st.none() | _priorities(shape, wanted)))
        if name is Objective.EGALITARIAN:
            aim = replace(aim, steps=draw(st.integers(1, 3)))
        if tolerant and name is not names[-1] and aim.additive:
            aim = replace(aim, tolerance=draw(TOLERANCES))
        aims.append(aim)
    return aims


@st.composite
def _kept(
    draw: DrawFn, shape: tuple[int, int], room: Sequence[Sequence[int]] | None = None
) -> Listed:
    """Draw what keeping a pair counts; with room, of pairs that all fit into it."""
    places = [(i, j) for i in range(shape[0]) for j in range(shape[1])]
    pairs = draw(st.lists(st.sampled_from(places), max_size=4)) if places else []
    if room is None:
        pairs += [(j, i) for i, j in pairs if shape[0] == shape[1]]
    else:
        pairs = [*dict.fromkeys(pairs)]
        loads = (Counter(i for i, _ in pairs), Counter(j for _, j in pairs))
        pairs = [
            pair
            for pair in pairs
            if all(load[k] <= own[k] for load, own, k in zip(loads, room, pair, strict=True))
        ]
    i, j = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return Listed(i, j, 1.0, shape)


@st.composite
def _priorities(draw: DrawFn, shape: tuple[int, int], wanted: _Wanted) -> Part:
    """Draw what a pair counts for its mentor or its mentee."""
    mentors = draw(st.booleans())
    size, others = shape if mentors else shape[::-1]
    counts = draw(st.lists(st.sampled_from([0.0, 1.0, 2.0, 0.5]), min_size=size, max_size=size))
    values = np.array(counts, dtype=np.float64)
    if wanted.peers:
        return _table(values[:, None] + values[None, :])
    return of_side(values, others, mentors=mentors)


@st.composite
def _rows(draw: DrawFn, shape: tuple[int, int], wanted: _Wanted) -> Row:
    weights = draw(_matrices(WEIGHTS, shape, symmetric=wanted.peers))
    least = draw(st.just(-np.inf) | LIMITS)
    most = least + draw(st.sampled_from([np.inf, 0.0, 0.5, 1.0, 2.0]))
    matched = None
    if draw(st.booleans()):
        matched = draw(_matched(shape))
    return Row(
        "drawn row",
        _table(weights) if matched is None or draw(st.booleans()) else None,
        least,
        draw(LIMITS) if np.isnan(most) or np.isneginf(least) else most,
        draw(PENALTIES),
        draw(st.booleans()),
        matched,
    )


@st.composite
def _matched(draw: DrawFn, shape: tuple[int, int]) -> tuple[Floats, Floats]:
    first, second = (
        np.array(draw(st.lists(WEIGHTS, min_size=size, max_size=size)), dtype=np.float64)
        for size in shape
    )
    return first, second


@st.composite
def _loads(draw: DrawFn, shape: tuple[int, int], wanted: _Wanted) -> LoadBounds:
    side: SideName = "mentor" if wanted.peers or draw(st.booleans()) else "mentee"
    size = shape[0] if side == "mentor" else shape[1]
    least = np.array(
        draw(st.lists(st.sampled_from([0, 0, 1, 2]), min_size=size, max_size=size)),
        dtype=np.int64,
    )
    more = draw(st.lists(st.sampled_from([0, 1, 5]), min_size=size, max_size=size))
    most = least + np.array(more, dtype=np.int64)
    return LoadBounds("drawn loads", side, least, most, draw(st.booleans()), draw(PENALTIES))


@st.composite
def _preferences(draw: DrawFn, shape: tuple[int, int]) -> Preferences | None:
    if draw(st.booleans()):
        return None
    rank = st.sampled_from([np.nan, 0.0, -1.0, -2.0, -3.0])
    return Preferences.from_scores(draw(_matrices(rank, shape)), draw(_matrices(rank, shape)))


@st.composite
def _pinned(draw: DrawFn, problem: Problem, scores: Floats) -> Problem:
    """Draw pins: mostly none, mostly of candidates with room, now and then of any pairs."""
    kind = draw(st.integers(0, 7))
    if kind > 2:
        return problem
    allowed = ~np.isnan(scores) if kind else np.ones(scores.shape, dtype=np.bool_)
    if kind:
        allowed &= (problem.mentor_capacity > 0)[:, None] & (problem.mentee_capacity > 0)[None, :]
    if problem.peers:
        allowed = np.triu(allowed, 1)
    places = np.argwhere(allowed).tolist()
    if not places:
        return problem
    found = draw(st.lists(st.sampled_from(places), max_size=2, unique_by=tuple))
    pins: NDArray[np.int64] = np.array(sorted(found), dtype=np.int64).reshape(-1, 2)
    return replace(problem, pinned_mentors=pins[:, 0], pinned_mentees=pins[:, 1])


def sides(roster: Roster) -> SearchStrategy[tuple[Side, Side]]:
    """Return a strategy for two sides of a roster; somebody may be on both, or a side be empty."""
    one = st.integers(0, 2 ** len(roster) - 1).map(
        lambda chosen: side_of(
            roster, np.flatnonzero([chosen >> k & 1 for k in range(len(roster))])
        )
    )
    return st.tuples(one, one)


def side_of(roster: Roster, places: NDArray[np.int64]) -> Side:
    """Return a side of some people of a roster, in the order of the roster."""
    return Side(roster.columns, tuple(roster), places, REFERENCE)
