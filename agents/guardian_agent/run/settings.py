"""How a copy is made: as configured, as its newest restore point tells, and as job files say.

Nothing of it travels but counts and keyed hashes: central sees that a path is gone, not which.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from guardian_agent.config import BackupSet, Copy
from guardian_agent.errors import ProbeError
from guardian_agent.probe import Answers, AnyProbe, AnySubject, Told, keyed_hash
from guardian_agent.wire.facts.copies import MAX_VALUES, CopyEncryption, CopySetting, CopySettings
from guardian_agent.wire.facts.words import Encryption
from guardian_agent.wire.names import Name, Slug

if TYPE_CHECKING:
    from guardian_agent.exposure.reach.schedules import Scheduled

_ENCRYPTED = {Encryption.ENCRYPTED: 1, Encryption.PLAINTEXT: 0, Encryption.WEAK: 0}


def told_settings(
    probe: AnyProbe, subject: AnySubject, answers: Answers, seen: CopyEncryption | None
) -> CopySettings:
    """State how a copy is made, by `agent.toml`, its newest restore point and its repository."""
    key = subject.key
    found = [
        hashed("paths", subject.backup_set.paths, key),
        hashed("left-out", subject.backup_set.exclude, key),
        *_of_point(_told(probe, subject, answers), key),
    ]
    if seen is not None and seen.state in _ENCRYPTED:
        found.append(CopySetting(setting=Slug("encryption"), count=_ENCRYPTED[seen.state]))
    return CopySettings(
        backup_set=subject.backup_set.name, copy=Name(subject.copy), settings=tuple(found)
    )


def scheduled_settings(
    backup_set: BackupSet, copy: Copy, jobs: Scheduled, key: bytes
) -> CopySettings:
    """State what the job files say of a copy's tool: when it runs, and what it keeps."""
    found = jobs.of(copy.tool, backup_set.name)
    numbers = [CopySetting(setting=Slug(name), count=found.keeps[name]) for name in found.keeps]
    return CopySettings(
        backup_set=backup_set.name,
        copy=copy.name,
        settings=(hashed("schedule", found.lines, key), *numbers),
    )


def hashed(setting: str, values: Iterable[str], key: bytes) -> CopySetting:
    """Return a setting as it may travel."""
    hashes = sorted({keyed_hash(key, f"{setting} {value}") for value in values})
    return CopySetting(setting=Slug(setting), count=len(hashes), values=tuple(hashes[:MAX_VALUES]))


def _told(probe: AnyProbe, subject: AnySubject, answers: Answers) -> Told | None:
    try:
        return None if probe.told is None else probe.told(subject, answers)
    except ProbeError:  # what the tool said was stated already; this much of it cannot be read
        return None


def _of_point(told: Told | None, key: bytes) -> Iterator[CopySetting]:
    known: dict[str, Sequence[str] | None] = {}
    if told is not None:
        host = None if told.host is None else (told.host,)
        known = {"point-paths": told.paths, "excludes": told.excludes, "host": host}
    yield from (hashed(name, values, key) for name, values in known.items() if values is not None)
