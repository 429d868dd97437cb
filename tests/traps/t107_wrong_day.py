"""The job copies an old dump to a new name every night."""

from __future__ import annotations

from tests.world.postgresql import postgresql
from tests.world.shop import ASKED, keep_dumps, tested
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T107",
    title="The job copies an old dump to a new name every night",
    control="restore.tested",
)


def dumped(world: World, *statements: str) -> None:
    dump = world.folder / "dumps" / "shop-today.dump"
    with postgresql() as server:
        for statement in statements:
            server.sql(statement)
        server.dump(dump).checked()
    keep_dumps(world, dump.parent, ASKED)
    tested(world)


def fault(world: World) -> None:
    # What lies in the dump ends three days ago; the file itself is as young as can be.
    dumped(world, "update orders set placed = placed - interval '3 days'")


def twin(world: World) -> None:
    dumped(world)
