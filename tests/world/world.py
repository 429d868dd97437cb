"""One small world for a trap: a client, a server, its live data and copies, and a monitor."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.world import live
from tests.world.archive import Archive
from tests.world.borg import Borg
from tests.world.monitor import BackupCopy, BackupSet, Finding, Monitor, Server
from tests.world.restic import Restic


@dataclass(slots=True)
class World:
    """Client `acme` with one server `web1`, whose backup set `files` has the copies made here."""

    folder: Path
    monitor: Monitor
    server: Server = field(init=False)
    paths: list[Path] = field(init=False)
    copies: list[BackupCopy] = field(default_factory=list)
    tests: list[dict[str, object]] = field(default_factory=list)
    broken_promises: list[str] = field(default_factory=list)
    ago: str | None = None
    """How long ago all this happens, by everybody's clock; None: now."""
    _agreed: bool = False

    def __post_init__(self) -> None:
        self.paths = [self.folder / "srv" / "files"]
        self.server = Server(client="acme", name="web1", folder=self.folder / "web1")
        for control in ("data.encrypted", "data.exposed", "data.personal"):
            self.server.exempt[control] = "what lies on the live disk is not this trap's subject"
        os.chmod(self.folder, 0o755)  # noqa: PTH101 - the trap's user must reach its files

    @property
    def files(self) -> Path:
        """The live data of the backup set."""
        return self.paths[0]

    def office(
        self, *, count: int = live.COUNT, seed: str = "office", age: int = live.AN_HOUR
    ) -> Path:
        """Fill the live data with files last changed `age` seconds ago."""
        return live.office(self.files, count=count, seed=seed, age=age)

    def restic(self, name: str = "local", *, user: str | None = None, **how: Any) -> Restic:
        """Make a restic repository and agree on it as a copy; `how` are its further fields."""
        where = self.folder / f"restic-{name}", self.folder / f"home-{name}"
        made = Restic(*where, user, **how).create()
        self.keep(name, dict(made.settings))
        return made

    def borg(self, name: str = "local", mode: str = "repokey", **how: Any) -> Borg:
        """Make a borg repository and agree on it as a copy; `how` are its further fields."""
        where = self.folder / f"borg-{name}", self.folder / f"home-{name}"
        made = Borg(*where, mode, **how).create()
        self.keep(name, dict(made.settings))
        return made

    def archive(self, suffix: str = ".tar.gz") -> Archive:
        """Make a drop folder of archives and agree on it as a copy, readable as it is."""
        made = Archive(self.folder / "archives", suffix)
        self.keep("local", made.settings(self.folder))
        if suffix == ".tar.gz":
            self.server.exempt["backup.encrypted"] = "whether it is encrypted is another trap's"
        return made

    def keep(self, name: str, settings: dict[str, object]) -> None:
        """Agree on a copy with the settings of its tool."""
        self.copies.append(BackupCopy(name=name, settings=settings))

    def use(self, name: str, **settings: object) -> None:
        """Change a copy's settings before it is agreed on."""
        self.copies = [
            BackupCopy(name=each.name, settings={**each.settings, **settings})
            if each.name == name
            else each
            for each in self.copies
        ]

    def have_witnessed(self, name: str, **witness: object) -> None:
        """Agree that the monitor looks at a copy's storage itself."""
        self.copies = [
            replace(each, witness=witness) if each.name == name else each for each in self.copies
        ]

    def watch(self, control: str, name: str = "exports", **agreed: object) -> Path:
        """Agree on a new folder whose files are looked at; `control` is then judged."""
        self.server.exempt.pop(control)
        folder = self.folder / "srv" / name
        folder.mkdir(parents=True)
        self.server.exposures[name] = folder
        self.server.watched[name] = agreed
        return folder

    def plan(self, kind: str, **settings: object) -> None:
        """Agree on a kind of restore test with its settings; then only those agreed are made."""
        self.tests.append({"kind": kind, **settings})

    def look(
        self, *, ago: str | None = None, skew: str | None = None, zone: str | None = None
    ) -> None:
        """Let the agent look once and deliver; see `Monitor.look`."""
        self.protect()
        self.monitor.look(self.server, ago=ago or self.ago, skew=skew, zone=zone)

    def restore_test(self, *, ago: str | None = None) -> None:
        """Run the restore tests and deliver what came out."""
        self.protect()
        self.monitor.restore_test(self.server, ago=ago)

    def job(self, *words: str) -> None:
        """Run a backup job under the agent's eyes; the next look tells how it ended."""
        self.protect()
        self.monitor.job(self.server, "files", *words)

    def sandbox_files(self) -> list[Path]:
        """Return what a restore test left behind on the server."""
        sandbox = self.server.folder / "state" / "sandbox"
        return [path for path in sandbox.rglob("*") if path.is_file()]

    def agree(self) -> None:
        """Configure the server without connecting it; the copies made so far are agreed on."""
        if not self.server.sets:
            files = BackupSet(
                name="files",
                paths=tuple(self.paths),
                copies=tuple(self.copies),
                tests=tuple(self.tests),
            )
            self.server.sets.append(files)
        self._agreed = True
        self.monitor.configure(self.server)

    def reconfigure(self) -> None:
        """Write the configuration again after a change of `server`."""
        self.monitor.configure(self.server)

    def protect(self) -> None:
        """Configure and connect the server, once."""
        if self._agreed:
            return
        self.agree()
        self.monitor.connect(self.server)

    def report(self) -> bytes:
        """Return the running month's report as PDF."""
        return self.monitor.report(self.server)

    def witness(self) -> None:
        """Let the monitor look at storage itself."""
        self.monitor.witness()

    def findings(self) -> list[Finding]:
        """Judge now."""
        return self.monitor.findings(ago=self.ago)

    def promise(self, kept: bool, text: str) -> None:  # noqa: FBT001 - reads as a sentence
        """Claim something beside the finding; a broken promise spoils the trap."""
        if not kept:
            self.broken_promises.append(text)
