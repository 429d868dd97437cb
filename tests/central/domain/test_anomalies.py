from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardian.domain.anomalies import Anomaly, Bounds, anomalies, is_known
from guardian.domain.run_history import RunSeen
from tests.central.domain.histories import (
    BEGIN,
    DAY,
    FAULTS,
    HARMLESS,
    Fault,
    Office,
    an_office,
    lived,
    nights,
)

BOUNDS = Bounds(growth=0.5, loss=0.3, after=7)
HOURS = timedelta(hours=1)
OFFICE = Office(
    files=20_000,
    bytes=8 * 10**9,
    growth=0.001,
    busy=0.02,
    packs=0.6,
    full_sundays=False,
    closes_months=True,
    wobble=0.01,
)


def history(days: int = 60, **changes: object) -> list[RunSeen]:
    """Return an office's nights, all healthy."""
    return lived(replace(OFFICE, **changes), days, Random(7))


def level(*sizes: int, files: int | None = 100) -> list[RunSeen]:
    """Return nights that tell nothing but sizes."""
    return [
        RunSeen(
            started_at=BEGIN + n * DAY, seen_at=BEGIN + n * DAY + HOURS, bytes=size, files=files
        )
        for n, size in enumerate(sizes)
    ]


def found(
    runs: list[RunSeen], settled: datetime | None = None, since: datetime | None = None
) -> tuple[Anomaly, ...]:
    return anomalies(tuple(reversed(runs)), BOUNDS, settled, since or runs[0].seen_at)


def said(runs: list[RunSeen], settled: datetime | None = None) -> list[str]:
    return [each.said for each in found(runs, settled)]


class TestALevel:
    def test_a_fall_stands_until_it_is_undone(self) -> None:
        fallen = level(*[1000] * 20, 400, 400, 400)
        (one,) = found(fallen)
        assert one.said == "size 400 bytes, usually 1 kB"
        assert one.run is fallen[20]
        assert found([*fallen, *level(*[1000] * 24)[23:]]) == ()

    def test_a_jump_is_told_and_a_small_change_is_not(self) -> None:
        assert said(level(*[1000] * 20, 1600)) == ["size 1.6 kB, usually 1 kB"]
        assert said(level(*[1000] * 20, 1400)) == []
        assert said(level(*[1000] * 20, 750)) == []

    def test_of_files_as_of_bytes(self) -> None:
        runs = level(*[1000] * 20)
        runs[-1] = replace(runs[-1], files=20)
        assert said(runs) == ["content 20 files, usually 100 files"]

    def test_what_was_agreed_to_is_the_level_from_then_on(self) -> None:
        moved = level(*[1000] * 20, 5000, 5000)
        settled = moved[20].seen_at
        assert said(moved, settled) == []
        assert said([*moved, *level(*[0] * 22, 2000)[22:]], settled) == ["size 2 kB, usually 5 kB"]

    def test_an_announced_migration_is_agreed_to_before_it_comes(self) -> None:
        moved = level(*[1000] * 20, 5000)
        assert said(moved, moved[-1].seen_at + DAY) == []

    def test_what_varies_by_itself_must_vary_more(self) -> None:
        chance = Random(3)
        wild = [int(1000 * 2 ** chance.uniform(-1, 1)) for _ in range(40)]
        assert said(level(*wild, 300)) == []
        assert said(level(*wild, 20)) == [said(level(*wild, 20))[0]]

    def test_what_happens_each_sunday_is_usual(self) -> None:
        sizes = [3000 if (BEGIN + n * DAY).weekday() == 6 else 1000 for n in range(40)]
        runs = level(*sizes)
        sunday = max(n for n in range(40) if sizes[n] == 3000)
        assert said(runs[: sunday + 1]) == []
        assert said([*runs[:sunday], *level(*[3000] * 44)[sunday + 2 : sunday + 3]]) != []

    def test_a_fall_on_a_day_that_usually_jumps_is_told(self) -> None:
        sizes = [3000 if (BEGIN + n * DAY).weekday() == 6 else 1000 for n in range(40)]
        sunday = max(n for n in range(40) if sizes[n] == 3000)
        assert said(level(*sizes[:sunday], 100)) == ["size 100 bytes, usually 1 kB"]

    def test_nothing_at_all_is_infinitely_less(self) -> None:
        assert said(level(*[1000] * 20, 0)) == ["size 0 bytes, usually 1 kB"]


