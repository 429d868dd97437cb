"""A real restic repository, used well or badly."""

from __future__ import annotations

import json
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from tests.world.commands import Ran, run

PASSWORD = "a-long-enough-password"
LOCK_SECONDS = 20


@dataclass(slots=True)
class Restic:
    """One repository; `home` keeps the cache that a careless restore would trust."""

    repository: Path
    home: Path
    user: str | None = None
    password: str = PASSWORD
    kept_in: Path | None = None
    """The folder of the password file, where it is not the home."""

    @property
    def password_file(self) -> Path:
        return (self.kept_in or self.home) / "restic.password"

    @property
    def settings(self) -> dict[str, str]:
        """What `agent.toml` says of this copy."""
        return {
            "tool": "restic",
            "repository": str(self.repository),
            "password_file": str(self.password_file),
        }

    def create(self) -> Restic:
        self.home.mkdir(parents=True, exist_ok=True)
        self.password_file.write_text(self.password + "\n")
        self.password_file.chmod(0o600)
        self("init").checked()
        return self

    def backup(
        self, *paths: Path | str, date: str | None = None, extra: tuple[str, ...] = ()
    ) -> Ran:
        """Back up; `date` dates the snapshot ("2026-11-20 03:00:00", UTC) as the tool allows."""
        dated = () if date is None else ("--time", date)
        return self("backup", "--host", "web1", *dated, *extra, *map(str, paths))

    def snapshots(self) -> list[dict[str, object]]:
        return list(json.loads(self("snapshots", "--json").checked().output) or [])

    def packs(self) -> list[Path]:
        """Return the repository's pack files, largest first."""
        found = [path for path in (self.repository / "data").rglob("*") if path.is_file()]
        return sorted(found, key=lambda path: path.stat().st_size, reverse=True)

    def leave_lock(self) -> None:
        """Leave the lock of a job that was killed while it ran."""
        words = ["restic", "--repo", str(self.repository), "backup", "--stdin"]
        job = subprocess.Popen(
            words, env=self._environment | {"PATH": "/usr/bin:/bin"}, stdin=subprocess.PIPE
        )
        deadline = time.monotonic() + LOCK_SECONDS
        while not any((self.repository / "locks").iterdir()) and time.monotonic() < deadline:
            time.sleep(0.05)
        job.kill()
        job.wait()

    def cached_packs(self) -> list[Path]:
        """Return the packs of the repository that this host's cache also holds."""
        cached = {path.name for path in self.home.glob(".cache/restic/*/data/*/*")}
        return [path for path in self.packs() if path.name in cached]

    @property
    def _environment(self) -> dict[str, str]:
        return {"RESTIC_PASSWORD": self.password, "HOME": str(self.home)}

    def __call__(self, *words: str) -> Ran:
        return run(
            "restic",
            "--repo",
            self.repository,
            *words,
            environment=self._environment,
            user=self.user,
        )


def damage(path: Path, share: float = 0.5, count: int = 64) -> None:
    """Flip `count` bytes in the middle of a file, as a bad disk does."""
    path.chmod(0o600)
    content = bytearray(path.read_bytes())
    start = int(len(content) * share)
    for offset in range(start, min(start + count, len(content))):
        content[offset] ^= 0xFF
    path.write_bytes(bytes(content))


def damage_trees(restic: Restic) -> None:
    """Damage the packs of directories, which the cache still has whole."""
    for path in restic.cached_packs():
        damage(path)
