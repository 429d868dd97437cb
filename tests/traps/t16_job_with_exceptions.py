"""The job ended with an error, and the listing shows nothing."""

from __future__ import annotations

from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T16",
    title="The job ended with an error, and the listing shows nothing",
    control="backup.complete",
)


def fault(world: World) -> None:
    world.office()
    restic = world.restic()
    restic.backup(world.files).checked()
    world.look()
    world.job("sh", "-c", "exit 3")
    world.look()


def twin(world: World) -> None:
    world.office()
    restic = world.restic()
    restic.backup(world.files).checked()
    world.look()
    world.job("sh", "-c", "exit 0")
    world.look()
