"""A shop's database among the backup sets of a server, and what its owner asks of a restore."""

from __future__ import annotations

from pathlib import Path

from tests.world.monitor import BackupCopy, BackupSet
from tests.world.world import World

QUESTIONS: tuple[dict[str, object], ...] = (
    {"name": "orders", "sql": "select count(*) from orders", "at_least": 5000},
    {"name": "newest-order", "sql": "select max(placed) from orders", "newer_than": "26h"},
)
ASKED: dict[str, object] = {"kind": "database", "question": list(QUESTIONS)}


def keep_dumps(world: World, folder: Path, *tests: dict[str, object]) -> None:
    """Agree on a folder of dumps as the copy of set `shop-db`, with these restore tests."""
    settings: dict[str, object] = {"tool": "postgres_dump", "path": str(folder), "pattern": "*"}
    world.server.exempt["backup.encrypted"] = "dumps are copied to an encrypted place hourly"
    keep(world, settings, *tests)


def keep(world: World, settings: dict[str, object], *tests: dict[str, object]) -> None:
    """Agree on a copy of set `shop-db` with its tool's settings."""
    copy = BackupCopy(name="dumps", settings=settings)
    world.server.sets.append(BackupSet(name="shop-db", copies=(copy,), tests=tests))


def tested(world: World) -> None:
    """Look, so that the agent knows a checkpoint, and make the restore tests."""
    world.look()
    world.restore_test()


def edited(dump: Path, old: str, new: str) -> None:
    """Replace a text in a plain dump; it must be there."""
    text = dump.read_text()
    if old not in text:
        raise RuntimeError(f"{dump} does not hold {old!r}")
    dump.write_text(text.replace(old, new, 1))
