"""The tool hangs and leaves a grandchild that ignores TERM."""

from __future__ import annotations

from tests.world.tools import honest, hung, survivors
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T52",
    title="The tool hangs and leaves a grandchild that ignores TERM",
    control="backup.fresh",
    says=frozenset({"unknown"}),
)


def fault(world: World) -> None:
    world.office()
    restic = world.restic()
    restic.backup(world.files).checked()
    tool = hung(world.folder / "bin")
    world.use("local", binary=str(tool))
    world.server.limits["probe_seconds"] = 3
    world.look()
    left = survivors(tool)
    world.promise(not left, f"processes still alive: {left}")


def twin(world: World) -> None:
    world.office()
    restic = world.restic()
    restic.backup(world.files).checked()
    world.use("local", binary=str(honest(world.folder / "bin")))
    world.look()
