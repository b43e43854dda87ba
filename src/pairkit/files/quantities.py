"""Quantities: numbers and dates as people write them, in English and French."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final, Literal

from pairkit.files.lexicon import MONTHS
from pairkit.profiles import fold

__all__ = [
    "DateOrder",
    "DecimalMark",
    "date_doubt",
    "date_order",
    "decimal_mark",
    "read_date",
    "read_number",
    "read_whole",
    "shown",
]

DateOrder = Literal["iso", "day-first", "month-first"]
DecimalMark = Literal["", ".", ","]
SHOWN: Final = 30  # characters of a cell that a message may repeat
LONGEST: Final = 100  # characters of a text that can be a number or a date
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2100
LARGEST: Final = sys.float_info.max


def shown(value: object) -> str:
    """Return a value for a message: quoted, and cut to a few characters."""
    text = str(value)
    return repr(text if len(text) <= SHOWN else text[: SHOWN - 1] + "…")


# Numbers --------------------------------------------------------------------------------------

_PLAIN = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?")
_N = r"([0-9](?:[0-9 .,']*[0-9])?|\.[0-9]+)"
_UNIT = r" ?(%|years?|yrs?|y|ans?|annees?|months?|mois|mentees?|mentors?|people|personnes?)?"
_ONE = re.compile(rf"([+-]?) ?{_N}{_UNIT}")
_RANGE = re.compile(rf"(?:between |entre |from |de )?{_N}{_UNIT} ?(?:-|to|a|et|and) ?{_N}{_UNIT}")
_OPEN = re.compile(
    rf"(?:more than|over|at least|plus de|au moins|>=?|≥) ?{_N}{_UNIT}"
    rf"|{_N}{_UNIT} ?(?:\+|or more|and more|or over|and over|et plus|ou plus){_UNIT}"
)
_UNDER_ONE = re.compile(
    r"(?:less than |under |moins de |moins d'|< ?)(?:a|an|one|un|une|1)(?: (?:year|yr|an|annee))?"
)
_ONE_YEAR = re.compile(r"(?:a|an|one|un|une) (?:year|yr|an|annee)")
_YEARS = r" ?(?:years?|yrs?|y|ans?|annees?)"
_COMPOUND = re.compile(
    rf"([0-9]+){_YEARS},?(?: et| and)? ?"
    r"(?:([0-9]{1,2}) ?(?:months?|mois|m)|(?:demi|demie|a half|half))"
)
_GROUPED = re.compile(r"[1-9][0-9]{0,2}([ '.,])([0-9]{3})((?:\1[0-9]{3})*)(?:([.,])([0-9]+))?")
_DECIMAL = re.compile(r"[0-9]*([.,])[0-9]+")
_NUMBERS = re.compile(_N)


def read_number(value: object, decimal: DecimalMark = "") -> float:
    """Return a number: ``2,5``, ``1 234,5``, ``12 ans``, ``9 to 10 years``, ``20+``, ``80 %``.

    A range is its middle, an open range its lower end, a percentage a share of one; months are
    parts of a year.

    Raises
    ------
    ValueError
        The cell is not a finite number, or could be two different ones.
    """
    if isinstance(value, str) and len(value) <= LONGEST:
        return _number(value, decimal)
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST:
        return float(value)
    raise ValueError(f"{shown(value)} is not a number.")


@lru_cache(maxsize=65536)
def _number(text: str, decimal: DecimalMark) -> float:
    words = _number_words(text)
    if _PLAIN.fullmatch(words) and not (decimal == "," and "." in words):
        found = float(words)
    elif match := _ONE.fullmatch(words):
        found = _amount(match[2], match[3], decimal, text) * (-1 if match[1] == "-" else 1)
    elif match := _COMPOUND.fullmatch(words):
        found = int(match[1]) + (int(match[2]) / 12 if match[2] else 0.5)
    elif match := _RANGE.fullmatch(words):
        low = _amount(match[1], match[2] or match[4], decimal, text)
        high = _amount(match[3], match[4], decimal, text)
        if low > high:
            raise ValueError(f"{shown(text)} is a range that starts above its end.")
        found = (low + high) / 2
    elif match := _OPEN.fullmatch(words):
        found = _amount(match[1] or match[3], match[2] or match[4] or match[5], decimal, text)
    elif _UNDER_ONE.fullmatch(words):
        found = 0.5
    elif _ONE_YEAR.fullmatch(words):
        found = 1.0
    else:
        raise ValueError(f"{shown(text)} is not a number.")
    if abs(found) > LARGEST:
        raise ValueError(f"{shown(text)} is too large.")
    return found


def _number_words(text: str) -> str:
    """Return a text folded, with one kind of minus sign and apostrophe."""
    return re.sub("[\u2010-\u2015\u2212]", "-", fold(text)).replace("’", "'")


def _amount(digits: str, unit: str | None, decimal: DecimalMark, text: str) -> float:
    """Return digits with their separators as a number, times what their unit counts for."""
    number = _digits(digits, decimal, text)
    if unit == "%":
        return number / 100
    return number / 12 if unit and unit[0] == "m" and unit[1] == "o" else number


def _digits(digits: str, decimal: DecimalMark, text: str) -> float:
    if digits.isdigit():
        return float(digits)
    if match := _GROUPED.fullmatch(digits):
        group, _, more, mark, _ = match.groups()
        if more or mark or group in " '" or (decimal and decimal != group):
            if mark == group:
                raise ValueError(f"{shown(text)} is not a number.")
            whole, _, part = digits.rpartition(mark) if mark else (digits, "", "")
            return float(re.sub("[^0-9]", "", whole) + "." + (part or "0"))
        if group == "," and not decimal:
            raise ValueError(
                f"{shown(text)} could be {digits.replace(',', '')} or {digits.replace(',', '.')}."
            )
    if _DECIMAL.fullmatch(digits):
        return float(digits.replace(",", "."))
    raise ValueError(f"{shown(text)} is not a number.")


def decimal_mark(texts: Iterable[str]) -> DecimalMark:
    """Return the decimal mark that the texts of a column prove, or nothing.

    Examples
    --------
    >>> decimal_mark(["2,5", "1,234"]), decimal_mark(["1,234"])
    (',', '')
    """
    proven = {_mark(digits) for text in texts for digits in _NUMBERS.findall(_number_words(text))}
    if ("," in proven) == ("." in proven):
        return ""
    return "," if "," in proven else "."


def _mark(digits: str) -> DecimalMark:
    """Return the decimal mark that one number proves, or nothing."""
    if match := _GROUPED.fullmatch(digits):
        group, _, more, mark, _ = match.groups()
        if mark:
            return "," if mark == "," else "."
        if more and group in ".,":
            return "." if group == "," else ","
        return ""
    match = _DECIMAL.fullmatch(digits)
    return ("," if match[1] == "," else ".") if match else ""


def read_whole(value: object, decimal: DecimalMark = "") -> int:
    """Return a whole number.

    Raises
    ------
    ValueError
        The cell is not a whole number.
    """
    number = read_number(value, decimal)
    if not number.is_integer():
        raise ValueError(f"{shown(value)} is not a whole number.")
    return int(number)


# Dates ----------------------------------------------------------------------------------------

_CLOCK = r"(?:[t ] ?[0-9]{1,2}:[0-9]{2}[0-9:.,+-]* ?(?:z|utc|[ap]m)?)?"
_ISO = re.compile(rf"([0-9]{{4}})([-/.]?)([0-9]{{1,2}})\2([0-9]{{1,2}}){_CLOCK}")
_Y = "([0-9]{4}|[0-9]{2})"
_NUMERIC = re.compile(rf"([0-9]{{1,2}})([-/. ])([0-9]{{1,2}})\2{_Y}{_CLOCK}")
_DAY_MONTH = re.compile(
    r"(?:[a-z]+\.?,? )?([0-9]{1,2})(?:er|st|nd|rd|th)?[ -](?:of |de )?([a-z]+)\.?,?[ -]"
    + _Y
    + _CLOCK
)
_MONTH_DAY = re.compile(rf"([a-z]+)\.? ([0-9]{{1,2}})(?:st|nd|rd|th)?,? {_Y}{_CLOCK}")


_SERIAL = re.compile(r"[1-7][0-9]{4}(?:[.,][0-9]+)?")  # from 1927 to 2119
_DAY_ZERO = date(1899, 12, 30)
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_YEAR_MONTH = re.compile(r"((?:19|20)[0-9]{2})[-/.]([0-9]{1,2})")
_MONTH_YEAR = re.compile(r"([0-9]{1,2})[-/.]((?:19|20)[0-9]{2})")
_NAMED_MONTH = re.compile(r"([a-z]+)\.?,?[ -]((?:19|20)[0-9]{2})")


def _month(word: str) -> int:
    """Return the month that a word, whole or shortened to three letters or more, names, or 0."""
    found = {
        number
        for number, names in enumerate(MONTHS, start=1)
        if any(name.startswith(word) for name in names)
    }
    return found.pop() if len(word) >= 3 and len(found) == 1 else 0


def read_date(value: object, order: DateOrder = "iso", *, ahead: bool = False) -> date:
    """Return a date: a typed one, ISO, with the month's name, or numeric in the column's order.

    A number of five digits is one of Excel's serial numbers, days since the end of 1899. A year
    alone is its 1 July and a month alone its 15th: the middle, as of any range. A year of two
    digits is one of this century up to next year, and later ones of the last; where dates may lie
    ahead, all are of this century.

    Raises
    ------
    ValueError
        The cell is not a date.
    """
    if isinstance(value, datetime):
        return _possible(value.date())
    if isinstance(value, date):
        return _possible(value)
    text = _date_text(value)
    words = fold(text) if len(text) <= LONGEST else ""
    try:
        found = _stated(words, order, ahead=ahead) or _inexact(words)[1]
    except ValueError:
        raise ValueError(f"{shown(text)} is not a day of the calendar.") from None
    if found is not None:
        return _possible(found)
    raise ValueError(f"{shown(text)} is not a date.")


def _possible(day: date) -> date:
    """Return a date that may be one of a person's working life; others are typing errors."""
    if FIRST_YEAR <= day.year <= LAST_YEAR:
        return day
    raise ValueError(f"'{day}' is not between {FIRST_YEAR} and {LAST_YEAR}.")


