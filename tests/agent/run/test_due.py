from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from guardian_agent.run.due import Calendar, first_due, next_due, share_of
from guardian_agent.windows import parse_window
from hypothesis import given
from hypothesis import strategies as st

BERLIN = ZoneInfo("Europe/Berlin")
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)

ALWAYS = Calendar(windows=(), zone=UTC)


def calendar(*texts: str, zone=BERLIN) -> Calendar:
    return Calendar(windows=[parse_window(text) for text in texts], zone=zone)


NIGHTS = calendar("20:00-06:00")
WEEKENDS = calendar("sat-sun 00:00-24:00")
FLEET = [
    share_of((f"client{n % 40}", f"server{n}", "files", "local", "sample")) for n in range(1000)
]


def test_a_share_follows_from_the_name_alone():
    assert share_of(("acme", "web1")) == share_of(("acme", "web1"))
    assert share_of(("acme", "web1")) != share_of(("acme", "web2"))
    assert all(0 <= share < 1 for share in FLEET)


def crowds(moments, grain):
    """Return how many of the moments fall together."""
    return Counter((moment - MONDAY) // grain for moment in moments)


@pytest.mark.parametrize(
    ("known", "grain", "cells"),
    [(ALWAYS, DAY, 7), (NIGHTS, DAY, 7), (WEEKENDS, 6 * HOUR, 8)],
    ids=["any time", "nights", "weekends"],
)
def test_a_fleet_rolled_out_at_once_spreads_over_the_week_and_its_windows(known, grain, cells):
    moments = [first_due(MONDAY, 7 * DAY, share, known) for share in FLEET]
    # Nights and cells that are cut at their edges hold less.
    assert max(crowds(moments, grain).values()) < 1.7 * 1000 / cells
    assert all(known.is_open(moment) for moment in moments)
    assert all(MONDAY < moment <= MONDAY + 8 * DAY for moment in moments)


@pytest.mark.parametrize(
    ("known", "grain", "cells"),
    [(ALWAYS, 6 * HOUR, 14), (NIGHTS, DAY, 4), (WEEKENDS, 6 * HOUR, 8)],
    ids=["any time", "nights", "weekends"],
)
def test_a_fleet_tested_by_hand_all_at_once_spreads_again(known, grain, cells):
    moments = [next_due(MONDAY, 7 * DAY, share, known) for share in FLEET]
    assert max(crowds(moments, grain).values()) < 2 * 1000 / cells
    assert all(known.is_open(moment) for moment in moments)


@pytest.mark.parametrize(
    "known", [ALWAYS, NIGHTS, WEEKENDS], ids=["any time", "nights", "weekends"]
)
def test_what_is_done_when_due_keeps_its_day_and_hour(known):
    for share in FLEET[:50]:
        moment = first_due(MONDAY, 7 * DAY, share, known)
        following = next_due(moment + HOUR, 7 * DAY, share, known)
        for _ in range(8):
            again = next_due(following + HOUR, 7 * DAY, share, known)
            assert again - following == 7 * DAY
            following = again


def test_what_was_late_comes_back_to_its_own_time():
    share = FLEET[0]
    moment = first_due(MONDAY, 7 * DAY, share, ALWAYS)
    assert next_due(moment + 2 * DAY, 7 * DAY, share, ALWAYS) == moment + 7 * DAY


@pytest.mark.parametrize("days", [1, 3, 5, 6])
def test_what_was_done_by_hand_counts_and_then_it_comes_back_to_its_own_time(days):
    for share in FLEET[:50]:
        moment = first_due(MONDAY, 7 * DAY, share, ALWAYS)
        following = moment + days * DAY
        for _ in range(30):
            following = next_due(following, 7 * DAY, share, ALWAYS)
        assert share > 0.9 or (following - moment) % (7 * DAY) == timedelta()


def test_a_window_that_opens_too_seldom_is_waited_for():
    sundays = calendar("sun 03:00-04:00")
    due = next_due(MONDAY, HOUR, 0.9, sundays)
    assert (due.astimezone(BERLIN).weekday(), due.astimezone(BERLIN).hour) == (6, 3)
    assert sundays.is_open(due)
    assert first_due(MONDAY, DAY, 0.1, sundays).astimezone(BERLIN).weekday() == 6


def test_the_timer_has_an_hour_to_come_round():
    for share in FLEET[:200]:
        due = first_due(MONDAY, 7 * DAY, share, NIGHTS)
        assert NIGHTS.is_open(due + 59 * timedelta(minutes=1))


def test_when_a_window_opens_next():
    assert NIGHTS.next_opening(MONDAY) == datetime(2026, 11, 23, 19, tzinfo=UTC)
    assert ALWAYS.next_opening(MONDAY) == MONDAY
    evening = datetime(2026, 11, 23, 21, tzinfo=UTC)
    assert NIGHTS.next_opening(evening) == evening


calendars = st.sampled_from(
    [ALWAYS, NIGHTS, WEEKENDS, calendar("sun 02:15-02:20"), calendar("mon-fri 12:00-13:00")]
)
moments = st.datetimes(
    min_value=datetime(1999, 1, 1), max_value=datetime(2045, 1, 1), timezones=st.just(UTC)
)
periods = st.timedeltas(min_value=HOUR, max_value=400 * DAY)
shares = st.floats(min_value=0, max_value=1, exclude_max=True)


@given(known=calendars, done=moments, every=periods, share=shares)
def test_it_is_due_later_inside_a_window_and_within_the_period_or_the_next_one_to_open(
    known, done, every, share
):
    due = next_due(done, every, share, known)
    assert done + every / 2 <= due
    assert known.is_open(due)
    assert due <= done + every or due <= done + 1.5 * every + 8 * DAY
    first = first_due(done, every, share, known)
    assert done < first <= done + 2 * every + 8 * DAY
    assert known.is_open(first)


@given(done=moments, every=periods, share=shares)
def test_without_windows_it_is_due_within_the_period(done, every, share):
    assert done + every / 2 <= next_due(done, every, share, ALWAYS) <= done + every
    assert done < first_due(done, every, share, ALWAYS) <= done + every
