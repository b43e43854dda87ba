"""RuleSuite: what every rule has to hold, whoever wrote it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

import numpy as np
from numpy.typing import NDArray

from pairkit.constraints import Forbidding, Pinning, Rule, ScoreFloor, Whole
from pairkit.errors import InputError
from pairkit.testing.checking import check_frozen, check_reads_back, expect, for_all
from pairkit.testing.people import (
    Sides,
    check_same_function,
    close,
    invented,
    others,
    reordered,
    tile_of,
)
from pairkit.testing.strategies import sides

if TYPE_CHECKING:
    from pairkit.constraints.base import PreparedRule
    from pairkit.encoding import Side
    from pairkit.parts import Index
    from pairkit.roster import Roster

__all__ = ["RuleSuite"]

Function = Callable[["Index", "Index"], NDArray[Any]]


class RuleSuite:
    """The checks of a rule, for pytest: inherit it, and name the rule.

    A rule may refuse sides, with an :class:`~pairkit.InputError`, where people whom it names are
    not on them.

    Attributes
    ----------
    rule
        The rule.
    examples
        How many pairs of sides each check draws.

    Examples
    --------
    >>> import pairkit as pk
    >>> class TestSameSite(RuleSuite):
    ...     rule = pk.SameValue("site")
    """

    rule: ClassVar[Rule]
    examples: ClassVar[int] = 10

    def roster(self) -> Roster:
        """Return the people to draw from; override it where the rule reads fields of yours."""
        return invented()

    def test_it_is_a_frozen_value(self) -> None:
        """It can be compared, hashed and not changed, and has a label and a penalty."""
        expect(isinstance(self.rule, Rule), "a rule has `label`, `penalty` and `prepare`")
        check_frozen(self.rule)
        label, penalty = self.rule.label, self.rule.penalty
        named = isinstance(cast("object", label), str) and bool(label.strip())
        expect(named, f"a label is a text, not {label!r}")
        priced = penalty is None or 0.0 < penalty < np.inf
        expect(priced, f"a penalty is None or a number above 0, not {penalty!r}")

    def test_it_becomes_what_a_problem_knows(self) -> None:
        """It forbids, demands, sets a floor, or limits the whole program; and fits the sides."""

        def check(prepared: PreparedRule, drawn: Sides) -> None:
            shape = len(drawn[0]), len(drawn[1])
            if isinstance(prepared, Pinning):
                check_pins(prepared, shape)
            elif isinstance(prepared, Whole):
                check_whole(prepared, shape, self.rule.penalty)
            elif isinstance(prepared, ScoreFloor):
                expect(bool(np.isfinite(prepared.minimum)), "a floor is a finite number")
            else:
                expect(isinstance(prepared, Forbidding), f"{prepared!r} is no prepared rule")

        self._for_all(check)

    def test_a_tile_and_single_pairs_agree(self) -> None:
        """A tile, single pairs and a part of a tile get the same answers."""

        def check(prepared: PreparedRule, drawn: Sides) -> None:
            for function in functions(prepared):
                check_same_function(function, drawn)

        self._for_all(check)

    def test_what_is_forbidden_has_a_reason(self) -> None:
        """Permissions are bool, and every forbidden pair has a sentence without its full stop."""

        def check(prepared: PreparedRule, drawn: Sides) -> None:
            if not isinstance(prepared, Forbidding):
                return
            tile = tile_of(prepared.forbids, drawn)
            expect(tile.dtype == np.bool_, f"permissions are bool, not {tile.dtype}")
            for i, j in np.argwhere(tile).tolist():
                why: object = prepared.why(i, j)
                said = isinstance(why, str) and bool(why.strip()) and not why.endswith(".")
                expect(said, f"the reason is a sentence without its full stop, not {why!r}")

        self._for_all(check)

    def test_prepared_twice_it_gives_the_same(self) -> None:
        """Nothing but the people decides."""

        def check(prepared: PreparedRule, drawn: Sides) -> None:
            again = self.rule.prepare(*drawn)
            expect(type(again) is type(prepared), "prepared again, it is something else")
            for one, two in zip(functions(prepared), functions(again), strict=True):
                expect(close(tile_of(one, drawn), tile_of(two, drawn)), "it changes its mind")
            expect(numbers(prepared) == numbers(again), "its limits change")

        self._for_all(check)

    def test_a_pair_does_not_depend_on_others(self) -> None:
        """What is forbidden is so among fewer people."""
        self._for_all(lambda _, drawn: others(drawn, self._permissions))

    def test_the_order_of_people_does_not_matter(self) -> None:
        """A pair gets the same with the people in another order."""
        self._for_all(lambda _, drawn: reordered(drawn, self._permissions))

    def test_it_reads_back_from_text(self) -> None:
        """Written to TOML and read again, it is the same; one that holds code is not written."""
        check_reads_back(self.rule)

    def _permissions(self, mentors: Side, mentees: Side) -> Sequence[Function]:
        prepared = self.rule.prepare(mentors, mentees)
        return [prepared.forbids] if isinstance(prepared, Forbidding) else []

    def _for_all(self, check: Callable[[PreparedRule, Sides], None]) -> None:
        def one(drawn: Sides) -> None:
            try:
                prepared = self.rule.prepare(*drawn)
            except InputError:
                return
            check(prepared, drawn)

        for_all(sides(self.roster()), one, examples=self.examples)


def functions(prepared: PreparedRule) -> list[Function]:
    """Return what a prepared rule says of pairs."""
    if isinstance(prepared, Forbidding):
        return [prepared.forbids]
    if isinstance(prepared, Whole):
        return [row.weight for row in prepared.rows if row.weight is not None]
    return []


def numbers(prepared: PreparedRule) -> list[object]:
    """Return the limits and places of a prepared rule, to be compared."""
    if isinstance(prepared, Pinning):
        return [prepared.mentors.tolist(), prepared.mentees.tolist()]
    if isinstance(prepared, ScoreFloor):
        return [prepared.minimum]
    if not isinstance(prepared, Whole):
        return []
    rows = [
        (row.label, row.least, row.most, [one.tolist() for one in row.matched or ()])
        for row in prepared.rows
    ]
    loads = [(one.label, one.side, one.least.tolist(), one.most.tolist()) for one in prepared.loads]
    return [*rows, *loads]


def check_pins(prepared: Pinning, shape: tuple[int, int]) -> None:
    """Raise where a pin is not on these sides."""
    expect(len(prepared.mentors) == len(prepared.mentees), "pins have a mentor and a mentee")
    for places, size in zip((prepared.mentors, prepared.mentees), shape, strict=True):
        inside = (places >= 0) & (places < size)
        expect(bool(inside.all()), f"a pin is outside a side of {size}: {places.tolist()}")


def check_whole(prepared: Whole, shape: tuple[int, int], penalty: float | None) -> None:
    """Raise where limits on the whole program do not fit the sides, or are not numbers."""
    i, j = (places.ravel() for places in np.indices(shape, dtype=np.int64))
    for row in prepared.rows:
        counts = row.pair_weights(i, j, np.ones(len(i)))
        expect(counts.shape == i.shape, f"{row.label} counts {len(i)} pairs as {counts.shape}")
        expect(bool(np.isfinite(counts).all()), f"{row.label} counts a pair {counts.tolist()}")
        for weights, size in zip(row.matched or (), shape, strict=False):
            fits = weights.shape == (size,) and bool(np.isfinite(weights).all())
            expect(fits, f"{row.label} counts people {weights.tolist()}")
        expect(not np.isnan(row.least) and not np.isnan(row.most), f"{row.label} has no limits")
    for one in prepared.loads:
        size = shape[one.side == "mentee"]
        fits = one.least.shape == one.most.shape == (size,)
        expect(fits, f"{one.label} has bounds for {one.least.shape}, not {size} people")
    softness = {row.penalty is None for row in prepared.rows}
    softness |= {one.penalty is None for one in prepared.loads}
    expect(softness <= {penalty is None}, "its limits are hard, and it has a penalty, or not")
