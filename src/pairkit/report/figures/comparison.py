"""Comparison: what several strategies reach on the same people, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from pairkit.errors import InputError
from pairkit.notebook import Panel
from pairkit.solution import Solution

if TYPE_CHECKING:
    from pairkit.matching import Matching

__all__ = ["Strategies", "Strategy", "strategies"]


@dataclass(frozen=True, slots=True)
class Strategy:
    """What one strategy reaches.

    Parameters
    ----------
    name
        What it is called.
    status
        How its solve ended.
    pairs
        How many pairs it makes.
    objective, bound, gap
        Of its last objective; ``None`` where there is none.
    mean_score, min_score
        Over its pairs; ``None`` without one.
    seconds
        Wall-clock time of the solve.
    """

    name: str
    status: str
    pairs: int
    objective: float | None
    bound: float | None
    gap: float | None
    mean_score: float | None
    min_score: float | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Strategies:
    """What several strategies reach on the same people, one row each."""

    rows: tuple[Strategy, ...]

    def __iter__(self) -> Iterator[Strategy]:
        """Return an iterator over the strategies."""
        return iter(self.rows)

    def __len__(self) -> int:
        """Return how many strategies there are."""
        return len(self.rows)

    def to_records(self) -> list[dict[str, str | float | None]]:
        """Return one plain dictionary per strategy: a table for any dataframe library."""
        return [asdict(row) for row in self.rows]

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the rows as a table."""
        records = self.to_records()
        headers = [name.replace("_", " ") for name in Strategy.__dataclass_fields__]
        rows = [list(one.values()) for one in records]
        return Panel(f"{len(self)} strategies", headers=headers, rows=rows).html()


def strategies(named: Mapping[str, Matching | Solution]) -> Strategies:
    """Return what several strategies reach on the same people, in the order given.

    Parameters
    ----------
    named
        Matchings or solutions by the name of the strategy.

    Raises
    ------
    InputError
        Last objectives differ, so that their values cannot be compared.
    """
    kinds = {one.levels[-1].objective.value for one in named.values() if one.levels}
    if len(kinds) > 1:
        raise InputError(
            f"These strategies end with different objectives ({', '.join(sorted(kinds))}), whose "
            "values cannot be compared. Give them the same objectives."
        )
    return Strategies(tuple(_strategy(name, one) for name, one in named.items()))


def _strategy(name: str, one: Matching | Solution) -> Strategy:
    own = one.scores.tolist() if isinstance(one, Solution) else [p.score for p in one.pairs]
    mean = float(np.mean(own)) if own else None
    return Strategy(
        name=name,
        status=one.status.value,
        pairs=len(own),
        objective=one.objective,
        bound=one.bound,
        gap=one.gap,
        mean_score=mean,
        min_score=min(own, default=None),
        seconds=one.seconds,
    )
