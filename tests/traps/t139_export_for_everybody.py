"""An export that is encrypted with the empty password."""

from __future__ import annotations

from tests.world.commands import run
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T139",
    title="An export that is encrypted with the empty password",
    control="data.encrypted",
)


def story(world: World, password: str) -> None:
    world.office()
    world.archive().make(world.files, name=world.files)
    clear = world.folder / "customers.csv"
    clear.write_text("name,city\nA. Example,Springfield\n" * 200)
    made = world.watch("data.encrypted") / "customers.csv.enc"
    words = ("-aes-256-cbc", "-pbkdf2", "-pass", f"pass:{password}", "-in", clear, "-out", made)
    run("openssl", "enc", *words).checked()
    world.look()


def fault(world: World) -> None:
    story(world, "")


def twin(world: World) -> None:
    story(world, "a-long-enough-password")
