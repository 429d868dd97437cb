"""A workbook with the password that Excel tries by itself."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T128",
    title="A workbook with the password that Excel tries by itself",
    control="backup.encrypted",
)

FIXTURES = Path(__file__).parents[1] / "fixtures"


def story(world: World, made: str) -> None:
    world.office()
    archive = world.archive(suffix=".xlsx")
    shutil.copy(FIXTURES / "doors" / made, archive.newest)
    world.look()


def fault(world: World) -> None:
    story(world, "xlsx-velvet.xlsx")


def twin(world: World) -> None:
    story(world, "xlsx-locked.xlsx")
