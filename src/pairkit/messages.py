"""Messages: sentences in English that can be said in other languages."""

from __future__ import annotations

import io
import math
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple, Self, TypeAlias, cast

from pairkit.errors import InputError, MissingExtraError, did_you_mean

if TYPE_CHECKING:
    from babel import Locale
    from babel.support import Translations

__all__ = [
    "LANGUAGES",
    "Hours",
    "Label",
    "Language",
    "Message",
    "Noun",
    "Value",
    "Who",
    "language_of",
]

LANGUAGES: Final = ("en", "fr")
DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MINUTES_PER_DAY: Final = 24 * 60
NAMELESS: Final = frozenset({str, int, float})


class Who(str):
    """A person's id as a value of a message: a language that knows names says the name."""

    __slots__ = ()


class Label(str):  # noqa: SLOT000 - it has more to carry than a text
    """A rule's label as a value of a message: English keeps it, other languages say the title."""

    said: str

    def __new__(cls, label: str, said: str) -> Self:
        """Return the label, which knows its title."""
        self = super().__new__(cls, label)
        self.said = said
        return self

    def __getnewargs_ex__(self) -> tuple[tuple[str, str], dict[str, object]]:
        """Return how to copy and pickle the label."""
        return (str.__str__(self), self.said), {}


@dataclass(frozen=True, slots=True)
class Hours:
    """A weekly stretch of time as a value of a message.

    Parameters
    ----------
    start, end
        Minutes after Monday 00:00; ``end`` is after ``start``, and may lie in the next week.
    """

    start: int
    end: int


Value: TypeAlias = "str | int | float | date | Hours | Sequence[Value]"


class Message(str):  # noqa: SLOT000 - it has more to carry than a text
    """A text in English that knows how to be said in another language.

    It is a ``str``, so where nobody asks for a language it simply reads as English.

    Parameters
    ----------
    text
        The text, with ``{name}`` for each value. It is also the key under which other languages
        have their own text. After a colon, numbers take ``.2`` for two decimals, ``%`` for a
        percentage and ``+`` for a sign where they are above 0; without it, up to four decimals.
        Sequences take ``,`` or ``;`` to stand between all of them, and texts ``^`` to begin with
        a capital letter where they do not begin with an id.
    plural
        The text where the value ``n`` is not 1.
    values
        Texts, numbers, dates, weekly hours, ids as :class:`Who`, other messages, and sequences of
        these, which are listed.

    Examples
    --------
    >>> told = Message("{n} word in common", "{n} words in common", n=3)
    >>> told
    '3 words in common'
    >>> told.to("fr")
    '3 mots en commun'
    """

    text: str
    plural: str | None
    values: Mapping[str, Value]

    def __new__(cls, text: str, plural: str | None = None, /, **values: Value) -> Self:
        """Return the message as English text."""
        chosen = _english(text, plural, values)
        self = super().__new__(cls, ENGLISH.fill(chosen, values) if values else chosen)
        self.text, self.plural, self.values = text, plural, values
        return self

    def __getnewargs_ex__(self) -> tuple[tuple[str, str | None], dict[str, Value]]:
        """Return how to copy and pickle the message."""
        return (self.text, self.plural), dict(self.values)

    def to(self, language: str | Language) -> str:
        """Return the message in a language, by its code such as ``"fr"``.

        Raises
        ------
        InputError
            There is no such language.
        MissingExtraError
            The language needs Babel, which is not installed.
        """
        return language_of(language).say(self)


class Noun(NamedTuple):
    """What a number counts: one, and several."""

    one: str
    several: str

    def of(self, number: float) -> Message:
        """Return the noun that goes with a number."""
        return Message(self.one, self.several, n=number)

    def counted(self, number: float) -> Message:
        """Return a number, up to four decimals, with its noun."""
        shown = round(float(number), 4)
        return Message("{n} {noun}", n=shown, noun=self.of(shown))


