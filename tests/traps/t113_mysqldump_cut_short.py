"""mysqldump dies in the middle, and the pipe says success."""

from __future__ import annotations

import gzip
from pathlib import Path

from tests.world.mariadb import mariadb
from tests.world.monitor import BackupCopy, BackupSet
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T113",
    title="mysqldump dies in the middle, and the pipe says success",
    control="backup.complete",
)


def keep_dumps(world: World, dump: str) -> None:
    """Drop a packed dump into a folder, as `mysqldump shop | gzip > shop.sql.gz` does."""
    folder = world.folder / "dumps"
    folder.mkdir()
    (folder / "shop.sql.gz").write_bytes(gzip.compress(dump.encode()))
    settings: dict[str, object] = {
        "tool": "mariadb_dump",
        "path": str(folder),
        "pattern": "*.sql.gz",
    }
    world.server.exempt["backup.encrypted"] = "dumps are copied to an encrypted place hourly"
    copy = BackupCopy(name="dumps", settings=settings)
    world.server.sets.append(BackupSet(name="shop-db", copies=(copy,)))


def dump_of(world: World) -> str:
    path: Path = world.folder / "whole.sql"
    with mariadb() as server:
        server.dump(path, "shop")
    return path.read_text()


def fault(world: World) -> None:
    dump = dump_of(world)
    # It ends between two statements: every one of them would load.
    cut = dump.rindex(";\n", 0, len(dump) // 2) + 2
    keep_dumps(world, dump[:cut])
    world.look()


def twin(world: World) -> None:
    keep_dumps(world, dump_of(world))
    world.look()
