"""A SQLite file is copied while a program writes to it."""

from __future__ import annotations

from tests.world import sqlite
from tests.world.monitor import BackupCopy, BackupSet
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T114",
    title="A SQLite file is copied while a program writes to it",
    control="backup.complete",
)


def keep_copies(world: World) -> None:
    settings: dict[str, object] = {
        "tool": "sqlite_copy",
        "path": str(world.folder / "copies"),
        "pattern": "*.db",
    }
    world.server.exempt["backup.encrypted"] = "copies are taken to an encrypted place hourly"
    copy = BackupCopy(name="copies", settings=settings)
    world.server.sets.append(BackupSet(name="shop-db", copies=(copy,)))


def fault(world: World) -> None:
    live = world.folder / "srv" / "shop.db"
    sqlite.make_shop(live)
    sqlite.copy_while_written(live, world.folder / "copies" / "shop.db")
    keep_copies(world)
    world.look()


def twin(world: World) -> None:
    live = world.folder / "srv" / "shop.db"
    sqlite.make_shop(live)
    sqlite.back_up(live, world.folder / "copies" / "shop.db")
    keep_copies(world)
    world.look()
