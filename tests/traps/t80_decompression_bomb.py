"""A small body unpacks to a gigabyte."""

from __future__ import annotations

from tests.world.attack import post_bomb
from tests.world.dates import days_ago
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T80",
    title="A small body unpacks to a gigabyte",
    control="agent.reporting",
)


def fault(world: World) -> None:
    world.office()
    restic = world.restic()
    restic.backup(world.files, date=days_ago(3.1)).checked()
    world.look(ago="3d")

    status = post_bomb(world)
    world.promise(status == 413, f"the bomb was answered with {status}")


def twin(world: World) -> None:
    world.office()
    restic = world.restic()
    restic.backup(world.files, date=days_ago(3.1)).checked()
    world.look(ago="3d")
    restic.backup(world.files).checked()
    world.look()
