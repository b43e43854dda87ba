"""MathOpt: linear and mixed integer linear programs in arrays, solved by HiGHS in OR-Tools."""

from __future__ import annotations

import copy
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np

from pairkit.solution import Status
from pairkit.solvers.base import TIME_LIMIT

if TYPE_CHECKING:
    from pairkit.rows import Floats
    from pairkit.solvers.linear import Model

__all__ = ["STATUSES", "Optimum", "maximize"]

T = TypeVar("T")

INTERIOR: Final = 60_000  # columns from which an interior point beats the simplex method
PATIENCE: Final = 1.1  # times its time limit, and ...
GRACE: Final = 1.0  # ... so many seconds more, after which HiGHS is left behind
ROUNDING: Final = 1e-9  # of the largest cost, or of the bound: what HiGHS does not tell apart

# What each reason of the back end means here; a test compares the keys with its enumeration. Our
# programs are bounded, so that "infeasible or unbounded" is infeasible.
STATUSES: Final = {
    "OPTIMAL": Status.OPTIMAL,
    "INFEASIBLE": Status.INFEASIBLE,
    "INFEASIBLE_OR_UNBOUNDED": Status.INFEASIBLE,
    "FEASIBLE": Status.FEASIBLE,
    "NO_SOLUTION_FOUND": Status.NO_SOLUTION_FOUND,
    "UNBOUNDED": Status.ERROR,
    "IMPRECISE": Status.ERROR,
    "NUMERICAL_ERROR": Status.ERROR,
    "OTHER_ERROR": Status.ERROR,
}


@dataclass(frozen=True, slots=True, eq=False)
class Optimum:
    """What a back end found.

    Parameters
    ----------
    status
        How it ended.
    ended
        The back end's own words for it.
    x
        The value of each column, float64; empty without a solution.
    bound
        Upper bound on the cost; ``None`` where nothing was proved.
    duals
        Of a linear program, the dual value of each row, float64: what the cost gains when the limit
        that holds moves up by 1.
    """

    status: Status
    ended: str
    x: Floats
    bound: float | None
    duals: Floats


def maximize(
    model: Model,
    cost: Floats,
    *,
    relaxed: bool = False,
    seconds: float | None = None,
    gap: float = 0.0,
    hint: Floats | None = None,
    seed: int = 0,
) -> Optimum:
    """Return the best values of the columns of a program.

    Parameters
    ----------
    model
        The program.
    cost
        What each column counts, float64, shape (columns,).
    relaxed
        Whether whole numbers may be fractions: a linear program, by the simplex method where it is
        small and an interior-point method where it is large.
    seconds
        When to stop; ``None`` never.
    gap
        Relative gap that is good enough.
    hint
        A solution to begin with, float64, shape (columns,); nan where it says nothing.
    seed
        Of the back end's own choices.
    """
    from ortools.math_opt.python import mathopt

    if not len(cost):
        return _without_columns(model)
    made = mathopt.Model.from_model_proto(_proto(model, cost, relaxed=relaxed))
    columns, rows = list(made.variables()), list(made.linear_constraints())
    parameters = mathopt.SolveParameters(
        time_limit=None if seconds is None else timedelta(seconds=max(seconds, 0.01)),
        relative_gap_tolerance=gap,
        absolute_gap_tolerance=0.0,
        random_seed=seed % (1 << 31),
    )
    if not relaxed:  # the bounds of a linear program are made of its duals, whatever these are
        for name in ("dual_feasibility_tolerance", "mip_feasibility_tolerance"):
            parameters.highs.double_options[name] = ROUNDING
    wanted = mathopt.ModelSolveParameters()
    if hint is not None:
        known = {columns[k]: float(hint[k]) for k in np.flatnonzero(~np.isnan(hint)).tolist()}
        wanted.solution_hints.append(mathopt.SolutionHint(variable_values=known))
    ways = [parameters]
    if relaxed and len(cost) > INTERIOR:
        barrier = copy.deepcopy(parameters)
        barrier.lp_algorithm = mathopt.LPAlgorithm.BARRIER
        barrier.highs.string_options["run_crossover"] = "off"
        ways.insert(0, barrier)
    # An interior point that does not converge ends without a status: the simplex method does.
    for chosen in ways:
        try:
            result = _interruptible(_solve(made, chosen, wanted), seconds)
        except TimeoutError:
            return _nothing(Status.NO_SOLUTION_FOUND, TIME_LIMIT)
        if result is not None:
            break
    else:
        return _nothing(Status.ERROR, "HiGHS failed")
    reason = result.termination.reason.name
    none = np.zeros(0)
    solved = result.has_primal_feasible_solution()
    duals = relaxed and result.has_dual_feasible_solution()
    bound = float(result.termination.objective_bounds.dual_bound)
    largest = float(np.abs(cost).max())
    return Optimum(
        STATUSES.get(reason, Status.ERROR),
        f"{reason} {result.termination.detail}".strip(),
        np.array(result.variable_values(columns)) if solved else none,
        bound + ROUNDING * max(largest, abs(bound)) if np.isfinite(bound) else None,
        np.array(result.dual_values(rows)) if duals else none,
    )


