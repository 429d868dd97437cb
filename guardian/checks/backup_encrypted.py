"""`backup.encrypted`: the copy cannot be read without its key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from guardian_agent.wire.observations import Encryption

from guardian.domain.asset import Severity, Subject
from guardian.domain.check import Case, Check
from guardian.domain.verdict import Verdict, fails, passes, unknown
from guardian.domain.words import age, failed_look, later, nothing_known, too_old


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How old the newest look at the copy's encryption may be."""

    max_age: timedelta = timedelta(days=8)


def judge(case: Case, settings: Settings, now: datetime) -> Verdict:
    """A canary found in the raw bytes refutes whatever the format claims."""
    copy = case.evidence.copy(case.asset.backup_set, case.asset.copy)
    if copy is None or (copy.encryption is None and copy.failure is not None):
        return unknown(nothing_known(copy))
    if copy.encryption is None:
        return unknown("the agent has not yet looked whether it is encrypted")
    seen = copy.encryption
    rule = seen.fact.rule
    if seen.fact.canary_in_clear:
        return fails("our own canary was found readable in the copy's raw bytes: not encrypted")
    if seen.fact.state in (Encryption.PLAINTEXT, Encryption.WEAK):
        how = "without a key" if seen.fact.state is Encryption.PLAINTEXT else "with little effort"
        return fails(f"the copy can be read {how} ({rule})")
    if seen.fact.state is not Encryption.ENCRYPTED:
        return unknown(f"nothing shows that the copy is encrypted ({seen.fact.state}: {rule})")
    if copy.failed_listing is not None:
        return unknown(f"{failed_look(copy.failed_listing)}; encrypted {age(seen.dated, now)} ago")
    due = later(seen.dated, settings.max_age)
    if now > due:
        old = too_old(seen.dated, now, settings.max_age)
        return unknown(f"the newest look at the encryption is {old}", since=due)
    return passes(f"unreadable without the key ({rule}), seen {age(seen.dated, now)} ago", due)


CHECK = Check(
    control="backup.encrypted",
    title="The backup is encrypted",
    why="Who gets hold of the storage of an unencrypted backup has all of the client's data.",
    remedy=(
        "Make a new repository with encryption (restic; borg `repokey-blake2`; age or GnuPG for "
        "dumps), back up into it, and destroy the readable one."
    ),
    applies_to=Subject.COPY,
    severity=Severity.CRITICAL,
    settings=Settings,
    judge=judge,
)
