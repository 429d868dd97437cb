"""A file's name carries terminal escape codes."""

from __future__ import annotations

from tests.world.archive import encrypted
from tests.world.guardian import agent
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T103",
    title="A file's name carries terminal escape codes",
    control="data.encrypted",
)


def fault(world: World) -> None:
    world.office()
    world.restic().backup(world.files).checked()
    world.server.exempt.pop("data.encrypted")
    exports = world.folder / "srv" / "exports"
    exports.mkdir(parents=True)
    (exports / "\x1b]0;owned\x07\x9b31m.csv").write_text("name,iban\n" * 50)
    world.server.exposures["exports"] = exports
    world.look()
    shown = agent(world.server, "scan", str(exports)).output
    world.promise("\x1b" not in shown and "\x9b" not in shown, "escape codes reached the terminal")


def twin(world: World) -> None:
    world.office()
    world.restic().backup(world.files).checked()
    world.server.exempt.pop("data.encrypted")
    exports = world.folder / "srv" / "exports"
    exports.mkdir(parents=True)
    encrypted(b"name,iban\n" * 50, exports / "plain-name.enc")
    world.server.exposures["exports"] = exports
    world.look()