class Language:
    """How words, numbers and dates are written: English, on which the other languages build.

    Parameters
    ----------
    names
        What to call people, by id; the id by default.
    """

    code: str = "en"
    _joints: Mapping[str, str] = MappingProxyType({",": ", ", ";": "; "})

    def __init__(self, names: Mapping[str, str] | None = None) -> None:
        self.names: Mapping[str, str] = names or {}

    def named(self, names: Mapping[str, str]) -> Language:
        """Return the same language with what to call people, by id."""
        return type(self)(names)

    def say(self, text: str) -> str:
        """Return a message in this language; any other text is returned as it is."""
        if not isinstance(text, Message):
            return self.names.get(text, text) if isinstance(text, Who) else text
        if type(self) is Language and _nameless(text):
            return str.__str__(text)
        return self.fill(self._pattern(text), text.values) if text.values else self._pattern(text)

    def fill(self, pattern: str, values: Mapping[str, Value]) -> str:
        """Return a pattern with its values written in."""
        return "".join(
            [
                text if name is None else text + self.write(values[name], form)
                for text, name, form in _pieces(pattern)
            ]
        )

    def _pattern(self, message: Message) -> str:
        """Return the pattern of a message in this language."""
        return _english(message.text, message.plural, message.values)

    def write(self, value: Value, form: str = "") -> str:
        """Return a value as it is written, numbers in a form as :class:`Message` says."""
        if isinstance(value, str):
            return self._begun(value) if form == "^" else self.say(value)
        if isinstance(value, int | float):
            return self.number(value, form)
        if isinstance(value, date):
            return self.date(value)
        if isinstance(value, Hours):
            return self.hours(value)
        if form in self._joints:
            return self._joints[form].join(self.write(one) for one in value)
        return self.listing([self.write(one, form) for one in value])

    def _begun(self, text: str) -> str:
        """Return a text with a capital letter, but not an id that it begins with."""
        words = self.say(text)
        return words if self._begins_with_id(text) else words[:1].upper() + words[1:]

    def _begins_with_id(self, value: Value) -> bool:
        if isinstance(value, Message):
            literal, name, _ = next(iter(_pieces(self._pattern(value))), ("", None, ""))
            return not literal and name is not None and self._begins_with_id(value.values[name])
        if isinstance(value, str):
            return isinstance(value, Who)
        return isinstance(value, Sequence) and bool(value) and self._begins_with_id(value[0])

    def number(self, value: float, form: str = "") -> str:
        """Return a number, with up to four decimals or in a form as :class:`Message` says."""
        sign = "+" if "+" in form and value > 0 else ""
        if "%" in form:
            return f"{sign}{value:.{_decimals(form)}%}"
        if "." in form:
            return f"{sign}{value:,.{_decimals(form)}f}"
        return f"{sign}{round(float(value), 4):,.12g}"

    def date(self, value: date) -> str:
        """Return a date."""
        return value.isoformat()

    def hours(self, value: Hours) -> str:
        """Return a weekly stretch of time, such as ``Mon 09:00–10:30``."""
        day, start = divmod(value.start, MINUTES_PER_DAY)
        length = value.end - value.start
        until = start + length
        end_day = ""
        if until > MINUTES_PER_DAY:
            end_day = f"{self.day((day + until // MINUTES_PER_DAY) % 7)} "
        end = "24:00" if until == MINUTES_PER_DAY else _clock(until)
        return f"{self.day(day % 7)} {_clock(start)}–{end_day}{end}"

    def day(self, number: int) -> str:
        """Return the short name of a day of the week, Monday being 0."""
        return DAYS[number]

    def listing(self, words: Sequence[str]) -> str:
        """Return words as a list in a sentence."""
        if len(words) < 2:
            return "".join(words)
        return f"{', '.join(words[:-1])} and {words[-1]}"


