"""A file could not be read, and the snapshot looks whole."""

from __future__ import annotations

from tests.world.trap import Trap
from tests.world.users import USER, hand_over
from tests.world.world import World

TRAP = Trap(
    id="T08",
    title="A file could not be read, and the snapshot looks whole",
    control="backup.complete",
)


def fault(world: World) -> None:
    world.office()
    hand_over(world.folder, USER)
    unreadable = world.files / "department-1" / "letter-01.txt"
    unreadable.chmod(0)
    restic = world.restic(user=USER)
    world.promise(restic.backup(world.files).status == 3, "restic did not skip the file")
    world.look()


def twin(world: World) -> None:
    world.office()
    hand_over(world.folder, USER)
    world.restic(user=USER).backup(world.files).checked()
    world.look()