def _date_text(value: object) -> str:
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value).strip()


def date_doubt(value: object) -> str:
    """Return what is doubtful about a cell that holds a date, empty where nothing is.

    Examples
    --------
    >>> date_doubt("45292"), date_doubt("2024"), date_doubt("31/12/2024")
    ("one of Excel's serial numbers", 'a year alone', '')
    >>> date_doubt("31/12/24")
    'a date with a year of two digits'
    """
    text = _date_text(value)
    words = fold(text) if len(text) <= LONGEST else ""
    if any(len(year) == 2 for year in _years(words)):
        return "a date with a year of two digits"
    return _inexact(words)[0]


def _inexact(words: str) -> tuple[str, date | None]:
    """Return the date of a text that does not state one exactly, and what it is instead."""
    if _SERIAL.fullmatch(words):
        days = int(float(words.replace(",", ".")))
        return "one of Excel's serial numbers", _DAY_ZERO + timedelta(days=days)
    if _YEAR.fullmatch(words):
        return "a year alone", date(int(words), 7, 1)
    year = month = 0
    if match := _YEAR_MONTH.fullmatch(words):
        year, month = int(match[1]), int(match[2])
    elif match := _MONTH_YEAR.fullmatch(words):
        year, month = int(match[2]), int(match[1])
    elif (match := _NAMED_MONTH.fullmatch(words)) and (month := _month(match[1])):
        year = int(match[2])
    return ("a month alone", date(year, month, 15)) if year else ("", None)


