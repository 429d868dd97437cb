"""restic (0.14 to 0.19): repositories are always encrypted, snapshots carry the paths they hold.

Sources: restic's scripting chapter (JSON, exit statuses) and recorded answers. No lock is taken and
no cache is read: a warm cache hides a damaged repository.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from guardian_agent.errors import DecodeError, ProbeError
from guardian_agent.probe import Answers, Point, PointFile, Probe, Subject
from guardian_agent.probing.answers import (
    asked_at,
    decoded_list,
    moment,
    nanoseconds,
    text,
    version,
    when_asked,
)
from guardian_agent.probing.paths import live_path, name_in_point, overlap
from guardian_agent.probing.points import Listed, newest_point, restore_points
from guardian_agent.probing.restored import came_back
from guardian_agent.probing.scratch import scratch_folder
from guardian_agent.probing.tool import (
    RESTORE_SECONDS,
    VERIFY_SECONDS,
    Failures,
    batches,
    find_tool,
    read_environment,
    run_tool,
)
from guardian_agent.system import Completed, System
from guardian_agent.wire.decode import read_json
from guardian_agent.wire.facts.copies import CopyEncryption, Integrity
from guardian_agent.wire.facts.words import Encryption, Outcome, Reason
from guardian_agent.wire.names import Name, Slug

if TYPE_CHECKING:
    from guardian_agent.wire.observations import Observation

LOCK_IS_STALE = timedelta(minutes=30)
"""restic's own limit: a living holder renews its lock every five minutes."""

_SHARE = re.compile(r"(?:100|[1-9][0-9]?)%", re.ASCII)
_MAX_LOCKS = 8
_SNAPSHOT_LEFT_OUT = (b"could not load snapshot", b"failed to load snapshot")
"""restic lists on without a damaged snapshot, and exits 0: 0.14, and 0.18 on."""
_GLOB = re.compile(r"([\\*?\[\]])")