class _Localized(Language):
    """A language of a message catalog, with its numbers, dates and lists from Babel."""

    def __init__(self, names: Mapping[str, str] | None = None) -> None:
        super().__init__(names)
        self._locale, self._catalog = _catalog(self.code)

    def _pattern(self, message: Message) -> str:
        if message.plural is None:
            return str(self._catalog.gettext(message.text))
        count = cast("float", message.values["n"])
        # gettext counts whole numbers; French says "1,5 mentor", so 1.5 counts as 1
        found = self._catalog.ngettext(message.text, message.plural, math.floor(count))
        return str(found)

    def say(self, text: str) -> str:
        return super().say(text.said if isinstance(text, Label) else text)

    def number(self, value: float, form: str = "") -> str:
        return _localized(self._locale, value, form)

    def date(self, value: date) -> str:
        from babel.dates import format_date

        return format_date(value, format="long", locale=self._locale)

    def day(self, number: int) -> str:
        return str(self._locale.days["format"]["abbreviated"][number])

    def listing(self, words: Sequence[str]) -> str:
        from babel.lists import format_list

        return format_list(list(words), locale=self._locale) if words else ""


class _French(_Localized):
    code = "fr"
    _joints = MappingProxyType({",": ", ", ";": "\u202f; "})

    def date(self, value: date) -> str:
        words = super().date(value)
        return f"1er{words[1:]}" if value.day == 1 else words


@lru_cache(maxsize=4096)
def _pieces(pattern: str) -> tuple[tuple[str, str | None, str], ...]:
    """Return a pattern as pieces: text, then the name of a value, if any, and its form."""
    found = string.Formatter().parse(pattern)
    return tuple((text, name, form or "") for text, name, form, _ in found)


def _nameless(message: Message) -> bool:
    """Return whether a message has no value in which somebody could be named."""
    return all(type(one) in NAMELESS for one in message.values.values())


def _english(text: str, plural: str | None, values: Mapping[str, Value]) -> str:
    """Return the text for one, or for several."""
    return text if plural is None or values["n"] == 1 else plural


@lru_cache
def _decimals(form: str) -> int:
    """Return how many decimals a form asks for."""
    return int("".join(letter for letter in form if letter.isdigit()) or "0")


def _clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


@lru_cache(maxsize=65536)
def _localized(locale: Locale, value: float, form: str) -> str:
    """Return a number as a locale writes it, in a form as :class:`Message` says."""
    from babel.numbers import format_decimal, format_percent

    sign = "+" if "+" in form and value > 0 else ""
    digits = "." + "0" * _decimals(form) if "." in form else ".####"
    if "%" in form:
        percent = locale.percent_formats[None].pattern
        pattern = percent.replace("0", f"0{digits}" if "." in form else "0", 1)
        return sign + format_percent(value, format=pattern, locale=locale)
    return sign + format_decimal(value, format=f"#,##0{digits}", locale=locale)


@lru_cache
def _catalog(code: str) -> tuple[Locale, Translations]:
    """Return the locale of a language, and its texts from the catalog in ``locale``."""
    try:
        from babel import Locale
        from babel.messages.mofile import write_mo
        from babel.messages.pofile import read_po
        from babel.support import Translations
    except ImportError:
        raise MissingExtraError("Babel", "report", f"The language {code!r}") from None
    folder = resources.files("pairkit") / "locale" / code / "LC_MESSAGES"
    with (folder / "pairkit.po").open("rb") as source:
        texts = read_po(source, locale=code)
    compiled = io.BytesIO()
    write_mo(compiled, texts)
    compiled.seek(0)
    return Locale.parse(code), Translations(compiled)


ENGLISH: Final = Language()
_LANGUAGES: Final[Mapping[str, type[Language]]] = {"en": Language, "fr": _French}


def language_of(language: str | Language) -> Language:
    """Return a language by its code; a region (``fr-CA``) does not matter.

    Raises
    ------
    InputError
        There is no such language.
    MissingExtraError
        It needs Babel, which is not installed.
    """
    if isinstance(language, Language):
        return language
    code = language.replace("_", "-").split("-")[0].casefold()
    if code not in _LANGUAGES:
        hint = did_you_mean(code, LANGUAGES)
        known = " and ".join(repr(one) for one in LANGUAGES)
        raise InputError(f"There is no language {language!r} here, only {known}.{hint}")
    return ENGLISH if code == "en" else _LANGUAGES[code]()
