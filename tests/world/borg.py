"""A real borg repository, used well or badly."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.world.commands import Ran, run

PASSPHRASE = "a-long-enough-passphrase"


@dataclass(slots=True)
class Borg:
    """One repository of an encryption mode ("repokey", "none", "authenticated", ...)."""

    repository: Path
    home: Path
    mode: str = "repokey"
    passphrase: str = PASSPHRASE

    @property
    def passphrase_file(self) -> Path:
        return self.home / "borg.passphrase"

    @property
    def settings(self) -> dict[str, str]:
        """What `agent.toml` says of this copy."""
        known = {"tool": "borg", "repository": str(self.repository)}
        if self.mode != "none":
            known["passphrase_file"] = str(self.passphrase_file)
        return known

    def create(self) -> Borg:
        self.home.mkdir(parents=True, exist_ok=True)
        self.passphrase_file.write_text(self.passphrase + "\n")
        self.passphrase_file.chmod(0o600)
        self.repository.parent.mkdir(parents=True, exist_ok=True)
        self("init", "-e", self.mode, str(self.repository)).checked()
        return self

    def backup(
        self, *paths: Path | str, name: str = "{now:%Y%m%dT%H%M%S%f}", date: str | None = None
    ) -> Ran:
        """Make an archive; `date` dates it ("2026-11-20T03:00:00", UTC) as the tool allows."""
        dated = () if date is None else ("--timestamp", date)
        return self("create", *dated, f"{self.repository}::{name}", *map(str, paths))

    def segments(self) -> list[Path]:
        """Return the segment files, largest first."""
        found = [path for path in (self.repository / "data").rglob("*") if path.is_file()]
        return sorted(found, key=lambda path: path.stat().st_size, reverse=True)

    def __call__(self, *words: str, zone: str = "UTC") -> Ran:
        return run(
            "borg",
            *words,
            environment={
                "BORG_PASSPHRASE": self.passphrase,
                "HOME": str(self.home),
                "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK": "yes",
                "BORG_RELOCATED_REPO_ACCESS_IS_OK": "yes",
                "TZ": zone,
            },
        )
