"""The suites are suites: each check fails on something that is wrong, and passes on the right."""

from __future__ import annotations

import importlib.util
import itertools
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import Phase, settings
from numpy.typing import NDArray

import pairkit as pk
import pairkit.testing
from pairkit.constraints import Forbidding, Pinning, ScoreFloor, Whole
from pairkit.constraints.base import PreparedRule
from pairkit.pairspace import SparseSpace
from pairkit.parts import Elementwise, Index
from pairkit.rows import LoadBounds, Row
from pairkit.testing import RuleSuite, ScorerSuite, SolverSuite, every_solution
from pairkit.testing.changes import matrix_of, with_scores

Values = NDArray[np.float64]
NONE = np.zeros(0, dtype=np.int64)
EVERYTHING = frozenset(pk.Feature)
ADDITIVE = pk.MinCostFlow().supports
HUNG = threading.Event()
PATIENT = 60.0


@pytest.fixture(autouse=True)
def found_is_enough() -> Iterator[None]:
    """What fails need not be made small."""
    current = settings.get_current_profile_name()
    settings.register_profile("found", settings.get_profile(current), phases=[Phase.generate])
    settings.load_profile("found")
    yield
    settings.load_profile(current)


def answered(problem: pk.Problem, place: int | None = None) -> pk.Answer:
    """The best answer, or that of a place, with bounds that it would have if it were the best."""
    known = every_solution(problem)
    if not len(known):
        return pk.Answer.nothing(pk.Status.INFEASIBLE)
    best = int(known.best()[0])
    made = known.made[best if place is None else place]
    size = range(len(problem.aims))
    bounds = [known.ceiling(k, best) if place is None else known.value(k, place) for k in size]
    return pk.Answer(pk.Status.OPTIMAL, known.mentors[made], known.mentees[made], tuple(bounds))


@dataclass(frozen=True)
class Right:
    """Brute force as a solver; where there is too much to list, greedy."""

    supports: ClassVar[frozenset[pk.Feature]] = EVERYTHING

    def solve(self, problem: pk.Problem, *, clock: pk.Clock, seed: int) -> pk.Answer:
        if problem.shape[0] * problem.shape[1] > 30:
            return pk.Greedy().solve(problem, clock=clock, seed=seed)
        return self.answer(problem)

    def answer(self, problem: pk.Problem) -> pk.Answer:
        return answered(problem)


class TestRight(SolverSuite):
    solver, exact = Right(), True


@dataclass(frozen=True)
class Additive(Right):
    supports: ClassVar[frozenset[pk.Feature]] = ADDITIVE


class TestAdditive(SolverSuite):
    solver, exact = Additive(), True


class MakesForbiddenPairs(Right):
    def answer(self, problem: pk.Problem) -> pk.Answer:
        return answered(with_scores(problem, np.nan_to_num(matrix_of(problem))))


class IgnoresCapacities(Right):
    def answer(self, problem: pk.Problem) -> pk.Answer:
        room = [np.full(size, 3, dtype=np.int64) for size in problem.shape]
        return answered(replace(problem, mentor_capacity=room[0], mentee_capacity=room[1]))


class IgnoresRulesOnTheWhole(Right):
    def answer(self, problem: pk.Problem) -> pk.Answer:
        return answered(replace(problem, rows=(), loads=()))


class IgnoresPins(Right):
    def answer(self, problem: pk.Problem) -> pk.Answer:
        return answered(replace(problem, pinned_mentors=NONE, pinned_mentees=NONE))


class EndsInAnError(Right):
    def answer(self, problem: pk.Problem) -> pk.Answer:
        return pk.Answer.nothing(pk.Status.ERROR)


class IgnoresSmallScores(Right):
    """Claims the best of what it sees."""

    def answer(self, problem: pk.Problem) -> pk.Answer:
        scores = matrix_of(problem)
        scores[np.abs(scores) < 1e-3] = np.nan
        return answered(with_scores(problem, scores))


class ClaimsTheFirst(Right):
    """Calls any solution optimal."""

    def answer(self, problem: pk.Problem) -> pk.Answer:
        return answered(problem, 0) if len(every_solution(problem)) else answered(problem)


