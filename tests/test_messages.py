"""Messages: English as it is, French as it is written, and what copies and forms keep."""

from __future__ import annotations

import copy
import math
import pickle
import sys
from dataclasses import asdict, dataclass
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairkit.errors import InputError, MissingExtraError
from pairkit.messages import Hours, Label, Language, Message, Noun, Value, Who, language_of
from pairkit.messages import _catalog as catalog

FRENCH = language_of("fr")
THIN, HARD = "\u202f", "\u00a0"
WORDS = ("{n} word in common", "{n} words in common")


@pytest.mark.parametrize(
    ("value", "form", "english", "french"),
    [
        (0, "", "0", "0"),
        (3, "", "3", "3"),
        (3.0, "", "3", "3"),
        (1234.5, "", "1,234.5", f"1{THIN}234,5"),
        (0.123456, "", "0.1235", "0,1235"),
        (-2.5, "", "-2.5", "-2,5"),
        (2, "+", "+2", "+2"),
        (0, "+", "0", "0"),
        (-2, "+", "-2", "-2"),
        (0.5, ".2", "0.50", "0,50"),
        (0.5, ".3", "0.500", "0,500"),
        (0.256, "%", "26%", f"26{HARD}%"),
        (0.256, ".1%", "25.6%", f"25,6{HARD}%"),
        (0.256, "+%", "+26%", f"+26{HARD}%"),
        (1.0, "%", "100%", f"100{HARD}%"),
    ],
)
def test_numbers_and_percentages(value: float, form: str, english: str, french: str) -> None:
    assert Language().number(value, form) == english
    assert FRENCH.number(value, form).replace(f"{THIN}%", f"{HARD}%") == french
    assert Language().write(value, form) == english


@pytest.mark.parametrize(
    ("n", "english", "french"),
    [
        (0, "0 words in common", "0 mot en commun"),
        (1, "1 word in common", "1 mot en commun"),
        (1.5, "1.5 words in common", "1,5 mot en commun"),
        (2, "2 words in common", "2 mots en commun"),
        (2000, "2,000 words in common", f"2{THIN}000 mots en commun"),
    ],
)
def test_one_and_several(n: float, english: str, french: str) -> None:
    told = Message(*WORDS, n=n)
    assert (told, told.to("fr"), told.to("en")) == (english, french, english)


def test_a_noun_goes_with_its_number() -> None:
    noun = Noun("partner", "partners")
    assert [noun.counted(n) for n in (0, 1, 2)] == ["0 partners", "1 partner", "2 partners"]
    french = [noun.counted(n).to("fr") for n in (0, 1, 2)]
    assert french == ["0 partenaire", "1 partenaire", "2 partenaires"]
    assert noun.counted(1.00001) == "1 partner"  # as it is shown


@pytest.mark.parametrize(
    ("day", "english", "french"),
    [
        (date(2027, 8, 1), "2027-08-01", "1er août 2027"),
        (date(2026, 12, 11), "2026-12-11", "11 décembre 2026"),
    ],
)
def test_dates(day: date, english: str, french: str) -> None:
    told = Message("{day}", day=day)
    assert (told, told.to("fr")) == (english, french)


@pytest.mark.parametrize(
    ("hours", "english", "french"),
    [
        (Hours(9 * 60, 10 * 60 + 30), "Mon 09:00–10:30", "lun. 09:00–10:30"),
        (Hours(22 * 60, 24 * 60), "Mon 22:00–24:00", "lun. 22:00–24:00"),
        (Hours(22 * 60, 26 * 60), "Mon 22:00–Tue 02:00", "lun. 22:00–mar. 02:00"),
        (Hours(7 * 1440 - 60, 7 * 1440 + 60), "Sun 23:00–Mon 01:00", "dim. 23:00–lun. 01:00"),
    ],
)
def test_hours_of_the_week(hours: Hours, english: str, french: str) -> None:
    told = Message("{hours}", hours=hours)
    assert (told, told.to("fr")) == (english, french)


@pytest.mark.parametrize(
    ("form", "count", "english", "french"),
    [
        ("", 0, "", ""),
        ("", 1, "a", "a"),
        ("", 2, "a and b", "a et b"),
        ("", 3, "a, b and c", "a, b et c"),
        (",", 3, "a, b, c", "a, b, c"),
        (";", 3, "a; b; c", f"a{THIN}; b{THIN}; c"),
        (";", 0, "", ""),
    ],
)
def test_listings(form: str, count: int, english: str, french: str) -> None:
    items = tuple("abc"[:count])
    assert Language().write(items, form) == english
    assert FRENCH.write(items, form) == french


def test_listed_numbers_are_written_in_the_form() -> None:
    assert Language().write((0.5, 0.25), "%") == "50% and 25%"
    assert FRENCH.write((0.5, 1.25), ".2") == "0,50 et 1,25"


