"""Bounds: what no circles of a pool can exceed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from pairkit.objectives import Objective
from pairkit.parts import Index

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pairkit.circling.pool import Pool
    from pairkit.solvers.base import Clock

__all__ = ["best_quality", "bounds_of", "most_placed"]

STEPS: Final = 40  # of the prices
NEAR: Final = 64  # so many best partners of each person have their own price in the bound
TILE: Final = 1 << 20
ROUNDING: Final = 1e-13  # of a sum, for each number in it: far above what float64 loses


def bounds_of(pool: Pool, placed: int, clock: Clock) -> dict[Objective, float]:
    """Return a bound for each objective of a pool, given how many people are placed."""
    if not pool.first:
        return {Objective.QUALITY: best_quality(pool, None, clock)}
    return {
        Objective.PARTICIPATION: float(most_placed(pool)),
        Objective.QUALITY: best_quality(pool, placed, clock),
    }


def most_placed(pool: Pool) -> int:
    """Return how many people can be placed at most, by numbers and connected parts alone."""
    apart = sum(pool.sizes.placeable(people) for people in _parts(pool.allowed))
    return min(apart, pool.sizes.placeable(len(pool)))


def _parts(allowed: NDArray[np.bool_]) -> Iterator[int]:
    """Yield the sizes of the parts of a pool that no candidate connects."""
    unseen = np.ones(len(allowed), dtype=np.bool_)
    while unseen.any():
        edge = np.flatnonzero(unseen)[:1]
        people = 0
        while len(edge):
            people += len(edge)
            unseen[edge] = False
            edge = np.flatnonzero(unseen & allowed[edge].any(axis=0))
        yield people


def best_quality(pool: Pool, placed: int | None, clock: Clock) -> float:
    """Return what the sum of scores in circles cannot exceed.

    Everybody in a circle of s has s - 1 partners in it, and a score counts half for each of its
    two. So no circles are worth more than what everybody's best partners and best leader add up to,
    whoever else wants the same ones. Prices make popular people dearer: they take p from every
    score with a person, and give it back as often as that person can have a partner. For any prices
    the sum stays a bound (Held, Wolfe and Crowder 1974, doi:10.1007/BF01580223); subgradient steps
    look for prices that make it small.

    Parameters
    ----------
    pool
        The people.
    placed
        How many people are in a circle; ``None`` for any number.
    clock
        When to stop to look for better prices.

    Returns
    -------
    float
        In the unit of the pool.
    """
    if not len(pool) or placed == 0:
        return 0.0
    relaxed = _Relaxed.of(pool, placed)
    prices = [np.zeros(len(pool)), np.zeros(len(pool.leads))]
    best, *slopes = relaxed.at(*prices)
    length = 0.2
    for _ in range(STEPS):
        square = sum(float(slope @ slope) for slope in slopes)
        if square == 0.0 or not np.isfinite(best) or clock.expired():
            break
        step = length * max(abs(best), 1e-3) / square
        trial = [
            np.maximum(price + step * slope, 0.0)
            for price, slope in zip(prices, slopes, strict=True)
        ]
        value, *turned = relaxed.at(*trial)
        if value < best:
            best, prices, slopes = value, trial, turned
        else:
            length *= 0.5
    return best + ROUNDING * pool.largest * len(pool) * (pool.sizes.largest + 1)


@dataclass(frozen=True, slots=True, eq=False)
class _Relaxed:
    """The problem in which people choose their partners and leaders each for themselves.

    Parameters
    ----------
    pool
        The people.
    placed
        How many are placed; ``None`` for any number.
    near
        The best partners of each person, int64, shape (n, r); n where there are no more.
    halves
        Half the scores with them, float64, shape (n, r), descending; minus infinity for nobody.
    beyond
        What half the score with anybody else is at most, float64, shape (n,).
    partners
        The least and the most partners of all people together, and of one.
    """

    pool: Pool
    placed: int | None
    near: Index
    halves: NDArray[np.float64]
    beyond: NDArray[np.float64]
    partners: tuple[int, int, int]

    @classmethod
    def of(cls, pool: Pool, placed: int | None) -> _Relaxed:
        """Return the relaxation of a pool."""
        sizes = pool.sizes
        people = sizes.placeable(len(pool))
        each = (sizes.largest - 1) * people
        partners = (0, each, sizes.largest - 1) if placed is None else sizes.partners(placed)
        return cls(pool, placed, *_nearest(pool, min(NEAR, len(pool))), partners)

    def at(
        self, people: NDArray[np.float64], leaders: NDArray[np.float64]
    ) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
        """Return the bound at prices, and how much more people and leaders are asked for than sold.

        Parameters
        ----------
        people, leaders
            Prices from 0 up, float64, shapes (n,) and (m,).
        """
        n, least, most = len(self.pool), self.pool.sizes.smallest - 1, self.partners[2]
        worth, whom = self._choices(people, most)
        led, by_whom = self._led(leaders)
        if self.placed == n:
            value, taken = self._everybody(worth, least)
            value += float(led.sum())
            stays = np.ones(n, dtype=np.bool_)
        else:
            taken = worth > 0.0
            taken[:, :least] = True
            own = np.where(taken, worth, 0.0).sum(axis=1) + led
            stays = self._chosen(own)
            taken[~stays] = False
            value = float(own[stays].sum())
        asked = np.bincount(whom[taken], minlength=n + 1)[:n]
        sold, income = self._sold(people, least, most)
        value += income
        led_by = np.bincount(by_whom[stays], minlength=len(leaders))[: len(leaders)]
        room = self.pool.leads * self.pool.sizes.largest
        sold_leaders, income = _most_income(
            leaders, room, n if self.placed is None else self.placed
        )
        return value + income, asked - sold, led_by - sold_leaders

    def _choices(self, people: NDArray[np.float64], most: int) -> tuple[NDArray[np.float64], Index]:
        """Return the best choices of each person, the best first, and whom they are: (n, most)."""
        n = len(people)
        worth = self.halves - np.append(people, 0.0)[self.near]
        worth = np.concatenate([worth, np.repeat(self.beyond[:, None], most, axis=1)], axis=1)
        whom = np.concatenate([self.near, np.full((n, most), n)], axis=1)
        order = np.argsort(-worth, axis=1, kind="stable")[:, :most]
        return np.take_along_axis(worth, order, 1), np.take_along_axis(whom, order, 1)

    def _led(self, leaders: NDArray[np.float64]) -> tuple[NDArray[np.float64], Index]:
        """Return what each person's best leader is worth to them, and who it is: (n,) each."""
        pool = self.pool
        if not pool.led:
            return np.zeros(len(pool)), np.zeros(len(pool), dtype=np.int64)
        worth = np.where(pool.unled, -np.inf, pool.guidance - leaders[:, None])
        return worth.max(axis=0), np.argmax(worth, axis=0)

    def _everybody(self, worth: NDArray[np.float64], least: int) -> tuple[float, NDArray[np.bool_]]:
        """Return the most that choices add up to where everybody is placed, and the choices."""
        taken = np.zeros(worth.shape, dtype=np.bool_)
        taken[:, :least] = True
        forced, most = (total - taken.sum() for total in self.partners[:2])
        further = worth[:, least:].ravel()
        order = np.argsort(-further, kind="stable")[:most]
        keep = order[(further[order] > 0.0) | (np.arange(len(order)) < forced)]
        rows, columns = np.divmod(keep, max(worth.shape[1] - least, 1))
        taken[rows, columns + least] = True
        return float(worth[taken].sum()), taken

    def _chosen(self, own: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return who is placed, where that is free to choose, bool, shape (n,)."""
        if self.placed is None:
            return own > 0.0
        chosen = np.zeros(len(own), dtype=np.bool_)
        chosen[np.argsort(-own, kind="stable")[: self.placed]] = True
        return chosen

    def _sold(
        self, people: NDArray[np.float64], least: int, most: int
    ) -> tuple[NDArray[np.float64], float]:
        """Return how often each person is a partner where that brings most, and what it brings."""
        if self.placed != len(people):
            return _most_income(people, np.full(len(people), most), self.partners[1])
        further, income = _most_income(
            people, np.full(len(people), most - least), self.partners[1] - least * len(people)
        )
        return further + least, income + least * float(people.sum())


def _most_income(
    prices: NDArray[np.float64], room: Index, total: int
) -> tuple[NDArray[np.float64], float]:
    """Return how much of each is sold, within its room and in all, and the income."""
    order = np.argsort(-prices, kind="stable")
    filled = np.minimum(np.cumsum(room[order]), total)
    sold = np.zeros(len(prices))
    sold[order] = np.diff(filled, prepend=0)
    return sold, float(sold @ prices)


def _nearest(pool: Pool, many: int) -> tuple[Index, NDArray[np.float64], NDArray[np.float64]]:
    """Return the best partners of each person, half their scores, and what is beyond them."""
    n, allowed = len(pool), pool.allowed
    near, halves = np.zeros((n, many), dtype=np.int64), np.zeros((n, many))
    height = max(1, TILE // n)
    for start in range(0, n, height):
        rows = slice(start, min(start + height, n))
        half = np.where(allowed[rows], 0.5 * pool.scores[rows], -np.inf)
        best = np.argpartition(-half, many - 1, axis=1)[:, :many]
        near[rows], halves[rows] = best, np.take_along_axis(half, best, 1)
    order = np.argsort(-halves, axis=1, kind="stable")
    near, halves = np.take_along_axis(near, order, 1), np.take_along_axis(halves, order, 1)
    near[~np.isfinite(halves)] = n
    beyond = halves[:, -1].copy() if many < n else np.full(n, -np.inf)
    return near, halves, beyond
