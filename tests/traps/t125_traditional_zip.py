"""A zip with a password, by the broken method of old."""

from __future__ import annotations

from tests.world.archive import pack
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T125",
    title="A zip with a password, by the broken method of old",
    control="backup.encrypted",
)


def story(world: World, suffix: str) -> None:
    world.office()
    archive = world.archive(suffix=suffix)
    pack(world.files, world.folder, archive.newest)
    world.look()


def fault(world: World) -> None:
    story(world, ".locked.zip")


def twin(world: World) -> None:
    story(world, ".aes.zip")
