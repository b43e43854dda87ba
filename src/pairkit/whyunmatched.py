"""WhyUnmatched: why somebody has no partner, and the smallest change that would give them one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pairkit.counterfactual import AddPlace, DropRule, ExemptPerson
from pairkit.effects import Effect, effects_of
from pairkit.errors import ProblemError
from pairkit.explain import OWN_AND_PARTNERS, Unmatched, UnmatchedCode, place_of
from pairkit.funnels import Removal, funnel_of
from pairkit.messages import Message, Who
from pairkit.profiles import Role
from pairkit.remedy import remedies
from pairkit.solution import Status
from pairkit.switching import Alternative, alternatives_of
from pairkit.titles import rule_label

if TYPE_CHECKING:
    from pairkit.counterfactual import ProblemChange
    from pairkit.lowering import Lowered
    from pairkit.remedy import Remedies
    from pairkit.rows import SideName
    from pairkit.solution import Solution, Stop

__all__ = ["HelpfulChange", "SmallestChange", "WhyUnmatched", "change_at_once", "why_unmatched"]

SHOWN: Final = 5  # possible partners that are told


@dataclass(frozen=True, slots=True)
class HelpfulChange:
    """A single change with which somebody would have a partner in every best matching.

    Parameters
    ----------
    id
        The person.
    rule
        The rule that would not stand against any pair of this person, or be given up for the whole
        program; ``None`` where somebody gets a place.
    place_of
        The id of the person with one more place; ``None`` where a rule gives way.
    whole
        Whether the rule is one on the whole program.
    effects
        How much more or less each objective would reach, without those that stay as they are;
        ``None`` where only the fact is proved and not how much, and beside a matching that is not
        proved to be the best.
    solved
        Whether the changed problem was solved again; else prices prove it.
    """

    id: str
    rule: str | None
    place_of: str | None
    whole: bool
    effects: tuple[Effect, ...] | None
    solved: bool

    @property
    def message(self) -> Message:
        """The change, and what the program has of it, without full stop."""
        if not self.effects:
            return self._change
        told = tuple(one.message for one in self.effects)
        return Message("{change}, which means {effects}", change=self._change, effects=told)

    @property
    def _change(self) -> Message:
        if self.rule is None:
            return Message("one more place for {person}", person=Who(self.place_of or self.id))
        if self.whole:
            return Message("giving up {rule} for the whole program", rule=rule_label(self.rule))
        return Message(
            "setting {rule} aside for the pairs of {person}",
            rule=rule_label(self.rule),
            person=Who(self.id),
        )


@dataclass(frozen=True, slots=True)
class SmallestChange:
    """What was found for somebody without solving again.

    Parameters
    ----------
    id
        The person.
    code
        The kind of the first reason to have no partner.
    change
        The smallest change that is proved to help; ``None`` where none is.
    everywhere
        Whether places of others were looked at, or only what touches the person's own pairs.
    nothing_would
        Whether it is proved that no single change of a hard rule or a place helps.
    """

    id: str
    code: UnmatchedCode
    change: HelpfulChange | None
    everywhere: bool
    nothing_would: bool

    @property
    def message(self) -> Message:
        """What was found, without full stop."""
        if self.change is not None:
            return self.change.message
        known = _instead(self.id, self.code, nothing=self.nothing_would)
        if known is not None:
            return known
        if self.everywhere:
            return Message("none is proved to help")
        return Message("no rule set aside is proved to help; places of others were not looked at")


@dataclass(frozen=True, slots=True)
class WhyUnmatched:
    """Why somebody has no partner.

    Parameters
    ----------
    id
        The person.
    role
        The side; ``None`` of peers, and of somebody on neither side.
    code
        The kind of the first reason; ``None`` of somebody on neither side.
    reason
        The first reason as a sentence; of somebody on neither side, why they are not.
    total
        How many others there are.
    removals
        What each hard rule on pairs takes of them, in order: how many no earlier rule does, and how
        many it does alone.
    left, free
        How many remain, and how many of those have room.
    partners
        Of those who remain and whose places can be freed, the few who would cost the program
        least.
    changes
        Single changes with which the person has a partner in every best matching, the best for
        the program first: a rule on pairs set aside for this person, one more place for somebody,
        or a rule on the whole program given up.
    decided, possible
        Of how many single changes it is proved whether they help, and how many there are.
    best
        Whether the matching is proved to be the best; else solving longer may be change enough.
    complete
        Whether these are all single changes of a hard rule or a place. With required pairs and with
        rules on the whole program there are more.
    """

    id: str
    role: Role | None
    code: UnmatchedCode | None
    reason: str = field(repr=False)
    total: int = 0
    removals: tuple[Removal, ...] = ()
    left: int = 0
    free: int = 0
    partners: tuple[Alternative, ...] = ()
    changes: tuple[HelpfulChange, ...] = ()
    decided: int = 0
    possible: int = 0
    best: bool = True
    complete: bool = True

    @property
    def nothing_would(self) -> bool:
        """Whether it is proved that no single change of a hard rule or a place helps."""
        proved = self.complete and self.decided == self.possible
        return self.code is not None and not self.changes and proved

    @property
    def change(self) -> Message:
        """The smallest change that helps, as a sentence without its full stop."""
        if self.code is None:
            return Message("the roles of the program decide who is on a side")
        if self.changes:
            return self.changes[0].message
        known = _instead(self.id, self.code, nothing=self.nothing_would)
        if known is not None:
            return known
        return Message(
            "no change was found; of {possible} single changes that were looked at, {decided} are "
            "proved not to help",
            decided=self.decided,
            possible=self.possible,
        )

    @property
    def messages(self) -> tuple[Message, ...]:
        """How the possible partners get fewer, one sentence each without full stop."""
        if self.code is None:
            return ()
        found = [
            Message(
                "there is {n} {role} in all",
                "there are {n} {role} in all",
                n=self.total,
                role=OWN_AND_PARTNERS[self.role][1].of(self.total),
            ),
            *(_removal(one) for one in self.removals if one.first),
            Message("{n} remains", "{n} remain", n=self.left),
        ]
        if self.left and not self.free:
            found.append(Message("none of these has room"))
        elif self.left:
            found.append(Message("of these, {n} has room", "of these, {n} have room", n=self.free))
        if not self.best and self.left:
            found.append(
                Message(
                    "this matching is not proved to be the best: solving longer might find a "
                    "partner without any change"
                )
            )
        return tuple(found)


def _instead(identifier: str, code: UnmatchedCode, *, nothing: bool) -> Message | None:
    """Return what to say where no change helps; ``None`` where that is not proved."""
    if code is UnmatchedCode.NOT_READY:
        return Message("{person} would have to be ready first", person=Who(identifier))
    if nothing:
        return Message(
            "no single change would make sure of a partner: neither one more place for "
            "anybody, nor one hard rule set aside"
        )
    return None


def _removal(removal: Removal) -> Message:
    """Return what a rule takes, as a sentence without its full stop."""
    if not removal.alone:
        return Message("{rule} rules out {n}", rule=rule_label(removal.label), n=removal.first)
    return Message(
        "{rule} rules out {n}; for {alone} of them it is the only reason",
        rule=rule_label(removal.label),
        n=removal.first,
        alone=removal.alone,
    )


def why_unmatched(
    lowered: Lowered,
    solution: Solution,
    unmatched: Sequence[Unmatched],
    identifier: str,
    role: Role | None = None,
    *,
    tries: int = 12,
    stop: Stop | None = None,
) -> WhyUnmatched:
    """Return why a person has no partner, by the prices that the solution carries.

    Other parameters are those of ``Matching.why_unmatched``.
    """
    if identifier in lowered.outside:
        return WhyUnmatched(identifier, None, None, lowered.outside[identifier])
    first = _first(lowered, unmatched, identifier, role)
    side, place = _place(lowered, first)
    funnel = funnel_of(lowered.problem, solution, side, place)
    told = remedies(lowered.problem, solution, side, place, tries=tries, stop=stop)
    return WhyUnmatched(
        identifier,
        first.role,
        first.code,
        first.reason,
        funnel.total,
        funnel.removals,
        funnel.left,
        funnel.free,
        alternatives_of(lowered, solution, identifier, first.role or Role.MENTOR, n=SHOWN),
        _changes(lowered, solution, told, identifier),
        told.decided,
        told.total,
        solution.status is Status.OPTIMAL,
        told.complete,
    )


def change_at_once(
    lowered: Lowered, solution: Solution, one: Unmatched, *, elsewhere: bool
) -> SmallestChange:
    """Return the smallest change that prices prove to help; as in :func:`remedies`."""
    side, place = _place(lowered, one)
    told = remedies(lowered.problem, solution, side, place, tries=0, elsewhere=elsewhere)
    changes = _changes(lowered, solution, told, one.id)
    change = changes[0] if changes else None
    return SmallestChange(one.id, one.code, change, elsewhere, told.nothing)


def _place(lowered: Lowered, one: Unmatched) -> tuple[SideName, int]:
    """Return the side and the place of somebody without partner."""
    role = one.role or Role.MENTOR
    return ("mentee" if role is Role.MENTEE else "mentor"), place_of(lowered, role, one.id)


def _first(
    lowered: Lowered, unmatched: Sequence[Unmatched], identifier: str, role: Role | None
) -> Unmatched:
    """Return the first reason for a person.

    Raises
    ------
    UnknownParticipantError
        Nobody has the id.
    ProblemError
        The person has a partner, or is without one on both sides and no role is given.
    """
    if role is not None and role not in set(Role):
        raise ProblemError(f"A role is 'mentor' or 'mentee', not {role!r}.")
    sides = [one for one in unmatched if one.id == identifier]
    found = [one for one in sides if role is None or one.role in {role, None}]
    if len(found) > 1:
        raise ProblemError(
            f"{identifier!r} is without partner as a mentor and as a mentee: say which by a role."
        )
    if found:
        return found[0]
    on_mentors = lowered.mentors.position(identifier) >= 0
    place_of(lowered, role or (Role.MENTOR if on_mentors else Role.MENTEE), identifier)
    raise ProblemError(f"{identifier!r} has a partner.")


def _changes(
    lowered: Lowered, solution: Solution, told: Remedies, identifier: str
) -> tuple[HelpfulChange, ...]:
    """Return changes with ids, and with what the program gains by each.

    Beside a matching that is not the best, a part of that is gained by solving again.
    """
    found = []
    for one in told.found:
        effects = None
        if one.values is not None and solution.status is Status.OPTIMAL:
            effects = effects_of(lowered.problem.aims, told.values, one.values)
        named = _named(lowered, one.change)
        found.append(HelpfulChange(identifier, *named, effects, one.solution is not None))
    return tuple(found)


def _named(lowered: Lowered, change: ProblemChange) -> tuple[str | None, str | None, bool]:
    """Return the rule, the person with one more place, and whether it is for the whole program."""
    if isinstance(change, AddPlace):
        return None, lowered.name(change.side, change.place), False
    if isinstance(change, DropRule):
        return change.label, None, True
    return (change.label if isinstance(change, ExemptPerson) else None), None, False
