"""A statement says a key twice."""

from __future__ import annotations

from tests.world.attack import send, signed, twice_the_number
from tests.world.dates import days_ago
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T78",
    title="A statement says a key twice",
    control="agent.reporting",
)


def fault(world: World) -> None:
    world.office()
    restic = world.restic()
    restic.backup(world.files, date=days_ago(3.1)).checked()
    world.look(ago="3d")

    send(world, signed(world, twice_the_number))


def twin(world: World) -> None:
    world.office()
    restic = world.restic()
    restic.backup(world.files, date=days_ago(3.1)).checked()
    world.look(ago="3d")
    restic.backup(world.files).checked()
    world.look()
