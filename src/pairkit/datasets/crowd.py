"""Workforces: two sides of a large program as plain arrays, for benchmarks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from pairkit.datasets.drawing import draw
from pairkit.datasets.organization import check_least
from pairkit.errors import InputError

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["Sizes", "Workforce", "WorkforceSide", "workforce"]

Sizes = Literal["long-tailed", "equal"]
Floats = NDArray[np.float32]

SKILLS: Final = 300
FAMILIES: Final = 20  # job families; a person's family is their department
TASTES: Final = 24
DIMENSIONS: Final = 32
CHUNK: Final = 4096  # people drawn at once: a few MB
SKILL_COUNTS: Final = (4, 14)
NEED_COUNTS: Final = (2, 6)


@dataclass(frozen=True, slots=True)
class WorkforceSide:
    """The mentors or the mentees of a workforce: row k of every array is person k.

    Parameters
    ----------
    skills
        Levels 1 to 5 of what each can teach: csr_array of float32, shape (n, 300), 4 to 14 a row.
    needs
        Priorities 1 to 3 of what each wants to learn, none of it a skill of theirs: csr_array of
        float32, shape (n, 300), 2 to 6 a row.
    interests
        Unit vectors: ndarray of float32, shape (n, 32).
    department
        Codes from 0 to 19: ndarray of int32, shape (n,).
    country
        Codes from 0 up, the largest country first: ndarray of int32, shape (n,).
    level
        Grade from 1 to 8: ndarray of float32, shape (n,).
    experience
        Years of work: ndarray of float32, shape (n,).
    """

    skills: csr_array
    needs: csr_array
    interests: Floats
    department: NDArray[np.int32]
    country: NDArray[np.int32]
    level: Floats
    experience: Floats

    def __len__(self) -> int:
        """Return how many people are on this side."""
        return len(self.level)


@dataclass(frozen=True, slots=True)
class Workforce:
    """The two sides of a large reverse-mentoring program, as arrays.

    Parameters
    ----------
    mentors
        The juniors.
    mentees
        The seniors; skills, departments and countries have the same columns and codes.
    """

    mentors: WorkforceSide
    mentees: WorkforceSide


def workforce(
    n: int,
    seed: int = 0,
    *,
    mentees: int | None = None,
    countries: int = 20,
    country_sizes: Sizes = "long-tailed",
) -> Workforce:
    """Return n mentors and as many mentees (or another number of them), as arrays.

    Each of 300 skills has a home in one of 20 job families. Skills differ in popularity by a power
    law, and people mostly know skills of their family; what they need is spread wider. Interests
    gather around 24 tastes.

    Parameters
    ----------
    n
        Number of mentors, at least 1.
    seed
        Seed of the random numbers, at least 0.
    mentees
        Number of mentees, at least 1; ``None`` means as many as mentors.
    countries
        Number of countries, at least 1.
    country_sizes
        ``"long-tailed"`` gives country k a share proportional to ``1 / (k + 1)``; ``"equal"`` gives
        each the same number of people, to within one.

    Raises
    ------
    InputError
        A number is too small, or there are no such sizes.

    Examples
    --------
    >>> crowd = workforce(1000, mentees=800)
    >>> crowd.mentors.skills.shape, crowd.mentees.interests.shape, len(crowd.mentees)
    ((1000, 300), (800, 32), 800)
    """
    people = n if mentees is None else mentees
    for name, value in (("n", n), ("mentees", people), ("countries", countries)):
        check_least(name, value, 1)
    check_least("seed", seed, 0)
    if country_sizes not in get_args(Sizes):
        known = " or ".join(map(repr, get_args(Sizes)))
        raise InputError(f"country_sizes is {country_sizes!r}; choose {known}.")
    streams = np.random.default_rng(seed).spawn(3)
    world = _world(countries, country_sizes, streams[0])
    return Workforce(
        _side(n, world, streams[1], seniors=False), _side(people, world, streams[2], seniors=True)
    )


@dataclass(frozen=True, slots=True)
class _World:
    """What both sides share: rarities of skills and needs by family, tastes, shares of countries.

    Rarities are one over weights, shape (families, skills). ``countries`` holds shares that sum to
    1, or a number of countries of equal size.
    """

    skills: Floats
    needs: Floats
    tastes: Floats
    families: NDArray[np.float64]
    countries: NDArray[np.float64] | int


def _world(countries: int, sizes: Sizes, rng: np.random.Generator) -> _World:
    popularity = rng.permutation(1 / (np.arange(SKILLS) + 5.0))
    home = rng.permutation(np.arange(SKILLS) % FAMILIES)
    at_home = home == np.arange(FAMILIES)[:, None]
    return _World(
        skills=(1 / (popularity * np.where(at_home, 20, 1))).astype(np.float32),
        needs=(1 / (popularity * np.where(at_home, 5, 1))).astype(np.float32),
        tastes=rng.standard_normal((TASTES, DIMENSIONS), dtype=np.float32),
        families=_long_tail(FAMILIES, 5),
        countries=countries if sizes == "equal" else _long_tail(countries, 1),
    )


def _long_tail(n: int, offset: float) -> NDArray[np.float64]:
    weights = 1 / (np.arange(n) + offset)
    return np.asarray(weights / weights.sum())


def _side(n: int, world: _World, rng: np.random.Generator, *, seniors: bool) -> WorkforceSide:
    department = rng.choice(FAMILIES, n, p=world.families).astype(np.int32)
    if isinstance(world.countries, int):
        country = rng.permutation(np.arange(n) % world.countries)
    else:
        country = rng.choice(len(world.countries), n, p=world.countries)
    skills, needs = _skills_and_needs(department, world, rng)
    shortest, longest = (15, 42) if seniors else (0, 12)
    experience = rng.uniform(shortest, longest, n)
    grade = 3.5 + experience / 14 if seniors else 1 + experience / 4
    return WorkforceSide(
        skills=skills,
        needs=needs,
        interests=_interests(n, world, rng),
        department=department,
        country=country.astype(np.int32),
        level=np.clip(np.rint(grade + rng.normal(0, 0.8, n)), 1, 8).astype(np.float32),
        experience=experience.astype(np.float32),
    )


def _interests(n: int, world: _World, rng: np.random.Generator) -> Floats:
    """Return unit vectors around each person's taste."""
    vectors = world.tastes[rng.integers(0, TASTES, n)]
    vectors += rng.standard_normal((n, DIMENSIONS), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def _skills_and_needs(
    department: NDArray[np.int32], world: _World, rng: np.random.Generator
) -> tuple[csr_array, csr_array]:
    """Return skills with levels and needs with priorities; nobody needs what they can teach."""
    n = len(department)
    known = np.empty((n, SKILL_COUNTS[1]), dtype=np.int32)
    needed = np.empty((n, NEED_COUNTS[1]), dtype=np.int32)
    for start in range(0, n, CHUNK):
        chunk = slice(start, start + CHUNK)
        families = department[chunk]
        known[chunk] = draw(rng, world.skills[families], SKILL_COUNTS[1])
        rarity = world.needs[families]
        np.put_along_axis(rarity, known[chunk].astype(np.int64), np.inf, axis=1)
        needed[chunk] = draw(rng, rarity, NEED_COUNTS[1])
    return _levels(known, SKILL_COUNTS[0], 5, rng), _levels(needed, NEED_COUNTS[0], 3, rng)


def _levels(
    columns: NDArray[np.int32], fewest: int, highest: int, rng: np.random.Generator
) -> csr_array:
    """Return the first columns of each row, a random number of them, with random levels."""
    from scipy.sparse import csr_array

    n, most = columns.shape
    counts = rng.integers(fewest, most + 1, n)
    columns = np.where(np.arange(most) < counts[:, None], columns, SKILLS)
    columns.sort(axis=1)  # what is past the count goes last
    kept = columns[columns < SKILLS]
    levels = rng.integers(1, highest + 1, len(kept)).astype(np.float32)
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    return csr_array((levels, kept, starts), shape=(n, SKILLS))
