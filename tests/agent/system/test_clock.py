from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from guardian_agent.system.clock import RealClock

HOUR = timedelta(hours=1)


@pytest.fixture(params=["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "UTC"])
def place(request):
    """Let this process live in a time zone for a while."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield ZoneInfo(request.param)
    os.environ.pop("TZ")
    if before is not None:
        os.environ["TZ"] = before
    time.tzset()


def test_the_servers_zone_is_the_one_that_it_lives_in(place):
    zone = RealClock().zone()
    for hour in range(366 * 24):
        moment = datetime(2026, 1, 1, tzinfo=UTC) + hour * HOUR
        here, there = moment.astimezone(zone), moment.astimezone(place)
        assert here.replace(tzinfo=None) == there.replace(tzinfo=None)
        assert (here.fold, here.utcoffset()) == (there.fold, there.utcoffset())


def test_an_hour_left_out_or_told_twice_is_what_it_is_everywhere(place):
    zone = RealClock().zone()
    for text in ("2026-03-29T02:30", "2026-10-25T02:30", "2026-10-04T02:15", "2026-11-01T01:10"):
        for fold in (0, 1):
            wall = datetime.fromisoformat(text).replace(fold=fold)
            here, there = wall.replace(tzinfo=zone), wall.replace(tzinfo=place)
            assert here.astimezone(UTC) == there.astimezone(UTC)


def test_a_zone_has_a_name_and_no_opinion_on_summer(place):
    moment = datetime(2026, 7, 1, 12, tzinfo=RealClock().zone())
    assert moment.tzname() == moment.replace(tzinfo=place).tzname()
    assert moment.dst() is None
