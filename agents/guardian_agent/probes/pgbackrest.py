"""pgBackRest: backups as `info` tells them, read through by `verify`, restored with their log.

Sources: pgBackRest's command reference and recorded answers of 2.45 and 2.55. `verify` may end
with status 0 and say `status: error` (pgbackrest#2502): only its text counts. `error: true` in what
`info` tells means that pages were backed up whose checksum was wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from guardian_agent.errors import ProbeError
from guardian_agent.probe import (
    WHOLE,
    Answers,
    Fetched,
    Form,
    Lies,
    Point,
    Probe,
    Subject,
    Turn,
    keyed_hash,
)
from guardian_agent.probing import wal
from guardian_agent.probing.answers import asked_at, text, version, when_asked
from guardian_agent.probing.checked import checked
from guardian_agent.probing.pgbackrest_info import Backup, Stanza, has_tablespaces, stanza_of
from guardian_agent.probing.pgbackrest_settings import lies_by
from guardian_agent.probing.points import newest_point, restore_points
from guardian_agent.probing.tool import (
    ASK_SECONDS,
    RESTORE_SECONDS,
    VERIFY_SECONDS,
    Failures,
    find_tool,
    run_tool,
)
from guardian_agent.system import Completed, System
from guardian_agent.wire.facts.copies import CopyEncryption, Integrity, PointContents
from guardian_agent.wire.facts.words import Encryption, Outcome, Reason
from guardian_agent.wire.names import Name, ShortHash, Slug

if TYPE_CHECKING:
    from guardian_agent.wire.observations import Observation

_CIPHERS = {"none": Encryption.PLAINTEXT, "aes-256-cbc": Encryption.ENCRYPTED}
_STATUS = re.compile(r"^ *status: (ok|error)$", re.MULTILINE)
_NOT_FOUND = 1
"""Of `archive-get`."""

_FAILURES = Failures(
    exits={
        26: Reason.DAMAGED,  # checksum
        28: Reason.DAMAGED,  # invalid file
        29: Reason.DAMAGED,  # format
        31: Reason.UNSUPPORTED,  # option
        50: Reason.LOCKED,
        75: Reason.NO_RESTORE_POINT,
        95: Reason.WRONG_PASSWORD,
    },
    phrases=(
        (b"Permission denied", Reason.PERMISSION_DENIED),
        (b"No space left on device", Reason.QUOTA_EXCEEDED),
        (b"File too large", Reason.QUOTA_EXCEEDED),
        (b"missing path/file", Reason.PATH_MISSING),
        (b"missing file", Reason.DAMAGED),
        (b"error restoring", Reason.DAMAGED),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Which stanza; `repo` is the number of one repository where the configuration has several."""

    stanza: str
    config: str | None = None
    repo: int | None = None
    binary: str = "pgbackrest"


def gather(subject: Subject[Settings], system: System) -> Answers:
    """Ask for all backups of the stanza."""
    about = run_tool(system, [find_tool(system, subject.settings.binary), "version"])
    done = _pgbackrest(subject, system, "info", "--output=json")
    if done.status:
        raise _FAILURES.error(done, "pgbackrest info")
    return {"version": text(about), "info": text(done), **asked_at(system)}


def parse(subject: Subject[Settings], answers: Answers, _now: datetime) -> Sequence[Observation]:
    """State the backups, whether the newest is sound, and whether it can be read without a key."""
    stanza = stanza_of(answers, subject.settings.stanza)
    about = version(answers.get("version", ""), 1)
    facts: list[Observation] = [restore_points(subject, PROBE.tool, stanza.listed(), about)]
    if stanza.backup:
        facts.append(_encryption(subject, stanza))
    newest = stanza.newest(when_asked(answers))
    if newest is not None:
        facts.append(_contents(subject, stanza, newest))
        if stanza.has_bad_pages(newest):
            facts.append(_bad_pages(subject, newest))
    return facts


def verify(subject: Subject[Settings], system: System, _turn: Turn = WHOLE) -> Integrity:
    """Read and hash all files of all backups, and the log; pages were checked while backing up."""
    started = system.clock.now()
    answers = gather(subject, system)
    words = ("--output=text", "--verbose")  # else it says nothing where all is well
    done = _pgbackrest(subject, system, "verify", *words, seconds=VERIFY_SECONDS)
    said = _STATUS.search(text(done))
    if done.status and said is None:
        raise _FAILURES.error(done, "pgbackrest verify")
    if said is None:
        raise ProbeError(Reason.UNREADABLE_ANSWER, "pgbackrest verify: says no status")
    stanza = stanza_of(answers, subject.settings.stanza)
    newest = stanza.newest(when_asked(answers))
    pages = newest is not None and stanza.has_bad_pages(newest)
    damaged = pages or said[1] != "ok" or bool(done.status)
    return checked(subject, started, done.seconds, WHOLE, damaged=damaged)


