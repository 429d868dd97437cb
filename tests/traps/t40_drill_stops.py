"""Restore tests stopped months ago."""

from __future__ import annotations

from tests.world.dates import DAY, days_ago
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T40",
    title="Restore tests stopped months ago",
    control="restore.tested",
)


def fault(world: World) -> None:
    world.office(age=120 * DAY)
    restic = world.restic()
    restic.backup(world.files, date=days_ago(101)).checked()
    world.look(ago="100d")
    world.restore_test(ago="100d")
    restic.backup(world.files).checked()
    world.look()


def twin(world: World) -> None:
    world.office(age=120 * DAY)
    restic = world.restic()
    restic.backup(world.files, date=days_ago(31)).checked()
    world.look(ago="30d")
    world.restore_test(ago="30d")
    restic.backup(world.files).checked()
    world.look()
