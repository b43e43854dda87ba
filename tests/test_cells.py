from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairkit.files.cells import (
    KINDS,
    level_text,
    read_boolean,
    read_level,
    read_levels,
    read_names,
    read_ranks,
    read_roles,
    read_status,
    read_windows,
    read_zone,
)
from pairkit.files.items import Style, plain, quoted, read_text
from pairkit.files.languages import read_languages
from pairkit.files.lexicon import HEADERS, LANGUAGES, VALUES, header_key
from pairkit.files.quantities import (
    DateOrder,
    date_doubt,
    date_order,
    decimal_mark,
    read_date,
    read_number,
    read_whole,
    shown,
)
from pairkit.profiles import FIELDS, EmploymentStatus, Participant, Role, tidy

NARROW = "\u202f"  # the narrow no-break space of French numbers


# Numbers


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("3", 3),
        (" 3 ", 3),
        ("+3", 3),
        ("-3", -3),
        ("\u22123", -3),  # a typographic minus sign
        ("- 3", -3),
        (".5", 0.5),
        ("2.5", 2.5),
        ("2,5", 2.5),
        ("1e3", 1000),
        ("1e-07", 1e-7),
        ("1 234,5", 1234.5),
        (f"1{NARROW}234,5", 1234.5),
        ("1\u00a0234", 1234),
        ("1.234,5", 1234.5),
        ("1,234.5", 1234.5),
        ("1'234.5", 1234.5),
        ("1’234,5", 1234.5),
        ("1.234.567", 1234567),
        ("1,234,567", 1234567),
        ("1,234,567.25", 1234567.25),
        ("0,125", 0.125),
        ("1.234", 1.234),
        ("12345,678", 12345.678),
        ("12 ans", 12),
        ("1 an", 1),
        ("3 années", 3),
        ("7 yrs", 7),
        ("6 months", 0.5),
        ("18 mois", 1.5),
        ("3 mentees", 3),
        ("2 personnes", 2),
        ("80 %", 0.8),
        ("80%", 0.8),
        ("9 to 10 years", 9.5),
        ("5-10", 7.5),
        ("5 - 10", 7.5),
        ("5–10", 7.5),  # an en dash
        ("5 à 10", 7.5),
        ("de 5 à 10 ans", 7.5),
        ("entre 5 et 10 ans", 7.5),
        ("between 5 and 10", 7.5),
        ("from 5 to 10 yrs", 7.5),
        ("6 to 12 months", 0.75),
        ("6 mois à 2 ans", 1.25),
        ("20+", 20),
        ("20 +", 20),
        ("20+ years", 20),
        ("20 or more years", 20),
        ("20 years or more", 20),
        ("20 ans et plus", 20),
        ("plus de 20 ans", 20),
        ("more than 20 years", 20),
        ("> 20", 20),
        (">=20", 20),
        ("≥ 20 ans", 20),
        ("au moins 6 mois", 0.5),
        ("Less than a year", 0.5),
        ("less than 1 year", 0.5),
        ("moins d'un an", 0.5),
        ("moins d’un an", 0.5),
        ("Moins de 1 an", 0.5),
        ("< 1", 0.5),
    ],
)
def test_number_as_people_write_it(text: str, number: float) -> None:
    assert read_number(text) == pytest.approx(number)


@pytest.mark.parametrize("value", [3, 3.0, np.float64(3.0)])
def test_typed_number_stays(value: object) -> None:
    assert read_number(value) == 3.0


