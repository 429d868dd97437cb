"""`backup.fresh` by a schedule: slots, grace, early runs, changes of the clocks, pauses."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardian.config.calendars import ZoneCalendar
from guardian.domain.calendar import Pause
from guardian.domain.evidence import ServerEvidence
from guardian.domain.verdict import Status, Verdict
from tests.central.domain.making import (
    DAY,
    HOUR,
    MINUTE,
    PLAN,
    SECOND,
    failure,
    judged,
    point,
    points,
    told,
)

BERLIN = replace(PLAN, calendar=ZoneCalendar(zone="Europe/Berlin"))
CRON = ("30 2 * * *",)
TIMER = ("*-*-* 02:30",)
SLOT = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
"""02:30 in Berlin, a Friday."""
GRACE = 2 * HOUR


def made(*moments: datetime) -> ServerEvidence:
    """Return what is known when these points were listed as the last of them was made."""
    listed = [point(number, moment) for number, moment in enumerate(moments)]
    return told(points(*listed), at=max(moments))


def fresh(evidence: ServerEvidence, now: datetime, plan=BERLIN, **settings: object) -> Verdict:
    asked = {"schedule": CRON, "max_age": None, **settings}
    return judged("backup.fresh", evidence, now, plan=plan, **asked)


def test_it_passes_until_the_grace_of_the_next_slot_ends():
    evidence = made(SLOT + 20 * MINUTE)
    due = SLOT + DAY + GRACE
    verdict = fresh(evidence, due)
    assert (verdict.status, verdict.holds_until) == (Status.PASS, due)
    assert "the run of 2026-11-21 01:30 UTC is awaited until 2026-11-21 03:30 UTC" in verdict.reason
    verdict = fresh(evidence, due + SECOND)
    assert (verdict.status, verdict.since) == (Status.FAIL, due)
    assert verdict.reason == (
        "no complete restore point came of the run of 2026-11-21 01:30 UTC within 2 h; "
        "the newest is of 2026-11-20 01:50 UTC"
    )


def test_the_grace_is_as_agreed():
    evidence = made(SLOT + 20 * MINUTE)
    late = SLOT + DAY + 3 * HOUR
    assert fresh(evidence, late, grace=4 * HOUR).status is Status.PASS
    assert fresh(evidence, late, grace=HOUR).status is Status.FAIL


def test_a_run_that_comes_late_makes_it_good_again():
    late = made(SLOT + 20 * MINUTE, SLOT + DAY + 9 * HOUR)
    assert fresh(late, SLOT + DAY + 10 * HOUR).holds_until == SLOT + 2 * DAY + GRACE


def test_an_early_run_does_not_stand_for_the_next_slot_and_is_named():
    early = SLOT + DAY - HOUR
    verdict = fresh(made(SLOT + 20 * MINUTE, early), SLOT + DAY + 3 * HOUR)
    assert verdict.status is Status.FAIL
    assert verdict.since == SLOT + DAY + GRACE
    assert "the newest is of 2026-11-21 00:30 UTC, an early run" in verdict.reason
    assert "from 15 min before a slot on" in verdict.reason


def test_within_the_tolerance_a_run_is_no_early_one():
    barely = SLOT + DAY - 14 * MINUTE
    assert fresh(made(barely), SLOT + DAY + 3 * HOUR).status is Status.PASS
    assert fresh(made(barely), SLOT + DAY + 3 * HOUR, early=MINUTE).status is Status.FAIL


def test_a_long_run_counts_from_its_end():
    run = point(1, SLOT, finished_at=SLOT + 20 * HOUR)
    evidence = told(points(run), at=SLOT + 20 * HOUR)
    assert fresh(evidence, SLOT + DAY + HOUR).status is Status.PASS


def test_an_age_may_be_agreed_beside_the_schedule():
    weekly = {"schedule": ("0 2 * * SUN",)}
    sunday = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
    evidence = made(sunday)
    assert fresh(evidence, sunday + 6 * DAY, **weekly).status is Status.PASS
    verdict = fresh(evidence, sunday + 6 * DAY, **weekly, max_age=2 * DAY)
    assert (verdict.status, verdict.since) == (Status.FAIL, sunday + 2 * DAY)
    assert verdict.reason == "newest complete restore point is 6 d old, 48 h allowed"


def test_of_several_expressions_each_asks():
    twice = {"schedule": ("0 2 * * *", "Mon..Fri 14:00")}
    night = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
    assert fresh(made(night), night + 12 * HOUR, **twice).holds_until == datetime(
        2026, 11, 20, 15, 0, tzinfo=UTC
    )
    saturday = night + DAY
    assert fresh(made(saturday), saturday, **twice).holds_until == datetime(
        2026, 11, 22, 3, 0, tzinfo=UTC
    )


def test_a_failed_look_is_unknown_until_the_same_moment():
    evidence = told(after=made(SLOT + 20 * MINUTE), at=SLOT + HOUR, failures=(failure(),))
    verdict = fresh(evidence, SLOT + 2 * HOUR)
    assert (verdict.status, verdict.holds_until) == (Status.UNKNOWN, SLOT + DAY + GRACE)


def test_a_schedule_that_is_over_or_cannot_be_read_is_unknown():
    assert fresh(made(SLOT), SLOT, schedule=("2024-06-01 02:00",)).status is Status.UNKNOWN
    assert fresh(made(SLOT), SLOT, PLAN).status is Status.UNKNOWN
    ended = fresh(made(SLOT), SLOT + HOUR, schedule=("2024-06-01 02:00",), max_age=DAY)
    assert ended.holds_until == SLOT + DAY


class TestChangesOfTheClocks:
    def test_in_autumn_one_run_serves_the_slot_that_comes_twice(self):
        before_change = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
        evidence = made(before_change + 10 * MINUTE)
        for schedule in (CRON, TIMER):
            verdict = fresh(evidence, before_change + 20 * HOUR, schedule=schedule)
            assert verdict.status is Status.PASS
            assert verdict.holds_until == datetime(2026, 10, 26, 3, 30, tzinfo=UTC)

    def test_in_spring_a_timer_that_was_left_out_was_not_missed(self):
        saturday = datetime(2026, 3, 28, 1, 40, tzinfo=UTC)
        verdict = fresh(made(saturday), saturday + 30 * HOUR, schedule=TIMER)
        assert verdict.status is Status.PASS
        assert verdict.holds_until == datetime(2026, 3, 30, 2, 30, tzinfo=UTC)

    def test_in_spring_a_timer_at_another_hour_is_missed(self):
        saturday = datetime(2026, 3, 28, 3, 40, tzinfo=UTC)
        verdict = fresh(made(saturday), saturday + 30 * HOUR, schedule=("*-*-* 04:30",))
        assert verdict.status is Status.FAIL
        assert verdict.since == datetime(2026, 3, 29, 4, 30, tzinfo=UTC)

    def test_in_spring_the_slot_of_every_other_hour_that_is_left_out_was_not_missed(self):
        midnight = datetime(2026, 3, 28, 23, 5, tzinfo=UTC)
        verdict = fresh(made(midnight), midnight, schedule=("0 */2 * * *",))
        assert verdict.holds_until == datetime(2026, 3, 29, 4, 0, tzinfo=UTC)


CHRISTMAS = Pause(
    starts=datetime(2026, 12, 23, 23, tzinfo=UTC),
    ends=datetime(2026, 12, 26, 23, tzinfo=UTC),
    reason="the office is closed",
    owner="Ada",
)
CLOSED = replace(BERLIN, pauses=(CHRISTMAS,))
LAST = datetime(2026, 12, 23, 1, 40, tzinfo=UTC)
"""The run of the last day before Christmas."""


class TestPauses:
    def test_what_is_missing_because_of_a_pause_is_excused_and_does_not_pass(self):
        verdict = fresh(made(LAST), CHRISTMAS.starts + 12 * HOUR, CLOSED)
        assert verdict.status is Status.FAIL
        assert verdict.excused_by is CHRISTMAS
        assert verdict.holds_until == datetime(2026, 12, 27, 3, 30, tzinfo=UTC)

    def test_before_it_matters_nothing_is_said_of_it(self):
        verdict = fresh(made(LAST), CHRISTMAS.starts + HOUR, CLOSED)
        assert verdict.status is Status.PASS
        assert verdict.holds_until == datetime(2026, 12, 24, 3, 30, tzinfo=UTC)

    def test_what_was_missed_before_is_not_excused(self):
        missed = LAST - DAY
        verdict = fresh(made(missed), CHRISTMAS.starts + 12 * HOUR, CLOSED)
        assert verdict.excused_by is None
        assert verdict.since == datetime(2026, 12, 23, 3, 30, tzinfo=UTC)

    def test_the_first_run_after_it_is_expected(self):
        due = datetime(2026, 12, 27, 3, 30, tzinfo=UTC)
        verdict = fresh(made(LAST), due + SECOND, CLOSED)
        assert (verdict.excused_by, verdict.since) == (None, due)

    def test_without_a_schedule_a_whole_age_counts_after_it(self):
        plain = {"schedule": (), "max_age": 26 * HOUR}
        verdict = fresh(made(LAST), LAST + 3 * DAY, CLOSED, **plain)
        assert verdict.excused_by is CHRISTMAS
        assert verdict.holds_until == CHRISTMAS.ends + 26 * HOUR
        assert fresh(made(LAST), LAST + 5 * DAY, CLOSED, **plain).excused_by is None

    def test_many_pauses_do_not_put_an_age_off_for_ever(self):
        nights = [LAST + n * DAY for n in range(1, 30)]
        daily = tuple(replace(CHRISTMAS, starts=night, ends=night + HOUR) for night in nights)
        plan = replace(BERLIN, pauses=daily)
        verdict = fresh(made(LAST), LAST + 2 * DAY, plan, schedule=(), max_age=26 * HOUR)
        assert verdict.excused_by is daily[1]
        assert verdict.holds_until == LAST + 52 * HOUR + 2 * HOUR

    def test_a_schedule_that_ends_in_it_asks_no_more(self):
        ends = replace(CLOSED, calendar=Once(CHRISTMAS.starts + HOUR))
        verdict = fresh(made(LAST), CHRISTMAS.ends + 90 * DAY, ends)
        assert (verdict.excused_by, verdict.holds_until) == (CHRISTMAS, None)


class Once:
    """A calendar with a single slot."""

    def __init__(self, slot: datetime) -> None:
        self._slot = slot

    def after(self, _expression: str, moment: datetime) -> datetime | None:
        return self._slot if moment < self._slot else None


LAPTOP = replace(BERLIN, longest_silence=14 * DAY)


class TestNotAlwaysOn:
    def woken(self, at: datetime, **spoken: timedelta) -> ServerEvidence:
        """Return a laptop that was off since the slot and speaks again from `at` on."""
        evidence = made(SLOT + 20 * MINUTE)
        for after in (timedelta(0), *spoken.values()):
            evidence = told(after=evidence, at=at + after)
        return evidence

    def test_while_it_is_off_nothing_falls_due(self):
        verdict = fresh(made(SLOT + 20 * MINUTE), SLOT + 5 * DAY, LAPTOP)
        assert verdict.status is Status.PASS
        assert verdict.holds_until == SLOT + DAY + GRACE + 14 * DAY

    def test_after_its_longest_silence_it_fails(self):
        last = SLOT + DAY + GRACE + 14 * DAY
        verdict = fresh(made(SLOT + 20 * MINUTE), last + SECOND, LAPTOP)
        assert (verdict.status, verdict.since) == (Status.FAIL, last)

    def test_when_it_is_on_again_it_has_the_grace_to_catch_up(self):
        woke = SLOT + 5 * DAY
        assert fresh(self.woken(woke), woke + HOUR, LAPTOP).status is Status.PASS

    def test_on_for_longer_without_a_run_it_fails(self):
        woke = SLOT + 5 * DAY
        evidence = self.woken(woke, first=HOUR, second=2 * HOUR)
        verdict = fresh(evidence, woke + 2 * HOUR + SECOND, LAPTOP)
        assert (verdict.status, verdict.since) == (Status.FAIL, woke + GRACE)

    def test_an_always_on_server_has_no_such_time(self):
        assert fresh(made(SLOT), SLOT + 5 * DAY).status is Status.FAIL


def test_a_grace_below_an_hour_is_no_agreement():
    check = __import__("guardian.checks.backup_fresh", fromlist=["Settings"]).Settings
    assert check(grace=59 * MINUTE).fault() is not None
    assert check(grace=HOUR).fault() is None


@given(
    runs=st.lists(st.integers(0, 60 * 24 * 20), min_size=1, max_size=6),
    wait=st.integers(0, 60 * 24 * 30),
    pauses=st.booleans(),
    schedule=st.sampled_from([CRON, TIMER, ("0 */2 * * *",), ("Mon *-*-* 02:00",), ()]),
)
@pytest.mark.parametrize("plan", [BERLIN, LAPTOP], ids=["server", "laptop"])
def test_a_verdict_holds_until_it_says_and_no_later(plan, runs, wait, pauses, schedule):
    start = datetime(2026, 12, 10, tzinfo=UTC)
    evidence = made(*(start + MINUTE * run for run in runs))
    now = start + MINUTE * (max(runs) + wait)
    here = replace(plan, pauses=(CHRISTMAS,)) if pauses else plan
    verdict = fresh(evidence, now, here, schedule=schedule)
    if verdict.holds_until is None:
        later = fresh(evidence, now + 400 * DAY, here, schedule=schedule)
        assert later.status is verdict.status is Status.FAIL
        return
    at_end = fresh(evidence, verdict.holds_until, here, schedule=schedule)
    assert (at_end.status, at_end.excused_by) == (verdict.status, verdict.excused_by)
    after = fresh(evidence, verdict.holds_until + SECOND, here, schedule=schedule)
    assert after.status is Status.FAIL
    assert (after.status, after.excused_by) != (verdict.status, verdict.excused_by)
