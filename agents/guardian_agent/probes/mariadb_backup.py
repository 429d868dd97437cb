"""Physical backups by mariadb-backup (mariabackup, xtrabackup): full ones and incremental chains.

A backup is restored as a whole, so no single files come out of it here: a restore test copies it
with those that it builds upon, lets the tool apply the log (`--prepare`), and starts a server.
`verify` lets `innochecksum` read all pages of InnoDB and reads logs and definitions; other engines'
tables, and the changed pages of incremental backups, have no checksum that it could compare, and do
not count as read. Packed, encrypted and streamed backups are listed, and nothing more is known of
them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from guardian_agent.errors import ProbeError, StateError
from guardian_agent.probe import WHOLE, Answers, Fetched, Form, Point, Probe, Subject, Turn
from guardian_agent.probing.answers import asked_at, version, when_asked
from guardian_agent.probing.dropped import Dropped, matching, newest_file
from guardian_agent.probing.look import reading
from guardian_agent.probing.mariadb_backup import (
    Folder,
    answered,
    as_answer,
    chain_of,
    classify_folder,
    folder_in,
    prove_whole,
)
from guardian_agent.probing.mariadb_configuration import (
    CONFIGURATION,
    loads_plugins,
    options_of,
)
from guardian_agent.probing.points import newest_past, newest_point, restore_points
from guardian_agent.probing.shown import facts, shown
from guardian_agent.probing.stream import Bounded
from guardian_agent.probing.tool import RESTORE_SECONDS, Failures, find_tool, run_tool
from guardian_agent.probing.verdict import verify
from guardian_agent.system import System
from guardian_agent.wire.facts.copies import Integrity
from guardian_agent.wire.facts.words import Reason

if TYPE_CHECKING:
    from guardian_agent.wire.observations import Observation

_FAILURES = Failures(
    exits={},
    phrases=(
        (b"No space left on device", Reason.QUOTA_EXCEEDED),
        (b"Cannot allocate memory", Reason.QUOTA_EXCEEDED),
        (b"Unsupported redo log format", Reason.UNSUPPORTED),
        (b"unknown option", Reason.UNSUPPORTED),
        (b"cannot be found", Reason.PATH_MISSING),
        (b"Permission denied", Reason.PERMISSION_DENIED),
        (b"Fail: page", Reason.DAMAGED),
        (b"doesn't match page size", Reason.DAMAGED),
        (b"First page of the tablespace", Reason.DAMAGED),
    ),
)
_CONFIGURATION_BYTES = 64 * 1024
_SERIES = re.compile(r"([0-9]{1,3})\.([0-9]{1,3})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """In which folder the backups' folders lie; `binary` is the tool that made them."""

    path: str
    pattern: str = "*"
    binary: str = "mariadb-backup"


def gather(subject: Subject[Settings], system: System) -> Answers:
    """List the backups, and see whether the newest has all that a restore needs."""
    folders = _folders(subject, system)
    answers = as_answer([folder.backup() for folder in folders]) | asked_at(system)
    folder = _newest(folders, when_asked(answers))
    if folder is None:
        return answers
    # What it builds upon may go at any time: that is cheap to see again, and never remembered.
    forgetful = replace(subject, memory="")
    # An incremental one has pieces of pages; what it builds upon has whole ones.
    full = _newest([each for each in folders if not each.is_incremental], when_asked(answers))
    seen = classify_folder(system, full or folder)
    return answers | shown(
        forgetful, system, folder.backup(), seen, lambda: _prove_restorable(folder, folders)
    )


def parse(subject: Subject[Settings], answers: Answers, _now: datetime) -> Sequence[Observation]:
    """State the backups, whether the newest is whole, and whether it can be read without a key."""
    backups = answered(answers)
    made = version(backups[0].version.partition("-")[0], 0) if backups else None
    points = restore_points(subject, PROBE.tool, [each.listed() for each in backups], made)
    return (points, *facts(subject, answers))


def verify_all(subject: Subject[Settings], system: System, _turn: Turn = WHOLE) -> Integrity:
    """Check all pages of all backups, and read what else has no checksum."""
    folders = {folder.path: folder for folder in _folders(subject, system)}
    items: dict[str, Dropped] = {path: each.backup() for path, each in folders.items()}

    def examine(path: str, deadline: float) -> int:
        chain = chain_of(folders[path], list(folders.values()))
        prove_whole(chain[-1])
        return _check(system, folders[path], deadline)

    found = verify(subject, system, items, examine)
    return replace(found, data_read=found.data_read * _share(list(folders.values())))


