"""borgmatic: the archives of one of its repositories, asked through its own configuration.

Sources: borgmatic's reference, recorded answers of 1.7 and 2.1; from 1.8 on it shows only archives
that are named as it names them, so that none listed is not none there. When it last checked it
keeps as the date of a file, which tells nothing here: a check counts that is made, and ends, here
(`check --only data --force`, all data read). What its spot check compares is live data, which
changes meanwhile: it is not used. Commands that its configuration runs before and after every
action run here, too. To look into archives and restore from them, give a copy the probe `borg`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from guardian_agent.errors import ProbeError
from guardian_agent.probe import WHOLE, Answers, Lies, Probe, Subject, Turn
from guardian_agent.probing.answers import asked_at, decoded_list, moment, text, version
from guardian_agent.probing.borg_bytes import MODES, segments, state_of_segments
from guardian_agent.probing.checked import checked
from guardian_agent.probing.points import Listed, restore_points
from guardian_agent.probing.told import encryption, seen_in, seen_told
from guardian_agent.probing.tool import ASK_SECONDS, VERIFY_SECONDS, Failures, find_tool, run_tool
from guardian_agent.system import Completed, System
from guardian_agent.wire.facts.copies import Integrity
from guardian_agent.wire.facts.words import Encryption, Reason

if TYPE_CHECKING:
    from guardian_agent.wire.observations import Observation

_READ = b"Finished cryptographic data integrity verification"
_FAILURES = Failures(
    exits={},
    phrases=(
        (b"passphrase supplied in", Reason.WRONG_PASSWORD),
        (b"does not exist", Reason.NO_REPOSITORY),
        (b"is not a valid repository", Reason.NO_REPOSITORY),
        (b"Failed to create/acquire the lock", Reason.LOCKED),
        (b"Data integrity error", Reason.DAMAGED),
        (b"Integrity error", Reason.DAMAGED),
        (b"errors found", Reason.DAMAGED),
        (b"Permission denied", Reason.PERMISSION_DENIED),
        (b"No valid configuration files", Reason.PATH_MISSING),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Which configuration, and which of its repositories, as borg prints its location.

    `home` is whose settings and known repositories borg goes by; without, an empty folder.
    """

    config: str
    repository: str
    home: str | None = None
    binary: str = "borgmatic"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Archive:
    id: str
    name: Any
    start: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Encryption:
    mode: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Repository:
    location: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listing:
    archives: tuple[_Archive, ...]
    encryption: _Encryption
    repository: _Repository


def gather(subject: Subject[Settings], system: System) -> Answers:
    """Ask for the archives, and look at the repository's bytes where it is local."""
    about = run_tool(system, [find_tool(system, subject.settings.binary), "--version"])
    told = _list(subject, system)
    seen = state_of_segments(subject.settings.repository, system.files) or Encryption.UNKNOWN
    answers = {"version": text(about), "list": told, "seen": seen_in(seen, "borg-segments")}
    return answers | asked_at(system)


def parse(subject: Subject[Settings], answers: Answers, _now: datetime) -> Sequence[Observation]:
    """State the archives, and whether their data can be read without a key."""
    listing = _listing(subject, answers)
    listed = [
        Listed(native_id=f"{each.id} {each.name}", started_at=moment(each.start))
        for each in listing.archives
    ]
    about = version(answers.get("version", ""), 0)
    points = restore_points(subject, PROBE.tool, listed, about)
    return (points, encryption(subject, *_encryption(listing.encryption.mode, answers)))


def verify(subject: Subject[Settings], system: System, _turn: Turn = WHOLE) -> Integrity:
    """Let borgmatic have borg read, decrypt and hash all data, whenever it last did.

    1.7 checks all repositories of its configuration or none: one that is damaged fails them all.
    Where its configuration has it skip checks, it ends well without any: borg's own word counts.
    """
    _listing(subject, {"list": _list(subject, system)})
    started = system.clock.now()
    words = ("--verbosity", "1", "check", "--only", "data", "--force")
    done = _borgmatic(subject, system, *words, seconds=VERIFY_SECONDS)
    error = _FAILURES.error(done, "borgmatic check") if done.status else None
    if error is not None and error.reason is not Reason.DAMAGED:
        raise error
    if error is None and _READ not in done.stdout + done.stderr:
        raise ProbeError(Reason.UNREADABLE_ANSWER, "borgmatic check: no data was read")
    return checked(subject, started, done.seconds, WHOLE, damaged=error is not None)


def raw(subject: Subject[Settings], system: System) -> Iterator[str]:
    """Yield the segments of a local repository, newest first."""
    return segments(subject.settings.repository, system.files)


def lies(subject: Subject[Settings], _system: System) -> Lies:
    """Say where the repository lies, if here; borgmatic's configuration opens it."""
    folder = subject.settings.repository.removeprefix("file://")
    return Lies(path=folder if folder.startswith("/") else None, keys=(subject.settings.config,))


PROBE = Probe(
    tool="borgmatic",
    settings=Settings,
    gather=gather,
    parse=parse,
    verify=verify,
    raw=raw,
    lies=lies,
)


def _borgmatic(
    subject: Subject[Settings], system: System, *words: str, seconds: float = ASK_SECONDS
) -> Completed:
    """Run it; the times that borg prints have no zone, and commands run in UTC."""
    settings = subject.settings
    home = settings.home or subject.scratch or "/nonexistent"
    tool = find_tool(system, settings.binary)
    arguments = [tool, "--config", settings.config, *words]
    return run_tool(system, arguments, environment={"HOME": home}, seconds=seconds)


def _list(subject: Subject[Settings], system: System) -> str:
    which = ("--repository", subject.settings.repository)
    done = _borgmatic(subject, system, "rlist", "--json", *which)
    if done.status:
        raise _FAILURES.error(done, "borgmatic rlist")
    return text(done)


def _listing(subject: Subject[Settings], answers: Answers) -> _Listing:
    for each in decoded_list(_Listing, answers, "list"):
        if each.repository.location == subject.settings.repository:
            return each
    raise ProbeError(Reason.NO_REPOSITORY, "borgmatic: no such repository in its configuration")


def _encryption(mode: str, answers: Answers) -> tuple[Encryption, str]:
    """Believe a mode without encryption, and of the others the bytes: a key may have no password.

    Where the bytes are here, the empty password and its like are tried on them later.
    """
    told = MODES.get(mode, Encryption.UNKNOWN)
    if told is Encryption.PLAINTEXT:
        return told, f"borg-mode-{mode}"
    return seen_told(answers)