@pytest.mark.parametrize(
    "text",
    [
        "about ten",
        "nan",
        "inf",
        "-inf",
        "Infinity",
        "",
        "-",
        "<",
        "<5",
        "1e999",
        "9" * 99 + "e300",
        "9" * 101,
        "12 34",
        "1,2,3",
        "1,234,5",
        "1.2.3",
        "1_000",
        "0x10",
        "5 to",
        "to 5",
        "10-5",
        "2024-12",
        "3 bananas",
        "½",
        "٣",
        "less than 5 years",
    ],
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a number|above its end|too large"):
        read_number(text)


@pytest.mark.parametrize("value", [True, None, [], date(2024, 1, 1), float("inf"), float("nan")])
def test_what_is_not_even_text_is_no_number(value: object) -> None:
    with pytest.raises(ValueError, match="is not a number"):
        read_number(value)


def test_whole_number_beyond_every_float_is_refused() -> None:
    with pytest.raises(ValueError, match="is not a number"):
        read_number(10**400)


def test_number_that_reads_two_ways_is_refused_alone() -> None:
    with pytest.raises(ValueError, match=r"'1,234' could be 1234 or 1\.234\."):
        read_number("1,234")


def test_number_that_reads_two_ways_follows_its_column() -> None:
    assert read_number("1,234", ",") == 1.234
    assert read_number("1,234", ".") == 1234
    assert read_number("1.234", ",") == 1234
    assert read_number("1.234", ".") == 1.234
    assert read_number("2.5", ",") == 2.5


@pytest.mark.parametrize(
    ("texts", "mark"),
    [
        (["2,5", "3"], ","),
        (["2.5", "3"], "."),
        (["1.234,5"], ","),
        (["1,234.5"], "."),
        (["1,234,567"], "."),
        (["1.234.567"], ","),
        (["2,5 ans à 3 ans"], ","),
        (["1,234"], ""),
        (["1 234"], ""),
        (["2,5", "2.5"], ""),
        (["some"], ""),
        ([], ""),
    ],
)
def test_decimal_mark_of_a_column(texts: list[str], mark: str) -> None:
    assert decimal_mark(texts) == mark


def test_whole_number() -> None:
    assert read_whole("3") == 3
    assert isinstance(read_whole(3.0), int)
    with pytest.raises(ValueError, match=r"'2\.5' is not a whole number"):
        read_whole("2.5")
    with pytest.raises(ValueError, match="'1-2' is not a whole number"):
        read_whole("1-2")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_that_python_writes_is_read(number: float) -> None:
    assert read_number(repr(number)) == number


@given(st.text(max_size=30))
def test_no_text_breaks_the_reading_of_numbers_and_dates(text: str) -> None:
    for read in (read_number, read_date):
        with contextlib.suppress(ValueError):
            read(text)


def test_message_cuts_what_it_repeats() -> None:
    assert shown("x" * 100) == "'" + "x" * 29 + "…'"


# Dates


@pytest.mark.parametrize(
    "text",
    [
        "2024-12-31",
        "2024/12/31",
        "2024.12.31",
        "20241231",
        "2024-12-31T08:30:00Z",
        "2024-12-31 08:30:00.123456+01:00",
        "31 December 2024",
        "31 Dec 2024",
        "31-Dec-2024",
        "31st of December 2024",
        "Tuesday, 31 December 2024",
        "December 31, 2024",
        "Dec. 31st 2024",
        "31 décembre 2024",
        "31 déc. 2024",
        "mardi 31 décembre 2024",
    ],
)
def test_date_that_reads_one_way(text: str) -> None:
    assert read_date(text) == date(2024, 12, 31)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1er janvier 2024", date(2024, 1, 1)),
        ("3 juin 2024", date(2024, 6, 3)),
        ("3 juil. 2024", date(2024, 7, 3)),
        ("3 févr. 2024", date(2024, 2, 3)),
        ("3 août 2024", date(2024, 8, 3)),
        ("May 3 2024", date(2024, 5, 3)),
    ],
)
def test_month_by_name(text: str, expected: date) -> None:
    assert read_date(text) == expected


@pytest.mark.parametrize("text", ["31/12/2024", "31.12.2024", "31-12-2024", "31/12/2024 00:00"])
def test_date_with_the_day_first(text: str) -> None:
    assert read_date(text, "day-first") == date(2024, 12, 31)


@pytest.mark.parametrize("text", ["12/31/2024", "12/31/2024 12:00:00 AM", "12-31-2024"])
def test_date_with_the_month_first(text: str) -> None:
    assert read_date(text, "month-first") == date(2024, 12, 31)


def test_typed_date_stays() -> None:
    assert read_date(date(2024, 1, 2)) == date(2024, 1, 2)
    assert read_date(datetime(2024, 1, 2, 23, tzinfo=UTC)) == date(2024, 1, 2)
    assert read_date(pd.Timestamp("2024-01-02")) == date(2024, 1, 2)


@pytest.mark.parametrize(
    "value",
    ["soon", "", "31/12/245", "déc. 24", "4529", 952921, "3 ju 2024", "ju 2024", "1850", "1" * 200],
)
def test_what_is_no_date_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="is not a date"):
        read_date(value, "day-first")


