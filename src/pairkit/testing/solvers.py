"""SolverSuite: what every solver has to hold, whoever wrote it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from pairkit.errors import UnsupportedError
from pairkit.objectives import Aim, Objective
from pairkit.parts import Listed, Lookup
from pairkit.problem import Feature, Problem
from pairkit.rows import Row
from pairkit.solution import Solution, Status, Stop
from pairkit.solvers import Solver, solve
from pairkit.solvers.select import SOLVERS
from pairkit.testing.brute import Solutions, every_solution
from pairkit.testing.changes import (
    Interrupting,
    described,
    matrix_of,
    permuted,
    scaled,
    turned,
    with_scores,
)
from pairkit.testing.checking import check_frozen, expect, for_all
from pairkit.testing.strategies import ORDERS, problems, problems_beyond
from pairkit.verify import verify_solution

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


__all__ = ["SolverSuite"]

PROVED: Final = 1e-6  # relative: what `solve` calls optimal by default
EXACT: Final = 1e-9
EXPONENTS: Final = (-20, 5)
SMALL: Final = 12  # people of a side where chance has a choice


class SolverSuite:
    """The checks of a solver, for pytest: inherit it, and name the solver.

    All problems are small enough that every solution of theirs can be listed, and ask only for what
    the solver says it supports.

    Attributes
    ----------
    solver
        The solver.
    exact
        Whether it proves the best solution of every problem that it supports, unless it is
        stopped; see :meth:`proves` where that depends on the problem.
    examples
        How many problems each check draws.
    patience
        Seconds after which a solve with a tiny time limit counts as hung.

    Examples
    --------
    >>> import pairkit as pk
    >>> class TestGreedy(SolverSuite):
    ...     solver = pk.Greedy()
    """

    solver: ClassVar[Solver]
    exact: ClassVar[bool] = False
    examples: ClassVar[int] = 20
    patience: ClassVar[float] = 60.0

    def proves(self, problem: Problem) -> bool:
        """Return whether the solver has to prove the best solution of a problem."""
        return self.exact

    def features(self) -> frozenset[Feature]:
        """Return what the drawn problems may ask for: all that the solver supports."""
        return self.solver.supports

    def problems(self, *, wide: bool = False) -> SearchStrategy[Problem]:
        """Return a strategy for the problems of all checks."""
        return problems(self.features(), wide=wide)

    # What a solver is

    def test_it_is_a_frozen_value(self) -> None:
        """It can be compared, hashed and not changed, and always supports the same."""
        expect(isinstance(self.solver, Solver), "a solver has `supports` and `solve`")
        check_frozen(self.solver)
        supports = self.solver.supports
        expect(isinstance(supports, frozenset), "supports is a frozenset")
        expect(all(isinstance(one, Feature) for one in supports), "supports holds features")
        expect(self.solver.supports == supports, "supports is the same every time")
        expect(bool(ORDERS & supports), f"supports holds one of {', '.join(sorted(ORDERS))}")

    def test_it_refuses_what_it_does_not_support(self) -> None:
        """The error names what is missing, and a solver to use instead."""
        if self.solver.supports >= frozenset(Feature) - {Feature.PINS}:
            return

        def check(problem: Problem) -> None:
            try:
                solve(problem, self.solver)
            except UnsupportedError as error:
                message = str(error)
            else:
                raise AssertionError("it solves what it does not say that it supports")
            for feature in problem.features - self.solver.supports:
                expect(feature.value in message, f"the error does not name {feature}: {message}")
            able = [name for name, one in SOLVERS.items() if problem.features <= one.supports]
            expect(any(name in message for name in able), f"no solver to use: {message}")

        self._for_all(problems_beyond(self.solver.supports), check)

    # What a solution is

    def test_solutions_keep_every_rule(self) -> None:
        """Pairs are allowed, fit the capacities and rules, hold the pins; values are true."""
        self._for_all(self.problems(), lambda problem: self._kept(problem, self._solved(problem)))

    def test_solutions_of_scores_of_any_size_keep_every_rule(self) -> None:
        """The same where scores differ by many orders of magnitude, with honest claims."""

        def check(problem: Problem) -> None:
            solution, known = self._solved(problem), every_solution(problem)
            self._kept(problem, solution)
            check_claims(solution, known)

        self._for_all(self.problems(wide=True), check)

    def test_optimal_is_the_best(self) -> None:
        """No solution is better than one that is called optimal; an exact solver says so."""

        def check(problem: Problem) -> None:
            solution, known = self._solved(problem), every_solution(problem)
            check_optimal(solution, known)
            if self.proves(problem):
                wanted = Status.OPTIMAL if len(known) else Status.INFEASIBLE
                words = f"exact, but {solution.status} ({solution.detail}), not {wanted}"
                expect(solution.status is wanted, f"{words}: {solution.levels}")

        self._for_all(self.problems(), check)

    def test_bounds_are_honest(self) -> None:
        """No solution beats a bound, whatever the status."""
        self._for_all(
            self.problems(),
            lambda problem: check_bounds(self._solved(problem), every_solution(problem)),
        )

    def test_infeasible_is_said_where_there_is_no_solution_only(self) -> None:
        """Where nothing can be found, nothing else is said."""
        self._for_all(
            self.problems(),
            lambda problem: check_infeasible(self._solved(problem), every_solution(problem)),
        )
        if Feature.PROGRAM_RULES in self.features():
            problem = _deadlock()
            check_infeasible(self._solved(problem), every_solution(problem))

    # What does not change a solution

    def test_the_order_of_people_does_not_matter(self) -> None:
        """The best values are the same with the people in another order."""

        def check(problem: Problem) -> None:
            rng = np.random.default_rng(problem.shape)
            mentors = rng.permutation(problem.shape[0])
            mentees = mentors if problem.peers else rng.permutation(problem.shape[1])
            self._same(problem, permuted(problem, mentors, mentees))

        self._for_all(self.problems(), check)

    def test_the_sides_can_change_places(self) -> None:
        """The best values are the same with mentors as mentees."""

        def check(problem: Problem) -> None:
            one_sided = Objective.EGALITARIAN in problem.objectives  # it counts matched mentees
            if not problem.peers and not one_sided:
                self._same(problem, turned(problem))

        self._for_all(self.problems(), check)

    def test_dense_and_sparse_scores_give_the_same(self) -> None:
        """The best values do not depend on how the scores are stored."""
        self._for_all(
            self.problems(),
            lambda problem: self._same(problem, with_scores(problem, matrix_of(problem))),
        )

    def test_scores_times_a_power_of_two_scale_the_quality(self) -> None:
        """All that the size of the scores changes is the size of the quality."""
        features = self.features() - {Feature.PROGRAM_RULES}

        def check(problem: Problem) -> None:
            for exponent in EXPONENTS:
                other = scaled(problem, exponent)
                if self.proves(problem):
                    self._same(problem, other, np.ldexp(1.0, exponent))

        self._for_all(problems(features), check)

    def test_an_extra_candidate_never_hurts(self) -> None:
        """The best first objective is no worse with one pair more to choose from."""

        def check(problem: Problem) -> None:
            scores = matrix_of(problem)
            forbidden = np.argwhere(np.isnan(scores))
            if not len(forbidden) or not problem.aims[0].additive:
                return
            i, j = forbidden[0].tolist()
            scores[i, j] = 0.5
            if problem.peers:
                scores[j, i] = 0.5
            self._no_better(with_scores(problem, scores), problem)

        self._for_all(self.problems(), check)

    def test_less_capacity_never_helps(self) -> None:
        """The best first objective is no better with less room."""

        def check(problem: Problem) -> None:
            if problem.aims[0].additive:
                less = np.maximum(problem.mentor_capacity - 1, 0)
                other = less if problem.peers else problem.mentee_capacity
                self._no_better(
                    problem, replace(problem, mentor_capacity=less, mentee_capacity=other)
                )

        self._for_all(self.problems(), check)

    # How a solve ends

    def test_the_same_seed_gives_the_same_pairs(self) -> None:
        """Chance comes from the seed alone."""
        problem = self._large(SMALL)
        for seed in (0, 1):
            one, other = (
                solve(problem, self.solver, seed=seed),
                solve(problem, self.solver, seed=seed),
            )
            same = one.mentors.tolist() == other.mentors.tolist()
            same &= one.mentees.tolist() == other.mentees.tolist()
            expect(same, f"two solves with the seed {seed} give different pairs")

    def test_a_tiny_time_limit_ends_with_an_honest_answer(self) -> None:
        """A solve without time ends, and claims no more than it knows."""

        def check(problem: Problem) -> None:
            stop = Stop(seconds=1e-9)
            solution = in_time(lambda: solve(problem, self.solver, stop=stop), self.patience)
            verify_solution(problem, solution)
            check_claims(solution, every_solution(problem))

        self._for_all(self.problems(), check)
        large = self._large(10 * SMALL)
        stop = Stop(seconds=1e-3)
        in_time(lambda: solve(large, self.solver, stop=stop), self.patience)

    def test_an_interruption_is_passed_on_or_answered_honestly(self) -> None:
        """Ctrl+C while scores are read ends the solve, or gives what was found so far."""

        def check(problem: Problem) -> None:
            known = every_solution(problem)
            for after in (0, 1, 2, 4):
                cut = replace(problem, space=Interrupting(problem.space, after))
                try:
                    solution = solve(cut, self.solver)
                except KeyboardInterrupt:
                    continue
                verify_solution(problem, solution)
                check_claims(solution, known)

        self._for_all(self.problems(), check, examples=max(self.examples // 3, 1))

    # Helpers

    def _for_all(
        self,
        strategy: SearchStrategy[Problem],
        check: Callable[[Problem], None],
        examples: int | None = None,
    ) -> None:
        for_all(strategy, check, examples=examples or self.examples, describe=described)

    def _solved(self, problem: Problem) -> Solution:
        return solve(problem, self.solver)

    def _kept(self, problem: Problem, solution: Solution) -> None:
        """Raise where a solution is not one."""
        verify_solution(problem, solution)
        if solution.status.has_pairs:
            known = every_solution(problem)
            place = known.place(solution.mentors, solution.mentees)
            expect(place is not None, "brute force knows no such solution")
        expect(solution.status is not Status.ERROR, f"it ended in an error: {solution.detail}")

    def _best(self, problem: Problem) -> list[float] | None:
        """Return the best values; ``None`` where they were not proved."""
        solution = self._solved(problem)
        proved = solution.status is Status.OPTIMAL
        return [level.value for level in solution.levels] if proved else None

    def _same(self, problem: Problem, other: Problem, factor: float = 1.0) -> None:
        """Raise where two problems have different best values, qualities up to a factor."""
        if not self.proves(problem) or any(aim.tolerance for aim in problem.aims):
            return
        one, two = self._best(problem), self._best(other)
        expect((one is None) == (two is None), f"proved in one form only: {one}, {two}")
        scored = {Objective.QUALITY, Objective.EGALITARIAN}
        for k, (a, b) in enumerate(zip(one or [], two or [], strict=True)):
            wanted = a * factor if problem.objectives[k] in scored else a
            size = max(abs(wanted), abs(b), factor * np.nansum(np.abs(matrix_of(problem))))
            words = f"{problem.objectives[k]} is {a!r} and becomes {b!r}"
            expect(abs(wanted - b) <= PROVED * size, words)

    def _no_better(self, more: Problem, less: Problem) -> None:
        """Raise where the first objective is better with less to choose from."""
        if not self.proves(more) or not less.features <= self.solver.supports:
            return
        one, two = self._best(more), self._best(less)
        if two is None:
            return
        expect(one is not None, f"{two[0]!r} is proved of less, and nothing of more")
        if one is not None:
            slack = PROVED * max(1.0, abs(one[0]), abs(two[0])) + more.aims[0].tolerance * abs(
                one[0]
            )
            words = f"{more.objectives[0]} is {one[0]!r} with more, and {two[0]!r} with less"
            expect(two[0] <= one[0] + slack, words)

    def _large(self, size: int) -> Problem:
        """Return a problem with some choice, of an order that the solver supports."""
        supports = self.solver.supports
        quality = Aim(Objective.QUALITY)
        none = np.zeros(0, dtype=np.int64)
        none_earlier = Aim(Objective.CONTINUITY, weight=Listed(none, none, 1.0, (size, size)))
        orders = {
            Feature.PARTICIPATION_FIRST: (Aim(Objective.PARTICIPATION), quality),
            Feature.QUALITY_ALONE: (quality,),
            Feature.LEAST_CHANGE: (Aim(Objective.PARTICIPATION), none_earlier, quality),
            Feature.OTHER_ORDERS: (Aim(Objective.PARTICIPATION),),
        }
        aims = next(aims for feature, aims in orders.items() if feature in supports)
        return Problem.from_scores(np.random.default_rng(0).random((size, size)), objectives=aims)


def check_claims(solution: Solution, known: Solutions) -> None:
    """Raise where a solution claims what is not so."""
    check_infeasible(solution, known)
    check_optimal(solution, known)
    check_bounds(solution, known)


def _deadlock() -> Problem:
    """Return a problem of two rules that exclude each other, which no counting of one finds."""
    apart = Lookup(np.arange(2), np.arange(2), np.diag([1.0, -1.0]))
    rows = (Row("more of the first", apart, least=1.0), Row("more of the last", apart, most=-1.0))
    return Problem.from_scores(np.ones((2, 2)), rows=rows)


def check_infeasible(solution: Solution, known: Solutions) -> None:
    """Raise where a solution says "infeasible" wrongly, or has pairs where there can be none."""
    if solution.status is Status.INFEASIBLE:
        expect(not len(known), f"called infeasible; there are {len(known)} solutions")
    elif not len(known):
        words = f"there is no solution, and it says {solution.status}"
        expect(solution.status is Status.NO_SOLUTION_FOUND, words)


def check_optimal(solution: Solution, known: Solutions) -> None:
    """Raise where a solution is called optimal and another is better."""
    if solution.status is Status.OPTIMAL:
        place = known.place(solution.mentors, solution.mentees)
        if place is None:
            raise AssertionError("brute force knows no such solution")
        short = known.shortfall(place, PROVED)
        expect(not short, f"called optimal; {short}")


def check_bounds(solution: Solution, known: Solutions) -> None:
    """Raise where a solution is better than a bound."""
    if not solution.status.has_pairs:
        return
    place = known.place(solution.mentors, solution.mentees)
    if place is None:
        raise AssertionError("brute force knows no such solution")
    for k, level in enumerate(solution.levels):
        if level.bound is None:
            continue
        best, slack = known.ceiling(k, place), EXACT * known.size(k)
        if level.objective is Objective.STABILITY:
            beaten = level.bound > best + slack
        else:
            beaten = level.bound < best - slack
        words = f"the bound {level.bound!r} on {level.objective} is beaten by {best!r}"
        expect(not beaten, words)


def in_time(solving: Callable[[], Solution], patience: float) -> Solution:
    """Return what a solve gives; raise where it does not end."""
    results: list[Solution] = []
    failures: list[BaseException] = []

    def run() -> None:
        try:
            results.append(solving())
        except BaseException as error:  # noqa: BLE001 - raised below, where it is waited for
            failures.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(patience)
    expect(not thread.is_alive(), f"still solving {patience:g} seconds after the time was over")
    if failures:
        raise failures[0]
    return results[0]
