"""A folder of live data was never put into any backup set."""

from __future__ import annotations

from tests.world.live import office
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T19",
    title="A folder of live data was never put into any backup set",
    control="backup.coverage",
)


def _two_folders(world: World) -> None:
    world.office()
    office(world.files.with_name("projects"), seed="projects")
    world.server.policy["backup.coverage"] = {"least_mib": 0}


def fault(world: World) -> None:
    _two_folders(world)
    world.restic().backup(world.files).checked()
    world.look()


def twin(world: World) -> None:
    _two_folders(world)
    world.paths.append(world.files.with_name("projects"))
    world.restic().backup(*world.paths).checked()
    world.look()
