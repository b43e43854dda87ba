"""Provenance: where a matching comes from."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from pairkit._version import __version__
from pairkit.errors import ProgramError
from pairkit.vocabulary import Vocabulary

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
    """Return the SHA-256 of a program, hexadecimal; ``None`` where it holds code or data.

    A vocabulary counts by what is in it, wherever its file is.
    """
    try:
        text = program.to_json()
    except ProgramError:
        return None
    for vocabulary in _vocabularies((program.scoring.parts, program.rules)):
        path = json.dumps(str(vocabulary.source), ensure_ascii=False)
        text = text.replace(path, f'"{vocabulary.digest}"')
    return hashlib.sha256(text.encode()).hexdigest()


def _vocabularies(value: object) -> Iterator[Vocabulary]:
    """Return the vocabularies anywhere inside scorers and rules."""
    if isinstance(value, Vocabulary):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _vocabularies(one)
    elif is_dataclass(value) and not isinstance(value, type):
        for one in fields(value):
            yield from _vocabularies(getattr(value, one.name))
