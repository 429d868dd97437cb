"""borg says that it is encrypted, and the empty passphrase opens it."""

from __future__ import annotations

from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T120",
    title="borg says that it is encrypted, and the empty passphrase opens it",
    control="backup.encrypted",
)


def story(world: World, passphrase: str) -> None:
    """The tool itself calls both encrypted, and a passphrase that nobody chose opens one."""
    world.office()
    borg = world.borg(passphrase=passphrase)
    borg.backup(world.files).checked()
    told = borg("info", str(borg.repository)).checked().output
    world.promise("Encrypted: Yes" in told, "borg says that it is encrypted")
    world.look()


def fault(world: World) -> None:
    story(world, "")


def twin(world: World) -> None:
    story(world, "nobody else has this one")
