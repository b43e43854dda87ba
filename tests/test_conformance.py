"""Our own solvers, scorers and rules hold what the suites ask of everybody's."""

from __future__ import annotations

import pytest

import pairkit as pk
import pairkit.testing
from pairkit.constraints import RULES
from pairkit.profiles import FrozenDict
from pairkit.scoring.compose import SCORERS
from pairkit.solvers.base import ADDITIVE
from pairkit.solvers.select import SOLVERS
from pairkit.testing import RuleSuite, ScorerSuite, SolverSuite

FEW = 40  # examples where a solve takes milliseconds


def close_by(mentor: pk.Participant, mentee: pk.Participant) -> float:
    return 1.0 if mentor.site == mentee.site else 0.25


def far_apart(mentor: pk.Participant, mentee: pk.Participant) -> bool:
    return mentor.site != mentee.site


class TestGreedy(SolverSuite):
    solver = pk.Greedy()


class TestRandomPairs(SolverSuite):
    solver = pk.RandomPairs()


class TestHungarian(SolverSuite):
    solver, exact = pk.Hungarian(), True


class TestMinCostFlow(SolverSuite):
    solver, exact = pk.MinCostFlow(), True


class TestColumnGeneration(SolverSuite):
    solver, exact, examples = pk.ColumnGeneration(), True, FEW


class TestMip(SolverSuite):
    solver, exact, examples = pk.Mip(), True, FEW


class TestMipOverAllPairs(SolverSuite):
    solver, exact, examples = pk.Mip(listed=0), True, FEW

    def proves(self, problem: pk.Problem) -> bool:
        return problem.features <= ADDITIVE  # else whole pairs may leave a gap to fractions


class TestCpSat(SolverSuite):
    solver, exact, examples = pk.CpSat(), True, FEW


class TestGraphMatching(SolverSuite):
    solver, exact = pk.GraphMatching(), True


class TestAuto(SolverSuite):
    solver, exact = pk.Auto(), True


class TestDeferredAcceptance(SolverSuite):
    solver = pk.DeferredAcceptance()

    def proves(self, problem: pk.Problem) -> bool:
        return problem.objectives == ("stability",) and not len(problem.pinned_mentors)


class TestRepair(SolverSuite):
    solver, exact = pk.Repair(), True


class TestAvailabilityOverlap(ScorerSuite):
    scorer = pk.AvailabilityOverlap()


class TestDifferent(ScorerSuite):
    scorer = pk.Different("department")


class TestGap(ScorerSuite):
    scorer = pk.Gap("level", ideal=-2, width=3)


class TestPairFunction(ScorerSuite):
    scorer = pk.PairFunction(close_by)


class TestPreferenceRank(ScorerSuite):
    scorer = pk.PreferenceRank()


class TestSame(ScorerSuite):
    scorer = pk.Same("site")


class TestSharedInterests(ScorerSuite):
    scorer = pk.SharedInterests()


class TestSharedLanguage(ScorerSuite):
    scorer = pk.SharedLanguage()


class TestSkillCoverage(ScorerSuite):
    scorer = pk.SkillCoverage(full_level=3)


class TestTextSimilarity(ScorerSuite):
    scorer = pk.TextSimilarity()
    alone = False  # how rare a word is depends on everybody's texts


class TestTwoWay(ScorerSuite):
    scorer = pk.TwoWay(pk.SkillCoverage(), "geometric")


class TestVectors(ScorerSuite):
    scorer = pk.Vectors(FrozenDict({"E-0001": (1.0, 0.0), "E-0002": (0.6, 0.8)}))


class TestAtMostOneOf(RuleSuite):
    rule = pk.AtMostOneOf(("E-0001", "E-0004"))


class TestAvoid(RuleSuite):
    rule = pk.Avoid()


class TestCommonLanguage(RuleSuite):
    rule = pk.CommonLanguage()


class TestDifferentValue(RuleSuite):
    rule = pk.DifferentValue("department", missing="forbid")


class TestForbid(RuleSuite):
    rule = pk.Forbid((("E-0002", "E-0001"),))


class TestGapWindow(RuleSuite):
    rule = pk.GapWindow("level", max=-1)


class TestHorizon(RuleSuite):
    rule = pk.Horizon()


class TestIfThen(RuleSuite):
    rule = pk.IfThen(("E-0002", "E-0001"), (("E-0003", "E-0004"),))


class TestMaximumLoad(RuleSuite):
    rule = pk.MaximumLoad(2, per="site")


class TestMinimumLoad(RuleSuite):
    rule = pk.MinimumLoad(2, or_none=True, penalty=0.5)


class TestMinimumMatched(RuleSuite):
    rule = pk.MinimumMatched(0.5)


class TestMinimumOverlap(RuleSuite):
    rule = pk.MinimumOverlap(2)


class TestMinimumScore(RuleSuite):
    rule = pk.MinimumScore(0.3)


class TestNotInReportingLine(RuleSuite):
    rule = pk.NotInReportingLine(siblings=True)


class TestNotRepeated(RuleSuite):
    rule = pk.NotRepeated((("E-0002", "E-0001"),))


class TestPairPredicate(RuleSuite):
    rule = pk.PairPredicate(far_apart)


class TestParity(RuleSuite):
    rule = pk.Parity("site", 0.2)


class TestQuota(RuleSuite):
    rule = pk.Quota(same="department", share_at_most=0.2, penalty=1.0)


class TestReady(RuleSuite):
    rule = pk.Ready()


class TestRequire(RuleSuite):
    rule = pk.Require((("E-0002", "E-0001"),))


class TestSameValue(RuleSuite):
    rule = pk.SameValue("country")


class TestTogether(RuleSuite):
    rule = pk.Together(("E-0001", "E-0004"))


def names(attribute: str) -> set[str]:
    suites = [kind for name, kind in globals().items() if name.startswith("Test")]
    return {
        type(getattr(suite, attribute)).__name__ for suite in suites if hasattr(suite, attribute)
    }


def test_everything_of_ours_has_a_suite() -> None:
    assert names("solver") == {type(solver).__name__ for solver in SOLVERS.values()}
    assert names("scorer") == set(SCORERS.builtin)
    assert names("rule") == set(RULES.builtin)


def test_a_strategy_needs_an_order_of_objectives() -> None:
    with pytest.raises(pk.ProblemError, match="order of objectives"):
        pairkit.testing.problems([pk.Feature.PEERS])
