"""A control is muted without an end."""

from __future__ import annotations

from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T75",
    title="A control is muted without an end",
    control="config",
    says=frozenset({"refused"}),
)


def fault(world: World) -> None:
    world.office()
    world.restic().backup(world.files).checked()
    world.server.exempt_without_end = True
    world.look()


def twin(world: World) -> None:
    world.office()
    world.restic().backup(world.files).checked()
    world.look()
