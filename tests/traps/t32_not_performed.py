"""A restore test that was not performed reads as passed."""

from __future__ import annotations

from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T32",
    title="A restore test that was not performed reads as passed",
    control="restore.tested",
    says=frozenset({"unknown"}),
)


def fault(world: World) -> None:
    world.office()
    restic = world.restic()
    restic.backup(world.files).checked()
    world.look()
    restic.password_file.write_text("changed by somebody\n")
    world.restore_test()


def twin(world: World) -> None:
    world.office()
    world.restic().backup(world.files).checked()
    world.look()
    world.restore_test()
