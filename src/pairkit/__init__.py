"""pairkit: who mentors whom, decided with reasons and proof.

>>> import pairkit as pk
>>> roster = pk.datasets.sample(40)
>>> matching = pk.match(roster, pk.reverse_mentoring())
>>> matching.status.value
'optimal'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from pairkit._version import __version__

if TYPE_CHECKING:
    from pairkit import datasets
    from pairkit.check import BrokenRule, PairsCheck, check_pairs
    from pairkit.constraints import (
        Avoid,
        CommonLanguage,
        DifferentValue,
        Forbid,
        Forbidding,
        GapWindow,
        Horizon,
        MinimumOverlap,
        MinimumScore,
        NotInReportingLine,
        NotRepeated,
        PairPredicate,
        PairRule,
        Pinning,
        Ready,
        Require,
        Rule,
        SameValue,
        ScoreFloor,
    )
    from pairkit.encoding import Side
    from pairkit.errors import (
        ColumnMapError,
        FileError,
        InfeasibleError,
        InputError,
        MissingExtraError,
        NoSolutionFoundError,
        OutputError,
        PairkitError,
        ProblemError,
        ProgramError,
        RosterError,
        SolverError,
        UnknownParticipantError,
        UnsupportedError,
        VerificationError,
    )
    from pairkit.explain import (
        Explanation,
        Objection,
        PartOfScore,
        Unmatched,
        UnmatchedCode,
        explain_pair,
    )
    from pairkit.files import ColumnMap, read_pairs, write_roster
    from pairkit.findings import (
        Finding,
        FindingCode,
        Findings,
        Severity,
    )
    from pairkit.matching import Matching, Pair, match
    from pairkit.parts import Bilinear, Elementwise, Lookup
    from pairkit.preferences import Preferences
    from pairkit.presets import reverse_mentoring, traditional_mentoring
    from pairkit.problem import Feature, Problem, build
    from pairkit.profiles import (
        EmploymentStatus,
        Participant,
        Protected,
        Role,
    )
    from pairkit.program import (
        Condition,
        Objective,
        Program,
        Roles,
    )
    from pairkit.provenance import Provenance
    from pairkit.roster import Roster
    from pairkit.scoring import (
        AvailabilityOverlap,
        Different,
        Gap,
        PairFunction,
        PreferenceRank,
        Same,
        Scorer,
        SharedInterests,
        SharedLanguage,
        SkillCoverage,
        TextSimilarity,
        TwoWay,
        Vectors,
        Weighted,
        WeightedPart,
    )
    from pairkit.solution import (
        Level,
        Solution,
        Status,
        Stop,
    )
    from pairkit.solvers import (
        Answer,
        Auto,
        Clock,
        ColumnGeneration,
        Greedy,
        Hungarian,
        MinCostFlow,
        RandomPairs,
        Round,
        Solver,
        solve,
    )
    from pairkit.verify import verify_solution

__all__ = [
    "Answer",
    "Auto",
    "AvailabilityOverlap",
    "Avoid",
    "Bilinear",
    "BrokenRule",
    "Clock",
    "ColumnGeneration",
    "ColumnMap",
    "ColumnMapError",
    "CommonLanguage",
    "Condition",
    "Different",
    "DifferentValue",
    "Elementwise",
    "EmploymentStatus",
    "Explanation",
    "Feature",
    "FileError",
    "Finding",
    "FindingCode",
    "Findings",
    "Forbid",
    "Forbidding",
    "Gap",
    "GapWindow",
    "Greedy",
    "Horizon",
    "Hungarian",
    "InfeasibleError",
    "InputError",
    "Level",
    "Lookup",
    "Matching",
    "MinCostFlow",
    "MinimumOverlap",
    "MinimumScore",
    "MissingExtraError",
    "NoSolutionFoundError",
    "NotInReportingLine",
    "NotRepeated",
    "Objection",
    "Objective",
    "OutputError",
    "Pair",
    "PairFunction",
    "PairPredicate",
    "PairRule",
    "PairkitError",
    "PairsCheck",
    "PartOfScore",
    "Participant",
    "Pinning",
    "PreferenceRank",
    "Preferences",
    "Problem",
    "ProblemError",
    "Program",
    "ProgramError",
    "Protected",
    "Provenance",
    "RandomPairs",
    "Ready",
    "Require",
    "Role",
    "Roles",
    "Roster",
    "RosterError",
    "Round",
    "Rule",
    "Same",
    "SameValue",
    "ScoreFloor",
    "Scorer",
    "Severity",
    "SharedInterests",
    "SharedLanguage",
    "Side",
    "SkillCoverage",
    "Solution",
    "Solver",
    "SolverError",
    "Status",
    "Stop",
    "TextSimilarity",
    "TwoWay",
    "UnknownParticipantError",
    "Unmatched",
    "UnmatchedCode",
    "UnsupportedError",
    "Vectors",
    "VerificationError",
    "Weighted",
    "WeightedPart",
    "__version__",
    "build",
    "check_pairs",
    "datasets",
    "explain_pair",
    "match",
    "read_pairs",
    "reverse_mentoring",
    "solve",
    "traditional_mentoring",
    "verify_solution",
    "write_roster",
]

# Every public name by module, loaded at its first use: `import pairkit` itself stays quick.
_MODULES = {
    "check": (
        "BrokenRule",
        "PairsCheck",
        "check_pairs",
    ),
    "constraints": (
        "Avoid",
        "CommonLanguage",
        "DifferentValue",
        "Forbid",
        "Forbidding",
        "GapWindow",
        "Horizon",
        "MinimumOverlap",
        "MinimumScore",
        "NotInReportingLine",
        "NotRepeated",
        "PairPredicate",
        "PairRule",
        "Pinning",
        "Ready",
        "Require",
        "Rule",
        "SameValue",
        "ScoreFloor",
    ),
    "encoding": ("Side",),
    "errors": (
        "ColumnMapError",
        "FileError",
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
    ),
    "explain": (
        "Explanation",
        "Objection",
        "PartOfScore",
        "Unmatched",
        "UnmatchedCode",
        "explain_pair",
    ),
    "files": ("ColumnMap", "read_pairs", "write_roster"),
    "findings": (
        "Finding",
        "FindingCode",
        "Findings",
        "Severity",
    ),
    "matching": (
        "Matching",
        "Pair",
        "match",
    ),
    "parts": (
        "Bilinear",
        "Elementwise",
        "Lookup",
    ),
    "preferences": ("Preferences",),
    "problem": (
        "Feature",
        "Problem",
        "build",
    ),
    "profiles": (
        "EmploymentStatus",
        "Participant",
        "Protected",
        "Role",
    ),
    "presets": ("reverse_mentoring", "traditional_mentoring"),
    "program": (
        "Condition",
        "Objective",
        "Program",
        "Roles",
    ),
    "provenance": ("Provenance",),
    "roster": ("Roster",),
    "scoring": (
        "AvailabilityOverlap",
        "Different",
        "Gap",
        "PairFunction",
        "PreferenceRank",
        "Same",
        "Scorer",
        "SharedInterests",
        "SharedLanguage",
        "SkillCoverage",
        "TextSimilarity",
        "TwoWay",
        "Vectors",
        "Weighted",
        "WeightedPart",
    ),
    "solution": (
        "Level",
        "Solution",
        "Status",
        "Stop",
    ),
    "solvers": (
        "Answer",
        "Auto",
        "Clock",
        "ColumnGeneration",
        "Greedy",
        "Hungarian",
        "MinCostFlow",
        "RandomPairs",
        "Round",
        "Solver",
        "solve",
    ),
    "verify": ("verify_solution",),
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> object:
    """Return a public name, loading its module at the first use."""
    if name in _HOME:
        value = getattr(import_module(f"pairkit.{_HOME[name]}"), name)
    elif name == "datasets":
        value = import_module("pairkit.datasets")
    else:
        raise AttributeError(f"module 'pairkit' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the public names."""
    return __all__