class TestHistory:
    def test_too_short_a_history_tells_nothing(self) -> None:
        short = level(*[1000] * 14, 10)
        assert not is_known(short[::-1], BOUNDS)
        assert found(short) == ()
        few = [run for n, run in enumerate(level(*[1000] * 40, 10)) if n % 6 == 4]
        assert not is_known(few[::-1], BOUNDS)
        assert found(few) == ()

    def test_what_was_before_central_came_is_history(self) -> None:
        old = level(*[1000] * 20, *[400] * 6)
        assert len(found(old)) == 1
        assert found(old, since=old[-1].seen_at) == ()

    def test_also_where_it_was_rewritten_then(self) -> None:
        locked = FAULTS[2](history(60), 50)
        assert len(found(locked)) == 1
        assert found(locked, since=locked[-1].seen_at) == ()

    def test_but_the_newest_is_judged_also_then(self) -> None:
        old = level(*[1000] * 20, 400)
        assert len(found(old, since=old[-1].seen_at)) == 1

    def test_two_runs_far_apart_are_one_where_that_was_agreed(self) -> None:
        first, *_, last = level(*[1000] * 20, 10)
        bounds = Bounds(growth=0.5, loss=0.3, after=1)
        (one,) = anomalies((last, first), bounds, None, None)
        assert one.run is last

    def test_runs_that_tell_nothing_are_no_history(self) -> None:
        nothing = [replace(run, bytes=None, files=None) for run in level(*[1] * 40)]
        assert found(nothing) == ()


class TestDuration:
    def test_twice_far_longer_is_told(self) -> None:
        runs = [replace(run, seconds=600.0) for run in level(*[10**9] * 30)]
        slow = [*runs[:-2], *(replace(run, seconds=7200.0) for run in runs[-2:])]
        assert said(slow) == ["took 2 h (139 kB a second), usually 10 min"]
        assert said([*slow[:-1], runs[-1]]) == []

    def test_without_sizes_no_rate_is_told(self) -> None:
        runs = [replace(run, seconds=600.0, bytes=None) for run in level(*[1] * 30)]
        slow = [*runs[:-2], *(replace(run, seconds=7200.0) for run in runs[-2:])]
        assert said(slow) == ["took 2 h, usually 10 min"]

    def test_three_times_almost_nothing_is_nothing(self) -> None:
        runs = [replace(run, seconds=2.0) for run in level(*[1000] * 30)]
        assert said([*runs[:-2], *(replace(run, seconds=300.0) for run in runs[-2:])]) == []

    def test_what_is_slow_at_each_end_of_the_week_is_usual(self) -> None:
        runs = [
            replace(run, seconds=9000.0 if run.started_at.weekday() > 4 else 600.0)
            for run in level(*[10**9] * 40)
        ]
        last = max(n for n, run in enumerate(runs) if run.started_at.weekday() == 6)
        assert said(runs[: last + 1]) == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_planted_fault_is_found_within_two_days(fault: Fault) -> None:
    for place in (70, 75, 89):
        runs = fault(history(100), place)
        mornings = list(nights(runs))[place : place + 2]
        told = [
            each
            for known in mornings
            for each in anomalies(known, BOUNDS, None, runs[0].seen_at)
            if each.run.started_at >= runs[place].started_at
        ]
        assert told


@pytest.mark.parametrize("oddity", HARMLESS, ids=lambda oddity: oddity.__name__)
def test_what_is_harmless_is_not_told(oddity: Fault) -> None:
    runs = oddity(history(100), 80)
    for known in list(nights(runs))[80:94]:
        assert anomalies(known, BOUNDS, None, runs[0].seen_at) == ()


def test_ransomware_is_told_as_such() -> None:
    by_name = {fault.__name__: fault for fault in FAULTS}
    locked = by_name["encrypted_under_new_names"](history(81), 80)
    (one,) = found(locked[-60:])
    assert one.said == (
        "97 % of the files were rewritten at once or renamed, and it does not compress any more"
    )
    slowly = by_name["encrypted_slowly"](history(81), 80)
    (one,) = found(slowly[-60:])
    assert one.said == "part of the data was rewritten, and it does not compress any more"


@pytest.mark.parametrize("number", range(4))
def test_a_healthy_year_alarms_nobody(number: int) -> None:
    """`make bench ONLY=anomalies` has a hundred."""
    chance = Random(number)
    runs = lived(an_office(chance), 365, chance)
    for known in nights(runs):
        assert anomalies(known, BOUNDS, None, runs[0].seen_at) == ()


NUMBERS = st.none() | st.sampled_from([0, 1, 10, 1000, 2**63 - 1])


@st.composite
def any_run(draw: st.DrawFn) -> RunSeen:
    begin = BEGIN + timedelta(hours=draw(st.integers(0, 24 * 60)))
    names = ("files", "bytes", "files_new", "files_changed", "bytes_added", "bytes_packed")
    seconds = draw(st.none() | st.sampled_from([1.0, 600.0, 9e18]))
    return RunSeen(
        started_at=begin, seen_at=begin, seconds=seconds, **{name: draw(NUMBERS) for name in names}
    )


@given(st.lists(any_run(), max_size=40), st.none() | st.integers(0, 60))
def test_whatever_was_stated_there_is_an_answer(runs: list[RunSeen], settled: int | None) -> None:
    known = tuple(sorted(runs, key=lambda run: run.started_at, reverse=True))
    agreed = None if settled is None else BEGIN + settled * DAY
    for each in anomalies(known, Bounds(growth=0.5, loss=0.3, after=1), agreed, None):
        assert each.said.isprintable()
        assert each.run in known
        assert agreed is None or each.run.seen_at > agreed
    assert anomalies(known, BOUNDS, BEGIN + 99 * DAY, None) == ()
