"""Another database is dumped under the name of the right one."""

from __future__ import annotations

from tests.world.postgresql import postgresql
from tests.world.shop import ASKED, keep_dumps, tested
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T105",
    title="Another database is dumped under the name of the right one",
    control="restore.tested",
)
STAGING = """
create table orders (id int, customer int, euros numeric, placed timestamptz);
insert into orders select n, 1, 1, now() from generate_series(1, 40) n;
"""


def dumped(world: World, database: str) -> None:
    dump = world.folder / "dumps" / "shop.sql"
    with postgresql() as server:
        server.create("staging")
        server.sql(STAGING, "staging")
        server.dump(dump, form="plain", database=database).checked()
    keep_dumps(world, dump.parent, ASKED)
    tested(world)


def fault(world: World) -> None:
    dumped(world, "staging")


def twin(world: World) -> None:
    dumped(world, "shop")
