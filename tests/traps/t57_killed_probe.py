"""The tool is killed while it answers, after a look that found all well."""

from __future__ import annotations

from tests.world.tools import honest, killed
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T57",
    title="The tool is killed while it answers, after a look that found all well",
    control="backup.fresh",
    says=frozenset({"unknown"}),
)


def looked(world: World) -> None:
    world.office()
    world.restic().backup(world.files).checked()
    world.use("local", binary=str(honest(world.folder / "bin")))
    world.look()


def fault(world: World) -> None:
    looked(world)
    killed(world.folder / "bin")
    world.look()


def twin(world: World) -> None:
    looked(world)
    world.look()
