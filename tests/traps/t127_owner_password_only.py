"""A PDF that says encrypted and asks nobody for a password."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T127",
    title="A PDF that says encrypted and asks nobody for a password",
    control="data.encrypted",
)

FIXTURES = Path(__file__).parents[1] / "fixtures"


def story(world: World, made: str) -> None:
    world.office()
    world.archive().make(world.files, name=world.files)
    shutil.copy(FIXTURES / "doors" / made, world.watch("data.encrypted") / "contract.pdf")
    world.look()


def fault(world: World) -> None:
    story(world, "pdf-r6-empty.pdf")


def twin(world: World) -> None:
    story(world, "pdf-r6-locked.pdf")
