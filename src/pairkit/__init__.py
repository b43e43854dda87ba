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
    from pairkit.changes import Change, RosterChanges
    from pairkit.check import BrokenRule, PairsCheck, check_pairs
    from pairkit.circles import Circle, CircleMatching, match_circles
    from pairkit.circling import (
        CirclePacking,
        Circles,
        CircleSearch,
        CircleSolution,
        CircleSolver,
        form_circles,
        verify_circles,
    )
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
    from pairkit.costs import Alternatives, alternatives, least_costs, person_costs
    from pairkit.counterfactual import (
        AddPlace,
        DropRule,
        ExemptPerson,
        ForcePair,
        SolutionDifference,
        WhatIf,
        what_if,
    )
    from pairkit.diagnosis import diagnose
    from pairkit.difference import (
        GroupDifference,
        LevelDifference,
        MatchingDifference,
        PersonDifference,
        diff,
    )
    from pairkit.effects import Effect
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
        NextBest,
        Objection,
        Unmatched,
        UnmatchedCode,
        explain_pair,
    )
    from pairkit.facts import Direction, PartOfScore
    from pairkit.files import (
        ColumnMap,
        MapSuggestion,
        TermColumns,
        TermFiles,
        read_pairs,
        suggest_map,
        write_roster,
    )
    from pairkit.findings import Finding, FindingCode, Findings, Severity
    from pairkit.funnels import Funnel, Removal, funnel_of
    from pairkit.lowering import build
    from pairkit.matching import Matching, match
    from pairkit.messages import Hours, Language, Message, Who
    from pairkit.objectives import (
        Aim,
        Continuity,
        Egalitarian,
        Objective,
        Participation,
        Quality,
        Stability,
    )
    from pairkit.pairs import Pair
    from pairkit.parts import Bilinear, Elementwise, Listed, Lookup
    from pairkit.preferences import Preferences
    from pairkit.presets import reverse_mentoring, traditional_mentoring
    from pairkit.pricing import Amounts, PlacePrices, RowPrice
    from pairkit.problem import Feature, Problem
    from pairkit.profiles import EmploymentStatus, Participant, Protected, Role
    from pairkit.program import Program, Roles
    from pairkit.provenance import Provenance
    from pairkit.reasons import Diagnosis, Relaxation
    from pairkit.remedy import Remedies, Remedy, remedies
    from pairkit.report import figures, plots
    from pairkit.report.writing import write_pair_sheets, write_report
    from pairkit.review import OpenSkill, SkillReview, SkillSuggestion
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
    from pairkit.shortlisting import (
        PersonSuggestion,
        Shortlists,
        Suggestion,
        shortlist_people,
        shortlists,
        top,
    )
    from pairkit.solution import Level, Solution, Status, Stop
    from pairkit.solvers import (
        Answer,
        Auto,
        Clock,
        ColumnGeneration,
        CpSat,
        DeferredAcceptance,
        GraphMatching,
        Greedy,
        Hungarian,
        Iteration,
        MinCostFlow,
        Mip,
        RandomPairs,
        Solver,
        prices_of,
        solve,
    )
    from pairkit.stability import blocking_pairs
    from pairkit.switching import Alternative
    from pairkit.verify import verify_solution
    from pairkit.vocabulary import Vocabulary
    from pairkit.whynot import Cost, FullPerson, Move, WhyNot
    from pairkit.whyunmatched import HelpfulChange, SmallestChange, WhyUnmatched