class NeverProves(Right):
    def answer(self, problem: pk.Problem) -> pk.Answer:
        answer = answered(problem)
        feasible = answer.status.has_pairs
        return replace(answer, status=pk.Status.FEASIBLE) if feasible else answer


class LiesAboutBounds(Right):
    """Does not say optimal, but bounds that only the first solution keeps."""

    def answer(self, problem: pk.Problem) -> pk.Answer:
        if not len(every_solution(problem)):
            return answered(problem)
        return replace(answered(problem, 0), status=pk.Status.FEASIBLE)


class GivesUpSoon(Right):
    """Calls infeasible what has hard rules."""

    def answer(self, problem: pk.Problem) -> pk.Answer:
        penalties = [row.penalty for row in problem.rows] + [one.penalty for one in problem.loads]
        hard = None in penalties
        return pk.Answer.nothing(pk.Status.INFEASIBLE) if hard else answered(problem)


class MissesTheLastMentor(Right):
    def answer(self, problem: pk.Problem) -> pk.Answer:
        scores = matrix_of(problem)
        scores[-1:] = np.nan
        if problem.peers:
            scores[:, -1:] = np.nan
        return answered(with_scores(problem, scores))


class MissesStoredZeros(Right):
    def answer(self, problem: pk.Problem) -> pk.Answer:
        scores = matrix_of(problem)
        if isinstance(problem.space, SparseSpace):
            scores[scores == 0.0] = np.nan
        found = answered(with_scores(problem, scores))
        return found if found.status.has_pairs else answered(problem)


class MissesEvenNumbers(Right):
    """Gives up where it has two candidates, or four, and so on."""

    def answer(self, problem: pk.Problem) -> pk.Answer:
        known = every_solution(problem)
        return answered(problem, 0 if len(known) and len(known.scores) % 2 == 0 else None)


class MissesWhatHasRoom(Right):
    def answer(self, problem: pk.Problem) -> pk.Answer:
        several = problem.mentor_capacity.max(initial=0) > 1
        return answered(problem, 0 if several and len(every_solution(problem)) else None)


class IgnoresTheSeed(Additive):
    generator: ClassVar[np.random.Generator] = np.random.default_rng()

    def solve(self, problem: pk.Problem, *, clock: pk.Clock, seed: int) -> pk.Answer:
        chosen = int(self.generator.integers(1 << 30))
        return pk.RandomPairs().solve(problem, clock=clock, seed=chosen)


class IgnoresTheClock(Right):
    def solve(self, problem: pk.Problem, *, clock: pk.Clock, seed: int) -> pk.Answer:
        HUNG.wait(PATIENT)
        return answered(problem)


class ClaimsWhenStopped(Right):
    def solve(self, problem: pk.Problem, *, clock: pk.Clock, seed: int) -> pk.Answer:
        wrong = clock.expired() and len(every_solution(problem))
        return answered(problem, 0 if wrong else None)


class SwallowsInterruptions(Right):
    def answer(self, problem: pk.Problem) -> pk.Answer:
        try:
            return answered(problem)
        except KeyboardInterrupt:
            return pk.Answer(pk.Status.OPTIMAL, NONE, NONE, (0.0,) * len(problem.aims))


class CanBeChanged(Additive):
    """Only the class that says frozen is."""


@dataclass(frozen=True)
class Fickle(Right):
    """Says first that it supports little."""

    calls: itertools.count[int]

    @property
    def supports(self) -> frozenset[pk.Feature]:  # type: ignore[override]
        return ADDITIVE if next(self.calls) < 2 else EVERYTHING


