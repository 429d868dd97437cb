"""The source was emptied, and the backup ran as usual."""

from __future__ import annotations

from tests.world.dates import days_ago
from tests.world.live import office
from tests.world.restic import Restic
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T26",
    title="The source was emptied, and the backup ran as usual",
    control="backup.complete",
)


def fault(world: World) -> None:
    restic = _watched(world)
    for path in sorted(world.files.rglob("letter-*.txt"))[2:]:
        path.unlink()
    restic.backup(world.files).checked()
    world.look()
    unusual = [each.status for each in world.findings() if each.control == "backup.size"]
    world.promise(unusual == ["fail"], "its own history says that this is unusual")


def twin(world: World) -> None:
    restic = _watched(world)
    office(world.files / "department-3", seed="new", count=2)
    restic.backup(world.files).checked()
    world.look()
    unusual = [each.status for each in world.findings() if each.control == "backup.size"]
    world.promise(unusual == ["pass"], "ordinary change is usual")


def _watched(world: World) -> Restic:
    """Keep a short history: this restic tells no sizes, so each point is looked into."""
    world.server.policy["backup.size"] = {"watch": True, "after": 2}
    world.office()
    restic = world.restic()
    for days in (20, 1):
        restic.backup(world.files, date=days_ago(days)).checked()
        world.look()
    return restic
