"""How long it takes to bring everything back: measured where that was done, else estimated.

A test that restored everything has measured it; what was added since takes longer in proportion. A
sample shows what a restore costs before its first byte, and what its files and bytes cost: scaled
to the whole, that is an interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from guardian_agent.wire.names import Slug

from guardian.domain.evidence import CopyEvidence, RestoreSeen
from guardian.domain.growth import growth
from guardian.domain.recovered import good_tests, is_whole
from guardian.domain.words import later

SAMPLE = Slug("sample")
LEAST_VARIABLE = 0.25
"""The part of a sample's time that is scaled up for the upper end, at least: where nearly all of it
was fixed cost, the rest is within the noise of two timings, and no end would hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryTime:
    """How long a whole restore would take now, in seconds: between two ends."""

    lower_seconds: float
    upper_seconds: float
    measured: bool
    """True: both ends are what a whole restore took, grown with the size since."""
    test: RestoreSeen
    """What it follows from."""
    fixed_seconds: float
    """Of both: what does not grow with the size."""
    grown: float
    """How much larger the copy is now than when it was tested; 1 where it is not."""


def recovery_time(copy: CopyEvidence, now: datetime, max_age: timedelta) -> RecoveryTime | None:
    """Return how long a whole restore would take, by what bears at `now`; None: nobody knows.

    What was measured within `max_age` goes before what a sample lets expect, and that before what
    was measured too long ago.
    """
    whole, sampled = measured(copy), estimated(copy)
    if whole is not None and now <= later(whole.test.ended_at, max_age):
        return whole
    return sampled or whole


def measured(copy: CopyEvidence) -> RecoveryTime | None:
    """Return the longest of what the newest whole restores of each kind took, grown since."""
    tests = [test for test in good_tests(copy) if is_whole(test)]
    grown = [_grown_since(test, copy) for test in tests]
    return max(grown, key=lambda time: time.upper_seconds, default=None)


def estimated(copy: CopyEvidence) -> RecoveryTime | None:
    """Return what the newest verified sample lets expect of the whole.

    Above: its variable part, scaled by files or by bytes, whichever gives more. Below: scaled by
    whichever gives less, and no longer than reading all of the data took; only what any restore
    costs first, where no check read it all. None where the size of the whole is not known.
    """
    test = next((good for good in good_tests(copy) if good.test == SAMPLE), None)
    if test is None or test.duration_seconds <= 0:
        return None
    scales = _scales(test)
    if scales is None:
        return None
    fixed = min(test.fixed_seconds, test.duration_seconds)
    variable = test.duration_seconds - fixed
    grown = _grown(copy, test.ended_at)
    most = max(variable, test.duration_seconds * LEAST_VARIABLE)
    reading = _reading_all(copy)
    least = fixed + variable * grown * min(scales)
    return RecoveryTime(
        lower_seconds=fixed if reading is None else min(reading, least),
        upper_seconds=fixed + most * grown * max(scales),
        measured=False,
        test=test,
        fixed_seconds=fixed,
        grown=grown,
    )


def reaches(time: RecoveryTime, copy: CopyEvidence, limit: timedelta) -> datetime | None:
    """Return when growth takes the upper end past `limit`; None: not within what the trend bears.

    Also None where it lies past it already.
    """
    room = limit.total_seconds() - time.fixed_seconds
    variable = time.upper_seconds - time.fixed_seconds
    if time.upper_seconds > limit.total_seconds() or variable <= 0:
        return None
    trend = growth(copy.sizes)
    return None if trend is None else trend.reaches(trend.newest.bytes * room / variable)


def _grown_since(test: RestoreSeen, copy: CopyEvidence) -> RecoveryTime:
    fixed = min(test.fixed_seconds, test.duration_seconds)
    grown = _grown(copy, test.ended_at)
    seconds = fixed + (test.duration_seconds - fixed) * grown
    return RecoveryTime(
        lower_seconds=seconds,
        upper_seconds=seconds,
        measured=True,
        test=test,
        fixed_seconds=fixed,
        grown=grown,
    )


def _scales(test: RestoreSeen) -> tuple[float, float] | None:
    """Return how many times a sample goes into the whole, by files and by bytes."""
    found = []
    for part, whole in (
        (test.files_restored, test.whole_files),
        (test.bytes_restored, test.whole_bytes),
    ):
        if part > 0 and whole > 0:
            found.append(max(whole / part, 1.0))
    return (found[0], found[-1]) if found else None


def _grown(copy: CopyEvidence, since: datetime) -> float:
    """Return how many times larger the copy is now than it was then; never less than 1."""
    newest = max(copy.sizes, key=lambda size: size.at, default=None)
    then = min(copy.sizes, key=lambda size: abs(size.at - since), default=None)
    if newest is None or then is None or then.bytes <= 0:
        return 1.0
    return max(newest.bytes / then.bytes, 1.0)


def _reading_all(copy: CopyEvidence) -> float | None:
    """Return how long it takes to read all data, by the newest check that read some of it."""
    good = copy.last_good_integrity
    if good is None or good.fact.data_read <= 0:
        return None
    return good.fact.duration_seconds / min(good.fact.data_read, 1.0)
