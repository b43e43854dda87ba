"""Effects: what another matching is better or worse in, objective by objective, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pairkit.messages import Message
from pairkit.objectives import Objective

if TYPE_CHECKING:
    from pairkit.objectives import Aim
    from pairkit.solution import Solution

__all__ = ["Effect", "effects_of", "values_of"]

NOTHING: Final = 1e-9  # of what a value adds up: a difference that is one of rounding
SHOWN: Final = 0.0005  # what three decimals show
TINY: Final = Message("less than 0.001")

COUNTED: Final[Mapping[tuple[Objective, bool], Callable[[int], Message]]] = {
    (Objective.PARTICIPATION, True): lambda n: Message("{n} pair more", "{n} pairs more", n=n),
    (Objective.PARTICIPATION, False): lambda n: Message("{n} pair fewer", "{n} pairs fewer", n=n),
    (Objective.STABILITY, True): lambda n: Message(
        "{n} blocking pair more", "{n} blocking pairs more", n=n
    ),
    (Objective.STABILITY, False): lambda n: Message(
        "{n} blocking pair fewer", "{n} blocking pairs fewer", n=n
    ),
    (Objective.CONTINUITY, True): lambda n: Message(
        "{n} earlier pair more", "{n} earlier pairs more", n=n
    ),
    (Objective.CONTINUITY, False): lambda n: Message(
        "{n} earlier pair fewer", "{n} earlier pairs fewer", n=n
    ),
}  # by whether it is more
MEASURED: Final[Mapping[tuple[Objective, bool], Callable[[Message], Message]]] = {
    (Objective.QUALITY, True): lambda amount: Message(
        "a total score higher by {amount}", amount=amount
    ),
    (Objective.QUALITY, False): lambda amount: Message(
        "a total score lower by {amount}", amount=amount
    ),
    (Objective.EGALITARIAN, True): lambda amount: Message(
        "a lowest score higher by {amount}", amount=amount
    ),
    (Objective.EGALITARIAN, False): lambda amount: Message(
        "a lowest score lower by {amount}", amount=amount
    ),
    (Objective.PARTICIPATION, True): lambda amount: Message(
        "a participation, by priorities, higher by {amount}", amount=amount
    ),
    (Objective.PARTICIPATION, False): lambda amount: Message(
        "a participation, by priorities, lower by {amount}", amount=amount
    ),
}


@dataclass(frozen=True, slots=True)
class Effect:
    """How much more or less one objective reaches.

    Parameters
    ----------
    objective
        Its name.
    change
        What it reaches afterwards, less what it reached before, in the unit of its value.
    weighted
        Whether it is a participation with priorities, which does not count pairs.
    """

    objective: Objective
    change: float
    weighted: bool = False

    @property
    def better(self) -> bool:
        """Whether that is good: of blocking pairs, fewer are."""
        return self.change < 0 if self.objective is Objective.STABILITY else self.change > 0

    @property
    def message(self) -> Message:
        """The effect in a few words, such as ``2 pairs fewer``."""
        key, size = (self.objective, self.change > 0), abs(self.change)
        if key in COUNTED and not self.weighted:
            return COUNTED[key](round(size))
        return MEASURED[key](TINY if size < SHOWN else Message("{size:.3}", size=size))

    @property
    def at_least(self) -> Message:
        """The same of a loss that may be larger."""
        if self.objective is Objective.QUALITY:
            size = abs(self.change)
            return Message("a total score lower by at least {size:.3}", size=size)
        return Message("at least {effect}", effect=self.message)


def values_of(solution: Solution) -> tuple[float, ...]:
    """Return what a solution reaches in each objective."""
    return tuple(level.value for level in solution.levels)


def effects_of(
    aims: Sequence[Aim], before: Sequence[float], after: Sequence[float]
) -> tuple[Effect, ...]:
    """Return how much more or less each objective reaches, those with a difference only.

    Parameters
    ----------
    aims
        The objectives, the first one first.
    before, after
        What they reach.
    """
    return tuple(
        Effect(
            aim.objective,
            now - then,
            aim.objective is Objective.PARTICIPATION and aim.weight is not None,
        )
        for aim, then, now in zip(aims, before, after, strict=True)
        if abs(now - then) > NOTHING * max(1.0, abs(now), abs(then))
    )
