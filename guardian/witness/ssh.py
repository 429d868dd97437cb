"""A repository on another machine, listed there by GNU find over ssh, with a key of central's own.

It asks for `ctime`s, as `guardian/witness/folder.py` does and for the same reason; SFTP tells only
times that whoever uploads can set. The other machine is asked by one fixed command, so a key that
may run nothing else (`restrict,command=...`) is enough.
"""

from __future__ import annotations

import contextlib
import os
import re
import select
import shlex
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from guardian_agent.wire.names import Slug

from guardian.domain.disagreements import SLACK
from guardian.domain.layouts import recognise
from guardian.domain.storage import Lack, Layout, NoLook, Question, StorageLook
from guardian.domain.stored import Gathering, Version
from guardian.errors import ConfigError
from guardian.ports import Looking, WitnessKind

KIND = Slug("ssh")
MAX_FILES = 2_000_000
MAX_RECORD = 64 * 1024
MAX_TOP = 10_000
"""Names right below the folder that are looked at to recognise its layout."""
CONNECT_SECONDS = 15
SSH_FAILED = 255
MAX_SECONDS_DIGITS = 12
_CHUNK = 64 * 1024
_HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:-]{0,252}", re.ASCII)
_USER = re.compile(r"[a-z_][a-z0-9_.-]{0,31}", re.ASCII)
_PATH = re.compile(r"/[A-Za-z0-9_./@+,:=-]*", re.ASCII)
_FILE = re.compile(rb"(\d{1,12})(?:\.(\d{1,9}))?\d* (\d{1,18}) (.+)", re.DOTALL)
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where the repository lies, and how central gets there."""

    host: str
    """The other machine's name or address."""
    user: str
    """Central's account there."""
    path: str
    """The repository's folder there."""
    identity_file: str
    """Central's private key."""
    known_hosts_file: str
    """The other machine's own key: no other is spoken to."""
    port: int = 22
    """Where its ssh listens."""
    binary: str = "/usr/bin/ssh"
    """OpenSSH's client on central's machine."""
    layout: Layout | None = None
    """What lies there, where its names do not show it."""
    shared: bool = False
    """Other backup sets are kept in the same place."""


class Unreadable(Exception):
    """What came is no list."""


def remote_command(path: str) -> str:
    """Return what the other machine is asked: its time, what lies at the top, and every file."""
    place = shlex.quote(path)
    return (
        f"date +%s && find {place} -mindepth 1 -maxdepth 1 -printf '%y %P\\0' && printf '\\0' && "
        f"exec find {place} -ignore_readdir_race -xdev -type f -printf '%C@ %s %P\\0'"
    )