class _Restorer:
    """Restores a whole backup; see `guardian_agent.probe.DatabaseRestorer`."""

    engine = "postgresql"

    def newest(self, subject: Subject[Settings], answers: Answers) -> Point | None:
        """Return the newest backup that is not dated in the future."""
        return newest_point(
            subject, stanza_of(answers, subject.settings.stanza).listed(), when_asked(answers)
        )

    def fetch(
        self, subject: Subject[Settings], system: System, point: Point, folder: str, limit: int
    ) -> Fetched:
        """Restore the backup and the log that it needs below `folder`; no program is left to run.

        The tool itself would leave a command in the settings that fetches the log. It is fetched
        here instead: the server that starts from it has no network and reads no repository.
        """
        label, start, stop, size = point.native_id.split(" ")
        if int(size) > limit:
            raise ProbeError(Reason.QUOTA_EXCEEDED, f"{size} bytes, {limit} may be restored")
        self._refuse_tablespaces(subject, system, label)
        data = f"{folder}/data"
        system.files.make_directory(data)
        words = (f"--set={label}", "--type=none", f"--tablespace-map-all={folder}/tablespaces")
        self._run(subject, system, folder, "restore", *words)
        for name in self._segments(system, start, stop, f"{data}/pg_wal"):
            self._run(subject, system, folder, "archive-get", name, f"{data}/pg_wal/{name}")
        return Fetched(path=data, form=Form.CLUSTER, own=True)

    def _segments(self, system: System, start: str, stop: str, folder: str) -> Iterator[str]:
        """Yield the segments from `start` to `stop`; the first one's size tells what follows it."""
        if wal.segment(start) is None or wal.segment(stop) is None:
            return
        yield start
        size = system.files.stat(f"{folder}/{start}").size
        first, last = wal.segment(start, size), wal.segment(stop, size)
        if first is not None and last is not None:
            yield from (each.name for each in first.until(last.number) if each != first)

    def _refuse_tablespaces(self, subject: Subject[Settings], system: System, label: str) -> None:
        done = _pgbackrest(subject, system, "info", "--output=json", f"--set={label}")
        if done.status:
            raise _FAILURES.error(done, "pgbackrest info")
        if has_tablespaces({"set": text(done)}):
            raise ProbeError(Reason.UNSUPPORTED, f"{label}: it has tablespaces of its own")

    def _run(
        self, subject: Subject[Settings], system: System, folder: str, command: str, *words: str
    ) -> None:
        own = (f"--pg1-path={folder}/data", "--reset-pg1-host", f"--lock-path={folder}/lock")
        done = _pgbackrest(subject, system, command, *own, *words, seconds=RESTORE_SECONDS)
        if command == "archive-get" and done.status == _NOT_FOUND:
            raise ProbeError(Reason.INCOMPLETE, f"{words[0]}: not in the archive")
        if done.status:
            raise _FAILURES.error(done, f"pgbackrest {command}")


def lies(subject: Subject[Settings], system: System) -> Lies:
    """Say where the repository lies, if here, and whether its passphrase does."""
    return lies_by(subject.settings.config, subject.settings.repo or 1, system.files)


PROBE = Probe(
    tool="pgbackrest",
    settings=Settings,
    gather=gather,
    parse=parse,
    verify=verify,
    database=_Restorer(),
    lies=lies,
)


def _pgbackrest(
    subject: Subject[Settings],
    system: System,
    command: str,
    *words: str,
    seconds: float = ASK_SECONDS,
) -> Completed:
    """Run it; what it logs goes nowhere but to stderr, so that stdout is the answer alone."""
    settings = subject.settings
    options = [f"--stanza={settings.stanza}", "--log-level-file=off", "--log-level-console=off"]
    options += [] if settings.config is None else [f"--config={settings.config}"]
    options += [] if settings.repo is None else [f"--repo={settings.repo}"]
    arguments = [find_tool(system, settings.binary), command, *options, *words]
    return run_tool(system, arguments, seconds=seconds)


def _encryption(subject: Subject[Settings], stanza: Stanza) -> CopyEncryption:
    cipher = stanza.cipher_of_weakest()
    state = _CIPHERS.get(cipher, Encryption.UNKNOWN)
    named = cipher if cipher in _CIPHERS else "unknown"
    return CopyEncryption(
        backup_set=subject.backup_set.name,
        copy=Name(subject.copy),
        state=state,
        rule=Slug(f"pgbackrest-cipher-{named}"),
    )


def _contents(subject: Subject[Settings], stanza: Stanza, newest: Backup) -> PointContents:
    """State whether it can be recovered: its pages were sound, its log was archived."""
    reason = Reason.NONE if stanza.is_archived(newest) else Reason.INCOMPLETE
    if stanza.has_bad_pages(newest):
        reason = Reason.DAMAGED
    valid = False if reason is not Reason.NONE else (None if newest.error is None else True)
    return PointContents(
        backup_set=subject.backup_set.name,
        copy=Name(subject.copy),
        point=ShortHash(keyed_hash(subject.key, newest.native_id)),
        files=1,
        bytes=newest.info.size,
        paths_expected=0,
        paths_missing=0,
        files_compared=0,
        files_missing=0,
        valid=valid,
        reason=reason,
    )


def _bad_pages(subject: Subject[Settings], backup: Backup) -> Integrity:
    return Integrity(
        backup_set=subject.backup_set.name,
        copy=Name(subject.copy),
        outcome=Outcome.FAILED,
        reason=Reason.DAMAGED,
        data_read=1.0,
        started_at=backup.started_at,
        duration_seconds=float(max(0, backup.timestamp.stop - backup.timestamp.start)),
    )
