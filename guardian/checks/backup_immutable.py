"""`backup.immutable`: nobody can delete the newest restore points before their date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from guardian_agent.wire.duration import format_duration

from guardian.domain.asset import Asset, ServerPlan, Severity, Subject
from guardian.domain.check import Case, Check
from guardian.domain.disagreements import SLACK, why_not
from guardian.domain.storage import (
    Event,
    Lock,
    LockMode,
    Question,
    StorageEvent,
    StorageLook,
    Versioning,
    Witnessed,
)
from guardian.domain.verdict import Verdict, fails, passes, unknown
from guardian.domain.words import age, count, date, later, too_old

WITHOUT_LOCKS = ("folder", "ssh")
"""Kinds of storage that cannot tell of locks: for them nothing of the kind is agreed."""
EVENTS = {
    Event.LOCK_SHORTENED: "a lock was shortened that should have held until {}",
    Event.VERSIONING_STOPPED: "versioning was stopped, and with it every lock of what is new",
}
WEAKER = "GOVERNANCE only, which is weaker: who has s3:BypassGovernanceRetention can delete them"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """For how long the newest restore points must be locked from when they were stored.

    `max_age` is how old central's look may be. With `governance_suffices` the weaker lock passes,
    and the reason says that it is weaker.
    """

    keep: timedelta = timedelta(days=7)
    max_age: timedelta = timedelta(hours=26)
    governance_suffices: bool = False


def judge(case: Case, settings: Settings, now: datetime) -> Verdict:
    """Judge the newest objects one by one: a rule for the place locks nothing that is there."""
    copy = case.evidence.copy(case.asset.backup_set, case.asset.copy)
    witness = None if copy is None else copy.witness
    if witness is None or witness.look is None:
        return unknown("central has not looked yet whether restore points can be deleted")
    faults = [*_faults(witness, witness.look, settings, now)]
    if faults:
        return fails("; ".join(faults), since=_ended(witness.look, now))
    if witness.failure is not None:
        why = why_not(witness.failure)
        return unknown(f"central's newest look at the storage saw nothing ({why})")
    gaps = [*_gaps(witness.look)]
    if gaps:
        return unknown("; ".join(gaps))
    return _still(witness.look, settings, now)


def _still(look: StorageLook, settings: Settings, now: datetime) -> Verdict:
    due = later(look.looked_at, settings.max_age)
    if now > due:
        return unknown(
            f"the newest look is {too_old(look.looked_at, now, settings.max_age)}", since=due
        )
    ends = min(lock.retain_until or look.looked_at for lock in look.locks)
    weak = any(lock.mode is LockMode.GOVERNANCE for lock in look.locks)
    mode = WEAKER if weak else "COMPLIANCE"
    reason = f"locked until {date(ends)} at least ({mode}); looked {age(look.looked_at, now)} ago"
    return passes(reason, min(due, ends))


def _faults(witness: Witnessed, look: StorageLook, settings: Settings, now: datetime) -> list[str]:
    found = [_said(event) for event in witness.events if event.event in EVENTS]
    if look.rules.versioning in (Versioning.OFF, Versioning.SUSPENDED):
        found.append(f"versioning is {look.rules.versioning}: what is overwritten is gone")
    found += _unlocked(look, settings, now)
    days = look.rules.expires_after_days
    if days is not None and timedelta(days=days) < settings.keep:
        keep = format_duration(settings.keep)
        found.append(f"a lifecycle rule deletes after {count(days, 'day')}, {keep} agreed")
    return found


def _unlocked(look: StorageLook, settings: Settings, now: datetime) -> list[str]:
    """Say what of the newest objects is not locked, not long enough, or no more."""
    bare = [lock for lock in look.locks if lock.mode is LockMode.NONE]
    ended = [
        lock for lock in look.locks if lock.retain_until is not None and lock.retain_until < now
    ]
    brief = [lock for lock in look.locks if _is_brief(lock, settings) and lock not in ended]
    weak = [lock for lock in look.locks if lock.mode is LockMode.GOVERNANCE]
    keep = format_duration(settings.keep)
    found = []
    if bare:
        found.append(f"{_newest(len(bare))} can be deleted now: not locked")
    if ended:
        found.append(f"{_newest(len(ended))} can be deleted: the lock ended")
    if brief:
        found.append(f"{_newest(len(brief))} can be deleted sooner than {keep} after being stored")
    if weak and not settings.governance_suffices:
        found.append(f"{_newest(len(weak))} locked in {WEAKER}")
    return found


def _ended(look: StorageLook, now: datetime) -> datetime | None:
    """Return when the first lock ended, where one did."""
    ends = [lock.retain_until for lock in look.locks if lock.retain_until is not None]
    return min((end for end in ends if end < now), default=None)


def _is_brief(lock: Lock, settings: Settings) -> bool:
    """Say whether a lock is too short; stores count it from some moment of the upload."""
    until = lock.retain_until
    return until is not None and later(until, SLACK) < later(lock.stored_at, settings.keep)


def _newest(number: int) -> str:
    return f"{number} of the newest objects"


def _said(event: StorageEvent) -> str:
    until = "its date" if event.promised_until is None else date(event.promised_until)
    return EVENTS[event.event].format(until)


def _gaps(look: StorageLook) -> list[str]:
    """Say what keeps the locks from being known; invented answers make none of them known."""
    questions = (Question.ABSENCE, Question.POINTS, Question.RETENTION, Question.VERSIONING)
    lacks = [lack for lack in look.lacks if lack.question in questions]
    found = [f"{lack.question} not known ({why_not(lack)})" for lack in lacks]
    if not found and any(lock.mode is LockMode.UNKNOWN for lock in look.locks):
        found.append("the storage does not say how the newest objects are locked")
    if not found and look.rules.versioning is Versioning.UNKNOWN:
        found.append("the storage does not say whether it keeps versions")
    if not found and not look.locks:
        found.append("nothing lies there that could be locked")
    return found


def tells_locks(plan: ServerPlan, asset: Asset) -> bool:
    """Say whether central looks at the storage of a copy, and it is of a kind that has locks."""
    copy = plan.copy(asset.backup_set, asset.copy)
    return copy is not None and copy.witness is not None and copy.witness not in WITHOUT_LOCKS


CHECK = Check(
    control="backup.immutable",
    title="Nobody can delete the newest restore points",
    why=(
        "Who takes over a server deletes its backups first; what is locked until a date is still "
        "there afterwards."
    ),
    remedy=(
        "Make a bucket with Object Lock and a default retention in COMPLIANCE mode that is longer "
        "than `keep`, give the server a credential that may not delete, and give central's "
        "credential s3:GetObjectRetention, s3:GetBucketVersioning and s3:ListBucketVersions."
    ),
    applies_to=Subject.COPY,
    severity=Severity.WARNING,
    settings=Settings,
    judge=judge,
    concerns=tells_locks,
)
