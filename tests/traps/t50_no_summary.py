"""An old restic tells no sizes, and somebody agreed to watch them."""

from __future__ import annotations

from tests.world.dates import days_ago
from tests.world.tools import honest, newer
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T50",
    title="An old restic tells no sizes, and somebody agreed to watch them",
    control="backup.size",
    says=frozenset({"unknown"}),
)


def backed_up(world: World) -> None:
    """Back up every third day for three weeks, by a restic from before 0.17."""
    world.server.policy["backup.size"] = {"watch": True}
    world.office()
    restic = world.restic()
    for days in range(20, 0, -3):
        restic.backup(world.files, date=days_ago(days)).checked()
    restic.backup(world.files).checked()


def fault(world: World) -> None:
    backed_up(world)
    world.use("local", binary=str(honest(world.folder / "bin")))
    world.look()


def twin(world: World) -> None:
    backed_up(world)
    live = [path for path in world.files.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in live)
    world.use("local", binary=str(newer(world.folder / "bin", files=len(live), size=size)))
    world.look()
