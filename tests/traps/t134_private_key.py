"""A private key lies in an export."""

from __future__ import annotations

from tests.world.commands import run
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T134",
    title="A private key lies in an export",
    control="data.exposed",
)


def story(world: World, words: tuple[str, ...]) -> None:
    world.office()
    world.archive().make(world.files, name=world.files)
    folder = world.watch("data.exposed")
    made = ("genpkey", "-algorithm", "ed25519", *words)
    run("openssl", *made, "-out", folder / "deploy.pem").checked()
    (folder / "deploy.pem").chmod(0o600)
    world.look()


def fault(world: World) -> None:
    story(world, ())


def twin(world: World) -> None:
    story(world, ("-aes-256-cbc", "-pass", "pass:a-long-enough-passphrase"))
