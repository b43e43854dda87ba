"""Provenance: where a matching comes from."""

from __future__ import annotations

import hashlib
import platform
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from pairkit._version import __version__
from pairkit.errors import ProgramError

if TYPE_CHECKING:
    from pairkit.lowering import Lowered
    from pairkit.program import Program
    from pairkit.roster import Roster
    from pairkit.solvers import Solver

__all__ = ["Provenance", "program_digest", "provenance_of"]

PACKAGES: Final = ("numpy", "scipy", "ortools", "pydantic")


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a matching comes from: enough to make it again.

    Parameters
    ----------
    roster, program
        SHA-256 digests of the people and of the program, hexadecimal; ``None`` for a program that
        holds code or data.
    people
        How many people the roster had.
    reference_date
        The day that counted as today, ISO.
    solver
        The solver with its settings.
    seed
        The seed.
    versions
        Versions of Python and of the packages that decide the result.
    """

    roster: str
    program: str | None
    people: int
    reference_date: str
    solver: str
    seed: int
    versions: dict[str, str] = field(default_factory=dict)


def provenance_of(
    roster: Roster, program: Program, lowered: Lowered, solver: Solver, seed: int
) -> Provenance:
    """Return what it takes to make a matching again."""
    return Provenance(
        roster=roster.digest,
        program=program_digest(program),
        people=len(roster),
        reference_date=lowered.reference.isoformat(),
        solver=repr(solver),
        seed=seed,
        versions={
            "pairkit": __version__,
            "python": platform.python_version(),
            **{package: version(package) for package in PACKAGES},
        },
    )


def program_digest(program: Program) -> str | None:
    """Return the SHA-256 of a program, hexadecimal; ``None`` where it holds code or data."""
    try:
        return hashlib.sha256(program.to_json().encode()).hexdigest()
    except ProgramError:
        return None
