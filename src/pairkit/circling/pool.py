"""Pool: what the algorithms for circles see, as plain matrices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from pairkit.circling.sizes import Sizes
from pairkit.errors import ProblemError, UnsupportedError
from pairkit.objectives import Objective
from pairkit.pairspace import scores_matrix
from pairkit.parts import Index
from pairkit.problem import Feature, Problem
from pairkit.solvers.scaling import Scale, unit

if TYPE_CHECKING:
    from pairkit.circling.sizes import Circles

__all__ = ["Pool"]

SUPPORTED: Final = frozenset(
    {
        Feature.CAPACITIES,
        Feature.PARTICIPATION_FIRST,
        Feature.PEERS,
        Feature.QUALITY_ALONE,
    }
)

Matrix = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """Everybody who can be in a circle, with everybody who can lead one.

    People with too few possible partners, or without a possible leader, are out of it; so are
    mentors with too few possible members. Scores are those of the problem times a power of two, in
    [-1, 1].

    Parameters
    ----------
    members
        Places of the n people in the problem, int64, shape (n,).
    scores
        Score of each two, float64, shape (n, n), symmetric; 0 where barred and on the diagonal.
    barred
        Who may not share a circle, bool, shape (n, n), false on the diagonal.
    mentors
        Places of the m leaders in their problem, int64, shape (m,).
    guidance
        Score of each leader with each member, float64, shape (m, n); 0 where barred.
    unled
        Whom a leader may not lead, bool, shape (m, n).
    leads
        The most circles of each leader, int64, shape (m,), from 1 up.
    led
        Whether a circle needs a leader.
    sizes
        The sizes of circles.
    first
        Whether the number of people placed comes before the sum of the scores.
    scale
        What the scores were multiplied by.
    """

    members: Index
    scores: Matrix
    barred: Mask
    mentors: Index
    guidance: Matrix
    unled: Mask
    leads: Index
    led: bool
    sizes: Sizes
    first: bool
    scale: Scale

    def __len__(self) -> int:
        """Return how many people there are."""
        return len(self.members)

    @property
    def allowed(self) -> Mask:
        """Who may share a circle, bool, shape (n, n), false on the diagonal."""
        allowed = ~self.barred
        np.fill_diagonal(allowed, val=False)
        return allowed

    @property
    def largest(self) -> float:
        """The largest score, without its sign."""
        both = (self.scores, self.guidance)
        return max(float(np.abs(one).max(initial=0.0)) for one in both)

    @property
    def unit(self) -> float:
        """The smallest score that is not 0, without its sign; 0 where there is none."""
        found = [unit(one) for one in (self.scores, self.guidance)]
        return min((one for one in found if one > 0.0), default=0.0)

    @property
    def most_circles(self) -> int:
        """The most circles there can be."""
        return self.sizes.circles

    @classmethod
    def of(cls, problem: Problem, circles: Circles, leaders: Problem | None) -> Pool:
        """Return the pool of a problem among peers, and of one between leaders and them.

        Raises
        ------
        ProblemError
            The first problem is not one of peers, or the shapes do not fit.
        UnsupportedError
            There are pins, rules on the whole program, or other objectives than participation and
            quality.
        """
        _check(problem, leaders)
        scores = scores_matrix(problem.space)
        np.fill_diagonal(scores, np.nan)
        takes_part = problem.mentor_capacity > 0
        guidance, leads = np.zeros((0, len(scores))), np.zeros(0, dtype=np.int64)
        if leaders is not None:
            guidance, leads = scores_matrix(leaders.space), leaders.mentor_capacity
            takes_part = takes_part & (leaders.mentee_capacity > 0)
        led = leaders is not None
        members, mentors = _usable(scores, guidance, takes_part, leads, circles.smallest, led=led)
        scores, guidance = scores[np.ix_(members, members)], guidance[np.ix_(mentors, members)]
        scale = Scale.of(np.concatenate([scores, guidance]))
        barred = np.isnan(scores)
        np.fill_diagonal(barred, val=False)
        most = len(members) // circles.smallest
        leads = np.minimum(leads[mentors], most)
        most = min(most, int(leads.sum())) if led else most
        return cls(
            members,
            np.nan_to_num(scale.apply(scores), copy=False),
            barred,
            mentors,
            np.nan_to_num(scale.apply(guidance), copy=False),
            np.isnan(guidance),
            leads,
            led,
            Sizes(circles.smallest, min(circles.largest, max(len(members), 2)), most),
            Objective.PARTICIPATION in problem.objectives,
            scale,
        )


def _check(problem: Problem, leaders: Problem | None) -> None:
    """Raise where a problem is not one of circles."""
    if not problem.peers:
        raise ProblemError("Circles are formed among peers: give a problem with peers=True.")
    asked = problem.features - SUPPORTED
    if leaders is not None:
        if leaders.peers or leaders.shape[1] != problem.shape[1]:
            raise ProblemError(
                f"The leaders' problem has mentors and {leaders.shape[1]} members, not the "
                f"{problem.shape[1]} peers."
            )
        asked |= leaders.features & {Feature.PROGRAM_RULES}
    if any(len(one.pinned_mentors) for one in (problem, leaders) if one is not None):
        asked |= {Feature.PINS}
    if asked:
        raise UnsupportedError(f"Circles do not support {', '.join(sorted(asked))}.")


def _usable(
    scores: Matrix,
    guidance: Matrix,
    takes_part: Mask,
    leads: Index,
    smallest: int,
    *,
    led: bool,
) -> tuple[Index, Index]:
    """Return places of people who can be in a circle, and of mentors who can lead one.

    What is left, once everybody with too few possible partners is taken out again and again, is the
    core of the graph of candidates (Seidman 1983, doi:10.1016/0378-8733(83)90028-X).
    """
    allowed, may_lead = ~np.isnan(scores), ~np.isnan(guidance)
    stays, leading = takes_part.copy(), leads > 0
    while True:
        partners = allowed[:, stays].sum(axis=1)
        leading &= may_lead[:, stays].sum(axis=1) >= smallest
        after = stays & (partners >= smallest - 1)
        if led:
            after &= may_lead[leading].any(axis=0)
        if np.array_equal(after, stays):
            return np.flatnonzero(stays), np.flatnonzero(leading)
        stays = after
