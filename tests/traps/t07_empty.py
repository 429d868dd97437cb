"""A snapshot is empty because the data was not mounted."""

from __future__ import annotations

from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T07",
    title="A snapshot is empty because the data was not mounted",
    control="backup.complete",
)


def fault(world: World) -> None:
    world.office()
    restic = world.restic()
    world.look()
    world.files.rename(world.files.with_name("unmounted"))
    world.files.mkdir()
    world.look()
    restic.backup(world.files).checked()
    world.look()


def twin(world: World) -> None:
    world.office()
    world.restic().backup(world.files).checked()
    world.look()
