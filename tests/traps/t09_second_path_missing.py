"""One of two configured paths is not in the backup."""

from __future__ import annotations

from tests.world.live import office
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T09",
    title="One of two configured paths is not in the backup",
    control="backup.complete",
)


def fault(world: World) -> None:
    world.office()
    second = world.folder / "srv" / "mail"
    world.paths.append(second)
    world.borg().backup(world.files, second)
    world.look()


def twin(world: World) -> None:
    world.office()
    second = world.folder / "srv" / "mail"
    world.paths.append(second)
    office(second, seed="mail")
    world.borg().backup(world.files, second).checked()
    world.look()
