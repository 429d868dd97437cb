"""ZFS: the snapshots of one dataset. Built from documentation.

Not run against a real pool: Debian has it only as a kernel module built on the machine. Source:
`zfs-list(8)`, `zfs-receive(8)` and `zfsprops(7)`. A snapshot that was received keeps the date at
which it was taken; one that is only partly received is not listed. A snapshot is whole when it is
there, and is lost with its pool: it counts as a backup only where the pool is another one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from guardian_agent.errors import ProbeError
from guardian_agent.probe import Answers, Lies, Probe, Subject
from guardian_agent.probing.answers import asked_at, text, version
from guardian_agent.probing.dated import of_seconds
from guardian_agent.probing.points import Listed, restore_points
from guardian_agent.probing.told import as_told, encryption, lines_told
from guardian_agent.probing.tool import Failures, find_tool, run_tool
from guardian_agent.system import Completed, System
from guardian_agent.wire.facts.words import Encryption, Reason

if TYPE_CHECKING:
    from guardian_agent.wire.observations import Observation

_DATASET = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/ -]{0,254}", re.ASCII)
_CIPHER = re.compile(r"aes-(128|192|256)-(ccm|gcm)", re.ASCII)
_COLUMNS = 3
_FAILURES = Failures(
    exits={},
    phrases=(
        (b"dataset does not exist", Reason.NO_REPOSITORY),
        (b"Permission denied", Reason.PERMISSION_DENIED),
        (b"permission denied", Reason.PERMISSION_DENIED),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Which dataset; `prefix` is how the names of the snapshots that count begin."""

    dataset: str
    prefix: str = ""
    binary: str = "zfs"


def gather(subject: Subject[Settings], system: System) -> Answers:
    """Ask for the dataset's own snapshots and its encryption."""
    dataset = subject.settings.dataset
    if _DATASET.fullmatch(dataset) is None:
        raise ProbeError(Reason.INTERNAL, "dataset: expected pool/name")
    about = run_tool(system, [find_tool(system, subject.settings.binary), "version"])
    columns = "name,creation,guid"
    listing = ("list", "-H", "-p", "-d", "1", "-t", "snapshot", "-o", columns, dataset)
    cipher = ("get", "-H", "-p", "-o", "value", "encryption", dataset)
    listed = as_told(_zfs(subject, system, listing))
    told = as_told(_zfs(subject, system, cipher))
    return {"version": text(about), "list": listed, "cipher": told, **asked_at(system)}


def parse(subject: Subject[Settings], answers: Answers, _now: datetime) -> Sequence[Observation]:
    """State the snapshots, and whether the dataset is encrypted."""
    settings = subject.settings
    wanted = f"{settings.dataset}@{settings.prefix}"
    rows = [_row(line, settings.dataset) for line in lines_told(answers, "list")]
    listed = [one for name, one in rows if name.startswith(wanted)]
    about = version(answers.get("version", "").replace("zfs-", "zfs "), 1)
    points = restore_points(subject, PROBE.tool, listed, about)
    return (points, encryption(subject, *_encryption(lines_told(answers, "cipher"))))


def lies(_subject: Subject[Settings], _system: System) -> Lies:
    """Say that it lies in no folder: a snapshot belongs to its pool."""
    return Lies(path=None)


PROBE = Probe(tool="zfs", settings=Settings, gather=gather, parse=parse, lies=lies)


def _zfs(subject: Subject[Settings], system: System, words: Sequence[str]) -> Completed:
    done = run_tool(system, [find_tool(system, subject.settings.binary), *words])
    if done.status:
        raise _FAILURES.error(done, f"zfs {words[0]}")
    return done


def _row(line: str, dataset: str) -> tuple[str, Listed]:
    """Return a snapshot by its name; its guid stays the same where it is sent."""
    columns = line.split("\t")
    if len(columns) != _COLUMNS or not columns[0].startswith(f"{dataset}@"):
        raise ProbeError(Reason.UNREADABLE_ANSWER, "zfs list: a line of another form")
    name, created, guid = columns
    return name, Listed(native_id=guid, started_at=of_seconds(created))


def _encryption(lines: Sequence[str]) -> tuple[Encryption, str]:
    told = lines[0] if len(lines) == 1 else ""
    if told == "off":
        return Encryption.PLAINTEXT, "zfs-encryption-off"
    if _CIPHER.fullmatch(told):
        return Encryption.ENCRYPTED, "zfs-encryption-aes"
    return Encryption.UNKNOWN, "zfs-encryption-not-known"