@pytest.mark.parametrize(
    ("value", "expected", "doubt"),
    [
        ("45292", date(2024, 1, 1), "one of Excel's serial numbers"),
        (45292, date(2024, 1, 1), "one of Excel's serial numbers"),
        (45292.75, date(2024, 1, 1), "one of Excel's serial numbers"),
        ("45292,5", date(2024, 1, 1), "one of Excel's serial numbers"),
        ("36526.0", date(2000, 1, 1), "one of Excel's serial numbers"),
        ("2024", date(2024, 7, 1), "a year alone"),
        (2024, date(2024, 7, 1), "a year alone"),
        (2024.0, date(2024, 7, 1), "a year alone"),
        ("12/2024", date(2024, 12, 15), "a month alone"),
        ("2024-12", date(2024, 12, 15), "a month alone"),
        ("déc. 2024", date(2024, 12, 15), "a month alone"),
        ("December 2024", date(2024, 12, 15), "a month alone"),
        ("31 décembre 2024", date(2024, 12, 31), ""),
    ],
)
def test_date_that_is_not_written_as_one(value: object, expected: date, doubt: str) -> None:
    assert read_date(value) == expected
    assert date_doubt(value) == doubt


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("31/12/24", "day-first", date(2024, 12, 31)),
        ("12/31/99", "month-first", date(1999, 12, 31)),
        ("1.2.05 08:30", "day-first", date(2005, 2, 1)),
        ("31-Dec-24", "iso", date(2024, 12, 31)),
        ("3 juin 98", "iso", date(1998, 6, 3)),
        ("May 3, 04", "iso", date(2004, 5, 3)),
    ],
)
def test_year_of_two_digits(text: str, order: DateOrder, expected: date) -> None:
    assert read_date(text, order) == expected
    assert date_doubt(text) == "a date with a year of two digits"


def test_year_of_two_digits_is_of_this_century_up_to_next_year() -> None:
    this = datetime.now(UTC).year
    for year in (this, this + 1, this + 2):
        text = f"01/02/{year % 100:02}"
        century = 0 if year <= this + 1 else 100
        assert read_date(text, "day-first").year == year - century
        assert read_date(text, "day-first", ahead=True).year == year
        assert KINDS["retires"].read(text, Style(dates="day-first")) == date(year, 2, 1)


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["01/02/03"], "the day or the month first, as in '01/02/03'"),
        (["24-12-31", "01-02-03"], "the year first or last, as in '24-12-31'"),
        (["31/12/24", "99/12/31"], "puts the year first in '99/12/31'"),
        (["31/12/24", "12/31/24"], "the day first in '31/12/24' and the month first"),
    ],
)
def test_order_of_dates_with_years_of_two_digits_is_never_guessed(
    texts: list[str], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        date_order(texts)


def test_month_that_the_calendar_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="is not a day of the calendar"):
        read_date("13/2024")


@pytest.mark.parametrize("text", ["2024-02-30", "31/12/2024", "30 February 2024", "2024-13-01"])
def test_day_that_the_calendar_does_not_have_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a day of the calendar"):
        read_date(text, "month-first")


def test_numeric_date_is_not_read_as_iso() -> None:
    with pytest.raises(ValueError, match="is not a date"):
        read_date("31/12/2024", "iso")


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        (["03/04/2024", "31/12/2024"], "day-first"),
        (["03/04/2024", "12/31/2024"], "month-first"),
        (["05/05/2024"], "day-first"),
        (["2024-01-02", "soon"], "iso"),
        ([], "iso"),
        (["9" * 1000], "iso"),
        (["13/13/2024"], "day-first"),
        (["03/04/24", "31/12/24"], "day-first"),
        (["03/04/2024", "12/31/99"], "month-first"),
        (["03-04-05", "31-12-98"], "day-first"),  # 98 is no day
        (["03-04-05", "31-12-2024"], "day-first"),
    ],
)
def test_date_order_of_a_column(texts: list[str], order: str) -> None:
    assert date_order(texts) == order


def test_date_order_that_nothing_decides_is_refused() -> None:
    with pytest.raises(ValueError, match="day or the month first, as in '03/04/2024'"):
        date_order(["05/05/2024", "03/04/2024", "06/07/2024"])


def test_date_order_both_ways_is_refused() -> None:
    with pytest.raises(ValueError, match=r"day first in '31/12/2024' .* first in '12/31/2024'"):
        date_order(["31/12/2024", "12/31/2024"])


