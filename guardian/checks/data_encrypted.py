"""`data.encrypted`: client data that lies on the server cannot be read without a key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from guardian_agent.wire import postures as names
from guardian_agent.wire.names import Slug
from guardian_agent.wire.observations import Encryption, Exposure

from guardian.domain.asset import Severity, Subject
from guardian.domain.check import Case, Check
from guardian.domain.looks import ExposureSeen
from guardian.domain.postures import Question, Whose, posture_verdict, posture_verdicts
from guardian.domain.verdict import Status, Verdict, fails, unknown
from guardian.domain.verdicts import all_of
from guardian.domain.watched import aged, cut_short, nothing_found, still_told
from guardian.domain.words import count

READABLE = (Encryption.PLAINTEXT, Encryption.WEAK)
KINDS_SAID = 3
ASKED = Question(
    group=names.ENCRYPTION,
    needed={
        "volume": frozenset({names.VOLUME_ENCRYPTED, names.SWAP_ENCRYPTED}),
        "database": frozenset({names.AT_REST_ENCRYPTED}),
        "bucket": frozenset({names.DEFAULT_ENCRYPTION}),
    },
    max_age=timedelta(),
    unheard_of=False,
)
MOST_SAID = 3
"""Volumes, databases and buckets that a sentence names."""
NOTHING_AGREED = (
    "no place is agreed on: name the folders with client data as `exposures` of the server "
    "in clients.d, and as [[exposure]] in its agent.toml"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How old the newest look at a place may be, and what is enough.

    Each file must have been read `whole_within`, also one that has not changed since. With
    `storage_is_enough`, files that can be read are well kept where the volume or bucket of the same
    name is agreed on and encrypted: whoever is let in reads them, and nobody who takes the disk.
    Settings of volumes, databases and buckets may be `required` beyond those that always are
    (`client-side-encrypted`), or `tolerated` as they are.
    """

    max_age: timedelta = timedelta(days=8)
    whole_within: timedelta = timedelta(days=92)
    storage_is_enough: bool = False
    required: tuple[Slug, ...] = ()
    tolerated: tuple[Slug, ...] = (names.TEMPORARY_ENCRYPTED,)


def judge(case: Case, settings: Settings, now: datetime) -> Verdict:
    """Every agreed place must be looked at; one readable file fails, however old the scan.

    Places that the agent watches without being asked are judged with the others, until its
    statements stop speaking of them; alone they prove nothing, as the agent chose them.
    """
    scans = [scan for scan in case.evidence.exposures if _is_watched(scan, case, settings)]
    parts = [
        *_unreported(case, scans),
        *(_scanned(scan, case, settings, now) for scan in scans),
        *posture_verdicts(case.evidence, _agreed(case), _question(settings), now),
    ]
    if not (case.plan.exposures or _agreed(case)):
        parts.append(unknown(NOTHING_AGREED))
    verdict = all_of(parts)
    return replace(verdict, reason=_good(case, scans)) if _passes(verdict) else verdict


def _is_watched(scan: ExposureSeen, case: Case, settings: Settings) -> bool:
    if scan.fact.name in (*case.plan.exposures, *case.plan.buckets):
        return True
    return still_told(scan.received_at, case.evidence.agent, settings.max_age)


def _agreed(case: Case) -> list[Whose]:
    plan = case.plan
    of = {"volume": plan.volumes, "database": plan.databases, "bucket": plan.buckets}
    return [(subject, name, None) for subject, named in of.items() for name in named]


def _question(settings: Settings) -> Question:
    changed = ASKED.changed(settings.required, settings.tolerated)
    return replace(changed, max_age=settings.max_age)


def _unreported(case: Case, scans: list[ExposureSeen]) -> Iterator[Verdict]:
    known = {scan.fact.name for scan in scans}
    for name in case.plan.exposures:
        if name not in known:
            yield unknown(f"{name} was never scanned")


def _scanned(scan: ExposureSeen, case: Case, settings: Settings, now: datetime) -> Verdict:
    """Judge one scan: what turned into ciphertext is an alarm, no encryption."""
    fact = scan.fact
    if fact.turned_files:
        return fails(
            f"{count(fact.turned_files, 'file')} in {fact.name} could be read once and look like "
            "ciphertext now: who encrypted them, and where is the key (ransomware?)"
        )
    if not _is_stored_well(fact.name, case, settings, now):
        readable = _readable(fact)
        if readable is not None:
            return fails(readable)
        unclear = sum(item.files for item in fact.counts if item.state is Encryption.UNKNOWN)
        if unclear:
            files = count(unclear, "file")
            return unknown(f"of {files} in {fact.name} nobody can say whether it is encrypted")
    return _seen_whole(scan, settings, now)


def _is_stored_well(name: str, case: Case, settings: Settings, now: datetime) -> bool:
    """Say whether the storage under a place was agreed to be enough, and is encrypted now."""
    plan = case.plan
    under = {("volume", each) for each in plan.volumes} | {
        ("bucket", each) for each in plan.buckets
    }
    verdicts = [
        posture_verdict(seen, _question(settings), now)
        for seen in case.evidence.postures
        if (seen.fact.subject, name) in under and seen.fact.name == name
    ]
    passing = [each is not None and _passes(each) for each in verdicts]
    return settings.storage_is_enough and bool(passing) and all(passing)


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


def _seen_whole(scan: ExposureSeen, settings: Settings, now: datetime) -> Verdict:
    """Judge whether all of it was looked at, lately, and read again in time."""
    fact = scan.fact
    if not fact.complete:
        return cut_short(f"scan of {fact.name}", fact.reason)
    if not any(item.files for item in fact.counts):
        return nothing_found(fact.name)
    what = f"scan of {fact.name}"
    oldest = f"reading of the file in {fact.name} that waits longest"
    return all_of(
        [
            aged(scan.dated, settings.max_age, now, what, fact.name),
            aged(scan.read_since, settings.whole_within, now, oldest, fact.name),
        ]
    )


def _passes(verdict: Verdict) -> bool:
    return verdict.status is Status.PASS


def _good(case: Case, scans: list[ExposureSeen]) -> str:
    """Say what was seen to be unreadable without a key."""
    said = []
    if scans:
        files = sum(item.files for scan in scans for item in scan.fact.counts)
        where = count(len(scans), "watched place")
        said.append(f"none of {count(files, 'file')} in {where} can be read without a key")
    said += [f"{subject} {name} is encrypted" for subject, name, _ in _agreed(case)[:MOST_SAID]]
    return "; ".join(said)


CHECK = Check(
    control="data.encrypted",
    title="Client data at rest is encrypted",
    why="Whoever reaches the server, its disk or an export folder can read the client's data.",
    remedy=(
        "Encrypt or remove the files that `guardian-agent scan` lists on the server, or keep the "
        "folder on an encrypted volume; where nothing was found, mount it or watch it no more; "
        "where files turned into ciphertext, take the server off the network first."
    ),
    applies_to=Subject.SERVER,
    severity=Severity.CRITICAL,
    settings=Settings,
    judge=judge,
)
