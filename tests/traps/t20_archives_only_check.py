"""A flipped bit that only reading the data can find."""

from __future__ import annotations

from tests.world.restic import damage
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T20",
    title="A flipped bit that only reading the data can find",
    control="restore.intact",
)


def fault(world: World) -> None:
    world.office(count=60)
    borg = world.borg()
    borg.backup(world.files).checked()
    damage(borg.segments()[0], count=1)
    world.look()
    world.restore_test()


def twin(world: World) -> None:
    world.office(count=60)
    borg = world.borg()
    borg.backup(world.files).checked()
    world.look()
    world.restore_test()
