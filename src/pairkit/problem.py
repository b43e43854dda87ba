"""Problem: what a solver sees. Arrays only, never a name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pairkit.earlier import continuity_of, earlier_pairs, is_least_change, limits_broken
from pairkit.errors import ProblemError
from pairkit.messages import Message
from pairkit.objectives import Aim, Objective, check_order
from pairkit.pairspace import PairSpace, candidates, space_of, space_of_graph
from pairkit.parts import Index, Listed
from pairkit.rows import UNLIMITED, LoadBounds, Row
from pairkit.scoredspace import without
from pairkit.titles import ROLES

if TYPE_CHECKING:
    from networkx import Graph

    from pairkit.pairspace import Node, Scores
    from pairkit.preferences import Preferences

__all__ = ["DEFAULT_AIMS", "Feature", "Problem"]

DEFAULT_AIMS = (Aim(Objective.PARTICIPATION), Aim(Objective.QUALITY))
DEFAULT_OBJECTIVES = (Objective.PARTICIPATION, Objective.QUALITY)


class Feature(StrEnum):
    """What a problem may ask of a solver.

    ``PINS`` no problem asks for: pins are made before, unless the solver says that it makes them
    itself. Rules on the whole program can only be kept by a solver that does. ``LEAST_CHANGE`` is
    the order of participation and continuity, either first, then a priority in whole numbers or
    none, then quality, where there is room for the earlier pairs; a limit on how many of them may
    be broken is then told apart from other rules on the whole program.
    """

    CAPACITIES = "capacities"
    PARTICIPATION_FIRST = "participation first"
    QUALITY_ALONE = "quality alone"
    OTHER_ORDERS = "other orders of objectives"
    PRIORITIES = "priorities"
    TOLERANCES = "tolerances of objectives"
    EGALITARIAN = "egalitarian"
    STABILITY = "stability"
    CONTINUITY = "continuity"
    LEAST_CHANGE = "earlier pairs kept, gaps filled"
    BROKEN_LIMIT = "a limit on broken pairs"
    PROGRAM_RULES = "rules on the whole program"
    PEERS = "peers"
    PINS = "pins"


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """Who may be paired with whom, how well, and how often.

    Parameters
    ----------
    space
        Scores and permissions of all pairs.
    mentor_capacity, mentee_capacity
        The most partners of each, int64, shapes (mentors,) and (mentees,), from 0 up.
    aims
        The objectives, the first one first.
    pinned_mentors, pinned_mentees
        Places of pairs that must be made, int64, shape (k,).
    rows, loads
        Rules on the whole program.
    preferences
        Whom each side would rather have, for stability; ``None`` means that both prefer the pair of
        the higher score.
    peers
        Whether there are no sides: rows and columns are the same people in the same order, the
        space is symmetric, a pair is (i, j) with i < j, and the load of a person counts both
        places. The two capacities are then equal.
    """

    space: PairSpace
    mentor_capacity: NDArray[np.int64]
    mentee_capacity: NDArray[np.int64]
    aims: tuple[Aim, ...] = DEFAULT_AIMS
    pinned_mentors: Index = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    pinned_mentees: Index = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    rows: tuple[Row, ...] = ()
    loads: tuple[LoadBounds, ...] = ()
    preferences: Preferences | None = None
    peers: bool = False

    @classmethod
    def from_scores(  # noqa: PLR0913 - the researcher's door: flat, and all but scores optional
        cls,
        scores: Scores,
        mentor_capacity: ArrayLike = 1,
        mentee_capacity: ArrayLike = 1,
        objectives: Iterable[Objective | Aim | str] = DEFAULT_OBJECTIVES,
        *,
        require: Iterable[tuple[int, int]] = (),
        rows: Iterable[Row] = (),
        loads: Iterable[LoadBounds] = (),
        earlier: Iterable[tuple[int, int]] = (),
        preferences: Preferences | None = None,
        peers: bool = False,
    ) -> Problem:
        """Return the problem of a matrix of scores.

        Parameters
        ----------
        scores
            Shape (mentors, mentees), any finite numbers, higher is better. In a dense matrix nan
            forbids the pair; in a sparse one, what is not stored is forbidden (a stored zero is
            allowed).
        mentor_capacity, mentee_capacity
            The most partners: one number for all, or one for each; infinity sets no limit. Of
            peers, the first one counts.
        objectives
            Names, or :class:`Aim` where they have settings, the first one first:
            ``"participation"``, ``"quality"``, ``"egalitarian"``, ``"stability"``,
            ``"continuity"``.
        require
            Pairs ``(mentor, mentee)`` that must be made.
        rows, loads
            Rules on the whole program.
        earlier
            Pairs that ``"continuity"`` keeps.
        preferences
            Whom each side would rather have, for ``"stability"``.
        peers
            Whether there are no sides: the matrix is then square and symmetric, and what is on its
            diagonal does not matter.

        Raises
        ------
        ProblemError
            Scores are infinite or not numbers, or anything else is not valid.

        Examples
        --------
        >>> problem = Problem.from_scores([[0.9, 0.4], [0.8, float("nan")]])
        >>> problem.shape
        (2, 2)
        """
        space = space_of(scores)
        capacity = mentor_capacity if peers else mentee_capacity
        pins = _places(require, space.shape, "pin", peers=peers)
        problem = cls(
            space,
            _capacity(mentor_capacity, space.shape[0], "mentor_capacity"),
            _capacity(capacity, space.shape[1], "mentee_capacity"),
            _aims(objectives, _places(earlier, space.shape, "earlier pair", peers=peers), space),
            pins[:, 0],
            pins[:, 1],
            tuple(rows),
            tuple(loads),
            preferences,
            peers,
        )
        problem.check()
        return problem

    @classmethod
    def from_graph(
        cls,
        graph: Graph[Node],
        objectives: Iterable[Objective | Aim | str] = DEFAULT_OBJECTIVES,
        *,
        require: Iterable[tuple[Node, Node]] = (),
    ) -> Problem:
        """Return the problem of peers in a graph: each with one other, along edges.

        Parameters
        ----------
        graph
            An undirected networkx graph; the edge attribute ``weight`` is the score of the pair.
            A problem knows no names: place k is ``list(graph.nodes)[k]``.
        objectives
            As for :meth:`from_scores`.
        require
            Pairs of nodes that must be made.

        Raises
        ------
        ProblemError
            The graph is directed, has parallel edges or an edge from a node to itself, a weight is
            missing or no finite number, or objectives or pins are not valid.

        Examples
        --------
        >>> import networkx as nx
        >>> graph = nx.Graph()
        >>> graph.add_edge("M-17", "E-42", weight=0.8)
        >>> Problem.from_graph(graph).shape
        (2, 2)
        """
        space = space_of_graph(graph)
        place = {node: k for k, node in enumerate(graph.nodes)}
        given = list(require)
        unknown = [node for pair in given for node in pair if node not in place]
        if unknown:
            raise ProblemError(f"The graph has no node {unknown[0]!r}, which require names.")
        return cls.from_scores(
            space.matrix,
            objectives=objectives,
            require=[(place[one], place[other]) for one, other in given],
            peers=True,
        )

    @property
    def shape(self) -> tuple[int, int]:
        """Number of mentors and of mentees."""
        return self.space.shape

    @property
    def objectives(self) -> tuple[Objective, ...]:
        """Names of the objectives, the first one first."""
        return tuple(aim.objective for aim in self.aims)

    @property
    def features(self) -> frozenset[Feature]:
        """What the problem asks of a solver."""
        if self._least_change:
            asked = {Feature.LEAST_CHANGE} | ({Feature.BROKEN_LIMIT} if self.rows else set())
        else:
            asked = _asked_by(self.aims)
            if self.rows or self.loads:
                asked.add(Feature.PROGRAM_RULES)
        if max(self.mentor_capacity.max(initial=0), self.mentee_capacity.max(initial=0)) > 1:
            asked.add(Feature.CAPACITIES)
        if self.peers:
            asked.add(Feature.PEERS)
        return frozenset(asked)

    @property
    def _least_change(self) -> bool:
        """Whether earlier pairs are kept and gaps filled, and nothing else is asked."""
        kept = continuity_of(self.aims)
        if kept is None or self.loads or self.peers or not is_least_change(self.aims):
            return False
        pinned = len(self.pinned_mentors) > 0
        if self.rows and (pinned or not all(limits_broken(row, self.aims) for row in self.rows)):
            return False
        earlier = np.column_stack(earlier_pairs(kept, self.space))
        pins = np.column_stack([self.pinned_mentors, self.pinned_mentees])
        i, j = np.unique(np.concatenate([earlier, pins]), axis=0).T
        capacities = self.mentor_capacity, self.mentee_capacity
        loads, pinned_loads = self.partners(i, j), self.partners(*pins.T)
        return all(
            (own <= np.maximum(room, pinned)).all()
            for own, pinned, room in zip(loads, pinned_loads, capacities, strict=True)
        )

    def check(self) -> None:
        """Raise where arrays do not fit each other.

        Raises
        ------
        ProblemError
            Something has another shape than the space, or a peers' space is not symmetric.
        """
        m, n = self.shape
        if self.preferences is not None and self.preferences.shape != self.shape:
            words = f"the preferences {self.preferences.shape}"
            raise ProblemError(f"The scores have shape {self.shape}, {words}.")
        for one in self.loads:
            size = m if one.side == "mentor" else n
            if one.least.shape != (size,) or one.most.shape != (size,):
                raise ProblemError(f"{one.label}: its bounds need shape ({size},).")
        for row in self.rows:
            if row.matched is not None and [len(side) for side in row.matched] != [m, n]:
                raise ProblemError(
                    f"{row.label}: its weights of people need shapes ({m},), ({n},)."
                )
        if self.peers and Objective.STABILITY in self.objectives:
            raise ProblemError("Stability is between two sides; peers have none.")
        if self.peers:
            _check_symmetric(self.space)

    def partners(self, mentors: Index, mentees: Index) -> tuple[Index, Index]:
        """Return how many partners everybody has with these pairs, int64, by side."""
        m, n = self.shape
        first, second = np.bincount(mentors, minlength=m), np.bincount(mentees, minlength=n)
        return (first + second, first + second) if self.peers else (first, second)

    def conflicts(self) -> list[Message]:
        """Return why no solution can hold all pins, one sentence each; places, not names."""
        pins = np.column_stack([self.pinned_mentors, self.pinned_mentees])
        found: list[Message] = []
        if len(np.unique(pins, axis=0)) < len(pins):
            found.append(Message("a pair is pinned twice"))
        allowed = self.space.pairs(self.pinned_mentors, self.pinned_mentees).allowed
        found += [
            Message("the pinned pair ({mentor}, {mentee}) is forbidden", mentor=i, mentee=j)
            for i, j in pins[~allowed].astype(str).tolist()
        ]
        loads = self.partners(self.pinned_mentors, self.pinned_mentees)
        capacities = self.mentor_capacity, self.mentee_capacity
        mentor, mentee = ROLES["mentor"].of(1), ROLES["mentee"].of(1)
        sides = (Message("person"),) if self.peers else (mentor, mentee)
        for side, own, capacity in zip(sides, loads, capacities, strict=False):
            found += [
                Message(
                    "{role} {place} has {n} pinned pair and room for {room}",
                    "{role} {place} has {n} pinned pairs and room for {room}",
                    role=side,
                    place=str(k),
                    n=int(own[k]),
                    room=int(capacity[k]),
                )
                for k in np.flatnonzero(own > capacity).tolist()
            ]
        return found

    def without_pins(self) -> Problem:
        """Return what is left to solve once the pinned pairs are made."""
        if not len(self.pinned_mentors):
            return self
        i, j = self.pinned_mentors, self.pinned_mentees
        none = np.zeros(0, dtype=np.int64)
        loads = self.partners(i, j)
        out = (np.append(i, j), np.append(j, i)) if self.peers else (i, j)
        return replace(
            self,
            space=without(self.space, *out),
            mentor_capacity=self.mentor_capacity - loads[0],
            mentee_capacity=self.mentee_capacity - loads[1],
            pinned_mentors=none,
            pinned_mentees=none,
        )


def _asked_by(aims: tuple[Aim, ...]) -> set[Feature]:
    """Return what objectives ask of a solver."""
    names = tuple(aim.objective for aim in aims)
    asked: set[Feature] = set()
    if names == DEFAULT_OBJECTIVES:
        asked.add(Feature.PARTICIPATION_FIRST)
    elif names == (Objective.QUALITY,):
        asked.add(Feature.QUALITY_ALONE)
    else:
        asked.add(Feature.OTHER_ORDERS)
    asked |= {Feature(name) for name in names if name in _OWN_FEATURE}
    if any(aim.objective is Objective.PARTICIPATION and aim.weight is not None for aim in aims):
        asked.add(Feature.PRIORITIES)
    if any(aim.tolerance for aim in aims[:-1]):
        asked.add(Feature.TOLERANCES)
    return asked


_OWN_FEATURE = {Objective.EGALITARIAN, Objective.STABILITY, Objective.CONTINUITY}


def _places(
    pairs: Iterable[tuple[int, int]], shape: tuple[int, int], what: str, *, peers: bool
) -> NDArray[np.int64]:
    """Return pairs as an array, int64, shape (k, 2), each once, in order."""
    given = list(pairs)
    if not all(isinstance(k, int | np.integer) for pair in given for k in pair):
        raise ProblemError(f"A {what} is two whole numbers: mentor, mentee.")
    places = np.array(given, dtype=np.int64).reshape(-1, 2)
    outside = ((places < 0) | (places >= np.array(shape))).any(axis=1)
    if outside.any():
        raise ProblemError(
            f"The {what} {tuple(places[outside][0].tolist())} is outside the matrix."
        )
    if peers:
        places.sort(axis=1)
    return np.unique(places, axis=0)


def _aims(
    objectives: Iterable[Objective | Aim | str], earlier: NDArray[np.int64], space: PairSpace
) -> tuple[Aim, ...]:
    """Return objectives as aims."""
    given = (objectives,) if isinstance(objectives, str) else tuple(objectives)
    kept = Listed(earlier[:, 0], earlier[:, 1], 1.0, space.shape)
    aims: list[Aim] = []
    for one in given:
        if isinstance(one, Aim):
            aims.append(one)
        elif one in set(Objective):
            name = Objective(one)
            aims.append(Aim(name, weight=kept if name is Objective.CONTINUITY else None))
        else:
            raise ProblemError(f"objectives are some of {', '.join(Objective)}; not {one!r}.")
    try:
        check_order([aim.objective if aim.plain else aim for aim in aims])
    except ValueError as error:
        raise ProblemError(f"The {error}.") from None
    return tuple(aims)


def _capacity(value: ArrayLike, size: int, name: str) -> NDArray[np.int64]:
    given = np.asarray(value)
    if given.dtype.kind not in "iu" and not (
        given.dtype.kind == "f" and np.array_equal(given, np.floor(given))
    ):
        raise ProblemError(f"{name} must be whole numbers.")
    if given.ndim > 1 or (given.ndim == 1 and len(given) != size):
        raise ProblemError(f"{name} has shape {given.shape}; one number, or {size} of them.")
    if given.size and given.min() < 0:
        raise ProblemError(f"{name} must be from 0 up; there is {given.min()}.")
    return np.broadcast_to(np.minimum(given, UNLIMITED), (size,)).astype(np.int64)


def _check_symmetric(space: PairSpace) -> None:
    """Raise unless a space of peers gives (i, j) what it gives (j, i)."""
    m, n = space.shape
    if m != n:
        raise ProblemError(f"The scores of peers are square; these have shape {space.shape}.")
    found = candidates(space)
    other = space.pairs(found.mentees, found.mentors)
    apart = ~other.allowed | (other.scores != found.scores)
    apart &= found.mentors != found.mentees
    if apart.any():
        k = int(np.flatnonzero(apart)[0])
        i, j = int(found.mentors[k]), int(found.mentees[k])
        raise ProblemError(
            f"The scores of peers are symmetric; those of ({i}, {j}) and ({j}, {i}) differ."
        )
