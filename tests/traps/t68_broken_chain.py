"""The chain of statements was rewritten."""

from __future__ import annotations

from tests.world.attack import forged, send
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T68",
    title="The chain of statements was rewritten",
    control="agent.key",
)


def fault(world: World) -> None:
    world.office()
    world.restic().backup(world.files).checked()
    world.look()
    send(world, forged(world, previous="ab" * 32))


def twin(world: World) -> None:
    world.office()
    world.restic().backup(world.files).checked()
    world.look()
    world.look()
