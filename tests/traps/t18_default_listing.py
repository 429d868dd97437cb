"""kopia lists what another host keeps in the same repository, and none of ours."""

from __future__ import annotations

import json
from pathlib import Path

from tests.world.foreign import documented, kopia_snapshot
from tests.world.tools import answering
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T18",
    title="kopia lists what another host keeps in the same repository, and none of ours",
    control="backup.fresh",
    says=frozenset({"unknown"}),
)


def kept(world: World, *, host: str) -> None:
    """Keep a snapshot that kopia shows to whoever asks for those of all users and hosts."""
    world.office()
    snapshots = json.dumps([kopia_snapshot(world.files, host=host, hours=2)])
    status = json.dumps(documented("kopia", "repository-status.json"))
    answers = {
        "--version": "0.17.0 build: x from: kopia/kopia\n",
        "snapshot list*--all*--incomplete*": snapshots,
        "snapshot list*": "[]",
        "repository status*": status,
    }
    binary: Path = answering(world.folder / "bin", answers)
    settings = {"host": "web1", "config_file": "/etc/kopia.config", "binary": str(binary)}
    world.keep("local", {"tool": "kopia", **settings})
    world.look()


def fault(world: World) -> None:
    kept(world, host="web2")


def twin(world: World) -> None:
    kept(world, host="web1")