# Words


@pytest.mark.parametrize(
    "value", ["yes", "Y", "Oui", "o", "TRUE", "vrai", "1", 1, 1.0, "x", "X", True, "✓"]
)
def test_yes(value: object) -> None:
    assert read_boolean(value) is True


@pytest.mark.parametrize("value", ["no", "N", "Non", "False", "FAUX", "0", 0, 0.0, False])
def test_no(value: object) -> None:
    assert read_boolean(value) is False


def test_what_is_neither_yes_nor_no_is_refused() -> None:
    with pytest.raises(ValueError, match="'maybe' is neither yes nor no"):
        read_boolean("maybe")


BOTH = frozenset(Role)


@pytest.mark.parametrize(
    ("value", "roles"),
    [
        ("Mentor", {Role.MENTOR}),
        ("tutrice", {Role.MENTOR}),
        ("mentee", {Role.MENTEE}),
        ("Mentoré", {Role.MENTEE}),
        ("Mentoré(e)", {Role.MENTEE}),
        ("both", BOTH),
        ("Les deux", BOTH),
        ("mentor; mentee", BOTH),
        ("mentor et mentoré", BOTH),
        ("Mentor / Mentee", BOTH),
        (["mentor", "mentee"], BOTH),
        ({Role.MENTOR}, {Role.MENTOR}),
    ],
)
def test_roles(value: object, roles: set[Role]) -> None:
    assert read_roles(value) == roles


@pytest.mark.parametrize(
    ("cell", "tags"),
    [
        ("FR-EN", ("fr", "en")),
        ("en-de", ("en", "de")),
        ("EN-DE", ("en", "de")),
        ("FR-EN-DE", ("fr", "en", "de")),
        ("en-DE", ("en-DE",)),
        ("pt-br", ("pt-BR",)),
        ("fr-CA; FR-CA", ("fr-CA",)),
        ("fr-fr", ("fr-FR",)),
        ("Anglais (C1)", ("en",)),
        ("English (fluent, C1), French", ("en", "fr")),
        ("English: fluent; Français - notions", ("en", "fr")),
    ],
)
def test_languages_with_hyphens_and_levels(cell: str, tags: tuple[str, ...]) -> None:
    assert Participant(id="1", languages=read_languages(cell)).languages == tags


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("5 years, 3 months", 5.25),
        ("14 ans et 3 mois", 14.25),
        ("2 ans 6 mois", 2.5),
        ("un an", 1),
        ("one year", 1),
        ("3 ans et demi", 3.5),
        ("9 to 10 years", 9.5),
    ],
)
def test_years_and_months(text: str, years: float) -> None:
    assert read_number(text) == years


@pytest.mark.parametrize("value", ["1024-01-01", "3024-01-01", date(202, 4, 1)])
def test_impossible_dates_are_refused(value: object) -> None:
    with pytest.raises(ValueError, match="is not between 1900 and 2100"):
        read_date(value)


@pytest.mark.parametrize(
    ("cell", "levels"),
    [
        ("- SQL\n• Java\n1. Rust", {"SQL": 1, "Java": 1, "Rust": 1}),
        ("{A,B}", {"A": 1, "B": 1}),
        ("('A', 'B')", {"A": 1, "B": 1}),
        ("('A',)", {"A": 1}),
        ("SQL<br>Go<br/>C (3)", {"SQL": 1, "Go": 1, "C": 3}),
        ('"Sales; marketing" (3); SQL', {"Sales; marketing": 3, "SQL": 1}),
        ('"Sales; marketing": 3', {"Sales; marketing": 3}),
        ("Python [3]; SQL=2", {"Python": 3, "SQL": 2}),
        ("Python (niveau 3); SQL (***)", {"Python": 3, "SQL": 3}),
        ("ISO (9001); Office (365)", {"ISO (9001)": 1, "Office (365)": 1}),
    ],
)
def test_lists_and_levels_as_programs_and_people_write_them(
    cell: str, levels: dict[str, float]
) -> None:
    assert read_levels(cell) == levels


@pytest.mark.parametrize("value", [time(9), timedelta(hours=9), 0.375])
def test_a_time_alone_is_no_window(value: object) -> None:
    with pytest.raises(ValueError, match="alone is no weekly window"):
        read_windows(value)


