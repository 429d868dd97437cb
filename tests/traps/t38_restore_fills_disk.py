"""A restore would fill the disk."""

from __future__ import annotations

from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T38",
    title="A restore would fill the disk",
    control="restore.tested",
    says=frozenset({"unknown"}),
)


def fault(world: World) -> None:
    world.office()
    world.restic().backup(world.files).checked()
    world.look()
    world.server.limits["restore_bytes"] = 1000
    world.reconfigure()
    world.restore_test()
    left = sum(path.stat().st_size for path in world.sandbox_files())
    world.promise(left == 0, f"{left} bytes were left in the sandbox")


def twin(world: World) -> None:
    world.office()
    world.restic().backup(world.files).checked()
    world.look()
    world.restore_test()
