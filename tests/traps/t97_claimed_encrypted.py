"""A file with an encrypted file's header holds readable data."""

from __future__ import annotations

from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T97",
    title="A file with an encrypted file's header holds readable data",
    control="backup.encrypted",
)


def fault(world: World) -> None:
    world.office()
    archive = world.archive(suffix=".enc")
    world.look()
    world.look()
    archive.make_disguised(world.files)
    world.look()


def twin(world: World) -> None:
    world.office()
    archive = world.archive(suffix=".enc")
    world.look()
    world.look()
    archive.make_encrypted(world.files)
    world.look()