_FAILURES = Failures(
    exits={
        10: Reason.NO_REPOSITORY,
        11: Reason.LOCKED,
        12: Reason.WRONG_PASSWORD,
        130: Reason.INTERRUPTED,
    },
    # 0.14 knows only exit status 1; the order matters, as some texts hold two of these.
    phrases=(
        (b"wrong password or no key found", Reason.WRONG_PASSWORD),
        (b"an empty password is not a password", Reason.WRONG_PASSWORD),
        (b"Resolving password failed: Readfile", Reason.PERMISSION_DENIED),
        (b"Resolving password failed", Reason.PATH_MISSING),
        (b"repository is already locked", Reason.LOCKED),
        (b"file too large", Reason.QUOTA_EXCEEDED),
        (b"no space left on device", Reason.QUOTA_EXCEEDED),
        (b"dial tcp", Reason.EXIT_STATUS),
        (b"i/o timeout", Reason.EXIT_STATUS),
        (b"connection reset", Reason.EXIT_STATUS),
        (b"ciphertext verification failed", Reason.DAMAGED),
        (b"invalid data returned", Reason.DAMAGED),
        *((phrase, Reason.DAMAGED) for phrase in _SNAPSHOT_LEFT_OUT),
        (b"does not match", Reason.DAMAGED),
        (b"is damaged", Reason.DAMAGED),
        (b"repository contains errors", Reason.DAMAGED),
        (b"permission denied", Reason.PERMISSION_DENIED),
        (b"Is there a repository at the following location?", Reason.NO_REPOSITORY),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where the repository is and which of its snapshots belong to this copy.

    `host` and `tags` narrow them; without, every snapshot that shares a path with the backup set
    counts. `root` is the folder that backups are started in when they name relative paths.
    `read_data` is the share of the data that a check reads.
    """

    repository: str
    password_file: str
    binary: str = "restic"
    host: str | None = None
    tags: tuple[str, ...] = ()
    environment_file: str | None = None
    root: str = "/"
    read_data: str = "100%"

    def __post_init__(self) -> None:
        if _SHARE.fullmatch(self.read_data) is None:
            raise DecodeError('expected a share of 1% to 100%, such as "5%"', "$.read_data")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Summary:
    backup_end: str | None = None
    total_files_processed: int | None = None
    total_bytes_processed: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Snapshot:
    """One snapshot as `snapshots --json` tells it; names of any form may stand in it."""

    id: str
    time: str
    paths: tuple[Any, ...] = ()
    hostname: Any = None
    tags: tuple[Any, ...] | None = None
    summary: _Summary | None = None


def gather(subject: Subject[Settings], system: System) -> Answers:
    """Ask for all snapshots."""
    about = run_tool(system, [find_tool(system, subject.settings.binary), "version"])
    done = _restic(subject, system, "snapshots", "--json")
    if done.status or any(phrase in done.stderr for phrase in _SNAPSHOT_LEFT_OUT):
        raise _FAILURES.error(done, "restic snapshots")
    return {"version": text(about), "snapshots": text(done), **asked_at(system)}


def parse(subject: Subject[Settings], answers: Answers, _now: datetime) -> Sequence[Observation]:
    """State the restore points; restic knows no repository that is not encrypted."""
    about = version(answers.get("version", ""), 1)
    return (
        restore_points(subject, PROBE.tool, _listed(subject, answers), about),
        CopyEncryption(
            backup_set=subject.backup_set.name,
            copy=Name(subject.copy),
            state=Encryption.ENCRYPTED,
            rule=Slug("restic-format"),
        ),
    )


class _Restorer:
    """Looks into snapshots; see `guardian_agent.probe.Restorer`."""

    def newest(self, subject: Subject[Settings], answers: Answers) -> Point | None:
        """Return the newest snapshot of this backup set that is not dated in the future."""
        return newest_point(subject, _listed(subject, answers), when_asked(answers))

    def contents(
        self, subject: Subject[Settings], system: System, point: Point
    ) -> Iterator[PointFile]:
        """Yield the snapshot's files and directories, listed to disk as there may be millions."""
        with scratch_folder(subject, system) as folder:
            listing = f"{folder}/ls"
            done = _restic(subject, system, "ls", "--json", point.native_id, output_path=listing)
            if done.status:
                raise _FAILURES.error(done, "restic ls")
            with system.files.open(listing) as lines:
                for line in lines:
                    yield from _node(line, subject.settings.root)

    def restore(
        self,
        subject: Subject[Settings],
        system: System,
        point: Point,
        paths: Sequence[str],
        target: str,
        limit: int,
    ) -> Mapping[str, str]:
        """Restore the files in one call: each start of restic costs a key derivation."""
        root = subject.settings.root
        inside = {path: name_in_point(root, path) for path in paths}
        names = {path: name for path, name in inside.items() if name}
        failed = None
        for patterns in batches([_pattern(name) for name in names.values()]):
            includes = [word for pattern in patterns for word in ("--include", pattern)]
            words = ("restore", point.native_id, "--target", target, *includes)
            done = _restic(subject, system, *words, seconds=RESTORE_SECONDS, file_size_limit=limit)
            failed = done if done.status else failed
        found = came_back(system.files, target, names, limit)
        if failed is not None:
            _judge_restore(failed, complete=len(found) == len(names))
        return found

    def verify(self, subject: Subject[Settings], system: System) -> Integrity:
        """Check the repository, reading the configured share of its packs."""
        share = subject.settings.read_data
        whole = share == "100%"
        reading = "--read-data" if whole else f"--read-data-subset={share}"
        started = system.clock.now()
        done = _restic(subject, system, "check", reading, seconds=VERIFY_SECONDS)
        damaged = done.status != 0
        if damaged:
            _refuse_to_judge(subject, system, done)
        return Integrity(
            backup_set=subject.backup_set.name,
            copy=Name(subject.copy),
            outcome=Outcome.FAILED if damaged else Outcome.PASSED,
            reason=Reason.DAMAGED if damaged else Reason.NONE,
            data_read=int(share[:-1]) / 100,
            started_at=started,
            duration_seconds=done.seconds,
        )


PROBE = Probe(tool="restic", settings=Settings, gather=gather, parse=parse, restorer=_Restorer())


def _restic(
    subject: Subject[Settings],
    system: System,
    *words: str,
    **bounds: Any,  # noqa: ANN401 - handed to run_tool as they are
) -> Completed:
    """Run restic on the repository; where it is may hold a password, so it is no argument."""
    settings = subject.settings
    variables = {"RESTIC_REPOSITORY": settings.repository}
    variables["RESTIC_PASSWORD_FILE"] = settings.password_file
    if settings.environment_file is not None:
        variables = read_environment(system, settings.environment_file) | variables
    tool = find_tool(system, settings.binary)
    return run_tool(
        system, [tool, "--no-lock", "--no-cache", *words], environment=variables, **bounds
    )


def _listed(subject: Subject[Settings], answers: Answers) -> list[Listed]:
    found = decoded_list(_Snapshot, answers, "snapshots")
    return [_point(item) for item in found if _belongs(item, subject)]


def _belongs(snapshot: _Snapshot, subject: Subject[Settings]) -> bool:
    """Say whether a snapshot is of this backup set: by its paths, whatever host it names."""
    settings, wanted = subject.settings, subject.backup_set.paths
    if settings.host is not None and snapshot.hostname != settings.host:
        return False
    if not set(settings.tags) <= {tag for tag in snapshot.tags or () if isinstance(tag, str)}:
        return False
    held = [path for path in snapshot.paths if isinstance(path, str)]
    return not wanted or any(overlap(one, other) for one in held for other in wanted)


def _point(snapshot: _Snapshot) -> Listed:
    """`time` is the start; older versions tell no end, and it stays absent."""
    summary = snapshot.summary or _Summary()
    return Listed(
        native_id=snapshot.id,
        started_at=moment(snapshot.time),
        finished_at=None if summary.backup_end is None else moment(summary.backup_end),
        files=summary.total_files_processed,
        bytes=summary.total_bytes_processed,
    )


def _node(line: bytes, root: str) -> Iterator[PointFile]:
    """Yield what one line of `ls --json` lists; the first is the snapshot itself."""
    try:
        node = json.loads(line)
        if node["struct_type"] != "node":
            return
        size, is_file = node.get("size", 0), node["type"] == "file"
        path = live_path(root, str(node["path"]).lstrip("/"))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ProbeError(Reason.UNREADABLE_ANSWER, "restic ls: no node") from error
    if not isinstance(size, int) or size < 0:
        raise ProbeError(Reason.UNREADABLE_ANSWER, "restic ls: no size")
    modified = nanoseconds(node.get("mtime"))
    yield PointFile(path=path, size=size, modified_ns=modified, is_file=is_file)


def _pattern(name: str) -> str:
    """Return an include pattern that matches this one path (Go's `filepath.Match`)."""
    return "/" + _GLOB.sub(r"\\\1", name)


def _judge_restore(done: Completed, *, complete: bool) -> None:
    """Raise for a failed restore, unless restic merely could not set an owner or attribute."""
    error = _FAILURES.error(done, "restic restore")
    if not complete or error.reason is not Reason.EXIT_STATUS:
        raise error


def _refuse_to_judge(subject: Subject[Settings], system: System, done: Completed) -> None:
    """Raise where a check that did not succeed says nothing about the data.

    Another process that adds or prunes while an unlocked check reads makes it report errors.
    """
    error = _FAILURES.error(done, "restic check")
    if error.reason is not Reason.DAMAGED:
        raise error
    if _is_locked(subject, system):
        message = "restic check: found errors while another process held the repository's lock"
        raise ProbeError(Reason.LOCKED, message) from error


def _is_locked(subject: Subject[Settings], system: System) -> bool:
    locks = text(_restic(subject, system, "list", "locks")).split()[:_MAX_LOCKS]
    return any(_is_fresh(_restic(subject, system, "cat", "lock", lock), system) for lock in locks)


def _is_fresh(lock: Completed, system: System) -> bool:
    try:
        told = read_json(lock.stdout)
        renewed = moment(told["time"]) if isinstance(told, dict) else None
    except (DecodeError, ProbeError, KeyError):
        return False
    return renewed is not None and system.clock.now() - renewed < LOCK_IS_STALE
