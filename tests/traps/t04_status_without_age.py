"""pgBackRest says ok of a stanza whose newest backup is ten days old."""

from __future__ import annotations

from tests.world.pgbackrest import pgbackrest
from tests.world.shop import keep
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T04",
    title="pgBackRest says ok of a stanza whose newest backup is ten days old",
    control="backup.fresh",
)


def backed_up(world: World, shift: str | None) -> None:
    world.server.exempt["backup.encrypted"] = "whether it is encrypted is another trap's"
    with pgbackrest(shift=shift) as repository:
        repository.backup().checked()
        keep(world, repository.settings)
        world.look()


def fault(world: World) -> None:
    backed_up(world, "-10d")


def twin(world: World) -> None:
    backed_up(world, None)
