"""Weekly availability: local windows as people write them, compiled to half-hour slots in UTC."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from difflib import get_close_matches
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "SLOTS_PER_WEEK",
    "SLOT_HOURS",
    "SLOT_MINUTES",
    "Window",
    "is_day",
    "local_shift",
    "parse_windows",
    "time_zone",
    "week_slots",
]

MINUTES_PER_DAY = 24 * 60
MINUTES_PER_WEEK = 7 * MINUTES_PER_DAY
SLOT_MINUTES = 30
SLOT_HOURS = SLOT_MINUTES / 60
SLOTS_PER_WEEK = MINUTES_PER_WEEK // SLOT_MINUTES

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DAY_NAMES = {
    name[:length]: day
    for day, names in enumerate(
        [
            ("monday", "lundi"),
            ("tuesday", "mardi"),
            ("wednesday", "mercredi"),
            ("thursday", "jeudi"),
            ("friday", "vendredi"),
            ("saturday", "samedi"),
            ("sunday", "dimanche"),
        ]
    )
    for name in names
    for length in range(3, len(name) + 1)
}
_DAY_NAMES["mar"] = 1
_TIME = r"(\d{1,2})(?:\s*(?:h|:|\.)\s*(\d{2})?)?\s*(am|pm)?"
_SPAN = r"([a-z]+)\.?(?:\s*(?:-|to|à|au)\s*([a-z]+)\.?)?"
_WINDOW = re.compile(
    rf"^(?:(?P<days>{_SPAN}(?:\+{_SPAN})*)(?:\s*:\s*|\s+))?(?P<start>{_TIME})"
    rf"\s*(?:-|to|à)\s*(?:(?P<end_day>[a-z]+)\.?\s+)?(?P<end>{_TIME})$"
)
_DAY = "|".join(sorted(_DAY_NAMES, key=len, reverse=True))
_AND = re.compile(
    rf"(?<![a-z])({_DAY})\.?\s*(?:[,/&+]|\s(?:et|and)\s)\s*(?=(?:{_DAY})(?![a-z]))", re.IGNORECASE
)
_FOUR_DIGITS = re.compile(r"(?<![0-9:.])([0-9]{2})([0-9]{2})(?=\s*(?:$|[-;,|\n]))")
_DOTTED = re.compile(r"(?<=[0-9 ])([ap])\.m\.", re.IGNORECASE)
_BARE = re.compile(r"[1-9][0-9]?")
_DAWN = 6  # hours before which 2-4 is more likely to be in the afternoon
_LONGEST = MINUTES_PER_DAY // 2  # of a window that ends on a day that is not named
_SHOWN = 30  # characters of a text that a message repeats
_HINT = "Write it as 'Mon 09:00-12:00', 'Mon-Fri 9h-17h' or 'Fri 22:00-Sat 02:00'."


class Window(NamedTuple):
    """A weekly stretch of local time, in minutes after Monday 00:00.

    ``start`` is in [0, 10080); ``end`` is after ``start`` by at most a week, and beyond 10080 where
    the window crosses the end of the week.
    """

    start: int
    end: int

    def __str__(self) -> str:
        """Return the window as it may be written, for example ``Sun 22:00-02:00``."""
        day, minute = divmod(self.start, MINUTES_PER_DAY)
        length = self.end - self.start
        to_midnight = minute + length == MINUTES_PER_DAY
        end_day = ""
        past_midnight = minute + length > MINUTES_PER_DAY
        if past_midnight and length > _LONGEST:
            end_day = DAYS[self.end // MINUTES_PER_DAY % 7] + " "
        end = "24:00" if to_midnight else _clock(self.end)
        return f"{DAYS[day]} {_clock(minute)}-{end_day}{end}"


def _clock(minutes: int) -> str:
    """Return minutes after midnight as ``HH:MM``."""
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def parse_windows(value: object) -> tuple[Window, ...]:
    """Return the windows that a text, a list of texts or of mappings, or windows describe.

    Windows in one text are separated by ``;`` or ``,``. A window without a day repeats the day
    before it (``Mon 9-12, 14-17``), and several days may share one (``Mon, Wed 9-12``). English and
    French day names, whole or shortened to three letters, are read in any case. Past midnight a
    window of more than 12 hours has to name the day on which it ends: ``Mon-Fri 9-5`` is refused.

    Raises
    ------
    ValueError
        A window cannot be read; the message shows how to write one.

    Examples
    --------
    >>> [str(window) for window in parse_windows("lun 9h-12h30, 14h-17h; Sun 22:00-02:00")]
    ['Mon 09:00-12:30', 'Mon 14:00-17:00', 'Sun 22:00-02:00']
    """
    if value is None:
        return ()
    if isinstance(value, str):
        return _parse_text(value)
    if isinstance(value, list | tuple):
        try:
            return _parse_items(tuple(value))
        except TypeError:  # mappings: they have no hash, and are rare
            return tuple(window for item in value for window in _parse_item(item))
    raise ValueError(f"{_shown(value)} is not a list of weekly windows. {_HINT}")


@lru_cache(maxsize=65536)
def _parse_items(items: tuple[object, ...]) -> tuple[Window, ...]:
    return tuple(window for item in items for window in _parse_item(item))


def _parse_item(item: object) -> tuple[Window, ...]:
    if isinstance(item, str):
        return _parse_text(item)
    if isinstance(item, Window):
        return (item,)
    if isinstance(item, dict) and {"day", "start", "end"} <= set(item):
        return _parse_text(f"{item['day']} {item['start']}-{item['end']}")
    raise ValueError(f"{_shown(item)} is not a weekly window. {_HINT}")


@lru_cache(maxsize=65536)
def _parse_text(text: str) -> tuple[Window, ...]:
    windows: list[Window] = []
    days: tuple[int, ...] = ()
    for piece in re.split(r"[;,\n|]", _plain_words(text)):
        words = piece.strip()
        if not words:
            continue
        match = _WINDOW.match(words.lower())
        if match is None:
            raise ValueError(f"{_shown(words)} is not a weekly window. {_HINT}")
        days = _days(match, words) or days
        if not days:
            raise ValueError(f"{_shown(words)} has no day. {_HINT}")
        windows.extend(_window(day, match, words) for day in days)
    return tuple(windows)


def _plain_words(text: str) -> str:
    """Return a text with one sign between days and one way to write times."""
    words = text.replace("–", "-").replace("—", "-")
    return _FOUR_DIGITS.sub(r"\1:\2", _AND.sub(r"\1+", _DOTTED.sub(r"\1m", words)))


def _shown(value: object) -> str:
    """Return a value for a message: quoted, and cut to a few characters."""
    text = value if isinstance(value, str) else repr(value)
    text = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    return repr(text) if isinstance(value, str) else text


def _days(match: re.Match[str], piece: str) -> tuple[int, ...]:
    days: list[int] = []
    for first, last in re.findall(_SPAN, match["days"] or ""):
        start = _day(first, piece)
        end = _day(last, piece) if last else start
        days += [(start + step) % 7 for step in range((end - start) % 7 + 1)]
    return tuple(dict.fromkeys(days))


def _day(name: str, piece: str) -> int:
    if name not in _DAY_NAMES:
        raise ValueError(f"{_shown(piece)}: {_shown(name)} is not a day of the week. {_HINT}")
    return _DAY_NAMES[name]


def is_day(name: str) -> bool:
    """Return whether a text is the name of a day of the week, in English or French."""
    return name.strip().rstrip(".").lower() in _DAY_NAMES


def _window(day: int, match: re.Match[str], piece: str) -> Window:
    start = _minutes(match["start"], piece)
    end = _minutes(match["end"], piece)
    if match["end"].endswith("pm") and _BARE.fullmatch(match["start"]):
        start += MINUTES_PER_DAY // 2 if start + MINUTES_PER_DAY // 2 < end else 0  # 2-4 pm
    elif _BARE.fullmatch(match["start"]) and _BARE.fullmatch(match["end"]):
        _check_half(start, end, piece)
    if start == MINUTES_PER_DAY:
        raise ValueError(f"{_shown(piece)} starts at 24:00; write 00:00 of the next day.")
    if match["end_day"]:
        length = (_day(match["end_day"], piece) - day) * MINUTES_PER_DAY + end - start
        length = length % MINUTES_PER_WEEK or MINUTES_PER_WEEK
    elif start == end:
        raise ValueError(f"{_shown(piece)} is empty: it starts and ends at the same time.")
    else:
        length = (end - start) % MINUTES_PER_DAY or MINUTES_PER_DAY
        if end and end < start and length > _LONGEST:
            raise ValueError(
                f"{_shown(piece)} would last {length / 60:g} hours. Write hours from 0 to 24, such "
                f"as 9-17, or name the day on which it ends: 'Fri 22:00-Sat 02:00'."
            )
    begin = day * MINUTES_PER_DAY + start
    return Window(begin, begin + length)


def _check_half(start: int, end: int, piece: str) -> None:
    """Raise where hours alone, such as 2-4, are rather those of an afternoon."""
    if 0 < start < 60 * _DAWN and start < end <= MINUTES_PER_DAY // 2:
        raise ValueError(
            f"{_shown(piece)} could be before or after noon. Write hours from 0 to 24 with their "
            f"minutes, as 14:00-16:00, or 2am-4am."
        )


def _minutes(text: str, piece: str) -> int:
    match = re.fullmatch(_TIME, text)
    hour, minute = (int(match[1]), int(match[2] or 0)) if match else (99, 0)
    half = match[3] if match else None
    if half and not 1 <= hour <= 12:
        hour = 99
    elif half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    minutes = 60 * hour + minute
    if minute >= 60 or minutes > MINUTES_PER_DAY:
        raise ValueError(f"{_shown(piece)}: {_shown(text)} is not a time of day. {_HINT}")
    return minutes


@lru_cache(maxsize=1024)
def time_zone(name: str) -> ZoneInfo:
    """Return the IANA time zone of that name.

    Raises
    ------
    ValueError
        There is no such time zone.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(
            f"{_shown(name)} is not an IANA time zone.{_meant(name)} Write it as 'Europe/Paris' or "
            f"'UTC'."
        ) from None


