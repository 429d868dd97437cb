"""Authenticated is not encrypted."""

from __future__ import annotations

from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T94",
    title="Authenticated is not encrypted",
    control="backup.encrypted",
)


def fault(world: World) -> None:
    world.office()
    world.borg(mode="authenticated").backup(world.files).checked()
    world.look()


def twin(world: World) -> None:
    world.office()
    world.borg(mode="repokey").backup(world.files).checked()
    world.look()
