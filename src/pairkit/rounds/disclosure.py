"""Disclosure: which groups are large enough to be told, so that nobody can be found in the rest."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["told_groups"]


def told_groups(sizes: Mapping[str, int], floor: int) -> tuple[str, ...]:
    """Return the groups that may be told, the largest first.

    A group of fewer than ``floor`` people is hidden. What is hidden must not follow from the total
    less what is told: so the hidden groups are two at least, and have ``floor`` people together,
    else the smallest group that is told is hidden as well (complementary suppression: Cox 1980,
    doi:10.1080/01621459.1980.10477481).

    Parameters
    ----------
    sizes
        How many people each group has; empty ones do not matter.
    floor
        Of how many people a group is at least.

    Examples
    --------
    >>> told_groups({"Lyon": 20, "Nantes": 9, "Lille": 2}, 5)
    ('Lyon',)
    """
    order = sorted((one for one in sizes if sizes[one]), key=lambda one: (-sizes[one], one))
    told = [one for one in order if sizes[one] >= floor]
    hidden = [one for one in order if sizes[one] < floor]
    while told and hidden and (len(hidden) < 2 or sum(sizes[one] for one in hidden) < floor):
        hidden.append(told.pop())
    return tuple(told)
