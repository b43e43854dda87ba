"""Datasets: seeded synthetic organizations, for documentation, tests and benchmarks.

:func:`sample` invents people, as a roster; :func:`workforce` only numbers, for large benchmarks.
Equal arguments give equal data, under one version of pairkit and numpy.
"""

from __future__ import annotations

from pairkit.datasets.crowd import Workforce, WorkforceSide, workforce
from pairkit.datasets.organization import REFERENCE, sample

__all__ = ["REFERENCE", "Workforce", "WorkforceSide", "sample", "workforce"]
