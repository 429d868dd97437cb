"""A restore brings back one of two disks, and everything on it is well."""

from __future__ import annotations

from tests.world.live import office
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T33",
    title="A restore proves less than it says: one of two disks is not in it",
    control="restore.tested",
)


def fault(world: World) -> None:
    _two_disks(world)
    world.restic().backup(world.files).checked()
    world.look()
    world.restore_test()


def twin(world: World) -> None:
    _two_disks(world)
    world.restic().backup(*world.paths).checked()
    world.look()
    world.restore_test()


def _two_disks(world: World) -> None:
    world.office()
    world.paths.append(world.folder / "data" / "mail")
    office(world.paths[1], seed="mail")
    world.plan("full")