WRONG_SOLVERS: list[tuple[Any, str, str]] = [
    (CanBeChanged(), "it_is_a_frozen_value", "hashed|changed"),
    (Fickle(itertools.count()), "it_refuses_what_it_does_not_support", "solves what it does not"),
    (MakesForbiddenPairs(), "solutions_keep_every_rule", "forbidden"),
    (IgnoresCapacities(), "solutions_keep_every_rule", "room for"),
    (IgnoresRulesOnTheWhole(), "solutions_keep_every_rule", "is broken by"),
    (IgnoresPins(), "solutions_keep_every_rule", "is not made"),
    (EndsInAnError(), "solutions_keep_every_rule", "error"),
    (ClaimsTheFirst(), "solutions_of_scores_of_any_size_keep_every_rule", "called optimal"),
    (ClaimsTheFirst(), "optimal_is_the_best", "called optimal"),
    (NeverProves(), "optimal_is_the_best", "exact, but feasible"),
    (LiesAboutBounds(), "bounds_are_honest", "is beaten by"),
    (GivesUpSoon(), "infeasible_is_said_where_there_is_no_solution_only", "called infeasible"),
    (EndsInAnError(), "infeasible_is_said_where_there_is_no_solution_only", "says error"),
    (MissesTheLastMentor(), "the_order_of_people_does_not_matter", "and becomes|one form only"),
    (MissesTheLastMentor(), "the_sides_can_change_places", "and becomes|one form only"),
    (
        MissesStoredZeros(),
        "dense_and_sparse_scores_give_the_same",
        "one form only|and becomes|gave a wrong solution",
    ),
    (IgnoresSmallScores(), "scores_times_a_power_of_two_scale_the_quality", "and becomes"),
    (MissesEvenNumbers(), "an_extra_candidate_never_hurts", "with more"),
    (MissesWhatHasRoom(), "less_capacity_never_helps", "with more"),
    (IgnoresTheSeed(), "the_same_seed_gives_the_same_pairs", "different pairs"),
    (IgnoresTheClock(), "a_tiny_time_limit_ends_with_an_honest_answer", "still solving"),
    (ClaimsWhenStopped(), "a_tiny_time_limit_ends_with_an_honest_answer", "called optimal"),
    (SwallowsInterruptions(), "an_interruption_is_passed_on", "called optimal|is not made|beaten"),
]


def checks(suite: type) -> list[str]:
    return [name for name in dir(suite) if name.startswith("test_")]


def run(suite: type, attribute: str, value: object, check: str, **more: object) -> None:
    made = type("Suite", (suite,), {attribute: value, **more})()
    (name,) = [name for name in checks(suite) if name.startswith(f"test_{check}")]
    getattr(made, name)()


@pytest.mark.parametrize(("solver", "check", "words"), WRONG_SOLVERS)
def test_a_wrong_solver_fails_its_check(solver: pk.Solver, check: str, words: str) -> None:
    hung = isinstance(solver, IgnoresTheClock)
    patience = 0.05 if hung else PATIENT
    with pytest.raises((AssertionError, pk.VerificationError), match=words):
        run(SolverSuite, "solver", solver, check, exact=True, examples=200, patience=patience)
    if hung:
        HUNG.set()


@dataclass(frozen=True)
class Halves:
    """A scorer that is right: halves of the places' people's levels, one way or another."""

    def prepare(self, mentors: pk.Side, mentees: pk.Side) -> Elementwise:
        left, right = mentors.numbers("level"), mentees.numbers("level")
        return Elementwise(
            lambda i, j: self.values(np.nan_to_num(left[i]), np.nan_to_num(right[j]), i, j)
        )

    def values(self, a: Values, b: Values, i: Index, j: Index) -> NDArray[Any]:
        return np.clip((a + b) / 20.0, 0.0, 1.0)


class TestHalves(ScorerSuite):
    scorer = Halves()


class TooLarge(Halves):
    def values(self, a: Values, b: Values, i: Index, j: Index) -> NDArray[Any]:
        return a + b


class NotFinite(Halves):
    def values(self, a: Values, b: Values, i: Index, j: Index) -> NDArray[Any]:
        return np.where(a + b > 0.0, np.nan, 0.0)


class OfWrongKind(Halves):
    def values(self, a: Values, b: Values, i: Index, j: Index) -> NDArray[Any]:
        return a > b


class OfWrongShape(Halves):
    def values(self, a: Values, b: Values, i: Index, j: Index) -> NDArray[Any]:
        return (a * np.ones_like(b) / 20.0).T


class OtherInTiles(Halves):
    def values(self, a: Values, b: Values, i: Index, j: Index) -> NDArray[Any]:
        return np.full(np.broadcast_shapes(a.shape, b.shape), 0.1 * a.ndim)


