from __future__ import annotations

from datetime import datetime

import pytest

from guardian.domain.evidence import IntegritySeen, RestoreSeen, SizeSeen
from guardian.domain.verdict import Status, Verdict
from tests.central.domain.making import (
    DAY,
    HOUR,
    SECOND,
    T0,
    integrity,
    judged,
    knowing,
    of_kind,
    seen,
    unspoken,
)

TIME = "restore.time"
GB = 10**9


def knows(*tests: RestoreSeen, now: datetime = T0, **known: object) -> Verdict:
    """Judge a copy with these good tests; what is a limit goes to the settings."""
    settings = {key: known.pop(key) for key in ("max_time", "warn_ahead") if key in known}
    evidence = knowing(tests=tuple(of_kind(test) for test in tests), **known)
    return judged(TIME, evidence, now, **settings)


def full(kind: str = "full", hours: float = 2.0, **fields: object) -> RestoreSeen:
    return seen(kind, **{"duration_seconds": hours * 3600, "whole_files": 60, **fields})


def sample(**fields: object) -> RestoreSeen:
    """Return a sample of a thousandth of the files and a hundredth of the bytes, in a minute."""
    given = {
        "files_restored": 300,
        "bytes_restored": GB,
        "whole_files": 300_000,
        "whole_bytes": 100 * GB,
        "duration_seconds": 60.0,
        "fixed_seconds": 20.0,
    }
    return seen(**{**given, **fields})


def sizes(*of_days: tuple[int, float]) -> tuple[SizeSeen, ...]:
    return tuple(SizeSeen(at=T0 - days * DAY, bytes=int(size * GB)) for days, size in of_days)


def read_all(seconds: float, share: float = 1.0) -> IntegritySeen:
    fact = integrity(read=share, duration_seconds=seconds)
    return IntegritySeen(received_at=T0, fact=fact)


def test_nothing_known_is_unknown() -> None:
    assert judged(TIME, unspoken()).status is Status.UNKNOWN
    assert knows().reason == "no verified restore test tells how long a restore takes"


# Measured.


@pytest.mark.parametrize("kind", ["full", "database", "command"])
def test_what_was_measured_passes_until_its_limit(kind: str) -> None:
    test = full(kind)
    verdict = knows(test)
    assert verdict.status is Status.PASS
    assert verdict.holds_until == test.ended_at + 92 * DAY
    assert verdict.reason == (
        f"a whole restore took 2 h in the {kind} test of 2026-11-21 11:00 UTC, 12 h agreed"
    )


@pytest.mark.parametrize(("hours", "status"), [(12, Status.PASS), (12.001, Status.FAIL)])
def test_the_limit_itself_is_allowed(hours: float, status: Status) -> None:
    assert knows(full(hours=hours)).status is status


def test_what_took_too_long_fails_since_it_was_measured_however_long_ago() -> None:
    test = full(hours=13, started_at=T0 - 300 * DAY)
    verdict = knows(test)
    assert verdict.status is Status.FAIL
    assert verdict.since == test.ended_at


def test_what_was_measured_too_long_ago_is_unknown_since_then() -> None:
    test = full(started_at=T0 - 100 * DAY)
    verdict = knows(test)
    assert verdict.status is Status.UNKNOWN
    assert verdict.since == test.ended_at + 92 * DAY
    assert "; that test is 99 d old, 92 d allowed" in verdict.reason


def test_it_takes_longer_in_proportion_to_the_size_since() -> None:
    test = full(hours=7, started_at=T0 - 10 * DAY)
    verdict = knows(test, sizes=sizes((0, 300), (5, 200), (12, 150)))
    assert verdict.status is Status.FAIL
    assert verdict.since is None
    assert verdict.reason == (
        "a whole restore took 7 h in the full test of 2026-11-11 12:00 UTC, "
        "now 2 times as large: 14 h, 12 h agreed"
    )


def test_a_copy_that_shrank_is_not_called_faster() -> None:
    verdict = knows(full(hours=7, started_at=T0 - 10 * DAY), sizes=sizes((0, 1), (12, 150)))
    assert "7 h in the full test of 2026-11-11 12:00 UTC, 12 h agreed" in verdict.reason


def test_what_any_restore_costs_first_does_not_grow() -> None:
    test = full(hours=7, fixed_seconds=6 * 3600.0, started_at=T0 - 10 * DAY)
    verdict = knows(test, sizes=sizes((0, 300), (12, 150)))
    assert "now 2 times as large: 8 h, 12 h agreed" in verdict.reason


@pytest.mark.parametrize("known", [(), sizes((0, 10)), sizes((0, 10), (12, 0))])
def test_growth_that_nobody_knows_is_none(known: tuple[SizeSeen, ...]) -> None:
    verdict = knows(full(started_at=T0 - 10 * DAY), sizes=known)
    assert verdict.status is Status.PASS
    assert "times as large" not in verdict.reason


def test_the_slowest_of_several_whole_restores_counts() -> None:
    assert knows(full(hours=1), full("database", hours=13)).status is Status.FAIL


def test_a_command_that_wanted_some_paths_alone_measured_no_whole() -> None:
    assert knows(full("command", whole_files=0)).status is Status.UNKNOWN


def test_a_test_that_took_no_time_measured_nothing() -> None:
    assert knows(full(hours=0)).status is Status.UNKNOWN


# Estimated.


def test_a_sample_gives_an_interval() -> None:
    test = sample()
    verdict = knows(test)
    assert verdict.status is Status.PASS
    assert verdict.holds_until == test.ended_at + 92 * DAY
    # 20 s + 40 s x 1000 above; below only what is fixed, as nobody read everything.
    assert verdict.reason == (
        "a whole restore takes from 20 s to 11 h 7 min, "
        "estimated from the sample test of 2026-11-21 11:00 UTC, 12 h agreed"
    )


