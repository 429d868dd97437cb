"""`backup.encrypted`: the copy cannot be read without its key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from guardian_agent.wire.observations import Encryption

from guardian.domain.asset import Severity, Subject
from guardian.domain.check import Case, Check
from guardian.domain.readers import fetchers, key_holder, refuted, tried
from guardian.domain.verdict import Verdict, fails, passes, unknown
from guardian.domain.words import age, failed_look, later, nothing_known, too_old


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How old the newest look at the copy's encryption may be, and what it must have proven.

    With `must_be_tried`, keys that any stranger would try must have been tried in vain: what only
    says of itself that it is encrypted is then unknown.
    """

    max_age: timedelta = timedelta(days=8)
    must_be_tried: bool = False


def judge(case: Case, settings: Settings, now: datetime) -> Verdict:
    """An open door, our canary in the raw bytes, or a key beside them refutes what a format claims.

    The reason answers three questions: what is proven, who holds the key, who can fetch the bytes.
    """
    copy = case.evidence.copy(case.asset.backup_set, case.asset.copy)
    if copy is None or (copy.encryption is None and copy.failure is not None):
        return unknown(nothing_known(copy))
    if copy.encryption is None:
        return unknown("the agent has not yet looked whether it is encrypted")
    seen = copy.encryption
    how = refuted(seen.fact)
    if how is not None:
        return fails(f"{how}; {fetchers(seen.fact)}")
    if seen.fact.state is not Encryption.ENCRYPTED:
        return unknown(
            f"nothing shows that the copy is encrypted ({seen.fact.state}: {seen.fact.rule})"
        )
    if settings.must_be_tried and not seen.fact.doors_tried:
        return unknown(f"it says that it is encrypted ({seen.fact.rule}), and no key was tried")
    if copy.failed_listing is not None:
        return unknown(f"{failed_look(copy.failed_listing)}; encrypted {age(seen.dated, now)} ago")
    due = later(seen.dated, settings.max_age)
    if now > due:
        old = too_old(seen.dated, now, settings.max_age)
        return unknown(f"the newest look at the encryption is {old}", since=due)
    proven = f"unreadable without the key ({seen.fact.rule}), seen {age(seen.dated, now)} ago"
    answers = (proven, tried(seen.fact), key_holder(seen.fact), fetchers(seen.fact))
    return passes("; ".join(answers), due)


CHECK = Check(
    control="backup.encrypted",
    title="The backup is encrypted",
    why="Who gets hold of the storage of an unencrypted backup has all of the client's data.",
    remedy=(
        "Make a new repository with encryption and a password of its own (restic; borg "
        "`repokey-blake2`; age or GnuPG for dumps), keep the key elsewhere, back up into it, and "
        "destroy the readable one."
    ),
    applies_to=Subject.COPY,
    severity=Severity.CRITICAL,
    settings=Settings,
    judge=judge,
)
