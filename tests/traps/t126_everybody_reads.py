"""A dump that every user of the server may read."""

from __future__ import annotations

from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T126",
    title="A dump that every user of the server may read",
    control="data.exposed",
)


def story(world: World, mode: int) -> None:
    world.office()
    world.archive().make(world.files, name=world.files)
    dump = world.watch("data.exposed") / "customers.sql"
    dump.write_text("INSERT INTO customers VALUES (1, 'A. Example');\n" * 50)
    dump.chmod(mode)
    world.look()


def fault(world: World) -> None:
    story(world, 0o644)


def twin(world: World) -> None:
    story(world, 0o600)
