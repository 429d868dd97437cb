"""A data pack is damaged, and the structure is sound."""

from __future__ import annotations

from tests.world.restic import damage
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T21",
    title="A data pack is damaged, and the structure is sound",
    control="restore.intact",
)


def fault(world: World) -> None:
    world.office(count=60)
    restic = world.restic()
    restic.backup(world.files).checked()
    damage(restic.packs()[0])
    world.look()
    world.restore_test()


def twin(world: World) -> None:
    world.office(count=60)
    world.restic().backup(world.files).checked()
    world.look()
    world.restore_test()
