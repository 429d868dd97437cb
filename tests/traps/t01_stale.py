"""The expected snapshot did not come."""

from __future__ import annotations

from tests.world.dates import days_ago
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T01",
    title="The expected snapshot did not come",
    control="backup.fresh",
)


def fault(world: World) -> None:
    world.office()
    world.restic().backup(world.files, date=days_ago(3)).checked()
    world.look()


def twin(world: World) -> None:
    world.office()
    world.restic().backup(world.files).checked()
    world.look()
