"""A statement names a path to write to."""

from __future__ import annotations

from tests.world.attack import forged, send
from tests.world.dates import days_ago
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T83",
    title="A statement names a path to write to",
    control="agent.reporting",
)


def fault(world: World) -> None:
    world.office()
    restic = world.restic()
    restic.backup(world.files, date=days_ago(3.1)).checked()
    world.look(ago="3d")

    send(world, forged(world, agent="../../escaped"))
    world.promise(not list(world.folder.rglob("escaped*")), "a peer's name became a file")


def twin(world: World) -> None:
    world.office()
    restic = world.restic()
    restic.backup(world.files, date=days_ago(3.1)).checked()
    world.look(ago="3d")
    restic.backup(world.files).checked()
    world.look()
