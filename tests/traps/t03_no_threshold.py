"""No threshold was set, and the backup is years old."""

from __future__ import annotations

from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T03",
    title="No threshold was set, and the backup is years old",
    control="backup.fresh",
)


def fault(world: World) -> None:
    world.office()
    world.borg().backup(world.files, date="2021-03-04T05:06:07").checked()
    world.look()


def twin(world: World) -> None:
    world.office()
    world.borg().backup(world.files).checked()
    world.look()
