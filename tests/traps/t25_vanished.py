"""Young restore points are deleted, and the newest is fresh."""

from __future__ import annotations

from tests.world.dates import days_ago
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T25",
    title="Young restore points are deleted, and the newest is fresh",
    control="backup.vanished",
)


def fault(world: World) -> None:
    world.office()
    restic = world.restic()
    for days in (3, 2, 1):
        restic.backup(world.files, date=days_ago(days)).checked()
    world.look()
    restic.backup(world.files).checked()
    restic("forget", "--keep-last", "1", "--prune").checked()
    world.look()


def twin(world: World) -> None:
    world.office()
    restic = world.restic()
    for days in (60, 50, 1):
        restic.backup(world.files, date=days_ago(days)).checked()
    world.look()
    restic.backup(world.files).checked()
    restic("forget", "--keep-within", "30d", "--prune").checked()
    world.look()