__all__ = [
    "AddPlace",
    "Aim",
    "Alternative",
    "Alternatives",
    "Amounts",
    "Answer",
    "AtMostOneOf",
    "Auto",
    "AvailabilityOverlap",
    "Avoid",
    "Bilinear",
    "BrokenRule",
    "Change",
    "Circle",
    "CircleMatching",
    "CirclePacking",
    "CircleSearch",
    "CircleSolution",
    "CircleSolver",
    "Circles",
    "Clock",
    "ColumnGeneration",
    "ColumnMap",
    "ColumnMapError",
    "CommonLanguage",
    "Condition",
    "Continuity",
    "Cost",
    "CpSat",
    "DeferredAcceptance",
    "Diagnosis",
    "Different",
    "DifferentValue",
    "Direction",
    "DropRule",
    "Effect",
    "Egalitarian",
    "Elementwise",
    "EmploymentStatus",
    "ExemptPerson",
    "Explanation",
    "Feature",
    "FileError",
    "Finding",
    "FindingCode",
    "Findings",
    "Forbid",
    "Forbidding",
    "ForcePair",
    "FullPerson",
    "Funnel",
    "Gap",
    "GapWindow",
    "GraphMatching",
    "Greedy",
    "GroupDifference",
    "HelpfulChange",
    "Horizon",
    "Hours",
    "Hungarian",
    "IfThen",
    "InfeasibleError",
    "InputError",
    "Iteration",
    "Language",
    "Level",
    "LevelDifference",
    "Listed",
    "LoadBounds",
    "Lookup",
    "MapSuggestion",
    "Matching",
    "MatchingDifference",
    "MaximumLoad",
    "Message",
    "MinCostFlow",
    "MinimumLoad",
    "MinimumMatched",
    "MinimumOverlap",
    "MinimumScore",
    "Mip",
    "MissingExtraError",
    "Move",
    "NextBest",
    "NoSolutionFoundError",
    "NotInReportingLine",
    "NotRepeated",
    "Objection",
    "Objective",
    "OpenSkill",
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
    "PersonDifference",
    "PersonSuggestion",
    "Pinning",
    "PlacePrices",
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
    "Relaxation",
    "Remedies",
    "Remedy",
    "Removal",
    "Require",
    "Role",
    "Roles",
    "Roster",
    "RosterChanges",
    "RosterError",
    "Row",
    "RowPrice",
    "Rule",
    "Same",
    "SameValue",
    "ScoreFloor",
    "Scorer",
    "Severity",
    "SharedInterests",
    "SharedLanguage",
    "Shortlists",
    "Side",
    "SkillCoverage",
    "SkillReview",
    "SkillSuggestion",
    "SmallestChange",
    "Solution",
    "SolutionDifference",
    "Solver",
    "SolverError",
    "Stability",
    "Status",
    "Stop",
    "Suggestion",
    "TermColumns",
    "TermFiles",
    "TextSimilarity",
    "Together",
    "TwoWay",
    "UnknownParticipantError",
    "Unmatched",
    "UnmatchedCode",
    "UnsupportedError",
    "Vectors",
    "VerificationError",
    "Vocabulary",
    "Weighted",
    "WeightedPart",
    "WhatIf",
    "Who",
    "Whole",
    "WhyNot",
    "WhyUnmatched",
    "__version__",
    "alternatives",
    "blocking_pairs",
    "build",
    "check_pairs",
    "datasets",
    "diagnose",
    "diff",
    "explain_pair",
    "figures",
    "form_circles",
    "funnel_of",
    "least_costs",
    "match",
    "match_circles",
    "person_costs",
    "plots",
    "prices_of",
    "read_pairs",
    "remedies",
    "reverse_mentoring",
    "shortlist_people",
    "shortlists",
    "solve",
    "suggest_map",
    "top",
    "traditional_mentoring",
    "verify_circles",
    "verify_solution",
    "what_if",
    "write_pair_sheets",
    "write_report",
    "write_roster",
]

