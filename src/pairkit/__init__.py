"""pairkit: who mentors whom, decided with reasons and proof.

>>> import pairkit as pk
>>> roster = pk.datasets.sample(40)
>>> matching = pk.match(roster, pk.reverse_mentoring())
>>> matching.status.value
'optimal'
"""

from __future__ import annotations

from importlib import import_module

from pairkit._version import __version__  # noqa: F401 - public

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
        "ColumnMapError FileError HistoryError InfeasibleError InputError MissingExtraError "
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
    "rounds": (
        "Enrollment Feedback History HistorySource Meeting Orientation PairChange PairState "
        "ReasonCode Record Round RoundPair Standing Thanks start_round"
    ),
    "rounds.answers": "FeedbackReading read_feedback",
    "rounds.estimates": "Estimate Retention",
    "rounds.evaluation": "Evaluation GroupEvaluation RoundEvaluation evaluate",
    "rounds.orientation": "OrientationPack Section orientation_pack write_orientation_packs",
    "rounds.past": "Pause",
    "rounds.risk": "PairAtRisk pairs_at_risk",
    "rounds.readiness": "Readiness oriented readiness",
    "rounds.recognition": (
        "Contribution Milestone contributions milestones people_to_thank write_certificates"
    ),
    "rounds.rematch": "GonePair Rematch Trade rematch",
    "rounds.store": "HistoryStore",
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
        "Hungarian MinCostFlow Mip RandomPairs Repair Iteration Solver prices_of solve"
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
# Said again in `__init__.pyi`, for type checkers.
_NAMES = ["__version__", *_HOME, *_PACKAGES]
__all__ = [*sorted(_NAMES)]  # noqa: PLE0604  # pyright: ignore[reportUnsupportedDunderAll]


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
