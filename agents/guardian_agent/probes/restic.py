"""restic (0.14 to 0.19): repositories are always encrypted, snapshots carry the paths they hold.

Sources: restic's scripting chapter (JSON, exit statuses) and recorded answers. No lock is taken and
no cache is read: a warm cache hides a damaged repository.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from guardian_agent.errors import ProbeError
from guardian_agent.probe import (
    WHOLE,
    Answers,
    Found,
    Lies,
    Point,
    PointFile,
    Probe,
    Subject,
    Told,
    Turn,
)
from guardian_agent.probing.answers import asked_at, text, version, when_asked
from guardian_agent.probing.checked import checked
from guardian_agent.probing.long_listing import long_listing
from guardian_agent.probing.paths import name_in_point, parts, place_in
from guardian_agent.probing.points import Listed, newest_point, restore_points
from guardian_agent.probing.restic_entries import entry, is_entry
from guardian_agent.probing.restic_locks import is_locked
from guardian_agent.probing.restic_meanwhile import NOT_FOUND, explained
from guardian_agent.probing.restic_memory import recall, remember
from guardian_agent.probing.restic_snapshots import Chosen, chosen_snapshots, told_by
from guardian_agent.probing.restic_tool import FAILURES, LEFT_OUT, restic
from guardian_agent.probing.restored import came_back
from guardian_agent.probing.share import ALL, check_share, parts_of
from guardian_agent.probing.tool import (
    RESTORE_SECONDS,
    VERIFY_SECONDS,
    batches,
    find_tool,
    run_tool,
)
from guardian_agent.system import Completed, System
from guardian_agent.wire.facts.copies import CopyEncryption, Integrity
from guardian_agent.wire.facts.words import Encryption, Reason
from guardian_agent.wire.names import Name, Slug

if TYPE_CHECKING:
    from guardian_agent.wire.observations import Observation

_GLOB = re.compile(r"([\\*?\[\]])")
_ATTRIBUTES = (b"operation not permitted", b"operation not supported")
"""How restic's complaint ends where an owner, a mode or an attribute could not be set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where the repository is and which of its snapshots belong to this copy.

    `host` and `tags` narrow them; without, every snapshot that shares a path with the backup set
    counts. `root` is the folder that backups are started in when they name relative paths.
    `read_data` is the share of the data that one check reads; the next check reads the next share.
    """

    repository: str
    password_file: str
    binary: str = "restic"
    host: str | None = None
    tags: tuple[str, ...] = ()
    environment_file: str | None = None
    root: str = "/"
    read_data: str = ALL

    def __post_init__(self) -> None:
        check_share(self.read_data, "$.read_data")


def gather(subject: Subject[Settings], system: System) -> Answers:
    """Ask for all snapshots."""
    about = run_tool(system, [find_tool(system, subject.settings.binary), "version"])
    done = _snapshots(subject, system)
    return {"version": text(about), "snapshots": text(done), **asked_at(system)}


def points(subject: Subject[Settings], system: System) -> Found:
    """Return all snapshots, without asking where the repository shows that none came or went."""
    known = recall(subject, system.files, subject.settings.repository)
    if known is not None:
        answers = {"snapshots": known.snapshots, **asked_at(system)}
        return Found(answers=answers, seconds=known.seconds)
    done = _snapshots(subject, system)
    answers = {"snapshots": text(done), **asked_at(system)}
    return Found(answers=answers, seconds=done.seconds)


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


def told(subject: Subject[Settings], answers: Answers) -> Told | None:
    """Say what the newest snapshot tells; restic keeps no patterns out of a file of them."""
    return told_by(answers, _chosen(subject))


def lies(subject: Subject[Settings], _system: System) -> Lies:
    """Say where the repository lies, if here; its password is always on this machine."""
    settings = subject.settings
    folder = settings.repository.removeprefix("local:")
    return Lies(path=folder if folder.startswith("/") else None, keys=(settings.password_file,))


class _Restorer:
    """Looks into snapshots; see `guardian_agent.probe.Restorer`."""

    def newest(self, subject: Subject[Settings], answers: Answers) -> Point | None:
        """Return the newest snapshot of this backup set that is not dated in the future."""
        return newest_point(subject, _listed(subject, answers), when_asked(answers))

    def contents(
        self, subject: Subject[Settings], system: System, point: Point
    ) -> Iterator[PointFile]:
        """Yield the snapshot's files and directories."""

        def ask(place: str) -> None:
            done = restic(subject, system, "ls", "--json", point.native_id, output_path=place)
            if done.status or NOT_FOUND in done.stderr:
                raise explained(subject, system, point, FAILURES.error(done, "restic ls"))

        for item in long_listing(subject, system, ask):
            if is_entry(item):
                yield entry(item, subject.settings.root)

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
        failed = [
            done
            for patterns in batches([_pattern(name) for name in names.values()])
            if (done := _restore(subject, system, point, patterns, target, limit)).status
        ]
        found = came_back(system.files, target, names, limit)
        if failed:
            whole = len(found) == len(names) or all(map(_only_attributes, failed))
            error = _of_restore(failed[-1], complete=whole)
            if error is not None:
                raise explained(subject, system, point, error)
        return found

    def place(self, subject: Subject[Settings], target: str, path: str) -> str | None:
        """Return where a live path comes back: restic makes all folders above it."""
        return place_in(subject.settings.root, target, path)

    def restore_all(
        self, subject: Subject[Settings], system: System, point: Point, target: str, limit: int
    ) -> None:
        """Restore what the snapshot has of the set's paths, in one call."""
        names = parts(subject.settings.root, subject.backup_set.paths)
        patterns = [] if names is None else [_pattern(name) for name in names]
        if names == []:
            return
        done = _restore(subject, system, point, patterns, target, limit)
        error = _of_restore(done, complete=_only_attributes(done)) if done.status else None
        if error is not None:
            raise explained(subject, system, point, error)

    def verify(self, subject: Subject[Settings], system: System, turn: Turn = WHOLE) -> Integrity:
        """Check the repository, reading the packs whose turn it is.

        restic divides packs by their names: the parts are disjoint, and together all packs.
        """
        reading = f"--read-data-subset={turn.part}/{turn.parts}"
        if turn.parts == 1:
            reading = "--read-data"
        started = system.clock.now()
        done = restic(subject, system, "check", reading, seconds=VERIFY_SECONDS)
        if done.status:
            _refuse_to_judge(subject, system, done)
        return checked(subject, started, done.seconds, turn, damaged=done.status != 0)


