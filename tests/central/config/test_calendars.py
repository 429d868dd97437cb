"""What expressions mean in zones, above all where the clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardian.config.calendars import ZoneCalendar, check_expression
from guardian.errors import ConfigError

BERLIN = ZoneCalendar(zone="Europe/Berlin")
EXPRESSIONS = ("30 2 * * *", "0 */2 * * *", "*-*-* 02:30", "Mon..Fri 22:00", "0 3 31 * *", "*:0/30")
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Havana")


def slots(calendar: ZoneCalendar, expression: str, start: str, count: int) -> list[str]:
    """Return the first slots after `start` (UTC), as UTC."""
    found = []
    moment = datetime.fromisoformat(start).replace(tzinfo=UTC)
    for _ in range(count):
        moment = calendar.after(expression, moment)
        found.append(f"{moment:%m-%d %H:%M}")
    return found


def test_slots_stand_in_the_servers_zone():
    assert slots(BERLIN, "0 2 * * *", "2026-07-01T12:00", 2) == ["07-02 00:00", "07-03 00:00"]
    assert slots(BERLIN, "*-*-* 02:30", "2026-01-01T12:00", 1) == ["01-02 01:30"]


def test_in_autumn_a_daily_slot_comes_once():
    expected = ["10-24 00:30", "10-25 00:30", "10-26 01:30"]
    assert slots(BERLIN, "30 2 * * *", "2026-10-23T12:00", 3) == expected
    assert slots(BERLIN, "*-*-* 02:30", "2026-10-23T12:00", 3) == expected


def test_in_spring_cron_runs_what_was_left_out_and_a_timer_does_not():
    assert slots(BERLIN, "30 2 * * *", "2026-03-28T12:00", 2) == ["03-29 01:00", "03-30 00:30"]
    assert slots(BERLIN, "*-*-* 02:30", "2026-03-28T12:00", 1) == ["03-30 00:30"]


def test_in_spring_every_other_hour_leaves_one_out():
    assert slots(BERLIN, "0 */2 * * *", "2026-03-28T22:30", 2) == ["03-28 23:00", "03-29 02:00"]


def test_a_zone_in_the_expression_goes_before_the_servers():
    assert slots(BERLIN, "*-*-* 02:30 UTC", "2026-07-01T12:00", 1) == ["07-02 02:30"]


def test_a_slot_itself_is_not_after_itself():
    slot = datetime(2026, 7, 2, 0, 0, tzinfo=UTC)
    assert BERLIN.after("0 2 * * *", slot - timedelta(seconds=1)) == slot
    assert BERLIN.after("0 2 * * *", slot) == slot + timedelta(days=1)


def test_what_is_over_has_no_slot():
    assert BERLIN.after("2024-06-01..02 01:00", datetime(2026, 1, 1, tzinfo=UTC)) is None


@pytest.mark.parametrize("expression", EXPRESSIONS)
@pytest.mark.parametrize("zone", ZONES)
def test_no_moment_that_an_agent_may_state_is_too_early_or_too_late(zone, expression):
    calendar = ZoneCalendar(zone=zone)
    first = datetime.min.replace(tzinfo=UTC)
    for moment in (first, first + timedelta(minutes=20), first + timedelta(days=1)):
        assert calendar.after(expression, moment).year == 1970
    assert calendar.after(expression, datetime.max.replace(tzinfo=UTC)) is None


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_slots_are_in_order_and_shown_by_the_wall(zone, expression):
    calendar = ZoneCalendar(zone=zone)
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    seen = [moment]
    while moment < datetime(2026, 12, 20, tzinfo=UTC) and len(seen) < 3000:
        moment = calendar.after(expression, moment)
        seen.append(moment)
    assert all(one < other for one, other in pairwise(seen))
    if expression == "Mon..Fri 22:00":
        assert {f"{slot.astimezone(ZoneInfo(zone)):%H:%M}" for slot in seen[1:]} == {"22:00"}


@settings(max_examples=60, deadline=None)
@given(
    moment=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    zone=st.sampled_from(ZONES),
    expression=st.sampled_from(EXPRESSIONS),
)
def test_the_next_slot_is_the_same_from_any_moment_before_it(moment, zone, expression):
    calendar = ZoneCalendar(zone=zone)
    slot = calendar.after(expression, moment)
    assert slot > moment
    assert calendar.after(expression, moment + (slot - moment) / 2) == slot


@pytest.mark.parametrize("good", ["0 2 * * *", "0 2 * * MON-FRI", "daily", "Sat *-*-1..7 01:00"])
def test_expressions_that_may_be_agreed(good):
    check_expression(good, "here")


@pytest.mark.parametrize(
    ("bad", "because"),
    [
        ("", "no schedule"),
        ("never", "no schedule"),
        ("61 2 * * *", "Bad minute"),
        ("0 2 * * * *", "no schedule"),
        ("@daily", "no schedule"),
        ("0 2 30 2 *", "no schedule"),
        ("*-*-* 02:30 Mars/Olympus", "no schedule"),
        ("2024-06-01 01:00", "once or never"),
        ("*-02-30 01:00", "once or never"),
        ("* * * * *", "more often"),
        ("*:*:*", "more often"),
        ("0 2 * * *" + " " * 200, "longer"),
    ],
)
def test_expressions_that_are_refused_with_a_place(bad, because):
    with pytest.raises(ConfigError, match=because) as caught:
        check_expression(bad, "acme.toml: schedule")
    assert str(caught.value).startswith("acme.toml: schedule: ")
