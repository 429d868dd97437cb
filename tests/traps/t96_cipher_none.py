"""pgBackRest is configured without a cipher."""

from __future__ import annotations

import shutil

from tests.world.pgbackrest import pgbackrest
from tests.world.shop import keep
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T96",
    title="pgBackRest is configured without a cipher",
    control="backup.encrypted",
)


CIPHER = ("repo1-cipher-type=aes-256-cbc", "repo1-cipher-pass=long-enough-for-everybody")


def story(world: World, *options: str) -> None:
    with pgbackrest(*options) as repository:
        repository.backup().checked()
        # Where the tool's own configuration lies by default: not beside the repository.
        elsewhere = world.folder / "etc"
        elsewhere.mkdir()
        config = shutil.copy(repository.configuration, elsewhere)
        keep(world, {**repository.settings, "config": str(config)})
        world.look()


def fault(world: World) -> None:
    story(world)


def twin(world: World) -> None:
    story(world, *CIPHER)
