"""Scorers that read people's own fields: skills, interests, languages, time, place and rank."""

from __future__ import annotations

from dataclasses import KW_ONLY
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, PlainSerializer, PlainValidator, WithJsonSchema
from pydantic.dataclasses import dataclass

from pairkit.errors import ProgramError
from pairkit.parts import Bilinear, Elementwise, Index, Listed, Part, over_values
from pairkit.scoring.base import (
    NEUTRAL,
    STRICT,
    Positive,
    Unit,
    compare,
    inverse,
    language_table,
    largest_products,
    or_missing,
    over_shared_hours,
    row_sums,
    scale_columns,
    scale_rows,
    where_known,
)
from pairkit.scoring.evidence import (
    Coverage,
    Evidence,
    of_gap,
    of_hours,
    of_interests,
    of_languages,
    of_ranks,
    of_skills,
    of_values,
)
from pairkit.vocabulary import Vocabulary

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from pairkit.encoding import Side

__all__ = [
    "AvailabilityOverlap",
    "Different",
    "Gap",
    "PreferenceRank",
    "Same",
    "SharedInterests",
    "SharedLanguage",
    "SkillCoverage",
]


def _read_taxonomy(value: object) -> Vocabulary:
    if isinstance(value, str | Path):
        return Vocabulary.read(value)
    if not isinstance(value, Vocabulary):
        raise ProgramError("a taxonomy is a Vocabulary, or the path of one")
    return value


def _write_taxonomy(value: Vocabulary) -> str:
    if value.source is None:
        raise ValueError("no one file holds this vocabulary")
    return str(value.source)


Taxonomy = Annotated[
    Vocabulary,
    PlainValidator(_read_taxonomy),
    PlainSerializer(_write_taxonomy, return_type=str),
    WithJsonSchema({"type": "string", "description": "Path of a vocabulary."}),
]


@dataclass(frozen=True, config=STRICT)
class SkillCoverage:
    r"""How much of what the mentee wants to learn the mentor can teach.

    .. math:: \frac{\sum_s p_s r_s \min(l_s / L, 1)}{\sum_s p_s r_s}

    over the mentee's needs :math:`s` with priority :math:`p_s`, where :math:`l_s` is the mentor's
    level (0 without the skill), :math:`L` is ``full_level`` and :math:`r_s` is 1, or with
    ``rarity=True`` the smoothed inverse document frequency :math:`1 + \ln\frac{1+m}{1+m_s}` of the
    skill among the :math:`m` mentors (Spärck Jones 1972, doi:10.1108/eb026526), so that skills that
    few can teach decide.

    With a taxonomy, a related skill :math:`t` meets a need in part: instead of
    :math:`\min(l_s / L, 1)` counts :math:`\max_t c^{d(s, t)} \min(l_t / L, 1)`, where :math:`c` is
    ``nearby`` and :math:`d(s, t)` the number of steps in the taxonomy: 0 for the same skill or a
    synonym, 1 for a broader or narrower one, 2 for a sibling, which shares a broader skill or a
    group; others do not count. :math:`m_s` stays the number of those who can teach :math:`s`
    itself.

    Parameters
    ----------
    full_level
        The level that meets a need fully; lower levels meet it in proportion.
    taxonomy
        A vocabulary with broader skills, or the path of one: in a program file, relative to it.
        A program can be written only with one that was read from one file.
    nearby
        What one step in the taxonomy leaves of a level.
    rarity
        Whether rare skills weigh more.
    missing
        Value where the mentee states no need or the mentor no skill.
    """

    full_level: Positive = 1.0
    _: KW_ONLY
    taxonomy: Taxonomy | None = None
    nearby: Unit = 0.5
    rarity: bool = False
    missing: Unit = NEUTRAL

    def prepare(self, mentors: Side, mentees: Side) -> Part:
        """Return the coverage as a matrix product over skills."""
        credit = mentors.levels("skills")
        credit.data = np.minimum(credit.data / self.full_level, 1.0)
        wants = self._wants(mentors, mentees)
        total = row_sums(wants)
        stated = np.diff(credit.indptr) > 0
        if self.taxonomy is not None:
            names = list(mentors.columns.skill_names)
            credit = largest_products(credit, self.taxonomy.related(names, self.nearby))
        return or_missing(
            credit,
            scale_rows(wants, inverse(total)),
            stated,
            inverse(total) > 0,
            self.missing,
        )

    def _wants(self, mentors: Side, mentees: Side) -> csr_array:
        """Return what each need counts, shape (mentees, skills)."""
        wants = mentees.levels("needs")
        if not self.rarity:
            return wants
        skills = mentors.levels("skills")
        known = np.bincount(skills.indices[skills.data > 0], minlength=skills.shape[1])
        return scale_columns(wants, 1.0 + np.log((1.0 + len(mentors)) / (1.0 + known)))

    def evidence(self, mentors: Side, mentees: Side) -> Evidence:
        """Return which needs are met by which skills, at which level."""
        wants = self._wants(mentors, mentees)
        coverage = Coverage(self.full_level, wants, self.taxonomy, self.nearby)
        return of_skills(mentors, mentees, coverage)


