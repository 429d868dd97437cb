"""What a monitor under test must offer; the traps know nothing else of it.

To put another monitor through the traps, implement `Monitor` for it and give it to
`benchmark.run`. `guardian.py` beside this file is Guardian's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupCopy:
    """One place where a backup set is kept, with the tool's own settings."""

    name: str
    settings: dict[str, object]
    witness: dict[str, object] | None = None
    """How the monitor looks at its storage itself; None: it does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupSet:
    """A named thing that must be recoverable."""

    name: str
    paths: tuple[Path, ...] = ()
    copies: tuple[BackupCopy, ...] = ()
    tests: tuple[dict[str, object], ...] = ()
    """Restore tests agreed on, each its kind and settings; without any, those made by default."""


@dataclass(slots=True, kw_only=True)
class Server:
    """A client's server as the provider agreed to look after it."""

    client: str
    name: str
    folder: Path
    """Where this server's own files lie: its agent's state, its configuration."""
    sets: list[BackupSet] = field(default_factory=list)
    exposures: dict[str, Path] = field(default_factory=dict)
    watched: dict[str, dict[str, object]] = field(default_factory=dict)
    """What is agreed of a watched place beyond its folder, by its name (`owners`, say)."""
    volumes: dict[str, Path] = field(default_factory=dict)
    exported: dict[str, Path] = field(default_factory=dict)
    """name -> file with the state of a Windows server's disks, as it was exported there"""
    databases: dict[str, dict[str, object]] = field(default_factory=dict)
    """name -> engine and its settings"""
    buckets: dict[str, dict[str, object]] = field(default_factory=dict)
    """name -> bucket, endpoint and so on"""
    jobs: dict[str, object] | None = None
    """Where backup jobs lie; None: they are not looked at."""
    client_name: str | None = None
    """What the client is called in reports."""
    custody_of: str | None = None
    """The client whose data this server of the provider holds,"""
    gone_by: date | None = None
    """and the first day on which it must be gone."""
    offboarded: date | None = None
    """The day on which this server's client left."""
    policy: dict[str, dict[str, object]] = field(default_factory=dict)
    """control -> settings, for the whole server."""
    exempt: dict[str, str] = field(default_factory=dict)
    """control -> reason, for the whole server."""
    standards: list[str] = field(default_factory=list)
    """Standards whose requirements are answered for this server's client."""
    certified: list[dict[str, object]] = field(default_factory=list)
    """Certified means that the operator names for it."""
    told: dict[str, object] = field(default_factory=dict)
    """What else is agreed of the server: its zone, whether it is in use or always on."""
    limits: dict[str, object] = field(default_factory=dict)
    exempt_without_end: bool = False
    """Write the exemptions without their end, as a careless operator would."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One verdict of the monitor.

    A requirement of a standard is a control called `standard/requirement`: `pass` where there is
    evidence for it, `fail` where what is known speaks against it, else `unknown`.
    """

    client: str
    server: str
    backup_set: str | None
    copy: str | None
    control: str
    status: str
    reason: str


class ConfigRefused(Exception):
    """The monitor refuses what it was asked to watch, and says why."""


class Monitor(Protocol):
    """A backup monitor, reached as its users reach it."""

    def configure(self, server: Server) -> None:
        """Agree on a server: what must exist, and where its agent finds it."""

    def connect(self, server: Server) -> None:
        """Give the server's agent its identity."""

    def look(
        self,
        server: Server,
        *,
        ago: str | None = None,
        skew: str | None = None,
        zone: str | None = None,
    ) -> None:
        """Let the server's agent look once and deliver.

        `ago` ("3d"): all this happened that long ago, by everybody's clock. `skew` ("+2h"): only
        the server's clock is wrong. `zone`: the server's time zone.
        """

    def restore_test(self, server: Server, *, ago: str | None = None) -> None:
        """Run the restore tests of the server and deliver their outcome."""

    def job(self, server: Server, backup_set: str, *words: str) -> None:
        """Run a backup job with the agent watching how it ends."""

    def witness(self) -> None:
        """Let the monitor look at storage itself."""

    def findings(self, *, ago: str | None = None) -> list[Finding]:
        """Judge now, or that long ago by everybody's clock.

        Raise `ConfigRefused` where the configuration cannot be used.
        """

    def report(self, server: Server) -> bytes:
        """Return the running month's report for the server's client, as PDF."""
