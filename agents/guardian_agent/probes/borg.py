"""borg (1.2, 1.4): archives as `list` tells them, encryption as the segments show it.

Sources: borg's frontends chapter (JSON, message ids) and recorded answers. Times come without a
zone, so borg runs with `TZ=UTC`. A base folder of its own keeps every cache out. Listing and
restoring pass by the lock, as both only read; the check takes it.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from guardian_agent.errors import ProbeError
from guardian_agent.probe import Answers, Point, PointFile, Probe, Subject
from guardian_agent.probing.answers import (
    asked_at,
    decoded,
    moment,
    nanoseconds,
    text,
    version,
    when_asked,
)
from guardian_agent.probing.look import classify_file
from guardian_agent.probing.paths import live_path, name_in_point
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
    read_secret,
    run_tool,
)
from guardian_agent.system import Completed, Entry, System
from guardian_agent.system.ports import Files
from guardian_agent.wire.facts.copies import CopyEncryption, Integrity
from guardian_agent.wire.facts.words import Encryption, Outcome, Reason
from guardian_agent.wire.names import Name, Slug

if TYPE_CHECKING:
    from guardian_agent.wire.observations import Observation

WARNING = 1
"""borg did what it was asked, and has something to say; after a check: it found damage."""

MODES = {
    "none": Encryption.PLAINTEXT,
    "authenticated": Encryption.PLAINTEXT,
    "authenticated-blake2": Encryption.PLAINTEXT,
    "repokey": Encryption.ENCRYPTED,
    "repokey-blake2": Encryption.ENCRYPTED,
    "keyfile": Encryption.ENCRYPTED,
    "keyfile-blake2": Encryption.ENCRYPTED,
}
"""`authenticated` has a key and a passphrase, and stores plaintext."""

SEGMENTS_LOOKED_AT = 8

_SELF_TEST_BYTES = 64 * 1024 * 1024
"""What borg may write when it starts, to test itself."""
_PLAIN_FILES = ("--noacls", "--noxattrs", "--noflags", "--numeric-ids")
"""Contents only: a restored `immutable` flag could not be removed again."""

_FAILURES = Failures(
    exits={},
    phrases=(
        (b"PassphraseWrong", Reason.WRONG_PASSWORD),
        (b"NoPassphraseFailure", Reason.WRONG_PASSWORD),
        (b"KeyfileNotFoundError", Reason.WRONG_PASSWORD),
        (b"LockTimeout", Reason.LOCKED),
        (b"LockFailed", Reason.LOCKED),
        (b"LockError", Reason.LOCKED),
        (b"Repository.DoesNotExist", Reason.NO_REPOSITORY),
        (b"Repository.ParentPathDoesNotExist", Reason.NO_REPOSITORY),
        (b"Repository.InvalidRepository", Reason.NO_REPOSITORY),
        (b"Archive.DoesNotExist", Reason.NO_RESTORE_POINT),
        (b"File too large", Reason.QUOTA_EXCEEDED),
        (b"No space left on device", Reason.QUOTA_EXCEEDED),
        (b"Permission denied", Reason.PERMISSION_DENIED),
        (b"IntegrityError", Reason.DAMAGED),
        (b"integrity error", Reason.DAMAGED),
        (b"Repository.ObjectNotFound", Reason.DAMAGED),
        (b"Repository.CheckNeeded", Reason.DAMAGED),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where the repository is and which of its archives belong to this copy.

    `archives` is a shell pattern of their names. `root` is the folder that backups are started in
    when they name relative paths. `key_file` is for the `keyfile` modes.
    """

    repository: str
    passphrase_file: str | None = None
    key_file: str | None = None
    binary: str = "borg"
    archives: str | None = None
    environment_file: str | None = None
    root: str = "/"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Archive:
    id: str
    name: Any
    start: str
    end: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Encryption:
    mode: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listing:
    """What `list --json` tells of a repository."""

    archives: tuple[_Archive, ...]
    encryption: _Encryption


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What the repository's own bytes show; None where they are out of reach (ssh)."""

    state: Encryption | None
    has_passphrase: bool


def gather(subject: Subject[Settings], system: System) -> Answers:
    """Ask for all archives, and look at the repository's bytes where it is local."""
    settings = subject.settings
    about = run_tool(system, [find_tool(system, settings.binary), "--version"])
    chosen = () if settings.archives is None else ("--glob-archives", settings.archives)
    words = ("list", "--bypass-lock", "--json", "--format", "{end}", *chosen)
    done = _borg(subject, system, *words)
    if not _succeeded(done):
        raise _FAILURES.error(done, "borg list")
    seen = {
        "state": _state_of_segments(settings, system),
        "has_passphrase": _has_passphrase(settings, system),
    }
    answers = {"version": text(about), "list": text(done), "seen": json.dumps(seen)}
    return answers | asked_at(system)


