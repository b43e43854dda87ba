"""Conformance suites: what solvers, scorers and rules of any package have to hold.

Inherit a suite, name what it is about, and pytest finds its checks::

    import pairkit.testing


    class TestMine(pairkit.testing.SolverSuite):
        solver = MySolver()

Raises
------
MissingExtraError
    hypothesis is not installed: ``pip install 'pairkit[testing]'``.
"""

from __future__ import annotations

from importlib.util import find_spec

from pairkit.errors import MissingExtraError

if find_spec("hypothesis") is None:
    raise MissingExtraError("hypothesis", "testing", "pairkit.testing")

from pairkit.testing.brute import Solutions, every_solution
from pairkit.testing.rules import RuleSuite
from pairkit.testing.scorers import ScorerSuite
from pairkit.testing.solvers import SolverSuite
from pairkit.testing.strategies import problems, problems_beyond, sides

__all__ = [
    "RuleSuite",
    "ScorerSuite",
    "Solutions",
    "SolverSuite",
    "every_solution",
    "problems",
    "problems_beyond",
    "sides",
]
