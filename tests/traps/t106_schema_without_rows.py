"""A dump holds every table, and the rows of the one that matters are left out."""

from __future__ import annotations

from tests.world.postgresql import postgresql
from tests.world.shop import ASKED, keep_dumps, tested
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T106",
    title="A dump holds every table, and the rows of the one that matters are left out",
    control="restore.tested",
)


def dumped(world: World, *words: str) -> None:
    dump = world.folder / "dumps" / "shop.dump"
    with postgresql() as server:
        server.dump(dump, *words).checked()
    keep_dumps(world, dump.parent, ASKED)
    tested(world)


def fault(world: World) -> None:
    dumped(world, "--exclude-table-data=orders")


def twin(world: World) -> None:
    dumped(world)