def _meant(name: str) -> str:
    """Return a question for the time zone that a name may mean."""
    zones = {one.lower(): one for one in available_timezones()}
    close = get_close_matches(name.strip().lower(), zones, 1, 0.8)
    return f" Did you mean {zones[close[0]]!r}?" if close else ""


def local_shift(zone: str | None, reference: date) -> int:
    """Return how many minutes local time is ahead of UTC at noon of a day; 0 without a zone."""
    offset = time_zone(zone or "UTC").utcoffset(datetime.combine(reference, time(12)))
    return int(offset.total_seconds() // 60) if offset is not None else 0


@lru_cache(maxsize=65536)
def week_slots(windows: tuple[Window, ...], zone: str | None, reference: date) -> NDArray[np.bool_]:
    """Return which half-hours of a UTC week lie wholly inside the windows.

    Parameters
    ----------
    windows
        Weekly windows in local time.
    zone
        IANA time zone of the windows; ``None`` means UTC.
    reference
        The day whose UTC offset (daylight saving included) is used for the whole week.

    Returns
    -------
    ndarray of bool, shape (336,)
        Slot 0 starts on Monday 00:00 UTC. Read-only.
    """
    shift = local_shift(zone, reference)
    bounds = [minute - shift for window in windows for minute in window]
    # Minutes matter only where a window does not begin and end with a slot.
    step = SLOT_MINUTES if all(minute % SLOT_MINUTES == 0 for minute in bounds) else 1
    times = np.zeros(MINUTES_PER_WEEK // step, dtype=np.bool_)
    for start, end in zip(bounds[::2], bounds[1::2], strict=True):
        times[np.arange(start // step, end // step) % len(times)] = True
    slots: NDArray[np.bool_] = np.all(times.reshape(SLOTS_PER_WEEK, -1), axis=1)
    slots.setflags(write=False)
    return slots
