"""A job that hangs for days holds the lock and hides the age."""

from __future__ import annotations

from tests.world.dates import days_ago
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T15",
    title="A job that hangs for days holds the lock and hides the age",
    control="backup.fresh",
)


def fault(world: World) -> None:
    world.office()
    restic = world.restic()
    restic.backup(world.files, date=days_ago(4)).checked()
    restic.leave_lock()
    world.look()


def twin(world: World) -> None:
    world.office()
    restic = world.restic()
    restic.backup(world.files).checked()
    restic.leave_lock()
    world.look()
