"""`backup.drift`: nobody weakened how a backup is made without saying so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from guardian.domain.asset import Severity, Subject
from guardian.domain.check import Case, Check
from guardian.domain.drift import Drift, Effect, drifts
from guardian.domain.evidence import CopyEvidence, SettingsSeen
from guardian.domain.verdict import Verdict, fails, passes, unknown
from guardian.domain.words import (
    count,
    date,
    failed_look,
    later,
    nothing_known,
    settled_ahead,
    too_old,
)

THINGS = {
    "paths": "configured path",
    "left-out": "left-out pattern",
    "point-paths": "backed-up path",
    "excludes": "exclude",
    "schedule": "schedule line",
}
"""Settings that are lists, and what their values are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Until which moment every change is agreed to, and how old the newest look may be.

    `settled = 2026-11-21T12:00:00Z` says that how the backup was made then is how it shall be:
    write it when you have looked at a change and found it right. A moment ahead announces one; more
    than 31 days ahead nothing is watched, and that is unknown.
    """

    settled: datetime | None = None
    max_age: timedelta = timedelta(days=8)


def judge(case: Case, settings: Settings, now: datetime) -> Verdict:
    """Hold what is told now against what was told first, or was settled last."""
    copy = case.evidence.copy(case.asset.backup_set, case.asset.copy)
    if copy is None or copy.settings is None:
        return _untold(copy)
    seen = copy.settings
    found = list(drifts(seen, settings.settled))
    worse = [drift for drift in found if drift.effect is not Effect.STRONGER]
    if worse:
        said = "; ".join(_said(drift) for drift in worse)
        return fails(said, since=min(drift.first.received_at for drift in worse))
    unwatched = settled_ahead(settings.settled, seen.received_at)
    if unwatched is not None:
        return unknown(unwatched)
    if copy.failed_listing is not None:
        return unknown(f"{failed_look(copy.failed_listing)}; nothing was weakened before it")
    due = later(seen.stated_at, settings.max_age)
    if now > due:
        old = too_old(seen.stated_at, now, settings.max_age)
        return unknown(f"the newest look at how it is made is {old}", since=due)
    return passes(_unchanged(seen, found, settings), due)


def _untold(copy: CopyEvidence | None) -> Verdict:
    if copy is None or copy.listing is None:
        return unknown(nothing_known(copy))
    return unknown("its agent does not tell how it is made: bring the agent up to date")


def _said(drift: Drift) -> str:
    """Say what became of a setting, and which statement told it when."""
    told = drift.newest
    by = f"statement {told.number} of key {told.epoch}"
    return f"{_what(drift)} (told by {by}, {date(told.received_at)})"


def _what(drift: Drift) -> str:
    name = drift.before.setting
    if name in THINGS:
        numbers = ((drift.lost, "gone"), (drift.added, "new"))
        parts = [f"{count(number, THINGS[name])} {how}" for number, how in numbers if number]
        return ", ".join(parts)
    if name == "encryption":
        return "it is not encrypted any more"
    if drift.before.count != drift.after.count:
        return f"{name} is {drift.after.count}, it was {drift.before.count}"
    return f"{name} is another"


def _unchanged(seen: SettingsSeen, stronger: list[Drift], settings: Settings) -> str:
    since = seen.since if settings.settled is None else max(seen.since, settings.settled)
    said = f"of {count(len(seen.known), 'setting')} none was weakened since {date(since)}"
    better = ", ".join(_what(drift) for drift in stronger)
    return f"{said}; strengthened: {better}" if better else said


CHECK = Check(
    control="backup.drift",
    title="Nobody weakened the backup",
    why="A path or a schedule that quietly goes is missed on the day of the restore.",
    remedy=(
        "Find out who changed it. Undo it, or, where it is right, say so: "
        '`settled = <now>` in `[server.backup_set.policy."backup.drift"]`.'
    ),
    applies_to=Subject.COPY,
    severity=Severity.WARNING,
    settings=Settings,
    judge=judge,
)
