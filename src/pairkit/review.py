"""Review: skills that a vocabulary does not know, with candidates, for a person to decide."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike
from typing import TYPE_CHECKING, Final, overload

from pairkit.errors import InputError, MissingExtraError, did_you_mean
from pairkit.files import records_to_frame, write_tables
from pairkit.files.lexicon import BOOLEANS
from pairkit.files.tables import Value, read_table
from pairkit.findings import Finding, FindingCode, Findings, Severity
from pairkit.profiles import fold

if TYPE_CHECKING:
    from types import ModuleType

    from narwhals.typing import IntoDataFrame

__all__ = [
    "OpenSkill",
    "SkillReview",
    "SkillSuggestion",
    "closest",
    "pieces_of",
    "read_accepted",
]

HEADERS: Final = (
    *("skill", "people", "candidate", "similarity", "other candidates", "several", "accept"),
)
SHOWN_CHARACTERS: Final = 40
SHORT: Final = 3
LIMIT: Final = 256
_WORD = re.compile(r"[^\W_]+[+#]*")
_STATED_LEVEL = re.compile(r"\s*\([^()]*\)\s*$")
_BETWEEN = re.compile(r"\s*[,;/|&+]\s+|\s*[,;|/]\s*|\s+(?:and|et)\s+", re.IGNORECASE)
# Words of English and French that say nothing about a skill.
_LITTLE: Final = frozenset(
    {"a", "an", "and", "at", "by", "for", "in", "is", "of", "on", "or", "the", "to"}
    | {"au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "ou", "par", "un"}
)


@dataclass(frozen=True, slots=True)
class SkillSuggestion:
    """A skill of the vocabulary that an unknown one may mean.

    Parameters
    ----------
    name
        Its name.
    similarity
        How alike the spellings are, in [0, 1]: twice the letters in common in the same order,
        over all letters, of the folded words in alphabetical order.
    """

    name: str
    similarity: float


@dataclass(frozen=True, slots=True)
class OpenSkill:
    """A skill that the vocabulary does not know, or knows as a synonym of several.

    Parameters
    ----------
    written
        The skill as it was written first.
    people
        How many people teach or want it.
    candidates
        What it may mean, best first; of a synonym of several skills, all of them.
    ambiguous
        Whether it is a synonym of several skills.
    pieces
        The skills of a text that seems to hold several, in its order: at least one is known, and
        every other resembles its skill no less than the text as a whole resembles one.
    """

    written: str
    people: int
    candidates: tuple[SkillSuggestion, ...] = ()
    ambiguous: bool = False
    pieces: tuple[SkillSuggestion, ...] = ()

    def finding(self) -> Finding:
        """Return the same as a finding."""
        written, people = _cut(self.written), "1 person"
        if self.people != 1:
            people = f"{self.people} people"
        named = ", ".join(
            f"{_cut(one.name)!r}" + ("" if self.ambiguous else f" ({one.similarity:.0%})")
            for one in self.candidates
        )
        if self.ambiguous:
            return Finding(
                FindingCode.AMBIGUOUS_SKILL,
                f"{written!r} ({people}) is a synonym of several skills: {named}.",
                "Write the name of one of them, or accept one in the review table.",
                Severity.WARNING,
            )
        if self.pieces:
            named = ", ".join(
                f"{_cut(one.name)!r}" + (f" ({one.similarity:.0%})" if one.similarity < 1 else "")
                for one in self.pieces
            )
            return Finding(
                FindingCode.UNKNOWN_SKILL,
                f"{written!r} ({people}) is not in the vocabulary; it seems to hold several "
                f"skills: {named}.",
                "Write ';' between them, or set the separator of the column in a column map.",
                Severity.WARNING,
            )
        close = f"close are {named}" if named else "nothing in it is close"
        way_out = (
            "Accept one in the review table, or add the skill to the vocabulary."
            if named
            else "Correct it, or add the skill to the vocabulary."
        )
        return Finding(
            FindingCode.UNKNOWN_SKILL,
            f"{written!r} ({people}) is not in the vocabulary; {close}.",
            way_out,
            Severity.WARNING,
        )


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"


@dataclass(frozen=True)
class SkillReview(Sequence[OpenSkill]):
    """What a vocabulary left open in a roster, the most frequent first.

    Parameters
    ----------
    open
        The skills left open.
    counts
        How many different skills were found as they are (``"exact"``), but for case, accents and
        spaces (``"folded"``), by a synonym (``"synonym"``), and not (``"open"``).
    """

    open: tuple[OpenSkill, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)

    @overload
    def __getitem__(self, index: int) -> OpenSkill: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[OpenSkill, ...]: ...
    def __getitem__(self, index: int | slice) -> OpenSkill | tuple[OpenSkill, ...]:
        """Return one open skill, or several."""
        return self.open[index]

    def __len__(self) -> int:
        """Return how many skills are open."""
        return len(self.open)

    def __iter__(self) -> Iterator[OpenSkill]:
        """Return an iterator over the open skills."""
        return iter(self.open)

    def findings(self) -> Findings:
        """Return one warning for each open skill."""
        return Findings(one.finding() for one in self.open)

    def to_records(self) -> list[dict[str, Value]]:
        """Return one record for each open skill, with an empty ``accept`` to fill in."""
        return [
            {
                "skill": one.written,
                "people": one.people,
                "candidate": one.candidates[0].name if one.candidates else None,
                "similarity": (
                    round(one.candidates[0].similarity, 2)
                    if one.candidates and not one.ambiguous
                    else None
                ),
                "other candidates": "; ".join(other.name for other in one.candidates[1:]) or None,
                "several": "; ".join(piece.name for piece in one.pieces) or None,
                "accept": None,
            }
            for one in self.open
        ]

    def to_frame(self, backend: ModuleType | None = None) -> IntoDataFrame:
        """Return the records as a dataframe of a library, or of the first that is installed."""
        return records_to_frame(self.to_records(), backend, headers=HEADERS)

    def write(self, path: str | PathLike[str], *, overwrite: bool = False) -> None:
        """Write the review table in the format of the suffix, to be filled in and accepted.

        In ``accept``, ``yes`` takes the candidate and any other name of the vocabulary takes that
        one; what stays empty, or says ``no``, stays open. ``several`` names the skills of a text
        that seems to hold several: that is for the file or its column map to mend.

        Raises
        ------
        OutputError
            The file exists, its suffix is not known, or it cannot be written.
        """
        tables = {"Skills": self.to_records()}
        write_tables(path, tables, headers={"Skills": HEADERS}, overwrite=overwrite)


def read_accepted(path: str | PathLike[str]) -> dict[str, str]:
    """Return what a filled-in review table accepts: the skill it means by the skill as written.

    Raises
    ------
    FileError
        The file is missing or not what its name says.
    InputError
        A column is missing, or ``yes`` stands where there is no candidate.
    """
    table = read_table(path, empty=True)
    headers = [fold(header) for header in table.headers]
    needed = ("skill", "candidate", "accept")
    missing = [name for name in needed if name not in headers]
    if missing:
        raise InputError(
            f"{table.name} is no review table: it has no column {missing[0]!r}. "
            f"Keep the columns that SkillReview.write gives."
        )
    found: dict[str, str] = {}
    columns = (map(_text, table.columns[headers.index(name)]) for name in needed)
    for row, skill, candidate, accept in zip(table.rows, *columns, strict=True):
        answer = BOOLEANS.get(fold(accept))
        if answer and not candidate:
            raise InputError(
                f"{table.name}: row {row} accepts a candidate, but has none. Write the name."
            )
        if skill and accept and answer is not False:
            found[skill] = candidate if answer else accept
    return found


def _text(cell: object) -> str:
    return "" if cell is None else str(cell).strip()


def check_accepted(accepted: Mapping[str, str], known: Iterable[str], unknown: list[str]) -> None:
    """Raise if a synonym is accepted for something that is no skill.

    Raises
    ------
    InputError
        With every name that is not known.
    """
    if not unknown:
        return
    names = list(known)
    lines = [
        f"{accepted[one]!r} for {one!r}.{did_you_mean(accepted[one], names)}" for one in unknown
    ]
    raise InputError("No skill of the vocabulary has the name " + " Nor ".join(lines))


def closest(
    unknown: Sequence[str],
    labels: Sequence[str],
    names: Sequence[str],
    *,
    count: int,
    similarity: float,
) -> list[tuple[SkillSuggestion, ...]]:
    """Return the candidates of each text, best first, then in the order of the vocabulary.

    Parameters
    ----------
    unknown
        The texts.
    labels
        Names and synonyms, folded.
    names
        The skill that each label stands for, same length.
    count
        The most candidates of a text.
    similarity
        The least similarity of a candidate, in [0, 1].

    Raises
    ------
    MissingExtraError
        rapidfuzz is not installed.
    """
    try:
        from rapidfuzz import fuzz, process
    except ImportError:
        raise MissingExtraError("rapidfuzz", "io", "Finding skills that are close") from None
    sorted_labels = [_sorted_words(label) for label in labels]
    queries = [_sorted_words(text) for text in unknown]
    found: list[tuple[SkillSuggestion, ...]] = []
    for query in queries:
        best: dict[str, float] = {}
        hits = process.extract(
            query,
            sorted_labels,
            scorer=fuzz.ratio,
            score_cutoff=100 * similarity,
            limit=LIMIT,
        )
        for label, score, place in hits:
            if query and _same_words(query, label):
                best.setdefault(names[place], score / 100)
        ranked = [SkillSuggestion(name, score) for name, score in best.items()]
        found.append(tuple(ranked[:count]))
    return found


def pieces_of(text: str) -> tuple[str, ...]:
    """Return the pieces of a text between commas and the like, none where there is one piece.

    Examples
    --------
    >>> pieces_of("Python (3), SQL"), pieces_of("Project management")
    (('Python', 'SQL'), ())
    """
    names = (_STATED_LEVEL.sub("", piece).strip() for piece in _BETWEEN.split(text))
    pieces = tuple(name for name in names if name)
    return pieces if len(pieces) > 1 else ()


def _sorted_words(text: str) -> str:
    return " ".join(sorted(_WORD.findall(fold(text))))


def _same_words(one: str, other: str) -> bool:
    """Return whether short words, such as AI, R or C#, stand in both as they are.

    A letter makes another word of a short one, and longer words contain it by chance.
    """
    first, second = set(one.split()), set(other.split())
    return all(len(word) > SHORT or word in _LITTLE for word in first ^ second)