class _Database:
    """Restores a backup into the sandbox; see `guardian_agent.probe.DatabaseRestorer`."""

    engine = "mariadb"

    def newest(self, subject: Subject[Settings], answers: Answers) -> Point | None:
        """Return the newest backup that is not dated in the future."""
        backups = [backup.listed() for backup in answered(answers)]
        return newest_point(subject, backups, when_asked(answers))

    def fetch(
        self, subject: Subject[Settings], system: System, point: Point, folder: str, limit: int
    ) -> Fetched:
        """Copy the backup and what it builds upon into `folder`, and make it ready to start."""
        folders = _folders(subject, system)
        wanted = [each for each in folders if each.backup().native_id == point.native_id]
        if not wanted:
            raise ProbeError(Reason.NO_RESTORE_POINT, "the backup is not there any more")
        chain = chain_of(wanted[0], folders)
        _prove_restorable(wanted[0], folders)
        size = sum(each.backup().size for each in chain)
        if size > limit:
            raise ProbeError(Reason.QUOTA_EXCEEDED, f"{size} bytes to restore, {limit} may be")
        return _prepared(subject.settings.binary, system, chain, folder)


PROBE = Probe(
    tool="mariadb_backup",
    settings=Settings,
    gather=gather,
    parse=parse,
    verify=verify_all,
    database=_Database(),
    lies=newest_file,
)


def _folders(subject: Subject[Settings], system: System) -> list[Folder]:
    settings = subject.settings
    entries = matching(system, settings.path, settings.pattern)
    return [found for entry in entries if (found := folder_in(system, entry)) is not None]


def _newest(folders: Sequence[Folder], asked: datetime) -> Folder | None:
    by_id = {folder.backup().native_id: folder for folder in folders}
    found = newest_past([folder.backup().listed() for folder in folders], asked)
    return None if found is None else by_id[found.native_id]


def _prove_restorable(folder: Folder, folders: Sequence[Folder]) -> int:
    return sum(prove_whole(each) for each in chain_of(folder, folders))


def _check(system: System, folder: Folder, deadline: float) -> int:
    innochecksum = find_tool(system, "innochecksum")

    def left() -> float:
        seconds = deadline - system.clock.monotonic()
        if seconds <= 0:
            raise ProbeError(Reason.TIMEOUT, f"{folder.path}: not read to its end in time")
        return seconds

    for entry in folder.pages():
        done = run_tool(system, [innochecksum, entry.path], seconds=left())
        if done.status:
            raise _FAILURES.error(done, entry.path)
    for entry in folder.others():
        left()
        with reading(entry.path), system.files.open(entry.path) as file:
            Bounded(file, lambda: system.clock.monotonic() > deadline).drain()
    return len(folder.entries)


def _share(folders: Sequence[Folder]) -> float:
    """Return which share of the bytes can be checked, or has nothing to be checked by."""
    whole = sum(entry.size for folder in folders for entry in folder.entries)
    unchecked = sum(entry.size for folder in folders for entry in folder.unchecked())
    return 1.0 - unchecked / max(1, whole)


def _prepared(binary: str, system: System, chain: Sequence[Folder], folder: str) -> Fetched:
    tool = find_tool(system, binary)
    _prove_able(system, tool, chain[0])
    places = [f"{folder}/{number}" for number in range(len(chain))]
    for each, place in zip(chain, places, strict=True):
        _run(system, [find_tool(system, "cp"), "-R", "--", each.path, place])
        _clean_configuration(system, place)
    prepare = [tool, "--no-defaults", "--prepare", f"--target-dir={places[0]}"]
    if not chain[0].is_prepared:
        _run(system, prepare)
    for place in places[1:]:
        _run(system, [*prepare, f"--incremental-dir={place}"])
    return Fetched(path=places[0], form=Form.CLUSTER, own=True)


def _clean_configuration(system: System, place: str) -> None:
    """Leave in a copy's configuration only what the data cannot be read without.

    The tool reads it before all else: it would load libraries and include files that it names.
    """
    path = f"{place}/{CONFIGURATION}"
    try:
        text = system.files.read(path, _CONFIGURATION_BYTES).decode("utf-8", "replace")
        if loads_plugins(text):
            raise ProbeError(Reason.UNSUPPORTED, f"{path}: encrypted by the server itself")
        lines = [f"{name}={value}\n" for name, value in options_of(text).items()]
        system.files.write(path, "".join(["[mysqld]\n", *lines]).encode("ascii"))
    except (OSError, StateError) as error:
        raise ProbeError(Reason.UNREADABLE_ANSWER, f"{path}: {error}") from error


def _prove_able(system: System, tool: str, folder: Folder) -> None:
    """Refuse a tool that is older than the server that was backed up: it may not know its files."""
    told = run_tool(system, [tool, "--version"])
    ours = _SERIES.search((told.stdout + told.stderr).decode("utf-8", "replace"))
    theirs = _SERIES.match(folder.info.get("server_version", ""))
    if ours is not None and theirs is not None and _pair(theirs) > _pair(ours):
        message = f"the backup is of a server {theirs[0]}, {tool} is of {ours[0]}"
        raise ProbeError(Reason.UNSUPPORTED, message)


def _pair(found: re.Match[str]) -> tuple[int, int]:
    return int(found[1]), int(found[2])


def _run(system: System, words: Sequence[str]) -> None:
    done = run_tool(system, words, seconds=RESTORE_SECONDS)
    if done.status:
        raise _FAILURES.error(done, words[0])
