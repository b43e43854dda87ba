"""The staff of an invented organization: careers, places and the reporting line, as arrays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pairkit.datasets.vocabularies import (
    DEPARTMENTS,
    GENERAL,
    HEADQUARTERS,
    MANUFACTURING,
    SITES,
    Term,
)

__all__ = ["HEAD", "Floats", "Integers", "Staff", "hire", "shares"]

HEAD: Final = 0  # position of the head of the organization
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def shares(terms: Iterable[Term]) -> Floats:
    """Return the weights of terms, summing to 1."""
    weights = np.array([term.weight for term in terms], dtype=np.float64)
    return np.asarray(weights / weights.sum())


@dataclass(frozen=True, slots=True)
class Staff:
    """Everybody's career and place, one array each of shape (n,); the head is person 0.

    ``age``, ``experience`` (in the trade) and ``remaining`` (until retirement) in years, ``tenure``
    in months. ``department`` and ``site`` are positions in the vocabularies, ``manager`` is a
    position in the staff and -1 for the head.
    """

    age: Floats
    experience: Floats
    tenure: Integers
    remaining: Floats
    level: Integers
    department: Integers
    site: Integers
    manager: Integers

    def __len__(self) -> int:
        return len(self.age)

    @property
    def youth(self) -> Floats:
        """How much a person belongs to the younger generation, from 0 to 1."""
        return 1 / (1 + np.exp((self.age - 41) / 4))


def hire(n: int, rng: np.random.Generator) -> Staff:
    """Return the careers and places of n people."""
    age = _ages(n, rng)
    experience, tenure = _careers(age, rng)
    level = _levels(experience, rng)
    department = _departments(level, rng)
    craft = (department == MANUFACTURING) & (age < 50)
    experience += np.where(craft, rng.integers(0, 4, n), 0)  # shorter studies
    site = rng.choice(len(SITES), n, p=shares(site.name for site in SITES))
    site[(level >= 6) & (rng.random(n) < 0.5)] = HEADQUARTERS
    site[HEAD] = HEADQUARTERS
    retirement = np.clip(rng.normal(64.5, 1.2, n), 62, 67)
    remaining = np.maximum(retirement - age, rng.uniform(0.2, 1.5, n))
    manager = _managers(level, department, site, rng)
    return Staff(age, experience, tenure, remaining, level, department, site, manager)


_AGE_SHARES = (0.0, 0.34, 0.58, 0.79, 1.0)
_AGES = (21.5, 33.0, 45.0, 55.5, 65.5)


def _ages(n: int, rng: np.random.Generator) -> Floats:
    """Return ages with steady shares of each generation, whatever n is."""
    ages = np.interp((np.arange(n) + rng.random(n)) / n, _AGE_SHARES, _AGES)
    ages = rng.permutation(ages)
    ages[HEAD] = rng.uniform(51, 61)
    return ages


def _careers(age: Floats, rng: np.random.Generator) -> tuple[Floats, Integers]:
    """Return experience in years, by halves, and tenure in months; the tenure fits in."""
    n = len(age)
    first_job = np.minimum(rng.uniform(21, 25, n), age)
    breaks = np.where(rng.random(n) < 0.15, rng.uniform(1, 4, n), 0)
    worked = age - first_job
    worked -= np.where(worked > 8, breaks, 0)
    months = (worked * 12 * rng.beta(1.6, 1.0, n)).astype(np.int64)
    tenure = np.maximum(months, rng.integers(1, 6, n))
    return np.maximum(np.floor(worked * 2), np.ceil(tenure / 6)) / 2, tenure


_LEVEL_SHARES = (0.05, 0.08, 0.11, 0.17, 0.21, 0.21, 0.17)  # from level 7 down to level 1
_LEVEL_EXPERIENCE = (0, 1, 3, 6, 9, 12, 15)  # years that levels 1 to 7 take at least
_REPORTS = 12  # people of the next level per person of a level, at most
_LOCAL_REPORTS = 6  # people of one level per lead of their own site, at most


def _levels(experience: Floats, rng: np.random.Generator) -> Integers:
    """Return levels from 1 to 8: a pyramid in which experience counts most, with 8 for the head."""
    n = len(experience)
    score = np.minimum(experience, 28) + rng.normal(0, 8, n)
    score[HEAD] = np.inf
    sizes, above = [1], 1
    for share in _LEVEL_SHARES[:3]:
        above = min(round(share * (n - 1)), _REPORTS * above)
        sizes.append(above)
        above = max(above, 1)
    rest = np.array(_LEVEL_SHARES[3:]) / sum(_LEVEL_SHARES[3:])
    edges = np.cumsum(sizes)[-1] + np.round(np.cumsum(rest) * (n - sum(sizes)))
    bounds = np.concatenate([np.cumsum(sizes), edges])
    ranks = np.empty(n, dtype=np.int64)
    ranks[np.argsort(-score)] = np.arange(n)
    level = 8 - np.searchsorted(bounds, ranks, side="right")
    level[1:] = np.minimum(level, np.searchsorted(_LEVEL_EXPERIENCE, experience, side="right"))[1:]
    return level.astype(np.int64)


def _departments(level: Integers, rng: np.random.Generator) -> Integers:
    """Return departments; the highest people are spread over as many as possible."""
    n = len(level)
    sizes = shares(DEPARTMENTS)
    department = rng.choice(len(sizes), n, p=sizes)
    first = rng.choice(len(sizes), GENERAL, replace=False, p=sizes)
    highest = np.argsort(-level, kind="stable")
    leads = highest[1 : GENERAL + 1]
    leads = leads[level[leads] >= 5]
    department[leads] = first[: len(leads)]
    department[HEAD] = GENERAL
    return department


_LEADING = np.array([0, 0, 0, 0, 0.3, 0.6, 0.9, 1, 1])  # share of each level that leads a team


def _managers(
    level: Integers, department: Integers, site: Integers, rng: np.random.Generator
) -> Integers:
    """Return everybody's manager: of a higher level, if possible in department and site."""
    leads = rng.random(len(level)) < _LEADING[level]
    manager = np.full(len(level), HEAD)
    for one in range(GENERAL):
        group = np.flatnonzero(department == one)
        if not group.size:
            continue
        leads[group[np.argmax(level[group])]] = True
        for grade in np.unique(level[group]):
            people = group[level[group] == grade]
            above = group[leads[group] & (level[group] > grade)]
            near = np.unique(level[above])[:2]
            _report(manager, people, above[np.isin(level[above], near)], site, rng)
    manager[HEAD] = -1
    return manager


def _report(
    manager: Integers, people: Integers, leads: Integers, site: Integers, rng: np.random.Generator
) -> None:
    """Share people out among leads, of their own site where there are enough; in place."""
    if not leads.size:
        return
    for place in np.unique(site[people]):
        team = people[site[people] == place]
        local = leads[site[leads] == place]
        enough = local.size * _LOCAL_REPORTS >= team.size
        manager[team] = np.resize(rng.permutation(local if enough else leads), team.size)
