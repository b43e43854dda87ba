"""Our own solvers, scorers and rules hold what the suites ask of everybody's."""

from __future__ import annotations

import pairkit as pk
from pairkit.problem import Problem
from pairkit.testing import RuleSuite, ScorerSuite, SolverSuite


class TestGreedy(SolverSuite):
    solver = pk.Greedy()


class TestRandomPairs(SolverSuite):
    solver = pk.RandomPairs()


class TestHungarian(SolverSuite):
    solver, exact = pk.Hungarian(), True


class TestMinCostFlow(SolverSuite):
    solver, exact = pk.MinCostFlow(), True


class TestColumnGeneration(SolverSuite):
    solver, exact = pk.ColumnGeneration(), True


class TestMip(SolverSuite):
    solver, exact = pk.Mip(), True


class TestMipOverManyPairs(SolverSuite):
    solver, exact = pk.Mip(listed=0), True


class TestCpSat(SolverSuite):
    solver, exact = pk.CpSat(), True


class TestDeferredAcceptance(SolverSuite):
    solver = pk.DeferredAcceptance()

    def proves(self, problem: Problem) -> bool:
        return problem.objectives == ("stability",) and not len(problem.pinned_mentors)


class TestAuto(SolverSuite):
    solver, exact = pk.Auto(), True
