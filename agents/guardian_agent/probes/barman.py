"""Barman: base backups as its catalogue tells them, and whether their log was archived.

Sources: Barman's manual and recorded answers of 3.4. Only its numbers are read: the names of
backups and the dates for people are in the server's own zone. What `check` says is not asked: it is
content with no backup at all where no maximum age is set. A backup is verified by
`pg_verifybackup`, which needs the manifest that PostgreSQL 13 and later write; only the newest is
read. A restore test of it is not made here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from guardian_agent.errors import ProbeError
from guardian_agent.probe import WHOLE, Answers, Lies, Probe, Subject, Turn
from guardian_agent.probing import wal
from guardian_agent.probing.answers import asked_at, decoded_map, text, version, when_asked
from guardian_agent.probing.dated import of_seconds
from guardian_agent.probing.points import Listed, newest_past, restore_points
from guardian_agent.probing.told import contents, encryption, seen_in, seen_told
from guardian_agent.probing.tool import ASK_SECONDS, VERIFY_SECONDS, Failures, find_tool, run_tool
from guardian_agent.probing.tree import readable
from guardian_agent.system import Completed, System
from guardian_agent.wire.facts.copies import Integrity
from guardian_agent.wire.facts.words import Encryption, Outcome, Reason
from guardian_agent.wire.names import Name

if TYPE_CHECKING:
    from guardian_agent.wire.observations import Observation

_ID = re.compile(r"[0-9]{8}T[0-9]{6}", re.ASCII)
_DONE, _WAITING = "DONE", "WAITING_FOR_WALS"
_VERIFIED = b"backup successfully verified"
_FAILURES = Failures(
    exits={},
    phrases=(
        (b"Unknown server", Reason.NO_REPOSITORY),
        (b"Unknown backup", Reason.NO_RESTORE_POINT),
        # First: it also complains where it may not enter the folder that it was started in.
        (b"checksum mismatch for file", Reason.DAMAGED),
        (b"present in the manifest but not on disk", Reason.DAMAGED),
        (b"on disk but size", Reason.DAMAGED),
        (b"Permission denied", Reason.PERMISSION_DENIED),
        (b"backup_manifest", Reason.UNSUPPORTED),
        (b"pg_verifybackup not found", Reason.TOOL_MISSING),
        (b"pg_verifybackup: error", Reason.DAMAGED),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Which server of Barman's; `config` is its file, where it is not the usual one."""

    server: str
    config: str | None = None
    binary: str = "barman"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Backup:
    """One of the catalogue; failed ones tell nothing but their status."""

    backup_id: Any
    status: Any
    end_time_timestamp: Any = None
    size_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Base:
    begin_time_timestamp: Any
    end_wal: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Log:
    last_available: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """What `show-backup` tells of the newest."""

    backup_id: Any
    base_backup_information: _Base
    wal_information: _Log


def gather(subject: Subject[Settings], system: System) -> Answers:
    """Ask for the catalogue, and for more of the newest backup."""
    about = run_tool(system, [find_tool(system, subject.settings.binary), "--version"])
    listed = _json(subject, system, "list-backup")
    answers = {"version": text(about), "list": text(listed), **asked_at(system)}
    newest = newest_past(_listed(subject, answers), when_asked(answers))
    if newest is None:
        return answers
    shown = _json(subject, system, "show-backup", newest.native_id)
    state, rule = _readable(subject, system, newest.native_id)
    return answers | {"shown": text(shown), "seen": seen_in(state, rule)}


def parse(subject: Subject[Settings], answers: Answers, _now: datetime) -> Sequence[Observation]:
    """State the backups, and a newest one that cannot be recovered for want of its log."""
    listed = _listed(subject, answers)
    about = version(answers.get("version", ""), 0)
    newest = newest_past(listed, when_asked(answers))
    points = restore_points(subject, PROBE.tool, listed, about)
    if newest is None:
        return (points,)
    lacking = _lacks_log(subject, answers, newest)
    stated = contents(subject, newest, faulty=lacking, files=1)
    return (points, stated, encryption(subject, *seen_told(answers)))


