"""The server's clock is two hours ahead."""

from __future__ import annotations

from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T46",
    title="The server's clock is two hours ahead",
    control="agent.clock",
)


def fault(world: World) -> None:
    world.office()
    world.restic().backup(world.files).checked()
    world.look(skew="+2h")


def twin(world: World) -> None:
    world.office()
    world.restic().backup(world.files).checked()
    world.look(skew="+2m")
