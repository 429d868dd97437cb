"""`backup.coverage`: no live data on the server is left out of all restore points."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from guardian_agent.wire.observations import Reason

from guardian.domain.asset import Severity, Subject
from guardian.domain.check import Case, Check
from guardian.domain.looks import LiveAreasSeen
from guardian.domain.uncovered import Standing, amount, largest_open, named, standing
from guardian.domain.verdict import Status, Verdict, fails, passes, unknown
from guardian.domain.verdicts import all_of
from guardian.domain.watched import aged, cut_short
from guardian.domain.words import count, size

NEVER = (
    "the agent told of no look for live data: update it, or set `enabled` in [coverage] of its "
    "agent.toml"
)
NOTHING = (
    "no live data was found where it usually lies: name its folders as `paths` in [coverage] of "
    "agent.toml"
)
WHAT = "look for live data"
MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """From how many MiB on what no backup has counts, all areas together; how old a look may be.

    Every server has small files that nobody misses; with 0, each of them counts.
    """

    least_mib: int = 100
    max_age: timedelta = timedelta(days=8)


def judge(case: Case, settings: Settings, now: datetime) -> Verdict:
    """Enough data in no backup fails, however old or incomplete the look that found it."""
    seen = case.evidence.live
    if seen is None:
        return unknown(NEVER)
    stands = standing(seen, case.plan.uncovered, now)
    verdict = _excused(seen, stands, settings, now)
    ends = [each for each in (verdict.holds_until, stands.until) if each is not None]
    return replace(verdict, holds_until=min(ends, default=None))


def _excused(seen: LiveAreasSeen, stands: Standing, settings: Settings, now: datetime) -> Verdict:
    """Judge what nobody accepted; where that alone is well, what was accepted is said all the same.

    Data that is in no backup by agreement is in no backup.
    """
    verdict = all_of(list(_parts(seen, stands, settings, now)))
    if verdict.status is not Status.PASS or stands.excuse is None:
        return verdict
    with_it = all_of(list(_parts(seen, Standing(areas=seen.fact.areas), settings, now)))
    if with_it.status is Status.PASS:
        return verdict
    return replace(with_it, excused_by=stands.excuse)


def _parts(
    seen: LiveAreasSeen, stands: Standing, settings: Settings, now: datetime
) -> Iterator[Verdict]:
    yield _open(seen, stands, settings)
    yield _unproven(seen, stands, settings)
    if not seen.fact.complete:
        yield cut_short(WHAT, seen.fact.reason)
    if not seen.fact.total:
        yield unknown(NOTHING)
    waiting = [each for each in stands.areas if each.measured_at is None]
    if waiting:
        yield unknown(f"{count(len(waiting), 'place')} with live data not measured yet")
    yield from _hidden(stands)
    measured = [each.measured_at for each in stands.areas if each.measured_at is not None]
    oldest = min((seen.dated, *measured))
    yield aged(oldest, settings.max_age, now, WHAT, _good(seen, stands))


def _open(seen: LiveAreasSeen, stands: Standing, settings: Settings) -> Verdict:
    areas = largest_open(stands.areas)
    found = _left_over(seen, stands)
    if not found or found < settings.least_mib * MIB:
        return passes(_good(seen, stands))
    times = [at for each in areas if (at := seen.since(each.area)) is not None]
    since = min(times, default=seen.received_at)
    said = f"{amount(found, areas)} in no backup since {since.date()}"
    return fails(said, since=since)


def _left_over(seen: LiveAreasSeen, stands: Standing) -> int:
    """Return the bytes in no restore point that nobody accepted to be in none."""
    return sum(each.bytes_uncovered for each in stands.areas) + seen.fact.rest_bytes_uncovered


def _unproven(seen: LiveAreasSeen, stands: Standing, settings: Settings) -> Verdict:
    areas = [each for each in stands.areas if each.bytes_unproven]
    found = sum(each.bytes_unproven for each in areas) + seen.fact.rest_bytes_unproven
    if not found or found < settings.least_mib * MIB:
        return passes(_good(seen, stands))
    return unknown(f"whether {amount(found, areas)} is in a backup cannot be seen")


def _hidden(stands: Standing) -> Iterator[Verdict]:
    """Yield a doubt where a part of what was measured may not be looked into."""
    areas = [each for each in stands.areas if each.reason is not Reason.NONE]
    if areas:
        yield cut_short(f"{WHAT} in {named(areas)}", areas[0].reason)


def _good(seen: LiveAreasSeen, stands: Standing) -> str:
    whole = sum(each.bytes for each in stands.areas)
    said = f"the newest restore points have what lies in {count(seen.fact.total, 'place')}"
    more = f"; {count(stands.accepted, 'place')} accepted to be in none" if stands.accepted else ""
    left = _left_over(seen, stands)
    some = f"; {size(left)} of it in none" if left else ""
    return f"{said} ({size(whole)}){some}{more}"


CHECK = Check(
    control="backup.coverage",
    title="No live data is left out of the backups",
    why="What no backup has is gone for good when the disk, the server or its owner's luck fails.",
    remedy=(
        "`guardian-agent show` on the server prints where it lies: put that folder or database "
        "into a backup set and back it up; or accept it in clients.d as [[server.uncovered]] with "
        "reason, owner and end."
    ),
    applies_to=Subject.SERVER,
    severity=Severity.CRITICAL,
    settings=Settings,
    judge=judge,
)
