"""Mentoring circles: groups of peers, led or not, from scores of pairs."""

from __future__ import annotations

from pairkit.circling.answer import CircleAnswer
from pairkit.circling.forming import CircleSolver, form_circles
from pairkit.circling.packing import CirclePacking
from pairkit.circling.pool import Pool
from pairkit.circling.search import CircleSearch
from pairkit.circling.sizes import Circles
from pairkit.circling.solution import CircleSolution
from pairkit.circling.verify import circle_violations, verify_circles

__all__ = [
    "CircleAnswer",
    "CirclePacking",
    "CircleSearch",
    "CircleSolution",
    "CircleSolver",
    "Circles",
    "Pool",
    "circle_violations",
    "form_circles",
    "verify_circles",
]
