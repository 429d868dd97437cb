"""A dump holds a row that does not fit, and psql ends with status 0."""

from __future__ import annotations

from tests.world.postgresql import postgresql
from tests.world.shop import ASKED, edited, keep_dumps, tested
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T30",
    title="A dump holds a row that does not fit, and psql ends with status 0",
    control="restore.tested",
)


def fault(world: World) -> None:
    dump = world.folder / "dumps" / "shop.sql"
    with postgresql() as server:
        server.dump(dump, form="plain").checked()
        # Rows of `orders` survive, and the questions alone would be content.
        edited(dump, "\n200\tCustomer 200\n", "\n200\n")
        server.create("elsewhere")
        folder = server.folder / "shop.sql"
        folder.write_text(dump.read_text())
        done = server("psql", *server.socket, "-q", "-d", "elsewhere", "-f", folder)
        world.promise(done.status == 0 and "ERROR" in done.errors, "psql told the error itself")
    keep_dumps(world, dump.parent, ASKED)
    tested(world)


def twin(world: World) -> None:
    dump = world.folder / "dumps" / "shop.sql"
    with postgresql() as server:
        server.dump(dump, form="plain").checked()
    keep_dumps(world, dump.parent, ASKED)
    tested(world)
