"""Diagnose: why no set of pairs keeps all rules, and what is the least that has to give."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from pairkit.breaches import (
    Breach,
    Name,
    breaches,
    demand,
    demand_of_loads,
    in_places,
)
from pairkit.errors import VerificationError
from pairkit.explain import conflicts, ruled_out, rules_out
from pairkit.messages import Message, Noun
from pairkit.objectives import Aim, Objective
from pairkit.pairspace import Candidates, row_tiles
from pairkit.parts import Elementwise, Listed, Lookup
from pairkit.reasons import Diagnosis, Relaxation
from pairkit.scoredspace import unscored
from pairkit.shortages import RuledOut, shortages
from pairkit.solution import Solution, Status, Stop
from pairkit.solvers import Clock, Mip, solve
from pairkit.solvers.base import INTERRUPTED

if TYPE_CHECKING:
    from pairkit.lowering import Lowered
    from pairkit.parts import Index
    from pairkit.problem import Problem
    from pairkit.rows import Floats, LoadBounds, Row

__all__ = ["diagnose", "diagnose_people"]

TRIED: Final = 60  # rules of a conflict, up to which each is left out once
OTHERS: Final = 8  # of them, up to which each is tried alone
PROVED: Final = 1e-6  # of a unit: a bound that is as far below 0 proves that something is broken

_Pin: TypeAlias = Callable[[int, int], str]


def diagnose(problem: Problem, *, stop: Stop | None = None, seed: int = 0) -> Diagnosis:
    """Return why no set of pairs keeps all rules of a problem, and what would have to give.

    First rules are compared with what there is, by counting. Then every hard rule and every pin may
    be broken at a price, and the cheapest solution of that says what is the least that has to give;
    capacities and the rules on pairs stay. One pair or person costs 1: a unit of a rule costs 1 by
    the largest weight that a pair or a person has in it. Last, an elastic filter (Chinneck and
    Dravnieks 1991, doi:10.1287/ijoc.3.2.157) collects rules that cannot all be kept, a deletion
    filter leaves out whichever is not needed for that, and what remains is solved alone.

    Parameters
    ----------
    problem
        Its objectives and its soft rules do not matter.
    stop
        When to stop early; what is known by then is told.
    seed
        The only source of randomness.

    Examples
    --------
    >>> from pairkit import LoadBounds, Problem
    >>> import numpy as np
    >>> each = LoadBounds("Two each", "mentor", np.array([2, 2]), np.array([9, 9]))
    >>> problem = Problem.from_scores([[0.5] * 3] * 2, mentor_capacity=2, loads=[each])
    >>> diagnosis = diagnose(problem)
    >>> diagnosis.static
    ('Two each: 2 mentors need 2 each, 4 partners in all; 3 mentees can have 3',)
    >>> [(one.rule, one.amount, one.unit) for one in diagnosis.relax]
    [('Two each', 1.0, 'partner')]
    """
    words = _Words(
        in_places,
        lambda i, j: Message(
            "the pin of mentor {mentor} and mentee {mentee}", mentor=str(i), mentee=str(j)
        ),
        lambda *_: (),
        tuple(problem.conflicts()),
    )
    return _Search(problem, words, Clock(stop or Stop()), seed).diagnosis()


def diagnose_people(lowered: Lowered, *, stop: Stop | None = None, seed: int = 0) -> Diagnosis:
    """Return the same in people's ids and rules' words, where a solver says that there is nothing.

    Raises
    ------
    VerificationError
        Some pairs keep all rules.
    """
    names = lowered.mentors, lowered.mentees
    words = _Words(
        lowered.name,
        lambda i, j: f"Require({names[0].person(i).id} with {names[1].person(j).id})",
        lambda i, j: rules_out(ruled_out(lowered, i, j)),
        tuple(conflicts(lowered)),
    )
    found = _Search(lowered.problem, words, Clock(stop or Stop()), seed).diagnosis()
    if found.feasible:
        raise VerificationError("The solver says that no pairs keep all rules, and some do.")
    return replace(found, feasible=False)


@dataclass(frozen=True, slots=True)
class _Words:
    """How people, pins and what forbids them are called."""

    name: Name
    pin: _Pin
    ruled_out: RuledOut
    pins: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Rule:
    """What is kept or given up as one: the rows and bounds of a label, or a pin."""

    label: str
    rows: tuple[Row, ...] = ()
    loads: tuple[LoadBounds, ...] = ()
    pin: tuple[int, int] | None = None

    @property
    def demand(self) -> str:
        """What it asks for, in a few words."""
        words = [*map(demand, self.rows), *map(demand_of_loads, self.loads)]
        told = tuple(dict.fromkeys(one for one in words if one))
        return Message("{limits:,}", limits=told) if told else ""


class _Search:
    """One diagnosis: the rules, and the problems in which some are kept and some may be broken."""

    def __init__(self, problem: Problem, words: _Words, clock: Clock, seed: int) -> None:
        self.words, self.clock, self.seed, self.stopped = words, clock, seed, False
        rows = tuple(row for row in problem.rows if row.penalty is None)
        loads = tuple(one for one in problem.loads if one.penalty is None)
        self.problem = replace(problem, rows=rows, loads=loads)
        self.rules = list(_rules(self.problem, words.pin))
        self.prices = {id(row): _price(row, problem, clock) for row in rows}

    def diagnosis(self) -> Diagnosis:
        """Return everything that can be said in the time."""
        static = (*self.words.pins, *shortages(self.problem, self.words.name, self.words.ruled_out))
        known = Diagnosis(False if static else None, static)
        relaxed = self._solve([], self.rules)
        if relaxed is None or not relaxed.status.has_pairs:
            return known
        broken = self._broken(relaxed, self.rules)
        if not broken:
            return replace(known, feasible=True)
        known = replace(
            known,
            relax=tuple(broken.values()),
            cheapest=_is_best(relaxed),
            feasible=False if static or self._proves(relaxed) else None,
        )
        if static:
            return known
        conflict, minimal = self._conflict(list(broken))
        if not conflict:
            return known
        return replace(
            known,
            feasible=False,
            conflict=tuple(rule.label for rule in conflict),
            demands=tuple(rule.demand for rule in conflict),
            minimal=minimal,
            others=tuple(self._others(conflict, list(broken))),
        )

    def _solve(
        self, kept: Sequence[_Rule], priced: Sequence[_Rule], seed: int | None = None
    ) -> Solution | None:
        """Solve with some rules kept and some broken at a price, and no others; pairs score 0.

        ``None`` where the time is over.
        """
        if self.stopped or self.clock.expired():
            return None
        left = None if self.clock.left is None else max(self.clock.left, 1e-3)
        problem, space = self.problem, self.problem.space
        bonus = _places(rule.pin for rule in priced if rule.pin is not None)
        pins = _places(rule.pin for rule in kept if rule.pin is not None)
        marked = np.concatenate([bonus, bonus[:, ::-1]]) if problem.peers else bonus
        made = replace(
            problem,
            space=unscored(space, Listed(marked[:, 0], marked[:, 1], 1.0, space.shape)),
            aims=(Aim(Objective.QUALITY),),
            preferences=None,
            pinned_mentors=pins[:, 0],
            pinned_mentees=pins[:, 1],
            rows=(
                *(_of_pairs(row, problem) for rule in kept for row in rule.rows),
                *(
                    replace(_of_pairs(row, problem), penalty=self.prices[id(row)])
                    for rule in priced
                    for row in rule.rows
                ),
            ),
            loads=(
                *(one for rule in kept for one in rule.loads),
                *(replace(one, penalty=1.0) for rule in priced for one in rule.loads),
            ),
        )
        seed = self.seed if seed is None else seed
        found = solve(made, Mip(), stop=Stop(seconds=left), seed=seed)
        self.stopped = INTERRUPTED in found.detail
        return found

    def _proves(self, relaxed: Solution) -> bool:
        """Return whether the best that could be, with everything at a price, breaks something."""
        pins = sum(rule.pin is not None for rule in self.rules)
        return relaxed.bound is not None and relaxed.bound < pins - PROVED

    def _broken(self, solution: Solution, among: Sequence[_Rule]) -> dict[_Rule, Relaxation]:
        """Return which rules pairs do not keep, and by how much."""
        i, j = solution.mentors, solution.mentees
        pairs = Candidates(i, j, self.problem.space.pairs(i, j).scores)
        made = set(zip(i.tolist(), j.tolist(), strict=True))
        by_label: dict[str, list[Breach]] = {}
        for one in breaches(self.problem, pairs, self.words.name):
            by_label.setdefault(one.rule, []).append(one)
        found: dict[_Rule, Relaxation] = {}
        for rule in among:
            if rule.pin is not None and rule.pin not in made:
                found[rule] = Relaxation(rule.label, 1.0, "pin")
            elif rule.pin is None and rule.label in by_label:
                found[rule] = self._relaxation(by_label[rule.label])
        return found

    def _relaxation(self, broken: Sequence[Breach]) -> Relaxation:
        """Return what is broken of one rule as one."""
        amount = sum(one.excess for one in broken)
        unit = Noun(*broken[0].unit).of(round(amount, 4))
        changes = tuple(one.change for one in broken if one.change)
        people = tuple(self.words.name(*one.person) for one in broken if one.person)
        return Relaxation(broken[0].rule, amount, unit, changes, people)

    def _conflict(self, broken: Sequence[_Rule]) -> tuple[list[_Rule], bool]:
        """Return rules that cannot all be kept, and whether each is proved to be needed for that.

        Nothing where that was not proved in the time.
        """
        held = self._filtered(broken)
        if held is None:
            return [], False
        minimal = len(held) <= TRIED
        for rule in list(held) if minimal else ():
            fewer = [one for one in held if one is not rule]
            trial = self._solve(fewer, [])
            if trial is not None and trial.status is Status.INFEASIBLE:
                held = fewer
            minimal &= trial is not None and (
                trial.status.has_pairs or trial.status is Status.INFEASIBLE
            )
        alone = self._solve(held, [], self.seed + 1)
        if alone is None or alone.status is not Status.INFEASIBLE:
            return [], False
        return [rule for rule in self.rules if rule in held], minimal

    def _filtered(self, broken: Sequence[_Rule]) -> list[_Rule] | None:
        """Return rules that cannot all be kept: what is broken is kept from then on, in turn."""
        held = list(broken)
        while True:
            rest = [rule for rule in self.rules if rule not in held]
            found = self._solve(held, rest)
            if found is not None and found.status is Status.INFEASIBLE:
                return held
            more = [] if found is None else list(self._broken(found, rest))
            if found is None or not found.status.has_pairs or not more:
                return None
            held += more

    def _others(self, conflict: Sequence[_Rule], relaxed: Sequence[_Rule]) -> Iterator[Relaxation]:
        """Return what is enough of a single rule, each in turn."""
        for rule in conflict[:OTHERS]:
            if [rule] == list(relaxed):
                continue
            found = self._solve([one for one in self.rules if one is not rule], [rule])
            if found is not None and found.status.has_pairs:
                yield from self._broken(found, [rule]).values()


def _rules(problem: Problem, pin: _Pin) -> Iterator[_Rule]:
    """Return the rules of a problem, and its pins."""
    labels = [*(row.label for row in problem.rows), *(one.label for one in problem.loads)]
    for label in dict.fromkeys(labels):
        yield _Rule(
            label,
            tuple(row for row in problem.rows if row.label == label),
            tuple(one for one in problem.loads if one.label == label),
        )
    pins = zip(problem.pinned_mentors.tolist(), problem.pinned_mentees.tolist(), strict=True)
    for i, j in pins:
        yield _Rule(pin(i, j), pin=(i, j))


def _is_best(solution: Solution) -> bool:
    """Return whether nothing better is possible, in units of rules."""
    value, bound = solution.objective, solution.bound
    return value is not None and bound is not None and bound - value <= PROVED * max(1, abs(value))


def _places(pins: Iterable[tuple[int, int]]) -> Index:
    """Return pins as places, int64, shape (k, 2)."""
    return np.array(list(pins), dtype=np.int64).reshape(-1, 2)


def _of_pairs(row: Row, problem: Problem) -> Row:
    """Return a row that no longer asks for scores: its weights hold them."""
    if not row.of_score:
        return row
    space = problem.space

    def weight(i: Index, j: Index) -> Floats:
        tile = space.pairs(i, j)
        return row.pair_weights(i, j, np.where(tile.allowed, tile.scores, 0.0))

    return replace(row, weight=Elementwise(weight), of_score=False)


def _price(row: Row, problem: Problem, clock: Clock) -> float:
    """Return what a unit of a row costs: 1 by the largest weight of a pair or a person.

    By the largest that there was time to see.
    """
    largest = max((float(np.abs(own).max(initial=0.0)) for own in row.matched or ()), default=0.0)
    if isinstance(row.weight, Lookup) and not row.of_score:
        table = np.asarray(row.weight.table, dtype=np.float64)
        largest = max(largest, float(np.abs(table).max(initial=0.0)))
    elif row.weight is not None:
        columns = np.arange(problem.shape[1], dtype=np.int64)[None, :]
        for rows, tile in row_tiles(problem.space):
            if clock.expired():
                break
            weights = np.abs(row.pair_weights(rows[:, None], columns, tile.scores))
            largest = max(largest, float(weights.max(where=tile.allowed, initial=0.0)))
    return 1.0 / largest if largest else 1.0
