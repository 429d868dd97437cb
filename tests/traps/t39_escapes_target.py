"""An archive writes outside the folder it is restored into."""

from __future__ import annotations

from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T39",
    title="An archive writes outside the folder it is restored into",
    control="restore.tested",
    says=frozenset({"fail", "unknown"}),
)


def fault(world: World) -> None:
    world.office()
    archive = world.archive()
    world.look()
    victim = world.folder / "victim.txt"
    victim.write_text("untouched")
    archive.make_hostile(world.files, victim)
    world.look()
    world.restore_test()
    world.promise(victim.read_text() == "untouched", "a file outside the sandbox was changed")


def twin(world: World) -> None:
    world.office()
    archive = world.archive()
    world.look()
    archive.make(world.files, name=world.files)
    world.look()
    world.restore_test()
