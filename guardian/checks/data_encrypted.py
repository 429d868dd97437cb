"""`data.encrypted`: client data that lies on the server cannot be read without a key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from guardian_agent.wire.observations import Encryption, Exposure, Reason

from guardian.domain.asset import Severity, Subject
from guardian.domain.check import Case, Check
from guardian.domain.looks import ExposureSeen
from guardian.domain.verdict import Verdict, fails, passes, unknown
from guardian.domain.words import count, later, too_old, why

READABLE = (Encryption.PLAINTEXT, Encryption.WEAK)
KINDS_SAID = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How old the newest scan of a watched place may be."""

    max_age: timedelta = timedelta(days=8)


def judge(case: Case, settings: Settings, now: datetime) -> Verdict:
    """Every agreed place must be scanned; one readable file anywhere fails, however old the scan.

    Places that the agent watches without being asked are judged with the others, until its
    statements stop speaking of them; alone they prove nothing, as the agent chose them.
    """
    scans = [scan for scan in case.evidence.exposures if _is_watched(scan, case, settings)]
    readable = [said for scan in scans if (said := _readable(scan.fact)) is not None]
    if readable:
        return fails("; ".join(readable))
    doubts = [*_unreported(case.plan.exposures, scans), *_doubts(scans)]
    if doubts:
        return unknown("; ".join(doubts))
    if not case.plan.exposures:
        return unknown(
            "no place is agreed on: name the folders with client data as `exposures` of the server "
            "in clients.d, and as [[exposure]] in its agent.toml"
        )
    return _by_age(scans, settings, now)


def _is_watched(scan: ExposureSeen, case: Case, settings: Settings) -> bool:
    agent = case.evidence.agent
    if agent is None or scan.fact.name in case.plan.exposures:
        return True
    return agent.last_received_at <= later(scan.received_at, settings.max_age)


def _readable(fact: Exposure) -> str | None:
    """Say how much of a place can be read, and of which kinds it mostly is."""
    kinds: Counter[str] = Counter()
    for item in fact.counts:
        if item.state in READABLE and item.files:
            kinds[item.kind] += item.files
    if not kinds:
        return None
    most = ", ".join(f"{files} {kind}" for kind, files in kinds.most_common(KINDS_SAID))
    more = ", ..." if len(kinds) > KINDS_SAID else ""
    return f"{count(kinds.total(), 'file')} in {fact.name} can be read ({most}{more})"


def _unreported(agreed: Iterable[str], scans: Sequence[ExposureSeen]) -> list[str]:
    known = {scan.fact.name for scan in scans}
    return [f"{name} was never scanned" for name in agreed if name not in known]


def _doubts(scans: Sequence[ExposureSeen]) -> list[str]:
    return [said for scan in scans if (said := _doubt(scan.fact)) is not None]


def _doubt(fact: Exposure) -> str | None:
    unclear = sum(item.files for item in fact.counts if item.state is Encryption.UNKNOWN)
    if unclear:
        return f"of {count(unclear, 'file')} in {fact.name} nobody can say whether it is encrypted"
    if not fact.complete:
        cause = "" if fact.reason is Reason.NONE else f" ({why(fact.reason)})"
        return f"the scan of {fact.name} was cut short{cause}"
    if not any(item.files for item in fact.counts):
        return f"nothing was found in {fact.name}: is it mounted?"
    return None


def _by_age(scans: Sequence[ExposureSeen], settings: Settings, now: datetime) -> Verdict:
    oldest = min(scans, key=lambda scan: scan.dated)
    due = later(oldest.dated, settings.max_age)
    if now > due:
        old = too_old(oldest.dated, now, settings.max_age)
        return unknown(f"the newest scan of {oldest.fact.name} is {old}", since=due)
    files = sum(item.files for scan in scans for item in scan.fact.counts)
    where = count(len(scans), "watched place")
    return passes(f"none of {count(files, 'file')} in {where} can be read without a key", due)


CHECK = Check(
    control="data.encrypted",
    title="Client data at rest is encrypted",
    why="Whoever reaches the server, its disk or an export folder can read the client's data.",
    remedy=(
        "Encrypt or remove the files that `guardian-agent scan` lists on the server, or keep the "
        "folder on an encrypted volume; where nothing was found, mount it or watch it no more."
    ),
    applies_to=Subject.SERVER,
    severity=Severity.CRITICAL,
    settings=Settings,
    judge=judge,
)
