"""Answering: what came out of a match, with the people it is about, to be asked why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from pairkit.encoding import Side
from pairkit.errors import ProblemError
from pairkit.explain import Explanation, Unmatched, explanation, unmatched_people
from pairkit.facts import Facts
from pairkit.lowering import Lowered, lower
from pairkit.outcome import Outcome
from pairkit.pairs import Pair
from pairkit.problem import Problem
from pairkit.profiles import Role
from pairkit.program import Program
from pairkit.reasons import Diagnosis
from pairkit.remedy import decided_by_prices
from pairkit.solution import Solution, Stop
from pairkit.solvers import prices_of
from pairkit.switching import Alternative, alternatives_of
from pairkit.whynot import WhyNot, why_not
from pairkit.whyunmatched import SmallestChange, WhyUnmatched, change_at_once, why_unmatched

if TYPE_CHECKING:
    from pairkit.roster import Roster

__all__ = ["Answering"]

EXPLAINED: Final = 500  # pairs at a time


@dataclass(frozen=True)
class Answering(Outcome):
    """An outcome that knows its people and program, and answers the questions about them."""

    diagnosis: Diagnosis | None = field(default=None, compare=False, repr=False)
    _roster: Roster | None = field(default=None, compare=False, repr=False)
    _program: Program | None = field(default=None, compare=False, repr=False)

    def explain(self, mentor: str, mentee: str) -> Explanation:
        """Return why a pair scores what it scores, matched or not.

        Raises
        ------
        UnknownParticipantError
            The mentor is not on the mentors' side, or the mentee not on the mentees'.
        ProblemError
            The pair is not matched, and the matching was read back without its roster and program.
        """
        made = self._made.get((mentor, mentee))
        if made is not None and made.parts and self._roster is None:
            return Explanation(mentor, mentee, made.parts, matched=True, peers=self.peers)
        return explanation(self._facts, mentor, mentee, matched=made is not None)

    def why_not(
        self, mentor: str, mentee: str, *, exact: bool = False, stop: Stop | None = None
    ) -> WhyNot:
        """Return what forbids a pair, or what making it would cost the program.

        Parameters
        ----------
        mentor, mentee
            Ids.
        exact
            Whether to solve again with the pair made, which tells the exact cost and who would have
            other partners. Without it prices tell at once what it costs at least, of participation
            and quality.
        stop
            When to stop solving again; by default never.

        Raises
        ------
        UnknownParticipantError
            The mentor is not on the mentors' side, or the mentee not on the mentees'.
        ProblemError
            There is no solution, or the matching was read back without its roster and program.
        """
        return why_not(self._lowered, self._priced, mentor, mentee, exact=exact, stop=stop)

    def why_unmatched(
        self, person: str, *, role: Role | None = None, tries: int = 12, stop: Stop | None = None
    ) -> WhyUnmatched:
        """Return why somebody has no partner, and the smallest changes that would give them one.

        Parameters
        ----------
        person
            The id.
        role
            The side, of somebody who is without partner on both.
        tries
            How many changes are solved again at most, where prices do not decide.
        stop
            When to stop solving again; by default never.

        Raises
        ------
        UnknownParticipantError
            Nobody has the id.
        ProblemError
            The person has a partner, there is no solution, or the matching was read back without
            its roster and program.
        """
        return why_unmatched(
            self._lowered, self._priced, self._alone, person, role, tries=tries, stop=stop
        )

    def smallest_changes(
        self, people: int, elsewhere: int
    ) -> dict[tuple[str, Role | None], SmallestChange]:
        """Return the smallest change that prices prove to help, by id and side, of the first few.

        One that touches only the person's own pairs comes before places of others.

        Of nobody where prices decide nothing: of pairs that are not proved to be the best, and with
        objectives or rules that count more than single pairs.

        Parameters
        ----------
        people
            For how many of those without partner, the first ones, it is looked for.
        elsewhere
            For how many of these, where nothing helps that touches only their own pairs, places of
            others are looked at, too: that takes longer.
        """
        found: dict[tuple[str, Role | None], SmallestChange] = {}
        if not decided_by_prices(self.problem, self._solution):
            return found
        for one in self._alone[:people]:
            told = change_at_once(self._lowered, self._priced, one, elsewhere=False)
            if told.change is None and elsewhere > 0:
                told = change_at_once(self._lowered, self._priced, one, elsewhere=True)
                elsewhere -= 1
            found[one.id, one.role] = told
        return found

    def alternatives(
        self,
        person: str,
        n: int = 3,
        *,
        role: Role | None = None,
        exact: bool = False,
        stop: Stop | None = None,
    ) -> tuple[Alternative, ...]:
        """Return the next best partners of a person, with what each would cost the program.

        Parameters
        ----------
        person
            The id.
        n
            How many at most, from 1.
        role
            The side, of somebody who is on both; by default the mentors'.
        exact, stop
            As in :meth:`why_not`.

        Raises
        ------
        UnknownParticipantError
            Nobody on that side has the id.
        ProblemError
            There is no solution, or the matching was read back without its roster and program.
        """
        return alternatives_of(
            self._lowered, self._priced, person, role, n=n, exact=exact, stop=stop
        )

    @cached_property
    def _facts(self) -> Facts:
        return Facts(self._lowered)

    @cached_property
    def _solution(self) -> Solution:
        """The solution in places, as it was found or put together from the pairs."""
        lowered = self._lowered
        places = [
            (lowered.mentors.position(pair.mentor), lowered.mentees.position(pair.mentee))
            for pair in self.pairs
        ]
        mentors, mentees = np.array(places, dtype=np.int64).reshape(-1, 2).T
        order = np.lexsort((mentees, mentors))
        return Solution(
            self.status,
            mentors[order],
            mentees[order],
            np.array([pair.score for pair in self.pairs])[order],
            self.levels,
            self.solver,
            seed=self.provenance.seed,
        )

    @cached_property
    def _priced(self) -> Solution:
        """The solution with what each place is worth, where that can be told."""
        if not self.status.has_pairs:
            raise ProblemError(
                f"This matching has no pairs to compare with: it is {self.status.value}. "
                "explain(mentor, mentee) says what forbids a pair."
            )
        seed = self.provenance.seed
        prices = prices_of(self.problem, self._solution, seed=seed)
        return replace(self._solution, prices=prices)

    @cached_property
    def _alone(self) -> Sequence[Unmatched]:
        """Who has no partner, with reasons that can be said in other languages."""
        assert self._program is not None  # noqa: S101 - else there is no _lowered
        return unmatched_people(self._lowered, self._program, self._solution)

    @cached_property
    def _made(self) -> dict[tuple[str, str], Pair]:
        made = {(pair.mentor, pair.mentee): pair for pair in self.pairs}
        return made | {(b, a): pair for (a, b), pair in made.items() if self.peers}

    def __getstate__(self) -> dict[str, object]:
        """Return what a pickle holds: not the prepared program, which is made again when needed."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @cached_property
    def _lowered(self) -> Lowered:
        if self._roster is None or self._program is None:
            raise ProblemError(
                "This matching was read back without its people. Read it with "
                "Matching.read(path, roster, program) to explain other pairs or to compare."
            )
        day = np.datetime64(self.provenance.reference_date).item()
        return lower(self._roster, self._program.model_copy(update={"reference_date": day}))

    @property
    def problem(self) -> Problem:
        """The problem that was solved, to compare with: ``pk.solve(matching.problem, "greedy")``.

        Raises
        ------
        ProblemError
            The matching was read back without its roster and program.
        """
        return self._lowered.problem

    @property
    def sides(self) -> tuple[Side, Side]:
        """The people in the rows and in the columns of the problem; of peers, the same twice."""
        return self._lowered.mentors, self._lowered.mentees

    @property
    def roster(self) -> Roster | None:
        """The people; ``None`` where the matching was read back without them."""
        return self._roster

    @property
    def program(self) -> Program | None:
        """The program; ``None`` where the matching was read back without it."""
        return self._program

    def explained_pairs(self) -> Iterator[Pair]:
        """Return the pairs with the evidence for each part of their scores, some at a time.

        Raises
        ------
        ProblemError
            As for :attr:`problem`.
        """
        mentors, mentees = self.sides
        for start in range(0, len(self.pairs), EXPLAINED):
            some = self.pairs[start : start + EXPLAINED]
            i = np.array([mentors.position(pair.mentor) for pair in some], dtype=np.int64)
            j = np.array([mentees.position(pair.mentee) for pair in some], dtype=np.int64)
            told = self._facts.all_told([pair.parts for pair in some], i, j)
            yield from (replace(pair, parts=own) for pair, own in zip(some, told, strict=True))
