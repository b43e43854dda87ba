"""The French catalog: complete, typeset as French is, and never half in English."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from babel.messages.pofile import read_po

import pairkit as pk
from pairkit.check import check_pairs
from pairkit.explain import explain_pair
from pairkit.messages import Hours, Message, Value, Who, language_of

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog
    from babel.messages.catalog import Message as Entry

PACKAGE = Path(pk.__file__).parent
THIN, HARD = "\u202f", "\u00a0"
IN_TEMPLATES = re.compile(
    r"""\b(?:say|_|n?gettext)\(\s*(?P<one>"[^"]*"|'[^']*')"""
    r"""(?:\s*,\s*(?P<several>"[^"]*"|'[^']*')(?=\s*[,)]))?"""
)


@dataclass(frozen=True)
class Said:
    """A text of the program that is said in other languages, and its plural."""

    one: str
    several: str | None = None


# What there is to say


def texts_of(source: str) -> Iterator[Said]:
    """Return the texts of a module; a text that is not written out could not be translated."""
    for call in ast.walk(ast.parse(source)):
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name)):
            continue
        if call.func.id not in {"Against", "Message", "Noun"} or passes_on(call):
            continue
        words = [one.value if isinstance(one, ast.Constant) else None for one in call.args]
        assert words, f"line {call.lineno}: {ast.unparse(call)}"
        assert all(isinstance(one, str) for one in words), ast.unparse(call)
        yield Said(*map(str, words))


def passes_on(call: ast.Call) -> bool:
    """Return whether the words of a call are written out elsewhere."""
    given = [ast.unparse(one) for one in call.args]
    return given == ["text", "plural"] or (len(given) == 1 and given[0].endswith(".unit"))


def texts_of_template(source: str) -> Iterator[Said]:
    for found in IN_TEMPLATES.finditer(source):
        several = found["several"]
        yield Said(found["one"][1:-1], several[1:-1] if several else None)


@cache
def texts() -> frozenset[Said]:
    modules = [path for path in PACKAGE.rglob("*.py") if path.name != "messages.py"]
    found = {one for path in modules for one in texts_of(path.read_text("utf-8"))}
    for path in (PACKAGE / "report" / "templates").rglob("*"):
        if path.is_file():
            found |= set(texts_of_template(path.read_text("utf-8")))
    return frozenset(found)


@cache
def catalog() -> Catalog:
    with (PACKAGE / "locale" / "fr" / "LC_MESSAGES" / "pairkit.po").open("rb") as source:
        return read_po(source, locale="fr", abort_invalid=True)


def entries() -> dict[Said, tuple[str, ...]]:
    """Return the French of each text, or of one and several."""
    return {said(entry): told(entry) for entry in catalog() if entry.id}


def said(entry: Entry) -> Said:
    return Said(entry.id) if isinstance(entry.id, str) else Said(*entry.id)


def told(entry: Entry) -> tuple[str, ...]:
    french = entry.string or ""
    return (french,) if isinstance(french, str) else tuple(french)


def places(text: str) -> set[tuple[str, str]]:
    """Return the placeholders of a text, each with its form."""
    return {(name, form or "") for _, name, form, _ in string.Formatter().parse(text) if name}


def test_texts_are_found_in_modules_and_templates() -> None:
    source = 'x = [Message("a {b}", b=1), Noun("c", "d"), Noun(*row.unit), Message(text, plural)]'
    assert set(texts_of(source)) == {Said("a {b}"), Said("c", "d")}
    with pytest.raises(AssertionError, match="some_text"):
        list(texts_of("Message(some_text)"))
    template = """{{ say("a") }} {{ say('b {n}', "c {n}", n=2) }} {{ _("d", n=say("e")) }}
    {{ essay("no") }} {{ ngettext("f", "g", n) }} {{ say("h", name="i") }}"""
    assert list(texts_of_template(template)) == [
        Said("a"),
        Said("b {n}", "c {n}"),
        Said("d"),
        Said("e"),
        Said("f", "g"),
        Said("h"),
    ]


# What the catalog says of it


def test_everything_has_its_french_and_nothing_is_stale() -> None:
    singular = {one.one for one in entries()}
    missing = {one for one in texts() if one.several and one not in entries()}
    missing |= {one for one in texts() if one.several is None and one.one not in singular}
    plurals = {one.one for one in texts() if one.several}
    needed = {one for one in texts() if one.several or one.one not in plurals}
    assert missing == set()
    assert set(entries()) - needed == set()
    assert not catalog().obsolete
    assert not [entry.id for entry in catalog() if entry.id and entry.fuzzy]


def test_there_is_one_plural_for_each_singular() -> None:
    several: dict[str, str] = {}
    for one in texts():
        if one.several is not None:
            assert several.setdefault(one.one, one.several) == one.several


def test_french_counts_0_and_1_as_one() -> None:
    assert (catalog().num_plurals, catalog().plural_expr) == (2, "(n > 1)")


