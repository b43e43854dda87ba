"""Vocabulary: the names of skills, their synonyms, and which are broader than which."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from pairkit.files.terms import TermColumns, TermFiles, Terms, read_terms
from pairkit.profiles import FrozenDict, Participant, fold
from pairkit.review import (
    OpenSkill,
    SkillReview,
    SkillSuggestion,
    check_accepted,
    closest,
    pieces_of,
    read_accepted,
)
from pairkit.roster import Roster
from pairkit.validation import paused_collector

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["Vocabulary"]

Stage = Literal["exact", "folded", "synonym", "open"]
_FIELDS = ("skills", "needs")


class Vocabulary:
    """The skills of a program: canonical names, synonyms, and broader skills.

    A text means the skill that has it as its name; else, without regard to case, accents and
    double spaces, as its name; else as its one synonym. Nothing else is ever taken for a skill: a
    text that only resembles one, or is a synonym of several, stays what it is.

    Parameters
    ----------
    skills
        Synonyms by name, in any language; or names alone. Names that differ in case, accents or
        spaces are one skill, with the first of them as its name.
    broader
        Broader skills by name of the narrower one. What is no skill is a group: nobody can have
        it, but skills in one group are siblings.

    Attributes
    ----------
    source
        The absolute path of the one file it came from, by which a program names it; ``None`` where
        there is no such.

    Examples
    --------
    >>> vocabulary = Vocabulary({"JavaScript": ["JS", "ECMAScript"], "Gestion de projet": []})
    >>> vocabulary.find("js"), vocabulary.find("gestion de  PROJET"), vocabulary.find("Java")
    ('JavaScript', 'Gestion de projet', None)
    """

    def __init__(
        self,
        skills: Mapping[str, Iterable[str]] | Iterable[str],
        broader: Mapping[str, Iterable[str]] | None = None,
    ) -> None:
        given = skills if isinstance(skills, Mapping) else dict.fromkeys(skills, ())
        names: dict[str, str] = {}
        synonyms: dict[str, dict[str, None]] = {}
        for name, others in given.items():
            key = fold(name)
            if key:
                names.setdefault(key, name)
                synonyms.setdefault(key, {}).update(dict.fromkeys(others))
        self.source: Path | None = None
        self._names = names
        self._synonyms = {key: tuple(others) for key, others in synonyms.items()}
        self._broader: dict[str, frozenset[str]] = {}
        for name, wider in (broader or {}).items():
            key = fold(name)
            others = self._broader.get(key, frozenset()) | {fold(one) for one in wider}
            self._broader[key] = others - {key, ""}

    @classmethod
    def read(
        cls,
        path: str | PathLike[str],
        *more: str | PathLike[str],
        relations: str | PathLike[str] | None = None,
        columns: TermColumns | None = None,
    ) -> Vocabulary:
        """Return the vocabulary of tables of skills, such as your own copy of ESCO or ROME.

        Parameters
        ----------
        path
            A table of skills: CSV, Excel, Parquet or JSON; or a TOML file that names the tables,
            see :class:`~pairkit.TermFiles`.
        more
            Further tables. Rows with the same id are the same skill, so the table of another
            language adds synonyms.
        relations
            A table with a narrower and a broader skill in each row.
        columns
            The headers; the usual ones, such as those of ESCO, are recognized.

        Raises
        ------
        FileError
            A file is missing, not what its name says, or has rows that cannot be read.
        ColumnMapError
            A header is not there, or none is recognized as the name of the skill.
        """
        files = TermFiles(
            files=(Path(path), *map(Path, more)),
            relations=Path(relations) if relations is not None else None,
            columns=columns or TermColumns(),
        )
        if Path(path).suffix == ".toml":
            files = TermFiles.load(path)
        with paused_collector():
            terms = read_terms(files.files, files.relations, files.columns)
            vocabulary = cls._of(terms)
        if files.accepted is not None:
            vocabulary = vocabulary.accept(files.accepted)
        if Path(path).suffix == ".toml" or not (more or relations or columns):
            vocabulary.source = Path(path).absolute()
        return vocabulary

    @classmethod
    def _of(cls, terms: Terms) -> Vocabulary:
        """Return the vocabulary of terms, whose keys may be ids."""
        skills: dict[str, list[str]] = {}
        for key, name in terms.names.items():
            skills.setdefault(name, []).extend(terms.synonyms[key])
        broader: dict[str, set[str]] = {}
        for key, wider in terms.broader.items():
            named = {terms.names.get(one, one) for one in wider}
            if named:
                broader.setdefault(terms.names.get(key, key), set()).update(named)
        return cls(skills, broader)

    def __len__(self) -> int:
        """Return how many skills there are."""
        return len(self._names)

    def __iter__(self) -> Iterator[str]:
        """Return an iterator over the names of the skills in order."""
        return iter(self._names.values())

    def __contains__(self, text: object) -> bool:
        """Return whether a text means a skill."""
        return isinstance(text, str) and self.find(text) is not None

    def __eq__(self, other: object) -> bool:
        """Return whether both have the same names, synonyms and broader skills."""
        return (
            isinstance(other, Vocabulary)
            and self._names == other._names
            and self._synonyms == other._synonyms
            and self._broader == other._broader
        )

    def __hash__(self) -> int:
        """Return a hash that agrees with equality."""
        return hash(tuple(self._names.values()))

    def __repr__(self) -> str:
        """Return the size alone."""
        return f"Vocabulary({len(self)} skills)"

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all names, synonyms and broader skills, hexadecimal."""
        broader = {key: sorted(wider) for key, wider in sorted(self._broader.items())}
        content = json.dumps([self._names, self._synonyms, broader])
        return hashlib.sha256(content.encode()).hexdigest()

    @cached_property
    def _by_synonym(self) -> dict[str, tuple[str, ...]]:
        """Folded names of the skills that a folded synonym may mean."""
        found: dict[str, dict[str, None]] = {}
        for key, others in self._synonyms.items():
            for other in others:
                found.setdefault(fold(other), {})[key] = None
        return {text: tuple(keys) for text, keys in found.items()}

    def synonyms(self, name: str) -> tuple[str, ...]:
        """Return the synonyms of a skill; of none, an empty tuple."""
        return self._synonyms.get(fold(name), ())

    def find(self, text: str) -> str | None:
        """Return the name of the one skill that a text means, or ``None``."""
        return self._look_up(text)[0]

    def _look_up(self, text: str) -> tuple[str | None, Stage]:
        key = fold(text)
        name = self._names.get(key)
        if name is not None:
            return name, "exact" if name == text else "folded"
        meant = self._by_synonym.get(key, ())
        return (self._names[meant[0]], "synonym") if len(meant) == 1 else (None, "open")

    def apply(
        self, roster: Roster, *, candidates: int = 3, similarity: float = 0.75
    ) -> tuple[Roster, SkillReview]:
        """Return the roster with skills and needs by their names, and what was left open.

        A skill that is left open stays as it is written, with a warning in the findings of the
        roster. Candidates resemble it as a whole; a word of up to three letters has to be in both,
        so that ``AI`` is no candidate for ``retail``, nor ``C`` for ``R``. Of two skills of a
        person that are the same, the higher level counts.

        Parameters
        ----------
        roster
            The people.
        candidates
            The most candidates for a skill that is left open; 0 looks for none.
        similarity
            The least similarity of a candidate, in [0, 1]: see
            :class:`~pairkit.review.SkillSuggestion`.

        Raises
        ------
        MissingExtraError
            Candidates are wanted and rapidfuzz is not installed.

        Examples
        --------
        >>> people = Roster([Participant(id="A", skills=["js", "Pyhton"])])
        >>> named, review = Vocabulary({"JavaScript": ["JS"], "Python": []}).apply(people)
        >>> named["A"].skills
        {'JavaScript': 1.0, 'Pyhton': 1.0}
        >>> print(named.findings[0].message)
        'Pyhton' (1 person) is not in the vocabulary; close are 'Python' (83%).
        """
        written = dict.fromkeys(
            skill for person in roster for field in _FIELDS for skill in getattr(person, field)
        )
        found = {text: self._look_up(text) for text in written}
        names = {text: name for text, (name, _) in found.items() if name is not None}
        review = SkillReview(
            self._open(
                roster, [text for text in found if text not in names], candidates, similarity
            ),
            dict(Counter(stage for _, stage in found.values())),
        )
        named = Roster(
            (_renamed(person, names) for person in roster),
            findings=roster.findings + review.findings(),
            skipped=roster.skipped,
            backend=roster.backend,
        )
        return named, review

    def _open(
        self, roster: Roster, texts: Sequence[str], count: int, similarity: float
    ) -> tuple[OpenSkill, ...]:
        """Return the skills left open, the most frequent first."""
        first: dict[str, str] = {}
        for text in texts:
            first.setdefault(fold(text), text)
        if not first:
            return ()
        people = Counter(
            key
            for person in roster
            for key in {fold(skill) for field in _FIELDS for skill in getattr(person, field)}
            if key in first
        )
        unknown = [key for key in first if key not in self._by_synonym] if count else []
        split = {key: pieces_of(first[key]) for key in unknown}
        close = self._close((*unknown, *chain(*split.values())), count, similarity)
        skills: list[OpenSkill] = []
        for key, text in first.items():
            candidates = self._meanings(key) or close.get(key, ())
            whole = max((one.similarity for one in candidates), default=0.0)
            pieces = self._pieces(split.get(key, ()), close)
            if pieces and min(one.similarity for one in pieces) >= whole:
                skills.append(OpenSkill(text, people[key], pieces=pieces))
            else:
                skills.append(OpenSkill(text, people[key], candidates, key in self._by_synonym))
        return tuple(sorted(skills, key=lambda one: -one.people))

    def _close(
        self, texts: Iterable[str], count: int, similarity: float
    ) -> dict[str, tuple[SkillSuggestion, ...]]:
        """Return the skills that texts resemble, by folded text."""
        asked = [*dict.fromkeys(key for text in texts if self.find(key := fold(text)) is None)]
        if not asked or not self._names:
            return {}
        labels = [(key, name) for key, name in self._names.items()]
        labels += [
            (text, self._names[key]) for text, keys in self._by_synonym.items() for key in keys
        ]
        known, names = zip(*labels, strict=True)
        found = closest(asked, known, names, count=count, similarity=similarity)
        return dict(zip(asked, found, strict=True))

    def _pieces(
        self, texts: Sequence[str], close: Mapping[str, tuple[SkillSuggestion, ...]]
    ) -> tuple[SkillSuggestion, ...]:
        """Return the skill of each piece of a text; none where one is like none, or none known."""
        known = [self.find(text) for text in texts]
        if not any(known):
            return ()
        found = [
            (SkillSuggestion(name, 1.0),) if name is not None else close.get(fold(text), ())
            for text, name in zip(texts, known, strict=True)
        ]
        return tuple(one[0] for one in found) if all(found) else ()

    def _meanings(self, key: str) -> tuple[SkillSuggestion, ...]:
        """Return the skills of which a text is a synonym, as candidates."""
        return tuple(
            SkillSuggestion(self._names[one], 1.0) for one in self._by_synonym.get(key, ())
        )

    def accept(self, accepted: Mapping[str, str] | str | PathLike[str]) -> Vocabulary:
        """Return the vocabulary with further synonyms, which then mean nothing else.

        Parameters
        ----------
        accepted
            The skill that each synonym means; or the path of a review table that was filled in,
            see :meth:`~pairkit.SkillReview.write`.

        Raises
        ------
        FileError
            The file is missing or not what its name says.
        InputError
            A synonym is accepted for something that is no skill, or the file is no review table.

        Examples
        --------
        >>> Vocabulary(["Python"]).accept({"Pyhton": "Python"}).find("PYHTON")
        'Python'
        """
        added = accepted if isinstance(accepted, Mapping) else read_accepted(accepted)
        unknown = [text for text, name in added.items() if name not in self]
        check_accepted(added, self, unknown)
        taken = {fold(text) for text in added}
        skills = {
            name: [one for one in self._synonyms[key] if fold(one) not in taken]
            for key, name in self._names.items()
        }
        for text, name in added.items():
            skills[self.find(name) or name].append(text)
        return Vocabulary(skills, self._broader)

    def related(self, texts: Sequence[str], nearby: float) -> csr_array:
        """Return how alike skills are: ``nearby`` to the power of the steps between them.

        No step is between a skill and itself or its synonyms, one between a skill and a broader or
        narrower one, two between siblings, which share a broader skill or a group. Others are not
        alike at all.

        Parameters
        ----------
        texts
            Skills as people write them; what is unknown is like itself alone.
        nearby
            What one step leaves, in [0, 1].

        Returns
        -------
        csr_array
            float64, shape (texts, texts), symmetric, in [0, 1], with 1 on the diagonal.
        """
        from scipy.sparse import csr_array

        keys = [fold(self.find(text) or text) for text in texts]
        nodes: dict[str, int] = {}
        for key in keys:
            nodes.setdefault(key, len(nodes))
        ends = [
            (nodes[key], nodes.setdefault(one, len(nodes)))
            for key in list(nodes)
            for one in sorted(self._broader.get(key, ()))
        ]
        low, high = np.array(ends, dtype=np.int64).reshape(-1, 2).T
        size = len(nodes)
        up = csr_array((np.ones(len(low)), (low, high)), shape=(size, size))
        place = np.array([nodes[key] for key in keys], dtype=np.int64)
        same = csr_array(
            (np.ones(len(place)), (np.arange(len(place)), place)), shape=(len(place), size)
        )
        sibling = ((same @ (up @ up.T)) @ same.T).sign() * nearby**2
        step = ((same @ (up + up.T)) @ same.T).sign() * nearby
        return csr_array((same @ same.T).maximum(step).maximum(sibling))


def _renamed(person: Participant, names: Mapping[str, str]) -> Participant:
    """Return a person with skills and needs by their names."""
    changed: dict[str, FrozenDict[str, float]] = {}
    for field in _FIELDS:
        levels: Mapping[str, float] = getattr(person, field)
        if any(names.get(text, text) != text for text in levels):
            merged: dict[str, float] = {}
            for text, level in levels.items():
                name = names.get(text, text)
                merged[name] = max(level, merged.get(name, level))
            changed[field] = FrozenDict(merged)
    return person.model_copy(update=changed) if changed else person
