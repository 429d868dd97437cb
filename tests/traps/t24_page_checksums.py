"""Pages whose checksum was wrong are backed up, and the tool says ok."""

from __future__ import annotations

from tests.world.damage import break_page
from tests.world.pgbackrest import pgbackrest
from tests.world.shop import keep
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T24",
    title="Pages whose checksum was wrong are backed up, and the tool says ok",
    control="restore.intact",
)


def backed_up(world: World, *, broken: bool) -> None:
    world.server.exempt["backup.encrypted"] = "whether it is encrypted is another trap's"
    with pgbackrest() as repository:
        if broken:
            break_page(repository.server, "orders")
        repository.backup().checked()
        keep(world, repository.settings)
        world.look()
        world.restore_test()


def fault(world: World) -> None:
    backed_up(world, broken=True)


def twin(world: World) -> None:
    backed_up(world, broken=False)
