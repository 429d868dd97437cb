"""What every database has already, and roles of another server, are no damage."""

from __future__ import annotations

from pathlib import Path

from tests.world.postgresql import postgresql
from tests.world.shop import ASKED, edited, keep_dumps, tested
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T31",
    title="What every database has already, and roles of another server, are no damage",
    control="restore.tested",
    says=frozenset({"pass"}),
)
HEAD = "SET row_security = off;\n"


def dumped(world: World, *words: str) -> Path:
    dump = world.folder / "dumps" / "shop.sql"
    with postgresql() as server:
        server.sql("create role shopkeeper; alter table orders owner to shopkeeper")
        server.dump(dump, *words, form="plain").checked()
    return dump


def fault(world: World) -> None:
    dump = dumped(world)
    edited(dump, HEAD, f"{HEAD}CREATE SCHEMA public;\n")
    keep_dumps(world, dump.parent, ASKED)
    tested(world)


def twin(world: World) -> None:
    dump = dumped(world, "--no-owner")
    keep_dumps(world, dump.parent, ASKED)
    tested(world)
