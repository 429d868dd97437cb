"""A dump ends in the middle, and the pipe says success."""

from __future__ import annotations

from pathlib import Path

from tests.world.monitor import BackupCopy, BackupSet
from tests.world.postgresql import postgresql
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T10",
    title="A dump ends in the middle, and the pipe says success",
    control="backup.complete",
)


def keep_dumps(world: World, folder: Path) -> None:
    settings: dict[str, object] = {
        "tool": "postgres_dump",
        "path": str(folder),
        "pattern": "*.sql",
    }
    world.server.exempt["backup.encrypted"] = "dumps are copied to an encrypted place hourly"
    copy = BackupCopy(name="dumps", settings=settings)
    world.server.sets.append(BackupSet(name="shop-db", copies=(copy,)))


def fault(world: World) -> None:
    dumps = world.folder / "dumps"
    with postgresql() as server:
        server.dump(dumps / "shop.sql", form="plain").checked()
    whole = (dumps / "shop.sql").read_bytes()
    (dumps / "shop.sql").write_bytes(whole[: len(whole) // 2])
    keep_dumps(world, dumps)
    world.look()


def twin(world: World) -> None:
    dumps = world.folder / "dumps"
    with postgresql() as server:
        server.dump(dumps / "shop.sql", form="plain").checked()
    keep_dumps(world, dumps)
    world.look()
