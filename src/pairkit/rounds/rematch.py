"""Rematch: earlier pairs kept where they work, the gaps filled, and what each change buys."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final

from pairkit.constraints import Require
from pairkit.errors import ProgramError, UnknownParticipantError
from pairkit.matching import Matching, match
from pairkit.messages import Message, Who
from pairkit.objectives import Continuity, Objective, Participation
from pairkit.profiles import Role
from pairkit.rounds.past import Couple, Pause, open_couples, pause_rules, waiting
from pairkit.rounds.readiness import oriented
from pairkit.rounds.records import PairChange, PairState, ReasonCode, Record, Round, RoundPair
from pairkit.rounds.starting import GROUPS, start_round

if TYPE_CHECKING:
    from pairkit.objectives import AnyObjective
    from pairkit.program import Program
    from pairkit.roster import Roster
    from pairkit.rounds.history import History, HistorySource
    from pairkit.solution import Stop
    from pairkit.solvers import Solver

__all__ = ["GonePair", "Rematch", "Trade", "rematch"]

DEFAULT_PAUSE: Final = Pause()
SAME: Final = 1e-9  # a gap that is one of rounding


@dataclass(frozen=True, slots=True)
class GonePair:
    """An earlier pair that cannot be kept, whoever else is paired with whom.

    Parameters
    ----------
    mentor, mentee
        Ids.
    left
        Whether one of the two is not in the roster any more.
    why
        What stands in the way.
    """

    mentor: str
    mentee: str
    left: bool
    why: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Trade:
    """Changes that hang together: what is given up, and what it buys.

    The pairs of one trade share people; those of two trades do not, so that any of them could be
    left out, and the others made.

    Parameters
    ----------
    gone
        Earlier pairs that could not be kept, which made room.
    broken
        Earlier pairs that could have been kept.
    made
        New pairs.
    pairs
        How many pairs it adds: those made, less those broken.
    score
        How much score it adds: that of the pairs made, less that of the pairs broken.
    """

    gone: tuple[Couple, ...]
    broken: tuple[Couple, ...]
    made: tuple[Couple, ...]
    pairs: int
    score: float

    @property
    def message(self) -> Message:
        """The trade in a sentence without full stop."""
        values = {"n": len(self.made), "gained": self.score}
        if not self.broken:
            return Message(
                "{n} new pair, no other one is touched: {gained:+.2} score",
                "{n} new pairs, no other one is touched: {gained:+.2} score",
                **values,
            )
        return Message(
            "{n} new pair for {broken} broken, {gained:+.2} score",
            "{n} new pairs for {broken} broken, {gained:+.2} score",
            broken=len(self.broken),
            **values,
        )


@dataclass(frozen=True)
class Rematch:
    """The next pairs: who goes on, what changes, and what each change buys.

    Parameters
    ----------
    matching
        All pairs, those that go on and the new ones; its levels prove how few were broken.
    kept
        The pairs that go on.
    made
        The new pairs.
    broken
        Earlier pairs that could have been kept.
    gone
        Earlier pairs that could not.
    trades
        The changes, those that break pairs first, then by what they add.
    roster, program
        What it was made from: the people, with since when they wait, and the program, with what
        the history adds.
    day
        The day that counted as today.
    """

    matching: Matching
    kept: tuple[Couple, ...] = field(repr=False)
    made: tuple[Couple, ...] = field(repr=False)
    broken: tuple[Couple, ...] = field(repr=False)
    gone: tuple[GonePair, ...] = field(repr=False)
    trades: tuple[Trade, ...] = field(repr=False)
    roster: Roster = field(repr=False)
    program: Program = field(repr=False)
    day: date

    @property
    def proved(self) -> bool:
        """Whether it is proved that no fewer pairs could be broken, given what comes before."""
        levels = {level.objective: level for level in self.matching.levels}
        level = levels.get(Objective.CONTINUITY)
        return level is not None and level.gap is not None and level.gap <= SAME

    @property
    def messages(self) -> tuple[Message, ...]:
        """What changes, in sentences without full stop."""
        found = [
            Message("{n} pair goes on", "{n} pairs go on", n=len(self.kept)),
            Message("{n} pair is new", "{n} pairs are new", n=len(self.made)),
            Message("{n} pair could not be kept", "{n} pairs could not be kept", n=len(self.gone)),
            Message(
                "{n} pair is broken for others",
                "{n} pairs are broken for others",
                n=len(self.broken),
            ),
        ]
        if self.proved:
            found.append(Message("it is proved that no fewer could be broken"))
        return tuple(found)

    def records(
        self,
        history: HistorySource,
        round_id: str,
        *,
        end: date | None = None,
        name: str | None = None,
        groups: Sequence[str] = GROUPS,
        allow_protected: bool = False,
    ) -> tuple[Record, ...]:
        """Return the records that put it into practice: pairs that end, and the new ones.

        Parameters
        ----------
        history
            What it was made from.
        round_id
            The round to which the new pairs belong: a new one, or one that is there. Pairs that go
            on stay in theirs.
        end, name, groups, allow_protected
            As for :func:`start_round`.
        """
        past = history.snapshot()
        started = start_round(
            self.matching,
            self.roster,
            round_id,
            on=self.day,
            end=end,
            name=name,
            groups=groups,
            allow_protected=allow_protected,
        )
        known = {one.id for one in past.rounds}
        enrolled = {one.key for one in past.enrollments}
        concerned = {who for couple in self.made for who in couple}
        concerned |= {one.id for one in self.matching.unmatched} - {
            who for couple in self.kept for who in couple
        }
        made = set(self.made)

        def is_new(record: Record) -> bool:
            if isinstance(record, Round):
                return record.id not in known
            if isinstance(record, RoundPair):
                return (record.mentor, record.mentee) in made
            return record.key not in enrolled and record.key[1] in concerned

        return (*self._ends(past), *filter(is_new, started))

    def _ends(self, past: History) -> Iterator[PairChange]:
        """Return the ends of the pairs that do not go on."""
        reasons = {(one.mentor, one.mentee): _end_reason(one) for one in self.gone}
        reasons |= dict.fromkeys(self.broken, ReasonCode.REMATCHED)
        for one in past.open_pairs:
            reason = reasons.get((one.mentor, one.mentee))
            if reason is None and self.matching.peers:
                reason = reasons.get((one.mentee, one.mentor))
            if reason is not None:
                yield PairChange(*one.pair, PairState.ENDED, self.day, reason)


def _end_reason(one: GonePair) -> ReasonCode:
    return ReasonCode.LEFT if one.left else ReasonCode.OTHER


def rematch(  # noqa: PLR0913 - a front door
    history: HistorySource,
    roster: Roster,
    program: Program,
    *,
    on: date | None = None,
    most_broken: int | None = None,
    break_cost: float | None = None,
    pause: Pause = DEFAULT_PAUSE,
    solver: str | Solver = "auto",
    stop: Stop | None = None,
    seed: int = 0,
) -> Rematch:
    """Return the next pairs: those that work go on, gaps are filled with the least change.

    The program is taken as it is, with these things added:

    - Pairs that ended badly are not made again, and others only after a pause.
    - Everybody without a partner waits since a day: see ``waiting_since`` of the people. Whom the
      history knows to be trained has done the orientation.
    - Without an objective :class:`~pairkit.Continuity`, that is put after participation, and after
      it that those who have waited longest come first; newcomers count as waiting from now on. So
      of all solutions with the most pairs one that breaks the fewest earlier ones is taken, and
      that is proved.
    - An objective :class:`~pairkit.Continuity` of the program itself takes the earlier pairs, and
      keeps its place and settings.

    Parameters
    ----------
    history
        What has happened so far. Its open pairs are those to keep.
    roster
        The people as they are now; who has left is not there any more, or the rules keep them out.
    program
        The program.
    on
        The day that counts as today; by default the program's, else that of the run.
    most_broken
        How many pairs that could be kept may be broken; ``None`` sets no limit.
    break_cost
        With a number, quality decides: a pair is broken where that gains at least so much score.
        ``None`` breaks one only for a pair more.
    pause
        How long pairs that have ended are not made again.
    solver, stop, seed
        As for :func:`pairkit.match`.

    Raises
    ------
    ProgramError
        The program does not fit the roster, or the cost of breaking a pair is below 0.
    InfeasibleError, NoSolutionFoundError, SolverError
        There are no pairs, as :meth:`pairkit.Matching.raise_for_status` says.

    Examples
    --------
    >>> import pairkit as pk
    >>> roster, program = pk.datasets.sample(60), pk.reverse_mentoring()
    >>> first = pk.match(roster, program)
    >>> history = pk.History().add(*pk.start_round(first, roster, "2027-spring"))
    >>> gone = first.pairs[0].mentor
    >>> found = pk.rematch(history, roster.filter(lambda one: one.id != gone), program)
    >>> len(found.gone), len(found.broken), found.proved
    (1, 0, True)
    """
    if not (break_cost is None or break_cost >= 0.0):
        raise ProgramError(f"break_cost must be from 0 up; it is {break_cost}.")
    past = history.snapshot()
    day = on or program.reference_date or date.today()  # noqa: DTZ011 - the user's own day
    earlier = open_couples(past, roster if program.peers else None)
    there = [one for one in earlier if roster.get(one[0]) and roster.get(one[1])]
    people = waiting(past, oriented(roster, past), there, day)
    rules = [*program.rules, *pause_rules(past, people, day, pause)]
    favored = tuple(one for one in there if _on_sides(one, people, program))
    if break_cost and favored:
        rules.append(Require(favored, penalty=break_cost))
    objectives = _objectives(program.objectives, there, most_broken, traded=break_cost is not None)
    derived = program.model_copy(
        update={"rules": tuple(rules), "objectives": objectives, "reference_date": day}
    )
    matching = match(people, derived, solver=solver, stop=stop, seed=seed)
    matching.raise_for_status()
    return _told(matching, earlier, people, derived, break_cost or 0.0)


def _on_sides(couple: Couple, people: Roster, program: Program) -> bool:
    """Return whether two people are still where their pair needs them."""
    one, other = people[couple[0]], people[couple[1]]
    if program.peers:
        return not (program.roles.unmet_peer(one) or program.roles.unmet_peer(other))
    unmet = program.roles.unmet(Role.MENTOR, one), program.roles.unmet(Role.MENTEE, other)
    return unmet == (None, None)


def _objectives(
    given: Sequence[AnyObjective],
    earlier: Sequence[Couple],
    most_broken: int | None,
    *,
    traded: bool,
) -> tuple[AnyObjective, ...]:
    """Return the objectives of a program with continuity among them."""
    if any(isinstance(one, Continuity) for one in given):
        return tuple(
            _kept(one, earlier, most_broken) if isinstance(one, Continuity) else one
            for one in given
        )
    kept = Continuity(tuple(earlier), most_broken=most_broken)
    if traded:
        return (*given, kept) if most_broken is not None else tuple(given)
    first = [one for one in given[:1] if isinstance(one, Participation)]
    ranked = any(isinstance(one, Participation) and one.priority for one in given)
    longest = [] if ranked or not first else [Participation("waiting_since")]
    return (*first, kept, *longest, *given[len(first) :])


def _kept(one: Continuity, earlier: Sequence[Couple], most_broken: int | None) -> Continuity:
    most = one.most_broken if most_broken is None else most_broken
    pairs = tuple(dict.fromkeys((*one.pairs, *earlier)))
    return Continuity(pairs, most_broken=most, tolerance=one.tolerance)


def _told(
    matching: Matching, earlier: Sequence[Couple], people: Roster, program: Program, bonus: float
) -> Rematch:
    """Return a new matching with what changes, against the earlier pairs."""
    now = {(one.mentor, one.mentee): one.score for one in matching.pairs}
    known = set(earlier)
    gone: list[GonePair] = []
    broken: dict[Couple, float] = {}
    for couple in earlier:
        if couple not in now:
            found = _lost(couple, people, matching)
            if isinstance(found, GonePair):
                gone.append(found)
            else:
                broken[couple] = found - bonus
    made = {couple: score for couple, score in now.items() if couple not in known}
    freed = [(one.mentor, one.mentee) for one in gone]
    return Rematch(
        matching,
        tuple(one for one in earlier if one in now),
        tuple(made),
        tuple(broken),
        tuple(gone),
        tuple(_trades(freed, broken, made, peers=matching.peers)),
        people,
        program,
        date.fromisoformat(matching.provenance.reference_date),
    )


def _lost(couple: Couple, people: Roster, matching: Matching) -> GonePair | float:
    """Return why an earlier pair cannot be kept, or its score where it could have been."""
    for who in couple:
        if people.get(who) is None:
            why = Message("{person} is not among the people any more", person=Who(who))
            return GonePair(*couple, left=True, why=why)
    try:
        found = matching.explain(*couple)
    except UnknownParticipantError:
        outside = (matching.outside.get(who) for who in couple)
        roles = Message("the two are not on the two sides any more")
        return GonePair(*couple, left=False, why=next((why for why in outside if why), roles))
    if found.allowed:
        return found.score
    return GonePair(*couple, left=False, why=found.objections[0].why)


def _trades(
    gone: Sequence[Couple],
    broken: Mapping[Couple, float],
    made: Mapping[Couple, float],
    *,
    peers: bool,
) -> list[Trade]:
    """Return the changes that hang together by the people they share."""
    from networkx import Graph, connected_components

    sides = ("", "") if peers else ("mentor", "mentee")
    graph: Graph[tuple[str, str]] = Graph()
    for one, other in (*gone, *broken, *made):
        graph.add_edge((sides[0], one), (sides[1], other))
    place = {node: k for k, nodes in enumerate(connected_components(graph)) for node in nodes}
    pieces: dict[int, tuple[list[Couple], list[Couple], list[Couple]]] = {}
    for kind, couples in enumerate((gone, broken, made)):
        for couple in couples:
            own = pieces.setdefault(place[sides[0], couple[0]], ([], [], []))
            own[kind].append(couple)
    trades = [
        Trade(
            tuple(out),
            tuple(less),
            tuple(more),
            len(more) - len(less),
            math.fsum(made[one] for one in more) - math.fsum(broken[one] for one in less),
        )
        for out, less, more in pieces.values()
        if less or more
    ]
    return sorted(trades, key=lambda one: (-len(one.broken), -one.pairs, -one.score))
