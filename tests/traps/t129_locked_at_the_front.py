"""A readable archive with something encrypted at its front."""

from __future__ import annotations

import os
import shutil

from tests.world.archive import encrypted
from tests.world.commands import run
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T129",
    title="A readable archive with something encrypted at its front",
    control="backup.encrypted",
)


def story(world: World, *, lock_all: bool) -> None:
    """What stands first looks like ciphertext from end to end; our canary comes after it."""
    world.office()
    archive = world.archive(suffix=".tgz")
    world.look()
    world.look()
    vault = world.folder / "srv" / "0-vault.enc"
    encrypted(os.urandom(1 << 20), vault)
    clear = archive.folder.parent / "all.tar"
    names = (vault, world.files)
    inside = [str(path.relative_to(world.folder)) for path in names]
    run("tar", "--create", "--gzip", "--file", clear, *inside, directory=world.folder).checked()
    if lock_all:
        encrypted(clear.read_bytes(), archive.newest)
    else:
        shutil.copy(clear, archive.newest)
    clear.unlink()
    world.look()


def fault(world: World) -> None:
    story(world, lock_all=False)


def twin(world: World) -> None:
    story(world, lock_all=True)
