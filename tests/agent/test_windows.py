from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from guardian_agent.errors import DecodeError
from guardian_agent.windows import Window, openings, parse_window
from hypothesis import given
from hypothesis import strategies as st

BERLIN = ZoneInfo("Europe/Berlin")
ALL_DAYS = frozenset(range(7))
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

ZONES = [
    ZoneInfo(name)
    for name in ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC")
]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def opened(text: str, since: str, until: str, zone=BERLIN) -> list[tuple[str, str]]:
    found = openings((parse_window(text),), zone, at(since), at(until))
    return [(f"{begins:%d %H:%M}", f"{ends:%d %H:%M}") for begins, ends in found]


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("22:00-05:00", Window(days=ALL_DAYS, start=22 * 60, end=29 * 60)),
        ("00:00-24:00", Window(days=ALL_DAYS, start=0, end=24 * 60)),
        ("9:30-17:00", Window(days=ALL_DAYS, start=570, end=1020)),
        ("sat-sun 00:00-24:00", Window(days=frozenset({5, 6}), start=0, end=1440)),
        ("Mon,Wed 20:00-06:00", Window(days=frozenset({0, 2}), start=1200, end=1800)),
        ("fri-mon 01:00-02:00", Window(days=frozenset({4, 5, 6, 0}), start=60, end=120)),
        ("tue-tue 01:00-02:00", Window(days=frozenset({1}), start=60, end=120)),
    ],
)
def test_a_window_is_read(text, window):
    assert parse_window(text) == window


@pytest.mark.parametrize(
    "text",
    [
        "",
        "22:00",
        "22-05",
        "22:00-",
        "22:0-05:00",
        "25:00-26:00",
        "22:60-23:00",
        "-1:00-05:00",
        "٢٢:00-05:00",
        "sunday 00:00-24:00",
        "mon-xyz 00:00-24:00",
        "mon, wed 00:00-24:00",
        "mon  22:00-05:00",
        "22:00 -05:00",
    ],
)
def test_another_form_is_refused_with_an_example(text):
    with pytest.raises(DecodeError, match="expected a window such as") as caught:
        parse_window(text, "$.restore_tests.window[0]")
    assert caught.value.path == "$.restore_tests.window[0]"


@pytest.mark.parametrize("text", ["05:00-05:00", "sun 00:00-00:00", "24:00-05:00", "24:00-24:00"])
def test_a_window_that_never_opens_is_refused(text):
    with pytest.raises(DecodeError, match="never opens"):
        parse_window(text)


def test_a_night_ends_on_the_next_day_in_the_servers_own_time():
    found = opened("22:00-05:00", "2026-01-05T00:00", "2026-01-06T12:00")
    assert found == [("05 00:00", "05 04:00"), ("05 21:00", "06 04:00")]


def test_days_are_those_on_which_it_begins():
    found = opened("sun 22:00-05:00", "2026-01-01T00:00", "2026-01-12T12:00")
    assert found == [("04 21:00", "05 04:00"), ("11 21:00", "12 04:00")]


def test_windows_that_touch_are_one():
    night, morning = parse_window("22:00-05:00"), parse_window("04:00-06:00")
    found = openings((morning, night), UTC, at("2026-01-05T12:00"), at("2026-01-06T12:00"))
    assert found == [(at("2026-01-05T22:00"), at("2026-01-06T06:00"))]
    assert len(opened("00:00-24:00", "2026-03-01T00:00", "2026-04-10T00:00")) == 1


def test_without_windows_it_is_always_open():
    since, until = at("2026-01-01T00:00"), at("2026-01-02T00:00")
    assert openings((), BERLIN, since, until) == [(since, until)]
    assert openings((), BERLIN, until, since) == []
    assert openings((), BERLIN, since, since) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # In spring 02:00 to 03:00 is left out: 01:59 CET is followed by 03:00 CEST, at 01:00 UTC.
        ("01:00-04:00", ("29 00:00", "29 02:00")),
        ("02:00-03:00", ("29 01:00", "29 02:00")),
        ("02:15-02:45", ("29 01:15", "29 01:45")),
        ("02:30-03:00", ("29 01:30", "29 02:00")),
        ("01:00-02:30", ("29 00:00", "29 01:30")),
    ],
)
def test_it_opens_also_in_the_hour_that_is_left_out(text, found):
    assert opened(text, "2026-03-28T12:00", "2026-03-29T12:00") == [found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # In autumn 02:00 to 03:00 comes twice, at 00:00 and at 01:00 UTC.
        ("01:00-04:00", ("24 23:00", "25 03:00")),
        ("02:00-03:00", ("25 00:00", "25 02:00")),
        ("02:15-02:45", ("25 00:15", "25 01:45")),
        ("02:30-05:00", ("25 00:30", "25 04:00")),
    ],
)
def test_it_is_open_all_through_the_hour_that_comes_twice(text, found):
    assert opened(text, "2026-10-24T12:00", "2026-10-25T12:00") == [found]


minutes = st.integers(min_value=0, max_value=1439)
moments = st.datetimes(
    min_value=datetime(2025, 12, 1), max_value=datetime(2027, 2, 1), timezones=st.just(UTC)
)


@given(start=minutes, end=minutes, zone=st.sampled_from(ZONES), moment=moments)
def test_every_window_opens_every_day_whatever_the_clocks_do(start, end, zone, moment):
    text = f"{start // 60}:{start % 60:02}-{(end + 1) // 60}:{(end + 1) % 60:02}"
    if start == end + 1:
        return
    window = parse_window(text)
    found = openings((window,), zone, moment, moment + 50 * HOUR)
    assert found
    for begins, ends in found:
        assert moment <= begins < ends <= moment + 50 * HOUR


@given(
    texts=st.lists(
        st.sampled_from(["22:00-05:00", "sat-sun 00:00-24:00", "02:15-02:45", "mon 12:00-11:00"]),
        min_size=1,
    ),
    zone=st.sampled_from(ZONES),
    moment=moments,
    length=st.timedeltas(min_value=timedelta(), max_value=20 * DAY),
    cut=st.floats(min_value=0, max_value=1),
)
def test_openings_are_in_order_apart_and_the_same_however_they_are_asked_for(
    texts, zone, moment, length, cut
):
    windows = [parse_window(text) for text in texts]
    whole = openings(windows, zone, moment, moment + length)
    assert all(first[1] < second[0] for first, second in pairwise(whole))
    middle = moment + length * cut
    parts = openings(windows, zone, moment, middle) + openings(
        windows, zone, middle, moment + length
    )
    assert sum((b - a for a, b in parts), timedelta()) == sum(
        (b - a for a, b in whole), timedelta()
    )