def parse(subject: Subject[Settings], answers: Answers, _now: datetime) -> Sequence[Observation]:
    """State the archives, and whether their data can be read without a key."""
    listing = decoded(_Listing, answers, "list")
    about = version(answers.get("version", ""), 1)
    state, rule = _encryption(listing.encryption.mode, decoded(_Seen, answers, "seen"))
    return (
        restore_points(subject, PROBE.tool, _listed(listing), about),
        CopyEncryption(
            backup_set=subject.backup_set.name,
            copy=Name(subject.copy),
            state=state,
            rule=Slug(rule),
        ),
    )


class _Restorer:
    """Looks into archives; see `guardian_agent.probe.Restorer`."""

    def newest(self, subject: Subject[Settings], answers: Answers) -> Point | None:
        """Return the newest archive that is not dated in the future."""
        listing = decoded(_Listing, answers, "list")
        return newest_point(subject, _listed(listing), when_asked(answers))

    def contents(
        self, subject: Subject[Settings], system: System, point: Point
    ) -> Iterator[PointFile]:
        """Yield the archive's files and directories, listed to disk as there may be millions."""
        with scratch_folder(subject, system) as folder:
            listing = f"{folder}/list"
            words = ("list", "--bypass-lock", "--json-lines", "--format", "{size}{mtime}")
            done = _borg(subject, system, *words, _archive(point), output_path=listing)
            if not _succeeded(done):
                raise _FAILURES.error(done, "borg list")
            sizes: dict[str, int] = {}
            with system.files.open(listing) as lines:
                for line in lines:
                    yield _item(line, subject.settings.root, sizes)

    def restore(
        self,
        subject: Subject[Settings],
        system: System,
        point: Point,
        paths: Sequence[str],
        target: str,
        limit: int,
    ) -> Mapping[str, str]:
        """Extract the files in one call; `pf:` takes a path as it stands, without wildcards."""
        inside = {path: name_in_point(subject.settings.root, path) for path in paths}
        names = {path: name for path, name in inside.items() if name}
        for batch in batches([f"pf:{name}" for name in names.values()]):
            words = ("extract", "--bypass-lock", *_PLAIN_FILES, _archive(point), *batch)
            done = _borg(
                subject,
                system,
                *words,
                seconds=RESTORE_SECONDS,
                directory=target,
                file_size_limit=max(limit, _SELF_TEST_BYTES),
            )
            if not _succeeded(done):
                raise _FAILURES.error(done, "borg extract")
        return came_back(system.files, target, names, limit)

    def verify(self, subject: Subject[Settings], system: System) -> Integrity:
        """Check repository and archives, reading, decrypting and hashing all data."""
        started = system.clock.now()
        done = _borg(subject, system, "check", "--verify-data", seconds=VERIFY_SECONDS)
        damaged = done.status != 0
        if damaged and done.status != WARNING and _FAILURES.reason(done) is not Reason.DAMAGED:
            raise _FAILURES.error(done, "borg check")
        return Integrity(
            backup_set=subject.backup_set.name,
            copy=Name(subject.copy),
            outcome=Outcome.FAILED if damaged else Outcome.PASSED,
            reason=Reason.DAMAGED if damaged else Reason.NONE,
            data_read=1.0,
            started_at=started,
            duration_seconds=done.seconds,
        )


def raw(subject: Subject[Settings], system: System) -> Iterator[str]:
    """Yield the segments of a local repository, newest first."""
    folder = _local(subject.settings)
    if folder is not None:
        with contextlib.suppress(OSError):
            yield from _segments(f"{folder}/data", system.files)


PROBE = Probe(
    tool="borg",
    settings=Settings,
    gather=gather,
    parse=parse,
    restorer=_Restorer(),
    raw=raw,
)


def _borg(
    subject: Subject[Settings],
    system: System,
    *words: str,
    **bounds: Any,  # noqa: ANN401 - handed to run_tool as they are
) -> Completed:
    """Run borg on the repository, with a base folder (caches, known repositories) of its own."""
    variables = _variables(subject.settings, system)
    command, *rest = words
    arguments = [find_tool(system, subject.settings.binary), command, "--log-json", *rest]
    with scratch_folder(subject, system) as base:
        variables["BORG_BASE_DIR"] = base
        return run_tool(system, arguments, environment=variables, **bounds)


