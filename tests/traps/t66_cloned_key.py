"""Two machines write with one key."""

from __future__ import annotations

from tests.world.attack import cloned, write_as
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T66",
    title="Two machines write with one key",
    control="agent.key",
)


def fault(world: World) -> None:
    world.office()
    world.restic().backup(world.files).checked()
    world.look()
    clone = cloned(world)
    world.look()
    write_as(world, clone)


def twin(world: World) -> None:
    world.office()
    world.restic().backup(world.files).checked()
    world.look()
    world.look()
