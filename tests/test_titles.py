"""Titles: what rules, parts, statuses and findings are called, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import TypeVar

import pytest

import pairkit as pk
from pairkit.constraints.catalog import RULES
from pairkit.findings import FindingCode
from pairkit.headings import finding_title
from pairkit.messages import Label, Message
from pairkit.presets import PRESETS
from pairkit.scoring.compose import SCORERS
from pairkit.titles import FIELDS, PARTS, RULES_OF, field_title, part_title, rule_label, rule_title
from pairkit.titles import PARTS_OF as SCORERS_OF
from pairkit.titles import RULES as PLAIN

E = TypeVar("E", bound=Enum)
HARD = "\u00a0"
SOME = {"site": pk.Condition(values=("x",))}


@pytest.mark.parametrize(
    ("label", "english", "french"),
    [
        ("MinimumScore", "minimum score", "score minimum"),
        ("Ready", "ready to take part", "conditions de participation remplies"),
        ("SameValue(site)", "same site", "même site"),
        ("SameValue(floor)", "same floor", "même floor"),
        ("DifferentValue(department)", "different department", "autre service"),
        ("GapWindow(level)", "admitted gap in level", "écart admis (niveau)"),
        ("GapWindow(level) #2", "admitted gap in level, no. 2", "écart admis (niveau), n° 2"),
        ("Require(a with b)", "required pair: a with b", "binôme imposé : a avec b"),
        (
            "AtMostOneOf(a, b, c, 2 more)",
            "at most one of a, b, c, 2 more",
            "une seule possibilité parmi : a, b, c, 2 autres",
        ),
        ("Together(a, b)", "together: a, b", "ensemble : a, b"),
        (
            "IfThen(a with b, c with d)",
            "if a with b, then at least one of: c with d",
            "si a avec b, alors au moins un parmi : c avec d",
        ),
        (
            "Quota(same department, per site): Lyon",
            "quota: same department, per site: Lyon",
            "quota : même service, par site : Lyon",
        ),
        (
            "Quota(mentor level, mentee age and site)",
            "quota: mentors by level, mentees by age and site",
            "quota : mentors choisis par niveau, mentorés choisis par âge et site",
        ),
        ("Quota(pairs)", "quota: pairs", "quota : binômes"),
        ("Quota(our (own) name): a (b)", "quota: our (own) name: a (b)", None),
        (
            "MinimumLoad(mentor level and site, per department): HR",
            "least number of partners for mentors of each department, by level and site: HR",
            (
                "nombre minimum de partenaires des mentors, par service "
                "(filtre : niveau et site) : HR"
            ),
        ),
        (
            "MaximumLoad(mentee)",
            "largest number of partners for each mentee",
            "nombre maximum de partenaires par mentoré",
        ),
        ("MinimumMatched(mentee)", "enough mentees with a partner", "assez de mentorés en binôme"),
        ("Parity(gender): f and m", "parity by gender: f and m", "parité (genre) : f et m"),
        ("Parity(site): a", "parity by site: a", "parité (site) : a"),
    ],
)
def test_the_title_of_a_rule(label: str, english: str, french: str | None) -> None:
    title = rule_title(label)
    assert title == english
    assert isinstance(title, Message)
    if french is not None:
        assert re.sub(r"\s", " ", title.to("fr")) == french
    told = Message("{rule} rules out {n}", rule=rule_label(label), n=1)
    assert told == f"{label} rules out 1"
    assert title.to("fr") in told.to("fr")


@pytest.mark.parametrize(
    "label", ["", "Mine", "Mine(site)", "Ready(x)", "SameValue", "SameValue()", "a: b", "Två #2"]
)
def test_an_unknown_label_stays(label: str) -> None:
    assert rule_title(label) == label
    assert rule_label(label) == label
    assert not isinstance(rule_label(label), Label | Message)


def test_a_title_has_no_title_of_its_own() -> None:
    pin = Message("the pin of mentor {mentor} and mentee {mentee}", mentor="1", mentee="2")
    assert rule_label(pin) is pin


def test_every_rule_of_ours_has_a_title() -> None:
    assert {name for name in RULES.builtin if name not in {**PLAIN, **RULES_OF}} == set()


@pytest.mark.parametrize(
    "rule",
    [
        pk.SameValue("site"),
        pk.Quota(same="site", at_least=1),
        pk.Quota(mentor=SOME, different="department", at_least=1, per="country"),
        pk.MinimumLoad(1, where=SOME, per="department"),
        pk.MaximumLoad(1, "mentee"),
        pk.MinimumMatched(0.5, "mentor"),
        pk.Parity("gender", 0.1),
        pk.Together(("a", "b", "c", "d")),
        pk.AtMostOneOf(pairs=(("a", "b"), ("c", "d"))),
        pk.IfThen(("a", "b"), (("c", "d"),)),
        pk.PairPredicate(lambda *_: True, "polite"),
        pk.Horizon(),
    ],
)
def test_the_label_of_a_rule_has_a_title(rule: pk.Rule) -> None:
    assert isinstance(rule_title(rule.label), Message)


@pytest.mark.parametrize(
    ("name", "english", "french"),
    [
        ("SkillCoverage", "needs met by skills", "besoins couverts par les compétences"),
        ("Gap(level)", "gap in level", "écart (niveau)"),
        ("Same(site)", "same site", "même site"),
        ("Different(department)", "different department", "autre service"),
        (
            "TwoWay(SkillCoverage)",
            "both ways: needs met by skills",
            "dans les deux sens : besoins couverts par les compétences",
        ),
        ("TwoWay(Gap(age))", "both ways: gap in age", "dans les deux sens : écart (âge)"),
        ("PairFunction(chemistry)", "function: chemistry", "fonction : chemistry"),
        ("TextSimilarity(about)", "similar texts: about", "textes proches (présentation)"),
        ("SameValue(site)", "same site", "même site"),
        ("needs of the senior", "needs of the senior", "besoins de la personne senior"),
    ],
)
def test_the_title_of_a_part(name: str, english: str, french: str) -> None:
    title = part_title(name)
    assert isinstance(title, Message)
    assert (title, title.to("fr").replace(HARD, " ")) == (english, french)


@pytest.mark.parametrize("name", ["our own", "Gap", "skills", "Mine(site)", ""])
def test_a_name_of_ones_own_stays(name: str) -> None:
    assert part_title(name) == name
    assert not isinstance(part_title(name), Message)


def test_every_scorer_of_ours_and_every_part_of_the_presets_has_a_title() -> None:
    assert {name for name in SCORERS.builtin if name not in {**PARTS, **SCORERS_OF}} == set()
    example = pk.Program.load(Path(__file__).parents[1] / "examples" / "program.toml")
    for program in (example, *(preset() for preset in PRESETS.values())):
        for part in program.scoring.parts:
            assert isinstance(part_title(part.name), Message)
        for rule in program.rules:
            assert isinstance(rule_title(rule.label), Message)


def test_an_attribute_has_only_its_own_name() -> None:
    assert field_title("floor") == "floor"
    assert {name: field_title(name) for name in FIELDS} == FIELDS


def titled(title: Callable[[E], Message], values: type[E]) -> None:
    english = [title(one) for one in values]
    french = [one.to("fr") for one in english]
    assert all(english)
    assert len(set(english)) == len(set(french)) == len(values)


def test_whole_enums_have_titles() -> None:
    titled(finding_title, FindingCode)


def test_a_finding_is_a_sentence() -> None:
    for code in FindingCode:
        for words in (finding_title(code), finding_title(code).to("fr")):
            assert words[0].isupper()
            assert words.endswith(".")
