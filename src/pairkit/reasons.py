"""Reasons: why no pairs keep all rules, in words, with what would have to give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pairkit.messages import Message, Value
from pairkit.notebook import Panel
from pairkit.titles import rule_label

__all__ = ["Diagnosis", "Relaxation"]

NAMED: Final = 5  # people in a sentence
VERDICTS: Final = {
    False: "No pairs keep all rules",
    True: "Some pairs keep all rules",
    None: "Not known whether any pairs keep all rules",
}


@dataclass(frozen=True, slots=True)
class Relaxation:
    """How far one rule has to give.

    Parameters
    ----------
    rule
        The rule's label; of a pin, its pair.
    amount
        By how much, in what the rule counts; of a pin, 1.
    unit
        What the rule counts; ``"pin"`` of a pin.
    changes
        How its limits would have to move: one for a sum, one for each person of a rule on loads.
    people
        Who may have fewer partners, or more, than a rule on loads says: ids, or sides and places.
    """

    rule: str
    amount: float
    unit: str
    changes: tuple[str, ...] = ()
    people: tuple[str, ...] = ()

    @property
    def words(self) -> Message:
        """What to do."""
        if self.unit == "pin":
            return Message("give up {rule}", rule=rule_label(self.rule))
        words = Message("relax {rule} by {amount}", rule=rule_label(self.rule), amount=self._amount)
        if not self.changes:
            return words
        values: dict[str, Value] = {"words": words, "changes": self.changes[:NAMED]}
        if len(self.changes) <= NAMED:
            return Message("{words} ({changes:,})", **values)
        more = len(self.changes) - NAMED
        return Message(
            "{words} ({changes:,}, and {n} more)",
            "{words} ({changes:,}, and {n} more)",
            n=more,
            **values,
        )

    @property
    def _amount(self) -> Value:
        if self.unit == "apart":
            return self.amount
        return Message("{n} {noun}", n=self.amount, noun=self.unit)

    def __str__(self) -> str:
        """Return what to do, in words."""
        return self.words


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Why no set of pairs keeps all rules, and what to do.

    Parameters
    ----------
    feasible
        False where it is proved that no pairs keep all rules, true where some were found that do,
        ``None`` where the time was over before either.
    static
        What cannot be, found by counting: sentences, each a reason of its own.
    conflict
        Labels of rules, and pins, that cannot all be kept; solved once more, alone, before they are
        told. Empty where ``static`` says it already, or nothing was proved.
    demands
        What each of them asks for, in a few words.
    minimal
        Whether any one of them less could be kept: proved for each.
    relax
        What together is enough.
    cheapest
        Whether nothing cheaper is enough. One pair or person costs 1, whatever the rule.
    others
        What also is enough, each of them alone.
    """

    feasible: bool | None
    static: tuple[str, ...] = ()
    conflict: tuple[str, ...] = ()
    demands: tuple[str, ...] = ()
    minimal: bool = False
    relax: tuple[Relaxation, ...] = ()
    cheapest: bool = False
    others: tuple[Relaxation, ...] = ()

    @property
    def reasons(self) -> tuple[str, ...]:
        """What stands against each other, one sentence each, without full stops."""
        if not self.conflict and not self.static and self.feasible is False:
            return (
                Message("No pairs keep all rules; what stands against each other was not found"),
            )
        if not self.conflict:
            return self.static
        return (*self.static, self._of_conflict(tuple(map(_asked, self.conflict, self.demands))))

    def _of_conflict(self, rules: tuple[str, ...]) -> Message:
        if len(rules) == 1:
            return Message(
                "{rule} cannot be kept, even if no other rule on the whole program counts",
                rule=rules[0],
            )
        if self.minimal:
            return Message(
                "These cannot all be kept, though all but any one of them could: {rules:;}",
                rules=rules,
            )
        return Message(
            "These cannot all be kept, perhaps not even fewer of them: {rules:;}", rules=rules
        )

    @property
    def ways_out(self) -> tuple[str, ...]:
        """What to relax, one sentence each, without full stops."""
        if not self.relax:
            return ()
        relax = tuple(one.words for one in self.relax)
        if self.cheapest:
            first = Message("The least that has to give: {relax}", relax=relax)
        else:
            first = Message("This is enough: {relax}", relax=relax)
        return (first, *(Message("Or this alone: {relax}", relax=one.words) for one in self.others))

    def _repr_html_(self) -> str:
        """Return what a notebook shows: what stands against each other, then what to relax."""
        return Panel(
            VERDICTS[self.feasible], notes=[f"{words}." for words in self.sentences]
        ).html()

    @property
    def sentences(self) -> tuple[str, ...]:
        """The reasons, then the ways out."""
        return (*self.reasons, *self.ways_out)


def _asked(rule: str, demand: str) -> str:
    """Return a rule with what it asks for."""
    label = rule_label(rule)
    if not demand:
        return Message("{rule}", rule=label)
    return Message("{rule} ({asked})", rule=label, asked=demand)
