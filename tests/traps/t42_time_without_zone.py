"""Veeam's sessions were exported with times that have no zone."""

from __future__ import annotations

import json

from tests.world.foreign import ago
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T42",
    title="Veeam's sessions were exported with times that have no zone",
    control="backup.fresh",
    says=frozenset({"unknown"}),
)


def exported(world: World, *, zone: str) -> None:
    world.office()
    made = f"{ago(hours=2):%Y-%m-%dT%H:%M:%S}{zone}"
    export = world.folder / "restore-points.json"
    export.write_text(json.dumps([{"id": "9a5e2c1d", "name": "web1", "creationTime": made}]))
    settings = {"restore_points": str(export), "machine": "web1"}
    world.keep("local", {"tool": "veeam", **settings})
    world.look(zone="Asia/Tokyo")


def fault(world: World) -> None:
    exported(world, zone="")


def twin(world: World) -> None:
    exported(world, zone="+00:00")
