"""Workloads: the problems that are measured, by name, and the same as plain arrays for peers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

import pairkit as pk
from pairkit.constraints import Forbidding
from pairkit.datasets import Workforce, workforce
from pairkit.parts import Bilinear, over_values
from pairkit.scoredspace import RuledOut, ScoredPart, ScoredSpace

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from pairkit.datasets.crowd import Sizes

__all__ = ["WORKLOADS", "CandidateList", "Edges", "Program", "RandomMatrix", "Spec", "Workload"]

Matrix: TypeAlias = NDArray[np.float64]
Codes: TypeAlias = NDArray[np.int64]

WEIGHTS: Final = {"skills": 0.6, "interests": 0.2, "department": 0.2}
LANGUAGES: Final = 6
LANGUAGE_SETS: Final = 12
SPOKEN: Final = 0.3  # how likely a set holds a language beside its first
BLOCK: Final = 256  # rows of a matrix that are filled at once


class Edges(NamedTuple):
    """Allowed pairs one by one: places, int64, and scores, float64, all of shape (k,)."""

    mentors: Codes
    mentees: Codes
    scores: Matrix


@dataclass(frozen=True, slots=True, eq=False)
class Workload:
    """A problem with what its peers need.

    Parameters
    ----------
    name
        What it is called in tables.
    problem
        What pairkit solves.
    matrix
        Writes down all scores: float64, nan where a pair is forbidden.
    listed
        The candidates, where the problem is a list of them.
    """

    name: str
    problem: pk.Problem
    matrix: Callable[[], Matrix]
    listed: Edges | None = None

    @property
    def participation_first(self) -> bool:
        """Whether the number of pairs counts before their quality."""
        return pk.Objective.PARTICIPATION in self.problem.objectives

    @property
    def pairs(self) -> int:
        """How many pairs a solver has to look at."""
        mentors, mentees = self.problem.shape
        return mentors * mentees if self.listed is None else len(self.listed.scores)

    def edges(self) -> Edges:
        """Return the allowed pairs one by one."""
        if self.listed is not None:
            return self.listed
        matrix = self.matrix()
        mentors, mentees = np.nonzero(~np.isnan(matrix))
        return Edges(mentors, mentees, matrix[mentors, mentees])


class Spec(Protocol):
    """How a workload is made: small enough to hand to another process."""

    @property
    def name(self) -> str:
        """What the workload is called."""
        ...

    def build(self) -> Workload:
        """Return the workload."""
        ...


@dataclass(frozen=True, slots=True)
class Program:
    """A large reverse-mentoring program on the people of :func:`pairkit.datasets.workforce`.

    Skill coverage, interests and departments count; a mentor is at least a grade below the mentee.

    Parameters
    ----------
    people
        Mentors, and as many mentees.
    countries
        Both are in the same of so many countries; 0 sets no such rule.
    sizes
        How the countries differ in size.
    languages
        Whether both have to share a language.
    quality_alone
        Whether only the sum of scores counts.
    seed
        Seed of the people.
    """

    people: int
    countries: int = 0
    sizes: Sizes = "long-tailed"
    languages: bool = False
    quality_alone: bool = False
    seed: int = 0

    @property
    def name(self) -> str:
        """What the workload is called."""
        words = [f"program of {self.people:,}"]
        if self.countries:
            words.append(f"{self.countries} {self.sizes} countries")
        if self.languages:
            words.append("languages")
        if self.quality_alone:
            words.append("quality alone")
        return ", ".join(words)

    def build(self) -> Workload:
        """Return the workload."""
        crowd = workforce(
            self.people, self.seed, countries=self.countries or 1, country_sizes=self.sizes
        )
        pieces = _Pieces.of(self, crowd)
        order = (pk.Objective.PARTICIPATION, pk.Objective.QUALITY)
        one_each = np.ones(self.people, dtype=np.int64)
        aims = tuple(pk.Aim(name) for name in (order[1:] if self.quality_alone else order))
        problem = pk.Problem(pieces.space(), one_each, one_each, aims)
        return Workload(self.name, problem, pieces.matrix)


class _Rule(NamedTuple):
    """A code of each mentor and each mentee, and which codes must not meet."""

    name: str
    left: Codes
    right: Codes
    forbidden: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class _Pieces:
    """What a program is put together from; factors come without their weights."""

    skills: tuple[csr_array, csr_array]
    interests: tuple[Matrix, Matrix]
    departments: tuple[Codes, Codes]
    rules: tuple[_Rule, ...]

    @classmethod
    def of(cls, spec: Program, crowd: Workforce) -> _Pieces:
        """Return the pieces of a program."""
        mentors, mentees = crowd.mentors, crowd.mentees
        rules = [_seniority(crowd)]
        if spec.countries:
            apart = ~np.eye(spec.countries, dtype=np.bool_)
            rules.append(_Rule("country", _codes(mentors.country), _codes(mentees.country), apart))
        if spec.languages:
            rules.append(_shared_language(spec))
        return cls(
            (_credit(mentors.skills), _shares(mentees.needs)),
            (_halves(mentors.interests), _halves(mentees.interests)),
            (_codes(mentors.department), _codes(mentees.department)),
            tuple(rules),
        )

    def space(self) -> ScoredSpace:
        """Return the pair space."""
        values = {
            "skills": Bilinear(*self.skills),
            "interests": Bilinear(*self.interests),
            "department": over_values(*self.departments, _differ),
        }
        parts = [ScoredPart(name, WEIGHTS[name], part) for name, part in values.items()]
        shape = len(self.departments[0]), len(self.departments[1])
        return ScoredSpace(shape, parts, rules=[_ruled_out(rule) for rule in self.rules])

    def matrix(self) -> Matrix:
        """Return all scores: what a user of a dense solver would write in plain numpy."""
        left, right = (
            np.hstack([skills.toarray(), interests])
            for skills, interests in zip(self.skills, self.interests, strict=True)
        )
        left[:, : self.skills[0].shape[1]] *= WEIGHTS["skills"]
        left[:, self.skills[0].shape[1] :] *= WEIGHTS["interests"]
        matrix: Matrix = np.asarray(left @ right.T)
        for start in range(0, len(matrix), BLOCK):
            self._finish(matrix[start : start + BLOCK], slice(start, start + BLOCK))
        return matrix

    def _finish(self, block: Matrix, rows: slice) -> None:
        """Add departments and rules to some rows, in place."""
        of_mentors, of_mentees = self.departments
        block += WEIGHTS["department"] * (of_mentors[rows, None] != of_mentees[None, :])
        for rule in self.rules:
            block[rule.forbidden[rule.left[rows, None], rule.right[None, :]]] = np.nan


def _differ(one: Codes, other: Codes) -> Matrix:
    return np.asarray(one != other, dtype=np.float64)


def _codes(values: NDArray[np.int32] | NDArray[np.bool_]) -> Codes:
    return values.astype(np.int64)


def _credit(skills: csr_array) -> csr_array:
    """Return what each level is worth to a learner: all of it from 3 up."""
    credit = skills.astype(np.float64)
    credit.data = np.minimum(credit.data / 3.0, 1.0)
    return credit


def _shares(needs: csr_array) -> csr_array:
    """Return the share of each need in all the needs of a person, by priority."""
    shares = needs.astype(np.float64)
    total = np.asarray(shares.sum(axis=1), dtype=np.float64).ravel()
    shares.data = shares.data / np.repeat(total, np.diff(shares.indptr))
    return shares


def _halves(vectors: NDArray[np.float32]) -> Matrix:
    """Return factors whose product is ``(1 + cosine) / 2``."""
    wide = np.hstack([vectors.astype(np.float64), np.ones((len(vectors), 1))])
    return np.asarray(np.sqrt(0.5) * wide)


def _seniority(crowd: Workforce) -> _Rule:
    left, right = (_codes(np.rint(side.level)) for side in (crowd.mentors, crowd.mentees))
    grades = np.arange(max(left.max(), right.max()) + 1)
    return _Rule("seniority", left, right, grades[:, None] > grades[None, :] - 1)


def _shared_language(spec: Program) -> _Rule:
    """Return the rule that two people share a language; the sets that they speak are invented."""
    rng = np.random.default_rng([spec.seed, LANGUAGE_SETS])
    spoken = rng.random((LANGUAGE_SETS, LANGUAGES)) < SPOKEN
    spoken[np.arange(LANGUAGE_SETS), np.arange(LANGUAGE_SETS) % LANGUAGES] = True
    share = 1.0 / (np.arange(LANGUAGE_SETS) + 2.0)
    left, right = rng.choice(LANGUAGE_SETS, (2, spec.people), p=share / share.sum())
    shared = spoken.astype(np.int64) @ spoken.T.astype(np.int64)
    return _Rule("language", left, right, shared == 0)


def _ruled_out(rule: _Rule) -> RuledOut:
    condition = over_values(rule.left, rule.right, lambda x, y: rule.forbidden[x, y])
    return RuledOut(rule.name, Forbidding(condition, lambda *_: f"the {rule.name} forbids it"))


@dataclass(frozen=True, slots=True)
class CandidateList:
    """Random pairs with random scores: everybody has about as many, and room for one partner.

    Parameters
    ----------
    candidates
        How many pairs, about: a pair that is drawn twice counts once.
    each
        Candidates of a person.
    seed
        Seed of the pairs.
    """

    candidates: int
    each: int = 20
    seed: int = 0

    @property
    def name(self) -> str:
        """What the workload is called."""
        return f"list of {self.candidates:,}"

    def build(self) -> Workload:
        """Return the workload."""
        from scipy.sparse import csr_array

        people = max(self.candidates // self.each, 1)
        rng = np.random.default_rng(self.seed)
        keys = np.unique(rng.integers(0, people * people, self.candidates))
        mentors, mentees = np.divmod(keys, people)
        scores = rng.random(len(keys))
        matrix = csr_array((scores, (mentors, mentees)), shape=(people, people))

        def whole() -> Matrix:
            full = np.full((people, people), np.nan)
            full[mentors, mentees] = scores
            return full

        problem = pk.Problem.from_scores(matrix)
        return Workload(self.name, problem, whole, Edges(mentors, mentees, scores))


@dataclass(frozen=True, slots=True)
class RandomMatrix:
    """A matrix of independent random scores, every pair allowed.

    Parameters
    ----------
    people
        Mentors, and as many mentees.
    seed
        Seed of the scores.
    """

    people: int
    seed: int = 0

    @property
    def name(self) -> str:
        """What the workload is called."""
        return f"matrix of {self.people:,}"

    def build(self) -> Workload:
        """Return the workload."""
        scores = np.random.default_rng(self.seed).random((self.people, self.people))
        return Workload(self.name, pk.Problem.from_scores(scores), scores.copy)


@dataclass(frozen=True, slots=True)
class Quotas:
    """A large program with a quota for each of many groups, which costs quality to keep.

    Everybody is in a group at random; at least a share of the pairs of every group's mentees is
    with a mentor of the same group. By chance it would be one pair in as many as there are groups.

    Parameters
    ----------
    people
        Mentors, and as many mentees.
    groups
        How many groups and quotas there are.
    share
        The share, from 0 to 1.
    seed
        Seed of the people and of their groups.
    """

    people: int
    groups: int = 40
    share: float = 0.2
    seed: int = 0

    @property
    def name(self) -> str:
        """What the workload is called."""
        return f"program of {self.people:,}, {self.groups} quotas"

    def build(self) -> Workload:
        """Return the workload."""
        free = Program(self.people, seed=self.seed).build()
        rng = np.random.default_rng([self.seed, self.groups])
        mentors, mentees = rng.integers(0, self.groups, (2, self.people))
        table = np.array([[0.0, -self.share], [0.0, 1.0 - self.share]])
        rows = tuple(
            pk.Row(
                f"group {k}",
                pk.Lookup(_codes(mentors == k), _codes(mentees == k), table),
                least=0.0,
            )
            for k in range(self.groups)
        )
        return replace(free, name=self.name, problem=replace(free.problem, rows=rows))


# By name, for a number of people. Nothing but grades narrows the worst case.
WORKLOADS: Final[dict[str, Callable[[int], Spec]]] = {
    "worst case": Program,
    "long-tailed countries": lambda people: Program(people, countries=20),
    "equal countries": lambda people: Program(people, countries=20, sizes="equal"),
    "many rules": lambda people: Program(people, countries=40, languages=True),
    "quality alone": lambda people: Program(people, quality_alone=True),
    "candidate list": lambda people: CandidateList(20 * people),
    "random matrix": RandomMatrix,
}
