"""Tools count hard links differently."""

from __future__ import annotations

from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T34",
    title="Tools count hard links differently",
    control="backup.complete",
)


def fault(world: World) -> None:
    world.office()
    link = world.files / "department-0" / "same-letter.txt"
    link.hardlink_to(world.files / "department-0" / "letter-00.txt")
    world.restic().backup(world.files, extra=("--exclude", "department-2")).checked()
    world.look()


def twin(world: World) -> None:
    world.office()
    link = world.files / "department-0" / "same-letter.txt"
    link.hardlink_to(world.files / "department-0" / "letter-00.txt")
    world.restic("restic").backup(world.files).checked()
    world.borg("borg").backup(world.files).checked()
    world.look()
