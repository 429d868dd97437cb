"""Signed is not encrypted."""

from __future__ import annotations

from tests.world.archive import pack
from tests.world.openpgp import keyring
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T95",
    title="Signed is not encrypted",
    control="backup.encrypted",
)


WHO = "nightly@example.org"


def story(world: World, *words: str) -> None:
    """Both begin alike, `BEGIN PGP MESSAGE`, and only one is a secret."""
    world.office()
    archive = world.archive(suffix=".tar.asc")
    clear = pack(world.files, world.folder, world.folder / "nightly.tar")
    with keyring(WHO) as gpg:
        gpg("--armor", *words, "--output", str(archive.newest), str(clear)).checked()
    clear.unlink()
    head = archive.newest.read_bytes()[:27]
    world.promise(head == b"-----BEGIN PGP MESSAGE-----", "a signed one looks like this")
    world.look()


def fault(world: World) -> None:
    story(world, "--local-user", WHO, "--sign")


def twin(world: World) -> None:
    story(world, "--trust-model", "always", "--recipient", WHO, "--encrypt")