# Every public name by module, loaded at its first use: `import pairkit` itself stays quick.
_MODULES = {
    "changes": "Change RosterChanges",
    "check": "BrokenRule PairsCheck check_pairs",
    "conditions": "Condition",
    "circles": "Circle CircleMatching match_circles",
    "circling": (
        "CirclePacking CircleSearch CircleSolution CircleSolver Circles form_circles verify_circles"
    ),
    "constraints": (
        "AtMostOneOf Avoid CommonLanguage DifferentValue Forbid Forbidding GapWindow Horizon "
        "IfThen MaximumLoad MinimumLoad MinimumMatched MinimumOverlap MinimumScore "
        "NotInReportingLine NotRepeated PairPredicate PairRule Parity Pinning Quota Ready "
        "Require Rule SameValue ScoreFloor Together Whole"
    ),
    "costs": "Alternatives alternatives least_costs person_costs",
    "counterfactual": (
        "AddPlace DropRule ExemptPerson ForcePair SolutionDifference WhatIf what_if"
    ),
    "funnels": "Funnel Removal funnel_of",
    "pricing": "Amounts PlacePrices RowPrice",
    "remedy": "Remedies Remedy remedies",
    "diagnosis": "diagnose",
    "difference": "GroupDifference LevelDifference MatchingDifference PersonDifference diff",
    "effects": "Effect",
    "encoding": "Side",
    "errors": (
        "ColumnMapError FileError InfeasibleError InputError MissingExtraError "
        "NoSolutionFoundError OutputError PairkitError ProblemError ProgramError RosterError "
        "SolverError UnknownParticipantError UnsupportedError VerificationError"
    ),
    "explain": "Explanation NextBest Objection Unmatched UnmatchedCode explain_pair",
    "facts": "Direction PartOfScore",
    "files": ("ColumnMap MapSuggestion TermColumns TermFiles read_pairs suggest_map write_roster"),
    "findings": "Finding FindingCode Findings Severity",
    "lowering": "build",
    "matching": "Matching match",
    "messages": "Hours Language Message Who",
    "objectives": "Aim Continuity Egalitarian Objective Participation Quality Stability",
    "pairs": "Pair",
    "parts": "Bilinear Elementwise Listed Lookup",
    "preferences": "Preferences",
    "problem": "Feature Problem",
    "profiles": "EmploymentStatus Participant Protected Role",
    "presets": "reverse_mentoring traditional_mentoring",
    "program": "Program Roles",
    "provenance": "Provenance",
    "reasons": "Diagnosis Relaxation",
    "report.writing": "write_pair_sheets write_report",
    "review": "SkillSuggestion OpenSkill SkillReview",
    "roster": "Roster",
    "rows": "LoadBounds Row",
    "scoring": (
        "AvailabilityOverlap Different Gap PairFunction PreferenceRank Same Scorer "
        "SharedInterests SharedLanguage SkillCoverage TextSimilarity TwoWay Vectors Weighted "
        "WeightedPart"
    ),
    "shortlisting": "PersonSuggestion Shortlists Suggestion shortlist_people shortlists top",
    "solution": "Level Solution Status Stop",
    "solvers": (
        "Answer Auto Clock ColumnGeneration CpSat DeferredAcceptance GraphMatching Greedy "
        "Hungarian MinCostFlow Mip RandomPairs Iteration Solver prices_of solve"
    ),
    "stability": "blocking_pairs",
    "switching": "Alternative",
    "verify": "verify_solution",
    "vocabulary": "Vocabulary",
    "whynot": "Cost FullPerson Move WhyNot",
    "whyunmatched": "HelpfulChange SmallestChange WhyUnmatched",
}
# Public modules.
_PACKAGES = {"datasets": "datasets", "figures": "report.figures", "plots": "report.plots"}
_HOME = {name: module for module, names in _MODULES.items() for name in names.split()}


def __getattr__(name: str) -> object:
    """Return a public name, loading its module at the first use."""
    if name in _HOME:
        value = getattr(import_module(f"pairkit.{_HOME[name]}"), name)
    elif name in _PACKAGES:
        value = import_module(f"pairkit.{_PACKAGES[name]}")
    else:
        raise AttributeError(f"module 'pairkit' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the public names."""
    return __all__
