"""The source was emptied, and the backup ran as usual."""

from __future__ import annotations

from tests.world.live import office
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T26",
    title="The source was emptied, and the backup ran as usual",
    control="backup.complete",
)


def fault(world: World) -> None:
    world.office()
    restic = world.restic()
    restic.backup(world.files).checked()
    world.look()
    for path in sorted(world.files.rglob("letter-*.txt"))[2:]:
        path.unlink()
    restic.backup(world.files).checked()
    world.look()


def twin(world: World) -> None:
    world.office()
    restic = world.restic()
    restic.backup(world.files).checked()
    world.look()
    office(world.files / "department-3", seed="new", count=2)
    restic.backup(world.files).checked()
    world.look()
