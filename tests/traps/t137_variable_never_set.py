"""A script encrypts with a variable that was never set."""

from __future__ import annotations

from tests.world.archive import pack
from tests.world.commands import run
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T137",
    title="A script encrypts with a variable that was never set",
    control="backup.encrypted",
)


SCRIPT = 'openssl enc -aes-256-cbc -pbkdf2 -pass "pass:$BACKUP_PASSWORD" -in "$1" -out "$2"'


def story(world: World, **environment: str) -> None:
    world.office()
    archive = world.archive(suffix=".tar.enc")
    clear = pack(world.files, world.folder, world.folder / "nightly.tar")
    words = ("sh", "-c", SCRIPT, "nightly", clear, archive.newest)
    run(*words, environment=environment).checked()
    clear.unlink()
    world.look()


def fault(world: World) -> None:
    story(world, BACKUP_PASSWRD="a-long-enough-password")


def twin(world: World) -> None:
    story(world, BACKUP_PASSWORD="a-long-enough-password")
