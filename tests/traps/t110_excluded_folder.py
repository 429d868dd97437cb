"""The backup job leaves a folder out that was agreed on."""

from __future__ import annotations

from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T110",
    title="The backup leaves out a folder that was agreed on",
    control="restore.tested",
)


def fault(world: World) -> None:
    world.office()
    world.restic().backup(world.files, extra=("--exclude", "department-2")).checked()
    world.look()
    world.restore_test()


def twin(world: World) -> None:
    world.office()
    world.restic().backup(world.files).checked()
    world.look()
    world.restore_test()
