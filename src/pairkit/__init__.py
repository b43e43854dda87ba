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
    from pairkit.conditions import Condition
    from pairkit.constraints import (
        AtMostOneOf,
        Avoid,
        CommonLanguage,
        DifferentValue,
        Forbid,
        Forbidding,
        GapWindow,
        Horizon,
        IfThen,
        MaximumLoad,
        MinimumLoad,
        MinimumMatched,
        MinimumOverlap,
        MinimumScore,
        NotInReportingLine,
        NotRepeated,
        PairPredicate,
        PairRule,
        Parity,
        Pinning,
        Quota,
        Ready,
        Require,
        Rule,
        SameValue,
        ScoreFloor,
        Together,
        Whole,
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
    from pairkit.lowering import build
    from pairkit.matching import Matching, Pair, match
    from pairkit.objectives import (
        Aim,
        Continuity,
        Egalitarian,
        Objective,
        Participation,
        Quality,
        Stability,
    )
    from pairkit.parts import Bilinear, Elementwise, Listed, Lookup
    from pairkit.preferences import Preferences
    from pairkit.presets import reverse_mentoring, traditional_mentoring
    from pairkit.problem import Feature, Problem
    from pairkit.profiles import (
        EmploymentStatus,
        Participant,
        Protected,
        Role,
    )
    from pairkit.program import Program, Roles
    from pairkit.provenance import Provenance
    from pairkit.roster import Roster
    from pairkit.rows import LoadBounds, Row
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
        CpSat,
        DeferredAcceptance,
        Greedy,
        Hungarian,
        MinCostFlow,
        Mip,
        RandomPairs,
        Round,
        Solver,
        solve,
    )
    from pairkit.stability import blocking_pairs
    from pairkit.verify import verify_solution

__all__ = [
    "Aim",
    "Answer",
    "AtMostOneOf",
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
    "Continuity",
    "CpSat",
    "DeferredAcceptance",
    "Different",
    "DifferentValue",
    "Egalitarian",
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
    "IfThen",
    "InfeasibleError",
    "InputError",
    "Level",
    "Listed",
    "LoadBounds",
    "Lookup",
    "Matching",
    "MaximumLoad",
    "MinCostFlow",
    "MinimumLoad",
    "MinimumMatched",
    "MinimumOverlap",
    "MinimumScore",
    "Mip",
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
    "Parity",
    "PartOfScore",
    "Participant",
    "Participation",
    "Pinning",
    "PreferenceRank",
    "Preferences",
    "Problem",
    "ProblemError",
    "Program",
    "ProgramError",
    "Protected",
    "Provenance",
    "Quality",
    "Quota",
    "RandomPairs",
    "Ready",
    "Require",
    "Role",
    "Roles",
    "Roster",
    "RosterError",
    "Round",
    "Row",
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
    "Stability",
    "Status",
    "Stop",
    "TextSimilarity",
    "Together",
    "TwoWay",
    "UnknownParticipantError",
    "Unmatched",
    "UnmatchedCode",
    "UnsupportedError",
    "Vectors",
    "VerificationError",
    "Weighted",
    "WeightedPart",
    "Whole",
    "__version__",
    "blocking_pairs",
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
    "conditions": ("Condition",),
    "constraints": (
        "AtMostOneOf",
        "Avoid",
        "CommonLanguage",
        "DifferentValue",
        "Forbid",
        "Forbidding",
        "GapWindow",
        "Horizon",
        "IfThen",
        "MaximumLoad",
        "MinimumLoad",
        "MinimumMatched",
        "MinimumOverlap",
        "MinimumScore",
        "NotInReportingLine",
        "NotRepeated",
        "PairPredicate",
        "PairRule",
        "Parity",
        "Pinning",
        "Quota",
        "Ready",
        "Require",
        "Rule",
        "SameValue",
        "ScoreFloor",
        "Together",
        "Whole",
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
    "lowering": ("build",),
    "matching": (
        "Matching",
        "Pair",
        "match",
    ),
    "objectives": (
        "Aim",
        "Continuity",
        "Egalitarian",
        "Objective",
        "Participation",
        "Quality",
        "Stability",
    ),
    "parts": (
        "Bilinear",
        "Elementwise",
        "Listed",
        "Lookup",
    ),
    "preferences": ("Preferences",),
    "problem": ("Feature", "Problem"),
    "profiles": (
        "EmploymentStatus",
        "Participant",
        "Protected",
        "Role",
    ),
    "presets": ("reverse_mentoring", "traditional_mentoring"),
    "program": ("Program", "Roles"),
    "provenance": ("Provenance",),
    "roster": ("Roster",),
    "rows": ("LoadBounds", "Row"),
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
        "CpSat",
        "DeferredAcceptance",
        "Greedy",
        "Hungarian",
        "MinCostFlow",
        "Mip",
        "RandomPairs",
        "Round",
        "Solver",
        "solve",
    ),
    "stability": ("blocking_pairs",),
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