def _stated(words: str, order: DateOrder, *, ahead: bool) -> date | None:
    """Return the date of a text that states one exactly."""
    if (match := _ISO.fullmatch(words)) and (match[2] or len(match[3] + match[4]) == 4):
        return date(int(match[1]), int(match[3]), int(match[4]))
    if (match := _DAY_MONTH.fullmatch(words)) and (month := _month(match[2])):
        return date(_year(match[3], ahead=ahead), month, int(match[1]))
    if (match := _MONTH_DAY.fullmatch(words)) and (month := _month(match[1])):
        return date(_year(match[3], ahead=ahead), month, int(match[2]))
    match = _NUMERIC.fullmatch(words)
    if match is None or order == "iso":
        return None
    first, second = int(match[1]), int(match[3])
    day, month = (first, second) if order == "day-first" else (second, first)
    return date(_year(match[4], ahead=ahead), month, day)


def _years(words: str) -> list[str]:
    """Return the year of a text that states a date with the year at its end."""
    ends = ((_DAY_MONTH, 3), (_MONTH_DAY, 3), (_NUMERIC, 4))
    return [match[k] for pattern, k in ends if (match := pattern.fullmatch(words))]


def _year(digits: str, *, ahead: bool) -> int:
    """Return the year that four digits are, or two: of this century up to next year."""
    year = int(digits)
    if len(digits) > 2:
        return year
    return 2000 + year if ahead or 2000 + year <= datetime.now(UTC).year + 1 else 1900 + year


