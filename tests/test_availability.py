"""Weekly windows as people write them become half-hours of a UTC week."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pairkit.availability import (
    SLOT_HOURS,
    SLOTS_PER_WEEK,
    Window,
    parse_windows,
    time_zone,
    week_slots,
)

DAY = 24 * 60
WEEK = 7 * DAY
MON, TUE, WED, THU, FRI, SAT, SUN = (day * DAY for day in range(7))
WINTER, SUMMER = date(2026, 1, 15), date(2026, 7, 15)


def at(hour: int, minute: int = 0) -> int:
    return 60 * hour + minute


def slot_names(text: str, zone: str | None = None, reference: date = WINTER) -> list[str]:
    """Return the half-hours as ``Mon 09:30``."""
    days = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    slots = np.flatnonzero(week_slots(parse_windows(text), zone, reference)).tolist()
    return [f"{days[k // 48]} {k % 48 // 2:02d}:{k % 2 * 30:02d}" for k in slots]


@pytest.mark.parametrize(
    ("text", "windows"),
    [
        ("Mon 09:00-12:00", [(MON + at(9), MON + at(12))]),
        ("monday 9-12", [(MON + at(9), MON + at(12))]),
        ("LUNDI 9h-12h", [(MON + at(9), MON + at(12))]),
        ("lun. 9h30 - 12h", [(MON + at(9, 30), MON + at(12))]),
        ("Lun 9h à 12h30", [(MON + at(9), MON + at(12, 30))]),
        ("mar 9.15-10.45", [(TUE + at(9, 15), TUE + at(10, 45))]),
        ("Tue 9:00–12:00", [(TUE + at(9), TUE + at(12))]),
        ("Wed 9:00 to 12:00", [(WED + at(9), WED + at(12))]),
        ("thu 9am-5pm", [(THU + at(9), THU + at(17))]),
        ("Fri 12 pm - 1:30 pm", [(FRI + at(12), FRI + at(13, 30))]),
        ("sam 12am-12pm", [(SAT, SAT + at(12))]),
        ("dimanche 18 h 30 - 20 h", [(SUN + at(18, 30), SUN + at(20))]),
        ("Sun 0-24", [(SUN, SUN + DAY)]),
        ("merc 8-9", [(WED + at(8), WED + at(9))]),
        ("Monday: 9am-12pm", [(MON + at(9), MON + at(12))]),
        ("Monday 0900-1200", [(MON + at(9), MON + at(12))]),
        ("Mon 9 a.m. - 1 p.m.", [(MON + at(9), MON + at(13))]),
        ("Tue 2-4pm", [(TUE + at(14), TUE + at(16))]),
        ("Tue 9-5pm", [(TUE + at(9), TUE + at(17))]),
        ("Mon 12-1pm", [(MON + at(12), MON + at(13))]),
    ],
)
def test_a_window_is_read_in_english_and_french(text: str, windows: list[tuple[int, int]]) -> None:
    assert list(parse_windows(text)) == windows


@pytest.mark.parametrize(
    ("text", "windows"),
    [
        ("Mon 22:00-02:00", [(MON + at(22), TUE + at(2))]),
        ("Mon 22:00-24:00", [(MON + at(22), TUE)]),
        ("Mon 22:00-00:00", [(MON + at(22), TUE)]),
        ("Fri 22:00-Sat 02:00", [(FRI + at(22), SAT + at(2))]),
        ("Fri 09:00-Mon 09:00", [(FRI + at(9), WEEK + at(9))]),
        ("Sun 22:00-02:00", [(SUN + at(22), WEEK + at(2))]),
        ("dim 22h-lun 2h", [(SUN + at(22), WEEK + at(2))]),
        ("Mon 09:00-Mon 09:00", [(MON + at(9), WEEK + at(9))]),
        ("Mon 09:00-Mon 08:00", [(MON + at(9), WEEK + at(8))]),
        ("Mon 09:00-Tue 24:00", [(MON + at(9), WED)]),
    ],
)
def test_a_window_may_cross_midnight_and_the_end_of_the_week(
    text: str, windows: list[tuple[int, int]]
) -> None:
    assert list(parse_windows(text)) == windows


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("Mon-Fri 9-17", [MON, TUE, WED, THU, FRI]),
        ("lundi au mercredi 9-17", [MON, TUE, WED]),
        ("Monday to Tuesday 9-17", [MON, TUE]),
        ("lun à mar 9-17", [MON, TUE]),
        ("Sat-Mon 9-17", [SAT, SUN, MON]),
        ("Wed-Wed 9-17", [WED]),
    ],
)
def test_a_range_of_days_repeats_the_window(text: str, starts: list[int]) -> None:
    assert list(parse_windows(text)) == [(day + at(9), day + at(17)) for day in starts]


@pytest.mark.parametrize(
    "text",
    ["Mon,Wed 9-10", "Mon, Wed 9-10", "Lundi et mercredi 9h-10h", "Mon/Wed 9-10", "lun & mer 9-10"],
)
def test_several_days_share_a_window(text: str) -> None:
    assert [window.start for window in parse_windows(text)] == [MON + at(9), WED + at(9)]


def test_ranges_and_days_share_a_window() -> None:
    assert [w.start // DAY for w in parse_windows("Mon-Tue, Fri 9-12")] == [0, 1, 4]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Mon-Fri 9-5", "would last 20 hours"),
        ("Lun 14h-12h", "would last 22 hours"),
        ("Mon 9am-5", "would last 20 hours"),
        ("Mon 9-12, 2-4", "before or after noon"),
        ("mardi 2-4", "before or after noon"),
    ],
)
def test_hours_of_a_half_day_are_refused(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_windows(text)


@pytest.mark.parametrize("text", ["Mon 9-12, 14-17", "Mon 9-12; 14-17", "Mon 9-12|14-17;"])
def test_a_window_without_a_day_repeats_the_day_before_it(text: str) -> None:
    assert list(parse_windows(text)) == [(MON + at(9), MON + at(12)), (MON + at(14), MON + at(17))]


def test_a_window_without_a_day_repeats_the_range_of_days_before_it() -> None:
    assert len(parse_windows("Mon-Fri 9-12, 14-17")) == 10


@pytest.mark.parametrize("nothing", [None, "", " ; ,\n", [], (), [""]])
def test_nothing_is_no_window(nothing: object) -> None:
    assert parse_windows(nothing) == ()


def test_windows_come_as_texts_mappings_and_windows_in_one_list() -> None:
    given = [
        "Mon 9-12; 14-17",
        {"day": "Tue", "start": "9:00", "end": "10:00"},
        Window(WED, WED + 60),
    ]
    assert [str(window) for window in parse_windows(given)] == [
        "Mon 09:00-12:00",
        "Mon 14:00-17:00",
        "Tue 09:00-10:00",
        "Wed 00:00-01:00",
    ]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("whenever", "'whenever' is not a weekly window"),
        ("Mon", "'Mon' is not a weekly window"),
        ("Mon 9", "'Mon 9' is not a weekly window"),
        ("9-12", "'9-12' has no day"),
        ("Moonday 9-12", "'moonday' is not a day of the week"),
        ("Mon-Frog 9-12", "'frog' is not a day of the week"),
        ("Mon 9-Tomorrow 12", "'tomorrow' is not a day of the week"),
        ("Mon 9:75-12", "'9:75' is not a time of day"),
        ("Mon 9-25", "'25' is not a time of day"),
        ("Mon 9-24:30", "'24:30' is not a time of day"),
        ("Mon 13pm-14", "'13pm' is not a time of day"),
        ("Mon 0am-3am", "'0am' is not a time of day"),
        ("Mon 24:00-02:00", "starts at 24:00; write 00:00 of the next day"),
        ("Mon 9-9", "is empty: it starts and ends at the same time"),
        ("Mon 9-12; nonsense", "'nonsense' is not a weekly window"),
        (5, "5 is not a list of weekly windows"),
        ({"day": "Mon"}, "is not a list of weekly windows"),
        ([5], "5 is not a weekly window"),
        ([{"day": "Mon", "start": "9"}], "is not a weekly window"),
        ([["Mon 9-12"]], "is not a weekly window"),
    ],
)
def test_a_bad_window_is_told_with_its_text(value: object, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        parse_windows(value)


@pytest.mark.parametrize("value", ["whenever", "Moonday 9-12", "Mon 9-25", 5, [5]])
def test_the_message_of_a_bad_window_shows_how_to_write_one(value: object) -> None:
    with pytest.raises(ValueError, match=r"Write it as 'Mon 09:00-12:00'"):
        parse_windows(value)


windows = st.builds(
    lambda start, length: Window(start, start + length),
    st.integers(0, WEEK - 1),
    st.integers(1, WEEK),
)


@given(windows)
@example(Window(MON, MON + DAY))
@example(Window(MON, WEEK))
@example(Window(SUN, WEEK))
@example(Window(SUN + at(9), WEEK + SUN + at(9)))
@example(Window(FRI + at(9), SAT + at(9)))
@example(Window(FRI + at(9), SUN))
def test_a_window_reads_back_from_its_own_text(window: Window) -> None:
    assert parse_windows(str(window)) == (window,)


@given(st.lists(windows, max_size=4))
def test_windows_read_back_from_one_text(several: list[Window]) -> None:
    text = "; ".join(str(window) for window in several)
    assert list(parse_windows(text)) == several


def test_a_slot_is_half_an_hour() -> None:
    assert SLOT_HOURS == 0.5
    assert SLOTS_PER_WEEK == 7 * 48


def test_slots_are_utc_where_no_zone_is_stated() -> None:
    assert slot_names("Mon 09:00-10:30") == ["Mon 09:00", "Mon 09:30", "Mon 10:00"]


def test_half_hours_that_a_window_covers_in_part_do_not_count() -> None:
    assert slot_names("Mon 09:10-10:50") == ["Mon 09:30", "Mon 10:00"]
    assert slot_names("Mon 09:10-09:50") == []


def test_windows_that_touch_make_whole_half_hours() -> None:
    assert slot_names("Mon 09:00-09:15, 09:15-09:30") == ["Mon 09:00"]


@pytest.mark.parametrize(
    ("zone", "reference", "slots"),
    [
        ("Europe/Paris", WINTER, ["Mon 08:00", "Mon 08:30"]),
        ("Europe/Paris", SUMMER, ["Mon 07:00", "Mon 07:30"]),
        ("America/New_York", WINTER, ["Mon 14:00", "Mon 14:30"]),
        ("Asia/Tokyo", SUMMER, ["Mon 00:00", "Mon 00:30"]),
        ("Asia/Kathmandu", WINTER, ["Mon 03:30"]),  # 03:15 to 04:15 holds one whole half-hour
        ("Pacific/Kiritimati", WINTER, ["Sun 19:00", "Sun 19:30"]),
    ],
)
def test_local_time_becomes_utc_with_the_offset_of_the_reference_date(
    zone: str, reference: date, slots: list[str]
) -> None:
    assert slot_names("Mon 09:00-10:00", zone, reference) == slots


def test_a_window_of_kathmandu_that_meets_utc_half_hours_counts_in_full() -> None:
    assert slot_names("Mon 09:15-10:15", "Asia/Kathmandu") == ["Mon 03:30", "Mon 04:00"]


def test_the_end_of_the_week_wraps_to_its_start() -> None:
    assert slot_names("Sun 23:00-01:00") == ["Mon 00:00", "Mon 00:30", "Sun 23:00", "Sun 23:30"]


def test_no_window_is_no_slot() -> None:
    assert not week_slots((), None, WINTER).any()


def test_slots_are_shared_and_so_read_only() -> None:
    slots = week_slots(parse_windows("Mon 9-10"), None, WINTER)
    assert slots.shape == (SLOTS_PER_WEEK,)
    assert not slots.flags.writeable


@given(
    st.lists(windows, max_size=3),
    st.sampled_from(["UTC", "Europe/Paris", "Asia/Kathmandu", "America/St_Johns"]),
    st.dates(date(2024, 1, 1), date(2028, 12, 31)),
)
def test_a_slot_is_free_where_each_of_its_minutes_is(
    several: list[Window], zone: str, reference: date
) -> None:
    offset = time_zone(zone).utcoffset(datetime.combine(reference, time(12))) or timedelta(0)
    shift = offset // timedelta(minutes=1)

    def free(minute: int) -> bool:
        local = minute + shift
        return any((local - window.start) % WEEK < window.end - window.start for window in several)

    expected = [all(map(free, range(30 * k, 30 * k + 30))) for k in range(SLOTS_PER_WEEK)]
    assert week_slots(tuple(several), zone, reference).tolist() == expected


@pytest.mark.parametrize("name", ["Europe/Nowhere", "Europe", "", "../../etc/passwd", "a\0b"])
def test_a_time_zone_that_does_not_exist_is_told_with_its_name(name: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"{name!r} is not an IANA time zone.")):
        time_zone(name)