@dataclass(frozen=True, config=STRICT)
class SharedInterests:
    r"""How alike the interests of the two are.

    ``cosine`` is :math:`|A \cap B| / \sqrt{|A||B|}`, ``jaccard`` :math:`|A \cap B| / |A \cup B|`.

    Parameters
    ----------
    measure
        ``"cosine"`` or ``"jaccard"``.
    missing
        Value where one of the two states no interest.
    """

    measure: Literal["cosine", "jaccard"] = "cosine"
    _: KW_ONLY
    missing: Unit = NEUTRAL

    def prepare(self, mentors: Side, mentees: Side) -> Part:
        """Return the similarity: a matrix product for cosine, a function for Jaccard."""
        left, right = mentors.interests(), mentees.interests()
        sizes_i, sizes_j = np.diff(left.indptr).astype(float), np.diff(right.indptr).astype(float)
        if self.measure == "cosine":
            return or_missing(
                scale_rows(left, np.sqrt(inverse(sizes_i))),
                scale_rows(right, np.sqrt(inverse(sizes_j))),
                sizes_i > 0,
                sizes_j > 0,
                self.missing,
            )
        common = Bilinear(left, right)

        def jaccard(i: Index, j: Index) -> NDArray[np.float64]:
            shared = common(i, j)
            union = np.maximum(sizes_i[i] + sizes_j[j] - shared, 1.0)
            return where_known(sizes_i[i] > 0, sizes_j[j] > 0, shared / union, self.missing)

        return Elementwise(jaccard)

    def evidence(self, mentors: Side, mentees: Side) -> Evidence:
        """Return the interests in common."""
        return of_interests(mentors, mentees)


@dataclass(frozen=True, config=STRICT)
class SharedLanguage:
    """1 where the two share a language (``fr-CA`` and ``fr`` do), else 0.

    Parameters
    ----------
    missing
        Value where one of the two states no language.
    """

    _: KW_ONLY
    missing: Unit = NEUTRAL

    def prepare(self, mentors: Side, mentees: Side) -> Part:
        """Return a table over the different sets of languages."""
        return language_table(mentors, mentees, missing=self.missing)

    def evidence(self, mentors: Side, mentees: Side) -> Evidence:
        """Return the languages in common."""
        return of_languages(mentors, mentees)


@dataclass(frozen=True, config=STRICT)
class AvailabilityOverlap:
    """Hours a week that both have free, up to enough of them.

    Parameters
    ----------
    enough
        Hours a week that give the full value 1; fewer give their share.
    missing
        Value where one of the two states no availability.
    """

    enough: Positive = 2.0
    _: KW_ONLY
    missing: Unit = NEUTRAL

    def prepare(self, mentors: Side, mentees: Side) -> Part:
        """Return the saturating overlap."""

        def overlap(hours: NDArray[np.float64]) -> NDArray[np.float64]:
            share = np.minimum(hours / self.enough, 1.0)
            return np.where(np.isnan(hours), self.missing, share)

        return over_shared_hours(mentors, mentees, overlap)

    def evidence(self, mentors: Side, mentees: Side) -> Evidence:
        """Return the shared hours, in the local time of each."""
        return of_hours(mentors, mentees, self.enough)


@dataclass(frozen=True, config=STRICT)
class Gap:
    """How close the signed gap, mentor minus mentee, comes to an ideal.

    1 at the ideal, falling in a straight line to 0 at ``width`` away from it. In reverse mentoring
    the mentor is below the mentee, so the ideal is negative.

    Parameters
    ----------
    field
        A number or date: ``level``, ``experience``, ``age`` or an attribute; dates count in years.
    ideal
        The best gap, in units of the field.
    width
        The distance from the ideal at which the value reaches 0; above 0.
    missing
        Value where one of the two states nothing.
    allow_protected
        Whether the field may be a protected one, such as ``age``.
    """

    field: str
    _: KW_ONLY
    ideal: Annotated[float, Field(allow_inf_nan=False)] = 0.0
    width: Positive = 1.0
    missing: Unit = NEUTRAL
    allow_protected: bool = False

    def prepare(self, mentors: Side, mentees: Side) -> Part:
        """Return the closeness as a function of two columns."""
        mentors.check_readable(self.field, "Gap", allow_protected=self.allow_protected)

        def closeness(high: NDArray[np.float64], low: NDArray[np.float64]) -> NDArray[np.float64]:
            value = np.maximum(1.0 - np.abs(high - low - self.ideal) / self.width, 0.0)
            return np.where(np.isnan(value), self.missing, value)

        return over_values(mentors.numbers(self.field), mentees.numbers(self.field), closeness)

    def evidence(self, mentors: Side, mentees: Side) -> Evidence:
        """Return the two values and their gap."""
        hidden, window = self.allow_protected, (self.ideal, self.width)
        return of_gap(mentors, mentees, self.field, *window, protected=hidden)


