"""The error tree of pairkit. Every error has a stable ``code`` and says the way out.

::

    PairkitError
    ├── InputError                 what came in cannot be used
    │   ├── FileError              a file is not what its name says, is empty, or lacks a sheet
    │   ├── RosterError            people's data has errors; carries all ``findings``
    │   ├── ColumnMapError         a column map is not valid
    │   ├── ProgramError           a program is not valid, or does not fit the roster
    │   ├── ProblemError           scores, capacities or pins are not valid
    │   ├── HistoryError           records of a history do not fit; carries all ``problems``
    │   └── UnknownParticipantError  an id that nobody in the roster has
    ├── OutputError                a file exists already, or its suffix is not known
    ├── MissingExtraError          an optional dependency is not installed
    ├── UnsupportedError           a solver was asked for what it does not support
    ├── InfeasibleError            no solution can respect every rule; carries a ``diagnosis``
    ├── NoSolutionFoundError       the solver stopped before it found a solution
    ├── SolverError                a back end failed
    └── VerificationError          a solution does not hold what it claims
"""

# The type of a diagnosis is imported for type checkers alone.
# pyright: reportImportCycles=false

from __future__ import annotations

import difflib
import reprlib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from pairkit.findings import FindingCode, Findings

if TYPE_CHECKING:
    from pairkit.reasons import Diagnosis

__all__ = [
    "ColumnMapError",
    "FileError",
    "HistoryError",
    "InfeasibleError",
    "InputError",
    "MissingExtraError",
    "NoSolutionFoundError",
    "OutputError",
    "PairkitError",
    "ProblemError",
    "ProgramError",
    "RosterError",
    "SolverError",
    "UnknownParticipantError",
    "UnsupportedError",
    "VerificationError",
    "did_you_mean",
    "finding_code",
    "quoted",
]


class PairkitError(Exception):
    """Any error that pairkit raises on purpose."""

    code: ClassVar[str] = "pairkit"


class InputError(PairkitError, ValueError):
    """What came in cannot be used as it is."""

    code = "input"


class FileError(InputError):
    """A file is missing, empty, or not what its name says."""

    code = "file"


class RosterError(InputError):
    """People's data has errors.

    Parameters
    ----------
    findings
        Everything that was found, errors and the rest; all of it, never only the first.
    source
        What was read, for the message.
    """

    code = "roster"
    shown: ClassVar[int] = 20

    def __init__(self, findings: Findings, source: str = "the roster") -> None:
        errors = findings.errors
        lines = [f"{len(errors):,} error{'s' if len(errors) != 1 else ''} in {source}:"]
        text = str(errors) if len(errors) <= self.shown else errors.summary()
        lines += [f"  {line}" for line in text.splitlines()]
        if any(finding.row is not None for finding in errors):
            lines.append('Mend these rows, or read with on_error="skip" to leave them out.')
        super().__init__("\n".join(lines))
        self.findings = findings
        self.source = source

    def __reduce__(self) -> tuple[type[RosterError], tuple[Findings, str]]:
        """Return how to pickle the error, so that it survives a worker process."""
        return type(self), (self.findings, self.source)


class ColumnMapError(InputError):
    """A column map is not valid, or names a header that the file does not have."""

    code = "column-map"


class ProgramError(InputError):
    """A program is not valid, or asks for a field that nobody in the roster has."""

    code = "program"


class ProblemError(InputError):
    """Scores, capacities or pins are not valid."""

    code = "problem"


class HistoryError(InputError):
    """Records of a history do not fit each other, or would overwrite what is there.

    Parameters
    ----------
    problems
        What does not fit, one sentence each; all of it, never only the first.
    """

    code = "history"
    shown: ClassVar[int] = 20

    def __init__(self, problems: Sequence[str]) -> None:
        more = len(problems) - self.shown
        lines = [*problems[: self.shown], *([f"... and {more:,} more."] if more > 0 else [])]
        super().__init__("\n".join(lines))
        self.problems = tuple(problems)

    def __reduce__(self) -> tuple[type[HistoryError], tuple[tuple[str, ...]]]:
        """Return how to pickle the error, so that it survives a worker process."""
        return type(self), (self.problems,)


class UnknownParticipantError(InputError, KeyError):
    """An id that nobody in the roster has."""

    code = "unknown-participant"

    def __str__(self) -> str:
        """Return the message as it is (``KeyError`` would quote it)."""
        return str(self.args[0]) if self.args else ""


class OutputError(PairkitError):
    """A file cannot be written: it exists already, or its suffix is not known."""

    code = "output"


class MissingExtraError(PairkitError, ImportError):
    """An optional dependency is not installed.

    Parameters
    ----------
    package
        The package that is missing.
    extra
        The extra of pairkit that brings it.
    purpose
        What it was needed for.
    """

    code = "missing-extra"

    def __init__(self, package: str, extra: str, purpose: str) -> None:
        super().__init__(
            f"{purpose} needs {package}, which is not installed: pip install 'pairkit[{extra}]'"
        )
        self.package, self.extra, self.purpose = package, extra, purpose

    def __reduce__(self) -> tuple[type[MissingExtraError], tuple[str, str, str]]:
        """Return how to pickle the error, so that it survives a worker process."""
        return type(self), (self.package, self.extra, self.purpose)


class UnsupportedError(PairkitError):
    """A solver was asked for a feature that it does not support."""

    code = "unsupported"


class InfeasibleError(PairkitError):
    """No solution can respect every rule at once.

    Parameters
    ----------
    message
        What stands against each other.
    diagnosis
        The same in parts, with what to relax; ``None`` where nobody has asked for it.
    """

    code = "infeasible"

    def __init__(self, message: str, diagnosis: Diagnosis | None = None) -> None:
        super().__init__(message)
        self.diagnosis = diagnosis

    def __reduce__(self) -> tuple[type[InfeasibleError], tuple[str, Diagnosis | None]]:
        """Return how to pickle the error, so that it survives a worker process."""
        return type(self), (str(self), self.diagnosis)


class NoSolutionFoundError(PairkitError):
    """The solver stopped before it found a solution; there may be one."""

    code = "no-solution-found"


class SolverError(PairkitError):
    """A back end failed, or answered something that its documentation does not list."""

    code = "solver"


class VerificationError(PairkitError):
    """A solution does not hold what it claims."""

    code = "verification"


def finding_code(name: FindingCode | str) -> FindingCode:
    """Return the finding code of that name.

    Raises
    ------
    InputError
        There is none.
    """
    try:
        return FindingCode(name)
    except ValueError:
        hint = did_you_mean(name, FindingCode)
        raise InputError(f"There is no finding code {str(name)!r}.{hint}") from None


_QUOTING = reprlib.Repr()
_QUOTING.maxstring = 80


def quoted(text: str) -> str:
    """Return a text in quotes, its middle left out where it is long.

    Examples
    --------
    >>> quoted("E-42")
    "'E-42'"
    >>> len(quoted(10_000 * "x"))
    80
    """
    return _QUOTING.repr(str(text))


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ``" Did you mean 'x'?"`` for the closest known name, or an empty string.

    Examples
    --------
    >>> did_you_mean("departement", ["department", "site"])
    " Did you mean 'department'?"
    """
    close = difflib.get_close_matches(name, [str(one) for one in known], n=1)
    return f" Did you mean {quoted(close[0])}?" if close else ""
