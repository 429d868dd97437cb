"""`backup.witnessed`: central's own look at the storage bears the agent out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from guardian.domain.asset import Asset, ServerPlan, Severity, Subject
from guardian.domain.check import Case, Check
from guardian.domain.disagreements import Tolerance, compare, seen_in_words
from guardian.domain.evidence import CopyEvidence
from guardian.domain.storage import StorageLook, Witnessed
from guardian.domain.verdict import Verdict, fails, passes, unknown
from guardian.domain.words import age, later, too_old


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How old central's look and the agent's list may be, and how far they may differ.

    `keep` is how long every restore point stays at least: what goes sooner was taken away.
    `max_lag` is how long a restore point may take to the storage (longer for mirrors), and
    `max_silence` how long it may lie there before the agent lists it. `longest_backup` is for tools
    that do not tell when a backup ended.
    """

    max_age: timedelta = timedelta(hours=26)
    keep: timedelta = timedelta(days=7)
    max_lag: timedelta = timedelta(hours=1)
    max_silence: timedelta = timedelta(hours=26)
    longest_backup: timedelta = timedelta(hours=24)


def judge(case: Case, settings: Settings, now: datetime) -> Verdict:
    """Judge by the newest look: what it contradicts has failed, however old it is by now."""
    copy = case.evidence.copy(case.asset.backup_set, case.asset.copy)
    witness = None if copy is None else copy.witness
    if copy is None or witness is None:
        return unknown("central has not looked at the storage yet")
    if witness.look is None:
        return unknown(_failed(witness))
    found = compare(copy, _tolerance(settings))
    if found.faults:
        return fails("; ".join(found.faults))
    if witness.failure is not None:
        return unknown(
            f"{_failed(witness)}; the look before was {age(witness.look.looked_at, now)} ago"
        )
    if found.doubts:
        return unknown("; ".join(found.doubts))
    return _still(copy, witness.look, settings, now)


def _still(copy: CopyEvidence, look: StorageLook, settings: Settings, now: datetime) -> Verdict:
    """Pass while both views are young enough: they bear each other out only as of the older one."""
    due = later(look.looked_at, settings.max_age)
    if now > due:
        old = too_old(look.looked_at, now, settings.max_age)
        return unknown(f"central's newest look at the storage is {old}", since=due)
    # Without a list of the agent's there is a doubt, and no way to here.
    listed = look.looked_at if copy.listing is None else copy.listing.dated
    told = later(listed, settings.max_age)
    if now > told:
        old = too_old(listed, now, settings.max_age)
        return unknown(f"the agent's newest list to compare with is {old}", since=told)
    seen = seen_in_words(look)
    return passes(
        f"{seen}, as the agent says; looked {age(look.looked_at, now)} ago", min(due, told)
    )


def _failed(witness: Witnessed) -> str:
    failure = witness.failure
    if failure is None:
        return "central has not looked at the storage yet"
    why = failure.reason.replace("-", " ")
    missing = f": {failure.permission}" if failure.permission else ""
    return f"central's newest look at the storage saw nothing ({why}{missing})"


def _tolerance(settings: Settings) -> Tolerance:
    return Tolerance(
        keep=settings.keep,
        max_lag=settings.max_lag,
        max_silence=settings.max_silence,
        longest_backup=settings.longest_backup,
    )


def is_witnessed(plan: ServerPlan, asset: Asset) -> bool:
    """Say whether central looks at the storage of a copy itself."""
    copy = plan.copy(asset.backup_set, asset.copy)
    return copy is not None and copy.witness is not None


CHECK = Check(
    control="backup.witnessed",
    title="Central sees the same restore points itself",
    why=(
        "A server that somebody else controls can say that its backups are fine; only a look at "
        "the storage by somebody else shows that they are there."
    ),
    remedy=(
        "Look at the storage yourself (`guardian witness run`, the tool's own list); where restore "
        "points are missing, back up elsewhere at once and treat the server as compromised; where "
        "other sets are kept in the same place, say `shared = true` in the copy's witness."
    ),
    applies_to=Subject.COPY,
    severity=Severity.CRITICAL,
    settings=Settings,
    judge=judge,
    concerns=is_witnessed,
)
