"""Secrets stand in settings, file names and errors."""

from __future__ import annotations

from tests.world.attack import sent
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T101",
    title="Secrets stand in settings, file names and errors",
    control="backup.fresh",
    says=frozenset({"unknown"}),
)

SECRET = "correct-horse-battery-staple"


def fault(world: World) -> None:
    world.office()
    (world.files / f"{SECRET}.txt").write_text(SECRET)
    restic = world.restic()
    restic.backup(world.files).checked()
    restic.password_file.write_text(f"{SECRET}\n")
    world.look()
    world.promise(SECRET not in sent(world), "a secret left the server")


def twin(world: World) -> None:
    world.office()
    (world.files / f"{SECRET}.txt").write_text(SECRET)
    world.restic().backup(world.files).checked()
    world.look()
    world.promise(SECRET not in sent(world), "a secret left the server")
