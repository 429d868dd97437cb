"""restic with the password that Velero gives to every repository."""

from __future__ import annotations

from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T121",
    title="restic with the password that Velero gives to every repository",
    control="backup.encrypted",
)


def story(world: World, password: str) -> None:
    world.office()
    world.restic(password=password).backup(world.files).checked()
    world.look()
    world.look()


def fault(world: World) -> None:
    story(world, "static-passw0rd")


def twin(world: World) -> None:
    story(world, "static-passw0rd-of-ours-alone")
