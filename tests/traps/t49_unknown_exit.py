"""A job ends with an exit status nobody documented."""

from __future__ import annotations

from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T49",
    title="A job ends with an exit status nobody documented",
    control="backup.complete",
)


def fault(world: World) -> None:
    world.office()
    world.restic().backup(world.files).checked()
    world.look()
    world.job("sh", "-c", "exit 77")
    world.look()


def twin(world: World) -> None:
    world.office()
    world.restic().backup(world.files).checked()
    world.look()
    world.job("true")
    world.look()