class Changing(Halves):
    calls: ClassVar[itertools.count[int]] = itertools.count(1)

    def values(self, a: Values, b: Values, i: Index, j: Index) -> NDArray[Any]:
        return np.clip((a + b) / 20.0, 0.0, 0.5) + 0.5 / next(self.calls)


class Relative(Halves):
    def prepare(self, mentors: pk.Side, mentees: pk.Side) -> Elementwise:
        share = 1.0 / max(len(mentors), 1)
        return Elementwise(lambda i, j: share * np.ones(np.broadcast_shapes(i.shape, j.shape)))


class OfPlaces(Halves):
    def values(self, a: Values, b: Values, i: Index, j: Index) -> NDArray[Any]:
        return (i + j) / 100.0


class Unfrozen(Halves):
    """Only the class that says frozen is."""


@dataclass(frozen=True)
class Forgetful(Halves):
    """Not what it was once it is read back."""

    share: float = 0.5

    def __post_init__(self) -> None:
        object.__setattr__(self, "share", self.share / 2.0)


WRONG_SCORERS: list[tuple[Any, str, str]] = [
    (Unfrozen(), "it_is_a_frozen_value", "hashed|changed"),
    (TooLarge(), "values_lie_between_0_and_1", "lie in"),
    (NotFinite(), "values_lie_between_0_and_1", "lie in"),
    (OfWrongKind(), "values_lie_between_0_and_1", "float64"),
    (OfWrongShape(), "a_tile_and_single_pairs_agree", "shape"),
    (OtherInTiles(), "a_tile_and_single_pairs_agree", "single pairs give"),
    (Changing(), "prepared_twice_it_gives_the_same", "then"),
    (Relative(), "a_pair_does_not_depend_on_others", "who else"),
    (OfPlaces(), "the_order_of_people_does_not_matter", "order of people"),
    (Forgetful(), "it_reads_back_from_text", "read again"),
]


@pytest.mark.parametrize(("scorer", "check", "words"), WRONG_SCORERS)
def test_a_wrong_scorer_fails_its_check(scorer: pk.Scorer, check: str, words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        run(ScorerSuite, "scorer", scorer, check, examples=40)


Make = Callable[[pk.Side, pk.Side], PreparedRule]


@dataclass(frozen=True)
class Made:
    """A rule that becomes what a function makes."""

    make: Make
    label: str = "made"
    penalty: float | None = None

    def prepare(self, mentors: pk.Side, mentees: pk.Side) -> PreparedRule:
        return self.make(mentors, mentees)


def seniors(mentors: pk.Side, mentees: pk.Side) -> Forbidding:
    left, right = mentors.numbers("level"), mentees.numbers("level")
    return Forbidding(lambda i, j: left[i] > right[j], lambda _i, _j: "the mentor is above")


class TestSeniors(RuleSuite):
    rule = Made(seniors)


def without_reason(mentors: pk.Side, mentees: pk.Side) -> Forbidding:
    return replace(seniors(mentors, mentees), why=lambda _i, _j: "No.")


def not_bool(mentors: pk.Side, mentees: pk.Side) -> Forbidding:
    right: Any = seniors(mentors, mentees).forbids
    return Forbidding(lambda i, j: right(i, j).astype(float), lambda _i, _j: "no")


def tiles_only(mentors: pk.Side, mentees: pk.Side) -> Forbidding:
    def forbids(i: Index, j: Index) -> NDArray[np.bool_]:
        return np.full(np.broadcast_shapes(i.shape, j.shape), i.ndim == 2)

    return Forbidding(forbids, lambda _i, _j: "no")


def first_places(mentors: pk.Side, mentees: pk.Side) -> Forbidding:
    return Forbidding(lambda i, j: (i == 0) & (j >= 0), lambda _i, _j: "no")


def crowds(mentors: pk.Side, mentees: pk.Side) -> Forbidding:
    many = len(mentors) > 3
    return Forbidding(
        lambda i, j: np.full(np.broadcast_shapes(i.shape, j.shape), many), lambda _i, _j: "no"
    )


def nothing_known(mentors: pk.Side, mentees: pk.Side) -> Any:
    return "no"


def pins_outside(mentors: pk.Side, mentees: pk.Side) -> Pinning:
    return Pinning(np.array([len(mentors)]), np.array([0]))


def no_floor(mentors: pk.Side, mentees: pk.Side) -> ScoreFloor:
    return ScoreFloor(float("nan"))


def soft_limits(mentors: pk.Side, mentees: pk.Side) -> Whole:
    return Whole((Row("soft", most=1.0, penalty=1.0),))


def short_bounds(mentors: pk.Side, mentees: pk.Side) -> Whole:
    one = np.ones(1, dtype=np.int64)
    return Whole(loads=(LoadBounds("short", "mentor", one, one),))


def counts_nothing(mentors: pk.Side, mentees: pk.Side) -> Whole:
    weight = Elementwise(lambda i, j: np.full(np.broadcast_shapes(i.shape, j.shape), np.nan))
    return Whole((Row("nan", weight, most=1.0),))


def narrow_people(mentors: pk.Side, mentees: pk.Side) -> Whole:
    return Whole((Row("narrow", most=1.0, matched=(np.ones(1), np.ones(1))),))


CALLS = itertools.count()


def changing_limits(mentors: pk.Side, mentees: pk.Side) -> Whole:
    return Whole((Row("changing", most=float(next(CALLS))),))


class Loose(Made):
    """Only the class that says frozen is."""


@dataclass(frozen=True)
class ForgetfulRule:
    share: float = 0.5
    label: str = "forgetful"
    penalty: float | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "share", self.share / 2.0)

    def prepare(self, mentors: pk.Side, mentees: pk.Side) -> PreparedRule:
        return seniors(mentors, mentees)


