"""Reasons: why no pairs keep all rules, in words, with what would have to give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["Diagnosis", "Relaxation", "count_words", "number_words"]

NAMED: Final = 5  # people in a sentence


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

    def __str__(self) -> str:
        """Return what to do, in words."""
        if self.unit == "pin":
            return f"give up {self.rule}"
        some = ", ".join(self.changes[:NAMED])
        more = f", and {len(self.changes) - NAMED} more" if len(self.changes) > NAMED else ""
        unit = "" if self.unit == "apart" else f" {self.unit}"
        words = f"relax {self.rule} by {number_words(self.amount)}{unit}"
        return f"{words} ({some}{more})" if some else words


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
            return ("No pairs keep all rules; what stands against each other was not found",)
        if not self.conflict:
            return self.static
        pairs = zip(self.conflict, self.demands, strict=True)
        names = "; ".join(f"{rule} ({asked})" if asked else rule for rule, asked in pairs)
        if len(self.conflict) == 1:
            words = f"{names} cannot be kept, even if no other rule on the whole program counts"
        elif self.minimal:
            words = f"These cannot all be kept, though all but any one of them could: {names}"
        else:
            words = f"These cannot all be kept, perhaps not even fewer of them: {names}"
        return (*self.static, words)

    @property
    def ways_out(self) -> tuple[str, ...]:
        """What to relax, one sentence each, without full stops."""
        if not self.relax:
            return ()
        start = "The least that has to give" if self.cheapest else "This is enough"
        first = f"{start}: {', and '.join(str(one) for one in self.relax)}"
        return (first, *(f"Or this alone: {one}" for one in self.others))

    @property
    def sentences(self) -> tuple[str, ...]:
        """The reasons, then the ways out."""
        return (*self.reasons, *self.ways_out)


def count_words(number: float, unit: tuple[str, str]) -> str:
    """Return a number with its noun: one, and several."""
    return f"{number_words(number)} {unit[bool(number != 1)]}"


def number_words(number: float) -> str:
    """Return a number to four digits, with commas."""
    return f"{round(float(number), 4):,.12g}"
