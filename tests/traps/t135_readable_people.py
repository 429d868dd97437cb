"""An export with the numbers of payment cards."""

from __future__ import annotations

from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T135",
    title="An export with the numbers of payment cards",
    control="data.personal",
)


def story(world: World, rows: str) -> None:
    world.office()
    world.archive().make(world.files, name=world.files)
    (world.watch("data.personal") / "orders.csv").write_text(rows)
    world.look()


def fault(world: World) -> None:
    """Numbers that card networks publish for tests."""
    story(world, "name,card number\n" + "A. Example,4111 1111 1111 1111\n" * 30)


def twin(world: World) -> None:
    """Order numbers: as long, and no card's."""
    story(world, "name,order\n" + "A. Example,4111 1111 1111 1112\n" * 30)
