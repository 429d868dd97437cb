"""A LUKS volume whose cipher is none."""

from __future__ import annotations

from tests.world.commands import run
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T130",
    title="A LUKS volume whose cipher is none",
    control="backup.encrypted",
)


def story(world: World, *, cipher: bytes) -> None:
    """The header names the cipher at byte 8 and its mode at byte 40 (LUKS1 on-disk format)."""
    world.office()
    archive = world.archive(suffix=".img")
    with archive.newest.open("wb") as image:
        image.truncate(24 << 20)
    secret = world.folder / "luks.secret"
    secret.write_text("a-long-enough-passphrase")
    cheap = ("--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000", "--key-file", secret)
    run("cryptsetup", "luksFormat", "-q", "--type", "luks1", *cheap, archive.newest).checked()
    secret.unlink()
    with archive.newest.open("r+b") as image:
        image.seek(8)
        image.write(cipher.ljust(32, b"\0"))
    world.look()


def fault(world: World) -> None:
    story(world, cipher=b"cipher_null")


def twin(world: World) -> None:
    story(world, cipher=b"aes")
