from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from guardian.domain.evidence import ServerEvidence
from guardian.domain.run_history import RunSeen
from guardian.domain.runs import MAX_RUNS, NEWEST_RUNS
from tests.central.domain.making import (
    COPY,
    DAY,
    HOUR,
    MINUTE,
    SET,
    T0,
    contents,
    point,
    points,
    told,
)


def runs(evidence: ServerEvidence) -> tuple[RunSeen, ...]:
    copy = evidence.copy(SET, COPY)
    assert copy is not None
    return copy.runs


def test_what_the_list_tells() -> None:
    listed = point(
        1, T0 - HOUR, finished_at=T0 - 50 * MINUTE, files=9, bytes=90, files_new=1,
        files_changed=2, bytes_added=30, bytes_packed=10,
    )  # fmt: skip
    (run,) = runs(told(points(listed)))
    assert (run.started_at, run.seen_at, run.seconds) == (T0 - HOUR, T0, 600.0)
    assert (run.files, run.bytes, run.files_new, run.files_changed) == (9, 90, 1, 2)
    assert (run.bytes_added, run.bytes_packed) == (30, 10)


def test_a_list_without_sizes_is_measured_by_looking_in() -> None:
    (run,) = runs(told(points(point(1, T0 - HOUR, finished_at=T0 - HOUR)), contents(1)))
    assert (run.files, run.bytes, run.seconds, run.started_at) == (100, 1000, None, T0 - HOUR)


def test_where_the_list_tells_sizes_looking_in_changes_none() -> None:
    (run,) = runs(told(points(point(1, T0 - HOUR, bytes=7)), contents(1)))
    assert (run.files, run.bytes) == (None, 7)


def test_what_is_dated_ahead_or_not_listed_is_no_history() -> None:
    assert runs(told(points(point(1, T0 + DAY, bytes=7)), contents(1))) == ()
    assert runs(told(contents(1))) == ()
    assert runs(told(points(), contents(1))) == ()


def test_a_point_stays_in_it_when_it_is_gone_and_is_told_once() -> None:
    first = point(1, T0 - DAY, bytes=5, files_new=1)
    before = told(points(first), at=T0 - HOUR)
    after = told(points(point(2, T0 - HOUR, bytes=6), point(1, T0 - DAY, bytes=5)), after=before)
    assert [(run.bytes, run.files_new) for run in runs(after)] == [(6, None), (5, 1)]
    gone = told(points(point(2, T0 - HOUR, bytes=6)), after=after)
    assert len(runs(gone)) == 2


def test_a_point_keeps_its_place_under_a_new_key() -> None:
    before = told(points(point(1, T0 - DAY, bytes=5)), at=T0 - HOUR)
    renamed = told(points(point(9, T0 - DAY, bytes=5)), after=before, epoch=2, number=1)
    assert len(runs(renamed)) == 1


@given(st.lists(st.integers(0, 100 * 24), min_size=1, max_size=90, unique=True))
def test_all_of_the_newest_and_the_last_of_each_day_before(hours: list[int]) -> None:
    listed = (point(n, T0 - hour * HOUR, bytes=hour) for n, hour in enumerate(hours))
    kept = runs(told(points(*listed)))
    ages = [run.bytes for run in kept]
    assert ages == sorted(ages)
    assert ages[:NEWEST_RUNS] == sorted(hours)[:NEWEST_RUNS]
    assert len(kept) <= MAX_RUNS
    days = [run.started_at.date() for run in kept[NEWEST_RUNS:]]
    assert len(days) == len(set(days))
    last = {(T0 - hour * HOUR).date(): hour for hour in sorted(hours, reverse=True)}
    assert all(last[run.started_at.date()] == run.bytes for run in kept[NEWEST_RUNS + 1 :])


def test_bounded_whatever_is_stated() -> None:
    listed = (point(n, T0 - n * DAY, bytes=n) for n in range(150))
    assert len(runs(told(points(*listed)))) == MAX_RUNS
    assert timedelta(days=MAX_RUNS) > timedelta(days=60)
