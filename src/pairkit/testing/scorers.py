"""ScorerSuite: what every scorer has to hold, whoever wrote it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from pairkit.scoring import Scorer
from pairkit.testing.checking import check_frozen, check_reads_back, expect, for_all
from pairkit.testing.people import (
    Sides,
    check_same_function,
    invented,
    others,
    reordered,
    tile_of,
)
from pairkit.testing.strategies import sides

if TYPE_CHECKING:
    from pairkit.encoding import Side
    from pairkit.parts import Part
    from pairkit.roster import Roster

__all__ = ["ScorerSuite"]

ROUNDING: Final = 1e-9


class ScorerSuite:
    """The checks of a scorer, for pytest: inherit it, and name the scorer.

    Attributes
    ----------
    scorer
        The scorer.
    alone
        Whether the value of a pair depends on its two people alone, and not on who else is there.
    examples
        How many pairs of sides each check draws.

    Examples
    --------
    >>> import pairkit as pk
    >>> class TestSame(ScorerSuite):
    ...     scorer = pk.Same("site")
    """

    scorer: ClassVar[Scorer]
    alone: ClassVar[bool] = True
    examples: ClassVar[int] = 10

    def roster(self) -> Roster:
        """Return the people to draw from; override it where the scorer reads fields of yours."""
        return invented()

    def test_it_is_a_frozen_value(self) -> None:
        """It can be compared, hashed and not changed."""
        expect(isinstance(self.scorer, Scorer), "a scorer has `prepare`")
        check_frozen(self.scorer)

    def test_values_lie_between_0_and_1(self) -> None:
        """Values are finite float64 numbers in [0, 1]."""

        def check(drawn: Sides) -> None:
            values = tile_of(self.scorer.prepare(*drawn), drawn)
            expect(values.dtype == np.float64, f"values are float64, not {values.dtype}")
            words = f"values lie in [0, 1]: {values.tolist()}"
            expect(bool(np.isfinite(values).all()), words)
            inside = (values >= -ROUNDING) & (values <= 1.0 + ROUNDING)
            expect(bool(inside.all()), words)

        self._for_all(check)

    def test_a_tile_and_single_pairs_agree(self) -> None:
        """A tile, single pairs and a part of a tile get the same values."""
        self._for_all(lambda drawn: check_same_function(self.scorer.prepare(*drawn), drawn))

    def test_prepared_twice_it_gives_the_same(self) -> None:
        """Nothing but the people decides."""

        def check(drawn: Sides) -> None:
            one, two = (tile_of(self.scorer.prepare(*drawn), drawn) for _ in range(2))
            expect(bool(np.array_equal(one, two)), f"first {one.tolist()}, then {two.tolist()}")

        self._for_all(check)

    def test_a_pair_does_not_depend_on_others(self) -> None:
        """A pair gets the same among fewer people."""
        if self.alone:
            self._for_all(lambda drawn: others(drawn, self._prepared))

    def test_the_order_of_people_does_not_matter(self) -> None:
        """A pair gets the same with the people in another order."""
        self._for_all(lambda drawn: reordered(drawn, self._prepared))

    def test_it_reads_back_from_text(self) -> None:
        """Written to TOML and read again, it is the same; one that holds code is not written."""
        check_reads_back(self.scorer)

    def _prepared(self, mentors: Side, mentees: Side) -> Sequence[Part]:
        return [self.scorer.prepare(mentors, mentees)]

    def _for_all(self, check: Callable[[Sides], None]) -> None:
        for_all(sides(self.roster()), check, examples=self.examples)
