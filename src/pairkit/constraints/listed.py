"""Rules that name pairs, or leave the decision to the score or to a function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY
from typing import TYPE_CHECKING, Annotated, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from pydantic.dataclasses import dataclass

from pairkit.constraints.base import (
    STRICT,
    Forbidding,
    PairRule,
    Pairs,
    Pinning,
    ScoreFloor,
    places_of,
)
from pairkit.errors import ProgramError
from pairkit.messages import Message, Who
from pairkit.parts import Index, Listed
from pairkit.profiles import Participant
from pairkit.titles import rule_label

if TYPE_CHECKING:
    from pairkit.encoding import Side

__all__ = [
    "Avoid",
    "Forbid",
    "MinimumScore",
    "NotRepeated",
    "PairPredicate",
    "Require",
]


@dataclass(frozen=True, config=STRICT)
class Avoid(PairRule):
    """Nobody is paired with a person they asked to avoid, or who asked to avoid them."""

    def prepare(self, mentors: Side, mentees: Side) -> Forbidding:
        """Return the rule for these two sides."""
        i, j, _ = _avoided(mentors, mentees).entries()
        b, a, _ = _avoided(mentees, mentors).entries()
        shape = len(mentors), len(mentees)
        listed = Listed(np.append(i, a), np.append(j, b), True, shape)  # noqa: FBT003 - a value

        def why(i: int, j: int) -> str:
            mentor, mentee = mentors.person(i), mentees.person(j)
            one, other = (mentor, mentee) if mentee.id in mentor.avoid else (mentee, mentor)
            return Message(
                "{person} asked not to be paired with {other}",
                person=Who(one.id),
                other=Who(other.id),
            )

        return Forbidding(listed, why, waivable=False)


def _avoided(side: Side, others: Side) -> Listed:
    places = [
        (k, place)
        for k, person in enumerate(side.people)
        for name in person.avoid
        if (place := others.position(name)) >= 0
    ]
    by, of = np.array(places, dtype=np.int64).reshape(-1, 2).T
    return Listed(by, of, 1.0, (len(side), len(others)))


@dataclass(frozen=True, config=STRICT)
class Forbid(PairRule):
    """These people never meet, whoever of the two would be the mentor.

    Parameters
    ----------
    pairs
        Pairs of ids, in any order within a pair.
    """

    pairs: Pairs

    def prepare(self, mentors: Side, mentees: Side) -> Forbidding:
        """Return the rule for these two sides.

        Raises
        ------
        ProgramError
            Nobody in the roster has one of the ids.
        """
        both_ways = (*self.pairs, *((b, a) for a, b in self.pairs))
        listed = _listed(both_ways, mentors, mentees, self.label, strict=True)

        def why(i: int, j: int) -> str:
            one, other = Who(mentors.person(i).id), Who(mentees.person(j).id)
            return Message("{one} and {other} are kept apart", one=one, other=other)

        return Forbidding(listed, why)


@dataclass(frozen=True, config=STRICT)
class NotRepeated(PairRule):
    """Pairs of earlier rounds are not made again.

    Parameters
    ----------
    history
        Earlier pairs of ids: mentor, mentee. People who are no longer there do not matter.
    """

    history: Pairs

    def prepare(self, mentors: Side, mentees: Side) -> Forbidding:
        """Return the rule for these two sides."""
        listed = _listed(self.history, mentors, mentees, self.label, strict=False)

        def why(i: int, j: int) -> str:
            mentor, mentee = Who(mentors.person(i).id), Who(mentees.person(j).id)
            return Message("{mentor} has mentored {mentee} before", mentor=mentor, mentee=mentee)

        return Forbidding(listed, why)


def _listed(pairs: Pairs, mentors: Side, mentees: Side, rule: str, *, strict: bool) -> Listed:
    i, j = places_of(pairs, mentors, mentees, rule, strict=strict)
    return Listed(i, j, True, (len(mentors), len(mentees)))  # noqa: FBT003 - a value


@dataclass(frozen=True, config=STRICT)
class Require(PairRule):
    """These pairs are made; with a penalty, they are favored instead.

    A hard rule that forbids one of them leaves the program without a solution, and is named.

    Parameters
    ----------
    pairs
        Pairs of ids: mentor, mentee.
    penalty
        With a number, a pair that is made gains it, so that leaving it out costs that much.
    """

    pairs: Pairs

    def prepare(self, mentors: Side, mentees: Side) -> Pinning:
        """Return the rule for these two sides.

        Raises
        ------
        ProgramError
            Nobody has one of the ids, or the person is not on that side.
        """
        i, j = places_of(self.pairs, mentors, mentees, self.label)
        if len(i) < len(self.pairs):
            for mentor, mentee in self.pairs:
                self._check_side(mentor, mentors, "mentor")
                self._check_side(mentee, mentees, "mentee")
        return Pinning(i, j)

    def _check_side(self, name: str, side: Side, role: str) -> None:
        if side.position(name) < 0:
            raise ProgramError(
                f"{self.label}: {name!r} is not a {role} in this program. Check the person's roles "
                f"and the program's [roles.{role}]."
            )


@dataclass(frozen=True, config=STRICT)
class MinimumScore(PairRule):
    """A pair whose weighted score, before penalties, is below a minimum is not made.

    Parameters
    ----------
    minimum
        In [0, 1].
    """

    minimum: Annotated[float, Field(ge=0, le=1)]

    def prepare(self, mentors: Side, mentees: Side) -> ScoreFloor:
        """Return the rule; the score itself comes from the pair space."""
        return ScoreFloor(self.minimum)


@dataclass(frozen=True, config=STRICT)
class PairPredicate(PairRule):
    """Any Python function that says whether two people may meet: slow, one call for each pair.

    Parameters
    ----------
    function
        Takes a mentor and a mentee; returns whether they may be paired.
    name
        What to call it in reports; the function's own name by default.
    allow_protected
        Whether the function may see protected fields; without it they are blank.
    """

    code_only: ClassVar[bool] = True

    function: Callable[[Participant, Participant], bool]
    name: str = ""
    _: KW_ONLY
    allow_protected: bool = False

    @property
    def label(self) -> str:
        """The given name, or the function's."""
        return f"PairPredicate({self.name or getattr(self.function, '__name__', 'function')})"

    def prepare(self, mentors: Side, mentees: Side) -> Forbidding:
        """Return the rule for these two sides."""
        rows, columns = (
            s.people if self.allow_protected else [p.without_protected() for p in s.people]
            for s in (mentors, mentees)
        )

        def forbids(i: Index, j: Index) -> NDArray[np.bool_]:
            pairs = np.broadcast(i, j)
            found = (not self._allows(rows[one], columns[other]) for one, other in pairs)
            return np.fromiter(found, dtype=np.bool_, count=pairs.size).reshape(pairs.shape)

        why = Message("{rule} says no", rule=rule_label(self.label))
        return Forbidding(forbids, lambda *_: why, slow=True)

    def _allows(self, mentor: Participant, mentee: Participant) -> bool:
        answer: object = self.function(mentor, mentee)
        if isinstance(answer, bool | np.bool_):
            return bool(answer)
        raise ProgramError(
            f"{self.label} gave a {type(answer).__name__} for {mentor.id!r} and {mentee.id!r}; "
            f"it says True or False."
        )
