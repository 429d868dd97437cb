"""A client's id ends with a newline."""

from __future__ import annotations

from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T81",
    title="A client's id ends with a newline",
    control="config",
    says=frozenset({"refused"}),
)


def fault(world: World) -> None:
    world.server.client = "acme\n"
    world.office()
    world.restic().backup(world.files).checked()
    world.look()


def twin(world: World) -> None:
    world.office()
    world.restic().backup(world.files).checked()
    world.look()
