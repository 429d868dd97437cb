"""A pgBackRest repository of a throw-away PostgreSQL server."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.world.commands import Ran, run
from tests.world.postgresql import PostgreSQL, postgresql

STANZA = "shop"
CONFIGURATION = """\
[global]
repo1-path={folder}/repository
log-path={folder}/log
lock-path={folder}/lock
log-level-file=off
log-level-console=warn
start-fast=y
repo1-bundle=y
compress-type=lz4
{more}
[{stanza}]
pg1-path={data}
pg1-socket-path={socket}
pg1-user=postgres
"""


@dataclass(slots=True)
class PgBackRest:
    """A repository with a stanza `shop`."""

    folder: Path
    server: PostgreSQL

    @property
    def configuration(self) -> Path:
        """The tool's own configuration."""
        return self.folder / "pgbackrest.conf"

    @property
    def repository(self) -> Path:
        """Where backups and archive lie."""
        return self.folder / "repository"

    @property
    def settings(self) -> dict[str, object]:
        """How the agent finds it."""
        return {"tool": "pgbackrest", "stanza": STANZA, "config": str(self.configuration)}

    def backup(self, kind: str = "full") -> Ran:
        """Make a backup, dated by the server's clock."""
        return self("backup", f"--type={kind}")

    def damage(self) -> None:
        """Flip a bit in the largest file of the newest full backup."""
        kept = (self.repository / "backup" / STANZA).glob("*F/**/*")
        file = max((path for path in kept if path.is_file()), key=lambda path: path.stat().st_size)
        data = bytearray(file.read_bytes())
        data[len(data) // 2] ^= 0x40
        file.write_bytes(data)

    def __call__(self, command: str, *words: str) -> Ran:
        options = (f"--config={self.configuration}", f"--stanza={STANZA}")
        return run("pgbackrest", command, *options, *words, user=self.server.user)


@contextlib.contextmanager
def pgbackrest(
    *more: str, checksums: bool = True, shift: str | None = None
) -> Iterator[PgBackRest]:
    """Start a server that archives into a repository.

    Args:
        more: further lines of pgBackRest's global configuration.
        checksums: let the server's pages carry one.
        shift: how far the server's clock is moved, by which backups are dated ("-10d").
    """
    folder = Path(tempfile.mkdtemp(prefix="guardian-pgbackrest-"))
    words = f"pgbackrest --config={folder}/pgbackrest.conf --stanza={STANZA} archive-push %p"
    archiving = ("archive_mode = on", f"archive_command = '{words}'", "max_wal_senders = 3")
    try:
        settings = (*archiving, "wal_level = replica")
        with postgresql(*settings, checksums=checksums, shift=shift) as server:
            made = PgBackRest(folder, server)
            text = CONFIGURATION.format(
                folder=folder,
                more="\n".join(more),
                stanza=STANZA,
                data=server.data,
                socket=server.folder,
            )
            made.configuration.write_text(text)
            _give(folder, server.user)
            made("stanza-create").checked()
            yield made
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _give(folder: Path, user: str | None) -> None:
    if user is not None:
        who = pwd.getpwnam(user)
        for path in (folder, *folder.rglob("*")):
            os.chown(path, who.pw_uid, who.pw_gid)