def test_what_is_no_role_is_refused() -> None:
    with pytest.raises(ValueError, match="'boss' is not a role"):
        read_roles("mentor, boss")


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Active", EmploymentStatus.ACTIVE),
        ("actif", EmploymentStatus.ACTIVE),
        ("A", EmploymentStatus.ACTIVE),
        ("on leave", EmploymentStatus.ON_LEAVE),
        ("En congé", EmploymentStatus.ON_LEAVE),
        ("L", EmploymentStatus.ON_LEAVE),
        ("left", EmploymentStatus.LEFT),
        ("Parti", EmploymentStatus.LEFT),
        ("T", EmploymentStatus.LEFT),
    ],
)
def test_status(text: str, status: EmploymentStatus) -> None:
    assert read_status(text) is status


def test_what_is_no_status_is_refused() -> None:
    with pytest.raises(ValueError, match="'dancing' is not a status"):
        read_status("dancing")


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("French; English", ("fr", "en")),
        ("Français; anglais", ("fr", "en")),
        ("fr; fra; fre; French", ("fr",)),
        ("pt-BR; zh_Hant", ("pt-BR", "zh_Hant")),
        ("mandarin", ("zh",)),
    ],
)
def test_languages(text: str, tags: tuple[str, ...]) -> None:
    assert read_languages(text) == tags


def test_language_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="'Klingon' is not a known language"):
        read_languages("fr; Klingon")


def test_every_language_has_a_two_letter_tag() -> None:
    assert {len(tag) for tag in LANGUAGES.values()} == {2}
    assert len(set(LANGUAGES.values())) > 40


# Text and lists


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (" a ", "a"),
        ("00123", "00123"),
        (123, "123"),
        (123.0, "123"),
        (1.5, "1.5"),
        (True, "true"),
        (date(2024, 1, 2), "2024-01-02"),
        (datetime(2024, 1, 2, tzinfo=UTC), "2024-01-02"),
        (datetime(2024, 1, 2, 3, tzinfo=UTC), "2024-01-02T03:00:00+00:00"),
        (time(9, 30), "09:30:00"),
        (timedelta(hours=1), "1:00:00"),
    ],
)
def test_text_of_a_typed_cell(value: object, text: str) -> None:
    assert read_text(value) == text


@pytest.mark.parametrize("value", [["a"], {"a": 1}, b"a"])
def test_several_values_are_not_one_text(value: object) -> None:
    with pytest.raises(ValueError, match="is not one text"):
        read_text(value)


def test_zone() -> None:
    assert read_zone("Europe/Paris") == "Europe/Paris"
    with pytest.raises(ValueError, match="'Paris' is not an IANA time zone"):
        read_zone("Paris")


@pytest.mark.parametrize(
    ("value", "result"),
    [
        (None, None),
        ("", ""),
        (float("nan"), None),
        (np.float64("nan"), None),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (np.array(["a", "b"]), ["a", "b"]),
        (pd.NaT, None),
        (pd.Timestamp("2024-01-02"), pd.Timestamp("2024-01-02")),
        (Decimal("2.5"), 2.5),
        (Decimal("nan"), None),
        (("a",), ("a",)),
    ],
)
def test_plain_value_of_any_library(value: object, result: object) -> None:
    assert plain(value) == result


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("A; B;; C;", ("A", "B", "C")),
        ("A\nB", ("A", "B")),
        ("A; A", ("A",)),
        ("A, B", ("A, B",)),
        ('"A; B"; C', ("A; B", "C")),
        ('"say ""hi"""; C', ('say "hi"', "C")),
        ('5" disk; C', ('5" disk', "C")),
        ('"open; C', ('"open', "C")),
        ('"A" or so; C', ('"A" or so', "C")),
        (["A", None, "B"], ("A", "B")),
        (np.array(["A", "B"]).tolist(), ("A", "B")),
        ({"A"}, ("A",)),
        (5, ("5",)),
    ],
)
def test_names(value: object, names: tuple[str, ...]) -> None:
    assert read_names(value) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("['A', 'B']", ("A", "B")),
        ("[]", ()),
        ("[ ]", ()),
        ("['A' 'B']", ("A", "B")),  # as numpy writes it
        ('["A", "B\\u00e9"]', ("A", "Bé")),  # as JSON does
        ("[1, 2]", ("1", "2")),
        ("[A, B]", ("A", "B")),
        (r"""["it's", 'it\'s', 'a; b']""", ("it's", "a; b")),
        ("[a; b]", ("[a", "b]")),
        ("['A', 'B'", ("['A', 'B'",)),
        ("[beta] A", ("[beta] A",)),
    ],
)
def test_list_as_programs_write_it(text: str, names: tuple[str, ...]) -> None:
    assert read_names(text) == names
    assert read_levels(text) == dict.fromkeys(names, 1)


