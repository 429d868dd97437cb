"""The tool prints a warning before its JSON."""

from __future__ import annotations

from tests.world.tools import honest, talkative
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T55",
    title="The tool prints a warning before its JSON",
    control="backup.fresh",
    says=frozenset({"unknown"}),
)


def fault(world: World) -> None:
    world.office()
    world.restic().backup(world.files).checked()
    world.use("local", binary=str(talkative(world.folder / "bin")))
    world.look()


def twin(world: World) -> None:
    world.office()
    world.restic().backup(world.files).checked()
    world.use("local", binary=str(honest(world.folder / "bin")))
    world.look()