def test_people_are_called_by_their_names_and_other_texts_are_not() -> None:
    told = Message("{person} asked not to be paired with {other}", person=Who("a"), other="b")
    names = {"a": "Ada <A>", "b": "Bo", "asked": "?"}
    assert told == "a asked not to be paired with b"
    assert Language(names).say(told) == "Ada <A> asked not to be paired with b"
    french = FRENCH.named(names)
    assert french.say(told) == "Ada <A> a demandé à ne pas former de binôme avec b"
    assert told.to("fr") == "a a demandé à ne pas former de binôme avec b"
    nested = Message("{reasons}", reasons=(told, Message("{person} has left", person=Who("b"))))
    assert french.say(nested).endswith("avec b et Bo a quitté l’organisation")
    assert french.say(Who("a")) == "Ada <A>"
    assert french.say("a") == "a"


@pytest.mark.parametrize(
    ("words", "english"),
    [
        (Message("no word in common"), "No word in common."),
        (Message("{person} has left", person=Who("m1")), "m1 has left."),
        (Message("{reasons}", reasons=(Who("m1"), "x")), "m1 and x."),
        (Message("{reasons}", reasons=()), "."),
        (Message("{words}", words=Message("{person}", person=Who("m"))), "m."),
        (Message("{field} is not stated", field="floor"), "Floor is not stated."),
        (Message(""), "."),
        ("a text", "A text."),
    ],
)
def test_a_sentence_begins_with_a_capital_letter_but_an_id_stays(words: str, english: str) -> None:
    assert Message("{words:^}.", words=words) == english


def test_the_capital_letter_is_that_of_the_language() -> None:
    told = Message("{words:^}.", words=Message("{field} is not stated", field=Message("age")))
    assert (told, told.to("fr")) == ("Age is not stated.", f"Âge{HARD}: valeur non renseignée.")
    named = Message("{words:^}.", words=Message("{person} has left", person=Who("m1")))
    assert Language({"m1": "ève"}).say(named) == "ève has left."


def test_a_label_is_kept_in_english_and_said_in_french() -> None:
    label = Label("SameValue(site)", Message("same {field}", field=Message("site")))
    told = Message("{rule} rules out {n}", rule=label, n=3)
    assert told == "SameValue(site) rules out 3"
    assert told.to("en") == told
    assert told.to("fr") == f"la règle «{HARD}même site{HARD}» en exclut 3"
    for same in (copy.copy(label), copy.deepcopy(label), pickle.loads(pickle.dumps(label))):
        assert (same, FRENCH.say(same)) == (label, "même site")


@dataclass(frozen=True)
class Holder:
    why: str


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_copies_can_still_be_said(protocol: int) -> None:
    inner = Message("{person} has left", person=Who("x{y}"))
    told = Message("{why}.", why=inner)
    copies = [
        copy.copy(told),
        copy.deepcopy(told),
        pickle.loads(pickle.dumps(told, protocol)),
        asdict(Holder(told))["why"],
    ]
    for same in copies:
        assert isinstance(same, Message)
        assert same == told == "x{y} has left."
        assert Language.say(FRENCH.named({"x{y}": "Ada"}), same) == "Ada a quitté l’organisation."


def test_a_message_without_values_is_not_a_pattern() -> None:
    assert Message("{not} a pattern") == "{not} a pattern"


@given(st.text(), st.text())
def test_braces_in_values_are_only_text(one: str, other: str) -> None:
    told = Message("{field} is “{one}” and “{other}”", field="f", one=one, other=other)
    assert told == f"f is “{one}” and “{other}”"
    assert told.to("fr") == f"f{HARD}: «{HARD}{one}{HARD}» et «{HARD}{other}{HARD}»"
    again = Message("{why}.", why=told)
    assert again == f"{told}."
    assert again.to("fr") == f"{told.to('fr')}."


@given(st.floats(-1e12, 1e12), st.sampled_from(["", "+", "%", ".2", "+.1%"]))
def test_every_number_reads_back_in_both_languages(value: float, form: str) -> None:
    english, french = Language().number(value, form), FRENCH.number(value, form)
    apart = 51.0 * 10.0 ** -(int(form[-2]) if "." in form and "%" in form else 2)
    for text in (english.replace(",", ""), "".join(french.split()).replace(",", ".")):
        read = float(text.rstrip("%"))
        assert math.isclose(read / 100 if "%" in form else read, value, rel_tol=1e-9, abs_tol=apart)


def test_a_region_does_not_matter() -> None:
    for code in ("fr-CA", "fr_FR", "FR"):
        assert language_of(code).code == "fr"
    assert language_of("en-GB").code == "en"
    assert language_of(FRENCH) is FRENCH


def test_an_unknown_language_is_named_with_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"no language 'de' here, only 'en' and 'fr'"):
        Message("age").to("de")


def test_french_needs_babel_and_english_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    catalog.cache_clear()
    monkeypatch.setitem(sys.modules, "babel", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'pairkit\[report\]'"):
        language_of("fr")
    told = Message("{n} word in common", "{n} words in common", n=2)
    assert told.to("en") == "2 words in common"


def test_any_other_text_is_said_as_it_is() -> None:
    assert FRENCH.say("no word in common") == "no word in common"
    values: dict[str, Value] = {"why": "no word in common"}
    assert Message("{why}.", **values).to("fr") == "no word in common."
