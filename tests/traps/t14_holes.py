"""Every second daily restore point is deleted, and the newest is fresh."""

from __future__ import annotations

from tests.world.dates import days_ago
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T14",
    title="Every second daily restore point is deleted",
    control="backup.retention",
)
DAYS = 7


def fault(world: World) -> None:
    _a_week(world, step=2)
    fresh = [each.status for each in world.findings() if each.control == "backup.fresh"]
    world.promise(fresh == ["pass"], "the newest restore point is fresh")


def twin(world: World) -> None:
    _a_week(world, step=1)


def _a_week(world: World, *, step: int) -> None:
    world.server.policy["backup.retention"] = {"daily": DAYS}
    world.office()
    restic = world.restic()
    for days in range(0, DAYS, step):
        restic.backup(world.files, date=days_ago(days + 0.1)).checked()
    world.look()
