"""`backup.fresh`: a complete restore point is young enough, and the scheduled ones came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar

from guardian_agent.wire.duration import format_duration

from guardian.domain.asset import ServerPlan, Severity, Subject
from guardian.domain.calendar import Pause, pause_between
from guardian.domain.check import Case, Check
from guardian.domain.evidence import Listing
from guardian.domain.schedule import DAILY, Asked, Deadline, deadline, is_early, while_on
from guardian.domain.verdict import Verdict, fails, passes, unknown
from guardian.domain.words import age, date, failed_look, nothing_known, too_old

SHORTEST_GRACE = timedelta(hours=1)
"""A shorter one gives false alarms twice a year: a change of the clocks moves jobs by an hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(Asked):
    """When restore points must be made, and how old the newest complete one may be.

    `schedule` is a cron line or a systemd calendar expression, or several, in the server's zone;
    each slot asks for a complete restore point within `grace`, made no sooner than `early` before
    it. A schedule sets aside the `max_age` of wider tables; one beside it counts too.
    """

    SETS_ASIDE: ClassVar[Mapping[str, str]] = {"schedule": "max_age"}

    def fault(self) -> str | None:
        """Say what is wrong with these values; None: nothing."""
        if self.grace < SHORTEST_GRACE:
            return "grace: below 1h every change of the clocks would give a false alarm"
        return None


def judge(case: Case, settings: Settings, now: datetime) -> Verdict:
    """Judge the newest point that counts by its own date, held down to when it was first seen."""
    copy = case.evidence.copy(case.asset.backup_set, case.asset.copy)
    if copy is None or copy.listing is None:
        return unknown(nothing_known(copy))
    newest = copy.listing.newest_complete_at
    if newest is None:
        return _none_counts(copy.listing)
    due = _deadline(newest, settings, case)
    if due is None:
        return unknown(f"the schedule asks for no run after {date(newest)}, and no age is agreed")
    if now > due.at:
        late = _late(copy.listing.counted, due, settings, case.plan, now)
        return _excused(late, newest, settings, case, now)
    said = _in_time(newest, due, settings, now)
    if copy.failed_listing is not None:
        return unknown(f"{failed_look(copy.failed_listing)}; {said}", due.at)
    return passes(said, due.at)


def _deadline(
    newest: datetime, settings: Settings, case: Case, pauses: Sequence[Pause] = ()
) -> Deadline | None:
    due = deadline(newest, settings, case.plan, pauses)
    if due is None:
        return None
    return while_on(due, settings, case.plan, case.evidence.agent)


def _excused(
    late: Verdict, newest: datetime, settings: Settings, case: Case, now: datetime
) -> Verdict:
    """Return what fails, with the agreed pause that lasts until it would fail all the same."""
    pause = pause_between(case.plan.pauses, newest, now)
    due = _deadline(newest, settings, case, case.plan.pauses)
    if pause is None or (due is not None and now > due.at):
        return late if due is None else replace(late, since=due.at)
    return replace(late, excused_by=pause, holds_until=None if due is None else due.at)


def _in_time(newest: datetime, due: Deadline, settings: Settings, now: datetime) -> str:
    said = f"newest complete restore point is {age(newest, now)} old"
    if due.slot is not None:
        return f"{said}, the run of {date(due.slot)} is awaited until {date(due.at)}"
    return f"{said}, {format_duration(settings.max_age or DAILY)} allowed"


def _late(
    made: Sequence[datetime], due: Deadline, settings: Settings, plan: ServerPlan, now: datetime
) -> Verdict:
    """Say what is missing; a run made too early for its slot is named, as people look for it."""
    newest = made[0]
    if due.slot is None:
        old = too_old(newest, now, settings.max_age or DAILY)
        return fails(f"newest complete restore point is {old}", since=due.at)
    early = ""
    if is_early(made, due.slot, settings, plan):
        tolerance = format_duration(settings.early)
        early = f", an early run: only one made from {tolerance} before a slot on stands for it"
    return fails(
        f"no complete restore point came of the run of {date(due.slot)} within "
        f"{format_duration(settings.grace)}; the newest is of {date(newest)}{early}",
        since=due.at,
    )


def _none_counts(listing: Listing) -> Verdict:
    if not listing.points:
        return unknown(
            "the list of restore points is empty, which may also mean that the wrong place was "
            "listed: empty is not none"
        )
    future = sum(point.future for point in listing.points)
    partial = len(listing.points) - future
    faults = {"dated in the future": future, "incomplete": partial}
    said = ", ".join(f"{number} {fault}" for fault, number in faults.items() if number)
    return fails(f"no restore point counts: {said}", since=listing.received_at)


CHECK = Check(
    control="backup.fresh",
    title="The newest backup is fresh",
    why="What was made since the newest complete restore point is lost if the server is.",
    remedy="Look at the backup job on the server: is its timer enabled, how did its last run end?",
    applies_to=Subject.COPY,
    severity=Severity.CRITICAL,
    settings=Settings,
    judge=judge,
)