@pytest.mark.parametrize("one", sorted(entries(), key=str), ids=str)
def test_an_entry_is_complete_and_typeset(one: Said) -> None:
    french = entries()[one]
    english = (one.one,) if one.several is None else (one.one, one.several)
    assert len(french) == len(english)
    for own, theirs in zip(french, english, strict=True):
        assert own
        assert places(own) == places(theirs)
        check_typesetting(own)
        assert own[-1:] == theirs[-1:] or theirs[-1:] != "."


def check_typesetting(text: str) -> None:
    """Raise unless a text keeps the rules of French about spaces, quotes and apostrophes."""
    plain = re.sub(r"\{[^}]*\}", "x", text)
    for mark, space in ((";", THIN), ("!", THIN), ("?", THIN), (":", HARD), ("»", HARD)):
        assert all(before == space for before in re.findall(f"(.){re.escape(mark)}", plain)), text
    assert all(after == HARD for after in re.findall("«(.)", plain)), text
    assert plain.count("«") == plain.count("»")
    assert not re.search(r"""['"“”]|  |\.\.\.|^\s|\s$""", plain), text


# Whole sentences

ENGLISH = {
    *("a", "all", "allowed", "and", "are", "at", "both", "by", "cannot", "each", "for", "from"),
    *("has", "have", "is", "least", "level", "mentee", "mentees", "most", "needed", "needs", "no"),
    *("none", "of", "or", "out", "pair", "partner", "partners", "person", "people", "room", "rule"),
    *("rules", "same", "share", "that", "the", "they", "this", "to", "wish", "with"),
}
FRENCH_TOO = {"a"}  # "Anna a deux partenaires"


def check_whole(text: str) -> None:
    """Raise where a message is not said in French from its first word to its last."""
    assert isinstance(text, Message), text
    french = text.to("fr")
    left = {word for word in re.findall(r"\w+", french) if word in ENGLISH - FRENCH_TOO}
    assert not left, f"{text} -> {french}"
    assert "{" not in french
    assert not re.search(r"[A-Z][a-z]+[A-Z]\w+\(?", french), french  # the name of a class


LYON = {"site": pk.Condition(values=("Lyon",))}


def people() -> pk.Roster:
    """Return four mentors and six mentees, of Paris and Lyon in turn, who state everything."""
    mentors, mentees = (
        [
            {
                "id": f"{letter}{k}",
                "roles": role,
                "mentor_capacity": 2,
                "site": "Lyon" if k % 2 else "Paris",
                "department": "RH",
                "level": k + 1,
                "experience": 2.5 * k,
                "skills": {"Python": 1 + k},
                "needs": {"Python": 1, "SQL": 2},
                "interests": ["vin", "ski"][: 1 + k % 2],
                "languages": ["fr", "de"][: 1 + k % 2],
                "availability": ["Mon 09:00-12:00"] if k else [],
                "time_zone": "Europe/Paris" if k % 2 else "Asia/Tokyo",
                "manager": "M0" if letter + str(k) != "M0" else None,
                "retires": "2027-03-01" if k == 1 else None,
                "preferences": [["M1"]] if letter == "E" else [],
                "avoid": ["E2"] if letter == "M" else [],
                "about": f"jardin potager {k}",
            }
            for k in range(number)
        ]
        for letter, role, number in (("M", "mentor", 4), ("E", "mentee", 6))
    )
    return pk.Roster.from_records(mentors + mentees)


EVERYTHING = {
    one.__class__.__name__: one
    for one in (
        pk.SkillCoverage(),
        pk.SharedInterests(),
        pk.SharedLanguage(),
        pk.AvailabilityOverlap(2.0),
        pk.Gap("level", ideal=1.0),
        pk.Same("site"),
        pk.Different("department"),
        pk.PreferenceRank(),
        pk.TwoWay(pk.SkillCoverage()),
    )
}
FORBIDDING = (
    pk.Ready(orientation=True, missing="forbid"),
    pk.GapWindow("level", 0, 1),
    pk.SameValue("site"),
    pk.DifferentValue("department"),
    pk.CommonLanguage(missing="forbid"),
    pk.MinimumOverlap(5, missing="forbid"),
    pk.NotInReportingLine(2, siblings=True),
    pk.Horizon(12, missing="forbid"),
    pk.Avoid(),
    pk.Forbid((("M0", "E0"),)),
    pk.NotRepeated((("M0", "E1"),)),
    pk.MinimumScore(0.99),
    pk.PairPredicate(lambda *_: False, "accord"),
)


def test_the_reasons_of_a_pair_are_french() -> None:
    program = pk.Program(scoring=EVERYTHING, rules=FORBIDDING)
    for mentor, mentee in product(("M0", "M1", "M3"), ("E0", "E1", "E2")):
        found = explain_pair(people(), program, mentor, mentee)
        for part in found.parts:
            facts = part.evidence + sum((one.evidence for one in part.directions), ())
            for fact in facts:
                check_whole(fact)
        for one in found.objections:
            check_whole(one.why)


