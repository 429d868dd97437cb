"""A dump of an empty database is whole, and restores to nothing."""

from __future__ import annotations

from tests.world.mariadb import SHOP, mariadb
from tests.world.monitor import BackupCopy, BackupSet
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T115",
    title="A dump of an empty database is whole, and restores to nothing",
    control="restore.tested",
)


def restored(world: World, script: str) -> None:
    """Dump what a script makes, and let the server test it."""
    folder = world.folder / "dumps"
    with mariadb(script) as server:
        server.dump(folder / "shop.sql", "--databases", "shop")
    settings: dict[str, object] = {
        "tool": "mariadb_dump",
        "path": str(folder),
        "pattern": "*.sql",
    }
    world.server.exempt["backup.encrypted"] = "dumps are copied to an encrypted place hourly"
    copy = BackupCopy(name="dumps", settings=settings)
    world.server.sets.append(BackupSet(name="shop-db", copies=(copy,)))
    world.look()
    world.restore_test()


def fault(world: World) -> None:
    restored(world, "CREATE DATABASE shop;")


def twin(world: World) -> None:
    restored(world, SHOP)
