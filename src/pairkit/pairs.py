"""Pair: two people who are to meet; pairs, and people without a partner, as tables and graphs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pairkit.explain import PartOfScore, Unmatched, explain_pairs

if TYPE_CHECKING:
    from networkx import Graph

    from pairkit.files import Records
    from pairkit.lowering import Lowered
    from pairkit.solution import Solution

__all__ = [
    "PAIR_HEADERS",
    "UNMATCHED_HEADERS",
    "Pair",
    "pair_graph",
    "pair_records",
    "pairs_of",
    "unmatched_records",
]

PAIR_HEADERS: Final = (
    "mentor",
    "mentor_name",
    "mentee",
    "mentee_name",
    "score",
    "mentor_load",
    "mentee_load",
)
UNMATCHED_HEADERS: Final = ("id", "name", "role", "code", "reason")
SIDES: Final = ("mentor", "mentee")

NameOf = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Pair:
    """A mentor and a mentee who are to meet.

    Parameters
    ----------
    mentor, mentee
        Ids.
    score
        The sum of the contributions of the parts.
    parts
        The parts of the score.
    """

    mentor: str
    mentee: str
    score: float
    parts: tuple[PartOfScore, ...] = ()


def pairs_of(lowered: Lowered, solution: Solution) -> tuple[Pair, ...]:
    """Return the pairs of a solution with ids and parts, in the order of the solution."""
    mentors, mentees = lowered.mentors, lowered.mentees
    return tuple(
        Pair(mentors.person(i).id, mentees.person(j).id, score, own)
        for i, j, score, own in zip(
            solution.mentors.tolist(),
            solution.mentees.tolist(),
            solution.scores.tolist(),
            explain_pairs(lowered, solution.mentors, solution.mentees),
            strict=True,
        )
    )


def pair_records(
    pairs: Iterable[Pair], loads: tuple[Mapping[str, int], Mapping[str, int]], name: NameOf
) -> Records:
    """Return one plain dictionary per pair: ids, names, score, loads, and every part.

    Parameters
    ----------
    pairs
        The pairs.
    loads
        How many partners each mentor and each mentee has, by id.
    name
        What somebody is called, by id.
    """
    return [
        {
            "mentor": pair.mentor,
            "mentor_name": name(pair.mentor),
            "mentee": pair.mentee,
            "mentee_name": name(pair.mentee),
            "score": pair.score,
            "mentor_load": loads[0][pair.mentor],
            "mentee_load": loads[1][pair.mentee],
            **{_column(part.name): part.contribution for part in pair.parts},
        }
        for pair in pairs
    ]


def unmatched_records(
    unmatched: Iterable[Unmatched], outside: Mapping[str, str], name: NameOf
) -> Records:
    """Return one plain dictionary per person without a partner, and per person on neither side."""
    records: list[dict[str, str | None]] = [
        {
            "id": one.id,
            "name": name(one.id),
            "role": one.role.value if one.role else None,
            "code": one.code.value,
            "reason": one.reason,
        }
        for one in unmatched
    ]
    records += [
        {"id": who, "name": name(who), "role": None, "code": "outside", "reason": why}
        for who, why in outside.items()
    ]
    return records


def pair_graph(pairs: Sequence[Pair], unmatched: Iterable[Unmatched], *, peers: bool) -> Graph[str]:
    """Return the people of a matching as nodes and its pairs as edges."""
    from networkx import DiGraph, Graph

    graph: Graph[str] = Graph() if peers else DiGraph()
    sides: dict[str, set[str]] = {}
    for pair in pairs:
        sides.setdefault(pair.mentor, set()).add("mentor")
        sides.setdefault(pair.mentee, set()).add("mentee")
    for one in unmatched:
        sides.setdefault(one.id, set()).update([one.role.value] if one.role else [])
    for who, own in sides.items():
        graph.add_node(who, **({} if peers else _side(own)))
    for pair in pairs:
        graph.add_edge(pair.mentor, pair.mentee, score=pair.score, weight=pair.score)
    return graph


def _side(own: set[str]) -> dict[str, str | int]:
    """Return the attributes of a node: who is on both sides has no place in a bipartite graph."""
    if len(own) > 1:
        return {"side": "both"}
    (side,) = own
    return {"side": side, "bipartite": SIDES.index(side)}


def _column(part: str) -> str:
    """Return the column of a part; one that is called like a column of ours gets a prefix."""
    return f"part: {part}" if part in PAIR_HEADERS else part