@pytest.mark.parametrize("text", ["[" * 10**5 + "]" * 10**5, "[" + "'a " * 10**4 + "]"])
def test_hostile_list_is_a_text_at_once(text: str) -> None:
    assert read_names(text) == (text.strip(),)


def test_ranked_list_as_programs_write_it() -> None:
    assert read_ranks("['B', 'A', 'B']") == (("B",), ("A",))


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("\ufeffSales\u00ad", "Sales"),
        ("Sa\u200bles", "Sales"),
        ("E\u0301quipe", "Équipe"),
        ("R\u00a0&\u202fD\u00a0", "R & D"),
    ],
)
def test_text_is_read_as_a_person_sees_it(text: str, seen: str) -> None:
    assert read_text(text) == seen
    assert read_names(f"{text}; {seen}") == (seen,)


def test_names_with_a_separator_of_their_own() -> None:
    assert read_names("A / B", Style(separator="/")) == ("A", "B")
    assert read_names("A and B; C", Style(separator=" and ")) == ("A", "B; C")


def test_words_of_the_map_replace_single_items() -> None:
    style = Style(words={"js": "JavaScript", "us": "en-US"})
    assert read_names("JS; Go", style) == ("JavaScript", "Go")
    assert read_languages("US; fr", style) == ("en-US", "fr")
    assert read_names(["js", 3], style) == ("JavaScript", "3")


@pytest.mark.parametrize(
    ("value", "levels"),
    [
        ("Python", {"Python": 1}),
        ("Python (3); SQL", {"Python": 3, "SQL": 1}),
        ("Python:3", {"Python": 3}),
        ("Python : 2,5", {"Python": 2.5}),
        ("Python( 0.5 )", {"Python": 0.5}),
        ("Python (-1)", {"Python": -1}),
        ("Python:expert; SQL (débutant)", {"Python": 4, "SQL": 1}),
        ("Python : Avancé; SQL - confirmée; R – intermediate", {"Python": 3, "SQL": 3, "R": 2}),
        ('{"Python": 3, "SQL": null}', {"Python": 3}),
        ("{'Python': 3, 'SQL': 'expert'}", {"Python": 3, "SQL": 4}),
        ("{}", {}),
        ("{beta}", {"{beta}": 1}),
        ("Python (80 %); SQL 50%", {"Python": 0.8, "SQL": 0.5}),
        ("Python (3/5); SQL 4/5; Excel: 1 / 4", {"Python": 0.6, "SQL": 0.8, "Excel": 0.25}),
        ("Python - 3/5; SQL – 60 %; R (4 sur 5)", {"Python": 0.6, "SQL": 0.6, "R": 0.8}),
        ("PL/SQL 2,5/5; TCP/IP", {"PL/SQL": 0.5, "TCP/IP": 1}),
        (
            "Support 24/7; Windows 95/98; Java 7/8; GMAT (7/5)",
            {"Support 24/7": 1, "Windows 95/98": 1, "Java 7/8": 1, "GMAT (7/5)": 1},
        ),
        ("Python - 3; Agile - coaching", {"Python - 3": 1, "Agile - coaching": 1}),
        ("Data: basics of statistics", {"Data: basics of statistics": 1}),
        ("expert", {"expert": 1}),
        ("Amazon Web Services (AWS)", {"Amazon Web Services (AWS)": 1}),
        ("ISO 9001:2015 (2)", {"ISO 9001:2015": 2}),
        ("Python (2); Python (3); Python", {"Python": 3}),
        ({"Python": 3, "SQL": None}, {"Python": 3}),
        ({"Python": "2,5"}, {"Python": 2.5}),
        (["Python (2)", "SQL"], {"Python": 2, "SQL": 1}),
        ([("Python", 2.0), ("SQL", None)], {"Python": 2}),
        ([{"name": "Python", "level": 2}, {"name": "SQL"}], {"Python": 2, "SQL": 1}),
        ([7], {"7": 1}),
    ],
)
def test_levels(value: object, levels: dict[str, float]) -> None:
    assert read_levels(value) == levels


