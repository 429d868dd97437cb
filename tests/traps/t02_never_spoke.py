"""A server is configured and its agent never speaks."""

from __future__ import annotations

from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T02",
    title="A server is configured and its agent never speaks",
    control="agent.reporting",
    says=frozenset({"fail", "unknown"}),
)


def fault(world: World) -> None:
    world.office()
    world.restic().backup(world.files).checked()
    world.agree()


def twin(world: World) -> None:
    world.office()
    world.restic().backup(world.files).checked()
    world.look()
