"""The backup stored other bytes than the live file had."""

from __future__ import annotations

from tests.world.archive import altered
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T35",
    title="The backup stored other bytes than the live file had",
    control="restore.tested",
)


def fault(world: World) -> None:
    world.office()
    archive = world.archive()
    world.look()
    archive.make(altered(world.files), name=world.files)
    world.look()
    world.restore_test()


def twin(world: World) -> None:
    world.office()
    archive = world.archive()
    world.look()
    archive.make(world.files, name=world.files)
    world.look()
    for path in sorted(world.files.rglob("letter-*.txt"))[::2]:
        path.write_text("rewritten after the backup")
    world.restore_test()
