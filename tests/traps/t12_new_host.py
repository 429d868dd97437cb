"""The backup runs in throw-away containers, each with a host name of its own."""

from __future__ import annotations

from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T12",
    title="Each run names another host",
    control="backup.drift",
)


def fault(world: World) -> None:
    _two_runs(world, "3f9c2a7d01bb", "a81e55c0d2f4")
    fresh = [each.status for each in world.findings() if each.control == "backup.fresh"]
    world.promise(fresh == ["pass"], "freshness goes by the backup set, not by the host")


def twin(world: World) -> None:
    _two_runs(world, "web1", "web1")


def _two_runs(world: World, *hosts: str) -> None:
    world.office()
    restic = world.restic()
    for host in hosts:
        restic.backup(world.files, extra=("--host", host)).checked()
        world.look()
