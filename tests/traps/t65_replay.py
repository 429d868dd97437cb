"""A good statement of last week is sent again."""

from __future__ import annotations

from tests.world.attack import record, send
from tests.world.dates import days_ago
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T65",
    title="A good statement of last week is sent again",
    control="agent.reporting",
)


def fault(world: World) -> None:
    world.office()
    restic = world.restic()
    restic.backup(world.files, date=days_ago(3.1)).checked()
    stored = record(world, ago="3d")

    send(world, stored)


def twin(world: World) -> None:
    world.office()
    restic = world.restic()
    restic.backup(world.files, date=days_ago(3.1)).checked()
    world.look(ago="3d")
    restic.backup(world.files).checked()
    world.look()