class Ssh:
    """Looks at one folder of another machine; see `guardian.ports.Witness`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def look(self, looking: Looking) -> StorageLook | NoLook:
        """Ask for the list, and tell what stands in it."""
        now = looking.clock.now()
        try:
            process = subprocess.Popen(
                self._words(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=_ENVIRONMENT,
                start_new_session=True,
            )
        except OSError:
            return NoLook(looked_at=now, reason=Slug("ssh-missing"))
        listing = _Listing(process, looking)
        try:
            return self._told(listing, looking, now)
        except Unreadable:
            failed = listing.end() == SSH_FAILED
            reason = listing.cut or ("no-answer" if failed else "no-list")
            return NoLook(looked_at=now, reason=Slug(reason))
        finally:
            listing.end()

    def _told(self, listing: _Listing, looking: Looking, now: datetime) -> StorageLook:
        skew = listing.clock() - now.timestamp()
        layout = self._settings.layout or recognise(listing.top())
        gathering = Gathering(layout, looking.hashed, looking.since)
        for name, version in listing.files():
            gathering.add(name, (version,))
        status = listing.end()
        cut = listing.cut or {0: "", SSH_FAILED: "no-answer"}.get(status, "permission-missing")
        lacks = [
            Lack(question=each, reason=Slug(cut))
            for each in (Question.POINTS, Question.DATA)
            if cut
        ]
        if abs(skew) > SLACK.total_seconds():
            lacks.append(Lack(question=Question.CLOCK, reason=Slug("clock-differs")))
        return StorageLook(
            looked_at=now,
            kind=KIND,
            store=KIND,
            layout=layout,
            exclusive=not self._settings.shared,
            clock_skew_seconds=skew,
            lacks=tuple(lacks),
            **gathering.points(),
            **gathering.rest(complete=not cut),
        )

    def _words(self) -> list[str]:
        settings = self._settings
        options = {
            "BatchMode": "yes",
            "StrictHostKeyChecking": "yes",
            "UserKnownHostsFile": settings.known_hosts_file,
            "GlobalKnownHostsFile": "/dev/null",
            "IdentitiesOnly": "yes",
            "IdentityAgent": "none",
            "ClearAllForwardings": "yes",
            "ConnectTimeout": str(CONNECT_SECONDS),
            "ServerAliveInterval": str(CONNECT_SECONDS),
        }
        words = [settings.binary, "-T", "-F", "/dev/null", "-i", settings.identity_file]
        words += ["-l", settings.user, "-p", str(settings.port)]
        words += [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
        return [*words, "--", settings.host, remote_command(settings.path)]


class _Listing:
    """What the other machine writes, record by record; `cut` says why it may not be all."""

    def __init__(self, process: subprocess.Popen[bytes], looking: Looking) -> None:
        self._process = process
        self._looking = looking
        self._is_over = False
        self._held = b""
        self._records = self._split()
        self.cut = ""

    def clock(self) -> float:
        """Return the other machine's time, in Unix seconds."""
        while b"\n" not in self._held and self._more():
            pass
        told, _, self._held = self._held.partition(b"\n")
        if not told.isdigit() or len(told) > MAX_SECONDS_DIGITS:
            raise Unreadable
        return float(told)

    def top(self) -> set[str]:
        """Return the names at the top, folders with "/" at their end."""
        found: set[str] = set()
        for record in self._records:
            if not record:
                return found
            name = _text(record[2:])
            if len(found) < MAX_TOP:
                found.add(f"{name}/" if record.startswith(b"d ") else name)
        raise Unreadable

    def files(self) -> Iterator[tuple[str, Version]]:
        """Yield each file's name below the folder."""
        for number, record in enumerate(self._records):
            found = _FILE.fullmatch(record)
            if number >= MAX_FILES:
                self.cut = "too-many-files"
                return
            if found is None:
                self.cut = "unreadable"
                return
            yield _text(found[4]), Version(stored_at=_moment(found), bytes=int(found[3]))

    def end(self) -> int:
        """End it, if it has not ended, and return its exit status."""
        if self._process.stdout is not None:
            self._process.stdout.close()
        try:
            return self._process.wait(timeout=CONNECT_SECONDS if self._is_over else 0)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(OSError):
                os.killpg(self._process.pid, signal.SIGKILL)
            return self._process.wait()

    def _split(self) -> Iterator[bytes]:
        while True:
            *whole, self._held = self._held.split(b"\0")
            yield from whole
            if not self._more():
                break
        if self._held and not self.cut:
            self.cut = "unreadable"

    def _more(self) -> bool:
        """Read on; False where nothing more comes, or may come."""
        stdout = self._process.stdout
        left = self._looking.deadline - self._looking.clock.monotonic()
        if stdout is None or len(self._held) > MAX_RECORD:
            self.cut = "unreadable"
            return False
        if left <= 0 or not select.select([stdout], [], [], left)[0]:
            self.cut = "time-spent"
            return False
        more = os.read(stdout.fileno(), _CHUNK)
        self._held += more
        self._is_over = not more
        return bool(more)


def _text(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")


def _moment(found: re.Match[bytes]) -> datetime:
    whole, part = int(found[1]), (found[2] or b"")[:6].ljust(6, b"0")
    try:
        return _BEGINNING + timedelta(seconds=whole, microseconds=int(part))
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def _open(settings: Settings) -> Ssh:
    for name, pattern in (("host", _HOST), ("user", _USER)):
        if pattern.fullmatch(getattr(settings, name)) is None:
            raise ConfigError(f"{name}: {getattr(settings, name)!r} cannot be one")
    for name in ("identity_file", "known_hosts_file", "binary"):
        if _PATH.fullmatch(getattr(settings, name)) is None:
            raise ConfigError(f"{name}: expected an absolute path of letters, digits and _./@+,:=-")
    if not settings.path.startswith("/") or not settings.path.isprintable():
        raise ConfigError(f"path: {settings.path!r} is no absolute path")
    if not 0 < settings.port < 2**16:
        raise ConfigError(f"port: {settings.port} is none")
    return Ssh(settings)


WITNESS = WitnessKind(kind=KIND, settings=Settings, open=_open)