FITS = "it_becomes_what_a_problem_knows"
WRONG_RULES: list[tuple[Any, str, str]] = [
    (Loose(seniors), "it_is_a_frozen_value", "hashed|changed"),
    (Made(seniors, label=""), "it_is_a_frozen_value", "label"),
    (Made(seniors, penalty=-1.0), "it_is_a_frozen_value", "penalty"),
    (Made(nothing_known), FITS, "no prepared rule"),
    (Made(pins_outside), FITS, "outside"),
    (Made(no_floor), FITS, "finite"),
    (Made(soft_limits), FITS, "penalty"),
    (Made(short_bounds), FITS, "bounds for"),
    (Made(counts_nothing), FITS, "counts a pair"),
    (Made(narrow_people), FITS, "counts people"),
    (Made(tiles_only), "a_tile_and_single_pairs_agree", "single pairs give"),
    (Made(not_bool), "what_is_forbidden_has_a_reason", "bool"),
    (Made(without_reason), "what_is_forbidden_has_a_reason", "full stop"),
    (Made(changing_limits), "prepared_twice_it_gives_the_same", "limits change"),
    (Made(crowds), "a_pair_does_not_depend_on_others", "who else"),
    (Made(first_places), "the_order_of_people_does_not_matter", "order of people"),
    (ForgetfulRule(), "it_reads_back_from_text", "read again"),
]


@pytest.mark.parametrize(("rule", "check", "words"), WRONG_RULES)
def test_a_wrong_rule_fails_its_check(rule: pk.Rule, check: str, words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        run(RuleSuite, "rule", rule, check, examples=40)


@pytest.mark.parametrize(
    ("suite", "wrong"),
    [(SolverSuite, WRONG_SOLVERS), (ScorerSuite, WRONG_SCORERS), (RuleSuite, WRONG_RULES)],
)
def test_every_check_has_something_that_fails_it(suite: type, wrong: list[Any]) -> None:
    failed = tuple(f"test_{check}" for _, check, _ in wrong)
    assert [name for name in checks(suite) if not name.startswith(failed)] == []


def test_without_hypothesis_the_way_out_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(
        "importlib.util.find_spec", lambda name: None if name == "hypothesis" else found(name)
    )
    with pytest.raises(pk.MissingExtraError, match=r"pip install 'pairkit\[testing\]'"):
        importlib.reload(pairkit.testing)
