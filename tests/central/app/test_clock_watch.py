"""A jump of central's clock changes no verdict until somebody agrees with it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from guardian.app.clock_watch import ClockWatch
from guardian.errors import ClockJump
from tests.central.app.test_judging import Fleet
from tests.central.domain.making import told
from tests.central.ingest.speaker import HOUR, NOON

MINUTE = timedelta(minutes=1)


class Clock:
    """A wall's clock that can be put forward, beside one that only goes on."""

    def __init__(self):
        self.time, self.seconds = NOON, 0.0

    def now(self):
        return self.time

    def monotonic(self):
        return self.seconds

    def goes_on(self, span):
        self.time += span
        self.seconds += span.total_seconds()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def watch(clock):
    made = ClockWatch(clock)
    made.look({})
    return made


def agents(*skews, number=1):
    """Return agents with clocks that are off by these, as their statement of this number says."""
    return {
        ("acme", f"web{n}"): told(skew=skew.total_seconds(), number=number).agent
        for n, skew in enumerate(skews)
    }


def test_time_that_passes_is_no_jump(clock, watch):
    for _ in range(3):
        clock.goes_on(9 * HOUR)
        watch.look({})


def test_a_clock_that_is_put_right_in_small_steps_is_no_jump(clock, watch):
    for _ in range(30):
        clock.time += 4 * MINUTE
        watch.look({})


@pytest.mark.parametrize(
    ("jump", "said"), [(6 * MINUTE, "6 min ahead"), (-2 * HOUR, "2 h back"), (999 * HOUR, "41 d")]
)
def test_a_jump_is_raised_until_it_comes_back(clock, watch, jump, said):
    clock.time += jump
    for _ in range(3):
        clock.goes_on(MINUTE)
        with pytest.raises(ClockJump, match=said):
            watch.look(agents(timedelta()))
    clock.time -= jump
    watch.look({})


def test_agents_that_agree_with_the_new_time_end_it(clock, watch):
    clock.time += HOUR
    with pytest.raises(ClockJump):
        watch.look(agents(timedelta(), timedelta(), timedelta()))
    with pytest.raises(ClockJump):
        watch.look(agents(timedelta(), -HOUR, number=2))
    watch.look(agents(timedelta(), MINUTE, -HOUR, number=3))
    watch.look({})


def test_agents_that_do_not_agree_do_not_end_it(clock, watch):
    clock.time += HOUR
    for number in range(1, 5):
        with pytest.raises(ClockJump):
            watch.look(agents(-HOUR, -HOUR, timedelta(), number=number))


def test_a_second_jump_is_agreed_with_anew(clock, watch):
    clock.time += HOUR
    with pytest.raises(ClockJump):
        watch.look({})
    clock.time += HOUR
    with pytest.raises(ClockJump):
        watch.look(agents(timedelta()))
    watch.look(agents(timedelta(), number=2))


def test_findings_stay_as_they_were_while_it_lasts():
    fleet = Fleet()
    fleet.speak(0)
    before = fleet.judging.judge_due()
    fleet.clock.monotonic = NOON.timestamp
    fleet.clock.time += 30 * HOUR
    with pytest.raises(ClockJump):
        fleet.judging.judge_due()
    assert fleet.judging.snapshot() is before
    changes = fleet.store.history("acme", NOON, NOON + 99 * HOUR)
    assert {change.at for change in changes} == {NOON}
    fleet.clock.time -= 30 * HOUR
    assert fleet.statuses(fleet.judging.judge_due()) == fleet.statuses(before)