def test_the_reasons_to_be_alone_are_french() -> None:
    scoring = {"site": pk.Same("site")}
    programs = [
        pk.Program(scoring=scoring, rules=(rule,), roles={"mentee": {"level": {"max": 5}}})
        for rule in FORBIDDING
    ]
    programs += [
        pk.Program(scoring=scoring),
        pk.Program(scoring=scoring, roles={"peer": {"level": {"min": 2}}}),
        pk.Program(scoring=scoring, rules=(pk.MaximumLoad(1),)),
    ]
    for program in programs:
        found = pk.match(people(), program)
        for reason in (*(one.reason for one in found.unmatched), *found.outside.values()):
            check_whole(reason)


CONFLICTS: Sequence[Sequence[pk.Rule]] = [
    [pk.MinimumLoad(2)],
    [pk.MinimumLoad(3)],
    [pk.MinimumLoad(3, where=LYON)],
    [pk.MinimumLoad(2), pk.MaximumLoad(1, where=LYON)],
    [pk.MinimumLoad(1, "mentee"), pk.Forbid([(f"M{k}", "E0") for k in range(4)])],
    [pk.Quota(mentee=LYON, at_least=10, count="mentees")],
    [pk.Quota(same="site", at_least=3), pk.DifferentValue("site")],
    [pk.Quota(mentee=LYON, at_least=4, at_most=5)],
    [pk.MinimumMatched(1.0), pk.Forbid([(f"M{k}", "E0") for k in range(4)])],
    [pk.Require([("M0", "E0"), ("M0", "E2")]), pk.AtMostOneOf(("E0", "E2"))],
    [pk.Require([("M0", "E0"), ("M0", "E2")]), pk.MaximumLoad(1)],
    [pk.Require([("M0", "E0"), ("M0", "E2"), ("M0", "E4")])],
    [pk.Require([("M0", "E0")]), pk.GapWindow("level", 3)],
    [
        pk.Require([("M0", "E0")]),
        pk.IfThen(("M0", "E0"), [("M1", "E1")]),
        pk.Forbid([("M1", "E1")]),
    ],
    [pk.MinimumMatched(1.0), pk.MaximumLoad(1), pk.Quota(same="site", at_least=1)],
    [
        pk.Require([("M0", "E0")]),
        pk.Together(("E0", "E1")),
        pk.MaximumLoad(0, "mentee", where=LYON),
    ],
    [pk.Parity("site", 0.1), pk.MinimumMatched(0.5), pk.MaximumLoad(0, "mentee", where=LYON)],
    [
        pk.Quota(same="site", share_at_most=0.25, name="mixité"),
        pk.SameValue("site"),
        pk.MinimumMatched(0.5),
    ],
]


@pytest.mark.parametrize("rules", CONFLICTS, ids=lambda rules: rules[0].label)
def test_a_diagnosis_is_french(rules: Sequence[pk.Rule]) -> None:
    program = pk.Program(scoring={"site": pk.Same("site")}, rules=tuple(rules))
    found = pk.match(people(), program).diagnosis
    assert found is not None
    assert found.reasons
    for sentence in (*found.sentences, *found.demands, *(one.words for one in found.relax)):
        if sentence:
            check_whole(sentence)


def test_what_a_check_finds_is_french() -> None:
    whole = (
        pk.Ready(),
        pk.GapWindow("level", 5),
        pk.Require([("M2", "E2")]),
        pk.MinimumMatched(1.0),
        pk.MinimumLoad(3, or_none=True),
        pk.MaximumLoad(1, per="site"),
        pk.Quota(same="site", share_at_least=1.0),
        pk.Quota(mentee=LYON, at_most=0),
        pk.Parity("site", 0.0),
        pk.Together(("E0", "E5")),
        pk.Together(("E0", "E5"), same_partner=True),
    )
    program = pk.Program(scoring={"site": pk.Same("site")}, rules=whole)
    pairs = [("M0", "E0"), ("M0", "E0"), ("M0", "E2"), ("M0", "E1"), ("X", "E1"), ("E1", "M1")]
    found = check_pairs(people(), program, pairs)
    assert len(found.broken) > 12
    for one in found.broken:
        check_whole(one.why)
        assert one.why.endswith(".")


def filled(text: str) -> dict[str, Value]:
    return {name: value(name, form) for name, form in places(text)}


def value(name: str, form: str) -> Value:
    """Return something that may stand in a placeholder."""
    if form in {",", ";"} or name in {"changes", "rules", "relax", "limits", "reasons"}:
        return ("un", "deux")
    if name == "times":
        return (Hours(540, 600),)
    if name == "n" or form:
        return 2
    return Who("M0")


def test_every_entry_can_be_filled_in() -> None:
    french = language_of("fr").named({"M0": "Ève"})
    for one in entries():
        values = {"n": 2} | filled(one.one) | filled(one.several or "")
        text = french.say(Message(one.one, one.several, **values))
        assert "{" not in text
        assert "M0" not in text