def _without_columns(model: Model) -> Optimum:
    """Return the only solution of a program without columns, which HiGHS gives no duals for."""
    kept = bool(((model.least <= 0.0) & (model.most >= 0.0)).all())
    status = Status.OPTIMAL if kept else Status.INFEASIBLE
    return Optimum(status, "no columns", np.zeros(0), 0.0, np.zeros(len(model.least)))


def _solve(made: Any, parameters: Any, wanted: Any) -> Callable[[], Any]:  # noqa: ANN401
    """Return what runs HiGHS: it gives a result, or ``None`` where the back end fails."""
    from ortools.math_opt.python import mathopt

    def run() -> Any:  # noqa: ANN401 - OR-Tools' own
        try:
            return mathopt.solve(
                made, mathopt.SolverType.HIGHS, params=parameters, model_params=wanted
            )
        except (AttributeError, RuntimeError):  # the first is OR-Tools' own, about its message
            return None

    return run


def _nothing(status: Status, ended: str) -> Optimum:
    return Optimum(status, ended, np.zeros(0), None, np.zeros(0))


def _interruptible(solve: Callable[[], T], seconds: float | None) -> T:
    """Return what a solve gives, from a thread that an interruption leaves behind.

    HiGHS cannot be told to stop, holds back Python's signals while it runs, and in some phases does
    not look at its time limit. Left behind, it ends with the process, or when it looks again.

    Raises
    ------
    TimeoutError
        It is well over its time.
    """
    late = time.monotonic() + (np.inf if seconds is None else PATIENCE * max(seconds, 0.0) + GRACE)
    results: list[T] = []
    failures: list[BaseException] = []

    def run() -> None:
        try:
            results.append(solve())
        except BaseException as error:  # noqa: BLE001 - raised below, where it is waited for
            failures.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(0.05)
        if time.monotonic() > late:
            raise TimeoutError
    if failures:
        raise failures[0]
    return results[0]


def _proto(model: Model, cost: Floats, *, relaxed: bool) -> Any:  # noqa: ANN401 - a protobuf
    """Return the program as MathOpt reads it, filled from arrays."""
    from ortools.math_opt import model_pb2

    made = model_pb2.ModelProto()
    variables, rows = made.variables, made.linear_constraints
    size, count = len(cost), len(model.least)
    variables.ids.extend(range(size))
    variables.lower_bounds.extend(model.lower)
    variables.upper_bounds.extend(model.upper)
    variables.integers.extend((model.integer & (not relaxed)).tolist())
    made.objective.maximize = True
    counted = np.flatnonzero(cost)
    made.objective.linear_coefficients.ids.extend(counted)
    made.objective.linear_coefficients.values.extend(cost[counted])
    rows.ids.extend(range(count))
    rows.lower_bounds.extend(model.least)
    rows.upper_bounds.extend(model.most)
    matrix = model.matrix
    matrix.sum_duplicates()
    entries = made.linear_constraint_matrix
    entries.row_ids.extend(np.repeat(np.arange(count), np.diff(matrix.indptr)))
    entries.column_ids.extend(matrix.indices)
    entries.coefficients.extend(matrix.data)
    return made
