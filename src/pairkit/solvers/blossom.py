"""Blossom: the exact best pairs within one pool, by rustworkx or networkx."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pairkit.parts import Index

__all__ = ["backend", "best_pairs"]


def backend() -> str:
    """Return the name of the package that does the work: networkx where rustworkx is missing."""
    try:
        import rustworkx
    except ImportError:
        return "networkx"
    return rustworkx.__name__


def best_pairs(people: int, i: Index, j: Index, worth: Sequence[int]) -> NDArray[np.bool_]:
    """Return which pairs make the matching that is worth the most, bool, shape (k,).

    The weighted blossom algorithm (Edmonds 1965, doi:10.6028/jres.069B.013, as in Galil 1986,
    doi:10.1145/6462.6502): as a rule of thumb, time grows with the square of the people times the
    candidates of each.

    Parameters
    ----------
    people
        How many there are.
    i, j
        The two people of each pair, int64, shape (k,), ``i < j``, each pair once.
    worth
        Whole numbers of any size below 100 bits. What is worth 0 or less is not made.
    """
    kept = [k for k, value in enumerate(worth) if value > 0]
    chosen = np.array(kept, dtype=np.int64)
    edges = [
        (a, b, worth[k])
        for a, b, k in zip(i[chosen].tolist(), j[chosen].tolist(), kept, strict=True)
    ]
    found = _rustworkx(people, edges) if backend() == "rustworkx" else _networkx(edges)
    made = np.zeros(len(i), dtype=np.bool_)
    ends = np.array(sorted((min(a, b), max(a, b)) for a, b in found), dtype=np.int64)
    if len(ends):
        keys = i * people + j
        order = np.argsort(keys)
        made[order[np.searchsorted(keys[order], ends[:, 0] * people + ends[:, 1])]] = True
    return made


def _rustworkx(people: int, edges: list[tuple[int, int, int]]) -> set[tuple[int, int]]:
    import rustworkx

    graph: rustworkx.PyGraph[None, int] = rustworkx.PyGraph(multigraph=False)
    graph.add_nodes_from([None] * people)
    graph.add_edges_from(edges)
    return rustworkx.max_weight_matching(graph, weight_fn=int)


def _networkx(edges: list[tuple[int, int, int]]) -> set[tuple[int, int]]:
    import networkx as nx

    graph: nx.Graph[int] = nx.Graph()
    graph.add_weighted_edges_from(edges)
    return nx.max_weight_matching(graph)
