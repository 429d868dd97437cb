"""borg (1.2, 1.4): archives as `list` tells them, encryption as the segments show it.

Sources: borg's frontends chapter (JSON, message ids) and recorded answers. Times come without a
zone, so borg runs with `TZ=UTC`. A base folder of its own keeps every cache out. Listing and
restoring pass by the lock, as both only read; the check takes it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

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
from guardian_agent.probing.answers import (
    asked_at,
    decoded,
    moment,
    text,
    version,
    when_asked,
)
from guardian_agent.probing.borg_bytes import Seen, encryption, segments, state_of_segments
from guardian_agent.probing.borg_command import told_by
from guardian_agent.probing.borg_entries import entry
from guardian_agent.probing.borg_tool import FAILURES, WARNING, borg, has_passphrase, succeeded
from guardian_agent.probing.checked import checked
from guardian_agent.probing.long_listing import long_listing
from guardian_agent.probing.paths import name_in_point, parts, place_in
from guardian_agent.probing.points import Listed, newest_past, newest_point, restore_points
from guardian_agent.probing.restored import came_back
from guardian_agent.probing.tool import (
    RESTORE_SECONDS,
    VERIFY_SECONDS,
    batches,
    find_tool,
    run_tool,
)
from guardian_agent.system import Completed, System
from guardian_agent.wire.facts.copies import CopyEncryption, Integrity
from guardian_agent.wire.facts.words import Reason
from guardian_agent.wire.names import Name, Slug

if TYPE_CHECKING:
    from guardian_agent.wire.observations import Observation

_SELF_TEST_BYTES = 64 * 1024 * 1024
"""What borg may write when it starts, to test itself."""
_PLAIN_FILES = ("--noacls", "--noxattrs", "--noflags", "--numeric-ids")
"""Contents only: a restored `immutable` flag could not be removed again."""


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
    hostname: Any = None
    command_line: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Encryption:
    mode: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listing:
    """What `list --json` tells of a repository."""

    archives: tuple[_Archive, ...]
    encryption: _Encryption


def gather(subject: Subject[Settings], system: System) -> Answers:
    """Ask for all archives, and look at the repository's bytes where it is local."""
    settings = subject.settings
    about = run_tool(system, [find_tool(system, settings.binary), "--version"])
    done = _archives(subject, system)
    seen = {
        "state": state_of_segments(settings.repository, system.files),
        "has_passphrase": has_passphrase(settings, system),
    }
    answers = {"version": text(about), "list": text(done), "seen": json.dumps(seen)}
    return answers | asked_at(system)


def points(subject: Subject[Settings], system: System) -> Found:
    """Ask for all archives alone: each start of borg costs a fraction of a second."""
    done = _archives(subject, system)
    return Found(answers={"list": text(done), **asked_at(system)}, seconds=done.seconds)


def parse(subject: Subject[Settings], answers: Answers, _now: datetime) -> Sequence[Observation]:
    """State the archives, and whether their data can be read without a key."""
    listing = decoded(_Listing, answers, "list")
    about = version(answers.get("version", ""), 1)
    state, rule = encryption(listing.encryption.mode, decoded(Seen, answers, "seen"))
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
        """Yield the archive's files and directories."""
        words = ("list", "--bypass-lock", "--json-lines", "--format", "{size}{mtime}")

        def ask(place: str) -> None:
            done = borg(subject, system, *words, _archive(point), output_path=place)
            if not succeeded(done):
                raise FAILURES.error(done, "borg list")

        sizes: dict[str, int] = {}
        for item in long_listing(subject, system, ask):
            yield entry(item, subject.settings.root, sizes)

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
            _extract(subject, system, point, batch, target, limit)
        return came_back(system.files, target, names, limit)

    def place(self, subject: Subject[Settings], target: str, path: str) -> str | None:
        """Return where a live path comes back: borg makes all folders above it."""
        return place_in(subject.settings.root, target, path)

    def restore_all(
        self, subject: Subject[Settings], system: System, point: Point, target: str, limit: int
    ) -> None:
        """Extract what the archive has of the set's paths; `pp:` takes a folder with all in it."""
        names = parts(subject.settings.root, subject.backup_set.paths)
        if names != []:
            wanted = [f"pp:{name}" for name in names or ()]
            _extract(subject, system, point, wanted, target, limit)

    def verify(self, subject: Subject[Settings], system: System, _turn: Turn = WHOLE) -> Integrity:
        """Check repository and archives, reading, decrypting and hashing all data.

        borg checks data in one piece or not at all: neither `--archives-only` nor
        `--repository-only` finds every damage, so neither is used, and it takes no turns.
        """
        started = system.clock.now()
        done = borg(subject, system, "check", "--verify-data", seconds=VERIFY_SECONDS)
        damaged = done.status != 0
        if damaged and done.status != WARNING and FAILURES.reason(done) is not Reason.DAMAGED:
            raise FAILURES.error(done, "borg check")
        return checked(subject, started, done.seconds, WHOLE, damaged=damaged)


