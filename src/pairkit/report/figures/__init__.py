"""Figures: the numbers behind every plot, without a drawing library.

>>> import pairkit as pk
>>> matching = pk.match(pk.datasets.sample(60), pk.reverse_mentoring())
>>> spread = pk.figures.score_distribution(matching)
>>> [series.name for series in spread.series]
['matching', 'greedy', 'random']
"""

from __future__ import annotations

from pairkit.report.figures.comparison import Strategies, Strategy, strategies
from pairkit.report.figures.directions import Flows, flows
from pairkit.report.figures.gaps import GapCurve, GapTrace, gap_over_time
from pairkit.report.figures.parity import GroupShare, group_parity
from pairkit.report.figures.partners import Loads, loads
from pairkit.report.figures.scores import ScoreDistribution, ScoreSeries, score_distribution

__all__ = [
    "Flows",
    "GapCurve",
    "GapTrace",
    "GroupShare",
    "Loads",
    "ScoreDistribution",
    "ScoreSeries",
    "Strategies",
    "Strategy",
    "flows",
    "gap_over_time",
    "group_parity",
    "loads",
    "score_distribution",
    "strategies",
]
