"""The rules by name."""

from __future__ import annotations

from typing import Annotated

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from pairkit.catalog import Catalog
from pairkit.constraints.base import Rule
from pairkit.constraints.listed import (
    Avoid,
    Forbid,
    MinimumScore,
    NotRepeated,
    PairPredicate,
    Require,
)
from pairkit.constraints.loads import AtMostOneOf, IfThen, MaximumLoad, MinimumLoad, Together
from pairkit.constraints.people import (
    CommonLanguage,
    DifferentValue,
    GapWindow,
    Horizon,
    MinimumOverlap,
    NotInReportingLine,
    Ready,
    SameValue,
)
from pairkit.constraints.quotas import MinimumMatched, Parity, Quota
from pairkit.errors import ProgramError

__all__ = ["RULES", "AnyRule"]

RULES: Catalog[Rule] = Catalog(
    "rule",
    [
        Ready,
        GapWindow,
        SameValue,
        DifferentValue,
        CommonLanguage,
        MinimumOverlap,
        NotInReportingLine,
        Avoid,
        Forbid,
        Require,
        NotRepeated,
        Horizon,
        MinimumScore,
        PairPredicate,
        Quota,
        MinimumMatched,
        Parity,
        MinimumLoad,
        MaximumLoad,
        AtMostOneOf,
        Together,
        IfThen,
    ],
)


def _read(value: object) -> Rule:
    rule = RULES.read(value)
    if isinstance(rule, type) or not isinstance(rule, Rule):
        raise ProgramError(f"{rule!r} is not a rule: it has no label, penalty and prepare.")
    return rule


def _write(value: Rule) -> dict[str, object]:
    return RULES.write(value)


AnyRule = Annotated[
    Rule,
    PlainValidator(_read),
    PlainSerializer(_write),
    WithJsonSchema({"type": "object", "catalog": "rule"}),
]