PROBE = Probe(
    tool="restic",
    settings=Settings,
    gather=gather,
    parse=parse,
    points=points,
    restorer=_Restorer(),
    parts=lambda settings: parts_of(settings.read_data),
    lies=lies,
    told=told,
)


def _snapshots(subject: Subject[Settings], system: System) -> Completed:
    done = restic(subject, system, "snapshots", "--json")
    if done.status or any(phrase in done.stderr for phrase in LEFT_OUT):
        raise FAILURES.error(done, "restic snapshots")
    remember(subject, system.files, subject.settings.repository, text(done), done.seconds)
    return done


def _listed(subject: Subject[Settings], answers: Answers) -> list[Listed]:
    return chosen_snapshots(answers, _chosen(subject))


def _chosen(subject: Subject[Settings]) -> Chosen:
    settings, paths = subject.settings, subject.backup_set.paths
    return Chosen(paths=paths, host=settings.host, tags=settings.tags)


def _pattern(name: str) -> str:
    """Return an include pattern that matches this one path (Go's `filepath.Match`)."""
    return "/" + _GLOB.sub(r"\\\1", name)


def _restore(
    subject: Subject[Settings],
    system: System,
    point: Point,
    patterns: Sequence[str],
    target: str,
    limit: int,
) -> Completed:
    """Restore what matches, or all of the snapshot where no pattern is given."""
    includes = [word for pattern in patterns for word in ("--include", pattern)]
    words = ("restore", point.native_id, "--target", target, *includes)
    return restic(subject, system, *words, seconds=RESTORE_SECONDS, file_size_limit=limit)


def _of_restore(done: Completed, *, complete: bool) -> ProbeError | None:
    """Say why a restore failed; None where restic merely could not set an owner or attribute."""
    error = FAILURES.error(done, "restic restore")
    return None if complete and error.reason is Reason.EXIT_STATUS else error


def _only_attributes(done: Completed) -> bool:
    """Say whether all that restic complained of are owners and attributes, no contents."""
    wrong = [line for line in done.stderr.splitlines() if line.startswith(b"ignoring error for")]
    return bool(wrong) and all(line.rstrip().endswith(_ATTRIBUTES) for line in wrong)


def _refuse_to_judge(subject: Subject[Settings], system: System, done: Completed) -> None:
    """Raise where a check that did not succeed says nothing about the data.

    Another process that adds or prunes while an unlocked check reads makes it report errors.
    """
    error = FAILURES.error(done, "restic check")
    if error.reason is not Reason.DAMAGED:
        raise error
    if is_locked(partial(restic, subject, system), system.clock.now()):
        message = "restic check: found errors while another process held the repository's lock"
        raise ProbeError(Reason.LOCKED, message) from error
