"""Restore points are deleted sooner than anybody would be alarmed."""

from __future__ import annotations

from tests.world.dates import days_ago
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T63",
    title="The last good copy goes before the alarm",
    control="backup.retention",
)


def story(world: World, kept: str) -> None:
    world.server.policy["backup.fresh"] = {"max_age": "5d"}
    world.server.policy["backup.retention"] = {"delete_after": kept}
    world.office()
    restic = world.restic()
    restic.backup(world.files, date=days_ago(2)).checked()
    restic.backup(world.files).checked()
    world.look()


def fault(world: World) -> None:
    story(world, "3d")


def twin(world: World) -> None:
    story(world, "30d")
