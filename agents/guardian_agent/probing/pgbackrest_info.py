"""What pgBackRest's `info` tells of a stanza, read and understood. Pure.

Source: pgBackRest's command reference, recorded answers of 2.45 and 2.55. `info` ends with status 0
and says `ok` whatever the age.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from guardian_agent.errors import ProbeError
from guardian_agent.probe import Answers
from guardian_agent.probing import wal
from guardian_agent.probing.answers import decoded_list
from guardian_agent.probing.points import Listed, newest_past
from guardian_agent.wire.facts.words import Reason

_STATUSES = {1: Reason.NO_REPOSITORY, 3: Reason.NO_REPOSITORY, 99: Reason.EXIT_STATUS}
"""By `status.code` of a stanza; 0, 2 (no backups), 4 and 5 (repositories differ) are answers."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LABEL = re.compile(r"[0-9]{8}-[0-9]{6}F(_[0-9]{8}-[0-9]{6}[DI])?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A stanza's state; its message is for people."""

    code: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """One of the clusters that a stanza has had."""

    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Segments of the log, None for a backup of a stopped server."""

    start: Any = None
    stop: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """In seconds since 1970."""

    start: int
    stop: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Info:
    """Sizes; `size` is the whole cluster's."""

    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """One backup."""

    label: Any
    timestamp: Times
    info: Info
    database: Database
    archive: Range
    error: bool | None = None
    """Pages with a wrong checksum; None where they were not checked."""
    reference: tuple[Any, ...] | None = None

    @property
    def native_id(self) -> str:
        """Return all that restoring it takes: label, first and last segment, size.

        Raises:
            ProbeError: UNREADABLE_ANSWER for a label of another form, which might pass for an
                option.
        """
        label = str(self.label)
        if _LABEL.fullmatch(label) is None:
            raise ProbeError(Reason.UNREADABLE_ANSWER, "pgbackrest info: a label of another form")
        ends = [str(end) for end in (self.archive.start, self.archive.stop)]
        known = [end if wal.segment(end) is not None else "-" for end in ends]
        return " ".join([label, *known, str(self.info.size)])

    @property
    def started_at(self) -> datetime:
        """Return when it was begun, in UTC."""
        return _moment(self.timestamp.start)

    @property
    def finished_at(self) -> datetime:
        """Return when it was complete, in UTC."""
        return _moment(self.timestamp.stop)


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """How far the archived log of one cluster reaches."""

    database: Database
    max: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """One of the places where a stanza is kept."""

    cipher: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stanza:
    """What `info` tells of one stanza."""

    name: Any
    status: Status
    cipher: str
    backup: tuple[Backup, ...]
    archive: tuple[Archive, ...] = ()
    repo: tuple[Repository, ...] = ()

    def listed(self) -> list[Listed]:
        """Return its backups as restore points."""
        return [
            Listed(
                native_id=backup.native_id,
                started_at=backup.started_at,
                finished_at=backup.finished_at,
                bytes=backup.info.size,
            )
            for backup in self.backup
        ]

    def newest(self, asked: datetime) -> Backup | None:
        """Return the newest backup that is not dated in the future."""
        found = newest_past(self.listed(), asked)
        known = (each for each in self.backup if found and each.native_id == found.native_id)
        return next(known, None)

    def is_archived(self, backup: Backup) -> bool:
        """Say whether the archive reaches to the backup's end, where it tells how far it does."""
        stop = str(backup.archive.stop)
        if wal.segment(stop) is None:
            return True
        reached = [str(a.max) for a in self.archive if a.database.id == backup.database.id]
        return not reached or max(reached) >= stop

    def has_bad_pages(self, backup: Backup) -> bool:
        """Say whether it, or one that it builds upon, holds pages whose checksum was wrong."""
        needed = {str(backup.label), *map(str, backup.reference or ())}
        return any(each.error for each in self.backup if str(each.label) in needed)

    def cipher_of_weakest(self) -> str:
        """Return the weakest cipher of its repositories: each holds the data."""
        ciphers = {each.cipher for each in self.repo} or {self.cipher}
        return "none" if "none" in ciphers else min(ciphers)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupSpaces:
    """What `info --set` tells of one backup's tablespaces."""

    tablespace: tuple[Any, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spaces:
    """What `info --set` tells of one stanza."""

    backup: tuple[BackupSpaces, ...]


def stanza_of(answers: Answers, name: str) -> Stanza:
    """Return the stanza out of the answer to "info".

    Raises:
        ProbeError: NO_REPOSITORY when there is none, UNREADABLE_ANSWER.
    """
    for stanza in decoded_list(Stanza, answers, "info"):
        if stanza.name == name:
            reason = _STATUSES.get(stanza.status.code)
            if reason is not None:
                raise ProbeError(reason, f"pgbackrest info: status {stanza.status.code}")
            return stanza
    raise ProbeError(Reason.NO_REPOSITORY, "pgbackrest info: no such stanza")


def has_tablespaces(answers: Answers) -> bool:
    """Say whether the backup of the answer to "set" lies in several places."""
    stanzas = decoded_list(Spaces, answers, "set")
    return any(backup.tablespace for stanza in stanzas for backup in stanza.backup)


def _moment(seconds: int) -> datetime:
    try:
        return _EPOCH + timedelta(seconds=seconds)
    except OverflowError as error:
        raise ProbeError(Reason.UNREADABLE_ANSWER, "pgbackrest info: no time") from error
