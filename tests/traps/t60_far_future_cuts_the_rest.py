"""One snapshot is dated far ahead, and the retention job keeps it instead of the real ones."""

from __future__ import annotations

from tests.world.dates import days_ago
from tests.world.restic import Restic
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T60",
    title="A far-future stamp lets retention cut the rest",
    control="backup.retention",
)


def fault(world: World) -> None:
    restic = _three_days(world)
    restic.backup(world.files, date="2031-01-01 00:00:00").checked()
    restic("forget", "--keep-last", "1", "--prune").checked()
    world.look()


def twin(world: World) -> None:
    restic = _three_days(world)
    restic("forget", "--keep-daily", "3", "--prune").checked()
    world.look()


def _three_days(world: World) -> Restic:
    world.server.policy["backup.retention"] = {"daily": 3}
    world.office()
    restic = world.restic()
    for days in (2, 1, 0):
        restic.backup(world.files, date=days_ago(days)).checked()
    world.look()
    return restic