def raw(subject: Subject[Settings], system: System) -> Iterator[str]:
    """Yield the segments of a local repository, newest first."""
    return segments(subject.settings.repository, system.files)


def told(_subject: Subject[Settings], answers: Answers) -> Told | None:
    """Say what the newest archive tells: the host, and the command line it was made with."""
    listing = decoded(_Listing, answers, "list")
    newest = newest_past(_listed(listing), when_asked(answers))
    if newest is None:
        return None
    archive = next(each for each in listing.archives if _native_id(each) == newest.native_id)
    return told_by(archive.hostname, archive.command_line)


def lies(subject: Subject[Settings], _system: System) -> Lies:
    """Say where the repository lies, if here, and what of this machine opens it."""
    settings = subject.settings
    folder = settings.repository.removeprefix("file://")
    opening = (settings.passphrase_file or settings.environment_file, settings.key_file)
    keys = tuple(each for each in opening if each is not None)
    return Lies(path=folder if folder.startswith("/") else None, keys=keys)


PROBE = Probe(
    tool="borg",
    settings=Settings,
    gather=gather,
    parse=parse,
    points=points,
    restorer=_Restorer(),
    raw=raw,
    lies=lies,
    told=told,
)


def _extract(
    subject: Subject[Settings],
    system: System,
    point: Point,
    patterns: Sequence[str],
    target: str,
    limit: int,
) -> None:
    """Extract what matches, or all of the archive where no pattern is given."""
    done = borg(
        subject,
        system,
        *("extract", "--bypass-lock", *_PLAIN_FILES, _archive(point), *patterns),
        seconds=RESTORE_SECONDS,
        directory=target,
        file_size_limit=max(limit, _SELF_TEST_BYTES),
    )
    if not succeeded(done):
        raise FAILURES.error(done, "borg extract")


def _archives(subject: Subject[Settings], system: System) -> Completed:
    wanted = subject.settings.archives
    chosen = () if wanted is None else ("--glob-archives", wanted)
    words = (
        "list",
        "--bypass-lock",
        "--json",
        "--format",
        "{end}{hostname}{command_line}",
        *chosen,
    )
    done = borg(subject, system, *words)
    if not succeeded(done):
        raise FAILURES.error(done, "borg list")
    return done


def _archive(point: Point) -> str:
    """Return the archive as an argument; borg would fill in what stands in braces."""
    name = point.native_id.partition(" ")[2]
    return "::" + name.replace("{", "{{").replace("}", "}}")


def _native_id(archive: _Archive) -> str:
    return f"{archive.id} {archive.name}"


def _listed(listing: _Listing) -> list[Listed]:
    return [
        Listed(
            native_id=_native_id(archive),
            started_at=moment(archive.start),
            finished_at=None if archive.end is None else moment(archive.end),
        )
        for archive in listing.archives
    ]
