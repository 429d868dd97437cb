"""Schedules read off histories whose truth is known."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardian.config.calendars import ZoneCalendar, check_expression
from guardian.domain.cadence import Cadence, Run, learned

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 3, 2, 12, tzinfo=BERLIN)
MINUTE = timedelta(minutes=1)


def history(
    expression: str, days: float, *, missed: float = 0.0, late: int = 10, seed: int = 1
) -> list[Run]:
    """Return the runs of a schedule, each up to `late` minutes after its slot."""
    chance = random.Random(seed)
    calendar, moment, runs = ZoneCalendar(zone="Europe/Berlin"), START, []
    while (moment := calendar.after(expression, moment)) < START + timedelta(days=days):
        if chance.random() >= missed:
            began = moment.astimezone(BERLIN) + chance.randint(0, late) * MINUTE
            runs.append(Run(started_at=began, finished_at=began + 20 * MINUTE))
    return runs


@pytest.mark.parametrize(
    ("expression", "days"),
    [
        ("30 2 * * *", 6),
        ("0 23 * * *", 60),
        ("55 23 * * *", 30),
        ("0 3 * * SUN", 43),
        ("0 22 * * MON-FRI", 30),
        ("0 22 * * MON,WED,FRI", 30),
        ("15 4 1 * *", 200),
        ("0 */6 * * *", 5),
        ("10 * * * *", 2),
        ("0 1-23/4 * * *", 5),
    ],
)
def test_a_cadence_is_found(expression, days):
    found = learned(history(expression, days))
    assert found.expression == expression
    assert found.grace == timedelta(hours=1)


@pytest.mark.parametrize("expression", ["30 2 * * *", "0 22 * * MON-FRI", "0 3 * * SUN"])
def test_runs_that_were_missed_do_not_hide_it(expression):
    assert learned(history(expression, 90, missed=0.08)).expression == expression


def test_a_long_run_has_a_longer_grace():
    runs = [
        Run(started_at=run.started_at, finished_at=run.finished_at + 5 * 60 * MINUTE)
        for run in history("30 2 * * *", 20)
    ]
    assert learned(runs).grace == timedelta(hours=9)


def test_an_end_before_its_beginning_is_no_time():
    runs = [Run(started_at=run.started_at, finished_at=START) for run in history("30 2 * * *", 20)]
    assert learned(runs).grace == timedelta(hours=1)


def test_too_little_history_shows_nothing():
    assert learned([]) is None
    assert learned(history("30 2 * * *", 4)) is None
    assert learned(history("0 22 * * MON-FRI", 10)) is None


def made_by_hand(seed: int) -> list[Run]:
    """Return runs at any time of any day."""
    chance = random.Random(seed)
    moments = [START + chance.randint(0, 60 * 24 * 60) * MINUTE for _ in range(40)]
    return [Run(started_at=moment, finished_at=moment) for moment in moments]


@pytest.mark.parametrize("seed", range(20))
def test_runs_made_by_hand_have_no_cadence(seed):
    assert learned(made_by_hand(seed)) is None


def test_odd_gaps_and_holes_have_no_cadence():
    half_of_the_day = [r for n, r in enumerate(history("0 */6 * * *", 30)) if n % 8 < 5]
    every_five = [START + number * timedelta(hours=5) for number in range(30)]
    scattered = [START + number * timedelta(minutes=74) for number in range(60)]
    no_weekday = [run for n, run in enumerate(history("30 2 * * *", 90)) if n % 9 in (0, 1, 4, 7)]
    assert learned(half_of_the_day) is None
    assert learned([Run(started_at=each, finished_at=each) for each in every_five]) is None
    assert learned([Run(started_at=each, finished_at=each) for each in scattered]) is None
    assert learned(no_weekday) is None


@given(
    st.lists(
        st.builds(
            lambda start, took: Run(
                started_at=START + start * MINUTE, finished_at=START + (start + took) * MINUTE
            ),
            st.integers(0, 60 * 24 * 90),
            st.integers(-100, 5000),
        ),
        max_size=30,
    )
)
def test_whatever_the_history_a_proposal_can_be_written_down(runs):
    found = learned(runs)
    if found is not None:
        check_expression(found.expression, "here")
        assert isinstance(found, Cadence)
        assert timedelta(hours=1) <= found.grace
