"""Files turned into ciphertext that nobody ordered."""

from __future__ import annotations

import os

from tests.world.archive import encrypted
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T132",
    title="Files turned into ciphertext that nobody ordered",
    control="data.encrypted",
)


def story(world: World, *, taken: bool) -> None:
    """A place may hold readable files here: what counts is who encrypted them."""
    world.office()
    world.archive().make(world.files, name=world.files)
    folder = world.watch("data.encrypted")
    for number in range(20):
        encrypted(b"name,city\n" * 400, folder / f"customers-{number}.csv.enc")
    world.look()
    letters = [folder / f"letter-{number}.docx.enc" for number in range(20)]
    for letter in letters:
        encrypted(b"Dear Sir\n" * 400, letter)
    if taken:
        for number in range(20):
            (folder / f"plan-{number}.sqlite").write_bytes(os.urandom(200_000))
    world.look()


def fault(world: World) -> None:
    story(world, taken=True)


def twin(world: World) -> None:
    story(world, taken=False)
