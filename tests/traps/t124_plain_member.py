"""One member of an encrypted zip is not."""

from __future__ import annotations

from tests.world.archive import pack
from tests.world.commands import run
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T124",
    title="One member of an encrypted zip is not",
    control="backup.encrypted",
)


def story(world: World, *, late: bool) -> None:
    world.office()
    archive = world.archive(suffix=".aes.zip")
    pack(world.files, world.folder, archive.newest)
    if late:
        added = world.folder / "customers.csv"
        added.write_text("name,city\n" + "A. Example,Springfield\n" * 200)
        run("zip", "--quiet", archive.newest, added.name, directory=world.folder).checked()
    world.look()


def fault(world: World) -> None:
    story(world, late=True)


def twin(world: World) -> None:
    story(world, late=False)