def date_order(texts: Iterable[str]) -> DateOrder:
    """Return the order of day and month that the texts of a column prove.

    Raises
    ------
    ValueError
        The texts can be read both ways, or prove both; the message shows examples.

    Examples
    --------
    >>> date_order(["03/04/2024", "31/12/2024"])
    'day-first'
    """
    numeric = (_NUMERIC.fullmatch(fold(text)) for text in texts if len(text) <= LONGEST)
    matches = [match for match in numeric if match is not None]
    _check_year_last(matches)
    proof: dict[DateOrder, str] = {}
    either = same = ""
    for match in matches:
        first, second = int(match[1]), int(match[3])
        if first > 12 >= second:
            proof.setdefault("day-first", match[0])
        elif second > 12 >= first:
            proof.setdefault("month-first", match[0])
        elif first != second:
            either = either or match[0]
        else:
            same = match[0]
    if len(proof) == 2:
        raise ValueError(
            f"puts the day first in {shown(proof['day-first'])} and the month first in "
            f"{shown(proof['month-first'])}."
        )
    if proof:
        return next(iter(proof))
    if either:
        raise ValueError(f"can be read with the day or the month first, as in {shown(either)}.")
    return "day-first" if same else "iso"


def _check_year_last(matches: Sequence[re.Match[str]]) -> None:
    """Raise where dates with years of two digits have the year first, or may have it.

    Between hyphens, as in ``24-12-31``, it may, unless one of the column cannot be read so.
    """
    short = [match for match in matches if len(match[4]) == 2]
    first = next((match for match in short if not 1 <= int(match[1]) <= 31), None)
    if first is not None:
        raise ValueError(f"puts the year first in {shown(first[0])}: write 2024-12-31.")
    hyphens = next((match for match in short if match[2] == "-"), None)
    refuted = len(short) < len(matches) or any(
        int(match[3]) > 12 or not 1 <= int(match[4]) <= 31 for match in short
    )
    if hyphens is not None and not refuted:
        raise ValueError(f"can be read with the year first or last, as in {shown(hyphens[0])}.")
