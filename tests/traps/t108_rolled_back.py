"""A dump in one transaction is rolled back whole by one message, and psql ends with status 0."""

from __future__ import annotations

from tests.world.postgresql import postgresql
from tests.world.shop import keep_dumps, tested
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T108",
    title="A dump in one transaction is rolled back whole by one message",
    control="restore.tested",
)


def dumped(world: World, *words: str) -> None:
    dump = world.folder / "dumps" / "shop.sql"
    with postgresql() as server:
        server.sql("create role shopkeeper; alter table orders owner to shopkeeper")
        server.dump(dump, *words, form="plain").checked()
    dump.write_text(f"BEGIN;\n{dump.read_text()}COMMIT;\n")
    keep_dumps(world, dump.parent)
    tested(world)


def fault(world: World) -> None:
    dumped(world)


def twin(world: World) -> None:
    dumped(world, "--no-owner")
