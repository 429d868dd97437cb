"""A data pack is damaged, the structure is sound, and one check reads only half of the data."""

from __future__ import annotations

from tests.world.restic import Restic, damage
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T21",
    title="A data pack is damaged, and the structure is sound",
    control="restore.intact",
)


def fault(world: World) -> None:
    damage(_backed_up(world).packs()[0])
    world.look()
    world.restore_test()
    said = [each.reason for each in world.findings() if each.control == TRAP.control]
    world.promise("all of the data" not in said[0], "half of the data passed for all of it")
    world.restore_test()


def twin(world: World) -> None:
    _backed_up(world)
    world.look()
    world.restore_test()
    world.restore_test()


def _backed_up(world: World) -> Restic:
    world.office(count=60)
    restic = world.restic()
    world.use("local", read_data="50%")
    restic.backup(world.files).checked()
    return restic