def test_an_estimate_of_nothing_worth_telling_is_one_number() -> None:
    verdict = knows(sample(duration_seconds=0.0001, fixed_seconds=0.0))
    assert verdict.reason.startswith("a whole restore takes under a second, estimated from")


def test_reading_everything_raises_the_lower_end() -> None:
    verdict = knows(sample(), last_good_integrity=read_all(1800.0))
    assert "takes from 30 min to 11 h 7 min" in verdict.reason
    tenth = knows(sample(), last_good_integrity=read_all(180.0, 0.1))
    assert "takes from 30 min to" in tenth.reason


def test_reading_many_restore_points_raises_it_no_higher_than_the_smaller_scale() -> None:
    # 20 s + 40 s x 100: a repository of a year is larger than what one restore brings back.
    verdict = knows(sample(), last_good_integrity=read_all(99_999_999.0))
    assert "takes from 1 h 7 min to 11 h 7 min" in verdict.reason


def test_a_check_that_read_nothing_tells_no_time() -> None:
    assert "from 20 s" in knows(sample(), last_good_integrity=read_all(50.0, 0.0)).reason


def test_an_interval_around_the_limit_asks_for_a_full_test() -> None:
    verdict = knows(sample(), max_time=3 * HOUR)
    assert verdict.status is Status.UNKNOWN
    assert verdict.reason.endswith("3 h agreed: only a full restore test can tell")


def test_an_interval_beyond_the_limit_fails_however_old() -> None:
    reading = {"last_good_integrity": read_all(9 * 3600.0)}
    assert knows(sample(), max_time=HOUR, **reading).status is Status.FAIL
    late = knows(sample(), max_time=HOUR, now=T0 + 400 * DAY, **reading)
    assert late.status is Status.FAIL
    assert late.since is None


def test_an_old_estimate_is_unknown() -> None:
    test = sample()
    verdict = knows(test, now=test.ended_at + 92 * DAY + SECOND)
    assert verdict.status is Status.UNKNOWN
    assert verdict.since == test.ended_at + 92 * DAY


def test_a_sample_grows_too() -> None:
    verdict = knows(sample(started_at=T0 - 10 * DAY), sizes=sizes((0, 20), (12, 10)))
    assert verdict.status is Status.UNKNOWN
    assert "to 22 h 13 min" in verdict.reason
    assert "now 2 times as large" in verdict.reason


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"whole_files": 0}, "to 1 h 7 min"),
        ({"bytes_restored": 0}, "to 11 h 7 min"),
        ({"whole_files": 3, "whole_bytes": 3}, "to 1 min,"),
    ],
)
def test_either_size_will_do_for_the_upper_end(fields: dict[str, int], said: str) -> None:
    assert said in knows(sample(**fields)).reason


@pytest.mark.parametrize("fields", [{"files_restored": 0}, {"whole_files": 0}])
def test_without_any_size_of_the_whole_it_is_unknown(fields: dict[str, int]) -> None:
    verdict = knows(sample(whole_bytes=0, **fields))
    assert verdict.status is Status.UNKNOWN
    assert verdict.reason.endswith("and none tells the size of the whole")


def test_a_sample_that_was_nearly_all_fixed_cost_is_not_called_fast() -> None:
    # The rest is within the noise of two timings: a quarter of the sample's time is scaled.
    verdict = knows(sample(fixed_seconds=59.9))
    assert "to 4 h 10 min" in verdict.reason
    assert knows(sample(fixed_seconds=9e18)).status is Status.PASS


def test_a_sample_that_took_no_time_tells_nothing() -> None:
    assert knows(sample(duration_seconds=0.0)).status is Status.UNKNOWN


def test_what_was_measured_goes_before_an_estimate_while_it_bears() -> None:
    measured = full(started_at=T0 - 90 * DAY)
    estimate = sample()
    assert "took 2 h in the full test" in knows(measured, estimate).reason
    late = knows(measured, estimate, now=measured.ended_at + 92 * DAY + SECOND)
    assert late.status is Status.PASS
    assert "estimated from the sample test" in late.reason


def test_an_estimate_does_not_acquit_what_was_measured_too_slow() -> None:
    measured = full(hours=20, started_at=T0 - 90 * DAY)
    for now in (T0, T0 + 50 * DAY):
        assert knows(measured, sample(), now=now).status is Status.FAIL


# Growth.

STEADY = [(days, 100 - days) for days in range(0, 30, 3)]


def test_growth_tells_when_it_will_take_too_long() -> None:
    # 11 h for 100 GB, 1 GB more each day: 12 h at 109.1 GB.
    verdict = knows(full(hours=11), sizes=sizes(*STEADY))
    assert verdict.status is Status.PASS
    assert verdict.reason.endswith(
        "; as it grows, it will take longer than that from about 2026-11-30 on"
    )


def test_what_lies_further_ahead_than_asked_for_is_not_told() -> None:
    assert "grows" not in knows(full(hours=9), sizes=sizes(*STEADY)).reason
    asked = knows(full(hours=9), sizes=sizes(*STEADY), warn_ahead=40 * DAY)
    assert "from about 2026-12-24 on" in asked.reason


def test_whatever_is_stated_is_judged() -> None:
    endless = full(duration_seconds=9e18, whole_files=2**63 - 1)
    assert knows(endless).status is Status.FAIL
    assert "11574074 d" in knows(endless).reason
