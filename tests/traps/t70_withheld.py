"""Somebody holds the statements back."""

from __future__ import annotations

from tests.world.attack import held_back
from tests.world.dates import days_ago
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T70",
    title="Somebody holds the statements back",
    control="agent.reporting",
)


def fault(world: World) -> None:
    world.office()
    restic = world.restic()
    restic.backup(world.files, date=days_ago(3.1)).checked()
    world.look(ago="3d")

    restic.backup(world.files).checked()
    held_back(world)


def twin(world: World) -> None:
    world.office()
    restic = world.restic()
    restic.backup(world.files, date=days_ago(3.1)).checked()
    world.look(ago="3d")
    restic.backup(world.files).checked()
    world.look()
