"""The backup is encrypted, and an export lies open beside it."""

from __future__ import annotations

from pathlib import Path

from tests.world.archive import encrypted
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T98",
    title="The backup is encrypted, and an export lies open beside it",
    control="data.encrypted",
)


def watch(world: World) -> Path:
    world.server.exempt.pop("data.encrypted")
    exports = world.folder / "srv" / "exports"
    exports.mkdir(parents=True)
    world.server.exposures["exports"] = exports
    return exports


def fault(world: World) -> None:
    world.office()
    world.restic().backup(world.files).checked()
    exports = watch(world)
    (exports / "customers.csv").write_text("name,iban\nA. Example,DE00 0000 0000\n" * 50)
    world.look()


def twin(world: World) -> None:
    world.office()
    world.restic().backup(world.files).checked()
    exports = watch(world)
    encrypted(b"name,iban\nA. Example,DE00 0000 0000\n" * 50, exports / "customers.csv.enc")
    world.look()
