"""CpSat: small and medium problems with logic of one's own, by constraint programming."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from pairkit.errors import ProblemError
from pairkit.problem import Feature, Problem
from pairkit.solution import Solution, Status
from pairkit.solvers.base import Answer
from pairkit.solvers.flow import open_candidates
from pairkit.solvers.mathopt import Optimum
from pairkit.solvers.ordered import Levels

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpModel, IntVar

    from pairkit.rows import Floats
    from pairkit.solvers.base import Clock
    from pairkit.solvers.linear import Model

__all__ = ["STATUSES", "CpSat", "Extend"]

Extend = Callable[["CpModel", Mapping[tuple[int, int], "IntVar"]], None]

EXTENDED: Final = "no solution keeps all rules and what extend adds"
COST_BITS: Final = 58  # of the sum of all costs: so many leave room in 63
ROW_BITS: Final = 40  # of the weights of a row that are no simple fractions
FEW: Final = 64  # different weights of a row, up to which it is asked whether they are
LARGEST: Final = 1_000_000  # their common denominator
NEARLY: Final = 1e-6  # a limit is whole, whatever the last bits say
MOST_SUM: Final = 1 << 62  # stands for no limit

# What each status of the back end means here; a test compares the keys with its enumeration.
STATUSES: Final = {
    "OPTIMAL": Status.OPTIMAL,
    "FEASIBLE": Status.FEASIBLE,
    "INFEASIBLE": Status.INFEASIBLE,
    "UNKNOWN": Status.NO_SOLUTION_FOUND,
    "MODEL_INVALID": Status.ERROR,
}


@dataclass(frozen=True, slots=True)
class CpSat:
    """The best under all rules and objectives, and under constraints of one's own.

    Objectives are solved in turn by OR-Tools' CP-SAT, over all candidates as 0-1 variables. It is
    strong where rules are logic (if-then, couples, alternatives) and weak where sums of scores
    alone decide: :class:`Mip` proves those sooner.

    Parameters
    ----------
    extend
        Adds constraints: called for each CP-SAT model (one for each objective, several where the
        worst-off count) with the variable of each candidate by its two places, before the solve.
        Status and bounds are then those of the problem with what it adds; the verifier does not
        know it, so it is the caller's to check. Where it leaves no solution the status is
        ``NO_SOLUTION_FOUND``, and the detail says so.
    hint
        A solution to begin with.
    workers
        Threads of the search. With one, the default, the same problem gives the same solution
        whenever the time limit does not hit; with more, it is only as good.
    deterministic
        A limit on the work of each of these models in CP-SAT's own units, which unlike seconds
        stops at the same place on every machine; ``None`` sets none.

    Raises
    ------
    ProblemError
        A number is out of range.
    """

    extend: Extend | None = field(default=None, compare=False, repr=False)
    hint: Solution | None = field(default=None, compare=False, repr=False)
    workers: int = 1
    deterministic: float | None = None

    def __post_init__(self) -> None:
        """Check the numbers."""
        if self.workers < 1:
            raise ProblemError(f"CpSat: workers must be from 1 up; it is {self.workers}.")
        if self.deterministic is not None and not self.deterministic > 0:
            words = f"deterministic must be above 0; it is {self.deterministic}"
            raise ProblemError(f"CpSat: {words}.")

    @property
    def supports(self) -> frozenset[Feature]:
        """Everything."""
        return frozenset(Feature)

    def solve(self, problem: Problem, *, clock: Clock, seed: int) -> Answer:
        """Return the proven best answer, or the best so far where the clock stops it."""
        found = open_candidates(problem)
        pairs = list(zip(found.mentors.tolist(), found.mentees.tolist(), strict=True))
        levels = Levels(problem, found, _Engine(self, pairs), clock, seed)
        if self.hint is not None:
            made = set(zip(self.hint.mentors.tolist(), self.hint.mentees.tolist(), strict=True))
            levels.suggest(np.array([pair in made for pair in pairs], dtype=np.bool_))
        answer = levels.answer()
        if self.extend is not None and answer.status is Status.INFEASIBLE:
            return Answer.nothing(Status.NO_SOLUTION_FOUND, EXTENDED)
        return answer


@dataclass(frozen=True, slots=True)
class _Engine:
    """What solves one objective: the settings, and the pair of each column."""

    settings: CpSat
    pairs: list[tuple[int, int]]

    def __call__(
        self,
        model: Model,
        cost: Floats,
        *,
        seconds: float | None,
        gap: float,
        hint: Floats | None,
        seed: int,
    ) -> Optimum:
        """Return the best values of the columns."""
        from ortools.sat.python import cp_model

        made = cp_model.CpModel()
        whole = _Whole(model)
        variables = whole.write(made)
        bits, error = whole.write_cost(made, cost, variables)
        if self.settings.extend is not None:
            self.settings.extend(made, dict(zip(self.pairs, variables, strict=False)))
        if hint is not None:
            for k in np.flatnonzero(~np.isnan(hint)).tolist():
                made.add_hint(variables[k], round(hint[k] * whole.units[k]))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = self.settings.workers
        solver.parameters.random_seed = seed % (1 << 31)
        solver.parameters.relative_gap_limit = gap
        if seconds is not None:
            solver.parameters.max_time_in_seconds = max(seconds, 0.01)
        if self.settings.deterministic is not None:
            solver.parameters.max_deterministic_time = self.settings.deterministic
        ended = solver.status_name(solver.solve(made))
        status = STATUSES.get(ended, Status.ERROR)
        if not status.has_pairs:
            words = made.validate() if ended == "MODEL_INVALID" else ""
            return Optimum(
                status, f"CP-SAT {ended} {words}".strip(), np.zeros(0), None, np.zeros(0)
            )
        x = np.array([solver.value(one) for one in variables]) / whole.units
        bound = float(np.ldexp(solver.best_objective_bound, -bits)) + error
        return Optimum(status, f"CP-SAT {ended}", x, bound, np.zeros(0))


class _Whole:
    """A program in whole numbers.

    A row is multiplied by what makes its weights whole; where no small number does, by a power of
    two, and its limits are widened by the rounding, so that no solution is lost. A column that may
    be a fraction belongs to one row, and is counted in that row's unit.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        matrix = model.matrix
        whole = model.integer[matrix.indices]
        self.parts = [slice(a, b) for a, b in itertools.pairwise(matrix.indptr.tolist())]
        scales = [
            _unit(np.append(matrix.data[part][whole[part]], self._limits(k, whole[part])), 1.0)
            for k, part in enumerate(self.parts)
        ]
        rows = np.repeat(np.arange(len(scales)), np.diff(matrix.indptr))
        first = np.full(len(model.lower), len(scales), dtype=np.int64)
        np.minimum.at(first, matrix.indices, rows)  # the row that a fraction belongs to
        own = np.append(np.array(scales), 1.0)[first]
        self.units = np.where(model.integer, 1.0, own)
        self.upper = self._limited(first)
        most = self.upper * self.units
        each = matrix.data / self.units[matrix.indices]
        foreign = ~whole & (first[matrix.indices] != rows)
        for k in np.unique(rows[foreign]).tolist():
            part = self.parts[k]
            scales[k] = _unit(each[part], most[matrix.indices[part]])
        self.scales: list[float] = scales
        self.scaled = each * np.repeat(np.array(scales), np.diff(matrix.indptr))
        self.rough = self._rough(first)

    def _rough(self, first: NDArray[np.int64]) -> Floats:
        """Return 1 for a fraction whose row has a limit that its unit does not make whole."""
        limits = (
            np.column_stack([self.model.least, self.model.most]) * np.array(self.scales)[:, None]
        )
        limits = np.where(np.isfinite(limits), limits, 0.0)
        apart = (np.abs(limits - np.rint(limits)) > NEARLY).any(axis=1)
        rough: Floats = np.where(self.model.integer, 0.0, np.append(apart, False)[first])
        return rough

    def _limits(self, row: int, whole: NDArray[np.bool_]) -> Floats:
        """Return the limits of a row from which a fraction counts."""
        limits = np.array([self.model.least[row], self.model.most[row]])
        counted: Floats = limits[np.isfinite(limits) & (not whole.all())]
        return counted

    def _limited(self, first: NDArray[np.int64]) -> Floats:
        """Return upper limits of the columns, also of those that have none."""
        model = self.model
        most = np.where(model.integer, model.upper, 0.0)
        activity = np.append(abs(model.matrix) @ most, 0.0)
        limits = np.maximum(
            np.where(np.isfinite(model.least), np.abs(model.least), 0.0),
            np.where(np.isfinite(model.most), np.abs(model.most), 0.0),
        )
        needed = activity[first] + np.append(limits, 0.0)[first] + 1.0
        upper: Floats = np.where(np.isfinite(model.upper), model.upper, needed)
        return upper

    def write(self, made: CpModel) -> list[IntVar]:
        """Return the variables, with every row written."""
        lower = np.ceil(self.model.lower * self.units).astype(np.int64)
        upper = np.floor(self.upper * self.units).astype(np.int64)
        variables = [
            made.new_int_var(a, b, "") for a, b in zip(lower.tolist(), upper.tolist(), strict=True)
        ]
        limits = zip(self.model.least.tolist(), self.model.most.tolist(), strict=True)
        for part, unit, (least, most) in zip(self.parts, self.scales, limits, strict=True):
            columns, scaled = self.model.matrix.indices[part], self.scaled[part]
            weights = np.rint(scaled)
            wide = float(np.abs(scaled - weights) @ upper[columns]) + NEARLY
            total = _sum([variables[k] for k in columns.tolist()], weights)
            low = -MOST_SUM if np.isneginf(least) else math.ceil(least * unit - wide)
            high = MOST_SUM if np.isposinf(most) else math.floor(most * unit + wide)
            if low <= high:
                made.add_linear_constraint(total, low, high)
            else:  # no whole number lies between; CP-SAT would take it for no limit
                made.add_bool_or([])
        return variables

    def write_cost(self, made: CpModel, cost: Floats, variables: list[IntVar]) -> tuple[int, float]:
        """Write the cost; return its bits and how far it is from its own at most."""
        each = cost / self.units
        most = np.maximum(np.abs(self.upper), np.abs(self.model.lower)) * self.units
        total = float(np.abs(each) @ most)
        bits = COST_BITS - int(np.frexp(max(total, 1.0))[1])
        scaled = np.ldexp(each, bits)
        whole = np.rint(scaled)
        error = float(np.ldexp(np.abs(scaled - whole) @ most, -bits) + np.abs(each) @ self.rough)
        used = np.flatnonzero(whole).tolist()
        made.maximize(_sum([variables[k] for k in used], whole[used]))
        return bits, error


def _sum(variables: list[IntVar], weights: Floats) -> Any:  # noqa: ANN401 - OR-Tools' own
    """Return a weighted sum as CP-SAT writes it; the weights are whole numbers."""
    from ortools.sat.python import cp_model

    return cp_model.LinearExpr.weighted_sum(variables, weights.astype(np.int64).tolist())


def _unit(weights: Floats, most: Floats | float) -> float:
    """Return what makes weights whole numbers, or large enough for rounding to be little.

    ``most`` is the largest value of their columns.
    """
    different = np.unique(np.abs(weights))
    if len(different) <= FEW:
        parts = [Fraction(one).limit_denominator(LARGEST) for one in different.tolist()]
        unit = math.lcm(*(part.denominator for part in parts))
        apart = np.abs(np.array([float(part) for part in parts]) - different)
        if unit <= LARGEST and apart.max(initial=0.0) <= NEARLY / LARGEST:
            return float(unit)
    size = int(np.frexp(float((np.abs(weights) * most).sum()))[1])
    return float(np.ldexp(1.0, min(ROW_BITS, COST_BITS - size)))
