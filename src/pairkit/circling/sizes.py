"""Sizes: how a number of people can be cut into circles."""

from __future__ import annotations

from dataclasses import dataclass

from pairkit.errors import ProblemError

__all__ = ["Circles", "Sizes"]


@dataclass(frozen=True, slots=True)
class Circles:
    """How large circles are.

    Parameters
    ----------
    smallest, largest
        The least and the most members of a circle, from 2 up; a leader does not count.

    Raises
    ------
    ProblemError
        A size is below 2, or the smallest is above the largest.

    Examples
    --------
    >>> Circles(smallest=3, largest=5)
    Circles(smallest=3, largest=5)
    """

    smallest: int = 3
    largest: int = 6

    def __post_init__(self) -> None:
        """Check the sizes."""
        for name, size in (("smallest", self.smallest), ("largest", self.largest)):
            if size < 2:
                raise ProblemError(f"Circles: {name} must be from 2 up; it is {size}.")
        if self.smallest > self.largest:
            raise ProblemError(
                f"Circles: smallest, {self.smallest}, is above largest, {self.largest}."
            )


@dataclass(frozen=True, slots=True)
class Sizes:
    """How people can be cut into circles, by number alone.

    Parameters
    ----------
    smallest, largest
        The least and the most members of a circle.
    circles
        The most circles there can be.
    """

    smallest: int
    largest: int
    circles: int

    def counts(self, people: int) -> range:
        """Return how many circles so many people can be, all of them in one."""
        fewest = -(-people // self.largest)
        return range(fewest, min(people // self.smallest, self.circles) + 1)

    def placeable(self, people: int) -> int:
        """Return how many of so many people can be in a circle at most.

        Examples
        --------
        >>> Sizes(4, 5, circles=9).placeable(7)
        5
        """
        most = min(people // self.smallest, self.circles)
        return min(people, most * self.largest)

    def partners(self, people: int) -> tuple[int, int, int]:
        """Return how many partners so many people in circles have, all added up.

        Returns
        -------
        least, most
            The sum over all people, where they are cut evenly or as unevenly as can be.
        each
            The most partners that one of them can have.

        Raises
        ------
        ValueError
            So many people cannot be cut into circles.

        Examples
        --------
        >>> Sizes(3, 6, circles=9).partners(7)  # three and four
        (18, 18, 3)
        """
        cuts = [
            (self.cut(people, k, evenly=True), self.cut(people, k, evenly=False))
            for k in self.counts(people)
        ]
        if not cuts:
            raise ValueError(f"{people} people cannot be cut into circles")
        return (
            min(sum(size * (size - 1) for size in even) for even, _ in cuts),
            max(sum(size * (size - 1) for size in uneven) for _, uneven in cuts),
            max(max(uneven, default=1) for _, uneven in cuts) - 1,
        )

    def cut(self, people: int, circles: int, *, evenly: bool) -> list[int]:
        """Return sizes of so many circles of so many people, the largest first.

        Where they are too many for the circles, the circles are full; ``circles`` are never so many
        that they cannot all have their fewest.
        """
        if not circles:
            return []
        people = min(people, circles * self.largest)
        if evenly:
            each, more = divmod(people, circles)
            return [each + (k < more) for k in range(circles)]
        sizes, left = [], people - circles * self.smallest
        for _ in range(circles):
            extra = min(left, self.largest - self.smallest)
            sizes.append(self.smallest + extra)
            left -= extra
        return sizes

    def cuts(self, people: int, most: int) -> list[tuple[int, ...]] | None:
        """Return all ways to cut people by sizes, or ``None`` where there are more than ``most``.

        Examples
        --------
        >>> Sizes(3, 6, circles=9).cuts(10, most=9)
        [(6, 4), (5, 5), (4, 3, 3)]
        """
        done: list[tuple[int, ...]] = []
        begun: list[tuple[int, ...]] = [()]
        while begun:
            cut = begun.pop()
            left = people - sum(cut)
            if not left:
                done.append(cut)
            elif len(cut) < self.circles:
                largest = min(left, cut[-1] if cut else self.largest)
                begun += [(*cut, size) for size in range(self.smallest, largest + 1)]
            if len(done) > most or len(begun) > most * self.largest:
                return None
        return done
