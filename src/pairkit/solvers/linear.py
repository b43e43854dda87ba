"""Linear: a problem as a mixed integer linear program, whichever pairs are its columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pairkit.objectives import Aim, Objective
from pairkit.rows import Floats, Row

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from pairkit.pairspace import Candidates
    from pairkit.parts import Index
    from pairkit.problem import Problem
    from pairkit.rows import LoadBounds

__all__ = ["Form", "Linear", "Model"]


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """A linear form over pairs and other columns.

    Parameters
    ----------
    people
        What a pair counts for each of its two people, float64, shape (people,).
    other
        What each other column counts, float64, shape (other columns,).
    score
        What a pair counts, times its score.
    weights
        What a pair counts beside that: rows of the problem with their factors.
    """

    people: Floats
    other: Floats
    score: float = 0.0
    weights: tuple[tuple[float, Row], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A mixed integer linear program in arrays: maximize ``cost @ x`` within the limits.

    Parameters
    ----------
    matrix
        float64 CSR, shape (rows, columns): pairs first, then the other columns.
    least, most
        Limits of the rows.
    lower, upper
        Limits of the columns.
    integer
        Which columns are whole numbers, bool.
    """

    matrix: csr_array
    least: Floats
    most: Floats
    lower: Floats
    upper: Floats
    integer: NDArray[np.bool_]

    def with_row(self, weights: Floats, least: float, most: float = np.inf) -> Model:
        """Return the program with one row more: a weight of each column within limits."""
        from scipy.sparse import csr_array

        return self.with_rows(csr_array(weights[None, :]), np.array([least]), np.array([most]))

    def with_rows(self, weights: csr_array, least: Floats, most: Floats) -> Model:
        """Return the program with more rows."""
        from scipy.sparse import csr_array, vstack

        return replace(
            self,
            matrix=csr_array(vstack([self.matrix, weights], format="csr")),
            least=np.append(self.least, least),
            most=np.append(self.most, most),
        )

    def with_columns(self, count: int) -> Model:
        """Return the program with more columns, whole numbers 0 or 1 that no row counts yet."""
        from scipy.sparse import csr_array, hstack

        empty = csr_array((self.matrix.shape[0], count))
        return replace(
            self,
            matrix=csr_array(hstack([self.matrix, empty], format="csr")),
            lower=np.append(self.lower, np.zeros(count)),
            upper=np.append(self.upper, np.ones(count)),
            integer=np.append(self.integer, np.ones(count, dtype=np.bool_)),
        )

    def limited(self, columns: NDArray[np.bool_]) -> Model:
        """Return the program in which some columns, bool, are 0."""
        return replace(self, upper=np.where(columns, 0.0, self.upper))


