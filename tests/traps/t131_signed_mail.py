"""S/MIME that is signed and not enveloped."""

from __future__ import annotations

from tests.world.archive import pack
from tests.world.commands import run
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T131",
    title="S/MIME that is signed and not enveloped",
    control="backup.encrypted",
)


def story(world: World, *words: str) -> None:
    """Both are CMS, and begin alike."""
    world.office()
    archive = world.archive(suffix=".p7m")
    clear = pack(world.files, world.folder, world.folder / "nightly.tar")
    key, certificate = world.folder / "own.key", world.folder / "own.pem"
    made = ("-newkey", "rsa:2048", "-nodes", "-subj", "/CN=nightly", "-keyout", key)
    run("openssl", "req", "-x509", *made, "-out", certificate).checked()
    who = ("-signer", certificate, "-inkey", key) if "-sign" in words else (certificate,)
    binary = ("-binary", "-outform", "DER", "-in", clear, "-out", archive.newest)
    run("openssl", "cms", *words, *binary, *who).checked()
    clear.unlink()
    world.look()


def fault(world: World) -> None:
    story(world, "-sign", "-nodetach")


def twin(world: World) -> None:
    story(world, "-encrypt", "-aes-256-cbc")
