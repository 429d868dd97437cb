"""A year of a few servers, as the benchmark plays it with a thousand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from guardian.config.calendars import ZoneCalendar
from guardian.domain.verdict import passes
from tests.world.year.habits import HABITS, ZONES, changes, cron, starts, timer
from tests.world.year.play import CHECKS, fleet

SEED = 2026
SOME = (4, 7, 13, 18, 22, 34, 58, 70, 130)
"""Servers with faults, holidays, maintenance, a parked one, a laptop."""

AT_CHANGES = {habit.expression: habit for habit in HABITS if habit.every or habit.hour < 3}
"""Habits that a change of the clocks can meet."""


def test_a_year_is_judged_without_a_false_alarm_and_every_fault_is_said_in_time():
    score = fleet(SOME, SEED)
    assert score.false_alarms == []
    assert score.missed == []
    assert len(score.found) == 7
    assert (score.precision, score.recall) == (1.0, 1.0)
    assert score.plain_rule > 0


def test_judged_in_the_wrong_zone_a_year_has_false_alarms():
    assert fleet((22,), SEED, zone="Pacific/Kiritimati").false_alarms


def test_judged_by_a_check_that_always_passes_a_year_has_faults_that_nobody_says():
    blind = replace(CHECKS["backup.fresh"], judge=lambda *_: passes("as ever"))
    score = fleet((4,), SEED, checks=CHECKS | {"backup.fresh": blind})
    assert len(score.missed) == 1
    assert score.recall == 0


@pytest.mark.parametrize("zone", ZONES)
def test_every_zone_changes_its_clocks(zone):
    assert len(changes(zone, date(2026, 1, 1), date(2026, 12, 31))) in (2, 4)


def test_when_jobs_start_is_told_by_the_wall():
    days = (date(2026, 3, 29), date(2026, 3, 29))
    jump = datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert list(starts(cron(30, 2), "Europe/Berlin", *days)) == [jump]
    assert list(starts(timer(30, 2), "Europe/Berlin", *days)) == []


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("habit", AT_CHANGES.values(), ids=AT_CHANGES)
def test_calendars_expect_what_the_wall_tells(zone, habit):
    """No run is expected where none is started; of those started, each is expected."""
    told = list(starts(habit, zone, date(2026, 1, 1), date(2026, 12, 31)))
    calendar, moment, expected = ZoneCalendar(zone=zone), told[0], [told[0]]
    while moment < told[-1]:
        moment = calendar.after(habit.expression, moment)
        expected.append(moment)
    assert expected == told
