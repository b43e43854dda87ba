"""Scores of pairs: how they are spread, beside what people do by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from pairkit.problem import Problem
from pairkit.report.figures.places import drawn_places
from pairkit.solvers import Greedy, RandomPairs, solve

if TYPE_CHECKING:
    from pairkit.matching import Matching
    from pairkit.parts import Index

__all__ = ["ScoreDistribution", "ScoreSeries", "score_distribution"]

BIN: Final = 0.05  # width of a bin of scores
MOST_BINS: Final = 60
ROUNDING: Final = 1e-9  # by which a score may leave [0, 1] without a bin of its own
LISTED: Final = 4_000_000  # pairs among which the baselines are solved
QUANTILES: Final = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class ScoreSeries:
    """The scores of the pairs of one strategy.

    Parameters
    ----------
    name
        The strategy.
    counts
        How many pairs are in each bin, int64, shape (bins,).
    mean
        The mean score; ``None`` without pairs.
    quantiles
        The smallest score, the quartiles and the largest; empty without pairs.
    """

    name: str
    counts: NDArray[np.int64]
    mean: float | None
    quantiles: tuple[float, ...]

    @property
    def pairs(self) -> int:
        """How many pairs there are."""
        return int(self.counts.sum())


@dataclass(frozen=True, slots=True, eq=False)
class ScoreDistribution:
    """How the scores of pairs are spread, for a matching and for what people do by hand.

    Parameters
    ----------
    edges
        Edges of the bins, float64, shape (bins + 1,): from 0 to 1 by 0.05, and beyond where soft
        rules have pushed scores there, in wider bins where they are far apart. The last bin
        includes its upper edge.
    series
        The matching, then the baselines that were asked for.
    among
        Among how many mentors and mentees the baselines chose; ``None`` where among all.
    """

    edges: NDArray[np.float64]
    series: tuple[ScoreSeries, ...]
    among: tuple[int, int] | None = None


def score_distribution(
    matching: Matching, *, baselines: bool = True, seed: int = 0
) -> ScoreDistribution:
    """Return how the scores of a matching are spread, beside greedy and random pairs.

    The baselines keep capacities and the rules on pairs; pins and rules on the whole program they
    do not know. Of more than four million pairs of people they see a sample of the people, the same
    share of both sides: fewer to choose from make greedy pairs a little worse than they would be
    (with 10,000 people, a mean of 0.73 instead of 0.76), random ones not.

    Parameters
    ----------
    matching
        The matching.
    baselines
        Whether to compare at all.
    seed
        The only source of randomness.

    Raises
    ------
    ProblemError
        Baselines are asked for, and the matching was read back without its roster and program.
    """
    own = np.array([pair.score for pair in matching.pairs], dtype=np.float64)
    named, among = {"matching": own}, None
    if baselines:
        problem = matching.problem
        people = drawn_places(problem.shape, LISTED, peers=problem.peers, seed=seed)
        small = _among(problem, *people)
        named["greedy"] = solve(small, Greedy(), seed=seed).scores
        named["random"] = solve(small, RandomPairs(), seed=seed).scores
        among = None if small.shape == problem.shape else small.shape
    edges = _edges(np.concatenate(list(named.values())))
    series = tuple(_series(name, scores, edges) for name, scores in named.items())
    return ScoreDistribution(edges, series, among)


def _among(problem: Problem, rows: Index, columns: Index) -> Problem:
    """Return the problem of some people, without pins and rules on the whole program."""
    tile = problem.space.pairs(rows[:, None], columns[None, :])
    return Problem.from_scores(
        np.where(tile.allowed, tile.scores, np.nan),
        problem.mentor_capacity[rows],
        problem.mentee_capacity[columns],
        peers=problem.peers,
    )


def _edges(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return edges of bins that hold all scores, at multiples of a round width."""
    least = min(float(scores.min(initial=0.0)) + ROUNDING, 0.0)
    largest = max(float(scores.max(initial=1.0)) - ROUNDING, 1.0)
    width = BIN
    while (largest - least) / width > MOST_BINS:
        width *= 2.0
    first, last = np.floor(least / width), np.ceil(round(largest / width, 6))
    return np.round(np.arange(first, last + 1.0) * width, 10)


def _series(name: str, scores: NDArray[np.float64], edges: NDArray[np.float64]) -> ScoreSeries:
    inside = np.clip(scores, edges[0], edges[-1])
    counts = np.histogram(inside, edges)[0].astype(np.int64)
    if not len(scores):
        return ScoreSeries(name, counts, None, ())
    quantiles = tuple(np.quantile(scores, QUANTILES).tolist())
    return ScoreSeries(name, counts, float(scores.mean()), quantiles)
