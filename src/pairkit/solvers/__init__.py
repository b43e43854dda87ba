"""Solvers: one algorithm a file, each a frozen value that states what it supports."""

from __future__ import annotations

from pairkit.solvers.auto import Auto
from pairkit.solvers.base import Answer, Clock, Solver
from pairkit.solvers.columns import ColumnGeneration, Iteration
from pairkit.solvers.cpsat import CpSat
from pairkit.solvers.flow import MinCostFlow
from pairkit.solvers.graph import GraphMatching
from pairkit.solvers.greedy import Greedy, RandomPairs
from pairkit.solvers.hungarian import Hungarian
from pairkit.solvers.mip import Mip
from pairkit.solvers.places import prices_of
from pairkit.solvers.repair import Repair
from pairkit.solvers.select import find_solver, solve, watched
from pairkit.solvers.stable import DeferredAcceptance

__all__ = [
    "Answer",
    "Auto",
    "Clock",
    "ColumnGeneration",
    "CpSat",
    "DeferredAcceptance",
    "GraphMatching",
    "Greedy",
    "Hungarian",
    "Iteration",
    "MinCostFlow",
    "Mip",
    "RandomPairs",
    "Repair",
    "Solver",
    "find_solver",
    "prices_of",
    "solve",
    "watched",
]
