"""Small problems of people with rules on pairs, for tests of what would be if one were not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import hypothesis.strategies as st
import numpy as np

import pairkit as pk
from pairkit.constraints import Forbidding
from pairkit.objectives import Aim, Objective
from pairkit.pairspace import Mutual
from pairkit.parts import Elementwise, Listed, Lookup
from pairkit.rows import LoadBounds, Row
from pairkit.scoredspace import ONESELF, RuledOut, ScoredPart, ScoredSpace
from pairkit.testing import every_solution

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pairkit.parts import Predicate

RULES = ("table", "list", "function", "slow function")


def forbidding(kind: str, forbidden: NDArray[np.bool_]) -> Forbidding:
    """Return a rule that forbids these pairs, of a kind."""
    m, n = forbidden.shape
    forbids: Predicate = lambda i, j: forbidden[i, j]  # noqa: E731 - one of four
    if kind == "table":
        forbids = Lookup(np.arange(m), np.arange(n), forbidden)
    elif kind == "list":
        i, j = np.nonzero(forbidden)
        forbids = Listed(i, j, True, (m, n))
    return Forbidding(forbids, lambda *_: "so it is", slow=kind == "slow function")


@st.composite
def ruled_problems(
    draw: st.DrawFn, *, peers: bool = False, whole: bool = False, floors: bool = True
) -> pk.Problem:
    """Draw a problem of up to 12 pairs under one to three rules on pairs, and maybe a floor."""
    m, n = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    n = m if peers else n
    size = m * n
    cells = st.lists(st.integers(0, 16), min_size=size, max_size=size)
    scores = np.array(draw(cells)).reshape(m, n) / 16.0
    rules = [
        RuledOut(
            f"{draw(st.sampled_from(RULES))} {k}",
            forbidding(
                draw(st.sampled_from(RULES)),
                np.array(
                    draw(
                        st.lists(
                            st.sampled_from([True, False, False]), min_size=size, max_size=size
                        )
                    )
                ).reshape(m, n),
            ),
        )
        for k in range(draw(st.integers(1, 3)))
    ]
    if peers:
        rules.append(RuledOut(ONESELF, forbidding("list", np.eye(m, dtype=np.bool_))))
    floor = draw(st.sampled_from([None, 0.25, 0.5])) if floors else None
    part = ScoredPart("drawn", 1.0, Elementwise(lambda i, j: scores[i, j]))
    space = ScoredSpace((m, n), [part], rules=rules, floor=floor)
    room = st.sampled_from([0, 1, 1, 1, 2])
    rooms = [np.array(draw(st.lists(room, min_size=k, max_size=k)), dtype=np.int64) for k in (m, n)]
    first = draw(st.booleans())
    names = (Objective.PARTICIPATION, Objective.QUALITY)[not first :]
    problem = pk.Problem(
        Mutual(space) if peers else space,
        rooms[0],
        rooms[0] if peers else rooms[1],
        tuple(Aim(name) for name in names),
        peers=peers,
    )
    return draw(_with_rules(problem)) if whole else problem


@st.composite
def _with_rules(draw: st.DrawFn, problem: pk.Problem) -> pk.Problem:
    """Draw a quota and bounds on loads, hard or soft."""
    m = problem.shape[0]
    counted = np.array(draw(st.lists(st.integers(0, 1), min_size=m, max_size=m)), dtype=np.float64)
    weight = Elementwise(lambda i, j: counted[i] + 0.0 * j)
    if problem.peers:
        weight = Elementwise(lambda i, j: counted[i] + counted[j])
    penalty = draw(st.sampled_from([None, 0.25]))
    row = Row("a quota", weight, most=float(draw(st.integers(0, 2))), penalty=penalty)
    most = np.array(draw(st.lists(st.integers(0, 2), min_size=m, max_size=m)), dtype=np.int64)
    penalty = draw(st.sampled_from([None, 0.25]))
    loads = LoadBounds("a load", "mentor", 0 * most, most, penalty=penalty)
    return replace(problem, rows=(row,), loads=(loads,) if draw(st.booleans()) else ())


def always_matched(problem: pk.Problem, side: str, place: int) -> bool:
    """Return whether somebody has a partner in every best solution, by listing all of them."""
    every = every_solution(problem)
    has = every.mentors == place if side == "mentor" else every.mentees == place
    if problem.peers:
        has = (every.mentors == place) | (every.mentees == place)
    return bool(every.made[every.best()][:, has].any(axis=1).all())