def _succeeded(done: Completed) -> bool:
    return done.status in {0, WARNING}


def _variables(settings: Settings, system: System) -> dict[str, str]:
    # An empty passphrase rather than none, so that borg never asks a terminal.
    variables = {"BORG_PASSPHRASE": ""}
    if settings.environment_file is not None:
        variables |= read_environment(system, settings.environment_file)
    if settings.passphrase_file is not None:
        variables["BORG_PASSPHRASE"] = read_secret(system, settings.passphrase_file)
    if settings.key_file is not None:
        variables["BORG_KEY_FILE"] = settings.key_file
    return variables | {
        "BORG_REPO": settings.repository,
        "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK": "yes",
        "BORG_RELOCATED_REPO_ACCESS_IS_OK": "yes",
    }


def _has_passphrase(settings: Settings, system: System) -> bool:
    variables = _variables(settings, system)
    return bool(variables["BORG_PASSPHRASE"] or "BORG_PASSCOMMAND" in variables)


def _archive(point: Point) -> str:
    """Return the archive as an argument; borg would fill in what stands in braces."""
    name = point.native_id.partition(" ")[2]
    return "::" + name.replace("{", "{{").replace("}", "}}")


def _listed(listing: _Listing) -> list[Listed]:
    return [
        Listed(
            native_id=f"{archive.id} {archive.name}",
            started_at=moment(archive.start),
            finished_at=None if archive.end is None else moment(archive.end),
        )
        for archive in listing.archives
    ]


def _item(line: bytes, root: str, sizes: dict[str, int]) -> PointFile:
    """Return one line of `list --json-lines`; a hard link has the size of its first name."""
    try:
        item = json.loads(line)
        name, size = str(item["path"]), item["size"]
        first = item["source"] if str(item["mode"]).startswith("h") else None
        is_file = item["type"] == "-"
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ProbeError(Reason.UNREADABLE_ANSWER, "borg list: no item") from error
    if not isinstance(size, int) or size < 0:
        raise ProbeError(Reason.UNREADABLE_ANSWER, "borg list: no size")
    if isinstance(first, str):
        size = sizes.get(first, size)
    elif is_file:
        sizes[name] = size
    modified = nanoseconds(item.get("mtime"))
    path = live_path(root, name)
    return PointFile(path=path, size=size, modified_ns=modified, is_file=is_file)


def _encryption(mode: str, seen: _Seen) -> tuple[Encryption, str]:
    """Judge by the bytes where they are known: what a configuration says proves nothing."""
    told = MODES.get(mode, Encryption.UNKNOWN)
    state = told if seen.state is None else seen.state
    if state is Encryption.ENCRYPTED and not seen.has_passphrase:
        return Encryption.WEAK, "borg-no-passphrase"
    if seen.state is not None and seen.state is not told:
        return state, "borg-segments"
    return state, f"borg-mode-{mode if mode in MODES else 'unknown'}"


def _state_of_segments(settings: Settings, system: System) -> Encryption | None:
    """Look at the newest segments of a local repository; None where they do not decide."""
    folder = _local(settings)
    if folder is None:
        return None
    states = set()
    with contextlib.suppress(OSError, ProbeError):
        for path in islice(_segments(f"{folder}/data", system.files), SEGMENTS_LOOKED_AT):
            states.add(classify_file(system.files, path).state)
    if Encryption.PLAINTEXT in states:
        return Encryption.PLAINTEXT
    # Segments without objects decide nothing.
    return Encryption.ENCRYPTED if Encryption.ENCRYPTED in states else None


def _local(settings: Settings) -> str | None:
    """Return the folder of a repository on this machine."""
    folder = settings.repository.removeprefix("file://")
    return folder if folder.startswith("/") else None


def _segments(data: str, files: Files) -> Iterator[str]:
    """Yield the segment files, newest first: `data/<thousands>/<number>`."""
    for folder in _by_number(files.scan(data)):
        yield from _by_number(files.scan(folder))


def _by_number(entries: Iterator[Entry]) -> list[str]:
    named = [(entry.path.rpartition("/")[2], entry.path) for entry in entries]
    numbered = [(int(name), path) for name, path in named if name.isdecimal() and name.isascii()]
    return [path for _, path in sorted(numbered, reverse=True)]
