"""A stolen key jumps far ahead in the numbers."""

from __future__ import annotations

from tests.world.attack import forged, send
from tests.world.dates import days_ago
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T67",
    title="A stolen key jumps far ahead in the numbers",
    control="agent.reporting",
)


def fault(world: World) -> None:
    world.office()
    restic = world.restic()
    restic.backup(world.files, date=days_ago(3.1)).checked()
    world.look(ago="3d")

    send(world, forged(world, number=2**62))


def twin(world: World) -> None:
    world.office()
    restic = world.restic()
    restic.backup(world.files, date=days_ago(3.1)).checked()
    world.look(ago="3d")
    restic.backup(world.files).checked()
    world.look()