class Linear:
    """The rows of a problem, and its columns other than pairs.

    A row is a limit on a form: most count a pair for its two people alone, which makes prices of
    people of their duals; the rest count it by a weight.

    Parameters
    ----------
    problem
        The problem; its objectives are asked for one by one.

    Attributes
    ----------
    least, most
        Limits of the rows, float64.
    soft
        What a unit beyond the limits of a row costs; infinite where the row is hard.
    weighed
        Rows that count pairs by a weight: place and weight.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.first = problem.shape[0]
        self.count = self.first if problem.peers else sum(problem.shape)
        self.capacity = np.minimum(self._joined(*_capacities(problem)), max(problem.shape))
        self.least, self.most, self.soft = (np.zeros(0) for _ in range(3))
        self.lower, self.upper, self.price = (np.zeros(0) for _ in range(3))
        self.integer = np.zeros(0, dtype=np.bool_)
        self.weighed: list[tuple[int, tuple[tuple[float, Row], ...], float]] = []
        self._of_people: list[tuple[Index, Index, Floats]] = []
        self._of_others: list[tuple[Index, Index, Floats]] = []
        self._add_capacities()
        self.matched = self._add_indicators()
        for bounds in problem.loads:
            self._add_loads(bounds)
        for row in problem.rows:
            self._add_row(row)

    @property
    def others(self) -> int:
        """How many columns are not pairs."""
        return len(self.lower)

    def ends(self, mentors: Index, mentees: Index) -> tuple[Index, Index]:
        """Return the two people of pairs."""
        return mentors, mentees if self.problem.peers else mentees + self.first

    def _joined(self, mentors: NDArray[Any], mentees: NDArray[Any]) -> NDArray[Any]:
        """Return what is known of both sides by person; peers are one side."""
        return mentors if self.problem.peers else np.concatenate([mentors, mentees])

    def _rows(self, least: Floats, most: Floats, soft: float = np.inf) -> Index:
        """Add rows; return their places."""
        start = len(self.least)
        self.least, self.most = np.append(self.least, least), np.append(self.most, most)
        self.soft = np.append(self.soft, np.full(len(least), soft))
        return np.arange(start, len(self.least), dtype=np.int64)

    def _columns(self, upper: Floats, price: float = 0.0, *, integer: bool) -> Index:
        """Add columns from 0 up; return their places."""
        start, size = self.others, len(upper)
        self.lower = np.append(self.lower, np.zeros(size))
        self.upper = np.append(self.upper, upper)
        self.price = np.append(self.price, np.full(size, price))
        self.integer = np.append(self.integer, np.full(size, integer))
        return np.arange(start, self.others, dtype=np.int64)

    def _count_people(self, rows: Index, people: Index, values: Floats | float) -> None:
        values = np.broadcast_to(np.asarray(values, dtype=np.float64), rows.shape)
        self._of_people.append((rows, people, values))

    def _count_others(self, rows: Index, columns: Index, values: Floats | float) -> None:
        values = np.broadcast_to(np.asarray(values, dtype=np.float64), rows.shape)
        self._of_others.append((rows, columns, values))

    def _add_capacities(self) -> None:
        """Add a row for each person: room, and what hard bounds on loads leave of it."""
        least, most = np.zeros(self.count), self.capacity.astype(np.float64)
        for bounds in self.problem.loads:
            if bounds.penalty is None and not bounds.or_none:
                people = self._side(bounds.side)
                least[people] = np.maximum(least[people], bounds.least)
                most[people] = np.minimum(most[people], bounds.most)
        crossed = least > most
        everybody = np.arange(self.count, dtype=np.int64)
        self._count_people(self._rows(np.where(crossed, -np.inf, least), most), everybody, 1.0)
        if crossed.any():  # more partners at least than there is room for
            rows = self._rows(least[crossed], np.full(int(crossed.sum()), np.inf))
            self._count_people(rows, everybody[crossed], 1.0)

    def _side(self, side: str) -> Index:
        """Return the people of a side."""
        if self.problem.peers or side == "mentor":
            return np.arange(self.first, dtype=np.int64)
        return np.arange(self.first, self.count, dtype=np.int64)

    def _add_indicators(self) -> Index:
        """Add whole numbers that say who is matched, where that is not the load itself.

        Returns the column of each person, -1 where there is none.
        """
        needed = np.zeros(self.count, dtype=np.bool_)
        if Objective.EGALITARIAN in self.problem.objectives:
            needed[self._side("mentee")] |= self.capacity[self._side("mentee")] > 1
        for row in self.problem.rows:
            if row.matched is not None:
                needed |= (self._matched_weights(row) != 0.0) & (self.capacity > 1)
        for bounds in self.problem.loads:
            if bounds.or_none:
                needed[self._side(bounds.side)] |= bounds.least > 1
        people = np.flatnonzero(needed)
        found = np.full(self.count, -1, dtype=np.int64)
        found[people] = self._columns(np.ones(len(people)), integer=True)
        none = np.full(len(people), -np.inf)
        room = self.capacity[people].astype(np.float64)
        for rows, factor in (
            (self._rows(np.zeros(len(people)), -none), 1.0),  # load >= matched
            (self._rows(none, np.zeros(len(people))), room),  # load <= room * matched
        ):
            self._count_people(rows, people, 1.0)
            self._count_others(rows, found[people], -np.asarray(factor))
        return found

    def _add_loads(self, bounds: LoadBounds) -> None:
        """Add what bounds on loads ask beyond the rows of capacities."""
        people = self._side(bounds.side)
        few, many = bounds.least > 0, bounds.most < self.capacity[people]
        optional = few & (bounds.or_none and bounds.least > 1)
        if bounds.penalty is None and not bounds.or_none:
            return
        soft = np.inf if bounds.penalty is None else bounds.penalty
        self._limit(people[optional], bounds.least[optional], soft, optional=True)
        if bounds.penalty is not None and not bounds.or_none:
            self._limit(people[few], bounds.least[few], soft, optional=False)
        rows = self._rows(np.full(int(many.sum()), -np.inf), bounds.most[many].astype(float), soft)
        self._count_people(rows, people[many], 1.0)
        self._soften(rows, -1.0)

    def _limit(self, people: Index, least: Index, soft: float, *, optional: bool) -> None:
        """Add a least load, of those who are matched where it is optional."""
        size = len(people)
        start = np.zeros(size) if optional else least.astype(np.float64)
        rows = self._rows(start, np.full(size, np.inf), soft)
        self._count_people(rows, people, 1.0)
        if optional:
            self._count_others(rows, self.matched[people], -least.astype(np.float64))
        self._soften(rows, 1.0)

    def _soften(self, rows: Index, sign: float) -> None:
        """Add to soft rows what they may be beyond a limit, at its price."""
        if len(rows) and np.isfinite(self.soft[rows[0]]):
            columns = self._columns(
                np.full(len(rows), np.inf), -float(self.soft[rows[0]]), integer=False
            )
            self._count_others(rows, columns, sign)

    def _add_row(self, row: Row) -> None:
        """Add a rule on the whole program."""
        soft = np.inf if row.penalty is None else row.penalty
        place = self._rows(np.array([row.least]), np.array([row.most]), soft)
        weights = ((1.0, row),) if row.weight is not None else ()
        self.weighed.append((int(place[0]), weights, 0.0))
        if row.matched is not None:
            self._count_matched(int(place[0]), self._matched_weights(row))
        if row.penalty is not None and np.isfinite(row.least):
            self._soften(place, 1.0)
        if row.penalty is not None and np.isfinite(row.most):
            self._soften(place, -1.0)

    def _matched_weights(self, row: Row) -> Floats:
        if row.matched is None:
            return np.zeros(self.count)
        mentors, mentees = row.matched
        return mentors + mentees if self.problem.peers else np.concatenate([mentors, mentees])

    def _count_matched(self, row: int, weights: Floats) -> None:
        """Count matched people in a row: by their column, or by their load where that is 1."""
        several = (weights != 0.0) & (self.matched >= 0)
        single = (weights != 0.0) & (self.matched < 0)
        for chosen, count, places in (
            (single, self._count_people, np.arange(self.count, dtype=np.int64)),
            (several, self._count_others, self.matched),
        ):
            people = np.flatnonzero(chosen)
            rows = np.full(len(people), row, dtype=np.int64)
            count(rows, places[people], weights[people])

    def form(self, aim: Aim) -> Form:
        """Return what an objective adds up; it is a sum over pairs."""
        nothing = self.nothing()
        if aim.objective is Objective.QUALITY:
            return replace(nothing, other=self.price, score=1.0)
        if aim.weight is None:
            return replace(nothing, people=np.full(self.count, 0.5))
        return replace(nothing, weights=((1.0, Row(aim.objective, aim.weight)),))

    def nothing(self) -> Form:
        """Return the form that counts nothing."""
        return Form(np.zeros(self.count), np.zeros(self.others))

    def matched_form(self, side: str) -> Form:
        """Return how many people of a side are matched."""
        people, others = np.zeros(self.count), np.zeros(self.others)
        members = self._side(side)
        columns = self.matched[members]
        people[members[columns < 0]] = 1.0
        others[columns[columns >= 0]] = 1.0
        return Form(people, others)

    def keep(self, form: Form, least: float) -> None:
        """Add a row: a form does not fall below a value."""
        row = int(self._rows(np.array([least]), np.array([np.inf]))[0])
        people, others = np.flatnonzero(form.people), np.flatnonzero(form.other)
        self._count_people(np.full(len(people), row, np.int64), people, form.people[people])
        self._count_others(np.full(len(others), row, np.int64), others, form.other[others])
        self.weighed.append((row, form.weights, form.score))

    def person_matrix(self) -> csr_array:
        """Return what each row counts a pair for each of its people, shape (rows, people)."""
        return _coo(self._of_people, (len(self.least), self.count))

    def other_matrix(self) -> csr_array:
        """Return what each row counts the other columns, shape (rows, other columns)."""
        return _coo(self._of_others, (len(self.least), self.others))

    def model(self, found: Candidates) -> Model:
        """Return the program in which these pairs are columns, in their order."""
        from scipy.sparse import csr_array, hstack

        a, b = self.ends(found.mentors, found.mentees)
        size = len(found)
        pairs = np.arange(size)
        ends = csr_array(
            (np.ones(2 * size), (np.append(a, b), np.append(pairs, pairs))), (self.count, size)
        )
        weighed = [
            _entries(row, _weight(found, weights, score)) for row, weights, score in self.weighed
        ]
        matrix = self.person_matrix() @ ends + _coo(weighed, (len(self.least), size))
        return Model(
            csr_array(hstack([matrix, self.other_matrix()], format="csr")),
            self.least,
            self.most,
            np.concatenate([self.pinned(found).astype(np.float64), self.lower]),
            np.concatenate([np.ones(size), self.upper]),
            np.concatenate([np.ones(size, dtype=np.bool_), self.integer]),
        )

    def pinned(self, found: Candidates) -> NDArray[np.bool_]:
        """Return which pairs must be made."""
        pins = self.problem.pinned_mentors, self.problem.pinned_mentees
        width = np.int64(self.problem.shape[1])
        keys = found.mentors * width + found.mentees
        marked: NDArray[np.bool_] = np.isin(keys, pins[0] * width + pins[1])
        return marked

    def cost(self, form: Form, found: Candidates) -> Floats:
        """Return what each column counts in a form: pairs first, then the others."""
        a, b = self.ends(found.mentors, found.mentees)
        pairs = form.people[a] + form.people[b] + _weight(found, form.weights, form.score)
        return np.concatenate([pairs, form.other])


def _capacities(problem: Problem) -> tuple[Index, Index]:
    return problem.mentor_capacity, problem.mentee_capacity


def _weight(found: Candidates, weights: Sequence[tuple[float, Row]], score: float) -> Floats:
    """Return what weights and a multiple of the score count for pairs."""
    total = score * found.scores
    for factor, row in weights:
        total = total + factor * row.pair_weights(found.mentors, found.mentees, found.scores)
    return total


def _entries(row: int, values: Floats) -> tuple[Index, Index, Floats]:
    """Return what a row counts, where that is not 0."""
    columns = np.flatnonzero(values)
    return np.full(len(columns), row, dtype=np.int64), columns, values[columns]


def _coo(pieces: Sequence[tuple[Index, Index, Floats]], shape: tuple[int, int]) -> csr_array:
    from scipy.sparse import csr_array

    none = np.zeros(0, dtype=np.int64)
    rows = np.concatenate([none, *(piece[0] for piece in pieces)])
    columns = np.concatenate([none, *(piece[1] for piece in pieces)])
    values = np.concatenate([np.zeros(0), *(piece[2] for piece in pieces)])
    return csr_array((values, (rows, columns)), shape)
