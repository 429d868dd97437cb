"""What a case of the demo is: one server's story, told in the order in which things happened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from tests.world import live
from tests.world.archive import encrypted
from tests.world.borg import PASSPHRASE, Borg
from tests.world.monitor import BackupCopy, BackupSet, Server
from tests.world.restic import Restic

Tool = TypeVar("Tool", Restic, Borg)


def nothing(place: Place) -> None:
    """Let the phase go by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One server. The phases are run in the order in which they stand here."""

    client: str
    server: str
    story: str
    """What is the matter, for the newcomer who reads the demo's end."""
    prepare: Callable[[Place], None]
    """Before Guardian came: live data, repositories, earlier backups."""
    backup: Callable[[Place], None] = nothing
    """The night after Guardian's agent looked for the first time."""
    afterwards: Callable[[Place], None] = nothing
    """What went wrong after the backup, behind everybody's back."""
    control: str | None = None
    """The control that must find it; None for a healthy server."""
    status: str = "fail"
    enrolled: bool = True
    ago: str | None = None
    """When the agent spoke last; None: it speaks now."""


@dataclass(slots=True)
class Place:
    """One server's disk in the demo, and what was agreed about it."""

    folder: Path
    server: Server
    tool: Restic | Borg | None = None
    tests: list[dict[str, object]] = field(default_factory=list)
    """Restore tests agreed on before the copy; without any, those made by default."""

    @property
    def files(self) -> Path:
        """The live data of the backup set `files`."""
        return self.folder / "srv" / "files"

    @property
    def exports(self) -> Path:
        """Where the server's programs leave exports of client data."""
        return self.folder / "srv" / "exports"

    def office(self, *, seed: str = "office") -> None:
        """Fill the live data, and lay one encrypted export beside it."""
        live.office(self.files, seed=seed)
        self.exports.mkdir(parents=True, exist_ok=True)
        secret = self.exports / "customers.csv.enc"
        encrypted(b"name,iban\nA. Example,DE00 0000\n" * 40, secret)
        self.server.exposures["exports"] = self.exports

    def restic(self, *, user: str | None = None) -> Restic:
        """Keep the files in a restic repository."""
        made = Restic(self.folder / "backup" / "restic", self.folder / "home", user).create()
        return self._keep(made)

    def borg(self, mode: str = "repokey", *, passphrase: str = PASSPHRASE) -> Borg:
        """Keep the files in a borg repository."""
        place = self.folder / "backup" / "borg"
        return self._keep(Borg(place, self.folder / "home", mode, passphrase).create())

    def keep(self, settings: dict[str, object], *, backup_set: str = "files") -> None:
        """Agree on one copy of a backup set."""
        copy = BackupCopy(name="local", settings=settings)
        paths = (self.files,) if backup_set == "files" else ()
        tests = tuple(self.tests)
        known = BackupSet(name=backup_set, paths=paths, copies=(copy,), tests=tests)
        self.server.sets.append(known)

    def _keep(self, tool: Tool) -> Tool:
        self.tool = tool
        self.keep(dict(tool.settings))
        return tool
