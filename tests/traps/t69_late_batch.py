"""A spool of old statements arrives at once."""

from __future__ import annotations

from tests.world.attack import held_back, send
from tests.world.dates import days_ago
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T69",
    title="A spool of old statements arrives at once",
    control="backup.fresh",
)


def fault(world: World) -> None:
    world.office()
    world.restic().backup(world.files, date=days_ago(4)).checked()
    world.protect()
    held = [held_back(world, ago=f"{days}d") for days in (3, 2.5, 2)]
    for envelope in held:
        send(world, envelope)


def twin(world: World) -> None:
    world.office()
    restic = world.restic()
    restic.backup(world.files, date=days_ago(4)).checked()
    world.protect()
    held = [held_back(world, ago=f"{days}d") for days in (3, 2.5, 2)]
    for envelope in held:
        send(world, envelope)
    restic.backup(world.files).checked()
    world.look()
