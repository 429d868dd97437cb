"""The dump of an empty database is whole, and restores to nothing."""

from __future__ import annotations

from tests.world.postgresql import postgresql
from tests.world.shop import keep_dumps, tested
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T104",
    title="The dump of an empty database is whole, and restores to nothing",
    control="restore.tested",
)


def dumped(world: World, database: str) -> None:
    dump = world.folder / "dumps" / "shop.dump"
    with postgresql() as server:
        server.create("empty")
        server.dump(dump, database=database).checked()
    keep_dumps(world, dump.parent)
    tested(world)


def fault(world: World) -> None:
    dumped(world, "empty")


def twin(world: World) -> None:
    dumped(world, "shop")
