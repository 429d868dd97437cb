"""When restore points are expected, in numbers."""

from __future__ import annotations

from dataclasses import replace

from guardian.domain.figures import assemble, server_figures
from guardian.domain.lifecycle import Aside, State
from tests.central.domain.making import (
    CLIENT,
    COPY_ASSET,
    DAY,
    HOUR,
    PLAN,
    SERVER,
    T0,
    healthy,
    point,
    points,
    told,
)
from tests.central.domain.test_slack import agreeing

NIGHTLY = agreeing({"delete_after": 30 * DAY}, schedule=("0 2 * * *",))


def figures(plan, evidence):
    found = assemble([plan], {(CLIENT, SERVER): evidence}, (), T0, 0.0)
    return next(each for each in found.copies if each.asset == COPY_ASSET)


def test_with_a_schedule_the_next_slot_is_told():
    found = figures(NIGHTLY, told(points(point(1, T0 - HOUR))))
    assert found.freshness.schedule == ("0 2 * * *",)
    assert found.freshness.next_expected_at == T0 + 14 * HOUR
    assert found.freshness.slack.alarm_at == T0 + 16 * HOUR
    assert found.max_age is None


def test_a_slot_that_was_missed_is_the_next_expected():
    missed = told(points(point(1, T0 - 2 * DAY)))
    assert figures(NIGHTLY, missed).freshness.next_expected_at == T0 - 34 * HOUR


def test_before_the_first_point_the_next_slot_is_expected():
    assert figures(NIGHTLY, None).freshness.next_expected_at == T0 + 14 * HOUR


def test_without_a_schedule_an_age_counts():
    found = figures(PLAN, healthy())
    assert (found.freshness.next_expected_at, found.max_age) == (None, 26 * HOUR)
    both = agreeing({}, schedule=("0 2 * * *",), max_age=DAY)
    assert figures(both, healthy()).max_age == DAY


def test_the_state_of_a_server_is_that_of_now():
    aside = Aside(state=State.PARKED, since=T0, until=T0 + DAY, reason="winter", owner="Ada")
    parked = replace(PLAN, aside=aside)
    assert server_figures(parked, None, T0).state is State.PARKED
    assert server_figures(parked, None, T0 + DAY).state is State.ACTIVE
    assert server_figures(parked, healthy(), T0).state is State.PARKED
    assert server_figures(PLAN, None, T0).state is State.ACTIVE