def test_words_of_the_map_are_levels_too() -> None:
    style = Style(words={"expert": 10, "guru": 9.5, "js": "JavaScript"})
    levels = {"Python": 10, "SQL": 9.5, "R": 2, "JavaScript": 1}
    assert read_levels("Python: Expert; SQL (guru); R (2); JS", style) == levels


def test_level_out_of_a_maximum_is_a_share_in_a_column_of_its_own_too() -> None:
    assert [read_level(text) for text in ("3/5", " 4 / 5", "2 out of 4")] == [0.6, 0.8, 0.5]
    with pytest.raises(ValueError, match="'7/5' is not a number"):
        read_level("7/5")


def test_level_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="'much' is not a number"):
        read_levels({"Python": "much"})
    with pytest.raises(ValueError, match="is not one text"):
        read_levels([["a", "b", "c"]])


@pytest.mark.parametrize(
    ("value", "ranks"),
    [
        ("A; B=C", (("A",), ("B", "C"))),
        ("A > B", (("A",), ("B",))),
        ("A\nB", (("A",), ("B",))),
        ("; A;;", (("A",),)),
        ('"A=1" = B', (("A=1", "B"),)),
        ([["A", "B"], "C", None, []], (("A", "B"), ("C",))),
        (7, (("7",),)),
    ],
)
def test_ranks(value: object, ranks: tuple[tuple[str, ...], ...]) -> None:
    assert read_ranks(value) == ranks


def test_ranks_with_the_words_of_the_map() -> None:
    assert read_ranks("ann; 2", Style(words={"ann": "1"})) == (("1",), ("2",))


def test_windows() -> None:
    shown = ["Mon 09:00-12:00", "Mon 14:00-17:00"]
    assert [str(window) for window in read_windows("Mon 9-12; 14-17")] == shown
    assert [str(w) for w in read_windows("Mon 9-12 / 14-17", Style(separator="/"))] == shown
    assert [str(w) for w in read_windows("Mon 9-12 / Mon 14-17")] == shown
    assert [str(w) for w in read_windows("['Mon 9-12', 'Mon 14-17']")] == shown
    with pytest.raises(ValueError, match="'someday' is not a weekly window"):
        read_windows("someday")


names = st.text(
    st.characters(exclude_categories=("C", "Z", "M"), include_characters=" ;\n\"=>:()1.[]{}%'")
)
names = names.map(tidy).filter(bool)


@given(st.dictionaries(names, st.floats(0, 10), max_size=5))
def test_levels_are_read_back_as_they_are_written(levels: dict[str, float]) -> None:
    text = "; ".join(quoted(level_text(name, level)) for name, level in levels.items())
    assert read_levels(text) == levels


@given(st.lists(st.lists(names, min_size=1, max_size=3, unique=True), max_size=4))
def test_ranks_are_read_back_as_they_are_written(ranks: list[list[str]]) -> None:
    text = "; ".join("=".join(quoted(name, (";", "=", ">")) for name in group) for group in ranks)
    assert read_ranks(text) == tuple(map(tuple, ranks))


# The lexicon


def test_every_field_has_a_kind_and_headers() -> None:
    fields = FIELDS - {"attributes", "protected"}
    assert set(KINDS) == set(HEADERS) == fields
    assert [name for name in Participant.model_fields if name in fields] == list(KINDS)


def test_no_header_stands_for_two_fields() -> None:
    owners: dict[str, set[str]] = {}
    for name, (english, french) in HEADERS.items():
        for header in (name, *english, *french):
            owners.setdefault(header_key(header), set()).add(name)
    assert {key: who for key, who in owners.items() if len(who) > 1} == {}


@pytest.mark.parametrize("cell", ["Français, anglais", "fr / en", "français et anglais", "fr|en"])
def test_languages_are_told_apart_however_they_are_joined(cell: str) -> None:
    assert read_languages(cell) == ("fr", "en")


def test_what_is_written_is_read() -> None:
    for language in (0, 1):
        assert read_boolean(VALUES["yes"][language]) is True
        assert read_boolean(VALUES["no"][language]) is False
        assert read_roles(VALUES["both"][language]) == BOTH
        for role in Role:
            assert read_roles(VALUES[role][language]) == {role}
        for status in EmploymentStatus:
            assert read_status(VALUES[status][language]) is status
