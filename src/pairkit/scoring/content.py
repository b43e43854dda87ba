"""Scorers that compare free text and embeddings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY
from typing import TYPE_CHECKING, ClassVar, cast

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from pairkit.errors import MissingExtraError, ProgramError
from pairkit.messages import Message
from pairkit.parts import Part
from pairkit.scoring.base import NEUTRAL, STRICT, Unit, or_missing
from pairkit.scoring.evidence import Against, Evidence, of_words

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from pairkit.encoding import Side

__all__ = ["TextSimilarity", "Vectors"]


@dataclass(frozen=True, config=STRICT)
class TextSimilarity:
    """How alike two free texts are: cosine of their TF-IDF vectors (scikit-learn).

    Words compare without case and accents; counts are damped (``1 + ln``). Needs the extra
    ``text``. The weighting is that of Salton and Buckley 1988, doi:10.1016/0306-4573(88)90021-0.

    Parameters
    ----------
    field
        The text of each person: ``about`` or any attribute.
    mentee_field
        The mentee's text where it is another field; ``None`` takes ``field``.
    missing
        Value where one of the two has no text.
    allow_protected
        Whether the fields may be protected ones.
    """

    field: str = "about"
    mentee_field: str | None = None
    _: KW_ONLY
    missing: Unit = NEUTRAL
    allow_protected: bool = False

    def prepare(self, mentors: Side, mentees: Side) -> Part:
        """Return the similarity as a matrix product over words."""
        left, right, _ = self._words(mentors, mentees)
        return or_missing(
            left, right, np.diff(left.indptr) > 0, np.diff(right.indptr) > 0, self.missing
        )

    def evidence(self, mentors: Side, mentees: Side) -> Evidence:
        """Return the shared words that count most; protected ones stay untold."""
        left, right, words = self._words(mentors, mentees)
        return of_words(mentors, mentees, (left, right), () if self.allow_protected else words)

    def _words(self, mentors: Side, mentees: Side) -> tuple[csr_array, csr_array, Sequence[str]]:
        """Return the weights of words of both sides, rows of length 1 or 0, and the words."""
        from scipy.sparse import csr_array

        try:
            from sklearn.feature_extraction.text import TfidfVectorizer
        except ImportError:
            raise MissingExtraError("scikit-learn", "text", "TextSimilarity") from None
        other = self.mentee_field or self.field
        for name in (self.field, other):
            mentors.check_readable(name, "TextSimilarity", allow_protected=self.allow_protected)
        texts = _texts(mentors, self.field), _texts(mentees, other)
        vectorizer = TfidfVectorizer(strip_accents="unicode", sublinear_tf=True)
        try:
            weights = cast("csr_array", vectorizer.fit_transform([*texts[0], *texts[1]]))
        except ValueError:  # no text has a word
            return csr_array((len(mentors), 1)), csr_array((len(mentees), 1)), ()
        words = vectorizer.get_feature_names_out().tolist()
        return weights[: len(mentors)], weights[len(mentors) :], words


@dataclass(frozen=True, config=ConfigDict(extra="forbid", arbitrary_types_allowed=True))
class Vectors:
    """How alike the users' own vectors are, such as embeddings: ``(1 + cosine) / 2``.

    Parameters
    ----------
    vectors
        A vector by id; all of one length, finite.
    missing
        Value where one of the two has no vector, or one of length zero.
    """

    code_only: ClassVar[bool] = True

    vectors: Mapping[str, Sequence[float] | NDArray[np.float64] | NDArray[np.float32]]
    _: KW_ONLY
    missing: Unit = NEUTRAL

    def prepare(self, mentors: Side, mentees: Side) -> Part:
        """Return the similarity as a matrix product over the vectors' dimensions.

        Raises
        ------
        ProgramError
            The vectors differ in length or are not finite.
        """
        lengths = {np.shape(vector) for vector in self.vectors.values()}
        if len(lengths) > 1 or any(len(shape) != 1 for shape in lengths):
            raise ProgramError(f"Vectors: all vectors need one length; there are {lengths}.")
        width = next(iter(lengths), (0,))[0]
        left, right = (self._unit_rows(side, width) for side in (mentors, mentees))
        known_i, known_j = (np.linalg.norm(rows, axis=1) > 0 for rows in (left, right))
        half = np.sqrt(0.5)
        return or_missing(
            half * np.column_stack([left, known_i]),
            half * np.column_stack([right, known_j]),
            known_i,
            known_j,
            self.missing,
        )

    def evidence(self, mentors: Side, mentees: Side) -> Evidence:
        """Return the cosine of the two vectors."""

        def tell(i: int, j: int) -> tuple[Message, ...]:
            people = mentors.person(i).id, mentees.person(j).id
            one, other = (np.asarray(self.vectors.get(who, ()), dtype=float) for who in people)
            length = float(np.linalg.norm(one) * np.linalg.norm(other))
            if length <= 0.0:
                return (Against("there is no vector for both"),)
            return (
                Message(
                    "the cosine of the vectors is {value:.2}", value=float(one @ other) / length
                ),
            )

        return tell

    def _unit_rows(self, side: Side, width: int) -> NDArray[np.float64]:
        rows = np.zeros((len(side), width))
        for k, person in enumerate(side.people):
            if person.id in self.vectors:
                rows[k] = self.vectors[person.id]
        if not np.isfinite(rows).all():
            raise ProgramError("Vectors: every number must be finite.")
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        np.divide(rows, norms, out=rows, where=norms > 0)
        return rows

    def __eq__(self, other: object) -> bool:
        """Return whether both hold the same vectors."""
        return (
            isinstance(other, Vectors)
            and self.missing == other.missing
            and self.vectors.keys() == other.vectors.keys()
            and all(np.array_equal(v, other.vectors[k]) for k, v in self.vectors.items())
        )

    def __hash__(self) -> int:
        """Return a hash that agrees with equality."""
        return hash((self.missing, frozenset(self.vectors)))

    def __repr__(self) -> str:
        """Return the size alone."""
        return f"Vectors(<{len(self.vectors)} vectors>, missing={self.missing})"


def _texts(side: Side, field: str) -> list[str]:
    values = side.columns.values(field)
    return [str(values[k]) if values[k] is not None else "" for k in side.index.tolist()]