def verify(subject: Subject[Settings], system: System, _turn: Turn = WHOLE) -> Integrity:
    """Have the newest backup's files held against its manifest."""
    started, begun = system.clock.now(), system.clock.monotonic()
    answers = {"list": text(_json(subject, system, "list-backup")), **asked_at(system)}
    listed = _listed(subject, answers)
    newest = newest_past(listed, when_asked(answers))
    if newest is None:
        raise ProbeError(Reason.NO_RESTORE_POINT, "barman: there is no backup to verify")
    done = _barman(subject, system, "verify-backup", newest.native_id, seconds=VERIFY_SECONDS)
    error = _FAILURES.error(done, "barman verify-backup") if done.status else None
    if error is not None and error.reason is not Reason.DAMAGED:
        raise error
    if error is None and _VERIFIED not in done.stdout + done.stderr:
        raise ProbeError(Reason.UNREADABLE_ANSWER, "barman verify-backup: did not say so")
    return Integrity(
        backup_set=subject.backup_set.name,
        copy=Name(subject.copy),
        outcome=Outcome.PASSED if error is None else Outcome.FAILED,
        reason=Reason.NONE if error is None else Reason.DAMAGED,
        data_read=_share(listed, newest),
        started_at=started,
        duration_seconds=system.clock.monotonic() - begun,
    )


def lies(_subject: Subject[Settings], _system: System) -> Lies:
    """Say that it is not told where the backups lie: Barman alone knows."""
    return Lies(path=None)


PROBE = Probe(
    tool="barman", settings=Settings, gather=gather, parse=parse, verify=verify, lies=lies
)


def _share(listed: Sequence[Listed], one: Listed) -> float:
    total = sum(each.bytes or 0 for each in listed)
    return (one.bytes or 0) / total if total else 0.0


def _barman(
    subject: Subject[Settings],
    system: System,
    command: str,
    *words: str,
    options: Sequence[str] = (),
    seconds: float = ASK_SECONDS,
) -> Completed:
    settings = subject.settings
    where = () if settings.config is None else ("--config", settings.config)
    tool = find_tool(system, settings.binary)
    arguments = [tool, *where, *options, command, settings.server, *words]
    return run_tool(system, arguments, seconds=seconds)


def _json(subject: Subject[Settings], system: System, command: str, *words: str) -> Completed:
    done = _barman(subject, system, command, *words, options=("-f", "json"))
    if done.status:  # what went wrong stands in the answer, too
        said = Completed(
            status=done.status, stdout=b"", stderr=done.stdout + done.stderr, seconds=done.seconds
        )
        raise _FAILURES.error(said, f"barman {command}")
    return done


def _catalogue(subject: Subject[Settings], answers: Answers) -> tuple[_Backup, ...]:
    told = decoded_map(tuple[_Backup, ...], answers, "list")
    if subject.settings.server not in told:
        raise ProbeError(Reason.UNREADABLE_ANSWER, "barman list-backup: another server")
    return told[subject.settings.server]


def _listed(subject: Subject[Settings], answers: Answers) -> list[Listed]:
    """Return what can be recovered, and what lacks no more than its log yet.

    Raises:
        ProbeError: UNREADABLE_ANSWER.
    """
    found = []
    for each in _catalogue(subject, answers):
        if not isinstance(each.backup_id, str) or _ID.fullmatch(each.backup_id) is None:
            raise ProbeError(Reason.UNREADABLE_ANSWER, "barman: an id of another form")
        if each.status in (_DONE, _WAITING):
            ended = of_seconds(each.end_time_timestamp)
            one = Listed(
                native_id=each.backup_id,
                started_at=ended,
                finished_at=ended,
                bytes=each.size_bytes,
            )
            found.append(one)
    return found


def _lacks_log(subject: Subject[Settings], answers: Answers, newest: Listed) -> bool:
    """Say whether the log that the newest needs was not archived."""
    shown = decoded_map(_Shown, answers, "shown").get(subject.settings.server)
    if shown is None or shown.backup_id != newest.native_id:
        raise ProbeError(Reason.UNREADABLE_ANSWER, "barman show-backup: another backup")
    status = {each.backup_id: each.status for each in _catalogue(subject, answers)}
    end = str(shown.base_backup_information.end_wal)
    last = str(shown.wal_information.last_available)
    known = wal.segment(end) is not None and wal.segment(last) is not None
    return status[newest.native_id] == _WAITING or (known and last < end)


def _readable(subject: Subject[Settings], system: System, label: str) -> tuple[Encryption, str]:
    """Look for a file of the backup that anybody can read; where they lie, Barman tells."""
    try:
        done = _json(subject, system, "list-files", label, "--target", "data")
        files = decoded_map(tuple[Any, ...], {"files": text(done)}, "files").get("_INFO", ())
    except ProbeError:
        return Encryption.UNKNOWN, "barman-out-of-reach"
    folder = str(files[0]).rpartition("/")[0] if files else ""
    if not folder.startswith("/"):
        return Encryption.UNKNOWN, "barman-out-of-reach"
    return readable(system.files, f"{folder}/data")