@dataclass(frozen=True, config=STRICT)
class Same:
    """1 where the two have the same value in a field, 0 where they differ.

    Parameters
    ----------
    field
        ``department``, ``site``, ``country`` or any attribute; texts compare folded.
    missing
        Value where one of the two states nothing.
    allow_protected
        Whether the field may be a protected one.
    """

    field: str
    _: KW_ONLY
    missing: Unit = NEUTRAL
    allow_protected: bool = False

    def prepare(self, mentors: Side, mentees: Side) -> Part:
        """Return the comparison of two columns of codes."""
        mentors.check_readable(self.field, "Same", allow_protected=self.allow_protected)
        return compare(mentors, mentees, self.field, same=1.0, different=0.0, missing=self.missing)

    def evidence(self, mentors: Side, mentees: Side) -> Evidence:
        """Return the two values."""
        return of_values(mentors, mentees, self.field, protected=self.allow_protected)


@dataclass(frozen=True, config=STRICT)
class Different:
    """1 where the two have different values in a field, 0 where they have the same.

    Parameters
    ----------
    field, missing, allow_protected
        As for :class:`Same`.
    """

    field: str
    _: KW_ONLY
    missing: Unit = NEUTRAL
    allow_protected: bool = False

    def prepare(self, mentors: Side, mentees: Side) -> Part:
        """Return the comparison of two columns of codes."""
        mentors.check_readable(self.field, "Different", allow_protected=self.allow_protected)
        return compare(mentors, mentees, self.field, same=0.0, different=1.0, missing=self.missing)

    def evidence(self, mentors: Side, mentees: Side) -> Evidence:
        """Return the two values."""
        return of_values(mentors, mentees, self.field, protected=self.allow_protected)


@dataclass(frozen=True, config=STRICT)
class PreferenceRank:
    """How highly the two rank each other in their own lists.

    Rank r (from 0) of R groups is worth ``1 - (1 - unranked) * r / R``: 1 for the first choice,
    above ``unranked`` for every ranked partner; ties share a rank.

    Parameters
    ----------
    by
        Whose lists count: ``"mentor"``, ``"mentee"`` or ``"both"`` (the mean of the two).
    unranked
        Value of a partner who is not in the list.
    """

    by: Literal["mentor", "mentee", "both"] = "both"
    _: KW_ONLY
    unranked: Unit = NEUTRAL

    def prepare(self, mentors: Side, mentees: Side) -> Part:
        """Return the ranks as listed pairs over a neutral ground."""
        shape = len(mentors), len(mentees)
        share = {"mentor": 1.0, "mentee": 0.0, "both": 0.5}[self.by]
        i, j, by_mentor = self._bonus(mentors, mentees).entries()
        b, a, by_mentee = self._bonus(mentees, mentors).entries()
        pairs, place = np.unique(
            np.column_stack([np.append(i, a), np.append(j, b)]), axis=0, return_inverse=True
        )
        added = np.append(share * by_mentor, (1.0 - share) * by_mentee)
        total = np.bincount(place.reshape(-1), added, minlength=len(pairs)).astype(np.float64)
        return Listed(pairs[:, 0], pairs[:, 1], total, shape, ground=self.unranked)

    def evidence(self, mentors: Side, mentees: Side) -> Evidence:
        """Return who has named whom."""
        return of_ranks(mentors, mentees, self.by)

    def _bonus(self, rankers: Side, ranked: Side) -> Listed:
        """Return what being ranked adds to ``unranked``, by place of ranker and ranked."""
        entries = [
            (k, ranked.position(name), (1.0 - self.unranked) * (1.0 - rank / len(groups)))
            for k, groups in enumerate(person.preferences for person in rankers.people)
            for rank, group in enumerate(groups)
            for name in group
        ]
        k, place, value = np.array(entries, dtype=np.float64).reshape(-1, 3).T
        on_side = place >= 0
        return Listed(
            k[on_side].astype(np.int64),
            place[on_side].astype(np.int64),
            value[on_side],
            (len(rankers), len(ranked)),
        )
